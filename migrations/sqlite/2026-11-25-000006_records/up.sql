-- Records from outside, transfers between counties, disputes: what stands behind hours that no session of the catalogue gave.
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
    CONSTRAINT ck_outside_records_stages CHECK (state <> 'verified' OR (examined_by IS NOT NULL AND decided_by IS NOT NULL)),
    CONSTRAINT ck_outside_records_three_people CHECK (examined_by IS NULL OR (examined_by <> entered_by AND (decided_by IS NULL OR decided_by <> examined_by))),
    CONSTRAINT ck_outside_records_four_eyes CHECK (decided_by IS NULL OR decided_by <> entered_by)
) WITHOUT ROWID;
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
    CONSTRAINT pk_record_steps PRIMARY KEY (area, id),
    CONSTRAINT fk_record_steps_record_id FOREIGN KEY (area, record_id) REFERENCES outside_records (area, id),
    CONSTRAINT fk_record_steps_account_id FOREIGN KEY (area, account_id) REFERENCES accounts (area, id),
    CONSTRAINT ck_record_steps_step CHECK (step IN ('enter', 'correct', 'allow_duplicate', 'examine', 'verify', 'return', 'reject', 'withdraw'))
) WITHOUT ROWID;
CREATE INDEX ix_record_steps_record_id ON record_steps (area, record_id, id);
CREATE INDEX ix_record_steps_account_id ON record_steps (area, account_id);
CREATE TABLE transfers (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    direction TEXT NOT NULL,
    state TEXT NOT NULL,
    other_area INTEGER,
    other_name TEXT NOT NULL,
    moved_on DATE NOT NULL,
    certificate TEXT NOT NULL,
    digest TEXT NOT NULL,
    evidence TEXT NOT NULL,
    note TEXT,
    entered_by BIGINT NOT NULL,
    decided_by BIGINT,
    decided_at TIMESTAMP,
    reason TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_transfers PRIMARY KEY (area, id),
    CONSTRAINT fk_transfers_person_id FOREIGN KEY (area, person_id) REFERENCES persons (area, id),
    CONSTRAINT fk_transfers_other_area FOREIGN KEY (other_area) REFERENCES areas (code),
    CONSTRAINT fk_transfers_entered_by FOREIGN KEY (area, entered_by) REFERENCES accounts (area, id),
    CONSTRAINT fk_transfers_decided_by FOREIGN KEY (area, decided_by) REFERENCES accounts (area, id),
    CONSTRAINT uq_transfers_digest UNIQUE (area, person_id, direction, digest),
    CONSTRAINT ck_transfers_direction CHECK (direction IN ('in', 'out')),
    CONSTRAINT ck_transfers_state CHECK (state IN ('issued', 'waiting', 'taken', 'refused')),
    CONSTRAINT ck_transfers_fit CHECK ((direction = 'out') = (state = 'issued')),
    CONSTRAINT ck_transfers_four_eyes CHECK (decided_by IS NULL OR decided_by <> entered_by)
) WITHOUT ROWID;
CREATE INDEX ix_transfers_person_id ON transfers (area, person_id, id);
CREATE INDEX ix_transfers_other_area ON transfers (other_area);
CREATE INDEX ix_transfers_entered_by ON transfers (area, entered_by);
CREATE INDEX ix_transfers_decided_by ON transfers (area, decided_by);
CREATE TABLE disputes (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    entry_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    claim TEXT NOT NULL,
    decide_by DATE NOT NULL,
    opened_by BIGINT NOT NULL,
    decided_by BIGINT,
    decided_at TIMESTAMP,
    reason TEXT,
    reversal_id BIGINT,
    replacement_id BIGINT,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_disputes PRIMARY KEY (area, id),
    CONSTRAINT fk_disputes_person_id FOREIGN KEY (area, person_id) REFERENCES persons (area, id),
    CONSTRAINT fk_disputes_entry_id FOREIGN KEY (area, entry_id) REFERENCES hour_entries (area, id),
    CONSTRAINT fk_disputes_opened_by FOREIGN KEY (area, opened_by) REFERENCES accounts (area, id),
    CONSTRAINT fk_disputes_decided_by FOREIGN KEY (area, decided_by) REFERENCES accounts (area, id),
    CONSTRAINT fk_disputes_reversal_id FOREIGN KEY (area, reversal_id) REFERENCES hour_entries (area, id),
    CONSTRAINT fk_disputes_replacement_id FOREIGN KEY (area, replacement_id) REFERENCES hour_entries (area, id),
    CONSTRAINT uq_disputes_entry UNIQUE (area, entry_id),
    CONSTRAINT ck_disputes_state CHECK (state IN ('open', 'upheld', 'dismissed', 'withdrawn')),
    CONSTRAINT ck_disputes_upheld CHECK ((state = 'upheld') = (reversal_id IS NOT NULL)),
    CONSTRAINT ck_disputes_decided CHECK (state NOT IN ('upheld', 'dismissed') OR (decided_by IS NOT NULL AND reason IS NOT NULL)),
    CONSTRAINT ck_disputes_four_eyes CHECK (decided_by IS NULL OR decided_by <> opened_by)
) WITHOUT ROWID;
CREATE INDEX ix_disputes_person_id ON disputes (area, person_id, id);
CREATE INDEX ix_disputes_state ON disputes (area, state, decide_by);
CREATE INDEX ix_disputes_opened_by ON disputes (area, opened_by);
CREATE INDEX ix_disputes_decided_by ON disputes (area, decided_by);
CREATE INDEX ix_disputes_reversal_id ON disputes (area, reversal_id);
CREATE INDEX ix_disputes_replacement_id ON disputes (area, replacement_id);
CREATE TRIGGER tr_record_steps_no_update BEFORE UPDATE ON record_steps
BEGIN
    SELECT RAISE(ABORT, 'record_steps is append-only');
END;
CREATE TRIGGER tr_record_steps_no_delete BEFORE DELETE ON record_steps
BEGIN
    SELECT RAISE(ABORT, 'record_steps is append-only');
END;
-- SQLite cannot change a CHECK: the table is made anew with one more kind of file.
ALTER TABLE imports RENAME TO imports_before;
CREATE TABLE imports (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    mode TEXT NOT NULL,
    file_name TEXT NOT NULL,
    digest TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    report TEXT NOT NULL,
    created_by BIGINT,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_imports PRIMARY KEY (area, id),
    CONSTRAINT fk_imports_area FOREIGN KEY (area) REFERENCES areas (code),
    CONSTRAINT fk_imports_created_by FOREIGN KEY (area, created_by) REFERENCES accounts (area, id),
    CONSTRAINT ck_imports_kind CHECK (kind IN ('roster', 'organisations', 'records')),
    CONSTRAINT ck_imports_mode CHECK (mode IN ('all_or_nothing', 'row_by_row'))
);
INSERT INTO imports SELECT * FROM imports_before;
DROP TABLE imports_before;
CREATE INDEX ix_imports_created_by ON imports (area, created_by);
