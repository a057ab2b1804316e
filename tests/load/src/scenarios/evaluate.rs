//! The evaluator by itself: 10,000 teachers with 200 entries each, on two threads.

use crate::{
    fault::{Outcome, fault},
    report::{Bound, Report, Row},
    seed::AREA,
    stats::median,
};
use chrono::{Days, NaiveDate};
use shixun_domain::{
    AreaCode, Hours, Theme,
    policy::{CycleRules, EntryFacts, Pack, PersonFacts, Provider, cycle_named, evaluate, packs::shipped},
    words::{DeliveryForm, Level, Route},
};
use std::time::Instant;

const TEACHERS: usize = 10_000;
const ENTRIES: i64 = 200;
const THREADS: usize = 2;

/// Judges everybody under the packs shipped for the county, three times.
pub fn run(report: &mut Report) -> Outcome<()> {
    let area = AreaCode::new(AREA)?;
    let packs = shipped().iter().map(|(_, document)| Pack::parse(document)).collect::<Result<Vec<_>, _>>()?;
    let Some(cycle) = cycle_named(&packs, area, "2016-2020") else { return fault("no cycle 2016-2020") };
    let rules = CycleRules::new(&packs, area, cycle, cycle.to())?;
    let mut people = Vec::with_capacity(TEACHERS);
    for teacher in 0..TEACHERS {
        people.push(entries(i64::try_from(teacher)?, cycle.from())?);
    }
    let person = PersonFacts::default();
    let mut seconds = Vec::new();
    let mut exact = 0;
    for _ in 0..3 {
        let begun = Instant::now();
        exact = std::thread::scope(|scope| {
            let halves = people.chunks(TEACHERS.div_ceil(THREADS));
            let judge =
                |half: &[Vec<EntryFacts>]| half.iter().filter(|own| evaluate(&rules, &person, own).exact).count();
            let threads: Vec<_> = halves.map(|half| scope.spawn(move || judge(half))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or(0)).sum()
        });
        seconds.push(begun.elapsed().as_secs_f64());
    }
    let seconds = median(seconds);
    report.check("evaluate", "", "seconds", Bound::Below, 2.0, seconds);
    report.add(Row {
        scenario: "evaluate".into(),
        seconds: Some(seconds),
        note: format!("{TEACHERS} teachers × {ENTRIES} entries on {THREADS} threads, {exact} counted exactly"),
        ..Row::default()
    });
    Ok(())
}

/// 200 entries spread over the cycle, of every route, form, level and theme that the packs know.
fn entries(teacher: i64, from: NaiveDate) -> Outcome<Vec<EntryFacts>> {
    let themes: Vec<Theme> = Theme::KNOWN.iter().map(|(word, ..)| word.parse()).collect::<Result<_, _>>()?;
    fn pick<T: Copy>(list: &[T], number: i64) -> Outcome<T> {
        let place = usize::try_from(number)? % list.len().max(1);
        list.get(place).copied().ok_or_else(|| "an empty list".into())
    }
    (0..ENTRIES)
        .map(|number| {
            let mixed = teacher * 31 + number * 17;
            let hours = Hours::from_hundredths(100 + mixed * 7 % 900);
            let days = Days::new(u64::try_from((number * 9 + teacher) % 1_826)?);
            let effective = from.checked_add_days(days);
            Ok(EntryFacts {
                key: number,
                effective: effective.ok_or("a day beyond the calendar")?,
                sequence: number,
                route: pick(Route::ALL, mixed)?,
                form: pick(DeliveryForm::ALL, mixed / 3)?,
                themes: vec![pick(&themes, mixed / 5)?],
                level: pick(Level::ALL, mixed / 7)?,
                block: (number % 20 == 0).then_some(number / 40),
                credited: hours,
                nominal: hours,
                practice: Hours::ZERO,
                corrects: None,
                part_of: None,
                provider: Provider::Reviewed,
                misconduct: false,
                certified_elsewhere: false,
                activity: None,
                recognised: None,
                dated: Vec::new(),
                days: None,
            })
        })
        .collect()
}
