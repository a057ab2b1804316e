//! Reading the shape of a document, and finding its figures.

use super::{Cited, Document};
use crate::policy::fault::{Fault, PackFault};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

impl Document {
    /// Reads the shape of a document.
    ///
    /// # Errors
    /// [`Fault::Shape`] and [`Fault::NotOneBody`], at the innermost value that does not have its shape.
    pub(in crate::policy) fn read(json: &str) -> Result<Self, PackFault> {
        let shape =
            |pointer: String, error: &serde_json::Error| PackFault { pointer, fault: Fault::Shape(error.to_string()) };
        let mut text = serde_json::Deserializer::from_str(json);
        let document: Document = serde_path_to_error::deserialize(&mut text).map_err(|error| {
            let pointer = json_pointer(error.path());
            not_one_body(json, &pointer).unwrap_or_else(|| shape(pointer, error.inner()))
        })?;
        text.end().map_err(|error| shape(String::new(), &error))?;
        Ok(document)
    }
}

/// The rule around a place, where it says nothing or two things: what the parser has to say of that leads nobody anywhere.
fn not_one_body(json: &str, pointer: &str) -> Option<PackFault> {
    let value: Value = serde_json::from_str(json).ok()?;
    let mut parts = pointer.split('/').skip(1);
    let (rules, place) = (parts.next().filter(|name| *name == "rules")?, parts.next()?);
    let body = format!("/{rules}/{place}/rule");
    let several = value.pointer(&body)?.as_object()?.len() != 1;
    several.then_some(PackFault { pointer: body, fault: Fault::NotOneBody })
}

/// A place that serde names as a JSON pointer (RFC 6901).
pub fn json_pointer(path: &Path) -> String {
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}

/// Every figure in a part of a document with the path to it, such as `cap/hours`. They are looked for in the JSON, so that a field that
/// a rule gets tomorrow is cited without anybody thinking of it.
pub(in crate::policy) fn figures(part: &impl Serialize) -> Vec<(String, Cited)> {
    fn collect(path: &str, value: &Value, found: &mut Vec<(String, Cited)>) {
        if let Ok(cited) = Cited::deserialize(value) {
            found.push((path.to_owned(), cited));
            return;
        }
        let mut inside = |name: &str, value: &Value| {
            let path = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
            collect(&path, value, found);
        };
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| inside(name, value)),
            Value::Array(values) => {
                (0_usize..).zip(values).for_each(|(place, value)| inside(&place.to_string(), value))
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    if let Ok(value) = serde_json::to_value(part) {
        collect("", &value, &mut found);
    }
    found
}
