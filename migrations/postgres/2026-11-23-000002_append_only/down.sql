DROP TRIGGER tr_policy_packs_published ON policy_packs;
DROP TRIGGER tr_policy_packs_no_truncate ON policy_packs;
DROP TRIGGER tr_hour_entries_append_only ON hour_entries;
DROP TRIGGER tr_hour_entries_no_truncate ON hour_entries;
DROP TRIGGER tr_unit_changes_append_only ON unit_changes;
DROP TRIGGER tr_unit_changes_no_truncate ON unit_changes;
DROP TRIGGER tr_event_log_append_only ON event_log;
DROP TRIGGER tr_event_log_no_truncate ON event_log;
DROP FUNCTION refuse_change();
