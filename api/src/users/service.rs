//! Accounts and roles: the use cases.
//!
//! Accounts belong to the area: a role over the whole of it reads and manages them. A role is granted over organisations that
//! the grantor reaches, never to the own account, and nobody disables or resets the own account.
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
    org, people,
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

/// Accounts of an area.
///
/// # Errors
/// `not_found` where no role of the actor covers the whole area.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    area: Option<AreaCode>,
    filter: &AccountFilter,
    page: &Page,
) -> Result<(Vec<AccountRow>, Option<i64>), ApiError> {
    let area = area.unwrap_or(actor.area());
    if !actor.reaches_area(area) {
        return Err(ApiError::no_area(area));
    }
    let rows = users::list(conn, area, filter, page.after()?, page.fetch())?;
    Ok((rows, page.counted(|| users::count(conn, area, filter))?))
}

/// One account.
///
/// # Errors
/// `not_found`.
pub fn get(conn: &mut Conn, actor: &Actor, id: AccountId) -> Result<AccountRow, ApiError> {
    if !actor.reaches_area(id.area()) {
        return Err(ApiError::missing(id));
    }
    accounts::find(conn, id)?.ok_or_else(|| ApiError::missing(id))
}

/// Somebody else's account, kept from changing until the command ends.
fn of_another(work: &mut Work<'_, '_>, actor: &Actor, id: AccountId) -> Result<AccountRow, ApiError> {
    users::lock(work.tx(), id)?;
    let row = get(work.conn(), actor, id)?;
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
    password_hash: &str,
    person: Option<PersonId>,
) -> Result<AccountRow, ApiError> {
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
    let AddedAccount::New(id) = accounts::add(work.tx(), area, username, password_hash, person)? else {
        return Err(ApiError::new(Code::UsernameTaken).with("username", username));
    };
    let row = accounts::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    work.record("create", id, NOTHING, Some(&UserView::from(&row)))?;
    Ok(row)
}

/// Sets somebody else's password, lifts the lock and ends every sign-in.
///
/// # Errors
/// `not_found`, `own_account`.
pub fn set_password(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: AccountId,
    password_hash: &str,
) -> Result<(), ApiError> {
    of_another(work, actor, id)?;
    replace_password(work, id, password_hash, "set_password")
}

fn replace_password(work: &mut Work<'_, '_>, id: AccountId, password_hash: &str, action: &str) -> Result<(), ApiError> {
    accounts::set_password(work.tx(), id, password_hash)?;
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
    replace_password(work, id, password_hash, "change_own_password")
}

/// Refuses or allows signing in. Refusing ends every sign-in. Repeating it changes nothing.
///
/// # Errors
/// `not_found`, `own_account`.
pub fn set_disabled(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: AccountId,
    disabled: bool,
) -> Result<AccountRow, ApiError> {
    let before = of_another(work, actor, id)?;
    if before.disabled == disabled {
        return Ok(before);
    }
    if !accounts::set_disabled(work.tx(), id, disabled, before.version)? {
        return Err(ApiError::from(DbError::Busy("the account changed meanwhile".into())));
    }
    if disabled {
        users::revoke_all(work.tx(), id)?;
    }
    let row = accounts::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    let action = if disabled { "disable" } else { "enable" };
    work.record(action, id, Some(&UserView::from(&before)), Some(&UserView::from(&row)))?;
    Ok(row)
}

/// The roles of an account, past and coming ones too.
///
/// # Errors
/// `not_found`.
pub fn roles(conn: &mut Conn, actor: &Actor, id: AccountId, today: NaiveDate) -> Result<Vec<Held>, ApiError> {
    get(conn, actor, id)?;
    held(conn, id, today)
}

fn held(conn: &mut Conn, id: AccountId, today: NaiveDate) -> Result<Vec<Held>, ApiError> {
    let grants = accounts::grants(conn, id)?;
    let numbers: Vec<i64> = grants.iter().map(|grant| grant.scope.organisation).collect();
    let names: HashMap<i64, String> =
        org::find_many(conn, id.area(), &numbers)?.into_iter().map(|row| (row.id.number(), row.name)).collect();
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
    let all = held(work.conn(), id, today)?;
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
    let all = held(work.conn(), id, today)?;
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
    let left = held(work.conn(), id, today)?;
    let after = left.iter().find(|held| held.grant.id == grant).map(RoleGrantView::from);
    work.record("end_role", id, Some(&RoleGrantView::from(&before)), after.as_ref())?;
    Ok(left)
}

/// The roles of the product, in the order in which people list them.
pub fn all_roles() -> &'static [Role] {
    Role::ALL
}
