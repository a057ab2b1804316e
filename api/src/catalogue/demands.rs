//! What the policy packs ask of the catalogue.

use crate::{http::Work, policy::PolicyCache, problem::ApiError};
use chrono::NaiveDate;
use shixun_domain::{AreaCode, catalogue::Demands};

/// What the packs in force in an area on a day ask of programmes, sessions and units.
///
/// # Errors
/// Where the database does not answer.
pub fn on(work: &mut Work<'_, '_>, cache: &PolicyCache, area: AreaCode, day: NaiveDate) -> Result<Demands, ApiError> {
    let now = work.at();
    Ok(Demands::of(&cache.area(work.conn(), area, now)?.on(day)))
}
