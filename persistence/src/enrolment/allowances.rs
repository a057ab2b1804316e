//! That a teacher may do the same content once more in a cycle.

use crate::{
    Conn, DbResult, WriteTx, columns,
    db::{At, Day},
    schema::repeat_allowances as t,
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    Id, UtcMillis,
    id::{AccountId, PersonId, RepeatAllowance, RepeatAllowanceId},
};

/// An allowance to be given.
#[derive(Debug, Clone, Copy)]
pub struct NewAllowance<'a> {
    /// To whom.
    pub person: PersonId,
    /// For which content.
    pub content_key: &'a str,
    /// In which cycle: its first and its last day.
    pub cycle: (NaiveDate, NaiveDate),
    /// Why.
    pub reason: &'a str,
    /// By whom.
    pub allowed_by: AccountId,
}

/// An allowance.
#[derive(Debug, Clone)]
pub struct AllowanceRow {
    /// Key.
    pub id: RepeatAllowanceId,
    /// To whom.
    pub person: PersonId,
    /// For which content.
    pub content_key: String,
    /// In which cycle: its first and its last day.
    pub cycle: (NaiveDate, NaiveDate),
    /// Why.
    pub reason: String,
    /// By whom.
    pub allowed_by: AccountId,
    /// When.
    pub created_at: UtcMillis,
}

/// Gives an allowance.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn allow_repeat(tx: &mut WriteTx<'_>, new: NewAllowance<'_>) -> DbResult<RepeatAllowanceId> {
    let id = tx.new_id::<RepeatAllowance>(new.person.area());
    let at = tx.at().naive();
    diesel::insert_into(t::table)
        .values((
            t::area.eq(id.area().get()),
            t::id.eq(id.number()),
            t::person_id.eq(new.person.number()),
            t::content_key.eq(new.content_key),
            t::cycle_from.eq(new.cycle.0),
            t::cycle_to.eq(new.cycle.1),
            t::reason.eq(new.reason),
            t::allowed_by_area.eq(new.allowed_by.area().get()),
            t::allowed_by.eq(new.allowed_by.number()),
            t::created_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

type Columns = (i64, String, Day, Day, String, i32, i64, At);

/// The allowances of a person, in the order in which they were given.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn repeats_allowed(conn: &mut Conn, person: PersonId) -> DbResult<Vec<AllowanceRow>> {
    let (area, number) = person.key();
    let rows: Vec<Columns> = t::table
        .filter(t::area.eq(area))
        .filter(t::person_id.eq(number))
        .order(t::id.asc())
        .select((
            t::id,
            t::content_key,
            t::cycle_from,
            t::cycle_to,
            t::reason,
            t::allowed_by_area,
            t::allowed_by,
            t::created_at,
        ))
        .load(conn)?;
    let row = |(id, content_key, from, to, reason, by_area, by, at): Columns| {
        Ok(AllowanceRow {
            id: Id::new(person.area(), id),
            person,
            content_key,
            cycle: (from.0, to.0),
            reason,
            allowed_by: Id::new(columns::area(by_area)?, by),
            created_at: at.into(),
        })
    };
    rows.into_iter().map(row).collect()
}
