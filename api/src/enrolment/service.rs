//! Applying, reviewing, withdrawing, moving up from the queue.

use super::{
    listing::viewer,
    problems::{refused, status_refused},
    settlement::promised,
    view::EnrolmentRecord,
};
use crate::{
    access::Actor,
    http::{Work, command::NOTHING},
    ledger::service as hours,
    policy::PolicyCache,
    problem::{ApiError, Code},
};
use chrono::NaiveDate;
use shixun_domain::{
    Hours, UtcMillis,
    access::Role,
    enrolment::{
        Applicant, Booking, EnrolmentStatus, EvaluationStanding, Offer, Placement, Reason, ReviewVerdict, apply_again,
        booked_beside, place, promoted, reasons, reviewed, withdrawn,
    },
    id::{AccountId, EnrolmentId, PersonId, SessionId},
    policy::EntryFacts,
};
use shixun_persistence::{
    Conn, DbError,
    enrolment::{
        self as store, ApplicantRow, Claim, Commitments, EnrolmentRow, EnrolmentShown, Freed, Hold, NewEnrolment,
        OfferRow, Offered, Taken,
    },
    ledger,
};

/// Everything the decision needs.
pub(super) struct Facts {
    row: Option<ApplicantRow>,
    current: Option<EnrolmentRow>,
    pub(super) applicant: Applicant,
    /// Whether the person's school is to review the application.
    school_review: bool,
}

/// What facts are gathered for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// To show people: how many hours are left under the yearly maximum takes evaluating the whole ledger of the cycle.
    Shown,
    /// To judge: whether this session is too much for the yearly maximum is settled by a sum nearly always.
    Judged,
    /// To judge what is then written: applications of the person wait for each other.
    Held,
}

/// Reads everything the decision needs.
///
/// # Errors
/// `policy_missing`; where the database does not answer.
pub(super) fn gather(
    conn: &mut Conn,
    policy: &PolicyCache,
    offer: &Offer,
    person: PersonId,
    wanted: Wanted,
    now: UtcMillis,
) -> Result<Facts, ApiError> {
    let session = offer.session;
    let ends_on = offer.ends_on;
    let area = policy.area(conn, person.area(), now)?;
    let cycle = area.cycle_on(ends_on)?;
    let hold = if wanted == Wanted::Held { Hold::UntilTheEnd } else { Hold::No };
    let span = (cycle.from(), cycle.to());
    let row = store::applicant(conn, person, offer, span, now.china_date(), hold)?;
    let days = (offer.openings.starts_on, ends_on);
    let Commitments { bookings, beside, earned } = store::commitments(conn, person, span, days)?;
    // The session ends within the cycle, so that the person's place in it is among the bookings.
    let current = match bookings.iter().any(|booking| booking.session == session) {
        true => store::find_of_person(conn, session, person)?,
        false => None,
    };
    let near: Vec<SessionId> = bookings
        .iter()
        .filter(|booking| booking.session != session && booking.status.is_open() && booking.overlaps(days))
        .chain(&beside)
        .map(|booking| booking.session)
        .collect();
    let clashes = store::clashes(conn, session, &near)?;
    let room = match wanted {
        Wanted::Shown => {
            let promised = promised_by(conn, offer, &bookings)?;
            hours::headroom(conn, policy, person, &promised, now)?
        }
        Wanted::Judged | Wanted::Held => {
            let booked: Hours = booked_beside(offer, &bookings).map(|booking| booking.hours).sum();
            let promised = |conn: &mut Conn| promised_by(conn, offer, &bookings);
            hours::lacks_room(conn, policy, person, ends_on, (earned, offer.hours.plus(booked)), promised, now)?
        }
    };
    let recorded = row.as_ref().and_then(|row| row.recorded.clone());
    // Allowances are looked for where the content is met again.
    let again =
        recorded.is_some() || bookings.iter().any(|one| one.session != session && one.content_key == offer.content_key);
    let repeats_allowed = match again {
        true => store::repeats_allowed(conn, person)?
            .iter()
            .filter(|row| row.content_key == offer.content_key && row.cycle.0 == cycle.from())
            .count(),
        false => 0,
    };
    let applicant = Applicant {
        facts: row.as_ref().map(|row| row.facts.clone()),
        current: current.as_ref().map(|row| row.status),
        recorded,
        repeats_allowed,
        bookings,
        beside,
        clashes,
        headroom: room.as_ref().map(|room| room.left),
        booked: room.map_or(Hours::ZERO, |room| room.booked),
    };
    Ok(Facts { row, current, applicant, school_review: area.on(now.china_date()).school_review() })
}

