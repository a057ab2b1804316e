//! Corrections of attendance in JSON.

use crate::{
    enrolment::wire::read_mark,
    problem::{ApiError, Code, FieldFault, Words},
    wire::{MarkWord, OutcomeWord, UnitRef},
};
use serde::{Deserialize, Serialize};
use shixun_domain::id::{EnrolmentId, UnitId};
use shixun_persistence::enrolment::{AttendanceMark, UnitTime};
use utoipa::ToSchema;
use validator::Validate;

/// What was wrong in the attendance or the result of one person.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "reason": "考勤更正：签到表显示当日下午缺席", "marks": [{"unit_id": "unt_a3bk65mwvj59005bvx", "mark": "absent"}]
}))]
pub struct AttendanceCorrectionIn {
    /// Why, for the teacher and for auditors.
    #[validate(length(min = 1, max = 500), custom(function = "crate::http::fields::not_blank"))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// The right marks; those of units that are left out stay.
    #[serde(default)]
    #[validate(length(max = 100), nested)]
    #[schema(max_items = 100)]
    pub marks: Vec<CorrectedMarkIn>,
    /// The right result; the one recorded where it is not given.
    pub result: Option<OutcomeWord>,
    /// Whether serious misconduct ended the training; as recorded where it is not given.
    pub misconduct: Option<bool>,
}

/// The right mark of one unit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CorrectedMarkIn {
    /// The unit.
    pub unit_id: UnitRef,
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

impl AttendanceCorrectionIn {
    /// The marks of `enrolment`, each with its unit.
    ///
    /// # Errors
    /// `invalid_field` with every fault: a unit of another session, one that is named twice, minutes that do not fit.
    pub fn marks(&self, enrolment: EnrolmentId, units: &[UnitTime]) -> Result<Vec<(UnitId, AttendanceMark)>, ApiError> {
        let mut faults = Vec::new();
        let mut marks = Vec::new();
        for (index, given) in self.marks.iter().enumerate() {
            let Some(unit) = units.iter().find(|unit| unit.id == given.unit_id.0) else {
                let words = Words::new("课次不属于该班期", "the unit is none of the session");
                faults.push(FieldFault::new(format!("/marks/{index}/unit_id"), "not_of_session", words));
                continue;
            };
            if marks.iter().any(|(named, _)| *named == unit.id) {
                let words = Words::new(
                    "该课次在本次更正中已经出现过，请只保留一条",
                    "the unit is named above already; keep one of them",
                );
                faults.push(FieldFault::new(format!("/marks/{index}/unit_id"), "repeated", words));
                continue;
            }
            match read_mark(index, given.mark.0, given.minutes, unit) {
                Ok(minutes) => marks.push((
                    unit.id,
                    AttendanceMark { enrolment, mark: given.mark.0, minutes, note: given.note.clone() },
                )),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(marks) } else { Err(ApiError::new(Code::InvalidField).with_faults(faults)) }
    }
}
