//! The catalogue of problems and of the codes of single faults.

use crate::{
    architecture::source::{Source, sources},
    harness::both,
};
use serde_json::json;
use shixun_api::problem::FieldCode;

/// The codes that the code of the product writes at faults: the second argument of whatever makes one, and the words of files.
fn written() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for source in
        ["api/src", "domain/src/imports", "domain/src/people/roster"].iter().flat_map(|folder| sources(folder))
    {
        // The findings of a bundle have words of their own.
        if source.path.starts_with("api/src/log/bundle") || source.path.ends_with("tests.rs") {
            continue;
        }
        let Source { path, text, .. } = source;
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for maker in ["FieldFault::new(", "ApiError::field(", " fault(", "(fault(", ".add("] {
            let rest = text.match_indices(maker).map(|(at, _)| &text[at + maker.len()..]);
            found.extend(rest.filter_map(second_argument).map(|code| (code, path.clone())));
        }
        let checks = text.match_indices("ValidationError::new(\"").map(|(at, maker)| &text[at + maker.len()..]);
        found.extend(checks.filter_map(|rest| rest.split_once('"')).map(|(code, _)| (code.to_owned(), path.clone())));
        let words = text.split('"').skip(1).step_by(2);
        let of_files = words.filter(|word| {
            let kind = ["roster_", "schools_", "records_"].iter().any(|kind| word.starts_with(kind));
            kind && word.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'_')
        });
        found.extend(of_files.map(|word| (word.to_owned(), path.clone())));
    }
    found
}

/// The second argument of a call, where it is a plain text.
fn second_argument(call: &str) -> Option<String> {
    let (mut depth, mut quoted) = (0, false);
    let comma = call.char_indices().find(|(_, letter)| {
        match letter {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
        depth < 0 || (depth == 0 && !quoted && *letter == ',')
    });
    let (at, _) = comma.filter(|(_, letter)| *letter == ',')?;
    let (code, _) = call[at + 1..].trim_start().strip_prefix('"')?.split_once('"')?;
    code.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'_').then(|| code.to_owned())
}

#[test]
fn every_code_of_a_fault_that_the_sources_write_is_in_the_catalogue() {
    let written = written();
    assert!(written.len() > 100, "the sources are read: {}", written.len());
    let unknown: Vec<_> = written.iter().filter(|(code, _)| FieldCode::of(code).is_none()).collect();
    assert!(unknown.is_empty(), "give each of these a row in api/src/problem/field_codes.rs: {unknown:#?}");
}

#[test]
fn the_second_argument_is_found_behind_whatever_stands_first() {
    for (call, code) in [
        ("\"/a\", \"range\", words)", Some("range")),
        ("format!(\"/{},{}\", a, b), \"fixed\", zh, en)", Some("fixed")),
        ("pointer, code, words)", None),
        ("pointer)", None),
    ] {
        assert_eq!(second_argument(call).as_deref(), code, "{call}");
    }
}

both! {
    async fn codes_of_fields_and_rows_are_listed_for_everybody(county: County) {
        let list = county.anonymous().get("/v1/problems/fields").await.expect(200);
        let rows = list["data"].as_array().unwrap();
        let one = |code: &str| rows.iter().find(|row| row["code"] == code).unwrap();
        assert_eq!(one("minutes_do_not_fit")["place"], "field");
        assert_eq!((&one("roster_short_id")["place"], &one("roster_short_id")["parameters"]), (&json!("row"), &json!(["length"])));
    }
}
