//! Activities outside courses: what they are worth, and recognising one.

use super::{
    fixture::*,
    parameters::{figure, publish},
};
use crate::{catalogue::steps::with, harness::both};
use serde_json::{Value, json};

fn table() -> Value {
    json!({"conversions": [
        {"kind": "open_lesson", "zh": "公开课", "en": "open lesson", "cap_year": figure("18"), "evidence": [figure("certificate")],
            "approver": figure("county"), "lines": [{"levels": ["county"], "roles": ["speaker"], "hours": figure("6")},
                {"roles": ["listener"], "factor": figure("1/2")}, {"roles": ["host"], "hours": figure("0")}]},
        {"kind": "school_talk", "zh": "校内讲座", "en": "talk at school", "approver": figure("school"), "lines": [{"hours": figure("2")}]},
        {"kind": "degree", "zh": "学历进修", "en": "degree study", "approver": figure("province"), "lines": [{"hours": figure("5")}]}
    ]})
}

fn lesson() -> Value {
    json!({"title": "全县公开课", "effective_on": "2018-05-10", "kind": "open_lesson", "level": "county", "role": "speaker",
        "delivery_form": "lecture", "themes": ["subject"], "evidence": ["certificate", "photo"], "reference": "证-1"})
}

both! {
    async fn an_open_lesson_is_recognised_for_what_the_table_says(county: County) {
        let person = with_teacher(county);
        publish(county, table()).await;
        let (centre, place) = (county.sign_in("centre"), format!("/v1/teachers/{}/conversions", person.teacher()));
        let tried = centre.post(&format!("{place}?dry_run=true"), lesson()).await.expect(201);
        assert_eq!((&tried["entry"]["credited"], &tried["entry"]["kind"]), (&json!("6.00"), &json!("pending")));
        assert_eq!(statement(&centre, person, CYCLE).await["counted"], "0.00", "a trial leaves nothing");
        let made = centre.post(&place, lesson()).await.expect(201);
        assert_eq!(
            (&made["entry"]["route"], &made["entry"]["activity"], &made["entry"]["credited"], &made["rule"]["id"], &made["approver"]),
            (&json!("converted"), &json!("open_lesson"), &json!("6.00"), &json!("conversion.open_lesson"), &json!("county"))
        );
        assert_eq!(
            made["text_zh"],
            "公开课折算6.00学时（SX-TEST v1 conversion.open_lesson第1行），凭certificate，由县级教育行政部门认定"
        );
        assert_eq!(
            made["text_en"],
            "Open lesson is worth 6.00 hours (SX-TEST v1 conversion.open_lesson, line 1) on certificate, recognised by the county"
        );
        assert_eq!(made["entry"]["evidence"]["note"], "certificate, photo");
        centre.post(&place, lesson()).await.refused(409, "duplicate_source");
        let same = json!({"reference": "证-9"});
        centre.post(&place, with(lesson(), same)).await.refused(409, "duplicate_content");
        let listener = json!({"title": "全县听课", "role": "listener", "hours": "3", "reference": "证-2"});
        let heard = centre.post(&place, with(lesson(), listener)).await.expect(201);
        let before = statement(&centre, person, CYCLE).await;
        assert_eq!((&before["pending"], &before["counted"]), (&json!("7.50"), &json!("0.00")));
        posted(county, &made["entry"]).await;
        posted(county, &heard["entry"]).await;
        assert_eq!(heard["entry"]["credited"], "1.50", "half of what it took");
        for number in 3..=5 {
            let more = json!({"title": format!("公开课第{number}讲"), "reference": format!("证-{number}")});
            let more = centre.post(&place, with(lesson(), more)).await.expect(201);
            posted(county, &more["entry"]).await;
        }
        let read = statement(&county.sign_in("teacher-1"), person, CYCLE).await;
        let of = |entry: &Value| read["entries"].as_array().unwrap().iter().find(|row| row["title"] == entry["entry"]["title"]).unwrap();
        let lesson = &of(&made)["conversion"];
        assert_eq!((&lesson["rule"]["id"], &lesson["line"], &lesson["approver"]), (&json!("conversion.open_lesson"), &json!(1), &json!("county")));
        assert_eq!((&lesson["text_zh"], &lesson["hours"]), (&made["text_zh"], &json!("6.00")));
        assert_eq!((&of(&heard)["conversion"]["hours"], &of(&heard)["attendance"]), (&json!("1.50"), &Value::Null));
        assert_eq!((&read["credited"], &read["counted"]), (&json!("25.50"), &json!("18.00")), "18 of the kind in a year");
    }

    async fn who_approves_is_what_the_table_says(county: County) {
        let person = with_teacher(county);
        publish(county, table()).await;
        let place = format!("/v1/teachers/{}/conversions", person.teacher());
        let above = crate::reports::above(county, shixun_domain::access::Role::Bureau);
        let (school, bureau) = (county.sign_in("school-1"), county.sign_in("bureau"));
        let talk = json!({"kind": "school_talk", "level": "school", "reference": "讲-1"});
        let told = school.post(&place, with(lesson(), talk.clone())).await.expect(201);
        let again = json!({"kind": "school_talk", "level": "school", "reference": "讲-2", "duplicate_reason": "上下两讲"});
        school.post(&place, with(lesson(), again.clone())).await.refused(403, "duplicate_not_yours");
        let allowed = county.sign_in("centre").post(&place, with(lesson(), again)).await.expect(201);
        assert_eq!(allowed["entry"]["evidence"]["duplicate_reason"], "上下两讲");
        school.act(&format!("/v1/hour-entries/{}/post", told["entry"]["id"].as_str().unwrap())).await.refused(403, "forbidden");
        posted(county, &told["entry"]).await;
        let entered = bureau.post(&place, lesson()).await.expect(201);
        let post = format!("/v1/hour-entries/{}/post", entered["entry"]["id"].as_str().unwrap());
        bureau.act(&post).await.refused(403, "entry_four_eyes");
        let done = county.sign_in("monitor").act(&post).await.expect(201);
        assert_eq!((&done["activity"], &done["kind"]), (&json!("open_lesson"), &json!("posted")));
        let degree = json!({"kind": "degree", "reference": "学-1"});
        let entered = bureau.post(&place, with(lesson(), degree)).await.expect(201);
        let post = format!("/v1/hour-entries/{}/post", entered["entry"]["id"].as_str().unwrap());
        let told = county.sign_in("monitor").act(&post).await.refused(403, "conversion_needs_approver");
        assert_eq!(told["parameters"]["approver"], "province", "{told:#}");
        let done = county.caller(above).act(&post).await.expect(201);
        assert_eq!((&done["kind"], &done["recognised_by"]), (&json!("posted"), &json!(above.to_string())));
        // Nobody posts what they entered, above neither.
        let own = json!({"kind": "degree", "reference": "学-2", "title": "另一学位"});
        let entered = county.caller(above).post(&place, with(lesson(), own)).await.expect(201);
        assert_eq!(entered["entry"]["recognised_by"], above.to_string());
        let post = format!("/v1/hour-entries/{}/post", entered["entry"]["id"].as_str().unwrap());
        county.caller(above).act(&post).await.refused(403, "entry_four_eyes");
        assert!(!crate::check::broken_now(county).contains("entries_four_eyes"));
        county.sign_in("school-2").post(&place, with(lesson(), talk.clone())).await.refused(404, "not_found");
        county.sign_in("teacher-1").post(&place, with(lesson(), talk)).await.refused(403, "forbidden");
    }

    async fn what_the_table_does_not_give_is_refused_at_its_field(county: County) {
        let person = with_teacher(county);
        publish(county, table()).await;
        let (centre, place) = (county.sign_in("centre"), format!("/v1/teachers/{}/conversions", person.teacher()));
        let cases = [
            (json!({"kind": "paper"}), "/kind", "unknown_kind"),
            (json!({"role": "judge"}), "/level", "no_line"),
            (json!({"role": "listener"}), "/hours", "hours_missing"),
            (json!({"role": "host"}), "/level", "worth_nothing"),
            (json!({"evidence": ["photo"]}), "/evidence", "evidence_missing"),
            (json!({"evidence": ["Photo"]}), "/evidence/0", "invalid_value"),
            (json!({"themes": ["A"]}), "/themes/0", "invalid_value"),
            (json!({"effective_on": "2015-12-31"}), "/kind", "unknown_kind"),
        ];
        for (change, pointer, code) in cases {
            let problem = centre.post(&place, with(lesson(), change)).await.refused(422, "invalid_field");
            assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!(pointer), &json!(code)), "{problem:#}");
        }
    }

    async fn everybody_can_read_what_activities_are_worth(county: County) {
        with_teacher(county);
        publish(county, table()).await;
        let teacher = county.sign_in("teacher-1");
        let list = teacher.get("/v1/areas/331123/conversions?on=2018-01-01").await.expect(200);
        let kinds: Vec<&Value> = list["data"].as_array().unwrap().iter().map(|one| &one["conversion"]["kind"]).collect();
        assert_eq!(kinds, ["degree", "open_lesson", "school_talk"]);
        assert_eq!(list["data"][1]["conversion"]["lines"][0]["hours"]["source"], "A", "with its source");
        assert_eq!(teacher.get("/v1/areas/331123/conversions?on=2015-12-31").await.expect(200)["data"], json!([]));
        teacher.get("/v1/areas/331124/conversions").await.refused(404, "not_found");
    }
}
