//! Passwords: argon2id.

use crate::config::Config;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{
        PasswordHasher, PasswordVerifier,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};
use std::collections::BTreeSet;
use validator::ValidationError;

/// The fewest characters of a password.
pub const LENGTH_MIN: u64 = 10;
/// The most characters of a password.
pub const LENGTH_MAX: u64 = 128;

/// The fewest different steps from one character to the next: fewer make a row of repeated or consecutive ones.
const STEPS_MIN: usize = 4;

/// Refuses what anybody tries first, such as `1111111111` or `1234567890`: `custom(function = "not_guessable")`.
///
/// # Errors
/// The fault `guessable`.
pub fn not_guessable(password: &str) -> Result<(), ValidationError> {
    let next = password.chars().skip(1);
    let steps: BTreeSet<i64> =
        password.chars().zip(next).map(|(one, next)| i64::from(u32::from(next)) - i64::from(u32::from(one))).collect();
    if steps.len() < STEPS_MIN {
        let told = "不能由重复或连续的字符组成|must not be a row of repeated or consecutive characters";
        return Err(ValidationError::new("guessable").with_message(told.into()));
    }
    Ok(())
}

/// Hashes and checks passwords at the configured cost. Slow by intent: call it on a blocking thread.
#[derive(Clone)]
pub struct Passwords {
    hasher: Argon2<'static>,
    /// The hash of no password, so that an unknown user name takes as long as a wrong password.
    decoy: Option<PasswordHash>,
}

impl Passwords {
    /// At the cost of the settings, or argon2's own default where they are out of its range.
    pub fn new(config: &Config) -> Passwords {
        let params = Params::new(config.argon2_memory_kib, config.argon2_passes, 1, None).unwrap_or_default();
        let decoy = decoy(&params);
        Passwords { hasher: Argon2::new(Algorithm::Argon2id, Version::V0x13, params), decoy }
    }

    /// The PHC string of a password, or `None` where the operating system gives no salt.
    pub fn hash(&self, password: &str) -> Option<String> {
        self.hasher.hash_password(password.as_bytes()).ok().map(|hash| hash.to_string())
    }

    /// Whether a password belongs to a hash. Without a hash it takes as long and says no.
    pub fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        let compared = hash.map_or_else(|| self.decoy.clone(), |hash| PasswordHash::new(hash).ok());
        let equal =
            compared.is_some_and(|compared| self.hasher.verify_password(password.as_bytes(), &compared).is_ok());
        equal && hash.is_some()
    }
}

/// What looks like a hash at this cost. It is not computed: that takes 19 MiB of memory, which a start should not ask for.
fn decoy(params: &Params) -> Option<PasswordHash> {
    Some(PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).ok()?,
        salt: Salt::new(b"no account has this").ok(),
        hash: Output::new(&[0; Params::DEFAULT_OUTPUT_LEN]).ok(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_nobody_has_costs_what_a_wrong_password_costs() {
        let cheap = Config { argon2_memory_kib: 64, argon2_passes: 2, ..Config::defaults().unwrap() };
        let passwords = Passwords::new(&cheap);
        let real = PasswordHash::new(&passwords.hash("correct horse").unwrap()).unwrap();
        let decoy = passwords.decoy.clone().unwrap();
        let length = |hash: &PasswordHash| hash.hash.map(|output| output.len());
        assert_eq!((decoy.algorithm, decoy.version), (real.algorithm, real.version));
        assert_eq!((decoy.params.clone(), length(&decoy)), (real.params.clone(), length(&real)));
        // It can be compared with, and is not refused before the work is done.
        let compared = passwords.hasher.verify_password(b"correct horse", &decoy);
        assert_eq!(compared, Err(argon2::password_hash::Error::PasswordInvalid));
        assert!(!passwords.verify("correct horse", None));
        assert!(passwords.verify("correct horse", Some(&real.to_string())));
        assert!(!passwords.verify("wrong horse", Some(&real.to_string())));
    }
}
