//! Entries of the hour ledger.

use super::{Published, Which, hundredths, maybe_shown, numbered, shown, wanted};
use crate::{
    Conn, DbResult,
    db::{At, Day},
    schema::hour_entries as t,
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{AreaCode, UtcMillis, id, log::Json};

/// A row with its words as they stand, so that one that was changed to nonsense still has a hash.
#[derive(Queryable)]
struct Row {
    _area: i32,
    id: i64,
    person_id: i64,
    kind: String,
    refers_to: Option<i64>,
    route: String,
    delivery_form: String,
    level: String,
    themes: String,
    circumstances: String,
    block_key: Option<String>,
    title: String,
    source_kind: String,
    source_area: Option<i32>,
    source_id: Option<i64>,
    source_key: String,
    nominal: i64,
    attended: i64,
    factor: i32,
    credited: i64,
    practice: i64,
    effective_on: Day,
    evidence: Option<String>,
    policy: String,
    recognised_by: Option<i64>,
    organisation_id: Option<i64>,
    organisation_name: Option<String>,
    teacher_title: Option<String>,
    subject: Option<String>,
    reason: Option<String>,
    created_at: At,
    recognised_by_area: Option<i32>,
}

pub(super) fn rows(conn: &mut Conn, area: AreaCode, which: Which<'_>) -> DbResult<Vec<Published>> {
    let rows: Vec<Row> = wanted!(t, area, which).load(conn)?;
    Ok(rows.into_iter().map(|row| published(area, row)).collect())
}

pub(super) fn numbers(conn: &mut Conn, area: AreaCode, after: i64) -> DbResult<Vec<i64>> {
    Ok(numbered!(t, area, after).load(conn)?)
}

/// Who recognised it. An area that is none changes the hash as any other change does.
fn recogniser(area: AreaCode, of: Option<i32>, number: Option<i64>) -> Json {
    match of.map(AreaCode::new) {
        None => maybe_shown::<id::Account>(area, number),
        Some(Ok(of)) if number.is_some() => maybe_shown::<id::Account>(of, number),
        Some(_) => Json::text(format!("{of:?} {number:?}")),
    }
}

fn published(area: AreaCode, row: Row) -> Published {
    let themes = row.themes.split(',').filter(|theme| !theme.is_empty()).map(Json::text).collect();
    Published {
        number: row.id,
        id: shown::<id::HourEntry>(area, row.id),
        content: Json::object([
            ("teacher_id", Json::Text(shown::<id::Teacher>(area, row.person_id))),
            ("kind", Json::Text(row.kind)),
            ("refers_to", maybe_shown::<id::HourEntry>(area, row.refers_to)),
            ("effective_on", Json::text(NaiveDate::from(row.effective_on).to_string())),
            ("title", Json::Text(row.title)),
            ("route", Json::Text(row.route)),
            ("delivery_form", Json::Text(row.delivery_form)),
            ("level", Json::Text(row.level)),
            ("themes", Json::List(themes)),
            ("circumstances", Json::Text(row.circumstances)),
            ("block_key", Json::maybe(row.block_key)),
            ("source", Json::Text(row.source_kind)),
            ("source_area", Json::maybe(row.source_area.map(|code| code.to_string()))),
            ("source_id", Json::maybe(row.source_id.map(|number| number.to_string()))),
            ("source_key", Json::Text(row.source_key)),
            ("nominal", hundredths(row.nominal)),
            ("attended", hundredths(row.attended)),
            ("factor", hundredths(row.factor.into())),
            ("credited", hundredths(row.credited)),
            ("practice", hundredths(row.practice)),
            ("evidence", Json::maybe(row.evidence)),
            ("policy", Json::Text(row.policy)),
            ("recognised_by", recogniser(area, row.recognised_by_area, row.recognised_by)),
            ("organisation_id", maybe_shown::<id::Organisation>(area, row.organisation_id)),
            ("organisation_name", Json::maybe(row.organisation_name)),
            ("teacher_title", Json::maybe(row.teacher_title)),
            ("subject", Json::maybe(row.subject)),
            ("reason", Json::maybe(row.reason)),
            ("created_at", Json::text(UtcMillis::from(row.created_at).to_string())),
        ]),
    }
}
