//! A session: one run of a programme with seats, dates and units, from planning to publication and its end.
//!
//! Draft → published → running → closed, or cancelled. Closing posts hours and belongs to enrolment.

use super::{Demands, ProgrammeState, SessionState};
use crate::{Hours, UtcMillis, fold, id::UnitId};
use chrono::NaiveDate;

/// The most seats, or places in the queue, that a session has.
pub const PLACES_MAX: i32 = 10_000;

/// What a session offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionTerms {
    /// Name of this run, such as `第一期`.
    pub name: String,
    /// Seats; 0 means none at all, never that there is no limit.
    pub seats: i32,
    /// Places in the queue; 0 means no queue.
    pub queue_places: i32,
    /// From when applications are taken.
    pub applications_open_at: UtcMillis,
    /// Until when, this instant excluded.
    pub applications_close_at: UtcMillis,
    /// Until when one may withdraw by oneself, this instant excluded.
    pub withdraw_until: UtcMillis,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
}

/// A contradiction within a session's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermsFault {
    /// Seats below 0 or above [`PLACES_MAX`].
    SeatsOutOfRange,
    /// Places in the queue below 0 or above [`PLACES_MAX`].
    QueueOutOfRange,
    /// The last day is before the first.
    EndsBeforeStart,
    /// Applications close before they open, or at once.
    WindowClosesBeforeItOpens,
    /// Applications would be taken after the last day.
    WindowOutlastsSession,
    /// Withdrawal ends before applications open, so that nobody ever could.
    WithdrawalBeforeWindow,
    /// Withdrawal would be possible after the last day.
    WithdrawalOutlastsSession,
}

impl SessionTerms {
    /// Whether `new` promises something else to those who apply: other days, windows or places. The name is no promise.
    pub fn differ(&self, new: &SessionTerms) -> bool {
        *self != SessionTerms { name: self.name.clone(), ..new.clone() }
    }

    /// Every contradiction.
    pub fn faults(&self) -> Vec<TermsFault> {
        let mut faults = Vec::new();
        let mut note = |wrong: bool, fault: TermsFault| {
            if wrong {
                faults.push(fault);
            }
        };
        let places = 0..=PLACES_MAX;
        note(!places.contains(&self.seats), TermsFault::SeatsOutOfRange);
        note(!places.contains(&self.queue_places), TermsFault::QueueOutOfRange);
        note(self.ends_on < self.starts_on, TermsFault::EndsBeforeStart);
        note(self.applications_close_at <= self.applications_open_at, TermsFault::WindowClosesBeforeItOpens);
        let over = day_after(self.ends_on);
        note(self.applications_close_at > over, TermsFault::WindowOutlastsSession);
        note(self.withdraw_until < self.applications_open_at, TermsFault::WithdrawalBeforeWindow);
        note(self.withdraw_until > over, TermsFault::WithdrawalOutlastsSession);
        faults
    }
}

/// The instant at which the day after `day` begins.
fn day_after(day: NaiveDate) -> UtcMillis {
    UtcMillis::china_midnight(day).plus_millis(24 * 3_600_000)
}

/// When a unit takes place and for how many hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitSlot {
    /// The unit; `None` while it is being entered.
    pub id: Option<UnitId>,
    /// From.
    pub starts_at: UtcMillis,
    /// To, this instant excluded.
    pub ends_at: UtcMillis,
    /// Hours of credit.
    pub hours: Hours,
}

impl UnitSlot {
    /// How long it lasts, in full minutes.
    pub fn minutes(&self) -> i64 {
        (self.ends_at.millis() - self.starts_at.millis()).div_euclid(60_000)
    }
}

/// What is wrong with the units of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitsFault {
    /// There is none.
    None,
    /// A unit ends before it starts, or at once.
    EndsBeforeStart(UnitSlot),
    /// A unit without hours.
    WithoutHours(UnitSlot),
    /// A unit lies outside of the session's days.
    OutsideSession(UnitSlot),
    /// Two units at the same time.
    Overlap(UnitSlot, UnitSlot),
    /// A unit is worth more hours than its minutes give.
    HoursExceedMinutes {
        /// The unit.
        unit: UnitSlot,
        /// How long it lasts.
        minutes: i64,
        /// Minutes in one hour of credit.
        hour_minutes: i32,
        /// The most it may be worth.
        most: Hours,
    },
    /// The units of a day are worth more than a day of training.
    HoursExceedDay {
        /// The day.
        day: NaiveDate,
        /// What they add up to.
        sum: Hours,
        /// The most they may be worth.
        most: Hours,
    },
    /// The units do not add up to the programme's hours.
    HoursDiffer {
        /// What they add up to.
        sum: Hours,
        /// What the programme says.
        hours: Hours,
    },
}

