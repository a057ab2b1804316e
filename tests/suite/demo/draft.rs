//! The draft of rules that the demo county has: it is linted, tried on the county, edited and published.

use super::{Demo, SMALL};
use crate::harness::database::{Kind, postgres_is_here};
use serde_json::{Value, json};

async fn whoever_is_new_lints_tries_edits_and_has_the_draft_published(kind: Kind) {
    let demo = Demo::on(kind, SMALL).await;
    let (centre, bureau) = (demo.sign_in("centre"), demo.sign_in("bureau"));
    let drafts = centre.get("/v1/policy-packs?state=draft").await.expect(200);
    let row = &drafts["data"][0];
    assert_eq!(
        (&row["code"], &row["edition"], drafts["data"].as_array().unwrap().len()),
        (&json!("331123"), &json!(2), 1)
    );
    let place = format!("/v1/policy-packs/{}", row["id"].as_str().unwrap());
    let read = centre.get(&place).await;
    let etag = read.etag();
    let document = read.expect(200)["document"].clone();

    let found = centre.act(&format!("{place}/lint")).await.expect(200);
    assert_eq!(found["publishable"], true, "{found:#}");
    let kinds: Vec<&str> =
        found["findings"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"retroaction"), "the cycle it is about is past: {kinds:?}");

    let wish = json!({"document": document, "cycle": "2016-2020"});
    let tried = centre.post("/v1/policy-packs/simulate", wish).await.expect(200);
    let named = |side: &str| {
        let packs = tried[side].as_array().unwrap().iter();
        packs.map(|one| format!("{} v{}", one["code"].as_str().unwrap(), one["edition"])).collect::<Vec<_>>()
    };
    assert_eq!(
        (named("packs_before"), named("packs_after")),
        (vec!["ZJ-2016 v1".into(), "331123 v1".into()], vec!["ZJ-2016 v1".into(), "331123 v2".to_owned()])
    );
    let failed = |side: &str| tried[side]["failed"].as_i64().unwrap();
    assert!(failed("after") > failed("before"), "more is asked: {tried:#}");
    let rules = tried["rules"].as_array().unwrap();
    for id in ["it.min", "ethics.min.year", "district.min.ratio", "manager.min"] {
        let rule =
            rules.iter().find(|rule| rule["id"] == id).unwrap_or_else(|| panic!("{id} does something: {tried:#}"));
        assert_eq!(rule["before"]["rules"], json!([]));
        assert_eq!(rule["after"]["rules"], json!([{"id": id, "pack": "331123", "edition": 2}]));
    }

    // The county leaves the district's share out and sends its draft in.
    let mut own: Value = document;
    own["rules"].as_array_mut().unwrap().retain(|rule| rule["id"] != "district.min.ratio");
    own.as_object_mut().unwrap().remove("themes");
    let saved = centre.put(&place, &etag, own).await.expect(200);
    assert_eq!(saved["pack"]["state"], "draft");
    centre.act(&format!("{place}/publish")).await.refused(403, "forbidden");
    assert_eq!(bureau.act(&format!("{place}/publish")).await.expect(200)["pack"]["state"], "published");
    let standing = demo.sign_in("auditor").get("/v1/areas/331123/standing?cycle=2016-2020").await.expect(200);
    assert!(standing["all"]["failed"].as_i64().unwrap() > failed("before"));
}

#[actix_web::test]
async fn whoever_is_new_lints_tries_edits_and_has_the_draft_published_on_sqlite() {
    whoever_is_new_lints_tries_edits_and_has_the_draft_published(Kind::Sqlite).await;
}

#[actix_web::test]
async fn whoever_is_new_lints_tries_edits_and_has_the_draft_published_on_postgres() {
    if postgres_is_here() {
        whoever_is_new_lints_tries_edits_and_has_the_draft_published(Kind::Postgres).await;
    }
}
