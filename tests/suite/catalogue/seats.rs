//! What the catalogue must never do to seats, enrolments and attendance, seen with rows put straight into the store.

use super::steps::{approved, place, planned, programme, published, put, session, unit, with};
use crate::harness::{County, both};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use serde_json::json;
use shixun_domain::{
    Id,
    id::{PersonId, SessionId, UnitId},
};
use shixun_persistence::{
    DbError, Keep,
    catalogue::{Saved, sessions},
};
use std::thread;

/// Runs statements as somebody outside the program would.
fn run(county: &County, statements: Vec<String>) {
    let (db, now) = (&county.app.db, county.clock.now());
    let write = move || {
        db.write_blocking(now, Keep::Commit, move |tx| {
            for statement in &statements {
                sql_query(statement).execute(tx.conn())?;
            }
            Ok::<_, DbError>(())
        })
    };
    // Outside of the runtime's thread, which must not wait.
    thread::scope(|scope| scope.spawn(write).join().unwrap()).unwrap();
}

fn session_id(place: &str) -> SessionId {
    place.rsplit('/').next().unwrap().parse().unwrap()
}

/// A person with a number.
fn person(county: &County, number: i64) -> PersonId {
    let area = county.bureau.area();
    run(
        county,
        vec![format!(
            "INSERT INTO persons (area, id, name, search_name, identity_number, sex, birth_date, version, created_at, updated_at)
             VALUES ({area}, {number}, '张三', '张三', 'id-{number}', 'male', '1980-01-01', 1, '2026-11-01 00:00:00', '2026-11-01 00:00:00')"
        )],
    );
    Id::new(area, number)
}

/// An enrolment of a new person, with the number of both.
fn enrol(county: &County, session: SessionId, number: i64, status: &str) {
    person(county, number);
    let (area, school) = (session.area(), county.schools[0].number());
    run(
        county,
        vec![format!(
            "INSERT INTO enrolments (area, id, session_id, person_area, person_id, person_name, organisation_id, organisation_name,
                 status, requested_at, misconduct, version, updated_at)
             VALUES ({area}, {number}, {}, {area}, {number}, '张三', {school}, '实验小学', '{status}', '2026-11-22 00:00:00', FALSE, 1,
                 '2026-11-22 00:00:00')",
            session.number()
        )],
    );
}

fn take(county: &County, session: SessionId, seats: i32, queue: i32) {
    run(
        county,
        vec![format!(
            "UPDATE sessions SET seats_taken = {seats}, queue_taken = {queue} WHERE area = {} AND id = {}",
            session.area(),
            session.number()
        )],
    );
}

#[derive(QueryableByName)]
struct Status {
    #[diesel(sql_type = Text)]
    status: String,
}

fn statuses(county: &County, session: SessionId) -> Vec<String> {
    let text = format!(
        "SELECT status FROM enrolments WHERE area = {} AND session_id = {} ORDER BY id",
        session.area(),
        session.number()
    );
    let rows = county.app.db.read_blocking(|conn| sql_query(text).load::<Status>(conn).map_err(DbError::from));
    rows.unwrap().into_iter().map(|row| row.status).collect()
}

