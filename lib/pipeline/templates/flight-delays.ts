import { at, type Template } from './template';

/** Flight delays: three million flights to a heat map of weekday and hour, and a ranking of airports. */
export const flightDelays: Template = {
  key: 'flight-delays',
  name: 'Flight delays',
  description:
    'Reads three million flights of 2001, checks and cleans them, joins the airports, and tells where and when planes are late.',
  tags: ['demo'],
  needs: { files: ['demo/flights-3m.parquet', 'demo/airports.csv'] },
  spec: {
    schemaVersion: 1,
    params: [
      {
        name: 'month',
        type: 'integer',
        default: 0,
        minimum: 0,
        maximum: 12,
        label: 'Month',
        description: '1 to 12 takes one month; 0 takes all of them.',
      },
      {
        name: 'late_minutes',
        type: 'integer',
        default: 15,
        minimum: 0,
        maximum: 600,
        label: 'Late from',
        description: 'A flight counts as late from this many minutes on.',
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
        id: 'flights_ok',
        kind: 'check',
        name: 'Flights are usable',
        config: {
          checks: [
            { type: 'row_count', min: 1, severity: 'block' },
            { type: 'not_null', column: 'date', severity: 'block' },
            { type: 'not_null', column: 'origin', severity: 'block' },
            { type: 'range', column: 'delay', min: -1440, max: 1440, maxShare: 0.001, severity: 'warn' },
          ],
        },
      },
      {
        id: 'clean',
        kind: 'sql',
        name: 'Clean flights',
        config: {
          sql: `-- one month or all of them; delays beyond a day are typing mistakes
select date, delay, distance, origin, destination
from flights
where delay between -1440 and 1440
  and distance > 0
  and ({{ params.month }} = 0 or month(date) = {{ params.month }})`,
        },
      },
      {
        id: 'airports',
        kind: 'source',
        name: 'Airports',
        config: { path: 'demo/airports.csv', format: 'csv' },
      },
      {
        id: 'departures',
        kind: 'sql',
        name: 'Flights with airports',
        config: {
          sql: `select
  c.date, c.delay, c.distance, c.origin, c.destination,
  a.name as airport, a.city, a.state
from clean c
left join airports a on a.iata = c.origin`,
        },
      },
      {
        id: 'by_airport',
        kind: 'sql',
        name: 'Delay by airport',
        config: {
          sql: `select
  origin, any_value(airport) as airport, any_value(city) as city, any_value(state) as state,
  count(*) as flights,
  round(avg(delay), 2) as avg_delay,
  round(avg((delay >= {{ params.late_minutes }})::int), 4) as late_share
from departures
group by origin
order by flights desc, origin`,
        },
        writes: 'delay_by_airport',
        checks: [{ type: 'unique', column: 'origin', severity: 'block' }],
      },
      {
        id: 'by_hour',
        kind: 'sql',
        name: 'Delay by weekday and hour',
        config: {
          sql: `select
  isodow(date) as weekday,
  hour(date) as hour,
  count(*) as flights,
  round(avg(delay), 2) as avg_delay,
  round(avg((delay >= {{ params.late_minutes }})::int), 4) as late_share
from departures
group by all
order by weekday, hour`,
        },
        writes: 'delay_by_hour',
      },
      {
        id: 'chart',
        kind: 'sql',
        name: 'Delay chart',
        description: 'One row a bar: the 20 busiest airports and the hours of the week.',
        config: {
          sql: `with busiest as (
  select 'airport' as panel, origin as label, row_number() over (order by flights desc, origin) as position, flights, avg_delay, late_share
  from by_airport
  qualify position <= 20
), hours as (
  select
    ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][weekday] as panel,
    lpad(hour::varchar, 2, '0') || ':00' as label,
    hour as position, flights, avg_delay, late_share
  from by_hour
)
select * from busiest union all select * from hours
order by panel, position`,
        },
        writes: 'delay_chart',
      },
    ],
    edges: [
      { from: 'flights', to: 'flights_ok' },
      { from: 'flights_ok', to: 'clean' },
      { from: 'clean', to: 'departures' },
      { from: 'airports', to: 'departures' },
      { from: 'departures', to: 'by_airport' },
      { from: 'departures', to: 'by_hour' },
      { from: 'by_airport', to: 'chart' },
      { from: 'by_hour', to: 'chart' },
    ],
    triggers: [],
    settings: {},
    layout: {
      nodes: {
        flights: at(0, 0),
        flights_ok: at(1, 0),
        clean: at(2, 0),
        airports: at(2, 1),
        departures: { x: 132, y: at(3, 0).y },
        by_airport: at(4, 0),
        by_hour: at(4, 1),
        chart: { x: 132, y: at(5, 0).y },
      },
    },
  },
};
