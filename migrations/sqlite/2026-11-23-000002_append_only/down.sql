DROP TRIGGER tr_policy_packs_no_update;
DROP TRIGGER tr_policy_packs_no_delete;
DROP TRIGGER tr_hour_entries_no_update;
DROP TRIGGER tr_hour_entries_no_delete;
DROP TRIGGER tr_unit_changes_no_update;
DROP TRIGGER tr_unit_changes_no_delete;
DROP TRIGGER tr_event_log_no_update;
DROP TRIGGER tr_event_log_no_delete;
