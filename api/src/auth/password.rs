//! Passwords: argon2id.

use crate::config::Config;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

/// The fewest characters of a password.
pub const LENGTH_MIN: u64 = 10;
/// The most characters of a password.
pub const LENGTH_MAX: u64 = 128;

/// Hashes and checks passwords at the configured cost. Slow by intent: call it on a blocking thread.
#[derive(Clone)]
pub struct Passwords {
    hasher: Argon2<'static>,
    /// The hash of no password, so that an unknown user name takes as long as a wrong password.
    decoy: String,
}

impl Passwords {
    /// At the cost of the settings, or argon2's own default where they are out of its range.
    pub fn new(config: &Config) -> Passwords {
        let params = Params::new(config.argon2_memory_kib, config.argon2_passes, 1, None).unwrap_or_default();
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = hasher.hash_password_with_salt(b"", b"no account has this").map(|hash| hash.to_string());
        Passwords { hasher, decoy: decoy.unwrap_or_default() }
    }

    /// The PHC string of a password, or `None` where the operating system gives no salt.
    pub fn hash(&self, password: &str) -> Option<String> {
        self.hasher.hash_password(password.as_bytes()).ok().map(|hash| hash.to_string())
    }

    /// Whether a password belongs to a hash. Without a hash it takes as long and says no.
    pub fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        let known = PasswordHash::new(hash.unwrap_or(&self.decoy))
            .is_ok_and(|hash| self.hasher.verify_password(password.as_bytes(), &hash).is_ok());
        known && hash.is_some()
    }
}
