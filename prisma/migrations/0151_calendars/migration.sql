-- Days on which a schedule does not fire.
create table calendar (
    "workspace_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "dates" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "updated_by" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "calendar_pkey" PRIMARY KEY ("workspace_id", "name"),
    CONSTRAINT "calendar_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
