//! Bundles: what was written is valid, the same each time, and whatever is changed in it is found and named.

use super::sequenced;
use crate::{
    demo::{Demo, SMALL},
    harness::{County, TestApp, both, database::Kind, off_runtime},
    ledger::fixture::{CYCLE, block, day, entry, post, school_based, statement, with_teacher},
};
use serde_json::Value;
use shixun_api::log::{Look, bundle, keys::ListedKey};
use shixun_domain::{
    AreaCode,
    id::{HourEntryId, PersonId},
    log::{SignerKey, VerifierKey},
};
use std::io::{Cursor, Read, Write};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

pub(crate) type Files = Vec<(String, Vec<u8>)>;

pub(crate) fn unpacked(bytes: &[u8]) -> Files {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|place| {
            let mut file = archive.by_index(place).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            (file.name().unwrap().into_owned(), content)
        })
        .collect()
}

pub(crate) fn packed(files: &Files) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(crate) fn verified(bytes: &[u8], keys: &[VerifierKey]) -> bundle::Report {
    let given: Vec<ListedKey> = keys.iter().cloned().map(ListedKey::from).collect();
    verified_by(bytes, &given)
}

/// The same with a list of keys that says when each was in use.
pub(super) fn verified_by(bytes: &[u8], given: &[ListedKey]) -> bundle::Report {
    bundle::verify(Cursor::new(bytes), given, |_, _| {})
}

/// The files at fault, each once.
pub(super) fn at_fault(report: &bundle::Report) -> Vec<&str> {
    let mut files: Vec<&str> = report.findings.iter().map(|one| one.file.as_str()).collect();
    files.sort_unstable();
    files.dedup();
    files
}

pub(crate) fn file<'a>(files: &'a mut Files, name: &str) -> &'a mut Vec<u8> {
    &mut files.iter_mut().find(|(one, _)| one == name).unwrap_or_else(|| panic!("no {name}")).1
}

/// A teacher with hours of every kind, all in the log.
pub(super) fn history(county: &mut County) -> (PersonId, Vec<HourEntryId>) {
    let person = with_teacher(county);
    let mut entries: Vec<_> = (2016..=2020).map(|year| entry(person, &format!("{year}-05-01"), "48")).collect();
    entries.extend((2016..=2020).map(|year| school_based(person, &format!("{year}-06-01"), "30")));
    entries.push(block(person, "2018-07-15", "90"));
    entries.push(entry(person, "2021-05-01", "12"));
    let ids = post(county, entries);
    let other = crate::ledger::fixture::teacher(county, 102, "他人", county.schools[1]);
    post(county, vec![entry(other, "2017-05-01", "8")]);
    sequenced(county, Look::All);
    (person, ids)
}

pub(super) async fn exported(county: &County, person: PersonId) -> Vec<u8> {
    let answer =
        county.sign_in("teacher-1").get(&format!("/v1/teachers/{}/statement/bundle?{CYCLE}", person.teacher())).await;
    assert_eq!((answer.status, answer.header("content-type").as_deref()), (200, Some("application/zip")));
    answer.bytes
}

pub(crate) fn keys(county: &County) -> Vec<VerifierKey> {
    verifiers(county, AreaCode::new(331_123).unwrap())
}

fn verifiers(test: &TestApp, area: AreaCode) -> Vec<VerifierKey> {
    let (db, signer) = (test.app.db.clone(), test.app.log.clone());
    off_runtime(move || db.read_blocking(|conn| signer.verifiers(conn, area)).unwrap())
}

both! {
    async fn a_statement_is_exported_with_what_proves_it_and_verifies_offline(county: County) {
        let (person, ids) = history(county);
        let bytes = exported(county, person).await;
        assert_eq!(exported(county, person).await, bytes, "the same file each time");
        for given in [Vec::new(), keys(county)] {
            let report = verified(&bytes, &given);
            assert_eq!(report.findings, Vec::new());
            assert_eq!((report.statements, report.logs.len()), (1, 2), "the county's log and the province's");
            assert!(report.logs.iter().all(|log| log.trusted != given.is_empty()));
        }
        let mut files = unpacked(&bytes);
        let told: Value = serde_json::from_slice(file(&mut files, "statement.json")).unwrap();
        assert_eq!(told, statement(&county.sign_in("bureau"), person, CYCLE).await, "what the API answers");
        let leaves = String::from_utf8(file(&mut files, "leaves.jsonl").clone()).unwrap();
        assert_eq!(leaves.lines().filter(|line| line.contains("\"kind\":\"hour_entry\",\"salt\"")).count(), 11, "those of the cycle");
        assert!(leaves.contains(&ids[0].to_string()) && !leaves.contains(&ids[11].to_string()));
        county.sign_in("school-2").get(&format!("/v1/teachers/{}/statement/bundle", person.teacher())).await.refused(404, "not_found");
    }

    async fn corrections_pending_hours_and_facts_come_out_the_same(county: County) {
        let (person, ids) = history(county);
        let body = serde_json::json!({"reason": "考勤更正", "replacement": {"attended": "40.00"}});
        crate::ledger::fixture::corrected(county, ids[1], body).await;
        crate::ledger::fixture::sql(county, "INSERT INTO leave_spells (area, id, person_id, kind, valid_from, valid_to, created_at, version) \
            VALUES (331123, 77, 101, 'maternity', '2018-02-01', '2018-08-31', '2020-01-01 00:00:00', 1)").unwrap();
        sequenced(county, Look::New);
        let bytes = exported(county, person).await;
        assert_eq!(verified(&bytes, &keys(county)).findings, Vec::new());
        let told: Value = serde_json::from_slice(file(&mut unpacked(&bytes), "statement.json")).unwrap();
        assert_eq!(told, statement(&county.sign_in("bureau"), person, CYCLE).await);
        assert_eq!(told["corrections"].as_array().unwrap().len(), 2);
    }
}

