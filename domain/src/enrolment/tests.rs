use super::*;
use crate::{
    AreaCode, Hours, Id, UtcMillis,
    catalogue::{Audience, AudienceFacts, AudienceGap, SessionState},
    id::SessionId,
    words::{Stage, Title},
};
use crate::{
    ledger::Factor,
    policy::{
        AbsenceEffect::{self, Deduct},
        Ratio,
    },
};
use chrono::NaiveDate;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> UtcMillis {
    UtcMillis::parse_rfc3339(&format!("{text}+08:00")).unwrap()
}

fn session(number: i64) -> SessionId {
    Id::new(AreaCode::new(331_123).unwrap(), number)
}

fn offer() -> Offer {
    Offer {
        session: session(1),
        openings: Openings {
            state: SessionState::Published,
            opens_at: at("2018-09-01T00:00:00"),
            closes_at: at("2018-09-20T17:00:00"),
            starts_on: day("2018-10-01"),
            seats: 2,
            seats_taken: 1,
            queue_places: 1,
            queue_taken: 0,
        },
        ends_on: day("2018-10-03"),
        audience: Audience { stages: vec![Stage::Primary], ..Audience::default() },
        content_key: "drawing".into(),
        hours: Hours::whole(12),
    }
}

fn applicant() -> Applicant {
    Applicant {
        facts: Some(AudienceFacts {
            area: AreaCode::new(331_123).unwrap(),
            organisations: Vec::new(),
            stages: vec![Stage::Primary],
            subjects: Vec::new(),
            title: Title::First,
            posts: Vec::new(),
            setting: None,
            small_class: false,
            new_teacher: false,
            service_years: Some(8),
        }),
        current: None,
        bookings: Vec::new(),
        beside: Vec::new(),
        clashes: Vec::new(),
        recorded: None,
        repeats_allowed: 0,
        headroom: None,
        booked: Hours::ZERO,
    }
}

fn recorded() -> Recorded {
    Recorded {
        by: RecordedBy::Record(crate::Id::new(AreaCode::new(331_123).unwrap(), 7)),
        title: "省平台同名课程".into(),
    }
}

fn booking(number: i64, status: EnrolmentStatus) -> Booking {
    Booking {
        evaluation: EvaluationStanding::default(),
        session: session(number),
        name: "另一门课".into(),
        status,
        content_key: format!("content-{number}"),
        hours: Hours::whole(30),
        starts_on: day("2018-10-02"),
        ends_on: day("2018-10-05"),
    }
}

const NOW: &str = "2018-09-10T09:00:00";

fn check(change: impl FnOnce(&mut Offer, &mut Applicant), expected: &[Reason]) {
    let (mut offer, mut applicant) = (offer(), applicant());
    change(&mut offer, &mut applicant);
    applicant.booked = booked_beside(&offer, &applicant.bookings).map(|booking| booking.hours).sum();
    assert_eq!(reasons(&offer, &applicant, at(NOW)), expected);
    assert_eq!(place(&offer, &applicant, at(NOW)).err().as_ref(), expected.first());
}

#[test]
fn whoever_has_nothing_against_it_takes_a_seat() {
    check(|_, _| {}, &[]);
    assert_eq!(place(&offer(), &applicant(), at(NOW)), Ok(Placement::Seat));
}

#[test]
fn the_last_seat_is_a_seat_and_not_a_place_in_the_queue() {
    let mut offer = offer();
    (offer.openings.seats, offer.openings.seats_taken) = (12, 11);
    assert_eq!(place(&offer, &applicant(), at(NOW)), Ok(Placement::Seat));
}

#[test]
fn no_seats_means_none_and_not_without_limit() {
    let none = |offer: &mut Offer, _: &mut Applicant| {
        let openings = &mut offer.openings;
        (openings.seats, openings.seats_taken, openings.queue_places) = (0, 0, 0);
    };
    check(none, &[Reason::Full { seats: 0 }]);
}

#[test]
fn a_freed_seat_goes_to_whoever_waits_and_never_to_a_newcomer() {
    let mut offer = offer();
    (offer.openings.queue_places, offer.openings.queue_taken) = (5, 1);
    assert_eq!(place(&offer, &applicant(), at(NOW)), Ok(Placement::Queue));
}

