//! Teachers and sessions of the county, entered through the store, so that a test can begin where its subject begins.

use super::{County, off_runtime};
use chrono::NaiveDate;
use shixun_domain::{
    Fen, Hours, UtcMillis,
    access::Role,
    catalogue::{
        Audience, CurriculumItem, ProgrammeContent, ProgrammeKind, ProgrammeState, SessionState, SessionTerms,
    },
    id::{AccountId, OrganisationId, PersonId, SessionId, UnitId},
    people::IdentityNumber,
    time::DateSpan,
    words::{DeliveryForm, Level, Route, Stage, Title},
};
use shixun_persistence::{
    DbError, Keep, WriteTx,
    catalogue::{
        programmes::{self, Step},
        sessions,
        units::{self, NewUnit},
    },
    people::{self, Fact, NewFact, PersonData, SavedPerson},
};

/// A teacher with an account.
#[derive(Debug, Clone, Copy)]
pub struct TestTeacher {
    /// The person.
    pub person: PersonId,
    /// The account.
    pub account: AccountId,
}

/// The `number`th identity number with a check digit that agrees, of nobody: the prefix is assigned to no county.
pub fn identity(number: u32) -> IdentityNumber {
    let body = format!("33119919800101{:03}", number % 1_000);
    let body = format!("{}{:02}{}", &body[..12], 1 + number / 1_000, &body[14..]);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(weights).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    let check = b"10X98765432"[(sum % 11) as usize] as char;
    IdentityNumber::parse(&format!("{body}{check}")).unwrap()
}

/// What a test's session looks like where it says nothing else.
#[derive(Debug, Clone)]
pub struct TestSession {
    pub institution: usize,
    pub seats: i32,
    pub queue_places: i32,
    pub audience: Audience,
    pub content_key: String,
    pub kind: ProgrammeKind,
    pub hours: i32,
    pub starts_on: NaiveDate,
    pub applications_close_at: UtcMillis,
    pub withdraw_until: UtcMillis,
    pub state: SessionState,
    pub lecturer: Option<PersonId>,
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An instant in the county's zone.
pub fn at(text: &str) -> UtcMillis {
    UtcMillis::parse_rfc3339(&format!("{text}+08:00")).unwrap()
}

impl Default for TestSession {
    fn default() -> Self {
        TestSession {
            institution: 0,
            seats: 2,
            queue_places: 0,
            audience: Audience::default(),
            content_key: String::new(),
            kind: ProgrammeKind::ShortCourse,
            hours: 8,
            starts_on: day("2026-12-05"),
            applications_close_at: at("2026-12-01T17:00:00"),
            withdraw_until: at("2026-12-02T17:00:00"),
            state: SessionState::Published,
            lecturer: None,
        }
    }
}

/// A session with its units: two mornings of 180 minutes, half of the hours each.
#[derive(Debug, Clone, Copy)]
pub struct MadeSession {
    pub id: SessionId,
    pub units: [UnitId; 2],
}

impl County {
    /// Enters a teacher of a school, with an account `teacher-NUMBER`.
    pub fn add_teacher(&mut self, number: u32, school: OrganisationId) -> TestTeacher {
        let at = self.clock.now();
        let db = self.app.db.clone();
        let enter = move |tx: &mut WriteTx<'_>| enter(tx, number, school);
        let person = off_runtime(|| db.write_blocking(at, Keep::Commit, enter).unwrap());
        let account = self.add_account(&format!("teacher-{number}"), Role::Teacher, school, Some(person));
        TestTeacher { person, account }
    }

    /// Enters an approved programme with a session.
    pub fn add_session(&self, wanted: TestSession) -> MadeSession {
        let institution = self.institutions[wanted.institution];
        let owner = self.account(&format!("institution-{}", wanted.institution + 1));
        self.add_session_of(wanted, institution, [owner, self.account("bureau")])
    }

