//! What packs of several areas say once for everybody: the stricter decides, unless the wider lets it be relaxed.

use super::{
    linting::{TODAY, county, found},
    *,
};
use crate::policy::{
    evaluating::MissedEvaluation,
    lint::{FindingKind, lint},
};

#[test]
fn settings_of_several_areas_go_by_the_stricter_or_the_wider_word() {
    let mut province = shipped()[1].document().clone();
    province.sources.insert("S".into(), document::SourceDocument { title: "s".into(), url: None });
    let cited = |value: &str| Some(serde_json::from_value::<document::SettingDocument>(figure(value)).unwrap());
    province.rounding = cited("whole_down");
    province.fail_factor = cited("0.1");
    province.absence_fail_ratio = cited("1/3");
    province.attribution = cited("session");
    province.hours_per_day = cited("6");
    let county = county_pack(json!({
        "rounding": figure("whole_up"), "fail_factor": figure("0.2"), "absence_fail_ratio": figure("1/5"),
        "attribution": figure("completion"), "hours_per_day": figure("7.5"), "prorate_retirement": figure("year")
    }));
    let packs = [Pack::from_document(province).unwrap(), county];
    let set = RuleSet::on(&packs, suichang(), day("2018-01-01")).unwrap();
    assert_eq!((set.rounding(), set.prorate_retirement()), (Rounding::Down, Prorate::Year));
    assert_eq!(set.fail_factor().of(hours("10")), hours("1"));
    assert_eq!(set.absence_fail_ratio().map(|ratio| ratio.of(hours("10"))), Some(hours("2")));
    assert_eq!(set.hours_per_day(), hours("6"));
    let of = |packs: &[Pack]| rules_of(packs).attribution_on(day("2018-01-01"));
    assert_eq!((of(&packs), of(&shipped())), (Attribution::Session, Attribution::Completion));
    assert_eq!(RuleSet::on(&packs[..1], elsewhere(), day("2018-01-01")).unwrap().rounding(), Rounding::Down);
    let plain = RuleSet::on(&shipped(), suichang(), day("2018-01-01")).unwrap();
    assert_eq!(
        (plain.rounding(), plain.hours_per_day(), plain.fail_factor().numerator),
        (Rounding::Keep, hours("8"), 0)
    );
}

#[test]
fn a_county_relaxes_what_the_province_lets_be_relaxed_and_nothing_else() {
    let relaxable = |value: &str, word: &str| {
        let mut said = figure(value);
        said["may_be_relaxed"] = figure(word);
        said
    };
    let province = |word: &str| {
        county_pack(
            json!({"code": "ZJ", "area": "330000", "hours_stages": relaxable("3", word), "hours_per_day": relaxable("8", word),
            "hour_minutes": relaxable("45", word), "attribution": relaxable("completion", word), "rounding": relaxable("keep", word),
            "reversal_after_close": relaxable("refused", word)}),
        )
    };
    let lax = |area: &str, code: &str| {
        county_pack(json!({"code": code, "area": area, "hours_stages": figure("1"), "hours_per_day": figure("24"),
            "hour_minutes": figure("1"), "attribution": figure("session"), "rounding": figure("whole_up"),
            "reversal_after_close": figure("two_people")}))
    };
    let said = |packs: &[Pack]| {
        let set = RuleSet::on(packs, suichang(), day("2018-01-01")).unwrap();
        let cited: Vec<String> =
            set.settings().iter().map(|one| format!("{} {}", one.document.pack, one.figure)).collect();
        (
            (
                set.hours_stages(),
                set.hours_per_day(),
                set.hour_minutes(),
                set.attribution(),
                set.rounding(),
                set.reversal_after_close(),
            ),
            cited,
        )
    };
    let (strict, cited) = said(&[province("no"), lax("331123", "SX")]);
    assert_eq!(strict, (3, hours("8"), 45, Attribution::Completion, Rounding::Keep, ReversalAfterClose::Refused));
    assert_eq!(cited, ["ZJ attribution", "ZJ rounding", "ZJ hours_per_day"]);
    let (relaxed, cited) = said(&[province("yes"), lax("331123", "SX")]);
    assert_eq!(relaxed, (1, hours("24"), 1, Attribution::Session, Rounding::Up, ReversalAfterClose::TwoPeople));
    assert_eq!(cited, ["SX attribution", "SX rounding", "SX hours_per_day"]);
    // What a city between them says stands for its counties, whatever the province allowed it.
    let (of_city, _) = said(&[province("yes"), lax("331100", "LS"), county_pack(json!({"rounding": figure("keep")}))]);
    assert_eq!((of_city.0, of_city.4), (1, Rounding::Keep));
}

