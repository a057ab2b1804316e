//! Folds for reports: what a completion table shows of one person, and which rows of a statistic are hidden from readers
//! outside the county.

use crate::{
    hours::Hours,
    policy::{Body, Cut, CycleRules, EntryFacts, Evaluation, Requirement, RuleIndex, Verdict},
    words::Route,
};
use std::fmt;

/// The smallest number of persons that a statistic shows to a reader outside the county.
pub const SMALLEST_CELL: u32 = 5;

/// A share in hundredths of a percent: 8550 is 85.50 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(i64);

impl Percent {
    /// The share that `part` is of `whole`, rounded half up; `None` of nothing.
    pub fn of(part: i64, whole: i64) -> Option<Percent> {
        if whole <= 0 {
            return None;
        }
        let doubled = i128::from(part) * 20_000 + i128::from(whole);
        i64::try_from(doubled.div_euclid(i128::from(whole) * 2)).ok().map(Percent)
    }

    /// Hundredths of a percent.
    pub const fn hundredths(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Percent {
    /// Two decimals, without the sign: `85.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::decimal::write_hundredths(self.0, f)
    }
}

/// Hours counted by route, in the order of [`Route::ALL`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ByRoute([Hours; Route::ALL.len()]);

impl ByRoute {
    /// Adds hours to a route.
    pub fn add(&mut self, route: Route, hours: Hours) {
        let place = Route::ALL.iter().position(|one| *one == route);
        if let Some(sum) = place.and_then(|place| self.0.get_mut(place)) {
            *sum = sum.plus(hours);
        }
    }

    /// The hours of a route.
    pub fn of(&self, route: Route) -> Hours {
        let place = Route::ALL.iter().position(|one| *one == route);
        place.and_then(|place| self.0.get(place)).copied().unwrap_or_default()
    }
}

/// What one rule cut of one person's hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleCut {
    /// The rule.
    pub rule: RuleIndex,
    /// Entries it cut.
    pub entries: u32,
    /// Hours that do not count because of it; below nothing where a factor above 1 adds hours.
    pub hours: Hours,
}

/// What a completion table shows of one person beside what is owed, counted and missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The concentrated block (集中培训); `None` where no rule asks for one. Of several the one with the worst verdict.
    pub block: Option<Requirement>,
    /// Hours counted by route; they add up to the person's total.
    pub by_route: ByRoute,
    /// Hours counted in each calendar year of the cycle, in order; they add up to the person's total.
    pub by_year: Vec<Hours>,
    /// The requirements that are not met and not waived, in the order of the statement.
    pub unmet: Vec<Requirement>,
    /// What was cut, by rule.
    pub cuts: Vec<RuleCut>,
}

/// Folds an evaluation; `entries` are those that were evaluated, in the same order.
pub fn figures(rules: &CycleRules, evaluation: &Evaluation, entries: &[EntryFacts]) -> Figures {
    let mut by_route = ByRoute::default();
    let by_year = evaluation.years.iter().map(|year| year.counted).collect();
    let mut cuts: Vec<RuleCut> = Vec::new();
    for (place, (entry, counted)) in entries.iter().zip(&evaluation.entries).enumerate() {
        if counted.counted != Hours::ZERO {
            by_route.add(entry.route, counted.counted);
        }
        evaluation.cuts_of(place).iter().for_each(|cut| add_cut(&mut cuts, cut));
    }
    let is_block =
        |one: &&Requirement| rules.rule(one.rule).is_some_and(|rule| matches!(rule.rule.body, Body::Block { .. }));
    Figures {
        block: evaluation.requirements.iter().filter(is_block).max_by_key(|one| one.verdict).copied(),
        by_route,
        by_year,
        unmet: evaluation.requirements.iter().filter(|one| one.verdict > Verdict::Waived).copied().collect(),
        cuts,
    }
}

fn add_cut(cuts: &mut Vec<RuleCut>, cut: &Cut) {
    match cuts.iter_mut().find(|known| known.rule == cut.rule) {
        Some(known) => {
            known.entries += 1;
            known.hours = known.hours.plus(cut.amount);
        }
        None => cuts.push(RuleCut { rule: cut.rule, entries: 1, hours: cut.amount }),
    }
}

