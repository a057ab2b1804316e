//! Whom a document is for, and what a school's overlay may not say.
//!
//! A school asks more of its own teachers by rules. What a pack says once for everybody is one thing in a county and not for a school
//! to set: what a cycle, an hour and a day are, to which day hours belong, how totals are reduced, rounded and carried over, what a
//! course is worth to somebody who sat in it beside teachers of other schools, what converted activities are worth, what is spent.

use super::{Fault, Jurisdiction, PackFault, reader::At};
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
        return place.refuse(Fault::OnlyCountiesHaveSchools);
    }
    if school.area() != area {
        return place.refuse(Fault::SchoolElsewhere { area, lies_in: school.area() });
    }
    let setting = || document.settings().into_iter().find_map(|said| said.said.map(|_| said.name));
    let for_areas_alone = document.cycle.as_ref().map(|_| "cycle").or_else(setting);
    match for_areas_alone.or_else(|| document.conversions.first().map(|_| "conversions")) {
        Some(field) => at.field(field).refuse(Fault::NotForSchools),
        None => Ok(Jurisdiction::School(school)),
    }
}
