//! Sums over persons, and what of them a reader outside the county sees.

use super::wire::{
    CompletionTallyView, CutTallyView, RouteTallyView, SettingTallyView, StageTallyView, VerdictTallyView,
};
use crate::{
    ledger::{rules, standing::Tally},
    wire::{OneOf, Text},
};
use shixun_domain::{
    Hours,
    policy::{CycleRules, RuleKey, Verdict},
    reports::{Figures, Percent, hidden_rows},
    words::{Route, Setting, Stage},
};
use shixun_persistence::reports::SchoolRow;
use std::collections::BTreeMap;

/// The cells of a tally that count persons.
fn cells(tally: &Tally) -> Vec<u32> {
    vec![tally.teachers, tally.met, tally.warn, tally.not_yet, tally.failed]
}

/// The rows to hide from an outsider; none from the county's own readers.
fn hidden(outsider: bool, rows: &[Vec<u32>], groups: &[Vec<usize>]) -> Vec<bool> {
    if outsider { hidden_rows(rows, groups, &[]) } else { vec![false; rows.len()] }
}

/// A tally on its own, hidden from an outsider where it has a small number.
pub(super) fn alone(outsider: bool, tally: &Tally) -> CompletionTallyView {
    let [hide] = hidden(outsider, &[cells(tally)], &[vec![0]])[..] else { return view(tally, true) };
    view(tally, hide)
}

/// The figures of a tally.
pub(super) fn view(tally: &Tally, hidden: bool) -> CompletionTallyView {
    let count = |number: u32| (!hidden).then_some(number);
    let hours = |hours: Hours| (!hidden).then_some(Text(hours));
    let passed = Percent::of(i64::from(tally.met) + i64::from(tally.warn), tally.teachers.into());
    CompletionTallyView {
        hidden,
        teachers: count(tally.teachers),
        met: count(tally.met),
        warn: count(tally.warn),
        not_yet: count(tally.not_yet),
        failed: count(tally.failed),
        passed_percent: passed.filter(|_| !hidden).map(Text),
        owed: hours(tally.owed),
        counted: hours(tally.counted),
        carried_over: hours(tally.carried),
        missing: hours(tally.missing),
        counted_average: tally.counted.share(1, tally.teachers.into()).and_then(hours),
    }
}

/// The tallies of a county's schools with what is hidden of them. A row may be subtracted from the county's, its stage's and
/// its setting's total, so that each of these is protected; and the schools of a stage or setting whose total is hidden are
/// hidden too, because they add up to it.
pub(super) fn of_schools(outsider: bool, schools: &[(SchoolRow, Tally)]) -> Vec<CompletionTallyView> {
    if !outsider {
        return schools.iter().map(|(_, tally)| view(tally, false)).collect();
    }
    let rows: Vec<Vec<u32>> = schools.iter().map(|(_, tally)| cells(tally)).collect();
    let stages = places_by(schools, |school| school.stage);
    let settings = places_by(schools, |school| school.setting);
    let mut forced = Vec::new();
    for groups in [&stages, &settings] {
        let totals: Vec<Vec<u32>> = groups
            .iter()
            .map(|group| {
                let mut sum = Tally::default();
                group.iter().filter_map(|place| schools.get(*place)).for_each(|(_, tally)| sum.join(tally));
                cells(&sum)
            })
            .collect();
        let hidden = hidden_rows(&totals, &[(0..totals.len()).collect()], &[]);
        forced.extend(groups.iter().zip(hidden).filter(|(_, hidden)| *hidden).flat_map(|(group, _)| group));
    }
    let mut groups = vec![(0..schools.len()).collect()];
    groups.extend(stages.iter().cloned().chain(settings.iter().cloned()));
    let hidden = hidden_rows(&rows, &groups, &forced);
    schools.iter().zip(hidden).map(|((_, tally), hidden)| view(tally, hidden)).collect()
}

/// The places of the schools by key, in the order of the keys; what has none comes last.
fn places_by<K: Ord>(schools: &[(SchoolRow, Tally)], key: impl Fn(&SchoolRow) -> Option<K>) -> Vec<Vec<usize>> {
    let mut places: BTreeMap<(bool, Option<K>), Vec<usize>> = BTreeMap::new();
    for (place, (school, _)) in schools.iter().enumerate() {
        let key = key(school);
        places.entry((key.is_none(), key)).or_default().push(place);
    }
    places.into_values().collect()
}

/// One row a stage, in the order of the stages.
pub(super) fn by_stage(outsider: bool, schools: &[(SchoolRow, Tally)]) -> Vec<StageTallyView> {
    let rows = summed(outsider, schools, |school| school.stage);
    let view =
        |(stage, schools, tally): (Option<Stage>, u32, _)| StageTallyView { stage: stage.map(OneOf), schools, tally };
    rows.into_iter().map(view).collect()
}

