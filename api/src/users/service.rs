//! Accounts and roles: the use cases.
//!
//! Accounts belong to the area: a role over the whole of it reads and manages them, and a school sees those of whoever is employed there
//! and resets those that are a teacher's alone. A role is granted over organisations that the grantor reaches, never to the own account,
//! and nobody disables or resets the own account.
//!
//! Four eyes are two accounts. A person has one at most, so that two accounts of persons are two people; an account without a person,
//! as an office has it, is whoever knows its password, and whoever manages accounts can make one and give it roles. What stands against
//! that is the event log: it says who made an account, who set its password and who gave it which role.

use super::wire::{RoleGrantView, UserView};
use crate::{
    access::Actor,
    http::{Page, Work, command::NOTHING},
    people::refused,
    problem::{ApiError, Code, Words},
};
use chrono::NaiveDate;
use serde_json::json;
use shixun_domain::{
    AreaCode,
    access::Role,
    id::{AccountId, OrganisationId, PersonId, RoleGrantId},
    people::facts,
    time::DateSpan,
};
use shixun_persistence::{
    Conn, DbError,
    accounts::{self, AccountRow, AddedAccount, Grant},
    org,
    people::{self, Fact},
    users::{self, AccountFilter},
};
use std::collections::HashMap;

/// A role with what a reader needs beside it.
#[derive(Debug, Clone)]
pub struct Held {
    /// The role.
    pub grant: Grant,
    /// The name of its organisation.
    pub organisation_name: String,
    /// Whether it is in force today.
    pub in_force: bool,
}

/// An account with what a reader needs beside it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The account.
    pub row: AccountRow,
    /// The name of the person behind it.
    pub name: Option<String>,
    /// Its roles, past and coming ones too.
    pub roles: Vec<Held>,
}

/// Which accounts are wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The area; the actor's own where there is none.
    pub area: Option<AreaCode>,
    /// With a role over this organisation or below.
    pub organisation: Option<OrganisationId>,
    /// The rest.
    pub filter: AccountFilter,
}

/// Accounts of an area: all of them, or those of whoever is employed where the actor looks after.
///
/// # Errors
/// `not_found` for an area or organisation out of reach.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    wanted: Wanted,
    page: &Page,
) -> Result<(Vec<Shown>, Option<i64>), ApiError> {
    let (area, mut filter) = (wanted.area.unwrap_or(actor.area()), wanted.filter);
    if !actor.reaches_area(area) {
        if area != actor.area() {
            return Err(ApiError::no_area(area));
        }
        let paths: Vec<String> = actor.offices().map(|scope| scope.path.clone()).collect();
        filter.within = Some(org::below(conn, area, &paths)?);
    }
    if let Some(id) = wanted.organisation {
        let row = org::find(conn, id)?.filter(|row| id.area() == area && actor.reaches(area, &row.path));
        let row = row.ok_or_else(|| ApiError::missing(id))?;
        filter.organisations = Some(org::below(conn, area, &[row.path])?);
    }
    let rows = users::list(conn, area, &filter, page.after()?, page.fetch())?;
    let total = page.counted(|| users::count(conn, area, &filter))?;
    Ok((shown(conn, area, rows, filter.on)?, total))
}

/// Accounts of one area with the names of their persons and their roles.
pub(super) fn shown(
    conn: &mut Conn,
    area: AreaCode,
    rows: Vec<AccountRow>,
    today: NaiveDate,
) -> Result<Vec<Shown>, ApiError> {
    let persons: Vec<i64> = rows.iter().filter_map(|row| row.person).map(|person| person.number()).collect();
    let names = people::names_of(conn, area, &persons)?;
    let numbers: Vec<i64> = rows.iter().map(|row| row.id.number()).collect();
    let mut roles: HashMap<AccountId, Vec<Held>> = HashMap::new();
    for held in held(conn, area, &numbers, today)? {
        roles.entry(held.grant.account).or_default().push(held);
    }
    let one = |row: AccountRow| Shown {
        name: row.person.and_then(|person| names.get(&person.number()).cloned()),
        roles: roles.remove(&row.id).unwrap_or_default(),
        row,
    };
    Ok(rows.into_iter().map(one).collect())
}