#[test]
fn every_reason_is_named_and_the_weightiest_comes_first() {
    check(
        |offer, applicant| {
            offer.openings.closes_at = at("2018-09-05T00:00:00");
            offer.openings.seats_taken = 2;
            offer.openings.queue_taken = 1;
            offer.audience.titles = vec![Title::Senior];
            applicant.current = Some(EnrolmentStatus::Declined);
            applicant.bookings = vec![booking(2, EnrolmentStatus::Confirmed), booking(3, EnrolmentStatus::Completed)];
            applicant.bookings[1].content_key = "drawing".into();
            applicant.clashes = vec![session(2)];
            applicant.recorded = Some(recorded());
            applicant.headroom = Some(Hours::whole(35));
        },
        &[
            Reason::WindowClosed(Closed::ClosedAt(at("2018-09-05T00:00:00"))),
            Reason::AlreadyEnrolled(EnrolmentStatus::Declined),
            Reason::Full { seats: 2 },
            Reason::NotInAudience(AudienceGap::Title(vec![Title::Senior])),
            Reason::Clash { session: session(2), name: "另一门课".into() },
            Reason::AlreadyDone { session: session(3), name: "另一门课".into() },
            Reason::AlreadyRecorded(recorded()),
            Reason::YearlyMaximum { left: Hours::whole(5), hours: Hours::whole(12) },
        ],
    );
}

#[test]
fn applications_are_taken_only_while_the_window_is_open() {
    let cases = [
        ("2018-08-31T23:59:59", Some(Closed::OpensAt(at("2018-09-01T00:00:00")))),
        ("2018-09-01T00:00:00", None),
        ("2018-09-20T16:59:59", None),
        ("2018-09-20T17:00:00", Some(Closed::ClosedAt(at("2018-09-20T17:00:00")))),
    ];
    for (now, expected) in cases {
        let found = reasons(&offer(), &applicant(), at(now));
        assert_eq!(found, expected.map(Reason::WindowClosed).into_iter().collect::<Vec<_>>(), "{now}");
    }
    let mut late = offer();
    late.openings.closes_at = at("2018-10-09T00:00:00");
    assert_eq!(reasons(&late, &applicant(), at("2018-09-30T23:59:59")), []);
    for now in ["2018-10-01T00:00:00", "2018-10-02T08:00:00"] {
        let begun = Reason::WindowClosed(Closed::Begun(day("2018-10-01")));
        assert_eq!(
            reasons(&late, &applicant(), at(now)),
            [begun],
            "nobody moves up from the queue then, and nobody passes it"
        );
    }
    for state in [SessionState::Draft, SessionState::Running, SessionState::Closed, SessionState::Cancelled] {
        check(|offer, _| offer.openings.state = state, &[Reason::WindowClosed(Closed::State(state))]);
    }
}

#[test]
fn someone_employed_nowhere_cannot_apply_because_no_school_could_review() {
    check(|_, applicant| applicant.facts = None, &[Reason::NotEmployed]);
}

#[test]
fn whoever_withdrew_may_apply_again_and_whoever_was_declined_may_not() {
    for status in EnrolmentStatus::ALL {
        let expected =
            if *status == EnrolmentStatus::Withdrawn { vec![] } else { vec![Reason::AlreadyEnrolled(*status)] };
        check(|_, applicant| applicant.current = Some(*status), &expected);
    }
}

#[test]
fn worked_example_11_the_yearly_maximum_refuses_with_nothing_left() {
    check(
        |_, applicant| applicant.headroom = Some(Hours::ZERO),
        &[Reason::YearlyMaximum { left: Hours::ZERO, hours: Hours::whole(12) }],
    );
}

#[test]
fn the_yearly_maximum_counts_what_is_booked_and_not_what_waits() {
    let with = |status| {
        move |_: &mut Offer, applicant: &mut Applicant| {
            applicant.headroom = Some(Hours::whole(40));
            applicant.bookings = vec![booking(2, status)];
        }
    };
    check(with(EnrolmentStatus::Waiting), &[]);
    check(with(EnrolmentStatus::Declined), &[]);
    let left = Reason::YearlyMaximum { left: Hours::whole(10), hours: Hours::whole(12) };
    check(with(EnrolmentStatus::Applied), std::slice::from_ref(&left));
    check(with(EnrolmentStatus::Confirmed), &[left]);
}

#[test]
fn a_booking_of_another_cycle_clashes_and_repeats_nothing() {
    check(
        |offer, applicant| {
            let mut beside = booking(2, EnrolmentStatus::Confirmed);
            beside.content_key = offer.content_key.clone();
            applicant.beside = vec![beside];
            applicant.clashes = vec![session(2)];
        },
        &[Reason::Clash { session: session(2), name: "另一门课".into() }],
    );
}

