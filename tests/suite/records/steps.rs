//! What tests of records begin with.

use crate::harness::{Answered, Caller, County, training::TestTeacher};
use actix_web::http::Method;
use serde_json::{Value, json};
use shixun_domain::{access::Role, id::PersonId};

/// Two teachers of the first school and one of the second, and a second clerk of the centre, `centre-2`.
pub fn prepared(county: &mut County) -> [TestTeacher; 3] {
    county.add_account("centre-2", Role::Centre, county.bureau, None);
    let [first, second] = county.schools;
    [county.add_teacher(1, first), county.add_teacher(3, first), county.add_teacher(5, second)]
}

/// Degree study of 2026 with the number `key`.
pub fn record(key: &str) -> Value {
    json!({
        "category": "degree", "activity": {"kind": "degree_course", "result": "pass"}, "level": "national",
        "delivery_form": "blended", "themes": ["subject"], "title": format!("教育硕士课程 {key}"), "provider": "浙江师范大学",
        "starts_on": "2025-09-01", "ends_on": "2026-06-30", "hours": "15.00", "practice": "3", "source": "certificate",
        "source_key": key, "evidence": [{"kind": "transcript", "file_name": "成绩单.pdf", "sha256": "0a".repeat(32),
        "media_type": "application/pdf", "kept_at": "学校师训档案2026-017"}]
    })
}

pub fn with(field: &str, value: Value) -> Value {
    let mut body = record("K-1");
    body[field] = value;
    body
}

/// Where the records of a teacher are entered.
pub fn of(person: PersonId) -> String {
    format!("/v1/teachers/{}/records", person.teacher())
}

/// Where an object of an answer is.
pub fn at(answer: &Answered) -> String {
    answer.header("location").unwrap_or_else(|| panic!("{answer:?}"))
}

/// Takes a step based on what stands now.
pub async fn step(caller: &Caller<'_>, place: &str, verb: &str) -> Answered {
    let etag = caller.get(place).await.etag();
    caller.request(Method::POST, &format!("{place}/{verb}")).header("If-Match", &etag).send().await
}

/// Takes a step that needs a reason.
pub async fn decide(caller: &Caller<'_>, place: &str, verb: &str, reason: &str) -> Answered {
    let etag = caller.get(place).await.etag();
    let sending = caller.request(Method::POST, &format!("{place}/{verb}")).header("If-Match", &etag);
    sending.json(&json!({"reason": reason})).send().await
}
