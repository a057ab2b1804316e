//! Bad input: a problem document each time, and nothing written.

use crate::{
    authz::published,
    examples::example,
    harness::{County, both},
};
use actix_web::http::Method;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

async fn organisations(county: &County) -> Value {
    county.sign_in("auditor").get("/v1/organisations?include=total").await.expect(200)["total"].clone()
}

both! {
    async fn what_cannot_be_read_is_refused_by_code_and_writes_nothing(county: County) {
        let before = organisations(county).await;
        let bureau = county.sign_in("bureau");
        let send = |content_type: &'static str, body: Vec<u8>| bureau.request(Method::POST, "/v1/organisations").body(content_type, body).send();
        let json_type = "application/json";
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        let cases: Vec<(&'static str, Vec<u8>, u16, &str)> = vec![
            (json_type, b"{".to_vec(), 400, "malformed_json"),
            (json_type, b"".to_vec(), 400, "malformed_json"),
            (json_type, b"\xff\xfe{}".to_vec(), 400, "malformed_json"),
            (json_type, deep.into_bytes(), 400, "malformed_json"),
            (json_type, b"[]".to_vec(), 422, "invalid_field"),
            (json_type, br#"{"kind":"institution","name":"x","name":"y"}"#.to_vec(), 400, "malformed_json"),
            (json_type, br#"{"kind":"school","name":5}"#.to_vec(), 422, "invalid_field"),
            (json_type, br#"{"kind":"castle","name":"x"}"#.to_vec(), 422, "invalid_field"),
            (json_type, br#"{"kind":"institution","name":"x","colour":"red"}"#.to_vec(), 422, "invalid_field"),
            (json_type, br#"{"kind":"institution","name":"a\u0000b"}"#.to_vec(), 422, "invalid_field"),
            (json_type, format!(r#"{{"kind":"institution","name":"{}"}}"#, "长".repeat(101)).into_bytes(), 422, "invalid_field"),
            (json_type, vec![b' '; 300_000], 413, "body_too_large"),
            ("text/plain", b"{}".to_vec(), 415, "unsupported_media_type"),
            ("application/json; charset=gbk", b"{}".to_vec(), 415, "unsupported_media_type"),
        ];
        for (content_type, body, status, code) in cases {
            send(content_type, body).await.refused(status, code);
        }
        assert_eq!(organisations(county).await, before);
    }

    async fn a_fault_is_named_by_its_pointer_in_both_languages(county: County) {
        let body = json!({"kind": "institution", "name": ""});
        let english = county.sign_in("bureau").post("/v1/organisations", body.clone()).await.refused(422, "invalid_field");
        assert_eq!(english["errors"][0], json!({"pointer": "/name", "code": "length", "detail": "the length must lie between 1 and 100", "example": null, "parameters": {"min": "1", "max": "100"}}));
        let chinese = county.sign_in("bureau").in_chinese().post("/v1/organisations", body).await.refused(422, "invalid_field");
        assert_eq!(chinese["errors"][0]["detail"], "长度应在1到100之间");
        assert_eq!(chinese["title"], "请求体中有字段不符合要求");
    }

    async fn a_command_happens_when_its_body_is_there_and_not_when_it_was_announced(county: County) {
        let bureau = county.sign_in("bureau");
        let body = json!({"kind": "institution", "name": "瓯江研修院", "parent_id": county.bureau.to_string()});
        let (clock, later) = (county.clock.clone(), county.clock.now().plus_millis(120_000));
        let sending = bureau.request(Method::POST, "/v1/organisations");
        let made = sending.send_slowly(&body, move || clock.set(later)).await.expect(201);
        assert_eq!(made["created_at"], later.to_string());
    }

    async fn a_list_is_no_object_wherever_a_body_has_one(county: County) {
        let body = |text: &str| text.as_bytes().to_vec();
        let login = json!(["centre", crate::harness::county::PASSWORD]);
        let problem = county.anonymous().post("/v1/auth/login", login).await.refused(422, "invalid_field");
        assert_eq!((&problem["errors"][0]["code"], &problem["errors"][0]["parameters"]), (&json!("wrong_type"), &json!({"expected": "object"})));
        let [person, _] = crate::people::two_persons(county).await;
        let path = format!("/v1/persons/{}", person["id"].as_str().unwrap());
        let centre = county.sign_in("centre");
        let change = |text: &str| centre.request(Method::PATCH, &path).header("If-Match", "\"1\"").body("application/json", body(text)).send();
        for wrong in [r#"["新名"]"#, r#"{"remark":"一","remark":"二"}"#, r#"{"name":null}"#, r#"{"identity_number":null}"#, r#"{"entered_on":null}"#] {
            assert!([400, 422].contains(&change(wrong).await.status), "{wrong}");
        }
        // What changes nothing is no change: the version that others read still holds.
        assert_eq!(change("{}").await.expect(200), centre.get(&path).await.expect(200));
        let same = json!({"name": person["name"]}).to_string();
        assert_eq!(change(&same).await.header("etag"), centre.get(&path).await.header("etag"));
        let seen = county.sign_in("auditor").get(&format!("/v1/events?object_id={}&action=change", person["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(seen["data"], json!([]));
    }

    async fn a_day_is_written_in_one_way_in_bodies_and_in_queries(county: County) {
        let teacher = crate::ledger::fixture::with_teacher(county).teacher();
        let centre = county.sign_in("centre");
        for wrong in ["2027-4-1", " 2027-04-01", "2027-04-01 ", "+2027-04-01", "0160-05-11"] {
            let window = json!({"name": "春季申报", "opens_on": wrong, "closes_on": "2027-05-01"});
            let problem = centre.post("/v1/filing-windows", window).await.refused(422, "invalid_field");
            assert_eq!(problem["errors"][0]["pointer"], "/opens_on", "{wrong}");
            let query = wrong.replace('+', "%2B").replace(' ', "%20");
            centre.get(&format!("/v1/sessions?starts_from={query}")).await.refused(400, "invalid_parameter");
        }
        centre.get("/v1/sessions?starts_from=2027-04-01").await.expect(200);
        // An instant as answers write it, with a plus that the query made a blank.
        let now = county.clock.now().to_string();
        for instant in [now.clone(), now.replace('+', "%2B")] {
            centre.get(&format!("/v1/teachers/{teacher}/statement?cycle=2016-2020&known_at={instant}")).await.expect(200);
        }
    }

    async fn a_body_whose_fields_may_all_be_left_out_may_be_left_out(county: County) {
        let bureau = county.sign_in("bureau");
        let problem = bureau.request(Method::POST, "/v1/organisations").send().await.refused(422, "invalid_field");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/kind"), &json!("missing_field")));
        let zipped = bureau.request(Method::POST, "/v1/organisations").header("Content-Encoding", "gzip");
        zipped.json(&json!({})).send().await.refused(415, "unsupported_media_type");
    }

    async fn a_head_is_a_get_without_its_body(county: County) {
        let auditor = county.sign_in("auditor");
        let (whole, head) = (auditor.get("/v1/me").await, auditor.request(Method::HEAD, "/v1/me").send().await);
        assert_eq!((head.status, head.header("etag")), (200, whole.header("etag")));
        assert_eq!(county.anonymous().request(Method::HEAD, "/v1/me").send().await.status, 401);
        assert_eq!(county.anonymous().request(Method::HEAD, "/livez").send().await.status, 200);
        auditor.request(Method::HEAD, "/v1/auth/login").send().await.refused(405, "method_not_allowed");
    }

    async fn a_tag_that_a_proxy_weakened_still_says_which_version_was_read(county: County) {
        let bureau = county.sign_in("bureau");
        let path = format!("/v1/organisations/{}", county.institutions[1]);
        let own = bureau.get(&path).await;
        let body = json!({"kind": "institution", "name": "瓯江研修学院", "parent_id": county.bureau.to_string()});
        let put = |tag: String| bureau.request(Method::PUT, &path).header("If-Match", &tag).json(&body).send();
        for other in ["*", "\"soon\"", "3, 4"] {
            let problem = put(other.to_owned()).await.refused(400, "invalid_header");
            assert_eq!(problem["parameters"]["name"], "If-Match");
        }
        put(format!("W/{}", own.etag())).await.expect(200);
        put(format!("W/{}", own.etag())).await.refused(412, "precondition_failed");
    }

    async fn parameters_of_a_problem_are_the_same_in_both_languages(county: County) {
        let centre = county.sign_in("centre");
        let programme = crate::catalogue::steps::programme(county);
        let made = centre.post("/v1/programmes", programme).await.expect(201);
        let place = format!("/v1/programmes/{}/approve", made["id"].as_str().unwrap());
        let asked = async |caller: crate::harness::Caller<'_>| {
            caller.post(&place, json!({})).await.refused(409, "programme_wrong_state")["parameters"].clone()
        };
        let english = asked(county.sign_in("bureau")).await;
        assert_eq!(english, asked(county.sign_in("bureau").in_chinese()).await);
        assert_eq!(english["state"], "draft");
    }

    async fn a_parameter_that_an_operation_does_not_know_is_refused_before_anything_is_written(county: County) {
        let before = organisations(county).await;
        let body = json!({"kind": "institution", "name": "瓯江研修院", "parent_id": county.bureau.to_string()});
        let problem =
            county.sign_in("bureau").post("/v1/organisations?dry_run=true", body).await.refused(400, "unknown_parameter");
        assert_eq!(problem["parameters"], json!({"name": "dry_run", "expected": "none"}));
        assert_eq!(organisations(county).await, before);
        county.sign_in("bureau").get("/v1/me?verbose").await.refused(400, "unknown_parameter");
    }

    async fn unknown_parameters_routes_methods_and_ids_say_what_is_known(county: County) {
        let me = county.sign_in("auditor");
        let problem = me.get("/v1/organisations?colour=red").await.refused(400, "unknown_parameter");
        assert_eq!(problem["parameters"]["name"], "colour");
        me.get("/v1/organisations?limit=0").await.refused(400, "invalid_parameter");
        me.get("/v1/organisations?limit=201").await.refused(400, "invalid_parameter");
        me.get("/v1/organisations?limit=ten").await.refused(400, "invalid_parameter");
        me.get("/v1/organisations?cursor=zzz").await.refused(400, "invalid_cursor");
        me.get("/v1/organisations/ses_a3bk65000000000013").await.refused(400, "invalid_id");
        me.get("/v1/organisations/org_a3bk65000000000014").await.refused(400, "invalid_id");
        me.get("/v1/nothing").await.refused(404, "unknown_route");
        // An address is spelt in one way; what stands for an id may be percent-encoded.
        me.get("/v1/%73essions").await.refused(404, "unknown_route");
        let own = me.get("/v1/me").await.expect(200)["roles"][0]["organisation_id"].as_str().unwrap().to_owned();
        let encoded = own.replace('_', "%5F");
        assert_eq!(me.get(&format!("/v1/organisations/{encoded}")).await.expect(200)["id"], json!(own));
        let wrong = me.request(Method::DELETE, "/v1/organisations").send().await;
        wrong.refused(405, "method_not_allowed");
        assert_eq!(wrong.header("allow").as_deref(), Some("GET, HEAD, POST"));
    }

    async fn what_a_fault_of_a_field_names_is_there_for_programs(county: County) {
        let bureau = county.sign_in("bureau");
        let school = json!({"kind": "school", "name": "新校", "stage": "primary", "code": "2133110099"});
        let changed = |field: &str, value: Value| {
            let mut body = school.clone();
            body[field] = value;
            body
        };
        for (body, parameters) in [
            (changed("kind", json!("shop")), json!({"expected": "bureau, training_centre, monitoring_centre, finance, school, institution"})),
            (changed("colour", json!("red")), json!({"given": "colour", "expected": "kind, code, name, parent_id, stage, setting, small_class"})),
            (changed("parent_id", json!("ses_a3bk65000000000013")), json!({"expected": "org_"})),
            (changed("name", json!(7)), json!({"expected": "string"})),
            (changed("name", json!("名".repeat(20_001))), json!({"max": "20000"})),
            (json!({"name": "新校"}), json!({"field": "kind"})),
        ] {
            for caller in [bureau.clone(), bureau.clone().in_chinese()] {
                let problem = caller.post("/v1/organisations", body.clone()).await.refused(422, "invalid_field");
                assert_eq!(problem["errors"][0]["parameters"], parameters, "{problem:#}");
            }
        }
        let mut pack = example("PolicyDocument");
        pack["version"] = json!(0);
        let problem = county.sign_in("centre").post("/v1/policy-packs", pack.clone()).await.refused(422, "invalid_field");
        assert_eq!(problem["errors"][0]["parameters"], json!({}), "{problem:#}");
        pack["version"] = json!(1);
        pack["area"] = json!("331123");
        pack["rules"][0]["source"] = json!("nowhere");
        let problem = county.sign_in("centre").post("/v1/policy-packs", pack).await.refused(422, "invalid_field");
        assert!(problem["errors"][0]["parameters"]["expected"].is_string(), "{problem:#}");
    }

    async fn a_key_that_could_not_be_one_is_refused_by_every_post(county: County) {
        let (before, mut asked) = (organisations(county).await, 0);
        for operation in published().iter().filter(|operation| operation.method == Method::POST) {
            for key in ["", "two words", &"k".repeat(101)] {
                let asking = county.sign_in("bureau").request(Method::POST, &operation.path);
                let problem = asking.header("Idempotency-Key", key).json(&json!({})).send().await.refused(400, "invalid_header");
                assert_eq!(problem["parameters"]["name"], "Idempotency-Key", "{}", operation.path);
                asked += 1;
            }
        }
        assert!(asked > 200, "{asked}");
        assert_eq!(organisations(county).await, before);
    }

    async fn a_filter_that_does_not_exist_is_refused_by_every_operation_and_never_ignored(county: County) {
        let mut asked = 0;
        for operation in published().iter().filter(|operation| operation.method == Method::GET && !operation.query.is_empty()) {
            for name in ["bureau", "auditor", "school-1"] {
                // What is hidden cannot be found out by filtering for it either.
                for filter in ["colour=red", "identity_number=331199199205119087", "phone=19943192250", "password_hash=x"] {
                    let answer = county.sign_in(name).get(&format!("{}?{filter}", operation.path)).await;
                    if answer.status != 403 {
                        answer.refused(400, "unknown_parameter");
                        asked += 1;
                    }
                }
            }
        }
        assert!(asked > 100, "{asked}");
    }

    async fn no_parameter_takes_control_characters_or_more_letters_than_the_document_says(county: County) {
        let me = county.sign_in("auditor");
        let (mut asked, mut limited) = (0, 0);
        for operation in &published() {
            for (name, longest) in &operation.query {
                let refusal = async |value: &str| {
                    let path = format!("{}?{name}={value}", operation.path);
                    let answer = me.request(operation.method.clone(), &path).json(&json!({})).send().await;
                    let problem = answer.json();
                    let said = |what: &str| problem["parameters"][what].as_str().unwrap_or_default().to_owned();
                    format!("{} {}", said("name"), said("reason"))
                };
                for sign in ["%00", "a%1Fb", "%E2%80%AE"] {
                    assert_eq!(refusal(sign).await, format!("{name} contains control characters"), "{}", operation.path);
                    asked += 1;
                }
                if let Some(longest) = longest {
                    let wanted = format!("{name} has at most {longest} characters");
                    assert_eq!(refusal(&"长".repeat(longest + 1)).await, wanted, "{}", operation.path);
                    assert_ne!(refusal(&"长".repeat(*longest)).await, wanted, "{}", operation.path);
                    limited += 1;
                }
            }
        }
        assert!(asked > 300 && limited > 40, "{asked} {limited}");
    }

    async fn a_cursor_with_a_nul_inside_is_none_of_ours(county: County) {
        for list in ["organisations", "persons", "teachers"] {
            let cursor = URL_SAFE_NO_PAD.encode(format!("{list}\u{1f}a\0b\u{1f}1"));
            county.sign_in("auditor").get(&format!("/v1/{list}?cursor={cursor}")).await.refused(400, "invalid_cursor");
        }
    }

    async fn a_parameter_that_is_given_twice_is_named(county: County) {
        let problem = county.sign_in("auditor").get("/v1/sessions?limit=1&limit=2").await.refused(400, "invalid_parameter");
        assert_eq!(problem["parameters"], json!({"name": "limit", "reason": "duplicate field `limit`"}));
    }

    async fn every_answer_names_its_request(county: County) {
        let answer = county.sign_in("auditor").get("/v1/nothing").await;
        assert_eq!(answer.header("x-request-id").as_deref(), Some("test-request"));
        assert_eq!(answer.json()["request_id"], "test-request");
        let traced = county.anonymous().request(Method::GET, "/livez")
            .header("X-Request-Id", "bad id!").header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").send().await;
        assert_eq!(traced.header("x-request-id").as_deref(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
    }
}
