//! Attendance that is corrected after a session was closed, and the hours that follow.

use super::{
    put,
    races::{marks, number, ready_to_close, sheet},
};
use crate::harness::{both, training::at};
use serde_json::{Value, json};

both! {
    async fn what_hours_rest_on_is_never_deleted(county: County) {
        let (made, teachers, places) = ready_to_close(county).await;
        let session = format!("/v1/sessions/{}", made.id);
        let institution = county.sign_in("institution-1");
        institution.act(&format!("{session}/close")).await.expect(200);
        for place in [&places[0], &session] {
            institution.request(actix_web::http::Method::DELETE, place).send().await.refused(405, "method_not_allowed");
        }
        let unit = format!("/v1/units/{}", made.units[0]);
        let etag = institution.get(&unit).await.etag();
        let removal = institution.request(actix_web::http::Method::DELETE, &unit).header("If-Match", &etag);
        removal.send().await.refused(409, "session_wrong_state");
        for table in ["attendance", "enrolments", "sessions", "hour_entries"] {
            let refused = crate::ledger::fixture::sql(county, &format!("DELETE FROM {table}"));
            assert!(refused.unwrap_err().to_string().contains("append-only"), "{table}");
        }
        assert!(crate::ledger::fixture::sql(county, "DELETE FROM units").is_err(), "attendance refers to them");
        let statement = format!("/v1/teachers/{}/statement", teachers[0].person.teacher());
        assert_eq!(county.caller(teachers[0].account).get(&statement).await.expect(200)["credited"], "8.00");
    }

    async fn attendance_corrected_after_closing_corrects_the_hours_with_the_reason(county: County) {
        let (made, teachers, places) = ready_to_close(county).await;
        let session = format!("/v1/sessions/{}", made.id);
        let path = format!("{}/corrections", places[0]);
        let absent = json!({"reason": "签到表显示当日下午缺席", "marks": [{"unit_id": made.units[1].to_string(), "mark": "absent"}]});
        let centre = county.sign_in("centre");
        centre.post(&path, absent.clone()).await.refused(409, "enrolment_not_settled");
        let mut twice = absent.clone();
        twice["marks"].as_array_mut().unwrap().push(json!({"unit_id": made.units[1].to_string(), "mark": "present"}));
        county.sign_in("institution-1").act(&format!("{session}/close")).await.expect(200);
        county.sign_in("institution-1").post(&path, absent.clone()).await.refused(403, "forbidden");
        county.sign_in("elsewhere-centre").post(&path, absent.clone()).await.refused(404, "not_found");
        let fault = centre.post(&path, twice).await.refused(422, "invalid_field")["errors"][0].clone();
        assert_eq!((&fault["pointer"], &fault["code"]), (&json!("/marks/1/unit_id"), &json!("repeated")));
        let corrected = centre.post(&path, absent.clone()).await.expect(201);
        assert_eq!((&corrected["net"], &corrected["replacement"]["attended"]), (&json!("-4.00"), &json!("4.00")));
        assert_eq!(corrected["reversal"]["reason"], "签到表显示当日下午缺席");
        let statement = format!("/v1/teachers/{}/statement", teachers[0].person.teacher());
        let seen = county.caller(teachers[0].account).get(&statement).await.expect(200);
        let entry = &seen["entries"][0];
        let minutes: Vec<&Value> = entry["attendance"]["units"].as_array().unwrap().iter().map(|unit| &unit["minutes"]).collect();
        assert_eq!((minutes, &entry["credited"], &entry["days"]), (vec![&json!(180), &json!(0)], &json!("4.00"), &json!("1.00")));
        assert_eq!(seen["corrections"].as_array().unwrap().len(), 2, "what was wrong, and what took it back");
        assert_eq!(centre.get(&sheet(&made, made.units[1])).await.expect(200)["data"][0]["mark"], "absent", "the sheet says the same");
        centre.post(&path, absent).await.refused(422, "correction_changes_nothing");
        let back = json!({"reason": "班主任证明在场", "marks": [{"unit_id": made.units[1].to_string(), "mark": "present"}]});
        assert_eq!(centre.post(&path, back).await.expect(201)["net"], "4.00", "a correction is corrected");
        let other = format!("/v1/teachers/{}/statement", teachers[1].person.teacher());
        let other = county.caller(teachers[1].account).get(&other).await.expect(200);
        assert_eq!(other["corrections"], json!([]), "nobody else's hours moved");
        let log = county.sign_in("auditor").get("/v1/events?action=correct_attendance").await.expect(200);
        assert_eq!(log["data"].as_array().unwrap().len(), 2);
    }

    async fn a_result_corrected_after_closing_changes_where_the_teacher_stands(county: County) {
        let (made, _, places) = ready_to_close(county).await;
        county.sign_in("institution-1").act(&format!("/v1/sessions/{}/close", made.id)).await.expect(200);
        let (centre, path) = (county.sign_in("centre"), format!("{}/corrections", places[0]));
        for (what, status, net) in [
            (json!({"reason": "查实代签", "misconduct": true}), "expelled", "-8.00"),
            (json!({"reason": "复核后撤销处理，成绩不合格", "misconduct": false, "result": "fail"}), "not_completed", "0.00"),
            (json!({"reason": "补考合格", "result": "pass"}), "completed", "8.00"),
        ] {
            assert_eq!(centre.post(&path, what).await.expect(201)["net"], net);
            assert_eq!(centre.get(&places[0]).await.expect(200)["status"], status);
        }
        for fault in [
            json!({"reason": " ", "misconduct": true}),
            json!({"reason": "误记", "marks": [{"unit_id": made.units[0].to_string(), "mark": "late"}]}),
            json!({"reason": "误记", "marks": [{"unit_id": "unt_a3bk65kd9010000c6n", "mark": "absent"}]}),
        ] {
            centre.post(&path, fault).await.refused(422, "invalid_field");
        }
    }

    async fn a_retried_correction_is_made_once(county: County) {
        let (made, teachers, places) = ready_to_close(county).await;
        county.sign_in("institution-1").act(&format!("/v1/sessions/{}/close", made.id)).await.expect(200);
        let centre = county.sign_in("centre");
        let body = json!({"reason": "迟到三十分钟", "marks": [{"unit_id": made.units[0].to_string(), "mark": "late", "minutes": 90}]});
        let path = format!("{}/corrections", places[0]);
        let ask = || centre.request(actix_web::http::Method::POST, &path);
        let first = ask().header("Idempotency-Key", "again").json(&body).send().await;
        let second = ask().header("Idempotency-Key", "again").json(&body).send().await;
        assert_eq!(first.expect(201), second.expect(201));
        let path = format!("/v1/teachers/{}/hour-entries", teachers[0].person.teacher());
        assert_eq!(centre.get(&path).await.expect(200)["data"].as_array().unwrap().len(), 3);
    }

    async fn hours_of_a_cycle_that_is_over_are_not_corrected_by_one(county: County) {
        let (made, _, places) = ready_to_close(county).await;
        county.sign_in("institution-1").act(&format!("/v1/sessions/{}/close", made.id)).await.expect(200);
        county.clock.set(at("2031-01-02T09:00:00"));
        let wrong = json!({"reason": "查实代签", "misconduct": true});
        let centre = county.sign_in("centre");
        centre.post(&format!("{}/corrections", places[0]), wrong).await.refused(409, "reversal_needs_approval");
        assert_eq!(centre.get(&places[0]).await.expect(200)["status"], "completed", "nothing half done");
    }

    async fn a_sheet_that_somebody_else_recorded_meanwhile_is_read_again(county: County) {
        let (made, _, places) = ready_to_close(county).await;
        let institution = county.sign_in("institution-1");
        let (path, results) = (sheet(&made, made.units[0]), format!("/v1/sessions/{}/results", made.id));
        let seen = institution.get(&path).await.etag();
        put(&institution, path.clone(), marks(&places[..1], "absent")).await.expect(200);
        institution.put(&path, &seen, marks(&places, "present")).await.refused(412, "precondition_failed");
        let unconditional = institution.request(actix_web::http::Method::PUT, &path).json(&marks(&places, "present"));
        unconditional.send().await.refused(428, "precondition_required");
        assert_eq!(institution.get(&path).await.expect(200)["data"][0]["mark"], "absent");
        let seen = institution.get(&results).await.etag();
        let fail = |place: &String| json!({"results": [{"enrolment_id": number(place), "result": "fail"}]});
        let recorded = institution.put(&results, &seen, fail(&places[0])).await;
        assert_ne!(recorded.etag(), seen);
        institution.put(&results, &seen, fail(&places[1])).await.refused(412, "precondition_failed");
        institution.put(&results, &recorded.etag(), fail(&places[1])).await.expect(200);
        let unchanged = institution.request(actix_web::http::Method::GET, &results);
        let etag = institution.get(&results).await.etag();
        assert_eq!(unchanged.header("If-None-Match", &etag).send().await.status, 304);
        county.sign_in("school-1").get(&results).await.refused(404, "not_found");
    }
}
