//! What imports look like in JSON.

use super::{
    report::{Found, SheetFound, Skipped},
    service::Imported,
};
use crate::{
    document::FieldCodeWord,
    http::page::{list_of, list_query},
    problem::Language,
    wire::{
        AccountRef, AreaText, ImportKindWord, ImportModeWord, ImportRef, InstantText, OneOf, OrganisationRef, Text,
    },
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// What came of an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportView {
    /// Identifier; null for a dry run, which leaves nothing behind.
    pub id: Option<ImportRef>,
    /// What the file held.
    pub kind: ImportKindWord,
    /// How strictly it was imported.
    pub mode: ImportModeWord,
    /// Whether anything was written. False for a dry run.
    pub applied: bool,
    /// Whether the mode lets the file in as it is: for a dry run, whether the import itself would succeed.
    pub acceptable: bool,
    /// The name of the file.
    pub file_name: String,
    /// SHA-256 of the file, in hexadecimal.
    pub digest: String,
    /// The day from which what the file states holds.
    pub effective_on: Option<NaiveDate>,
    /// Objects entered.
    #[schema(minimum = 0)]
    pub created: u32,
    /// Objects changed.
    #[schema(minimum = 0)]
    pub updated: u32,
    /// Objects that were so already.
    #[schema(minimum = 0)]
    pub unchanged: u32,
    /// Rows refused.
    #[schema(minimum = 0)]
    pub failed: u32,
    /// Rows that are no objects: titles, blank rows, totals, signatures.
    #[schema(minimum = 0)]
    pub skipped: u32,
    /// The sheets that were read.
    pub sheets: Vec<ImportSheetView>,
    /// The names of those that were not.
    pub ignored_sheets: Vec<String>,
    /// What has to be mended, in the order of the file; at most 5,000.
    pub faults: Vec<ImportFindingView>,
    /// How many faults there are in all.
    #[schema(minimum = 0)]
    pub faults_total: u32,
    /// What was decided on the way and somebody may want to look at; it keeps no row out.
    pub notes: Vec<ImportFindingView>,
    /// The rows that are no objects, each with the reason.
    pub skipped_rows: Vec<SkippedRowView>,
    /// Who imported it; null where it was the command line.
    pub created_by: Option<AccountRef>,
    /// When.
    pub created_at: InstantText,
}

/// How a sheet was read.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportSheetView {
    /// Its name; empty for a CSV file.
    pub name: String,
    /// The row of the header, from 1.
    #[schema(minimum = 1)]
    pub header_row: u32,
    /// Its columns.
    pub columns: Vec<ImportColumnView>,
}

/// How a column was understood.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportColumnView {
    /// Its letters.
    #[schema(example = "D")]
    pub letters: String,
    /// Its header, as the sheet has it.
    #[schema(example = "身份证号码")]
    pub header: String,
    /// What it holds; null where it is unknown and was not read.
    #[schema(example = "identity_number")]
    pub column: Option<String>,
}

/// Something found at a place of the file.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportFindingView {
    /// The sheet; empty for a CSV file.
    pub sheet: String,
    /// The row as the sheet shows it, from 1; null for the file as a whole.
    #[schema(minimum = 1)]
    pub row: Option<u32>,
    /// The cell; null for the row as a whole.
    #[schema(example = "D35")]
    pub cell: Option<String>,
    /// The header of the column.
    pub header: Option<String>,
    /// What the column holds.
    #[schema(example = "identity_number")]
    pub column: Option<String>,
    /// The stable code: match on this, never on the text.
    #[schema(value_type = FieldCodeWord)]
    pub code: String,
    /// What happened and what to do, in the language of `Accept-Language`. Identity and telephone numbers are never repeated.
    pub detail: String,
    /// The values in the text.
    pub parameters: BTreeMap<String, String>,
}

/// A row that is no object.
#[derive(Debug, Serialize, ToSchema)]
pub struct SkippedRowView {
    /// The sheet.
    pub sheet: String,
    /// The row, from 1.
    #[schema(minimum = 1)]
    pub row: u32,
    /// Why, as a word.
    #[schema(
        pattern = "^(title|header|blank|no_person|no_school|no_record|totals|signature|footnote|repeated_header|column_numbers|example|banner)$",
        example = "totals"
    )]
    pub reason: String,
    /// Why, in the language of `Accept-Language`.
    pub detail: String,
}

/// An import in a list: its counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportSummaryView {
    /// Identifier.
    pub id: Option<ImportRef>,
    /// What the file held.
    pub kind: ImportKindWord,
    /// How strictly it was imported.
    pub mode: ImportModeWord,
    /// The name of the file.
    pub file_name: String,
    /// SHA-256 of the file, in hexadecimal.
    pub digest: String,
    /// The day from which what the file states holds.
    pub effective_on: Option<NaiveDate>,
    /// Objects entered.
    #[schema(minimum = 0)]
    pub created: u32,
    /// Objects changed.
    #[schema(minimum = 0)]
    pub updated: u32,
    /// Objects that were so already.
    #[schema(minimum = 0)]
    pub unchanged: u32,
    /// Rows refused.
    #[schema(minimum = 0)]
    pub failed: u32,
    /// Who imported it; null where it was the command line.
    pub created_by: Option<AccountRef>,
    /// When.
    pub created_at: InstantText,
}

