//! Single entries and lists of them, with every column.

use super::stands;
use crate::{Conn, DbError, DbResult, Order, columns, db::At, schema::hour_entries as t};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, Hours, Id, Title, UtcMillis,
    id::{AccountId, HourEntryId, OrganisationId, PersonId},
    ledger::{Amounts, Circumstances, EntryKind, EntrySource, SourceKind},
    words::{DeliveryForm, Level, Route, Theme},
};
use std::collections::HashMap;

/// An entry with all it says.
#[derive(Debug, Clone)]
pub struct EntryRow {
    /// Key.
    pub id: HourEntryId,
    /// Whose hours.
    pub person: PersonId,
    /// What it says.
    pub kind: EntryKind,
    /// The entry it follows.
    pub refers_to: Option<HourEntryId>,
    /// Route.
    pub route: Route,
    /// Delivery form.
    pub form: DeliveryForm,
    /// Level.
    pub level: Level,
    /// Themes.
    pub themes: Vec<Theme>,
    /// What the rules must know beside that.
    pub circumstances: Circumstances,
    /// The concentrated block.
    pub block_key: Option<String>,
    /// What a person reads.
    pub title: String,
    /// Where it comes from.
    pub source_kind: SourceKind,
    /// Area and number of the object it comes from, or came from before it was corrected.
    pub origin: Option<(AreaCode, i64)>,
    /// The object it comes from; `None` where there is none, and for a correction.
    pub source: Option<EntrySource>,
    /// Unique among the person's entries.
    pub source_key: String,
    /// The hours.
    pub amounts: Amounts,
    /// The day to which they belong.
    pub effective_on: NaiveDate,
    /// What proves it.
    pub evidence: Option<String>,
    /// The policy packs in force on that day.
    pub policy: String,
    /// Who recognised it, or entered it where it is pending: an account of the entry's area, or of one above.
    pub recognised_by: Option<AccountId>,
    /// School of that day.
    pub organisation: Option<OrganisationId>,
    /// Its name on that day.
    pub organisation_name: Option<String>,
    /// Title of that day.
    pub teacher_title: Option<Title>,
    /// Subject of that day.
    pub subject: Option<String>,
    /// Why, for a reversal or a voiding.
    pub reason: Option<String>,
    /// When it was appended.
    pub created_at: UtcMillis,
}

pub(super) type Columns = (
    (i32, i64, i64, String, Option<i64>),
    (String, String, String, String, String, Option<String>, String),
    (String, Option<i32>, Option<i64>, String),
    (i64, i64, i32, i64, i64, NaiveDate),
    (Option<String>, String, Account, Option<i64>, Option<String>, Option<String>, Option<String>, Option<String>),
    At,
);

/// An account of any area, or none.
pub(super) type Account = (Option<i32>, Option<i64>);

macro_rules! entry_columns {
    () => {
        (
            (t::area, t::id, t::person_id, t::kind, t::refers_to),
            (t::route, t::delivery_form, t::level, t::themes, t::circumstances, t::block_key, t::title),
            (t::source_kind, t::source_area, t::source_id, t::source_key),
            (t::nominal, t::attended, t::factor, t::credited, t::practice, t::effective_on),
            (
                t::evidence,
                t::policy,
                (t::recognised_by_area, t::recognised_by),
                t::organisation_id,
                t::organisation_name,
                t::teacher_title,
                t::subject,
                t::reason,
            ),
            t::created_at,
        )
    };
}

pub(super) use entry_columns as columns;

/// Who recognised an entry of an area, from its columns. Entries from before others could be named say no area.
pub(super) fn recogniser(area: AreaCode, (of, number): Account) -> DbResult<Option<AccountId>> {
    let Some(number) = number else { return Ok(None) };
    Ok(Some(Id::new(of.map_or(Ok(area), columns::area)?, number)))
}

