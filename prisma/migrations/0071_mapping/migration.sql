-- A mapped task: its own row (kind map) makes the list and later judges the parts; each part is a row of its own with map_index and item.
alter table task_run
  -- of the mapped task's own row: how many parts its list has; null before the list is made
  add column map_count int,
  -- of a part: its item
  add column map_item jsonb;
