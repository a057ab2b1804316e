//! The examples in the published document are what was asked of the demo county and answered: a reader sees what a client gets,
//! and the examples of one thing belong together, from its creation to its end.
//!
//! `api/src/examples.json` keeps one exchange for each operation. Where answers changed on purpose,
//! `SHIXUN_RECORD_EXAMPLES=1 cargo test -p shixun-tests examples` writes them anew.

mod again;
mod evaluations;
mod outside;
mod staff;
mod timetable;
mod walk;

use crate::{
    demo::{Demo, SMALL},
    harness::{Answered, CONTRACT, Caller, database::Kind, documented_headers},
};
use actix_web::http::Method;
use serde_json::{Map, Value, json};
use shixun_openapi::{
    Contract, Violation,
    document::{Node, content, is_json, is_text},
};
use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

/// Where the exchanges are kept.
fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../api/src/examples.json")
}

/// What was asked and answered, by operation.
#[derive(Default)]
pub(crate) struct Shown {
    exchanges: Map<String, Value>,
    /// Every request, in order.
    pub(crate) asked: Vec<(Method, String, Option<Value>)>,
}

/// A walk through the demo county that asks every operation.
pub(crate) async fn walked(demo: &Demo) -> Shown {
    walk::walk(demo).await
}

impl Shown {
    /// Asks, and keeps the exchange as the example of its operation; gives the whole answer.
    async fn ask(&mut self, caller: &Caller<'_>, method: Method, path: &str, body: Option<Value>) -> Answered {
        let mut asking = caller.request(method.clone(), path);
        if matches!(method, Method::PUT | Method::PATCH | Method::DELETE) {
            let stands = caller.get(path).await;
            if let Some(etag) = stands.header("etag") {
                asking = asking.header("If-Match", &etag);
            }
        }
        if let Some(body) = &body {
            asking = asking.json(body);
        }
        let answered = asking.send().await;
        self.keep(&method, path, body, &answered);
        answered
    }

    fn keep(&mut self, method: &Method, path: &str, body: Option<Value>, answered: &Answered) {
        assert!((200..300).contains(&answered.status), "{method} {path}: {}", answered.text());
        let operation = CONTRACT.operation_for(method.as_str(), path).unwrap_or_else(|| panic!("{method} {path}"));
        let unsent =
            documented_headers(&operation, answered.status).into_iter().filter(|name| !may_be_absent(name, answered));
        let unsent: Vec<_> = unsent.filter(|name| answered.header(name).is_none()).collect();
        assert!(unsent.is_empty(), "{method} {path} does not send {unsent:?} as the contract says");
        let mut exchange = Map::new();
        exchange.extend(body.clone().map(|body| ("request".to_owned(), body)));
        let kind = answered.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default();
        if is_json(kind) {
            let mut answer = answered.json();
            // Long lists that are not paged are shown by their first rows, and so are those of a job's result.
            for place in ["/data", "/changed", "/rules", "/teachers", "/result/changed", "/result/rules"] {
                if let Some(rows) = answer.pointer_mut(place).and_then(Value::as_array_mut) {
                    rows.truncate(3);
                }
            }
            exchange.insert(if answered.status == 202 { "accepted" } else { "answer" }.into(), answer);
        } else if is_text(kind) {
            let most = if kind == "text/csv" { 4 } else { usize::MAX };
            exchange.insert(kind.into(), answered.text().split_inclusive('\n').take(most).collect::<String>().into());
        }
        self.asked.push((method.clone(), path.to_owned(), body.clone()));
        let shown = self.exchanges.entry(operation.id().unwrap().to_owned()).or_insert_with(|| Map::new().into());
        for (part, value) in exchange {
            let before = shown.as_object_mut().unwrap().insert(part.clone(), value.clone());
            // The same request may be answered at once, and once more with a job.
            let known = before.is_some_and(|before| part != "request" || before != value);
            assert!(!known, "{method} {path} is shown twice");
        }
    }

    async fn get(&mut self, caller: &Caller<'_>, path: &str) -> Value {
        self.ask(caller, Method::GET, path, None).await.json()
    }

    /// Asks for a text where JSON is the rule, and keeps it beside the JSON.
    async fn text(&mut self, caller: &Caller<'_>, path: &str, accept: &str) {
        let answered = caller.request(Method::GET, path).header("Accept", accept).send().await;
        assert!(answered.header("content-type").unwrap().starts_with(accept), "{path}");
        self.keep(&Method::GET, path, None, &answered);
    }

    async fn post(&mut self, caller: &Caller<'_>, path: &str, body: Value) -> Value {
        self.ask(caller, Method::POST, path, Some(body)).await.json()
    }

    async fn act(&mut self, caller: &Caller<'_>, path: &str) -> Value {
        self.ask(caller, Method::POST, path, None).await.json()
    }

    /// Takes a step based on what stands.
    async fn step(&mut self, caller: &Caller<'_>, place: &str, verb: &str, body: Option<Value>) -> Value {
        let path = format!("{place}/{verb}");
        let mut asking = caller.request(Method::POST, &path).header("If-Match", &caller.get(place).await.etag());
        if let Some(body) = &body {
            asking = asking.json(body);
        }
        let answered = asking.send().await;
        self.keep(&Method::POST, &path, body, &answered);
        answered.json()
    }

