//! What activities outside courses are worth.

use super::*;
use crate::{
    policy::{
        conversion::{Activity, Approver, Conversion, ConversionRefusal, ConversionTable, convert},
        lint::{FindingKind, lint},
    },
    words::ActivityWord,
};

fn word(text: &str) -> ActivityWord {
    text.parse().unwrap()
}

/// Open lessons as in Neijiang (the lesson's hours times 9, 7, 5, for listeners half), 18 hours a year; papers; degrees at 20
/// hours for one, at most 5 a year and 20 a cycle.
fn conversions() -> Value {
    json!([
        {"kind": "open_lesson", "zh": "公开课", "en": "open lesson", "cap_year": figure("18"),
            "evidence": [figure("certificate"), figure("lesson_plan")], "approver": figure("county"), "lines": [
                {"levels": ["province"], "roles": ["speaker"], "factor": figure("9"), "most": figure("18")},
                {"levels": ["city"], "roles": ["speaker"], "factor": figure("7")},
                {"levels": ["county"], "roles": ["speaker"], "factor": figure("5")},
                {"roles": ["listener"], "factor": figure("1/2")}]},
        {"kind": "contest", "zh": "竞赛获奖", "en": "contest", "approver": figure("school"), "lines": [
            {"results": ["first_prize"], "hours": figure("18")}, {"results": ["none"], "hours": figure("0")}]},
        {"kind": "degree", "zh": "学历进修", "en": "degree study", "cap_year": figure("5"), "cap_cycle": figure("20"),
            "approver": figure("city"), "lines": [{"factor": figure("1/20")}]}
    ])
}

fn packs_with(conversions: Value) -> Vec<Pack> {
    under_the_province(&[county_pack(json!({"conversions": conversions}))])
}

fn table() -> ConversionTable {
    ConversionTable::on(&packs_with(conversions()), suichang(), day("2018-05-01"))
}

fn activity(kind: &str, level: Level) -> Activity {
    Activity { kind: word(kind), level, role: None, result: None, hours: None, evidence: Vec::new() }
}

fn lesson(level: Level, role: &str, took: &str) -> Activity {
    Activity {
        role: Some(word(role)),
        hours: Some(hours(took)),
        evidence: vec![word("lesson_plan"), word("certificate"), word("photo")],
        ..activity("open_lesson", level)
    }
}

fn worth(activity: &Activity) -> Result<(String, usize), String> {
    convert(&table(), activity).map(|one| (one.hours.to_string(), one.line)).map_err(|refusal| refusal.to_string())
}

#[test]
fn an_activity_is_worth_what_the_first_fitting_line_says() {
    let cases = [
        (lesson(Level::County, "speaker", "2"), ("10.00", 2)),
        (lesson(Level::City, "speaker", "2"), ("14.00", 1)),
        (lesson(Level::Province, "speaker", "3"), ("18.00", 0)),
        (lesson(Level::County, "listener", "3"), ("1.50", 3)),
        (Activity { result: Some(word("first_prize")), ..activity("contest", Level::County) }, ("18.00", 0)),
        (Activity { hours: Some(hours("70")), ..activity("degree", Level::Province) }, ("3.50", 0)),
    ];
    for (activity, (amount, line)) in cases {
        assert_eq!(worth(&activity), Ok((amount.to_owned(), line)), "{activity:?}");
    }
    let Conversion { approver, evidence, by, .. } = convert(&table(), &lesson(Level::City, "speaker", "2")).unwrap();
    assert_eq!((approver, evidence), (Approver::County, vec![word("certificate"), word("lesson_plan")]));
    assert_eq!(by.to_string(), "SX v1 conversion.open_lesson");
}

