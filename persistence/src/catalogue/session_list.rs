//! The list of sessions: the page everybody opens first. One query, walked in the order of an index, with the columns that
//! the list shows and no others.

use super::{Sight, WIDE_LEVELS};
use crate::{
    Conn, DbResult, Order, columns,
    db::{At, Day, Word, each},
    schema::{organisations, programmes as p, sessions as t},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, DeliveryForm, Hours, Id, Level, Route, Theme, UtcMillis,
    catalogue::{ProgrammeKind, SessionState},
    id::{OrganisationId, ProgrammeId, SessionId},
};

/// A session as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionListRow {
    /// Key.
    pub id: SessionId,
    /// Its programme.
    pub programme: ProgrammeId,
    /// The programme's name.
    pub programme_name: String,
    /// Name of this run.
    pub name: String,
    /// Where it stands.
    pub state: SessionState,
    /// What the programme is.
    pub kind: ProgrammeKind,
    /// The level at which it is organised.
    pub level: Level,
    /// How it is delivered.
    pub delivery_form: DeliveryForm,
    /// By which route its hours count.
    pub route: Route,
    /// Hours in all.
    pub hours: Hours,
    /// The institution.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// Seats.
    pub seats: i32,
    /// Seats that are taken.
    pub seats_taken: i32,
    /// Places in the queue.
    pub queue_places: i32,
    /// Places in the queue that are taken.
    pub queue_taken: i32,
    /// From when applications are taken.
    pub applications_open_at: UtcMillis,
    /// Until when.
    pub applications_close_at: UtcMillis,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
}

#[derive(Queryable)]
struct Columns {
    area: i32,
    id: i64,
    programme_id: i64,
    name: String,
    state: Word<SessionState>,
    seats: i32,
    seats_taken: i32,
    queue_places: i32,
    queue_taken: i32,
    applications_open_at: At,
    applications_close_at: At,
    starts_on: Day,
    ends_on: Day,
    programme_name: String,
    kind: Word<ProgrammeKind>,
    level: Word<Level>,
    delivery_form: Word<DeliveryForm>,
    route: Word<Route>,
    hours: i64,
    organisation_id: i64,
    organisation_name: String,
}

fn row(row: Columns) -> DbResult<SessionListRow> {
    let area = columns::area(row.area)?;
    Ok(SessionListRow {
        id: Id::new(area, row.id),
        programme: Id::new(area, row.programme_id),
        programme_name: row.programme_name,
        name: row.name,
        state: row.state.0,
        kind: row.kind.0,
        level: row.level.0,
        delivery_form: row.delivery_form.0,
        route: row.route.0,
        hours: Hours::from_hundredths(row.hours),
        organisation: Id::new(area, row.organisation_id),
        organisation_name: row.organisation_name,
        seats: row.seats,
        seats_taken: row.seats_taken,
        queue_places: row.queue_places,
        queue_taken: row.queue_taken,
        applications_open_at: row.applications_open_at.into(),
        applications_close_at: row.applications_close_at.into(),
        starts_on: row.starts_on.into(),
        ends_on: row.ends_on.into(),
    })
}

/// What is wanted of the list.
#[derive(Debug, Clone, Default)]
pub struct SessionFilter {
    /// Only in this state.
    pub state: Option<SessionState>,
    /// Only those that begin on this day or later.
    pub starts_from: Option<NaiveDate>,
    /// Only those that begin on this day or earlier.
    pub starts_to: Option<NaiveDate>,
    /// Only published ones that take applications at this instant: from the first day on nobody comes in.
    pub open_at: Option<UtcMillis>,
    /// Only of this programme.
    pub programme: Option<ProgrammeId>,
    /// Only of this institution.
    pub organisation: Option<OrganisationId>,
    /// Only of programmes of this kind.
    pub kind: Option<ProgrammeKind>,
    /// Only at this level.
    pub level: Option<Level>,
    /// Only delivered so.
    pub delivery_form: Option<DeliveryForm>,
    /// Only those whose hours count by this route.
    pub route: Option<Route>,
    /// Only those with a seat or a place in the queue that is free.
    pub with_room: bool,
    /// Only with this theme.
    pub theme: Option<Theme>,
    /// Only those whose programme's name contains this.
    pub name: Option<String>,
}

#[diesel::dsl::auto_type(no_type_alias)]
fn joined() -> _ {
    t::table.inner_join(p::table.on(p::area.eq(t::area).and(p::id.eq(t::programme_id)))).inner_join(
        organisations::table.on(organisations::area.eq(p::area).and(organisations::id.eq(p::organisation_id))),
    )
}

