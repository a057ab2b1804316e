-- The status first: an index that began with the session would, while the table is new, look as good to a planner as the one that
-- finds a person in it.
DROP INDEX ix_enrolments_queue;
CREATE INDEX ix_enrolments_queue ON enrolments (status, area, session_id, requested_at, id);
-- Hours of a year are summed at each application, from the index alone. On SQLite the entries of a person are neighbours.
CREATE INDEX ix_hour_entries_year ON hour_entries (person_id, area, effective_on) INCLUDE (kind, credited);
