//! Everybody at once, for whatever exists once: a version, a name, a step. Seats have races of their own in
//! `enrolment/races.rs`.

use crate::{
    catalogue::steps::{approved, place, planned, programme, published, session, unit, with},
    harness::{Answered, Caller, County, both, county::PASSWORD, training::identity},
    ledger::fixture::{entry, post, with_teacher},
    people::two_persons,
    policy::pack,
};
use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

/// How many go at once.
const MANY: usize = 6;

fn statuses(answers: &[Answered]) -> Vec<u16> {
    let mut found: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    found.sort_unstable();
    found
}

/// The same request by many at once: exactly one is done, and all others are refused by one code.
async fn one_of_many(what: &str, caller: &Caller<'_>, path: &str, body: Option<Value>, code: &str) {
    let send = || match &body {
        Some(body) => caller.request(Method::POST, path).json(body).send(),
        None => caller.request(Method::POST, path).send(),
    };
    let answers = join_all((0..MANY).map(|_| send())).await;
    let done = answers.iter().filter(|answer| answer.status < 300).count();
    assert_eq!(done, 1, "{what}: {:?}", statuses(&answers));
    for late in answers.iter().filter(|answer| answer.status >= 300) {
        late.refused(late.status, code);
    }
}

/// How often something stands in the event log.
async fn recorded(county: &County, action: &str) -> usize {
    let log = county.sign_in("auditor").get(&format!("/v1/events?action={action}&limit=200")).await.expect(200);
    log["data"].as_array().unwrap().len()
}

