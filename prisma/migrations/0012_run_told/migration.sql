-- A run whose version names channels (settings.notify) tells them its end exactly once: told_at is the end that was told, so a run
-- that was cleared and ended again tells again.
alter table run add column notifies boolean not null default false, add column told_at timestamptz(3);
create index run_to_tell on run (finished_at) where notifies and finished_at is not null and (told_at is null or told_at < finished_at);
