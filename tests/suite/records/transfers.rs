//! Teachers who move: certified hours come in, and go out in the same format.

use crate::{
    harness::{Answered, Caller, County, both},
    ledger::fixture::{self, CYCLE, block, cuts, entry, install_packs, post, school_based, statement, teacher_since},
};
use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shixun_domain::{
    AreaCode,
    access::Role,
    id::PersonId,
    records::transfer::{Direction, TransferState},
};
use shixun_persistence::records::transfers::{self as store, NewTransfer};

fn line(on: &str, route: &str, block: Option<&str>, hours: &str) -> Value {
    json!({"on": on, "route": route, "delivery_form": "lecture", "level": "county", "themes": [], "block_key": block,
        "hours": hours, "practice": "0"})
}

/// Worked example 5: 210 hours, the block and 60 school-based hours among them, 40 of those in 2016.
pub(crate) fn certificate() -> Value {
    json!({
        "format": "shixun-transfer-1", "area": "331124", "county": "松阳县", "teacher_name": "雷晓燕", "moved_on": "2019-02-01",
        "total": "210", "lines": [
            line("2016-12-31", "school_based", None, "40"),
            line("2016-12-31", "self_selected", None, "60"),
            line("2017-12-31", "school_based", None, "20"),
            line("2018-12-31", "self_selected", Some("b-1"), "90"),
        ]
    })
}

pub(crate) fn coming(certificate: Value) -> Value {
    json!({"direction": "in", "certificate": certificate})
}

/// The same, issued by the county that certifies, which keeps its certificates in the same database.
pub(crate) async fn issued(county: &County, person: PersonId, certificate: Value) -> Value {
    let path = format!("/v1/teachers/{}/transfers?dry_run=true", person.teacher());
    let tried = county.sign_in("centre").post(&path, proven(certificate.clone())).await.expect(201);
    let mut text = tried["certificate"].clone();
    text.sort_all_objects();
    let (there, number) = (AreaCode::new(331_124).unwrap(), person.number());
    fixture::sql(
        county,
        &format!(
            "INSERT INTO persons (area, id, name, search_name, identity_number, sex, birth_date, version, created_at, updated_at)
             SELECT 331124, id, name, search_name, identity_number, sex, birth_date, 1, created_at, updated_at FROM persons
             WHERE area = 331123 AND id = {number} AND NOT EXISTS (SELECT 1 FROM persons WHERE area = 331124 AND id = {number})"
        ),
    )
    .unwrap();
    let new = NewTransfer {
        person: PersonId::new(there, number),
        direction: Direction::Out,
        state: TransferState::Issued,
        other_area: None,
        other_name: "遂昌县".into(),
        moved_on: text["moved_on"].as_str().unwrap().parse().unwrap(),
        digest: tried["digest"].as_str().unwrap().into(),
        certificate: text.to_string(),
        evidence: "[]".into(),
        note: None,
        entered_by: county.account("elsewhere-bureau"),
    };
    fixture::write(county, move |tx| store::add(tx, &new));
    coming(certificate)
}

/// With the paper on which it rests.
pub(crate) fn proven(certificate: Value) -> Value {
    let mut body = coming(certificate);
    body["evidence"] = json!([{"kind": "certificate", "file_name": "证明.pdf", "sha256": "0b".repeat(32),
        "media_type": "application/pdf", "kept_at": "县档案A-1"}]);
    body
}

fn with(field: &str, value: Value) -> Value {
    let mut changed = certificate();
    changed[field] = value;
    coming(changed)
}

pub(crate) fn newcomer(county: &mut County) -> (PersonId, String) {
    install_packs(county);
    county.add_account("centre-2", Role::Centre, county.bureau, None);
    let person = teacher_since(county, 101, "雷晓燕", county.schools[0], "2019-02-01");
    county.add_account("teacher-1", Role::Teacher, county.schools[0], Some(person));
    // Long in the profession, and new in this county only.
    fixture::sql(county, "UPDATE persons SET entered_on = '2008-08-15' WHERE id = 101").unwrap();
    (person, format!("/v1/teachers/{}/transfers", person.teacher()))
}

async fn decide(caller: &Caller<'_>, place: &str, verb: &str, body: Value) -> Answered {
    let etag = caller.get(place).await.etag();
    caller.request(Method::POST, &format!("{place}/{verb}")).header("If-Match", &etag).json(&body).send().await
}

