//! Whether a person may apply for a session: every reason against it, not only the first.

use super::{
    evaluating::EvaluationStanding,
    openings::{Closed, Openings, Placement},
    status::EnrolmentStatus,
};
use crate::{
    Hours, UtcMillis,
    catalogue::{Audience, AudienceFacts, AudienceGap},
    id::{HourEntryId, OutsideRecordId, SessionId},
};
use chrono::NaiveDate;

/// What a session offers at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The session.
    pub session: SessionId,
    /// Window, seats and places in the queue.
    pub openings: Openings,
    /// Last day.
    pub ends_on: NaiveDate,
    /// Who it is for.
    pub audience: Audience,
    /// What it teaches: the same content counts once in a cycle.
    pub content_key: String,
    /// The hours it is worth.
    pub hours: Hours,
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
    /// Where the person stands with its evaluation.
    pub evaluation: EvaluationStanding,
    /// What it teaches.
    pub content_key: String,
    /// The hours it is worth.
    pub hours: Hours,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
}

/// What holds a content beside the sessions of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordedBy {
    /// A record from outside that is entered or verified.
    Record(OutsideRecordId),
    /// Hours entered by hand, pending or posted.
    Entry(HourEntryId),
}

impl std::fmt::Display for RecordedBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RecordedBy::Record(id) => id.fmt(f),
            RecordedBy::Entry(id) => id.fmt(f),
        }
    }
}

/// A content that is recorded from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// By what.
    pub by: RecordedBy,
    /// What it is about.
    pub title: String,
}

impl Booking {
    /// True where one of its days is one of those.
    pub fn overlaps(&self, (first, last): (NaiveDate, NaiveDate)) -> bool {
        self.starts_on <= last && first <= self.ends_on
    }

    /// True where its hours are still to come: a seat, or an end after which they wait for an evaluation.
    pub fn expects_hours(&self) -> bool {
        (self.status.is_open() && self.status.holds_seat()) || self.evaluation.awaited().is_some()
    }

    /// True where its content is taken, or was and gave what it gives.
    fn takes_content(&self) -> bool {
        let completed = self.status == EnrolmentStatus::Completed && !self.evaluation.lost_hours();
        self.status.is_open() || completed
    }
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
    /// Open enrolments in sessions of other cycles whose days overlap with this one's. They bear on the timetable and on nothing else.
    pub beside: Vec<Booking>,
    /// Sessions among both whose units meet at the same time.
    pub clashes: Vec<SessionId>,
    /// The record from outside by which the same content counts in this cycle already, or will.
    pub recorded: Option<Recorded>,
    /// How often the training centre allowed the content once more in this cycle.
    pub repeats_allowed: usize,
    /// Hours left under the yearly maximum in the year of the session's end, before what is booked; `None` where no
    /// maximum refuses enrolment.
    pub headroom: Option<Hours>,
    /// Hours of the person's other sessions that use up the same maximum.
    pub booked: Hours,
}

/// A reason against an application, in the order in which people should hear them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Applications are not taken.
    WindowClosed(Closed),
    /// Applied already, or declined.
    AlreadyEnrolled(EnrolmentStatus),
    /// No seat and no place in the queue.
    Full {
        /// Seats in all.
        seats: i32,
    },
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
    /// The same content is recorded from outside in this cycle.
    AlreadyRecorded(Recorded),
    /// The yearly maximum leaves too little (worked example 11 of the field's rules).
    YearlyMaximum {
        /// Hours left in the year, after what is booked.
        left: Hours,
        /// Hours the session is worth.
        hours: Hours,
    },
}

/// Every reason against an application, in order of precedence; none where the person may apply. What holds for everybody
/// comes before what holds for this person.
pub fn reasons(offer: &Offer, applicant: &Applicant, now: UtcMillis) -> Vec<Reason> {
    let mut found = offer.openings.reasons(applicant.current, now);
    match &applicant.facts {
        None => found.push(Reason::NotEmployed),
        Some(facts) => found.extend(offer.audience.gap(facts).into_iter().map(Reason::NotInAudience)),
    }
    let others = applicant.bookings.iter().chain(&applicant.beside).filter(|booking| booking.session != offer.session);
    for booking in others.filter(|booking| booking.status.is_open() && applicant.clashes.contains(&booking.session)) {
        found.push(Reason::Clash { session: booking.session, name: booking.name.clone() });
    }
    found.extend(repeats(offer, applicant));
    if let Some(headroom) = applicant.headroom {
        let left = headroom.less(applicant.booked);
        if offer.hours > left {
            found.push(Reason::YearlyMaximum { left, hours: offer.hours });
        }
    }
    found
}

/// Where the person has the same content in this cycle; none as long as it was allowed as often. The same content counts once in a
/// cycle unless the training centre has a reason to allow it again.
pub fn repeats(offer: &Offer, applicant: &Applicant) -> Vec<Reason> {
    let others = applicant.bookings.iter().filter(|booking| booking.session != offer.session);
    let mut found: Vec<Reason> = others
        .filter(|booking| booking.takes_content() && booking.content_key == offer.content_key)
        .map(|booking| Reason::AlreadyDone { session: booking.session, name: booking.name.clone() })
        .collect();
    found.extend(applicant.recorded.clone().map(Reason::AlreadyRecorded));
    if found.len() > applicant.repeats_allowed { found } else { Vec::new() }
}

/// The person's other sessions that end in the year of this one and bring hours. Booked counts, and what waits for an evaluation; waiting
/// for a seat does not: a place in a queue may never become an hour.
pub fn booked_beside<'a>(offer: &'a Offer, bookings: &'a [Booking]) -> impl Iterator<Item = &'a Booking> {
    let others = bookings.iter().filter(|booking| booking.session != offer.session && same_year(booking, offer));
    others.filter(|booking| booking.expects_hours())
}

/// A seat or a place in the queue, or the first reason against it.
///
/// # Errors
/// The first of [`reasons`].
pub fn place(offer: &Offer, applicant: &Applicant, now: UtcMillis) -> Result<Placement, Reason> {
    match reasons(offer, applicant, now).into_iter().next() {
        Some(reason) => Err(reason),
        None => offer.openings.free().ok_or(Reason::Full { seats: offer.openings.seats }),
    }
}

fn same_year(booking: &Booking, offer: &Offer) -> bool {
    use chrono::Datelike;
    booking.ends_on.year() == offer.ends_on.year()
}
