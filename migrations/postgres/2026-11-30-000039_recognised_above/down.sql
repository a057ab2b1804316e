-- An account of another area cannot be named without it.
ALTER TABLE hour_entries DISABLE TRIGGER USER;
UPDATE hour_entries SET recognised_by = NULL WHERE recognised_by_area <> area;
ALTER TABLE hour_entries ENABLE TRIGGER USER;
DROP INDEX ix_hour_entries_recognised_by;
ALTER TABLE hour_entries DROP CONSTRAINT fk_hour_entries_recognised_by;
ALTER TABLE hour_entries ADD CONSTRAINT fk_hour_entries_recognised_by FOREIGN KEY (area, recognised_by) REFERENCES accounts (area, id);
ALTER TABLE hour_entries DROP COLUMN recognised_by_area;
CREATE INDEX ix_hour_entries_recognised_by ON hour_entries (area, recognised_by);
