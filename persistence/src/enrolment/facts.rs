//! What the decision needs to know of the session and of the person.

use crate::{
    Conn, DbError, DbResult, WriteTx,
    catalogue::{read_audience, read_themes},
    columns,
    db::{At, Day, Holding, Word, each, kept},
    schema,
};
use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;
use schema::{
    employments, enrolments, organisations, outside_records, persons, posts_held, programmes, sessions,
    teaching_assignments, titles_held,
};
use shixun_domain::{
    AreaCode, Hours, Id, UtcMillis,
    catalogue::{AudienceFacts, ProgrammeKind, SessionState},
    enrolment::{EnrolmentStatus, Offer, Openings, Recorded},
    id::{OrganisationId, PersonId, ProgrammeId, SessionId},
    words::{DeliveryForm, Level, Route, Setting, Theme, Title},
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
    /// The person's enrolment in it.
    pub current: Option<EnrolmentStatus>,
}

type OfferedColumns = ((OpeningsRow, Day, i64), (String, String, i64), Option<Word<EnrolmentStatus>>);

/// What a session offers to a person; `None` where there is no such session.
///
/// # Errors
/// A [`DbError`] where the database does not answer or a row is damaged.
pub fn offered(conn: &mut Conn, session: SessionId, person: PersonId) -> DbResult<Option<Offered>> {
    let found: Option<OfferedColumns> = each!(conn, k => kept!(sessions::table
        .inner_join(
            programmes::table.on(programmes::area.eq(sessions::area).and(programmes::id.eq(sessions::programme_id))),
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
            enrolments::status.nullable(),
        )))
        .get_result(k)
        .optional())?;
    let Some(((openings, ends_on, version), (audience, content_key, hours), status)) = found else { return Ok(None) };
    let offer = Offer {
        session,
        openings: openings.into(),
        ends_on: ends_on.into(),
        audience: read_audience(&audience)?,
        content_key,
        hours: Hours::from_hundredths(hours),
    };
    Ok(Some(Offered { offer, version, current: status.map(|status| status.0) }))
}

/// Someone who wants to apply, as employed today.
#[derive(Debug, Clone)]
pub struct ApplicantRow {
    /// Name.
    pub name: String,
    /// The school.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// Its path.
    pub organisation_path: String,
    /// What the audience asks for.
    pub facts: AudienceFacts,
    /// The record from outside with the content that was asked about.
    pub recorded: Option<Recorded>,
}

type ApplicantColumns = (
    (String, Option<Day>, Option<Day>),
    (i64, String, String, Option<Word<Setting>>, bool),
    Option<Word<Title>>,
    Option<(i64, String)>,
);

/// The person as employed on a day, with the record from outside that holds a content.
macro_rules! applicant_query {
    ($person:expr, $content_claim:expr, $day:expr) => {
        persons::table
            .inner_join(
                employments::table.on(employments::area
                    .eq(persons::area)
                    .and(employments::person_id.eq(persons::id))
                    .and(employments::valid_from.le($day))
                    .and(employments::valid_to.is_null().or(employments::valid_to.ge($day)))),
            )
            .inner_join(
                organisations::table.on(organisations::area
                    .eq(employments::area)
                    .and(organisations::id.eq(employments::organisation_id))),
            )
            .left_join(
                titles_held::table.on(titles_held::area
                    .eq(persons::area)
                    .and(titles_held::person_id.eq(persons::id))
                    .and(titles_held::valid_from.le($day))
                    .and(titles_held::valid_to.is_null().or(titles_held::valid_to.ge($day)))),
            )
            .left_join(
                outside_records::table.on(outside_records::area
                    .eq(persons::area)
                    .and(outside_records::person_id.eq(persons::id))
                    .and(outside_records::content_claim.eq($content_claim))),
            )
            .filter(persons::area.eq($person.area().get()))
            .filter(persons::id.eq($person.number()))
            .order((employments::valid_from.desc(), employments::id.desc()))
            .select((
                (persons::name, persons::entered_on, persons::probation_ends_on),
                (
                    organisations::id,
                    organisations::name,
                    organisations::path,
                    organisations::setting,
                    organisations::small_class,
                ),
                titles_held::title.nullable(),
                (outside_records::id, outside_records::title).nullable(),
            ))
            .limit(1)
    };
}

/// How a person is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// As they are.
    No,
    /// Until the transaction ends, applications of one person wait for each other here, so that two of them cannot both see no
    /// clash: what they booked is read afterwards. SQLite has one writer and needs nothing.
    UntilTheEnd,
}

