//! From a grid to persons and faults.

mod person;
mod school;

use super::classify::{RowKind, classify};
use super::columns::Column;
use super::finding::{CellPlace, Finding, RowFault};
use super::grid::{Cell, Grid, GridSheet, column_letters};
use super::header::{Header, find_header};
use super::schools::{KnownSchool, KnownSchools, SchoolMatch};
use crate::fold;
use crate::people::identity::IdentityNumber;
use crate::people::name::PersonName;
use crate::words::{Post, Stage, Title};
use chrono::NaiveDate;
use std::collections::{BTreeSet, HashMap};

/// What reading needs to know besides the file.
#[derive(Debug, Clone, Copy)]
pub struct RosterContext<'a> {
    /// The day of the import.
    pub today: NaiveDate,
    /// The schools that exist.
    pub schools: &'a KnownSchools,
    /// The sheet to read; without it every visible sheet with the headers of a roster is read, except those whose names say
    /// that they are instructions, examples, copies, or people who left.
    pub sheet: Option<&'a str>,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roster {
    /// The sheets that were read.
    pub sheets: Vec<SheetRead>,
    /// The names of those that were not.
    pub ignored_sheets: Vec<String>,
    /// The persons that can be stored. A row with any fault is not among them.
    pub rows: Vec<RosterRow>,
    /// What has to be mended, in the order of the sheet.
    pub faults: Vec<RowFault>,
    /// What was decided on the way and somebody may want to look at; it keeps no row out.
    pub notes: Vec<RowFault>,
    /// The rows that are no persons, each with the reason.
    pub skipped: Vec<SkippedRow>,
}

/// How a sheet was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRead {
    /// Its name.
    pub name: String,
    /// The row of the header (the lower one of two), from 1.
    pub header_row: u32,
    /// Its columns; those that mean nothing to us have no meaning and were not read.
    pub columns: Vec<ColumnRead>,
}

/// How a column was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnRead {
    /// `A`, `B` … as the sheet shows it.
    pub letters: String,
    /// The header as the sheet has it.
    pub header: String,
    /// What it holds, or nothing where it is not read.
    pub column: Option<Column>,
}

/// A person of the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterRow {
    /// The sheet; empty for a CSV file.
    pub sheet: String,
    /// The row as the sheet shows it, from 1.
    pub row: u32,
    /// The name.
    pub name: PersonName,
    /// The identity number, which also tells sex and birth date.
    pub identity: IdentityNumber,
    /// [`KnownSchool::number`] of the school.
    pub school: i64,
    /// The stage; the school's where the roster gives none.
    pub stage: Option<Stage>,
    /// The subjects taught, in the order written.
    pub subjects: Vec<String>,
    /// The title in the series of 2015; `None` for a title outside of the teachers' series.
    pub title: Option<Title>,
    /// The title as written, where it is written otherwise than [`Title::zh`]: 小学高级教师 is a fact of its own.
    pub title_text: Option<String>,
    /// The management post.
    pub post: Post,
    /// The post as written, where it is written otherwise than [`Post::zh`].
    pub post_text: Option<String>,
    /// Entry into the profession; the first of the month where only the month is known.
    pub entered_on: NaiveDate,
    /// Telephone numbers.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Remark.
    pub remark: Option<String>,
}

/// A row that is no person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedRow {
    /// The sheet.
    pub sheet: String,
    /// The row, from 1.
    pub row: u32,
    /// Why.
    pub reason: SkipReason,
}

/// Why a row is no person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// Title, unit and date lines above the header.
    Title,
    /// The header itself.
    Header,
    /// Nothing in it.
    Blank,
    /// A prepared row, with a number or the school, that nobody filled in.
    NoPerson,
    /// 合计, 小计.
    Totals,
    /// 填表人, 审核, date, stamp.
    Signature,
    /// 注：…, or a single text across the table.
    Footnote,
    /// The header of a further printed page.
    RepeatedHeader,
    /// The numbers of the columns below the header.
    ColumnNumbers,
    /// 示例.
    Example,
    /// The name of the school of the rows below.
    Banner,
}

