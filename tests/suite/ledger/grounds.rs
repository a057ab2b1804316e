//! From any figure of a statement to the document it comes from, and every figure's leaves add up to it.

use super::fixture::*;
use crate::harness::{Caller, both};
use serde_json::{Value, json};
use shixun_domain::{Hours, ledger::EntrySource};
use std::collections::BTreeSet;

fn amount(value: &Value) -> Hours {
    value.as_str().unwrap_or_else(|| panic!("{value} is no amount")).parse().unwrap()
}

fn rows<'a>(value: &'a Value, field: &str) -> &'a Vec<Value> {
    value[field].as_array().unwrap_or_else(|| panic!("no {field} in {value}"))
}

/// What tells a rule from another.
fn key(name: &Value) -> (String, i64, String) {
    let text = |field: &str| name[field].as_str().unwrap().to_owned();
    (text("pack"), name["edition"].as_i64().unwrap(), text("id"))
}

/// Every rule that is named in `value`, wherever it stands: an object of id, pack and edition alone.
fn named(value: &Value, found: &mut BTreeSet<(String, i64, String)>) {
    match value {
        Value::Object(members)
            if members.len() == 3 && ["id", "pack", "edition"].iter().all(|name| members.contains_key(*name)) =>
        {
            found.insert(key(value));
        }
        Value::Object(members) => members.values().for_each(|member| named(member, found)),
        Value::Array(values) => values.iter().for_each(|value| named(value, found)),
        _ => {}
    }
}

/// Follows every figure of a statement to its document, and adds its leaves up.
pub fn every_figure_has_its_grounds(statement: &Value) {
    let documents = rows(statement, "documents");
    let document_of = |pack: &Value, edition: &Value, source: &Value| {
        let of = |one: &&Value| (&one["pack"], &one["edition"], &one["source"]) == (pack, edition, source);
        let found: Vec<&Value> = documents.iter().filter(of).collect();
        assert_eq!(found.len(), 1, "{source} of {pack} v{edition} in {documents:?}");
        assert!(!found[0]["title"].as_str().unwrap().trim().is_empty(), "{found:?}");
    };
    let rules = rows(statement, "rules");
    for rule in rules {
        let citations = rows(rule, "citations");
        assert!(!citations.is_empty(), "{rule} says where nothing of it comes from");
        for citation in citations {
            assert!(!citation["article"].as_str().unwrap().trim().is_empty(), "{rule}");
            assert!(["R", "R-x", "K", "I"].contains(&citation["confidence"].as_str().unwrap()), "{rule}");
            document_of(&rule["pack"], &rule["edition"], &citation["source"]);
        }
        assert!(rule["name_zh"].as_str().is_some() && rule["name_en"].as_str().is_some());
    }
    for setting in rows(statement, "settings") {
        document_of(&setting["pack"], &setting["edition"], &setting["source"]);
    }
    let mut names = BTreeSet::new();
    let mut figures = statement.clone();
    for list in ["rules", "settings", "documents"] {
        figures.as_object_mut().unwrap().remove(list);
    }
    for entry in figures["entries"].as_array_mut().unwrap() {
        let deciding = entry.as_object_mut().unwrap().remove("conversion").unwrap_or_default();
        assert!(
            deciding.is_null() || rules.iter().any(|rule| key(rule) == key(&deciding["rule"])),
            "{deciding} is named"
        );
    }
    named(&figures, &mut names);
    let activities: BTreeSet<String> = rows(statement, "entries")
        .iter()
        .filter_map(|entry| Some(format!("conversion.{}", entry["activity"].as_str()?)))
        .collect();
    let listed: Vec<_> = rules.iter().map(key).collect();
    assert!(listed.is_sorted() && listed.windows(2).all(|two| two[0] != two[1]), "each once, in order: {listed:?}");
    let (conversions, of_hours): (Vec<_>, Vec<_>) = listed.into_iter().partition(|(_, _, id)| activities.contains(id));
    assert_eq!(of_hours, names.into_iter().collect::<Vec<_>>(), "the rules that are named");
    let converted: BTreeSet<String> = conversions.into_iter().map(|(_, _, id)| id).collect();
    assert_eq!(converted, activities, "what the activities are worth");

    let (mut counted, mut credited) = (Hours::ZERO, Hours::ZERO);
    for entry in rows(statement, "entries") {
        let cuts: Hours = rows(entry, "cuts").iter().map(|cut| amount(&cut["amount"])).sum();
        let parts = amount(&entry["counted"]).plus(amount(&entry["elsewhere"])).plus(cuts);
        assert_eq!(amount(&entry["credited"]), parts, "{entry:#}");
        let factor = amount(&entry["factor"]).hundredths();
        assert_eq!(Some(amount(&entry["credited"])), amount(&entry["attended"]).share(factor, 100), "{entry:#}");
        counted = counted.plus(amount(&entry["counted"]));
        credited = credited
            .plus(amount(&entry["credited"]))
            .plus(Hours::ZERO.checked_sub(amount(&entry["elsewhere"])).unwrap());
        if let Some(source) = entry["source_id"].as_str() {
            let source: EntrySource = source.parse().unwrap();
            let kind = match source {
                EntrySource::Session(_) => "session",
                EntrySource::Record(_) => "record",
                EntrySource::Transfer(_) => "opening",
            };
            assert!(entry["source"] == kind || entry["source"] == "correction", "{entry:#}");
        }
        if !entry["replaces"].is_null() {
            assert_eq!(entry["source"], "correction");
            assert!(rows(statement, "corrections").iter().any(|one| one["id"] == entry["replaces"]), "{entry:#}");
        }
    }
    assert_eq!((amount(&statement["counted"]), amount(&statement["credited"])), (counted, credited));
    let years = rows(statement, "years").iter();
    let (of_years, cut): (Vec<Hours>, Vec<Hours>) =
        years.clone().map(|year| (amount(&year["counted"]), amount(&year["cut"]))).unzip();
    assert_eq!(of_years.iter().copied().sum::<Hours>(), counted);
    assert_eq!(cut.into_iter().sum::<Hours>().plus(counted), credited);
    for year in years {
        assert_eq!(year["owed"].is_null(), year["floor_rule"].is_null(), "{year}");
        assert_eq!(year["maximum"].is_null(), year["maximum_rule"].is_null(), "{year}");
    }
}

