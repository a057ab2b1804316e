//! Refusals of records from outside, of transfers and of disputes.

use super::Told;
use crate::{
    catalogue::steps::with,
    harness::{Caller, County},
    ledger::fixture::{entry, post, sql, with_teacher},
    records::{
        steps::{at, of, prepared, record, step},
        transfers::issued,
    },
};
use actix_web::http::Method;
use serde_json::{Value, json};
use shixun_api::problem::Code;
use shixun_domain::access::Role;
use shixun_persistence::ledger::NewEntry;

/// Takes a step with a body, based on what stands.
fn decide(place: &str, verb: &'static str, body: Value) -> impl AsyncFn(&Caller<'_>) -> crate::harness::Answered {
    let place = place.to_owned();
    async move |me: &Caller<'_>| {
        let etag = me.get(&place).await.etag();
        me.request(Method::POST, &format!("{place}/{verb}")).header("If-Match", &etag).json(&body).send().await
    }
}

pub(super) async fn records(told: &mut Told, county: &mut County) {
    let [one, other, _] = prepared(county);
    let (school, centre, bureau) = (county.sign_in("school-1"), county.sign_in("centre"), county.sign_in("bureau"));
    let path = of(one.person);
    let unreviewed = |consent: Value| json!({"unreviewed": {"consent_on": consent}});
    let cases = [
        (Code::EvidenceMissing, json!({"evidence": []})),
        (Code::HoursMissing, json!({"hours": "0", "practice": "0"})),
        (Code::ConsentMissing, unreviewed(Value::Null)),
        (Code::ConsentLate, unreviewed(json!("2025-09-05"))),
    ];
    for (code, fields) in cases {
        let body = with(record("K-1"), fields);
        told.by(code, &school, async |me| me.post(&path, body.clone()).await).await;
    }
    let place = at(&school.post(&path, record("K-1")).await);
    told.by(Code::RecordKnown, &school, async |me| me.post(&path, record("K-1")).await).await;
    let same = with(record("K-2"), json!({"title": "教育硕士课程 K-1"}));
    told.by(Code::DuplicateContent, &school, async |me| me.post(&path, same.clone()).await).await;
    let allowed = with(same.clone(), json!({"duplicate_reason": "两次不同的课"}));
    told.by(Code::DuplicateNotYours, &school, async |me| me.post(&path, allowed.clone()).await).await;
    told.by(Code::RecordWrongState, &bureau, async |me| step(me, &place, "verify").await).await;
    told.by(Code::ReasonMissing, &bureau, decide(&place, "reject", json!({"reason": "  "}))).await;
    step(&centre, &place, "examine").await.expect(200);
    told.by(Code::RecordSamePerson, &centre, async |me| step(me, &place, "verify").await).await;
    let number = other.person.number();
    sql(county, &format!("UPDATE employments SET valid_to = '2026-03-31' WHERE person_id = {number}")).unwrap();
    let theirs = of(other.person);
    told.by(Code::HoursOutsideEmployment, &centre, async |me| me.post(&theirs, record("K-1")).await).await;
}

