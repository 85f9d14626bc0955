import { delayTraining } from './delay-training';
import { flightDelays } from './flight-delays';
import { httpFetch } from './http-fetch';
import { seattleWeather } from './seattle-weather';
import { type Template } from './template';

/** TEMPLATES in the order in which they are offered; the demo workspace starts with all of them. */
export const TEMPLATES: readonly Template[] = [flightDelays, seattleWeather, httpFetch, delayTraining];

/** findTemplate looks a template up by its key. */
export const findTemplate = (key: string): Template | undefined =>
  TEMPLATES.find((template) => template.key === key);

export { type Template };
