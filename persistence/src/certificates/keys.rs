//! The keys that an area signs its credentials with, one after another. A retired one keeps its public half alone.

use crate::{
    Conn, DbResult, WriteTx, columns,
    db::{At, Both},
    schema::credential_keys as k,
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{AreaCode, UtcMillis};

/// A key that an area signs its credentials with, or did.
#[derive(Clone, PartialEq, Eq)]
pub struct CredentialKey {
    /// Its name.
    pub kid: String,
    /// The private half; `None` once it is retired. Never shown.
    pub private_key: Option<String>,
    /// The public half in base64url, where the private one is gone.
    pub public_key: Option<String>,
    /// When it was made.
    pub since: UtcMillis,
    /// When another took its place; `None` for the one in use.
    pub retired_at: Option<UtcMillis>,
    /// The day from which on somebody else may have signed with it.
    pub compromised_on: Option<NaiveDate>,
}

type Columns = (String, String, Option<String>, At, Option<At>, Option<NaiveDate>);

/// The keys of an area, the one in use first, then the newest first.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn credential_keys(conn: &mut Conn, area: AreaCode) -> DbResult<Vec<CredentialKey>> {
    let rows: Vec<Columns> = k::table
        .filter(k::area.eq(area.get()))
        .order(k::id.desc())
        .select((k::kid, k::private_key, k::public_key, k::created_at, k::retired_at, k::compromised_on))
        .load(conn)?;
    let key = |(kid, private_key, public_key, since, retired_at, compromised_on): Columns| CredentialKey {
        kid,
        private_key: Some(private_key).filter(|key| !key.is_empty()),
        public_key,
        since: since.into(),
        retired_at: retired_at.map(UtcMillis::from),
        compromised_on,
    };
    let mut keys: Vec<CredentialKey> = rows.into_iter().map(key).collect();
    keys.sort_by_key(|key| key.retired_at.is_some());
    Ok(keys)
}

/// The areas that have keys.
///
/// # Errors
/// As [`credential_keys`].
pub fn credential_areas(conn: &mut Conn) -> DbResult<Vec<AreaCode>> {
    let codes: Vec<i32> = k::table.select(k::area).distinct().order(k::area.asc()).load(conn)?;
    codes.into_iter().map(columns::area).collect()
}

/// Gives an area a key, where none is in use. Of two who do so at once, one passes.
///
/// # Errors
/// As [`credential_keys`].
pub fn add_credential_key(tx: &mut WriteTx<'_>, area: AreaCode, kid: &str, private_key: &str) -> DbResult<()> {
    let at = tx.at().naive();
    let last: Option<i64> = k::table.filter(k::area.eq(area.get())).select(diesel::dsl::max(k::id)).first(tx.conn())?;
    let insert = diesel::insert_into(k::table)
        .values((
            k::area.eq(area.get()),
            k::id.eq(last.unwrap_or_default() + 1),
            k::kid.eq(kid),
            k::private_key.eq(private_key),
            k::created_at.eq(at),
        ))
        .on_conflict_do_nothing();
    Both(insert).execute(tx.conn())?;
    Ok(())
}

/// Retires the key in use: its private half is gone, and `public_key` stands in its place. False where somebody else did so before.
///
/// # Errors
/// As [`credential_keys`].
pub fn retire_credential_key(tx: &mut WriteTx<'_>, area: AreaCode, kid: &str, public_key: &str) -> DbResult<bool> {
    let at = tx.at().naive();
    let in_use = k::table.filter(k::area.eq(area.get())).filter(k::kid.eq(kid)).filter(k::retired_at.is_null());
    let rows = diesel::update(in_use)
        .set((k::retired_at.eq(at), k::private_key.eq(""), k::public_key.eq(public_key)))
        .execute(tx.conn())?;
    Ok(rows == 1)
}

/// Marks a retired key as compromised; the earliest day that was said stays. False where there is no such retired key.
///
/// # Errors
/// As [`credential_keys`].
pub fn compromise_credential_key(tx: &mut WriteTx<'_>, area: AreaCode, kid: &str, on: NaiveDate) -> DbResult<bool> {
    let retired = k::table.filter(k::area.eq(area.get())).filter(k::kid.eq(kid)).filter(k::retired_at.is_not_null());
    let known: i64 = retired.count().get_result(tx.conn())?;
    let later = k::compromised_on.is_null().or(k::compromised_on.gt(on));
    diesel::update(retired.filter(later)).set(k::compromised_on.eq(on)).execute(tx.conn())?;
    Ok(known == 1)
}
