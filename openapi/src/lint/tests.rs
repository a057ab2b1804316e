use super::*;
use serde_json::json;
use std::collections::BTreeSet;

const LIST: &str = "/paths/~1v1~1hour-entries/get";
const CREATE: &str = "/paths/~1v1~1hour-entries/post";
const CREATE_200: &str = "/paths/~1v1~1hour-entries/post/responses/201/content/application~1json";
const PAGE: &str = "/paths/~1v1~1hour-entries/get/responses/200/content/application~1json/schema";

fn clean() -> Value {
    serde_json::from_str(include_str!("../../testdata/clean.json")).unwrap()
}

/// What one edit of the clean document does: `null` takes the member away.
struct Edit(&'static str, Value);

fn edited(edits: Vec<Edit>) -> Value {
    let mut document = clean();
    for Edit(at, value) in edits {
        let (parent, key) = at.rsplit_once('/').unwrap();
        let parent = document.pointer_mut(parent).unwrap_or_else(|| panic!("nothing at {parent}"));
        let key = key.replace("~1", "/");
        match (parent, value) {
            (Value::Object(members), Value::Null) => assert!(members.remove(&key).is_some(), "nothing at {at}"),
            (Value::Object(members), value) => drop(members.insert(key, value)),
            (Value::Array(elements), Value::Null) => drop(elements.remove(key.parse().unwrap())),
            (Value::Array(elements), value) => elements.push(value),
            _ => panic!("{at} cannot be edited"),
        }
    }
    document
}

fn place(base: &str, rest: &str) -> &'static str {
    Box::leak(format!("{base}{rest}").into_boxed_str())
}

