-- Evidence of a rollout is read from the log by rollout and step.

create index inference_log_rollout on inference_log (rollout_id, rollout_step) where rollout_id is not null;
