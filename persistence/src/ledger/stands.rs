//! The entries that stand: posted and not reversed, in the form in which rules want them.

use crate::{
    Conn, DbError, DbResult, columns,
    db::{Day, LookedUp, Word, by_area, each, kept},
    schema::{hour_entries as t, persons as p},
};
use chrono::NaiveDate;
use diesel::{connection::DefaultLoadingMode, dsl::sql, expression::SqlLiteral, prelude::*, sql_types::BigInt};
use shixun_domain::{
    Hours, Id, UtcMillis,
    id::{HourEntryId, OrganisationId, PersonId},
    ledger::{AwaitedEvaluation, Circumstances, EntryKind, EntrySource, Factor, SourceKind},
    policy::EntryFacts,
    words::{DeliveryForm, Level, Route, Theme},
};
use std::collections::HashMap;

/// How many entries there is room for before any is read, where a database does not say how many there are.
const ROOM_FOR_ENTRIES: usize = 64;

/// What tells whether a person's ledger and facts are still the same: entries only ever get more, and every change of a
/// person's facts raises the row version of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Revision {
    /// Row version of the person.
    pub person: i64,
    /// Number of entries. It rises with every change, because nothing is ever changed or taken away; the latest number is not
    /// asked for, because a database would look for it among everybody's entries.
    pub entries: i64,
}

/// The revision of a person's ledger, in one query; `None` where there is no such person.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn revision(conn: &mut Conn, person: PersonId) -> DbResult<Option<Revision>> {
    let (area, number) = person.key();
    let found: Option<(i64, Option<i64>)> = each!(conn, k => kept!(p::table
        .filter(p::area.eq(area))
        .filter(p::id.eq(number))
        .select((p::version, own_entries(area, number).single_value())))
        .get_result(k)
        .optional())?;
    Ok(found.map(|(person, entries)| Revision { person, entries: entries.unwrap_or_default() }))
}

impl LookedUp for Revision {
    type Key = PersonId;

    fn one(conn: &mut Conn, person: PersonId) -> DbResult<Option<Revision>> {
        revision(conn, person)
    }

    fn many(conn: &mut Conn, keys: &[PersonId]) -> DbResult<HashMap<PersonId, Revision>> {
        let mut revisions = HashMap::with_capacity(keys.len());
        for (area, numbers) in by_area(keys.iter().copied()) {
            let entries = t::table
                .filter(t::area.eq(p::area))
                .filter(t::person_id.eq(p::id))
                .select(diesel::dsl::count_star())
                .single_value();
            let found: Vec<(i64, i64, Option<i64>)> = each!(conn, k => p::table
                .filter(p::area.eq(area.get()))
                .filter(p::id.eq_any(numbers))
                .select((p::id, p::version, entries))
                .load(k))?;
            revisions.extend(found.into_iter().map(|(number, person, entries)| {
                (Id::new(area, number), Revision { person, entries: entries.unwrap_or_default() })
            }));
        }
        Ok(revisions)
    }
}

/// How many entries a person has.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn own_entries(area: i32, number: i64) -> _ {
    t::table.filter(t::area.eq(area)).filter(t::person_id.eq(number)).select(diesel::dsl::count_star())
}

/// The columns that rules look at.
pub(super) type Lean = (
    i64,
    Word<EntryKind>,
    Option<i64>,
    Word<Route>,
    Word<DeliveryForm>,
    Word<Level>,
    String,
    Word<Circumstances>,
    Option<String>,
    i64,
    i64,
    i64,
    Day,
);

/// Selects [`Lean`].
macro_rules! lean_columns {
    () => {
        (
            t::id,
            t::kind,
            t::refers_to,
            t::route,
            t::delivery_form,
            t::level,
            t::themes,
            t::circumstances,
            t::block_key,
            t::nominal,
            t::credited,
            t::practice,
            t::effective_on,
        )
    };
}
pub(super) use lean_columns;

/// An entry without its texts.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it says.
    pub kind: EntryKind,
    /// The entry it follows.
    pub refers_to: Option<i64>,
    /// The evaluation it waits for, while it is pending.
    pub awaits: Option<AwaitedEvaluation>,
    /// What the rules look at; the key is the number of the entry, which rises with the time of posting.
    pub facts: EntryFacts,
}

