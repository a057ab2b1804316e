//! Whether a client written against an older document still works with a newer one.
//!
//! The contract is additive only: new optional fields and new operations. What a client may send must keep being
//! accepted, and what it reads must keep being there. Requests and answers therefore run in opposite directions: a limit
//! that narrows breaks a sender, a value that is new may surprise a reader.

mod declared;
mod schema;

pub use declared::{BadDeclaration, Declaration, declarations};

use crate::document::{Node, Operation, Pointer, content, is_success, operations};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// How much a change hurts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Some client that worked stops working.
    Breaking,
    /// A client that was written carelessly may stumble.
    Warning,
}

/// A change between two documents that a client may feel.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// How much it hurts.
    pub severity: Severity,
    /// What kind of change it is, such as `removed-operation`.
    pub rule: &'static str,
    /// The place in the older document, or in the newer one for what was added.
    pub at: Pointer,
    /// What changed.
    pub what: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Breaking => "breaking",
            Severity::Warning => "warning",
        };
        write!(f, "{severity} {} {}: {}", self.rule, self.at, self.what)
    }
}

/// Everything that clients of `old` may feel when the server moves to `new`: breaking changes first.
pub fn compare(old: &Value, new: &Value) -> Vec<Change> {
    let mut comparison = Comparison { old, new, changes: BTreeSet::new(), seen: BTreeSet::new() };
    comparison.paths();
    comparison.changes.into_iter().collect()
}

/// Which way a schema travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Direction {
    Request,
    Answer,
}

struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    changes: BTreeSet<Change>,
    /// Pairs of schemas already compared: schemas refer to themselves, and many operations share one.
    seen: BTreeSet<(Direction, Pointer, Pointer)>,
}

impl<'a> Comparison<'a> {
    fn breaking(&mut self, rule: &'static str, at: &Pointer, what: impl Into<String>) {
        self.changes.insert(Change { severity: Severity::Breaking, rule, at: at.clone(), what: what.into() });
    }

    fn warning(&mut self, rule: &'static str, at: &Pointer, what: impl Into<String>) {
        self.changes.insert(Change { severity: Severity::Warning, rule, at: at.clone(), what: what.into() });
    }

    fn paths(&mut self) {
        let after = operations(self.new);
        for (path, node) in Node::root(self.old).members("paths") {
            if Node::root(self.new).path(&["paths", path]).is_none() {
                self.breaking("removed-path", &node.at, format!("{path} is gone"));
            }
        }
        for before in operations(self.old) {
            let same = |other: &&Operation<'a>| other.path == before.path && other.method == before.method;
            match after.iter().find(same) {
                Some(after) => self.operation(&before, after),
                None if Node::root(self.new).path(&["paths", before.path]).is_some() => {
                    let what = format!("{} {} is gone", before.method.to_uppercase(), before.path);
                    self.breaking("removed-operation", &before.node.at, what);
                }
                None => {}
            }
        }
    }

    fn operation(&mut self, before: &Operation<'a>, after: &Operation<'a>) {
        let at = &before.node.at;
        if before.id() != after.id() {
            let (old, new) = (before.id().unwrap_or("none"), after.id().unwrap_or("none"));
            self.breaking(
                "changed-operation-id",
                at,
                format!("{old} → {new}: generated clients name methods after it"),
            );
        }
        if self.is_open(self.old, before) && !self.is_open(self.new, after) {
            self.breaking("newly-secured", at, "anyone could call it; now it asks for a token");
        }
        self.parameters(before, after);
        self.request(before, after);
        self.answers(before, after);
        let codes = |doc, operation: &Operation<'a>| -> BTreeMap<&'a str, Pointer> {
            let codes = operation.problem_codes(doc);
            codes.into_iter().filter_map(|code| code.value.as_str().map(|text| (text, code.at.clone()))).collect()
        };
        let kept = codes(self.new, after);
        for (code, at) in codes(self.old, before) {
            if !kept.contains_key(code) {
                self.breaking("removed-problem-code", &at, format!("{code} is gone: clients decide by it"));
            }
        }
    }

