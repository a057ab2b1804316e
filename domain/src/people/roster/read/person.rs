//! One row to one person, with everything that is wrong with it.

use super::{RosterRow, RowFindings, SheetReader, sheet_row};
use crate::org::SchoolCode;
use crate::people::hiding::is_personal;
use crate::people::identity::{IdentityFault, IdentityNumber};
use crate::people::lengths::{PHONE_MAX, POST_MAX, REMARK_MAX, SUBJECT_MAX, TITLE_MAX, exceeds};
use crate::people::name::{NameFault, PersonName};
use crate::people::roster::columns::Column;
use crate::people::roster::date::{DateFault, Plausible, SheetDate, read_date};
use crate::people::roster::finding::Finding;
use crate::people::roster::grid::{BrokenCell, Cell};
use crate::people::roster::values;
use crate::time::last_day_after_months;
use crate::words::Post;
use chrono::{Datelike, Months, NaiveDate};

/// The age below which nobody entered the profession; the teachers' schools of the 1950s took pupils at 14.
const ENTRY_AGE_MIN_YEARS: u32 = 14;
/// The age beyond which nobody is on a roster.
const AGE_MAX_YEARS: u32 = 100;

/// What decides who somebody is and which rules hold: without one of them the row would say something else.
const FACTS: [Column; 11] = [
    Column::Name,
    Column::Identity,
    Column::Sex,
    Column::Birth,
    Column::SchoolCode,
    Column::SchoolName,
    Column::EntryDate,
    Column::Stage,
    Column::Subjects,
    Column::Title,
    Column::Post,
];
/// What stands beside the facts: the row is good without it.
const ASIDE: [Column; 3] = [Column::Phone, Column::Email, Column::Remark];

impl SheetReader<'_> {
    pub(super) fn read_person(&mut self, row: usize, found: &mut RowFindings) -> Option<RosterRow> {
        self.report_broken(row, found);
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
        for subject in &subjects {
            check_text(subject, SUBJECT_MAX, Column::Subjects, found);
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
        let title_text = self.written(row, Column::Title).filter(|text| title.is_none_or(|title| text != title.zh()));
        let post_text = self.written(row, Column::Post).filter(|text| text != post.zh());
        let remark = self.written(row, Column::Remark);
        for (text, longest, column) in [
            (&title_text, TITLE_MAX, Column::Title),
            (&post_text, POST_MAX, Column::Post),
            (&phone, PHONE_MAX, Column::Phone),
            (&remark, REMARK_MAX, Column::Remark),
        ] {
            check_text(text.as_deref().unwrap_or_default(), longest, column, found);
        }
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
            title_text,
            post,
            post_text,
            entered_on: entered_on?,
            phone,
            email,
            remark,
        })
    }

    /// Cells without a usable value: nothing of a file is lost in silence.
    fn report_broken(&self, row: usize, found: &mut RowFindings) {
        for column in FACTS.into_iter().chain(ASIDE) {
            for index in self.header.all_of(column) {
                let Cell::Broken(broken) = self.sheet.cell(row, index) else { continue };
                let shown = match broken {
                    BrokenCell::Formula(shown) => shown.clone(),
                    BrokenCell::TooLong => "…".to_owned(),
                };
                if ASIDE.contains(&column) {
                    found.note(column, Finding::BrokenLeftOut { shown });
                } else {
                    found.fault(column, Finding::BrokenCell { shown });
                }
            }
        }
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
}

fn left_out(read: Result<Option<String>, String>, column: Column, found: &mut RowFindings) -> Option<String> {
    read.unwrap_or_else(|shown| {
        found.note(column, Finding::ContactLeftOut { shown });
        None
    })
}

/// A text that is kept as it is written; but for telephone numbers everybody sees it who sees the person.
fn check_text(text: &str, longest: u64, column: Column, found: &mut RowFindings) {
    if exceeds(text, longest) {
        found.fault(column, Finding::TooLong { longest });
    }
    if column != Column::Phone && is_personal(text) {
        found.fault(column, Finding::PersonalData);
    }
}

fn date_finding(fault: DateFault, cell: &Cell) -> Finding {
    match fault {
        DateFault::Empty => Finding::NoDate,
        DateFault::NotADate => Finding::BadDate { shown: cell.text() },
        DateFault::YearOnly { year } => Finding::YearOnly { year },
        DateFault::Ambiguous { candidates } => Finding::AmbiguousDate { shown: cell.text(), candidates },
    }
}

fn years_before(date: NaiveDate, years: u32) -> NaiveDate {
    date.checked_sub_months(Months::new(years * 12)).unwrap_or(NaiveDate::MIN)
}

fn years_after(date: NaiveDate, years: u32) -> NaiveDate {
    date.checked_add_months(Months::new(years * 12)).unwrap_or(NaiveDate::MAX)
}

fn month_end(first: NaiveDate) -> NaiveDate {
    last_day_after_months(first, 1)
}
