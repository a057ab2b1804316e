//! What whoever runs a server relies on: limits and whom they concern, metrics, log lines.

use crate::harness::{
    Answered, TestApp, both,
    county::PASSWORD,
    database::{Database, Kind},
    program::{Serving, asked},
};
use actix_web::http::Method;
use serde_json::json;

async fn login(app: &TestApp, forwarded: &str) -> Answered {
    let body = json!({"username": "nobody", "password": "not this one"});
    let request = app.anonymous().request(Method::POST, "/v1/auth/login").header("X-Forwarded-For", forwarded);
    request.json(&body).send().await
}

/// Limits are kept in memory: the database makes no difference.
async fn one_sign_in_a_minute(trusted_proxies: &str) -> TestApp {
    TestApp::with(Kind::Sqlite, |config| {
        (config.sign_ins_per_minute, config.sign_ins_burst) = (1, 1);
        config.trusted_proxies = trusted_proxies.to_owned();
    })
    .await
}

#[actix_web::test]
async fn behind_a_trusted_proxy_each_client_has_limits_of_its_own() {
    let app = one_sign_in_a_minute("192.0.2.0/24").await;
    login(&app, "198.51.100.4").await.refused(401, "sign_in_failed");
    login(&app, "198.51.100.5").await.refused(401, "sign_in_failed");
    login(&app, "203.0.113.9, 198.51.100.4").await.refused(429, "rate_limited");
}

#[actix_web::test]
async fn what_somebody_else_says_of_where_it_came_from_is_not_believed() {
    let app = one_sign_in_a_minute("198.51.100.0/24").await;
    login(&app, "203.0.113.8").await.refused(401, "sign_in_failed");
    login(&app, "203.0.113.9").await.refused(429, "rate_limited");
}

#[actix_web::test]
async fn a_refusal_for_asking_too_often_says_what_is_allowed() {
    let app = one_sign_in_a_minute("").await;
    let first = login(&app, "").await;
    assert_eq!(first.header("ratelimit").as_deref(), Some("\"sign-in\";r=0"));
    let second = login(&app, "").await;
    second.refused(429, "rate_limited");
    let wait = second.header("retry-after").unwrap();
    assert_eq!(second.header("ratelimit"), Some(format!("\"sign-in\";r=0;t={wait}")));
    assert_eq!(second.header("ratelimit-policy").as_deref(), Some("\"sign-in\";q=1;w=60"));
}

both! {
    async fn every_answer_to_somebody_with_limits_says_what_is_left(county: County) {
        let auditor = county.sign_in("auditor");
        let forged = county.anonymous().with_token("rubbish");
        let body = json!({"username": "auditor", "password": PASSWORD});
        for (answer, status, name, allowed) in [
            (auditor.get("/v1/me").await, 200, "default", "q=100000;w=2000"),
            (auditor.get("/v1/sessions?limit=0").await, 400, "default", "q=100000;w=2000"),
            (county.anonymous().get("/v1/me").await, 401, "address", "q=100000;w=2000"),
            (forged.get("/v1/me").await, 401, "address", "q=100000;w=2000"),
            (county.anonymous().get("/v1/verify/nonsense").await, 400, "address", "q=100000;w=2000"),
            (county.anonymous().post("/v1/auth/login", body).await, 200, "sign-in", "q=1000;w=1000"),
        ] {
            assert_eq!(answer.status, status, "{answer:?}");
            assert!(answer.header("ratelimit").unwrap().starts_with(&format!("\"{name}\";r=")), "{answer:?}");
            assert_eq!(answer.header("ratelimit-policy"), Some(format!("\"{name}\";{allowed}")));
        }
    }

    async fn methods_that_clients_make_up_are_counted_as_one(county: County) {
        for method in ["BREW", "QUERY"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            county.anonymous().request(method, "/v1/sessions").send().await.refused(405, "method_not_allowed");
        }
        let metrics = county.anonymous().get("/metrics").await.text();
        assert!(metrics.contains("shixun_http_requests_total{method=\"other\",route=\"/v1/sessions\",status=\"405\"} 2"), "{metrics}");
        assert!(!metrics.contains("BREW"), "{metrics}");
    }

    async fn addresses_outside_of_the_contract_refuse_with_a_problem_too(county: County) {
        let nobody = county.anonymous();
        let missing = nobody.get("/docs/nothing.js").await.refused(404, "unknown_route");
        assert_eq!(missing["parameters"]["path"], "/docs/nothing.js");
    }
}

#[test]
fn each_refusal_is_one_line_of_the_log_without_personal_data() {
    let database = Database::fresh(Kind::Sqlite);
    let mut server = Serving::on(&database.address());
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let traced = format!("X-Request-Id: refused-1\r\ntraceparent: 00-{trace}-00f067aa0ba902b7-01\r\n");
    asked(server.address, "GET /livez", "X-Request-Id: read-1\r\n", "");
    asked(server.address, "GET /v1/sessions/ses_1?q=Gong", &traced, "");
    let body = json!({"username": "gong.minchao", "password": "not this one"}).to_string();
    asked(server.address, "POST /v1/auth/login", "X-Request-Id: write-1\r\nContent-Type: application/json\r\n", &body);
    let seen = server.wait_for("write-1");
    assert!(!seen.contains("read-1"), "{seen}");
    for personal in ["gong.minchao", "Gong", "ses_1", "127.0.0.1:"] {
        let lines = seen.lines().filter(|line| line.contains("answered")).collect::<Vec<_>>().concat();
        assert!(!lines.contains(personal), "{personal}: {lines}");
    }
    for words in [
        &["refused-1", trace, "method=\"GET\"", "route=\"/v1/sessions/{session_id}\"", "status=400", "ms="][..],
        &["write-1", "method=\"POST\"", "route=\"/v1/auth/login\"", "status=401", "ms="],
    ] {
        let lines: Vec<&str> = seen.lines().filter(|line| line.contains(words[0])).collect();
        assert_eq!(lines.len(), 1, "{seen}");
        assert!(lines[0].contains("INFO") && words.iter().all(|word| lines[0].contains(word)), "{}", lines[0]);
    }
}