pub(super) async fn transfers(told: &mut Told, county: &mut County) {
    let person = with_teacher(county);
    sql(county, "UPDATE employments SET valid_from = '2019-02-01' WHERE person_id = 101").unwrap();
    let (centre, bureau) = (county.sign_in("centre"), county.sign_in("bureau"));
    let path = format!("/v1/teachers/{}/transfers", person.teacher());
    let line = |on: &str, hours: &str| {
        json!({"on": on, "route": "mandated", "delivery_form": "lecture", "level": "county", "themes": [], "block_key": null,
            "hours": hours, "practice": "0"})
    };
    let certificate = |fields: Value| {
        let whole = json!({"format": "shixun-transfer-1", "area": "331124", "county": "松阳县", "teacher_name": "雷晓燕",
            "moved_on": "2019-02-01", "total": "40", "lines": [line("2018-12-31", "40")]});
        json!({"direction": "in", "certificate": with(whole, fields)})
    };
    let cases = [
        (Code::TransferEmpty, json!({"lines": []})),
        (Code::TransferOwnCertificate, json!({"area": "331123"})),
        (Code::TransferOtherPerson, json!({"teacher_name": "毛建军"})),
        (Code::TransferSumDiffers, json!({"total": "41"})),
        (Code::TransferAfterMove, json!({"lines": [line("2019-03-01", "40")]})),
        (Code::TransferEmployedHere, json!({"moved_on": "2020-01-01", "lines": [line("2019-12-31", "40")]})),
    ];
    for (code, fields) in cases {
        let body = certificate(fields);
        told.by(code, &centre, async |me| me.post(&path, body.clone()).await).await;
    }
    let whole = |fields: Value| certificate(fields)["certificate"].clone();
    let taken = issued(county, person, whole(json!({}))).await;
    centre.post(&path, taken).await.expect(201);
    told.by(Code::TransferKnown, &centre, async |me| me.post(&path, certificate(json!({}))).await).await;
    let overlapping = issued(county, person, whole(json!({"moved_on": "2019-01-31"}))).await;
    told.by(Code::TransferOverlaps, &centre, async |me| me.post(&path, overlapping.clone()).await).await;
    let mut foreign = certificate(json!({"area": "350702", "county": "南平市延平区"}));
    foreign["evidence"] = record("K-1")["evidence"].clone();
    let place = centre.post(&path, foreign).await.header("location").unwrap();
    let reason = json!({"reason": "已核实"});
    told.by(Code::TransferSamePerson, &centre, decide(&place, "refuse", reason.clone())).await;
    let more = with(reason.clone(), json!({"lines": [line("2017-12-31", "41")]}));
    told.by(Code::TransferMoreThanCertified, &bureau, decide(&place, "recognise", more)).await;
    let other = with(reason.clone(), json!({"lines": [line("2017-12-31", "4")]}));
    told.by(Code::TransferNotCertified, &bureau, decide(&place, "recognise", other)).await;
    decide(&place, "refuse", reason.clone())(&bureau).await.expect(200);
    told.by(Code::TransferNotWaiting, &bureau, decide(&place, "refuse", reason)).await;
}

pub(super) async fn disputes(told: &mut Told, county: &mut County) {
    let person = with_teacher(county);
    county.add_account("centre-2", Role::Centre, county.bureau, None);
    let recognised = NewEntry { recognised_by: Some(county.account("centre")), ..entry(person, "2026-10-20", "24") };
    let ids = post(county, vec![recognised, entry(person, "2026-10-21", "8")]);
    let teacher = county.sign_in("teacher-1");
    let dispute = |number: usize| format!("/v1/hour-entries/{}/disputes", ids[number]);
    let claim = json!({"claim": "少记3学时，签到表可查"});
    let place = teacher.post(&dispute(0), claim.clone()).await.header("location").unwrap();
    let reverse = format!("/v1/hour-entries/{}/reverse", ids[0]);
    told.by(Code::DisputeOpen, &county.sign_in("bureau"), async |me| {
        me.post(&reverse, json!({"reason": "误录"})).await
    })
    .await;
    told.by(Code::EntryDisputed, &teacher, async |me| me.post(&dispute(0), claim.clone()).await).await;
    let reason = json!({"reason": "与签到表一致"});
    told.by(Code::DisputeSamePerson, &county.sign_in("centre"), decide(&place, "dismiss", reason.clone())).await;
    let other = county.sign_in("centre-2");
    decide(&place, "dismiss", reason.clone())(&other).await.expect(200);
    told.by(Code::DisputeNotOpen, &other, decide(&place, "dismiss", reason)).await;
    county.advance_millis(31 * 86_400_000);
    let late = county.sign_in("teacher-1");
    told.by(Code::DisputeTooLate, &late, async |me| me.post(&dispute(1), claim.clone()).await).await;
}
