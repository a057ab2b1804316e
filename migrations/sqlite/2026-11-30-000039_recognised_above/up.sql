-- Hours are recognised above the county, too, where packs leave it to a city or the province: the entry names the account with its area.
-- Entries of before have no area: who recognised them belonged to their own.
ALTER TABLE hour_entries ADD COLUMN recognised_by_area INTEGER;
-- What a foreign key says stands in the text of the table alone (https://sqlite.org/lang_altertable.html, 7).
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'FOREIGN KEY (area, recognised_by)', 'FOREIGN KEY (recognised_by_area, recognised_by)')
    WHERE type = 'table' AND name = 'hour_entries';
PRAGMA writable_schema = RESET;
DROP INDEX ix_hour_entries_recognised_by;
CREATE INDEX ix_hour_entries_recognised_by ON hour_entries (recognised_by_area, recognised_by);
