-- Who does what nobody may do twice: a singleton duty, or one of 64 shares of the pipelines. A lease without a holder, or past its time
-- by the database's clock, is free. The fence grows with every taking, so a holder that slept can be told from the one after it.
create table lease (
  name text primary key,
  holder uuid,
  fence bigint not null default 0,
  until timestamptz(3) not null default '1970-01-01Z'
);
insert into lease (name) select 'leader' union all select 'partition/' || lpad(i::text, 2, '0') from generate_series(0, 63) i;

-- The share a pipeline belongs to (lib/dispatch/partitions.ts computes the same).
create function penstock_partition(pipeline uuid) returns int language sql immutable parallel safe as $$
  select get_byte(uuid_send(pipeline), 15) & 63
$$;

alter table worker
  add column executor text not null default 'local',
  -- the newest migration that its program knows
  add column schema_version text not null default '',
  -- {lagMs, min, max, children}: what it says of itself with its heartbeat
  add column details jsonb not null default '{}';
