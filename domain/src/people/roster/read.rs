//! From a grid to persons and faults.

use super::classify::{RowKind, classify};
use super::columns::Column;
use super::date::{DateFault, Plausible, SheetDate, read_date};
use super::finding::{CellPlace, Finding, RowFault};
use super::grid::{BrokenCell, Cell, Grid, GridSheet, column_letters};
use super::header::{Header, find_header};
use super::schools::{KnownSchool, KnownSchools, SchoolMatch};
use super::values;
use crate::org::SchoolCode;
use crate::people::fold;
use crate::people::identity::{IdentityFault, IdentityNumber};
use crate::people::name::{NameFault, PersonName};
use crate::words::{Post, Stage, Title};
use chrono::{Datelike, Days, Months, NaiveDate};
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

/// The age below which nobody entered the profession; the teachers' schools of the 1950s took pupils at 14.
const ENTRY_AGE_MIN_YEARS: u32 = 14;
/// The age beyond which nobody is on a roster.
const AGE_MAX_YEARS: u32 = 100;

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

    /// Merged school cells, a school column that only the first row of each school fills, a school named in the title.
    fn look_for_schools(&mut self) {
        let columns: Vec<usize> = [Column::SchoolCode, Column::SchoolName]
            .into_iter()
            .filter_map(|column| self.header.index_of(column))
            .collect();
        for area in &self.sheet.merged {
            for column in columns.iter().filter(|column| (area.left..=area.right).contains(column)) {
                if area.left == *column {
                    let last = area.bottom.min(self.sheet.rows.len());
                    self.merged.extend((area.top + 1..=last).map(|row| ((row, *column), area.top)));
                }
            }
        }
        let name = self.header.index_of(Column::Name);
        let (mut persons, mut filled) = (0_usize, 0_usize);
        for row in self.header.last + 1..self.sheet.rows.len() {
            if name.is_some_and(|name| !self.sheet.cell(row, name).is_blank()) {
                persons += 1;
                filled += usize::from(columns.iter().any(|column| !self.sheet.cell(row, *column).is_blank()));
            }
        }
        self.school_is_sparse = filled > 0 && filled * 2 < persons;
        let schools = self.context.schools;
        let known = |name: &str| match schools.by_name(name) {
            SchoolMatch::Known(school) => Some(school),
            SchoolMatch::Ambiguous(_) | SchoolMatch::Unknown(_) => None,
        };
        let titles = self.sheet.rows.iter().take(self.header.first).flatten();
        let labelled = titles.filter_map(|cell| school_in_title(&cell.text()).and_then(|name| known(&name)));
        self.sheet_school = labelled.last().or_else(|| known(&self.sheet.name));
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

    fn read_person(&mut self, row: usize, found: &mut RowFindings) -> Option<RosterRow> {
        for column in [
            Column::Name,
            Column::Identity,
            Column::Sex,
            Column::Birth,
            Column::SchoolCode,
            Column::SchoolName,
            Column::EntryDate,
        ] {
            if let Cell::Broken(broken) = self.cell(row, column) {
                let shown = match broken {
                    BrokenCell::Formula(shown) => shown.clone(),
                    BrokenCell::TooLong => "…".to_owned(),
                };
                found.fault(column, Finding::BrokenCell { shown });
            }
        }
        let name = self.read_name(row, found);
        let (identity, trusted) = self.read_identity(row, found);
        let trusted_identity = identity.as_ref().filter(|_| trusted);
        self.compare_sex(row, trusted_identity, found);
        self.compare_birth(row, trusted_identity, found);
        let entered_on = self.read_entry(row, trusted_identity, found);
        let school = self.read_school(row, found);
        let stage = match values::read_stage(self.cell(row, Column::Stage)) {
            Ok(stage) => stage,
            Err(shown) => {
                found.note(Column::Stage, Finding::UnknownStage { shown });
                None
            }
        };
        let mut subjects = Vec::new();
        for index in self.header.all_of(Column::Subjects) {
            values::read_subjects(self.sheet.cell(row, index), &mut subjects);
        }
        let title = match values::read_title(self.cell(row, Column::Title)) {
            Ok(title) => Some(title),
            Err(shown) => {
                found.note(Column::Title, Finding::UnknownTitle { shown });
                None
            }
        };
        let post = match values::read_post(self.cell(row, Column::Post)) {
            Ok(post) => post,
            Err(shown) => {
                found.note(Column::Post, Finding::UnknownPost { shown });
                Post::None
            }
        };
        let phone = left_out(values::read_phone(self.cell(row, Column::Phone)), Column::Phone, found);
        let email = left_out(values::read_email(self.cell(row, Column::Email)), Column::Email, found);
        let school = school?;
        Some(RosterRow {
            sheet: self.sheet.name.clone(),
            row: sheet_row(row),
            name: name?,
            identity: identity?,
            school: school.number,
            stage: stage.or(school.stage).or_else(|| school.code.and_then(SchoolCode::stage)),
            subjects,
            title,
            title_text: self.written(row, Column::Title).filter(|text| title.is_none_or(|title| text != title.zh())),
            post,
            post_text: self.written(row, Column::Post).filter(|text| text != post.zh()),
            entered_on: entered_on?,
            phone,
            email,
            remark: self.written(row, Column::Remark),
        })
    }

    fn written(&self, row: usize, column: Column) -> Option<String> {
        Some(self.cell(row, column).text()).filter(|text| !text.is_empty())
    }

    fn read_name(&self, row: usize, found: &mut RowFindings) -> Option<PersonName> {
        let cell = self.cell(row, Column::Name);
        if matches!(cell, Cell::Broken(_)) {
            return None;
        }
        match PersonName::parse(&cell.text()) {
            Ok(name) => Some(name),
            Err(fault) => {
                found.fault(
                    Column::Name,
                    match fault {
                        NameFault::Empty => Finding::NoName,
                        NameFault::TooLong | NameFault::ForeignSign { .. } => Finding::BadName { shown: cell.text() },
                    },
                );
                None
            }
        }
    }

    /// The identity number, and whether it can be trusted to be this person's: a duplicate cannot.
    fn read_identity(&mut self, row: usize, found: &mut RowFindings) -> (Option<IdentityNumber>, bool) {
        let cell = self.cell(row, Column::Identity);
        if matches!(cell, Cell::Broken(_)) {
            return (None, false);
        }
        let fault = match (cell, IdentityNumber::parse(&cell.text())) {
            // 15 digits are all a spreadsheet keeps: a longer number has lost its end even if the check agrees by chance.
            (Cell::Number(number), Ok(_)) if number.chars().filter(char::is_ascii_digit).count() > 15 => {
                Finding::Scientific
            }
            (Cell::Number(number), Err(_)) if number.chars().filter(char::is_ascii_digit).count() > 15 => {
                Finding::Scientific
            }
            (_, Ok(identity)) => return self.check_identity(row, identity, found),
            (_, Err(fault)) => match fault {
                IdentityFault::Empty => Finding::NoIdentity,
                IdentityFault::RuinedByNumberFormat => Finding::Scientific,
                IdentityFault::NotDigits => Finding::BadId,
                IdentityFault::TooShort { length } => Finding::ShortId { length },
                IdentityFault::TooLong { length } => Finding::LongId { length },
                IdentityFault::ImpossibleBirthDate => Finding::BadBirthInId,
                IdentityFault::WrongCheckDigit { .. } => Finding::BadCheck,
            },
        };
        found.fault(Column::Identity, fault);
        (None, false)
    }

    fn check_identity(
        &mut self,
        row: usize,
        identity: IdentityNumber,
        found: &mut RowFindings,
    ) -> (Option<IdentityNumber>, bool) {
        let birth = identity.birth_date();
        let oldest = years_before(self.context.today, AGE_MAX_YEARS);
        if birth > years_before(self.context.today, ENTRY_AGE_MIN_YEARS) || birth < oldest {
            found.fault(Column::Identity, Finding::BadBirthInId);
            return (None, false);
        }
        let here = (sheet_row(row), self.sheet.name.clone());
        let first = self.first_rows.entry(identity.clone()).or_insert_with(|| here.clone());
        if *first != here {
            let (first_row, first_sheet) = first.clone();
            found.fault(Column::Identity, Finding::Duplicate { first_row, first_sheet });
            return (Some(identity), false);
        }
        (Some(identity), true)
    }

    fn compare_sex(&self, row: usize, identity: Option<&IdentityNumber>, found: &mut RowFindings) {
        let cell = self.cell(row, Column::Sex);
        if matches!(cell, Cell::Broken(_)) {
            return;
        }
        match (values::read_sex(cell), identity.map(IdentityNumber::sex)) {
            (Err(shown), _) => found.fault(Column::Sex, Finding::BadSex { shown }),
            (Ok(Some(written)), Some(by_number)) if written != by_number => {
                found.fault(Column::Sex, Finding::SexMismatch { written: written.zh(), by_number: by_number.zh() });
            }
            _ => {}
        }
    }

    fn compare_birth(&self, row: usize, identity: Option<&IdentityNumber>, found: &mut RowFindings) {
        let cell = self.cell(row, Column::Birth);
        let Some(by_number) = identity.map(IdentityNumber::birth_date).filter(|_| !matches!(cell, Cell::Broken(_)))
        else {
            return;
        };
        let plausible = Plausible {
            from: years_before(self.context.today, AGE_MAX_YEARS),
            to: years_before(self.context.today, ENTRY_AGE_MIN_YEARS),
        };
        let agrees = |written: &SheetDate| {
            (written.date.year(), written.date.month()) == (by_number.year(), by_number.month())
                && (!written.has_day || written.date.day() == by_number.day())
        };
        match read_date(cell, plausible) {
            Err(DateFault::Empty) => {}
            Ok(written) if agrees(&written) => {}
            Ok(written) => found.fault(Column::Birth, Finding::BirthMismatch { written: written.date }),
            // A year alone, or a date with several meanings, is compared as far as it goes: the number knows the rest.
            Err(DateFault::YearOnly { year }) if year == by_number.year() => {}
            Err(DateFault::Ambiguous { candidates })
                if candidates
                    .iter()
                    .any(|date| (date.year(), date.month()) == (by_number.year(), by_number.month())) => {}
            Err(fault) => found.fault(Column::Birth, date_finding(fault, cell)),
        }
    }

    fn read_entry(&self, row: usize, identity: Option<&IdentityNumber>, found: &mut RowFindings) -> Option<NaiveDate> {
        let cell = self.cell(row, Column::EntryDate);
        if matches!(cell, Cell::Broken(_)) {
            return None;
        }
        let today = self.context.today;
        let of_age = identity.map(|identity| years_after(identity.birth_date(), ENTRY_AGE_MIN_YEARS));
        let from = of_age.unwrap_or_else(|| years_before(today, AGE_MAX_YEARS - ENTRY_AGE_MIN_YEARS));
        match read_date(cell, Plausible { from, to: today }) {
            Err(fault) => {
                found.fault(Column::EntryDate, date_finding(fault, cell));
                None
            }
            Ok(SheetDate { date, .. }) if date > today => {
                found.fault(Column::EntryDate, Finding::FutureDate { date });
                None
            }
            Ok(SheetDate { date, has_day }) => {
                let latest = if has_day { date } else { month_end(date) };
                if of_age.is_some_and(|of_age| latest < of_age) {
                    found.fault(Column::EntryDate, Finding::TooYoung { date });
                    return None;
                }
                Some(date)
            }
        }
    }

    /// The cell of a school column, or the one that it is merged with.
    fn school_cell(&self, row: usize, column: Column) -> &'a Cell {
        let Some(index) = self.header.index_of(column) else { return &Cell::Empty };
        let own = self.sheet.cell(row, index);
        match self.merged.get(&(row, index)) {
            Some(top) if own.is_blank() => self.sheet.cell(*top, index),
            _ => own,
        }
    }

    fn read_school(&mut self, row: usize, found: &mut RowFindings) -> Option<&'a KnownSchool> {
        let (code, name) = (self.school_cell(row, Column::SchoolCode), self.school_cell(row, Column::SchoolName));
        if matches!(code, Cell::Broken(_)) || matches!(name, Cell::Broken(_)) {
            return None;
        }
        let (code, name) = (code.text(), name.text());
        let (code, name) = (said(&code), said(&name));
        let school = match (code, name) {
            (None, None) => return self.school_from_elsewhere(row, found),
            (Some(code), name) => self.school_by_code(code, name, found),
            (None, Some(name)) => self.school_by_name(name, Column::SchoolName, found),
        };
        if school.is_some() {
            self.above = school;
            self.from_banner = false;
        }
        school
    }

    fn school_from_elsewhere(&mut self, row: usize, found: &mut RowFindings) -> Option<&'a KnownSchool> {
        let column =
            if self.header.index_of(Column::SchoolName).is_some() { Column::SchoolName } else { Column::SchoolCode };
        let ditto =
            [Column::SchoolCode, Column::SchoolName].iter().any(|column| is_ditto(&self.cell(row, *column).compact()));
        if self.from_banner || ditto {
            if let Some(above) = self.above {
                return Some(above);
            }
        } else if let Some(school) = self.sheet_school {
            return Some(school);
        } else if let Some(above) = self.above.filter(|_| self.school_is_sparse) {
            found.note(column, Finding::SchoolFromAbove { school: described(above) });
            return Some(above);
        }
        found.fault(column, Finding::NoSchool);
        None
    }

    /// A code decides. A name beside it may be written as the office likes, unless it is that of another school.
    fn school_by_code(&self, code: &str, name: Option<&str>, found: &mut RowFindings) -> Option<&'a KnownSchool> {
        let schools = self.context.schools;
        let Ok(parsed) = SchoolCode::parse(code) else {
            // The columns may be swapped, or the code column may hold the name.
            if let SchoolMatch::Known(school) = schools.by_name(code) {
                return Some(school);
            }
            return self.unknown_code(code, name, found);
        };
        let Some(school) = schools.by_code(parsed) else {
            return self.unknown_code(code, name, found);
        };
        match name.map(|name| (name, schools.by_name(name))) {
            Some((_, SchoolMatch::Known(other))) if other.number != school.number => {
                let finding = Finding::SchoolMismatch { by_code: described(school), by_name: described(other) };
                found.fault(Column::SchoolCode, finding);
                None
            }
            Some((name, SchoolMatch::Unknown(_))) => {
                let finding = Finding::OtherSchoolName { shown: name.to_owned(), by_code: described(school) };
                found.note(Column::SchoolName, finding);
                Some(school)
            }
            _ => Some(school),
        }
    }

    fn unknown_code(&self, code: &str, name: Option<&str>, found: &mut RowFindings) -> Option<&'a KnownSchool> {
        let similar = match name.map(|name| self.context.schools.by_name(name)) {
            Some(SchoolMatch::Known(school)) => vec![described(school)],
            Some(SchoolMatch::Ambiguous(schools) | SchoolMatch::Unknown(schools)) => {
                schools.into_iter().map(described).collect()
            }
            None => Vec::new(),
        };
        found.fault(Column::SchoolCode, Finding::UnknownSchool { shown: code.to_owned(), similar });
        None
    }

    fn school_by_name(&self, name: &str, column: Column, found: &mut RowFindings) -> Option<&'a KnownSchool> {
        // The name column may hold the code.
        if let Some(school) = SchoolCode::parse(name).ok().and_then(|code| self.context.schools.by_code(code)) {
            return Some(school);
        }
        let shown = name.to_owned();
        match self.context.schools.by_name(name) {
            SchoolMatch::Known(school) => return Some(school),
            SchoolMatch::Ambiguous(schools) => {
                let candidates = schools.into_iter().map(described).collect();
                found.fault(column, Finding::AmbiguousSchool { shown, candidates });
            }
            SchoolMatch::Unknown(schools) => {
                let similar = schools.into_iter().map(described).collect();
                found.fault(column, Finding::UnknownSchool { shown, similar });
            }
        }
        None
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

