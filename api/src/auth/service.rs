//! Signing in and staying signed in.

use super::{
    lock::lock_millis,
    tokens::{Tokens, refresh_hash},
    wire::{MeView, RoleHeldView, TokensView},
};
use crate::{
    access::Principal,
    problem::{ApiError, Code},
    state::App,
    wire::{OneOf, Text},
};
use shixun_domain::{Id, UtcMillis, access::Permission, id::AccountId};
use shixun_persistence::{
    Conn, DbError, WriteTx,
    accounts::{self, AccountRow},
    org, people, tokens, users,
};
use std::collections::HashMap;

/// How long the last exchange of a refresh token may be repeated: an answer that was lost on its way.
const RETRY_MILLIS: i64 = 10_000;

/// Checks a password and gives tokens.
///
/// # Errors
/// `sign_in_failed` for an unknown name and a wrong password alike, `sign_in_locked`, `account_disabled`.
pub async fn login(app: &App, username: String, password: String, now: UtcMillis) -> Result<TokensView, ApiError> {
    let wanted = username.clone();
    let account = app.db.read(move |conn| accounts::find_by_username(conn, &wanted)).await.map_err(ApiError::from)?;
    let names = &app.auth.unknown_names;
    let until = account.as_ref().map_or_else(|| names.locked_until(&username), |account| account.locked_until);
    if let Some(until) = until.filter(|until| *until > now) {
        return Err(locked(until, now));
    }
    let passwords = app.auth.passwords.clone();
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let right = tokio::task::spawn_blocking(move || passwords.verify(&password, hash.as_deref()))
        .await
        .map_err(|gone| ApiError::internal(gone.to_string()))?;
    let Some(account) = account else {
        return Err(match names.fail(username, now) {
            Some(until) => locked(until, now),
            None => ApiError::new(Code::SignInFailed),
        });
    };
    let id = account.id;
    let refresh = app.chance.token();
    let (hash, expires_at) = (refresh_hash(&refresh), app.auth.tokens().refresh_expiry(now));
    let must_change_password = account.must_change_password;
    let entered = app.db.write(now, move |tx| enter(tx, (&account, right), &hash, expires_at)).await;
    match entered.map_err(ApiError::from)? {
        Entered::In => give(app, id, now, refresh, must_change_password),
        Entered::Failed => Err(ApiError::new(Code::SignInFailed)),
        Entered::Disabled => Err(ApiError::new(Code::AccountDisabled)),
        Entered::Locked(until) => Err(locked(until, now)),
    }
}

fn locked(until: UtcMillis, now: UtcMillis) -> ApiError {
    let seconds = u32::try_from((until.millis() - now.millis()).div_euclid(1_000) + 1).unwrap_or(u32::MAX);
    ApiError::new(Code::SignInLocked).retry_after(seconds)
}

/// What became of a password that was checked.
enum Entered {
    In,
    Failed,
    Disabled,
    Locked(UtcMillis),
}

/// Lets in whoever had the right password, or counts the failure. Checking takes a while, in which the account may have been locked by
/// other guesses, disabled, or given another password: it is held and looked at once more, so that of many guesses at once no more are
/// answered than of those made one by one.
fn enter(
    tx: &mut WriteTx<'_>,
    (checked, right): (&AccountRow, bool),
    refresh_hash: &str,
    expires_at: UtcMillis,
) -> Result<Entered, DbError> {
    let (id, now) = (checked.id, tx.at());
    users::lock(tx, id)?;
    let account = accounts::find(tx.conn(), id)?.ok_or_else(|| DbError::damaged("an account that signs in"))?;
    if let Some(until) = account.locked_until.filter(|until| *until > now) {
        return Ok(Entered::Locked(until));
    }
    if !right || account.password_hash != checked.password_hash {
        let failures = accounts::note_failure(tx, id)?;
        if let Some(millis) = lock_millis(failures) {
            accounts::lock_until(tx, id, now.plus_millis(millis))?;
        }
        return Ok(Entered::Failed);
    }
    if account.disabled {
        return Ok(Entered::Disabled);
    }
    accounts::note_sign_in(tx, id)?;
    tokens::add_refresh(tx, id, None, refresh_hash, expires_at)?;
    Ok(Entered::In)
}

fn give(
    app: &App,
    account: AccountId,
    now: UtcMillis,
    refresh_token: String,
    must_change_password: bool,
) -> Result<TokensView, ApiError> {
    let tokens = app.auth.tokens();
    Ok(TokensView {
        access_token: tokens.sign(account, now, app.chance.request_id())?,
        token_type: "Bearer".into(),
        expires_in: tokens.access_seconds(),
        refresh_token,
        must_change_password,
    })
}

enum Exchange {
    Given(AccountId),
    Invalid,
    /// Used before, and not a moment ago: somebody has a copy. The family is revoked.
    Reused,
}