#[test]
fn a_withdrawn_booking_clashes_with_nothing() {
    check(
        |_, applicant| {
            applicant.bookings = vec![booking(2, EnrolmentStatus::Withdrawn)];
            applicant.clashes = vec![session(2)];
        },
        &[],
    );
}

#[test]
fn a_review_confirms_or_gives_back_and_happens_once() {
    use EnrolmentStatus::*;
    for status in EnrolmentStatus::ALL.iter().copied() {
        let (yes, no) = match status {
            Applied => (Ok(Confirmed), Ok(Declined)),
            Waiting => (Ok(WaitingApproved), Ok(Declined)),
            other => (Err(StatusRefusal::NotAwaitingReview(other)), Err(StatusRefusal::NotAwaitingReview(other))),
        };
        assert_eq!(reviewed(status, ReviewVerdict::Approve), yes);
        assert_eq!(reviewed(status, ReviewVerdict::Decline), no);
    }
}

#[test]
fn where_no_school_reviews_a_seat_is_confirmed_at_once_and_a_place_in_the_queue_is_reviewed() {
    use EnrolmentStatus::{Applied, Confirmed, Waiting, WaitingApproved};
    assert_eq!([Placement::Seat.status(true), Placement::Queue.status(true)], [Applied, Waiting]);
    assert_eq!([Placement::Seat.status(false), Placement::Queue.status(false)], [Confirmed, WaitingApproved]);
    assert_eq!(promoted(Placement::Queue.status(false)), Some(Confirmed));
}

#[test]
fn moving_up_gives_the_seat_and_never_skips_the_review() {
    assert_eq!(promoted(EnrolmentStatus::Waiting), Some(EnrolmentStatus::Applied));
    assert_eq!(promoted(EnrolmentStatus::WaitingApproved), Some(EnrolmentStatus::Confirmed));
    assert!(EnrolmentStatus::ALL.iter().filter(|status| !status.waits()).all(|status| promoted(*status).is_none()));
}

#[test]
fn a_seat_is_given_back_until_the_cut_off_and_a_place_in_the_queue_at_any_time() {
    let (until, before, after) = (at("2018-09-25T00:00:00"), at("2018-09-24T00:00:00"), at("2018-09-26T00:00:00"));
    assert_eq!(
        withdrawn(EnrolmentStatus::Confirmed, (until, SessionState::Published), before),
        Ok(EnrolmentStatus::Withdrawn)
    );
    assert_eq!(
        withdrawn(EnrolmentStatus::Confirmed, (until, SessionState::Published), until.plus_millis(-1)),
        Ok(EnrolmentStatus::Withdrawn)
    );
    assert_eq!(
        withdrawn(EnrolmentStatus::Confirmed, (until, SessionState::Published), until),
        Err(StatusRefusal::WithdrawalClosed(until)),
        "the cut-off itself is too late"
    );
    assert_eq!(
        withdrawn(EnrolmentStatus::Confirmed, (until, SessionState::Published), after),
        Err(StatusRefusal::WithdrawalClosed(until))
    );
    assert_eq!(
        withdrawn(EnrolmentStatus::Waiting, (until, SessionState::Published), after),
        Ok(EnrolmentStatus::Withdrawn)
    );
    assert_eq!(
        withdrawn(EnrolmentStatus::Completed, (until, SessionState::Published), before),
        Err(StatusRefusal::NotOpen(EnrolmentStatus::Completed))
    );
    let running = (until, SessionState::Running);
    assert_eq!(withdrawn(EnrolmentStatus::Confirmed, running, before), Err(StatusRefusal::WithdrawalClosed(until)));
    assert_eq!(withdrawn(EnrolmentStatus::Waiting, running, before), Ok(EnrolmentStatus::Withdrawn));
}

