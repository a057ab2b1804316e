//! Writing the bundle of a frozen report, portion by portion: a county has hundreds of thousands of entries, and whoever downloads them
//! may be slow. Between two portions nothing is held but the places of the leaves.

use super::{
    KEYS, LEAVES, MANIFEST, PROOFS, README, REPORT, REPORT_README_TEXT, checkpoint_file,
    files::{digest, manifest, options},
    portion_files, report_subject,
    write::{Maker, Placed, unwritten},
};
use crate::{
    access::Actor,
    frozen_reports::{
        content::{Kept, closing_bench, days, roster_of, to_judge},
        service::frozen,
    },
    log::LogSigner,
    policy::PolicyCache,
    problem::ApiError,
};
use serde_json::json;
use shixun_domain::{
    UtcMillis,
    id::FrozenReportId,
    log::{Hash, LeafKind, batch::batch_inclusion, leaf_hash},
};
use shixun_persistence::{
    Conn, DbError,
    frozen_reports::FrozenRow,
    ledger,
    log::{LeafPlace, Nodes},
};
use std::{
    collections::HashSet,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};
use zip::{CompressionMethod, ZipWriter, write::StreamWriter};

/// Entries in a portion: a few megabytes, read within a second.
const PORTION: usize = 4_096;

/// What was written and not yet fetched.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The bundle of a frozen report while it is written.
pub struct ReportBundle {
    maker: Maker,
    row: FrozenRow,
    document: String,
    entries: Vec<LeafPlace>,
    /// Portions of entries that are written; `None` before the head is.
    portions: Option<usize>,
    listed: Vec<(String, String)>,
    written: Written,
    /// `None` once everything is written.
    zip: Option<ZipWriter<StreamWriter<Written>>>,
}

impl ReportBundle {
    /// Looks for everything that belongs into the bundle, so that whatever can be refused is refused before a byte is sent.
    ///
    /// # Errors
    /// `not_found`, `freeze_not_frozen`, `policy_missing`, and `log_behind` where no checkpoint is over all of it yet.
    pub fn begin(
        conn: &mut Conn,
        cache: &PolicyCache,
        signer: &LogSigner,
        actor: &Actor,
        id: FrozenReportId,
        now: UtcMillis,
    ) -> Result<ReportBundle, ApiError> {
        let (row, document) = frozen(conn, actor, id)?;
        let area = id.area();
        let policy = cache.area(conn, area, now)?.known_at(Some(row.known_at));
        let bench = closing_bench(&policy, policy.cycle_named(&row.cycle)?)?;
        let people = to_judge(roster_of(Kept::read(&document)?));
        let mut numbers: Vec<i64> = Vec::new();
        if let Some(days) = days(&bench, &people) {
            let who: HashSet<i64> = people.iter().map(|(number, ..)| *number).collect();
            let all = ledger::entry_numbers_by_person(conn, area, days, row.known_at)?;
            numbers.extend(all.into_iter().filter(|(person, _)| who.contains(person)).map(|(_, number)| number));
        }
        let maker = Maker::new(conn, signer, area, Some(row.known_at))?;
        maker.places(conn, area, LeafKind::FrozenReport, &[id.number()])?;
        let entries = maker.places(conn, area, LeafKind::HourEntry, &numbers)?;
        let written = Written::default();
        Ok(ReportBundle {
            maker,
            row,
            document,
            entries,
            portions: None,
            listed: Vec::new(),
            zip: Some(ZipWriter::new_stream(written.clone())),
            written,
        })
    }

    /// Entries that are written, and entries in all.
    pub fn progress(&self) -> (usize, usize) {
        let all = self.entries.len();
        (self.portions.unwrap_or_default().saturating_mul(PORTION).min(all), all)
    }

