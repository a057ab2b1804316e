//! Managing accounts: lists, locks, and ending every sign-in of an account.

use crate::{
    Conn, DbResult, WriteTx,
    accounts::{AccountColumns, AccountRow, account_columns, account_row},
    columns,
    db::by_area,
    people::CHUNK,
    schema::{accounts, employments, organisations, persons, refresh_tokens, role_grants},
};
use chrono::NaiveDate;
use diesel::{
    dsl::{exists, not},
    prelude::*,
};
use shixun_domain::{
    AreaCode, Id,
    access::Role,
    id::{AccountId, OrganisationId, PersonId, RoleGrantId},
};
use std::collections::HashMap;

/// Which accounts are wanted.
#[derive(Debug, Clone)]
pub struct AccountFilter {
    /// Only those whose user name contains this.
    pub username: Option<String>,
    /// Only the one of this person.
    pub person: Option<PersonId>,
    /// Only those that are disabled, or only those that are not.
    pub disabled: Option<bool>,
    /// Only those whose user name contains this, or the name of their person.
    pub either_name: Option<String>,
    /// Only those that hold this role.
    pub role: Option<Role>,
    /// Only those that hold a role over one of these organisations.
    pub organisations: Option<Vec<i64>>,
    /// Only those whose person is employed at one of these: what the caller may see.
    pub within: Option<Vec<i64>>,
    /// The day on which roles and employments are looked at.
    pub on: NaiveDate,
}

macro_rules! on_day {
    ($table:ident, $day:expr) => {
        $table::table
            .filter($table::valid_from.le($day))
            .filter($table::valid_to.is_null().or($table::valid_to.ge($day)))
    };
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
    if let Some(part) = &filter.either_name {
        let pattern = columns::contains_pattern(part);
        let named = persons::table
            .filter(persons::area.eq(accounts::area))
            .filter(persons::id.nullable().eq(accounts::person_id))
            .filter(persons::search_name.like(pattern.clone()).escape('\\'));
        query = query.filter(accounts::username.like(pattern).escape('\\').or(exists(named)));
    }
    let held = || {
        on_day!(role_grants, filter.on)
            .filter(role_grants::area.eq(accounts::area))
            .filter(role_grants::account_id.eq(accounts::id))
    };
    query = match (filter.role, filter.organisations.clone()) {
        (None, None) => query,
        (Some(role), None) => query.filter(exists(held().filter(role_grants::role.eq(role.as_str())))),
        (None, Some(places)) => query.filter(exists(held().filter(role_grants::organisation_id.eq_any(places)))),
        // One role that is both: a teacher of one school is no administrator of another.
        (Some(role), Some(places)) => query.filter(exists(
            held().filter(role_grants::role.eq(role.as_str())).filter(role_grants::organisation_id.eq_any(places)),
        )),
    };
    if let Some(places) = filter.within.clone() {
        let employed = on_day!(employments, filter.on)
            .filter(employments::area.eq(accounts::area))
            .filter(employments::person_id.nullable().eq(accounts::person_id))
            .filter(employments::organisation_id.eq_any(places));
        query = query.filter(exists(employed));
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

/// The user names of accounts of any areas, as far as there are such.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn names_of(conn: &mut Conn, wanted: &[AccountId]) -> DbResult<HashMap<AccountId, String>> {
    let mut found = HashMap::new();
    for (area, numbers) in by_area(wanted.iter().copied()) {
        for chunk in numbers.chunks(CHUNK) {
            let rows: Vec<(i64, String)> = accounts::table
                .filter(accounts::area.eq(area.get()))
                .filter(accounts::id.eq_any(chunk))
                .select((accounts::id, accounts::username))
                .load(conn)?;
            found.extend(rows.into_iter().map(|(number, name)| (Id::new(area, number), name)));
        }
    }
    Ok(found)
}

/// Somebody who is employed and cannot sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithoutAccount {
    /// Who.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// Where employed.
    pub organisation: OrganisationId,
    /// The name of the organisation.
    pub organisation_name: String,
}

macro_rules! without_account {
    ($area:expr, $places:expr, $on:expr) => {
        on_day!(employments, $on)
            .inner_join(
                persons::table.on(persons::area.eq(employments::area).and(persons::id.eq(employments::person_id))),
            )
            .inner_join(
                organisations::table.on(organisations::area
                    .eq(employments::area)
                    .and(organisations::id.eq(employments::organisation_id))),
            )
            .filter(employments::area.eq($area.get()))
            .filter(employments::organisation_id.eq_any($places.to_vec()))
            .filter(not(exists(
                accounts::table
                    .filter(accounts::area.eq(employments::area))
                    .filter(accounts::person_id.eq(employments::person_id.nullable())),
            )))
    };
}

/// Those employed on a day at these organisations who have no account, by school and name, at most `limit`; of these persons alone where
/// they are given.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn without_account(
    conn: &mut Conn,
    area: AreaCode,
    places: &[i64],
    on: NaiveDate,
    only: Option<&[i64]>,
    limit: i64,
) -> DbResult<Vec<WithoutAccount>> {
    let mut query = without_account!(area, places, on)
        .order((organisations::search_name, organisations::id, persons::search_name, persons::id))
        .select((persons::id, persons::name, organisations::id, organisations::name))
        .limit(limit)
        .into_boxed();
    if let Some(numbers) = only {
        query = query.filter(persons::id.eq_any(numbers.to_vec()));
    }
    let rows: Vec<(i64, String, i64, String)> = query.load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(person, name, organisation, organisation_name)| WithoutAccount {
            person: Id::new(area, person),
            name,
            organisation: Id::new(area, organisation),
            organisation_name,
        })
        .collect())
}

/// How many are employed on a day at these organisations and have no account.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count_without_account(conn: &mut Conn, area: AreaCode, places: &[i64], on: NaiveDate) -> DbResult<i64> {
    Ok(without_account!(area, places, on).count().get_result(conn)?)
}

/// The user names that begin with `prefix`. It holds no sign that a pattern reads as another.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn names_beginning(conn: &mut Conn, prefix: &str) -> DbResult<Vec<String>> {
    Ok(accounts::table.filter(accounts::username.like(format!("{prefix}%"))).select(accounts::username).load(conn)?)
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
