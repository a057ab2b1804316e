-- SQLite adds no foreign key of two columns to a table: it is made anew. Nothing refers to it.
ALTER TABLE policy_packs RENAME TO policy_packs_before;
CREATE TABLE policy_packs (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    code TEXT NOT NULL,
    edition INTEGER NOT NULL,
    state TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    document TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_by BIGINT,
    created_at TIMESTAMP NOT NULL,
    published_by BIGINT,
    published_at TIMESTAMP,
    version BIGINT NOT NULL,
    -- The school of the county for whose teachers alone the pack is; everybody of the area where there is none.
    organisation_id BIGINT,
    CONSTRAINT pk_policy_packs PRIMARY KEY (area, id),
    CONSTRAINT fk_policy_packs_area FOREIGN KEY (area) REFERENCES areas (code),
    CONSTRAINT fk_policy_packs_created_by FOREIGN KEY (area, created_by) REFERENCES accounts (area, id),
    CONSTRAINT fk_policy_packs_published_by FOREIGN KEY (area, published_by) REFERENCES accounts (area, id),
    CONSTRAINT fk_policy_packs_organisation_id FOREIGN KEY (area, organisation_id) REFERENCES organisations (area, id),
    CONSTRAINT uq_policy_packs_edition UNIQUE (area, code, edition),
    CONSTRAINT ck_policy_packs_state CHECK (state IN ('draft', 'published')),
    CONSTRAINT ck_policy_packs_spell CHECK (valid_to IS NULL OR valid_to >= valid_from),
    CONSTRAINT ck_policy_packs_published CHECK ((state = 'published') = (published_at IS NOT NULL))
);
INSERT INTO policy_packs (area, id, code, edition, state, valid_from, valid_to, document, digest, created_by, created_at, published_by, published_at, version)
SELECT area, id, code, edition, state, valid_from, valid_to, document, digest, created_by, created_at, published_by, published_at, version
FROM policy_packs_before;
DROP TABLE policy_packs_before;
CREATE INDEX ix_policy_packs_created_by ON policy_packs (area, created_by);
CREATE INDEX ix_policy_packs_published_by ON policy_packs (area, published_by);
CREATE INDEX ix_policy_packs_organisation_id ON policy_packs (area, organisation_id);
CREATE TRIGGER tr_policy_packs_no_update BEFORE UPDATE ON policy_packs WHEN OLD.state = 'published'
BEGIN
    SELECT RAISE(ABORT, 'published policy_packs is append-only');
END;
CREATE TRIGGER tr_policy_packs_no_delete BEFORE DELETE ON policy_packs WHEN OLD.state = 'published'
BEGIN
    SELECT RAISE(ABORT, 'published policy_packs is append-only');
END;
