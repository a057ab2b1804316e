//! Who gets a seat and who waits: the corner cases in which seats were sold twice, skipped or lost elsewhere.

use crate::{
    harness::{
        County, both,
        training::{TestSession, TestTeacher, at},
    },
    ledger::{
        fixture::day,
        parameters::{figure, publish},
    },
};
use futures_util::future::join_all;
use serde_json::{Value, json};
use shixun_domain::id::SessionId;

async fn apply(county: &County, session: SessionId, teacher: TestTeacher) -> Value {
    let path = format!("/v1/sessions/{session}/enrolments");
    let row = county.caller(teacher.account).post(&path, json!({})).await.expect(201);
    county.advance_millis(1_000);
    row
}

async fn statuses(county: &County, session: SessionId) -> Vec<String> {
    let list = county.sign_in("institution-1").get(&format!("/v1/sessions/{session}/enrolments")).await.expect(200);
    list["data"].as_array().unwrap().iter().map(|row| row["status"].as_str().unwrap().to_owned()).collect()
}

async fn withdraw(county: &County, teacher: TestTeacher, row: &Value) {
    let path = format!("/v1/enrolments/{}/withdraw", row["id"].as_str().unwrap());
    county.caller(teacher.account).act(&path).await.expect(200);
}

/// The body of PUT with the terms that stand and other seats.
fn with_seats(row: &Value, seats: i32) -> Value {
    let mut body = json!({"seats": seats, "reason": "扩班"});
    for field in [
        "name",
        "queue_places",
        "applications_open_at",
        "applications_close_at",
        "withdraw_until",
        "starts_on",
        "ends_on",
    ] {
        body[field] = row[field].clone();
    }
    body
}

/// Sessions of 48 hours, three days apart, so that none clashes with another.
fn long_sessions(county: &County, count: u64, seats: i32) -> Vec<SessionId> {
    let one = |number: u64| TestSession {
        hours: 48,
        seats,
        queue_places: 3,
        starts_on: day("2026-12-05") + chrono::Days::new(number * 3),
        ..TestSession::default()
    };
    (0..count).map(|number| county.add_session(one(number)).id).collect()
}

