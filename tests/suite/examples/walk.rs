//! One walk through the demo county that asks every operation once, each time in a state in which a client would ask.

use super::{Shown, example, id, with};
use crate::{
    demo::Demo,
    harness::{Caller, training::at, witness},
    log::sequenced,
};
use actix_web::http::Method;
use serde_json::{Value, json};
use shixun_api::log::Look;
use shixun_domain::{UtcMillis, log::SignedNote};

/// The rows of a list that is asked for without being shown.
async fn rows(caller: &Caller<'_>, path: &str) -> Vec<Value> {
    caller.get(path).await.expect(200)["data"].as_array().unwrap().clone()
}

pub(super) async fn walk(demo: &Demo) -> Shown {
    let mut shown = Shown::default();
    system(demo, &mut shown).await;
    organisations(demo, &mut shown).await;
    people(demo, &mut shown).await;
    accounts(demo, &mut shown).await;
    rules(demo, &mut shown).await;
    reports(demo, &mut shown).await;
    hours(demo, &mut shown).await;
    certificates(demo, &mut shown).await;
    closing(demo, &mut shown).await;
    let programme = programme(demo, &mut shown).await;
    let session = session(demo, &mut shown, &programme).await;
    let seated = applications(demo, &mut shown, &session).await;
    conduct(demo, &mut shown, &session, &seated).await;
    let object = session.rsplit('/').next().unwrap();
    shown.get(&demo.sign_in("auditor"), &format!("/v1/events?object_id={object}&limit=2")).await;
    log(demo, &mut shown).await;
    super::outside::outside(demo, &mut shown).await;
    super::again::again(demo, &mut shown, &programme, (&session, &seated)).await;
    super::evaluations::evaluations(demo, &mut shown).await;
    super::timetable::timetable(demo, &mut shown, &session).await;
    super::staff::staff(demo, &mut shown).await;
    super::outside::waiting(demo, &mut shown).await;
    // What is added is asked here: before the others it would change their numbers and the log they are shown.
    shown
}

async fn system(demo: &Demo, shown: &mut Shown) {
    let auditor = demo.sign_in("auditor");
    for path in [
        "/livez",
        "/readyz",
        "/version",
        "/v1/problems",
        "/v1/problems/fields",
        "/v1/areas?parent=331100&limit=3",
        "/v1/me",
    ] {
        shown.get(&auditor, path).await;
    }
}

async fn organisations(demo: &Demo, shown: &mut Shown) {
    let centre = demo.sign_in("centre");
    shown.get(&centre, "/v1/organisations?kind=school&limit=2").await;
    let bureau = &rows(&centre, "/v1/organisations?kind=bureau").await[0];
    let school = with(example("OrganisationIn"), json!({"parent_id": bureau["id"]}));
    let made = shown.post(&centre, "/v1/organisations", school.clone()).await;
    let place = format!("/v1/organisations/{}", id(&made));
    shown.get(&centre, &place).await;
    shown.put(&centre, &place, with(school, json!({"name": "实验小学教育集团"}))).await;
}

