//! Requests: examples, safe repetition, closed and limited bodies.

use super::{Lint, answers::has_example, is_business};
use crate::document::{Node, Operation, Pointer, content, follow, is_text, properties, reachable};
use serde_json::Value;
use std::collections::BTreeSet;

/// Formats whose texts cannot grow without end.
const BOUNDED_FORMATS: [&str; 7] = ["date", "date-time", "time", "uuid", "ipv4", "ipv6", "binary"];

pub(super) fn check(lint: &mut Lint<'_>) {
    let mut strings = Vec::new();
    let mut closed = Closed::default();
    for operation in &lint.operations.clone() {
        if operation.method == "post" {
            idempotency(lint, operation);
        }
        if is_business(operation) {
            conditions(lint, operation);
        }
        let body = operation.request_body(lint.doc);
        for (media_type, media) in body.iter().flat_map(content) {
            // A workbook or another file has no example that could be written into the document.
            if let Some(schema) = media.get("schema").filter(|_| is_text(media_type)) {
                let mend = "add an example that a client may send as it is";
                lint.expect(has_example(lint.doc, &media, &schema), "request-example", &media.at, mend);
            }
        }
        let schemas = lint.request_schemas(operation);
        for schema in &schemas {
            closed.walk(lint, schema, false);
        }
        strings.extend(schemas);
    }
    for schema in reachable(lint.doc, strings) {
        let limited = !schema.is_type("string") || is_limited(&schema);
        let mend = "set maxLength (or an enum, or a format such as date): unlimited text is a way to hurt the server";
        lint.expect(limited, "string-limit", &schema.at, mend);
    }
}

fn idempotency(lint: &mut Lint<'_>, operation: &Operation<'_>) {
    let mend = "take the header Idempotency-Key; where nothing is kept under it, say so in its description";
    lint.expect(reads(lint.doc, operation, "Idempotency-Key"), "idempotency-key", &operation.node.at, mend);
}

/// What lets a client ask for a language, and whether something changed.
fn conditions(lint: &mut Lint<'_>, operation: &Operation<'_>) {
    let at = &operation.node.at;
    let mend = "take the header Accept-Language: every refusal has a text in two languages";
    lint.expect(reads(lint.doc, operation, "Accept-Language"), "shared-parameters", at, mend);
    let unchanged = operation.responses(lint.doc).iter().any(|(status, _)| *status == "304");
    let mend = "take the header If-None-Match where 304 is answered, and document 304 where it is taken";
    let asked = reads(lint.doc, operation, "If-None-Match");
    lint.expect(asked == unchanged, "shared-parameters", at, mend);
}

fn reads(doc: &Value, operation: &Operation<'_>, header: &str) -> bool {
    operation.parameters(doc).iter().any(|parameter| {
        parameter.text("in") == Some("header")
            && parameter.text("name").is_some_and(|name| name.eq_ignore_ascii_case(header))
    })
}

fn is_limited(schema: &Node<'_>) -> bool {
    let bounded = |pattern: &str| {
        let unbounded = pattern.contains(['*', '+']) || pattern.contains(",}");
        pattern.starts_with('^') && pattern.ends_with('$') && !unbounded
    };
    ["maxLength", "enum", "const"].iter().any(|key| schema.has(key))
        || schema.text("format").is_some_and(|format| BOUNDED_FORMATS.contains(&format))
        || schema.text("pattern").is_some_and(bounded)
}

/// The search for objects in request bodies that let unknown properties pass.
#[derive(Default)]
struct Closed {
    seen: BTreeSet<(Pointer, bool)>,
}

impl Closed {
    /// `part` says that the schema is one part of a composition, which is closed as a whole.
    fn walk<'a>(&mut self, lint: &mut Lint<'a>, schema: &Node<'a>, part: bool) {
        if !self.seen.insert((schema.at.clone(), part)) {
            return;
        }
        if let Some(target) = schema.reference().and_then(|reference| follow(lint.doc, reference)) {
            self.walk(lint, &target, part);
        }
        let refuses = |key: &str| schema.value.get(key) == Some(&Value::Bool(false));
        let composed = schema.has("allOf");
        let own = schema.has("properties") || composed;
        let closed = refuses("unevaluatedProperties") || (refuses("additionalProperties") && !composed);
        if own && !part && !closed && !properties(lint.doc, schema).is_empty() {
            let mend = if composed {
                "set unevaluatedProperties: false beside allOf"
            } else {
                "set additionalProperties: false (serde: deny_unknown_fields)"
            };
            lint.report("closed-body", &schema.at, format!("{mend}: a mistyped field must not be ignored in silence"));
        }
        for inner in schema.elements("allOf") {
            self.walk(lint, &inner, true);
        }
        for key in ["oneOf", "anyOf"] {
            for inner in schema.elements(key) {
                self.walk(lint, &inner, part || own);
            }
        }
        for (_, inner) in schema.members("properties") {
            self.walk(lint, &inner, false);
        }
        for key in ["items", "additionalProperties"] {
            if let Some(inner) = schema.get(key) {
                self.walk(lint, &inner, false);
            }
        }
    }
}
