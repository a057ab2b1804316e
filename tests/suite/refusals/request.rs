//! Refusals that have nothing to do with what is asked for: the request itself, signing in, the system.

use super::Told;
use crate::{
    catalogue::steps::{place, programme},
    harness::{Caller, County, TestApp, county::PASSWORD, database::Kind},
    ledger::fixture::sql,
};
use actix_web::http::Method;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use shixun_api::problem::Code;

fn school(county: &County, name: &str) -> Value {
    json!({"kind": "institution", "name": name, "parent_id": county.bureau.to_string()})
}

pub(super) async fn request(told: &mut Told, county: &mut County) {
    let bureau = county.sign_in("bureau");
    let organisations = "/v1/organisations";
    let body = |content_type: &'static str, bytes: Vec<u8>| {
        async move |me: &Caller<'_>| {
            me.request(Method::POST, organisations).body(content_type, bytes.clone()).send().await
        }
    };
    told.by(Code::MalformedJson, &bureau, body("application/json", b"{\"kind\": \"school\",".to_vec())).await;
    told.by(Code::UnsupportedMediaType, &bureau, body("text/plain", b"{}".to_vec())).await;
    told.by(Code::BodyTooLarge, &bureau, body("application/json", vec![b' '; 300_000])).await;
    told.by(Code::InvalidField, &bureau, async |me| me.post(organisations, json!({"kind": "school"})).await).await;
    told.by(Code::UnknownParameter, &bureau, async |me| me.get("/v1/organisations?colour=red").await).await;
    told.by(Code::InvalidParameter, &bureau, async |me| me.get("/v1/organisations?limit=500").await).await;
    told.by(Code::InvalidCursor, &bureau, async |me| me.get("/v1/organisations?cursor=zzz").await).await;
    told.by(Code::InvalidId, &bureau, async |me| me.get("/v1/organisations/ses_a3bk65000000000013").await).await;
    told.by(Code::UnknownRoute, &bureau, async |me| me.get("/v1/organization").await).await;
    told.by(Code::MethodNotAllowed, &bureau, async |me| me.request(Method::DELETE, organisations).send().await).await;
    let foreign = format!("/v1/organisations/{}", county.elsewhere);
    told.by(Code::NotFound, &bureau, async |me| me.get(&foreign).await).await;
    let keyed = |key: &'static str, body: Value| {
        async move |me: &Caller<'_>| {
            me.request(Method::POST, organisations).header("Idempotency-Key", key).json(&body).send().await
        }
    };
    told.by(Code::InvalidHeader, &bureau, keyed("two words", json!({}))).await;
    keyed("k-1", school(county, "省教师培训中心"))(&bureau).await.expect(201);
    told.by(Code::IdempotencyMismatch, &bureau, keyed("k-1", school(county, "别的"))).await;
    let running = county.app.running.claim(county.account("bureau"), "k-2");
    told.by(Code::IdempotencyRunning, &bureau, keyed("k-2", school(county, "再一个"))).await;
    drop(running);
    let own = format!("/v1/organisations/{}", county.institutions[0]);
    let change = school(county, "县教师进修学校");
    told.by(Code::PreconditionRequired, &bureau, async |me| me.request(Method::PUT, &own).json(&change).send().await)
        .await;
    told.by(Code::PreconditionFailed, &bureau, async |me| me.put(&own, "\"7\"", change.clone()).await).await;
    let auditor = county.sign_in("auditor");
    told.by(Code::Forbidden, &auditor, async |me| me.post(organisations, change.clone()).await).await;
}