async fn people(demo: &Demo, shown: &mut Shown) {
    let centre = demo.sign_in("centre");
    let schools = rows(&centre, "/v1/organisations?kind=school&stage=primary&limit=2").await;
    let (home, other) = (&schools[0]["id"], &schools[1]["id"]);
    let hired = with(example("PersonIn"), json!({"employment": {"organisation_id": home, "valid_from": "2014-08-01"}}));
    let person = shown.post(&centre, "/v1/persons", hired).await;
    let place = format!("/v1/persons/{}", id(&person));
    shown.get(&centre, &place).await;
    shown.ask(&centre, Method::PATCH, &place, Some(example("PersonChangeIn"))).await;
    shown.get(&centre, "/v1/persons?limit=2").await;
    for (schema, kind) in [("TitleHeldIn", "titles"), ("TeachingIn", "teaching"), ("LeaveIn", "leaves")] {
        shown.post(&centre, &format!("{place}/{kind}"), example(schema)).await;
    }
    let post = with(example("PostIn"), json!({"organisation_id": home}));
    shown.post(&centre, &format!("{place}/posts"), post).await;
    // Lent to another school and back: a gap, an entry, a move.
    let facts = centre.get(&format!("{place}/facts")).await.expect(200);
    let first = format!("{place}/employments/{}/end", id(&facts["employments"][0]));
    shown.post(&centre, &first, json!({"last_day": "2019-07-31"})).await;
    let lent = json!({"organisation_id": other, "valid_from": "2019-08-01"});
    shown.post(&centre, &format!("{place}/employments"), lent).await;
    let back = json!({"organisation_id": home, "on": "2020-08-01"});
    shown.post(&centre, &format!("{place}/transfer"), back).await;
    shown.get(&centre, &format!("{place}/facts")).await;
    shown.post(&centre, &format!("{place}/reveal"), example("RevealIn")).await;
    shown.get(&centre, "/v1/teachers?limit=1").await;
    let teacher = &rows(&centre, "/v1/teachers?subject=语文&limit=1").await[0];
    shown.get(&centre, &format!("/v1/teachers/{}", id(teacher))).await;
    let code = schools[0]["code"].as_str().unwrap();
    let roster = format!(
        "姓名,身份证号码,学校标识码,学段,任教学科,参加工作时间\n史娟明,331199197702117489,{code},小学,数学,1999-02-01\n张三,3311991981073042,{code},小学,数学,2014-08-01\n"
    );
    let path = "/v1/imports?kind=roster&mode=row_by_row&effective_on=2026-09-01&file_name=roster.csv";
    let import = centre.request(Method::POST, path).body("text/csv", roster.clone().into_bytes()).send().await;
    shown.keep(&Method::POST, path, Some(json!(roster)), &import);
    shown.get(&centre, &format!("/v1/imports/{}", id(&import.json()))).await;
    shown.get(&centre, "/v1/imports").await;
    for export in ["roster", "records", "organisations"] {
        shown.text(&centre, &format!("/v1/exports/{export}?format=csv"), "text/csv").await;
    }
}

async fn accounts(demo: &Demo, shown: &mut Shown) {
    let system = demo.sign_in("system");
    shown.get(&system, "/v1/roles").await;
    let school = &rows(&system, "/v1/organisations?kind=school&limit=1").await[0]["id"];
    let made = shown.post(&system, "/v1/users", json!({"username": "school-07"})).await;
    let user = format!("/v1/users/{}", id(&made["user"]));
    shown.get(&system, &user).await;
    shown.get(&system, "/v1/users?limit=2").await;
    let role = json!({"role": "school_administrator", "organisation_id": school, "valid_from": "2026-09-01"});
    let grant = shown.post(&system, &format!("{user}/roles"), role).await;
    shown.get(&system, &format!("{user}/roles")).await;
    shown.post(&system, &format!("{user}/roles/{}/end", id(&grant)), json!({"last_day": "2027-08-31"})).await;
    for (path, schema) in [(format!("{user}/password"), "PasswordIn"), ("/v1/me/password".to_owned(), "OwnPasswordIn")]
    {
        let mut body = example(schema);
        if let Some(old) = body.get_mut("old_password") {
            *old = json!("the demo password");
        }
        shown.ask(&system, Method::POST, &path, Some(body)).await;
    }
    // Whoever changed the own password signs in again.
    demo.test.advance_millis(1_000);
    let system = demo.sign_in("system");
    shown.act(&system, &format!("{user}/disable")).await;
    shown.act(&system, &format!("{user}/enable")).await;
}

async fn rules(demo: &Demo, shown: &mut Shown) {
    let (centre, bureau) = (demo.sign_in("centre"), demo.sign_in("bureau"));
    shown.get(&centre, "/v1/cycles").await;
    shown.get(&centre, "/v1/areas/331123/themes").await;
    shown.get(&centre, "/v1/policy-packs?limit=2").await;
    let trial = shown.post(&centre, "/v1/policy-packs/simulate", example("SimulationIn")).await;
    assert!(trial["changed_total"].as_i64() > Some(2));
    let as_job = "/v1/policy-packs/simulate?as_job=true";
    let first = shown.post(&centre, as_job, example("SimulationIn")).await;
    let second = centre.post(as_job, example("SimulationIn")).await.expect(202);
    crate::jobs::run_next(&demo.test);
    demo.test.advance_millis(1_000);
    shown.act(&centre, &format!("/v1/jobs/{}/cancel", id(&second))).await;
    let told = shown.get(&centre, &format!("/v1/jobs/{}", id(&first))).await;
    assert_eq!(told["result"], trial, "the same at once and as a job");
    shown.get(&centre, "/v1/jobs?limit=2").await;
    let draft = shown.post(&centre, "/v1/policy-packs", example("PolicyDocument")).await;
    let place = format!("/v1/policy-packs/{}", id(&draft["pack"]));
    shown.get(&centre, &place).await;
    shown.act(&centre, &format!("{place}/lint")).await;
    shown
        .put(&centre, &place, with(example("PolicyDocument"), json!({"zh": "遂昌县教师培训学时规定（修订稿）"})))
        .await;
    shown.act(&bureau, &format!("{place}/publish")).await;
    let spare = with(example("PolicyDocument"), json!({"version": 99}));
    let spare = centre.post("/v1/policy-packs", spare).await.expect(201);
    let spare = format!("/v1/policy-packs/{}", id(&spare["pack"]));
    shown.ask(&centre, Method::DELETE, &spare, None).await;
}

