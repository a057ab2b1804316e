DROP INDEX ix_enrolments_queue;
CREATE INDEX ix_enrolments_queue ON enrolments (area, session_id, status, requested_at, id);
