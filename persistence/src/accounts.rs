//! Accounts and the roles they hold.

use crate::{
    Conn, DbResult, WriteTx, columns,
    db::{At, Word, each, kept},
    schema,
};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use schema::{accounts, organisations, role_grants};
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    access::{Role, Scope},
    id::{Account, AccountId, OrganisationId, PersonId, RoleGrant, RoleGrantId},
    time::DateSpan,
    words::OrganisationKind,
};

/// Someone who can sign in.
#[derive(Debug, Clone)]
pub struct AccountRow {
    /// Key.
    pub id: AccountId,
    /// The person behind it, in the same area.
    pub person: Option<PersonId>,
    /// What is typed to sign in.
    pub username: String,
    /// PHC string of argon2id.
    pub password_hash: String,
    /// Signing in is refused.
    pub disabled: bool,
    /// Failures since the last success.
    pub failed_sign_ins: i32,
    /// Signing in is refused until then.
    pub locked_until: Option<UtcMillis>,
    /// Last success.
    pub last_sign_in_at: Option<UtcMillis>,
    /// Row version.
    pub version: i64,
    /// When it was made.
    pub created_at: UtcMillis,
    /// The password was set by somebody else and is good for changing it alone.
    pub must_change_password: bool,
}

pub(crate) type AccountColumns =
    (i32, i64, Option<i64>, String, String, bool, i32, Option<At>, Option<At>, i64, At, bool);

macro_rules! account_columns {
    () => {
        (
            accounts::area,
            accounts::id,
            accounts::person_id,
            accounts::username,
            accounts::password_hash,
            accounts::disabled,
            accounts::failed_sign_ins,
            accounts::locked_until,
            accounts::last_sign_in_at,
            accounts::version,
            accounts::created_at,
            accounts::must_change_password,
        )
    };
}

pub(crate) use account_columns;

pub(crate) fn account_row(row: AccountColumns) -> DbResult<AccountRow> {
    let id: AccountId = columns::id(row.0, row.1)?;
    Ok(AccountRow {
        id,
        person: row.2.map(|number| Id::new(id.area(), number)),
        username: row.3,
        password_hash: row.4,
        disabled: row.5,
        failed_sign_ins: row.6,
        locked_until: row.7.map(UtcMillis::from),
        last_sign_in_at: row.8.map(UtcMillis::from),
        version: row.9,
        created_at: row.10.into(),
        must_change_password: row.11,
    })
}

/// The account with a user name.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn find_by_username(conn: &mut Conn, username: &str) -> DbResult<Option<AccountRow>> {
    let row: Option<AccountColumns> =
        accounts::table.filter(accounts::username.eq(username)).select(account_columns!()).first(conn).optional()?;
    row.map(account_row).transpose()
}

/// The account with a key.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn find(conn: &mut Conn, id: AccountId) -> DbResult<Option<AccountRow>> {
    let row: Option<AccountColumns> =
        each!(conn, k => accounts::table.find(id.key()).select(account_columns!()).first(k).optional())?;
    row.map(account_row).transpose()
}

/// The account of a person.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn of_person(conn: &mut Conn, person: PersonId) -> DbResult<Option<AccountId>> {
    let number: Option<i64> = accounts::table
        .filter(accounts::area.eq(person.area().get()))
        .filter(accounts::person_id.eq(person.number()))
        .select(accounts::id)
        .first(conn)
        .optional()?;
    Ok(number.map(|number| Id::new(person.area(), number)))
}

/// What became of a new account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddedAccount {
    /// It was made.
    New(AccountId),
    /// Somebody has the user name.
    UsernameTaken,
}

/// Makes an account. `must_change` says that the password is good for changing it alone.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer; [`crate::DbError::Duplicate`] where the person has an account already.
pub fn add(
    tx: &mut WriteTx<'_>,
    area: AreaCode,
    username: &str,
    password_hash: &str,
    person: Option<PersonId>,
    must_change: bool,
) -> DbResult<AddedAccount> {
    if find_by_username(tx.conn(), username)?.is_some() {
        return Ok(AddedAccount::UsernameTaken);
    }
    let id = tx.new_id::<Account>(area);
    let at = tx.at().naive();
    diesel::insert_into(accounts::table)
        .values((
            accounts::area.eq(area.get()),
            accounts::id.eq(id.number()),
            accounts::person_id.eq(person.map(|person| person.number())),
            accounts::username.eq(username),
            accounts::password_hash.eq(password_hash),
            accounts::disabled.eq(false),
            accounts::failed_sign_ins.eq(0),
            accounts::version.eq(1_i64),
            accounts::created_at.eq(at),
            accounts::updated_at.eq(at),
            accounts::must_change_password.eq(must_change),
        ))
        .execute(tx.conn())?;
    Ok(AddedAccount::New(id))
}

