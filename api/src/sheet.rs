//! Spreadsheets at the edge: files in become a [`shixun_domain::people::roster::Grid`], tables out become CSV or XLSX.
//!
//! Nothing here knows what a column means. A file is recognised by what it holds, not by its name, and a file that cannot
//! be read is refused with the reason and what to do about it.

pub mod guard;
pub mod read;
pub mod write;

#[cfg(test)]
mod roster_tests;

pub use read::{SheetFault, read_grid};
pub use write::{
    Beside, Chart, ChartKind, Column, CsvOptions, Kind, Language, Table, Value, WorkbookWriter, WriteFault, write_csv,
};
