-- Registered models, the endpoints that serve them, and what they answered.

CREATE TABLE "inference_log" (
    "id" UUID NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "workspace_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "variant" TEXT NOT NULL,
    "model_version_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "rollout_id" UUID,
    "rollout_step" INTEGER,
    "request_id" TEXT,
    "unit_id" TEXT,
    "bucket" INTEGER,
    "assigned_by" TEXT NOT NULL,
    "features" JSONB,
    "prediction" JSONB,
    "score" DOUBLE PRECISION,
    "latency_us" INTEGER NOT NULL,
    "status" INTEGER NOT NULL,
    "error" TEXT,

    CONSTRAINT "inference_log_pkey" PRIMARY KEY ("received_at","id")
) PARTITION BY RANGE ("received_at");

CREATE TABLE "inference_drop" (
    "endpoint_id" UUID NOT NULL,
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "workspace_id" UUID NOT NULL,
    "rows" INTEGER NOT NULL,

    CONSTRAINT "inference_drop_pkey" PRIMARY KEY ("endpoint_id","minute")
);

CREATE TABLE "inference_hour" (
    "endpoint_id" UUID NOT NULL,
    "model_version_id" UUID NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "workspace_id" UUID NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "counted_at" TIMESTAMPTZ(3),

    CONSTRAINT "inference_hour_pkey" PRIMARY KEY ("endpoint_id","model_version_id","hour")
);

CREATE TABLE "registered_model" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "created_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "registered_model_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "model_version" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "model_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "flavor" TEXT,
    "flavors" JSONB NOT NULL DEFAULT '{}',
    "signature" JSONB,
    "files" JSONB NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "tags" JSONB NOT NULL DEFAULT '{}',
    "metrics" JSONB NOT NULL DEFAULT '{}',
    "problems" JSONB NOT NULL DEFAULT '[]',
    "training" JSONB,
    "source_run_id" UUID,
    "created_by_id" TEXT,
    "created_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_version_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "model_alias" (
    "model_id" UUID NOT NULL,
    "alias" TEXT NOT NULL,
    "workspace_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "updated_by" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_alias_pkey" PRIMARY KEY ("model_id","alias")
);

CREATE TABLE "endpoint" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "model_id" UUID NOT NULL,
    "model_name" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'starting',
    "problem" TEXT,
    "alias" TEXT,
    "min_replicas" INTEGER NOT NULL DEFAULT 1,
    "max_replicas" INTEGER NOT NULL DEFAULT 1,
    "batching" JSONB NOT NULL DEFAULT '{}',
    "routing" JSONB NOT NULL DEFAULT '{}',
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "endpoint_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "variant" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "model_version_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "weight" DECIMAL(5,2) NOT NULL,
    "replicas" INTEGER NOT NULL DEFAULT 1,
    "ready" INTEGER NOT NULL DEFAULT 0,
    "problem" TEXT,
    "rollout_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "variant_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "endpoint_ledger" (
    "id" BIGSERIAL NOT NULL,
    "workspace_id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "verb" TEXT NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "weights" JSONB NOT NULL,
    "rollout_id" UUID,

    CONSTRAINT "endpoint_ledger_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "gateway" (
    "id" UUID NOT NULL,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "port" INTEGER NOT NULL,
    "version" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heartbeat_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "gateway_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "inference_log_endpoint_id_at_idx" ON "inference_log"("endpoint_id", "at");

CREATE INDEX "inference_log_id_idx" ON "inference_log"("id");

CREATE UNIQUE INDEX "registered_model_workspace_id_name_key" ON "registered_model"("workspace_id", "name");

CREATE INDEX "model_version_workspace_id_created_at_idx" ON "model_version"("workspace_id", "created_at" DESC);

CREATE UNIQUE INDEX "model_version_model_id_number_key" ON "model_version"("model_id", "number");

CREATE UNIQUE INDEX "endpoint_workspace_id_slug_key" ON "endpoint"("workspace_id", "slug");

CREATE INDEX "variant_endpoint_id_idx" ON "variant"("endpoint_id");

CREATE INDEX "endpoint_ledger_endpoint_id_at_idx" ON "endpoint_ledger"("endpoint_id", "at");

ALTER TABLE "registered_model" ADD CONSTRAINT "registered_model_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "model_version" ADD CONSTRAINT "model_version_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "registered_model"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "model_alias" ADD CONSTRAINT "model_alias_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "registered_model"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "endpoint" ADD CONSTRAINT "endpoint_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "variant" ADD CONSTRAINT "variant_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "endpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

create unique index variant_live on variant (endpoint_id, name) where retired_at is null;
-- Days get partitions of their own ahead of time; what no day takes goes to the rest, so that no prediction waits for a partition.
create table inference_log_rest partition of inference_log default;
create index inference_hour_changed on inference_hour (changed_at) where counted_at is null or counted_at < changed_at;
