//! Checking the bundle of a frozen report: every leaf is hashed again, every teacher judged again, and the report that comes of it is
//! compared with the one that was frozen. Entries are read portion by portion and kept as far as rules look at them.

use super::{
    ENTRIES, KEYS, LEAVES, MANIFEST, PROOFS, REPORT,
    files::{Manifest, Member, STATEMENT_BYTES_MAX, digest, read_one, refused},
    judge::{self, Fault, Read},
    portion_files, report_subject,
    verify::{
        DIFFERENCES_MAX, Finding, MEMBER_BYTES_MAX, Report, checkpoints, differ, leaves, manifest, named, read_keys,
        text,
    },
};
use crate::{
    canonical,
    frozen_reports::content::{FORMAT, Kept, Person, closing_bench, days, made_of, roster_of, to_judge},
    ledger::standing::Bench,
    log::keys::ListedKey,
    policy::AreaPolicy,
    wire::{AreaText, InstantText, WireText},
};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;
use shixun_domain::{
    AreaCode, UtcMillis,
    id::FrozenReportId,
    log::{Checkpoint, Hash, LeafKind, batch::verify_batch, leaf_hash},
};
use shixun_persistence::ledger::{Entry, PersonEntries, standing_of};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::{Read as Input, Seek},
    sync::Arc,
};
use zip::ZipArchive;

/// What a frozen report says of itself.
#[derive(Deserialize)]
struct Stated {
    format: String,
    area: AreaText,
    cycle: String,
    known_at: InstantText,
}

/// What proves a portion of entries.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BatchProof {
    area: String,
    hashes: Vec<String>,
    leaf_hashes: Vec<String>,
    positions: Vec<u64>,
}

/// Checks it all, and says everything that is wrong.
pub(super) fn check<R: Input + Seek>(
    archive: &mut ZipArchive<R>,
    given: &[ListedKey],
    report: &mut Report,
    progress: &mut impl FnMut(usize, usize),
) {
    let files = archive.len();
    let mut digests: Vec<Option<(String, String)>> = vec![None; files];
    let (mut texts, mut portions, mut seen) = (BTreeMap::new(), Vec::new(), BTreeSet::new());
    let mut left = STATEMENT_BYTES_MAX;
    // The few files first by which the many are judged.
    for (place, slot) in digests.iter_mut().enumerate() {
        let name = archive.name_for_index(place).map(|name| name.map(|name| name.into_owned()));
        if name.is_some_and(|name| name.is_ok_and(|name| name.starts_with(ENTRIES))) {
            portions.push(place);
            continue;
        }
        let Some(Member { name, bytes }) = read_one(archive, place, left, report) else { continue };
        left = left.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        *slot = Some((name.clone(), digest(&bytes)));
        let read = text(&name, bytes, report);
        if !seen.insert(name.clone()) {
            report.findings.push(refused(&name, "stands twice"));
        }
        texts.insert(name, read);
    }
    if digests.last().and_then(Option::as_ref).is_none_or(|(name, _)| name != MANIFEST) {
        report.findings.push(refused(MANIFEST, "is not the last file of the bundle"));
    }
    let of = |name: &str| texts.get(name).map(String::as_str).unwrap_or_default();
    let keys = read_keys(of(KEYS), given, report);
    let checkpoints = checkpoints(&texts, &keys, report);
    let proved = leaves(of(LEAVES), of(PROOFS), &checkpoints, report);
    let closing = Closing::read(of(REPORT), &proved, report);
    let mut entries = Entries::new(closing.as_ref(), &checkpoints);
    let mut waiting: Option<(String, String)> = None;
    for (done, place) in portions.into_iter().enumerate() {
        if let Some(Member { name, bytes }) = read_one(archive, place, MEMBER_BYTES_MAX, report) {
            if let Some(slot) = digests.get_mut(place) {
                *slot = Some((name.clone(), digest(&bytes)));
            }
            let read = text(&name, bytes, report);
            // The leaves wait for the proof that stands behind them.
            match (waiting.take(), name == portion_files(entries.portions + 1).1) {
                (Some((leaves_name, lines)), true) => entries.portion((&leaves_name, &lines), (&name, &read), report),
                (None, false) if name == portion_files(entries.portions + 1).0 => waiting = Some((name, read)),
                _ => report.findings.push(refused(&name, "is not the file that belongs here")),
            }
        }
        progress(done + 1, files);
    }
    if let Some((name, _)) = waiting {
        report.findings.push(refused(&name, "has no proof beside it"));
    }
    let listed: Vec<(String, String)> = digests.into_iter().flatten().filter(|(name, _)| name != MANIFEST).collect();
    let manifest = manifest(of(MANIFEST), &listed, &keys, report);
    let by_person = entries.standing();
    if let Some(Closing { head, people, .. }) = closing {
        head.compare(of(REPORT), manifest.as_ref(), people, by_person, report);
    }
}

