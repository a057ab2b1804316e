//! What each rule does to a person: hours it leaves out, and hours it asks for and does not find.

use super::{
    cycle_rules::{CycleRules, RuleIndex},
    evaluate::Evaluation,
    layers::RuleRef,
};
use crate::hours::Hours;
use std::{cmp::Ordering, ops::Deref, sync::Arc};

/// A rule to add up by: the same one in whichever [`CycleRules`] it stands, while a [`RuleIndex`] is one of its own rules' only. In the
/// order of ids, of one id in that in which packs speak.
#[derive(Debug, Clone)]
pub struct RuleKey(Arc<RuleRef>);

impl Deref for RuleKey {
    type Target = RuleRef;

    fn deref(&self) -> &RuleRef {
        &self.0
    }
}

impl Ord for RuleKey {
    fn cmp(&self, other: &Self) -> Ordering {
        fn key(one: &RuleRef) -> impl Ord {
            let RuleRef { jurisdiction, pack, version, rule } = one;
            (&rule.id, jurisdiction.layer(), *jurisdiction, pack, *version, rule.profile)
        }
        if Arc::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { key(&self.0).cmp(&key(&other.0)) }
    }
}

impl PartialOrd for RuleKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for RuleKey {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for RuleKey {}

impl CycleRules {
    /// The rule to add up by; `None` for the index of other rules.
    pub fn key(&self, index: RuleIndex) -> Option<RuleKey> {
        self.shared_rule(index).cloned().map(RuleKey)
    }
}

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
