//! Filing windows: when programmes may be filed. In Zhejiang April and October of each year (浙教师〔2010〕175号, article 8).

use crate::time::DateSpan;
use chrono::NaiveDate;

/// Whether a programme may be filed on `today`, and if not, when the next window opens.
///
/// An area that entered no window restricts nothing: a county may take programmes all the year round.
///
/// # Errors
/// The next window to open, or `None` where no coming one was entered.
pub fn filing_open(windows: &[DateSpan], today: NaiveDate) -> Result<(), Option<DateSpan>> {
    if windows.is_empty() || windows.iter().any(|window| window.contains(today)) {
        return Ok(());
    }
    Err(windows.iter().filter(|window| window.from > today).min_by_key(|window| window.from).copied())
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
            assert_eq!(filing_open(windows, day(today)), expected, "{today}");
        }
    }
}
