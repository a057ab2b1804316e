//! Caps that are a share of what counts, what is carried over, and the units in which hours are counted.

use super::*;

/// The province's rules with the cap on school-based training as a share of what counts instead of what is owed.
fn by_what_counts(share: &str) -> Vec<Pack> {
    let of_counted = |pack: Pack| {
        let mut document = pack.document().clone();
        for rule in document.rules.iter_mut().filter(|rule| rule.id == "school_based.cap.cycle") {
            if let document::BodyDocument::Cap { share_of_required, share_of_counted, .. } = &mut rule.rule {
                *share_of_counted = share_of_required.take();
                share_of_counted.as_mut().unwrap().value = share.into();
            }
        }
        Pack::from_document(document).unwrap()
    };
    under_the_province(&[]).into_iter().map(of_counted).collect()
}

fn judged(packs: &[Pack], entries: &[EntryFacts]) -> (CycleRules, Evaluation) {
    let rules = rules_of(packs);
    let evaluation = evaluate(&rules, &PersonFacts::default(), entries);
    (rules, evaluation)
}

#[test]
fn example_2_with_the_basis_actual_school_based_hours_are_a_third_of_what_counts() {
    let base = vec![school(1, "2016-10-01", "150"), block(2, "2017-07-01", "90"), entry(3, "2018-03-01", "90")];
    let (rules, evaluation) = judged(&by_what_counts("1/3"), &base);
    assert_eq!((evaluation.total, evaluation.exact), (hours("270"), true));
    assert_eq!(cuts(&rules, &evaluation), [(1, "60.00 ZJ-2016 v1 school_based.cap.cycle Cycle".to_owned())]);
    assert_eq!(standing(&rules, &evaluation, "total.cycle", Period::Cycle), "360.00 270.00 90.00 failed");
    let words = wording::cut(&rules, &evaluation, &evaluation.entries[0], &evaluation.cuts_of(0)[0]).unwrap();
    assert_eq!(
        words.zh,
        "校本研修每周期最多占实际计入学时的1/3（ZJ-2016 v1 school_based.cap.cycle），本条计90.00学时，削减60.00学时"
    );
    assert!(words.en.starts_with("School-based training: at most 1/3 of the hours that count"), "{}", words.en);
    // Sixty more of other hours are enough, however many of school-based ones are not.
    let more = |entry: EntryFacts| judged(&by_what_counts("1/3"), &[base.clone(), vec![entry]].concat()).1.total;
    assert_eq!((more(entry(4, "2019-03-01", "60")), more(school(4, "2019-03-01", "60"))), (hours("360"), hours("270")));
}

#[test]
fn a_share_of_what_counts_follows_the_hours_of_both_regimes() {
    // Hours of the first regime and of the second are one whole, whichever version of the rule they stand under.
    let entries = [school(1, "2016-04-01", "100"), school(2, "2018-04-01", "100"), entry(3, "2016-05-01", "100")];
    let (_, evaluation) = judged(&by_what_counts("1/2"), &entries);
    assert_eq!(evaluation.entries.iter().map(|one| one.counted).collect::<Vec<_>>(), ["100", "0", "100"].map(hours));
    let (_, everything) = judged(&by_what_counts("1"), &entries);
    assert_eq!(everything.total, hours("300"));
    let (_, nothing) = judged(&by_what_counts("0"), &entries);
    assert_eq!(nothing.total, hours("100"));
}

#[test]
fn where_caps_cross_fewer_hours_of_the_kind_make_room_for_others() {
    let county = county_pack(json!({"rules": [rule("ethics.all", json!({"cap": {
        "of": {"themes": ["ethics"]}, "period": "cycle", "hours": figure("100")}}))]}));
    let packs: Vec<Pack> = by_what_counts("1/2").into_iter().chain([county]).collect();
    // Ethics count 100 in all. Were all of it school-based, nothing else would stand beside it.
    let entries = [themed("ethics", school(1, "2017-04-01", "100")), themed("ethics", entry(2, "2018-05-01", "80"))];
    let (_, evaluation) = judged(&packs, &entries);
    assert_eq!(evaluation.entries.iter().map(|one| one.counted).collect::<Vec<_>>(), ["50", "50"].map(hours));
}

#[test]
fn one_cycle_has_one_cap_that_is_a_share_of_what_counts() {
    let county = county_pack(json!({"rules": [rule("online.share", json!({"cap": {
        "of": {"forms": ["online"]}, "period": "cycle", "share_of_counted": figure("1/4")}}))]}));
    let packs: Vec<Pack> = by_what_counts("1/3").into_iter().chain([county]).collect();
    let cycle = cycle_named(&packs, suichang(), "2016-2020").unwrap();
    let refused = CycleRules::new(&packs, suichang(), cycle, day("2020-12-31")).unwrap_err();
    assert_eq!(refused, LayerFault::TooMany { what: "caps that are a share of what counts", most: 1 });
}

