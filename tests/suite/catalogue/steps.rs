//! The steps that the tests of the catalogue begin with.

use crate::harness::{Answered, Caller, County};
use serde_json::{Value, json};

/// A complete programme of the first institution: 8 hours, county level.
pub(crate) fn programme(county: &County) -> Value {
    json!({
        "organisation_id": county.institutions[0].to_string(), "name": "小学语文单元整体教学", "kind": "short_course",
        "level": "county", "delivery_form": "topical", "route": "self_selected", "themes": ["subject", "practice"],
        "aims": "能设计并实施单元整体教学。",
        "curriculum": [{"title": "备课", "lecturer": "周晓", "hours": "4"}, {"title": "上课", "lecturer": "周晓", "hours": "4.00"}],
        "lecturers": [{"name": "周晓", "title": "特级教师", "employer": "师范学院"}], "class_head": "吴敏",
        "budget": "20000.00", "audience": {"stages": ["primary"], "subjects": ["语文"], "service_years_max": 5},
        "hours": "8", "practice_hours": "4"
    })
}

/// A session of two days in the coming month with applications open now.
pub(crate) fn session() -> Value {
    json!({
        "name": "第一期", "seats": 50, "queue_places": 10, "applications_open_at": "2026-11-20T08:00:00+08:00",
        "applications_close_at": "2026-11-30T18:00:00+08:00", "withdraw_until": "2026-12-02T00:00:00+08:00",
        "starts_on": "2026-12-05", "ends_on": "2026-12-06"
    })
}

/// A unit of 4 hours on a day, from an hour on, three clock hours long.
pub(crate) fn unit(day: &str, hour: u8) -> Value {
    json!({
        "starts_at": format!("{day}T{hour:02}:00:00+08:00"), "ends_at": format!("{day}T{:02}:00:00+08:00", hour + 3),
        "place": "报告厅", "content": "单元整体备课", "lecturer_name": "周晓", "hours": "4"
    })
}

/// The address of what was created.
pub(crate) fn place(created: &Answered) -> String {
    created.expect(201);
    created.header("location").unwrap()
}

/// Changes fields of an object.
pub(crate) fn with(mut object: Value, fields: Value) -> Value {
    for (name, value) in fields.as_object().unwrap() {
        object[name] = value.clone();
    }
    object
}

/// PUT based on the version that stands now.
pub(crate) async fn put(caller: &Caller<'_>, place: &str, body: Value) -> Answered {
    let etag = caller.get(place).await.etag();
    caller.put(place, &etag, body).await
}

/// A programme that the first institution declared and filed and the bureau approved: its address.
pub(crate) async fn approved(county: &County, body: Value) -> String {
    let institution = county.sign_in("institution-1");
    let programme = place(&institution.post("/v1/programmes", body).await);
    institution.act(&format!("{programme}/submit")).await.expect(200);
    county.sign_in("bureau").act(&format!("{programme}/approve")).await.expect(200);
    programme
}

/// A session in preparation with two units of an approved programme: its address.
pub(crate) async fn planned(county: &County, programme: &str, body: Value) -> String {
    let institution = county.sign_in("institution-1");
    let day = body["starts_on"].as_str().unwrap().to_owned();
    let session = place(&institution.post(&format!("{programme}/sessions"), body).await);
    for hour in [8, 13] {
        institution.post(&format!("{session}/units"), unit(&day, hour)).await.expect(201);
    }
    session
}

/// A published session: its address.
pub(crate) async fn published(county: &County, programme: &str, body: Value) -> String {
    let session = planned(county, programme, body).await;
    county.sign_in("institution-1").act(&format!("{session}/publish")).await.expect(200);
    session
}
