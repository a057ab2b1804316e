-- The content that hours entered by hand hold in their cycle, so that it counts once: of a programme, a record and an entry alike.
CREATE TABLE entry_claims (
    area INTEGER NOT NULL,
    person_id BIGINT NOT NULL,
    content_claim TEXT NOT NULL,
    entry_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    effective_on DATE NOT NULL,
    CONSTRAINT pk_entry_claims PRIMARY KEY (area, person_id, content_claim),
    CONSTRAINT fk_entry_claims_person_id FOREIGN KEY (area, person_id) REFERENCES persons (area, id),
    CONSTRAINT fk_entry_claims_entry_id FOREIGN KEY (area, entry_id) REFERENCES hour_entries (area, id)
) WITHOUT ROWID;
CREATE INDEX ix_entry_claims_entry_id ON entry_claims (area, entry_id);
