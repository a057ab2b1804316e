-- An account of another area cannot be named without it.
DROP TRIGGER tr_hour_entries_no_update;
UPDATE hour_entries SET recognised_by = NULL WHERE recognised_by_area <> area;
CREATE TRIGGER tr_hour_entries_no_update BEFORE UPDATE ON hour_entries
BEGIN
    SELECT RAISE(ABORT, 'hour_entries is append-only');
END;
DROP INDEX ix_hour_entries_recognised_by;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'FOREIGN KEY (recognised_by_area, recognised_by)', 'FOREIGN KEY (area, recognised_by)')
    WHERE type = 'table' AND name = 'hour_entries';
PRAGMA writable_schema = RESET;
ALTER TABLE hour_entries DROP COLUMN recognised_by_area;
CREATE INDEX ix_hour_entries_recognised_by ON hour_entries (area, recognised_by);
