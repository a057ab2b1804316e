//! The demo county: made where it is missing, its password set anew at every start, then served.

use super::{CliError, database::newer, export::print, serve};
use indicatif::{ProgressBar, ProgressStyle};
use shixun_api::{
    auth::{PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, Passwords},
    chance::Chance,
    clock::Clock,
    config::Config,
    demo::{self, Beside, Found, Plan, Scale},
    log::{LogSigner, Look, sequence},
    problem::ApiError,
};
use shixun_domain::UtcMillis;
use shixun_persistence::{
    Db, DbOptions, Failure,
    db::{DbUrl, MigrationState, is_blank, migrate, migration_state},
};
use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// The password of all demo accounts, and its hash.
struct Password {
    text: String,
    hash: String,
}

/// What a county is made with.
struct Making<'a> {
    config: &'a Config,
    chance: &'a Chance,
    seed: u64,
    password: &'a Password,
    now: UtcMillis,
}

/// Makes the demo county if it is missing, and serves it unless only making was asked for.
pub(super) fn run(config: Config, seed: u64, only_make: bool) -> Result<ExitCode, CliError> {
    let (chance, now) = (Chance::from_system(), Clock::System.now());
    let password = password(&config, &chance)?;
    let making = Making { config: &config, chance: &chance, seed, password: &password, now };
    let url = config.url()?;
    let made_now = match &url {
        DbUrl::Sqlite(path) if !path.exists() => make_file(path, &making).map(|()| true)?,
        _ => prepare(&url).map(|()| false)?,
    };
    let db = serve::open(&config, &chance)?;
    match demo::look(&db).map_err(failed)? {
        Found::Demo(_) if made_now => {}
        Found::Demo(made_at) => demo::set_passwords(&db, made_at, &password.hash, now).map(|_| ()).map_err(failed)?,
        Found::Empty => make(&db, &making)?,
        Found::Other => {
            return Err(CliError::Refused(format!(
                "{url} holds data that is not the demo county: name another with --database sqlite:shixun-demo.db, or \
                 serve this one with `shixun serve`"
            )));
        }
    }
    let greeting = greeting(&password.text);
    if only_make {
        return print(&format!("{url}\n{greeting}"));
    }
    serve::listen(config, db, chance, &greeting)
}

/// The password of the settings, or a random one.
fn password(config: &Config, chance: &Chance) -> Result<Password, CliError> {
    let given = config.demo_password.reveal();
    let length = u64::try_from(given.chars().count()).unwrap_or(u64::MAX);
    if !given.is_empty() && !(PASSWORD_LENGTH_MIN..=PASSWORD_LENGTH_MAX).contains(&length) {
        return Err(CliError::Refused(format!(
            "SHIXUN_DEMO_PASSWORD has {length} characters: give it {PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX}, or \
             leave it out for a random one"
        )));
    }
    let text = if given.is_empty() { chance.password() } else { given.to_owned() };
    let hash = Passwords::new(config).hash(&text);
    let hash = hash.ok_or_else(|| CliError::Refused("the operating system gave no randomness".into()))?;
    Ok(Password { text, hash })
}

/// A failure of a use case, as the command line says it.
fn failed(error: ApiError) -> CliError {
    match error.db_error() {
        Some(error) => error.clone().into(),
        None => CliError::Refused(format!("the demo county was not made: {error:?}")),
    }
}

/// Migrates a database in which nothing was ever done; any other has to have the schema of this program already.
fn prepare(url: &DbUrl) -> Result<(), CliError> {
    let mut conn = url.connect(false)?;
    match migration_state(&mut conn)? {
        MigrationState::Pending(_) if is_blank(&mut conn)? => {
            migrate(&mut conn)?;
            Ok(())
        }
        MigrationState::Newer(names) => Err(newer(url, &names)),
        MigrationState::Current | MigrationState::Pending(_) => Ok(()),
    }
}

/// Makes the county under another name and renames the finished file, so that whoever finds the file finds a whole county.
fn make_file(path: &Path, making: &Making<'_>) -> Result<(), CliError> {
    let (part, ready) = (beside(path, ".part"), beside(path, ".ready"));
    let sweep = || {
        for leftover in [&part, &beside(&part, "-wal"), &beside(&part, "-shm"), &ready] {
            // What is not there needs no removing, and what cannot be removed makes the next step fail with its reason.
            std::fs::remove_file(leftover).ok();
        }
    };
    sweep();
    let made = make_in(&part, &ready, making).and_then(|()| {
        let kept = std::fs::File::open(&ready).and_then(|file| file.sync_all());
        kept.and_then(|()| std::fs::rename(&ready, path))
            .map_err(|error| CliError::File(format!("cannot make {}: {error}", path.display())))
    });
    sweep();
    made
}

fn make_in(part: &Path, ready: &Path, making: &Making<'_>) -> Result<(), CliError> {
    let url = DbUrl::Sqlite(part.to_owned());
    migrate(&mut url.connect(true)?)?;
    let db = Db::open(&url, &DbOptions { connections: 1, ..DbOptions::default() })?;
    make(&db, making)?;
    Ok(db.backup_to(ready)?)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes the county in an empty database, with a line of progress where somebody looks on.
fn make(db: &Db, making: &Making<'_>) -> Result<(), CliError> {
    let Making { config, chance, seed, password, now } = *making;
    // The bar draws itself on the standard error, and only on a terminal.
    let bar = ProgressBar::new(1_000);
    let style = ProgressStyle::with_template("making the demo county {bar:40} {percent}% {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_position(0);
    let plan = Plan::new(seed, Scale::FULL, now);
    bar.set_position(20);
    let moving = bar.clone();
    let with =
        Beside { password_hash: password.hash.clone(), public_url: config.public_url.clone(), chance: chance.branch() };
    let made = demo::make(db, plan, with, move |done| moving.set_position(done));
    made.map_err(failed)?;
    let signer = LogSigner::open(db, chance, config, now)?;
    sequence(db, &signer, now, Look::All)?;
    bar.finish_and_clear();
    Ok(())
}

/// The sign-ins, as a table.
fn greeting(password: &str) -> String {
    let mut text = format!("\n  Demo county 遂昌县 (331123). Everybody's password: {password}\n");
    for (name, about) in demo::sign_ins() {
        // Writing to a string never fails.
        let _ = writeln!(text, "    {name:<15} {about}");
    }
    text.push_str("  Ctrl-C stops. The next start sets the password anew.\n");
    text
}
