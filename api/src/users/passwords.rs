//! Passwords on their way in: hashed on a blocking thread, and left out of every digest that is kept.

use crate::{auth::Passwords, problem::ApiError};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Hashes a password off the worker.
///
/// # Errors
/// `internal` where the operating system gives no salt.
pub(super) async fn hashed(passwords: Passwords, password: String) -> Result<String, ApiError> {
    blocking(move || passwords.hash(&password)).await?.ok_or_else(|| ApiError::internal("no salt for a password"))
}

/// Hashes the passwords of many, by number, on one thread: whoever signs in meanwhile finds the others free.
///
/// # Errors
/// As [`hashed`].
pub(super) async fn hashed_many(
    passwords: Passwords,
    plain: HashMap<i64, String>,
) -> Result<HashMap<i64, String>, ApiError> {
    let hash = move || {
        let pairs = plain.iter().map(|(number, password)| Some((*number, passwords.hash(password)?)));
        pairs.collect::<Option<HashMap<_, _>>>()
    };
    blocking(hash).await?.ok_or_else(|| ApiError::internal("no salt for a password"))
}

/// Checks a password off the worker.
///
/// # Errors
/// `internal` where the thread ended early.
pub(super) async fn verified(passwords: Passwords, password: String, hash: String) -> Result<bool, ApiError> {
    blocking(move || passwords.verify(&password, Some(&hash))).await
}

async fn blocking<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(f).await.map_err(|gone| ApiError::internal(gone.to_string()))
}

/// The digest by which a retry is recognised, of everything but the password: a fast hash that covers a password, kept for
/// a day, would undo what argon2 is for. A retry with another password therefore gets the first answer.
pub(super) fn digest_without_password(parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}
