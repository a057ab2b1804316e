//! What areas and organisations look like in JSON.

use crate::{
    http::{
        Etag,
        fields::{not_blank, trimmed, trimmed_opt},
        page::{list_of, list_query},
    },
    problem::{ApiError, Words},
    wire::{AreaText, InstantText, OneOf, OrganisationKindWord, OrganisationRef, SettingWord, StageWord, Text},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::{org::SchoolCode, words::OrganisationKind};
use shixun_persistence::org::{AreaRow, NewOrganisation, OrganisationFilter, OrganisationRow};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// An administrative area of GB/T 2260.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"code": "331123", "name": "遂昌县", "level": "county", "parent": "331100", "in_2013": true, "in_current": true}))]
pub struct AreaView {
    /// Its code.
    pub code: AreaText,
    /// Its name.
    pub name: String,
    /// `province`, `city` or `county`.
    #[schema(pattern = "^(province|city|county)$")]
    pub level: String,
    /// The area above; null for a province.
    pub parent: Option<AreaText>,
    /// Whether the code was in force in 2013.
    pub in_2013: bool,
    /// Whether it is in force now. A code is never used again.
    pub in_current: bool,
}

list_of! {
    /// Areas in the order of their codes.
    AreaList of AreaView
}

impl From<AreaRow> for AreaView {
    fn from(row: AreaRow) -> Self {
        AreaView {
            code: Text(row.code),
            name: row.name,
            level: row.level,
            parent: row.parent.map(Text),
            in_2013: row.in_2013,
            in_current: row.in_current,
        }
    }
}

/// A bureau, training centre, school or institution.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationView {
    /// Identifier.
    pub id: OrganisationRef,
    /// The area it belongs to.
    pub area: AreaText,
    /// What it is.
    pub kind: OrganisationKindWord,
    /// School identification code (10 digits), or the institution's own code.
    pub code: Option<String>,
    /// Name.
    pub name: String,
    /// The organisation above it.
    pub parent_id: Option<OrganisationRef>,
    /// The stage of a school.
    pub stage: Option<StageWord>,
    /// Urban, town or rural.
    pub setting: Option<SettingWord>,
    /// A small rural school that teaches in small classes (小班化).
    pub small_class: bool,
    /// Its last day, where it closed; null while it is open.
    pub closed_on: Option<NaiveDate>,
    /// Counts the changes; also the `ETag`.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When it was entered.
    pub created_at: InstantText,
    /// When it was last changed.
    pub updated_at: InstantText,
}

list_of! {
    /// Organisations in the order of their names.
    OrganisationList of OrganisationView
}

impl OrganisationView {
    /// The entity tag.
    pub fn etag(&self) -> Etag {
        Etag::version(self.version)
    }
}

impl From<&OrganisationRow> for OrganisationView {
    fn from(row: &OrganisationRow) -> Self {
        OrganisationView {
            id: Text(row.id),
            area: Text(row.id.area()),
            kind: OneOf(row.kind),
            code: row.code.clone(),
            name: row.name.clone(),
            parent_id: row.parent.map(Text),
            stage: row.stage.map(OneOf),
            setting: row.setting.map(OneOf),
            small_class: row.small_class,
            closed_on: row.closed_on,
            version: row.version,
            created_at: Text(row.created_at),
            updated_at: Text(row.updated_at),
        }
    }
}

/// An organisation to be entered, or as it shall be.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "school", "code": "2133000101", "name": "实验小学",
    "parent_id": "org_a3bk65mwvj56g000ce", "stage": "primary", "setting": "urban"}))]
pub struct OrganisationIn {
    /// What it is.
    pub kind: OrganisationKindWord,
    /// School identification code: 10 digits, needed for a school. Codes are never used again.
    #[validate(length(min = 1, max = 32))]
    #[schema(min_length = 1, max_length = 32)]
    pub code: Option<String>,
    /// Name.
    #[validate(length(min = 1, max = 100), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// The organisation above it, in the same area. Only a bureau may go without one: it stands at the top, and its roles reach the
    /// whole area.
    pub parent_id: Option<OrganisationRef>,
    /// The stage, needed for a school.
    pub stage: Option<StageWord>,
    /// Urban, town or rural.
    pub setting: Option<SettingWord>,
    /// Teaches in small classes (小班化).
    #[serde(default)]
    pub small_class: bool,
}