/// What a session and those that are booked beside it promise.
fn promised_by(conn: &mut Conn, offer: &Offer, bookings: &[Booking]) -> Result<hours::Wanted, ApiError> {
    let mut promised_by = |session| -> Result<EntryFacts, ApiError> {
        Ok(promised(&store::offer(conn, session)?.ok_or_else(|| ApiError::missing(session))?))
    };
    let candidate = promised_by(offer.session)?;
    let booked = booked_beside(offer, bookings).map(|booking| promised_by(booking.session));
    Ok(hours::Wanted { candidate, booked: booked.collect::<Result<_, _>>()? })
}

/// The session with what it offers, where the actor may see it. A session is offered to its own area; the areas below a city's
/// or province's session see it too.
pub(super) fn offered(
    conn: &mut Conn,
    actor: &Actor,
    session: SessionId,
    person: PersonId,
) -> Result<Offered, ApiError> {
    let found = store::offered(conn, session, person)?;
    found.filter(|_| sees(actor, session)).ok_or_else(|| ApiError::missing(session))
}

pub(super) fn sees(actor: &Actor, session: SessionId) -> bool {
    session.area().contains(actor.area()) || actor.reaches_area(session.area())
}

/// Every reason against an application, and what an application would get.
#[derive(Debug)]
pub struct Eligibility {
    /// The session.
    pub session: SessionId,
    /// The person.
    pub person: PersonId,
    /// Every reason, in order of precedence.
    pub reasons: Vec<Reason>,
    /// What an application would get.
    pub placement: Option<Placement>,
    /// Free seats.
    pub seats_left: i32,
    /// Free places in the queue.
    pub queue_places_left: i32,
    /// Hours the session is worth.
    pub hours: Hours,
    /// Hours left under the yearly maximum.
    pub headroom: Option<Hours>,
}

impl Eligibility {
    /// The reasons as the problems an application would be refused with.
    pub fn problems(&self) -> Vec<ApiError> {
        self.reasons.iter().map(refused).collect()
    }
}

/// Whether a person may apply.
///
/// # Errors
/// `not_found` where the session, or the person, is not the actor's to see.
pub fn eligibility(
    conn: &mut Conn,
    policy: &PolicyCache,
    actor: &Actor,
    session: SessionId,
    person: Option<PersonId>,
    now: UtcMillis,
) -> Result<Eligibility, ApiError> {
    let person = whom(conn, actor, session, person, now)?;
    let Offered { offer, .. } = offered(conn, actor, session, person)?;
    let facts = gather(conn, policy, &offer, person, Wanted::Shown, now)?;
    Ok(Eligibility {
        session,
        person,
        reasons: reasons(&offer, &facts.applicant, now),
        placement: place(&offer, &facts.applicant, now).ok(),
        seats_left: (offer.openings.seats - offer.openings.seats_taken).max(0),
        queue_places_left: (offer.openings.queue_places - offer.openings.queue_taken).max(0),
        hours: offer.hours,
        headroom: facts.applicant.headroom,
    })
}

/// The person an application for a session is for: oneself, or a teacher of the actor's school.
fn whom(
    conn: &mut Conn,
    actor: &Actor,
    session: SessionId,
    person: Option<PersonId>,
    now: UtcMillis,
) -> Result<PersonId, ApiError> {
    if !sees(actor, session) {
        return Err(ApiError::missing(session));
    }
    let Some(person) = person.or(actor.person) else {
        return Err(ApiError::new(Code::TeacherNotNamed));
    };
    if actor.is_self(person) {
        return Ok(person);
    }
    let reached = ledger::snapshot(conn, person, now.china_date())?
        .and_then(|snapshot| snapshot.organisation)
        .is_some_and(|organisation| actor.reaches(person.area(), &organisation.path));
    if reached { Ok(person) } else { Err(ApiError::missing(person.teacher())) }
}

/// Looks whether anybody's application would be refused, without holding up those that would not: the window, and whether
/// anything is left. Says what the session offers them.
///
/// # Errors
/// As [`apply`].
pub fn look(
    conn: &mut Conn,
    actor: &Actor,
    session: SessionId,
    person: Option<PersonId>,
    now: UtcMillis,
) -> Result<Offered, ApiError> {
    let person = whom(conn, actor, session, person, now)?;
    let seen = offered(conn, actor, session, person)?;
    match seen.offer.openings.reasons(seen.current, now).first() {
        Some(reason) => Err(refused(reason)),
        None => Ok(seen),
    }
}

/// How often an application looks anew because what it wanted went to somebody else meanwhile.
const LOOKS_MAX: usize = 3;

