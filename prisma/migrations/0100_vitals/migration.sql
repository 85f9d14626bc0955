-- What a running attempt shows of its life, written with the heartbeat that its lease needs anyway (lib/runs/pace.ts reads it).
alter table attempt add column vitals jsonb;

-- What happened to a task of a run between its start and its end: it stalled, it resumed. A stall is known by its attempt and by the
-- last sign of life before it, so the same one is never told twice.
create table run_event (
  run_id uuid not null references run (id) on delete cascade on update cascade,
  ordinal int not null,
  attempt int not null,
  kind text not null,
  since timestamptz(3) not null,
  at timestamptz(3) not null,
  text text not null,
  primary key (run_id, ordinal, attempt, since, kind)
);
