//! Telephone numbers and e-mail addresses: the one form in which they are kept, and the form in which they are shown.

use super::identity::IdentityNumber;
use crate::fold;
use crate::words::word_list;

/// Digits in a row that may be part of an identity or telephone number.
const DIGITS_MASKED: usize = 7;
/// Digits in groups that may be one; a day has eight.
const APART_DIGITS_MASKED: usize = 11;

word_list! {
    /// What is shown of a person in clear only on request, with a reason that is logged. The birth date is among them because with it few
    /// identity numbers would fit the masked one.
    ClearField {
        IdentityNumber = "identity_number", "身份证号码", "identity number";
        BirthDate = "birth_date", "出生日期", "birth date";
        Phone = "phone", "联系电话", "phone";
        Email = "email", "电子邮箱", "e-mail";
        RetiresOn = "retires_on", "退休日期", "last day at work";
    }
}

/// A telephone number, or several with `/` between, in the form in which rosters are read: digits with at most a `+` in
/// front, 7 to 15 of them. `None` where the text cannot be one.
pub fn phone(text: &str) -> Option<String> {
    let shown = fold::compact(text);
    let mut numbers = Vec::new();
    for part in shown.split(['/', '、', ',', '，', ';', '；']).filter(|part| !part.is_empty()) {
        let number: String = part.chars().filter(|letter| !matches!(letter, '-' | '(' | ')' | '—')).collect();
        let digits = number.strip_prefix('+').unwrap_or(&number);
        if !(7..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        numbers.push(number);
    }
    (!numbers.is_empty()).then(|| numbers.join("/"))
}

/// An e-mail address: one `@` with something on both sides, a point inside the host, at most 254 letters. A masked one is
/// none. `None` where the text cannot be one.
pub fn email(text: &str) -> Option<String> {
    let shown = fold::compact(text);
    let (user, host) = shown.split_once('@')?;
    let fits = !user.is_empty()
        && !host.contains('@')
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && !shown.contains('*')
        && shown.len() <= 254;
    fits.then(|| shown.clone())
}

/// The last two digits of each number: enough to recognise one's own, not enough to call.
pub fn masked_phone(phone: &str) -> String {
    let mask = |number: &str| {
        let tail: Vec<char> = number.chars().rev().take(2).collect();
        format!("*********{}", tail.iter().rev().collect::<String>())
    };
    phone.split('/').map(mask).collect::<Vec<_>>().join("/")
}

/// The first letter and the host.
pub fn masked_email(email: &str) -> String {
    let (user, host) = email.split_once('@').unwrap_or((email, ""));
    format!("{}***@{host}", user.chars().next().unwrap_or('*'))
}

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
    fn a_number_is_kept_in_one_form() {
        for (text, kept) in [
            ("199 4319 2252", Some("19943192252")),
            ("0578-8123456/19943192252", Some("05788123456/19943192252")),
            ("+86（199）43192252", Some("+8619943192252")),
            ("", None),
            ("110", None),
            ("*********52", None),
            ("见备注", None),
        ] {
            assert_eq!(phone(text).as_deref(), kept, "{text:?}");
        }
        for (text, fits) in [("a.b@c.cn", true), ("a***@c.cn", false), ("a@b", false), ("a@b@c.cn", false)] {
            assert_eq!(email(text).is_some(), fits, "{text:?}");
        }
    }

    #[test]
    fn what_is_shown_does_not_reach_anybody() {
        assert_eq!(masked_phone("05788123456/19943192252"), "*********56/*********52");
        assert_eq!(masked_email("zhang.san@school.cn"), "z***@school.cn");
        assert!(phone(&masked_phone("19943192252")).is_none() && email(&masked_email("a@b.cn")).is_none());
    }

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
