DROP INDEX uq_signing_keys_in_use;
ALTER TABLE signing_keys DROP COLUMN in_use;
