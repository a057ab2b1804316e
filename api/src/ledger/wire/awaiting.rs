//! What pending hours wait for, in JSON.

use crate::{problem::Words, wire::OneOf};
use chrono::NaiveDate;
use serde::Serialize;
use shixun_domain::{
    ledger::{AwaitedEvaluation, AwaitedStep},
    policy::MissedEvaluation,
};
use utoipa::ToSchema;

/// A word of [`AwaitedStep`].
pub type AwaitedStepWord = OneOf<AwaitedStep>;
/// A word of [`MissedEvaluation`].
pub type MissedEvaluationWord = OneOf<MissedEvaluation>;

/// What pending hours wait for.
#[derive(Debug, Serialize, ToSchema)]
pub struct AwaitsView {
    /// What it is.
    pub step: AwaitedStepWord,
    /// The last day on which an evaluation is given; null where nothing ends by itself.
    pub until: Option<NaiveDate>,
    /// What becomes of the hours without it; null where nothing ends by itself.
    pub missed: Option<MissedEvaluationWord>,
    /// The same in Chinese.
    pub text_zh: String,
    /// The same in English.
    pub text_en: String,
}

impl AwaitsView {
    /// The view of pending hours.
    pub fn new(awaits: Option<AwaitedEvaluation>) -> Self {
        let (step, words) = match awaits {
            None => (
                AwaitedStep::Posting,
                Words::new(
                    "待登记人以外的人复核入账，入账前不计入学时。",
                    "The hours wait to be posted by somebody who did not enter them; until then they do not count.",
                ),
            ),
            Some(AwaitedEvaluation { until, missed }) => (
                AwaitedStep::Evaluation,
                Words::new(
                    format!("待本人评价该班期，评价后入账；截至{until}（含当日）未评价的，学时{}。", missed.zh()),
                    format!(
                        "The hours wait for the teacher's evaluation of the session, until {until} inclusive; if none comes, {}.",
                        missed.en()
                    ),
                ),
            ),
        };
        AwaitsView {
            step: OneOf(step),
            until: awaits.map(|awaits| awaits.until),
            missed: awaits.map(|awaits| OneOf(awaits.missed)),
            text_zh: words.zh,
            text_en: words.en,
        }
    }
}
