//! The checks that one SQL statement makes, in words that both databases understand.

use super::{Checked, found, shown};
use crate::{Conn, DbResult};
use shixun_domain::{enrolment::EnrolmentStatus, id};

/// A check: what it is called, what it keeps, and the statement that selects `area`, `id` and `detail` of each breach.
pub(super) struct Statement {
    name: &'static str,
    about: &'static str,
    object: fn(i32, i64) -> String,
    sql: String,
}

impl Statement {
    pub(super) fn run(self, conn: &mut Conn) -> DbResult<Checked> {
        let mut checked = Checked::new(self.name, self.about);
        for row in found(conn, &self.sql)? {
            checked.add(|| (self.object)(row.area, row.id), || row.detail);
        }
        Ok(checked)
    }
}

/// The words of some statuses, as SQL lists them.
fn words(wanted: impl Fn(EnrolmentStatus) -> bool) -> String {
    let wanted = EnrolmentStatus::ALL.iter().filter(|status| wanted(**status));
    wanted.map(|status| format!("'{status}'")).collect::<Vec<_>>().join(", ")
}

pub(super) fn statement(
    name: &'static str,
    about: &'static str,
    object: fn(i32, i64) -> String,
    sql: impl Into<String>,
) -> Statement {
    Statement { name, about, object, sql: sql.into() }
}

/// Every check of this kind.
pub(super) fn all() -> Vec<Statement> {
    let mut all = enrolment();
    all.extend(ledger());
    all.extend(super::outside::all());
    all.extend(super::evaluations::all());
    all.extend(people());
    all.extend(others());
    all
}

/// Compares a counter of the session with the enrolments it counts.
fn counter(column: &str, statuses: &str) -> String {
    format!(
        "SELECT s.area, s.id, '{column} is ' || CAST(s.{column} AS TEXT) || ', and ' || CAST(COALESCE(n.held, 0) AS TEXT) \
         || ' enrolments hold one' AS detail \
         FROM sessions s LEFT JOIN (SELECT area, session_id, COUNT(*) AS held FROM enrolments WHERE status IN ({statuses}) \
         GROUP BY area, session_id) n ON n.area = s.area AND n.session_id = s.id \
         WHERE s.{column} <> COALESCE(n.held, 0) ORDER BY s.area, s.id"
    )
}

