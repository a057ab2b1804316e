//! Names of persons.

use crate::fold;
use std::fmt;
use thiserror::Error;

/// The longest name, in characters: names of minorities with all their parts stay below it.
pub const NAME_LENGTH_MAX: usize = 50;

/// A person's name in the one spelling that is stored and compared.
///
/// Offices pad names of two characters to the width of three (`张　三`), write the inner dot of minority names in ten ways
/// (`买买提•阿不都`), and mix full-width letters in. Chinese names lose all blanks, other names keep single ones, and the
/// inner dot is always `·` (U+00B7, as the ministry of public security writes it).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonName(String);

/// Why a text is not a person's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NameFault {
    /// Nothing but blanks, dashes or a word such as 无.
    #[error("the name is missing")]
    Empty,
    /// More than [`NAME_LENGTH_MAX`] characters.
    #[error("a name has at most {NAME_LENGTH_MAX} characters")]
    TooLong,
    /// A digit, a question mark or another sign that no name has: often a broken encoding or a swapped column.
    #[error("a name cannot contain {found:?}")]
    ForeignSign {
        /// The first such sign.
        found: char,
    },
}

impl PersonName {
    /// Brings a name into its one spelling.
    ///
    /// # Errors
    /// One [`NameFault`] per reason.
    pub fn parse(text: &str) -> Result<Self, NameFault> {
        let tidied = fold::tidy(text.trim().trim_start_matches('\''));
        let chinese = tidied.chars().any(fold::is_han);
        let name: String = tidied
            .chars()
            .filter(|letter| !(chinese && *letter == ' '))
            .map(|letter| if is_inner_dot(letter, chinese) { '·' } else { letter })
            .collect();
        let name = name.trim_matches(['·', '-', '/', '*', ' ', '—', '_']);
        if name.is_empty() || matches!(name, "无" | "空" | "不详" | "null" | "NULL" | "N/A" | "n/a") {
            return Err(NameFault::Empty);
        }
        if name.chars().count() > NAME_LENGTH_MAX {
            return Err(NameFault::TooLong);
        }
        match name.chars().find(|letter| !belongs(*letter)) {
            Some(found) => Err(NameFault::ForeignSign { found }),
            None => Ok(PersonName(name.to_owned())),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Every dot that input methods offer for the dot inside a name. A full stop is one only among Chinese characters: in
/// `J. Smith` it stays.
fn is_inner_dot(letter: char, chinese: bool) -> bool {
    matches!(letter, '·' | '•' | '‧' | '∙' | '⋅' | '・' | '･' | '●' | '᛫' | '﹒')
        || (chinese && matches!(letter, '.' | '。'))
}

/// Letters of any script, and what joins or explains the parts of a name: `王芳(大)` tells two colleagues apart.
fn belongs(letter: char) -> bool {
    letter.is_alphabetic() || fold::is_han(letter) || matches!(letter, '·' | '-' | '\'' | '’' | '.' | ' ' | '(' | ')')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, NameFault>) {
        let read = PersonName::parse(text);
        assert_eq!(read.as_ref().map(PersonName::as_str), expected.as_ref().copied(), "{text:?}");
    }

    #[test]
    fn a_name_has_one_spelling() {
        for (text, name) in [
            ("张\u{3000}三", "张三"),
            (" 张 三 ", "张三"),
            ("欧阳 娜 娜", "欧阳娜娜"),
            ("买买提•阿不都", "买买提·阿不都"),
            ("买买提.阿不都", "买买提·阿不都"),
            ("阿依古丽 · 买买提", "阿依古丽·买买提"),
            ("Mary  Ａnn O'Neil", "Mary Ann O'Neil"),
            ("J. Smith", "J. Smith"),
            ("王芳（大）", "王芳(大)"),
            ("龚䶮", "龚䶮"),
            ("\u{FEFF}李\n四", "李四"),
            ("'李四", "李四"),
        ] {
            check(text, Ok(name));
        }
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_reason() {
        use NameFault::*;
        for text in ["", "\u{3000}", "--", "/", "无", "\u{200B}"] {
            check(text, Err(Empty));
        }
        check("张三1", Err(ForeignSign { found: '1' }));
        check("张?", Err(ForeignSign { found: '?' }));
        check("13800000000", Err(ForeignSign { found: '1' }));
        check("张三，李四", Err(ForeignSign { found: ',' }));
        check(&"张".repeat(51), Err(TooLong));
    }
}
