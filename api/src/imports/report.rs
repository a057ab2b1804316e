//! What an import found, as it is kept: every text in both languages.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::{
    imports::{
        list::{ListFault, Listed, Placed, SheetRead},
        record_list::RecordList,
        school_list::SchoolList,
        table::{ListColumn, ReadColumn},
    },
    people::{
        hiding::{masked_but_codes, masked_name, masked_numbers},
        roster::{Column, ColumnRead, Finding, Roster, RowFault, SkipReason},
    },
};
use std::collections::BTreeSet;

/// Findings that a report keeps; a file with more is one to look at as a whole.
const FINDINGS_MAX: usize = 5_000;

/// Something found at a place of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The sheet; empty for a CSV file and for the file as a whole.
    pub sheet: String,
    /// The row as the sheet shows it.
    pub row: Option<u32>,
    /// The letters of the column.
    pub letters: Option<String>,
    /// The header of the column.
    pub header: Option<String>,
    /// What the column holds.
    pub column: Option<String>,
    /// The stable code.
    pub code: String,
    /// The text in Chinese.
    pub zh: String,
    /// The text in English.
    pub en: String,
    /// The values in the text.
    pub params: Vec<(String, String)>,
}

impl Found {
    /// A finding of our own about a row of a roster.
    pub fn about_row(sheet: &str, row: u32, code: &str, zh: String, en: String) -> Found {
        Found {
            sheet: masked_name(sheet),
            row: Some(row),
            letters: None,
            header: None,
            column: None,
            code: code.to_owned(),
            zh,
            en,
            params: Vec::new(),
        }
    }
}

/// A row that is no object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The sheet.
    pub sheet: String,
    /// The row.
    pub row: u32,
    /// Why, as a word.
    pub reason: String,
    /// Why, in Chinese.
    pub zh: String,
    /// Why, in English.
    pub en: String,
}

/// How a column was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnFound {
    /// Its letters.
    pub letters: String,
    /// Its header.
    pub header: String,
    /// What it holds, or nothing where it was not read.
    pub column: Option<String>,
}

/// How a sheet was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetFound {
    /// Its name.
    pub name: String,
    /// The row of the header.
    pub header_row: u32,
    /// Its columns.
    pub columns: Vec<ColumnFound>,
}

/// What an import found and did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The day from which what is stated holds.
    pub effective_on: Option<NaiveDate>,
    /// Objects entered.
    pub created: u32,
    /// Objects changed.
    pub updated: u32,
    /// Objects that were so already.
    pub unchanged: u32,
    /// Rows refused.
    pub failed: u32,
    /// The sheets that were read.
    pub sheets: Vec<SheetFound>,
    /// Those that were not.
    pub ignored_sheets: Vec<String>,
    /// What has to be mended.
    pub faults: Vec<Found>,
    /// How many faults there are, where not all are kept.
    pub faults_total: u32,
    /// What somebody may want to look at.
    pub notes: Vec<Found>,
    /// Rows that are no objects.
    pub skipped: Vec<Skipped>,
}

impl Report {
    /// Adds a fault to a row and counts the row once.
    pub fn refuse(&mut self, faults: Vec<Found>) {
        self.failed = self.failed.saturating_add(u32::from(!faults.is_empty()));
        self.extend(faults);
    }

    /// Adds what somebody may want to look at.
    pub fn note(&mut self, notes: Vec<Found>) {
        let room = FINDINGS_MAX.saturating_sub(self.notes.len());
        self.notes.extend(notes.into_iter().take(room));
    }

    fn extend(&mut self, faults: Vec<Found>) {
        self.faults_total = self.faults_total.saturating_add(count(faults.len()));
        let room = FINDINGS_MAX.saturating_sub(self.faults.len());
        self.faults.extend(faults.into_iter().take(room));
    }

    /// Begins the report of a roster.
    pub fn of_roster(roster: &Roster) -> Report {
        let mut report = Report {
            failed: count(roster.refused_rows().len()),
            sheets: roster
                .sheets
                .iter()
                .map(|sheet| SheetFound {
                    name: masked_name(&sheet.name),
                    header_row: sheet.header_row,
                    columns: sheet.columns.iter().map(column_found).collect(),
                })
                .collect(),
            ignored_sheets: roster.ignored_sheets.iter().map(|name| masked_name(name)).collect(),
            notes: roster.notes.iter().take(FINDINGS_MAX).map(found).collect(),
            skipped: roster
                .skipped
                .iter()
                .map(|skipped| {
                    let (reason, zh, en) = skip_words(skipped.reason);
                    Skipped {
                        sheet: masked_name(&skipped.sheet),
                        row: skipped.row,
                        reason: reason.into(),
                        zh: zh.into(),
                        en: en.into(),
                    }
                })
                .collect(),
            ..Report::default()
        };
        report.extend(roster.faults.iter().map(found).collect());
        report
    }

