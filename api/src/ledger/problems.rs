//! What the ledger refuses, as problems.

use crate::problem::{ApiError, Code, Words};
use shixun_domain::ledger::{ENTRY_HOURS_MAX, EntryKind, Refusal, dispute};

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let state =
            |code: Code, kind: EntryKind| ApiError::new(code).with("state", kind.as_str()).with("state_zh", kind.zh());
        match refusal {
            Refusal::NotPending { kind } => state(Code::EntryNotPending, kind),
            Refusal::NotPosted { kind } => state(Code::EntryNotPosted, kind),
            Refusal::NotReversed { kind } => state(Code::EntryNotReversed, kind),
            Refusal::AlreadyPosted => ApiError::new(Code::EntryAlreadyPosted),
            Refusal::AlreadyVoided => ApiError::new(Code::EntryAlreadyVoided),
            Refusal::AlreadyReversed => ApiError::new(Code::EntryAlreadyReversed),
            Refusal::AlreadyReplaced => ApiError::new(Code::EntryAlreadyReplaced),
            Refusal::ReasonMissing => ApiError::new(Code::EntryReasonMissing),
            Refusal::Negative => ApiError::new(Code::HoursNegative),
            Refusal::Overflow => ApiError::new(Code::HoursOverflow).with("most", ENTRY_HOURS_MAX),
            Refusal::AttendedExceedsNominal { attended, nominal } => {
                ApiError::new(Code::HoursAttendedExceedNominal).with("attended", attended).with("nominal", nominal)
            }
            Refusal::PracticeExceedsCredited { practice, credited } => {
                ApiError::new(Code::HoursPracticeExceedCredited).with("practice", practice).with("credited", credited)
            }
            Refusal::InFuture { today } => ApiError::new(Code::HoursInFuture).with("today", today),
            Refusal::BeforeEmployment { employed_from } => {
                ApiError::new(Code::HoursBeforeEmployment).with("employed_from", employed_from)
            }
            Refusal::NeverEmployed => ApiError::new(Code::TeacherNeverEmployed),
            Refusal::OutsideEmployment { day } => ApiError::new(Code::HoursOutsideEmployment).with("day", day),
            Refusal::AwaitsEvaluation { until } => ApiError::new(Code::EntryAwaitsEvaluation).with("until", until),
            Refusal::FourEyes => ApiError::new(Code::EntryFourEyes),
            Refusal::NothingChanged => ApiError::new(Code::CorrectionChangesNothing),
        }
    }
}

impl From<dispute::Refusal> for ApiError {
    fn from(refusal: dispute::Refusal) -> Self {
        match refusal {
            dispute::Refusal::TooLate { until } => ApiError::new(Code::DisputeTooLate).with("until", until),
            dispute::Refusal::NotOpen { state } => {
                ApiError::new(Code::DisputeNotOpen).with_shown("state", state, Words::new(state.zh(), state.en()))
            }
            dispute::Refusal::SamePerson => ApiError::new(Code::DisputeSamePerson),
            dispute::Refusal::ReasonMissing => ApiError::new(Code::ReasonMissing),
        }
    }
}
