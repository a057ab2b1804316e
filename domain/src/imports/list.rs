//! Reading a list from a file: a header that names what is needed, a line in each row below it, and faults with their places.

use super::table::{Header, ListColumn, ReadColumn, sheet_row};
use crate::people::roster::{Cell, Grid, GridSheet};
use std::{
    collections::{HashMap, hash_map::Entry},
    hash::Hash,
};

/// What may be wrong with a list.
pub trait ListFault {
    /// No sheet has a header that names what is needed.
    const NO_HEADER: Self;
    /// Nothing stands below the header.
    const NO_ROWS: Self;
    /// A cell without a usable value.
    const BROKEN_CELL: Self;

    /// The stable code.
    fn code(&self) -> &'static str;

    /// What happened and what to do, in Chinese and in English.
    fn words(&self) -> (String, String);
}

/// A fault with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<C, F> {
    /// The sheet; empty for a CSV file.
    pub sheet: String,
    /// The row as the sheet shows it; none for a fault of the file.
    pub row: Option<u32>,
    /// The letters of the column, its header and what it holds.
    pub place: Option<(String, String, C)>,
    /// What is wrong.
    pub fault: F,
}

/// A sheet that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRead<C> {
    /// Its name; empty for a CSV file.
    pub name: String,
    /// The row of the header, from 1.
    pub header_row: u32,
    /// Its columns: letters, header, and what each holds, or nothing where it was not read.
    pub columns: Vec<ReadColumn<C>>,
}

/// What a list holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<L, C, F> {
    /// Sheets that were read.
    pub sheets: Vec<SheetRead<C>>,
    /// Sheets that were not.
    pub ignored_sheets: Vec<String>,
    /// The lines without faults.
    pub rows: Vec<L>,
    /// The faults, in the order of the sheet.
    pub faults: Vec<Placed<C, F>>,
    /// Rows that are no lines: totals, signatures, blank rows.
    pub skipped: Vec<(String, u32)>,
}

/// A row below the header.
pub(super) struct Row<'a, C> {
    sheet: &'a GridSheet,
    header: &'a Header<C>,
    index: usize,
}

impl<'a, C: ListColumn> Row<'a, C> {
    /// The cell of a column; empty where the list has no such column.
    pub(super) fn cell(&self, column: C) -> &'a Cell {
        self.header.cell(self.sheet, self.index, column)
    }

    /// The text of a cell.
    pub(super) fn text(&self, column: C) -> String {
        self.cell(column).text()
    }

    /// The name of its sheet.
    pub(super) fn sheet(&self) -> String {
        self.sheet.name.clone()
    }

    /// The row as the sheet shows it, from 1.
    pub(super) fn number(&self) -> u32 {
        sheet_row(self.index)
    }
}

/// What is wrong with a row, cell by cell.
pub(super) type Faults<C, F> = Vec<(C, F)>;

/// In which row each key of a list stood first, whichever sheet that was on.
pub(super) struct FirstRows<K>(HashMap<K, u32>);

impl<K> Default for FirstRows<K> {
    fn default() -> Self {
        FirstRows(HashMap::new())
    }
}

impl<K: Eq + Hash> FirstRows<K> {
    /// The row in which the key stood before; `None` where it had not been met.
    pub(super) fn before(&mut self, key: K, row: u32) -> Option<u32> {
        match self.0.entry(key) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(free) => {
                free.insert(row);
                None
            }
        }
    }
}

/// How the lines of a kind of list are read.
pub(super) trait Lines {
    /// A line.
    type Line;
    /// Its columns.
    type Column: ListColumn;
    /// What may be wrong with it.
    type Fault: ListFault;
    /// The columns that the header has to name.
    const NEEDED: &'static [Self::Column];

    /// Whether a row is a line.
    fn is_line(row: &Row<'_, Self::Column>) -> bool;

    /// Reads a line in which no cell is broken, and adds what is wrong with it. It is kept where nothing is.
    fn line(
        &mut self,
        row: &Row<'_, Self::Column>,
        faults: &mut Faults<Self::Column, Self::Fault>,
    ) -> Option<Self::Line>;
}

/// Reads a list. A file in which nothing is found has one fault about the file.
pub(super) fn read<L: Lines>(grid: &Grid, mut lines: L) -> Listed<L::Line, L::Column, L::Fault> {
    let mut list = Listed {
        sheets: Vec::new(),
        ignored_sheets: Vec::new(),
        rows: Vec::new(),
        faults: Vec::new(),
        skipped: Vec::new(),
    };
    for sheet in &grid.sheets {
        match Header::find(sheet, L::NEEDED).filter(|_| !sheet.hidden) {
            Some(header) => read_sheet(sheet, &header, &mut lines, &mut list),
            None => list.ignored_sheets.push(sheet.name.clone()),
        }
    }
    let about_file = |fault| Placed { sheet: String::new(), row: None, place: None, fault };
    if list.sheets.is_empty() {
        list.faults.push(about_file(L::Fault::NO_HEADER));
    } else if list.rows.is_empty() && list.faults.is_empty() {
        list.faults.push(about_file(L::Fault::NO_ROWS));
    }
    list
}

fn read_sheet<L: Lines>(
    sheet: &GridSheet,
    header: &Header<L::Column>,
    lines: &mut L,
    list: &mut Listed<L::Line, L::Column, L::Fault>,
) {
    let (name, header_row) = (sheet.name.clone(), sheet_row(header.row));
    list.sheets.push(SheetRead { name, header_row, columns: header.shown(sheet) });
    for index in header.row + 1..sheet.rows.len() {
        let row = Row { sheet, header, index };
        if !L::is_line(&row) {
            list.skipped.push((row.sheet(), row.number()));
            continue;
        }
        let broken = header.broken(sheet, index).into_iter();
        let mut faults: Faults<_, _> = broken.map(|column| (column, L::Fault::BROKEN_CELL)).collect();
        if faults.is_empty() {
            let line = lines.line(&row, &mut faults);
            list.rows.extend(line.filter(|_| faults.is_empty()));
        }
        list.faults.extend(faults.into_iter().map(|(column, fault)| Placed {
            sheet: row.sheet(),
            row: Some(row.number()),
            place: header.place(sheet, column),
            fault,
        }));
    }
}
