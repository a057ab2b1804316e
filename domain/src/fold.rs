//! Folding of what keyboards and offices add to a text without meaning it: full-width letters, blanks, invisible marks.

/// A full-width letter, digit or sign (U+FF01 to U+FF5E) as its ASCII twin, the ideographic blank as a blank.
///
/// Chinese input methods produce the wide forms in the middle of otherwise plain numbers and headers.
pub fn half_width(letter: char) -> char {
    match letter {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => u32::from(letter).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(letter),
        other => other,
    }
}

/// True for blanks of every width, line breaks, and the marks that take no room on the screen (zero-width blanks and
/// joiners, the byte order mark, direction marks).
pub fn is_blank(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(letter, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}')
}

/// True for a text in which there is nothing to read.
pub fn is_nothing(text: &str) -> bool {
    text.chars().all(is_blank)
}

/// The text in half-width letters, without any blank: for comparing and for numbers.
pub fn compact(text: &str) -> String {
    text.chars().filter(|letter| !is_blank(*letter)).map(half_width).collect()
}

/// The text in half-width letters, trimmed, with one plain blank where there were several: for texts that people read.
pub fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut gap = false;
    for letter in text.chars() {
        if matches!(letter, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}') {
            continue;
        }
        if is_blank(letter) {
            gap = true;
            continue;
        }
        if gap && !tidied.is_empty() {
            tidied.push(' ');
        }
        gap = false;
        tidied.push(half_width(letter));
    }
    tidied
}

/// True for a Chinese character, including the rare ones outside the basic block and `〇`.
pub fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_wide_letters_are_folded() {
        assert_eq!(compact("姓\u{3000} 名\n"), "姓名");
        assert_eq!(compact("３３１１\u{200B}９９Ｘ"), "331199X");
        assert!(is_nothing("") && is_nothing(" \u{3000}\u{200B}\n") && !is_nothing(" 空 "));
        assert_eq!(tidy("  实验\u{3000}\u{3000}小学（东区） \u{FEFF}"), "实验 小学(东区)");
        assert_eq!(tidy("\u{3000}"), "");
    }

    #[test]
    fn rare_characters_are_chinese_characters() {
        assert!(is_han('䶮') && is_han('𠮷') && is_han('〇') && !is_han('A') && !is_han('·'));
    }
}
