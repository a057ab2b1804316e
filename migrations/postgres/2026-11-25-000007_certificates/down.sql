DROP TABLE frozen_reports;
DROP TABLE certificate_revocations;
DROP TABLE certificates;
DROP TABLE credential_keys;
DROP TABLE certificate_counters;
