//! Instants and civil dates.
//!
//! An instant is UTC, cut to milliseconds, because both databases keep at least that. A rule never looks at an instant: it
//! looks at the civil date in the area's zone, so that a cycle ends at local midnight.

use chrono::{DateTime, Datelike, FixedOffset, Months, NaiveDate, NaiveDateTime, SecondsFormat, Timelike, Utc};
use std::fmt;

/// Minutes that China Standard Time is ahead of UTC. The whole country keeps one zone without summer time.
pub const CHINA_OFFSET_MINUTES: i32 = 8 * 60;

/// The last day of a span of `months` that begins on `from`. Where the month of the end is too short to have the day of the month, the
/// span ends with that month: six months from 31 August end with February.
pub fn last_day_after_months(from: NaiveDate, months: u32) -> NaiveDate {
    match from.checked_add_months(Months::new(months)) {
        Some(day) if day.day() < from.day() => day,
        Some(day) => day.pred_opt().unwrap_or(day),
        None => NaiveDate::MAX,
    }
}

/// An instant in UTC, cut to milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcMillis(i64);

impl UtcMillis {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        UtcMillis(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Cuts a chrono instant.
    pub fn from_utc(instant: DateTime<Utc>) -> Self {
        UtcMillis(instant.timestamp_millis())
    }

    /// Cuts a UTC date and time without zone, as the databases keep them.
    pub fn from_naive(naive: NaiveDateTime) -> Self {
        UtcMillis(naive.and_utc().timestamp_millis())
    }

    /// As the databases keep it. An instant outside chrono's range (262,000 years) becomes the epoch.
    pub fn naive(self) -> NaiveDateTime {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default().naive_utc()
    }

    /// The civil date at this instant in a zone `offset_minutes` ahead of UTC.
    pub fn civil_date(self, offset_minutes: i32) -> NaiveDate {
        let ahead = i64::from(offset_minutes).saturating_mul(60_000);
        UtcMillis(self.0.saturating_add(ahead)).naive().date()
    }

    /// The civil date in China.
    pub fn china_date(self) -> NaiveDate {
        self.civil_date(CHINA_OFFSET_MINUTES)
    }

    /// Later by `millis` (earlier where negative), held at the ends of the range.
    pub fn plus_millis(self, millis: i64) -> Self {
        UtcMillis(self.0.saturating_add(millis))
    }

    /// The instant at which the civil date `date` begins in China.
    pub fn china_midnight(date: NaiveDate) -> Self {
        let midnight = date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis();
        UtcMillis(midnight - i64::from(CHINA_OFFSET_MINUTES) * 60_000)
    }

    /// Reads RFC 3339 with an offset.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text).ok().map(|instant| UtcMillis(instant.timestamp_millis()))
    }
}

impl From<NaiveDateTime> for UtcMillis {
    fn from(naive: NaiveDateTime) -> Self {
        UtcMillis::from_naive(naive)
    }
}

/// The years in which anything happens that a county keeps: nobody who teaches was born before, and no rule looks further ahead.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// Reads a day as the contract writes it, four digits, two and two, within 1900 to 2199; `None` where it is none.
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    let form = b"0000-00-00";
    let fits = |(letter, form): (u8, &u8)| if *form == b'0' { letter.is_ascii_digit() } else { letter == *form };
    let written_so = text.len() == form.len() && text.bytes().zip(form).all(fits);
    text.parse::<NaiveDate>().ok().filter(|day| written_so && YEARS.contains(&day.year()))
}

/// The letters of an instant, with `0` where a digit comes.
const FORM: [u8; 29] = *b"0000-00-00T00:00:00.000+08:00";

/// An instant of the years 0 to 9999 in China Standard Time, as RFC 3339 writes it. Lists show thousands of instants a second,
/// so this is done in place.
fn china_text(instant: UtcMillis) -> Option<[u8; 29]> {
    let local = instant.plus_millis(i64::from(CHINA_OFFSET_MINUTES) * 60_000).naive();
    let year = u32::try_from(local.year()).ok().filter(|year| *year <= 9999)?;
    let millis = local.and_utc().timestamp_subsec_millis();
    let parts = [
        (0, 4, year),
        (5, 2, local.month()),
        (8, 2, local.day()),
        (11, 2, local.hour()),
        (14, 2, local.minute()),
        (17, 2, local.second()),
        (20, 3, millis),
    ];
    filled(FORM, &parts)
}

