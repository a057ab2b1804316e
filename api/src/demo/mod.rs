//! The demo county: 遂昌县 with invented people, made from a seed so that everybody who tries the program sees the same one.
//!
//! [`plan`] decides what is in it, from the seed and the present alone. [`make`] writes a plan down in one transaction, so
//! that there is a whole county or none. [`sign_ins`] are the accounts it comes with.

mod accounts;
pub mod plan;
mod store;

pub use accounts::sign_ins;
pub use plan::{Plan, Scale};

use crate::{chance::Chance, problem::ApiError};
use shixun_domain::{AreaCode, UtcMillis};
use shixun_persistence::{Conn, Db, DbResult, Keep, demo};

/// 遂昌县.
const AREA: i32 = 331_123;

/// The area of the demo county.
///
/// # Errors
/// `internal`, never in practice: the code is a constant.
pub fn area() -> Result<AreaCode, ApiError> {
    AreaCode::new(AREA).map_err(|fault| ApiError::internal(fault.to_string()))
}

/// What a database holds, as far as the demo is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The demo county, made at that instant.
    Demo(UtcMillis),
    /// Nothing yet.
    Empty,
    /// Somebody's data, which the demo must not touch.
    Other,
}

/// Looks whether a database holds the demo county.
///
/// # Errors
/// Where the database does not answer.
pub fn look(db: &Db) -> Result<Found, ApiError> {
    let area = area()?;
    let look = move |conn: &mut Conn| -> DbResult<Found> {
        Ok(match demo::made_at(conn, area)? {
            Some(at) => Found::Demo(at),
            None if demo::is_empty(conn)? => Found::Empty,
            None => Found::Other,
        })
    };
    Ok(db.read_blocking(look)?)
}

/// What a demo county has that does not follow from its plan.
#[derive(Debug)]
pub struct Beside {
    /// The hash of the one password of every account.
    pub password_hash: String,
    /// The address under which everybody reaches the server.
    pub public_url: String,
    /// Chance, for the codes and the key of its certificates.
    pub chance: Chance,
}

/// Writes a plan down. `progress` hears how much of 1,000 parts is done.
///
/// # Errors
/// Where the database does not answer; then nothing was written.
pub fn make(db: &Db, plan: Plan, beside: Beside, progress: impl Fn(u64) + Send + 'static) -> Result<(), ApiError> {
    let (area, now) = (area()?, plan.now);
    db.write_blocking(now, Keep::Commit, move |tx| store::write(tx, area, &plan, &beside, &progress))
}

/// Gives every account that came with the demo county a password.
///
/// # Errors
/// Where the database does not answer.
pub fn set_passwords(db: &Db, made_at: UtcMillis, password_hash: &str, now: UtcMillis) -> Result<usize, ApiError> {
    let (area, hash) = (area()?, password_hash.to_owned());
    db.write_blocking(now, Keep::Commit, move |tx| Ok(demo::set_passwords(tx, area, made_at, &hash)?))
}
