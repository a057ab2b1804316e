//! Units: the use cases.

use super::wire::UnitView;
use crate::{
    access::Actor,
    catalogue::{
        demands,
        sessions::service::{self as sessions, problem, stale, touch},
    },
    http::{Page, Work, command::NOTHING, conditions::same_version},
    policy::PolicyCache,
    problem::{ApiError, Words},
};
use shixun_domain::{
    catalogue::SessionState,
    id::{SessionId, UnitId},
};
use shixun_persistence::{
    Conn,
    catalogue::{
        Saved, sessions as store,
        units::{self, NewUnit, UnitChangeRow, UnitRow},
    },
};

/// The units of a session that the actor sees.
///
/// # Errors
/// `not_found`.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    session: SessionId,
    page: &Page,
) -> Result<(Vec<UnitRow>, Option<i64>), ApiError> {
    sessions::get(conn, actor, session)?;
    let rows = units::list(conn, session, page.after()?, page.fetch())?;
    Ok((rows, page.counted(|| units::count(conn, session))?))
}

/// A unit of a session that the actor sees.
///
/// # Errors
/// `not_found`.
pub fn get(conn: &mut Conn, actor: &Actor, id: UnitId) -> Result<UnitRow, ApiError> {
    let row = units::find(conn, id)?.ok_or_else(|| ApiError::missing(id))?;
    sessions::get(conn, actor, row.session).map_err(|_| ApiError::missing(id))?;
    Ok(row)
}

/// The changes of a unit since its session was published.
///
/// # Errors
/// `not_found`.
pub fn changes(
    conn: &mut Conn,
    actor: &Actor,
    id: UnitId,
    page: &Page,
) -> Result<(Vec<UnitChangeRow>, Option<i64>), ApiError> {
    get(conn, actor, id)?;
    let rows = units::list_changes(conn, id, page.after()?, page.fetch())?;
    Ok((rows, page.counted(|| units::count_changes(conn, id))?))
}

fn known_lecturer(conn: &mut Conn, session: SessionId, unit: &NewUnit) -> Result<(), ApiError> {
    match unit.lecturer {
        Some(person) if person.area() != session.area() || !units::lecturer_is_known(conn, person)? => {
            Err(ApiError::field(
                "/lecturer_id",
                "unknown_person",
                Words::new(
                    "本地区没有此人的档案；外请教师只填姓名即可",
                    "there is no such person in the area; of a guest the name is enough",
                ),
            ))
        }
        _ => Ok(()),
    }
}

/// Enters a unit of a session in preparation.
///
/// # Errors
/// `not_found`, `session_wrong_state`, `unit_outside_session`, `units_overlap`, `unit_hours_exceed_minutes`, `unit_hours_exceed_day`;
/// `invalid_field` for an unknown lecturer.
pub fn create(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    session: SessionId,
    unit: &NewUnit,
) -> Result<UnitRow, ApiError> {
    let (row, facts) = sessions::managed(work.conn(), actor, session)?;
    let demands = demands::on(work, cache, session.area(), unit.starts_at.china_date())?;
    facts.add_unit(unit.slot(None), &demands).map_err(|refusal| problem(&row, refusal))?;
    known_lecturer(work.conn(), session, unit)?;
    touch(work, &row)?;
    let id = units::add(work.tx(), session, unit)?;
    recorded(work, None, id, "create")
}

/// Changes a unit. Once its session is published, the change and its reason are kept.
///
/// # Errors
/// `not_found`, `precondition_failed`, `session_wrong_state`, `unit_held`, `unit_outside_session`, `units_overlap`,
/// `unit_hours_differ`, `unit_hours_exceed_minutes`, `unit_hours_exceed_day`; `invalid_field` for a missing reason or an unknown lecturer.
pub fn change(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    (id, based_on): (UnitId, i64),
    unit: &NewUnit,
    reason: Option<&str>,
) -> Result<UnitRow, ApiError> {
    let session = units::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?.session;
    // Whoever records attendance holds the session too, so that whether the unit is held stays as it is read.
    store::hold(work.tx(), session)?;
    let before = units::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    let (row, facts) = sessions::managed(work.conn(), actor, session).map_err(|_| ApiError::missing(id))?;
    same_version(based_on, before.version)?;
    let held = units::is_held(work.conn(), id)?;
    let demands = demands::on(work, cache, id.area(), unit.starts_at.china_date())?;
    facts.change_unit(unit.slot(Some(id)), reason, held, &demands).map_err(|refusal| problem(&row, refusal))?;
    known_lecturer(work.conn(), session, unit)?;
    touch(work, &row)?;
    if units::change(work.tx(), id, based_on, unit)? == Saved::Stale {
        return Err(stale());
    }
    if row.state != SessionState::Draft {
        let by = Some(actor.account);
        units::keep_change(work.tx(), id, by, reason.unwrap_or_default(), &before.unit, unit)?;
    }
    recorded(work, Some(&before), id, "change")
}

/// Takes a unit out of a session in preparation.
///
/// # Errors
/// `not_found`, `precondition_failed`, `session_wrong_state`.
pub fn remove(work: &mut Work<'_, '_>, actor: &Actor, id: UnitId, based_on: i64) -> Result<(), ApiError> {
    let before = units::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    let (row, facts) = sessions::managed(work.conn(), actor, before.session).map_err(|_| ApiError::missing(id))?;
    same_version(based_on, before.version)?;
    facts.remove_unit().map_err(|refusal| problem(&row, refusal))?;
    touch(work, &row)?;
    if units::remove(work.tx(), id, based_on)? == Saved::Stale {
        return Err(stale());
    }
    work.record("delete", id, Some(&UnitView::from(&before)), NOTHING)
}

fn recorded(work: &mut Work<'_, '_>, before: Option<&UnitRow>, id: UnitId, action: &str) -> Result<UnitRow, ApiError> {
    let row = units::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    let before = before.map(UnitView::from);
    work.record(action, id, before.as_ref(), Some(&UnitView::from(&row)))?;
    Ok(row)
}