fn enrolment() -> Vec<Statement> {
    let open = words(EnrolmentStatus::is_open);
    vec![
        statement(
            "seats_taken",
            "the seats taken of a session are the enrolments that hold one",
            shown::<id::Session>,
            counter("seats_taken", &words(EnrolmentStatus::holds_seat)),
        ),
        statement(
            "queue_taken",
            "the places taken in the queue of a session are the enrolments that wait",
            shown::<id::Session>,
            counter("queue_taken", &words(EnrolmentStatus::waits)),
        ),
        statement(
            "seats_within_limits",
            "no session has given away more seats or places in the queue than it has",
            shown::<id::Session>,
            "SELECT area, id, CAST(seats_taken AS TEXT) || ' of ' || CAST(seats AS TEXT) || ' seats, ' || CAST(queue_taken AS TEXT) \
             || ' of ' || CAST(queue_places AS TEXT) || ' places' AS detail FROM sessions \
             WHERE seats_taken < 0 OR seats_taken > seats OR queue_taken < 0 OR queue_taken > queue_places ORDER BY area, id",
        ),
        statement(
            "one_enrolment_per_person",
            "nobody is in a session twice",
            shown::<id::Session>,
            "SELECT area, session_id AS id, 'one person has ' || CAST(COUNT(*) AS TEXT) || ' enrolments' AS detail FROM enrolments \
             GROUP BY area, session_id, person_area, person_id HAVING COUNT(*) > 1 ORDER BY area, session_id",
        ),
        statement(
            "enrolments_fit_session",
            "nobody has completed a session that is not closed, and none is open in one that is closed or cancelled",
            shown::<id::Enrolment>,
            format!(
                "SELECT e.area, e.id, e.status || ' in a session that is ' || s.state AS detail FROM enrolments e \
                 JOIN sessions s ON s.area = e.area AND s.id = e.session_id \
                 WHERE (s.state IN ('closed', 'cancelled') AND e.status IN ({open})) \
                 OR (s.state <> 'closed' AND e.status IN ('completed', 'not_completed', 'expelled')) ORDER BY e.area, e.id"
            ),
        ),
        statement(
            "unit_hours",
            "the units of a session that was published have together the hours of its programme",
            shown::<id::Session>,
            "SELECT s.area, s.id, 'the units have ' || CAST(COALESCE(n.hours, 0) AS TEXT) || ' hundredths of an hour, the programme ' \
             || CAST(p.hours AS TEXT) AS detail FROM sessions s JOIN programmes p ON p.area = s.area AND p.id = s.programme_id \
             LEFT JOIN (SELECT area, session_id, CAST(SUM(hours) AS BIGINT) AS hours FROM units GROUP BY area, session_id) n \
             ON n.area = s.area AND n.session_id = s.id \
             WHERE s.state IN ('published', 'running', 'closed') AND COALESCE(n.hours, 0) <> p.hours ORDER BY s.area, s.id",
        ),
        statement(
            "attendance_of_its_session",
            "attendance is recorded for people of the session that the unit belongs to",
            shown::<id::Attendance>,
            "SELECT a.area, a.id, 'the unit belongs to another session than the enrolment' AS detail FROM attendance a \
             JOIN units u ON u.area = a.area AND u.id = a.unit_id JOIN enrolments e ON e.area = a.area AND e.id = a.enrolment_id \
             WHERE u.session_id <> e.session_id ORDER BY a.area, a.id",
        ),
        statement(
            "closed_sessions_posted",
            "everybody who ended a closed session has exactly one entry of hours from it, corrections aside",
            shown::<id::Enrolment>,
            "SELECT e.area, e.id, e.status || ' with ' || CAST(COALESCE(h.posted, 0) AS TEXT) || ' entries of hours' AS detail \
             FROM enrolments e JOIN sessions s ON s.area = e.area AND s.id = e.session_id \
             LEFT JOIN (SELECT area, person_id, source_area, source_id, COUNT(*) AS posted FROM hour_entries \
             WHERE source_id IS NOT NULL AND source_kind = 'session' AND refers_to IS NULL \
             GROUP BY area, person_id, source_area, source_id) h ON h.area = e.person_area AND h.person_id = e.person_id \
             AND h.source_area = e.area AND h.source_id = e.session_id \
             WHERE s.state = 'closed' AND e.status IN ('completed', 'not_completed', 'expelled') AND COALESCE(h.posted, 0) <> 1 \
             ORDER BY e.area, e.id",
        ),
        statement(
            "session_hours_earned",
            "hours from a session belong to somebody who ended it",
            shown::<id::HourEntry>,
            "SELECT h.area, h.id, CASE WHEN s.id IS NULL THEN 'the session is not there' WHEN s.state <> 'closed' \
             THEN 'the session is ' || s.state WHEN e.id IS NULL THEN 'the person was not enrolled' \
             ELSE 'the enrolment is ' || e.status END AS detail FROM hour_entries h \
             LEFT JOIN sessions s ON s.area = h.source_area AND s.id = h.source_id \
             LEFT JOIN enrolments e ON e.area = h.source_area AND e.session_id = h.source_id AND e.person_area = h.area \
             AND e.person_id = h.person_id \
             WHERE h.source_kind = 'session' AND h.source_id IS NOT NULL AND h.refers_to IS NULL AND (s.id IS NULL \
             OR s.state <> 'closed' OR e.id IS NULL OR e.status NOT IN ('completed', 'not_completed', 'expelled')) \
             ORDER BY h.area, h.id",
        ),
    ]
}

