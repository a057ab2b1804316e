//! Hours of the provincial platform, as files hold them: into a record, and back into the same columns.

use super::wire::{EvidenceFile, RecordInput};
use crate::{problem::ApiError, wire::Text};
use shixun_domain::{
    id::ImportId,
    imports::record_list::RecordLine,
    ledger::Circumstances,
    ledger::default_content_key,
    policy::Provider,
    records::{Claim, RecordCategory},
};
use shixun_persistence::{
    columns::search_name,
    records::{Content, RecordRow},
};

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

/// Whether a record says what the row says.
pub fn same(line: &RecordLine, row: &RecordRow) -> bool {
    let content = &row.content;
    (content.hours, content.practice, content.starts_on, content.ends_on)
        == (line.hours, line.practice, line.starts_on, line.ends_on)
        && (content.level, content.route, content.form) == (line.level, line.route, line.form)
        && content.title == line.title
        && content.themes == line.themes
        && content.block_key == line.block_key
        && content.provider == line.provider
}
