//! Our hours of the platform in the columns of its files: comparing or importing one's own export in clear finds nothing new.

use super::service::Standing;
use crate::{
    problem::ApiError,
    sheet::{Column as SheetColumn, CsvOptions, Kind, Language, Table, Value, WorkbookWriter, write_csv},
};
use shixun_domain::{
    Hours,
    imports::{record_list::Column, table::ListColumn},
    people::IdentityNumber,
};

/// How a file is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ExportOptions {
    /// A workbook instead of CSV.
    pub(super) xlsx: bool,
    /// Identity numbers in clear.
    pub(super) clear: bool,
    /// A byte order mark before CSV.
    pub(super) bom: bool,
    /// The language of the headers.
    pub(super) language: Language,
}

/// The file.
///
/// # Errors
/// `internal` where it cannot be made.
pub(super) fn file(records: &[Standing], options: ExportOptions) -> Result<Vec<u8>, ApiError> {
    let broken = |error: crate::sheet::WriteFault| ApiError::internal(error.to_string());
    let table = table(records, options.clear);
    if options.xlsx {
        let mut writer = WorkbookWriter::new(options.language);
        writer.add(table).map_err(broken)?;
        return writer.into_bytes().map_err(broken);
    }
    let mut bytes = Vec::new();
    write_csv(&mut bytes, table, CsvOptions { bom: options.bom, language: options.language }).map_err(broken)?;
    Ok(bytes)
}

/// What was taken back is nothing that a list of hours has.
fn table(records: &[Standing], clear: bool) -> Table<impl Iterator<Item = Vec<Value>>> {
    let columns = Column::ALL.iter().map(|column| {
        // Who opens the file must see that it is masked.
        let masked = *column == Column::Identity && !clear;
        let (zh, en) = if masked { ("（已掩码）", " (masked)") } else { ("", "") };
        SheetColumn {
            header_zh: format!("{}{zh}", column.zh()),
            header_en: format!("{}{en}", column.en()),
            kind: if matches!(column, Column::StartsOn | Column::EndsOn) { Kind::Date } else { Kind::Text },
            width: if *column == Column::Title { 40 } else { 18 },
        }
    });
    let columns = columns.collect();
    let standing = records.iter().filter(|one| one.hours > Hours::ZERO);
    let rows = standing.map(move |one| Column::ALL.iter().map(|column| cell(one, *column, clear)).collect());
    Table { title: "省平台学时".to_owned(), columns, rows, chart: None }
}

fn text(text: impl Into<String>) -> Value {
    let text = text.into();
    if text.is_empty() { Value::Empty } else { Value::Text(text) }
}

fn cell(one: &Standing, column: Column, clear: bool) -> Value {
    let content = &one.row.content;
    match column {
        Column::Identity if clear => text(&one.identity),
        Column::Identity => {
            text(IdentityNumber::parse(&one.identity).map(|number| number.masked()).unwrap_or_default())
        }
        Column::Name => text(&one.row.person_name),
        Column::Key => text(&content.source_key),
        Column::Title => text(&content.title),
        Column::StartsOn => Value::Date(content.starts_on),
        Column::EndsOn => Value::Date(content.ends_on),
        Column::Hours => text(one.hours.to_string()),
        Column::Practice => text(one.practice.to_string()),
        Column::Route => text(content.route.zh()),
        Column::Form => text(content.form.zh()),
        Column::Level => text(content.level.zh()),
        Column::Themes => {
            let names = content.themes.iter().map(|theme| theme.labels().map_or(theme.as_str(), |(zh, _)| zh));
            text(names.collect::<Vec<_>>().join("、"))
        }
        Column::Block => text(content.block_key.clone().unwrap_or_default()),
        Column::Provider => text(content.provider.clone().unwrap_or_default()),
        Column::Category => text(content.category.zh()),
    }
}
