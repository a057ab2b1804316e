//! Reports with which cycles were closed, from the confirmation on. The hash of the document stands for its bytes.

use super::{Published, Which, maybe_shown, numbered, shown, wanted};
use crate::{Conn, DbResult, db::At, schema::frozen_reports as t};
use diesel::prelude::*;
use shixun_domain::{AreaCode, UtcMillis, frozen_reports::FreezeState, id, log::Json};

type Row = (i64, String, At, i64, Option<i64>, Option<At>, Option<String>);

pub(super) fn rows(conn: &mut Conn, area: AreaCode, which: Which<'_>) -> DbResult<Vec<Published>> {
    let rows: Vec<Row> = wanted!(t, area, which)
        .filter(t::state.eq(FreezeState::Frozen.as_str()))
        .select((t::id, t::cycle, t::known_at, t::proposed_by, t::settled_by, t::settled_at, t::digest))
        .load(conn)?;
    Ok(rows.into_iter().map(|row| published(area, row)).collect())
}

pub(super) fn numbers(conn: &mut Conn, area: AreaCode, after: i64) -> DbResult<Vec<i64>> {
    Ok(numbered!(t, area, after).filter(t::state.eq(FreezeState::Frozen.as_str())).load(conn)?)
}

fn published(area: AreaCode, (id, cycle, known_at, proposed_by, settled_by, settled_at, digest): Row) -> Published {
    let instant = |at: At| UtcMillis::from(at).to_string();
    Published {
        number: id,
        id: shown::<id::FrozenReport>(area, id),
        content: Json::object([
            ("cycle", Json::Text(cycle)),
            ("known_at", Json::Text(instant(known_at))),
            ("proposed_by", maybe_shown::<id::Account>(area, Some(proposed_by))),
            ("confirmed_by", maybe_shown::<id::Account>(area, settled_by)),
            ("confirmed_at", Json::maybe(settled_at.map(instant))),
            ("document_sha256", Json::maybe(digest)),
        ]),
    }
}
