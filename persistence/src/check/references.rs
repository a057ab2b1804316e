//! References that lead nowhere. The databases keep them; a copy restored in parts, or a session with the keys switched off,
//! does not.

use super::{Checked, found};
use crate::{Conn, DbResult};

/// Every foreign key of the schema: table, columns, table referred to, columns.
pub(super) const ALL: &[(&str, &str, &str, &str)] = &[
    ("areas", "parent", "areas", "code"),
    ("organisations", "area", "areas", "code"),
    ("organisations", "area, parent_id", "organisations", "area, id"),
    ("persons", "area", "areas", "code"),
    ("employments", "area, person_id", "persons", "area, id"),
    ("employments", "area, organisation_id", "organisations", "area, id"),
    ("titles_held", "area, person_id", "persons", "area, id"),
    ("teaching_assignments", "area, person_id", "persons", "area, id"),
    ("posts_held", "area, person_id", "persons", "area, id"),
    ("posts_held", "area, organisation_id", "organisations", "area, id"),
    ("leave_spells", "area, person_id", "persons", "area, id"),
    ("accounts", "area", "areas", "code"),
    ("accounts", "area, person_id", "persons", "area, id"),
    ("role_grants", "area, account_id", "accounts", "area, id"),
    ("role_grants", "area, organisation_id", "organisations", "area, id"),
    ("role_grants", "area, granted_by", "accounts", "area, id"),
    ("refresh_tokens", "area, account_id", "accounts", "area, id"),
    ("policy_packs", "area", "areas", "code"),
    ("policy_packs", "area, created_by", "accounts", "area, id"),
    ("policy_packs", "area, published_by", "accounts", "area, id"),
    ("policy_packs", "area, organisation_id", "organisations", "area, id"),
    ("hour_entries", "area, person_id", "persons", "area, id"),
    ("hour_entries", "area, refers_to", "hour_entries", "area, id"),
    ("hour_entries", "area, recognised_by", "accounts", "area, id"),
    ("hour_entries", "area, organisation_id", "organisations", "area, id"),
    ("waivers", "area, person_id", "persons", "area, id"),
    ("waiver_steps", "area, waiver_id", "waivers", "area, id"),
    ("filing_windows", "area", "areas", "code"),
    ("programmes", "area, organisation_id", "organisations", "area, id"),
    ("programmes", "area, submitted_by", "accounts", "area, id"),
    ("programmes", "area, decided_by", "accounts", "area, id"),
    ("programmes", "area, created_by", "accounts", "area, id"),
    ("sessions", "area, programme_id", "programmes", "area, id"),
    ("units", "area, session_id", "sessions", "area, id"),
    ("units", "area, lecturer_id", "persons", "area, id"),
    ("unit_changes", "area, unit_id", "units", "area, id"),
    ("unit_changes", "area, changed_by", "accounts", "area, id"),
    ("enrolments", "area, session_id", "sessions", "area, id"),
    ("enrolments", "person_area, person_id", "persons", "area, id"),
    ("enrolments", "person_area, organisation_id", "organisations", "area, id"),
    ("attendance", "area, unit_id", "units", "area, id"),
    ("attendance", "area, enrolment_id", "enrolments", "area, id"),
    ("attendance", "area, recorded_by", "accounts", "area, id"),
    ("imports", "area", "areas", "code"),
    ("imports", "area, created_by", "accounts", "area, id"),
    ("idempotency_keys", "area, account_id", "accounts", "area, id"),
    ("jobs", "area", "areas", "code"),
    ("jobs", "area, requested_by", "accounts", "area, id"),
    ("event_log", "area", "areas", "code"),
    ("log_heads", "area", "areas", "code"),
    ("log_leaves", "area", "log_heads", "area"),
    ("log_nodes", "area", "log_heads", "area"),
    ("log_checkpoints", "area", "log_heads", "area"),
    ("log_cosignatures", "area, size", "log_checkpoints", "area, size"),
    ("certificate_counters", "area", "areas", "code"),
    ("credential_keys", "area", "areas", "code"),
    ("certificates", "area, person_id", "persons", "area, id"),
    ("certificates", "area, issued_by", "accounts", "area, id"),
    ("certificate_revocations", "area, id", "certificates", "area, id"),
    ("certificate_revocations", "area, revoked_by", "accounts", "area, id"),
    ("frozen_reports", "area", "areas", "code"),
    ("frozen_reports", "area, proposed_by", "accounts", "area, id"),
    ("frozen_reports", "area, settled_by", "accounts", "area, id"),
    ("outside_records", "area, person_id", "persons", "area, id"),
    ("outside_records", "area, organisation_id", "organisations", "area, id"),
    ("outside_records", "area, entered_by", "accounts", "area, id"),
    ("outside_records", "area, examined_by", "accounts", "area, id"),
    ("outside_records", "area, decided_by", "accounts", "area, id"),
    ("record_steps", "area, record_id", "outside_records", "area, id"),
    ("record_steps", "area, account_id", "accounts", "area, id"),
    ("transfers", "area, person_id", "persons", "area, id"),
    ("transfers", "other_area", "areas", "code"),
    ("transfers", "area, entered_by", "accounts", "area, id"),
    ("transfers", "area, decided_by", "accounts", "area, id"),
    ("disputes", "area, person_id", "persons", "area, id"),
    ("disputes", "area, entry_id", "hour_entries", "area, id"),
    ("disputes", "area, opened_by", "accounts", "area, id"),
    ("disputes", "area, decided_by", "accounts", "area, id"),
    ("disputes", "area, reversal_id", "hour_entries", "area, id"),
    ("disputes", "area, replacement_id", "hour_entries", "area, id"),
];

