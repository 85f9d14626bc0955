-- Who holds and who waits, looked at every quarter of a minute while anything does: what the charts of the Operate page draw.
create table slot_sample (
  at timestamptz(3) not null,
  workspace_id uuid not null,
  lane smallint not null,
  running integer not null,
  ready integer not null,
  constraint slot_sample_pkey primary key (at, workspace_id, lane)
);
