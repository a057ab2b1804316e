CREATE TRIGGER tr_hour_entries_no_update BEFORE UPDATE ON hour_entries
BEGIN
    SELECT RAISE(ABORT, 'hour_entries is append-only');
END;
CREATE TRIGGER tr_hour_entries_no_delete BEFORE DELETE ON hour_entries
BEGIN
    SELECT RAISE(ABORT, 'hour_entries is append-only');
END;
CREATE TRIGGER tr_unit_changes_no_update BEFORE UPDATE ON unit_changes
BEGIN
    SELECT RAISE(ABORT, 'unit_changes is append-only');
END;
CREATE TRIGGER tr_unit_changes_no_delete BEFORE DELETE ON unit_changes
BEGIN
    SELECT RAISE(ABORT, 'unit_changes is append-only');
END;
CREATE TRIGGER tr_event_log_no_update BEFORE UPDATE ON event_log
BEGIN
    SELECT RAISE(ABORT, 'event_log is append-only');
END;
CREATE TRIGGER tr_event_log_no_delete BEFORE DELETE ON event_log
BEGIN
    SELECT RAISE(ABORT, 'event_log is append-only');
END;
-- A published policy pack is never edited afterwards; a draft may be.
CREATE TRIGGER tr_policy_packs_no_update BEFORE UPDATE ON policy_packs WHEN OLD.state = 'published'
BEGIN
    SELECT RAISE(ABORT, 'published policy_packs is append-only');
END;
CREATE TRIGGER tr_policy_packs_no_delete BEFORE DELETE ON policy_packs WHEN OLD.state = 'published'
BEGIN
    SELECT RAISE(ABORT, 'published policy_packs is append-only');
END;
