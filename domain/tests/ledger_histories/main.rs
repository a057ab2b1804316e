//! Random histories of a ledger (posts, reversals, replacements, a change of rules) against a model that knows no evaluator: what
//! stands is kept in a map, and what counts is the greatest flow through a network of pipes whose widths are the caps.
//!
//! A course is school-based, online, topical or none of them, so that the caps on kinds form a tree; ethics crosses them all. Such
//! caps are a network: from the source through the cycle's and the year's pipe of the kind to the course, and on through the year's and
//! the cycle's pipe of ethics to the sink.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod flow;

use chrono::{Datelike, NaiveDate};
use flow::{Caps, FREE, Rules};
use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};
use shixun_domain::{
    AreaCode, DeliveryForm, Hours, Level, Route,
    ledger::{Amounts, EntryKind, Factor, Figures, Step, correct, follow},
    policy::{
        CycleRules, EntryFacts, Evaluation, Pack, Period, PersonFacts, Provider, Verdict, cycle_named, evaluate,
        packs::shipped,
    },
};
use std::collections::BTreeMap;

/// What a course is, by the caps on kinds.
const KINDS: [(Route, DeliveryForm); 4] = [
    (Route::SelfSelected, DeliveryForm::Lecture),
    (Route::SchoolBased, DeliveryForm::SchoolBased),
    (Route::SelfSelected, DeliveryForm::Online),
    (Route::Mandated, DeliveryForm::Topical),
];

/// A course in plain numbers.
#[derive(Debug, Clone, PartialEq)]
struct Course {
    year: i32,
    month: u32,
    kind: usize,
    ethics: bool,
    /// 0 neither, 1 new teachers, 2 qualification of heads.
    other: usize,
    block: bool,
    /// 0 ordinary, 1 misconduct, 2 without consent, 3 certified elsewhere.
    mark: usize,
    hundredths: i64,
}

impl Course {
    fn on(&self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.month, 1).unwrap()
    }

    fn facts(&self, key: i64) -> EntryFacts {
        let (route, form) = KINDS[self.kind];
        let mut themes = Vec::new();
        if self.ethics {
            themes.push("ethics".parse().unwrap());
        }
        if self.other > 0 {
            themes.push(["new_teacher", "head_qualification"][self.other - 1].parse().unwrap());
        }
        let hours = Hours::from_hundredths(self.hundredths);
        EntryFacts {
            key,
            effective: self.on(),
            sequence: key,
            route,
            form,
            themes,
            level: Level::County,
            block: self.block.then_some(key),
            credited: hours,
            nominal: hours,
            practice: Hours::ZERO,
            corrects: None,
            part_of: None,
            provider: match self.mark {
                2 => Provider::Unreviewed { consent_on: None, starts_on: self.on() },
                _ => Provider::Reviewed,
            },
            misconduct: self.mark == 1,
            certified_elsewhere: self.mark == 3,
            activity: None,
            recognised: None,
            dated: Vec::new(),
            days: None,
        }
    }
}

/// What happens to a ledger.
#[derive(Debug, Clone)]
enum Event {
    Post(Course),
    /// One of those that stand is taken back.
    Reverse(Index),
    /// One of those that stand is taken back and another amount stands in its place.
    Mend(Index, i64),
}

fn course() -> impl Strategy<Value = Course> {
    let mark = prop_oneof![6 => Just(0_usize), 1 => 1_usize..4];
    let other = prop_oneof![6 => Just(0_usize), 1 => 1_usize..3];
    (2016..=2020, 1_u32..=12, 0_usize..4, any::<bool>(), other, any::<bool>(), mark, 1_i64..6_000).prop_map(
        |(year, month, kind, ethics, other, block, mark, hundredths)| Course {
            year,
            month,
            kind,
            ethics,
            other,
            block,
            mark,
            hundredths,
        },
    )
}

fn history() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        4 => course().prop_map(Event::Post),
        1 => any::<Index>().prop_map(Event::Reverse),
        1 => (any::<Index>(), 1_i64..6_000).prop_map(|(which, hundredths)| Event::Mend(which, hundredths)),
    ];
    prop::collection::vec(event, 1..40)
}

/// The ledger as rows, and beside it the model: what stands, by number.
#[derive(Default)]
struct Ledger {
    rows: Vec<(EntryKind, Option<usize>, Amounts)>,
    standing: BTreeMap<usize, Course>,
}

