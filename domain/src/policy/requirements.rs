//! What a person owes, and whether it is there.

use super::{
    contributions::{Listener, Portion},
    cycle_rules::{self, CycleRules, RuleIndex},
    evaluate::{Period, Work},
    facts::{EntryFacts, PersonFacts, ProfileSet, WaiverFacts},
    owing::{by_months, months_between, months_of_leave, owing},
    rule::{Body, Least, Measure, Profile, Ratio, Rounding, Strength, Window},
};
use crate::{
    hours::{Days, Hours},
    time::{DateSpan, last_day_after_months},
    words::word_list,
};
use chrono::{Datelike, NaiveDate};

word_list! {
    /// How a requirement stands. Declared from good to bad, so that the worst is the greatest.
    Verdict {
        Met = "met", "已达标", "met";
        Waived = "waived", "免除", "waived";
        Warn = "warn", "提醒", "missed, with a warning";
        NotYet = "not_yet", "尚未达标", "not met yet";
        Failed = "failed", "未达标", "failed";
    }
}

/// One requirement of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirement {
    /// The rule: look it up with [`CycleRules::rule`].
    pub rule: RuleIndex,
    /// Its period.
    pub period: Period,
    /// Hours owed.
    pub owed: Hours,
    /// Hours there are.
    pub counted: Hours,
    /// Hours still missing; never below nothing.
    pub missing: Hours,
    /// How it stands at the close of `as_of`.
    pub verdict: Verdict,
    /// The same in days, where days of training are asked for; the hours are those of so many days then.
    pub days: Option<InDays>,
    /// The waiver ([`WaiverFacts::key`](super::WaiverFacts)) by which nothing is missing; `None` where the rules themselves decide.
    pub waiver: Option<i64>,
}

/// A requirement in days of training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InDays {
    /// Days owed.
    pub owed: Days,
    /// Days there are: as recorded, or the hours earned by the length of a day.
    pub counted: Days,
    /// Days still missing; never below nothing.
    pub missing: Days,
}

/// Sums and periods that several requirements ask for.
struct Judge<'a> {
    rules: &'a CycleRules,
    person: &'a PersonFacts,
    required: Option<Hours>,
    entries: &'a [EntryFacts],
    works: &'a [Work],
    owing: DateSpan,
    rounding: Rounding,
}

/// What counts of the surplus of the cycle before.
pub(super) fn carried(rules: &CycleRules, person: &PersonFacts) -> Hours {
    person.surplus.min(rules.carry_over())
}

/// Judges every requirement that binds the person: the cycle's, then each year's that has begun. `listener` hears of every requirement
/// which hours make it, and then that it is complete.
pub(super) fn judge(
    rules: &CycleRules,
    person: &PersonFacts,
    profiles: ProfileSet,
    required: Option<Hours>,
    (entries, works): (&[EntryFacts], &[Work]),
    listener: &mut impl Listener,
) -> Vec<Requirement> {
    let rounding = rules.closing_rules().map_or(Rounding::Keep, |set| set.rounding());
    let judge = Judge { rules, person, required, entries, works, owing: owing(rules, person), rounding };
    let mut requirements = Vec::with_capacity(rules.closing.len() + rules.yearly.len() * 2);
    let of_cycle = rules.closing.iter().map(|rule| (rule, None));
    let of_years = rules.yearly.iter().flat_map(|(year, yearly)| yearly.iter().map(|rule| (rule, Some(*year))));
    for (rule, year) in of_cycle.chain(of_years).filter(|(rule, _)| rule.binds(profiles)) {
        let requirement = match year {
            None => judge.of_cycle(rule, listener),
            Some(year) => judge.of_year(rule, year, listener),
        };
        listener.ends(requirement.is_some());
        requirements.extend(requirement);
    }
    if !person.waivers.is_empty() {
        requirements.iter_mut().for_each(|requirement| waive(rules, person, requirement));
    }
    requirements
}

/// Waives what is not met where a waiver of the rule stands on the last day of the period.
fn waive(rules: &CycleRules, person: &PersonFacts, requirement: &mut Requirement) {
    let last_day = match requirement.period {
        Period::Year(year) => rules.cycle().year_span(year).1,
        Period::Span { to, .. } => to,
        Period::Cycle | Period::Entry => rules.cycle().to(),
    };
    let Some(rule) = rules.rule(requirement.rule) else { return };
    let fits = |waiver: &&WaiverFacts| waiver.rule_id == rule.rule.id && waiver.span.contains(last_day);
    if !matches!(requirement.verdict, Verdict::Met | Verdict::Waived)
        && let Some(waiver) = person.waivers.iter().find(fits)
    {
        requirement.verdict = Verdict::Waived;
        requirement.missing = Hours::ZERO;
        requirement.waiver = Some(waiver.key);
        if let Some(days) = &mut requirement.days {
            days.missing = Days::ZERO;
        }
    }
}

