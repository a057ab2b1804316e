//! What the migrations declare, read from their text: whatever is checked of all keys and triggers is checked of new ones too.

use crate::Conn;
use std::collections::BTreeSet;

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

/// Every foreign key, the same on both databases.
pub fn foreign_keys() -> BTreeSet<ForeignKey> {
    let mut found = BTreeSet::new();
    // On PostgreSQL a table is never made anew to change it, so that each statement names the table it leaves behind.
    for statement in POSTGRES.iter().flat_map(|step| step.split(';')) {
        let Some(table) = named_after(statement, "CREATE TABLE ").or_else(|| named_after(statement, "ALTER TABLE "))
        else {
            continue;
        };
        for key in statement.split("FOREIGN KEY (").skip(1) {
            let Some((columns, rest)) = key.split_once(") REFERENCES ") else { continue };
            let Some((target, rest)) = rest.split_once(" (") else { continue };
            let Some((keys, _)) = rest.split_once(')') else { continue };
            found.insert(ForeignKey { table, columns, target, keys });
        }
    }
    found
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