/// Whether units fit into the session and beside each other. They may still be incomplete.
///
/// # Errors
/// The first fault in the order of time: of a unit by itself first, then of two together.
pub fn units_fit(units: &[UnitSlot], starts_on: NaiveDate, ends_on: NaiveDate) -> Result<(), UnitsFault> {
    let mut sorted = units.to_vec();
    sorted.sort_by_key(|unit| (unit.starts_at, unit.ends_at));
    let (first, over) = (UtcMillis::china_midnight(starts_on), day_after(ends_on));
    for unit in &sorted {
        if unit.ends_at <= unit.starts_at {
            return Err(UnitsFault::EndsBeforeStart(*unit));
        }
        if unit.hours <= Hours::ZERO {
            return Err(UnitsFault::WithoutHours(*unit));
        }
        if unit.starts_at < first || unit.ends_at > over {
            return Err(UnitsFault::OutsideSession(*unit));
        }
    }
    match sorted.windows(2).find_map(|pair| match pair {
        [one, next] if next.starts_at < one.ends_at => Some((*one, *next)),
        _ => None,
    }) {
        Some((one, next)) => Err(UnitsFault::Overlap(one, next)),
        None => Ok(()),
    }
}

/// Whether units are what a published session needs: they fit, and they add up to the programme's hours.
///
/// # Errors
/// In this order: `None`, the faults of [`units_fit`], `HoursDiffer`.
pub fn units_complete(
    units: &[UnitSlot],
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    hours: Hours,
) -> Result<(), UnitsFault> {
    if units.is_empty() {
        return Err(UnitsFault::None);
    }
    units_fit(units, starts_on, ends_on)?;
    let sum = units.iter().fold(Hours::ZERO, |sum, unit| sum.plus(unit.hours));
    if sum == hours { Ok(()) } else { Err(UnitsFault::HoursDiffer { sum, hours }) }
}

/// Why a step of a session is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionRefusal {
    /// The step does not start from this state.
    WrongState {
        /// Where it stands.
        state: SessionState,
        /// Where it would have to stand.
        needs: &'static [SessionState],
    },
    /// Its programme is not approved.
    ProgrammeNotApproved {
        /// Where the programme stands.
        state: ProgrammeState,
    },
    /// No class head is named (专职班主任, 浙教办师〔2014〕14号).
    NoClassHead,
    /// Fewer or more seats than the packs let a class have.
    ClassSize {
        /// The seats.
        seats: i32,
        /// The fewest.
        least: Option<i32>,
        /// The most.
        most: Option<i32>,
    },
    /// The terms contradict each other: all faults.
    Terms(Vec<TermsFault>),
    /// The units are not in order.
    Units(UnitsFault),
    /// Its last day has passed.
    Over {
        /// The last day.
        ends_on: NaiveDate,
    },
    /// Its first day has not come.
    TooEarly {
        /// The first day.
        starts_on: NaiveDate,
    },
    /// Fewer seats than are taken.
    SeatsBelowTaken {
        /// How many are taken.
        taken: i32,
    },
    /// Fewer places in the queue than are taken.
    QueueBelowTaken {
        /// How many are taken.
        taken: i32,
    },
    /// Attendance at the unit is on record, so that it cannot have been elsewhere.
    UnitHeld,
    /// A published session, or its unit, changes with a reason only.
    ReasonMissing,
}

use SessionState::{Draft, Published, Running};

fn from(state: SessionState, needs: &'static [SessionState]) -> Result<(), SessionRefusal> {
    if needs.contains(&state) { Ok(()) } else { Err(SessionRefusal::WrongState { state, needs }) }
}

/// What is known of a session when a step is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionFacts {
    /// Where it stands.
    pub state: SessionState,
    /// What it offers.
    pub terms: SessionTerms,
    /// Seats that are taken.
    pub seats_taken: i32,
    /// Places in the queue that are taken.
    pub queue_taken: i32,
    /// Where its programme stands.
    pub programme_state: ProgrammeState,
    /// The hours of its programme.
    pub programme_hours: Hours,
    /// Whether its programme names a class head.
    pub has_class_head: bool,
    /// Its units.
    pub units: Vec<UnitSlot>,
}

/// Whether a session of a programme may be planned.
///
/// # Errors
/// In this order: `ProgrammeNotApproved` for a cancelled programme, `Terms`.
pub fn plan(programme_state: ProgrammeState, terms: &SessionTerms) -> Result<(), SessionRefusal> {
    if programme_state == ProgrammeState::Cancelled {
        return Err(SessionRefusal::ProgrammeNotApproved { state: programme_state });
    }
    consistent(terms)
}

fn consistent(terms: &SessionTerms) -> Result<(), SessionRefusal> {
    let faults = terms.faults();
    if faults.is_empty() { Ok(()) } else { Err(SessionRefusal::Terms(faults)) }
}

fn given(reason: Option<&str>) -> bool {
    reason.is_some_and(|reason| !fold::is_nothing(reason))
}

fn class_size(seats: i32, demands: &Demands) -> Result<(), SessionRefusal> {
    let Demands { class_size_min: least, class_size_max: most, .. } = *demands;
    if demands.takes_class_of(seats) { Ok(()) } else { Err(SessionRefusal::ClassSize { seats, least, most }) }
}

