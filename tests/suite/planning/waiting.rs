//! Hours that wait for an evaluation: given before and after the closing, once, in time, or never.

use super::{Course, answers, asks, closed, held};
use crate::{
    check::{broken, checked},
    harness::{
        Answered, County, both,
        training::{TestTeacher, at},
    },
    ledger::{
        fixture::sql,
        parameters::{figure, publish},
    },
};
use actix_web::http::Method;
use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use shixun_api::planning::{Lapsed, lapse, lapse_in_portions};
use std::collections::BTreeSet;

async fn evaluate(county: &County, course: &Course, place: usize, teacher: TestTeacher) -> Answered {
    let path = format!("/v1/enrolments/{}/evaluation", course.enrolments[place]);
    county.caller(teacher.account).post(&path, answers(5)).await
}

async fn entries(county: &County, teacher: TestTeacher) -> Vec<Value> {
    let path = format!("/v1/teachers/{}/hour-entries", teacher.person.teacher());
    let list = county.caller(teacher.account).get(&path).await.expect(200);
    list["data"].as_array().unwrap().clone()
}

/// Kinds and hours of a teacher's entries.
async fn chain(county: &County, teacher: TestTeacher) -> Vec<String> {
    let text = |entry: &Value| format!("{} {}", entry["kind"].as_str().unwrap(), entry["credited"].as_str().unwrap());
    entries(county, teacher).await.iter().map(text).collect()
}

async fn statement(county: &County, teacher: TestTeacher) -> Value {
    let path = format!("/v1/teachers/{}/statement?cycle=2026-2030", teacher.person.teacher());
    county.caller(teacher.account).get(&path).await.expect(200)
}

async fn enrolment(county: &County, course: &Course, place: usize) -> Value {
    let path = format!("/v1/enrolments/{}", course.enrolments[place]);
    county.sign_in("institution-1").get(&path).await.expect(200)
}

fn clean(county: &County) {
    let checked = checked(county);
    assert_eq!(broken(&checked), BTreeSet::new(), "{checked:#?}");
}

fn three(county: &mut County) -> [TestTeacher; 3] {
    [1, 2, 3].map(|number| county.add_teacher(number, county.schools[0]))
}

async fn pass(county: &County) -> Lapsed {
    lapse(&county.app.db, county.clock.now()).await.unwrap()
}

