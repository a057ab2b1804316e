DROP TABLE withdrawn_facts;
ALTER TABLE organisations DROP COLUMN closed_on;
ALTER TABLE accounts DROP COLUMN must_change_password;
