//! Seats, the queue, reviews, attendance and closing.

mod allowances;
mod corrections;
mod lecturer;
mod own;
mod queue;
mod races;
mod sight;
mod way;

use crate::harness::{
    Answered, Caller, County, both,
    training::{TestSession, at},
};
use actix_web::http::Method;
use serde_json::{Value, json};
use shixun_domain::{catalogue::Audience, words::Title};

fn codes(eligibility: &Value) -> Vec<&str> {
    eligibility["reasons"].as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap()).collect()
}

/// PUT based on the version that stands now; on any where the caller may not read it.
pub async fn put(caller: &Caller<'_>, path: String, body: Value) -> Answered {
    let read = caller.get(&path).await;
    let etag = if read.status == 200 { read.etag() } else { "\"0\"".to_owned() };
    caller.put(&path, &etag, body).await
}

/// One teacher is at the first of two units to the end and at the second for some minutes, passes, and the session is closed: what closing
/// and the entry of hours say.
pub(crate) async fn attended(county: &mut County, minutes: i32) -> (Value, Value) {
    let teacher = county.add_teacher(1, county.schools[0]);
    let made = county.add_session(TestSession { seats: 4, ..TestSession::default() });
    let (session, units) = (made.id, made.units);
    let caller = county.caller(teacher.account);
    let row = caller.post(&format!("/v1/sessions/{session}/enrolments"), json!({})).await.expect(201);
    let id = row["id"].as_str().unwrap().to_owned();
    county.sign_in("school-1").post(&format!("/v1/enrolments/{id}/approve"), json!({})).await.expect(200);
    county.clock.set(at("2026-12-06T12:00:00"));
    let institution = county.sign_in("institution-1");
    institution.act(&format!("/v1/sessions/{session}/start")).await.expect(200);
    for (unit, mark) in units.iter().zip([json!({"mark": "present"}), json!({"mark": "partly", "minutes": minutes})]) {
        let mut mark = mark;
        mark["enrolment_id"] = json!(id);
        put(&institution, format!("/v1/sessions/{session}/units/{unit}/attendance"), json!({"marks": [mark]}))
            .await
            .expect(200);
    }
    let results = json!({"results": [{"enrolment_id": id, "result": "pass", "misconduct": false}]});
    put(&institution, format!("/v1/sessions/{session}/results"), results).await.expect(200);
    let closed = institution.act(&format!("/v1/sessions/{session}/close")).await.expect(200);
    let entries =
        county.caller(teacher.account).get(&format!("/v1/teachers/{}/hour-entries", teacher.person.teacher())).await;
    (closed, entries.expect(200)["data"][0].clone())
}

