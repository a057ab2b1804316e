//! Reversals and voidings in JSON.

use super::{FactorText, HourEntryView, check_days};
use crate::{
    ledger::service::Replacement,
    problem::ApiError,
    wire::{DaysText, HoursText},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Why pending hours are voided.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "证书编号与发证单位的登记不符，待核实后重新登记。"}))]
pub struct VoidIn {
    /// Why, for the teacher and for auditors.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Why an entry is reversed, and what is right instead.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "考勤更正：缺席两次共6学时", "replacement": {"attended": "14.00"}}))]
pub struct ReversalIn {
    /// Why, for auditors.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// The right hours, to be posted in the same transaction. Without it the hours are gone.
    pub replacement: Option<ReplacementIn>,
}

/// The right hours; what is not given stays as it was.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplacementIn {
    /// Hours of the course.
    pub nominal: Option<HoursText>,
    /// Hours attended.
    pub attended: Option<HoursText>,
    /// What an hour attended is worth.
    pub factor: Option<FactorText>,
    /// The part of the hours earned that was practice.
    pub practice: Option<HoursText>,
    /// Days of training it lasted.
    pub days: Option<DaysText>,
}

impl ReplacementIn {
    /// The right hours, where the days are some that training can last.
    ///
    /// # Errors
    /// `invalid_field`.
    pub fn read(self) -> Result<Replacement, ApiError> {
        check_days("/replacement/days", self.days)?;
        Ok(Replacement {
            nominal: self.nominal.map(|hours| hours.0),
            attended: self.attended.map(|hours| hours.0),
            factor: self.factor.map(|factor| factor.0),
            practice: self.practice.map(|hours| hours.0),
            days: self.days.map(|days| days.0),
            rests_on: None,
        })
    }
}

/// A reversal and what replaces the reversed hours.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReversalView {
    /// The reversal.
    pub reversal: HourEntryView,
    /// The entry in place of the reversed one; null where there is none.
    pub replacement: Option<HourEntryView>,
    /// What both change together.
    pub net: HoursText,
    /// The cycle to which the hours belong.
    #[schema(example = "2016-2020")]
    pub cycle: String,
    /// True where that cycle was over: statements and decisions that were made from it are superseded. Only a dispute that was
    /// upheld corrects such hours, and the event log has it there.
    pub after_close: bool,
}
