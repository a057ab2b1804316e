//! Who sits in the sessions, who waits, and how they attended.

use super::{Programme, School, Session, Teacher, at, catalogue::Show, dice::Dice, later};
use chrono::{Datelike, NaiveDate};
use shixun_domain::{
    AreaCode, UtcMillis,
    catalogue::AudienceFacts,
    enrolment::{EnrolmentStatus, Mark, Outcome},
    words::Title,
};
use std::collections::HashSet;

/// Someone's place in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Who, by place in the plan.
    pub teacher: usize,
    /// Where the person stands.
    pub status: EnrolmentStatus,
    /// When it was asked for.
    pub requested_at: UtcMillis,
    /// When the school decided.
    pub decided_at: Option<UtcMillis>,
    /// What the school wrote.
    pub note: Option<&'static str>,
    /// The result.
    pub outcome: Option<Outcome>,
    /// Serious misconduct.
    pub misconduct: bool,
    /// Attendance, one for each unit; none where nobody recorded it.
    pub marks: Vec<Option<(Mark, i32)>>,
}

/// Puts people into the sessions. Nobody is in two sessions that are closed, or in two that are not, so that neither times
/// nor contents collide.
pub(super) fn fill(
    seed: u64,
    sessions: &mut [Session],
    programmes: &[Programme],
    schools: &[School],
    teachers: &[Teacher],
    now: UtcMillis,
) {
    let class = (teachers.len() / 80).clamp(4, 31);
    let (mut past, mut present) = (HashSet::from([0]), HashSet::from([0]));
    for session in sessions {
        let Some(programme) = programmes.get(session.programme) else { continue };
        let busy = if session.show == Show::Closed { &mut past } else { &mut present };
        let mut dice = Dice::of(seed, "session", session.programme);
        let wanted = match session.show {
            Show::Open => class / 2,
            Show::Full => class + class / 3 + 2,
            Show::Lacking => 5,
            Show::Soon | Show::Planned => 0,
            Show::Cancelled => 3,
            Show::Closed | Show::Running | Show::Ready => class,
        };
        let day = session.terms.applications_open_at.china_date().min(now.china_date());
        let fits = |number: usize| {
            let teacher = teachers.get(number)?;
            let facts = facts(teacher, schools, day)?;
            let here = teacher.school_on(now.china_date()).is_some() && !teacher.is_away(now.china_date());
            (here && programme.content.audience.gap(&facts).is_empty()).then_some(number)
        };
        let start = usize::try_from(dice.below(u32::try_from(teachers.len()).unwrap_or(0))).unwrap_or(0);
        let in_turn = (0..teachers.len()).filter_map(|step| (start + step * 7).checked_rem(teachers.len()));
        let mut chosen: Vec<usize> =
            in_turn.filter(|number| !busy.contains(number)).filter_map(fits).take(wanted).collect();
        // The first teacher completed a course, and waits for the last mark of another.
        if session.programme == 0 || session.show == Show::Lacking {
            chosen.insert(0, 0);
        }
        busy.extend(&chosen);
        if session.show == Show::Full {
            let seats = chosen.len() * 3 / 4;
            session.terms.seats = i32::try_from(seats).unwrap_or(0);
        }
        session.enrolments = seat(session, &chosen, &mut dice, now);
    }
}

/// What an audience asks of a teacher on a day; none where the teacher is employed nowhere.
fn facts(teacher: &Teacher, schools: &[School], on: NaiveDate) -> Option<AudienceFacts> {
    let school = schools.get(teacher.school_on(on)?)?;
    let passed = (on.month(), on.day()) >= (teacher.entered_on.month(), teacher.entered_on.day());
    let years = on.year() - teacher.entered_on.year() - i32::from(!passed);
    Some(AudienceFacts {
        area: AreaCode::new(331_123).ok()?,
        organisations: Vec::new(),
        stages: vec![teacher.stage],
        subjects: teacher.subjects.iter().map(|subject| (*subject).to_owned()).collect(),
        title: teacher.title_on(on).unwrap_or(Title::None),
        posts: teacher.post.filter(|post| post.from <= on).map(|post| post.post).into_iter().collect(),
        setting: Some(school.setting),
        small_class: school.small_class,
        new_teacher: on <= teacher.probation_ends_on,
        service_years: u8::try_from(years).ok(),
    })
}

