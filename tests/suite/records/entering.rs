//! Entering: who may, what is refused, what is never entered twice.

use super::steps::*;
use crate::{
    harness::{both, training::TestSession},
    ledger::parameters::{figure, publish},
};
use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

both! {
    async fn teachers_enter_their_own_schools_for_their_teachers_and_the_centre_for_all(county: County) {
        let [one, other, elsewhere] = prepared(county);
        let teacher = county.caller(one.account);
        let entered = teacher.post(&of(one.person), record("K-1")).await;
        let view = entered.expect(201);
        assert_eq!((&view["state"], &view["organisation_name"], &view["hour_entry_id"]), (&json!("entered"), &json!("实验小学"), &Value::Null));
        assert_eq!(view["activity"], json!({"kind": "degree_course", "role": null, "result": "pass"}));
        assert_eq!(view["steps"].as_array().unwrap().len(), 1);
        assert_eq!(teacher.get(&at(&entered)).await.expect(200), view);
        assert_eq!(teacher.get(&at(&entered)).await.etag(), "\"1\"");
        teacher.post(&of(other.person), record("K-2")).await.refused(404, "not_found");
        let school = county.sign_in("school-1");
        school.post(&of(other.person), record("K-2")).await.expect(201);
        school.post(&of(elsewhere.person), record("K-3")).await.refused(404, "not_found");
        county.sign_in("centre").post(&of(elsewhere.person), record("K-3")).await.expect(201);
        county.sign_in("elsewhere-centre").post(&of(one.person), record("K-4")).await.refused(404, "not_found");
        county.sign_in("bureau").post(&of(one.person), record("K-4")).await.refused(403, "forbidden");
        let log = county.sign_in("auditor").get(&format!("/v1/events?object_id={}", view["id"].as_str().unwrap())).await.expect(200);
        assert_eq!((&log["data"][0]["action"], &log["data"][0]["object_kind"]), (&json!("enter"), &json!("record")));
    }

    async fn each_sees_the_records_they_may_see_page_by_page(county: County) {
        let [one, other, elsewhere] = prepared(county);
        let centre = county.sign_in("centre");
        for (number, person) in [one, other, elsewhere, one, one].iter().enumerate() {
            centre.post(&of(person.person), record(&format!("K-{number}"))).await.expect(201);
        }
        let total = async |who: &crate::harness::Caller<'_>, query: &str| {
            who.get(&format!("/v1/records?include=total{query}")).await.expect(200)["total"].as_i64().unwrap()
        };
        let (school, teacher) = (county.sign_in("school-2"), county.caller(one.account));
        assert_eq!((total(&centre, "").await, total(&school, "").await, total(&teacher, "").await), (5, 1, 3));
        assert_eq!(total(&centre, &format!("&teacher_id={}", other.person.teacher())).await, 1);
        assert_eq!(total(&centre, &format!("&organisation_id={}", county.schools[1])).await, 1);
        assert_eq!(total(&centre, "&category=degree&state=entered&source=certificate&from=2026-06-30&to=2026-06-30").await, 5);
        for none in ["&category=course", "&state=verified", "&source=zj_platform", "&from=2026-07-01", "&to=2026-06-29"] {
            assert_eq!(total(&centre, none).await, 0, "{none}");
        }
        let mut seen = Vec::new();
        let mut path = "/v1/records?limit=2".to_owned();
        loop {
            let page = centre.get(&path).await.expect(200);
            seen.extend(page["data"].as_array().unwrap().iter().map(|row| row["source_key"].as_str().unwrap().to_owned()));
            // Somebody enters one more while the list is read: it is newer than the page and shown in no later one.
            county.sign_in("centre-2").post(&of(other.person), record(&format!("N-{}", seen.len()))).await.expect(201);
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/v1/records?limit=2&cursor={cursor}");
        }
        assert_eq!(seen, ["K-4", "K-3", "K-2", "K-1", "K-0"]);
        centre.get("/v1/records?phone=1").await.refused(400, "unknown_parameter");
        centre.get("/v1/records?area=331124").await.refused(404, "not_found");
    }

    async fn bad_input_is_refused_with_its_code_and_nothing_is_written(county: County) {
        let [one, ..] = prepared(county);
        let centre = county.sign_in("centre");
        let unreviewed = |consent: Value| with("unreviewed", json!({"consent_on": consent, "consent_reference": "校字〔2025〕9号"}));
        let cases = [
            (with("evidence", json!([])), "evidence_missing"),
            (with("hours", json!("10001")), "hours_overflow"),
            (with("hours", json!("-1")), "hours_negative"),
            (crate::catalogue::steps::with(record("K-1"), json!({"hours": "0", "practice": "0"})), "hours_missing"),
            (with("practice", json!("15.01")), "hours_practice_exceed_credited"),
            (with("ends_on", json!("2026-11-24")), "hours_in_future"),
            (crate::catalogue::steps::with(record("K-1"), json!({"starts_on": "2004-07-01", "ends_on": "2005-08-31"})), "hours_before_employment"),
            (unreviewed(Value::Null), "consent_missing"),
            (unreviewed(json!("2025-09-01")), "consent_late"),
            (with("ends_on", json!("2025-08-31")), "invalid_field"),
            (with("hours", json!("99999999999")), "hours_overflow"),
            (with("hours", json!(15)), "invalid_field"),
            (with("source_key", json!("  ")), "invalid_field"),
            (with("category", json!("holiday")), "invalid_field"),
            (with("nobody_knows", json!(1)), "invalid_field"),
        ];
        for (body, code) in cases {
            centre.post(&of(one.person), body).await.refused(422, code);
        }
        let evidence = json!([{"kind": "photo", "file_name": "a.jpg", "sha256": "XYZ", "media_type": "image/jpeg", "kept_at": "校"}]);
        let fault = centre.post(&of(one.person), with("evidence", evidence)).await.refused(422, "invalid_field");
        assert_eq!(fault["errors"][0]["pointer"], "/evidence/0/sha256");
        assert_eq!(centre.get("/v1/records?include=total").await.expect(200)["total"], 0);
        centre.post(&of(one.person), unreviewed(json!("2025-08-31"))).await.expect(201);
        let facts = format!("/v1/persons/{}", one.person);
        let employment = centre.get(&format!("{facts}/facts")).await.expect(200)["employments"][0]["id"].as_str().unwrap().to_owned();
        centre.post(&format!("{facts}/employments/{employment}/end"), json!({"last_day": "2026-03-31"})).await.expect(200);
        let late = centre.post(&of(one.person), record("K-2")).await.refused(422, "hours_outside_employment");
        assert_eq!(late["parameters"]["day"], "2026-06-30");
    }

    async fn the_same_number_of_a_source_is_entered_once_per_teacher(county: County) {
        let [one, other, _] = prepared(county);
        let centre = county.sign_in("centre");
        let first = centre.post(&of(one.person), record("K-1")).await.expect(201);
        let again = crate::catalogue::steps::with(record("K-1"), json!({"title": "另一门课"}));
        let refused = centre.post(&of(one.person), again.clone()).await.refused(409, "record_known");
        assert_eq!(refused["parameters"]["record"], first["id"]);
        // One document often names several teachers.
        centre.post(&of(other.person), record("K-1")).await.expect(201);
        let elsewhere = crate::catalogue::steps::with(again, json!({"source": "zj_platform"}));
        centre.post(&of(one.person), elsewhere).await.expect(201);
    }

    async fn a_retry_with_the_same_key_enters_once(county: County) {
        let [one, ..] = prepared(county);
        let centre = county.sign_in("centre");
        let send = || centre.request(Method::POST, &of(one.person)).header("Idempotency-Key", "r-1").json(&record("K-1")).send();
        assert_eq!(send().await.expect(201), send().await.expect(201));
        assert_eq!(centre.get("/v1/records?include=total").await.expect(200)["total"], 1);
    }

    async fn the_same_content_counts_once_in_a_cycle_unless_the_centre_allows_it(county: County) {
        let [one, other, _] = prepared(county);
        let (centre, school) = (county.sign_in("centre"), county.sign_in("school-1"));
        let body = |key: &str| crate::catalogue::steps::with(record(key), json!({"title": "教育硕士 课程"}));
        let first = at(&school.post(&of(one.person), body("K-1")).await);
        let twice = school.post(&of(one.person), body("K-2")).await.refused(409, "duplicate_content");
        assert_eq!((&twice["parameters"]["title"], &twice["parameters"]["on"]), (&json!("教育硕士 课程"), &json!("2026-06-30")));
        // Blanks and width make no other content; another teacher and another cycle do not matter.
        let spaced = crate::catalogue::steps::with(body("K-2"), json!({"title": "教育硕士课程"}));
        school.post(&of(one.person), spaced).await.refused(409, "duplicate_content");
        school.post(&of(other.person), body("K-2")).await.expect(201);
        let before = crate::catalogue::steps::with(body("K-3"), json!({"starts_on": "2019-09-01", "ends_on": "2020-12-31"}));
        school.post(&of(one.person), before).await.expect(201);
        let reason = json!({"duplicate_reason": "两学年各修一半，成绩单分别出具"});
        let allowed = crate::catalogue::steps::with(body("K-2"), reason);
        school.post(&of(one.person), allowed.clone()).await.refused(403, "duplicate_not_yours");
        let view = centre.post(&of(one.person), allowed).await.expect(201);
        let steps: Vec<&str> = view["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
        assert_eq!(steps, ["enter", "allow_duplicate"]);
        assert_eq!(view["steps"][1]["note"], "两学年各修一半，成绩单分别出具");
        // What was withdrawn stands in nobody's way.
        step(&school, &first, "withdraw").await.expect(200);
        school.post(&of(one.person), body("K-5")).await.refused(409, "duplicate_content");
        step(&centre, &format!("/v1/records/{}", view["id"].as_str().unwrap()), "withdraw").await.expect(200);
        school.post(&of(one.person), body("K-5")).await.expect(201);
    }

    async fn the_school_that_a_teacher_moved_to_reads_what_it_may_correct(county: County) {
        let [one, ..] = prepared(county);
        let centre = county.sign_in("centre");
        let place = at(&county.sign_in("school-1").post(&of(one.person), record("K-1")).await);
        let other = county.sign_in("school-2");
        other.get(&place).await.refused(404, "not_found");
        let to = json!({"organisation_id": county.schools[1].to_string(), "on": "2026-11-01"});
        centre.post(&format!("/v1/persons/{}/transfer", one.person), to).await.expect(200);
        let etag = other.get(&place).await.etag();
        let body = crate::catalogue::steps::with(record("K-1"), json!({"hours": "14"}));
        let corrected = other.request(Method::PUT, &place).header("If-Match", &etag).json(&body).send().await.expect(200);
        assert_eq!(corrected["hours"], "14.00");
        county.sign_in("school-1").get(&place).await.expect(200);
    }

    async fn what_the_centre_allowed_twice_stands_in_the_way_of_an_application_when_the_first_is_gone(county: County) {
        let [one, ..] = prepared(county);
        let session = county.add_session(TestSession { content_key: "unit-design".into(), ..TestSession::default() }).id;
        let centre = county.sign_in("centre");
        let apply = format!("/v1/sessions/{session}/enrolments");
        let body = with("content_key", json!("unit-design"));
        let first = at(&centre.post(&of(one.person), body.clone()).await);
        let more = json!({"source_key": "K-2", "title": "单元设计二", "duplicate_reason": "另一期"});
        let second = at(&centre.post(&of(one.person), crate::catalogue::steps::with(body, more)).await);
        step(&centre, &first, "withdraw").await.expect(200);
        let refused = county.caller(one.account).post(&apply, json!({})).await.refused(409, "content_recorded");
        assert_eq!(refused["parameters"]["title"], "单元设计二");
        assert_eq!(crate::check::broken_now(county), [].into());
        step(&centre, &second, "withdraw").await.expect(200);
        county.caller(one.account).post(&apply, json!({})).await.expect(201);
    }

    async fn a_session_that_gave_hours_is_the_same_content_by_its_key(county: County) {
        let [one, ..] = prepared(county);
        let made = county.add_session(TestSession { content_key: "unit-design".into(), ..TestSession::default() });
        let (area, number) = (one.person.area(), made.id.number());
        crate::ledger::fixture::post(county, vec![shixun_persistence::ledger::NewEntry {
            source: Some((area, number)),
            ..crate::ledger::fixture::entry(one.person, "2026-10-10", "8")
        }]);
        let same = with("content_key", json!("unit-design"));
        county.sign_in("centre").post(&of(one.person), same).await.refused(409, "duplicate_content");
        county.sign_in("centre").post(&of(one.person), with("content_key", json!("another"))).await.expect(201);
    }

    async fn a_session_that_is_booked_is_the_same_content_and_so_is_a_course_of_one_title_and_time(county: County) {
        let [one, other, _] = prepared(county);
        let booked = county.add_session(TestSession { content_key: "unit-design".into(), ..TestSession::default() }).id;
        let path = format!("/v1/sessions/{booked}/enrolments");
        let mine = county.caller(one.account).post(&path, json!({})).await;
        let mine = mine.expect(201);
        let centre = county.sign_in("centre");
        let keyed = with("content_key", json!("unit-design"));
        centre.post(&of(one.person), keyed.clone()).await.refused(409, "duplicate_content");
        centre.post(&of(other.person), keyed.clone()).await.expect(201);
        let withdraw = format!("/v1/enrolments/{}/withdraw", mine["id"].as_str().unwrap());
        county.caller(one.account).act(&withdraw).await.expect(200);
        centre.post(&of(one.person), keyed).await.expect(201);
        // The platform's file has the course by its title, and a key of its own.
        let made = county.add_session(TestSession {
            content_key: "org/another".into(), starts_on: "2026-10-10".parse().unwrap(), ..TestSession::default()
        });
        let (area, number) = (one.person.area(), made.id.number());
        let given = crate::ledger::fixture::post(county, vec![shixun_persistence::ledger::NewEntry {
            source: Some((area, number)),
            title: "小学语文单元整体教学".into(),
            ..crate::ledger::fixture::entry(one.person, "2026-10-10", "8")
        }]);
        let again = json!({"title": "小学语文 单元整体教学", "category": "platform", "activity": null, "starts_on": "2026-10-10", "ends_on": "2026-10-10",
            "source_key": "P-1", "hours": "8", "practice": "0"});
        let again = crate::catalogue::steps::with(record("K-7"), again);
        let told = centre.post(&of(one.person), again.clone()).await.refused(409, "duplicate_content");
        assert_eq!(told["parameters"]["title"], "小学语文单元整体教学");
        let later = json!({"starts_on": "2026-11-01", "ends_on": "2026-11-02", "source_key": "P-2", "content_key": "winter-term"});
        centre.post(&of(one.person), crate::catalogue::steps::with(again.clone(), later)).await.expect(201);
        // Hours that were taken back stand in nobody's way.
        crate::ledger::fixture::corrected(county, given[0], json!({"reason": "误录"})).await;
        centre.post(&of(one.person), again).await.expect(201);
    }

    async fn days_of_training_come_with_a_record_into_the_ledger(county: County) {
        let [one, ..] = prepared(county);
        let teacher = county.caller(one.account);
        let told = teacher.post(&of(one.person), with("days", json!("366.01"))).await.refused(422, "invalid_field");
        assert_eq!(told["errors"][0]["pointer"], "/days");
        let entered = teacher.post(&of(one.person), with("days", json!("3.00"))).await;
        assert_eq!(entered.expect(201)["days"], "3.00");
        step(&county.sign_in("centre"), &at(&entered), "examine").await.expect(200);
        let done = step(&county.sign_in("bureau"), &at(&entered), "verify").await.expect(200);
        let entry = teacher.get(&format!("/v1/hour-entries/{}", done["hour_entry_id"].as_str().unwrap())).await.expect(200);
        assert_eq!(entry["days"], "3.00");
    }

    async fn nobody_applies_for_content_that_is_recorded_from_outside_until_the_record_is_withdrawn(county: County) {
        let [one, other, _] = prepared(county);
        let same = county.add_session(TestSession { content_key: "unit-design".into(), ..TestSession::default() }).id;
        let (path, teacher) = (format!("/v1/sessions/{same}/enrolments"), county.caller(one.account));
        let place = at(&teacher.post(&of(one.person), with("content_key", json!("unit-design"))).await);
        let refused = teacher.post(&path, json!({})).await.refused(409, "content_recorded");
        assert_eq!(refused["parameters"]["record"], place.rsplit('/').next().unwrap());
        let eligibility = teacher.get(&format!("/v1/sessions/{same}/eligibility")).await.expect(200);
        assert_eq!(eligibility["reasons"][0]["code"], "content_recorded");
        county.caller(other.account).post(&path, json!({})).await.expect(201);
        step(&teacher, &place, "withdraw").await.expect(200);
        teacher.post(&path, json!({})).await.expect(201);
    }

    async fn hours_of_a_record_that_were_taken_back_stand_in_nobodys_way(county: County) {
        let [one, ..] = prepared(county);
        let same = county.add_session(TestSession { content_key: "unit-design".into(), ..TestSession::default() }).id;
        let (path, teacher, centre) = (format!("/v1/sessions/{same}/enrolments"), county.caller(one.account), county.sign_in("centre-2"));
        let place = at(&teacher.post(&of(one.person), with("content_key", json!("unit-design"))).await);
        step(&centre, &place, "examine").await.expect(200);
        let done = step(&county.sign_in("bureau"), &place, "verify").await.expect(200);
        let mut again = with("content_key", json!("unit-design"));
        again["source_key"] = json!("K-2");
        teacher.post(&of(one.person), again.clone()).await.refused(409, "duplicate_content");
        crate::ledger::fixture::corrected(county, done["hour_entry_id"].as_str().unwrap(), json!({"reason": "误录"})).await;
        assert!(crate::check::broken_now(county).is_empty());
        let entered = at(&teacher.post(&of(one.person), again).await);
        teacher.post(&path, json!({})).await.refused(409, "content_recorded");
        step(&teacher, &entered, "withdraw").await.expect(200);
        teacher.post(&path, json!({})).await.expect(201);
    }

    async fn a_claim_for_an_activity_keeps_to_what_the_packs_give_and_to_who_approves(county: County) {
        let [one, ..] = prepared(county);
        publish(county, json!({"conversions": [
            {"kind": "open_lesson", "zh": "公开课", "en": "open lesson", "evidence": [figure("transcript")], "approver": figure("county"),
                "lines": [{"levels": ["county"], "hours": figure("6")}, {"factor": figure("1/2"), "most": figure("9")}]},
            {"kind": "degree_course", "zh": "学历进修", "en": "degree study", "approver": figure("province"), "lines": [{"hours": figure("15")}]}
        ]})).await;
        let (teacher, centre, bureau) = (county.caller(one.account), county.sign_in("centre"), county.sign_in("bureau"));
        let claim = |kind: &str, level: &str, hours: &str| {
            let fields = json!({"activity": {"kind": kind}, "level": level, "hours": hours, "practice": "0", "starts_on": "2018-05-10",
                "ends_on": "2018-05-10", "source_key": format!("{kind} {level} {hours}"), "title": format!("{kind} {level}")});
            crate::catalogue::steps::with(record("K-1"), fields)
        };
        let path = of(one.person);
        let told = teacher.post(&path, claim("open_lesson", "county", "6.01")).await.refused(422, "more_than_converted");
        assert_eq!((&told["parameters"]["worth"], &told["parameters"]["by"]), (&json!("6.00"), &json!("SX-TEST v1 conversion.open_lesson")));
        teacher.post(&path, claim("open_lesson", "city", "10")).await.refused(422, "more_than_converted");
        let told = teacher.post(&path, claim("ballroom", "county", "1")).await.refused(422, "invalid_field");
        assert_eq!(told["errors"][0]["pointer"], "/activity/kind");
        let place = at(&teacher.post(&path, claim("open_lesson", "county", "6")).await);
        step(&centre, &place, "examine").await.expect(200);
        let done = step(&bureau, &place, "verify").await.expect(200);
        let entry = teacher.get(&format!("/v1/hour-entries/{}", done["hour_entry_id"].as_str().unwrap())).await.expect(200);
        assert_eq!((&entry["activity"], &entry["credited"]), (&json!("open_lesson"), &json!("6.00")));
        let place = at(&teacher.post(&path, claim("degree_course", "national", "15")).await);
        step(&centre, &place, "examine").await.expect(200);
        let told = step(&bureau, &place, "verify").await.refused(403, "conversion_needs_approver");
        assert_eq!(told["parameters"]["approver"], "province");
        assert_eq!(teacher.get(&place).await.expect(200)["state"], "examined", "what was refused changed nothing");
    }

    async fn of_many_who_enter_the_same_at_once_one_does(county: County) {
        let [one, ..] = prepared(county);
        let centre = county.sign_in("centre");
        let path = of(one.person);
        let same = join_all((0..6).map(|_| centre.post(&path, record("K-1")))).await;
        assert_eq!(same.iter().filter(|answer| answer.status == 201).count(), 1);
        for late in same.iter().filter(|answer| answer.status != 201) {
            late.refused(409, "record_known");
        }
        let other = |number: i32| crate::catalogue::steps::with(record(&format!("N-{number}")), json!({"content_key": "one"}));
        let content = join_all((0..6).map(|number| centre.post(&path, other(number)))).await;
        assert_eq!(content.iter().filter(|answer| answer.status == 201).count(), 1);
        for late in content.iter().filter(|answer| answer.status != 201) {
            late.refused(409, "duplicate_content");
        }
    }

    async fn a_number_is_the_same_in_whatever_width_it_is_typed(county: County) {
        let [one, ..] = prepared(county);
        let centre = county.sign_in("centre");
        assert_eq!(centre.post(&of(one.person), record(" Ｋ－１ ")).await.expect(201)["source_key"], "K-1");
        centre.post(&of(one.person), record("K-1")).await.refused(409, "record_known");
    }

    async fn keys_of_a_content_that_differ_in_case_width_or_blanks_are_one(county: County) {
        let [one, ..] = prepared(county);
        let centre = county.sign_in("centre");
        let keyed = |source: &str, key: &str| crate::catalogue::steps::with(record(source), json!({"content_key": key}));
        let entered = centre.post(&of(one.person), keyed("K-1", " Unit Design Ａ ")).await.expect(201);
        assert_eq!(entered["content_key"], "unitdesigna");
        centre.post(&of(one.person), keyed("K-2", "unit design a")).await.refused(409, "duplicate_content");
    }

    async fn a_day_outside_of_every_cycle_is_refused(county: County) {
        let [one, ..] = prepared(county);
        let early = crate::catalogue::steps::with(record("K-1"), json!({"starts_on": "2005-09-01", "ends_on": "2005-10-01"}));
        county.sign_in("centre").post(&of(one.person), early).await.refused(409, "policy_missing");
    }
}
