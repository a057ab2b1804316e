//! Entity tags: what has the same tag looks the same, whoever asks, with whatever token and in whatever language; what looks
//! different has another.

use crate::{
    demo::{Demo, SMALL},
    examples::walked,
    harness::{
        both,
        database::{Kind, postgres_is_here},
    },
};
use actix_web::http::Method;
use serde_json::json;
use std::collections::BTreeSet;

/// Accounts of the demo county, of which several may read most of what the walk asks for.
pub(crate) const READERS: [&str; 9] =
    ["auditor", "centre", "bureau", "monitor", "school-01", "institution-01", "teacher-0001", "teacher-0002", "system"];

/// Every address that was read in the demo county is read again by each account with two tokens of its own, and in both languages.
async fn a_tag_stands_for_what_is_shown(kind: Kind) {
    let demo = Demo::on(kind, SMALL).await;
    let shown = walked(&demo).await;
    let before = READERS.map(|name| demo.sign_in(name));
    demo.test.advance_millis(1_000);
    let after = READERS.map(|name| demo.sign_in(name));
    let read = shown.asked.iter().filter(|(method, ..)| *method == Method::GET);
    let paths: BTreeSet<&String> = read.map(|(_, path, _)| path).collect();
    let (mut shared, mut wrong) = (0, Vec::new());
    for path in paths {
        let mut seen = Vec::new();
        for ((name, earlier), later) in READERS.iter().zip(&before).zip(&after) {
            let answer = earlier.get(path).await;
            let Some(tag) = answer.header("etag").filter(|_| answer.status == 200) else { continue };
            let unchanged = later.request(Method::GET, path).header("If-None-Match", &tag).send().await;
            if unchanged.status != 304 || !unchanged.bytes.is_empty() || unchanged.header("etag") != Some(tag.clone()) {
                wrong.push(format!("{path}: the next token of {name} is answered {}", unchanged.status));
            }
            let chinese = later.clone().in_chinese().get(path).await;
            seen.push((chinese.etag(), chinese.bytes, format!("{name} in Chinese")));
            seen.push((tag, answer.bytes, format!("{name} in English")));
        }
        shared += usize::from(seen.len() > 2);
        for (tag, bytes, who) in &seen {
            let unlike = seen.iter().filter(|(other, shown, _)| (tag == other) != (bytes == shown));
            wrong.extend(unlike.map(|(other, _, whom)| format!("{path}: {tag} for {who}, {other} for {whom}")));
        }
    }
    assert!(shared > 15, "{shared}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[actix_web::test]
async fn a_tag_stands_for_what_is_shown_on_sqlite() {
    a_tag_stands_for_what_is_shown(Kind::Sqlite).await;
}

#[actix_web::test]
async fn a_tag_stands_for_what_is_shown_on_postgres() {
    if postgres_is_here() {
        a_tag_stands_for_what_is_shown(Kind::Postgres).await;
    }
}

both! {
    async fn the_contract_and_the_catalogue_of_problems_are_sent_once(county: County) {
        for path in ["/openapi.json", "/v1/problems"] {
            let tag = county.anonymous().get(path).await.etag();
            let again = county.anonymous().request(Method::GET, path).header("If-None-Match", &tag).send().await;
            assert_eq!((again.status, again.bytes.len()), (304, 0), "{path}");
            let other = county.anonymous().request(Method::GET, path).header("If-None-Match", "\"3\"").send().await;
            assert_eq!((other.status, other.etag()), (200, tag), "{path}");
        }
    }

    async fn a_condition_that_an_operation_would_not_look_at_is_refused(county: County) {
        let approve = "/v1/enrolments/enr_a3bkg0000000000032/approve";
        let based = county.sign_in("school-1").request(Method::POST, approve).header("If-Match", "\"99\"").json(&json!({})).send().await;
        assert_eq!(based.refused(400, "invalid_header")["parameters"]["name"], "If-Match");
        county.sign_in("school-1").post(approve, json!({})).await.refused(404, "not_found");
    }
}
