//! Sessions: one at a time. The list is in `session_list.rs`.

use super::Saved;
use crate::{
    Conn, DbResult, WriteTx, columns,
    db::{At, Day, LookedUp, Word, by_area, each, kept},
    schema::{enrolments, organisations, programmes, sessions as t, units},
};
use diesel::prelude::*;
use shixun_domain::{
    DeliveryForm, Hours, Id, Level, Route, UtcMillis,
    catalogue::{ProgrammeKind, ProgrammeState, SessionState, SessionTerms},
    id::{OrganisationId, ProgrammeId, Session, SessionId},
};
use std::collections::HashMap;

/// What a session shows of its programme and institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionProgramme {
    /// Key.
    pub id: ProgrammeId,
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: ProgrammeKind,
    /// The level at which it is organised.
    pub level: Level,
    /// How it is delivered.
    pub delivery_form: DeliveryForm,
    /// By which route its hours count.
    pub route: Route,
    /// Hours in all.
    pub hours: Hours,
    /// Where it stands.
    pub state: ProgrammeState,
    /// The class head.
    pub class_head: Option<String>,
    /// The institution.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// Its path, for what roles reach.
    pub organisation_path: String,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Key.
    pub id: SessionId,
    /// Its programme.
    pub programme: SessionProgramme,
    /// Where it stands.
    pub state: SessionState,
    /// What it offers.
    pub terms: SessionTerms,
    /// Seats that are taken.
    pub seats_taken: i32,
    /// Places in the queue that are taken.
    pub queue_taken: i32,
    /// How many units it has.
    pub unit_count: i64,
    /// When it was published.
    pub published_at: Option<UtcMillis>,
    /// When it was closed.
    pub closed_at: Option<UtcMillis>,
    /// Why it was cancelled.
    pub state_note: Option<String>,
    /// Row version. It counts changes of the terms, the state and the units; not the seats that are taken.
    pub version: i64,
    /// When it was planned.
    pub created_at: UtcMillis,
    /// When it was last changed.
    pub updated_at: UtcMillis,
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
    withdraw_until: At,
    starts_on: Day,
    ends_on: Day,
    published_at: Option<At>,
    closed_at: Option<At>,
    state_note: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
}

/// The session, its programme, the institution (number, name, path), and how many units it has.
type Found = (Columns, ProgrammeColumns, (i64, String, String), Option<i64>);
type ProgrammeColumns = (
    String,
    Word<ProgrammeKind>,
    Word<Level>,
    Word<DeliveryForm>,
    Word<Route>,
    i64,
    Word<ProgrammeState>,
    Option<String>,
);

fn row((row, programme, organisation, units): Found) -> DbResult<SessionRow> {
    let area = columns::area(row.area)?;
    let (name, kind, level, delivery_form, route, hours, state, class_head) = programme;
    let (organisation, organisation_name, organisation_path) = organisation;
    Ok(SessionRow {
        id: Id::new(area, row.id),
        programme: SessionProgramme {
            id: Id::new(area, row.programme_id),
            name,
            kind: kind.0,
            level: level.0,
            delivery_form: delivery_form.0,
            route: route.0,
            hours: Hours::from_hundredths(hours),
            state: state.0,
            class_head,
            organisation: Id::new(area, organisation),
            organisation_name,
            organisation_path,
        },
        state: row.state.0,
        terms: SessionTerms {
            name: row.name,
            seats: row.seats,
            queue_places: row.queue_places,
            applications_open_at: row.applications_open_at.into(),
            applications_close_at: row.applications_close_at.into(),
            withdraw_until: row.withdraw_until.into(),
            starts_on: row.starts_on.into(),
            ends_on: row.ends_on.into(),
        },
        seats_taken: row.seats_taken,
        queue_taken: row.queue_taken,
        unit_count: units.unwrap_or_default(),
        published_at: row.published_at.map(Into::into),
        closed_at: row.closed_at.map(Into::into),
        state_note: row.state_note,
        version: row.version,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    })
}