/// One row per way to break a rule: the rule, where it is found, the edits that break it and nothing else.
fn breaking() -> Vec<(&'static str, &'static str, Vec<Edit>)> {
    let schema = |rest: &str| place("/components/schemas", rest);
    let create = |rest: &str| place(CREATE, rest);
    let list = |rest: &str| place(LIST, rest);
    let long = "x".repeat(81);
    let rename = |from: &'static str, to: &'static str| {
        let moved = clean().pointer(from).unwrap().clone();
        vec![Edit(from, Value::Null), Edit(to, moved)]
    };
    vec![
        ("operation-id", LIST, vec![Edit(list("/operationId"), json!("listEntries"))]),
        ("operation-id", LIST, vec![Edit(list("/operationId"), json!("entries"))]),
        ("operation-id", LIST, vec![Edit(list("/operationId"), Value::Null)]),
        ("operation-id", CREATE, vec![Edit(create("/operationId"), json!("list_hour_entries"))]),
        ("path-base", "/paths/~1ping/get", rename("/paths/~1livez", "/paths/~1ping")),
        ("path-words", "/paths/~1v1~1hour_entries~1{id}/patch", {
            rename("/paths/~1v1~1hour-entries~1{id}", "/paths/~1v1~1hour_entries~1{id}")
        }),
        ("path-words", "/paths/~1v1~1hour-entry~1{id}/patch", {
            rename("/paths/~1v1~1hour-entries~1{id}", "/paths/~1v1~1hour-entry~1{id}")
        }),
        ("snake-case", schema("/HourEntry/properties/madeAt"), {
            vec![Edit(schema("/HourEntry/properties/madeAt"), json!({"type": "string", "description": "x"}))]
        }),
        (
            "snake-case",
            list("/parameters/5"),
            vec![Edit(list("/parameters/-"), {
                json!({"name": "asOf", "in": "query", "description": "x", "schema": {"type": "string"}})
            })],
        ),
        ("operation-summary", LIST, vec![Edit(list("/summary"), json!("List entries."))]),
        ("operation-summary", LIST, vec![Edit(list("/summary"), json!("查看学时。"))]),
        ("operation-summary", LIST, vec![Edit(list("/summary"), json!(long))]),
        ("operation-summary", LIST, vec![Edit(list("/summary"), Value::Null)]),
        ("operation-description", LIST, vec![Edit(list("/description"), json!(" "))]),
        ("operation-tag", LIST, vec![Edit(list("/tags"), json!(["teacher", "centre"]))]),
        ("operation-tag", LIST, vec![Edit(list("/tags"), json!(["centre"]))]),
        ("tag-description", "/tags/0", vec![Edit("/tags/0/description", Value::Null)]),
        ("operation-security", LIST, vec![Edit(list("/security"), json!([{"basic": []}]))]),
        ("parameter-description", list("/parameters/0"), vec![Edit(list("/parameters/0/description"), Value::Null)]),
        ("property-description", schema("/HourEntry/properties/id"), {
            vec![Edit(schema("/HourEntry/properties/id/description"), Value::Null)]
        }),
        ("property-description", schema("/HourEntry/properties/corrects"), {
            vec![Edit(schema("/HourEntry/properties/corrects/description"), Value::Null)]
        }),
        ("hidden-description", schema("/HourEntry/properties/corrects/oneOf/0"), {
            vec![Edit(schema("/HourEntry/properties/corrects/oneOf/0/description"), json!("x"))]
        }),
        ("request-example", create("/requestBody/content/application~1json"), {
            vec![Edit(schema("/HourEntryIn/example"), Value::Null)]
        }),
        ("answer-description", list("/responses/200"), vec![Edit(list("/responses/200/description"), json!(""))]),
        ("answer-description", CREATE, vec![Edit(create("/responses/201"), Value::Null)]),
        ("answer-schema", CREATE_200, vec![Edit(place(CREATE_200, "/schema"), Value::Null)]),
        ("answer-example", CREATE_200, vec![Edit(place(CREATE_200, "/schema"), json!({"type": "boolean"}))]),
        (
            "problem-media",
            create("/responses/422"),
            vec![Edit(create("/responses/422"), {
                let mut refused = clean()["components"]["responses"]["Problem"].clone();
                refused["content"] = json!({"application/json": {"schema": {"type": "string"}}});
                refused
            })],
        ),
        ("answer-example", list("/responses/200/content/text~1csv"), {
            vec![Edit(list("/responses/200/content/text~1csv"), json!({"schema": {"type": "string"}}))]
        }),
        ("answer-headers", list("/responses/200"), vec![Edit(list("/responses/200/headers/Link"), Value::Null)]),
        ("answer-headers", list("/responses/200"), vec![Edit(list("/responses/200/headers/ETag"), Value::Null)]),
        (
            "answer-headers",
            create("/responses/201"),
            vec![Edit(create("/responses/201/headers/Location"), Value::Null)],
        ),
        (
            "answer-headers",
            "/paths/~1v1~1exports~1hours/get/responses/200",
            vec![Edit("/paths/~1v1~1exports~1hours/get/responses/200/headers/Content-Disposition", Value::Null)],
        ),
        (
            "answer-headers",
            "/paths/~1v1~1auth~1login/post/responses/401",
            vec![Edit("/paths/~1v1~1auth~1login/post/responses/401/headers/WWW-Authenticate", Value::Null)],
        ),
        ("shared-parameters", LIST, vec![Edit(list("/responses/304"), Value::Null)]),
        ("shared-parameters", LIST, vec![Edit(list("/parameters/2"), Value::Null)]),
        ("shared-parameters", LIST, vec![Edit(list("/parameters/3"), Value::Null)]),
        ("problem-example", "/components/responses/Problem/x-problem-codes/0", {
            vec![Edit("/components/responses/Problem/x-problem-codes", json!(["row_changed"]))]
        }),
        ("problem-answers", CREATE, vec![Edit(create("/responses/409"), Value::Null)]),
        ("problem-codes", CREATE, vec![Edit(create("/x-problem-codes"), Value::Null)]),
        (
            "problem-codes",
            create("/x-problem-codes/1"),
            vec![Edit(create("/x-problem-codes/-"), json!("Cycle Closed"))],
        ),
        (
            "inline-schema",
            place(CREATE_200, "/schema"),
            vec![Edit(place(CREATE_200, "/schema"), {
                json!({"type": "object", "required": [], "example": {}, "properties": {"a": {"type": "string", "description": "x"}}})
            })],
        ),
        (
            "inline-schema",
            place(PAGE, "/properties/data/items"),
            vec![
                Edit(place(PAGE, "/example"), json!({})),
                Edit(place(PAGE, "/properties/data/items"), {
                    json!({"type": "object", "required": [], "properties": {"a": {"type": "string", "description": "x"}}})
                }),
            ],
        ),
        ("idempotency-key", CREATE, vec![Edit(create("/parameters/0"), Value::Null)]),
        ("list-paging", LIST, vec![Edit(list("/parameters/1"), Value::Null)]),
        ("list-paging", LIST, vec![Edit(list("/parameters/4"), Value::Null)]),
        ("list-paging", place(LIST, "/responses/200/content/application~1json/schema"), {
            vec![Edit(place(PAGE, ""), json!({"type": "array", "items": {"$ref": "#/components/schemas/HourEntry"}}))]
        }),
        ("required-list", schema("/HourEntry"), vec![Edit(schema("/HourEntry/required"), Value::Null)]),
        ("closed-body", schema("/HourEntryIn"), vec![Edit(schema("/HourEntryIn/additionalProperties"), Value::Null)]),
        (
            "closed-body",
            schema("/HourEntryIn"),
            vec![Edit(schema("/HourEntryIn"), {
                json!({"allOf": [{"$ref": "#/components/schemas/LoginIn"}, {"$ref": "#/components/schemas/Hours"}], "example": {}})
            })],
        ),
        ("string-limit", schema("/LoginIn/properties/username"), {
            vec![Edit(schema("/LoginIn/properties/username/maxLength"), Value::Null)]
        }),
        ("string-limit", schema("/Hours"), vec![Edit(schema("/Hours/pattern"), json!("^[0-9]+$"))]),
        (
            "decimal",
            schema("/HourEntry/properties/share"),
            vec![Edit(schema("/HourEntry/properties/share"), json!({"type": "number", "description": "x"}))],
        ),
        (
            "decimal",
            schema("/HourEntry/properties/online_hours"),
            vec![Edit(schema("/HourEntry/properties/online_hours"), json!({"type": "integer", "description": "x"}))],
        ),
        (
            "decimal",
            schema("/HourEntry/properties/pay"),
            vec![Edit(schema("/HourEntry/properties/pay"), {
                json!({"type": "string", "format": "decimal", "description": "x"})
            })],
        ),
        ("closed-list", schema("/HourEntry/properties/id"), {
            vec![Edit(schema("/HourEntry/properties/id/pattern"), json!("^(seat|queue)$"))]
        }),
        ("open-object", schema("/HourEntry/properties/evidence"), {
            vec![Edit(schema("/HourEntry/properties/evidence/additionalProperties"), Value::Null)]
        }),
        ("server", "", vec![Edit("/servers", Value::Null)]),
        ("server", "", vec![Edit("/servers/0/description", Value::Null)]),
        (
            "dangling-ref",
            schema("/HourEntry/properties/id"),
            vec![Edit(schema("/HourEntry/properties/id"), {
                json!({"$ref": "#/components/schemas/Gone", "description": "x"})
            })],
        ),
        ("unused-schema", schema("/Old"), vec![Edit(schema("/Old"), json!({"type": "string"}))]),
        (
            "unused-example",
            "/components/examples/old",
            vec![Edit("/components/examples", json!({"old": {"value": 1}}))],
        ),
    ]
}

