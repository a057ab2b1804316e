//! The days to which hours belong: worked example 8 and what follows from it.

use super::*;

const CYCLE_END: &str = "2020-12-31";

fn judged(rules: &CycleRules, entries: &[EntryFacts]) -> Evaluation {
    evaluate(rules, &PersonFacts::default(), entries)
}

fn cycle_rules(packs: &[Pack], name: &str, as_of: &str) -> CycleRules {
    CycleRules::new(packs, suichang(), cycle_named(packs, suichang(), name).unwrap(), day(as_of)).unwrap()
}

/// 40 hours from 2020-12-20 to 2021-01-10, of which 24 in the old year, recognised on 2021-01-15.
fn over_the_new_year() -> EntryFacts {
    let part = |on: &str, amount: &str| DatedHours { on: day(on), hours: hours(amount) };
    EntryFacts {
        recognised: Some(day("2021-01-15")),
        dated: vec![part("2020-12-31", "24"), part("2021-01-10", "16")],
        practice: hours("10"),
        ..entry(900, "2021-01-10", "40")
    }
}

/// 340 other hours: 85 in each year from 2017, one of them in a block.
fn others() -> Vec<EntryFacts> {
    let mut entries: Vec<EntryFacts> =
        (2018..=2020).map(|year| entry(year, &format!("{year}-05-01"), "83.33")).collect();
    entries.push(block(1, "2017-07-01", "90"));
    entries.push(entry(2, "2016-05-01", "0.01"));
    entries
}

#[test]
fn example_8_hours_belong_to_completion_session_or_recognition() {
    let check = |attribution: &str, old: &str, old_verdict: &str, next: &str| {
        let packs: Vec<Pack> =
            shipped().into_iter().chain([county_pack(json!({"attribution": figure(attribution)}))]).collect();
        let entries: Vec<EntryFacts> = others().into_iter().chain([over_the_new_year()]).collect();
        let rules = cycle_rules(&packs, "2016-2020", CYCLE_END);
        let evaluation = judged(&rules, &entries);
        assert_eq!(standing(&rules, &evaluation, "total.cycle", Period::Cycle), old_verdict, "{attribution}");
        assert_eq!(evaluation.total, hours(old), "{attribution}");
        assert_eq!(evaluation.years.iter().map(|year| year.counted).sum::<Hours>(), evaluation.total);
        let after = judged(&cycle_rules(&packs, "2021-2025", "2021-06-30"), &entries);
        assert_eq!(after.total, hours(next), "{attribution}: nothing of the surplus is carried over");
        let course = evaluation.entries.last().unwrap();
        assert_eq!(course.key, 900);
        if attribution == "session" {
            assert_eq!((course.credited, course.counted, course.elsewhere), (hours("24"), hours("24"), hours("16")));
            assert!(rules.reaches(&over_the_new_year()));
        } else {
            assert_eq!((course.in_cycle, course.counted), (false, Hours::ZERO));
        }
    };
    check("completion", "340", "360.00 340.00 20.00 failed", "40");
    check("session", "364", "360.00 364.00 0.00 met", "16");
    check("recognition", "340", "360.00 340.00 20.00 failed", "40");
}

#[test]
fn a_course_that_reaches_over_two_months_is_one_uninterrupted_block() {
    let part = |on: &str, amount: &str| DatedHours { on: day(on), hours: hours(amount) };
    let over_may_day = |key: i64| EntryFacts {
        dated: vec![part("2018-04-30", "60"), part("2018-05-10", "30")],
        ..block(key, "2018-05-10", "90")
    };
    let uninterrupted = json!({"block": {"of": {}, "hours": figure("90"), "measure": figure("credited"), "count": figure("2"),
        "uninterrupted": figure("yes")}});
    let check = |attribution: &str, entries: &[EntryFacts], expected: &str| {
        let rules = [rule("block.county", uninterrupted.clone())];
        let county = county_pack(json!({"attribution": figure(attribution), "rules": rules}));
        let packs: Vec<Pack> = shipped().into_iter().chain([county]).collect();
        let rules = cycle_rules(&packs, "2016-2020", CYCLE_END);
        assert_eq!(
            standing(&rules, &judged(&rules, entries), "block.county", Period::Cycle),
            expected,
            "{attribution}"
        );
    };
    for attribution in ["completion", "session"] {
        check(attribution, &[over_may_day(1)], "180.00 90.00 90.00 failed");
        let twice = [over_may_day(1), EntryFacts { block: Some(1), ..over_may_day(2) }];
        check(attribution, &twice, "180.00 180.00 0.00 met");
    }
}

