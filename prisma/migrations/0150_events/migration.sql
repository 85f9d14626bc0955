-- What happens, and what it starts. Facts tell themselves: a dataset version that becomes good, an uploaded file and the end of a run write
-- their event in their own transaction, whoever writes them, with one delivery for each trigger that waits for it. Where nothing waits
-- nothing is written.
create table event_trigger (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "pipeline_id" UUID NOT NULL,
    "trigger_index" INTEGER NOT NULL,
    "version_number" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "trigger" JSONB NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "names" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "states" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "pattern" TEXT,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "seen" JSONB NOT NULL DEFAULT '{}',
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "event_trigger_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "event_trigger_pipeline_id_fkey" FOREIGN KEY ("pipeline_id") REFERENCES "pipeline"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
create unique index "event_trigger_pipeline_id_trigger_index_key" on event_trigger ("pipeline_id", "trigger_index");
create index "event_trigger_workspace_id_kind_idx" on event_trigger ("workspace_id", "kind");

create table event (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "subject_id" UUID,
    "run_id" UUID,
    "key" TEXT,
    "data" JSONB NOT NULL DEFAULT '{}',
    "depth" INTEGER NOT NULL DEFAULT 0,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "event_pkey" PRIMARY KEY ("id")
);
create unique index "event_key_key" on event ("key");
create index "event_workspace_id_at_id_idx" on event ("workspace_id", "at" DESC, "id" DESC);

create table event_delivery (
    "event_id" UUID NOT NULL,
    "trigger_id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "pipeline_id" UUID NOT NULL,
    "pipeline_slug" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'new',
    "run_id" UUID,
    "reason" JSONB,
    "settled_at" TIMESTAMPTZ(3),
    CONSTRAINT "event_delivery_pkey" PRIMARY KEY ("event_id", "trigger_id"),
    CONSTRAINT "event_delivery_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "event"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
create index event_delivery_new on event_delivery (pipeline_id) where state = 'new';
create index event_delivery_waiting on event_delivery (pipeline_id) where state = 'waiting';
create index event_delivery_open on event_delivery (trigger_id, event_id) where state in ('new', 'waiting');

-- one event starts a pipeline once, whatever happens in between
create unique index run_of_event on run (pipeline_id, trigger_id) where trigger_kind in ('dataset', 'webhook', 'file', 'run');

-- Whether a run belongs to a backfill, and how many events stand behind it, one started by the other.
create function penstock_origin(cause uuid, out backfill boolean, out depth int) language sql stable as $$
  with recursive up as (
    select r.trigger_kind, r.trigger_id, r.parent_run_id from run r where r.id = cause
    union all
    select p.trigger_kind, p.trigger_id, p.parent_run_id from up join run p on p.id = up.parent_run_id where up.trigger_kind = 'subpipeline'
  )
  select coalesce(bool_or(up.trigger_kind = 'backfill'), false), coalesce(max(e.depth) + 1, 0)
  from up left join event e on e.id = case when up.trigger_kind in ('dataset', 'webhook', 'file', 'run') then up.trigger_id::uuid end
$$;

-- penstock_tell writes an event with its deliveries, if any trigger of the workspace waits for it.
create function penstock_tell(workspace uuid, what text, named text, named_id uuid, cause uuid, ended text, told jsonb) returns void language plpgsql as $$
declare
  waiting uuid[];
  made uuid := gen_random_uuid();
  origin record;
begin
  select array_agg(t.id) into waiting from event_trigger t
  where t.workspace_id = workspace and t.kind = what and t.enabled
    and case what when 'file' then named ~ t.pattern when 'run' then named = any(t.names) and ended = any(t.states) else named = any(t.names) end;
  if waiting is null then return; end if;
  select * into origin from penstock_origin(cause);
  insert into event (id, workspace_id, kind, subject, subject_id, run_id, data, depth, at)
  values (made, workspace, what, named, named_id, cause, told || case when origin.backfill then '{"backfill": true}'::jsonb else '{}'::jsonb end, origin.depth, clock_timestamp());
  insert into event_delivery (event_id, trigger_id, workspace_id, pipeline_id, pipeline_slug)
  select made, t.id, t.workspace_id, t.pipeline_id, p.slug from event_trigger t join pipeline p on p.id = t.pipeline_id where t.id = any(waiting);
end $$;

create function penstock_tell_run() returns trigger language plpgsql as $$
begin
  perform penstock_tell(new.workspace_id, 'run', new.pipeline_slug, new.id, new.id, new.state, jsonb_build_object('state', new.state));
  return null;
end $$;
create trigger run_tells after update of state on run for each row
  when (new.state in ('succeeded', 'failed', 'cancelled') and old.state is distinct from new.state and new.trigger_kind <> 'try')
  execute function penstock_tell_run();

create function penstock_tell_version() returns trigger language plpgsql as $$
declare
  data_set record;
  before jsonb;
  told jsonb := jsonb_build_object('version', new.number);
begin
  select d.name, d.current_version into data_set from dataset d where d.id = new.dataset_id;
  -- the newest good one until now: the dataset's row follows its version's
  select v.schema into before from dataset_version v where v.dataset_id = new.dataset_id and v.number = data_set.current_version;
  if before is not null and before <> new.schema then
    told := told || jsonb_build_object('schema', (
      select jsonb_build_object(
        'added', coalesce(jsonb_agg(n.name) filter (where o.name is null), '[]'),
        'removed', coalesce(jsonb_agg(o.name) filter (where n.name is null), '[]'),
        'retyped', coalesce(jsonb_agg(n.name) filter (where n.type <> o.type), '[]'))
      from jsonb_to_recordset(new.schema) as n(name text, type text) full join jsonb_to_recordset(before) as o(name text, type text) on n.name = o.name));
  end if;
  perform penstock_tell(new.workspace_id, 'dataset', data_set.name, new.id, new.run_id, null, told);
  return null;
end $$;
create trigger dataset_version_tells after update of state on dataset_version for each row
  when (new.state = 'good' and old.state is distinct from new.state)
  execute function penstock_tell_version();

create function penstock_tell_file() returns trigger language plpgsql as $$
begin
  perform penstock_tell(new.workspace_id, 'file', new.path, null, null, null, jsonb_build_object('path', new.path, 'bytes', new.bytes, 'sha256', new.sha256));
  return null;
end $$;
create trigger workspace_file_tells after insert or update on workspace_file for each row execute function penstock_tell_file();

-- versions that were published before are followed once more, for their triggers
update pipeline p set scheduled_version = null from pipeline_version v
where v.pipeline_id = p.id and v.number = p.current_version
  and jsonb_path_exists(v.spec, '$.triggers[*] ? (@.kind != "schedule")');
