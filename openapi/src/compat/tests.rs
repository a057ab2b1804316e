use super::*;
use serde_json::json;

const IN: &str = "/components/schemas/SessionIn/properties";
const OUT: &str = "/components/schemas/Session/properties";
const POST: &str = "/paths/~1v1~1sessions/post";

fn base() -> Value {
    json!({
        "paths": {
            "/v1/problems": {"get": {"operationId": "list_problems", "security": [], "responses": {"200": {}}}},
            "/v1/sessions": {
                "get": {"operationId": "list_sessions", "responses": {"200": {}}},
                "post": {
                    "operationId": "create_session", "x-problem-codes": ["seats_taken", "window_closed"],
                    "security": [{"bearer": []}],
                    "parameters": [
                        {"name": "dry_run", "in": "query", "schema": {"type": "boolean"}},
                        {"name": "X-Request-Id", "in": "header", "schema": {"type": "string", "maxLength": 64}}],
                    "requestBody": {"content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/SessionIn"}},
                        "text/csv": {}}},
                    "responses": {
                        "201": {"headers": {"ETag": {}}, "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Session"}}}},
                        "409": {}}}}},
        "components": {"schemas": {
            "SessionIn": {"type": "object", "required": ["title"], "properties": {
                "title": {"type": "string", "minLength": 1, "maxLength": 100},
                "seats": {"type": "integer", "minimum": 0, "maximum": 500},
                "kind": {"type": "string", "enum": ["block", "day"]},
                "code": {"type": "string", "pattern": "^[A-Z]$"},
                "place": {"oneOf": [{"$ref": "#/components/schemas/Room"}, {"$ref": "#/components/schemas/Town"}]},
                "units": {"type": "array", "items": {"$ref": "#/components/schemas/SessionIn"}}}},
            "Room": {"type": "object"}, "Town": {"type": "object"}, "Web": {"type": "object"},
            "Session": {"type": "object", "required": ["id", "state"], "properties": {
                "id": {"type": "string"},
                "state": {"type": "string", "enum": ["draft", "open"]},
                "ends_on": {"type": ["string", "null"], "format": "date"},
                "place": {"oneOf": [{"$ref": "#/components/schemas/Room"}, {"$ref": "#/components/schemas/Town"}]},
                "owner": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Owner"}]}}},
            "Owner": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}}}
    })
}

/// Compares the base with the base after `at` was set to `value`; `null` takes the member away.
fn changed(at: &str, value: Value) -> Vec<Change> {
    let mut new = base();
    let (parent, key) = at.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/");
    match (new.pointer_mut(parent).unwrap_or_else(|| panic!("nothing at {parent}")), value) {
        (Value::Object(members), Value::Null) => drop(members.remove(&key).unwrap()),
        (Value::Object(members), value) => drop(members.insert(key, value)),
        (Value::Array(elements), Value::Null) => drop(elements.remove(key.parse().unwrap())),
        (Value::Array(elements), value) => elements.push(value),
        _ => panic!("{at} cannot be edited"),
    }
    compare(&base(), &new)
}

fn check(at: &str, value: Value, expected: &[(Severity, &str)]) {
    let found = changed(at, value.clone());
    let short: Vec<_> = found.iter().map(|change| (change.severity, change.rule)).collect();
    assert_eq!(short, expected, "{at} = {value}: {found:?}");
}

fn breaks(at: &str, value: Value, rule: &'static str) {
    check(at, value, &[(Severity::Breaking, rule)]);
}

fn warns(at: &str, value: Value, rule: &'static str) {
    check(at, value, &[(Severity::Warning, rule)]);
}

fn harmless(at: &str, value: Value) {
    check(at, value, &[]);
}

#[test]
fn the_same_document_has_no_changes() {
    assert_eq!(compare(&base(), &base()), []);
}

