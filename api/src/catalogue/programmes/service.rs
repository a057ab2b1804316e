//! Programmes: the use cases.

use super::wire::ProgrammeView;
use crate::{
    access::Actor,
    catalogue::{
        demands,
        problems::{again, programme as refused},
        reach::{manages, reviews, sees_programme, sight},
    },
    http::{Page, Work, command::NOTHING, conditions::same_version},
    policy::PolicyCache,
    problem::{ApiError, Code, Words},
};
use shixun_domain::{
    AreaCode,
    catalogue::{
        ProgrammeContent, ProgrammeState,
        programme::{self, Verdict},
    },
    id::{OrganisationId, ProgrammeId},
};
use shixun_persistence::{
    Conn,
    catalogue::{
        Saved, filing,
        programmes::{self, ProgrammeFilter, ProgrammeRow, Step},
        sessions::{self, Cancelled},
    },
    org,
};

/// Programmes of an area that the actor sees.
///
/// # Errors
/// `not_found` where the area is not the actor's.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    area: Option<AreaCode>,
    filter: &ProgrammeFilter,
    page: &Page,
) -> Result<(Vec<ProgrammeRow>, Option<i64>), ApiError> {
    let area = area.unwrap_or(actor.area());
    let sight = sight(conn, actor, area)?;
    let rows = programmes::list(conn, area, &sight, filter, page.order, page.after()?, page.fetch())?;
    let total = page.counted(|| programmes::count(conn, area, &sight, filter))?;
    Ok((rows, total))
}

/// A programme that the actor sees.
///
/// # Errors
/// `not_found`.
pub fn get(conn: &mut Conn, actor: &Actor, id: ProgrammeId) -> Result<ProgrammeRow, ApiError> {
    programmes::find(conn, id)?.filter(|row| sees_programme(actor, row)).ok_or_else(|| ApiError::missing(id))
}

/// A programme that the actor may change.
///
/// # Errors
/// `not_found`.
pub fn managed(conn: &mut Conn, actor: &Actor, id: ProgrammeId) -> Result<ProgrammeRow, ApiError> {
    programmes::find(conn, id)?
        .filter(|row| manages(actor, id.area(), &row.organisation_path))
        .ok_or_else(|| ApiError::missing(id))
}

/// Declares a programme of an institution within reach, as a draft.
///
/// # Errors
/// `not_found` for an institution out of reach; `invalid_field` for a theme that the area does not know.
pub fn create(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    organisation: OrganisationId,
    content: &ProgrammeContent,
) -> Result<ProgrammeRow, ApiError> {
    org::find(work.conn(), organisation)?
        .filter(|row| manages(actor, organisation.area(), &row.path))
        .ok_or_else(|| ApiError::missing(organisation))?;
    known_themes(work, cache, organisation.area(), content)?;
    let id = programmes::add(work.tx(), organisation, content, Some(actor.account))?;
    recorded(work, None, id, "create")
}

/// Changes what a draft or returned programme declares.
///
/// # Errors
/// `not_found`, `precondition_failed`, `programme_wrong_state`; `invalid_field` for another institution, or a theme that the area does not
/// know.
pub fn change(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    id: ProgrammeId,
    based_on: i64,
    organisation: OrganisationId,
    content: &ProgrammeContent,
) -> Result<ProgrammeRow, ApiError> {
    let before = managed(work.conn(), actor, id)?;
    same_version(based_on, before.version)?;
    programme::edit(before.state).map_err(refused)?;
    if organisation != before.organisation {
        return Err(ApiError::field(
            "/organisation_id",
            "fixed",
            Words::new("申报机构不能更改，请另建项目", "the institution is fixed; declare another programme"),
        ));
    }
    known_themes(work, cache, id.area(), content)?;
    match programmes::change(work.tx(), id, based_on, content)? {
        Saved::Done => recorded(work, Some(&before), id, "change"),
        Saved::Stale => Err(ApiError::new(Code::PreconditionFailed)),
    }
}

fn known_themes(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    area: AreaCode,
    content: &ProgrammeContent,
) -> Result<(), ApiError> {
    let now = work.at();
    cache.area(work.conn(), area, now)?.has_themes(&content.themes)
}

/// Files a programme for review.
///
/// # Errors
/// `not_found`, `programme_wrong_state`, `filed_elsewhere`, `filing_window_closed`, `programme_incomplete`.
pub fn submit(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    id: ProgrammeId,
) -> Result<ProgrammeRow, ApiError> {
    let before = managed(work.conn(), actor, id)?;
    let windows = filing::spans(work.conn(), id.area())?;
    let today = work.at().china_date();
    let demands = demands::on(work, cache, id.area(), today)?;
    let asked = (id.area(), &demands);
    let state = programme::submit(before.state, &before.content, asked, &windows, today).map_err(refused)?;
    step(work, &before, state, None, Step::Submit(actor.account), "submit")
}

/// Decides on a filed programme.
///
/// # Errors
/// `not_found`, `programme_wrong_state`, `four_eyes`.
pub fn review(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: ProgrammeId,
    verdict: Verdict,
    note: Option<&str>,
) -> Result<ProgrammeRow, ApiError> {
    let before = programmes::find(work.conn(), id)?
        .filter(|_| reviews(actor, id.area()))
        .ok_or_else(|| ApiError::missing(id))?;
    let state = programme::review(before.state, before.submitted_by, actor.account, verdict).map_err(refused)?;
    let action = match verdict {
        Verdict::Approve => "approve",
        Verdict::Return => "return",
    };
    step(work, &before, state, note, Step::Decide(actor.account), action)
}

/// Gives a programme up, and with it the sessions that were not published yet.
///
/// # Errors
/// `not_found`, `programme_wrong_state`, `programme_sessions_live`.
pub fn cancel(work: &mut Work<'_, '_>, actor: &Actor, id: ProgrammeId, reason: &str) -> Result<ProgrammeRow, ApiError> {
    let before = managed(work.conn(), actor, id)?;
    let state = programme::cancel(before.state, 0).map_err(refused)?;
    let after = step(work, &before, state, Some(reason), Step::Cancel, "cancel")?;
    // Counted after the row is ours: a session that is published at this moment has held the row and is seen now.
    let live = programmes::sessions_live(work.conn(), id)?;
    programme::cancel(before.state, live).map_err(refused)?;
    for session in programmes::draft_sessions(work.conn(), id)? {
        let version = sessions::find(work.conn(), session)?.map_or(0, |row| row.version);
        if sessions::cancel(work.tx(), session, version, Some(reason))? == Cancelled::Stale {
            return Err(again());
        }
        work.record("cancel", session, NOTHING, NOTHING)?;
    }
    Ok(after)
}

fn step(
    work: &mut Work<'_, '_>,
    before: &ProgrammeRow,
    state: ProgrammeState,
    note: Option<&str>,
    step: Step,
    action: &str,
) -> Result<ProgrammeRow, ApiError> {
    match programmes::set_state(work.tx(), before, state, note, step)? {
        Saved::Done => recorded(work, Some(before), before.id, action),
        Saved::Stale => Err(again()),
    }
}

fn recorded(
    work: &mut Work<'_, '_>,
    before: Option<&ProgrammeRow>,
    id: ProgrammeId,
    action: &str,
) -> Result<ProgrammeRow, ApiError> {
    let row = programmes::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    let before = before.map(ProgrammeView::from);
    work.record(action, id, before.as_ref(), Some(&ProgrammeView::from(&row)))?;
    Ok(row)
}