macro_rules! filtered {
    ($query:ident, $sight:ident, $filter:ident) => {
        // `<>` leaves the choice of index to the order of the list: with `IN` the planner would sort what it found.
        if !$sight.everything {
            let public = t::state
                .ne(SessionState::Draft.as_str())
                .and(t::state.ne(SessionState::Cancelled.as_str()).or(t::published_at.is_not_null()));
            $query = if $sight.drafts_of.is_empty() {
                $query.filter(public)
            } else {
                $query.filter(public.or(p::organisation_id.eq_any($sight.drafts_of.clone())))
            };
        }
        if $sight.wide_only {
            $query = $query.filter(p::level.eq_any(WIDE_LEVELS));
        }
        if let Some(state) = $filter.state {
            $query = $query.filter(t::state.eq(state.as_str()));
        }
        if let Some(day) = $filter.starts_from {
            $query = $query.filter(t::starts_on.ge(day));
        }
        if let Some(day) = $filter.starts_to {
            $query = $query.filter(t::starts_on.le(day));
        }
        if let Some(at) = $filter.open_at {
            let (at, today) = (at.naive(), at.china_date());
            $query = $query
                .filter(t::state.eq(SessionState::Published.as_str()))
                .filter(t::starts_on.gt(today))
                .filter(t::applications_open_at.le(at))
                .filter(t::applications_close_at.gt(at));
        }
        if let Some(programme) = $filter.programme {
            $query = $query.filter(t::programme_id.eq(programme.number()));
        }
        if let Some(organisation) = $filter.organisation {
            $query = $query.filter(p::organisation_id.eq(organisation.number()));
        }
        if let Some(kind) = $filter.kind {
            $query = $query.filter(p::kind.eq(kind.as_str()));
        }
        if let Some(level) = $filter.level {
            $query = $query.filter(p::level.eq(level.as_str()));
        }
        if let Some(form) = $filter.delivery_form {
            $query = $query.filter(p::delivery_form.eq(form.as_str()));
        }
        if let Some(route) = $filter.route {
            $query = $query.filter(p::route.eq(route.as_str()));
        }
        if $filter.with_room {
            // A seat that is free while somebody waits is not for a newcomer.
            let seat = t::seats_taken.lt(t::seats).and(t::queue_taken.eq(0));
            $query = $query.filter(seat.or(t::queue_taken.lt(t::queue_places)));
        }
        if let Some(theme) = &$filter.theme {
            $query = $query.filter(p::themes.like(super::theme_pattern(theme)).escape('\\'));
        }
        if let Some(name) = &$filter.name {
            $query = $query.filter(p::search_name.like(columns::contains_pattern(name)).escape('\\'));
        }
    };
}

/// Sessions of an area behind `after` (first day and number).
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn list(
    conn: &mut Conn,
    area: AreaCode,
    sight: &Sight,
    filter: &SessionFilter,
    order: Order,
    after: Option<(NaiveDate, i64)>,
    limit: i64,
) -> DbResult<Vec<SessionListRow>> {
    let rows: Vec<Columns> = each!(conn, k => {
        let mut query = joined().filter(t::area.eq(area.get())).limit(limit).into_boxed();
        filtered!(query, sight, filter);
        query = match order {
            Order::Ascending => query.order((t::starts_on.asc(), t::id.asc())),
            Order::Descending => query.order((t::starts_on.desc(), t::id.desc())),
        };
        if let Some((day, number)) = after {
            // The bare comparison of days lets the index begin at the right place.
            query = match order {
                Order::Ascending => {
                    query.filter(t::starts_on.ge(day)).filter(t::starts_on.gt(day).or(t::id.gt(number)))
                }
                Order::Descending => query.filter(t::starts_on.le(day)).filter(t::starts_on.lt(day).or(t::id.lt(number))),
            };
        }
        query
            .select((
                t::area,
                t::id,
                t::programme_id,
                t::name,
                t::state,
                t::seats,
                t::seats_taken,
                t::queue_places,
                t::queue_taken,
                t::applications_open_at,
                t::applications_close_at,
                t::starts_on,
                t::ends_on,
                p::name,
                p::kind,
                p::level,
                p::delivery_form,
                p::route,
                p::hours,
                p::organisation_id,
                organisations::name,
            ))
            .load(k)
    })?;
    rows.into_iter().map(row).collect()
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count(conn: &mut Conn, area: AreaCode, sight: &Sight, filter: &SessionFilter) -> DbResult<i64> {
    let mut query = joined().filter(t::area.eq(area.get())).into_boxed();
    filtered!(query, sight, filter);
    Ok(query.count().get_result(conn)?)
}
