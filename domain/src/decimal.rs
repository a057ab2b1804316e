//! Decimal numbers with two places, as hours and money are written.

use thiserror::Error;

/// Why a text is not a decimal number with at most two places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecimalFault {
    /// Empty, or something other than digits, one leading minus sign and one point.
    #[error("not a decimal number")]
    NotANumber,
    /// More than two digits behind the point.
    #[error("more than two decimal places")]
    TooPrecise,
    /// Beyond what is ever owed, earned or paid (±10¹³ hundredths).
    #[error("out of range")]
    OutOfRange,
}

/// The largest magnitude, in hundredths, that any quantity may have.
pub const HUNDREDTHS_MAX: i64 = 10_000_000_000_000;

/// Reads `-12.5` as `-1250` hundredths. No exponent, no plus sign, no grouping, no blanks.
///
/// # Errors
/// One [`DecimalFault`] per reason.
pub fn parse_hundredths(text: &str) -> Result<i64, DecimalFault> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(fraction) {
        return Err(DecimalFault::NotANumber);
    }
    if fraction.len() > 2 {
        return Err(DecimalFault::TooPrecise);
    }
    let whole: i64 = whole.parse().map_err(|_| DecimalFault::OutOfRange)?;
    let tail: i64 = format!("{fraction:0<2}").parse().map_err(|_| DecimalFault::NotANumber)?;
    let magnitude = whole
        .checked_mul(100)
        .and_then(|scaled| scaled.checked_add(tail))
        .filter(|value| *value <= HUNDREDTHS_MAX)
        .ok_or(DecimalFault::OutOfRange)?;
    Ok(if negative { -magnitude } else { magnitude })
}

/// Writes hundredths with exactly two places: `1250` as `12.50`.
pub fn write_hundredths(value: i64, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    let sign = if value < 0 { "-" } else { "" };
    let magnitude = value.unsigned_abs();
    write!(f, "{sign}{}.{:02}", magnitude / 100, magnitude % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_at_most_two_places() {
        let cases = [
            ("0", Ok(0)),
            ("12.5", Ok(1250)),
            ("12.50", Ok(1250)),
            ("-0.05", Ok(-5)),
            ("007", Ok(700)),
            ("12.505", Err(DecimalFault::TooPrecise)),
            ("", Err(DecimalFault::NotANumber)),
            (".5", Err(DecimalFault::NotANumber)),
            ("5.", Err(DecimalFault::NotANumber)),
            ("1e3", Err(DecimalFault::NotANumber)),
            ("+1", Err(DecimalFault::NotANumber)),
            ("１", Err(DecimalFault::NotANumber)),
            ("--1", Err(DecimalFault::NotANumber)),
            ("100000000000.01", Err(DecimalFault::OutOfRange)),
            ("99999999999999999999", Err(DecimalFault::OutOfRange)),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_hundredths(text), expected, "{text:?}");
        }
    }
}