    async fn put(&mut self, caller: &Caller<'_>, path: &str, body: Value) -> Value {
        self.ask(caller, Method::PUT, path, Some(body)).await.json()
    }
}

/// The headers that are sent in certain cases only: of a limit that counted the request, of a retry, of a page that is not the
/// last, of a file where JSON may be asked for, too.
fn may_be_absent(header: &str, answered: &Answered) -> bool {
    match header {
        "RateLimit" | "RateLimit-Policy" | "Idempotency-Hit" | "Retry-After" => true,
        "Content-Language" => answered.status < 300,
        "Content-Disposition" => answered.header("content-type").as_deref() == Some("application/json"),
        "Link" => answered.json()["next_cursor"].is_null(),
        _ => false,
    }
}

/// The example of a schema: what a feature's wire type says a request may look like.
pub(crate) fn example(schema: &str) -> Value {
    CONTRACT.document()["components"]["schemas"][schema]["example"].clone()
}

/// Changes fields of an object.
fn with(mut object: Value, fields: Value) -> Value {
    for (name, value) in fields.as_object().unwrap() {
        object[name] = value.clone();
    }
    object
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

#[actix_web::test]
async fn the_examples_are_what_the_demo_county_answers() {
    let demo = Demo::on(Kind::Sqlite, SMALL).await;
    let shown = Value::Object(walked(&demo).await.exchanges);
    if std::env::var_os("SHIXUN_RECORD_EXAMPLES").is_some() {
        std::fs::write(file(), format!("{shown:#}\n")).unwrap();
    }
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(file()).unwrap()).unwrap();
    for (operation, exchange) in shown.as_object().unwrap() {
        assert_eq!(
            &kept[operation], exchange,
            "{operation}: the example is not what is asked and answered any more; see this file's head"
        );
    }
    assert_eq!(kept.as_object().unwrap().len(), shown.as_object().unwrap().len(), "an example nobody answers");
}

/// The examples of a body, references followed.
fn examples(contract: &Contract, media: &Node<'_>) -> Vec<Value> {
    let several = media.members("examples").into_iter().map(|(_, example)| example.resolve(contract.document()));
    let one = media.value.get("example").into_iter();
    one.chain(several.filter_map(|example| example.value.get("value"))).cloned().collect()
}

/// What is wrong with the examples of the operations that are wanted: each has to be there, whole, and what its schema says.
fn faults(contract: &Contract, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    // Most operations share their problems, and a schema is compiled for each operation.
    let mut judged = HashSet::new();
    for operation in contract.operations() {
        let name = operation.id().unwrap();
        if !wanted(name) {
            continue;
        }
        let mut look = |what: &str, media: &Node<'_>, judge: &dyn Fn(&Value) -> Vec<Violation>| {
            let examples = examples(contract, media);
            if examples.is_empty() {
                found.push(format!("{name} {what}: no example"));
            }
            for example in examples {
                if media.at.as_str().ends_with("problem+json") && !judged.insert(example.to_string()) {
                    continue;
                }
                if example.to_string().contains('…') {
                    found.push(format!("{name} {what}: a gap in {example}"));
                }
                found.extend(judge(&example).iter().map(|violation| format!("{name} {what}: {violation}")));
            }
        };
        let request = operation.request_body(contract.document());
        if let Some(media) = request.and_then(|request| request.path(&["content", "application/json"])) {
            look("request", &media, &|example| contract.request(name, "application/json", example));
        }
        for (status, response) in operation.responses(contract.document()) {
            for (kind, media) in content(&response).iter().filter(|(kind, _)| is_text(kind)) {
                look(status, media, &|example| contract.response(name, status.parse().unwrap(), kind, example));
            }
        }
    }
    found
}

#[test]
fn every_request_and_answer_has_an_example_that_its_schema_accepts() {
    let found = faults(&CONTRACT, |_| true);
    assert!(
        found.is_empty(),
        "{found:#?}\nlet tests/suite/examples/walk.rs ask the operation; see the head of examples.rs"
    );
}

#[test]
fn an_example_that_is_missing_has_a_gap_or_breaks_its_schema_is_found() {
    let approving = |operation: &str| operation == "approve_enrolment";
    let of = "/paths/~1v1~1enrolments~1{enrolment_id}~1approve/post";
    let answer = format!("{of}/responses/200/content/application~1json");
    let request = format!("{of}/requestBody/content/application~1json");
    let problem = "/components/examples/not_found";
    for (place, field, value) in [
        (&answer, "status", json!("asleep")),
        (&answer, "version", Value::Null),
        (&answer, "nobody_knows_this", json!(1)),
        (&answer, "name", json!("…")),
        (&request, "note", json!(7)),
        (&request, "mood", json!("good")),
        (&problem.to_owned(), "status", json!("404")),
    ] {
        let mut document = CONTRACT.document().clone();
        let kept = if place == problem { "value" } else { "example" };
        document.pointer_mut(&format!("{place}/{kept}")).unwrap()[field] = value.clone();
        assert_eq!(faults(&Contract::new(document), approving).len(), 1, "{place}: {field} = {value}");
    }
    for (place, kept) in [(answer.as_str(), "example"), (&request, "example"), (problem, "value")] {
        let mut document = CONTRACT.document().clone();
        document.pointer_mut(place).unwrap().as_object_mut().unwrap().remove(kept).unwrap();
        assert_eq!(faults(&Contract::new(document), approving).len(), 1, "{place}");
    }
}
