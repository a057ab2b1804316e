//! What only the demo county needs: rows that come into being with a past, and the mark that tells the demo from a county
//! of real people.

use crate::{
    Conn, DbResult, WriteTx,
    catalogue::{programmes, sessions},
    db::each,
    events::{self, NewEvent},
    schema::{
        accounts, attendance as a, enrolments as e, event_log, organisations, persons, programmes as p, sessions as s,
    },
};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    catalogue::{ProgrammeContent, ProgrammeState, SessionState, SessionTerms},
    enrolment::{EnrolmentStatus, Mark, Outcome},
    id::{AccountId, Attendance, Enrolment, EnrolmentId, OrganisationId, PersonId, ProgrammeId, SessionId, UnitId},
    words::Title,
};

/// The action of the one event that a demo county begins with.
const ACTION: &str = "make_demo";
/// The request of that event, which no request of a client has.
const REQUEST: &str = "demo";

/// Marks the area as a demo county, in the transaction that makes it.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn mark(tx: &mut WriteTx<'_>, area: AreaCode, about: &str) -> DbResult<()> {
    let event = NewEvent {
        area,
        actor: None,
        on_behalf_of: None,
        action: ACTION,
        object_kind: "area",
        object_id: &area.to_string(),
        before: None,
        after: Some(about),
        request_id: REQUEST,
        address: "",
    };
    events::append(tx, &event).map(|_| ())
}

/// When the demo county was made; `None` where the database holds none.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn made_at(conn: &mut Conn, area: AreaCode) -> DbResult<Option<UtcMillis>> {
    let at: Option<NaiveDateTime> = event_log::table
        .filter(event_log::area.eq(area.get()))
        .filter(event_log::object_id.eq(area.to_string()))
        .filter(event_log::action.eq(ACTION))
        .filter(event_log::request_id.eq(REQUEST))
        .select(event_log::at)
        .first(conn)
        .optional()?;
    Ok(at.map(UtcMillis::from))
}

/// True where nobody has entered anything: no organisation, no person, no account.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn is_empty(conn: &mut Conn) -> DbResult<bool> {
    let organisations: Option<i64> = organisations::table.select(organisations::id).first(conn).optional()?;
    let persons: Option<i64> = persons::table.select(persons::id).first(conn).optional()?;
    let accounts: Option<i64> = accounts::table.select(accounts::id).first(conn).optional()?;
    Ok(organisations.is_none() && persons.is_none() && accounts.is_none())
}

/// Gives the accounts that were made with the demo county one password, and lifts their locks. Accounts that were added later
/// keep theirs. Gives how many were changed.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn set_passwords(tx: &mut WriteTx<'_>, area: AreaCode, made_at: UtcMillis, hash: &str) -> DbResult<usize> {
    let at = tx.at().naive();
    let with_the_county =
        accounts::table.filter(accounts::area.eq(area.get())).filter(accounts::created_at.eq(made_at.naive()));
    Ok(diesel::update(with_the_county)
        .set((
            accounts::password_hash.eq(hash),
            accounts::failed_sign_ins.eq(0),
            accounts::locked_until.eq(None::<NaiveDateTime>),
            accounts::version.eq(accounts::version + 1),
            accounts::updated_at.eq(at),
        ))
        .execute(tx.conn())?)
}

/// A programme with its past.
#[derive(Debug, Clone)]
pub struct PastProgramme<'a> {
    /// The institution.
    pub organisation: OrganisationId,
    /// What is declared.
    pub content: &'a ProgrammeContent,
    /// Where it stands.
    pub state: ProgrammeState,
    /// What the reviewer noted.
    pub note: Option<&'a str>,
    /// Who entered it.
    pub created_by: AccountId,
    /// Who filed it and when.
    pub filed: Option<(AccountId, UtcMillis)>,
    /// Who decided and when; never who filed it.
    pub decided: Option<(AccountId, UtcMillis)>,
}

