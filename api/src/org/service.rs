//! Areas and organisations: the use cases.

use crate::{
    access::Actor,
    http::{Page, Work, conditions::same_version},
    org::wire::OrganisationView,
    problem::{ApiError, Code},
};
use chrono::NaiveDate;
use serde_json::json;
use shixun_domain::{
    AreaCode,
    access::Scope,
    id::OrganisationId,
    org::closing::{self, Refusal as ClosingRefusal},
    words::OrganisationKind,
};
use shixun_persistence::{
    Conn,
    org::{self, AreaRow, NewOrganisation, OrganisationFilter, OrganisationRow, Saved},
};

/// Areas of GB/T 2260, the whole list: they are public.
///
/// # Errors
/// Where the database does not answer.
pub fn list_areas(
    conn: &mut Conn,
    parent: Option<AreaCode>,
    page: &Page,
) -> Result<(Vec<AreaRow>, Option<i64>), ApiError> {
    let rows = org::list_areas(conn, parent, page.after()?, page.fetch())?;
    Ok((rows, page.counted(|| org::count_areas(conn, parent))?))
}

/// Organisations of an area that the actor reaches: all of the area for everybody of the county, since every list of
/// sessions and schools names them; another area only for those above it.
///
/// # Errors
/// `not_found` where the area is not the actor's.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    area: Option<AreaCode>,
    filter: &OrganisationFilter,
    page: &Page,
) -> Result<(Vec<OrganisationRow>, Option<i64>), ApiError> {
    let area = area.unwrap_or(actor.area());
    let scope = scope(actor, area)?;
    let after = page.after()?;
    let rows = org::list(conn, &scope, area, filter, after, page.fetch())?;
    let total = page.counted(|| org::count(conn, &scope, area, filter))?;
    Ok((rows, total))
}

/// Organisations are no secret within their county.
pub(super) fn scope(actor: &Actor, area: AreaCode) -> Result<Scope, ApiError> {
    if area == actor.area() || actor.reaches_area(area) {
        Ok(Scope { area, organisation: 0, kind: OrganisationKind::Bureau, path: "/".into() })
    } else {
        Err(ApiError::no_area(area))
    }
}

/// The organisation, where its area is the actor's or below it.
///
/// # Errors
/// `not_found`.
pub fn get(conn: &mut Conn, actor: &Actor, id: OrganisationId) -> Result<OrganisationRow, ApiError> {
    scope(actor, id.area()).map_err(|_| ApiError::missing(id))?;
    org::find(conn, id)?.ok_or_else(|| ApiError::missing(id))
}

/// Enters an organisation below one that the actor reaches.
///
/// # Errors
/// `organisation_code_taken`, `organisation_parent_invalid`; `not_found` for a parent out of reach.
pub fn create(work: &mut Work<'_, '_>, actor: &Actor, new: &NewOrganisation) -> Result<OrganisationRow, ApiError> {
    org::hold_tree(work.tx(), actor.area())?;
    may_place(work.conn(), actor, new.parent)?;
    let id = saved(org::add(work.tx(), actor.area(), new)?, new)?;
    let row = org::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    work.record("create", id, crate::http::command::NOTHING, Some(&OrganisationView::from(&row)))?;
    Ok(row)
}

/// Changes an organisation that the actor reaches.
///
/// # Errors
/// `not_found`, `precondition_failed`, and as [`create`].
pub fn change(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: OrganisationId,
    based_on: i64,
    new: &NewOrganisation,
) -> Result<OrganisationRow, ApiError> {
    org::hold_tree(work.tx(), id.area())?;
    let before = managed(work.conn(), actor, id)?;
    same_version(based_on, before.version)?;
    if new.parent != before.parent {
        may_place(work.conn(), actor, new.parent)?;
    }
    if new.kind != before.kind {
        return Err(ApiError::field(
            "/kind",
            "fixed",
            crate::problem::Words::new(
                "机构类别不能更改，请另建机构",
                "the kind of an organisation is fixed; enter another one",
            ),
        ));
    }
    saved(org::change(work.tx(), &before, new)?, new)?;
    let row = org::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    work.record("change", id, Some(&OrganisationView::from(&before)), Some(&OrganisationView::from(&row)))?;
    Ok(row)
}

