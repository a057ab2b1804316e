//! Keeping cells of text from being run as formulas.
//!
//! A spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, a tab or a line break (and, with a Chinese input method,
//! the full-width forms) as a formula, so a name such as `=HYPERLINK(…)` in an export would act on the reader's machine. Such
//! a text gets an apostrophe in front. Reading takes exactly that apostrophe away, so our own export comes back unchanged:
//! a text that already has apostrophes before such a sign gets one more.

use std::borrow::Cow;

const fn is_active(letter: char) -> bool {
    matches!(letter, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
}

fn is_active_behind_apostrophes(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(is_active)
}

/// The text as it is written to a file.
pub fn guard(text: &str) -> Cow<'_, str> {
    if is_active_behind_apostrophes(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text as it was before [`guard`]. Other texts that begin with an apostrophe stay as they are.
pub fn unguard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_active_behind_apostrophes(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_would_run_is_guarded_and_comes_back() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("+86 578", "'+86 578"),
            ("-", "'-"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r\n=1", "'\r\n=1"),
            ("＝1+1", "'＝1+1"),
            ("＋", "'＋"),
            ("－1", "'－1"),
            ("＠a", "'＠a"),
            ("'=1", "''=1"),
            ("'''-", "''''-"),
            ("张三", "张三"),
            ("'张三", "'张三"),
            ("331199199205119087", "331199199205119087"),
            ("a=b", "a=b"),
            ("", ""),
            ("'", "'"),
        ] {
            assert_eq!(guard(text), written, "{text:?}");
            assert_eq!(unguard(written), text, "{text:?}");
        }
    }
}
