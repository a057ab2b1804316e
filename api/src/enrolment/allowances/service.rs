//! Allowances: the use cases.

use super::wire::RepeatAllowanceView;
use crate::{
    access::Actor,
    enrolment::service::{Wanted, gather, offered},
    http::{Work, command::NOTHING},
    ledger::service::may_see,
    policy::PolicyCache,
    problem::{ApiError, Code},
};
use shixun_domain::{
    enrolment::repeats,
    id::{SessionId, TeacherId},
};
use shixun_persistence::{
    Conn,
    enrolment::{self as store, AllowanceRow, NewAllowance},
    ledger,
};

/// Lets a teacher do the content of a session once more in its cycle.
///
/// # Errors
/// `not_found`; `not_a_repeat` where nothing stands in the way.
pub fn allow(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    teacher: TeacherId,
    (session, reason): (SessionId, &str),
) -> Result<AllowanceRow, ApiError> {
    let (person, now) = (teacher.person(), work.at());
    seen(work.conn(), actor, teacher)?;
    let offer = offered(work.conn(), actor, session, person)?.offer;
    // The person is held, so that of two who allow the same at once the second sees that it is allowed.
    let facts = gather(work.conn(), cache, &offer, person, Wanted::Held, now)?;
    if repeats(&offer, &facts.applicant).is_empty() {
        return Err(ApiError::new(Code::NotARepeat));
    }
    let cycle = cache.area(work.conn(), person.area(), now)?.cycle_on(offer.ends_on)?;
    let new = NewAllowance {
        person,
        content_key: &offer.content_key,
        cycle: (cycle.from(), cycle.to()),
        reason,
        allowed_by: actor.account,
    };
    let id = store::allow_repeat(work.tx(), new)?;
    let rows = store::repeats_allowed(work.conn(), person)?;
    let row = rows.into_iter().find(|row| row.id == id).ok_or_else(|| ApiError::missing(id))?;
    work.record("allow_repeat", id, NOTHING, Some(&RepeatAllowanceView::from(&row)))?;
    Ok(row)
}

/// The allowances of a teacher.
///
/// # Errors
/// `not_found`.
pub fn list(conn: &mut Conn, actor: &Actor, teacher: TeacherId) -> Result<Vec<AllowanceRow>, ApiError> {
    seen(conn, actor, teacher)?;
    Ok(store::repeats_allowed(conn, teacher.person())?)
}

fn seen(conn: &mut Conn, actor: &Actor, teacher: TeacherId) -> Result<(), ApiError> {
    may_see(conn, actor, teacher.person())?;
    ledger::revision(conn, teacher.person())?.map(|_| ()).ok_or_else(|| ApiError::missing(teacher))
}
