-- Hours are recognised above the county, too, where packs leave it to a city or the province: the entry names the account with its area.
-- Entries of before have no area: who recognised them belonged to their own.
ALTER TABLE hour_entries ADD COLUMN recognised_by_area INTEGER;
ALTER TABLE hour_entries DROP CONSTRAINT fk_hour_entries_recognised_by;
ALTER TABLE hour_entries ADD CONSTRAINT fk_hour_entries_recognised_by FOREIGN KEY (recognised_by_area, recognised_by) REFERENCES accounts (area, id);
DROP INDEX ix_hour_entries_recognised_by;
CREATE INDEX ix_hour_entries_recognised_by ON hour_entries (recognised_by_area, recognised_by);
