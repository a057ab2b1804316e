//! Counties to measure on. The database makes the rows itself, from one SQL text that both databases understand: that is
//! the fastest way into either, and every constraint and index of the schema is in force meanwhile.

mod history;
mod people;
mod sessions;

use crate::{
    fault::{Outcome, fault},
    store::Store,
};
use chrono::NaiveDate;
use diesel::connection::SimpleConnection;
use shixun_api::{auth::Tokens, chance::Chance, config::Config, policy::service::install_shipped};
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    id::{AccountId, SessionId, TeacherId},
};
use shixun_persistence::{Conn, Db, DbError, DbOptions, Keep, db::DatabaseKind};
use std::time::Duration;

/// The county: 遂昌县.
pub const AREA: i32 = 331_123;
/// Accounts of the training centre, one for each connection that reads as an office.
pub const OFFICES: i64 = 64;
/// The cycle that the histories fill.
pub const CYCLE: &str = "2021-2025";
const CYCLE_BEGINS: i32 = 2021;

const BUREAU: i64 = 1;
const INSTITUTION: i64 = 2;
const FIRST_SCHOOL: i64 = 100;
const FIRST_OFFICE: i64 = 900_000;
const FIRST_TEACHER: i64 = 1_000_000;
/// The number of the first session; those of the days follow one another.
pub const FIRST_SESSION: i64 = 5_000_000;
const FIRST_ENTRY: i64 = 10_000_000;

/// How large a county is made.
#[derive(Debug, Clone, Copy)]
pub struct County {
    /// Teachers, each with an account.
    pub teachers: i64,
    /// Hour entries of each in [`CYCLE`].
    pub past: i64,
    /// Hour entries of each in this year, 4 hours each.
    pub this_year: i64,
    /// Days on which sessions are held; all take applications now.
    pub days: i64,
    /// Sessions on each of the days, at the same hours.
    pub sessions_a_day: i64,
    /// Seats of each session; nobody may queue.
    pub seats: i64,
}

impl County {
    /// The county of the reading scenarios: 2,500 teachers with 40 entries each, 300 sessions.
    pub const SMALL: County =
        County { teachers: 2_500, past: 40, this_year: 0, days: 6, sessions_a_day: 50, seats: 100 };
    /// A hundred times as much of everything.
    pub const BIG: County =
        County { teachers: 250_000, past: 40, this_year: 0, days: 300, sessions_a_day: 100, seats: 100 };
    /// The county whose simulation is a job: 100,000 teachers with 40 entries each.
    pub const LARGE: County =
        County { teachers: 100_000, past: 40, this_year: 0, days: 1, sessions_a_day: 1, seats: 1 };
    /// The county of the seat rush: 10,000 teachers with a history, and a fresh day of 50 × 100 seats for each of its repeats.
    pub const RUSH: County =
        County { teachers: 10_000, past: 34, this_year: 6, days: 4, sessions_a_day: 50, seats: 100 };

    fn schools(&self) -> i64 {
        (self.teachers / 42).max(1)
    }

    /// The sessions, those of one day together.
    pub fn sessions(&self) -> i64 {
        self.days * self.sessions_a_day
    }

    /// The hour entries.
    pub fn entries(&self) -> i64 {
        self.teachers * (self.past + self.this_year)
    }

