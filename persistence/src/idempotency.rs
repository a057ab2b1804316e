//! The kept answers of commands, so that a retry has one effect.

use crate::{
    Conn, DbResult, WriteTx,
    db::{At, Counted, Together, each, kept},
    events::{self, NewEvent},
    schema::idempotency_keys as t,
};
use diesel::prelude::*;
use shixun_domain::{
    UtcMillis,
    id::{AccountId, Event},
};

/// How long an answer is kept, in milliseconds (24 hours).
pub const KEPT_MILLIS: i64 = 24 * 3_600_000;

/// An answer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// SHA-256 of the request, in hexadecimal.
    pub request_hash: String,
    /// HTTP status.
    pub status: i32,
    /// JSON text.
    pub body: String,
    /// Entity tag.
    pub etag: Option<String>,
    /// Place of a new object.
    pub location: Option<String>,
}

type Row = (String, i32, String, Option<String>, Option<String>, At);

/// The answer kept under a key that is not older than a day.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn find(conn: &mut Conn, account: AccountId, key: &str, now: UtcMillis) -> DbResult<Option<KeptAnswer>> {
    let row: Option<Row> = each!(conn, k => kept!(t::table
            .find((account.area().get(), account.number(), key))
            .select((t::request_hash, t::status, t::body, t::etag, t::location, t::created_at)))
        .get_result(k)
        .optional())?;
    Ok(row.filter(|row| UtcMillis::from(row.5).plus_millis(KEPT_MILLIS) > now).map(
        |(request_hash, status, body, etag, location, _)| KeptAnswer { request_hash, status, body, etag, location },
    ))
}

/// What became of a kept answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is kept.
    New,
    /// Another process answered the same key meanwhile: this effect must not stay.
    Taken,
}

/// The INSERT of a kept answer; `kept!` or a part of a `Together`.
macro_rules! insertion {
    ($account:expr, $key:expr, $answer:expr, $at:expr) => {
        diesel::insert_into(t::table)
            .values((
                t::area.eq($account.area().get()),
                t::account_id.eq($account.number()),
                t::idempotency_key.eq($key),
                t::request_hash.eq(&$answer.request_hash),
                t::status.eq($answer.status),
                t::body.eq(&$answer.body),
                t::etag.eq($answer.etag.as_deref()),
                t::location.eq($answer.location.as_deref()),
                t::created_at.eq(At::from($at)),
            ))
            .on_conflict_do_nothing()
    };
}

/// Keeps an answer in the transaction of its effect, behind the last record of the event log, where there is one.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn keep(
    tx: &mut WriteTx<'_>,
    account: AccountId,
    key: &str,
    answer: &KeptAnswer,
    event: Option<&NewEvent<'_>>,
) -> DbResult<Kept> {
    let at = tx.at();
    let is_new = match event {
        None => insert(tx, account, key, answer)?,
        Some(event) => {
            let id = tx.new_id::<Event>(event.area);
            match tx.conn() {
                Conn::Postgres(k) => {
                    let both = Together(
                        Counted(events::insertion!(id, at, event)),
                        Counted(insertion!(account, key, answer, at)),
                    );
                    kept!(both).get_result::<(Option<i64>, i64)>(k)?.1 == 1
                }
                Conn::Sqlite(k) => {
                    kept!(events::insertion!(id, at, event)).written(k)?;
                    kept!(insertion!(account, key, answer, at)).written(k)? == 1
                }
            }
        }
    };
    if is_new {
        return Ok(Kept::New);
    }
    // Taken, perhaps by an answer that nobody may ask for any more.
    let stale = at.plus_millis(-KEPT_MILLIS).naive();
    diesel::delete(t::table.find((account.area().get(), account.number(), key)).filter(t::created_at.le(stale)))
        .execute(tx.conn())?;
    Ok(if insert(tx, account, key, answer)? { Kept::New } else { Kept::Taken })
}

fn insert(tx: &mut WriteTx<'_>, account: AccountId, key: &str, answer: &KeptAnswer) -> DbResult<bool> {
    let at = tx.at();
    let rows = each!(tx.conn(), k => kept!(insertion!(account, key, answer, at)).written(k))?;
    Ok(rows == 1)
}

/// Forgets answers older than a day, at most `limit` of them, and says how many went.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn forget_old(tx: &mut WriteTx<'_>, limit: i64) -> DbResult<usize> {
    let stale = tx.at().plus_millis(-KEPT_MILLIS).naive();
    let old: Vec<(i32, i64, String)> = t::table
        .filter(t::created_at.le(stale))
        .select((t::area, t::account_id, t::idempotency_key))
        .limit(limit)
        .load(tx.conn())?;
    for (area, account, key) in &old {
        diesel::delete(t::table.find((*area, *account, key))).execute(tx.conn())?;
    }
    Ok(old.len())
}
