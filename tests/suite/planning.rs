//! Evaluation of sessions by their participants, hours that wait for it, and what others read of it.

mod summaries;
mod waiting;

use crate::{
    enrolment::put,
    harness::{
        County,
        training::{TestSession, TestTeacher, at},
    },
    ledger::parameters::{figure, publish},
};
use serde_json::{Value, json};
use shixun_domain::id::{PersonId, SessionId};

/// A session that was held, with the enrolments of its participants.
pub(crate) struct Course {
    pub id: SessionId,
    pub enrolments: Vec<String>,
}

/// A pack of the county that asks for evaluations.
pub(crate) async fn asks(county: &County, days: &str, missed: &str) {
    publish(county, json!({"evaluation_days": figure(days), "evaluation_missed": figure(missed)})).await;
}

/// What somebody says who gives every question the same score.
pub(crate) fn answers(score: i32) -> Value {
    json!({"aims": score, "content": score, "lecturers": score, "organisation": score, "usefulness": score})
}

/// A session of two mornings from a day on, with teachers of the first school and the mark of each; held, with results, and not closed.
pub(crate) async fn held(county: &County, participants: &[(TestTeacher, &str)], starts_on: &str) -> Course {
    taught_by(county, participants, starts_on, None).await
}

async fn taught_by(
    county: &County,
    participants: &[(TestTeacher, &str)],
    starts_on: &str,
    lecturer: Option<PersonId>,
) -> Course {
    let seats = i32::try_from(participants.len()).unwrap();
    let starts_on: chrono::NaiveDate = starts_on.parse().unwrap();
    let before = at(&format!("{}T17:00:00", starts_on.pred_opt().unwrap()));
    let made = county.add_session(TestSession {
        seats,
        starts_on,
        applications_close_at: before,
        withdraw_until: before,
        lecturer,
        ..TestSession::default()
    });
    let session = made.id;
    let (mut enrolments, mut marks, mut results) = (Vec::new(), Vec::new(), Vec::new());
    for (teacher, mark) in participants {
        let applied =
            county.caller(teacher.account).post(&format!("/v1/sessions/{session}/enrolments"), json!({})).await;
        let id = applied.expect(201)["id"].as_str().unwrap().to_owned();
        county.sign_in("school-1").post(&format!("/v1/enrolments/{id}/approve"), json!({})).await.expect(200);
        marks.push(json!({"enrolment_id": id, "mark": mark}));
        results.push(json!({"enrolment_id": id, "result": "pass", "misconduct": false}));
        enrolments.push(id);
    }
    county.clock.set(at(&format!("{}T12:00:00", starts_on.succ_opt().unwrap())));
    let institution = county.sign_in("institution-1");
    institution.act(&format!("/v1/sessions/{session}/start")).await.expect(200);
    for unit in made.units {
        let sheet = format!("/v1/sessions/{session}/units/{unit}/attendance");
        put(&institution, sheet, json!({"marks": marks})).await.expect(200);
    }
    put(&institution, format!("/v1/sessions/{session}/results"), json!({"results": results})).await.expect(200);
    Course { id: session, enrolments }
}

/// Closes the session.
pub(crate) async fn closed(county: &County, course: &Course) -> Value {
    county.sign_in("institution-1").act(&format!("/v1/sessions/{}/close", course.id)).await.expect(200)
}

/// A session in a county that asks for evaluations: one evaluated it before it was closed, one after, and one still owes it.
pub(crate) async fn evaluated(county: &mut County) {
    asks(county, "30", "void").await;
    let teachers = [21, 22, 23].map(|number| county.add_teacher(number, county.schools[0]));
    let course = held(county, &teachers.map(|teacher| (teacher, "present")), "2026-12-12").await;
    let evaluate = async |place: usize| {
        let path = format!("/v1/enrolments/{}/evaluation", course.enrolments[place]);
        county.caller(teachers[place].account).post(&path, answers(4)).await.expect(201);
    };
    evaluate(0).await;
    closed(county, &course).await;
    evaluate(1).await;
}
