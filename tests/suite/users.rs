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
        county.sign_in("school-1").get("/v1/users").await.refused(403, "forbidden");
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
