//! Disputes about entries: facts in and out.

use super::{
    Viewer,
    read::{Account, recogniser},
};
use crate::{
    Conn, DbResult, WriteTx, columns,
    db::{At, MultiBackend, Word, each},
    schema::{disputes as t, hour_entries as h, persons as p, record_steps as steps, transfers},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    id::{AccountId, Dispute, DisputeId, HourEntryId, PersonId},
    ledger::{EntryKind, SourceKind, dispute::DisputeState},
};
use std::collections::HashSet;

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

type Columns = (
    (i32, i64, i64, String, i64, String),
    (String, String, NaiveDate, i64, Option<i64>, Option<At>, Option<String>),
    (Option<i64>, Option<i64>, i64, At),
);

macro_rules! dispute_columns {
    () => {
        (
            (t::area, t::id, t::person_id, p::name, t::entry_id, h::title),
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
    };
}

fn row((who, what, after): Columns) -> DbResult<DisputeRow> {
    let id: DisputeId = columns::id(who.0, who.1)?;
    let area = id.area();
    Ok(DisputeRow {
        id,
        person: Id::new(area, who.2),
        person_name: who.3,
        entry: Id::new(area, who.4),
        entry_title: who.5,
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
    rows.into_iter().map(row).collect()
}

/// Through whose hands an entry went: who recognised it, who entered it where it was pending before, and who took any step with the
/// record or the transfer that it comes from.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn makers(conn: &mut Conn, entry: HourEntryId) -> DbResult<Vec<AccountId>> {
    let area = entry.area();
    let (refers_to, source_kind, source_area, source_id): (Option<i64>, Word<SourceKind>, Option<i32>, Option<i64>) =
        h::table
            .filter(h::area.eq(area.get()))
            .filter(h::id.eq(entry.number()))
            .select((h::refers_to, h::source_kind, h::source_area, h::source_id))
            .first(conn)?;
    let recognised: Vec<Account> = h::table
        .filter(h::area.eq(area.get()))
        .filter(
            h::id
                .eq(entry.number())
                .or(h::id.eq(refers_to.unwrap_or_default()).and(h::kind.eq(EntryKind::Pending.as_str()))),
        )
        .select((h::recognised_by_area, h::recognised_by))
        .load(conn)?;
    let mut makers = Vec::new();
    for account in recognised {
        makers.extend(recogniser(area, account)?);
    }
    let Some((source_area, source_id)) = source_area.zip(source_id) else { return Ok(makers) };
    match source_kind.0 {
        SourceKind::Record => {
            let hands: Vec<(i32, i64)> = steps::table
                .filter(steps::area.eq(source_area))
                .filter(steps::record_id.eq(source_id))
                .select((steps::account_area, steps::account_id))
                .load(conn)?;
            for (area, number) in hands {
                makers.push(columns::id(area, number)?);
            }
        }
        SourceKind::Opening => {
            let hands: Option<(i64, Option<i64>)> = transfers::table
                .filter(transfers::area.eq(source_area))
                .filter(transfers::id.eq(source_id))
                .select((transfers::entered_by, transfers::decided_by))
                .first(conn)
                .optional()?;
            for number in
                hands.into_iter().flat_map(|(entered_by, decided_by)| [Some(entered_by), decided_by]).flatten()
            {
                makers.push(columns::id(source_area, number)?);
            }
        }
        SourceKind::Session | SourceKind::Correction => {}
    }
    Ok(makers)
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
