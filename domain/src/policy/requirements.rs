//! What a person owes, and whether it is there.

use super::{
    cycle::full_months,
    cycle_rules::{self, CycleRules, RuleIndex},
    evaluate::{Period, Work},
    facts::{EntryFacts, PersonFacts, ProfileSet, WaiverFacts},
    rule::{Body, Least, LeaveTotal, Measure, Profile, Prorate, Ratio, Rounding, Strength, TotalAmount, Window},
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

/// The days of the cycle in which the person owes hours: after probation or joining, until retirement.
///
/// Reduction by months is inferred (`domain.md` 9, `prorate.newcomer`); with `none` a newcomer owes the whole cycle.
fn owing(rules: &CycleRules, person: &PersonFacts) -> DateSpan {
    let cycle = rules.cycle();
    let reduced = rules.closing_rules().is_some_and(|set| set.prorate_newcomer() != Prorate::None);
    let after_probation = person.probation.map(|span| span.to.and_then(|to| to.succ_opt()).unwrap_or(NaiveDate::MAX));
    let begins = [person.joined_on, after_probation].into_iter().flatten().filter(|_| reduced).max();
    DateSpan {
        from: begins.map_or(cycle.from(), |day| day.max(cycle.from())),
        to: Some(person.retires_on.map_or(cycle.to(), |day| day.min(cycle.to()))),
    }
}

/// What counts of the surplus of the cycle before.
pub(super) fn carried(rules: &CycleRules, person: &PersonFacts) -> Hours {
    person.surplus.min(rules.carry_over())
}

/// Full months of a span that lie between two days.
fn months_between(span: &DateSpan, from: NaiveDate, to: NaiveDate) -> i32 {
    full_months(span.from.max(from), span.to.map_or(to, |end| end.min(to)))
}

/// Full months between two days that were spent on leave, whether or not one leave followed another within a month.
fn months_of_leave(person: &PersonFacts, from: NaiveDate, to: NaiveDate) -> i32 {
    let mut spells: Vec<(NaiveDate, NaiveDate)> = person
        .leave
        .iter()
        .map(|leave| (leave.from.max(from), leave.to.map_or(to, |end| end.min(to))))
        .filter(|(first, last)| first <= last)
        .collect();
    spells.sort_unstable();
    let mut joined: Vec<(NaiveDate, NaiveDate)> = Vec::with_capacity(spells.len());
    for (first, last) in spells {
        match joined.last_mut().filter(|(_, end)| end.succ_opt().is_none_or(|next| first <= next)) {
            Some((_, end)) => *end = last.max(*end),
            None => joined.push((first, last)),
        }
    }
    joined.into_iter().map(|(first, last)| full_months(first, last)).sum()
}

/// `hours × months ÷ of`, rounded down.
fn by_months(hours: Hours, months: i32, of: i32) -> Hours {
    hours.share(i64::from(months.clamp(0, of)), i64::from(of)).unwrap_or(hours)
}

/// What the person owes in the cycle; `None` where no rule asks for a total.
pub(super) fn required_total(rules: &CycleRules, person: &PersonFacts, profiles: ProfileSet) -> Option<Hours> {
    // Where a wider area's total stands beside a narrower one, the greater is owed.
    let amounts: Vec<TotalAmount> = rules
        .closing
        .iter()
        .filter(|rule| rule.binds(profiles))
        .filter_map(|rule| match rule.reference.rule.body {
            Body::Total(amount) => Some(amount),
            _ => None,
        })
        .collect();
    if amounts.is_empty() {
        return None;
    }
    if person.required.is_some() {
        return person.required;
    }
    let (cycle, owing) = (rules.cycle(), owing(rules, person));
    let prorates = rules.closing_rules().is_some_and(|set| set.leave_total() == LeaveTotal::Prorate);
    // Full months of the span without those of leave, where leave is taken off.
    let months_owed = |span: &DateSpan| {
        let end = span.to.unwrap_or(cycle.to()).min(cycle.to());
        let leave = || months_of_leave(person, span.from.max(cycle.from()), end);
        months_between(span, cycle.from(), cycle.to()) - if prorates { leave() } else { 0 }
    };
    let owed = |amount: TotalAmount| match amount {
        TotalAmount::PerYear(hours) => hours.share(i64::from(months_owed(&owing).max(0)), 12).unwrap_or(hours),
        TotalAmount::PerCycle(hours) => {
            let (entry, retirement) = rules
                .closing_rules()
                .map_or((Prorate::None, Prorate::None), |set| (set.prorate_newcomer(), set.prorate_retirement()));
            let to = owing.to.filter(|_| retirement != Prorate::None);
            let months = months_owed(&DateSpan { from: owing.from, to });
            // Whole years go by the stricter of what holds for the two ends that are not the cycle's.
            let by_years = (owing.from > cycle.from() && entry == Prorate::Year)
                || (to.is_some_and(|to| to < cycle.to()) && retirement == Prorate::Year);
            by_months(hours, if by_years { months / 12 * 12 } else { months }, cycle.months())
        }
    };
    amounts.into_iter().map(owed).max()
}

/// Judges every requirement that binds the person: the cycle's, then each year's that has begun.
pub(super) fn judge(
    rules: &CycleRules,
    person: &PersonFacts,
    profiles: ProfileSet,
    required: Option<Hours>,
    entries: &[EntryFacts],
    works: &[Work],
) -> Vec<Requirement> {
    let rounding = rules.closing_rules().map_or(Rounding::Keep, |set| set.rounding());
    let judge = Judge { rules, person, required, entries, works, owing: owing(rules, person), rounding };
    let mut requirements = Vec::with_capacity(rules.closing.len() + rules.yearly.len() * 2);
    for rule in rules.closing.iter().filter(|rule| rule.binds(profiles)) {
        requirements.extend(judge.of_cycle(rule));
    }
    for (year, yearly) in &rules.yearly {
        for rule in yearly.iter().filter(|rule| rule.binds(profiles)) {
            requirements.extend(judge.of_year(rule, *year));
        }
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
    fn of_cycle(&self, rule: &cycle_rules::Requirement) -> Option<Requirement> {
        let cycle = self.rules.cycle();
        let (from, to) = (cycle.from(), cycle.to());
        match &rule.reference.rule.body {
            Body::Total(_) => {
                let counted = self.sum(rule, Measure::Counted, from, to).plus(carried(self.rules, self.person));
                Some(self.verdict(rule, Period::Cycle, self.required?, counted, to, Strength::Fail))
            }
            Body::Block { required_from_months, .. } => {
                let months = months_between(&self.owing, from, to);
                let mut requirement = self.blocks(rule)?;
                if required_from_months.is_some_and(|least| months < least) && requirement.verdict != Verdict::Met {
                    requirement.verdict = Verdict::Waived;
                    requirement.missing = Hours::ZERO;
                }
                Some(requirement)
            }
            Body::Minimum { measure, window, amount, strength, .. } => {
                let (period, from, to) = self.window(rule, *window)?;
                self.least(rule, *amount, *measure, (period, from, to), *strength)
            }
            Body::Share { practice, share, measure, window, strength, .. } => {
                let (period, from, to) = self.window(rule, *window)?;
                Some(self.share(rule, period, (from, to), (*practice, *share, *measure, *strength)))
            }
            Body::YearFloor { .. } | Body::YearMaximum { .. } | Body::Cap { .. } | Body::Factor { .. } => None,
        }
    }

    fn of_year(&self, rule: &cycle_rules::Requirement, year: i32) -> Option<Requirement> {
        let (from, to) = self.rules.cycle().year_span(year);
        match &rule.reference.rule.body {
            Body::YearFloor { hours, strength, block_year_hours, waived_from_leave_months, .. } => {
                let with_block =
                    || self.works_in(from, to).any(|(entry, work)| entry.block.is_some() && work.counted > 0);
                let whole = block_year_hours.filter(|_| with_block()).unwrap_or(*hours);
                // Owed by the full months of the year that lie in the cycle and in the person's time of owing.
                let owed = by_months(whole, months_between(&self.owing, from, to), 12);
                let counted = self.sum(rule, Measure::Counted, from, to);
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
                self.least(rule, *amount, *measure, span, *strength)
            }
            Body::Share { practice, share, measure, window, strength, .. } => {
                let (period, from, to) = self.window_of_year(*window, year)?;
                Some(self.share(rule, period, (from, to), (*practice, *share, *measure, *strength)))
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
    ) -> Option<Requirement> {
        let days = match least {
            Least::Hours(amount) => {
                let owed = amount.for_required(self.required)?;
                return Some(self.verdict(rule, period, owed, self.sum(rule, measure, from, to), to, strength));
            }
            Least::Days(days) => days,
        };
        let day = self.rules.rules_on(to.min(self.rules.as_of()))?.hours_per_day();
        let of_hours = |hours: i64| hours.max(0).saturating_mul(100) / day.hundredths().max(1);
        let concerned = self.works_in(from, to).filter(|(_, work)| rule.of.matches(&work.shape));
        let there = concerned.map(|(_, work)| match work.days {
            Some(days) if work.credited > 0 => days,
            _ => of_hours(work.credited),
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
        period: Period,
        (from, to): (NaiveDate, NaiveDate),
        (practice, Ratio { numerator, denominator }, measure, strength): (bool, Ratio, Measure, Strength),
    ) -> Requirement {
        let (mut whole, mut part) = (0, 0);
        for (_, work) in self.works_in(from, to).filter(|(_, work)| rule.of.matches(&work.shape)) {
            let hours = measured(work, measure);
            whole += hours;
            part += match &rule.part {
                Some(selected) if selected.matches(&work.shape) => hours,
                _ if practice => work.practice.min(hours),
                _ => 0,
            };
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

    /// Entries between two days that are no corrections of others. Corrections count on the day of what they correct.
    fn works_in(&self, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = (&EntryFacts, &Work)> {
        let within = move |entry: &EntryFacts| from <= entry.effective && entry.effective <= to;
        self.entries.iter().zip(self.works).filter(move |(entry, _)| within(entry) && !self.rules.is_ahead(entry))
    }

    fn sum(&self, rule: &cycle_rules::Requirement, measure: Measure, from: NaiveDate, to: NaiveDate) -> Hours {
        let concerned = self.works_in(from, to).filter(|(_, work)| rule.of.matches(&work.shape));
        self.rounding.applied(Hours::from_hundredths(concerned.map(|(_, work)| measured(work, measure)).sum()))
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
    fn blocks(&self, rule: &cycle_rules::Requirement) -> Option<Requirement> {
        let Body::Block { hours, measure, count, practice_hours, uninterrupted, .. } = rule.reference.rule.body else {
            return None;
        };
        let cycle = self.rules.cycle();
        let practice_owed = practice_hours.unwrap_or(Hours::ZERO).hundredths();
        let owed_each = hours.hundredths();
        // Block, course where each is a block by itself, hours, practice.
        let mut blocks: Vec<(i64, Option<i64>, i64, i64)> = Vec::new();
        for (entry, work) in self.works_in(cycle.from(), cycle.to()).filter(|(_, work)| rule.of.matches(&work.shape)) {
            let Some(block) = entry.block else { continue };
            let (earned, practice) = (measured(work, measure), measured(work, Measure::Practice));
            let course = uninterrupted.then_some(entry.part_of.unwrap_or(entry.key));
            match blocks.iter_mut().find(|(known, by, ..)| (*known, *by) == (block, course)) {
                Some((.., hours, practised)) => (*hours, *practised) = (*hours + earned, *practised + practice),
                None => blocks.push((block, course, earned, practice)),
            }
        }
        let gap = |earned: i64, practice: i64| (owed_each - earned).max(practice_owed - practice).max(0);
        blocks
            .sort_by_key(|(block, _, earned, practice)| (gap(*earned, *practice), std::cmp::Reverse(*earned), *block));
        let asked = usize::try_from(count).unwrap_or(0);
        let best = || {
            blocks
                .iter()
                .map(|(.., earned, practice)| (*earned, *practice))
                .chain(std::iter::repeat((0, 0)))
                .take(asked)
        };
        let owed = Hours::from_hundredths(owed_each * i64::from(count));
        // With one block its own hours are shown; with several, no block makes up for another.
        let shown = |earned: i64| if asked == 1 { earned } else { earned.min(owed_each) };
        let counted = Hours::from_hundredths(best().map(|(earned, _)| shown(earned)).sum());
        let missing = Hours::from_hundredths(best().map(|(earned, practice)| gap(earned, practice)).sum());
        let requirement = self.verdict(rule, Period::Cycle, missing, Hours::ZERO, cycle.to(), Strength::Fail);
        Some(Requirement { owed, counted, ..requirement })
    }
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
