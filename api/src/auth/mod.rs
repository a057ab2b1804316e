//! Signing in: passwords, access tokens, refresh tokens, and who an account is.

mod lock;
mod password;
mod remembered;
mod routes;
mod service;
mod tokens;
mod wire;

pub use password::{LENGTH_MAX as PASSWORD_LENGTH_MAX, LENGTH_MIN as PASSWORD_LENGTH_MIN, Passwords, not_guessable};
pub use routes::{mount, mount_at_root};
pub use tokens::Tokens;

use crate::{
    access::Principal,
    config::Config,
    problem::{ApiError, Code},
};
use actix_web::{HttpRequest, http::header};
use lock::UnknownNames;
use remembered::Remembered;
use shixun_domain::{UtcMillis, id::AccountId};
use shixun_persistence::{Db, accounts};
use std::sync::Arc;

/// Who is asking: verifies tokens and remembers, for a short while, what an account may do.
pub struct Authenticator {
    tokens: Tokens,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    unknown_names: UnknownNames,
    remembered: Remembered,
}

impl Authenticator {
    /// From the signing keys and the settings.
    pub fn new(tokens: Tokens, config: &Config) -> Authenticator {
        Authenticator {
            tokens,
            passwords: Passwords::new(config),
            unknown_names: UnknownNames::default(),
            remembered: Remembered::for_millis(i64::from(config.roles_remembered_seconds) * 1_000),
        }
    }

    /// The account of a valid access token.
    ///
    /// # Errors
    /// One code per reason: `token_malformed`, `token_algorithm`, `token_foreign`, `token_issuer`, `token_audience`,
    /// `token_expired`.
    pub fn verify(&self, token: &str, now: UtcMillis) -> Result<AccountId, ApiError> {
        self.tokens.verify(token, now)
    }

    /// The account's roles, from memory where they were read a moment ago.
    ///
    /// # Errors
    /// `account_disabled` where it may not sign in any more.
    pub async fn principal(&self, db: &Db, account: AccountId, now: UtcMillis) -> Result<Arc<Principal>, ApiError> {
        if let Some(principal) = self.remembered.get(account, now) {
            return Ok(principal);
        }
        let since = self.remembered.since();
        let principal = db
            .read(move |conn| -> Result<_, ApiError> {
                Ok(accounts::standing(conn, account)?.map(|standing| Principal {
                    account,
                    username: standing.username,
                    person: standing.person,
                    disabled: standing.disabled,
                    must_change_password: standing.must_change_password,
                    grants: standing.grants,
                }))
            })
            .await?
            .filter(|principal| !principal.disabled)
            .ok_or_else(|| ApiError::new(Code::AccountDisabled))?;
        let principal = Arc::new(principal);
        self.remembered.keep(since, now, &principal);
        Ok(principal)
    }

    /// Forgets what was remembered of an account, after its roles changed.
    pub fn forget(&self, account: AccountId) {
        self.remembered.forget(account);
    }

    /// Forgets everybody, after organisations moved.
    pub fn forget_all(&self) {
        self.remembered.forget_all();
    }

    /// The tokens, for signing in and for the published keys.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }
}

/// The token of an `Authorization: Bearer` header.
///
/// # Errors
/// `unauthenticated` where there is none, `token_malformed` where the header has another form.
pub fn bearer(request: &HttpRequest) -> Result<&str, ApiError> {
    let header = request.headers().get(header::AUTHORIZATION).ok_or_else(|| ApiError::new(Code::Unauthenticated))?;
    let text = header.to_str().map_err(|_| ApiError::new(Code::TokenMalformed))?;
    let (scheme, token) = text.split_once(' ').ok_or_else(|| ApiError::new(Code::TokenMalformed))?;
    if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() {
        Ok(token.trim())
    } else {
        Err(ApiError::new(Code::TokenMalformed))
    }
}
