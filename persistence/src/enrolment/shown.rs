//! Enrolments as lists and screens show them: with their session, and the place of those who wait.

use super::list::{Columns as RowColumns, EnrolmentRow, enrolment_columns, row};
use crate::{
    Conn, DbResult, Order, columns,
    db::{At, Day, Word, by_area},
    schema::{employments, enrolments as t, organisations, programmes, sessions},
};
use chrono::NaiveDate;
use diesel::{dsl::case_when, prelude::*};
use shixun_domain::{
    AreaCode, Hours, Id, UtcMillis,
    catalogue::SessionState,
    enrolment::EnrolmentStatus,
    id::{EnrolmentId, OrganisationId, PersonId, ProgrammeId, SessionId},
};

/// What an enrolment shows of its session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionBrief {
    /// Its programme.
    pub programme: ProgrammeId,
    /// The programme's name.
    pub programme_name: String,
    /// Name of this run.
    pub name: String,
    /// Where it stands.
    pub state: SessionState,
    /// The institution.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// Hours in all.
    pub hours: Hours,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// Until when one may withdraw.
    pub withdraw_until: UtcMillis,
    /// Row version of the session.
    pub version: i64,
}

/// Selects a [`BriefColumns`].
macro_rules! brief_columns {
    () => {
        (
            sessions::area,
            programmes::id,
            programmes::name,
            sessions::name,
            sessions::state,
            (organisations::id, organisations::name),
            programmes::hours,
            sessions::starts_on,
            sessions::ends_on,
            sessions::withdraw_until,
            sessions::version,
        )
    };
}
pub(super) use brief_columns;

/// A [`SessionBrief`] as it is kept.
#[derive(Queryable)]
pub(super) struct BriefColumns {
    area: i32,
    programme: i64,
    programme_name: String,
    name: String,
    state: Word<SessionState>,
    organisation: (i64, String),
    hours: i64,
    starts_on: Day,
    ends_on: Day,
    withdraw_until: At,
    version: i64,
}

impl BriefColumns {
    /// Reads it.
    pub(super) fn read(self) -> DbResult<SessionBrief> {
        let area = columns::area(self.area)?;
        Ok(SessionBrief {
            programme: Id::new(area, self.programme),
            programme_name: self.programme_name,
            name: self.name,
            state: self.state.0,
            organisation: Id::new(area, self.organisation.0),
            organisation_name: self.organisation.1,
            hours: Hours::from_hundredths(self.hours),
            starts_on: self.starts_on.into(),
            ends_on: self.ends_on.into(),
            withdraw_until: self.withdraw_until.into(),
            version: self.version,
        })
    }
}

/// An enrolment with what people see beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentShown {
    /// The enrolment.
    pub row: EnrolmentRow,
    /// Its session.
    pub session: SessionBrief,
    /// The place in the queue, from 1, of somebody who waits.
    pub queue_position: Option<i64>,
}

type Columns = (RowColumns, BriefColumns, Option<i64>);

fn shown((enrolment, session, place): Columns) -> DbResult<EnrolmentShown> {
    let row = row(enrolment)?;
    let queue_position = place.filter(|_| row.status.waits());
    Ok(EnrolmentShown { row, session: session.read()?, queue_position })
}

/// Who waits.
const WAITS: [&str; 2] = [EnrolmentStatus::Waiting.as_str(), EnrolmentStatus::WaitingApproved.as_str()];

#[diesel::dsl::auto_type(no_type_alias)]
fn joined() -> _ {
    t::table
        .inner_join(sessions::table.on(sessions::area.eq(t::area).and(sessions::id.eq(t::session_id))))
        .inner_join(
            programmes::table.on(programmes::area.eq(sessions::area).and(programmes::id.eq(sessions::programme_id))),
        )
        .inner_join(
            organisations::table
                .on(organisations::area.eq(programmes::area).and(organisations::id.eq(programmes::organisation_id))),
        )
}

/// Selects a [`Columns`]. The place is counted for those who wait and for nobody else.
macro_rules! shown_columns {
    () => {{
        let before = diesel::alias!(crate::schema::enrolments as before);
        let place = before
            .filter(before.field(t::status).eq_any(WAITS))
            .filter(before.field(t::area).eq(t::area))
            .filter(before.field(t::session_id).eq(t::session_id))
            .filter(before.field(t::requested_at).le(t::requested_at))
            .filter(before.field(t::requested_at).lt(t::requested_at).or(before.field(t::id).le(t::id)))
            .select(diesel::dsl::count_star())
            .single_value();
        (enrolment_columns!(), brief_columns!(), case_when(t::status.eq_any(WAITS), place))
    }};
}

