//! Answers: what a success looks like, how refusals are documented, how lists are paged.

use super::{Lint, is_business, is_joined};
use crate::document::{Node, Operation, content, is_json, is_problem, is_success, is_text, properties};
use serde_json::Value;

pub(super) fn check(lint: &mut Lint<'_>) {
    for operation in &lint.operations.clone() {
        let responses = operation.responses(lint.doc);
        let at = &operation.node.at;
        let any = responses.iter().any(|(status, _)| !is_problem(status));
        lint.expect(any, "answer-description", at, "document the answer to a request that succeeds");
        for (status, response) in &responses {
            let described = response.text("description").is_some();
            lint.expect(described, "answer-description", &response.at, format!("say when {status} is answered"));
            if is_success(status) {
                success(lint, response);
            }
            if is_problem(status) {
                problem(lint, response);
            }
        }
        if is_business(operation) {
            codes(lint, operation, &responses);
            headers(lint, operation, &responses);
        }
        if is_list(lint.doc, operation) {
            paging(lint, operation, &responses);
        }
    }
}

fn success<'a>(lint: &mut Lint<'a>, response: &Node<'a>) {
    for (media_type, media) in content(response) {
        if !is_json(media_type) {
            let mend = "add an example to the answer: a text can be shown";
            lint.expect(!is_text(media_type) || given_example(&media), "answer-example", &media.at, mend);
            continue;
        }
        let Some(schema) = media.get("schema") else {
            lint.report("answer-schema", &media.at, "add the schema of the answer");
            continue;
        };
        let mend = "add an example to the answer or to its schema";
        lint.expect(has_example(lint.doc, &media, &schema), "answer-example", &media.at, mend);
        inline(lint, &schema, true);
    }
}

fn problem<'a>(lint: &mut Lint<'a>, response: &Node<'a>) {
    let media: Vec<_> = content(response).into_iter().map(|(name, _)| name).collect();
    let right = media == ["application/problem+json"];
    lint.expect(right, "problem-media", &response.at, "answer application/problem+json and nothing else");
    let examples = response.path(&["content", "application/problem+json"]).map(|media| media.members("examples"));
    let shown = |code: &Node<'_>| examples.iter().flatten().any(|(name, _)| code.value.as_str() == Some(*name));
    for code in response.elements("x-problem-codes").iter().filter(|code| !shown(code)) {
        lint.report("problem-example", &code.at, "add an example under the name of the code");
    }
}

fn codes<'a>(lint: &mut Lint<'a>, operation: &Operation<'a>, responses: &[(&str, Node<'a>)]) {
    let at = &operation.node.at;
    if !responses.iter().any(|(status, _)| is_problem(status)) {
        lint.report("problem-answers", at, "document the refusals: each status with application/problem+json");
    }
    let codes = operation.problem_codes(lint.doc);
    let mend = "name the stable codes of the refusals in x-problem-codes, as an array of texts";
    lint.expect(!codes.is_empty(), "problem-codes", at, mend);
    for code in codes {
        let named = code.value.as_str().is_some_and(|code| is_joined(code, '_') || is_joined(code, '-'));
        lint.expect(
            named,
            "problem-codes",
            &code.at,
            format!("{} is not a code: write words in snake_case", code.value),
        );
    }
}

fn given_example(node: &Node<'_>) -> bool {
    let several = node.value.get("examples");
    node.has("example")
        || several.is_some_and(|all| {
            all.as_array().is_some_and(|all| !all.is_empty()) || all.as_object().is_some_and(|all| !all.is_empty())
        })
}

/// An example beside the schema or in it. A list may show the example of its elements, which is what Swagger UI does.
pub(super) fn has_example<'a>(doc: &'a Value, media: &Node<'a>, schema: &Node<'a>) -> bool {
    if given_example(media) || given_example(schema) || given_example(&schema.resolve(doc)) {
        return true;
    }
    let elements = array_of(doc, schema).and_then(|array| array.get("items"));
    elements.is_some_and(|items| given_example(&items) || given_example(&items.resolve(doc)))
}

