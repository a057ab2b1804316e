-- One open dispute an entry. The county proposes a correction when the teacher's dispute is settled, or another proposal.
ALTER TABLE disputes DROP CONSTRAINT uq_disputes_entry;
CREATE UNIQUE INDEX uq_disputes_open ON disputes (area, entry_id) WHERE state = 'open';
CREATE INDEX ix_disputes_entry_id ON disputes (area, entry_id);
