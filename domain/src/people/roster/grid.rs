//! A workbook as plain cells, as the sheet reader hands it over and before anyone knows what it means.

use crate::fold;
use chrono::NaiveDate;

/// The sheets of one file. A CSV file is one sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grid {
    /// In the order of the tabs.
    pub sheets: Vec<GridSheet>,
}

/// One sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GridSheet {
    /// The name on the tab; empty for a CSV file.
    pub name: String,
    /// True where the tab is hidden from the person who filled it in.
    pub hidden: bool,
    /// `rows[0]` is row 1 of the sheet, `rows[0][0]` is cell A1. Rows may have different lengths.
    pub rows: Vec<Vec<Cell>>,
    /// Merged areas; only the top left cell of one holds its value.
    pub merged: Vec<MergedArea>,
}

/// A merged area, all four edges included, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MergedArea {
    /// First row.
    pub top: usize,
    /// Last row.
    pub bottom: usize,
    /// First column.
    pub left: usize,
    /// Last column.
    pub right: usize,
}

/// What one cell holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text, as typed.
    Text(String),
    /// A number, in plain decimal notation without an exponent: `42217`, `2014.8`. Text, because a spreadsheet's numbers
    /// are floats and this crate has none.
    Number(String),
    /// A date cell; its time of day is left out.
    Date(NaiveDate),
    /// A logical value.
    Bool(bool),
    /// A cell without a usable value.
    Broken(BrokenCell),
}

/// Why a cell has no usable value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrokenCell {
    /// A formula that failed; the text is what the sheet shows: `#N/A`, `#REF!`.
    Formula(String),
    /// A text longer than the reader takes.
    TooLong,
}

static NOTHING: Cell = Cell::Empty;

impl GridSheet {
    /// The cell in row and column counted from 0; outside of the sheet everything is empty.
    pub fn cell(&self, row: usize, column: usize) -> &Cell {
        self.rows.get(row).and_then(|cells| cells.get(column)).unwrap_or(&NOTHING)
    }

    /// The cell, or for a cell inside a merged area the one that holds the area's value.
    pub fn cell_or_merged(&self, row: usize, column: usize) -> &Cell {
        let own = self.cell(row, column);
        if !own.is_blank() {
            return own;
        }
        let inside =
            |area: &&MergedArea| (area.top..=area.bottom).contains(&row) && (area.left..=area.right).contains(&column);
        self.merged.iter().find(inside).map_or(own, |area| self.cell(area.top, area.left))
    }

    /// The number of columns of the widest row.
    pub fn width(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or_default()
    }
}

impl Cell {
    /// True for nothing and for nothing but blanks.
    pub fn is_blank(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => text.chars().all(fold::is_blank),
            Cell::Number(_) | Cell::Date(_) | Cell::Bool(_) | Cell::Broken(_) => false,
        }
    }

    /// What a person reads in the cell, tidied; empty for an empty or broken one.
    pub fn text(&self) -> String {
        match self {
            Cell::Empty | Cell::Broken(_) => String::new(),
            Cell::Text(text) => fold::tidy(text),
            Cell::Number(number) => number.strip_suffix(".0").unwrap_or(number).to_owned(),
            Cell::Date(date) => date.to_string(),
            Cell::Bool(true) => "TRUE".to_owned(),
            Cell::Bool(false) => "FALSE".to_owned(),
        }
    }

    /// [`Cell::text`] without any blank, for comparing.
    pub fn compact(&self) -> String {
        match self {
            Cell::Text(text) => fold::compact(text),
            other => other.text(),
        }
    }
}

/// The letters a sheet shows above a column counted from 0: `A`, `Z`, `AA`.
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    loop {
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or_default()));
        if rest < 26 {
            break;
        }
        rest = rest / 26 - 1;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_the_sheet() {
        for (column, letters) in [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(column_letters(column), letters);
        }
    }

    #[test]
    fn a_merged_cell_has_the_value_of_its_area() {
        let text = |text: &str| Cell::Text(text.into());
        let sheet = GridSheet {
            rows: vec![vec![text("实验小学"), text("张三")], vec![Cell::Empty, text("李四")], vec![]],
            merged: vec![MergedArea { top: 0, bottom: 1, left: 0, right: 0 }],
            ..GridSheet::default()
        };
        assert_eq!(sheet.cell_or_merged(1, 0), &text("实验小学"));
        assert_eq!(sheet.cell_or_merged(2, 0), &Cell::Empty);
        assert_eq!(sheet.width(), 2);
    }
}
