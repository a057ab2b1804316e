//! What a lecturer may do: record attendance at units of one's own, and nothing else.

use super::put;
use crate::{
    harness::{
        County, both,
        training::{TestSession, at},
    },
    ledger::fixture::{sql, teacher},
};
use actix_web::http::Method;
use serde_json::{Value, json};
use shixun_domain::{
    access::Role,
    id::{EnrolmentId, PersonId, SessionId, UnitId},
};

/// Two lecturers on record, who can sign in as `lecturer-1` and `lecturer-2`.
fn two_lecturers(county: &mut County) -> [PersonId; 2] {
    [1, 2].map(|number: i64| {
        let index = usize::try_from(number - 1).unwrap();
        let person = teacher(county, 200 + number, &format!("讲师{number}"), county.schools[index]);
        county.add_account(&format!("lecturer-{number}"), Role::Lecturer, county.institutions[0], Some(person));
        person
    })
}

fn sheet(session: SessionId, unit: UnitId) -> String {
    format!("/v1/sessions/{session}/units/{unit}/attendance")
}

/// A session that runs, of which each lecturer teaches one unit, with a confirmed trainee: its units and everybody's marks.
async fn shared_session(county: &mut County, [one, two]: [PersonId; 2]) -> (SessionId, [UnitId; 2], Value) {
    let trainee = county.add_teacher(1, county.schools[0]);
    let made = county.add_session(TestSession { lecturer: Some(one), ..TestSession::default() });
    sql(county, &format!("UPDATE units SET lecturer_id = {} WHERE id = {}", two.number(), made.units[1].number()))
        .unwrap();
    let applied = county.caller(trainee.account).post(&format!("/v1/sessions/{}/enrolments", made.id), json!({})).await;
    let enrolment = applied.expect(201)["id"].clone();
    county
        .sign_in("school-1")
        .post(&format!("{}/approve", applied.header("location").unwrap()), json!({}))
        .await
        .expect(200);
    county.clock.set(at("2026-12-06T12:00:00"));
    county.sign_in("institution-1").act(&format!("/v1/sessions/{}/start", made.id)).await.expect(200);
    (made.id, made.units, json!({"marks": [{"enrolment_id": enrolment, "mark": "present"}]}))
}