/// The person as employed on a day, with the record from outside that holds `content_claim`; `None` where the person is employed
/// nowhere. Stages, subjects and posts are read only where the audience asks for them.
///
/// # Errors
/// A [`DbError`] where the database does not answer or a row is damaged.
pub fn applicant(
    conn: &mut Conn,
    person: PersonId,
    offer: &Offer,
    content_claim: &str,
    day: NaiveDate,
    hold: Hold,
) -> DbResult<Option<ApplicantRow>> {
    let found: Option<ApplicantColumns> = match (&mut *conn, hold) {
        (Conn::Postgres(k), Hold::UntilTheEnd) => {
            let query = applicant_query!(person, content_claim, day);
            kept!(Holding { query, table: "persons" }).get_result(k).optional()?
        }
        (conn, _) => each!(conn, k => kept!(applicant_query!(person, content_claim, day)).get_result(k).optional())?,
    };
    let Some(((name, entered_on, probation_ends_on), organisation, title, recorded)) = found else { return Ok(None) };
    let (stages, subjects) = if offer.audience.stages.is_empty() && offer.audience.subjects.is_empty() {
        (Vec::new(), Vec::new())
    } else {
        taught(conn, person, day)?
    };
    let posts = if offer.audience.posts.is_empty() { Vec::new() } else { posts(conn, person, day)? };
    let facts = AudienceFacts {
        area: person.area(),
        organisations: on_path(person.area(), &organisation.2),
        stages,
        subjects,
        title: title.map_or(Title::None, |title| title.0),
        posts,
        setting: organisation.3.map(|setting| setting.0),
        small_class: organisation.4,
        new_teacher: probation_ends_on.is_some_and(|ends| day <= ends.0),
        service_years: entered_on.and_then(|from| full_years(from.0, day)),
    };
    Ok(Some(ApplicantRow {
        name,
        organisation: Id::new(person.area(), organisation.0),
        organisation_name: organisation.1,
        organisation_path: organisation.2,
        facts,
        recorded: recorded.map(|(number, title)| Recorded { record: Id::new(person.area(), number), title }),
    }))
}

/// The organisations a path names.
fn on_path(area: AreaCode, path: &str) -> Vec<OrganisationId> {
    path.split('/').filter_map(|part| part.parse().ok()).map(|number| Id::new(area, number)).collect()
}

fn full_years(from: NaiveDate, day: NaiveDate) -> Option<u8> {
    let passed = (day.month(), day.day()) >= (from.month(), from.day());
    let years = day.year() - from.year() - i32::from(!passed);
    u8::try_from(years.clamp(0, 255)).ok()
}

fn taught(conn: &mut Conn, person: PersonId, day: NaiveDate) -> DbResult<(Vec<shixun_domain::Stage>, Vec<String>)> {
    use teaching_assignments as t;
    let rows: Vec<(String, String)> = t::table
        .filter(t::area.eq(person.area().get()))
        .filter(t::person_id.eq(person.number()))
        .filter(t::valid_from.le(day))
        .filter(t::valid_to.is_null().or(t::valid_to.ge(day)))
        .select((t::stage, t::subject))
        .load(conn)?;
    let stages =
        rows.iter().map(|(stage, _)| columns::word("teaching_assignments.stage", stage)).collect::<DbResult<_>>()?;
    Ok((stages, rows.into_iter().map(|(_, subject)| subject).collect()))
}

fn posts(conn: &mut Conn, person: PersonId, day: NaiveDate) -> DbResult<Vec<shixun_domain::Post>> {
    use posts_held as t;
    let rows: Vec<String> = t::table
        .filter(t::area.eq(person.area().get()))
        .filter(t::person_id.eq(person.number()))
        .filter(t::valid_from.le(day))
        .filter(t::valid_to.is_null().or(t::valid_to.ge(day)))
        .select(t::post)
        .load(conn)?;
    rows.iter().map(|post| columns::word("posts_held.post", post)).collect()
}

/// Makes steps in one session wait for each other: whoever changes the status of enrolments, records attendance or results,
/// or closes the session holds it first and reads afterwards. Held before any enrolment, so that two steps never wait for
/// each other in a circle. SQLite has one writer and needs nothing.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn hold_session(tx: &mut WriteTx<'_>, session: SessionId) -> DbResult<()> {
    if let Conn::Postgres(inner) = tx.conn() {
        sessions::table
            .find(session.key())
            .select(sessions::id)
            .for_no_key_update()
            .first::<i64>(inner)
            .optional()
            .map_err(DbError::from)?;
    }
    Ok(())
}