/// Takes a seat, or a place in the queue. `seen` is the session as it was looked at before, perhaps a moment ago: it is read
/// again where it has changed since.
///
/// # Errors
/// The first reason against it; `not_found` where the session or the teacher is not the actor's to see.
pub fn apply(
    work: &mut Work<'_, '_>,
    policy: &PolicyCache,
    actor: &Actor,
    session: SessionId,
    person: Option<PersonId>,
    mut seen: Option<Offered>,
) -> Result<EnrolmentShown, ApiError> {
    let now = work.at();
    let person = whom(work.conn(), actor, session, person, now)?;
    let on_behalf_of = actor.behalf_of(work.conn(), person)?;
    for _ in 0..LOOKS_MAX {
        let Offered { offer, version, session: brief, .. } = match seen.take() {
            Some(seen) => seen,
            None => offered(work.conn(), actor, session, person)?,
        };
        let facts = gather(work.conn(), policy, &offer, person, Wanted::Held, now)?;
        if let Some((row, queue_position)) = take(work, person, (&offer, version), facts)? {
            work.record_for(on_behalf_of, "apply", row.id, NOTHING, Some(&EnrolmentRecord::from(&row)))?;
            return Ok(EnrolmentShown { row, session: brief, queue_position });
        }
    }
    Err(again())
}

/// Takes what the facts allow, and writes the application down: the enrolment, and its place in the queue. `None` where the session
/// changed since the facts were gathered.
fn take(
    work: &mut Work<'_, '_>,
    person: PersonId,
    (offer, version): (&Offer, i64),
    Facts { row, current, applicant, school_review }: Facts,
) -> Result<Option<(EnrolmentRow, Option<i64>)>, ApiError> {
    let (session, now) = (offer.session, work.at());
    let placement = place(offer, &applicant, now).map_err(|reason| refused(&reason))?;
    let Some(row) = row else { return Err(refused(&Reason::NotEmployed)) };
    let status = placement.status(school_review);
    let new = NewEnrolment {
        session,
        person,
        person_name: &row.name,
        organisation: row.organisation,
        organisation_name: &row.organisation_name,
        title: row.facts.title,
        status,
        requested_by: work.actor(),
    };
    let (id, version, queue_position) = match current {
        Some(before) if apply_again(before.status) => {
            if store::claim(work.tx(), session, placement, version)? == Claim::Full {
                return Ok(None);
            }
            if !store::apply_again(work.tx(), &before, &new)? {
                return Err(again());
            }
            let shown = store::find_shown(work.conn(), before.id)?;
            (before.id, before.version + 1, shown.and_then(|shown| shown.queue_position))
        }
        _ => match store::take(work.tx(), placement, version, &new)? {
            Taken::New { id, queue_position } => (id, 1, queue_position),
            Taken::Gone => return Ok(None),
            Taken::Duplicate => return Err(refused(&Reason::AlreadyEnrolled(EnrolmentStatus::Applied))),
        },
    };
    let row = EnrolmentRow {
        id,
        session,
        person,
        person_name: row.name,
        organisation: row.organisation,
        organisation_name: row.organisation_name,
        title: Some(row.facts.title),
        status,
        requested_at: now,
        decided_at: None,
        note: None,
        outcome: None,
        misconduct: false,
        evaluation: EvaluationStanding::default(),
        version,
    };
    Ok(Some((row, queue_position)))
}

/// The enrolment, with its session held, so that it stays as it was read.
///
/// # Errors
/// `not_found`.
pub(crate) fn held(work: &mut Work<'_, '_>, id: EnrolmentId) -> Result<EnrolmentRow, ApiError> {
    let session = store::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?.session;
    store::hold_session(work.tx(), session)?;
    store::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))
}

/// Somebody changed a row between our reading and our writing: the command runs again and meets the row as it is now.
pub(crate) fn again() -> ApiError {
    ApiError::from(DbError::Busy("an enrolment changed while a step was taken".into()))
}

/// The school says yes or no.
///
/// # Errors
/// `not_found` where the teacher is not of the actor's school; `not_awaiting_review`.
pub fn review(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: EnrolmentId,
    verdict: ReviewVerdict,
    note: Option<&str>,
) -> Result<EnrolmentShown, ApiError> {
    let today = work.at().china_date();
    let viewer = viewer(work.conn(), actor, today)?;
    let before = Some(held(work, id)?).filter(|row| viewer.looks_after(row)).ok_or_else(|| ApiError::missing(id))?;
    let status = reviewed(before.status, verdict).map_err(status_refused)?;
    let action = match verdict {
        ReviewVerdict::Approve => "approve",
        ReviewVerdict::Decline => "decline",
    };
    change(work, &before, status, Some(note), (action, None))
}

