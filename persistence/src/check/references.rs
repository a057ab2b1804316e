//! References that lead nowhere. The databases keep them; a copy restored in parts, or a session with the keys switched off,
//! does not.

use super::{
    Checked,
    declared::{ForeignKey, foreign_keys},
    found,
};
use crate::{Conn, DbResult};

/// Tables whose rows are found by other columns than `id`.
const KEYED_OTHERWISE: &[(&str, &str, &str)] = &[
    ("idempotency_keys", "t.area", "t.account_id"),
    ("areas", "t.code", "0"),
    ("log_heads", "t.area", "t.size"),
    ("log_leaves", "t.area", "t.position"),
    ("log_nodes", "t.area", "t.position"),
    ("log_checkpoints", "t.area", "t.size"),
    ("log_cosignatures", "t.area", "t.size"),
    ("certificate_counters", "t.area", "0"),
    ("past_facts", "t.area", "t.person_id"),
    ("entry_claims", "t.area", "t.entry_id"),
];

pub(super) fn check(conn: &mut Conn) -> DbResult<Checked> {
    let mut checked = Checked::new("references", "whatever a row refers to is there");
    for ForeignKey { table, columns, target, keys } in foreign_keys() {
        let own: Vec<&str> = columns.split(", ").collect();
        let pairs = own.iter().zip(keys.split(", "));
        let joined: Vec<String> = pairs.map(|(own, key)| format!("r.{key} = t.{own}")).collect();
        let given: Vec<String> = own.iter().map(|column| format!("t.{column} IS NOT NULL")).collect();
        let missing = keys.split(", ").next().unwrap_or("area");
        let (area, id) = KEYED_OTHERWISE
            .iter()
            .find(|(other, ..)| *other == table)
            .map_or(("t.area", "t.id"), |(_, area, id)| (*area, *id));
        let statement = format!(
            "SELECT {area} AS area, CAST({id} AS BIGINT) AS id, '' AS detail FROM {table} t LEFT JOIN {target} r ON {} \
             WHERE {} AND r.{missing} IS NULL ORDER BY 1, 2",
            joined.join(" AND "),
            given.join(" AND ")
        );
        for row in found(conn, &statement)? {
            checked.add(
                || format!("{table} {}/{}", row.area, row.id),
                || format!("({columns}) refers to {target} that are not there"),
            );
        }
    }
    Ok(checked)
}
