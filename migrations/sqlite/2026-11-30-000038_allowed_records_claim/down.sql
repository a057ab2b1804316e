DROP INDEX ix_outside_records_content_key;
UPDATE outside_records SET content_claim = NULL WHERE content_claim LIKE 'again:%';
