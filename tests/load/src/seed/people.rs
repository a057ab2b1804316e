//! Organisations, teachers and accounts.

use super::{AREA, BUREAU, FIRST_OFFICE, FIRST_SCHOOL, FIRST_TEACHER, INSTITUTION, OFFICES, Sql, numbers, run};
use crate::fault::Outcome;
use shixun_persistence::Conn;

pub(super) fn seed(conn: &mut Conn, sql: &Sql) -> Outcome<()> {
    organisations(conn, sql)?;
    persons(conn, sql)?;
    accounts(conn, sql)
}

fn organisations(conn: &mut Conn, sql: &Sql) -> Outcome<()> {
    const COLUMNS: &str = "area, id, kind, code, name, search_name, parent_id, path, stage, setting, small_class, version, \
                           created_at, updated_at";
    let (made, schools) = (sql.made_at(), sql.county.schools());
    run(
        conn,
        &format!(
            "INSERT INTO organisations ({COLUMNS}) VALUES \
             ({AREA}, {BUREAU}, 'bureau', NULL, '县教育局', '县教育局', NULL, '/{BUREAU}/', NULL, NULL, FALSE, 1, {made}, {made}), \
             ({AREA}, {INSTITUTION}, 'institution', NULL, '县教师进修学校', '县教师进修学校', {BUREAU}, '/{BUREAU}/{INSTITUTION}/', \
              NULL, NULL, FALSE, 1, {made}, {made})"
        ),
    )?;
    run(
        conn,
        &format!(
            "INSERT INTO organisations ({COLUMNS}) {} SELECT {AREA}, {FIRST_SCHOOL} + i, 'school', \
             '2133' || substr('' || (1000000 + i), 2, 6), '第' || i || '小学', '第' || i || '小学', {BUREAU}, \
             '/{BUREAU}/' || ({FIRST_SCHOOL} + i) || '/', 'primary', CASE i % 3 WHEN 0 THEN 'urban' WHEN 1 THEN 'town' ELSE 'rural' END, \
             FALSE, 1, {made}, {made} FROM n",
            numbers(schools)
        ),
    )
}

/// Weights of GB 11643 for the first 17 digits.
const WEIGHTS: [u8; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// Identity numbers are valid: 500 persons are born on each of 336 days of a year, numbered from 100.
fn persons(conn: &mut Conn, sql: &Sql) -> Outcome<()> {
    let (made, schools) = (sql.made_at(), sql.county.schools());
    let digits = (1_u8..).zip(WEIGHTS);
    let sum: Vec<String> =
        digits.map(|(place, weight)| format!("CAST(substr(head, {place}, 1) AS INTEGER) * {weight}")).collect();
    let two = |expression: &str| format!("substr('' || (100 + {expression}), 2, 2)");
    let (year, month, day) =
        ("(1966 + i / 500 / 336)".to_owned(), two("i / 500 / 28 % 12 + 1"), two("i / 500 % 28 + 1"));
    let letter = |letters: &str, every: i64| format!("substr('{letters}', 1 + i / {every} % 10, 1)");
    let name =
        [letter("赵钱孙李周吴郑王冯陈", 1), letter("伟芳娜敏静丽强磊军洋", 10), letter("华国文玉英平红春建志", 100)]
            .join(" || ");
    run(
        conn,
        &format!(
            "INSERT INTO persons (area, id, name, search_name, identity_number, sex, birth_date, entered_on, version, created_at, updated_at) \
             {}, heads AS (SELECT i, '{AREA}' || {year} || {month} || {day} || (100 + i % 500) AS head, \
             {year} || '-' || {month} || '-' || {day} AS born FROM n) \
             SELECT {AREA}, {FIRST_TEACHER} + i, {name}, {name}, head || substr('10X98765432', 1 + ({}) % 11, 1), \
             CASE i % 2 WHEN 0 THEN 'female' ELSE 'male' END, {}, {}, 1, {made}, {made} FROM heads",
            numbers(sql.county.teachers),
            sum.join(" + "),
            sql.date("born"),
            sql.date("'2010-09-01'"),
        ),
    )?;
    let teacher = format!("p.area = {AREA} ORDER BY p.id");
    let since = sql.date("'2010-09-01'");
    run(
        conn,
        &format!(
            "INSERT INTO employments (area, id, person_id, organisation_id, valid_from, created_at, version) \
             SELECT {AREA}, p.id, p.id, {FIRST_SCHOOL} + (p.id - {FIRST_TEACHER}) % {schools}, {since}, {made}, 1 FROM persons p WHERE {teacher}"
        ),
    )?;
    run(
        conn,
        &format!(
            "INSERT INTO titles_held (area, id, person_id, title, valid_from, created_at, version) \
             SELECT {AREA}, p.id, p.id, CASE p.id % 3 WHEN 0 THEN 'senior' WHEN 1 THEN 'first' ELSE 'second' END, {since}, {made}, 1 \
             FROM persons p WHERE {teacher}"
        ),
    )?;
    run(
        conn,
        &format!(
            "INSERT INTO teaching_assignments (area, id, person_id, stage, subject, valid_from, created_at, version) \
             SELECT {AREA}, p.id, p.id, 'primary', CASE p.id % 3 WHEN 0 THEN '语文' WHEN 1 THEN '数学' ELSE '英语' END, {since}, {made}, 1 \
             FROM persons p WHERE {teacher}"
        ),
    )
}

/// Nobody signs in with a password here: the tool signs tokens as the server would.
const NO_PASSWORD: &str = "$argon2id$v=19$m=8,t=1,p=1$bm9ib2R5c2lnbnNpbg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn accounts(conn: &mut Conn, sql: &Sql) -> Outcome<()> {
    const ACCOUNT: &str =
        "area, id, person_id, username, password_hash, disabled, failed_sign_ins, version, created_at, updated_at";
    const GRANT: &str = "area, id, account_id, organisation_id, role, valid_from, version, created_at";
    let (made, schools) = (sql.made_at(), sql.county.schools());
    let since = sql.date("'2020-01-01'");
    run(
        conn,
        &format!(
            "INSERT INTO accounts ({ACCOUNT}) SELECT {AREA}, p.id, p.id, 'teacher-' || (p.id - {FIRST_TEACHER}), '{NO_PASSWORD}', FALSE, 0, 1, \
             {made}, {made} FROM persons p WHERE p.area = {AREA} ORDER BY p.id"
        ),
    )?;
    run(
        conn,
        &format!(
            "INSERT INTO role_grants ({GRANT}) SELECT {AREA}, p.id, p.id, {FIRST_SCHOOL} + (p.id - {FIRST_TEACHER}) % {schools}, 'teacher', \
             {since}, 1, {made} FROM persons p WHERE p.area = {AREA} ORDER BY p.id"
        ),
    )?;
    let offices = numbers(OFFICES);
    run(
        conn,
        &format!(
            "INSERT INTO accounts ({ACCOUNT}) {offices} SELECT {AREA}, {FIRST_OFFICE} + i, NULL, 'office-' || i, '{NO_PASSWORD}', FALSE, 0, 1, \
             {made}, {made} FROM n"
        ),
    )?;
    run(
        conn,
        &format!(
            "INSERT INTO role_grants ({GRANT}) {offices} SELECT {AREA}, {FIRST_OFFICE} + i, {FIRST_OFFICE} + i, {BUREAU}, 'centre', {since}, 1, \
             {made} FROM n"
        ),
    )
}