#[test]
fn every_reason_against_a_conversion_has_a_name() {
    let refused = |activity: &Activity| convert(&table(), activity).unwrap_err();
    let unknown = refused(&activity("paper", Level::County));
    assert_eq!(unknown, ConversionRefusal::UnknownKind { kind: word("paper") });
    assert!(matches!(refused(&lesson(Level::School, "speaker", "2")), ConversionRefusal::NoLine { .. }));
    assert!(matches!(refused(&activity("contest", Level::County)), ConversionRefusal::NoLine { .. }));
    let without = Activity { hours: None, ..lesson(Level::City, "speaker", "2") };
    assert!(matches!(refused(&without), ConversionRefusal::HoursMissing { .. }));
    assert!(matches!(refused(&lesson(Level::City, "speaker", "-2")), ConversionRefusal::HoursMissing { .. }));
    let nothing = Activity { result: Some(word("none")), ..activity("contest", Level::County) };
    assert!(matches!(refused(&nothing), ConversionRefusal::NoHours { .. }));
    let unproven =
        Activity { evidence: vec![word("photo"), word("lesson_plan")], ..lesson(Level::City, "speaker", "2") };
    assert_eq!(refused(&unproven), ConversionRefusal::EvidenceMissing { missing: vec![word("certificate")] });
    let none = ConversionTable::on(&shipped(), elsewhere(), day("2018-05-01"));
    assert!(convert(&none, &activity("contest", Level::County)).is_err());
}

#[test]
fn the_caps_of_a_kind_cut_like_all_caps_and_concern_no_other_kind() {
    let rules = rules_of(&packs_with(conversions()));
    let converted = |kind: &str, key: i64, on: &str, amount: &str| EntryFacts {
        route: Route::Converted,
        activity: Some(word(kind)),
        ..entry(key, on, amount)
    };
    let mut entries = vec![
        converted("open_lesson", 1, "2018-03-01", "10"),
        converted("open_lesson", 2, "2018-10-01", "14"),
        converted("open_lesson", 3, "2019-03-01", "14"),
        converted("contest", 4, "2018-10-01", "18"),
        converted("degree", 5, "2016-10-01", "7"),
        entry(6, "2018-10-01", "30"),
    ];
    entries.extend((2017..=2020).map(|year| converted("degree", year, &format!("{year}-06-01"), "5")));
    let evaluation = evaluate(&rules, &PersonFacts::default(), &entries);
    assert_eq!(
        cuts(&rules, &evaluation),
        [
            (2, "6.00 SX v1 conversion.open_lesson.cap.year Year(2018)".to_owned()),
            (5, "2.00 SX v1 conversion.degree.cap.year Year(2016)".to_owned()),
            (2020, "5.00 SX v1 conversion.degree.cap.cycle Cycle".to_owned()),
        ]
    );
    let words = wording::cut(&rules, &evaluation, &evaluation.entries[1], &evaluation.cuts_of(1)[0]).unwrap();
    assert_eq!(
        words.zh,
        "公开课每年最多计18学时（SX v1 conversion.open_lesson.cap.year），本条计8.00学时，削减6.00学时"
    );
}

/// The province's second pack with conversions of its own.
fn province_with(conversion: Value) -> Vec<Pack> {
    let mut packs = packs_with(conversions());
    let mut document = serde_json::to_value(packs[1].document()).unwrap();
    document["conversions"] = json!([conversion]);
    document["sources"]["S"] = json!({"title": "s"});
    packs[1] = Pack::parse(&document.to_string()).unwrap();
    packs
}

#[test]
fn a_county_gives_more_than_the_province_only_where_that_may_be_relaxed() {
    let contest = |relaxed: &str, amount: &str| {
        json!({"kind": "contest", "zh": "竞赛", "en": "contest", "may_be_relaxed": figure(relaxed),
            "evidence": [figure("certificate")], "approver": figure("city"),
            "lines": [{"results": ["first_prize"], "hours": figure(amount)}]})
    };
    let won = Activity {
        result: Some(word("first_prize")),
        evidence: vec![word("certificate")],
        ..activity("contest", Level::County)
    };
    let check = |relaxed: &str, amount: &str, expected: (&str, Approver, &str)| {
        let table = ConversionTable::on(&province_with(contest(relaxed, amount)), suichang(), day("2018-05-01"));
        let converted = convert(&table, &won).unwrap();
        let by = converted.by.to_string();
        assert_eq!(
            (converted.hours.to_string().as_str(), converted.approver, by.as_str()),
            expected,
            "{relaxed} {amount}"
        );
    };
    check("no", "6", ("6.00", Approver::City, "ZJ-2016 v1 conversion.contest"));
    check("no", "24", ("18.00", Approver::City, "SX v1 conversion.contest"));
    check("yes", "6", ("18.00", Approver::School, "SX v1 conversion.contest"));
}

