DROP INDEX ix_disputes_entry_id;
DROP INDEX uq_disputes_open;
ALTER TABLE disputes ADD CONSTRAINT uq_disputes_entry UNIQUE (area, entry_id);