fn amounts(hundredths: i64) -> Amounts {
    let hours = Hours::from_hundredths(hundredths);
    Amounts::new(hours, hours, Factor::ONE, Hours::ZERO).unwrap()
}

impl Ledger {
    fn append(&mut self, kind: EntryKind, refers_to: Option<usize>, amounts: Amounts) -> usize {
        self.rows.push((kind, refers_to, amounts));
        self.rows.len() - 1
    }

    fn successor(&self, of: usize) -> Option<EntryKind> {
        self.rows.iter().find(|(_, refers_to, _)| *refers_to == Some(of)).map(|(kind, ..)| *kind)
    }

    fn step(&self, of: usize, step: Step) -> EntryKind {
        follow(self.rows[of].0, self.successor(of), step, Some("错")).unwrap()
    }

    /// Gives what was posted and what was taken back.
    fn happen(&mut self, event: &Event) -> (Option<usize>, Option<(usize, Course)>) {
        let (which, replacement) = match event {
            Event::Post(course) => {
                let number = self.append(EntryKind::Posted, None, amounts(course.hundredths));
                self.standing.insert(number, course.clone());
                return (Some(number), None);
            }
            Event::Reverse(which) => (which, None),
            Event::Mend(which, hundredths) => (which, Some(*hundredths)),
        };
        if self.standing.is_empty() {
            return (None, None);
        }
        let number = *self.standing.keys().nth(which.index(self.standing.len())).unwrap();
        let wrong = self.standing[&number].clone();
        let replacement = replacement.filter(|hundredths| *hundredths != wrong.hundredths);
        let figures = |hundredths| Figures { amounts: amounts(hundredths), days: None };
        let correction = correct(&figures(wrong.hundredths), replacement.map(figures), false).unwrap();
        assert_eq!(correction.net.hundredths(), replacement.unwrap_or(0) - wrong.hundredths);
        let kind = self.step(number, Step::Reverse);
        let reversal = self.append(kind, Some(number), correction.reversal);
        assert!(follow(self.rows[number].0, self.successor(number), Step::Reverse, Some("错")).is_err(), "twice");
        self.standing.remove(&number);
        let posted = replacement.map(|hundredths| {
            let kind = self.step(reversal, Step::Replace);
            let number = self.append(kind, Some(reversal), amounts(hundredths));
            self.standing.insert(number, Course { hundredths, ..wrong.clone() });
            number
        });
        (posted, Some((number, wrong)))
    }

    fn facts(&self) -> Vec<EntryFacts> {
        self.standing.iter().map(|(number, course)| course.facts(i64::try_from(*number).unwrap())).collect()
    }

    /// The hours of all rows, reversals being below nothing.
    fn net(&self) -> i64 {
        self.rows.iter().map(|(_, _, amounts)| amounts.credited.hundredths()).sum()
    }
}

fn area() -> AreaCode {
    AreaCode::new(331_123).unwrap()
}

fn compiled(packs: &[Pack]) -> CycleRules {
    let cycle = cycle_named(packs, area(), "2016-2020").unwrap();
    CycleRules::new(packs, area(), cycle, cycle.to()).unwrap()
}

fn shipped_packs() -> Vec<Pack> {
    shipped().iter().map(|(_, document)| Pack::parse(document).unwrap()).collect()
}

/// The shipped rules of 遂昌, from reading them: 24 school-based hours a year and a third of 360 in the cycle, 10 and 50 online, 16
/// and 80 of ethics. Who retires in the cycle has no third, but 24 and 120 hours of short courses outside blocks.
fn shipped_rules(retiring: bool) -> Rules {
    let caps = |year: i64, cycle: i64| Caps { year: Some(100 * year), cycle: Some(100 * cycle) };
    let school = if retiring { Caps { year: Some(2_400), cycle: None } } else { caps(24, 120) };
    let short = if retiring { caps(24, 120) } else { FREE };
    let all = [FREE, school, caps(10, 50), short, caps(16, 80)];
    Rules { caps: [all, all], change: 2021, factors: true, block_is_free: [false, false, false, true] }
}

fn cited(value: impl ToString) -> Value {
    json!({"value": value.to_string(), "source": "S", "article": "a", "confidence": "I"})
}

