//! Answers that are tables: the same rows as JSON, as CSV and as a workbook.
//!
//! A report makes a [`Book`] of the view it answers as JSON, so that an export has every row that the list has:
//!
//! 1. the handler reads the parameter `format` with [`TableFormat::read`];
//! 2. inside `db.read_long`, after the use case, [`make`] writes the JSON or the file, because writing may take a while;
//! 3. the handler gives back [`Made::answer`].

use super::answer::Reply;
use crate::{
    problem::{ApiError, Code, Language, Words},
    sheet::{self, Beside, CsvOptions, Table, Value, WorkbookWriter, WriteFault, write_csv},
};
use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LANGUAGE},
};
use chrono::NaiveDate;
use serde::Serialize;
use std::borrow::Cow;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type},
    },
};

/// The two kinds of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    /// Comma-separated values in UTF-8, lines ending in CRLF.
    Csv,
    /// A workbook (Office Open XML).
    Xlsx,
}

/// How a table is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// As JSON.
    Json,
    /// As a file.
    File(FileFormat),
}

impl FileFormat {
    /// Reads the parameter `format` of an operation that answers files only.
    ///
    /// # Errors
    /// `invalid_parameter`.
    pub fn read(word: &str) -> Result<FileFormat, ApiError> {
        FileFormat::known(word).ok_or_else(|| unknown_format(Words::new("可用的值：csv、xlsx", "takes csv or xlsx")))
    }

    fn known(word: &str) -> Option<FileFormat> {
        match word {
            "csv" => Some(FileFormat::Csv),
            "xlsx" => Some(FileFormat::Xlsx),
            _ => None,
        }
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            FileFormat::Csv => "text/csv; charset=utf-8; header=present",
            FileFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            FileFormat::Csv => "csv",
            FileFormat::Xlsx => "xlsx",
        }
    }
}

impl TableFormat {
    /// Reads the parameter `format`; JSON where it is not given.
    ///
    /// # Errors
    /// `invalid_parameter`.
    pub fn read(word: Option<&str>) -> Result<TableFormat, ApiError> {
        match word {
            None | Some("json") => Ok(TableFormat::Json),
            Some(word) => FileFormat::known(word)
                .map(TableFormat::File)
                .ok_or_else(|| unknown_format(Words::new("可用的值：json、csv、xlsx", "takes json, csv or xlsx"))),
        }
    }
}

fn unknown_format(expected: Words) -> ApiError {
    ApiError::new(Code::InvalidParameter).with("name", "format").with_words("reason", expected)
}

impl From<Language> for sheet::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::Zh => sheet::Language::Zh,
            Language::En => sheet::Language::En,
        }
    }
}

/// The name of a file without its extension: Chinese for today's clients, ASCII for the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    zh: String,
    ascii: String,
}

impl FileName {
    /// `学校完成情况-2020-12-31`, `school-completion-2020-12-31`.
    pub fn new(zh: &str, ascii: &str, day: NaiveDate) -> FileName {
        FileName { zh: format!("{zh}-{day}"), ascii: format!("{ascii}-{day}") }
    }

    /// The header `Content-Disposition` with both names (RFC 6266, RFC 5987).
    pub fn disposition(&self, end: &str) -> String {
        let plain = |letter: char| if letter.is_ascii_alphanumeric() || "-_.".contains(letter) { letter } else { '-' };
        let ascii: String = self.ascii.chars().map(plain).collect();
        let encoded: String = format!("{}.{end}", self.zh).bytes().map(attr_char).collect();
        format!("attachment; filename=\"{ascii}.{end}\"; filename*=UTF-8''{encoded}")
    }
}

/// A byte as RFC 5987 wants it in an extended parameter.
fn attr_char(byte: u8) -> Cow<'static, str> {
    let letter = char::from(byte);
    if letter.is_ascii_alphanumeric() || "!#$&+-.^_`|~".contains(letter) {
        Cow::Owned(letter.to_string())
    } else {
        Cow::Owned(format!("%{byte:02X}"))
    }
}

/// One sheet of a workbook.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its table.
    pub table: Table<Vec<Vec<Value>>>,
    /// Heading and totals.
    pub beside: Beside,
}

/// A table answer as files.
#[derive(Debug, Clone)]
pub struct Book {
    /// The rows as CSV holds them: one table, no totals.
    pub rows: Table<Vec<Vec<Value>>>,
    /// The sheets of the workbook.
    pub pages: Vec<Page>,
}

