//! Nobody makes hours of one's own training, and nobody is on a sheet twice.

use super::{
    put,
    races::{marks, number, sheet},
};
use crate::harness::{
    County, both,
    training::{MadeSession, TestSession, at},
};
use serde_json::json;
use shixun_domain::id::AccountId;

/// A session that is over, with two confirmed trainees of whom the first is a clerk of the training centre too.
async fn with_clerk(county: &mut County) -> (MadeSession, AccountId, Vec<String>) {
    let teachers = [1, 2].map(|number| county.add_teacher(number, county.schools[0]));
    let clerk = teachers[0].account;
    let roles = format!("/v1/users/{clerk}/roles");
    let grant = json!({"role": "centre", "organisation_id": county.bureau.to_string()});
    county.sign_in("system").post(&roles, grant).await.expect(201);
    let made = county.add_session(TestSession::default());
    let mut places = Vec::new();
    for teacher in &teachers {
        let applied =
            county.caller(teacher.account).post(&format!("/v1/sessions/{}/enrolments", made.id), json!({})).await;
        let place = applied.header("location").unwrap();
        county.sign_in("school-1").post(&format!("{place}/approve"), json!({})).await.expect(200);
        places.push(place);
    }
    county.clock.set(at("2026-12-06T12:00:00"));
    county.sign_in("institution-1").act(&format!("/v1/sessions/{}/start", made.id)).await.expect(200);
    (made, clerk, places)
}

both! {
    async fn what_concerns_one_s_own_training_is_recorded_and_closed_by_somebody_else(county: County) {
        let (made, clerk, places) = with_clerk(county).await;
        let (me, institution) = (county.caller(clerk), county.sign_in("institution-1"));
        put(&me, sheet(&made, made.units[0]), marks(&places, "present")).await.refused(403, "own_training");
        put(&me, sheet(&made, made.units[0]), marks(&places[1..], "present")).await.expect(200);
        for unit in made.units {
            put(&institution, sheet(&made, unit), marks(&places, "absent")).await.expect(200);
            // The sheet goes back whole, with the own row as somebody else recorded it.
            let mut whole = marks(&places, "present");
            whole["marks"][0]["mark"] = json!("absent");
            put(&me, sheet(&made, unit), whole).await.expect(200);
            put(&me, sheet(&made, unit), marks(&places[..1], "present")).await.refused(403, "own_training");
        }
        let results = format!("/v1/sessions/{}/results", made.id);
        let result = |place: &String| json!({"enrolment_id": number(place), "result": "pass", "misconduct": false});
        let passed = |places: &[String]| json!({"results": places.iter().map(result).collect::<Vec<_>>()});
        put(&me, results.clone(), passed(&places)).await.refused(403, "own_training");
        put(&me, results.clone(), passed(&places[1..])).await.expect(200);
        put(&institution, results.clone(), passed(&places)).await.expect(200);
        put(&me, results, passed(&places)).await.expect(200);
        let close = format!("/v1/sessions/{}/close", made.id);
        me.act(&close).await.refused(403, "own_training");
        institution.act(&close).await.expect(200);
    }

    async fn nobody_is_on_a_sheet_twice(county: County) {
        let (made, _, places) = with_clerk(county).await;
        let institution = county.sign_in("institution-1");
        let twice = [places[0].clone(), places[1].clone(), places[0].clone()];
        let place = sheet(&made, made.units[0]);
        let problem = put(&institution, place.clone(), marks(&twice, "present")).await.refused(422, "invalid_field");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 1);
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/marks/2/enrolment_id"), &json!("repeated")));
        assert_eq!(institution.get(&place).await.expect(200)["data"][0]["mark"], json!(null), "nothing was recorded");
        let result = |place: &String| json!({"enrolment_id": number(place), "result": "pass", "misconduct": false});
        let results = json!({"results": twice.iter().map(result).collect::<Vec<_>>()});
        let problem = put(&institution, format!("/v1/sessions/{}/results", made.id), results).await.refused(422, "invalid_field");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/results/2/enrolment_id"), &json!("repeated")));
    }
}
