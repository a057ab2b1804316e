CREATE TABLE disputes_kept AS SELECT * FROM disputes;
DROP TABLE disputes;
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
INSERT INTO disputes SELECT * FROM disputes_kept;
DROP TABLE disputes_kept;
CREATE INDEX ix_disputes_person_id ON disputes (area, person_id, id);
CREATE INDEX ix_disputes_state ON disputes (area, state, decide_by);
CREATE INDEX ix_disputes_opened_by ON disputes (area, opened_by);
CREATE INDEX ix_disputes_decided_by ON disputes (area, decided_by);
CREATE INDEX ix_disputes_reversal_id ON disputes (area, reversal_id);
CREATE INDEX ix_disputes_replacement_id ON disputes (area, replacement_id);
