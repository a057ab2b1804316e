//! What enrolment looks like in JSON.

use crate::{
    http::{
        Etag,
        page::{list_of, list_query, sort_of},
    },
    ledger::wire::MissedEvaluationWord,
    problem::{FieldFault, Words},
    wire::{
        EnrolmentRef, EnrolmentStatusWord, EvaluationStateWord, HoursText, InstantText, MarkWord, OneOf,
        OrganisationRef, OutcomeWord, SessionRef, TeacherRef, Text, TitleWord, UnitRef,
    },
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::enrolment::{EvaluationStanding, Mark};
use shixun_persistence::enrolment::{AttendanceMark, AttendanceRow, EnrolmentFilter, EnrolmentRow, UnitTime};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// The cycle a way is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WayQuery {
    /// First and last year of the cycle; the one that runs where it is not given.
    #[param(max_length = 9, example = "2026-2030")]
    pub cycle: Option<String>,
}

/// Whether a teacher may apply, with every reason against it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EligibilityView {
    /// The session.
    pub session_id: SessionRef,
    /// The teacher.
    pub teacher_id: TeacherRef,
    /// Whether an application would be taken now.
    pub eligible: bool,
    /// What it would get: `seat` or `queue`; null where it would be refused.
    #[schema(pattern = "^(seat|queue)$", example = "seat")]
    pub placement: Option<String>,
    /// Every reason against it, in the order in which people should hear them.
    pub reasons: Vec<EligibilityReasonView>,
    /// Seats that are free.
    #[schema(minimum = 0)]
    pub seats_left: i32,
    /// Places in the queue that are free.
    #[schema(minimum = 0)]
    pub queue_places_left: i32,
    /// Hours the session is worth.
    pub hours: HoursText,
    /// Hours left under the yearly maximum; null where none applies.
    pub yearly_hours_left: Option<HoursText>,
}

/// A reason against an application.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"code": "applications_closed", "title": "报名已截止", "detail": "报名已于2026-11-20T17:00:00.000+08:00截止。"}))]
pub struct EligibilityReasonView {
    /// The code an application would be refused with.
    pub code: String,
    /// The same words for every occurrence, in the language of `Accept-Language`.
    pub title: String,
    /// What stands in the way and what to do.
    pub detail: String,
}

/// A person's place in a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrolmentView {
    /// Identifier.
    pub id: EnrolmentRef,
    /// The session.
    pub session_id: SessionRef,
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
    /// Where the person stands.
    pub status: EnrolmentStatusWord,
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
    /// Counts the changes; also the `ETag`.
    #[schema(minimum = 1)]
    pub version: i64,
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

impl EnrolmentView {
    /// The entity tag.
    pub fn etag(&self) -> Etag {
        Etag::version(self.version)
    }
}

impl From<&EnrolmentRow> for EnrolmentView {
    fn from(row: &EnrolmentRow) -> Self {
        EnrolmentView {
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

/// An application.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct EnrolmentIn {
    /// For whom. A teacher leaves it out; a school names one of its teachers.
    pub teacher_id: Option<TeacherRef>,
}

/// What the school says to an application.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "同意，课务已调整"}))]
pub struct ReviewIn {
    /// Why; the teacher reads it.
    #[validate(length(max = 500))]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// The session an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SessionPath {
    /// Identifier of the session.
    pub session_id: SessionRef,
}

/// The enrolment an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct EnrolmentPath {
    /// Identifier of the enrolment.
    pub enrolment_id: EnrolmentRef,
}

/// The unit an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SessionUnitPath {
    /// Identifier of the session.
    pub session_id: SessionRef,
    /// Identifier of the unit.
    pub unit_id: UnitRef,
}

/// For whom eligibility is asked.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EligibilityQuery {
    /// The teacher; oneself where it is not given.
    pub teacher_id: Option<TeacherRef>,
}

sort_of! {
    /// The order of enrolments.
    EnrolmentSort = "created" | "-created", usually Ascending
}

list_query! {
    /// Which enrolments are wanted.
    EnrolmentQuery by EnrolmentSort {
        /// Only those in this session.
        pub session_id: Option<SessionRef>,
        /// Only those of this teacher.
        pub teacher_id: Option<TeacherRef>,
        /// Only those of this school's teachers.
        pub organisation_id: Option<OrganisationRef>,
        /// Only those with this status.
        pub status: Option<EnrolmentStatusWord>,
    }
}

impl EnrolmentQuery {
    /// The filter.
    pub fn filter(&self) -> EnrolmentFilter {
        EnrolmentFilter {
            session: self.session_id.map(|id| id.0),
            person: self.teacher_id.map(|id| id.0.person()),
            organisation: self.organisation_id.map(|id| id.0),
            status: self.status.map(|status| status.0),
        }
    }
}

list_query! {
    /// Which enrolments of a session are wanted.
    SessionEnrolmentQuery by EnrolmentSort {
        /// Only those with this status.
        pub status: Option<EnrolmentStatusWord>,
    }
}

/// Attendance at a unit.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"marks": [
    {"enrolment_id": "enr_a3bk65mwvj59005bvx", "mark": "present"},
    {"enrolment_id": "enr_a3bk65mwvj59005bzy", "mark": "late", "minutes": 70, "note": "班车晚点"}
]}))]
pub struct AttendanceIn {
    /// One mark a person; those left out keep what was recorded.
    #[validate(length(min = 1, max = 1000), nested)]
    #[schema(min_items = 1, max_items = 1000)]
    pub marks: Vec<AttendanceMarkIn>,
}

