//! What lists in files have in common: a header somewhere above, columns by their names, places of faults.

use crate::people::roster::{Cell, GridSheet, column_letters};
use std::{collections::HashMap, hash::Hash};

/// How far down the header may stand.
const HEADER_ROWS_MAX: usize = 40;

/// A column of a list.
pub trait ListColumn: Copy + Eq + Hash + 'static {
    /// Every column.
    const ALL: &'static [Self];

    /// The word used in data and in the contract.
    fn as_str(self) -> &'static str;

    /// What the header may call it, in lower case and without blanks.
    fn headers(self) -> &'static [&'static str];
}

/// A column with its letters and its header; nothing where it was not read.
pub type ReadColumn<C> = (String, String, Option<C>);

/// A header that was found.
#[derive(Debug, Clone)]
pub struct Header<C> {
    /// The row, from 0.
    pub row: usize,
    /// Where each column stands.
    columns: HashMap<C, usize>,
}

impl<C: ListColumn> Header<C> {
    /// The first row that names all the columns that are needed.
    pub fn find(sheet: &GridSheet, needed: &[C]) -> Option<Header<C>> {
        let columns_of = |cells: &Vec<Cell>| {
            let mut columns = HashMap::new();
            for (index, cell) in cells.iter().enumerate() {
                let text = cell.compact().to_lowercase();
                if let Some(column) = C::ALL.iter().find(|column| column.headers().contains(&text.as_str())) {
                    columns.entry(*column).or_insert(index);
                }
            }
            columns
        };
        let mut rows = sheet.rows.iter().take(HEADER_ROWS_MAX).map(columns_of).enumerate();
        rows.find(|(_, columns)| needed.iter().all(|column| columns.contains_key(column)))
            .map(|(row, columns)| Header { row, columns })
    }

    /// The cell of a column in a row; empty where the list has no such column.
    pub fn cell<'a>(&self, sheet: &'a GridSheet, row: usize, column: C) -> &'a Cell {
        const NOTHING: &Cell = &Cell::Empty;
        self.columns.get(&column).map_or(NOTHING, |index| sheet.cell(row, *index))
    }

    /// The columns whose cells in a row have no usable value: a failed formula, a text of thousands of letters.
    pub fn broken(&self, sheet: &GridSheet, row: usize) -> Vec<C> {
        let is_broken = |column: &C| matches!(self.cell(sheet, row, *column), Cell::Broken(_));
        C::ALL.iter().copied().filter(is_broken).collect()
    }

    /// The letters of a column, its header and what it holds.
    pub fn place(&self, sheet: &GridSheet, column: C) -> Option<(String, String, C)> {
        let index = *self.columns.get(&column)?;
        Some((column_letters(index), sheet.cell(self.row, index).text(), column))
    }

    /// Every column that has a header.
    pub fn shown(&self, sheet: &GridSheet) -> Vec<ReadColumn<C>> {
        let text = |index: usize| sheet.cell(self.row, index).text();
        let meaning = |index: usize| self.columns.iter().find(|(_, at)| **at == index).map(|(column, _)| *column);
        (0..sheet.rows.get(self.row).map_or(0, Vec::len))
            .filter(|index| !text(*index).is_empty())
            .map(|index| (column_letters(index), text(index), meaning(index)))
            .collect()
    }
}

/// What is said of a cell without a usable value, in Chinese and in English.
pub const BROKEN_CELL: (&str, &str) = (
    "无法读取：公式出错或文字过长，请改为直接填写内容",
    "the cell cannot be read: a failed formula or a text of thousands of letters; type the value itself",
);

/// The row as the sheet shows it, from 1.
pub fn sheet_row(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX).saturating_add(1)
}