#[test]
fn absence_is_subtracted_exactly() {
    let unit = |hours, minutes| Attended { hours: Hours::whole(hours), minutes_total: 180, minutes };
    let cases: [(&[Attended], Outcome, bool, &str, &str); 6] = [
        (&[unit(4, Some(180)), unit(4, Some(180))], Outcome::Pass, false, "8.00", "4.00"),
        (&[unit(4, Some(180)), unit(4, Some(0))], Outcome::Pass, false, "4.00", "2.00"),
        (&[unit(4, Some(180)), unit(4, None)], Outcome::Pass, false, "4.00", "2.00"),
        (&[unit(4, Some(179)), unit(4, Some(180))], Outcome::Pass, false, "7.97", "3.98"),
        (&[unit(4, Some(180)), unit(4, Some(180))], Outcome::Fail, false, "0.00", "0.00"),
        (&[unit(4, Some(180)), unit(4, Some(180))], Outcome::Pass, true, "0.00", "0.00"),
    ];
    for (units, outcome, misconduct, credited, practice) in cases {
        let found = earned(units, Hours::whole(4), outcome, misconduct, ResultTerms::PLAIN);
        assert_eq!(found.nominal, Hours::whole(8));
        assert_eq!((found.credited.to_string().as_str(), found.practice.to_string().as_str()), (credited, practice));
    }
}

#[test]
fn a_fail_and_long_absence_are_worth_what_the_packs_say() {
    let unit = |minutes| Attended { hours: Hours::whole(2), minutes_total: 90, minutes: Some(minutes) };
    let four_of_five = [unit(90), unit(90), unit(90), unit(90), unit(0)];
    let nearly = [unit(90), unit(90), unit(90), unit(90), unit(1)];
    let terms = |fail: i32, absence: Option<&str>| ResultTerms {
        fail_factor: Factor::from_hundredths(fail).unwrap(),
        absence_fail_ratio: absence.and_then(Ratio::parse),
        ..ResultTerms::PLAIN
    };
    let cases = [
        (&four_of_five, Outcome::Pass, terms(0, None), "8.00"),
        (&four_of_five, Outcome::Fail, terms(20, None), "1.60"),
        (&four_of_five, Outcome::Pass, terms(0, Some("1/5")), "0.00"),
        (&four_of_five, Outcome::Pass, terms(20, Some("1/5")), "1.60"),
        (&nearly, Outcome::Pass, terms(0, Some("1/5")), "8.02"),
    ];
    let passed = ResultTerms { pass_factor: Factor::from_hundredths(50).unwrap(), ..ResultTerms::PLAIN };
    for (units, outcome, terms, credited) in cases.into_iter().chain([(&nearly, Outcome::Pass, passed, "4.01")]) {
        let found = earned(units, Hours::whole(5), outcome, false, terms);
        assert_eq!(found.credited.to_string(), credited, "{outcome} {terms:?}");
        assert_eq!(found.practice, Hours::whole(5).share(found.credited.hundredths(), 1_000).unwrap());
        assert_eq!(earned(units, Hours::whole(5), outcome, true, terms).credited, Hours::ZERO, "misconduct");
    }
}

#[test]
fn what_absence_takes_off_is_for_the_packs_to_say() {
    let unit = |minutes| Attended { hours: Hours::whole(4), minutes_total: 180, minutes };
    let units = [unit(Some(180)), unit(Some(90)), unit(None)];
    let of = |absence_effect, absence: Option<&str>| {
        let ratio = absence.and_then(Ratio::parse);
        let terms = ResultTerms { absence_effect, absence_fail_ratio: ratio, ..ResultTerms::PLAIN };
        earned(&units, Hours::ZERO, Outcome::Pass, false, terms).credited.to_string()
    };
    let effects = [AbsenceEffect::WholeUnit, Deduct, AbsenceEffect::None];
    assert_eq!(effects.map(|effect| of(effect, None)), ["4.00", "6.00", "12.00"]);
    assert_eq!(effects.map(|effect| of(effect, Some("1/2"))), ["0.00"; 3], "half the course was missed in any case");
    let days = [("2020-12-28", units[0]), ("2021-01-04", units[1])].map(|(day, unit)| (day.parse().unwrap(), unit));
    let kept = by_month(&days, AbsenceEffect::None, "2021-01-10".parse().unwrap());
    assert_eq!(kept.iter().map(|part| part.hours).collect::<Vec<_>>(), [Hours::whole(4); 2]);
}

#[test]
fn the_hours_of_a_course_over_several_months_are_kept_by_month() {
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    let unit = |on: &str, hours, minutes| {
        (day(on), Attended { hours: Hours::whole(hours), minutes_total: 180, minutes: Some(minutes) })
    };
    let units =
        [unit("2021-01-10", 8, 180), unit("2020-12-20", 8, 90), unit("2020-12-28", 8, 180), unit("2020-12-28", 8, 0)];
    let dated = by_month(&units, Deduct, day("2021-01-10"));
    let read: Vec<_> = dated.iter().map(|part| format!("{} {}", part.on, part.hours)).collect();
    assert_eq!(read, ["2020-12-28 12.00", "2021-01-10 8.00"]);
    assert_eq!(days_attended(&units).to_string(), "3.00");
    assert!(by_month(&units[1..], Deduct, day("2020-12-31")).is_empty(), "one month needs no parts");
    assert_eq!(by_month(&units[1..], Deduct, day("2021-01-02")).len(), 1, "held in December, completed in January");
}

