//! Documents that are refused, and where the fault lies.

use super::*;
use crate::policy::document::Document;
use serde_json::{Value, json};

fn sample() -> Value {
    let cited = |value: &str| json!({"value": value, "source": "S1", "article": "art. 1", "confidence": "R"});
    json!({
        "code": "TEST-1", "version": 1, "area": "330000", "valid": {"from": "2016-01-01", "to": "2020-12-31"},
        "zh": "试行", "en": "Trial", "sources": {"S1": {"title": "A document"}},
        "cycle": {"anchor": cited("2016-01-01"), "years": cited("5")},
        "hour_minutes": cited("45"),
        "themes": {"music": {"zh": "音乐", "en": "music"}},
        "rules": [
            {"id": "total.cycle", "zh": "总", "en": "total", "rule": {"total": {"hours": cited("360")}}},
            {"id": "music.cap", "zh": "音乐", "en": "music", "rule": {"cap": {
                "of": {"themes": ["music"], "routes": ["self_selected"]}, "period": "year", "hours": cited("10.5")}}},
            {"id": "music.min", "zh": "音乐", "en": "music", "profile": "head", "rule": {"minimum": {
                "of": {"themes": ["music"]}, "measure": "credited", "window": "profile",
                "share_of_required": cited("1/9"), "strength": cited("fail")}}}
        ]
    })
}

fn check(pointer: &str, replacement: Value, fault_at: &str, reason: &str) {
    let mut document = sample();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Object(object) => {
            object.insert(name.to_owned(), replacement);
        }
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = replacement,
        _ => unreachable!(),
    }
    let fault = Pack::parse(&document.to_string()).unwrap_err();
    assert_eq!(fault.pointer, fault_at, "{fault}");
    let wording = fault.fault.wording();
    assert!(wording.en.contains(reason), "{fault}");
    assert!(!wording.zh.is_ascii(), "in Chinese too: {}", wording.zh);
    let Some(example) = fault.example() else { panic!("what would be right? {fault}") };
    // Where something is too much, the example is of what is around it.
    let around = std::iter::successors(Some(fault_at), |place| place.rsplit_once('/').map(|(around, _)| around));
    let cures = |place: &str| {
        let mut document = document.clone();
        let Some(target) = document.pointer_mut(place) else { return false };
        *target = example.clone();
        Pack::parse(&document.to_string()).err().is_none_or(|next| !next.pointer.starts_with(place))
    };
    assert!(around.into_iter().any(cures), "{fault} is not cured by {example}");
}

#[test]
fn a_proper_document_is_read_and_written_back_the_same() {
    assert!(Pack::parse(&sample().to_string()).is_ok());
    for (name, json) in packs::shipped() {
        let pack = Pack::parse(json).unwrap();
        assert_eq!(pack.code(), name);
        let written = serde_json::to_string(pack.document()).unwrap();
        assert_eq!(serde_json::from_str::<Document>(&written).unwrap(), *pack.document());
    }
}

#[test]
fn a_fault_is_named_with_its_place() {
    check("/code", json!("zj"), "/code", "upper-case");
    check("/version", json!(0), "/version", "from 1");
    check("/area", json!("33"), "/area", "six digits");
    check("/valid/from", json!("2016-02-30"), "/valid/from", "date");
    check("/valid/to", json!("2015-12-31"), "/valid/to", "before it begins");
    check("/zh", json!(" "), "/zh", "1 to 200");
    check("/cycle/anchor/value", json!("2016-01-02"), "/cycle/anchor/value", "first day of a month");
    check("/cycle/years/value", json!("0"), "/cycle/years/value", "from 1 to 20");
    check("/hour_minutes/source", json!("S9"), "/hour_minutes/source", "sources");
    check("/hour_minutes/confidence", json!("sure"), "/hour_minutes/confidence", "R, R-x, K, I");
    check("/hour_minutes/article", json!(""), "/hour_minutes/article", "1 to 200");
    check("/hour_minutes", json!("45"), "/hour_minutes", "invalid type");
    check("/themes/Music", json!({"zh": "乐", "en": "m"}), "/themes/Music", "lower-case");
    check("/rules/0/id", json!("total"), "/rules/0/id", "total.cycle");
    check("/rules/1/id", json!("Music"), "/rules/1/id", "school_based.cap.year");
    check("/rules/1/rule/cap/of/routes/0", json!("bus"), "/rules/1/rule/cap/of/routes/0", "self_selected");
    check("/rules/1/rule/cap/of/themes/0", json!("dance"), "/rules/1/rule/cap/of/themes/0", "this pack's themes");
    check("/rules/1/rule/cap/period", json!("month"), "/rules/1/rule/cap/period", "year, cycle");
    check("/rules/1/rule/cap/hours/value", json!("-1"), "/rules/1/rule/cap/hours/value", "from 0");
    check("/rules/1/rule/cap/hours/value", json!("1.005"), "/rules/1/rule/cap/hours/value", "two decimal places");
    check("/rules/1/rule/cap/hours/value", json!(10), "/rules/1/rule/cap/hours/value", "invalid type");
    check("/rules/1/rule/cap/share_of_required", sample()["hour_minutes"].clone(), "/rules/1/rule/cap", "either");
    check("/rules/1/rule/cap/extra", json!(1), "/rules/1/rule/cap/extra", "unknown field");
    check("/rules/1/extra", json!(1), "/rules/1/extra", "unknown field");
    check("/rules/1/rule", json!({}), "/rules/1/rule", "exactly one");
    check("/rules/1/rule", json!({"cap": 1, "total": 2}), "/rules/1/rule", "exactly one");
    check(
        "/rules/2/rule/minimum/share_of_required/value",
        json!("4/3"),
        "/rules/2/rule/minimum/share_of_required/value",
        "ratio",
    );
    check(
        "/rules/2/rule/minimum/share_of_required/value",
        json!("1/0"),
        "/rules/2/rule/minimum/share_of_required/value",
        "ratio",
    );
    check("/rules/2/profile", json!("boss"), "/rules/2/profile", "retiring");
    check("/rules/2/profile", Value::Null, "/rules/2/rule/minimum/window", "without a profile");
    check("/rules/2", sample()["rules"][1].clone(), "/rules/2/id", "second rule");
    check("/extra", json!(1), "/extra", "unknown field");
}