pub(super) fn row(row: Columns) -> DbResult<EntryRow> {
    let ((area, id, person, kind, refers_to), what, source, amounts, context, created_at) = row;
    let (route, form, level, themes, circumstances, block_key, title) = what;
    let (source_kind, source_area, source_id, source_key) = source;
    let (nominal, attended, factor, credited, practice, effective_on) = amounts;
    let (evidence, policy, recognised_by, organisation, organisation_name, teacher_title, subject, reason) = context;
    let id: HourEntryId = columns::id(area, id)?;
    let area = id.area();
    let source_kind: SourceKind = columns::word("hour_entries.source_kind", &source_kind)?;
    let origin = source_area.zip(source_id).map(|(area, number)| Ok::<_, DbError>((columns::area(area)?, number)));
    let origin = origin.transpose()?;
    Ok(EntryRow {
        id,
        person: Id::new(area, person),
        kind: columns::word("hour_entries.kind", &kind)?,
        refers_to: refers_to.map(|number| Id::new(area, number)),
        route: columns::word("hour_entries.route", &route)?,
        form: columns::word("hour_entries.delivery_form", &form)?,
        level: columns::word("hour_entries.level", &level)?,
        themes: stands::themes(&themes)?,
        circumstances: columns::word("hour_entries.circumstances", &circumstances)?,
        block_key,
        title,
        source_kind,
        origin,
        source: origin.and_then(|(area, number)| EntrySource::new(source_kind, area, number)),
        source_key,
        amounts: Amounts {
            nominal: Hours::from_hundredths(nominal),
            attended: Hours::from_hundredths(attended),
            factor: stands::factor(factor)?,
            credited: Hours::from_hundredths(credited),
            practice: Hours::from_hundredths(practice),
        },
        effective_on,
        evidence,
        policy,
        recognised_by: recogniser(area, recognised_by)?,
        organisation: organisation.map(|number| Id::new(area, number)),
        organisation_name,
        teacher_title: columns::word_opt("hour_entries.teacher_title", teacher_title.as_deref())?,
        subject,
        reason,
        created_at: created_at.into(),
    })
}

/// One entry.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or the row is damaged.
pub fn find(conn: &mut Conn, id: HourEntryId) -> DbResult<Option<EntryRow>> {
    let found: Option<Columns> = t::table
        .filter(t::area.eq(id.area().get()))
        .filter(t::id.eq(id.number()))
        .select(columns!())
        .first(conn)
        .optional()?;
    found.map(row).transpose()
}

/// The person's entry with a key.
///
/// # Errors
/// As [`find`].
pub fn find_by_source(conn: &mut Conn, person: PersonId, source_key: &str) -> DbResult<Option<EntryRow>> {
    let (area, number) = person.key();
    let found: Option<Columns> = t::table
        .filter(t::area.eq(area))
        .filter(t::person_id.eq(number))
        .filter(t::source_key.eq(source_key))
        .select(columns!())
        .first(conn)
        .optional()?;
    found.map(row).transpose()
}

/// The entries that follow these, by the number of the entry they follow; with `known_at` only those appended up to then.
///
/// # Errors
/// As [`find`].
pub fn successors(
    conn: &mut Conn,
    area: AreaCode,
    numbers: &[i64],
    known_at: Option<UtcMillis>,
) -> DbResult<HashMap<i64, (HourEntryId, EntryKind)>> {
    let mut query = t::table.into_boxed().filter(t::area.eq(area.get())).filter(t::refers_to.eq_any(numbers));
    if let Some(at) = known_at {
        query = query.filter(t::created_at.le(at.naive()));
    }
    let rows: Vec<(Option<i64>, i64, String)> = query.select((t::refers_to, t::id, t::kind)).load(conn)?;
    rows.into_iter()
        .map(|(of, number, kind)| {
            let kind = columns::word("hour_entries.kind", &kind)?;
            Ok((of.unwrap_or_default(), (Id::new(area, number), kind)))
        })
        .collect()
}

/// What took the hours of the person's entry with a key back: a voiding, or a reversal that nothing replaced. `None` where there is no
/// such entry, or where its hours stand or will.
///
/// # Errors
/// As [`find`].
pub fn taken_back(conn: &mut Conn, person: PersonId, source_key: &str) -> DbResult<Option<HourEntryId>> {
    let Some(entry) = find_by_source(conn, person, source_key)? else { return Ok(None) };
    let (last, kind) = followed_to_the_end(conn, entry.id)?;
    Ok((!kind.is_none_or(still_stands)).then_some(last))
}

/// Whether the hours of an entry stand or will, corrected or not.
pub(super) fn stands(conn: &mut Conn, entry: HourEntryId) -> DbResult<bool> {
    Ok(followed_to_the_end(conn, entry)?.1.is_none_or(still_stands))
}

const fn still_stands(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::Pending | EntryKind::Posted)
}

