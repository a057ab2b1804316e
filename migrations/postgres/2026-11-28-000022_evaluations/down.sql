DROP INDEX ix_enrolments_evaluate_by;
ALTER TABLE enrolments DROP COLUMN evaluation_missed;
ALTER TABLE enrolments DROP COLUMN evaluate_by;
ALTER TABLE enrolments DROP COLUMN evaluation;
DROP TABLE evaluations;
