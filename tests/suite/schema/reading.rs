//! What a database says about its own schema, one sentence a thing, in the same words for both databases.

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use shixun_persistence::{Conn, db::DatabaseKind};
use std::collections::{BTreeMap, BTreeSet};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(conn: &mut Conn, sql: &str) -> Vec<String> {
    let rows: Vec<Line> = sql_query(sql).load(conn).unwrap_or_else(|error| panic!("{error}: {sql}"));
    rows.into_iter().map(|row| row.line).collect()
}

/// The tables, without SQLite's own and without the book of the migrations.
const SQLITE_TABLES: &str = "SELECT name AS line FROM sqlite_master
     WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'";

const SQLITE_LINES: [&str; 5] = [
    "SELECT 'column ' || t.name || '.' || c.name || ' '
            || replace(replace(lower(c.type), 'date text', 'date'), 'timestamp text', 'timestamp') || iif(c.\"notnull\", ' not null', '')
            || coalesce(' default ' || c.dflt_value, '') AS line
       FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'",
    "SELECT 'primary key ' || name || ' (' || columns || ')' AS line FROM (
         SELECT t.name AS name, group_concat(c.name, ', ' ORDER BY c.pk) AS columns
           FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND c.pk > 0 GROUP BY t.name)",
    "SELECT 'unique ' || name || ' (' || columns || ')' AS line FROM (
         SELECT t.name AS name, i.name AS inside, group_concat(c.name, ', ' ORDER BY c.seqno) AS columns
           FROM sqlite_master t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
          WHERE t.type = 'table' AND i.origin = 'u' GROUP BY t.name, i.name)",
    "SELECT 'index ' || name || '.' || inside || ' (' || columns || ')' || iif(partial, ' on some rows', '')
            || iif(only_once, ' unique', '') AS line FROM (
         SELECT t.name AS name, i.name AS inside, i.partial AS partial, i.\"unique\" AS only_once,
                group_concat(c.name || iif(c.\"desc\", ' descending', ''), ', ' ORDER BY c.seqno) AS columns
           FROM sqlite_master t JOIN pragma_index_list(t.name) i JOIN pragma_index_xinfo(i.name) c
          WHERE t.type = 'table' AND i.origin = 'c' AND c.key = 1 GROUP BY t.name, i.name)",
    "SELECT type || ' ' || tbl_name || '.' || name AS line FROM sqlite_master WHERE type IN ('trigger', 'view')",
];

const SQLITE_FOREIGN_KEYS: &str = "SELECT 'foreign key ' || name || ' (' || mine || ') to ' || other || ' (' || theirs || ')'
            || iif(on_delete = 'NO ACTION', '', ' on delete ' || lower(on_delete))
            || iif(on_update = 'NO ACTION', '', ' on update ' || lower(on_update)) AS line FROM (
         SELECT t.name AS name, f.\"table\" AS other, f.on_delete AS on_delete, f.on_update AS on_update,
                group_concat(f.\"from\", ', ' ORDER BY f.seq) AS mine, group_concat(f.\"to\", ', ' ORDER BY f.seq) AS theirs
           FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table' GROUP BY t.name, f.id)";

const SQLITE_TEXTS: &str = "SELECT name || ' ' || sql AS line FROM sqlite_master WHERE type = 'table'";

const POSTGRES_TABLES: &str = "SELECT relname::text AS line FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT LIKE '\\_\\_diesel%'";

const POSTGRES_LINES: [&str; 6] = [
    "SELECT 'column ' || t.relname || '.' || a.attname || ' '
            || replace(format_type(a.atttypid, a.atttypmod), 'timestamp without time zone', 'timestamp')
            || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
            || coalesce(' default ' || replace(pg_get_expr(d.adbin, d.adrelid), '::text', ''), '') AS line
       FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
       LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
      WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r'",
    "SELECT CASE k.contype WHEN 'p' THEN 'primary key ' ELSE 'unique ' END || t.relname || ' ('
            || (SELECT string_agg(a.attname, ', ' ORDER BY place) FROM unnest(k.conkey) WITH ORDINALITY AS o (number, place)
                  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = number) || ')' AS line
       FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
      WHERE t.relnamespace = 'public'::regnamespace AND k.contype IN ('p', 'u')",
    "SELECT 'index ' || t.relname || '.' || i.relname || ' ('
            || (SELECT string_agg(a.attname || CASE WHEN x.indoption[place - 1] & 1 = 1 THEN ' descending' ELSE '' END, ', ' ORDER BY place)
                  FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS o (number, place)
                  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = number) || ')'
            || CASE WHEN x.indpred IS NOT NULL THEN ' on some rows' ELSE '' END
            || CASE WHEN x.indisunique THEN ' unique' ELSE '' END AS line
       FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
      WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r'
        AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u'))",
    "SELECT 'trigger ' || t.relname || '.' || g.tgname AS line FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
      WHERE t.relnamespace = 'public'::regnamespace AND NOT g.tgisinternal",
    "SELECT 'view ' || relname || '.' || relname AS line FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')",
    "SELECT 'function ' || proname AS line FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
];

const POSTGRES_FOREIGN_KEYS: &str = "SELECT 'foreign key ' || t.relname || ' ('
            || (SELECT string_agg(a.attname, ', ' ORDER BY place) FROM unnest(k.conkey) WITH ORDINALITY AS o (number, place)
                  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = number)
            || ') to ' || r.relname || ' ('
            || (SELECT string_agg(a.attname, ', ' ORDER BY place) FROM unnest(k.confkey) WITH ORDINALITY AS o (number, place)
                  JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = number) || ')'
            || CASE k.confdeltype WHEN 'a' THEN '' WHEN 'r' THEN ' on delete restrict' WHEN 'c' THEN ' on delete cascade'
                    WHEN 'n' THEN ' on delete set null' ELSE ' on delete set default' END
            || CASE k.confupdtype WHEN 'a' THEN '' WHEN 'r' THEN ' on update restrict' WHEN 'c' THEN ' on update cascade'
                    WHEN 'n' THEN ' on update set null' ELSE ' on update set default' END AS line
       FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid
      WHERE t.relnamespace = 'public'::regnamespace AND k.contype = 'f'";

/// Every constraint by its name. A CHECK comes with its definition, whose literals are compared.
const POSTGRES_CONSTRAINTS: &str =
    "SELECT t.relname || ' CONSTRAINT ' || k.conname || ' ' || pg_get_constraintdef(k.oid) AS line
       FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
      WHERE t.relnamespace = 'public'::regnamespace AND k.contype IN ('p', 'u', 'f', 'c')";

/// The schema of a database.
pub struct Schema {
    /// One sentence a thing.
    pub sentences: BTreeSet<String>,
    /// Names of the tables.
    pub tables: BTreeSet<String>,
}

/// Columns of one table, in order.
pub type Columns = (String, Vec<String>);

impl Schema {
    /// Reads it.
    pub fn of(conn: &mut Conn) -> Schema {
        let kind = conn.kind();
        let (tables, texts, more) = match kind {
            DatabaseKind::Sqlite => (SQLITE_TABLES, SQLITE_TEXTS, &SQLITE_LINES[..]),
            DatabaseKind::Postgres => (POSTGRES_TABLES, POSTGRES_CONSTRAINTS, &POSTGRES_LINES[..]),
        };
        let foreign_keys = match kind {
            DatabaseKind::Sqlite => SQLITE_FOREIGN_KEYS,
            DatabaseKind::Postgres => POSTGRES_FOREIGN_KEYS,
        };
        let tables: BTreeSet<String> = lines(conn, tables).into_iter().collect();
        let mut sentences: BTreeSet<String> = tables.iter().map(|table| format!("table {table}")).collect();
        for text in lines(conn, texts) {
            sentences.extend(constraints(&text));
        }
        for sql in more.iter().chain([&foreign_keys]) {
            sentences.extend(lines(conn, sql));
        }
        // The migrations' own book is not part of the schema.
        sentences.retain(|sentence| !sentence.contains("__diesel"));
        Schema { sentences, tables }
    }

    /// How many rows each table has, as sentences.
    pub fn rows(&self, conn: &mut Conn) -> BTreeSet<String> {
        let count = |table: &String| format!("SELECT '{table} has ' || count(*) || ' rows' AS line FROM {table}");
        self.tables.iter().flat_map(|table| lines(conn, &count(table))).collect()
    }

    /// The columns of every foreign key.
    pub fn foreign_keys(&self) -> Vec<Columns> {
        self.listed("foreign key ")
    }

    /// The columns of every key and index that holds all rows.
    pub fn indexes(&self) -> BTreeMap<String, Vec<Vec<String>>> {
        let mut found: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
        for kind in ["primary key ", "unique ", "index "] {
            for (table, columns) in self.listed(kind) {
                found.entry(table).or_default().push(columns);
            }
        }
        found
    }

    fn listed(&self, kind: &str) -> Vec<Columns> {
        let whole = self.sentences.iter().filter(|sentence| !sentence.ends_with(" on some rows"));
        whole
            .filter_map(|sentence| sentence.strip_prefix(kind))
            .map(|rest| {
                let (name, columns) = rest.split_once(" (").unwrap();
                let columns = columns.split(')').next().unwrap().split(", ");
                let columns = columns.map(|column| column.trim_end_matches(" descending").to_owned());
                (name.split('.').next().unwrap().to_owned(), columns.collect())
            })
            .collect()
    }
}

/// The named constraints in a text that begins with the table. Of a CHECK, the literals in it too, so that a word that only
/// one database allows is seen; how each writes the rest of an expression differs too much.
fn constraints(text: &str) -> Vec<String> {
    let table = text.split_whitespace().next().unwrap();
    let parts = text.split("CONSTRAINT ").skip(1);
    parts
        .map(|part| {
            let (name, definition) = part.split_once(' ').unwrap();
            if definition.starts_with("CHECK") {
                let literals: BTreeSet<&str> = definition.split('\'').skip(1).step_by(2).collect();
                format!("check {table}.{name} {literals:?}")
            } else {
                format!("constraint {table}.{name}")
            }
        })
        .collect()
}
