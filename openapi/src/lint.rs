//! Whether people and client generators will understand the document.
//!
//! Each rule has an id and one or more findings; a finding says where it is and how to mend it. The rules are the
//! conventions of the contract (README, "Conventions"), so that a new feature cannot forget one.

mod answers;
mod naming;
mod prose;
mod references;
mod requests;
mod schemas;

use crate::document::{Node, Operation, Pointer, content, is_json, operations, within};
use serde_json::Value;
use std::{collections::BTreeMap, fmt};

/// Something in the document that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The id of the rule, one of [`RULES`].
    pub rule: &'static str,
    /// The place in the document.
    pub at: Pointer,
    /// What to do about it.
    pub mend: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.rule, self.at, self.mend)
    }
}

/// The rules by id, with what each asks for.
pub const RULES: [(&str, &str); 35] = [
    ("operation-id", "operationId is unique and reads <verb>_<resource> in snake_case"),
    ("path-base", "every path is under /v1, but for the few that operate the server"),
    ("path-words", "path words are kebab-case nouns, plural where they hold many, and parameters snake_case"),
    ("snake-case", "properties and parameters are snake_case"),
    ("operation-summary", "a summary of at most 80 characters without a full stop"),
    ("operation-description", "a description on every operation"),
    ("operation-tag", "exactly one tag, and the document declares it"),
    ("tag-description", "a description on every declared tag"),
    ("operation-security", "security is stated, or stated to be empty, with declared schemes"),
    ("parameter-description", "a description on every parameter"),
    ("property-description", "a description on every property"),
    ("hidden-description", "what is said of a property that may be null stands beside its oneOf, not inside it"),
    ("request-example", "an example of every request body"),
    ("answer-description", "a description on every answer, and at least one answer that is no problem"),
    ("answer-schema", "a schema for every JSON answer that is a success"),
    ("answer-example", "an example of every answer that is a success and a text"),
    ("answer-headers", "every answer under /v1 documents the headers that its kind carries"),
    ("problem-media", "every refusal and fault is application/problem+json"),
    ("problem-answers", "every operation under /v1 documents its refusals"),
    ("problem-codes", "every operation under /v1 names its problem codes in x-problem-codes"),
    ("problem-example", "an example of every problem code that an answer names"),
    ("inline-schema", "objects in answers are named components, list envelopes excepted"),
    ("idempotency-key", "every POST takes the header Idempotency-Key"),
    ("shared-parameters", "every operation takes Accept-Language, and If-None-Match where it answers 304"),
    ("list-paging", "every list takes limit, cursor and include, and answers data and next_cursor"),
    ("required-list", "every object says which properties are required"),
    ("closed-body", "objects in request bodies refuse unknown properties"),
    ("string-limit", "strings in request bodies have a greatest length"),
    ("decimal", "hours and money are strings with a pattern, and there are no floating-point numbers"),
    ("closed-list", "a closed list of words is an enum, not a pattern"),
    ("open-object", "an object without named properties says with additionalProperties what it may have"),
    ("server", "the document names its servers, each with a description"),
    ("dangling-ref", "every reference leads to something in the document"),
    ("unused-schema", "every component schema is used"),
    ("unused-example", "every component example is used"),
];

/// All findings, in the order of rule and place.
pub fn lint(document: &Value) -> Vec<Finding> {
    let mut lint = Lint { doc: document, operations: operations(document), findings: Vec::new() };
    naming::check(&mut lint);
    prose::check(&mut lint);
    answers::check(&mut lint);
    requests::check(&mut lint);
    schemas::check(&mut lint);
    references::check(&mut lint);
    let order = |finding: &Finding| RULES.iter().position(|(id, _)| *id == finding.rule);
    lint.findings.sort_by_cached_key(|finding| (order(finding), finding.clone()));
    lint.findings.dedup();
    lint.findings
}

struct Lint<'a> {
    doc: &'a Value,
    operations: Vec<Operation<'a>>,
    findings: Vec<Finding>,
}

impl<'a> Lint<'a> {
    fn report(&mut self, rule: &'static str, at: &Pointer, mend: impl Into<String>) {
        self.findings.push(Finding { rule, at: at.clone(), mend: mend.into() });
    }

    /// Reports unless the condition holds.
    fn expect(&mut self, holds: bool, rule: &'static str, at: &Pointer, mend: impl Into<String>) {
        if !holds {
            self.report(rule, at, mend);
        }
    }

    /// The schemas of the JSON request bodies of an operation.
    fn request_schemas(&self, operation: &Operation<'a>) -> Vec<Node<'a>> {
        let body = operation.request_body(self.doc);
        body.iter().flat_map(content).filter(|(media, _)| is_json(media)).filter_map(|(_, n)| n.get("schema")).collect()
    }

    /// The schemas of the answers of an operation, all media types.
    fn answer_schemas(&self, operation: &Operation<'a>) -> Vec<Node<'a>> {
        let responses = operation.responses(self.doc);
        responses.iter().flat_map(|(_, node)| content(node)).filter_map(|(_, media)| media.get("schema")).collect()
    }

    /// Every schema written anywhere in the document, each once.
    fn schemas(&self) -> Vec<Node<'a>> {
        let components = Node::root(self.doc).get("components");
        let mut roots: Vec<Node<'a>> = Vec::new();
        roots.extend(components.iter().flat_map(|node| node.members("schemas")).map(|(_, node)| node));
        for operation in &self.operations {
            let bodies = operation.request_body(self.doc);
            roots.extend(bodies.iter().flat_map(content).filter_map(|(_, media)| media.get("schema")));
            roots.extend(self.answer_schemas(operation));
            roots.extend(operation.parameters(self.doc).iter().filter_map(|parameter| parameter.get("schema")));
        }
        let all = roots.into_iter().flat_map(within).map(|node| (node.at.clone(), node));
        all.collect::<BTreeMap<_, _>>().into_values().collect()
    }
}

/// Whether an operation belongs to the contract proper and not to the running of the server.
fn is_business(operation: &Operation<'_>) -> bool {
    operation.path.starts_with("/v1/")
}

/// Whether a text is made of words of small letters and digits, joined by `joint`, the first beginning with a letter.
fn is_joined(text: &str, joint: char) -> bool {
    let word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.split(joint).all(word)
}

#[cfg(test)]
mod tests;
