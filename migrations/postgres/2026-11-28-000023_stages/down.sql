ALTER TABLE record_steps DROP COLUMN stages;
ALTER TABLE outside_records DROP CONSTRAINT ck_outside_records_stages;
ALTER TABLE outside_records DROP CONSTRAINT ck_outside_records_four_eyes;
ALTER TABLE outside_records
    ADD CONSTRAINT ck_outside_records_stages CHECK (state <> 'verified' OR (examined_by IS NOT NULL AND decided_by IS NOT NULL)),
    ADD CONSTRAINT ck_outside_records_four_eyes CHECK (decided_by IS NULL OR decided_by <> entered_by);
