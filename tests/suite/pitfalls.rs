//! Which test keeps which defect of comparable systems away.

use std::{fs, path::Path};

/// What users of comparable systems reported, and the tests that would have caught it.
const PITFALLS: &[(u8, &str, &[&str])] = &[
    (
        1,
        "seats sold twice to many at once",
        &["fifty_at_once_for_five_seats_are_exactly_five", "without_the_guard_seats_are_sold_twice_on_postgresql"],
    ),
    (2, "a freed seat for a newcomer", &["a_freed_seat_goes_to_whoever_waits_and_never_to_a_newcomer"]),
    (
        3,
        "more seats past the review or after the start",
        &["added_seats_go_to_those_who_wait_and_never_past_the_review", "seats_added_on_the_first_day_move_nobody_up"],
    ),
    (4, "a maximum that counts places in queues", &["the_yearly_maximum_counts_seats_and_not_places_in_a_queue"]),
    (5, "the last seat as a place in the queue", &["the_twelfth_of_twelve_gets_a_seat_and_the_thirteenth_waits"]),
    (6, "an offer to whoever gave it back", &["who_gave_the_seat_of_the_queue_back_is_not_moved_up_again"]),
    (
        11,
        "the review avoided, or the first overtaken, through the queue",
        &["moving_up_gives_the_seat_and_never_skips_the_review", "nobody_jumps_the_queue_and_no_seat_is_given_twice"],
    ),
    (12, "more given out than is free", &["ten_workers_that_promote_at_once_fill_exactly_the_seats_that_are_free"]),
    (
        13,
        "no seats read as no limit",
        &["no_seats_means_none_and_not_as_many_as_one_likes", "no_seats_means_none_and_not_without_limit"],
    ),
    (
        14,
        "more moved up than there is room for",
        &["ten_workers_that_promote_at_once_fill_exactly_the_seats_that_are_free"],
    ),
    (
        15,
        "an isolation level that the database chooses",
        &["writes_on_postgresql_are_read_committed_whatever_the_database_prefers"],
    ),
    (
        19,
        "a first use that nothing locks",
        &["a_teacher_without_any_hours_cannot_pass_the_yearly_maximum_by_applying_at_once"],
    ),
    (
        20,
        "a retry that posts again",
        &["a_retried_correction_is_made_once", "a_session_closed_many_times_at_once_posts_its_hours_once"],
    ),
    (
        21,
        "the same content counted twice",
        &[
            "the_same_content_counts_once_in_a_cycle_by_whatever_way_it_is_entered",
            "each_allowance_lets_the_same_content_be_done_once_more",
        ],
    ),
    (22, "an evaluation by somebody who was absent", &["an_absent_person_cannot_evaluate_before_or_after_the_closing"]),
    (
        23,
        "hours without the evaluation they need",
        &["hours_that_wait_for_an_evaluation_are_not_posted_by_hand_and_end_after_its_last_day"],
    ),
    (
        24,
        "hours lost with a move or retirement",
        &[
            "hours_survive_a_transfer_and_the_former_school_still_sees_them",
            "hours_survive_retirement_for_the_teacher_the_former_school_and_the_county",
        ],
    ),
    (
        25,
        "a cycle that ends at midnight elsewhere",
        &["a_cycle_ends_at_midnight_in_china", "a_day_ends_at_midnight_in_china_not_in_greenwich"],
    ),
    (
        26,
        "new rules for old hours",
        &["a_rule_that_changes_inside_the_cycle_leaves_earlier_entries_under_the_earlier_one"],
    ),
    (27, "an enrolment deleted with its hours", &["what_hours_rest_on_is_never_deleted"]),
    (
        28,
        "pages that repeat or miss rows",
        &["a_page_of_sessions_shows_nothing_twice_and_misses_nothing_while_rows_come_and_go"],
    ),
    (29, "a filter that is ignored", &["a_filter_that_does_not_exist_is_refused_by_every_operation_and_never_ignored"]),
    (30, "an export with fewer rows than the list", &["an_export_has_every_row_that_the_list_has"]),
    (
        31,
        "an import that tells one thing and does another",
        &["the_specimen_of_an_office_imports_with_exactly_the_expected_faults"],
    ),
    (
        32,
        "an own export that changes something when it is read again",
        &[
            "importing_the_own_export_changes_nothing_and_keeps_everything",
            "importing_the_own_export_keeps_who_is_enrolled_and_what_was_earned",
        ],
    ),
    (
        33,
        "a verification that only says valid",
        &["a_certificate_says_what_the_statement_says_and_anybody_can_verify_it"],
    ),
    (
        34,
        "a certificate that an expiry makes unverifiable",
        &["an_expiry_in_a_credential_is_in_nobody_s_way_and_one_that_was_added_is_a_change"],
    ),
    (35, "a status that hides the outcome", &["every_refusal_reads_as_agreed"]),
    (36, "a tag of another answer", &["a_tag_stands_for_what_is_shown"]),
    (37, "a list of everybody's after a refactoring", &["what_is_not_one_s_own_is_not_there"]),
];

fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_defect_of_comparable_systems_has_the_tests_that_would_have_caught_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut text = String::new();
    for folder in ["tests/suite", "domain/src", "domain/tests"] {
        sources(&root.join(folder), &mut text);
    }
    for (number, about, tests) in PITFALLS {
        for test in *tests {
            assert!(text.contains(&format!("fn {test}(")), "{number}, {about}: no test {test}");
        }
    }
}
