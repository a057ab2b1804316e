CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END;
$$;
CREATE TRIGGER tr_hour_entries_append_only BEFORE UPDATE OR DELETE ON hour_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_hour_entries_no_truncate BEFORE TRUNCATE ON hour_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_unit_changes_append_only BEFORE UPDATE OR DELETE ON unit_changes
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_unit_changes_no_truncate BEFORE TRUNCATE ON unit_changes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_event_log_append_only BEFORE UPDATE OR DELETE ON event_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_event_log_no_truncate BEFORE TRUNCATE ON event_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- A published policy pack is never edited afterwards; a draft may be.
CREATE TRIGGER tr_policy_packs_published BEFORE UPDATE OR DELETE ON policy_packs
    FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_policy_packs_no_truncate BEFORE TRUNCATE ON policy_packs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
