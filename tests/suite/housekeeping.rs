//! What is thrown away while the server runs, and what is not.

use crate::harness::both;
use actix_web::http::Method;
use serde_json::json;
use shixun_api::housekeeping::{Swept, sweep};

const DAY_MILLIS: i64 = 24 * 3_600_000;

both! {
    async fn kept_answers_go_after_a_day_and_refresh_tokens_when_they_have_expired(county: County) {
        let system = county.sign_in("system");
        let body = json!({"username": "clerk.a", "password": "quiet river 41 lanterns"});
        let make = || system.request(Method::POST, "/v1/users").header("Idempotency-Key", "clerk-a").json(&body).send();
        make().await.expect(201);
        county.anonymous().post("/v1/auth/login", body.clone()).await.expect(200);
        let (db, now) = (county.app.db.clone(), county.app.clock.now());

        assert_eq!(sweep(&db, now.plus_millis(DAY_MILLIS - 1)).await.unwrap(), Swept::default(), "a retry may still come");
        assert_eq!(make().await.header("idempotency-hit").as_deref(), Some("true"));
        let swept = sweep(&db, now.plus_millis(DAY_MILLIS)).await.unwrap();
        assert_eq!(swept, Swept { answers: 1, ..Swept::default() });
        let swept = sweep(&db, now.plus_millis(400 * DAY_MILLIS)).await.unwrap();
        assert_eq!(swept, Swept { refresh_tokens: 1, ..Swept::default() });
        make().await.refused(409, "username_taken");
    }
}
