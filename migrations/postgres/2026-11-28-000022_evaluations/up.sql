-- What participants say of a session, once each.
CREATE TABLE evaluations (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    session_id BIGINT NOT NULL,
    enrolment_id BIGINT NOT NULL,
    -- Counted from 1 within the session: a summary holds whole lots of answers in this order.
    place INTEGER NOT NULL,
    aims INTEGER NOT NULL,
    content INTEGER NOT NULL,
    lecturers INTEGER NOT NULL,
    organisation INTEGER NOT NULL,
    usefulness INTEGER NOT NULL,
    comment TEXT,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_evaluations PRIMARY KEY (area, id),
    CONSTRAINT fk_evaluations_session_id FOREIGN KEY (area, session_id) REFERENCES sessions (area, id),
    CONSTRAINT fk_evaluations_enrolment_id FOREIGN KEY (area, enrolment_id) REFERENCES enrolments (area, id),
    CONSTRAINT uq_evaluations_enrolment UNIQUE (area, enrolment_id),
    CONSTRAINT uq_evaluations_place UNIQUE (area, session_id, place),
    CONSTRAINT ck_evaluations_place CHECK (place > 0),
    CONSTRAINT ck_evaluations_scores CHECK (aims BETWEEN 1 AND 5 AND content BETWEEN 1 AND 5 AND lecturers BETWEEN 1 AND 5 AND organisation BETWEEN 1 AND 5 AND usefulness BETWEEN 1 AND 5)
);
-- Where a participant stands with it, kept with the enrolment: what a session asked for when it was closed stays, whatever packs say later.
-- With evaluation_missed the hours wait for it, and it says what becomes of them when the day is over.
ALTER TABLE enrolments ADD COLUMN evaluation TEXT CONSTRAINT ck_enrolments_evaluation CHECK (evaluation IN ('owed', 'given', 'missed'));
ALTER TABLE enrolments ADD COLUMN evaluate_by DATE CONSTRAINT ck_enrolments_evaluate_by CHECK (evaluate_by IS NOT NULL OR evaluation IS NULL OR evaluation = 'given');
ALTER TABLE enrolments ADD COLUMN evaluation_missed TEXT CONSTRAINT ck_enrolments_evaluation_missed CHECK (evaluation_missed IS NULL OR (evaluation_missed IN ('void', 'post') AND evaluate_by IS NOT NULL));
-- A pass looks for what is overdue over all areas.
CREATE INDEX ix_enrolments_evaluate_by ON enrolments (evaluate_by, area, id) WHERE evaluation = 'owed';
CREATE TRIGGER tr_evaluations_append_only BEFORE UPDATE OR DELETE ON evaluations
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_evaluations_no_truncate BEFORE TRUNCATE ON evaluations
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
