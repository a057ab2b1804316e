-- What a session promised before, since it was published: dates, windows and places.
CREATE TABLE session_changes (
    area INTEGER NOT NULL,
    id BIGINT NOT NULL,
    session_id BIGINT NOT NULL,
    changed_by BIGINT,
    reason TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_session_changes PRIMARY KEY (area, id),
    CONSTRAINT fk_session_changes_session_id FOREIGN KEY (area, session_id) REFERENCES sessions (area, id),
    CONSTRAINT fk_session_changes_changed_by FOREIGN KEY (area, changed_by) REFERENCES accounts (area, id)
);
CREATE INDEX ix_session_changes_session_id ON session_changes (area, session_id, id);
CREATE INDEX ix_session_changes_changed_by ON session_changes (area, changed_by);
CREATE TRIGGER tr_session_changes_append_only BEFORE UPDATE OR DELETE ON session_changes
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_session_changes_no_truncate BEFORE TRUNCATE ON session_changes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
