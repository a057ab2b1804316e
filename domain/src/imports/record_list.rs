//! Reading hours of the provincial platform from a file: who, which number there, what, when, how many hours.

mod columns;
mod fault;

pub use columns::Column;
pub use fault::Fault;

use super::table::{Header, ReadColumn, sheet_row};
use crate::{
    fold,
    hours::Hours,
    people::{
        IdentityNumber,
        roster::{Cell, Grid, GridSheet, Plausible, read_date},
    },
    records::RecordCategory,
    words::{DeliveryForm, Level, Route, Theme},
};
use chrono::NaiveDate;
use std::collections::HashMap;

/// The longest text of a cell that is kept.
const LETTERS_MAX: usize = 200;
/// The longest number of the platform.
const KEY_LETTERS_MAX: usize = 100;

/// The longest name of a block or of whoever gave the training.
const NAME_LETTERS_MAX: usize = 100;

/// A fault with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The sheet; empty for a CSV file.
    pub sheet: String,
    /// The row as the sheet shows it; none for a fault of the file.
    pub row: Option<u32>,
    /// The letters of the column, its header and what it holds.
    pub place: Option<(String, String, Column)>,
    /// What is wrong.
    pub fault: Fault,
}

/// Hours of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordLine {
    /// The sheet.
    pub sheet: String,
    /// The row, from 1.
    pub row: u32,
    /// Whose.
    pub identity: IdentityNumber,
    /// The name, as the list has it.
    pub name: String,
    /// The number on the platform.
    pub key: String,
    /// What it was.
    pub title: String,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// Hours.
    pub hours: Hours,
    /// Of these, practice.
    pub practice: Hours,
    /// Route; self-selected where it is not stated.
    pub route: Route,
    /// Delivery form; a topical course where it is not stated.
    pub form: DeliveryForm,
    /// Level; the province where it is not stated.
    pub level: Level,
    /// Themes.
    pub themes: Vec<Theme>,
    /// The concentrated block.
    pub block_key: Option<String>,
    /// Who gave the training.
    pub provider: Option<String>,
    /// What kind of training; hours of the platform where it is not stated.
    pub category: RecordCategory,
}

/// A sheet that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRead {
    /// Its name; empty for a CSV file.
    pub name: String,
    /// The row of the header, from 1.
    pub header_row: u32,
    /// Its columns.
    pub columns: Vec<ReadColumn<Column>>,
}

/// What a file of hours holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordList {
    /// Sheets that were read.
    pub sheets: Vec<SheetRead>,
    /// Sheets that were not.
    pub ignored_sheets: Vec<String>,
    /// The rows without faults.
    pub rows: Vec<RecordLine>,
    /// The faults.
    pub faults: Vec<Placed>,
    /// Rows with neither identity number nor number: totals, signatures, blank rows.
    pub skipped: Vec<(String, u32)>,
}

/// Reads a file of hours. `today` tells which days make sense.
pub fn read_record_list(grid: &Grid, today: NaiveDate) -> RecordList {
    const NEEDED: [Column; 5] = [Column::Identity, Column::Key, Column::Title, Column::EndsOn, Column::Hours];
    let mut list = RecordList::default();
    let mut first_rows = HashMap::new();
    for sheet in &grid.sheets {
        match Header::find(sheet, &NEEDED).filter(|_| !sheet.hidden) {
            Some(header) => read_sheet(sheet, &header, today, &mut list, &mut first_rows),
            None => list.ignored_sheets.push(sheet.name.clone()),
        }
    }
    let about_file = |fault| Placed { sheet: String::new(), row: None, place: None, fault };
    if list.sheets.is_empty() {
        list.faults.push(about_file(Fault::NoHeader));
    } else if list.rows.is_empty() && list.faults.is_empty() {
        list.faults.push(about_file(Fault::NoRows));
    }
    list
}

type FirstRows = HashMap<(IdentityNumber, String), u32>;

