//! Holding a real request or answer against the document.
//!
//! The schemas of OpenAPI 3.1 are JSON Schema 2020-12, so the work is done by the crate `jsonschema`; nothing is fetched
//! from anywhere. Answers are held to a stricter reading than the document's own: an object with named properties must
//! not carry any other, because a field that is not in the document is a field no client knows of.

mod closing;

use crate::document::{self, Node, Operation};
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// One way in which a request or an answer is not what the document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The JSON pointer into the body; empty for the whole of it.
    pub at: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = if self.at.is_empty() { "the whole" } else { &self.at };
        write!(f, "{at}: {}", self.message)
    }
}

/// A document ready to judge many requests and answers: each schema is compiled once.
#[derive(Debug)]
pub struct Contract {
    document: Value,
    closed: Value,
    validators: Mutex<BTreeMap<String, Arc<Validator>>>,
}

/// Judges one answer; see [`Contract::response`].
pub fn validate_response(
    document: &Value,
    operation_id: &str,
    status: u16,
    content_type: &str,
    body: &Value,
) -> Vec<Violation> {
    Contract::new(document.clone()).response(operation_id, status, content_type, body)
}

/// Judges one request; see [`Contract::request`].
pub fn validate_request(document: &Value, operation_id: &str, content_type: &str, body: &Value) -> Vec<Violation> {
    Contract::new(document.clone()).request(operation_id, content_type, body)
}

impl Contract {
    /// Takes the document over.
    pub fn new(document: Value) -> Self {
        let closed = closing::closed(&document);
        Contract { document, closed, validators: Mutex::default() }
    }

    /// The document.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The operations of the document.
    pub fn operations(&self) -> Vec<Operation<'_>> {
        document::operations(&self.document)
    }

    /// The operation that a request such as `GET /v1/sessions/ses_1?limit=2` belongs to. Where several templates fit,
    /// the one with the most fixed words wins, as in the router.
    pub fn operation_for(&self, method: &str, path: &str) -> Option<Operation<'_>> {
        let path = path.split('?').next().unwrap_or_default();
        self.operations()
            .into_iter()
            .filter(|operation| operation.method.eq_ignore_ascii_case(method))
            .filter_map(|operation| fixed_words(operation.path, path).map(|fixed| (fixed, operation)))
            .max_by_key(|(fixed, _)| *fixed)
            .map(|(_, operation)| operation)
    }

    /// Everything in which an answer differs from the document: an unknown operation, status or media type, a body where
    /// none is documented or none where one is, and every breach of the schema.
    ///
    /// `content_type` is the header as sent, empty if there was none; `body` is `null` if there was none. A body that is
    /// not JSON is judged by its media type alone.
    pub fn response(&self, operation_id: &str, status: u16, content_type: &str, body: &Value) -> Vec<Violation> {
        let Some(operation) = document::operation(&self.closed, operation_id) else {
            return vec![whole(format!("the document has no operation {operation_id}"))];
        };
        let responses = operation.responses(&self.closed);
        let exact = status.to_string();
        let class = format!("{}XX", status / 100);
        let documented = [exact.as_str(), class.as_str(), "default"]
            .iter()
            .find_map(|wanted| responses.iter().find(|(status, _)| status.eq_ignore_ascii_case(wanted)));
        let Some((_, response)) = documented else {
            return vec![whole(format!("{operation_id} does not document the status {status}"))];
        };
        self.body(&self.closed, response, content_type, body)
    }

    /// Everything in which a request body differs from the document, in the manner of [`Contract::response`].
    pub fn request(&self, operation_id: &str, content_type: &str, body: &Value) -> Vec<Violation> {
        let Some(operation) = document::operation(&self.document, operation_id) else {
            return vec![whole(format!("the document has no operation {operation_id}"))];
        };
        let absent = content_type.is_empty() && body.is_null();
        match operation.request_body(&self.document) {
            None if absent => Vec::new(),
            None => vec![whole(format!("{operation_id} documents no request body"))],
            Some(documented) if absent && documented.value.get("required") != Some(&Value::Bool(true)) => Vec::new(),
            Some(documented) => self.body(&self.document, &documented, content_type, body),
        }
    }

    fn body(&self, document: &Value, holder: &Node<'_>, content_type: &str, body: &Value) -> Vec<Violation> {
        let documented = document::content(holder);
        if documented.is_empty() {
            let absent = body.is_null();
            return if absent { Vec::new() } else { vec![whole("there is a body, but none is documented".to_owned())] };
        }
        let known = || documented.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        if content_type.is_empty() {
            return vec![whole(format!("there is no body, but one of {} is documented", known()))];
        }
        let Some((_, media)) = documented.iter().max_by_key(|(name, _)| media_fit(name, content_type)) else {
            return Vec::new();
        };
        if documented.iter().all(|(name, _)| media_fit(name, content_type) == 0) {
            return vec![whole(format!("the media type is {content_type}, but the document has {}", known()))];
        }
        match media.get("schema") {
            Some(schema) if document::is_json(content_type) => self.judge(document, &schema, body),
            _ => Vec::new(),
        }
    }

    fn judge(&self, document: &Value, schema: &Node<'_>, body: &Value) -> Vec<Violation> {
        match self.validator(document, schema) {
            Ok(validator) => breaches(&validator, body),
            Err(fault) => vec![whole(format!("the schema at {} cannot be used: {fault}", schema.at))],
        }
    }

    /// The schema with all components beside it, so that its references mean the same as in the document.
    fn validator(&self, document: &Value, schema: &Node<'_>) -> Result<Arc<Validator>, String> {
        let strict = std::ptr::eq(document, &raw const self.closed);
        let key = format!("{strict}{}", schema.at);
        // A panic of another test while it held the lock leaves the map itself whole.
        let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = validators.get(&key) {
            return Ok(Arc::clone(validator));
        }
        let whole = json!({
            "allOf": [schema.value],
            "components": document.get("components").cloned().unwrap_or_default(),
        });
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .build(&whole)
            .map_err(|error| error.to_string())?;
        let validator = Arc::new(validator);
        validators.insert(key, Arc::clone(&validator));
        Ok(validator)
    }
}

