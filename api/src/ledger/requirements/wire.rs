//! What the grounds of requirements look like in JSON.

use crate::{
    http::page::list_of,
    ledger::statement::RequirementView,
    wire::{DaysText, HourEntryRef, HoursText, InstantText},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which requirements, of which cycle, at the close of which day, and as it was known when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RequirementQuery {
    /// Name of the cycle; the cycle of `as_of`, or of today, where it is not given.
    #[param(max_length = 9, example = "2016-2020")]
    pub cycle: Option<String>,
    /// The day at whose close everything is judged; today, or the cycle's last day where that is earlier.
    #[param(example = "2020-12-31")]
    pub as_of: Option<NaiveDate>,
    /// What was known at this instant, as in a statement. The present where it is not given.
    #[param(example = "2021-01-31T18:00:00Z")]
    pub known_at: Option<InstantText>,
    /// Only the requirement of this rule (`requirements[].rule.id` of a statement), in every period for which it asks.
    #[param(max_length = 100, example = "total.cycle")]
    pub rule: Option<String>,
    /// Only those of this calendar year.
    #[param(minimum = 1900, maximum = 2999, example = 2018)]
    pub year: Option<i32>,
}

/// A requirement, and the entries that make it up.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequirementGroundsView {
    /// The requirement, as the statement has it.
    pub requirement: RequirementView,
    /// What the entries add up to: `hours` of all, or for a requirement in days what so many days are in hours. It is `counted` of the
    /// requirement before it is rounded as the packs say and without what was carried over.
    pub sum: HoursText,
    /// What is asked for a share of: `whole` of all entries; null where no share is asked for.
    pub whole: Option<HoursText>,
    /// Hours carried over from the cycle before that `counted` has beside the entries; nothing but for the cycle's total.
    pub carried_over: HoursText,
    /// The entries, by date. What adds nothing is left out: entries that the rule is not about, or that caps cut to nothing.
    pub entries: Vec<ContributionView>,
}

/// What of an entry makes up a requirement.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContributionView {
    /// The entry, which stands among `entries` of the statement; one of a probation before the cycle stands in the list of hour entries alone.
    pub id: HourEntryRef,
    /// The day to which the hours belong.
    pub effective_on: NaiveDate,
    /// What it was.
    pub title: String,
    /// Hours that are added up; null where the requirement is in days. For a share those of the part.
    pub hours: Option<HoursText>,
    /// Hours of the whole that a share is taken of; null where no share is asked for.
    pub whole: Option<HoursText>,
    /// Days that are added up; null where the requirement is in hours.
    pub days: Option<DaysText>,
}

list_of! {
    /// Requirements, the cycle's before the years', each with the entries that make it up.
    RequirementGroundsList of RequirementGroundsView
}
