//! What closing a session asks of its participants: an evaluation, for which hours wait where the packs say so.

use crate::{
    Hours,
    ledger::AwaitedEvaluation,
    policy::{EvaluationTerms, MissedEvaluation},
    words::word_list,
};
use chrono::NaiveDate;

word_list! {
    /// Where a participant stands with the evaluation of a session.
    EvaluationState {
        Owed = "owed", "待评价", "asked for and not given yet";
        Given = "given", "已评价", "given";
        Missed = "missed", "逾期未评价", "not given in time";
    }
}

/// What is kept with an enrolment of the evaluation of its session. Nothing, where none was asked for or given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EvaluationStanding {
    /// Where the participant stands.
    pub state: Option<EvaluationState>,
    /// The last day on which it is given, as it was when the session was closed.
    pub until: Option<NaiveDate>,
    /// What becomes of the hours when it does not come; `None` where no hours wait, or waited, for it.
    pub missed: Option<MissedEvaluation>,
}

impl EvaluationStanding {
    /// The evaluation that the participant's hours wait for.
    pub fn awaited(self) -> Option<AwaitedEvaluation> {
        let (until, missed) = (self.until?, self.missed?);
        (self.state == Some(EvaluationState::Owed)).then_some(AwaitedEvaluation { until, missed })
    }

    /// True where the hours of the session are voided because it did not come.
    pub fn lost_hours(self) -> bool {
        self.state == Some(EvaluationState::Missed) && self.missed == Some(MissedEvaluation::Void)
    }
}

/// Where a participant stands with the evaluation once the session is closed. Whoever evaluated before, or attended nothing, is asked
/// for nothing; the hours of whoever earned some wait.
pub fn asked_at_closing(
    before: EvaluationStanding,
    terms: Option<EvaluationTerms>,
    attended: bool,
    credited: Hours,
    closed_on: NaiveDate,
) -> EvaluationStanding {
    match terms {
        Some(terms) if attended && before.state.is_none() => EvaluationStanding {
            state: Some(EvaluationState::Owed),
            until: Some(terms.until(closed_on)),
            missed: (credited > Hours::ZERO).then_some(terms.missed),
        },
        _ => before,
    }
}
