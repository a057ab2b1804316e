//! Tables to CSV and XLSX, from one neutral description.

use super::guard::guard;
use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{
    Chart as XlsxChart, ChartDataLabel, ChartLegendPosition, ChartType, Color, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Workbook, Worksheet, XlsxError,
};
use shixun_domain::{Fen, Hours};
use std::collections::BTreeSet;
use std::io::{self, Seek, Write};
use thiserror::Error;

/// The most letters a cell of a workbook may hold; what is longer is cut.
const CELL_LETTERS_MAX: usize = 32_767;
/// The most letters a sheet's name may have.
const SHEET_NAME_LETTERS_MAX: usize = 31;

/// The most letters a page heading may have; the format allows 255 with its marks.
const HEADING_LETTERS_MAX: usize = 120;

/// The language of headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Chinese, the default.
    #[default]
    Zh,
    /// English.
    En,
}

/// A table: columns, and rows that are made while they are written.
#[derive(Debug, Clone)]
pub struct Table<R> {
    /// The name of the sheet.
    pub title: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each with one value for each column; missing values are empty.
    pub rows: R,
    /// A chart beside the table.
    pub chart: Option<Chart>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The Chinese header.
    pub header_zh: String,
    /// The English header.
    pub header_en: String,
    /// What it holds: decides number format and alignment.
    pub kind: Kind,
    /// Width in characters of a half-width digit.
    pub width: u16,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text; ids, codes, telephone and identity numbers are text.
    Text,
    /// Text that may run over several lines.
    Note,
    /// Hours with two decimals.
    Hours,
    /// Yuan with two decimals.
    Money,
    /// A whole number.
    Integer,
    /// A date.
    Date,
    /// A share in percent with two decimals.
    Percent,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Empty,
    /// Text, guarded against being run as a formula ([`guard`]).
    Text(String),
    /// Hours.
    Hours(Hours),
    /// Money.
    Money(Fen),
    /// A whole number.
    Integer(i64),
    /// A date.
    Date(NaiveDate),
    /// A share in hundredths of a percent: 8550 is 85.50 %.
    Percent(i64),
}

/// A chart of a sheet's own columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// How it is drawn.
    pub kind: ChartKind,
    /// Its title in the language of the workbook.
    pub title: String,
    /// The column, from 0, whose texts name the points.
    pub categories: u16,
    /// The columns, from 0, that are drawn; each is named by its header.
    pub values: Vec<u16>,
}

/// What a sheet has beside its table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beside {
    /// Printed at the head of every page: what the table is of, and of which day.
    pub heading: Option<String>,
    /// A row of totals below the table, outside of its filter and its chart.
    pub total: Option<Vec<Value>>,
}

/// How a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartKind {
    /// Upright bars side by side.
    Columns,
    /// Upright bars on top of each other.
    StackedColumns,
    /// Lying bars, for long names.
    Bars,
    /// Shares of one whole.
    Pie,
}

/// How a CSV file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CsvOptions {
    /// Begin with a byte order mark, without which Excel takes UTF-8 for GB18030.
    pub bom: bool,
    /// The language of the headers.
    pub language: Language,
}

