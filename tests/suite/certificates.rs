//! Certificates: issued, printed, verified by everybody, superseded, revoked, and never changed.

mod paper;

use crate::{
    check::{behind_the_back, unprotect},
    harness::{Caller, County, TestApp, both, database::Kind, off_runtime},
    ledger::fixture::{entry, post, sql, statement, teacher, with_teacher, write},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use shixun_api::certificates::keys;
use shixun_domain::{
    access::Role,
    id::{HourEntryId, PersonId},
    ledger::EntryKind,
};
use shixun_persistence::ledger::NewEntry;

const CYCLE: &str = "cycle=2016-2020&as_of=2020-12-31";

/// Issues a certificate of the cycle of the worked examples.
async fn issue(caller: &Caller<'_>, person: PersonId) -> Value {
    let path = format!("/v1/teachers/{}/certificates", person.teacher());
    caller.post(&path, json!({"cycle": "2016-2020"})).await.expect(201)
}

fn place(certificate: &Value) -> String {
    format!("/v1/certificates/{}", certificate["id"].as_str().unwrap())
}

fn code(certificate: &Value) -> &str {
    certificate["content"]["code"].as_str().unwrap()
}

async fn verified(county: &County, body: Value) -> Value {
    county.anonymous().post("/v1/verify", body).await.expect(200)
}

/// A person with a number that has a right check digit, as every real one has.
pub fn numbered(county: &County, person: PersonId, which: usize) {
    let number = crate::people::NUMBERS[which];
    sql(county, &format!("UPDATE persons SET identity_number = '{number}' WHERE id = {}", person.number())).unwrap();
}

/// A teacher of the first school with 78 hours and a number, who can sign in as `teacher-1`.
pub fn certified(county: &mut County) -> PersonId {
    let person = with_teacher(county);
    numbered(county, person, 1);
    post(county, vec![entry(person, "2017-05-01", "48"), entry(person, "2018-05-01", "30")]);
    person
}

/// The payload of a JWT, once its signature was checked with the published key that its header names.
async fn opened(county: &County, jwt: &str) -> Value {
    let header = jsonwebtoken::decode_header(jwt).unwrap();
    assert_eq!((header.typ.as_deref(), header.alg), (Some("vc+jwt"), jsonwebtoken::Algorithm::EdDSA));
    let kid = header.kid.unwrap();
    let address = kid.split('#').next().unwrap().strip_prefix("http://127.0.0.1:8080").unwrap();
    let issuer = county.anonymous().get(address).await.expect(200);
    let methods = issuer["verificationMethod"].as_array().unwrap();
    let method = methods.iter().find(|method| method["id"] == kid.as_str()).unwrap();
    let key: jsonwebtoken::jwk::Jwk = serde_json::from_value(method["publicKeyJwk"].clone()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    let key = jsonwebtoken::DecodingKey::from_jwk(&key).unwrap();
    let claims = jsonwebtoken::decode::<Value>(jwt, &key, &validation).unwrap().claims;
    assert_eq!(claims["issuer"]["id"].as_str().or(claims["issuer"].as_str()), issuer["id"].as_str());
    claims
}

/// The entry of the same place in the list of those that were superseded.
fn superseding(entry: &Value) -> Value {
    let list = entry["statusListCredential"].as_str().unwrap().replace("/revocation/", "/refresh/");
    json!({"statusListCredential": list, "statusPurpose": "refresh", "statusListIndex": entry["statusListIndex"]})
}

fn read_keys(county: &County, area: shixun_domain::AreaCode) -> Vec<shixun_persistence::certificates::CredentialKey> {
    let db = county.app.db.clone();
    off_runtime(move || db.read_blocking(|conn| shixun_persistence::certificates::credential_keys(conn, area)).unwrap())
}

async fn bit(county: &County, entry: &Value) -> bool {
    let address = entry["statusListCredential"].as_str().unwrap().strip_prefix("http://127.0.0.1:8080").unwrap();
    let list = county.anonymous().get(address).await;
    assert_eq!(list.status, 200);
    let claims = opened(county, &list.text()).await;
    assert_eq!(claims["credentialSubject"]["statusPurpose"], entry["statusPurpose"]);
    let text = claims["credentialSubject"]["encodedList"].as_str().unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix('u').unwrap()).unwrap();
    let mut bits = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(bytes.as_slice()), &mut bits).unwrap();
    let index: usize = entry["statusListIndex"].as_str().unwrap().parse().unwrap();
    bits[index / 8] & (0x80 >> (index % 8)) != 0
}