#[test]
fn lint_finds_lines_that_never_decide_amounts_beyond_their_cap_and_laxer_words() {
    let found = |packs: &[Pack], conversions: Value| -> Vec<(FindingKind, String)> {
        let draft = county_pack(json!({"valid": {"from": "2017-01-01"}, "conversions": conversions}));
        let findings = lint(packs, &draft, suichang(), day("2017-01-01"));
        findings.into_iter().map(|finding| (finding.kind, finding.pointer)).collect()
    };
    let province = under_the_province(&[]);
    assert_eq!(found(&province, conversions()), []);
    let mut twice = conversions();
    twice[0]["lines"][1] =
        json!({"levels": ["province"], "roles": ["speaker"], "results": ["pass"], "hours": figure("19")});
    assert_eq!(
        found(&province, twice),
        [
            (FindingKind::Contradiction, "/conversions/0/lines/1".to_owned()),
            (FindingKind::NothingSelected, "/conversions/0/lines/1".to_owned()),
        ]
    );
    let own = json!({"kind": "contest", "zh": "竞赛", "en": "contest", "approver": figure("city"),
        "lines": [{"hours": figure("3")}]});
    let packs: Vec<Pack> = province_with(own).into_iter().take(2).collect();
    assert_eq!(found(&packs, conversions()), [(FindingKind::Relaxation, "/conversions/1".to_owned())]);
}

#[test]
fn faults_of_a_conversion_are_named_with_their_place() {
    let fault = |change: fn(&mut Value)| {
        let mut table = conversions();
        change(&mut table);
        let pack = json!({
            "code": "SX", "version": 1, "area": "331123", "valid": {"from": "2016-01-01"}, "zh": "县", "en": "county",
            "sources": {"S": {"title": "县规定"}}, "rules": [], "conversions": table
        });
        let fault = Pack::parse(&pack.to_string()).unwrap_err();
        (fault.pointer.clone(), fault.to_string())
    };
    let check = |change: fn(&mut Value), pointer: &str, reason: &str| {
        let (at, why) = fault(change);
        assert!(at == pointer && why.contains(reason), "{at}: {why}");
    };
    check(|table| table[0]["kind"] = json!("Open"), "/conversions/0/kind", "lower-case");
    check(|table| table[1]["kind"] = json!("open_lesson"), "/conversions/1/kind", "a second conversion");
    check(|table| table[0]["approver"]["value"] = json!("boss"), "/conversions/0/approver/value", "school, county");
    check(|table| table[0]["evidence"][1]["value"] = json!("a b"), "/conversions/0/evidence/1/value", "lower-case");
    check(|table| table[0]["lines"] = json!([]), "/conversions/0/lines", "at least one");
    check(|table| table[1]["lines"][0]["most"] = figure("3"), "/conversions/1/lines/0/most", "only a factor");
    check(|table| table[1]["lines"][0]["factor"] = figure("3"), "/conversions/1/lines/0", "either");
    check(|table| table[2]["lines"][0]["factor"] = figure("101"), "/conversions/2/lines/0/factor/value", "ratio");
    check(|table| table[2]["cap_year"]["value"] = json!("-1"), "/conversions/2/cap_year/value", "from 0");
    check(
        |table| table[0]["lines"][0]["levels"] = json!(["zone"]),
        "/conversions/0/lines/0/levels/0",
        "expected one of",
    );
    check(|table| table[0]["extra"] = json!(1), "/conversions/0/extra", "unknown field");
}
