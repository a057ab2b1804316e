//! Statements and standings: who may see them, when they change, and what they survive.

use super::fixture::*;
use crate::harness::both;
use actix_web::http::Method;
use serde_json::{Value, json};
use shixun_domain::{UtcMillis, access::Role};

both! {
    async fn a_statement_is_the_teacher_s_own_the_school_s_and_the_county_s(county: County) {
        let person = with_teacher(county);
        let other = teacher(county, 103, "蓝", county.schools[1]);
        county.add_account("teacher-2", Role::Teacher, county.schools[1], Some(other));
        let place = format!("/v1/teachers/{}/statement?{CYCLE}", person.teacher());
        for name in ["teacher-1", "school-1", "bureau", "centre", "monitor", "auditor"] {
            county.sign_in(name).get(&place).await.expect(200);
        }
        for name in ["teacher-2", "school-2", "elsewhere-bureau", "elsewhere-auditor", "elsewhere-school"] {
            county.sign_in(name).get(&place).await.refused(404, "not_found");
        }
        for name in ["institution-1", "finance", "system"] {
            county.sign_in(name).get(&place).await.refused(403, "forbidden");
        }
        county.anonymous().get(&place).await.refused(401, "unauthenticated");
        let nobody = shixun_domain::id::TeacherId::new(person.area(), 999);
        county.sign_in("bureau").get(&format!("/v1/teachers/{nobody}/statement?{CYCLE}")).await.refused(404, "not_found");
    }

    async fn hours_survive_a_transfer_and_the_former_school_still_sees_them(county: County) {
        let person = with_teacher(county);
        post(county, vec![entry(person, "2017-05-01", "48")]);
        sql(county, "UPDATE employments SET valid_to = '2019-02-01' WHERE person_id = 101").unwrap();
        employ(county, 1011, 101, county.schools[1], "2019-02-02");
        sql(county, "UPDATE persons SET version = version + 1, retires_on = '2024-06-30' WHERE id = 101").unwrap();
        post(county, vec![entry(person, "2020-05-01", "50")]);
        for name in ["school-1", "school-2"] {
            let read = statement(&county.sign_in(name), person, CYCLE).await;
            assert_eq!(read["counted"], "98.00");
            assert_eq!(read["teacher"]["organisation_name"], "山区中心小学");
            let schools: Vec<_> = read["entries"].as_array().unwrap().iter().map(|entry| entry["organisation_name"].clone()).collect();
            assert_eq!(schools, [json!("实验小学"), json!("山区中心小学")], "each entry keeps the school of its day");
        }
        // What it sees it does not thereby look after.
        let place = |what: &str| format!("/v1/teachers/{}/{what}", person.teacher());
        let waiver = json!({"rule_id": "block.cycle", "reason": "长期病假", "valid_from": "2016-01-01", "valid_to": "2020-12-31"});
        let former = county.sign_in("school-1");
        former.post(&place("waivers"), waiver.clone()).await.refused(404, "not_found");
        former.post(&place("certificates"), json!({"cycle": "2016-2020", "as_of": "2018-12-31"})).await.refused(404, "not_found");
        county.sign_in("school-2").post(&place("waivers"), waiver).await.expect(201);
    }

    async fn a_statement_has_another_tag_when_its_school_is_renamed(county: County) {
        let person = with_teacher(county);
        let (centre, bureau) = (county.sign_in("centre"), county.sign_in("bureau"));
        let place = format!("/v1/teachers/{}/statement?{CYCLE}", person.teacher());
        let first = centre.get(&place).await;
        let school = format!("/v1/organisations/{}", county.schools[0]);
        let found = bureau.get(&school).await;
        let (etag, before) = (found.etag(), found.expect(200));
        let fields: Value = before.as_object().unwrap().iter()
            .filter(|(name, _)| ["code", "name", "kind", "parent_id", "stage", "setting", "small_class"].contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let renamed = crate::catalogue::steps::with(fields, json!({"name": "第一实验小学"}));
        bureau.request(Method::PUT, &school).header("If-Match", &etag).json(&renamed).send().await.expect(200);
        let again = centre.request(Method::GET, &place).header("If-None-Match", &first.etag()).send().await;
        assert_eq!(again.expect(200)["teacher"]["organisation_name"], "第一实验小学");
    }

    async fn hours_survive_retirement_for_the_teacher_the_former_school_and_the_county(county: County) {
        let (person, other) = (with_teacher(county), teacher(county, 103, "蓝", county.schools[1]));
        post(county, vec![entry(person, "2017-05-01", "48"), entry(other, "2017-05-01", "12")]);
        let before = statement(&county.sign_in("centre"), person, CYCLE).await["entries"].clone();
        sql(county, "UPDATE employments SET valid_to = '2019-08-31' WHERE person_id = 101").unwrap();
        sql(county, "UPDATE persons SET version = version + 1, retires_on = '2019-08-31' WHERE id = 101").unwrap();
        for name in ["teacher-1", "school-1", "centre", "auditor"] {
            let read = statement(&county.sign_in(name), person, CYCLE).await;
            assert_eq!((&read["counted"], &read["entries"]), (&json!("48.00"), &before), "{name}");
            let list = county.sign_in(name).get(&format!("/v1/teachers/{}/hour-entries", person.teacher())).await.expect(200);
            assert_eq!(list["data"].as_array().unwrap().len(), 1, "{name}");
        }
        assert_eq!(statement(&county.sign_in("centre"), other, CYCLE).await["counted"], "12.00");
    }

    async fn a_client_that_has_the_statement_gets_304_until_something_changes(county: County) {
        let person = with_teacher(county);
        post(county, vec![entry(person, "2017-05-01", "48")]);
        let place = format!("/v1/teachers/{}/statement?{CYCLE}", person.teacher());
        let centre = county.sign_in("centre");
        let first = centre.get(&place).await;
        let ask = |etag: String| centre.request(Method::GET, &place).header("If-None-Match", &etag).send();
        let again = ask(first.etag()).await;
        assert_eq!((again.status, again.bytes.len(), again.etag()), (304, 0, first.etag()));
        assert_eq!(county.sign_in("teacher-1").get(&place).await.etag(), first.etag(), "the tag does not depend on who asks");
        post(county, vec![entry(person, "2017-06-01", "10")]);
        let changed = ask(first.etag()).await;
        assert_eq!(changed.expect(200)["counted"], "58.00");
        sql(county, "UPDATE persons SET version = version + 1, retires_on = '2019-08-31' WHERE id = 101").unwrap();
        assert_eq!(ask(changed.etag()).await.expect(200)["owed"], "176.00");
    }

    async fn a_cycle_ends_at_midnight_in_china(county: County) {
        let person = with_teacher(county);
        post(county, vec![entry(person, "2020-12-31", "48"), entry(person, "2021-01-01", "7")]);
        let last = UtcMillis::parse_rfc3339("2020-12-31T23:59:59.999+08:00").unwrap();
        // Roles of the county are granted from the present day of the harness, so rights are looked up before the clock goes back.
        sql(county, "UPDATE role_grants SET valid_from = '2016-01-01'").unwrap();
        county.clock.set(last);
        let read = statement(&county.sign_in("bureau"), person, "").await;
        assert_eq!((&read["cycle"]["name"], &read["counted"], &read["as_of"]), (&json!("2016-2020"), &json!("48.00"), &json!("2020-12-31")));
        county.clock.set(last.plus_millis(1));
        let read = statement(&county.sign_in("bureau"), person, "").await;
        assert_eq!((&read["cycle"]["name"], &read["counted"]), (&json!("2021-2025"), &json!("7.00")));
    }

    async fn a_rule_that_changes_inside_the_cycle_leaves_earlier_entries_under_the_earlier_one(county: County) {
        let person = with_teacher(county);
        post(county, vec![school_based(person, "2016-04-01", "30"), school_based(person, "2018-04-01", "30")]);
        let centre = county.sign_in("centre");
        assert_eq!(statement(&centre, person, CYCLE).await["counted"], "48.00");
        let pack = json!({
            "code": "SX-SCHOOL", "version": 1, "area": "331123", "valid": {"from": "2018-01-01"}, "zh": "校本研修上限", "en": "school-based",
            "sources": {"A": {"title": "县教育局通知"}},
            "rules": [{"id": "school_based.cap.year", "zh": "校本研修", "en": "school-based training", "rule": {"cap": {
                "of": {"routes": ["school_based"]}, "period": "year",
                "hours": {"value": "10", "source": "A", "article": "一", "confidence": "R"}}}}]
        });
        let drafted = centre.post("/v1/policy-packs", pack).await.expect(201);
        let place = format!("/v1/policy-packs/{}/publish", drafted["pack"]["id"].as_str().unwrap());
        county.sign_in("bureau").act(&place).await.expect(200);
        let read = statement(&centre, person, CYCLE).await;
        assert_eq!(cuts(&read), ["2016-04-01 6.00 331123 v1 school_based.cap.year", "2018-04-01 20.00 SX-SCHOOL v1 school_based.cap.year"]);
    }

    async fn the_statement_of_a_day_leaves_later_hours_out(county: County) {
        let person = with_teacher(county);
        post(county, vec![entry(person, "2017-05-01", "48"), entry(person, "2018-05-01", "40")]);
        let bureau = county.sign_in("bureau");
        let read = statement(&bureau, person, "cycle=2016-2020&as_of=2017-12-31").await;
        assert_eq!((&read["counted"], &read["verdict"]), (&json!("48.00"), &json!("failed")), "2016 is over and has no hours");
        assert_eq!(requirement(&read, "total.cycle", None), "360.00 48.00 312.00 not_yet");
        assert_eq!(read["years"].as_array().unwrap().len(), 2);
        let place = format!("/v1/teachers/{}/statement", person.teacher());
        bureau.get(&format!("{place}?cycle=2017-2021")).await.refused(400, "cycle_unknown");
        bureau.get(&format!("{place}?cycle=2016-2020&as_of=2015-12-31")).await.refused(400, "invalid_parameter");
        let reason = async |query: &str| {
            bureau.get(&format!("{place}?{query}")).await.refused(400, "invalid_parameter")["parameters"]["reason"].clone()
        };
        assert_eq!(reason("as_of=2026-11-24").await, "must not lie after today, 2026-11-23");
        assert_eq!(reason("as_of=2099-01-01").await, "must not lie after today, 2026-11-23");
        bureau.get(&format!("{place}?as_of=2016-02-30")).await.refused(400, "invalid_parameter");
        bureau.get(&format!("{place}?ciclo=2016-2020")).await.refused(400, "unknown_parameter");
    }

    async fn a_standing_counts_each_teacher_once_by_verdict(county: County) {
        let person = with_teacher(county);
        let mut entries = vec![block(person, "2018-07-15", "90")];
        for year in 2016..=2020 {
            entries.push(entry(person, &format!("{year}-05-01"), "54"));
        }
        let second = teacher(county, 102, "钟", county.schools[0]);
        let third = teacher(county, 103, "蓝", county.schools[1]);
        teacher_since(county, 104, "新", county.schools[1], "2022-08-15");
        entries.extend([entry(second, "2016-05-01", "48"), entry(third, "2019-05-01", "12.5")]);
        let ids = post(county, entries);
        let bureau = county.sign_in("bureau");
        let all = bureau.get(&format!("/v1/areas/331123/standing?{CYCLE}")).await.expect(200);
        assert_eq!(all["all"], json!({"teachers": 3, "met": 1, "warn": 0, "not_yet": 0, "failed": 2,
            "owed": "1080.00", "counted": "420.50", "missing": "659.50"}));
        assert_eq!(all["schools"].as_array().unwrap().len(), 2);
        let school = county.sign_in("school-1");
        let own = format!("/v1/organisations/{}/standing?{CYCLE}", county.schools[0]);
        assert_eq!(school.get(&own).await.expect(200)["all"]["teachers"], 2);
        county.sign_in("school-2").get(&own).await.refused(404, "not_found");
        school.get(&format!("/v1/areas/331123/standing?{CYCLE}")).await.refused(404, "not_found");
        county.sign_in("elsewhere-bureau").get(&own).await.refused(404, "not_found");
        county.sign_in("teacher-1").get(&own).await.refused(403, "forbidden");
        // The standing and the statements say the same.
        let counted = statement(&bureau, second, CYCLE).await["counted"].clone();
        assert_eq!(counted, "48.00");
        corrected(county, ids[0], json!({"reason": "误录"})).await;
        let after = bureau.get(&format!("/v1/areas/331123/standing?{CYCLE}")).await.expect(200);
        assert_eq!((&after["all"]["met"], &after["all"]["counted"]), (&json!(0), &json!("330.50")));
    }
}
