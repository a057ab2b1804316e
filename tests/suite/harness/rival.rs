//! Somebody else's transaction that is under way while a request comes in.

use super::{TestApp, database::Kind};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
use shixun_persistence::Conn;
use std::{cell::Cell, future::Future};

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    waiting: i64,
}

/// What `request` says where `statements` were executed before it and are committed once it waits for them, or is done without. SQLite has
/// one writer: there they are committed before.
pub async fn behind<T>(test: &TestApp, statements: &[String], request: impl Future<Output = T>) -> T {
    let mut rival = test.database.url().connect(false).unwrap();
    if test.database.kind() == Kind::Sqlite {
        run(&mut rival, statements);
        return request.await;
    }
    let mut watch = test.database.url().connect(false).unwrap();
    run(&mut rival, &["BEGIN".to_owned()]);
    run(&mut rival, statements);
    let done = Cell::new(false);
    let request = async {
        let answer = request.await;
        done.set(true);
        answer
    };
    let release = async {
        while !done.get() && !somebody_waits(&mut watch) {
            tokio::task::yield_now().await;
        }
        run(&mut rival, &["COMMIT".to_owned()]);
    };
    tokio::join!(request, release).0
}

fn somebody_waits(watch: &mut Conn) -> bool {
    let asked = "SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    sql_query(asked).get_result::<Count>(watch).unwrap().waiting > 0
}

fn run(conn: &mut Conn, statements: &[String]) {
    for statement in statements {
        sql_query(statement).execute(conn).unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}