fn read_sheet(
    sheet: &GridSheet,
    header: &Header<Column>,
    today: NaiveDate,
    list: &mut RecordList,
    first_rows: &mut FirstRows,
) {
    let (name, header_row) = (sheet.name.clone(), sheet_row(header.row));
    list.sheets.push(SheetRead { name, header_row, columns: header.shown(sheet) });
    for row in header.row + 1..sheet.rows.len() {
        let cell = |column: Column| header.cell(sheet, row, column);
        let digits = cell(Column::Identity).compact().chars().any(|letter| letter.is_ascii_digit());
        if !digits && cell(Column::Key).is_blank() {
            list.skipped.push((sheet.name.clone(), sheet_row(row)));
            continue;
        }
        let broken = header.broken(sheet, row).into_iter().map(|column| (column, Fault::BrokenCell));
        let mut reader = RowReader { cell: &cell, today, faults: broken.collect() };
        let line = if reader.faults.is_empty() { reader.line(sheet, sheet_row(row)) } else { None };
        let mut faults = reader.faults;
        if let Some(line) = line.filter(|_| faults.is_empty()) {
            let first_row = *first_rows.entry((line.identity.clone(), line.key.clone())).or_insert(line.row);
            if first_row == line.row {
                list.rows.push(line);
            } else {
                faults.push((Column::Key, Fault::Repeated { first_row }));
            }
        }
        list.faults.extend(faults.into_iter().map(|(column, fault)| Placed {
            sheet: sheet.name.clone(),
            row: Some(sheet_row(row)),
            place: header.place(sheet, column),
            fault,
        }));
    }
}

struct RowReader<'a, F: Fn(Column) -> &'a Cell> {
    cell: &'a F,
    today: NaiveDate,
    faults: Vec<(Column, Fault)>,
}

