//! What proves an entry: papers, or attendance at the units of a session.

use crate::{
    ledger::{conversions::wire::ApproverWord, rules::conversion_name, statement::RuleNameView},
    problem::ApiError,
    wire::{EnrolmentRef, HoursText, InstantText, MarkWord, OneOf, OutcomeWord, Text, UnitRef},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::policy::{Provider, conversion::Conversion, wording};
use utoipa::ToSchema;

/// What proves an entry.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// Number of the certificate or document.
    #[schema(required)]
    pub reference: Option<String>,
    /// Who gave the training.
    #[schema(required)]
    pub provider: Option<String>,
    /// The county that certified the hours.
    #[schema(required)]
    pub certified_by: Option<String>,
    /// Anything else.
    #[schema(required)]
    pub note: Option<String>,
    /// Why the hours count although the same content is there in the cycle; absent where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub duplicate_reason: Option<String>,
    /// Attendance at the session the hours were earned in, as it stood when they were entered; null for hours from elsewhere.
    #[serde(default)]
    #[schema(required)]
    pub attendance: Option<Attendance>,
    /// What the packs gave for the activity the hours were converted from, when they were entered; absent where nothing was converted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub conversion: Option<Converted>,
}

/// What the packs give for an activity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Converted {
    /// The conversion that decided, of the edition in force then.
    pub rule: RuleNameView,
    /// The deciding line, counted from 1.
    #[schema(minimum = 1)]
    pub line: usize,
    /// Hours that the packs give.
    pub hours: HoursText,
    /// The stage that has to approve it.
    pub approver: ApproverWord,
    /// The same in Chinese.
    pub text_zh: String,
    /// The same in English.
    pub text_en: String,
}

impl Converted {
    /// As evidence keeps it.
    pub fn new(conversion: &Conversion) -> Converted {
        let words = wording::conversion(conversion);
        Converted {
            rule: conversion_name(&conversion.by),
            line: conversion.line.saturating_add(1),
            hours: Text(conversion.hours),
            approver: OneOf(conversion.approver),
            text_zh: words.zh,
            text_en: words.en,
        }
    }
}

/// How somebody attended a session: the hours of the units, each in proportion to its minutes and rounded down to a hundredth, are the
/// hours attended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Attendance {
    /// The enrolment.
    pub enrolment_id: EnrolmentRef,
    /// The result.
    pub result: OutcomeWord,
    /// Every unit, in the order of time.
    pub units: Vec<AttendedUnit>,
}

/// A unit, and how somebody attended it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AttendedUnit {
    /// The unit.
    pub unit_id: UnitRef,
    /// Its begin.
    pub starts_at: InstantText,
    /// The hours it is worth.
    pub hours: HoursText,
    /// How long it lasted.
    #[schema(minimum = 1)]
    pub minutes_total: i32,
    /// The mark; null where nothing was recorded, which counts as absent.
    #[schema(required)]
    pub mark: Option<MarkWord>,
    /// Minutes attended.
    #[schema(minimum = 0)]
    pub minutes: i32,
}

impl Evidence {
    /// As it is kept.
    ///
    /// # Errors
    /// `internal` where it cannot be written as JSON.
    pub fn text(&self) -> Result<String, ApiError> {
        serde_json::to_string(self).map_err(|error| ApiError::internal(error.to_string()))
    }

    /// As it was kept; plain text is a note.
    pub fn read(text: &str) -> Evidence {
        serde_json::from_str(text).unwrap_or_else(|_| Evidence { note: Some(text.to_owned()), ..Evidence::default() })
    }
}

/// An institution that did not pass the review.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnreviewedView {
    /// First day of the training.
    pub starts_on: NaiveDate,
    /// Day on which the school's consent was entered; null where there is none.
    pub consent_on: Option<NaiveDate>,
}

impl UnreviewedView {
    /// Who gave the training; `None` where the review was passed.
    pub fn of(provider: Provider) -> Option<Self> {
        match provider {
            Provider::Unreviewed { consent_on, starts_on } => Some(UnreviewedView { starts_on, consent_on }),
            Provider::Reviewed => None,
        }
    }
}
