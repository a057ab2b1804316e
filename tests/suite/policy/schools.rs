//! A school's own rules over its county's: from the draft to statements, reports, seats, simulations and what is proved offline.

use super::pack;
use crate::{
    certificates::certified,
    check::{behind_the_back, unprotect},
    harness::{
        County, both, off_runtime,
        training::{TestSession, TestTeacher},
    },
    ledger::{
        fixture::*,
        simulation::{SIMULATE, simulated},
    },
    log::{
        bundles::{file, keys, packed, unpacked, verified},
        sequenced,
    },
};
use serde_json::{Value, json};
use shixun_api::log::Look;
use shixun_domain::id::{OrganisationId, PersonId};

const SCHOOL_CAP: &str = "school_based.cap.year";

pub(super) fn figure(value: &str) -> Value {
    json!({"value": value, "source": "A", "article": "第二条", "confidence": "R"})
}

/// A pack for one school: 400 hours instead of 360, and 12 school-based hours a year instead of 24.
pub(super) fn overlay(school: OrganisationId, version: i32) -> Value {
    let mut document = pack(version);
    document["code"] = json!("SX-XX");
    document["organisation_id"] = json!(school.to_string());
    document["valid"]["from"] = json!("2016-01-01");
    document["sources"] = json!({"A": {"title": "实验小学教师培训规定"}});
    document["rules"] = json!([
        {"id": "total.cycle", "zh": "周期学时", "en": "hours of the cycle", "rule": {"total": {"hours": figure("400")}}},
        {"id": SCHOOL_CAP, "zh": "校本研修", "en": "school-based training", "rule": {"cap": {
            "of": {"routes": ["school_based"], "without_marks": ["certified_elsewhere"]}, "period": "year", "hours": figure("12")}}},
    ]);
    document
}

/// Drafted by the centre and published by the bureau.
pub(super) async fn publish(county: &County, document: Value) -> String {
    let drafted = county.sign_in("centre").post("/v1/policy-packs", document).await.expect(201);
    let place = format!("/v1/policy-packs/{}", drafted["pack"]["id"].as_str().unwrap());
    county.sign_in("bureau").act(&format!("{place}/publish")).await.expect(200);
    place
}

/// Two teachers of two schools with the same hours.
fn two_teachers(county: &mut County) -> [PersonId; 2] {
    let both = [with_teacher(county), teacher(county, 103, "蓝", county.schools[1])];
    for person in both {
        post(county, vec![school_based(person, "2018-04-01", "20"), entry(person, "2019-05-01", "70")]);
    }
    both
}

fn codes(rows: &Value) -> Vec<&str> {
    rows.as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap()).collect()
}

/// Ends an employment, behind which the next begins.
fn leaves(county: &County, id: i64, last_day: &str) {
    sql(county, &format!("UPDATE employments SET valid_to = '{last_day}' WHERE id = {id}")).unwrap();
    sql(county, "UPDATE persons SET version = version + 1").unwrap();
}

/// The checks of a database that find something.
fn broken(county: &County) -> Vec<String> {
    let (db, now) = (county.app.db.clone(), county.clock.now());
    let all = off_runtime(|| db.read_blocking(|conn| shixun_persistence::check::run(conn, now, |_| {})).unwrap());
    let reports =
        off_runtime(|| db.read_blocking(|conn| shixun_api::frozen_reports::service::check(conn, now)).unwrap());
    // The teachers of these tests have no identity numbers.
    let found = all.iter().chain([&reports]).filter(|one| one.count > 0 && one.name != "identity_numbers");
    found.map(|one| format!("{one:?}")).collect()
}