/// The worst verdict; a waived requirement is as good as met.
pub(super) fn worst(requirements: &[Requirement]) -> Verdict {
    let verdicts = requirements.iter().map(|requirement| requirement.verdict);
    verdicts.filter(|verdict| *verdict != Verdict::Waived).max().unwrap_or(Verdict::Met)
}

impl Judge<'_> {
    fn of_cycle(&self, rule: &cycle_rules::Requirement, listener: &mut impl Listener) -> Option<Requirement> {
        let cycle = self.rules.cycle();
        let (from, to) = (cycle.from(), cycle.to());
        match &rule.reference.rule.body {
            Body::Total(_) => {
                let counted = self.sum(rule, Measure::Counted, (from, to), listener);
                let counted = counted.plus(carried(self.rules, self.person));
                Some(self.verdict(rule, Period::Cycle, self.required?, counted, to, Strength::Fail))
            }
            Body::Block { required_from_months, .. } => {
                let months = months_between(&self.owing, from, to);
                let mut requirement = self.blocks(rule, listener)?;
                if required_from_months.is_some_and(|least| months < least) && requirement.verdict != Verdict::Met {
                    requirement.verdict = Verdict::Waived;
                    requirement.missing = Hours::ZERO;
                }
                Some(requirement)
            }
            Body::Minimum { measure, window, amount, strength, .. } => {
                let (period, from, to) = self.window(rule, *window)?;
                self.least(rule, *amount, *measure, (period, from, to), *strength, listener)
            }
            Body::Share { practice, share, measure, window, strength, .. } => {
                let window = self.window(rule, *window)?;
                Some(self.share(rule, window, (*practice, *share, *measure, *strength), listener))
            }
            Body::YearFloor { .. } | Body::YearMaximum { .. } | Body::Cap { .. } | Body::Factor { .. } => None,
        }
    }

    fn of_year(&self, rule: &cycle_rules::Requirement, year: i32, listener: &mut impl Listener) -> Option<Requirement> {
        let (from, to) = self.rules.cycle().year_span(year);
        match &rule.reference.rule.body {
            Body::YearFloor { hours, strength, block_year_hours, waived_from_leave_months, .. } => {
                let with_block =
                    || self.works_in(from, to).any(|(_, entry, work)| entry.block.is_some() && work.counted > 0);
                let whole = block_year_hours.filter(|_| with_block()).unwrap_or(*hours);
                // Owed by the full months of the year that lie in the cycle and in the person's time of owing.
                let owed = by_months(whole, months_between(&self.owing, from, to), 12);
                let counted = self.sum(rule, Measure::Counted, (from, to), listener);
                let mut requirement = self.verdict(rule, Period::Year(year), owed, counted, to, *strength);
                let on_leave = months_of_leave(self.person, from, to);
                if waived_from_leave_months.is_some_and(|least| on_leave >= least)
                    && requirement.verdict != Verdict::Met
                {
                    requirement.verdict = Verdict::Waived;
                    requirement.missing = Hours::ZERO;
                }
                Some(requirement)
            }
            Body::Minimum { measure, window, amount, strength, .. } => {
                let span = self.window_of_year(*window, year)?;
                self.least(rule, *amount, *measure, span, *strength, listener)
            }
            Body::Share { practice, share, measure, window, strength, .. } => {
                let window = self.window_of_year(*window, year)?;
                Some(self.share(rule, window, (*practice, *share, *measure, *strength), listener))
            }
            _ => None,
        }
    }

    /// The days of a window within a year; `None` for other windows, and where the person owes nothing in it: no full month of
    /// a year, or not all the months of a window of months, which has to lie in the cycle as a whole.
    fn window_of_year(&self, window: Window, year: i32) -> Option<(Period, NaiveDate, NaiveDate)> {
        let (first, last) = self.rules.cycle().year_span(year);
        match window {
            Window::Year if months_between(&self.owing, first, last) > 0 => Some((Period::Year(year), first, last)),
            Window::Months { from, to } => {
                let from = NaiveDate::from_ymd_opt(year, from, 1)?;
                let ends_in = if to < from.month() { year + 1 } else { year };
                let to = last_day_after_months(NaiveDate::from_ymd_opt(ends_in, to, 1)?, 1);
                let owed = self.owing.from <= from && self.owing.to.is_none_or(|end| to <= end);
                owed.then_some((Period::Span { from, to }, from, to))
            }
            _ => None,
        }
    }

    /// A minimum of hours, or of days.
    fn least(
        &self,
        rule: &cycle_rules::Requirement,
        least: Least,
        measure: Measure,
        (period, from, to): (Period, NaiveDate, NaiveDate),
        strength: Strength,
        listener: &mut impl Listener,
    ) -> Option<Requirement> {
        let days = match least {
            Least::Hours(amount) => {
                let owed = amount.for_required(self.required)?;
                let counted = self.sum(rule, measure, (from, to), listener);
                return Some(self.verdict(rule, period, owed, counted, to, strength));
            }
            Least::Days(days) => days,
        };
        let day = self.rules.rules_on(to.min(self.rules.as_of()))?.hours_per_day();
        let of_hours = |hours: i64| hours.max(0).saturating_mul(100) / day.hundredths().max(1);
        let there = self.concerned(rule, from, to).map(|(place, _, work)| {
            let days = match work.days {
                Some(days) if work.credited > 0 => days,
                _ => of_hours(work.credited),
            };
            listener.hears(place, Portion::Days(Days::from_hundredths(days)));
            days
        });
        let counted = Days::from_hundredths(there.sum());
        let missing = days.less(counted);
        let requirement = self.verdict(rule, period, missing.of(day), Hours::ZERO, to, strength);
        let in_days = InDays { owed: days, counted, missing };
        Some(Requirement { owed: days.of(day), counted: counted.of(day), days: Some(in_days), ..requirement })
    }

    /// The days of a window that is not that of a year; `None` where it has none in the cycle.
    fn window(&self, rule: &cycle_rules::Requirement, window: Window) -> Option<(Period, NaiveDate, NaiveDate)> {
        let cycle = self.rules.cycle();
        let (from, to) = match window {
            Window::Year | Window::Months { .. } => return None,
            Window::Cycle => return Some((Period::Cycle, cycle.from(), cycle.to())),
            Window::Until(day) if day < cycle.from() => return None,
            Window::Until(day) => (cycle.from(), day.min(cycle.to())),
            Window::Profile { months } => self.profile_window(rule.reference.rule.profile?, months),
        };
        Some((Period::Span { from, to }, from, to))
    }

    /// Whether the part is a large enough share of the whole. Owed is the share of the whole there is; missing is what has to be
    /// added to the part, which adds to the whole too.
    fn share(
        &self,
        rule: &cycle_rules::Requirement,
        (period, from, to): (Period, NaiveDate, NaiveDate),
        (practice, Ratio { numerator, denominator }, measure, strength): (bool, Ratio, Measure, Strength),
        listener: &mut impl Listener,
    ) -> Requirement {
        let (mut whole, mut part) = (0, 0);
        for (place, _, work) in self.concerned(rule, from, to) {
            let hours = measured(work, measure);
            let of_part = match &rule.part {
                Some(selected) if selected.matches(&work.shape) => hours,
                _ if practice => work.practice.min(hours),
                _ => 0,
            };
            let (shown, of) = (Hours::from_hundredths(of_part), Hours::from_hundredths(hours));
            listener.hears(place, Portion::Share { part: shown, whole: of });
            (whole, part) = (whole + hours, part + of_part);
        }
        let owed = Hours::from_hundredths(ceil_div(whole * numerator, denominator));
        let mut requirement = self.verdict(rule, period, owed, Hours::from_hundredths(part), to, strength);
        if requirement.missing != Hours::ZERO && numerator < denominator {
            let gap = ceil_div(whole * numerator - part * denominator, denominator - numerator);
            requirement.missing = Hours::from_hundredths(gap);
        }
        requirement
    }

    /// The time in which a profile holds for the person.
    fn profile_window(&self, profile: Profile, months: Option<i32>) -> (NaiveDate, NaiveDate) {
        let cycle = self.rules.cycle();
        let span = match profile {
            Profile::NewTeacher => self.person.probation,
            Profile::NewHead | Profile::Head => self.person.head,
            Profile::DeputyHead => self.person.deputy_head,
            Profile::MiddleManager => self.person.middle_manager,
            Profile::Retiring => None,
        };
        let span = span.unwrap_or(cycle.span());
        let end = span.to.unwrap_or(cycle.to());
        let to = months.map_or(end, |months| last_day_after_months(span.from, months.unsigned_abs()));
        (span.from, to)
    }

    /// Entries between two days, each with its place, that are no corrections of others. Corrections count on the day of what they
    /// correct.
    fn works_in(&self, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = (usize, &EntryFacts, &Work)> {
        let within = move |entry: &EntryFacts| from <= entry.effective && entry.effective <= to;
        let all = self.entries.iter().zip(self.works).zip(0..).map(|((entry, work), place)| (place, entry, work));
        all.filter(move |(_, entry, _)| within(entry) && !self.rules.is_ahead(entry))
    }

    /// Those of them that a rule is about.
    fn concerned<'s>(
        &'s self,
        rule: &'s cycle_rules::Requirement,
        from: NaiveDate,
        to: NaiveDate,
    ) -> impl Iterator<Item = (usize, &'s EntryFacts, &'s Work)> {
        self.works_in(from, to).filter(|(.., work)| rule.of.matches(&work.shape))
    }

    fn sum(
        &self,
        rule: &cycle_rules::Requirement,
        measure: Measure,
        (from, to): (NaiveDate, NaiveDate),
        listener: &mut impl Listener,
    ) -> Hours {
        let there = self.concerned(rule, from, to).map(|(place, _, work)| {
            let hours = measured(work, measure);
            listener.hears(place, Portion::Hours(Hours::from_hundredths(hours)));
            hours
        });
        self.rounding.applied(Hours::from_hundredths(there.sum()))
    }

    fn verdict(
        &self,
        rule: &cycle_rules::Requirement,
        period: Period,
        owed: Hours,
        counted: Hours,
        last_day: NaiveDate,
        strength: Strength,
    ) -> Requirement {
        let missing = owed.less(counted);
        let verdict = match strength {
            _ if missing == Hours::ZERO => Verdict::Met,
            _ if self.rules.as_of() < last_day => Verdict::NotYet,
            Strength::Warn => Verdict::Warn,
            Strength::Fail => Verdict::Failed,
        };
        Requirement { rule: rule.rule, period, owed, counted, missing, verdict, days: None, waiver: None }
    }

    /// The best blocks, as many as are asked for. A block that lacks practice is incomplete, and the larger gap is shown. Where a
    /// block may not be interrupted, each course is one by itself.
    fn blocks(&self, rule: &cycle_rules::Requirement, listener: &mut impl Listener) -> Option<Requirement> {
        let Body::Block { hours, measure, count, practice_hours, uninterrupted, .. } = rule.reference.rule.body else {
            return None;
        };
        let cycle = self.rules.cycle();
        let practice_owed = practice_hours.unwrap_or(Hours::ZERO).hundredths();
        let owed_each = hours.hundredths();
        let mut blocks: Vec<BlockHours> = Vec::new();
        for (place, entry, work) in self.concerned(rule, cycle.from(), cycle.to()) {
            let Some(block) = entry.block else { continue };
            let name = (block, uninterrupted.then_some(entry.part_of.unwrap_or(entry.key)));
            let known = blocks.iter().position(|known| known.name == name);
            let at = known.unwrap_or_else(|| {
                blocks.push(BlockHours { name, earned: 0, practice: 0, of: Vec::new() });
                blocks.len() - 1
            });
            let Some(block) = blocks.get_mut(at) else { continue };
            let earned = measured(work, measure);
            block.earned += earned;
            block.practice += measured(work, Measure::Practice);
            block.of.push((place, earned));
        }
        let gap = |earned: i64, practice: i64| (owed_each - earned).max(practice_owed - practice).max(0);
        blocks.sort_by_key(|block| (gap(block.earned, block.practice), std::cmp::Reverse(block.earned), block.name.0));
        let asked = usize::try_from(count).unwrap_or(0);
        blocks.truncate(asked);
        let lacking = asked - blocks.len();
        let missing = blocks.iter().map(|block| gap(block.earned, block.practice)).sum::<i64>()
            + i64::try_from(lacking).unwrap_or(0) * gap(0, 0);
        // With one block its own hours are shown; with several, no block makes up for another.
        let most = if asked == 1 { i64::MAX } else { owed_each };
        let counted = blocks.iter().map(|block| block.earned.min(most)).sum();
        for block in &blocks {
            // What is not shown is taken from the last of its courses.
            let mut beyond = (block.earned - most).max(0);
            for (place, earned) in block.of.iter().rev() {
                let taken = beyond.min((*earned).max(0));
                beyond -= taken;
                listener.hears(*place, Portion::Hours(Hours::from_hundredths(earned - taken)));
            }
        }
        let (counted, missing) = (Hours::from_hundredths(counted), Hours::from_hundredths(missing));
        let owed = Hours::from_hundredths(owed_each * i64::from(count));
        let requirement = self.verdict(rule, Period::Cycle, missing, Hours::ZERO, cycle.to(), Strength::Fail);
        Some(Requirement { owed, counted, ..requirement })
    }
}

/// Hours of a concentrated block.
struct BlockHours {
    /// The block, and the course where each is a block by itself.
    name: (i64, Option<i64>),
    earned: i64,
    practice: i64,
    /// Place and hours of each entry.
    of: Vec<(usize, i64)>,
}

/// Divided and rounded up; for what is not negative.
fn ceil_div(amount: i64, by: i64) -> i64 {
    (amount + by - 1) / by
}

fn measured(work: &Work, measure: Measure) -> i64 {
    match measure {
        Measure::Credited => work.credited,
        Measure::Counted => work.counted,
        Measure::Nominal => work.nominal,
        Measure::Practice => work.practice,
    }
}
