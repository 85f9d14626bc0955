import { at, type Template } from './template';

/** Seattle weather report: a day at a time into a dataset by interval, and the months as a report. */
export const seattleWeather: Template = {
  key: 'seattle-weather',
  name: 'Seattle weather report',
  description:
    'Files every day of four years of weather by its interval and sums up the months. Switch its daily schedule on, or backfill a range.',
  tags: ['demo'],
  needs: { files: ['demo/seattle-weather.csv'] },
  spec: {
    schemaVersion: 1,
    params: [],
    tasks: [
      {
        id: 'weather',
        kind: 'source',
        name: 'Weather',
        config: { path: 'demo/seattle-weather.csv', format: 'csv' },
      },
      {
        id: 'weather_ok',
        kind: 'check',
        name: 'Days are whole',
        config: {
          checks: [
            { type: 'unique', column: 'date', severity: 'block' },
            { type: 'range', column: 'temp_max', min: -30, max: 50, severity: 'block' },
            {
              type: 'accepted_values',
              column: 'weather',
              values: ['drizzle', 'rain', 'sun', 'fog', 'snow'],
              severity: 'warn',
            },
          ],
        },
      },
      {
        id: 'day',
        kind: 'sql',
        name: 'Day of the interval',
        description: 'Only in runs that cover an interval: those of the schedule and of backfills.',
        when: 'run.intervalStart != null && tasks.weather_ok.succeeded',
        config: {
          sql: `select date, weather, temp_max, temp_min, precipitation, wind,
  round((temp_max + temp_min) / 2, 1) as temp_mean
from weather
where date >= {{ run.intervalStart }} and date < {{ run.intervalEnd }}`,
        },
        writes: { dataset: 'seattle_days', mode: 'interval' },
      },
      {
        id: 'months',
        kind: 'sql',
        name: 'Months',
        latestOnly: true,
        config: {
          sql: `select
  year(date) as year, month(date) as month,
  count(*) as days,
  round(avg((temp_max + temp_min) / 2), 1) as temp_mean,
  max(temp_max) as temp_max, min(temp_min) as temp_min,
  round(sum(precipitation), 1) as precipitation,
  count(*) filter (where weather in ('rain', 'drizzle')) as wet_days
from weather
group by all
order by year, month`,
        },
        writes: 'seattle_months',
      },
    ],
    edges: [
      { from: 'weather', to: 'weather_ok' },
      { from: 'weather_ok', to: 'day' },
      { from: 'weather_ok', to: 'months' },
    ],
    triggers: [
      {
        kind: 'schedule',
        every: 'P1D',
        start: '2012-01-01',
        zone: 'UTC',
        catchup: false,
        overlap: 'skip',
        enabled: false,
      },
    ],
    settings: {},
    layout: {
      nodes: {
        weather: { x: 132, y: 0 },
        weather_ok: { x: 132, y: at(1, 0).y },
        day: at(2, 0),
        months: at(2, 1),
      },
    },
  },
};
