//! Bytes of a file to a grid.

mod text;

use super::guard::unguard;
use calamine::{Data, DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use shixun_domain::people::roster::{BrokenCell, Cell, Grid, GridSheet, MergedArea};
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use thiserror::Error;

/// Rows a sheet may have: a province's largest county several times over.
pub const ROWS_MAX: usize = 50_000;
/// Columns that may hold anything.
pub const COLUMNS_MAX: usize = 200;
/// Letters a cell may have; a longer one is handed over as broken.
pub const CELL_LETTERS_MAX: usize = 2_000;
/// Bytes that a file may have when unpacked. XLSX packs well, and a file made to fill the memory packs a thousandfold.
pub const UNPACKED_BYTES_MAX: u64 = 200 * 1024 * 1024;
/// Sheets a workbook may have.
pub const SHEETS_MAX: usize = 100;
/// Merged areas that are read of a sheet.
const MERGED_MAX: usize = 20_000;
/// Parts a workbook's archive may have.
const PARTS_MAX: usize = 10_000;
/// Letters that all cells of a file may have together.
const LETTERS_MAX: usize = 100_000_000;
/// Cells and rows that a file may spread over, empty ones included: a filled cell at the end of a row costs the whole row.
pub const CELLS_MAX: usize = 5_000_000;

/// Why a file cannot be read. No variant carries anything of the file's content.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SheetFault {
    /// No bytes, or nothing but blanks.
    #[error("the file is empty; choose the file again")]
    Empty,
    /// A workbook of Excel 97-2003 or WPS (`.xls`, `.et`).
    #[error("this is an old .xls or .et workbook; open it, save it as .xlsx and send that file")]
    OldWorkbook,
    /// A workbook with a password.
    #[error("the workbook is protected by a password; remove the password (File, Info, Protect) and send it again")]
    Encrypted,
    /// An OpenDocument or binary (`.xlsb`) workbook, or another office document.
    #[error("this is not an .xlsx workbook but another kind of office document; save it as .xlsx and send that file")]
    OtherWorkbook,
    /// A web page or XML with the name of a spreadsheet, as some web systems export.
    #[error("this is a web page or XML named like a spreadsheet; open it, save it as .xlsx and send that file")]
    Markup,
    /// A picture, a PDF, a program.
    #[error("this is neither an .xlsx workbook nor a CSV file")]
    NotASheet,
    /// A workbook that is cut short or otherwise damaged.
    #[error("the workbook is damaged or incomplete; open it, save it again and send that file")]
    Damaged,
    /// Text that is neither UTF-8 nor GB18030.
    #[error("the text is neither UTF-8 nor GB18030; save the file as “CSV UTF-8” or .xlsx and send that file")]
    UnknownEncoding,
    /// A quotation mark that is never closed swallows the rest of a CSV file.
    #[error("a quotation mark that opens in row {row} is never closed; correct that row and send the file again")]
    UnclosedQuote {
        /// The row, from 1.
        row: usize,
    },
    /// More than [`UNPACKED_BYTES_MAX`] when unpacked, or more text than any roster has.
    #[error("the file unpacks to more than {} MB; split it or remove pictures and empty formatted rows", UNPACKED_BYTES_MAX >> 20)]
    TooLarge,
    /// Spread over more than [`CELLS_MAX`] cells, empty ones included.
    #[error(
        "the sheets spread over more than {CELLS_MAX} cells, empty ones included; keep the table at the left edge and split it into several files"
    )]
    TooManyCells,
    /// More than [`ROWS_MAX`] rows.
    #[error("a sheet has more than {ROWS_MAX} rows; split it into several files")]
    TooManyRows,
    /// Something beyond column [`COLUMNS_MAX`].
    #[error("a sheet has something beyond column {COLUMNS_MAX}; delete the columns that are not needed")]
    TooManyColumns,
    /// More than [`SHEETS_MAX`] sheets.
    #[error("the workbook has more than {SHEETS_MAX} sheets; keep those that are needed")]
    TooManySheets,
}