both! {
    async fn the_twelfth_of_twelve_gets_a_seat_and_the_thirteenth_waits(county: County) {
        let school = county.schools[0];
        let teachers: Vec<_> = (1..=13).map(|number| county.add_teacher(number, school)).collect();
        let session = county.add_session(TestSession { seats: 12, queue_places: 5, ..TestSession::default() }).id;
        for (place, teacher) in teachers.iter().enumerate() {
            let expected = if place < 12 { ("seat", "applied") } else { ("queue", "waiting") };
            let path = format!("/v1/sessions/{session}/eligibility");
            let told = county.caller(teacher.account).get(&path).await.expect(200);
            let row = apply(county, session, *teacher).await;
            assert_eq!((told["placement"].as_str(), row["status"].as_str()), (Some(expected.0), Some(expected.1)), "{}", place + 1);
        }
    }

    async fn no_seats_means_none_and_not_as_many_as_one_likes(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let without = county.add_session(TestSession { seats: 0, queue_places: 0, ..TestSession::default() }).id;
        let me = county.caller(teacher.account);
        me.post(&format!("/v1/sessions/{without}/enrolments"), json!({})).await.refused(409, "session_full");
        let queue_only = TestSession { seats: 0, queue_places: 1, starts_on: day("2026-12-12"), ..TestSession::default() };
        let waiting = county.add_session(queue_only).id;
        assert_eq!(apply(county, waiting, teacher).await["status"], "waiting");
        assert_eq!(statuses(county, without).await, Vec::<String>::new());
    }

    async fn seats_added_on_the_first_day_move_nobody_up(county: County) {
        let school = county.schools[0];
        let teachers = [1, 2, 3].map(|number| county.add_teacher(number, school));
        let session = county.add_session(TestSession { seats: 1, queue_places: 2, ..TestSession::default() }).id;
        for teacher in teachers {
            apply(county, session, teacher).await;
        }
        let add = async |seats: i32| {
            let institution = county.sign_in("institution-1");
            let read = institution.get(&format!("/v1/sessions/{session}")).await;
            let body = with_seats(&read.expect(200), seats);
            institution.put(&format!("/v1/sessions/{session}"), &read.etag(), body).await.expect(200);
        };
        county.clock.set(at("2026-12-04T23:59:59"));
        add(2).await;
        assert_eq!(statuses(county, session).await, ["applied", "applied", "waiting"], "the day before it still counts");
        county.clock.set(at("2026-12-05T00:00:00"));
        add(3).await;
        assert_eq!(statuses(county, session).await, ["applied", "applied", "waiting"], "whoever waits did not prepare to come");
    }

    async fn a_seat_that_is_freed_on_the_first_day_moves_nobody_up(county: County) {
        let school = county.schools[0];
        let teachers = [1, 2].map(|number| county.add_teacher(number, school));
        let newcomer = county.add_teacher(3, school);
        let late = at("2026-12-06T00:00:00");
        let terms =
            TestSession { seats: 1, queue_places: 3, withdraw_until: late, applications_close_at: late, ..TestSession::default() };
        let session = county.add_session(terms).id;
        let first = apply(county, session, teachers[0]).await;
        apply(county, session, teachers[1]).await;
        county.clock.set(at("2026-12-05T00:00:00"));
        withdraw(county, teachers[0], &first).await;
        assert_eq!(statuses(county, session).await, ["withdrawn", "waiting"]);
        let path = format!("/v1/sessions/{session}/enrolments");
        let passing = county.caller(newcomer.account).post(&path, json!({})).await;
        passing.refused(409, "session_begun");
    }

    async fn whoever_moves_up_is_not_somebody_another_acted_for(county: County) {
        let school = county.schools[0];
        let teachers = [1, 2].map(|number| county.add_teacher(number, school));
        let session = county.add_session(TestSession { seats: 1, queue_places: 1, ..TestSession::default() }).id;
        let first = apply(county, session, teachers[0]).await;
        apply(county, session, teachers[1]).await;
        let path = format!("/v1/enrolments/{}/withdraw", first["id"].as_str().unwrap());
        county.sign_in("school-1").act(&path).await.expect(200);
        let log = async |action: &str| {
            let found = county.sign_in("auditor").get(&format!("/v1/events?action={action}")).await.expect(200);
            found["data"][0]["on_behalf_of"].clone()
        };
        assert_eq!(log("withdraw").await, teachers[0].account.to_string());
        assert_eq!(log("move_up").await, Value::Null);
    }

    async fn sessions_clash_across_the_end_of_a_cycle(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let over = county.add_session(TestSession { starts_on: day("2030-12-31"), ..TestSession::default() }).id;
        let before = county.add_session(TestSession { starts_on: day("2030-12-30"), ..TestSession::default() }).id;
        apply(county, over, teacher).await;
        let me = county.caller(teacher.account);
        let refused = me.post(&format!("/v1/sessions/{before}/enrolments"), json!({})).await.refused(409, "schedule_clash");
        assert_eq!(refused["parameters"]["session"], over.to_string());
    }

    async fn who_gave_the_seat_of_the_queue_back_is_not_moved_up_again(county: County) {
        let school = county.schools[0];
        let teachers = [1, 2, 3, 4].map(|number| county.add_teacher(number, school));
        let session = county.add_session(TestSession { seats: 1, queue_places: 3, ..TestSession::default() }).id;
        let mut rows = Vec::new();
        for teacher in teachers {
            rows.push(apply(county, session, teacher).await);
        }
        withdraw(county, teachers[0], &rows[0]).await;
        assert_eq!(statuses(county, session).await, ["withdrawn", "applied", "waiting", "waiting"]);
        withdraw(county, teachers[1], &rows[1]).await;
        withdraw(county, teachers[2], &rows[2]).await;
        assert_eq!(statuses(county, session).await, ["withdrawn", "withdrawn", "withdrawn", "applied"]);
        withdraw(county, teachers[3], &rows[3]).await;
        let all = ["withdrawn"; 4];
        assert_eq!(statuses(county, session).await, all, "a free seat, and nobody is put on it who did not ask again");
        apply(county, session, teachers[2]).await;
        let again = apply(county, session, teachers[1]).await;
        assert_eq!(again["status"], "waiting", "whoever asks again stands at the end");
    }

    async fn the_yearly_maximum_counts_seats_and_not_places_in_a_queue(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let queues = TestSession { hours: 48, seats: 0, queue_places: 1, starts_on: day("2026-12-20"), ..TestSession::default() };
        let waiting = county.add_session(queues).id;
        let sessions = long_sessions(county, 4, 5);
        assert_eq!(apply(county, waiting, teacher).await["status"], "waiting");
        for session in &sessions[..3] {
            assert_eq!(apply(county, *session, teacher).await["status"], "applied");
        }
        let path = format!("/v1/sessions/{}/enrolments", sessions[3]);
        let refused = county.caller(teacher.account).post(&path, json!({})).await.refused(409, "yearly_maximum_reached");
        assert_eq!(refused["parameters"], json!({"left": "0.00", "hours": "48.00"}));
    }

    async fn a_yearly_maximum_of_some_hours_refuses_no_others(county: County) {
        let maximum = |route: &str| json!([{"id": "some.maximum", "zh": "部分学时年度上限", "en": "some hours of the year", "rule": {"year_maximum": {
            "hours": figure("60"), "effect": figure("refuse"), "counts": {"routes": [route]}}}}]);
        publish(county, json!({"rules": maximum("mandated")})).await;
        let teacher = county.add_teacher(1, county.schools[0]);
        let sessions = long_sessions(county, 3, 5);
        for session in &sessions[..2] {
            assert_eq!(apply(county, *session, teacher).await["status"], "applied", "self-selected");
        }
        publish(county, json!({"version": 2, "rules": maximum("self_selected")})).await;
        let path = format!("/v1/sessions/{}/enrolments", sessions[2]);
        let refused = county.caller(teacher.account).post(&path, json!({})).await.refused(409, "yearly_maximum_reached");
        assert_eq!(refused["parameters"], json!({"left": "0.00", "hours": "48.00"}));
        let found = county.caller(teacher.account).get(&format!("/v1/sessions/{}/eligibility", sessions[2])).await.expect(200);
        assert_eq!((&found["yearly_hours_left"], &found["reasons"][0]["code"]), (&json!("60.00"), &json!("yearly_maximum_reached")));
    }

    async fn a_teacher_without_any_hours_cannot_pass_the_yearly_maximum_by_applying_at_once(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let paths: Vec<String> = long_sessions(county, 6, 5).iter().map(|session| format!("/v1/sessions/{session}/enrolments")).collect();
        let me = county.caller(teacher.account);
        let answers = join_all(paths.iter().map(|path| me.post(path, json!({})))).await;
        let taken = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(taken, 3, "3 × 48 are the 144 hours of a year: {answers:#?}");
        for late in answers.iter().filter(|answer| answer.status != 201) {
            late.refused(409, "yearly_maximum_reached");
        }
    }
}
