//! Refusals around applying, reviewing, withdrawing, attendance and closing.

use super::Told;
use crate::{
    catalogue::steps::{put as put_version, unit, with},
    enrolment::put,
    harness::{
        Caller, County,
        training::{TestSession, at},
    },
    ledger::fixture::{day, sql, teacher},
    planning::{answers, asks, closed, held},
    records::steps as records,
};
use serde_json::{Value, json};
use shixun_api::problem::Code;
use shixun_domain::{
    access::Role,
    catalogue::{Audience, SessionState},
    id::SessionId,
    words::Title,
};

fn enrolments(session: SessionId) -> String {
    format!("/v1/sessions/{session}/enrolments")
}

pub(super) async fn applying(told: &mut Told, county: &mut County) {
    let school = county.schools[0];
    let (one, gone) = (county.add_teacher(1, school), county.add_teacher(2, school));
    sql(county, &format!("UPDATE employments SET valid_to = '2020-01-01' WHERE person_id = {}", gone.person.number()))
        .unwrap();
    let usual = || TestSession { content_key: "usual".into(), ..TestSession::default() };
    let later = |on: &str| TestSession { starts_on: day(on), ..TestSession::default() };
    let open = county.add_session(usual()).id;
    let coming = county.add_session(later("2026-12-10")).id;
    sql(
        county,
        &format!("UPDATE sessions SET applications_open_at = '2026-11-25 00:00:00' WHERE id = {}", coming.number()),
    )
    .unwrap();
    let made = [
        (Code::SessionNotOpen, TestSession { state: SessionState::Draft, ..TestSession::default() }),
        (
            Code::ApplicationsClosed,
            TestSession { applications_close_at: at("2026-11-20T17:00:00"), ..TestSession::default() },
        ),
        (Code::SessionBegun, later("2026-11-20")),
        (
            Code::NotInAudience,
            TestSession {
                audience: Audience { titles: vec![Title::Senior], ..Audience::default() },
                ..later("2026-12-12")
            },
        ),
        (Code::ScheduleClash, TestSession::default()),
        (Code::AlreadyDoneInCycle, TestSession { content_key: "usual".into(), ..later("2026-12-15") }),
        (Code::YearlyMaximumReached, TestSession { hours: 150, ..later("2026-12-18") }),
        (Code::SessionFull, TestSession { seats: 0, ..later("2026-12-21") }),
    ];
    let me = county.caller(one.account);
    let apply = |session: SessionId| async move |me: &Caller<'_>| me.post(&enrolments(session), json!({})).await;
    told.by(Code::TeacherNotNamed, &county.sign_in("school-1"), apply(open)).await;
    told.by(Code::ApplicantNotEmployed, &county.caller(gone.account), apply(open)).await;
    told.by(Code::ApplicationsNotOpenYet, &me, apply(coming)).await;
    apply(open)(&me).await.expect(201);
    told.by(Code::AlreadyEnrolled, &me, apply(open)).await;
    let recorded = county.add_session(TestSession { content_key: "recorded".into(), ..later("2026-12-14") }).id;
    me.post(&records::of(one.person), records::with("content_key", json!("recorded"))).await.expect(201);
    told.by(Code::ContentRecorded, &me, apply(recorded)).await;
    for (code, wanted) in made {
        told.by(code, &me, apply(county.add_session(wanted).id)).await;
    }
}

pub(super) async fn after_applying(told: &mut Told, county: &mut County) {
    let one = county.add_teacher(1, county.schools[0]);
    let (me, school) = (county.caller(one.account), county.sign_in("school-1"));
    let open = county.add_session(TestSession::default()).id;
    let place = me.post(&enrolments(open), json!({})).await.header("location").unwrap();
    let review = async |me: &Caller<'_>| me.post(&format!("{place}/approve"), json!({})).await;
    review(&school).await.expect(200);
    told.by(Code::NotAwaitingReview, &school, review).await;
    let withdraw = |place: &str| {
        let path = format!("{place}/withdraw");
        async move |me: &Caller<'_>| me.act(&path).await
    };
    withdraw(&place)(&me).await.expect(200);
    told.by(Code::EnrolmentEnded, &me, withdraw(&place)).await;
    let strict = TestSession { withdraw_until: at("2026-11-22T17:00:00"), ..TestSession::default() };
    let place = me.post(&enrolments(county.add_session(strict).id), json!({})).await.header("location").unwrap();
    told.by(Code::WithdrawalClosed, &me, withdraw(&place)).await;
}

