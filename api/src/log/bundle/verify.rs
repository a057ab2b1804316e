//! Checking bundles, with nothing at hand but the file and, where somebody has it, the public key.
//!
//! Everything is looked at, and everything that is wrong is said: the file, and the leaf where it is one.

use super::{
    FORMAT, KEYS, LEAVES, MANIFEST, PROOFS, README, REPORT, STATEMENT, STATEMENTS,
    files::{BUNDLE, Manifest, Member, digest, open, read_all, read_one, refused},
    judge::{self, Fault, Read, RuleBook},
    stated::Stated,
};
use crate::log::keys::ListedKey;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;
use shixun_domain::{
    AreaCode,
    log::{Checkpoint, Hash, SignedNote, VerifierKey, leaf_hash, tree::verify_inclusion},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Cursor, Read as Input, Seek},
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver},
    },
};
use zip::ZipArchive;

/// Files in a bundle at most.
pub(super) const FILES_MAX: usize = 300_000;
/// The most bytes of one statement's bundle, and of the manifest over many.
pub(super) const MEMBER_BYTES_MAX: u64 = 32 << 20;
/// Differences of a statement that are named.
pub(super) const DIFFERENCES_MAX: usize = 10;

/// Something that is not as it has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file within the bundle; `bundle.zip` for the bundle itself.
    pub file: String,
    /// The leaf, by the identifier of its row, or by file and line where its text does not tell it any more.
    pub leaf: Option<String>,
    /// What kind of fault: `file`, `manifest`, `signature`, `checkpoint`, `key`, `leaf`, `proof`, `rules`, `statement` or `report`.
    pub code: &'static str,
    /// What is wrong.
    pub detail: String,
}

/// A log that leaves of a bundle stand in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogSeen {
    /// Its name.
    pub origin: String,
    /// Leaves of the checkpoint.
    pub size: u64,
    /// The root.
    pub root: String,
    /// The key that signed the checkpoint.
    pub key: String,
    /// Whether that is a key that was given, and not only one that the bundle brings along.
    pub trusted: bool,
}

/// What came of checking a bundle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Statements that were judged again.
    pub statements: usize,
    /// Frozen reports that were made again.
    pub reports: usize,
    /// Leaves that were hashed again.
    pub leaves: usize,
    /// The logs.
    pub logs: BTreeSet<LogSeen>,
    /// What is wrong; nothing where the bundle is as it was made.
    pub findings: Vec<Finding>,
}

/// Checks a bundle. `given` are public keys that are known from elsewhere; without any, the keys in the bundle are taken for what
/// they are, and [`LogSeen::trusted`] says so.
pub fn verify(from: impl Input + Seek, given: &[ListedKey], mut progress: impl FnMut(usize, usize)) -> Report {
    let mut report = Report::default();
    if let Some(mut archive) = open(from, FILES_MAX, &mut report) {
        let has = |wanted: &dyn Fn(&str) -> bool| archive.file_names().any(|name| name.is_ok_and(|name| wanted(&name)));
        let (many, closing) = (has(&|name| name.starts_with(STATEMENTS)), has(&|name| name == REPORT));
        if closing {
            super::report_check::check(&mut archive, given, &mut report, &mut progress)
        } else if many {
            area(&mut archive, given, &mut report, &mut progress)
        } else {
            one(&mut archive, given, &mut RuleBook::default(), &mut report)
        }
    }
    report
}

