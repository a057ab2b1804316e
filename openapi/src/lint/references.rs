//! References: none leads nowhere, no component stands unused.

use super::Lint;
use crate::document::{Node, Pointer, follow};
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) fn check(lint: &mut Lint<'_>) {
    let mut references = Vec::new();
    collect(Node::root(lint.doc), &mut references);
    for (at, reference) in references {
        let mend = format!("{reference} leads nowhere: add the component or correct the reference");
        lint.expect(follow(lint.doc, &reference).is_some(), "dangling-ref", &at, mend);
    }
    let used = used(lint.doc);
    let components = Node::root(lint.doc).get("components");
    for (name, schema) in components.iter().flat_map(|node| node.members("schemas")) {
        let mend = format!("no operation uses {name}: remove it from the document, or refer to it");
        lint.expect(used.contains(&schema.at), "unused-schema", &schema.at, mend);
    }
    for (name, example) in components.iter().flat_map(|node| node.members("examples")) {
        let mend = format!("no operation shows {name}: remove it from the document, or refer to it");
        lint.expect(used.contains(&example.at), "unused-example", &example.at, mend);
    }
}

/// The places that operations lead to, directly or through other components.
fn used(doc: &Value) -> BTreeSet<Pointer> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<Node<'_>> =
        ["paths", "webhooks"].iter().filter_map(|section| Node::root(doc).get(section)).collect();
    while let Some(node) = open.pop() {
        let mut references = Vec::new();
        collect(node, &mut references);
        for (_, reference) in references {
            if let Some(target) = follow(doc, &reference)
                && seen.insert(target.at.clone())
            {
                open.push(target);
            }
        }
    }
    seen
}

/// All references at and under a node, those of discriminator mappings included, each with its place.
fn collect(node: Node<'_>, into: &mut Vec<(Pointer, String)>) {
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        match node.value {
            Value::Object(members) => {
                if let Some(reference) = node.reference() {
                    into.push((node.at.clone(), reference.to_owned()));
                }
                for (_, target) in node.get("discriminator").iter().flat_map(|inner| inner.members("mapping")) {
                    let local = target.value.as_str().filter(|text| text.starts_with('#'));
                    into.extend(local.map(|text| (target.at.clone(), text.to_owned())));
                }
                open.extend(members.iter().map(|(key, value)| Node { value, at: node.at.join(key) }));
            }
            Value::Array(elements) => {
                open.extend(elements.iter().enumerate().map(|(i, value)| Node { value, at: node.at.join(i) }));
            }
            _ => {}
        }
    }
}
