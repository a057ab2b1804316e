//! What can be wrong with a list of hours, in words.

use crate::{
    imports::{list::ListFault, table::BROKEN_CELL},
    people::identity::IdentityFault,
};

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// No sheet has a header with the columns that are needed.
    NoHeader,
    /// A header, but nothing below.
    NoRows,
    /// No identity number, or none that can be one.
    BadIdentity(IdentityFault),
    /// No number, or one that is too long.
    BadKey,
    /// The same person and number stand in the list before.
    Repeated {
        /// The row where they stand first.
        first_row: u32,
    },
    /// No title, or one that is too long.
    BadTitle,
    /// Not a day.
    BadDay {
        /// What the cell shows.
        shown: String,
    },
    /// The last day lies before the first.
    DaysReversed,
    /// Not a number of hours above nothing.
    BadHours {
        /// What the cell shows.
        shown: String,
    },
    /// None of the words that are expected.
    BadWord {
        /// What the cell shows.
        shown: String,
        /// The words, in Chinese.
        zh: String,
        /// The words, in English.
        en: String,
    },
    /// A text that is longer than what is kept of its kind.
    TooLong {
        /// The longest, in characters.
        longest: usize,
    },
    /// An identity number in a column of something else.
    IdentityElsewhere,
    /// A cell without a usable value.
    BrokenCell,
}

impl ListFault for Fault {
    const NO_HEADER: Fault = Fault::NoHeader;
    const NO_ROWS: Fault = Fault::NoRows;
    const BROKEN_CELL: Fault = Fault::BrokenCell;

    fn code(&self) -> &'static str {
        match self {
            Fault::NoHeader => "records_no_header",
            Fault::NoRows => "records_no_rows",
            Fault::BadIdentity(_) => "records_bad_identity",
            Fault::BadKey => "records_bad_number",
            Fault::Repeated { .. } => "records_repeated",
            Fault::BadTitle => "records_bad_title",
            Fault::BadDay { .. } => "records_bad_day",
            Fault::DaysReversed => "records_days_reversed",
            Fault::BadHours { .. } => "records_bad_hours",
            Fault::BadWord { .. } => "records_bad_word",
            Fault::TooLong { .. } => "records_too_long",
            Fault::IdentityElsewhere => "records_identity_elsewhere",
            Fault::BrokenCell => "records_broken_cell",
        }
    }

    /// Identity numbers are not repeated.
    fn words(&self) -> (String, String) {
        let both = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
        match self {
            Fault::NoHeader => both(
                "没有找到表头。请保留一行表头，至少包括：身份证号码、学时编号、培训项目、结束日期、学时",
                "no header was found; keep one row of headers with at least identity number, record number, title, ends on and hours",
            ),
            Fault::NoRows => both("表头下面没有任何学时", "there are no hours below the header"),
            Fault::BadIdentity(fault) => (
                "身份证号码不正确，请核对（18位，末位为校验码）".to_owned(),
                format!("the identity number cannot be used: {fault}"),
            ),
            Fault::BadKey => both("学时编号为空或超过100个字", "the record number is blank or longer than 100 letters"),
            Fault::Repeated { first_row } => (
                format!("与第 {first_row} 行是同一人的同一编号，请核对"),
                format!("row {first_row} has the same person and number already; check both"),
            ),
            Fault::BadTitle => both("培训项目为空或超过200个字", "the title is blank or longer than 200 letters"),
            Fault::BadDay { shown } => {
                (format!("“{shown}”不是日期，请写成2026-06-30"), format!("“{shown}” is not a day; write 2026-06-30"))
            }
            Fault::DaysReversed => {
                both("结束日期早于开始日期，请核对", "the last day lies before the first; check both")
            }
            Fault::BadHours { shown } => (
                format!("“{shown}”不是学时，请填大于0、最多两位小数的数"),
                format!("“{shown}” is not a number of hours; write one above 0 with at most two places"),
            ),
            Fault::BadWord { shown, zh, en } => {
                (format!("“{shown}”不在可选范围，请填：{zh}"), format!("“{shown}” is not known; write one of {en}"))
            }
            Fault::TooLong { longest } => (
                format!("文字超过{longest}个字，请缩短"),
                format!("the text is longer than {longest} letters; shorten it"),
            ),
            Fault::IdentityElsewhere => both(
                "此处是身份证号码，请核对是否填错列",
                "this is an identity number; check whether columns were swapped",
            ),
            Fault::BrokenCell => both(BROKEN_CELL.0, BROKEN_CELL.1),
        }
    }
}
