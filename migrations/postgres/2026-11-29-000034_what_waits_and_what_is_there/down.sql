DROP INDEX ix_hour_entries_pending;
ALTER TABLE entry_claims DROP COLUMN content_key;
DROP VIEW contents;
