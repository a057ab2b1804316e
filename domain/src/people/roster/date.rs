//! Dates as offices write them.

use super::grid::Cell;
use crate::fold;
use chrono::{Datelike, Days, Months, NaiveDate};

/// A date that was read, and how exactly it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetDate {
    /// The day; the first of the month where only year and month were written.
    pub date: NaiveDate,
    /// False where the day was not written, or was written as `00`.
    pub has_day: bool,
}

/// Why a cell is not a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateFault {
    /// Nothing in the cell.
    Empty,
    /// Words, nonsense, or a date the calendar does not have.
    NotADate,
    /// A year without a month.
    YearOnly {
        /// The year that was written.
        year: i32,
    },
    /// More than one date fits; the cell alone cannot tell which was meant.
    Ambiguous {
        /// The dates that fit, most likely first.
        candidates: Vec<NaiveDate>,
    },
}

/// The days between which a date must lie to make sense; they decide the century of a year of two digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plausible {
    /// First sensible day.
    pub from: NaiveDate,
    /// Last sensible day.
    pub to: NaiveDate,
}

type Read = Result<SheetDate, DateFault>;

/// Reads a cell as a date.
///
/// Accepted, with full-width digits and blanks anywhere: `2014-08-01`, `2014/8/1`, `2014.8.1`, `2014年8月1日`, `20140801`,
/// a time of day behind any of them; `2014-08`, `2014.8`, `2014/8`, `2014年8月(份)`, `201408`, `8/2014`, `Aug-2014`; real
/// date cells; the spreadsheet's day number (`42217`, as number or text); `15/8/2014` where only one order of day and month
/// exists; `二〇一四年八月` with the year in full. A year of two digits is accepted where the order is certain (`98.9`,
/// `14年8月`, `Aug-14`) and just one century is plausible. A month of `00` is refused, a day of `00` means no day.
///
/// # Errors
/// One [`DateFault`] per reason. A year alone is refused. So is the *number* 2014.1: a spreadsheet shows October, typed as
/// `2014.10`, in the same way as January.
pub fn read_date(cell: &Cell, plausible: Plausible) -> Read {
    match cell {
        Cell::Empty => Err(DateFault::Empty),
        Cell::Bool(_) | Cell::Broken(_) => Err(DateFault::NotADate),
        Cell::Date(date) => from_date_cell(*date),
        Cell::Number(number) => from_number(number, plausible),
        Cell::Text(text) => from_text(text, plausible),
    }
}

/// A year typed into a cell with a date format becomes a day of 1905; 0 becomes the last days of 1899.
fn from_date_cell(date: NaiveDate) -> Read {
    match day_number(date) {
        Some(year @ 1950..=2100) => Err(DateFault::YearOnly { year }),
        _ if date.year() < 1920 => Err(DateFault::NotADate),
        _ => Ok(SheetDate { date, has_day: true }),
    }
}

fn from_number(number: &str, plausible: Plausible) -> Read {
    if let Some((year, "1")) = number.split_once('.')
        && let Ok(year @ 1900..=2100) = year.parse::<i32>()
    {
        let candidates = [10, 1].into_iter().filter_map(|month| NaiveDate::from_ymd_opt(year, month, 1)).collect();
        return Err(DateFault::Ambiguous { candidates });
    }
    from_text(number, plausible)
}

fn from_text(text: &str, plausible: Plausible) -> Read {
    let folded = fold::tidy(text);
    let folded = folded.trim_start_matches('\'').trim();
    if folded.is_empty() {
        return Err(DateFault::Empty);
    }
    let folded = without_time(folded);
    if let Some(read) = with_month_name(folded, plausible) {
        return read;
    }
    let spelled = in_digits(folded).ok_or(DateFault::NotADate)?;
    let groups = digit_groups(&spelled).ok_or(DateFault::NotADate)?;
    match groups.as_slice() {
        [one] => from_one_group(one, plausible),
        [whole, _] if whole.len() == 5 => from_one_group(whole, plausible),
        [first, second] => from_two_groups(first, second, spelled.contains('年'), plausible),
        [first, second, third] => from_three_groups(first, second, third, spelled.contains('年'), plausible),
        _ => Err(DateFault::NotADate),
    }
}

/// `2014-08-01T00:00:00`, `2014/8/1 0:00`, `2014-08-01 00:00:00.000`: the part before the clock.
fn without_time(text: &str) -> &str {
    if !text.contains(':') {
        return text;
    }
    let day = text.split_once(['T', ' ']).map_or(text, |(day, _)| day);
    if day.contains(':') { text } else { day }
}

