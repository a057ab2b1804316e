//! What the decision needs to know of the person.

use super::evaluating::standing;
use crate::{
    Conn, DbResult, columns,
    db::{Day, Word, each, kept},
    ledger::earned,
    schema,
};
use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;
use schema::{
    employments, enrolments, entry_claims, organisations, outside_records, persons, posts_held, programmes, sessions,
    teaching_assignments, titles_held, units,
};
use shixun_domain::{
    AreaCode, Hours, Id,
    catalogue::AudienceFacts,
    enrolment::{Booking, EnrolmentStatus, Offer, Recorded, RecordedBy},
    id::{OrganisationId, PersonId, SessionId},
    words::{Setting, Title},
};

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
    /// The record from outside, or the entry by hand, with the content that was asked about.
    pub recorded: Option<Recorded>,
}

type ApplicantColumns = (
    (String, Option<Day>, Option<Day>),
    (i64, String, String, Option<Word<Setting>>, bool),
    Option<Word<Title>>,
    Option<(i64, String)>,
    Option<(i64, String)>,
);

/// The person as employed on a day, with the record from outside and the entry by hand that hold a content.
macro_rules! applicant_query {
    ($person:expr, $content_key:expr, $cycle:expr, $day:expr) => {
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
                    .and(outside_records::content_key.eq($content_key))
                    .and(outside_records::content_claim.is_not_null())
                    .and(outside_records::ends_on.between($cycle.0, $cycle.1))),
            )
            .left_join(
                entry_claims::table.on(entry_claims::area
                    .eq(persons::area)
                    .and(entry_claims::person_id.eq(persons::id))
                    .and(entry_claims::content_key.eq($content_key))
                    .and(entry_claims::effective_on.between($cycle.0, $cycle.1))),
            )
            .filter(persons::area.eq($person.area().get()))
            .filter(persons::id.eq($person.number()))
            .filter(persons::retires_on.is_null().or(persons::retires_on.ge($day)))
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
                (entry_claims::entry_id, entry_claims::title).nullable(),
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

/// The person as employed on a day, with what holds the offer's content in a cycle, from its first day to its last, beside sessions;
/// `None` where the person is employed nowhere. Stages, subjects and posts are read only where the audience asks for them.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn applicant(
    conn: &mut Conn,
    person: PersonId,
    offer: &Offer,
    cycle: (NaiveDate, NaiveDate),
    day: NaiveDate,
    hold: Hold,
) -> DbResult<Option<ApplicantRow>> {
    if hold == Hold::UntilTheEnd {
        hold_person(conn, person)?;
    }
    let (key, cycle) = (offer.content_key.as_str(), (Day(cycle.0), Day(cycle.1)));
    let found: Option<ApplicantColumns> =
        each!(conn, k => kept!(applicant_query!(person, key, cycle, Day(day))).get_result(k).optional())?;
    let Some(((name, entered_on, probation_ends_on), organisation, title, record, entry)) = found else {
        return Ok(None);
    };
    let area = person.area();
    let record = record.map(|(number, title)| Recorded { by: RecordedBy::Record(Id::new(area, number)), title });
    let entry = entry.map(|(number, title)| Recorded { by: RecordedBy::Entry(Id::new(area, number)), title });
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
        recorded: record.or(entry),
    }))
}