    fn is_open(&self, doc: &Value, operation: &Operation<'_>) -> bool {
        let stated = operation.node.value.get("security").or_else(|| doc.get("security"));
        let requirements = stated.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        requirements.is_empty() || requirements.iter().any(|one| one.as_object().is_some_and(serde_json::Map::is_empty))
    }

    fn parameters(&mut self, before: &Operation<'a>, after: &Operation<'a>) {
        let (olds, news) = (before.parameters(self.old), after.parameters(self.new));
        let key = |node: &Node<'a>| {
            let place = node.text("in").unwrap_or_default();
            let name = node.text("name").unwrap_or_default();
            let name = if place == "header" { name.to_ascii_lowercase() } else { name.to_owned() };
            (place, name)
        };
        let required = |node: &Node<'a>| node.value.get("required") == Some(&Value::Bool(true));
        for old in &olds {
            let name = old.text("name").unwrap_or_default();
            let Some(new) = news.iter().find(|new| key(new) == key(old)) else {
                self.breaking("removed-parameter", &old.at, format!("{name} is gone: sending it is refused"));
                continue;
            };
            if required(new) && !required(old) {
                self.breaking("newly-required", &old.at, format!("the parameter {name} may no longer be left out"));
            }
            if let (Some(old), Some(new)) = (old.get("schema"), new.get("schema")) {
                self.schema(Direction::Request, &old, &new);
            }
        }
        for new in news.iter().filter(|new| required(new)) {
            if !olds.iter().any(|old| key(old) == key(new)) {
                let name = new.text("name").unwrap_or_default();
                self.breaking("newly-required", &new.at, format!("the new parameter {name} is required"));
            }
        }
    }

    fn request(&mut self, before: &Operation<'a>, after: &Operation<'a>) {
        let required = |node: &Node<'a>| node.value.get("required") == Some(&Value::Bool(true));
        match (before.request_body(self.old), after.request_body(self.new)) {
            (Some(old), Some(new)) => {
                if required(&new) && !required(&old) {
                    self.breaking("newly-required", &old.at, "the request body may no longer be left out");
                }
                self.media(Direction::Request, &old, &new);
            }
            (Some(old), None) => self.breaking("removed-request-body", &old.at, "a request body is no longer taken"),
            (None, Some(new)) if required(&new) => {
                self.breaking("newly-required", &new.at, "a request body is now required");
            }
            (None, _) => {}
        }
    }

    fn answers(&mut self, before: &Operation<'a>, after: &Operation<'a>) {
        let news: BTreeMap<_, _> = after.responses(self.new).into_iter().collect();
        for (status, old) in before.responses(self.old) {
            let Some(new) = news.get(status) else {
                // Refusals are told apart by their code, which has a rule of its own.
                if is_success(status) {
                    self.breaking("removed-answer", &old.at, format!("{status} is no longer answered"));
                }
                continue;
            };
            self.media(Direction::Answer, &old, new);
            for (name, header) in old.members("headers") {
                if !new.members("headers").iter().any(|(other, _)| other.eq_ignore_ascii_case(name)) {
                    self.breaking("removed-header", &header.at, format!("{name} is no longer sent with {status}"));
                }
            }
        }
    }

    fn media(&mut self, direction: Direction, old: &Node<'a>, new: &Node<'a>) {
        let news: BTreeMap<_, _> = content(new).into_iter().collect();
        for (media_type, media) in content(old) {
            let Some(other) = news.get(media_type) else {
                self.breaking("removed-media-type", &media.at, format!("{media_type} is gone"));
                continue;
            };
            if let (Some(old), Some(new)) = (media.get("schema"), other.get("schema")) {
                self.schema(direction, &old, &new);
            }
        }
    }
}

#[cfg(test)]
mod tests;
