-- Hours rest on sessions, enrolments and attendance: they end and are corrected, and are never deleted.
CREATE TRIGGER tr_sessions_no_delete BEFORE DELETE ON sessions
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_sessions_no_truncate BEFORE TRUNCATE ON sessions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_enrolments_no_delete BEFORE DELETE ON enrolments
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_enrolments_no_truncate BEFORE TRUNCATE ON enrolments
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_attendance_no_delete BEFORE DELETE ON attendance
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_attendance_no_truncate BEFORE TRUNCATE ON attendance
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
