-- The key by a task's name begins with the run. It began with the name, so the tasks of one run went to as many leaves as there are tasks: beside
-- 3,000,000 stored ones, 1,000 tasks wrote 6.7 MB of whole pages to the log after each checkpoint, and vacuum had every leaf to change.
--
-- `task_id is not null` is true of every row. It is there for the planner, which takes a partial index only for searches that imply its predicate,
-- as `task_id = …` does: searches by run alone, or by run and ordinal, never get this index in place of the primary key.
drop index task_run_task_id_run_id_map_index_key;
create unique index task_run_name on task_run (run_id, task_id, map_index) where task_id is not null;
