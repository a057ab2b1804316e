//! What was known then: entries, reversals and packs that were recorded later are not there yet.

use super::fixture::*;
use crate::harness::both;
use serde_json::{Value, json};
use shixun_domain::UtcMillis;

/// An instant as a client writes it into an address.
pub fn asked(at: UtcMillis) -> String {
    format!("known_at={}", at.to_string().replace('+', "%2B"))
}

const LATER: i64 = 300_000;

both! {
    async fn what_was_recorded_later_was_not_known_then(county: County) {
        let person = with_teacher(county);
        // The packs are there from the first instant on.
        county.advance_millis(LATER);
        let centre = county.sign_in("centre");
        let ids = post(county, vec![entry(person, "2017-05-01", "48")]);
        let first = county.clock.now();
        county.advance_millis(LATER);
        let wrong = json!({"reason": "考勤更正", "replacement": {"attended": "40"}});
        corrected(county, ids[0], wrong).await;
        let second = county.clock.now();
        county.advance_millis(LATER);
        post(county, vec![entry(person, "2018-05-01", "10")]);
        let counted = async |query: String| statement(&centre, person, &query).await;
        let at = |at: UtcMillis| format!("{CYCLE}&{}", asked(at));
        let then = counted(at(first)).await;
        assert_eq!((&then["counted"], &then["corrections"]), (&json!("48.00"), &json!([])), "the reversal lies ahead");
        assert_eq!(then["known_at"], first.to_string());
        let between = counted(at(second)).await;
        assert_eq!((&between["counted"], between["corrections"].as_array().unwrap().len()), (&json!("40.00"), 2));
        let today = counted(CYCLE.to_owned()).await;
        assert_eq!((&today["counted"], &today["known_at"]), (&json!("50.00"), &Value::Null));
        assert_eq!(counted(at(county.clock.now())).await["counted"], "50.00");
        let before = counted(at(first.plus_millis(-1))).await;
        assert_eq!((&before["counted"], &before["entries"]), (&json!("0.00"), &json!([])));
        let list = async |query: String| {
            centre.get(&format!("/v1/teachers/{}/hour-entries?include=total{query}", person.teacher())).await.expect(200)
        };
        let known = list(format!("&{}", asked(first))).await;
        assert_eq!((&known["total"], &known["data"][0]["followed_by"]), (&json!(1), &Value::Null));
        let known = list(format!("&{}", asked(second))).await;
        assert_eq!((&known["total"], &known["data"][0]["followed_by"]["kind"]), (&json!(3), &json!("reversed")));
        assert_eq!(list(String::new()).await["total"], 4);
    }

    async fn standings_and_reports_know_what_the_statements_know(county: County) {
        let person = with_teacher(county);
        post(county, vec![entry(person, "2017-05-01", "48")]);
        let first = county.clock.now();
        county.advance_millis(LATER);
        post(county, vec![entry(person, "2018-05-01", "10")]);
        let centre = county.sign_in("centre");
        let then = format!("{CYCLE}&{}", asked(first));
        let school = county.schools[0];
        for (path, place) in [
            ("/v1/areas/331123/standing?".to_owned(), "/all/counted"),
            (format!("/v1/organisations/{school}/standing?"), "/schools/0/tally/counted"),
            (format!("/v1/reports/school-completion?organisation_id={school}&"), "/teachers/0/counted"),
            ("/v1/reports/county-summary?".to_owned(), "/all/counted"),
        ] {
            let read = centre.get(&format!("{path}{then}")).await.expect(200);
            assert_eq!(read.pointer(place).unwrap(), "48.00", "{path}");
            assert_eq!(read["known_at"], first.to_string());
            let read = centre.get(&format!("{path}{CYCLE}")).await.expect(200);
            assert_eq!((read.pointer(place).unwrap(), &read["known_at"]), (&json!("58.00"), &Value::Null), "{path}");
        }
    }

    async fn facts_of_persons_are_those_that_were_known_then(county: County) {
        let person = county.add_teacher(1, county.schools[0]).person;
        post(county, vec![entry(person, "2026-05-01", "40")]);
        let (centre, bureau) = (county.sign_in("centre"), county.sign_in("bureau"));
        let own = format!("/v1/persons/{person}");
        county.advance_millis(1_000);
        let mut known: Vec<(UtcMillis, Value, Value)> = Vec::new();
        let mut remember = async || {
            county.advance_millis(1_000);
            let at = county.clock.now();
            let read = statement(&centre, person, &format!("cycle=2026-2030&{}", asked(at))).await;
            let report = centre.get(&format!("/v1/reports/county-summary?cycle=2026-2030&{}", asked(at))).await.expect(200);
            known.push((at, read, report));
            county.advance_millis(1_000);
        };
        remember().await;
        let leave = json!({"kind": "maternity", "valid_from": "2026-02-01", "valid_to": "2026-09-30"});
        let leave = centre.post(&format!("{own}/leaves"), leave).await.expect(201);
        remember().await;
        let place = format!("{own}/leaves/{}/end", leave["id"].as_str().unwrap());
        centre.post(&place, json!({"last_day": "2026-03-31"})).await.expect(200);
        remember().await;
        let waivers = format!("/v1/teachers/{}/waivers", person.teacher());
        let waiver = json!({"rule_id": "year.floor", "valid_from": "2026-01-01", "valid_to": "2026-12-31", "reason": "援疆支教一年"});
        let waiver = centre.post(&waivers, waiver).await.expect(201);
        let waiver = format!("/v1/waivers/{}", waiver["id"].as_str().unwrap());
        remember().await;
        bureau.post(&format!("{waiver}/decide"), json!({"decision": "grant"})).await.expect(200);
        remember().await;
        centre.post(&format!("{own}/transfer"), json!({"organisation_id": county.schools[1].to_string(), "on": "2026-09-01"})).await.expect(200);
        remember().await;
        let etag = centre.get(&own).await.etag();
        let change = centre.request(actix_web::http::Method::PATCH, &own).header("If-Match", &etag);
        change.json(&json!({"retires_on": "2028-06-30"})).send().await.expect(200);
        remember().await;
        bureau.post(&format!("{waiver}/revoke"), json!({"reason": "未成行"})).await.expect(200);
        remember().await;
        let withdraw = format!("{own}/leaves/{}/withdraw", leave["id"].as_str().unwrap());
        centre.post(&withdraw, json!({"reason": "产假登错了人"})).await.expect(200);
        remember().await;
        for (step, (at, read, report)) in known.iter().enumerate() {
            assert_eq!(statement(&centre, person, &format!("cycle=2026-2030&{}", asked(*at))).await, *read, "step {step}");
            let again = centre.get(&format!("/v1/reports/county-summary?cycle=2026-2030&{}", asked(*at))).await.expect(200);
            assert_eq!(again, *report, "step {step}");
            let Some((_, before, before_report)) = step.checked_sub(1).map(|before| &known[before]) else { continue };
            let like = |other: &Value| json!({"known_at": read["known_at"], "of": crate::catalogue::steps::with(other.clone(), json!({"known_at": null}))});
            let same = like(before) == like(read) && like(before_report) == like(report);
            assert_eq!(same, step == 3, "a proposal changes nothing, step {step} does");
        }
    }

    async fn what_was_disputed_then_is_disputed_in_what_was_known_then(county: County) {
        let person = with_teacher(county);
        let ids = post(county, vec![entry(person, "2026-10-20", "24")]);
        let query = |at: UtcMillis| format!("cycle=2026-2030&as_of=2026-11-23&{}", asked(at));
        let before = county.clock.now();
        county.advance_millis(LATER);
        let opened = county.sign_in("teacher-1").post(&format!("/v1/hour-entries/{}/disputes", ids[0]), json!({"claim": "少记"})).await;
        let place = opened.header("location").unwrap();
        let during = county.clock.now();
        county.advance_millis(LATER);
        let bureau = county.sign_in("bureau");
        let dismiss = bureau.request(actix_web::http::Method::POST, &format!("{place}/dismiss")).header("If-Match", "\"1\"");
        dismiss.json(&json!({"reason": "无误"})).send().await.expect(200);
        let decided = county.clock.now();
        for (at, disputed) in [(before, false), (during, true), (decided, false)] {
            let read = statement(&county.sign_in("centre"), person, &query(at)).await;
            assert_eq!(read["entries"][0]["disputed"], disputed, "{at}");
        }
    }

    async fn a_pack_published_later_was_not_known_then(county: County) {
        let person = with_teacher(county);
        let before = county.clock.now();
        county.advance_millis(LATER);
        let document = crate::catalogue::steps::with(crate::policy::pack(2), json!({"valid": {"from": "2026-06-01"}}));
        let drafted = county.sign_in("centre").post("/v1/policy-packs", document).await.expect(201);
        let pack = drafted["pack"]["id"].as_str().unwrap();
        county.sign_in("bureau").act(&format!("/v1/policy-packs/{pack}/publish")).await.expect(200);
        let packs = async |query: String| {
            let read = statement(&county.sign_in("centre"), person, &query).await;
            read["policy_packs"].as_array().unwrap().iter().filter(|one| one["edition"] == 2).count()
        };
        assert_eq!(packs("cycle=2026-2030".into()).await, 1);
        assert_eq!(packs(format!("cycle=2026-2030&{}", asked(before))).await, 0);
        assert_eq!(packs(format!("cycle=2026-2030&{}", asked(county.clock.now()))).await, 1);
    }

    async fn nobody_knew_what_lies_ahead(county: County) {
        let person = with_teacher(county);
        let centre = county.sign_in("centre");
        let ahead = asked(county.clock.now().plus_millis(1));
        let teacher = person.teacher();
        for path in [
            format!("/v1/teachers/{teacher}/statement?{ahead}"),
            format!("/v1/teachers/{teacher}/hour-entries?{ahead}"),
            format!("/v1/areas/331123/standing?{ahead}"),
            format!("/v1/reports/school-completion?{ahead}"),
            format!("/v1/reports/county-summary?{ahead}"),
        ] {
            let problem = centre.get(&path).await.refused(400, "invalid_parameter");
            assert_eq!(problem["parameters"]["name"], "known_at", "{path}");
        }
        let now = asked(county.clock.now());
        let path = format!("/v1/teachers/{teacher}/statement?{now}&as_of=2026-11-24");
        let problem = centre.get(&path).await.refused(400, "invalid_parameter");
        assert_eq!(problem["parameters"]["name"], "as_of", "a day after the instant was not over then");
        let path = format!("/v1/teachers/{teacher}/statement?known_at=yesterday");
        assert_eq!(centre.get(&path).await.refused(400, "invalid_parameter")["parameters"]["name"], "known_at");
        let long_ago = "known_at=2001-01-01T00:00:00Z";
        centre.get(&format!("/v1/teachers/{teacher}/statement?{long_ago}")).await.refused(409, "policy_missing");
    }
}