/// Sets the password of an account and lifts its lock. `must_change` says that it is good for changing it alone.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn set_password(tx: &mut WriteTx<'_>, id: AccountId, password_hash: &str, must_change: bool) -> DbResult<()> {
    let at = tx.at().naive();
    diesel::update(accounts::table.find(id.key()))
        .set((
            accounts::password_hash.eq(password_hash),
            accounts::must_change_password.eq(must_change),
            accounts::failed_sign_ins.eq(0),
            accounts::locked_until.eq(None::<NaiveDateTime>),
            accounts::version.eq(accounts::version + 1),
            accounts::updated_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Allows or refuses signing in, where the version is still the one the caller saw.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn set_disabled(tx: &mut WriteTx<'_>, id: AccountId, disabled: bool, version: i64) -> DbResult<bool> {
    let at = tx.at().naive();
    let rows = diesel::update(accounts::table.find(id.key()).filter(accounts::version.eq(version)))
        .set((accounts::disabled.eq(disabled), accounts::version.eq(version + 1), accounts::updated_at.eq(at)))
        .execute(tx.conn())?;
    Ok(rows == 1)
}

/// Writes down that somebody signed in, and forgives the failures before.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn note_sign_in(tx: &mut WriteTx<'_>, id: AccountId) -> DbResult<()> {
    let at = tx.at().naive();
    diesel::update(accounts::table.find(id.key()))
        .set((
            accounts::failed_sign_ins.eq(0),
            accounts::locked_until.eq(None::<NaiveDateTime>),
            accounts::last_sign_in_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Counts a failure to sign in and says how many there are now. The database counts, so that many guesses at once are as many
/// failures; the row stays locked until the commit.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn note_failure(tx: &mut WriteTx<'_>, id: AccountId) -> DbResult<i32> {
    let row = accounts::table.find(id.key());
    diesel::update(row).set(accounts::failed_sign_ins.eq(accounts::failed_sign_ins + 1)).execute(tx.conn())?;
    Ok(row.select(accounts::failed_sign_ins).first(tx.conn())?)
}

/// Refuses signing in until then.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn lock_until(tx: &mut WriteTx<'_>, id: AccountId, until: UtcMillis) -> DbResult<()> {
    diesel::update(accounts::table.find(id.key())).set(accounts::locked_until.eq(until.naive())).execute(tx.conn())?;
    Ok(())
}

/// A role over an organisation subtree for a period.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Key.
    pub id: RoleGrantId,
    /// Whose.
    pub account: AccountId,
    /// Which role.
    pub role: Role,
    /// Over what.
    pub scope: Scope,
    /// When.
    pub span: DateSpan,
    /// Row version.
    pub version: i64,
}

type GrantColumns = (i32, i64, i64, String, i64, NaiveDate, Option<NaiveDate>, i64, String, Word<OrganisationKind>);

macro_rules! grant_columns {
    () => {
        (
            role_grants::area,
            role_grants::id,
            role_grants::account_id,
            role_grants::role,
            role_grants::organisation_id,
            role_grants::valid_from,
            role_grants::valid_to,
            role_grants::version,
            organisations::path,
            organisations::kind,
        )
    };
}

/// The roles of an account, past and coming ones too.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn grants(conn: &mut Conn, account: AccountId) -> DbResult<Vec<Grant>> {
    grants_of(conn, account.area(), &[account.number()])
}

