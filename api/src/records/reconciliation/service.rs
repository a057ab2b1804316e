//! Reconciliation: the use cases. Nothing is written by a comparison.

use super::wire::{DifferentView, OnlyHereView, OnlyThereView, ReconciliationFaultView, ReconciliationView};
use crate::{
    access::Actor,
    http::{Work, command::hex},
    ledger::sight::viewer,
    problem::{ApiError, Code, Language, Words},
    records::platform,
    sheet::{SheetFault, read_grid},
    wire::{OneOf, Text},
};
use chrono::NaiveDate;
use serde_json::json;
use sha2::{Digest, Sha256};
use shixun_domain::{
    AreaCode, Hours,
    id::{OrganisationId, PersonId},
    imports::{
        list::ListFault,
        record_list::{RecordList, read_record_list},
    },
    people::hiding::masked_numbers,
    policy::KnownThemes,
    records::{
        RecordState,
        reconcile::{Side, compare},
    },
    time::DateSpan,
};
use shixun_persistence::{
    Conn, people,
    records::{self as store, RecordFilter, RecordRow, StandingHours},
};
use std::collections::{HashMap, HashSet};

/// A file of the platform that was read.
#[derive(Debug, Clone)]
pub struct PlatformFile {
    /// Its rows.
    pub list: RecordList,
    /// Its name.
    pub name: String,
    /// SHA-256 of it.
    pub digest: String,
}

/// Reads a file. It may take a second: call it on a blocking thread.
///
/// # Errors
/// `file_unreadable`.
pub fn read(bytes: &[u8], name: String, today: NaiveDate, themes: &KnownThemes) -> Result<PlatformFile, ApiError> {
    let unreadable = |fault: SheetFault| {
        let words = Words::new(fault.zh(), fault.to_string());
        ApiError::new(Code::FileUnreadable).with_words("reason", words).with("fault", fault.code())
    };
    let grid = read_grid(bytes).map_err(unreadable)?;
    Ok(PlatformFile { list: read_record_list(&grid, today, themes), name, digest: hex(&Sha256::digest(bytes)) })
}

/// A record with the person's identity number and the hours that stand.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The record.
    pub row: RecordRow,
    /// The identity number: personal data, not for answers.
    pub identity: String,
    /// Hours after every correction; those claimed, where nothing is posted yet.
    pub hours: Hours,
    /// Of these, practice.
    pub practice: Hours,
}

impl Standing {
    /// What the platform has it by: whose it is, and the number there.
    fn key(&self) -> (&str, &str) {
        (&self.identity, &self.row.content.source_key)
    }
}

/// What is wanted of the platform's records.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Completed on this day or later.
    pub from: Option<NaiveDate>,
    /// Completed on this day or earlier.
    pub to: Option<NaiveDate>,
    /// Of one school.
    pub organisation: Option<OrganisationId>,
}

/// Records of the platform that the actor may see and that were neither rejected nor withdrawn.
///
/// # Errors
/// Where the database does not answer.
pub fn ours(conn: &mut Conn, actor: &Actor, wanted: Wanted) -> Result<Vec<Standing>, ApiError> {
    let area = actor.area();
    let viewer = viewer(conn, actor, area)?;
    let filter = RecordFilter {
        source: Some(platform::SOURCE.to_owned()),
        from: wanted.from,
        to: wanted.to,
        organisation: wanted.organisation,
        ..RecordFilter::default()
    };
    let mut rows = store::list(conn, area, &viewer, &filter, None, i64::MAX)?;
    rows.retain(|row| row.state.claims_content());
    let standing = platform::standing(conn, &rows)?;
    let persons = identities(conn, area, &rows)?;
    let with = |row: RecordRow| {
        let StandingHours { hours, practice } = standing.get(&row.id).copied().unwrap_or(platform::claimed(&row));
        let identity = persons.get(&row.person).cloned().unwrap_or_default();
        Standing { row, identity, hours, practice }
    };
    Ok(rows.into_iter().map(with).collect())
}

