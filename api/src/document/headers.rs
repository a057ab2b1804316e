//! Headers: what every answer carries beside its body, and what every request may ask with. Each is described once, as a
//! component; an operation refers to those that its shape makes it send or read.

use super::{named, problems};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// A retry is recognised by it.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// The same header where nothing is kept under it.
const IDEMPOTENCY_KEY_UNKEPT: &str = "Idempotency-Key-Unkept";

/// Adds the descriptions that operations refer to.
pub fn add_components(components: &mut Map<String, Value>) {
    let text = |max_length: u16| json!({"type": "string", "maxLength": max_length});
    let whole = || json!({"type": "integer", "minimum": 0});
    components.insert(
        "headers".into(),
        json!({
            "X-Request-Id": {
                "description": "Names this request in the log and in the event log: the client's own `X-Request-Id`, the trace of its `traceparent`, or a new one.",
                "schema": text(64), "example": "r-8Qj6qg0J4o1w0l9l"
            },
            "RateLimit": {
                "description": "How many requests may follow at once (`r`), where a limit counted this one.",
                "schema": text(100), "example": "\"default\";r=59"
            },
            "RateLimit-Policy": {
                "description": "The limit that counted this request: how many requests (`q`) in how many seconds (`w`).",
                "schema": text(100), "example": "\"default\";q=60;w=3"
            },
            "Content-Language": {
                "description": "The language of the texts in the answer.",
                "schema": {"type": "string", "enum": ["zh-CN", "en"]}, "example": "zh-CN"
            },
            "ETag": {
                "description": "Stands for this state of the object. `If-None-Match` with it asks whether there is another by now, `If-Match` bases a change on it. It is the same for every token that is shown the same. What was only tried (`dry_run`) has none.",
                "schema": text(80), "example": "\"3\""
            },
            "Link": {
                "description": "Where another page follows: its address, with `rel=\"next\"`.",
                "schema": text(2_000), "example": "</v1/organisations?limit=2&cursor=b3JnYW5pc2F0aW9ucw>; rel=\"next\""
            },
            "Location": {
                "description": "Where the new object is, or where what was begun can be followed. Nothing is there after a `dry_run`.",
                "schema": text(200), "example": "/v1/organisations/org_a3bkg0000000000032"
            },
            "Idempotency-Hit": {
                "description": "`true` where this is the kept answer of an earlier request with the same `Idempotency-Key`.",
                "schema": {"type": "string", "const": "true"}
            },
            "Retry-After": {"description": "Seconds to wait.", "schema": whole(), "example": 2},
            "Content-Disposition": {
                "description": "With a file: `attachment`, and the name under which to save it; where it has a Chinese one, in `filename*` (RFC 6266).",
                "schema": text(400), "example": "attachment; filename=\"roster-2026-11-23.xlsx\"; filename*=UTF-8''%E8%8A%B1%E5%90%8D%E5%86%8C-2026-11-23.xlsx"
            },
            "WWW-Authenticate": {
                "description": "How to sign in: with a token (RFC 6750).",
                "schema": {"type": "string", "const": "Bearer realm=\"shixun\""}
            }
        }),
    );
    let key = |description: &str| {
        json!({
            "name": IDEMPOTENCY_KEY, "in": "header", "required": false, "description": description,
            "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
            "example": "5f0c9a52-0a3f-4f0e-9d8e-2f5b6c7d8e9f"
        })
    };
    components.insert(
        "parameters".into(),
        json!({
            "Accept-Language": {
                "name": "Accept-Language", "in": "header", "required": false,
                "description": "The language of texts in the answer: `zh-CN`, which is the default, or `en`. 答复文字的语言",
                "schema": {"type": "string"}, "example": "zh-CN"
            },
            "If-None-Match": {
                "name": "If-None-Match", "in": "header", "required": false,
                "description": "The `ETag` of an earlier answer: 304 without a body where it still stands.",
                "schema": {"type": "string"}, "example": "\"3\""
            },
            IDEMPOTENCY_KEY: key("Makes a retry safe: the same key with the same request gives the first answer again (`Idempotency-Hit: true`) for 24 hours."),
            IDEMPOTENCY_KEY_UNKEPT: key("Not needed, and nothing is kept under it: a retry is answered anew. A key that could not be one is refused here as everywhere."),
        }),
    );
}