/// Exchanges a refresh token for new tokens.
///
/// # Errors
/// `refresh_invalid`, or `refresh_reused` where it was exchanged before.
pub async fn refresh(app: &App, token: String, now: UtcMillis) -> Result<TokensView, ApiError> {
    let next = app.auth.tokens().successor(&token);
    let (hash, next_hash) = (refresh_hash(&token), refresh_hash(&next));
    let expires_at = app.auth.tokens().refresh_expiry(now);
    let exchange =
        app.db.write(now, move |tx| exchange(tx, &hash, &next_hash, expires_at)).await.map_err(ApiError::from)?;
    match exchange {
        Exchange::Given(account) => {
            // A disabled account keeps no session.
            let principal = app.auth.principal(&app.db, account, now).await?;
            give(app, account, now, next, principal.must_change_password)
        }
        Exchange::Invalid => Err(ApiError::new(Code::RefreshInvalid)),
        Exchange::Reused => Err(ApiError::new(Code::RefreshReused)),
    }
}

fn exchange(tx: &mut WriteTx<'_>, hash: &str, next_hash: &str, expires_at: UtcMillis) -> Result<Exchange, DbError> {
    let now = tx.at();
    let Some(found) = tokens::find_refresh(tx.conn(), hash)? else { return Ok(Exchange::Invalid) };
    // Whoever ends every sign-in of an account holds it too, so that no successor is added beside what they revoke.
    users::lock(tx, found.account)?;
    let Some(row) = tokens::find_refresh(tx.conn(), hash)? else { return Ok(Exchange::Invalid) };
    if row.revoked_at.is_some() || row.expires_at <= now {
        return Ok(Exchange::Invalid);
    }
    if tokens::use_refresh(tx, row.id)? {
        tokens::add_refresh(tx, row.account, Some(row.family), next_hash, expires_at)?;
        return Ok(Exchange::Given(row.account));
    }
    let successor = tokens::find_refresh(tx.conn(), next_hash)?;
    let is_last = successor.is_some_and(|successor| successor.used_at.is_none() && successor.revoked_at.is_none());
    let moment_ago = row.used_at.is_none_or(|used| now.millis() - used.millis() <= RETRY_MILLIS);
    if is_last && moment_ago {
        return Ok(Exchange::Given(row.account));
    }
    tokens::revoke_family(tx, row.account, row.family)?;
    Ok(Exchange::Reused)
}

/// Ends a sign-in: its refresh tokens are revoked. A token nobody knows is no error, so that signing out can be repeated.
///
/// # Errors
/// Where the database does not answer.
pub async fn logout(app: &App, token: String, now: UtcMillis) -> Result<(), ApiError> {
    let hash = refresh_hash(&token);
    app.db
        .write(now, move |tx| {
            let Some(row) = tokens::find_refresh(tx.conn(), &hash)? else { return Ok(()) };
            // As in `exchange`: no successor is added beside what is revoked.
            users::lock(tx, row.account)?;
            tokens::revoke_family(tx, row.account, row.family)
        })
        .await
        .map_err(ApiError::from)
}

/// Who is signed in, with the names of person and organisations as they are today.
///
/// # Errors
/// Where the database does not answer.
pub fn me(conn: &mut Conn, principal: &Principal, now: UtcMillis) -> Result<MeView, ApiError> {
    let (area, today) = (principal.account.area(), now.china_date());
    let name = match principal.person {
        Some(person) => people::names_of(conn, person.area(), &[person.number()])?.remove(&person.number()),
        None => None,
    };
    let numbers: Vec<i64> = principal.grants.iter().map(|grant| grant.scope.organisation).collect();
    let places: HashMap<i64, String> =
        org::find_many(conn, area, &numbers)?.into_iter().map(|row| (row.id.number(), row.name)).collect();
    Ok(MeView {
        id: Text(principal.account),
        username: principal.username.clone(),
        area: Text(area),
        person_id: principal.person.map(Text),
        teacher_id: principal.person.map(|person| Text(person.teacher())),
        name,
        must_change_password: principal.must_change_password,
        roles: principal
            .grants
            .iter()
            .map(|grant| RoleHeldView {
                role: OneOf(grant.role),
                organisation_id: Text(Id::new(grant.scope.area, grant.scope.organisation)),
                organisation_name: places.get(&grant.scope.organisation).cloned().unwrap_or_default(),
                valid_from: grant.span.from,
                valid_to: grant.span.to,
                in_force: grant.span.contains(today),
            })
            .collect(),
        permissions: Permission::ALL
            .iter()
            .filter(|permission| principal.within(**permission, today).is_ok())
            .map(|permission| permission.as_str().to_owned())
            .collect(),
    })
}

/// The published keys.
pub fn jwks(tokens: &Tokens) -> Vec<serde_json::Value> {
    tokens.jwks()
}
