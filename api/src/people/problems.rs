//! Refusals of the domain as problems.

use crate::problem::{ApiError, Code};
use shixun_domain::people::facts::Refusal;

/// A refused fact. The match has no rest arm, so that a new reason does not compile without a code.
pub fn refused(refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::EndsBeforeItBegins => ApiError::new(Code::FactSpanInvalid),
        Refusal::Overlaps { from, to } => ApiError::new(Code::FactOverlaps)
            .with("from", from)
            .with("to", to.map_or_else(|| "…".to_owned(), |to| to.to_string())),
        Refusal::EndedAlready { last_day } => ApiError::new(Code::FactEndedAlready).with("last_day", last_day),
        Refusal::NotEmployed => ApiError::new(Code::NotEmployed),
        Refusal::SamePlace => ApiError::new(Code::EmployedThereAlready),
        Refusal::LaterFact { from } => ApiError::new(Code::LaterFactKnown).with("from", from),
    }
}
