//! Reading the workspace as text: files, code without comments and texts, paths that code names.

use std::{collections::BTreeSet, fs, path::Path};

/// A Rust file of the workspace.
pub(crate) struct Source {
    /// From the root of the workspace, with forward slashes.
    pub(crate) path: String,
    /// The text as it stands.
    pub(crate) text: String,
    /// The text without comments, texts in quotes and items under `#[cfg(test)]`; the line feeds stay.
    pub(crate) code: String,
}

/// A word of the code, or a mark such as `::`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    pub(crate) line: usize,
}

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The text of a file of the workspace, empty if there is none.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_default()
}

/// The names in a folder of the workspace in order; none if there is no such folder.
pub(crate) fn names(folder: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(root().join(folder)) else { return Vec::new() };
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Every Rust file under a folder of the workspace.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    for name in names(folder) {
        let path = format!("{folder}/{name}");
        if root().join(&path).is_dir() {
            if name != "target" {
                found.extend(sources(&path));
            }
        } else if name.ends_with(".rs") {
            let text = read(&path);
            let code = without_tests(&stripped(&text));
            found.push(Source { path, text, code });
        }
    }
    found
}

impl Source {
    /// Whether the whole file is test code.
    pub(crate) fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// The words and marks of the code.
    pub(crate) fn tokens(&self) -> Vec<Token<'_>> {
        tokens(&self.code)
    }

    /// The lines on which the code has this sequence of words, such as `Utc::now` or `rand::`.
    pub(crate) fn lines_with(&self, wanted: &str) -> Vec<usize> {
        let wanted: Vec<_> = tokens(wanted).iter().map(|token| token.text).collect();
        let tokens = self.tokens();
        let hits =
            tokens.windows(wanted.len()).filter(|window| window.iter().map(|token| token.text).eq(wanted.clone()));
        hits.map(|window| window[0].line).collect()
    }
}