/// Enters a programme that has come as far as it has.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer; [`crate::DbError::Refused`] where filer and decider are one.
pub fn add_programme(tx: &mut WriteTx<'_>, past: &PastProgramme<'_>) -> DbResult<ProgrammeId> {
    let id = programmes::add(tx, past.organisation, past.content, Some(past.created_by))?;
    let step = |step: Option<(AccountId, UtcMillis)>| step.map(|(by, at)| (by.number(), at.naive())).unzip();
    let ((filed_by, filed_at), (decided_by, decided_at)) = (step(past.filed), step(past.decided));
    diesel::update(p::table.find(id.key()))
        .set((
            p::state.eq(past.state.as_str()),
            p::state_note.eq(past.note),
            p::submitted_by.eq(filed_by),
            p::submitted_at.eq(filed_at),
            p::decided_by.eq(decided_by),
            p::decided_at.eq(decided_at),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// A session with its past.
#[derive(Debug, Clone)]
pub struct PastSession<'a> {
    /// The programme.
    pub programme: ProgrammeId,
    /// What it offers.
    pub terms: &'a SessionTerms,
    /// Where it stands.
    pub state: SessionState,
    /// Why it was cancelled.
    pub note: Option<&'a str>,
    /// Seats that are taken.
    pub seats_taken: i32,
    /// Places in the queue that are taken.
    pub queue_taken: i32,
    /// When it was published.
    pub published_at: Option<UtcMillis>,
    /// When it was closed.
    pub closed_at: Option<UtcMillis>,
}

/// Enters a session that has come as far as it has.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn add_session(tx: &mut WriteTx<'_>, past: &PastSession<'_>) -> DbResult<SessionId> {
    let id = sessions::add(tx, past.programme, past.terms)?;
    diesel::update(s::table.find(id.key()))
        .set((
            s::state.eq(past.state.as_str()),
            s::state_note.eq(past.note),
            s::seats_taken.eq(past.seats_taken),
            s::queue_taken.eq(past.queue_taken),
            s::published_at.eq(past.published_at.map(UtcMillis::naive)),
            s::closed_at.eq(past.closed_at.map(UtcMillis::naive)),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// An enrolment with its past.
#[derive(Debug, Clone)]
pub struct PastEnrolment<'a> {
    /// In which session.
    pub session: SessionId,
    /// Who.
    pub person: PersonId,
    /// Name.
    pub person_name: &'a str,
    /// School on the day of the application.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: &'a str,
    /// Title on that day.
    pub title: Option<Title>,
    /// Where the person stands.
    pub status: EnrolmentStatus,
    /// When it was asked for.
    pub requested_at: UtcMillis,
    /// The account that asked.
    pub requested_by: Option<AccountId>,
    /// Who decided and when.
    pub decided: Option<(AccountId, UtcMillis)>,
    /// What was written.
    pub note: Option<&'a str>,
    /// The result.
    pub outcome: Option<Outcome>,
    /// Serious misconduct.
    pub misconduct: bool,
}

/// Rows in one statement: 19 values each, below SQLite's 32,766.
const ENROLMENTS: usize = 1_000;
/// Rows in one statement: 10 values each.
const MARKS: usize = 2_000;

/// Enters enrolments and gives their keys in the same order. The seats are the caller's to count.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn add_enrolments(tx: &mut WriteTx<'_>, all: &[PastEnrolment<'_>]) -> DbResult<Vec<EnrolmentId>> {
    let at = tx.at().naive();
    let ids: Vec<EnrolmentId> = all.iter().map(|past| tx.new_id::<Enrolment>(past.session.area())).collect();
    let keyed: Vec<(&EnrolmentId, &PastEnrolment<'_>)> = ids.iter().zip(all).collect();
    for chunk in keyed.chunks(ENROLMENTS) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|(id, past)| {
                (
                    (
                        e::area.eq(id.area().get()),
                        e::id.eq(id.number()),
                        e::session_id.eq(past.session.number()),
                        e::person_area.eq(past.person.area().get()),
                        e::person_id.eq(past.person.number()),
                        e::person_name.eq(past.person_name),
                        e::organisation_id.eq(past.organisation.number()),
                        e::organisation_name.eq(past.organisation_name),
                        e::teacher_title.eq(past.title.map(Title::as_str)),
                    ),
                    (
                        e::status.eq(past.status.as_str()),
                        e::requested_at.eq(past.requested_at.naive()),
                        e::requested_by.eq(past.requested_by.map(|account| account.number())),
                        e::decided_by.eq(past.decided.map(|(account, _)| account.number())),
                        e::decided_at.eq(past.decided.map(|(_, at)| at.naive())),
                        e::note.eq(past.note),
                        e::result.eq(past.outcome.map(Outcome::as_str)),
                        e::misconduct.eq(past.misconduct),
                        e::version.eq(1_i64),
                        e::updated_at.eq(past.decided.map_or(at, |(_, at)| at.naive())),
                    ),
                )
            })
            .collect();
        each!(tx.conn(), k => diesel::insert_into(e::table).values(&rows).execute(k))?;
    }
    Ok(ids)
}

/// Attendance that was recorded.
#[derive(Debug, Clone, Copy)]
pub struct PastMark {
    /// At which unit.
    pub unit: UnitId,
    /// Whose.
    pub enrolment: EnrolmentId,
    /// The mark.
    pub mark: Mark,
    /// Minutes attended.
    pub minutes: i32,
    /// Who recorded it.
    pub by: AccountId,
    /// When.
    pub at: UtcMillis,
}

/// Enters attendance.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn add_attendance(tx: &mut WriteTx<'_>, all: &[PastMark]) -> DbResult<()> {
    for chunk in all.chunks(MARKS) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|past| {
                let id: Id<Attendance> = tx.new_id(past.unit.area());
                (
                    a::area.eq(id.area().get()),
                    a::id.eq(id.number()),
                    a::unit_id.eq(past.unit.number()),
                    a::enrolment_id.eq(past.enrolment.number()),
                    a::mark.eq(past.mark.as_str()),
                    a::minutes.eq(past.minutes),
                    a::note.eq(None::<String>),
                    a::recorded_by.eq(past.by.number()),
                    a::version.eq(1_i64),
                    a::updated_at.eq(past.at.naive()),
                )
            })
            .collect();
        each!(tx.conn(), k => diesel::insert_into(a::table).values(&rows).execute(k))?;
    }
    Ok(())
}
