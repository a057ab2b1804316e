//! The keys of the log: one takes the place of another, what was signed stays verifiable, and what is compromised is said.

use super::{
    broken,
    bundles::{exported, history, verified, verified_by},
    sequenced,
};
use crate::{
    harness::{Caller, County, both, off_runtime},
    ledger::fixture::{day, sql, write},
};
use serde_json::{Value, json};
use shixun_api::log::{
    Look,
    keys::{Fresh, ListedKey, Marked, mark_compromised, rotate},
};
use shixun_domain::{AreaCode, log::VerifierKey};
use shixun_persistence::{
    DbError, Keep,
    log::{self, LogKey},
};

const KEYS: &str = "/v1/log/keys?area=331123";

fn fresh(number: u8) -> Fresh {
    Fresh { kid: format!("key-{number}"), secret: [number; 32] }
}

fn rotated(county: &County, number: u8) -> String {
    county.advance_millis(1_000);
    write(county, move |tx| rotate(tx, &fresh(number)))
}

fn stored(county: &County) -> Vec<LogKey> {
    let db = county.app.db.clone();
    off_runtime(move || db.read_blocking(log::signature_keys).unwrap())
}

/// The list as a verifier takes it.
async fn list(caller: &Caller<'_>) -> Vec<ListedKey> {
    let answer = caller.request(actix_web::http::Method::GET, KEYS).header("Accept", "text/plain").send().await;
    assert_eq!(answer.status, 200);
    answer.text().lines().map(|line| line.parse().unwrap()).collect()
}

fn plain(key: &Value) -> VerifierKey {
    key["verifier_key"].as_str().unwrap().parse().unwrap()
}