both! {
    async fn a_school_s_rules_judge_its_own_teachers_and_the_statement_names_them(county: County) {
        let [here, there] = two_teachers(county);
        let school = county.schools[0];
        let centre = county.sign_in("centre");
        let before = [statement(&centre, here, CYCLE).await, statement(&centre, there, CYCLE).await];
        let place = publish(county, overlay(school, 1)).await;
        let read = statement(&centre, here, CYCLE).await;
        assert_eq!(cuts(&read), ["2018-04-01 8.00 SX-XX v1 school_based.cap.year"]);
        assert_eq!((&read["owed"], &read["counted"], &read["missing"]), (&json!("400.00"), &json!("82.00"), &json!("318.00")));
        assert_eq!(codes(&read["policy_packs"]), ["ZJ-2010", "331123", "SX-XX", "ZJ-2016"]);
        let documents = read["documents"].as_array().unwrap();
        assert!(documents.iter().any(|one| one["title"] == "实验小学教师培训规定" && one["pack"] == "SX-XX"), "{documents:#?}");
        assert_eq!(read["facts"]["schools"], json!([{"organisation_id": school.to_string(), "from": "2000-08-15", "to": null}]));
        let other = statement(&centre, there, CYCLE).await;
        assert_eq!(other, before[1], "another school's teacher is judged as before");
        assert_eq!((&other["owed"], &other["facts"]["schools"]), (&json!("360.00"), &json!([])));
        assert_eq!(before[0]["owed"], "360.00");

        let shown = county.sign_in("school-2").get(&place).await.expect(200);
        assert_eq!((&shown["pack"]["organisation_id"], &shown["document"]["organisation_id"]), (&json!(school.to_string()), &json!(school.to_string())));
        let listed = async |query: &str| centre.get(&format!("/v1/policy-packs?{query}")).await.expect(200);
        assert_eq!(codes(&listed("").await["data"]), ["ZJ-2010", "ZJ-2016", "331123", "SX-XX"]);
        assert_eq!(codes(&listed(&format!("organisation_id={school}")).await["data"]), ["SX-XX"]);
        assert_eq!(codes(&listed(&format!("organisation_id={}", county.schools[1])).await["data"]), [""; 0]);
        let cycles = centre.get("/v1/cycles").await.expect(200);
        assert!(cycles["data"].as_array().unwrap().iter().all(|cycle| !codes(&cycle["packs"]).contains(&"SX-XX")), "a county's cycles");
    }

    async fn what_was_known_before_a_school_s_rules_were_published_knows_nothing_of_them(county: County) {
        let [here, _] = two_teachers(county);
        let before = county.clock.now();
        county.advance_millis(60_000);
        publish(county, overlay(county.schools[0], 1)).await;
        let centre = county.sign_in("centre");
        let then = statement(&centre, here, &format!("{CYCLE}&known_at={}", before.to_string().replace('+', "%2B"))).await;
        assert_eq!((&then["owed"], &then["facts"]["schools"]), (&json!("360.00"), &json!([])));
        assert_eq!(statement(&centre, here, CYCLE).await["owed"], "400.00");
    }

    async fn standings_and_reports_judge_each_by_the_rules_of_the_own_school(county: County) {
        let [here, there] = two_teachers(county);
        publish(county, overlay(county.schools[0], 1)).await;
        let centre = county.sign_in("centre");
        let all = centre.get(&format!("/v1/areas/331123/standing?{CYCLE}")).await.expect(200);
        assert_eq!((&all["all"]["owed"], &all["all"]["counted"]), (&json!("760.00"), &json!("172.00")), "82 and 90 of 400 and 360");
        let table = centre.get(&format!("/v1/reports/school-completion?organisation_id={}&{CYCLE}", county.schools[0])).await.expect(200);
        let row = &table["teachers"][0];
        assert_eq!((&row["teacher_id"], &row["owed"]), (&json!(here.teacher().to_string()), &json!("400.00")));
        let total = row["unmet"].as_array().unwrap().iter().find(|one| one["rule"]["id"] == "total.cycle").unwrap();
        assert_eq!(total["rule"]["pack"], "SX-XX");
        assert!(codes(&table["policy_packs"]).contains(&"SX-XX"));
        let summary = centre.get(&format!("/v1/reports/county-summary?{CYCLE}")).await.expect(200);
        assert_eq!(codes(&summary["policy_packs"]).last(), Some(&"SX-XX"), "schools' packs behind the county's");
        let cut = &summary["cuts"][0];
        assert_eq!((&cut["rule"]["pack"], &cut["hours"], &cut["teachers"]), (&json!("SX-XX"), &json!("8.00"), &json!(1)));
        let _ = there;
    }

    async fn a_school_proposes_for_itself_and_the_county_publishes(county: County) {
        install_packs(county);
        let [own, other] = county.schools;
        let (school, neighbour) = (county.sign_in("school-1"), county.sign_in("school-2"));
        let drafted = school.post("/v1/policy-packs", overlay(own, 1)).await.expect(201);
        let place = format!("/v1/policy-packs/{}", drafted["pack"]["id"].as_str().unwrap());
        school.get(&place).await.expect(200);
        school.act(&format!("{place}/lint")).await.expect(200);
        neighbour.get(&place).await.refused(404, "not_found");
        let drafts = async |name: &str| {
            let list = county.sign_in(name).get("/v1/policy-packs?state=draft").await.expect(200);
            list["data"].as_array().unwrap().len()
        };
        assert_eq!([drafts("school-1").await, drafts("school-2").await, drafts("centre").await, drafts("elsewhere-bureau").await], [1, 0, 1, 0]);
        school.act(&format!("{place}/publish")).await.refused(403, "forbidden");
        county.sign_in("elsewhere-bureau").act(&format!("{place}/publish")).await.refused(404, "not_found");
        county.sign_in("bureau").act(&format!("{place}/publish")).await.expect(200);
        neighbour.get(&place).await.expect(200);
        school.post("/v1/policy-packs", overlay(own, 1)).await.refused(409, "policy_edition_taken");
        let by_bureau = county.sign_in("bureau").post("/v1/policy-packs", overlay(own, 2)).await.expect(201);
        let publish = format!("/v1/policy-packs/{}/publish", by_bureau["pack"]["id"].as_str().unwrap());
        county.sign_in("bureau").act(&publish).await.refused(409, "policy_four_eyes");

        let refused = async |body: Value| {
            let problem = school.post("/v1/policy-packs", body).await.refused(422, "invalid_field");
            format!("{} {}", problem["errors"][0]["pointer"].as_str().unwrap(), problem["errors"][0]["code"].as_str().unwrap())
        };
        assert_eq!(refused(pack(1)).await, "/organisation_id missing", "not for the whole county");
        assert_eq!(refused(overlay(other, 3)).await, "/organisation_id unknown_reference", "not for another school");
        let unknown = OrganisationId::new(own.area(), 4_711);
        let abroad = OrganisationId::new("331124".parse().unwrap(), 1);
        let cases = [
            (json!({"organisation_id": unknown.to_string()}), "/organisation_id unknown_reference"),
            (json!({"organisation_id": county.institutions[0].to_string()}), "/organisation_id unknown_reference"),
            (json!({"organisation_id": county.bureau.to_string()}), "/organisation_id unknown_reference"),
            (json!({"organisation_id": abroad.to_string()}), "/organisation_id invalid_value"),
            (json!({"area": "331100"}), "/organisation_id invalid_value"),
            (json!({"carry_over": figure("20")}), "/carry_over invalid_value"),
            (json!({"unit": figure("credit")}), "/unit invalid_value"),
        ];
        for (change, expected) in cases {
            let body = crate::catalogue::steps::with(overlay(own, 3), change.clone());
            let problem = county.sign_in("centre").post("/v1/policy-packs", body).await.refused(422, "invalid_field");
            let told = format!("{} {}", problem["errors"][0]["pointer"].as_str().unwrap(), problem["errors"][0]["code"].as_str().unwrap());
            assert_eq!(told, expected, "{change}");
        }
    }

    async fn lint_says_where_a_school_would_be_laxer_than_its_county(county: County) {
        install_packs(county);
        let mut document = overlay(county.schools[0], 1);
        document["rules"][1]["rule"]["cap"]["hours"] = figure("30");
        let drafted = county.sign_in("school-1").post("/v1/policy-packs", document).await.expect(201);
        let found = county.sign_in("school-1").act(&format!("/v1/policy-packs/{}/lint", drafted["pack"]["id"].as_str().unwrap())).await.expect(200);
        let relaxed: Vec<&Value> = found["findings"].as_array().unwrap().iter().filter(|one| one["kind"] == "relaxation").collect();
        assert_eq!(relaxed.len(), 1, "{found:#}");
        assert_eq!((&relaxed[0]["pointer"], &relaxed[0]["rules"]), (&json!("/rules/1"), &json!(["SX-XX v1 school_based.cap.year", "331123 v1 school_based.cap.year"])));
        assert_eq!(found["publishable"], true, "the stricter one decides");
    }

    async fn a_teacher_who_moves_away_and_back_is_judged_day_by_day(county: County) {
        let [person, _] = two_teachers(county);
        post(county, vec![school_based(person, "2017-04-01", "20"), school_based(person, "2020-04-01", "20")]);
        publish(county, overlay(county.schools[0], 1)).await;
        let centre = county.sign_in("centre");
        let tag = centre.get(&format!("/v1/teachers/{}/statement?{CYCLE}", person.teacher())).await.etag();
        leaves(county, 1010, "2017-08-14");
        employ(county, 2, 101, county.schools[1], "2017-08-15");
        let cut = |year: u16| format!("{year}-04-01 8.00 SX-XX v1 school_based.cap.year");
        let away = statement(&centre, person, CYCLE).await;
        assert_eq!((cuts(&away), &away["owed"]), (vec![cut(2017)], &json!("360.00")), "who left owes what the county asks");
        assert_eq!(away["facts"]["schools"][0]["to"], "2017-08-14");
        let next = statement(&centre, person, "cycle=2021-2025&as_of=2021-12-31").await;
        assert!(!codes(&next["policy_packs"]).contains(&"SX-XX"), "a school of the years before has no say in the next cycle");
        leaves(county, 2, "2019-08-14");
        employ(county, 3, 101, county.schools[0], "2019-08-15");
        let back = centre.get(&format!("/v1/teachers/{}/statement?{CYCLE}", person.teacher())).await;
        assert_ne!(back.etag(), tag);
        let back = back.expect(200);
        assert_eq!((cuts(&back), &back["owed"]), (vec![cut(2017), cut(2020)], &json!("400.00")));
        let between = statement(&centre, person, "cycle=2016-2020&as_of=2018-12-31").await;
        assert_eq!((cuts(&between), &between["owed"]), (vec![cut(2017)], &json!("360.00")), "totals by the school of the day");
        assert!(!requirement(&between, "total.cycle", None).is_empty());
        // What is entered names the rules of its day.
        let record = |on: &str| json!({"title": format!("{on}省级研修"), "effective_on": on, "route": "mandated", "delivery_form": "lecture",
            "level": "province", "themes": [], "nominal": "6", "attended": "6", "practice": "0", "reference": on});
        let path = format!("/v1/teachers/{}/hour-entries", person.teacher());
        let label = async |on: &str| centre.post(&path, record(on)).await.expect(201)["policy"].as_str().unwrap().to_owned();
        assert_eq!(label("2017-05-01").await, "ZJ-2016 v1, 331123 v1, SX-XX v1");
        assert_eq!(label("2018-05-01").await, "ZJ-2016 v1, 331123 v1");
    }

    async fn a_seat_is_refused_by_the_maximum_of_the_own_school(county: County) {
        let teachers: [TestTeacher; 2] = [(1, county.schools[0]), (2, county.schools[1])].map(|(number, school)| county.add_teacher(number, school));
        let mut document = overlay(county.schools[0], 1);
        document["rules"] = json!([{"id": "year.maximum", "zh": "年度学时", "en": "hours of the year", "rule": {"year_maximum": {
            "hours": figure("100"), "effect": figure("refuse")}}}]);
        publish(county, document).await;
        let session = |number: u64| TestSession { hours: 48, starts_on: day("2026-12-05") + chrono::Days::new(number * 3), ..TestSession::default() };
        let [first, second, third] = [0, 1, 2].map(|number| county.add_session(session(number)).id);
        for (teacher, own) in teachers.into_iter().zip([true, false]) {
            let me = county.caller(teacher.account);
            for session in [first, second] {
                me.post(&format!("/v1/sessions/{session}/enrolments"), json!({})).await.expect(201);
                county.advance_millis(1_000);
            }
            let told = me.get(&format!("/v1/sessions/{third}/eligibility")).await.expect(200);
            assert_eq!(told["reasons"].as_array().is_some_and(|reasons| !reasons.is_empty()), own, "{told:#}");
            let answer = me.post(&format!("/v1/sessions/{third}/enrolments"), json!({})).await;
            if own {
                assert_eq!(answer.refused(409, "yearly_maximum_reached")["parameters"], json!({"left": "4.00", "hours": "48.00"}));
            } else {
                answer.expect(201);
            }
        }
    }

    async fn a_waiver_is_proposed_for_what_the_own_school_asks(county: County) {
        let [here, there] = two_teachers(county);
        let mut document = overlay(county.schools[0], 1);
        document["rules"] = json!([{"id": "year.floor.school", "zh": "年度学时", "en": "hours of the year", "rule": {"year_floor": {
            "hours": figure("50"), "strength": figure("fail")}}}]);
        publish(county, document).await;
        let body = json!({"rule_id": "year.floor.school", "valid_from": "2018-01-01", "valid_to": "2018-12-31", "reason": "支教"});
        let propose = async |person: PersonId| county.sign_in("centre").post(&format!("/v1/teachers/{}/waivers", person.teacher()), body.clone()).await;
        propose(here).await.expect(201);
        let refused = propose(there).await.refused(422, "invalid_field");
        assert_eq!(refused["errors"][0]["code"], "unknown_rule");
    }

    async fn a_frozen_report_is_made_again_of_the_schools_it_knew(county: County) {
        let [here, there] = two_teachers(county);
        publish(county, overlay(county.schools[0], 1)).await;
        let proposed = county.sign_in("centre").post("/v1/frozen-reports", json!({"cycle": "2016-2020"})).await.expect(201);
        let place = format!("/v1/frozen-reports/{}", proposed["id"].as_str().unwrap());
        county.advance_millis(60_000);
        county.sign_in("bureau").act(&format!("{place}/confirm")).await.expect(200);
        let first = county.sign_in("auditor").get(&place).await;
        let report = first.expect(200);
        let row = |person: PersonId| report["teachers"].as_array().unwrap().iter().find(|row| row["teacher_id"] == person.teacher().to_string()).unwrap().clone();
        assert_eq!((&row(here)["figures"]["owed"], &row(there)["figures"]["owed"]), (&json!("400.00"), &json!("360.00")));
        assert_eq!(row(here)["facts"]["schools"], json!([{"organisation_id": county.schools[0].to_string(), "from": "2000-08-15", "to": null}]));
        assert_eq!(row(there)["facts"].get("schools"), None, "the form of reports that knew no schools stays");
        assert_eq!(codes(&report["policy_packs"]).last(), Some(&"SX-XX"));
        assert_eq!(broken(county), [""; 0]);
        // Later the facts are others, and the other school has rules of its own too.
        county.advance_millis(60_000);
        leaves(county, 1010, "2017-08-14");
        employ(county, 2, 101, county.schools[1], "2017-08-15");
        let mut later = overlay(county.schools[1], 1);
        later["code"] = json!("SX-YY");
        later["rules"][0]["rule"]["total"]["hours"] = figure("420");
        publish(county, later).await;
        // Offline, too, of what the bundle holds.
        sequenced(county, Look::All);
        let bundle = county.sign_in("auditor").get(&format!("{place}/bundle")).await;
        let offline = verified(&bundle.bytes, &keys(county));
        assert_eq!((offline.findings, offline.reports), (Vec::new(), 1));
        let again = county.sign_in("auditor").get(&format!("{place}?recompute=true")).await;
        assert!(again.bytes == first.bytes, "{}\n{}", again.text(), first.text());
        assert_eq!(broken(county), [""; 0]);
        let found = county.sign_in("centre").get(&format!("{place}/differences")).await.expect(200);
        let told: Vec<(&Value, &Value, &Value)> = found["data"].as_array().unwrap().iter()
            .map(|row| (&row["today"]["owed"], &row["facts_changed"], &row["rules_changed"])).collect();
        let (owed, yes, no) = (json!("420.00"), json!(true), json!(false));
        assert_eq!(told, [(&owed, &yes, &yes), (&owed, &no, &yes)], "who moved, and who stayed where the rules changed");
    }

    async fn a_bundle_has_the_packs_of_the_own_schools_and_names_one_that_was_changed(county: County) {
        let [here, there] = two_teachers(county);
        publish(county, overlay(county.schools[0], 1)).await;
        let mut neighbour = overlay(county.schools[1], 1);
        neighbour["code"] = json!("SX-YY");
        publish(county, neighbour).await;
        leaves(county, 1010, "2019-08-14");
        sequenced(county, Look::All);
        let pack_of = async |code: &str| {
            let list = county.sign_in("centre").get(&format!("/v1/policy-packs?code={code}")).await.expect(200);
            list["data"][0]["id"].as_str().unwrap().to_owned()
        };
        let (own, other) = (pack_of("SX-XX").await, pack_of("SX-YY").await);
        for (person, mine, foreign) in [(here, &own, &other), (there, &other, &own)] {
            let path = format!("/v1/teachers/{}/statement/bundle?{CYCLE}", person.teacher());
            let bytes = county.sign_in("centre").get(&path).await.bytes;
            assert_eq!(verified(&bytes, &[]).findings, Vec::new());
            let mut files = unpacked(&bytes);
            let told: Value = serde_json::from_slice(file(&mut files, "statement.json")).unwrap();
            assert_eq!(told, statement(&county.sign_in("centre"), person, CYCLE).await);
            let leaves = file(&mut files, "leaves.jsonl");
            let text = String::from_utf8(leaves.clone()).unwrap();
            assert!(text.contains(mine.as_str()) && !text.contains(foreign.as_str()));
            let line = text.lines().find(|line| line.contains(&format!("\"id\":\"{mine}\""))).unwrap();
            *leaves = text.replace(line, &line.replace("\\\"12\\\"", "\\\"24\\\"")).into_bytes();
            let report = verified(&packed(&files), &[]);
            let named: Vec<_> = report.findings.iter().filter_map(|one| one.leaf.clone()).collect();
            assert_eq!(named, std::slice::from_ref(mine), "{:?}", report.findings);
            // Without the pack the figures do not follow.
            let mut files = unpacked(&bytes);
            let leaves = file(&mut files, "leaves.jsonl");
            let kept: Vec<&str> = text.lines().filter(|one| *one != line).collect();
            *leaves = format!("{}\n", kept.join("\n")).into_bytes();
            assert!(verified(&packed(&files), &[]).findings.iter().any(|one| one.code == "statement"));
        }
    }

    async fn a_draft_for_a_school_is_tried_on_its_teachers(county: County) {
        let [here, _] = two_teachers(county);
        let draft = overlay(county.schools[0], 1);
        let school = county.sign_in("school-1");
        let told = school.post(SIMULATE, simulated(draft.clone())).await.expect(200);
        assert_eq!((&told["before"]["teachers"], &told["before"]["owed"], &told["after"]["owed"]), (&json!(1), &json!("360.00"), &json!("400.00")));
        assert_eq!((&told["changed_total"], &told["changed"][0]["teacher_id"]), (&json!(1), &json!(here.teacher().to_string())));
        assert_eq!((codes(&told["packs_before"]), codes(&told["packs_after"])), (vec!["ZJ-2016", "331123"], vec!["ZJ-2016", "331123", "SX-XX"]));
        let of = |id: &str| told["rules"].as_array().unwrap().iter().find(|rule| rule["id"] == id).unwrap();
        assert_eq!(of(SCHOOL_CAP)["after"]["rules"], json!([{"id": SCHOOL_CAP, "pack": "SX-XX", "edition": 1}]));
        assert_eq!(of("total.cycle")["after"]["rules"][0]["pack"], "SX-XX");
        county.sign_in("school-2").post(SIMULATE, simulated(draft.clone())).await.refused(422, "invalid_field");
        // As a job it comes out the same.
        let asked = school.post(&format!("{SIMULATE}?as_job=true"), simulated(draft.clone())).await;
        assert_eq!(asked.status, 202);
        crate::jobs::run_next(county);
        let done = school.get(&asked.header("location").unwrap()).await.expect(200);
        assert_eq!(done["result"], told, "{done:#}");
        // A statement agrees once it is published, and a draft of the county is tried on everybody by their own schools' rules.
        publish(county, draft).await;
        let read = statement(&county.sign_in("centre"), here, CYCLE).await;
        for field in ["verdict", "owed", "counted", "missing"] {
            assert_eq!(told["changed"][0]["after"][field], read[field], "{field}");
        }
        let county_wide = county.sign_in("centre").post(SIMULATE, simulated(crate::ledger::simulation::cap("8"))).await.expect(200);
        assert_eq!((&county_wide["before"]["teachers"], &county_wide["before"]["owed"]), (&json!(2), &json!("760.00")));
        let cap = county_wide["rules"].as_array().unwrap().iter().find(|rule| rule["id"] == SCHOOL_CAP).unwrap();
        assert_eq!(cap["before"]["rules"], json!([{"id": SCHOOL_CAP, "pack": "SX-XX", "edition": 1}]));
    }

    async fn a_pack_that_is_filed_under_another_school_than_it_names_is_found(county: County) {
        install_packs(county);
        publish(county, overlay(county.schools[0], 1)).await;
        assert_eq!(broken(county), [""; 0]);
        behind_the_back(county, &unprotect(county.database.kind(), "policy_packs"));
        for filed in [county.schools[1].number().to_string(), "NULL".to_owned(), county.bureau.number().to_string()] {
            behind_the_back(county, &[format!("UPDATE policy_packs SET organisation_id = {filed} WHERE code = 'SX-XX'")]);
            let found = broken(county);
            assert!(found.iter().any(|one| one.contains("published_packs") && one.contains("SX-XX v1")), "{filed}: {found:?}");
        }
    }

    async fn a_certificate_names_the_rules_of_the_school(county: County) {
        let here = certified(county);
        publish(county, overlay(county.schools[0], 1)).await;
        let body = json!({"cycle": "2016-2020", "as_of": "2020-12-31"});
        let issued = county.sign_in("centre").post(&format!("/v1/teachers/{}/certificates", here.teacher()), body).await.expect(201);
        let shown = issued.to_string();
        assert!(shown.contains("SX-XX") && shown.contains("400.00"), "{issued:#}");
        assert_eq!(broken(county), [""; 0]);
    }
}