/// How one person attended.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AttendanceMarkIn {
    /// Whose attendance.
    pub enrolment_id: EnrolmentRef,
    /// The mark. `late` and `partly` need `minutes`.
    pub mark: MarkWord,
    /// Minutes attended; by default all for `present`, none for `absent` and `excused`.
    #[validate(range(min = 0, max = 10080))]
    #[schema(minimum = 0, maximum = 10080)]
    pub minutes: Option<i32>,
    /// What should be remembered.
    #[validate(length(max = 200))]
    #[schema(max_length = 200)]
    pub note: Option<String>,
}

impl AttendanceMarkIn {
    /// Checks the mark against the length of the unit.
    ///
    /// # Errors
    /// The fault of the field, where minutes are missing or do not fit the mark.
    pub fn read(&self, index: usize, unit: &UnitTime) -> Result<AttendanceMark, FieldFault> {
        let minutes = read_mark(index, self.mark.0, self.minutes, unit)?;
        Ok(AttendanceMark { enrolment: self.enrolment_id.0, mark: self.mark.0, minutes, note: self.note.clone() })
    }
}

/// The minutes that the mark at `/marks/{index}` stands for.
///
/// # Errors
/// The fault of the field, where minutes are missing or do not fit the mark.
pub(super) fn read_mark(index: usize, mark: Mark, minutes: Option<i32>, unit: &UnitTime) -> Result<i32, FieldFault> {
    let total = unit.minutes();
    let fault = |zh: String, en: String| {
        let fault = FieldFault::new(format!("/marks/{index}/minutes"), "minutes_do_not_fit", Words::new(zh, en));
        fault.with("mark", mark).with("unit_minutes", total)
    };
    let minutes = minutes.or(mark.default_minutes(total)).ok_or_else(|| {
        fault(
            format!("{}须填出勤分钟数（1–{}）", mark.zh(), total - 1),
            format!("{mark} needs the minutes attended, 1 to {}", total - 1),
        )
    })?;
    if mark.fits(minutes, total) {
        return Ok(minutes);
    }
    Err(fault(
        format!("{}分钟与“{}”不符，本课次共{total}分钟", minutes, mark.zh()),
        format!("{minutes} minutes do not fit {mark}: the unit lasts {total} minutes"),
    ))
}

/// How one person attended one unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttendanceView {
    /// The unit.
    pub unit_id: UnitRef,
    /// The enrolment.
    pub enrolment_id: EnrolmentRef,
    /// The teacher's name on the day of the application.
    pub name: String,
    /// The mark; null where nothing was recorded yet.
    pub mark: Option<MarkWord>,
    /// Minutes attended.
    #[schema(minimum = 0)]
    pub minutes: Option<i32>,
    /// What should be remembered.
    pub note: Option<String>,
    /// When it was last recorded.
    pub updated_at: Option<InstantText>,
}

/// Attendance of everybody who holds a seat.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttendanceSheetView {
    /// The unit.
    pub unit_id: UnitRef,
    /// How long the unit lasts.
    #[schema(minimum = 1)]
    pub minutes_total: i32,
    /// Hours the unit is worth.
    pub hours: HoursText,
    /// One row a person, in the order of asking.
    pub data: Vec<AttendanceView>,
}

impl AttendanceView {
    /// The row of a person, with what was recorded.
    pub fn new(unit: &UnitTime, enrolment: &EnrolmentRow, recorded: Option<&AttendanceRow>) -> Self {
        AttendanceView {
            unit_id: Text(unit.id),
            enrolment_id: Text(enrolment.id),
            name: enrolment.person_name.clone(),
            mark: recorded.map(|row| OneOf(row.mark)),
            minutes: recorded.map(|row| row.minutes),
            note: recorded.and_then(|row| row.note.clone()),
            updated_at: recorded.map(|row| Text(row.updated_at)),
        }
    }
}

/// Results of a session.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"results": [{"enrolment_id": "enr_a3bk65mwvj59005bvx", "result": "pass"}]}))]
pub struct ResultsIn {
    /// One result a person; those left out keep what was recorded.
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_items = 1, max_items = 1000)]
    pub results: Vec<ResultIn>,
}

/// The result of one person.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResultIn {
    /// Whose result.
    pub enrolment_id: EnrolmentRef,
    /// Pass or fail.
    pub result: OutcomeWord,
    /// Serious misconduct: the training ends without hours (浙教办师〔2014〕14号).
    #[serde(default)]
    pub misconduct: bool,
}

/// What closing a session did.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClosingView {
    /// The session.
    pub session_id: SessionRef,
    /// Persons who completed it.
    #[schema(minimum = 0)]
    pub completed: i32,
    /// Persons who did not.
    #[schema(minimum = 0)]
    pub not_completed: i32,
    /// Persons whose training ended for misconduct.
    #[schema(minimum = 0)]
    pub expelled: i32,
    /// Applications that nobody had reviewed, or that still waited.
    #[schema(minimum = 0)]
    pub lapsed: i32,
    /// Hours posted in all.
    pub hours_posted: HoursText,
    /// Persons whose hours wait for their evaluation, because the packs ask for one.
    #[schema(minimum = 0)]
    pub awaiting_evaluation: i32,
    /// Their hours in all.
    pub hours_awaiting: HoursText,
}
