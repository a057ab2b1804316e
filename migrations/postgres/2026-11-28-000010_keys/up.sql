-- Keys are replaced: a retired one keeps its public half, by which what it signed is verified, and loses its private one.
ALTER TABLE log_keys ADD COLUMN public_key TEXT;
ALTER TABLE log_keys ADD COLUMN retired_at TIMESTAMP;
-- The day from which on somebody else may have signed with it.
ALTER TABLE log_keys ADD COLUMN compromised_on DATE;
-- Of keys that two servers made at once, the newest has signed.
UPDATE log_keys SET retired_at = created_at
 WHERE purpose = 'signature'
   AND EXISTS (SELECT 1 FROM log_keys newer
                WHERE newer.purpose = 'signature'
                  AND (newer.created_at > log_keys.created_at
                       OR (newer.created_at = log_keys.created_at AND newer.kid < log_keys.kid)));
CREATE UNIQUE INDEX uq_log_keys_in_use ON log_keys (purpose) WHERE purpose = 'signature' AND retired_at IS NULL;
ALTER TABLE credential_keys ADD COLUMN public_key TEXT;
ALTER TABLE credential_keys ADD COLUMN retired_at TIMESTAMP;
ALTER TABLE credential_keys ADD COLUMN compromised_on DATE;
CREATE UNIQUE INDEX uq_credential_keys_in_use ON credential_keys (area) WHERE retired_at IS NULL;
