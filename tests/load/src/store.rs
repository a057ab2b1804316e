//! A database of the tool: made fresh, looked into afterwards, and removed.

use crate::{
    cluster::Cluster,
    fault::{Outcome, fault},
};
use diesel::{
    QueryableByName, RunQueryDsl,
    connection::SimpleConnection,
    sql_types::{BigInt, Text},
};
use shixun_persistence::{
    Conn,
    db::{DatabaseKind, DbUrl, MigrationState, migrate, migration_state},
};
use std::path::{Path, PathBuf};

/// A database.
pub struct Store {
    /// Where it is.
    pub url: DbUrl,
    /// Which it is.
    pub kind: DatabaseKind,
    file: Option<PathBuf>,
    keep: bool,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

impl Store {
    /// A migrated empty database called `name`.
    pub fn fresh(cluster: Option<&Cluster>, folder: &Path, name: &str) -> Outcome<Store> {
        let store = match cluster {
            Some(cluster) => {
                cluster.execute("postgres", &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
                cluster.execute("postgres", &format!("CREATE DATABASE {name}"))?;
                Store { url: cluster.url(name).parse()?, kind: DatabaseKind::Postgres, file: None, keep: true }
            }
            None => {
                let file = folder.join(format!("{name}.db"));
                remove(&file);
                Store::file(file, false)?
            }
        };
        migrate(&mut store.url.connect(true)?)?;
        Ok(store)
    }

    /// A SQLite file.
    pub fn file(file: PathBuf, keep: bool) -> Outcome<Store> {
        let url = format!("sqlite:{}", file.display()).parse()?;
        Ok(Store { url, kind: DatabaseKind::Sqlite, file: Some(file), keep })
    }

    /// Its address, as the program takes it.
    pub fn address(&self) -> String {
        match &self.url {
            DbUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DbUrl::Postgres(url) => url.clone(),
        }
    }

    /// Whether the schema is that of this program.
    pub fn is_current(&self) -> Outcome<bool> {
        Ok(migration_state(&mut self.connect()?)? == MigrationState::Current)
    }

    /// A connection that may write.
    pub fn connect(&self) -> Outcome<Conn> {
        Ok(self.url.connect(false)?)
    }

    /// Asks for one whole number, selected as `number`.
    pub fn number(&self, sql: &str) -> Outcome<i64> {
        let mut conn = self.connect()?;
        let rows: Vec<Number> = diesel::sql_query(sql).load(&mut conn)?;
        match rows.first() {
            Some(row) => Ok(row.number),
            None => fault(format!("no row: {sql}")),
        }
    }

    /// Asks for whole numbers, selected as `number`.
    pub fn numbers(&self, sql: &str) -> Outcome<Vec<i64>> {
        let mut conn = self.connect()?;
        let rows: Vec<Number> = diesel::sql_query(sql).load(&mut conn)?;
        Ok(rows.into_iter().map(|row| row.number).collect())
    }

    /// Brings everything into the main file, and on PostgreSQL the planner's statistics up to date, as the database server does
    /// by itself in time: for tables that hold something. Of an empty one it would believe for a while that it stays so. On
    /// SQLite the server sees to its statistics itself.
    pub fn settle(&self) -> Outcome<()> {
        let mut conn = self.connect()?;
        match self.kind {
            DatabaseKind::Sqlite => conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?,
            DatabaseKind::Postgres => {
                let filled: Vec<Name> = diesel::sql_query(
                    "SELECT CAST(relname AS TEXT) AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace \
                     AND pg_relation_size(oid) > 0",
                )
                .load(&mut conn)?;
                let filled: Vec<String> = filled.into_iter().map(|table| table.name).collect();
                conn.batch_execute(&format!("VACUUM (ANALYZE) {}", filled.join(", ")))?;
                conn.batch_execute("CHECKPOINT")?;
            }
        }
        Ok(())
    }
}

impl Store {
    /// Reads everything once, so that the disk is not what is measured: a server that is up for a day has its county in memory.
    pub fn read_once(&self) -> Outcome<()> {
        match &self.file {
            Some(file) => {
                std::io::copy(&mut std::fs::File::open(file)?, &mut std::io::sink())?;
            }
            None => {
                let mut conn = self.connect()?;
                conn.batch_execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")?;
                diesel::sql_query(
                    "SELECT pg_prewarm(oid::regclass, 'read') FROM pg_class WHERE relkind IN ('r', 'i') \
                     AND relnamespace = 'public'::regnamespace",
                )
                .execute(&mut conn)?;
            }
        }
        Ok(())
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if let Some(file) = self.file.as_ref().filter(|_| !self.keep) {
            remove(file);
        }
    }
}

/// Removes a SQLite file with what SQLite keeps beside it.
pub fn remove(file: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        // Fails where there is none.
        std::fs::remove_file(format!("{}{suffix}", file.display())).ok();
    }
}
