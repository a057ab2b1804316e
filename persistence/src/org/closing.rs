//! The last day of an organisation, and who keeps it from having one.

use super::OrganisationRow;
use crate::{
    Conn, DbResult, WriteTx,
    schema::{employments, organisations as t, posts_held},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{AreaCode, id::OrganisationId};
use std::collections::{HashMap, HashSet};

/// Keeps organisations from closing under another transaction until this one ends, and waits for those that are about to; gives the
/// last day of those that have one, by number. SQLite has one writer.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn hold_open(conn: &mut Conn, area: AreaCode, numbers: &[i64]) -> DbResult<HashMap<i64, NaiveDate>> {
    let asked = t::table.filter(t::area.eq(area.get())).filter(t::id.eq_any(numbers)).order(t::id);
    let last_days: Vec<(i64, Option<NaiveDate>)> = match conn {
        Conn::Postgres(conn) => asked.select((t::id, t::closed_on)).for_share().load(conn)?,
        Conn::Sqlite(conn) => asked.select((t::id, t::closed_on)).load(conn)?,
    };
    Ok(last_days.into_iter().filter_map(|(number, closed_on)| Some((number, closed_on?))).collect())
}

/// Keeps everybody from being employed at an organisation until this transaction ends.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn lock(tx: &mut WriteTx<'_>, id: OrganisationId) -> DbResult<()> {
    if let Conn::Postgres(conn) = tx.conn() {
        let _: Vec<i64> = t::table
            .filter(t::area.eq(id.area().get()))
            .filter(t::id.eq(id.number()))
            .select(t::id)
            .for_update()
            .load(conn)?;
    }
    Ok(())
}

/// How many are employed at an organisation, or hold a post there, after a day.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn employed_after(conn: &mut Conn, id: OrganisationId, day: NaiveDate) -> DbResult<usize> {
    let (area, number) = id.key();
    let mut persons: HashSet<i64> = employments::table
        .filter(employments::area.eq(area))
        .filter(employments::organisation_id.eq(number))
        .filter(employments::valid_to.is_null().or(employments::valid_to.gt(day)))
        .select(employments::person_id)
        .load(conn)?
        .into_iter()
        .collect();
    let with_posts: Vec<i64> = posts_held::table
        .filter(posts_held::area.eq(area))
        .filter(posts_held::organisation_id.eq(number))
        .filter(posts_held::valid_to.is_null().or(posts_held::valid_to.gt(day)))
        .select(posts_held::person_id)
        .load(conn)?;
    persons.extend(with_posts);
    Ok(persons.len())
}

/// Closes an organisation after its last day, or opens it again, where the version is still the one the caller saw.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn set_closed(tx: &mut WriteTx<'_>, before: &OrganisationRow, closed_on: Option<NaiveDate>) -> DbResult<bool> {
    let at = tx.at().naive();
    let rows = diesel::update(t::table.find(before.id.key()).filter(t::version.eq(before.version)))
        .set((t::closed_on.eq(closed_on), t::version.eq(before.version + 1), t::updated_at.eq(at)))
        .execute(tx.conn())?;
    Ok(rows == 1)
}