impl SheetFault {
    /// The stable code: clients match on it, never on the text.
    pub const fn code(&self) -> &'static str {
        match self {
            SheetFault::Empty => "file_empty",
            SheetFault::OldWorkbook => "file_old_workbook",
            SheetFault::Encrypted => "file_encrypted",
            SheetFault::OtherWorkbook => "file_other_workbook",
            SheetFault::Markup => "file_markup",
            SheetFault::NotASheet => "file_not_a_sheet",
            SheetFault::Damaged => "file_damaged",
            SheetFault::UnknownEncoding => "file_unknown_encoding",
            SheetFault::UnclosedQuote { .. } => "file_unclosed_quote",
            SheetFault::TooLarge => "file_too_large",
            SheetFault::TooManyCells => "file_too_many_cells",
            SheetFault::TooManyRows => "file_too_many_rows",
            SheetFault::TooManyColumns => "file_too_many_columns",
            SheetFault::TooManySheets => "file_too_many_sheets",
        }
    }

    /// What happened and what to do, in Chinese. `Display` says it in English.
    pub fn zh(&self) -> String {
        match self {
            SheetFault::Empty => "文件是空的，请重新选择文件".into(),
            SheetFault::OldWorkbook => "这是旧版 .xls 或 .et 工作簿，请打开后另存为 .xlsx 再上传".into(),
            SheetFault::Encrypted => "工作簿设有密码，请先取消密码（文件—信息—保护工作簿）再上传".into(),
            SheetFault::OtherWorkbook => "这不是 .xlsx 工作簿，而是其他格式的文档，请另存为 .xlsx 再上传".into(),
            SheetFault::Markup => "这是以表格文件命名的网页或 XML，请用表格软件打开后另存为 .xlsx 再上传".into(),
            SheetFault::NotASheet => "这既不是 .xlsx 工作簿，也不是 CSV 文件".into(),
            SheetFault::Damaged => "工作簿已损坏或不完整，请打开后重新保存再上传".into(),
            SheetFault::UnknownEncoding => {
                "文字编码既不是 UTF-8 也不是 GB18030，请另存为“CSV UTF-8”或 .xlsx 再上传".into()
            }
            SheetFault::UnclosedQuote { row } => format!("第 {row} 行的引号没有闭合，请改正后重新上传"),
            SheetFault::TooLarge => {
                format!("文件展开后超过 {} MB，请拆分，或删去图片和空白的格式行", UNPACKED_BYTES_MAX >> 20)
            }
            SheetFault::TooManyCells => {
                format!("工作表铺开超过 {CELLS_MAX} 个单元格（含空白），请让表格靠左，并拆成几个文件")
            }
            SheetFault::TooManyRows => format!("工作表超过 {ROWS_MAX} 行，请拆成几个文件"),
            SheetFault::TooManyColumns => format!("工作表第 {COLUMNS_MAX} 列之后还有内容，请删去不需要的列"),
            SheetFault::TooManySheets => format!("工作簿超过 {SHEETS_MAX} 个工作表，请只保留需要的"),
        }
    }
}

/// Reads an XLSX workbook or a CSV file (UTF-8, UTF-16 with byte order mark, GB18030; divided by comma, semicolon or tab).
///
/// What the file is, is read from its content. Formulas count with the value that was last calculated; the apostrophe of
/// [`guard`](super::guard::guard) is taken away. Work is bounded by the limits above whatever the file says about itself.
///
/// # Errors
/// One [`SheetFault`] per reason.
pub fn read_grid(bytes: &[u8]) -> Result<Grid, SheetFault> {
    match bytes {
        [] => Err(SheetFault::Empty),
        [b'P', b'K', 3, 4, ..] => read_workbook(bytes),
        [b'P', b'K', 5, 6, ..] => Err(SheetFault::Damaged),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Err(compound_file(bytes)),
        _ => text::read_text(bytes),
    }
}

/// Both old workbooks and new ones with a password are OLE compound files; only the latter hold a stream of this name.
fn compound_file(bytes: &[u8]) -> SheetFault {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(name.len()).any(|window| window == name) { SheetFault::Encrypted } else { SheetFault::OldWorkbook }
}

fn read_workbook(bytes: &[u8]) -> Result<Grid, SheetFault> {
    check_archive(bytes, UNPACKED_BYTES_MAX)?;
    // The parser is written for well-formed files and may panic on others; a file must never take a worker down.
    catch_unwind(AssertUnwindSafe(|| read_sheets(bytes))).unwrap_or(Err(SheetFault::Damaged))
}

/// Unpacks every part to nowhere and counts, because the sizes that an archive declares are the sender's to choose.
fn check_archive(bytes: &[u8], unpacked_bytes_max: u64) -> Result<(), SheetFault> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| SheetFault::Damaged)?;
    if archive.len() > PARTS_MAX {
        return Err(SheetFault::TooLarge);
    }
    let is_book = |name: &str| name.to_lowercase().starts_with("xl/workbook") && name.ends_with(".xml");
    if !archive.file_names().flatten().any(|name| is_book(&name)) {
        return Err(SheetFault::OtherWorkbook);
    }
    let mut left = unpacked_bytes_max;
    for part in 0..archive.len() {
        let file = archive.by_index(part).map_err(|fault| match fault {
            zip::result::ZipError::UnsupportedArchive(_) => SheetFault::Encrypted,
            _ => SheetFault::Damaged,
        })?;
        let read = std::io::copy(&mut file.take(left + 1), &mut std::io::sink()).map_err(|_| SheetFault::Damaged)?;
        left = left.checked_sub(read).ok_or(SheetFault::TooLarge)?;
    }
    Ok(())
}

fn damaged(_: XlsxError) -> SheetFault {
    SheetFault::Damaged
}

