//! The keys of an area's credentials, and how one takes the place of another.

use crate::{
    problem::ApiError,
    signing::{Key, PublicKey, key, public_key},
};
use chrono::NaiveDate;
use serde_json::json;
use shixun_domain::AreaCode;
use shixun_persistence::{
    DbError, DbResult, WriteTx,
    certificates::{self, CredentialKey},
    events::{self, NewEvent},
};

/// The key in use, with which credentials are signed.
///
/// # Errors
/// `internal` where there is none.
pub(super) fn in_use(keys: &[CredentialKey]) -> Result<Key, ApiError> {
    let found = keys.iter().find(|one| one.retired_at.is_none());
    let (one, secret) = found
        .and_then(|one| Some((one, one.private_key.as_deref()?)))
        .ok_or_else(|| ApiError::internal("the area has no credential key in use"))?;
    Ok(key(&one.kid, secret)?)
}

/// The public half of a key.
///
/// # Errors
/// [`DbError::Damaged`] where it is none.
pub fn public(one: &CredentialKey) -> Result<PublicKey, DbError> {
    match (&one.private_key, &one.public_key) {
        (Some(secret), _) => key(&one.kid, secret).map(PublicKey::from),
        (None, Some(public)) => public_key(&one.kid, public),
        (None, None) => Err(DbError::damaged(format!("credential key {}", one.kid))),
    }
}

/// Puts a new key in the place of the one in use, whose private half is gone with it, and writes down that it was done. Gives the name of the one
/// that was replaced; `None` where the area has none, because it has issued nothing.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn rotate(tx: &mut WriteTx<'_>, area: AreaCode, kid: &str, private_key: &str) -> DbResult<Option<String>> {
    let old = certificates::credential_keys(tx.conn(), area)?.into_iter().find(|one| one.retired_at.is_none());
    let Some((old, secret)) = old.and_then(|one| Some((one.kid, one.private_key?))) else { return Ok(None) };
    let damaged = || DbError::damaged(format!("credential key {old}"));
    let public = key(&old, &secret)?.public_key().map(str::to_owned).ok_or_else(damaged)?;
    if certificates::retire_credential_key(tx, area, &old, &public)? {
        certificates::add_credential_key(tx, area, kid, private_key)?;
        let (before, after) = (json!({"kid": old}).to_string(), json!({"kid": kid}).to_string());
        record(tx, area, "rotate", kid, Some(&before), &after)?;
    }
    Ok(Some(old))
}

/// Marks a key as compromised from a day on; the one in use is replaced first, by the given one. False where the area has no such key.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn mark_compromised(
    tx: &mut WriteTx<'_>,
    area: AreaCode,
    kid: &str,
    on: NaiveDate,
    (fresh, private_key): (&str, &str),
) -> DbResult<bool> {
    let keys = certificates::credential_keys(tx.conn(), area)?;
    if keys.iter().any(|one| one.kid == kid && one.retired_at.is_none()) {
        rotate(tx, area, fresh, private_key)?;
    }
    let marked = certificates::compromise_credential_key(tx, area, kid, on)?;
    if marked {
        record(tx, area, "mark_compromised", kid, None, &json!({"kid": kid, "compromised_on": on}).to_string())?;
    }
    Ok(marked)
}

fn record(
    tx: &mut WriteTx<'_>,
    area: AreaCode,
    action: &str,
    kid: &str,
    before: Option<&str>,
    after: &str,
) -> DbResult<()> {
    let event = NewEvent { before, after: Some(after), ..NewEvent::of_operator(area, action, "credential_key", kid) };
    events::append(tx, &event).map(|_| ())
}
