//! Many at once: the database has the last word on seats.

use super::put;
use crate::harness::{
    Answered, County, both, off_runtime,
    training::{MadeSession, TestSession, TestTeacher, at},
};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Integer};
use futures_util::future::join_all;
use serde_json::{Value, json};
use shixun_api::{
    access::Actor,
    enrolment::service,
    http::{Work, command::Origin},
    policy::PolicyCache,
    problem::ApiError,
};
use shixun_domain::{
    access::{Role, Scope},
    catalogue::SessionState,
    enrolment::{EnrolmentStatus, Placement},
    id::SessionId,
    words::OrganisationKind,
};
use shixun_persistence::{
    DbError, Keep, WriteTx,
    enrolment::{Claim, claim, offer},
};

/// How many answers have a status.
fn count(answers: &[Answered], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// Seats and places in the queue that are taken.
async fn taken(county: &County, session: SessionId) -> (i64, i64) {
    let seen = county.sign_in("auditor").get(&format!("/v1/sessions/{session}")).await.expect(200);
    (seen["seats_taken"].as_i64().unwrap(), seen["queue_taken"].as_i64().unwrap())
}

/// The statuses of a session's enrolments, in the order of asking.
async fn statuses(county: &County, session: SessionId) -> Vec<String> {
    let list =
        county.sign_in("institution-1").get(&format!("/v1/sessions/{session}/enrolments?limit=200")).await.expect(200);
    list["data"].as_array().unwrap().iter().map(|row| row["status"].as_str().unwrap().to_owned()).collect()
}

/// Applications one after the other: the addresses of the enrolments.
async fn applied(county: &County, session: SessionId, teachers: &[TestTeacher]) -> Vec<String> {
    let path = format!("/v1/sessions/{session}/enrolments");
    let mut places = Vec::new();
    for teacher in teachers {
        let answer = county.caller(teacher.account).post(&path, json!({})).await;
        answer.expect(201);
        places.push(answer.header("location").unwrap());
        county.advance_millis(1);
    }
    places
}

pub(super) fn number(place: &str) -> &str {
    place.rsplit('/').next().unwrap()
}

/// A session that is over with two confirmed trainees, each with every mark and a result: their enrolments.
pub(super) async fn ready_to_close(county: &mut County) -> (MadeSession, Vec<TestTeacher>, Vec<String>) {
    let school = county.schools[0];
    let teachers: Vec<_> = (1..=2).map(|number| county.add_teacher(number, school)).collect();
    let made = county.add_session(TestSession::default());
    let places = applied(county, made.id, &teachers).await;
    for place in &places {
        county.sign_in("school-1").post(&format!("{place}/approve"), json!({})).await.expect(200);
    }
    county.clock.set(at("2026-12-06T12:00:00"));
    let institution = county.sign_in("institution-1");
    institution.act(&format!("/v1/sessions/{}/start", made.id)).await.expect(200);
    for unit in made.units {
        put(&institution, sheet(&made, unit), marks(&places, "present")).await.expect(200);
    }
    let result = |place: &String| json!({"enrolment_id": number(place), "result": "pass", "misconduct": false});
    let results = json!({"results": places.iter().map(result).collect::<Vec<_>>()});
    put(&institution, format!("/v1/sessions/{}/results", made.id), results).await.expect(200);
    (made, teachers, places)
}

pub(super) fn sheet(made: &MadeSession, unit: shixun_domain::id::UnitId) -> String {
    format!("/v1/sessions/{}/units/{unit}/attendance", made.id)
}

pub(super) fn marks(places: &[String], mark: &str) -> Value {
    let one = |place: &String| json!({"enrolment_id": number(place), "mark": mark});
    json!({"marks": places.iter().map(one).collect::<Vec<_>>()})
}

async fn credited(county: &County, teacher: TestTeacher) -> Vec<String> {
    let path = format!("/v1/teachers/{}/hour-entries", teacher.person.teacher());
    let entries = county.caller(teacher.account).get(&path).await.expect(200);
    entries["data"].as_array().unwrap().iter().map(|row| row["credited"].as_str().unwrap().to_owned()).collect()
}

#[derive(QueryableByName)]
struct Seats {
    #[diesel(sql_type = Integer)]
    seats: i32,
    #[diesel(sql_type = Integer)]
    seats_taken: i32,
}

/// The wrong way: read, decide, write without a guard.
fn unguarded(tx: &mut WriteTx<'_>, session: SessionId) -> Result<Claim, DbError> {
    let key = format!("area = {} AND id = {}", session.area(), session.number());
    let read = sql_query(format!("SELECT seats, seats_taken FROM sessions WHERE {key}"));
    let Seats { seats, seats_taken } = read.get_result(tx.conn())?;
    if seats_taken >= seats {
        return Ok(Claim::Full);
    }
    sql_query(format!("UPDATE sessions SET seats_taken = {} WHERE {key}", seats_taken + 1)).execute(tx.conn())?;
    Ok(Claim::Claimed)
}

both! {
    async fn fifty_at_once_for_five_seats_are_exactly_five(county: County) {
        let school = county.schools[0];
        let teachers: Vec<_> = (1..=50).map(|number| county.add_teacher(number, school)).collect();
        let session = county.add_session(TestSession { seats: 5, queue_places: 3, ..TestSession::default() }).id;
        let path = format!("/v1/sessions/{session}/enrolments");
        let callers: Vec<_> = teachers.iter().map(|teacher| county.caller(teacher.account)).collect();
        let answers = join_all(callers.iter().map(|caller| caller.post(&path, json!({})))).await;
        let of = |status: &str| answers.iter().filter(|answer| answer.status == 201 && answer.json()["status"] == status).count();
        assert_eq!((of("applied"), of("waiting")), (5, 3));
        assert_eq!(answers.iter().filter(|answer| answer.status == 409).count(), 42);
        let after = county.sign_in("auditor").get(&format!("/v1/sessions/{session}")).await.expect(200);
        assert_eq!((&after["seats_taken"], &after["queue_taken"]), (&json!(5), &json!(3)));
    }

    async fn ten_withdrawals_at_once_move_exactly_ten_up(county: County) {
        let school = county.schools[0];
        let teachers: Vec<_> = (1..=25).map(|number| county.add_teacher(number, school)).collect();
        let session = county.add_session(TestSession { seats: 10, queue_places: 15, ..TestSession::default() }).id;
        let path = format!("/v1/sessions/{session}/enrolments");
        let mut places = Vec::new();
        for teacher in &teachers {
            places.push(county.caller(teacher.account).post(&path, json!({})).await.header("location").unwrap());
            county.advance_millis(1);
        }
        let callers: Vec<_> = teachers.iter().map(|teacher| county.caller(teacher.account)).collect();
        let withdrawals: Vec<String> = places.iter().take(10).map(|place| format!("{place}/withdraw")).collect();
        let answers = join_all(callers.iter().zip(&withdrawals).map(|(caller, path)| caller.act(path))).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{answers:#?}");
        let list = county.sign_in("institution-1").get(&format!("{path}?limit=200")).await.expect(200);
        let statuses: Vec<&str> = list["data"].as_array().unwrap().iter().map(|row| row["status"].as_str().unwrap()).collect();
        assert!(statuses[..10].iter().all(|status| *status == "withdrawn"));
        assert!(statuses[10..20].iter().all(|status| *status == "applied"), "first come, first served: {statuses:?}");
        assert!(statuses[20..].iter().all(|status| *status == "waiting"));
    }

    async fn ten_workers_that_promote_at_once_fill_exactly_the_seats_that_are_free(county: County) {
        let school = county.schools[0];
        let teachers: Vec<_> = (1..=9).map(|number| county.add_teacher(number, school)).collect();
        let session = county.add_session(TestSession { seats: 1, queue_places: 10, ..TestSession::default() }).id;
        applied(county, session, &teachers).await;
        let more = format!("UPDATE sessions SET seats = 5 WHERE area = {} AND id = {}", session.area(), session.number());
        crate::ledger::fixture::sql(county, &more).unwrap();
        let (db, now) = (county.app.db.clone(), county.clock.now());
        off_runtime(|| {
            std::thread::scope(|scope| {
                for worker in 0..10 {
                    let db = db.clone();
                    scope.spawn(move || {
                        let origin = Origin { actor: None, request_id: format!("worker-{worker}"), address: "test".into() };
                        let promote = move |tx: &mut WriteTx<'_>| Work::run(tx, &origin, |work| service::move_up(work, session));
                        db.write_blocking::<(), ApiError, _>(now, Keep::Commit, promote).unwrap();
                    });
                }
            });
        });
        let found = statuses(county, session).await;
        assert!(found[..5].iter().all(|status| status == "applied"), "first come, first served: {found:?}");
        assert!(found[5..].iter().all(|status| status == "waiting"), "{found:?}");
        assert_eq!(taken(county, session).await, (5, 4));
        let log = county.sign_in("auditor").get("/v1/events?action=move_up").await.expect(200);
        assert_eq!(log["data"].as_array().unwrap().len(), 4, "each promotion stands in the log once");
    }

    async fn a_withdrawal_sent_many_times_at_once_frees_one_seat(county: County) {
        let school = county.schools[0];
        let teachers: Vec<_> = (1..=5).map(|number| county.add_teacher(number, school)).collect();
        let session = county.add_session(TestSession { seats: 2, queue_places: 3, ..TestSession::default() }).id;
        let places = applied(county, session, &teachers).await;
        let me = county.caller(teachers[0].account);
        let path = format!("{}/withdraw", places[0]);
        let answers = join_all((0..8).map(|_| me.act(&path))).await;
        assert_eq!((count(&answers, 200), count(&answers, 409)), (1, 7), "{answers:#?}");
        for late in answers.iter().filter(|answer| answer.status == 409) {
            late.refused(409, "enrolment_ended");
        }
        assert_eq!(taken(county, session).await, (2, 2));
        assert_eq!(statuses(county, session).await, ["withdrawn", "applied", "applied", "waiting", "waiting"]);
    }

    async fn who_leaves_a_seat_and_who_leaves_the_queue_do_not_wait_for_each_other(county: County) {
        let school = county.schools[0];
        let teachers: Vec<_> = (1..=12).map(|number| county.add_teacher(number, school)).collect();
        let session = county.add_session(TestSession { seats: 4, queue_places: 8, ..TestSession::default() }).id;
        let places = applied(county, session, &teachers).await;
        let gone = 8;
        let callers: Vec<_> = teachers.iter().map(|teacher| county.caller(teacher.account)).collect();
        let paths: Vec<String> = places.iter().take(gone).map(|place| format!("{place}/withdraw")).collect();
        let answers = join_all(callers.iter().zip(&paths).map(|(caller, path)| caller.act(path))).await;
        assert_eq!(count(&answers, 200), gone, "{answers:#?}");
        assert_eq!(taken(county, session).await, (4, 0));
        assert!(statuses(county, session).await[gone..].iter().all(|status| status == "applied"));
    }

    async fn who_applies_again_many_times_at_once_takes_one_seat(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let session = county.add_session(TestSession { seats: 3, queue_places: 3, ..TestSession::default() }).id;
        let places = applied(county, session, &[teacher]).await;
        let me = county.caller(teacher.account);
        me.act(&format!("{}/withdraw", places[0])).await.expect(200);
        let path = format!("/v1/sessions/{session}/enrolments");
        let answers = join_all((0..8).map(|_| me.post(&path, json!({})))).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 7), "{answers:#?}");
        assert_eq!(taken(county, session).await, (1, 0));
        assert_eq!(statuses(county, session).await, ["applied"]);
    }

    async fn of_approving_and_declining_at_once_one_stands_and_the_other_is_told(county: County) {
        let school = county.schools[0];
        let teachers: Vec<_> = (1..=8).map(|number| county.add_teacher(number, school)).collect();
        let session = county.add_session(TestSession { seats: 4, queue_places: 4, ..TestSession::default() }).id;
        let places = applied(county, session, &teachers).await;
        let school_1 = county.sign_in("school-1");
        let (mut confirmed, mut declined) = (0, 0);
        for place in &places[..4] {
            let steps = [format!("{place}/approve"), format!("{place}/decline")];
            let answers = join_all(steps.iter().map(|step| school_1.post(step, json!({})))).await;
            assert_eq!(count(&answers, 200), 1, "{answers:#?}");
            answers.iter().find(|answer| answer.status != 200).unwrap().refused(409, "not_awaiting_review");
            match school_1.get(place).await.expect(200)["status"].as_str() {
                Some("confirmed") => confirmed += 1,
                Some("declined") => declined += 1,
                other => panic!("{other:?}"),
            }
        }
        let left = i64::from(4 - declined);
        assert_eq!((confirmed + declined, taken(county, session).await), (4, (4, left)), "a declined seat goes to the queue");
    }

    async fn a_withdrawal_and_an_approval_at_once_leave_the_seats_right(county: County) {
        let school = county.schools[0];
        let teachers: Vec<_> = (1..=4).map(|number| county.add_teacher(number, school)).collect();
        let session = county.add_session(TestSession { seats: 4, ..TestSession::default() }).id;
        let places = applied(county, session, &teachers).await;
        let school_1 = county.sign_in("school-1");
        for (teacher, place) in teachers.iter().zip(&places) {
            let me = county.caller(teacher.account);
            let (withdraw, approve) = (format!("{place}/withdraw"), format!("{place}/approve"));
            let (gone, _) = tokio::join!(me.act(&withdraw), school_1.post(&approve, json!({})));
            gone.expect(200);
        }
        assert_eq!(taken(county, session).await, (0, 0));
        assert!(statuses(county, session).await.iter().all(|status| status == "withdrawn"));
    }

    async fn a_session_closed_many_times_at_once_posts_its_hours_once(county: County) {
        let (made, teachers, _) = ready_to_close(county).await;
        let institution = county.sign_in("institution-1");
        let path = format!("/v1/sessions/{}/close", made.id);
        let answers = join_all((0..6).map(|_| institution.act(&path))).await;
        assert_eq!((count(&answers, 200), count(&answers, 409)), (1, 5), "{answers:#?}");
        for late in answers.iter().filter(|answer| answer.status == 409) {
            late.refused(409, "session_not_running");
        }
        for teacher in teachers {
            assert_eq!(credited(county, teacher).await, ["8.00"]);
        }
    }

    async fn a_session_is_closed_or_cancelled_and_never_both(county: County) {
        let (made, teachers, _) = ready_to_close(county).await;
        let institution = county.sign_in("institution-1");
        let (close, cancel) = (format!("/v1/sessions/{}/close", made.id), format!("/v1/sessions/{}/cancel", made.id));
        let (closed, cancelled) = tokio::join!(institution.act(&close), institution.post(&cancel, json!({"reason": "停办"})));
        assert_eq!(count(&[closed, cancelled], 200), 1);
        let state = institution.get(&format!("/v1/sessions/{}", made.id)).await.expect(200)["state"].clone();
        let (status, hours): (&str, &[&str]) = if state == "closed" { ("completed", &["8.00"]) } else { ("session_cancelled", &[]) };
        assert_eq!(statuses(county, made.id).await, [status, status], "{state}");
        assert_eq!(credited(county, teachers[0]).await, hours);
    }

    async fn attendance_that_is_corrected_while_the_session_is_closed_agrees_with_the_hours(county: County) {
        let (made, teachers, places) = ready_to_close(county).await;
        let institution = county.sign_in("institution-1");
        let (close, paper) = (format!("/v1/sessions/{}/close", made.id), sheet(&made, made.units[1]));
        let mend = |mark: &'static str| put(&institution, paper.clone(), marks(&places, mark));
        let absent = join_all([mend("absent"), mend("absent"), mend("absent")]);
        let (closed, mended) = tokio::join!(institution.act(&close), absent);
        closed.expect(200);
        for late in mended.iter().filter(|answer| answer.status != 200) {
            let (status, code) = if late.status == 412 { (412, "precondition_failed") } else { (409, "session_not_running") };
            late.refused(status, code);
        }
        let recorded = institution.get(&paper).await.expect(200);
        let expected = if recorded["data"][0]["mark"] == "absent" { "4.00" } else { "8.00" };
        for teacher in teachers {
            assert_eq!(credited(county, teacher).await, [expected], "{recorded:#}");
        }
    }

    async fn of_two_results_at_once_each_is_whole(county: County) {
        let (made, _, places) = ready_to_close(county).await;
        let institution = county.sign_in("institution-1");
        let results = |result: &str| {
            let one = |place: &String| json!({"enrolment_id": number(place), "result": result, "misconduct": result == "fail"});
            json!({"results": places.iter().map(one).collect::<Vec<_>>()})
        };
        let path = format!("/v1/sessions/{}/results", made.id);
        for _ in 0..4 {
            let bodies = [results("fail"), results("pass"), results("fail")];
            let etag = institution.get(&path).await.etag();
            let answers = join_all(bodies.iter().map(|body| institution.put(&path, &etag, body.clone()))).await;
            let (written, late) = (count(&answers, 200), count(&answers, 412));
            // What changes nothing is in nobody's way.
            assert!(written >= 1 && written + late == 3, "the first one stands: {answers:#?}");
            let list = institution.get(&format!("/v1/sessions/{}/enrolments", made.id)).await.expect(200);
            let rows = list["data"].as_array().unwrap();
            assert_eq!((&rows[0]["result"], &rows[0]["misconduct"]), (&rows[1]["result"], &rows[1]["misconduct"]));
            assert_eq!(rows[0]["misconduct"], rows[0]["result"] == "fail");
        }
    }

    async fn a_session_started_many_times_at_once_starts_once(county: County) {
        let session = county.add_session(TestSession { state: SessionState::Published, ..TestSession::default() }).id;
        county.clock.set(at("2026-12-05T08:00:00"));
        let institution = county.sign_in("institution-1");
        let path = format!("/v1/sessions/{session}/start");
        let answers = join_all((0..6).map(|_| institution.act(&path))).await;
        assert_eq!((count(&answers, 200), count(&answers, 409)), (1, 5), "{answers:#?}");
        let log = county.sign_in("auditor").get("/v1/events?action=start").await.expect(200);
        assert_eq!(log["data"].as_array().unwrap().len(), 1);
    }

    async fn an_application_looks_again_where_the_session_changed_since_it_was_looked_at(county: County) {
        let teachers: Vec<_> = (1..=3).map(|number| county.add_teacher(number, county.schools[0])).collect();
        let session = county.add_session(TestSession { seats: 2, queue_places: 2, ..TestSession::default() }).id;
        let now = county.clock.now();
        let actor = |teacher: &TestTeacher| {
            let scope = Scope { area: session.area(), organisation: county.schools[0].number(), kind: OrganisationKind::School, path: "/".into() };
            Actor { account: teacher.account, person: Some(teacher.person), reach: vec![(Role::Teacher, scope)] }
        };
        let look = |teacher| county.app.db.read_blocking(|conn| service::look(conn, &actor(teacher), session, None, now));
        let looked: Vec<_> = teachers.iter().map(|teacher| look(teacher).unwrap()).collect();
        let mut statuses = Vec::new();
        for (place, (teacher, seen)) in teachers.iter().zip(looked).enumerate() {
            if place == 1 {
                let key = format!("area = {} AND id = {}", session.area(), session.number());
                let less = format!("UPDATE sessions SET seats = 1, version = version + 1 WHERE {key}");
                crate::ledger::fixture::sql(county, &less).unwrap();
            }
            let actor = actor(teacher);
            let origin = Origin { actor: Some(teacher.account), request_id: "stale".into(), address: "test".into() };
            let (cache, mut seen) = (PolicyCache::default(), Some(seen));
            let write = move |tx: &mut WriteTx<'_>| {
                Work::run(tx, &origin, |work| service::apply(work, &cache, &actor, session, None, seen.take()))
            };
            let db = county.app.db.clone();
            let row = off_runtime(|| db.write_blocking::<_, ApiError, _>(now, Keep::Commit, write));
            statuses.push(row.unwrap().row.status);
        }
        assert_eq!(statuses, [EnrolmentStatus::Applied, EnrolmentStatus::Waiting, EnrolmentStatus::Waiting]);
    }

    async fn one_person_cannot_slip_into_two_sessions_that_clash(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let sessions: Vec<_> = (0..6).map(|_| county.add_session(TestSession::default()).id).collect();
        let me = county.caller(teacher.account);
        let paths: Vec<String> = sessions.iter().map(|session| format!("/v1/sessions/{session}/enrolments")).collect();
        let answers = join_all(paths.iter().map(|path| me.post(path, json!({})))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
        assert_eq!(answers.iter().filter(|answer| answer.status == 409).count(), 5);
    }

    /// The negative control: without the guard PostgreSQL sells seats twice, which a suite on SQLite alone would never see.
    async fn without_the_guard_seats_are_sold_twice_on_postgresql(county: County) {
        type Taking = fn(&mut WriteTx<'_>, shixun_domain::id::SessionId) -> Result<Claim, DbError>;
        let guarded: Taking = |tx, session| {
            let version = offer(tx.conn(), session)?.unwrap().version;
            claim(tx, session, Placement::Seat, version)
        };
        let unguarded: Taking = unguarded;
        let mut sold = Vec::new();
        for taking in [guarded, unguarded] {
            let session = county.add_session(TestSession { seats: 40, ..TestSession::default() }).id;
            let (db, now) = (county.app.db.clone(), county.clock.now());
            let taken: usize = off_runtime(|| {
                std::thread::scope(|scope| {
                    let workers: Vec<_> = (0..8)
                        .map(|_| {
                            let db = db.clone();
                            scope.spawn(move || {
                                let claims = (0..20).map(|_| db.write_blocking(now, Keep::Commit, move |tx| taking(tx, session)));
                                claims.filter(|claim| matches!(claim, Ok(Claim::Claimed))).count()
                            })
                        })
                        .collect();
                    workers.into_iter().map(|worker| worker.join().unwrap()).sum()
                })
            });
            sold.push(taken);
        }
        assert_eq!(sold[0], 40, "guarded");
        match county.database.kind() {
            crate::harness::database::Kind::Sqlite => assert_eq!(sold[1], 40, "one writer"),
            crate::harness::database::Kind::Postgres => assert!(sold[1] > 40, "the control no longer shows the defect"),
        }
    }
}
