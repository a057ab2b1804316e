use super::*;
use crate::{AreaCode, policy::RuleSet};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> UtcMillis {
    UtcMillis::parse_rfc3339(&format!("2026-{text}:00+08:00")).unwrap()
}

fn terms() -> SessionTerms {
    SessionTerms {
        name: "第一期".into(),
        seats: 50,
        queue_places: 10,
        applications_open_at: at("11-20T08:00"),
        applications_close_at: at("11-30T18:00"),
        withdraw_until: at("12-02T00:00"),
        starts_on: day("2026-12-05"),
        ends_on: day("2026-12-06"),
    }
}

fn unit(number: i64, from: &str, to: &str, hours: i32) -> UnitSlot {
    let id = UnitId::new(AreaCode::new(331_123).unwrap(), number);
    UnitSlot { id: Some(id), starts_at: at(from), ends_at: at(to), hours: Hours::whole(hours) }
}

fn facts() -> SessionFacts {
    SessionFacts {
        state: Draft,
        terms: terms(),
        seats_taken: 0,
        queue_taken: 0,
        programme_state: ProgrammeState::Approved,
        programme_hours: Hours::whole(8),
        has_class_head: true,
        units: vec![unit(1, "12-05T08:00", "12-05T11:00", 4), unit(2, "12-05T11:00", "12-05T14:00", 4)],
    }
}

/// What an area without packs asks.
fn demands() -> Demands {
    Demands::of(&RuleSet::default())
}

fn changed(change: impl FnOnce(&mut SessionFacts)) -> SessionFacts {
    let mut facts = facts();
    change(&mut facts);
    facts
}

#[test]
fn contradictory_terms_are_all_named() {
    let check = |change: fn(&mut SessionTerms), expected: &[TermsFault]| {
        let mut terms = terms();
        change(&mut terms);
        assert_eq!(terms.faults(), expected, "{terms:?}");
    };
    check(|_| {}, &[]);
    check(|terms| terms.seats = 0, &[]);
    check(|terms| terms.seats = -1, &[TermsFault::SeatsOutOfRange]);
    check(|terms| terms.seats = PLACES_MAX + 1, &[TermsFault::SeatsOutOfRange]);
    check(|terms| terms.queue_places = -1, &[TermsFault::QueueOutOfRange]);
    check(|terms| terms.starts_on = day("2026-12-07"), &[TermsFault::EndsBeforeStart]);
    check(|terms| terms.applications_close_at = terms.applications_open_at, &[TermsFault::WindowClosesBeforeItOpens]);
    check(|terms| terms.applications_close_at = at("12-07T00:00"), &[]);
    check(|terms| terms.applications_close_at = at("12-07T00:01"), &[TermsFault::WindowOutlastsSession]);
    check(|terms| terms.withdraw_until = at("11-20T07:59"), &[TermsFault::WithdrawalBeforeWindow]);
    check(|terms| terms.withdraw_until = at("12-07T00:01"), &[TermsFault::WithdrawalOutlastsSession]);
}

#[test]
fn units_lie_within_the_session_and_beside_each_other() {
    let check = |units: &[UnitSlot], expected: Result<(), UnitsFault>| {
        assert_eq!(units_complete(units, day("2026-12-05"), day("2026-12-06"), Hours::whole(8)), expected);
    };
    let (one, two) = (unit(1, "12-05T08:00", "12-05T11:00", 4), unit(2, "12-05T11:00", "12-05T14:00", 4));
    check(&[one, two], Ok(()));
    check(&[two, one], Ok(()));
    check(&[], Err(UnitsFault::None));
    check(&[one], Err(UnitsFault::HoursDiffer { sum: Hours::whole(4), hours: Hours::whole(8) }));
    let crossing = unit(2, "12-05T10:59", "12-05T14:00", 4);
    check(&[one, crossing], Err(UnitsFault::Overlap(one, crossing)));
    let inside = unit(3, "12-05T09:00", "12-05T09:30", 4);
    check(&[one, two, inside], Err(UnitsFault::Overlap(one, inside)));
    let early = unit(2, "12-04T23:59", "12-05T02:00", 4);
    check(&[one, early], Err(UnitsFault::OutsideSession(early)));
    let last_minute = unit(2, "12-06T20:00", "12-07T00:00", 4);
    check(&[one, last_minute], Ok(()));
    let late = unit(2, "12-06T20:00", "12-07T00:01", 4);
    check(&[one, late], Err(UnitsFault::OutsideSession(late)));
    let empty = unit(2, "12-06T08:00", "12-06T08:00", 4);
    check(&[one, empty], Err(UnitsFault::EndsBeforeStart(empty)));
    let idle = unit(2, "12-06T08:00", "12-06T09:00", 0);
    check(&[one, idle], Err(UnitsFault::WithoutHours(idle)));
}

