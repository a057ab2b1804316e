//! Personal data in texts that are about something else: what is hidden of them when they are repeated, and which are not kept.

use super::{
    contact::{email, masked_email},
    identity::IdentityNumber,
};
use crate::fold;

/// Digits in a row that may be part of an identity or telephone number.
const DIGITS_MASKED: usize = 7;
/// Digits in groups that may be one; a day has eight.
const APART_DIGITS_MASKED: usize = 11;

/// Long numbers hidden but for two digits at each end, and e-mail addresses: columns get swapped, and an identity number in the column
/// of names must not reach a report.
pub fn masked_numbers(text: &str) -> String {
    masked(text, |digits, _| digits >= DIGITS_MASKED)
}

/// The same where school codes stand, which are public and have ten digits.
pub fn masked_but_codes(text: &str) -> String {
    masked(text, |digits, _| digits >= DIGITS_MASKED && digits != 10)
}

/// The same of names of files, sheets and columns, in which days and times stand: numbers as long as a mobile telephone's or an
/// identity number.
pub fn masked_name(text: &str) -> String {
    masked(text, |digits, in_groups| !in_groups && (digits == 11 || (15..=18).contains(&digits)))
}

/// Hides addresses, and the numbers that are to be hidden by how many digits they have and whether they are written in groups.
fn masked(text: &str, hides: impl Fn(usize, bool) -> bool) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut rest = letters.as_slice();
    while let Some(first) = rest.first() {
        let length = if let Some((address, length)) = address_at(rest) {
            out.push_str(&masked_email(&address));
            length
        } else if is_digit(first) {
            let (alone, in_groups) = number_at(rest);
            let hidden_groups = in_groups > alone && {
                let digits = rest.iter().take(in_groups).filter(|letter| is_digit(letter)).count();
                digits >= APART_DIGITS_MASKED && hides(digits, true)
            };
            let length = if hidden_groups { in_groups } else { alone };
            let number = rest.get(..length).unwrap_or_default();
            if hidden_groups || hides(alone, false) {
                hide(number, &mut out);
            } else {
                out.extend(number);
            }
            length
        } else {
            // The end of a word is not taken for an address by itself.
            let word = rest.iter().take_while(|letter| of_address(letter) && !is_digit(letter)).count().max(1);
            out.extend(rest.iter().take(word));
            word
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

fn is_digit(letter: &char) -> bool {
    fold::half_width(*letter).is_ascii_digit()
}

fn of_address(letter: &char) -> bool {
    letter.is_ascii_alphanumeric() || "@._+-".contains(*letter)
}

/// The e-mail address at the beginning, and how many letters it has.
fn address_at(letters: &[char]) -> Option<(String, usize)> {
    let word: String = letters.iter().take_while(|letter| of_address(letter)).collect();
    let address = email(word.trim_end_matches(['.', '-', '_', '+']))?;
    let length = address.chars().count();
    Some((address, length))
}

/// How many letters the number at the beginning has: its digits in a row, and with the groups that follow it behind blanks and hyphens.
fn number_at(letters: &[char]) -> (usize, usize) {
    let digits_from = |place: usize| letters.iter().skip(place).take_while(|letter| is_digit(letter)).count();
    let alone = digits_from(0);
    let mut length = alone;
    while letters.get(length).is_some_and(|letter| matches!(letter, ' ' | '-')) && digits_from(length + 1) > 0 {
        length += 1 + digits_from(length + 1);
    }
    (alone, length)
}

/// A number with its first and last two digits.
fn hide(number: &[char], out: &mut String) {
    let digits = number.iter().filter(|letter| is_digit(letter)).count();
    let mut place = 0;
    for letter in number {
        let inside = is_digit(letter) && (2..digits.saturating_sub(2)).contains(&place);
        out.push(if inside { '*' } else { *letter });
        place += usize::from(is_digit(letter));
    }
}

/// True where a text holds an identity number.
pub fn holds_identity(text: &str) -> bool {
    let letters: Vec<char> = text.chars().map(fold::half_width).collect();
    letters.windows(18).any(|number| IdentityNumber::parse(&number.iter().collect::<String>()).is_ok())
}

/// True where a text holds an identity number, or is a mobile telephone number or an e-mail address: it stands in the wrong column.
pub fn is_personal(text: &str) -> bool {
    let number: String = fold::compact(text).chars().filter(|letter| *letter != '-').collect();
    let mobile = number.len() == 11 && number.starts_with('1') && number.chars().all(|letter| letter.is_ascii_digit());
    mobile || email(text).is_some() || holds_identity(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_hidden_wherever_they_stand() {
        for (text, shown) in [
            ("“331199199205119087”不像姓名", "“33**************87”不像姓名"),
            ("2014-08-01", "2014-08-01"),
            ("电话19943192252或123456", "电话19*******52或123456"),
            ("１９９４３１９２２５２", "１９*******５２"),
            ("138 0013 8000或138-0013-8000", "13* **** **00或13*-****-**00"),
            ("“zhang.san@school.cn”不是日期", "“z***@school.cn”不是日期"),
            ("Mail a.b@c.cn.", "Mail a***@c.cn."),
            ("2133000101在2026-06-30", "21******01在2026-06-30"),
            ("", ""),
        ] {
            assert_eq!(masked_numbers(text), shown, "{text:?}");
        }
    }

    #[test]
    fn school_codes_and_days_in_names_stay_and_what_is_personal_is_known() {
        assert_eq!(masked_but_codes("2133000101或331199199205119087"), "2133000101或33**************87");
        assert_eq!(masked_name("花名册20260901-19943192252.xlsx"), "花名册20260901-19*******52.xlsx");
        assert_eq!(masked_name("花名册20260901 10-30-00.xlsx"), "花名册20260901 10-30-00.xlsx");
        for (text, expected) in [
            ("331199199205119087", true),
            ("语文331199199205119087", true),
            ("331199199205119088", false),
            ("199 4319 2252", true),
            ("a@b.cn", true),
            ("语文", false),
            ("二级教师2019", false),
            ("", false),
        ] {
            assert_eq!(is_personal(text), expected, "{text:?}");
        }
    }
}
