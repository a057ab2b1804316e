//! The refusals of an operation: one answer a status, with an example of each code.

use super::CODES;
use crate::problem::{Code, Language, samples};
use serde_json::{Map, Value, json};
use shixun_domain::access::Permission;
use std::collections::{BTreeMap, BTreeSet};

/// Adds the codes that follow from an operation's shape to those it names itself.
pub fn add(operation: &mut Map<String, Value>, codes: &[Code]) {
    let permission = permission(operation);
    let Some(responses) = operation.entry("responses").or_insert_with(|| json!({})).as_object_mut() else { return };
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for (status, response) in responses.iter() {
        let own = response.get(CODES).and_then(Value::as_array).into_iter().flatten();
        let own: Vec<Code> = own.filter_map(Value::as_str).filter_map(known).collect();
        if let (Ok(status), false) = (status.parse::<u16>(), own.is_empty()) {
            by_status.entry(status).or_default().extend(own);
        }
    }
    for code in codes {
        let codes = by_status.entry(code.status()).or_default();
        if !codes.contains(code) {
            codes.push(*code);
        }
    }
    for (status, codes) in by_status {
        responses.insert(status.to_string(), response(&codes, permission));
    }
    responses.sort_keys();
}

fn known(word: &str) -> Option<Code> {
    Code::ALL.iter().find(|code| code.as_str() == word).copied()
}

/// Whether one of an answer's problems says in how many seconds to try again.
pub fn say_when(response: &Value) -> bool {
    let codes = response.get(CODES).and_then(Value::as_array).into_iter().flatten();
    codes.filter_map(Value::as_str).filter_map(known).any(|code| code.detail(Language::En).contains("{seconds}"))
}

/// The permission that an operation asks for.
fn permission(operation: &Map<String, Value>) -> Option<Permission> {
    let word = operation.get("security")?.pointer("/0/bearer/0")?.as_str()?;
    Permission::ALL.iter().find(|permission| permission.as_str() == word).copied()
}

fn response(codes: &[Code], permission: Option<Permission>) -> Value {
    let words: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let line =
        |code: &Code| format!("- `{}`: {}. {}", code.as_str(), code.title(Language::En), code.title(Language::Zh));
    let lines: Vec<String> = codes.iter().map(line).collect();
    let examples: Map<String, Value> = codes
        .iter()
        .map(|code| {
            let example = match permission.filter(|_| *code == Code::Forbidden) {
                Some(permission) => format!("{}.{}", code.as_str(), permission.as_str()),
                None => code.as_str().to_owned(),
            };
            (code.as_str().to_owned(), json!({"$ref": format!("#/components/examples/{example}")}))
        })
        .collect();
    json!({
        "description": lines.join("\n"),
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
        CODES: words
    })
}

/// The examples that operations refer to: one of each code, and of a missing permission one for each permission.
pub fn add_examples(components: &mut Map<String, Value>) {
    let codes = Code::ALL.iter().map(|code| (code.as_str().to_owned(), example(*code, samples::example(*code))));
    let permissions = Permission::ALL.iter().map(|permission| {
        let name = format!("{}.{}", Code::Forbidden.as_str(), permission.as_str());
        (name, example(Code::Forbidden, samples::forbidden(*permission)))
    });
    let examples: Map<String, Value> = codes.chain(permissions).collect();
    components.insert("examples".into(), examples.into());
}

fn example(code: Code, (detail, parameters): (String, BTreeMap<String, &'static str>)) -> Value {
    json!({
        "summary": code.title(Language::Zh),
        "value": {
            "type": format!("/v1/problems#{}", code.as_str()), "title": code.title(Language::Zh), "status": code.status(),
            "detail": detail, "code": code.as_str(), "request_id": "r-8Qj6qg0J4o1w0l9l",
            "parameters": parameters, "errors": []
        }
    })
}

/// Keeps an answer that several operations give as one component, named by its codes.
pub fn share(document: &mut Value) {
    let mut seen: BTreeMap<String, (usize, Value)> = BTreeMap::new();
    for_each_problem(document, |name, response| {
        seen.entry(name).or_insert_with(|| (0, response.clone())).0 += 1;
    });
    seen.retain(|_, (times, _)| *times > 1);
    for_each_problem(document, |name, response| {
        if seen.get(&name).is_some_and(|(_, shared)| shared == response) {
            *response = json!({"$ref": format!("#/components/responses/{name}")});
        }
    });
    let shared: Map<String, Value> = seen.into_iter().map(|(name, (_, response))| (name, response)).collect();
    if let Some(components) = document.pointer_mut("/components").and_then(Value::as_object_mut) {
        components.insert("responses".into(), shared.into());
    }
}

/// Leaves out the examples that nothing refers to: of codes that no operation has, and of those that are shown otherwise.
pub fn drop_unused_examples(document: &mut Value) {
    let mut used = BTreeSet::new();
    collect_examples(document, &mut used);
    if let Some(examples) = document.pointer_mut("/components/examples").and_then(Value::as_object_mut) {
        examples.retain(|name, _| used.contains(name));
    }
}

fn collect_examples(value: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            let name = reference.and_then(|path| path.strip_prefix("#/components/examples/"));
            used.extend(name.map(str::to_owned));
            members.values().for_each(|member| collect_examples(member, used));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_examples(item, used)),
        _ => {}
    }
}

fn for_each_problem(document: &mut Value, mut f: impl FnMut(String, &mut Value)) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let operations = paths.into_iter().flatten().filter_map(|(_, item)| item.as_object_mut()).flatten();
    for (_, operation) in operations {
        let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
        for (_, response) in responses.into_iter().flatten() {
            if let Some(name) = name(response) {
                f(name, response);
            }
        }
    }
}

/// The name under which a problem answer is shared: its examples, which stand for its codes.
fn name(response: &Value) -> Option<String> {
    let examples = response.pointer("/content/application~1problem+json/examples")?.as_object()?;
    let names = examples.values().filter_map(super::named);
    Some(names.collect::<Vec<_>>().join("-"))
}
