//! The invariants of the data, each as a check with a name. The schema keeps many of them by itself; the checks find what was
//! changed behind its back, and what a defect of the program would leave behind.
//!
//! A check only reads. Each looks at one moment of the database, so that it may run while the program serves.

pub mod declared;
mod derived;
mod evaluations;
mod log;
mod outside;
mod readings;
mod references;
mod statements;

use crate::{Conn, DbError, DbResult, db::each};
use diesel::{
    QueryableByName, RunQueryDsl,
    sql_types::{BigInt, Integer, Text},
};
use shixun_domain::{AreaCode, Id, UtcMillis, id::Kind};

/// The most breaches of one check that are named; all are counted.
pub const NAMED_MAX: usize = 20;

/// How far the clocks of several machines may differ before something counts as from the future.
const SKEW_MILLIS: i64 = 5 * 60_000;

/// A row that breaks an invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The row: its identifier as the API shows it, or its table and key.
    pub object: String,
    /// What is wrong with it. Never personal data.
    pub detail: String,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The name of the check, which stays the same for ever.
    pub name: &'static str,
    /// The invariant.
    pub about: &'static str,
    /// Rows that break it.
    pub count: u64,
    /// The first [`NAMED_MAX`] of them.
    pub breaches: Vec<Breach>,
}

impl Checked {
    fn new(name: &'static str, about: &'static str) -> Checked {
        Checked { name, about, count: 0, breaches: Vec::new() }
    }

    /// What no check could read, where [`Checked::passes_over`] found any.
    pub fn unreadable() -> Checked {
        Checked::new("readable", "every check could read what it looks at")
    }

    /// Whether a check ended because something stored is damaged, which is kept: the other checks go on.
    pub fn passes_over(&mut self, error: &DbError) -> bool {
        let DbError::Damaged(what) = error else { return false };
        self.add(|| what.clone(), || "cannot be read: the check that looks at it was not made".to_owned());
        true
    }

    fn add(&mut self, object: impl FnOnce() -> String, detail: impl FnOnce() -> String) {
        self.count += 1;
        if self.breaches.len() < NAMED_MAX {
            self.breaches.push(Breach { object: object(), detail: detail() });
        }
    }
}

/// Runs every check, always in the same order. `now` is what "in the future" means; `progress` hears each result. Last comes what could not be
/// read, to which the caller adds what its own checks cannot.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn run(conn: &mut Conn, now: UtcMillis, mut progress: impl FnMut(&Checked)) -> DbResult<Vec<Checked>> {
    let now = now.plus_millis(SKEW_MILLIS);
    let (mut all, mut unreadable) = (Vec::new(), Checked::unreadable());
    let mut keep = |found: DbResult<Vec<Checked>>| match found {
        Ok(checked) => {
            checked.iter().for_each(&mut progress);
            all.extend(checked);
            Ok(())
        }
        Err(error) if unreadable.passes_over(&error) => Ok(()),
        Err(error) => Err(error),
    };
    for check in statements::all() {
        keep(check.run(conn).map(|checked| vec![checked]))?;
    }
    keep(references::check(conn).map(|checked| vec![checked]))?;
    for check in derived::ALL.into_iter().chain(evaluations::ALL).chain(readings::ALL) {
        keep(check(conn, now).map(|checked| vec![checked]))?;
    }
    keep(log::check(conn).map(Vec::from))?;
    all.push(unreadable);
    Ok(all)
}

/// A row of a check's statement.
#[derive(Debug, QueryableByName)]
struct Found {
    #[diesel(sql_type = Integer)]
    area: i32,
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Runs a statement that selects `area`, `id` and `detail` of every breach.
fn found(conn: &mut Conn, statement: &str) -> DbResult<Vec<Found>> {
    Ok(each!(conn, k => diesel::sql_query(statement).load(k))?)
}

/// A key as the API shows it; a key that cannot be one, as it is.
fn shown<K: Kind>(area: i32, number: i64) -> String {
    match AreaCode::new(area) {
        Ok(code) => Id::<K>::new(code, number).to_string(),
        Err(_) => format!("{} {area}/{number}", K::PREFIX),
    }
}