#[test]
fn a_mark_and_its_minutes_agree() {
    let cases = [
        (Mark::Present, 180, true),
        (Mark::Present, 179, false),
        (Mark::Late, 100, true),
        (Mark::Late, 180, false),
        (Mark::Partly, 0, false),
        (Mark::Absent, 0, true),
        (Mark::Excused, 1, false),
    ];
    for (mark, minutes, expected) in cases {
        assert_eq!(mark.fits(minutes, 180), expected, "{mark} {minutes}");
    }
}

#[test]
fn each_allowance_lets_the_same_content_be_done_once_more() {
    let offer = offer();
    let done =
        |number| Booking { content_key: offer.content_key.clone(), ..booking(number, EnrolmentStatus::Completed) };
    for (allowed, times, refused) in [(0, 1, true), (1, 1, false), (1, 2, true), (2, 2, false)] {
        let bookings = (0..times).map(|number| done(100 + number)).collect();
        let applicant = Applicant { bookings, repeats_allowed: allowed, ..applicant() };
        assert_eq!(!repeats(&offer, &applicant).is_empty(), refused, "{times} times, {allowed} allowed");
    }
    let applicant =
        Applicant { bookings: vec![done(100)], recorded: Some(recorded()), repeats_allowed: 1, ..applicant() };
    assert_eq!(repeats(&offer, &applicant).len(), 2, "a record from outside is once too");
}

#[test]
fn hours_wait_for_whoever_came_earned_some_and_has_not_evaluated_yet() {
    use crate::policy::{EvaluationTerms, MissedEvaluation};
    let terms = EvaluationTerms { days: 14, missed: MissedEvaluation::Void };
    let nothing = EvaluationStanding::default();
    let given = EvaluationStanding { state: Some(EvaluationState::Given), ..nothing };
    let owed = EvaluationStanding {
        state: Some(EvaluationState::Owed),
        until: Some(day("2027-01-03")),
        missed: Some(MissedEvaluation::Void),
    };
    let cases = [
        (nothing, Some(terms), true, 8, owed),
        (nothing, Some(terms), true, 0, EvaluationStanding { missed: None, ..owed }),
        (nothing, Some(terms), false, 0, nothing),
        (nothing, None, true, 8, nothing),
        (given, Some(terms), true, 8, given),
    ];
    for (before, terms, came, hours, expected) in cases {
        let found = asked_at_closing(before, terms, came, Hours::whole(hours), day("2026-12-20"));
        assert_eq!(found, expected, "{before:?} {terms:?} {came} {hours}");
        assert_eq!(found.awaited().is_some(), expected.missed.is_some());
    }
}

#[test]
fn waiting_hours_are_booked_and_those_lost_leave_the_content_free() {
    use crate::policy::MissedEvaluation;
    let with =
        |state, missed| EvaluationStanding { state: Some(state), until: Some(day("2018-11-01")), missed: Some(missed) };
    let ended = |state, missed| {
        let same = Booking { content_key: offer().content_key, ..booking(2, EnrolmentStatus::Completed) };
        Booking { evaluation: with(state, missed), ..same }
    };
    let done = Reason::AlreadyDone { session: session(2), name: "另一门课".into() };
    let of = |booking: Booking| move |_: &mut Offer, applicant: &mut Applicant| applicant.bookings = vec![booking];
    check(of(ended(EvaluationState::Owed, MissedEvaluation::Void)), std::slice::from_ref(&done));
    check(of(ended(EvaluationState::Missed, MissedEvaluation::Post)), &[done]);
    check(of(ended(EvaluationState::Missed, MissedEvaluation::Void)), &[]);
    let hours = |state| -> Hours {
        booked_beside(&offer(), &[ended(state, MissedEvaluation::Void)]).map(|booking| booking.hours).sum()
    };
    assert_eq!((hours(EvaluationState::Owed), hours(EvaluationState::Given)), (Hours::whole(30), Hours::ZERO));
}
