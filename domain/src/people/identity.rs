//! The identity number of a resident (GB 11643-1999, 公民身份号码).

use crate::fold;
use crate::words::Sex;
use chrono::{Datelike, NaiveDate};
use std::fmt;
use thiserror::Error;

/// An identity number of 18 characters whose birth date exists and whose check character agrees (GB 11643).
///
/// The area prefix is not checked: numbers keep the prefix of the county that existed when they were given, so a prefix
/// that is on no current list is normal. A 15-digit number of before 1999 is kept in its 18-character form (century `19`
/// and the check character added), so that the same person has one number whichever form an office sends. `Display` and
/// `Debug` show the masked form; [`IdentityNumber::as_str`] is the only way to the whole.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityNumber {
    text: String,
    birth_date: NaiveDate,
    male: bool,
}

/// Why a text is not an identity number. Refusals in order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdentityFault {
    /// Nothing but blanks.
    #[error("the identity number is missing")]
    Empty,
    /// A spreadsheet kept the number as a number: it shows `3.31199E+17`, or its last digits became zeros. The last
    /// digits are lost and nobody can bring them back from the file.
    #[error("the last digits of the identity number were destroyed by a number format")]
    RuinedByNumberFormat,
    /// Something other than digits, with `X` as the last of 18 at most.
    #[error("an identity number has digits only, with X at most in the last place")]
    NotDigits,
    /// Fewer than 18 digits, and not a valid old number of 15.
    #[error("the identity number has {length} digits, 18 are needed")]
    TooShort {
        /// How many there are.
        length: usize,
    },
    /// More than 18 digits.
    #[error("the identity number has {length} digits, 18 are needed")]
    TooLong {
        /// How many there are.
        length: usize,
    },
    /// Digits 7 to 14 are no date of the calendar, or one before 1900.
    #[error("digits 7 to 14 of the identity number are not a date")]
    ImpossibleBirthDate,
    /// The last character does not agree with the others: one of them is mistyped.
    #[error("the identity number is mistyped: its check character should be {expected}")]
    WrongCheckDigit {
        /// What the last character would be if the others were right.
        expected: char,
    },
}

/// Weights of the first 17 digits (GB 11643, ISO 7064 MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character for each remainder of the weighted sum modulo 11.
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

impl IdentityNumber {
    /// Reads a number as people write it: blanks, full-width digits, a lower-case `x`, hyphens, and the apostrophe or
    /// `="…"` that keeps a spreadsheet from making a number of it are all accepted.
    ///
    /// # Errors
    /// One [`IdentityFault`] per reason.
    pub fn parse(text: &str) -> Result<Self, IdentityFault> {
        let number = bare(text);
        if number.is_empty() {
            return Err(IdentityFault::Empty);
        }
        if is_scientific(&number) {
            return Err(IdentityFault::RuinedByNumberFormat);
        }
        let mut letters = number.chars();
        let last = letters.next_back().unwrap_or_default();
        if !letters.all(|letter| letter.is_ascii_digit()) || !(last.is_ascii_digit() || last == 'X') {
            return Err(IdentityFault::NotDigits);
        }
        match number.len() {
            15 => Self::from_legacy(&number),
            18 => Self::from_current(number),
            length if length < 18 => Err(IdentityFault::TooShort { length }),
            length => Err(IdentityFault::TooLong { length }),
        }
    }

    fn from_current(number: String) -> Result<Self, IdentityFault> {
        let date = number.get(6..14).and_then(civil_date).ok_or(IdentityFault::ImpossibleBirthDate)?;
        let expected = check_character(&number).ok_or(IdentityFault::NotDigits)?;
        if number.ends_with(expected) {
            let male = number.get(16..17).is_some_and(is_odd);
            return Ok(IdentityNumber { text: number, birth_date: date, male });
        }
        // A spreadsheet keeps 15 significant digits; what follows became zeros when the number was a number.
        if number.ends_with("000") {
            return Err(IdentityFault::RuinedByNumberFormat);
        }
        Err(IdentityFault::WrongCheckDigit { expected })
    }

    /// 15 digits: 6 area, 2 year of the 20th century, 2 month, 2 day, 3 sequence. Where the date does not exist the
    /// number is not an old one but a new one that was cut, and the length is what is wrong.
    fn from_legacy(number: &str) -> Result<Self, IdentityFault> {
        let too_short = IdentityFault::TooShort { length: 15 };
        let (area, rest) = number.split_at_checked(6).ok_or(too_short)?;
        let body = format!("{area}19{rest}");
        let check = check_character(&body).ok_or(too_short)?;
        Self::from_current(format!("{body}{check}")).map_err(|_| too_short)
    }

    /// All 18 characters, the last one a digit or `X`. Personal data: not for logs.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The birth date in digits 7 to 14.
    pub const fn birth_date(&self) -> NaiveDate {
        self.birth_date
    }

    /// Odd sequence numbers are men's, even ones women's.
    pub const fn sex(&self) -> Sex {
        if self.male { Sex::Male } else { Sex::Female }
    }

    /// For lists and messages: `331199**********87`. The birth date is hidden, and of what follows it as much as keeps a birth month,
    /// which the last day at work tells, from making the number whole.
    pub fn masked(&self) -> String {
        let area = self.text.get(..6).unwrap_or_default();
        let tail = self.text.get(16..).unwrap_or_default();
        format!("{area}**********{tail}")
    }
}

