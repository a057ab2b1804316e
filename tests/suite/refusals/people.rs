//! Refusals around organisations, accounts, persons and their dated facts, and files.

use super::Told;
use crate::{
    harness::{Caller, County},
    people::{NUMBERS, place, two_persons},
};
use actix_web::http::Method;
use serde_json::{Value, json};
use shixun_api::problem::Code;

pub(super) async fn organisations_and_users(told: &mut Told, county: &mut County) {
    let [person, _] = two_persons(county).await;
    let (bureau, system) = (county.sign_in("bureau"), county.sign_in("system"));
    let school = json!({"kind": "school", "code": "2133000101", "name": "另一所", "stage": "primary", "parent_id": county.bureau.to_string()});
    told.by(Code::OrganisationCodeTaken, &bureau, async |me| me.post("/v1/organisations", school.clone()).await).await;
    let below = json!({"kind": "bureau", "name": "遂昌县教育局", "parent_id": county.schools[0].to_string()});
    let own = format!("/v1/organisations/{}", county.bureau);
    let etag = bureau.get(&own).await.etag();
    told.by(Code::OrganisationParentInvalid, &bureau, async |me| me.put(&own, &etag, below.clone()).await).await;
    let second = json!({"kind": "bureau", "name": "遂昌县经济开发区社会事业局"});
    told.by(Code::OrganisationTopTaken, &bureau, async |me| me.post("/v1/organisations", second.clone()).await).await;
    let (own, school) = (own.clone(), format!("/v1/organisations/{}", county.schools[0]));
    let closing = |place: &str, verb: &'static str| {
        let place = place.to_owned();
        async move |me: &Caller<'_>| {
            let etag = me.get(&place).await.etag();
            let body = match verb {
                "close" => json!({"closed_on": "2026-08-31", "reason": "并入山区中心小学"}),
                _ => json!({"reason": "撤并方案取消"}),
            };
            me.request(Method::POST, &format!("{place}/{verb}")).header("If-Match", &etag).json(&body).send().await
        }
    };
    told.by(Code::OrganisationKindStays, &bureau, closing(&own, "close")).await;
    told.by(Code::OrganisationEmploys, &bureau, closing(&school, "close")).await;
    told.by(Code::OrganisationOpen, &bureau, closing(&school, "reopen")).await;
    let institution = format!("/v1/organisations/{}", county.institutions[1]);
    closing(&institution, "close")(&bureau).await.expect(200);
    told.by(Code::OrganisationClosed, &bureau, closing(&institution, "close")).await;
    let user = |username: &'static str, person: Value| {
        async move |me: &Caller<'_>| me.post("/v1/users", json!({"username": username, "person_id": person})).await
    };
    told.by(Code::UsernameTaken, &system, user("auditor", Value::Null)).await;
    user("teacher-a", person["id"].clone())(&system).await.expect(201);
    told.by(Code::PersonHasAccount, &system, user("teacher-b", person["id"].clone())).await;
    let disable = format!("/v1/users/{}/disable", county.account("system"));
    told.by(Code::OwnAccount, &system, async |me| me.act(&disable).await).await;
    let wrong = json!({"old_password": "something else", "new_password": "quiet river 41 lanterns"});
    told.by(Code::OldPasswordWrong, &system, async |me| me.post("/v1/me/password", wrong.clone()).await).await;
    let teacher = county.add_teacher(8, county.schools[0]);
    let office = json!({"role": "school_administrator", "organisation_id": county.schools[0].to_string()});
    let (bureau, system) = (county.sign_in("bureau"), county.sign_in("system"));
    system.post(&format!("/v1/users/{}/roles", teacher.account), office).await.expect(201);
    let reset = format!("/v1/users/{}/password", teacher.account);
    let chosen = json!({"password": "quiet river 41 lanterns"});
    told.by(Code::AccountHoldsOffice, &county.sign_in("school-1"), async |me| me.post(&reset, chosen.clone()).await)
        .await;
    bureau.post(&reset, chosen.clone()).await.expect(204);
    let waiting = county.caller(teacher.account);
    told.by(Code::PasswordChangeRequired, &waiting, async |me| me.get("/v1/sessions").await).await;
    let roles = format!("/v1/users/{}/roles", county.account("monitor"));
    let grant = json!({"role": "monitor", "organisation_id": county.bureau.to_string()});
    told.by(Code::RoleHeldAlready, &system, async |me| me.post(&roles, grant.clone()).await).await;
}

