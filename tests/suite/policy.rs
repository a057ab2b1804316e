//! Policy packs and cycles.

mod reach;
mod schools;
mod settings;
mod themes;

use crate::{
    harness::both,
    ledger::fixture::{install_packs, sql, write},
};
use actix_web::http::Method;
use serde_json::{Value, json};
use shixun_domain::access::Role;
use shixun_persistence::DbError;

pub fn pack(version: i32) -> Value {
    json!({
        "code": "SX-TEST", "version": version, "area": "331123", "valid": {"from": "2027-01-01"}, "zh": "试行规定", "en": "trial",
        "sources": {"A": {"title": "县教育局通知"}},
        "rules": [{"id": "school_based.cap.year", "zh": "校本研修", "en": "school-based training", "rule": {"cap": {
            "of": {"routes": ["school_based"]}, "period": "year",
            "hours": {"value": "30", "source": "A", "article": "第三条", "confidence": "R"}}}}]
    })
}

/// A draft with a floor above the county's cap on ethics: nobody can meet it.
pub fn unreachable(version: i32) -> Value {
    let mut document = pack(version);
    let figure = |value: &str| json!({"value": value, "source": "A", "article": "第四条", "confidence": "R"});
    document["rules"] = json!([{"id": "ethics.min.year", "zh": "师德培训", "en": "training in ethics", "rule": {"minimum": {
        "of": {"themes": ["ethics"]}, "measure": "counted", "window": "year", "hours": figure("20"), "strength": figure("fail")}}}]);
    document
}

