//! Which rule is in force where and when.

use super::*;
use crate::policy::document::{BodyDocument, Document};

/// The county pack with one figure changed, in another version and validity.
fn county(version: i32, from: &str, to: Option<&str>, school_cap: &str) -> Pack {
    let mut document: Document = Pack::parse(packs::shipped()[2].1).unwrap().document().clone();
    document.version = version;
    document.valid.from = from.to_owned();
    document.valid.to = to.map(str::to_owned);
    for rule in document.rules.iter_mut().filter(|rule| rule.id == "school_based.cap.year") {
        if let BodyDocument::Cap { hours: Some(cited), .. } = &mut rule.rule {
            cited.value = school_cap.to_owned();
        }
    }
    Pack::from_document(document).unwrap()
}

fn with_counties(counties: &[Pack]) -> CycleRules {
    rules_of(&under_the_province(counties))
}

#[test]
fn the_regime_changes_on_the_first_of_september_2016() {
    let packs = shipped();
    let check = |area: AreaCode, on: &str, expected: &[&str]| {
        let set = RuleSet::on(&packs, area, day(on)).unwrap();
        let names: Vec<_> = set.packs().iter().map(|(code, version)| format!("{code} v{version}")).collect();
        assert_eq!(names, expected, "{on}");
        assert_eq!(set.hour_minutes(), 45);
    };
    check(elsewhere(), "2015-12-31", &["ZJ-2010 v1"]);
    check(suichang(), "2015-12-31", &["ZJ-2010 v1"]);
    check(suichang(), "2016-08-31", &["ZJ-2010 v1", "331123 v1"]);
    check(suichang(), "2016-09-01", &["ZJ-2016 v1", "331123 v1"]);
    check(elsewhere(), "2026-11-23", &["ZJ-2016 v1"]);
    let before = RuleSet::on(&packs, suichang(), day("2010-12-31"));
    assert_eq!(before, Err(LayerFault::NoPackInForce { area: suichang(), day: day("2010-12-31") }));
    assert_eq!(cycle_on(&packs, suichang(), day("2026-11-23")).unwrap().name(), "2026-2030");
}