/// Why a table was not written.
#[derive(Debug, Error)]
pub enum WriteFault {
    /// The place written to took no more.
    #[error("the export could not be written")]
    Io(#[from] io::Error),
    /// The table does not fit a workbook: more than 1,048,575 rows, or a temporary file could not be made.
    #[error("the workbook could not be made")]
    Workbook(#[from] XlsxError),
}

impl From<csv::Error> for WriteFault {
    fn from(fault: csv::Error) -> Self {
        WriteFault::Io(fault.into())
    }
}

impl Column {
    fn header(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.header_zh,
            Language::En => &self.header_en,
        }
    }
}

/// Writes a table as CSV in UTF-8 with CRLF line ends, row by row, and says how many rows there were.
///
/// Text is guarded, numbers are plain decimals (`-12.50`), dates are `2014-08-01`, shares are `85.50%`.
///
/// # Errors
/// [`WriteFault::Io`] where `out` takes no more.
pub fn write_csv<R, W>(mut out: W, table: Table<R>, options: CsvOptions) -> Result<u64, WriteFault>
where
    R: IntoIterator<Item = Vec<Value>>,
    W: Write,
{
    if options.bom {
        out.write_all(b"\xEF\xBB\xBF")?;
    }
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(out);
    writer.write_record(table.columns.iter().map(|column| guard(column.header(options.language)).into_owned()))?;
    let mut count = 0;
    for row in table.rows {
        let filled = table.columns.len().saturating_sub(row.len());
        let cells = row.iter().take(table.columns.len()).map(Value::plain);
        writer.write_record(cells.chain(std::iter::repeat_n(String::new(), filled)))?;
        count += 1;
    }
    writer.flush()?;
    Ok(count)
}

impl Value {
    fn plain(&self) -> String {
        match self {
            Value::Empty => String::new(),
            Value::Text(text) => guard(text).into_owned(),
            Value::Hours(hours) => hours.to_string(),
            Value::Money(money) => money.to_string(),
            Value::Integer(number) => number.to_string(),
            Value::Date(date) => date.to_string(),
            Value::Percent(share) => format!("{}%", Hours::from_hundredths(*share)),
        }
    }
}

/// Makes a workbook sheet by sheet, keeping no more than a row in memory: rows go to a temporary file as they come.
pub struct WorkbookWriter {
    workbook: Workbook,
    language: Language,
    names: BTreeSet<String>,
}

impl WorkbookWriter {
    /// An empty workbook.
    pub fn new(language: Language) -> Self {
        WorkbookWriter { workbook: Workbook::new(), language, names: BTreeSet::new() }
    }

    /// Adds a table as a sheet one can print: header frozen and repeated on each page, filter, borders, widths, number
    /// formats, A4 across, one page wide, page numbers; a chart stands below the table. Says how many rows there were.
    ///
    /// # Errors
    /// [`WriteFault::Workbook`] where the table has more rows than a sheet can hold, or the temporary file cannot be made.
    pub fn add<R>(&mut self, table: Table<R>) -> Result<u64, WriteFault>
    where
        R: IntoIterator<Item = Vec<Value>>,
    {
        self.add_with(table, &Beside::default())
    }

