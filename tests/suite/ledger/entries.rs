//! Entries: what is refused, how they are listed, how they are corrected.

use super::{disputes::decide, fixture::*, known_at::asked};
use crate::harness::both;
use serde_json::{Value, json};

fn record(reference: &str) -> Value {
    json!({
        "title": "省级骨干研修", "effective_on": "2019-07-03", "route": "mandated", "delivery_form": "lecture", "level": "province",
        "themes": ["subject", "ethics"], "nominal": "30", "attended": "24.5", "practice": "4", "reference": reference
    })
}

both! {
    async fn an_entry_keeps_school_title_and_subject_of_its_day(county: County) {
        let person = with_teacher(county);
        let centre = county.sign_in("centre");
        let place = format!("/v1/teachers/{}/hour-entries", person.teacher());
        let created = centre.post(&place, record("A-1")).await;
        let view = created.expect(201);
        assert_eq!((&view["organisation_name"], &view["teacher_title"], &view["subject"]), (&json!("实验小学"), &json!("first"), &json!("数学")));
        assert_eq!((&view["credited"], &view["factor"], &view["kind"]), (&json!("24.50"), &json!("1.00"), &json!("pending")));
        assert_eq!(view["recognised_by"], county.account("centre").to_string());
        assert_eq!(county.sign_in("teacher-1").get(&created.header("location").unwrap()).await.expect(200), view);
        county.sign_in("school-2").get(&created.header("location").unwrap()).await.refused(404, "not_found");
        county.sign_in("elsewhere-bureau").get(&created.header("location").unwrap()).await.refused(404, "not_found");
        let log = county.sign_in("auditor").get(&format!("/v1/events?object_id={}", view["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(log["data"][0]["action"], "enter");
    }

    async fn who_posts_finds_what_waits_and_a_school_finds_its_own(county: County) {
        let (one, other) = (with_teacher(county), teacher(county, 103, "蓝", county.schools[1]));
        let centre = county.sign_in("centre");
        let enter = async |person: shixun_domain::id::PersonId, reference: &str| {
            centre.post(&format!("/v1/teachers/{}/hour-entries", person.teacher()), record(reference)).await.expect(201)
        };
        let (first, second, third) = (enter(one, "A-1").await, enter(other, "A-2").await, {
            let more = crate::catalogue::steps::with(record("A-3"), json!({"title": "另一期"}));
            centre.post(&format!("/v1/teachers/{}/hour-entries", one.teacher()), more).await.expect(201)
        });
        let read = async |who: &str, query: &str| county.sign_in(who).get(&format!("/v1/pending-hours?include=total{query}")).await.expect(200);
        let ids = |list: &Value| -> Vec<Value> { list["data"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect() };
        let all = read("bureau", "").await;
        assert_eq!(ids(&all), [first["id"].clone(), second["id"].clone(), third["id"].clone()], "the longest waiting first");
        let row = &all["data"][1];
        assert_eq!((&row["teacher_name"], &row["credited"], &row["awaits"]["step"]), (&json!("蓝"), &json!("24.50"), &json!("posting")));
        assert_eq!((&row["entered_by"], &row["evidence"]["reference"]), (&json!(county.account("centre").to_string()), &json!("A-2")));
        assert_eq!((ids(&read("school-2", "").await), &read("teacher-1", "").await["total"]), (vec![second["id"].clone()], &json!(2)));
        assert_eq!(read("bureau", &format!("&organisation_id={}", county.schools[1])).await["total"], 1);
        assert_eq!(read("bureau", "&source=session").await["total"], 0);
        let page = read("bureau", "&limit=2").await;
        let rest = read("bureau", &format!("&limit=2&cursor={}", page["next_cursor"].as_str().unwrap())).await;
        assert_eq!(ids(&rest), [third["id"].clone()]);
        let bureau = county.sign_in("bureau");
        bureau.act(&format!("/v1/hour-entries/{}/post", first["id"].as_str().unwrap())).await.expect(201);
        bureau.post(&format!("/v1/hour-entries/{}/void", third["id"].as_str().unwrap()), json!({"reason": "误录"})).await.expect(201);
        assert_eq!(ids(&read("bureau", "").await), [second["id"].clone()]);
        county.sign_in("school-1").get("/v1/pending-hours?area=331124").await.refused(404, "not_found");
    }

    async fn hours_entered_by_hand_count_when_somebody_else_has_posted_them(county: County) {
        let person = with_teacher(county);
        let own = county.add_account("centre-own", shixun_domain::access::Role::Centre, county.bureau, None);
        let (centre, bureau) = (county.sign_in("centre"), county.sign_in("bureau"));
        let place = format!("/v1/teachers/{}/hour-entries", person.teacher());
        let pending = centre.post(&place, record("A-1")).await.expect(201);
        let read = statement(&centre, person, CYCLE).await;
        assert_eq!((&read["pending"], &read["credited"], &read["counted"], &read["entries"]), (&json!("24.50"), &json!("0.00"), &json!("0.00"), &json!([])));
        let at = format!("/v1/hour-entries/{}", pending["id"].as_str().unwrap());
        let post = format!("{at}/post");
        centre.act(&post).await.refused(403, "entry_four_eyes");
        county.sign_in("teacher-1").act(&post).await.refused(403, "forbidden");
        county.sign_in("elsewhere-bureau").act(&post).await.refused(404, "not_found");
        assert_eq!(statement(&centre, person, CYCLE).await["pending"], "24.50", "what was refused changed nothing");
        let before = bureau.get(&format!("/v1/teachers/{}/statement?{CYCLE}", person.teacher())).await.etag();
        let then = county.clock.now();
        county.advance_millis(60_000);
        let done = county.sign_in("bureau").act(&post).await;
        let view = done.expect(201);
        assert_eq!((&view["kind"], &view["refers_to"], &view["credited"]), (&json!("posted"), &pending["id"], &json!("24.50")));
        assert_eq!(view["recognised_by"], county.account("bureau").to_string());
        assert_eq!(county.sign_in("teacher-1").get(&done.header("location").unwrap()).await.expect(200), view);
        assert_eq!(bureau.get(&at).await.expect(200)["followed_by"], json!({"id": view["id"], "kind": "posted"}));
        let after = bureau.get(&format!("/v1/teachers/{}/statement?{CYCLE}", person.teacher())).await;
        assert_ne!(after.etag(), before);
        let read = statement(&centre, person, CYCLE).await;
        assert_eq!((&read["pending"], &read["credited"], &read["entries"][0]["replaces"]), (&json!("0.00"), &json!("24.50"), &Value::Null));
        let known = statement(&centre, person, &format!("{CYCLE}&{}", asked(then))).await;
        assert_eq!((&known["pending"], &known["credited"]), (&json!("24.50"), &json!("0.00")), "as it was known before the posting");
        let other = county.caller(own);
        other.act(&post).await.refused(409, "entry_already_posted");
        other.post(&format!("{at}/void"), json!({"reason": "误录"})).await.refused(409, "entry_already_posted");
        other.act(&format!("/v1/hour-entries/{}/post", view["id"].as_str().unwrap())).await.refused(409, "entry_not_pending");
        let log = county.sign_in("auditor").get(&format!("/v1/events?object_id={}", pending["id"].as_str().unwrap())).await.expect(200);
        let actions: Vec<&Value> = log["data"].as_array().unwrap().iter().map(|row| &row["action"]).collect();
        assert!(actions.contains(&&json!("enter")) && actions.contains(&&json!("post")), "{actions:?}");
    }

    async fn nobody_posts_their_own_hours_whoever_entered_them(county: County) {
        let person = with_teacher(county);
        let colleague = teacher(county, 102, "毛建军", county.schools[0]);
        let clerk = county.add_account("centre-2", shixun_domain::access::Role::Centre, county.bureau, Some(colleague));
        let place = format!("/v1/teachers/{}/hour-entries", colleague.teacher());
        let pending = county.sign_in("centre").post(&place, record("A-1")).await.expect(201);
        let post = format!("/v1/hour-entries/{}/post", pending["id"].as_str().unwrap());
        county.caller(clerk).act(&post).await.refused(403, "entry_four_eyes");
        let place = format!("/v1/teachers/{}/hour-entries", person.teacher());
        let theirs = county.caller(clerk).post(&place, record("A-1")).await.expect(201);
        county.caller(clerk).act(&format!("/v1/hour-entries/{}/post", theirs["id"].as_str().unwrap())).await.refused(403, "entry_four_eyes");
        posted(county, &theirs).await;
        let standing = posted(county, &pending).await;
        // Nor does anybody take one's own back, or put more in their place.
        let reverse = format!("/v1/hour-entries/{}/reverse", standing["id"].as_str().unwrap());
        let more = json!({"reason": "误录", "replacement": {"nominal": "90.00", "attended": "90.00"}});
        county.caller(clerk).post(&reverse, more.clone()).await.refused(403, "entry_four_eyes");
        county.sign_in("centre").post(&reverse, more).await.refused(409, "reversal_needs_approval");
    }

    async fn one_person_lowers_hours_and_two_raise_them(county: County) {
        let person = with_teacher(county);
        let centre = county.sign_in("centre");
        let running = crate::catalogue::steps::with(record("A-1"), json!({"effective_on": "2026-05-04"}));
        let standing = entered(county, person, running).await;
        let at = |entry: &Value| format!("/v1/hour-entries/{}", entry["id"].as_str().unwrap());
        for more in [
            json!({"nominal": "40.00"}),
            json!({"attended": "25.00"}),
            json!({"factor": "1.50"}),
            json!({"days": "1.00"}),
            json!({"practice": "4.01"}),
        ] {
            let body = json!({"reason": "误录", "replacement": more});
            let told = centre.post(&format!("{}/reverse", at(&standing)), body).await.refused(409, "raise_needs_approval");
            assert!(told["detail"].as_str().unwrap().contains(&format!("{}/disputes", at(&standing))), "{told}");
        }
        let less = json!({"reason": "缺席一次", "replacement": {"attended": "20.00"}});
        let lower = centre.post(&format!("{}/reverse", at(&standing)), less).await.expect(201)["replacement"].clone();
        // What one person took away the same person does not give back.
        let back = json!({"reason": "未缺席", "replacement": {"attended": "24.50"}});
        centre.post(&format!("{}/reverse", at(&lower)), back).await.refused(409, "raise_needs_approval");
        let dispute = centre.post(&format!("{}/disputes", at(&lower)), json!({"claim": "未缺席"})).await.header("location").unwrap();
        let right = json!({"reason": "签到表属实", "replacement": {"attended": "24.50"}});
        decide(&centre, &dispute, "uphold", right.clone()).await.refused(403, "dispute_same_person");
        decide(&county.sign_in("bureau"), &dispute, "uphold", right).await.expect(200);
        assert_eq!(statement(&centre, person, "cycle=2026-2030").await["credited"], standing["credited"]);
    }

    async fn the_same_content_counts_once_in_a_cycle_by_whatever_way_it_is_entered(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let centre = county.sign_in("centre");
        let place = format!("/v1/teachers/{}/hour-entries", teacher.person.teacher());
        let dated = |reference: &str, on: &str| crate::catalogue::steps::with(record(reference), json!({"effective_on": on}));
        let first = centre.post(&place, dated("A-1", "2026-10-03")).await.expect(201);
        let told = centre.post(&place, dated("A-2", "2026-10-20")).await.refused(409, "duplicate_content");
        assert_eq!((&told["parameters"]["title"], &told["parameters"]["on"]), (&first["title"], &json!("2026-10-03")));
        // The reference that is known is the weightier reason, and nothing was taken by what was refused.
        centre.post(&place, dated("A-1", "2026-10-20")).await.refused(409, "duplicate_source");
        let records = crate::records::steps::of(teacher.person);
        let outside = json!({"category": "course", "activity": null, "title": first["title"], "hours": "15"});
        let outside = crate::catalogue::steps::with(crate::records::steps::record("K-1"), outside);
        centre.post(&records, outside.clone()).await.refused(409, "duplicate_content");
        let again = crate::catalogue::steps::with(dated("A-3", "2026-10-21"), json!({"duplicate_reason": "下半年另一期，内容已更新"}));
        let allowed = centre.post(&place, again).await.expect(201);
        assert_eq!(allowed["evidence"]["duplicate_reason"], "下半年另一期，内容已更新");
        let unneeded = json!({"title": "另一门课", "duplicate_reason": "重复"});
        let unneeded = centre.post(&place, crate::catalogue::steps::with(dated("A-4", "2026-10-21"), unneeded)).await.expect(201);
        assert_eq!(unneeded["evidence"].get("duplicate_reason"), None, "nothing had to be allowed");
        // What was voided, or taken back, stands in nobody's way.
        centre.post(&format!("/v1/hour-entries/{}/void", first["id"].as_str().unwrap()), json!({"reason": "误录"})).await.expect(201);
        centre.post(&place, dated("A-5", "2026-10-20")).await.refused(409, "duplicate_content");
        centre.post(&format!("/v1/hour-entries/{}/void", allowed["id"].as_str().unwrap()), json!({"reason": "误录"})).await.expect(201);
        let second = entered(county, teacher.person, dated("A-5", "2026-10-20")).await;
        centre.post(&records, outside.clone()).await.refused(409, "duplicate_content");
        centre.post(&format!("/v1/hour-entries/{}/reverse", second["id"].as_str().unwrap()), json!({"reason": "误录"})).await.expect(201);
        centre.post(&records, outside).await.expect(201);
        centre.post(&place, dated("A-6", "2026-10-20")).await.refused(409, "duplicate_content");
    }

    async fn nobody_applies_for_content_that_was_entered_by_hand(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let session = crate::harness::training::TestSession { content_key: "unit-design".into(), ..Default::default() };
        let (path, me) = (format!("/v1/sessions/{}/enrolments", county.add_session(session).id), county.caller(teacher.account));
        let body = json!({"effective_on": "2026-10-03", "content_key": "unit-design"});
        let made = entered(county, teacher.person, crate::catalogue::steps::with(record("A-1"), body)).await;
        let refused = me.post(&path, json!({})).await.refused(409, "content_recorded");
        let place = format!("/v1/hour-entries/{}", refused["parameters"]["record"].as_str().unwrap());
        assert_eq!(me.get(&place).await.expect(200)["followed_by"]["id"], made["id"]);
        // A correction keeps the content; taking the hours back lets go of it.
        let less = json!({"reason": "缺席", "replacement": {"attended": "20"}});
        let mended = county.sign_in("centre").post(&format!("/v1/hour-entries/{}/reverse", made["id"].as_str().unwrap()), less).await.expect(201);
        me.post(&path, json!({})).await.refused(409, "content_recorded");
        let mended = mended["replacement"]["id"].as_str().unwrap();
        county.sign_in("centre").post(&format!("/v1/hour-entries/{mended}/reverse"), json!({"reason": "误录"})).await.expect(201);
        me.post(&path, json!({})).await.expect(201);
    }

    async fn what_is_voided_was_never_hours_and_its_reference_may_come_again(county: County) {
        let person = with_teacher(county);
        let (centre, bureau) = (county.sign_in("centre"), county.sign_in("bureau"));
        let place = format!("/v1/teachers/{}/hour-entries", person.teacher());
        for round in 0..3 {
            let pending = centre.post(&place, record("A-1")).await.expect(201);
            centre.post(&place, record("A-1")).await.refused(409, "duplicate_source");
            let at = format!("/v1/hour-entries/{}", pending["id"].as_str().unwrap());
            let void = format!("{at}/void");
            bureau.post(&void, json!({"reason": "  "})).await.refused(422, "entry_reason_missing");
            let who = if round == 0 { &centre } else { &bureau };
            let done = who.post(&void, json!({"reason": "证书不符"})).await.expect(201);
            assert_eq!((&done["kind"], &done["credited"], &done["reason"]), (&json!("voided"), &json!("0.00"), &json!("证书不符")));
            bureau.act(&format!("{at}/post")).await.refused(409, "entry_already_voided");
            let read = statement(&centre, person, CYCLE).await;
            assert_eq!((&read["pending"], &read["credited"]), (&json!("0.00"), &json!("0.00")));
        }
        entered(county, person, record("A-1")).await;
        centre.post(&place, record("A-1")).await.refused(409, "duplicate_source");
        assert_eq!(statement(&centre, person, CYCLE).await["credited"], "24.50");
    }

    async fn of_many_who_post_or_void_at_once_one_does(county: County) {
        let person = with_teacher(county);
        let place = format!("/v1/teachers/{}/hour-entries", person.teacher());
        let pending = county.sign_in("centre").post(&place, record("A-1")).await.expect(201);
        let at = format!("/v1/hour-entries/{}", pending["id"].as_str().unwrap());
        let (bureau, monitor) = (county.sign_in("bureau"), county.sign_in("monitor"));
        let (post, void) = (format!("{at}/post"), format!("{at}/void"));
        let posts = (0..4).map(|_| bureau.act(&post));
        let voids = (0..4).map(|_| monitor.post(&void, json!({"reason": "误录"})));
        let (posts, voids) = futures_util::future::join(futures_util::future::join_all(posts), futures_util::future::join_all(voids)).await;
        let all: Vec<_> = posts.into_iter().chain(voids).collect();
        assert_eq!(all.iter().filter(|answer| answer.status == 201).count(), 1, "{all:#?}");
        assert!(all.iter().all(|answer| [201, 409].contains(&answer.status)), "{all:#?}");
    }

    async fn hours_that_cannot_be_are_refused_and_nothing_is_written(county: County) {
        let person = with_teacher(county);
        let centre = county.sign_in("centre");
        let place = format!("/v1/teachers/{}/hour-entries", person.teacher());
        let with = |field: &str, value: Value| {
            let mut body = record("A-1");
            body[field] = value;
            body
        };
        let cases = [
            (with("effective_on", json!("1999-01-01")), 422, "hours_before_employment"),
            (with("effective_on", json!("2026-11-24")), 422, "hours_in_future"),
            (with("nominal", json!("-1")), 422, "hours_negative"),
            (with("nominal", json!("10001")), 422, "hours_overflow"),
            (with("attended", json!("31")), 422, "hours_attended_exceed_nominal"),
            (with("practice", json!("25")), 422, "hours_practice_exceed_credited"),
            (with("nominal", json!("30.001")), 422, "invalid_field"),
            (with("nominal", json!(30)), 422, "invalid_field"),
            (with("effective_on", json!("2019-02-30")), 422, "invalid_field"),
            (with("themes", json!(["Ethics"])), 422, "invalid_field"),
            (with("title", json!("  ")), 422, "invalid_field"),
            (with("route", json!("other")), 422, "invalid_field"),
            (with("extra", json!(1)), 422, "invalid_field"),
        ];
        for (body, status, code) in cases {
            centre.post(&place, body).await.refused(status, code);
        }
        assert_eq!(centre.get(&format!("{place}?include=total")).await.expect(200)["total"], 0);
        county.sign_in("bureau").post(&place, record("A-1")).await.refused(403, "forbidden");
        county.sign_in("elsewhere-centre").post(&place, record("A-1")).await.refused(404, "not_found");
        let newcomer = teacher_since(county, 104, "转入教师", county.schools[0], "2019-02-01");
        let mut certified = with("effective_on", json!("2016-05-01"));
        let place = format!("/v1/teachers/{}/hour-entries", newcomer.teacher());
        centre.post(&place, certified.clone()).await.refused(422, "hours_before_employment");
        certified["certified_by"] = json!("松阳县教育局");
        assert_eq!(centre.post(&place, certified).await.expect(201)["source"], "opening");
        sql(county, "UPDATE persons SET retires_on = '2026-05-31' WHERE id = 104").unwrap();
        sql(county, "UPDATE employments SET valid_to = '2026-05-31' WHERE person_id = 101").unwrap();
        for teacher in [newcomer, person] {
            let place = format!("/v1/teachers/{}/hour-entries", teacher.teacher());
            let told = centre.post(&place, with("effective_on", json!("2026-06-01"))).await.refused(422, "hours_outside_employment");
            assert_eq!(told["parameters"]["day"], "2026-06-01");
            let mut last = with("effective_on", json!("2026-05-31"));
            (last["reference"], last["content_key"]) = (json!("A-2"), json!("the-last-day"));
            centre.post(&place, last).await.expect(201);
        }
    }

    async fn a_retry_with_the_same_key_enters_the_hours_once(county: County) {
        let person = with_teacher(county);
        let centre = county.sign_in("centre");
        let place = format!("/v1/teachers/{}/hour-entries", person.teacher());
        let send = || {
            centre.request(actix_web::http::Method::POST, &place).header("Idempotency-Key", "h-1").json(&record("A-1")).send()
        };
        assert_eq!(send().await.expect(201), send().await.expect(201));
        assert_eq!(centre.get(&format!("{place}?include=total")).await.expect(200)["total"], 1);
    }

    async fn a_reversal_needs_a_reason_and_happens_once(county: County) {
        let person = with_teacher(county);
        let ids = post(county, vec![entry(person, "2026-05-01", "48")]);
        let place = format!("/v1/hour-entries/{}/reverse", ids[0]);
        let bureau = county.sign_in("bureau");
        bureau.post(&place, json!({"reason": ""})).await.refused(422, "invalid_field");
        bureau.post(&place, json!({"reason": "   "})).await.refused(422, "entry_reason_missing");
        bureau.post(&place, json!({"reason": "误录", "replacement": {}})).await.refused(422, "correction_changes_nothing");
        county.sign_in("school-1").post(&place, json!({"reason": "误录"})).await.refused(403, "forbidden");
        county.sign_in("elsewhere-bureau").post(&place, json!({"reason": "误录"})).await.refused(404, "not_found");
        let done = bureau.post(&place, json!({"reason": "误录"})).await.expect(201);
        assert_eq!((&done["net"], &done["replacement"]), (&json!("-48.00"), &Value::Null));
        bureau.post(&place, json!({"reason": "误录"})).await.refused(409, "entry_already_reversed");
        let reversal = format!("/v1/hour-entries/{}/reverse", done["reversal"]["id"].as_str().unwrap());
        bureau.post(&reversal, json!({"reason": "误录"})).await.refused(409, "entry_not_posted");
        let original = bureau.get(&format!("/v1/hour-entries/{}", ids[0])).await.expect(200);
        assert_eq!(original["followed_by"], json!({"id": done["reversal"]["id"], "kind": "reversed"}));
        assert_eq!(original["credited"], "48.00", "what was posted stays as it was");
    }

    async fn a_page_of_entries_shows_nothing_twice_and_misses_nothing(county: County) {
        let person = with_teacher(county);
        let entries = (1..=7_i32).map(|n| entry(person, &format!("2017-0{}-01", (n + 1) / 2), &n.to_string())).collect();
        let ids = post(county, entries);
        let caller = county.sign_in("teacher-1");
        let mut seen = Vec::new();
        let mut path = format!("/v1/teachers/{}/hour-entries?limit=3", person.teacher());
        loop {
            let page = caller.get(&path).await.expect(200);
            seen.extend(page["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/v1/teachers/{}/hour-entries?limit=3&cursor={cursor}", person.teacher());
        }
        assert_eq!(seen, ids.iter().map(ToString::to_string).collect::<Vec<_>>());
        let some = format!("/v1/teachers/{}/hour-entries?from=2017-02-01&to=2017-03-31&kind=posted&route=self_selected", person.teacher());
        assert_eq!(caller.get(&some).await.expect(200)["data"].as_array().unwrap().len(), 4);
        caller.get(&some.replace("self_selected", "nothing")).await.refused(400, "invalid_parameter");
        county.sign_in("school-2").get(&some).await.refused(404, "not_found");
    }
}
