-- How the facts of a person were known until an instant: what a change took the place of. Statements with `known_at` read it.
CREATE TABLE past_facts (
    area INTEGER NOT NULL,
    person_id BIGINT NOT NULL,
    known_until TIMESTAMP NOT NULL,
    facts TEXT NOT NULL,
    CONSTRAINT pk_past_facts PRIMARY KEY (area, person_id, known_until),
    CONSTRAINT fk_past_facts_person_id FOREIGN KEY (area, person_id) REFERENCES persons (area, id)
);
CREATE TRIGGER tr_past_facts_append_only BEFORE UPDATE OR DELETE ON past_facts
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_past_facts_no_truncate BEFORE TRUNCATE ON past_facts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
