//! To which schools people belonged, as far as schools have rules of their own: the database is only asked where some have.

use crate::{policy::AreaPolicy, problem::ApiError};
use chrono::NaiveDate;
use shixun_domain::{
    UtcMillis,
    id::PersonId,
    policy::{PersonFacts, Schools},
};
use shixun_persistence::{
    Conn,
    ledger::{self, Known, PersonRecord},
};

/// The schools with rules of their own to which a person belonged.
///
/// # Errors
/// Where the database does not answer.
pub fn schools_of(conn: &mut Conn, policy: &AreaPolicy, person: PersonId) -> Result<Schools, ApiError> {
    schools_known(conn, policy, person, &Known::today())
}

fn schools_known(conn: &mut Conn, policy: &AreaPolicy, person: PersonId, known: &Known) -> Result<Schools, ApiError> {
    if policy.schools().is_empty() {
        return Ok(Schools::NONE);
    }
    Ok(policy.schools_among(&ledger::school_spells(conn, person, known)?))
}

/// The person with what holds on `day`, and with the schools whose rules are the person's; `None` where there is no such person.
///
/// # Errors
/// Where the database does not answer.
pub fn record(
    conn: &mut Conn,
    policy: &AreaPolicy,
    person: PersonId,
    day: NaiveDate,
    known_at: Option<UtcMillis>,
) -> Result<Option<PersonRecord>, ApiError> {
    let known = Known::of(conn, person, known_at)?;
    let Some(mut record) = ledger::person_record(conn, person, day, &known)? else { return Ok(None) };
    record.facts.schools = schools_known(conn, policy, person, &known)?;
    Ok(Some(record))
}

/// Adds to many people's facts the schools whose rules are theirs; with each the number of the person.
///
/// # Errors
/// Where the database does not answer.
pub fn add_schools<'f>(
    conn: &mut Conn,
    policy: &AreaPolicy,
    people: impl Iterator<Item = (i64, &'f mut PersonFacts)>,
    known: &Known,
) -> Result<(), ApiError> {
    if policy.schools().is_empty() {
        return Ok(());
    }
    let numbers: Vec<i64> = policy.schools().iter().map(|school| school.number()).collect();
    let employments = ledger::school_spells_by_person(conn, policy.area(), &numbers, known)?;
    for (number, facts) in people {
        if let Some(employments) = employments.get(&number) {
            facts.schools = policy.schools_among(employments);
        }
    }
    Ok(())
}
