//! Units, and the history of published ones.

use super::steps::{approved, place, planned, programme, published, put, session, unit, with};
use crate::harness::{County, both};
use actix_web::http::Method;
use serde_json::{Value, json};

async fn first_unit(county: &County, run: &str) -> String {
    let list = county.sign_in("institution-1").get(&format!("{run}/units")).await.expect(200);
    format!("/v1/units/{}", list["data"][0]["id"].as_str().unwrap())
}

both! {
    async fn units_of_a_draft_come_change_and_go(county: County) {
        let institution = county.sign_in("institution-1");
        let at = approved(county, programme(county)).await;
        let run = place(&institution.post(&format!("{at}/sessions"), session()).await);
        let units = format!("{run}/units");
        let version = |etag: String| etag.trim_matches('"').split('.').next().unwrap().parse::<i64>().unwrap();
        let before = version(institution.get(&run).await.etag());
        let later = place(&institution.post(&units, unit("2026-12-06", 8)).await);
        institution.post(&units, unit("2026-12-05", 13)).await.expect(201);
        institution.post(&units, unit("2026-12-05", 8)).await.expect(201);
        assert!(version(institution.get(&run).await.etag()) > before, "the session shows how many units it has");
        let starts: Vec<String> = institution.get(&units).await.expect(200)["data"].as_array().unwrap().iter()
            .map(|row| row["starts_at"].as_str().unwrap().to_owned()).collect();
        assert!(starts.is_sorted() && starts.len() == 3);
        let page = institution.get(&format!("{units}?limit=2")).await.expect(200);
        let rest = institution.get(&format!("{units}?limit=2&cursor={}", page["next_cursor"].as_str().unwrap())).await.expect(200);
        assert_eq!((rest["data"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &Value::Null));

        let moved = put(&institution, &later, unit("2026-12-06", 14)).await.expect(200);
        assert_eq!((moved["version"].as_i64(), moved["starts_at"].as_str()), (Some(2), Some("2026-12-06T14:00:00.000+08:00")));
        let changes = institution.get(&format!("{later}/changes")).await.expect(200);
        assert_eq!(changes["data"], json!([]), "nobody saw the draft");
        institution.request(Method::DELETE, &later).send().await.refused(428, "precondition_required");
        institution.request(Method::DELETE, &later).header("If-Match", "\"1\"").send().await.refused(412, "precondition_failed");
        institution.request(Method::DELETE, &later).header("If-Match", "\"2\"").send().await.expect(204);
        institution.get(&later).await.refused(404, "not_found");
        assert_eq!(institution.get(&run).await.expect(200)["unit_count"], 2);
    }

    async fn a_unit_that_does_not_fit_is_refused_by_a_code_for_each_reason(county: County) {
        let institution = county.sign_in("institution-1");
        let at = approved(county, programme(county)).await;
        let run = place(&institution.post(&format!("{at}/sessions"), session()).await);
        let units = format!("{run}/units");
        let kept = institution.post(&units, unit("2026-12-05", 8)).await.expect(201);
        institution.post(&units, unit("2026-12-04", 8)).await.refused(409, "unit_outside_session");
        institution.post(&units, unit("2026-12-07", 8)).await.refused(409, "unit_outside_session");
        let problem = institution.post(&units, unit("2026-12-05", 10)).await.refused(409, "units_overlap");
        assert_eq!(problem["parameters"]["unit"], kept["id"]);
        let chinese = institution.clone().in_chinese().post(&units, unit("2026-12-05", 10)).await.refused(409, "units_overlap");
        assert!(chinese["detail"].as_str().unwrap().contains("时间重叠"));
        let check = async |fields: Value, pointer: &str| {
            let problem = institution.post(&units, with(unit("2026-12-06", 8), fields)).await.refused(422, "invalid_field");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem:#}");
        };
        check(json!({"ends_at": "2026-12-06T08:00:00+08:00"}), "/ends_at").await;
        check(json!({"hours": "0"}), "/hours").await;
        check(json!({"hours": "100.01"}), "/hours").await;
        check(json!({"place": ""}), "/place").await;
        check(json!({"lecturer_name": " "}), "/lecturer_name").await;
        let stranger = shixun_domain::id::PersonId::new(county.bureau.area(), 1).to_string();
        check(json!({"lecturer_id": stranger}), "/lecturer_id").await;
        check(json!({"lecturer_id": county.bureau.to_string()}), "/lecturer_id").await;
        assert_eq!(institution.get(&run).await.expect(200)["unit_count"], 1);
    }

    async fn a_published_unit_changes_with_a_reason_and_keeps_its_history(county: County) {
        let institution = county.sign_in("institution-1");
        let at = approved(county, programme(county)).await;
        let run = published(county, &at, session()).await;
        let first = first_unit(county, &run).await;
        let moved = with(unit("2026-12-06", 9), json!({"place": "实验小学"}));
        let problem = put(&institution, &first, moved.clone()).await.refused(422, "invalid_field");
        assert_eq!(problem["errors"][0]["pointer"], "/reason");
        let longer = with(moved.clone(), json!({"hours": "5", "reason": "加课"}));
        put(&institution, &first, longer).await.refused(409, "unit_hours_differ");
        let reasoned = with(moved, json!({"reason": "报告厅停电"}));
        institution.put(&first, "\"7\"", reasoned.clone()).await.refused(412, "precondition_failed");
        put(&institution, &first, reasoned).await.expect(200);
        put(&institution, &first, with(unit("2026-12-06", 14), json!({"reason": "讲师航班延误"}))).await.expect(200);

        let school = county.sign_in("school-1");
        assert_eq!(school.get(&first).await.expect(200)["starts_at"], "2026-12-06T14:00:00.000+08:00");
        let changes = school.get(&format!("{first}/changes")).await.expect(200);
        let rows = changes["data"].as_array().unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0]["reason"], "讲师航班延误");
        assert_eq!(rows[0]["before"], rows[1]["after"]);
        assert_eq!((rows[1]["reason"].as_str(), rows[1]["before"]["place"].as_str()), (Some("报告厅停电"), Some("报告厅")));
        assert_eq!(rows[1]["before"]["starts_at"], "2026-12-05T08:00:00.000+08:00");
        assert_eq!(rows[1]["changed_by"], county.account("institution-1").to_string());
        let page = school.get(&format!("{first}/changes?limit=1")).await.expect(200);
        let next = school.get(&format!("{first}/changes?limit=1&cursor={}", page["next_cursor"].as_str().unwrap())).await.expect(200);
        assert_eq!(next["data"][0], rows[1]);

        institution.post(&format!("{run}/units"), unit("2026-12-06", 8)).await.refused(409, "session_wrong_state");
        let etag = institution.get(&first).await.etag();
        institution.request(Method::DELETE, &first).header("If-Match", &etag).send().await.refused(409, "session_wrong_state");
    }

    async fn units_of_another_institution_or_county_do_not_exist(county: County) {
        let at = approved(county, programme(county)).await;
        let run = planned(county, &at, session()).await;
        let first = first_unit(county, &run).await;
        for who in ["institution-2", "school-1", "elsewhere-bureau"] {
            let caller = county.sign_in(who);
            caller.get(&format!("{run}/units")).await.refused(404, "not_found");
            caller.get(&first).await.refused(404, "not_found");
            caller.get(&format!("{first}/changes")).await.refused(404, "not_found");
        }
        let other = county.sign_in("institution-2");
        other.post(&format!("{run}/units"), unit("2026-12-06", 8)).await.refused(404, "not_found");
        other.put(&first, "\"1\"", unit("2026-12-06", 8)).await.refused(404, "not_found");
        other.request(Method::DELETE, &first).header("If-Match", "\"1\"").send().await.refused(404, "not_found");
        county.sign_in("school-1").post(&format!("{run}/units"), unit("2026-12-06", 8)).await.refused(403, "forbidden");
        county.sign_in("institution-1").act(&format!("{run}/publish")).await.expect(200);
        county.sign_in("school-1").get(&first).await.expect(200);
        county.sign_in("institution-2").get(&first).await.expect(200);
        other.put(&first, "\"1\"", unit("2026-12-06", 8)).await.refused(404, "not_found");
    }
}