#[test]
fn hours_completed_in_the_old_cycle_and_recognised_in_the_new_one_belong_to_the_new_one() {
    let packs: Vec<Pack> =
        shipped().into_iter().chain([county_pack(json!({"attribution": figure("recognition")}))]).collect();
    let late = EntryFacts { recognised: Some(day("2021-01-15")), ..entry(1, "2020-12-20", "30") };
    assert_eq!(judged(&cycle_rules(&packs, "2016-2020", CYCLE_END), std::slice::from_ref(&late)).total, Hours::ZERO);
    let next = cycle_rules(&packs, "2021-2025", "2021-06-30");
    assert_eq!(judged(&next, std::slice::from_ref(&late)).total, hours("30"));
    // Looked at before the day of recognition there is nothing yet.
    let before = cycle_rules(&packs, "2021-2025", "2021-01-14");
    let evaluation = judged(&before, &[late]);
    assert_eq!((evaluation.total, evaluation.entries[0].in_cycle), (Hours::ZERO, false));
}

#[test]
fn what_the_packs_say_on_the_day_of_completion_decides_so_that_no_hour_is_claimed_twice() {
    let packs: Vec<Pack> = shipped()
        .into_iter()
        .chain([
            county_pack(json!({"attribution": figure("session"), "valid": {"from": "2016-01-01", "to": "2020-12-31"}})),
            county_pack(json!({"code": "SY", "attribution": figure("completion"), "valid": {"from": "2021-01-01"}})),
        ])
        .collect();
    let entries = [over_the_new_year()];
    let old = judged(&cycle_rules(&packs, "2016-2020", CYCLE_END), &entries);
    let next = judged(&cycle_rules(&packs, "2021-2025", "2021-06-30"), &entries);
    assert_eq!((old.total, next.total), (Hours::ZERO, hours("40")));
}

#[test]
fn a_correction_of_a_course_over_the_new_year_takes_from_both_parts() {
    let packs: Vec<Pack> =
        shipped().into_iter().chain([county_pack(json!({"attribution": figure("session")}))]).collect();
    let rules = cycle_rules(&packs, "2016-2020", CYCLE_END);
    let correction = EntryFacts { corrects: Some(900), ..entry(901, "2021-03-01", "-10") };
    let evaluation = judged(&rules, &[correction, over_the_new_year()]);
    assert_eq!(evaluation.total, hours("18"), "24 of 40 hours, less 24 fortieths of 10");
    assert_eq!(evaluation.entries[0].added_to, Some(900));
    assert_eq!((evaluation.entries[1].credited, evaluation.entries[1].elsewhere), (hours("18"), hours("12")));
}

#[test]
fn the_yearly_maximum_reads_the_year_to_which_hours_belong() {
    let packs: Vec<Pack> =
        shipped().into_iter().chain([county_pack(json!({"attribution": figure("session")}))]).collect();
    let rules = cycle_rules(&packs, "2016-2020", CYCLE_END);
    let candidate = entry(1, "2020-11-01", "12");
    let room = headroom(&rules, &PersonFacts::default(), &[over_the_new_year()], &[], &candidate).unwrap();
    assert_eq!((room.counted, room.left), (hours("24"), hours("120")));
}

#[test]
fn hours_over_the_new_year_make_up_each_year_with_their_own_part() {
    let floor = rule("f", json!({"year_floor": {"hours": figure("10"), "strength": figure("warn"), "counts": {}}}));
    let own = county_pack(json!({"attribution": figure("session"), "rules": [floor]}));
    let packs: Vec<Pack> = shipped().into_iter().chain([own]).collect();
    let course = EntryFacts {
        dated: vec![
            DatedHours { on: day("2019-12-20"), hours: hours("8") },
            DatedHours { on: day("2019-12-31"), hours: hours("16") },
            DatedHours { on: day("2020-01-10"), hours: hours("16") },
        ],
        ..entry(900, "2020-01-10", "40")
    };
    let correction = EntryFacts { corrects: Some(900), ..entry(901, "2020-01-10", "-10") };
    let rules = cycle_rules(&packs, "2016-2020", CYCLE_END);
    let (evaluation, parts) = contributions(&rules, &PersonFacts::default(), &[correction, course]);
    let of = |id: &str, period: Period| {
        let mut both = evaluation.requirements.iter().zip(&parts);
        let asked = |one: &Requirement| rules.rule(one.rule).unwrap().rule.id == id && one.period == period;
        both.find(|(one, _)| asked(one)).map(|(_, parts)| parts.clone()).unwrap()
    };
    let part = |amount: &str| vec![Contribution { key: 900, portion: Portion::Hours(hours(amount)) }];
    assert_eq!(of("f", Period::Year(2019)), part("18"), "24 attended, of 40, of the 30 that stand");
    assert_eq!(of("f", Period::Year(2020)), part("12"));
    assert_eq!(of("total.cycle", Period::Cycle), part("30"));
}
