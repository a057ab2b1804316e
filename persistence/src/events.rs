//! The event log: who did what to which object, on whose behalf, from where, before and after. Append-only.

use crate::{
    Conn, DbResult, Order, WriteTx, columns,
    db::{self, At, each, kept},
    schema::event_log as t,
};
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    id::{AccountId, Event, EventId},
};

/// A record to be written in the transaction of its effect.
#[derive(Debug, Clone)]
pub struct NewEvent<'a> {
    /// The area that owns the object.
    pub area: AreaCode,
    /// Who did it; nobody where the program did it by itself.
    pub actor: Option<AccountId>,
    /// For whom, where somebody acts for another.
    pub on_behalf_of: Option<AccountId>,
    /// What was done: a verb, such as `approve`.
    pub action: &'a str,
    /// What kind of object, such as `programme`.
    pub object_kind: &'a str,
    /// Which one, as the API shows it.
    pub object_id: &'a str,
    /// JSON of what stood before.
    pub before: Option<&'a str>,
    /// JSON of what stands now.
    pub after: Option<&'a str>,
    /// The request.
    pub request_id: &'a str,
    /// The address it came from.
    pub address: &'a str,
}

impl<'a> NewEvent<'a> {
    /// What the operator did to an object from the command line, where no account is known.
    pub fn of_operator(area: AreaCode, action: &'a str, object_kind: &'a str, object_id: &'a str) -> NewEvent<'a> {
        NewEvent {
            area,
            actor: None,
            on_behalf_of: None,
            action,
            object_kind,
            object_id,
            before: None,
            after: None,
            request_id: "command line",
            address: "",
        }
    }
}

/// A record of the log.
#[derive(Debug, Clone)]
pub struct EventRecord {
    /// Its identifier, rising with time.
    pub id: EventId,
    /// When.
    pub at: UtcMillis,
    /// Who, of whatever area.
    pub actor: Option<AccountId>,
    /// For whom.
    pub on_behalf_of: Option<AccountId>,
    /// What was done.
    pub action: String,
    /// To what kind of object.
    pub object_kind: String,
    /// To which one.
    pub object_id: String,
    /// JSON before.
    pub before: Option<String>,
    /// JSON after.
    pub after: Option<String>,
    /// The request.
    pub request_id: String,
    /// The address.
    pub address: Option<String>,
}

/// The INSERT of one record; `kept!` or a part of a `Together`.
macro_rules! insertion {
    ($id:expr, $at:expr, $event:expr) => {{
        use $crate::schema::event_log as t;
        diesel::insert_into(t::table).values((
            t::area.eq($event.area.get()),
            t::id.eq($id.number()),
            t::at.eq($crate::db::At::from($at)),
            t::actor_id.eq($event.actor.map(|actor| actor.number())),
            t::on_behalf_of.eq($event.on_behalf_of.map(|account| account.number())),
            t::action.eq($event.action),
            t::object_kind.eq($event.object_kind),
            t::object_id.eq($event.object_id),
            t::before.eq($event.before),
            t::after.eq($event.after),
            t::request_id.eq($event.request_id),
            t::address.eq($event.address),
            t::actor_area.eq($crate::events::area_elsewhere($event.area, $event.actor)),
            t::on_behalf_of_area.eq($crate::events::area_elsewhere($event.area, $event.on_behalf_of)),
        ))
    }};
}
pub(crate) use insertion;

/// The area of an account, where it is another than that of the record: a record of the own area's needs none.
pub(crate) fn area_elsewhere(area: AreaCode, account: Option<AccountId>) -> Option<i32> {
    account.map(|account| account.area()).filter(|own| *own != area).map(AreaCode::get)
}

/// The account behind a number in a record of `area`.
pub(crate) fn account(area: AreaCode, number: Option<i64>, elsewhere: Option<i32>) -> DbResult<Option<AccountId>> {
    let Some(number) = number else { return Ok(None) };
    let area = elsewhere.map_or(Ok(area), columns::area)?;
    Ok(Some(Id::new(area, number)))
}

/// Appends a record.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn append(tx: &mut WriteTx<'_>, event: &NewEvent<'_>) -> DbResult<EventId> {
    let (id, at) = (tx.new_id::<Event>(event.area), tx.at());
    each!(tx.conn(), k => kept!(insertion!(id, at, event)).written(k))?;
    Ok(id)
}

/// Appends the records of one command over many objects: `event` with another object and other texts each time.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn append_many(tx: &mut WriteTx<'_>, event: &NewEvent<'_>, objects: &[ObjectChange]) -> DbResult<()> {
    let at = tx.at().naive();
    for chunk in objects.chunks(CHUNK) {
        let ids: Vec<i64> = chunk.iter().map(|_| tx.new_id::<Event>(event.area).number()).collect();
        let values: Vec<_> = ids
            .iter()
            .zip(chunk)
            .map(|(id, object)| {
                (
                    t::area.eq(event.area.get()),
                    t::id.eq(*id),
                    t::at.eq(at),
                    t::actor_id.eq(event.actor.map(|actor| actor.number())),
                    t::on_behalf_of.eq(event.on_behalf_of.map(|account| account.number())),
                    t::action.eq(object.action),
                    t::object_kind.eq(event.object_kind),
                    t::object_id.eq(&object.object_id),
                    t::before.eq(object.before.as_deref()),
                    t::after.eq(object.after.as_deref()),
                    t::request_id.eq(event.request_id),
                    t::address.eq(event.address),
                    t::actor_area.eq(area_elsewhere(event.area, event.actor)),
                    t::on_behalf_of_area.eq(area_elsewhere(event.area, event.on_behalf_of)),
                )
            })
            .collect();
        each!(tx.conn(), conn => diesel::insert_into(t::table).values(&values).execute(conn))?;
    }
    Ok(())
}