/// The roles of accounts of one area, past and coming ones too, in the order in which they were granted.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn grants_of(conn: &mut Conn, area: AreaCode, accounts: &[i64]) -> DbResult<Vec<Grant>> {
    let rows: Vec<GrantColumns> = role_grants::table
        .inner_join(
            organisations::table
                .on(organisations::area.eq(role_grants::area).and(organisations::id.eq(role_grants::organisation_id))),
        )
        .filter(role_grants::area.eq(area.get()))
        .filter(role_grants::account_id.eq_any(accounts))
        .order(role_grants::id)
        .select(grant_columns!())
        .load(conn)?;
    rows.into_iter().map(grant_row).collect()
}

fn grant_row((area, id, account, role, organisation, from, to, version, path, kind): GrantColumns) -> DbResult<Grant> {
    let area = columns::area(area)?;
    Ok(Grant {
        id: Id::new(area, id),
        account: Id::new(area, account),
        role: columns::word("role", &role)?,
        scope: Scope { area, organisation, kind: kind.0, path },
        span: DateSpan { from, to },
        version,
    })
}

/// What a request of an account may rest on.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The person behind it, in the same area.
    pub person: Option<PersonId>,
    /// What is typed to sign in.
    pub username: String,
    /// Signing in is refused.
    pub disabled: bool,
    /// The password has to be changed before anything else.
    pub must_change_password: bool,
    /// Its roles, past and coming ones too.
    pub grants: Vec<Grant>,
}

/// The account with its roles, in one query: every request of somebody who was not here a moment ago begins with it.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn standing(conn: &mut Conn, account: AccountId) -> DbResult<Option<Standing>> {
    type Columns = ((Option<i64>, String, bool, bool), Option<GrantColumns>);
    let (area, number) = account.key();
    let rows: Vec<Columns> = each!(conn, k => kept!(accounts::table
        .left_join(
            role_grants::table
                .on(role_grants::area.eq(accounts::area).and(role_grants::account_id.eq(accounts::id))),
        )
        // One after the other, not one inside the other: SQLite would first join every role there is.
        .left_join(
            organisations::table.on(organisations::area
                .eq(role_grants::area)
                .and(organisations::id.eq(role_grants::organisation_id))),
        )
        .filter(accounts::area.eq(area))
        .filter(accounts::id.eq(number))
        .order(role_grants::id)
        .select((
            (accounts::person_id, accounts::username, accounts::disabled, accounts::must_change_password),
            grant_columns!().nullable(),
        )))
    .load(k))?;
    let mut found: Option<Standing> = None;
    for ((person, username, disabled, must_change_password), grant) in rows {
        let standing = found.get_or_insert_with(|| Standing {
            person: person.map(|number| Id::new(account.area(), number)),
            username,
            disabled,
            must_change_password,
            grants: Vec::new(),
        });
        standing.grants.extend(grant.map(grant_row).transpose()?);
    }
    Ok(found)
}

/// Grants a role.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer; [`crate::DbError::Reference`] where the organisation does not exist.
pub fn grant(
    tx: &mut WriteTx<'_>,
    account: AccountId,
    role: Role,
    organisation: OrganisationId,
    span: DateSpan,
    by: Option<AccountId>,
) -> DbResult<RoleGrantId> {
    let id = tx.new_id::<RoleGrant>(account.area());
    let at = tx.at().naive();
    diesel::insert_into(role_grants::table)
        .values((
            role_grants::area.eq(account.area().get()),
            role_grants::id.eq(id.number()),
            role_grants::account_id.eq(account.number()),
            role_grants::organisation_id.eq(organisation.number()),
            role_grants::role.eq(role.as_str()),
            role_grants::valid_from.eq(span.from),
            role_grants::valid_to.eq(span.to),
            role_grants::granted_by.eq(by.map(|by| by.number())),
            role_grants::version.eq(1_i64),
            role_grants::created_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// Ends a role on a day, where the version is still the one the caller saw.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn end_grant(tx: &mut WriteTx<'_>, id: RoleGrantId, last_day: NaiveDate, version: i64) -> DbResult<bool> {
    let rows = diesel::update(role_grants::table.find(id.key()).filter(role_grants::version.eq(version)))
        .set((role_grants::valid_to.eq(last_day), role_grants::version.eq(version + 1)))
        .execute(tx.conn())?;
    Ok(rows == 1)
}

/// Whether anybody can sign in yet.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn any(conn: &mut Conn) -> DbResult<bool> {
    let first: Option<i64> = accounts::table.select(accounts::id).first(conn).optional()?;
    Ok(first.is_some())
}
