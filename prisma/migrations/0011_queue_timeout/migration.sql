-- How long a task may wait in the queue before it fails (semantics §2); null waits for ever.
alter table task_run add column queue_timeout_seconds double precision;
create index task_run_impatient on task_run (ready_at) where state = 'ready' and queue_timeout_seconds is not null;
