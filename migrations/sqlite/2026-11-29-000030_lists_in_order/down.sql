DROP INDEX ix_units_starts_at;
DROP INDEX ix_enrolments_requested_at;