both! {
    async fn a_key_takes_the_place_of_another_and_what_the_old_one_signed_stays_verifiable(county: County) {
        let (person, _) = history(county);
        let before = exported(county, person).await;
        let nobody = county.anonymous();
        let told = nobody.get(KEYS).await.expect(200);
        assert_eq!(told["data"].as_array().unwrap().len(), 1);
        assert_eq!((&told["data"][0]["in_use"], &told["data"][0]["valid_until"]), (&json!(true), &Value::Null));
        let old = plain(&told["data"][0]);
        let size = county.sign_in("auditor").get("/v1/log/checkpoints").await.expect(200)["data"][0]["size"].clone();

        let retired = rotated(county, 7);
        assert_eq!(sequenced(county, Look::New).1, 3, "the logs of both counties and of the province have a checkpoint by the new key");
        let told = nobody.get(KEYS).await.expect(200);
        let [now, then] = told["data"].as_array().unwrap().as_slice() else { panic!("{told:#}") };
        assert_eq!((&now["in_use"], &then["in_use"]), (&json!(true), &json!(false)));
        assert_eq!((plain(then), then["valid_until"].is_null()), (old.clone(), false));
        assert_eq!(now["origin"], then["origin"], "the name of a log never changes");
        let new = plain(now);

        let after = exported(county, person).await;
        for (bytes, key) in [(&before, &old), (&after, &new)] {
            let report = verified(bytes, std::slice::from_ref(key));
            assert_eq!(report.findings, Vec::new());
            assert!(report.logs.iter().all(|log| log.trusted && log.key.ends_with(key.to_string().rsplit('+').next().unwrap())));
            assert_eq!(verified_by(bytes, &list(&nobody).await).findings, Vec::new(), "the list has both");
            assert_eq!(verified(bytes, &[]).findings, Vec::new());
        }
        for (bytes, key) in [(&before, &new), (&after, &old)] {
            let report = verified(bytes, std::slice::from_ref(key));
            let said = report.findings.iter().any(|one| one.file == "manifest.txt" && one.code == "key" && one.detail.contains("none of the keys"));
            assert!(said, "by another key than the one that is known: {:?}", report.findings);
        }

        let auditor = county.sign_in("auditor");
        let earlier = auditor.get(&format!("/v1/log/checkpoints/{size}")).await.expect(200);
        let newest = auditor.get("/v1/log/checkpoints").await.expect(200)["data"][0].clone();
        assert_eq!((plain(&earlier), plain(&newest)), (old, new));
        auditor.get(&format!("/v1/log/proofs/consistency?from={size}&to={}", newest["size"])).await.expect(200);
        let events = auditor.get("/v1/events?object_id=key-7").await.expect(200);
        assert_eq!((&events["data"][0]["action"], &events["data"][0]["object_id"]), (&json!("rotate"), &json!("key-7")));
        assert!(!events.to_string().contains(&"07".repeat(32)), "no private half anywhere");

        let keys = stored(county);
        let gone = keys.iter().find(|key| key.kid == retired).unwrap();
        assert_eq!(gone.secret, None, "a retired key cannot sign: its private half is gone");
        assert!(gone.signer(AreaCode::new(331_123).unwrap()).is_err());
        assert_eq!(broken(county), Vec::new());
        nobody.get("/v1/log/keys?area=330101").await.refused(404, "not_found");
        nobody.get("/v1/log/keys").await.refused(400, "invalid_parameter");
    }

    async fn what_a_compromised_key_signed_is_said_by_the_verifier(county: County) {
        let (person, _) = history(county);
        let before = exported(county, person).await;
        let kid = stored(county)[0].kid.clone();
        county.advance_millis(1_000);
        let name = kid.clone();
        let marked = write(county, move |tx| mark_compromised(tx, &name, day("2020-06-01"), &fresh(7)));
        assert_eq!(marked, Marked::Replaced, "a key in use is replaced first");
        sequenced(county, Look::New);
        let nobody = county.anonymous();
        let listed = list(&nobody).await;
        assert_eq!(listed.iter().map(|key| key.compromised_on).collect::<Vec<_>>(), [None, Some(day("2020-06-01"))]);
        assert_eq!(nobody.get(KEYS).await.expect(200)["data"][1]["compromised_on"], "2020-06-01");

        let report = verified_by(&before, &listed);
        let mut said: Vec<(&str, &str)> = report.findings.iter().map(|one| (one.file.as_str(), one.code)).collect();
        said.sort_unstable();
        assert_eq!(said, [("checkpoint-330000.txt", "key"), ("checkpoint-331123.txt", "key"), ("manifest.txt", "key")]);
        assert!(report.findings.iter().all(|one| one.detail.contains("compromised from 2020-06-01 on")), "{:?}", report.findings);
        let after = exported(county, person).await;
        assert_eq!(verified_by(&after, &listed).findings, Vec::new(), "the same hours below a checkpoint by the new key");

        let again = |kid: &str, on: &'static str| {
            let kid = kid.to_owned();
            write(county, move |tx| mark_compromised(tx, &kid, day(on), &fresh(8)))
        };
        assert_eq!(again(&kid, "2020-07-01"), Marked::Done);
        assert_eq!(stored(county)[1].compromised_on, Some(day("2020-06-01")), "the earliest day stays");
        assert_eq!(again(&kid, "2020-05-01"), Marked::Done);
        assert_eq!(stored(county)[1].compromised_on, Some(day("2020-05-01")));
        assert_eq!(again("nobody", "2020-05-01"), Marked::Unknown);
        assert_eq!(stored(county).len(), 2);
    }

    async fn of_several_who_replace_the_key_at_once_each_replaces_another_and_one_is_in_use(county: County) {
        history(county);
        let at = county.clock.now();
        let replaced: Vec<String> = std::thread::scope(|scope| {
            let running: Vec<_> = (1..=6).map(|number| {
                let db = county.app.db.clone();
                scope.spawn(move || db.write_blocking(at, Keep::Commit, move |tx| -> Result<_, DbError> { rotate(tx, &fresh(number)) }).unwrap())
            }).collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let keys = stored(county);
        assert_eq!(keys.len(), 7);
        assert_eq!(keys.iter().filter(|key| key.retired_at.is_none()).count(), 1);
        assert_eq!(keys.iter().filter(|key| key.secret.is_some()).count(), 1);
        let different: std::collections::BTreeSet<&String> = replaced.iter().collect();
        assert_eq!(different.len(), 6, "{replaced:?}");
        sequenced(county, Look::New);
        assert_eq!(broken(county), Vec::new());
    }

    async fn a_checkpoint_by_a_key_that_was_retired_before_is_found(county: County) {
        history(county);
        rotated(county, 7);
        assert_eq!(broken(county), Vec::new());
        sql(county, "UPDATE log_keys SET retired_at = '2019-01-01 00:00:00' WHERE retired_at IS NOT NULL").unwrap();
        let found = broken(county);
        assert_eq!(found.iter().map(|one| one.name).collect::<Vec<_>>(), ["log_checkpoints"]);
        assert!(found[0].breaches.iter().all(|one| one.detail == "is signed by a key that was retired before"), "{found:?}");
    }
}