pub(super) async fn people(told: &mut Told, county: &mut County) {
    let [person, _] = two_persons(county).await;
    let centre = county.sign_in("centre");
    let at = place(&person);
    let new = |number: &str| json!({"name": "甲", "identity_number": number, "entered_on": "2014-08-01"});
    told.by(Code::IdentityNumberTaken, &centre, async |me| me.post("/v1/persons", new(NUMBERS[0])).await).await;
    let title = json!({"title": "second", "valid_from": "2015-12-01"});
    let held = centre.post(&format!("{at}/titles"), title.clone()).await.expect(201);
    told.by(Code::FactOverlaps, &centre, async |me| me.post(&format!("{at}/titles"), title.clone()).await).await;
    let end = format!("{at}/titles/{}/end", held["id"].as_str().unwrap());
    let ending = |day: &'static str| {
        let end = &end;
        async move |me: &Caller<'_>| me.post(end, json!({"last_day": day})).await
    };
    told.by(Code::FactSpanInvalid, &centre, ending("2015-11-30")).await;
    ending("2020-11-30")(&centre).await.expect(200);
    told.by(Code::FactEndedAlready, &centre, ending("2021-11-30")).await;
    let withdraw = format!("{at}/titles/{}/withdraw", held["id"].as_str().unwrap());
    let withdrawn = async |me: &Caller<'_>| me.post(&withdraw, json!({"reason": "误登职称"})).await;
    withdrawn(&centre).await.expect(200);
    told.by(Code::FactWithdrawn, &centre, withdrawn).await;
    let unemployed = centre.post("/v1/persons", new(NUMBERS[2])).await.expect(201);
    let schools = county.schools;
    let transfer = |person: &Value, to: usize, on: &'static str| {
        let path = format!("{}/transfer", place(person));
        async move |me: &Caller<'_>| me.post(&path, json!({"organisation_id": schools[to].to_string(), "on": on})).await
    };
    told.by(Code::NotEmployed, &centre, transfer(&unemployed, 0, "2026-09-01")).await;
    told.by(Code::EmployedThereAlready, &centre, transfer(&person, 0, "2026-09-01")).await;
    transfer(&person, 1, "2026-09-01")(&centre).await.expect(200);
    told.by(Code::LaterFactKnown, &centre, transfer(&person, 0, "2025-01-01")).await;
    let body = json!({"fields": ["phone"], "reason": "联系教师"});
    let reveal = async |me: &Caller<'_>| {
        me.request(Method::POST, &format!("{at}/reveal")).header("Idempotency-Key", "reveal-1").json(&body).send().await
    };
    reveal(&centre).await.expect(200);
    county.advance_millis(6 * 60_000);
    told.by(Code::RevealExpired, &centre, reveal).await;
}

pub(super) async fn imports(told: &mut Told, county: &mut County) {
    let bureau = county.sign_in("bureau");
    let import = |text: &'static str| {
        async move |me: &Caller<'_>| {
            me.request(Method::POST, "/v1/imports?kind=roster").body("text/csv", text).send().await
        }
    };
    told.by(Code::FileUnreadable, &bureau, import("")).await;
    let rows = "姓名,身份证号码,学校标识码,学段,任教学科,参加工作时间\n\
                张三,3311991981073042,2133000101,小学,数学,2014-08\n\
                李四,331199199205119087,2133009999,小学,数学,去年秋天\n";
    told.by(Code::ImportHasFaults, &bureau, import(rows)).await;
}
