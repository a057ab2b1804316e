//! What all requests share, built once at the start and handed in; there are no process globals.

use crate::{
    auth::Authenticator,
    chance::Chance,
    clock::Clock,
    config::Config,
    http::{Work, limits::Limits, observe::Metrics, proxies::TrustedProxies},
    jobs::Jobs,
    log::LogSigner,
    policy::PolicyCache,
    problem::ApiError,
};
use shixun_domain::id::{AccountId, SessionId};
use shixun_persistence::{Db, Gathering, catalogue::sessions::Edition, ledger::Revision};
use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

/// What happens when seats of a session may have come free.
pub type FillSeats = fn(&mut Work<'_, '_>, SessionId) -> Result<(), ApiError>;

/// The shared state of the server.
pub struct App {
    /// The settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// Where "now" comes from.
    pub clock: Clock,
    /// Where chance comes from.
    pub chance: Chance,
    /// Who is asking.
    pub auth: Authenticator,
    /// How often one may ask.
    pub limits: Limits,
    /// Whose word is taken for where a request came from.
    pub proxies: TrustedProxies,
    /// What was counted.
    pub metrics: Metrics,
    /// The rules in force, compiled.
    pub policy: PolicyCache,
    /// Tells whether a session still looks the same.
    pub editions: Gathering<Edition>,
    /// Tells whether somebody's hours are still the same.
    pub revisions: Gathering<Revision>,
    /// Signs the checkpoints of the log.
    pub log: LogSigner,
    /// Gives free seats of a session to those who wait: enrolment's, for the catalogue, which knows nothing of enrolment.
    pub fill_seats: FillSeats,
    /// Work that takes longer than a request may.
    pub jobs: Jobs,
    /// Commands that run now, by account and key.
    pub running: Running,
}

/// The commands with an `Idempotency-Key` that run in this process.
#[derive(Debug, Default)]
pub struct Running(Mutex<HashSet<(AccountId, String)>>);

/// Holds a key until the command has ended, however it ends.
#[derive(Debug)]
pub struct RunningKey<'a> {
    running: &'a Running,
    key: (AccountId, String),
}

impl Running {
    /// Claims a key; `None` where a command with it runs already.
    pub fn claim(&self, account: AccountId, key: &str) -> Option<RunningKey<'_>> {
        let key = (account, key.to_owned());
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(key.clone()).then(|| RunningKey { running: self, key })
    }
}

impl Drop for RunningKey<'_> {
    fn drop(&mut self) {
        self.running.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}
