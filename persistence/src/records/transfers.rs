//! Transfers of hours between counties: facts in and out.

use super::Saved;
use crate::{
    Conn, DbResult, WriteTx, columns,
    db::{At, MultiBackend},
    ledger::Viewer,
    schema::{employments as e, hour_entries as h, persons as p, transfers as t},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    id::{AccountId, HourEntryId, PersonId, Transfer, TransferId},
    ledger::SourceKind,
    records::transfer::{Direction, TransferState},
};
use std::collections::HashMap;

/// What a transfer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTransfer {
    /// Whose hours.
    pub person: PersonId,
    /// Which way.
    pub direction: Direction,
    /// What becomes of it first.
    pub state: TransferState,
    /// The other area, where it is one that the program knows.
    pub other_area: Option<AreaCode>,
    /// Its name.
    pub other_name: String,
    /// First day in the new place.
    pub moved_on: NaiveDate,
    /// The certificate, as canonical JSON.
    pub certificate: String,
    /// SHA-256 of it, in hexadecimal.
    pub digest: String,
    /// The pieces of evidence, as JSON.
    pub evidence: String,
    /// Anything else.
    pub note: Option<String>,
    /// Who entered it.
    pub entered_by: AccountId,
}

/// A transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferRow {
    /// Key.
    pub id: TransferId,
    /// What it says; its state is what became of it.
    pub content: NewTransfer,
    /// The teacher's name.
    pub person_name: String,
    /// Who recognised or refused it.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<UtcMillis>,
    /// Why.
    pub reason: Option<String>,
    /// Row version.
    pub version: i64,
    /// When it was entered.
    pub created_at: UtcMillis,
    /// The entries that were posted.
    pub entries: Vec<HourEntryId>,
}

type Columns = (
    (i32, i64, i64, String, String, String),
    (Option<i32>, String, NaiveDate, String, String, String, Option<String>),
    (i64, Option<i64>, Option<At>, Option<String>, i64, At),
);

macro_rules! transfer_columns {
    () => {
        (
            (t::area, t::id, t::person_id, p::name, t::direction, t::state),
            (t::other_area, t::other_name, t::moved_on, t::certificate, t::digest, t::evidence, t::note),
            (t::entered_by, t::decided_by, t::decided_at, t::reason, t::version, t::created_at),
        )
    };
}

fn row((who, what, after): Columns) -> DbResult<TransferRow> {
    let id: TransferId = columns::id(who.0, who.1)?;
    let area = id.area();
    let content = NewTransfer {
        person: Id::new(area, who.2),
        direction: columns::word("transfers.direction", &who.4)?,
        state: columns::word("transfers.state", &who.5)?,
        other_area: what.0.map(columns::area).transpose()?,
        other_name: what.1,
        moved_on: what.2,
        certificate: what.3,
        digest: what.4,
        evidence: what.5,
        note: what.6,
        entered_by: Id::new(area, after.0),
    };
    Ok(TransferRow {
        id,
        content,
        person_name: who.3,
        decided_by: after.1.map(|number| Id::new(area, number)),
        decided_at: after.2.map(UtcMillis::from),
        reason: after.3,
        version: after.4,
        created_at: after.5.into(),
        entries: Vec::new(),
    })
}

/// What is wanted of the list.
#[derive(Debug, Clone, Default)]
pub struct TransferFilter {
    /// One transfer.
    pub id: Option<TransferId>,
    /// Of one person.
    pub person: Option<PersonId>,
    /// One way.
    pub direction: Option<Direction>,
    /// In one state.
    pub state: Option<TransferState>,
}

type Filtered<'a> = diesel::helper_types::IntoBoxed<'a, t::table, MultiBackend>;

fn filtered<'a>(area: AreaCode, viewer: &Viewer, filter: &TransferFilter) -> Filtered<'a> {
    let mut query = t::table.into_boxed().filter(t::area.eq(area.get()));
    if let Viewer::Schools(numbers, person) = viewer {
        let employed = e::table
            .filter(e::area.eq(area.get()))
            .filter(e::organisation_id.eq_any(numbers.clone()))
            .select(e::person_id);
        query = query.filter(t::person_id.eq_any(employed).or(t::person_id.eq(Viewer::own(*person, area))));
    }
    if let Some(id) = filter.id {
        query = query.filter(t::id.eq(id.number()));
    }
    if let Some(person) = filter.person {
        query = query.filter(t::person_id.eq(person.number()));
    }
    if let Some(direction) = filter.direction {
        query = query.filter(t::direction.eq(direction.as_str()));
    }
    if let Some(state) = filter.state {
        query = query.filter(t::state.eq(state.as_str()));
    }
    query
}