impl SessionFacts {
    /// Whether the terms may become `new`. Once published, what they promise changes with a reason only. More seats promote nobody:
    /// promotion is enrolment's, in the queue's order.
    ///
    /// # Errors
    /// In this order: `WrongState`, `Terms`, `ReasonMissing` and `ClassSize` once published, `SeatsBelowTaken`, `QueueBelowTaken`, `Units`.
    pub fn change_terms(
        &self,
        new: &SessionTerms,
        reason: Option<&str>,
        demands: &Demands,
    ) -> Result<(), SessionRefusal> {
        from(self.state, &[Draft, Published])?;
        consistent(new)?;
        if self.keeps_change(new) && !given(reason) {
            return Err(SessionRefusal::ReasonMissing);
        }
        if self.state == Published && new.seats != self.terms.seats {
            class_size(new.seats, demands)?;
        }
        if new.seats < self.seats_taken {
            return Err(SessionRefusal::SeatsBelowTaken { taken: self.seats_taken });
        }
        if new.queue_places < self.queue_taken {
            return Err(SessionRefusal::QueueBelowTaken { taken: self.queue_taken });
        }
        units_fit(&self.units, new.starts_on, new.ends_on).map_err(SessionRefusal::Units)
    }

    /// Whether a change of the terms to `new` is kept for everybody to see.
    pub fn keeps_change(&self, new: &SessionTerms) -> bool {
        self.state != Draft && self.terms.differ(new)
    }

    /// Whether it may be published.
    ///
    /// # Errors
    /// In this order: `WrongState`, `ProgrammeNotApproved`, `NoClassHead`, `Terms`, `ClassSize`, `Over`, `Units`.
    pub fn publish(&self, today: NaiveDate, demands: &Demands) -> Result<SessionState, SessionRefusal> {
        from(self.state, &[Draft])?;
        if self.programme_state != ProgrammeState::Approved {
            return Err(SessionRefusal::ProgrammeNotApproved { state: self.programme_state });
        }
        if demands.class_head && !self.has_class_head {
            return Err(SessionRefusal::NoClassHead);
        }
        consistent(&self.terms)?;
        class_size(self.terms.seats, demands)?;
        if self.terms.ends_on < today {
            return Err(SessionRefusal::Over { ends_on: self.terms.ends_on });
        }
        self.complete(&self.units)?;
        Ok(Published)
    }

    /// Whether it may begin.
    ///
    /// # Errors
    /// In this order: `WrongState`, `TooEarly`.
    pub fn start(&self, today: NaiveDate) -> Result<SessionState, SessionRefusal> {
        from(self.state, &[Published])?;
        if today < self.terms.starts_on {
            return Err(SessionRefusal::TooEarly { starts_on: self.terms.starts_on });
        }
        Ok(Running)
    }

    /// Whether it may be cancelled.
    ///
    /// # Errors
    /// `WrongState` once it is closed: hours were posted.
    pub fn cancel(&self) -> Result<SessionState, SessionRefusal> {
        from(self.state, &[Draft, Published, Running])?;
        Ok(SessionState::Cancelled)
    }

    /// Whether a unit may be added. `demands` are those of the unit's day.
    ///
    /// # Errors
    /// In this order: `WrongState` (published sessions keep their units), `Units`.
    pub fn add_unit(&self, unit: UnitSlot, demands: &Demands) -> Result<(), SessionRefusal> {
        from(self.state, &[Draft])?;
        let mut units = self.units.clone();
        units.push(unit);
        self.fit(&units)?;
        demands.worth(&unit, &self.units).map_err(SessionRefusal::Units)
    }

    /// Whether a unit may be taken out.
    ///
    /// # Errors
    /// `WrongState`.
    pub fn remove_unit(&self) -> Result<(), SessionRefusal> {
        from(self.state, &[Draft])
    }

    /// Whether a unit may become `unit`, which carries its id. Once published, a change needs a reason, and the hours must
    /// still add up. `demands` are those of the unit's new day.
    ///
    /// # Errors
    /// In this order: `WrongState`, `UnitHeld`, `ReasonMissing`, `Units`.
    pub fn change_unit(
        &self,
        unit: UnitSlot,
        reason: Option<&str>,
        held: bool,
        demands: &Demands,
    ) -> Result<(), SessionRefusal> {
        from(self.state, &[Draft, Published, Running])?;
        if held {
            return Err(SessionRefusal::UnitHeld);
        }
        let units: Vec<UnitSlot> =
            self.units.iter().map(|other| if other.id == unit.id { unit } else { *other }).collect();
        let worth = || demands.worth(&unit, &self.units).map_err(SessionRefusal::Units);
        if self.state == Draft {
            self.fit(&units)?;
            return worth();
        }
        if !given(reason) {
            return Err(SessionRefusal::ReasonMissing);
        }
        self.complete(&units)?;
        worth()
    }

    fn fit(&self, units: &[UnitSlot]) -> Result<(), SessionRefusal> {
        units_fit(units, self.terms.starts_on, self.terms.ends_on).map_err(SessionRefusal::Units)
    }

    fn complete(&self, units: &[UnitSlot]) -> Result<(), SessionRefusal> {
        units_complete(units, self.terms.starts_on, self.terms.ends_on, self.programme_hours)
            .map_err(SessionRefusal::Units)
    }
}

#[cfg(test)]
mod tests;