/// One session.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn find(conn: &mut Conn, id: SessionId) -> DbResult<Option<SessionRow>> {
    let found: Option<Found> = each!(conn, k => kept!(t::table
        .inner_join(programmes::table.on(programmes::area.eq(t::area).and(programmes::id.eq(t::programme_id))))
        .inner_join(
            organisations::table
                .on(organisations::area.eq(programmes::area).and(organisations::id.eq(programmes::organisation_id))),
        )
        .filter(t::area.eq(id.area().get()))
        .filter(t::id.eq(id.number()))
        .select((
            t::all_columns,
            (
                programmes::name,
                programmes::kind,
                programmes::level,
                programmes::delivery_form,
                programmes::route,
                programmes::hours,
                programmes::state,
                programmes::class_head,
            ),
            (organisations::id, organisations::name, organisations::path),
            units::table
                .filter(units::area.eq(id.area().get()))
                .filter(units::session_id.eq(id.number()))
                .select(diesel::dsl::count_star())
                .single_value(),
        )))
        .get_result(k)
        .optional())?;
    found.map(row).transpose()
}

/// What tells whether a session still looks the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition {
    /// Row version.
    pub version: i64,
    /// Seats taken.
    pub seats_taken: i32,
    /// Places in the queue taken.
    pub queue_taken: i32,
    /// Whether it was ever published.
    pub published: bool,
}

type EditionColumns = (i64, i32, i32, bool);

impl From<EditionColumns> for Edition {
    fn from((version, seats_taken, queue_taken, published): EditionColumns) -> Self {
        Edition { version, seats_taken, queue_taken, published }
    }
}

impl LookedUp for Edition {
    type Key = SessionId;

    fn one(conn: &mut Conn, id: SessionId) -> DbResult<Option<Edition>> {
        let found: Option<EditionColumns> = each!(conn, k => kept!(t::table
                .find(id.key())
                .select((t::version, t::seats_taken, t::queue_taken, t::published_at.is_not_null())))
            .get_result(k)
            .optional())?;
        Ok(found.map(Edition::from))
    }

    fn many(conn: &mut Conn, keys: &[SessionId]) -> DbResult<HashMap<SessionId, Edition>> {
        let mut editions = HashMap::with_capacity(keys.len());
        for (area, numbers) in by_area(keys.iter().copied()) {
            let found: Vec<(i64, EditionColumns)> = each!(conn, k => t::table
                .filter(t::area.eq(area.get()))
                .filter(t::id.eq_any(numbers))
                .select((t::id, (t::version, t::seats_taken, t::queue_taken, t::published_at.is_not_null())))
                .load(k))?;
            editions.extend(found.into_iter().map(|(number, columns)| (Id::new(area, number), columns.into())));
        }
        Ok(editions)
    }
}

/// Plans a session of a programme.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn add(tx: &mut WriteTx<'_>, programme: ProgrammeId, terms: &SessionTerms) -> DbResult<SessionId> {
    let id = tx.new_id::<Session>(programme.area());
    let at = tx.at().naive();
    diesel::insert_into(t::table)
        .values((
            t::area.eq(id.area().get()),
            t::id.eq(id.number()),
            t::programme_id.eq(programme.number()),
            t::name.eq(&terms.name),
            t::state.eq(SessionState::Draft.as_str()),
            t::seats.eq(terms.seats),
            t::seats_taken.eq(0),
            t::queue_places.eq(terms.queue_places),
            t::queue_taken.eq(0),
            t::applications_open_at.eq(terms.applications_open_at.naive()),
            t::applications_close_at.eq(terms.applications_close_at.naive()),
            t::withdraw_until.eq(terms.withdraw_until.naive()),
            t::starts_on.eq(terms.starts_on),
            t::ends_on.eq(terms.ends_on),
            t::version.eq(1_i64),
            t::created_at.eq(at),
            t::updated_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// Changes the terms, where the version is still `version` and no more seats and places are taken than there shall be: the
/// database compares at the moment of writing, because applications go on meanwhile. Nobody is moved out of the queue here.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn change(tx: &mut WriteTx<'_>, id: SessionId, version: i64, terms: &SessionTerms) -> DbResult<Saved> {
    let at = tx.at().naive();
    let rows = diesel::update(
        t::table
            .find(id.key())
            .filter(t::version.eq(version))
            .filter(t::seats_taken.le(terms.seats))
            .filter(t::queue_taken.le(terms.queue_places)),
    )
    .set((
        t::name.eq(&terms.name),
        t::seats.eq(terms.seats),
        t::queue_places.eq(terms.queue_places),
        t::applications_open_at.eq(terms.applications_open_at.naive()),
        t::applications_close_at.eq(terms.applications_close_at.naive()),
        t::withdraw_until.eq(terms.withdraw_until.naive()),
        t::starts_on.eq(terms.starts_on),
        t::ends_on.eq(terms.ends_on),
        t::version.eq(version + 1),
        t::updated_at.eq(at),
    ))
    .execute(tx.conn())?;
    Ok(Saved::from_rows(rows))
}

/// Moves a session to another state, where its version is still `version`. Publication is dated.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn set_state(tx: &mut WriteTx<'_>, before: &SessionRow, state: SessionState) -> DbResult<Saved> {
    let at = tx.at();
    let published = if state == SessionState::Published { Some(at) } else { before.published_at };
    let key = before.id.key();
    let rows = diesel::update(t::table.find(key).filter(t::version.eq(before.version)))
        .set((
            t::state.eq(state.as_str()),
            t::published_at.eq(published.map(UtcMillis::naive)),
            t::version.eq(before.version + 1),
            t::updated_at.eq(at.naive()),
        ))
        .execute(tx.conn())?;
    Ok(Saved::from_rows(rows))
}

