//! Disputes about entries: facts in and out.

use super::Viewer;
use crate::{
    Conn, DbResult, WriteTx, columns,
    db::{At, MultiBackend, each},
    schema::{disputes as t, hour_entries as h, outside_records as r, persons as p},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    id::{AccountId, Dispute, DisputeId, HourEntryId, PersonId},
    ledger::{EntryKind, SourceKind, dispute::DisputeState},
};
use std::collections::{HashMap, HashSet};

/// A dispute with the names that lists show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeRow {
    /// Key.
    pub id: DisputeId,
    /// Whose hours.
    pub person: PersonId,
    /// Name.
    pub person_name: String,
    /// The entry that is disputed.
    pub entry: HourEntryId,
    /// What it was for.
    pub entry_title: String,
    /// Who recognised it, who entered it where it was pending before, and who entered and examined the record from outside that it
    /// comes from.
    pub made_by: Vec<AccountId>,
    /// What became of the dispute.
    pub state: DisputeState,
    /// What is wrong, as whoever opened it says.
    pub claim: String,
    /// By when it is to be decided.
    pub decide_by: NaiveDate,
    /// Who opened it.
    pub opened_by: AccountId,
    /// Who decided it.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<UtcMillis>,
    /// Why.
    pub reason: Option<String>,
    /// The reversal, where it was upheld.
    pub reversal: Option<HourEntryId>,
    /// What was posted in place of the entry.
    pub replacement: Option<HourEntryId>,
    /// Row version.
    pub version: i64,
    /// When it was opened.
    pub created_at: UtcMillis,
}

/// The pending entry before it, who recognised it, and who entered and examined its record.
type Made = (Option<i64>, Option<i64>, Option<(i64, Option<i32>, Option<i64>)>);

type Columns = (
    (i32, i64, i64, String, i64, String),
    Made,
    (String, String, NaiveDate, i64, Option<i64>, Option<At>, Option<String>),
    (Option<i64>, Option<i64>, i64, At),
);

macro_rules! dispute_columns {
    () => {
        (
            (t::area, t::id, t::person_id, p::name, t::entry_id, h::title),
            (h::refers_to, h::recognised_by, (r::entered_by, r::examined_by_area, r::examined_by).nullable()),
            (t::state, t::claim, t::decide_by, t::opened_by, t::decided_by, t::decided_at, t::reason),
            (t::reversal_id, t::replacement_id, t::version, t::created_at),
        )
    };
}

/// The disputes with their persons and entries.
macro_rules! joined {
    () => {
        t::table
            .inner_join(p::table.on(p::area.eq(t::area).and(p::id.eq(t::person_id))))
            .inner_join(h::table.on(h::area.eq(t::area).and(h::id.eq(t::entry_id))))
            .left_join(
                r::table.on(h::source_kind
                    .eq(SourceKind::Record.as_str())
                    .and(h::source_area.eq(r::area.nullable()))
                    .and(h::source_id.eq(r::id.nullable()))),
            )
    };
}

/// Who entered, examined and recognised an entry, as far as is known.
fn made_by(area: AreaCode, made: Made, entered: &HashMap<i64, i64>) -> DbResult<Vec<AccountId>> {
    let (pending, recognised_by, record) = made;
    let examined = record.and_then(|(_, area, number)| area.zip(number));
    let here = [
        pending.and_then(|number| entered.get(&number).copied()),
        recognised_by,
        record.map(|(entered_by, ..)| entered_by),
    ];
    let here = here.into_iter().flatten().map(|number| Ok(Id::new(area, number)));
    here.chain(examined.map(|(area, number)| columns::id(area, number))).collect()
}

