//! Enrolments: facts for the decision, seats taken and given back, the queue, attendance and results.
//!
//! Seats and places in the queue are taken by a guarded UPDATE whose row count is checked: the row lock makes it right with
//! several processes on PostgreSQL, and the CHECK of the table stands behind it.

mod allowances;
mod attendance;
mod evaluating;
mod facts;
mod list;
mod offers;
mod seats;
mod shown;
mod timetable;

pub use crate::catalogue::sessions::hold as hold_session;
pub use allowances::{AllowanceRow, NewAllowance, allow_repeat, repeats_allowed};
pub use attendance::{
    AttendanceMark, AttendanceRow, UnitTime, attendance_of, attendance_of_session, attendance_of_unit,
    minutes_attended, record_attendance, units,
};
pub use evaluating::{after_closing, overdue_evaluations, set_evaluated};
pub use facts::{ApplicantRow, Commitments, Hold, applicant, clashes, commitments};
pub use list::{EnrolmentRow, find, find_of_person, of_session};
pub use offers::{OfferRow, Offered, offer, offered};
pub use seats::{
    Claim, Freed, NewEnrolment, Taken, apply_again, claim, close_session, first_waiting, move_up, release, set_result,
    set_status, take,
};
pub use shown::{
    EnrolmentFilter, EnrolmentShown, OfSchools, SessionBrief, Viewer, count, employed_at, find_shown, list,
    shown_of_session,
};
pub use timetable::{TimetableFilter, TimetableRow, count_timetable, timetable};