#[test]
fn of_several_areas_the_shorter_time_for_an_evaluation_and_the_stricter_end_decide() {
    let mut province = shipped()[1].document().clone();
    province.sources.insert("S".into(), document::SourceDocument { title: "s".into(), url: None });
    let cited = |value: &str| Some(serde_json::from_value::<document::SettingDocument>(figure(value)).unwrap());
    province.evaluation_days = cited("30");
    province.evaluation_missed = cited("post");
    let alone = Pack::from_document(province).unwrap();
    let on = |packs: &[Pack]| RuleSet::on(packs, suichang(), day("2018-01-01")).unwrap().evaluation();
    let terms = |days, missed| Some(EvaluationTerms { days, missed });
    assert_eq!(on(std::slice::from_ref(&alone)), terms(30, MissedEvaluation::Post));
    let county =
        |days: &str| county_pack(json!({"evaluation_days": figure(days), "evaluation_missed": figure("void")}));
    assert_eq!(on(&[alone.clone(), county("14")]), terms(14, MissedEvaluation::Void));
    assert_eq!(on(&[alone, county("60")]), terms(30, MissedEvaluation::Void));
    assert_eq!(on(&shipped()), None, "no shipped pack asks for one");
    assert_eq!(
        on(&under_the_province(&[county_pack(json!({"evaluation_days": figure("7")}))])),
        terms(7, MissedEvaluation::Post)
    );
    assert_eq!(terms(14, MissedEvaluation::Post).unwrap().until(day("2026-12-20")), day("2027-01-03"));
    for wrong in ["0", "181", "1.5", "-1", "two"] {
        let mut document = county("14").document().clone();
        document.evaluation_days = cited(wrong);
        assert_eq!(Pack::from_document(document).unwrap_err().pointer, "/evaluation_days/value", "{wrong}");
    }
}

#[test]
fn settings_that_are_relaxed_without_leave_are_told() {
    let lax = county(json!({"hours_stages": figure("1"), "hours_per_day": figure("24"), "hour_minutes": figure("1"),
        "attribution": figure("session"), "rounding": figure("whole_up")}));
    let relaxed = found(&lax).into_iter().filter(|one| one.kind == FindingKind::Relaxation);
    let relaxed: Vec<_> = relaxed.map(|one| (one.pointer, one.example.en)).collect();
    let told = |field: &str, said: &str| (format!("/{field}"), format!("ZJ-2016 says {said}"));
    assert_eq!(
        relaxed,
        [
            told("hour_minutes", "45, here it is 1"),
            told("hours_per_day", "8.00, here it is 24.00"),
            told("hours_stages", "3, here it is 1"),
        ],
        "the rest may be relaxed"
    );
    let mut province: Value = serde_json::from_str(packs::shipped()[1].1).unwrap();
    province["version"] = json!(2);
    province["attribution"].as_object_mut().unwrap().remove("may_be_relaxed");
    let packs: Vec<Pack> = shipped().into_iter().chain([Pack::parse(&province.to_string()).unwrap()]).collect();
    let found = lint(&packs, &lax, suichang(), day(TODAY));
    assert!(found.iter().any(|one| one.pointer == "/attribution" && one.kind == FindingKind::Relaxation), "{found:#?}");
}
