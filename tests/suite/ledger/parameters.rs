//! Parameters of packs as a client meets them: to which day hours belong, requirements in days, conversions.

use super::fixture::*;
use crate::harness::{County, both};
use serde_json::{Value, json};
use shixun_domain::{ledger::Circumstances, policy::DatedHours};
use shixun_persistence::ledger::NewEntry;

pub fn figure(value: &str) -> Value {
    json!({"value": value, "source": "A", "article": "第一条", "confidence": "I"})
}

/// Drafts a pack of the county with some fields set, and has it published.
pub async fn publish(county: &County, change: Value) {
    let mut document = json!({
        "code": "SX-TEST", "version": 1, "area": "331123", "valid": {"from": "2016-01-01"}, "zh": "试行规定", "en": "trial",
        "sources": {"A": {"title": "县教育局通知"}}, "rules": []
    });
    for (field, value) in change.as_object().unwrap() {
        document[field] = value.clone();
    }
    let drafted = county.sign_in("centre").post("/v1/policy-packs", document).await.expect(201);
    let place = format!("/v1/policy-packs/{}/publish", drafted["pack"]["id"].as_str().unwrap());
    county.sign_in("bureau").act(&place).await.expect(200);
}

both! {
    async fn example_8_a_class_over_the_new_year_is_divided_between_the_cycles(county: County) {
        let person = with_teacher(county);
        let part = |on: &str, amount: &str| DatedHours { on: day(on), hours: hours(amount) };
        let circumstances = Circumstances {
            recognised_on: Some(day("2021-01-15")),
            dated: vec![part("2020-12-31", "24"), part("2021-01-10", "16")],
            ..Circumstances::ORDINARY
        };
        let class = NewEntry { circumstances, ..entry(person, "2021-01-10", "40") };
        let mut entries = vec![block(person, "2017-07-01", "90"), class];
        for (on, amount) in [("2016-05-01", "60"), ("2018-05-01", "60"), ("2019-05-01", "60"), ("2020-05-01", "70")] {
            entries.push(entry(person, on, amount));
        }
        post(county, entries);
        let centre = county.sign_in("centre");
        let next = "cycle=2021-2025";
        let completion = statement(&centre, person, CYCLE).await;
        assert_eq!(requirement(&completion, "total.cycle", None), "360.00 340.00 20.00 failed");
        assert_eq!(statement(&centre, person, next).await["counted"], "40.00");
        publish(county, json!({"attribution": figure("session")})).await;
        let session = statement(&centre, person, CYCLE).await;
        assert_eq!(requirement(&session, "total.cycle", None), "360.00 364.00 0.00 met");
        let class = session["entries"].as_array().unwrap().iter().find(|row| row["effective_on"] == "2021-01-10").unwrap();
        assert_eq!(
            (&class["credited"], &class["counted"], &class["elsewhere"], &class["recognised_on"]),
            (&json!("40.00"), &json!("24.00"), &json!("16.00"), &json!("2021-01-15"))
        );
        assert_eq!((&session["credited"], &session["years"][4]["counted"]), (&json!("364.00"), &json!("94.00")));
        let after = statement(&centre, person, next).await;
        assert_eq!((&after["counted"], after["entries"].as_array().unwrap().len()), (&json!("16.00"), 1));
        let standing = centre.get(&format!("/v1/areas/331123/standing?{CYCLE}")).await.expect(200);
        assert_eq!(standing["all"]["counted"], "364.00", "everybody at once is counted alike");
    }

    async fn hours_recognised_in_the_next_cycle_wait_for_it(county: County) {
        let person = with_teacher(county);
        county.add_account("centre-2", shixun_domain::access::Role::Centre, county.bureau, None);
        publish(county, json!({"attribution": figure("recognition")})).await;
        let centre = county.sign_in("centre");
        let body = json!({"title": "省级研修", "effective_on": "2020-12-20", "route": "mandated", "delivery_form": "lecture",
            "level": "province", "nominal": "30", "reference": "A-1", "days": "4"});
        let made = entered(county, person, body).await;
        assert_eq!((&made["days"], &made["activity"]), (&json!("4.00"), &Value::Null));
        assert_eq!(made["recognised_on"], county.clock.now().china_date().to_string());
        assert_eq!(statement(&centre, person, CYCLE).await["counted"], "0.00");
        let running = statement(&centre, person, "").await;
        assert_eq!((&running["counted"], &running["entries"][0]["effective_on"]), (&json!("30.00"), &json!("2020-12-20")));
        // A correction keeps the day of recognition.
        let made_id = made["id"].as_str().unwrap();
        let place = centre.post(&format!("/v1/hour-entries/{made_id}/disputes"), json!({"claim": "误录"})).await.header("location").unwrap();
        let uphold = |name: &str| {
            let caller = county.sign_in(name);
            let body = json!({"reason": "误录", "replacement": {"attended": "24"}});
            let path = format!("{place}/uphold");
            async move { caller.request(actix_web::http::Method::POST, &path).header("If-Match", "\"1\"").json(&body).send().await }
        };
        uphold("bureau").await.refused(403, "dispute_same_person");
        let mended = uphold("centre-2").await.expect(200);
        let mended = centre.get(&format!("/v1/hour-entries/{}", mended["replacement_id"].as_str().unwrap())).await.expect(200);
        assert_eq!((&mended["recognised_on"], &mended["days"]), (&made["recognised_on"], &json!("4.00")));
        assert_eq!(statement(&centre, person, "").await["counted"], "24.00");
    }

    async fn days_of_ethics_are_asked_for_and_told_in_days(county: County) {
        let person = with_teacher(county);
        publish(county, json!({"rules": [{"id": "ethics.min.year", "zh": "暑期师德", "en": "ethics in summer", "rule": {"minimum": {
            "of": {"themes": ["ethics"]}, "measure": "credited", "window": "months", "months_from": figure("7"),
            "months_to": figure("8"), "days": figure("3"), "strength": figure("fail")}}}]})).await;
        let centre = county.sign_in("centre");
        let ledger = format!("/v1/teachers/{}/hour-entries", person.teacher());
        let summer = |on: &str, days: &str| json!({"title": format!("{on}暑期师德"), "effective_on": on, "route": "school_based",
            "delivery_form": "school_based", "level": "school", "themes": ["ethics"], "nominal": "15", "reference": on, "days": days});
        entered(county, person, summer("2018-08-20", "3")).await;
        entered(county, person, summer("2019-08-20", "2.5")).await;
        let read = statement(&centre, person, CYCLE).await;
        let of = |from: &str| {
            let all = read["requirements"].as_array().unwrap();
            all.iter().find(|one| one["rule"]["id"] == "ethics.min.year" && one["period"]["from"] == from).unwrap().clone()
        };
        assert_eq!((&of("2018-07-01")["verdict"], &of("2018-07-01")["missing"]), (&json!("met"), &json!("0.00")));
        let short = of("2019-07-01");
        assert_eq!(short["days"], json!({"owed": "3.00", "counted": "2.50", "missing": "0.50"}));
        assert_eq!((&short["missing"], &short["verdict"]), (&json!("4.00"), &json!("failed")), "half a day of eight hours");
        assert!(short["text_zh"].as_str().unwrap().contains("应修3.00天，已计2.50天，尚缺0.50天"), "{short:#}");
        centre.post(&ledger, summer("2017-08-20", "367")).await.refused(422, "invalid_field");
    }

    async fn a_conversion_table_is_published_with_its_caps(county: County) {
        let person = with_teacher(county);
        publish(county, json!({"conversions": [{"kind": "open_lesson", "zh": "公开课", "en": "open lesson", "cap_year": figure("18"),
            "evidence": [figure("certificate")], "approver": figure("county"),
            "lines": [{"levels": ["county"], "roles": ["speaker"], "hours": figure("6")}]}]})).await;
        let converted = |on: &str| NewEntry {
            route: shixun_domain::words::Route::Converted,
            circumstances: Circumstances { activity: Some("open_lesson".parse().unwrap()), ..Circumstances::ORDINARY },
            ..entry(person, on, "6")
        };
        post(county, ["2018-03-01", "2018-04-01", "2018-05-01", "2018-06-01"].map(converted).to_vec());
        let read = statement(&county.sign_in("teacher-1"), person, CYCLE).await;
        assert_eq!(cuts(&read), ["2018-06-01 6.00 SX-TEST v1 conversion.open_lesson.cap.year"]);
        assert_eq!(read["entries"][0]["activity"], "open_lesson");
        let list = county.sign_in("auditor").get("/v1/policy-packs?code=SX-TEST").await.expect(200);
        let place = format!("/v1/policy-packs/{}", list["data"][0]["id"].as_str().unwrap());
        let document = county.sign_in("auditor").get(&place).await.expect(200);
        assert_eq!(document["document"]["conversions"][0]["lines"][0]["roles"], json!(["speaker"]));
    }

    async fn hours_and_credits_add_up_in_one_cycle_and_are_told_apart(county: County) {
        let person = with_teacher(county);
        post(county, vec![entry(person, "2016-08-31", "20"), entry(person, "2016-09-01", "20")]);
        let read = statement(&county.sign_in("teacher-1"), person, CYCLE).await;
        let units: Vec<&Value> = read["entries"].as_array().unwrap().iter().map(|row| &row["unit"]).collect();
        assert_eq!((&read["unit"], units), (&json!("credit"), vec![&json!("hour"), &json!("credit")]));
        assert_eq!((&read["counted"], &read["carried_over"]), (&json!("40.00"), &json!("0.00")));
        let early = statement(&county.sign_in("teacher-1"), person, "cycle=2016-2020&as_of=2016-08-31").await;
        assert_eq!((&early["unit"], &early["counted"]), (&json!("hour"), &json!("20.00")));
    }

    async fn a_surplus_counts_in_the_next_cycle_as_far_as_the_packs_say(county: County) {
        let person = with_teacher(county);
        let mut entries = vec![block(person, "2017-07-01", "90"), entry(person, "2021-05-01", "50")];
        for (on, amount) in [("2016-05-01", "100"), ("2018-05-01", "100"), ("2019-05-01", "60"), ("2020-05-01", "50")] {
            entries.push(entry(person, on, amount));
        }
        post(county, entries);
        let centre = county.sign_in("centre");
        let next = "cycle=2021-2025";
        let total = async || requirement(&statement(&centre, person, next).await, "total.cycle", None);
        assert_eq!(total().await, "360.00 50.00 310.00 failed", "nothing is carried over unless a pack says so");
        let draft = json!({"code": "SX-CARRY", "version": 1, "area": "331123", "valid": {"from": "2021-01-01"}, "zh": "结转", "en": "carry",
            "sources": {"A": {"title": "通知"}}, "carry_over": figure("30"), "rules": []});
        let wish = json!({"document": draft, "cycle": "2021-2025", "as_of": "2025-12-31"});
        let trial = centre.post("/v1/policy-packs/simulate", wish).await.expect(200);
        assert_eq!((&trial["changed_total"], &trial["changed"][0]["after"]["missing"]), (&json!(1), &json!("280.00")), "{trial:#}");
        publish(county, json!({"carry_over": figure("30")})).await;
        assert_eq!(total().await, "360.00 80.00 280.00 failed", "30 of a surplus of 40");
        let read = statement(&centre, person, next).await;
        assert_eq!((&read["counted"], &read["carried_over"], &read["missing"]), (&json!("50.00"), &json!("30.00"), &json!("280.00")));
        let standing = centre.get(&format!("/v1/areas/331123/standing?{next}")).await.expect(200);
        let figures = |row: &Value| ["counted", "carried_over", "missing"].map(|name| row[name].as_str().unwrap_or_default().to_owned());
        let adds_up = ["50.00", "30.00", "280.00"];
        assert_eq!(figures(&standing["all"]), adds_up);
        // Wherever the figures stand they add up to what is owed.
        let school = format!("/v1/reports/school-completion?organisation_id={}&{next}", county.schools[0]);
        let table = centre.get(&school).await.expect(200);
        assert_eq!([figures(&table["teachers"][0]), figures(&table["all"])], [adds_up, adds_up]);
        let summary = centre.get(&format!("/v1/reports/county-summary?{next}")).await.expect(200);
        assert_eq!(figures(&summary["all"]), adds_up);
        for of in [school, format!("/v1/reports/school-completion?organisation_id={}&{next}", county.bureau), format!("/v1/reports/county-summary?{next}")] {
            let csv = centre.clone().in_chinese().get(&format!("{of}&format=csv")).await.text();
            assert!(csv.contains("结转学时") && csv.contains("30.00"), "{csv}");
            assert_eq!(centre.get(&format!("{of}&format=xlsx")).await.status, 200);
        }
        crate::certificates::numbered(county, person, 1);
        let certificates = format!("/v1/teachers/{}/certificates", person.teacher());
        let certified = centre.post(&certificates, json!({"cycle": "2021-2025"})).await.expect(201);
        assert_eq!(figures(&certified["content"]), adds_up);
        let before = centre.post(&certificates, json!({"cycle": "2016-2020"})).await.expect(201);
        assert_eq!(before["content"].get("carried_over"), None, "kept documents say nothing where there is nothing");
        assert!(!crate::check::broken_now(county).contains("certificates"));
        assert_eq!(statement(&centre, person, CYCLE).await["carried_over"], "0.00", "the cycle before has no rules");
    }

    async fn a_draft_by_session_is_tried_with_the_courses_that_reach_into_the_cycle(county: County) {
        let person = with_teacher(county);
        let part = |on: &str, amount: &str| DatedHours { on: day(on), hours: hours(amount) };
        let circumstances =
            Circumstances { dated: vec![part("2020-12-31", "24"), part("2021-01-10", "16")], ..Circumstances::ORDINARY };
        post(county, vec![NewEntry { circumstances, ..entry(person, "2021-01-10", "40") }]);
        let draft = json!({"code": "SX-SESSION", "version": 1, "area": "331123", "valid": {"from": "2016-01-01"}, "zh": "按上课日",
            "en": "by session", "sources": {"A": {"title": "通知"}}, "attribution": figure("session"), "rules": []});
        let wish = json!({"document": draft, "cycle": "2016-2020", "as_of": "2020-12-31"});
        let trial = county.sign_in("centre").post("/v1/policy-packs/simulate", wish).await.expect(200);
        let changed = &trial["changed"][0];
        assert_eq!((&changed["before"]["counted"], &changed["after"]["counted"]), (&json!("0.00"), &json!("24.00")), "{trial:#}");
    }

    async fn days_recorded_wrongly_are_corrected_with_the_hours_or_alone(county: County) {
        let person = with_teacher(county);
        let centre = county.sign_in("centre");
        let body = json!({"title": "暑期师德", "effective_on": "2026-08-20", "route": "school_based", "delivery_form": "school_based",
            "level": "school", "themes": ["ethics"], "nominal": "15", "reference": "A-1", "days": "2"});
        let made = entered(county, person, body).await;
        let reverse = format!("/v1/hour-entries/{}/reverse", made["id"].as_str().unwrap());
        let right = |days: &str| json!({"reason": "天数误录", "replacement": {"days": days}});
        centre.post(&reverse, right("400")).await.refused(422, "invalid_field");
        centre.post(&reverse, right("2")).await.refused(422, "correction_changes_nothing");
        centre.post(&reverse, right("3")).await.refused(409, "raise_needs_approval");
        let mended = centre.post(&reverse, right("1")).await.expect(201);
        assert_eq!((&mended["replacement"]["days"], &mended["net"]), (&json!("1.00"), &json!("0.00")));
        assert_eq!(statement(&centre, person, "").await["entries"][0]["days"], "1.00");
    }
}
