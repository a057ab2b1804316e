//! What filing windows look like in JSON.

use crate::{
    http::{
        Etag,
        fields::{check_year, fault, not_blank, trimmed},
        page::{list_of, list_query},
    },
    problem::{ApiError, Code},
    wire::{AreaText, FilingWindowRef, InstantText, Text},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_persistence::catalogue::filing::{FilingWindowRow, NewFilingWindow};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A filing window to be opened, or as it shall be.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "2027年上半年申报", "opens_on": "2027-04-01", "closes_on": "2027-04-30"}))]
pub struct FilingWindowIn {
    /// Name.
    #[validate(length(min = 1, max = 100), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// First day.
    pub opens_on: NaiveDate,
    /// Last day, not before the first.
    pub closes_on: NaiveDate,
}

impl FilingWindowIn {
    /// Reads it.
    ///
    /// # Errors
    /// `invalid_field` where it closes before it opens.
    pub fn read(self) -> Result<NewFilingWindow, ApiError> {
        let mut faults = Vec::new();
        check_year("/opens_on", self.opens_on, &mut faults);
        check_year("/closes_on", self.closes_on, &mut faults);
        if self.closes_on < self.opens_on {
            faults.push(fault(
                "/closes_on",
                "window_reversed",
                "截止日期早于开始日期",
                "the window would close before it opens",
            ));
        }
        if !faults.is_empty() {
            return Err(ApiError::new(Code::InvalidField).with_faults(faults));
        }
        Ok(NewFilingWindow { name: trimmed(&self.name), opens_on: self.opens_on, closes_on: self.closes_on })
    }
}

/// A window in which programmes are filed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilingWindowView {
    /// Identifier.
    pub id: FilingWindowRef,
    /// The area it belongs to.
    pub area: AreaText,
    /// Name.
    pub name: String,
    /// First day.
    pub opens_on: NaiveDate,
    /// Last day.
    pub closes_on: NaiveDate,
    /// Counts the changes; also the `ETag`.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When it was entered.
    pub created_at: InstantText,
}

list_of! {
    /// Filing windows, the latest first.
    FilingWindowList of FilingWindowView
}

impl FilingWindowView {
    /// The entity tag.
    pub fn etag(&self) -> Etag {
        Etag::version(self.version)
    }
}

impl From<&FilingWindowRow> for FilingWindowView {
    fn from(row: &FilingWindowRow) -> Self {
        FilingWindowView {
            id: Text(row.id),
            area: Text(row.id.area()),
            name: row.name.clone(),
            opens_on: row.opens_on,
            closes_on: row.closes_on,
            version: row.version,
            created_at: Text(row.created_at),
        }
    }
}

/// The filing window an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct FilingWindowPath {
    /// Identifier of the filing window.
    pub filing_window_id: FilingWindowRef,
}

list_query! {
    /// Which filing windows are wanted.
    FilingWindowQuery {
        /// The area; the caller's own where it is not given.
        pub area: Option<AreaText>,
    }
}