/// The last entry of the chain that begins with the person's entry with a key; `None` where there is no such entry.
///
/// # Errors
/// As [`find`].
pub fn last_of_chain(conn: &mut Conn, person: PersonId, source_key: &str) -> DbResult<Option<HourEntryId>> {
    let Some(first) = find_by_source(conn, person, source_key)? else { return Ok(None) };
    Ok(Some(followed_to_the_end(conn, first.id)?.0))
}

/// The last entry of a chain, and what it is where it is not the first.
fn followed_to_the_end(conn: &mut Conn, first: HourEntryId) -> DbResult<(HourEntryId, Option<EntryKind>)> {
    let (mut last, mut kind) = (first, None);
    while let Some((next, follows)) = successors(conn, first.area(), &[last.number()], None)?.remove(&last.number()) {
        (last, kind) = (next, Some(follows));
    }
    Ok((last, kind))
}

/// Every entry of an area that was appended after an instant and whose hours belong to a day from `from` to `to`, by person and
/// time of posting.
///
/// # Errors
/// As [`find`].
pub fn appended_since(
    conn: &mut Conn,
    area: AreaCode,
    since: UtcMillis,
    from: NaiveDate,
    to: NaiveDate,
) -> DbResult<Vec<EntryRow>> {
    let rows: Vec<Columns> = t::table
        .filter(t::area.eq(area.get()))
        .filter(t::created_at.gt(since.naive()))
        .filter(t::effective_on.between(from, to))
        .order((t::person_id.asc(), t::id.asc()))
        .select(columns!())
        .load(conn)?;
    rows.into_iter().map(row).collect()
}

/// What is wanted of a person's entries.
#[derive(Debug, Clone, Default)]
pub struct EntryFilter {
    /// Hours of this day and later.
    pub from: Option<NaiveDate>,
    /// Hours of this day and earlier.
    pub to: Option<NaiveDate>,
    /// Only this kind.
    pub kind: Option<EntryKind>,
    /// Only this route.
    pub route: Option<Route>,
    /// Only from this kind of source.
    pub source: Option<SourceKind>,
    /// Only what was appended up to this instant.
    pub known_at: Option<UtcMillis>,
}

type Filtered<'a> = diesel::helper_types::IntoBoxed<'a, t::table, crate::db::MultiBackend>;

fn filtered<'a>(person: PersonId, filter: &EntryFilter) -> Filtered<'a> {
    let mut query =
        t::table.into_boxed().filter(t::area.eq(person.area().get())).filter(t::person_id.eq(person.number()));
    if let Some(from) = filter.from {
        query = query.filter(t::effective_on.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(t::effective_on.le(to));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(t::kind.eq(kind.as_str()));
    }
    if let Some(route) = filter.route {
        query = query.filter(t::route.eq(route.as_str()));
    }
    if let Some(source) = filter.source {
        query = query.filter(t::source_kind.eq(source.as_str()));
    }
    if let Some(at) = filter.known_at {
        query = query.filter(t::created_at.le(at.naive()));
    }
    query
}

/// A person's entries by effective date and time of posting or the other way round, behind `after`.
///
/// # Errors
/// As [`find`].
pub fn list(
    conn: &mut Conn,
    person: PersonId,
    filter: &EntryFilter,
    order: Order,
    after: Option<(NaiveDate, i64)>,
    limit: i64,
) -> DbResult<Vec<EntryRow>> {
    let mut query = filtered(person, filter).limit(limit);
    query = match order {
        Order::Ascending => query.order((t::effective_on.asc(), t::id.asc())),
        Order::Descending => query.order((t::effective_on.desc(), t::id.desc())),
    };
    if let Some((day, number)) = after {
        query = match order {
            Order::Ascending => {
                query.filter(t::effective_on.ge(day)).filter(t::effective_on.gt(day).or(t::id.gt(number)))
            }
            Order::Descending => {
                query.filter(t::effective_on.le(day)).filter(t::effective_on.lt(day).or(t::id.lt(number)))
            }
        };
    }
    let rows: Vec<Columns> = query.select(columns!()).load(conn)?;
    rows.into_iter().map(row).collect()
}

/// How many a list has in all.
///
/// # Errors
/// As [`find`].
pub fn count(conn: &mut Conn, person: PersonId, filter: &EntryFilter) -> DbResult<i64> {
    Ok(filtered(person, filter).count().get_result(conn)?)
}