/// The bundle of an area: the manifest over the bundles in it, and each of them, checked by as many threads as there are processors.
fn area<R: Input + Seek>(
    archive: &mut ZipArchive<R>,
    given: &[ListedKey],
    report: &mut Report,
    progress: &mut impl FnMut(usize, usize),
) {
    let files = archive.len();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (mut keys, mut note) = (String::new(), String::new());
    let mut checked = std::thread::scope(|scope| {
        // Few wait to be checked, so that a bundle of any size takes the memory of a few of its files.
        let (unread, waiting) = mpsc::sync_channel(threads);
        let waiting = Arc::new(Mutex::new(waiting));
        let checking: Vec<_> = (0..threads)
            .map(|_| {
                let waiting = Arc::clone(&waiting);
                scope.spawn(move || check_waiting(&waiting, given))
            })
            .collect();
        drop(waiting);
        for place in 0..files {
            let read = read_one(archive, place, MEMBER_BYTES_MAX, report);
            if let Some(Member { name, bytes }) = &read {
                match name.as_str() {
                    KEYS => keys = text(name, bytes.clone(), report),
                    MANIFEST => note = text(name, bytes.clone(), report),
                    README => {}
                    _ if name.starts_with(STATEMENTS) => {}
                    _ => report.findings.push(refused(name, "does not belong into a bundle")),
                }
            }
            // Nobody takes it where every thread died; the joining says so.
            if read.is_some_and(|member| unread.send((place, member)).is_err()) {
                break;
            }
            progress(place + 1, files);
        }
        drop(unread);
        let ended = checking.into_iter().map(|thread| thread.join());
        ended.flat_map(|one| one.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect::<Vec<Checked>>()
    });
    checked.sort_unstable_by_key(|one| one.place);
    let mut digests = Vec::with_capacity(checked.len());
    for Checked { name, digest, inner, .. } in checked {
        report.add(&name, inner);
        digests.push((name, digest));
    }
    digests.retain(|(name, _)| name != MANIFEST);
    let keys = read_keys(&keys, given, report);
    manifest(&note, &digests, &keys, report);
}

/// What came of a file in the bundle of an area.
struct Checked {
    place: usize,
    name: String,
    digest: String,
    inner: Report,
}

/// Hashes files and checks the bundles among them until no more come.
fn check_waiting(waiting: &Mutex<Receiver<(usize, Member)>>, given: &[ListedKey]) -> Vec<Checked> {
    let (mut checked, mut book) = (Vec::new(), RuleBook::default());
    let next = || waiting.lock().ok()?.recv().ok();
    while let Some((place, Member { name, bytes })) = next() {
        let (digest, mut inner) = (digest(&bytes), Report::default());
        if name.starts_with(STATEMENTS)
            && let Some(mut archive) = open(Cursor::new(bytes), FILES_MAX, &mut inner)
        {
            one(&mut archive, given, &mut book, &mut inner);
        }
        checked.push(Checked { place, name, digest, inner });
    }
    checked
}

impl Report {
    /// Takes in what came of the bundle `name` within this one.
    fn add(&mut self, name: &str, mut inner: Report) {
        self.statements += inner.statements;
        self.leaves += inner.leaves;
        self.logs.append(&mut inner.logs);
        let within = |finding: Finding| match finding.file.as_str() {
            BUNDLE => Finding { file: name.to_owned(), ..finding },
            file => Finding { file: format!("{name}/{file}"), ..finding },
        };
        self.findings.extend(inner.findings.into_iter().map(within));
    }
}

pub(super) fn text(file: &str, bytes: Vec<u8>, report: &mut Report) -> String {
    String::from_utf8(bytes).unwrap_or_else(|fault| {
        report.findings.push(refused(file, "is not text in UTF-8"));
        String::from_utf8_lossy(fault.as_bytes()).into_owned()
    })
}

/// A key of a bundle.
pub(super) struct BundleKey {
    key: VerifierKey,
    /// It is one that was given.
    known: bool,
    /// Some were given, so that others do not count.
    asked: bool,
    /// The day from which on it is not to be trusted, by the bundle or by what was given.
    compromised_on: Option<NaiveDate>,
}

/// The keys of a bundle.
pub(super) fn read_keys(text: &str, given: &[ListedKey], report: &mut Report) -> Vec<BundleKey> {
    let mut keys = Vec::new();
    for line in text.lines() {
        match line.parse::<ListedKey>() {
            Ok(ListedKey { key, compromised_on, .. }) => {
                // One private key signs for all logs of a server; its public half is the same under every name.
                let same: Vec<&ListedKey> = given.iter().filter(|one| one.key.public() == key.public()).collect();
                let marked = same.iter().filter_map(|one| one.compromised_on).chain(compromised_on).min();
                let (known, asked) = (!same.is_empty(), !given.is_empty());
                keys.push(BundleKey { key, known, asked, compromised_on: marked });
            }
            Err(fault) => {
                let detail = format!("{line:?}: {fault}");
                report.findings.push(Finding { file: KEYS.into(), leaf: None, code: "key", detail });
            }
        }
    }
    if !given.is_empty() && keys.iter().all(|key| !key.known) {
        let detail = "holds none of the keys that were given: it was signed by somebody else".to_owned();
        report.findings.push(Finding { file: KEYS.into(), leaf: None, code: "key", detail });
    }
    keys
}

/// Verifies a note by any of the keys and gives the one; says so where that one was compromised, or is none of those that were given.
fn signed<'k>(file: &str, note: &SignedNote, keys: &'k [BundleKey], report: &mut Report) -> Option<&'k BundleKey> {
    let found = keys.iter().find(|key| note.verify(&key.key).is_ok())?;
    if found.asked && !found.known {
        let detail = format!("is signed by {}, which is none of the keys that were given", found.key);
        report.findings.push(Finding { file: file.into(), leaf: None, code: "key", detail });
        return None;
    }
    if let Some(day) = found.compromised_on {
        let detail = format!(
            "is signed by {}, which is marked as compromised from {day} on: somebody else may have signed it. Ask for a bundle that is \
             signed by the key in use, or compare the checkpoint with one that was kept or cosigned before that day",
            found.key
        );
        report.findings.push(Finding { file: file.into(), leaf: None, code: "key", detail });
    }
    Some(found)
}

