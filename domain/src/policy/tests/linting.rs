//! What lint finds, and that it finds nothing wrong with the packs that are shipped.

use super::*;
use crate::policy::lint::{Finding, FindingKind, Gravity, lint};

const TODAY: &str = "2026-11-23";

/// A draft of the county in force from 2026.
fn county(change: Value) -> Pack {
    let mut fields = json!({"valid": {"from": "2026-01-01"}});
    for (field, value) in change.as_object().unwrap() {
        fields[field] = value.clone();
    }
    county_pack(fields)
}

fn found(draft: &Pack) -> Vec<Finding> {
    lint(&shipped(), draft, suichang(), day(TODAY))
}

fn errors(draft: &Pack) -> Vec<Finding> {
    found(draft).into_iter().filter(|finding| finding.kind.gravity() == Gravity::Error).collect()
}

#[test]
fn the_shipped_packs_have_no_errors() {
    for pack in shipped() {
        let area = if pack.area() == suichang() { suichang() } else { elsewhere() };
        let errors: Vec<_> = lint(&shipped(), &pack, area, day(TODAY))
            .into_iter()
            .filter(|one| one.kind.gravity() == Gravity::Error)
            .collect();
        assert_eq!(errors, [], "{}", pack.code());
    }
}

#[test]
fn a_floor_above_a_cap_is_a_contradiction_with_the_figures_that_show_it() {
    let draft = county(json!({"rules": [rule("ethics.min.year", json!({"minimum": {
        "of": {"themes": ["ethics"]}, "measure": "counted", "window": "year", "hours": figure("20"), "strength": figure("fail")}}))]}));
    let errors = errors(&draft);
    assert!(!errors.is_empty());
    let first = &errors[0];
    assert_eq!((first.kind, first.pointer.as_str()), (FindingKind::Contradiction, "/rules/0"));
    assert_eq!(first.rules[0], "SX v1 ethics.min.year");
    assert!(first.rules.contains(&"331123 v1 ethics.cap.year".to_owned()), "{:?}", first.rules);
    assert_eq!(first.example.zh, "2026年应修20.00学时，修满20.00学时以上最多计16.00学时");
}

#[test]
fn what_a_cap_leaves_is_enough_or_it_is_not_to_the_hundredth() {
    let minimum = |hours: &str| {
        county(json!({"rules": [rule("ethics.min.year", json!({"minimum": {
            "of": {"themes": ["ethics"]}, "measure": "counted", "window": "year", "hours": figure(hours), "strength": figure("fail")}}))]}))
    };
    assert_eq!(errors(&minimum("16")), []);
    assert!(!errors(&minimum("16.01")).is_empty());
}

#[test]
fn a_floor_above_the_yearly_maximum_is_a_contradiction() {
    let draft = county(
        json!({"rules": [rule("year.floor", json!({"year_floor": {"hours": figure("150"), "strength": figure("fail")}}))]}),
    );
    let errors = errors(&draft);
    assert_eq!(errors[0].rules, ["SX v1 year.floor", "331123 v1 year.maximum"]);
    assert_eq!(errors[0].example.en, "after 144.00 hours further enrolment is refused, and 6.00 are missing");
    let total = county(
        json!({"rules": [rule("year.maximum", json!({"year_maximum": {"hours": figure("60"), "effect": figure("refuse")}}))]}),
    );
    let told: Vec<_> =
        found(&total).into_iter().filter(|one| one.rules.iter().any(|rule| rule.ends_with("total.cycle"))).collect();
    assert_eq!(
        told[0].text.en,
        "360.00 hours are asked for, but the yearly maximum lets a teacher enrol for 300.00 only"
    );
}

#[test]
fn a_rule_whose_conditions_exclude_one_another_is_about_nothing() {
    let draft = county(json!({"rules": [rule("odd.cap", json!({"cap": {
        "of": {"themes": ["ethics"], "without_themes": ["ethics"]}, "period": "year", "hours": figure("5")}}))]}));
    let first = &errors(&draft)[0];
    assert_eq!(
        (first.kind, first.example.en.as_str()),
        (FindingKind::NothingSelected, "1 hour: professional ethics, not professional ethics")
    );
    let share = |practice: &str| {
        county(json!({"rules": [rule("odd.share", json!({"share": {
            "of": {"routes": ["self_selected"]}, "part": {"routes": ["school_based"]}, "practice": figure(practice),
            "share": figure("0.5"), "measure": "credited", "window": "cycle", "strength": figure("fail")}}))]}))
    };
    assert!(errors(&share("no")).iter().any(|one| one.kind == FindingKind::NothingSelected));
    assert!(!errors(&share("yes")).iter().any(|one| one.kind == FindingKind::NothingSelected));
}

