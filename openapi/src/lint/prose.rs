//! What people read: summaries, descriptions, tags, and who may call.

use super::Lint;
use crate::document::{Node, Operation, follow};
use serde_json::Value;

/// The longest summary, in characters: more is cut in the list of Swagger UI.
const SUMMARY_LIMIT: usize = 80;

pub(super) fn check(lint: &mut Lint<'_>) {
    for tag in Node::root(lint.doc).elements("tags") {
        let name = tag.text("name").unwrap_or_default();
        let described = tag.text("description").is_some();
        lint.expect(described, "tag-description", &tag.at, format!("say for whom and for what the tag {name} is"));
    }
    servers(lint);
    for operation in &lint.operations.clone() {
        let at = &operation.node.at;
        summary(lint, operation);
        let described = operation.node.text("description").is_some();
        let mend = "add a description: what happens, who may, what to know before calling";
        lint.expect(described, "operation-description", at, mend);
        tag(lint, operation);
        security(lint, operation);
        for parameter in operation.parameters(lint.doc) {
            let name = parameter.text("name").unwrap_or_default();
            let described = parameter.text("description").is_some();
            lint.expect(described, "parameter-description", &parameter.at, format!("describe the parameter {name}"));
        }
    }
    for schema in lint.schemas() {
        for (name, property) in schema.members("properties") {
            // What is said of a type is not what is said of a property that has it or null.
            let choice = property.elements("oneOf").iter().any(|choice| choice.reference().is_some());
            let described = if choice { property.has("description") } else { is_described(lint.doc, &property) };
            let mend = format!("describe {name}: its meaning, unit and range (a doc comment on the field)");
            lint.expect(described, "property-description", &property.at, mend);
        }
    }
}

fn servers(lint: &mut Lint<'_>) {
    let root = Node::root(lint.doc);
    let servers = root.elements("servers");
    let described = servers.iter().all(|server| server.text("url").is_some() && server.text("description").is_some());
    let mend = "add servers, with url and description: generated clients begin with the first";
    lint.expect(!servers.is_empty() && described, "server", &root.at, mend);
}

fn summary(lint: &mut Lint<'_>, operation: &Operation<'_>) {
    let at = &operation.node.at;
    let Some(summary) = operation.node.text("summary") else {
        return lint.report("operation-summary", at, "add a summary (the first line of the handler's doc comment)");
    };
    let length = summary.chars().count();
    let mend = format!("shorten the summary from {length} to at most {SUMMARY_LIMIT} characters");
    lint.expect(length <= SUMMARY_LIMIT, "operation-summary", at, mend);
    lint.expect(!summary.ends_with(['.', '。']), "operation-summary", at, "take the full stop off the summary");
}

fn tag(lint: &mut Lint<'_>, operation: &Operation<'_>) {
    let at = &operation.node.at;
    let tags: Vec<_> = operation.node.elements("tags").into_iter().filter_map(|tag| tag.value.as_str()).collect();
    let [tag] = tags.as_slice() else {
        return lint.report("operation-tag", at, format!("give the operation exactly one tag; it has {}", tags.len()));
    };
    let declared = Node::root(lint.doc).elements("tags").iter().any(|declared| declared.text("name") == Some(*tag));
    lint.expect(declared, "operation-tag", at, format!("declare the tag {tag} in the document, with a description"));
}

fn security(lint: &mut Lint<'_>, operation: &Operation<'_>) {
    let root = Node::root(lint.doc);
    let stated = if operation.node.has("security") { &operation.node } else { &root };
    let at = &operation.node.at;
    if !stated.has("security") {
        return lint.report("operation-security", at, "state the security, or an empty one where anyone may call");
    }
    for requirement in stated.elements("security") {
        for scheme in requirement.value.as_object().into_iter().flat_map(serde_json::Map::keys) {
            let declared = root.path(&["components", "securitySchemes", scheme]).is_some();
            let mend = format!("declare the security scheme {scheme} under components");
            lint.expect(declared, "operation-security", at, mend);
        }
    }
}

/// A description here or, where only a reference (or a choice of one) stands here, on what it leads to.
fn is_described<'a>(doc: &'a Value, property: &Node<'a>) -> bool {
    let mut open = vec![property.clone()];
    let mut steps = 0;
    while let Some(node) = open.pop() {
        steps += 1;
        if node.text("description").is_some() {
            return true;
        }
        // Deep enough for a choice of references; a circle of references ends here too.
        if steps > 16 {
            return false;
        }
        open.extend(node.reference().and_then(|reference| follow(doc, reference)));
        for key in ["allOf", "oneOf", "anyOf"] {
            open.extend(node.elements(key));
        }
    }
    false
}