/// Compares the files that are there with the signed manifest.
pub(super) fn manifest(
    note: &str,
    files: &[(String, String)],
    keys: &[BundleKey],
    report: &mut Report,
) -> Option<Manifest> {
    let signer = note.parse::<SignedNote>().ok().and_then(|note| signed(MANIFEST, &note, keys, report));
    let mut fault = |file: &str, code, detail: &str| {
        report.findings.push(Finding { file: file.into(), leaf: None, code, detail: detail.into() });
    };
    let Ok(note) = note.parse::<SignedNote>() else {
        fault(MANIFEST, "manifest", "is missing or not a signed note");
        return None;
    };
    if note.signatures().len() != 1 {
        fault(MANIFEST, "manifest", "carries other lines beside the one signature that a manifest has");
    }
    let Some(manifest) = Manifest::read(note.text()) else {
        fault(MANIFEST, "manifest", &format!("is not a manifest of {FORMAT}"));
        return None;
    };
    let by_area = signer.filter(|signer| signer.key.name().ends_with(&format!("/{}", manifest.area)));
    if by_area.is_none() {
        fault(MANIFEST, "signature", "carries no valid signature by the key of its area");
    }
    let listed: BTreeMap<&str, &str> =
        manifest.files.iter().map(|(name, digest)| (name.as_str(), digest.as_str())).collect();
    for (name, digest) in files {
        match listed.get(name.as_str()) {
            None => fault(name, "manifest", "is not in the manifest"),
            Some(right) if right == digest => {}
            Some(_) => fault(name, "manifest", "is not the file that was signed: its SHA-256 differs"),
        }
    }
    for (name, _) in manifest.files.iter().filter(|(name, _)| !files.iter().any(|(there, _)| there == name)) {
        fault(name, "manifest", "is missing");
    }
    let in_order = manifest.files.iter().map(|(name, _)| name).eq(files.iter().map(|(name, _)| name));
    if !in_order {
        fault(MANIFEST, "manifest", "lists other files, or in another order, than the bundle has");
    }
    Some(manifest)
}

