//! Refusals of evaluations as problems, one code each.

use crate::problem::{ApiError, Code};
use shixun_domain::planning::Refusal;

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSeat(status) => ApiError::new(Code::NoConfirmedSeat).with_word("status", status),
            Refusal::NotOver(ends_at) => ApiError::new(Code::EvaluationNotOpen).with_instant("ends", ends_at),
            Refusal::NotAttended => ApiError::new(Code::NotAttended),
            Refusal::AlreadyGiven => ApiError::new(Code::AlreadyEvaluated),
            Refusal::TooLate { until } => ApiError::new(Code::EvaluationClosed).with("until", until),
        }
    }
}