    /// Begins the report of a list of schools.
    pub fn of_schools(list: &SchoolList) -> Report {
        Report::of_list(list, ("no_school", "没有标识码和校名", "neither code nor name"))
    }

    /// Begins the report of hours of the provincial platform.
    pub fn of_records(list: &RecordList) -> Report {
        Report::of_list(list, ("no_record", "没有身份证号码和学时编号", "neither identity number nor record number"))
    }

    /// Begins the report of a list, with what is said of the rows that are none of its lines.
    fn of_list<L, C: ListColumn, F: ListFault>(list: &Listed<L, C, F>, (reason, zh, en): (&str, &str, &str)) -> Report {
        let refused: BTreeSet<(&str, u32)> =
            list.faults.iter().filter_map(|fault| Some((fault.sheet.as_str(), fault.row?))).collect();
        let skipped = list.skipped.iter().map(|(sheet, row)| Skipped {
            sheet: masked_name(sheet),
            row: *row,
            reason: reason.into(),
            zh: zh.into(),
            en: en.into(),
        });
        let mut report = Report {
            failed: count(refused.len()),
            sheets: list.sheets.iter().map(listed).collect(),
            ignored_sheets: list.ignored_sheets.iter().map(|name| masked_name(name)).collect(),
            skipped: skipped.collect(),
            ..Report::default()
        };
        report.extend(list.faults.iter().map(at_place).collect());
        report
    }
}

/// How a sheet of a list was read.
fn listed<C: ListColumn>(sheet: &SheetRead<C>) -> SheetFound {
    let column = |(letters, header, column): &ReadColumn<C>| ColumnFound {
        letters: letters.clone(),
        header: masked_name(header),
        column: column.map(|column| column.as_str().to_owned()),
    };
    SheetFound {
        name: masked_name(&sheet.name),
        header_row: sheet.header_row,
        columns: sheet.columns.iter().map(column).collect(),
    }
}

/// A count for the report.
pub fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn column_found(read: &ColumnRead) -> ColumnFound {
    ColumnFound {
        letters: read.letters.clone(),
        header: masked_name(&read.header),
        column: read.column.map(|column| column.as_str().to_owned()),
    }
}

fn found(fault: &RowFault) -> Found {
    let finding = &fault.finding;
    // Only what is said of schools may repeat long numbers: school codes are public.
    let public =
        matches!(
            finding,
            Finding::UnknownSchool { .. } | Finding::AmbiguousSchool { .. } | Finding::SchoolMismatch { .. }
        ) || fault.place.as_ref().is_some_and(|place| matches!(place.column, Column::SchoolCode | Column::SchoolName));
    let shown = |text: String| if public { masked_but_codes(&text) } else { masked_numbers(&text) };
    Found {
        sheet: masked_name(&fault.sheet),
        row: fault.row,
        letters: fault.place.as_ref().map(|place| place.letters.clone()),
        header: fault.place.as_ref().map(|place| masked_name(&place.header)),
        column: fault.place.as_ref().map(|place| place.column.as_str().to_owned()),
        code: finding.code().to_owned(),
        zh: shown(finding.zh()),
        en: shown(finding.en()),
        params: finding.params().into_iter().map(|(name, value)| (name.to_owned(), shown(value))).collect(),
    }
}

fn at_place<C: ListColumn, F: ListFault>(placed: &Placed<C, F>) -> Found {
    let (zh, en) = placed.fault.words();
    let place = placed.place.as_ref();
    Found {
        sheet: masked_name(&placed.sheet),
        row: placed.row,
        letters: place.map(|(letters, ..)| letters.clone()),
        header: place.map(|(_, header, _)| masked_name(header)),
        column: place.map(|(.., column)| column.as_str().to_owned()),
        code: placed.fault.code().to_owned(),
        zh,
        en,
        params: Vec::new(),
    }
}

const fn skip_words(reason: SkipReason) -> (&'static str, &'static str, &'static str) {
    match reason {
        SkipReason::Title => ("title", "表头上方的标题行", "a title above the header"),
        SkipReason::Header => ("header", "表头", "the header"),
        SkipReason::Blank => ("blank", "空行", "a blank row"),
        SkipReason::NoPerson => ("no_person", "没有填写人员的预留行", "a prepared row that nobody filled in"),
        SkipReason::Totals => ("totals", "合计行", "a row of totals"),
        SkipReason::Signature => ("signature", "填表人、审核、日期等落款", "a signature or date"),
        SkipReason::Footnote => ("footnote", "脚注", "a footnote"),
        SkipReason::RepeatedHeader => ("repeated_header", "重复的表头", "the header of a further page"),
        SkipReason::ColumnNumbers => ("column_numbers", "列号行", "the numbers of the columns"),
        SkipReason::Example => ("example", "示例行", "an example"),
        SkipReason::Banner => ("banner", "下方人员所在学校的名称", "the name of the school of the rows below"),
    }
}
