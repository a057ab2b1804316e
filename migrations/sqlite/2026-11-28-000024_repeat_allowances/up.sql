-- That a teacher may do the same content once more in a cycle, and why.
CREATE TABLE repeat_allowances (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    content_key TEXT NOT NULL,
    cycle_from DATE NOT NULL,
    cycle_to DATE NOT NULL,
    reason TEXT NOT NULL,
    allowed_by_area INTEGER NOT NULL,
    allowed_by BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_repeat_allowances PRIMARY KEY (area, id),
    CONSTRAINT fk_repeat_allowances_person_id FOREIGN KEY (area, person_id) REFERENCES persons (area, id),
    CONSTRAINT ck_repeat_allowances_spell CHECK (cycle_to >= cycle_from)
);
CREATE INDEX ix_repeat_allowances_person_id ON repeat_allowances (area, person_id);
CREATE TRIGGER tr_repeat_allowances_no_update BEFORE UPDATE ON repeat_allowances
BEGIN
    SELECT RAISE(ABORT, 'repeat_allowances is append-only');
END;
CREATE TRIGGER tr_repeat_allowances_no_delete BEFORE DELETE ON repeat_allowances
BEGIN
    SELECT RAISE(ABORT, 'repeat_allowances is append-only');
END;
