//! A school's own rules: the last layer, and the teacher who moves between schools.

use super::*;
use crate::{id::OrganisationId, policy::lint::FindingKind};
use proptest::prelude::*;

fn school_id(number: i64) -> OrganisationId {
    OrganisationId::new(suichang(), number)
}

/// A pack for one school.
fn overlay(number: i64, change: Value) -> Pack {
    let mut fields = json!({"code": format!("SX-{number}"), "organisation_id": school_id(number).to_string()});
    for (field, value) in change.as_object().unwrap() {
        fields[field] = value.clone();
    }
    county_pack(fields)
}

fn total(hours: &str) -> Value {
    rule("total.cycle", json!({"total": {"hours": figure(hours)}}))
}

fn floor(hours: &str) -> Value {
    rule("year.floor", json!({"year_floor": {"hours": figure(hours), "strength": figure("fail")}}))
}

fn school_cap(hours: &str) -> Value {
    let of = json!({"routes": ["school_based"], "without_marks": ["certified_elsewhere"]});
    rule("school_based.cap.year", json!({"cap": {"of": of, "period": "year", "hours": figure(hours)}}))
}

fn factor(ratio: &str) -> Value {
    rule("online.factor", json!({"factor": {"of": {"routes": ["school_based"]}, "ratio": figure(ratio)}}))
}

fn relaxable(mut rule: Value, to: &str) -> Value {
    rule["may_be_relaxed"] = figure(to);
    rule
}

fn at(spells: &[(i64, &str, Option<&str>)]) -> Schools {
    let spell = |(number, from, to): &(i64, &str, Option<&str>)| SchoolSpell {
        school: school_id(*number),
        span: DateSpan { from: day(from), to: to.map(day) },
    };
    Schools::new(&spells.iter().map(spell).collect::<Vec<_>>(), |_| true)
}

fn of_schools(packs: &[Pack], schools: &Schools) -> CycleRules {
    let cycle = cycle_named(packs, suichang(), "2016-2020").unwrap();
    CycleRules::of_schools(packs, suichang(), schools, cycle, cycle.to()).unwrap()
}

/// The rules of an id that bind everybody of a school in 2018.
fn in_force(packs: &[Pack], number: i64, id: &str) -> Vec<String> {
    let set = RuleSet::on(packs, school_id(number), day("2018-05-01")).unwrap();
    let named = set.rules().iter().filter(|one| one.reference.rule.id == id && one.binds(ProfileSet::default()));
    named.map(|one| one.reference.to_string()).collect()
}

#[test]
fn a_school_asks_more_of_its_own_teachers_and_of_nobody_else() {
    let mut packs = shipped();
    packs.push(overlay(1, json!({"rules": [floor("60"), school_cap("12")]})));
    assert_eq!(in_force(&packs, 1, "year.floor"), ["SX-1 v1 year.floor"]);
    assert_eq!(in_force(&packs, 1, "school_based.cap.year"), ["SX-1 v1 school_based.cap.year"]);
    for id in ["year.floor", "school_based.cap.year"] {
        assert_eq!(in_force(&packs, 2, id), [format!("331123 v1 {id}")]);
    }
    assert_eq!(
        rules_of(&packs).closing_rules(),
        rules_of(&shipped()).closing_rules(),
        "the county's rules are as before"
    );
    let names =
        |set: &RuleSet| set.packs().iter().map(|(code, version)| format!("{code} v{version}")).collect::<Vec<_>>();
    let set = RuleSet::on(&packs, school_id(1), day("2018-05-01")).unwrap();
    assert_eq!(names(&set), ["ZJ-2016 v1", "331123 v1", "SX-1 v1"]);
}

#[test]
fn a_laxer_rule_of_a_school_stands_beside_the_county_s_unless_that_may_be_relaxed() {
    let school = |rules: Value| overlay(1, json!({"rules": rules}));
    let county = |rules: Value| county_pack(json!({"rules": rules}));
    let cases = [
        (json!([floor("40")]), json!([floor("30")]), vec!["SX v1 year.floor", "SX-1 v1 year.floor"]),
        (json!([relaxable(floor("40"), "yes")]), json!([floor("30")]), vec!["SX-1 v1 year.floor"]),
        (json!([relaxable(floor("40"), "head")]), json!([floor("30")]), vec!["SX v1 year.floor", "SX-1 v1 year.floor"]),
        (json!([floor("40")]), json!([floor("40")]), vec!["SX-1 v1 year.floor"]),
        // Below the province's own 24 a county's consent is not enough.
        (json!([relaxable(floor("24"), "yes")]), json!([floor("12")]), vec!["SX-1 v1 year.floor"]),
    ];
    for (wide, narrow, expected) in cases {
        let packs = under_the_province(&[county(wide.clone()), school(narrow.clone())]);
        assert_eq!(in_force(&packs, 1, "year.floor"), expected, "{wide} {narrow}");
    }
}