#[test]
fn one_hour_may_be_about_the_theme_of_the_whole_and_that_of_the_part() {
    let draft = county(json!({"rules": [rule("it.ethics", json!({"share": {
        "of": {"themes": ["it"]}, "part": {"themes": ["ethics"]}, "practice": figure("no"),
        "share": figure("0.1"), "measure": "credited", "window": "cycle", "strength": figure("fail")}}))]}));
    assert_eq!(errors(&draft), []);
}

#[test]
fn days_without_rules_are_a_gap() {
    let alone = county(json!({
        "valid": {"from": "2026-06-01"}, "cycle": {"anchor": figure("2026-01-01"), "years": figure("5")},
        "rules": [rule("total.cycle", json!({"total": {"hours": figure("360")}}))]
    }));
    let findings = lint(&[], &alone, suichang(), day(TODAY));
    assert_eq!((findings[0].kind, findings[0].pointer.as_str()), (FindingKind::Gap, "/valid"));
    assert_eq!(findings[0].example.en, "1 hour earned in 331123 on 2026-01-01");
}

#[test]
fn caps_that_cross_are_told_with_hours_under_both() {
    let draft = county(json!({"rules": [rule("city.cap", json!({"cap": {
        "of": {"levels": ["city"]}, "period": "cycle", "hours": figure("100")}}))]}));
    let crossing: Vec<_> = found(&draft).into_iter().filter(|one| one.kind == FindingKind::CrossingCaps).collect();
    assert!(crossing.iter().any(|one| one.rules.contains(&"331123 v1 ethics.cap.cycle".to_owned())), "{crossing:?}");
    assert!(crossing[0].example.zh.contains("市级"), "{}", crossing[0].example.zh);
    assert_eq!(errors(&draft), []);
}

#[test]
fn nested_caps_do_not_cross() {
    let draft = county(json!({"rules": [rule("online.city.cap", json!({"cap": {
        "of": {"forms": ["online"], "levels": ["city"]}, "period": "cycle", "hours": figure("20")}}))]}));
    let with_online = |one: &Finding| {
        one.kind == FindingKind::CrossingCaps && one.rules.contains(&"331123 v1 online.cap.cycle".to_owned())
    };
    assert!(!found(&draft).iter().any(with_online));
}

#[test]
fn two_packs_of_an_area_that_speak_on_one_rule_are_told_who_has_the_last_word() {
    let draft = county(json!({"rules": [rule("school_based.cap.year", json!({"cap": {
        "of": {"routes": ["school_based"]}, "period": "year", "hours": figure("30")}}))]}));
    let overlap = found(&draft).into_iter().find(|one| one.kind == FindingKind::Overlap).unwrap();
    assert_eq!(overlap.rules, ["SX v1 school_based.cap.year", "331123 v1 school_based.cap.year"]);
    assert_eq!(overlap.text.zh, "同一地区两个政策包同时规定school_based.cap.year，以SX为准");
}

