//! The examples of answers in the published document are answers of the demo county: what a reader sees is what a client gets.
//!
//! `api/src/examples.json` keeps one answer for each schema. Where answers changed on purpose,
//! `SHIXUN_RECORD_EXAMPLES=1 cargo test -p shixun-tests examples` writes them anew.

use crate::{
    demo::{Demo, SMALL},
    harness::{Answered, CONTRACT, database::Kind},
};
use actix_web::http::Method;
use serde_json::{Map, Value, json};
use std::path::Path;

/// Answers by the name of their schema.
#[derive(Default)]
struct Recorded(Map<String, Value>);

impl Recorded {
    fn keep(&mut self, schema: &str, answer: &Answered) -> Value {
        assert!((200..300).contains(&answer.status), "{schema}: {}", answer.text());
        let value = answer.json();
        let mut shown = value.clone();
        // Whole lists are shown by their first rows.
        for list in ["data", "changed", "rules"] {
            if let Some(rows) = shown.get_mut(list).and_then(Value::as_array_mut) {
                rows.truncate(2);
            }
        }
        self.0.insert(schema.to_owned(), shown);
        value
    }
}

/// The example of an operation's request, so that those are known to be accepted too.
fn request_of(operation: &str) -> Value {
    let operations = CONTRACT.operations();
    let operation = operations.iter().find(|known| known.id() == Some(operation)).unwrap();
    let body = operation.request_body(CONTRACT.document()).unwrap();
    body.path(&["content", "application/json", "example"]).unwrap().value.clone()
}

fn with(mut body: Value, field: &str, value: impl Into<Value>) -> Value {
    body[field] = value.into();
    body
}