    /// Adds a table as [`WorkbookWriter::add`] does, with what stands beside it.
    ///
    /// # Errors
    /// As [`WorkbookWriter::add`].
    pub fn add_with<R>(&mut self, table: Table<R>, beside: &Beside) -> Result<u64, WriteFault>
    where
        R: IntoIterator<Item = Vec<Value>>,
    {
        let name = self.free_name(&table.title);
        let language = self.language;
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(&name)?;
        let formats = Formats::new();
        let mut last_column = 0;
        for (index, column) in (0_u16..).zip(&table.columns) {
            sheet.set_column_width(index, f64::from(column.width))?;
            sheet.write_string_with_format(0, index, guard(column.header(language)).as_ref(), &formats.header)?;
            last_column = index;
        }
        let mut row = 0;
        for values in table.rows {
            row += 1;
            for (index, column) in (0_u16..).zip(&table.columns) {
                let value = values.get(usize::from(index)).unwrap_or(&Value::Empty);
                write_cell(sheet, row, index, value, formats.of(column.kind))?;
            }
        }
        if !table.columns.is_empty() {
            sheet.autofilter(0, 0, row, last_column)?;
            sheet.set_repeat_rows(0, 0)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
        sheet.set_footer(match language {
            Language::Zh => "&L&A&R第 &P 页，共 &N 页",
            Language::En => "&L&A&Rpage &P of &N",
        });
        if let Some(heading) = &beside.heading {
            let plain: String = heading.chars().take(HEADING_LETTERS_MAX).collect();
            sheet.set_header(format!("&C&14{}", plain.replace('&', "&&")));
        }
        let mut below = row + 1;
        if let Some(total) = beside.total.as_ref().filter(|_| row > 0) {
            for (index, column) in (0_u16..).zip(&table.columns) {
                let value = total.get(usize::from(index)).unwrap_or(&Value::Empty);
                write_cell(sheet, below, index, value, &formats.of(column.kind).clone().set_bold())?;
            }
            below += 1;
        }
        if let Some(chart) = table.chart.filter(|_| row > 0) {
            sheet.insert_chart(below + 1, 0, &drawn(&chart, &name, row, &table.columns))?;
        }
        Ok(u64::from(row))
    }

    /// Writes the workbook.
    ///
    /// # Errors
    /// [`WriteFault`] where `out` takes no more or the parts cannot be put together.
    pub fn finish<W: Write + Seek + Send>(mut self, out: W) -> Result<(), WriteFault> {
        Ok(self.workbook.save_to_writer(out)?)
    }

    /// The workbook as bytes.
    ///
    /// # Errors
    /// [`WriteFault::Workbook`] where the parts cannot be put together.
    pub fn into_bytes(mut self) -> Result<Vec<u8>, WriteFault> {
        Ok(self.workbook.save_to_buffer()?)
    }

    /// A name that the format allows and no other sheet has: at most 31 letters, none of `[]:*?/\`, no apostrophe at the
    /// ends.
    fn free_name(&mut self, title: &str) -> String {
        let allowed =
            |letter: char| if matches!(letter, '[' | ']' | ':' | '*' | '?' | '/' | '\\') { ' ' } else { letter };
        let plain: String = title.chars().filter(|letter| !letter.is_control()).map(allowed).collect();
        let plain = plain.trim_matches(['\'', ' ']);
        let base = if plain.is_empty() { "Sheet" } else { plain };
        let mut name: String = base.chars().take(SHEET_NAME_LETTERS_MAX).collect();
        let mut copy = 2;
        while self.names.contains(&name.to_lowercase()) {
            let tail = format!(" {copy}");
            name = base.chars().take(SHEET_NAME_LETTERS_MAX - tail.len()).chain(tail.chars()).collect();
            copy += 1;
        }
        self.names.insert(name.to_lowercase());
        name
    }
}

/// The code of A4 paper in the format.
const A4: u8 = 9;

struct Formats {
    header: Format,
    text: Format,
    note: Format,
    decimal: Format,
    integer: Format,
    date: Format,
    percent: Format,
}

impl Formats {
    fn new() -> Self {
        let cell = Format::new()
            .set_border(FormatBorder::Thin)
            .set_border_color(Color::RGB(0xBF_BF_BF))
            .set_align(FormatAlign::VerticalCenter);
        let number = |format: &str| cell.clone().set_num_format(format).set_align(FormatAlign::Right);
        Formats {
            header: cell
                .clone()
                .set_bold()
                .set_background_color(Color::RGB(0xDD_EB_F7))
                .set_align(FormatAlign::Center)
                .set_text_wrap(),
            // The text format keeps a spreadsheet from making numbers of ids when somebody edits the cell.
            text: cell.clone().set_num_format("@"),
            note: cell.clone().set_num_format("@").set_text_wrap(),
            decimal: number("#,##0.00"),
            integer: number("0"),
            date: cell.clone().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Center),
            percent: number("0.00%"),
        }
    }

