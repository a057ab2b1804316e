//! What a draft of rules would do to everybody, and that nothing is written.

use super::fixture::*;
use crate::{harness::both, policy::pack};
use serde_json::{Value, json};

/// The draft with another cap on school-based hours, in force from 2016.
pub(crate) fn cap(hours: &str) -> Value {
    let mut document = pack(1);
    document["valid"]["from"] = json!("2016-01-01");
    document["rules"][0]["rule"]["cap"]["hours"]["value"] = json!(hours);
    document
}

pub(crate) fn simulated(document: Value) -> Value {
    json!({"document": document, "cycle": "2016-2020", "as_of": "2020-12-31", "price_per_hour": "35.5", "hours_per_seat": "10"})
}

pub(crate) const SIMULATE: &str = "/v1/policy-packs/simulate";

both! {
    async fn a_simulation_says_who_would_stand_differently_and_what_it_costs(county: County) {
        let (one, two) = (with_teacher(county), teacher(county, 103, "蓝", county.schools[1]));
        post(county, vec![school_based(one, "2018-04-01", "30"), school_based(two, "2018-04-01", "10")]);
        let centre = county.sign_in("centre");
        // Of one teacher's 30 school-based hours 24 count, of the other's all 10.
        let laxer = centre.post(SIMULATE, simulated(cap("40"))).await.expect(200);
        assert_eq!((&laxer["before"]["counted"], &laxer["after"]["counted"]), (&json!("34.00"), &json!("40.00")));
        assert_eq!((&laxer["extra_hours"], &laxer["extra_seats"], &laxer["extra_cost"]), (&json!("0.00"), &json!(0), &json!("0.00")));
        assert_eq!(laxer["changed_total"], 1);
        assert_eq!(laxer["verdicts"], json!([]), "who failed before fails with 40 too");
        let changed = &laxer["changed"][0];
        assert_eq!(changed["teacher_id"], one.teacher().to_string());
        assert_eq!((&changed["before"]["counted"], &changed["after"]["counted"]), (&json!("24.00"), &json!("30.00")));
        let rule = |answer: &Value, id: &str| answer["rules"].as_array().unwrap().iter().find(|rule| rule["id"] == id).cloned();
        let school_cap = rule(&laxer, "school_based.cap.year").unwrap();
        assert_eq!((&school_cap["before"]["cut"], &school_cap["before"]["teachers"]), (&json!("6.00"), &json!(1)));
        assert_eq!(school_cap["before"]["rules"], json!([{"id": "school_based.cap.year", "pack": "331123", "edition": 1}]));
        assert_eq!((&school_cap["after"]["cut"], &school_cap["after"]["rules"]), (&json!("0.00"), &json!([])));
        // With 8 hours a year 16 and 2 hours are lost: 18 to be earned elsewhere, two seats of ten hours and one.
        let stricter = centre.post(SIMULATE, simulated(cap("8"))).await.expect(200);
        assert_eq!((&stricter["extra_hours"], &stricter["extra_seats"], &stricter["extra_cost"]), (&json!("18.00"), &json!(3), &json!("639.00")));
        assert_eq!(rule(&stricter, "school_based.cap.year").unwrap()["after"]["cut"], "24.00");
        let totals = |side: &str| {
            let named = |one: &Value| format!("{} v{}", one["code"].as_str().unwrap(), one["edition"]);
            stricter[side].as_array().unwrap().iter().map(named).collect::<Vec<_>>()
        };
        assert_eq!(totals("packs_before"), ["ZJ-2016 v1", "331123 v1"]);
        assert_eq!(totals("packs_after"), ["ZJ-2016 v1", "331123 v1", "SX-TEST v1"]);
    }

    async fn a_simulation_agrees_with_the_statements_after_publication(county: County) {
        let person = with_teacher(county);
        post(county, vec![school_based(person, "2018-04-01", "30"), entry(person, "2019-05-01", "70")]);
        let told = county.sign_in("centre").post(SIMULATE, simulated(cap("8"))).await.expect(200);
        let drafted = county.sign_in("centre").post("/v1/policy-packs", cap("8")).await.expect(201);
        let publish = format!("/v1/policy-packs/{}/publish", drafted["pack"]["id"].as_str().unwrap());
        county.sign_in("bureau").act(&publish).await.expect(200);
        let read = statement(&county.sign_in("centre"), person, CYCLE).await;
        assert_eq!(told["verdicts"], json!([]));
        for field in ["verdict", "owed", "counted", "missing"] {
            assert_eq!(told["changed"][0]["after"][field], read[field], "{field}");
        }
    }

    async fn a_simulation_writes_nothing_and_is_for_those_who_draft(county: County) {
        let events = county.sign_in("auditor").get("/v1/events?limit=200").await.expect(200);
        let packs = county.sign_in("centre").get("/v1/policy-packs?limit=200").await.expect(200);
        county.sign_in("bureau").post(SIMULATE, simulated(cap("8"))).await.expect(200);
        assert_eq!(county.sign_in("auditor").get("/v1/events?limit=200").await.expect(200), events);
        assert_eq!(county.sign_in("centre").get("/v1/policy-packs?limit=200").await.expect(200), packs);
        county.sign_in("monitor").post(SIMULATE, simulated(cap("8"))).await.refused(403, "forbidden");
        county.sign_in("school-1").post(SIMULATE, simulated(cap("8"))).await.refused(404, "not_found");
        county.sign_in("elsewhere-bureau").post(SIMULATE, simulated(cap("8"))).await.refused(422, "invalid_field");
        let mut foreign = simulated(cap("8"));
        foreign["area"] = json!("331122");
        county.sign_in("bureau").post(SIMULATE, foreign).await.refused(404, "not_found");
    }

    async fn a_draft_that_cannot_be_tried_is_refused_with_the_place_of_the_fault(county: County) {
        let centre = county.sign_in("centre");
        let mut faulty = simulated(cap("8"));
        faulty["document"]["rules"][0]["rule"]["cap"]["hours"]["value"] = json!("-1");
        let problem = centre.post(SIMULATE, faulty).await.refused(422, "invalid_field");
        assert_eq!(problem["errors"][0]["pointer"], "/document/rules/0/rule/cap/hours/value");
        let mut late = simulated(cap("8"));
        late["as_of"] = json!("2021-01-01");
        let problem = centre.post(SIMULATE, late).await.refused(422, "invalid_field");
        assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/as_of"), &json!("outside_cycle")));
        for (field, value) in [("price_per_hour", "-1"), ("price_per_hour", "100000.01"), ("hours_per_seat", "0")] {
            let mut odd = simulated(cap("8"));
            odd[field] = json!(value);
            let problem = centre.post(SIMULATE, odd).await.refused(422, "invalid_field");
            assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"));
        }
        let mut unknown = simulated(cap("8"));
        unknown["cycle"] = json!("1999-2003");
        centre.post(SIMULATE, unknown).await.refused(400, "cycle_unknown");
    }
}
