//! Whatever else judges hours goes by the rules of the own school: the way to what is missing, what is certified to another county,
//! what is carried over, and what an entry says of its rules.

use super::{
    pack,
    schools::{figure, overlay, publish},
};
use crate::{
    harness::{
        both,
        training::{TestSession, at},
    },
    ledger::fixture::*,
};
use serde_json::{Value, json};

both! {
    async fn the_way_leads_to_what_the_own_school_asks(county: County) {
        let teachers = [(1, county.schools[0]), (2, county.schools[1])].map(|(number, school)| county.add_teacher(number, school));
        publish(county, overlay(county.schools[0], 1)).await;
        for (teacher, owed) in teachers.into_iter().zip(["400.00", "360.00"]) {
            let way = county.caller(teacher.account).get(&format!("/v1/teachers/{}/way", teacher.person.teacher())).await.expect(200);
            let total = way["out_of_reach"].as_array().unwrap().iter().find(|one| one["rule"]["id"] == "total.cycle").unwrap();
            assert_eq!(total["owed"], owed);
        }
    }

    async fn another_county_is_certified_what_the_own_school_s_yearly_caps_left(county: County) {
        install_packs(county);
        publish(county, overlay(county.schools[0], 1)).await;
        let going = json!({"direction": "out", "moved_on": "2019-02-01", "other_area": "331124", "other_name": "松阳县"});
        for (number, school, left) in [(102, county.schools[0], "12.00"), (103, county.schools[1], "20.00")] {
            let person = teacher(county, number, "雷", school);
            post(county, vec![school_based(person, "2018-04-01", "20")]);
            let issued = county.sign_in("centre").post(&format!("/v1/teachers/{}/transfers", person.teacher()), going.clone()).await.expect(201);
            assert_eq!(issued["certificate"]["total"], left);
        }
    }

    async fn what_is_carried_over_is_what_the_own_school_did_not_ask_for(county: County) {
        install_packs(county);
        publish(county, overlay(county.schools[0], 1)).await;
        let mut wide = pack(1);
        (wide["valid"]["from"], wide["carry_over"], wide["rules"]) = (json!("2016-01-01"), figure("100"), json!([]));
        publish(county, wide).await;
        let people = [(102, 0), (103, 1)].map(|(number, school)| teacher(county, number, "雷", county.schools[school]));
        for person in people {
            post(county, (2016..=2020).map(|year| entry(person, &format!("{year}-05-01"), "84")).collect());
        }
        let carried = async |person| {
            let read = statement(&county.sign_in("centre"), person, "cycle=2021-2025&as_of=2021-06-30").await;
            (read["facts"]["surplus"].clone(), read["carried_over"].clone())
        };
        assert_eq!(carried(people[0]).await, (json!("20.00"), json!("20.00")), "420 of 400");
        assert_eq!(carried(people[1]).await, (json!("60.00"), json!("60.00")), "420 of 360");
        // Whoever leaves on the cycle's last day but one owed what the county asks; what the years at the school left counts on.
        sql(county, "UPDATE employments SET valid_to = '2020-12-30' WHERE person_id = 102").unwrap();
        employ(county, 2, 102, county.schools[1], "2020-12-31");
        assert_eq!(carried(people[0]).await.0, "60.00");
    }

    async fn hours_of_a_session_name_the_rules_of_the_own_school(county: County) {
        let teachers = [(1, county.schools[0]), (3, county.schools[1])].map(|(number, school)| county.add_teacher(number, school));
        publish(county, overlay(county.schools[0], 1)).await;
        let session = county.add_session(TestSession { seats: 2, ..TestSession::default() });
        let mut ids = Vec::new();
        for (teacher, school) in teachers.iter().zip(["school-1", "school-2"]) {
            let path = format!("/v1/sessions/{}/enrolments", session.id);
            let row = county.caller(teacher.account).post(&path, json!({})).await.expect(201);
            ids.push(row["id"].as_str().unwrap().to_owned());
            county.sign_in(school).post(&format!("/v1/enrolments/{}/approve", ids.last().unwrap()), json!({})).await.expect(200);
        }
        county.clock.set(at("2026-12-05T09:00:00"));
        county.sign_in("institution-1").act(&format!("/v1/sessions/{}/start", session.id)).await.expect(200);
        county.clock.set(at("2026-12-06T12:00:00"));
        let institution = county.sign_in("institution-1");
        let put = async |path: String, body: Value| crate::enrolment::put(&institution, path, body).await.expect(200);
        for unit in session.units {
            let marks: Vec<Value> = ids.iter().map(|id| json!({"enrolment_id": id, "mark": "present"})).collect();
            put(format!("/v1/sessions/{}/units/{unit}/attendance", session.id), json!({"marks": marks})).await;
        }
        let results: Vec<Value> = ids.iter().map(|id| json!({"enrolment_id": id, "result": "pass", "misconduct": false})).collect();
        put(format!("/v1/sessions/{}/results", session.id), json!({"results": results})).await;
        institution.act(&format!("/v1/sessions/{}/close", session.id)).await.expect(200);
        let mut labels = Vec::new();
        for teacher in teachers {
            let list = county.sign_in("centre").get(&format!("/v1/teachers/{}/hour-entries", teacher.person.teacher())).await.expect(200);
            labels.push(list["data"][0]["policy"].as_str().unwrap().to_owned());
        }
        assert_eq!(labels, ["ZJ-2016 v1, 331123 v1, SX-XX v1", "ZJ-2016 v1, 331123 v1"]);
    }
}