/// Turns rows of one person into entries; `blocks` collects the block keys met so far.
pub(super) fn lean(row: Lean, blocks: &mut Vec<String>) -> DbResult<Entry> {
    let (id, kind, refers_to, route, form, level, themes, circumstances, block, nominal, credited, practice, effective) =
        row;
    let block = block.map(|key| match blocks.iter().position(|known| *known == key) {
        Some(place) => place,
        None => {
            blocks.push(key);
            blocks.len() - 1
        }
    });
    let circumstances = circumstances.0;
    Ok(Entry {
        kind: kind.0,
        refers_to,
        awaits: circumstances.awaits,
        facts: EntryFacts {
            key: id,
            effective: effective.0,
            sequence: id,
            route: route.0,
            form: form.0,
            themes: self::themes(&themes)?,
            level: level.0,
            block: block.and_then(|place| i64::try_from(place).ok()),
            credited: Hours::from_hundredths(credited),
            nominal: Hours::from_hundredths(nominal),
            practice: Hours::from_hundredths(practice),
            corrects: None,
            part_of: None,
            provider: circumstances.provider,
            misconduct: circumstances.misconduct,
            certified_elsewhere: circumstances.certified_elsewhere,
            activity: circumstances.activity,
            recognised: circumstances.recognised_on,
            dated: circumstances.dated,
            days: circumstances.days,
        },
    })
}

/// Reads a list of themes.
pub(super) fn themes(text: &str) -> DbResult<Vec<Theme>> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    text.split(',').map(|word| columns::word("hour_entries.themes", word)).collect()
}

/// Keeps what stands (posted, without a successor) and gives the rest of what was read to `other`.
pub(super) fn split_standing<T>(rows: Vec<T>, entry: impl Fn(&T) -> &Entry, mut other: impl FnMut(T, bool)) -> Vec<T> {
    let mut followed: Vec<i64> = rows.iter().filter_map(|row| entry(row).refers_to).collect();
    followed.sort_unstable();
    let mut standing = Vec::with_capacity(rows.len());
    for row in rows {
        let open = followed.binary_search(&entry(&row).facts.key).is_err();
        if entry(&row).kind == EntryKind::Posted && open { standing.push(row) } else { other(row, open) }
    }
    standing
}

/// Of a person's entries, what stands: as [`super::entries_by_person`] reads it, for entries that were read elsewhere.
pub fn standing_of(entries: Vec<Entry>) -> Vec<EntryFacts> {
    split_standing(entries, |entry| entry, |_, _| {}).into_iter().map(|entry| entry.facts).collect()
}

/// An entry that stands, with what a statement shows of it.
#[derive(Debug, Clone)]
pub struct StandingEntry {
    /// Key.
    pub id: HourEntryId,
    /// What the rules look at.
    pub entry: Entry,
    /// What a person reads.
    pub title: String,
    /// Where it comes from.
    pub source_kind: SourceKind,
    /// The object it comes from; `None` where there is none, and for a correction.
    pub source: Option<EntrySource>,
    /// Hours attended.
    pub attended: Hours,
    /// What an hour attended was worth.
    pub factor: Factor,
    /// School of that day.
    pub organisation: Option<OrganisationId>,
    /// Its name on that day.
    pub organisation_name: Option<String>,
    /// What proves it.
    pub evidence: Option<String>,
    /// Why, for a reversal.
    pub reason: Option<String>,
}

/// A person's entries in a span of effective dates.
#[derive(Debug, Clone, Default)]
pub struct StandingEntries {
    /// Posted and not reversed, by effective date and time of posting.
    pub standing: Vec<StandingEntry>,
    /// Reversed ones and their reversals.
    pub corrected: Vec<StandingEntry>,
    /// Pending and not yet followed by anything.
    pub pending: Vec<StandingEntry>,
}

type StatementColumns = (
    Lean,
    (String, Word<SourceKind>, Option<i32>, Option<i64>),
    (i64, i32, Option<i64>, Option<String>, Option<String>, Option<String>),
);

/// Selects [`StatementColumns`].
macro_rules! statement_columns {
    () => {
        (
            lean_columns!(),
            (t::title, t::source_kind, t::source_area, t::source_id),
            (t::attended, t::factor, t::organisation_id, t::organisation_name, t::evidence, t::reason),
        )
    };
}

