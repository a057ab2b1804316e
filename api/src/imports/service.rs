//! Imports: the use cases.
//!
//! A file is read and checked before any transaction begins; the transaction compares with what is known, writes, and keeps
//! the report. What is reported is what was written, because the report is made by what writes.

use super::{
    apply, records,
    report::{Found, Report, count},
    schools,
};
use crate::{
    access::Actor,
    http::{
        Page, Work,
        command::{NOTHING, Origin, hex},
    },
    policy::PolicyCache,
    problem::{ApiError, Code, FieldFault, Words},
    records::platform,
    sheet::{SheetFault, read_grid},
};
use chrono::NaiveDate;
use serde_json::json;
use sha2::{Digest, Sha256};
use shixun_domain::{
    AreaCode, UtcMillis,
    id::{AccountId, Import, ImportId},
    imports::{
        ImportKind, ImportMode,
        record_list::{RecordList, read_record_list},
        school_list::{SchoolList, read_school_list},
    },
    org::SchoolCode,
    people::{
        hiding::masked_name,
        roster::{KnownSchool, KnownSchools, Roster, RosterContext, read_roster},
    },
    policy::KnownThemes,
};
use shixun_persistence::{
    Conn, Db, DbError, Keep,
    imports::{self, ImportRow},
    org,
};
use std::sync::Arc;

/// Faults that a refusal lists; a dry run reports more.
const FAULTS_LISTED: usize = 1_000;

/// The media type of a workbook.
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What is asked of an import.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// What the file holds.
    pub kind: ImportKind,
    /// What becomes of the good rows where others have faults.
    pub mode: ImportMode,
    /// Check and report, write nothing.
    pub dry_run: bool,
    /// The name of the file.
    pub file_name: String,
    /// The day from which what is stated holds; today where it is not given.
    pub effective_on: Option<NaiveDate>,
    /// The sheet to read, where it must be one.
    pub sheet: Option<String>,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The file was read: so many rows can be imported, so many cannot.
    Read {
        /// Rows without faults.
        rows: usize,
        /// Rows with faults.
        refused: u32,
    },
    /// The rows were compared with what is known.
    Compared,
    /// What changes was written.
    Written,
    /// Everything is committed.
    Committed,
}

/// Who is told how far an import is.
pub type Listener = Arc<dyn Fn(Progress) + Send + Sync>;

/// A file that was read.
enum Parsed {
    Roster(Roster),
    Schools(SchoolList),
    Records(RecordList),
}

/// A file that was read, ready to be applied.
pub struct Prepared {
    parsed: Parsed,
    digest: String,
    media_type: &'static str,
    options: ImportOptions,
}

/// What came of an import.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Its key; none for a dry run, which leaves nothing behind.
    pub id: Option<ImportId>,
    /// What the file held.
    pub kind: ImportKind,
    /// How strictly.
    pub mode: ImportMode,
    /// The name of the file.
    pub file_name: String,
    /// SHA-256 of the file.
    pub digest: String,
    /// What was found and done.
    pub report: Report,
    /// Who imported it.
    pub created_by: Option<AccountId>,
    /// When.
    pub created_at: UtcMillis,
}

impl Imported {
    /// Whether the mode lets the file in as it is.
    pub fn acceptable(&self) -> bool {
        self.report.faults_total == 0
            || (self.mode == ImportMode::RowByRow
                && self.report.created + self.report.updated + self.report.unchanged > 0)
    }
}

/// What a file may name.
#[derive(Debug)]
pub struct Known {
    schools: KnownSchools,
    themes: KnownThemes,
}

/// What a file that comes to an area may name.
///
/// # Errors
/// Where the database does not answer.
pub fn known(conn: &mut Conn, cache: &PolicyCache, area: AreaCode, now: UtcMillis) -> Result<Known, ApiError> {
    let themes = cache.area(conn, area, now)?.themes().clone();
    Ok(Known { schools: known_schools(conn, area, now.china_date())?, themes })
}

/// The schools and offices of an area as rosters may name them today: one that closed employs nobody any more.
fn known_schools(conn: &mut Conn, area: AreaCode, today: NaiveDate) -> Result<KnownSchools, ApiError> {
    let schools = org::all(conn, area)?
        .into_iter()
        .filter(|row| row.closed_on.is_none_or(|closed| closed >= today))
        .map(|row| KnownSchool {
            number: row.id.number(),
            code: row.code.as_deref().and_then(|code| SchoolCode::parse(code).ok()),
            name: row.name,
            other_names: Vec::new(),
            stage: row.stage,
        })
        .collect();
    let mut names = Vec::new();
    let mut next = Some(area);
    while let Some(found) = next.map(|code| org::find_area(conn, code)).transpose()?.flatten() {
        names.push(found.name);
        next = found.parent;
    }
    names.reverse();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Ok(KnownSchools::new(schools, &names))
}

