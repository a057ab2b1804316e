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
    // By hand, because a statement has hundreds of them: digits from the right, the point behind the second.
    let mut text = [b'0'; 24];
    let (mut rest, mut length) = (value.unsigned_abs(), 0);
    for (place, slot) in text.iter_mut().rev().enumerate() {
        if rest == 0 && place > 3 {
            break;
        }
        length = place + 1;
        if place == 2 {
            *slot = b'.';
        } else {
            *slot += u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
    }
    if value < 0 {
        f.write_str("-")?;
    }
    let digits = text.get(text.len() - length..).unwrap_or_default();
    f.write_str(std::str::from_utf8(digits).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hundredths_are_written_with_two_places_whatever_their_size() {
        struct Written(i64);
        impl std::fmt::Display for Written {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write_hundredths(self.0, f)
            }
        }
        for value in [0, 1, 9, 10, 99, 100, 101, 999, 1_000, 12_345, HUNDREDTHS_MAX, i64::MAX, i64::MIN] {
            for value in [value, value.wrapping_neg()] {
                let (sign, size) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
                assert_eq!(Written(value).to_string(), format!("{sign}{}.{:02}", size / 100, size % 100));
            }
        }
    }

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