/// `Aug-14`, `Aug 2014`, `1-Aug-2014`: what an English spreadsheet makes of `2014-8` when it writes CSV.
fn with_month_name(text: &str, plausible: Plausible) -> Option<Read> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let lower = text.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split(['-', ' ', '/', ',', '.']).filter(|part| !part.is_empty()).collect();
    let month_of = |part: &str| {
        let name = part.get(..3)?;
        let place = MONTHS.iter().position(|month| *month == name && part.chars().all(|c| c.is_ascii_alphabetic()))?;
        u32::try_from(place + 1).ok()
    };
    let place = parts.iter().position(|part| month_of(part).is_some())?;
    let month = parts.get(place).copied().and_then(month_of)?;
    let rest: Vec<&str> = parts.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, part)| *part).collect();
    Some(match rest.as_slice() {
        [year] if year.len() == 4 => dated(number(year), month, None),
        [year] if year.len() == 2 => in_century(number(year), month, None, plausible),
        [year, day] | [day, year] if year.len() == 4 => dated(number(year), month, Some(number(day))),
        [day, year] if year.len() == 2 => in_century(number(year), month, Some(number(day)), plausible),
        _ => Err(DateFault::NotADate),
    })
}

/// Replaces Chinese numerals by digits where the year is spelled with all four: `二〇一四年十二月` as `2014年12月`. A year of
/// two spelled numerals (`零三年八月`) is how people talk, not a date.
fn in_digits(text: &str) -> Option<String> {
    const NUMERALS: &str = "〇一二三四五六七八九";
    let numeral = |letter: char| match letter {
        '零' | '○' | 'O' => Some(0),
        other => NUMERALS.chars().position(|known| known == other),
    };
    if !text.chars().any(|letter| letter == '十' || numeral(letter).is_some()) {
        return Some(text.to_owned());
    }
    let (year, rest) = text.split_once('年')?;
    let year: Option<String> = year.trim().chars().map(|c| numeral(c).map(|digit| digit.to_string())).collect();
    let year = year.filter(|year| year.len() == 4)?;
    let mut spelled = format!("{year}年");
    for part in rest.split_inclusive(['月', '日', '号']) {
        let letters: Vec<char> = part.chars().collect();
        let (unit, numerals) = letters.split_last()?;
        let value = match numerals {
            ['十'] => 10,
            ['十', ones] => 10 + numeral(*ones)?,
            [tens, '十'] => 10 * numeral(*tens)?,
            [tens, '十', ones] => 10 * numeral(*tens)? + numeral(*ones)?,
            [ones] => numeral(*ones)?,
            _ => return None,
        };
        spelled.push_str(&value.to_string());
        spelled.push(*unit);
    }
    Some(spelled)
}

/// The runs of digits, or nothing where anything but dividing signs stands between or around them.
fn digit_groups(text: &str) -> Option<Vec<&str>> {
    let dividing = |letter: char| {
        matches!(
            letter,
            '-' | '.'
                | '/'
                | '\\'
                | ' '
                | ','
                | '、'
                | '。'
                | '·'
                | '—'
                | '–'
                | '−'
                | '~'
                | '_'
                | '年'
                | '月'
                | '日'
                | '号'
                | '份'
        )
    };
    if !text.starts_with(|letter: char| letter.is_ascii_digit())
        || !text.chars().all(|letter| letter.is_ascii_digit() || dividing(letter))
    {
        return None;
    }
    Some(text.split(dividing).filter(|group| !group.is_empty()).collect())
}

fn from_one_group(digits: &str, plausible: Plausible) -> Read {
    let part = |from: usize, to: usize| digits.get(from..to).map_or(0, number);
    match digits.len() {
        4 => match number(digits) {
            year @ 1900..=2100 => Err(DateFault::YearOnly { year: year.cast_signed() }),
            _ => Err(DateFault::NotADate),
        },
        5 => from_day_number(number(digits)),
        6 if (1900..=2100).contains(&part(0, 4)) => dated(part(0, 4), part(4, 6), None),
        6 => in_century(part(0, 2), part(2, 4), Some(part(4, 6)), plausible),
        8 => dated(part(0, 4), part(4, 6), Some(part(6, 8))),
        _ => Err(DateFault::NotADate),
    }
}

fn from_two_groups(first: &str, second: &str, marked: bool, plausible: Plausible) -> Read {
    match (first.len(), second.len()) {
        (4, 1 | 2) => dated(number(first), number(second), None),
        (4, 4) => {
            let (month, day) = second.split_at_checked(2).ok_or(DateFault::NotADate)?;
            dated(number(first), number(month), Some(number(day)))
        }
        (1 | 2, 4) if !marked => dated(number(second), number(first), None),
        // 98.9 can only be a year and a month; 03.8 may also be the 8th of March.
        (2, 1 | 2) if marked || number(first) > 12 => in_century(number(first), number(second), None, plausible),
        (2, 1 | 2) => {
            let years = centuries(number(first)).into_iter();
            let candidates = years.filter_map(|year| dated(year, number(second), None).ok()).map(|read| read.date);
            refuse_ambiguous(candidates.filter(|date| within(*date, plausible)).collect())
        }
        _ => Err(DateFault::NotADate),
    }
}

