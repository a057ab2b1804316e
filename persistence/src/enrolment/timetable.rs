//! Units of all sessions of an area, with who is expected at them and how much of their attendance is on record.

use crate::{
    Conn, DbResult, Order,
    catalogue::{Sight, WIDE_LEVELS},
    db::{At, Word},
    schema::{attendance, enrolments, organisations, programmes as p, sessions as s, units as t},
};
use chrono::NaiveDate;
use diesel::{dsl::count_star, prelude::*};
use shixun_domain::{
    AreaCode, Hours, Id, UtcMillis,
    catalogue::SessionState,
    enrolment::EnrolmentStatus,
    id::{OrganisationId, PersonId, ProgrammeId, SessionId, UnitId},
};

/// A unit as a timetable shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimetableRow {
    /// Key.
    pub id: UnitId,
    /// The session.
    pub session: SessionId,
    /// Its name.
    pub session_name: String,
    /// Where it stands.
    pub session_state: SessionState,
    /// The programme.
    pub programme: ProgrammeId,
    /// Its name.
    pub programme_name: String,
    /// The institution.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// From.
    pub starts_at: UtcMillis,
    /// To, this instant excluded.
    pub ends_at: UtcMillis,
    /// Where.
    pub place: String,
    /// What.
    pub content: String,
    /// Who teaches, by name.
    pub lecturer_name: String,
    /// Who teaches, where the person is on record.
    pub lecturer: Option<PersonId>,
    /// Hours of credit.
    pub hours: Hours,
    /// Who holds a seat in the session.
    pub seats_taken: i32,
    /// Who takes part by a confirmed seat, and is to be marked.
    pub participants: i64,
    /// How many of them are marked.
    pub marked: i64,
}

#[derive(Queryable)]
struct Columns {
    area: i32,
    id: i64,
    session: (i64, String, Word<SessionState>, i32),
    programme: (i64, String),
    organisation: (i64, String),
    time: (At, At),
    what: (String, String, String, Option<i64>, i64),
    participants: Option<i64>,
    marked: Option<i64>,
}

fn row(row: Columns) -> DbResult<TimetableRow> {
    let area = crate::columns::area(row.area)?;
    let (session, session_name, session_state, seats_taken) = row.session;
    let (place, content, lecturer_name, lecturer, hours) = row.what;
    Ok(TimetableRow {
        id: Id::new(area, row.id),
        session: Id::new(area, session),
        session_name,
        session_state: session_state.0,
        programme: Id::new(area, row.programme.0),
        programme_name: row.programme.1,
        organisation: Id::new(area, row.organisation.0),
        organisation_name: row.organisation.1,
        starts_at: row.time.0.into(),
        ends_at: row.time.1.into(),
        place,
        content,
        lecturer_name,
        lecturer: lecturer.map(|number| Id::new(area, number)),
        hours: Hours::from_hundredths(hours),
        seats_taken,
        participants: row.participants.unwrap_or_default(),
        marked: row.marked.unwrap_or_default(),
    })
}

/// What is wanted of the list.
#[derive(Debug, Clone, Default)]
pub struct TimetableFilter {
    /// Only those that begin on this day or later.
    pub from: Option<NaiveDate>,
    /// Only those that begin on this day or earlier.
    pub to: Option<NaiveDate>,
    /// Only of this session.
    pub session: Option<SessionId>,
    /// Only of this institution.
    pub organisation: Option<OrganisationId>,
    /// Only those that this person teaches.
    pub lecturer: Option<PersonId>,
    /// Only of sessions in this state.
    pub state: Option<SessionState>,
}

/// The statuses of those who are to be marked.
fn taking_part() -> Vec<&'static str> {
    EnrolmentStatus::ALL.iter().filter(|status| status.takes_part()).map(|status| status.as_str()).collect()
}

#[diesel::dsl::auto_type(no_type_alias)]
fn joined() -> _ {
    t::table
        .inner_join(s::table.on(s::area.eq(t::area).and(s::id.eq(t::session_id))))
        .inner_join(p::table.on(p::area.eq(s::area).and(p::id.eq(s::programme_id))))
        .inner_join(
            organisations::table.on(organisations::area.eq(p::area).and(organisations::id.eq(p::organisation_id))),
        )
}