/// One enrolment.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn find_shown(conn: &mut Conn, id: EnrolmentId) -> DbResult<Option<EnrolmentShown>> {
    let found: Option<Columns> = joined()
        .filter(t::area.eq(id.area().get()))
        .filter(t::id.eq(id.number()))
        .select(shown_columns!())
        .first(conn)
        .optional()?;
    found.map(shown).transpose()
}

/// Every enrolment of a session, in the order of asking.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn shown_of_session(conn: &mut Conn, session: SessionId) -> DbResult<Vec<EnrolmentShown>> {
    let rows: Vec<Columns> = joined()
        .filter(t::area.eq(session.area().get()))
        .filter(t::session_id.eq(session.number()))
        .order((t::requested_at, t::id))
        .select(shown_columns!())
        .load(conn)?;
    rows.into_iter().map(shown).collect()
}

/// Whose enrolments a reader sees: those to which any of these applies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Viewer {
    /// One's own.
    pub person: Option<PersonId>,
    /// Those of the teachers of these areas and of the areas inside.
    pub teachers_of: Vec<AreaCode>,
    /// Those of whoever applied as a teacher of these schools.
    pub schools: Vec<OrganisationId>,
    /// Those of these persons, in their order: whoever is employed at the schools today, wherever that was on the day of the application.
    pub employees: Vec<PersonId>,
    /// Those in the sessions of these areas and of the areas inside.
    pub sessions_of: Vec<AreaCode>,
    /// Those in the sessions of these institutions.
    pub institutions: Vec<OrganisationId>,
}

impl Viewer {
    /// True where the reader looks after whoever applied.
    pub fn looks_after(&self, row: &EnrolmentRow) -> bool {
        self.teachers_of.iter().any(|area| area.contains(row.organisation.area()))
            || self.schools.contains(&row.organisation)
            || self.employees.binary_search(&row.person).is_ok()
    }

    /// True where the reader looks after whole areas: most of what there is.
    fn is_wide(&self) -> bool {
        !self.teachers_of.is_empty() || !self.sessions_of.is_empty()
    }

    /// True where the reader sees nothing.
    fn is_nobody(&self) -> bool {
        *self == Viewer::default()
    }
}

/// Schools of one area, and the day of whose employees is spoken.
#[derive(Debug, Clone)]
pub struct OfSchools {
    /// Their area.
    pub area: AreaCode,
    /// Their numbers.
    pub schools: Vec<i64>,
    /// The day.
    pub on: NaiveDate,
}

/// Selects the persons who are employed at some schools of an area on a day. As a part of a query, because a whole county may have more
/// of them than a statement takes values.
macro_rules! employed {
    ($area:expr, $schools:expr, $day:expr) => {
        employments::table
            .filter(employments::area.eq($area.get()))
            .filter(employments::organisation_id.eq_any($schools))
            .filter(employments::valid_from.le($day))
            .filter(employments::valid_to.is_null().or(employments::valid_to.ge($day)))
            .select(employments::person_id)
    };
}

/// What is wanted of the list.
#[derive(Debug, Clone, Default)]
pub struct EnrolmentFilter {
    /// In one session.
    pub session: Option<SessionId>,
    /// Of one person.
    pub person: Option<PersonId>,
    /// Of whoever applied as a teacher of some schools, or is employed there on the day.
    pub schools: Option<OfSchools>,
    /// With one of these statuses.
    pub statuses: Option<Vec<EnrolmentStatus>>,
    /// In sessions in this state.
    pub session_state: Option<SessionState>,
    /// In sessions of this programme.
    pub programme: Option<ProgrammeId>,
    /// In sessions that begin on this day or later.
    pub starts_from: Option<NaiveDate>,
    /// In sessions that begin on this day or earlier.
    pub starts_to: Option<NaiveDate>,
}

