//! Reading hours of the provincial platform from a file: who, which number there, what, when, how many hours.

mod columns;
mod fault;

pub use columns::Column;
pub use fault::Fault;

use super::list::{self, Faults, FirstRows, Lines, Listed, Row};
use crate::{
    fold,
    hours::Hours,
    people::{
        IdentityNumber,
        hiding::{holds_identity, masked_numbers},
        roster::{Grid, Plausible, read_date},
    },
    policy::KnownThemes,
    records::RecordCategory,
    words::{DeliveryForm, Level, Route, Theme},
};
use chrono::NaiveDate;

/// The longest text of a cell that is kept.
const LETTERS_MAX: usize = 200;
/// The longest number of the platform.
const KEY_LETTERS_MAX: usize = 100;

/// The longest name of a block or of whoever gave the training.
const NAME_LETTERS_MAX: usize = 100;

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

/// What a file of hours holds.
pub type RecordList = Listed<RecordLine, Column, Fault>;

/// Reads a file of hours. `today` tells which days make sense, `themes` what training may be about. Rows with neither identity number nor
/// number are skipped.
pub fn read_record_list(grid: &Grid, today: NaiveDate, themes: &KnownThemes) -> RecordList {
    list::read(grid, Records { today, themes, first_rows: FirstRows::default() })
}

struct Records<'a> {
    today: NaiveDate,
    themes: &'a KnownThemes,
    first_rows: FirstRows<(IdentityNumber, String)>,
}

impl Lines for Records<'_> {
    type Line = RecordLine;
    type Column = Column;
    type Fault = Fault;
    const NEEDED: &'static [Column] = &[Column::Identity, Column::Key, Column::Title, Column::EndsOn, Column::Hours];

    fn is_line(row: &Row<'_, Column>) -> bool {
        !row.cell(Column::Key).is_blank()
            || row.cell(Column::Identity).compact().chars().any(|letter| letter.is_ascii_digit())
    }

    fn line(&mut self, row: &Row<'_, Column>, faults: &mut Faults<Column, Fault>) -> Option<RecordLine> {
        let line =
            RowReader { row, today: self.today, known: self.themes, faults }.line().filter(|_| faults.is_empty())?;
        let first_row = self.first_rows.before((line.identity.clone(), line.key.clone()), line.row);
        faults.extend(first_row.map(|first_row| (Column::Key, Fault::Repeated { first_row })));
        Some(line)
    }
}

struct RowReader<'a> {
    row: &'a Row<'a, Column>,
    today: NaiveDate,
    known: &'a KnownThemes,
    faults: &'a mut Faults<Column, Fault>,
}