/// The schemas of which a GET sends an entity tag: a command that answers with one of them sends it too.
pub fn tagged<'a>(operations: impl Iterator<Item = (&'a String, &'a Value)>) -> BTreeSet<String> {
    let conditional = operations.filter(|(method, operation)| *method == "get" && answers_unchanged(operation));
    conditional
        .filter_map(|(_, operation)| json_schema(operation.pointer("/responses/200")?))
        .map(str::to_owned)
        .collect()
}

fn answers_unchanged(operation: &Value) -> bool {
    operation.pointer("/responses/304").is_some()
}

fn json_schema(response: &Value) -> Option<&str> {
    named(response.pointer("/content/application~1json/schema")?)
}

/// Whether an answer may be a workbook, whose headers are in one language.
fn is_workbook(response: &Value) -> bool {
    has_media(response, |media_type, _| media_type.ends_with("spreadsheetml.sheet"))
}

/// Whether an answer may be a file to be saved.
fn is_file(response: &Value) -> bool {
    has_media(response, |_, media| media.get("schema").and_then(named).is_some_and(|name| name.ends_with("File")))
}

fn has_media(response: &Value, wanted: impl Fn(&str, &Value) -> bool) -> bool {
    let media = response.get("content").and_then(Value::as_object);
    media.into_iter().flatten().any(|(media_type, media)| wanted(media_type, media))
}

/// How the operation takes a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It writes nothing, or says by its method that repeating it changes nothing.
    Natural,
    /// A POST that keeps its answer under the key.
    Kept,
    /// A POST that keeps nothing.
    Unkept,
}

/// Refers to the headers that an operation sends and reads.
pub fn add(path: &str, method: &str, operation: &mut Map<String, Value>, retry: Retry, tagged: &BTreeSet<String>) {
    let (reads, limited) = (method == "get", path.starts_with("/v1/"));
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let paged = parameters.into_iter().flatten().any(|parameter| parameter.get("name") == Some(&json!("cursor")));
    let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
    let unchanged = responses.as_ref().is_some_and(|responses| responses.contains_key("304"));
    for (status, response) in responses.into_iter().flatten() {
        let done = status.starts_with('2');
        let is_tagged = if reads {
            unchanged && done
        } else {
            done && json_schema(response).is_some_and(|name| tagged.contains(name))
        };
        let sent = [
            (true, "X-Request-Id"),
            (limited, "RateLimit"),
            (limited, "RateLimit-Policy"),
            ((!done && status != "304") || is_workbook(response), "Content-Language"),
            (is_file(response), "Content-Disposition"),
            (status == "401", "WWW-Authenticate"),
            (is_tagged || status == "304", "ETag"),
            (done && paged, "Link"),
            (matches!(status.as_str(), "201" | "202"), "Location"),
            (done && retry == Retry::Kept, "Idempotency-Hit"),
            (status == "202" || problems::say_when(response), "Retry-After"),
        ];
        let Some(response) = response.as_object_mut() else { continue };
        let Some(headers) = response.entry("headers").or_insert_with(|| json!({})).as_object_mut() else { continue };
        for (_, name) in sent.iter().filter(|(sent, _)| *sent) {
            headers.insert((*name).into(), json!({"$ref": format!("#/components/headers/{name}")}));
        }
    }
    let read = [
        (retry == Retry::Kept, IDEMPOTENCY_KEY),
        (retry == Retry::Unkept, IDEMPOTENCY_KEY_UNKEPT),
        (reads && unchanged, "If-None-Match"),
        (limited, "Accept-Language"),
    ];
    let Some(list) = operation.entry("parameters").or_insert_with(|| json!([])).as_array_mut() else { return };
    for parameter in list.iter_mut().filter(|parameter| parameter.get("name") == Some(&json!("If-Match"))) {
        // One that is too long is not refused for that: it is no tag that we gave.
        if let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut) {
            schema.remove("maxLength");
        }
    }
    for (_, name) in read.iter().filter(|(read, _)| *read) {
        list.push(json!({"$ref": format!("#/components/parameters/{name}")}));
    }
}
