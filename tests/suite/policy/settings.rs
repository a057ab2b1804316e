//! What packs say once for everybody, where it decides something: another value changes what happens.

use crate::{
    catalogue::steps::{approved, place, planned, programme, put, session, unit, with},
    check::broken_now,
    enrolment::attended,
    harness::{County, both, training::TestSession},
    ledger::{
        disputes::{claim, disputed},
        fixture::{entry, post, sql, with_teacher, write},
        parameters::{figure, publish},
    },
    records::{
        steps::{at, of, prepared, record, step},
        transfers::{certificate, issued, newcomer, proven},
    },
};
use actix_web::http::Method;
use serde_json::{Value, json};
use shixun_domain::policy::{Pack, packs};
use shixun_persistence::policy::{Added, NewPack, add};

/// A second edition of the province's pack with some fields set: a county's laxer word has no effect.
fn province_says(county: &County, change: Value) {
    let cited = |value: &Value| json!({"value": value, "source": "INF", "article": "试行", "confidence": "I"});
    second_edition(
        county,
        change.as_object().unwrap().iter().map(|(field, value)| (field.as_str(), cited(value))).collect(),
    );
}

/// The same with one setting that counties may say otherwise.
fn province_lets_be_relaxed(county: &County, field: &str, value: &str) {
    let cited = |value: &str| json!({"value": value, "source": "INF", "article": "试行", "confidence": "I"});
    let mut said = cited(value);
    said["may_be_relaxed"] = cited("yes");
    second_edition(county, vec![(field, said)]);
}

fn second_edition(county: &County, change: Vec<(&str, Value)>) {
    let (_, text) = packs::shipped()[1];
    let mut document: Value = serde_json::from_str(text).unwrap();
    document["version"] = json!(2);
    for (field, said) in change {
        document[field] = said;
    }
    let added = write(county, move |tx| {
        let document = document.to_string();
        let pack = Pack::parse(&document).unwrap();
        let digest = shixun_api::canonical::digest(&document);
        let new = NewPack {
            jurisdiction: pack.jurisdiction(),
            code: pack.code(),
            edition: pack.version(),
            valid: pack.valid(),
            document: &document,
            digest: &digest,
            created_by: None,
            published: true,
        };
        add(tx, &new)
    });
    assert!(matches!(added, Added::New(_)));
    county.app.policy.forget_all();
}

