//! Refusals of certificates, of their verification, and of closing a cycle.

use super::Told;
use crate::{
    certificates::certified,
    harness::County,
    ledger::fixture::{teacher, write},
};
use serde_json::{Value, json};
use shixun_api::{certificates::keys, problem::Code};

pub(super) async fn certificates(told: &mut Told, county: &mut County) {
    let person = certified(county);
    let (centre, nobody) = (county.sign_in("centre"), county.anonymous());
    told.by(Code::IssuerUnknown, &nobody, async |me| me.get("/v1/issuers/331123").await).await;
    let path = format!("/v1/teachers/{}/certificates", person.teacher());
    let issue = async || centre.post(&path, json!({"cycle": "2016-2020"})).await.expect(201);
    let (first, second) = (issue().await, issue().await);
    let revoke = |certificate: &Value| format!("/v1/certificates/{}/revoke", certificate["id"].as_str().unwrap());
    let (body, old, new) = (json!({"reason": "误发"}), revoke(&first), revoke(&second));
    told.by(Code::CertificateSuperseded, &centre, async |me| me.post(&old, body.clone()).await).await;
    centre.post(&new, body.clone()).await.expect(200);
    told.by(Code::CertificateRevoked, &centre, async |me| me.post(&new, body.clone()).await).await;
    let mut richer = second["content"].clone();
    richer["counted"] = json!("360.00");
    let shown = json!({"content": richer});
    told.by(Code::CertificateAltered, &nobody, async |me| me.post("/v1/verify", shown.clone()).await).await;
    let unknown = "/v1/verify/331123-00000-00000-00000-0000C";
    told.by(Code::CertificateUnknown, &nobody, async |me| me.get(unknown).await).await;
    let mistyped = "/v1/verify/331123-00000-00000-00000-0000D";
    told.by(Code::VerificationCodeMistyped, &nobody, async |me| me.get(mistyped).await).await;
    compromised(told, county, &second).await;
}

/// A credential that was downloaded before its key got into other hands.
async fn compromised(told: &mut Told, county: &County, certificate: &Value) {
    let (centre, nobody) = (county.sign_in("centre"), county.anonymous());
    let place = format!("/v1/certificates/{}", certificate["id"].as_str().unwrap());
    let jwt = centre.get(&format!("{place}/file?format=vc")).await.text();
    let (area, kid) = (county.bureau.area(), jsonwebtoken::decode_header(&jwt).unwrap().kid.unwrap());
    let (kid, secret) = (kid.rsplit('#').next().unwrap().to_owned(), shixun_api::signing::private_key([7; 32]));
    write(county, move |tx| keys::mark_compromised(tx, area, &kid, "2020-06-01".parse().unwrap(), ("key-7", &secret)));
    let shown = json!({"jwt": jwt});
    told.by(Code::CredentialKeyCompromised, &nobody, async |me| me.post("/v1/verify", shown.clone()).await).await;
}

pub(super) async fn closing(told: &mut Told, county: &mut County) {
    certified(county);
    teacher(county, 103, "蓝", county.schools[1]);
    let (bureau, centre) = (county.sign_in("bureau"), county.sign_in("centre"));
    let reports = "/v1/frozen-reports";
    let running = json!({"cycle": "2026-2030"});
    told.by(Code::CycleNotOver, &centre, async |me| me.post(reports, running.clone()).await).await;
    let over = json!({"cycle": "2016-2020"});
    let proposed = centre.post(reports, over.clone()).await.expect(201);
    told.by(Code::CycleClosed, &centre, async |me| me.post(reports, over.clone()).await).await;
    let place = format!("{reports}/{}", proposed["id"].as_str().unwrap());
    told.by(Code::FreezeNotFrozen, &bureau, async |me| me.get(&format!("{place}/differences")).await).await;
    let confirm = format!("{place}/confirm");
    told.by(Code::FreezeFourEyes, &centre, async |me| me.act(&confirm).await).await;
    told.by(Code::FreezeTooSoon, &bureau, async |me| me.act(&confirm).await).await;
    county.advance_millis(60_000);
    bureau.act(&confirm).await.expect(200);
    told.by(Code::FreezeSettled, &bureau, async |me| me.act(&confirm).await).await;
}
