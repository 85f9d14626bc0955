-- The audit is append-only and chained: hash = sha-256 of the row's content and the hash before it. Rows are numbered and
-- sealed when their transaction commits, under a lock taken as the very last thing, so that the order of numbers is the
-- order of commits and the lock can be part of no deadlock.

CREATE FUNCTION audit_hash(e audit_entry) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(jsonb_build_object(
    'prev', e.prev_hash, 'id', e.id, 'workspace', e.workspace_id,
    'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'actorKind', e.actor_kind, 'actorId', e.actor_id, 'actorName', e.actor_name,
    'verb', e.verb, 'target', e.target, 'targetId', e.target_id,
    'before', e.before, 'after', e.after, 'ip', e.ip, 'requestId', e.request_id)::text, 'UTF8')), 'hex')
$$;

CREATE FUNCTION audit_seal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  row_now audit_entry;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('audit ' || coalesce(NEW.workspace_id::text, ''), 0));
  SELECT * INTO row_now FROM audit_entry WHERE id = NEW.id AND hash = '';
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF NEW.workspace_id IS NULL THEN
    SELECT hash INTO row_now.prev_hash FROM audit_entry WHERE workspace_id IS NULL AND hash <> '' ORDER BY id DESC LIMIT 1;
  ELSE
    SELECT hash INTO row_now.prev_hash FROM audit_entry WHERE workspace_id = NEW.workspace_id AND hash <> '' ORDER BY id DESC LIMIT 1;
  END IF;
  row_now.prev_hash := coalesce(row_now.prev_hash, '');
  row_now.id := nextval(pg_get_serial_sequence('audit_entry', 'id'));
  UPDATE audit_entry SET id = row_now.id, prev_hash = row_now.prev_hash, hash = audit_hash(row_now) WHERE id = NEW.id;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER audit_entry_seal AFTER INSERT ON audit_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.hash = '') EXECUTE FUNCTION audit_seal();

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.hash = '' AND NEW.hash <> '' THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'The audit is append-only: entry % cannot be changed or removed.', OLD.id;
END $$;

CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
  FOR EACH ROW EXECUTE FUNCTION audit_refuse();

-- A second successor of one row cannot exist, whatever went wrong.
CREATE UNIQUE INDEX audit_entry_link ON audit_entry (workspace_id, prev_hash) NULLS NOT DISTINCT WHERE hash <> '';