impl RowReader<'_> {
    fn line(&mut self) -> Option<RecordLine> {
        let identity = match IdentityNumber::parse(&self.text(Column::Identity)) {
            Ok(identity) => Some(identity),
            Err(fault) => self.fault(Column::Identity, Fault::BadIdentity(fault)),
        };
        let key = self.limited(Column::Key, KEY_LETTERS_MAX, Fault::BadKey);
        let title = self.limited(Column::Title, LETTERS_MAX, Fault::BadTitle);
        let ends_on = self.day(Column::EndsOn);
        let starts_on = if self.row.cell(Column::StartsOn).is_blank() { ends_on } else { self.day(Column::StartsOn) };
        if starts_on.zip(ends_on).is_some_and(|(from, to)| to < from) {
            self.faults.push((Column::EndsOn, Fault::DaysReversed));
        }
        let hours = self.hours(Column::Hours);
        let practice =
            if self.row.cell(Column::Practice).is_blank() { Some(Hours::ZERO) } else { self.hours(Column::Practice) };
        let route = self.word(Column::Route, Route::SelfSelected, Route::ALL, |word| (word.as_str(), word.zh()));
        let form = self.word(Column::Form, DeliveryForm::Topical, DeliveryForm::ALL, |word| (word.as_str(), word.zh()));
        let level = self.word(Column::Level, Level::Province, Level::ALL, |word| (word.as_str(), word.zh()));
        let category = self
            .word(Column::Category, RecordCategory::Platform, RecordCategory::ALL, |word| (word.as_str(), word.zh()));
        let themes = self.themes();
        let (block_key, provider) = (self.optional(Column::Block), self.optional(Column::Provider));
        Some(RecordLine {
            sheet: self.row.sheet(),
            row: self.row.number(),
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
        self.row.text(column)
    }

    /// What is shown of a cell: columns get swapped, and an identity number must not reach a report.
    fn shown(&self, column: Column) -> String {
        masked_numbers(&self.text(column))
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
        self.without_identity(column, text)
    }

    fn optional(&mut self, column: Column) -> Option<String> {
        let text = Some(self.text(column)).filter(|text| !text.is_empty())?;
        if text.chars().count() > NAME_LETTERS_MAX {
            return self.fault(column, Fault::TooLong { longest: NAME_LETTERS_MAX });
        }
        self.without_identity(column, text)
    }

    fn without_identity(&mut self, column: Column, text: String) -> Option<String> {
        if holds_identity(&text) { self.fault(column, Fault::IdentityElsewhere) } else { Some(text) }
    }

    fn day(&mut self, column: Column) -> Option<NaiveDate> {
        let from = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or(self.today);
        match read_date(self.row.cell(column), Plausible { from, to: self.today }) {
            Ok(day) if day.has_day => Some(day.date),
            _ => {
                let shown = self.shown(column);
                self.fault(column, Fault::BadDay { shown })
            }
        }
    }

    fn hours(&mut self, column: Column) -> Option<Hours> {
        let plain: String = self.text(column).chars().map(fold::half_width).collect();
        match plain.trim_end_matches("学时").trim_end_matches("学分").parse::<Hours>() {
            Ok(hours) if hours > Hours::ZERO || (column == Column::Practice && !hours.is_negative()) => Some(hours),
            _ => {
                let shown = self.shown(column);
                self.fault(column, Fault::BadHours { shown })
            }
        }
    }

    fn word<W: Copy>(
        &mut self,
        column: Column,
        unstated: W,
        all: &[W],
        labels: fn(W) -> (&'static str, &'static str),
    ) -> Option<W> {
        let plain = self.text(column).to_lowercase();
        if plain.is_empty() {
            return Some(unstated);
        }
        if let Some(word) = all.iter().find(|word| labels(**word).0 == plain || labels(**word).1 == plain) {
            return Some(*word);
        }
        let zh = all.iter().map(|word| labels(*word).1).collect::<Vec<_>>().join("、");
        let en = all.iter().map(|word| labels(*word).0).collect::<Vec<_>>().join(", ");
        let shown = self.shown(column);
        self.fault(column, Fault::BadWord { shown, zh, en })
    }

    fn themes(&mut self) -> Option<Vec<Theme>> {
        let written = self.text(Column::Themes);
        let mut themes = Vec::new();
        for word in written.split(['、', '，', ',', ';', '；']).map(str::trim).filter(|word| !word.is_empty()) {
            match self.known.named(word) {
                Some(theme) if !themes.contains(&theme) => themes.push(theme),
                Some(_) => {}
                None => {
                    let (zh, en) = self.known.listed();
                    let shown = self.shown(Column::Themes);
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
    use crate::{
        imports::{list::ListFault, table::ListColumn},
        people::roster::{BrokenCell, Cell, GridSheet},
    };

    fn sheet(rows: &[&[&str]]) -> Grid {
        let cell = |text: &&str| if text.is_empty() { Cell::Empty } else { Cell::Text((*text).to_owned()) };
        let rows = rows.iter().map(|cells| cells.iter().map(cell).collect()).collect();
        Grid { sheets: vec![GridSheet { rows, ..GridSheet::default() }] }
    }

    fn read(rows: &[&[&str]]) -> RecordList {
        read_grid(&sheet(rows))
    }

    fn read_grid(grid: &Grid) -> RecordList {
        read_record_list(grid, "2026-11-23".parse().unwrap(), &KnownThemes::of(&[]))
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
            &["丙", good, "P-3", good, good, good, good, good, good],
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
            (4, "D", "records_identity_elsewhere"),
            (4, "F", "records_bad_day"),
            (4, "E", "records_bad_day"),
            (4, "G", "records_bad_hours"),
            (4, "H", "records_bad_word"),
            (4, "I", "records_bad_word"),
            (6, "C", "records_repeated"),
        ];
        assert_eq!(found, expected);
        assert_eq!(list.rows.len(), 1);
        for fault in &list.faults {
            let (zh, en) = fault.fault.words();
            assert!(!zh.is_empty() && !en.is_empty() && !zh.contains(good) && !en.contains(good));
        }
    }

    #[test]
    fn what_stands_on_another_sheet_too_is_repeated_even_in_the_same_row() {
        let once = sheet(&[HEADER, &["甲", "331199199205119087", "P-1", "课", "", "2026-06-01", "5", "", ""]]);
        let twice = Grid { sheets: [once.sheets.clone(), once.sheets].concat() };
        let list = read_grid(&twice);
        assert_eq!(list.rows.len(), 1);
        let faults: Vec<_> = list.faults.iter().map(|placed| &placed.fault).collect();
        assert_eq!(faults, [&Fault::Repeated { first_row: 2 }]);
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
            assert_eq!(read_grid(&grid).faults, []);
            grid.sheets[0].rows[1][index] = Cell::Broken(BrokenCell::TooLong);
            let list = read_grid(&grid);
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
