//! Writing bundles.

use super::{
    KEYS, LEAVES, MANIFEST, PROOFS, README, README_TEXT, STATEMENT, STATEMENTS, checkpoint_file,
    files::{digest, manifest, options, write},
    judge::{self, About, Fault, Read, RuleBook},
};
use crate::{
    access::Actor,
    ledger::{
        judging::surplus,
        moment::moment,
        service::{StatementWish, may_see},
    },
    log::{
        LogSigner,
        keys::{listed, text},
        problems,
    },
    policy::PolicyCache,
    problem::ApiError,
};
use chrono::NaiveDate;
use serde_json::json;
use shixun_domain::{
    AreaCode, UtcMillis,
    id::{OrganisationId, PersonId, TeacherId},
    log::{Hash, LeafKind, Tree, tree::inclusion},
    policy::Schools,
};
use shixun_persistence::{
    Conn, DbError,
    ledger::{self, Known, employees, person_record},
    log::{self, CheckpointRow, LeafPlace, Nodes, sources},
    policy,
};
use std::{
    collections::BTreeMap,
    io::{Cursor, Seek, Write},
};
use zip::{CompressionMethod, ZipWriter, result::ZipError};

/// The bundle of a statement, as [`crate::ledger::service::statement`] gives it.
///
/// # Errors
/// `not_found`, `cycle_unknown`, `policy_missing`, `invalid_parameter`, and `log_behind` where an entry was written so lately that no
/// checkpoint is over it yet.
pub fn of_statement(
    conn: &mut Conn,
    cache: &PolicyCache,
    signer: &LogSigner,
    actor: &Actor,
    teacher: TeacherId,
    wish: &StatementWish,
    now: UtcMillis,
) -> Result<Vec<u8>, ApiError> {
    let person = teacher.person();
    may_see(conn, actor, person)?;
    let policy = cache.area(conn, person.area(), now)?;
    let moment = moment(&policy, wish.cycle.as_deref(), wish.as_of, now.china_date())?;
    let mut maker = Maker::new(conn, signer, person.area(), None)?;
    maker.bundle(conn, person, &moment.cycle.name(), moment.as_of)
}

/// The bundles of everybody employed in an area's schools on `as_of`, in one file; gives how many there are.
///
/// # Errors
/// As [`of_statement`], and where the file cannot be written.
pub fn of_area<W: Write + Seek>(
    conn: &mut Conn,
    signer: &LogSigner,
    area: AreaCode,
    (cycle, as_of): (&str, NaiveDate),
    into: W,
    mut progress: impl FnMut(usize, usize),
) -> Result<usize, ApiError> {
    let everybody = employees(conn, area, "/", as_of, &Known::today())?;
    let mut maker = Maker::new(conn, signer, area, None)?;
    maker.remember_trees(conn)?;
    let mut writer = ZipWriter::new(into);
    let mut listed = Vec::with_capacity(everybody.len());
    for (done, employee) in everybody.iter().enumerate() {
        let bytes = maker.bundle(conn, employee.person, cycle, as_of)?;
        let name = format!("{STATEMENTS}{}.zip", employee.person.teacher());
        listed.push((name.clone(), digest(&bytes)));
        writer.start_file(name, options(CompressionMethod::Stored)).map_err(|fault| unwritten(&fault))?;
        writer.write_all(&bytes).map_err(|fault| unwritten(&fault.into()))?;
        progress(done + 1, everybody.len());
    }
    let keys = maker.keys(conn)?;
    listed.extend([(README.to_owned(), digest(README_TEXT.as_bytes())), (KEYS.to_owned(), digest(keys.as_bytes()))]);
    let signed = manifest(&signer.key(conn, area)?, area, &format!("statements {cycle} {as_of}"), &listed);
    for (name, text) in [(README, README_TEXT), (KEYS, &keys), (MANIFEST, &signed)] {
        writer.start_file(name, options(CompressionMethod::Deflated)).map_err(|fault| unwritten(&fault))?;
        writer.write_all(text.as_bytes()).map_err(|fault| unwritten(&fault.into()))?;
    }
    writer.finish().map_err(|fault| unwritten(&fault))?;
    Ok(everybody.len())
}

pub(super) fn unwritten(fault: &ZipError) -> ApiError {
    ApiError::internal(format!("the bundle cannot be written: {fault}"))
}

/// A leaf in its place.
pub(super) struct Placed {
    pub(super) area: AreaCode,
    pub(super) position: u64,
    pub(super) bytes: String,
}

/// A pack, for a statement that is judged by it.
pub(super) struct PackLeaf {
    pub(super) placed: Placed,
    read: Read,
    school: Option<OrganisationId>,
}

impl PackLeaf {
    /// True where somebody is judged by it who belonged to these schools.
    fn concerns(&self, schools: &Schools) -> bool {
        self.school.is_none_or(|school| schools.spells().iter().any(|spell| spell.school == school))
    }
}