/// Reads and checks a file. It may take a second: call it on a blocking thread.
///
/// # Errors
/// `file_unreadable`.
pub fn prepare(bytes: &[u8], known: &Known, options: ImportOptions, today: NaiveDate) -> Result<Prepared, ApiError> {
    let grid = read_grid(bytes).map_err(unreadable)?;
    let parsed = match options.kind {
        ImportKind::Roster => {
            let context = RosterContext { today, schools: &known.schools, sheet: options.sheet.as_deref() };
            Parsed::Roster(read_roster(&grid, &context))
        }
        ImportKind::Organisations => Parsed::Schools(read_school_list(&grid)),
        ImportKind::Records => Parsed::Records(read_record_list(&grid, today, &known.themes)),
    };
    // A workbook is an archive, which begins with these letters.
    let media_type = if bytes.starts_with(b"PK") { WORKBOOK } else { "text/csv" };
    Ok(Prepared { parsed, digest: hex(&Sha256::digest(bytes)), media_type, options })
}

fn unreadable(fault: SheetFault) -> ApiError {
    let words = Words::new(fault.zh(), fault.to_string());
    ApiError::new(Code::FileUnreadable).with_words("reason", words).with("fault", fault.code())
}

impl Prepared {
    /// Rows that can be imported, and rows that cannot.
    pub fn progress(&self) -> Progress {
        let (rows, refused) = match &self.parsed {
            Parsed::Roster(roster) => (roster.rows.len(), count(roster.refused_rows().len())),
            Parsed::Schools(list) => (list.rows.len(), Report::of_schools(list).failed),
            Parsed::Records(list) => (list.rows.len(), Report::of_records(list).failed),
        };
        Progress::Read { rows, refused }
    }

    /// Whether the import is a trial.
    pub fn keep(&self) -> Keep {
        Keep::unless(self.options.dry_run)
    }
}

/// Applies a file to an area and keeps the report.
///
/// # Errors
/// `import_has_faults` where the mode does not let the file in; a dry run reports them instead.
pub fn run(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    area: AreaCode,
    prepared: &Prepared,
    progress: &dyn Fn(Progress),
) -> Result<Imported, ApiError> {
    let options = &prepared.options;
    let day = options.effective_on.unwrap_or_else(|| work.at().china_date());
    let id = work.tx().new_id::<Import>(area);
    let mut report = match &prepared.parsed {
        Parsed::Roster(roster) => Report::of_roster(roster),
        Parsed::Schools(list) => Report::of_schools(list),
        Parsed::Records(list) => Report::of_records(list),
    };
    report.effective_on = Some(day);
    match &prepared.parsed {
        Parsed::Roster(roster) => apply::roster(work, area, id, &roster.rows, day, &mut report, progress)?,
        Parsed::Schools(list) => schools::schools(work, area, &list.rows, &mut report)?,
        Parsed::Records(list) => {
            let by = records::importer(work)?;
            let evidence = platform::evidence(id, &options.file_name, &prepared.digest, prepared.media_type)?;
            records::records(work, cache, (area, id, by), &list.rows, &evidence, &mut report)?;
        }
    }
    let imported = Imported {
        id: (!options.dry_run).then_some(id),
        kind: options.kind,
        mode: options.mode,
        file_name: masked_name(&options.file_name),
        digest: prepared.digest.clone(),
        report,
        created_by: work.actor(),
        created_at: work.at(),
    };
    if options.dry_run {
        return Ok(imported);
    }
    if !imported.acceptable() {
        return Err(refused(&imported.report));
    }
    imports::add(work.tx(), &stored(id, &imported)?)?;
    let after = json!({
        "kind": imported.kind.as_str(), "mode": imported.mode.as_str(), "file_name": imported.file_name,
        "digest": imported.digest, "effective_on": day, "created": imported.report.created,
        "updated": imported.report.updated, "unchanged": imported.report.unchanged, "failed": imported.report.failed,
    });
    work.record("import", id, NOTHING, Some(&after))?;
    Ok(imported)
}

fn stored(id: ImportId, imported: &Imported) -> Result<ImportRow, ApiError> {
    let signed = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    Ok(ImportRow {
        id,
        kind: imported.kind.as_str().to_owned(),
        mode: imported.mode.as_str().to_owned(),
        file_name: imported.file_name.clone(),
        digest: imported.digest.clone(),
        created: signed(imported.report.created),
        updated: signed(imported.report.updated),
        unchanged: signed(imported.report.unchanged),
        failed: signed(imported.report.failed),
        report: serde_json::to_string(&imported.report).map_err(|error| ApiError::internal(error.to_string()))?,
        created_by: imported.created_by,
        created_at: imported.created_at,
    })
}