fn fault(report: &mut Report, file: &str, leaf: Option<String>, code: &'static str, detail: impl Into<String>) {
    report.findings.push(Finding { file: file.to_owned(), leaf, code, detail: detail.into() });
}

fn instant(leaf: &Read, name: &str) -> Option<UtcMillis> {
    UtcMillis::read(leaf.text(name)?).ok()
}

/// The report that was frozen, and by what it is judged.
struct Closing {
    head: Head,
    people: Vec<Person>,
    days: Option<(NaiveDate, NaiveDate)>,
}

/// What the report is about.
struct Head {
    id: FrozenReportId,
    cycle: String,
    known_at: UtcMillis,
    bench: Bench,
}

impl Closing {
    /// Reads the report, compares it with the leaf that stands for it, and makes the rules of the packs that are proved.
    fn read(document: &str, proved: &[Read], report: &mut Report) -> Option<Closing> {
        let stated = serde_json::from_str::<Stated>(document).ok().filter(|stated| stated.format == FORMAT);
        let Some((stated, kept)) = stated.zip(Kept::read(document).ok()) else {
            fault(report, REPORT, None, "report", format!("is not a report of the form {FORMAT}"));
            return None;
        };
        let (area, known_at) = (stated.area.0, stated.known_at.0);
        let mut own = proved.iter().filter(|leaf| leaf.kind == LeafKind::FrozenReport);
        let (Some(leaf), None) = (own.next(), own.next()) else {
            fault(report, LEAVES, None, "report", "has not one leaf that stands for the report");
            return None;
        };
        let id: FrozenReportId = leaf.id.parse().ok()?;
        if leaf.text("document_sha256") != Some(canonical::digest(document).as_str()) {
            let detail = "is not the report that was frozen: its SHA-256 is not the one in its leaf";
            fault(report, REPORT, Some(leaf.id.clone()), "report", detail);
        }
        let says = (leaf.text("cycle"), instant(leaf, "known_at"), leaf.area());
        if says != (Some(stated.cycle.as_str()), Some(known_at), Some(area)) {
            let detail = "is about another cycle, instant or area than its leaf";
            fault(report, REPORT, Some(leaf.id.clone()), "report", detail);
        }
        let mut packs = Vec::new();
        for leaf in proved.iter().filter(|leaf| leaf.kind != LeafKind::FrozenReport) {
            let published = instant(leaf, "published_at").filter(|_| leaf.kind == LeafKind::PolicyPack);
            if published.is_some_and(|at| at <= known_at) {
                packs.push(leaf);
            } else {
                let detail = "is not a policy pack that was published when the report was proposed";
                fault(report, LEAVES, Some(leaf.id.clone()), "leaf", detail);
            }
        }
        let packs = match judge::packs(&packs) {
            Ok(packs) => packs,
            Err(Fault::Leaf(id, what)) => {
                fault(report, LEAVES, Some(id), "leaf", format!("the leaf {what}"));
                return None;
            }
            Err(Fault::Rules) => Vec::new(),
        };
        let policy = Arc::new(AreaPolicy::new(area, (0, None), packs));
        let bench = policy.cycle_named(&stated.cycle).and_then(|cycle| closing_bench(&policy, cycle));
        let Ok(bench) = bench else {
            fault(report, REPORT, None, "rules", "cannot be judged: the packs give no rules for its cycle");
            return None;
        };
        let people = to_judge(roster_of(kept));
        let days = days(&bench, &people);
        Some(Closing { head: Head { id, cycle: stated.cycle, known_at, bench }, people, days })
    }
}