fn row((who, made, what, after): Columns, entered: &HashMap<i64, i64>) -> DbResult<DisputeRow> {
    let id: DisputeId = columns::id(who.0, who.1)?;
    let area = id.area();
    Ok(DisputeRow {
        id,
        person: Id::new(area, who.2),
        person_name: who.3,
        entry: Id::new(area, who.4),
        entry_title: who.5,
        made_by: made_by(area, made, entered)?,
        state: columns::word("disputes.state", &what.0)?,
        claim: what.1,
        decide_by: what.2,
        opened_by: Id::new(area, what.3),
        decided_by: what.4.map(|number| Id::new(area, number)),
        decided_at: what.5.map(UtcMillis::from),
        reason: what.6,
        reversal: after.0.map(|number| Id::new(area, number)),
        replacement: after.1.map(|number| Id::new(area, number)),
        version: after.2,
        created_at: after.3.into(),
    })
}

/// What is wanted of the list.
#[derive(Debug, Clone, Default)]
pub struct DisputeFilter {
    /// One dispute.
    pub id: Option<DisputeId>,
    /// Of one person.
    pub person: Option<PersonId>,
    /// In one state.
    pub state: Option<DisputeState>,
    /// Open, and to be decided before this day.
    pub overdue_on: Option<NaiveDate>,
}

type Filtered<'a> = diesel::helper_types::IntoBoxed<'a, t::table, MultiBackend>;

fn filtered<'a>(area: AreaCode, viewer: &Viewer, filter: &DisputeFilter) -> Filtered<'a> {
    let mut query = t::table.into_boxed().filter(t::area.eq(area.get()));
    if let Viewer::Schools(numbers, person) = viewer {
        let of_schools =
            h::table.filter(h::area.eq(area.get())).filter(h::organisation_id.eq_any(numbers.clone())).select(h::id);
        query = query.filter(t::entry_id.eq_any(of_schools).or(t::person_id.eq(Viewer::own(*person, area))));
    }
    if let Some(id) = filter.id {
        query = query.filter(t::id.eq(id.number()));
    }
    if let Some(person) = filter.person {
        query = query.filter(t::person_id.eq(person.number()));
    }
    if let Some(state) = filter.state {
        query = query.filter(t::state.eq(state.as_str()));
    }
    if let Some(day) = filter.overdue_on {
        query = query.filter(t::state.eq(DisputeState::Open.as_str())).filter(t::decide_by.lt(day));
    }
    query
}

/// Disputes by the day by which they are to be decided, behind `after`.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn list(
    conn: &mut Conn,
    area: AreaCode,
    viewer: &Viewer,
    filter: &DisputeFilter,
    after: Option<(NaiveDate, i64)>,
    limit: i64,
) -> DbResult<Vec<DisputeRow>> {
    let mut query = filtered(area, viewer, filter).order((t::decide_by.asc(), t::id.asc())).limit(limit);
    if let Some((day, number)) = after {
        query = query.filter(t::decide_by.gt(day).or(t::decide_by.eq(day).and(t::id.gt(number))));
    }
    let numbers: Vec<i64> = query.select(t::id).load(conn)?;
    let rows: Vec<Columns> = joined!()
        .filter(t::area.eq(area.get()))
        .filter(t::id.eq_any(numbers))
        .order((t::decide_by.asc(), t::id.asc()))
        .select(dispute_columns!())
        .load(conn)?;
    let entered = entered_by(conn, area, rows.iter().filter_map(|(_, made, ..)| made.0).collect())?;
    rows.into_iter().map(|columns| row(columns, &entered)).collect()
}

/// Who entered these entries by hand, by number; those that were never pending are left out.
fn entered_by(conn: &mut Conn, area: AreaCode, numbers: Vec<i64>) -> DbResult<HashMap<i64, i64>> {
    if numbers.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, Option<i64>)> = h::table
        .filter(h::area.eq(area.get()))
        .filter(h::id.eq_any(numbers))
        .filter(h::kind.eq(EntryKind::Pending.as_str()))
        .select((h::id, h::recognised_by))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(number, by)| Some((number, by?))).collect())
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count(conn: &mut Conn, area: AreaCode, viewer: &Viewer, filter: &DisputeFilter) -> DbResult<i64> {
    Ok(filtered(area, viewer, filter).count().get_result(conn)?)
}

