//! A requirement that one person need not meet: proposed by one, granted by another, taken back, and read with its reason.

use super::fixture::*;
use crate::{catalogue::steps::with, harness::both};
use serde_json::{Value, json};
use shixun_persistence::DbError;

fn sick_leave() -> Value {
    json!({"rule_id": "block.cycle", "valid_from": "2019-01-01", "valid_to": "2020-12-31", "reason": "长期病假", "evidence": "遂教人〔2019〕3号"})
}

both! {
    async fn a_granted_waiver_stands_in_the_statement_with_its_reason_until_it_is_revoked(county: County) {
        let person = with_teacher(county);
        post(county, vec![entry(person, "2018-05-01", "48")]);
        let waivers = format!("/v1/teachers/{}/waivers", person.teacher());
        let (school, bureau, teacher) = (county.sign_in("school-1"), county.sign_in("bureau"), county.sign_in("teacher-1"));
        let made = school.post(&waivers, sick_leave()).await.expect(201);
        assert_eq!((&made["state"], &made["steps"]), (&json!("proposed"), &json!([])));
        let place = format!("/v1/waivers/{}", made["id"].as_str().unwrap());
        let before = teacher.get(&format!("/v1/teachers/{}/statement?{CYCLE}", person.teacher())).await;
        assert_eq!(requirement(&before.expect(200), "block.cycle", None), "90.00 0.00 90.00 failed");

        let granted = bureau.post(&format!("{place}/decide"), json!({"decision": "grant", "reason": "情况属实"})).await.expect(200);
        assert_eq!((&granted["state"], &granted["steps"][0]["taken_by"]), (&json!("granted"), &json!(county.account("bureau").to_string())));
        let after = teacher.get(&format!("/v1/teachers/{}/statement?{CYCLE}", person.teacher())).await;
        assert_ne!(after.etag(), before.etag(), "the statement changed");
        let after = after.expect(200);
        assert_eq!(requirement(&after, "block.cycle", None), "90.00 0.00 0.00 waived");
        let one = after["requirements"].as_array().unwrap().iter().find(|one| one["rule"]["id"] == "block.cycle").unwrap();
        assert_eq!((&one["waiver"]["reason"], &one["waiver"]["id"]), (&json!("长期病假"), &made["id"]));
        assert!(one["text_zh"].as_str().unwrap().ends_with("经批准个别免除"), "{one:#}");
        assert_eq!(requirement(&after, "total.cycle", None), "360.00 48.00 312.00 failed", "nothing else is waived");

        bureau.post(&format!("{place}/revoke"), json!({"reason": "已返岗"})).await.expect(200);
        assert_eq!(requirement(&statement(&teacher, person, CYCLE).await, "block.cycle", None), "90.00 0.00 90.00 failed");
        let history = teacher.get(&waivers).await.expect(200);
        let steps: Vec<&Value> = history["data"][0]["steps"].as_array().unwrap().iter().map(|step| &step["state"]).collect();
        assert_eq!(steps, ["granted", "revoked"]);
        for table in ["waivers", "waiver_steps"] {
            for statement in [format!("UPDATE {table} SET reason = 'x'"), format!("DELETE FROM {table}")] {
                assert!(matches!(sql(county, &statement), Err(DbError::Refused(_))), "{statement}");
            }
        }
    }

    async fn who_decides_finds_what_is_proposed(county: County) {
        let (one, other) = (with_teacher(county), teacher(county, 103, "蓝", county.schools[1]));
        let (bureau, centre) = (county.sign_in("bureau"), county.sign_in("centre"));
        let mut proposed = Vec::new();
        for person in [one, other, one] {
            let made = centre.post(&format!("/v1/teachers/{}/waivers", person.teacher()), sick_leave()).await.expect(201);
            proposed.push(made["id"].as_str().unwrap().to_owned());
        }
        bureau.post(&format!("/v1/waivers/{}/decide", proposed[0]), json!({"decision": "grant"})).await.expect(200);
        bureau.post(&format!("/v1/waivers/{}/decide", proposed[2]), json!({"decision": "refuse", "reason": "重复"})).await.expect(200);
        let read = async |who: &str, query: &str| {
            let list = county.sign_in(who).get(&format!("/v1/waivers?include=total{query}")).await.expect(200);
            let ids: Vec<String> = list["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(list["total"], ids.len());
            ids
        };
        assert_eq!(read("bureau", "").await, proposed);
        assert_eq!(read("bureau", "&state=proposed").await, proposed[1..2]);
        assert_eq!(read("bureau", "&state=granted").await, proposed[..1]);
        assert_eq!(read("bureau", "&state=refused").await, proposed[2..]);
        bureau.post(&format!("/v1/waivers/{}/revoke", proposed[0]), json!({"reason": "已返岗"})).await.expect(200);
        assert_eq!((read("bureau", "&state=granted").await.len(), read("bureau", "&state=revoked").await), (0, proposed[..1].to_vec()));
        assert_eq!((read("school-2", "").await, read("teacher-1", "").await.len()), (proposed[1..2].to_vec(), 2));
        assert_eq!(read("bureau", &format!("&teacher_id={}", other.teacher())).await, proposed[1..2]);
        county.sign_in("school-1").get("/v1/waivers?area=331124").await.refused(404, "not_found");
    }

    async fn a_waiver_is_decided_by_somebody_else_and_seen_by_those_who_look_after_the_person(county: County) {
        let person = with_teacher(county);
        let waivers = format!("/v1/teachers/{}/waivers", person.teacher());
        let (bureau, centre) = (county.sign_in("bureau"), county.sign_in("centre"));
        let own = bureau.post(&waivers, sick_leave()).await.expect(201);
        let place = format!("/v1/waivers/{}", own["id"].as_str().unwrap());
        let grant = json!({"decision": "grant"});
        bureau.post(&format!("{place}/decide"), grant.clone()).await.refused(409, "waiver_four_eyes");
        centre.post(&format!("{place}/decide"), grant.clone()).await.refused(403, "forbidden");
        county.sign_in("elsewhere-bureau").post(&format!("{place}/decide"), grant.clone()).await.refused(404, "not_found");
        county.sign_in("school-2").get(&place).await.refused(404, "not_found");
        county.sign_in("school-2").post(&waivers, sick_leave()).await.refused(404, "not_found");
        county.sign_in("teacher-1").post(&waivers, sick_leave()).await.refused(403, "forbidden");
        county.sign_in("teacher-1").get(&place).await.expect(200);
        bureau.post(&format!("{place}/revoke"), json!({"reason": "误提"})).await.refused(409, "waiver_not_in_force");

        let theirs = centre.post(&waivers, sick_leave()).await.expect(201);
        let place = format!("/v1/waivers/{}", theirs["id"].as_str().unwrap());
        bureau.post(&format!("{place}/decide"), json!({"decision": "refuse", "reason": "证明不足"})).await.expect(200);
        bureau.post(&format!("{place}/decide"), grant).await.refused(409, "waiver_decided");
        assert_eq!(requirement(&statement(&bureau, person, CYCLE).await, "block.cycle", None), "90.00 0.00 90.00 failed");
    }

    async fn only_what_is_asked_for_can_be_waived(county: County) {
        let person = with_teacher(county);
        let waivers = format!("/v1/teachers/{}/waivers", person.teacher());
        let centre = county.sign_in("centre");
        let cases = [
            (json!({"rule_id": "school_based.cap.year"}), "/rule_id"),
            (json!({"rule_id": "block"}), "/rule_id"),
            (json!({"rule_id": "total.cycle"}), "/rule_id"),
            (json!({"valid_to": "2018-12-31"}), "/valid_to"),
            (json!({"reason": "  "}), "/reason"),
        ];
        for (change, pointer) in cases {
            let problem = centre.post(&waivers, with(sick_leave(), change)).await.refused(422, "invalid_field");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem:#}");
        }
        let early = json!({"valid_from": "2003-01-01", "valid_to": "2003-12-31"});
        centre.post(&waivers, with(sick_leave(), early)).await.refused(409, "policy_missing");
    }

    async fn a_floor_is_waived_in_the_years_on_whose_last_day_the_waiver_stands(county: County) {
        let person = with_teacher(county);
        let (centre, bureau) = (county.sign_in("centre"), county.sign_in("bureau"));
        let floor = json!({"rule_id": "year.floor", "valid_from": "2017-06-01", "valid_to": "2018-12-31"});
        let made = centre.post(&format!("/v1/teachers/{}/waivers", person.teacher()), with(sick_leave(), floor)).await.expect(201);
        bureau.post(&format!("/v1/waivers/{}/decide", made["id"].as_str().unwrap()), json!({"decision": "grant"})).await.expect(200);
        let read = statement(&centre, person, CYCLE).await;
        let verdicts: Vec<String> = (2016..=2020)
            .map(|year| requirement(&read, "year.floor", Some(year)).rsplit(' ').next().unwrap().to_owned())
            .collect();
        assert_eq!(verdicts, ["failed", "waived", "waived", "failed", "failed"]);
        let school = county.sign_in("school-1").get(&format!("/v1/organisations/{}/standing?{CYCLE}", county.schools[0])).await.expect(200);
        assert_eq!(school["all"]["failed"], 1, "what is not waived still fails");
    }

    async fn whoever_proposed_a_waiver_is_known_whatever_area_the_account_belongs_to(county: County) {
        let person = with_teacher(county);
        let elsewhere = county.account("elsewhere-bureau");
        let new = shixun_persistence::ledger::NewWaiver {
            person, rule_id: "block.cycle".into(), from: day("2019-01-01"), to: day("2020-12-31"), reason: "病假".into(),
            evidence: None, proposed_by: elsewhere,
        };
        let id = write(county, move |tx| shixun_persistence::ledger::propose_waiver(tx, &new));
        let read = county.sign_in("centre").get(&format!("/v1/waivers/{id}")).await.expect(200);
        assert_eq!(read["proposed_by"], elsewhere.to_string(), "four eyes tell a province's account from nobody");
    }
}
