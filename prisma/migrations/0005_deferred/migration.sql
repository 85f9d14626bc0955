-- Tasks that wait for something outside are few; the sweeper looks for them every few seconds.
create index task_run_deferred on task_run (run_id) where state = 'deferred';