/// The array that a list answer carries: the answer itself or its `data`.
fn array_of<'a>(doc: &'a Value, schema: &Node<'a>) -> Option<Node<'a>> {
    let target = schema.resolve(doc);
    if target.is_type("array") {
        return Some(target);
    }
    let data = properties(doc, &target).into_iter().find(|(name, _)| *name == "data");
    data.map(|(_, node)| node.resolve(doc)).filter(|node| node.is_type("array"))
}

/// The headers that an answer carries by its kind.
fn headers<'a>(lint: &mut Lint<'a>, operation: &Operation<'a>, responses: &[(&str, Node<'a>)]) {
    let conditional = responses.iter().any(|(status, _)| *status == "304") && operation.method == "get";
    for (status, response) in responses {
        let wanted = [
            (true, "X-Request-Id"),
            (is_problem(status), "Content-Language"),
            (*status == "304" || (conditional && is_success(status)), "ETag"),
            (matches!(*status, "201" | "202"), "Location"),
            (*status == "401", "WWW-Authenticate"),
            (is_file(lint.doc, response), "Content-Disposition"),
            (is_success(status) && is_list(lint.doc, operation), "Link"),
        ];
        let sent = response.members("headers");
        for (_, name) in wanted.iter().filter(|(wanted, name)| *wanted && !sent.iter().any(|(sent, _)| sent == name)) {
            lint.report("answer-headers", &response.at, format!("document the header {name}"));
        }
    }
}

/// Whether an answer may be a file to be saved.
fn is_file(doc: &Value, response: &Node<'_>) -> bool {
    let schemas = content(response).into_iter().filter_map(|(_, media)| media.get("schema"));
    schemas.into_iter().any(|schema| schema.resolve(doc).text("format") == Some("binary"))
}

/// Where an operation says, with the reason, that its list is short by nature and answered whole.
const WHOLE_LIST: &str = "x-whole-list";

/// Whether an operation answers a list: a GET called `list_…`, or one whose answer is an array or carries one as `data`.
pub(super) fn is_list(doc: &Value, operation: &Operation<'_>) -> bool {
    let array = || list_schemas(&operation.responses(doc)).iter().any(|schema| array_of(doc, schema).is_some());
    let whole = operation.node.text(WHOLE_LIST).is_some_and(|reason| !reason.is_empty());
    operation.method == "get" && !whole && (operation.id().is_some_and(|id| id.starts_with("list_")) || array())
}

fn list_schemas<'a>(responses: &[(&str, Node<'a>)]) -> Vec<Node<'a>> {
    let successes = responses.iter().filter(|(status, _)| is_success(status));
    let media = successes.flat_map(|(_, response)| content(response)).filter(|(media_type, _)| is_json(media_type));
    media.filter_map(|(_, media)| media.get("schema")).collect()
}

fn paging<'a>(lint: &mut Lint<'a>, operation: &Operation<'a>, responses: &[(&str, Node<'a>)]) {
    let parameters = operation.parameters(lint.doc);
    for wanted in ["limit", "cursor", "include"] {
        let found = parameters.iter().any(|p| p.text("in") == Some("query") && p.text("name") == Some(wanted));
        let mend = format!("add the query parameter {wanted}: every list is read page by page");
        lint.expect(found, "list-paging", &operation.node.at, mend);
    }
    for schema in list_schemas(responses) {
        let target = schema.resolve(lint.doc);
        let names: Vec<_> = properties(lint.doc, &target).into_iter().map(|(name, _)| name).collect();
        let envelope = array_of(lint.doc, &schema).is_some() && names.contains(&"next_cursor");
        lint.expect(envelope, "list-paging", &schema.at, "answer an object with data (an array) and next_cursor");
    }
}

/// Reports objects that are written out in an answer. The outermost one may be a list envelope.
fn inline<'a>(lint: &mut Lint<'a>, schema: &Node<'a>, outermost: bool) {
    if schema.reference().is_some() {
        return;
    }
    let names: Vec<_> = schema.members("properties").into_iter().map(|(name, _)| name).collect();
    let envelope = outermost && names.contains(&"data") && names.contains(&"next_cursor");
    if !names.is_empty() && !envelope {
        let mend = "make the object a component and refer to it: generators name their types after components";
        return lint.report("inline-schema", &schema.at, mend);
    }
    for child in crate::document::children(schema) {
        inline(lint, &child, false);
    }
}
