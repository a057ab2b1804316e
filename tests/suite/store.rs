//! The door to the database, from outside.

use crate::{
    harness::{
        County, both,
        database::{Database, Kind, postgres_is_here},
        off_runtime, start,
    },
    ledger::fixture::{entry, post, teacher, with_teacher},
};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use futures_util::future::join_all;
use shixun_domain::{AreaCode, Id, access::Scope, id::PersonId, words::OrganisationKind};
use shixun_persistence::{
    Conn, Db, DbError, DbOptions, Gathering, Keep, LookedUp, WriteTx,
    db::DbUrl,
    ledger::Revision,
    org::{self, OrganisationFilter},
};

fn organisations(conn: &mut Conn) -> Result<i64, DbError> {
    let area = AreaCode::new(331_123).unwrap();
    let everywhere = Scope { area, organisation: 0, kind: OrganisationKind::Bureau, path: "/".into() };
    org::count(conn, &everywhere, area, &OrganisationFilter::default())
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Asks inside of a write transaction.
fn inside_a_write(db: &Db, question: &'static str) -> String {
    let ask = move |tx: &mut WriteTx<'_>| {
        let rows: Vec<Setting> = sql_query(question).load(tx.conn()).map_err(DbError::from)?;
        Ok::<_, DbError>(rows.into_iter().next().map(|row| row.value).unwrap_or_default())
    };
    off_runtime(|| db.write_blocking(start(), Keep::Commit, ask).unwrap())
}

#[actix_web::test]
async fn writes_on_postgresql_are_read_committed_whatever_the_database_prefers() {
    if !postgres_is_here() {
        return;
    }
    let database = Database::fresh(Kind::Postgres);
    let name = inside_a_write(&database.open(), "SELECT current_database()::text AS value");
    let asked = "SELECT current_setting('transaction_isolation') AS value";
    for preferred in ["repeatable read", "serializable"] {
        let change = format!("ALTER DATABASE {name} SET default_transaction_isolation = '{preferred}'");
        let mut conn = database.url().connect(false).unwrap();
        sql_query(change).execute(&mut conn).unwrap();
        let db = database.open();
        assert_eq!(inside_a_write(&db, asked), "read committed", "a guarded UPDATE reads again the row it waited for");
        let read = off_runtime(|| {
            db.read_blocking(|conn| sql_query(asked).load::<Setting>(conn).map_err(DbError::from)).unwrap()
        });
        assert_eq!(read[0].value, "read committed");
    }
}

#[actix_web::test]
async fn writes_on_sqlite_are_durable_and_keep_references() {
    let database = Database::fresh(Kind::Sqlite);
    let db = database.open();
    for (question, expected) in [
        ("SELECT CAST(synchronous AS TEXT) AS value FROM pragma_synchronous", "2"),
        ("SELECT CAST(foreign_keys AS TEXT) AS value FROM pragma_foreign_keys", "1"),
        ("SELECT journal_mode AS value FROM pragma_journal_mode", "wal"),
    ] {
        assert_eq!(inside_a_write(&db, question), expected, "{question}");
    }
}

#[derive(QueryableByName)]
struct Plan {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[actix_web::test]
async fn sqlite_looks_a_list_of_rows_up_however_large_the_area_is() {
    let database = Database::fresh(Kind::Sqlite);
    let mut conn = database.url().connect(false).unwrap();
    for statement in [
        "INSERT INTO log_heads (area, size, updated_at) VALUES (331123, 5000, '2026-11-23 00:00:00')",
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4999) \
         INSERT INTO log_leaves (area, position, kind, row_id, hash) SELECT 331123, i, 'event', i, 'x' FROM n",
    ] {
        sql_query(statement).execute(&mut conn).unwrap();
    }
    // Twice, as the server does it now and then.
    for _ in 0..2 {
        conn.refresh_statistics().unwrap();
        let numbers: Vec<String> = (0..300).map(|number| number.to_string()).collect();
        let question = format!(
            "EXPLAIN QUERY PLAN SELECT position FROM log_leaves WHERE area = 331123 AND kind = 'event' AND row_id IN ({})",
            numbers.join(", ")
        );
        let plan: Vec<Plan> = sql_query(question).load(&mut conn).unwrap();
        assert!(plan.iter().any(|step| step.detail.contains("row_id=?")), "{}", plan[0].detail);
    }
}