both! {
    async fn lint_names_what_is_wrong_with_its_place_and_an_example_and_keeps_errors_from_being_published(county: County) {
        let (centre, bureau) = (county.sign_in("centre"), county.sign_in("bureau"));
        let drafted = centre.post("/v1/policy-packs", unreachable(1)).await.expect(201);
        let place = format!("/v1/policy-packs/{}", drafted["pack"]["id"].as_str().unwrap());
        let found = centre.act(&format!("{place}/lint")).await.expect(200);
        assert_eq!((&found["publishable"], &found["pack"]["code"]), (&json!(false), &json!("SX-TEST")));
        let first = &found["findings"][0];
        assert_eq!((&first["kind"], &first["gravity"]), (&json!("contradiction"), &json!("error")));
        assert_eq!(first["pointer"], "/rules/0");
        assert!(first["rules"].as_array().unwrap().contains(&json!("331123 v1 ethics.cap.year")));
        assert_eq!(first["example_zh"], "2027年应修20.00学时，修满20.00学时以上最多计16.00学时");
        let refused = bureau.act(&format!("{place}/publish")).await.refused(422, "policy_lint_failed");
        assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!("/rules/0"), &json!("contradiction")));
        assert_eq!(refused["errors"][0]["example"], first["example_en"], "the smallest case that shows it: {refused:#}");
        bureau.act(&format!("{place}/publish?dry_run=true")).await.refused(422, "policy_lint_failed");
        assert_eq!(centre.get(&place).await.expect(200)["pack"]["state"], "draft");
        // A laxer cap is a warning, which the one who publishes may weigh.
        let laxer = centre.post("/v1/policy-packs", pack(2)).await.expect(201);
        let place = format!("/v1/policy-packs/{}", laxer["pack"]["id"].as_str().unwrap());
        let found = centre.act(&format!("{place}/lint")).await.expect(200);
        assert_eq!((&found["publishable"], &found["findings"][0]["kind"]), (&json!(true), &json!("overlap")));
        bureau.act(&format!("{place}/publish")).await.expect(200);
        county.sign_in("elsewhere-bureau").act(&format!("{place}/lint")).await.refused(404, "not_found");
        let shipped = centre.get("/v1/policy-packs").await.expect(200);
        for row in shipped["data"].as_array().unwrap().iter().filter(|row| row["code"] != "SX-TEST") {
            let found = county.sign_in("auditor").act(&format!("/v1/policy-packs/{}/lint", row["id"].as_str().unwrap())).await.expect(200);
            assert_eq!(found["publishable"], true, "{found:#}");
        }
    }

    async fn the_shipped_packs_are_entered_once_and_listed_from_the_widest_area(county: County) {
        install_packs(county);
        assert_eq!(write(county, shixun_api::policy::service::install_shipped), 0);
        let list = county.sign_in("auditor").get("/v1/policy-packs").await.expect(200);
        let codes: Vec<_> = list["data"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["ZJ-2010", "ZJ-2016", "331123"]);
        let first = county.sign_in("auditor").get("/v1/policy-packs?limit=1&on=2020-01-01").await.expect(200);
        let next = format!("/v1/policy-packs?limit=1&on=2020-01-01&cursor={}", first["next_cursor"].as_str().unwrap());
        assert_eq!(county.sign_in("auditor").get(&next).await.expect(200)["data"][0]["code"], "331123");
        let elsewhere = county.sign_in("elsewhere-auditor").get("/v1/policy-packs").await.expect(200);
        assert_eq!(elsewhere["data"].as_array().unwrap().len(), 2, "another county has the province's packs only");
        county.sign_in("elsewhere-auditor").get("/v1/policy-packs?area=331123").await.refused(404, "not_found");
        let one = format!("/v1/policy-packs/{}", list["data"][2]["id"].as_str().unwrap());
        let read = county.sign_in("school-1").get(&one).await;
        assert_eq!(read.expect(200)["document"]["code"], "331123");
        county.sign_in("elsewhere-auditor").get(&one).await.refused(404, "not_found");
        let again = county.sign_in("school-1").request(actix_web::http::Method::GET, &one).header("If-None-Match", &read.etag());
        assert_eq!(again.send().await.status, 304);
    }

    async fn a_pack_is_published_by_somebody_else_than_its_author(county: County) {
        install_packs(county);
        let bureau = county.sign_in("bureau");
        let own = bureau.post("/v1/policy-packs", pack(1)).await.expect(201);
        let own_place = format!("/v1/policy-packs/{}", own["pack"]["id"].as_str().unwrap());
        bureau.act(&format!("{own_place}/publish")).await.refused(409, "policy_four_eyes");
        bureau.post("/v1/policy-packs", pack(1)).await.refused(409, "policy_edition_taken");
        let drafted = county.sign_in("centre").post("/v1/policy-packs", pack(2)).await.expect(201);
        let place = format!("/v1/policy-packs/{}", drafted["pack"]["id"].as_str().unwrap());
        county.sign_in("school-1").get(&place).await.refused(404, "not_found");
        county.sign_in("centre").act(&format!("{place}/publish")).await.refused(403, "forbidden");
        county.sign_in("elsewhere-bureau").act(&format!("{place}/publish")).await.refused(404, "not_found");
        let tried = bureau.act(&format!("{place}/publish?dry_run=true")).await.expect(200);
        assert_eq!(tried["pack"]["state"], "published");
        assert_eq!(bureau.get(&place).await.expect(200)["pack"]["state"], "draft", "a trial leaves nothing behind");
        let done = bureau.act(&format!("{place}/publish")).await.expect(200);
        assert_eq!((&done["pack"]["state"], &done["pack"]["published_by"]), (&json!("published"), &json!(county.account("bureau").to_string())));
        bureau.act(&format!("{place}/publish")).await.refused(409, "policy_not_a_draft");
        county.sign_in("school-1").get(&place).await.expect(200);
        for statement in ["UPDATE policy_packs SET document = '{}'", "DELETE FROM policy_packs WHERE state = 'published'"] {
            let refused = sql(county, statement);
            assert!(matches!(&refused, Err(DbError::Refused(_))), "{statement}: {refused:?}");
        }
    }

    async fn a_draft_is_edited_by_those_who_draft_and_whoever_saves_it_last_does_not_publish_it(county: County) {
        install_packs(county);
        county.add_account("bureau-2", Role::Bureau, county.bureau, None);
        let (centre, bureau) = (county.sign_in("centre"), county.sign_in("bureau"));
        let made = centre.post("/v1/policy-packs", unreachable(1)).await;
        let place = format!("/v1/policy-packs/{}", made.expect(201)["pack"]["id"].as_str().unwrap());
        bureau.act(&format!("{place}/publish")).await.refused(422, "policy_lint_failed");
        let edited = centre.put(&place, &made.etag(), pack(3)).await;
        let view = edited.expect(200);
        assert_eq!((&view["pack"]["edition"], &view["pack"]["version"], &view["pack"]["state"]), (&json!(3), &json!(2), &json!("draft")));
        assert_eq!(view, centre.get(&place).await.expect(200));
        assert_ne!(view["pack"]["digest"], made.json()["pack"]["digest"]);
        centre.put(&place, &made.etag(), pack(4)).await.refused(412, "precondition_failed");
        let without = centre.request(actix_web::http::Method::PUT, &place).json(&pack(4)).send().await;
        without.refused(428, "precondition_required");
        // The bureau saves it: now it is the bureau's, and the other person of the two may publish it.
        let again = bureau.put(&place, &edited.etag(), pack(5)).await;
        assert_eq!(again.expect(200)["pack"]["created_by"], county.account("bureau").to_string());
        bureau.act(&format!("{place}/publish")).await.refused(409, "policy_four_eyes");
        let other = county.sign_in("bureau-2");
        let publish = format!("{place}/publish");
        let of = async |etag: &str| other.request(actix_web::http::Method::POST, &publish).header("If-Match", etag).send().await;
        of(&edited.etag()).await.refused(412, "precondition_failed");
        assert_eq!(of(&again.etag()).await.expect(200)["document"], again.json()["document"], "what was looked at, and nothing else");
        let etag = centre.get(&place).await.etag();
        for caller in [&centre, &bureau] {
            caller.put(&place, &etag, pack(5)).await.refused(409, "policy_published");
            caller.request(actix_web::http::Method::DELETE, &place).header("If-Match", &etag).send().await.refused(409, "policy_published");
        }
        let events = county.sign_in("auditor").get(&format!("/v1/events?object_id={}", place.rsplit('/').next().unwrap())).await.expect(200);
        let told: Vec<_> = events["data"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
        assert_eq!(told, ["publish", "change", "change", "draft"]);
        assert_eq!(events["data"][2]["before"]["digest"], made.json()["pack"]["digest"]);
    }

    async fn a_draft_is_withdrawn_and_the_event_log_keeps_what_it_said(county: County) {
        let centre = county.sign_in("centre");
        let made = centre.post("/v1/policy-packs", pack(1)).await;
        let place = format!("/v1/policy-packs/{}", made.expect(201)["pack"]["id"].as_str().unwrap());
        let withdraw = async |etag: &str| centre.request(actix_web::http::Method::DELETE, &place).header("If-Match", etag).send().await;
        withdraw("\"7\"").await.refused(412, "precondition_failed");
        centre.request(actix_web::http::Method::DELETE, &place).send().await.refused(428, "precondition_required");
        withdraw(&made.etag()).await.expect(204);
        centre.get(&place).await.refused(404, "not_found");
        withdraw(&made.etag()).await.refused(404, "not_found");
        centre.put(&place, &made.etag(), pack(1)).await.refused(404, "not_found");
        let events = county.sign_in("auditor").get("/v1/events?action=withdraw").await.expect(200);
        assert_eq!(events["data"][0]["before"]["document"], made.json()["document"]);
        centre.post("/v1/policy-packs", pack(1)).await.expect(201);
    }

    async fn an_edit_is_refused_where_a_draft_would_be_and_names_the_place(county: County) {
        let centre = county.sign_in("centre");
        centre.post("/v1/policy-packs", pack(2)).await.expect(201);
        let made = centre.post("/v1/policy-packs", pack(1)).await;
        let place = format!("/v1/policy-packs/{}", made.expect(201)["pack"]["id"].as_str().unwrap());
        centre.put(&place, &made.etag(), pack(2)).await.refused(409, "policy_edition_taken");
        for (pointer, value) in [("/rules/0/rule/cap/hours/value", json!("-3")), ("/area", json!("331124")), ("/area", json!("330000")), ("/version", json!(0))] {
            let mut body = pack(1);
            *body.pointer_mut(pointer).unwrap() = value;
            let problem = centre.put(&place, &made.etag(), body).await.refused(422, "invalid_field");
            assert!(problem["errors"][0]["pointer"].as_str().unwrap().starts_with(pointer), "{problem:#}");
        }
        for (name, status, code) in [("auditor", 403, "forbidden"), ("finance", 403, "forbidden"), ("school-1", 404, "not_found"), ("elsewhere-bureau", 404, "not_found"), ("elsewhere-centre", 404, "not_found")] {
            let caller = county.sign_in(name);
            caller.put(&place, &made.etag(), pack(1)).await.refused(status, code);
            caller.request(actix_web::http::Method::DELETE, &place).header("If-Match", &made.etag()).send().await.refused(status, code);
        }
        assert_eq!(centre.get(&place).await.expect(200), made.json(), "nothing was written");
    }

    async fn of_those_who_edit_publish_and_withdraw_a_draft_at_once_one_wins(county: County) {
        install_packs(county);
        let (centre, bureau) = (county.sign_in("centre"), county.sign_in("bureau"));
        for round in 1..=4_i32 {
            let made = centre.post("/v1/policy-packs", pack(round)).await;
            let place = format!("/v1/policy-packs/{}", made.expect(201)["pack"]["id"].as_str().unwrap());
            let etag = made.etag();
            let mut text = pack(round);
            text["zh"] = json!("另一稿");
            let edit = centre.put(&place, &etag, text.clone());
            let again = centre.put(&place, &etag, text.clone());
            let path = format!("{place}/publish");
            let publish = bureau.request(actix_web::http::Method::POST, &path).header("If-Match", &etag).send();
            let withdraw = centre.request(actix_web::http::Method::DELETE, &place).header("If-Match", &etag).send();
            let (edited, twice, published, withdrawn) = tokio::join!(edit, again, publish, withdraw);
            let won = [&edited, &twice, &published, &withdrawn].iter().filter(|answer| answer.status < 300).count();
            assert_eq!(won, 1, "{edited:?} {twice:?} {published:?} {withdrawn:?}");
            if published.status == 200 {
                assert_eq!(published.json()["document"], made.json()["document"], "what was looked at");
            }
        }
    }

    async fn faults_of_a_document_are_named_by_pointers(county: County) {
        let centre = county.sign_in("centre");
        let with = |pointer: &str, value: Value| {
            let mut body = pack(1);
            *body.pointer_mut(pointer).unwrap() = value;
            body
        };
        let cases = [
            (with("/rules/0/rule/cap/hours/value", json!("-3")), "/rules/0/rule/cap/hours/value"),
            (with("/rules/0/rule/cap/hours/source", json!("B")), "/rules/0/rule/cap/hours/source"),
            (with("/rules/0/rule/cap/of/routes/0", json!("school")), "/rules/0/rule/cap/of/routes/0"),
            (with("/rules/0/rule/cap", json!({"of": {}})), "/rules/0/rule/cap"),
            (with("/code", json!("sx")), "/code"),
            (with("/area", json!("331124")), "/area"),
            (with("/area", json!("330000")), "/area"),
            (with("/valid/from", json!("2027-02-30")), "/valid/from"),
            (with("/version", json!(0)), "/version"),
        ];
        for (body, pointer) in cases {
            let problem = centre.post("/v1/policy-packs", body).await.refused(422, "invalid_field");
            let named = problem["errors"][0]["pointer"].as_str().unwrap();
            assert!(named.starts_with(pointer), "{named} is not {pointer}: {problem:#}");
        }
        county.sign_in("auditor").post("/v1/policy-packs", pack(1)).await.refused(403, "forbidden");
        let list = centre.get("/v1/policy-packs?state=draft").await.expect(200);
        assert_eq!(list["data"], json!([]), "nothing was written");
    }

    async fn what_is_wrong_with_a_document_is_said_in_either_language_with_an_example_of_what_is_right(county: County) {
        let centre = county.sign_in("centre");
        let told = async |pointer: &str, value: Value, language: &str| {
            let mut body = pack(1);
            let (around, name) = pointer.rsplit_once('/').unwrap();
            body.pointer_mut(around).unwrap()[name] = value;
            let request = centre.request(Method::POST, "/v1/policy-packs").json(&body).header("Accept-Language", language);
            let problem = request.send().await.refused(422, "invalid_field")["errors"][0].clone();
            (problem["pointer"].as_str().unwrap().to_owned(), problem["detail"].as_str().unwrap().to_owned(), problem["example"].clone())
        };
        let cited = |value: &str| json!({"value": value, "source": "S1", "article": "第三条", "confidence": "R"});
        let figure = |value: &str| json!({"value": value, "source": "A", "article": "第三条", "confidence": "R"});
        let cases = [
            ("/hour_minutes", json!("45"), "/hour_minutes", cited("45"), "类型不符，应为对象"),
            ("/hour_minutes", figure("0"), "/hour_minutes/value", json!("45"), "应为1到240之间的整数"),
            ("/valid/from", json!("2027-02-30"), "/valid/from", json!("2027-01-01"), "应为日期，如2016-09-01，1900年至2999年"),
            ("/rules/0/rule/cap/period", json!("month"), "/rules/0/rule/cap/period", json!("year"), "应为以下之一：year、cycle"),
            ("/rules/0/rule/cap/hours/source", json!("B"), "/rules/0/rule/cap/hours/source", json!("A"), "不是本政策包所列的出处（sources）：A"),
            ("/rules/0/rule/cap/hours", json!({"value": "3", "article": "第三条", "confidence": "R"}), "/rules/0/rule/cap/hours/source", json!("S1"), "缺少字段source"),
            ("/rules/0/rule/cap/hour", json!(1), "/rules/0/rule/cap/hour",
                json!({"of": {"routes": ["school_based"]}, "period": "year", "hours": cited("24")}),
                "没有字段hour，可用的字段：of、period、hours、share_of_required、share_of_counted"),
            ("/rounding", figure("down"), "/rounding/value", json!("keep"), "应为以下之一：whole_down、keep、whole_nearest、whole_up"),
        ];
        for (pointer, value, at, example, zh) in cases {
            assert_eq!(told(pointer, value.clone(), "zh").await, (at.to_owned(), zh.to_owned(), example.clone()));
            let (place, english, same) = told(pointer, value, "en").await;
            assert_eq!((place.as_str(), same), (at, example));
            assert!(english.is_ascii() && !english.is_empty(), "{english}");
        }
        let (at, zh, example) = told("/rules/0/rule", json!({}), "zh").await;
        assert_eq!((at.as_str(), zh.starts_with("一条规则须有且只有一项内容")), ("/rules/0/rule", true), "{zh}");
        assert_eq!(example["cap"]["period"], "year");
        let simulated = async |document: Value| {
            let body = json!({"document": document});
            centre.post("/v1/policy-packs/simulate", body).await.refused(422, "invalid_field")["errors"][0].clone()
        };
        let missing = simulated(json!({"code": "SX"})).await;
        assert_eq!((&missing["pointer"], &missing["example"]), (&json!("/document/version"), &json!(1)));
        let fault = simulated(json!("SX")).await;
        assert_eq!(fault["pointer"], "/document");
        let mut smallest = fault["example"].clone();
        smallest["area"] = json!("331123");
        centre.post("/v1/policy-packs", smallest).await.expect(201);
    }

    async fn cycles_run_from_the_first_pack_to_today(county: County) {
        install_packs(county);
        let list = county.sign_in("auditor").get("/v1/cycles").await.expect(200);
        let names: Vec<_> = list["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
        assert_eq!(names.last(), Some(&"2026-2030"));
        assert!(names.contains(&"2016-2020"));
        assert_eq!(list["data"].as_array().unwrap().iter().filter(|row| row["current"] == true).count(), 1);
    }
}
