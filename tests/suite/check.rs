//! `shixun check`: every invariant, once kept and once broken behind the program's back.

use crate::harness::{
    County, both,
    database::Kind,
    off_runtime,
    training::{MadeSession, TestSession, TestTeacher, at},
};
use crate::{
    ledger::fixture::sql,
    records::steps::{self as records, at as at_place},
};
use actix_web::http::Method;
use diesel::RunQueryDsl;
use serde_json::json;
use shixun_persistence::check::{self, Checked};
use std::collections::BTreeSet;

/// Every check over the county's data, now.
pub(crate) fn checked(county: &County) -> Vec<Checked> {
    let (db, now) = (county.app.db.clone(), county.clock.now());
    off_runtime(|| db.read_blocking(|conn| check::run(conn, now, |_| {})).unwrap())
}

/// The names of the checks that are broken.
pub(crate) fn broken(checked: &[Checked]) -> BTreeSet<&'static str> {
    checked.iter().filter(|one| one.count > 0).map(|one| one.name).collect()
}

/// The names of the checks that are broken now.
pub(crate) fn broken_now(county: &County) -> BTreeSet<&'static str> {
    broken(&checked(county))
}

/// Runs statements on a connection of its own, on which SQLite keeps no rule it can be told to forget.
pub(crate) fn behind_the_back(county: &County, statements: &[String]) {
    let mut conn = county.database.url().connect(false).unwrap();
    if county.database.kind() == Kind::Sqlite {
        for pragma in
            ["PRAGMA foreign_keys = OFF", "PRAGMA ignore_check_constraints = ON", "PRAGMA legacy_alter_table = ON"]
        {
            diesel::sql_query(pragma).execute(&mut conn).unwrap();
        }
    }
    for statement in statements {
        diesel::sql_query(statement).execute(&mut conn).unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

/// Takes every constraint and trigger from a table.
pub(crate) fn unprotect(kind: Kind, table: &str) -> Vec<String> {
    match kind {
        Kind::Sqlite => vec![
            format!("CREATE TABLE bare AS SELECT * FROM {table}"),
            format!("DROP TABLE {table}"),
            format!("ALTER TABLE bare RENAME TO {table}"),
        ],
        Kind::Postgres => vec![
            format!("ALTER TABLE {table} DISABLE TRIGGER USER"),
            format!(
                "DO $$ DECLARE c record; BEGIN LOOP SELECT conname INTO c FROM pg_constraint \
                 WHERE conrelid = '{table}'::regclass AND contype IN ('c', 'f', 'p', 'u') LIMIT 1; EXIT WHEN NOT FOUND; \
                 EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I CASCADE', c.conname); END LOOP; END $$"
            ),
        ],
    }
}

/// The tables that the breaches below change.
const TABLES: [&str; 21] = [
    "evaluations",
    "certificates",
    "certificate_counters",
    "record_steps",
    "sessions",
    "enrolments",
    "attendance",
    "hour_entries",
    "persons",
    "accounts",
    "employments",
    "titles_held",
    "organisations",
    "programmes",
    "policy_packs",
    "event_log",
    "idempotency_keys",
    "units",
    "outside_records",
    "transfers",
    "disputes",
];

/// A county in which a session was closed, hours were corrected, another was evaluated and hours wait for it, and another session has a seat and a place in the queue taken.
struct Busy {
    closed: MadeSession,
    open: MadeSession,
    teachers: Vec<TestTeacher>,
}

/// Hours that came with a teacher, hours from outside that three people saw, and a dispute about them that was upheld.
async fn outside(county: &mut County) {
    let teacher = county.add_teacher(7, county.schools[0]);
    let number = teacher.person.number();
    sql(county, &format!("UPDATE employments SET valid_from = '2026-01-01' WHERE person_id = {number}")).unwrap();
    let centre = county.sign_in("centre");
    let line = json!({"on": "2025-12-31", "route": "mandated", "delivery_form": "lecture", "level": "county", "themes": [],
        "block_key": null, "hours": "40", "practice": "0"});
    let certificate = json!({"format": "shixun-transfer-1", "area": "331124", "county": "松阳县", "teacher_name": "教师7",
        "moved_on": "2026-01-01", "total": "40", "lines": [line]});
    let path = format!("/v1/teachers/{}/transfers", teacher.person.teacher());
    let coming = crate::records::transfers::issued(county, teacher.person, certificate).await;
    centre.post(&path, coming).await.expect(201);
    let place = at_place(&county.sign_in("school-1").post(&records::of(teacher.person), records::record("K-1")).await);
    records::step(&centre, &place, "examine").await.expect(200);
    let verified = records::step(&county.sign_in("monitor"), &place, "verify").await.expect(200);
    let entry = format!("/v1/hour-entries/{}", verified["hour_entry_id"].as_str().unwrap());
    let opened = county.caller(teacher.account).post(&format!("{entry}/disputes"), json!({"claim": "少记1学时"})).await;
    let bureau = county.sign_in("bureau");
    let uphold = bureau.request(Method::POST, &format!("{}/uphold", at_place(&opened)));
    let body = json!({"reason": "属实", "replacement": {"nominal": "16", "attended": "16"}});
    uphold.header("If-Match", "\"1\"").json(&body).send().await.expect(200);
    let by_hand = json!({"title": "省级研修", "effective_on": "2026-05-03", "route": "mandated", "delivery_form": "lecture",
        "level": "province", "nominal": "12", "reference": "H-1"});
    crate::ledger::fixture::entered(county, teacher.person, by_hand.clone()).await;
    let wrong = crate::catalogue::steps::with(by_hand, json!({"title": "另一研修", "reference": "H-2"}));
    let path = format!("/v1/teachers/{}/hour-entries", teacher.person.teacher());
    let wrong = centre.post(&path, wrong).await.expect(201);
    let void = format!("/v1/hour-entries/{}/void", wrong["id"].as_str().unwrap());
    centre.post(&void, json!({"reason": "误录"})).await.expect(201);
}

async fn busy(county: &mut County) -> Busy {
    outside(county).await;
    let school = county.schools[0];
    let teachers: Vec<TestTeacher> = (1..=3).map(|number| county.add_teacher(2 * number - 1, school)).collect();
    let closed = county.add_session(TestSession { seats: 3, ..TestSession::default() });
    let mut ids = Vec::new();
    for teacher in &teachers {
        let path = format!("/v1/sessions/{}/enrolments", closed.id);
        let row = county.caller(teacher.account).post(&path, json!({})).await.expect(201);
        ids.push(row["id"].as_str().unwrap().to_owned());
    }
    for id in &ids[..2] {
        county.sign_in("school-1").post(&format!("/v1/enrolments/{id}/approve"), json!({})).await.expect(200);
    }
    county.clock.set(at("2026-12-05T09:00:00"));
    county.sign_in("institution-1").act(&format!("/v1/sessions/{}/start", closed.id)).await.expect(200);
    county.clock.set(at("2026-12-06T12:00:00"));
    let institution = county.sign_in("institution-1");
    let put = async |path: String, body| crate::enrolment::put(&institution, path, body).await.expect(200);
    for unit in closed.units {
        let marks: Vec<_> = ids[..2].iter().map(|id| json!({"enrolment_id": id, "mark": "present"})).collect();
        put(format!("/v1/sessions/{}/units/{unit}/attendance", closed.id), json!({"marks": marks})).await;
    }
    let results: Vec<_> =
        ids[..2].iter().map(|id| json!({"enrolment_id": id, "result": "pass", "misconduct": false})).collect();
    put(format!("/v1/sessions/{}/results", closed.id), json!({"results": results})).await;
    institution.act(&format!("/v1/sessions/{}/close", closed.id)).await.expect(200);
    let centre = county.sign_in("centre");
    let right =
        json!({"reason": "签到表显示缺席", "marks": [{"unit_id": closed.units[0].to_string(), "mark": "absent"}]});
    centre.post(&format!("/v1/enrolments/{}/corrections", ids[1]), right).await.expect(201);
    let back =
        json!({"reason": "班主任证明在场", "marks": [{"unit_id": closed.units[0].to_string(), "mark": "present"}]});
    centre.post(&format!("/v1/enrolments/{}/corrections", ids[1]), back).await.expect(201);
    let path = format!("/v1/teachers/{}/hour-entries", teachers[0].person.teacher());
    let entry = centre.get(&path).await.expect(200)["data"][0]["id"].as_str().unwrap().to_owned();
    let body = json!({"reason": "考勤更正", "replacement": {"attended": "6.00"}});
    let reverse = centre.request(Method::POST, &format!("/v1/hour-entries/{entry}/reverse"));
    reverse.header("Idempotency-Key", "reverse-1").json(&body).send().await.expect(201);
    let certificates = format!("/v1/teachers/{}/certificates", teachers[0].person.teacher());
    centre.post(&certificates, json!({})).await.expect(201);

    let open = county.add_session(TestSession {
        seats: 1,
        queue_places: 5,
        starts_on: "2027-03-05".parse().unwrap(),
        applications_close_at: at("2027-03-01T17:00:00"),
        withdraw_until: at("2027-03-02T17:00:00"),
        ..TestSession::default()
    });
    for teacher in &teachers[..2] {
        let path = format!("/v1/sessions/{}/enrolments", open.id);
        county.caller(teacher.account).post(&path, json!({})).await.expect(201);
    }
    crate::planning::evaluated(county).await;
    Busy { closed, open, teachers }
}

both! {
    async fn a_healthy_county_is_clean(county: County) {
        assert_eq!(broken(&checked(county)), BTreeSet::new(), "empty");
        busy(county).await;
        crate::log::sequenced(county, shixun_api::log::Look::All);
        let checked = checked(county);
        assert_eq!(broken(&checked), BTreeSet::new(), "{checked:#?}");
        let names: BTreeSet<_> = checked.iter().map(|one| one.name).collect();
        assert_eq!(names.len(), checked.len(), "each has a name of its own");
    }

    async fn a_certificate_is_held_against_the_ledger_as_it_was(county: County) {
        let Busy { teachers, .. } = busy(county).await;
        let certified = |county: &County| {
            let db = county.app.db.clone();
            let checked = off_runtime(|| db.read_blocking(shixun_api::certificates::check::check).unwrap());
            checked.breaches.into_iter().map(|breach| breach.detail).collect::<BTreeSet<_>>()
        };
        let one = teachers[0].person;
        county.advance_millis(3_600_000);
        county.sign_in("centre").post(&format!("/v1/teachers/{}/certificates", one.teacher()), json!({})).await.expect(201);
        assert_eq!(certified(county), BTreeSet::new());
        // What is corrected afterwards was right when the certificate was issued.
        county.advance_millis(3_600_000);
        let centre = county.sign_in("centre");
        let list = centre.get(&format!("/v1/teachers/{}/hour-entries?limit=200", one.teacher())).await.expect(200);
        let last = list["data"].as_array().unwrap().iter().find(|row| row["followed_by"].is_null()).unwrap()["id"].clone();
        let reverse = centre.request(Method::POST, &format!("/v1/hour-entries/{}/reverse", last.as_str().unwrap()));
        reverse.json(&json!({"reason": "误录"})).send().await.expect(201);
        assert_eq!(certified(county), BTreeSet::new());
        let kind = county.database.kind();
        for table in ["hour_entries", "certificates"] {
            behind_the_back(county, &unprotect(kind, table));
        }
        let number = one.number();
        let replaced = |from: &str, to: &str| format!("UPDATE certificates SET document = REPLACE(document, '{from}', '{to}')");
        for (statement, detail) in [
            (format!("UPDATE hour_entries SET title = title || '!' WHERE person_id = {number}"), "hours stand in it that did not stand in the ledger"),
            (format!("UPDATE hour_entries SET title = RTRIM(title, '!') WHERE person_id = {number}"), ""),
            (replaced("\"counted\":\"6.00\",\"credited\":\"6.00\",\"cycle\"", "\"counted\":\"7.00\",\"credited\":\"6.00\",\"cycle\""),
                "the hours of its entries do not add up to what it says"),
            (replaced("\"counted\":\"7.00\"", "\"counted\":\"6.00\""), ""),
            (format!("UPDATE hour_entries SET refers_to = NULL WHERE kind = 'reversed' AND person_id = {number}"),
                "hours that stood in the ledger are not in it"),
        ] {
            behind_the_back(county, std::slice::from_ref(&statement));
            let found = certified(county);
            assert_eq!(found, BTreeSet::from_iter(Some(detail.to_owned()).filter(|detail| !detail.is_empty())), "{statement}");
        }
    }

    async fn certificates_and_revocations_are_what_the_event_log_tells_of_them(county: County) {
        let Busy { teachers, .. } = busy(county).await;
        let recorded = |county: &County| {
            let db = county.app.db.clone();
            let checked = off_runtime(|| db.read_blocking(shixun_api::certificates::logged::check).unwrap());
            checked.breaches.into_iter().map(|breach| breach.detail).collect::<Vec<_>>()
        };
        let centre = county.sign_in("centre");
        let issue = format!("/v1/teachers/{}/certificates", teachers[0].person.teacher());
        let made = centre.post(&issue, json!({})).await.expect(201);
        let revoke = format!("/v1/certificates/{}/revoke", made["id"].as_str().unwrap());
        centre.post(&revoke, json!({"reason": "信息有误"})).await.expect(200);
        centre.post(&issue, json!({})).await.expect(201);
        assert_eq!(recorded(county), [""; 0]);
        let kind = county.database.kind();
        for table in ["certificates", "certificate_revocations", "event_log"] {
            behind_the_back(county, &unprotect(kind, table));
        }
        for (statement, details) in [
            ("DELETE FROM certificate_revocations", &["its revocation is not the one that was recorded"][..]),
            (
                "UPDATE event_log SET after = REPLACE(after, '\"digest\":\"', '\"digest\":\"0') WHERE object_kind = 'certificate'",
                &["it is not the one that was issued"; 3],
            ),
            ("UPDATE certificates SET digest = '0' || digest", &["its digest is not that of its content"; 3]),
            ("DELETE FROM certificates", &["it was issued, and is gone"; 3]),
        ] {
            behind_the_back(county, &[statement.to_owned()]);
            assert_eq!(recorded(county), details, "{statement}");
        }
    }

    async fn every_broken_invariant_is_found_by_name(county: County) {
        let Busy { closed, open, teachers } = busy(county).await;
        let kind = county.database.kind();
        let trigger = match kind {
            Kind::Sqlite => "DROP TRIGGER tr_event_log_no_delete",
            Kind::Postgres => "ALTER TABLE event_log DISABLE TRIGGER tr_event_log_append_only",
        };
        behind_the_back(county, &[trigger.to_owned()]);
        let mut known = broken(&checked(county));
        assert_eq!(known, BTreeSet::from(["append_only_guards"]));
        for table in TABLES {
            behind_the_back(county, &unprotect(kind, table));
        }
        assert_eq!(broken(&checked(county)), known, "without its guards the data is as it was");

        let (open, closed) = (open.id.number(), closed.id.number());
        let person = |place: usize| teachers[place].person.number();
        let (one, two, three) = (person(0), person(1), person(2));
        let school = county.schools[1].number();
        let earned = format!("person_id = {one} AND kind = 'posted' AND refers_to IS NULL");
        let columns = "session_id, person_area, person_id, person_name, organisation_id, organisation_name, teacher_title, status, \
                       requested_at, requested_by, decided_by, decided_at, note, result, misconduct, version, updated_at";
        let breaches = [
            ("session_hours_attended", format!("UPDATE attendance SET minutes = minutes - 45 WHERE id = (SELECT MIN(id) FROM attendance \
                WHERE mark = 'present' AND enrolment_id IN (SELECT id FROM enrolments WHERE person_id = {two}))")),
            ("evaluations_attended", "UPDATE attendance SET minutes = 0 WHERE enrolment_id IN (SELECT enrolment_id FROM evaluations)".to_owned()),
            ("evaluations_marked", "UPDATE enrolments SET evaluation = NULL WHERE evaluation = 'given' AND evaluation_missed IS NULL".to_owned()),
            ("evaluations_in_order", "UPDATE evaluations SET place = place + 1".to_owned()),
            ("session_hours_wait", "UPDATE enrolments SET evaluate_by = '2020-01-01' WHERE evaluation = 'owed'".to_owned()),
            ("unit_hours", format!("UPDATE units SET hours = hours + 100 WHERE session_id = {open}")),
            ("record_steps", "UPDATE record_steps SET step = 'return' WHERE step = 'verify'".to_owned()),
            ("certificate_numbers", "UPDATE certificate_counters SET issued = issued + 1".to_owned()),
            ("transfer_certificates", "UPDATE transfers SET digest = 'another'".to_owned()),
            ("dispute_replacements", "UPDATE disputes SET replacement_id = entry_id".to_owned()),
            ("person_search_names", format!("UPDATE persons SET search_name = 'x' WHERE id = {three}")),
            ("programme_search_names", "UPDATE programmes SET search_name = 'x'".to_owned()),
            ("verified_records_posted", "UPDATE outside_records SET state = 'examined'".to_owned()),
            ("record_hours_claimed", "UPDATE outside_records SET hours = hours + 1".to_owned()),
            ("three_people", "UPDATE outside_records SET decided_by_area = examined_by_area, decided_by = examined_by".to_owned()),
            ("transfers_posted", "UPDATE transfers SET state = 'waiting'".to_owned()),
            ("disputes_settled", "UPDATE disputes SET reversal_id = NULL".to_owned()),
            ("entries_four_eyes", "UPDATE hour_entries SET recognised_by = (SELECT MAX(p.recognised_by) FROM hour_entries p \
                WHERE p.kind = 'pending' AND p.source_kind = 'record') WHERE refers_to IN (SELECT p.id FROM hour_entries p \
                WHERE p.kind = 'pending' AND p.source_kind = 'record')".to_owned()),
            ("one_enrolment_per_person", format!("INSERT INTO enrolments (area, id, {columns}) SELECT area, id + 1, {columns} \
                FROM enrolments WHERE status = 'declined'")),
            ("seats_taken", format!("UPDATE sessions SET seats_taken = 0 WHERE id = {open}")),
            ("queue_taken", format!("UPDATE sessions SET queue_taken = 3 WHERE id = {open}")),
            ("seats_within_limits", format!("UPDATE sessions SET queue_places = 2 WHERE id = {open}")),
            ("enrolments_fit_session", format!("UPDATE enrolments SET status = 'completed' WHERE session_id = {open} AND status = 'applied'")),
            ("attendance_of_its_session", format!("UPDATE attendance SET enrolment_id = (SELECT MIN(id) FROM enrolments \
                WHERE session_id = {open}) WHERE id = (SELECT MIN(id) FROM attendance)")),
            ("closed_sessions_posted", format!("UPDATE hour_entries SET source_kind = 'record' WHERE person_id = {two} AND refers_to IS NULL")),
            ("session_hours_earned", format!("UPDATE hour_entries SET source_id = {open} WHERE {earned}")),
            ("entry_amounts", format!("UPDATE hour_entries SET attended = attended - 1 WHERE person_id = {one} AND kind = 'posted' \
                AND refers_to IS NOT NULL")),
            ("reversals_mirror", "UPDATE hour_entries SET credited = credited + 1 WHERE kind = 'reversed'".to_owned()),
            ("one_entry_per_source", format!("UPDATE hour_entries SET source_key = 'same' WHERE person_id = {one} AND kind = 'posted'")),
            ("successors_follow", format!("UPDATE hour_entries SET person_id = {two} WHERE kind = 'reversed'")),
            ("one_successor", format!("UPDATE hour_entries SET refers_to = (SELECT MIN(id) FROM hour_entries WHERE {earned}) \
                WHERE refers_to IS NOT NULL AND refers_to NOT IN (SELECT id FROM hour_entries WHERE kind = 'pending')")),
            ("entry_words", format!("UPDATE hour_entries SET themes = 'Subject' WHERE {earned}")),
            ("one_record_per_person", format!("UPDATE persons SET identity_number = (SELECT identity_number FROM persons \
                WHERE id = {one}) WHERE id = {two}")),
            ("identity_numbers", format!("UPDATE persons SET identity_number = '331199198001010017' WHERE id = {three}")),
            ("one_account_per_person", format!("UPDATE accounts SET person_id = {one} WHERE person_id = {two}")),
            ("spells_in_order", format!("UPDATE employments SET valid_to = '1999-01-01' WHERE person_id = {one}")),
            ("organisation_paths", format!("UPDATE organisations SET path = '/1/2/' WHERE id = {school}")),
            ("organisations_below_a_bureau", format!("UPDATE organisations SET parent_id = NULL WHERE id = {school}")),
            ("search_names", format!("UPDATE organisations SET search_name = 'x' WHERE id = {school}")),
            ("school_codes", format!("UPDATE organisations SET code = '9900000000' WHERE id = {school}")),
            ("schools_are_described", format!("UPDATE organisations SET stage = NULL WHERE id = {school}")),
            ("closed_organisations", "UPDATE organisations SET closed_on = '2020-08-31' WHERE kind = 'school'".to_owned()),
            ("one_bureau_at_the_top", format!("UPDATE organisations SET parent_id = NULL, kind = 'bureau' WHERE kind = 'school' AND id <> {school}")),
            ("four_eyes", "UPDATE programmes SET decided_by = submitted_by".to_owned()),
            ("published_packs", "UPDATE policy_packs SET valid_to = '2030-12-31' WHERE area = 331123".to_owned()),
            ("event_order", "UPDATE event_log SET at = '2099-01-01 00:00:00' WHERE id = (SELECT MAX(id) FROM event_log)".to_owned()),
            ("certificates", "UPDATE certificates SET digest = 'another'".to_owned()),
            ("certificates_in_order", "UPDATE certificates SET sequence = 2".to_owned()),
            ("kept_answers", "UPDATE idempotency_keys SET status = 500".to_owned()),
            ("past_facts", format!("INSERT INTO past_facts (area, person_id, known_until, facts) \
                VALUES (331123, {three}, '2026-01-01 00:00:00', '{{}}')")),
            ("entry_claims", "INSERT INTO entry_claims (area, person_id, content_claim, entry_id, title, effective_on) \
                SELECT area, person_id, 'x', refers_to, title, effective_on FROM hour_entries WHERE kind = 'voided'".to_owned()),
            ("withdrawn_facts", format!("INSERT INTO withdrawn_facts (area, id, person_id, kind, content, valid_from, reason, withdrawn_at) \
                SELECT area, id, person_id, 'titles', '{{}}', valid_from, 'x', created_at FROM titles_held WHERE person_id = {three}")),
            ("references", format!("UPDATE titles_held SET person_id = 7 WHERE person_id = {one}")),
        ];
        assert_ne!(open, closed);
        for (name, statement) in &breaches {
            behind_the_back(county, std::slice::from_ref(statement));
            let now = checked(county);
            let found = broken(&now);
            known.insert(name);
            assert_eq!(found, known, "{name} after {statement}");
            let one = now.iter().find(|one| one.name == *name).unwrap();
            assert!(!one.breaches.is_empty() && one.breaches.iter().all(|breach| !breach.detail.is_empty()), "{one:?}");
            assert!(!format!("{one:?}").contains("33119919800101"), "no identity number: {one:?}");
        }
        // Rows that were changed before they got into the log are in it as they were then.
        crate::log::sequenced(county, shixun_api::log::Look::All);
        for table in ["log_leaves", "log_nodes", "log_checkpoints"] {
            behind_the_back(county, &unprotect(kind, table));
        }
        assert_eq!(broken(&checked(county)), known);
        let newest = "(SELECT MAX(position) FROM log_leaves WHERE area = 331123)";
        let breaches = [
            ("log_leaves", "UPDATE event_log SET action = 'nothing' WHERE id = (SELECT MIN(id) FROM event_log)".to_owned()),
            ("log_checkpoints", "UPDATE log_checkpoints SET root = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='".to_owned()),
            ("log_complete", "INSERT INTO event_log (area, id, at, action, object_kind, object_id, request_id) VALUES \
                (331123, 7, '2000-01-01 00:00:00', 'x', 'y', 'z', 'r')".to_owned()),
            ("log_tree", format!("DELETE FROM log_leaves WHERE area = 331123 AND position = {newest}")),
        ];
        for (name, statement) in &breaches {
            behind_the_back(county, std::slice::from_ref(statement));
            known.insert(name);
            assert_eq!(broken(&checked(county)), known, "{name} after {statement}");
        }
        let mut names: BTreeSet<_> = checked(county).iter().map(|one| one.name).collect();
        assert!(names.remove("readable"), "nothing is damaged so that it cannot be read");
        assert_eq!(known, names, "every check was broken once");
        behind_the_back(county, &["UPDATE log_keys SET secret = 'AAAA' WHERE purpose = 'signature'".to_owned()]);
        let found = broken(&checked(county));
        assert!(found.contains("readable") && found.contains("four_eyes"), "the others are made all the same: {found:?}");
    }
}