both! {
    async fn of_many_editors_with_one_version_exactly_one_is_kept(county: County) {
        let (bureau, institution, centre) = (county.sign_in("bureau"), county.sign_in("institution-1"), county.sign_in("centre"));
        let [person, _] = two_persons(county).await;
        let draft = place(&institution.post("/v1/programmes", programme(county)).await);
        let at = approved(county, programme(county)).await;
        let plan = planned(county, &at, session()).await;
        let units = institution.get(&format!("{plan}/units")).await.expect(200);
        let first_unit = format!("/v1/units/{}", units["data"][0]["id"].as_str().unwrap());
        let window = json!({"name": "2027年上半年申报", "opens_on": "2027-04-01", "closes_on": "2027-04-30"});
        let filing = place(&bureau.post("/v1/filing-windows", window.clone()).await);
        let school = json!({"kind": "school", "code": "2133000101", "name": "实验小学", "stage": "primary", "setting": "town",
            "parent_id": county.bureau.to_string()});
        let edits = [
            (&bureau, Method::PUT, format!("/v1/organisations/{}", county.schools[0]), school),
            (&bureau, Method::PUT, filing, window),
            (&centre, Method::PATCH, format!("/v1/persons/{}", person["id"].as_str().unwrap()), json!({"remark": "班级负责"})),
            (&institution, Method::PUT, draft, programme(county)),
            (&institution, Method::PUT, plan, session()),
            (&institution, Method::PUT, first_unit, unit("2026-12-06", 8)),
        ];
        for (caller, method, path, body) in edits {
            let etag = caller.get(&path).await.etag();
            let send = || caller.request(method.clone(), &path).header("If-Match", &etag).json(&body).send();
            let answers = join_all((0..MANY).map(|_| send())).await;
            assert_eq!(statuses(&answers), [200, 412, 412, 412, 412, 412], "{path}: {answers:#?}");
            for late in answers.iter().filter(|answer| answer.status == 412) {
                late.refused(412, "precondition_failed");
            }
            assert_ne!(caller.get(&path).await.etag(), etag);
        }
    }

    async fn what_may_exist_once_is_entered_once(county: County) {
        let person = with_teacher(county);
        let (bureau, centre, system) = (county.sign_in("bureau"), county.sign_in("centre"), county.sign_in("system"));
        let school = json!({"kind": "school", "code": "3133000102", "name": "第三中学", "stage": "junior",
            "parent_id": county.bureau.to_string()});
        one_of_many("a code", &bureau, "/v1/organisations", Some(school), "organisation_code_taken").await;
        let someone = json!({"name": "甲", "identity_number": identity(7).as_str(), "entered_on": "2014-08-01"});
        one_of_many("an identity number", &centre, "/v1/persons", Some(someone), "identity_number_taken").await;
        let user = json!({"username": "clerk.one", "password": "quiet river 41 lanterns"});
        one_of_many("a user name", &system, "/v1/users", Some(user), "username_taken").await;
        let own = json!({"username": "own.account", "person_id": centre.get("/v1/persons?name=甲").await.expect(200)["data"][0]["id"]});
        let answers = join_all((0..MANY).map(|number| {
            let body = with(own.clone(), json!({"username": format!("own.{number}")}));
            let system = &system;
            async move { system.post("/v1/users", body).await }
        })).await;
        assert_eq!(statuses(&answers), [201, 409, 409, 409, 409, 409], "one account a person: {answers:#?}");
        let grant = json!({"role": "auditor", "organisation_id": county.bureau.to_string()});
        let roles = format!("/v1/users/{}/roles", county.account("monitor"));
        one_of_many("a role", &system, &roles, Some(grant), "role_held_already").await;
        one_of_many("an edition", &centre, "/v1/policy-packs", Some(pack(1)), "policy_edition_taken").await;
        let hours = json!({"title": "省级骨干研修", "effective_on": "2019-07-03", "route": "mandated", "delivery_form": "lecture",
            "level": "province", "nominal": "30", "reference": "A-1"});
        let ledger = format!("/v1/teachers/{}/hour-entries", person.teacher());
        one_of_many("hours of a source", &centre, &ledger, Some(hours), "duplicate_source").await;
    }

    async fn a_fact_that_many_withdraw_at_once_is_withdrawn_once(county: County) {
        let [person, _] = two_persons(county).await;
        let centre = county.sign_in("centre");
        let own = format!("/v1/persons/{}", person["id"].as_str().unwrap());
        let title = centre.post(&format!("{own}/titles"), json!({"title": "first", "valid_from": "2016-12-01"})).await.expect(201);
        let path = format!("{own}/titles/{}/withdraw", title["id"].as_str().unwrap());
        one_of_many("a withdrawal", &centre, &path, Some(json!({"reason": "职称登错了人"})), "fact_withdrawn").await;
        assert_eq!(recorded(county, "withdraw_titles").await, 1);
    }

    async fn a_code_that_many_want_at_once_is_given_to_one(county: County) {
        let bureau = county.sign_in("bureau");
        let body = json!({"kind": "institution", "name": "培训中心", "parent_id": county.bureau.to_string()});
        let mut places = Vec::new();
        for _ in 0..MANY {
            let made = bureau.post("/v1/organisations", body.clone()).await;
            places.push((place(&made), made.etag()));
        }
        let wanted = with(body, json!({"code": "JG-2026"}));
        let answers = join_all(places.iter().map(|(place, etag)| bureau.put(place, etag, wanted.clone()))).await;
        assert_eq!(statuses(&answers), [200, 409, 409, 409, 409, 409], "{answers:#?}");
        for late in answers.iter().filter(|answer| answer.status == 409) {
            late.refused(409, "organisation_code_taken");
        }
    }

    async fn facts_of_a_kind_never_overlap_even_when_entered_at_once(county: County) {
        let [person, _] = two_persons(county).await;
        let centre = county.sign_in("centre");
        let at = format!("/v1/persons/{}", person["id"].as_str().unwrap());
        let facts = [
            ("titles", json!({"title": "second", "valid_from": "2015-12-01"})),
            ("teaching", json!({"stage": "primary", "subject": "数学", "valid_from": "2015-12-01"})),
            ("leaves", json!({"kind": "maternity", "valid_from": "2018-03-01", "valid_to": "2018-08-31"})),
            ("posts", json!({"organisation_id": county.schools[0].to_string(), "post": "middle_manager", "valid_from": "2022-08-01"})),
        ];
        for (kind, body) in facts {
            one_of_many(kind, &centre, &format!("{at}/{kind}"), Some(body), "fact_overlaps").await;
        }
        let all = centre.get(&format!("{at}/facts")).await.expect(200);
        for kind in ["employments", "titles", "teaching", "leaves", "posts"] {
            assert_eq!(all[kind].as_array().unwrap().len(), 1, "{kind}: {all:#}");
        }
    }

    async fn a_step_taken_by_many_at_once_happens_once(county: County) {
        let (institution, bureau) = (county.sign_in("institution-1"), county.sign_in("bureau"));
        let at = place(&institution.post("/v1/programmes", programme(county)).await);
        one_of_many("filing", &institution, &format!("{at}/submit"), None, "programme_wrong_state").await;
        let steps = [("return", Some(json!({"reason": "请补充"}))), ("approve", None), ("approve", None)];
        let paths: Vec<(String, Option<Value>)> = steps.into_iter().map(|(step, body)| (format!("{at}/{step}"), body)).collect();
        let decide = paths.iter().map(|(path, body)| {
            let bureau = &bureau;
            async move {
                match body {
                    Some(body) => bureau.post(path, body.clone()).await,
                    None => bureau.act(path).await,
                }
            }
        });
        let decisions = join_all(decide).await;
        assert_eq!(statuses(&decisions), [200, 409, 409], "one decision: {decisions:#?}");
        assert_eq!(recorded(county, "approve").await + recorded(county, "return").await, 1);
        let other = approved(county, with(programme(county), json!({"name": "师德"}))).await;
        let run = planned(county, &other, session()).await;
        one_of_many("publishing", &institution, &format!("{run}/publish"), None, "session_wrong_state").await;
        let stop = Some(json!({"reason": "停办"}));
        one_of_many("cancelling a session", &institution, &format!("{run}/cancel"), stop.clone(), "session_wrong_state").await;
        one_of_many("cancelling a programme", &institution, &format!("{other}/cancel"), stop, "programme_wrong_state").await;
    }

    async fn units_entered_at_once_never_overlap(county: County) {
        let institution = county.sign_in("institution-1");
        let at = approved(county, programme(county)).await;
        let run = place(&institution.post(&format!("{at}/sessions"), session()).await);
        one_of_many("a time", &institution, &format!("{run}/units"), Some(unit("2026-12-05", 8)), "units_overlap").await;
        assert_eq!(institution.get(&run).await.expect(200)["unit_count"], 1);
    }

    async fn a_unit_that_is_changed_by_many_at_once_has_a_history_without_gaps(county: County) {
        let institution = county.sign_in("institution-1");
        let at = approved(county, programme(county)).await;
        let run = published(county, &at, session()).await;
        let units = institution.get(&format!("{run}/units")).await.expect(200);
        let first = format!("/v1/units/{}", units["data"][0]["id"].as_str().unwrap());
        for round in 0..3 {
            let etag = institution.get(&first).await.etag();
            let bodies: Vec<Value> = (0..MANY)
                .map(|number| with(unit("2026-12-05", 8), json!({"place": format!("{round}-{number}"), "reason": "换教室"})))
                .collect();
            let answers = join_all(bodies.into_iter().map(|body| institution.put(&first, &etag, body))).await;
            assert_eq!(statuses(&answers), [200, 412, 412, 412, 412, 412]);
        }
        let changes = institution.get(&format!("{first}/changes")).await.expect(200);
        let rows = changes["data"].as_array().unwrap();
        assert_eq!(rows.len(), 3);
        assert!(rows.windows(2).all(|pair| pair[0]["before"] == pair[1]["after"]), "{changes:#}");
    }

    async fn a_pack_is_published_once_and_hours_are_reversed_once(county: County) {
        let person = with_teacher(county);
        let (bureau, centre) = (county.sign_in("bureau"), county.sign_in("centre"));
        let drafted = centre.post("/v1/policy-packs", pack(1)).await.expect(201);
        let publish = format!("/v1/policy-packs/{}/publish", drafted["pack"]["id"].as_str().unwrap());
        one_of_many("publication of a pack", &bureau, &publish, None, "policy_not_a_draft").await;
        assert_eq!(recorded(county, "publish").await, 1);
        let ids = post(county, vec![entry(person, "2026-05-01", "48"), entry(person, "2026-06-01", "48")]);
        let reverse = |id| format!("/v1/hour-entries/{id}/reverse");
        one_of_many("a reversal", &bureau, &reverse(ids[0]), Some(json!({"reason": "误录"})), "entry_already_reversed").await;
        let mended = json!({"reason": "误录", "replacement": {"attended": "24"}});
        one_of_many("a correction", &bureau, &reverse(ids[1]), Some(mended), "entry_already_reversed").await;
        let read = crate::ledger::fixture::statement(&bureau, person, "").await;
        assert_eq!(read["credited"], "24.00");
        let proposal = json!({"rule_id": "block.cycle", "valid_from": "2019-01-01", "valid_to": "2020-12-31", "reason": "长期病假"});
        let waiver = centre.post(&format!("/v1/teachers/{}/waivers", person.teacher()), proposal).await.expect(201);
        let waiver = format!("/v1/waivers/{}", waiver["id"].as_str().unwrap());
        let grant = json!({"decision": "grant"});
        one_of_many("a decision on a waiver", &bureau, &format!("{waiver}/decide"), Some(grant), "waiver_decided").await;
        let revoked = json!({"reason": "误批"});
        one_of_many("a revocation", &bureau, &format!("{waiver}/revoke"), Some(revoked), "waiver_not_in_force").await;
    }

    async fn a_refresh_token_exchanged_by_many_at_once_has_one_successor(county: County) {
        let nobody = county.anonymous();
        let first = nobody.post("/v1/auth/login", json!({"username": "auditor", "password": PASSWORD})).await.expect(200);
        let exchange = |token: &Value| json!({"refresh_token": token});
        let answers = join_all((0..MANY).map(|_| nobody.post("/v1/auth/refresh", exchange(&first["refresh_token"])))).await;
        let given: Vec<Value> = answers.iter().map(|answer| answer.expect(200)["refresh_token"].clone()).collect();
        assert!(given.iter().all(|token| *token == given[0]), "a request that was sent twice gets the same token");
        nobody.post("/v1/auth/refresh", exchange(&given[0])).await.expect(200);
        county.advance_millis(11_000);
        nobody.post("/v1/auth/refresh", exchange(&given[0])).await.refused(401, "refresh_reused");
    }

    async fn passwords_guessed_at_once_lock_the_account_as_those_guessed_one_by_one(county: County) {
        let nobody = county.anonymous();
        let body = |password: &str| json!({"username": "auditor", "password": password});
        let answers = join_all((0..8).map(|_| nobody.post("/v1/auth/login", body("not this one")))).await;
        assert!(answers.iter().all(|answer| matches!(answer.status, 401 | 429)), "{answers:#?}");
        nobody.post("/v1/auth/login", body(PASSWORD)).await.refused(429, "sign_in_locked");
    }

    async fn a_role_ended_by_many_at_once_ends_once(county: County) {
        let system = county.sign_in("system");
        let roles = format!("/v1/users/{}/roles", county.account("monitor"));
        let grant = json!({"role": "auditor", "organisation_id": county.bureau.to_string(), "valid_from": "2026-01-01"});
        let held = system.post(&roles, grant).await.expect(201);
        let end = format!("{roles}/{}/end", held["id"].as_str().unwrap());
        let answers = join_all((0..MANY).map(|_| system.post(&end, json!({"last_day": "2026-12-31"})))).await;
        assert_eq!(statuses(&answers)[0], 200);
        let left = system.get(&roles).await.expect(200);
        let same: Vec<&Value> = left["data"].as_array().unwrap().iter().filter(|row| row["id"] == held["id"]).collect();
        assert_eq!((same.len(), &same[0]["valid_to"]), (1, &json!("2026-12-31")));
    }

    async fn one_key_sent_by_many_at_once_has_one_effect(county: County) {
        let bureau = county.sign_in("bureau");
        let body = json!({"kind": "institution", "name": "省教师培训中心", "parent_id": county.bureau.to_string()});
        let send = || bureau.request(Method::POST, "/v1/organisations").header("Idempotency-Key", "at-once").json(&body).send();
        let answers = join_all((0..MANY).map(|_| send())).await;
        let made: Vec<Value> = answers.iter().filter(|answer| answer.status == 201).map(Answered::json).collect();
        assert!(!made.is_empty() && made.iter().all(|one| *one == made[0]), "{answers:#?}");
        for late in answers.iter().filter(|answer| answer.status != 201) {
            late.refused(409, "idempotency_running");
        }
        let list = bureau.get("/v1/organisations?kind=institution&include=total").await.expect(200);
        assert_eq!(list["total"], 3);
    }

    async fn an_own_password_changed_by_many_at_once_is_the_one_that_was_told(county: County) {
        let finance = county.sign_in("finance");
        let new = |number: usize| format!("quiet river {number} lanterns");
        let change = |number: usize| finance.post("/v1/me/password", json!({"old_password": PASSWORD, "new_password": new(number)}));
        let answers = join_all((0..MANY).map(change)).await;
        let done: Vec<usize> = (0..MANY).filter(|number| answers[*number].status == 204).collect();
        assert_eq!(done.len(), 1, "{answers:#?}");
        let sign_in = json!({"username": "finance", "password": new(done[0])});
        county.anonymous().post("/v1/auth/login", sign_in).await.expect(200);
    }
}
