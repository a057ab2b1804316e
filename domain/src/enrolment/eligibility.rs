//! Whether a person may apply for a session: every reason against it, not only the first.

use super::status::{EnrolmentStatus, apply_again};
use crate::{
    Hours, UtcMillis,
    catalogue::{Audience, AudienceFacts, AudienceGap, SessionState},
    id::SessionId,
};
use chrono::NaiveDate;

/// What a session offers at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The session.
    pub session: SessionId,
    /// Its state.
    pub state: SessionState,
    /// Applications are taken from then.
    pub opens_at: UtcMillis,
    /// Applications are taken until then.
    pub closes_at: UtcMillis,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// Who it is for.
    pub audience: Audience,
    /// What it teaches: the same content counts once in a cycle.
    pub content_key: String,
    /// The hours it is worth.
    pub hours: Hours,
    /// Seats in all; none means none.
    pub seats: i32,
    /// Seats taken.
    pub seats_taken: i32,
    /// Places in the queue in all.
    pub queue_places: i32,
    /// Places in the queue taken.
    pub queue_taken: i32,
}

/// Another enrolment of the same person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// Its session.
    pub session: SessionId,
    /// The name of the programme.
    pub name: String,
    /// Where the person stands in it.
    pub status: EnrolmentStatus,
    /// What it teaches.
    pub content_key: String,
    /// The hours it is worth.
    pub hours: Hours,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
}

/// What is known of someone who wants to apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applicant {
    /// What the audience asks for; `None` where the person is employed nowhere today.
    pub facts: Option<AudienceFacts>,
    /// Where the person stands in this very session.
    pub current: Option<EnrolmentStatus>,
    /// The person's other enrolments of the cycle.
    pub bookings: Vec<Booking>,
    /// Sessions among them whose units meet at the same time.
    pub clashes: Vec<SessionId>,
    /// Hours left under the yearly maximum in the year of the session's end, before what is booked; `None` where no
    /// maximum refuses enrolment.
    pub headroom: Option<Hours>,
}

/// Why applications are not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The session is not open to applications in this state.
    State(SessionState),
    /// Not yet.
    OpensAt(UtcMillis),
    /// Not any more.
    ClosedAt(UtcMillis),
    /// It has begun.
    Begun(NaiveDate),
}

/// A reason against an application, in the order in which people should hear them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Applications are not taken.
    WindowClosed(Closed),
    /// Applied already, or declined.
    AlreadyEnrolled(EnrolmentStatus),
    /// Employed nowhere today, so that no school could review the application.
    NotEmployed,
    /// Not among those it is for.
    NotInAudience(AudienceGap),
    /// Meets at the same time as another session the person holds a seat or waits in.
    Clash {
        /// The other session.
        session: SessionId,
        /// The name of its programme.
        name: String,
    },
    /// The same content was completed or is booked in this cycle.
    AlreadyDone {
        /// The other session.
        session: SessionId,
        /// The name of its programme.
        name: String,
    },
    /// The yearly maximum leaves too little (worked example 11 of the field's rules).
    YearlyMaximum {
        /// Hours left in the year, after what is booked.
        left: Hours,
        /// Hours the session is worth.
        hours: Hours,
    },
    /// No seat and no place in the queue.
    Full {
        /// Seats in all.
        seats: i32,
    },
}

/// What an application gets at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// A seat.
    Seat,
    /// A place at the end of the queue.
    Queue,
}

impl Placement {
    /// The status of a new application.
    pub const fn status(self) -> EnrolmentStatus {
        match self {
            Placement::Seat => EnrolmentStatus::Applied,
            Placement::Queue => EnrolmentStatus::Waiting,
        }
    }
}

/// Every reason against an application, in order of precedence; none where the person may apply.
pub fn reasons(offer: &Offer, applicant: &Applicant, now: UtcMillis) -> Vec<Reason> {
    let mut found = Vec::new();
    if let Some(closed) = closed(offer, now) {
        found.push(Reason::WindowClosed(closed));
    }
    if let Some(status) = applicant.current.filter(|status| !apply_again(*status)) {
        found.push(Reason::AlreadyEnrolled(status));
    }
    match &applicant.facts {
        None => found.push(Reason::NotEmployed),
        Some(facts) => found.extend(offer.audience.gap(facts).into_iter().map(Reason::NotInAudience)),
    }
    let others = || applicant.bookings.iter().filter(|booking| booking.session != offer.session);
    for booking in others().filter(|booking| booking.status.is_open() && applicant.clashes.contains(&booking.session)) {
        found.push(Reason::Clash { session: booking.session, name: booking.name.clone() });
    }
    let counts = |status: EnrolmentStatus| status.is_open() || status == EnrolmentStatus::Completed;
    for booking in others().filter(|booking| counts(booking.status) && booking.content_key == offer.content_key) {
        found.push(Reason::AlreadyDone { session: booking.session, name: booking.name.clone() });
    }
    if let Some(headroom) = applicant.headroom {
        let left = headroom.less(booked_hours(offer, &applicant.bookings));
        if offer.hours > left {
            found.push(Reason::YearlyMaximum { left, hours: offer.hours });
        }
    }
    if free(offer).is_none() {
        found.push(Reason::Full { seats: offer.seats });
    }
    found
}

/// Hours of the person's other sessions that end in the year of this one. Booked counts, waiting does not: a place in a queue
/// may never become an hour.
pub fn booked_hours(offer: &Offer, bookings: &[Booking]) -> Hours {
    bookings
        .iter()
        .filter(|booking| booking.session != offer.session && same_year(booking, offer))
        .filter(|booking| booking.status.is_open() && booking.status.holds_seat())
        .map(|booking| booking.hours)
        .sum()
}

/// A seat or a place in the queue, or the first reason against it.
///
/// # Errors
/// The first of [`reasons`].
pub fn place(offer: &Offer, applicant: &Applicant, now: UtcMillis) -> Result<Placement, Reason> {
    match reasons(offer, applicant, now).into_iter().next() {
        Some(reason) => Err(reason),
        None => free(offer).ok_or(Reason::Full { seats: offer.seats }),
    }
}

/// What a newcomer would get: a seat only where nobody waits, so that a freed seat never goes past the queue.
pub fn free(offer: &Offer) -> Option<Placement> {
    if offer.seats_taken < offer.seats && offer.queue_taken == 0 {
        Some(Placement::Seat)
    } else if offer.queue_taken < offer.queue_places {
        Some(Placement::Queue)
    } else {
        None
    }
}

fn closed(offer: &Offer, now: UtcMillis) -> Option<Closed> {
    if offer.state != SessionState::Published {
        Some(Closed::State(offer.state))
    } else if now < offer.opens_at {
        Some(Closed::OpensAt(offer.opens_at))
    } else if now > offer.closes_at {
        Some(Closed::ClosedAt(offer.closes_at))
    } else if now.china_date() > offer.starts_on {
        Some(Closed::Begun(offer.starts_on))
    } else {
        None
    }
}

fn same_year(booking: &Booking, offer: &Offer) -> bool {
    use chrono::Datelike;
    booking.ends_on.year() == offer.ends_on.year()
}
