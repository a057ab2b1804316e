//! Programmes, their sessions and units: every session takes applications now and is held on a day after the window.

use super::{AREA, FIRST_SESSION, INSTITUTION, Sql, numbers, run};
use crate::fault::Outcome;
use shixun_persistence::Conn;

/// Days from today to the first session.
const LEAD_DAYS: i64 = 14;

pub(super) fn seed(conn: &mut Conn, sql: &Sql) -> Outcome<()> {
    for day in 0..sql.county.days {
        one_day(conn, sql, day)?;
    }
    Ok(())
}

/// The sessions of one day are at the same hours, so that a teacher can have one of them. No two have the same content.
fn one_day(conn: &mut Conn, sql: &Sql, day: i64) -> Outcome<()> {
    let (made, first, seats) = (sql.made_at(), FIRST_SESSION + day * sql.county.sessions_a_day, sql.county.seats);
    let held = sql.day(LEAD_DAYS + day)?;
    let (opens, closes) = (sql.day(-1)?, sql.day(LEAD_DAYS - 3)?);
    let held_on = sql.date(&format!("'{held}'"));
    let at = |text: String| sql.instant(&format!("'{text}'"));
    let rows = numbers(sql.county.sessions_a_day);
    run(
        conn,
        &format!(
            "INSERT INTO programmes (area, id, organisation_id, name, search_name, kind, level, delivery_form, route, themes, aims, curriculum, \
             audience, hours, practice_hours, content_key, class_head, budget, state, version, created_at, updated_at) \
             {rows} SELECT {AREA}, {first} + i, {INSTITUTION}, '课堂教学改进专题培训' || ({first} + i), '课堂教学改进专题培训' || ({first} + i), \
             'short_course', 'county', 'topical', 'self_selected', ',subject,', '改进课堂教学', '[]', '{{}}', 600, 200, 'load-' || ({first} + i), \
             '班主任', 1000000, 'approved', 1, {made}, {made} FROM n"
        ),
    )?;
    run(
        conn,
        &format!(
            "INSERT INTO sessions (area, id, programme_id, name, state, seats, seats_taken, queue_places, queue_taken, applications_open_at, \
             applications_close_at, withdraw_until, starts_on, ends_on, published_at, version, created_at, updated_at) \
             {rows} SELECT {AREA}, {first} + i, {first} + i, '第' || i || '期', 'published', {seats}, 0, 0, 0, {}, {}, {}, {held_on}, {held_on}, \
             {made}, 1, {made}, {made} FROM n",
            at(format!("{opens} 00:00:00")),
            at(format!("{closes} 09:00:00")),
            at(format!("{closes} 09:00:00")),
        ),
    )?;
    run(
        conn,
        &format!(
            "INSERT INTO units (area, id, session_id, starts_at, ends_at, place, content, lecturer_name, hours, version, created_at, updated_at) \
             {rows} SELECT {AREA}, {first} + i, {first} + i, {}, {}, '进修学校' || i || '教室', '课堂观察与研讨', '王老师', 600, 1, {made}, {made} FROM n",
            at(format!("{held} 01:00:00")),
            at(format!("{held} 08:00:00")),
        ),
    )
}