list_of! {
    /// Imports, newest first.
    ImportList of ImportSummaryView
}

fn text(language: Language, zh: &str, en: &str) -> String {
    match language {
        Language::Zh => zh.to_owned(),
        Language::En => en.to_owned(),
    }
}

impl ImportFindingView {
    fn read(found: &Found, language: Language) -> Self {
        ImportFindingView {
            sheet: found.sheet.clone(),
            row: found.row,
            cell: found.letters.as_ref().zip(found.row).map(|(letters, row)| format!("{letters}{row}")),
            header: found.header.clone(),
            column: found.column.clone(),
            code: found.code.clone(),
            detail: text(language, &found.zh, &found.en),
            parameters: found.params.iter().cloned().collect(),
        }
    }
}

impl From<&SheetFound> for ImportSheetView {
    fn from(sheet: &SheetFound) -> Self {
        let column = |column: &super::report::ColumnFound| ImportColumnView {
            letters: column.letters.clone(),
            header: column.header.clone(),
            column: column.column.clone(),
        };
        ImportSheetView {
            name: sheet.name.clone(),
            header_row: sheet.header_row,
            columns: sheet.columns.iter().map(column).collect(),
        }
    }
}

impl ImportView {
    /// In one language.
    pub fn read(imported: &Imported, language: Language) -> Self {
        let report = &imported.report;
        let finding = |found: &Found| ImportFindingView::read(found, language);
        let skipped = |row: &Skipped| SkippedRowView {
            sheet: row.sheet.clone(),
            row: row.row,
            reason: row.reason.clone(),
            detail: text(language, &row.zh, &row.en),
        };
        ImportView {
            id: imported.id.map(Text),
            kind: OneOf(imported.kind),
            mode: OneOf(imported.mode),
            applied: imported.id.is_some(),
            acceptable: imported.acceptable(),
            file_name: imported.file_name.clone(),
            digest: imported.digest.clone(),
            effective_on: report.effective_on,
            created: report.created,
            updated: report.updated,
            unchanged: report.unchanged,
            failed: report.failed,
            skipped: super::report::count(report.skipped.len()),
            sheets: report.sheets.iter().map(ImportSheetView::from).collect(),
            ignored_sheets: report.ignored_sheets.clone(),
            faults: report.faults.iter().map(finding).collect(),
            faults_total: report.faults_total,
            notes: report.notes.iter().map(finding).collect(),
            skipped_rows: report.skipped.iter().map(skipped).collect(),
            created_by: imported.created_by.map(Text),
            created_at: Text(imported.created_at),
        }
    }
}

impl From<&Imported> for ImportSummaryView {
    fn from(imported: &Imported) -> Self {
        let report = &imported.report;
        ImportSummaryView {
            id: imported.id.map(Text),
            kind: OneOf(imported.kind),
            mode: OneOf(imported.mode),
            file_name: imported.file_name.clone(),
            digest: imported.digest.clone(),
            effective_on: report.effective_on,
            created: report.created,
            updated: report.updated,
            unchanged: report.unchanged,
            failed: report.failed,
            created_by: imported.created_by.map(Text),
            created_at: Text(imported.created_at),
        }
    }
}

/// The import an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ImportPath {
    /// Identifier of the import.
    pub import_id: ImportRef,
}

/// How a file is imported.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportIn {
    /// What the file holds.
    pub kind: ImportKindWord,
    /// What becomes of the rows without faults when others have some; `all_or_nothing` where it is not given.
    pub mode: Option<ImportModeWord>,
    /// Check and report everything, write nothing.
    pub dry_run: Option<bool>,
    /// The name of the file, for the record.
    #[param(max_length = 200)]
    pub file_name: Option<String>,
    /// The day from which what the file states holds; today where it is not given. A school that differs is a move on it.
    pub effective_on: Option<NaiveDate>,
    /// The sheet to read; without it every sheet that looks like one.
    #[param(max_length = 100)]
    pub sheet: Option<String>,
}

list_query! {
    /// Which imports are wanted.
    ImportQuery {
        /// The area; the caller's own where it is not given. A role over a city or province reads the areas inside.
        pub area: Option<AreaText>,
    }
}

/// What a roster is exported with.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RosterExportQuery {
    /// `csv` (UTF-8) or `xlsx`.
    #[param(pattern = "^(csv|xlsx)$")]
    pub format: String,
    /// Only those employed there or below.
    pub organisation_id: Option<OrganisationRef>,
    /// Those employed on this day; today where it is not given.
    pub on: Option<NaiveDate>,
    /// Identity number, birth date, phone and e-mail in clear, so that the file can be imported again. Needs the permission
    /// `reveal_persons` and a reason; without it they are masked.
    pub clear: Option<bool>,
    /// What the clear data is needed for; it is kept in the event log.
    #[param(min_length = 4, max_length = 200)]
    pub reason: Option<String>,
    /// Begin a CSV file with a byte order mark, for Excel.
    pub bom: Option<bool>,
}
