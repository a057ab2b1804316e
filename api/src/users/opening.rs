//! Accounts for many teachers at a time: whoever is employed somewhere and cannot sign in gets an account, the role of a teacher there and
//! a password that is good for changing it alone.
//!
//! A password takes tens of milliseconds to hash, so that the list is read and the passwords are hashed first, and the transaction looks
//! again at who still has no account.

use super::{
    opening_wire::{OpenedAccountView, OpenedAccountsView},
    service::shown_one,
    wire::UserView,
};
use crate::{
    access::Actor,
    http::{Work, command::NOTHING},
    problem::ApiError,
    wire::Text,
};
use chrono::NaiveDate;
use shixun_domain::{AreaCode, access::Role, id::OrganisationId, time::DateSpan};
use shixun_persistence::{
    Conn,
    accounts::{self, AddedAccount},
    org::{self, OrganisationRow},
    people,
    users::{self, WithoutAccount},
};
use std::collections::HashMap;

/// Accounts that are made at once, at most: as many passwords as a server hashes within seconds.
pub const AT_ONCE_MAX: u16 = 200;

/// Those who are next to get an account.
///
/// # Errors
/// `not_found` for an organisation out of the actor's reach.
pub fn next(
    conn: &mut Conn,
    actor: &Actor,
    organisation: OrganisationId,
    limit: u16,
    today: NaiveDate,
) -> Result<Vec<WithoutAccount>, ApiError> {
    let place = reached(conn, actor, organisation)?;
    let places = org::below(conn, organisation.area(), &[place.path])?;
    Ok(users::without_account(conn, organisation.area(), &places, today, None, limit.into())?)
}

/// The organisation, of the actor's own area as every account is.
fn reached(conn: &mut Conn, actor: &Actor, id: OrganisationId) -> Result<OrganisationRow, ApiError> {
    org::find(conn, id)?
        .filter(|row| id.area() == actor.area() && actor.reaches(id.area(), &row.path))
        .ok_or_else(|| ApiError::missing(id))
}

/// Makes the accounts of those who still have none, each with the hash that was made for the person.
///
/// # Errors
/// `not_found` for an organisation out of the actor's reach.
pub fn open(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    organisation: OrganisationId,
    hashes: &HashMap<i64, String>,
) -> Result<OpenedAccountsView, ApiError> {
    let (area, today) = (organisation.area(), work.at().china_date());
    let place = reached(work.conn(), actor, organisation)?;
    let places = org::below(work.conn(), area, &[place.path])?;
    let numbers: Vec<i64> = hashes.keys().copied().collect();
    people::lock(work.tx(), area, &numbers)?;
    let wanted = users::without_account(work.conn(), area, &places, today, Some(&numbers), i64::MAX)?;
    let prefix = prefix(area);
    let mut number = highest(&prefix, &users::names_beginning(work.conn(), &prefix)?);
    let mut made = Vec::with_capacity(wanted.len());
    for one in wanted {
        let Some(hash) = hashes.get(&one.person.number()) else { continue };
        number = number.saturating_add(1);
        made.push(open_one(work, actor, one, &username(&prefix, number), hash)?);
    }
    let remaining = users::count_without_account(work.conn(), area, &places, today)?;
    Ok(OpenedAccountsView { organisation_id: Text(organisation), data: made, remaining })
}

fn open_one(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    one: WithoutAccount,
    username: &str,
    hash: &str,
) -> Result<OpenedAccountView, ApiError> {
    let (area, today) = (one.person.area(), work.at().china_date());
    let AddedAccount::New(id) = accounts::add(work.tx(), area, username, hash, Some(one.person), true)? else {
        return Err(ApiError::internal(format!("{username} was the next free user name and is taken")));
    };
    let span = DateSpan { from: today, to: None };
    accounts::grant(work.tx(), id, Role::Teacher, one.organisation, span, Some(actor.account))?;
    let row = accounts::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    let shown = shown_one(work.conn(), row, today)?;
    work.record("create", id, NOTHING, Some(&UserView::from(&shown)))?;
    Ok(OpenedAccountView {
        user_id: Text(id),
        username: username.to_owned(),
        initial_password: None,
        person_id: Text(one.person),
        teacher_id: Text(one.person.teacher()),
        name: one.name,
        organisation_id: Text(one.organisation),
        organisation_name: one.organisation_name,
    })
}

/// What the user names of an area's teachers begin with: user names are unique in the whole installation, which may hold many areas.
fn prefix(area: AreaCode) -> String {
    format!("t{area}-")
}

/// The user name of a running number.
fn username(prefix: &str, number: u64) -> String {
    format!("{prefix}{number:05}")
}

/// The highest running number among user names. Others that begin alike were chosen by somebody and are no numbers of ours.
fn highest(prefix: &str, names: &[String]) -> u64 {
    let number = |name: &String| name.strip_prefix(prefix)?.parse::<u64>().ok();
    names.iter().filter_map(number).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_number_follows_the_highest_and_passes_over_names_that_were_chosen() {
        let prefix = prefix(AreaCode::new(331_123).unwrap());
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        for (taken, next) in [
            (vec![], "t331123-00001"),
            (vec!["t331123-00001", "t331123-00007"], "t331123-00008"),
            (vec!["t331123-head", "t331123-3a", "t331123-00002"], "t331123-00003"),
            (vec!["t331123-99999"], "t331123-100000"),
        ] {
            assert_eq!(username(&prefix, highest(&prefix, &names(&taken)) + 1), next, "{taken:?}");
        }
    }
}
