//! The schema: both folders of `migrations/`, embedded.

use super::Conn;
use crate::error::{DbError, DbResult};
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// How the schema of a database stands to the one this program was built with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MigrationState {
    /// The same.
    Current,
    /// Older: these migrations are still to be run.
    Pending(Vec<String>),
    /// Newer: the database has migrations this program does not know. Use a newer program.
    Newer(Vec<String>),
}

fn boxed(error: Box<dyn std::error::Error + Send + Sync>) -> DbError {
    match error.downcast::<diesel::result::Error>() {
        Ok(error) => DbError::from(*error),
        Err(error) => DbError::Other(error.to_string()),
    }
}

fn known(conn: &Conn) -> DbResult<Vec<String>> {
    let names = match conn {
        Conn::Sqlite(_) => versions(MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE).map_err(boxed)?),
        Conn::Postgres(_) => versions(MigrationSource::<diesel::pg::Pg>::migrations(&POSTGRES).map_err(boxed)?),
    };
    Ok(names)
}

fn versions<B: diesel::backend::Backend>(migrations: Vec<Box<dyn Migration<B>>>) -> Vec<String> {
    migrations.iter().map(|migration| migration.name().version().to_string()).collect()
}

fn applied(conn: &mut Conn) -> DbResult<Vec<String>> {
    let list: Vec<MigrationVersion<'static>> = match conn {
        Conn::Sqlite(inner) => inner.applied_migrations().map_err(boxed)?,
        Conn::Postgres(inner) => inner.applied_migrations().map_err(boxed)?,
    };
    Ok(list.iter().map(ToString::to_string).collect())
}

/// Compares the database with this program.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn migration_state(conn: &mut Conn) -> DbResult<MigrationState> {
    let (known, applied) = (known(conn)?, applied(conn)?);
    let missing = |from: &[String], of: &[String]| -> Vec<String> {
        of.iter().filter(|version| !from.contains(version)).cloned().collect()
    };
    let newer = missing(&known, &applied);
    let pending = missing(&applied, &known);
    Ok(if !newer.is_empty() {
        MigrationState::Newer(newer)
    } else if pending.is_empty() {
        MigrationState::Current
    } else {
        MigrationState::Pending(pending)
    })
}

/// True where no migration was ever run: the database is not one of ours yet.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn is_blank(conn: &mut Conn) -> DbResult<bool> {
    Ok(applied(conn)?.is_empty())
}

/// Runs what is pending and names it.
///
/// # Errors
/// A [`DbError`] where a step fails; steps before it stay.
pub fn migrate(conn: &mut Conn) -> DbResult<Vec<String>> {
    let done = match conn {
        Conn::Sqlite(inner) => names(inner.run_pending_migrations(SQLITE).map_err(boxed)?),
        Conn::Postgres(inner) => names(inner.run_pending_migrations(POSTGRES).map_err(boxed)?),
    };
    Ok(done)
}

/// Takes back the newest migration and names it.
///
/// # Errors
/// A [`DbError`] where it fails or there is none.
pub fn revert_last(conn: &mut Conn) -> DbResult<String> {
    let version = match conn {
        Conn::Sqlite(inner) => inner.revert_last_migration(SQLITE).map_err(boxed)?,
        Conn::Postgres(inner) => inner.revert_last_migration(POSTGRES).map_err(boxed)?,
    };
    Ok(version.to_string())
}

fn names(versions: Vec<MigrationVersion<'_>>) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}
