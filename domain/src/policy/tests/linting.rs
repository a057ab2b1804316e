//! What lint finds, and that it finds nothing wrong with the packs that are shipped.

use super::*;
use crate::policy::lint::{Finding, FindingKind, Gravity, lint};
use std::collections::BTreeSet;

pub(super) const TODAY: &str = "2026-11-23";

/// A draft of the county in force from 2026.
pub(super) fn county(change: Value) -> Pack {
    let mut fields = json!({"valid": {"from": "2026-01-01"}});
    for (field, value) in change.as_object().unwrap() {
        fields[field] = value.clone();
    }
    county_pack(fields)
}

pub(super) fn found(draft: &Pack) -> Vec<Finding> {
    lint(&shipped(), draft, suichang(), day(TODAY))
}

fn errors(draft: &Pack) -> Vec<Finding> {
    found(draft).into_iter().filter(|finding| finding.gravity() == Gravity::Error).collect()
}

#[test]
fn the_shipped_packs_have_no_errors() {
    for pack in shipped() {
        let area = if pack.area() == suichang() { suichang() } else { elsewhere() };
        let errors: Vec<_> = lint(&shipped(), &pack, area, day(TODAY))
            .into_iter()
            .filter(|one| one.gravity() == Gravity::Error)
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

/// A minimum of the year; `of` and `measure` as in a pack.
fn yearly(id: &str, of: Value, hours: &str) -> Value {
    rule(
        id,
        json!({"minimum": {"of": of, "measure": "counted", "window": "year", "hours": figure(hours), "strength": figure("fail")}}),
    )
}

/// Rules and English example of each error, in the order in which lint tells them.
fn told(draft: &Pack) -> Vec<(Vec<String>, String)> {
    errors(draft).into_iter().map(|one| (one.rules, one.example.en)).collect()
}

#[test]
fn a_yearly_minimum_above_the_yearly_maximum_is_a_contradiction() {
    for measure in ["counted", "credited"] {
        let draft = county(json!({"rules": [rule("own.min", json!({"minimum": {
            "of": {}, "measure": measure, "window": "year", "hours": figure("150"), "strength": figure("fail")}}))]}));
        let told = told(&draft);
        assert_eq!(told[0].0, ["SX v1 own.min", "331123 v1 year.maximum"], "{measure}");
        assert_eq!(told[0].1, "after 144.00 hours further enrolment is refused, and 6.00 are missing");
    }
    let summer = |hours: &str| {
        county(
            json!({"rules": [rule("summer.min", json!({"minimum": {"of": {}, "measure": "counted", "window": "months",
            "months_from": figure("7"), "months_to": figure("8"), "hours": figure(hours), "strength": figure("fail")}}))]}),
        )
    };
    assert_eq!(errors(&summer("144")), []);
    assert_eq!(told(&summer("144.01"))[0].0, ["SX v1 summer.min", "331123 v1 year.maximum"]);
}

#[test]
fn hours_that_do_not_count_use_up_no_yearly_maximum() {
    let draft = county(json!({"rules": [rule("new.min", json!({"minimum": {
        "of": {"themes": ["new_teacher"]}, "measure": "credited", "window": "year", "hours": figure("180"), "strength": figure("fail")}}))]}));
    assert_eq!(errors(&draft), []);
}

#[test]
fn requirements_that_no_hour_serves_at_once_are_added_up_against_the_yearly_maximum() {
    let two = |one: &str, other: &str| {
        county(json!({"rules": [
            yearly("own.min", json!({"routes": ["self_selected"]}), one),
            yearly("mandated.min", json!({"routes": ["mandated"]}), other)]}))
    };
    assert_eq!(errors(&two("72", "72")), []);
    assert_eq!(
        told(&two("80", "80")),
        [(
            vec!["SX v1 mandated.min".to_owned(), "SX v1 own.min".into(), "331123 v1 year.maximum".into()],
            "80.00 + 80.00 = 160.00 hours, no hour serves two of them; after 144.00 hours further enrolment is refused, and \
             16.00 are missing"
                .to_owned()
        )]
    );
    let zh = &errors(&two("80", "80"))[0];
    assert_eq!(zh.text.zh, "几项要求合计160.00学时，而年度上限只允许144.00学时，超出的报名不予受理");
    // One hour may be about two themes.
    let themes = county(json!({"rules": [
        yearly("it.min", json!({"themes": ["it"]}), "80"), yearly("district.min", json!({"themes": ["practice"]}), "80")]}));
    assert_eq!(errors(&themes), []);
}

#[test]
fn requirements_that_no_hour_serves_at_once_are_added_up_against_a_cap() {
    let two = |hours: &str| {
        county(json!({"rules": [
            yearly("ethics.own", json!({"themes": ["ethics"], "routes": ["self_selected"]}), "8"),
            yearly("ethics.mandated", json!({"themes": ["ethics"], "routes": ["mandated"]}), hours)]}))
    };
    assert_eq!(errors(&two("8")), []);
    assert_eq!(
        told(&two("8.01")),
        [(
            vec!["SX v1 ethics.mandated".to_owned(), "SX v1 ethics.own".into(), "331123 v1 ethics.cap.year".into()],
            "8.01 + 8.00 = 16.01 hours, no hour serves two of them; at most 16.00 count, and 0.01 are missing"
                .to_owned()
        )]
    );
}

#[test]
fn blocks_are_added_up_against_the_yearly_maxima_of_the_cycle() {
    let blocks = |count: &str| {
        county(json!({"rules": [rule("own.blocks", json!({"block": {
            "hours": figure("90"), "measure": figure("credited"), "count": figure(count)}}))]}))
    };
    assert_eq!(errors(&blocks("8")), []);
    assert_eq!(
        told(&blocks("9")),
        [(
            vec!["SX v1 own.blocks".to_owned(), "331123 v1 year.maximum".into()],
            "after 720.00 hours further enrolment is refused, and 90.00 are missing".to_owned()
        )]
    );
}

#[test]
fn shares_of_one_whole_are_no_more_than_all_of_it() {
    let share = |id: &str, route: &str, practice: &str, share: &str| {
        rule(
            id,
            json!({"share": {"of": {"themes": ["it"]}, "part": {"routes": [route]}, "practice": figure(practice),
            "share": figure(share), "measure": "credited", "window": "cycle", "strength": figure("fail")}}),
        )
    };
    let two = |practice: &str, least: &str| {
        county(
            json!({"rules": [share("a.share", "self_selected", practice, least), share("b.share", "mandated", "no", least)]}),
        )
    };
    assert_eq!(errors(&two("no", "0.5")), []);
    assert_eq!(errors(&two("yes", "0.6")), []);
    assert_eq!(
        told(&two("no", "0.6")),
        [(
            vec!["SX v1 a.share".to_owned(), "SX v1 b.share".into()],
            "of 10.00 hours the parts must have 6.00 + 6.00".to_owned()
        )]
    );
}

#[test]
fn a_rule_about_activities_that_no_pack_converts_is_about_nothing() {
    let lessons = yearly("lessons.min", json!({"activities": ["open_lesson"]}), "6");
    let found = errors(&county(json!({"rules": [lessons.clone()]})));
    assert_eq!(
        found.iter().map(|one| (one.kind, one.pointer.as_str(), one.example.en.as_str())).collect::<Vec<_>>(),
        [(FindingKind::NothingSelected, "/rules/0", "1 open_lesson")]
    );
    let converted = county(json!({"rules": [lessons], "conversions": [{
        "kind": "open_lesson", "zh": "公开课", "en": "open lesson", "evidence": [], "approver": figure("county"),
        "lines": [{"hours": figure("6")}]}]}));
    assert_eq!(errors(&converted), []);
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
    let pairs: Vec<BTreeSet<&String>> = crossing.iter().map(|one| one.rules.iter().collect()).collect();
    assert_eq!(pairs.iter().collect::<BTreeSet<_>>().len(), pairs.len(), "each pair once: {pairs:?}");
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
fn two_packs_of_an_area_that_say_other_things_for_everybody_overlap() {
    let lesson = |hours: &str| {
        json!([{"kind": "open_lesson", "zh": "公开课", "en": "open lesson", "evidence": [], "approver": figure("county"),
            "lines": [{"hours": figure(hours)}]}])
    };
    let drops = |profile: &str| json!([{"profile": profile, "drops": [figure("online.cap.year")]}]);
    let other = county(json!({"code": "OTHER", "rounding": figure("whole_up"), "carry_over": figure("5"),
        "conversions": lesson("6"), "profiles": drops("retiring")}));
    let packs: Vec<Pack> = shipped().into_iter().chain([other]).collect();
    let overlaps = |change: Value| {
        let found = lint(&packs, &county(change), suichang(), day(TODAY)).into_iter();
        let overlaps = found.filter(|one| one.kind == FindingKind::Overlap);
        overlaps.map(|one| (one.pointer, one.rules, one.text.en)).collect::<Vec<_>>()
    };
    let said = |pointer: &str, name: &str, of: &str| {
        let rules = vec![format!("SX v1 {name}"), format!("{of} v1 {name}")];
        (
            pointer.to_owned(),
            rules,
            format!("two packs of the area speak on {name} at the same time; SX has the last word"),
        )
    };
    assert_eq!(
        overlaps(json!({"rounding": figure("whole_down"), "carry_over": figure("5"), "conversions": lesson("9"),
            "profiles": drops("head")})),
        [said("/conversions/0", "conversion.open_lesson", "OTHER"), said("/rounding", "rounding", "OTHER")]
    );
    let dropped = overlaps(json!({"profiles": [{"profile": "head", "drops": [figure("own.cap")]}], "rules": []}));
    assert_eq!(dropped, []);
    let bound =
        overlaps(json!({"rules": [json!({"id": "online.cap.year", "zh": "网络", "en": "online", "profile": "retiring",
        "rule": {"cap": {"of": {"forms": ["online"]}, "period": "year", "hours": figure("9")}}})]}));
    assert_eq!(bound, [said("/rules/0", "online.cap.year", "OTHER")]);
    let freed = overlaps(
        json!({"profiles": [{"profile": "retiring", "drops": [figure("school_based.cap.year"), figure("short.cap.year")]}]}),
    );
    assert_eq!(freed, [said("/profiles/0/drops/1", "short.cap.year", "331123")]);
    assert_eq!(
        overlaps(json!({"rounding": figure("whole_up"), "conversions": lesson("6"), "profiles": drops("retiring")})),
        []
    );
}

#[test]
fn days_between_two_editions_are_told_with_the_first_of_them() {
    let edition = |version: i32, from: &str, to: Option<&str>| {
        let valid = to.map_or_else(|| json!({"from": from}), |to| json!({"from": from, "to": to}));
        county(json!({"version": version, "valid": valid}))
    };
    let first = edition(1, "2026-01-01", Some("2027-06-30"));
    let packs: Vec<Pack> = shipped().into_iter().chain([first]).collect();
    let between = |draft: &Pack| {
        let found = lint(&packs, draft, suichang(), day("2026-01-01")).into_iter();
        let found = found.filter(|one| one.kind == FindingKind::Gap);
        found
            .map(|one| (one.pointer.clone(), one.text.en.clone(), one.example.en.clone(), one.gravity()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        between(&edition(2, "2028-01-01", None)),
        [(
            "/valid/from".to_owned(),
            "no edition of SX speaks on the 184 days between 2027-06-30 and 2028-01-01: only the rules of wider areas stand on them".to_owned(),
            "1 hour earned on 2027-07-01".to_owned(),
            Gravity::Warning
        )]
    );
    assert_eq!(between(&edition(2, "2027-07-01", None)), []);
    assert_eq!(between(&edition(2, "2027-01-01", None)), []);
    let before = between(&edition(2, "2025-01-01", Some("2025-06-30")));
    assert_eq!(before[0].0, "/valid/to");
    assert_eq!(before[0].2, "1 hour earned on 2025-07-01");
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
