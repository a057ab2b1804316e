//! What may follow what, the hours of an entry, corrections.

use super::*;
use crate::policy::{CycleCalendar, DatedHours, Provider};

fn hours(text: &str) -> Hours {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn amounts(nominal: &str, attended: &str, factor: &str, practice: &str) -> Result<Amounts, Refusal> {
    Amounts::new(hours(nominal), hours(attended), factor.parse().unwrap(), hours(practice))
}

#[test]
fn pending_hours_are_posted_by_somebody_else() {
    let (here, elsewhere) = (AreaCode::new(331_123).unwrap(), AreaCode::new(330_000).unwrap());
    let account = |area, number| crate::Id::new(area, number);
    let cases = [
        (Some(account(here, 1)), account(here, 2), false, true),
        (Some(account(here, 1)), account(here, 1), false, false),
        (Some(account(here, 1)), account(here, 2), true, false),
        (Some(account(here, 1)), account(elsewhere, 1), false, true),
        (None, account(here, 1), false, true),
        (None, account(elsewhere, 1), false, false),
        (None, account(elsewhere, 2), false, false),
    ];
    for (entered_by, by, own, allowed) in cases {
        assert_eq!(may_post(here, entered_by, by, own).is_ok(), allowed, "{entered_by:?} {by} {own}");
    }
}

#[test]
fn each_entry_has_one_successor_of_the_right_kind() {
    use EntryKind::{Pending, Posted, Reversed, Voided};
    use Step::{Post, Replace, Reverse, Void};
    let why = Some("考勤更正");
    let cases = [
        (Pending, None, Post, None, Ok(Posted)),
        (Pending, None, Void, why, Ok(Voided)),
        (Posted, None, Reverse, why, Ok(Reversed)),
        (Reversed, None, Replace, None, Ok(Posted)),
        (Posted, None, Post, None, Err(Refusal::NotPending { kind: Posted })),
        (Posted, None, Void, why, Err(Refusal::NotPending { kind: Posted })),
        (Pending, None, Reverse, why, Err(Refusal::NotPosted { kind: Pending })),
        (Reversed, None, Reverse, why, Err(Refusal::NotPosted { kind: Reversed })),
        (Voided, None, Reverse, why, Err(Refusal::NotPosted { kind: Voided })),
        (Posted, None, Replace, None, Err(Refusal::NotReversed { kind: Posted })),
        (Pending, Some(Posted), Post, None, Err(Refusal::AlreadyPosted)),
        (Pending, Some(Voided), Post, None, Err(Refusal::AlreadyVoided)),
        (Posted, Some(Reversed), Reverse, why, Err(Refusal::AlreadyReversed)),
        (Posted, Some(Reversed), Reverse, None, Err(Refusal::AlreadyReversed)),
        (Reversed, Some(Posted), Replace, None, Err(Refusal::AlreadyReplaced)),
        (Posted, None, Reverse, None, Err(Refusal::ReasonMissing)),
        (Posted, None, Reverse, Some("  "), Err(Refusal::ReasonMissing)),
        (Pending, None, Void, None, Err(Refusal::ReasonMissing)),
    ];
    for (kind, successor, step, reason, expected) in cases {
        assert_eq!(follow(kind, successor, step, reason), expected, "{kind} {successor:?} {step:?} {reason:?}");
    }
}

#[test]
fn hours_earned_are_hours_attended_times_the_factor() {
    let credited =
        |nominal, attended, factor, practice| amounts(nominal, attended, factor, practice).map(|a| a.credited);
    let cases = [
        (("30", "24", "1", "0"), Ok(hours("24"))),
        (("305", "305", "0.5", "0"), Ok(hours("152.5"))),
        (("0.33", "0.33", "0.5", "0"), Ok(hours("0.16"))),
        (("20", "20", "0", "0"), Ok(Hours::ZERO)),
        (("-1", "0", "1", "0"), Err(Refusal::Negative)),
        (("1", "1", "1", "-0.5"), Err(Refusal::Negative)),
        (("10000.01", "1", "1", "0"), Err(Refusal::Overflow)),
        (("10000", "10000", "1.5", "0"), Err(Refusal::Overflow)),
        (
            ("20", "20.5", "1", "0"),
            Err(Refusal::AttendedExceedsNominal { attended: hours("20.5"), nominal: hours("20") }),
        ),
        (
            ("20", "10", "1", "11"),
            Err(Refusal::PracticeExceedsCredited { practice: hours("11"), credited: hours("10") }),
        ),
    ];
    for ((nominal, attended, factor, practice), expected) in cases {
        assert_eq!(credited(nominal, attended, factor, practice), expected, "{nominal} {attended} {factor} {practice}");
    }
}

#[test]
fn example_6_a_correction_from_30_to_24_takes_six_hours_away() {
    let posted = figures("30", "30", None);
    let right = figures("30", "24", None);
    let correction = correct(&posted, Some(right), false).unwrap();
    assert_eq!((correction.net, correction.reversal.credited), (hours("-6"), hours("-30")));
    assert_eq!((correction.replacement, correction.raises), (Some(right.amounts), false));
    assert_eq!(correct(&posted, None, false).unwrap().net, hours("-30"));
    assert_eq!(correct(&posted, Some(posted), false), Err(Refusal::NothingChanged));
    assert_eq!(correct(&posted, Some(posted), true).unwrap().net, Hours::ZERO, "what they rest on is new");
}

#[test]
fn a_correction_raises_where_anything_is_more_than_before() {
    let posted = figures("30", "24", Some("2"));
    let raises = |right: Figures| correct(&posted, Some(right), false).unwrap().raises;
    for more in [figures("31", "24", Some("2")), figures("30", "25", Some("2")), figures("20", "20", Some("3"))] {
        assert!(raises(more), "{more:?}");
    }
    let practice = Figures { amounts: amounts("30", "24", "1", "1").unwrap(), ..posted };
    let factor = Figures { amounts: amounts("30", "24", "1.5", "0").unwrap(), ..posted };
    assert!(raises(practice) && raises(factor));
    assert!(!raises(figures("30", "23", Some("2"))) && !raises(figures("30", "24", Some("1.5"))));
    assert!(!raises(figures("30", "24", None)) && !correct(&posted, None, false).unwrap().raises);
}

fn figures(nominal: &str, attended: &str, days: Option<&str>) -> Figures {
    Figures { amounts: amounts(nominal, attended, "1", "0").unwrap(), days: days.map(|days| days.parse().unwrap()) }
}

#[test]
fn hours_belong_to_days_of_employment_that_have_come() {
    let today = day("2020-06-01");
    let spells = [
        DateSpan { from: day("2017-08-15"), to: Some(day("2018-07-31")) },
        DateSpan { from: day("2019-08-15"), to: None },
    ];
    let employed = &spells[..];
    let outside = |on: &str| Err(Refusal::OutsideEmployment { day: day(on) });
    let cases = [
        ("2020-06-01", employed, false, Ok(())),
        ("2017-08-15", employed, false, Ok(())),
        ("2020-06-02", employed, false, Err(Refusal::InFuture { today })),
        ("2017-08-14", employed, false, Err(Refusal::BeforeEmployment { employed_from: day("2017-08-15") })),
        ("2017-08-14", employed, true, Ok(())),
        ("2018-08-01", employed, false, outside("2018-08-01")),
        ("2018-08-01", employed, true, Ok(())),
        ("2019-09-01", &spells[..1], false, outside("2019-09-01")),
        ("2018-01-01", &[], false, Err(Refusal::NeverEmployed)),
    ];
    for (on, served, certified, expected) in cases {
        assert_eq!(may_enter(day(on), today, served, certified), expected, "{on}");
    }
}

#[test]
fn a_change_after_the_last_day_of_the_cycle_is_flagged() {
    let cycle = CycleCalendar::new(day("2016-01-01"), 5).unwrap().cycle_on(day("2018-01-01"));
    assert!(!after_close(&cycle, day("2020-12-31")));
    assert!(after_close(&cycle, day("2021-03-01")));
}

#[test]
fn circumstances_read_back_as_they_were_written() {
    let unreviewed =
        |consent: Option<&str>| Provider::Unreviewed { consent_on: consent.map(day), starts_on: day("2019-07-01") };
    let cases = [
        (Circumstances::ORDINARY, ""),
        (Circumstances { provider: unreviewed(None), ..Circumstances::ORDINARY }, "unreviewed:2019-07-01:"),
        (
            Circumstances {
                provider: unreviewed(Some("2019-06-20")),
                misconduct: true,
                certified_elsewhere: true,
                activity: Some("open_lesson".parse().unwrap()),
                ..Circumstances::ORDINARY
            },
            "unreviewed:2019-07-01:2019-06-20,misconduct,certified_elsewhere,activity:open_lesson",
        ),
        (
            Circumstances {
                recognised_on: Some(day("2021-01-15")),
                days: Some("9.5".parse().unwrap()),
                dated: vec![
                    DatedHours { on: day("2020-12-31"), hours: Hours::whole(24) },
                    DatedHours { on: day("2021-01-10"), hours: Hours::whole(16) },
                ],
                ..Circumstances::ORDINARY
            },
            "recognised:2021-01-15,days:9.50,dated:2020-12-31=24.00+2021-01-10=16.00",
        ),
    ];
    for (circumstances, text) in cases {
        assert_eq!(circumstances.to_string(), text);
        assert_eq!(text.parse(), Ok(circumstances));
    }
    for text in [
        "reviewed",
        "recognised:2021-1-15",
        "dated:",
        "dated:2020-12-31",
        "days:x",
        "activity:Open",
        "unreviewed",
        "unreviewed:2019-07-01",
        "unreviewed:soon:",
        ",",
        "misconduct,",
    ] {
        assert_eq!(text.parse::<Circumstances>(), Err(BadCircumstances), "{text:?}");
    }
}

#[test]
fn hours_that_wait_for_an_evaluation_are_not_posted_by_hand_and_end_after_its_last_day() {
    use crate::policy::MissedEvaluation::{Post, Void};
    let awaits = |missed| AwaitedEvaluation { until: day("2026-12-20"), missed };
    assert_eq!(may_be_touched(None), Ok(()));
    assert_eq!(may_be_touched(Some(awaits(Post))), Err(Refusal::AwaitsEvaluation { until: day("2026-12-20") }));
    let cases =
        [("2026-12-20", Void, None), ("2026-12-21", Void, Some(Step::Void)), ("2026-12-21", Post, Some(Step::Post))];
    for (today, missed, expected) in cases {
        assert_eq!(awaits(missed).overdue(day(today)), expected, "{today} {missed}");
    }
    for text in
        ["evaluation:2026-12-20:void", "days:2.00,dated:2026-11-30=4.00+2026-12-06=4.00,evaluation:2026-12-20:post"]
    {
        assert_eq!(text.parse::<Circumstances>().unwrap().to_string(), text);
    }
    for text in ["evaluation:2026-12-20", "evaluation:2026-12-20:keep", "evaluation::void"] {
        assert_eq!(text.parse::<Circumstances>(), Err(BadCircumstances), "{text}");
    }
}
