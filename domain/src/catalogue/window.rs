//! Filing windows: when programmes may be filed. In Zhejiang April and October of each year (浙教师〔2010〕175号, article 8).

use crate::{policy::Months, time::DateSpan};
use chrono::{Datelike, NaiveDate};

/// Whether a programme may be filed on `today`, and if not, when the next window opens.
///
/// In an area that entered no window the months of the policy packs are the windows; where they name none, a county takes programmes
/// all the year round.
///
/// # Errors
/// The next window to open, or `None` where no coming one was entered.
pub fn filing_open(windows: &[DateSpan], months: Option<Months>, today: NaiveDate) -> Result<(), Option<DateSpan>> {
    let months = months.filter(|_| windows.is_empty());
    let own = months.map(|months| months_from(months, today)).unwrap_or_default();
    let windows = if months.is_some() { &own } else { windows };
    if windows.is_empty() || windows.iter().any(|window| window.contains(today)) {
        return Ok(());
    }
    Err(windows.iter().filter(|window| window.from > today).min_by_key(|window| window.from).copied())
}

/// The months that are windows, from that of `today` to the same of the next year.
fn months_from(months: Months, today: NaiveDate) -> Vec<DateSpan> {
    let first_days = (0..=12).filter_map(|ahead| today.with_day(1)?.checked_add_months(chrono::Months::new(ahead)));
    let windows = first_days.filter(|first| months.contains(first.month()));
    let last_day = |first: NaiveDate| first.checked_add_months(chrono::Months::new(1)).and_then(|next| next.pred_opt());
    windows.map(|first| DateSpan { from: first, to: last_day(first) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programmes_are_filed_within_a_window_and_a_county_without_windows_takes_them_always() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let span = |from: &str, to: &str| DateSpan { from: day(from), to: Some(day(to)) };
        let (april, october) = (span("2026-04-01", "2026-04-30"), span("2026-10-01", "2026-10-31"));
        let both = [october, april];
        type Case<'a> = (&'a [DateSpan], &'a str, Result<(), Option<DateSpan>>);
        let cases: [Case<'_>; 7] = [
            (&[], "2026-01-01", Ok(())),
            (&both, "2026-04-01", Ok(())),
            (&both, "2026-04-30", Ok(())),
            (&both, "2026-03-31", Err(Some(april))),
            (&both, "2026-05-01", Err(Some(october))),
            (&both, "2026-10-31", Ok(())),
            (&both, "2026-11-01", Err(None)),
        ];
        for (windows, today, expected) in cases {
            assert_eq!(filing_open(windows, None, day(today)), expected, "{today}");
        }
        let months = Months::parse("4,10");
        let next_april = span("2027-04-01", "2027-04-30");
        let of_the_packs = [
            ("2026-04-30", Ok(())),
            ("2026-10-01", Ok(())),
            ("2026-05-31", Err(Some(october))),
            ("2026-11-28", Err(Some(next_april))),
        ];
        for (today, expected) in of_the_packs {
            assert_eq!(filing_open(&[], months, day(today)), expected, "{today}");
        }
        let own = [span("2026-11-20", "2026-11-30")];
        assert_eq!(filing_open(&own, months, day("2026-11-28")), Ok(()), "the area's own window stands before");
        assert_eq!(filing_open(&own, months, day("2026-10-01")), Err(Some(own[0])));
    }
}
