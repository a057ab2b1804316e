//! What holds a content in a cycle, so that it counts once: a session that gave hours, a record from outside, an entry by hand.

use crate::{
    Conn, DbResult, WriteTx,
    schema::{entry_claims as c, hour_entries as h, outside_records as r, programmes, sessions},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    id::{HourEntryId, OutsideRecordId, PersonId},
    ledger::SourceKind,
};

/// What has the same content in the cycle already: a record other than `own`, an entry by hand, or a session that gave hours. Title and
/// last day.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn content_taken(
    conn: &mut Conn,
    person: PersonId,
    own: Option<OutsideRecordId>,
    content_claim: &str,
    content_key: &str,
    cycle: (NaiveDate, NaiveDate),
) -> DbResult<Option<(String, NaiveDate)>> {
    let (area, number) = person.key();
    let record: Option<(String, NaiveDate)> = r::table
        .filter(r::area.eq(area))
        .filter(r::person_id.eq(number))
        .filter(r::content_claim.eq(content_claim))
        .filter(r::id.ne(own.map_or(0, |id| id.number())))
        .select((r::title, r::ends_on))
        .first(conn)
        .optional()?;
    let entry = match record {
        Some(_) => record,
        None => c::table
            .filter(c::area.eq(area))
            .filter(c::person_id.eq(number))
            .filter(c::content_claim.eq(content_claim))
            .select((c::title, c::effective_on))
            .first(conn)
            .optional()?,
    };
    if entry.is_some() {
        return Ok(entry);
    }
    Ok(h::table
        .inner_join(
            sessions::table
                .on(h::source_area.eq(sessions::area.nullable()).and(h::source_id.eq(sessions::id.nullable()))),
        )
        .inner_join(
            programmes::table.on(programmes::area.eq(sessions::area).and(programmes::id.eq(sessions::programme_id))),
        )
        .filter(h::area.eq(area))
        .filter(h::person_id.eq(number))
        .filter(h::source_kind.eq(SourceKind::Session.as_str()))
        .filter(h::credited.gt(0))
        .filter(h::effective_on.between(cycle.0, cycle.1))
        .filter(programmes::content_key.eq(content_key))
        .order(h::id)
        .select((h::title, h::effective_on))
        .first(conn)
        .optional()?)
}

/// Lets pending hours hold their content.
///
/// # Errors
/// [`crate::DbError::Duplicate`] where another entry holds it; otherwise a [`crate::DbError`] where the database does not answer.
pub fn hold_content(
    tx: &mut WriteTx<'_>,
    entry: HourEntryId,
    person: PersonId,
    content_claim: &str,
    (title, effective_on): (&str, NaiveDate),
) -> DbResult<()> {
    diesel::insert_into(c::table)
        .values((
            c::area.eq(person.area().get()),
            c::person_id.eq(person.number()),
            c::content_claim.eq(content_claim),
            c::entry_id.eq(entry.number()),
            c::title.eq(title),
            c::effective_on.eq(effective_on),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Lets go of the content that an entry, or the one at the root of its chain, holds: its hours do not stand any more.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn release_content(tx: &mut WriteTx<'_>, entry: HourEntryId) -> DbResult<()> {
    let area = entry.area().get();
    let mut root = entry.number();
    loop {
        let before: Option<Option<i64>> = h::table
            .filter(h::area.eq(area))
            .filter(h::id.eq(root))
            .select(h::refers_to)
            .first(tx.conn())
            .optional()?;
        match before.flatten() {
            Some(number) => root = number,
            None => break,
        }
    }
    diesel::delete(c::table.filter(c::area.eq(area)).filter(c::entry_id.eq(root))).execute(tx.conn())?;
    Ok(())
}