fn seat(session: &Session, chosen: &[usize], dice: &mut Dice, now: UtcMillis) -> Vec<Enrolment> {
    let mut seats_left = session.terms.seats;
    let mut enrolments = Vec::new();
    for (teacher, minutes) in chosen.iter().zip((0_i64..).step_by(17)) {
        // Within half a minute every 17 minutes from the opening, and never after now.
        let requested_at = session.terms.applications_open_at.plus_millis(minutes * 60_000 + 21_450);
        let reviewed_at = requested_at.plus_millis(20 * 3_600_000);
        let mut enrolment = Enrolment {
            teacher: *teacher,
            status: EnrolmentStatus::Confirmed,
            requested_at: requested_at.min(now),
            decided_at: Some(reviewed_at.min(now)),
            note: None,
            outcome: None,
            misconduct: false,
            marks: vec![None; session.units.len()],
        };
        match session.show {
            Show::Open | Show::Full => {
                apply(&mut enrolment, seats_left, session.show == Show::Open, dice);
            }
            Show::Cancelled => enrolment.status = EnrolmentStatus::SessionCancelled,
            Show::Soon | Show::Planned => {}
            Show::Closed | Show::Running | Show::Lacking | Show::Ready => attend(session, &mut enrolment, dice, now),
        }
        seats_left -= i32::from(enrolment.status.holds_seat());
        enrolments.push(enrolment);
    }
    if session.show == Show::Closed {
        // One person was sent away, once in the whole county.
        let sent_away = enrolments.get_mut(1).filter(|_| session.programme == 3);
        if let Some(enrolment) = sent_away {
            (enrolment.status, enrolment.outcome) = (EnrolmentStatus::Expelled, Some(Outcome::Fail));
            enrolment.misconduct = true;
        }
    }
    enrolments
}

/// An application to a session that is still open: a seat while there is one, then the queue; some reviewed, some not.
fn apply(enrolment: &mut Enrolment, seats_left: i32, may_leave: bool, dice: &mut Dice) {
    let reviewed = !dice.once_in(2);
    let fate = dice.below(12);
    enrolment.status = match (seats_left > 0, reviewed) {
        (true, true) if may_leave && fate == 0 => EnrolmentStatus::Declined,
        (true, false) if may_leave && fate == 1 => EnrolmentStatus::Withdrawn,
        (true, true) => EnrolmentStatus::Confirmed,
        (true, false) => EnrolmentStatus::Applied,
        (false, true) => EnrolmentStatus::WaitingApproved,
        (false, false) => EnrolmentStatus::Waiting,
    };
    if !reviewed {
        enrolment.decided_at = None;
    }
    if enrolment.status == EnrolmentStatus::Declined {
        enrolment.note = Some("与学校教学安排冲突，下期再报");
    }
}

/// Attendance at the units that were held, and the result where the session is over.
fn attend(session: &Session, enrolment: &mut Enrolment, dice: &mut Dice, now: UtcMillis) {
    let last = session.units.len().saturating_sub(1);
    let yesterday = at(later(now.china_date(), 0), 0, 0);
    let mut missed = 0;
    for (place, (mark, unit)) in enrolment.marks.iter_mut().zip(&session.units).enumerate() {
        let held = unit.ends_at <= yesterday;
        if !held || (session.show == Show::Lacking && place == last) {
            continue;
        }
        let minutes = i32::try_from((unit.ends_at.millis() - unit.starts_at.millis()) / 60_000).unwrap_or(0);
        let thrown = match dice.below(40) {
            0 => (Mark::Absent, 0),
            1 => (Mark::Excused, 0),
            2 => (Mark::Late, minutes - 20),
            3 => (Mark::Partly, minutes / 2),
            _ => (Mark::Present, minutes),
        };
        missed += i32::from(thrown.1 == 0);
        *mark = Some(thrown);
    }
    if matches!(session.show, Show::Closed | Show::Ready) {
        let failed = missed > 1 || (enrolment.teacher != 0 && dice.once_in(25));
        enrolment.outcome = Some(if failed { Outcome::Fail } else { Outcome::Pass });
    }
    if session.show == Show::Closed {
        enrolment.status = match enrolment.outcome {
            Some(Outcome::Pass) => EnrolmentStatus::Completed,
            _ => EnrolmentStatus::NotCompleted,
        };
    }
}
