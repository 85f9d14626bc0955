import { type Metric } from './schema';

/** amount writes a metric's value with its unit. */
export function amount(metric: Metric, value: number): string {
  switch (metric) {
    case 'error_rate':
      return `${(value * 100).toFixed(2)} %`;
    case 'latency_p95':
      return `${value.toFixed(1)} ms`;
    case 'score_mean':
      return value.toPrecision(4);
  }
}
