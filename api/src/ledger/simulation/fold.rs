//! What a simulation keeps of everybody: sums, and those who are hit worst. Whatever the order in which people come and
//! however they are shared among threads, the same is kept.

use crate::ledger::standing::Tally;
use shixun_domain::{
    Hours,
    policy::{CycleRules, Evaluation, RuleEffect, RuleKey, Verdict, effects},
};
use std::{cmp::Reverse, collections::BTreeMap};

/// How somebody stands under some rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Figures {
    pub verdict: Verdict,
    pub owed: Hours,
    pub counted: Hours,
    pub carried: Hours,
    pub missing: Hours,
    pub to_earn: Hours,
}

/// Somebody judged by some rules.
pub(super) struct Judged {
    figures: Figures,
    effects: Vec<(RuleKey, RuleEffect)>,
}

impl Judged {
    /// From an evaluation under these rules.
    pub fn new(rules: &CycleRules, evaluation: &Evaluation) -> Self {
        Judged {
            figures: Figures {
                verdict: evaluation.verdict,
                owed: evaluation.required.unwrap_or(Hours::ZERO),
                counted: evaluation.total,
                carried: evaluation.carried,
                missing: evaluation.missing,
                to_earn: evaluation.to_earn(),
            },
            effects: effects(evaluation).into_iter().filter_map(|one| Some((rules.key(one.rule)?, one))).collect(),
        }
    }
}

/// Somebody who would stand differently.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    /// Place on the roster.
    pub place: usize,
    pub before: Figures,
    pub after: Figures,
}

impl Named {
    /// Hours to be earned beyond those that are to be earned already.
    fn extra(&self) -> Hours {
        self.after.to_earn.less(self.before.to_earn)
    }

    /// Those whose verdict gets worse, then by the hours that come on top, then by school and name.
    fn rank(&self) -> (Reverse<(bool, Hours)>, usize) {
        (Reverse((self.after.verdict > self.before.verdict, self.extra())), self.place)
    }
}

/// What a rule does to everybody.
#[derive(Debug, Clone, Copy)]
pub(super) struct RuleSum {
    pub teachers: u32,
    pub cut: Hours,
    pub missing: Hours,
}

/// What is kept of everybody under two sets of rules, before and after.
#[derive(Debug)]
pub(super) struct Fold {
    pub tallies: [Tally; 2],
    pub rules: [BTreeMap<RuleKey, RuleSum>; 2],
    pub extra: Hours,
    /// Seats for the hours on top, each teacher's rounded up.
    pub seats: i64,
    pub changed: usize,
    /// Whose verdict changes, by the verdicts before and after.
    pub verdicts: BTreeMap<(Verdict, Verdict), i64>,
    named: Vec<Named>,
    named_max: usize,
}

impl Fold {
    /// Of nobody yet, to name so many of those hit worst.
    pub fn naming(named_max: usize) -> Self {
        Fold {
            tallies: <[Tally; 2]>::default(),
            rules: <[BTreeMap<RuleKey, RuleSum>; 2]>::default(),
            extra: Hours::ZERO,
            seats: 0,
            changed: 0,
            verdicts: BTreeMap::new(),
            named: Vec::new(),
            named_max,
        }
    }

    /// How many it names at most.
    pub const fn named_max(&self) -> usize {
        self.named_max
    }

    /// Takes somebody in. `per_seat` are the hundredths of hours that a seat is worth; 0 counts no seats.
    pub fn add(&mut self, place: usize, judged: [Judged; 2], per_seat: i64) {
        let [before, after] = &judged;
        let one = Named { place, before: before.figures, after: after.figures };
        for (tally, side) in self.tallies.iter_mut().zip(&judged) {
            let Figures { verdict, owed, counted, carried, missing, .. } = side.figures;
            tally.count(verdict, owed, (counted, carried), missing);
        }
        for (sums, side) in self.rules.iter_mut().zip(&judged) {
            for (rule, effect) in &side.effects {
                count(sums, rule.clone(), RuleSum { teachers: 1, cut: effect.cut, missing: effect.missing });
            }
        }
        self.extra = self.extra.plus(one.extra());
        if per_seat > 0 {
            self.seats += (one.extra().hundredths() + per_seat - 1) / per_seat;
        }
        if one.before != one.after {
            self.changed += 1;
            if one.before.verdict != one.after.verdict {
                *self.verdicts.entry((one.before.verdict, one.after.verdict)).or_default() += 1;
            }
            self.named.push(one);
            // Now and then, so that sorting costs little.
            if self.named.len() >= 800.max(4 * self.named_max) {
                self.keep_the_worst();
            }
        }
    }