impl OrganisationIn {
    /// Checks what the fields say together.
    ///
    /// # Errors
    /// `invalid_field` where a school lacks its code or stage, or the code is none; where anything but a bureau names nothing above it.
    pub fn read(self) -> Result<NewOrganisation, ApiError> {
        let school = self.kind.0 == OrganisationKind::School;
        let mut code = trimmed_opt(self.code.as_deref());
        if school {
            let given = code.as_deref().unwrap_or_default();
            let parsed = SchoolCode::parse(given).map_err(|fault| {
                let words = Words::new(
                    format!("学校须填学校标识码：{}", fault.zh()),
                    format!("a school needs its identification code: {fault}"),
                );
                ApiError::field("/code", "school_code", words)
            })?;
            code = Some(parsed.to_string());
            if self.stage.is_none() {
                return Err(ApiError::field(
                    "/stage",
                    "missing_field",
                    Words::new("学校须填学段", "a school needs its stage"),
                ));
            }
        }
        if self.parent_id.is_none() && !self.kind.0.stands_at_the_top() {
            let words = Words::new(
                "除教育局外，机构须填上级机构，例如本地区的教育局",
                "anything but a bureau needs the organisation above it, such as the bureau of the area",
            );
            return Err(ApiError::field("/parent_id", "missing_field", words));
        }
        Ok(NewOrganisation {
            kind: self.kind.0,
            code,
            name: trimmed(&self.name),
            parent: self.parent_id.map(|parent| parent.0),
            stage: self.stage.map(|stage| stage.0),
            setting: self.setting.map(|setting| setting.0),
            small_class: self.small_class,
        })
    }
}

/// The organisation an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OrganisationPath {
    /// Identifier of the organisation.
    pub organisation_id: OrganisationRef,
}

/// When an organisation closes.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"closed_on": "2026-08-31", "reason": "并入实验小学"}))]
pub struct OrganisationClosingIn {
    /// Its last day.
    pub closed_on: NaiveDate,
    /// Why; it is kept in the event log.
    #[validate(length(min = 4, max = 200), custom(function = "not_blank"))]
    #[schema(min_length = 4, max_length = 200)]
    pub reason: String,
}

/// Why an organisation opens again.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "撤并方案取消"}))]
pub struct OrganisationReopeningIn {
    /// Why; it is kept in the event log.
    #[validate(length(min = 4, max = 200), custom(function = "not_blank"))]
    #[schema(min_length = 4, max_length = 200)]
    pub reason: String,
}

/// What is asked of an export of schools.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrganisationExportQuery {
    /// `csv` (UTF-8) or `xlsx`.
    #[param(pattern = "^(csv|xlsx)$")]
    pub format: String,
    /// The area; the caller's own where it is not given.
    pub area: Option<AreaText>,
    /// Begin a CSV file with a byte order mark, for Excel.
    pub bom: Option<bool>,
}

list_query! {
    /// Which areas are wanted.
    AreaQuery {
        /// Only those directly below this one.
        pub parent: Option<AreaText>,
    }
}

list_query! {
    /// Which organisations are wanted.
    OrganisationQuery {
        /// The area; the caller's own where it is not given.
        pub area: Option<AreaText>,
        /// Only this kind.
        pub kind: Option<OrganisationKindWord>,
        /// Only schools of this stage.
        pub stage: Option<StageWord>,
        /// Only those directly below this one.
        pub parent_id: Option<OrganisationRef>,
        /// Only those whose name contains this.
        #[param(max_length = 100)]
        pub name: Option<String>,
        /// Only those that are `open` today, or only those that are `closed`; both where it is not given.
        #[param(inline)]
        pub state: Option<OrganisationState>,
    }
}

/// Whether an organisation is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationState {
    /// It is, today too where today is its last day.
    Open,
    /// Its last day is over.
    Closed,
}

impl OrganisationQuery {
    /// The filter, as of a day.
    pub fn filter(&self, today: NaiveDate) -> OrganisationFilter {
        OrganisationFilter {
            kind: self.kind.map(|kind| kind.0),
            stage: self.stage.map(|stage| stage.0),
            parent: self.parent_id.map(|parent| parent.0),
            name: self.name.clone(),
            open: self.state.map(|state| (state == OrganisationState::Open, today)),
        }
    }
}
