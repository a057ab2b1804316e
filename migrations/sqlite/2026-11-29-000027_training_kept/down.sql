DROP TRIGGER tr_attendance_no_delete;
DROP TRIGGER tr_enrolments_no_delete;
DROP TRIGGER tr_sessions_no_delete;
