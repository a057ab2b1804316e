//! What records are refused for, as problems.

use crate::{
    ledger::conversions::worthless,
    problem::{ApiError, Code, Words},
};
use shixun_domain::records::{RecordState, RecordStep, Refusal, transfer};

/// The labels of several states.
fn labels(states: &[RecordState]) -> Words {
    let join = |label: fn(RecordState) -> &'static str, between: &str| {
        states.iter().map(|state| label(*state)).collect::<Vec<_>>().join(between)
    };
    Words::new(join(RecordState::zh, "、"), join(RecordState::en, "; or "))
}

fn did(step: Option<RecordStep>) -> (&'static str, Words) {
    match step {
        None => ("own", Words::new("就是该学时的教师本人", "are the teacher whose hours they are")),
        Some(RecordStep::Examine) => ("examine", Words::new("已审核过此条登记", "examined it already")),
        Some(_) => ("enter", Words::new("登记或更正过此条", "entered or corrected it")),
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::WrongState { state, needs } => {
                let words: Vec<&str> = needs.iter().map(|state| state.as_str()).collect();
                ApiError::new(Code::RecordWrongState)
                    .with_shown("state", state, Words::new(state.zh(), state.en()))
                    .with_shown("needs", words.join(", "), labels(needs))
            }
            Refusal::SamePerson { did: before } => {
                let (word, words) = did(before);
                ApiError::new(Code::RecordSamePerson).with_shown("did", word, words)
            }
            Refusal::ReasonMissing => ApiError::new(Code::ReasonMissing),
            Refusal::EvidenceMissing => ApiError::new(Code::EvidenceMissing),
            Refusal::Ledger(refusal) => refusal.into(),
            Refusal::NoHours => ApiError::new(Code::HoursMissing),
            Refusal::Worthless(refusal) => worthless(&refusal, "/activity"),
            Refusal::MoreThanWorth { worth, by } => {
                ApiError::new(Code::MoreThanConverted).with("worth", worth).with("by", by)
            }
            Refusal::ConsentMissing => ApiError::new(Code::ConsentMissing),
            Refusal::ConsentLate { consent_on, starts_on } => {
                ApiError::new(Code::ConsentLate).with("consent_on", consent_on).with("starts_on", starts_on)
            }
            Refusal::SourceTaken { record } => ApiError::new(Code::RecordKnown).with("record", record),
        }
    }
}

impl From<transfer::Refusal> for ApiError {
    fn from(refusal: transfer::Refusal) -> Self {
        match refusal {
            transfer::Refusal::Empty => ApiError::new(Code::TransferEmpty),
            transfer::Refusal::OwnCertificate => ApiError::new(Code::TransferOwnCertificate),
            transfer::Refusal::OtherPerson { name } => ApiError::new(Code::TransferOtherPerson).with("name", name),
            transfer::Refusal::SumDiffers { sum, total } => {
                ApiError::new(Code::TransferSumDiffers).with("sum", sum).with("total", total)
            }
            transfer::Refusal::AfterMove { on, moved_on } => {
                ApiError::new(Code::TransferAfterMove).with("on", on).with("moved_on", moved_on)
            }
            transfer::Refusal::EmployedHere { on } => ApiError::new(Code::TransferEmployedHere).with("on", on),
            transfer::Refusal::Ledger(refusal) => refusal.into(),
            transfer::Refusal::NotCertified { on } => ApiError::new(Code::TransferNotCertified).with("on", on),
            transfer::Refusal::MoreThanCertified { sum, total } => {
                ApiError::new(Code::TransferMoreThanCertified).with("sum", sum).with("total", total)
            }
            transfer::Refusal::NotWaiting { state } => {
                ApiError::new(Code::TransferNotWaiting).with_shown("state", state, Words::new(state.zh(), state.en()))
            }
            transfer::Refusal::SamePerson => ApiError::new(Code::TransferSamePerson),
        }
    }
}