/// The bundle of one statement.
fn one<R: Input + Seek>(archive: &mut ZipArchive<R>, given: &[ListedKey], book: &mut RuleBook, report: &mut Report) {
    let files = read_all(archive, report);
    let listed = files.iter().filter(|member| member.name != MANIFEST);
    let digests: Vec<_> = listed.map(|member| (member.name.clone(), digest(&member.bytes))).collect();
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for Member { name, bytes } in files {
        let read = text(&name, bytes, report);
        texts.insert(name, read);
    }
    let of = |name: &str| texts.get(name).map(String::as_str).unwrap_or_default();
    let keys = read_keys(of(KEYS), given, report);
    let manifest = manifest(of(MANIFEST), &digests, &keys, report);
    let checkpoints = checkpoints(&texts, &keys, report);
    let leaves = leaves(of(LEAVES), of(PROOFS), &checkpoints, report);
    statement(of(STATEMENT), manifest.as_ref(), &leaves, book, report);
}

/// The checkpoints that are signed by the key of their log.
pub(super) fn checkpoints(
    texts: &BTreeMap<String, String>,
    keys: &[BundleKey],
    report: &mut Report,
) -> BTreeMap<AreaCode, Checkpoint> {
    let mut found = BTreeMap::new();
    for (file, text) in texts {
        let code = file.strip_prefix("checkpoint-").and_then(|rest| rest.strip_suffix(".txt"));
        let Some(area) = code.and_then(|code| code.parse::<AreaCode>().ok()) else { continue };
        let mut fault = |code, detail: &str| {
            report.findings.push(Finding { file: file.clone(), leaf: None, code, detail: detail.into() });
        };
        let Ok(note) = text.parse::<SignedNote>() else {
            fault("checkpoint", "is not a signed note");
            continue;
        };
        let Ok(checkpoint) = Checkpoint::read(note.text()) else {
            fault("checkpoint", "is not a checkpoint");
            continue;
        };
        let of_log = |signer: &&BundleKey| {
            signer.key.name() == checkpoint.origin && checkpoint.origin.ends_with(&format!("/{area}"))
        };
        let Some(BundleKey { key, known, .. }) = signed(file, &note, keys, report).filter(of_log) else {
            let detail = "carries no valid signature by a key of its log".to_owned();
            report.findings.push(Finding { file: file.clone(), leaf: None, code: "signature", detail });
            continue;
        };
        report.logs.insert(LogSeen {
            origin: checkpoint.origin.clone(),
            size: checkpoint.size,
            root: checkpoint.root.to_string(),
            key: key.to_string(),
            trusted: *known,
        });
        found.insert(area, checkpoint);
    }
    found
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Proof {
    area: String,
    hashes: Vec<String>,
    position: u64,
}

/// Hashes every leaf again and follows its proof to the root of its log; gives those that are what they were.
pub(super) fn leaves(
    leaves: &str,
    proofs: &str,
    checkpoints: &BTreeMap<AreaCode, Checkpoint>,
    report: &mut Report,
) -> Vec<Read> {
    let (lines, mut proofs): (Vec<&str>, _) = (leaves.lines().collect(), proofs.lines());
    let (mut good, mut seen, mut last) = (Vec::with_capacity(lines.len()), BTreeSet::new(), None);
    for (number, line) in (1..).zip(lines) {
        report.leaves += 1;
        let read = judge::leaf(line);
        // A leaf that cannot be read is named by what its text says it is, or by its line.
        let name = read.as_ref().map(|leaf| leaf.id.clone()).or_else(|| named(line));
        let name = name.or_else(|| Some(format!("{LEAVES}:{number}")));
        let mut fault = |code, detail: &str| {
            let detail = format!("line {number} {detail}");
            report.findings.push(Finding { file: LEAVES.into(), leaf: name.clone(), code, detail });
        };
        let Some(proof) = proofs.next().and_then(|line| serde_json::from_str::<Proof>(line).ok()) else {
            fault("proof", "has no proof that can be read");
            continue;
        };
        let area = proof.area.parse::<AreaCode>().ok();
        let Some(checkpoint) = area.and_then(|area| checkpoints.get(&area)) else {
            fault("proof", "stands in a log of which there is no valid checkpoint");
            continue;
        };
        let hashes: Result<Vec<Hash>, _> = proof.hashes.iter().map(|hash| hash.parse()).collect();
        let hash = leaf_hash(line.as_bytes());
        let proved = hashes.is_ok_and(|hashes| {
            verify_inclusion(&hash, proof.position, checkpoint.size, &hashes, &checkpoint.root).is_ok()
        });
        if !proved {
            fault("leaf", "was changed: its hash does not lead to the signed root of its log");
            continue;
        }
        let Some(leaf) = read.filter(|leaf| leaf.area() == area) else {
            fault("leaf", "is not a leaf in canonical JSON of its area");
            continue;
        };
        if !seen.insert(leaf.id.clone()) || last >= Some((area, proof.position)) {
            fault("leaf", "stands twice, or not in the order of the log");
            continue;
        }
        last = Some((area, proof.position));
        good.push(leaf);
    }
    if proofs.next().is_some() {
        let detail = "has more proofs than there are leaves".to_owned();
        report.findings.push(Finding { file: PROOFS.into(), leaf: None, code: "proof", detail });
    }
    good
}

/// The id of a leaf by what its text says it is.
pub(super) fn named(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("\"id\":\"")?;
    let (id, _) = rest.split_once('"')?;
    id.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_').then(|| id.to_owned())
}

/// What a statement says of the person, which no leaf proves: the manifest's signature stands for it.
/// Judges the hours again and compares figure by figure.
fn statement(text: &str, manifest: Option<&Manifest>, leaves: &[Read], book: &mut RuleBook, report: &mut Report) {
    let mut fault = |code, detail: String| {
        report.findings.push(Finding { file: STATEMENT.into(), leaf: None, code, detail });
    };
    let value = serde_json::from_str::<Value>(text).ok();
    let stated = value.as_ref().and_then(|value| Stated::deserialize(value).ok());
    let Some((value, about)) = value.zip(stated.map(Stated::about)) else {
        return fault("statement", "is not a statement".to_owned());
    };
    let subject = format!("statement {} {} {}", about.person.teacher(), about.cycle, about.as_of);
    let area = about.person.area();
    if manifest.is_some_and(|manifest| manifest.subject != subject || manifest.area != area) {
        fault("statement", format!("is {subject} of {area}, and the manifest is for another"));
    }
    let judged = book.rules(&about, leaves).and_then(|rules| judge::statement(&rules, about, leaves));
    let again = match judged {
        Ok(view) => serde_json::to_value(&view).unwrap_or_default(),
        Err(Fault::Rules) => {
            return fault("rules", "cannot be judged: the packs give no rules for its cycle".to_owned());
        }
        Err(Fault::Leaf(id, what)) => {
            let detail = format!("the leaf {what}");
            return report.findings.push(Finding { file: LEAVES.into(), leaf: Some(id), code: "leaf", detail });
        }
    };
    let mut differences = Vec::new();
    differ("", &value, &again, &mut differences);
    for (pointer, says, is) in differences.into_iter().take(DIFFERENCES_MAX) {
        fault("statement", format!("{pointer} says {says}; the leaves and packs give {is}"));
    }
    report.statements += 1;
}

/// Where two values differ, as JSON pointers.
pub(super) fn differ(at: &str, one: &Value, other: &Value, found: &mut Vec<(String, String, String)>) {
    match (one, other) {
        (Value::Object(left), Value::Object(right)) => {
            let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            for name in names {
                let member = |of: &serde_json::Map<String, Value>| of.get(name).cloned().unwrap_or(Value::Null);
                differ(&format!("{at}/{name}"), &member(left), &member(right), found);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (place, (left, right)) in left.iter().zip(right).enumerate() {
                differ(&format!("{at}/{place}"), left, right, found);
            }
        }
        (Value::Array(left), Value::Array(right)) => {
            found.push((at.to_owned(), format!("{} rows", left.len()), format!("{} rows", right.len())));
        }
        (left, right) if left == right => {}
        (left, right) => found.push((at.to_owned(), left.to_string(), right.to_string())),
    }
}