both! {
    async fn a_certificate_says_what_the_statement_says_and_anybody_can_verify_it(county: County) {
        let person = certified(county);
        let made = issue(&county.sign_in("teacher-1"), person).await;
        let read = statement(&county.sign_in("centre"), person, CYCLE).await;
        let content = &made["content"];
        for field in ["verdict", "owed", "credited", "counted", "missing", "as_of"] {
            assert_eq!(content[field], read[field], "{field}");
        }
        assert_eq!(content["entries"].as_array().unwrap().len(), 2);
        assert_eq!(content["requirements"].as_array().unwrap().len(), read["requirements"].as_array().unwrap().len());
        let named = |name: &str| content["requirements"].as_array().unwrap().iter().any(|one| one["name_zh"] == name);
        assert!(named("周期总学时2016-2020周期") && named("集中培训2016-2020周期"), "names without figures: {content:#}");
        assert_eq!((&made["state"], &made["number"]), (&json!("valid"), &json!("331123-2016-2020-000001")));
        let whole = crate::people::NUMBERS[1];
        assert!(!made.to_string().contains(whole) && content["holder"]["identity_number"].as_str().unwrap().contains("****"));
        let jwt = county.sign_in("teacher-1").get(&format!("{}/file?format=vc", place(&made))).await.text();
        let typed = code(&made).to_lowercase().replace('-', " ");
        let reordered: Value = serde_json::from_str(&content.to_string()).unwrap();
        for shown in [json!({"code": typed}), json!({"jwt": jwt}), json!({"content": reordered})] {
            let told = verified(county, shown).await;
            assert_eq!((&told["valid"], &told["state"], &told["content"]), (&json!(true), &json!("valid"), content));
            assert_eq!(told["digest"], made["digest"]);
        }
        let address = content["verify_at"].as_str().unwrap().strip_prefix("http://127.0.0.1:8080").unwrap();
        assert_eq!(county.anonymous().get(address).await.expect(200)["content"], *content, "the QR code leads to the content");
    }

    async fn what_was_altered_forged_or_mistyped_is_told_apart(county: County) {
        let person = certified(county);
        let centre = county.sign_in("centre");
        let made = issue(&centre, person).await;
        let jwt = centre.get(&format!("{}/file?format=vc", place(&made))).await.text();
        let nobody = county.anonymous();
        let refused = async |body: Value, status: u16, code: &str| {
            nobody.post("/v1/verify", body).await.refused(status, code);
        };
        let mut richer = made["content"].clone();
        richer["counted"] = json!("360.00");
        refused(json!({"content": richer}), 422, "certificate_altered").await;
        let parts: Vec<&str> = jwt.split('.').collect();
        let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        claims["credentialSubject"]["creditsEarned"] = json!(360.0);
        let altered = format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims.to_string()), parts[2]);
        refused(json!({"jwt": altered}), 422, "certificate_altered").await;
        let unsigned = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"vc+jwt"}"#), parts[1]);
        refused(json!({"jwt": unsigned}), 422, "certificate_altered").await;
        refused(json!({"jwt": "a.b.c"}), 404, "certificate_unknown").await;
        let own = code(&made);
        let wrong = own.replace(own.chars().nth(8).unwrap(), if own.chars().nth(8) == Some('7') { "8" } else { "7" });
        if wrong.starts_with("331123") {
            refused(json!({"code": wrong}), 400, "verification_code_mistyped").await;
        }
        refused(json!({"code": "331123-00000-00000-00000-0000C"}), 404, "certificate_unknown").await;
        nobody.get("/v1/verify/331123-00000-00000-00000-0000C").await.refused(404, "certificate_unknown");
        nobody.get("/v1/verify/hello").await.refused(400, "verification_code_mistyped");
        refused(json!({}), 422, "invalid_field").await;
        refused(json!({"code": own, "jwt": jwt}), 422, "invalid_field").await;
        refused(json!({"content": {"number": "1"}}), 404, "certificate_unknown").await;
        // What somebody holds is held against what is kept, whoever changed that.
        nobody.post("/v1/verify", json!({"jwt": jwt})).await.expect(200);
        behind_the_back(county, &unprotect(county.database.kind(), "certificates"));
        behind_the_back(county, &["UPDATE certificates SET digest = '0' || digest".to_owned()]);
        refused(json!({"jwt": jwt}), 422, "certificate_altered").await;
    }

    async fn a_later_certificate_supersedes_and_a_revocation_says_when_and_why(county: County) {
        let person = certified(county);
        let centre = county.sign_in("centre");
        let first = issue(&centre, person).await;
        county.advance_millis(60_000);
        post(county, vec![entry(person, "2019-05-01", "10")]);
        let second = issue(&centre, person).await;
        assert_eq!(second["content"]["counted"], "88.00");
        let told = verified(county, json!({"code": code(&first)})).await;
        assert_eq!((&told["valid"], &told["state"]), (&json!(false), &json!("superseded")));
        assert_eq!(told["superseded_by"], json!({"number": second["number"], "issued_at": second["issued_at"]}));
        assert_eq!(told["content"]["counted"], "78.00", "what was issued stays as it was");
        let revoke = |certificate: &Value| format!("{}/revoke", place(certificate));
        let reason = json!({"reason": "学时认定有误，请电19943192252"});
        centre.post(&revoke(&first), reason.clone()).await.refused(409, "certificate_superseded");
        county.advance_millis(60_000);
        let revoked = county.sign_in("bureau").post(&revoke(&second), reason.clone()).await.expect(200);
        assert_eq!(revoked["state"], "revoked");
        centre.post(&revoke(&second), reason).await.refused(409, "certificate_revoked");
        let told = verified(county, json!({"code": code(&second)})).await;
        assert_eq!((&told["valid"], &told["state"]), (&json!(false), &json!("revoked")));
        assert_eq!(told["revocation"], json!({"reason": "学时认定有误，请电19*******52", "at": county.clock.now().to_string()}));
        let third = issue(&centre, person).await;
        let list = centre.get(&format!("/v1/teachers/{}/certificates", person.teacher())).await.expect(200);
        let states: Vec<&Value> = list["data"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
        assert_eq!(states, ["valid", "revoked", "superseded"]);
        assert_eq!(list["data"][0]["number"], third["number"]);
        let page = centre.get(&format!("/v1/teachers/{}/certificates?limit=2", person.teacher())).await.expect(200);
        let cursor = page["next_cursor"].as_str().unwrap();
        let rest = centre.get(&format!("/v1/teachers/{}/certificates?limit=2&cursor={cursor}", person.teacher())).await;
        assert_eq!(rest.expect(200)["data"].as_array().unwrap().len(), 1);
        let other = centre.post(&format!("/v1/teachers/{}/certificates", person.teacher()), json!({})).await.expect(201);
        let told = verified(county, json!({"code": code(&third)})).await;
        assert_eq!((told["valid"].as_bool(), &other["cycle"]), (Some(true), &json!("2026-2030")), "another cycle is another matter");
    }

    async fn a_correction_of_hours_supersedes_what_was_issued_before_it_and_nothing_else(county: County) {
        let person = certified(county);
        let of_next_cycle = post(county, vec![entry(person, "2021-05-01", "20")])[0];
        let centre = county.sign_in("centre");
        let first = issue(&centre, person).await;
        let verify = async |certificate: &Value| verified(county, json!({"code": code(certificate)})).await;
        county.advance_millis(60_000);
        let late = post(county, vec![entry(person, "2019-05-01", "10")])[0];
        let take_off = |id, of: NewEntry| NewEntry {
            kind: EntryKind::Reversed,
            refers_to: Some(id),
            source_key: format!("reversal:{id}"),
            amounts: of.amounts.reversed(),
            reason: Some("误录".into()),
            ..of
        };
        post(county, vec![
            take_off(of_next_cycle, entry(person, "2021-05-01", "20")),
            take_off(late, entry(person, "2019-05-01", "10")),
        ]);
        let told = verify(&first).await;
        assert_eq!((&told["valid"], &told["corrected_at"]), (&json!(true), &Value::Null), "neither was in it");
        county.advance_millis(60_000);
        let listed = centre.get(&format!("/v1/teachers/{}/hour-entries?limit=200", person.teacher())).await.expect(200);
        let entry_of = |day: &str| listed["data"].as_array().unwrap().iter().find(|row| row["effective_on"] == day).unwrap()["id"].clone();
        let wrong: HourEntryId = entry_of("2017-05-01").as_str().unwrap().parse().unwrap();
        post(county, vec![take_off(wrong, entry(person, "2017-05-01", "48"))]);
        let told = verify(&first).await;
        assert_eq!((&told["valid"], &told["state"]), (&json!(false), &json!("superseded")));
        assert_eq!((&told["corrected_at"], &told["superseded_by"]), (&json!(county.clock.now().to_string()), &Value::Null));
        let list = centre.request(actix_web::http::Method::GET, &format!("{}/file?format=vc", place(&first))).send().await;
        let claims = opened(county, &list.text()).await;
        assert!(bit(county, &superseding(&claims["credentialStatus"])).await && !bit(county, &claims["credentialStatus"]).await);
        let second = issue(&centre, person).await;
        assert_eq!((&second["state"], &second["content"]["counted"]), (&json!("valid"), &json!("30.00")));
        let summary = centre.get(&format!("/v1/teachers/{}/certificates", person.teacher())).await.expect(200);
        assert_eq!(summary["data"][1]["superseded_by"]["number"], second["number"]);
        // Nobody stands in the place of one of which hours were corrected, so that it may still be revoked.
        county.advance_millis(60_000);
        let other: HourEntryId = entry_of("2018-05-01").as_str().unwrap().parse().unwrap();
        post(county, vec![take_off(other, entry(person, "2018-05-01", "30"))]);
        assert_eq!(verify(&second).await["state"], "superseded");
        centre.post(&format!("{}/revoke", place(&second)), json!({"reason": "误发"})).await.expect(200);
    }

    async fn a_credential_is_checked_with_the_published_key_and_its_status_is_public(county: County) {
        let person = certified(county);
        let centre = county.sign_in("centre");
        county.anonymous().get("/v1/issuers/331123").await.refused(404, "issuer_unknown");
        let (first, second) = (issue(&centre, person).await, issue(&centre, person).await);
        let ask = async |certificate: &Value| {
            centre.get(&format!("{}/file?format=vc", place(certificate))).await
        };
        let answer = ask(&first).await;
        assert_eq!(answer.header("content-type").as_deref(), Some("application/vc+jwt"));
        let claims = opened(county, &answer.text()).await;
        assert_eq!(claims["type"], json!(["VerifiableCredential", "OpenBadgeCredential"]));
        assert_eq!(claims["credentialSubject"]["creditsEarned"], 78.0);
        assert_eq!(claims["evidence"][0]["description"], format!("sha256:{}", first["digest"].as_str().unwrap()));
        assert_eq!(ask(&first).await.bytes, answer.bytes, "the same bytes each time");
        let later = opened(county, &ask(&second).await.text()).await;
        let status = |claims: &Value| (claims["credentialStatus"].clone(), superseding(&claims["credentialStatus"]));
        let ((revoked, superseded), (revoked_2, superseded_2)) = (status(&claims), status(&later));
        assert!(!bit(county, &revoked).await && bit(county, &superseded).await);
        assert!(!bit(county, &revoked_2).await && !bit(county, &superseded_2).await);
        centre.post(&format!("{}/revoke", place(&second)), json!({"reason": "误发"})).await.expect(200);
        assert!(bit(county, &revoked_2).await && !bit(county, &revoked).await);
        county.anonymous().get("/v1/status-lists/331123/revocation/2").await.refused(404, "issuer_unknown");
        county.anonymous().get("/v1/status-lists/331123/colour/1").await.refused(400, "invalid_id");
        county.anonymous().get("/v1/issuers/331124").await.refused(404, "issuer_unknown");
        let session = county.sign_in("auditor").with_token(&answer.text()).get("/v1/me").await;
        session.refused(401, "token_foreign");
    }

    async fn a_credential_has_the_form_that_validators_of_open_badges_ask_for(county: County) {
        let person = certified(county);
        let centre = county.sign_in("centre");
        let certificate = issue(&centre, person).await;
        let asked = centre.request(actix_web::http::Method::GET, &format!("{}/file?format=vc", place(&certificate)));
        let jwt = asked.send().await.text();
        let claims = opened(county, &jwt).await;
        // OB 3.0, class AchievementCredential: one object. A list is good for W3C and fails the schema of 1EdTech.
        let status = &claims["credentialStatus"];
        assert_eq!((&status["type"], &status["statusPurpose"]), (&json!("BitstringStatusListEntry"), &json!("revocation")));
        assert!(status["id"].is_string() && status["statusListIndex"].is_string());
        // OB 3.0, 8.2.4: what the claims of the JWT have to say.
        let seconds = chrono::DateTime::parse_from_rfc3339(claims["validFrom"].as_str().unwrap()).unwrap().timestamp();
        let expected = (&claims["issuer"]["id"], &claims["id"], &claims["credentialSubject"]["id"], seconds);
        assert_eq!((&claims["iss"], &claims["jti"], &claims["sub"], claims["nbf"].as_i64().unwrap()), expected);
        for field in ["@context", "type", "evidence"] {
            assert!(claims[field].is_array(), "{field}");
        }
        for pointer in ["/issuer/type", "/credentialSubject/type", "/credentialSubject/identifier", "/credentialSubject/achievement/type"] {
            assert!(claims.pointer(pointer).unwrap().is_array(), "{pointer}");
        }
        for pointer in ["/id", "/name", "/description", "/criteria/narrative"] {
            assert!(claims["credentialSubject"]["achievement"].pointer(pointer).unwrap().is_string(), "{pointer}");
        }
        // OB 3.0, 8.2.4: the kid leads to the key, also for those who look into a set of keys.
        let kid = jsonwebtoken::decode_header(&jwt).unwrap().kid.unwrap();
        let issuer = county.anonymous().get("/v1/issuers/331123").await.expect(200);
        let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(json!({"keys": issuer["keys"]})).unwrap();
        let found = set.find(kid.split('#').nth(1).unwrap()).unwrap();
        assert_eq!(serde_json::to_value(found).unwrap(), issuer["verificationMethod"][0]["publicKeyJwk"]);
        // The terms of a list are those of https://www.w3.org/ns/credentials/v2, which knows iss and iat and no jti.
        let list = status["statusListCredential"].as_str().unwrap().strip_prefix("http://127.0.0.1:8080").unwrap();
        let list = opened(county, &county.anonymous().get(list).await.text()).await;
        let terms: std::collections::BTreeSet<&str> = list.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(terms.into_iter().collect::<Vec<_>>(), ["@context", "credentialSubject", "iat", "id", "iss", "issuer", "type", "validFrom"]);
    }

    async fn credentials_of_before_stay_valid_when_the_key_is_replaced_and_are_refused_when_it_was_compromised(county: County) {
        let person = certified(county);
        let centre = county.sign_in("centre");
        let certificate = issue(&centre, person).await;
        let ask = async || {
            let asked = centre.request(actix_web::http::Method::GET, &format!("{}/file?format=vc", place(&certificate)));
            asked.send().await.text()
        };
        let kid = |jwt: &str| jsonwebtoken::decode_header(jwt).unwrap().kid.unwrap();
        let area = person.area();
        let before = ask().await;
        county.advance_millis(1_000);
        let secret = shixun_api::signing::private_key([7; 32]);
        let old = write(county, move |tx| keys::rotate(tx, area, "key-7", &secret)).unwrap();
        assert!(kid(&before).ends_with(&format!("#{old}")));
        let after = ask().await;
        assert!(kid(&after).ends_with("#key-7"), "what is made from now on is signed by the new key");
        for jwt in [&before, &after] {
            assert_eq!(opened(county, jwt).await["id"], format!("http://127.0.0.1:8080{}", place(&certificate)), "by the published keys");
            assert_eq!(verified(county, json!({"jwt": jwt})).await["valid"], true);
        }
        let issuer = county.anonymous().get("/v1/issuers/331123").await.expect(200);
        let methods = issuer["verificationMethod"].as_array().unwrap();
        assert_eq!((methods[0]["valid_until"].is_null(), methods[1]["valid_until"].is_null()), (true, false));
        assert_eq!(issuer["assertionMethod"].as_array().unwrap().len(), 2);
        let private = read_keys(county, area);
        assert_eq!(private.iter().map(|key| key.private_key.is_some()).collect::<Vec<_>>(), [true, false], "a retired key cannot sign");

        let marked = write(county, move |tx| keys::mark_compromised(tx, area, &old, "2020-06-01".parse().unwrap(), ("key-8", "")));
        assert!(marked);
        let told = county.anonymous().post("/v1/verify", json!({"jwt": before})).await.refused(422, "credential_key_compromised");
        assert_eq!(told["parameters"]["day"], "2020-06-01");
        assert_eq!(verified(county, json!({"jwt": after})).await["valid"], true);
        assert_eq!(verified(county, json!({"code": code(&certificate)})).await["valid"], true, "the code still leads to it");
        let issuer = county.anonymous().get("/v1/issuers/331123").await.expect(200);
        assert_eq!(issuer["verificationMethod"][1]["revoked"], "2020-06-01T00:00:00.000+08:00");
        assert_eq!(issuer["assertionMethod"], json!([kid(&after)]), "no longer one to sign with");
        assert_eq!(issuer["keys"], json!([issuer["verificationMethod"][0]["publicKeyJwk"]]), "nor one that a verifier finds");
        for (action, object) in [("mark_compromised", kid(&before)), ("rotate", kid(&after))] {
            let events = county.sign_in("auditor").get(&format!("/v1/events?action={action}")).await.expect(200);
            let found = &events["data"][0];
            assert_eq!((&found["object_kind"], found["object_id"].as_str()), (&json!("credential_key"), object.split('#').nth(1)));
        }
        assert!(!write(county, move |tx| keys::mark_compromised(tx, area, "nobody", "2020-06-01".parse().unwrap(), ("key-9", ""))));
        let elsewhere = shixun_domain::AreaCode::new(331_124).unwrap();
        assert_eq!(write(county, move |tx| keys::rotate(tx, elsewhere, "key-9", "")), None, "who has issued nothing has no key");
    }

    async fn an_expiry_in_a_credential_is_in_nobody_s_way_and_one_that_was_added_is_a_change(county: County) {
        let person = certified(county);
        let centre = county.sign_in("centre");
        let certificate = issue(&centre, person).await;
        let asked = centre.request(actix_web::http::Method::GET, &format!("{}/file?format=vc", place(&certificate)));
        let jwt = asked.send().await.text();
        let claims = opened(county, &jwt).await;
        let key = read_keys(county, person.area()).remove(0);
        let signer = shixun_api::signing::key(&key.kid, key.private_key.as_deref().unwrap()).unwrap();
        // Hours do not expire: whether a certificate holds is for the register to say, whatever else a credential carries.
        for (seconds, until) in [(4_102_444_800_i64, "2100-01-01T00:00:00Z"), (946_684_800, "2000-01-01T00:00:00Z")] {
            let mut expiring = claims.clone();
            (expiring["exp"], expiring["validUntil"]) = (json!(seconds), json!(until));
            let header = jsonwebtoken::decode_header(&jwt).unwrap();
            let signed = jsonwebtoken::encode(&header, &expiring, &signer.encoding).unwrap();
            assert_eq!(verified(county, json!({"jwt": signed})).await["state"], "valid", "{until}");
            let (head, rest) = jwt.split_once('.').unwrap();
            let (_, signature) = rest.split_once('.').unwrap();
            let added = format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(expiring.to_string()));
            county.anonymous().post("/v1/verify", json!({"jwt": added})).await.refused(422, "certificate_altered");
        }
    }

    async fn paper_and_workbook_are_the_same_whenever_they_are_made(county: County) {
        let person = certified(county);
        let many = (0..70).map(|n| entry(person, &format!("2019-{:02}-{:02}", n % 12 + 1, n / 12 + 1), "1")).collect();
        post(county, many);
        let teacher = county.sign_in("teacher-1");
        let made = issue(&teacher, person).await;
        let pdf = teacher.get(&format!("{}/file?format=pdf", place(&made))).await;
        assert_eq!(pdf.header("content-type").as_deref(), Some("application/pdf"));
        assert!(pdf.bytes.starts_with(b"%PDF-") && pdf.header("content-disposition").unwrap().contains(".pdf"));
        assert!(pdf.bytes.len() < 300_000, "only the letters that are used: {}", pdf.bytes.len());
        let english = teacher.clone().in_chinese().get(&format!("{}/file?format=pdf", place(&made))).await;
        assert_ne!(pdf.bytes, english.bytes, "each in its language");
        county.advance_millis(120_000);
        post(county, vec![entry(person, "2020-05-01", "9")]);
        sql(county, "UPDATE persons SET name = '改名', version = version + 1 WHERE id = 101").unwrap();
        issue(&county.sign_in("centre"), person).await;
        let again = county.sign_in("auditor").get(&format!("{}/file?format=pdf", place(&made))).await;
        assert!(again.bytes == pdf.bytes, "the paper does not depend on when and by whom it is printed");
        let book = teacher.get(&format!("{}/file?format=xlsx", place(&made))).await;
        let mut workbook: calamine::Xlsx<_> = calamine::Reader::new(std::io::Cursor::new(book.bytes)).unwrap();
        let names = calamine::Reader::sheet_names(&workbook);
        assert_eq!(names, ["Certificate", "Requirements", "Entries"]);
        let rows = calamine::Reader::worksheet_range(&mut workbook, "Entries").unwrap();
        assert_eq!(rows.height(), 1 + 72);
        teacher.get(&format!("{}/file?format=doc", place(&made))).await.refused(400, "invalid_parameter");
    }

    async fn certificates_are_the_teacher_s_the_school_s_and_the_county_s(county: County) {
        let person = certified(county);
        let other = teacher(county, 103, "蓝", county.schools[1]);
        numbered(county, other, 0);
        county.add_account("teacher-2", Role::Teacher, county.schools[1], Some(other));
        let issuing = format!("/v1/teachers/{}/certificates", person.teacher());
        let body = json!({"cycle": "2016-2020"});
        let made = county.sign_in("school-1").post(&issuing, body.clone()).await.expect(201);
        for name in ["teacher-1", "school-1", "bureau", "centre", "monitor", "auditor"] {
            county.sign_in(name).get(&place(&made)).await.expect(200);
            county.sign_in(name).get(&issuing).await.expect(200);
        }
        for name in ["teacher-2", "school-2", "elsewhere-bureau", "elsewhere-auditor", "elsewhere-school"] {
            county.sign_in(name).get(&place(&made)).await.refused(404, "not_found");
            county.sign_in(name).get(&issuing).await.refused(404, "not_found");
        }
        for name in ["teacher-2", "school-2", "elsewhere-centre"] {
            county.sign_in(name).post(&issuing, body.clone()).await.refused(404, "not_found");
        }
        county.sign_in("auditor").post(&issuing, body.clone()).await.refused(403, "forbidden");
        let revoke = format!("{}/revoke", place(&made));
        county.sign_in("elsewhere-centre").post(&revoke, json!({"reason": "x"})).await.refused(404, "not_found");
        county.sign_in("school-1").post(&revoke, json!({"reason": "x"})).await.refused(403, "forbidden");
        let nobody = shixun_domain::id::TeacherId::new(person.area(), 999);
        let missing = format!("/v1/teachers/{nobody}/certificates");
        county.sign_in("centre").post(&missing, body).await.refused(404, "not_found");
        county.sign_in("centre").get(&missing).await.refused(404, "not_found");
        county.sign_in("centre").post(&issuing, json!({"cycle": "1999-2003"})).await.refused(400, "cycle_unknown");
        let events = county.sign_in("auditor").get(&format!("/v1/events?object_id={}", made["id"].as_str().unwrap())).await;
        let events = events.expect(200);
        assert_eq!((&events["data"][0]["action"], &events["data"][0]["object_kind"]), (&json!("issue"), &json!("certificate")));
        assert!(!events.to_string().contains(code(&made)), "the log does not open certificates");
    }

    async fn nothing_of_a_certificate_is_ever_changed(county: County) {
        let person = certified(county);
        let centre = county.sign_in("centre");
        let made = issue(&centre, person).await;
        centre.post(&format!("{}/revoke", place(&made)), json!({"reason": "误发"})).await.expect(200);
        for table in ["certificates", "certificate_revocations"] {
            for statement in [format!("UPDATE {table} SET id = 1"), format!("DELETE FROM {table}")] {
                let refused = sql(county, &statement).unwrap_err().to_string();
                assert!(refused.contains("append-only"), "{statement}: {refused}");
            }
        }
    }

    async fn of_certificates_issued_at_once_one_is_valid(county: County) {
        let person = certified(county);
        let path = format!("/v1/teachers/{}/certificates", person.teacher());
        let callers: Vec<Caller<'_>> = (0..8).map(|_| county.sign_in("centre")).collect();
        let sent = callers.iter().map(|caller| caller.post(&path, json!({"cycle": "2016-2020"})));
        let answers = futures_util::future::join_all(sent).await;
        let numbers: std::collections::BTreeSet<String> =
            answers.iter().map(|answer| answer.expect(201)["number"].as_str().unwrap().to_owned()).collect();
        assert_eq!(numbers.len(), 8);
        assert_eq!(numbers.last().unwrap(), "331123-2016-2020-000008", "no number is left out");
        let list = county.sign_in("centre").get(&path).await.expect(200);
        let valid = list["data"].as_array().unwrap().iter().filter(|one| one["state"] == "valid").count();
        assert_eq!((list["data"].as_array().unwrap().len(), valid), (8, 1));
    }

    async fn of_two_who_revoke_at_once_one_is_told_that_it_was_done(county: County) {
        let person = certified(county);
        let made = issue(&county.sign_in("centre"), person).await;
        let path = format!("{}/revoke", place(&made));
        let callers: Vec<Caller<'_>> = (0..6).map(|_| county.sign_in("centre")).collect();
        let sent = callers.iter().map(|caller| caller.post(&path, json!({"reason": "误发"})));
        let answers = futures_util::future::join_all(sent).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        for lost in answers.iter().filter(|answer| answer.status != 200) {
            lost.refused(409, "certificate_revoked");
        }
    }
}

#[actix_web::test]
async fn one_address_verifies_only_so_often() {
    let few = TestApp::with(Kind::Sqlite, |config| {
        (config.address_requests_per_second, config.address_requests_burst) = (1, 3);
    })
    .await;
    let nobody = few.anonymous();
    for _ in 0..3 {
        nobody.get("/v1/verify/331123-00000-00000-00000-0000C").await.refused(404, "certificate_unknown");
    }
    nobody.get("/v1/verify/331123-00000-00000-00000-0000C").await.refused(429, "rate_limited");
    nobody.post("/v1/verify", json!({"code": "331123-00000-00000-00000-0000C"})).await.refused(429, "rate_limited");
}
