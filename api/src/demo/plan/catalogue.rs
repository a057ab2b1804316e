//! Programmes and sessions around the present: closed, running, open, full, planned, cancelled.

use super::{
    at,
    courses::{self, Course, Only},
    later,
};
use chrono::NaiveDate;
use shixun_domain::{
    Fen, Hours, UtcMillis,
    catalogue::{
        Audience, CurriculumItem, Lecturer as Teaches, ProgrammeContent, ProgrammeKind, ProgrammeState, SessionState,
        SessionTerms,
    },
    words::{Level, Post},
};

/// Who runs a programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The training centre.
    Centre,
    /// `institution-01`.
    First,
    /// `institution-02`.
    Second,
}

/// A programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    /// Who runs it.
    pub owner: Owner,
    /// What is declared; the content key is given when it is written down.
    pub content: ProgrammeContent,
    /// Where it stands.
    pub state: ProgrammeState,
    /// When it was filed.
    pub filed_on: NaiveDate,
    /// When it was decided on.
    pub decided_on: Option<NaiveDate>,
    /// What the reviewer noted.
    pub note: Option<&'static str>,
}

/// One meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Begin.
    pub starts_at: UtcMillis,
    /// End.
    pub ends_at: UtcMillis,
    /// Place.
    pub place: &'static str,
    /// Content.
    pub content: String,
    /// Lecturer, by place in the plan.
    pub lecturer: usize,
    /// Hours.
    pub hours: Hours,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its programme, by place in the plan.
    pub programme: usize,
    /// What it offers.
    pub terms: SessionTerms,
    /// Where it stands.
    pub state: SessionState,
    /// When it was published.
    pub published_at: Option<UtcMillis>,
    /// When it was closed.
    pub closed_at: Option<UtcMillis>,
    /// Why it was cancelled.
    pub note: Option<&'static str>,
    /// Its meetings, in the order of time.
    pub units: Vec<Unit>,
    /// Who applied, in the order of asking.
    pub enrolments: Vec<super::Enrolment>,
    /// What the session shows.
    pub(super) show: Show,
}

/// What a session is to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    /// Closed, hours posted.
    Closed,
    /// Some units held, others to come.
    Running,
    /// All units held; the last one's attendance and the results are missing. `teacher-0001` is in it.
    Lacking,
    /// Everything recorded: it can be closed.
    Ready,
    /// Open to applications.
    Open,
    /// Full, with a queue.
    Full,
    /// Applications open in a week.
    Soon,
    /// Planned.
    Planned,
    /// Cancelled.
    Cancelled,
}

const fn show(place: usize) -> Option<Show> {
    Some(match place {
        0..=13 => Show::Closed,
        14..=17 => Show::Running,
        18 => Show::Lacking,
        19 => Show::Ready,
        20..=30 | 39 => Show::Open,
        31..=34 => Show::Full,
        35 | 36 => Show::Soon,
        37 => Show::Planned,
        38 => Show::Cancelled,
        _ => return None,
    })
}

/// Lecturers presented by a declaration.
const PRESENTED: [(&str, &str); 4] =
    [("沈国梁", "浙江师范大学教授"), ("傅雅琴", "丽水学院副教授"), ("毛建新", "特级教师"), ("钟秀兰", "正高级教师")];

/// Every programme.
pub(super) fn programmes(today: NaiveDate) -> Vec<Programme> {
    courses::all().enumerate().map(|(place, course)| programme(place, &course, today)).collect()
}

fn programme(place: usize, course: &Course, today: NaiveDate) -> Programme {
    let owner = match place {
        18 | 20 | 40 => Owner::First,
        _ if place.is_multiple_of(3) => Owner::Centre,
        _ if place % 3 == 1 => Owner::First,
        _ => Owner::Second,
    };
    let (state, note) = match place {
        40 => (ProgrammeState::Submitted, None),
        41 => (ProgrammeState::Returned, Some("经费预算与课程安排不符，请补充讲师资质后重新申报")),
        42 => (ProgrammeState::Draft, None),
        _ => (ProgrammeState::Approved, None),
    };
    let filed_on = if place < 14 { later(today, -300) } else { later(today, -80) };
    let filed_on = if state == ProgrammeState::Submitted { later(today, -2) } else { filed_on };
    let decided = matches!(state, ProgrammeState::Approved | ProgrammeState::Returned);
    Programme {
        owner,
        content: content(place, course),
        state,
        filed_on,
        decided_on: decided.then(|| later(filed_on, 9)),
        note,
    }
}

fn content(place: usize, course: &Course) -> ProgrammeContent {
    let lecturer = |shift: usize| PRESENTED.get((place + shift) % PRESENTED.len()).copied().unwrap_or_default();
    let part = course.hours / 2;
    let item = |title: String, shift: usize, hours: i32| CurriculumItem {
        title,
        lecturer: lecturer(shift).0.to_owned(),
        hours: Hours::whole(hours),
    };
    let presented = |shift: usize| {
        let (name, title) = lecturer(shift);
        Teaches { name: name.to_owned(), title: Some(title.to_owned()), employer: None }
    };
    ProgrammeContent {
        name: course.name.to_owned(),
        kind: course.kind,
        level: if course.kind == ProgrammeKind::Block { Level::City } else { Level::County },
        delivery_form: course.form,
        route: course.route,
        themes: course.theme.parse().into_iter().collect(),
        aims: format!("通过{}学时的学习与实践，使学员能在{}中独立设计、实施并改进教学。", course.hours, course.name),
        curriculum: vec![
            item("理论学习与案例分析".into(), 0, course.hours - part),
            item("实践研修与成果展示".into(), 1, part),
        ],
        lecturers: vec![presented(0), presented(1)],
        class_head: Some(lecturer(2).0.to_owned()),
        budget: Fen::from_hundredths(i64::from(course.hours) * 60_000),
        audience: audience(course),
        hours: Hours::whole(course.hours),
        practice_hours: Hours::whole(course.practice),
        content_key: String::new(),
    }
}

