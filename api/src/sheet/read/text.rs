//! CSV in the encodings and with the divisions that offices produce.

use super::{CELLS_MAX, COLUMNS_MAX, ROWS_MAX, SheetFault, UNPACKED_BYTES_MAX, text_cell};
use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};
use shixun_domain::people::roster::{Cell, Grid, GridSheet};
use std::borrow::Cow;

/// Reads text as one sheet without a name. Rows have the numbers that a spreadsheet gives them: blank lines count, line
/// breaks inside of quotation marks do not.
pub(super) fn read_text(bytes: &[u8]) -> Result<Grid, SheetFault> {
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > UNPACKED_BYTES_MAX {
        return Err(SheetFault::TooLarge);
    }
    let decoded = decode(bytes)?;
    let mut text = decoded.replace("\r\n", "\n").replace('\r', "\n");
    if text.trim().is_empty() {
        return Err(SheetFault::Empty);
    }
    if text.trim_start().starts_with('<') {
        return Err(SheetFault::Markup);
    }
    text.push('\n');
    // A first line `sep=;` tells a spreadsheet how the file is divided and is not a row.
    let (delimiter, body) = match text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n')) {
        Some((mark, rest)) if mark.len() == 1 => (mark.bytes().next().unwrap_or(b','), rest),
        _ => (divided_by(&text), text.as_str()),
    };
    let rows = read_rows(body, delimiter)?;
    Ok(Grid { sheets: vec![GridSheet { rows, ..GridSheet::default() }] })
}

/// UTF-8 with or without byte order mark, UTF-16 with one ("Unicode text" of Excel), otherwise GB18030, which includes
/// GBK and GB2312.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, SheetFault> {
    let utf16 = match bytes {
        [0xFF, 0xFE, rest @ ..] => Some((UTF_16LE, rest)),
        [0xFE, 0xFF, rest @ ..] => Some((UTF_16BE, rest)),
        _ => None,
    };
    if let Some((encoding, rest)) = utf16 {
        return encoding.decode_without_bom_handling_and_without_replacement(rest).ok_or(SheetFault::UnknownEncoding);
    }
    let rest = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    // Text has no NUL; nearly every other kind of file does.
    if rest.contains(&0) {
        return Err(SheetFault::NotASheet);
    }
    if [b"%PDF".as_slice(), b"\x89PNG", b"GIF8", b"\xFF\xD8\xFF", b"{\\rtf", b"Rar!", b"7z\xBC\xAF"]
        .iter()
        .any(|magic| rest.starts_with(magic))
    {
        return Err(SheetFault::NotASheet);
    }
    match std::str::from_utf8(rest) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => {
            let text = GB18030.decode_without_bom_handling_and_without_replacement(rest);
            text.ok_or(SheetFault::UnknownEncoding)
        }
    }
}

/// The sign that divides the most of the first lines most often, outside of quotation marks; a comma when none does.
fn divided_by(text: &str) -> u8 {
    let mut counts = [(b',', 0_usize), (b'\t', 0), (b';', 0)];
    let mut quoted = false;
    let mut lines = 0;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => lines += 1,
            _ if !quoted => {
                for (sign, count) in &mut counts {
                    *count += usize::from(*sign == byte);
                }
            }
            _ => {}
        }
        if lines > 50 {
            break;
        }
    }
    // The last of several equals wins in `max_by_key`, so the comma is asked last.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(sign, _)| *sign)
}

fn read_rows(text: &str, delimiter: u8) -> Result<Vec<Vec<Cell>>, SheetFault> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut record = csv::StringRecord::new();
    let mut swallowed = None;
    let mut cells_left = CELLS_MAX;
    loop {
        let line_before = reader.position().line();
        if !reader.read_record(&mut record).map_err(|_| SheetFault::UnknownEncoding)? {
            break;
        }
        let lines = usize::try_from(reader.position().line() - line_before).unwrap_or(usize::MAX);
        let inside: usize = record.iter().map(|field| field.matches('\n').count()).sum();
        // The reader passes over blank lines silently.
        let blank = lines.saturating_sub(inside + 1);
        if rows.len() + blank >= ROWS_MAX {
            return Err(SheetFault::TooManyRows);
        }
        rows.resize_with(rows.len() + blank, Vec::new);
        swallowed = is_swallowed(&record).then(|| rows.len() + 1);
        if record.iter().skip(COLUMNS_MAX).any(|field| !field.trim().is_empty()) {
            return Err(SheetFault::TooManyColumns);
        }
        cells_left = cells_left.checked_sub(record.len().min(COLUMNS_MAX)).ok_or(SheetFault::TooManyCells)?;
        rows.push(record.iter().take(COLUMNS_MAX).map(field_cell).collect());
    }
    // An odd quotation mark inside of a cell (5" pipe) is harmless; one that reaches the end of the file is not.
    let odd = text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
    match swallowed.filter(|_| odd) {
        Some(row) => Err(SheetFault::UnclosedQuote { row }),
        None => Ok(rows),
    }
}

/// True for a record whose last cell takes in a line end: as the last record of a file, what an unclosed quotation mark
/// leaves, because the text handed to the reader always ends with one.
fn is_swallowed(record: &csv::StringRecord) -> bool {
    record.iter().next_back().is_some_and(|field| field.ends_with('\n'))
}

fn field_cell(field: &str) -> Cell {
    // `="331…"` is how some systems keep a spreadsheet from making a number of a text.
    match field.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        Some(kept) => text_cell(kept),
        None => text_cell(field),
    }
}