/// Leaves the session or its queue.
///
/// # Errors
/// `not_found` where the enrolment is not the actor's; `enrolment_ended`, `withdrawal_closed`.
pub fn withdraw(work: &mut Work<'_, '_>, actor: &Actor, id: EnrolmentId) -> Result<EnrolmentShown, ApiError> {
    let today = work.at().china_date();
    let viewer = viewer(work.conn(), actor, today)?;
    let before = Some(held(work, id)?)
        .filter(|row| actor.is_self(row.person) || viewer.looks_after(row))
        .ok_or_else(|| ApiError::missing(id))?;
    let offer = store::offer(work.conn(), before.session)?.ok_or_else(|| ApiError::missing(before.session))?;
    let status = withdrawn(before.status, (offer.withdraw_until, offer.offer.openings.state), work.at())
        .map_err(status_refused)?;
    let on_behalf_of = actor.behalf_of(work.conn(), before.person)?;
    change(work, &before, status, None, ("withdraw", on_behalf_of))
}

/// Changes a status, gives back what it held, and lets the queue move up.
fn change(
    work: &mut Work<'_, '_>,
    before: &EnrolmentRow,
    status: EnrolmentStatus,
    decision: Option<Option<&str>>,
    (action, on_behalf_of): (&str, Option<AccountId>),
) -> Result<EnrolmentShown, ApiError> {
    let decided_by = decision.and(work.actor());
    if !store::set_status(work.tx(), before, status, decided_by, decision.flatten())? {
        return Err(again());
    }
    if before.status.waits() && !status.waits() {
        store::release(work.tx(), before.session, Freed::Place)?;
    }
    if before.status.holds_seat() && !status.holds_seat() {
        store::release(work.tx(), before.session, Freed::Seat)?;
    }
    let after = store::find(work.conn(), before.id)?.ok_or_else(|| ApiError::missing(before.id))?;
    let (then, now) = (EnrolmentRecord::from(before), EnrolmentRecord::from(&after));
    work.record_for(on_behalf_of, action, before.id, Some(&then), Some(&now))?;
    move_up(work, before.session)?;
    store::find_shown(work.conn(), before.id)?.ok_or_else(|| ApiError::missing(before.id))
}

/// Gives free seats to those who wait, first come first served. Nobody moves up once the session has begun.
///
/// # Errors
/// Where the database does not answer.
pub fn move_up(work: &mut Work<'_, '_>, session: SessionId) -> Result<(), ApiError> {
    let now = work.at();
    if store::offer(work.conn(), session)?.is_none_or(|row| row.offer.openings.begun(now)) {
        return Ok(());
    }
    while store::move_up(work.tx(), session)? == Claim::Claimed {
        let Some(first) = store::first_waiting(work.tx(), session)? else {
            return Err(ApiError::internal(format!("{session} counts more waiting than it has")));
        };
        let status = promoted(first.status).ok_or_else(|| ApiError::internal("promoted somebody who did not wait"))?;
        if !store::set_status(work.tx(), &first, status, None, None)? {
            return Err(ApiError::internal(format!("{} changed under a lock", first.id)));
        }
        let after = EnrolmentRow { status, version: first.version + 1, ..first.clone() };
        work.record("move_up", first.id, Some(&EnrolmentRecord::from(&first)), Some(&EnrolmentRecord::from(&after)))?;
    }
    Ok(())
}

/// The enrolment, where it is the actor's to see.
///
/// # Errors
/// `not_found`.
pub fn get(conn: &mut Conn, actor: &Actor, id: EnrolmentId, today: NaiveDate) -> Result<EnrolmentShown, ApiError> {
    let shown = store::find_shown(conn, id)?.ok_or_else(|| ApiError::missing(id))?;
    let seen = actor.is_self(shown.row.person)
        || viewer(conn, actor, today)?.looks_after(&shown.row)
        || store::offer(conn, shown.row.session)?.is_some_and(|offer| runs(actor, &offer));
    if seen { Ok(shown) } else { Err(ApiError::missing(id)) }
}

/// True where the actor may record and close what the session is about: [`runs`] it, with an account of its area. Only those change
/// anything in an area.
pub fn conducts(actor: &Actor, offer: &OfferRow) -> bool {
    actor.area() == offer.offer.session.area() && runs(actor, offer)
}

/// True where the session is the actor's to look at as a whole: its institution's, or of somebody above it.
pub fn runs(actor: &Actor, offer: &OfferRow) -> bool {
    actor
        .reach
        .iter()
        .filter(|(role, _)| !matches!(role, Role::Teacher | Role::Lecturer | Role::SchoolAdministrator))
        .any(|(_, scope)| scope.covers(offer.offer.session.area(), &offer.institution_path))
}
