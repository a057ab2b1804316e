//! Dated facts that were entered by mistake.
//!
//! A withdrawn fact leaves its table, so that whatever reads facts reads what holds; how it stood is kept here with the reason, and what was
//! known until then in `past_facts`.

use super::{
    facts::{FactRow, delete_fact},
    past,
};
use crate::{Conn, DbResult, WriteTx, columns, db::At, events, schema::withdrawn_facts as t};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    Id, UtcMillis,
    id::{AccountId, PersonFactId, PersonId},
    people::facts::FactKind,
    time::DateSpan,
};

/// A fact that was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawnFact {
    /// Key that it had among the facts.
    pub id: PersonFactId,
    /// Its kind.
    pub kind: FactKind,
    /// JSON of how it was shown.
    pub content: String,
    /// Its days.
    pub span: DateSpan,
    /// Why it was withdrawn.
    pub reason: String,
    /// When.
    pub at: UtcMillis,
    /// By whom.
    pub by: Option<AccountId>,
}

/// Withdraws a fact, where it is still in the version the caller saw.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn withdraw_fact(
    tx: &mut WriteTx<'_>,
    fact: &FactRow,
    content: &str,
    reason: &str,
    by: Option<AccountId>,
) -> DbResult<bool> {
    let (area, at) = (fact.id.area(), tx.at().naive());
    past::keep(tx, fact.person.area(), &[fact.person.number()])?;
    if !delete_fact(tx, fact)? {
        return Ok(false);
    }
    diesel::insert_into(t::table)
        .values((
            t::area.eq(area.get()),
            t::id.eq(fact.id.number()),
            t::person_id.eq(fact.person.number()),
            t::kind.eq(fact.fact.kind().as_str()),
            t::content.eq(content),
            t::valid_from.eq(fact.span.from),
            t::valid_to.eq(fact.span.to),
            t::reason.eq(reason),
            t::withdrawn_at.eq(at),
            t::withdrawn_by.eq(by.map(|account| account.number())),
            t::withdrawn_by_area.eq(events::area_elsewhere(area, by)),
        ))
        .execute(tx.conn())?;
    Ok(true)
}

#[derive(Queryable)]
struct Row {
    area: i32,
    id: i64,
    _person_id: i64,
    kind: String,
    content: String,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    reason: String,
    withdrawn_at: At,
    withdrawn_by: Option<i64>,
    withdrawn_by_area: Option<i32>,
}

/// The facts of a person that were withdrawn, in the order in which they were entered.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn withdrawn_facts_of(conn: &mut Conn, person: PersonId) -> DbResult<Vec<WithdrawnFact>> {
    let rows: Vec<Row> = t::table
        .filter(t::area.eq(person.area().get()))
        .filter(t::person_id.eq(person.number()))
        .order(t::id)
        .load(conn)?;
    rows.into_iter()
        .map(|row| {
            let area = columns::area(row.area)?;
            Ok(WithdrawnFact {
                id: Id::new(area, row.id),
                kind: columns::word("withdrawn_facts.kind", &row.kind)?,
                content: row.content,
                span: DateSpan { from: row.valid_from, to: row.valid_to },
                reason: row.reason,
                at: row.withdrawn_at.into(),
                by: events::account(area, row.withdrawn_by, row.withdrawn_by_area)?,
            })
        })
        .collect()
}
