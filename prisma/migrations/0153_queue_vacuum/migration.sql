-- A claim walks a queue's index from its oldest end, and so over the entry of every task that left it since the last vacuum: a microsecond for each
-- hundred. By share of the table (0.02) vacuum came after 60,000 dead rows when 3,000,000 tasks were stored, and it passed the indexes over
-- whenever fewer than 2 % of the pages held any. So it comes after about as many whatever is stored, and always cleans the indexes.
alter table task_run set (autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0.002, vacuum_index_cleanup = on);
-- nothing that is asked for each task walks a dead entry of attempt's
alter table attempt set (vacuum_index_cleanup = on);
