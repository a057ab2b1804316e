//! What pending hours wait for: somebody else who posts them, or the teacher's evaluation of the session they were earned in.

use super::{Refusal, Step};
use crate::{
    policy::MissedEvaluation,
    words::{UnknownWord, word_list},
};
use chrono::NaiveDate;

word_list! {
    /// What pending hours wait for.
    AwaitedStep {
        Posting = "posting", "他人复核入账", "somebody else who posts them";
        Evaluation = "evaluation", "学员评价", "the teacher's evaluation of the session";
    }
}

/// The evaluation that hours wait for. It is kept with the entry, so that a later pack changes nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwaitedEvaluation {
    /// The last day on which it is given.
    pub until: NaiveDate,
    /// What becomes of the hours when it did not come.
    pub missed: MissedEvaluation,
}

impl AwaitedEvaluation {
    /// The step that ends the waiting on `today`; `None` while there is time.
    pub fn overdue(self, today: NaiveDate) -> Option<Step> {
        (today > self.until).then_some(match self.missed {
            MissedEvaluation::Post => Step::Post,
            MissedEvaluation::Void => Step::Void,
        })
    }

    /// Reads `2018-09-30:void`.
    pub(super) fn parse(text: &str, day: impl Fn(&str) -> Option<NaiveDate>) -> Option<Self> {
        let (until, missed) = text.split_once(':')?;
        let missed: Result<MissedEvaluation, UnknownWord> = missed.parse();
        Some(AwaitedEvaluation { until: day(until)?, missed: missed.ok()? })
    }
}

/// Decides whether somebody may post, void or correct hours by hand: those that wait for an evaluation were recognised when the session was
/// closed, nobody's word stands for the evaluation, and nobody takes away what only its teacher can bring. Once they are posted they are
/// corrected and disputed like any others.
///
/// # Errors
/// [`Refusal::AwaitsEvaluation`].
pub fn may_be_touched(awaits: Option<AwaitedEvaluation>) -> Result<(), Refusal> {
    match awaits {
        Some(AwaitedEvaluation { until, .. }) => Err(Refusal::AwaitsEvaluation { until }),
        None => Ok(()),
    }
}