fn ledger() -> Vec<Statement> {
    vec![
        statement(
            "entry_claims",
            "what holds a content in a cycle is pending or stands: it was neither voided nor taken back",
            shown::<id::HourEntry>,
            "SELECT c.area, c.entry_id AS id, 'holds its content and was ' || e.kind AS detail FROM entry_claims c \
             JOIN hour_entries e ON e.area = c.area AND (e.refers_to = c.entry_id OR e.refers_to IN (SELECT p.id FROM hour_entries p \
             WHERE p.area = c.area AND p.refers_to = c.entry_id)) WHERE e.kind = 'voided' OR (e.kind = 'reversed' AND NOT EXISTS \
             (SELECT 1 FROM hour_entries r WHERE r.area = e.area AND r.refers_to = e.id)) ORDER BY c.area, c.entry_id",
        ),
        statement(
            "one_successor",
            "an entry of hours is followed by one other at most: nothing is reversed twice",
            shown::<id::HourEntry>,
            "SELECT area, refers_to AS id, 'followed by ' || CAST(COUNT(*) AS TEXT) || ' entries' AS detail FROM hour_entries \
             WHERE refers_to IS NOT NULL GROUP BY area, refers_to HAVING COUNT(*) > 1 ORDER BY area, refers_to",
        ),
        statement(
            "successors_follow",
            "a reversal follows a posted entry, a voiding a pending one, a posted one at most a pending one or a reversal; all of \
             the same person and, for corrections, of the same day",
            shown::<id::HourEntry>,
            "SELECT e.area, e.id, CASE WHEN e.refers_to IS NULL THEN e.kind || ' follows nothing' \
             WHEN r.id IS NULL THEN 'what it follows is not there' \
             WHEN r.person_id <> e.person_id THEN 'what it follows belongs to somebody else' \
             WHEN r.kind <> 'pending' AND r.effective_on <> e.effective_on THEN 'what it follows belongs to another day' \
             ELSE e.kind || ' follows ' || r.kind END AS detail \
             FROM hour_entries e LEFT JOIN hour_entries r ON r.area = e.area AND r.id = e.refers_to \
             WHERE (e.refers_to IS NULL AND e.kind IN ('voided', 'reversed')) OR (e.refers_to IS NOT NULL AND (r.id IS NULL \
             OR r.person_id <> e.person_id OR (r.kind <> 'pending' AND r.effective_on <> e.effective_on) \
             OR NOT ((e.kind = 'posted' AND r.kind IN ('pending', 'reversed')) OR (e.kind = 'voided' AND r.kind = 'pending') \
             OR (e.kind = 'reversed' AND r.kind = 'posted')))) ORDER BY e.area, e.id",
        ),
        statement(
            "entries_four_eyes",
            "nobody posted hours that were entered by hand and that they entered, and none of their own",
            shown::<id::HourEntry>,
            "SELECT e.area, e.id, CASE WHEN a.person_id = e.person_id THEN 'posted by whose hours they are' \
             ELSE 'posted by who entered it' END AS detail FROM hour_entries e \
             JOIN hour_entries r ON r.area = e.area AND r.id = e.refers_to AND r.kind = 'pending' \
             AND r.source_kind <> 'session' LEFT JOIN accounts a ON a.area = e.area \
             AND COALESCE(e.recognised_by_area, e.area) = e.area AND a.id = e.recognised_by WHERE e.kind = 'posted' \
             AND ((COALESCE(e.recognised_by, 0) = COALESCE(r.recognised_by, 0) \
             AND COALESCE(e.recognised_by_area, e.area) = COALESCE(r.recognised_by_area, r.area)) OR a.person_id = e.person_id) ORDER BY e.area, e.id",
        ),
        statement(
            "reversals_mirror",
            "a reversal takes back exactly what was posted",
            shown::<id::HourEntry>,
            "SELECT e.area, e.id, 'takes back ' || CAST(-e.credited AS TEXT) || ' hundredths of ' || CAST(r.credited AS TEXT) AS detail \
             FROM hour_entries e JOIN hour_entries r ON r.area = e.area AND r.id = e.refers_to WHERE e.kind = 'reversed' \
             AND (e.credited <> -r.credited OR e.nominal <> -r.nominal OR e.attended <> -r.attended OR e.practice <> -r.practice) \
             ORDER BY e.area, e.id",
        ),
        statement(
            "entry_amounts",
            "hours earned are the hours attended by their factor, never below nothing, never more than the course; a voided entry \
             has none",
            shown::<id::HourEntry>,
            "SELECT area, id, kind || ' with nominal ' || CAST(nominal AS TEXT) || ', attended ' || CAST(attended AS TEXT) \
             || ', factor ' || CAST(factor AS TEXT) || ', credited ' || CAST(credited AS TEXT) || ', practice ' \
             || CAST(practice AS TEXT) || ' hundredths' AS detail FROM hour_entries \
             WHERE (kind IN ('pending', 'posted') AND (nominal < 0 OR attended < 0 OR attended > nominal OR factor < 0 \
             OR practice < 0 OR practice > credited OR credited <> attended * factor / 100)) \
             OR (kind = 'voided' AND (credited <> 0 OR practice <> 0)) OR (kind = 'reversed' AND credited > 0) ORDER BY area, id",
        ),
        statement(
            "one_entry_per_source",
            "nobody has two entries of hours of the same source",
            shown::<id::HourEntry>,
            "SELECT area, MIN(id) AS id, CAST(COUNT(*) AS TEXT) || ' entries of the source ' || source_key AS detail \
             FROM hour_entries GROUP BY area, person_id, source_key HAVING COUNT(*) > 1 ORDER BY area, MIN(id)",
        ),
    ]
}