/// The refusal with each fault at its place.
fn refused(report: &Report) -> ApiError {
    let fault = |found: &Found| {
        let words =
            Words::new(format!("{}{}", place(found, true), found.zh), format!("{}{}", place(found, false), found.en));
        FieldFault::new(pointer(found), found.code.as_str(), words).with_all(found.params.iter().cloned())
    };
    let faults = report.faults.iter().take(FAULTS_LISTED).map(fault).collect();
    ApiError::new(Code::ImportHasFaults).with("count", report.faults_total).with_faults(faults)
}

/// `/sheets/花名册/rows/24/school_code`: sheet, row and what the column holds, as far as they are known.
fn pointer(found: &Found) -> String {
    let sheet = Some(found.sheet.replace('~', "~0").replace('/', "~1")).filter(|name| !name.is_empty());
    let parts = [
        sheet.map(|name| format!("/sheets/{name}")),
        found.row.map(|row| format!("/rows/{row}")),
        found.column.as_ref().map(|column| format!("/{column}")),
    ];
    parts.into_iter().flatten().collect()
}

/// `第24行C列“学校标识码”：`.
fn place(found: &Found, zh: bool) -> String {
    match (found.row, &found.letters, &found.header) {
        (None, ..) => String::new(),
        (Some(row), Some(letters), Some(header)) if zh => format!("第{row}行{letters}列“{header}”："),
        (Some(row), Some(letters), Some(header)) => format!("row {row}, column {letters} “{header}”: "),
        (Some(row), ..) if zh => format!("第{row}行："),
        (Some(row), ..) => format!("row {row}: "),
    }
}

/// Imports a file outside of a request: for the command line. `by` is who stands behind it, if anybody.
///
/// # Errors
/// `file_unreadable`, `import_has_faults`, or where the database does not answer.
pub fn import_file(
    db: &Db,
    area: AreaCode,
    bytes: &[u8],
    options: ImportOptions,
    by: Option<AccountId>,
    now: UtcMillis,
    listener: &Listener,
) -> Result<Imported, ApiError> {
    let cache = PolicyCache::default();
    let known = db.read_blocking(|conn| known(conn, &cache, area, now))?;
    let prepared = Arc::new(prepare(bytes, &known, options, now.china_date())?);
    listener(prepared.progress());
    let origin = Origin { actor: by, request_id: format!("import-{}", now.millis()), address: "command line".into() };
    let (tell, keep) = (Arc::clone(listener), prepared.keep());
    let imported = db.write_blocking(now, keep, move |tx| {
        Work::run(tx, &origin, |work| run(work, &cache, area, &prepared, &|progress| tell(progress)))
    })?;
    listener(Progress::Committed);
    Ok(imported)
}

/// The area an import goes to: the actor's, all of it.
///
/// # Errors
/// `not_found` where the role reaches a part of the area only.
pub fn area_of(actor: &Actor) -> Result<AreaCode, ApiError> {
    let area = actor.area();
    if actor.reaches_area(area) { Ok(area) } else { Err(ApiError::no_area(area)) }
}

fn imported(row: ImportRow) -> Result<Imported, ApiError> {
    let damaged = |what: &str| ApiError::from(DbError::damaged(format!("imports.{what} of {}", row.id)));
    Ok(Imported {
        id: Some(row.id),
        kind: row.kind.parse().map_err(|_| damaged("kind"))?,
        mode: row.mode.parse().map_err(|_| damaged("mode"))?,
        report: serde_json::from_str(&row.report).map_err(|_| damaged("report"))?,
        file_name: row.file_name,
        digest: row.digest,
        created_by: row.created_by,
        created_at: row.created_at,
    })
}

/// One import.
///
/// # Errors
/// `not_found`.
pub fn get(conn: &mut Conn, actor: &Actor, id: ImportId) -> Result<Imported, ApiError> {
    let missing = || ApiError::missing(id);
    if !actor.reaches_area(id.area()) {
        return Err(missing());
    }
    imported(imports::find(conn, id)?.ok_or_else(missing)?)
}

/// Imports of an area, the actor's own where none is given, newest first.
///
/// # Errors
/// `not_found` where no role of the actor covers the area.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    area: Option<AreaCode>,
    page: &Page,
) -> Result<(Vec<Imported>, Option<i64>), ApiError> {
    let area = area.unwrap_or(actor.area());
    if !actor.reaches_area(area) {
        return Err(ApiError::no_area(area));
    }
    let rows = imports::list(conn, area, page.after()?, page.fetch())?;
    let total = page.counted(|| imports::count(conn, area))?;
    Ok((rows.into_iter().map(imported).collect::<Result<_, _>>()?, total))
}