#[test]
fn each_step_starts_from_its_states_only() {
    type Step = fn(&SessionFacts) -> Result<(), SessionRefusal>;
    let steps: [(&str, Step, &[SessionState]); 7] = [
        ("change terms", |facts| facts.change_terms(&terms(), None, &demands()), &[Draft, Published]),
        ("publish", |facts| facts.publish("2026-12-05".parse().unwrap(), &demands()).map(drop), &[Draft]),
        ("start", |facts| facts.start("2026-12-05".parse().unwrap()).map(drop), &[Published]),
        ("cancel", |facts| facts.cancel().map(drop), &[Draft, Published, Running]),
        ("add a unit", |facts| facts.add_unit(unit(3, "12-06T08:00", "12-06T09:00", 1), &demands()), &[Draft]),
        ("remove a unit", SessionFacts::remove_unit, &[Draft]),
        (
            "change a unit",
            |facts| facts.change_unit(unit(1, "12-06T08:00", "12-06T11:00", 4), Some("停电"), false, &demands()),
            &[Draft, Published, Running],
        ),
    ];
    for (name, step, allowed) in steps {
        for state in SessionState::ALL {
            let expected = if allowed.contains(state) {
                Ok(())
            } else {
                Err(SessionRefusal::WrongState { state: *state, needs: allowed })
            };
            assert_eq!(step(&changed(|facts| facts.state = *state)), expected, "{name} from {state}");
        }
    }
}

#[test]
fn publication_is_refused_in_the_order_in_which_a_clerk_can_mend_it() {
    let today = day("2026-12-01");
    let publish = |change: fn(&mut SessionFacts)| changed(change).publish(today, &demands());
    assert_eq!(publish(|_| {}), Ok(Published));
    assert_eq!(
        publish(|facts| facts.programme_state = ProgrammeState::Submitted),
        Err(SessionRefusal::ProgrammeNotApproved { state: ProgrammeState::Submitted })
    );
    assert_eq!(publish(|facts| facts.has_class_head = false), Err(SessionRefusal::NoClassHead));
    assert_eq!(
        publish(|facts| facts.terms.ends_on = "2026-12-04".parse().unwrap()),
        Err(SessionRefusal::Terms(vec![TermsFault::EndsBeforeStart]))
    );
    assert_eq!(publish(|facts| facts.units.clear()), Err(SessionRefusal::Units(UnitsFault::None)));
    assert_eq!(facts().publish(day("2026-12-06"), &demands()), Ok(Published), "on the last day it is not over");
    assert_eq!(
        facts().publish(day("2026-12-07"), &demands()),
        Err(SessionRefusal::Over { ends_on: day("2026-12-06") })
    );
    assert_eq!(publish(|facts| facts.terms.seats = 0), Ok(Published), "0 seats are an offer of none");
}

#[test]
fn a_session_starts_on_its_first_day() {
    let published = changed(|facts| facts.state = Published);
    let early = SessionRefusal::TooEarly { starts_on: day("2026-12-05") };
    assert_eq!(published.start(day("2026-12-04")), Err(early));
    assert_eq!(published.start(day("2026-12-05")), Ok(Running));
}

