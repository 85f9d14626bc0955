-- An alias that endpoints follow moves when replicas of the version it is asked to point at are ready; until then the wish stands here.
alter table "model_alias" add column "requested_version" integer, add column "requested_reason" text, add column "requested_by" text, add column "requested_at" timestamptz(3);
