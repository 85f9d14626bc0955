-- Deliverers look only at what still waits.
CREATE INDEX outbox_message_due ON outbox_message (not_before) WHERE delivered_at IS NULL AND failed_at IS NULL;
