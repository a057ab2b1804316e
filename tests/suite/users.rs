//! Accounts, roles and passwords.

use crate::{
    harness::{Caller, County, both, county::PASSWORD, off_runtime},
    people::two_persons,
    privacy::kept_answer,
};
use actix_web::http::Method;
use serde_json::{Value, json};
use shixun_api::{auth::Tokens, problem::Code};
use shixun_persistence::tokens;

async fn sign_in(county: &County, username: &str, password: &str) -> crate::harness::Answered {
    county.anonymous().post("/v1/auth/login", json!({"username": username, "password": password})).await
}

async fn make(system: &Caller<'_>, username: &str, password: &str) -> String {
    let made = system.post("/v1/users", json!({"username": username, "password": password})).await.expect(201);
    format!("/v1/users/{}", made["user"]["id"].as_str().unwrap())
}

const NEW: &str = "quiet river 41 lanterns";

both! {
    async fn an_account_can_do_nothing_until_it_is_granted_a_role_and_then_at_once(county: County) {
        let system = county.sign_in("system");
        let place = make(&system, "clerk.a", NEW).await;
        let tokens = sign_in(county, "clerk.a", NEW).await.expect(200);
        let clerk = county.anonymous().with_token(tokens["access_token"].as_str().unwrap());
        clerk.get("/v1/persons").await.refused(403, "forbidden");
        let grant = json!({"role": "school_administrator", "organisation_id": county.schools[0].to_string()});
        let held = system.post(&format!("{place}/roles"), grant.clone()).await.expect(201);
        assert_eq!((&held["organisation_name"], &held["in_force"]), (&json!("实验小学"), &json!(true)));
        clerk.get("/v1/persons").await.expect(200);
        system.post(&format!("{place}/roles"), grant).await.refused(409, "role_held_already");
        let end = format!("{place}/roles/{}/end", held["id"].as_str().unwrap());
        assert_eq!(system.post(&end, json!({})).await.expect(200)["data"], json!([]));
        clerk.get("/v1/persons").await.refused(403, "forbidden");
        system.post(&end, json!({})).await.refused(404, "not_found");
    }

    async fn a_role_ends_on_its_day_and_stays_in_the_history(county: County) {
        let system = county.sign_in("system");
        let place = make(&system, "clerk.b", NEW).await;
        let roles = format!("{place}/roles");
        let grant = json!({"role": "auditor", "organisation_id": county.bureau.to_string(), "valid_from": "2026-01-01"});
        let held = system.post(&roles, grant).await.expect(201);
        let end = format!("{roles}/{}/end", held["id"].as_str().unwrap());
        system.post(&end, json!({"last_day": "2025-12-31"})).await.refused(422, "fact_span_invalid");
        let left = system.post(&end, json!({})).await.expect(200);
        assert_eq!((&left["data"][0]["valid_to"], &left["data"][0]["in_force"]), (&json!("2026-11-22"), &json!(false)));
        assert_eq!(system.get(&roles).await.expect(200), left);
    }

    async fn nobody_changes_the_own_rights(county: County) {
        let own = format!("/v1/users/{}", county.account("system"));
        let system = county.sign_in("system");
        let grant = json!({"role": "bureau", "organisation_id": county.bureau.to_string()});
        system.post(&format!("{own}/roles"), grant).await.refused(403, "own_account");
        system.post(&format!("{own}/password"), json!({"password": NEW})).await.refused(403, "own_account");
        system.act(&format!("{own}/disable")).await.refused(403, "own_account");
        let held = system.get(&format!("{own}/roles")).await.expect(200);
        let end = format!("{own}/roles/{}/end", held["data"][0]["id"].as_str().unwrap());
        system.post(&end, json!({})).await.refused(403, "own_account");
    }

    async fn accounts_and_organisations_of_another_county_do_not_exist(county: County) {
        let system = county.sign_in("system");
        let foreign = format!("/v1/users/{}", county.account("elsewhere-centre"));
        for path in [foreign.clone(), format!("{foreign}/roles")] {
            system.get(&path).await.refused(404, "not_found");
        }
        system.act(&format!("{foreign}/disable")).await.refused(404, "not_found");
        system.post(&format!("{foreign}/password"), json!({"password": NEW})).await.refused(404, "not_found");
        let place = make(&system, "clerk.c", NEW).await;
        let grant = json!({"role": "auditor", "organisation_id": county.elsewhere.to_string()});
        system.post(&format!("{place}/roles"), grant).await.refused(422, "invalid_field");
        let names = |list: &Value| -> Vec<String> {
            list["data"].as_array().unwrap().iter().map(|row| row["username"].as_str().unwrap().to_owned()).collect()
        };
        let mine = names(&system.get("/v1/users?limit=200").await.expect(200));
        assert!(mine.contains(&"clerk.c".to_owned()) && !mine.iter().any(|name| name.starts_with("elsewhere")), "{mine:?}");
        county.sign_in("centre").post("/v1/users", json!({"username": "abc"})).await.refused(403, "forbidden");
        assert_eq!(names(&county.sign_in("school-1").get("/v1/users").await.expect(200)), Vec::<String>::new());
        county.sign_in("finance").get("/v1/users").await.refused(403, "forbidden");
    }

    async fn disabling_ends_every_sign_in_and_enabling_allows_a_new_one(county: County) {
        let system = county.sign_in("system");
        let place = make(&system, "clerk.d", NEW).await;
        let tokens = sign_in(county, "clerk.d", NEW).await.expect(200);
        let clerk = county.anonymous().with_token(tokens["access_token"].as_str().unwrap());
        clerk.get("/v1/me").await.expect(200);
        assert_eq!(system.act(&format!("{place}/disable")).await.expect(200)["disabled"], true);
        system.act(&format!("{place}/disable")).await.expect(200);
        clerk.get("/v1/me").await.refused(401, "account_disabled");
        sign_in(county, "clerk.d", NEW).await.refused(401, "account_disabled");
        system.act(&format!("{place}/enable")).await.expect(200);
        let refresh = json!({"refresh_token": tokens["refresh_token"]});
        county.anonymous().post("/v1/auth/refresh", refresh).await.refused(401, "refresh_invalid");
        sign_in(county, "clerk.d", NEW).await.expect(200);
        let other = county.sign_in("auditor").get("/v1/me").await;
        other.expect(200);
    }

    async fn a_generated_password_is_shown_once_and_kept_nowhere(county: County) {
        let system = county.sign_in("system");
        let body = json!({"username": "clerk.e"});
        let send = || system.request(Method::POST, "/v1/users").header("Idempotency-Key", "user-1").json(&body).send();
        let first = send().await;
        let password = first.expect(201)["initial_password"].as_str().unwrap().to_owned();
        assert!(password.len() >= 16);
        let again = send().await;
        assert_eq!((&again.expect(201)["initial_password"], &again.expect(201)["user"]), (&Value::Null, &first.expect(201)["user"]));
        sign_in(county, "clerk.e", &password).await.expect(200);
        assert!(!kept_answer(county, "system", "user-1").contains(&password));
        let log = county.sign_in("auditor").get("/v1/events?limit=200").await.text();
        assert!(!log.contains(&password) && !log.contains("argon2"), "{log}");
    }

    async fn a_user_name_and_a_person_have_one_account(county: County) {
        let [one, two] = two_persons(county).await;
        let system = county.sign_in("system");
        make(&system, "clerk.f", NEW).await;
        system.post("/v1/users", json!({"username": "clerk.f"})).await.refused(409, "username_taken");
        system.post("/v1/users", json!({"username": "teacher-a", "person_id": one["id"]})).await.expect(201);
        system.post("/v1/users", json!({"username": "teacher-b", "person_id": one["id"]})).await.refused(409, "person_has_account");
        let other = system.post("/v1/users", json!({"username": "teacher-c", "person_id": two["id"]})).await.expect(201);
        assert_eq!(other["user"]["person_id"], two["id"]);
        system.post("/v1/users", json!({"username": "Teacher"})).await.refused(422, "invalid_field");
        system.post("/v1/users", json!({"username": "short.pass", "password": "short"})).await.refused(422, "invalid_field");
        for password in ["1111111111", "1234567890", "abababababab", "1234554321", "aaaaaabbbbbb", "一一一一一一一一一一"] {
            let told = system.post("/v1/users", json!({"username": "clerk.g", "password": password})).await.refused(422, "invalid_field");
            assert_eq!((&told["errors"][0]["pointer"], &told["errors"][0]["code"]), (&json!("/password"), &json!("guessable")));
        }
    }

    async fn a_password_set_by_somebody_else_ends_every_sign_in(county: County) {
        let system = county.sign_in("system");
        let tokens = sign_in(county, "monitor", PASSWORD).await.expect(200);
        let place = format!("/v1/users/{}", county.account("monitor"));
        assert_eq!(system.post(&format!("{place}/password"), json!({"password": NEW})).await.expect(204), Value::Null);
        sign_in(county, "monitor", PASSWORD).await.refused(401, "sign_in_failed");
        sign_in(county, "monitor", NEW).await.expect(200);
        let refresh = json!({"refresh_token": tokens["refresh_token"]});
        county.anonymous().post("/v1/auth/refresh", refresh).await.refused(401, "refresh_invalid");
        sign_in(county, "auditor", PASSWORD).await.expect(200);
    }

    async fn a_server_that_starts_after_the_key_of_tokens_was_replaced_takes_none_of_before(county: County) {
        let signed_in = sign_in(county, "monitor", PASSWORD).await.expect(200);
        let token = signed_in["access_token"].as_str().unwrap();
        let secret = shixun_api::signing::private_key([7; 32]);
        crate::ledger::fixture::write(county, move |tx| tokens::replace_signing_keys(tx, "key-7", &secret));
        let (app, now) = (county.app.clone(), county.clock.now());
        let started = off_runtime(|| Tokens::open(&app.db, &app.chance, &app.config, now).unwrap());
        assert_eq!(started.verify(token, now).unwrap_err().code(), Code::TokenForeign);
        let keys = started.jwks();
        assert_eq!((keys.len(), &keys[0]["kid"]), (1, &json!("key-7")));
        let refresh = json!({"refresh_token": signed_in["refresh_token"]});
        county.anonymous().post("/v1/auth/refresh", refresh).await.expect(200);
    }

    async fn a_password_that_somebody_else_set_is_good_for_changing_it_alone(county: County) {
        let place = format!("/v1/users/{}/password", county.account("monitor"));
        county.sign_in("system").post(&place, json!({"password": NEW})).await.expect(204);
        let tokens = sign_in(county, "monitor", NEW).await.expect(200);
        assert_eq!(tokens["must_change_password"], true);
        let monitor = county.anonymous().with_token(tokens["access_token"].as_str().unwrap());
        for path in ["/v1/persons", "/v1/organisations", "/v1/events"] {
            monitor.get(path).await.refused(403, "password_change_required");
        }
        let me = monitor.get("/v1/me").await.expect(200);
        assert_eq!((&me["must_change_password"], &me["permissions"]), (&json!(true), &json!([])));
        let refreshed = county.anonymous().post("/v1/auth/refresh", json!({"refresh_token": tokens["refresh_token"]})).await;
        assert_eq!(refreshed.expect(200)["must_change_password"], true);
        let own = "a password of one's own";
        let same = monitor.post("/v1/me/password", json!({"old_password": NEW, "new_password": NEW})).await.refused(422, "invalid_field");
        assert_eq!(same["errors"][0]["code"], "same_password");
        monitor.post("/v1/me/password", json!({"old_password": NEW, "new_password": own})).await.expect(204);
        monitor.get("/v1/persons").await.expect(200);
        assert_eq!(sign_in(county, "monitor", own).await.expect(200)["must_change_password"], false);
        let chosen = json!({"password": NEW, "must_change_password": false});
        county.sign_in("system").post(&place, chosen).await.expect(204);
        assert_eq!(sign_in(county, "monitor", NEW).await.expect(200)["must_change_password"], false);
    }

    async fn whoever_signed_in_sees_oneself_as_teacher_and_the_names_of_the_own_organisations(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let caller = county.caller(teacher.account);
        let me = caller.get("/v1/me").await.expect(200);
        assert_eq!((&me["name"], &me["teacher_id"]), (&json!("教师1"), &json!(teacher.person.teacher().to_string())));
        assert_eq!((&me["roles"][0]["role"], &me["roles"][0]["organisation_name"]), (&json!("teacher"), &json!("实验小学")));
        caller.get(&format!("/v1/teachers/{}/statement?cycle=2026-2030", me["teacher_id"].as_str().unwrap())).await.expect(200);
        let nobody = county.sign_in("system").get("/v1/me").await.expect(200);
        assert_eq!((&nobody["name"], &nobody["teacher_id"]), (&Value::Null, &Value::Null));
    }

    async fn accounts_show_names_and_roles_and_are_found_by_them(county: County) {
        let teachers = [county.add_teacher(1, county.schools[0]), county.add_teacher(2, county.schools[1])];
        let system = county.sign_in("system");
        let found = async |query: &str| -> Vec<String> {
            let list = system.get(&format!("/v1/users?{query}")).await.expect(200);
            list["data"].as_array().unwrap().iter().map(|row| row["username"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(found("q=教师2").await, ["teacher-2"]);
        assert_eq!(found("q=teacher-1").await, ["teacher-1"]);
        assert_eq!(found("role=teacher").await, ["teacher-1", "teacher-2"]);
        let school = format!("organisation_id={}", county.schools[0]);
        assert_eq!(found(&school).await, ["school-1", "teacher-1"]);
        assert_eq!(found(&format!("{school}&role=teacher")).await, ["teacher-1"]);
        assert_eq!(found(&format!("organisation_id={}&role=teacher", county.bureau)).await, ["teacher-1", "teacher-2"]);
        system.get(&format!("/v1/users?organisation_id={}", county.elsewhere)).await.refused(404, "not_found");
        let path = format!("/v1/users/{}", teachers[0].account);
        let shown = system.get(&path).await;
        let user = shown.expect(200);
        assert_eq!((&user["name"], &user["roles"][0]["organisation_name"]), (&json!("教师1"), &json!("实验小学")));
        assert_eq!(system.get("/v1/users?q=教师1").await.expect(200)["data"][0], user);
        let lecturer = json!({"role": "lecturer", "organisation_id": county.bureau.to_string()});
        system.post(&format!("{path}/roles"), lecturer).await.expect(201);
        assert_ne!(system.get(&path).await.etag(), shown.etag(), "another role looks different");
    }

    async fn a_school_sees_the_accounts_of_its_own_and_resets_those_that_are_a_teachers_alone(county: County) {
        let [mine, other] = [county.add_teacher(1, county.schools[0]), county.add_teacher(2, county.schools[1])];
        let (school, system) = (county.sign_in("school-1"), county.sign_in("system"));
        let list = school.get("/v1/users?include=total").await.expect(200);
        assert_eq!((&list["total"], &list["data"][0]["username"]), (&json!(1), &json!("teacher-1")));
        let place = |teacher: shixun_domain::id::AccountId| format!("/v1/users/{teacher}");
        school.get(&place(mine.account)).await.expect(200);
        school.get(&format!("{}/roles", place(mine.account))).await.expect(200);
        let chosen = || json!({"password": NEW});
        for path in [place(other.account), place(county.account("monitor")), place(county.account("school-1"))] {
            school.get(&path).await.refused(404, "not_found");
            school.post(&format!("{path}/password"), chosen()).await.refused(404, "not_found");
        }
        school.post(&format!("{}/password", place(mine.account)), chosen()).await.expect(204);
        assert_eq!(sign_in(county, "teacher-1", NEW).await.expect(200)["must_change_password"], true);
        let office = json!({"role": "centre", "organisation_id": county.bureau.to_string()});
        system.post(&format!("{}/roles", place(mine.account)), office).await.expect(201);
        school.post(&format!("{}/password", place(mine.account)), chosen()).await.refused(403, "account_holds_office");
        school.act(&format!("{}/disable", place(mine.account))).await.refused(403, "forbidden");
    }

    async fn teachers_without_accounts_get_them_a_portion_at_a_time(county: County) {
        let persons = two_persons(county).await;
        county.add_teacher(1, county.schools[0]);
        let system = county.sign_in("system");
        let path = format!("/v1/organisations/{}/accounts", county.bureau);
        let tried = system.post(&format!("{path}?dry_run=true"), json!({"limit": 1})).await.expect(200);
        assert_eq!((&tried["data"][0]["username"], &tried["data"][0]["initial_password"]), (&json!("t331123-00001"), &Value::Null));
        assert_eq!(tried["remaining"], 1);
        let send = || system.request(Method::POST, &path).header("Idempotency-Key", "open-1").json(&json!({"limit": 1})).send();
        let answered = send().await;
        let first = answered.expect(200);
        assert_eq!(answered.header("cache-control").as_deref(), Some("no-store"));
        assert_eq!((&first["data"][0]["name"], &first["remaining"]), (&json!("龚敏超"), &json!(1)));
        let password = first["data"][0]["initial_password"].as_str().unwrap().to_owned();
        let again = send().await;
        assert_eq!(again.header("idempotency-hit").as_deref(), Some("true"));
        assert_eq!((&again.expect(200)["data"][0]["user_id"], &again.expect(200)["data"][0]["initial_password"]), (&first["data"][0]["user_id"], &Value::Null));
        assert!(!kept_answer(county, "system", "open-1").contains(&password), "the password is kept nowhere");
        let log = county.sign_in("auditor").get("/v1/events?limit=200&object_kind=user").await.text();
        assert!(!log.contains(&password) && !log.contains("argon2") && log.contains("t331123-00001"), "{log}");
        let tokens = sign_in(county, "t331123-00001", &password).await.expect(200);
        assert_eq!(tokens["must_change_password"], true);
        let me = county.anonymous().with_token(tokens["access_token"].as_str().unwrap()).get("/v1/me").await.expect(200);
        assert_eq!((&me["person_id"], &me["roles"][0]["role"]), (&persons[0]["id"], &json!("teacher")));
        assert_eq!(me["roles"][0]["organisation_name"], "实验小学");
        let sheet = system.post(&format!("{path}?format=csv&bom=false"), json!({})).await.text();
        let lines: Vec<&str> = sheet.lines().collect();
        assert!(lines.len() == 2 && lines[1].starts_with("山区中心小学,史娟明,t331123-00002,"), "{sheet}");
        assert_eq!(system.post(&path, json!({})).await.expect(200)["data"], json!([]));
    }

    async fn a_school_opens_the_accounts_of_its_own_teachers_and_of_no_others(county: County) {
        two_persons(county).await;
        let school = county.sign_in("school-1");
        let path = |organisation: shixun_domain::id::OrganisationId| format!("/v1/organisations/{organisation}/accounts");
        for elsewhere in [county.schools[1], county.bureau, county.elsewhere] {
            school.post(&path(elsewhere), json!({})).await.refused(404, "not_found");
        }
        let opened = school.post(&path(county.schools[0]), json!({})).await.expect(200);
        assert_eq!((&opened["data"][0]["name"], &opened["remaining"]), (&json!("龚敏超"), &json!(0)));
        assert_eq!(opened["data"].as_array().unwrap().len(), 1);
        county.sign_in("centre").post(&path(county.bureau), json!({})).await.refused(403, "forbidden");
        school.post(&path(county.schools[0]), json!({"limit": 201})).await.refused(422, "invalid_field");
    }

    async fn many_who_open_accounts_at_once_make_one_for_each_person(county: County) {
        two_persons(county).await;
        let path = format!("/v1/organisations/{}/accounts", county.bureau);
        let (bureau, system) = (county.sign_in("bureau"), county.sign_in("system"));
        let (one, other) = futures_util::future::join(bureau.post(&path, json!({})), system.post(&path, json!({}))).await;
        let made: Vec<String> = [one.expect(200), other.expect(200)]
            .iter()
            .flat_map(|answer| answer["data"].as_array().unwrap().clone())
            .map(|row| row["username"].as_str().unwrap().to_owned())
            .collect();
        let distinct: std::collections::BTreeSet<&String> = made.iter().collect();
        assert_eq!((made.len(), distinct.len()), (2, 2), "{made:?}");
    }

    async fn one_changes_the_own_password_with_the_old_one_and_a_retry_is_safe(county: County) {
        let caller = county.sign_in("finance");
        let wrong = json!({"old_password": "something else", "new_password": NEW});
        caller.post("/v1/me/password", wrong).await.refused(422, "old_password_wrong");
        let body = json!({"old_password": PASSWORD, "new_password": NEW});
        let send = || caller.request(Method::POST, "/v1/me/password").header("Idempotency-Key", "own-1").json(&body).send();
        assert_eq!(send().await.status, 204);
        assert_eq!(send().await.header("idempotency-hit").as_deref(), Some("true"));
        sign_in(county, "finance", NEW).await.expect(200);
        sign_in(county, "finance", PASSWORD).await.refused(401, "sign_in_failed");
        sign_in(county, "monitor", PASSWORD).await.expect(200);
    }

    async fn every_role_is_listed_with_its_permissions_in_both_languages(county: County) {
        let roles = county.sign_in("school-1").get("/v1/roles").await.expect(200);
        let auditor = roles["data"].as_array().unwrap().iter().find(|role| role["role"] == "auditor").unwrap();
        assert_eq!((&auditor["name_zh"], &auditor["name_en"]), (&json!("审计"), &json!("auditor")));
        let first = &auditor["permissions"][0];
        assert_eq!((&first["permission"], &first["name_en"]), (&json!("read_organisations"), &json!("read organisations and areas")));
        assert_eq!(roles["data"].as_array().unwrap().len(), 10);
        county.anonymous().get("/v1/roles").await.refused(401, "unauthenticated");
    }
}
