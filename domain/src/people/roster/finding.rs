//! What can be said about a roster: in a code for clients and in words for the clerk who has to mend it.

mod words;

use super::columns::Column;
use chrono::NaiveDate;

/// One finding with the place it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// The sheet; empty for a CSV file, and for a finding about the whole file.
    pub sheet: String,
    /// The row as the sheet shows it, from 1; `None` for a finding about the whole sheet or file.
    pub row: Option<u32>,
    /// The cell's column; `None` for a finding about the whole row, sheet or file.
    pub place: Option<CellPlace>,
    /// What was found.
    pub finding: Finding,
}

/// A column of the sheet, as a person finds it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellPlace {
    /// `A`, `B` … `AA`.
    pub letters: String,
    /// The header as the sheet has it.
    pub header: String,
    /// What the column holds.
    pub column: Column,
}

/// What was found. Identity numbers are never repeated in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// No sheet has a row of headers.
    NoHeader,
    /// The sheet that was asked for does not exist.
    NoSuchSheet {
        /// Its name.
        wanted: String,
    },
    /// Columns without which no row can be stored.
    MissingColumns {
        /// Which.
        missing: Vec<Column>,
    },
    /// A header, but no person below it.
    NoPersons,
    /// The name is blank.
    NoName,
    /// The name has a sign that no name has, or is too long.
    BadName {
        /// What the cell shows.
        shown: String,
    },
    /// The identity number is blank.
    NoIdentity,
    /// The number was made a number by the spreadsheet; its last digits are lost.
    Scientific,
    /// Too few digits.
    ShortId {
        /// How many.
        length: usize,
    },
    /// Too many digits.
    LongId {
        /// How many.
        length: usize,
    },
    /// Something other than digits.
    BadId,
    /// The birth date inside the number does not exist, or is not that of a working person.
    BadBirthInId,
    /// The check character does not agree.
    BadCheck,
    /// The number stands in the file before.
    Duplicate {
        /// The row where it stands first.
        first_row: u32,
        /// The sheet of that row.
        first_sheet: String,
    },
    /// The sex column contradicts the identity number.
    SexMismatch {
        /// 男 or 女 as written.
        written: &'static str,
        /// 男 or 女 by the number.
        by_number: &'static str,
    },
    /// Neither man nor woman.
    BadSex {
        /// What the cell shows.
        shown: String,
    },
    /// The birth date column contradicts the identity number.
    BirthMismatch {
        /// As written.
        written: NaiveDate,
    },
    /// Not a date.
    BadDate {
        /// What the cell shows.
        shown: String,
    },
    /// A year without a month.
    YearOnly {
        /// The year.
        year: i32,
    },
    /// Two dates fit.
    AmbiguousDate {
        /// What the cell shows.
        shown: String,
        /// The dates that fit.
        candidates: Vec<NaiveDate>,
    },
    /// No entry date.
    NoDate,
    /// The entry date is still to come.
    FutureDate {
        /// The date.
        date: NaiveDate,
    },
    /// Entry into the profession before the 14th birthday.
    TooYoung {
        /// The date.
        date: NaiveDate,
    },
    /// Neither code nor name of a school.
    NoSchool,
    /// No school of this code or name.
    UnknownSchool {
        /// What the cell shows.
        shown: String,
        /// Schools that may be meant, code and name.
        similar: Vec<String>,
    },
    /// Several schools of this name.
    AmbiguousSchool {
        /// What the cell shows.
        shown: String,
        /// The schools, code and name.
        candidates: Vec<String>,
    },
    /// Code and name are those of two different schools.
    SchoolMismatch {
        /// The school of the code.
        by_code: String,
        /// The school of the name.
        by_name: String,
    },
    /// A failed formula, or a text of thousands of letters.
    BrokenCell {
        /// What the cell shows.
        shown: String,
    },
    /// A text longer than its field takes.
    TooLong {
        /// The longest text, in characters.
        longest: u64,
    },
    /// An identity number, telephone number or e-mail address in a column of something else.
    PersonalData,
    /// Note: a title that is on no list was kept as text.
    UnknownTitle {
        /// The text.
        shown: String,
    },
    /// Note: a stage that is on no list; the school's own stage is taken.
    UnknownStage {
        /// The text.
        shown: String,
    },
    /// Note: a post that is on no list was kept as text, and counts as no management post.
    UnknownPost {
        /// The text.
        shown: String,
    },
    /// Note: the name beside a known code is no known name of that school; the code was taken.
    OtherSchoolName {
        /// The name in the roster.
        shown: String,
        /// The school of the code.
        by_code: String,
    },
    /// Note: the school cell was blank and was filled from the row above.
    SchoolFromAbove {
        /// The school.
        school: String,
    },
    /// Note: a phone number or e-mail address that cannot be one was left out.
    ContactLeftOut {
        /// What the cell shows.
        shown: String,
    },
    /// Note: what stands beside the facts, a remark or how to reach somebody, and cannot be read was left out.
    BrokenLeftOut {
        /// What the cell shows.
        shown: String,
    },
}