async fn reports(demo: &Demo, shown: &mut Shown) {
    let auditor = demo.sign_in("auditor");
    let school = rows(&auditor, "/v1/organisations?kind=school&stage=kindergarten&limit=1").await[0]["id"].clone();
    let school = school.as_str().unwrap();
    let when = "cycle=2016-2020&as_of=2020-12-31";
    for path in [
        format!("/v1/areas/331123/standing?{when}"),
        format!("/v1/organisations/{school}/standing?{when}"),
        format!("/v1/reports/county-summary?{when}"),
        format!("/v1/reports/school-completion?organisation_id={school}&{when}"),
    ] {
        shown.get(&auditor, &path).await;
        if path.contains("/reports/") {
            shown.text(&auditor, &format!("{path}&format=csv"), "text/csv").await;
        }
    }
}

async fn hours(demo: &Demo, shown: &mut Shown) {
    let (centre, bureau, teacher) = (demo.sign_in("centre"), demo.sign_in("bureau"), demo.sign_in("teacher-0001"));
    let me = teacher.get("/v1/me").await.expect(200);
    let me = format!("/v1/teachers/{}", me["teacher_id"].as_str().unwrap());
    let entered = shown.post(&centre, &format!("{me}/hour-entries"), example("HourEntryIn")).await;
    let pending = format!("/v1/hour-entries/{}", id(&entered));
    shown.get(&teacher, &pending).await;
    shown.act(&bureau, &format!("{pending}/post")).await;
    let doubtful =
        with(example("HourEntryIn"), json!({"title": "苏州大学教育硕士暑期班", "reference": "苏大培字2019-0732"}));
    let doubtful = centre.post(&format!("{me}/hour-entries"), doubtful).await.expect(201);
    shown.post(&bureau, &format!("/v1/hour-entries/{}/void", id(&doubtful)), example("VoidIn")).await;
    // What belongs to a cycle that is over is corrected by two people; this one's is not.
    let recent = with(
        example("HourEntryIn"),
        json!({"effective_on": "2026-07-03", "reference": "苏大培字2026-0731", "unreviewed": null}),
    );
    let recent = centre.post(&format!("{me}/hour-entries"), recent).await.expect(201);
    let recent = bureau.act(&format!("/v1/hour-entries/{}/post", id(&recent))).await.expect(201);
    shown.post(&bureau, &format!("/v1/hour-entries/{}/reverse", id(&recent)), example("ReversalIn")).await;
    let document = json!({"code": "SC-ZH", "version": 1, "area": "331123", "valid": {"from": "2026-01-01"}, "zh": "其他形式转换标准",
        "en": "conversion table", "sources": {"A": {"title": "遂昌县教育局关于其他形式转换的规定"}}, "rules": [],
        "conversions": [example("PolicyConversion")]});
    let draft = centre.post("/v1/policy-packs", document).await.expect(201);
    bureau.act(&format!("/v1/policy-packs/{}/publish", id(&draft["pack"]))).await.expect(200);
    shown.get(&teacher, "/v1/areas/331123/conversions?on=2026-04-15").await;
    shown.post(&centre, &format!("{me}/conversions"), example("ConversionIn")).await;
    let waiver = shown.post(&centre, &format!("{me}/waivers"), example("WaiverIn")).await;
    let waiver = format!("/v1/waivers/{}", id(&waiver));
    shown.post(&bureau, &format!("{waiver}/decide"), example("WaiverDecisionIn")).await;
    shown.post(&bureau, &format!("{waiver}/revoke"), example("WaiverRevocationIn")).await;
    shown.get(&teacher, &waiver).await;
    shown.get(&teacher, &format!("{me}/waivers")).await;
    shown.get(&teacher, &format!("{me}/hour-entries?from=2019-07-01&to=2019-07-31&limit=2")).await;
    shown.get(&teacher, &format!("{me}/statement?cycle=2016-2020&as_of=2020-12-31")).await;
    shown.get(&teacher, &format!("{me}/requirements?cycle=2016-2020&as_of=2020-12-31&rule=year.floor&year=2017")).await;
}

