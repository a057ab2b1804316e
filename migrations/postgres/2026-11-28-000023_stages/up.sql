-- Where the policy packs let hours from outside pass through fewer hands, nobody has to examine them (two stages), or whoever entered
-- them may verify them (one). The step that verifies keeps through how many they had to pass; null is three.
ALTER TABLE outside_records DROP CONSTRAINT ck_outside_records_stages;
ALTER TABLE outside_records DROP CONSTRAINT ck_outside_records_four_eyes;
ALTER TABLE outside_records
    ADD CONSTRAINT ck_outside_records_stages CHECK (state <> 'verified' OR decided_by IS NOT NULL),
    ADD CONSTRAINT ck_outside_records_four_eyes CHECK (decided_by IS NULL OR decided_by <> entered_by OR (state = 'verified' AND examined_by IS NULL));
ALTER TABLE record_steps ADD COLUMN stages INTEGER CONSTRAINT ck_record_steps_stages CHECK (stages BETWEEN 1 AND 3);