impl fmt::Display for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityNumber({})", self.masked())
    }
}

/// Takes away what surrounds and divides a number without being part of it.
fn bare(text: &str) -> String {
    fold::compact(text)
        .chars()
        .filter(|letter| {
            !matches!(letter, '\'' | '‘' | '’' | '`' | '"' | '“' | '”' | '=' | '-' | '－' | '–' | '—' | '‐')
        })
        .map(|letter| match letter {
            'x' | '×' | 'Ⅹ' | 'ⅹ' | 'Х' | 'х' | 'Χ' | 'χ' => 'X',
            other => other,
        })
        .collect()
}

/// `3.31199E+17` in any precision. The exponent's plus sign may be missing.
fn is_scientific(number: &str) -> bool {
    let Some((mantissa, exponent)) = number.split_once(['E', 'e']) else {
        return false;
    };
    let digits = |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    digits(whole) && digits(fraction) && digits(exponent.trim_start_matches('+'))
}

fn civil_date(digits: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(digits, "%Y%m%d").ok().filter(|date| date.year() >= 1900)
}

fn is_odd(digit: &str) -> bool {
    matches!(digit, "1" | "3" | "5" | "7" | "9")
}

/// The check character for the first 17 digits.
fn check_character(number: &str) -> Option<char> {
    let mut sum = 0;
    for (letter, weight) in number.chars().zip(WEIGHTS) {
        sum += letter.to_digit(10)? * weight;
    }
    usize::try_from(sum % 11).ok().and_then(|remainder| CHECKS.get(remainder).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, IdentityFault>) {
        let read = IdentityNumber::parse(text);
        assert_eq!(read.as_ref().map(IdentityNumber::as_str), expected.as_ref().copied(), "{text:?}");
    }

    #[test]
    fn a_number_is_read_however_it_was_typed() {
        for text in [
            "34052419800101001X",
            "34052419800101001x",
            "'34052419800101001X",
            " 340524 19800101 001X ",
            "340524-19800101-001x",
            "３４０５２４１９８００１０１００１Ｘ",
            "=\"34052419800101001X\"",
            "34052419800101001Х",
            "\u{FEFF}34052419800101001X\t",
        ] {
            check(text, Ok("34052419800101001X"));
        }
        check("370101190102039973", Ok("370101190102039973"));
    }

    #[test]
    fn an_area_that_is_on_no_list_is_accepted() {
        check("331199199205119087", Ok("331199199205119087"));
        check("810000199408230021", Ok("810000199408230021"));
    }

    #[test]
    fn an_old_number_becomes_the_new_one_of_the_same_person() {
        check("340524800101001", Ok("34052419800101001X"));
        check("331199197304210", Err(IdentityFault::TooShort { length: 15 }));
        check("34052480010100X", Err(IdentityFault::TooShort { length: 15 }));
    }

    #[test]
    fn every_refusal_has_its_reason() {
        use IdentityFault::*;
        for (text, fault) in [
            ("", Empty),
            (" \u{3000}'", Empty),
            ("3.31199E+17", RuinedByNumberFormat),
            ("3.311991986032518e+17", RuinedByNumberFormat),
            ("３.３１Ｅ＋17", RuinedByNumberFormat),
            ("3E17", RuinedByNumberFormat),
            ("331199198603251000", RuinedByNumberFormat),
            ("护照E1234567", NotDigits),
            ("3311991986X3251234", NotDigits),
            ("无", NotDigits),
            ("3311991981073042", TooShort { length: 16 }),
            ("1", TooShort { length: 1 }),
            ("3405241980010100111", TooLong { length: 19 }),
            ("340524198002310011", ImpossibleBirthDate),
            ("340524198013010011", ImpossibleBirthDate),
            ("340524189912310011", ImpossibleBirthDate),
            ("340524198001010011", WrongCheckDigit { expected: 'X' }),
            ("331199198106197690", WrongCheckDigit { expected: '1' }),
        ] {
            check(text, Err(fault));
        }
    }

    #[test]
    fn sex_and_birth_date_come_from_the_number() {
        let woman = IdentityNumber::parse("331199199205119087").unwrap();
        assert_eq!((woman.sex(), woman.birth_date().to_string()), (Sex::Female, "1992-05-11".into()));
        let man = IdentityNumber::parse("34052419800101001X").unwrap();
        assert_eq!(man.sex(), Sex::Male);
    }

    #[test]
    fn neither_a_message_nor_a_log_shows_the_whole_number() {
        let number = IdentityNumber::parse("331199199205119087").unwrap();
        assert_eq!(number.masked(), "331199**********87");
        assert_eq!(format!("{number} {number:?}"), "331199**********87 IdentityNumber(331199**********87)");
    }

    #[test]
    fn any_single_wrong_digit_is_found() {
        let valid = "331199199205119087";
        for place in 0..18 {
            for digit in '0'..='9' {
                let mut letters: Vec<char> = valid.chars().collect();
                if letters[place] != digit {
                    letters[place] = digit;
                    assert!(IdentityNumber::parse(&String::from_iter(letters)).is_err(), "{place} {digit}");
                }
            }
        }
    }
}
