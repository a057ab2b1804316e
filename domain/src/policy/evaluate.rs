//! From a person's entries to what counts, what was cut by which rule, and what is owed.
//!
//! 1. Corrections are added to the entry they correct, so a correction takes away exactly what it says before any cap.
//! 2. Each entry of the cycle is multiplied by the factors in force on its date, in the order of their ids, each result rounded
//!    down to a hundredth.
//! 3. The caps are applied as [`counting`](super::counting) says.
//! 4. The requirements add up what they ask for.
//!
//! The order in which entries are handed over never matters; adding an entry never lowers the total.

use super::{
    attribution,
    contributions::Listener,
    counting::Piece,
    cycle_rules::{CapRule, CycleRules, RuleIndex},
    facts::{EntryFacts, PersonFacts, ProfileSet},
    limits, owing,
    requirements::{self, Requirement, Verdict},
    rule::Body,
    selector::Shape,
};
use crate::hours::{Days, Hours};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// What a cut or a requirement refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// The entry by itself (a factor).
    Entry,
    /// A calendar year.
    Year(i32),
    /// The cycle.
    Cycle,
    /// The time in which a profile holds.
    Span {
        /// First day.
        from: NaiveDate,
        /// Last day.
        to: NaiveDate,
    },
}

/// Hours of an entry that do not count, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// How many; negative where a factor above 1 adds hours.
    pub amount: Hours,
    /// The rule that cuts: look it up with [`CycleRules::rule`].
    pub rule: RuleIndex,
    /// In which period.
    pub period: Period,
}

/// What became of an entry. `credited = counted + the cuts`, to the hundredth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedEntry {
    /// The caller's key.
    pub key: i64,
    /// Hours earned, corrections included; 0 for a correction that was added to the entry it corrects.
    pub credited: Hours,
    /// Hours that count toward the cycle's total.
    pub counted: Hours,
    /// Hours of an entry of the cycle that belong to days outside it, beside `credited`.
    pub elsewhere: Hours,
    /// The entry that this correction was added to.
    pub added_to: Option<i64>,
    /// False where the date lies outside the cycle; nothing of it is counted or cut then.
    pub in_cycle: bool,
    pub(super) first_cut: usize,
    pub(super) cuts: usize,
}

/// The hours of a calendar year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearHours {
    /// The year.
    pub year: i32,
    /// Hours earned.
    pub credited: Hours,
    /// Hours that count toward the cycle's total.
    pub counted: Hours,
}

/// The answer for one person and one cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// One for each entry handed over, in the same order.
    pub entries: Vec<CountedEntry>,
    pub(super) cuts: Vec<Cut>,
    /// The hours of each calendar year of the cycle, in order; they add up to those of the cycle.
    pub years: Vec<YearHours>,
    /// Hours counted in the cycle.
    pub total: Hours,
    /// Hours carried over from the cycle before, beside `total`.
    pub carried: Hours,
    /// Hours still missing of the cycle's total, compared as the rules round; nothing where no rule asks for one.
    pub missing: Hours,
    /// Hours owed in the cycle, after any reduction; `None` where no rule asks for a total.
    pub required: Option<Hours>,
    /// The profiles that held.
    pub profiles: ProfileSet,
    /// Every requirement, the cycle's before the years'.
    pub requirements: Vec<Requirement>,
    /// The worst verdict of all; what is waived is no blemish.
    pub verdict: Verdict,
    /// False where caps cross in so intricate a way that the search for the most favourable count was given up; the count
    /// then keeps every rule but might be bettered.
    pub exact: bool,
}

/// An entry on its way through the steps.
pub(super) struct Work {
    pub(super) shape: Shape,
    /// Credited, corrections included.
    pub(super) credited: i64,
    pub(super) nominal: i64,
    pub(super) practice: i64,
    /// Hundredths of days, where they were recorded.
    pub(super) days: Option<i64>,
    pub(super) counted: i64,
    /// Position of the entry it was added to.
    added_to: Option<usize>,
    /// Bit of the segment, 0 outside the cycle.
    segment: u32,
    pub(super) year: i32,
}

impl Evaluation {
    /// The cuts of the entry at a position of [`Evaluation::entries`]: factors first, then caps from the narrowest.
    pub fn cuts_of(&self, position: usize) -> &[Cut] {
        let range = self.entries.get(position).map(|entry| entry.first_cut..entry.first_cut + entry.cuts);
        range.and_then(|range| self.cuts.get(range)).unwrap_or_default()
    }

    /// The least hours that would have to be earned, whatever they are of: what is missing of the total, of any one requirement, or of the
    /// requirements of single years together, whichever is most. One hour may serve several requirements, but lies in one year.
    pub fn to_earn(&self) -> Hours {
        let mut years: BTreeMap<i32, Hours> = BTreeMap::new();
        let mut most = self.missing;
        for one in &self.requirements {
            most = most.max(one.missing);
            if let Period::Year(year) = one.period {
                let missing = years.entry(year).or_default();
                *missing = (*missing).max(one.missing);
            }
        }
        most.max(years.into_values().sum())
    }

