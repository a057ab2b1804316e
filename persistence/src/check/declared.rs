//! What the migrations declare, read from their text: whatever is checked of all keys and triggers is checked of new ones too.

use crate::Conn;
use std::collections::{BTreeMap, BTreeSet};

include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ForeignKey {
    /// The table that refers.
    pub table: &'static str,
    /// Its columns, with commas between them.
    pub columns: &'static str,
    /// The table referred to.
    pub target: &'static str,
    /// The columns there.
    pub keys: &'static str,
}

/// Every foreign key as the last migration leaves it, the same on both databases.
pub fn foreign_keys() -> BTreeSet<ForeignKey> {
    let mut found = BTreeMap::new();
    // On PostgreSQL a table is never made anew to change it, so that each key is of the table it is written for. A comment may
    // hold any sign, so that lines are looked at and not statements.
    let mut table = "";
    for line in POSTGRES.iter().flat_map(|step| step.lines()).filter(|line| !line.trim_start().starts_with("--")) {
        table = named_after(line, "CREATE TABLE ").or_else(|| named_after(line, "ALTER TABLE ")).unwrap_or(table);
        if let Some(dropped) = named_after(line, "DROP CONSTRAINT ") {
            found.remove(dropped.trim_end_matches([',', ';']));
        }
        let Some((_, key)) = line.split_once("FOREIGN KEY (") else { continue };
        let Some(name) = named_after(line, "CONSTRAINT ") else { continue };
        let Some((columns, rest)) = key.split_once(") REFERENCES ") else { continue };
        let Some((target, rest)) = rest.split_once(" (") else { continue };
        let Some((keys, _)) = rest.split_once(')') else { continue };
        found.insert(name, ForeignKey { table, columns, target, keys });
    }
    found.into_values().collect()
}

/// The triggers of a database like this one. All of them refuse changes.
pub fn triggers(conn: &Conn) -> BTreeSet<&'static str> {
    let steps = match conn {
        Conn::Sqlite(_) => SQLITE,
        Conn::Postgres(_) => POSTGRES,
    };
    let lines = steps.iter().flat_map(|step| step.lines());
    lines.filter_map(|line| named_after(line, "CREATE TRIGGER ")).collect()
}

/// The word behind `words`.
fn named_after(text: &'static str, words: &str) -> Option<&'static str> {
    text.split_once(words).and_then(|(_, rest)| rest.split([' ', '\n']).next())
}
