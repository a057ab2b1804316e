//! Who finds which enrolments: across areas, below an organisation, and through several roles at once.

use super::put;
use crate::harness::{
    County, both,
    training::{MadeSession, TestSession, at},
};
use crate::ledger::fixture::sql;
use serde_json::{Value, json};
use shixun_domain::{
    AreaCode,
    access::Role,
    id::OrganisationId,
    words::{Level, OrganisationKind},
};

/// The city above the county, with a session at its level of which the accounts `city-bureau` and `city-institution` take care.
fn city_session(county: &mut County, wanted: TestSession) -> MadeSession {
    let city = AreaCode::new(331_100).unwrap();
    let bureau = county.add_organisation(city, OrganisationKind::Bureau, (None, "丽水市教育局"), None);
    let institution = county.add_organisation(city, OrganisationKind::Institution, (None, "丽水学院"), Some(bureau));
    let approver = county.add_account("city-bureau", Role::Bureau, bureau, None);
    let owner = county.add_account("city-institution", Role::Institution, institution, None);
    county.add_session_of(institution, (owner, approver), TestSession { level: Level::City, ..wanted })
}

/// A campus of the first school.
fn campus(county: &County) -> OrganisationId {
    let school = county.schools[0];
    county.add_organisation(
        school.area(),
        OrganisationKind::School,
        (Some("2133000102"), "实验小学南校区"),
        Some(school),
    )
}