/// The breaches of a schema. A part of a composition that fails leaves its properties "unevaluated", so such a complaint is
/// left out where a breach at the same place or deeper explains it.
fn breaches(validator: &Validator, body: &Value) -> Vec<Violation> {
    let errors: Vec<_> = validator.iter_errors(body).collect();
    let follows = |keyword: &str| keyword == "unevaluatedProperties";
    let explained = |at: &str| {
        errors.iter().any(|cause| !follows(cause.kind().keyword()) && cause.instance_path().as_str().starts_with(at))
    };
    errors
        .iter()
        .filter(|error| !(follows(error.kind().keyword()) && explained(error.instance_path().as_str())))
        .map(|error| Violation { at: error.instance_path().to_string(), message: error.to_string() })
        .collect()
}

fn whole(message: String) -> Violation {
    Violation { at: String::new(), message }
}

/// How many words of `path` the template fixes, or nothing if the path does not fit it.
fn fixed_words(template: &str, path: &str) -> Option<usize> {
    let (wanted, given): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    if wanted.len() != given.len() {
        return None;
    }
    let mut fixed = 0;
    for (wanted, given) in wanted.into_iter().zip(given) {
        if wanted == given {
            fixed += 1;
        } else if !wanted.starts_with('{') || given.is_empty() {
            return None;
        }
    }
    Some(fixed)
}

/// How well a documented media type fits the one sent: 3 the same, 2 `type/*`, 1 `*/*`, 0 not at all.
fn media_fit(documented: &str, sent: &str) -> u8 {
    let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (documented, sent) = (essence(documented), essence(sent));
    match documented.strip_suffix("/*") {
        None => u8::from(documented == sent) * 3,
        Some("*") => 1,
        Some(kind) => u8::from(sent.split('/').next() == Some(kind)) * 2,
    }
}

#[cfg(test)]
mod tests;