#[actix_web::test]
async fn a_backup_of_a_database_in_use_holds_what_was_committed() {
    let county = County::on(Kind::Sqlite).await;
    let file = crate::harness::database::folder().join("backup-of-a-county.db");
    std::fs::remove_file(&file).ok();
    let db = county.app.db.clone();
    off_runtime(|| {
        db.backup_to(&file).unwrap();
        let url: DbUrl = format!("sqlite:{}", file.display()).parse().unwrap();
        let copy = Db::open(&url, &DbOptions { connections: 1, ..DbOptions::default() }).unwrap();
        assert_eq!(copy.read_blocking(organisations), db.read_blocking(organisations));
        assert!(db.backup_to(&file).is_err(), "a backup never overwrites a file");
    });
    std::fs::remove_file(&file).unwrap();
}

#[actix_web::test]
async fn when_postgresql_has_cut_every_connection_only_the_first_request_notices() {
    if !postgres_is_here() {
        return;
    }
    let database = Database::fresh(Kind::Postgres);
    let db = database.open();
    let ask = || off_runtime(|| db.read_blocking(|conn| conn.ping()));
    // The pool opens its connections in the background: those that come after the cut are none of its victims.
    ask().unwrap();
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    sql_query(cut).execute(&mut database.url().connect(false).unwrap()).unwrap();
    match ask() {
        Ok(()) | Err(DbError::Unavailable(_)) => {}
        Err(other) => panic!("{other}"),
    }
    for _ in 0..20 {
        ask().unwrap();
    }
}

both! {
    async fn what_many_ask_at_once_is_what_each_would_be_told_alone(county: County) {
        let one = with_teacher(county);
        let two = teacher(county, 77, "潘素琴", county.schools[1]);
        post(county, vec![entry(one, "2017-05-01", "20"), entry(one, "2018-05-01", "10")]);
        let elsewhere: PersonId = Id::new(county.elsewhere.area(), one.number());
        let db = county.app.db.clone();
        let alone = [one, two, elsewhere].map(|key| off_runtime(|| db.read_blocking(|conn| Revision::one(conn, key)).unwrap()));
        assert_eq!(alone[0].map(|revision| revision.entries), Some(2));
        assert_eq!((alone[1].map(|revision| revision.entries), alone[2]), (Some(0), None));
        let gathering = Gathering::<Revision>::default();
        let keys: Vec<PersonId> = (0..300).map(|place| [one, two, elsewhere][place % 3]).collect();
        let told = join_all(keys.iter().map(|key| gathering.find(&county.app.db, *key))).await;
        for (place, told) in told.into_iter().enumerate() {
            assert_eq!(told.unwrap(), alone[place % 3]);
        }
        // Whoever asks after a change is told of the change.
        post(county, vec![entry(two, "2019-05-01", "5")]);
        assert_eq!(gathering.find(&county.app.db, two).await.unwrap().map(|revision| revision.entries), Some(1));
    }
}

/// Something that nobody can look up.
#[derive(Clone)]
struct Panics;

impl LookedUp for Panics {
    type Key = i64;

    fn one(_: &mut Conn, _: i64) -> Result<Option<Panics>, DbError> {
        panic!("one")
    }

    fn many(_: &mut Conn, keys: &[i64]) -> Result<std::collections::HashMap<i64, Panics>, DbError> {
        assert!(!keys.contains(&13), "many");
        Ok(std::collections::HashMap::new())
    }
}

#[actix_web::test]
async fn a_panic_while_many_are_answered_leaves_nobody_waiting() {
    if !postgres_is_here() {
        return;
    }
    let (database, gathering) = (Database::fresh(Kind::Postgres), Gathering::<Panics>::default());
    let db = database.open();
    for _ in 0..5 {
        let told = join_all((0..20).map(|key| gathering.find(&db, key))).await;
        assert!(told.iter().any(Result::is_err));
    }
    assert!(gathering.find(&db, 1).await.unwrap().is_none(), "the next is answered again");
}
