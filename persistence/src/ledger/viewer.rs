//! Whose hours a reader sees in lists.

use shixun_domain::{AreaCode, id::PersonId};

/// Whose hours a reader sees in lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Everybody's.
    Everybody,
    /// Those of these schools, and one's own.
    Schools(Vec<i64>, Option<PersonId>),
}

impl Viewer {
    /// The number of the reader's own person; 0 is nobody's.
    pub(crate) fn own(person: Option<PersonId>, area: AreaCode) -> i64 {
        person.filter(|person| person.area() == area).map_or(0, |person| person.number())
    }
}
