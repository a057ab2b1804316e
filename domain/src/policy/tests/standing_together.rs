//! What lint finds in how a draft stands beside other packs: cycles that do not follow one another, rules that are dropped in vain.

use super::{
    linting::{county, found},
    *,
};
use crate::policy::lint::FindingKind;

#[test]
fn a_cycle_that_overlaps_another_or_is_not_the_wider_areas_is_a_contradiction() {
    let told = |valid: Value, anchor: &str, years: &str| -> Vec<String> {
        let cycle = json!({"anchor": figure(anchor), "years": figure(years)});
        let draft = county(json!({"valid": valid, "cycle": cycle}));
        let moved = found(&draft).into_iter().filter(|one| one.pointer == "/cycle");
        moved.map(|one| format!("{:?} {}", one.gravity(), one.example.en)).collect()
    };
    let none: [&str; 0] = [];
    assert_eq!(told(json!({"from": "2026-01-01"}), "2016-01-01", "5"), none, "the province's own");
    let says =
        |day: &str, cycle: &str| format!("Error on {day}: ZJ-2016 says 2026-01-01–2030-12-31, here it is {cycle}");
    assert_eq!(
        told(json!({"from": "2026-01-01"}), "2024-01-01", "5"),
        [
            "Error before 2026-01-01 the cycle is 2021-01-01–2025-12-31, from then on 2024-01-01–2028-12-31".to_owned(),
            says("2026-01-01", "2024-01-01–2028-12-31"),
        ]
    );
    assert_eq!(told(json!({"from": "2026-01-01"}), "2026-01-01", "3"), [says("2026-01-01", "2026-01-01–2028-12-31")]);
    let until = json!({"from": "2026-01-01", "to": "2029-06-30"});
    assert_eq!(
        told(until, "2026-01-01", "3")[0],
        "Error before 2029-07-01 the cycle is 2029-01-01–2031-12-31, from then on 2026-01-01–2030-12-31"
    );
}

/// A share of what counts.
fn share(part: Value, window: &str, share: &str) -> Value {
    json!({"share": {"of": {}, "part": part, "practice": figure("no"), "share": figure(share), "measure": "counted", "window": window,
        "strength": figure("fail")}})
}

fn contradictions(rules: Vec<Value>) -> Vec<(Vec<String>, String)> {
    let found = found(&county(json!({"rules": rules}))).into_iter();
    found.filter(|one| one.kind == FindingKind::Contradiction).map(|one| (one.rules, one.example.en)).collect()
}

#[test]
fn a_share_of_what_is_owed_that_a_cap_does_not_let_count_is_a_contradiction() {
    let online = || json!({"forms": ["online"]});
    let told = contradictions(vec![rule("online.share", share(online(), "cycle", "1/2"))]);
    let rules = ["SX v1 online.share", "ZJ-2016 v1 total.cycle", "331123 v1 online.cap.cycle"].map(String::from);
    let most = "at most 50.00 count, and 130.00 are missing".to_owned();
    assert_eq!(told[0], (rules.to_vec(), most), "180 of 360");
    assert_eq!(told.len(), 2, "who retires owes another total: {told:?}");
    let yearly = contradictions(vec![rule("online.share", share(online(), "year", "1"))]);
    assert!(yearly.iter().any(|(rules, _)| rules.contains(&"331123 v1 year.floor".to_owned())), "{yearly:?}");
    assert_eq!(contradictions(vec![rule("online.share", share(online(), "cycle", "1/8"))]), [], "45 of 360");
}

#[test]
fn hours_of_several_times_of_a_year_are_more_than_a_year_may_have() {
    let minimum = |from: u32| {
        json!({"minimum": {"of": {}, "measure": "counted", "window": "months", "months_from": figure(&from.to_string()),
            "months_to": figure(&(from + 1).to_string()), "hours": figure("40"), "strength": figure("fail")}})
    };
    let of = |count: u32| -> Vec<Value> {
        (0..count).map(|place| rule(&format!("m{place}.min"), minimum(2 * place + 1))).collect()
    };
    let told = contradictions(of(4));
    assert!(
        told.iter().any(|(rules, _)| rules.contains(&"331123 v1 year.maximum".to_owned())),
        "160 and 144: {told:?}"
    );
    assert_eq!(contradictions(of(3)), []);
}

#[test]
fn a_rule_that_no_pack_has_is_dropped_in_vain() {
    let drops = |id: &str| county(json!({"profiles": [{"profile": "retiring", "drops": [figure(id)]}]}));
    let told = |id: &str| -> Vec<(FindingKind, String)> {
        let found = found(&drops(id)).into_iter().filter(|one| one.pointer.starts_with("/profiles"));
        found.map(|one| (one.kind, one.pointer)).collect()
    };
    assert_eq!(told("block.cylce"), [(FindingKind::NothingSelected, "/profiles/0/drops/0".to_owned())]);
    assert!(!told("block.cycle").iter().any(|(kind, _)| *kind == FindingKind::NothingSelected));
}