/// Tables with spells, and their columns.
const SPELLS: &[(&str, &str, &str)] = &[
    ("employments", "valid_from", "valid_to"),
    ("titles_held", "valid_from", "valid_to"),
    ("teaching_assignments", "valid_from", "valid_to"),
    ("posts_held", "valid_from", "valid_to"),
    ("leave_spells", "valid_from", "valid_to"),
    ("role_grants", "valid_from", "valid_to"),
    ("policy_packs", "valid_from", "valid_to"),
    ("filing_windows", "opens_on", "closes_on"),
    ("sessions", "starts_on", "ends_on"),
    ("repeat_allowances", "cycle_from", "cycle_to"),
    ("withdrawn_facts", "valid_from", "valid_to"),
];

fn people() -> Vec<Statement> {
    let spells: Vec<String> = SPELLS
        .iter()
        .map(|(table, from, to)| {
            format!(
                "SELECT area, id, '{table}: from ' || CAST({from} AS TEXT) || ' to ' || CAST({to} AS TEXT) AS detail FROM {table} \
                 WHERE {to} < {from}"
            )
        })
        .collect();
    vec![
        statement(
            "one_record_per_person",
            "no two persons of an area have the same identity number",
            shown::<id::Person>,
            "SELECT area, MIN(id) AS id, CAST(COUNT(*) AS TEXT) || ' persons have the same identity number' AS detail FROM persons \
             GROUP BY area, identity_number HAVING COUNT(*) > 1 ORDER BY area, MIN(id)",
        ),
        statement(
            "one_account_per_person",
            "nobody has two accounts, and no two accounts have the same user name",
            shown::<id::Account>,
            "SELECT area, id, detail FROM (SELECT area, MIN(id) AS id, CAST(COUNT(*) AS TEXT) || ' accounts of one person' AS detail \
             FROM accounts WHERE person_id IS NOT NULL GROUP BY area, person_id HAVING COUNT(*) > 1 \
             UNION ALL SELECT MIN(area) AS area, MIN(id) AS id, CAST(COUNT(*) AS TEXT) || ' accounts of one user name' AS detail \
             FROM accounts GROUP BY username HAVING COUNT(*) > 1) f ORDER BY area, id",
        ),
        statement(
            "spells_in_order",
            "nothing ends before it begins",
            |area, id| format!("{area}/{id}"),
            format!("SELECT area, id, detail FROM ({}) f ORDER BY detail, area, id", spells.join(" UNION ALL ")),
        ),
    ]
}

/// The tables of dated facts.
const FACTS: [&str; 5] = ["employments", "titles_held", "teaching_assignments", "posts_held", "leave_spells"];