fn identities(conn: &mut Conn, area: AreaCode, rows: &[RecordRow]) -> Result<HashMap<PersonId, String>, ApiError> {
    let mut numbers: Vec<i64> = rows.iter().map(|row| row.person.number()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    Ok(people::identities_of(conn, area, &numbers)?)
}

/// Compares a file with our records of the area.
///
/// # Errors
/// `not_found` where the role reaches a part of the area only.
pub fn reconcile(
    conn: &mut Conn,
    actor: &Actor,
    file: &PlatformFile,
    span: DateSpan,
    language: Language,
) -> Result<ReconciliationView, ApiError> {
    let area = actor.area();
    if !actor.reaches_area(area) {
        return Err(ApiError::no_area(area));
    }
    // What one side has in these days is compared with what the other has of it, on whatever day.
    let all = ours(conn, actor, Wanted { from: None, to: None, organisation: None })?;
    let rows = file.list.rows.iter();
    let of_lines = rows.clone().map(|line| (line.ends_on, (line.identity.as_str(), line.key.as_str())));
    let of_records = all.iter().map(|one| (one.row.content.ends_on, one.key()));
    let wanted: HashSet<(&str, &str)> =
        of_lines.chain(of_records).filter(|(day, _)| span.contains(*day)).map(|(_, key)| key).collect();
    let lines: Vec<_> = rows.filter(|line| wanted.contains(&(line.identity.as_str(), line.key.as_str()))).collect();
    let here: Vec<&Standing> = all.iter().filter(|one| wanted.contains(&one.key())).collect();
    let numbers: Vec<&str> = lines.iter().map(|line| line.identity.as_str()).collect();
    let known: HashMap<String, PersonId> = people::find_by_identities(conn, area, &numbers)?
        .into_iter()
        .map(|person| (person.data.identity.as_str().to_owned(), person.id))
        .collect();
    let theirs: Vec<Side> = lines
        .iter()
        .map(|line| Side {
            person: line.identity.as_str().to_owned(),
            key: line.key.clone(),
            hours: line.hours,
            ends_on: line.ends_on,
            name: line.name.clone(),
        })
        .collect();
    let own: Vec<Side> = here
        .iter()
        .map(|one| Side {
            person: one.identity.clone(),
            key: one.row.content.source_key.clone(),
            hours: one.hours,
            ends_on: one.row.content.ends_on,
            name: one.row.person_name.clone(),
        })
        .collect();
    let found = compare(&theirs, &own);
    let only_there = found.only_there.iter().filter_map(|place| lines.get(*place)).map(|line| OnlyThereView {
        sheet: line.sheet.clone(),
        row: line.row,
        teacher_id: known.get(line.identity.as_str()).map(|person| Text(person.teacher())),
        name: masked_numbers(&line.name),
        source_key: line.key.clone(),
        title: line.title.clone(),
        ends_on: line.ends_on,
        hours: Text(line.hours),
    });
    let only_here = found.only_here.iter().filter_map(|place| here.get(*place)).map(|own| only_here(own));
    let pairs = found.different.iter().filter_map(|one| Some((one, lines.get(one.there)?, here.get(one.here)?)));
    let different = pairs.map(|(one, line, own)| DifferentView {
        differs_in: one.differs_in.iter().copied().map(OneOf).collect(),
        sheet: line.sheet.clone(),
        row: line.row,
        record_id: Text(own.row.id),
        state: OneOf(own.row.state),
        teacher_id: Text(own.row.person.teacher()),
        name: own.row.person_name.clone(),
        source_key: line.key.clone(),
        title: own.row.content.title.clone(),
        ends_on: own.row.content.ends_on,
        name_there: Some(masked_numbers(&line.name)).filter(|name| !name.is_empty()),
        ends_on_there: line.ends_on,
        hours_there: Text(line.hours),
        hours_here: Text(own.hours),
    });
    let same = found.same.iter().filter_map(|place| here.get(*place));
    let waiting = same.filter(|own| own.row.state != RecordState::Verified);
    Ok(ReconciliationView {
        from: span.from,
        to: span.to.unwrap_or(span.from),
        file_name: file.name.clone(),
        digest: file.digest.clone(),
        rows_there: count(lines.len()),
        rows_here: count(here.len()),
        same: count(found.same.len()),
        waiting: count(waiting.count()),
        only_there: only_there.collect(),
        only_here: only_here.collect(),
        different: different.collect(),
        faults: faults(&file.list, language),
    })
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn only_here(own: &Standing) -> OnlyHereView {
    OnlyHereView {
        record_id: Text(own.row.id),
        state: OneOf(own.row.state),
        teacher_id: Text(own.row.person.teacher()),
        name: own.row.person_name.clone(),
        organisation_name: own.row.organisation_name.clone(),
        source_key: own.row.content.source_key.clone(),
        title: own.row.content.title.clone(),
        ends_on: own.row.content.ends_on,
        hours: Text(own.hours),
    }
}

fn faults(list: &RecordList, language: Language) -> Vec<ReconciliationFaultView> {
    let faults = list.faults.iter().map(|placed| {
        let (zh, en) = placed.fault.words();
        ReconciliationFaultView {
            sheet: placed.sheet.clone(),
            row: placed.row,
            letters: placed.place.as_ref().map(|(letters, ..)| letters.clone()),
            code: placed.fault.code().to_owned(),
            detail: Words::new(zh, en).text(language).to_owned(),
        }
    });
    faults.collect()
}

/// Writes down that identity numbers left in clear, how many and why.
///
/// # Errors
/// Where the record cannot be written.
pub fn record_clear(work: &mut Work<'_, '_>, area: AreaCode, rows: usize, reason: &str) -> Result<(), ApiError> {
    let after = json!({"rows": rows, "reason": reason});
    work.record_of_area("export_clear", "records", area, Some(&after))
}
