//! The count under caps against a second implementation that tries every possibility.
//!
//! The oracle shares nothing with the evaluator: it reads entries and caps as plain numbers, and walks over all vectors of
//! counted hundredths. Packs are made as JSON, so that the whole way from document to count is under test.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use chrono::NaiveDate;
use proptest::prelude::*;
use serde_json::{Value, json};
use shixun_domain::{
    AreaCode, DeliveryForm, Hours, Level, Route,
    policy::{CycleRules, DatedHours, EntryFacts, Pack, PersonFacts, Provider, cycle_named, evaluate, headroom},
};

const THEMES: [&str; 3] = ["ethics", "it", "subject"];

/// An entry in plain numbers.
#[derive(Debug, Clone)]
struct Plain {
    year: i32,
    month: u32,
    route: usize,
    form: usize,
    themes: u8,
    in_block: bool,
    hundredths: i64,
}

/// A cap in plain numbers: absent conditions are `None`.
#[derive(Debug, Clone)]
struct Cap {
    route: Option<usize>,
    form: Option<usize>,
    theme: Option<usize>,
    in_block: Option<bool>,
    yearly: bool,
    hundredths: i64,
    /// Where the amount is a share of the 0.10 hours owed.
    thirds: Option<i64>,
    /// From July 2018 on the cap has this amount.
    later: Option<i64>,
    /// Where the amount is a share of what counts in the cycle, above and below the line.
    of_counted: Option<(i64, i64)>,
}

fn date(entry: &Plain) -> NaiveDate {
    NaiveDate::from_ymd_opt(entry.year, entry.month, 1).unwrap()
}

fn facts(entries: &[Plain]) -> Vec<EntryFacts> {
    let one = |(key, entry): (i64, &Plain)| EntryFacts {
        key,
        effective: date(entry),
        sequence: key,
        route: Route::ALL[entry.route],
        form: DeliveryForm::ALL[entry.form],
        themes: (0..3).filter(|bit| entry.themes >> bit & 1 == 1).map(|bit| THEMES[bit].parse().unwrap()).collect(),
        level: Level::County,
        block: entry.in_block.then_some(1),
        credited: Hours::from_hundredths(entry.hundredths),
        nominal: Hours::ZERO,
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
    };
    (0..).zip(entries).map(one).collect()
}

fn cited(value: impl ToString) -> Value {
    json!({"value": value.to_string(), "source": "S", "article": "a", "confidence": "I"})
}

fn pack(caps: &[Cap], version: i32, attribution: &str) -> Pack {
    let mut rules = vec![json!({"id": "total.cycle", "zh": "总", "en": "total",
        "rule": {"total": {"hours": cited("0.10")}}})];
    for (place, cap) in caps.iter().enumerate() {
        let mut of = serde_json::Map::new();
        cap.route.map(|route| of.insert("routes".into(), json!([Route::ALL[route].as_str()])));
        cap.form.map(|form| of.insert("forms".into(), json!([DeliveryForm::ALL[form].as_str()])));
        cap.theme.map(|theme| of.insert("themes".into(), json!([THEMES[theme]])));
        cap.in_block.map(|block| of.insert("concentrated".into(), json!(block)));
        let mut body = json!({"of": of, "period": if cap.yearly { "year" } else { "cycle" }});
        if let Some((above, below)) = cap.of_counted {
            body["share_of_counted"] = cited(format!("{above}/{below}"));
            rules.push(json!({"id": format!("cap{place}"), "zh": "限", "en": "cap", "rule": {"cap": body}}));
            continue;
        }
        let amount = if version == 2 { cap.later.unwrap_or(cap.hundredths) } else { cap.hundredths };
        match cap.thirds {
            Some(thirds) => body["share_of_required"] = cited(format!("{thirds}/3")),
            None => body["hours"] = cited(Hours::from_hundredths(amount)),
        }
        rules.push(json!({"id": format!("cap{place}"), "zh": "限", "en": "cap", "rule": {"cap": body}}));
    }
    let document = json!({
        "code": "ORACLE", "version": version, "area": "330000", "zh": "试", "en": "trial", "rules": rules,
        "valid": {"from": if version == 2 { "2018-07-01" } else { "2016-01-01" }},
        "sources": {"S": {"title": "s"}},
        "cycle": {"anchor": cited("2016-01-01"), "years": cited(5)},
        "attribution": cited(attribution),
    });
    Pack::parse(&document.to_string()).unwrap()
}