both! {
    // pitfalls.md 22
    async fn an_absent_person_cannot_evaluate_before_or_after_the_closing(county: County) {
        asks(county, "14", "void").await;
        let [here, absent, other] = three(county);
        let course = held(county, &[(here, "present"), (absent, "absent")], "2026-12-05").await;
        evaluate(county, &course, 1, absent).await.refused(409, "not_attended");
        evaluate(county, &course, 1, other).await.refused(404, "not_found");
        let done = closed(county, &course).await;
        assert_eq!((&done["awaiting_evaluation"], &done["hours_awaiting"], &done["hours_posted"]), (&json!(1), &json!("8.00"), &json!("0.00")));
        evaluate(county, &course, 1, absent).await.refused(409, "not_attended");
        assert_eq!(chain(county, absent).await, ["posted 0.00"], "nothing to wait for");
        assert_eq!(enrolment(county, &course, 1).await["evaluation"], Value::Null, "not asked");
        let read = county.sign_in("monitor").get(&format!("/v1/sessions/{}/evaluations", course.id)).await.expect(200);
        assert_eq!((&read["asked"], &read["answered"]), (&json!(1), &json!(0)));
        clean(county);
    }

    // pitfalls.md 23
    async fn without_an_evaluation_hours_stay_pending_and_are_voided_when_its_time_is_over(county: County) {
        asks(county, "14", "void").await;
        let [early, late, never] = three(county);
        let everybody = [(early, "present"), (late, "present"), (never, "present")];
        let course = held(county, &everybody, "2026-12-05").await;
        evaluate(county, &course, 0, early).await.expect(201);
        let done = closed(county, &course).await;
        assert_eq!((&done["completed"], &done["awaiting_evaluation"]), (&json!(3), &json!(2)));
        assert_eq!((&done["hours_posted"], &done["hours_awaiting"]), (&json!("8.00"), &json!("16.00")));
        assert_eq!(chain(county, early).await, ["posted 8.00"], "evaluated before");
        assert_eq!(chain(county, late).await, ["pending 8.00"]);
        let owed = json!({"state": "owed", "until": "2026-12-20", "missed": "void"});
        assert_eq!(enrolment(county, &course, 1).await["evaluation"], owed);
        assert_eq!(enrolment(county, &course, 0).await["evaluation"], json!({"state": "given", "until": null, "missed": null}));
        let shown = statement(county, late).await;
        assert_eq!((&shown["pending"], &shown["credited"]), (&json!("8.00"), &json!("0.00")));
        let waits = &shown["pending_entries"][0]["awaits"];
        assert_eq!((&waits["step"], &waits["until"], &waits["missed"]), (&json!("evaluation"), &json!("2026-12-20"), &json!("void")));
        assert_eq!(waits["text_zh"], "待本人评价该班期，评价后入账；截至2026-12-20（含当日）未评价的，学时作废。");
        clean(county);

        evaluate(county, &course, 1, late).await.expect(201);
        assert_eq!(chain(county, late).await, ["pending 8.00", "posted 8.00"]);
        let posted = entries(county, late).await[1].clone();
        assert_eq!(posted["recognised_by"], county.account("institution-1").to_string(), "who closed the session recognised them");
        let shown = statement(county, late).await;
        assert_eq!((&shown["pending"], &shown["credited"], &shown["pending_entries"]), (&json!("0.00"), &json!("8.00"), &json!([])));
        assert_eq!(enrolment(county, &course, 1).await["evaluation"]["state"], "given");
        clean(county);

        county.clock.set(at("2026-12-20T23:59:59"));
        assert_eq!(pass(county).await, Lapsed::default(), "until the end of the day in China");
        county.clock.set(at("2026-12-21T00:00:00"));
        evaluate(county, &course, 2, never).await.refused(409, "evaluation_closed");
        assert_eq!(pass(county).await, Lapsed { missed: 1, posted: 0, voided: 1 });
        assert_eq!(pass(county).await, Lapsed::default(), "once");
        assert_eq!(chain(county, never).await, ["pending 8.00", "voided 0.00"]);
        let voided = entries(county, never).await[1].clone();
        assert_eq!((&voided["reason"], &voided["recognised_by"]), (&json!("至2026-12-20未评价 / not evaluated by 2026-12-20"), &Value::Null));
        assert_eq!(enrolment(county, &course, 2).await["evaluation"]["state"], "missed");
        evaluate(county, &course, 2, never).await.refused(409, "evaluation_closed");
        let log = county.sign_in("auditor").get("/v1/events?action=lapse").await.expect(200);
        assert_eq!((log["data"].as_array().unwrap().len(), &log["data"][0]["actor_id"]), (1, &Value::Null), "done by the system");
        clean(county);
    }

    async fn a_pack_may_have_the_hours_posted_when_the_time_is_over(county: County) {
        asks(county, "1", "post").await;
        let [here, failed, _] = three(county);
        let course = held(county, &[(here, "present"), (failed, "present")], "2026-12-05").await;
        let fails = json!({"results": [{"enrolment_id": course.enrolments[1], "result": "fail", "misconduct": false}]});
        crate::enrolment::put(&county.sign_in("institution-1"), format!("/v1/sessions/{}/results", course.id), fails).await.expect(200);
        closed(county, &course).await;
        assert_eq!(chain(county, failed).await, ["posted 0.00"], "earned nothing, and is asked all the same");
        assert_eq!(enrolment(county, &course, 1).await["evaluation"], json!({"state": "owed", "until": "2026-12-07", "missed": null}));
        county.clock.set(at("2026-12-08T00:00:00"));
        assert_eq!(pass(county).await, Lapsed { missed: 2, posted: 1, voided: 0 });
        assert_eq!(chain(county, here).await, ["pending 8.00", "posted 8.00"]);
        let [pending, posted] = &entries(county, here).await[..] else { panic!("two entries") };
        for field in ["recognised_on", "recognised_by", "policy", "effective_on", "days", "evidence", "nominal"] {
            assert_eq!(posted[field], pending[field], "{field} is that of the closing");
        }
        assert_eq!(chain(county, failed).await, ["posted 0.00"]);
        clean(county);
    }

    async fn without_the_setting_hours_never_wait_and_an_evaluation_is_voluntary(county: County) {
        let [one, two, _] = three(county);
        let course = held(county, &[(one, "present"), (two, "present")], "2026-12-05").await;
        evaluate(county, &course, 0, one).await.expect(201);
        let done = closed(county, &course).await;
        assert_eq!((&done["hours_posted"], &done["awaiting_evaluation"], &done["hours_awaiting"]), (&json!("16.00"), &json!(0), &json!("0.00")));
        assert_eq!(enrolment(county, &course, 1).await["evaluation"], Value::Null);
        county.clock.set(at("2027-06-01T08:00:00"));
        assert_eq!(pass(county).await, Lapsed::default());
        evaluate(county, &course, 1, two).await.expect(201);
        assert_eq!(chain(county, two).await, ["posted 8.00"]);
        clean(county);
    }

    async fn a_retry_is_one_evaluation_and_a_second_client_is_told_so(county: County) {
        asks(county, "14", "void").await;
        let [me, ..] = three(county);
        let course = held(county, &[(me, "present")], "2026-12-05").await;
        closed(county, &course).await;
        let path = format!("/v1/enrolments/{}/evaluation", course.enrolments[0]);
        let phone = county.caller(me.account);
        let tried = phone.post(&format!("{path}?dry_run=true"), answers(3)).await.expect(201);
        assert_eq!(chain(county, me).await, ["pending 8.00"], "only tried");
        phone.get(&path).await.refused(404, "not_found");
        let send = || phone.request(Method::POST, &path).header("Idempotency-Key", "evaluate-1").json(&answers(3)).send();
        let (first, again) = (send().await, send().await);
        assert_eq!((first.expect(201), &first.json()), (again.expect(201), &tried));
        assert_eq!(again.header("idempotency-hit").as_deref(), Some("true"));
        phone.post(&path, answers(5)).await.refused(409, "already_evaluated");
        assert_eq!(phone.get(&path).await.expect(200)["aims"], 3);
        assert_eq!(chain(county, me).await, ["pending 8.00", "posted 8.00"]);
    }

    async fn of_many_clients_one_evaluates_and_the_hours_are_posted_once(county: County) {
        asks(county, "14", "void").await;
        let [me, ..] = three(county);
        let course = held(county, &[(me, "present")], "2026-12-05").await;
        closed(county, &course).await;
        let answered = join_all((0..6).map(|_| evaluate(county, &course, 0, me))).await;
        assert_eq!(answered.iter().filter(|answer| answer.status == 201).count(), 1);
        for late in answered.iter().filter(|answer| answer.status != 201) {
            late.refused(409, "already_evaluated");
        }
        assert_eq!(chain(county, me).await, ["pending 8.00", "posted 8.00"]);
        clean(county);
    }

    async fn a_closing_and_an_evaluation_at_once_leave_the_hours_posted(county: County) {
        asks(county, "14", "void").await;
        let [me, ..] = three(county);
        let course = held(county, &[(me, "present")], "2026-12-05").await;
        let (done, given) = join(closed(county, &course), evaluate(county, &course, 0, me)).await;
        given.expect(201);
        assert_eq!(done["completed"], 1);
        let chain = chain(county, me).await;
        assert!(chain == ["posted 8.00"] || chain == ["pending 8.00", "posted 8.00"], "{chain:?}");
        clean(county);
    }

    async fn of_an_evaluation_and_a_pass_whose_clock_is_ahead_one_decides(county: County) {
        asks(county, "14", "void").await;
        let [me, ..] = three(county);
        let course = held(county, &[(me, "present")], "2026-12-05").await;
        closed(county, &course).await;
        county.clock.set(at("2026-12-20T23:59:59"));
        let ahead = lapse(&county.app.db, at("2026-12-21T00:00:00"));
        let (given, lapsed) = join(evaluate(county, &course, 0, me), ahead).await;
        match lapsed.unwrap().missed {
            0 => {
                given.expect(201);
                assert_eq!(chain(county, me).await, ["pending 8.00", "posted 8.00"]);
            }
            _ => {
                given.refused(409, "evaluation_closed");
                assert_eq!(chain(county, me).await, ["pending 8.00", "voided 0.00"]);
            }
        }
        clean(county);
    }

    async fn passes_of_several_servers_and_in_portions_end_the_waiting_once(county: County) {
        asks(county, "14", "void").await;
        let teachers = three(county);
        let course = held(county, &teachers.map(|teacher| (teacher, "present")), "2026-12-05").await;
        closed(county, &course).await;
        county.clock.set(at("2026-12-21T00:00:00"));
        let (db, now) = (&county.app.db, county.clock.now());
        let done = join_all([1, 2, 50].map(|portion| lapse_in_portions(db, now, portion))).await;
        let sum = |of: fn(&Lapsed) -> usize| done.iter().map(|one| of(one.as_ref().unwrap())).sum::<usize>();
        assert_eq!((sum(|one| one.missed), sum(|one| one.voided), sum(|one| one.posted)), (3, 3, 0));
        for teacher in teachers {
            assert_eq!(chain(county, teacher).await, ["pending 8.00", "voided 0.00"]);
        }
        clean(county);
    }

    async fn the_day_stays_what_it_was_at_the_closing_whatever_packs_say_later(county: County) {
        asks(county, "14", "post").await;
        let [me, ..] = three(county);
        let course = held(county, &[(me, "present")], "2026-12-05").await;
        closed(county, &course).await;
        publish(county, json!({"version": 2, "evaluation_days": figure("60"), "evaluation_missed": figure("void")})).await;
        county.clock.set(at("2026-12-21T00:00:00"));
        assert_eq!(pass(county).await, Lapsed { missed: 1, posted: 1, voided: 0 });
    }

    async fn hours_are_those_of_the_school_of_the_course_though_the_teacher_moved_before_evaluating(county: County) {
        asks(county, "30", "void").await;
        let [me, ..] = three(county);
        let course = held(county, &[(me, "present")], "2026-12-05").await;
        closed(county, &course).await;
        county.clock.set(at("2026-12-20T09:00:00"));
        let place = format!("/v1/persons/{}/transfer", me.person);
        let moved = json!({"organisation_id": county.schools[1].to_string(), "on": "2026-12-15"});
        county.sign_in("centre").post(&place, moved).await.expect(200);
        evaluate(county, &course, 0, me).await.expect(201);
        let posted = entries(county, me).await[1].clone();
        assert_eq!((&posted["kind"], &posted["organisation_id"]), (&json!("posted"), &json!(county.schools[0].to_string())));
        clean(county);
    }

    async fn nobody_posts_voids_or_reverses_waiting_hours_by_hand(county: County) {
        asks(county, "14", "post").await;
        let [me, ..] = three(county);
        let course = held(county, &[(me, "present")], "2026-12-05").await;
        closed(county, &course).await;
        let entry = format!("/v1/hour-entries/{}", entries(county, me).await[0]["id"].as_str().unwrap());
        county.sign_in("bureau").act(&format!("{entry}/post")).await.refused(409, "entry_awaits_evaluation");
        let reason = json!({"reason": "代签到，经查实"});
        for step in ["void", "reverse"] {
            county.sign_in("centre").post(&format!("{entry}/{step}"), reason.clone()).await.refused(409, "entry_awaits_evaluation");
        }
        let list = county.sign_in("centre").get(&format!("/v1/enrolments?teacher_id={}", me.person.teacher())).await.expect(200);
        let correct = format!("/v1/enrolments/{}/corrections", list["data"][0]["id"].as_str().unwrap());
        let misconduct = json!({"reason": "代签到，经查实", "misconduct": true});
        county.sign_in("centre").post(&correct, misconduct.clone()).await.refused(409, "entry_awaits_evaluation");
        evaluate(county, &course, 0, me).await.expect(201);
        county.sign_in("centre").post(&correct, misconduct).await.expect(201);
        assert_eq!(chain(county, me).await, ["pending 8.00", "posted 8.00", "reversed -8.00", "posted 0.00"]);
        clean(county);
    }

    async fn waiting_hours_posted_behind_the_back_are_found(county: County) {
        asks(county, "14", "void").await;
        let [one, two, three] = three(county);
        let course = held(county, &[one, two, three].map(|teacher| (teacher, "present")), "2026-12-05").await;
        closed(county, &course).await;
        evaluate(county, &course, 0, one).await.expect(201);
        clean(county);
        let post = |teacher: TestTeacher, by: &str, key: &str| {
            let (person, columns) = (teacher.person.number(), "area, person_id, route, delivery_form, level, themes, title, source_kind, \
                source_area, source_id, nominal, attended, factor, credited, practice, effective_on, policy");
            format!("INSERT INTO hour_entries (id, kind, refers_to, circumstances, source_key, recognised_by, created_at, {columns}) \
                SELECT id + 100000, 'posted', id, 'days:2.00', '{key}', {by}, '2026-12-06 05:00:00', {columns} FROM hour_entries \
                WHERE person_id = {person} AND kind = 'pending'")
        };
        sql(county, &post(two, "recognised_by", "release:1")).unwrap();
        let now = checked(county);
        assert_eq!(broken(&now), ["session_hours_wait"].into());
        let found = now.iter().find(|one| one.name == "session_hours_wait").unwrap();
        assert!(found.breaches[0].detail.contains("without an evaluation"), "{found:?}");
        sql(county, &post(three, &county.account("centre").number().to_string(), "post:1")).unwrap();
        let now = checked(county);
        let found = now.iter().find(|one| one.name == "session_hours_wait").unwrap();
        assert_eq!(found.count, 2, "{found:?}");
        assert!(found.breaches.iter().any(|breach| breach.detail.contains("somebody else")), "{found:?}");
    }

    async fn the_rows_of_evaluations_are_never_changed(county: County) {
        let [me, ..] = three(county);
        let course = held(county, &[(me, "present")], "2026-12-05").await;
        evaluate(county, &course, 0, me).await.expect(201);
        for statement in ["UPDATE evaluations SET aims = 1", "DELETE FROM evaluations"] {
            assert!(sql(county, statement).is_err(), "{statement}");
        }
    }
}
