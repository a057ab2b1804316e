//! Records of the event log.

use super::{Published, Which, numbered, shown, wanted};
use crate::{Conn, DbResult, db::At, events::account, schema::event_log as t};
use diesel::prelude::*;
use shixun_domain::{AreaCode, UtcMillis, id, log::Json};

#[derive(Queryable)]
struct Row {
    _area: i32,
    id: i64,
    at: At,
    actor_id: Option<i64>,
    on_behalf_of: Option<i64>,
    action: String,
    object_kind: String,
    object_id: String,
    before: Option<String>,
    after: Option<String>,
    request_id: String,
    address: Option<String>,
    actor_area: Option<i32>,
    on_behalf_of_area: Option<i32>,
}

pub(super) fn rows(conn: &mut Conn, area: AreaCode, which: Which<'_>) -> DbResult<Vec<Published>> {
    let rows: Vec<Row> = wanted!(t, area, which).load(conn)?;
    rows.into_iter().map(|row| published(area, row)).collect()
}

pub(super) fn numbers(conn: &mut Conn, area: AreaCode, after: i64) -> DbResult<Vec<i64>> {
    Ok(numbered!(t, area, after).load(conn)?)
}

fn published(area: AreaCode, row: Row) -> DbResult<Published> {
    let shown_account = |number, elsewhere| -> DbResult<Json> {
        Ok(Json::maybe(account(area, number, elsewhere)?.map(|account| account.to_string())))
    };
    Ok(Published {
        number: row.id,
        id: shown::<id::Event>(area, row.id),
        content: Json::object([
            ("at", Json::text(UtcMillis::from(row.at).to_string())),
            ("actor_id", shown_account(row.actor_id, row.actor_area)?),
            ("on_behalf_of", shown_account(row.on_behalf_of, row.on_behalf_of_area)?),
            ("action", Json::Text(row.action)),
            ("object_kind", Json::Text(row.object_kind)),
            ("object_id", Json::Text(row.object_id)),
            // As they are kept, letter by letter: JSON within a text.
            ("before", Json::maybe(row.before)),
            ("after", Json::maybe(row.after)),
            ("request_id", Json::Text(row.request_id)),
            ("address", Json::maybe(row.address)),
        ]),
    })
}
