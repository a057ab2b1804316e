//! What has a content in a cycle, so that it counts once: a session that gave hours or is booked, a record from outside, an entry by hand.

use super::read::stands;
use crate::{
    Conn, DbResult, WriteTx,
    db::Word,
    schema::{contents as t, entry_claims as c, hour_entries as h, outside_records as r, programmes, sessions},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    Id,
    id::{HourEntryId, OutsideRecordId, PersonId},
    ledger::{Circumstances, Content, SourceKind},
};

/// A content that is there: its key, its title, whether it is a course, and its first and last day.
type Found = (String, String, bool, NaiveDate, NaiveDate);

/// What has the same content in the cycle already: a record other than `own` whose hours stand or may come, an entry by hand, a session
/// that is booked, or one whose hours stand. Title and last day.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn content_taken(
    conn: &mut Conn,
    person: PersonId,
    own: Option<OutsideRecordId>,
    wanted: &Content<'_>,
    cycle: (NaiveDate, NaiveDate),
) -> DbResult<Option<(String, NaiveDate)>> {
    let (area, number) = person.key();
    let same = |(key, title, course, from, to): &Found| {
        wanted.is_same(&Content { key, title, course: *course, days: (*from, *to) })
    };
    // What was allowed although it was there already claims nothing, and is there all the same.
    let found: Vec<(String, i64, Found)> = t::table
        .filter(t::area.eq(area))
        .filter(t::person_id.eq(number))
        .filter(t::kind.ne("record").or(t::id.ne(own.map_or(0, |id| id.number()))))
        .filter(t::ends_on.between(cycle.0, cycle.1))
        .order((t::ends_on, t::id))
        .select((t::kind, t::id, (t::content_key, t::title, t::course, t::starts_on, t::ends_on)))
        .load(conn)?;
    for (kind, number, (_, title, _, _, to)) in found.into_iter().filter(|(.., found)| same(found)) {
        if kind != "record" || hours_may_stand(conn, Id::new(person.area(), number))? {
            return Ok(Some((title, to)));
        }
    }
    let entered: Vec<(String, String, Word<Circumstances>, NaiveDate)> = c::table
        .inner_join(h::table.on(h::area.eq(c::area).and(h::id.eq(c::entry_id))))
        .filter(c::area.eq(area))
        .filter(c::person_id.eq(number))
        .filter(c::effective_on.between(cycle.0, cycle.1))
        .order(c::entry_id)
        .select((c::content_key, c::title, h::circumstances, c::effective_on))
        .load(conn)?;
    let mut entered = entered
        .into_iter()
        .map(|(key, title, circumstances, on)| (key, title, circumstances.0.activity.is_none(), on, on));
    if let Some((_, title, _, _, to)) = entered.find(same) {
        return Ok(Some((title, to)));
    }
    let given: Vec<(i64, (String, String, NaiveDate, NaiveDate))> = h::table
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
        .filter(h::refers_to.is_null())
        .filter(h::credited.gt(0))
        .filter(h::effective_on.between(cycle.0, cycle.1))
        .order(h::id)
        .select((h::id, (programmes::content_key, h::title, sessions::starts_on, h::effective_on)))
        .load(conn)?;
    let given = given.into_iter().map(|(entry, (key, title, from, to))| (entry, (key, title, true, from, to)));
    for (entry, given) in given.filter(|(_, given)| same(given)) {
        if stands(conn, Id::new(person.area(), entry))? {
            return Ok(Some((given.1, given.4)));
        }
    }
    Ok(None)
}

/// Whether the hours of a record stand, or there are none yet.
pub(crate) fn hours_may_stand(conn: &mut Conn, record: OutsideRecordId) -> DbResult<bool> {
    let (area, number) = record.key();
    let entry: Option<i64> = h::table
        .filter(h::area.eq(area))
        .filter(h::source_kind.eq(SourceKind::Record.as_str()))
        .filter(h::source_id.eq(number))
        .filter(h::refers_to.is_null())
        .select(h::id)
        .first(conn)
        .optional()?;
    entry.map_or(Ok(true), |entry| stands(conn, Id::new(record.area(), entry)))
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
    content: &Content<'_>,
) -> DbResult<()> {
    diesel::insert_into(c::table)
        .values((
            c::area.eq(person.area().get()),
            c::person_id.eq(person.number()),
            c::content_claim.eq(content_claim),
            c::entry_id.eq(entry.number()),
            c::content_key.eq(content.key),
            c::title.eq(content.title),
            c::effective_on.eq(content.days.1),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Lets go of the content that an entry, or the one at the root of its chain, holds, itself or by the record from outside that it comes
/// from: its hours do not stand any more.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn release_content(tx: &mut WriteTx<'_>, entry: HourEntryId) -> DbResult<()> {
    let area = entry.area().get();
    let mut root = entry.number();
    let source = loop {
        let (before, kind, source): (Option<i64>, Word<SourceKind>, Option<i64>) = h::table
            .filter(h::area.eq(area))
            .filter(h::id.eq(root))
            .select((h::refers_to, h::source_kind, h::source_id))
            .first(tx.conn())?;
        match before {
            Some(number) => root = number,
            None => break source.filter(|_| kind.0 == SourceKind::Record),
        }
    };
    diesel::delete(c::table.filter(c::area.eq(area)).filter(c::entry_id.eq(root))).execute(tx.conn())?;
    if let Some(record) = source {
        diesel::update(r::table.find((area, record))).set(r::content_claim.eq(None::<String>)).execute(tx.conn())?;
    }
    Ok(())
}
