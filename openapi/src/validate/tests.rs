use super::*;
use serde_json::json;

fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "paths": {
            "/v1/sessions": {
                "post": {
                    "operationId": "create_session",
                    "requestBody": {"required": true, "content": {"application/json": {
                        "schema": {"$ref": "#/components/schemas/SessionIn"}}}},
                    "responses": {
                        "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Session"}}}},
                        "204": {},
                        "4XX": {"$ref": "#/components/responses/Refused"}}}},
            "/v1/sessions/{id}": {"get": {"operationId": "get_session", "responses": {
                "200": {"content": {
                    "application/json": {"schema": {"oneOf": [
                        {"$ref": "#/components/schemas/Session"}, {"type": "null"}]}},
                    "text/csv": {"schema": {"type": "string"}}}}}}},
            "/v1/sessions/mine": {"get": {"operationId": "get_my_session", "responses": {
                "200": {"content": {"application/json": {"schema": {"type": "object", "required": ["data"],
                    "properties": {"data": {"type": "array", "items": {"$ref": "#/components/schemas/Session"}}}}}}}}}}
        },
        "components": {
            "responses": {"Refused": {"content": {"application/problem+json": {
                "schema": {"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}}}}}}},
            "schemas": {
                "SessionIn": {"type": "object", "required": ["seats"], "additionalProperties": false, "properties": {
                    "seats": {"type": "integer", "minimum": 0, "maximum": 500}}},
                "Base": {"type": "object", "required": ["id"], "properties": {
                    "id": {"type": "string", "pattern": "^ses_"}, "parent": {"$ref": "#/components/schemas/Session"}}},
                "Session": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object", "required": ["state"],
                    "properties": {
                        "state": {"type": "string", "enum": ["draft", "open"]},
                        "starts_on": {"type": ["string", "null"], "format": "date"},
                        "made_at": {"type": "string", "format": "date-time"},
                        "labels": {"type": "object", "additionalProperties": {"type": "string"}}}}]}
            }
        }
    })
}

fn check_session(body: Value, expected: &[&str]) {
    let violations = validate_response(&document(), "create_session", 201, "application/json; charset=utf-8", &body);
    let places: Vec<_> = violations.iter().map(|violation| violation.at.as_str()).collect();
    assert_eq!(places, expected, "{body}: {violations:?}");
}

#[test]
fn an_answer_is_judged_through_references_and_compositions() {
    check_session(json!({"id": "ses_1", "state": "open"}), &[]);
    check_session(json!({"id": "ses_1", "state": "open", "starts_on": null}), &[]);
    check_session(json!({"id": "ses_1", "state": "open", "starts_on": "2016-09-01"}), &[]);
    check_session(json!({"id": "ses_1", "state": "open", "starts_on": "2016-02-30"}), &["/starts_on"]);
    check_session(json!({"id": "ses_1", "state": "open", "made_at": "2016-09-01 08:00"}), &["/made_at"]);
    check_session(json!({"id": "tch_1", "state": "open"}), &["/id"]);
    check_session(json!({"id": "ses_1", "state": "shut"}), &["/state"]);
    check_session(json!({"state": "open"}), &[""]);
    check_session(
        json!({"id": "ses_1", "state": "open", "parent": {"id": "ses_2", "state": "shut"}}),
        &["/parent/state"],
    );
}

#[test]
fn a_field_the_document_does_not_name_is_a_violation_in_an_answer() {
    check_session(json!({"id": "ses_1", "state": "open", "secret": 1}), &[""]);
    check_session(json!({"id": "ses_1", "state": "open", "labels": {"any": "thing"}}), &[]);
    let list = json!({"data": [{"id": "ses_1", "state": "open"}], "total": 1});
    let violations = validate_response(&document(), "get_my_session", 200, "application/json", &list);
    assert_eq!(violations.len(), 1, "{violations:?}");
}

#[test]
fn an_answer_must_be_documented_at_all() {
    let check = |operation: &str, status: u16, media: &str, body: Value, expected: &str| {
        let violations = validate_response(&document(), operation, status, media, &body);
        let messages: Vec<_> = violations.into_iter().map(|violation| violation.message).collect();
        assert!(messages.iter().any(|message| message.contains(expected)), "{expected}: {messages:?}");
    };
    check("drop_session", 200, "", json!(null), "no operation");
    check("get_session", 404, "application/problem+json", json!({}), "status 404");
    check("get_session", 200, "text/html", json!("<p>"), "media type is text/html");
    check("get_session", 200, "", json!(null), "there is no body");
    check("create_session", 204, "application/json", json!({}), "none is documented");
}

#[test]
fn an_answer_without_a_body_a_range_of_statuses_and_other_media_are_understood() {
    let check = |operation: &str, status: u16, media: &str, body: Value| {
        assert_eq!(validate_response(&document(), operation, status, media, &body), []);
    };
    check("create_session", 204, "", json!(null));
    check("create_session", 422, "application/problem+json", json!({"code": "seats_taken"}));
    check("get_session", 200, "text/csv; charset=utf-8", json!(null));
    check("get_session", 200, "application/json", json!(null));
}

#[test]
fn a_request_is_judged_by_its_own_schema() {
    let check = |media: &str, body: Value, expected: &[&str]| {
        let violations = validate_request(&document(), "create_session", media, &body);
        let places: Vec<_> = violations.iter().map(|violation| violation.at.as_str()).collect();
        assert_eq!(places, expected, "{violations:?}");
    };
    check("application/json", json!({"seats": 0}), &[]);
    check("application/json", json!({"seats": 501}), &["/seats"]);
    check("application/json", json!({"seats": 1, "extra": 1}), &[""]);
    check("", json!(null), &[""]);
    assert_eq!(validate_request(&document(), "get_session", "", &json!(null)), []);
    assert_eq!(validate_request(&document(), "get_session", "application/json", &json!({})).len(), 1);
}

#[test]
fn a_request_line_finds_its_operation_and_fixed_words_come_first() {
    let contract = Contract::new(document());
    let check = |method: &str, path: &str, expected: Option<&str>| {
        assert_eq!(contract.operation_for(method, path).and_then(|operation| operation.id()), expected, "{path}");
    };
    check("GET", "/v1/sessions/ses_1?limit=2", Some("get_session"));
    check("GET", "/v1/sessions/mine", Some("get_my_session"));
    check("POST", "/v1/sessions", Some("create_session"));
    check("DELETE", "/v1/sessions", None);
    check("GET", "/v1/sessions/", None);
    check("GET", "/v1/sessions/ses_1/units", None);
}

#[test]
fn a_schema_that_cannot_be_used_is_a_violation_and_not_a_pass() {
    let mut document = document();
    document["components"]["schemas"]["Session"] = json!({"$ref": "#/components/schemas/Gone"});
    let violations = validate_response(&document, "create_session", 201, "application/json", &json!({}));
    assert!(violations[0].message.contains("cannot be used"), "{violations:?}");
}
