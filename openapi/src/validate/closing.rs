//! The stricter reading of answers: objects with named properties are closed.
//!
//! An object that is one part of a composition (`allOf`, or a choice beside named properties) cannot be closed by itself,
//! because it does not know the properties of the other parts; there the composition as a whole is closed.

use crate::document::{Pointer, follow};
use serde_json::Value;
use std::collections::BTreeSet;

/// A copy of the document in which every object schema that does not say whether it is open is closed.
pub(super) fn closed(document: &Value) -> Value {
    let mut parts = Parts { document, pointers: BTreeSet::new() };
    parts.search(document);
    let pointers = parts.pointers;
    let mut copy = document.clone();
    if let Some(Value::Object(schemas)) = copy.pointer_mut("/components/schemas") {
        for (name, schema) in schemas {
            let at = Pointer::from_reference("#/components/schemas").unwrap_or_default().join(name);
            close(schema, pointers.contains(&at));
        }
    }
    for section in ["/paths", "/components/responses"] {
        if let Some(section) = copy.pointer_mut(section) {
            close_media(section);
        }
    }
    copy
}

/// The components that some composition uses as a part.
struct Parts<'a> {
    document: &'a Value,
    pointers: BTreeSet<Pointer>,
}

impl<'a> Parts<'a> {
    fn search(&mut self, value: &'a Value) {
        match value {
            Value::Object(members) => {
                for key in ["allOf", "oneOf", "anyOf"] {
                    if key == "allOf" || composes(value) {
                        elements(value, key).for_each(|part| self.add(part));
                    }
                }
                members.values().for_each(|member| self.search(member));
            }
            Value::Array(elements) => elements.iter().for_each(|element| self.search(element)),
            _ => {}
        }
    }

    /// A part, and what the part itself is made of.
    fn add(&mut self, part: &'a Value) {
        if let Some(reference) = part.get("$ref").and_then(Value::as_str)
            && let Some(target) = follow(self.document, reference)
            && self.pointers.insert(target.at)
        {
            self.add(target.value);
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            elements(part, key).for_each(|inner| self.add(inner));
        }
    }
}

fn elements<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// Whether a schema has properties of its own, which parts beside them do not know.
fn composes(schema: &Value) -> bool {
    schema.get("properties").is_some() || schema.get("allOf").is_some()
}

fn close(schema: &mut Value, part: bool) {
    let whole = composes(schema);
    let Value::Object(members) = schema else { return };
    let decided = members.contains_key("additionalProperties") || members.contains_key("unevaluatedProperties");
    for (key, member) in members.iter_mut() {
        match (key.as_str(), member) {
            ("allOf", Value::Array(parts)) => parts.iter_mut().for_each(|inner| close(inner, true)),
            ("oneOf" | "anyOf", Value::Array(parts)) => parts.iter_mut().for_each(|inner| close(inner, part || whole)),
            ("prefixItems", Value::Array(items)) => items.iter_mut().for_each(|inner| close(inner, false)),
            ("properties" | "patternProperties", Value::Object(inner)) => {
                inner.values_mut().for_each(|inner| close(inner, false));
            }
            ("items" | "additionalProperties", inner) => close(inner, false),
            _ => {}
        }
    }
    if whole && !part && !decided {
        members.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
    }
}

/// Closes the schemas of every `content` under a part of the document that holds operations or answers.
fn close_media(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (key, member) in members.iter_mut() {
                match (key.as_str(), member) {
                    ("content", Value::Object(media)) => {
                        media.values_mut().filter_map(|media| media.get_mut("schema")).for_each(|s| close(s, false));
                    }
                    ("example" | "examples", _) => {}
                    (_, member) => close_media(member),
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(close_media),
        _ => {}
    }
}