fn rules(caps: &[Cap]) -> CycleRules {
    attributed(caps, "completion", "2016-2020")
}

fn attributed(caps: &[Cap], attribution: &str, cycle: &str) -> CycleRules {
    let packs = [pack(caps, 1, attribution), pack(caps, 2, attribution)];
    let area = AreaCode::new(331_123).unwrap();
    let cycle = cycle_named(&packs, area, cycle).unwrap();
    CycleRules::new(&packs, area, cycle, cycle.to()).unwrap()
}

fn concerns(cap: &Cap, entry: &Plain) -> bool {
    cap.route.is_none_or(|route| route == entry.route)
        && cap.form.is_none_or(|form| form == entry.form)
        && cap.theme.is_none_or(|theme| entry.themes >> theme & 1 == 1)
        && cap.in_block.is_none_or(|block| block == entry.in_block)
}

/// Sets of entries with the most that may count of each, straight from the rule's words.
fn ceilings(caps: &[Cap], entries: &[Plain]) -> Vec<(Vec<usize>, i64)> {
    let mut ceilings = Vec::new();
    for cap in caps.iter().filter(|cap| cap.of_counted.is_none()) {
        for year in 2016..=2020 {
            if !cap.yearly && year > 2016 {
                continue;
            }
            let members: Vec<usize> = (0..entries.len())
                .filter(|place| concerns(cap, &entries[*place]) && (!cap.yearly || entries[*place].year == year))
                .collect();
            let late = |place: &usize| date(&entries[*place]) >= NaiveDate::from_ymd_opt(2018, 7, 1).unwrap();
            let (after, before): (Vec<usize>, Vec<usize>) = members.iter().partition(|place| late(place));
            let first = cap.thirds.map_or(cap.hundredths, |thirds| 10 * thirds / 3);
            let second = cap.later.filter(|_| cap.thirds.is_none()).unwrap_or(first);
            // Both versions stand in a period that July 2018 divides.
            if !cap.yearly || year == 2018 {
                ceilings.push((members, first.max(second)));
            }
            ceilings.push((before, first));
            ceilings.push((after, second));
        }
    }
    ceilings
}

/// Entries that may make up at most so much, above and below the line, of what counts.
type Portion = (Vec<usize>, (i64, i64));

/// The greatest total and, among those, the vector with the most for the earliest entries. `order` is the date order.
fn best(upper: &[i64], order: &[usize], ceilings: &[(Vec<usize>, i64)], portions: &[Portion]) -> Vec<i64> {
    fn walk(
        at: usize,
        (upper, order): (&[i64], &[usize]),
        limits: (&[(Vec<usize>, i64)], &[Portion]),
        counted: &mut Vec<i64>,
        best: &mut Option<(i64, Vec<i64>, Vec<i64>)>,
    ) {
        let (ceilings, portions) = limits;
        if at == order.len() {
            let sum: i64 = counted.iter().sum();
            let too_much = |(members, (above, below)): &Portion| {
                members.iter().map(|member| counted[*member]).sum::<i64>() * below > sum * above
            };
            if portions.iter().any(too_much) {
                return;
            }
            let by_date: Vec<i64> = order.iter().map(|place| counted[*place]).collect();
            let total = by_date.iter().sum();
            if best.as_ref().is_none_or(|(known, dated, _)| (total, &by_date) > (*known, dated)) {
                *best = Some((total, by_date, counted.clone()));
            }
            return;
        }
        let place = order[at];
        for amount in 0..=upper[place] {
            counted[place] = amount;
            let kept = ceilings
                .iter()
                .all(|(members, most)| members.iter().map(|member| counted[*member]).sum::<i64>() <= *most);
            if kept {
                walk(at + 1, (upper, order), limits, counted, best);
            }
        }
        counted[place] = 0;
    }
    let mut found = None;
    walk(0, (upper, order), (ceilings, portions), &mut vec![0; upper.len()], &mut found);
    found.unwrap().2
}

