//! What waited for somebody else's transaction rests on what that one did, and not on what was there before it waited.

use crate::{
    catalogue::steps::{put as put_version, unit, with},
    check::broken_now,
    enrolment::put,
    harness::{
        both,
        county::PASSWORD,
        off_runtime,
        rival::behind,
        training::{TestSession, at},
    },
    ledger::fixture::{day, sql},
    records::steps as records,
};
use serde_json::json;
use shixun_api::{auth::Tokens, chance::Chance, config::Config};
use shixun_domain::id::OrganisationId;

/// Holds the tree of the county, as whoever places an organisation does, and moves one below another.
fn moved(below: OrganisationId, moves: OrganisationId, top: OrganisationId) -> Vec<String> {
    let (below, moves, top) = (below.number(), moves.number(), top.number());
    vec![
        "UPDATE areas SET name = name WHERE code = 331123".to_owned(),
        format!(
            "UPDATE organisations SET parent_id = {below}, path = '/{top}/{below}/{moves}/', version = version + 1 WHERE id = {moves}"
        ),
    ]
}

both! {
    async fn an_application_sees_the_content_that_was_claimed_while_it_waited(county: County) {
        let one = county.add_teacher(1, county.schools[0]);
        let recorded = TestSession { content_key: "recorded".into(), starts_on: day("2026-12-14"), ..TestSession::default() };
        let session = county.add_session(recorded).id;
        let me = county.caller(one.account);
        me.post(&records::of(one.person), records::with("content_key", json!("recorded"))).await.expect(201);
        sql(county, "UPDATE outside_records SET content_claim = NULL").unwrap();
        let claims = [
            format!("UPDATE persons SET version = version WHERE id = {}", one.person.number()),
            "UPDATE outside_records SET content_claim = '2026-2030:recorded'".to_owned(),
        ];
        let path = format!("/v1/sessions/{session}/enrolments");
        behind(county, &claims, me.post(&path, json!({}))).await.refused(409, "content_recorded");
    }

    async fn a_unit_whose_attendance_is_recorded_meanwhile_stays_as_it_is(county: County) {
        let one = county.add_teacher(1, county.schools[0]);
        let made = county.add_session(TestSession { starts_on: day("2026-11-24"), ..TestSession::default() });
        let applied = county.caller(one.account).post(&format!("/v1/sessions/{}/enrolments", made.id), json!({})).await;
        let enrolment = applied.expect(201)["id"].clone();
        let approve = format!("{}/approve", applied.header("location").unwrap());
        county.sign_in("school-1").post(&approve, json!({})).await.expect(200);
        county.clock.set(at("2026-11-25T12:00:00"));
        let institution = county.sign_in("institution-1");
        institution.act(&format!("/v1/sessions/{}/start", made.id)).await.expect(200);
        let sheet = format!("/v1/sessions/{}/units/{}/attendance", made.id, made.units[1]);
        put(&institution, sheet, json!({"marks": [{"enrolment_id": enrolment, "mark": "present"}]})).await.expect(200);
        let records = [
            format!("UPDATE sessions SET version = version WHERE id = {}", made.id.number()),
            format!("UPDATE attendance SET unit_id = {}", made.units[0].number()),
        ];
        let place = format!("/v1/units/{}", made.units[0]);
        let body = with(unit("2026-11-24", 14), json!({"reason": "换教室"}));
        behind(county, &records, put_version(&institution, &place, body)).await.refused(409, "unit_held");
    }

    async fn what_is_entered_below_an_organisation_that_moves_moves_with_it(county: County) {
        let [school, other] = county.schools;
        let bureau = county.sign_in("bureau");
        let body = json!({"kind": "school", "code": "3133000102", "name": "教学点", "stage": "primary", "parent_id": school.to_string()});
        let made = behind(county, &moved(other, school, county.bureau), bureau.post("/v1/organisations", body)).await;
        made.expect(201);
        assert!(!broken_now(county).contains("organisation_paths"));
    }

    async fn two_organisations_are_never_each_below_the_other(county: County) {
        let [school, other] = county.schools;
        let bureau = county.sign_in("bureau");
        let place = format!("/v1/organisations/{school}");
        let etag = bureau.get(&place).await.etag();
        let body = json!({"kind": "school", "code": "2133000101", "name": "实验小学", "stage": "primary", "parent_id": other.to_string()});
        let answer = behind(county, &moved(school, other, county.bureau), bureau.put(&place, &etag, body)).await;
        answer.refused(422, "organisation_parent_invalid");
        assert!(!broken_now(county).contains("organisation_paths"));
    }

    async fn a_sign_in_does_not_outlive_the_password_or_the_account_it_was_checked_against(county: County) {
        let nobody = county.anonymous();
        let sign_in = |name: &str| nobody.post("/v1/auth/login", json!({"username": name, "password": PASSWORD}));
        let of = |name: &str, change: &str| [format!("UPDATE accounts SET {change}, version = version + 1 WHERE username = '{name}'")];
        behind(county, &of("auditor", "password_hash = 'another'"), sign_in("auditor")).await.refused(401, "sign_in_failed");
        behind(county, &of("monitor", "disabled = TRUE"), sign_in("monitor")).await.refused(401, "account_disabled");
        let locked = "locked_until = '2026-11-24 00:00:00'";
        behind(county, &of("finance", locked), sign_in("finance")).await.refused(429, "sign_in_locked");
        let tokens = sql(county, "UPDATE refresh_tokens SET revoked_at = issued_at").unwrap();
        assert_eq!(tokens, 0, "no sign-in came of it");
    }

    async fn signing_out_ends_the_successor_that_came_meanwhile_too(county: County) {
        let signed_in = county.anonymous().post("/v1/auth/login", json!({"username": "auditor", "password": PASSWORD})).await.expect(200);
        let exchange = [
            "UPDATE accounts SET version = version WHERE username = 'auditor'".to_owned(),
            "UPDATE refresh_tokens SET used_at = issued_at".to_owned(),
            "INSERT INTO refresh_tokens (area, id, account_id, family, token_hash, issued_at, expires_at) \
             SELECT area, id + 1, account_id, family, 'its successor', issued_at, expires_at FROM refresh_tokens".to_owned(),
        ];
        let sign_out = json!({"refresh_token": signed_in["refresh_token"]});
        behind(county, &exchange, county.anonymous().post("/v1/auth/logout", sign_out)).await.expect(204);
        let alive = sql(county, "UPDATE refresh_tokens SET used_at = issued_at WHERE revoked_at IS NULL").unwrap();
        assert_eq!(alive, 0);
    }

    async fn guesses_at_once_are_answered_as_often_as_guesses_one_by_one(county: County) {
        let nobody = county.anonymous();
        for name in ["auditor", "nobody-has-this-name"] {
            let guess = || nobody.post("/v1/auth/login", json!({"username": name, "password": "not this one"}));
            let answers = futures_util::future::join_all((0..12).map(|_| guess())).await;
            let told = answers.iter().filter(|answer| answer.status == 401).count();
            assert_eq!(told, 5, "{name}: {answers:#?}");
            assert!(answers.iter().all(|answer| matches!(answer.status, 401 | 429)));
        }
    }

    async fn servers_that_start_at_once_sign_with_one_key(county: County) {
        sql(county, "DELETE FROM signing_keys").unwrap();
        let (db, now) = (county.app.db.clone(), county.clock.now());
        let open = |seed: u64| {
            let db = db.clone();
            move || Tokens::open(&db, &Chance::seeded(seed), &Config::defaults().unwrap(), now).unwrap().jwks()
        };
        let first = off_runtime(open(11));
        sql(county, "UPDATE signing_keys SET kid = kid || '-kept'").unwrap();
        let kept = off_runtime(open(12));
        assert_ne!(kept, first);
        sql(county, "CREATE TABLE keys_aside AS SELECT * FROM signing_keys").unwrap();
        sql(county, "DELETE FROM signing_keys").unwrap();
        let rival = ["INSERT INTO signing_keys SELECT * FROM keys_aside".to_owned()];
        let late = behind(county, &rival, async { tokio::task::spawn_blocking(open(13)).await.unwrap() }).await;
        assert_eq!(late, kept, "the server that was late found the key of the other");
    }
}
