DROP TABLE disputes;
DROP TABLE transfers;
DROP TABLE record_steps;
DROP TABLE outside_records;
DELETE FROM imports WHERE kind = 'records';
ALTER TABLE imports DROP CONSTRAINT ck_imports_kind;
ALTER TABLE imports ADD CONSTRAINT ck_imports_kind CHECK (kind IN ('roster', 'organisations'));
