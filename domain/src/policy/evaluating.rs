//! What packs ask of the participants of a session: that they evaluate it, within so many days after it was closed.

use crate::words::word_list;
use chrono::{Days, NaiveDate};

word_list! {
    /// What becomes of hours whose evaluation did not come in time. Declared from strict to lax.
    MissedEvaluation {
        Void = "void", "作废", "they are voided";
        Post = "post", "入账", "they are posted";
    }
}

/// What packs say of evaluations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvaluationTerms {
    /// Days after the closing within which it is given.
    pub days: u32,
    /// What becomes of the hours otherwise.
    pub missed: MissedEvaluation,
}

impl EvaluationTerms {
    /// The last day on which a session that was closed on a day is evaluated.
    pub fn until(self, closed_on: NaiveDate) -> NaiveDate {
        closed_on.checked_add_days(Days::new(self.days.into())).unwrap_or(NaiveDate::MAX)
    }
}
