//! Closing a cycle: two persons freeze its report, and whatever changes afterwards is shown as a difference.

use crate::{UtcMillis, policy::Cycle, words::word_list};
use chrono::NaiveDate;
use thiserror::Error;

word_list! {
    /// How far the closing of a cycle has come.
    FreezeState {
        Proposed = "proposed", "待确认", "proposed, waits for a second person";
        Frozen = "frozen", "已定稿", "frozen: the report stands";
        Withdrawn = "withdrawn", "已撤回", "withdrawn before it was confirmed";
    }
}

/// How long a proposal waits before it can be confirmed, in milliseconds. A report holds what was recorded up to the instant
/// of its proposal, by the clock of whoever recorded it; what was begun before then has ended after a minute, committed or
/// given up, so that nothing slips in behind the report that it should have held.
pub const SETTLING_MILLIS: i64 = 60_000;

/// Why a cycle cannot be closed, or a proposal not be confirmed or withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Hours of the cycle can still be earned.
    #[error("the cycle runs until {last_day}")]
    CycleRuns {
        /// Its last day.
        last_day: NaiveDate,
    },
    /// Somebody settled it before.
    #[error("it is {} already", state.en())]
    Settled {
        /// What it is.
        state: FreezeState,
    },
    /// Two persons close a cycle.
    #[error("another person has to confirm")]
    SamePerson,
    /// What was begun before the proposal may not be written yet.
    #[error("it can be confirmed in {seconds} seconds")]
    TooSoon {
        /// Seconds to wait, at least 1.
        seconds: u32,
    },
}

/// A cycle is closed when it is over.
///
/// # Errors
/// [`Refusal::CycleRuns`].
pub fn may_propose(cycle: &Cycle, today: NaiveDate) -> Result<(), Refusal> {
    if today > cycle.to() { Ok(()) } else { Err(Refusal::CycleRuns { last_day: cycle.to() }) }
}

/// What is settled stays.
///
/// # Errors
/// [`Refusal::Settled`].
pub fn may_withdraw(state: FreezeState) -> Result<(), Refusal> {
    if state == FreezeState::Proposed { Ok(()) } else { Err(Refusal::Settled { state }) }
}

/// A second person confirms, when everything up to the proposal is written.
///
/// # Errors
/// [`Refusal::Settled`], [`Refusal::SamePerson`], [`Refusal::TooSoon`], in this order.
pub fn may_confirm(
    state: FreezeState,
    same_person: bool,
    proposed_at: UtcMillis,
    now: UtcMillis,
) -> Result<(), Refusal> {
    may_withdraw(state)?;
    if same_person {
        return Err(Refusal::SamePerson);
    }
    let left = proposed_at.millis().saturating_add(SETTLING_MILLIS).saturating_sub(now.millis());
    if left > 0 {
        return Err(Refusal::TooSoon { seconds: u32::try_from((left + 999) / 1_000).unwrap_or(u32::MAX) });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UtcMillis {
        UtcMillis::from_millis(1_600_000_000_000 + seconds * 1_000)
    }

    #[test]
    fn a_proposal_is_confirmed_once_by_another_person_when_everything_before_it_is_written() {
        use FreezeState::{Frozen, Proposed, Withdrawn};
        for (state, same, now, expected) in [
            (Proposed, false, at(60), Ok(())),
            (Proposed, false, at(59), Err(Refusal::TooSoon { seconds: 1 })),
            (Proposed, false, at(0), Err(Refusal::TooSoon { seconds: 60 })),
            (Proposed, true, at(0), Err(Refusal::SamePerson)),
            (Proposed, true, at(600), Err(Refusal::SamePerson)),
            (Frozen, true, at(0), Err(Refusal::Settled { state: Frozen })),
            (Withdrawn, false, at(600), Err(Refusal::Settled { state: Withdrawn })),
        ] {
            assert_eq!(may_confirm(state, same, at(0), now), expected, "{state} {same} {now}");
        }
        assert_eq!(may_withdraw(Proposed), Ok(()));
        assert_eq!(may_withdraw(Frozen), Err(Refusal::Settled { state: Frozen }));
    }
}