fn plain(most: i64) -> impl Strategy<Value = Plain> {
    (2017..=2019, 1_u32..=12, 0_usize..3, 0_usize..3, 0_u8..8, any::<bool>(), 1..=most).prop_map(
        |(year, month, route, form, themes, in_block, hundredths)| Plain {
            year,
            month,
            route,
            form,
            themes,
            in_block,
            hundredths,
        },
    )
}

fn cap(most: i64, changing: bool) -> impl Strategy<Value = Cap> {
    let condition = || prop_oneof![2 => Just(None), 1 => (0_usize..3).prop_map(Some)];
    let block = prop_oneof![4 => Just(None), 1 => any::<bool>().prop_map(Some)];
    let thirds = prop_oneof![5 => Just(None), 1 => (0_i64..=3).prop_map(Some)];
    let later = if changing {
        prop_oneof![2 => Just(None), 1 => (0..=most).prop_map(Some)].boxed()
    } else {
        Just(None).boxed()
    };
    (condition(), condition(), condition(), block, any::<bool>(), 0..=most, thirds, later).prop_map(
        |(route, form, theme, in_block, yearly, hundredths, thirds, later)| Cap {
            route,
            form,
            theme,
            in_block,
            yearly,
            hundredths,
            thirds,
            later,
            of_counted: None,
        },
    )
}

fn check(caps: &[Cap], entries: &[Plain]) -> Result<(), TestCaseError> {
    let rules = rules(caps);
    let facts = facts(entries);
    let evaluation = evaluate(&rules, &PersonFacts::default(), &facts);
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|place| (date(&entries[*place]), *place));
    let upper: Vec<i64> = entries.iter().map(|entry| entry.hundredths).collect();
    let portion = |cap: &Cap| {
        let members = (0..entries.len()).filter(|place| concerns(cap, &entries[*place])).collect();
        cap.of_counted.map(|share| (members, share))
    };
    let portions: Vec<Portion> = caps.iter().filter_map(portion).collect();
    let expected = best(&upper, &order, &ceilings(caps, entries), &portions);
    let counted: Vec<i64> = evaluation.entries.iter().map(|entry| entry.counted.hundredths()).collect();
    prop_assert_eq!(counted, expected);
    prop_assert!(evaluation.exact);
    explained(&rules, &facts, &evaluation)
}

