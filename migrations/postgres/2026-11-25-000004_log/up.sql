-- The log that shows what was changed behind the program's back: leaves, the tree over them, and the signed checkpoints.
CREATE TABLE log_keys (
    kid TEXT NOT NULL,
    purpose TEXT NOT NULL,
    name TEXT NOT NULL,
    secret TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_log_keys PRIMARY KEY (kid),
    CONSTRAINT ck_log_keys_purpose CHECK (purpose IN ('signature', 'salt'))
);
CREATE TABLE log_heads (
    area INTEGER NOT NULL,
    size BIGINT NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_log_heads PRIMARY KEY (area),
    CONSTRAINT fk_log_heads_area FOREIGN KEY (area) REFERENCES areas (code),
    CONSTRAINT ck_log_heads_size CHECK (size >= 0)
);
-- What kinds of leaf there are is for the program to say: the list grows, and a constraint cannot be widened on SQLite.
CREATE TABLE log_leaves (
    area INTEGER NOT NULL,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    row_id BIGINT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_log_leaves PRIMARY KEY (area, position),
    CONSTRAINT fk_log_leaves_area FOREIGN KEY (area) REFERENCES log_heads (area),
    CONSTRAINT uq_log_leaves_row UNIQUE (area, kind, row_id),
    CONSTRAINT ck_log_leaves_position CHECK (position >= 0)
);
-- The roots of 256, 65,536 … leaves, level 1, 2 …: whatever else a proof needs is made of at most 256 of one level.
CREATE TABLE log_nodes (
    area INTEGER NOT NULL,
    level INTEGER NOT NULL,
    position BIGINT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_log_nodes PRIMARY KEY (area, level, position),
    CONSTRAINT fk_log_nodes_area FOREIGN KEY (area) REFERENCES log_heads (area),
    CONSTRAINT ck_log_nodes_level CHECK (level >= 1)
);
CREATE TABLE log_checkpoints (
    area INTEGER NOT NULL,
    size BIGINT NOT NULL,
    root TEXT NOT NULL,
    note TEXT NOT NULL,
    signed_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_log_checkpoints PRIMARY KEY (area, size),
    CONSTRAINT fk_log_checkpoints_area FOREIGN KEY (area) REFERENCES log_heads (area),
    CONSTRAINT ck_log_checkpoints_size CHECK (size > 0)
);
CREATE TABLE log_cosignatures (
    area INTEGER NOT NULL,
    size BIGINT NOT NULL,
    witness TEXT NOT NULL,
    line TEXT NOT NULL,
    seen_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_log_cosignatures PRIMARY KEY (area, size, witness),
    CONSTRAINT fk_log_cosignatures_size FOREIGN KEY (area, size) REFERENCES log_checkpoints (area, size)
);
CREATE TRIGGER tr_log_leaves_append_only BEFORE UPDATE OR DELETE ON log_leaves
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_log_leaves_no_truncate BEFORE TRUNCATE ON log_leaves
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_log_nodes_append_only BEFORE UPDATE OR DELETE ON log_nodes
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_log_nodes_no_truncate BEFORE TRUNCATE ON log_nodes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_log_checkpoints_append_only BEFORE UPDATE OR DELETE ON log_checkpoints
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_log_checkpoints_no_truncate BEFORE TRUNCATE ON log_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_log_cosignatures_append_only BEFORE UPDATE OR DELETE ON log_cosignatures
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_log_cosignatures_no_truncate BEFORE TRUNCATE ON log_cosignatures
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
