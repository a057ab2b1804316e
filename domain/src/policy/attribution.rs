//! The days to which hours belong: that of completion, those on which a course was held, or that of recognition.
//!
//! Which of them decides for a course is what the packs say that are in force on the day of its completion, so that two cycles
//! never claim the same hours. Hours that belong elsewhere than to the day of completion are moved before anything is counted;
//! where every course belongs to its completion nothing is moved and nothing is copied.

use super::{
    cycle_rules::CycleRules,
    evaluate::{CountedEntry, Evaluation},
    facts::EntryFacts,
    rule::Attribution,
};
use crate::hours::{Days, Hours};
use chrono::NaiveDate;

/// Entries in parts, each part an entry of its own day.
pub(super) struct Spread {
    /// The parts, those of one entry behind one another.
    pub(super) parts: Vec<EntryFacts>,
    /// How many parts each entry has.
    counts: Vec<usize>,
}

/// Moves hours to the days to which they belong; `None` where they are there already.
pub(super) fn spread(rules: &CycleRules, entries: &[EntryFacts]) -> Option<Spread> {
    if rules.by_completion() {
        return None;
    }
    let mut spread = Spread { parts: Vec::with_capacity(entries.len()), counts: Vec::with_capacity(entries.len()) };
    // First part of each entry, in the order of the entries.
    let mut firsts = Vec::with_capacity(entries.len());
    for entry in entries {
        firsts.push(spread.parts.len());
        let root = root(entries, entry);
        let weights = weights(rules, root);
        let whole: i64 = weights.iter().map(|(_, weight)| weight).sum();
        let mut before = 0;
        for (on, weight) in &weights {
            let after = before + weight;
            spread.parts.push(part(entry, *on, (before, after, whole)));
            before = after;
        }
        spread.counts.push(weights.len());
    }
    link(entries, &firsts, &mut spread);
    Some(spread)
}

/// Gives the parts names of their own; the parts of a correction correct those of what it corrects.
fn link(entries: &[EntryFacts], firsts: &[usize], spread: &mut Spread) {
    let name = |place: usize| i64::try_from(place).unwrap_or(i64::MAX);
    for ((entry, first), count) in entries.iter().zip(firsts).zip(&spread.counts) {
        let corrected = entry.corrects.and_then(|key| entries.iter().position(|other| other.key == key));
        let corrected = corrected.and_then(|place| firsts.get(place));
        for number in 0..*count {
            if let Some(part) = spread.parts.get_mut(first + number) {
                part.key = name(first + number);
                part.corrects = corrected.map(|first| name(first + number));
            }
        }
    }
}

/// The entry that a chain of corrections begins with; the entry itself where it corrects nothing, or a ring.
fn root<'a>(entries: &'a [EntryFacts], entry: &'a EntryFacts) -> &'a EntryFacts {
    if entry.corrects.is_none() {
        return entry;
    }
    let corrected = |at: &EntryFacts| entries.iter().find(|other| at.corrects == Some(other.key));
    (0..entries.len()).try_fold(entry, |at, _| corrected(at).ok_or(at)).err().unwrap_or(entry)
}

/// The days to which the hours of an entry belong, each with its share.
fn weights(rules: &CycleRules, entry: &EntryFacts) -> Vec<(NaiveDate, i64)> {
    let attended = || entry.dated.iter().map(|part| (part.on, part.hours.hundredths().max(0)));
    match rules.attribution_on(entry.effective) {
        Attribution::Session if attended().any(|(_, hours)| hours > 0) => attended().collect(),
        Attribution::Recognition => vec![(entry.recognised.unwrap_or(entry.effective), 1)],
        Attribution::Session | Attribution::Completion => vec![(entry.effective, 1)],
    }
}

/// The part of an entry from one share to another; the parts add up to the entry, to the hundredth.
fn part(entry: &EntryFacts, on: NaiveDate, (before, after, whole): (i64, i64, i64)) -> EntryFacts {
    let share = |hours: Hours| {
        let until = |part: i64| hours.share(part, whole).unwrap_or(Hours::ZERO);
        until(after).checked_sub(until(before)).unwrap_or(Hours::ZERO)
    };
    let days = |days: Days| Days::from_hundredths(share(Hours::from_hundredths(days.hundredths())).hundredths());
    EntryFacts {
        effective: on,
        credited: share(entry.credited),
        nominal: share(entry.nominal),
        practice: share(entry.practice),
        days: entry.days.map(days),
        dated: Vec::new(),
        part_of: Some(entry.key),
        ..entry.clone()
    }
}

impl Spread {
    /// What became of the entries, from what became of their parts.
    pub(super) fn gathered(&self, entries: &[EntryFacts], parts: Evaluation) -> Evaluation {
        let mut counted = Vec::with_capacity(entries.len());
        let mut first = 0;
        for (entry, count) in entries.iter().zip(&self.counts) {
            let own = parts.entries.get(first..first + count).unwrap_or_default();
            let corrects = own.iter().find_map(|part| part.added_to);
            let whole = corrects.and_then(|name| usize::try_from(name).ok()).and_then(|part| self.entry_of(part));
            counted.push(CountedEntry::gathered(
                entry.key,
                own,
                whole.and_then(|place| entries.get(place)).map(|root| root.key),
            ));
            first += count;
        }
        Evaluation { entries: counted, ..parts }
    }

    /// The place of the entry that a part belongs to.
    pub(super) fn entry_of(&self, part: usize) -> Option<usize> {
        let mut first = 0;
        self.counts.iter().position(|count| {
            first += count;
            part < first
        })
    }
}

impl CountedEntry {
    /// An entry from its parts: those in the cycle add up, the rest belongs elsewhere.
    fn gathered(key: i64, parts: &[CountedEntry], added_to: Option<i64>) -> Self {
        let in_cycle = parts.iter().any(|part| part.in_cycle);
        let here = |part: &&CountedEntry| part.in_cycle || !in_cycle;
        let elsewhere = parts.iter().filter(|part| !here(part)).map(|part| part.credited).sum();
        CountedEntry {
            key,
            credited: parts.iter().filter(here).map(|part| part.credited).sum(),
            counted: parts.iter().map(|part| part.counted).sum(),
            elsewhere,
            added_to,
            in_cycle,
            first_cut: parts.first().map_or(0, |part| part.first_cut),
            cuts: parts.iter().map(|part| part.cuts).sum(),
        }
    }
}