both! {
    async fn a_teacher_sees_the_own_minutes_and_a_school_those_of_its_teachers(county: County) {
        let lecturers = two_lecturers(county);
        let (session, units, marks) = shared_session(county, lecturers).await;
        put(&county.sign_in("lecturer-1"), sheet(session, units[0]), marks).await.expect(200);
        let other = county.add_teacher(2, county.schools[1]);
        let place = sheet(session, units[0]);
        let rows = async |name: &str| county.sign_in(name).get(&place).await.expect(200)["data"].clone();
        let all = rows("institution-1").await;
        assert_eq!((all.as_array().unwrap().len(), &all[0]["mark"]), (1, &json!("present")));
        for name in ["school-1", "teacher-1", "auditor", "bureau"] {
            assert_eq!(rows(name).await, all, "{name}");
        }
        for caller in [county.sign_in("school-2"), county.caller(other.account), county.sign_in("elsewhere-auditor")] {
            caller.get(&place).await.refused(404, "not_found");
        }
    }

    async fn a_lecturer_records_attendance_at_the_own_unit_and_is_refused_at_another_s(county: County) {
        let lecturers = two_lecturers(county);
        let (session, units, marks) = shared_session(county, lecturers).await;
        for (name, own, other) in [("lecturer-1", units[0], units[1]), ("lecturer-2", units[1], units[0])] {
            let lecturer = county.sign_in(name);
            put(&lecturer, sheet(session, own), marks.clone()).await.expect(200);
            assert_eq!(lecturer.get(&sheet(session, own)).await.expect(200)["data"][0]["mark"], "present");
            put(&lecturer, sheet(session, other), marks.clone()).await.refused(403, "not_your_unit");
        }
        let log = county.sign_in("auditor").get("/v1/events?action=record_attendance").await.expect(200);
        let actors: Vec<&str> = log["data"].as_array().unwrap().iter().map(|row| row["actor_id"].as_str().unwrap()).collect();
        let expected = ["lecturer-2", "lecturer-1"].map(|name| county.account(name).to_string());
        assert!(actors == expected || actors.iter().rev().eq(&expected), "{log:#}");
    }

    async fn a_session_that_one_teaches_nothing_of_does_not_exist_for_a_lecturer(county: County) {
        let [one, two] = two_lecturers(county);
        let foreign = county.add_session(TestSession { lecturer: Some(two), ..TestSession::default() });
        let own = county.add_session(TestSession { lecturer: Some(one), ..TestSession::default() });
        county.clock.set(at("2026-12-06T12:00:00"));
        county.sign_in("institution-1").act(&format!("/v1/sessions/{}/start", foreign.id)).await.expect(200);
        let lecturer = county.sign_in("lecturer-1");
        let somebody = EnrolmentId::new(county.bureau.area(), 1).to_string();
        let marks = json!({"marks": [{"enrolment_id": somebody, "mark": "present"}]});
        for unit in foreign.units {
            lecturer.get(&sheet(foreign.id, unit)).await.refused(404, "not_found");
            put(&lecturer, sheet(foreign.id, unit), marks.clone()).await.refused(404, "not_found");
            put(&lecturer, sheet(own.id, unit), marks.clone()).await.refused(404, "not_found");
        }
    }

    async fn a_lecturer_takes_no_other_step_in_the_own_session(county: County) {
        let lecturers = two_lecturers(county);
        let (session, units, marks) = shared_session(county, lecturers).await;
        let lecturer = county.sign_in("lecturer-1");
        let enrolment = format!("/v1/enrolments/{}", marks["marks"][0]["enrolment_id"].as_str().unwrap());
        let place = format!("/v1/sessions/{session}");
        let result = json!({"results": [{"enrolment_id": marks["marks"][0]["enrolment_id"], "result": "pass", "misconduct": false}]});
        let steps = [
            (Method::POST, format!("{place}/close"), json!({})),
            (Method::POST, format!("{place}/cancel"), json!({"reason": "停办"})),
            (Method::POST, format!("{place}/start"), json!({})),
            (Method::POST, format!("{place}/publish"), json!({})),
            (Method::POST, format!("{place}/units"), json!({})),
            (Method::POST, format!("{place}/enrolments"), json!({})),
            (Method::PUT, place.clone(), json!({})),
            (Method::PUT, format!("{place}/results"), result),
            (Method::PUT, format!("/v1/units/{}", units[0]), json!({})),
            (Method::POST, format!("{enrolment}/approve"), json!({})),
            (Method::POST, format!("{enrolment}/decline"), json!({})),
            (Method::POST, format!("{enrolment}/withdraw"), json!({})),
            (Method::POST, "/v1/programmes".to_owned(), json!({})),
        ];
        for (method, path, body) in steps {
            let asking = lecturer.request(method.clone(), &path).json(&body);
            let asking = if method == Method::PUT { asking.header("If-Match", "\"1\"") } else { asking };
            asking.send().await.refused(403, "forbidden");
        }
        lecturer.get(&enrolment).await.refused(404, "not_found");
        assert_eq!(lecturer.get("/v1/enrolments").await.expect(200)["data"], json!([]), "trainees are on the sheet only");
        let after = county.sign_in("institution-1").get(&place).await.expect(200);
        assert_eq!((&after["state"], &after["seats_taken"]), (&json!("running"), &json!(1)));
    }

    async fn a_lecturer_finds_the_own_units_of_all_sessions_and_what_is_still_to_be_marked(county: County) {
        let lecturers = two_lecturers(county);
        let (session, units, marks) = shared_session(county, lecturers).await;
        let starts_on = "2026-12-12".parse().unwrap();
        let later = county.add_session(TestSession { lecturer: Some(lecturers[0]), starts_on, ..TestSession::default() });
        let hidden = county.add_session(TestSession {
            lecturer: Some(lecturers[0]), state: shixun_domain::catalogue::SessionState::Draft, ..TestSession::default()
        });
        let found = async |name: &str, query: &str| -> Vec<String> {
            let list = county.sign_in(name).get(&format!("/v1/units?{query}&include=total")).await.expect(200);
            let ids: Vec<String> =
                list["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(list["total"], json!(ids.len()), "{name} {query}");
            ids
        };
        let ids = |units: &[UnitId]| units.iter().map(ToString::to_string).collect::<Vec<_>>();
        let own = [units[0], later.units[0], later.units[1]];
        assert_eq!(found("lecturer-1", "mine=true").await, ids(&own));
        assert_eq!(found("lecturer-1", "mine=true&sort=-starts_at").await, ids(&[later.units[1], later.units[0], units[0]]));
        assert_eq!(found("lecturer-1", "mine=true&from=2026-12-06&to=2026-12-12").await, ids(&[later.units[0]]));
        assert_eq!(found("lecturer-2", "mine=true").await, ids(&[units[1]]));
        assert_eq!(found("centre", "mine=true").await, ids(&[]), "an account of nobody teaches nothing");
        assert_eq!(found("centre", &format!("lecturer_id={}", lecturers[1])).await, ids(&[units[1]]));
        assert_eq!(found("school-1", &format!("session_id={session}")).await, ids(&units));
        assert_eq!(found("school-1", "session_state=published").await, ids(&later.units));
        assert_eq!(found("institution-1", &format!("session_id={}", hidden.id)).await, ids(&hidden.units));
        assert_eq!(found("institution-2", &format!("organisation_id={}", county.institutions[0])).await.len(), 4, "no drafts");
        county.sign_in("elsewhere-bureau").get("/v1/units?area=331123").await.refused(404, "not_found");
        let row = async || {
            let list = county.sign_in("lecturer-1").get("/v1/units?mine=true&limit=1").await.expect(200);
            assert!(list["next_cursor"].is_string());
            list["data"][0].clone()
        };
        let before = row().await;
        let counts = |row: &Value| ["enrolled", "participants", "marked", "attendance_complete"].map(|name| row[name].clone());
        assert_eq!(counts(&before), [json!(1), json!(1), json!(0), json!(false)]);
        assert_eq!((&before["session_name"], &before["place"]), (&json!("第一期"), &json!("教师进修学校201")));
        put(&county.sign_in("lecturer-1"), sheet(session, units[0]), marks).await.expect(200);
        assert_eq!(counts(&row().await), [json!(1), json!(1), json!(1), json!(true)]);
        let page = county.sign_in("lecturer-1").get("/v1/units?mine=true&limit=2").await.expect(200);
        let more = format!("/v1/units?mine=true&limit=2&cursor={}", page["next_cursor"].as_str().unwrap());
        let rest = county.sign_in("lecturer-1").get(&more).await.expect(200);
        assert_eq!((rest["data"].as_array().unwrap().len(), &rest["data"][0]["id"]), (1, &json!(later.units[1].to_string())));
        let sheet = county.sign_in("lecturer-1").get(&sheet(session, units[0])).await.expect(200);
        assert_eq!((&sheet["data"][0]["organisation_name"], &sheet["data"][0]["status"]), (&json!("实验小学"), &json!("confirmed")));
    }

    async fn who_teaches_without_the_role_in_force_records_nothing(county: County) {
        let lecturers = two_lecturers(county);
        let (session, units, marks) = shared_session(county, lecturers).await;
        let system = county.sign_in("system");
        let roles = format!("/v1/users/{}/roles", county.account("lecturer-1"));
        let held = system.get(&roles).await.expect(200)["data"][0]["id"].as_str().unwrap().to_owned();
        system.post(&format!("{roles}/{held}/end"), json!({})).await.expect(200);
        put(&county.sign_in("lecturer-1"), sheet(session, units[0]), marks.clone()).await.refused(403, "forbidden");
        put(&county.sign_in("lecturer-2"), sheet(session, units[1]), marks).await.expect(200);
    }
}
