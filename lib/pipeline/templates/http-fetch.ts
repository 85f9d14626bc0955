import { at, type Template } from './template';

/** HTTP fetch to table: pages of JSON from the demo's own web service. */
export const httpFetch: Template = {
  key: 'http-fetch',
  name: 'HTTP fetch to table',
  description:
    'Calls a web service page by page, keeps the rows as a table and counts them. The address is the variable demo_server; put your own in its place.',
  tags: ['demo'],
  needs: { variables: ['demo_server'] },
  spec: {
    schemaVersion: 1,
    params: [
      { name: 'size', type: 'integer', default: 500, minimum: 1, maximum: 1000, label: 'Rows a page' },
    ],
    tasks: [
      {
        id: 'airports',
        kind: 'http',
        name: 'Fetch airports',
        config: {
          method: 'GET',
          url: '{{ vars.demo_server }}/airports.json?size={{ params.size }}',
          output: 'table',
          rowsAt: 'items',
          pagination: { type: 'link', maxPages: 5000 },
        },
        retry: { count: 3, delaySeconds: 2, factor: 2 },
        timeoutSeconds: 120,
      },
      {
        id: 'airports_ok',
        kind: 'check',
        name: 'Airports are whole',
        config: {
          checks: [
            { type: 'row_count', min: 1, severity: 'block' },
            { type: 'unique', column: 'iata', severity: 'block' },
          ],
        },
      },
      {
        id: 'by_state',
        kind: 'sql',
        name: 'Airports by state',
        config: {
          sql: `select state, count(*) as airports, round(avg(latitude), 2) as latitude, round(avg(longitude), 2) as longitude
from airports
group by state
order by airports desc, state`,
        },
        writes: 'airports_by_state',
      },
    ],
    edges: [
      { from: 'airports', to: 'airports_ok' },
      { from: 'airports_ok', to: 'by_state' },
    ],
    triggers: [],
    settings: {},
    layout: { nodes: { airports: at(0, 0), airports_ok: at(1, 0), by_state: at(2, 0) } },
  },
};