#[test]
fn windows_and_shares_that_do_not_fit_are_refused() {
    let cited = |value: &str| json!({"value": value, "source": "S1", "article": "art. 1", "confidence": "R"});
    let minimum = |change: Value| {
        let mut body = json!({"of": {}, "measure": "credited", "window": "until", "until": cited("2017-12-31"),
            "hours": cited("50"), "strength": cited("fail")});
        for (field, value) in change.as_object().unwrap() {
            body[field] = value.clone();
        }
        json!({"minimum": body})
    };
    let at = |rest: &str| format!("/rules/2/rule/{rest}");
    let refused = |body: Value, place: &str, reason: &str| check("/rules/2/rule", body, &at(place), reason);
    refused(minimum(json!({"until": cited("2017-02-30")})), "minimum/until/value", "date");
    refused(minimum(json!({"window": "year"})), "minimum/until", "the window until");
    refused(minimum(json!({"window_months": cited("3")})), "minimum/window_months", "the window profile");
    refused(minimum(json!({"window": "week"})), "minimum/window", "expected one of");
    let share = |field: &str, value: Value| {
        let mut body = json!({"of": {"themes": ["music"]}, "part": {"routes": ["school_based"]}, "practice": cited("yes"),
            "share": cited("0.6"), "measure": "credited", "window": "cycle", "strength": cited("warn")});
        body[field] = value;
        json!({"share": body})
    };
    refused(share("share", cited("1.5")), "share/share/value", "ratio");
    refused(share("practice", cited("perhaps")), "share/practice/value", "yes, no");
    refused(share("measure", json!("practice")), "share/measure", "expected one of");
    refused(share("window", json!("until")), "share", "needs until");
    check("/leave_total", cited("halve"), "/leave_total/value", "keep");
}

#[test]
fn text_that_is_not_json_is_refused() {
    for (text, pointer) in [("", ""), ("[]", ""), ("{", ""), ("null", ""), ("{\"code\": 1}", "/code"), ("{} x", "")] {
        let fault = Pack::parse(text).unwrap_err();
        assert_eq!(fault.pointer, pointer, "{text:?}");
        assert!(matches!(fault.fault, Fault::Shape(_)), "{fault}");
        assert!(fault.example().is_some(), "{fault}");
    }
    let twice = sample().to_string().replacen("\"version\"", "\"version\":1,\"version\"", 1);
    assert!(Pack::parse(&twice).unwrap_err().to_string().contains("duplicate field"));
    let smallest = document::example_at("").unwrap();
    assert!(Pack::parse(&smallest.to_string()).is_ok(), "{smallest}");
}

#[test]
fn the_examples_of_what_would_be_right_are_right_and_show_every_field() {
    let mut fields: Vec<Value> = Vec::new();
    for text in document::EXAMPLES {
        let pack = Pack::parse(text).unwrap();
        fields.push(serde_json::to_value(pack.document()).unwrap());
    }
    let county = Pack::parse(document::EXAMPLES[0]).unwrap();
    for said in county.document().settings() {
        assert!(said.said.is_some(), "{} has no example", said.name);
    }
    let at = |pointer: &str| document::example_at(pointer).unwrap();
    assert_eq!(at("/hour_minutes"), fields[0]["hour_minutes"]);
    assert_eq!(at("/valid/from"), json!("2027-01-01"));
    assert_eq!(at("/rules/17/rule/minimum/days")["value"], json!("3"));
    assert_eq!(at("/rules/17/rule/cap/share_of_counted/value"), json!("1/4"));
    assert_eq!(at("/conversions/2/lines/5/levels/1"), json!("county"));
    assert_eq!(at("/sources/S9/title"), json!("遂昌县教育局关于教师培训的补充规定"));
    assert_eq!(at("/rules/0/rule/cap/hours/extra"), at("/rules/0/rule/cap/hours"));
    assert_eq!(at("/organisation_id"), fields[1]["organisation_id"]);
}

#[test]
fn every_shipped_figure_has_a_source_and_a_confidence() {
    fn walk(value: &Value, cited: &mut usize) {
        match value {
            Value::Object(object) if object.contains_key("value") => {
                assert!(["source", "article", "confidence"].iter().all(|name| object.contains_key(*name)), "{value}");
                *cited += 1;
            }
            Value::Object(object) => object.values().for_each(|value| walk(value, cited)),
            Value::Array(items) => items.iter().for_each(|value| walk(value, cited)),
            Value::Number(_) => panic!("a bare number: {value}"),
            _ => {}
        }
    }
    for (name, json) in packs::shipped().into_iter().chain(packs::drafts()) {
        let mut value: Value = serde_json::from_str(json).unwrap();
        value.as_object_mut().unwrap().remove("version");
        let mut cited = 0;
        walk(&value, &mut cited);
        assert!(cited > 10, "{name}: {cited}");
    }
}
