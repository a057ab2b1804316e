//! The demo county: it is the same for the same seed, its totals are those of a plain sum, and the main job can be walked in
//! it from an application to proven hours.

mod draft;
mod sums;

use crate::harness::{Answered, Caller, TestApp, database::Kind, database::postgres_is_here, off_runtime};
use serde_json::{Value, json};
use shixun_api::{
    chance::Chance,
    demo::{
        self, Beside, Found, Plan, Scale,
        plan::{Fate, Record},
    },
};
use shixun_domain::{
    catalogue::{Demands, SessionState, session::units_fit},
    id::AccountId,
    policy::RuleSet,
};
use shixun_persistence::{Conn, Db, DbError, accounts};
use std::collections::{BTreeMap, HashSet};
use sums::{Tally, Verdict};

pub(crate) const SMALL: Scale = Scale { schools: 6, teachers: 120 };

/// A server on a database with a demo county, and the plan of the county.
pub(crate) struct Demo {
    pub(crate) test: TestApp,
    plan: Plan,
}

/// What the county has beside its plan: codes and keys follow from a seed, so that the examples stay the same.
fn beside(password_hash: String) -> Beside {
    Beside { password_hash, public_url: "http://127.0.0.1:8080".to_owned(), chance: Chance::seeded(11) }
}

impl Demo {
    pub(crate) async fn on(kind: Kind, scale: Scale) -> Demo {
        let test = TestApp::on(kind).await;
        let plan = Plan::new(2016, scale, test.clock.now());
        let hash = test.app.auth.passwords.hash("the demo password").unwrap();
        let (db, planned) = (test.app.db.clone(), plan.clone());
        off_runtime(move || demo::make(&db, planned, beside(hash), |_| {}).unwrap());
        Demo { test, plan }
    }

    pub(crate) fn account(&self, username: &'static str) -> AccountId {
        let db = self.test.app.db.clone();
        let find = move |conn: &mut Conn| -> Result<_, DbError> { accounts::find_by_username(conn, username) };
        let found = off_runtime(move || db.read_blocking(find));
        found.unwrap().unwrap_or_else(|| panic!("no account {username}")).id
    }