    /// The next bytes, never none; `None` after the last.
    ///
    /// # Errors
    /// Where the database does not answer or a row is not what its leaf says.
    pub fn next(&mut self, conn: &mut Conn) -> Result<Option<Vec<u8>>, ApiError> {
        while self.zip.is_some() {
            match self.portions {
                None => {
                    self.head(conn)?;
                    self.portions = Some(0);
                }
                Some(done) if done < self.entries.len().div_ceil(PORTION) => {
                    self.portion(conn, done)?;
                    self.portions = Some(done + 1);
                }
                Some(_) => self.tail(conn)?,
            }
            let bytes = std::mem::take(&mut *self.written.0.lock().unwrap_or_else(PoisonError::into_inner));
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }

    fn file(&mut self, name: &str, bytes: &[u8]) -> Result<(), ApiError> {
        self.listed.push((name.to_owned(), digest(bytes)));
        let Some(zip) = &mut self.zip else { return Ok(()) };
        zip.start_file(name, options(CompressionMethod::Deflated)).map_err(|fault| unwritten(&fault))?;
        zip.write_all(bytes).map_err(|fault| unwritten(&fault.into()))
    }

    /// What this is, the report, the leaf that stands for it, and the packs.
    fn head(&mut self, conn: &mut Conn) -> Result<(), ApiError> {
        let id = self.row.id;
        let own = self.maker.placed(conn, id.area(), LeafKind::FrozenReport, &[id.number()])?;
        let mut leaves: Vec<&Placed> = self.maker.packs.iter().map(|pack| &pack.placed).chain(&own).collect();
        leaves.sort_by_key(|leaf| (leaf.area, leaf.position));
        let proofs = self.maker.proofs(conn, &leaves)?;
        let lines: String = leaves.iter().flat_map(|leaf| [leaf.bytes.as_str(), "\n"]).collect();
        let document = std::mem::take(&mut self.document);
        self.file(README, REPORT_README_TEXT.as_bytes())?;
        self.file(REPORT, document.as_bytes())?;
        self.file(LEAVES, lines.as_bytes())?;
        self.file(PROOFS, proofs.as_bytes())
    }

    /// The next entries, and the proof of them all.
    fn portion(&mut self, conn: &mut Conn, done: usize) -> Result<(), ApiError> {
        let area = self.row.id.area();
        let places: Vec<LeafPlace> = self.entries.iter().skip(done * PORTION).take(PORTION).copied().collect();
        let leaves = self.maker.written(conn, area, LeafKind::HourEntry, &places)?;
        let positions: Vec<u64> = leaves.iter().map(|leaf| leaf.position).collect();
        let size = self.maker.checkpoints.get(&area).map_or(0, |checkpoint| checkpoint.size);
        let mut nodes = Nodes::of(conn, area);
        let hashes = batch_inclusion(&positions, size, |subtree| nodes.get(subtree))?;
        let hashes = hashes.ok_or_else(|| DbError::damaged("the places of entries in the log"))?;
        let text = |hash: Hash| hash.to_string();
        let proof = json!({
            "area": area.to_string(),
            "hashes": hashes.into_iter().map(text).collect::<Vec<_>>(),
            "leaf_hashes": leaves.iter().map(|leaf| text(leaf_hash(leaf.bytes.as_bytes()))).collect::<Vec<_>>(),
            "positions": positions,
        });
        let lines: String = leaves.iter().flat_map(|leaf| [leaf.bytes.as_str(), "\n"]).collect();
        let (leaves_file, proof_file) = portion_files(done + 1);
        self.file(&leaves_file, lines.as_bytes())?;
        self.file(&proof_file, format!("{proof}\n").as_bytes())
    }

    /// Checkpoints, keys and the manifest.
    fn tail(&mut self, conn: &mut Conn) -> Result<(), ApiError> {
        let notes: Vec<(String, String)> = self
            .maker
            .checkpoints
            .iter()
            .map(|(area, checkpoint)| (checkpoint_file(*area), checkpoint.note.clone()))
            .collect();
        for (name, note) in notes {
            self.file(&name, note.as_bytes())?;
        }
        let keys = self.maker.keys(conn)?;
        self.file(KEYS, keys.as_bytes())?;
        let area = self.row.id.area();
        let subject = report_subject(self.row.id, &self.row.cycle);
        let signed = manifest(&self.maker.signer.key(conn, area)?, area, &subject, &self.listed);
        self.file(MANIFEST, signed.as_bytes())?;
        if let Some(zip) = self.zip.take() {
            zip.finish().map_err(|fault| unwritten(&fault))?;
        }
        Ok(())
    }
}