fn audience(course: &Course) -> Audience {
    let mut audience = Audience {
        stages: course.stages.to_vec(),
        subjects: course.subjects.iter().map(|subject| (*subject).to_owned()).collect(),
        ..Audience::default()
    };
    match course.only {
        Only::Anyone => {}
        Only::NewTeachers => audience.new_teachers_only = true,
        Only::SmallClasses => audience.small_class_only = true,
        Only::Heads => audience.posts = vec![Post::Head, Post::DeputyHead],
        Only::MiddleManagers => audience.posts = vec![Post::MiddleManager],
        Only::Experienced => audience.service_years_min = Some(10),
    }
    audience
}

/// Days of a session, and how far apart they are.
struct Timetable {
    first: NaiveDate,
    step: i32,
}

/// The session of each programme that has one.
pub(super) fn sessions(programmes: &[Programme], lecturers: usize, today: NaiveDate) -> Vec<Session> {
    let planned = programmes.iter().enumerate().filter_map(|(place, programme)| Some((place, programme, show(place)?)));
    planned.map(|(place, programme, show)| session(place, programme, show, lecturers, today)).collect()
}

fn session(place: usize, programme: &Programme, show: Show, lecturers: usize, today: NaiveDate) -> Session {
    let days = days_needed(programme.content.hours);
    let nth = i32::try_from(place).unwrap_or(0);
    let table = match show {
        Show::Closed => Timetable { first: later(today, nth * 12 - 200), step: 1 },
        Show::Running => Timetable { first: later(today, -10), step: 7 },
        // The last day is yesterday at the latest, whatever time it is now.
        Show::Lacking | Show::Ready => Timetable { first: later(today, -1 - 3 * (days - 1)), step: 3 },
        Show::Open if programme.content.kind == ProgrammeKind::Block => Timetable { first: later(today, 60), step: 1 },
        Show::Open | Show::Full => Timetable { first: later(today, 24 + nth % 11), step: 1 },
        Show::Soon | Show::Planned => Timetable { first: later(today, 50 + nth % 7), step: 1 },
        Show::Cancelled => Timetable { first: later(today, 5), step: 1 },
    };
    let units = units(place, programme, &table, lecturers);
    let (opens, closes) = match show {
        Show::Open | Show::Full => (at(later(today, -7), 9, 0), at(later(today, 12), 17, 0)),
        Show::Soon | Show::Planned => (at(later(today, 7), 9, 0), at(later(today, 30), 17, 0)),
        _ => (at(later(table.first, -40), 9, 0), at(later(table.first, -12), 17, 0)),
    };
    let ends_on = later(table.first, table.step * (days - 1));
    let state = match show {
        Show::Closed => SessionState::Closed,
        Show::Running | Show::Lacking | Show::Ready => SessionState::Running,
        Show::Open | Show::Full | Show::Soon => SessionState::Published,
        Show::Planned => SessionState::Draft,
        Show::Cancelled => SessionState::Cancelled,
    };
    let terms = SessionTerms {
        name: "第一期".to_owned(),
        seats: 40,
        queue_places: 20,
        applications_open_at: opens,
        applications_close_at: closes,
        withdraw_until: at(later(table.first, -5), 17, 0),
        starts_on: table.first,
        ends_on,
    };
    let published_at = (state != SessionState::Draft).then(|| opens.plus_millis(-86_400_000));
    let published_at = published_at.map(|instant| instant.min(at(later(today, -1), 9, 0)));
    Session {
        programme: place,
        terms,
        state,
        published_at,
        closed_at: (state == SessionState::Closed).then(|| at(later(ends_on, 3), 10, 0)),
        note: (state == SessionState::Cancelled).then_some("报名人数不足，本期取消"),
        units,
        enrolments: Vec::new(),
        show,
    }
}

/// Two units of four hours fill a day.
fn days_needed(hours: Hours) -> i32 {
    i32::try_from(hours.hundredths().div_euclid(800) + i64::from(hours.hundredths().rem_euclid(800) > 0)).unwrap_or(1)
}

const PLACES: [&str; 5] = [
    "县教师进修学校报告厅",
    "县教师进修学校二楼研修室",
    "妙高实验小学录播教室",
    "县教师进修学校机房",
    "育才初级中学多功能厅",
];

/// Four hours in the morning, four in the afternoon, the rest on the last day.
fn units(place: usize, programme: &Programme, table: &Timetable, lecturers: usize) -> Vec<Unit> {
    let mut left = programme.content.hours.hundredths();
    let mut units = Vec::new();
    let mut number = 0;
    while left > 0 {
        let hours = left.min(400);
        let on = later(table.first, table.step * (number / 2));
        let starts_at = if number % 2 == 0 { at(on, 8, 30) } else { at(on, 13, 30) };
        let nth = usize::try_from(number).unwrap_or(0);
        let half = if left > programme.content.hours.hundredths() / 2 { "理论学习" } else { "实践研修" };
        units.push(Unit {
            starts_at,
            // An hour of credit is 45 minutes.
            ends_at: starts_at.plus_millis(hours * 27_000),
            place: PLACES.get((place + nth) % PLACES.len()).copied().unwrap_or_default(),
            content: format!("{}（{half}第{}讲）", programme.content.name, number + 1),
            // The example of a session to be closed is taught by `lecturer-01`.
            lecturer: if place == 18 { 0 } else { (place + nth).checked_rem(lecturers).unwrap_or(0) },
            hours: Hours::from_hundredths(hours),
        });
        left -= hours;
        number += 1;
    }
    units
}
