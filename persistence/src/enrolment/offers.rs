//! What a session offers, to everybody and to one person.

use super::shown::{BriefColumns, SessionBrief, brief_columns};
use crate::{
    Conn, DbResult,
    catalogue::{read_audience, read_themes},
    db::{At, Day, Word, each, kept},
    schema,
};
use diesel::prelude::*;
use schema::{enrolments, organisations, programmes, sessions};
use shixun_domain::{
    Hours, Id, UtcMillis,
    catalogue::{ProgrammeKind, SessionState},
    enrolment::{EnrolmentStatus, Offer, Openings},
    id::{OrganisationId, PersonId, ProgrammeId, SessionId},
    words::{DeliveryForm, Level, Route, Theme},
};

/// A session with what it offers and what its hours are entered with.
#[derive(Debug, Clone)]
pub struct OfferRow {
    /// What it offers.
    pub offer: Offer,
    /// Its programme.
    pub programme: ProgrammeId,
    /// The programme's name.
    pub programme_name: String,
    /// The institution that runs it.
    pub institution: OrganisationId,
    /// The institution's path.
    pub institution_path: String,
    /// What kind of programme.
    pub kind: ProgrammeKind,
    /// Its level.
    pub level: Level,
    /// How it is delivered.
    pub delivery_form: DeliveryForm,
    /// The route its hours come by.
    pub route: Route,
    /// Its themes.
    pub themes: Vec<Theme>,
    /// Practice hours within its hours.
    pub practice_hours: Hours,
    /// Until when one may withdraw.
    pub withdraw_until: UtcMillis,
    /// Row version of the session.
    pub version: i64,
}

/// Window, seats and places in the queue as they are kept.
#[derive(Queryable)]
struct OpeningsRow {
    state: Word<SessionState>,
    applications_open_at: At,
    applications_close_at: At,
    starts_on: Day,
    seats: i32,
    seats_taken: i32,
    queue_places: i32,
    queue_taken: i32,
}

/// Selects an [`OpeningsRow`].
macro_rules! openings_columns {
    () => {
        (
            sessions::state,
            sessions::applications_open_at,
            sessions::applications_close_at,
            sessions::starts_on,
            sessions::seats,
            sessions::seats_taken,
            sessions::queue_places,
            sessions::queue_taken,
        )
    };
}

impl From<OpeningsRow> for Openings {
    fn from(row: OpeningsRow) -> Openings {
        Openings {
            state: row.state.0,
            opens_at: row.applications_open_at.into(),
            closes_at: row.applications_close_at.into(),
            starts_on: row.starts_on.into(),
            seats: row.seats,
            seats_taken: row.seats_taken,
            queue_places: row.queue_places,
            queue_taken: row.queue_taken,
        }
    }
}

type OfferColumns = (
    (i64, OpeningsRow, At, Day, i64),
    (i64, String, Word<ProgrammeKind>, Word<Level>, Word<DeliveryForm>, Word<Route>, String, String, String, i64, i64),
    (i64, String),
);

/// The session with what it offers, in one query.
///
/// # Errors
/// A [`DbError`] where the database does not answer or a row is damaged.
pub fn offer(conn: &mut Conn, session: SessionId) -> DbResult<Option<OfferRow>> {
    let found: Option<OfferColumns> = each!(conn, k => kept!(sessions::table
        .inner_join(
            programmes::table.on(programmes::area.eq(sessions::area).and(programmes::id.eq(sessions::programme_id))),
        )
        .inner_join(
            organisations::table
                .on(organisations::area.eq(programmes::area).and(organisations::id.eq(programmes::organisation_id))),
        )
        .filter(sessions::area.eq(session.area().get()))
        .filter(sessions::id.eq(session.number()))
        .select((
            (
                sessions::programme_id,
                openings_columns!(),
                sessions::withdraw_until,
                sessions::ends_on,
                sessions::version,
            ),
            (
                programmes::organisation_id,
                programmes::name,
                programmes::kind,
                programmes::level,
                programmes::delivery_form,
                programmes::route,
                programmes::themes,
                programmes::audience,
                programmes::content_key,
                programmes::hours,
                programmes::practice_hours,
            ),
            (organisations::id, organisations::path),
        )))
        .get_result(k)
        .optional())?;
    let Some((s, p, (institution, institution_path))) = found else { return Ok(None) };
    let area = session.area();
    Ok(Some(OfferRow {
        offer: Offer {
            session,
            openings: s.1.into(),
            ends_on: s.3.into(),
            audience: read_audience(&p.7)?,
            content_key: p.8,
            hours: Hours::from_hundredths(p.9),
        },
        programme: Id::new(area, s.0),
        programme_name: p.1,
        institution: Id::new(area, institution),
        institution_path,
        kind: p.2.0,
        level: p.3.0,
        delivery_form: p.4.0,
        route: p.5.0,
        themes: read_themes(&p.6)?,
        practice_hours: Hours::from_hundredths(p.10),
        withdraw_until: s.2.into(),
        version: s.4,
    }))
}

/// What a session offers to somebody, and where they stand in it.
#[derive(Debug, Clone)]
pub struct Offered {
    /// What it offers.
    pub offer: Offer,
    /// Row version of the session.
    pub version: i64,
    /// What an enrolment shows of the session.
    pub session: SessionBrief,
    /// The person's enrolment in it.
    pub current: Option<EnrolmentStatus>,
}

type OfferedColumns = ((OpeningsRow, Day, i64), (String, String, i64), BriefColumns, Option<Word<EnrolmentStatus>>);

/// What a session offers to a person; `None` where there is no such session.
///
/// # Errors
/// A [`DbError`] where the database does not answer or a row is damaged.
pub fn offered(conn: &mut Conn, session: SessionId, person: PersonId) -> DbResult<Option<Offered>> {
    let found: Option<OfferedColumns> = each!(conn, k => kept!(sessions::table
        .inner_join(
            programmes::table.on(programmes::area.eq(sessions::area).and(programmes::id.eq(sessions::programme_id))),
        )
        .inner_join(
            organisations::table
                .on(organisations::area.eq(programmes::area).and(organisations::id.eq(programmes::organisation_id))),
        )
        .left_join(
            enrolments::table.on(enrolments::area
                .eq(sessions::area)
                .and(enrolments::session_id.eq(sessions::id))
                .and(enrolments::person_area.eq(person.area().get()))
                .and(enrolments::person_id.eq(person.number()))),
        )
        .filter(sessions::area.eq(session.area().get()))
        .filter(sessions::id.eq(session.number()))
        .select((
            (openings_columns!(), sessions::ends_on, sessions::version),
            (programmes::audience, programmes::content_key, programmes::hours),
            brief_columns!(),
            enrolments::status.nullable(),
        )))
        .get_result(k)
        .optional())?;
    let Some(((openings, ends_on, version), (audience, content_key, hours), session_brief, status)) = found else {
        return Ok(None);
    };
    let offer = Offer {
        session,
        openings: openings.into(),
        ends_on: ends_on.into(),
        audience: read_audience(&audience)?,
        content_key,
        hours: Hours::from_hundredths(hours),
    };
    let session = session_brief.read()?;
    Ok(Some(Offered { offer, version, session, current: status.map(|status| status.0) }))
}