macro_rules! filtered {
    ($query:ident, $viewer:ident, $filter:ident) => {
        if let Some(person) = $viewer.person {
            $query = $query.or_filter(t::person_area.eq(person.area().get()).and(t::person_id.eq(person.number())));
        }
        // Nothing is looked up by the sums: whoever sees whole areas is to walk the list in its order, instead of finding most of it by
        // two indexes and sorting it.
        for area in &$viewer.teachers_of {
            let (first, last) = area.codes().into_inner();
            $query = $query.or_filter((t::person_area + 0).between(first, last));
        }
        for area in &$viewer.sessions_of {
            let (first, last) = area.codes().into_inner();
            $query = $query.or_filter((t::area + 0).between(first, last));
        }
        for (area, numbers) in by_area($viewer.schools.iter().copied()) {
            $query = $query.or_filter(t::person_area.eq(area.get()).and(t::organisation_id.eq_any(numbers)));
        }
        for (area, numbers) in by_area($viewer.employees.iter().copied()) {
            $query = $query.or_filter(t::person_area.eq(area.get()).and(t::person_id.eq_any(numbers)));
        }
        for (area, numbers) in by_area($viewer.institutions.iter().copied()) {
            let held = diesel::alias!(crate::schema::sessions as held);
            let by = diesel::alias!(crate::schema::programmes as by);
            let held = held
                .inner_join(by.on(by
                    .field(programmes::area)
                    .eq(held.field(sessions::area))
                    .and(by.field(programmes::id).eq(held.field(sessions::programme_id)))))
                .filter(held.field(sessions::area).eq(area.get()))
                .filter(by.field(programmes::organisation_id).eq_any(numbers))
                .select(held.field(sessions::id));
            $query = $query.or_filter(t::area.eq(area.get()).and(t::session_id.eq_any(held)));
        }
        if let Some(session) = $filter.session {
            $query = $query.filter(t::area.eq(session.area().get())).filter(t::session_id.eq(session.number()));
        }
        if let Some(person) = $filter.person {
            $query = $query.filter(t::person_area.eq(person.area().get())).filter(t::person_id.eq(person.number()));
        }
        if let Some(OfSchools { area, schools, on }) = &$filter.schools {
            let applied_there = t::organisation_id.eq_any(schools.clone());
            let employed_there = t::person_id.eq_any(employed!(area, schools.clone(), *on));
            $query = $query.filter(t::person_area.eq(area.get())).filter(applied_there.or(employed_there));
        }
        match $filter.statuses.as_deref() {
            None => {}
            // Most enrolments have ended: those of a whole area are met soon on the way, too.
            Some([status]) if $viewer.is_wide() && !status.is_open() => {
                $query = $query.filter(t::status.concat("").eq(status.as_str()));
            }
            Some([status]) => $query = $query.filter(t::status.eq(status.as_str())),
            Some(statuses) => {
                let words: Vec<&str> = statuses.iter().map(|status| status.as_str()).collect();
                $query = $query.filter(t::status.eq_any(words));
            }
        }
        if let Some(state) = $filter.session_state {
            $query = $query.filter(sessions::state.eq(state.as_str()));
        }
        if let Some(programme) = $filter.programme {
            $query = $query.filter(sessions::area.eq(programme.area().get()));
            $query = $query.filter(sessions::programme_id.eq(programme.number()));
        }
        if let Some(day) = $filter.starts_from {
            $query = $query.filter(sessions::starts_on.ge(day));
        }
        if let Some(day) = $filter.starts_to {
            $query = $query.filter(sessions::starts_on.le(day));
        }
    };
}

/// Who is employed at some schools on a day, in the order of their keys.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn employed_at(conn: &mut Conn, schools: &[OrganisationId], day: NaiveDate) -> DbResult<Vec<PersonId>> {
    let mut found = Vec::new();
    for (area, numbers) in by_area(schools.iter().copied()) {
        let persons: Vec<i64> = employed!(area, numbers, day).load(conn)?;
        found.extend(persons.into_iter().map(|number| PersonId::new(area, number)));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Enrolments in the order of asking or the other way round, behind `after` (instant, area and number).
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    filter: &EnrolmentFilter,
    order: Order,
    after: Option<(UtcMillis, AreaCode, i64)>,
    limit: i64,
) -> DbResult<Vec<EnrolmentShown>> {
    if viewer.is_nobody() {
        return Ok(Vec::new());
    }
    let mut query = joined().limit(limit).into_boxed();
    filtered!(query, viewer, filter);
    query = match order {
        Order::Ascending => query.order((t::requested_at.asc(), t::area.asc(), t::id.asc())),
        Order::Descending => query.order((t::requested_at.desc(), t::area.desc(), t::id.desc())),
    };
    if let Some((at, area, number)) = after {
        let (at, area) = (at.naive(), area.get());
        // The bare comparison of instants lets the index begin at the right place.
        query = match order {
            Order::Ascending => query
                .filter(t::requested_at.ge(at))
                .filter(t::requested_at.gt(at).or(t::area.gt(area)).or(t::area.eq(area).and(t::id.gt(number)))),
            Order::Descending => query
                .filter(t::requested_at.le(at))
                .filter(t::requested_at.lt(at).or(t::area.lt(area)).or(t::area.eq(area).and(t::id.lt(number)))),
        };
    }
    let rows: Vec<Columns> = query.select(shown_columns!()).load(conn)?;
    rows.into_iter().map(shown).collect()
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count(conn: &mut Conn, viewer: &Viewer, filter: &EnrolmentFilter) -> DbResult<i64> {
    if viewer.is_nobody() {
        return Ok(0);
    }
    let mut query = joined().into_boxed();
    filtered!(query, viewer, filter);
    Ok(query.count().get_result(conn)?)
}
