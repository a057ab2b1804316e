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
    let mut packs = shipped();
    packs.truncate(2);
    packs.extend_from_slice(counties);
    let cycle = cycle_named(&packs, suichang(), "2016-2020").unwrap();
    CycleRules::new(&packs, suichang(), cycle, day("2020-12-31")).unwrap()
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

/// The standing rules of an id for somebody, with the shipped packs and a county pack that says something else.
fn standing_with(change: serde_json::Value, id: &str, person: &PersonFacts) -> Vec<String> {
    let mut document = serde_json::json!({
        "code": "SX", "version": 1, "area": "331123", "valid": {"from": "2016-01-01"}, "zh": "县规定", "en": "county",
        "sources": {"S": {"title": "县规定"}}, "rules": []
    });
    for (field, value) in change.as_object().unwrap() {
        document[field] = value.clone();
    }
    let mut packs = shipped();
    packs.truncate(2);
    packs.push(Pack::parse(&document.to_string()).unwrap());
    let set = RuleSet::on(&packs, suichang(), day("2018-01-01")).unwrap();
    let profiles = ProfileSet::of(person, &cycle_named(&packs, suichang(), "2016-2020").unwrap());
    let binding = set.rules().iter().filter(|rule| rule.reference.rule.id == id && rule.binds(profiles));
    binding.map(|rule| rule.reference.to_string()).collect()
}

fn total(hours: &str) -> serde_json::Value {
    let figure = serde_json::json!({"value": hours, "source": "S", "article": "第一条", "confidence": "R"});
    serde_json::json!({"rules": [{"id": "total.cycle", "zh": "总", "en": "total", "rule": {"total": {"hours": figure}}}]})
}

#[test]
fn a_stricter_rule_replaces_and_a_laxer_one_leaves_the_wider_area_s_beside_it() {
    let anybody = PersonFacts::default();
    assert_eq!(standing_with(total("400"), "total.cycle", &anybody), ["SX v1 total.cycle"]);
    assert_eq!(standing_with(total("240"), "total.cycle", &anybody), ["ZJ-2016 v1 total.cycle", "SX v1 total.cycle"]);
}

#[test]
fn of_two_totals_the_greater_is_owed() {
    let mut packs = shipped();
    let mut document = serde_json::json!({
        "code": "SX", "version": 1, "area": "331123", "valid": {"from": "2016-01-01"}, "zh": "县规定", "en": "county",
        "sources": {"S": {"title": "县规定"}}
    });
    document["rules"] = total("240")["rules"].clone();
    packs.push(Pack::parse(&document.to_string()).unwrap());
    let cycle = cycle_named(&packs, suichang(), "2016-2020").unwrap();
    let rules = CycleRules::new(&packs, suichang(), cycle, day("2020-12-31")).unwrap();
    assert_eq!(evaluate(&rules, &PersonFacts::default(), &[]).required, Some(hours("360")));
}

#[test]
fn a_rule_is_dropped_for_a_profile_only_where_the_wider_area_lets_it_be_relaxed() {
    let drops = |profile: &str| {
        let figure = serde_json::json!({"value": "block.cycle", "source": "S", "article": "第二条", "confidence": "R"});
        serde_json::json!({"profiles": [{"profile": profile, "drops": [figure]}]})
    };
    let retiring = PersonFacts { retires_on: Some(day("2019-08-31")), ..PersonFacts::default() };
    let head = PersonFacts {
        head: Some(crate::time::DateSpan { from: day("2010-09-01"), to: None }),
        ..PersonFacts::default()
    };
    assert_eq!(standing_with(drops("retiring"), "block.cycle", &retiring), Vec::<String>::new());
    assert_eq!(standing_with(drops("retiring"), "block.cycle", &PersonFacts::default()), ["ZJ-2016 v1 block.cycle"]);
    assert_eq!(
        standing_with(drops("head"), "block.cycle", &head),
        ["ZJ-2016 v1 block.cycle"],
        "the province does not say that it may"
    );
}
