//! What the demo county holds, decided by a seed and the present alone: the same two always give the same county.
//!
//! Things refer to one another by their place in the lists of the [`Plan`]; keys are given when it is written down.

mod catalogue;
mod courses;
mod dice;
mod history;
mod people;
mod places;
mod seats;

pub use catalogue::{Owner, Programme, Session, Unit};
pub use history::{Entry, Fate};
pub use people::{HeldPost, Lecturer, Record, Teacher};
pub use seats::Enrolment;

use chrono::NaiveDate;
use shixun_domain::{
    UtcMillis,
    words::{Setting, Stage},
};
use std::collections::HashSet;

/// How large a county is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Schools, 1 to 60.
    pub schools: usize,
    /// Teachers, those who have retired included.
    pub teachers: usize,
}

impl Scale {
    /// What `shixun demo` makes.
    pub const FULL: Scale = Scale { schools: 60, teachers: 2_500 };
}

/// A school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct School {
    /// 学校标识码.
    pub code: String,
    /// Name.
    pub name: String,
    /// Stage.
    pub stage: Stage,
    /// Urban, town or rural.
    pub setting: Setting,
    /// Small classes.
    pub small_class: bool,
}

/// A county to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The present, as far as the county is concerned.
    pub now: UtcMillis,
    /// The schools: the first is `school-01`.
    pub schools: Vec<School>,
    /// The teachers: the first is `teacher-0001`, at the first school.
    pub teachers: Vec<Teacher>,
    /// People of the training centre who teach sessions: the first is `lecturer-01`.
    pub lecturers: Vec<Lecturer>,
    /// Hours of the cycle 2016–2020 and of the running one, from outside the catalogue.
    pub entries: Vec<Entry>,
    /// Programmes, each with at most one session.
    pub programmes: Vec<Programme>,
    /// The sessions.
    pub sessions: Vec<Session>,
}

impl Plan {
    /// Plans a county.
    pub fn new(seed: u64, scale: Scale, now: UtcMillis) -> Plan {
        let today = now.china_date();
        let schools = places::schools(scale.schools);
        let mut given = HashSet::new();
        let teachers = people::teachers(seed, &schools, scale.teachers, today, &mut given);
        let lecturers = people::lecturers(seed, &mut given);
        let entries = history::entries(seed, &teachers, today);
        let programmes = catalogue::programmes(today);
        let mut sessions = catalogue::sessions(&programmes, lecturers.len(), today);
        seats::fill(seed, &mut sessions, &programmes, &schools, &teachers, now);
        Plan { now, schools, teachers, lecturers, entries, programmes, sessions }
    }
}

/// A day that is written in the program. One that the calendar lacks becomes the epoch, which a test would notice.
pub(super) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

/// A day some days later, or earlier.
pub(super) fn later(from: NaiveDate, days: i32) -> NaiveDate {
    from.checked_add_signed(chrono::TimeDelta::days(i64::from(days))).unwrap_or(from)
}

/// The instant of an hour and minute of a civil day in China.
pub(super) fn at(on: NaiveDate, hour: i32, minute: i32) -> UtcMillis {
    UtcMillis::china_midnight(on).plus_millis(i64::from(hour * 60 + minute) * 60_000)
}