/// Transfers, the latest first, behind `after`.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn list(
    conn: &mut Conn,
    area: AreaCode,
    viewer: &Viewer,
    filter: &TransferFilter,
    after: Option<i64>,
    limit: i64,
) -> DbResult<Vec<TransferRow>> {
    let mut query = filtered(area, viewer, filter).order(t::id.desc()).limit(limit);
    if let Some(number) = after {
        query = query.filter(t::id.lt(number));
    }
    let numbers: Vec<i64> = query.select(t::id).load(conn)?;
    let rows: Vec<Columns> = t::table
        .inner_join(p::table.on(p::area.eq(t::area).and(p::id.eq(t::person_id))))
        .filter(t::area.eq(area.get()))
        .filter(t::id.eq_any(&numbers))
        .order(t::id.desc())
        .select(transfer_columns!())
        .load(conn)?;
    let posted: Vec<(Option<i64>, i64)> = h::table
        .filter(h::area.eq(area.get()))
        .filter(h::source_id.eq_any(&numbers))
        .filter(h::source_kind.eq(SourceKind::Opening.as_str()))
        .filter(h::refers_to.is_null())
        .order(h::id)
        .select((h::source_id, h::id))
        .load(conn)?;
    let mut entries: HashMap<i64, Vec<HourEntryId>> = HashMap::new();
    for (of, number) in posted {
        entries.entry(of.unwrap_or_default()).or_default().push(Id::new(area, number));
    }
    let rows = rows.into_iter().map(|columns| {
        let mut found = row(columns)?;
        found.entries = entries.remove(&found.id.number()).unwrap_or_default();
        Ok(found)
    });
    rows.collect()
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count(conn: &mut Conn, area: AreaCode, viewer: &Viewer, filter: &TransferFilter) -> DbResult<i64> {
    Ok(filtered(area, viewer, filter).count().get_result(conn)?)
}

/// The transfer of a person with this certificate.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn known(conn: &mut Conn, person: PersonId, direction: Direction, digest: &str) -> DbResult<Option<TransferId>> {
    let found: Option<i64> = t::table
        .filter(t::area.eq(person.area().get()))
        .filter(t::person_id.eq(person.number()))
        .filter(t::direction.eq(direction.as_str()))
        .filter(t::digest.eq(digest))
        .select(t::id)
        .first(conn)
        .optional()?;
    Ok(found.map(|number| Id::new(person.area(), number)))
}

/// Whether an area that is served here issued a certificate, and for the same person: somebody with the same identity number.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn issued(conn: &mut Conn, area: AreaCode, digest: &str, person: PersonId) -> DbResult<bool> {
    let (here, number) = person.key();
    let identity: Option<String> = p::table.find((here, number)).select(p::identity_number).first(conn).optional()?;
    let Some(identity) = identity else { return Ok(false) };
    let issued = t::table
        .inner_join(p::table.on(p::area.eq(t::area).and(p::id.eq(t::person_id))))
        .filter(t::area.eq(area.get()))
        .filter(t::direction.eq(Direction::Out.as_str()))
        .filter(t::digest.eq(digest))
        .filter(p::identity_number.eq(identity));
    let found: Option<i64> = issued.select(t::id).first(conn).optional()?;
    Ok(found.is_some())
}

/// Enters a transfer.
///
/// # Errors
/// [`crate::DbError::Duplicate`] where its certificate was entered already: the transaction runs again and sees it.
pub fn add(tx: &mut WriteTx<'_>, new: &NewTransfer) -> DbResult<TransferId> {
    let id = tx.new_id::<Transfer>(new.person.area());
    let at = tx.at().naive();
    diesel::insert_into(t::table)
        .values((
            t::area.eq(id.area().get()),
            t::id.eq(id.number()),
            t::person_id.eq(new.person.number()),
            t::direction.eq(new.direction.as_str()),
            t::state.eq(new.state.as_str()),
            t::other_area.eq(new.other_area.map(AreaCode::get)),
            t::other_name.eq(&new.other_name),
            t::moved_on.eq(new.moved_on),
            t::certificate.eq(&new.certificate),
            t::digest.eq(&new.digest),
            t::evidence.eq(&new.evidence),
            t::note.eq(new.note.as_deref()),
            t::entered_by.eq(new.entered_by.number()),
            t::version.eq(1_i64),
            t::created_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// Decides on a transfer that waits.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn decide(
    tx: &mut WriteTx<'_>,
    before: &TransferRow,
    state: TransferState,
    by: AccountId,
    reason: &str,
) -> DbResult<Saved> {
    let at = tx.at().naive();
    let waiting = t::table.find(before.id.key()).filter(t::version.eq(before.version));
    let rows = diesel::update(waiting.filter(t::state.eq(TransferState::Waiting.as_str())))
        .set((
            t::state.eq(state.as_str()),
            t::decided_by.eq(Some(by.number())),
            t::decided_at.eq(Some(at)),
            t::reason.eq(Some(reason)),
            t::version.eq(before.version + 1),
        ))
        .execute(tx.conn())?;
    Ok(if rows == 1 { Saved::Done } else { Saved::Stale })
}
