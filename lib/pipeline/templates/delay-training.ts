import { at, type Template } from './template';

/** Delay training: what the model `flight-delay` learns from, one row a flight. */
export const delayTraining: Template = {
  key: 'delay-training',
  name: 'Delay training data',
  description: 'Turns a month of flights into the features of the model flight-delay and its label: late by more than 15 minutes.',
  tags: ['demo'],
  needs: { files: ['demo/flights-3m.parquet'] },
  spec: {
    schemaVersion: 1,
    params: [
      {
        name: 'month',
        type: 'integer',
        default: 1,
        minimum: 1,
        maximum: 6,
        label: 'Month',
        description: 'The month of 2001 that the model learns from.',
      },
    ],
    tasks: [
      {
        id: 'flights',
        kind: 'source',
        name: 'Flights',
        description: 'One row a flight: date, delay in minutes, distance in miles, origin, destination.',
        config: { path: 'demo/flights-3m.parquet', format: 'parquet' },
      },
      {
        id: 'features',
        kind: 'sql',
        name: 'Features and label',
        config: {
          sql: `select
  date, hour(date) as hour, isodow(date) as weekday, distance, origin, destination,
  (delay > 15)::int as late
from flights
where month(date) = {{ params.month }} and year(date) = 2001`,
        },
        writes: 'delay_training',
        checks: [
          { type: 'row_count', min: 1000, severity: 'block' },
          { type: 'accepted_values', column: 'late', values: [0, 1], severity: 'block' },
        ],
      },
    ],
    edges: [{ from: 'flights', to: 'features' }],
    triggers: [],
    settings: {},
    layout: { nodes: { flights: at(0, 0), features: at(1, 0) } },
  },
};