fn first(list: &Value) -> String {
    list["data"][0]["id"].as_str().unwrap().to_owned()
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

async fn record(demo: &Demo) -> Recorded {
    let mut kept = Recorded::default();
    let (auditor, centre, system) = (demo.sign_in("auditor"), demo.sign_in("centre"), demo.sign_in("system"));
    let (bureau, institution) = (demo.sign_in("bureau"), demo.sign_in("institution-01"));
    let (school, teacher) = (demo.sign_in("school-01"), demo.sign_in("teacher-0001"));

    for (schema, path) in [
        ("HealthView", "/livez"),
        ("VersionView", "/version"),
        ("AreaList", "/v1/areas?limit=2"),
        ("CycleList", "/v1/cycles"),
        ("MeView", "/v1/me"),
        ("EventList", "/v1/events?limit=2"),
        ("PolicyPackList", "/v1/policy-packs?limit=2"),
        ("ProblemKindList", "/v1/problems"),
        ("ProgrammeList", "/v1/programmes?limit=1"),
        ("StandingView", "/v1/areas/331123/standing?cycle=2016-2020"),
        ("CountySummaryView", "/v1/reports/county-summary?cycle=2016-2020"),
        ("EnrolmentList", "/v1/enrolments?limit=2"),
    ] {
        kept.keep(schema, &auditor.get(path).await);
    }
    kept.keep("RoleList", &system.get("/v1/roles").await);
    kept.keep("UserList", &system.get("/v1/users?limit=2").await);

    // Organisations and persons.
    let schools = kept.keep("OrganisationList", &centre.get("/v1/organisations?kind=school&limit=2").await);
    let home = first(&schools);
    let completion = format!("/v1/reports/school-completion?organisation_id={home}&cycle=2016-2020");
    kept.keep("SchoolCompletionView", &auditor.get(&completion).await);
    kept.keep("OrganisationView", &centre.post("/v1/organisations", request_of("create_organisation")).await);
    let mut hired = request_of("create_person");
    hired["employment"]["organisation_id"] = json!(home);
    let person = kept.keep("PersonView", &centre.post("/v1/persons", hired).await);
    let facts = format!("/v1/persons/{}", id(&person));
    for (schema, operation, kind) in [
        ("TitleHeldView", "add_title", "titles"),
        ("TeachingView", "add_teaching", "teaching"),
        ("PostView", "add_post", "posts"),
        ("LeaveView", "add_leave", "leaves"),
    ] {
        let mut body = request_of(operation);
        if body.get("organisation_id").is_some() {
            body["organisation_id"] = json!(home);
        }
        kept.keep(schema, &centre.post(&format!("{facts}/{kind}"), body).await);
    }
    let other = schools["data"][1]["id"].clone();
    let moved = with(request_of("transfer_person"), "organisation_id", other);
    kept.keep("EmploymentView", &centre.post(&format!("{facts}/transfer"), moved).await);
    kept.keep("FactsView", &centre.get(&format!("{facts}/facts")).await);
    kept.keep("RevealView", &centre.post(&format!("{facts}/reveal"), request_of("reveal_person")).await);
    kept.keep("PersonList", &centre.get("/v1/persons?limit=2").await);
    let teachers = kept.keep("TeacherList", &centre.get("/v1/teachers?limit=1").await);
    kept.keep("TeacherView", &centre.get(&format!("/v1/teachers/{}", first(&teachers))).await);
    let code = schools["data"][0]["code"].as_str().unwrap();
    let roster = format!(
        "姓名,身份证号码,学校标识码,学段,任教学科,参加工作时间\n史娟明,331199197702117489,{code},小学,数学,1999-02-01\n张三,3311991981073042,{code},小学,数学,2014-08-01\n"
    );
    let query = "kind=roster&mode=row_by_row&effective_on=2026-09-01&file_name=roster.csv";
    let file = centre.request(Method::POST, &format!("/v1/imports?{query}")).body("text/csv", roster.into_bytes());
    kept.keep("ImportView", &file.send().await);
    kept.keep("ImportList", &centre.get("/v1/imports").await);

    // Accounts.
    let mut account = request_of("create_user");
    account.as_object_mut().unwrap().remove("password");
    let user = kept.keep("NewUserView", &system.post("/v1/users", with(account, "username", "school-07")).await);
    let user = format!("/v1/users/{}", id(&user["user"]));
    kept.keep("UserView", &system.get(&user).await);
    let role = with(request_of("grant_role"), "organisation_id", home.as_str());
    kept.keep("RoleGrantView", &system.post(&format!("{user}/roles"), role).await);
    kept.keep("RoleGrantList", &system.get(&format!("{user}/roles")).await);

    // Rules.
    let drafted = centre.post("/v1/policy-packs", request_of("create_policy_pack")).await;
    let drafted = kept.keep("PolicyPackView", &drafted);
    let lint = format!("/v1/policy-packs/{}/lint", id(&drafted["pack"]));
    kept.keep("PolicyLintView", &centre.act(&lint).await);

    let trial = centre.post("/v1/policy-packs/simulate", request_of("simulate_policy_pack")).await;
    let trial = kept.keep("SimulationView", &trial);
    assert!(trial["changed_total"].as_i64() > Some(2));

    // From a programme to a seat.
    let provider = &institution.get("/v1/me").await.expect(200)["roles"][0]["organisation_id"];
    let programme = with(request_of("create_programme"), "organisation_id", provider.clone());
    kept.keep("FilingWindowView", &centre.post("/v1/filing-windows", request_of("create_filing_window")).await);
    kept.keep("FilingWindowList", &centre.get("/v1/filing-windows?limit=2").await);
    let programme = kept.keep("ProgrammeView", &institution.post("/v1/programmes", programme).await);
    let sessions = format!("/v1/programmes/{}/sessions", id(&programme));
    let session = kept.keep("SessionView", &institution.post(&sessions, request_of("create_session")).await);
    let session = format!("/v1/sessions/{}", id(&session));
    kept.keep("UnitView", &institution.post(&format!("{session}/units"), request_of("create_unit")).await);
    kept.keep("UnitList", &institution.get(&format!("{session}/units")).await);
    kept.keep("SessionList", &teacher.get("/v1/sessions?open_now=true&limit=2").await);
    let open = first(&teacher.get("/v1/sessions?open_now=true&q=小学语文习作").await.expect(200));
    kept.keep("EligibilityView", &teacher.get(&format!("/v1/sessions/{open}/eligibility")).await);
    let application = teacher.post(&format!("/v1/sessions/{open}/enrolments"), json!({})).await;
    let application = kept.keep("EnrolmentView", &application);
    let place = format!("/v1/enrolments/{}", id(&application));
    let etag = school.get(&place).await.etag();
    let approve = school.request(Method::POST, &format!("{place}/approve")).header("If-Match", &etag);
    approve.json(&request_of("approve_enrolment")).send().await.expect(200);

    // From attendance to hours.
    let ready = first(&centre.get("/v1/sessions?state=running&q=中学教师作业").await.expect(200));
    let ready = format!("/v1/sessions/{ready}");
    let met = first(&centre.get(&format!("{ready}/units")).await.expect(200));
    kept.keep("AttendanceSheetView", &centre.get(&format!("{ready}/units/{met}/attendance")).await);
    kept.keep("ClosingView", &centre.act(&format!("{ready}/close")).await);
    let who = application["teacher_id"].as_str().unwrap();
    let entered = centre.post(&format!("/v1/teachers/{who}/hour-entries"), request_of("create_hour_entry")).await;
    let entered = kept.keep("HourEntryView", &entered);
    let reverse = format!("/v1/hour-entries/{}/reverse", id(&entered));
    let mut correction = request_of("reverse_hour_entry");
    correction["replacement"]["attended"] = json!("14.00");
    kept.keep("ReversalView", &bureau.post(&reverse, correction).await);
    kept.keep("HourEntryList", &teacher.get(&format!("/v1/teachers/{who}/hour-entries?limit=2")).await);
    kept.keep("StatementView", &teacher.get(&format!("/v1/teachers/{who}/statement?cycle=2026-2030")).await);

    // A published place that changed.
    let unit = first(&centre.get(&format!("/v1/sessions/{open}/units")).await.expect(200));
    let unit = format!("/v1/units/{unit}");
    let before = centre.get(&unit).await;
    let mut changed = before.expect(200);
    changed.as_object_mut().unwrap().retain(|field, _| {
        ["content", "starts_at", "ends_at", "hours", "lecturer_name", "lecturer_id"].contains(&field.as_str())
    });
    let changed = with(with(changed, "place", "实验小学录播教室"), "reason", "报告厅检修");
    centre.put(&unit, &before.etag(), changed).await.expect(200);
    kept.keep("UnitChangeList", &centre.get(&format!("{unit}/changes")).await);
    kept
}

#[actix_web::test]
async fn the_examples_of_answers_are_answers_of_the_demo_county() {
    let demo = Demo::on(Kind::Sqlite, SMALL).await;
    let recorded = Value::Object(record(&demo).await.0);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api/src/examples.json");
    if std::env::var_os("SHIXUN_RECORD_EXAMPLES").is_some() {
        std::fs::write(&path, format!("{recorded:#}\n")).unwrap();
    }
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    for (schema, value) in recorded.as_object().unwrap() {
        assert_eq!(
            &kept[schema], value,
            "{schema}: the example is not what the server answers any more; see this file's head"
        );
    }
    assert_eq!(kept.as_object().unwrap().len(), recorded.as_object().unwrap().len(), "an example nobody answers");
}

#[test]
fn every_answer_has_an_example_and_none_has_a_gap() {
    for operation in CONTRACT.operations() {
        for (status, response) in operation.responses(CONTRACT.document()) {
            let Some(content) = response.path(&["content", "application/json"]).filter(|_| status.starts_with('2'))
            else {
                continue;
            };
            let example = content.get("example").map(|example| example.value.to_string()).unwrap_or_default();
            assert!(!example.is_empty() && !example.contains('…'), "{:?} {status}: {example}", operation.id());
        }
    }
}
