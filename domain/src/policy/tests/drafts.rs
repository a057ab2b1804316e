//! The draft that is shipped: the second edition of the county's overlay.

use super::*;
use crate::policy::lint::{FindingKind, Gravity, lint};

fn draft() -> Pack {
    let [(name, text)] = packs::drafts();
    let pack = Pack::parse(text).unwrap();
    assert_eq!(format!("{}-{}", pack.code(), pack.version()), name);
    pack
}

fn rules_with_it() -> CycleRules {
    rules_of(&with_draft(&shipped(), &draft()))
}

#[test]
fn lint_lets_it_be_published_and_warns_of_the_days_that_are_past() {
    let found = lint(&shipped(), &draft(), suichang(), day("2026-11-28"));
    assert!(found.iter().all(|one| one.gravity() == Gravity::Warning), "{found:#?}");
    let past: Vec<_> = found.iter().filter(|one| one.kind == FindingKind::Retroaction).collect();
    assert_eq!(past.iter().map(|one| one.pointer.as_str()).collect::<Vec<_>>(), ["/valid/from"]);
    // The caps are those of the first edition, and cross as they do there.
    let first = lint(&shipped(), &shipped()[2], suichang(), day("2026-11-28"));
    assert_eq!(found.len(), first.len(), "{found:#?}");
}

#[test]
fn it_asks_for_what_the_field_knows_beside_what_is_in_force() {
    let rules = rules_with_it();
    let ids: Vec<&str> =
        rules.closing_rules().unwrap().rules().iter().map(|one| one.reference.rule.id.as_str()).collect();
    let new = ["it.min", "it.practice_share.min", "ethics.min.year", "district.min.ratio", "manager.min"];
    assert!(new.iter().all(|id| ids.contains(id)), "{ids:?}");
    let in_force = rules_of(&shipped());
    let before: Vec<&str> =
        in_force.closing_rules().unwrap().rules().iter().map(|one| one.reference.rule.id.as_str()).collect();
    assert!(before.iter().all(|id| ids.contains(id)), "nothing is lost");
}

#[test]
fn example_10_fifty_hours_of_it_of_which_three_fifths_are_practice() {
    let rules = rules_with_it();
    let judged = |online: &str, at_school: &str, practice: &str| {
        let online = EntryFacts { form: DeliveryForm::Online, ..themed("it", entry(1, "2016-05-01", online)) };
        let practised = EntryFacts { practice: hours(practice), ..themed("it", entry(3, "2017-12-31", practice)) };
        let late = themed("it", entry(4, "2018-01-01", "100"));
        let entries = [online, themed("it", school(2, "2016-06-01", at_school)), practised, late];
        let evaluation = evaluate(&rules, &PersonFacts::default(), &entries);
        ["it.min", "it.practice_share.min"].map(|id| stands(&rules, &evaluation, id))
    };
    assert_eq!(judged("20", "18", "12"), ["50.00 50.00 0.00 met", "30.00 30.00 0.00 met"]);
    assert_eq!(judged("24", "16", "10"), ["50.00 50.00 0.00 met", "30.00 26.00 10.00 failed"]);
}

#[test]
fn a_block_has_practice_and_its_year_a_floor_of_its_own() {
    let rules = rules_with_it();
    let judged = |practice: &str| {
        let course = EntryFacts { practice: hours(practice), ..block(1, "2018-07-15", "90") };
        let evaluation = evaluate(&rules, &PersonFacts::default(), &[course]);
        (stands(&rules, &evaluation, "block.cycle"), standing(&rules, &evaluation, "year.floor", Period::Year(2018)))
    };
    let (met, floor) = judged("45");
    assert!(met.ends_with("met"), "{met}");
    assert_eq!(floor, "114.00 90.00 24.00 failed");
    assert!(judged("44").0.ends_with("failed"));
}

#[test]
fn managers_owe_hours_of_management_by_their_post_and_others_none() {
    let rules = rules_with_it();
    let since = Some(DateSpan { from: day("2010-08-01"), to: None });
    let head = PersonFacts { head: since, ..PersonFacts::default() };
    let middle = PersonFacts { middle_manager: since, ..PersonFacts::default() };
    let entries = [themed("management", entry(1, "2018-05-01", "100"))];
    let of = |person: &PersonFacts| stands(&rules, &evaluate(&rules, person, &entries), "manager.min");
    assert_eq!(of(&head), "180.00 100.00 80.00 failed");
    assert_eq!(of(&middle), "90.00 100.00 0.00 met");
    assert_eq!(of(&PersonFacts::default()), "not asked");
}
