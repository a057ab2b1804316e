//! What enrolment looks like in JSON.

use crate::{
    catalogue::words::SessionStateWord,
    document::ProblemCodeWord,
    http::page::{list_query, sort_of},
    problem::{FieldFault, Words},
    wire::{
        EnrolmentRef, EnrolmentStatusWord, HoursText, InstantText, MarkWord, OneOf, OrganisationRef, OutcomeWord,
        ProgrammeRef, SessionRef, TeacherRef, Text, UnitRef,
    },
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::enrolment::Mark;
use shixun_persistence::enrolment::{AttendanceMark, AttendanceRow, EnrolmentRow, UnitTime};
use std::collections::BTreeMap;
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
#[schema(example = json!({"code": "applications_closed", "title": "报名已截止", "detail": "报名已于2026-11-20 17:00截止。", "parameters": {"closed": "2026-11-20T17:00:00.000+08:00"}}))]
pub struct EligibilityReasonView {
    /// The code an application would be refused with.
    #[schema(value_type = ProblemCodeWord)]
    pub code: String,
    /// The same words for every occurrence, in the language of `Accept-Language`.
    pub title: String,
    /// What stands in the way and what to do.
    pub detail: String,
    /// The values that the text names, for programs, as in the problem: the session of a clash as `session`, the missing condition of an
    /// audience as `gap`.
    pub parameters: BTreeMap<String, String>,
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
        /// Only those of the teachers of this school, or of a school below this organisation.
        pub organisation_id: Option<OrganisationRef>,
        /// Only those with this status.
        pub status: Option<EnrolmentStatusWord>,
        /// `true`: only those that have not ended, with a seat or in the queue; `false`: only those that have.
        pub open: Option<bool>,
        /// `true`: only those whose school is still to review them, with a seat or in the queue; `false`: only the others.
        pub awaiting_review: Option<bool>,
        /// Only those in sessions in this state.
        pub session_state: Option<SessionStateWord>,
        /// Only those in sessions of this programme.
        pub programme_id: Option<ProgrammeRef>,
        /// Only those in sessions that begin on this day or later.
        pub starts_from: Option<NaiveDate>,
        /// Only those in sessions that begin on this day or earlier.
        pub starts_to: Option<NaiveDate>,
    }
}

list_query! {
    /// Which enrolments of a session are wanted.
    SessionEnrolmentQuery by EnrolmentSort {
        /// Only those with this status.
        pub status: Option<EnrolmentStatusWord>,
        /// `true`: only those that have not ended, with a seat or in the queue; `false`: only those that have.
        pub open: Option<bool>,
        /// `true`: only those whose school is still to review them, with a seat or in the queue; `false`: only the others.
        pub awaiting_review: Option<bool>,
        /// Only those of the teachers of this school, or of a school below this organisation.
        pub organisation_id: Option<OrganisationRef>,
    }
}

impl SessionEnrolmentQuery {
    /// The same of the list of all enrolments.
    pub fn of(self, session: SessionRef) -> EnrolmentQuery {
        EnrolmentQuery {
            session_id: Some(session),
            teacher_id: None,
            organisation_id: self.organisation_id,
            status: self.status,
            open: self.open,
            awaiting_review: self.awaiting_review,
            session_state: None,
            programme_id: None,
            starts_from: None,
            starts_to: None,
            sort: self.sort,
            limit: self.limit,
            cursor: self.cursor,
            include: self.include,
        }
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
    /// The teacher.
    pub teacher_id: TeacherRef,
    /// The teacher's name on the day of the application.
    pub name: String,
    /// The name of the teacher's school on that day.
    #[schema(example = "实验小学")]
    pub organisation_name: String,
    /// Where the person stands: who is only `applied` holds a seat that the school has not confirmed.
    pub status: EnrolmentStatusWord,
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
    /// The session.
    pub session_id: SessionRef,
    /// The unit.
    pub unit_id: UnitRef,
    /// From.
    pub starts_at: InstantText,
    /// To, this instant excluded.
    pub ends_at: InstantText,
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
            teacher_id: Text(enrolment.person.teacher()),
            name: enrolment.person_name.clone(),
            organisation_name: enrolment.organisation_name.clone(),
            status: OneOf(enrolment.status),
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