#[test]
fn a_school_cannot_free_a_profile_from_what_may_not_be_relaxed() {
    let free = |rule: &str| overlay(1, json!({"profiles": [{"profile": "head", "drops": [figure(rule)]}]}));
    let head = PersonFacts { head: Some(DateSpan { from: day("2014-08-01"), to: None }), ..PersonFacts::default() };
    let asked = |county: Value| {
        let packs = under_the_province(&[county_pack(json!({"rules": [county]})), free("year.floor.own")]);
        let rules = of_schools(&packs, &at(&[(1, "2014-08-01", None)]));
        stands(&rules, &evaluate(&rules, &head, &[]), "year.floor.own") != "not asked"
    };
    let own = |word: &str| {
        let mut own = relaxable(floor("40"), word);
        own["id"] = json!("year.floor.own");
        own
    };
    assert!(asked(own("no")));
    assert!(asked(own("retiring")));
    assert!(!asked(own("head")));
    assert!(!asked(own("yes")));
}

#[test]
fn a_teacher_who_moves_away_and_back_has_each_entry_judged_by_its_day_and_the_totals_by_the_last() {
    let mut packs = shipped();
    packs.push(overlay(1, json!({"rules": [total("400"), school_cap("12"), floor("60")]})));
    let away = [(1, "2014-08-15", Some("2017-08-14")), (2, "2017-08-15", Some("2019-08-14"))];
    let back = [away[0], away[1], (1, "2019-08-15", None)];
    let entries = [
        school(1, "2016-04-01", "20"),
        school(2, "2018-04-01", "20"),
        school(3, "2020-04-01", "20"),
        entry(4, "2017-10-01", "30"),
    ];
    let judged = |spells: &[(i64, &str, Option<&str>)]| {
        let rules = of_schools(&packs, &at(spells));
        let evaluation = evaluate(&rules, &PersonFacts::default(), &entries);
        let floors = |year: i32| standing(&rules, &evaluation, "year.floor", Period::Year(year));
        let total = standing(&rules, &evaluation, "total.cycle", Period::Cycle);
        let cut = cuts(&rules, &evaluation).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
        (total, cut, [2016, 2017, 2018, 2020].map(|year| floors(year).split(' ').next().unwrap().to_owned()))
    };
    let owed = |years: [&str; 4]| years.map(str::to_owned);
    assert_eq!(
        judged(&back),
        ("400.00 74.00 326.00 failed".into(), vec![1, 3], owed(["60.00", "48.00", "48.00", "60.00"]))
    );
    // Whoever leaves for good owes what the county asks; the hours of the days before stay as the school counted them.
    assert_eq!(
        judged(&away),
        ("360.00 82.00 278.00 failed".into(), vec![1], owed(["60.00", "48.00", "48.00", "48.00"]))
    );
    assert_eq!(judged(&[]).0, "360.00 90.00 270.00 failed");
}

#[test]
fn a_cap_that_changes_with_the_school_inside_a_year_takes_nothing_away_and_grants_nothing_twice() {
    let mut packs = shipped();
    packs.push(overlay(1, json!({"rules": [school_cap("12")]})));
    let counted = |first: &str, second: &str, spells: &[(i64, &str, Option<&str>)]| {
        let rules = of_schools(&packs, &at(spells));
        let entries = [school(1, "2018-04-01", first), school(2, "2018-10-01", second)];
        let evaluation = evaluate(&rules, &PersonFacts::default(), &entries);
        evaluation.entries.iter().map(|one| one.counted.to_string()).collect::<Vec<_>>()
    };
    let (leaves, comes) = ([(1, "2014-08-15", Some("2018-08-14"))], [(1, "2018-08-15", None)]);
    assert_eq!(counted("20", "20", &leaves), ["12.00", "12.00"], "24 in all, as the county lets count");
    assert_eq!(counted("20", "20", &comes), ["20.00", "4.00"]);
    assert_eq!(counted("6", "20", &comes), ["6.00", "12.00"]);
}