    const fn of(&self, kind: Kind) -> &Format {
        match kind {
            Kind::Text => &self.text,
            Kind::Note => &self.note,
            Kind::Hours | Kind::Money => &self.decimal,
            Kind::Integer => &self.integer,
            Kind::Date => &self.date,
            Kind::Percent => &self.percent,
        }
    }
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, value: &Value, format: &Format) -> Result<(), XlsxError> {
    match value {
        Value::Empty => sheet.write_blank(row, column, format)?,
        Value::Text(text) => write_text(sheet, row, column, text, format)?,
        // A text of digits is the exact way from hundredths to the float that the format keeps.
        Value::Hours(hours) => write_decimal(sheet, row, column, &hours.to_string(), format)?,
        Value::Money(money) => write_decimal(sheet, row, column, &money.to_string(), format)?,
        Value::Integer(number) => match number.unsigned_abs() {
            // Beyond 15 digits a spreadsheet rounds.
            0..1_000_000_000_000_000 => write_decimal(sheet, row, column, &number.to_string(), format)?,
            _ => write_text(sheet, row, column, &number.to_string(), format)?,
        },
        Value::Date(date) => match as_cell_date(*date) {
            Some(cell) => sheet.write_datetime_with_format(row, column, &cell, format)?,
            None => write_text(sheet, row, column, &date.to_string(), format)?,
        },
        Value::Percent(share) => {
            let sign = if *share < 0 { "-" } else { "" };
            let size = share.unsigned_abs();
            let text = format!("{sign}{}.{:04}", size / 10_000, size % 10_000);
            write_decimal(sheet, row, column, &text, format)?
        }
    };
    Ok(())
}

fn write_text<'a>(
    sheet: &'a mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    format: &Format,
) -> Result<&'a mut Worksheet, XlsxError> {
    let guarded = guard(text);
    if guarded.len() > CELL_LETTERS_MAX {
        let cut: String = guarded.chars().take(CELL_LETTERS_MAX).collect();
        return sheet.write_string_with_format(row, column, cut, format);
    }
    sheet.write_string_with_format(row, column, guarded.as_ref(), format)
}

fn write_decimal<'a>(
    sheet: &'a mut Worksheet,
    row: u32,
    column: u16,
    digits: &str,
    format: &Format,
) -> Result<&'a mut Worksheet, XlsxError> {
    match digits.parse::<f64>() {
        Ok(number) => sheet.write_number_with_format(row, column, number, format),
        Err(_) => sheet.write_string_with_format(row, column, digits, format),
    }
}

/// The calendar of the format begins in 1900.
fn as_cell_date(date: NaiveDate) -> Option<ExcelDateTime> {
    let year = u16::try_from(date.year()).ok()?;
    let month = u8::try_from(date.month()).ok()?;
    let day = u8::try_from(date.day()).ok()?;
    ExcelDateTime::from_ymd(year, month, day).ok()
}

/// As wide as its table, so that a page fits both; shares reach to the whole.
fn drawn(chart: &Chart, sheet: &str, last_row: u32, columns: &[Column]) -> XlsxChart {
    let mut drawing = XlsxChart::new(match chart.kind {
        ChartKind::Columns => ChartType::Column,
        ChartKind::StackedColumns => ChartType::ColumnStacked,
        ChartKind::Bars => ChartType::Bar,
        ChartKind::Pie => ChartType::Pie,
    });
    drawing.title().set_name(&chart.title);
    for column in &chart.values {
        let series = drawing.add_series();
        series
            .set_categories((sheet, 1, chart.categories, last_row, chart.categories))
            .set_values((sheet, 1, *column, last_row, *column))
            .set_name((sheet, 0, *column));
        if chart.values.len() == 1 {
            series.set_data_label(ChartDataLabel::new().show_value());
        }
    }
    let of_shares = |place: &u16| columns.get(usize::from(*place)).is_some_and(|column| column.kind == Kind::Percent);
    if chart.values.iter().all(of_shares) {
        drawing.y_axis().set_min(0).set_max(1).set_num_format("0%");
    }
    match (chart.kind, chart.values.len()) {
        (ChartKind::Pie, _) => {}
        (_, 1) => {
            drawing.legend().set_hidden();
        }
        _ => {
            drawing.legend().set_position(ChartLegendPosition::Bottom);
        }
    }
    let width: u32 = columns.iter().map(|column| u32::from(column.width) * 7 + 5).sum();
    drawing.set_width(width.clamp(480, 1_100)).set_height(360);
    drawing
}

#[cfg(test)]
mod tests;
