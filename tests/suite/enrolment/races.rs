//! Many at once: the database has the last word on seats.

use crate::harness::{both, off_runtime, training::TestSession};
use futures_util::future::join_all;
use serde_json::json;
use shixun_persistence::{
    DbError, Keep, WriteTx,
    enrolment::{Claim, claim_seat, claim_seat_unguarded},
};

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
        let guarded: Taking = claim_seat;
        let unguarded: Taking = claim_seat_unguarded;
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