#[test]
fn somebody_who_comes_and_goes_many_times_is_judged_all_the_same() {
    let mut packs = shipped();
    packs.push(overlay(1, json!({"rules": [school_cap("12")]})));
    packs.push(overlay(2, json!({"rules": [school_cap("6")]})));
    let from = |number: u64| day("2016-01-01") + chrono::Days::new(number * 30);
    let spell = |number: u64| SchoolSpell {
        school: school_id(if number.is_multiple_of(2) { 1 } else { 2 }),
        span: DateSpan { from: from(number), to: from(number + 1).pred_opt() },
    };
    let schools = Schools::new(&(0..60).map(spell).collect::<Vec<_>>(), |_| true);
    assert_eq!(schools.spells().len(), 60);
    let rules = of_schools(&packs, &schools);
    let entries: Vec<_> =
        (0..60_u64).zip(0..).map(|(number, key)| school(key, &from(number).to_string(), "10")).collect();
    let evaluation = evaluate(&rules, &PersonFacts::default(), &entries);
    let of_2018 = evaluation.years.iter().find(|year| year.year == 2018).unwrap();
    assert_eq!(of_2018.counted, hours("12"), "each school's hours under its own cap, all together under the greater");
    assert_eq!(evaluation.required, Some(hours("360")));
}

#[test]
fn a_school_s_pack_of_a_code_that_a_wider_pack_has_silences_nobody() {
    let mut packs = shipped();
    packs.push(overlay(1, json!({"code": "331123", "version": 9, "rules": [floor("60")]})));
    packs.push(overlay(2, json!({"code": "331123", "version": 9, "rules": [floor("70")]})));
    assert_eq!(in_force(&packs, 1, "school_based.cap.year"), ["331123 v1 school_based.cap.year"]);
    let rules = of_schools(&packs, &at(&[(1, "2014-01-01", Some("2018-08-14")), (2, "2018-08-15", None)]));
    let evaluation = evaluate(&rules, &PersonFacts::default(), &[]);
    let owed = |year| standing(&rules, &evaluation, "year.floor", Period::Year(year));
    assert_eq!([owed(2017), owed(2018)], ["60.00 0.00 60.00 failed", "70.00 0.00 70.00 failed"]);
}

#[test]
fn what_a_pack_says_once_for_everybody_is_not_for_a_school_to_set() {
    let id = school_id(1).to_string();
    let elsewhere = OrganisationId::new(elsewhere(), 1).to_string();
    let cycle = json!({"anchor": figure("2016-01-01"), "years": figure("5")});
    let conversion = json!([{"kind": "open_lesson", "zh": "公开课", "en": "open lesson", "approver": figure("county"),
        "lines": [{"hours": figure("6")}]}]);
    let mut cases = vec![
        (json!({"organisation_id": "org_1"}), "/organisation_id"),
        (json!({"organisation_id": elsewhere}), "/organisation_id"),
        (json!({"organisation_id": id, "area": "331100"}), "/organisation_id"),
        (json!({"organisation_id": id, "cycle": cycle}), "/cycle"),
        (json!({"organisation_id": id, "conversions": conversion}), "/conversions"),
    ];
    let example = Pack::parse(document::EXAMPLES[0]).unwrap();
    let settings = example.document().settings();
    let pointers: Vec<String> = settings.iter().map(|said| format!("/{}", said.name)).collect();
    cases.extend(settings.iter().zip(&pointers).map(|(said, pointer)| {
        let figure = figure(&said.said.unwrap().value);
        (json!({"organisation_id": id, said.name: figure}), pointer.as_str())
    }));
    for (change, pointer) in cases {
        let mut document = json!({
            "code": "SX", "version": 1, "area": "331123", "valid": {"from": "2016-01-01"}, "zh": "校规定", "en": "school",
            "sources": {"S": {"title": "校规定"}}, "rules": []
        });
        for (field, value) in change.as_object().unwrap() {
            document[field] = value.clone();
        }
        assert_eq!(Pack::parse(&document.to_string()).unwrap_err().pointer, pointer, "{change}");
    }
    let own = json!({"themes": {"district": {"zh": "学区", "en": "district"}}, "rules": [floor("60")]});
    assert_eq!(overlay(1, own).jurisdiction(), Jurisdiction::School(school_id(1)));
}

