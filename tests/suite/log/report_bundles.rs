//! Bundles of frozen reports: made again offline from the leaves, and whatever is changed in one is found and named.

use super::{
    bundles::{Files, at_fault, file, keys, packed, unpacked, verified},
    sequenced,
};
use crate::{
    frozen_reports::{frozen, people, propose},
    harness::{County, both, database::Kind},
    ledger::fixture::{corrected, entry, post, sql, teacher},
};
use serde_json::{Value, json};
use shixun_api::log::Look;
use shixun_domain::log::SignerKey;

/// The bundle of a frozen report.
async fn exported(county: &County, place: &str) -> Vec<u8> {
    let answer = county.sign_in("auditor").get(&format!("{place}/bundle")).await;
    assert_eq!((answer.status, answer.header("content-type").as_deref()), (200, Some("application/zip")));
    let id = place.rsplit('/').next().unwrap();
    let expected = format!("attachment; filename=\"report-{id}.zip\"");
    assert_eq!(answer.header("content-disposition"), Some(expected));
    answer.bytes
}

fn text(files: &mut Files, name: &str) -> String {
    String::from_utf8(file(files, name).clone()).unwrap()
}

both! {
    async fn a_frozen_report_is_exported_with_what_proves_it_and_is_made_again_offline(county: County) {
        let (_, ids) = people(county);
        // Of all that belongs into the bundle, the report alone is not in the log yet.
        sequenced(county, Look::All);
        let place = frozen(county).await;
        county.sign_in("auditor").get(&format!("{place}/bundle")).await.refused(409, "log_behind");
        // What happens afterwards belongs to the differences, and not to the report.
        county.advance_millis(60_000);
        corrected(county, ids[0], json!({"reason": "误录"})).await;
        sql(county, "UPDATE persons SET name = '改名', retires_on = '2019-08-31', version = version + 1 WHERE id = 103").unwrap();
        let document = crate::catalogue::steps::with(crate::policy::pack(2), json!({"valid": {"from": "2019-01-01"}}));
        let later = county.sign_in("centre").post("/v1/policy-packs", document).await.expect(201);
        let later = later["pack"]["id"].as_str().unwrap();
        county.sign_in("bureau").act(&format!("/v1/policy-packs/{later}/publish")).await.expect(200);
        sequenced(county, Look::All);
        let bytes = exported(county, &place).await;
        assert_eq!(exported(county, &place).await, bytes, "the same file each time");
        for given in [Vec::new(), keys(county)] {
            let report = verified(&bytes, &given);
            assert_eq!(report.findings, Vec::new());
            assert_eq!((report.reports, report.statements, report.logs.len()), (1, 0, 2), "the county's log and the province's");
            assert!(report.logs.iter().all(|log| log.trusted != given.is_empty()));
        }
        let mut files = unpacked(&bytes);
        assert_eq!(*file(&mut files, "report.json"), county.sign_in("auditor").get(&place).await.bytes, "the bytes that were frozen");
        let entries = text(&mut files, "entries/00001.jsonl");
        assert!(entries.contains(&ids[0].to_string()), "the entry that was reversed later stands in it");
        assert!(!entries.contains("\"kind\":\"reversed\""), "and its reversal does not");
        assert!(!entries.contains(&ids[1].to_string()), "nor do hours of the next cycle");
        assert!(!text(&mut files, "leaves.jsonl").contains(later), "nor does a pack that was published later");
        let leaf: Value = text(&mut files, "leaves.jsonl").lines().map(|line| serde_json::from_str(line).unwrap())
            .find(|leaf: &Value| leaf["kind"] == "frozen_report").unwrap();
        assert_eq!(leaf["content"]["document_sha256"], shixun_api::canonical::digest(&text(&mut files, "report.json")));
    }

    async fn a_bundle_of_a_report_is_for_those_who_read_the_hours_of_the_whole_county(county: County) {
        people(county);
        let proposed = propose(&county.sign_in("centre")).await;
        county.sign_in("auditor").get(&format!("{proposed}/bundle")).await.refused(409, "freeze_not_frozen");
        county.sign_in("centre").post(&format!("{proposed}/withdraw"), json!({"reason": "尚未登记完"})).await.expect(200);
        let bundle = format!("{}/bundle", frozen(county).await);
        sequenced(county, Look::All);
        for name in ["bureau", "centre", "monitor", "auditor"] {
            assert_eq!(county.sign_in(name).get(&bundle).await.status, 200, "{name}");
        }
        for name in ["school-1", "elsewhere-bureau", "elsewhere-auditor"] {
            county.sign_in(name).get(&bundle).await.refused(404, "not_found");
        }
        county.sign_in("finance").get(&bundle).await.refused(403, "forbidden");
    }
}

/// A report with a reversal before it was proposed, its bundle, and the entries.
async fn bundled(county: &mut County) -> (Vec<u8>, String, Vec<String>) {
    let (_, ids) = people(county);
    let third = teacher(county, 104, "雷", county.schools[0]);
    let more = post(
        county,
        vec![entry(third, "2017-05-01", "48"), entry(third, "2018-05-01", "90"), entry(third, "2019-05-01", "20")],
    );
    let wrong = json!({"reason": "考勤更正", "replacement": {"attended": "40.00"}});
    corrected(county, more[0], wrong).await;
    county.advance_millis(60_000);
    let place = frozen(county).await;
    sequenced(county, Look::All);
    (exported(county, &place).await, place, ids.iter().chain(&more).map(ToString::to_string).collect())
}