async fn log(demo: &Demo, shown: &mut Shown) {
    let (auditor, monitor) = (demo.sign_in("auditor"), demo.sign_in("monitor"));
    sequenced(&demo.test, Look::All);
    let older = rows(&auditor, "/v1/log/checkpoints").await[0]["size"].clone();
    let entry = rows(&auditor, "/v1/events?limit=1").await[0]["id"].clone();
    shown.get(&auditor, &format!("/v1/log/proofs/inclusion?id={}", entry.as_str().unwrap())).await;
    let note: SignedNote = auditor.get(&format!("/v1/log/checkpoints/{older}")).await.expect(200)["note"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let line = witness().cosign(note.text(), u64::try_from(demo.test.clock.now().millis() / 1_000).unwrap());
    shown.post(&monitor, &format!("/v1/log/checkpoints/{older}/cosignatures"), json!({"line": line.trim_end()})).await;
    sequenced(&demo.test, Look::New);
    let newer = shown.get(&auditor, "/v1/log/checkpoints?limit=2").await["data"][0]["size"].clone();
    shown.get(&auditor, &format!("/v1/log/checkpoints/{older}")).await;
    shown.get(&auditor, &format!("/v1/log/proofs/consistency?from={older}&to={newer}")).await;
    shown.text(&auditor, &format!("/v1/log/checkpoints/{older}"), "text/plain").await;
    for accept in ["application/json", "text/plain"] {
        shown.text(&demo.test.anonymous(), "/v1/log/keys?area=331123", accept).await;
    }
}

async fn certificates(demo: &Demo, shown: &mut Shown) {
    let (centre, teacher, nobody) = (demo.sign_in("centre"), demo.sign_in("teacher-0001"), demo.test.anonymous());
    let me = teacher.get("/v1/me").await.expect(200);
    let own = format!("/v1/teachers/{}/certificates", me["teacher_id"].as_str().unwrap());
    let first = teacher.post(&own, example("CertificateIn")).await.expect(201);
    demo.test.advance_millis(1_000);
    let second = shown.post(&teacher, &own, example("CertificateIn")).await;
    let place = format!("/v1/certificates/{}", id(&second));
    shown.get(&teacher, &place).await;
    shown.text(&teacher, &format!("{place}/file?format=vc"), "application/vc+jwt").await;
    shown.get(&nobody, "/v1/issuers/331123").await;
    shown.ask(&nobody, Method::GET, "/v1/status-lists/331123/refresh/1", None).await;
    shown.post(&nobody, "/v1/verify", json!({"code": first["content"]["code"]})).await;
    shown.get(&nobody, &format!("/v1/verify/{}", second["content"]["code"].as_str().unwrap())).await;
    demo.test.advance_millis(1_000);
    shown.post(&centre, &format!("{place}/revoke"), example("CertificateRevocationIn")).await;
    shown.get(&teacher, &format!("{own}?limit=2")).await;
}

async fn closing(demo: &Demo, shown: &mut Shown) {
    let (centre, bureau) = (demo.sign_in("centre"), demo.sign_in("bureau"));
    let cycle = || with(example("FreezeIn"), json!({"cycle": "2021-2025"}));
    let early = centre.post("/v1/frozen-reports", cycle()).await.expect(201);
    let early = format!("/v1/frozen-reports/{}/withdraw", id(&early));
    shown.post(&centre, &early, example("FreezeWithdrawalIn")).await;
    let proposed = shown.post(&centre, "/v1/frozen-reports", cycle()).await;
    demo.test.advance_millis(60_000);
    let place = format!("/v1/frozen-reports/{}", id(&proposed));
    shown.act(&bureau, &format!("{place}/confirm")).await;
    shown.get(&centre, "/v1/frozen-reports?limit=2").await;
    shown.get(&centre, &place).await;
    let teacher = &demo.sign_in("teacher-0001").get("/v1/me").await.expect(200)["teacher_id"];
    let ledger = format!("/v1/teachers/{}/hour-entries", teacher.as_str().unwrap());
    let late = with(
        example("HourEntryIn"),
        json!({"reference": "苏大培字2020-0112", "effective_on": "2025-07-03",
        "unreviewed": {"starts_on": "2025-07-01", "consent_on": "2025-06-20"}}),
    );
    centre.post(&ledger, late).await.expect(201);
    shown.get(&centre, &format!("{place}/differences?limit=1")).await;
}

async fn programme(demo: &Demo, shown: &mut Shown) -> String {
    let (centre, bureau, institution) =
        (demo.sign_in("centre"), demo.sign_in("bureau"), demo.sign_in("institution-01"));
    let window = shown.post(&centre, "/v1/filing-windows", example("FilingWindowIn")).await;
    let place = format!("/v1/filing-windows/{}", id(&window));
    shown.get(&centre, &place).await;
    let longer = with(example("FilingWindowIn"), json!({"closes_on": "2027-05-07"}));
    shown.put(&centre, &place, longer).await;
    shown.get(&centre, "/v1/filing-windows?limit=2").await;
    let provider = institution.get("/v1/me").await.expect(200)["roles"][0]["organisation_id"].clone();
    let content = with(example("ProgrammeIn"), json!({"organisation_id": provider}));
    let thin = with(content.clone(), json!({"practice_hours": "8"}));
    let made = shown.post(&institution, "/v1/programmes", thin).await;
    let place = format!("/v1/programmes/{}", id(&made));
    institution.act(&format!("{place}/submit")).await.expect(200);
    let reason = json!({"reason": "实践学时偏少，请调整后重新申报。"});
    shown.post(&bureau, &format!("{place}/return"), reason).await;
    shown.put(&institution, &place, content.clone()).await;
    shown.act(&institution, &format!("{place}/submit")).await;
    shown.act(&bureau, &format!("{place}/approve")).await;
    shown.get(&institution, &place).await;
    shown.get(&bureau, "/v1/programmes?state=approved&limit=1").await;
    let other = with(
        content,
        json!({"name": "小学数学单元整体教学", "audience": {"stages": ["primary"], "subjects": ["数学"]}}),
    );
    let other = institution.post("/v1/programmes", other).await.expect(201);
    let other = format!("/v1/programmes/{}/cancel", id(&other));
    shown.post(&institution, &other, json!({"reason": "主讲教师另有任务，改到下一年度申报。"})).await;
    place
}

/// The days on which the session meets, morning and afternoon.
const DAYS: [&str; 3] = ["2026-12-05", "2026-12-12", "2026-12-19"];

fn unit(day: &str, morning: bool) -> Value {
    let (from, to) = if morning { ("08:30", "11:30") } else { ("13:30", "16:30") };
    let content = if day == DAYS[0] { "单元整体备课" } else { "课堂实践" };
    let place = if morning { "县教师进修学校报告厅" } else { "妙高实验小学录播教室" };
    let time = |clock: &str| format!("{day}T{clock}:00+08:00");
    with(example("UnitIn"), json!({"starts_at": time(from), "ends_at": time(to), "content": content, "place": place}))
}

async fn session(demo: &Demo, shown: &mut Shown, programme: &str) -> String {
    let (institution, teacher) = (demo.sign_in("institution-01"), demo.sign_in("teacher-0001"));
    let made = shown.post(&institution, &format!("{programme}/sessions"), example("SessionIn")).await;
    let session = format!("/v1/sessions/{}", id(&made));
    shown.put(&institution, &session, with(example("SessionIn"), json!({"seats": 40}))).await;
    let units = format!("{session}/units");
    let first = shown.post(&institution, &units, unit(DAYS[0], true)).await;
    for (day, morning) in [(0, false), (1, true), (1, false), (2, true), (2, false)] {
        institution.post(&units, unit(DAYS[day], morning)).await.expect(201);
    }
    let spare = institution.post(&units, unit("2026-12-06", true)).await.expect(201);
    shown.ask(&institution, Method::DELETE, &format!("/v1/units/{}", id(&spare)), None).await;
    shown.act(&institution, &format!("{session}/publish")).await;
    shown.get(&institution, &session).await;
    shown.get(&institution, &format!("{units}?limit=2")).await;
    let first = format!("/v1/units/{}", id(&first));
    shown.get(&institution, &first).await;
    let moved = json!({"place": "妙高实验小学多功能厅", "reason": "报告厅检修"});
    shown.put(&institution, &first, with(unit(DAYS[0], true), moved)).await;
    shown.get(&institution, &format!("{first}/changes")).await;
    shown.get(&teacher, "/v1/sessions?open_now=true&limit=2").await;
    let second = with(
        example("SessionIn"),
        json!({"name": "第二期", "starts_on": "2027-01-16", "ends_on": "2027-01-30",
        "applications_close_at": "2027-01-10T18:00:00+08:00", "withdraw_until": "2027-01-13T00:00:00+08:00"}),
    );
    let second = institution.post(&format!("{programme}/sessions"), second).await.expect(201);
    let cancel = format!("/v1/sessions/{}/cancel", id(&second));
    shown.post(&institution, &cancel, json!({"reason": "经费尚未落实，改到下学期。"})).await;
    session
}

/// Five apply: two are approved, one is declined, one withdraws, and one is never reviewed.
async fn applications(demo: &Demo, shown: &mut Shown, session: &str) -> Vec<String> {
    let (teacher, school) = (demo.sign_in("teacher-0001"), demo.sign_in("school-01"));
    let me = teacher.get("/v1/me").await.expect(200)["teacher_id"].as_str().unwrap().to_owned();
    shown.get(&teacher, &format!("/v1/teachers/{me}/way?cycle=2026-2030")).await;
    shown.get(&teacher, &format!("{session}/eligibility")).await;
    let path = format!("{session}/enrolments");
    let mut places = vec![format!("/v1/enrolments/{}", id(&shown.post(&teacher, &path, json!({})).await))];
    let mut colleagues = rows(&school, "/v1/teachers?stage=primary&subject=语文&limit=20").await.into_iter();
    while places.len() < 5 {
        let colleague = colleagues.next().expect("too few colleagues may apply");
        demo.test.advance_millis(60_000);
        let applied = school.post(&path, json!({"teacher_id": colleague["id"]})).await;
        places.extend(applied.header("location"));
    }
    demo.test.advance_millis(3_600_000);
    let (teacher, school) = (demo.sign_in("teacher-0001"), demo.sign_in("school-01"));
    shown.get(&school, "/v1/enrolments?status=applied&limit=2").await;
    shown.post(&school, &format!("{}/approve", places[0]), example("ReviewIn")).await;
    school.post(&format!("{}/approve", places[1]), json!({})).await.expect(200);
    let no = json!({"note": "与毕业班教学冲突，建议参加下一期"});
    shown.post(&school, &format!("{}/decline", places[2]), no).await;
    shown.act(&school, &format!("{}/withdraw", places[3])).await;
    shown.get(&teacher, &places[0]).await;
    shown.get(&demo.sign_in("institution-01"), &format!("{path}?limit=2")).await;
    places.truncate(2);
    places
}

async fn conduct(demo: &Demo, shown: &mut Shown, session: &str, seated: &[String]) {
    let enrolments: Vec<&str> = seated.iter().map(|place| place.rsplit('/').next().unwrap()).collect();
    demo.test.clock.set(at("2026-12-05T08:00:00"));
    shown.act(&demo.sign_in("institution-01"), &format!("{session}/start")).await;
    let path = format!("{session}/units");
    let present = |enrolment: &str| json!({"enrolment_id": enrolment, "mark": "present"});
    let everybody: Vec<Value> = enrolments.iter().map(|one| present(one)).collect();
    for (number, unit) in rows(&demo.sign_in("institution-01"), &path).await.iter().enumerate() {
        demo.test.clock.set(UtcMillis::parse_rfc3339(unit["ends_at"].as_str().unwrap()).unwrap());
        let institution = demo.sign_in("institution-01");
        let sheet = format!("{path}/{}/attendance", id(unit));
        if number == 0 {
            let late = json!({"enrolment_id": enrolments[1], "mark": "late", "minutes": 135, "note": "班车晚点"});
            shown.put(&institution, &sheet, json!({"marks": [everybody[0], late]})).await;
            shown.get(&institution, &sheet).await;
        } else {
            let etag = institution.get(&sheet).await.etag();
            institution.put(&sheet, &etag, json!({"marks": everybody})).await.expect(200);
        }
    }
    let institution = demo.sign_in("institution-01");
    let pass = |one: &&str| json!({"enrolment_id": one, "result": "pass"});
    let results = json!({"results": enrolments.iter().map(pass).collect::<Vec<_>>()});
    shown.put(&institution, &format!("{session}/results"), results).await;
    shown.act(&institution, &format!("{session}/close")).await;
}