/// Reads a roster.
///
/// Every row below a header becomes a person in [`Roster::rows`], one or more [`Roster::faults`], or a reason in
/// [`Roster::skipped`]. The first of several rows with the same identity number is kept, the others are faults; of a
/// duplicate nothing that follows from the number is reported, because the number is not known to be its own. A file
/// without header or without the needed columns has one fault about the file.
pub fn read_roster(grid: &Grid, context: &RosterContext<'_>) -> Roster {
    let mut roster = Roster::default();
    let mut found = Vec::new();
    for sheet in &grid.sheets {
        let wanted = context.sheet.map_or(!sheet.hidden, |name| fold::compact(name) == fold::compact(&sheet.name));
        match find_header(sheet).filter(|_| wanted) {
            Some(header) => found.push((sheet, header)),
            None => roster.ignored_sheets.push(sheet.name.clone()),
        }
    }
    if let Some(wanted) = context.sheet
        && !grid.sheets.iter().any(|sheet| fold::compact(&sheet.name) == fold::compact(wanted))
    {
        roster.faults.push(about_file(Finding::NoSuchSheet { wanted: wanted.to_owned() }));
        return roster;
    }
    if context.sheet.is_none() && found.iter().any(|(sheet, _)| !is_aside(&sheet.name)) {
        found.retain(|(sheet, _)| {
            let keep = !is_aside(&sheet.name);
            if !keep {
                roster.ignored_sheets.push(sheet.name.clone());
            }
            keep
        });
    }
    if found.is_empty() {
        roster.faults.push(about_file(Finding::NoHeader));
    }
    let mut first_rows = HashMap::new();
    for (sheet, header) in found {
        SheetReader::new(sheet, &header, context, &mut roster, &mut first_rows).read();
    }
    if roster.faults.is_empty() && roster.rows.is_empty() {
        roster.faults.push(about_file(Finding::NoPersons));
    }
    roster
}

/// Sheets that look like rosters and are not to be imported with one.
fn is_aside(name: &str) -> bool {
    const WORDS: [&str; 21] = [
        "说明",
        "示例",
        "样表",
        "样例",
        "模板",
        "范例",
        "参考",
        "字典",
        "代码",
        "选项",
        "备份",
        "副本",
        "旧",
        "调出",
        "退休",
        "离职",
        "离岗",
        "辞职",
        "作废",
        "example",
        "instruction",
    ];
    let lower = name.to_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

fn about_file(finding: Finding) -> RowFault {
    RowFault { sheet: String::new(), row: None, place: None, finding }
}

/// Where an identity number stands first.
type FirstRows = HashMap<IdentityNumber, (u32, String)>;

struct SheetReader<'a> {
    sheet: &'a GridSheet,
    header: &'a Header,
    context: &'a RosterContext<'a>,
    roster: &'a mut Roster,
    first_rows: &'a mut FirstRows,
    /// Cells of the school columns that belong to a merged area, with the row that holds the value.
    merged: HashMap<(usize, usize), usize>,
    /// True where most rows leave the school to the row above.
    school_is_sparse: bool,
    /// The school of the whole sheet, from its title or its name.
    sheet_school: Option<&'a KnownSchool>,
    /// The school of the last row, or of the last line that names one.
    above: Option<&'a KnownSchool>,
    from_banner: bool,
}

impl<'a> SheetReader<'a> {
    fn new(
        sheet: &'a GridSheet,
        header: &'a Header,
        context: &'a RosterContext<'a>,
        roster: &'a mut Roster,
        first_rows: &'a mut FirstRows,
    ) -> Self {
        let mut reader = SheetReader {
            sheet,
            header,
            context,
            roster,
            first_rows,
            merged: HashMap::new(),
            school_is_sparse: false,
            sheet_school: None,
            above: None,
            from_banner: false,
        };
        reader.look_for_schools();
        reader
    }

