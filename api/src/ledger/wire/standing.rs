//! What a standing looks like in JSON, and which cycle and day it and a statement are about.

use crate::wire::{HoursText, InstantText, OrganisationRef};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which cycle, at the close of which day, and as it was known when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CycleMomentQuery {
    /// Name of the cycle; the cycle of `as_of`, or of today, where it is not given.
    #[param(max_length = 9, example = "2016-2020")]
    pub cycle: Option<String>,
    /// The day at whose close everything is judged; today, or the cycle's last day where that is earlier.
    #[param(example = "2020-12-31")]
    pub as_of: Option<NaiveDate>,
    /// What was known at this instant: only entries, reversals, policy packs and facts of persons (school, title, leave, waivers and the
    /// like) recorded up to then; names are today's. The present where it is not given.
    #[param(example = "2021-01-31T18:00:00Z")]
    pub known_at: Option<InstantText>,
}

/// Which cycle, at the close of which day, by all that is known.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CycleDayQuery {
    /// Name of the cycle; the cycle of `as_of`, or of today, where it is not given.
    #[param(max_length = 9, example = "2016-2020")]
    pub cycle: Option<String>,
    /// The day at whose close everything is judged; today, or the cycle's last day where that is earlier.
    #[param(example = "2020-12-31")]
    pub as_of: Option<NaiveDate>,
}

/// How the teachers of an area or organisation stand.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingView {
    /// The cycle.
    #[schema(example = "2016-2020")]
    pub cycle: String,
    /// The day at whose close everything is judged, and on which the teachers were employed.
    pub as_of: NaiveDate,
    /// The instant up to which recorded entries, reversals and packs are looked at; null for all there are.
    pub known_at: Option<InstantText>,
    /// All teachers together.
    pub all: TallyView,
    /// Each school, by name.
    pub schools: Vec<SchoolStandingView>,
}

/// How the teachers of a school stand.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchoolStandingView {
    /// The school.
    pub organisation_id: OrganisationRef,
    /// Its name.
    pub organisation_name: String,
    /// Its teachers together.
    pub tally: TallyView,
}

/// Teachers counted by verdict, and their hours.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(example = json!({
    "teachers": 42, "met": 30, "warn": 4, "not_yet": 0, "failed": 8, "owed": "15120.00", "counted": "14630.50", "missing": "870.00"
}))]
pub struct TallyView {
    /// Teachers.
    #[schema(minimum = 0)]
    pub teachers: u32,
    /// Teachers who meet every requirement.
    #[schema(minimum = 0)]
    pub met: u32,
    /// Teachers who miss one that only warns.
    #[schema(minimum = 0)]
    pub warn: u32,
    /// Teachers who still have time.
    #[schema(minimum = 0)]
    pub not_yet: u32,
    /// Teachers who miss one for good.
    #[schema(minimum = 0)]
    pub failed: u32,
    /// Hours owed in the cycle by all of them.
    pub owed: HoursText,
    /// Hours that count.
    pub counted: HoursText,
    /// Hours carried over from the cycle before that count beside `counted`; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = HoursText, required = false)]
    pub carried_over: Option<HoursText>,
    /// Hours missing; nobody's surplus makes up for another.
    pub missing: HoursText,
}