/// Every hundredth that does not count is named by one rule.
fn explained(
    rules: &CycleRules,
    facts: &[EntryFacts],
    evaluation: &shixun_domain::policy::Evaluation,
) -> Result<(), TestCaseError> {
    for (place, (entry, facts)) in evaluation.entries.iter().zip(facts).enumerate() {
        let cut: Hours = evaluation.cuts_of(place).iter().map(|cut| cut.amount).sum();
        prop_assert_eq!(entry.counted.plus(cut), facts.credited);
        prop_assert!(
            evaluation.cuts_of(place).iter().all(|cut| cut.amount > Hours::ZERO && rules.rule(cut.rule).is_some())
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_count_is_the_most_favourable_one_and_earlier_entries_come_first(
        caps in prop::collection::vec(cap(9, false), 1..7),
        entries in prop::collection::vec(plain(4), 1..7),
    ) {
        check(&caps, &entries)?;
    }

    #[test]
    fn the_count_is_the_most_favourable_one_where_caps_change_inside_the_cycle(
        caps in prop::collection::vec(cap(9, true), 1..5),
        entries in prop::collection::vec(plain(4), 1..6),
    ) {
        check(&caps, &entries)?;
    }

    /// The limit depends on the count that it limits; where other caps cross it, fewer hours of its kind make room for others.
    #[test]
    fn a_cap_that_is_a_share_of_what_counts_leaves_the_most_that_bears_itself_out(
        share in (0_i64..=4, 1_i64..=4).prop_filter("at most one", |(above, below)| above <= below),
        kind in (cap(9, false), 0_usize..3),
        caps in prop::collection::vec(cap(9, true), 0..5),
        entries in prop::collection::vec(plain(4), 1..7),
    ) {
        let of_counted = Cap { yearly: false, thirds: None, route: Some(kind.1), of_counted: Some(share), ..kind.0 };
        let caps: Vec<Cap> = caps.into_iter().chain([of_counted]).collect();
        check(&caps, &entries)?;
    }

    /// All entries in one year under caps that cross three ways: fractional corners are frequent.
    #[test]
    fn three_crossing_families_are_counted_exactly(
        amounts in prop::collection::vec(1_i64..8, 3),
        entries in prop::collection::vec(plain(4), 3..8),
    ) {
        let by_theme = |(theme, hundredths): (usize, &i64)| Cap {
            route: None, form: None, theme: Some(theme), in_block: None, yearly: false, hundredths: *hundredths,
            thirds: None, later: None, of_counted: None,
        };
        let caps: Vec<Cap> = amounts.iter().enumerate().map(by_theme).collect();
        check(&caps, &entries)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn adding_hours_never_lowers_the_total_and_the_order_of_arrival_never_matters(
        caps in prop::collection::vec(cap(40_000, true), 1..9),
        entries in prop::collection::vec(plain(3_000), 2..120),
        more in plain(3_000),
        turn in 0_usize..120,
    ) {
        let rules = rules(&caps);
        let person = PersonFacts::default();
        let facts = facts(&entries);
        let evaluation = evaluate(&rules, &person, &facts);
        prop_assert!(evaluation.exact);
        explained(&rules, &facts, &evaluation)?;

        let mut turned = facts.clone();
        turned.rotate_left(turn % facts.len());
        turned.swap(0, facts.len() - 1);
        let again = evaluate(&rules, &person, &turned);
        prop_assert_eq!(again.total, evaluation.total);
        for entry in &again.entries {
            let key = usize::try_from(entry.key).unwrap();
            prop_assert_eq!(entry.counted, evaluation.entries[key].counted);
        }

        let mut larger = entries.clone();
        larger.push(more);
        let larger = self::facts(&larger);
        prop_assert!(evaluate(&rules, &person, &larger).total >= evaluation.total);
        prop_assert_eq!(headroom(&rules, &person, &larger, &[], &facts[0]), None);
    }

    #[test]
    fn taking_hours_back_restores_the_count_exactly(
        caps in prop::collection::vec(cap(40_000, true), 1..9),
        entries in prop::collection::vec(plain(3_000), 2..60),
        more in plain(3_000),
        place in 0_usize..60,
    ) {
        let rules = rules(&caps);
        let person = PersonFacts::default();
        let facts = facts(&entries);
        let before = evaluate(&rules, &person, &facts);
        let given = EntryFacts { key: 1_000, sequence: 1_000, ..self::facts(&[more]).remove(0) };
        let credited = Hours::from_hundredths(-given.credited.hundredths());
        let back = EntryFacts { key: 1_001, sequence: 1_001, credited, corrects: Some(given.key), ..given.clone() };
        let mut restored = facts.clone();
        let place = place % facts.len();
        restored.insert(place, back);
        restored.push(given);
        let after = evaluate(&rules, &person, &restored);
        prop_assert_eq!((after.total, after.required, after.verdict), (before.total, before.required, before.verdict));
        prop_assert_eq!(&after.requirements, &before.requirements);
        for entry in after.entries.iter().filter(|entry| entry.key < 1_000) {
            let key = usize::try_from(entry.key).unwrap();
            prop_assert_eq!(entry.counted, before.entries[key].counted);
        }
    }
}

/// A course: its parts by month and year from 2015 to 2022, and the months from its end to its recognition.
type Course = (Plain, Vec<(i32, u32, i64)>, i32);

fn course() -> impl Strategy<Value = Course> {
    let part = (2015..=2022, 1_u32..=12, 1_i64..3_000);
    (plain(3_000), prop::collection::vec(part, 1..4), 0_i32..30)
}

fn first_of(year: i32, month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, 1).unwrap()
}

/// The courses as the ledger has them, and each part as an entry of its own.
fn in_parts(courses: &[Course]) -> (Vec<EntryFacts>, Vec<(usize, EntryFacts)>) {
    let (mut whole, mut apart) = (Vec::new(), Vec::new());
    for (place, (plain, parts, _)) in courses.iter().enumerate() {
        let mut parts: Vec<(NaiveDate, i64)> =
            parts.iter().map(|(year, month, hundredths)| (first_of(*year, *month), *hundredths)).collect();
        parts.sort_unstable();
        let hours = |hundredths: i64| Hours::from_hundredths(hundredths);
        let course = EntryFacts {
            key: i64::try_from(place).unwrap(),
            sequence: i64::try_from(place).unwrap(),
            effective: parts.last().unwrap().0,
            credited: hours(parts.iter().map(|(_, amount)| amount).sum()),
            dated: parts.iter().map(|(on, amount)| DatedHours { on: *on, hours: hours(*amount) }).collect(),
            ..facts(std::slice::from_ref(plain)).remove(0)
        };
        for (on, amount) in &parts {
            let part =
                EntryFacts { effective: *on, credited: hours(*amount), dated: Vec::new(), key: 0, ..course.clone() };
            apart.push((place, part));
        }
        whole.push(course);
    }
    for (key, (_, part)) in (0..).zip(&mut apart) {
        part.key = key;
    }
    (whole, apart)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn by_session_each_part_of_a_course_counts_like_an_entry_of_its_own(
        caps in prop::collection::vec(cap(40_000, true), 0..6),
        courses in prop::collection::vec(course(), 1..20),
    ) {
        let (whole, apart) = in_parts(&courses);
        let person = PersonFacts::default();
        let evaluation = evaluate(&attributed(&caps, "session", "2016-2020"), &person, &whole);
        let parts: Vec<EntryFacts> = apart.iter().map(|(_, part)| part.clone()).collect();
        let expected = evaluate(&rules(&caps), &person, &parts);
        prop_assert_eq!(evaluation.total, expected.total);
        prop_assert_eq!(&evaluation.years, &expected.years);
        prop_assert_eq!(&evaluation.requirements, &expected.requirements);
        for (place, entry) in evaluation.entries.iter().enumerate() {
            let own = || apart.iter().zip(&expected.entries).filter(|((course, _), _)| *course == place).map(|(_, part)| part);
            prop_assert_eq!(entry.counted, own().map(|part| part.counted).sum::<Hours>());
            let cut: Hours = evaluation.cuts_of(place).iter().map(|cut| cut.amount).sum();
            let accounted = if entry.in_cycle { entry.counted.plus(cut).plus(entry.elsewhere) } else { entry.credited };
            prop_assert_eq!(accounted, whole[place].credited);
        }
    }

    #[test]
    fn whatever_hours_belong_to_no_hour_is_claimed_by_two_cycles_or_by_none(
        courses in prop::collection::vec(course(), 1..20),
        attribution in prop_oneof![Just("completion"), Just("session"), Just("recognition")],
    ) {
        let (mut whole, _) = in_parts(&courses);
        for (entry, (_, _, months)) in whole.iter_mut().zip(&courses) {
            let months = chrono::Months::new(u32::try_from(*months).unwrap());
            entry.recognised = entry.effective.checked_add_months(months);
        }
        // 2015 lies before the first pack, whose rules hold from 2016; its cycle has none.
        let total: Hours = ["2016-2020", "2021-2025"]
            .iter()
            .map(|cycle| evaluate(&attributed(&[], attribution, cycle), &PersonFacts::default(), &whole).total)
            .sum();
        let early = NaiveDate::from_ymd_opt(2016, 1, 1).unwrap();
        let belongs = |entry: &EntryFacts| -> Hours {
            // A course completed before the first pack is in force belongs to the day of completion.
            match attribution {
                "session" if entry.effective >= early => {
                    entry.dated.iter().filter(|part| part.on >= early).map(|part| part.hours).sum()
                }
                "recognition" if entry.effective >= early => entry.credited,
                _ if entry.effective >= early => entry.credited,
                _ => Hours::ZERO,
            }
        };
        prop_assert_eq!(total, whole.iter().map(belongs).sum::<Hours>());
    }
}
