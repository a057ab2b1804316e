DROP TRIGGER tr_attendance_no_truncate ON attendance;
DROP TRIGGER tr_attendance_no_delete ON attendance;
DROP TRIGGER tr_enrolments_no_truncate ON enrolments;
DROP TRIGGER tr_enrolments_no_delete ON enrolments;
DROP TRIGGER tr_sessions_no_truncate ON sessions;
DROP TRIGGER tr_sessions_no_delete ON sessions;
