//! Serving, until SIGTERM or Ctrl-C: then running requests finish and the write queue drains.

use super::{CliError, database::newer, export::print};
use shixun_api::{
    chance::Chance,
    clock::Clock,
    config::Config,
    housekeeping, jobs, log, planning,
    server::{self, StartError},
};
use shixun_persistence::{
    Db, DbOptions,
    db::{MigrationState, migrate, migration_state},
};
use std::{net::TcpListener, process::ExitCode};

/// Opens a database whose schema is that of this program.
pub(super) fn open(config: &Config, chance: &Chance) -> Result<Db, CliError> {
    let url = config.url()?;
    match migration_state(&mut url.connect(false)?)? {
        MigrationState::Current => {}
        MigrationState::Pending(names) => {
            return Err(CliError::Schema(format!(
                "{url} lacks {} migration(s) of this program: run `shixun migrate` (after a backup)",
                names.len()
            )));
        }
        MigrationState::Newer(names) => return Err(newer(&url, &names)),
    }
    let options = DbOptions {
        connections: config.connections,
        write_queue: config.write_queue,
        node: chance.node(),
        create: false,
        statement_timeout_ms: config.statement_timeout_ms,
    };
    Ok(Db::open(&url, &options)?)
}

/// Serves a database that exists.
pub(super) fn serve(config: Config, migrate_first: bool) -> Result<ExitCode, CliError> {
    if migrate_first {
        migrate(&mut config.url()?.connect(true)?)?;
    }
    let chance = Chance::from_system();
    let db = open(&config, &chance)?;
    listen(config, db, chance, "")
}

/// Listens, says so with `greeting` below the addresses, and serves until it is told to stop.
pub(super) fn listen(config: Config, db: Db, chance: Chance, greeting: &str) -> Result<ExitCode, CliError> {
    let address = config.listen;
    let listener = TcpListener::bind(address).map_err(|error| {
        CliError::File(match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                format!(
                    "{address} is taken by another program: stop it, or choose another with --listen 127.0.0.1:8081"
                )
            }
            _ => format!("cannot listen on {address}: {error}"),
        })
    })?;
    let bound = listener.local_addr().map_err(|error| CliError::File(error.to_string()))?;
    tracing::info!(?config, "settings");
    let app = server::state(config, db.clone(), Clock::System, chance).map_err(start)?;
    let server = server::bind(app.clone(), listener).map_err(start)?;
    print(&format!(
        "shixun {}\n  Swagger UI   http://{bound}/docs\n  OpenAPI      http://{bound}/openapi.json\n{greeting}",
        env!("CARGO_PKG_VERSION")
    ))?;
    let ended = actix_web::rt::System::new().block_on(async move {
        let kept = app.clone();
        let house = actix_web::rt::spawn(async move { housekeeping::keep(&kept).await });
        let awaited = app.clone();
        let evaluations = actix_web::rt::spawn(async move { planning::keep(&awaited).await });
        let resting = app.clone();
        let memory = actix_web::rt::spawn(async move { housekeeping::rest(&resting).await });
        let runners: Vec<_> = (0..jobs::RUNNERS).map(|_| actix_web::rt::spawn(jobs::keep(app.clone()))).collect();
        let working = app.clone();
        let sequencer = actix_web::rt::spawn(async move { log::keep(&app).await });
        let ended = server.await;
        house.abort();
        evaluations.abort();
        memory.abort();
        sequencer.abort();
        // A job is not waited for, only its step: another run begins it again.
        working.jobs.stop();
        for runner in runners {
            runner.await.ok();
        }
        db.drain().await;
        ended
    });
    ended.map(|()| ExitCode::SUCCESS).map_err(|error| CliError::File(format!("the server ended: {error}")))
}

fn start(error: StartError) -> CliError {
    match error {
        StartError::Database(error) => error.into(),
        StartError::Config(error) => error.into(),
        other => CliError::File(other.to_string()),
    }
}
