use super::*;
use crate::policy::{FilingLevel, RuleSet};

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

/// What an area without packs asks.
fn demands() -> Demands {
    Demands::of(&RuleSet::default())
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    assert_eq!(complete().missing(&demands()), []);
    let mut empty = complete();
    empty.aims = "  ".into();
    empty.themes.clear();
    empty.curriculum.clear();
    empty.lecturers.clear();
    empty.class_head = None;
    let all = [Missing::Aims, Missing::Themes, Missing::Curriculum, Missing::Lecturers, Missing::ClassHead];
    assert_eq!(empty.missing(&demands()), all);
    let mut short = complete();
    short.hours = Hours::whole(30);
    assert_eq!(
        short.missing(&demands()),
        [Missing::CurriculumHours { sum: Hours::whole(24), hours: Hours::whole(30) }]
    );
}

#[test]
fn each_step_starts_from_its_states_only() {
    type Step = fn(ProgrammeState) -> Result<(), ProgrammeRefusal>;
    let steps: [(&str, Step, &[ProgrammeState]); 4] = [
        ("edit", edit, &[Draft, Returned]),
        (
            "submit",
            |state| submit(state, &complete(), (county(), &demands()), &[], day("2026-04-01")).map(drop),
            &[Draft, Returned],
        ),
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
    assert!(matches!(
        submit(Approved, &poor, (county(), &demands()), &windows, today),
        Err(ProgrammeRefusal::WrongState { .. })
    ));
    let closed = ProgrammeRefusal::OutsideFilingWindow { next: Some(windows[0]) };
    assert_eq!(submit(Draft, &poor, (county(), &demands()), &windows, today), Err(closed));
    let lacks = ProgrammeRefusal::Incomplete(vec![Missing::ClassHead]);
    assert_eq!(submit(Draft, &poor, (county(), &demands()), &windows, day("2026-04-15")), Err(lacks));
    assert_eq!(submit(Returned, &complete(), (county(), &demands()), &windows, day("2026-04-15")), Ok(Submitted));
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

#[test]
fn what_is_for_several_counties_is_filed_with_the_city_and_what_is_for_several_cities_with_the_province() {
    let today = day("2026-04-15");
    let filed = |here: i32, areas: &[i32], level: FilingLevel| {
        let areas = areas.iter().map(|code| AreaCode::new(*code).unwrap()).collect();
        let content = ProgrammeContent { audience: Audience { areas, ..Audience::default() }, ..complete() };
        let demands = Demands { filing_level: level, ..demands() };
        match submit(Draft, &content, (AreaCode::new(here).unwrap(), &demands), &[], today) {
            Ok(_) => "here".to_owned(),
            Err(ProgrammeRefusal::FiledElsewhere { with }) => with.to_string(),
            Err(other) => format!("{other:?}"),
        }
    };
    let cases: [(i32, &[i32], &str); 7] = [
        (331_123, &[], "here"),
        (331_123, &[331_123], "here"),
        (331_123, &[331_123, 331_124], "331100"),
        (331_123, &[331_100], "331100"),
        (331_123, &[330_106], "330000"),
        (331_100, &[331_123, 331_124], "here"),
        (331_100, &[330_106], "330000"),
    ];
    for (here, areas, with) in cases {
        assert_eq!(filed(here, areas, FilingLevel::Reach), with, "{here} for {areas:?}");
        assert_eq!(filed(here, areas, FilingLevel::OwnArea), "here");
    }
}

#[test]
fn a_class_head_is_named_where_the_packs_ask_for_one() {
    let mut headless = complete();
    headless.class_head = None;
    assert_eq!(headless.missing(&demands()), [Missing::ClassHead]);
    assert_eq!(headless.missing(&Demands { class_head: false, ..demands() }), []);
}