both! {
    async fn an_application_takes_a_seat_and_the_school_confirms_it(county: County) {
        let school = county.schools[0];
        let teacher = county.add_teacher(1, school);
        let session = county.add_session(TestSession::default()).id;
        let me = county.caller(teacher.account);
        let before = me.get(&format!("/v1/sessions/{session}/eligibility")).await.expect(200);
        assert_eq!((&before["eligible"], &before["placement"], &before["reasons"]), (&json!(true), &json!("seat"), &json!([])));
        let answer = me.post(&format!("/v1/sessions/{session}/enrolments"), json!({})).await;
        let enrolment = answer.expect(201);
        assert_eq!(enrolment["status"], "applied");
        assert_eq!(enrolment["organisation_name"], "实验小学");
        assert_eq!(enrolment["title"], "first");
        let place = answer.header("location").unwrap();
        let school_1 = county.sign_in("school-1");
        let pending = school_1.get("/v1/enrolments?status=applied").await.expect(200);
        assert_eq!(pending["data"][0]["id"], enrolment["id"]);
        county.sign_in("school-2").act(&format!("{place}/approve")).await.refused(404, "not_found");
        county.sign_in("school-2").post(&format!("{place}/approve"), json!({})).await.refused(404, "not_found");
        let approved = school_1.post(&format!("{place}/approve"), json!({"note": "同意"})).await.expect(200);
        assert_eq!((&approved["status"], &approved["note"]), (&json!("confirmed"), &json!("同意")));
        school_1.post(&format!("{place}/decline"), json!({})).await.refused(409, "not_awaiting_review");
        let seats = county.sign_in("auditor").get(&format!("/v1/sessions/{session}")).await.expect(200);
        assert_eq!(seats["seats_taken"], 1);
    }

    async fn a_freed_seat_goes_to_the_first_in_the_queue_who_is_still_to_be_reviewed(county: County) {
        let school = county.schools[0];
        let teachers: Vec<_> = (1..=4).map(|number| county.add_teacher(number, school)).collect();
        let session = county.add_session(TestSession { seats: 1, queue_places: 2, ..TestSession::default() }).id;
        let path = format!("/v1/sessions/{session}/enrolments");
        let mut ids = Vec::new();
        for (teacher, expected) in teachers.iter().zip(["applied", "waiting", "waiting"]) {
            let row = county.caller(teacher.account).post(&path, json!({})).await.expect(201);
            assert_eq!(row["status"], expected);
            ids.push(row["id"].as_str().unwrap().to_owned());
            county.advance_millis(1_000);
        }
        county.caller(teachers[3].account).post(&path, json!({})).await.refused(409, "session_full");
        let school_1 = county.sign_in("school-1");
        // The third is reviewed first, and still does not overtake the second.
        let third = school_1.post(&format!("/v1/enrolments/{}/approve", ids[2]), json!({})).await.expect(200);
        assert_eq!(third["status"], "waiting_approved");
        county.caller(teachers[0].account).act(&format!("/v1/enrolments/{}/withdraw", ids[0])).await.expect(200);
        let second = school_1.get(&format!("/v1/enrolments/{}", ids[1])).await.expect(200);
        assert_eq!(second["status"], "applied", "a seat, and the review is still to come");
        // A newcomer waits behind the third, although the second seat may come free.
        county.caller(teachers[3].account).post(&path, json!({})).await.expect(201);
        school_1.post(&format!("/v1/enrolments/{}/decline", ids[1]), json!({"note": "课务冲突"})).await.expect(200);
        let third = school_1.get(&format!("/v1/enrolments/{}", ids[2])).await.expect(200);
        assert_eq!(third["status"], "confirmed", "was reviewed already");
        let log = county.sign_in("auditor").get("/v1/events?action=move_up").await.expect(200);
        assert_eq!(log["data"].as_array().unwrap().len(), 2);
    }

    async fn every_reason_is_listed_before_anyone_applies(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let first = county.add_session(TestSession { content_key: "same".into(), ..TestSession::default() });
        let audience = Audience { titles: vec![Title::Senior], small_class_only: true, ..Audience::default() };
        let second = county.add_session(TestSession {
            seats: 0, audience, content_key: "same".into(), applications_close_at: at("2026-11-20T17:00:00"), ..TestSession::default()
        });
        let me = county.caller(teacher.account);
        me.post(&format!("/v1/sessions/{}/enrolments", first.id), json!({})).await.expect(201);
        let found = me.get(&format!("/v1/sessions/{}/eligibility", second.id)).await.expect(200);
        assert_eq!(
            codes(&found),
            ["applications_closed", "session_full", "not_in_audience", "not_in_audience", "schedule_clash", "already_done_in_cycle"]
        );
        assert_eq!((&found["eligible"], &found["placement"]), (&json!(false), &Value::Null));
        let refused = me.post(&format!("/v1/sessions/{}/enrolments", second.id), json!({})).await;
        refused.refused(409, "applications_closed");
        let zh = me.clone().in_chinese().get(&format!("/v1/sessions/{}/eligibility", second.id)).await.expect(200);
        assert_eq!(zh["reasons"][0]["title"], "报名已截止");
    }

    async fn added_seats_go_to_those_who_wait_and_never_past_the_review(county: County) {
        let school = county.schools[0];
        let teachers: Vec<_> = (1..=4).map(|number| county.add_teacher(number, school)).collect();
        let session = county.add_session(TestSession { seats: 1, queue_places: 3, ..TestSession::default() }).id;
        for teacher in &teachers {
            county.caller(teacher.account).post(&format!("/v1/sessions/{session}/enrolments"), json!({})).await.expect(201);
            county.advance_millis(1_000);
        }
        let institution = county.sign_in("institution-1");
        let read = institution.get(&format!("/v1/sessions/{session}")).await;
        let row = read.expect(200);
        let mut body = json!({"seats": 3, "reason": "扩班"});
        for field in ["name", "queue_places", "applications_open_at", "applications_close_at", "withdraw_until", "starts_on", "ends_on"] {
            body[field] = row[field].clone();
        }
        let changed = institution.put(&format!("/v1/sessions/{session}"), &read.etag(), body).await.expect(200);
        assert_eq!((&changed["seats_taken"], &changed["queue_taken"]), (&json!(3), &json!(1)));
        let list = institution.get(&format!("/v1/sessions/{session}/enrolments")).await.expect(200);
        let statuses: Vec<&str> = list["data"].as_array().unwrap().iter().map(|row| row["status"].as_str().unwrap()).collect();
        assert_eq!(statuses, ["applied", "applied", "applied", "waiting"], "seats, but no review was skipped");
    }

    async fn a_retried_application_is_one_application(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let session = county.add_session(TestSession::default()).id;
        let me = county.caller(teacher.account);
        let path = format!("/v1/sessions/{session}/enrolments");
        let send = || me.request(Method::POST, &path).header("Idempotency-Key", "apply-1").json(&json!({})).send();
        let (first, again) = (send().await, send().await);
        assert_eq!(first.expect(201), again.expect(201));
        assert_eq!(again.header("idempotency-hit").as_deref(), Some("true"));
        me.post(&path, json!({})).await.refused(409, "already_enrolled");
        let list = county.sign_in("institution-1").get(&format!("{path}?include=total")).await.expect(200);
        assert_eq!(list["total"], 1);
    }

    async fn a_retry_is_answered_as_the_first_time_though_the_session_is_full_by_then(county: County) {
        let (teacher, other) = (county.add_teacher(1, county.schools[0]), county.add_teacher(2, county.schools[1]));
        let session = county.add_session(TestSession { seats: 1, queue_places: 0, ..TestSession::default() }).id;
        let path = format!("/v1/sessions/{session}/enrolments");
        let (me, late) = (county.caller(teacher.account), county.caller(other.account));
        let send = |body: Value| me.request(Method::POST, &path).header("Idempotency-Key", "apply-1").json(&body).send();
        let first = send(json!({})).await;
        late.request(Method::POST, &path).header("Idempotency-Key", "apply-1").json(&json!({})).send().await
            .refused(409, "session_full");
        let again = send(json!({})).await;
        assert_eq!(first.expect(201), again.expect(201));
        assert_eq!(again.header("idempotency-hit").as_deref(), Some("true"));
        let named = json!({"teacher_id": teacher.person.teacher().to_string()});
        send(named).await.refused(422, "idempotency_mismatch");
    }

    async fn whoever_withdraws_gives_the_seat_back_and_may_apply_again(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let other = county.add_teacher(2, county.schools[1]);
        let session = county.add_session(TestSession { seats: 1, ..TestSession::default() }).id;
        let me = county.caller(teacher.account);
        let path = format!("/v1/sessions/{session}/enrolments");
        let place = me.post(&path, json!({})).await.header("location").unwrap();
        county.caller(other.account).act(&format!("{place}/withdraw")).await.refused(404, "not_found");
        me.act(&format!("{place}/withdraw")).await.expect(200);
        me.act(&format!("{place}/withdraw")).await.refused(409, "enrolment_ended");
        crate::ledger::fixture::sql(county, "UPDATE persons SET name = '教师甲', search_name = '教师甲' WHERE name = '教师1'").unwrap();
        let again = me.post(&path, json!({})).await.expect(201);
        assert_eq!((&again["status"], &again["name"]), (&json!("applied"), &json!("教师甲")));
        assert_eq!(me.get(&place).await.expect(200)["name"], "教师甲", "as on the day of the application");
        county.clock.set(at("2026-12-03T08:00:00"));
        county.caller(teacher.account).act(&format!("{place}/withdraw")).await.refused(409, "withdrawal_closed");
    }

    async fn nobody_withdraws_from_what_was_started(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let made = county.add_session(TestSession { starts_on: "2026-11-24".parse().unwrap(), ..TestSession::default() });
        let applied = county.caller(teacher.account).post(&format!("/v1/sessions/{}/enrolments", made.id), json!({})).await;
        let place = applied.header("location").unwrap();
        county.sign_in("school-1").post(&format!("{place}/approve"), json!({})).await.expect(200);
        crate::ledger::fixture::sql(county, "UPDATE sessions SET withdraw_until = '2026-11-30 00:00:00'").unwrap();
        county.clock.set(at("2026-11-24T12:00:00"));
        county.sign_in("institution-1").act(&format!("/v1/sessions/{}/start", made.id)).await.expect(200);
        county.caller(teacher.account).act(&format!("{place}/withdraw")).await.refused(409, "withdrawal_closed");
    }

    async fn a_school_applies_for_its_own_teachers_only(county: County) {
        let (mine, foreign) = (county.add_teacher(1, county.schools[0]), county.add_teacher(2, county.schools[1]));
        let session = county.add_session(TestSession::default()).id;
        let path = format!("/v1/sessions/{session}/enrolments");
        let school = county.sign_in("school-1");
        let body = |person: shixun_domain::id::PersonId| json!({"teacher_id": person.teacher().to_string()});
        school.post(&path, body(mine.person)).await.expect(201);
        school.post(&path, body(foreign.person)).await.refused(404, "not_found");
        school.post(&path, json!({})).await.refused(400, "teacher_not_named");
        let log = county.sign_in("auditor").get("/v1/events?action=apply").await.expect(200);
        assert_eq!(log["data"][0]["on_behalf_of"], mine.account.to_string());
        let seen = county.caller(foreign.account).get("/v1/enrolments").await.expect(200);
        assert_eq!(seen["data"], json!([]), "a teacher sees one's own");
    }

    async fn attendance_becomes_hours_when_the_session_is_closed(county: County) {
        let school = county.schools[0];
        let teachers: Vec<_> = (1..=4).map(|number| county.add_teacher(number, school)).collect();
        let made = county.add_session(TestSession { seats: 4, ..TestSession::default() });
        let (session, units) = (made.id, made.units);
        let mut ids = Vec::new();
        for teacher in &teachers {
            let row = county.caller(teacher.account).post(&format!("/v1/sessions/{session}/enrolments"), json!({})).await.expect(201);
            ids.push(row["id"].as_str().unwrap().to_owned());
        }
        for id in &ids[..3] {
            county.sign_in("school-1").post(&format!("/v1/enrolments/{id}/approve"), json!({})).await.expect(200);
        }
        let mark = |id: &str, mark: &str| json!({"enrolment_id": id, "mark": mark});
        let sheet = |unit| format!("/v1/sessions/{session}/units/{unit}/attendance");
        let everybody = json!({"marks": [mark(&ids[0], "present"), mark(&ids[1], "present"), mark(&ids[2], "present")]});
        put(&county.sign_in("institution-1"), sheet(units[0]), everybody.clone()).await.refused(409, "session_not_running");
        county.clock.set(at("2026-12-05T09:00:00"));
        county.sign_in("institution-1").act(&format!("/v1/sessions/{session}/start")).await.expect(200);
        put(&county.sign_in("institution-2"), sheet(units[0]), everybody.clone()).await.refused(404, "not_found");
        put(&county.sign_in("institution-1"), sheet(units[1]), everybody.clone()).await.refused(409, "unit_not_begun");
        put(&county.sign_in("institution-1"), sheet(units[0]), json!({"marks": [mark(&ids[0], "late")]})).await.refused(422, "invalid_field");
        put(&county.sign_in("institution-1"), sheet(units[0]), everybody.clone()).await.expect(200);
        county.sign_in("institution-1").act(&format!("/v1/sessions/{session}/close")).await.refused(409, "units_not_over");
        county.clock.set(at("2026-12-06T12:00:00"));
        let institution = county.sign_in("institution-1");
        institution.act(&format!("/v1/sessions/{session}/close")).await.refused(409, "attendance_missing");
        let second = json!({"marks": [mark(&ids[0], "present"), mark(&ids[2], "present"),
            {"enrolment_id": ids[1], "mark": "partly", "minutes": 90, "note": "下午返校"}]});
        let stood = institution.get(&sheet(units[1])).await.etag();
        let tried = institution.put(&format!("{}?dry_run=true", sheet(units[1])), &stood, second.clone()).await;
        assert_eq!(tried.header("etag"), None, "the version is yet to be given to another change");
        assert_eq!(institution.get(&sheet(units[1])).await.etag(), stood, "only tried");
        let recorded = put(&institution, sheet(units[1]), second).await.expect(200);
        assert_eq!(tried.expect(200), recorded);
        institution.act(&format!("/v1/sessions/{session}/close")).await.refused(409, "results_missing");
        let result = |id: &str, misconduct: bool| json!({"enrolment_id": id, "result": "pass", "misconduct": misconduct});
        let results = json!({"results": [result(&ids[0], false), result(&ids[1], false), result(&ids[2], true)]});
        let place = format!("/v1/sessions/{session}/results");
        let stood = institution.get(&place).await;
        let tried = institution.put(&format!("{place}?dry_run=true"), &stood.etag(), results.clone()).await;
        assert_eq!(tried.header("etag"), None);
        assert_eq!(institution.get(&place).await.json(), stood.json(), "only tried");
        let recorded = put(&institution, place, results).await.expect(200);
        assert_eq!(tried.expect(200), recorded);
        let tried = institution.act(&format!("/v1/sessions/{session}/close?dry_run=true")).await.expect(200);
        let entries = format!("/v1/teachers/{}/hour-entries", teachers[0].person.teacher());
        assert_eq!(county.caller(teachers[0].account).get(&entries).await.expect(200)["data"], json!([]), "only tried");
        let closed = institution.act(&format!("/v1/sessions/{session}/close")).await.expect(200);
        assert_eq!(tried, closed);
        assert_eq!(closed["completed"], 2);
        assert_eq!(closed["expelled"], 1);
        assert_eq!(closed["lapsed"], 1, "nobody reviewed the fourth");
        assert_eq!(closed["hours_posted"], "14.00");
        institution.act(&format!("/v1/sessions/{session}/close")).await.refused(409, "session_not_running");
        let mut seen = Vec::new();
        for teacher in &teachers[1..3] {
            let path = format!("/v1/teachers/{}/statement", teacher.person.teacher());
            seen.push(county.caller(teacher.account).get(&path).await.expect(200)["entries"][0].clone());
        }
        let minutes: Vec<[&Value; 3]> = seen[0]["attendance"]["units"].as_array().unwrap().iter()
            .map(|unit| [&unit["hours"], &unit["minutes_total"], &unit["minutes"]]).collect();
        assert_eq!(minutes, [[&json!("4.00"), &json!(180), &json!(180)], [&json!("4.00"), &json!(180), &json!(90)]], "what 6.00 is made of");
        assert_eq!((&seen[0]["attended"], &seen[0]["marks"]), (&json!("6.00"), &json!([])));
        assert_eq!(seen[1]["marks"], json!(["misconduct"]));
        for (teacher, expected) in teachers.iter().zip(["8.00", "6.00", "0.00"]) {
            let path = format!("/v1/teachers/{}/hour-entries", teacher.person.teacher());
            let entries = county.caller(teacher.account).get(&path).await.expect(200);
            assert_eq!(entries["data"][0]["credited"], expected, "{entries:#}");
            assert_eq!(entries["data"][0]["days"], "2.00", "both days of the course");
        }
    }

    async fn who_was_absent_too_long_has_failed_and_gets_what_the_pack_says(county: County) {
        let figure = |value: &str| json!({"value": value, "source": "A", "article": "第一条", "confidence": "I"});
        let pack = json!({"code": "SX-TEST", "version": 1, "area": "331123", "valid": {"from": "2026-01-01"}, "zh": "试行规定", "en": "trial",
            "sources": {"A": {"title": "县教育局通知"}}, "rules": [], "fail_factor": figure("0.2"), "absence_fail_ratio": figure("1/4")});
        let drafted = county.sign_in("centre").post("/v1/policy-packs", pack).await.expect(201);
        let publish = format!("/v1/policy-packs/{}/publish", drafted["pack"]["id"].as_str().unwrap());
        county.sign_in("bureau").act(&publish).await.expect(200);
        let (closed, entry) = attended(county, 90).await;
        assert_eq!((&closed["completed"], &closed["not_completed"], &closed["hours_posted"]), (&json!(0), &json!(1), &json!("1.20")));
        assert_eq!((&entry["attended"], &entry["factor"], &entry["credited"]), (&json!("6.00"), &json!("0.20"), &json!("1.20")));
    }
}
