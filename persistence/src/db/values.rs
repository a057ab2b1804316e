//! Columns read straight into the domain's values, without copying their letters first.
//!
//! SQLite keeps instants and days as text. Diesel reads them through chrono's general format strings, which takes longer than
//! finding the row; here digits are read where they stand.

use super::MultiBackend;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    pg::Pg,
    sql_types::{Date, Text, Timestamp},
    sqlite::Sqlite,
};
use shixun_domain::UtcMillis;
use std::str::FromStr;

/// An instant.
#[derive(Debug, Clone, Copy, FromSqlRow)]
pub(crate) struct At(NaiveDateTime);

/// A civil date.
#[derive(Debug, Clone, Copy, FromSqlRow)]
pub(crate) struct Day(pub(crate) NaiveDate);

/// A word of a closed list.
#[derive(Debug, Clone, Copy, FromSqlRow)]
pub(crate) struct Word<W>(pub(crate) W);

impl From<At> for UtcMillis {
    fn from(at: At) -> Self {
        UtcMillis::from_naive(at.0)
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
        fn an_instant_is_read_as_diesel_writes_it(millis in -62_135_596_800_000_i64..253_402_300_800_000) {
            let written = UtcMillis::from_millis(millis).naive();
            prop_assert_eq!(instant(written.format("%F %T%.f").to_string().as_bytes()), Some(written));
            prop_assert_eq!(day(written.date().format("%F").to_string().as_bytes()), Some(written.date()));
        }
    }
}
