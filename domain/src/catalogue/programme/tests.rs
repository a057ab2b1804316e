use super::*;
use crate::AreaCode;

fn county() -> AreaCode {
    AreaCode::new(331_123).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn complete() -> ProgrammeContent {
    let item = |title: &str, hours: i32| CurriculumItem {
        title: title.into(),
        lecturer: "周老师".into(),
        hours: Hours::whole(hours),
    };
    ProgrammeContent {
        name: "小学语文课堂教学".into(),
        kind: ProgrammeKind::ShortCourse,
        level: Level::County,
        delivery_form: DeliveryForm::Topical,
        route: Route::SelfSelected,
        themes: vec!["subject".parse().unwrap()],
        aims: "提高课堂教学能力".into(),
        curriculum: vec![item("备课", 8), item("上课", 16)],
        lecturers: vec![Lecturer { name: "周老师".into(), title: None, employer: None }],
        class_head: Some("吴老师".into()),
        budget: Fen::whole(20_000),
        audience: Audience::default(),
        hours: Hours::whole(24),
        practice_hours: Hours::whole(8),
        content_key: "k".into(),
    }
}

fn account(number: i64) -> AccountId {
    AccountId::new(county(), number)
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    assert_eq!(complete().missing(), []);
    let mut empty = complete();
    empty.aims = "  ".into();
    empty.themes.clear();
    empty.curriculum.clear();
    empty.lecturers.clear();
    empty.class_head = None;
    let all = [Missing::Aims, Missing::Themes, Missing::Curriculum, Missing::Lecturers, Missing::ClassHead];
    assert_eq!(empty.missing(), all);
    let mut short = complete();
    short.hours = Hours::whole(30);
    assert_eq!(short.missing(), [Missing::CurriculumHours { sum: Hours::whole(24), hours: Hours::whole(30) }]);
}

#[test]
fn each_step_starts_from_its_states_only() {
    type Step = fn(ProgrammeState) -> Result<(), ProgrammeRefusal>;
    let steps: [(&str, Step, &[ProgrammeState]); 4] = [
        ("edit", edit, &[Draft, Returned]),
        ("submit", |state| submit(state, &complete(), &[], day("2026-04-01")).map(drop), &[Draft, Returned]),
        ("review", |state| review(state, Some(account(1)), account(2), Verdict::Approve).map(drop), &[Submitted]),
        ("cancel", |state| cancel(state, 0).map(drop), &[Draft, Submitted, Returned, Approved]),
    ];
    for (name, step, allowed) in steps {
        for state in ProgrammeState::ALL {
            let expected = if allowed.contains(state) {
                Ok(())
            } else {
                Err(ProgrammeRefusal::WrongState { state: *state, needs: allowed })
            };
            assert_eq!(step(*state), expected, "{name} from {state}");
        }
    }
}

#[test]
fn filing_is_refused_for_its_state_first_then_for_the_window_then_for_what_is_missing() {
    let windows = [DateSpan { from: day("2026-04-01"), to: Some(day("2026-04-30")) }];
    let mut poor = complete();
    poor.class_head = None;
    let today = day("2026-03-01");
    assert!(matches!(submit(Approved, &poor, &windows, today), Err(ProgrammeRefusal::WrongState { .. })));
    let closed = ProgrammeRefusal::OutsideFilingWindow { next: Some(windows[0]) };
    assert_eq!(submit(Draft, &poor, &windows, today), Err(closed));
    let lacks = ProgrammeRefusal::Incomplete(vec![Missing::ClassHead]);
    assert_eq!(submit(Draft, &poor, &windows, day("2026-04-15")), Err(lacks));
    assert_eq!(submit(Returned, &complete(), &windows, day("2026-04-15")), Ok(Submitted));
}

#[test]
fn nobody_reviews_what_they_submitted() {
    for verdict in [Verdict::Approve, Verdict::Return] {
        let own = review(Submitted, Some(account(1)), account(1), verdict);
        assert_eq!(own, Err(ProgrammeRefusal::SamePerson));
    }
    assert_eq!(review(Submitted, Some(account(1)), account(2), Verdict::Approve), Ok(Approved));
    assert_eq!(review(Submitted, Some(account(1)), account(2), Verdict::Return), Ok(Returned));
    assert_eq!(review(Submitted, None, account(1), Verdict::Return), Ok(Returned));
}

#[test]
fn a_programme_with_people_in_it_is_not_given_up() {
    assert_eq!(cancel(Approved, 2), Err(ProgrammeRefusal::SessionsLive { count: 2 }));
    assert_eq!(cancel(Approved, 0), Ok(Cancelled));
}

#[test]
fn the_default_key_tells_institutions_and_names_apart() {
    let key = |organisation: i64, name: &str| default_content_key(OrganisationId::new(county(), organisation), name);
    assert_eq!(key(1, "语文"), key(1, "语文"));
    assert_ne!(key(1, "语文"), key(2, "语文"));
    assert_ne!(key(1, "语文"), key(1, "数学"));
}