#[test]
fn a_surplus_is_carried_over_as_far_as_the_packs_say() {
    let earned: Vec<EntryFacts> =
        (2016..=2020).map(|year| entry(i64::from(year), &format!("{year}-05-01"), "80")).collect();
    let next = [entry(1, "2021-05-01", "335")];
    let check = |settings: Value, carried: &str, standing_next: &str| {
        let packs = under_the_province(&[county_pack(settings)]);
        let surplus = evaluate(&rules_of(&packs), &PersonFacts::default(), &earned).surplus();
        assert_eq!(surplus, hours("40"));
        let cycle = cycle_named(&packs, suichang(), "2021-2025").unwrap();
        let rules = CycleRules::new(&packs, suichang(), cycle, day("2025-12-31")).unwrap();
        let person = PersonFacts { surplus, ..PersonFacts::default() };
        let evaluation = evaluate(&rules, &person, &next);
        assert_eq!((evaluation.carried, evaluation.total), (hours(carried), hours("335")));
        assert_eq!(standing(&rules, &evaluation, "total.cycle", Period::Cycle), standing_next);
        assert_eq!(evaluation.missing.to_string(), standing_next.split(' ').nth(2).unwrap());
        assert_eq!(evaluation.surplus(), Hours::ZERO, "what was carried over is not carried on");
    };
    check(json!({}), "0", "360.00 335.00 25.00 failed");
    check(json!({"carry_over": figure("0")}), "0", "360.00 335.00 25.00 failed");
    check(json!({"carry_over": figure("20")}), "20", "360.00 355.00 5.00 failed");
    check(json!({"carry_over": figure("60")}), "40", "360.00 375.00 0.00 met");
}

#[test]
fn hours_until_august_2016_and_credits_after_run_in_one_cycle() {
    let rules = rules(suichang(), "2020-12-31");
    let unit = |on: &str| rules.rules_on(day(on)).unwrap().unit();
    assert_eq!((unit("2016-08-31"), unit("2016-09-01")), (Unit::Hour, Unit::Credit));
    let entries = [entry(1, "2016-08-31", "100"), entry(2, "2016-09-01", "100"), block(3, "2018-07-01", "160")];
    let evaluation = evaluate(&rules, &PersonFacts::default(), &entries);
    assert_eq!(standing(&rules, &evaluation, "total.cycle", Period::Cycle), "360.00 360.00 0.00 met");
    assert_eq!(RuleSet::on(&[county_pack(json!({}))], suichang(), day("2018-01-01")).unwrap().unit(), Unit::Hour);
    // Where an hour is worth something else in credits, a factor of the later pack says so and leaves the hours before alone.
    let tenth = county_pack(json!({"valid": {"from": "2016-09-01"},
        "rules": [rule("unit.online", json!({"factor": {"of": {"forms": ["online"]}, "ratio": figure("1/20")}}))]}));
    let online = |key: i64, on: &str| EntryFacts { form: DeliveryForm::Online, ..entry(key, on, "40") };
    let (_, evaluation) = judged(&under_the_province(&[tenth]), &[online(1, "2016-08-31"), online(2, "2016-09-01")]);
    assert_eq!(evaluation.entries.iter().map(|one| one.counted).collect::<Vec<_>>(), ["40", "2"].map(hours));
}

#[test]
fn a_credit_is_hours_by_difficulty_by_result() {
    use crate::{
        enrolment::{Attended, Outcome, ResultTerms, earned},
        ledger::Factor,
    };
    let pack = county_pack(json!({"pass_factor": figure("0.9"), "fail_factor": figure("0.2"), "rules": [
        rule("difficulty.province", json!({"factor": {"of": {"levels": ["province"]}, "ratio": figure("1.5")}}))]}));
    let rules = rules_of(&under_the_province(&[pack]));
    let set = rules.rules_on(day("2018-05-01")).unwrap();
    assert_eq!((set.pass_factor().of(hours("10")), set.fail_factor().of(hours("10"))), (hours("9"), hours("2")));
    let terms = ResultTerms { pass_factor: Factor::from_hundredths(90).unwrap(), ..ResultTerms::PLAIN };
    let unit = Attended { hours: hours("20"), minutes_total: 900, minutes: Some(900) };
    let credited = earned(&[unit], Hours::ZERO, Outcome::Pass, false, terms).credited;
    let course = EntryFacts { level: Level::Province, credited, ..entry(1, "2018-05-01", "20") };
    let evaluation = evaluate(&rules, &PersonFacts::default(), &[course]);
    assert_eq!((credited, evaluation.total), (hours("18"), hours("27")), "20 × 0.9 × 1.5");
    assert_eq!(cuts(&rules, &evaluation), [(1, "-9.00 SX v1 difficulty.province Entry".to_owned())]);
    let plain = RuleSet::on(&shipped(), suichang(), day("2018-01-01")).unwrap();
    assert_eq!(plain.pass_factor().of(hours("10")), hours("10"));
}
