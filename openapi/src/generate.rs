//! Writing the document down, and saying in a few lines how two documents differ.

use crate::document::Pointer;
use serde_json::{Map, Value};

/// The longest value that a difference shows in full, in characters.
const SHOWN: usize = 60;

/// The text of the committed file: indented by two, members in alphabetical order, a line feed at the end.
///
/// The order is made here and not left to `serde_json`, whose maps keep or sort their members according to features that
/// any crate of the build may switch on.
///
/// # Errors
/// Never for a value that came from JSON; the error of `serde_json` is passed on.
pub fn text(document: &Value) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(&sorted(document))?;
    text.push('\n');
    Ok(text)
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut pairs: Vec<_> = members.iter().collect();
            pairs.sort_by_key(|(name, _)| *name);
            Value::Object(pairs.into_iter().map(|(name, value)| (name.clone(), sorted(value))).collect::<Map<_, _>>())
        }
        Value::Array(elements) => Value::Array(elements.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

/// The differences between two documents, one line each: `+` for what only `new` has, `-` for what only `old` has, `~`
/// for a changed value. A member that is wholly new or gone is one line, whatever is inside it.
pub fn differences(old: &Value, new: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    walk(old, new, &Pointer::root(), &mut lines);
    lines
}

fn walk(old: &Value, new: &Value, at: &Pointer, lines: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(before), Value::Object(after)) => {
            for (name, value) in before {
                match after.get(name) {
                    Some(other) => walk(value, other, &at.join(name), lines),
                    None => lines.push(format!("- {} {}", at.join(name), short(value))),
                }
            }
            for (name, value) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
                lines.push(format!("+ {} {}", at.join(name), short(value)));
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (index, (value, other)) in before.iter().zip(after).enumerate() {
                walk(value, other, &at.join(index), lines);
            }
        }
        _ if old == new => {}
        _ => lines.push(format!("~ {at} {} → {}", short(old), short(new))),
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= SHOWN {
        return text;
    }
    let start: String = text.chars().take(SHOWN).collect();
    format!("{start}…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_are_written_in_alphabetical_order_at_every_depth() {
        let written = text(&json!({"b": 1, "a": [{"d": 1, "c": 2}]})).unwrap();
        assert_eq!(written, "{\n  \"a\": [\n    {\n      \"c\": 2,\n      \"d\": 1\n    }\n  ],\n  \"b\": 1\n}\n");
    }

    #[test]
    fn a_document_read_back_is_written_the_same() {
        let once = text(&json!({"z": {"y": null}, "a": ["x", 1]})).unwrap();
        let again = text(&serde_json::from_str(&once).unwrap()).unwrap();
        assert_eq!(once, again);
    }

    #[test]
    fn a_difference_names_the_place_and_both_values() {
        let check = |old: Value, new: Value, expected: &[&str]| assert_eq!(differences(&old, &new), expected);
        check(json!({"a": 1}), json!({"a": 1}), &[]);
        check(json!({"a": {"b": 1}}), json!({"a": {"b": 2}}), &["~ /a/b 1 → 2"]);
        check(json!({"a": 1, "b/c": 2}), json!({"a": 1}), &["- /b~1c 2"]);
        check(json!({}), json!({"a": "x"}), &["+ /a \"x\""]);
        check(json!([1, 2]), json!([1]), &["~  [1,2] → [1]"]);
        check(json!([1, 2]), json!([1, 3]), &["~ /1 2 → 3"]);
    }

    #[test]
    fn a_long_value_is_cut_in_a_difference() {
        let lines = differences(&json!({}), &json!({"a": "长".repeat(100)}));
        assert_eq!(lines[0].chars().count(), "+ /a ".chars().count() + SHOWN + 1);
    }
}
