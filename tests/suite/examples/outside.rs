//! The part of the walk that is about hours from outside: records, disputes, transfers, reconciliation.

use super::{Shown, example, id, with};
use crate::{
    demo::Demo,
    harness::{Caller, training::identity},
};
use actix_web::http::Method;
use serde_json::{Value, json};

pub(super) async fn outside(demo: &Demo, shown: &mut Shown) {
    let me = demo.sign_in("teacher-0001").get("/v1/me").await.expect(200);
    let me = format!("/v1/teachers/{}", me["teacher_id"].as_str().unwrap());
    let entry = records(demo, shown, &me).await;
    disputes(demo, shown, &me, &entry).await;
    transfers(demo, shown).await;
    reconciliation(demo, shown).await;
}

/// An object of the kind, entered without being shown; gives its place.
async fn entered(caller: &Caller<'_>, path: &str, body: Value) -> String {
    let made = caller.post(path, body).await;
    made.expect(201);
    made.header("location").unwrap()
}

/// Three records: one is verified, one is returned, corrected and withdrawn, one is rejected. Gives the entry of the first.
async fn records(demo: &Demo, shown: &mut Shown, me: &str) -> String {
    let (teacher, centre, monitor) = (demo.sign_in("teacher-0001"), demo.sign_in("centre"), demo.sign_in("monitor"));
    let path = format!("{me}/records");
    let made = shown.post(&teacher, &path, example("RecordIn")).await;
    let place = format!("/v1/records/{}", id(&made));
    shown.step(&centre, &place, "examine", None).await;
    let verified = shown.step(&monitor, &place, "verify", None).await;
    shown.get(&teacher, &place).await;
    shown.get(&monitor, "/v1/records?state=examined&limit=1").await;
    let lesson = json!({"category": "research", "activity": {"kind": "open_lesson", "role": "speaker"}, "level": "county",
        "title": "县级公开课《观潮》", "starts_on": "2026-10-20", "ends_on": "2026-10-20", "hours": "6", "source_key": "遂教研2026-44",
        "evidence": [{"kind": "certificate", "file_name": "公开课证书.pdf", "sha256": "7c".repeat(32), "media_type": "application/pdf",
        "kept_at": "学校师训档案2026-018"}]});
    let other = entered(&teacher, &path, with(example("RecordIn"), lesson.clone())).await;
    shown.step(&centre, &other, "return", Some(example("RecordReasonIn"))).await;
    shown.put(&teacher, &other, with(with(example("RecordIn"), lesson.clone()), json!({"hours": "5"}))).await;
    shown.step(&teacher, &other, "withdraw", None).await;
    let again = with(lesson, json!({"source_key": "遂教研2026-45"}));
    let third = entered(&teacher, &path, with(example("RecordIn"), again)).await;
    shown.step(&centre, &third, "reject", Some(json!({"reason": "该课已按校本研修计入，不再折算。"}))).await;
    verified["hour_entry_id"].as_str().unwrap().to_owned()
}

async fn disputes(demo: &Demo, shown: &mut Shown, me: &str, entry: &str) {
    // Neither the centre, which examined the record, nor the monitor, who verified it.
    let (teacher, bureau) = (demo.sign_in("teacher-0001"), demo.sign_in("bureau"));
    let claim = json!({"claim": "成绩单上为16学时，少记1学时。"});
    let made = shown.post(&teacher, &format!("/v1/hour-entries/{entry}/disputes"), claim.clone()).await;
    shown.get(&bureau, "/v1/disputes?state=open&limit=2").await;
    let place = format!("/v1/disputes/{}", id(&made));
    let right =
        json!({"reason": "与成绩单核对，应为16学时。", "replacement": {"nominal": "16.00", "attended": "16.00"}});
    shown.step(&bureau, &place, "uphold", Some(right)).await;
    shown.get(&teacher, &place).await;
    let open = bureau.get("/v1/disputes?state=open&limit=1").await.expect(200)["data"][0].clone();
    let reason = json!({"reason": "成绩单载明15学时，与入账一致。"});
    shown.step(&bureau, &format!("/v1/disputes/{}", id(&open)), "dismiss", Some(reason)).await;
    let hours = with(
        example("HourEntryIn"),
        json!({"title": "苏州大学小学语文秋季研修", "effective_on": "2026-10-12", "reference": "苏大培字2026-0112", "unreviewed": null}),
    );
    let entry = demo.sign_in("centre").post(&format!("{me}/hour-entries"), hours).await.expect(201);
    let entry = bureau.act(&format!("/v1/hour-entries/{}/post", id(&entry))).await.expect(201);
    let place = entered(&teacher, &format!("/v1/hour-entries/{}/disputes", id(&entry)), claim).await;
    shown.step(&teacher, &place, "withdraw", None).await;
}