/// One account with what is shown beside it.
pub(super) fn shown_one(conn: &mut Conn, row: AccountRow, today: NaiveDate) -> Result<Shown, ApiError> {
    let area = row.id.area();
    shown(conn, area, vec![row], today)?.pop().ok_or_else(|| ApiError::internal("an account that was read is gone"))
}

/// One account the actor looks after.
///
/// # Errors
/// `not_found`.
pub fn get(conn: &mut Conn, actor: &Actor, id: AccountId, today: NaiveDate) -> Result<Shown, ApiError> {
    let row = reached(conn, actor, id, today)?;
    shown_one(conn, row, today)
}

/// The account, where the actor's role covers the area or the place where its person is employed.
fn reached(conn: &mut Conn, actor: &Actor, id: AccountId, today: NaiveDate) -> Result<AccountRow, ApiError> {
    let missing = || ApiError::missing(id);
    let row = accounts::find(conn, id)?.ok_or_else(missing)?;
    if actor.reaches_area(id.area()) {
        return Ok(row);
    }
    let person = row.person.ok_or_else(missing)?;
    for fact in people::facts_of(conn, person.area(), &[person.number()], Some(today))? {
        if let Fact::Employment { organisation } = fact.fact
            && org::find(conn, organisation)?.is_some_and(|place| actor.reaches(organisation.area(), &place.path))
        {
            return Ok(row);
        }
    }
    Err(missing())
}

/// Somebody else's account, kept from changing until the command ends.
fn of_another(work: &mut Work<'_, '_>, actor: &Actor, id: AccountId) -> Result<AccountRow, ApiError> {
    let today = work.at().china_date();
    users::lock(work.tx(), id)?;
    let row = reached(work.conn(), actor, id, today)?;
    if id == actor.account {
        return Err(ApiError::new(Code::OwnAccount));
    }
    Ok(row)
}

/// Checks a user name.
///
/// # Errors
/// `invalid_field`.
pub fn username(text: &str) -> Result<(), ApiError> {
    let fits = text.bytes().enumerate().all(|(place, byte)| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || (place > 0 && matches!(byte, b'.' | b'-' | b'_'))
    });
    if fits {
        return Ok(());
    }
    Err(ApiError::field(
        "/username",
        "bad_username",
        Words::new(
            "用户名由小写字母、数字、点、连字符和下划线组成，以字母或数字开头",
            "a user name has small letters, digits, points, hyphens and underscores, and begins with a letter or digit",
        ),
    ))
}

/// Makes an account.
///
/// # Errors
/// `username_taken`, `person_has_account`, `invalid_field` for a person of another area.
pub fn create(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    username: &str,
    password: NewPassword<'_>,
    person: Option<PersonId>,
) -> Result<Shown, ApiError> {
    let area = actor.area();
    if !actor.reaches_area(area) {
        return Err(ApiError::no_area(area));
    }
    if let Some(person) = person {
        if person.area() != area || people::find(work.conn(), person)?.is_none() {
            let words = Words::new("没有这个人员，或属于其他地区", "there is no such person, or one of another area");
            return Err(ApiError::field("/person_id", "unknown_reference", words));
        }
        people::lock(work.tx(), area, &[person.number()])?;
        if accounts::of_person(work.conn(), person)?.is_some() {
            return Err(ApiError::new(Code::PersonHasAccount));
        }
    }
    let added = accounts::add(work.tx(), area, username, password.hash, person, password.must_change)?;
    let AddedAccount::New(id) = added else {
        return Err(ApiError::new(Code::UsernameTaken).with("username", username));
    };
    let today = work.at().china_date();
    let row = accounts::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    let made = shown_one(work.conn(), row, today)?;
    work.record("create", id, NOTHING, Some(&UserView::from(&made)))?;
    Ok(made)
}

/// A password on its way in.
#[derive(Clone, Copy)]
pub struct NewPassword<'a> {
    /// The PHC string.
    pub hash: &'a str,
    /// It is good for changing it alone.
    pub must_change: bool,
}

