DROP INDEX uq_credential_keys_in_use;
-- What has no private half is of no use to the program of then.
DELETE FROM credential_keys WHERE private_key = '';
ALTER TABLE credential_keys DROP COLUMN compromised_on;
ALTER TABLE credential_keys DROP COLUMN retired_at;
ALTER TABLE credential_keys DROP COLUMN public_key;
DROP INDEX uq_log_keys_in_use;
DELETE FROM log_keys WHERE secret = '';
ALTER TABLE log_keys DROP COLUMN compromised_on;
ALTER TABLE log_keys DROP COLUMN retired_at;
ALTER TABLE log_keys DROP COLUMN public_key;