    /// The same at an institution of whatever area; the accounts submit and approve its programme.
    pub fn add_session_of(
        &self,
        wanted: TestSession,
        institution: OrganisationId,
        [owner, bureau]: [AccountId; 2],
    ) -> MadeSession {
        let (now, db) = (self.clock.now(), self.app.db.clone());
        let make = move |tx: &mut WriteTx<'_>| make(tx, &wanted, institution, owner, bureau);
        off_runtime(|| db.write_blocking(now, Keep::Commit, make).unwrap())
    }
}

fn enter(tx: &mut WriteTx<'_>, number: u32, school: OrganisationId) -> Result<PersonId, DbError> {
    let data = PersonData {
        name: format!("教师{number}"),
        identity: identity(number),
        phone: None,
        email: None,
        entered_on: Some(day("2005-09-01")),
        probation_ends_on: None,
        retires_on: None,
        duty: None,
        remark: None,
    };
    let SavedPerson::Done(person) = people::add(tx, school.area(), &data)? else { panic!("teacher {number} exists") };
    let span = DateSpan { from: day("2005-09-01"), to: None };
    let fact = |fact: Fact| NewFact { person, fact, span };
    people::add_facts(
        tx,
        &[
            fact(Fact::Employment { organisation: school }),
            fact(Fact::Title { title: Title::First, written: None }),
            fact(Fact::Teaching { stage: Stage::Primary, subject: "语文".into() }),
        ],
    )?;
    Ok(person)
}

fn make(
    tx: &mut WriteTx<'_>,
    wanted: &TestSession,
    institution: OrganisationId,
    owner: AccountId,
    bureau: AccountId,
) -> Result<MadeSession, DbError> {
    let hours = Hours::whole(wanted.hours);
    let half = Hours::from_hundredths(hours.hundredths() / 2);
    let name = format!("课程{}", tx.new_id::<()>(institution.area()).number());
    let content = ProgrammeContent {
        name: name.clone(),
        kind: wanted.kind,
        level: Level::County,
        delivery_form: DeliveryForm::Lecture,
        route: Route::SelfSelected,
        themes: Vec::new(),
        aims: "提高课堂教学能力".into(),
        curriculum: vec![CurriculumItem { title: "专题".into(), lecturer: "王老师".into(), hours }],
        lecturers: Vec::new(),
        class_head: Some("李老师".into()),
        budget: Fen::whole(1_000),
        audience: wanted.audience.clone(),
        hours,
        practice_hours: Hours::ZERO,
        content_key: if wanted.content_key.is_empty() { name.clone() } else { wanted.content_key.clone() },
    };
    let programme = programmes::add(tx, institution, &content, Some(owner))?;
    for (state, step) in
        [(ProgrammeState::Submitted, Step::Submit(owner)), (ProgrammeState::Approved, Step::Decide(bureau))]
    {
        let before = programmes::find(tx.conn(), programme)?.unwrap();
        programmes::set_state(tx, &before, state, None, step)?;
    }
    let terms = SessionTerms {
        name: "第一期".into(),
        seats: wanted.seats,
        queue_places: wanted.queue_places,
        applications_open_at: at("2026-11-01T00:00:00"),
        applications_close_at: wanted.applications_close_at,
        withdraw_until: wanted.withdraw_until,
        starts_on: wanted.starts_on,
        ends_on: wanted.starts_on.succ_opt().unwrap(),
    };
    let session = sessions::add(tx, programme, &terms)?;
    let mut made = Vec::new();
    for offset in 0..2 {
        let date = wanted.starts_on + chrono::Days::new(offset);
        let unit = NewUnit {
            starts_at: at(&format!("{date}T08:00:00")),
            ends_at: at(&format!("{date}T11:00:00")),
            place: "教师进修学校201".into(),
            content: "专题讲座".into(),
            lecturer_name: "王老师".into(),
            lecturer: wanted.lecturer,
            hours: half,
        };
        made.push(units::add(tx, session, &unit)?);
    }
    let path: &[SessionState] = match wanted.state {
        SessionState::Draft => &[],
        SessionState::Running => &[SessionState::Published, SessionState::Running],
        _ => &[SessionState::Published],
    };
    for state in path {
        let before = sessions::find(tx.conn(), session)?.unwrap();
        sessions::set_state(tx, &before, *state)?;
    }
    Ok(MadeSession { id: session, units: [made[0], made[1]] })
}
