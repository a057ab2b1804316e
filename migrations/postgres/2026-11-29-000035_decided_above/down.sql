-- Refused, by the keys, where somebody of another area took a step: there is no place for it before.
ALTER TABLE outside_records
    DROP CONSTRAINT fk_outside_records_examined_by,
    DROP CONSTRAINT fk_outside_records_decided_by,
    DROP CONSTRAINT ck_outside_records_three_people,
    DROP CONSTRAINT ck_outside_records_four_eyes,
    DROP CONSTRAINT ck_outside_records_hands;
DROP INDEX ix_outside_records_examined_by;
DROP INDEX ix_outside_records_decided_by;
ALTER TABLE outside_records
    ADD CONSTRAINT fk_outside_records_examined_by FOREIGN KEY (area, examined_by) REFERENCES accounts (area, id),
    ADD CONSTRAINT fk_outside_records_decided_by FOREIGN KEY (area, decided_by) REFERENCES accounts (area, id),
    ADD CONSTRAINT ck_outside_records_three_people CHECK (examined_by IS NULL OR (examined_by <> entered_by AND (decided_by IS NULL OR decided_by <> examined_by))),
    ADD CONSTRAINT ck_outside_records_four_eyes CHECK (decided_by IS NULL OR decided_by <> entered_by OR (state = 'verified' AND examined_by IS NULL));
CREATE INDEX ix_outside_records_examined_by ON outside_records (area, examined_by);
CREATE INDEX ix_outside_records_decided_by ON outside_records (area, decided_by);
ALTER TABLE record_steps DROP CONSTRAINT fk_record_steps_account_id;
DROP INDEX ix_record_steps_account_id;
ALTER TABLE record_steps ADD CONSTRAINT fk_record_steps_account_id FOREIGN KEY (area, account_id) REFERENCES accounts (area, id);
CREATE INDEX ix_record_steps_account_id ON record_steps (area, account_id);
ALTER TABLE outside_records DROP COLUMN examined_by_area, DROP COLUMN decided_by_area;
ALTER TABLE record_steps DROP COLUMN account_area;