/// Counts a change of the session's units as a change of the session, where its version is still `version`: two changes of
/// units at once would each be right alone and wrong together.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn touch(tx: &mut WriteTx<'_>, id: SessionId, version: i64) -> DbResult<Saved> {
    let at = tx.at().naive();
    let rows = diesel::update(t::table.find(id.key()).filter(t::version.eq(version)))
        .set((t::version.eq(version + 1), t::updated_at.eq(at)))
        .execute(tx.conn())?;
    Ok(Saved::from_rows(rows))
}

/// The statuses of enrolments that end with a cancelled session.
const ALIVE: [&str; 4] = ["applied", "confirmed", "waiting", "waiting_approved"];

/// What became of a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// The session is cancelled, and with it this many enrolments.
    Done {
        /// Enrolments that were alive.
        enrolments: usize,
    },
    /// Somebody changed the session meanwhile.
    Stale,
}

/// Cancels a session, where its version is still `version`: its enrolments become `session_cancelled` and nobody holds a seat
/// or a place in the queue any more.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn cancel(tx: &mut WriteTx<'_>, id: SessionId, version: i64, note: Option<&str>) -> DbResult<Cancelled> {
    use enrolments as e;
    let at = tx.at().naive();
    // The session first: from here on no application can take a seat, and those that did are seen below.
    let rows = diesel::update(t::table.find(id.key()).filter(t::version.eq(version)))
        .set((
            t::state.eq(SessionState::Cancelled.as_str()),
            t::state_note.eq(note),
            t::seats_taken.eq(0),
            t::queue_taken.eq(0),
            t::version.eq(version + 1),
            t::updated_at.eq(at),
        ))
        .execute(tx.conn())?;
    if rows == 0 {
        return Ok(Cancelled::Stale);
    }
    let enrolments = diesel::update(
        e::table
            .filter(e::area.eq(id.area().get()))
            .filter(e::session_id.eq(id.number()))
            .filter(e::status.eq_any(ALIVE)),
    )
    .set((e::status.eq("session_cancelled"), e::version.eq(e::version + 1), e::updated_at.eq(at)))
    .execute(tx.conn())?;
    Ok(Cancelled::Done { enrolments })
}

/// Makes steps in one session wait for each other: whoever changes the status of enrolments, records attendance or results, changes
/// a unit that may be held, or closes the session holds it first and reads afterwards. Held before any enrolment, so that two steps
/// never wait for each other in a circle. SQLite has one writer and needs nothing.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn hold(tx: &mut WriteTx<'_>, session: SessionId) -> DbResult<()> {
    if let Conn::Postgres(inner) = tx.conn() {
        let held = t::table.find(session.key()).select(t::id).for_no_key_update();
        held.first::<i64>(inner).optional()?;
    }
    Ok(())
}
