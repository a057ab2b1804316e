//! Two bundles that were made once and stay valid: what a county handed out years ago is judged by the program of today.
//!
//! They are never made anew. Where this test fails, the program no longer reads, judges or writes down hours as it did.

use super::bundles::{file, unpacked, verified};
use serde_json::Value;
use shixun_domain::log::VerifierKey;

const STATEMENT: &[u8] = include_bytes!("../../data/golden-statement.zip");
const REPORT: &[u8] = include_bytes!("../../data/golden-report.zip");
/// The key that signed them, kept apart from them.
const KEYS: &str = include_str!("../../data/golden-keys.txt");

#[test]
fn a_statement_and_a_frozen_report_of_years_ago_are_valid_to_the_byte() {
    let keys: Vec<VerifierKey> = KEYS.lines().map(|key| key.parse().unwrap()).collect();
    for (bytes, statements, reports) in [(STATEMENT, 1, 0), (REPORT, 0, 1)] {
        let report = verified(bytes, &keys);
        assert_eq!(report.findings, Vec::new());
        assert_eq!((report.statements, report.reports, report.logs.len()), (statements, reports, 2));
        assert!(report.leaves > 10 && report.logs.iter().all(|log| log.trusted));
    }
    let read =
        |bytes: &[u8], name: &str| -> Value { serde_json::from_slice(file(&mut unpacked(bytes), name)).unwrap() };
    let statement = read(STATEMENT, "statement.json");
    assert_eq!((&statement["counted"], &statement["cycle"]["name"]), (&"450.00".into(), &"2016-2020".into()));
    assert_eq!(read(REPORT, "report.json")["teachers"].as_array().unwrap().len(), 3);
}
