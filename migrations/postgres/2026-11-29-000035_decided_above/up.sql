-- What the packs leave to a city or the province is decided there: who took a step of a record keeps the area of the account. Whoever enters
-- a record is of its own area.
ALTER TABLE outside_records ADD COLUMN examined_by_area INTEGER, ADD COLUMN decided_by_area INTEGER;
UPDATE outside_records SET examined_by_area = CASE WHEN examined_by IS NOT NULL THEN area END,
    decided_by_area = CASE WHEN decided_by IS NOT NULL THEN area END;
ALTER TABLE outside_records
    DROP CONSTRAINT fk_outside_records_examined_by,
    DROP CONSTRAINT fk_outside_records_decided_by,
    DROP CONSTRAINT ck_outside_records_three_people,
    DROP CONSTRAINT ck_outside_records_four_eyes;
DROP INDEX ix_outside_records_examined_by;
DROP INDEX ix_outside_records_decided_by;
ALTER TABLE outside_records
    ADD CONSTRAINT fk_outside_records_examined_by FOREIGN KEY (examined_by_area, examined_by) REFERENCES accounts (area, id),
    ADD CONSTRAINT fk_outside_records_decided_by FOREIGN KEY (decided_by_area, decided_by) REFERENCES accounts (area, id),
    ADD CONSTRAINT ck_outside_records_three_people CHECK (examined_by IS NULL OR ((examined_by <> entered_by OR examined_by_area <> area) AND (decided_by IS NULL OR decided_by <> examined_by OR decided_by_area <> examined_by_area))),
    ADD CONSTRAINT ck_outside_records_four_eyes CHECK (decided_by IS NULL OR decided_by <> entered_by OR decided_by_area <> area OR (state = 'verified' AND examined_by IS NULL)),
    ADD CONSTRAINT ck_outside_records_hands CHECK ((examined_by IS NULL) = (examined_by_area IS NULL) AND (decided_by IS NULL) = (decided_by_area IS NULL));
CREATE INDEX ix_outside_records_examined_by ON outside_records (examined_by_area, examined_by);
CREATE INDEX ix_outside_records_decided_by ON outside_records (decided_by_area, decided_by);
ALTER TABLE record_steps ADD COLUMN account_area INTEGER;
ALTER TABLE record_steps DISABLE TRIGGER USER;
UPDATE record_steps SET account_area = area;
ALTER TABLE record_steps ENABLE TRIGGER USER;
ALTER TABLE record_steps ALTER COLUMN account_area SET NOT NULL;
ALTER TABLE record_steps DROP CONSTRAINT fk_record_steps_account_id;
DROP INDEX ix_record_steps_account_id;
ALTER TABLE record_steps ADD CONSTRAINT fk_record_steps_account_id FOREIGN KEY (account_area, account_id) REFERENCES accounts (area, id);
CREATE INDEX ix_record_steps_account_id ON record_steps (account_area, account_id);
