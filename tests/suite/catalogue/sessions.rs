//! Sessions: their life, what is refused on the way, and the list.

use super::steps::{approved, place, planned, programme, published, put, session, unit, with};
use crate::harness::both;
use actix_web::http::Method;
use serde_json::{Value, json};

const DAY_MILLIS: i64 = 24 * 3_600_000;

both! {
    async fn a_session_is_planned_published_started_and_seen(county: County) {
        let institution = county.sign_in("institution-1");
        let at = approved(county, programme(county)).await;
        let run = planned(county, &at, session()).await;
        let draft = institution.get(&run).await.expect(200);
        assert_eq!((draft["state"].as_str(), draft["unit_count"].as_i64()), (Some("draft"), Some(2)));
        assert_eq!((draft["seats_left"].as_i64(), draft["hours"].as_str()), (Some(50), Some("8.00")));
        county.sign_in("school-1").get(&run).await.refused(404, "not_found");
        county.sign_in("institution-2").get(&run).await.refused(404, "not_found");
        county.sign_in("bureau").get(&run).await.expect(200);
        let shown = institution.act(&format!("{run}/publish")).await.expect(200);
        assert_eq!((shown["state"].as_str(), shown["published_at"].as_str()), (Some("published"), Some("2026-11-23T10:00:00.000+08:00")));
        institution.act(&format!("{run}/publish")).await.refused(409, "session_wrong_state");
        let seen = county.sign_in("school-1").get(&run).await;
        assert_eq!(seen.expect(200), shown);
        let again = county.sign_in("school-1").request(Method::GET, &run).header("If-None-Match", &seen.etag()).send().await;
        assert_eq!(again.status, 304);
        county.sign_in("elsewhere-bureau").get(&run).await.refused(404, "not_found");
        let problem = institution.act(&format!("{run}/start")).await.refused(409, "session_too_early");
        assert_eq!(problem["parameters"]["starts_on"], "2026-12-05");
        county.advance_millis(12 * DAY_MILLIS);
        let institution = county.sign_in("institution-1");
        assert_eq!(institution.act(&format!("{run}/start")).await.expect(200)["state"], "running");
        put(&institution, &run, session()).await.refused(409, "session_wrong_state");
        let cancelled = institution.post(&format!("{run}/cancel"), json!({"reason": "台风"})).await.expect(200);
        assert_eq!((cancelled["state"].as_str(), cancelled["state_note"].as_str()), (Some("cancelled"), Some("台风")));
        institution.post(&format!("{run}/cancel"), json!({"reason": "再次"})).await.refused(409, "session_wrong_state");
        assert_eq!(county.sign_in("school-1").get(&run).await.expect(200)["state"], "cancelled");
    }

    async fn publication_is_refused_by_a_code_for_each_reason(county: County) {
        let (institution, bureau) = (county.sign_in("institution-1"), county.sign_in("bureau"));
        let at = place(&institution.post("/v1/programmes", programme(county)).await);
        let run = place(&institution.post(&format!("{at}/sessions"), session()).await);
        let publish = format!("{run}/publish");
        institution.act(&publish).await.refused(409, "programme_not_approved");
        institution.act(&format!("{at}/submit")).await.expect(200);
        bureau.act(&format!("{at}/approve")).await.expect(200);
        institution.act(&publish).await.refused(409, "units_missing");
        institution.post(&format!("{run}/units"), unit("2026-12-05", 8)).await.expect(201);
        let problem = institution.act(&publish).await.refused(409, "unit_hours_differ");
        assert_eq!((problem["parameters"]["sum"].as_str(), problem["parameters"]["hours"].as_str()), (Some("4.00"), Some("8.00")));
        institution.post(&format!("{run}/units"), unit("2026-12-06", 8)).await.expect(201);
        county.advance_millis(14 * DAY_MILLIS);
        let institution = county.sign_in("institution-1");
        institution.act(&publish).await.refused(409, "session_over");
        county.advance_millis(-DAY_MILLIS);
        county.sign_in("institution-1").act(&publish).await.expect(200);
    }

    async fn terms_that_contradict_each_other_are_refused_with_every_fault(county: County) {
        let institution = county.sign_in("institution-1");
        let at = approved(county, programme(county)).await;
        let check = async |fields: Value, expected: &[(&str, &str)]| {
            let answer = institution.post(&format!("{at}/sessions"), with(session(), fields)).await;
            let problem = answer.refused(422, "invalid_field");
            let found: Vec<_> = problem["errors"].as_array().unwrap().iter()
                .map(|one| (one["pointer"].as_str().unwrap(), one["code"].as_str().unwrap())).collect();
            assert_eq!(found, expected, "{problem:#}");
        };
        check(json!({"applications_close_at": "2026-11-20T08:00:00+08:00"}), &[("/applications_close_at", "window_reversed")]).await;
        check(json!({"ends_on": "2026-12-04"}), &[("/ends_on", "ends_before_start")]).await;
        check(json!({"applications_close_at": "2026-12-08T00:00:00+08:00"}), &[("/applications_close_at", "window_outlasts_session")]).await;
        check(json!({"withdraw_until": "2026-12-08T00:00:00+08:00"}), &[("/withdraw_until", "withdrawal_outlasts_session")]).await;
        check(json!({"withdraw_until": "2026-11-01T00:00:00+08:00"}), &[("/withdraw_until", "withdrawal_before_window")]).await;
        check(json!({"seats": -1}), &[("/seats", "range")]).await;
        check(json!({"seats": 10001, "queue_places": -1}), &[("/queue_places", "range"), ("/seats", "range")]).await;
        check(json!({"seats": 1.5}), &[("/seats", "wrong_type")]).await;
        check(json!({"starts_on": "2026-02-30"}), &[("/starts_on", "invalid_value")]).await;
        check(json!({"starts_on": "0206-12-05"}), &[("/starts_on", "range")]).await;
        check(json!({"applications_open_at": "2026-11-20T08:00:00"}), &[("/applications_open_at", "invalid_value")]).await;
        let none = institution.post(&format!("{at}/sessions"), with(session(), json!({"seats": 0}))).await.expect(201);
        assert_eq!((none["seats"].as_i64(), none["seats_left"].as_i64()), (Some(0), Some(0)));
        let brief = json!({"name": "第二期", "seats": 5, "applications_open_at": "2026-11-20T08:00:00Z",
            "applications_close_at": "2026-11-30T10:00:00Z", "starts_on": "2026-12-05", "ends_on": "2026-12-05"});
        let brief = institution.post(&format!("{at}/sessions"), brief).await.expect(201);
        assert_eq!((brief["queue_places"].as_i64(), brief["withdraw_until"].as_str()), (Some(0), Some("2026-11-30T18:00:00.000+08:00")));
    }

    async fn terms_change_with_the_version_that_was_seen_and_keep_the_units_inside(county: County) {
        let institution = county.sign_in("institution-1");
        let at = approved(county, programme(county)).await;
        let run = published(county, &at, session()).await;
        let read = institution.get(&run).await;
        let more = with(session(), json!({"seats": 60, "reason": "扩班"}));
        let changed = institution.put(&run, &read.etag(), more.clone()).await;
        assert_eq!((changed.expect(200)["seats"].as_i64(), changed.expect(200)["seats_taken"].as_i64()), (Some(60), Some(0)));
        institution.put(&run, &read.etag(), more.clone()).await.refused(412, "precondition_failed");
        institution.request(Method::PUT, &run).json(&more).send().await.refused(428, "precondition_required");
        let version = changed.etag().trim_matches('"').split('.').next().unwrap().to_owned();
        institution.put(&run, &format!("\"{version}\""), more.clone()).await.expect(200);
        let later = with(session(), json!({"starts_on": "2026-12-06", "reason": "场地检修"}));
        put(&institution, &run, later).await.refused(409, "unit_outside_session");
        county.sign_in("institution-2").put(&run, "\"1\"", more.clone()).await.refused(404, "not_found");
        county.sign_in("bureau").put(&run, "\"1\"", more).await.refused(403, "forbidden");
    }

    async fn what_a_published_session_promises_changes_with_a_reason_and_keeps_its_history(county: County) {
        let institution = county.sign_in("institution-1");
        let at = approved(county, programme(county)).await;
        let run = planned(county, &at, session()).await;
        put(&institution, &run, with(session(), json!({"seats": 45}))).await.expect(200);
        institution.act(&format!("{run}/publish")).await.expect(200);
        let changes = format!("{run}/changes");
        assert_eq!(institution.get(&changes).await.expect(200)["data"], json!([]), "nobody saw the draft");
        let later = json!({"seats": 45, "applications_close_at": "2026-12-01T18:00:00+08:00"});
        for reason in [Value::Null, json!(" ")] {
            let without = with(session(), with(later.clone(), json!({"reason": reason})));
            let problem = put(&institution, &run, without).await.refused(422, "invalid_field");
            assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/reason"), &json!("missing_field")));
        }
        put(&institution, &run, with(session(), json!({"seats": 45, "name": "秋季班"}))).await.expect(200);
        let later = with(later, json!({"name": "秋季班", "reason": "应学校要求延长报名"}));
        put(&institution, &run, with(session(), later)).await.expect(200);
        let units = institution.get(&format!("{run}/units")).await.expect(200);
        let first = format!("/v1/units/{}", units["data"][0]["id"].as_str().unwrap());
        let moved = with(unit("2026-12-05", 8), json!({"place": "多功能厅", "reason": "报告厅检修"}));
        put(&institution, &first, moved).await.expect(200);
        county.add_teacher(1, county.schools[0]);
        for name in ["teacher-1", "school-2", "institution-1", "auditor"] {
            let list = county.sign_in(name).get(&format!("{changes}?include=total")).await.expect(200);
            assert_eq!(list["total"], 2, "a new name promises nothing else: {list:#}");
            let (place, window) = (&list["data"][0], &list["data"][1]);
            assert_eq!((&place["terms"], &place["unit"]["unit_id"]), (&Value::Null, &units["data"][0]["id"]));
            assert_eq!((&place["unit"]["before"]["place"], &place["unit"]["after"]["place"]), (&json!("报告厅"), &json!("多功能厅")));
            assert_eq!((&window["unit"], &window["reason"]), (&Value::Null, &json!("应学校要求延长报名")));
            assert_eq!(window["terms"]["before"]["applications_close_at"], "2026-11-30T18:00:00.000+08:00");
            assert_eq!(window["terms"]["after"]["applications_close_at"], "2026-12-01T18:00:00.000+08:00");
            assert_eq!(window["changed_by"], json!(county.account("institution-1").to_string()));
            let page = county.sign_in(name).get(&format!("{changes}?limit=1")).await.expect(200);
            let rest = county.sign_in(name).get(&format!("{changes}?limit=1&cursor={}", page["next_cursor"].as_str().unwrap())).await;
            assert_eq!((&page["data"][0], &rest.expect(200)["data"][0], &rest.expect(200)["next_cursor"]), (place, window, &Value::Null));
        }
        county.sign_in("elsewhere-bureau").get(&changes).await.refused(404, "not_found");
        let draft = planned(county, &at, session()).await;
        county.sign_in("teacher-1").get(&format!("{draft}/changes")).await.refused(404, "not_found");
    }

    async fn a_list_of_sessions_is_narrowed_to_those_with_room_and_to_a_form_and_route(county: County) {
        use crate::harness::training::TestSession;
        let full = county.add_session(TestSession { seats: 0, ..TestSession::default() });
        let queue = county.add_session(TestSession { seats: 0, queue_places: 1, ..TestSession::default() });
        let free = county.add_session(TestSession { seats: 1, ..TestSession::default() });
        let found = async |query: &str| -> Vec<String> {
            let list = county.sign_in("school-1").get(&format!("/v1/sessions?{query}")).await.expect(200);
            list["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(found("with_room=true").await, [queue.id.to_string(), free.id.to_string()]);
        assert_eq!(found("with_room=false").await.len(), 3);
        assert_eq!(found("delivery_form=lecture&route=self_selected").await[0], full.id.to_string());
        assert_eq!(found("delivery_form=topical").await.len() + found("route=mandated").await.len(), 0);
    }

    async fn a_retried_publication_has_one_effect(county: County) {
        let institution = county.sign_in("institution-1");
        let at = approved(county, programme(county)).await;
        let run = planned(county, &at, session()).await;
        let path = format!("{run}/publish");
        let send = || institution.request(Method::POST, &path).header("Idempotency-Key", "s-1").send();
        let (first, second) = (send().await, send().await);
        assert_eq!(first.expect(200), second.expect(200));
        assert_eq!((first.etag(), second.header("idempotency-hit").as_deref()), (second.etag(), Some("true")));
    }

    async fn the_list_is_filtered_sorted_and_shows_each_caller_what_is_theirs(county: County) {
        let at = approved(county, programme(county)).await;
        let ethics = with(programme(county), json!({"name": "师德", "themes": ["ethics"], "kind": "topical_seminar"}));
        let other = approved(county, ethics).await;
        published(county, &at, with(session(), json!({"name": "乙"}))).await;
        published(county, &at, with(session(), json!({"name": "甲", "starts_on": "2026-12-04", "ends_on": "2026-12-04"}))).await;
        let future = json!({"name": "丁", "starts_on": "2026-12-20", "ends_on": "2026-12-21",
            "applications_open_at": "2026-12-01T00:00:00+08:00", "applications_close_at": "2026-12-10T00:00:00+08:00",
            "withdraw_until": "2026-12-10T00:00:00+08:00"});
        published(county, &other, with(session(), future)).await;
        planned(county, &at, with(session(), json!({"name": "草稿"}))).await;
        let check = async |who: &str, query: &str, expected: &[&str]| {
            let list = county.sign_in(who).get(&format!("/v1/sessions{query}")).await.expect(200);
            let names: Vec<_> = list["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
            assert_eq!(names, expected, "{who} {query}");
        };
        check("school-1", "", &["甲", "乙", "丁"]).await;
        check("institution-2", "", &["甲", "乙", "丁"]).await;
        check("institution-1", "", &["甲", "乙", "草稿", "丁"]).await;
        check("bureau", "", &["甲", "乙", "草稿", "丁"]).await;
        check("elsewhere-bureau", "", &[]).await;
        check("school-1", "?sort=-starts_on", &["丁", "乙", "甲"]).await;
        check("school-1", "?open_now=true", &["甲", "乙"]).await;
        check("school-1", "?open_now=false", &["甲", "乙", "丁"]).await;
        check("school-1", "?state=published&starts_from=2026-12-05&starts_to=2026-12-05", &["乙"]).await;
        check("school-1", "?state=draft", &[]).await;
        check("bureau", "?state=draft", &["草稿"]).await;
        check("school-1", "?theme=ethics", &["丁"]).await;
        check("school-1", "?kind=topical_seminar&level=county", &["丁"]).await;
        check("school-1", "?q=%E5%B8%88%E5%BE%B7", &["丁"]).await;
        check("school-1", &format!("?programme_id={}", at.rsplit('/').next().unwrap()), &["甲", "乙"]).await;
        check("school-1", &format!("?organisation_id={}", county.institutions[1]), &[]).await;
        let row = &county.sign_in("school-1").get("/v1/sessions?limit=1&include=total").await.expect(200);
        assert_eq!((row["total"].as_i64(), row["data"][0]["seats_left"].as_i64()), (Some(3), Some(50)));
        assert_eq!(row["data"][0]["organisation_name"], "县教师进修学校");
        let school = county.sign_in("school-1");
        school.get("/v1/sessions?sort=name").await.refused(400, "invalid_parameter");
        school.get("/v1/sessions?page=2").await.refused(400, "unknown_parameter");
        school.get("/v1/sessions?area=331124").await.refused(404, "not_found");
        school.get("/v1/sessions?area=330000").await.expect(200);
        let cursor = row["next_cursor"].as_str().unwrap();
        school.get(&format!("/v1/sessions?sort=-starts_on&cursor={cursor}")).await.refused(400, "invalid_cursor");
    }

    async fn a_page_of_sessions_shows_nothing_twice_and_misses_nothing_while_rows_come_and_go(county: County) {
        let at = approved(county, programme(county)).await;
        let mut runs = Vec::new();
        for number in 0..6 {
            runs.push(published(county, &at, with(session(), json!({"name": format!("{number}")}))).await);
        }
        let school = county.sign_in("school-1");
        let mut seen = Vec::new();
        let mut path = "/v1/sessions?state=published&limit=2".to_owned();
        for round in 0.. {
            let page = school.get(&path).await.expect(200);
            seen.extend(page["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()));
            if round == 0 {
                let early = json!({"name": "新", "starts_on": "2026-12-04", "ends_on": "2026-12-04"});
                published(county, &at, with(session(), early)).await;
                county.sign_in("institution-1").post(&format!("{}/cancel", runs[0]), json!({"reason": "停办"})).await.expect(200);
            }
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("/v1/sessions?state=published&limit=2&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(seen, ["0", "1", "2", "3", "4", "5"]);
    }
}