#[test]
fn lint_knows_that_a_school_lies_below_its_county() {
    let kinds = |draft: &Pack| {
        let found = lint::lint(&shipped(), draft, suichang(), day("2015-01-01"));
        found.into_iter().map(|one| (one.kind, one.pointer)).collect::<Vec<_>>()
    };
    let laxer = overlay(1, json!({"rules": [floor("30")]}));
    assert_eq!(kinds(&laxer), [(FindingKind::Relaxation, "/rules/0".to_owned())]);
    let stricter = overlay(1, json!({"rules": [floor("60")]}));
    assert_eq!(kinds(&stricter), []);
    let impossible = overlay(1, json!({"rules": [floor("150")]}));
    assert!(
        kinds(&impossible).contains(&(FindingKind::Contradiction, "/rules/0".to_owned())),
        "the county caps at 144"
    );
    let free = json!({"profiles": [{"profile": "head", "drops": [figure("year.floor")]}]});
    let told = kinds(&overlay(1, free));
    let dropped = (FindingKind::Relaxation, "/profiles/0/drops/0".to_owned());
    assert!(!told.is_empty() && told.iter().all(|one| *one == dropped), "{told:?}");
    let of = json!({"levels": ["county"]});
    let crossing = rule("county.cap.year", json!({"cap": {"of": of, "period": "year", "hours": figure("30")}}));
    let told = kinds(&overlay(1, json!({"rules": [crossing]})));
    assert!(told.contains(&(FindingKind::CrossingCaps, "/rules/0".to_owned())), "with a cap of the county: {told:?}");
}

#[test]
fn lint_of_a_county_s_draft_looks_at_the_schools_with_packs_of_their_own() {
    let maximum = rule("year.maximum", json!({"year_maximum": {"hours": figure("50"), "effect": figure("refuse")}}));
    let draft = county_pack(json!({"rules": [maximum]}));
    let contradictions = |packs: &[Pack]| {
        let found = lint::lint(packs, &draft, suichang(), day("2015-01-01"));
        let errors = found.into_iter().filter(|one| one.kind == FindingKind::Contradiction);
        errors.map(|one| (one.pointer, one.rules)).collect::<Vec<_>>()
    };
    let mut packs = shipped();
    let without = contradictions(&packs);
    packs.push(overlay(1, json!({"rules": [floor("60")]})));
    let with = contradictions(&packs);
    let new: Vec<_> = with.iter().filter(|one| !without.contains(one)).collect();
    let at_the_school =
        |rules: &[String]| rules.iter().any(|name| name.ends_with("year.floor") && !name.starts_with("331123"));
    assert!(
        !new.is_empty() && new.iter().all(|(pointer, rules)| pointer == "/rules/0" && at_the_school(rules)),
        "{new:?}"
    );
    packs.push(overlay(2, json!({"rules": [floor("49")]})));
    assert_eq!(contradictions(&packs), with, "what the other school asks can be met");
}

/// A span of days of the cycle.
fn within_the_cycle() -> impl Strategy<Value = (u64, u64)> {
    (0_u64..1_826, 0_u64..900)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Day by day: what a factor leaves of an entry is what the rules of the school of that day leave of it, and the total is that of
    /// the rules of the last day.
    #[test]
    fn each_entry_is_judged_by_the_rules_of_its_own_day_and_school(
        spells in prop::collection::vec((1_i64..4, within_the_cycle()), 0..5),
        days in prop::collection::vec(0_u64..1_826, 1..12),
    ) {
        let from = day("2016-01-01");
        let on = |number: u64| from + chrono::Days::new(number);
        let mut packs = under_the_province(&[county_pack(json!({"rules": [factor("0.9")]}))]);
        packs.push(overlay(1, json!({"rules": [factor("0.5"), total("400")]})));
        packs.push(overlay(2, json!({"rules": [factor("1"), total("380")], "valid": {"from": "2017-03-01", "to": "2019-02-28"}})));
        let mut employments: Vec<SchoolSpell> = spells.iter().map(|(number, (from, length))| SchoolSpell {
            school: school_id(*number),
            span: DateSpan { from: on(*from), to: Some(on(from + length)) },
        }).collect();
        employments.sort_by_key(|one| one.span.from);
        let schools = Schools::new(&employments, |_| true);
        let rules = of_schools(&packs, &schools);
        let entries: Vec<EntryFacts> =
            (0..).zip(&days).map(|(key, number)| school(key, &on(*number).to_string(), "0.10")).collect();
        let evaluation = evaluate(&rules, &PersonFacts::default(), &entries);
        let last = |day: NaiveDate| employments.iter().rfind(|one| one.span.contains(day)).map(|one| one.school.number());
        for (entry, counted) in entries.iter().zip(&evaluation.entries) {
            let naive = if last(entry.effective) == Some(1) { "0.05" } else { "0.09" };
            prop_assert_eq!(counted.counted, hours(naive), "{}", entry.effective);
        }
        let owed = if last(day("2020-12-31")) == Some(1) { "400" } else { "360" };
        prop_assert_eq!(evaluation.required, Some(hours(owed)));
    }
}