/// What the bundles of an area share: its packs, and the checkpoints and trees of the logs they stand in.
pub(super) struct Maker {
    pub(super) signer: LogSigner,
    area: AreaCode,
    pub(super) checkpoints: BTreeMap<AreaCode, CheckpointRow>,
    pub(super) packs: Vec<PackLeaf>,
    rules: RuleBook,
    trees: BTreeMap<AreaCode, Tree>,
}

impl Maker {
    /// With the packs that were published up to `known_at`, or all.
    pub(super) fn new(
        conn: &mut Conn,
        signer: &LogSigner,
        area: AreaCode,
        known_at: Option<UtcMillis>,
    ) -> Result<Self, ApiError> {
        let mut numbers: BTreeMap<AreaCode, Vec<i64>> = BTreeMap::from([(area, Vec::new())]);
        let known = |at: Option<UtcMillis>| known_at.is_none_or(|known_at| at.is_some_and(|at| at <= known_at));
        for row in policy::published_for(conn, area)?.into_iter().filter(|row| known(row.published_at)) {
            numbers.entry(row.id.area()).or_default().push(row.id.number());
        }
        let mut maker = Maker {
            signer: signer.clone(),
            area,
            checkpoints: BTreeMap::new(),
            packs: Vec::new(),
            rules: RuleBook::default(),
            trees: BTreeMap::new(),
        };
        for (area, numbers) in numbers {
            let newest = log::latest(conn, area)?.ok_or_else(problems::behind)?;
            maker.checkpoints.insert(area, newest);
            for placed in maker.placed(conn, area, LeafKind::PolicyPack, &numbers)? {
                let damaged = || ApiError::internal("a published policy pack cannot be read");
                let read = judge::leaf(&placed.bytes).ok_or_else(damaged)?;
                let school = read.pack().ok_or_else(damaged)?.jurisdiction().school();
                maker.packs.push(PackLeaf { placed, read, school });
            }
        }
        Ok(maker)
    }

    /// Reads the whole trees, for as many proofs as there are leaves.
    fn remember_trees(&mut self, conn: &mut Conn) -> Result<(), ApiError> {
        for (area, checkpoint) in &self.checkpoints {
            let mut hashes: Vec<Hash> = Vec::new();
            loop {
                let from = u64::try_from(hashes.len()).unwrap_or(u64::MAX);
                let page = log::leaves(conn, *area, from, 20_000)?;
                if page.is_empty() || from >= checkpoint.size {
                    break;
                }
                hashes.extend(page.into_iter().map(|leaf| leaf.hash));
            }
            self.trees.insert(*area, Tree::new(hashes));
        }
        Ok(())
    }

    /// The leaves of these rows; every one has to be below the checkpoint.
    pub(super) fn placed(
        &self,
        conn: &mut Conn,
        area: AreaCode,
        kind: LeafKind,
        numbers: &[i64],
    ) -> Result<Vec<Placed>, ApiError> {
        let places = self.places(conn, area, kind, numbers)?;
        self.written(conn, area, kind, &places)
    }

    /// Where these rows stand in the log; every one has to be below the checkpoint.
    pub(super) fn places(
        &self,
        conn: &mut Conn,
        area: AreaCode,
        kind: LeafKind,
        numbers: &[i64],
    ) -> Result<Vec<LeafPlace>, ApiError> {
        let size = self.checkpoints.get(&area).map_or(0, |checkpoint| checkpoint.size);
        let places = log::places(conn, area, kind, numbers)?;
        if places.len() != numbers.len() || places.iter().any(|leaf| leaf.position >= size) {
            return Err(problems::behind());
        }
        Ok(places)
    }

    /// The leaves that stand in these places.
    pub(super) fn written(
        &self,
        conn: &mut Conn,
        area: AreaCode,
        kind: LeafKind,
        places: &[LeafPlace],
    ) -> Result<Vec<Placed>, ApiError> {
        let numbers: Vec<i64> = places.iter().map(|leaf| leaf.number).collect();
        let mut texts = BTreeMap::new();
        for batch in numbers.chunks(sources::ROWS_AT_ONCE) {
            let rows = sources::rows(conn, self.signer.salts(), area, kind, sources::Which::Of(batch))?;
            texts.extend(rows.into_iter().map(|row| (row.number, row)));
        }
        let mut placed = Vec::with_capacity(places.len());
        for leaf in places {
            // What was changed behind the program's back is not handed out as if it were proved.
            let row = texts.remove(&leaf.number).filter(|row| row.hash() == leaf.hash).ok_or_else(|| {
                let id = sources::id(area, kind, leaf.number);
                DbError::damaged(format!("{id} is not what its leaf in the log says; `shixun check` tells more"))
            })?;
            placed.push(Placed { area, position: leaf.position, bytes: row.bytes });
        }
        Ok(placed)
    }

