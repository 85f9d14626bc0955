-- Schedules as the scheduler follows them, and backfills.

CREATE TABLE "schedule" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "pipeline_id" UUID NOT NULL,
    "trigger_index" INTEGER NOT NULL,
    "version_number" INTEGER NOT NULL,
    "trigger" JSONB NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "next_due" TIMESTAMPTZ(3),
    "last_interval" TIMESTAMPTZ(3),
    "last_result" JSONB,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "schedule_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "backfill" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "pipeline_id" UUID NOT NULL,
    "pipeline_slug" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'running',
    "request" JSONB NOT NULL,
    "created_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "backfill_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "backfill_item" (
    "backfill_id" UUID NOT NULL,
    "interval_start" TIMESTAMPTZ(3) NOT NULL,
    "interval_end" TIMESTAMPTZ(3) NOT NULL,
    "pipeline_id" UUID NOT NULL,
    "open" BOOLEAN NOT NULL DEFAULT true,
    "ordinal" INTEGER NOT NULL,
    "action" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "version" INTEGER,
    "state" TEXT NOT NULL,
    "run_id" UUID,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "backfill_item_pkey" PRIMARY KEY ("backfill_id","interval_start")
);

CREATE UNIQUE INDEX "schedule_pipeline_id_trigger_index_key" ON "schedule"("pipeline_id", "trigger_index");

CREATE INDEX "backfill_workspace_id_created_at_idx" ON "backfill"("workspace_id", "created_at" DESC);

CREATE INDEX "backfill_pipeline_id_created_at_idx" ON "backfill"("pipeline_id", "created_at" DESC);

CREATE INDEX "backfill_item_run_id_idx" ON "backfill_item"("run_id");

ALTER TABLE "schedule" ADD CONSTRAINT "schedule_pipeline_id_fkey" FOREIGN KEY ("pipeline_id") REFERENCES "pipeline"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "backfill" ADD CONSTRAINT "backfill_pipeline_id_fkey" FOREIGN KEY ("pipeline_id") REFERENCES "pipeline"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "backfill_item" ADD CONSTRAINT "backfill_item_backfill_id_fkey" FOREIGN KEY ("backfill_id") REFERENCES "backfill"("id") ON DELETE CASCADE ON UPDATE CASCADE;

create index schedule_due on schedule (next_due) where enabled and next_due is not null;
-- No two unfinished backfills of a pipeline hold the same interval (semantics 4).
create unique index backfill_item_once on backfill_item (pipeline_id, interval_start) where open;
create index backfill_open on backfill (created_at) where state in ('running', 'paused');
create index run_interval on run (pipeline_id, interval_start, created_at desc) where interval_start is not null;
