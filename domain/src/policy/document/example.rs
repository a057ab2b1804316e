//! What would be right at a place of a document: the same place of documents that are.

use serde_json::{Map, Value};

/// A correct value, as JSON.
pub type Example = Value;

/// Documents that are right and that together have every field of a pack; a test reads them.
pub(in crate::policy) const EXAMPLES: [&str; 2] =
    [include_str!("../../../packs/examples/county.json"), include_str!("../../../packs/examples/school.json")];

/// The value at a place of the examples, in whatever item of a list and under whatever name of a map it is found first; what
/// must be there, for the document itself. Where nothing may stand at the place, the value around it.
pub fn example_at(pointer: &str) -> Option<Example> {
    let mut path: Vec<String> =
        pointer.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~")).collect();
    let documents: Vec<Value> = EXAMPLES.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
    while !path.is_empty() {
        let found = documents.iter().find_map(|document| within(document, None, &path));
        if found.is_some() {
            return found.cloned();
        }
        path.pop();
    }
    let needed = ["code", "version", "area", "valid", "zh", "en", "sources"];
    let mut smallest: Map<String, Value> = Map::new();
    for name in needed {
        smallest.insert(name.to_owned(), documents.first()?.get(name)?.clone());
    }
    smallest.insert("rules".to_owned(), Value::Array(Vec::new()));
    Some(Value::Object(smallest))
}

/// Words as an example.
pub(in crate::policy) fn example_of_text(text: &str) -> Example {
    Value::String(text.to_owned())
}

/// Looks for the rest of a path in a part that stands under a name.
fn within<'a>(part: &'a Value, name: Option<&str>, path: &[String]) -> Option<&'a Value> {
    let Some((next, rest)) = path.split_first() else { return Some(part) };
    match part {
        Value::Array(items) => items.iter().find_map(|item| within(item, None, rest)),
        // Whoever writes a pack names its documents and themes.
        Value::Object(members) if matches!(name, Some("sources" | "themes")) => {
            members.values().find_map(|value| within(value, None, rest))
        }
        Value::Object(members) => members.get(next).and_then(|value| within(value, Some(next), rest)),
        _ => None,
    }
}
