//! The invariants of the data.

use super::{CliError, export::print, report::refused, serve};
use serde_json::{Value, json};
use shixun_api::{certificates, chance::Chance, clock::Clock, config::Config, frozen_reports};
use shixun_persistence::{
    Failure,
    check::{self, Checked},
};
use std::{path::Path, process::ExitCode};

/// The exit code where an invariant is broken.
const BROKEN: u8 = 2;

/// Runs every check and reports.
pub(super) fn check(config: Config, output: Option<&Path>) -> Result<ExitCode, CliError> {
    // Checks read whole tables and may take as long as they need.
    let config = Config { statement_timeout_ms: 0, ..config };
    let now = Clock::System.now();
    let db = serve::open(&config, &Chance::from_system())?;
    let mut checked = db.read_blocking(|conn| check::run(conn, now, tell))?;
    let mut unreadable = checked.pop().unwrap_or_else(Checked::unreadable);
    let frozen = db.read_blocking(|conn| frozen_reports::service::check(conn, now));
    let certified = db.read_blocking(certificates::check::check);
    let recorded = db.read_blocking(certificates::logged::check);
    for made_again in [frozen, certified, recorded] {
        match made_again {
            Ok(made_again) => {
                tell(&made_again);
                checked.push(made_again);
            }
            Err(error) if error.db_error().is_some_and(|error| unreadable.passes_over(error)) => {}
            Err(error) => return Err(refused(error)),
        }
    }
    tell(&unreadable);
    checked.push(unreadable);
    let broken = checked.iter().filter(|one| one.count > 0).count();
    let report = json!({
        "at": now.to_string(),
        "clean": broken == 0,
        "checks": checked.iter().map(of_check).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&report)
        .map_err(|error| CliError::File(format!("the report cannot be written: {error}")))?;
    match output {
        Some(path) => std::fs::write(path, text)
            .map_err(|error| CliError::File(format!("cannot write {}: {error}", path.display())))?,
        None if broken > 0 => {
            print(&format!("{text}\n"))?;
        }
        None => {}
    }
    if broken == 0 {
        return print(&format!("all {} checks hold\n", checked.len()));
    }
    tracing::error!("{broken} of {} checks are broken", checked.len());
    Ok(ExitCode::from(BROKEN))
}

fn tell(checked: &Checked) {
    if checked.count > 0 {
        tracing::error!(check = checked.name, rows = checked.count, "broken: {}", checked.about);
    }
}

fn of_check(checked: &Checked) -> Value {
    let breaches = checked.breaches.iter().map(|breach| json!({"object": breach.object, "detail": breach.detail}));
    json!({
        "name": checked.name, "invariant": checked.about, "broken": checked.count, "breaches": breaches.collect::<Vec<_>>(),
    })
}