both! {
    async fn a_unit_is_worth_no_more_hours_than_its_minutes_and_its_day_give(county: County) {
        let institution = county.sign_in("institution-1");
        let programme_at = approved(county, programme(county)).await;
        let run = place(&institution.post(&format!("{programme_at}/sessions"), session()).await);
        let units = format!("{run}/units");
        let three_clock_hours = unit("2026-12-05", 8);
        let more = with(three_clock_hours.clone(), json!({"hours": "4.01"}));
        let problem = institution.post(&units, more.clone()).await.refused(409, "unit_hours_exceed_minutes");
        let told = ["hours", "minutes", "hour_minutes", "most"].map(|name| problem["parameters"][name].as_str().unwrap());
        assert_eq!(told, ["4.01", "180", "45", "4.00"]);
        let entered = place(&institution.post(&units, three_clock_hours.clone()).await);
        put(&institution, &entered, more).await.refused(409, "unit_hours_exceed_minutes");
        institution.post(&units, unit("2026-12-05", 13)).await.expect(201);
        let evening = with(unit("2026-12-05", 18), json!({"hours": "1"}));
        let problem = institution.post(&units, evening).await.refused(409, "unit_hours_exceed_day");
        let told = ["day", "sum", "most"].map(|name| problem["parameters"][name].as_str().unwrap());
        assert_eq!(told, ["2026-12-05", "9.00", "8.00"]);

        publish(county, json!({"hour_minutes": figure("50"), "hours_per_day": figure("6")})).await;
        let problem = institution.post(&units, unit("2026-12-06", 8)).await.refused(409, "unit_hours_exceed_minutes");
        assert_eq!(problem["parameters"]["most"], "3.60", "180 minutes at 50 an hour");
        let fitting = |hour: u8| with(unit("2026-12-06", hour), json!({"hours": "3.6"}));
        institution.post(&units, fitting(8)).await.expect(201);
        institution.post(&units, fitting(13)).await.refused(409, "unit_hours_exceed_day");
        assert_eq!(institution.get(&run).await.expect(200)["unit_count"], 3);
    }

    async fn a_class_has_the_seats_that_the_packs_name(county: County) {
        publish(county, json!({"class_size_min": figure("20"), "class_size_max": figure("40")})).await;
        let institution = county.sign_in("institution-1");
        let at = approved(county, programme(county)).await;
        let run = planned(county, &at, session()).await;
        let problem = institution.act(&format!("{run}/publish")).await.refused(409, "class_size");
        assert_eq!((&problem["parameters"]["seats"], &problem["parameters"]["bounds"]), (&json!("50"), &json!("20 to 40")));
        put(&institution, &run, with(session(), json!({"seats": 40, "reason": "扩班"}))).await.expect(200);
        institution.act(&format!("{run}/publish")).await.expect(200);
        put(&institution, &run, with(session(), json!({"seats": 19, "reason": "扩班"}))).await.refused(409, "class_size");
        put(&institution, &run, with(session(), json!({"seats": 20, "reason": "扩班"}))).await.expect(200);
    }

    async fn a_class_head_is_named_unless_the_province_asks_for_none(county: County) {
        let institution = county.sign_in("institution-1");
        let headless = with(programme(county), json!({"class_head": null}));
        let declared = place(&institution.post("/v1/programmes", headless).await);
        publish(county, json!({"class_head_required": figure("no")})).await;
        institution.act(&format!("{declared}/submit")).await.refused(409, "programme_incomplete");
        province_says(county, json!({"class_head_required": "no"}));
        institution.act(&format!("{declared}/submit")).await.expect(200);
        county.sign_in("bureau").act(&format!("{declared}/approve")).await.expect(200);
        let run = planned(county, &declared, session()).await;
        institution.act(&format!("{run}/publish")).await.expect(200);
    }

    async fn programmes_are_filed_in_the_months_of_the_packs_where_the_county_opened_no_window(county: County) {
        let (institution, bureau) = (county.sign_in("institution-1"), county.sign_in("bureau"));
        sql(county, "DELETE FROM filing_windows").unwrap();
        let declared = place(&institution.post("/v1/programmes", programme(county)).await);
        let problem = institution.act(&format!("{declared}/submit")).await.refused(409, "filing_window_closed");
        assert!(problem["detail"].as_str().unwrap().contains("2027-04-01 to 2027-04-30"), "April and October: {problem:#}");
        publish(county, json!({"filing_windows": figure("5,11")})).await;
        institution.act(&format!("{declared}/submit")).await.expect(200);
        let own = json!({"name": "2027年上半年申报", "opens_on": "2027-03-01", "closes_on": "2027-03-31"});
        bureau.post("/v1/filing-windows", own).await.expect(201);
        let late = place(&institution.post("/v1/programmes", with(programme(county), json!({"name": "另一项目"}))).await);
        let problem = institution.act(&format!("{late}/submit")).await.refused(409, "filing_window_closed");
        assert!(problem["detail"].as_str().unwrap().contains("2027-03-01"), "its own window stands before the packs': {problem:#}");
    }

    async fn what_is_for_other_counties_too_is_filed_with_the_city_unless_the_packs_say_otherwise(county: County) {
        let institution = county.sign_in("institution-1");
        let wide = with(programme(county), json!({"audience": {"areas": ["331123", "331124"]}}));
        let declared = place(&institution.post("/v1/programmes", wide).await);
        let problem = institution.act(&format!("{declared}/submit")).await.refused(409, "filed_elsewhere");
        assert_eq!(problem["parameters"]["area"], "331100");
        province_says(county, json!({"filing_level": "own_area"}));
        institution.act(&format!("{declared}/submit")).await.expect(200);
    }

    async fn an_application_is_confirmed_at_once_where_no_school_reviews(county: County) {
        province_says(county, json!({"school_review": "no"}));
        let teachers = [1, 2].map(|number| county.add_teacher(number, county.schools[0]));
        let made = county.add_session(TestSession { seats: 1, queue_places: 1, ..TestSession::default() });
        let path = format!("/v1/sessions/{}/enrolments", made.id);
        let mut rows = Vec::new();
        for teacher in &teachers {
            rows.push(county.caller(teacher.account).post(&path, json!({})).await.expect(201));
        }
        assert_eq!([&rows[0]["status"], &rows[1]["status"]], ["confirmed", "waiting_approved"]);
        let of = |row: &Value| format!("/v1/enrolments/{}", row["id"].as_str().unwrap());
        county.sign_in("school-1").post(&format!("{}/approve", of(&rows[0])), json!({})).await.refused(409, "not_awaiting_review");
        county.caller(teachers[0].account).post(&format!("{}/withdraw", of(&rows[0])), json!({})).await.expect(200);
        let moved_up = county.caller(teachers[1].account).get(&of(&rows[1])).await.expect(200);
        assert_eq!(moved_up["status"], "confirmed");
    }

    async fn a_unit_that_was_left_early_is_worth_what_the_packs_say(county: County) {
        publish(county, json!({"absence_effect": figure("whole_unit"), "valid": {"from": "2026-01-01"}})).await;
        let (_, entry) = attended(county, 90).await;
        let hours = ["nominal", "attended", "credited"].map(|name| entry[name].as_str().unwrap());
        assert_eq!(hours, ["8.00", "4.00", "4.00"], "the unit that was attended to the end");
    }

    async fn absence_takes_nothing_off_where_the_province_says_so(county: County) {
        province_says(county, json!({"absence_effect": "none"}));
        let (_, entry) = attended(county, 90).await;
        assert_eq!([&entry["attended"], &entry["credited"], &entry["days"]], ["8.00", "8.00", "2.00"]);
    }

    async fn training_without_review_needs_no_consent_where_the_province_asks_for_none(county: County) {
        let [one, ..] = prepared(county);
        let centre = county.sign_in("centre");
        let mut body = record("K-1");
        body["unreviewed"] = json!({"consent_on": null, "consent_reference": null});
        centre.post(&of(one.person), body.clone()).await.refused(422, "consent_missing");
        province_says(county, json!({"external_prior_consent": "no"}));
        centre.post(&of(one.person), body).await.expect(201);
    }

    async fn the_packs_say_how_long_hours_may_be_disputed_and_by_when_that_is_decided(county: County) {
        province_says(county, json!({"dispute_days": "40", "dispute_decision_days": "5"}));
        publish(county, json!({"dispute_days": figure("10"), "dispute_decision_days": figure("60")})).await;
        let (person, first) = disputed(county);
        let second = post(county, vec![entry(person, "2026-10-21", "8")])[0];
        county.advance_millis(40 * 86_400_000);
        let opened = county.sign_in("teacher-1").post(&format!("{first}/disputes"), claim()).await.expect(201);
        assert_eq!(opened["decide_by"], "2027-01-07", "five days after the last of the province's forty");
        county.advance_millis(86_400_000);
        let of_second = format!("/v1/hour-entries/{second}/disputes");
        let late = county.sign_in("teacher-1").post(&of_second, claim()).await.refused(409, "dispute_too_late");
        assert_eq!(late["parameters"]["until"], "2027-01-02");
    }

    async fn hours_of_other_counties_count_at_once_or_wait_as_the_packs_say(county: County) {
        let (person, path) = newcomer(county);
        let centre = county.sign_in("centre");
        publish(county, json!({"transfer_same_province": figure("manual")})).await;
        centre.post(&path, issued(county, person, certificate()).await).await.refused(422, "evidence_missing");
        assert_eq!(centre.post(&path, proven(certificate())).await.expect(201)["state"], "waiting");
        province_says(county, json!({"transfer_other_province": "auto"}));
        let mut foreign = certificate();
        (foreign["area"], foreign["county"]) = (json!("350702"), json!("南平市延平区"));
        assert_eq!(centre.post(&path, proven(foreign)).await.expect(201)["state"], "waiting", "nobody here issued it");
    }

    async fn hours_from_outside_pass_through_two_hands_where_the_packs_say_so_and_the_checks_agree(county: County) {
        let [one, ..] = prepared(county);
        let (centre, other, teacher) = (county.sign_in("centre"), county.sign_in("centre-2"), county.caller(one.account));
        let place = at(&centre.post(&of(one.person), record("K-1")).await);
        step(&other, &place, "verify").await.refused(409, "record_wrong_state");
        publish(county, json!({"hours_stages": figure("1")})).await;
        step(&other, &place, "verify").await.refused(409, "record_wrong_state");
        province_says(county, json!({"hours_stages": "2"}));
        let own = step(&centre, &place, "verify").await.refused(403, "record_same_person");
        assert_eq!(own["parameters"]["did"], "enter", "who enters never verifies");
        let done = step(&other, &place, "verify").await.expect(200);
        assert_eq!((&done["state"], &done["examined_by"]), (&json!("verified"), &Value::Null));
        let read = teacher.get(&format!("/v1/teachers/{}/statement", one.person.teacher())).await.expect(200);
        assert_eq!(read["credited"], "15.00");
        assert!(broken_now(county).is_empty());
        sql(county, "UPDATE outside_records SET decided_by_area = area, decided_by = entered_by").unwrap();
        assert!(broken_now(county).contains("three_people"), "with two stages they are two people");
    }

    async fn hours_of_a_cycle_that_is_over_are_corrected_by_two_people_or_where_the_packs_say_so_not_at_all(county: County) {
        let person = with_teacher(county);
        let ids = post(county, vec![entry(person, "2019-05-01", "8"), entry(person, "2026-05-01", "8")]);
        let [over, running] = [0, 1].map(|place| format!("/v1/hour-entries/{}", ids[place]));
        let (centre, bureau) = (county.sign_in("centre"), county.sign_in("bureau"));
        let wrong = json!({"reason": "误录"});
        centre.post(&format!("{over}/reverse"), wrong.clone()).await.refused(409, "reversal_needs_approval");
        let dispute = centre.post(&format!("{over}/disputes"), json!({"claim": "误录"})).await.header("location").unwrap();
        publish(county, json!({"reversal_after_close": figure("refused")})).await;
        centre.post(&format!("{over}/reverse"), wrong.clone()).await.refused(409, "reversal_refused");
        let uphold = bureau.request(Method::POST, &format!("{dispute}/uphold")).header("If-Match", "\"1\"").json(&wrong);
        uphold.send().await.refused(409, "reversal_refused");
        centre.post(&format!("{running}/reverse"), wrong).await.expect(201);
    }

    async fn hours_from_outside_pass_through_one_hand_where_the_packs_say_so_and_never_the_teacher_s_own(county: County) {
        let [one, ..] = prepared(county);
        province_lets_be_relaxed(county, "hours_stages", "3");
        publish(county, json!({"hours_stages": figure("1")})).await;
        let centre = county.sign_in("centre");
        let place = at(&centre.post(&of(one.person), record("K-1")).await);
        assert_eq!(step(&centre, &place, "verify").await.expect(200)["state"], "verified");
        assert!(broken_now(county).is_empty());
    }
}
