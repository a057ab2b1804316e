CREATE TABLE certificate_counters (
    area INTEGER NOT NULL,
    issued BIGINT NOT NULL,
    CONSTRAINT pk_certificate_counters PRIMARY KEY (area),
    CONSTRAINT fk_certificate_counters_area FOREIGN KEY (area) REFERENCES areas (code),
    CONSTRAINT ck_certificate_counters_issued CHECK (issued > 0)
);
CREATE TABLE credential_keys (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    kid TEXT NOT NULL,
    private_key TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_credential_keys PRIMARY KEY (area, id),
    CONSTRAINT fk_credential_keys_area FOREIGN KEY (area) REFERENCES areas (code),
    CONSTRAINT uq_credential_keys_kid UNIQUE (area, kid)
);
CREATE TABLE certificates (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    cycle TEXT NOT NULL,
    cycle_from DATE NOT NULL,
    -- The certificates of one person and cycle are numbered from 1; whichever is not the last is superseded by the next.
    sequence INTEGER NOT NULL,
    -- Counted through the area; also the place of the certificate in the status lists.
    serial BIGINT NOT NULL,
    number TEXT NOT NULL,
    code TEXT NOT NULL,
    document TEXT NOT NULL,
    digest TEXT NOT NULL,
    issued_by BIGINT,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_certificates PRIMARY KEY (area, id),
    CONSTRAINT fk_certificates_person_id FOREIGN KEY (area, person_id) REFERENCES persons (area, id),
    CONSTRAINT fk_certificates_issued_by FOREIGN KEY (area, issued_by) REFERENCES accounts (area, id),
    CONSTRAINT uq_certificates_sequence UNIQUE (area, person_id, cycle_from, sequence),
    CONSTRAINT uq_certificates_serial UNIQUE (area, serial),
    CONSTRAINT uq_certificates_code UNIQUE (area, code),
    CONSTRAINT ck_certificates_counted CHECK (sequence > 0 AND serial > 0)
);
CREATE INDEX ix_certificates_issued_by ON certificates (area, issued_by);
CREATE TABLE certificate_revocations (
    area INTEGER NOT NULL,
    -- The certificate's own number: each is revoked at most once.
    id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    revoked_by BIGINT,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_certificate_revocations PRIMARY KEY (area, id),
    CONSTRAINT fk_certificate_revocations_id FOREIGN KEY (area, id) REFERENCES certificates (area, id),
    CONSTRAINT fk_certificate_revocations_revoked_by FOREIGN KEY (area, revoked_by) REFERENCES accounts (area, id)
);
CREATE INDEX ix_certificate_revocations_revoked_by ON certificate_revocations (area, revoked_by);
CREATE TABLE frozen_reports (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    cycle TEXT NOT NULL,
    cycle_from DATE NOT NULL,
    cycle_to DATE NOT NULL,
    state TEXT NOT NULL,
    known_at TIMESTAMP NOT NULL,
    proposed_by BIGINT NOT NULL,
    settled_by BIGINT,
    settled_at TIMESTAMP,
    reason TEXT,
    document TEXT,
    digest TEXT,
    CONSTRAINT pk_frozen_reports PRIMARY KEY (area, id),
    CONSTRAINT fk_frozen_reports_area FOREIGN KEY (area) REFERENCES areas (code),
    CONSTRAINT fk_frozen_reports_proposed_by FOREIGN KEY (area, proposed_by) REFERENCES accounts (area, id),
    CONSTRAINT fk_frozen_reports_settled_by FOREIGN KEY (area, settled_by) REFERENCES accounts (area, id),
    CONSTRAINT ck_frozen_reports_state CHECK (state IN ('proposed', 'frozen', 'withdrawn')),
    CONSTRAINT ck_frozen_reports_settled CHECK ((state = 'proposed') = (settled_at IS NULL) AND (state = 'proposed') = (settled_by IS NULL)),
    CONSTRAINT ck_frozen_reports_document CHECK ((state = 'frozen') = (document IS NOT NULL) AND (state = 'frozen') = (digest IS NOT NULL)),
    CONSTRAINT ck_frozen_reports_reason CHECK ((state = 'withdrawn') = (reason IS NOT NULL)),
    CONSTRAINT ck_frozen_reports_four_eyes CHECK (state <> 'frozen' OR settled_by <> proposed_by)
);
-- One proposal or report a cycle; what was withdrawn does not stand in the way of the next.
CREATE UNIQUE INDEX uq_frozen_reports_cycle ON frozen_reports (area, cycle_from) WHERE state <> 'withdrawn';
CREATE INDEX ix_frozen_reports_proposed_by ON frozen_reports (area, proposed_by);
CREATE INDEX ix_frozen_reports_settled_by ON frozen_reports (area, settled_by);
CREATE TRIGGER tr_certificates_append_only BEFORE UPDATE OR DELETE ON certificates
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_certificates_no_truncate BEFORE TRUNCATE ON certificates
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_certificate_revocations_append_only BEFORE UPDATE OR DELETE ON certificate_revocations
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_certificate_revocations_no_truncate BEFORE TRUNCATE ON certificate_revocations
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- A proposal may become a report or be withdrawn; after that nothing of it changes, and none is ever removed.
CREATE TRIGGER tr_frozen_reports_settled BEFORE UPDATE ON frozen_reports
    FOR EACH ROW WHEN (OLD.state <> 'proposed') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_frozen_reports_no_delete BEFORE DELETE ON frozen_reports
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_frozen_reports_no_truncate BEFORE TRUNCATE ON frozen_reports
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