fn left_out(read: Result<Option<String>, String>, column: Column, found: &mut RowFindings) -> Option<String> {
    read.unwrap_or_else(|shown| {
        found.note(column, Finding::ContactLeftOut { shown });
        None
    })
}

fn date_finding(fault: DateFault, cell: &Cell) -> Finding {
    match fault {
        DateFault::Empty => Finding::NoDate,
        DateFault::NotADate => Finding::BadDate { shown: cell.text() },
        DateFault::YearOnly { year } => Finding::YearOnly { year },
        DateFault::Ambiguous { candidates } => Finding::AmbiguousDate { shown: cell.text(), candidates },
    }
}

/// Nothing where a cell is blank, a dash, or a ditto mark.
fn said(text: &str) -> Option<&str> {
    let bare = text.trim_start_matches('\'').trim();
    Some(bare).filter(|bare| !bare.is_empty() && !matches!(*bare, "-" | "/" | "无" | "0") && !is_ditto(bare))
}

fn is_ditto(text: &str) -> bool {
    matches!(text, "同上" | "〃" | "″" | "\"" | "”" | "''" | "〞" | "ditto")
}

fn described(school: &KnownSchool) -> String {
    match school.code {
        Some(code) => format!("{code} {}", school.name),
        None => school.name.clone(),
    }
}

/// `填报单位（盖章）：实验小学`: what stands behind the label.
fn school_in_title(text: &str) -> Option<String> {
    let (label, name) = text.split_once([':', '：'])?;
    let label = fold::compact(label);
    let is_label = ["单位", "学校", "校名", "园所", "school"].iter().any(|word| label.to_lowercase().contains(word));
    let name = name.split(['(', ' ']).find(|part| !part.is_empty())?;
    is_label.then(|| name.to_owned())
}

fn sheet_row(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX).saturating_add(1)
}

fn years_before(date: NaiveDate, years: u32) -> NaiveDate {
    date.checked_sub_months(Months::new(years * 12)).unwrap_or(NaiveDate::MIN)
}

fn years_after(date: NaiveDate, years: u32) -> NaiveDate {
    date.checked_add_months(Months::new(years * 12)).unwrap_or(NaiveDate::MAX)
}

fn month_end(first: NaiveDate) -> NaiveDate {
    first.checked_add_months(Months::new(1)).and_then(|next| next.checked_sub_days(Days::new(1))).unwrap_or(first)
}