#[actix_web::test]
async fn one_changed_byte_anywhere_is_found_and_a_changed_leaf_is_named() {
    let mut county = County::on(Kind::Sqlite).await;
    let (person, ids) = history(&mut county);
    let whole = unpacked(&exported(&county, person).await);
    for (place, (name, content)) in whole.iter().enumerate() {
        // Every byte of a small file, some of a large one.
        for at in (0..content.len()).step_by((content.len() / 60).max(1)) {
            let mut files = whole.clone();
            files[place].1[at] ^= 0x01;
            let report = verified(&packed(&files), &keys(&county));
            assert!(at_fault(&report).contains(&name.as_str()), "byte {at} of {name}: {:?}", report.findings);
        }
    }
    for (id, from, to) in [(ids[3], "48.00", "84.00"), (ids[10], "培训 2018-07-15", "培训 2018-07-16")] {
        let mut files = whole.clone();
        let leaves = file(&mut files, "leaves.jsonl");
        let text = String::from_utf8(leaves.clone()).unwrap();
        let line = text.lines().find(|line| line.contains(&format!("\"id\":\"{id}\""))).unwrap();
        *leaves = text.replace(line, &line.replace(from, to)).into_bytes();
        let report = verified(&packed(&files), &[]);
        let named: Vec<_> =
            report.findings.iter().filter(|one| one.code == "leaf").map(|one| one.leaf.clone()).collect();
        assert_eq!(named, [Some(id.to_string())], "{:?}", report.findings);
    }
}

