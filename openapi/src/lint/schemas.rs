//! Schemas wherever they stand: required properties, decimals.

use super::Lint;
use crate::document::{Node, Pointer, reachable};
use shixun_api::document::listed;
use std::collections::BTreeSet;

pub(super) fn check(lint: &mut Lint<'_>) {
    let partial = patch_bodies(lint);
    for schema in lint.schemas() {
        let named = !schema.members("properties").is_empty();
        let stated =
            schema.value.get("required").is_some_and(serde_json::Value::is_array) || schema.has("minProperties");
        let mend = "list `required`; where every property may be left out, say `required: []` or minProperties";
        lint.expect(!named || stated || partial.contains(&schema.at), "required-list", &schema.at, mend);
        shape(lint, &schema);
        let mend = "numbers that are not whole are decimal strings with a pattern, never JSON floating point";
        lint.expect(!schema.is_type("number"), "decimal", &schema.at, mend);
        if schema.text("format") == Some("decimal") {
            decimal(lint, &schema, &schema.at);
        }
        for (name, property) in schema.members("properties") {
            if is_amount(name) {
                decimal(lint, &property.resolve(lint.doc), &property.at);
            }
        }
    }
}

/// What generators make of a schema: they drop what is said inside a choice, make types of enumerations alone, and take an object of which
/// nothing is said to be empty.
fn shape(lint: &mut Lint<'_>, schema: &Node<'_>) {
    for choice in schema.elements("oneOf").iter().filter(|choice| choice.reference().is_some()) {
        let mend = "move the description beside oneOf: generators drop it here";
        lint.expect(!choice.has("description"), "hidden-description", &choice.at, mend);
    }
    let words = schema.text("pattern").and_then(listed);
    lint.expect(words.is_none(), "closed-list", &schema.at, "write the words as an enum");
    let said = ["properties", "additionalProperties", "unevaluatedProperties", "allOf", "oneOf", "anyOf"];
    let open = schema.is_type("object") && !said.iter().any(|key| schema.has(key));
    let mend = "add additionalProperties: true, or the schema of what it may have";
    lint.expect(!open, "open-object", &schema.at, mend);
}

/// Hours and money by the names they have in this contract.
fn is_amount(name: &str) -> bool {
    ["hours", "amount"].iter().any(|word| name == *word || name.ends_with(&format!("_{word}")))
}

fn decimal(lint: &mut Lint<'_>, schema: &Node<'_>, at: &Pointer) {
    // An object or a list under such a name holds the amounts further down.
    let holds_others = schema.is_type("object") || schema.is_type("array") || schema.types().is_empty();
    let right = holds_others || (schema.is_type("string") && schema.text("pattern").is_some());
    let mend = "make it a string with a pattern, for example ^(0|[1-9][0-9]{0,5})(\\.[0-9]{1,2})?$";
    lint.expect(right, "decimal", at, mend);
}

/// The schemas that only bodies of PATCH reach: leaving a property out is what they are for.
fn patch_bodies(lint: &Lint<'_>) -> BTreeSet<Pointer> {
    let (mut partial, mut others) = (Vec::new(), Vec::new());
    for operation in &lint.operations {
        let bodies = lint.request_schemas(operation);
        if operation.method == "patch" {
            partial.extend(bodies)
        } else {
            others.extend(bodies)
        }
        others.extend(lint.answer_schemas(operation));
    }
    let others: BTreeSet<_> = reachable(lint.doc, others).into_iter().map(|node| node.at).collect();
    reachable(lint.doc, partial).into_iter().map(|node| node.at).filter(|at| !others.contains(at)).collect()
}
