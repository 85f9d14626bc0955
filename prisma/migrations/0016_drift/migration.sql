-- What features looked like in training, and what they look like now.

CREATE TABLE "reference_profile" (
    "model_version_id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "problem" TEXT,
    "source" JSONB NOT NULL,
    "rows" BIGINT NOT NULL DEFAULT 0,
    "features" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "reference_profile_pkey" PRIMARY KEY ("model_version_id")
);

CREATE TABLE "drift_window" (
    "endpoint_id" UUID NOT NULL,
    "model_version_id" UUID NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "feature" TEXT NOT NULL,
    "workspace_id" UUID NOT NULL,
    "counts" INTEGER[],
    "rows" INTEGER NOT NULL,

    CONSTRAINT "drift_window_pkey" PRIMARY KEY ("endpoint_id","model_version_id","hour","feature")
);