#[actix_web::test]
async fn forged_truncated_and_reordered_bundles_are_refused() {
    let mut county = County::on(Kind::Sqlite).await;
    let (person, _) = history(&mut county);
    let bytes = exported(&county, person).await;
    let whole = unpacked(&bytes);
    let given = keys(&county);
    let faults = |change: &dyn Fn(&mut Files)| {
        let mut files = whole.clone();
        change(&mut files);
        let report = verified(&packed(&files), &given);
        assert!(!report.findings.is_empty());
        report.findings.into_iter().map(|one| format!("{} {}", one.file, one.code)).collect::<Vec<_>>().join("; ")
    };
    let lines = |files: &mut Files, name: &str, change: &dyn Fn(&mut Vec<String>)| {
        let content = file(files, name);
        let mut lines: Vec<String> = String::from_utf8(content.clone()).unwrap().lines().map(str::to_owned).collect();
        change(&mut lines);
        *content = (lines.join("\n") + "\n").into_bytes();
    };
    // A favourable figure.
    let told = faults(&|files| {
        let content = file(files, "statement.json");
        *content =
            String::from_utf8(content.clone()).unwrap().replacen("\"counted\": \"", "\"counted\": \"9", 1).into_bytes();
    });
    assert!(told.contains("statement.json manifest") && told.contains("statement.json statement"), "{told}");
    // A fact of the person, which the hours are judged by.
    let told = faults(&|files| {
        let content = file(files, "statement.json");
        *content = String::from_utf8(content.clone()).unwrap().replace("2000-08-15", "2020-08-15").into_bytes();
    });
    assert!(told.contains("statement.json manifest"), "{told}");
    // An entry left out together with its proof; two entries in each other's place; one twice.
    for change in [
        (|rows: &mut Vec<String>| drop(rows.pop())) as fn(&mut Vec<String>),
        |rows| rows.swap(2, 3),
        |rows| rows.push(rows[3].clone()),
    ] {
        let told = faults(&|files| {
            lines(files, "leaves.jsonl", &change);
            lines(files, "proofs.jsonl", &change);
        });
        assert!(told.contains("leaves.jsonl manifest"), "{told}");
        assert!(told.contains("statement.json") || told.contains("leaves.jsonl leaf"), "{told}");
    }
    // Leaves without their proofs, and the other way round.
    assert!(faults(&|files| lines(files, "proofs.jsonl", &|rows| rows.truncate(1))).contains("leaves.jsonl proof"));
    assert!(faults(&|files| lines(files, "leaves.jsonl", &|rows| rows.truncate(1))).contains("proofs.jsonl proof"));
    // Files missing, strange, or in another order.
    assert!(faults(&|files| files.retain(|(name, _)| name != "statement.json")).contains("statement.json manifest"));
    assert!(faults(&|files| files.insert(0, ("other.txt".into(), Vec::new()))).contains("other.txt manifest"));
    assert!(faults(&|files| files.swap(0, 1)).contains("manifest.txt manifest"));
    assert!(faults(&|files| drop(files.pop())).contains("manifest.txt file"));
    assert!(faults(&|files| files.retain(|(name, _)| name != "checkpoint-331123.txt")).contains("leaves.jsonl proof"));
    // Everything made anew by somebody with a key of their own.
    let forger = SignerKey::new("shixun/331123".into(), &[5; 32]).unwrap();
    let told = faults(&|files| {
        let own = forger.verifier().to_string();
        *file(files, "keys.txt") = format!("{own}\n").into_bytes();
        let note = String::from_utf8(file(files, "checkpoint-331123.txt").clone()).unwrap();
        let text = note.split("\n\n").next().unwrap().to_owned() + "\n";
        *file(files, "checkpoint-331123.txt") = forger.sign(&text).into_bytes();
    });
    assert!(told.contains("keys.txt key") && told.contains("checkpoint-331123.txt signature"), "{told}");
    // Another signature below the manifest, as if somebody had countersigned.
    let told = faults(&|files| {
        let manifest = file(files, "manifest.txt");
        let text = String::from_utf8(manifest.clone()).unwrap();
        let signed = text.split_once("\n\n").unwrap().0.to_owned() + "\n";
        let other = SignerKey::new("authority.example".into(), &[6; 32]).unwrap().sign(&signed);
        manifest.extend(other.split_once("\n\n").unwrap().1.bytes());
    });
    assert_eq!(told, "manifest.txt manifest");
    // A second file of a name in front of the genuine one: readers of zip files open one or the other.
    let mut twice = whole.clone();
    twice.insert(0, ("statement.jso_".into(), b"{}".to_vec()));
    let mut twice = packed(&twice);
    let from = b"statement.jso_";
    for at in 0..twice.len() - from.len() {
        if twice[at..].starts_with(from) {
            twice[at + from.len() - 1] = b'n';
        }
    }
    let told = verified(&twice, &given).findings;
    assert_eq!((told[0].file.as_str(), told[0].code), ("statement.json", "file"), "{told:?}");
    // Cut off anywhere.
    for end in [0, 10, bytes.len() / 2, bytes.len() - 1] {
        assert!(!verified(&bytes[..end], &given).findings.is_empty(), "{end} bytes");
    }
}

#[actix_web::test]
async fn a_hostile_file_is_refused_before_it_does_harm() {
    assert_eq!(verified(b"not a zip file", &[]).findings[0].code, "file");
    assert_eq!(verified(&packed(&Vec::new()), &[]).findings[0].code, "file", "an empty one");
    let zeros = vec![0_u8; (64 << 20) + 1];
    let bomb = packed(&vec![("README.txt".into(), zeros)]);
    assert!(bomb.len() < 1 << 20, "it is small as it comes");
    let report = verified(&bomb, &[]);
    assert!(report.findings[0].detail.contains("unpacks to more"), "{:?}", report.findings);
    let many: Files = (0..5).map(|number| (format!("statements/{number}.zip"), vec![0; 40 << 20])).collect();
    let report = verified(&packed(&many), &[]);
    assert!(report.findings.iter().filter(|one| one.detail.contains("unpacks to more")).count() == 5);
    let climbing: Files = vec![("../../etc/passwd".into(), b"x".to_vec()), ("manifest.txt".into(), b"x".to_vec())];
    assert!(!verified(&packed(&climbing), &[]).findings.is_empty(), "nothing is ever written to a disk");
    let inner = packed(&vec![("statements/a.zip".into(), Vec::new())]);
    let nested: Files = vec![("statements/b.zip".into(), inner)];
    assert!(!verified(&packed(&nested), &[]).findings.is_empty(), "no bundle of bundles of bundles");
}