impl Head {
    /// Makes the report again and compares it with the one that was frozen.
    fn compare(
        &self,
        document: &str,
        manifest: Option<&Manifest>,
        people: Vec<Person>,
        entries: PersonEntries,
        report: &mut Report,
    ) {
        let (area, subject) = (self.id.area(), report_subject(self.id, &self.cycle));
        if manifest.is_some_and(|manifest| manifest.subject != subject || manifest.area != area) {
            let detail = format!("is {subject} of {area}, and the manifest is for another");
            fault(report, REPORT, None, "report", detail);
        }
        let again = made_of(&self.bench, self.known_at, people, entries);
        let Some(again) = again.ok().and_then(|again| canonical::text(&again).ok()) else {
            return fault(report, REPORT, None, "report", "cannot be made again");
        };
        report.reports += 1;
        if again == document {
            return;
        }
        let [stated, is] = [document, &again].map(|text| serde_json::from_str::<Value>(text).unwrap_or_default());
        let mut differences = Vec::new();
        differ("", &stated, &is, &mut differences);
        if differences.is_empty() {
            fault(report, REPORT, None, "report", "is not the canonical JSON of what it says");
        }
        for (pointer, says, is) in differences.into_iter().take(DIFFERENCES_MAX) {
            let detail = format!("{pointer}{} says {says}; the leaves and packs give {is}", whose(&stated, &pointer));
            fault(report, REPORT, None, "report", detail);
        }
    }
}

/// The teacher that a pointer into the report is about, in brackets.
fn whose(report: &Value, pointer: &str) -> String {
    let place = pointer.strip_prefix("/teachers/").and_then(|rest| rest.split('/').next());
    let teacher = place.and_then(|place| report.pointer(&format!("/teachers/{place}/teacher_id"))?.as_str());
    teacher.map(|teacher| format!(" ({teacher})")).unwrap_or_default()
}

/// The entries of a report while they are read.
struct Entries<'c> {
    closing: Option<&'c Closing>,
    checkpoints: &'c BTreeMap<AreaCode, Checkpoint>,
    /// Portions that were read.
    portions: usize,
    last: Option<u64>,
    by_person: HashMap<i64, (Vec<String>, Vec<Entry>)>,
}

impl<'c> Entries<'c> {
    fn new(closing: Option<&'c Closing>, checkpoints: &'c BTreeMap<AreaCode, Checkpoint>) -> Self {
        let people = closing.map(|closing| closing.people.as_slice()).unwrap_or_default();
        let by_person = people.iter().map(|(number, ..)| (*number, (Vec::new(), Vec::new()))).collect();
        Entries { closing, checkpoints, portions: 0, last: None, by_person }
    }

    /// What stands of each person.
    fn standing(self) -> PersonEntries {
        self.by_person.into_iter().map(|(person, (_, entries))| (person, standing_of(entries))).collect()
    }

