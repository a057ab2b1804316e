//! Names: operations, paths, parameters, properties.

use super::{Lint, answers::is_list, is_joined};
use crate::document::Operation;
use std::collections::BTreeMap;

/// Paths that operate or describe the server and are no part of a version of the contract.
const OUTSIDE_VERSIONS: [&str; 6] = ["/livez", "/readyz", "/metrics", "/version", "/openapi.json", "/docs"];

/// Words for many that do not end in s.
const PLURAL_AS_THEY_ARE: [&str; 6] = ["attendance", "equipment", "evidence", "feedback", "people", "staff"];

/// Words for a step that anybody takes with what stands behind them: `/v1/verify/{code}`.
const STEPS: [&str; 1] = ["verify"];

/// Names that a standard writes in its own way: W3C Controlled Identifiers 1.0.
const NAMES_OF_STANDARDS: [&str; 3] = ["assertionMethod", "publicKeyJwk", "verificationMethod"];

pub(super) fn check(lint: &mut Lint<'_>) {
    let operations = lint.operations.clone();
    let mut seen = BTreeMap::new();
    for operation in &operations {
        operation_id(lint, operation, &mut seen);
        path(lint, operation);
        for parameter in operation.parameters(lint.doc) {
            let name = parameter.text("name").unwrap_or_default();
            let header = matches!(parameter.text("in"), Some("header" | "cookie"));
            lint.expect(
                header || is_joined(name, '_'),
                "snake-case",
                &parameter.at,
                format!("write {name} in snake_case"),
            );
        }
    }
    for schema in lint.schemas() {
        for (name, property) in schema.members("properties") {
            let named = is_joined(name, '_') || NAMES_OF_STANDARDS.contains(&name);
            lint.expect(named, "snake-case", &property.at, format!("write {name} in snake_case"));
        }
    }
}

fn operation_id<'a>(lint: &mut Lint<'a>, operation: &Operation<'a>, seen: &mut BTreeMap<&'a str, &'a str>) {
    let at = &operation.node.at;
    let Some(id) = operation.id() else {
        return lint.report("operation-id", at, "add an operationId, <verb>_<resource>, the name of the handler");
    };
    let named = is_joined(id, '_') && id.contains('_');
    lint.expect(
        named,
        "operation-id",
        at,
        format!("rename {id} to <verb>_<resource> in snake_case, as in list_sessions"),
    );
    if let Some(other) = seen.insert(id, operation.path) {
        lint.report("operation-id", at, format!("{id} is also the operationId of {other}: give each its own"));
    }
}

fn path(lint: &mut Lint<'_>, operation: &Operation<'_>) {
    let at = &operation.node.at;
    let outside = OUTSIDE_VERSIONS.contains(&operation.path)
        || operation.path.starts_with("/.well-known/")
        || operation.path.starts_with("/docs/");
    if outside {
        return;
    }
    let Some(rest) = operation.path.strip_prefix("/v1/") else {
        return lint.report("path-base", at, "move the path under /v1");
    };
    let segments: Vec<_> = rest.split('/').collect();
    for (index, segment) in segments.iter().enumerate() {
        if let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            lint.expect(is_joined(name, '_'), "path-words", at, format!("write {{{name}}} in snake_case"));
            continue;
        }
        lint.expect(is_joined(segment, '-'), "path-words", at, format!("write {segment:?} in kebab-case"));
        let last = index + 1 == segments.len();
        let holds_many =
            segments.get(index + 1).is_some_and(|next| next.starts_with('{')) || (last && is_list(lint.doc, operation));
        let plural = segment.ends_with('s') || PLURAL_AS_THEY_ARE.contains(segment) || STEPS.contains(segment);
        lint.expect(plural || !holds_many, "path-words", at, format!("{segment} holds many: use the plural"));
    }
}
