//! Personal data leaves in clear only on request, with a reason, and nowhere else: not in lists, problems, exports, the event
//! log, the kept answers, or the logs of imports.

use crate::{
    harness::{County, both, off_runtime},
    people::{NUMBERS, place, teacher, two_persons},
};
use actix_web::http::Method;
use serde_json::{Value, json};
use shixun_persistence::idempotency;

/// What must stay hidden of the two persons.
const SECRETS: [&str; 6] = [NUMBERS[0], NUMBERS[1], "19943192250", "19943192251", "teacher.0@school.cn", "1992-05-11"];

#[track_caller]
fn hides(what: &str, text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{what} shows {secret}");
    }
}

/// The body that is kept under an `Idempotency-Key`.
pub fn kept_answer(county: &County, username: &str, key: &'static str) -> String {
    let (db, account, now) = (county.app.db.clone(), county.account(username), county.clock.now());
    let kept = off_runtime(move || db.read_blocking(move |conn| idempotency::find(conn, account, key, now)));
    kept.unwrap().unwrap().body
}

both! {
    async fn no_list_no_view_and_no_export_shows_personal_data(county: County) {
        let [one, _] = two_persons(county).await;
        let auditor = county.sign_in("auditor");
        let facts = format!("{}/facts", place(&one));
        for path in ["/v1/persons", "/v1/teachers", &place(&one), &teacher(&one), &facts, "/v1/exports/roster?format=csv"] {
            let answer = auditor.get(path).await;
            assert_eq!(answer.status, 200, "{path}");
            hides(path, &answer.text());
        }
        let csv = auditor.get("/v1/exports/roster?format=csv").await.text();
        assert!(csv.contains("331199**********87") && csv.contains("(masked)"), "{csv}");
        auditor.get("/v1/exports/roster?format=csv&clear=true&reason=audit-2026").await.refused(403, "forbidden");
    }

    async fn clear_data_needs_a_reason_and_is_logged(county: County) {
        let [one, two] = two_persons(county).await;
        let school = county.sign_in("school-1");
        let path = format!("{}/reveal", place(&one));
        school.post(&path, json!({"fields": ["phone"]})).await.refused(422, "invalid_field");
        school.post(&path, json!({"fields": [], "reason": "联系教师"})).await.refused(422, "invalid_field");
        county.sign_in("auditor").post(&path, json!({"fields": ["phone"], "reason": "审计核对"})).await.refused(403, "forbidden");
        let answer = school.post(&path, json!({"fields": ["identity_number", "birth_date"], "reason": "教师资格定期注册"})).await;
        let view = answer.expect(200);
        assert_eq!((&view["identity_number"], &view["birth_date"]), (&json!(NUMBERS[0]), &json!("1992-05-11")));
        assert_eq!((&view["phone"], &view["email"]), (&Value::Null, &Value::Null), "only what was asked for");
        assert_eq!(view["valid_until"], "2026-11-23T10:05:00.000+08:00");
        assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
        let log = county.sign_in("auditor").get("/v1/events?action=reveal").await.expect(200);
        assert_eq!(log["data"].as_array().unwrap().len(), 1);
        let record = &log["data"][0];
        assert_eq!((&record["object_id"], &record["after"]["reason"]), (&one["id"], &json!("教师资格定期注册")));
        assert_eq!(record["after"]["fields"], json!(["identity_number", "birth_date"]));
        hides("the event log", &log.to_string());
        assert_ne!(record["object_id"], two["id"]);
    }

    async fn a_retry_reads_clear_data_again_until_its_time_is_over_and_no_table_keeps_it(county: County) {
        let [one, _] = two_persons(county).await;
        let centre = county.sign_in("centre");
        let path = format!("{}/reveal", place(&one));
        let body = json!({"fields": ["identity_number", "phone"], "reason": "联系教师"});
        let send = || centre.request(Method::POST, &path).header("Idempotency-Key", "reveal-1").json(&body).send();
        let first = send().await;
        county.advance_millis(60_000);
        let again = send().await;
        assert_eq!(again.expect(200), first.expect(200));
        assert_eq!(again.header("idempotency-hit").as_deref(), Some("true"));
        hides("the kept answer", &kept_answer(county, "centre", "reveal-1"));
        county.advance_millis(5 * 60_000);
        send().await.refused(409, "reveal_expired");
        let log = county.sign_in("auditor").get("/v1/events?action=reveal").await.expect(200);
        assert_eq!(log["data"].as_array().unwrap().len(), 1, "a retry is not logged twice");
    }

    async fn the_event_log_and_kept_answers_hide_what_was_entered_and_changed(county: County) {
        let [one, _] = two_persons(county).await;
        let centre = county.sign_in("centre");
        let etag = centre.get(&place(&one)).await.etag();
        let change = json!({"phone": "19943192251", "identity_number": NUMBERS[2]});
        let changed = centre.request(Method::PATCH, &place(&one)).header("If-Match", &etag).header("Idempotency-Key", "change-1").json(&change).send().await;
        changed.expect(200);
        hides("the answer", &changed.text());
        let log = county.sign_in("auditor").get("/v1/events?limit=200").await.text();
        hides("the event log", &log);
        assert!(!log.contains(NUMBERS[2]) && log.contains("identity_number"), "the record names the field");
        hides("the kept answer", &kept_answer(county, "centre", "change-1"));
    }

    async fn an_import_reports_without_repeating_numbers(county: County) {
        let roster = format!(
            "姓名,身份证号码,学校标识码,参加工作时间,联系电话\n{},张三,2133000101,2014-08,见备注19943192250x\n李四,{},2133000101,2014-08,\n",
            NUMBERS[0], NUMBERS[1],
        );
        let bureau = county.sign_in("bureau");
        let send = |query: &str| {
            bureau.request(Method::POST, &format!("/v1/imports?kind=roster&{query}")).body("text/csv", roster.clone()).send()
        };
        let refused = send("mode=all_or_nothing").await;
        refused.refused(422, "import_has_faults");
        hides("the problem", &refused.text());
        let answer = send("mode=row_by_row").await;
        assert_eq!(answer.expect(201)["created"], 1);
        hides("the report", &answer.text());
        let place = answer.header("location").unwrap();
        hides("the kept report", &bureau.get(&place).await.text());
        hides("the event log", &county.sign_in("auditor").get("/v1/events?limit=200").await.text());
    }

    async fn an_export_in_clear_needs_a_reason_and_is_logged(county: County) {
        two_persons(county).await;
        let school = county.sign_in("school-1");
        school.get("/v1/exports/roster?format=csv&clear=true").await.refused(400, "invalid_parameter");
        let csv = school.get("/v1/exports/roster?format=csv&clear=true&reason=annual-check").await.text();
        assert!(csv.contains(NUMBERS[0]) && csv.contains("19943192250"), "{csv}");
        assert!(!csv.contains(NUMBERS[1]), "persons of the other school are not in it");
        let log = county.sign_in("auditor").get("/v1/events?action=export_clear").await.expect(200);
        assert_eq!((&log["data"][0]["after"]["rows"], &log["data"][0]["after"]["reason"]), (&json!(1), &json!("annual-check")));
    }
}
