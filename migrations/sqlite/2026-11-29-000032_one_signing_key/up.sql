-- One key of those that access tokens are signed with is in use: servers that start at the same time on an empty database agree on it.
-- The others are kept, so that tokens signed with them are still read.
ALTER TABLE signing_keys ADD COLUMN in_use BOOLEAN;
UPDATE signing_keys SET in_use = TRUE WHERE kid = (SELECT kid FROM signing_keys ORDER BY created_at DESC, kid ASC LIMIT 1);
CREATE UNIQUE INDEX uq_signing_keys_in_use ON signing_keys (in_use) WHERE in_use;