/// Closes a school or institution after its last day. Whoever is employed there after it has to be moved first.
///
/// # Errors
/// `not_found`, `precondition_failed`, `organisation_kind_stays`, `organisation_closed`, `organisation_employs`.
pub fn close(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: OrganisationId,
    based_on: i64,
    (closed_on, reason): (NaiveDate, &str),
) -> Result<OrganisationRow, ApiError> {
    org::lock(work.tx(), id)?;
    let before = managed(work.conn(), actor, id)?;
    same_version(based_on, before.version)?;
    let employed = org::employed_after(work.conn(), id, closed_on)?;
    closing::close(before.kind, before.closed_on, employed).map_err(|refusal| match refusal {
        ClosingRefusal::Stays => ApiError::new(Code::OrganisationKindStays),
        ClosingRefusal::ClosedAlready { closed_on } => {
            ApiError::new(Code::OrganisationClosed).with("closed_on", closed_on)
        }
        ClosingRefusal::Employs { persons } => {
            ApiError::new(Code::OrganisationEmploys).with("persons", persons).with("closed_on", closed_on)
        }
    })?;
    set_closed(work, before, Some(closed_on), "close", reason)
}

/// Opens an organisation again that was closed.
///
/// # Errors
/// `not_found`, `precondition_failed`, `organisation_open`.
pub fn reopen(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: OrganisationId,
    based_on: i64,
    reason: &str,
) -> Result<OrganisationRow, ApiError> {
    let before = managed(work.conn(), actor, id)?;
    same_version(based_on, before.version)?;
    if before.closed_on.is_none() {
        return Err(ApiError::new(Code::OrganisationOpen));
    }
    set_closed(work, before, None, "reopen", reason)
}

fn set_closed(
    work: &mut Work<'_, '_>,
    before: OrganisationRow,
    closed_on: Option<NaiveDate>,
    action: &str,
    reason: &str,
) -> Result<OrganisationRow, ApiError> {
    let id = before.id;
    if !org::set_closed(work.tx(), &before, closed_on)? {
        return Err(ApiError::new(Code::PreconditionFailed));
    }
    let row = org::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    let after = json!({"reason": reason, "organisation": OrganisationView::from(&row)});
    work.record(action, id, Some(&OrganisationView::from(&before)), Some(&after))?;
    Ok(row)
}

/// The organisation, where the actor manages it.
fn managed(conn: &mut Conn, actor: &Actor, id: OrganisationId) -> Result<OrganisationRow, ApiError> {
    org::find(conn, id)?.filter(|row| actor.reaches(id.area(), &row.path)).ok_or_else(|| ApiError::missing(id))
}

fn may_place(conn: &mut Conn, actor: &Actor, parent: Option<OrganisationId>) -> Result<(), ApiError> {
    let reached = match parent {
        Some(id) => org::find(conn, id)?.is_some_and(|row| actor.reaches(id.area(), &row.path)),
        None => actor.reaches_area(actor.area()),
    };
    if reached { Ok(()) } else { Err(ApiError::new(Code::OrganisationParentInvalid)) }
}

fn saved(saved: Saved, new: &NewOrganisation) -> Result<OrganisationId, ApiError> {
    match saved {
        Saved::Done(id) => Ok(id),
        Saved::CodeTaken => {
            Err(ApiError::new(Code::OrganisationCodeTaken).with("code", new.code.as_deref().unwrap_or_default()))
        }
        Saved::ParentInvalid => Err(ApiError::new(Code::OrganisationParentInvalid)),
        Saved::TopTaken(name) => Err(ApiError::new(Code::OrganisationTopTaken).with("name", name)),
        Saved::Stale => Err(ApiError::new(Code::PreconditionFailed)),
    }
}