const FAMILIES: [(&str, &str); 5] = [
    ("plain", r#"{"forms": ["lecture"]}"#),
    ("school", r#"{"routes": ["school_based"]}"#),
    ("online", r#"{"forms": ["online"]}"#),
    ("topical", r#"{"forms": ["topical"]}"#),
    ("ethics", r#"{"themes": ["ethics"]}"#),
];

/// A small pack with these caps; the second edition is in force from the year of the change.
fn small(rules: &Rules, version: usize) -> Pack {
    let mut written =
        vec![json!({"id": "total.cycle", "zh": "总", "en": "total", "rule": {"total": {"hours": cited(360)}}})];
    for (place, (name, of)) in FAMILIES.iter().enumerate() {
        let Caps { year, cycle } = rules.caps[version][place];
        for (period, hundredths) in [("year", year), ("cycle", cycle)] {
            if let Some(hundredths) = hundredths {
                let of: Value = serde_json::from_str(of).unwrap();
                let cap = json!({"of": of, "period": period, "hours": cited(Hours::from_hundredths(hundredths))});
                written.push(json!({"id": format!("{name}.{period}"), "zh": "限", "en": "cap", "rule": {"cap": cap}}));
            }
        }
    }
    let from = if version == 0 { "2016-01-01".to_owned() } else { format!("{}-01-01", rules.change) };
    let document = json!({
        "code": "SMALL", "version": version + 1, "area": "330000", "valid": {"from": from}, "zh": "试", "en": "trial",
        "sources": {"S": {"title": "s"}}, "cycle": {"anchor": cited("2016-01-01"), "years": cited(5)}, "rules": written,
    });
    Pack::parse(&document.to_string()).unwrap()
}

/// The widths of a cap in both editions.
type Width = Option<(i64, i64)>;

/// Caps of both editions: a cap is in both or in none, with amounts of their own.
fn small_rules() -> impl Strategy<Value = Rules> {
    let width = || prop_oneof![1 => Just(None), 2 => (0_i64..9_000, 0_i64..9_000).prop_map(Some)];
    (prop::collection::vec((width(), width()), 5), 2017..=2020).prop_map(|(widths, change)| {
        let caps = |version: usize| {
            let of = |two: Width| two.map(|(first, second)| if version == 0 { first } else { second });
            std::array::from_fn(|family| {
                let (year, cycle): (Width, Width) = widths[family];
                Caps { year: of(year), cycle: of(cycle) }
            })
        };
        Rules { caps: [caps(0), caps(1)], change, factors: false, block_is_free: [false; 4] }
    })
}

/// What may not depend on how it came about.
fn essence(evaluation: &Evaluation) -> impl PartialEq + std::fmt::Debug + use<> {
    let mut entries: Vec<(i64, Hours)> = evaluation.entries.iter().map(|entry| (entry.key, entry.counted)).collect();
    entries.sort_unstable();
    let (total, missing, verdict) = (evaluation.total, evaluation.missing, evaluation.verdict);
    (entries, total, missing, verdict, evaluation.years.clone(), evaluation.requirements.clone())
}

/// Lives through a history and compares with the model after each event.
fn live(
    history: &[Event],
    compiled: &CycleRules,
    rules: &Rules,
    person: &PersonFacts,
) -> Result<Ledger, TestCaseError> {
    let mut ledger = Ledger::default();
    let judge = |ledger: &Ledger| evaluate(compiled, person, &ledger.facts());
    let mut before = judge(&ledger);
    for event in history {
        let (posted, taken) = ledger.happen(event);
        let now = judge(&ledger);
        prop_assert_eq!(now.total.hundredths(), rules.count(ledger.standing.values()), "after {:?}", event);
        prop_assert!(now.exact);
        let earned: i64 = ledger.standing.values().map(|course| course.hundredths).sum();
        prop_assert_eq!(ledger.net(), earned, "the rows add up to what stands");
        match (posted, taken) {
            (Some(_), None) => prop_assert!(now.total >= before.total, "hours were added"),
            (None, Some(_)) => prop_assert!(now.total <= before.total, "hours were taken back"),
            _ => {}
        }
        before = now;
    }
    Ok(ledger)
}

/// Order, restoring, and that taking back by a row below nothing is the same as leaving out.
fn settles(
    ledger: &Ledger,
    compiled: &CycleRules,
    person: &PersonFacts,
    turn: usize,
    more: &Course,
) -> Result<(), TestCaseError> {
    let facts = ledger.facts();
    let now = evaluate(compiled, person, &facts);
    let mut turned = facts.clone();
    if !turned.is_empty() {
        let length = turned.len();
        turned.rotate_left(turn % length);
        turned.swap(0, turn % length);
    }
    prop_assert_eq!(essence(&evaluate(compiled, person, &turned)), essence(&now), "the order of arrival");

    let mut later = Ledger { rows: ledger.rows.clone(), standing: ledger.standing.clone() };
    let posted = later.happen(&Event::Post(more.clone())).0.unwrap();
    let with = evaluate(compiled, person, &later.facts());
    prop_assert!(with.total >= now.total);
    let given = more.facts(i64::try_from(posted).unwrap());
    let negative = Hours::from_hundredths(-given.credited.hundredths());
    let back = EntryFacts {
        key: given.key + 1,
        sequence: given.key + 1,
        credited: negative,
        nominal: negative,
        corrects: Some(given.key),
        ..given.clone()
    };
    let netted = evaluate(compiled, person, &[facts.clone(), vec![back, given]].concat());
    prop_assert_eq!((netted.total, netted.missing, netted.verdict), (now.total, now.missing, now.verdict));
    // The newest that stands is the one just posted.
    let place = later.standing.keys().position(|number| *number == posted).unwrap();
    let kind = later.step(posted, Step::Reverse);
    later.append(kind, Some(posted), amounts(more.hundredths).reversed());
    prop_assert_eq!(place, later.standing.len() - 1);
    later.standing.remove(&posted);
    prop_assert_eq!(essence(&evaluate(compiled, person, &later.facts())), essence(&now), "a reversal restores");
    prop_assert_eq!(later.net(), ledger.net());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn under_the_shipped_packs_every_history_counts_what_flows_through_the_caps(
        history in history(), retiring in any::<bool>(), turn in 0_usize..40, more in course(),
    ) {
        let compiled = compiled(&shipped_packs());
        let retires_on = retiring.then(|| NaiveDate::from_ymd_opt(2020, 12, 31).unwrap());
        let person = PersonFacts { retires_on, ..PersonFacts::default() };
        let rules = shipped_rules(retiring);
        let ledger = live(&history, &compiled, &rules, &person)?;
        settles(&ledger, &compiled, &person, turn, &more)?;
        let judged = evaluate(&compiled, &person, &ledger.facts());
        let owed = if retiring { 24_000 } else { 36_000 };
        prop_assert_eq!(judged.required.map(Hours::hundredths), Some(owed));
        prop_assert_eq!(judged.missing.hundredths(), (owed - judged.total.hundredths()).max(0));
    }

    #[test]
    fn a_new_edition_leaves_hours_under_the_rules_of_their_own_date(
        history in history(), rules in small_rules(), turn in 0_usize..40, more in course(),
    ) {
        let packs = [small(&rules, 0), small(&rules, 1)];
        let (both, person) = (compiled(&packs), PersonFacts::default());
        let ledger = live(&history, &both, &rules, &person)?;
        settles(&ledger, &both, &person, turn, &more)?;
        let facts = ledger.facts();
        let after = evaluate(&both, &person, &facts);
        for (place, facts) in facts.iter().enumerate() {
            for cut in after.cuts_of(place) {
                let rule = both.rule(cut.rule).unwrap();
                let edition = if facts.effective.year() >= rules.change { 2 } else { 1 };
                prop_assert_eq!(rule.version, edition, "{} of {}", rule, facts.effective);
                prop_assert!(matches!(cut.period, Period::Cycle) || cut.period == Period::Year(facts.effective.year()));
            }
        }
        // Where only years are capped, the years before the change are what they were before the new edition was published.
        let yearly = Rules { caps: rules.caps.map(|caps| caps.map(|caps| Caps { cycle: None, ..caps })), ..rules.clone() };
        let packs = [small(&yearly, 0), small(&yearly, 1)];
        let (alone, with) = (evaluate(&compiled(&packs[..1]), &person, &facts), evaluate(&compiled(&packs), &person, &facts));
        for (before, after) in alone.entries.iter().zip(&with.entries).zip(&facts).filter(|(_, facts)| facts.effective.year() < rules.change).map(|(two, _)| two) {
            prop_assert_eq!(before.counted, after.counted);
        }
        prop_assert!(with.verdict == Verdict::Met || with.missing > Hours::ZERO);
    }
}
