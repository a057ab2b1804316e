//! Sessions: the use cases.

use super::wire::{SessionView, etag};
use crate::{
    access::Actor,
    catalogue::{
        demands,
        problems::{again, session as refused},
        programmes::service::managed as managed_programme,
        reach::{manages, sees_session, sight},
    },
    http::{
        Page, Work,
        conditions::{Etag, same_version},
    },
    policy::PolicyCache,
    problem::{ApiError, Code},
};
use shixun_domain::{
    AreaCode,
    catalogue::{SessionFacts, SessionRefusal, SessionState, SessionTerms, session},
    id::{ProgrammeId, SessionId},
};
use shixun_persistence::{
    Conn,
    catalogue::{
        Saved,
        changes::{self, ChangeRow},
        programmes,
        session_list::{self, SessionFilter, SessionListRow},
        sessions::{self, Cancelled, Edition, SessionRow},
        units,
    },
};

/// Sessions of an area that the actor sees.
///
/// # Errors
/// `not_found` where the area is not the actor's.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    area: Option<AreaCode>,
    filter: &SessionFilter,
    page: &Page,
) -> Result<(Vec<SessionListRow>, Option<i64>), ApiError> {
    let area = area.unwrap_or(actor.area());
    let sight = sight(conn, actor, area)?;
    let rows = session_list::list(conn, area, &sight, filter, page.order, page.after()?, page.fetch())?;
    let total = page.counted(|| session_list::count(conn, area, &sight, filter))?;
    Ok((rows, total))
}

/// A session that the actor sees.
///
/// # Errors
/// `not_found`.
pub fn get(conn: &mut Conn, actor: &Actor, id: SessionId) -> Result<SessionRow, ApiError> {
    sessions::find(conn, id)?.filter(|row| sees_session(actor, row)).ok_or_else(|| ApiError::missing(id))
}

/// The tag of a session of the actor's area that everybody there sees; `None` where more must be read to know whether the actor does.
pub fn public_etag(actor: &Actor, id: SessionId, edition: Edition) -> Option<Etag> {
    let public = edition.published && id.area() == actor.area();
    public.then(|| etag(edition.version, edition.seats_taken, edition.queue_taken))
}

/// The changes of a session that the actor sees, and of its units, since it was published.
///
/// # Errors
/// `not_found`.
pub fn changes(
    conn: &mut Conn,
    actor: &Actor,
    id: SessionId,
    page: &Page,
) -> Result<(Vec<ChangeRow>, Option<i64>), ApiError> {
    get(conn, actor, id)?;
    let rows = changes::list(conn, id, page.after()?, page.fetch())?;
    Ok((rows, page.counted(|| changes::count(conn, id))?))
}

/// A session that the actor may change, with what the rules look at.
///
/// # Errors
/// `not_found`.
pub fn managed(conn: &mut Conn, actor: &Actor, id: SessionId) -> Result<(SessionRow, SessionFacts), ApiError> {
    let row = sessions::find(conn, id)?
        .filter(|row| manages(actor, id.area(), &row.programme.organisation_path))
        .ok_or_else(|| ApiError::missing(id))?;
    let facts = SessionFacts {
        state: row.state,
        terms: row.terms.clone(),
        seats_taken: row.seats_taken,
        queue_taken: row.queue_taken,
        programme_state: row.programme.state,
        programme_hours: row.programme.hours,
        has_class_head: row.programme.class_head.is_some(),
        units: units::slots(conn, id)?,
    };
    Ok((row, facts))
}

/// The problem of a refused step, with the days that its text names.
pub fn problem(row: &SessionRow, refusal: SessionRefusal) -> ApiError {
    refused(refusal, (row.terms.starts_on, row.terms.ends_on))
}

/// Plans a session of a programme.
///
/// # Errors
/// `not_found`, `programme_not_approved` for a cancelled one, `invalid_field` for terms that contradict each other.
pub fn create(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    programme: ProgrammeId,
    terms: &SessionTerms,
) -> Result<SessionRow, ApiError> {
    let of = managed_programme(work.conn(), actor, programme)?;
    session::plan(of.state, terms).map_err(|refusal| refused(refusal, (terms.starts_on, terms.ends_on)))?;
    let id = sessions::add(work.tx(), programme, terms)?;
    recorded(work, None, id, "create")
}

