//! Schemas in the shapes that client generators make the best of.

use serde_json::{Map, Value, json};

/// The words of a pattern that lists them and lets nothing else pass, such as `^(csv|xlsx)$` or `^total$`.
pub fn listed(pattern: &str) -> Option<Vec<&str>> {
    let inside = pattern.strip_prefix('^')?.strip_suffix('$')?;
    let words: Vec<&str> = match inside.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(several) => several.split('|').collect(),
        None => vec![inside],
    };
    let letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    words.iter().all(|word| !word.is_empty() && word.chars().all(letter)).then_some(words)
}

/// Puts every schema of a document into shape.
pub fn improve(value: &mut Value) {
    match value {
        Value::Object(schema) => {
            lift_description(schema);
            list_words(schema);
            open(schema);
            for (key, inner) in schema {
                match (key.as_str(), inner) {
                    // Examples are no schemas, and what is called `pattern` among properties is a property.
                    ("example" | "examples", _) => {}
                    ("properties", Value::Object(properties)) => properties.values_mut().for_each(improve),
                    (_, inner) => improve(inner),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(improve),
        _ => {}
    }
}

/// What may be null is a choice of a reference and null. What is said of it stands beside the choice: generators do not look inside.
fn lift_description(schema: &mut Map<String, Value>) {
    let choices = schema.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten();
    let references = choices.filter_map(Value::as_object_mut).filter(|choice| choice.contains_key("$ref"));
    let descriptions: Vec<Value> = references.filter_map(|choice| choice.remove("description")).collect();
    for description in descriptions {
        schema.entry("description").or_insert(description);
    }
}

/// A closed list of words that the program holds as text is declared as a pattern; generators make a type of an `enum` alone.
fn list_words(schema: &mut Map<String, Value>) {
    let Some(words) = schema.get("pattern").and_then(Value::as_str).and_then(listed) else { return };
    let mut words: Vec<Value> = words.into_iter().map(Value::from).collect();
    if schema.get("type").and_then(Value::as_array).is_some_and(|types| types.contains(&json!("null"))) {
        words.push(Value::Null);
    }
    schema.remove("pattern");
    schema.insert("enum".into(), words.into());
}

/// An object of which no field is named may have any: without that said, generators take it to have none.
fn open(schema: &mut Map<String, Value>) {
    let object = match schema.get("type") {
        Some(Value::Array(types)) => types.contains(&json!("object")),
        other => other == Some(&json!("object")),
    };
    if object && !schema.contains_key("properties") {
        schema.entry("additionalProperties").or_insert(json!(true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_list_words_are_told_from_others() {
        assert_eq!(listed("^(csv|xlsx)$"), Some(vec!["csv", "xlsx"]));
        assert_eq!(listed("^(R|R-x)$"), Some(vec!["R", "R-x"]));
        assert_eq!(listed("^total$"), Some(vec!["total"]));
        for other in ["^(ses|rec)_[0-9a-z]{18}$", "^[a-z]$", "csv|xlsx", "^csv|xlsx$", "^(a|)$", "^(a.|b)$", "^$"] {
            assert_eq!(listed(other), None, "{other}");
        }
    }

    #[test]
    fn schemas_come_into_shape_wherever_they_stand() {
        let mut document = json!({
            "schemas": {"View": {
                "type": "object",
                "properties": {
                    "owner": {"oneOf": [{"$ref": "#/Owner", "description": "Whose."}, {"type": "null"}]},
                    "state": {"type": ["string", "null"], "pattern": "^(open|closed)$"},
                    "content": {"type": ["object", "null"]},
                    "pattern": {"type": "string", "pattern": "^[a-z]$"}
                },
                "example": {"content": {"type": "object"}}
            }},
            "parameters": [{"schema": {"type": "string", "pattern": "^total$"}}]
        });
        improve(&mut document);
        let expected = json!({
            "schemas": {"View": {
                "type": "object",
                "properties": {
                    "owner": {"oneOf": [{"$ref": "#/Owner"}, {"type": "null"}], "description": "Whose."},
                    "state": {"type": ["string", "null"], "enum": ["open", "closed", null]},
                    "content": {"type": ["object", "null"], "additionalProperties": true},
                    "pattern": {"type": "string", "pattern": "^[a-z]$"}
                },
                "example": {"content": {"type": "object"}}
            }},
            "parameters": [{"schema": {"type": "string", "enum": ["total"]}}]
        });
        assert_eq!(document, expected);
    }
}
