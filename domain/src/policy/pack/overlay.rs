//! Whom a document is for, and what a school's overlay may not say.
//!
//! A school asks more of its own teachers by rules. What a pack says once for everybody is one thing in a county and not for a school
//! to set: what a cycle, an hour and a day are, to which day hours belong, how totals are reduced, rounded and carried over, what a
//! course is worth to somebody who sat in it beside teachers of other schools, what converted activities are worth, what is spent.

use super::{Jurisdiction, PackFault, reader::At};
use crate::{
    area::{AreaCode, AreaLevel},
    id::OrganisationId,
    policy::document::Document,
};

/// Reads for whom a document is.
pub(super) fn jurisdiction(at: &At, document: &Document) -> Result<Jurisdiction, PackFault> {
    let area = at.field("area").read::<AreaCode>(&document.area)?;
    let Some(school) = document.organisation_id.as_deref() else { return Ok(Jurisdiction::Area(area)) };
    let place = at.field("organisation_id");
    let school = place.read::<OrganisationId>(school)?;
    if area.level() != AreaLevel::County {
        return place.refuse("only a county has packs for single schools");
    }
    if school.area() != area {
        return place.refuse(format!("expected a school of {area}, and this one lies in {}", school.area()));
    }
    match for_areas_alone(document).into_iter().find(|(_, said)| *said) {
        Some((field, _)) => at.field(field).refuse("a pack for one school cannot set what is one in its county"),
        None => Ok(Jurisdiction::School(school)),
    }
}

/// What only an area may set, and whether the document does.
fn for_areas_alone(document: &Document) -> [(&'static str, bool); 20] {
    [
        ("cycle", document.cycle.is_some()),
        ("unit", document.unit.is_some()),
        ("hour_minutes", document.hour_minutes.is_some()),
        ("prorate_newcomer", document.prorate_newcomer.is_some()),
        ("leave_total", document.leave_total.is_some()),
        ("prorate_retirement", document.prorate_retirement.is_some()),
        ("rounding", document.rounding.is_some()),
        ("carry_over", document.carry_over.is_some()),
        ("attribution", document.attribution.is_some()),
        ("hours_per_day", document.hours_per_day.is_some()),
        ("pass_factor", document.pass_factor.is_some()),
        ("fail_factor", document.fail_factor.is_some()),
        ("absence_fail_ratio", document.absence_fail_ratio.is_some()),
        ("evaluation_days", document.evaluation_days.is_some()),
        ("evaluation_missed", document.evaluation_missed.is_some()),
        ("fund_ratio", document.fund_ratio.is_some()),
        ("fund_base", document.fund_base.is_some()),
        ("fund_county_share", document.fund_county_share.is_some()),
        ("fund_school_running", document.fund_school_running.is_some()),
        ("conversions", !document.conversions.is_empty()),
    ]
}
