//! Access tokens: JWT signed with Ed25519, the algorithm pinned. Refresh tokens: opaque, kept as hashes.

use crate::{
    chance::Chance,
    config::Config,
    http::command::hex,
    problem::{ApiError, Code},
    signing::{self, Key},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, Header, Validation, errors::ErrorKind};
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shixun_domain::{UtcMillis, id::AccountId};
use shixun_persistence::{Db, DbError, Keep, tokens};

/// Verified tokens remembered at most. Checking a signature costs more than everything else a short read does.
const VERIFIED_MAX: usize = 200_000;
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    iat: i64,
    exp: i64,
    jti: String,
}

/// Signs and verifies access tokens, and derives refresh tokens.
pub struct Tokens {
    /// Newest first; the first signs.
    keys: Vec<Key>,
    issuer: String,
    audience: String,
    access_seconds: i64,
    refresh_millis: i64,
    validation: Validation,
    verified: Cache<String, (AccountId, i64)>,
    /// Refresh tokens follow from their parent and this, so that a retry of an exchange gives the same token again.
    refresh_secret: [u8; 32],
}

impl Tokens {
    /// Reads the signing keys of the database, and makes the first one where there is none: one is in use at most, so that of servers
    /// that start at the same time one makes it, and the others look again and find it.
    ///
    /// # Errors
    /// A [`DbError`] where the database does not answer or a key is damaged.
    pub fn open(db: &Db, chance: &Chance, config: &Config, now: UtcMillis) -> Result<Tokens, DbError> {
        let fresh = (signing::private_key(chance.secret()), chance.request_id());
        let stored = db.write_blocking(now, Keep::Commit, move |tx| -> Result<_, DbError> {
            let mut stored = tokens::signing_keys(tx.conn())?;
            if stored.is_empty() {
                tokens::add_signing_key(tx, &fresh.1, &fresh.0)?;
                stored.push((fresh.1.clone(), fresh.0.clone()));
            }
            Ok(stored)
        })?;
        let keys = stored.iter().map(|(kid, secret)| signing::key(kid, secret)).collect::<Result<Vec<_>, _>>()?;
        let first = stored.first().map(|(_, secret)| secret.as_bytes()).unwrap_or_default();
        let refresh_secret = Sha256::new().chain_update(b"shixun refresh tokens").chain_update(first).finalize().into();
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&config.issuer]);
        validation.set_audience(&[&config.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Expiry is compared with our own clock, below.
        validation.validate_exp = false;
        Ok(Tokens {
            keys,
            issuer: config.issuer.clone(),
            audience: config.audience.clone(),
            access_seconds: i64::from(config.access_token_minutes) * 60,
            refresh_millis: i64::from(config.refresh_token_days) * 86_400_000,
            validation,
            verified: Cache::new(VERIFIED_MAX),
            refresh_secret,
        })
    }

    /// Seconds for which an access token is good.
    pub fn access_seconds(&self) -> i64 {
        self.access_seconds
    }

    /// When a refresh token issued now ends.
    pub fn refresh_expiry(&self, now: UtcMillis) -> UtcMillis {
        now.plus_millis(self.refresh_millis)
    }

    /// Signs an access token.
    ///
    /// # Errors
    /// `internal` where there is no key.
    pub fn sign(&self, account: AccountId, now: UtcMillis, jti: String) -> Result<String, ApiError> {
        let key = self.keys.first().ok_or_else(|| ApiError::internal("no signing key"))?;
        let seconds = now.millis().div_euclid(1_000);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: account.to_string(),
            iat: seconds,
            exp: seconds + self.access_seconds,
            jti,
        };
        let header = Header { kid: Some(key.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &key.encoding).map_err(|error| ApiError::internal(error.to_string()))
    }

    /// The account of a valid token.
    ///
    /// # Errors
    /// One code per reason.
    pub fn verify(&self, token: &str, now: UtcMillis) -> Result<AccountId, ApiError> {
        let (account, exp) = match self.verified.get(token) {
            Some(known) => known,
            None => {
                let checked = self.check(token)?;
                self.verified.insert(token.to_owned(), checked);
                checked
            }
        };
        if now.millis().div_euclid(1_000) >= exp { Err(ApiError::new(Code::TokenExpired)) } else { Ok(account) }
    }

    fn check(&self, token: &str) -> Result<(AccountId, i64), ApiError> {
        let problem = |code| move || ApiError::new(code);
        let header = token_header(token).ok_or_else(problem(Code::TokenMalformed))?;
        if header.alg != "EdDSA" {
            return Err(ApiError::new(Code::TokenAlgorithm));
        }
        let key = self
            .keys
            .iter()
            .find(|key| header.kid.as_deref() == Some(key.kid.as_str()))
            .ok_or_else(problem(Code::TokenForeign))?;
        let data = jsonwebtoken::decode::<Claims>(token, &key.decoding, &self.validation).map_err(|error| {
            ApiError::new(match error.kind() {
                ErrorKind::InvalidSignature => Code::TokenForeign,
                ErrorKind::InvalidIssuer => Code::TokenIssuer,
                ErrorKind::InvalidAudience => Code::TokenAudience,
                ErrorKind::InvalidAlgorithm => Code::TokenAlgorithm,
                _ => Code::TokenMalformed,
            })
        })?;
        let account = data.claims.sub.parse().map_err(|_| ApiError::new(Code::TokenMalformed))?;
        Ok((account, data.claims.exp))
    }

    /// The published keys.
    pub fn jwks(&self) -> Vec<serde_json::Value> {
        self.keys.iter().filter_map(|key| serde_json::to_value(&key.jwk).ok()).collect()
    }

    /// The token that follows a refresh token. The same each time, and nobody without the secret can tell it.
    pub fn successor(&self, refresh: &str) -> String {
        let hash = Sha256::new().chain_update(self.refresh_secret).chain_update(refresh.as_bytes()).finalize();
        URL_SAFE_NO_PAD.encode(Sha256::new().chain_update(self.refresh_secret).chain_update(hash).finalize())
    }
}

/// How a refresh token is kept.
pub fn refresh_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

#[derive(Deserialize)]
struct TokenHeader {
    alg: String,
    kid: Option<String>,
}

/// Read by ourselves, because a library that knows only good algorithms cannot tell "none" from garbage.
fn token_header(token: &str) -> Option<TokenHeader> {
    let mut parts = token.split('.');
    let (first, rest) = (parts.next()?, parts.count());
    if rest != 2 {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(first).ok()?).ok()
}