#[test]
fn a_clean_document_has_no_findings() {
    assert_eq!(lint(&clean()), []);
}

#[test]
fn each_rule_finds_what_breaks_it_and_no_other_rule_complains() {
    for (rule, at, edits) in breaking() {
        let document = edited(edits);
        let found: Vec<_> = lint(&document).into_iter().map(|finding| (finding.rule, finding.at.to_string())).collect();
        assert_eq!(found, [(rule, at.to_owned())]);
    }
}

#[test]
fn every_rule_has_a_document_that_breaks_it() {
    let broken: BTreeSet<_> = breaking().into_iter().map(|(rule, _, _)| rule).collect();
    let all: BTreeSet<_> = RULES.into_iter().map(|(id, _)| id).collect();
    assert_eq!(broken, all);
}

#[test]
fn security_may_be_stated_once_for_the_document_or_not_at_all() {
    let document = edited(vec![Edit("/security", Value::Null)]);
    let found: Vec<_> = lint(&document).into_iter().map(|finding| finding.rule).collect();
    assert_eq!(found, ["operation-security"; 4], "two operations state it, four relied on the document");
}

#[test]
fn what_is_allowed_otherwise_is_not_a_finding() {
    let check = |edits: Vec<Edit>| assert_eq!(lint(&edited(edits)), []);
    let create = |rest: &str| place(CREATE, rest);
    check(vec![
        Edit("/components/schemas/HourEntryIn/additionalProperties", Value::Null),
        Edit("/components/schemas/HourEntryIn/unevaluatedProperties", json!(false)),
    ]);
    check(vec![Edit("/components/schemas/HourEntry/required", json!([]))]);
    check(vec![
        Edit(create("/x-problem-codes"), Value::Null),
        Edit("/components/responses/Problem/x-problem-codes", json!(["cycle_closed"])),
        Edit("/components/responses/Problem/content/application~1problem+json/examples", json!({"cycle_closed": {}})),
    ]);
}

#[test]
fn a_schema_that_contains_itself_is_read_once() {
    let children = json!({"type": "array", "description": "x", "items": {"$ref": "#/components/schemas/HourEntryIn"}});
    assert_eq!(lint(&edited(vec![Edit("/components/schemas/HourEntryIn/properties/parts", children)])), []);
    let circle = json!({"$ref": "#/components/schemas/Hours"});
    assert!(!lint(&edited(vec![Edit("/components/schemas/Hours", circle)])).is_empty());
}
