-- Hours rest on sessions, enrolments and attendance: they end and are corrected, and are never deleted.
CREATE TRIGGER tr_sessions_no_delete BEFORE DELETE ON sessions
BEGIN
    SELECT RAISE(ABORT, 'sessions is append-only');
END;
CREATE TRIGGER tr_enrolments_no_delete BEFORE DELETE ON enrolments
BEGIN
    SELECT RAISE(ABORT, 'enrolments is append-only');
END;
CREATE TRIGGER tr_attendance_no_delete BEFORE DELETE ON attendance
BEGIN
    SELECT RAISE(ABORT, 'attendance is append-only');
END;
