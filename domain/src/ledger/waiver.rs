//! Waivers (免除): a requirement that one person need not meet, for a reason, by the decision of somebody else.
//!
//! A waiver is proposed, then granted or refused, and a granted one may be revoked. Nothing of it is ever changed: each step is
//! a fact of its own.

use crate::{
    policy::{Body, CycleRules},
    words::word_list,
};
use chrono::NaiveDate;
use thiserror::Error;

word_list! {
    /// How a waiver stands.
    WaiverState {
        Proposed = "proposed", "待批", "proposed";
        Granted = "granted", "已批准", "granted";
        Refused = "refused", "未批准", "refused";
        Revoked = "revoked", "已撤销", "revoked";
    }
}

word_list! {
    /// What is decided on a proposed waiver.
    WaiverDecision {
        Grant = "grant", "批准", "granted";
        Refuse = "refuse", "不批准", "refused";
    }
}

impl WaiverDecision {
    /// The step it stands for.
    pub const fn step(self) -> WaiverStep {
        match self {
            WaiverDecision::Grant => WaiverStep::Grant,
            WaiverDecision::Refuse => WaiverStep::Refuse,
        }
    }
}

/// A step that follows the proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaiverStep {
    /// It is granted.
    Grant,
    /// It is refused.
    Refuse,
    /// A granted one is taken back.
    Revoke,
}

/// Why a step is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WaiverRefusal {
    /// It was decided already.
    #[error("the waiver was decided already")]
    Decided {
        /// How it stands.
        state: WaiverState,
    },
    /// Only a granted waiver can be revoked.
    #[error("only a granted waiver can be revoked")]
    NotInForce {
        /// How it stands.
        state: WaiverState,
    },
    /// Who proposed it, or whose it is, does not decide.
    #[error("somebody else has to decide")]
    FourEyes,
}

/// How a waiver stands after a step. `own` is true where whoever takes it proposed the waiver or is the person it is for.
///
/// # Errors
/// [`WaiverRefusal`].
pub fn step(state: WaiverState, step: WaiverStep, own: bool) -> Result<WaiverState, WaiverRefusal> {
    match (state, step) {
        (WaiverState::Proposed, WaiverStep::Grant | WaiverStep::Refuse) if own => Err(WaiverRefusal::FourEyes),
        (WaiverState::Proposed, WaiverStep::Grant) => Ok(WaiverState::Granted),
        (WaiverState::Proposed, WaiverStep::Refuse) => Ok(WaiverState::Refused),
        (WaiverState::Granted, WaiverStep::Revoke) => Ok(WaiverState::Revoked),
        (state, WaiverStep::Grant | WaiverStep::Refuse) => Err(WaiverRefusal::Decided { state }),
        (state, WaiverStep::Revoke) => Err(WaiverRefusal::NotInForce { state }),
    }
}

/// True where a rule of this id asks something of somebody on a day. Caps and factors ask nothing, and the total of the cycle is
/// reduced by the facts (leave, retirement), not waived.
pub fn can_be_waived(rules: &CycleRules, rule_id: &str, day: NaiveDate) -> bool {
    let asks = |body: &Body| {
        !matches!(body, Body::Total(_) | Body::Cap { .. } | Body::Factor { .. } | Body::YearMaximum { .. })
    };
    let set = rules.rules_on(day).map(|set| set.rules()).unwrap_or_default();
    set.iter().map(|rule| &rule.reference.rule).any(|rule| rule.id == rule_id && asks(&rule.body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiver_is_decided_once_by_somebody_else_and_revoked_only_where_it_was_granted() {
        use WaiverState::*;
        use WaiverStep::*;
        let cases = [
            (Proposed, Grant, false, Ok(Granted)),
            (Proposed, Refuse, false, Ok(Refused)),
            (Proposed, Grant, true, Err(WaiverRefusal::FourEyes)),
            (Proposed, Refuse, true, Err(WaiverRefusal::FourEyes)),
            (Proposed, Revoke, false, Err(WaiverRefusal::NotInForce { state: Proposed })),
            (Granted, Grant, false, Err(WaiverRefusal::Decided { state: Granted })),
            (Refused, Grant, true, Err(WaiverRefusal::Decided { state: Refused })),
            (Granted, Revoke, true, Ok(Revoked)),
            (Refused, Revoke, false, Err(WaiverRefusal::NotInForce { state: Refused })),
            (Revoked, Revoke, false, Err(WaiverRefusal::NotInForce { state: Revoked })),
        ];
        for (state, taken, own, expected) in cases {
            assert_eq!(step(state, taken, own), expected, "{state} {taken:?} {own}");
        }
    }
}
