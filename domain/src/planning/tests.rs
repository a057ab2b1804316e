//! Who evaluates when, what a score is, lots and means.

use super::*;
use crate::{
    UtcMillis,
    enrolment::{EnrolmentStatus, EvaluationStanding, EvaluationState},
    policy::MissedEvaluation,
};

fn at(text: &str) -> UtcMillis {
    UtcMillis::parse_rfc3339(&format!("{text}+08:00")).unwrap()
}

fn attended() -> Participation {
    Participation {
        status: EnrolmentStatus::Confirmed,
        ends_at: Some(at("2026-12-06T11:00:00")),
        minutes: 1,
        evaluation: EvaluationStanding::default(),
    }
}

fn standing(state: EvaluationState) -> EvaluationStanding {
    let until = Some("2026-12-20".parse().unwrap());
    EvaluationStanding { state: Some(state), until, missed: Some(MissedEvaluation::Void) }
}

#[test]
fn whoever_attended_evaluates_once_and_in_time() {
    let until = "2026-12-20".parse().unwrap();
    let owed =
        Participation { status: EnrolmentStatus::Completed, evaluation: standing(EvaluationState::Owed), ..attended() };
    let with = |state| Participation { evaluation: standing(state), ..owed };
    let waiting = Participation { status: EnrolmentStatus::WaitingApproved, minutes: 0, ..attended() };
    let cases = [
        (attended(), "2026-12-06T11:00:00", Ok(())),
        (attended(), "2029-12-06T11:00:00", Ok(())),
        (attended(), "2026-12-06T10:59:59", Err(Refusal::NotOver(at("2026-12-06T11:00:00")))),
        (Participation { minutes: 0, ..attended() }, "2026-12-06T11:00:00", Err(Refusal::NotAttended)),
        (Participation { minutes: 0, ..owed }, "2026-12-30T11:00:00", Err(Refusal::NotAttended)),
        (waiting, "2026-12-06T11:00:00", Err(Refusal::NoSeat(EnrolmentStatus::WaitingApproved))),
        (owed, "2026-12-20T23:59:59", Ok(())),
        (owed, "2026-12-21T00:00:00", Err(Refusal::TooLate { until })),
        (with(EvaluationState::Missed), "2026-12-21T00:00:00", Err(Refusal::TooLate { until })),
        (with(EvaluationState::Missed), "2026-12-20T23:59:59", Err(Refusal::TooLate { until })),
        (with(EvaluationState::Given), "2026-12-21T00:00:00", Err(Refusal::AlreadyGiven)),
    ];
    for (of, now, expected) in cases {
        assert_eq!(may_evaluate(&of, at(now)), expected, "{of:?} at {now}");
    }
}

#[test]
fn a_score_is_a_whole_number_from_1_to_5() {
    let read: Vec<Option<i32>> = (-1..=6).map(|number| Score::new(number).map(Score::number)).collect();
    assert_eq!(read, [None, None, Some(1), Some(2), Some(3), Some(4), Some(5), None]);
}

#[test]
fn answers_are_shown_in_whole_lots() {
    let shown: Vec<usize> = [0, 1, 4, 5, 6, 9, 10, 14].map(counted).to_vec();
    assert_eq!(shown, [0, 0, 0, 5, 5, 5, 10, 10]);
}

#[test]
fn means_are_rounded_to_the_nearest_hundredth() {
    let scores = |first: i32| {
        let mut scores = [Score::new(5).unwrap(); QUESTIONS];
        scores[0] = Score::new(first).unwrap();
        scores
    };
    let found = tally(&[scores(1), scores(2), scores(2), scores(5), scores(5), scores(5)]);
    assert_eq!(found[0].distribution, [1, 2, 0, 0, 3]);
    let means: Vec<String> = found.iter().map(|one| one.mean().unwrap().to_string()).collect();
    assert_eq!(means, ["3.33", "5.00", "5.00", "5.00", "5.00"]);
    assert_eq!(tally(&[scores(4), scores(5), scores(5)])[0].mean().unwrap().to_string(), "4.67");
    assert_eq!(tally(&[])[4].mean(), None);
}
