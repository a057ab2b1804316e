//! The schema itself: the same on both databases, every foreign key with an index, every step with its way back.

mod reading;

use crate::harness::database::{Database, Kind, postgres_is_here};
use diesel::RunQueryDsl;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
pub(crate) use reading::Schema;
use shixun_persistence::{
    Conn,
    check::declared::{foreign_keys, triggers},
    db::{migrate, revert_last},
};
use std::{collections::BTreeSet, path::Path};

/// What only one database has, and why.
const ONE_SIDED: [(&str, &str); 3] = [
    (
        "trigger ",
        "one trigger of PostgreSQL refuses UPDATE and DELETE, and one TRUNCATE, which SQLite does not have; on SQLite a trigger has one event",
    ),
    ("function refuse_change", "a trigger of PostgreSQL calls a function"),
    ("index hour_entries.ix_hour_entries_year", "the entries of a person are neighbours in the table on SQLite"),
];

/// The databases that can be asked here.
fn kinds() -> impl Iterator<Item = Kind> {
    [Kind::Sqlite, Kind::Postgres].into_iter().filter(|kind| *kind == Kind::Sqlite || postgres_is_here())
}

fn migrated(kind: Kind) -> Schema {
    let database = Database::fresh(kind);
    Schema::of(&mut database.url().connect(false).unwrap())
}

/// What a trigger protects: its table.
fn protected(schema: &Schema) -> BTreeSet<&str> {
    let triggers = schema.sentences.iter().filter_map(|sentence| sentence.strip_prefix("trigger "));
    triggers.map(|name| name.split('.').next().unwrap()).collect()
}

#[test]
fn both_databases_have_the_same_schema() {
    if !postgres_is_here() {
        return;
    }
    let (sqlite, postgres) = (migrated(Kind::Sqlite), migrated(Kind::Postgres));
    assert!(sqlite.tables.len() > 20, "{:?}", sqlite.tables);
    for kind in ["column ", "primary key ", "unique ", "foreign key ", "check ", "constraint ", "index ", "trigger "] {
        for (name, schema) in [("SQLite", &sqlite), ("PostgreSQL", &postgres)] {
            let found = schema.sentences.iter().any(|sentence| sentence.starts_with(kind));
            assert!(found, "the catalogue of {name} was read without any {kind}");
        }
    }
    let differences: Vec<String> = sqlite
        .sentences
        .symmetric_difference(&postgres.sentences)
        .filter(|sentence| !ONE_SIDED.iter().any(|(start, _)| sentence.starts_with(start)))
        .map(|sentence| {
            format!("only {}: {sentence}", if sqlite.sentences.contains(sentence) { "SQLite" } else { "PostgreSQL" })
        })
        .collect();
    assert!(differences.is_empty(), "give both folders of migrations/ the same: {differences:#?}");
    assert_eq!(protected(&sqlite), protected(&postgres), "triggers protect the same tables");
}

/// Whether a text has an `IN` with more than two words.
fn has_list(text: &str) -> bool {
    text.split(" IN (").skip(1).any(|rest| rest.split(')').next().is_some_and(|words| words.matches(',').count() > 1))
}

#[test]
fn no_check_of_sqlite_builds_a_table_for_each_row_that_is_written() {
    assert!(has_list("CHECK (a IN ('b', 'c', 'd'))") && !has_list("CHECK (a IN ('b', 'c') OR a IN ('d', 'e'))"));
    let mut conn = Database::fresh(Kind::Sqlite).url().connect(false).unwrap();
    #[derive(diesel::QueryableByName)]
    struct Table {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
        #[diesel(sql_type = diesel::sql_types::Text)]
        sql: String,
    }
    let all = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL";
    let tables: Vec<Table> = diesel::sql_query(all).load(&mut conn).unwrap();
    let slow: Vec<&str> = tables.iter().filter(|table| has_list(&table.sql)).map(|table| table.name.as_str()).collect();
    assert!(slow.is_empty(), "write the words with OR (migrations/README.md): {slow:?}");
}

