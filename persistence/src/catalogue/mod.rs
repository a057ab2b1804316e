//! Programmes, sessions, units and filing windows: facts in and out.

pub mod changes;
mod documents;
pub mod filing;
pub mod programmes;
pub mod session_list;
pub mod sessions;
pub mod units;

pub use documents::{read_audience, read_themes, write_themes};

use crate::{Conn, DbResult, schema::organisations};
use diesel::prelude::*;
use shixun_domain::AreaCode;

/// What a reader sees of an area's programmes and sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Everything, drafts too.
    pub everything: bool,
    /// Where not everything: drafts of these organisations, beside what is public.
    pub drafts_of: Vec<i64>,
    /// Only levels above the county: what a city or province offers to the counties inside.
    pub wide_only: bool,
}

impl Sight {
    /// Everything of an area.
    pub const EVERYTHING: Sight = Sight { everything: true, drafts_of: Vec::new(), wide_only: false };
}

/// The levels that reach beyond a county.
pub(crate) const WIDE_LEVELS: [&str; 3] = ["city", "province", "national"];

/// What became of a change that was based on a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It stands.
    Done,
    /// Somebody changed the row meanwhile.
    Stale,
}

impl Saved {
    fn from_rows(rows: usize) -> Saved {
        if rows == 0 { Saved::Stale } else { Saved::Done }
    }
}

/// The numbers of the organisations at `path` and below.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn organisations_below(conn: &mut Conn, area: AreaCode, path: &str) -> DbResult<Vec<i64>> {
    Ok(organisations::table
        .filter(organisations::area.eq(area.get()))
        // Paths hold digits and slashes only, so nothing needs escaping.
        .filter(organisations::path.like(format!("{path}%")))
        .select(organisations::id)
        .load(conn)?)
}

/// A pattern for `LIKE … ESCAPE '\'` that finds a theme among those written by [`write_themes`].
fn theme_pattern(theme: &shixun_domain::Theme) -> String {
    format!("%,{},%", theme.as_str().replace('_', "\\_"))
}
