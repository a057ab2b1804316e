//! Areas and organisations.

use crate::harness::both;
use serde_json::json;

both! {
    async fn a_school_is_entered_read_and_changed(county: County) {
        let bureau = county.sign_in("bureau");
        let body = json!({"kind": "school", "code": "3133000102", "name": "第三中学", "stage": "junior", "setting": "urban",
            "parent_id": county.bureau.to_string()});
        let created = bureau.post("/v1/organisations", body.clone()).await;
        let school = created.expect(201);
        assert_eq!(school["stage"], "junior");
        let place = created.header("location").unwrap();
        let read = bureau.get(&place).await;
        assert_eq!(read.expect(200), school);
        let mut changed = body;
        changed["name"] = json!("第三初级中学");
        let answer = bureau.put(&place, &read.etag(), changed.clone()).await;
        assert_eq!(answer.expect(200)["name"], "第三初级中学");
        bureau.put(&place, &read.etag(), changed.clone()).await.refused(412, "precondition_failed");
        let without = bureau.request(actix_web::http::Method::PUT, &place).json(&changed).send().await;
        without.refused(428, "precondition_required");
    }

    async fn a_client_that_has_the_organisation_gets_304(county: County) {
        let auditor = county.sign_in("auditor");
        let place = format!("/v1/organisations/{}", county.schools[0]);
        let first = auditor.get(&place).await;
        let request = auditor.request(actix_web::http::Method::GET, &place);
        let again = request.header("If-None-Match", &first.etag()).send().await;
        assert_eq!((again.status, again.bytes.len()), (304, 0));
        let other = county.sign_in("school-1").get(&place).await;
        assert_eq!(other.etag(), first.etag(), "the tag does not depend on who asks");
    }

    async fn a_school_has_a_code_that_a_school_can_have(county: County) {
        let bureau = county.sign_in("bureau");
        let school = |code: &str| json!({"kind": "school", "code": code, "name": "第三中学", "stage": "junior", "parent_id": county.bureau.to_string()});
        let place = format!("/v1/organisations/{}", county.schools[0]);
        let etag = bureau.get(&place).await.etag();
        for (code, words) in [("9999999999", "a type: 11, 21"), ("2199000101", "a province, 11 to 82"), ("213300010", "ten digits")] {
            for answer in [bureau.post("/v1/organisations", school(code)).await, bureau.put(&place, &etag, school(code)).await] {
                let fault = answer.refused(422, "invalid_field")["errors"][0].clone();
                assert_eq!((&fault["pointer"], &fault["code"]), (&json!("/code"), &json!("school_code")));
                assert!(fault["detail"].as_str().unwrap().contains(words), "{fault}");
            }
        }
        let chinese = bureau.in_chinese().post("/v1/organisations", school("9999999999")).await.refused(422, "invalid_field");
        assert_eq!(chinese["errors"][0]["detail"], "学校须填学校标识码：前两位是类型，应为11、21、31、34、36、37、41、42、51或93");
        let tidied = county.sign_in("bureau").post("/v1/organisations", school(" '３１３３ 000102")).await.expect(201);
        assert_eq!(tidied["code"], "3133000102");
    }

    async fn only_a_bureau_stands_without_an_organisation_above_it(county: County) {
        let bureau = county.sign_in("bureau");
        let school = json!({"kind": "school", "code": "3133000102", "name": "第三中学", "stage": "junior"});
        for body in [school, json!({"kind": "institution", "name": "新机构"}), json!({"kind": "training_centre", "name": "进修学校"})] {
            let fault = bureau.post("/v1/organisations", body).await.refused(422, "invalid_field")["errors"][0].clone();
            assert_eq!((&fault["pointer"], &fault["code"]), (&json!("/parent_id"), &json!("missing_field")));
        }
        let place = format!("/v1/organisations/{}", county.schools[0]);
        let etag = bureau.get(&place).await.etag();
        let to_the_top = json!({"kind": "school", "code": "2133000101", "name": "实验小学", "stage": "primary"});
        bureau.put(&place, &etag, to_the_top).await.refused(422, "invalid_field");
        let second = bureau.post("/v1/organisations", json!({"kind": "bureau", "name": "另一教育局"})).await;
        assert_eq!(second.refused(409, "organisation_top_taken")["parameters"]["name"], "遂昌县教育局");
        let below = json!({"kind": "bureau", "name": "开发区社会事业局", "parent_id": county.bureau.to_string()});
        let below = bureau.post("/v1/organisations", below).await.expect(201);
        let place = format!("/v1/organisations/{}", below["id"].as_str().unwrap());
        let to_the_top = json!({"kind": "bureau", "name": "开发区社会事业局"});
        bureau.put(&place, &bureau.get(&place).await.etag(), to_the_top).await.refused(409, "organisation_top_taken");
        let own = format!("/v1/organisations/{}", county.bureau);
        let renamed = json!({"kind": "bureau", "name": "遂昌县教育局（新）"});
        bureau.put(&own, &bureau.get(&own).await.etag(), renamed).await.expect(200);
    }

    async fn a_role_at_a_school_that_stands_alone_reaches_that_school(county: County) {
        county.add_teacher(1, county.schools[1]);
        let school = county.schools[0].number();
        let alone = format!("UPDATE organisations SET parent_id = NULL, path = '/{school}/' WHERE id = {school}");
        crate::check::behind_the_back(county, &[alone]);
        assert!(crate::check::broken_now(county).contains("organisations_below_a_bureau"));
        let seen = county.sign_in("school-1").get("/v1/persons").await.expect(200);
        assert_eq!(seen["data"], json!([]), "whoever belongs to another school is not this one's to see");
        assert_eq!(county.sign_in("school-2").get("/v1/persons").await.expect(200)["data"].as_array().unwrap().len(), 1);
        let there = format!("/v1/organisations/{}", county.schools[1]);
        let etag = county.sign_in("bureau").get(&there).await.etag();
        let body = json!({"kind": "school", "code": "2133000104", "name": "山区中心小学", "stage": "primary", "setting": "town",
            "parent_id": county.bureau.to_string()});
        county.sign_in("school-1").put(&there, &etag, body).await.refused(403, "forbidden");
    }

    async fn a_school_closes_when_nobody_is_employed_there_any_more(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let (bureau, centre) = (county.sign_in("bureau"), county.sign_in("centre"));
        let place = format!("/v1/organisations/{}", county.schools[0]);
        let closing = json!({"closed_on": "2026-08-31", "reason": "并入山区中心小学"});
        let etag = bureau.get(&place).await.etag();
        let close = async |etag: &str| bureau.request(actix_web::http::Method::POST, &format!("{place}/close")).header("If-Match", etag).json(&closing).send().await;
        let refused = close(&etag).await.refused(409, "organisation_employs");
        assert_eq!(refused["parameters"]["persons"], "1");
        let person = format!("/v1/persons/{}", teacher.person);
        let to = json!({"organisation_id": county.schools[1].to_string(), "on": "2026-09-01"});
        centre.post(&format!("{person}/transfer"), to).await.expect(200);
        let post = json!({"organisation_id": county.schools[0].to_string(), "post": "head", "valid_from": "2020-09-01"});
        centre.post(&format!("{person}/posts"), post).await.expect(201);
        assert_eq!(close(&etag).await.refused(409, "organisation_employs")["parameters"]["persons"], "1", "a post is held there");
        crate::ledger::fixture::sql(county, "UPDATE posts_held SET valid_to = '2026-08-31'").unwrap();
        let closed = close(&etag).await.expect(200);
        assert_eq!((&closed["closed_on"], &closed["version"]), (&json!("2026-08-31"), &json!(2)));
        close(&etag).await.refused(412, "precondition_failed");
        let back = json!({"organisation_id": county.schools[0].to_string(), "on": "2026-10-01"});
        let fault = centre.post(&format!("{person}/transfer"), back).await.refused(422, "invalid_field")["errors"][0].clone();
        assert_eq!((&fault["pointer"], &fault["code"], &fault["parameters"]["closed_on"]), (&json!("/organisation_id"), &json!("closed"), &json!("2026-08-31")));
        let names = async |query: &str| -> Vec<String> {
            let list = bureau.get(&format!("/v1/organisations?kind=school{query}")).await.expect(200);
            list["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names("").await, ["实验小学", "山区中心小学"]);
        assert_eq!(names("&state=open").await, ["山区中心小学"]);
        assert_eq!(names("&state=closed").await, ["实验小学"]);
        let schools = async |as_of: &str| -> usize {
            let report = bureau.get(&format!("/v1/reports/school-completion?organisation_id={}&cycle=2026-2030&as_of={as_of}", county.bureau)).await;
            report.expect(200)["schools"].as_array().unwrap().len()
        };
        assert_eq!((schools("2026-08-31").await, schools("2026-09-01").await), (2, 1));
        let body = json!({"kind": "school", "code": "2133000101", "name": "另一所", "stage": "primary", "parent_id": county.bureau.to_string()});
        bureau.post("/v1/organisations", body).await.refused(409, "organisation_code_taken");
        let etag = bureau.get(&place).await.etag();
        let reopen = bureau.request(actix_web::http::Method::POST, &format!("{place}/reopen")).header("If-Match", &etag);
        let open = reopen.json(&json!({"reason": "撤并方案取消"})).send().await.expect(200);
        assert_eq!(open["closed_on"], serde_json::Value::Null);
        let log = county.sign_in("auditor").get(&format!("/v1/events?object_id={}", county.schools[0])).await.expect(200);
        let actions: Vec<&str> = log["data"].as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["reopen", "close"]);
        county.sign_in("school-1").request(actix_web::http::Method::POST, &format!("{place}/close")).header("If-Match", "\"3\"").json(&closing).send().await
            .refused(403, "forbidden");
    }

    async fn a_code_is_never_given_twice(county: County) {
        let body = json!({"kind": "school", "code": "2133000101", "name": "另一所", "stage": "primary",
            "parent_id": county.bureau.to_string()});
        county.sign_in("bureau").post("/v1/organisations", body).await.refused(409, "organisation_code_taken");
    }

    async fn a_retry_with_the_same_key_has_one_effect(county: County) {
        let bureau = county.sign_in("bureau");
        let body = json!({"kind": "institution", "name": "省教师培训中心", "parent_id": county.bureau.to_string()});
        let send = |body: serde_json::Value| {
            bureau.request(actix_web::http::Method::POST, "/v1/organisations").header("Idempotency-Key", "k-1").json(&body).send()
        };
        let first = send(body.clone()).await;
        let second = send(body.clone()).await;
        assert_eq!(second.expect(201), first.expect(201));
        assert_eq!(second.header("idempotency-hit").as_deref(), Some("true"));
        assert_eq!(second.header("location"), first.header("location"));
        let mut other = body;
        other["name"] = json!("别的");
        send(other).await.refused(422, "idempotency_mismatch");
        let list = bureau.get("/v1/organisations?kind=institution&include=total").await.expect(200);
        assert_eq!(list["total"], 3);
    }

    async fn an_organisation_cannot_move_below_itself(county: County) {
        let bureau = county.sign_in("bureau");
        let place = format!("/v1/organisations/{}", county.bureau);
        let etag = bureau.get(&place).await.etag();
        let body = json!({"kind": "bureau", "name": "遂昌县教育局", "parent_id": county.schools[0].to_string()});
        bureau.put(&place, &etag, body).await.refused(422, "organisation_parent_invalid");
    }

    async fn an_organisation_of_another_county_does_not_exist(county: County) {
        let place = format!("/v1/organisations/{}", county.elsewhere);
        county.sign_in("bureau").get(&place).await.refused(404, "not_found");
        county.sign_in("elsewhere-bureau").get(&place).await.expect(200);
    }

    async fn a_page_shows_nothing_twice_and_misses_nothing_while_rows_come(county: County) {
        let bureau = county.sign_in("bureau");
        let mut seen = Vec::new();
        let mut path = "/v1/organisations?limit=2".to_owned();
        for round in 0.. {
            let page = bureau.get(&path).await.expect(200);
            seen.extend(page["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()));
            if round == 0 {
                let body = json!({"kind": "institution", "name": "0最前面", "parent_id": county.bureau.to_string()});
                bureau.post("/v1/organisations", body).await.expect(201);
            }
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("/v1/organisations?limit=2&cursor={cursor}"),
                None => break,
            }
        }
        seen.sort();
        assert_eq!(seen.len(), 5);
        seen.dedup();
        assert_eq!(seen.len(), 5);
    }

    async fn what_was_done_stands_in_the_event_log(county: County) {
        let body = json!({"kind": "institution", "name": "新机构", "parent_id": county.bureau.to_string()});
        let id = county.sign_in("bureau").post("/v1/organisations", body).await.expect(201)["id"].clone();
        let path = format!("/v1/events?object_id={}", id.as_str().unwrap());
        let log = county.sign_in("auditor").get(&path).await.expect(200);
        let record = &log["data"][0];
        assert_eq!(record["action"], "create");
        assert_eq!(record["after"]["name"], "新机构");
        assert_eq!(record["request_id"], "test-request");
        assert_eq!(record["actor_id"], county.account("bureau").to_string());
        county.sign_in("school-1").get(&path).await.refused(403, "forbidden");
        let foreign = county.sign_in("elsewhere-auditor").get(&path).await.expect(200);
        assert_eq!(foreign["data"], json!([]));
    }
}