fn others() -> Vec<Statement> {
    let standing: Vec<String> = FACTS
        .iter()
        .map(|table| {
            format!(
                "SELECT w.area, w.id, 'stands in {table} too' AS detail FROM withdrawn_facts w \
                 JOIN {table} f ON f.area = w.area AND f.id = w.id"
            )
        })
        .collect();
    vec![
        statement(
            "withdrawn_facts",
            "a fact of a person that was withdrawn holds no more",
            shown::<id::PersonFact>,
            format!("SELECT area, id, detail FROM ({}) f ORDER BY area, id", standing.join(" UNION ALL ")),
        ),
        statement(
            "certificates_in_order",
            "the certificates of a person and cycle are numbered from 1 without gaps, so that one of them at most is valid",
            shown::<id::Certificate>,
            "SELECT area, MIN(id) AS id, CAST(COUNT(*) AS TEXT) || ' certificates are numbered up to ' || CAST(MAX(sequence) AS TEXT) \
             AS detail FROM certificates GROUP BY area, person_id, cycle_from \
             HAVING COUNT(*) <> MAX(sequence) OR COUNT(DISTINCT sequence) <> COUNT(*) OR MIN(sequence) <> 1 ORDER BY area, MIN(id)",
        ),
        statement(
            "organisations_below_a_bureau",
            "only a bureau stands without an organisation above it",
            shown::<id::Organisation>,
            "SELECT area, id, 'a ' || kind || ' with nothing above it' AS detail FROM organisations \
             WHERE parent_id IS NULL AND kind <> 'bureau' ORDER BY area, id",
        ),
        statement(
            "one_bureau_at_the_top",
            "one bureau stands at the top of an area",
            shown::<id::Organisation>,
            "SELECT area, MAX(id) AS id, CAST(COUNT(*) AS TEXT) || ' bureaus stand at the top; put all but one below it' AS detail \
             FROM organisations WHERE parent_id IS NULL AND kind = 'bureau' GROUP BY area HAVING COUNT(*) > 1 ORDER BY area",
        ),
        statement(
            "organisation_paths",
            "the path of an organisation is that of its parent and its own number",
            shown::<id::Organisation>,
            "SELECT o.area, o.id, 'has the path ' || o.path || ' below ' || COALESCE(p.path, '/') AS detail FROM organisations o \
             LEFT JOIN organisations p ON p.area = o.area AND p.id = o.parent_id \
             WHERE o.path <> COALESCE(p.path, '/') || CAST(o.id AS TEXT) || '/' ORDER BY o.area, o.id",
        ),
        statement(
            "closed_organisations",
            "nobody is employed at an organisation, or holds a post there, after its last day",
            shown::<id::Organisation>,
            "SELECT o.area, o.id, CAST(COUNT(DISTINCT e.person_id) AS TEXT) || ' are employed there after ' || CAST(o.closed_on AS TEXT) AS detail \
             FROM organisations o JOIN (SELECT area, organisation_id, person_id, valid_to FROM employments \
             UNION ALL SELECT area, organisation_id, person_id, valid_to FROM posts_held) e ON e.area = o.area AND e.organisation_id = o.id \
             WHERE o.closed_on IS NOT NULL AND (e.valid_to IS NULL OR e.valid_to > o.closed_on) \
             GROUP BY o.area, o.id, o.closed_on ORDER BY o.area, o.id",
        ),
        statement(
            "schools_are_described",
            "a school has a code and a stage, and no two organisations of an area have the same code",
            shown::<id::Organisation>,
            "SELECT area, id, detail FROM (SELECT area, id, 'a school without code or stage' AS detail FROM organisations \
             WHERE kind = 'school' AND (code IS NULL OR stage IS NULL) \
             UNION ALL SELECT area, MIN(id) AS id, CAST(COUNT(*) AS TEXT) || ' organisations have the code ' || code AS detail \
             FROM organisations WHERE code IS NOT NULL GROUP BY area, code HAVING COUNT(*) > 1) f ORDER BY area, id",
        ),
        statement(
            "four_eyes",
            "nobody approved a programme that they submitted, or published a pack that they drafted",
            |area, id| format!("{area}/{id}"),
            "SELECT area, id, detail FROM (SELECT area, id, 'a programme approved by who submitted it' AS detail FROM programmes \
             WHERE state = 'approved' AND decided_by = submitted_by \
             UNION ALL SELECT area, id, 'a policy pack published by who drafted it' AS detail FROM policy_packs \
             WHERE state = 'published' AND published_by = created_by) f ORDER BY area, id",
        ),
    ]
}