macro_rules! filtered {
    ($query:ident, $area:ident, $sight:ident, $filter:ident) => {
        // Nothing is looked up by the sum: all units of an area are walked in the order of time, instead of being found and sorted.
        $query = match ($filter.session, $filter.lecturer) {
            (None, None) => $query.filter((t::area + 0).eq($area.get())),
            _ => $query.filter(t::area.eq($area.get())),
        };
        if !$sight.everything {
            let public = s::state
                .ne(SessionState::Draft.as_str())
                .and(s::state.ne(SessionState::Cancelled.as_str()).or(s::published_at.is_not_null()));
            $query = if $sight.drafts_of.is_empty() {
                $query.filter(public)
            } else {
                $query.filter(public.or(p::organisation_id.eq_any($sight.drafts_of.clone())))
            };
        }
        if $sight.wide_only {
            $query = $query.filter(p::level.eq_any(WIDE_LEVELS));
        }
        if let Some(day) = $filter.from {
            $query = $query.filter(t::starts_at.ge(UtcMillis::china_midnight(day).naive()));
        }
        if let Some(next) = $filter.to.and_then(|day| day.succ_opt()) {
            $query = $query.filter(t::starts_at.lt(UtcMillis::china_midnight(next).naive()));
        }
        if let Some(session) = $filter.session {
            $query = $query.filter(t::session_id.eq(session.number()));
        }
        if let Some(organisation) = $filter.organisation {
            $query = $query.filter(p::organisation_id.eq(organisation.number()));
        }
        if let Some(person) = $filter.lecturer {
            $query = $query.filter(t::lecturer_id.eq(person.number()));
        }
        if let Some(state) = $filter.state {
            $query = $query.filter(s::state.eq(state.as_str()));
        }
    };
}

/// Units of an area in the order of time or the other way round, behind `after` (begin and number).
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn timetable(
    conn: &mut Conn,
    area: AreaCode,
    sight: &Sight,
    filter: &TimetableFilter,
    order: Order,
    after: Option<(UtcMillis, i64)>,
    limit: i64,
) -> DbResult<Vec<TimetableRow>> {
    let mut query = joined().limit(limit).into_boxed();
    filtered!(query, area, sight, filter);
    query = match order {
        Order::Ascending => query.order((t::starts_at.asc(), t::area.asc(), t::id.asc())),
        Order::Descending => query.order((t::starts_at.desc(), t::area.desc(), t::id.desc())),
    };
    if let Some((at, number)) = after {
        let at = at.naive();
        // The bare comparison of instants lets the index begin at the right place.
        query = match order {
            Order::Ascending => query.filter(t::starts_at.ge(at)).filter(t::starts_at.gt(at).or(t::id.gt(number))),
            Order::Descending => query.filter(t::starts_at.le(at)).filter(t::starts_at.lt(at).or(t::id.lt(number))),
        };
    }
    let participants = enrolments::table
        .filter(enrolments::area.eq(t::area))
        .filter(enrolments::session_id.eq(t::session_id))
        .filter(enrolments::status.eq_any(taking_part()))
        .select(count_star())
        .single_value();
    let marked = attendance::table
        .inner_join(
            enrolments::table
                .on(enrolments::area.eq(attendance::area).and(enrolments::id.eq(attendance::enrolment_id))),
        )
        .filter(attendance::area.eq(t::area))
        .filter(attendance::unit_id.eq(t::id))
        .filter(enrolments::status.eq_any(taking_part()))
        .select(count_star())
        .single_value();
    let rows: Vec<Columns> = query
        .select((
            t::area,
            t::id,
            (s::id, s::name, s::state, s::seats_taken),
            (p::id, p::name),
            (organisations::id, organisations::name),
            (t::starts_at, t::ends_at),
            (t::place, t::content, t::lecturer_name, t::lecturer_id, t::hours),
            participants,
            marked,
        ))
        .load(conn)?;
    rows.into_iter().map(row).collect()
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count_timetable(conn: &mut Conn, area: AreaCode, sight: &Sight, filter: &TimetableFilter) -> DbResult<i64> {
    let mut query = joined().into_boxed();
    filtered!(query, area, sight, filter);
    Ok(query.count().get_result(conn)?)
}