    /// The cuts of all entries.
    pub fn cuts(&self) -> &[Cut] {
        &self.cuts
    }

    /// What counts beyond what is owed; nothing where no rule asks for a total. What was carried over is not carried on.
    pub fn surplus(&self) -> Hours {
        self.required.map_or(Hours::ZERO, |owed| self.total.less(owed))
    }

    /// The requirements that miss something, hours or days.
    pub fn unmet(&self) -> impl Iterator<Item = &Requirement> {
        self.requirements
            .iter()
            .filter(|one| one.missing > Hours::ZERO || one.days.is_some_and(|days| days.missing > Days::ZERO))
    }

    /// The requirement of a rule in a period.
    pub fn requirement(&self, rule: RuleIndex, period: Period) -> Option<&Requirement> {
        self.requirements.iter().find(|requirement| requirement.rule == rule && requirement.period == period)
    }
}

/// Judges a person's entries under the rules of a cycle.
///
/// Entries outside the cycle may be handed over (a probation may begin before it); they only serve requirements whose
/// window reaches them. Amounts are those a ledger holds, at most 10¹¹ hours each. Where hours belong to other days than that
/// of completion ([`CycleRules::by_completion`]), all entries are handed over of which a part may lie in the cycle.
pub fn evaluate(rules: &CycleRules, person: &PersonFacts, entries: &[EntryFacts]) -> Evaluation {
    match attribution::spread(rules, entries) {
        None => judged(rules, person, entries, &mut ()),
        Some(spread) => spread.gathered(entries, judged(rules, person, &spread.parts, &mut ())),
    }
}

/// Judges entries that stand on the days to which their hours belong.
pub(super) fn judged(
    rules: &CycleRules,
    person: &PersonFacts,
    entries: &[EntryFacts],
    listener: &mut impl Listener,
) -> Evaluation {
    let profiles = ProfileSet::of(person, &rules.cycle());
    let required = owing::required_total(rules, person, profiles);
    let mut works = works(rules, entries);
    let mut order: Vec<usize> = (0..entries.len()).collect();
    let date_order = |place: &usize| entries.get(*place).map(|entry| (entry.effective, entry.sequence, entry.key));
    order.sort_unstable_by_key(date_order);

    let mut cuts: Vec<(usize, Cut)> = Vec::new();
    let mut pieces = Vec::with_capacity(entries.len());
    let mut piece_entries = Vec::with_capacity(entries.len());
    for place in order {
        let Some(work) = works.get_mut(place).filter(|work| work.segment != 0 && work.added_to.is_none()) else {
            continue;
        };
        // A correction whose entry is not among those handed over counts as it stands.
        work.counted = work.credited;
        if work.credited <= 0 {
            continue;
        }
        for factor in &rules.factors {
            let concerned = factor.segments & work.segment != 0 && factor.of.matches(&work.shape);
            if concerned && factor.binds(profiles) {
                let kept = factor.ratio.of(Hours::from_hundredths(work.counted)).hundredths();
                if kept != work.counted {
                    let amount = Hours::from_hundredths(work.counted - kept);
                    cuts.push((place, Cut { amount, rule: factor.rule, period: Period::Entry }));
                }
                work.counted = kept;
            }
        }
        let concerned = |(bit, cap): (u32, &CapRule)| {
            let applies = cap.segments & work.segment != 0 && cap.of.matches(&work.shape) && cap.binds(profiles);
            u64::from(applies) << bit
        };
        let caps = (0..).zip(&rules.caps).map(concerned).fold(0, |bits, bit| bits | bit);
        if work.counted > 0 {
            pieces.push(Piece { year: work.year, caps, upper: work.counted });
            piece_entries.push(place);
        }
    }

    let (count, limits) = limits::count(rules, profiles, required, &pieces);
    for (place, counted) in piece_entries.iter().zip(&count.counted) {
        if let Some(work) = works.get_mut(*place) {
            work.counted = *counted;
        }
    }
    for cap_cut in &count.cuts {
        let (Some(piece), Some(limit)) = (pieces.get(cap_cut.piece), limits.get(cap_cut.limit)) else { continue };
        let Some(place) = piece_entries.get(cap_cut.piece) else { continue };
        let version = usize::try_from((piece.caps & limit.caps).trailing_zeros()).unwrap_or(0);
        let Some(cap) = rules.caps.get(version) else { continue };
        let period = limit.year.map_or(Period::Cycle, Period::Year);
        let amount = Hours::from_hundredths(cap_cut.amount);
        cuts.push((*place, Cut { amount, rule: cap.rule, period }));
    }
    cuts.sort_by_key(|(place, _)| *place);
    let counted = counted_entries(entries, &works, &cuts);
    let requirements = requirements::judge(rules, person, profiles, required, (entries, &works), listener);
    Evaluation {
        years: years(rules, &works),
        total: counted.iter().map(|entry| entry.counted).sum(),
        carried: requirements::carried(rules, person),
        missing: missing_of_total(rules, &requirements),
        entries: counted,
        cuts: cuts.into_iter().map(|(_, cut)| cut).collect(),
        required,
        profiles,
        verdict: requirements::worst(&requirements),
        requirements,
        exact: count.exact,
    }
}

