//! The command line: one subcommand a file. Every failure is one line that says what to do, and an exit code that is not 0.

mod bundle;
mod check;
mod database;
mod demo;
mod export;
mod import;
mod keys;
mod report;
mod serve;
mod users;

use clap::{Args, Parser, Subcommand};
use shixun_api::config::{BadConfig, Config, LogFormat};
use shixun_persistence::{DbError, db::DbUrl};
use std::{cell::OnceCell, io::IsTerminal as _, path::PathBuf, process::ExitCode};
use thiserror::Error;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};

/// 师训: the open backend for a county's teacher professional-development training.
#[derive(Debug, Parser)]
#[command(name = "shixun", version, about)]
pub struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

/// Settings that every command takes.
#[derive(Debug, Args)]
struct Settings {
    /// A TOML file with settings (see `shixun serve --print-defaults`).
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// sqlite:PATH or postgres://USER@HOST/NAME [env: SHIXUN_DATABASE_URL]
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
    /// Writes the lines of the log that still wait when the command ends.
    #[arg(skip)]
    log: OnceCell<WorkerGuard>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API on a database that exists.
    Serve {
        /// Where to listen, such as 127.0.0.1:8080 [env: SHIXUN_LISTEN]
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<String>,
        /// Make a missing SQLite file and run pending migrations first.
        #[arg(long)]
        migrate: bool,
        /// Print every setting with its default and stop.
        #[arg(long)]
        print_defaults: bool,
    },
    /// Make the demo county if it is missing and serve it.
    Demo {
        /// Where to listen, such as 127.0.0.1:8080 [env: SHIXUN_LISTEN]
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<String>,
        /// The same seed makes the same county.
        #[arg(long, default_value_t = 2016)]
        seed: u64,
        /// Make the county and stop.
        #[arg(long)]
        only_make: bool,
    },
    /// Bring the schema up to this program.
    Migrate {
        /// Only say whether it is; exit code 1 where migrations are pending.
        #[arg(long, conflicts_with = "revert")]
        check: bool,
        /// Take back the newest migration.
        #[arg(long)]
        revert: bool,
    },
    /// Accounts, for the first administrator and for a lost password.
    User {
        #[command(subcommand)]
        command: users::UserCommand,
    },
    /// The keys that checkpoints, certificates and access tokens are signed with.
    Keys {
        #[command(subcommand)]
        command: keys::KeysCommand,
    },
    /// A consistent copy of a SQLite database that is in use. For PostgreSQL use pg_dump.
    Backup {
        /// The file to write; it must not exist.
        file: PathBuf,
    },
    /// Put a backup in the place of a SQLite database. Stop the server first. For PostgreSQL use pg_restore.
    Restore {
        /// The backup.
        file: PathBuf,
        /// Replace a database that exists.
        #[arg(long)]
        force: bool,
    },
    /// Look for broken invariants in the data: exit code 0 where there are none, 2 and a JSON report where there are.
    Check {
        /// Write the report to this file instead of the standard output, also where nothing is broken.
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
    },
    /// Write the statements of everybody in an area, or a frozen report, with what proves them, to a zip file.
    Bundle(bundle::BundleArgs),
    /// Check a bundle offline: exit code 0 where it is as it was made, 2 where it is not.
    Verify(bundle::VerifyArgs),
    /// Import a roster or a list of schools (.xlsx, or CSV in UTF-8 or GB18030).
    Import(import::ImportArgs),
    /// Write a report, the roster or the list of schools to a file.
    Export(report::ExportArgs),
    /// Write the OpenAPI document.
    Openapi {
        /// To this file instead of the standard output.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// Why a command failed, in one line.
#[derive(Debug, Error)]
pub enum CliError {
    /// A setting.
    #[error("{0}")]
    Config(#[from] BadConfig),
    /// The database.
    #[error("{0}")]
    Database(String),
    /// A file or the socket.
    #[error("{0}")]
    File(String),
    /// The schema.
    #[error("{0}")]
    Schema(String),
    /// The answer to a command's own question.
    #[error("{0}")]
    Refused(String),
}

impl From<DbError> for CliError {
    fn from(error: DbError) -> Self {
        CliError::Database(match error {
            DbError::Unavailable(text) if text.ends_with("does not exist") => {
                format!("{text}: make it with `shixun migrate`, or name another with --database sqlite:PATH")
            }
            DbError::Unavailable(text) => format!(
                "{}: check the address, whether the server runs, and whether the folder can be written",
                text.lines().next().unwrap_or_default()
            ),
            other => other.to_string(),
        })
    }
}

/// Runs a command.
///
/// # Errors
/// [`CliError`], one line.
pub fn run(cli: Cli) -> Result<ExitCode, CliError> {
    let settings = &cli.settings;
    match cli.command {
        Command::Serve { print_defaults: true, .. } => export::print(shixun_api::config::DEFAULTS),
        Command::Serve { listen, migrate, .. } => serve::serve(settings.read(listen, None)?, migrate),
        Command::Demo { listen, seed, only_make } => {
            demo::run(settings.read(listen, Some("sqlite:shixun-demo.db"))?, seed, only_make)
        }
        Command::Migrate { check, revert } => database::migrate(&settings.read(None, None)?.url()?, check, revert),
        Command::User { command } => users::run(&settings.read(None, None)?, command),
        Command::Keys { command } => keys::run(&settings.read(None, None)?, command),
        Command::Backup { file } => database::backup(&settings.read(None, None)?.url()?, &file),
        Command::Restore { file, force } => database::restore(&settings.read(None, None)?.url()?, &file, force),
        Command::Check { json } => check::check(settings.read(None, None)?, json.as_deref()),
        Command::Bundle(args) => bundle::write(settings.read(None, None)?, &args),
        Command::Verify(args) => bundle::verify(&args),
        Command::Import(args) => import::import(&settings.read(None, None)?, args),
        Command::Export(args) => report::export(&settings.read(None, None)?, args),
        Command::Openapi { output } => export::openapi(output.as_deref()),
    }
}

impl Settings {
    /// The settings with those of the command line on top. `database` stands in where nobody names one.
    fn read(&self, listen: Option<String>, database: Option<&str>) -> Result<Config, CliError> {
        let mut overrides = Vec::new();
        if let Some(listen) = listen {
            overrides.push(("listen", listen));
        }
        if let Some(given) = &self.database {
            overrides.push(("database_url", given.clone()));
        }
        let config = Config::read(self.config.as_deref(), database, &overrides)?;
        self.log.get_or_init(|| start_log(&config));
        Ok(config)
    }
}

/// Lines of the log that may wait to be written. Their places are taken from memory at the start.
const LOG_LINES_WAITING: usize = 8_192;

/// Lines are written by a thread of their own: whoever reads them slowly keeps no request waiting. Where too many wait, the newest are
/// left out.
fn start_log(config: &Config) -> WorkerGuard {
    use tracing_subscriber::{EnvFilter, fmt};
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    // Colours are for a terminal: in a file they are noise.
    let colours = std::io::stderr().is_terminal();
    let waiting = NonBlockingBuilder::default().buffered_lines_limit(LOG_LINES_WAITING);
    let (writer, guard) = waiting.finish(std::io::stderr());
    let lines = fmt().with_env_filter(filter).with_ansi(colours).with_writer(writer);
    // Fails only where a log was started already.
    match config.log_format {
        LogFormat::Text => lines.try_init().ok(),
        LogFormat::Json => lines.json().try_init().ok(),
    };
    guard
}

/// Opens the address of a database for messages.
fn shown(url: &DbUrl) -> String {
    url.to_string()
}