fn read_sheets(bytes: &[u8]) -> Result<Grid, SheetFault> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let sheets: Vec<(String, bool)> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible))
        .collect();
    if sheets.len() > SHEETS_MAX {
        return Err(SheetFault::TooManySheets);
    }
    let mut grid = Grid::default();
    let mut left = Left { letters: LETTERS_MAX, cells: CELLS_MAX };
    for (name, hidden) in sheets {
        let rows = read_cells(&mut workbook, &name, &mut left)?;
        let merged = if rows.is_empty() { Vec::new() } else { read_merged(&mut workbook, &name)? };
        grid.sheets.push(GridSheet { name, hidden, rows, merged });
    }
    Ok(grid)
}

/// What a workbook may still cost.
struct Left {
    letters: usize,
    cells: usize,
}

type Workbook<'a> = Xlsx<Cursor<&'a [u8]>>;

fn read_cells(workbook: &mut Workbook<'_>, name: &str, left: &mut Left) -> Result<Vec<Vec<Cell>>, SheetFault> {
    let mut reader = workbook.worksheet_cells_reader(name).map_err(damaged)?;
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    while let Some(found) = reader.next_cell().map_err(damaged)? {
        let (row, column) = found.get_position();
        let cell = cell_of(found.get_value());
        // Formatted cells without content reach to the end of the sheet and count for nothing.
        if cell == Cell::Empty {
            continue;
        }
        let row = usize::try_from(row).ok().filter(|row| *row < ROWS_MAX).ok_or(SheetFault::TooManyRows)?;
        let column =
            usize::try_from(column).ok().filter(|column| *column < COLUMNS_MAX).ok_or(SheetFault::TooManyColumns)?;
        let letters = if let Cell::Text(text) = &cell { text.len() } else { 1 };
        left.letters = left.letters.checked_sub(letters).ok_or(SheetFault::TooLarge)?;
        place(&mut rows, &mut left.cells, (row, column), cell)?;
    }
    Ok(rows)
}

/// Puts a cell where it belongs, filling up with empty ones as far as there are cells left.
fn place(
    rows: &mut Vec<Vec<Cell>>,
    cells_left: &mut usize,
    (row, column): (usize, usize),
    cell: Cell,
) -> Result<(), SheetFault> {
    let wide = rows.get(row).map_or(0, Vec::len);
    let more = (row + 1).saturating_sub(rows.len()) + (column + 1).saturating_sub(wide);
    *cells_left = cells_left.checked_sub(more).ok_or(SheetFault::TooManyCells)?;
    if rows.len() <= row {
        rows.resize_with(row + 1, Vec::new);
    }
    if let Some(cells) = rows.get_mut(row) {
        if cells.len() <= column {
            cells.resize(column + 1, Cell::Empty);
        }
        if let Some(slot) = cells.get_mut(column) {
            *slot = cell;
        }
    }
    Ok(())
}

fn read_merged(workbook: &mut Workbook<'_>, name: &str) -> Result<Vec<MergedArea>, SheetFault> {
    let areas = workbook.merge_cells_by_sheet_name(name).map_err(damaged)?;
    let whole = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    Ok(areas
        .into_iter()
        .take(MERGED_MAX)
        .map(|area| MergedArea {
            top: whole(area.start.0),
            bottom: whole(area.end.0),
            left: whole(area.start.1),
            right: whole(area.end.1),
        })
        .collect())
}

fn cell_of(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Number(number.to_string()),
        // Plain decimal notation whatever the magnitude: the shortest text that means the same float.
        DataRef::Float(number) => Cell::Number(number.to_string()),
        DataRef::String(text) => text_cell(text),
        DataRef::SharedString(text) => text_cell(text),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::DateTime(moment) => {
            let number = moment.as_f64();
            // Outside of the calendar (1900 to 9999) a number with a date format is a number.
            let day = (0.0..2_958_466.0).contains(&number).then(|| moment.as_datetime()).flatten();
            match day {
                Some(day) if moment.is_datetime() => Cell::Date(day.date()),
                _ => Cell::Number(number.to_string()),
            }
        }
        DataRef::DateTimeIso(text) => match text.get(..10).and_then(|day| day.parse().ok()) {
            Some(day) => Cell::Date(day),
            None => text_cell(text),
        },
        DataRef::DurationIso(text) => text_cell(text),
        DataRef::Error(error) => Cell::Broken(BrokenCell::Formula(Data::Error(error.clone()).to_string())),
    }
}

fn text_cell(text: &str) -> Cell {
    if text.is_empty() {
        return Cell::Empty;
    }
    if text.len() > CELL_LETTERS_MAX && text.chars().count() > CELL_LETTERS_MAX {
        return Cell::Broken(BrokenCell::TooLong);
    }
    Cell::Text(unguard(text).replace("_x000D_", ""))
}

#[cfg(test)]
mod tests;