impl Book {
    /// The file. `bom` puts a byte order mark before CSV, without which Excel takes UTF-8 for GB18030.
    ///
    /// # Errors
    /// `internal` where it cannot be made.
    pub fn write(self, format: FileFormat, language: sheet::Language, bom: bool) -> Result<Vec<u8>, ApiError> {
        let broken = |fault: WriteFault| ApiError::internal(fault.to_string());
        match format {
            FileFormat::Csv => {
                let mut bytes = Vec::new();
                write_csv(&mut bytes, self.rows, CsvOptions { bom, language }).map_err(broken)?;
                Ok(bytes)
            }
            FileFormat::Xlsx => {
                let mut writer = WorkbookWriter::new(language);
                for page in self.pages {
                    writer.add_with(page.table, &page.beside).map_err(broken)?;
                }
                writer.into_bytes().map_err(broken)
            }
        }
    }
}

/// A table answer, written.
#[derive(Debug)]
pub enum Made {
    /// As JSON.
    Json(Reply),
    /// As a file.
    File(FileFormat, FileName, Vec<u8>),
}

/// What is asked of a table answer.
#[derive(Debug, Clone, Copy)]
pub struct TableWish {
    /// How it is answered.
    pub format: TableFormat,
    /// A byte order mark before CSV.
    pub bom: bool,
    /// The language of headers and words.
    pub language: Language,
}

/// Writes a view as what was asked for; the book is made for a file only.
///
/// # Errors
/// `internal` where it cannot be written.
pub fn make<V: Serialize>(
    wish: TableWish,
    view: &V,
    name: FileName,
    book: impl FnOnce(&V) -> Book,
) -> Result<Made, ApiError> {
    match wish.format {
        TableFormat::Json => Reply::ok(None, view).map(Made::Json),
        TableFormat::File(format) => {
            let bytes = book(view).write(format, wish.language.into(), wish.bom)?;
            Ok(Made::File(format, name, bytes))
        }
    }
}

impl Made {
    /// 200.
    pub fn answer(self, language: Language) -> HttpResponse {
        match self {
            Made::Json(reply) => reply.into_response(false),
            Made::File(format, name, bytes) => file(format, &name, language, bytes),
        }
    }
}

/// 200 with a file to be saved. Caches must not keep it: what is in it depends on who asks.
pub fn file(format: FileFormat, name: &FileName, language: Language, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(format.media_type())
        .insert_header((CONTENT_DISPOSITION, name.disposition(format.extension())))
        .insert_header((CONTENT_LANGUAGE, language.tag()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(bytes)
}

/// Refuses an export in clear without a reason that says something.
///
/// # Errors
/// `invalid_parameter`.
pub fn clear_reason(reason: &str) -> Result<(), ApiError> {
    if (4..=200).contains(&reason.trim().chars().count()) {
        return Ok(());
    }
    let words = Words::new(
        "导出明文（clear=true）须说明用途，4到200个字",
        "an export in clear (clear=true) needs a reason of 4 to 200 characters",
    );
    Err(ApiError::new(Code::InvalidParameter).with("name", "reason").with_words("reason", words))
}

/// A file in the document: Swagger UI shows a button to choose or to save one.
pub struct SheetFile;

impl PartialSchema for SheetFile {
    fn schema() -> RefOr<Schema> {
        RefOr::T(
            ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
                .content_media_type("application/octet-stream")
                .description(Some("A file: an .xlsx workbook, or CSV in UTF-8 (files that come in may be in GB18030)."))
                .into(),
        )
    }
}

impl ToSchema for SheetFile {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("SheetFile")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_chinese_name_and_one_for_old_clients() {
        let name = FileName::new("学校 完成", "school \"completion\"", "2020-12-31".parse().unwrap());
        assert_eq!(
            name.disposition("csv"),
            "attachment; filename=\"school--completion--2020-12-31.csv\"; \
             filename*=UTF-8''%E5%AD%A6%E6%A0%A1%20%E5%AE%8C%E6%88%90-2020-12-31.csv"
        );
    }

    #[test]
    fn an_unknown_format_is_refused() {
        assert_eq!(TableFormat::read(None), Ok(TableFormat::Json));
        assert_eq!(TableFormat::read(Some("xlsx")), Ok(TableFormat::File(FileFormat::Xlsx)));
        for word in ["", "XLSX", "pdf"] {
            assert_eq!(TableFormat::read(Some(word)).unwrap_err().code(), Code::InvalidParameter, "{word:?}");
        }
        assert!(FileFormat::read("json").is_err());
    }
}