/// Changes the terms of a session that did not start yet. Once it is published, the change and its reason are kept. Nobody moves up from
/// the queue here: promotion is enrolment's.
///
/// # Errors
/// `not_found`, `precondition_failed`, `session_wrong_state`, `invalid_field`, `class_size`, `seats_below_taken`, `queue_below_taken`,
/// `unit_outside_session`.
pub fn change(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    (id, based_on): (SessionId, i64),
    (terms, reason): (&SessionTerms, Option<&str>),
) -> Result<SessionRow, ApiError> {
    let (before, facts) = managed(work.conn(), actor, id)?;
    same_version(based_on, before.version)?;
    let today = work.at().china_date();
    let demands = demands::on(work, cache, id.area(), today)?;
    let refusal = facts.change_terms(terms, reason, &demands);
    refusal.map_err(|refusal| refused(refusal, (terms.starts_on, terms.ends_on)))?;
    match sessions::change(work.tx(), id, based_on, terms)? {
        Saved::Done => {
            if facts.keeps_change(terms) {
                let by = Some(actor.account);
                changes::keep(work.tx(), id, by, reason.unwrap_or_default(), (&before.terms, terms))?;
            }
            recorded(work, Some(&before), id, "change")
        }
        Saved::Stale => {
            // Either somebody changed it, or seats were taken between our reading and our writing.
            let now = sessions::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
            same_version(based_on, now.version)?;
            if now.seats_taken > terms.seats {
                return Err(problem(&now, SessionRefusal::SeatsBelowTaken { taken: now.seats_taken }));
            }
            if now.queue_taken > terms.queue_places {
                return Err(problem(&now, SessionRefusal::QueueBelowTaken { taken: now.queue_taken }));
            }
            Err(again())
        }
    }
}

/// Publishes a session: from now on it is public, and its units change with a reason only.
///
/// # Errors
/// `not_found`, `session_wrong_state`, `programme_not_approved`, `class_head_missing`, `invalid_field`, `class_size`, `session_over`,
/// `units_missing`, `unit_outside_session`, `units_overlap`, `unit_hours_differ`.
pub fn publish(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    id: SessionId,
) -> Result<SessionRow, ApiError> {
    let (before, facts) = managed(work.conn(), actor, id)?;
    let today = work.at().china_date();
    let demands = demands::on(work, cache, id.area(), today)?;
    let state = facts.publish(today, &demands).map_err(|refusal| problem(&before, refusal))?;
    if !programmes::hold_approved(work.tx(), before.programme.id)? {
        return Err(again());
    }
    step(work, &before, state, "publish")
}

/// Starts a session on its first day or later.
///
/// # Errors
/// `not_found`, `session_wrong_state`, `session_too_early`.
pub fn start(work: &mut Work<'_, '_>, actor: &Actor, id: SessionId) -> Result<SessionRow, ApiError> {
    let (before, facts) = managed(work.conn(), actor, id)?;
    let state = facts.start(work.at().china_date()).map_err(|refusal| problem(&before, refusal))?;
    step(work, &before, state, "start")
}

/// Cancels a session, and with it every enrolment that was alive.
///
/// # Errors
/// `not_found`, `session_wrong_state`.
pub fn cancel(work: &mut Work<'_, '_>, actor: &Actor, id: SessionId, reason: &str) -> Result<SessionRow, ApiError> {
    let (before, facts) = managed(work.conn(), actor, id)?;
    facts.cancel().map_err(|refusal| problem(&before, refusal))?;
    match sessions::cancel(work.tx(), id, before.version, Some(reason))? {
        Cancelled::Done { .. } => recorded(work, Some(&before), id, "cancel"),
        Cancelled::Stale => Err(again()),
    }
}

fn step(
    work: &mut Work<'_, '_>,
    before: &SessionRow,
    state: SessionState,
    action: &str,
) -> Result<SessionRow, ApiError> {
    match sessions::set_state(work.tx(), before, state)? {
        Saved::Done => recorded(work, Some(before), before.id, action),
        Saved::Stale => Err(again()),
    }
}

fn recorded(
    work: &mut Work<'_, '_>,
    before: Option<&SessionRow>,
    id: SessionId,
    action: &str,
) -> Result<SessionRow, ApiError> {
    let row = sessions::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    let before = before.map(SessionView::from);
    work.record(action, id, before.as_ref(), Some(&SessionView::from(&row)))?;
    Ok(row)
}

/// Counts a change of units as a change of the session, so that two at once do not pass unseen.
///
/// # Errors
/// The command runs again where somebody else was first.
pub fn touch(work: &mut Work<'_, '_>, row: &SessionRow) -> Result<(), ApiError> {
    match sessions::touch(work.tx(), row.id, row.version)? {
        Saved::Done => Ok(()),
        Saved::Stale => Err(again()),
    }
}

/// The version that a change was based on is no more.
pub fn stale() -> ApiError {
    ApiError::new(Code::PreconditionFailed)
}