/// A form with numbers in the places where it has `0`: of each number where it starts, with how many digits, and the number. `None`
/// where a place lies outside.
pub fn filled<const LENGTH: usize>(mut form: [u8; LENGTH], numbers: &[(usize, usize, u32)]) -> Option<[u8; LENGTH]> {
    for (start, width, number) in numbers {
        let mut rest = *number;
        for digit in form.get_mut(*start..start + width)?.iter_mut().rev() {
            *digit += u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
    }
    Some(form)
}

impl fmt::Display for UtcMillis {
    /// RFC 3339 in China Standard Time, the zone its readers live in: `2016-09-01T08:00:00.000+08:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = china_text(*self) {
            return f.write_str(std::str::from_utf8(&text).unwrap_or_default());
        }
        let utc = DateTime::from_timestamp_millis(self.0).unwrap_or_default();
        match FixedOffset::east_opt(CHINA_OFFSET_MINUTES * 60) {
            Some(zone) => f.write_str(&utc.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Millis, false)),
            None => f.write_str(&utc.to_rfc3339_opts(SecondsFormat::Millis, true)),
        }
    }
}

/// A span of civil dates, both ends included; an open end lasts for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateSpan {
    /// First day.
    pub from: NaiveDate,
    /// Last day, or `None` while it lasts.
    pub to: Option<NaiveDate>,
}

impl DateSpan {
    /// True on the first day, on the last day and between.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// True where the two share a day.
    pub fn overlaps(&self, other: &DateSpan) -> bool {
        self.to.is_none_or(|to| other.from <= to) && other.to.is_none_or(|to| self.from <= to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_of_months_ends_before_its_day_of_the_month_or_with_a_month_that_is_too_short() {
        let check = |from: &str, months: u32, last: &str| {
            assert_eq!(last_day_after_months(from.parse().unwrap(), months).to_string(), last, "{months} from {from}");
        };
        check("2017-08-15", 12, "2018-08-14");
        check("2017-09-01", 6, "2018-02-28");
        check("2017-08-31", 6, "2018-02-28");
        check("2017-08-29", 6, "2018-02-28");
        check("2017-08-28", 6, "2018-02-27");
        check("2016-02-29", 12, "2017-02-28");
        check("2018-02-28", 1, "2018-03-27");
        check("2018-02-01", 1, "2018-02-28");
    }

    #[test]
    fn a_day_ends_at_midnight_in_china_not_in_greenwich() {
        let before = UtcMillis::parse_rfc3339("2020-12-31T15:59:59.999Z").unwrap();
        let after = UtcMillis::parse_rfc3339("2020-12-31T16:00:00Z").unwrap();
        assert_eq!(before.china_date().to_string(), "2020-12-31");
        assert_eq!(after.china_date().to_string(), "2021-01-01");
        assert_eq!(UtcMillis::china_midnight(after.china_date()), after);
        assert_eq!(after.to_string(), "2021-01-01T00:00:00.000+08:00");
    }

    #[test]
    fn an_instant_reads_back_as_it_was_written_and_is_written_as_chrono_writes_it() {
        let zone = FixedOffset::east_opt(CHINA_OFFSET_MINUTES * 60).unwrap();
        let year = 31_556_952_000_i64;
        for millis in
            [0, -1, 1, 1_479_859_199_999, 1_582_934_400_000, 8029 * year, 8031 * year, -1969 * year, -1971 * year]
        {
            let instant = UtcMillis::from_millis(millis);
            let chrono = DateTime::from_timestamp_millis(millis).unwrap().with_timezone(&zone);
            assert_eq!(instant.to_string(), chrono.to_rfc3339_opts(SecondsFormat::Millis, false), "{millis}");
        }
        let now = UtcMillis::from_millis(1_479_859_199_999);
        assert_eq!(UtcMillis::parse_rfc3339(&now.to_string()), Some(now));
    }

    #[test]
    fn spans_share_their_end_days() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let spring = DateSpan { from: day("2016-02-01"), to: Some(day("2016-06-30")) };
        let open = DateSpan { from: day("2016-06-30"), to: None };
        assert!(spring.contains(day("2016-06-30")) && !spring.contains(day("2016-07-01")));
        assert!(spring.overlaps(&open) && open.overlaps(&spring));
    }
}