/// What waits for somebody else.
pub(super) async fn waiting(demo: &Demo, shown: &mut Shown) {
    let bureau = demo.sign_in("bureau");
    shown.get(&bureau, "/v1/pending-hours?limit=1").await;
    shown.get(&bureau, "/v1/waivers?limit=1").await;
}

async fn transfers(demo: &Demo, shown: &mut Shown) {
    let (centre, bureau) = (demo.sign_in("centre"), demo.sign_in("bureau"));
    let leaving = &centre.get("/v1/teachers?subject=数学&limit=1").await.expect(200)["data"][0];
    let path = format!("/v1/teachers/{}/transfers", id(leaving));
    let made = shown.post(&centre, &path, example("HourTransferIn")).await;
    shown.get(&centre, &format!("/v1/transfers/{}", id(&made))).await;
    shown.get(&centre, "/v1/transfers?direction=out&limit=1").await;
    let school = centre.get("/v1/organisations?kind=school&limit=1").await.expect(200)["data"][0]["id"].clone();
    let person = json!({"name": "祝晓岚", "identity_number": identity(77).as_str(), "entered_on": "2019-08-01",
        "employment": {"organisation_id": school, "valid_from": "2026-08-15"}});
    let person = centre.post("/v1/persons", person).await.expect(201);
    let path = format!("/v1/teachers/{}/transfers", person["teacher_id"].as_str().unwrap());
    for (verb, county) in [("recognise", "南平市延平区"), ("refuse", "南平市建阳区")] {
        let line = json!({"on": "2025-12-31", "route": "mandated", "delivery_form": "lecture", "level": "county",
            "themes": ["subject"], "block_key": null, "hours": "72.00", "practice": "0.00"});
        let certificate = json!({"format": "shixun-transfer-1", "area": "350702", "county": county, "teacher_name": "祝晓岚",
            "moved_on": "2026-08-15", "total": "72.00", "lines": [line]});
        let evidence = example("RecordIn")["evidence"].clone();
        let coming = json!({"direction": "in", "certificate": certificate, "evidence": evidence});
        let place = entered(&centre, &path, coming).await;
        let reason = if verb == "recognise" {
            "已与原任职地核实，学时属实。"
        } else {
            "无法与原任职地核实。"
        };
        shown.step(&bureau, &place, verb, Some(json!({"reason": reason}))).await;
    }
}

async fn reconciliation(demo: &Demo, shown: &mut Shown) {
    let file = "姓名,身份证号码,学时编号,培训项目,开始日期,结束日期,学时,级别\n\
                史娟明,331199197702117489,ZJ2026-000187,小学数学核心素养研修,2026-07-06,2026-07-10,40,省级\n";
    let path = "/v1/reconciliations?from=2026-01-01&to=2026-12-31&file_name=platform.csv";
    let bureau = demo.sign_in("bureau");
    let found = bureau.request(Method::POST, path).body("text/csv", file.as_bytes().to_vec()).send().await;
    shown.keep(&Method::POST, path, Some(json!(file)), &found);
}
