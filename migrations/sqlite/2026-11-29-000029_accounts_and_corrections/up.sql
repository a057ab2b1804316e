-- A password that somebody else chose or the server made is good for changing it alone.
ALTER TABLE accounts ADD COLUMN must_change_password BOOLEAN NOT NULL DEFAULT false;

-- The last day of a school that closed. It stays in every list of what was, and its code is given to no other.
ALTER TABLE organisations ADD COLUMN closed_on DATE;

-- Dated facts that were entered by mistake, as they stood until they were withdrawn: the tables of facts have what holds.
CREATE TABLE withdrawn_facts (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    reason TEXT NOT NULL,
    withdrawn_at TIMESTAMP NOT NULL,
    withdrawn_by BIGINT,
    withdrawn_by_area INTEGER,
    CONSTRAINT pk_withdrawn_facts PRIMARY KEY (area, id),
    CONSTRAINT fk_withdrawn_facts_person_id FOREIGN KEY (area, person_id) REFERENCES persons (area, id),
    CONSTRAINT ck_withdrawn_facts_kind CHECK (kind IN ('employments', 'titles', 'teaching', 'posts', 'leaves')),
    CONSTRAINT ck_withdrawn_facts_span CHECK (valid_to IS NULL OR valid_to >= valid_from)
);
CREATE INDEX ix_withdrawn_facts_person_id ON withdrawn_facts (area, person_id, id);
CREATE TRIGGER tr_withdrawn_facts_no_update BEFORE UPDATE ON withdrawn_facts
BEGIN
    SELECT RAISE(ABORT, 'withdrawn_facts is append-only');
END;
CREATE TRIGGER tr_withdrawn_facts_no_delete BEFORE DELETE ON withdrawn_facts
BEGIN
    SELECT RAISE(ABORT, 'withdrawn_facts is append-only');
END;
