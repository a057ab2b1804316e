//! What units look like in JSON.

use crate::{
    http::{
        Etag,
        fields::{check_year, fault, not_blank, trimmed, trimmed_opt},
        page::{list_of, list_query},
    },
    problem::{ApiError, Code},
    wire::{AccountRef, HoursText, InstantText, PersonRef, SessionRef, Text, UnitChangeRef, UnitRef},
};
use serde::{Deserialize, Serialize};
use shixun_domain::Hours;
use shixun_persistence::catalogue::units::{NewUnit, UnitChangeRow, UnitRow};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A unit to be entered, or as it shall be: the four fixed items (四定: time, place, content, lecturer) and its hours.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "starts_at": "2026-12-05T08:30:00+08:00", "ends_at": "2026-12-05T11:30:00+08:00", "place": "县教师进修学校报告厅",
    "content": "单元整体备课", "lecturer_name": "周晓", "hours": "4"
}))]
pub struct UnitIn {
    /// From.
    pub starts_at: InstantText,
    /// To, this instant excluded.
    pub ends_at: InstantText,
    /// Where.
    #[validate(length(min = 1, max = 200), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 200)]
    pub place: String,
    /// What.
    #[validate(length(min = 1, max = 500), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 500)]
    pub content: String,
    /// Who teaches, by name.
    #[validate(length(min = 1, max = 50), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 50)]
    pub lecturer_name: String,
    /// Who teaches, where the person is on record in the area.
    pub lecturer_id: Option<PersonRef>,
    /// Hours of credit, above 0.
    pub hours: HoursText,
    /// Why it changes: needed once the session is published.
    #[validate(length(max = 500))]
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

impl UnitIn {
    /// Reads it, with the reason apart.
    ///
    /// # Errors
    /// `invalid_field` with every fault.
    pub fn read(self) -> Result<(NewUnit, Option<String>), ApiError> {
        let mut faults = Vec::new();
        check_year("/starts_at", self.starts_at.0.china_date(), &mut faults);
        check_year("/ends_at", self.ends_at.0.china_date(), &mut faults);
        if self.ends_at.0 <= self.starts_at.0 {
            faults.push(fault(
                "/ends_at",
                "ends_before_start",
                "课次结束时间须晚于开始时间",
                "a unit must end after it starts",
            ));
        }
        if self.hours.0 <= Hours::ZERO || self.hours.0 > Hours::whole(100) {
            faults.push(fault(
                "/hours",
                "range",
                "课次学时须大于0且不超过100",
                "the hours of a unit must be above 0 and at most 100",
            ));
        }
        if !faults.is_empty() {
            return Err(ApiError::new(Code::InvalidField).with_faults(faults));
        }
        let reason = trimmed_opt(self.reason.as_deref());
        let unit = NewUnit {
            starts_at: self.starts_at.0,
            ends_at: self.ends_at.0,
            place: trimmed(&self.place),
            content: trimmed(&self.content),
            lecturer_name: trimmed(&self.lecturer_name),
            lecturer: self.lecturer_id.map(|id| id.0),
            hours: self.hours.0,
        };
        Ok((unit, reason))
    }
}

/// A unit: one meeting of a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitView {
    /// Identifier.
    pub id: UnitRef,
    /// The session.
    pub session_id: SessionRef,
    /// From.
    pub starts_at: InstantText,
    /// To, this instant excluded.
    pub ends_at: InstantText,
    /// Where.
    pub place: String,
    /// What.
    pub content: String,
    /// Who teaches, by name.
    pub lecturer_name: String,
    /// Who teaches, where the person is on record.
    pub lecturer_id: Option<PersonRef>,
    /// Hours of credit.
    pub hours: HoursText,
    /// Counts the changes; also the `ETag`.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When it was entered.
    pub created_at: InstantText,
    /// When it was last changed.
    pub updated_at: InstantText,
}

list_of! {
    /// Units in the order of time.
    UnitList of UnitView
}

impl UnitView {
    /// The entity tag.
    pub fn etag(&self) -> Etag {
        Etag::version(self.version)
    }
}

impl From<&UnitRow> for UnitView {
    fn from(row: &UnitRow) -> Self {
        let unit = &row.unit;
        UnitView {
            id: Text(row.id),
            session_id: Text(row.session),
            starts_at: Text(unit.starts_at),
            ends_at: Text(unit.ends_at),
            place: unit.place.clone(),
            content: unit.content.clone(),
            lecturer_name: unit.lecturer_name.clone(),
            lecturer_id: unit.lecturer.map(Text),
            hours: Text(unit.hours),
            version: row.version,
            created_at: Text(row.created_at),
            updated_at: Text(row.updated_at),
        }
    }
}

/// The four fixed items of a unit and its hours, at one time of its history.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitStandView {
    /// From.
    pub starts_at: InstantText,
    /// To, this instant excluded.
    pub ends_at: InstantText,
    /// Where.
    pub place: String,
    /// What.
    pub content: String,
    /// Who teaches, by name.
    pub lecturer_name: String,
    /// Who teaches, where the person is on record.
    pub lecturer_id: Option<PersonRef>,
    /// Hours of credit.
    pub hours: HoursText,
}

impl From<&NewUnit> for UnitStandView {
    fn from(unit: &NewUnit) -> Self {
        UnitStandView {
            starts_at: Text(unit.starts_at),
            ends_at: Text(unit.ends_at),
            place: unit.place.clone(),
            content: unit.content.clone(),
            lecturer_name: unit.lecturer_name.clone(),
            lecturer_id: unit.lecturer.map(Text),
            hours: Text(unit.hours),
        }
    }
}

/// A change of a unit after its session was published.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitChangeView {
    /// Identifier.
    pub id: UnitChangeRef,
    /// Why.
    pub reason: String,
    /// As it stood before.
    pub before: UnitStandView,
    /// As it stood after.
    pub after: UnitStandView,
    /// Who changed it.
    pub changed_by: Option<AccountRef>,
    /// When.
    pub created_at: InstantText,
}

list_of! {
    /// Changes of a unit, the latest first.
    UnitChangeList of UnitChangeView
}

impl From<&UnitChangeRow> for UnitChangeView {
    fn from(row: &UnitChangeRow) -> Self {
        UnitChangeView {
            id: Text(row.id),
            reason: row.reason.clone(),
            before: UnitStandView::from(&row.before),
            after: UnitStandView::from(&row.after),
            changed_by: row.changed_by.map(Text),
            created_at: Text(row.created_at),
        }
    }
}

/// The unit an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct UnitPath {
    /// Identifier of the unit.
    pub unit_id: UnitRef,
}

list_query! {
    /// Which rows of a list are wanted.
    UnitQuery {}
}