#[test]
fn paths_and_operations_stay_and_keep_their_names() {
    breaks("/paths/~1v1~1problems", Value::Null, "removed-path");
    breaks("/paths/~1v1~1sessions/get", Value::Null, "removed-operation");
    breaks(&format!("{POST}/operationId"), json!("add_session"), "changed-operation-id");
    breaks("/paths/~1v1~1problems/get/security", json!([{"bearer": []}]), "newly-secured");
    harmless("/paths/~1v1~1rooms", json!({"get": {"operationId": "list_rooms"}}));
    harmless(&format!("{POST}/security"), json!([]));
}

#[test]
fn parameters_stay_and_are_not_asked_for_anew() {
    let place = |rest: &str| format!("{POST}/parameters{rest}");
    breaks(&place("/0"), Value::Null, "removed-parameter");
    breaks(&place("/0/required"), json!(true), "newly-required");
    breaks(&place("/-"), json!({"name": "area", "in": "query", "required": true}), "newly-required");
    breaks(&place("/0/schema/type"), json!("string"), "changed-type");
    breaks(&place("/1/schema/maxLength"), json!(32), "narrowed-limit");
    harmless(&place("/-"), json!({"name": "area", "in": "query"}));
    harmless(&place("/1/name"), json!("x-request-id"));
}

#[test]
fn what_a_client_sends_is_still_accepted() {
    let place = |rest: &str| format!("{IN}{rest}");
    breaks(&place("/seats"), Value::Null, "removed-property");
    breaks("/components/schemas/SessionIn/required", json!(["title", "seats"]), "newly-required");
    breaks("/components/schemas/SessionIn/additionalProperties", json!(false), "closed-object");
    breaks(&place("/seats/type"), json!("string"), "changed-type");
    breaks(&place("/title/format"), json!("date"), "changed-format");
    breaks(&place("/kind/enum"), json!(["block"]), "removed-enum-value");
    breaks(&place("/title/enum"), json!(["a"]), "narrowed-limit");
    breaks(&place("/place/oneOf/1"), Value::Null, "removed-alternative");
    breaks(&format!("{POST}/requestBody/required"), json!(true), "newly-required");
    breaks(&format!("{POST}/requestBody/content/text~1csv"), Value::Null, "removed-media-type");
    breaks(&format!("{POST}/requestBody"), Value::Null, "removed-request-body");
    breaks("/paths/~1v1~1sessions/get/requestBody", json!({"required": true}), "newly-required");
    harmless(&place("/note"), json!({"type": "string"}));
    harmless(&place("/kind/enum"), json!(["block", "day", "online"]));
    harmless(&place("/seats/type"), json!(["integer", "null"]));
    harmless(&place("/seats/type"), json!("number"));
    breaks(&place("/place"), json!({"$ref": "#/components/schemas/Room"}), "removed-alternative");
    harmless(&place("/place/oneOf/-"), json!({"$ref": "#/components/schemas/Web"}));
    harmless("/components/schemas/SessionIn/required", json!([]));
}

#[test]
fn limits_on_what_a_client_sends_only_widen() {
    let place = |rest: &str| format!("{IN}{rest}");
    breaks(&place("/title/maxLength"), json!(99), "narrowed-limit");
    breaks(&place("/title/minLength"), json!(2), "narrowed-limit");
    breaks(&place("/seats/maximum"), json!(499), "narrowed-limit");
    breaks(&place("/seats/minimum"), json!(1), "narrowed-limit");
    breaks(&place("/seats/multipleOf"), json!(5), "narrowed-limit");
    breaks(&place("/units/maxItems"), json!(5), "narrowed-limit");
    breaks(&place("/units/uniqueItems"), json!(true), "narrowed-limit");
    breaks(&place("/code/pattern"), json!("^[A-F]$"), "changed-pattern");
    breaks(&place("/title/pattern"), json!("^[A-F]$"), "changed-pattern");
    harmless(&place("/title/maxLength"), json!(200));
    harmless(&place("/seats/minimum"), json!(-1));
    harmless(&place("/seats/maximum"), Value::Null);
    harmless(&place("/code/pattern"), Value::Null);
}

