-- The status first: an index that began with the session would, while the table is new, look as good to a planner as the one that
-- finds a person in it.
DROP INDEX ix_enrolments_queue;
CREATE INDEX ix_enrolments_queue ON enrolments (status, area, session_id, requested_at, id);