#[test]
fn a_county_s_rule_replaces_the_province_s_rule_of_the_same_id() {
    let packs = shipped();
    let floor = |area: AreaCode| {
        let set = RuleSet::on(&packs, area, day("2018-01-01")).unwrap();
        let names = set.rules().iter().filter(|rule| rule.reference.rule.id == "year.floor");
        names.map(|rule| rule.reference.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(floor(elsewhere()), ["ZJ-2016 v1 year.floor"]);
    assert_eq!(floor(suichang()), ["331123 v1 year.floor"]);
}

#[test]
fn the_yearly_floor_was_a_warning_under_the_rules_of_2010_and_fails_under_those_of_2016() {
    let packs = shipped();
    let check = |cycle: &str, as_of: &str, year: i32, expected: &str| {
        let cycle = cycle_named(&packs, elsewhere(), cycle).unwrap();
        let rules = CycleRules::new(&packs, elsewhere(), cycle, day(as_of)).unwrap();
        let evaluation = evaluate(&rules, &PersonFacts::default(), &[]);
        assert_eq!(standing(&rules, &evaluation, "year.floor", Period::Year(year)), expected);
    };
    check("2011-2015", "2015-12-31", 2015, "24.00 0.00 24.00 warn");
    check("2016-2020", "2016-08-31", 2016, "24.00 0.00 24.00 not_yet");
    check("2016-2020", "2016-12-31", 2016, "24.00 0.00 24.00 failed");
    check("2016-2020", "2016-12-31", 2017, "not asked");
}

#[test]
fn a_rule_that_changes_inside_the_cycle_keeps_earlier_entries_under_the_earlier_version() {
    let rules = with_counties(&[county(1, "2016-01-01", None, "30"), county(2, "2018-07-01", None, "24")]);
    let evaluation = evaluate(
        &rules,
        &PersonFacts::default(),
        &[
            school(1, "2017-04-01", "36"),
            school(2, "2018-04-01", "30"),
            school(3, "2018-10-01", "12"),
            school(4, "2019-04-01", "36"),
        ],
    );
    // In 2018 the 30 hours of spring stand under version 1, and leave nothing to version 2.
    assert_eq!(
        cuts(&rules, &evaluation),
        [
            (1, "6.00 331123 v1 school_based.cap.year Year(2017)".to_owned()),
            (3, "12.00 331123 v2 school_based.cap.year Year(2018)".to_owned()),
            (4, "12.00 331123 v2 school_based.cap.year Year(2019)".to_owned()),
        ]
    );
}

#[test]
fn a_cap_that_grows_inside_a_year_counts_up_to_the_new_amount() {
    let rules =
        with_counties(&[county(1, "2016-01-01", Some("2018-06-30"), "24"), county(2, "2018-07-01", None, "30")]);
    let evaluation =
        evaluate(&rules, &PersonFacts::default(), &[school(1, "2018-04-01", "28"), school(2, "2018-10-01", "10")]);
    assert_eq!(
        cuts(&rules, &evaluation),
        [
            (1, "4.00 331123 v1 school_based.cap.year Year(2018)".to_owned()),
            (2, "4.00 331123 v2 school_based.cap.year Year(2018)".to_owned()),
        ]
    );
}

#[test]
fn a_rule_that_stays_the_same_when_another_pack_changes_is_one_cap() {
    let rules = rules(suichang(), "2020-12-31");
    let entries = [school(1, "2016-04-01", "20"), school(2, "2016-10-01", "20")];
    let evaluation = evaluate(&rules, &PersonFacts::default(), &entries);
    assert_eq!(cuts(&rules, &evaluation), [(2, "16.00 331123 v1 school_based.cap.year Year(2016)".to_owned())]);
}

#[test]
fn cycle_requirements_follow_the_rules_at_as_of_where_the_cycle_still_runs() {
    let rules = rules(elsewhere(), "2016-05-01");
    let evaluation = evaluate(&rules, &PersonFacts::default(), &[]);
    let names: Vec<_> = evaluation.requirements.iter().map(|one| rules.rule(one.rule).unwrap().to_string()).collect();
    assert_eq!(names, ["ZJ-2010 v1 block.cycle", "ZJ-2010 v1 total.cycle", "ZJ-2010 v1 year.floor"]);
}

/// The rules of an id that bind somebody in 2018 under the province's packs and some of the county.
fn binding(counties: &[Pack], id: &str, person: &PersonFacts) -> Vec<String> {
    let packs = under_the_province(counties);
    let set = RuleSet::on(&packs, suichang(), day("2018-01-01")).unwrap();
    let profiles = ProfileSet::of(person, &cycle_named(&packs, suichang(), "2016-2020").unwrap());
    let binding = set.rules().iter().filter(|rule| rule.reference.rule.id == id && rule.binds(profiles));
    binding.map(|rule| rule.reference.to_string()).collect()
}

fn total(hours: &str) -> Value {
    rule("total.cycle", json!({"total": {"hours": figure(hours)}}))
}

fn county_total(hours: &str) -> Pack {
    county_pack(json!({"rules": [total(hours)]}))
}

fn head() -> PersonFacts {
    let head = DateSpan { from: day("2010-09-01"), to: None };
    PersonFacts { head: Some(head), ..PersonFacts::default() }
}

#[test]
fn a_stricter_rule_replaces_and_a_laxer_one_leaves_the_wider_area_s_beside_it() {
    let anybody = PersonFacts::default();
    assert_eq!(binding(&[county_total("400")], "total.cycle", &anybody), ["SX v1 total.cycle"]);
    let both = ["ZJ-2016 v1 total.cycle", "SX v1 total.cycle"];
    assert_eq!(binding(&[county_total("240")], "total.cycle", &anybody), both);
}

#[test]
fn of_two_totals_the_greater_is_owed() {
    let rules = with_counties(&[county_total("240")]);
    assert_eq!(evaluate(&rules, &PersonFacts::default(), &[]).required, Some(hours("360")));
}

#[test]
fn a_laxer_pack_of_the_area_brings_back_what_a_stricter_one_had_replaced() {
    let stricter = county_total("400");
    let laxer = county_pack(json!({"code": "SX-LATER", "valid": {"from": "2017-01-01"}, "rules": [total("240")]}));
    let both = ["ZJ-2016 v1 total.cycle", "SX-LATER v1 total.cycle"];
    assert_eq!(binding(&[stricter, laxer], "total.cycle", &PersonFacts::default()), both);
}

#[test]
fn a_laxer_rule_for_a_profile_does_not_hide_behind_a_stricter_one_for_everybody() {
    let mut for_heads = total("240");
    for_heads["profile"] = json!("head");
    let county = county_pack(json!({"rules": [total("400"), for_heads]}));
    let both = ["ZJ-2016 v1 total.cycle", "SX v1 total.cycle"];
    assert_eq!(binding(std::slice::from_ref(&county), "total.cycle", &head()), both);
    assert_eq!(binding(&[county], "total.cycle", &PersonFacts::default()), ["SX v1 total.cycle"]);
}

#[test]
fn caps_that_stand_beside_each_other_each_keep_to_their_own_entries() {
    let online = json!({"cap": {"of": {"forms": ["online"]}, "period": "cycle", "hours": figure("100")}});
    let rules = with_counties(&[county_pack(json!({"rules": [rule("school_based.cap.cycle", online)]}))]);
    let online = EntryFacts { form: DeliveryForm::Online, ..entry(2, "2018-05-01", "120") };
    let evaluation = evaluate(&rules, &PersonFacts::default(), &[school(1, "2018-04-01", "150"), online]);
    let counted: Vec<_> = evaluation.entries.iter().map(|entry| entry.counted).collect();
    assert_eq!(counted, [hours("120"), hours("100")], "a third of 360, and 100");
}

#[test]
fn a_county_s_cap_that_turns_laxer_in_the_cycle_leaves_the_province_s_over_both_times() {
    let cap = |hours: &str| {
        let of = json!({"routes": ["self_selected"]});
        rule("own.cap.cycle", json!({"cap": {"of": of, "period": "cycle", "hours": figure(hours)}}))
    };
    let until = json!({"valid": {"from": "2016-01-01", "to": "2018-06-30"}, "rules": [cap("50")]});
    let since = json!({"version": 2, "valid": {"from": "2018-07-01"}, "rules": [cap("240")]});
    let mut province = county_pack(json!({"code": "ZJ", "area": "330000", "rules": [cap("120")]}));
    let counted = |packs: &[Pack]| -> Vec<Hours> {
        let earned = [entry(1, "2017-04-01", "150"), entry(2, "2019-04-01", "150")];
        evaluate(&with_counties(packs), &PersonFacts::default(), &earned)
            .entries
            .iter()
            .map(|one| one.counted)
            .collect()
    };
    let (strict, lax) = (county_pack(until), county_pack(since));
    assert_eq!(counted(&[province.clone(), strict.clone(), lax.clone()]), [hours("50"), hours("70")]);
    province = county_pack(json!({"code": "ZJ", "area": "330000", "rules": [cap("300")]}));
    assert_eq!(counted(&[province, strict, lax]), [hours("50"), hours("150")]);
}

#[test]
fn a_rule_is_dropped_for_a_profile_only_where_the_wider_area_lets_it_be_relaxed() {
    let drops =
        |profile: &str| [county_pack(json!({"profiles": [{"profile": profile, "drops": [figure("block.cycle")]}]}))];
    let retiring = PersonFacts { retires_on: Some(day("2019-08-31")), ..PersonFacts::default() };
    let fixed = ["ZJ-2016 v1 block.cycle"];
    assert_eq!(binding(&drops("retiring"), "block.cycle", &retiring), Vec::<String>::new());
    assert_eq!(binding(&drops("retiring"), "block.cycle", &PersonFacts::default()), fixed);
    assert_eq!(binding(&drops("head"), "block.cycle", &head()), fixed, "the province does not say that it may");
}

#[test]
fn leave_is_taken_off_only_where_no_wider_area_says_that_it_is_not() {
    let province = |word: &str| {
        county_pack(
            json!({"code": "ZJ", "area": "330000", "valid": {"from": "2017-01-01"}, "leave_total": figure(word)}),
        )
    };
    let county = county_pack(json!({"leave_total": figure("prorate")}));
    let leave = vec![DateSpan { from: day("2018-02-01"), to: Some(day("2018-08-31")) }];
    let person = PersonFacts { leave, ..PersonFacts::default() };
    let owed = |packs: &[Pack]| evaluate(&with_counties(packs), &person, &[]).required;
    assert_eq!(owed(std::slice::from_ref(&county)), Some(hours("318")), "360 × 53 ÷ 60");
    assert_eq!(owed(&[province("keep"), county.clone()]), Some(hours("360")));
    assert_eq!(owed(&[province("prorate"), county]), Some(hours("318")));
}