#[test]
fn what_a_client_reads_is_still_there() {
    let place = |rest: &str| format!("{OUT}{rest}");
    breaks(&place("/ends_on"), Value::Null, "removed-answer-field");
    breaks("/components/schemas/Owner/properties", json!({}), "removed-answer-field");
    breaks("/components/schemas/Session/required", json!(["id"]), "no-longer-required");
    breaks(&place("/id/type"), json!("integer"), "changed-type");
    breaks(&place("/id/type"), json!(["string", "null"]), "changed-type");
    breaks(&place("/ends_on/format"), json!("date-time"), "changed-format");
    breaks(&format!("{POST}/responses/201"), Value::Null, "removed-answer");
    breaks(&format!("{POST}/responses/201/headers/ETag"), Value::Null, "removed-header");
    breaks(&format!("{POST}/x-problem-codes/0"), Value::Null, "removed-problem-code");
    harmless(&place("/ends_on/type"), json!("string"));
    harmless(&place("/title"), json!({"type": "string"}));
    harmless(&place("/owner"), json!({"$ref": "#/components/schemas/Owner"}));
    harmless(&place("/id/maxLength"), json!(30));
    harmless(&format!("{POST}/x-problem-codes/-"), json!("area_closed"));
    harmless(&format!("{POST}/responses/409"), Value::Null);
}

#[test]
fn what_a_client_reads_for_the_first_time_is_a_warning() {
    let place = |rest: &str| format!("{OUT}{rest}");
    warns(&place("/state/enum"), json!(["draft", "open", "closed"]), "added-enum-value");
    warns(&place("/state/enum"), Value::Null, "added-enum-value");
    warns(&place("/place/oneOf/-"), json!({"$ref": "#/components/schemas/Web"}), "added-alternative");
    let several = json!({"oneOf": [{"$ref": "#/components/schemas/Owner"}, {"$ref": "#/components/schemas/Room"}]});
    warns(&place("/owner"), several, "added-alternative");
    harmless(&place("/state/enum"), json!(["draft"]));
    harmless(&place("/place/oneOf/1"), Value::Null);
}

#[test]
fn a_pattern_that_lists_words_is_the_enumeration_of_them() {
    let listed = |values: Value| {
        let mut old = base();
        for at in [format!("{IN}/kind"), format!("{OUT}/state")] {
            *old.pointer_mut(&at).unwrap() = json!({"type": ["string", "null"], "pattern": "^(draft|open)$"});
        }
        let mut new = base();
        for at in [format!("{IN}/kind"), format!("{OUT}/state")] {
            *new.pointer_mut(&at).unwrap() = json!({"type": ["string", "null"], "enum": values});
        }
        compare(&old, &new).into_iter().map(|change| change.rule).collect::<Vec<_>>()
    };
    assert_eq!(listed(json!(["draft", "open", null])), [""; 0]);
    assert_eq!(listed(json!(["draft", null])), ["removed-enum-value"]);
    assert_eq!(listed(json!(["draft", "open", "closed", null])), ["added-enum-value"]);
}

#[test]
fn words_of_which_there_may_be_more_are_a_text() {
    let open = json!({"anyOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "string"}]});
    harmless(&format!("{OUT}/id"), open.clone());
    harmless(&format!("{IN}/title"), open.clone());
    warns(&format!("{OUT}/state"), open, "added-enum-value");
}

#[test]
fn a_change_says_where_it_is() {
    let found = changed(&format!("{IN}/title/maxLength"), json!(99));
    assert_eq!(found[0].to_string(), format!("breaking narrowed-limit {IN}/title: maxLength 100 → 99"));
}

#[test]
fn a_property_that_may_newly_be_null_breaks_a_reader_through_a_choice_too() {
    breaks(&format!("{OUT}/place/oneOf/-"), json!({"type": "null"}), "changed-type");
    let mut old = base();
    old.pointer_mut(&format!("{OUT}/owner")).unwrap()["oneOf"].as_array_mut().unwrap().remove(0);
    let rules: Vec<_> = compare(&old, &base()).into_iter().map(|change| change.rule).collect();
    assert_eq!(rules, ["changed-type"]);
}
