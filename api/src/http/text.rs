//! What any text in a request must keep to.

use crate::problem::{FieldFault, Words};
use serde_json::Value;

/// How deep a body may nest.
const DEPTH_MAX: usize = 12;
/// How long a single text may be, in characters, where its field sets no tighter limit.
const TEXT_LENGTH_MAX: usize = 20_000;

/// Finds nesting, length and control characters that no field accepts.
pub fn faults(value: &Value) -> Vec<FieldFault> {
    let mut found = Vec::new();
    walk(value, &mut String::new(), 0, &mut found);
    found
}

fn walk(value: &Value, pointer: &mut String, depth: usize, found: &mut Vec<FieldFault>) {
    let fault = |pointer: &str, code, zh, en| FieldFault::new(pointer, code, Words::new(zh, en));
    match value {
        Value::Array(_) | Value::Object(_) if depth >= DEPTH_MAX => {
            found.push(fault(pointer, "too_deep", "嵌套过深", "nested too deeply").with("max", DEPTH_MAX));
        }
        Value::String(text) => {
            if has_control(text) {
                found.push(fault(pointer, "control_character", "含有控制字符", "contains control characters"));
            }
            if text.chars().count() > TEXT_LENGTH_MAX {
                found.push(fault(pointer, "too_long", "文本过长", "the text is too long").with("max", TEXT_LENGTH_MAX));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                descend(item, &index.to_string(), pointer, depth, found);
            }
        }
        Value::Object(fields) => {
            for (name, item) in fields {
                descend(item, name, pointer, depth, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn descend(value: &Value, step: &str, pointer: &mut String, depth: usize, found: &mut Vec<FieldFault>) {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
    walk(value, pointer, depth + 1, found);
    pointer.truncate(length);
}

/// Control characters other than line feed, carriage return and tab; also the marks that turn the reading direction.
pub fn is_control(character: char) -> bool {
    (character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// True where one of [`is_control`] stands in a text.
pub fn has_control(text: &str) -> bool {
    text.chars().any(is_control)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn control_characters_and_deep_nesting_are_named_by_pointer() {
        let found = faults(&json!({"a/b": ["fine\n", "bad\u{0}"]}));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].pointer.as_str(), found[0].code.as_str()), ("/a~1b/1", "control_character"));
        let deep = (0..40).fold(json!(1), |inner, _| json!([inner]));
        assert_eq!(faults(&deep)[0].code, "too_deep");
    }
}