/// Tables whose rows are found by other columns than `id`.
const KEYED_OTHERWISE: [(&str, &str, &str); 8] = [
    ("idempotency_keys", "t.area", "t.account_id"),
    ("areas", "t.code", "0"),
    ("log_heads", "t.area", "t.size"),
    ("log_leaves", "t.area", "t.position"),
    ("log_nodes", "t.area", "t.position"),
    ("log_checkpoints", "t.area", "t.size"),
    ("log_cosignatures", "t.area", "t.size"),
    ("certificate_counters", "t.area", "0"),
];

pub(super) fn check(conn: &mut Conn) -> DbResult<Checked> {
    let mut checked = Checked::new("references", "whatever a row refers to is there");
    for (table, columns, target, keys) in ALL {
        let own: Vec<&str> = columns.split(", ").collect();
        let pairs = own.iter().zip(keys.split(", "));
        let joined: Vec<String> = pairs.map(|(own, key)| format!("r.{key} = t.{own}")).collect();
        let given: Vec<String> = own.iter().map(|column| format!("t.{column} IS NOT NULL")).collect();
        let missing = keys.split(", ").next().unwrap_or("area");
        let (area, id) = KEYED_OTHERWISE
            .iter()
            .find(|(other, ..)| other == table)
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

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn every_foreign_key_of_the_schema_is_checked() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations/sqlite");
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir()) {
            let text = std::fs::read_to_string(entry.path().join("up.sql")).unwrap();
            for table in text.split("CREATE TABLE ").skip(1) {
                let name = table.split(' ').next().unwrap();
                for key in table.split("FOREIGN KEY (").skip(1) {
                    let (columns, rest) = key.split_once(") REFERENCES ").unwrap();
                    let (target, rest) = rest.split_once(" (").unwrap();
                    let keys = rest.split(')').next().unwrap();
                    found.push((name.to_owned(), columns.to_owned(), target.to_owned(), keys.to_owned()));
                }
            }
        }
        let own = |text: &str| text.to_owned();
        let checked: Vec<_> = ALL.iter().map(|(a, b, c, d)| (own(a), own(b), own(c), own(d))).collect();
        let unchecked: Vec<_> = found.iter().filter(|key| !checked.contains(key)).collect();
        let gone: Vec<_> = checked.iter().filter(|key| !found.contains(key)).collect();
        assert!(unchecked.is_empty() && gone.is_empty(), "add to ALL: {unchecked:?}; take out of ALL: {gone:?}");
    }
}
