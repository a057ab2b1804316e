//! Checkpoints and proofs over HTTP, verified by the rules of RFC 9162 alone.

use super::{checkpoint, hash, hashes, sequenced};
use crate::{
    frozen_reports::propose,
    harness::{both, witness},
    ledger::fixture::{entry, post, with_teacher},
};
use actix_web::http::Method;
use serde_json::{Value, json};
use shixun_api::log::Look;
use shixun_domain::log::{
    SignedNote, leaf_hash,
    tree::{verify_consistency, verify_inclusion},
};

both! {
    async fn a_row_is_proved_below_a_checkpoint_and_a_later_checkpoint_only_adds(county: County) {
        let person = with_teacher(county);
        let ids = post(county, (1..=5).map(|day| entry(person, &format!("2017-05-0{day}"), "8")).collect());
        sequenced(county, Look::All);
        let auditor = county.sign_in("auditor");
        let older = auditor.get("/v1/log/checkpoints").await.expect(200)["data"][0].clone();
        assert_eq!(older["origin"], "shixun/331123");
        post(county, vec![entry(person, "2017-06-01", "8")]);
        sequenced(county, Look::New);
        let page = auditor.get("/v1/log/checkpoints?limit=1").await.expect(200);
        let newer = &page["data"][0];
        let rest = auditor.get(&format!("/v1/log/checkpoints?limit=1&cursor={}", page["next_cursor"].as_str().unwrap())).await.expect(200);
        assert_eq!(rest["data"][0], older);

        let of = |view: &Value| (checkpoint(view).size, checkpoint(view).root);
        let ((from, from_root), (to, to_root)) = (of(&older), of(newer));
        let proof = auditor.get(&format!("/v1/log/proofs/consistency?from={from}&to={to}")).await.expect(200);
        assert_eq!(verify_consistency(from, to, &from_root, &to_root, &hashes(&proof["proof"])), Ok(()));

        for (query, size, root) in [("", to, to_root), (&format!("&size={from}"), from, from_root)] {
            let proof = auditor.get(&format!("/v1/log/proofs/inclusion?id={}{query}", ids[2])).await.expect(200);
            let leaf = leaf_hash(proof["leaf"].as_str().unwrap().as_bytes());
            assert_eq!((leaf, root), (hash(&proof["leaf_hash"]), hash(&proof["root"])));
            let position = proof["position"].as_u64().unwrap();
            assert_eq!(verify_inclusion(&leaf, position, size, &hashes(&proof["proof"]), &root), Ok(()));
            let by_place = auditor.get(&format!("/v1/log/proofs/inclusion?position={position}{query}")).await.expect(200);
            assert_eq!(by_place, proof);
        }
    }

    async fn a_cycle_that_was_closed_is_a_leaf_and_a_proposal_is_none(county: County) {
        with_teacher(county);
        let place = propose(&county.sign_in("centre")).await;
        let proposed = place.rsplit('/').next().unwrap();
        sequenced(county, Look::All);
        let auditor = county.sign_in("auditor");
        let path = format!("/v1/log/proofs/inclusion?id={proposed}");
        auditor.get(&path).await.refused(404, "not_found");
        county.advance_millis(60_000);
        county.sign_in("bureau").act(&format!("{place}/confirm")).await.expect(200);
        sequenced(county, Look::New);
        let proof = auditor.get(&path).await.expect(200);
        let leaf: Value = serde_json::from_str(proof["leaf"].as_str().unwrap()).unwrap();
        assert_eq!((&leaf["kind"], &leaf["content"]["cycle"]), (&json!("frozen_report"), &json!("2016-2020")));
        assert_eq!(leaf["content"]["document_sha256"].as_str().unwrap().len(), 64);
        let teacher = county.sign_in("teacher-1").get(&path).await.expect(200);
        assert!(teacher["leaf"].is_null(), "a report of the whole county is not shown to a teacher");
    }

    async fn a_leaf_is_shown_to_those_who_may_see_its_row(county: County) {
        let person = with_teacher(county);
        let other = county.add_teacher(5, county.schools[1]);
        let id = post(county, vec![entry(person, "2017-05-01", "8")])[0];
        county.sign_in("bureau").post("/v1/organisations", json!({"kind": "institution", "name": "新机构", "parent_id": county.bureau.to_string()})).await;
        sequenced(county, Look::All);
        let path = format!("/v1/log/proofs/inclusion?id={id}");
        for (caller, sees) in [
            (county.sign_in("auditor"), true),
            (county.sign_in("teacher-1"), true),
            (county.sign_in("school-1"), true),
            (county.sign_in("school-2"), false),
            (county.caller(other.account), false),
            (county.sign_in("finance"), false),
        ] {
            assert_eq!(caller.get(&path).await.expect(200)["leaf"].is_string(), sees);
        }
        let event = county.sign_in("auditor").get("/v1/events?limit=1").await.expect(200)["data"][0]["id"].clone();
        let path = format!("/v1/log/proofs/inclusion?id={}", event.as_str().unwrap_or_default());
        if event.is_string() {
            assert!(county.sign_in("auditor").get(&path).await.expect(200)["leaf"].is_string());
            assert!(county.sign_in("teacher-1").get(&path).await.expect(200)["leaf"].is_null());
        }
        let stranger = county.sign_in("elsewhere-auditor");
        for path in [
            format!("/v1/log/proofs/inclusion?id={id}"),
            "/v1/log/checkpoints?area=331123".to_owned(),
            "/v1/log/checkpoints/1?area=331123".to_owned(),
            "/v1/log/proofs/consistency?area=331123&from=1&to=1".to_owned(),
        ] {
            stranger.get(&path).await.refused(404, "not_found");
        }
        let province = county.sign_in("teacher-1").get("/v1/log/checkpoints?area=330000").await.expect(200);
        assert_eq!(province["data"][0]["origin"], "shixun/330000", "the rules of the province are no secret in its counties");
    }

    async fn a_proof_that_cannot_be_says_why(county: County) {
        let person = with_teacher(county);
        let auditor = county.sign_in("auditor");
        let id = post(county, vec![entry(person, "2017-05-01", "8")])[0];
        let path = format!("/v1/log/proofs/inclusion?id={id}");
        let behind = auditor.get(&path).await;
        behind.refused(409, "log_behind");
        assert_eq!(behind.header("retry-after").as_deref(), Some("5"));
        county.sign_in("teacher-1").get(&format!("/v1/teachers/{}/statement/bundle", person.teacher())).await.refused(409, "log_behind");
        sequenced(county, Look::All);
        let size = auditor.get(&path).await.expect(200)["size"].as_u64().unwrap();
        let nobody = shixun_domain::id::HourEntryId::new(person.area(), 7);
        auditor.get(&format!("/v1/log/proofs/inclusion?id={nobody}")).await.refused(404, "not_found");
        auditor.get(&format!("{path}&size=9999")).await.refused(404, "checkpoint_unknown");
        auditor.get("/v1/log/checkpoints/9999").await.refused(404, "checkpoint_unknown");
        for query in [
            "inclusion?id=ses_123".to_owned(),
            "inclusion".to_owned(),
            format!("inclusion?id={id}&position=1"),
            format!("inclusion?position={size}"),
            "inclusion?position=-1".to_owned(),
            format!("consistency?from={size}"),
        ] {
            auditor.get(&format!("/v1/log/proofs/{query}")).await.refused(400, "invalid_parameter");
        }
        let same = auditor.get(&format!("/v1/log/proofs/consistency?from={size}&to={size}")).await.expect(200);
        assert_eq!(same["proof"], json!([]));
        post(county, vec![entry(person, "2017-06-01", "8")]);
        sequenced(county, Look::New);
        let newest = auditor.get("/v1/log/checkpoints").await.expect(200)["data"][0]["size"].clone();
        auditor.get(&format!("/v1/log/proofs/consistency?from={newest}&to={size}")).await.refused(400, "invalid_parameter");
    }

    async fn a_witness_that_is_configured_cosigns_a_checkpoint_once(county: County) {
        sequenced(county, Look::All);
        let monitor = county.sign_in("monitor");
        let size = county.sign_in("auditor").get("/v1/log/checkpoints").await.expect(200)["data"][0]["size"].clone();
        let path = format!("/v1/log/checkpoints/{size}");
        let text = monitor.request(Method::GET, &path).header("Accept", "text/plain").send().await;
        let note: SignedNote = text.text().parse().unwrap();
        let now = u64::try_from(county.clock.now().millis() / 1_000).unwrap();
        let line = witness().cosign(note.text(), now);
        let cosign = async |line: &str| monitor.post(&format!("{path}/cosignatures"), json!({"line": line})).await;
        for _ in 0..2 {
            let view = cosign(&line).await.expect(200);
            assert_eq!(view["cosignatures"].as_array().unwrap().len(), 1);
            assert_eq!(view["cosignatures"][0]["witness"], "witness.example");
            let note: SignedNote = view["note"].as_str().unwrap().parse().unwrap();
            assert_eq!(note.verify(&witness().verifier().for_cosignatures()), Ok(Some(now)));
        }
        let stranger = shixun_domain::log::SignerKey::new("stranger.example".into(), &[3; 32]).unwrap();
        for wrong in [
            stranger.cosign(note.text(), now),
            witness().cosign("shixun/331123\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n", now),
            witness().cosign(note.text(), u64::MAX),
            witness().cosign(note.text(), now + 301),
            witness().cosign(note.text(), now - 301),
            // One that is right, and not the one that stands.
            witness().cosign(note.text(), now + 1),
            "nonsense".to_owned(),
        ] {
            cosign(&wrong).await.refused(422, "cosignature_refused");
        }
        let events = county.sign_in("auditor").get("/v1/events?action=cosign").await.expect(200);
        assert_eq!(events["data"].as_array().unwrap().len(), 1, "said once");
        county.sign_in("auditor").post(&format!("{path}/cosignatures"), json!({"line": line})).await.refused(403, "forbidden");
    }
}
