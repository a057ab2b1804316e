//! What an enrolment looks like in JSON, and in the event log.

use crate::{
    catalogue::words::SessionStateWord,
    http::{Etag, page::list_of},
    ledger::wire::MissedEvaluationWord,
    wire::{
        EnrolmentRef, EnrolmentStatusWord, EvaluationStateWord, HoursText, InstantText, OneOf, OrganisationRef,
        OutcomeWord, ProgrammeRef, SessionRef, TeacherRef, Text, TitleWord,
    },
};
use chrono::NaiveDate;
use serde::Serialize;
use shixun_domain::enrolment::EvaluationStanding;
use shixun_persistence::enrolment::{EnrolmentRow, EnrolmentShown, SessionBrief};
use utoipa::ToSchema;

/// A person's place in a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrolmentView {
    /// Identifier.
    pub id: EnrolmentRef,
    /// The session.
    pub session_id: SessionRef,
    /// What a list of enrolments shows of the session.
    pub session: EnrolmentSessionView,
    /// The teacher.
    pub teacher_id: TeacherRef,
    /// Name on the day of the application.
    #[schema(example = "张三")]
    pub name: String,
    /// School on that day.
    pub organisation_id: OrganisationRef,
    /// Its name on that day.
    #[schema(example = "实验小学")]
    pub organisation_name: String,
    /// Title on that day.
    pub title: Option<TitleWord>,
    /// Where the person stands. An application is `applied` with a seat or `waiting` in the queue; the school's review makes it
    /// `confirmed` or `waiting_approved`, or ends it as `declined`. A seat that comes free makes `waiting` `applied` and
    /// `waiting_approved` `confirmed`. `withdrawn` ends any of these, and so does `session_cancelled`; closing the session makes
    /// `confirmed` `completed`, `not_completed` or `expelled`, and ends what nobody reviewed as `declined`. Who has withdrawn may apply
    /// again, at the end of the line.
    pub status: EnrolmentStatusWord,
    /// The place in the queue, 1 for whoever moves up next; null for whoever does not wait.
    #[schema(minimum = 1)]
    pub queue_position: Option<i64>,
    /// When it was asked for: the place in the line.
    pub requested_at: InstantText,
    /// When the school decided.
    pub decided_at: Option<InstantText>,
    /// What the school wrote.
    pub note: Option<String>,
    /// The result.
    pub result: Option<OutcomeWord>,
    /// Serious misconduct, which gives no hours.
    pub misconduct: bool,
    /// The evaluation of the session; null where none was asked for or given, and then a voluntary one may be given.
    pub evaluation: Option<EnrolmentEvaluationView>,
    /// Counts the changes; the first part of the `ETag`, which also follows the session and the place in the queue.
    #[schema(minimum = 1)]
    pub version: i64,
}

/// What an enrolment shows of its session.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrolmentSessionView {
    /// Its programme.
    pub programme_id: ProgrammeRef,
    /// The programme's name.
    #[schema(example = "单元整体教学设计")]
    pub programme_name: String,
    /// Name of this run.
    #[schema(example = "第一期")]
    pub name: String,
    /// Where it stands.
    pub state: SessionStateWord,
    /// The institution.
    pub organisation_id: OrganisationRef,
    /// Its name.
    pub organisation_name: String,
    /// Hours in all.
    pub hours: HoursText,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// Until when a teacher may withdraw, this instant excluded.
    pub withdraw_until: InstantText,
}

impl From<&SessionBrief> for EnrolmentSessionView {
    fn from(session: &SessionBrief) -> Self {
        EnrolmentSessionView {
            programme_id: Text(session.programme),
            programme_name: session.programme_name.clone(),
            name: session.name.clone(),
            state: OneOf(session.state),
            organisation_id: Text(session.organisation),
            organisation_name: session.organisation_name.clone(),
            hours: Text(session.hours),
            starts_on: session.starts_on,
            ends_on: session.ends_on,
            withdraw_until: Text(session.withdraw_until),
        }
    }
}

/// Where the teacher stands with the evaluation of the session. What was answered is for the teacher alone to read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"state": "owed", "until": "2026-12-20", "missed": "void"}))]
pub struct EnrolmentEvaluationView {
    /// Asked for, given, or not given in time.
    pub state: EvaluationStateWord,
    /// The last day on which it is given; null where it was given without being asked for.
    pub until: Option<NaiveDate>,
    /// What becomes of the hours of the session when it does not come; null where none wait, or waited, for it.
    pub missed: Option<MissedEvaluationWord>,
}

impl EnrolmentEvaluationView {
    fn of(standing: EvaluationStanding) -> Option<Self> {
        let EvaluationStanding { state, until, missed } = standing;
        state.map(|state| EnrolmentEvaluationView { state: OneOf(state), until, missed: missed.map(OneOf) })
    }
}

list_of! {
    /// Enrolments in the order of asking.
    EnrolmentList of EnrolmentView
}

/// The entity tag of an enrolment: the version, that of its session, and the place in the queue.
pub fn etag(shown: &EnrolmentShown) -> Etag {
    Etag::version_and(shown.row.version, &[shown.session.version, shown.queue_position.unwrap_or_default()])
}

impl From<&EnrolmentShown> for EnrolmentView {
    fn from(shown: &EnrolmentShown) -> Self {
        let row = &shown.row;
        EnrolmentView {
            id: Text(row.id),
            session_id: Text(row.session),
            session: EnrolmentSessionView::from(&shown.session),
            teacher_id: Text(row.person.teacher()),
            name: row.person_name.clone(),
            organisation_id: Text(row.organisation),
            organisation_name: row.organisation_name.clone(),
            title: row.title.map(OneOf),
            status: OneOf(row.status),
            queue_position: shown.queue_position,
            requested_at: Text(row.requested_at),
            decided_at: row.decided_at.map(Text),
            note: row.note.clone(),
            result: row.outcome.map(OneOf),
            misconduct: row.misconduct,
            evaluation: EnrolmentEvaluationView::of(row.evaluation),
            version: row.version,
        }
    }
}

/// An enrolment as the event log keeps it: what belongs to the session, and to those who wait before, is not repeated.
#[derive(Debug, Serialize)]
pub struct EnrolmentRecord {
    id: EnrolmentRef,
    session_id: SessionRef,
    teacher_id: TeacherRef,
    name: String,
    organisation_id: OrganisationRef,
    organisation_name: String,
    title: Option<TitleWord>,
    status: EnrolmentStatusWord,
    requested_at: InstantText,
    decided_at: Option<InstantText>,
    note: Option<String>,
    result: Option<OutcomeWord>,
    misconduct: bool,
    evaluation: Option<EnrolmentEvaluationView>,
    version: i64,
}

impl From<&EnrolmentRow> for EnrolmentRecord {
    fn from(row: &EnrolmentRow) -> Self {
        EnrolmentRecord {
            id: Text(row.id),
            session_id: Text(row.session),
            teacher_id: Text(row.person.teacher()),
            name: row.person_name.clone(),
            organisation_id: Text(row.organisation),
            organisation_name: row.organisation_name.clone(),
            title: row.title.map(OneOf),
            status: OneOf(row.status),
            requested_at: Text(row.requested_at),
            decided_at: row.decided_at.map(Text),
            note: row.note.clone(),
            result: row.outcome.map(OneOf),
            misconduct: row.misconduct,
            evaluation: EnrolmentEvaluationView::of(row.evaluation),
            version: row.version,
        }
    }
}
