//! Reading a roster of teachers as offices really send it.
//!
//! A file becomes a [`Grid`] first (that is the business of `api`), and here a [`Roster`]: persons that can be stored, and
//! for every row that cannot be, what is wrong, where, and what to do about it. Nothing is guessed where two readings are
//! possible, and no row disappears without a reason in [`Roster::skipped`].

mod classify;
mod columns;
mod date;
mod export;
mod finding;
mod grid;
mod header;
mod header_words;
mod read;
mod schools;
mod values;

#[cfg(test)]
mod tests;

/// The management post that a text in the column of posts means; [`Post::None`](crate::words::Post) for other duties.
pub fn post_meant(text: &str) -> crate::words::Post {
    values::read_post(&Cell::Text(text.to_owned())).unwrap_or(crate::words::Post::None)
}

pub use columns::Column;
pub use date::{DateFault, Plausible, SheetDate, read_date};
pub use export::{EXPORT_COLUMNS, ExportColumn};
pub use finding::{CellPlace, Finding, RowFault};
pub use grid::{BrokenCell, Cell, Grid, GridSheet, MergedArea, column_letters};
pub use read::{ColumnRead, Roster, RosterContext, RosterRow, SheetRead, SkipReason, SkippedRow, read_roster};
pub use schools::{KnownSchool, KnownSchools, SchoolMatch};
