//! Examining, verifying, returning, rejecting: three people, and hours once.

use super::steps::*;
use crate::{
    check::broken_now,
    harness::both,
    ledger::parameters::{figure, publish},
};
use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};
use shixun_domain::{AreaCode, access::Role};
use std::collections::BTreeSet;

both! {
    async fn three_people_bring_hours_into_the_ledger(county: County) {
        let [one, ..] = prepared(county);
        let teacher = county.caller(one.account);
        let place = at(&teacher.post(&of(one.person), record("K-1")).await);
        let statement = format!("/v1/teachers/{}/statement", one.person.teacher());
        let (centre, other) = (county.sign_in("centre"), county.sign_in("centre-2"));
        step(&centre, &place, "verify").await.refused(409, "record_wrong_state");
        let examined = step(&centre, &place, "examine").await.expect(200);
        assert_eq!((&examined["state"], &examined["examined_by"]), (&json!("examined"), &json!(county.account("centre").to_string())));
        assert_eq!(teacher.get(&statement).await.expect(200)["credited"], "0.00", "nothing is posted before the third");
        let own = step(&centre, &place, "verify").await.refused(403, "record_same_person");
        assert_eq!(own["parameters"]["did"], "examine");
        let done = step(&other, &place, "verify").await.expect(200);
        assert_eq!(done["state"], "verified");
        let read = teacher.get(&statement).await.expect(200);
        assert_eq!((&read["credited"], &read["counted"]), (&json!("15.00"), &json!("15.00")));
        let entry = teacher.get(&format!("/v1/hour-entries/{}", done["hour_entry_id"].as_str().unwrap())).await.expect(200);
        assert_eq!((&entry["source"], &entry["effective_on"], &entry["practice"]), (&json!("record"), &json!("2026-06-30"), &json!("3.00")));
        assert_eq!((&entry["evidence"]["reference"], &entry["evidence"]["provider"]), (&json!("K-1"), &json!("浙江师范大学")));
        assert!(entry["evidence"]["note"].as_str().unwrap().contains(&"0a".repeat(32)));
        assert_eq!(entry["recognised_by"], county.account("centre-2").to_string());
        let steps: Vec<&str> = done["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
        assert_eq!(steps, ["enter", "examine", "verify"]);
        step(&other, &place, "verify").await.refused(409, "record_wrong_state");
        step(&teacher, &place, "withdraw").await.refused(409, "record_wrong_state");
        let log = county.sign_in("auditor").get(&format!("/v1/events?object_id={}", done["id"].as_str().unwrap())).await.expect(200);
        let mut actions: Vec<&str> = log["data"].as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
        actions.sort_unstable();
        assert_eq!(actions, ["enter", "examine", "verify"]);
    }

    async fn nobody_takes_two_stages_or_decides_on_their_own_hours(county: County) {
        let [one, other, _] = prepared(county);
        let centre = county.sign_in("centre");
        let place = at(&centre.post(&of(one.person), record("K-1")).await);
        let entered = step(&centre, &place, "examine").await.refused(403, "record_same_person");
        assert_eq!(entered["parameters"]["did"], "enter");
        decide(&centre, &place, "reject", "证明不足").await.refused(403, "record_same_person");
        step(&county.sign_in("centre-2"), &place, "examine").await.expect(200);
        step(&centre, &place, "verify").await.refused(403, "record_same_person");
        step(&county.sign_in("monitor"), &place, "verify").await.expect(200);
        // A teacher who works at the centre too.
        county.add_account("teaching-clerk", Role::Centre, county.bureau, None);
        let clerk = county.account("teaching-clerk");
        crate::ledger::fixture::sql(county, &format!("UPDATE accounts SET person_id = NULL WHERE person_id = {}", other.person.number())).unwrap();
        crate::ledger::fixture::sql(county, &format!("UPDATE accounts SET person_id = {} WHERE id = {}", other.person.number(), clerk.number())).unwrap();
        let place = at(&county.sign_in("school-1").post(&of(other.person), record("K-2")).await);
        let own = step(&county.sign_in("teaching-clerk"), &place, "examine").await.refused(403, "record_same_person");
        assert_eq!(own["parameters"]["did"], "own");
        for (name, verb) in [("school-1", "examine"), ("auditor", "verify"), ("bureau", "examine"), ("monitor", "examine")] {
            step(&county.sign_in(name), &place, verb).await.refused(403, "forbidden");
        }
        let elsewhere = county.sign_in("elsewhere-centre").request(Method::POST, &format!("{place}/examine"));
        elsewhere.header("If-Match", "\"1\"").send().await.refused(404, "not_found");
    }

    async fn who_entered_a_record_that_another_corrected_does_not_verify_it(county: County) {
        let [one, ..] = prepared(county);
        county.add_account("centre-3", Role::Centre, county.bureau, None);
        let (centre, other) = (county.sign_in("centre"), county.sign_in("centre-2"));
        let place = at(&centre.post(&of(one.person), record("K-1")).await);
        let etag = other.get(&place).await.etag();
        other.put(&place, &etag, with("hours", json!("12"))).await.expect(200);
        step(&county.sign_in("centre-3"), &place, "examine").await.expect(200);
        let own = step(&centre, &place, "verify").await.refused(403, "record_same_person");
        assert_eq!(own["parameters"]["did"], "enter");
        step(&other, &place, "verify").await.refused(403, "record_same_person");
        step(&county.sign_in("monitor"), &place, "verify").await.expect(200);
    }

    async fn what_the_packs_leave_to_the_province_is_decided_there(county: County) {
        let [one, ..] = prepared(county);
        let province = crate::reports::above(county, Role::Centre);
        publish(county, json!({"conversions": [
            {"kind": "degree_course", "zh": "学历进修", "en": "degree study", "approver": figure("province"), "lines": [{"hours": figure("15")}]}
        ]})).await;
        let (teacher, centre, other) = (county.caller(one.account), county.sign_in("centre"), county.sign_in("centre-2"));
        let above = county.caller(province);
        let mut places = Vec::new();
        for key in ["K-1", "K-2", "K-3"] {
            places.push(at(&teacher.post(&of(one.person), record(key)).await));
        }
        step(&centre, &places[0], "examine").await.expect(200);
        let told = step(&other, &places[0], "verify").await.refused(403, "conversion_needs_approver");
        assert_eq!(told["parameters"]["approver"], "province");
        let done = step(&above, &places[0], "verify").await.expect(200);
        assert_eq!((&done["state"], &done["decided_by"]), (&json!("verified"), &json!(province.to_string())));
        assert_eq!(done["steps"][2]["by"], province.to_string());
        assert_eq!(teacher.get(&places[0]).await.expect(200), done, "the teacher reads who decided");
        let entry = teacher.get(&format!("/v1/hour-entries/{}", done["hour_entry_id"].as_str().unwrap())).await.expect(200);
        assert_eq!((&entry["credited"], &entry["recognised_by"]), (&json!("15.00"), &json!(province.to_string())));
        // Nobody takes two stages above either.
        step(&above, &places[1], "examine").await.expect(200);
        let own = step(&above, &places[1], "verify").await.refused(403, "record_same_person");
        assert_eq!(own["parameters"]["did"], "examine");
        let back = decide(&above, &places[1], "return", "请补学籍证明").await.expect(200);
        assert_eq!((&back["state"], &back["examined_by"]), (&json!("returned"), &Value::Null));
        let refused = decide(&above, &places[2], "reject", "并非学历教育").await.expect(200);
        assert_eq!((&refused["state"], &refused["decided_by"]), (&json!("rejected"), &json!(province.to_string())));
        above.post(&of(one.person), record("K-4")).await.refused(404, "not_found");
        let log = county.sign_in("auditor").get(&format!("/v1/events?object_id={}&action=verify", done["id"].as_str().unwrap())).await;
        assert_eq!(log.expect(200)["data"][0]["actor_id"], province.to_string());
        assert_eq!(broken_now(county), BTreeSet::new());
    }

    async fn what_the_packs_leave_to_the_city_is_decided_there_or_above(county: County) {
        let [one, ..] = prepared(county);
        let lishui = AreaCode::new(331_100).unwrap();
        let other_city = AreaCode::new(330_100).unwrap();
        let city = crate::reports::in_area(county, lishui, "city", Role::Bureau);
        let elsewhere = crate::reports::in_area(county, other_city, "other-city", Role::Bureau);
        let province = crate::reports::above(county, Role::Bureau);
        publish(county, json!({"conversions": [
            {"kind": "degree_course", "zh": "学历进修", "en": "degree study", "approver": figure("city"), "lines": [{"hours": figure("15")}]}
        ]})).await;
        let (teacher, centre) = (county.caller(one.account), county.sign_in("centre"));
        let (first, second) = (at(&teacher.post(&of(one.person), record("K-1")).await), at(&teacher.post(&of(one.person), record("K-2")).await));
        step(&centre, &first, "examine").await.expect(200);
        let told = step(&county.sign_in("centre-2"), &first, "verify").await.refused(403, "conversion_needs_approver");
        assert_eq!(told["parameters"]["approver"], "city");
        county.caller(elsewhere).request(Method::POST, &format!("{first}/verify")).header("If-Match", "\"2\"").send().await.refused(404, "not_found");
        let done = step(&county.caller(city), &first, "verify").await.expect(200);
        assert_eq!((&done["state"], &done["decided_by"]), (&json!("verified"), &json!(city.to_string())));
        step(&centre, &second, "examine").await.expect(200);
        let done = step(&county.caller(province), &second, "verify").await.expect(200);
        assert_eq!(done["decided_by"], province.to_string());
        assert_eq!(broken_now(county), BTreeSet::new());
    }

    async fn who_examined_a_record_decides_no_dispute_about_its_hours(county: County) {
        let [one, ..] = prepared(county);
        let (teacher, bureau) = (county.caller(one.account), county.sign_in("bureau"));
        let (centre, other) = (county.sign_in("centre"), county.sign_in("centre-2"));
        let place = at(&teacher.post(&of(one.person), record("K-1")).await);
        step(&centre, &place, "examine").await.expect(200);
        let done = step(&other, &place, "verify").await.expect(200);
        let entry = format!("/v1/hour-entries/{}/disputes", done["hour_entry_id"].as_str().unwrap());
        let dispute = at(&teacher.post(&entry, json!({"claim": "成绩单上是20学时，少记5学时。"})).await);
        for hand in [&centre, &other] {
            decide(hand, &dispute, "dismiss", "成绩单无误").await.refused(403, "dispute_same_person");
        }
        decide(&bureau, &dispute, "dismiss", "成绩单无误").await.expect(200);
    }

    async fn nobody_through_whose_hands_hours_went_decides_a_dispute_about_them(county: County) {
        let [one, ..] = prepared(county);
        county.add_account("centre-3", Role::Centre, county.bureau, None);
        let (teacher, bureau, monitor) = (county.caller(one.account), county.sign_in("bureau"), county.sign_in("monitor"));
        let (first, second, third) = (county.sign_in("centre"), county.sign_in("centre-2"), county.sign_in("centre-3"));
        let place = at(&first.post(&of(one.person), record("K-1")).await);
        let etag = second.get(&place).await.etag();
        second.put(&place, &etag, with("hours", json!("12"))).await.expect(200);
        step(&third, &place, "examine").await.expect(200);
        let done = step(&monitor, &place, "verify").await.expect(200);
        let entry = format!("/v1/hour-entries/{}/disputes", done["hour_entry_id"].as_str().unwrap());
        let dispute = at(&teacher.post(&entry, json!({"claim": "少记学时。"})).await);
        for hand in [&first, &second, &third] {
            decide(hand, &dispute, "dismiss", "成绩单无误").await.refused(403, "dispute_same_person");
        }
        decide(&bureau, &dispute, "dismiss", "成绩单无误").await.expect(200);
        crate::ledger::fixture::sql(county, &format!("UPDATE disputes SET decided_by = {}", county.account("centre").number())).unwrap();
        assert_eq!(broken_now(county), BTreeSet::from(["disputes_settled"]));
    }

    async fn a_returned_record_is_corrected_and_examined_anew(county: County) {
        let [one, ..] = prepared(county);
        let (teacher, centre, bureau) = (county.caller(one.account), county.sign_in("centre"), county.sign_in("bureau"));
        let place = at(&teacher.post(&of(one.person), record("K-1")).await);
        step(&centre, &place, "examine").await.expect(200);
        decide(&bureau, &place, "return", "  ").await.refused(422, "reason_missing");
        let returned = decide(&bureau, &place, "return", "学时应按实修课程计").await.expect(200);
        assert_eq!((&returned["state"], &returned["examined_by"]), (&json!("returned"), &Value::Null));
        assert_eq!(returned["steps"][2]["note"], "学时应按实修课程计");
        step(&centre, &place, "examine").await.refused(409, "record_wrong_state");
        let etag = teacher.get(&place).await.etag();
        teacher.put(&place, "\"1\"", record("K-1")).await.refused(412, "precondition_failed");
        teacher.request(Method::PUT, &place).json(&record("K-1")).send().await.refused(428, "precondition_required");
        let corrected = teacher.put(&place, &etag, with("hours", json!("12"))).await.expect(200);
        assert_eq!((&corrected["state"], &corrected["hours"]), (&json!("entered"), &json!("12.00")));
        step(&centre, &place, "examine").await.expect(200);
        let etag = teacher.get(&place).await.etag();
        teacher.put(&place, &etag, record("K-1")).await.refused(409, "record_wrong_state");
        let done = step(&bureau, &place, "verify").await.expect(200);
        let entry = teacher.get(&format!("/v1/hour-entries/{}", done["hour_entry_id"].as_str().unwrap())).await.expect(200);
        assert_eq!(entry["credited"], "12.00");
    }

    async fn a_rejected_number_stays_taken_and_a_withdrawn_record_comes_back(county: County) {
        let [one, ..] = prepared(county);
        let (school, centre) = (county.sign_in("school-1"), county.sign_in("centre"));
        let place = at(&school.post(&of(one.person), record("K-1")).await);
        decide(&centre, &place, "reject", "证书系伪造").await.expect(200);
        school.post(&of(one.person), record("K-1")).await.refused(409, "record_known");
        step(&school, &place, "withdraw").await.refused(409, "record_wrong_state");
        let other = at(&school.post(&of(one.person), record("K-2")).await);
        let foreign = county.sign_in("school-2").request(Method::POST, &format!("{other}/withdraw"));
        foreign.header("If-Match", "\"1\"").send().await.refused(404, "not_found");
        let withdrawn = step(&school, &other, "withdraw").await.expect(200);
        assert_eq!(withdrawn["state"], "withdrawn");
        let etag = school.get(&other).await.etag();
        assert_eq!(school.put(&other, &etag, record("K-2")).await.expect(200)["state"], "entered");
    }

    async fn of_many_who_verify_at_once_one_posts(county: County) {
        let [one, ..] = prepared(county);
        let place = at(&county.sign_in("school-1").post(&of(one.person), record("K-1")).await);
        step(&county.sign_in("centre"), &place, "examine").await.expect(200);
        let bureau = county.sign_in("bureau");
        let etag = bureau.get(&place).await.etag();
        let verify = format!("{place}/verify");
        let send = || bureau.request(Method::POST, &verify).header("If-Match", &etag).send();
        let answers = join_all((0..6).map(|_| send())).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412, 412, 412], "{answers:#?}");
        let ledger = format!("/v1/teachers/{}/hour-entries?include=total", one.person.teacher());
        assert_eq!(bureau.get(&ledger).await.expect(200)["total"], 1);
    }

    async fn a_retried_verification_posts_once_and_answers_the_same(county: County) {
        let [one, ..] = prepared(county);
        let place = at(&county.sign_in("school-1").post(&of(one.person), record("K-1")).await);
        let etag = step(&county.sign_in("centre"), &place, "examine").await.etag();
        let bureau = county.sign_in("bureau");
        let verify = format!("{place}/verify");
        let send = || {
            let request = bureau.request(Method::POST, &verify).header("If-Match", &etag);
            request.header("Idempotency-Key", "verify-1").send()
        };
        let (first, again) = (send().await, send().await);
        assert_eq!(first.expect(200), again.expect(200));
        assert_eq!(again.header("idempotency-hit").as_deref(), Some("true"));
        let ledger = format!("/v1/teachers/{}/hour-entries?include=total", one.person.teacher());
        assert_eq!(bureau.get(&ledger).await.expect(200)["total"], 1);
    }

    async fn the_facts_are_judged_once_more_when_hours_are_posted(county: County) {
        let [one, ..] = prepared(county);
        let centre = county.sign_in("centre");
        let place = at(&county.sign_in("school-1").post(&of(one.person), record("K-1")).await);
        step(&centre, &place, "examine").await.expect(200);
        let facts = format!("/v1/persons/{}", one.person);
        let employment = centre.get(&format!("{facts}/facts")).await.expect(200)["employments"][0]["id"].as_str().unwrap().to_owned();
        centre.post(&format!("{facts}/employments/{employment}/end"), json!({"last_day": "2026-03-31"})).await.expect(200);
        step(&county.sign_in("bureau"), &place, "verify").await.refused(422, "hours_outside_employment");
        assert_eq!(centre.get(&place).await.expect(200)["state"], "examined");
    }
}
