//! The cycle 2016–2020 of a planned county, added up by hand: no rule document, no evaluator, only the figures of the county
//! as a clerk would have them on a sheet of paper. All hours are hundredths.

use chrono::{Datelike, NaiveDate};
use shixun_api::demo::{
    Plan,
    plan::{Entry, Teacher},
};
use shixun_domain::words::{DeliveryForm, Post, Route};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Met,
    NotYet,
    Failed,
}

/// One teacher's cycle.
#[derive(Debug)]
pub struct Sum {
    pub owed: i64,
    /// Before the caps.
    pub earned: i64,
    pub counted: i64,
    pub lacks_block: bool,
    pub thin_years: usize,
    pub verdict: Verdict,
}

/// Teachers together.
#[derive(Debug, Default)]
pub struct Tally {
    pub teachers: usize,
    pub met: usize,
    pub not_yet: usize,
    pub failed: usize,
    pub owed: i64,
    pub counted: i64,
    pub missing: i64,
}

impl Tally {
    fn add(&mut self, sum: &Sum) {
        self.teachers += 1;
        match sum.verdict {
            Verdict::Met => self.met += 1,
            Verdict::NotYet => self.not_yet += 1,
            Verdict::Failed => self.failed += 1,
        }
        self.owed += sum.owed;
        self.counted += sum.counted;
        self.missing += (sum.owed - sum.counted).max(0);
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The 60 months of the cycle: first and last day.
fn months() -> impl Iterator<Item = (NaiveDate, NaiveDate)> {
    (2016..=2020).flat_map(|year| (1..=12).map(move |month| (year, month))).map(|(year, month)| {
        let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
        (first, NaiveDate::from_ymd_opt(next.0, next.1, 1).unwrap().pred_opt().unwrap())
    })
}

/// The county, and each school by its place in the plan.
pub fn county(plan: &Plan) -> (Tally, BTreeMap<usize, Tally>) {
    let (mut all, mut schools) = (Tally::default(), BTreeMap::new());
    let mut mine: BTreeMap<usize, Vec<&Entry>> = BTreeMap::new();
    for entry in &plan.entries {
        mine.entry(entry.teacher).or_default().push(entry);
    }
    for (place, teacher) in plan.teachers.iter().enumerate() {
        if let Some(school) = teacher.school_on(day("2020-12-31")) {
            let sum = add_up(teacher, mine.get(&place).map(Vec::as_slice).unwrap_or_default());
            all.add(&sum);
            schools.entry(school).or_insert_with(Tally::default).add(&sum);
        }
    }
    (all, schools)
}

/// One teacher of the plan; none where not employed when the cycle ended.
pub fn teacher(plan: &Plan, place: usize) -> Option<Sum> {
    let teacher = &plan.teachers[place];
    teacher.school_on(day("2020-12-31"))?;
    // Entries lie teacher by teacher.
    let first = plan.entries.partition_point(|entry| entry.teacher < place);
    let mine: Vec<&Entry> = plan.entries[first..].iter().take_while(|entry| entry.teacher == place).collect();
    Some(add_up(teacher, &mine))
}

fn add_up(teacher: &Teacher, entries: &[&Entry]) -> Sum {
    let (cycle_from, cycle_to) = (day("2016-01-01"), day("2020-12-31"));
    let retiring = teacher.retires_on.filter(|on| *on <= cycle_to).is_some();
    let owes_from = teacher.probation_ends_on.succ_opt().unwrap();
    let owes_to = if retiring { teacher.retires_on.unwrap() } else { cycle_to };
    let owing: Vec<_> = months().filter(|(first, last)| owes_from <= *first && *last <= owes_to).collect();
    // 360 in five years are 6 a month; who retires in the cycle owes 48 a year, 4 a month.
    let owed = owing.len() as i64 * if retiring { 400 } else { 600 };

    let mut earned = 0;
    let mut school_room = if retiring { i64::MAX } else { owed / 3 };
    let (mut counted, mut thin_years) = (0, 0);
    for year in 2016..=2020 {
        let (mut school, mut online, mut ethics, mut short, mut rest) = (0, 0, 0, 0, 0);
        for entry in entries.iter().filter(|entry| entry.on.year() == year) {
            let hours = entry.standing().hundredths();
            match (entry.theme, entry.route, entry.form) {
                ("new_teacher", ..) => continue,
                // Half counts since September 2016, and nobody planned here began earlier.
                ("head_qualification", ..) => rest += hours / 2,
                (_, Route::SchoolBased, _) => school += hours,
                (_, _, DeliveryForm::Online) => online += hours,
                ("ethics", ..) => ethics += hours,
                (_, _, DeliveryForm::Topical) if retiring && !entry.block => short += hours,
                _ => rest += hours,
            }
            earned += if entry.theme == "head_qualification" { hours / 2 } else { hours };
        }
        // School-based 24 a year, and a third of what the person owes in the cycle, the earlier years first.
        let school = school.min(2_400).min(school_room);
        school_room -= school;
        let of_year = school + online.min(1_000) + ethics.min(1_600) + short.min(2_400) + rest;
        counted += of_year;
        // 48 a year, 4 a month; half a year away waives it.
        let floor = owing.iter().filter(|(first, _)| first.year() == year).count() as i64 * 400;
        let away =
            months().filter(|(first, last)| first.year() == year && teacher.is_away(*first) && teacher.is_away(*last));
        thin_years += usize::from(of_year < floor && away.count() < 6);
    }

    let blocks = entries.iter().filter(|entry| entry.block && entry.theme == "subject");
    let has_block = blocks
        .filter(|entry| entry.on >= cycle_from && entry.on <= cycle_to)
        .any(|entry| entry.standing().hundredths() >= 9_000);
    let lacks_block = !retiring && owing.len() >= 36 && !has_block;
    let mut verdict = Verdict::Met;
    if counted < owed || lacks_block || thin_years > 0 {
        verdict = Verdict::Failed;
    }
    let new_teacher = teacher.probation_ends_on >= cycle_from && teacher.entered_on <= cycle_to;
    if new_teacher {
        let probation = entries.iter().filter(|entry| entry.theme == "new_teacher" && entry.on <= cycle_to);
        let (hours, practice) = probation.fold((0, 0), |(hours, practice), entry| {
            (hours + entry.standing().hundredths(), practice + entry.practice.hundredths())
        });
        if hours < 18_000 || practice < 8_000 {
            let open = teacher.probation_ends_on > cycle_to && verdict == Verdict::Met;
            verdict = if open { Verdict::NotYet } else { Verdict::Failed };
        }
    }
    let new_head =
        teacher.post.filter(|post| post.post == Post::Head && post.from >= cycle_from && post.from <= cycle_to);
    if let Some(post) = new_head {
        let until = NaiveDate::from_ymd_opt(post.from.year() + 1, post.from.month(), post.from.day()).unwrap();
        let course: Vec<_> = entries
            .iter()
            .filter(|entry| entry.theme == "head_qualification" && entry.on >= post.from && entry.on < until)
            .collect();
        let hours = |wanted: &dyn Fn(&Entry) -> bool| -> i64 {
            course.iter().filter(|entry| wanted(entry)).map(|entry| entry.standing().hundredths()).sum()
        };
        if hours(&|_| true) < 30_000 || hours(&|entry| entry.block) < 9_000 {
            verdict = Verdict::Failed;
        }
    }
    Sum { owed, earned, counted, lacks_block, thin_years, verdict }
}
