//! The part of the walk that is about what participants say of a session.

use super::{Shown, example, id, with};
use crate::{demo::Demo, harness::off_runtime};
use serde_json::json;
use shixun_domain::id::{AccountId, TeacherId};
use shixun_persistence::{DbError, accounts};

/// The account of a teacher.
fn account(demo: &Demo, teacher: &str) -> AccountId {
    let (db, teacher): (_, TeacherId) = (demo.test.app.db.clone(), teacher.parse().unwrap());
    let found = off_runtime(|| db.read_blocking(|conn| accounts::of_person(conn, teacher.person())));
    let found: Result<Option<AccountId>, DbError> = found;
    found.unwrap().unwrap()
}

/// Five of those who completed a session evaluate it, so that others read what they say.
pub(super) async fn evaluations(demo: &Demo, shown: &mut Shown) {
    let centre = demo.sign_in("centre");
    let closed = centre.get("/v1/sessions?state=closed&limit=1").await.expect(200)["data"][0].clone();
    let session = format!("/v1/sessions/{}", id(&closed));
    let list = centre.get(&format!("{session}/enrolments?status=completed&limit=5")).await.expect(200);
    let enrolments = list["data"].as_array().unwrap();
    assert_eq!(enrolments.len(), 5, "as many as are shown together");
    for (place, enrolment) in enrolments.iter().enumerate() {
        let teacher = demo.test.caller(account(demo, enrolment["teacher_id"].as_str().unwrap()));
        let path = format!("/v1/enrolments/{}/evaluation", id(enrolment));
        if place == 0 {
            shown.post(&teacher, &path, example("EvaluationIn")).await;
            shown.get(&teacher, &path).await;
        } else {
            let said = json!({"usefulness": 5 - place % 3, "comment": null});
            teacher.post(&path, with(example("EvaluationIn"), said)).await.expect(201);
        }
    }
    shown.get(&centre, &format!("{session}/evaluations")).await;
}
