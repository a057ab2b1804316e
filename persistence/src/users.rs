//! Managing accounts: lists, locks, and ending every sign-in of an account.

use crate::{
    Conn, DbResult, WriteTx,
    accounts::{AccountColumns, AccountRow, account_columns, account_row},
    columns,
    schema::{accounts, refresh_tokens, role_grants},
};
use diesel::prelude::*;
use shixun_domain::{
    AreaCode,
    id::{AccountId, PersonId, RoleGrantId},
};

/// Which accounts are wanted.
#[derive(Debug, Clone, Default)]
pub struct AccountFilter {
    /// Only those whose user name contains this.
    pub username: Option<String>,
    /// Only the one of this person.
    pub person: Option<PersonId>,
    /// Only those that are disabled, or only those that are not.
    pub disabled: Option<bool>,
}

type Filtered<'a> = diesel::helper_types::IntoBoxed<'a, accounts::table, crate::db::MultiBackend>;

fn filtered<'a>(area: AreaCode, filter: &AccountFilter) -> Filtered<'a> {
    let mut query = accounts::table.into_boxed().filter(accounts::area.eq(area.get()));
    if let Some(part) = &filter.username {
        query = query.filter(accounts::username.like(columns::contains_pattern(part)).escape('\\'));
    }
    if let Some(person) = filter.person {
        query = query.filter(accounts::person_id.eq(person.number()));
    }
    if let Some(disabled) = filter.disabled {
        query = query.filter(accounts::disabled.eq(disabled));
    }
    query
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count(conn: &mut Conn, area: AreaCode, filter: &AccountFilter) -> DbResult<i64> {
    Ok(filtered(area, filter).count().get_result(conn)?)
}

/// Accounts of an area behind a user name, in the order of user names.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn list(
    conn: &mut Conn,
    area: AreaCode,
    filter: &AccountFilter,
    after: Option<String>,
    limit: i64,
) -> DbResult<Vec<AccountRow>> {
    let mut query = filtered(area, filter).order(accounts::username.asc()).limit(limit);
    if let Some(username) = after {
        query = query.filter(accounts::username.gt(username));
    }
    let rows: Vec<AccountColumns> = query.select(account_columns!()).load(conn)?;
    rows.into_iter().map(account_row).collect()
}

/// Keeps an account from changing under another transaction until this one ends. SQLite has one writer.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn lock(tx: &mut WriteTx<'_>, id: AccountId) -> DbResult<()> {
    if let Conn::Postgres(conn) = tx.conn() {
        let _: Vec<i64> = accounts::table
            .filter(accounts::area.eq(id.area().get()))
            .filter(accounts::id.eq(id.number()))
            .select(accounts::id)
            .for_update()
            .load(conn)?;
    }
    Ok(())
}

/// Revokes every refresh token of an account and says how many went.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn revoke_all(tx: &mut WriteTx<'_>, account: AccountId) -> DbResult<usize> {
    use refresh_tokens as t;
    let at = tx.at().naive();
    let rows = diesel::update(
        t::table
            .filter(t::area.eq(account.area().get()))
            .filter(t::account_id.eq(account.number()))
            .filter(t::revoked_at.is_null()),
    )
    .set(t::revoked_at.eq(at))
    .execute(tx.conn())?;
    Ok(rows)
}

/// Takes out a role that was in force on no day before today.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn remove_grant(tx: &mut WriteTx<'_>, id: RoleGrantId) -> DbResult<()> {
    diesel::delete(role_grants::table.find(id.key())).execute(tx.conn())?;
    Ok(())
}