/// The person's entries whose hours belong to a day from `from` to `to`, in one query; with `known_at` only those appended up
/// to that instant, so that what was reversed later still stands.
///
/// A successor carries the date of what it follows, so that both lie in the same span.
///
/// # Errors
/// A [`DbError`] where the database does not answer or a row is damaged.
pub fn standing_entries(
    conn: &mut Conn,
    person: PersonId,
    from: NaiveDate,
    to: NaiveDate,
    known_at: Option<UtcMillis>,
) -> DbResult<StandingEntries> {
    let (area, number) = person.key();
    // Two statements, so that the usual one stays as lean and as long prepared as it is.
    let read = match known_at {
        None => each!(conn, k => shown(person, kept!(t::table
            .filter(t::area.eq(area))
            .filter(t::person_id.eq(number))
            .filter(t::effective_on.ge(from))
            .filter(t::effective_on.le(to))
            .select(statement_columns!()))
            .load_iter::<StatementColumns, DefaultLoadingMode>(k)?))?,
        Some(at) => each!(conn, k => shown(person, t::table
            .filter(t::area.eq(area))
            .filter(t::person_id.eq(number))
            .filter(t::effective_on.ge(from))
            .filter(t::effective_on.le(to))
            .filter(t::created_at.le(at.naive()))
            .select(statement_columns!())
            .load_iter::<StatementColumns, DefaultLoadingMode>(k)?))?,
    };
    Ok(StandingEntries::arrange(read))
}

/// Rows of one person as a statement shows them, each read into its place at once: they are wide, and a list of them that is gathered first
/// would be moved again and again while it grows.
fn shown(person: PersonId, rows: impl Iterator<Item = QueryResult<StatementColumns>>) -> DbResult<Vec<StandingEntry>> {
    let mut blocks = Vec::new();
    let mut read = Vec::with_capacity(rows.size_hint().0.max(ROOM_FOR_ENTRIES));
    for row in rows {
        let (columns, (title, source_kind, source_area, source_id), own) = row?;
        let (attended, factor, organisation, organisation_name, evidence, reason) = own;
        let entry = lean(columns, &mut blocks)?;
        read.push(StandingEntry {
            id: Id::new(person.area(), entry.facts.key),
            entry,
            title,
            source_kind: source_kind.0,
            source: source(source_kind.0, source_area, source_id)?,
            attended: Hours::from_hundredths(attended),
            factor: self::factor(factor)?,
            organisation: organisation.map(|number| Id::new(person.area(), number)),
            organisation_name,
            evidence,
            reason,
        });
    }
    Ok(read)
}

/// The object an entry comes from, from its columns.
pub(super) fn source(kind: SourceKind, area: Option<i32>, number: Option<i64>) -> DbResult<Option<EntrySource>> {
    let Some((area, number)) = area.zip(number) else { return Ok(None) };
    Ok(EntrySource::new(kind, columns::area(area)?, number))
}

impl StandingEntries {
    /// Parts what stands from what was corrected and what is pending. All entries of a person in a span belong together here.
    pub fn arrange(mut read: Vec<StandingEntry>) -> StandingEntries {
        // The table is kept in the order of posting; sorting a few rows here is cheaper than having the database copy them.
        read.sort_by_key(|row| (row.entry.facts.effective, row.entry.facts.key));
        let (mut corrected, mut pending) = (Vec::new(), Vec::new());
        let standing = split_standing(
            read,
            |row| &row.entry,
            |row, open| match row.entry.kind {
                EntryKind::Pending if open => pending.push(row),
                EntryKind::Posted | EntryKind::Reversed => corrected.push(row),
                EntryKind::Pending | EntryKind::Voided => {}
            },
        );
        StandingEntries { standing, corrected, pending }
    }
}

/// The numbers of the person's entries that [`standing_entries`] reads, every kind.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn entry_numbers(conn: &mut Conn, person: PersonId, from: NaiveDate, to: NaiveDate) -> DbResult<Vec<i64>> {
    let (area, number) = person.key();
    Ok(each!(conn, k => t::table
        .filter(t::area.eq(area))
        .filter(t::person_id.eq(number))
        .filter(t::effective_on.ge(from))
        .filter(t::effective_on.le(to))
        .order(t::id.asc())
        .select(t::id)
        .load(k))?)
}

/// A factor from its column.
pub(super) fn factor(hundredths: i32) -> DbResult<Factor> {
    Factor::from_hundredths(hundredths).ok_or_else(|| DbError::damaged(format!("hour_entries.factor {hundredths}")))
}

/// Hundredths of the hours earned from one day to another, reversals taken off, as a part of a query: never less than what counts,
/// where no factor exceeds one.
#[diesel::dsl::auto_type(no_type_alias)]
pub(crate) fn earned(area: i32, number: i64, from: Day, to: Day) -> _ {
    // PostgreSQL would make a NUMERIC of a sum.
    let sum: SqlLiteral<BigInt> = sql::<BigInt>("CAST(coalesce(sum(credited), 0) AS BIGINT)");
    t::table
        .filter(t::area.eq(area))
        .filter(t::person_id.eq(number))
        .filter(t::effective_on.between(from, to))
        .filter(t::kind.eq("posted").or(t::kind.eq("reversed")))
        .select(sum)
}
