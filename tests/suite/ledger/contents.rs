//! The view of what has a content names the words that the rules name.

use shixun_domain::{enrolment::EnrolmentStatus, records::RecordState};
use std::{fs, path::Path};

#[test]
fn what_is_open_takes_a_content_and_what_was_given_up_does_not() {
    for dialect in ["sqlite", "postgres"] {
        let path = format!("../migrations/{dialect}/2026-11-29-000034_what_waits_and_what_is_there/up.sql");
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
        let (enrolments, records) = text.split_once("UNION ALL").unwrap();
        for status in EnrolmentStatus::ALL {
            assert_eq!(enrolments.contains(&format!("'{status}'")), status.is_open(), "{dialect}: {status}");
        }
        for state in RecordState::ALL {
            assert_eq!(records.contains(&format!("'{state}'")), !state.claims_content(), "{dialect}: {state}");
        }
    }
}
