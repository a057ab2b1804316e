//! What a session has left and whether it takes applications: the same for everybody who asks.

use super::{
    eligibility::Reason,
    status::{EnrolmentStatus, apply_again},
};
use crate::{UtcMillis, catalogue::SessionState};
use chrono::NaiveDate;

/// Window, seats and places in the queue of a session at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Openings {
    /// Its state.
    pub state: SessionState,
    /// Applications are taken from then.
    pub opens_at: UtcMillis,
    /// Applications are taken until then, this instant excluded.
    pub closes_at: UtcMillis,
    /// First day.
    pub starts_on: NaiveDate,
    /// Seats in all; none means none.
    pub seats: i32,
    /// Seats taken.
    pub seats_taken: i32,
    /// Places in the queue in all.
    pub queue_places: i32,
    /// Places in the queue taken.
    pub queue_taken: i32,
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

/// What an application gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// A seat.
    Seat,
    /// A place at the end of the queue.
    Queue,
}

impl Placement {
    /// The status of a new application, which a school is to review or nobody (浙教办函〔2019〕357号).
    pub const fn status(self, school_review: bool) -> EnrolmentStatus {
        match (self, school_review) {
            (Placement::Seat, true) => EnrolmentStatus::Applied,
            (Placement::Seat, false) => EnrolmentStatus::Confirmed,
            (Placement::Queue, true) => EnrolmentStatus::Waiting,
            (Placement::Queue, false) => EnrolmentStatus::WaitingApproved,
        }
    }
}

impl Openings {
    /// Why applications are not taken at `now`; `None` while they are.
    pub fn closed(&self, now: UtcMillis) -> Option<Closed> {
        if self.state != SessionState::Published {
            Some(Closed::State(self.state))
        } else if now < self.opens_at {
            Some(Closed::OpensAt(self.opens_at))
        } else if now >= self.closes_at {
            Some(Closed::ClosedAt(self.closes_at))
        } else if self.begun(now) {
            Some(Closed::Begun(self.starts_on))
        } else {
            None
        }
    }

    /// True from the first day on, or from when the session was started: nobody comes in any more, neither by applying nor from the queue,
    /// because whoever waits did not prepare to come, and a seat is no newcomer's while others wait for it.
    pub fn begun(&self, now: UtcMillis) -> bool {
        self.state != SessionState::Published || now.china_date() >= self.starts_on
    }

    /// What is left: a seat only where nobody waits for it, otherwise a place in the queue, otherwise nothing.
    pub const fn free(&self) -> Option<Placement> {
        if self.seats_taken < self.seats && self.queue_taken == 0 {
            Some(Placement::Seat)
        } else if self.queue_taken < self.queue_places {
            Some(Placement::Queue)
        } else {
            None
        }
    }

    /// What stands against an application whoever the person is, in order of precedence: the window; an enrolment in this very
    /// session (`current`), because the answer to asking twice is not that others were faster; no seat and no place.
    pub fn reasons(&self, current: Option<EnrolmentStatus>, now: UtcMillis) -> Vec<Reason> {
        let window = self.closed(now).map(Reason::WindowClosed);
        let twice = current.filter(|status| !apply_again(*status)).map(Reason::AlreadyEnrolled);
        let full = self.free().is_none().then_some(Reason::Full { seats: self.seats });
        window.into_iter().chain(twice).chain(full).collect()
    }
}
