//! What closing a cycle refuses, as problems.

use crate::problem::{ApiError, Code};
use shixun_domain::frozen_reports::{FreezeState, Refusal};

/// A code that says how far the closing has come.
pub(super) fn with_state(code: Code, state: FreezeState) -> ApiError {
    ApiError::new(code).with("state", state.as_str()).with("state_zh", state.zh())
}

/// A refusal of the closing of a cycle.
pub(super) fn refused(refusal: Refusal, cycle: &str) -> ApiError {
    match refusal {
        Refusal::CycleRuns { last_day } => {
            ApiError::new(Code::CycleNotOver).with("cycle", cycle).with("last_day", last_day)
        }
        Refusal::Settled { state } => with_state(Code::FreezeSettled, state),
        Refusal::SamePerson => ApiError::new(Code::FreezeFourEyes),
        Refusal::TooSoon { seconds } => ApiError::new(Code::FreezeTooSoon).retry_after(seconds),
    }
}
