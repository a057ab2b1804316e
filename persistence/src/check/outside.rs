//! The checks of records from outside, of transfers and of disputes.

use super::{
    shown,
    statements::{Statement, statement},
};
use shixun_domain::id;

pub(super) fn all() -> Vec<Statement> {
    vec![
        statement(
            "verified_records_posted",
            "a verified record has exactly one entry of hours, corrections aside, and a record in any other state none",
            shown::<id::OutsideRecord>,
            "SELECT r.area, r.id, r.state || ' with ' || CAST(COALESCE(h.posted, 0) AS TEXT) || ' entries of hours' AS detail \
             FROM outside_records r LEFT JOIN (SELECT area, source_id, COUNT(*) AS posted FROM hour_entries \
             WHERE source_id IS NOT NULL AND source_kind = 'record' AND refers_to IS NULL GROUP BY area, source_id) h \
             ON h.area = r.area AND h.source_id = r.id \
             WHERE COALESCE(h.posted, 0) <> CASE WHEN r.state = 'verified' THEN 1 ELSE 0 END ORDER BY r.area, r.id",
        ),
        statement(
            "record_hours_claimed",
            "hours from a record are those that were claimed: of the same person, the same day and as many",
            shown::<id::HourEntry>,
            "SELECT h.area, h.id, CASE WHEN r.id IS NULL THEN 'the record is not there' \
             WHEN r.person_id <> h.person_id THEN 'the record is about somebody else' \
             ELSE CAST(h.credited AS TEXT) || ' hundredths of ' || CAST(r.hours AS TEXT) || ' claimed' END AS detail \
             FROM hour_entries h LEFT JOIN outside_records r ON r.area = h.area AND r.id = h.source_id \
             WHERE h.source_kind = 'record' AND h.source_id IS NOT NULL AND h.refers_to IS NULL AND (r.id IS NULL \
             OR r.person_id <> h.person_id OR r.hours <> h.credited OR r.ends_on <> h.effective_on) ORDER BY h.area, h.id",
        ),
        statement(
            "three_people",
            "who examined and who verified a record are two people, neither of them the teacher nor anybody who entered or corrected it; fewer \
             only where the packs let it pass through fewer hands",
            shown::<id::OutsideRecord>,
            "SELECT r.area, r.id, r.state || ', and one person took two of the stages' AS detail FROM outside_records r \
             LEFT JOIN accounts e ON e.area = r.examined_by_area AND e.id = r.examined_by \
             LEFT JOIN accounts d ON d.area = r.decided_by_area AND d.id = r.decided_by \
             LEFT JOIN record_steps v ON v.area = r.area AND v.record_id = r.id AND v.step = 'verify' \
             WHERE (r.examined_by = r.entered_by AND r.examined_by_area = r.area) \
             OR (r.decided_by = r.examined_by AND r.decided_by_area = r.examined_by_area) \
             OR (r.decided_by = r.entered_by AND r.decided_by_area = r.area AND COALESCE(v.stages, 3) > 1) \
             OR (e.person_id = r.person_id AND e.area = r.area) OR (d.person_id = r.person_id AND d.area = r.area) \
             OR EXISTS (SELECT 1 FROM record_steps s WHERE s.area = r.area AND s.record_id = r.id AND s.step IN ('enter', 'correct') \
             AND ((s.account_id = r.examined_by AND s.account_area = r.examined_by_area) \
             OR (s.account_id = r.decided_by AND s.account_area = r.decided_by_area AND COALESCE(v.stages, 3) > 1))) \
             OR (r.state = 'verified' AND (r.decided_by IS NULL OR (r.examined_by IS NULL AND COALESCE(v.stages, 3) = 3))) \
             ORDER BY r.area, r.id",
        ),
        statement(
            "transfers_posted",
            "hours that were taken over have entries, those that wait or were refused or issued have none, and all are the teacher's",
            shown::<id::Transfer>,
            "SELECT t.area, t.id, t.state || ' with ' || CAST(COALESCE(h.posted, 0) AS TEXT) || ' entries of hours, ' \
             || CAST(COALESCE(h.others, 0) AS TEXT) || ' of somebody else' AS detail \
             FROM transfers t LEFT JOIN (SELECT e.area, e.source_id, COUNT(*) AS posted, \
             SUM(CASE WHEN e.person_id = o.person_id THEN 0 ELSE 1 END) AS others FROM hour_entries e \
             JOIN transfers o ON o.area = e.area AND o.id = e.source_id \
             WHERE e.source_id IS NOT NULL AND e.source_kind = 'opening' AND e.refers_to IS NULL GROUP BY e.area, e.source_id) h \
             ON h.area = t.area AND h.source_id = t.id \
             WHERE (COALESCE(h.posted, 0) > 0) <> (t.state = 'taken') OR COALESCE(h.others, 0) > 0 ORDER BY t.area, t.id",
        ),
        statement(
            "disputes_settled",
            "an upheld dispute has the reversal of its entry, and nobody through whose hands an entry went decided",
            shown::<id::Dispute>,
            "SELECT d.area, d.id, d.state || CASE WHEN r.id IS NULL AND d.state = 'upheld' THEN ' without a reversal' \
             WHEN r.refers_to <> d.entry_id THEN ' with the reversal of another entry' \
             WHEN h.person_id <> d.person_id THEN ' about the entry of somebody else' \
             ELSE ' and decided by who made the entry' END AS detail FROM disputes d \
             LEFT JOIN hour_entries h ON h.area = d.area AND h.id = d.entry_id \
             LEFT JOIN hour_entries r ON r.area = d.area AND r.id = d.reversal_id \
             LEFT JOIN hour_entries e ON e.area = h.area AND e.id = h.refers_to AND e.kind = 'pending' \
             WHERE (d.state = 'upheld') <> (r.id IS NOT NULL) OR r.refers_to <> d.entry_id OR h.person_id <> d.person_id \
             OR (d.decided_by = h.recognised_by AND d.area = COALESCE(h.recognised_by_area, h.area)) \
             OR (d.decided_by = e.recognised_by AND d.area = COALESCE(e.recognised_by_area, e.area)) \
             OR (h.source_kind = 'record' AND EXISTS (SELECT 1 FROM record_steps s WHERE s.area = h.source_area \
                 AND s.record_id = h.source_id \
                 AND s.account_area = d.area AND s.account_id = d.decided_by)) \
             OR (h.source_kind = 'opening' AND EXISTS (SELECT 1 FROM transfers f WHERE f.area = h.source_area \
                 AND f.id = h.source_id AND f.area = d.area AND d.decided_by IN (f.entered_by, f.decided_by))) \
             ORDER BY d.area, d.id",
        ),
        statement(
            "dispute_replacements",
            "what a dispute says stands in place of the entry is what follows the reversal",
            shown::<id::Dispute>,
            "SELECT d.area, d.id, d.state || CASE WHEN p.id IS NULL THEN ' with a replacement that is not there' \
             WHEN d.replacement_id IS NULL THEN ' without the replacement that is there' ELSE ' with another replacement' END AS detail \
             FROM disputes d LEFT JOIN hour_entries p ON p.area = d.area AND p.refers_to = d.reversal_id \
             WHERE COALESCE(p.id, 0) <> COALESCE(d.replacement_id, 0) ORDER BY d.area, d.id",
        ),
    ]
}
