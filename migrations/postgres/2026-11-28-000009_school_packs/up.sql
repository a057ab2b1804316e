-- The school of the county for whose teachers alone the pack is; everybody of the area where there is none.
ALTER TABLE policy_packs ADD COLUMN organisation_id BIGINT;
ALTER TABLE policy_packs ADD CONSTRAINT fk_policy_packs_organisation_id FOREIGN KEY (area, organisation_id) REFERENCES organisations (area, id);
CREATE INDEX ix_policy_packs_organisation_id ON policy_packs (area, organisation_id);
