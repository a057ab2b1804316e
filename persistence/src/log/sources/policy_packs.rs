//! Policy packs, from their publication on.

use super::{Published, Which, maybe_shown, numbered, shown, wanted};
use crate::{Conn, DbResult, db::At, schema::policy_packs as t};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{AreaCode, UtcMillis, id, log::Json, policy::PackState};

#[derive(Queryable)]
struct Row {
    _area: i32,
    id: i64,
    code: String,
    edition: i32,
    _state: String,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    document: String,
    digest: String,
    created_by: Option<i64>,
    created_at: At,
    published_by: Option<i64>,
    published_at: Option<At>,
    _version: i64,
    // The document, which is in the leaf, says it.
    _organisation_id: Option<i64>,
}

pub(super) fn rows(conn: &mut Conn, area: AreaCode, which: Which<'_>) -> DbResult<Vec<Published>> {
    // A pack that is in the log stays published; what became of it otherwise is for its hash to tell.
    let query = wanted!(t, area, which);
    let rows: Vec<Row> = query.filter(t::state.eq(PackState::Published.as_str())).load(conn)?;
    Ok(rows.into_iter().map(|row| published(area, row)).collect())
}

pub(super) fn numbers(conn: &mut Conn, area: AreaCode, after: i64) -> DbResult<Vec<i64>> {
    Ok(numbered!(t, area, after).filter(t::state.eq(PackState::Published.as_str())).load(conn)?)
}

fn published(area: AreaCode, row: Row) -> Published {
    let instant = |at: At| UtcMillis::from(at).to_string();
    Published {
        number: row.id,
        id: shown::<id::PolicyPack>(area, row.id),
        content: Json::object([
            ("code", Json::Text(row.code)),
            ("edition", Json::Whole(row.edition.into())),
            ("valid_from", Json::text(row.valid_from.to_string())),
            ("valid_to", Json::maybe(row.valid_to.map(|day| day.to_string()))),
            ("document", Json::Text(row.document)),
            ("digest", Json::Text(row.digest)),
            ("created_by", maybe_shown::<id::Account>(area, row.created_by)),
            ("created_at", Json::Text(instant(row.created_at))),
            ("published_by", maybe_shown::<id::Account>(area, row.published_by)),
            ("published_at", Json::maybe(row.published_at.map(instant))),
        ]),
    }
}