/// The enrolments that an account finds with a query, each as the name of the teacher.
async fn found(county: &County, name: &str, query: &str) -> Vec<String> {
    let list = county.sign_in(name).get(&format!("/v1/enrolments{query}")).await.expect(200);
    list["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

async fn apply(county: &County, name: &str, session: &MadeSession) -> Value {
    let path = format!("/v1/sessions/{}/enrolments", session.id);
    county.sign_in(name).post(&path, json!({})).await.expect(201)
}

fn id(enrolment: &Value) -> &str {
    enrolment["id"].as_str().unwrap()
}

both! {
    async fn an_application_to_a_session_of_the_city_is_found_reviewed_and_attended_like_one_of_the_county(county: County) {
        let school = county.schools[0];
        let teachers: Vec<_> = (1..=2).map(|number| county.add_teacher(number, school)).collect();
        let made = city_session(county, TestSession { seats: 1, queue_places: 1, ..TestSession::default() });
        let first = apply(county, "teacher-1", &made).await;
        county.advance_millis(1_000);
        let second = apply(county, "teacher-2", &made).await;
        assert_eq!((&first["status"], &first["queue_position"]), (&json!("applied"), &Value::Null));
        assert_eq!((&second["status"], &second["queue_position"]), (&json!("waiting"), &json!(1)));
        for (name, query, expected) in [
            ("teacher-1", "", &["教师1"][..]),
            ("teacher-2", "", &["教师2"]),
            ("school-1", "?status=applied", &["教师1"]),
            ("school-1", "?awaiting_review=true", &["教师1", "教师2"]),
            ("school-1", "?awaiting_review=false", &[]),
            ("school-1", "?open=true&session_state=published&starts_from=2026-12-05&starts_to=2026-12-05", &["教师1", "教师2"]),
            ("school-1", "?session_state=running", &[]),
            ("school-1", "?starts_from=2026-12-06", &[]),
            ("school-1", "?open=false", &[]),
            ("school-1", "?sort=-created", &["教师2", "教师1"]),
            ("bureau", "", &["教师1", "教师2"]),
            ("city-bureau", "", &["教师1", "教师2"]),
            ("city-institution", "", &["教师1", "教师2"]),
            ("school-2", "", &[]),
            ("institution-1", "", &[]),
            ("elsewhere-bureau", "", &[]),
        ] {
            assert_eq!(found(county, name, query).await, expected, "{name} {query}");
        }
        let approve = |row: &Value| format!("/v1/enrolments/{}/approve", id(row));
        county.sign_in("school-2").post(&approve(&first), json!({})).await.refused(404, "not_found");
        county.sign_in("school-1").post(&approve(&first), json!({"note": "同意"})).await.expect(200);
        let seen = county.sign_in("teacher-1").get(&format!("/v1/enrolments/{}", id(&first))).await.expect(200);
        assert_eq!((&seen["status"], &seen["note"]), (&json!("confirmed"), &json!("同意")));
        county.sign_in("teacher-1").act(&format!("/v1/enrolments/{}/withdraw", id(&first))).await.expect(200);
        assert_eq!(found(county, "school-1", "?status=applied").await, ["教师2"], "who moved up is to be reviewed");
        county.sign_in("school-1").post(&approve(&second), json!({})).await.expect(200);
        attend_and_close(county, &made, id(&second)).await;
        let teacher = teachers[1].person.teacher();
        let hours = county.sign_in("school-1").get(&format!("/v1/teachers/{teacher}/hour-entries")).await.expect(200);
        assert_eq!((&hours["data"][0]["credited"], &hours["data"][0]["kind"]), (&json!("8.00"), &json!("posted")), "{hours:#}");
        let mine = county.sign_in("teacher-2").get("/v1/enrolments?status=completed").await.expect(200);
        assert_eq!((&mine["data"][0]["result"], &mine["data"][0]["session"]["state"]), (&json!("pass"), &json!("closed")));
    }

    async fn who_moves_to_another_school_is_looked_after_there_with_what_was_applied_for(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let made = county.add_session(TestSession::default());
        let enrolment = apply(county, "teacher-1", &made).await;
        let (old, new) = (county.sign_in("school-1"), county.sign_in("school-2"));
        let place = format!("/v1/enrolments/{}", id(&enrolment));
        new.get(&place).await.refused(404, "not_found");
        let moved = json!({"organisation_id": county.schools[1].to_string(), "on": "2026-11-23"});
        let transfer = format!("/v1/persons/{}/transfer", teacher.person);
        county.sign_in("centre").post(&transfer, moved).await.expect(200);
        let of_new = format!("?organisation_id={}", county.schools[1]);
        for (name, query) in [("school-2", "?awaiting_review=true"), ("school-1", ""), ("bureau", of_new.as_str())] {
            assert_eq!(found(county, name, query).await, ["教师1"], "{name} {query}");
        }
        new.get(&place).await.expect(200);
        new.post(&format!("{place}/approve"), json!({})).await.expect(200);
        old.get(&place).await.expect(200);
        new.act(&format!("{place}/withdraw")).await.expect(200);
    }

    async fn who_retired_applies_for_nothing(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let made = county.add_session(TestSession::default());
        let retire = |day: &str| sql(county, &format!("UPDATE persons SET retires_on = '{day}' WHERE id = {}", teacher.person.number())).unwrap();
        retire("2026-11-22");
        let path = format!("/v1/sessions/{}/enrolments", made.id);
        county.sign_in("teacher-1").post(&path, json!({})).await.refused(409, "applicant_not_employed");
        retire("2026-11-23");
        county.sign_in("teacher-1").post(&path, json!({})).await.expect(201);
    }

    async fn a_session_is_conducted_from_its_own_area_and_looked_at_from_above(county: County) {
        county.add_teacher(1, county.schools[0]);
        let made = county.add_session(TestSession::default());
        let enrolment = apply(county, "teacher-1", &made).await;
        let city = crate::reports::in_area(county, AreaCode::new(331_100).unwrap(), "city", Role::Centre);
        let above = county.caller(city);
        let session = format!("/v1/sessions/{}", made.id);
        let sheet = format!("{session}/units/{}/attendance", made.units[0]);
        let marks = json!({"marks": [{"enrolment_id": id(&enrolment), "mark": "present"}]});
        let results = json!({"results": [{"enrolment_id": id(&enrolment), "result": "pass"}]});
        put(&above, sheet.clone(), marks).await.refused(404, "not_found");
        put(&above, format!("{session}/results"), results).await.refused(404, "not_found");
        above.act(&format!("{session}/close")).await.refused(404, "not_found");
        above.get(&sheet).await.expect(200);
    }

    async fn a_page_of_enrolments_of_several_areas_shows_each_once_whatever_comes_in_between(county: County) {
        let school = county.schools[0];
        for number in 1..=3 {
            county.add_teacher(number, school);
        }
        let of_the_city = city_session(county, TestSession { seats: 9, ..TestSession::default() });
        let starts_on = "2026-12-12".parse().unwrap();
        let of_the_county = county.add_session(TestSession { seats: 9, starts_on, ..TestSession::default() });
        let mut applied = Vec::new();
        // All at one instant but the last two: the order goes on with the area and the number.
        for number in 1..=2 {
            for session in [&of_the_county, &of_the_city] {
                applied.push(id(&apply(county, &format!("teacher-{number}"), session).await).to_owned());
            }
        }
        for query in ["?limit=1", "?limit=1&sort=-created"] {
            for name in ["school-1", "bureau"] {
                let mut met = Vec::new();
                let mut next = query.to_owned();
                loop {
                    let page = county.sign_in(name).get(&format!("/v1/enrolments{next}&include=total")).await.expect(200);
                    assert_eq!(page["total"], 4);
                    met.extend(page["data"].as_array().unwrap().iter().map(|row| id(row).to_owned()));
                    match page["next_cursor"].as_str() {
                        Some(cursor) => next = format!("{query}&cursor={cursor}"),
                        None => break,
                    }
                }
                let mut all = applied.clone();
                all.sort_unstable();
                met.sort_unstable();
                assert_eq!(met, all, "{name} {query}");
            }
        }
    }

    async fn a_school_looks_after_the_teachers_of_its_campus_and_a_part_of_the_county_after_its_schools(county: County) {
        let area = county.bureau.area();
        let school = county.schools[0];
        let campus = campus(county);
        county.add_teacher(1, school);
        county.add_teacher(3, county.schools[1]);
        let there = county.add_teacher(2, campus);
        county.add_account("campus", Role::SchoolAdministrator, campus, None);
        let part = county.add_organisation(area, OrganisationKind::Bureau, (None, "东片教育办公室"), Some(county.bureau));
        let rural =
            county.add_organisation(area, OrganisationKind::School, (Some("2133000105"), "东片小学"), Some(part));
        county.add_teacher(4, rural);
        let run = county.add_organisation(area, OrganisationKind::Institution, (None, "东片培训点"), Some(part));
        let owner = county.add_account("part-institution", Role::Institution, run, None);
        for (name, role) in [("part-centre", Role::Centre), ("part-monitor", Role::Monitor), ("part-bureau", Role::Bureau)] {
            county.add_account(name, role, part, None);
        }
        let session = county.add_session(TestSession { seats: 9, ..TestSession::default() });
        let starts_on = "2026-12-12".parse().unwrap();
        let of_the_part =
            county.add_session_of(run, (owner, county.account("bureau")), TestSession { seats: 9, starts_on, ..TestSession::default() });
        apply(county, "teacher-1", &session).await;
        let for_the_campus = json!({"teacher_id": there.person.teacher().to_string()});
        let path = format!("/v1/sessions/{}/enrolments", session.id);
        let row = county.sign_in("school-1").post(&path, for_the_campus).await.expect(201);
        apply(county, "teacher-3", &of_the_part).await;
        apply(county, "teacher-4", &session).await;
        for (name, query, expected) in [
            ("school-1", String::new(), &["教师1", "教师2"][..]),
            ("school-1", format!("?session_id={}", session.id), &["教师1", "教师2"]),
            ("bureau", format!("?organisation_id={school}"), &["教师1", "教师2"]),
            ("bureau", format!("?organisation_id={campus}"), &["教师2"]),
            ("campus", String::new(), &["教师2"]),
            ("school-2", String::new(), &["教师3"]),
            ("part-centre", String::new(), &["教师3", "教师4"]),
            ("part-monitor", "?status=applied".into(), &["教师3", "教师4"]),
            ("part-bureau", format!("?organisation_id={rural}"), &["教师4"]),
            ("part-institution", String::new(), &["教师3"]),
        ] {
            assert_eq!(found(county, name, &query).await, expected, "{name} {query}");
        }
        let place = format!("/v1/enrolments/{}", id(&row));
        county.sign_in("part-centre").get(&place).await.refused(404, "not_found");
        county.sign_in("school-2").post(&format!("{place}/approve"), json!({})).await.refused(404, "not_found");
        county.sign_in("school-1").post(&format!("{place}/approve"), json!({})).await.expect(200);
        county.sign_in("school-1").act(&format!("{place}/withdraw")).await.expect(200);
    }

    async fn who_teaches_beside_an_office_finds_the_own_enrolments_too(county: County) {
        let [school, other] = county.schools;
        county.add_teacher(1, school);
        county.add_teacher(2, other);
        county.add_teacher(3, other);
        county.add_role("teacher-2", Role::SchoolAdministrator, school);
        county.add_role("teacher-3", Role::Institution, county.institutions[0]);
        let session = county.add_session(TestSession { seats: 9, ..TestSession::default() });
        let starts_on = "2026-12-12".parse().unwrap();
        let second = county.add_session(TestSession { institution: 1, seats: 9, starts_on, ..TestSession::default() });
        for (name, session) in [("teacher-1", &session), ("teacher-1", &second), ("teacher-2", &session), ("teacher-3", &second)] {
            apply(county, name, session).await;
        }
        assert_eq!(found(county, "teacher-2", "").await, ["教师1", "教师1", "教师2"], "of the school, and the own");
        assert_eq!(found(county, "teacher-3", "").await, ["教师1", "教师2", "教师3"], "of the session that it runs, and the own");
        assert_eq!(found(county, "institution-1", "").await, ["教师1", "教师2"]);
    }

    async fn an_enrolment_says_what_it_is_for_and_which_place_in_the_queue_it_has(county: County) {
        let teachers: Vec<_> = (1..=4).map(|number| county.add_teacher(number, county.schools[0])).collect();
        let made = county.add_session(TestSession { seats: 1, queue_places: 3, ..TestSession::default() });
        let mut places = Vec::new();
        for number in 1..=4 {
            let row = apply(county, &format!("teacher-{number}"), &made).await;
            places.push(row["queue_position"].clone());
            county.advance_millis(1_000);
        }
        assert_eq!(places, [Value::Null, json!(1), json!(2), json!(3)]);
        let list = county.sign_in("school-1").get("/v1/enrolments").await.expect(200);
        let rows = list["data"].as_array().unwrap();
        assert_eq!(rows.iter().map(|row| row["queue_position"].clone()).collect::<Vec<_>>(), places);
        let session = county.sign_in("teacher-1").get(&format!("/v1/sessions/{}", made.id)).await.expect(200);
        for field in ["programme_id", "programme_name", "name", "state", "organisation_id", "organisation_name", "hours", "starts_on", "ends_on", "withdraw_until"] {
            assert_eq!(rows[3]["session"][field], session[field], "{field}");
        }
        let last = format!("/v1/enrolments/{}", id(&rows[3]));
        let before = county.sign_in("teacher-4").get(&last).await.etag();
        county.sign_in("teacher-2").act(&format!("/v1/enrolments/{}/withdraw", id(&rows[1]))).await.expect(200);
        let after = county.sign_in("teacher-4").get(&last).await;
        assert_ne!(after.etag(), before, "whoever waits is told that the line moved");
        assert_eq!(after.expect(200)["queue_position"], 2);
        // Who comes back stands at the end of the line.
        let again = apply(county, "teacher-2", &made).await;
        assert_eq!((&again["status"], &again["queue_position"]), (&json!("waiting"), &json!(3)));
        assert_eq!(county.sign_in("teacher-4").get(&last).await.expect(200)["queue_position"], 2);
        assert_eq!(teachers.len(), 4);
    }

    async fn a_window_ends_before_its_closing_instant_for_applications_withdrawals_and_the_list_alike(county: County) {
        let closes = at("2026-12-01T17:00:00");
        for number in 1..=3 {
            county.add_teacher(number, county.schools[0]);
        }
        let wanted = TestSession { seats: 9, applications_close_at: closes, withdraw_until: closes, ..TestSession::default() };
        let made = county.add_session(wanted);
        let path = format!("/v1/sessions/{}/enrolments", made.id);
        let open = async || {
            let list = county.sign_in("school-1").get("/v1/sessions?open_now=true").await.expect(200);
            list["data"].as_array().unwrap().len()
        };
        county.clock.set(closes.plus_millis(-1));
        assert_eq!(open().await, 1);
        let rows = [apply(county, "teacher-1", &made).await, apply(county, "teacher-2", &made).await];
        let withdraw = |row: &Value| format!("/v1/enrolments/{}/withdraw", id(row));
        county.sign_in("teacher-1").act(&withdraw(&rows[0])).await.expect(200);
        county.clock.set(closes);
        assert_eq!(open().await, 0);
        county.sign_in("teacher-3").post(&path, json!({})).await.refused(409, "applications_closed");
        let found = county.sign_in("teacher-3").get(&format!("/v1/sessions/{}/eligibility", made.id)).await.expect(200);
        assert_eq!(found["reasons"][0]["code"], "applications_closed");
        county.sign_in("teacher-2").act(&withdraw(&rows[1])).await.refused(409, "withdrawal_closed");
        // A window that outlasts the day before the first ends with it all the same.
        let longer = TestSession { applications_close_at: at("2026-12-06T18:00:00"), ..TestSession::default() };
        let longer = county.add_session(longer);
        for (now, listed, code) in [("2026-12-04T23:59:59", 1, None), ("2026-12-05T00:00:00", 0, Some("session_begun"))] {
            county.clock.set(at(now));
            assert_eq!(open().await, listed, "{now}");
            let found = county.sign_in("teacher-3").get(&format!("/v1/sessions/{}/eligibility", longer.id)).await.expect(200);
            assert_eq!(found["reasons"][0]["code"].as_str(), code, "{now}");
        }
    }

    async fn a_reason_against_an_application_has_the_values_of_its_text_for_programs(county: County) {
        county.add_teacher(1, county.schools[0]);
        let [first, second] = [(); 2].map(|()| county.add_session(TestSession::default()));
        apply(county, "teacher-1", &first).await;
        let place = format!("/v1/sessions/{}/eligibility", second.id);
        let found = county.sign_in("teacher-1").get(&place).await.expect(200);
        assert_eq!(found["reasons"][0]["code"], "schedule_clash");
        assert_eq!(found["reasons"][0]["parameters"]["session"], json!(first.id.to_string()));
    }
}

/// Everybody at the whole session, a pass, and the session closed by the institution of the city.
async fn attend_and_close(county: &County, made: &MadeSession, enrolment: &str) {
    county.clock.set(at("2026-12-06T12:00:00"));
    let (session, institution) = (made.id, county.sign_in("city-institution"));
    institution.act(&format!("/v1/sessions/{session}/start")).await.expect(200);
    for unit in made.units {
        let marks = json!({"marks": [{"enrolment_id": enrolment, "mark": "present"}]});
        put(&institution, format!("/v1/sessions/{session}/units/{unit}/attendance"), marks).await.expect(200);
        let own = county.sign_in("teacher-2").get(&format!("/v1/sessions/{session}/units/{unit}/attendance")).await;
        assert_eq!(own.expect(200)["data"][0]["mark"], "present");
    }
    let results = json!({"results": [{"enrolment_id": enrolment, "result": "pass"}]});
    put(&institution, format!("/v1/sessions/{session}/results"), results).await.expect(200);
    let closed = institution.act(&format!("/v1/sessions/{session}/close")).await.expect(200);
    assert_eq!((&closed["completed"], &closed["hours_posted"]), (&json!(1), &json!("8.00")));
}