/// Words, `::`, and every other mark by itself.
pub(crate) fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    for (index, text) in code.split('\n').enumerate() {
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let length = if is_word(first) {
                rest.find(|c| !is_word(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            let (text, after) = rest.split_at(length);
            found.push(Token { text, line: index + 1 });
            rest = after.trim_start();
        }
    }
    found
}

/// The text without comments and without what stands in quotes.
pub(crate) fn stripped(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or('\0');
    let mut code = String::with_capacity(text.len());
    let mut index = 0;
    // Skips to `end`, keeping line feeds so that line numbers stay right.
    let skip = |code: &mut String, from: usize, end: usize| {
        code.extend(chars[from..end.min(chars.len())].iter().filter(|c| **c == '\n'));
        end
    };
    while index < chars.len() {
        let raw_hashes = (1..).take_while(|step| at(index + step) == '#').count();
        if at(index) == '/' && at(index + 1) == '/' {
            let end = (index..chars.len()).find(|place| at(*place) == '\n').unwrap_or(chars.len());
            index = skip(&mut code, index, end);
        } else if at(index) == '/' && at(index + 1) == '*' {
            let mut depth = 1;
            let mut end = index + 2;
            while depth > 0 && end < chars.len() {
                match (at(end), at(end + 1)) {
                    ('/', '*') => (depth, end) = (depth + 1, end + 2),
                    ('*', '/') => (depth, end) = (depth - 1, end + 2),
                    _ => end += 1,
                }
            }
            index = skip(&mut code, index, end);
        } else if at(index) == 'r'
            && at(index + 1 + raw_hashes) == '"'
            && !code.ends_with(|c: char| c.is_alphanumeric())
        {
            let closes = |place: usize| at(place) == '"' && (1..=raw_hashes).all(|step| at(place + step) == '#');
            let start = index + raw_hashes + 2;
            let end = (start..chars.len()).find(|place| closes(*place)).map_or(chars.len(), |end| end + raw_hashes + 1);
            index = skip(&mut code, index, end);
            code.push_str("\"\"");
        } else if at(index) == '"' {
            let mut end = index + 1;
            while end < chars.len() && at(end) != '"' {
                end += if at(end) == '\\' { 2 } else { 1 };
            }
            index = skip(&mut code, index, end + 1);
            code.push_str("\"\"");
        } else if at(index) == '\'' && (at(index + 1) == '\\' || at(index + 2) == '\'') {
            // A character; a lifetime has no quote after one letter.
            let end = (index + 3..chars.len()).find(|place| at(*place) == '\'').unwrap_or(chars.len());
            index = if at(index + 1) == '\\' { end + 1 } else { index + 3 };
            code.push_str("' '");
        } else {
            code.push(at(index));
            index += 1;
        }
    }
    code
}

/// The code without the items that stand under `#[cfg(test)]`.
pub(crate) fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some((before, after)) = rest.split_once(MARK) {
        kept.push_str(before);
        let mut depth = 0_usize;
        let end = after.char_indices().find(|(_, letter)| {
            match letter {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && matches!(letter, '}' | ';')
        });
        let end = end.map_or(after.len(), |(place, letter)| place + letter.len_utf8());
        kept.extend(after[..end].chars().filter(|c| *c == '\n'));
        rest = &after[end..];
    }
    kept.push_str(rest);
    kept
}

/// The modules right under a crate that the code of a file names: `x` in `crate::x`, `shixun_domain::{x, y::Z}`, or
/// `super::x` where `super` leads to the root of the crate. `depth` is how many steps of `super` do that.
pub(crate) fn modules_named(code: &str, depth: usize) -> BTreeSet<(String, usize)> {
    let tokens = tokens(code);
    let word = |index: usize| tokens.get(index).map_or("", |token| token.text);
    let mut roots: BTreeSet<&str> = ["crate", "shixun_domain", "shixun_persistence", "shixun_api"].into();
    // `use shixun_domain as rules;` and `use shixun_domain::{self as rules}` give a root another name.
    for index in 0..tokens.len() {
        if word(index) == "as" && (word(index - 1).starts_with("shixun_") || word(index - 1) == "self") {
            roots.insert(word(index + 1));
        }
    }
    let mut found = BTreeSet::new();
    for index in 0..tokens.len() {
        let is_path_start = index == 0 || word(index - 1) != "::";
        let after = if roots.contains(word(index)) && is_path_start && word(index + 1) == "::" {
            index + 2
        } else if depth > 0 && is_path_start && (0..depth).all(|step| word(index + 2 * step) == "super") {
            index + 2 * depth
        } else {
            continue;
        };
        if word(after) != "{" {
            found.insert((word(after).to_owned(), tokens[index].line));
            continue;
        }
        let (mut level, mut place, mut first) = (1, after + 1, true);
        while level > 0 && place < tokens.len() {
            match word(place) {
                "{" => level += 1,
                "}" => level -= 1,
                "," => first = level == 1,
                name => {
                    if first && level == 1 {
                        found.insert((name.to_owned(), tokens[place].line));
                    }
                    first = false;
                }
            }
            place += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_texts_and_characters_are_not_code() {
        let check = |text: &str, expected: &str| assert_eq!(stripped(text), expected, "{text}");
        check("a // b\nc", "a \nc");
        check("a /* b /* c */ d\n */ e", "a \n e");
        check(r#"a("b \" c") d"#, r#"a("") d"#);
        check("a(r#\"b \" c\"#) d", "a(\"\") d");
        check("'a' '\\'' '\"' b", "' ' ' ' ' ' b");
        check("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}");
    }

    #[test]
    fn items_under_cfg_test_are_not_code() {
        let check = |text: &str, expected: &str| assert_eq!(without_tests(text), expected, "{text}");
        check("a #[cfg(test)]\nmod tests { b { c } } d", "a \n d");
        check("a #[cfg(test)] mod tests; d", "a  d");
        check("a #[cfg(test)]\nuse b::{c, d}; e", "a \n; e");
    }

    #[test]
    fn modules_are_found_however_they_are_named() {
        let check = |code: &str, depth: usize, expected: &[&str]| {
            let found: BTreeSet<_> = modules_named(code, depth).into_iter().map(|(name, _)| name).collect();
            assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expected, "{code}");
        };
        check("use crate::org::Area; fn f() { crate::people::find() }", 1, &["org", "people"]);
        check("use shixun_domain::{ledger::{Entry, funds}, policy as p, Hours};", 1, &["Hours", "ledger", "policy"]);
        check("use shixun_domain as rules; rules::tasks::f()", 1, &["tasks"]);
        check("use super::tasks;", 1, &["tasks"]);
        check("use super::wire; use super::super::tasks;", 2, &["tasks"]);
        check("a::crate_like::org; other::exams::x", 1, &[]);
    }

    #[test]
    fn a_sequence_of_words_is_found_with_its_line() {
        let source = Source {
            path: String::new(),
            text: String::new(),
            code: "a\nchrono::Utc :: now()\nUtc::nowhere".to_owned(),
        };
        assert_eq!(source.lines_with("Utc::now"), [2]);
        assert!(source.lines_with("rand::").is_empty());
    }
}