#[test]
fn days_and_instants_are_text_for_sqlite() {
    let mut conn = Database::fresh(Kind::Sqlite).url().connect(false).unwrap();
    let bare = "SELECT count(*) AS rows FROM sqlite_schema t JOIN pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\' AND c.type IN ('DATE', 'TIMESTAMP')";
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        rows: i64,
    }
    let count: Count = diesel::sql_query(bare).get_result(&mut conn).unwrap();
    assert_eq!(count.rows, 0, "write DATE TEXT and TIMESTAMP TEXT (migrations/README.md)");
}

#[test]
fn every_foreign_key_has_an_index_that_begins_with_its_columns() {
    for kind in kinds() {
        let schema = migrated(kind);
        let indexes = schema.indexes();
        let covered = |columns: &[String], index: &[String]| {
            let leading: BTreeSet<&String> = index.iter().take(columns.len()).collect();
            leading == columns.iter().collect::<BTreeSet<_>>()
        };
        let bare: Vec<String> = schema
            .foreign_keys()
            .into_iter()
            .filter(|(table, columns)| !indexes[table].iter().any(|index| covered(columns, index)))
            .map(|(table, columns)| format!("{table} {columns:?}"))
            .collect();
        assert!(
            bare.is_empty(),
            "on {kind:?} deleting or changing what these point to reads the whole table: {bare:#?}"
        );
    }
}

#[test]
fn the_checks_look_at_every_key_and_trigger_that_is_there() {
    for kind in kinds() {
        let database = Database::fresh(kind);
        let mut conn = database.url().connect(false).unwrap();
        let schema = Schema::of(&mut conn);
        let there = |start: &str| -> BTreeSet<&str> {
            schema.sentences.iter().filter_map(|sentence| sentence.strip_prefix(start)).collect()
        };
        let keys: Vec<String> = foreign_keys()
            .iter()
            .map(|key| format!("{} ({}) to {} ({})", key.table, key.columns, key.target, key.keys))
            .collect();
        assert_eq!(there("foreign key "), keys.iter().map(String::as_str).collect(), "{kind:?}");
        let names: BTreeSet<&str> = there("trigger ").iter().map(|name| name.split('.').nth(1).unwrap()).collect();
        assert_eq!(names, triggers(&conn), "{kind:?}");
    }
}

/// The root of the workspace.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Runs the next step of a folder; false where there is none.
fn step_up(conn: &mut Conn) -> bool {
    let steps = |folder: &str| FileBasedMigrations::from_path(root().join("migrations").join(folder)).unwrap();
    match conn {
        Conn::Sqlite(inner) => {
            let steps = steps("sqlite");
            let more = inner.has_pending_migration(steps.clone()).unwrap();
            if more {
                inner.run_next_migration(steps).unwrap();
            }
            more
        }
        Conn::Postgres(inner) => {
            let steps = steps("postgres");
            let more = inner.has_pending_migration(steps.clone()).unwrap();
            if more {
                inner.run_next_migration(steps).unwrap();
            }
            more
        }
    }
}

/// Schema and number of rows.
fn level(conn: &mut Conn) -> BTreeSet<String> {
    let schema = Schema::of(conn);
    let rows = schema.rows(conn);
    schema.sentences.into_iter().chain(rows).collect()
}

#[test]
fn every_step_down_undoes_its_step_up() {
    for kind in kinds() {
        let database = Database::blank(kind);
        let mut conn = database.url().connect(true).unwrap();
        let mut seen = vec![level(&mut conn)];
        assert!(seen[0].is_empty(), "{kind:?} {:?}", seen[0]);
        while step_up(&mut conn) {
            seen.push(level(&mut conn));
        }
        let top = seen.last().unwrap().clone();
        assert!(seen.len() > 3);
        for before in seen.iter().rev().skip(1) {
            let step = revert_last(&mut conn).unwrap();
            let left: Vec<_> = level(&mut conn).symmetric_difference(before).cloned().collect();
            assert!(left.is_empty(), "{kind:?}: the down.sql of {step} leaves a difference: {left:#?}");
        }
        assert!(revert_last(&mut conn).is_err(), "nothing is left to take back");
        migrate(&mut conn).unwrap();
        assert_eq!(level(&mut conn), top, "{kind:?}: what was taken back can be done again");
    }
}

