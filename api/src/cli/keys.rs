//! The keys of the server: which there are, and how one takes the place of another.
//!
//! Servers that run read the keys of the log and of credentials whenever they sign; those of access tokens when they start.

use super::{CliError, export::print, serve};
use chrono::NaiveDate;
use clap::{Subcommand, ValueEnum};
use shixun_api::{
    certificates::keys as credentials,
    chance::Chance,
    clock::Clock,
    config::Config,
    log::{
        LogSigner, Look,
        keys::{self as logs, Fresh, Marked},
        sequence,
    },
    signing::private_key,
};
use shixun_domain::{AreaCode, UtcMillis};
use shixun_persistence::{Conn, Db, DbError, Keep, certificates, log, tokens};
use std::process::ExitCode;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Use {
    /// Checkpoints of the logs, and bundles.
    Log,
    /// Certificates as credentials, and their status lists.
    Credentials,
    /// Access tokens. Start the servers anew afterwards; whoever is signed in goes on with the refresh token.
    Tokens,
}

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Every key with its time; those of the log as verifiers take them.
    List,
    /// Put a new key in the place of the one in use. What the old one signed stays valid; its private half is gone.
    Rotate {
        /// What the key is for.
        #[arg(value_name = "USE")]
        what: Use,
        /// Only the credentials of this area; of every area where it is not given.
        #[arg(long)]
        area: Option<AreaCode>,
    },
    /// Mark a key as compromised, so that verifiers say so. One in use is replaced first.
    Compromised {
        /// The key, as `keys list` shows it.
        kid: String,
        /// The first day on which somebody else may have had it.
        #[arg(long, value_name = "DAY")]
        on: NaiveDate,
    },
}

/// Runs a command on keys.
pub(super) fn run(config: &Config, command: KeysCommand) -> Result<ExitCode, CliError> {
    let (chance, now) = (Chance::from_system(), Clock::System.now());
    let db = serve::open(config, &chance)?;
    // A database that has never been served has no keys yet.
    let signer = LogSigner::open(&db, &chance, config, now)?;
    let said = match command {
        KeysCommand::List => return print(&db.read_blocking(list)?),
        KeysCommand::Rotate { what: Use::Log, area: None } => {
            let new = fresh(&chance);
            let old = db.write_blocking(now, Keep::Commit, move |tx| logs::rotate(tx, &new))?;
            format!("log key {old} is retired\n")
        }
        KeysCommand::Rotate { what: Use::Tokens, area: None } => {
            let new = fresh(&chance);
            db.write_blocking(now, Keep::Commit, move |tx| -> Result<_, DbError> {
                tokens::replace_signing_keys(tx, &new.kid, &private_key(new.secret))
            })?;
            "the key of access tokens is another one; start the servers anew\n".to_owned()
        }
        KeysCommand::Rotate { what: Use::Credentials, area } => rotate_credentials(&db, &chance, area, now)?,
        KeysCommand::Rotate { area: Some(_), .. } => {
            return Err(CliError::Refused(
                "--area goes with credentials: other keys are those of the whole server".into(),
            ));
        }
        KeysCommand::Compromised { kid, on } => compromised(&db, &chance, &kid, on, now)?,
    };
    // What was done is a leaf, below a checkpoint that the key in use signs.
    sequence(&db, &signer, now, Look::New)?;
    print(&said)
}

fn fresh(chance: &Chance) -> Fresh {
    Fresh { kid: chance.request_id(), secret: chance.secret() }
}

fn rotate_credentials(db: &Db, chance: &Chance, area: Option<AreaCode>, now: UtcMillis) -> Result<String, CliError> {
    let mut said = String::new();
    let areas = db.read_blocking(certificates::credential_areas)?;
    let wanted: Vec<AreaCode> = areas.into_iter().filter(|one| area.is_none_or(|area| area == *one)).collect();
    for area in wanted {
        let Fresh { kid, secret } = fresh(chance);
        let secret = private_key(secret);
        let old = db.write_blocking(now, Keep::Commit, move |tx| credentials::rotate(tx, area, &kid, &secret))?;
        said.extend(old.map(|old| format!("credential key {old} of {area} is retired\n")));
    }
    match (said.is_empty(), area) {
        (false, _) => Ok(said),
        (true, Some(area)) => Err(CliError::Refused(format!("{area} has issued no certificate and has no key"))),
        (true, None) => Err(CliError::Refused("no area has issued a certificate: there is no key".into())),
    }
}

fn compromised(db: &Db, chance: &Chance, kid: &str, on: NaiveDate, now: UtcMillis) -> Result<String, CliError> {
    if on > now.china_date() {
        return Err(CliError::Refused(format!("{on} is yet to come")));
    }
    let (name, new) = (kid.to_owned(), fresh(chance));
    let marked = db.write_blocking(now, Keep::Commit, move |tx| logs::mark_compromised(tx, &name, on, &new))?;
    if marked != Marked::Unknown {
        let replaced = if marked == Marked::Replaced { ", and another signs in its place" } else { "" };
        return Ok(format!("log key {kid} is marked as compromised from {on} on{replaced}\n"));
    }
    for area in db.read_blocking(certificates::credential_areas)? {
        let (name, Fresh { kid: new, secret }) = (kid.to_owned(), fresh(chance));
        let secret = private_key(secret);
        let done = db.write_blocking(now, Keep::Commit, move |tx| {
            credentials::mark_compromised(tx, area, &name, on, (&new, &secret))
        })?;
        if done {
            return Ok(format!("credential key {kid} of {area} is marked as compromised from {on} on\n"));
        }
    }
    Err(CliError::Refused(format!(
        "there is no key {kid} of a log or of credentials: `shixun keys list` shows them; a key of access tokens is \
         replaced with `shixun keys rotate tokens`"
    )))
}

fn list(conn: &mut Conn) -> Result<String, DbError> {
    let mut text = String::new();
    let mut line = |what: &str, kid: &str, since: UtcMillis, until: Option<UtcMillis>, on: Option<NaiveDate>| {
        let until = until.map_or_else(|| "in use".to_owned(), |until| format!("until {until}"));
        let on = on.map(|on| format!(", compromised from {on} on")).unwrap_or_default();
        text.push_str(&format!("{what:<18} {kid}  from {since} {until}{on}\n"));
    };
    for key in log::signature_keys(conn)? {
        line("log", &key.kid, key.since, key.retired_at, key.compromised_on);
    }
    for area in certificates::credential_areas(conn)? {
        for key in certificates::credential_keys(conn, area)? {
            line(&format!("credentials {area}"), &key.kid, key.since, key.retired_at, key.compromised_on);
        }
    }
    for (kid, since) in tokens::signing_keys_since(conn)? {
        line("tokens", &kid, since, None, None);
    }
    for area in log::areas(conn, false)? {
        text.push_str(&logs::text(&logs::listed(conn, area)?));
    }
    Ok(text)
}
