-- Which version a pipeline's schedules follow, what of their time is done, and what a run needs of its schedule.

ALTER TABLE "pipeline" ADD COLUMN "scheduled_version" INTEGER;
ALTER TABLE "schedule" ADD COLUMN "covered_until" TIMESTAMPTZ(3);
ALTER TABLE "schedule" ADD COLUMN "waiting" TIMESTAMPTZ(3)[] NOT NULL DEFAULT ARRAY[]::TIMESTAMPTZ(3)[];
ALTER TABLE "run" ADD COLUMN "latest_until" TIMESTAMPTZ(3);
ALTER TABLE "run" ADD COLUMN "part" JSONB;

create index pipeline_unfollowed on pipeline (id) where current_version is not null and current_version is distinct from scheduled_version;
create index schedule_waiting on schedule (id) where cardinality(waiting) > 0;
create index run_of_schedule on run (trigger_id, created_at desc) where trigger_kind = 'schedule';