    /// Fills an empty migrated database.
    pub fn seed(&self, store: &Store) -> Outcome<()> {
        let now = now()?;
        // First, because the packs and the signing key come from the program itself.
        with_db(store, |db| {
            db.write_blocking(now, Keep::Commit, install_shipped)?;
            Ok(())
        })?;
        tokens(store)?;
        let mut conn = store.connect()?;
        let settings = match store.kind {
            // Nobody else is there and a seed that broke off is thrown away, so nothing need survive a crash.
            DatabaseKind::Sqlite => {
                "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000;"
            }
            // The checks of foreign keys, row by row, would take longer than everything else; SQLite makes them on the same
            // SQL text.
            DatabaseKind::Postgres => "SET session_replication_role = replica; SET synchronous_commit = off;",
        };
        // The library's own connections to a SQLite file close a moment after it was dropped, and leaving WAL needs the file
        // for oneself.
        let mut tries = 0;
        while let Err(locked) = conn.batch_execute(settings) {
            tries += 1;
            if tries > 200 {
                return fault(format!("{locked}: {settings}"));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let sql = Sql { kind: store.kind, county: *self, today: now.china_date() };
        people::seed(&mut conn, &sql)?;
        sessions::seed(&mut conn, &sql)?;
        history::seed(&mut conn, &sql)?;
        if store.kind == DatabaseKind::Sqlite {
            conn.batch_execute("PRAGMA journal_mode = WAL;")?;
        }
        drop(conn);
        store.settle()
    }

    /// Checks that a database holds this county, as one that was kept from an earlier run may not.
    pub fn is_in(&self, store: &Store) -> Outcome<bool> {
        let count = |table: &str| store.number(&format!("SELECT count(*) AS number FROM {table}"));
        Ok(count("persons")? == self.teachers && count("hour_entries")? == self.entries())
    }

    /// A teacher, counted from 0.
    pub fn teacher(&self, index: i64) -> Outcome<TeacherId> {
        Ok(Id::new(area()?, FIRST_TEACHER + index))
    }

    /// A session of a day, both counted from 0.
    pub fn session(&self, day: i64, index: i64) -> Outcome<SessionId> {
        Ok(Id::new(area()?, FIRST_SESSION + day * self.sessions_a_day + index))
    }
}

/// The account of a teacher, counted from 0.
pub fn teacher_account(index: i64) -> Outcome<AccountId> {
    Ok(Id::new(area()?, FIRST_TEACHER + index))
}

/// An account of the training centre, counted from 0 to [`OFFICES`].
pub fn office_account(index: i64) -> Outcome<AccountId> {
    Ok(Id::new(area()?, FIRST_OFFICE + index))
}

/// Signs access tokens as the server would, good for a quarter of an hour. The first call makes the signing key, so it comes
/// before the server starts.
pub fn sign(store: &Store, accounts: impl Iterator<Item = Outcome<AccountId>>) -> Outcome<Vec<String>> {
    let (tokens, now) = (tokens(store)?, now()?);
    accounts
        .map(|account| tokens.sign(account?, now, "load".into()).map_err(|_| "a token could not be signed".into()))
        .collect()
}

fn tokens(store: &Store) -> Outcome<Tokens> {
    let now = now()?;
    with_db(store, |db| Tokens::open(db, &Chance::from_system(), &Config::defaults().map_err(other)?, now))
}

fn other(error: impl std::fmt::Display) -> DbError {
    DbError::Other(error.to_string())
}

/// Opens the database through the library, which owns a thread and connections until it is dropped.
pub fn with_db<T>(store: &Store, f: impl FnOnce(&Db) -> Result<T, DbError>) -> Outcome<T> {
    let db = Db::open(&store.url, &DbOptions { connections: 1, ..DbOptions::default() })?;
    Ok(f(&db)?)
}

/// Now, by the machine's clock, which is the server's too.
pub fn now() -> Outcome<UtcMillis> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    Ok(UtcMillis::from_millis(i64::try_from(since.as_millis())?))
}

fn area() -> Outcome<AreaCode> {
    AreaCode::new(AREA).or_else(|_| fault("the county has no code"))
}

/// What the SQL texts are made from.
struct Sql {
    kind: DatabaseKind,
    county: County,
    today: NaiveDate,
}

impl Sql {
    /// A text expression as a date: SQLite keeps dates as text, and a cast there would make a number of it.
    fn date(&self, expression: &str) -> String {
        match self.kind {
            DatabaseKind::Sqlite => expression.to_owned(),
            DatabaseKind::Postgres => format!("CAST({expression} AS DATE)"),
        }
    }

    /// The same for an instant.
    fn instant(&self, expression: &str) -> String {
        match self.kind {
            DatabaseKind::Sqlite => expression.to_owned(),
            DatabaseKind::Postgres => format!("CAST({expression} AS TIMESTAMP)"),
        }
    }

    /// When all rows were made.
    fn made_at(&self) -> String {
        self.instant("'2026-01-05 01:00:00'")
    }

    fn day(&self, from_today: i64) -> Outcome<NaiveDate> {
        let days = chrono::TimeDelta::try_days(from_today);
        match days.and_then(|days| self.today.checked_add_signed(days)) {
            Some(day) => Ok(day),
            None => fault("a day beyond the calendar"),
        }
    }
}

/// `WITH` a table `n` of the whole numbers `i` from 0 up to `count`.
fn numbers(count: i64) -> String {
    format!("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count})")
}

fn run(conn: &mut Conn, sql: &str) -> Outcome<()> {
    conn.batch_execute(sql).or_else(|error| fault(format!("{error}: {sql}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shixun_domain::people::IdentityNumber;

    #[test]
    fn a_seeded_county_keeps_every_constraint_and_counts_what_it_says() {
        let folder = std::env::temp_dir().join(format!("shixun-load-test-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let county = County { teachers: 1_200, past: 3, this_year: 1, days: 2, sessions_a_day: 5, seats: 10 };
        let store = Store::fresh(None, &folder, "seed").unwrap();
        county.seed(&store).unwrap();
        assert!(county.is_in(&store).unwrap());
        let count = |sql: &str| store.number(&format!("SELECT count(*) AS number {sql}")).unwrap();
        assert_eq!(count("FROM pragma_foreign_key_check"), 0);
        assert_eq!(count("FROM sessions"), county.sessions());
        assert_eq!(count("FROM role_grants WHERE role = 'teacher'"), county.teachers);
        let number = |place: usize| {
            let heads = "SELECT CAST(substr(identity_number, 1, 17) AS BIGINT) AS number FROM persons ORDER BY id";
            store.numbers(heads).unwrap()[place]
        };
        let last = store
            .numbers("SELECT instr('0123456789X', substr(identity_number, 18)) - 1 AS number FROM persons ORDER BY id")
            .unwrap();
        for place in [0, 1, 499, 500, 1_199] {
            let check = if last[place] == 10 { "X".to_owned() } else { last[place].to_string() };
            assert!(IdentityNumber::parse(&format!("{}{check}", number(place))).is_ok());
        }
        std::fs::remove_dir_all(folder).ok();
    }
}