fn from_three_groups(first: &str, second: &str, third: &str, marked: bool, plausible: Plausible) -> Read {
    let (a, b, c) = (number(first), number(second), number(third));
    match (first.len(), second.len(), third.len()) {
        (4, 1 | 2, 1 | 2) => dated(a, b, Some(c)),
        (1 | 2, 1 | 2, 4) if !marked => either_order(a, b, c),
        (2, 1 | 2, 1 | 2) if marked || a > 31 => in_century(a, b, Some(c), plausible),
        (1 | 2, 1 | 2, 2) => {
            let mut candidates = Vec::new();
            for (short, month, day) in [(a, b, c), (c, a, b), (c, b, a)] {
                for year in centuries(short) {
                    candidates.extend(dated(year, month, Some(day)).ok().map(|read| read.date));
                }
            }
            candidates.retain(|date| within(*date, plausible));
            candidates.dedup();
            refuse_ambiguous(candidates)
        }
        _ => Err(DateFault::NotADate),
    }
}

/// Month and day, or day and month, before the year.
fn either_order(first: u32, second: u32, year: u32) -> Read {
    match (dated(year, first, Some(second)), dated(year, second, Some(first))) {
        (Ok(one), Ok(other)) if one != other => Err(DateFault::Ambiguous { candidates: vec![one.date, other.date] }),
        (Ok(one), _) | (_, Ok(one)) => Ok(one),
        (Err(fault), Err(_)) => Err(fault),
    }
}

fn in_century(short: u32, month: u32, day: Option<u32>, plausible: Plausible) -> Read {
    let reads = centuries(short).into_iter().filter_map(|year| dated(year, month, day).ok());
    let fitting: Vec<SheetDate> = reads.filter(|read| within(read.date, plausible)).collect();
    match fitting.as_slice() {
        [] => Err(DateFault::NotADate),
        [one] => Ok(*one),
        several => Err(DateFault::Ambiguous { candidates: several.iter().map(|read| read.date).collect() }),
    }
}

fn refuse_ambiguous(candidates: Vec<NaiveDate>) -> Read {
    if candidates.is_empty() { Err(DateFault::NotADate) } else { Err(DateFault::Ambiguous { candidates }) }
}

fn centuries(short: u32) -> [u32; 2] {
    [2000 + short, 1900 + short]
}

fn within(date: NaiveDate, plausible: Plausible) -> bool {
    // A month without a day counts as plausible when any of its days is.
    date <= plausible.to && date.checked_add_months(Months::new(1)).is_none_or(|next| next > plausible.from)
}

fn dated(year: u32, month: u32, day: Option<u32>) -> Read {
    let has_day = day.is_some_and(|day| day != 0);
    let year = i32::try_from(year).ok().filter(|year| (1900..=2100).contains(year)).ok_or(DateFault::NotADate)?;
    let date = NaiveDate::from_ymd_opt(year, month, day.filter(|day| *day != 0).unwrap_or(1));
    date.map(|date| SheetDate { date, has_day }).ok_or(DateFault::NotADate)
}

fn number(digits: &str) -> u32 {
    digits.parse().unwrap_or(u32::MAX)
}

/// A spreadsheet's day number, from 1927-05-18 (10,000) to 2064 (60,000): wider than any working life, and narrow enough
/// not to take other numbers of five digits for dates.
fn from_day_number(number: u32) -> Read {
    if !(10_000..=60_000).contains(&number) {
        return Err(DateFault::NotADate);
    }
    let date = epoch().and_then(|epoch| epoch.checked_add_days(Days::new(u64::from(number))));
    date.map(|date| SheetDate { date, has_day: true }).ok_or(DateFault::NotADate)
}

fn day_number(date: NaiveDate) -> Option<i32> {
    i32::try_from(date.signed_duration_since(epoch()?).num_days()).ok()
}

