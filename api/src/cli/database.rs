//! The schema, backups and restoring.

use super::{CliError, export::print, shown};
use shixun_persistence::{
    Db, DbOptions,
    db::{DbUrl, MigrationState, is_blank, migrate as run_migrations, migration_state, revert_last},
};
use std::{path::Path, process::ExitCode};

/// Brings the schema up to date, checks it, or takes one step back.
pub(super) fn migrate(url: &DbUrl, check: bool, revert: bool) -> Result<ExitCode, CliError> {
    let mut conn = url.connect(!check && !revert)?;
    if revert {
        let name = revert_last(&mut conn)?;
        return print(&format!("taken back: {name}\n"));
    }
    match migration_state(&mut conn)? {
        MigrationState::Current => print(&format!("{} has the schema of this program\n", shown(url))),
        MigrationState::Newer(names) => Err(newer(url, &names)),
        MigrationState::Pending(names) if check => {
            print(&format!("pending in {}: {}; run `shixun migrate`\n", shown(url), names.join(", ")))?;
            Ok(ExitCode::from(1))
        }
        MigrationState::Pending(_) => {
            let done = run_migrations(&mut conn)?;
            print(&format!("migrated {}: {}\n", shown(url), done.join(", ")))
        }
    }
}

/// The database was made by a newer program.
pub(super) fn newer(url: &DbUrl, names: &[String]) -> CliError {
    CliError::Schema(format!(
        "{} is newer than this program (it has {}): use the program that made it, or a newer one",
        shown(url),
        names.join(", ")
    ))
}

/// Copies a SQLite database that may be in use.
pub(super) fn backup(url: &DbUrl, file: &Path) -> Result<ExitCode, CliError> {
    if let DbUrl::Postgres(_) = url {
        return Err(CliError::Refused(
            "back up PostgreSQL with `pg_dump --format=custom --file=FILE URL`, which is consistent while it runs"
                .into(),
        ));
    }
    if file.exists() {
        return Err(CliError::File(format!("{} exists already: name a new file", file.display())));
    }
    let db = Db::open(url, &DbOptions { connections: 1, ..DbOptions::default() })?;
    db.backup_to(file).map_err(|error| {
        CliError::File(format!(
            "cannot write {}: {error}: name a new file in a folder that can be written",
            file.display()
        ))
    })?;
    print(&format!("backed up {} to {}\n", shown(url), file.display()))
}

/// Puts a backup in the place of a SQLite database.
pub(super) fn restore(url: &DbUrl, file: &Path, force: bool) -> Result<ExitCode, CliError> {
    let DbUrl::Sqlite(target) = url else {
        return Err(CliError::Refused("restore PostgreSQL with `pg_restore --clean --dbname=URL FILE`".into()));
    };
    if target.exists() && !force {
        return Err(CliError::Refused(format!(
            "{} exists: stop the server and say --force to replace it",
            target.display()
        )));
    }
    let source: DbUrl = format!("sqlite:{}", file.display())
        .parse()
        .map_err(|_| CliError::File(format!("{} is not a file name that can be used", file.display())))?;
    // Opening it proves that it is a database of ours before anything is replaced: any file of SQLite can be opened, an empty one too.
    let not_ours = |why: &dyn std::fmt::Display| {
        CliError::Refused(format!(
            "{} is not a backup of shixun ({why}): name one that `shixun backup` wrote",
            file.display()
        ))
    };
    let mut backup = source.connect(false).map_err(|error| not_ours(&error))?;
    if is_blank(&mut backup).map_err(|error| not_ours(&error))? {
        return Err(not_ours(&"it has no schema of ours"));
    }
    match migration_state(&mut backup)? {
        MigrationState::Newer(names) => return Err(newer(&source, &names)),
        MigrationState::Current | MigrationState::Pending(_) => {}
    }
    // What reading it left in its log belongs in the file before it is copied.
    drop(backup);
    let beside = target.with_extension("restoring");
    let failed = |error: std::io::Error| CliError::File(format!("cannot restore to {}: {error}", target.display()));
    std::fs::copy(file, &beside).map_err(failed)?;
    for suffix in ["-wal", "-shm"] {
        let mut leftover = target.as_os_str().to_owned();
        leftover.push(suffix);
        if let Err(error) = std::fs::remove_file(&leftover)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(failed(error));
        }
    }
    std::fs::rename(&beside, target).map_err(failed)?;
    print(&format!("restored {} from {}\n", target.display(), file.display()))
}