/// The open dispute about an entry; with `once` one that this account opened before, too.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn of_entry(conn: &mut Conn, entry: HourEntryId, once: Option<AccountId>) -> DbResult<Option<DisputeId>> {
    let found: Option<i64> = t::table
        .filter(t::area.eq(entry.area().get()))
        .filter(t::entry_id.eq(entry.number()))
        .filter(
            t::state.eq(DisputeState::Open.as_str()).or(t::opened_by.eq(once.map_or(0, |account| account.number()))),
        )
        .order(t::id.desc())
        .select(t::id)
        .first(conn)
        .optional()?;
    Ok(found.map(|number| Id::new(entry.area(), number)))
}

/// The entries of a person that are disputed now; with `known_at` those that were disputed at that instant.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn open_of(conn: &mut Conn, person: PersonId, known_at: Option<UtcMillis>) -> DbResult<HashSet<i64>> {
    let (area, number) = person.key();
    let rows: Vec<i64> = match known_at {
        None => each!(conn, k => t::table
            .filter(t::area.eq(area))
            .filter(t::person_id.eq(number))
            .filter(t::state.eq(DisputeState::Open.as_str()))
            .select(t::entry_id)
            .load(k))?,
        Some(at) => each!(conn, k => t::table
            .filter(t::area.eq(area))
            .filter(t::person_id.eq(number))
            .filter(t::created_at.le(at.naive()))
            .filter(t::state.eq(DisputeState::Open.as_str()).or(t::decided_at.gt(at.naive())))
            .select(t::entry_id)
            .load(k))?,
    };
    Ok(rows.into_iter().collect())
}

/// A dispute to be opened.
#[derive(Debug, Clone)]
pub struct NewDispute<'a> {
    /// Whose hours.
    pub person: PersonId,
    /// The entry.
    pub entry: HourEntryId,
    /// What is wrong.
    pub claim: &'a str,
    /// By when it is to be decided.
    pub decide_by: NaiveDate,
    /// Who opens it.
    pub opened_by: AccountId,
}

/// Opens a dispute.
///
/// # Errors
/// [`crate::DbError::Duplicate`] where the entry is disputed already: the transaction runs again and sees it.
pub fn add(tx: &mut WriteTx<'_>, new: &NewDispute<'_>) -> DbResult<DisputeId> {
    let id = tx.new_id::<Dispute>(new.person.area());
    let at = tx.at().naive();
    diesel::insert_into(t::table)
        .values((
            t::area.eq(id.area().get()),
            t::id.eq(id.number()),
            t::person_id.eq(new.person.number()),
            t::entry_id.eq(new.entry.number()),
            t::state.eq(DisputeState::Open.as_str()),
            t::claim.eq(new.claim),
            t::decide_by.eq(new.decide_by),
            t::opened_by.eq(new.opened_by.number()),
            t::version.eq(1_i64),
            t::created_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// How a dispute ends.
#[derive(Debug, Clone)]
pub struct Ending<'a> {
    /// The state.
    pub state: DisputeState,
    /// Who decided; nobody where it was withdrawn.
    pub decided_by: Option<AccountId>,
    /// Why.
    pub reason: Option<&'a str>,
    /// The reversal.
    pub reversal: Option<HourEntryId>,
    /// What was posted in place of the entry.
    pub replacement: Option<HourEntryId>,
}

/// Ends a dispute; false where somebody changed it meanwhile.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn end(tx: &mut WriteTx<'_>, before: &DisputeRow, ending: &Ending<'_>) -> DbResult<bool> {
    let at = tx.at().naive();
    let open = t::table.find(before.id.key()).filter(t::version.eq(before.version));
    let rows = diesel::update(open.filter(t::state.eq(DisputeState::Open.as_str())))
        .set((
            t::state.eq(ending.state.as_str()),
            t::decided_by.eq(ending.decided_by.map(|account| account.number())),
            t::decided_at.eq(Some(at)),
            t::reason.eq(ending.reason),
            t::reversal_id.eq(ending.reversal.map(|id| id.number())),
            t::replacement_id.eq(ending.replacement.map(|id| id.number())),
            t::version.eq(before.version + 1),
        ))
        .execute(tx.conn())?;
    Ok(rows == 1)
}