both! {
    async fn seats_never_fall_below_those_that_are_taken_and_more_seats_go_to_those_who_wait(county: County) {
        let institution = county.sign_in("institution-1");
        let at = approved(county, programme(county)).await;
        let at = published(county, &at, with(session(), json!({"seats": 2, "queue_places": 5}))).await;
        let id = session_id(&at);
        enrol(county, id, 1, "confirmed");
        enrol(county, id, 2, "applied");
        enrol(county, id, 3, "waiting");
        enrol(county, id, 4, "waiting_approved");
        let version = institution.get(&at).await.expect(200)["version"].clone();
        take(county, id, 2, 2);
        let seen = institution.get(&at).await;
        assert_eq!(seen.etag(), format!("\"{version}.2.2\""), "the tag follows the seats");
        let fewer = with(session(), json!({"seats": 1, "queue_places": 5, "reason": "扩班"}));
        let problem = put(&institution, &at, fewer).await.refused(409, "seats_below_taken");
        assert_eq!(problem["parameters"]["taken"], "2");
        let shorter = with(session(), json!({"seats": 2, "queue_places": 1, "reason": "扩班"}));
        put(&institution, &at, shorter).await.refused(409, "queue_below_taken");
        // The version alone decides: applications that came meanwhile do not spoil an edit.
        let more = with(session(), json!({"seats": 40, "queue_places": 5, "reason": "扩班"}));
        let raised = institution.put(&at, &format!("\"{version}.0.0\""), more).await.expect(200);
        assert_eq!((raised["seats_taken"].as_i64(), raised["queue_taken"].as_i64()), (Some(4), Some(0)));
        assert_eq!(statuses(county, id), ["confirmed", "applied", "applied", "confirmed"], "reviewed or not as before");
    }

    async fn a_cancelled_session_ends_every_enrolment_that_was_alive(county: County) {
        let at = approved(county, programme(county)).await;
        let (gone, kept) = (published(county, &at, session()).await, published(county, &at, session()).await);
        for (number, status) in ["confirmed", "applied", "waiting", "waiting_approved", "declined", "withdrawn"].iter().enumerate() {
            enrol(county, session_id(&gone), i64::try_from(number).unwrap() + 1, status);
        }
        enrol(county, session_id(&kept), 9, "confirmed");
        take(county, session_id(&gone), 2, 2);
        let answer = county.sign_in("institution-1").post(&format!("{gone}/cancel"), json!({"reason": "停办"})).await.expect(200);
        assert_eq!((answer["seats_taken"].as_i64(), answer["queue_taken"].as_i64()), (Some(0), Some(0)));
        let ended = "session_cancelled";
        assert_eq!(statuses(county, session_id(&gone)), [ended, ended, ended, ended, "declined", "withdrawn"]);
        assert_eq!(statuses(county, session_id(&kept)), ["confirmed"]);
    }

    async fn a_unit_with_recorded_attendance_does_not_change(county: County) {
        let institution = county.sign_in("institution-1");
        let at = approved(county, programme(county)).await;
        let at = published(county, &at, session()).await;
        let list = institution.get(&format!("{at}/units")).await.expect(200);
        let id: UnitId = list["data"][0]["id"].as_str().unwrap().parse().unwrap();
        enrol(county, session_id(&at), 1, "confirmed");
        run(county, vec![format!(
            "INSERT INTO attendance (area, id, unit_id, enrolment_id, mark, minutes, version, updated_at)
             VALUES ({}, 1, {}, 1, 'present', 180, 1, '2026-12-05 12:00:00')", id.area(), id.number())]);
        let moved = with(unit("2026-12-06", 8), json!({"reason": "换教室"}));
        put(&institution, &format!("/v1/units/{id}"), moved.clone()).await.refused(409, "unit_held");
        let other = list["data"][1]["id"].as_str().unwrap();
        put(&institution, &format!("/v1/units/{other}"), moved).await.expect(200);
    }

    async fn a_lecturer_on_record_is_named_by_a_unit(county: County) {
        let institution = county.sign_in("institution-1");
        let at = approved(county, programme(county)).await;
        let at = place(&institution.post(&format!("{at}/sessions"), session()).await);
        let lecturer = person(county, 5).to_string();
        let made = institution.post(&format!("{at}/units"), with(unit("2026-12-05", 8), json!({"lecturer_id": lecturer}))).await;
        assert_eq!(made.expect(201)["lecturer_id"], lecturer);
    }

    async fn seats_that_are_taken_while_they_are_cut_are_never_too_many(county: County) {
        let at = approved(county, programme(county)).await;
        for _ in 0..4 {
            let run = published(county, &at, with(session(), json!({"seats": 40}))).await;
            let id = session_id(&run);
            let (db, now) = (&county.app.db, county.clock.now());
            let row = db.read_blocking(|conn| sessions::find(conn, id)).unwrap().unwrap();
            let mut fewer = row.terms.clone();
            fewer.seats = 10;
            let cut = thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(move || {
                        for _ in 0..6 {
                            let taken = db.write_blocking(now, Keep::Commit, move |tx| {
                                let text = format!(
                                    "UPDATE sessions SET seats_taken = seats_taken + 1 WHERE area = {} AND id = {} AND seats_taken < seats",
                                    id.area(), id.number());
                                sql_query(text).execute(tx.conn()).map_err(DbError::from)
                            });
                            taken.unwrap();
                        }
                    });
                }
                scope.spawn(move || {
                    db.write_blocking(now, Keep::Commit, move |tx| sessions::change(tx, id, row.version, &fewer))
                }).join().unwrap().unwrap()
            });
            let after = db.read_blocking(|conn| sessions::find(conn, id)).unwrap().unwrap();
            match cut {
                Saved::Done => assert_eq!((after.terms.seats, after.seats_taken), (10, 10)),
                Saved::Stale => assert_eq!((after.terms.seats, after.seats_taken), (40, 24)),
            }
        }
    }

    async fn a_programme_is_never_given_up_while_its_session_is_being_published(county: County) {
        let institution = county.sign_in("institution-1");
        for _ in 0..4 {
            let at = approved(county, programme(county)).await;
            let run = planned(county, &at, session()).await;
            let (publish, cancel) = (format!("{run}/publish"), format!("{at}/cancel"));
            tokio::join!(institution.act(&publish), institution.post(&cancel, json!({"reason": "停办"})));
            let programme = institution.get(&at).await.expect(200)["state"].clone();
            let session = institution.get(&run).await.expect(200)["state"].clone();
            assert!(
                (programme == "approved" && session == "published") || (programme == "cancelled" && session == "cancelled"),
                "{programme} {session}"
            );
        }
    }
}
