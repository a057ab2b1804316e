//! What is missing to a teacher, and the shortest way to it.

use crate::{
    harness::{
        County, both,
        training::{TestSession, TestTeacher},
    },
    ledger::{
        fixture::day,
        parameters::{figure, publish},
    },
};
use serde_json::{Value, json};
use shixun_domain::{catalogue::ProgrammeKind, id::SessionId};

/// A session of so many hours that begins on this day and ends the day after.
fn planned(county: &County, hours: i32, on: &str) -> SessionId {
    county.add_session(TestSession { hours, starts_on: day(on), ..TestSession::default() }).id
}

async fn way(county: &County, teacher: TestTeacher) -> Value {
    let path = format!("/v1/teachers/{}/way?cycle=2026-2030", teacher.person.teacher());
    county.caller(teacher.account).get(&path).await.expect(200)
}

fn chosen(found: &Value, list: &str) -> Vec<String> {
    found[list].as_array().unwrap().iter().map(|row| row["session_id"].as_str().unwrap().to_owned()).collect()
}

fn texts(sessions: &[SessionId]) -> Vec<String> {
    sessions.iter().map(SessionId::to_string).collect()
}

both! {
    async fn the_way_takes_the_fewest_hours_that_meet_what_can_be_met(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let (short, long) = (planned(county, 24, "2026-12-05"), planned(county, 60, "2026-12-12"));
        let other = planned(county, 24, "2026-12-19");
        let found = way(county, teacher).await;
        // The floor of 2026 is 48 hours. What later years ask for cannot be met by what is offered today.
        assert_eq!((&found["outcome"], &found["proven"], &found["hours"]), (&json!("way"), &json!(true), &json!("48.00")));
        assert_eq!(chosen(&found, "sessions"), texts(&[short, other]), "and not {long}");
        assert_eq!(found["considered"], json!(3));
        let lost: Vec<&Value> = found["out_of_reach"].as_array().unwrap().iter().map(|one| &one["rule"]["id"]).collect();
        assert!(lost.contains(&&json!("total.cycle")) && lost.contains(&&json!("year.floor")), "{lost:?}");
        assert_eq!(found["missing_after"].as_array().unwrap().len(), lost.len());
    }

    async fn sessions_at_the_same_time_are_no_way_together(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let (_, _) = (planned(county, 24, "2026-12-05"), planned(county, 24, "2026-12-05"));
        let none = way(county, teacher).await;
        assert_eq!((&none["outcome"], &none["proven"]), (&json!("none"), &json!(true)));
        let obstacles = &none["obstacles"];
        assert_eq!((chosen(obstacles, "sessions").len(), &obstacles["clashes"][0]["because"]), (2, &json!("time")));
        let year = &obstacles["years"][0];
        assert_eq!((&year["year"], &year["hours_left"], &year["rule"]["id"]), (&json!(2026), &json!("144.00"), &json!("year.maximum")));
        assert_eq!(year["session_ids"].as_array().unwrap().len(), 2);
        let long = planned(county, 60, "2026-12-12");
        assert_eq!(chosen(&way(county, teacher).await, "sessions"), texts(&[long]));
    }

    async fn a_seat_that_is_held_is_the_first_step_of_the_way(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let (first, second) = (planned(county, 24, "2026-12-05"), planned(county, 24, "2026-12-12"));
        let me = county.caller(teacher.account);
        me.post(&format!("/v1/sessions/{first}/enrolments"), json!({})).await.expect(201);
        let found = way(county, teacher).await;
        assert_eq!((chosen(&found, "held"), chosen(&found, "sessions")), (texts(&[first]), texts(&[second])));
    }

    async fn whoever_walks_the_way_is_refused_nowhere_on_it(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let apart = json!({"id": "apart.cycle", "zh": "集中培训以外", "en": "outside blocks", "rule": {"minimum": {
            "of": {"concentrated": false}, "measure": "credited", "window": "cycle", "hours": figure("108"), "strength": figure("fail")}}});
        publish(county, json!({"rules": [apart]})).await;
        let block = |on: &str| {
            let session = TestSession { hours: 90, starts_on: day(on), kind: ProgrammeKind::Block, content_key: on.to_owned(), ..TestSession::default() };
            county.add_session(session).id
        };
        // 90 and 60 hours are more than the 144 that a year takes, though both would end sooner.
        let (_, later) = (block("2026-12-20"), block("2027-05-10"));
        let (first, second) = (planned(county, 60, "2026-12-05"), planned(county, 48, "2027-03-01"));
        let found = way(county, teacher).await;
        assert_eq!(chosen(&found, "sessions"), texts(&[first, second, later]), "{found}");
        for session in [first, second, later] {
            county.caller(teacher.account).post(&format!("/v1/sessions/{session}/enrolments"), json!({})).await.expect(201);
        }
    }

    async fn a_way_is_shown_to_those_who_may_see_the_hours(county: County) {
        let (teacher, other) = (county.add_teacher(1, county.schools[0]), county.add_teacher(2, county.schools[0]));
        let path = format!("/v1/teachers/{}/way", teacher.person.teacher());
        county.caller(other.account).get(&path).await.refused(404, "not_found");
        county.caller(teacher.account).get(&format!("{path}?cycle=1990-1994")).await.refused(400, "cycle_unknown");
    }
}
