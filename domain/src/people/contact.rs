//! Telephone numbers and e-mail addresses: the one form in which they are kept, and the form in which they are shown.

use crate::fold;
use crate::words::word_list;

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
}