#[actix_web::test]
async fn one_changed_byte_of_a_report_is_found_and_a_changed_entry_is_named() {
    let mut county = County::on(Kind::Sqlite).await;
    let (bytes, _, ids) = bundled(&mut county).await;
    assert_eq!(verified(&bytes, &keys(&county)).findings, Vec::new());
    let whole = unpacked(&bytes);
    for (place, (name, content)) in whole.iter().enumerate() {
        for at in (0..content.len()).step_by((content.len() / 40).max(1)) {
            let mut files = whole.clone();
            files[place].1[at] ^= 0x01;
            let report = verified(&packed(&files), &keys(&county));
            assert!(at_fault(&report).contains(&name.as_str()), "byte {at} of {name}: {:?}", report.findings);
        }
    }
    // A favourable entry, by somebody who also writes its hash into the proof and every hash into the manifest.
    for (id, from, to) in
        [(&ids[0], "\"credited\":\"90.00\"", "\"credited\":\"99.00\""), (&ids[3], "2018-05-01", "2018-06-01")]
    {
        let mut files = whole.clone();
        let leaves = file(&mut files, "entries/00001.jsonl");
        let all = String::from_utf8(leaves.clone()).unwrap();
        let line = all.lines().find(|line| line.contains(&format!("\"id\":\"{id}\""))).unwrap();
        *leaves = all.replace(line, &line.replace(from, to)).into_bytes();
        let report = verified(&packed(&files), &[]);
        let named: Vec<_> =
            report.findings.iter().filter(|one| one.code == "leaf").map(|one| one.leaf.clone()).collect();
        assert_eq!(named, [Some(id.clone())], "{:?}", report.findings);
        assert!(
            report
                .findings
                .iter()
                .any(|one| one.file == "report.json" && one.code == "report" && one.detail.contains("tch_")),
            "it changes the report: {:?}",
            report.findings
        );
    }
}

