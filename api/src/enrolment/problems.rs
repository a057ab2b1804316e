//! Refusals of the enrolment rules as problems, one code each.

use crate::problem::{ApiError, Code, Words};
use shixun_domain::enrolment::{Closed, EnrolmentStatus, Reason, Recorded, StatusRefusal};

/// The problem of a reason against an application.
pub fn refused(reason: &Reason) -> ApiError {
    match reason {
        Reason::WindowClosed(Closed::State(state)) => ApiError::new(Code::SessionNotOpen).with_word("state", *state),
        Reason::WindowClosed(Closed::OpensAt(at)) => {
            ApiError::new(Code::ApplicationsNotOpenYet).with_instant("opens", *at)
        }
        Reason::WindowClosed(Closed::ClosedAt(at)) => {
            ApiError::new(Code::ApplicationsClosed).with_instant("closed", *at)
        }
        Reason::WindowClosed(Closed::Begun(day)) => ApiError::new(Code::SessionBegun).with("day", day),
        Reason::AlreadyEnrolled(status) => ApiError::new(Code::AlreadyEnrolled).with_word("status", *status),
        Reason::NotEmployed => ApiError::new(Code::ApplicantNotEmployed),
        Reason::NotInAudience(gap) => ApiError::new(Code::NotInAudience)
            .with("gap", gap.code())
            .with_words("reason", Words::new(gap.zh(), gap.en())),
        Reason::Clash { session, name } => {
            ApiError::new(Code::ScheduleClash).with("session", session).with("name", name)
        }
        Reason::AlreadyDone { session, name } => {
            ApiError::new(Code::AlreadyDoneInCycle).with("session", session).with("name", name)
        }
        Reason::AlreadyRecorded(Recorded { by, title }) => {
            ApiError::new(Code::ContentRecorded).with("record", by).with("title", title)
        }
        Reason::YearlyMaximum { left, hours } => {
            ApiError::new(Code::YearlyMaximumReached).with("left", left).with("hours", hours)
        }
        Reason::Full { seats } => ApiError::new(Code::SessionFull).with("seats", seats),
    }
}

/// The problem of an enrolment without hours of its own.
pub fn not_settled(status: EnrolmentStatus) -> ApiError {
    ApiError::new(Code::EnrolmentNotSettled).with_word("status", status)
}

/// The problem of a status that does not change.
pub fn status_refused(refusal: StatusRefusal) -> ApiError {
    match refusal {
        StatusRefusal::NotAwaitingReview(status) => ApiError::new(Code::NotAwaitingReview).with_word("status", status),
        StatusRefusal::NotOpen(status) => ApiError::new(Code::EnrolmentEnded).with_word("status", status),
        StatusRefusal::WithdrawalClosed(until) => ApiError::new(Code::WithdrawalClosed).with_instant("until", until),
    }
}