    pub(super) fn proofs(&self, conn: &mut Conn, leaves: &[&Placed]) -> Result<String, ApiError> {
        let mut text = String::new();
        for own in leaves.chunk_by(|one, other| one.area == other.area) {
            let Some(area) = own.first().map(|leaf| leaf.area) else { continue };
            let size = self.checkpoints.get(&area).map_or(0, |checkpoint| checkpoint.size);
            let mut nodes = Nodes::of(conn, area);
            for leaf in own {
                let proof = match self.trees.get(&area) {
                    Some(tree) => inclusion(leaf.position, size, |subtree| tree.get(subtree))
                        .map_err(|fault| ApiError::internal(fault.to_string()))?,
                    None => inclusion(leaf.position, size, |subtree| nodes.get(subtree))?,
                };
                let hashes: Vec<String> = proof.unwrap_or_default().iter().map(Hash::to_string).collect();
                let line = json!({"area": area.to_string(), "hashes": hashes, "position": leaf.position});
                text.push_str(&format!("{line}\n"));
            }
        }
        Ok(text)
    }

    /// The verifier keys of the logs with their times, one a line.
    pub(super) fn keys(&self, conn: &mut Conn) -> Result<String, DbError> {
        let lists = self.checkpoints.keys().map(|area| Ok(text(&listed(conn, *area)?)));
        lists.collect()
    }

    fn bundle(
        &mut self,
        conn: &mut Conn,
        person: PersonId,
        cycle: &str,
        as_of: NaiveDate,
    ) -> Result<Vec<u8>, ApiError> {
        let missing = || ApiError::missing(person.teacher());
        let mut record = person_record(conn, person, as_of, &Known::today())?.ok_or_else(missing)?;
        if self.packs.iter().any(|pack| pack.school.is_some()) {
            let ruled = |school| self.packs.iter().any(|pack| pack.school == Some(school));
            record.facts.schools = Schools::new(&ledger::school_spells(conn, person, &Known::today())?, ruled);
        }
        let packs: Vec<&PackLeaf> = self.packs.iter().filter(|pack| pack.concerns(&record.facts.schools)).collect();
        let pack_leaves: Vec<&Read> = packs.iter().map(|pack| &pack.read).collect();
        let mut about = About {
            person,
            cycle: cycle.to_owned(),
            as_of,
            snapshot: record.snapshot.clone(),
            facts: record.facts.clone(),
            waivers: record.waivers.clone(),
            disputed: record.disputed.clone(),
        };
        let faulty = |fault| match fault {
            Fault::Leaf(id, what) => ApiError::internal(format!("{id} {what}")),
            Fault::Rules => ApiError::internal(format!("no rules for {cycle}")),
        };
        let rules = self.rules.rules(&about, pack_leaves.iter().copied()).map_err(faulty)?;
        if let Some(before) = self.rules.before(&about, &rules, &pack_leaves).map_err(faulty)? {
            about.facts.surplus = surplus(conn, person, &record, &before, None)?;
        }
        let (from, to) = judge::days(&rules, &about);
        let numbers = ledger::entry_numbers(conn, person, from, to)?;
        let entries = self.placed(conn, self.area, LeafKind::HourEntry, &numbers)?;
        let read: Option<Vec<Read>> = entries.iter().map(|leaf| judge::leaf(&leaf.bytes)).collect();
        let read = read.ok_or_else(|| ApiError::internal("a leaf that was just written cannot be read"))?;
        let statement = judge::statement(&rules, about, &read).map_err(faulty)?;
        let mut leaves: Vec<&Placed> = packs.iter().map(|pack| &pack.placed).chain(&entries).collect();
        leaves.sort_by_key(|leaf| (leaf.area, leaf.position));
        let statement = serde_json::to_vec_pretty(&statement).map_err(|fault| ApiError::internal(fault.to_string()))?;
        let lines: String = leaves.iter().flat_map(|leaf| [leaf.bytes.as_str(), "\n"]).collect();
        let mut files = vec![
            (README.to_owned(), README_TEXT.as_bytes().to_vec()),
            (STATEMENT.to_owned(), statement),
            (LEAVES.to_owned(), lines.into_bytes()),
            (PROOFS.to_owned(), self.proofs(conn, &leaves)?.into_bytes()),
        ];
        for (area, checkpoint) in &self.checkpoints {
            files.push((checkpoint_file(*area), checkpoint.note.clone().into_bytes()));
        }
        files.push((KEYS.to_owned(), self.keys(conn)?.into_bytes()));
        let listed: Vec<_> = files.iter().map(|(name, bytes)| (name.clone(), digest(bytes))).collect();
        let subject = format!("statement {} {cycle} {as_of}", person.teacher());
        let signed = manifest(&self.signer.key(conn, self.area)?, self.area, &subject, &listed);
        files.push((MANIFEST.to_owned(), signed.into_bytes()));
        let written = write(Cursor::new(Vec::new()), &files).map_err(|fault| unwritten(&fault))?;
        Ok(written.into_inner())
    }
}