    /// Takes in what another fold has.
    pub fn join(&mut self, other: Fold) {
        self.tallies.iter_mut().zip(&other.tallies).for_each(|(tally, more)| tally.join(more));
        for (sums, more) in self.rules.iter_mut().zip(other.rules) {
            more.into_iter().for_each(|(rule, sum)| count(sums, rule, sum));
        }
        self.extra = self.extra.plus(other.extra);
        self.seats += other.seats;
        self.changed += other.changed;
        for (verdicts, more) in other.verdicts {
            *self.verdicts.entry(verdicts).or_default() += more;
        }
        self.named.extend(other.named);
        self.keep_the_worst();
    }

    /// Those hit worst, the worst first.
    pub fn worst(&mut self) -> &[Named] {
        self.keep_the_worst();
        &self.named
    }

    fn keep_the_worst(&mut self) {
        self.named.sort_unstable_by_key(Named::rank);
        self.named.truncate(self.named_max);
    }
}

fn count(sums: &mut BTreeMap<RuleKey, RuleSum>, rule: RuleKey, more: RuleSum) {
    let sum = sums.entry(rule).or_insert(RuleSum { teachers: 0, cut: Hours::ZERO, missing: Hours::ZERO });
    sum.teachers += more.teachers;
    (sum.cut, sum.missing) = (sum.cut.plus(more.cut), sum.missing.plus(more.missing));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn judged(missing: i64, verdict: Verdict) -> Judged {
        let missing = Hours::from_hundredths(missing);
        let (owed, counted, carried) = (Hours::ZERO, Hours::ZERO, Hours::ZERO);
        Judged { figures: Figures { verdict, owed, counted, carried, missing, to_earn: missing }, effects: Vec::new() }
    }

    fn told(fold: &mut Fold) -> (Tally, Hours, i64, usize, Vec<usize>) {
        let worst = fold.worst().iter().map(|one| one.place).collect();
        (fold.tallies[1], fold.extra, fold.seats, fold.changed, worst)
    }

    proptest! {
        #[test]
        fn the_same_is_kept_in_whatever_order_and_portions_people_come(
            people in prop::collection::vec((0_i64..4, 0_i64..4, any::<bool>()), 0..900),
            portion in 1_usize..300,
            named_max in 1_usize..300,
        ) {
            let add = |fold: &mut Fold, (place, (before, after, failed)): (usize, &(i64, i64, bool))| {
                let verdict = if *failed { Verdict::Failed } else { Verdict::NotYet };
                fold.add(place, [judged(*before, Verdict::NotYet), judged(*after, verdict)], 3);
            };
            let mut whole = Fold::naming(named_max);
            people.iter().enumerate().for_each(|one| add(&mut whole, one));
            let mut parts = Fold::naming(named_max);
            let backwards: Vec<_> = people.iter().enumerate().rev().collect();
            for some in backwards.chunks(portion) {
                let mut part = Fold::naming(named_max);
                some.iter().for_each(|one| add(&mut part, *one));
                parts.join(part);
            }
            // The naive way: everybody is kept and sorted.
            let mut all: Vec<_> = people.iter().enumerate().filter(|(_, (before, after, failed))| before != after || *failed).collect();
            all.sort_by_key(|(_, (before, after, failed))| Reverse((*failed, (after - before).max(0))));
            let worst: Vec<usize> = all.iter().take(named_max).map(|(place, _)| *place).collect();
            prop_assert_eq!(told(&mut whole), told(&mut parts));
            prop_assert_eq!(whole.worst().iter().map(|one| one.place).collect::<Vec<_>>(), worst);
            prop_assert_eq!(whole.changed, all.len());
            let failing = i64::try_from(all.iter().filter(|(_, (.., failed))| *failed).count()).unwrap();
            prop_assert_eq!(whole.verdicts.values().sum::<i64>(), failing);
            prop_assert_eq!(&whole.verdicts, &parts.verdicts);
        }
    }
}
