//! Hours of the provincial platform, as files hold them: into a record, and back into the same columns.

use super::wire::{EvidenceFile, RecordInput};
use crate::{problem::ApiError, wire::Text};
use shixun_domain::{
    id::{HourEntryId, ImportId, OutsideRecordId},
    imports::record_list::RecordLine,
    ledger::Circumstances,
    ledger::default_content_key,
    policy::Provider,
    records::{Claim, RecordCategory, RecordState},
};
use shixun_persistence::{
    Conn,
    columns::search_name,
    records::{self as store, Content, RecordRow, StandingHours},
};
use std::collections::HashMap;

/// The source of everything that comes from the provincial platform.
pub const SOURCE: &str = "zj_platform";

/// Where a row comes from: the platform, or what an office keeps a list of.
pub fn source(category: RecordCategory) -> &'static str {
    if category == RecordCategory::Platform { SOURCE } else { category.as_str() }
}

/// The file as the evidence of what it holds.
///
/// # Errors
/// `internal`, never in practice: the word is a constant.
pub fn evidence(import: ImportId, file_name: &str, digest: &str, media_type: &str) -> Result<EvidenceFile, ApiError> {
    let kind = "platform_file".parse().map_err(|_| ApiError::internal("a word of our own"))?;
    let file_name = if file_name.trim().is_empty() { "platform file" } else { file_name }.to_owned();
    let (sha256, media_type) = (digest.to_owned(), media_type.to_owned());
    Ok(EvidenceFile { kind: Text(kind), file_name, sha256, media_type, kept_at: import.to_string() })
}

/// A row of a file as a record to be entered.
///
/// # Errors
/// `internal` where the evidence cannot be written as JSON.
pub fn input(line: &RecordLine, evidence: &EvidenceFile) -> Result<RecordInput, ApiError> {
    let files = serde_json::to_string(&[evidence]).map_err(|error| ApiError::internal(error.to_string()))?;
    let category = line.category;
    let content = Content {
        category,
        activity: None,
        level: line.level,
        route: line.route,
        form: line.form,
        themes: line.themes.clone(),
        block_key: line.block_key.clone(),
        title: line.title.clone(),
        content_key: default_content_key(category.as_str(), &search_name(&line.title)),
        provider: line.provider.clone(),
        circumstances: Circumstances::ORDINARY,
        consent_reference: None,
        starts_on: line.starts_on,
        ends_on: line.ends_on,
        hours: line.hours,
        practice: line.practice,
        evidence: files,
        source: source(category).to_owned(),
        source_key: line.key.clone(),
    };
    let claim = Claim {
        starts_on: line.starts_on,
        ends_on: line.ends_on,
        hours: line.hours,
        practice: line.practice,
        provider: Provider::Reviewed,
        evidence: vec![evidence.kind.0],
    };
    Ok(RecordInput { content, claim, duplicate_reason: None })
}

/// What stands of records that are verified, by record.
///
/// # Errors
/// Where the database does not answer.
pub fn standing(conn: &mut Conn, rows: &[RecordRow]) -> Result<HashMap<OutsideRecordId, StandingHours>, ApiError> {
    let posted = rows.iter().filter(|row| row.state == RecordState::Verified);
    let entries: Vec<(OutsideRecordId, HourEntryId)> =
        posted.filter_map(|row| row.entry.map(|entry| (row.id, entry))).collect();
    let found = store::standing_hours(conn, &entries.iter().map(|(_, entry)| *entry).collect::<Vec<_>>())?;
    Ok(entries.into_iter().filter_map(|(record, entry)| Some((record, *found.get(&entry)?))).collect())
}

/// What a record claims.
pub fn claimed(row: &RecordRow) -> StandingHours {
    StandingHours { hours: row.content.hours, practice: row.content.practice }
}

/// Whether a record says what the row says: the hours that it claims, or those that stand after corrections, as our own export has them.
///
/// # Errors
/// Where the database does not answer.
pub fn same(conn: &mut Conn, line: &RecordLine, row: &RecordRow) -> Result<bool, ApiError> {
    let there = StandingHours { hours: line.hours, practice: line.practice };
    let hours = claimed(row) == there
        || standing(conn, std::slice::from_ref(row))?.get(&row.id).is_some_and(|here| *here == there);
    Ok(hours && same_beside_hours(line, row))
}

fn same_beside_hours(line: &RecordLine, row: &RecordRow) -> bool {
    let content = &row.content;
    (content.starts_on, content.ends_on) == (line.starts_on, line.ends_on)
        && (content.level, content.route, content.form) == (line.level, line.route, line.form)
        && content.title == line.title
        && content.themes == line.themes
        && content.block_key == line.block_key
        && content.provider == line.provider
}