/// Runs SQL that both databases understand.
fn run(conn: &mut Conn, statement: &str) -> diesel::QueryResult<usize> {
    diesel::sql_query(statement).execute(conn)
}

#[test]
fn packs_stay_as_they_were_when_schools_may_have_some_and_there_is_no_way_back_while_one_has() {
    for kind in kinds() {
        let database = Database::fresh(kind);
        let mut conn = database.url().connect(false).unwrap();
        while !revert_last(&mut conn).unwrap().ends_with("000009") {}
        let columns = "area, id, code, edition, state, valid_from, document, digest, created_at, published_at, version";
        let row = |id: i64| {
            format!(
                "331123, {id}, 'SX', {id}, 'published', '2016-01-01', '{{}}', 'x', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1"
            )
        };
        run(&mut conn, &format!("INSERT INTO policy_packs ({columns}) VALUES ({})", row(1))).unwrap();
        migrate(&mut conn).unwrap();
        let kept = "UPDATE policy_packs SET version = version WHERE state = 'published' AND organisation_id IS NULL";
        assert!(
            run(&mut conn, kept).unwrap_err().to_string().contains("append-only"),
            "{kind:?}: the row is there, and guarded"
        );
        run(
            &mut conn,
            "INSERT INTO organisations (area, id, kind, code, name, search_name, path, stage, small_class, version, created_at, updated_at) \
             VALUES (331123, 7, 'school', '2133000001', '小学', '小学', '/7/', 'primary', FALSE, 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00')",
        )
        .unwrap();
        let for_school = |organisation: i64| {
            format!("INSERT INTO policy_packs ({columns}, organisation_id) VALUES ({}, {organisation})", row(2))
        };
        assert!(run(&mut conn, &for_school(8)).is_err(), "{kind:?}: a school that is not there");
        run(&mut conn, &for_school(7)).unwrap();
        let refused = loop {
            match revert_last(&mut conn) {
                Ok(step) if step.ends_with("000009") => {
                    panic!("{kind:?}: a school's pack was left to a release that cannot read it")
                }
                Ok(_) => {}
                Err(refused) => break refused.to_string(),
            }
        };
        assert!(refused.contains("ck_no_school_packs"), "{kind:?}: {refused}");
    }
}

/// The sentences that `persistence/src/schema.rs` stands for.
fn declared() -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join("persistence/src/schema.rs")).unwrap();
    let mut sentences = BTreeSet::new();
    let tables = text.split_once("\ntables! {\n").unwrap().1;
    for part in tables.split("\n\n") {
        let mut lines = part.lines().map(str::trim).filter(|line| !line.is_empty());
        let head = lines.next().unwrap().trim_end_matches(" {");
        sentences.insert(format!("primary key {head}"));
        let table = head.split(' ').next().unwrap();
        for line in lines.take_while(|line| *line != "}") {
            let (column, kind) = line.trim_end_matches(',').split_once(" -> ").unwrap();
            let (kind, needed) = match kind.strip_prefix("Nullable<") {
                Some(kind) => (kind.trim_end_matches('>'), ""),
                None => (kind, " not null"),
            };
            let kind = if kind == "Bool" { "boolean".to_owned() } else { kind.to_lowercase() };
            sentences.insert(format!("column {table}.{column} {kind}{needed}"));
        }
    }
    sentences
}

#[test]
fn diesel_sees_the_tables_as_they_are() {
    let declared = declared();
    let schema = migrated(Kind::Sqlite);
    let there: BTreeSet<String> = schema
        .sentences
        .iter()
        .filter(|sentence| sentence.starts_with("column ") || sentence.starts_with("primary key "))
        .map(|sentence| sentence.split(" default ").next().unwrap().to_owned())
        .collect();
    let differences: Vec<_> = there.symmetric_difference(&declared).collect();
    assert!(differences.is_empty(), "persistence/src/schema.rs and migrations/ do not agree: {differences:#?}");
}