/// Which rows of a statistic are hidden from readers outside the county, so that no number of persons from 1 to 4 can be
/// read or worked out by subtraction.
///
/// `rows` are counts of persons, the same cells in every row; `groups` are the rows that a reader may subtract from a total
/// shown elsewhere (all rows, the rows of a stage, of a setting). A row with a small cell is hidden whole; then, while the
/// hidden rows of a group taken together have a small cell, the next row of the group with the fewest persons is hidden
/// with them. Nothing is no small cell: it points at nobody. `hidden` are rows that must be hidden anyway, because they add
/// up to a total that is.
pub fn hidden_rows(rows: &[Vec<u32>], groups: &[Vec<usize>], hidden: &[usize]) -> Vec<bool> {
    let small = |cell: &u32| (1..SMALLEST_CELL).contains(cell);
    let is_small = |(place, row): (usize, &Vec<u32>)| hidden.contains(&place) || row.iter().any(small);
    let mut hidden: Vec<bool> = rows.iter().enumerate().map(is_small).collect();
    let size = |place: usize| rows.get(place).map_or(0, |row| row.iter().copied().max().unwrap_or(0));
    let is_hidden = |hidden: &[bool], place: usize| hidden.get(place).copied().unwrap_or(true);
    loop {
        let before = hidden.clone();
        for group in groups {
            let out = group.iter().filter(|place| is_hidden(&hidden, **place)).filter_map(|place| rows.get(*place));
            let together = out.fold(Vec::new(), |mut sum: Vec<u32>, row| {
                sum.resize(sum.len().max(row.len()), 0);
                sum.iter_mut().zip(row).for_each(|(sum, cell)| *sum = sum.saturating_add(*cell));
                sum
            });
            let shown = group.iter().copied().filter(|place| !is_hidden(&hidden, *place) && size(*place) > 0);
            if together.iter().any(small)
                && let Some(cell) = shown.min_by_key(|place| (size(*place), *place)).and_then(|at| hidden.get_mut(at))
            {
                *cell = true;
            }
        }
        if hidden == before {
            return hidden;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        AreaCode, DeliveryForm, Level,
        policy::{Pack, PersonFacts, cycle_named, evaluate, packs},
    };
    use chrono::NaiveDate;

    #[test]
    fn a_share_is_rounded_half_up_to_a_hundredth_of_a_percent() {
        for (part, whole, expected) in [
            (1, 3, "33.33"),
            (2, 3, "66.67"),
            (1, 1, "100.00"),
            (0, 7, "0.00"),
            (1, 20_000, "0.01"),
            (1, 20_001, "0.00"),
        ] {
            assert_eq!(Percent::of(part, whole).unwrap().to_string(), expected, "{part}/{whole}");
        }
        assert_eq!(Percent::of(0, 0), None);
    }

    #[test]
    fn figures_add_up_to_the_total_and_name_what_was_cut_and_what_is_missing() {
        let area = AreaCode::new(331_123).unwrap();
        let packs: Vec<Pack> = packs::shipped().iter().map(|(_, text)| Pack::parse(text).unwrap()).collect();
        let cycle = cycle_named(&packs, area, "2016-2020").unwrap();
        let rules = CycleRules::new(&packs, area, cycle, cycle.to()).unwrap();
        let entry = |key: i64, day: &str, route: Route, hours: i32, block: Option<i64>| EntryFacts {
            key,
            effective: day.parse::<NaiveDate>().unwrap(),
            sequence: key,
            route,
            form: DeliveryForm::Lecture,
            level: Level::County,
            themes: Vec::new(),
            block,
            credited: Hours::whole(hours),
            nominal: Hours::whole(hours),
            practice: Hours::ZERO,
            corrects: None,
            part_of: None,
            provider: crate::policy::Provider::Reviewed,
            misconduct: false,
            certified_elsewhere: false,
            activity: None,
            recognised: None,
            dated: Vec::new(),
            days: None,
        };
        let entries = [
            entry(1, "2016-05-01", Route::SchoolBased, 30, None),
            entry(2, "2016-06-01", Route::SelfSelected, 30, None),
            entry(3, "2018-06-01", Route::Mandated, 90, Some(1)),
        ];
        let evaluation = evaluate(&rules, &PersonFacts::default(), &entries);
        let figures = figures(&rules, &evaluation, &entries);
        assert_eq!(figures.by_route.of(Route::SchoolBased), Hours::whole(24));
        assert_eq!(figures.by_route.of(Route::Mandated), Hours::whole(90));
        assert_eq!(Route::ALL.iter().map(|route| figures.by_route.of(*route)).sum::<Hours>(), evaluation.total);
        assert_eq!(figures.by_year, [54, 0, 90, 0, 0].map(Hours::whole));
        let [cut] = figures.cuts.as_slice() else { panic!("{:?}", figures.cuts) };
        assert_eq!((cut.entries, cut.hours), (1, Hours::whole(6)));
        assert_eq!(rules.rule(cut.rule).unwrap().rule.id, "school_based.cap.year");
        assert_eq!(figures.block.unwrap().verdict, Verdict::Met);
        assert!(figures.unmet.iter().any(|one| one.missing == Hours::whole(360 - 144)));
        assert!(figures.unmet.iter().all(|one| one.verdict > Verdict::Waived));
    }

    /// Persons who met and who failed, by row; what is hidden.
    fn check(rows: &[[u32; 2]], groups: &[Vec<usize>], expected: &[usize]) {
        let cells: Vec<Vec<u32>> = rows.iter().map(|[met, failed]| vec![met + failed, *met, *failed]).collect();
        let hidden = hidden_rows(&cells, groups, &[]);
        let places: Vec<usize> = (0..rows.len()).filter(|place| hidden[*place]).collect();
        assert_eq!(places, expected, "{rows:?}");
    }

    #[test]
    fn no_small_number_can_be_read_or_worked_out_by_subtraction() {
        let all = |count: usize| vec![(0..count).collect::<Vec<_>>()];
        check(&[[40, 0], [30, 9]], &all(2), &[]);
        // One small row alone would be the total less the others: the next smallest goes with it.
        check(&[[40, 8], [12, 2], [30, 9]], &all(3), &[1, 2]);
        // Two hidden rows hide each other where together they are many.
        check(&[[40, 8], [12, 3], [12, 2]], &all(3), &[1, 2]);
        // Together still small: a third goes.
        check(&[[40, 8], [12, 1], [12, 2]], &all(3), &[0, 1, 2]);
        // A group of its own is protected by itself; rows without anybody protect nothing.
        check(&[[40, 8], [12, 2], [30, 9], [0, 0]], &[vec![0, 1, 3], vec![2], vec![0, 1, 2, 3]], &[0, 1]);
        check(&[[3, 0]], &all(1), &[0]);
        check(&[], &[], &[]);
        assert_eq!(hidden_rows(&[vec![40], vec![50]], &[], &[1]), [false, true]);
    }
}