#[test]
fn a_planned_session_needs_a_programme_that_was_not_given_up() {
    for state in ProgrammeState::ALL {
        let refused = *state == ProgrammeState::Cancelled;
        assert_eq!(plan(*state, &terms()).is_err(), refused, "{state}");
    }
}

#[test]
fn seats_never_fall_below_those_that_are_taken() {
    let taken = changed(|facts| {
        facts.state = Published;
        facts.seats_taken = 20;
        facts.queue_taken = 3;
    });
    let check = |seats: i32, queue_places: i32, expected: Result<(), SessionRefusal>| {
        assert_eq!(
            taken.change_terms(&SessionTerms { seats, queue_places, ..terms() }, Some("扩班"), &demands()),
            expected
        );
    };
    check(20, 3, Ok(()));
    check(60, 10, Ok(()));
    check(19, 3, Err(SessionRefusal::SeatsBelowTaken { taken: 20 }));
    check(20, 2, Err(SessionRefusal::QueueBelowTaken { taken: 3 }));
}

#[test]
fn what_a_published_session_promises_changes_with_a_reason_only() {
    type Change = fn(&mut SessionTerms, UtcMillis);
    let changes: [(&str, Change); 7] = [
        ("seats", |new, _| new.seats += 1),
        ("queue", |new, _| new.queue_places += 1),
        ("opening", |new, _| new.applications_open_at = new.applications_open_at.plus_millis(60_000)),
        ("closing", |new, _| new.applications_close_at = new.applications_close_at.plus_millis(60_000)),
        ("withdrawal", |new, at| new.withdraw_until = at),
        ("first day", |new, _| new.starts_on = new.starts_on.pred_opt().unwrap()),
        ("last day", |new, _| new.ends_on = new.ends_on.succ_opt().unwrap()),
    ];
    for (name, change) in changes {
        let mut new = terms();
        change(&mut new, at("12-03T10:00"));
        assert_ne!(new, terms(), "{name}");
        let published = changed(|facts| facts.state = Published);
        for reason in [None, Some("  ")] {
            assert_eq!(published.change_terms(&new, reason, &demands()), Err(SessionRefusal::ReasonMissing), "{name}");
        }
        assert_eq!(published.change_terms(&new, Some("台风"), &demands()), Ok(()), "{name}");
        assert_eq!(facts().change_terms(&new, None, &demands()), Ok(()), "nobody saw the draft: {name}");
    }
    let renamed = SessionTerms { name: "秋季班".into(), ..terms() };
    assert_eq!(changed(|facts| facts.state = Published).change_terms(&renamed, None, &demands()), Ok(()));
}

#[test]
fn new_dates_still_hold_all_units() {
    let new = SessionTerms { starts_on: day("2026-12-06"), ..terms() };
    assert!(matches!(
        facts().change_terms(&new, None, &demands()),
        Err(SessionRefusal::Units(UnitsFault::OutsideSession(unit))) if unit == facts().units[0]
    ));
}

#[test]
fn a_published_unit_moves_with_a_reason_and_keeps_the_sum_of_hours() {
    let published = changed(|facts| facts.state = Published);
    let moved = unit(1, "12-06T08:00", "12-06T11:00", 4);
    assert_eq!(published.change_unit(moved, Some("停电"), false, &demands()), Ok(()));
    assert_eq!(published.change_unit(moved, Some(" "), false, &demands()), Err(SessionRefusal::ReasonMissing));
    assert_eq!(published.change_unit(moved, None, false, &demands()), Err(SessionRefusal::ReasonMissing));
    assert_eq!(published.change_unit(moved, Some("停电"), true, &demands()), Err(SessionRefusal::UnitHeld));
    let longer = unit(1, "12-06T08:00", "12-06T11:45", 5);
    assert!(matches!(
        published.change_unit(longer, Some("停电"), false, &demands()),
        Err(SessionRefusal::Units(UnitsFault::HoursDiffer { .. }))
    ));
    assert_eq!(facts().change_unit(longer, None, false, &demands()), Ok(()), "a draft adds up at publication");
}

