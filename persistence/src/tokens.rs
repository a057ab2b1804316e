//! Refresh tokens, and the keys that access tokens are signed with.

use crate::{
    Conn, DbResult, WriteTx, columns,
    db::At,
    schema::{refresh_tokens, signing_keys},
};
use diesel::prelude::*;
use shixun_domain::{
    Id, UtcMillis,
    id::{AccountId, RefreshToken, RefreshTokenId},
};

/// A refresh token as it is kept: its hash, never itself.
#[derive(Debug, Clone)]
pub struct RefreshRow {
    /// Key.
    pub id: RefreshTokenId,
    /// Whose.
    pub account: AccountId,
    /// The sign-in it descends from.
    pub family: i64,
    /// It is refused from then on.
    pub expires_at: UtcMillis,
    /// When it was exchanged.
    pub used_at: Option<UtcMillis>,
    /// When its family was revoked.
    pub revoked_at: Option<UtcMillis>,
}

type RefreshColumns = (i32, i64, i64, i64, At, Option<At>, Option<At>);

/// The refresh token with a hash.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn find_refresh(conn: &mut Conn, token_hash: &str) -> DbResult<Option<RefreshRow>> {
    use refresh_tokens as t;
    let row: Option<RefreshColumns> = t::table
        .filter(t::token_hash.eq(token_hash))
        .select((t::area, t::id, t::account_id, t::family, t::expires_at, t::used_at, t::revoked_at))
        .first(conn)
        .optional()?;
    row.map(|(area, id, account, family, expires, used, revoked)| {
        let area = columns::area(area)?;
        Ok(RefreshRow {
            id: Id::new(area, id),
            account: Id::new(area, account),
            family,
            expires_at: expires.into(),
            used_at: used.map(UtcMillis::from),
            revoked_at: revoked.map(UtcMillis::from),
        })
    })
    .transpose()
}

/// Keeps a refresh token; it begins a family where none is given.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer; [`crate::DbError::Duplicate`] where the token exists.
pub fn add_refresh(
    tx: &mut WriteTx<'_>,
    account: AccountId,
    family: Option<i64>,
    token_hash: &str,
    expires_at: UtcMillis,
) -> DbResult<()> {
    use refresh_tokens as t;
    let id = tx.new_id::<RefreshToken>(account.area());
    let at = tx.at().naive();
    diesel::insert_into(t::table)
        .values((
            t::area.eq(account.area().get()),
            t::id.eq(id.number()),
            t::account_id.eq(account.number()),
            t::family.eq(family.unwrap_or(id.number())),
            t::token_hash.eq(token_hash),
            t::issued_at.eq(at),
            t::expires_at.eq(expires_at.naive()),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Marks a refresh token as exchanged. False where another request did so first.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn use_refresh(tx: &mut WriteTx<'_>, id: RefreshTokenId) -> DbResult<bool> {
    use refresh_tokens as t;
    let at = tx.at().naive();
    let rows = diesel::update(t::table.find(id.key()).filter(t::used_at.is_null()).filter(t::revoked_at.is_null()))
        .set(t::used_at.eq(at))
        .execute(tx.conn())?;
    Ok(rows == 1)
}

/// Revokes every refresh token of one sign-in.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn revoke_family(tx: &mut WriteTx<'_>, account: AccountId, family: i64) -> DbResult<()> {
    use refresh_tokens as t;
    let at = tx.at().naive();
    diesel::update(
        t::table.filter(t::area.eq(account.area().get())).filter(t::family.eq(family)).filter(t::revoked_at.is_null()),
    )
    .set(t::revoked_at.eq(at))
    .execute(tx.conn())?;
    Ok(())
}

/// Forgets refresh tokens that have expired, at most `limit` of them, and says how many went.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn forget_expired_refresh(tx: &mut WriteTx<'_>, limit: i64) -> DbResult<usize> {
    use refresh_tokens as t;
    let at = tx.at().naive();
    let expired: Vec<(i32, i64)> =
        t::table.filter(t::expires_at.le(at)).select((t::area, t::id)).limit(limit).load(tx.conn())?;
    for key in &expired {
        diesel::delete(t::table.find(*key)).execute(tx.conn())?;
    }
    Ok(expired.len())
}

/// The keys that tokens are signed with, newest first: key id and private key.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn signing_keys(conn: &mut Conn) -> DbResult<Vec<(String, String)>> {
    Ok(signing_keys::table
        .order((signing_keys::created_at.desc(), signing_keys::kid.asc()))
        .select((signing_keys::kid, signing_keys::private_key))
        .load(conn)?)
}

/// Keeps a signing key, which is the one in use from now on.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer; [`crate::DbError::Duplicate`] where one is in use, such as that of a server that
/// started at the same time.
pub fn add_signing_key(tx: &mut WriteTx<'_>, kid: &str, private_key: &str) -> DbResult<()> {
    let at = tx.at().naive();
    diesel::insert_into(signing_keys::table)
        .values((
            signing_keys::kid.eq(kid),
            signing_keys::private_key.eq(private_key),
            signing_keys::created_at.eq(at),
            signing_keys::in_use.eq(true),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Puts a new signing key in the place of all there are. Access tokens signed with those are worth nothing to a server that starts
/// afterwards.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn replace_signing_keys(tx: &mut WriteTx<'_>, kid: &str, private_key: &str) -> DbResult<()> {
    diesel::delete(signing_keys::table).execute(tx.conn())?;
    add_signing_key(tx, kid, private_key)
}

/// When each signing key was made, the newest first, by key id.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn signing_keys_since(conn: &mut Conn) -> DbResult<Vec<(String, UtcMillis)>> {
    let rows: Vec<(String, At)> = signing_keys::table
        .order((signing_keys::created_at.desc(), signing_keys::kid.asc()))
        .select((signing_keys::kid, signing_keys::created_at))
        .load(conn)?;
    Ok(rows.into_iter().map(|(kid, at)| (kid, at.into())).collect())
}