/// Day 0 of the spreadsheet's calendar after its leap-year error of 1900, that is from March 1900 on.
fn epoch() -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(1899, 12, 30)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn career() -> Plausible {
        Plausible { from: day("1950-01-01"), to: day("2016-09-10") }
    }

    fn read(cell: &Cell) -> Result<String, DateFault> {
        read_date(cell, career()).map(|read| read.date.format(if read.has_day { "%F" } else { "%Y-%m" }).to_string())
    }

    #[test]
    fn every_spelling_of_a_month_is_read() {
        for text in [
            "2014-08",
            "2014.8",
            "2014.08",
            "2014/8",
            "2014年8月",
            "2014年08月份",
            "2014 8",
            "201408",
            "２０１４．８",
            "2014－08",
            "2014、8",
            "2014。8",
            "2014年 8 月",
            "'2014-08",
            "8/2014",
            "08.2014",
            "Aug-2014",
            "aug-14",
            "August 2014",
            "2014-08-00",
            "20140800",
            "14年8月",
            "二〇一四年八月",
            "二零一四年八月",
            "2014.8月",
            "2014年8",
            "2014—8",
        ] {
            assert_eq!(read(&Cell::Text(text.into())), Ok("2014-08".into()), "{text:?}");
        }
    }

    #[test]
    fn every_spelling_of_a_day_is_read() {
        for text in [
            "2014-08-01",
            "2014/8/1",
            "2014.8.1",
            "2014年8月1日",
            "2014年8月1号",
            "20140801",
            "2014-08-01 00:00:00",
            "2014/8/1 0:00",
            "2014-08-01T00:00:00.000",
            "41852",
            "41852.5",
            "２０１４年８月１日",
            "14年8月1日",
            "1-Aug-2014",
            "1-Aug-14",
            "2014.0801",
            "二〇一四年八月一日",
            " 2014 - 08 - 01 ",
        ] {
            assert_eq!(read(&Cell::Text(text.into())), Ok("2014-08-01".into()), "{text:?}");
        }
        assert_eq!(read(&Cell::Text("15/8/2014".into())), Ok("2014-08-15".into()));
        assert_eq!(read(&Cell::Text("8/15/2014".into())), Ok("2014-08-15".into()));
        assert_eq!(read(&Cell::Text("8/8/2014".into())), Ok("2014-08-08".into()));
        assert_eq!(read(&Cell::Text("980901".into())), Ok("1998-09-01".into()));
        assert_eq!(read(&Cell::Text("98.9".into())), Ok("1998-09".into()));
        assert_eq!(read(&Cell::Text("二〇〇〇年十二月二十五日".into())), Ok("2000-12-25".into()));
    }

    #[test]
    fn numbers_and_date_cells_are_read() {
        for (number, expected) in [
            ("42217", "2015-08-01"),
            ("42217.0", "2015-08-01"),
            ("201408", "2014-08"),
            ("20140801", "2014-08-01"),
            ("2014.8", "2014-08"),
            ("2014.11", "2014-11"),
        ] {
            assert_eq!(read(&Cell::Number(number.into())), Ok(expected.into()), "{number}");
        }
        assert_eq!(read(&Cell::Date(day("2014-08-01"))), Ok("2014-08-01".into()));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "零三年八月",
            "1990年代",
            "不详",
            "2014-13",
            "2014-02-31",
            "2014年2月30日",
            "2014-00",
            "1899-12-30",
            "2014-8-1-1",
            "0",
            "1",
            "123",
            "99999",
            "5000",
            "二十世纪",
            "2014年8月至今",
            "-2014-08",
            "2201-01",
            "2014-123",
            "三月",
            "99.13",
            "7月",
        ] {
            assert_eq!(read(&Cell::Text(text.into())), Err(DateFault::NotADate), "{text:?}");
        }
        for cell in [Cell::Date(day("1899-12-30")), Cell::Date(day("1900-01-01")), Cell::Bool(true)] {
            assert_eq!(read(&cell), Err(DateFault::NotADate), "{cell:?}");
        }
        assert_eq!(read(&Cell::Text("\u{3000}".into())), Err(DateFault::Empty));
    }

    #[test]
    fn a_year_alone_is_not_enough() {
        let year = Err(DateFault::YearOnly { year: 2014 });
        for cell in [
            Cell::Text("2014".into()),
            Cell::Text("2014年".into()),
            Cell::Number("2014".into()),
            Cell::Date(day("1905-07-06")),
        ] {
            assert_eq!(read(&cell), year, "{cell:?}");
        }
    }

    #[test]
    fn what_may_mean_two_dates_is_refused_with_both() {
        let ambiguous = |dates: &[&str]| {
            Err::<String, _>(DateFault::Ambiguous { candidates: dates.iter().map(|date| day(date)).collect() })
        };
        assert_eq!(read(&Cell::Number("2014.1".into())), ambiguous(&["2014-10-01", "2014-01-01"]));
        assert_eq!(read(&Cell::Text("8/1/2014".into())), ambiguous(&["2014-08-01", "2014-01-08"]));
        assert_eq!(read(&Cell::Text("03.8".into())), ambiguous(&["2003-08-01"]));
        assert_eq!(read(&Cell::Text("09-08-01".into())), ambiguous(&["2009-08-01", "2001-09-08", "2001-08-09"]));
        let whole_century = Plausible { from: day("1910-01-01"), to: day("2016-09-10") };
        let both = read_date(&Cell::Text("14年8月".into()), whole_century);
        assert_eq!(both, Err(DateFault::Ambiguous { candidates: vec![day("2014-08-01"), day("1914-08-01")] }));
    }
}