impl<'a, F: Fn(Column) -> &'a Cell> RowReader<'a, F> {
    fn line(&mut self, sheet: &GridSheet, row: u32) -> Option<RecordLine> {
        let identity = match IdentityNumber::parse(&self.text(Column::Identity)) {
            Ok(identity) => Some(identity),
            Err(fault) => self.fault(Column::Identity, Fault::BadIdentity(fault)),
        };
        let key = self.limited(Column::Key, KEY_LETTERS_MAX, Fault::BadKey);
        let title = self.limited(Column::Title, LETTERS_MAX, Fault::BadTitle);
        let ends_on = self.day(Column::EndsOn);
        let starts_on = if (self.cell)(Column::StartsOn).is_blank() { ends_on } else { self.day(Column::StartsOn) };
        if starts_on.zip(ends_on).is_some_and(|(from, to)| to < from) {
            self.faults.push((Column::EndsOn, Fault::DaysReversed));
        }
        let hours = self.hours(Column::Hours);
        let practice =
            if (self.cell)(Column::Practice).is_blank() { Some(Hours::ZERO) } else { self.hours(Column::Practice) };
        let route = self.word(Column::Route, Route::SelfSelected, Route::ALL, |word| (word.as_str(), word.zh()));
        let form = self.word(Column::Form, DeliveryForm::Topical, DeliveryForm::ALL, |word| (word.as_str(), word.zh()));
        let level = self.word(Column::Level, Level::Province, Level::ALL, |word| (word.as_str(), word.zh()));
        let category = self
            .word(Column::Category, RecordCategory::Platform, RecordCategory::ALL, |word| (word.as_str(), word.zh()));
        let themes = self.themes();
        let (block_key, provider) = (self.optional(Column::Block), self.optional(Column::Provider));
        Some(RecordLine {
            sheet: sheet.name.clone(),
            row,
            identity: identity?,
            name: self.text(Column::Name),
            key: key?,
            title: title?,
            starts_on: starts_on?,
            ends_on: ends_on?,
            hours: hours?,
            practice: practice?,
            route: route?,
            form: form?,
            level: level?,
            themes: themes?,
            block_key,
            provider,
            category: category?,
        })
    }

    fn text(&self, column: Column) -> String {
        (self.cell)(column).text()
    }

    fn fault<T>(&mut self, column: Column, fault: Fault) -> Option<T> {
        self.faults.push((column, fault));
        None
    }

    fn limited(&mut self, column: Column, most: usize, fault: Fault) -> Option<String> {
        let text = self.text(column).trim_start_matches('\'').to_owned();
        if text.is_empty() || text.chars().count() > most {
            return self.fault(column, fault);
        }
        Some(text)
    }

    fn optional(&mut self, column: Column) -> Option<String> {
        let text = Some(self.text(column)).filter(|text| !text.is_empty())?;
        if text.chars().count() > NAME_LETTERS_MAX {
            return self.fault(column, Fault::TooLong { longest: NAME_LETTERS_MAX });
        }
        Some(text)
    }

    fn day(&mut self, column: Column) -> Option<NaiveDate> {
        let from = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or(self.today);
        match read_date((self.cell)(column), Plausible { from, to: self.today }) {
            Ok(day) if day.has_day => Some(day.date),
            _ => {
                let shown = self.text(column);
                self.fault(column, Fault::BadDay { shown })
            }
        }
    }

    fn hours(&mut self, column: Column) -> Option<Hours> {
        let shown = self.text(column);
        let plain: String = shown.chars().map(fold::half_width).collect();
        match plain.trim_end_matches("学时").trim_end_matches("学分").parse::<Hours>() {
            Ok(hours) if hours > Hours::ZERO || (column == Column::Practice && !hours.is_negative()) => Some(hours),
            _ => self.fault(column, Fault::BadHours { shown }),
        }
    }

    fn word<W: Copy>(
        &mut self,
        column: Column,
        unstated: W,
        all: &[W],
        labels: fn(W) -> (&'static str, &'static str),
    ) -> Option<W> {
        let shown = self.text(column);
        let plain = shown.to_lowercase();
        if plain.is_empty() {
            return Some(unstated);
        }
        if let Some(word) = all.iter().find(|word| labels(**word).0 == plain || labels(**word).1 == plain) {
            return Some(*word);
        }
        let zh = all.iter().map(|word| labels(*word).1).collect::<Vec<_>>().join("、");
        let en = all.iter().map(|word| labels(*word).0).collect::<Vec<_>>().join(", ");
        self.fault(column, Fault::BadWord { shown, zh, en })
    }

    fn themes(&mut self) -> Option<Vec<Theme>> {
        let shown = self.text(Column::Themes);
        let mut themes = Vec::new();
        for word in shown.split(['、', '，', ',', ';', '；']).map(str::trim).filter(|word| !word.is_empty()) {
            let known = Theme::KNOWN.iter().find(|(_, zh, _)| *zh == word).map_or(word, |(known, ..)| known);
            match known.parse::<Theme>() {
                Ok(theme) if !themes.contains(&theme) => themes.push(theme),
                Ok(_) => {}
                Err(_) => {
                    let zh = Theme::KNOWN.iter().map(|(_, zh, _)| *zh).collect::<Vec<_>>().join("、");
                    let en = Theme::KNOWN.iter().map(|(word, ..)| *word).collect::<Vec<_>>().join(", ");
                    return self.fault(Column::Themes, Fault::BadWord { shown, zh, en });
                }
            }
        }
        Some(themes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{imports::table::ListColumn, people::roster::BrokenCell};

    fn sheet(rows: &[&[&str]]) -> Grid {
        let cell = |text: &&str| if text.is_empty() { Cell::Empty } else { Cell::Text((*text).to_owned()) };
        let rows = rows.iter().map(|cells| cells.iter().map(cell).collect()).collect();
        Grid { sheets: vec![GridSheet { rows, ..GridSheet::default() }] }
    }

    fn read(rows: &[&[&str]]) -> RecordList {
        read_record_list(&sheet(rows), "2026-11-23".parse().unwrap())
    }

    const HEADER: &[&str] =
        &["姓名", "身份证号码", "学时编号", "培训项目", "开始日期", "结束日期", "学时", "级别", "主题"];

    #[test]
    fn hours_are_read_below_their_title_and_what_is_not_stated_has_a_default() {
        let list = read(&[
            &["遂昌县教师省平台学时"],
            HEADER,
            &[
                "甲",
                "331199199205119087",
                "P-1",
                "单元教学",
                "2026-06-01",
                "2026年6月3日",
                "24",
                "市级",
                "师德、practice",
            ],
            &["合计", "", "", "", "", "", "24", "", ""],
        ]);
        assert_eq!(list.faults, []);
        let [line] = list.rows.as_slice() else { panic!("{list:?}") };
        assert_eq!((line.row, line.key.as_str(), line.hours, line.level), (3, "P-1", Hours::whole(24), Level::City));
        assert_eq!((line.route, line.form), (Route::SelfSelected, DeliveryForm::Topical));
        assert_eq!(line.themes.iter().map(Theme::as_str).collect::<Vec<_>>(), ["ethics", "practice"]);
        assert_eq!(list.skipped, [(String::new(), 4)]);
    }

    #[test]
    fn every_fault_names_its_cell() {
        let good = "331199199205119087";
        let list = read(&[
            HEADER,
            &["甲", "3311991992051190", "", "", "昨天", "", "零", "村级", "Ethics!"],
            &["乙", good, "P-1", "课", "2026-06-03", "2026-06-01", "-5", "", ""],
            &["乙", good, "P-2", "课", "", "2026-06-01", "5", "", ""],
            &["乙", good, "P-2", "课", "", "2026-06-01", "5", "", ""],
        ]);
        let found: Vec<_> = list
            .faults
            .iter()
            .map(|fault| (fault.row.unwrap(), fault.place.as_ref().unwrap().0.as_str(), fault.fault.code()))
            .collect();
        let expected = [
            (2, "B", "records_bad_identity"),
            (2, "C", "records_bad_number"),
            (2, "D", "records_bad_title"),
            (2, "F", "records_bad_day"),
            (2, "E", "records_bad_day"),
            (2, "G", "records_bad_hours"),
            (2, "H", "records_bad_word"),
            (2, "I", "records_bad_word"),
            (3, "F", "records_days_reversed"),
            (3, "G", "records_bad_hours"),
            (5, "C", "records_repeated"),
        ];
        assert_eq!(found, expected);
        assert_eq!(list.rows.len(), 1);
        for fault in &list.faults {
            let (zh, en) = fault.fault.words();
            assert!(!zh.is_empty() && !en.is_empty() && !zh.contains(good) && !en.contains(good));
        }
    }

    #[test]
    fn a_broken_cell_and_a_text_too_long_are_faults_whichever_column_they_stand_in() {
        let headers: Vec<&str> = Column::ALL.iter().map(|column| column.zh()).collect();
        let fill = |column: &Column| match column {
            Column::Identity => "331199199205119087",
            Column::StartsOn | Column::EndsOn => "2026-06-01",
            Column::Hours | Column::Practice => "5",
            Column::Route | Column::Form | Column::Level | Column::Themes | Column::Category => "",
            _ => "课",
        };
        let good: Vec<&str> = Column::ALL.iter().map(fill).collect();
        for (index, column) in Column::ALL.iter().enumerate() {
            let mut grid = sheet(&[&headers[..], &good[..]]);
            assert_eq!(read_record_list(&grid, "2026-11-23".parse().unwrap()).faults, []);
            grid.sheets[0].rows[1][index] = Cell::Broken(BrokenCell::TooLong);
            let list = read_record_list(&grid, "2026-11-23".parse().unwrap());
            let found: Vec<_> =
                list.faults.iter().map(|fault| (fault.fault.code(), fault.place.clone().unwrap().2)).collect();
            assert_eq!(found, [("records_broken_cell", *column)]);
        }
        let long = "长".repeat(101);
        let fill_long =
            |column: &Column| if matches!(column, Column::Block | Column::Provider) { &long } else { fill(column) };
        let list = read(&[&headers[..], &Column::ALL.iter().map(fill_long).collect::<Vec<_>>()[..]]);
        let codes: Vec<_> = list.faults.iter().map(|fault| fault.fault.code()).collect();
        assert_eq!(codes, ["records_too_long"; 2]);
    }

    #[test]
    fn a_file_without_header_or_rows_says_so_and_every_column_can_be_found_by_its_own_header() {
        assert_eq!(read(&[&["没有表头"]]).faults[0].fault.code(), "records_no_header");
        assert_eq!(read(&[HEADER]).faults[0].fault.code(), "records_no_rows");
        for column in Column::ALL {
            assert!(!column.as_str().is_empty() && column.headers().contains(&column.zh()), "{column:?}");
            let english = fold::compact(column.en()).to_lowercase();
            assert!(column.headers().contains(&english.as_str()), "{column:?}");
        }
    }
}