pub(super) async fn conducting(told: &mut Told, county: &mut County) {
    let one = county.add_teacher(1, county.schools[0]);
    let lecturer = teacher(county, 201, "讲师", county.schools[1]);
    county.add_account("lecturer", Role::Lecturer, county.institutions[0], Some(lecturer));
    let soon = county.add_session(TestSession {
        starts_on: day("2026-11-24"),
        lecturer: Some(lecturer),
        ..TestSession::default()
    });
    sql(county, &format!("UPDATE units SET lecturer_id = NULL WHERE id = {}", soon.units[1].number())).unwrap();
    let applied = county.caller(one.account).post(&enrolments(soon.id), json!({})).await;
    let enrolment = applied.expect(201)["id"].clone();
    county
        .sign_in("school-1")
        .post(&format!("{}/approve", applied.header("location").unwrap()), json!({}))
        .await
        .expect(200);
    let enrolment_id = enrolment.as_str().unwrap().to_owned();
    let marks = json!({"marks": [{"enrolment_id": enrolment, "mark": "present"}]});
    let record = |place: usize| {
        let (path, marks) = (format!("/v1/sessions/{}/units/{}/attendance", soon.id, soon.units[place]), marks.clone());
        async move |me: &Caller<'_>| put(me, path.clone(), marks.clone()).await
    };
    let close = async |me: &Caller<'_>| me.act(&format!("/v1/sessions/{}/close", soon.id)).await;
    told.by(Code::SessionNotRunning, &county.sign_in("institution-1"), close).await;
    county.clock.set(at("2026-11-24T09:00:00"));
    let institution = county.sign_in("institution-1");
    institution.act(&format!("/v1/sessions/{}/start", soon.id)).await.expect(200);
    told.by(Code::NotYourUnit, &county.sign_in("lecturer"), record(1)).await;
    told.by(Code::UnitNotBegun, &institution, record(1)).await;
    told.by(Code::UnitsNotOver, &institution, close).await;
    record(0)(&institution).await.expect(200);
    let held = format!("/v1/units/{}", soon.units[0]);
    let moved = with(unit("2026-11-24", 14), json!({"reason": "换教室"}));
    told.by(Code::UnitHeld, &institution, async |me: &Caller<'_>| put_version(me, &held, moved.clone()).await).await;
    county.clock.set(at("2026-11-26T09:00:00"));
    let institution = county.sign_in("institution-1");
    told.by(Code::AttendanceMissing, &institution, close).await;
    record(1)(&institution).await.expect(200);
    let missing: Value = institution.get(&format!("/v1/sessions/{}", soon.id)).await.expect(200);
    assert_eq!(missing["state"], "running");
    told.by(Code::ResultsMissing, &institution, close).await;
    let centre = json!({"role": "centre", "organisation_id": county.bureau.to_string()});
    let roles = format!("/v1/users/{}/roles", one.account);
    county.sign_in("system").post(&roles, centre).await.expect(201);
    told.by(Code::OwnTraining, &county.caller(one.account), close).await;
    let wrong = format!("/v1/enrolments/{}/corrections", enrolment_id);
    let absent =
        json!({"reason": "签到表显示缺席", "marks": [{"unit_id": soon.units[0].to_string(), "mark": "absent"}]});
    told.by(Code::EnrolmentNotSettled, &county.sign_in("centre"), async |me: &Caller<'_>| {
        me.post(&wrong, absent.clone()).await
    })
    .await;
    let again = format!("/v1/teachers/{}/repeat-allowances", one.person.teacher());
    let reason = json!({"session_id": soon.id.to_string(), "reason": "教材改版"});
    told.by(Code::NotARepeat, &county.sign_in("centre"), async |me: &Caller<'_>| me.post(&again, reason.clone()).await)
        .await;
}

pub(super) async fn evaluating(told: &mut Told, county: &mut County) {
    asks(county, "14", "void").await;
    let school = county.schools[0];
    let (one, two, absent) =
        (county.add_teacher(1, school), county.add_teacher(2, school), county.add_teacher(3, school));
    let evaluate = |place: &str| {
        let path = format!("/v1/enrolments/{place}/evaluation");
        async move |me: &Caller<'_>| me.post(&path, answers(5)).await
    };
    let coming = county.add_session(TestSession { starts_on: day("2026-12-15"), ..TestSession::default() }).id;
    let applied = county.caller(one.account).post(&enrolments(coming), json!({})).await.expect(201);
    let applied = applied["id"].as_str().unwrap().to_owned();
    told.by(Code::NoConfirmedSeat, &county.caller(one.account), evaluate(&applied)).await;
    county.sign_in("school-1").post(&format!("/v1/enrolments/{applied}/approve"), json!({})).await.expect(200);
    told.by(Code::EvaluationNotOpen, &county.caller(one.account), evaluate(&applied)).await;
    let course = held(county, &[(one, "present"), (two, "present"), (absent, "absent")], "2026-12-05").await;
    closed(county, &course).await;
    told.by(Code::NotAttended, &county.caller(absent.account), evaluate(&course.enrolments[2])).await;
    evaluate(&course.enrolments[0])(&county.caller(one.account)).await.expect(201);
    told.by(Code::AlreadyEvaluated, &county.caller(one.account), evaluate(&course.enrolments[0])).await;
    let entries = format!("/v1/teachers/{}/hour-entries", two.person.teacher());
    let entry = county.caller(two.account).get(&entries).await.expect(200)["data"][0]["id"].clone();
    let post = format!("/v1/hour-entries/{}/post", entry.as_str().unwrap());
    told.by(Code::EntryAwaitsEvaluation, &county.sign_in("centre"), async |me: &Caller<'_>| me.act(&post).await).await;
    county.clock.set(at("2026-12-21T00:00:00"));
    told.by(Code::EvaluationClosed, &county.caller(two.account), evaluate(&course.enrolments[1])).await;
}
