//! What was known: today, or at an instant that has passed.

use crate::{
    Conn, DbResult,
    people::{self, PastFacts},
};
use shixun_domain::{AreaCode, UtcMillis, id::PersonId};
use std::collections::HashMap;

/// What a question is answered with: what is known today, or what was known at an instant.
#[derive(Debug, Clone, Default)]
pub struct Known {
    at: Option<UtcMillis>,
    /// The facts of that instant of those persons whose facts changed since.
    past: HashMap<i64, PastFacts>,
}

impl Known {
    /// What is known today.
    pub fn today() -> Known {
        Known::default()
    }

    /// What was known of a person at an instant; today where none is given.
    ///
    /// # Errors
    /// A [`crate::DbError`] where the database does not answer or a row is damaged.
    pub fn of(conn: &mut Conn, person: PersonId, at: Option<UtcMillis>) -> DbResult<Known> {
        Known::read(conn, person.area(), Some(person), at)
    }

    /// What was known of everybody in an area at an instant; today where none is given.
    ///
    /// # Errors
    /// As [`Known::of`].
    pub fn in_area(conn: &mut Conn, area: AreaCode, at: Option<UtcMillis>) -> DbResult<Known> {
        Known::read(conn, area, None, at)
    }

    fn read(conn: &mut Conn, area: AreaCode, person: Option<PersonId>, at: Option<UtcMillis>) -> DbResult<Known> {
        let past = match at {
            Some(at) => people::known_at(conn, area, person, at)?,
            None => HashMap::new(),
        };
        Ok(Known { at, past })
    }

    /// The instant; `None` for today.
    pub fn at(&self) -> Option<UtcMillis> {
        self.at
    }

    /// The facts of a person, where they changed since.
    pub(crate) fn past(&self, number: i64) -> Option<&PastFacts> {
        self.past.get(&number)
    }

    /// Everybody whose facts changed since.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (i64, &PastFacts)> {
        self.past.iter().map(|(number, facts)| (*number, facts))
    }
}
