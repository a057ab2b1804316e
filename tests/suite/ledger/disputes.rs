//! Disputes: whose, until when, decided by whom, and what they change.

use super::fixture::*;
use crate::harness::{Answered, Caller, County, both};
use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};
use shixun_domain::{access::Role, id::PersonId};
use shixun_persistence::ledger::NewEntry;

/// A teacher with 24 hours that the centre recognised.
pub fn disputed(county: &mut County) -> (PersonId, String) {
    let person = with_teacher(county);
    let recognised = NewEntry { recognised_by: Some(county.account("centre")), ..entry(person, "2026-10-20", "24") };
    let ids = post(county, vec![recognised]);
    (person, format!("/v1/hour-entries/{}", ids[0]))
}

pub fn claim() -> Value {
    json!({"claim": "12月12日下午我在场，考勤漏记3学时，签到表第2页可查。"})
}

async fn open(county: &County, entry: &str) -> String {
    let opened = county.sign_in("teacher-1").post(&format!("{entry}/disputes"), claim()).await;
    opened.expect(201);
    opened.header("location").unwrap()
}

pub(super) async fn decide(caller: &Caller<'_>, place: &str, verb: &str, body: Value) -> Answered {
    let etag = caller.get(place).await.etag();
    caller.request(Method::POST, &format!("{place}/{verb}")).header("If-Match", &etag).json(&body).send().await
}

const CURRENT: &str = "cycle=2026-2030";

