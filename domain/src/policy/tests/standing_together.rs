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
