//! Columns read straight into the domain's values, without copying their letters first.
//!
//! SQLite keeps instants and days as text. Diesel reads and writes them through chrono's general format strings, which takes longer than
//! finding the row; here digits are read where they stand, and written one by one.

use super::MultiBackend;
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::Pg,
    serialize::{IsNull, Output, Result as Written, ToSql},
    sql_types::{Date, Text, Timestamp},
    sqlite::Sqlite,
};
use shixun_domain::{UtcMillis, time::filled};
use std::str::FromStr;

/// An instant.
#[derive(Debug, Clone, Copy, FromSqlRow, AsExpression)]
#[diesel(sql_type = Timestamp)]
pub(crate) struct At(NaiveDateTime);

/// A civil date.
#[derive(Debug, Clone, Copy, FromSqlRow, AsExpression)]
#[diesel(sql_type = Date)]
pub(crate) struct Day(pub(crate) NaiveDate);

/// A word of a closed list.
#[derive(Debug, Clone, Copy, FromSqlRow)]
pub(crate) struct Word<W>(pub(crate) W);

impl From<At> for UtcMillis {
    fn from(at: At) -> Self {
        UtcMillis::from_naive(at.0)
    }
}

impl From<UtcMillis> for At {
    fn from(at: UtcMillis) -> Self {
        At(at.naive())
    }
}

impl From<Day> for NaiveDate {
    fn from(day: Day) -> Self {
        day.0
    }
}

/// The digits from `start` to `end`.
fn number(text: &[u8], start: usize, end: usize) -> Option<u32> {
    text.get(start..end)?.iter().try_fold(0, |number: u32, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit <= 9)?;
        Some(number * 10 + u32::from(digit))
    })
}

/// `2016-09-01`
fn day(text: &[u8]) -> Option<NaiveDate> {
    let dashes = text.get(4) == Some(&b'-') && text.get(7) == Some(&b'-');
    let year = i32::try_from(number(text, 0, 4)?).ok()?;
    NaiveDate::from_ymd_opt(year, number(text, 5, 7)?, number(text, 8, 10)?).filter(|_| dashes)
}

/// `2016-09-01 08:00:00`, with or without `.250`
fn instant(text: &[u8]) -> Option<NaiveDateTime> {
    let marks = text.get(10) == Some(&b' ') && text.get(13) == Some(&b':') && text.get(16) == Some(&b':');
    let millis = match text.len() {
        19 => 0,
        23 if text.get(19) == Some(&b'.') => number(text, 20, 23)?,
        _ => return None,
    };
    let (hour, minute, second) = (number(text, 11, 13)?, number(text, 14, 16)?, number(text, 17, 19)?);
    let time = NaiveTime::from_hms_milli_opt(hour, minute, second, millis)?;
    Some(day(text)?.and_time(time)).filter(|_| marks)
}

/// As [`day`] reads it; `None` for years of more or fewer than four digits.
fn day_text(day: NaiveDate) -> Option<String> {
    let year = u32::try_from(day.year()).ok().filter(|year| *year <= 9_999)?;
    let text = filled(*b"0000-00-00", &[(0, 4, year), (5, 2, day.month()), (8, 2, day.day())])?;
    String::from_utf8(text.to_vec()).ok()
}

/// As [`instant`] reads it; `None` for what is finer than a millisecond, too.
fn instant_text(at: NaiveDateTime) -> Option<String> {
    let millis = at.nanosecond() / 1_000_000;
    if millis > 999 || !at.nanosecond().is_multiple_of(1_000_000) {
        return None;
    }
    let mut text = day_text(at.date())?;
    let time = [(1, 2, at.hour()), (4, 2, at.minute()), (7, 2, at.second()), (10, 3, millis)];
    let time = filled(*b" 00:00:00.000", &time)?;
    let shown = if millis == 0 { time.get(..9)? } else { time.as_slice() };
    text.push_str(std::str::from_utf8(shown).ok()?);
    Some(text)
}

impl ToSql<Timestamp, Sqlite> for At {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> Written {
        match instant_text(self.0) {
            Some(text) => {
                out.set_value(text);
                Ok(IsNull::No)
            }
            None => ToSql::<Timestamp, Sqlite>::to_sql(&self.0, out),
        }
    }
}

impl ToSql<Timestamp, Pg> for At {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> Written {
        ToSql::<Timestamp, Pg>::to_sql(&self.0, out)
    }
}

impl ToSql<Date, Sqlite> for Day {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> Written {
        match day_text(self.0) {
            Some(text) => {
                out.set_value(text);
                Ok(IsNull::No)
            }
            None => ToSql::<Date, Sqlite>::to_sql(&self.0, out),
        }
    }
}

impl ToSql<Date, Pg> for Day {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> Written {
        ToSql::<Date, Pg>::to_sql(&self.0, out)
    }
}

impl FromSql<Timestamp, Sqlite> for At {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        match instant(value.read_text().as_bytes()) {
            Some(at) => Ok(At(at)),
            None => <NaiveDateTime as FromSql<Timestamp, Sqlite>>::from_sql(value).map(At),
        }
    }
}

impl FromSql<Timestamp, Pg> for At {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <NaiveDateTime as FromSql<Timestamp, Pg>>::from_sql(value).map(At)
    }
}

impl FromSql<Date, Sqlite> for Day {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = value.read_text().as_bytes();
        match day(text).filter(|_| text.len() == 10) {
            Some(day) => Ok(Day(day)),
            None => <NaiveDate as FromSql<Date, Sqlite>>::from_sql(value).map(Day),
        }
    }
}

impl FromSql<Date, Pg> for Day {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <NaiveDate as FromSql<Date, Pg>>::from_sql(value).map(Day)
    }
}

fn word<W: FromStr>(text: &str) -> deserialize::Result<Word<W>> {
    text.parse().map(Word).map_err(|_| format!("{text:?} is not a word of its list").into())
}

impl<W: FromStr> FromSql<Text, Sqlite> for Word<W> {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        word(value.read_text())
    }
}

impl<W: FromStr> FromSql<Text, Pg> for Word<W> {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        word(std::str::from_utf8(value.as_bytes())?)
    }
}

/// What the enum's own backend reads is what one of the two reads.
macro_rules! either {
    ($($sql:ty => $value:ty $(where $word:ident)?;)+) => { $(
        impl$(<$word: FromStr>)? FromSql<$sql, MultiBackend> for $value {
            fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                value.from_sql::<Self, $sql>()
            }
        }
    )+ };
}
either! { Timestamp => At; Date => Day; Text => Word<W> where W; }

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_not_an_instant_is_left_to_the_general_reader() {
        for text in [
            "",
            "2016-09-01",
            "2016-09-01T08:00:00",
            "2016-13-01 08:00:00",
            "2016-09-01 08:00:00.25",
            "2016/09/01 08:00:00",
        ] {
            assert_eq!(instant(text.as_bytes()), None, "{text}");
        }
        for text in ["", "2016-02-30", "2016-9-1", "2016/09/01", "+016-09-01"] {
            assert_eq!(day(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_instant_is_read_and_written_as_diesel_does_it(millis in -62_135_596_800_000_i64..253_402_300_800_000) {
            let written = UtcMillis::from_millis(millis).naive();
            let (at, on) = (written.format("%F %T%.f").to_string(), written.date().format("%F").to_string());
            prop_assert_eq!(instant(at.as_bytes()), Some(written));
            prop_assert_eq!(day(on.as_bytes()), Some(written.date()));
            prop_assert_eq!(instant_text(written), Some(at));
            prop_assert_eq!(day_text(written.date()), Some(on));
        }
    }
}
