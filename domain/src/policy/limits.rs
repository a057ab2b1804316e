//! The caps of a cycle as limits on the hours of one person, and the count under them.
//!
//! **A cap that is a share of what counts** (`domain.md` 9, `school_based.cap.basis` = actual) depends on the count that it limits:
//! hours of its kind may be so many times the others that count. The others are never more than where the cap's own hours are not
//! limited at all, unless caps cross; then fewer hours of the kind may leave room for more others. So the most others that bear
//! themselves out are looked for between what counts without the cap and what counts under the limit that those allow.

use super::{
    counting::{self, Count, Limit, Piece},
    cycle_rules::{CapRule, CycleRules},
    facts::ProfileSet,
    rule::{CapPeriod, Most},
};
use crate::hours::Hours;

/// Parts of a hundredth in which others are looked for, so that no hundredth of the capped hours is passed over.
const FINE: i64 = 10_000;

/// Counts the pieces, which are in date order, under the caps that bind the person; gives the limits that cuts refer to.
pub(super) fn count(
    rules: &CycleRules,
    profiles: ProfileSet,
    required: Option<Hours>,
    pieces: &[Piece],
) -> (Count, Vec<Limit>) {
    let shared: u64 = rules
        .shares_of_counted()
        .filter(|(_, cap)| cap.binds(profiles))
        .fold(0, |bits, (place, _)| bits | 1_u64.checked_shl(u32::try_from(place).unwrap_or(0)).unwrap_or(0));
    let under = |others: Option<i64>| {
        let limits = limits(rules, profiles, required, others);
        (counting::count(pieces, &limits), limits)
    };
    let free = under(None);
    if shared == 0 {
        return free;
    }
    let others = |count: &Count| -> i64 {
        let beside = pieces.iter().zip(&count.counted).filter(|(piece, _)| piece.caps & shared == 0);
        beside.map(|(_, counted)| counted).sum::<i64>().saturating_mul(FINE)
    };
    let mut least = others(&free.0);
    let mut best = under(Some(least));
    // More than these do not bear themselves out: a laxer limit leaves no more room for the others.
    let mut above = others(&best.0) + 1;
    while least + 1 < above {
        let middle = least + (above - least) / 2;
        let found = under(Some(middle));
        if kept(pieces, &found.0, &limits(rules, profiles, required, Some(others(&found.0)))) {
            (least, best) = (middle, found);
        } else {
            above = middle;
        }
    }
    best
}

/// True where the count keeps every limit.
fn kept(pieces: &[Piece], count: &Count, limits: &[Limit]) -> bool {
    limits.iter().all(|limit| {
        let concerned =
            |piece: &Piece| piece.caps & limit.caps != 0 && limit.year.is_none_or(|year| piece.year == year);
        let there = pieces.iter().zip(&count.counted).filter(|(piece, _)| concerned(piece));
        there.map(|(_, counted)| counted).sum::<i64>() <= limit.amount
    })
}

/// The caps that bind a person, one for each period; see [`cycle_rules`](super::cycle_rules) for caps that change.
///
/// `others` is what counts, in parts of a hundredth, beside the hours of the cap that is a share of what counts; where it is not known, that cap has no
/// limit.
fn limits(rules: &CycleRules, profiles: ProfileSet, required: Option<Hours>, others: Option<i64>) -> Vec<Limit> {
    // Place and amount of each cap that binds.
    let binding: Vec<(usize, &CapRule, i64)> = (0..)
        .zip(&rules.caps)
        .filter(|(_, cap)| cap.binds(profiles))
        .filter_map(|(place, cap)| {
            let amount = match cap.amount {
                Most::Hours(amount) => amount.for_required(required)?.hundredths(),
                Most::ShareOfCounted(share) => share.beside(others?)? / FINE,
            };
            Some((place, cap, amount))
        })
        .collect();
    let mut limits = Vec::new();
    for (at, (place, cap, amount)) in binding.iter().enumerate() {
        let same = |(_, other, _): &&(usize, &CapRule, i64)| other.group == cap.group;
        let versions: Vec<_> = binding.iter().filter(same).collect();
        let first = binding.iter().position(|other| same(&other)) == Some(at);
        let mut add = |year: Option<i32>| {
            limits.push(Limit { caps: 1 << place, year, amount: *amount });
            if first && versions.len() > 1 {
                limits.extend(together(&versions, rules.segments_in(year), year));
            }
        };
        match cap.period {
            CapPeriod::Cycle => add(None),
            CapPeriod::Year => rules.cycle().years().for_each(|year| add(Some(year))),
        }
    }
    limits
}

/// The limit on all versions of a cap that follow one another in a period, for each layer that sets one. There is none
/// where the cap does not stand throughout the period.
fn together(versions: &[&(usize, &CapRule, i64)], segments: u32, year: Option<i32>) -> Vec<Limit> {
    let mut limits: Vec<Limit> = Vec::new();
    for (_, followed, _) in versions {
        let mut limit = Limit { caps: 0, year, amount: 0 };
        let mut throughout = true;
        for segment in (0..u32::BITS).map(|place| 1 << place).filter(|bit| bit & segments != 0) {
            let standing = versions.iter().filter(|(_, cap, _)| cap.segments & segment != 0);
            // The area's own, or else the one of the narrowest area.
            let version = standing.max_by_key(|(_, cap, _)| (cap.layer == followed.layer, cap.layer));
            match version {
                Some((place, _, amount)) => {
                    limit = Limit { caps: limit.caps | 1 << place, amount: limit.amount.max(*amount), year };
                }
                None => throughout = false,
            }
        }
        if throughout && limit.caps.count_ones() > 1 && !limits.contains(&limit) {
            limits.push(limit);
        }
    }
    limits
}