/// Shapes the entries and adds corrections to what they correct.
fn works(rules: &CycleRules, entries: &[EntryFacts]) -> Vec<Work> {
    let cycle = rules.cycle();
    let mut works: Vec<Work> = Vec::with_capacity(entries.len());
    for entry in entries {
        let segment = if cycle.contains(entry.effective) && !rules.is_ahead(entry) {
            rules.segment_on(entry.effective)
        } else {
            None
        };
        works.push(Work {
            shape: Shape::of(entry, rules.interned()),
            credited: entry.credited.hundredths(),
            nominal: entry.nominal.hundredths(),
            practice: entry.practice.hundredths(),
            days: entry.days.map(Days::hundredths),
            counted: 0,
            added_to: None,
            segment: segment.map_or(0, |place| 1 << place),
            year: entry.effective.year(),
        });
    }
    if entries.iter().all(|entry| entry.corrects.is_none()) {
        return works;
    }
    let mut keys: Vec<(i64, usize)> = entries.iter().zip(0..).map(|(entry, place)| (entry.key, place)).collect();
    keys.sort_unstable();
    let place_of =
        |key: i64| keys.binary_search_by_key(&key, |(key, _)| *key).ok().and_then(|at| keys.get(at)).map(|(_, p)| *p);
    let corrected = |place: usize| entries.get(place).and_then(|entry| entry.corrects).and_then(place_of);
    for place in 0..entries.len() {
        // A correction of a correction belongs to the entry at the root; a ring of corrections belongs to none.
        let root = (0..entries.len()).try_fold(place, |at, _| corrected(at).ok_or(at)).err();
        if let Some(root) = root.filter(|root| *root != place) {
            let Some(correction) = works.get_mut(place) else { continue };
            correction.added_to = Some(root);
            correction.nominal = 0;
            let (credited, practice) =
                (std::mem::take(&mut correction.credited), std::mem::take(&mut correction.practice));
            let days = correction.days.take();
            if let Some(corrected) = works.get_mut(root) {
                corrected.credited += credited;
                corrected.practice += practice;
                corrected.days = corrected.days.map(|known| known + days.unwrap_or(0));
            }
        }
    }
    works
}

/// What is missing of the cycle's total; of two areas' totals the greater gap.
fn missing_of_total(rules: &CycleRules, requirements: &[Requirement]) -> Hours {
    let is_total =
        |one: &&Requirement| rules.rule(one.rule).is_some_and(|rule| matches!(rule.rule.body, Body::Total(_)));
    requirements.iter().filter(is_total).map(|one| one.missing).max().unwrap_or(Hours::ZERO)
}

fn years(rules: &CycleRules, works: &[Work]) -> Vec<YearHours> {
    let none = |year: i32| YearHours { year, credited: Hours::ZERO, counted: Hours::ZERO };
    let mut years: Vec<YearHours> = rules.cycle().years().map(none).collect();
    let first = rules.cycle().from().year();
    for work in works.iter().filter(|work| work.segment != 0) {
        let place = usize::try_from(work.year - first).ok();
        if let Some(year) = place.and_then(|place| years.get_mut(place)) {
            year.credited = year.credited.plus(Hours::from_hundredths(work.credited));
            year.counted = year.counted.plus(Hours::from_hundredths(work.counted));
        }
    }
    years
}

/// What became of each entry; the cuts are in the order of the entries.
fn counted_entries(entries: &[EntryFacts], works: &[Work], cuts: &[(usize, Cut)]) -> Vec<CountedEntry> {
    let mut counted = Vec::with_capacity(entries.len());
    let mut first_cut = 0;
    for (place, (entry, work)) in entries.iter().zip(works).enumerate() {
        let own = cuts.iter().skip(first_cut).take_while(|(cut, _)| *cut == place).count();
        counted.push(CountedEntry {
            key: entry.key,
            credited: Hours::from_hundredths(work.credited),
            counted: Hours::from_hundredths(work.counted),
            elsewhere: Hours::ZERO,
            added_to: work.added_to.and_then(|root| entries.get(root)).map(|root| root.key),
            in_cycle: work.segment != 0,
            first_cut,
            cuts: own,
        });
        first_cut += own;
    }
    counted
}