pub(super) async fn signing_in(told: &mut Told, county: &mut County) {
    let nobody = county.anonymous();
    let me = async |caller: &Caller<'_>| caller.get("/v1/me").await;
    told.by(Code::Unauthenticated, &nobody, me).await;
    let signed = |alg: &str| {
        let head = URL_SAFE_NO_PAD.encode(json!({"alg": alg, "kid": "x"}).to_string());
        format!("{head}.{}.c2ln", URL_SAFE_NO_PAD.encode("{}"))
    };
    told.by(Code::TokenMalformed, &nobody.clone().with_token("rubbish"), me).await;
    told.by(Code::TokenAlgorithm, &nobody.clone().with_token(&signed("HS256")), me).await;
    told.by(Code::TokenForeign, &nobody.clone().with_token(&signed("EdDSA")), me).await;
    for (code, other) in [
        (Code::TokenIssuer, TestApp::with(Kind::Sqlite, |config| config.issuer = "another-county".into()).await),
        (Code::TokenAudience, TestApp::with(Kind::Sqlite, |config| config.audience = "another-api".into()).await),
    ] {
        let signed = other.app.auth.tokens().sign(county.account("auditor"), county.clock.now(), "t".into()).unwrap();
        told.by(code, &nobody.clone().with_token(&signed), me).await;
    }
    let login = |username: &'static str, password: &'static str| {
        async move |me: &Caller<'_>| {
            me.post("/v1/auth/login", json!({"username": username, "password": password})).await
        }
    };
    told.by(Code::SignInFailed, &nobody, login("nobody", "not this one")).await;
    for _ in 0..5 {
        login("auditor", "not this one")(&nobody).await.expect(401);
    }
    told.by(Code::SignInLocked, &nobody, login("auditor", PASSWORD)).await;
    let exchange =
        async |me: &Caller<'_>, token: &Value| me.post("/v1/auth/refresh", json!({"refresh_token": token})).await;
    told.by(Code::RefreshInvalid, &nobody, async |me| exchange(me, &json!("x".repeat(43))).await).await;
    let reuse = async |me: &Caller<'_>| {
        let first = login("finance", PASSWORD)(me).await.expect(200);
        exchange(me, &first["refresh_token"]).await.expect(200);
        county.advance_millis(11_000);
        exchange(me, &first["refresh_token"]).await
    };
    told.by(Code::RefreshReused, &nobody, reuse).await;
    let disabled = county.sign_in("monitor");
    let disable = format!("/v1/users/{}/disable", county.account("monitor"));
    county.sign_in("system").act(&disable).await.expect(200);
    told.by(Code::AccountDisabled, &disabled, me).await;
    let late = county.sign_in("centre");
    county.advance_millis(16 * 60_000);
    told.by(Code::TokenExpired, &late, me).await;
}

pub(super) async fn system(told: &mut Told, county: &mut County) {
    let institution = county.sign_in("institution-1");
    let at = place(&institution.post("/v1/programmes", programme(county)).await);
    sql(county, "UPDATE programmes SET audience = 'not what we wrote'").unwrap();
    told.by(Code::Internal, &institution, async |me| me.get(&at).await).await;
    sql(county, "DELETE FROM __diesel_schema_migrations WHERE version >= '20261123000003'").unwrap();
    told.by(Code::SchemaOutdated, &county.anonymous(), async |me| me.get("/readyz").await).await;
}

pub(super) async fn too_often(told: &mut Told, few: &TestApp) {
    let login = async |me: &Caller<'_>| {
        me.post("/v1/auth/login", json!({"username": "nobody", "password": "not this one"})).await
    };
    login(&few.anonymous()).await.refused(401, "sign_in_failed");
    told.by(Code::RateLimited, &few.anonymous(), login).await;
}

pub(super) async fn database_away(told: &mut Told, county: &County) {
    let bureau = county.sign_in("bureau");
    let schools = async |me: &Caller<'_>| me.get("/v1/organisations?include=total").await;
    let before = schools(&bureau).await.expect(200)["total"].clone();
    county.database.shut();
    told.by(Code::Unavailable, &bureau, schools).await;
    let late = bureau.post("/v1/organisations", school(county, "迟到小学")).await;
    late.refused(503, "unavailable");
    assert!(late.header("retry-after").is_some());
    county.database.reopen();
    // The same server, without being started again; what was refused was not written.
    assert_eq!(schools(&bureau).await.expect(200)["total"], before);
    bureau.post("/v1/organisations", school(county, "准时小学")).await.expect(201);
}

pub(super) async fn full_disk(told: &mut Told, county: &County) {
    // Without a page more than there are now.
    sql(county, "PRAGMA max_page_count = 1").unwrap();
    let bureau = county.sign_in("bureau");
    let fill = async |me: &Caller<'_>| {
        for number in 0..2_000 {
            let answer = me.post("/v1/organisations", school(county, &format!("{number}{}", "长".repeat(90)))).await;
            if answer.status != 201 {
                return answer;
            }
        }
        panic!("the disk is never full")
    };
    told.by(Code::StorageFull, &bureau, fill).await;
    let count = async || bureau.get("/v1/organisations?include=total").await.expect(200)["total"].clone();
    let full = count().await;
    bureau.post("/v1/organisations", school(county, &"满".repeat(99))).await.refused(507, "storage_full");
    assert_eq!(count().await, full, "nothing half written");
    // Somebody made room.
    sql(county, "PRAGMA max_page_count = 1000000").unwrap();
    bureau.post("/v1/organisations", school(county, "有了空间的小学")).await.expect(201);
    assert_eq!(count().await.as_i64(), full.as_i64().map(|full| full + 1));
}
