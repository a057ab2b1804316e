-- Refused, by the keys, where somebody of another area took a step: there is no place for it before.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE record_steps_kept AS SELECT * FROM record_steps;
DROP TABLE record_steps;
CREATE TABLE outside_records_kept AS SELECT * FROM outside_records;
DROP TABLE outside_records;
CREATE TABLE outside_records (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    organisation_id BIGINT NOT NULL,
    category TEXT NOT NULL,
    activity TEXT,
    activity_role TEXT,
    activity_result TEXT,
    level TEXT NOT NULL,
    route TEXT NOT NULL,
    delivery_form TEXT NOT NULL,
    themes TEXT NOT NULL,
    block_key TEXT,
    title TEXT NOT NULL,
    content_key TEXT NOT NULL,
    content_claim TEXT,
    provider TEXT,
    circumstances TEXT NOT NULL,
    consent_reference TEXT,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    hours BIGINT NOT NULL,
    practice BIGINT NOT NULL,
    evidence TEXT NOT NULL,
    source TEXT NOT NULL,
    source_key TEXT NOT NULL,
    state TEXT NOT NULL,
    entered_by BIGINT NOT NULL,
    examined_by BIGINT,
    decided_by BIGINT,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_outside_records PRIMARY KEY (area, id),
    CONSTRAINT fk_outside_records_person_id FOREIGN KEY (area, person_id) REFERENCES persons (area, id),
    CONSTRAINT fk_outside_records_organisation_id FOREIGN KEY (area, organisation_id) REFERENCES organisations (area, id),
    CONSTRAINT fk_outside_records_entered_by FOREIGN KEY (area, entered_by) REFERENCES accounts (area, id),
    CONSTRAINT fk_outside_records_examined_by FOREIGN KEY (area, examined_by) REFERENCES accounts (area, id),
    CONSTRAINT fk_outside_records_decided_by FOREIGN KEY (area, decided_by) REFERENCES accounts (area, id),
    CONSTRAINT uq_outside_records_source UNIQUE (area, person_id, source, source_key),
    CONSTRAINT uq_outside_records_content UNIQUE (area, person_id, content_claim),
    CONSTRAINT ck_outside_records_category CHECK (category IN ('platform', 'degree', 'research', 'training', 'teaching_support', 'course')),
    CONSTRAINT ck_outside_records_level CHECK (level IN ('school', 'county', 'city', 'province', 'national')),
    CONSTRAINT ck_outside_records_route CHECK (route IN ('self_selected', 'mandated', 'school_based', 'converted')),
    CONSTRAINT ck_outside_records_state CHECK (state IN ('entered', 'examined', 'verified', 'returned', 'rejected', 'withdrawn')),
    CONSTRAINT ck_outside_records_days CHECK (ends_on >= starts_on),
    CONSTRAINT ck_outside_records_hours CHECK (hours > 0 AND practice >= 0 AND practice <= hours),
    CONSTRAINT ck_outside_records_stages CHECK (state <> 'verified' OR decided_by IS NOT NULL),
    CONSTRAINT ck_outside_records_three_people CHECK (examined_by IS NULL OR (examined_by <> entered_by AND (decided_by IS NULL OR decided_by <> examined_by))),
    CONSTRAINT ck_outside_records_four_eyes CHECK (decided_by IS NULL OR decided_by <> entered_by OR (state = 'verified' AND examined_by IS NULL))
) WITHOUT ROWID;
INSERT INTO outside_records (
    area, id, person_id, organisation_id, category, activity, activity_role, activity_result, level, route, delivery_form, themes,
    block_key, title, content_key, content_claim, provider, circumstances, consent_reference, starts_on, ends_on, hours, practice,
    evidence, source, source_key, state, entered_by, examined_by, decided_by, version, created_at
) SELECT
    area, id, person_id, organisation_id, category, activity, activity_role, activity_result, level, route, delivery_form, themes,
    block_key, title, content_key, content_claim, provider, circumstances, consent_reference, starts_on, ends_on, hours, practice,
    evidence, source, source_key, state, entered_by, examined_by, decided_by, version, created_at
FROM outside_records_kept;
DROP TABLE outside_records_kept;
CREATE INDEX ix_outside_records_person_id ON outside_records (area, person_id, id);
CREATE INDEX ix_outside_records_organisation_id ON outside_records (area, organisation_id, id);
CREATE INDEX ix_outside_records_state ON outside_records (area, state, id);
CREATE INDEX ix_outside_records_entered_by ON outside_records (area, entered_by);
CREATE INDEX ix_outside_records_examined_by ON outside_records (area, examined_by);
CREATE INDEX ix_outside_records_decided_by ON outside_records (area, decided_by);
CREATE TABLE record_steps (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    record_id BIGINT NOT NULL,
    step TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    note TEXT,
    created_at TIMESTAMP NOT NULL,
    stages INTEGER CONSTRAINT ck_record_steps_stages CHECK (stages BETWEEN 1 AND 3),
    CONSTRAINT pk_record_steps PRIMARY KEY (area, id),
    CONSTRAINT fk_record_steps_record_id FOREIGN KEY (area, record_id) REFERENCES outside_records (area, id),
    CONSTRAINT fk_record_steps_account_id FOREIGN KEY (area, account_id) REFERENCES accounts (area, id),
    CONSTRAINT ck_record_steps_step CHECK (step IN ('enter', 'correct', 'allow_duplicate', 'examine', 'verify', 'return', 'reject', 'withdraw'))
) WITHOUT ROWID;
INSERT INTO record_steps (area, id, record_id, step, account_id, note, created_at, stages)
    SELECT area, id, record_id, step, account_id, note, created_at, stages FROM record_steps_kept;
DROP TABLE record_steps_kept;
CREATE INDEX ix_record_steps_record_id ON record_steps (area, record_id, id);
CREATE INDEX ix_record_steps_account_id ON record_steps (area, account_id);
CREATE TRIGGER tr_record_steps_no_update BEFORE UPDATE ON record_steps
BEGIN
    SELECT RAISE(ABORT, 'record_steps is append-only');
END;
CREATE TRIGGER tr_record_steps_no_delete BEFORE DELETE ON record_steps
BEGIN
    SELECT RAISE(ABORT, 'record_steps is append-only');
END;