both! {
    async fn example_5_hours_from_another_county_are_taken_as_certified(county: County) {
        let (person, path) = newcomer(county);
        let centre = county.sign_in("centre");
        let taken = centre.post(&path, issued(county, person, certificate()).await).await;
        let view = taken.expect(201);
        assert_eq!((&view["state"], &view["other_name"], &view["other_area"]), (&json!("taken"), &json!("松阳县"), &json!("331124")));
        assert_eq!(view["hour_entry_ids"].as_array().unwrap().len(), 4);
        post(county, vec![
            school_based(person, "2019-04-01", "24"), entry(person, "2019-05-01", "50"),
            school_based(person, "2020-04-01", "24"), entry(person, "2020-05-01", "60"),
        ]);
        let read = statement(&centre, person, CYCLE).await;
        assert_eq!((&read["credited"], &read["counted"]), (&json!("368.00"), &json!("368.00")));
        assert_eq!(fixture::requirement(&read, "total.cycle", None), "360.00 368.00 0.00 met");
        assert_eq!(fixture::requirement(&read, "block.cycle", None), "90.00 90.00 0.00 met");
        assert!(cuts(&read).is_empty(), "the 40 of 2016 are not cut to 24 again: {:?}", cuts(&read));
        let first = view["hour_entry_ids"][0].as_str().unwrap();
        let entry = county.sign_in("teacher-1").get(&format!("/v1/hour-entries/{first}")).await.expect(200);
        assert_eq!((&entry["source"], &entry["certified_elsewhere"], &entry["evidence"]["certified_by"]), (&json!("opening"), &json!(true), &json!("松阳县")));
        // What is earned here is held to the yearly cap here: half an hour beyond 24 school-based in 2019.
        post(county, vec![school_based(person, "2019-12-31", "0.5")]);
        let read = statement(&centre, person, CYCLE).await;
        assert_eq!((&read["credited"], &read["counted"]), (&json!("368.50"), &json!("368.00")), "{:?}", cuts(&read));
        let log = county.sign_in("auditor").get(&format!("/v1/events?object_id={}", view["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(log["data"][0]["action"], "taken");
    }

    async fn a_certificate_is_taken_once_and_never_beside_our_own_hours(county: County) {
        let (person, path) = newcomer(county);
        let centre = county.sign_in("centre");
        let dry = centre.post(&format!("{path}?dry_run=true"), issued(county, person, certificate()).await).await.expect(201);
        assert_eq!(dry["hour_entry_ids"].as_array().unwrap().len(), 4);
        assert_eq!(centre.get("/v1/transfers?include=total").await.expect(200)["total"], 0, "a trial leaves nothing");
        let answers = join_all((0..6).map(|_| centre.post(&path, coming(certificate())))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
        for late in answers.iter().filter(|answer| answer.status != 201) {
            late.refused(409, "transfer_known");
        }
        let mut again = certificate();
        again["moved_on"] = json!("2019-01-31");
        let overlapping = centre.post(&path, issued(county, person, again).await).await.refused(409, "transfer_overlaps");
        assert_eq!(overlapping["parameters"]["on"], "2016-12-31");
        let ledger = format!("/v1/teachers/{}/hour-entries?include=total", person.teacher());
        assert_eq!(centre.get(&ledger).await.expect(200)["total"], 4);
    }

    async fn after_wrong_hours_are_reversed_the_right_certificate_comes_in(county: County) {
        let (person, path) = newcomer(county);
        let centre = county.sign_in("centre");
        let taken = centre.post(&path, issued(county, person, certificate()).await).await.expect(201);
        let mut right = certificate();
        right["moved_on"] = json!("2019-01-31");
        let right = issued(county, person, right).await;
        centre.post(&path, right.clone()).await.refused(409, "transfer_overlaps");
        for entry in taken["hour_entry_ids"].as_array().unwrap() {
            fixture::corrected(county, entry.as_str().unwrap(), json!({"reason": "证明有误"})).await;
        }
        centre.post(&path, right).await.expect(201);
    }

    async fn nobody_takes_the_own_hours_over_alone(county: County) {
        let (person, path) = newcomer(county);
        fixture::sql(county, "UPDATE accounts SET person_id = NULL WHERE username = 'teacher-1'").unwrap();
        county.add_account("clerk", Role::Centre, county.bureau, Some(person));
        issued(county, person, certificate()).await;
        let entered = county.sign_in("clerk").post(&path, proven(certificate())).await;
        assert_eq!(entered.expect(201)["state"], "waiting");
        let (place, reason) = (entered.header("location").unwrap(), json!({"reason": "已核实"}));
        decide(&county.sign_in("clerk"), &place, "recognise", reason.clone()).await.refused(403, "transfer_same_person");
        assert_eq!(decide(&county.sign_in("centre"), &place, "recognise", reason).await.expect(200)["state"], "taken");
    }

    async fn a_certificate_may_tell_of_one_kind_of_hours_in_several_lines(county: County) {
        let (person, path) = newcomer(county);
        let centre = county.sign_in("centre");
        let plain = line("2017-12-31", "self_selected", None, "10");
        let mut dated = plain.clone();
        dated["days"] = json!("2.00");
        let mut several = certificate();
        (several["lines"], several["total"]) = (json!([plain, dated, plain]), json!("30"));
        assert_eq!(centre.post(&path, issued(county, person, several.clone()).await).await.expect(201)["hour_entry_ids"].as_array().unwrap().len(), 3);
        assert_eq!(statement(&centre, person, CYCLE).await["credited"], "30.00");
        several["moved_on"] = json!("2017-09-01");
        for line in several["lines"].as_array_mut().unwrap() {
            line["on"] = json!("2017-08-31");
        }
        centre.post(&path, issued(county, person, several).await).await.refused(409, "transfer_overlaps");
    }

    async fn only_what_the_origin_issued_for_this_person_counts_at_once(county: County) {
        let (person, path) = newcomer(county);
        let centre = county.sign_in("centre");
        centre.post(&path, coming(certificate())).await.refused(422, "evidence_missing");
        let other = teacher_since(county, 102, "雷晓燕", county.schools[1], "2019-02-01");
        issued(county, other, certificate()).await;
        let entered = centre.post(&path, proven(certificate())).await;
        assert_eq!(entered.expect(201)["state"], "waiting", "somebody else of the same name");
        let mut own = certificate();
        own["moved_on"] = json!("2019-01-31");
        issued(county, person, own.clone()).await;
        let mut changed = own;
        (changed["lines"][1]["hours"], changed["total"]) = (json!("90"), json!("240"));
        assert_eq!(centre.post(&path, proven(changed)).await.expect(201)["state"], "waiting", "not to the letter");
    }

    async fn days_of_training_move_with_their_hours(county: County) {
        let (person, path) = newcomer(county);
        let centre = county.sign_in("centre");
        let dated = |days: &str| {
            let mut one = line("2016-12-31", "school_based", None, "40");
            one["days"] = json!(days);
            let mut whole = certificate();
            (whole["lines"], whole["total"]) = (json!([one]), json!("40"));
            whole
        };
        let told = centre.post(&path, coming(dated("-1.00"))).await.refused(422, "invalid_field");
        assert_eq!(told["errors"][0]["pointer"], "/certificate/lines/0/days");
        let taken = centre.post(&path, issued(county, person, dated("5.50")).await).await.expect(201);
        assert_eq!(taken["certificate"]["lines"][0]["days"], "5.50");
        let entries = centre.get(&format!("/v1/teachers/{}/hour-entries", person.teacher())).await.expect(200);
        assert_eq!(entries["data"][0]["days"], "5.50");
    }

    async fn what_cannot_be_certified_is_refused_with_its_code(county: County) {
        let (person, path) = newcomer(county);
        let centre = county.sign_in("centre");
        let lines = |line: Value, total: &str| {
            let mut changed = certificate();
            (changed["lines"], changed["total"]) = (json!([line]), json!(total));
            coming(changed)
        };
        let cases = [
            (with("lines", json!([])), 422, "transfer_empty"),
            (with("area", json!("331123")), 422, "transfer_own_certificate"),
            (with("teacher_name", json!("毛建军")), 422, "transfer_other_person"),
            (with("total", json!("211")), 422, "transfer_sum_differs"),
            (lines(line("2019-02-01", "mandated", None, "5"), "5"), 422, "transfer_after_move"),
            (lines(line("2018-12-31", "mandated", None, "10001"), "10001"), 422, "hours_overflow"),
            (with("format", json!("other")), 422, "invalid_field"),
            (json!({"direction": "in"}), 422, "invalid_field"),
            (json!({"direction": "out", "moved_on": "2026-09-01"}), 422, "invalid_field"),
            (json!({"direction": "out", "moved_on": "2026-09-01", "other_name": "松阳县", "certificate": certificate()}), 422, "invalid_field"),
        ];
        for (body, status, code) in cases {
            centre.post(&path, body).await.refused(status, code);
        }
        let early = lines(line("2004-12-31", "mandated", None, "5"), "5")["certificate"].clone();
        centre.post(&path, issued(county, person, early).await).await.refused(409, "policy_missing");
        let nowhere = json!({"direction": "out", "moved_on": "2026-09-01", "other_area": "331123", "other_name": "遂昌县"});
        assert_eq!(centre.post(&path, nowhere).await.refused(422, "invalid_field")["errors"][0]["code"], "own_area");
        county.sign_in("school-1").post(&path, coming(certificate())).await.refused(403, "forbidden");
        county.sign_in("elsewhere-bureau").post(&path, coming(certificate())).await.refused(404, "not_found");
        fixture::sql(county, "UPDATE employments SET valid_from = '2016-08-01' WHERE person_id = 101").unwrap();
        centre.post(&path, coming(certificate())).await.refused(409, "transfer_employed_here");
        let ledger = format!("/v1/teachers/{}/hour-entries?include=total", person.teacher());
        assert_eq!(centre.get(&ledger).await.expect(200)["total"], 0);
    }

    async fn hours_from_outside_the_province_wait_for_somebody_else_to_recognise_them(county: County) {
        let (person, path) = newcomer(county);
        let (centre, bureau) = (county.sign_in("centre"), county.sign_in("bureau"));
        let mut foreign = certificate();
        (foreign["area"], foreign["county"]) = (json!("350702"), json!("南平市延平区"));
        centre.post(&path, coming(foreign.clone())).await.refused(422, "evidence_missing");
        // No county of the province has this code.
        centre.post(&path, with("area", json!("339999"))).await.refused(422, "evidence_missing");
        let mut body = proven(foreign.clone());
        let entered = centre.post(&path, body.clone()).await;
        let view = entered.expect(201);
        assert_eq!((&view["state"], &view["hour_entry_ids"], &view["other_area"]), (&json!("waiting"), &json!([]), &Value::Null));
        let place = entered.header("location").unwrap();
        assert_eq!(statement(&centre, person, CYCLE).await["credited"], "0.00");
        let reason = json!({"reason": "已与原任职地核实"});
        decide(&centre, &place, "recognise", reason.clone()).await.refused(403, "transfer_same_person");
        decide(&bureau, &place, "recognise", json!({"reason": " "})).await.refused(422, "reason_missing");
        let more = json!({"reason": "核实", "lines": [line("2018-12-31", "mandated", None, "211")]});
        decide(&bureau, &place, "recognise", more).await.refused(422, "transfer_more_than_certified");
        let other = json!({"reason": "核实", "lines": [line("2016-12-31", "mandated", None, "60")]});
        let told = decide(&bureau, &place, "recognise", other).await.refused(422, "transfer_not_certified");
        assert_eq!(told["parameters"]["on"], "2016-12-31");
        let fewer = json!({"reason": "校本学时不予认定", "lines": [line("2016-12-31", "self_selected", None, "60"), line("2018-12-31", "self_selected", Some("b-1"), "90")]});
        let done = decide(&bureau, &place, "recognise", fewer).await.expect(200);
        assert_eq!((&done["state"], &done["decided_by"]), (&json!("taken"), &json!(county.account("bureau").to_string())));
        assert_eq!(statement(&centre, person, CYCLE).await["credited"], "150.00");
        let entry = format!("/v1/hour-entries/{}/disputes", done["hour_entry_ids"][0].as_str().unwrap());
        let dispute = county.sign_in("teacher-1").post(&entry, json!({"claim": "少认60学时。"})).await.header("location").unwrap();
        for hand in [&centre, &bureau] {
            decide(hand, &dispute, "dismiss", reason.clone()).await.refused(403, "dispute_same_person");
        }
        decide(&county.sign_in("centre-2"), &dispute, "dismiss", reason.clone()).await.expect(200);
        decide(&bureau, &place, "refuse", reason.clone()).await.refused(409, "transfer_not_waiting");
        foreign["county"] = json!("南平市建阳区");
        body["certificate"] = foreign;
        let place = centre.post(&path, body).await.header("location").unwrap();
        let refused = decide(&county.sign_in("centre-2"), &place, "refuse", reason).await.expect(200);
        assert_eq!((&refused["state"], &refused["hour_entry_ids"]), (&json!("refused"), &json!([])));
        let teacher = county.sign_in("teacher-1");
        assert_eq!(teacher.get("/v1/transfers?include=total&direction=in").await.expect(200)["total"], 2);
        assert_eq!(teacher.get("/v1/transfers?include=total&state=refused").await.expect(200)["total"], 1);
        assert_eq!(county.sign_in("school-2").get("/v1/transfers?include=total").await.expect(200)["total"], 0);
        county.sign_in("school-2").get(&place).await.refused(404, "not_found");
    }

    async fn what_goes_out_comes_in_and_counts_the_same(county: County) {
        let (person, path) = newcomer(county);
        let leaving = teacher_since(county, 102, "毛 建军", county.schools[1], "2008-08-01");
        let mut entries = vec![block(leaving, "2018-07-15", "90"), entry(leaving, "2019-01-20", "12")];
        for year in 2016..=2018 {
            entries.push(school_based(leaving, &format!("{year}-04-01"), "30"));
            entries.push(entry(leaving, &format!("{year}-05-01"), "20"));
        }
        entries.push(entry(leaving, "2019-03-01", "7"));
        post(county, entries);
        let centre = county.sign_in("centre");
        let out = format!("/v1/teachers/{}/transfers", leaving.teacher());
        let going = json!({"direction": "out", "moved_on": "2019-02-01", "other_area": "331124", "other_name": "松阳县"});
        let gone = centre.post(&out, going.clone()).await.expect(201);
        assert_eq!((&gone["state"], &gone["hour_entry_ids"]), (&json!("issued"), &json!([])));
        let mut certificate = gone["certificate"].clone();
        certificate.sort_all_objects();
        // School-based 24 a year as this county's yearly cap leaves them, everything before the move, nothing after it.
        assert_eq!(certificate["total"], "234.00");
        let canonical = certificate.to_string();
        assert!(canonical.starts_with("{\"area\":\"331123\",\"county\":\"遂昌县\",\"format\":"), "{canonical}");
        let digest: String = Sha256::digest(canonical.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(gone["digest"], digest);
        assert!(!canonical.contains("id-102"), "no identity number leaves with it");
        centre.post(&out, going).await.refused(409, "transfer_known");
        let stays = statement(&centre, leaving, CYCLE).await;
        assert_eq!(stays["credited"], "259.00", "our own entries stay where they are");
        // Another county with the same rules takes it; here it is played by ourselves.
        let mut there = certificate;
        (there["area"], there["county"], there["teacher_name"]) = (json!("331124"), json!("松阳县"), json!("雷晓燕"));
        centre.post(&path, issued(county, person, there).await).await.expect(201);
        let read = statement(&centre, person, "cycle=2016-2020&as_of=2019-01-31").await;
        let before = statement(&centre, leaving, "cycle=2016-2020&as_of=2019-01-31").await;
        assert_eq!((&read["counted"], &before["counted"]), (&json!("234.00"), &json!("234.00")));
        assert_eq!(fixture::requirement(&read, "block.cycle", None), fixture::requirement(&before, "block.cycle", None));
    }

    async fn hours_survive_a_move_within_the_county_and_retirement(county: County) {
        let (person, _) = newcomer(county);
        post(county, vec![entry(person, "2019-05-01", "50")]);
        let centre = county.sign_in("centre");
        fixture::sql(county, "UPDATE employments SET valid_to = '2019-12-31' WHERE person_id = 101").unwrap();
        fixture::employ(county, 2020, 101, county.schools[1], "2020-01-01");
        fixture::sql(county, "UPDATE persons SET retires_on = '2020-06-30', version = version + 1 WHERE id = 101").unwrap();
        let read = statement(&centre, person, CYCLE).await;
        assert_eq!((&read["credited"], &read["entries"][0]["organisation_name"]), (&json!("50.00"), &json!("实验小学")));
        // Both schools see them: the one that employed her then, and the one that did last.
        for name in ["school-1", "school-2", "teacher-1"] {
            assert_eq!(statement(&county.sign_in(name), person, CYCLE).await["credited"], "50.00", "{name}");
        }
    }
}