#[actix_web::test]
async fn the_statements_of_everybody_in_an_area_are_one_file() {
    let demo = Demo::on(Kind::Sqlite, SMALL).await;
    sequenced(&demo.test, Look::All);
    let (db, signer) = (demo.test.app.db.clone(), demo.test.app.log.clone());
    let area = AreaCode::new(331_123).unwrap();
    let (count, bytes) = off_runtime(move || {
        db.read_blocking(|conn| {
            let mut into = Cursor::new(Vec::new());
            let count = bundle::of_area(conn, &signer, area, ("2016-2020", day("2020-12-31")), &mut into, |_, _| {})?;
            Ok::<_, shixun_api::problem::ApiError>((count, into.into_inner()))
        })
        .unwrap()
    });
    assert!(count > 80, "{count}");
    let given = verifiers(&demo.test, area);
    let report = verified(&bytes, &given);
    assert_eq!((report.findings, report.statements), (Vec::new(), count));
    let mut files = unpacked(&bytes);
    let gone = files.remove(3).0;
    let report = verified(&packed(&files), &given);
    assert_eq!(report.findings[0].file, gone, "one who was left out is missed: {:?}", report.findings);
    let mut files = unpacked(&bytes);
    let mut inner = unpacked(&files[5].1);
    let leaves = file(&mut inner, "leaves.jsonl");
    let at = leaves.len() - 30;
    leaves[at] ^= 1;
    files[5].1 = packed(&inner);
    let report = verified(&packed(&files), &given);
    let named = format!("{}/leaves.jsonl", files[5].0);
    assert!(report.findings.iter().any(|one| one.file == named && one.leaf.is_some()), "{:?}", report.findings);
    assert_eq!(report.statements, count, "the others are judged all the same");
}

/// Numbers that look random and are the same each time (xorshift).
fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below).unwrap()).unwrap()
    }
}

#[actix_web::test]
async fn every_changed_byte_of_the_zip_file_and_every_cut_is_found_with_a_name() {
    let mut county = County::on(Kind::Sqlite).await;
    let (person, _) = history(&mut county);
    let whole = exported(&county, person).await;
    let given = keys(&county);
    assert_eq!(verified(&whole, &given).findings, Vec::new());
    let found = |bytes: &[u8], what: &str| {
        let report = verified(bytes, &given);
        assert!(!report.findings.is_empty(), "{what} still gives valid");
        assert!(report.findings.iter().all(|one| !one.file.is_empty()), "{what}: {:?}", report.findings);
        report
    };
    let mut random = numbers(0x5eed);
    for _ in 0..300 {
        let (at, mask) = (random(whole.len()), 1 << random(8));
        let mut bytes = whole.clone();
        bytes[at] ^= mask;
        found(&bytes, &format!("bit {mask} of byte {at}"));
    }
    // Every byte that is no content: headers, directory, end, and the last bytes of each stream.
    let headers = (0..whole.len())
        .filter(|at| whole[at.saturating_sub(48)..].windows(4).take(60).any(|four| four.starts_with(b"PK")));
    for at in headers {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        found(&bytes, &format!("byte {at} in or near a header"));
    }
    for length in (0..whole.len()).rev().step_by(7).chain([whole.len() - 1, 1, 0]) {
        found(&whole[..length], &format!("cut to {length} bytes"));
    }
    found(&[&whole[..], b"x"].concat(), "one byte more");
    found(&[b"x", &whole[..]].concat(), "one byte before it");
    let cut = found(&whole[..whole.len() - 30], "the end cut off");
    assert_eq!(cut.findings[0].file, "manifest.txt", "the last whole file: {:?}", cut.findings);
}

#[actix_web::test]
async fn a_byte_changed_within_the_packed_leaves_names_a_leaf() {
    let mut county = County::on(Kind::Sqlite).await;
    let (person, _) = history(&mut county);
    let whole = exported(&county, person).await;
    let (start, length) = {
        let mut archive = ZipArchive::new(Cursor::new(&whole)).unwrap();
        let leaves =
            (0..archive.len()).find(|place| archive.name_for_index(*place).unwrap().unwrap() == "leaves.jsonl");
        let file = archive.by_index(leaves.unwrap()).unwrap();
        (usize::try_from(file.data_start().unwrap()).unwrap(), usize::try_from(file.compressed_size()).unwrap())
    };
    let mut random = numbers(7);
    for _ in 0..40 {
        let at = start + random(length);
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << random(8);
        let report = verified(&bytes, &keys(&county));
        let named = report.findings.iter().find(|one| one.file == "leaves.jsonl" && one.leaf.is_some());
        let cut = report.findings.iter().any(|one| one.file == "proofs.jsonl" || one.file == "leaves.jsonl");
        assert!(named.is_some() || (report.leaves < 14 && cut), "byte {at}: {:?}", report.findings);
    }
}