#[test]
fn a_unit_is_worth_no_more_than_its_minutes_and_a_day_no_more_than_a_day() {
    let empty = changed(|facts| facts.units.clear());
    let add = |from: &str, to: &str, hundredths: i64, demands: Demands| {
        let unit = UnitSlot { id: None, hours: Hours::from_hundredths(hundredths), ..unit(1, from, to, 1) };
        match empty.add_unit(unit, &demands) {
            Ok(()) => "taken".to_owned(),
            Err(SessionRefusal::Units(UnitsFault::HoursExceedMinutes { minutes, hour_minutes, most, .. })) => {
                format!("{minutes} minutes at {hour_minutes} give {most}")
            }
            Err(other) => format!("{other:?}"),
        }
    };
    let of = |hour_minutes: i32| Demands { hour_minutes, ..demands() };
    assert_eq!(add("12-05T08:00", "12-05T09:30", 200, of(45)), "taken", "90 minutes are two hours");
    assert_eq!(add("12-05T08:00", "12-05T09:30", 201, of(45)), "90 minutes at 45 give 2.00");
    assert_eq!(add("12-05T08:00", "12-05T09:30", 200, of(50)), "90 minutes at 50 give 1.80");
    assert_eq!(add("12-05T08:00", "12-05T09:30", 225, of(40)), "taken");
    assert_eq!(add("12-05T08:00", "12-05T09:40", 223, of(45)), "taken", "2.222… is rounded in favour of the teacher");
    assert_eq!(add("12-05T08:00", "12-05T09:40", 224, of(45)), "100 minutes at 45 give 2.23");

    let short_days = Demands { hours_per_day: Hours::whole(6), ..demands() };
    let two = changed(|facts| facts.units.truncate(1));
    let more = unit(2, "12-05T11:00", "12-05T14:00", 4);
    assert_eq!(two.add_unit(more, &demands()), Ok(()), "eight hours are a day");
    let too_much = UnitsFault::HoursExceedDay { day: day("2026-12-05"), sum: Hours::whole(8), most: Hours::whole(6) };
    assert_eq!(two.add_unit(more, &short_days), Err(SessionRefusal::Units(too_much)));
    assert_eq!(two.add_unit(unit(2, "12-06T08:00", "12-06T11:00", 4), &short_days), Ok(()), "on another day");
    let replaced = two.change_unit(unit(1, "12-05T08:00", "12-05T11:00", 3), None, false, &short_days);
    assert_eq!(replaced, Ok(()), "its former hours are not added");
}

#[test]
fn a_class_has_a_head_and_the_seats_that_the_packs_ask() {
    let today = day("2026-12-01");
    let headless = changed(|facts| facts.has_class_head = false);
    assert_eq!(headless.publish(today, &demands()), Err(SessionRefusal::NoClassHead));
    assert_eq!(headless.publish(today, &Demands { class_head: false, ..demands() }), Ok(Published));
    let sized = Demands { class_size_min: Some(20), class_size_max: Some(50), ..demands() };
    let of = |seats: i32| changed(|facts| facts.terms.seats = seats).publish(today, &sized);
    let refused = |seats| Err(SessionRefusal::ClassSize { seats, least: Some(20), most: Some(50) });
    assert_eq!([of(19), of(20), of(50), of(51)], [refused(19), Ok(Published), Ok(Published), refused(51)]);
    let published = changed(|facts| facts.state = Published);
    let more = SessionTerms { seats: 51, ..terms() };
    assert_eq!(published.change_terms(&more, Some("扩班"), &sized), refused(51).map(|_: SessionState| ()));
    assert_eq!(facts().change_terms(&more, None, &sized), Ok(()), "a draft is looked at when it is published");
}