both! {
    async fn an_upheld_dispute_corrects_the_entry_in_the_same_step(county: County) {
        let (person, entry) = disputed(county);
        let (teacher, bureau, centre) = (county.sign_in("teacher-1"), county.sign_in("bureau"), county.sign_in("centre"));
        let before = teacher.get(&format!("/v1/teachers/{}/statement?{CURRENT}", person.teacher())).await;
        assert_eq!(before.expect(200)["entries"][0]["disputed"], false);
        let place = open(county, &entry).await;
        let during = teacher.get(&format!("/v1/teachers/{}/statement?{CURRENT}", person.teacher())).await;
        assert_eq!((&during.expect(200)["entries"][0]["disputed"], during.etag() != before.etag()), (&json!(true), true));
        let read = teacher.get(&place).await.expect(200);
        assert_eq!((&read["state"], &read["decide_by"], &read["overdue"]), (&json!("open"), &json!("2026-12-08"), &json!(false)));
        let right = json!({"reason": "签到表证实在场", "replacement": {"nominal": "27", "attended": "27"}});
        decide(&centre, &place, "uphold", right.clone()).await.refused(403, "dispute_same_person");
        decide(&centre, &place, "dismiss", json!({"reason": "无误"})).await.refused(403, "dispute_same_person");
        decide(&bureau, &place, "uphold", json!({"reason": "  "})).await.refused(422, "reason_missing");
        let unchanged = json!({"reason": "无误", "replacement": {}});
        decide(&bureau, &place, "uphold", unchanged).await.refused(422, "correction_changes_nothing");
        assert_eq!(teacher.get(&place).await.expect(200)["state"], "open", "what was refused changed nothing");
        let done = decide(&bureau, &place, "uphold", right).await.expect(200);
        assert_eq!((&done["state"], &done["decided_by"]), (&json!("upheld"), &json!(county.account("bureau").to_string())));
        let replacement = teacher.get(&format!("/v1/hour-entries/{}", done["replacement_id"].as_str().unwrap())).await.expect(200);
        assert_eq!((&replacement["credited"], &replacement["refers_to"]), (&json!("27.00"), &done["reversal_id"]));
        let read = statement(&teacher, person, CURRENT).await;
        assert_eq!((&read["credited"], &read["entries"][0]["disputed"]), (&json!("27.00"), &json!(false)));
        decide(&bureau, &place, "dismiss", json!({"reason": "再议"})).await.refused(409, "dispute_not_open");
        let log = county.sign_in("auditor").get(&format!("/v1/events?object_id={}", done["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(log["data"].as_array().unwrap().len(), 2);
    }

    async fn while_a_dispute_is_open_nobody_settles_it_by_a_reversal(county: County) {
        let (_, entry) = disputed(county);
        let place = open(county, &entry).await;
        for name in ["centre", "bureau"] {
            let told = county.sign_in(name).post(&format!("{entry}/reverse"), json!({"reason": "误录"})).await.refused(409, "dispute_open");
            assert!(place.ends_with(told["parameters"]["dispute"].as_str().unwrap()), "{told:#}");
        }
        let right = json!({"reason": "签到表证实在场", "replacement": {"nominal": "27", "attended": "27"}});
        decide(&county.sign_in("bureau"), &place, "uphold", right).await.expect(200);
    }

    async fn days_that_no_training_lasts_are_refused_and_the_dispute_stays_open(county: County) {
        let (_, entry) = disputed(county);
        let place = open(county, &entry).await;
        for days in ["99999.00", "-3.00", "366.01"] {
            let body = json!({"reason": "补记", "replacement": {"days": days}});
            let told = decide(&county.sign_in("centre"), &place, "uphold", body).await.refused(422, "invalid_field");
            assert_eq!(told["errors"][0]["pointer"], "/replacement/days", "{days}");
        }
        assert_eq!(county.sign_in("teacher-1").get(&place).await.expect(200)["state"], "open");
    }

    async fn a_dismissed_or_withdrawn_dispute_leaves_the_entry_and_does_not_come_back(county: County) {
        let (person, entry) = disputed(county);
        let other = post(county, vec![crate::ledger::fixture::entry(person, "2026-10-21", "8")]);
        let (teacher, bureau) = (county.sign_in("teacher-1"), county.sign_in("bureau"));
        let place = open(county, &entry).await;
        let done = decide(&bureau, &place, "dismiss", json!({"reason": "签到表与考勤一致"})).await.expect(200);
        assert_eq!((&done["state"], &done["reversal_id"]), (&json!("dismissed"), &Value::Null));
        let again = teacher.post(&format!("{entry}/disputes"), claim()).await.refused(409, "entry_disputed");
        assert_eq!(again["parameters"]["dispute"], done["id"]);
        let place = open(county, &format!("/v1/hour-entries/{}", other[0])).await;
        let etag = teacher.get(&place).await.etag();
        let withdraw = |tag: &str| teacher.request(Method::POST, &format!("{place}/withdraw")).header("If-Match", tag).send();
        withdraw("\"7\"").await.refused(412, "precondition_failed");
        assert_eq!(withdraw(&etag).await.expect(200)["state"], "withdrawn");
        let tag = teacher.get(&place).await.etag();
        withdraw(&tag).await.refused(409, "dispute_not_open");
        assert_eq!(statement(&teacher, person, CURRENT).await["credited"], "32.00");
    }

    async fn only_the_teacher_disputes_and_only_what_stands_and_in_time(county: County) {
        let (person, entry) = disputed(county);
        let path = format!("{entry}/disputes");
        teacher(county, 102, "毛建军", county.schools[0]);
        county.add_account("teacher-2", Role::Teacher, county.schools[0], Some(shixun_domain::Id::new(person.area(), 102)));
        county.sign_in("teacher-2").post(&path, claim()).await.refused(404, "not_found");
        county.sign_in("school-1").post(&path, claim()).await.refused(403, "forbidden");
        let me = county.sign_in("teacher-1");
        me.post(&path, json!({"claim": " "})).await.refused(422, "invalid_field");
        let reversed = post(county, vec![crate::ledger::fixture::entry(person, "2026-10-22", "5")])[0];
        let done = county.sign_in("bureau").post(&format!("/v1/hour-entries/{reversed}/reverse"), json!({"reason": "误录"})).await.expect(201);
        me.post(&format!("/v1/hour-entries/{reversed}/disputes"), claim()).await.refused(409, "entry_already_reversed");
        let reversal = done["reversal"]["id"].as_str().unwrap();
        me.post(&format!("/v1/hour-entries/{reversal}/disputes"), claim()).await.refused(409, "entry_not_posted");
        county.advance_millis(31 * 86_400_000);
        let late = county.sign_in("teacher-1").post(&path, claim()).await.refused(409, "dispute_too_late");
        assert_eq!(late["parameters"]["until"], "2026-12-23");
    }

    async fn after_the_close_one_person_proposes_a_correction_and_another_approves_it(county: County) {
        let person = with_teacher(county);
        let recognised = NewEntry { recognised_by: Some(county.account("centre")), ..entry(person, "2019-05-01", "24") };
        let id = post(county, vec![recognised, entry(person, "2020-12-31", "8")])[0];
        let colleague = county.add_account("centre-2", Role::Centre, county.bureau, None);
        let (centre, bureau, place) = (county.sign_in("centre"), county.sign_in("bureau"), format!("/v1/hour-entries/{id}"));
        let wrong = json!({"reason": "考勤更正", "replacement": {"attended": "20"}});
        for alone in [&centre, &bureau] {
            alone.post(&format!("{place}/reverse"), wrong.clone()).await.refused(409, "reversal_needs_approval");
        }
        county.sign_in("elsewhere-bureau").post(&format!("{place}/disputes"), claim()).await.refused(404, "not_found");
        county.sign_in("school-1").post(&format!("{place}/disputes"), claim()).await.refused(403, "forbidden");
        county.advance_millis(60_000);
        // A proposal that was withdrawn or dismissed does not stand in the way of the next one; one that is open does.
        let propose = async || {
            let opened = bureau.post(&format!("{place}/disputes"), claim()).await;
            opened.expect(201);
            opened.header("location").unwrap()
        };
        let first = propose().await;
        centre.post(&format!("{place}/disputes"), claim()).await.refused(409, "entry_disputed");
        let withdraw = async |caller: &Caller<'_>| caller.request(Method::POST, &format!("{first}/withdraw")).header("If-Match", "\"1\"").send().await;
        withdraw(&centre).await.refused(404, "not_found");
        county.sign_in("teacher-1").request(Method::POST, &format!("{first}/withdraw")).header("If-Match", "\"1\"").send().await.refused(404, "not_found");
        assert_eq!(withdraw(&bureau).await.expect(200)["state"], "withdrawn");
        let second = propose().await;
        let colleague = county.caller(colleague);
        decide(&colleague, &second, "dismiss", json!({"reason": "待补证据"})).await.expect(200);
        let third = propose().await;
        decide(&bureau, &third, "uphold", wrong.clone()).await.refused(403, "dispute_same_person");
        decide(&centre, &third, "uphold", wrong.clone()).await.refused(403, "dispute_same_person");
        let read = statement(&centre, person, CYCLE).await;
        assert_eq!((&read["counted"], &read["entries"][0]["disputed"]), (&json!("32.00"), &json!(true)), "a proposal changes no hours");
        let done = decide(&colleague, &third, "uphold", wrong).await.expect(200);
        assert_eq!((&done["state"], done["reversal_id"].is_string()), (&json!("upheld"), true));
        let read = statement(&centre, person, CYCLE).await;
        assert_eq!((&read["counted"], &read["entries"][0]["disputed"]), (&json!("28.00"), &json!(false)));
    }

    async fn overdue_disputes_are_listed_by_the_day_they_were_due(county: County) {
        let (person, first) = disputed(county);
        let second = post(county, vec![crate::ledger::fixture::entry(person, "2026-10-21", "8")])[0];
        open(county, &first).await;
        county.advance_millis(3 * 86_400_000);
        open(county, &format!("/v1/hour-entries/{second}")).await;
        county.clock.set(crate::harness::training::at("2026-12-10T09:00:00"));
        let centre = county.sign_in("centre");
        let late = centre.get("/v1/disputes?overdue=true&include=total").await.expect(200);
        assert_eq!((&late["total"], &late["data"][0]["decide_by"], &late["data"][0]["overdue"]), (&json!(1), &json!("2026-12-08"), &json!(true)));
        let all = centre.get("/v1/disputes?state=open&limit=1").await.expect(200);
        let next = centre.get(&format!("/v1/disputes?state=open&limit=1&cursor={}", all["next_cursor"].as_str().unwrap())).await.expect(200);
        assert_eq!((&next["data"][0]["decide_by"], &next["next_cursor"]), (&json!("2026-12-11"), &Value::Null));
        let total = async |name: &str| county.sign_in(name).get("/v1/disputes?include=total").await.expect(200)["total"].clone();
        assert_eq!([total("school-1").await, total("school-2").await, total("teacher-1").await, total("auditor").await], [2, 0, 2, 2]);
        county.sign_in("school-2").get(&format!("/v1/disputes/{}", all["data"][0]["id"].as_str().unwrap())).await.refused(404, "not_found");
        let own = format!("/v1/disputes?teacher_id={}&include=total", person.teacher());
        assert_eq!(centre.get(&own).await.expect(200)["total"], 2);
    }

    async fn of_many_at_once_one_opens_and_one_decides(county: County) {
        let (_, entry) = disputed(county);
        let (teacher, bureau) = (county.sign_in("teacher-1"), county.sign_in("bureau"));
        let path = format!("{entry}/disputes");
        let answers = join_all((0..6).map(|_| teacher.post(&path, claim()))).await;
        let opened: Vec<&Answered> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert_eq!(opened.len(), 1);
        for late in answers.iter().filter(|answer| answer.status != 201) {
            late.refused(409, "entry_disputed");
        }
        let place = opened[0].header("location").unwrap();
        let uphold = format!("{place}/uphold");
        let body = json!({"reason": "误录"});
        let etag = bureau.get(&place).await.etag();
        let send = || bureau.request(Method::POST, &uphold).header("If-Match", &etag).json(&body).send();
        let answers = join_all((0..6).map(|_| send())).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        let late = |answer: &&Answered| answer.status != 200;
        assert!(answers.iter().filter(late).all(|answer| answer.status == 412 || answer.status == 409), "{answers:#?}");
        assert_eq!(bureau.get(&place).await.expect(200)["state"], "upheld");
    }
}