    pub(crate) fn sign_in(&self, username: &'static str) -> Caller<'_> {
        self.test.caller(self.account(username))
    }
}

/// The API's words for a tally.
fn shown(tally: &Tally) -> Value {
    let hours = |hundredths: i64| format!("{}.{:02}", hundredths / 100, hundredths % 100);
    json!({
        "teachers": tally.teachers, "met": tally.met, "warn": 0, "not_yet": tally.not_yet, "failed": tally.failed,
        "owed": hours(tally.owed), "counted": hours(tally.counted), "missing": hours(tally.missing),
    })
}

async fn totals_are_those_of_a_plain_sum(kind: Kind, scale: Scale) {
    let demo = Demo::on(kind, scale).await;
    let standing = demo.sign_in("auditor").get("/v1/areas/331123/standing?cycle=2016-2020").await.expect(200);
    let (all, schools) = sums::county(&demo.plan);
    assert_eq!(standing["all"], shown(&all));
    assert!(all.met > all.teachers * 3 / 4 && all.failed > 0, "most pass, some fail: {all:?}");
    let answered: BTreeMap<&str, &Value> = standing["schools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|school| (school["organisation_name"].as_str().unwrap(), &school["tally"]))
        .collect();
    assert_eq!(answered.len(), schools.len());
    for (school, tally) in schools {
        let name = demo.plan.schools[school].name.as_str();
        assert_eq!(answered[name], &shown(&tally), "{name}");
    }
}

#[actix_web::test]
async fn the_totals_of_a_small_county_are_those_of_a_plain_sum_on_sqlite() {
    totals_are_those_of_a_plain_sum(Kind::Sqlite, SMALL).await;
}

#[actix_web::test]
async fn the_totals_of_a_small_county_are_those_of_a_plain_sum_on_postgres() {
    if postgres_is_here() {
        totals_are_those_of_a_plain_sum(Kind::Postgres, SMALL).await;
    }
}

#[actix_web::test]
async fn the_totals_of_the_whole_county_are_those_of_a_plain_sum() {
    totals_are_those_of_a_plain_sum(Kind::Sqlite, Scale::FULL).await;
}

#[test]
fn the_same_seed_and_day_make_the_same_county() {
    let now = crate::harness::start();
    assert_eq!(Plan::new(2016, SMALL, now), Plan::new(2016, SMALL, now));
    assert_ne!(Plan::new(2016, SMALL, now).teachers, Plan::new(2017, SMALL, now).teachers);
}

#[test]
fn the_county_is_as_large_as_promised_and_has_one_of_everything() {
    let plan = Plan::new(2016, Scale::FULL, crate::harness::start());
    assert_eq!((plan.schools.len(), plan.teachers.len()), (60, 2_500));
    let numbers: HashSet<&str> = plan.teachers.iter().map(|teacher| teacher.identity.as_str()).collect();
    assert!(numbers.len() == 2_500 && numbers.iter().all(|number| number.starts_with("331199")));
    let codes: HashSet<&str> = plan.schools.iter().map(|school| school.code.as_str()).collect();
    assert_eq!(codes.len(), 60);
    let of_the_cycle = plan.entries.iter().filter(|entry| entry.on.to_string().as_str() < "2021").count();
    assert!((90_000..110_000).contains(&of_the_cycle), "{of_the_cycle}");
    let corrected = |wanted: fn(&Fate) -> bool| plan.entries.iter().filter(|entry| wanted(&entry.fate)).count();
    assert!(corrected(|fate| matches!(fate, Fate::TakenBack(_))) > 50);
    assert!(corrected(|fate| matches!(fate, Fate::Mended(..))) > 50);
    let moved = plan.teachers.iter().filter(|teacher| teacher.employments.len() > 1).count();
    let left =
        plan.teachers.iter().filter(|teacher| teacher.retires_on.is_some_and(|on| on < plan.now.china_date())).count();
    let away = plan.teachers.iter().filter(|teacher| teacher.is_away(plan.now.china_date())).count();
    let new = plan.teachers.iter().filter(|teacher| teacher.probation_ends_on >= plan.now.china_date()).count();
    let posts = plan.teachers.iter().filter(|teacher| teacher.post.is_some()).count();
    assert!(moved > 20 && left > 10 && away > 5 && new > 20 && posts > 150, "{moved} {left} {away} {new} {posts}");
}

#[test]
fn most_of_those_who_fail_fail_for_the_cause_that_was_planned() {
    let plan = Plan::new(2016, Scale::FULL, crate::harness::start());
    let mut causes: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (place, teacher) in plan.teachers.iter().enumerate() {
        let Some(sum) = sums::teacher(&plan, place) else { continue };
        if teacher.entered_on.to_string().as_str() >= "2014" || teacher.post.is_some() {
            continue;
        }
        let (cause, as_planned) = match teacher.record {
            Record::Full => ("full", sum.verdict == Verdict::Met),
            Record::NoBlock => ("no block", sum.lacks_block && sum.counted >= sum.owed),
            Record::TooFew => ("too few", sum.counted < sum.owed && sum.earned < sum.owed && !sum.lacks_block),
            Record::CutByCaps => ("cut by caps", sum.counted < sum.owed && sum.earned >= sum.owed),
            Record::ThinYear(_) => ("thin year", sum.thin_years == 1 && sum.counted >= sum.owed),
            Record::OnLeave(_) => ("on leave", sum.verdict == Verdict::Met),
        };
        let count = causes.entry(cause).or_default();
        count.0 += 1;
        count.1 += usize::from(as_planned);
    }
    assert_eq!(causes.len(), 6, "{causes:?}");
    for (cause, (all, as_planned)) in causes {
        // Chance gives some a second cause beside the planned one.
        assert!(all >= 15 && as_planned * 10 >= all * 9, "{cause}: {as_planned} of {all}");
    }
}

#[test]
fn programmes_and_sessions_keep_the_rules_that_clients_are_held_to() {
    for scale in [SMALL, Scale::FULL] {
        let plan = Plan::new(2016, scale, crate::harness::start());
        for programme in &plan.programmes {
            assert!(
                programme.content.missing(&Demands::of(&RuleSet::default())).is_empty(),
                "{}",
                programme.content.name
            );
        }
        for session in &plan.sessions {
            let content = &plan.programmes[session.programme].content;
            assert!(session.terms.faults().is_empty(), "{}: {:?}", content.name, session.terms.faults());
            let slots: Vec<_> = session
                .units
                .iter()
                .map(|unit| shixun_domain::catalogue::UnitSlot {
                    id: None,
                    starts_at: unit.starts_at,
                    ends_at: unit.ends_at,
                    hours: unit.hours,
                })
                .collect();
            units_fit(&slots, session.terms.starts_on, session.terms.ends_on).unwrap();
            assert_eq!(slots.iter().map(|slot| slot.hours).sum::<shixun_domain::Hours>(), content.hours);
            let seated = session.enrolments.iter().filter(|enrolment| enrolment.status.holds_seat()).count();
            let waiting = session.enrolments.iter().filter(|enrolment| enrolment.status.waits()).count();
            assert!(seated <= session.terms.seats as usize && waiting <= session.terms.queue_places as usize);
            assert!(waiting == 0 || seated == session.terms.seats as usize, "nobody waits beside a free seat");
            assert!(session.enrolments.iter().all(|enrolment| enrolment.requested_at <= plan.now));
        }
        let with = |state: SessionState| plan.sessions.iter().filter(|session| session.state == state).count();
        assert!(
            with(SessionState::Published) > 12 && with(SessionState::Running) > 4 && with(SessionState::Closed) > 10
        );
        let queues = plan.sessions.iter().filter(|session| session.enrolments.iter().any(|one| one.status.waits()));
        assert!(queues.count() >= 2);
    }
}

async fn every_statement_has_its_grounds(kind: Kind) {
    let demo = Demo::on(kind, SMALL).await;
    let centre = demo.sign_in("centre");
    let (mut place, mut asked) = ("/v1/teachers?limit=200".to_owned(), 0);
    let teachers = rows(centre.get(&place).await);
    for teacher in &teachers {
        for query in ["cycle=2016-2020", "cycle=2021-2025"] {
            place = format!("/v1/teachers/{}/statement?{query}", id(teacher));
            let statement = centre.get(&place).await.expect(200);
            crate::ledger::grounds::every_figure_has_its_grounds(&statement);
            crate::ledger::grounds::every_requirement_has_its_leaves(&centre, &statement, query).await;
            asked += statement["entries"].as_array().unwrap().len();
        }
    }
    assert!(teachers.len() >= 120 && asked > 4_000, "{} teachers with {asked} entries", teachers.len());
}

#[actix_web::test]
async fn every_figure_of_the_demo_county_is_followed_to_its_document_on_sqlite() {
    every_statement_has_its_grounds(Kind::Sqlite).await;
}

#[actix_web::test]
async fn every_figure_of_the_demo_county_is_followed_to_its_document_on_postgres() {
    if postgres_is_here() {
        every_statement_has_its_grounds(Kind::Postgres).await;
    }
}

/// The rows of a list.
fn rows(answer: Answered) -> Vec<Value> {
    answer.expect(200)["data"].as_array().unwrap().clone()
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

async fn the_main_job_can_be_walked(kind: Kind) {
    let demo = Demo::on(kind, SMALL).await;
    let teacher = demo.sign_in("teacher-0001");
    // She applies for an open session and her school approves.
    let open = rows(teacher.get("/v1/sessions?open_now=true&q=小学语文习作").await);
    let session = id(&open[0]).to_owned();
    let eligibility = teacher.get(&format!("/v1/sessions/{session}/eligibility")).await.expect(200);
    assert_eq!(
        (&eligibility["eligible"], &eligibility["placement"]),
        (&json!(true), &json!("seat")),
        "{eligibility:#}"
    );
    let applied = teacher.post(&format!("/v1/sessions/{session}/enrolments"), json!({})).await.expect(201);
    assert_eq!(applied["status"], "applied");
    let school = demo.sign_in("school-01");
    let place = format!("/v1/enrolments/{}", id(&applied));
    assert_eq!(school.post(&format!("{place}/approve"), json!({})).await.expect(200)["status"], "confirmed");
    // Another session has met for the last time; its lecturer records who came.
    let lecturer = demo.sign_in("lecturer-01");
    let running = rows(lecturer.get("/v1/sessions?state=running&q=小学语文单元").await);
    let session = id(&running[0]).to_owned();
    let units = rows(lecturer.get(&format!("/v1/sessions/{session}/units")).await);
    let last = format!("/v1/sessions/{session}/units/{}/attendance", id(units.last().unwrap()));
    let sheet = lecturer.get(&last).await.expect(200);
    let enrolled: Vec<Value> =
        sheet["data"].as_array().unwrap().iter().map(|row| row["enrolment_id"].clone()).collect();
    assert!(enrolled.len() > 1 && sheet["data"].as_array().unwrap().iter().all(|row| row["mark"].is_null()));
    let institution = demo.sign_in("institution-01");
    let close = format!("/v1/sessions/{session}/close");
    institution.act(&close).await.refused(409, "attendance_missing");
    let marks: Vec<Value> =
        enrolled.iter().map(|enrolment| json!({"enrolment_id": enrolment, "mark": "present"})).collect();
    lecturer.put(&last, &lecturer.get(&last).await.etag(), json!({ "marks": marks })).await.expect(200);
    // The institution enters the results and closes; the statement shows the hours.
    let results: Vec<Value> = enrolled
        .iter()
        .map(|enrolment| json!({"enrolment_id": enrolment, "result": "pass", "misconduct": false}))
        .collect();
    let recorded = format!("/v1/sessions/{session}/results");
    institution
        .put(&recorded, &institution.get(&recorded).await.etag(), json!({ "results": results }))
        .await
        .expect(200);
    let me = teacher.get("/v1/me").await.expect(200);
    let me = me["teacher_id"].as_str().unwrap().to_owned();
    let statement = format!("/v1/teachers/{me}/statement");
    let before = teacher.get(&statement).await.expect(200);
    institution.act(&close).await.expect(200);
    let after = teacher.get(&statement).await.expect(200);
    let entries = |statement: &Value| statement["entries"].as_array().unwrap().len();
    assert_eq!(entries(&after), entries(&before) + 1);
    assert!(after.to_string().contains("小学语文单元整体教学设计"));
    // Another session has everything recorded already: closing it is one request.
    let ready = rows(demo.sign_in("centre").get("/v1/sessions?state=running&q=中学教师作业").await);
    institution.act(&format!("/v1/sessions/{}/close", id(&ready[0]))).await.expect(200);
}

#[actix_web::test]
async fn the_main_job_can_be_walked_on_sqlite() {
    the_main_job_can_be_walked(Kind::Sqlite).await;
}

#[actix_web::test]
async fn the_main_job_can_be_walked_on_postgres() {
    if postgres_is_here() {
        the_main_job_can_be_walked(Kind::Postgres).await;
    }
}

fn look(db: &Db) -> Found {
    let db = db.clone();
    off_runtime(move || demo::look(&db).unwrap())
}

async fn every_start_sets_the_password(kind: Kind) {
    let demo = Demo::on(kind, SMALL).await;
    let app = &demo.test.app;
    let Found::Demo(made_at) = look(&app.db) else { panic!("the county is not known again") };
    let hash = app.auth.passwords.hash("another password").unwrap();
    let now = demo.test.clock.now().plus_millis(5_000);
    let db = app.db.clone();
    let changed = off_runtime(move || demo::set_passwords(&db, made_at, &hash, now).unwrap());
    assert_eq!(changed, 6 + 6 + 2 + 15 + 120);
    let anyone = demo.sign_in("auditor");
    let sign_in = |password: &str| json!({"username": "school-01", "password": password});
    let refused = anyone.post("/v1/auth/login", sign_in("the demo password")).await;
    assert_eq!(refused.status, 401, "{}", refused.text());
    anyone.post("/v1/auth/login", sign_in("another password")).await.expect(200);
}

#[actix_web::test]
async fn every_start_sets_the_password_on_sqlite() {
    every_start_sets_the_password(Kind::Sqlite).await;
}

#[actix_web::test]
async fn every_start_sets_the_password_on_postgres() {
    if postgres_is_here() {
        every_start_sets_the_password(Kind::Postgres).await;
    }
}

#[actix_web::test]
async fn a_county_of_real_people_is_never_taken_for_the_demo() {
    let county = crate::harness::County::on(Kind::Sqlite).await;
    assert_eq!(look(&county.app.db), Found::Other);
    let empty = TestApp::on(Kind::Sqlite).await;
    assert_eq!(look(&empty.app.db), Found::Empty);
}
