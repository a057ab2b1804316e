//! The part of the walk that is about accounts for everybody, mistakes in what is known of persons, and schools that close.

use super::{Shown, example, id};
use crate::demo::Demo;
use actix_web::http::Method;
use serde_json::{Value, json};

pub(super) async fn staff(demo: &Demo, shown: &mut Shown) {
    let (centre, system) = (demo.sign_in("centre"), demo.sign_in("system"));
    let first = async |path: &str| -> Value { centre.get(path).await.expect(200)["data"][0].clone() };
    let school = first("/v1/organisations?kind=school&stage=primary&limit=1").await;
    let teacher = first(&format!("/v1/persons?organisation_id={}&limit=1", id(&school))).await;
    let place = format!("/v1/persons/{}", id(&teacher));
    let wrong =
        json!({"organisation_id": school["id"], "post": "head", "category": "校长", "valid_from": "2026-11-01"});
    let wrong = centre.post(&format!("{place}/posts"), wrong).await.expect(201);
    shown.post(&centre, &format!("{place}/posts/{}/withdraw", id(&wrong)), example("FactWithdrawalIn")).await;
    let institution = first("/v1/organisations?kind=institution&limit=1").await;
    let place = format!("/v1/organisations/{}", id(&institution));
    shown.step(&centre, &place, "close", Some(example("OrganisationClosingIn"))).await;
    shown.step(&centre, &place, "reopen", Some(example("OrganisationReopeningIn"))).await;
    // Whoever came with a roster or one by one cannot sign in yet.
    let bureau = first("/v1/organisations?kind=bureau&limit=1").await;
    let path = format!("/v1/organisations/{}/accounts", id(&bureau));
    let opened = shown.post(&system, &path, example("OpenAccountsIn")).await;
    assert!(opened["data"][0]["initial_password"].is_string(), "{opened}");
    let sheet = format!("{path}?format=csv&bom=false");
    shown.ask(&system, Method::POST, &sheet, Some(example("OpenAccountsIn"))).await;
}
