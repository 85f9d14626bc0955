-- An attempt's row is made only by statements that hold its task's row, so asking for that row again at every insert proves nothing; it
-- took 40 of a step's 240 microseconds beside the commit. What the key did for deletes a trigger does, which costs inserts nothing.
alter table attempt drop constraint attempt_run_id_ordinal_fkey;

create function penstock_delete_attempts() returns trigger language plpgsql as $$
begin
  delete from attempt where run_id = old.run_id and ordinal = old.ordinal;
  return null;
end $$;
create trigger task_run_attempts after delete on task_run for each row execute function penstock_delete_attempts();