/// Follows every requirement of a statement to the entries that make it up, as [`every_figure_has_its_grounds`] does the figures of entries.
pub async fn every_requirement_has_its_leaves(caller: &Caller<'_>, statement: &Value, query: &str) {
    let teacher = statement["teacher"]["id"].as_str().unwrap();
    let read = caller.get(&format!("/v1/teachers/{teacher}/requirements?{query}")).await.expect(200);
    let told: Vec<&Value> = rows(&read, "data").iter().map(|one| &one["requirement"]).collect();
    assert_eq!(told, rows(statement, "requirements").iter().collect::<Vec<_>>(), "the same requirements");
    let whole_hours = rows(statement, "settings").iter().any(|one| one["name"] == "rounding" && one["value"] != "keep");
    for one in rows(&read, "data") {
        let (requirement, entries) = (&one["requirement"], rows(one, "entries"));
        let total = |field: &str| -> Hours {
            entries.iter().filter(|entry| !entry[field].is_null()).map(|entry| amount(&entry[field])).sum()
        };
        let counted = amount(&requirement["counted"]);
        if requirement["days"].is_null() {
            assert_eq!((total("hours"), total("days")), (amount(&one["sum"]), Hours::ZERO), "{one:#}");
            let there = amount(&one["sum"]).plus(amount(&one["carried_over"]));
            assert!(there == counted || whole_hours, "{one:#}");
        } else {
            assert_eq!(
                (total("days"), total("hours")),
                (amount(&requirement["days"]["counted"]), Hours::ZERO),
                "{one:#}"
            );
            assert_eq!(amount(&one["sum"]), counted);
        }
        let whole = if one["whole"].is_null() { Hours::ZERO } else { amount(&one["whole"]) };
        assert_eq!(total("whole"), whole, "{one:#}");
        let ids: BTreeSet<&str> = entries.iter().map(|entry| entry["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), entries.len(), "each entry once");
        if requirement["rule"]["id"] == "total.cycle" {
            let counts = |entry: &&Value| amount(&entry["counted"]) != Hours::ZERO;
            let standing: BTreeSet<&str> =
                rows(statement, "entries").iter().filter(counts).map(|entry| entry["id"].as_str().unwrap()).collect();
            assert_eq!(ids, standing, "what counts is what the total is made of");
        }
    }
}

both! {
    async fn a_cut_is_followed_to_its_article_and_its_document(county: County) {
        let person = with_teacher(county);
        post(county, vec![school_based(person, "2017-04-01", "30"), entry(person, "2018-05-01", "20")]);
        let read = statement(&county.sign_in("centre"), person, CYCLE).await;
        let name = &read["entries"][0]["cuts"][0]["rule"];
        let rule = rows(&read, "rules").iter().find(|rule| key(rule) == key(name)).unwrap();
        assert_eq!(rule["citations"], json!([{"figure": "hours", "value": "24", "source": "S5", "article": "校本研修每年24学时", "confidence": "R"}]));
        let document = rows(&read, "documents").iter().find(|one| one["pack"] == "331123" && one["source"] == "S5").unwrap();
        assert_eq!(document["title"], "浙江某县360学时构成表（约2011-2015年）");
        // The same rule stands at the pointer in the document of its pack.
        let packs = county.sign_in("centre").get("/v1/policy-packs?code=331123").await.expect(200);
        let pack = packs["data"].as_array().unwrap().iter().find(|pack| pack["edition"] == name["edition"]).unwrap();
        let pack = county.sign_in("centre").get(&format!("/v1/policy-packs/{}", pack["id"].as_str().unwrap())).await.expect(200);
        let there = pack["document"].pointer(rule["pointer"].as_str().unwrap()).unwrap();
        assert_eq!((&there["id"], &there["zh"]), (&rule["id"], &rule["name_zh"]));
        assert_eq!(there["rule"]["cap"]["hours"]["article"], rule["citations"][0]["article"]);
        assert_eq!(pack["document"]["sources"]["S5"]["title"], document["title"]);
        let setting = |name: &str| rows(&read, "settings").iter().find(|one| one["name"] == name).cloned();
        assert_eq!(setting("cycle/years").unwrap()["value"], "5");
        assert_eq!(setting("prorate_newcomer").unwrap()["pack"], "ZJ-2016");
        for (name, value) in [("carry_over", "0"), ("rounding", "keep"), ("attribution", "completion"), ("leave_total", "keep"), ("hours_per_day", "8")] {
            let said = setting(name).unwrap();
            assert_eq!((&said["value"], &said["pack"], &said["source"]), (&json!(value), &json!("ZJ-2016"), &json!("INF")), "none in code");
        }
    }

    async fn a_correction_says_what_it_replaces_and_where_the_hours_came_from(county: County) {
        let person = with_teacher(county);
        let session = shixun_domain::id::SessionId::new(person.area(), 77);
        let earned = shixun_persistence::ledger::NewEntry { source: Some((session.area(), session.number())), ..entry(person, "2017-05-01", "20") };
        let first = post(county, vec![earned])[0];
        let centre = county.sign_in("centre");
        let mut last = first.to_string();
        for attended in ["18", "17"] {
            county.advance_millis(60_000);
            let body = json!({"reason": "考勤更正", "replacement": {"attended": attended}});
            let answer = corrected(county, &last, body).await;
            let read = statement(&centre, person, CYCLE).await;
            let only = &read["entries"][0];
            assert_eq!((&only["source"], &only["source_id"]), (&json!("correction"), &json!(session.to_string())));
            assert_eq!((&only["replaces"], &only["attended"]), (&json!(last), &json!(format!("{attended}.00"))));
            last = answer["replacement_id"].as_str().unwrap().to_owned();
            assert_eq!(centre.get(&format!("/v1/hour-entries/{last}")).await.expect(200)["source_id"], Value::Null);
        }
        assert_eq!(centre.get(&format!("/v1/hour-entries/{first}")).await.expect(200)["source_id"], json!(session.to_string()));
    }

    async fn a_requirement_names_the_entries_that_make_it_up(county: County) {
        let person = with_teacher(county);
        let ids = post(county, vec![school_based(person, "2017-04-01", "30"), entry(person, "2017-05-01", "20"), entry(person, "2018-05-01", "10")]);
        let place = format!("/v1/teachers/{}/requirements?{CYCLE}", person.teacher());
        let centre = county.sign_in("centre");
        let all = centre.get(&place).await;
        assert!(rows(&all.expect(200), "data").len() > 5);
        let year = centre.get(&format!("{place}&rule=year.floor&year=2017")).await.expect(200);
        let [only] = &rows(&year, "data")[..] else { panic!("{year:#}") };
        let parts: Vec<(&str, &str)> = rows(only, "entries").iter().map(|one| (one["id"].as_str().unwrap(), one["hours"].as_str().unwrap())).collect();
        // 24 of the 30 hours of school-based training count in a year.
        assert_eq!(parts, [(ids[0].to_string().as_str(), "24.00"), (ids[1].to_string().as_str(), "20.00")]);
        assert_eq!((&only["sum"], &only["requirement"]["counted"], &only["carried_over"]), (&json!("44.00"), &json!("44.00"), &json!("0.00")));
        assert!(rows(&centre.get(&format!("{place}&rule=unheard-of")).await.expect(200), "data").is_empty());
        // Whoever reads the statement reads this, and nobody else does; what one has needs not be sent again.
        assert_eq!(county.sign_in("centre").request(actix_web::http::Method::GET, &place).header("If-None-Match", &all.etag()).send().await.status, 304);
        county.sign_in("school-2").get(&place).await.refused(404, "not_found");
        centre.get(&format!("/v1/teachers/{}/requirements?cycle=1999-2003", person.teacher())).await.refused(400, "cycle_unknown");
        centre.get(&format!("{place}&years=2017")).await.refused(400, "unknown_parameter");
    }
}