    fn read(mut self) {
        let header_row = sheet_row(self.header.last);
        let columns = self.header.columns.iter().map(|found| ColumnRead {
            letters: column_letters(found.index),
            header: found.header.clone(),
            column: found.column,
        });
        self.roster.sheets.push(SheetRead { name: self.sheet.name.clone(), header_row, columns: columns.collect() });
        let missing = self.missing_columns();
        if !missing.is_empty() {
            self.roster.faults.push(RowFault {
                sheet: self.sheet.name.clone(),
                row: Some(header_row),
                place: None,
                finding: Finding::MissingColumns { missing },
            });
            return;
        }
        for row in 0..self.sheet.rows.len() {
            if row < self.header.first {
                let blank = self.sheet.rows.get(row).is_none_or(|cells| cells.iter().all(Cell::is_blank));
                self.skip(row, if blank { SkipReason::Blank } else { SkipReason::Title });
            } else if row <= self.header.last {
                self.skip(row, SkipReason::Header);
            } else {
                self.read_row(row);
            }
        }
    }

    fn missing_columns(&self) -> Vec<Column> {
        let mut missing: Vec<Column> = [Column::Name, Column::Identity, Column::EntryDate]
            .into_iter()
            .filter(|column| self.header.index_of(*column).is_none())
            .collect();
        let has_school =
            [Column::SchoolCode, Column::SchoolName].iter().any(|column| self.header.index_of(*column).is_some());
        let has_banner = || {
            (self.header.last + 1..self.sheet.rows.len())
                .any(|row| matches!(classify(self.sheet, row, self.header, self.context.schools), RowKind::Banner(_)))
        };
        if !has_school && self.sheet_school.is_none() && !has_banner() {
            missing.push(Column::SchoolName);
        }
        missing
    }

    fn skip(&mut self, row: usize, reason: SkipReason) {
        self.roster.skipped.push(SkippedRow { sheet: self.sheet.name.clone(), row: sheet_row(row), reason });
    }

    fn read_row(&mut self, row: usize) {
        match classify(self.sheet, row, self.header, self.context.schools) {
            RowKind::Skip(reason) => self.skip(row, reason),
            RowKind::Banner(name) => {
                if let SchoolMatch::Known(school) = self.context.schools.by_name(&name) {
                    self.above = Some(school);
                    self.from_banner = true;
                }
                self.skip(row, SkipReason::Banner);
            }
            RowKind::Person => {
                let mut found = RowFindings::default();
                let person = self.read_person(row, &mut found);
                let shown = sheet_row(row);
                let placed = |(column, finding): (Option<Column>, Finding)| RowFault {
                    sheet: self.sheet.name.clone(),
                    row: Some(shown),
                    place: column.and_then(|column| self.place(column)),
                    finding,
                };
                let faults: Vec<RowFault> = found.faults.into_iter().map(placed).collect();
                let notes: Vec<RowFault> = found.notes.into_iter().map(placed).collect();
                if faults.is_empty() {
                    self.roster.rows.extend(person);
                }
                self.roster.faults.extend(faults);
                self.roster.notes.extend(notes);
            }
        }
    }

    fn place(&self, column: Column) -> Option<CellPlace> {
        let found = self.header.columns.iter().find(|found| found.column == Some(column))?;
        Some(CellPlace { letters: column_letters(found.index), header: found.header.clone(), column })
    }

    fn cell(&self, row: usize, column: Column) -> &'a Cell {
        self.header.index_of(column).map_or(&Cell::Empty, |index| self.sheet.cell(row, index))
    }
}

/// The findings of one row, each with its column.
#[derive(Default)]
struct RowFindings {
    faults: Vec<(Option<Column>, Finding)>,
    notes: Vec<(Option<Column>, Finding)>,
}

impl RowFindings {
    fn fault(&mut self, column: Column, finding: Finding) {
        self.faults.push((Some(column), finding));
    }

    fn note(&mut self, column: Column, finding: Finding) {
        self.notes.push((Some(column), finding));
    }
}

impl Roster {
    /// The rows that have faults, without repeats: what a report counts as refused.
    pub fn refused_rows(&self) -> BTreeSet<(&str, u32)> {
        self.faults.iter().filter_map(|fault| fault.row.map(|row| (fault.sheet.as_str(), row))).collect()
    }
}

fn sheet_row(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX).saturating_add(1)
}
