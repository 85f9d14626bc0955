-- Rollouts: traffic opened step by step.

CREATE TABLE "rollout" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "candidate_version_id" UUID NOT NULL,
    "candidate_version" INTEGER NOT NULL,
    "baseline_version_id" UUID NOT NULL,
    "baseline_version" INTEGER NOT NULL,
    "steps" JSONB NOT NULL,
    "audience" JSONB NOT NULL DEFAULT '{}',
    "unit" TEXT NOT NULL,
    "metrics" JSONB NOT NULL DEFAULT '[]',
    "seed" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'running',
    "step" INTEGER NOT NULL DEFAULT 0,
    "step_started_at" TIMESTAMPTZ(3) NOT NULL,
    "weight" DECIMAL(5,2) NOT NULL DEFAULT 0,
    "approval" JSONB,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "reason" TEXT NOT NULL DEFAULT '',
    "created_by_id" TEXT,
    "created_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "rollout_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "rollout_decision" (
    "id" BIGSERIAL NOT NULL,
    "workspace_id" UUID NOT NULL,
    "rollout_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "actor_id" TEXT,
    "verb" TEXT NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "from_state" TEXT NOT NULL,
    "to_state" TEXT NOT NULL,
    "step" INTEGER NOT NULL,
    "weights" JSONB NOT NULL,
    "evidence" JSONB,
    "evidence_hash" TEXT,

    CONSTRAINT "rollout_decision_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "rollout_workspace_id_created_at_idx" ON "rollout"("workspace_id", "created_at" DESC);

CREATE INDEX "rollout_endpoint_id_idx" ON "rollout"("endpoint_id");

CREATE INDEX "rollout_decision_rollout_id_id_idx" ON "rollout_decision"("rollout_id", "id");

ALTER TABLE "rollout_decision" ADD CONSTRAINT "rollout_decision_rollout_id_fkey" FOREIGN KEY ("rollout_id") REFERENCES "rollout"("id") ON DELETE CASCADE ON UPDATE CASCADE;

create unique index rollout_live on rollout (endpoint_id) where state not in ('completed', 'rolled_back', 'failed');