/// Sets somebody else's password, lifts the lock and ends every sign-in. A school resets those accounts alone with which nobody sees more than
/// oneself: whoever sets a password could sign in with it.
///
/// # Errors
/// `not_found`, `own_account`, `account_holds_office`.
pub fn set_password(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: AccountId,
    password: NewPassword<'_>,
) -> Result<(), ApiError> {
    of_another(work, actor, id)?;
    let today = work.at().china_date();
    let over = |grant: &Grant| grant.span.to.is_some_and(|to| to < today);
    if !actor.reaches_area(id.area())
        && accounts::grants(work.conn(), id)?
            .iter()
            .any(|grant| !over(grant) && !matches!(grant.role, Role::Teacher | Role::Lecturer))
    {
        return Err(ApiError::new(Code::AccountHoldsOffice));
    }
    replace_password(work, id, password, "set_password")
}

fn replace_password(
    work: &mut Work<'_, '_>,
    id: AccountId,
    password: NewPassword<'_>,
    action: &str,
) -> Result<(), ApiError> {
    accounts::set_password(work.tx(), id, password.hash, password.must_change)?;
    let revoked = users::revoke_all(work.tx(), id)?;
    work.record(action, id, NOTHING, Some(&json!({"sign_ins_ended": revoked})))
}

/// The hash that one's own old password is checked against.
///
/// # Errors
/// `not_found` where the account is gone.
pub fn password_hash(conn: &mut Conn, id: AccountId) -> Result<String, ApiError> {
    accounts::find(conn, id)?.map(|row| row.password_hash).ok_or_else(|| ApiError::missing(id))
}

/// Sets one's own password, where the old one was checked against the hash that is still kept.
///
/// # Errors
/// `old_password_wrong`.
pub fn set_own_password(
    work: &mut Work<'_, '_>,
    id: AccountId,
    checked_hash: Option<&str>,
    password_hash: &str,
) -> Result<(), ApiError> {
    users::lock(work.tx(), id)?;
    let row = accounts::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    if checked_hash != Some(row.password_hash.as_str()) {
        return Err(ApiError::new(Code::OldPasswordWrong));
    }
    let password = NewPassword { hash: password_hash, must_change: false };
    replace_password(work, id, password, "change_own_password")
}

/// Refuses or allows signing in. Refusing ends every sign-in. Repeating it changes nothing.
///
/// # Errors
/// `not_found`, `own_account`.
pub fn set_disabled(work: &mut Work<'_, '_>, actor: &Actor, id: AccountId, disabled: bool) -> Result<Shown, ApiError> {
    let today = work.at().china_date();
    let row = of_another(work, actor, id)?;
    let before = shown_one(work.conn(), row, today)?;
    if before.row.disabled == disabled {
        return Ok(before);
    }
    if !accounts::set_disabled(work.tx(), id, disabled, before.row.version)? {
        return Err(ApiError::from(DbError::Busy("the account changed meanwhile".into())));
    }
    if disabled {
        users::revoke_all(work.tx(), id)?;
    }
    let row = accounts::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    let after = shown_one(work.conn(), row, today)?;
    let action = if disabled { "disable" } else { "enable" };
    work.record(action, id, Some(&UserView::from(&before)), Some(&UserView::from(&after)))?;
    Ok(after)
}

/// The roles of an account, past and coming ones too.
///
/// # Errors
/// `not_found`.
pub fn roles(conn: &mut Conn, actor: &Actor, id: AccountId, today: NaiveDate) -> Result<Vec<Held>, ApiError> {
    reached(conn, actor, id, today)?;
    held(conn, id.area(), &[id.number()], today)
}