/// One object of a command over many.
#[derive(Debug, Clone)]
pub struct ObjectChange {
    /// What was done to it.
    pub action: &'static str,
    /// Which one, as the API shows it.
    pub object_id: String,
    /// JSON of what stood before.
    pub before: Option<String>,
    /// JSON of what stands now.
    pub after: Option<String>,
}

/// Records in one INSERT: fourteen values each stay below SQLite's 32,766.
const CHUNK: usize = 1_000;

/// What is wanted of the log.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Records of one object.
    pub object_id: Option<String>,
    /// Records of one request.
    pub request_id: Option<String>,
    /// Records of one action.
    pub action: Option<String>,
    /// Records of what one account did.
    pub actor: Option<AccountId>,
    /// Records of one kind of object.
    pub object_kind: Option<String>,
    /// Records of this instant and later ones.
    pub from: Option<UtcMillis>,
    /// Records before this instant.
    pub before: Option<UtcMillis>,
}

type Row = (
    i32,
    i64,
    At,
    Option<i64>,
    Option<i64>,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    String,
    Option<String>,
    Option<i32>,
    Option<i32>,
);

type Filtered<'a> = diesel::helper_types::IntoBoxed<'a, t::table, crate::db::MultiBackend>;

fn filtered<'a>(area: AreaCode, filter: &EventFilter) -> Filtered<'a> {
    let mut query = t::table.into_boxed().filter(t::area.eq(area.get()));
    if let Some(object) = &filter.object_id {
        query = query.filter(t::object_id.eq(object.clone()));
    }
    if let Some(request) = &filter.request_id {
        query = query.filter(t::request_id.eq(request.clone()));
    }
    if let Some(action) = &filter.action {
        query = query.filter(t::action.eq(action.clone()));
    }
    if let Some(kind) = &filter.object_kind {
        query = query.filter(t::object_kind.eq(kind.clone()));
    }
    if let Some(actor) = filter.actor {
        query = query.filter(t::actor_id.eq(actor.number()));
        query = match area_elsewhere(area, filter.actor) {
            None => query.filter(t::actor_area.is_null()),
            Some(elsewhere) => query.filter(t::actor_area.eq(elsewhere)),
        };
    }
    if let Some(from) = filter.from {
        // An identifier is never older than its record, so that the key finds where to begin.
        query = query.filter(t::id.ge(db::first_of(from))).filter(t::at.ge(from.naive()));
    }
    if let Some(before) = filter.before {
        query = query.filter(t::at.lt(before.naive()));
    }
    query
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count(conn: &mut Conn, area: AreaCode, filter: &EventFilter) -> DbResult<i64> {
    Ok(filtered(area, filter).count().get_result(conn)?)
}

/// Records of an area in the order in which they were written, or the other way round, behind `after` where it is given.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn list(
    conn: &mut Conn,
    area: AreaCode,
    filter: &EventFilter,
    order: Order,
    after: Option<i64>,
    limit: i64,
) -> DbResult<Vec<EventRecord>> {
    let query = filtered(area, filter).limit(limit);
    let query = match order {
        Order::Ascending => query.order(t::id.asc()).filter(t::id.gt(after.unwrap_or(i64::MIN))),
        Order::Descending => query.order(t::id.desc()).filter(t::id.lt(after.unwrap_or(i64::MAX))),
    };
    let rows: Vec<Row> = query.load(conn)?;
    rows.into_iter().map(record).collect()
}

/// Records of all areas about one kind of object behind `after`, by area and number.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn of_kind(conn: &mut Conn, object_kind: &str, after: Option<EventId>, limit: i64) -> DbResult<Vec<EventRecord>> {
    let (area, number) = after.map_or((i32::MIN, i64::MIN), |id| id.key());
    let rows: Vec<Row> = t::table
        .filter(t::object_kind.eq(object_kind))
        .filter(t::area.gt(area).or(t::area.eq(area).and(t::id.gt(number))))
        .order((t::area, t::id))
        .limit(limit)
        .load(conn)?;
    rows.into_iter().map(record).collect()
}

fn record(row: Row) -> DbResult<EventRecord> {
    let id: EventId = columns::id(row.0, row.1)?;
    Ok(EventRecord {
        id,
        at: row.2.into(),
        actor: account(id.area(), row.3, row.12)?,
        on_behalf_of: account(id.area(), row.4, row.13)?,
        action: row.5,
        object_kind: row.6,
        object_id: row.7,
        before: row.8,
        after: row.9,
        request_id: row.10,
        address: row.11,
    })
}
