//! The connection: one enum over both databases.

#![allow(missing_docs, reason = "the derive writes public items of its own; ours are documented")]

use crate::error::{DbError, DbResult};
use diesel::{
    Connection, PgConnection, RunQueryDsl, SqliteConnection, connection::SimpleConnection, dsl::sql, sql_types::BigInt,
};

/// A row of statistics is the number of rows of an index, then how many one value of its first column finds, of its first two, and
/// so on (<https://sqlite.org/fileformat2.html#the_sqlite_stat1_table>). Where the first column is the area, the second number
/// becomes the first; then they are read anew.
const AREA_FINDS_EVERYTHING: &str = "
    UPDATE sqlite_stat1
    SET stat = substr(stat, 1, instr(stat, ' ') - 1) || ' ' || substr(stat, 1, instr(stat, ' ') - 1)
        || substr(stat, instr(stat, ' ') + 1 + length(CAST(CAST(substr(stat, instr(stat, ' ') + 1) AS INTEGER) AS TEXT)))
    WHERE instr(stat, ' ') > 0
        AND EXISTS (SELECT 1 FROM pragma_index_info(sqlite_stat1.idx) WHERE seqno = 0 AND name = 'area');
    ANALYZE sqlite_schema;";

/// The two databases the program speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// One file on one machine.
    Sqlite,
    /// A server or cluster.
    Postgres,
}

/// A connection to either database. Queries are written once, against this.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL.
    Postgres(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// Expands a body once per database, where the enum cannot say it: batch inserts of a `Vec`, unions.
macro_rules! each {
    ($conn:expr, $inner:ident => $body:expr) => {
        match $conn {
            $crate::db::Conn::Postgres($inner) => $body,
            $crate::db::Conn::Sqlite($inner) => $body,
        }
    };
}
pub(crate) use each;

/// What a connection to SQLite is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Writing: the pages of the next command are mostly those of the last.
    Writes,
    /// Few rows, many times a second.
    ShortReads,
    /// Whole tables, once: it remembers little, because little is met again.
    LongReads,
}

/// How libpq begins what it says about a server. Whatever else it says may quote the address, password and all.
const ABOUT_THE_SERVER: [&str; 3] = ["connection to server", "could not translate host name", "sslmode value"];

/// What libpq said about an address, where that cannot hold a part of the password: one with a bare `@` in it is taken for a host.
fn shown(url: &str, said: &str) -> String {
    if url.matches('@').count() < 2 && ABOUT_THE_SERVER.iter().any(|beginning| said.starts_with(beginning)) {
        return said.to_owned();
    }
    "PostgreSQL's library cannot read the address: in user and password write every sign that is no letter and no digit \
     as its percent code, such as %40 for @ and %20 for a blank"
        .to_owned()
}

/// How much a connection that writes remembers of the pages it saw.
macro_rules! pages_of_writes {
    () => {
        "PRAGMA cache_size = -8000;"
    };
}

impl Conn {
    /// Which database answers.
    pub fn kind(&self) -> DatabaseKind {
        match self {
            Conn::Postgres(_) => DatabaseKind::Postgres,
            Conn::Sqlite(_) => DatabaseKind::Sqlite,
        }
    }

    /// Opens a SQLite file; SQLite makes it where it is missing.
    pub(super) fn open_sqlite(path: &str, purpose: Purpose) -> DbResult<Conn> {
        let mut inner = SqliteConnection::establish(path)
            .map_err(|error| DbError::Unavailable(format!("cannot open {path}: {error}")))?;
        // WAL lets readers and the writer work side by side; FULL makes an acknowledged commit survive a power cut. Without recursive
        // triggers a row that is replaced by an INSERT would pass the triggers that refuse its removal.
        inner.batch_execute(
            "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA recursive_triggers = ON;",
        )?;
        // A page that many commits change is written back once in a while, not every few milliseconds. The log grows to 32 MB, which
        // the next start reads in a moment.
        inner.batch_execute(match purpose {
            Purpose::Writes => concat!(pages_of_writes!(), "PRAGMA wal_autocheckpoint = 8000;"),
            Purpose::ShortReads => "PRAGMA cache_size = -6000; PRAGMA query_only = ON;",
            Purpose::LongReads => "PRAGMA cache_size = -1000; PRAGMA query_only = ON;",
        })?;
        Ok(Conn::Sqlite(inner))
    }

    /// Opens a connection to PostgreSQL.
    pub(super) fn open_postgres(url: &str, statement_timeout_ms: u32) -> DbResult<Conn> {
        let mut inner =
            PgConnection::establish(url).map_err(|error| DbError::Unavailable(shown(url, &error.to_string())))?;
        // Every query has its index and few values are rarer than others. Left to itself, the planner spends a third of the
        // server's time on plans for each set of values, and keeps reading whole a table that was small when it first looked.
        // Compiling a plan is for reports that run for seconds; with sequential scans off, a plan that has one looks like one.
        inner.batch_execute(&format!(
            "SET TIME ZONE 'UTC'; SET statement_timeout = {statement_timeout_ms}; SET application_name = 'shixun'; \
             SET default_transaction_isolation = 'read committed'; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off;"
        ))?;
        Ok(Conn::Postgres(inner))
    }

    /// Lets SQLite look at how its tables are filled, a few hundred rows of each index, where it has not yet or where they grew:
    /// without that it takes the area, with which every key begins, for as good a filter as any. From so few rows it would still
    /// conclude that an area holds few, and read all of them rather than look up a list; so it is told that an area finds everything.
    /// PostgreSQL does so by itself.
    ///
    /// # Errors
    /// A [`DbError`] where the database does not answer.
    pub fn refresh_statistics(&mut self) -> DbResult<()> {
        match self {
            Conn::Postgres(_) => Ok(()),
            Conn::Sqlite(inner) => {
                // No page is looked at twice. Those that are kept at the start often hold memory that is not given back.
                inner.batch_execute(
                    "PRAGMA cache_size = -500; PRAGMA analysis_limit = 400; PRAGMA optimize = 0x10002;",
                )?;
                let looked: i64 =
                    diesel::select(sql::<BigInt>("(SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1')"))
                        .get_result(inner)?;
                if looked > 0 {
                    inner.batch_execute(AREA_FINDS_EVERYTHING)?;
                }
                Ok(inner.batch_execute(pages_of_writes!())?)
            }
        }
    }

    /// [`Conn::refresh_statistics`], and has SQLite forget the pages it remembers for this connection. PostgreSQL's are the server's.
    ///
    /// # Errors
    /// A [`DbError`] where the database does not answer.
    pub fn rest(&mut self) -> DbResult<()> {
        self.refresh_statistics()?;
        self.forget_pages()
    }

    /// Has SQLite forget the pages it remembers for this connection.
    pub(super) fn forget_pages(&mut self) -> DbResult<()> {
        match self {
            Conn::Postgres(_) => Ok(()),
            Conn::Sqlite(inner) => Ok(inner.batch_execute("PRAGMA shrink_memory")?),
        }
    }

    /// Asks for nothing, to see whether the database answers.
    ///
    /// # Errors
    /// A [`DbError`] where it does not.
    pub fn ping(&mut self) -> DbResult<()> {
        diesel::sql_query("SELECT 1").execute(self)?;
        Ok(())
    }
}