/// A statement of its own: one that waits for a lock still reads every other table as it was before it waited, and would pass over
/// the content that somebody claimed meanwhile.
fn hold_person(conn: &mut Conn, person: PersonId) -> DbResult<()> {
    if let Conn::Postgres(k) = conn {
        let held = persons::table.find(person.key()).select(persons::id).for_no_key_update();
        let _: Option<i64> = kept!(held).get_result(k).optional()?;
    }
    Ok(())
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

/// What a person is in for, at one moment.
#[derive(Debug, Clone)]
pub struct Commitments {
    /// Enrolments in sessions that end within the span, by first day.
    pub bookings: Vec<Booking>,
    /// Open enrolments in sessions that end outside the span and overlap with the days, by first day.
    pub beside: Vec<Booking>,
    /// Hours earned in a calendar year: never less than what counts, where no factor exceeds one.
    pub earned: Hours,
}

type BookingColumns = (i32, i64, Word<EnrolmentStatus>, String, String, i64, Day, Day, super::evaluating::Columns);

/// The person's enrolments in sessions that end within a span or overlap with `days`, and the hours earned in the year of their last: in one query,
/// so that a session that is closed meanwhile is booked or earned and never neither.
///
/// The span is not part of the query: a planner that has never seen the tables filled would begin at the sessions that end in
/// it, and most people hold few enrolments or none.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn commitments(
    conn: &mut Conn,
    person: PersonId,
    (from, to): (NaiveDate, NaiveDate),
    days: (NaiveDate, NaiveDate),
) -> DbResult<Commitments> {
    let year = days.1.year();
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(days.1);
    let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(days.1);
    let rows: Vec<(Option<BookingColumns>, Option<i64>)> = each!(conn, k => kept!(persons::table
        .left_join(
            enrolments::table.on(enrolments::person_area.eq(persons::area).and(enrolments::person_id.eq(persons::id))),
        )
        .left_join(
            sessions::table.on(sessions::area.eq(enrolments::area).and(sessions::id.eq(enrolments::session_id))),
        )
        .left_join(
            programmes::table.on(programmes::area.eq(sessions::area).and(programmes::id.eq(sessions::programme_id))),
        )
        .filter(persons::area.eq(person.area().get()))
        .filter(persons::id.eq(person.number()))
        .select((
            (
                sessions::area,
                sessions::id,
                enrolments::status,
                programmes::name,
                programmes::content_key,
                programmes::hours,
                sessions::starts_on,
                sessions::ends_on,
                (enrolments::evaluation, enrolments::evaluate_by, enrolments::evaluation_missed),
            )
                .nullable(),
            earned(person.area().get(), person.number(), Day(first), Day(last)).single_value(),
        )))
        .load(k))?;
    let (mut bookings, mut beside) = (Vec::with_capacity(rows.len()), Vec::new());
    let mut earned = Hours::ZERO;
    for (booking, sum) in rows {
        earned = Hours::from_hundredths(sum.unwrap_or_default());
        let Some((area, session, status, name, content_key, hours, starts_on, ends_on, evaluation)) = booking else {
            continue;
        };
        let booking = Booking {
            session: columns::id(area, session)?,
            name,
            status: status.0,
            evaluation: standing(evaluation),
            content_key,
            hours: Hours::from_hundredths(hours),
            starts_on: starts_on.0,
            ends_on: ends_on.0,
        };
        if (from..=to).contains(&booking.ends_on) {
            bookings.push(booking);
        } else if booking.status.is_open() && booking.overlaps(days) {
            beside.push(booking);
        }
    }
    for found in [&mut bookings, &mut beside] {
        found.sort_by_key(|booking| (booking.starts_on, booking.session));
    }
    Ok(Commitments { bookings, beside, earned })
}

/// Which of `others` meet at the same time as a unit of `session`.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn clashes(conn: &mut Conn, session: SessionId, others: &[SessionId]) -> DbResult<Vec<SessionId>> {
    let mut found = Vec::new();
    let (mine, theirs) = diesel::alias!(units as mine, units as theirs);
    for other in others {
        let meets: Option<i64> = mine
            .inner_join(
                theirs.on(theirs
                    .field(units::starts_at)
                    .lt(mine.field(units::ends_at))
                    .and(theirs.field(units::ends_at).gt(mine.field(units::starts_at)))),
            )
            .filter(mine.field(units::area).eq(session.area().get()))
            .filter(mine.field(units::session_id).eq(session.number()))
            .filter(theirs.field(units::area).eq(other.area().get()))
            .filter(theirs.field(units::session_id).eq(other.number()))
            .select(theirs.field(units::id))
            .first(conn)
            .optional()?;
        if meets.is_some() {
            found.push(*other);
        }
    }
    Ok(found)
}
