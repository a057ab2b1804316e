-- Who proposed and decided keeps the area of the account: a province may do either, and four eyes must tell them apart.
CREATE TABLE waivers (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    rule_id TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL,
    reason TEXT NOT NULL,
    evidence TEXT,
    proposed_by_area INTEGER NOT NULL,
    proposed_by BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_waivers PRIMARY KEY (area, id),
    CONSTRAINT fk_waivers_person_id FOREIGN KEY (area, person_id) REFERENCES persons (area, id),
    CONSTRAINT ck_waivers_spell CHECK (valid_to >= valid_from)
);
CREATE INDEX ix_waivers_person_id ON waivers (area, person_id);
CREATE TABLE waiver_steps (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    waiver_id BIGINT NOT NULL,
    stage INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    taken_by_area INTEGER NOT NULL,
    taken_by BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_waiver_steps PRIMARY KEY (area, id),
    CONSTRAINT fk_waiver_steps_waiver_id FOREIGN KEY (area, waiver_id) REFERENCES waivers (area, id),
    CONSTRAINT uq_waiver_steps_stage UNIQUE (area, waiver_id, stage),
    CONSTRAINT ck_waiver_steps_state CHECK ((stage = 1 AND state IN ('granted', 'refused')) OR (stage = 2 AND state = 'revoked'))
);
CREATE TRIGGER tr_waivers_no_update BEFORE UPDATE ON waivers
BEGIN
    SELECT RAISE(ABORT, 'waivers is append-only');
END;
CREATE TRIGGER tr_waivers_no_delete BEFORE DELETE ON waivers
BEGIN
    SELECT RAISE(ABORT, 'waivers is append-only');
END;
CREATE TRIGGER tr_waiver_steps_no_update BEFORE UPDATE ON waiver_steps
BEGIN
    SELECT RAISE(ABORT, 'waiver_steps is append-only');
END;
CREATE TRIGGER tr_waiver_steps_no_delete BEFORE DELETE ON waiver_steps
BEGIN
    SELECT RAISE(ABORT, 'waiver_steps is append-only');
END;