    /// Hashes a portion again, follows its proof to the root of the log, and keeps what rules look at.
    fn portion(&mut self, (file, lines): (&str, &str), (proof_file, proof): (&str, &str), report: &mut Report) {
        self.portions += 1;
        let lines: Vec<&str> = lines.lines().collect();
        report.leaves += lines.len();
        let Some((area, proof)) = read_proof(proof).filter(|(_, proof)| proof.leaves.len() == lines.len()) else {
            let detail = format!("is not a proof of the {} leaves of {file}", lines.len());
            return fault(report, proof_file, None, "proof", detail);
        };
        let Some(checkpoint) = self.checkpoints.get(&area) else {
            let detail = "stands in a log of which there is no valid checkpoint";
            return fault(report, proof_file, None, "proof", detail);
        };
        if verify_batch(&proof.leaves, checkpoint.size, &proof.hashes, &checkpoint.root).is_err() {
            let detail = format!("the hashes of the leaves of {file} do not lead to the signed root of their log");
            return fault(report, proof_file, None, "proof", detail);
        }
        if proof.leaves.first().is_some_and(|(first, _)| self.last >= Some(*first)) {
            fault(report, file, None, "leaf", "stands twice, or not in the order of the log");
        }
        self.last = proof.leaves.last().map(|(last, _)| *last).or(self.last);
        for (number, (line, (_, hash))) in (1..).zip(lines.iter().zip(&proof.leaves)) {
            if let Err((leaf, what)) = self.take(line, hash, area) {
                let leaf = leaf.or_else(|| Some(format!("{file}:{number}")));
                fault(report, file, leaf, "leaf", format!("line {number} {what}"));
            }
        }
    }

    /// Takes an entry in; otherwise what is wrong with it, and its name as far as it has one.
    fn take(&mut self, line: &str, hash: &Hash, area: AreaCode) -> Result<(), (Option<String>, &'static str)> {
        let read = judge::leaf(line);
        let name = read.as_ref().map(|leaf| leaf.id.clone()).or_else(|| named(line));
        let faulty = |what| (name.clone(), what);
        if leaf_hash(line.as_bytes()) != *hash {
            return Err(faulty("was changed: its hash is not the one that leads to the signed root of its log"));
        }
        let own = |leaf: &Read| leaf.kind == LeafKind::HourEntry && leaf.area() == Some(area);
        let leaf = read.filter(own).ok_or_else(|| faulty("is not an hour entry in canonical JSON of its area"))?;
        // Without a report there is nothing that entries could belong to.
        let Some(closing) = self.closing else { return Ok(()) };
        if area != closing.head.id.area() {
            return Err(faulty("is an hour entry of another area"));
        }
        let whose = leaf.teacher().and_then(|teacher| self.by_person.get_mut(&teacher.number()));
        let (blocks, entries) = whose.ok_or_else(|| faulty("is an hour entry of nobody in the report"))?;
        let entry = leaf.entry(blocks).ok_or_else(|| faulty("is an hour entry that cannot be read"))?.entry;
        let day = entry.facts.effective;
        if closing.days.is_none_or(|(from, to)| day < from || to < day) {
            return Err(faulty("is an hour entry of a day that the report is not about"));
        }
        if instant(&leaf, "created_at").is_none_or(|at| at > closing.head.known_at) {
            return Err(faulty("was recorded after the report was proposed"));
        }
        entries.push(entry);
        Ok(())
    }
}

/// A proof, read.
struct Proof {
    leaves: Vec<(u64, Hash)>,
    hashes: Vec<Hash>,
}

fn read_proof(text: &str) -> Option<(AreaCode, Proof)> {
    let proof: BatchProof = serde_json::from_str(text).ok()?;
    if proof.positions.len() != proof.leaf_hashes.len() {
        return None;
    }
    let hashes = |texts: Vec<String>| texts.iter().map(|hash| hash.parse().ok()).collect::<Option<Vec<Hash>>>();
    let leaves = proof.positions.into_iter().zip(hashes(proof.leaf_hashes)?).collect();
    Some((proof.area.parse().ok()?, Proof { leaves, hashes: hashes(proof.hashes)? }))
}