#[actix_web::test]
async fn forged_truncated_and_reordered_bundles_of_reports_are_refused_by_file_leaf_and_line() {
    let mut county = County::on(Kind::Sqlite).await;
    let (bytes, _, _) = bundled(&mut county).await;
    let whole = unpacked(&bytes);
    let given = keys(&county);
    let faults = |change: &dyn Fn(&mut Files)| {
        let mut files = whole.clone();
        change(&mut files);
        let report = verified(&packed(&files), &given);
        assert!(!report.findings.is_empty());
        report
            .findings
            .into_iter()
            .map(|one| format!("{} {} {}", one.file, one.code, one.detail))
            .collect::<Vec<_>>()
            .join("; ")
    };
    let replaced = |files: &mut Files, name: &str, from: &str, to: &str| {
        let before = String::from_utf8(file(files, name).clone()).unwrap();
        assert!(before.contains(from), "{name} has no {from}: {before}");
        *file(files, name) = before.replacen(from, to, 1).into_bytes();
    };
    let lines = |files: &mut Files, name: &str, change: &dyn Fn(&mut Vec<String>)| {
        let before = String::from_utf8(file(files, name).clone()).unwrap();
        let mut lines: Vec<String> = before.lines().map(str::to_owned).collect();
        change(&mut lines);
        *file(files, name) = lines.iter().map(|line| format!("{line}\n")).collect::<String>().into_bytes();
    };
    // A favourable figure: it is neither what was frozen nor what comes of the entries.
    let told = faults(&|files| replaced(files, "report.json", "\"counted\":\"90.00\"", "\"counted\":\"190.00\""));
    for part in [
        "report.json manifest",
        "its SHA-256 is not the one in its leaf",
        "/teachers/",
        "says \"190.00\"; the leaves and packs give \"90.00\"",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    // A fact by which somebody is judged.
    let told = faults(&|files| {
        replaced(files, "report.json", "\"entered_on\":\"2000-08-15\"", "\"entered_on\":\"2020-08-15\"")
    });
    assert!(told.contains("report.json report is not the report that was frozen"), "{told}");
    // The same report, written otherwise.
    let told = faults(&|files| replaced(files, "report.json", "{", "{ "));
    assert!(told.contains("report.json report is not the canonical JSON"), "{told}");
    // An entry left out with all that speaks of it in the proof; two in each other's place; one twice; one line cut off.
    for (change, expected) in [
        ((|rows| drop(rows.pop())) as fn(&mut Vec<String>), "entries/00001.proof.json proof is not a proof of the"),
        (|rows| rows.swap(0, 1), "entries/00001.jsonl leaf line 1 was changed"),
        (|rows| rows.push(rows[0].clone()), "entries/00001.proof.json proof"),
        (|rows| drop(rows[1].split_off(30)), "entries/00001.jsonl leaf line 2 was changed"),
    ] {
        let told = faults(&|files| lines(files, "entries/00001.jsonl", &change));
        assert!(told.contains(expected) && told.contains("entries/00001.jsonl manifest"), "{expected}: {told}");
    }
    let told = faults(&|files| {
        lines(files, "entries/00001.jsonl", &|rows| drop(rows.remove(0)));
        let proof = file(files, "entries/00001.proof.json");
        let mut value: Value = serde_json::from_slice(proof).unwrap();
        for list in ["leaf_hashes", "positions"] {
            value[list].as_array_mut().unwrap().remove(0);
        }
        *proof = value.to_string().into_bytes();
    });
    assert!(told.contains("entries/00001.proof.json proof the hashes of the leaves"), "{told}");
    // The pack or the leaf of the report left out.
    for kind in ["policy_pack", "frozen_report"] {
        let told = faults(&|files| {
            let leaves = String::from_utf8(file(files, "leaves.jsonl").clone()).unwrap();
            let gone = leaves.lines().position(|line| line.contains(&format!("\"kind\":\"{kind}\""))).unwrap();
            lines(files, "leaves.jsonl", &|rows| drop(rows.remove(gone)));
            lines(files, "proofs.jsonl", &|rows| drop(rows.remove(gone)));
        });
        assert!(told.contains("leaves.jsonl manifest"), "{kind}: {told}");
        let expected =
            if kind == "policy_pack" { "report.json" } else { "has not one leaf that stands for the report" };
        assert!(told.contains(expected), "{kind}: {told}");
    }
    // Files missing, strange, or in another order.
    assert!(
        faults(&|files| files.retain(|(name, _)| name != "entries/00001.proof.json"))
            .contains("entries/00001.jsonl file has no proof beside it")
    );
    assert!(
        faults(&|files| files.retain(|(name, _)| !name.starts_with("entries/")))
            .contains("entries/00001.jsonl manifest is missing")
    );
    assert!(faults(&|files| files.retain(|(name, _)| name != "report.json")).contains("manifest"));
    assert!(faults(&|files| files.insert(0, ("other.txt".into(), Vec::new()))).contains("other.txt manifest"));
    assert!(faults(&|files| files.swap(4, 5)).contains("file is not the file that belongs here"));
    assert!(faults(&|files| files.swap(0, 1)).contains("manifest.txt manifest lists other files, or in another order"));
    assert!(faults(&|files| drop(files.pop())).contains("manifest.txt file is not the last file"));
    assert!(
        faults(&|files| files.retain(|(name, _)| name != "checkpoint-331123.txt"))
            .contains("entries/00001.proof.json proof")
    );
    // Signed anew by somebody with a key of their own.
    let forger = SignerKey::new("shixun/331123".into(), &[5; 32]).unwrap();
    let told = faults(&|files| {
        *file(files, "keys.txt") = format!("{}\n", forger.verifier()).into_bytes();
        let note = String::from_utf8(file(files, "checkpoint-331123.txt").clone()).unwrap();
        let signed = forger.sign(&(note.split("\n\n").next().unwrap().to_owned() + "\n"));
        *file(files, "checkpoint-331123.txt") = signed.into_bytes();
    });
    assert!(told.contains("keys.txt key") && told.contains("checkpoint-331123.txt signature"), "{told}");
    for end in [0, 10, bytes.len() / 2, bytes.len() - 1] {
        assert!(!verified(&bytes[..end], &given).findings.is_empty(), "{end} bytes");
    }
}

#[actix_web::test]
async fn a_county_of_many_entries_is_written_portion_by_portion() {
    let mut county = County::on(Kind::Sqlite).await;
    people(&mut county);
    let school = county.schools[0];
    let busy = teacher(&county, 104, "雷", school);
    for year in 2016..=2020 {
        let day = |number: usize| format!("{year}-{:02}-{:02}", number / 28 % 12 + 1, number % 28 + 1);
        post(&county, (0..1_000).map(|number| entry(busy, &day(number), &format!("1.{:02}", number / 336))).collect());
        sequenced(&county, Look::New);
    }
    let place = frozen(&county).await;
    sequenced(&county, Look::All);
    let bytes = exported(&county, &place).await;
    let report = verified(&bytes, &keys(&county));
    assert_eq!((report.findings, report.reports), (Vec::new(), 1));
    assert!(report.leaves > 5_000, "{}", report.leaves);
    let whole = unpacked(&bytes);
    assert!(whole.iter().any(|(name, _)| name == "entries/00002.proof.json"));
    let place = |name: &str| whole.iter().position(|(one, _)| one == name).unwrap();
    // The second portion in the place of the first, under its name too.
    let mut files = whole.clone();
    for end in ["jsonl", "proof.json"] {
        let (one, two) = (place(&format!("entries/00001.{end}")), place(&format!("entries/00002.{end}")));
        let (first, second) = (files[one].1.clone(), files[two].1.clone());
        (files[one].1, files[two].1) = (second, first);
    }
    let report = verified(&packed(&files), &[]);
    let told =
        report.findings.iter().any(|one| one.file == "entries/00002.jsonl" && one.detail.contains("order of the log"));
    assert!(told, "{:?}", report.findings);
}