/// One row a setting, in the order of the settings.
pub(super) fn by_setting(outsider: bool, schools: &[(SchoolRow, Tally)]) -> Vec<SettingTallyView> {
    let rows = summed(outsider, schools, |school| school.setting);
    let view = |(setting, schools, tally): (Option<Setting>, u32, _)| SettingTallyView {
        setting: setting.map(OneOf),
        schools,
        tally,
    };
    rows.into_iter().map(view).collect()
}

/// Sums by key; what has none comes last.
fn summed<K: Ord + Copy>(
    outsider: bool,
    schools: &[(SchoolRow, Tally)],
    key: impl Fn(&SchoolRow) -> Option<K>,
) -> Vec<(Option<K>, u32, CompletionTallyView)> {
    let mut sums: BTreeMap<(bool, Option<K>), (u32, Tally)> = BTreeMap::new();
    for (school, tally) in schools {
        let key = key(school);
        let (count, sum) = sums.entry((key.is_none(), key)).or_default();
        *count += 1;
        sum.join(tally);
    }
    let rows: Vec<Vec<u32>> = sums.values().map(|(_, tally)| cells(tally)).collect();
    let hidden = hidden(outsider, &rows, &[(0..rows.len()).collect()]);
    sums.into_iter().zip(hidden).map(|(((_, key), (count, sum)), hidden)| (key, count, view(&sum, hidden))).collect()
}

/// The verdicts of a tally that is shown.
pub(super) fn by_verdict(all: &CompletionTallyView) -> Vec<VerdictTallyView> {
    let of = |verdict: Verdict, teachers: Option<u32>| VerdictTallyView {
        verdict: OneOf(verdict),
        teachers,
        percent: teachers.zip(all.teachers).and_then(|(part, whole)| Percent::of(part.into(), whole.into())).map(Text),
    };
    vec![
        of(Verdict::Met, all.met),
        of(Verdict::Warn, all.warn),
        of(Verdict::NotYet, all.not_yet),
        of(Verdict::Failed, all.failed),
    ]
}

/// Hours that count by route.
pub(super) fn by_route<'a>(outsider: bool, persons: impl Iterator<Item = &'a Figures>) -> Vec<RouteTallyView> {
    let mut sums: Vec<(Route, u32, Hours)> = Route::ALL.iter().map(|route| (*route, 0, Hours::ZERO)).collect();
    for figures in persons {
        for (route, teachers, hours) in &mut sums {
            let own = figures.by_route.of(*route);
            *teachers += u32::from(own != Hours::ZERO);
            *hours = hours.plus(own);
        }
    }
    let whole: Hours = sums.iter().map(|(_, _, hours)| *hours).sum();
    let rows: Vec<Vec<u32>> = sums.iter().map(|(_, teachers, _)| vec![*teachers]).collect();
    let hidden = hidden(outsider, &rows, &[(0..rows.len()).collect()]);
    sums.into_iter()
        .zip(hidden)
        .map(|((route, teachers, hours), hidden)| RouteTallyView {
            route: OneOf(route),
            hidden,
            teachers: (!hidden).then_some(teachers),
            counted: (!hidden).then_some(Text(hours)),
            percent: Percent::of(hours.hundredths(), whole.hundredths()).filter(|_| !hidden).map(Text),
        })
        .collect()
}

/// What each rule cut, the most hours first.
pub(super) fn cuts<'a>(
    outsider: bool,
    persons: impl Iterator<Item = (&'a CycleRules, &'a Figures)>,
) -> Vec<CutTallyView> {
    let mut sums: BTreeMap<RuleKey, (u32, u32, Hours)> = BTreeMap::new();
    let cuts =
        persons.flat_map(|(rules, figures)| figures.cuts.iter().filter_map(|cut| Some((rules.key(cut.rule)?, cut))));
    for (rule, cut) in cuts {
        let (teachers, entries, hours) = sums.entry(rule).or_default();
        *teachers += 1;
        *entries += cut.entries;
        *hours = hours.plus(cut.hours);
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    // Equal sums stay in the order of the rules.
    sums.sort_by_key(|(_, (_, _, hours))| std::cmp::Reverse(*hours));
    let rows: Vec<Vec<u32>> = sums.iter().map(|(_, (teachers, ..))| vec![*teachers]).collect();
    let hidden = hidden(outsider, &rows, &[]);
    sums.into_iter()
        .zip(hidden)
        .map(|((key, (teachers, entries, hours)), hidden)| CutTallyView {
            rule: rules::name(&key),
            name_zh: key.rule.zh.clone(),
            name_en: key.rule.en.clone(),
            hidden,
            teachers: (!hidden).then_some(teachers),
            entries: (!hidden).then_some(entries),
            hours: (!hidden).then_some(Text(hours)),
        })
        .collect()
}
