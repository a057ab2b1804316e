//! What each rule does to a person: hours it leaves out, and hours it asks for and does not find.

use super::{cycle_rules::RuleIndex, evaluate::Evaluation};
use crate::hours::Hours;

/// The effect of one rule on one person, over all its periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleEffect {
    /// The rule: look it up with [`CycleRules::rule`](super::CycleRules::rule).
    pub rule: RuleIndex,
    /// Hours earned that do not count because of it; negative where a factor above one adds hours.
    pub cut: Hours,
    /// Hours it asks for that are not there.
    pub missing: Hours,
}

/// The rules that do something to the person, by their index.
pub fn effects(evaluation: &Evaluation) -> Vec<RuleEffect> {
    let mut effects: Vec<RuleEffect> = Vec::new();
    let mut of = |rule: RuleIndex, cut: Hours, missing: Hours| match effects.iter_mut().find(|one| one.rule == rule) {
        Some(one) => (one.cut, one.missing) = (one.cut.plus(cut), one.missing.plus(missing)),
        None => effects.push(RuleEffect { rule, cut, missing }),
    };
    for place in 0..evaluation.entries.len() {
        evaluation.cuts_of(place).iter().for_each(|cut| of(cut.rule, cut.amount, Hours::ZERO));
    }
    for one in evaluation.requirements.iter().filter(|one| one.missing != Hours::ZERO) {
        of(one.rule, Hours::ZERO, one.missing);
    }
    effects.sort_by_key(|one| one.rule);
    effects
}