#[test]
fn what_a_wider_area_does_not_let_be_relaxed_is_told_with_both_figures() {
    let draft = county(json!({
        "profiles": [{"profile": "head", "drops": [figure("block.cycle")]}, {"profile": "retiring", "drops": [figure("block.cycle")]}],
        "rules": [
            rule("total.cycle", json!({"total": {"hours": figure("240")}})),
            rule("block.cycle", json!({"block": {"hours": figure("120"), "measure": figure("credited"), "count": figure("1")}})),
            rule("year.floor", json!({"year_floor": {"hours": figure("30"), "strength": figure("fail")}}))
        ]
    }));
    let told: Vec<_> = found(&draft).into_iter().filter(|one| one.kind == FindingKind::Relaxation).collect();
    let told: Vec<_> = told.iter().map(|one| (one.pointer.as_str(), one.example.en.as_str())).collect();
    let expected = [
        ("/profiles/0/drops/0", "head"),
        ("/rules/0", "ZJ-2016 says 360.00, here it is 240.00"),
        ("/rules/1", "it cannot be compared with that of ZJ-2016, whose terms are others"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn rules_for_days_that_are_past_are_told_with_the_cycle_they_reach() {
    let told = |from: &str| {
        let found = found(&county(json!({"valid": {"from": from}})));
        found.into_iter().find(|one| one.kind == FindingKind::Retroaction).map(|one| one.text.zh)
    };
    assert!(told("2018-01-01").unwrap().contains("已结束的2016-2020周期"));
    assert!(told("2026-01-01").unwrap().contains("本周期"));
    assert_eq!(told(TODAY), None);
    assert_eq!(told("2027-01-01"), None);
}

#[test]
fn a_requirement_about_a_circumstance_is_met_by_hours_of_that_circumstance() {
    let draft = county(json!({"rules": [rule("certified.min", json!({"minimum": {
        "of": {"marks": ["certified_elsewhere"]}, "measure": "credited", "window": "cycle", "hours": figure("10"),
        "strength": figure("warn")}}))]}));
    assert_eq!(errors(&draft), []);
}

#[test]
fn what_a_draft_says_for_everybody_is_told_where_it_has_no_effect_or_contradicts_itself() {
    let province = county_pack(json!({"code": "ZJ", "area": "330000", "rounding": figure("whole_down"),
        "carry_over": figure("10"), "fail_factor": figure("0.1"), "fund_ratio": figure("0.03")}));
    let packs: Vec<Pack> = shipped().into_iter().chain([province]).collect();
    let draft =
        county(json!({"rounding": figure("whole_up"), "carry_over": figure("20"), "fail_factor": figure("0.05"),
        "pass_factor": figure("0.01"), "fund_ratio": figure("0.02"), "prorate_newcomer": figure("none")}));
    let told: Vec<(FindingKind, String, String)> = lint(&packs, &draft, suichang(), day("2026-01-01"))
        .into_iter()
        .map(|one| (one.kind, one.pointer, one.example.en))
        .collect();
    let relaxed = |field: &str, example: &str| (FindingKind::Relaxation, format!("/{field}"), example.to_owned());
    let expected = [
        (
            FindingKind::Contradiction,
            "/fail_factor".into(),
            "of 10 hours attended a pass gives 0.10, a fail 0.50".into(),
        ),
        relaxed("carry_over", "ZJ says 10.00, here it is 20.00"),
        relaxed("fund_ratio", "ZJ says 3/100, here it is 2/100"),
        relaxed("rounding", "ZJ says whole_down, here it is whole_up"),
    ];
    assert_eq!(told, expected);
    let missed = errors(&county(json!({"evaluation_missed": figure("void")})));
    assert_eq!((missed[0].kind, missed[0].pointer.as_str()), (FindingKind::NothingSelected, "/evaluation_missed"));
    let alone = county(json!({"fund_base": figure("basic_wages")}));
    let errors = errors(&alone);
    assert_eq!((errors[0].kind, errors[0].pointer.as_str()), (FindingKind::NothingSelected, "/fund_base"));
}

#[test]
fn more_days_than_the_time_has_and_deadlines_that_are_past_are_told() {
    let minimum = |change: Value| {
        let mut body = json!({"of": {"themes": ["ethics"]}, "measure": "credited", "strength": figure("fail")});
        for (field, value) in change.as_object().unwrap() {
            body[field] = value.clone();
        }
        county(json!({"rules": [rule("ethics.min", json!({"minimum": body}))]}))
    };
    let summer = |days: &str| {
        minimum(json!({"window": "months", "months_from": figure("7"), "months_to": figure("8"), "days": figure(days)}))
    };
    assert_eq!(errors(&summer("62")), []);
    let found = &errors(&summer("63"))[0];
    assert_eq!(
        (found.kind, found.pointer.as_str(), found.example.zh.as_str()),
        (FindingKind::Contradiction, "/rules/0", "要求63.00天，只有62.00天")
    );
    assert!(!errors(&minimum(json!({"window": "year", "days": figure("367")}))).is_empty());
    let until = |on: &str| minimum(json!({"window": "until", "until": figure(on), "hours": figure("50")}));
    let found = &errors(&until("2025-12-31"))[0];
    assert_eq!(
        (found.kind, found.example.en.as_str()),
        (FindingKind::NothingSelected, "2025-12-31, in force from 2026-01-01")
    );
    assert_eq!(errors(&until("2027-12-31")), []);
}

#[test]
fn a_minimum_under_a_share_of_what_counts_is_met_beside_plenty_of_others() {
    let draft = |hours: &str| {
        county(json!({"rules": [
            rule("own.share", json!({"cap": {"of": {"routes": ["mandated"]}, "period": "cycle", "share_of_counted": figure("1/4")}})),
            rule("mandated.min", json!({"minimum": {"of": {"routes": ["mandated"]}, "measure": "counted", "window": "cycle",
                "hours": figure(hours), "strength": figure("fail")}}))]}))
    };
    assert_eq!(errors(&draft("60")), []);
    let county_share = county(json!({"rules": [
        rule("own.share", json!({"cap": {"of": {"routes": ["mandated"]}, "period": "cycle", "share_of_counted": figure("0")}})),
        rule("mandated.min", json!({"minimum": {"of": {"routes": ["mandated"]}, "measure": "counted", "window": "cycle",
            "hours": figure("1"), "strength": figure("fail")}}))]}));
    let rules = &errors(&county_share)[0].rules;
    assert_eq!(rules[..2], ["SX v1 mandated.min", "SX v1 own.share"], "{rules:?}");
}

#[test]
fn a_class_that_needs_more_seats_than_it_may_have_is_a_contradiction() {
    let sized = |least: &str, most: &str| {
        errors(&county(json!({"class_size_min": figure(least), "class_size_max": figure(most)})))
    };
    assert_eq!(sized("50", "50"), []);
    let found = sized("51", "50");
    assert_eq!(
        found.iter().map(|one| (one.kind, one.pointer.as_str())).collect::<Vec<_>>(),
        [(FindingKind::Contradiction, "/class_size_min")]
    );
}
