//! Disputes (申诉): a teacher objects to an entry, or the county proposes to correct it, and somebody who neither made it nor objects
//! decides.
//!
//! Neither the county plan nor the provincial documents that were read set a deadline for objections to hours; both deadlines
//! are settings of packs (`dispute_days`, `dispute_decision_days`).

use crate::{fold, id::AccountId, words::word_list};
use chrono::{NaiveDate, TimeDelta};
use thiserror::Error;

word_list! {
    /// What became of a dispute.
    DisputeState {
        Open = "open", "待处理", "open";
        Upheld = "upheld", "申诉成立", "upheld, the entry was corrected";
        Dismissed = "dismissed", "申诉不成立", "dismissed";
        Withdrawn = "withdrawn", "已撤回", "withdrawn";
    }
}

/// How long things may take, in calendar days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// From the posting of an entry to the objection.
    pub open_days: i32,
    /// From the objection to the decision.
    pub decide_days: i32,
}

/// Why an objection is not taken, or not decided. Declared in the order in which they are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The entry was posted too long ago.
    #[error("objections were possible until {until}")]
    TooLate {
        /// The last day.
        until: NaiveDate,
    },
    /// It was decided or withdrawn before.
    #[error("the dispute is {state}")]
    NotOpen {
        /// What it is.
        state: DisputeState,
    },
    /// Who made the entry, or whose hours they are, does not decide.
    #[error("the same person made the entry or disputes it")]
    SamePerson,
    /// A decision needs a reason.
    #[error("a reason is needed")]
    ReasonMissing,
}

/// Whether an entry posted on a day may be disputed; gives the day by which it is to be decided.
///
/// # Errors
/// [`Refusal::TooLate`].
pub fn may_open(posted_on: NaiveDate, today: NaiveDate, deadlines: Deadlines) -> Result<NaiveDate, Refusal> {
    let later =
        |day: NaiveDate, days: i32| day.checked_add_signed(TimeDelta::days(days.into())).unwrap_or(NaiveDate::MAX);
    let until = later(posted_on, deadlines.open_days);
    if today > until {
        return Err(Refusal::TooLate { until });
    }
    Ok(later(today, deadlines.decide_days))
}

/// Whose hands a dispute is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parties<'a> {
    /// Through whose hands the entry went, and the record or transfer that it comes from.
    pub made_by: &'a [AccountId],
    /// Who disputes it.
    pub opened_by: AccountId,
}

/// Whether somebody may decide a dispute.
///
/// # Errors
/// [`Refusal::NotOpen`], [`Refusal::SamePerson`], [`Refusal::ReasonMissing`].
pub fn may_decide(
    state: DisputeState,
    parties: Parties<'_>,
    by: AccountId,
    is_subject: bool,
    reason: &str,
) -> Result<(), Refusal> {
    if state != DisputeState::Open {
        return Err(Refusal::NotOpen { state });
    }
    if is_subject || by == parties.opened_by || parties.made_by.contains(&by) {
        return Err(Refusal::SamePerson);
    }
    if fold::is_nothing(reason) {
        return Err(Refusal::ReasonMissing);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Id, area::AreaCode};

    #[test]
    fn an_entry_may_be_disputed_until_the_last_day_and_is_decided_by_somebody_else() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let deadlines = Deadlines { open_days: 30, decide_days: 15 };
        let posted = day("2026-10-24");
        assert_eq!(may_open(posted, day("2026-11-23"), deadlines), Ok(day("2026-12-08")));
        assert_eq!(may_open(posted, day("2026-11-24"), deadlines), Err(Refusal::TooLate { until: day("2026-11-23") }));
        assert_eq!(may_open(NaiveDate::MAX, NaiveDate::MAX, deadlines), Ok(NaiveDate::MAX));
        let account = |number: i64| Id::new(AreaCode::new(331_123).unwrap(), number);
        let parties = Parties { made_by: &[account(1), account(4)], opened_by: account(2) };
        let decide = |state, by: i64, own, reason| may_decide(state, parties, account(by), own, reason);
        assert_eq!(decide(DisputeState::Open, 3, false, "核对无误"), Ok(()));
        assert_eq!(decide(DisputeState::Open, 3, false, " "), Err(Refusal::ReasonMissing));
        for (by, own) in [(1, false), (4, false), (2, false), (3, true)] {
            assert_eq!(decide(DisputeState::Open, by, own, "理由"), Err(Refusal::SamePerson));
        }
        let over = Refusal::NotOpen { state: DisputeState::Upheld };
        assert_eq!(decide(DisputeState::Upheld, 1, false, ""), Err(over));
    }
}
