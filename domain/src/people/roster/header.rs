//! Finding the row of headers, wherever it stands and whether it takes one row or two.

use super::columns::Column;
use super::grid::{Cell, GridSheet};
use std::collections::{BTreeMap, BTreeSet};

/// How far down a header may stand: titles, units, dates and instructions come before it.
const HEADER_ROWS_MAX: usize = 40;

/// The headers of a sheet.
#[derive(Debug, Clone)]
pub(super) struct Header {
    /// First row of the header, counted from 0.
    pub(super) first: usize,
    /// Last row: the same, or the next one where the header takes two.
    pub(super) last: usize,
    /// The columns that have a header, in the order of the sheet.
    pub(super) columns: Vec<HeaderColumn>,
}

/// One column with its header.
#[derive(Debug, Clone)]
pub(super) struct HeaderColumn {
    pub(super) index: usize,
    pub(super) header: String,
    pub(super) column: Option<Column>,
}

impl Header {
    /// The sheet's column that holds `column`; the first where several do.
    pub(super) fn index_of(&self, column: Column) -> Option<usize> {
        self.all_of(column).next()
    }

    /// Every column of the sheet that holds `column`: subjects may take several.
    pub(super) fn all_of(&self, column: Column) -> impl Iterator<Item = usize> {
        self.columns.iter().filter(move |found| found.column == Some(column)).map(|found| found.index)
    }

    /// How many different things the header names. Running numbers and remarks stand in every table and count nothing.
    fn score(&self) -> usize {
        let named: BTreeSet<Column> = self.columns.iter().filter_map(|found| found.column).collect();
        named.iter().filter(|column| !matches!(column, Column::Serial | Column::Remark)).count()
    }

    fn is_roster(&self) -> bool {
        let has = |column| self.index_of(column).is_some();
        (has(Column::Name) && has(Column::Identity))
            || ((has(Column::Name) || has(Column::Identity)) && self.score() >= 3)
    }
}

/// The best header among the first rows, or none where no row looks like one.
pub(super) fn find_header(sheet: &GridSheet) -> Option<Header> {
    let mut best: Option<Header> = None;
    for row in 0..sheet.rows.len().min(HEADER_ROWS_MAX) {
        let mut found = read_header(sheet, row, row);
        if row + 1 < sheet.rows.len() && !has_long_number(sheet, row + 1) {
            let two_rows = read_header(sheet, row, row + 1);
            let lower_alone = read_header(sheet, row + 1, row + 1);
            if two_rows.score() > found.score() && two_rows.score() > lower_alone.score() {
                found = two_rows;
            }
        }
        if found.is_roster() && best.as_ref().is_none_or(|known| found.score() > known.score()) {
            best = Some(found);
        }
    }
    best
}

/// True for a row that holds a number of ten digits or more: a person, not a header.
fn has_long_number(sheet: &GridSheet, row: usize) -> bool {
    let cells = sheet.rows.get(row).map(Vec::as_slice).unwrap_or_default();
    cells.iter().any(|cell| cell.compact().chars().filter(char::is_ascii_digit).count() >= 10)
}

fn read_header(sheet: &GridSheet, first: usize, last: usize) -> Header {
    let mut columns = Vec::new();
    let mut ranks: BTreeMap<Column, (usize, usize)> = BTreeMap::new();
    for index in 0..sheet.rows.iter().skip(first).take(last - first + 1).map(Vec::len).max().unwrap_or_default() {
        let (header, meaning) = label(sheet.cell(first, index), sheet.cell(last, index), first == last);
        if header.is_empty() {
            continue;
        }
        let place = columns.len();
        columns.push(HeaderColumn { index, header, column: meaning.map(|(column, _)| column) });
        let Some((column, rank)) = meaning.filter(|(column, _)| *column != Column::Subjects) else {
            continue;
        };
        // Of two columns for the same thing the better word wins, or the first; the other is one we do not know.
        let loser = match ranks.get(&column) {
            Some((known_rank, known_place)) if rank < *known_rank => Some(*known_place),
            Some(_) => Some(place),
            None => None,
        };
        if loser != Some(place) {
            ranks.insert(column, (rank, place));
        }
        if let Some(beaten) = loser.and_then(|place| columns.get_mut(place)) {
            beaten.column = None;
        }
    }
    Header { first, last, columns }
}

/// The words above a column: of two rows the lower ones, unless they say nothing and the upper ones do.
fn label(upper: &Cell, lower: &Cell, single: bool) -> (String, Option<(Column, usize)>) {
    let own = lower.text();
    let meaning = Column::from_header(&own);
    if single || meaning.is_some() {
        return (own, meaning);
    }
    let above = upper.text();
    let joined = format!("{above}{own}");
    if let Some(meaning) = Column::from_header(&joined) {
        return (joined, Some(meaning));
    }
    if own.is_empty() { (above, None) } else { (own, None) }
}
