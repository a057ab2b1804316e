//! What a reconciliation looks like in JSON.

use crate::{
    document::FieldCodeWord,
    wire::{DifferenceWord, HoursText, OrganisationRef, RecordRef, RecordStateWord, TeacherRef},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which hours are compared: those of these days on either side, with what the other side has of them on whatever day.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReconciliationQuery {
    /// Completed on this day or later.
    pub from: NaiveDate,
    /// Completed on this day or earlier.
    pub to: NaiveDate,
    /// The name of the file, for the record of the answer.
    #[param(max_length = 200)]
    pub file_name: Option<String>,
}

/// What the provincial platform and we do not agree on.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReconciliationView {
    /// Completed on this day or later.
    pub from: NaiveDate,
    /// Completed on this day or earlier.
    pub to: NaiveDate,
    /// The name of the file.
    pub file_name: String,
    /// SHA-256 of the file, in hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub digest: String,
    /// Rows of the file that were compared: of these days, or by the number of a record of these days.
    #[schema(minimum = 0)]
    pub rows_there: u32,
    /// Records of ours that were compared, likewise: of all that were not rejected or withdrawn.
    #[schema(minimum = 0)]
    pub rows_here: u32,
    /// How many agree.
    #[schema(minimum = 0)]
    pub same: u32,
    /// Of these, how many records are not verified yet: they count in no statement until they are.
    #[schema(minimum = 0)]
    pub waiting: u32,
    /// What only the platform has.
    pub only_there: Vec<OnlyThereView>,
    /// What only we have.
    pub only_here: Vec<OnlyHereView>,
    /// What both have with other hours, another last day or another name.
    pub different: Vec<DifferentView>,
    /// Rows that could not be read and were not compared.
    pub faults: Vec<ReconciliationFaultView>,
}

/// Hours that only the platform has.
#[derive(Debug, Serialize, ToSchema)]
pub struct OnlyThereView {
    /// The sheet of the file; empty for a CSV file.
    pub sheet: String,
    /// The row, from 1.
    #[schema(minimum = 1)]
    pub row: u32,
    /// The teacher, where the identity number is one of the county.
    pub teacher_id: Option<TeacherRef>,
    /// The name in the file.
    pub name: String,
    /// The number on the platform.
    pub source_key: String,
    /// What it was.
    pub title: String,
    /// Last day.
    pub ends_on: NaiveDate,
    /// Hours on the platform.
    pub hours: HoursText,
}

/// Hours that only we have.
#[derive(Debug, Serialize, ToSchema)]
pub struct OnlyHereView {
    /// The record.
    pub record_id: RecordRef,
    /// How far it has come.
    pub state: RecordStateWord,
    /// The teacher.
    pub teacher_id: TeacherRef,
    /// The teacher's name.
    pub name: String,
    /// The school of the last day.
    pub organisation_name: String,
    /// The number on the platform.
    pub source_key: String,
    /// What it was.
    pub title: String,
    /// Last day.
    pub ends_on: NaiveDate,
    /// Hours here, after every correction.
    pub hours: HoursText,
}

/// Hours that both have, and not the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct DifferentView {
    /// The sheet of the file; empty for a CSV file.
    pub sheet: String,
    /// The row, from 1.
    #[schema(minimum = 1)]
    pub row: u32,
    /// The record.
    pub record_id: RecordRef,
    /// How far it has come.
    pub state: RecordStateWord,
    /// The teacher.
    pub teacher_id: TeacherRef,
    /// The teacher's name.
    pub name: String,
    /// The number on the platform.
    pub source_key: String,
    /// What it was, as we have it.
    pub title: String,
    /// In what they differ.
    pub differs_in: Vec<DifferenceWord>,
    /// The name in the file; null where it has none.
    pub name_there: Option<String>,
    /// Last day, as we have it.
    pub ends_on: NaiveDate,
    /// Last day on the platform.
    pub ends_on_there: NaiveDate,
    /// Hours on the platform.
    pub hours_there: HoursText,
    /// Hours here, after every correction.
    pub hours_here: HoursText,
}

/// A row that could not be read.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReconciliationFaultView {
    /// The sheet.
    pub sheet: String,
    /// The row, from 1; null for the file as a whole.
    #[schema(minimum = 1)]
    pub row: Option<u32>,
    /// The letters of the column.
    pub letters: Option<String>,
    /// The stable code.
    #[schema(value_type = FieldCodeWord)]
    pub code: String,
    /// What is wrong and what to do, in the language of `Accept-Language`.
    pub detail: String,
}

/// What records are exported with.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecordExportQuery {
    /// `csv` (UTF-8) or `xlsx`.
    #[param(pattern = "^(csv|xlsx)$")]
    pub format: String,
    /// Completed on this day or later.
    pub from: Option<NaiveDate>,
    /// Completed on this day or earlier.
    pub to: Option<NaiveDate>,
    /// Only those of this school.
    pub organisation_id: Option<OrganisationRef>,
    /// Identity numbers in clear, so that the file can be compared and imported again. Needs the permission `reveal_persons` and
    /// a reason; without it they are masked.
    pub clear: Option<bool>,
    /// What the clear data is needed for; it is kept in the event log.
    #[param(min_length = 4, max_length = 200)]
    pub reason: Option<String>,
    /// Begin a CSV file with a byte order mark, for Excel.
    pub bom: Option<bool>,
}
