//! Cycles (周期): spans of whole years in which a person owes a total.

use crate::time::DateSpan;
use chrono::{Datelike, NaiveDate};

/// All cycles of a regime: one first day and a length; the others follow before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CycleCalendar {
    anchor: NaiveDate,
    years: i32,
}

/// One cycle, both days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cycle {
    from: NaiveDate,
    to: NaiveDate,
}

impl CycleCalendar {
    /// `None` unless the anchor is the first of a month and the length is 1 to 20 years.
    pub fn new(anchor: NaiveDate, years: i32) -> Option<Self> {
        (anchor.day() == 1 && (1..=20).contains(&years)).then_some(CycleCalendar { anchor, years })
    }

    /// The cycle that contains the day.
    pub fn cycle_on(&self, day: NaiveDate) -> Cycle {
        let months = month_number(day) - month_number(self.anchor);
        let length = self.years * 12;
        let from = month_start(month_number(self.anchor) + months.div_euclid(length) * length);
        Cycle { from, to: month_start(month_number(from) + length).pred_opt().unwrap_or(NaiveDate::MAX) }
    }

    /// The cycle of this name (`2016-2020`); `None` where no cycle of this calendar has it.
    pub fn cycle_named(&self, name: &str) -> Option<Cycle> {
        let (first, _) = name.split_once('-')?;
        let plain = first.len() == 4 && first.bytes().all(|byte| byte.is_ascii_digit());
        let year: i32 = plain.then(|| first.parse().ok()).flatten()?;
        let cycle = self.cycle_on(NaiveDate::from_ymd_opt(year, self.anchor.month(), 1)?);
        (cycle.name() == name).then_some(cycle)
    }
}

impl Cycle {
    /// First day.
    pub const fn from(&self) -> NaiveDate {
        self.from
    }

    /// Last day.
    pub const fn to(&self) -> NaiveDate {
        self.to
    }

    /// First and last calendar year: `2016-2020`.
    pub fn name(&self) -> String {
        format!("{:04}-{:04}", self.from.year(), self.to.year())
    }

    /// True on the first day, on the last day and between. Days are civil days of the area, so the cycle ends at local
    /// midnight.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.to
    }

    /// Both days.
    pub const fn span(&self) -> DateSpan {
        DateSpan { from: self.from, to: Some(self.to) }
    }

    /// Length in months.
    pub fn months(&self) -> i32 {
        full_months(self.from, self.to)
    }

    /// The calendar years it touches.
    pub fn years(&self) -> std::ops::RangeInclusive<i32> {
        self.from.year()..=self.to.year()
    }

    /// The part of a calendar year that lies in the cycle.
    pub fn year_span(&self, year: i32) -> (NaiveDate, NaiveDate) {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(self.from);
        let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(self.to);
        (first.max(self.from), last.min(self.to))
    }
}

/// Months since year 0.
fn month_number(day: NaiveDate) -> i32 {
    day.year() * 12 + i32::try_from(day.month0()).unwrap_or(0)
}

/// First day of a month counted from year 0; the calendar's first day beyond its range.
fn month_start(number: i32) -> NaiveDate {
    let month = u32::try_from(number.rem_euclid(12) + 1).unwrap_or(1);
    NaiveDate::from_ymd_opt(number.div_euclid(12), month, 1).unwrap_or(NaiveDate::MIN)
}

/// Whole calendar months between two days, both included: 0 where there is none.
pub(super) fn full_months(from: NaiveDate, to: NaiveDate) -> i32 {
    let first = if from.day() == 1 { month_number(from) } else { month_number(from) + 1 };
    let after = to.succ_opt().unwrap_or(to);
    (month_number(after) - first).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn cycles_follow_one_another_without_gap() {
        let calendar = CycleCalendar::new(day("2016-01-01"), 5).unwrap();
        let cases = [
            ("2010-12-31", "2006-2010"),
            ("2015-12-31", "2011-2015"),
            ("2016-01-01", "2016-2020"),
            ("2020-12-31", "2016-2020"),
            ("2021-01-01", "2021-2025"),
            ("2026-11-23", "2026-2030"),
        ];
        for (on, name) in cases {
            assert_eq!(calendar.cycle_on(day(on)).name(), name, "{on}");
            assert_eq!(calendar.cycle_named(name), Some(calendar.cycle_on(day(on))));
        }
        for name in ["2017-2021", "2016-2021", "2016", "+016-2020", "2016-2020 "] {
            assert_eq!(calendar.cycle_named(name), None, "{name}");
        }
        let cycle = calendar.cycle_on(day("2018-05-05"));
        assert_eq!((cycle.from(), cycle.to(), cycle.months()), (day("2016-01-01"), day("2020-12-31"), 60));
    }

    #[test]
    fn a_cycle_may_begin_with_a_school_year() {
        let calendar = CycleCalendar::new(day("2016-09-01"), 5).unwrap();
        let cycle = calendar.cycle_named("2016-2021").unwrap();
        assert_eq!((cycle.from(), cycle.to()), (day("2016-09-01"), day("2021-08-31")));
        assert_eq!(cycle.year_span(2016), (day("2016-09-01"), day("2016-12-31")));
    }

    #[test]
    fn only_whole_months_are_counted() {
        let cases = [
            ("2018-08-15", "2020-12-31", 28),
            ("2016-01-01", "2019-08-31", 44),
            ("2016-01-01", "2019-08-30", 43),
            ("2018-02-01", "2018-08-31", 7),
            ("2018-02-02", "2018-02-28", 0),
        ];
        for (from, to, months) in cases {
            assert_eq!(full_months(day(from), day(to)), months, "{from} {to}");
        }
    }
}
