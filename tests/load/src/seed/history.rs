//! Hour entries. They are numbered as a ledger grows: one entry of everybody, then the next of everybody, so that what one
//! teacher's statement needs lies scattered over the table.

use super::{AREA, CYCLE_BEGINS, FIRST_ENTRY, FIRST_SCHOOL, FIRST_TEACHER, Sql, run};
use crate::fault::Outcome;
use chrono::Datelike;
use shixun_persistence::Conn;

/// Route, form, level, theme, what it is called, hundredths of hours: eight a year, 72 hours, with an online one that a cap
/// cuts and two of the school's own.
const KINDS: [(&str, &str, &str, &str, &str, i64); 8] = [
    ("self_selected", "topical", "county", "subject", "学科教学专题培训", 900),
    ("self_selected", "lecture", "county", "ethics", "师德专题讲座", 300),
    ("mandated", "topical", "county", "practice", "指令性专题培训", 1_200),
    ("school_based", "school_based", "school", "subject", "校本研修", 900),
    ("self_selected", "online", "province", "it", "网络研修", 1_500),
    ("school_based", "school_based", "school", "class_head", "班主任工作坊", 900),
    ("self_selected", "study_trip", "city", "subject", "外出考察", 600),
    ("mandated", "blended", "county", "it", "信息技术能力提升", 900),
];

pub(super) fn seed(conn: &mut Conn, sql: &Sql) -> Outcome<()> {
    let kinds = KINDS.iter().cycle();
    for (number, kind) in (0..sql.county.past).zip(kinds) {
        let year = CYCLE_BEGINS + i32::try_from(number / 8)? % 5;
        one_each(conn, sql, number, year, kind)?;
    }
    let (route, form, level, theme, title, _) = KINDS.first().copied().unwrap_or_default();
    for number in 0..sql.county.this_year {
        one_each(conn, sql, sql.county.past + number, sql.today.year(), &(route, form, level, theme, title, 400))?;
    }
    Ok(())
}

fn one_each(
    conn: &mut Conn,
    sql: &Sql,
    number: i64,
    year: i32,
    (route, form, level, theme, title, hundredths): &(&str, &str, &str, &str, &str, i64),
) -> Outcome<()> {
    let (made, schools) = (sql.made_at(), sql.county.schools());
    let first = FIRST_ENTRY + number * sql.county.teachers;
    // One of the 40 is the block of 90 hours that a cycle asks for.
    let (block, hundredths) = if number == 10 { ("'block-1'", 9_000) } else { ("NULL", *hundredths) };
    let month = number % 6 + 1;
    let day = sql.date(&format!("'{year}-0{month}-' || (10 + p.id % 18)"));
    run(
        conn,
        &format!(
            "INSERT INTO hour_entries (area, id, person_id, kind, route, delivery_form, level, themes, circumstances, block_key, title, \
             source_kind, source_key, nominal, attended, factor, credited, practice, effective_on, evidence, policy, organisation_id, \
             organisation_name, teacher_title, subject, created_at) \
             SELECT {AREA}, {first} + p.id - {FIRST_TEACHER}, p.id, 'posted', '{route}', '{form}', '{level}', '{theme}', '', {block}, \
             '{title}（{year}年第{number}项）', 'record', 'load-{number}', {hundredths}, {hundredths}, 100, {hundredths}, 0, {day}, '证书编号' || p.id, \
             'ZJ-2016 v1, 331123 v1', {FIRST_SCHOOL} + (p.id - {FIRST_TEACHER}) % {schools}, \
             '第' || ((p.id - {FIRST_TEACHER}) % {schools}) || '小学', 'first', '语文', {made} \
             FROM persons p WHERE p.area = {AREA} ORDER BY p.id"
        ),
    )
}
