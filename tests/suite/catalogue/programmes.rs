//! Programmes and filing windows.

use super::steps::{approved, place, planned, programme, published, put, session, with};
use crate::{
    harness::{CONTRACT, both},
    ledger::fixture::sql,
};
use actix_web::http::Method;
use serde_json::{Value, json};
use shixun_api::http::fields::CONTENT_KEY_LENGTH_MAX;

fn names(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

both! {
    async fn a_programme_is_declared_filed_returned_mended_and_approved(county: County) {
        let institution = county.sign_in("institution-1");
        let created = institution.post("/v1/programmes", programme(county)).await;
        let at = place(&created);
        let draft = created.expect(201);
        assert_eq!((draft["state"].as_str(), draft["hours"].as_str()), (Some("draft"), Some("8.00")));
        assert_eq!(draft["organisation_name"], "县教师进修学校");
        assert_eq!(draft["audience"]["subjects"], json!(["语文"]));
        assert_eq!(draft["audience"]["titles"], json!([]));
        assert_eq!(draft["content_key"], format!("{}/小学语文单元整体教学", county.institutions[0]));

        let filed = institution.act(&format!("{at}/submit")).await.expect(200);
        assert_eq!((filed["state"].as_str(), &filed["submitted_by"]), (Some("submitted"), &json!(county.account("institution-1").to_string())));
        institution.act(&format!("{at}/submit")).await.refused(409, "programme_wrong_state");
        put(&institution, &at, programme(county)).await.refused(409, "programme_wrong_state");

        let bureau = county.sign_in("bureau");
        let note = json!({"reason": " 请补充实践安排 "});
        let returned = bureau.post(&format!("{at}/return"), note).await.expect(200);
        assert_eq!((returned["state"].as_str(), returned["state_note"].as_str()), (Some("returned"), Some("请补充实践安排")));
        let mended = put(&institution, &at, with(programme(county), json!({"practice_hours": "6"}))).await.expect(200);
        assert_eq!(mended["practice_hours"], "6.00");
        let again = institution.act(&format!("{at}/submit")).await.expect(200);
        assert_eq!((&again["state_note"], &again["decided_by"]), (&Value::Null, &Value::Null));

        let approved = bureau.act(&format!("{at}/approve")).await.expect(200);
        assert_eq!((approved["state"].as_str(), &approved["decided_by"]), (Some("approved"), &json!(county.account("bureau").to_string())));
        put(&institution, &at, programme(county)).await.refused(409, "programme_wrong_state");
        bureau.act(&format!("{at}/approve")).await.refused(409, "programme_wrong_state");
        bureau.post(&format!("{at}/return"), json!({"reason": "晚了"})).await.refused(409, "programme_wrong_state");

        let path = format!("/v1/events?object_id={}", at.rsplit('/').next().unwrap());
        let log = county.sign_in("auditor").get(&path).await.expect(200);
        let actions: Vec<_> = log["data"].as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["approve", "submit", "change", "return", "submit", "create"]);
    }

    async fn nobody_approves_what_they_submitted(county: County) {
        let centre = county.sign_in("centre");
        let at = place(&centre.post("/v1/programmes", programme(county)).await);
        centre.act(&format!("{at}/submit")).await.expect(200);
        centre.act(&format!("{at}/approve")).await.refused(403, "four_eyes");
        centre.post(&format!("{at}/return"), json!({"reason": "自审"})).await.refused(403, "four_eyes");
        assert_eq!(centre.get(&at).await.expect(200)["state"], "submitted");
        county.sign_in("bureau").act(&format!("{at}/approve")).await.expect(200);
    }

    async fn an_incomplete_draft_is_kept_and_refused_at_filing_with_everything_that_is_missing(county: County) {
        let institution = county.sign_in("institution-1");
        let body = json!({
            "organisation_id": county.institutions[0].to_string(), "name": "草稿", "kind": "block", "level": "county",
            "delivery_form": "lecture", "route": "mandated", "budget": "0", "hours": "90"
        });
        let at = place(&institution.post("/v1/programmes", body).await);
        let problem = institution.act(&format!("{at}/submit")).await.refused(409, "programme_incomplete");
        let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, ["/aims", "/themes", "/curriculum", "/lecturers", "/class_head"]);
        let short = with(programme(county), json!({"hours": "9"}));
        let at = place(&institution.post("/v1/programmes", short).await);
        let problem = institution.in_chinese().act(&format!("{at}/submit")).await.refused(409, "programme_incomplete");
        assert_eq!(problem["errors"][0]["detail"], "课程合计8.00学时，与项目的9.00学时不符");
    }

    async fn programmes_are_filed_within_a_window_only(county: County) {
        let (institution, bureau) = (county.sign_in("institution-1"), county.sign_in("bureau"));
        sql(county, "DELETE FROM filing_windows").unwrap();
        let at = place(&institution.post("/v1/programmes", programme(county)).await);
        let coming = json!({"name": "2027年上半年申报", "opens_on": "2027-04-01", "closes_on": "2027-04-30"});
        let window = place(&bureau.post("/v1/filing-windows", coming.clone()).await);
        let problem = institution.act(&format!("{at}/submit")).await.refused(409, "filing_window_closed");
        assert!(problem["detail"].as_str().unwrap().contains("2027-04-01 to 2027-04-30"), "{problem}");
        bureau.put(&window, "\"9\"", coming.clone()).await.refused(412, "precondition_failed");
        let now = with(coming, json!({"opens_on": "2026-11-01", "closes_on": "2026-11-23"}));
        assert_eq!(put(&bureau, &window, now.clone()).await.expect(200)["version"], 2);
        institution.act(&format!("{at}/submit")).await.expect(200);

        let reversed = with(now.clone(), json!({"closes_on": "2026-10-01"}));
        let problem = bureau.post("/v1/filing-windows", reversed).await.refused(422, "invalid_field");
        assert_eq!(problem["errors"][0]["code"], "window_reversed");
        institution.post("/v1/filing-windows", now.clone()).await.refused(403, "forbidden");
        bureau.post("/v1/filing-windows", with(now, json!({"name": "早先", "opens_on": "2026-04-01", "closes_on": "2026-04-30"}))).await.expect(201);
        let list = institution.get("/v1/filing-windows").await.expect(200);
        assert_eq!(names(&list), ["2027年上半年申报", "早先"]);
        county.sign_in("elsewhere-bureau").get(&window).await.refused(404, "not_found");
        institution.get("/v1/filing-windows?area=331124").await.refused(404, "not_found");
    }

    async fn a_programme_of_another_institution_or_county_does_not_exist(county: County) {
        let (one, two) = (county.sign_in("institution-1"), county.sign_in("institution-2"));
        let at = place(&one.post("/v1/programmes", programme(county)).await);
        let etag = one.get(&at).await.etag();
        two.get(&at).await.refused(404, "not_found");
        two.put(&at, &etag, programme(county)).await.refused(404, "not_found");
        two.act(&format!("{at}/submit")).await.refused(404, "not_found");
        two.post(&format!("{at}/cancel"), json!({"reason": "不是我的"})).await.refused(404, "not_found");
        two.post("/v1/programmes", programme(county)).await.refused(404, "not_found");
        county.sign_in("school-1").get(&at).await.refused(404, "not_found");
        county.sign_in("elsewhere-bureau").get(&at).await.refused(404, "not_found");
        one.act(&format!("{at}/submit")).await.expect(200);
        county.sign_in("elsewhere-bureau").act(&format!("{at}/approve")).await.refused(404, "not_found");
        one.act(&format!("{at}/approve")).await.refused(403, "forbidden");
        county.sign_in("bureau").act(&format!("{at}/submit")).await.refused(403, "forbidden");
        county.sign_in("auditor").get(&at).await.expect(200);
        county.sign_in("bureau").act(&format!("{at}/approve")).await.expect(200);
        two.get(&at).await.expect(200);
        two.act(&format!("{at}/submit")).await.refused(404, "not_found");
        county.sign_in("school-1").get(&at).await.expect(200);
        county.sign_in("elsewhere-institution").get(&at).await.refused(404, "not_found");
    }

    async fn two_editors_do_not_overwrite_each_other(county: County) {
        let institution = county.sign_in("institution-1");
        let at = place(&institution.post("/v1/programmes", programme(county)).await);
        let read = institution.get(&at).await;
        let request = institution.request(Method::GET, &at).header("If-None-Match", &read.etag());
        assert_eq!(request.send().await.status, 304);
        institution.put(&at, &read.etag(), programme(county)).await.expect(200);
        institution.put(&at, &read.etag(), programme(county)).await.refused(412, "precondition_failed");
        institution.request(Method::PUT, &at).json(&programme(county)).send().await.refused(428, "precondition_required");
        let other = with(programme(county), json!({"organisation_id": county.institutions[1].to_string()}));
        let problem = put(&institution, &at, other).await.refused(422, "invalid_field");
        assert_eq!(problem["errors"][0]["pointer"], "/organisation_id");
    }

    async fn every_fault_of_a_body_is_named_and_nothing_is_written(county: County) {
        let institution = county.sign_in("institution-1");
        let check = async |fields: Value, pointer: &str| {
            let problem = institution.post("/v1/programmes", with(programme(county), fields)).await.refused(422, "invalid_field");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem:#}");
        };
        check(json!({"hours": "0"}), "/hours").await;
        check(json!({"hours": "-8"}), "/hours").await;
        check(json!({"hours": "8.005"}), "/hours").await;
        check(json!({"hours": 8}), "/hours").await;
        check(json!({"practice_hours": "8.01"}), "/practice_hours").await;
        check(json!({"budget": "-0.01"}), "/budget").await;
        check(json!({"route": "converted"}), "/route").await;
        check(json!({"kind": "party"}), "/kind").await;
        check(json!({"themes": ["Ethics"]}), "/themes/0").await;
        check(json!({"name": "  "}), "/name").await;
        check(json!({"name": " \u{200b}\u{3000}"}), "/name").await;
        check(json!({"name": "长".repeat(101)}), "/name").await;
        check(json!({"aims": "a\u{0}b"}), "/aims").await;
        check(json!({"state": "approved"}), "/state").await;
        check(json!({"curriculum": [{"title": "课", "lecturer": "周", "hours": "0"}]}), "/curriculum/0/hours").await;
        check(json!({"curriculum": [{"title": " ", "lecturer": "周", "hours": "1"}]}), "/curriculum/0/title").await;
        check(json!({"audience": {"stages": ["district"]}}), "/audience/stages/0").await;
        check(json!({"audience": {"service_years_min": 6, "service_years_max": 5}}), "/audience/service_years_max").await;
        check(json!({"audience": {"service_years_min": 61}}), "/audience/service_years_min").await;
        check(json!({"audience": {"age": 30}}), "/audience/age").await;
        let list = institution.get("/v1/programmes?include=total").await.expect(200);
        assert_eq!(list["total"], 0);
    }

    async fn a_retried_declaration_has_one_effect(county: County) {
        let institution = county.sign_in("institution-1");
        let send = || institution.request(Method::POST, "/v1/programmes").header("Idempotency-Key", "p-1").json(&programme(county)).send();
        let (first, second) = (send().await, send().await);
        assert_eq!(first.expect(201), second.expect(201));
        assert_eq!(second.header("idempotency-hit").as_deref(), Some("true"));
        let submit = format!("{}/submit", first.header("location").unwrap());
        let act = || institution.request(Method::POST, &submit).header("Idempotency-Key", "p-2").send();
        assert_eq!(act().await.expect(200), act().await.expect(200));
        assert_eq!(institution.get("/v1/programmes?include=total").await.expect(200)["total"], 1);
    }

    async fn a_programme_with_published_sessions_is_not_given_up(county: County) {
        let institution = county.sign_in("institution-1");
        let at = approved(county, programme(county)).await;
        let run = published(county, &at, session()).await;
        let draft = planned(county, &at, session()).await;
        let reason = json!({"reason": "经费不足"});
        let problem = institution.post(&format!("{at}/cancel"), reason.clone()).await.refused(409, "programme_sessions_live");
        assert_eq!(problem["parameters"]["count"], "1");
        assert_eq!(institution.get(&at).await.expect(200)["state"], "approved");
        institution.post(&format!("{run}/cancel"), reason.clone()).await.expect(200);
        let cancelled = institution.post(&format!("{at}/cancel"), reason.clone()).await.expect(200);
        assert_eq!((cancelled["state"].as_str(), cancelled["state_note"].as_str()), (Some("cancelled"), Some("经费不足")));
        assert_eq!(institution.get(&draft).await.expect(200)["state"], "cancelled");
        institution.post(&format!("{at}/cancel"), reason).await.refused(409, "programme_wrong_state");
        institution.post(&format!("{at}/sessions"), session()).await.refused(409, "programme_not_approved");
        county.sign_in("school-1").get(&at).await.refused(404, "not_found");
    }

    async fn the_list_shows_each_caller_what_is_theirs_to_see(county: County) {
        let (one, bureau) = (county.sign_in("institution-1"), county.sign_in("bureau"));
        approved(county, with(programme(county), json!({"name": "已批准", "themes": ["ethics"]}))).await;
        one.post("/v1/programmes", with(programme(county), json!({"name": "草稿100%", "kind": "block"}))).await.expect(201);
        let foreign = with(programme(county), json!({"name": "别家草稿", "organisation_id": county.institutions[1].to_string()}));
        county.sign_in("institution-2").post("/v1/programmes", foreign).await.expect(201);
        let check = async |who: &str, query: &str, expected: &[&str]| {
            let list = county.sign_in(who).get(&format!("/v1/programmes{query}")).await.expect(200);
            assert_eq!(names(&list), expected, "{who} {query}");
        };
        check("bureau", "", &["别家草稿", "草稿100%", "已批准"]).await;
        check("auditor", "", &["别家草稿", "草稿100%", "已批准"]).await;
        check("institution-1", "", &["草稿100%", "已批准"]).await;
        check("institution-2", "", &["别家草稿", "已批准"]).await;
        check("school-1", "", &["已批准"]).await;
        check("elsewhere-bureau", "", &[]).await;
        check("bureau", "?state=draft", &["别家草稿", "草稿100%"]).await;
        check("bureau", "?kind=block", &["草稿100%"]).await;
        check("bureau", "?level=city", &[]).await;
        check("bureau", "?theme=ethics", &["已批准"]).await;
        check("bureau", "?theme=subject", &["别家草稿", "草稿100%"]).await;
        check("bureau", "?q=100%25", &["草稿100%"]).await;
        check("bureau", "?q=%25", &["草稿100%"]).await;
        check("bureau", &format!("?organisation_id={}", county.institutions[1]), &["别家草稿"]).await;
        bureau.get("/v1/programmes?theme=Ethics").await.refused(400, "invalid_parameter");
        bureau.get("/v1/programmes?colour=red").await.refused(400, "unknown_parameter");
        bureau.get("/v1/programmes?area=331124").await.refused(404, "not_found");
    }

    async fn what_a_programme_is_recognised_by_is_taken_wherever_hours_name_it_however_long_its_name(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let long = with(programme(county), json!({"name": "研".repeat(100)}));
        let made = county.sign_in("institution-1").post("/v1/programmes", long).await.expect(201);
        let key = made["content_key"].as_str().unwrap();
        assert!(key.chars().count() > 100, "an identifier, a stroke and the whole name");
        let place = format!("/v1/teachers/{}/hour-entries", teacher.person.teacher());
        let entry = json!({
            "title": "省级骨干研修", "effective_on": "2026-10-03", "route": "mandated", "delivery_form": "lecture", "level": "province",
            "themes": ["subject"], "nominal": "8", "reference": "A-1", "content_key": key
        });
        county.sign_in("centre").post(&place, entry).await.expect(201);
        let schemas = CONTRACT.document()["components"]["schemas"].as_object().unwrap();
        let longest: Vec<&Value> = schemas
            .values()
            .filter(|schema| schema["additionalProperties"] == false)
            .map(|schema| &schema["properties"]["content_key"])
            .filter(|key| key.is_object())
            .map(|key| &key["maxLength"])
            .collect();
        assert!(longest.len() >= 4 && longest.iter().all(|length| **length == CONTENT_KEY_LENGTH_MAX), "{longest:?}");
    }
}
