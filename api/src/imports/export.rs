//! The roster as a file that comes back unchanged: importing one's own export in clear changes nothing.

use crate::{
    http::Work,
    people::service::Known,
    problem::ApiError,
    sheet::{
        Column as SheetColumn, CsvOptions, Kind, Language as SheetLanguage, Table, Value, WorkbookWriter, write_csv,
    },
};
use serde_json::json;
use shixun_domain::{
    AreaCode,
    people::{
        contact,
        roster::{Column, EXPORT_COLUMNS, post_meant},
    },
    words::{Post, Stage, Title},
};
use shixun_persistence::people::Fact;

/// How a file is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportOptions {
    /// A workbook instead of CSV.
    pub xlsx: bool,
    /// Personal data in clear.
    pub clear: bool,
    /// A byte order mark before CSV.
    pub bom: bool,
    /// The language of the headers.
    pub language: SheetLanguage,
}

/// Writes down that personal data left in clear, how much of it and why.
///
/// # Errors
/// Where the record cannot be written.
pub fn record(work: &mut Work<'_, '_>, area: AreaCode, rows: usize, reason: &str) -> Result<(), ApiError> {
    let after = json!({"rows": rows, "reason": reason});
    work.record_of_area("export_clear", "roster", area, Some(&after))
}

/// The file.
///
/// # Errors
/// `internal` where it cannot be made.
pub fn file(persons: &[Known], options: ExportOptions) -> Result<Vec<u8>, ApiError> {
    let broken = |error: crate::sheet::WriteFault| ApiError::internal(error.to_string());
    let table = table(persons, options);
    if options.xlsx {
        let mut writer = WorkbookWriter::new(options.language);
        writer.add(table).map_err(broken)?;
        writer.into_bytes().map_err(broken)
    } else {
        let mut bytes = Vec::new();
        write_csv(&mut bytes, table, CsvOptions { bom: options.bom, language: options.language }).map_err(broken)?;
        Ok(bytes)
    }
}

fn is_personal(column: Column) -> bool {
    matches!(column, Column::Identity | Column::Birth | Column::Phone | Column::Email)
}

fn table(persons: &[Known], options: ExportOptions) -> Table<impl Iterator<Item = Vec<Value>>> {
    let columns = EXPORT_COLUMNS
        .iter()
        .map(|export| {
            // Who opens the file must see that it is masked, in CSV too.
            let masked = !options.clear && is_personal(export.column);
            let (zh, en) = if masked { ("（已掩码）", " (masked)") } else { ("", "") };
            SheetColumn {
                header_zh: format!("{}{zh}", export.column.zh()),
                header_en: format!("{}{en}", export.column.en()),
                kind: if export.is_date { Kind::Date } else { Kind::Text },
                width: export.width,
            }
        })
        .collect();
    let rows = persons
        .iter()
        .map(move |known| EXPORT_COLUMNS.iter().map(|export| cell(known, export.column, options.clear)).collect());
    let title = if options.clear { "花名册" } else { "花名册（已掩码）" };
    Table { title: title.to_owned(), columns, rows, chart: None }
}

fn text(text: impl Into<String>) -> Value {
    let text = text.into();
    if text.is_empty() { Value::Empty } else { Value::Text(text) }
}

fn cell(known: &Known, column: Column, clear: bool) -> Value {
    let data = &known.person.data;
    let place = known.employed_at();
    match column {
        Column::Serial => Value::Empty,
        Column::Name => text(&data.name),
        Column::Sex => text(data.identity.sex().zh()),
        Column::Identity if clear => text(data.identity.as_str()),
        Column::Identity => text(data.identity.masked()),
        Column::Birth if clear => Value::Date(data.identity.birth_date()),
        Column::Birth => Value::Empty,
        Column::SchoolCode => text(place.and_then(|place| place.code.clone()).unwrap_or_default()),
        Column::SchoolName => text(place.map(|place| place.name.clone()).unwrap_or_default()),
        Column::Stage => text(stage(known).map_or("", Stage::zh)),
        Column::Subjects => text(subjects(known).join("、")),
        Column::Title => match known.title() {
            Some((_, Some(written))) => text(written),
            Some((Title::None, None)) | None => Value::Empty,
            Some((title, None)) => text(title.zh()),
        },
        Column::Post => text(post(known)),
        Column::EntryDate => data.entered_on.map_or(Value::Empty, Value::Date),
        Column::Phone => match data.phone.as_deref() {
            Some(phone) if clear => text(phone),
            phone => text(phone.map(contact::masked_phone).unwrap_or_default()),
        },
        Column::Email => match data.email.as_deref() {
            Some(email) if clear => text(email),
            email => text(email.map(contact::masked_email).unwrap_or_default()),
        },
        Column::Remark => text(data.remark.clone().unwrap_or_default()),
    }
}

/// The stage of the row: the school's where something is taught at it, otherwise that of the first subject. A roster has
/// room for one stage; reading it back leaves subjects of other stages alone.
fn stage(known: &Known) -> Option<Stage> {
    let taught = || {
        known.facts.iter().filter_map(|fact| match &fact.fact {
            Fact::Teaching { stage, .. } => Some(*stage),
            _ => None,
        })
    };
    let school = known.employed_at().and_then(|place| place.stage);
    school.filter(|school| taught().any(|stage| stage == *school)).or_else(|| taught().next()).or(school)
}

fn subjects(known: &Known) -> Vec<&str> {
    let of = stage(known);
    known
        .facts
        .iter()
        .filter_map(|fact| match &fact.fact {
            Fact::Teaching { stage, subject } if Some(*stage) == of => Some(subject.as_str()),
            _ => None,
        })
        .collect()
}

/// The highest post as the school calls it, where that reads back as the post; otherwise other duties.
fn post(known: &Known) -> String {
    let posts = known.facts.iter().filter_map(|fact| match &fact.fact {
        Fact::Post { post, category, .. } => Some((*post, category.as_deref())),
        _ => None,
    });
    match posts.min_by_key(|(post, _)| *post) {
        Some((post, Some(category))) if post_meant(category) == post => category.to_owned(),
        Some((Post::None, _)) | None => known.person.data.duty.clone().unwrap_or_default(),
        Some((post, _)) => post.zh().to_owned(),
    }
}