/// The roles of accounts of one area, in the order in which they were granted.
fn held(conn: &mut Conn, area: AreaCode, accounts: &[i64], today: NaiveDate) -> Result<Vec<Held>, ApiError> {
    let grants = accounts::grants_of(conn, area, accounts)?;
    let numbers: Vec<i64> = grants.iter().map(|grant| grant.scope.organisation).collect();
    let names: HashMap<i64, String> =
        org::find_many(conn, area, &numbers)?.into_iter().map(|row| (row.id.number(), row.name)).collect();
    Ok(grants
        .into_iter()
        .map(|grant| Held {
            organisation_name: names.get(&grant.scope.organisation).cloned().unwrap_or_default(),
            in_force: grant.span.contains(today),
            grant,
        })
        .collect())
}

/// Grants a role over an organisation the actor reaches.
///
/// # Errors
/// `not_found`, `own_account`, `invalid_field` for an organisation out of reach, `fact_span_invalid`, `role_held_already`.
pub fn grant(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: AccountId,
    role: Role,
    organisation: OrganisationId,
    span: DateSpan,
) -> Result<Held, ApiError> {
    of_another(work, actor, id)?;
    let reached = org::find(work.conn(), organisation)?
        .filter(|row| organisation.area() == id.area() && actor.reaches(organisation.area(), &row.path));
    if reached.is_none() {
        let words = Words::new(
            "没有这个机构，或不在您的管理范围内",
            "there is no such organisation, or it is not yours to grant",
        );
        return Err(ApiError::field("/organisation_id", "unknown_reference", words));
    }
    let same: Vec<DateSpan> = accounts::grants(work.conn(), id)?
        .into_iter()
        .filter(|grant| grant.role == role && grant.scope.organisation == organisation.number())
        .map(|grant| grant.span)
        .collect();
    facts::place(&same, span).map_err(|refusal| match refusal {
        facts::Refusal::Overlaps { from, .. } => ApiError::new(Code::RoleHeldAlready).with("from", from),
        other => refused(other),
    })?;
    // Whoever grants across areas belongs to another area than the account: the log says who it was.
    let by = (actor.account.area() == id.area()).then_some(actor.account);
    let made = accounts::grant(work.tx(), id, role, organisation, span, by)?;
    let today = work.at().china_date();
    let all = held(work.conn(), id.area(), &[id.number()], today)?;
    let held = all.into_iter().find(|held| held.grant.id == made).ok_or_else(|| ApiError::internal("no grant"))?;
    work.record("grant_role", id, NOTHING, Some(&RoleGrantView::from(&held)))?;
    Ok(held)
}

/// Ends a role of somebody else over an organisation the actor reaches: on a day, or at once. At once means that yesterday
/// was the last day; a grant that never was in force on an earlier day is taken out, and the event log keeps it.
///
/// # Errors
/// `not_found`, `own_account`, `fact_span_invalid`, `fact_ended_already`.
pub fn end_grant(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: AccountId,
    grant: RoleGrantId,
    last_day: Option<NaiveDate>,
) -> Result<Vec<Held>, ApiError> {
    of_another(work, actor, id)?;
    let today = work.at().china_date();
    let all = held(work.conn(), id.area(), &[id.number()], today)?;
    let missing = || ApiError::missing(grant);
    let before = all.into_iter().find(|held| held.grant.id == grant).ok_or_else(missing)?;
    if !actor.reaches(before.grant.scope.area, &before.grant.scope.path) {
        return Err(missing());
    }
    let span = before.grant.span;
    if last_day.is_none() && span.from >= today {
        users::remove_grant(work.tx(), grant)?;
    } else {
        let last_day = last_day.or(today.pred_opt()).unwrap_or(today);
        facts::end(span, last_day).map_err(refused)?;
        if !accounts::end_grant(work.tx(), grant, last_day, before.grant.version)? {
            return Err(ApiError::from(DbError::Busy("the role changed meanwhile".into())));
        }
    }
    let left = held(work.conn(), id.area(), &[id.number()], today)?;
    let after = left.iter().find(|held| held.grant.id == grant).map(RoleGrantView::from);
    work.record("end_role", id, Some(&RoleGrantView::from(&before)), after.as_ref())?;
    Ok(left)
}

/// The roles of the product, in the order in which people list them.
pub fn all_roles() -> &'static [Role] {
    Role::ALL
}
