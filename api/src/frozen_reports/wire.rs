//! What closings of cycles look like in JSON.

use super::content::FrozenFiguresView;
use crate::{
    http::{
        fields::not_blank,
        page::{list_of, list_query},
    },
    ledger::wire::EntryKindWord,
    wire::{
        AccountRef, FreezeStateWord, FrozenReportRef, HourEntryRef, HoursText, InstantText, OneOf, OrganisationRef,
        TeacherRef, Text,
    },
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_persistence::frozen_reports::FrozenRow;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// Which cycle is to be closed.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"cycle": "2016-2020"}))]
pub struct FreezeIn {
    /// Name of the cycle; it has to be over.
    #[validate(length(min = 1, max = 9))]
    #[schema(min_length = 1, max_length = 9, example = "2016-2020")]
    pub cycle: String,
}

/// Why a proposal is withdrawn.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "尚有两所学校的学时未登记完"}))]
pub struct FreezeWithdrawalIn {
    /// Why.
    #[validate(length(min = 1, max = 200), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}

/// The closing of a cycle, without the report itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct FrozenReportView {
    /// Identifier.
    pub id: FrozenReportRef,
    /// Name of the cycle.
    #[schema(example = "2016-2020")]
    pub cycle: String,
    /// The last day of the cycle.
    pub cycle_to: NaiveDate,
    /// How far it has come.
    pub state: FreezeStateWord,
    /// When it was proposed; what was recorded up to then is in the report.
    pub known_at: InstantText,
    /// Who proposed it.
    pub proposed_by: AccountRef,
    /// Who confirmed or withdrew it.
    pub settled_by: Option<AccountRef>,
    /// When it was confirmed or withdrawn.
    pub settled_at: Option<InstantText>,
    /// Why it was withdrawn.
    pub reason: Option<String>,
    /// SHA-256 of the bytes of the report, in hexadecimal; null until it is frozen.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub digest: Option<String>,
}

impl From<FrozenRow> for FrozenReportView {
    fn from(row: FrozenRow) -> Self {
        FrozenReportView {
            id: Text(row.id),
            cycle: row.cycle,
            cycle_to: row.cycle_to,
            state: OneOf(row.state),
            known_at: Text(row.known_at),
            proposed_by: Text(row.proposed_by),
            settled_by: row.settled_by.map(Text),
            settled_at: row.settled_at.map(Text),
            reason: row.reason,
            digest: row.digest,
        }
    }
}

list_of! {
    /// Closings of cycles, the latest first.
    FrozenReportList of FrozenReportView
}

list_query! {
    /// Which closings are wanted.
    FrozenReportQuery {}
}

/// How the report is read.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecomputeQuery {
    /// `true` makes the report again from the ledger, the packs and the facts it was made of; the bytes are the same.
    #[serde(default)]
    #[param(default = false)]
    pub recompute: bool,
}

/// A teacher who stands differently, or whose entries changed, since the report was frozen.
#[derive(Debug, Serialize, ToSchema)]
pub struct DifferenceView {
    /// The teacher.
    pub teacher_id: TeacherRef,
    /// Name.
    pub name: String,
    /// School, today or in the report.
    pub organisation_id: OrganisationRef,
    /// Its name.
    pub organisation_name: String,
    /// What the report says; null for somebody who is not in it.
    pub frozen: Option<FrozenFiguresView>,
    /// What it would say today; null for somebody who would not be in it.
    pub today: Option<FrozenFiguresView>,
    /// Dates of probation, headship, retirement or leave are other ones today.
    pub facts_changed: bool,
    /// Packs published since apply to the cycle.
    pub rules_changed: bool,
    /// The entries that were recorded since.
    pub entries: Vec<DifferenceEntryView>,
}

/// An entry recorded after the report was frozen.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DifferenceEntryView {
    /// Identifier.
    pub id: HourEntryRef,
    /// What it says.
    pub kind: EntryKindWord,
    /// What it follows: for a reversal, the entry that is taken back.
    pub refers_to: Option<HourEntryRef>,
    /// The day to which the hours belong.
    pub effective_on: NaiveDate,
    /// What it was.
    pub title: String,
    /// Hours earned; below nothing for a reversal.
    pub credited: HoursText,
    /// Why, for a reversal or a correction.
    pub reason: Option<String>,
    /// When it was recorded.
    pub created_at: InstantText,
}

list_of! {
    /// Differences by teacher.
    DifferenceList of DifferenceView
}

list_query! {
    /// Which differences are wanted.
    DifferenceQuery {}
}

/// The closing an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct FrozenReportPath {
    /// Identifier of the closing.
    pub frozen_report_id: FrozenReportRef,
}
