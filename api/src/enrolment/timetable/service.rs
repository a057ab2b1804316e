//! The timetable: the use case.

use super::wire::TimetableQuery;
use crate::{access::Actor, catalogue::reach::sight, http::Page, problem::ApiError};
use shixun_persistence::{
    Conn,
    enrolment::{TimetableFilter, TimetableRow, count_timetable, timetable},
};

/// Units of the sessions of an area that the actor sees.
///
/// # Errors
/// `not_found` where the area is not the actor's; `invalid_cursor`.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    query: &TimetableQuery,
    page: &Page,
) -> Result<(Vec<TimetableRow>, Option<i64>), ApiError> {
    let area = query.area.map_or(actor.area(), |area| area.0);
    let sight = sight(conn, actor, area)?;
    let mine = query.mine == Some(true);
    let lecturer = query.lecturer_id.map(|id| id.0);
    // Who teaches at a unit is on record in its area; nobody else's units are the caller's.
    let named = if mine { actor.person } else { lecturer };
    let nobody = mine && (named.is_none() || lecturer.is_some_and(|person| Some(person) != named));
    let elsewhere = [
        query.session_id.map(|id| id.0.area()),
        query.organisation_id.map(|id| id.0.area()),
        named.map(|person| person.area()),
    ];
    if nobody || elsewhere.iter().flatten().any(|of| *of != area) {
        return Ok((Vec::new(), page.total.then_some(0)));
    }
    let filter = TimetableFilter {
        from: query.from,
        to: query.to,
        session: query.session_id.map(|id| id.0),
        organisation: query.organisation_id.map(|id| id.0),
        lecturer: named,
        state: query.session_state.map(|state| state.0),
    };
    let rows = timetable(conn, area, &sight, &filter, page.order, page.after()?, page.fetch())?;
    let total = page.counted(|| count_timetable(conn, area, &sight, &filter))?;
    Ok((rows, total))
}
