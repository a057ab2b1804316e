//! What evaluations look like in JSON.

use super::service::Summary;
use crate::{
    http::fields::{not_blank, trimmed_opt},
    problem::{ApiError, FieldFault, Words},
    wire::{EnrolmentRef, InstantText, OneOf, SessionRef, Text},
};
use serde::{Deserialize, Serialize};
use shixun_domain::{
    id::SessionId,
    planning::{Answers, LOT, Question, Score, Tally},
};
use shixun_persistence::planning::EvaluationRow;
use utoipa::ToSchema;
use validator::Validate;

/// A word of [`Question`].
pub type QuestionWord = OneOf<Question>;

/// What a participant says of a session: from 1 (very poor) to 5 (very good) to each question, and words.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"aims": 5, "content": 4, "lecturers": 5, "organisation": 4, "usefulness": 5,
    "comment": "课例贴近小班教学，希望增加评课时间。"}))]
pub struct EvaluationIn {
    /// Were the aims clear, and those that were needed?
    #[validate(range(min = 1, max = 5))]
    #[schema(minimum = 1, maximum = 5)]
    pub aims: i32,
    /// Was the content to the point, and good?
    #[validate(range(min = 1, max = 5))]
    #[schema(minimum = 1, maximum = 5)]
    pub content: i32,
    /// How good were the lecturers?
    #[validate(range(min = 1, max = 5))]
    #[schema(minimum = 1, maximum = 5)]
    pub lecturers: i32,
    /// How well was it organised?
    #[validate(range(min = 1, max = 5))]
    #[schema(minimum = 1, maximum = 5)]
    pub organisation: i32,
    /// How much does it help in teaching?
    #[validate(range(min = 1, max = 5))]
    #[schema(minimum = 1, maximum = 5)]
    pub usefulness: i32,
    /// What else there is to say. It is shown without a name: leave out what tells who wrote it.
    #[validate(length(min = 1, max = 1000), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 1000)]
    pub comment: Option<String>,
}

impl EvaluationIn {
    /// The answers.
    ///
    /// # Errors
    /// `invalid_field` for a score that is none.
    pub fn read(&self) -> Result<Answers, ApiError> {
        let score = |name: &str, number: i32| {
            Score::new(number).ok_or_else(|| {
                let words = Words::new("应为1到5的整数", "must be a whole number from 1 to 5");
                ApiError::from(FieldFault::new(format!("/{name}"), "range", words).with("min", 1).with("max", 5))
            })
        };
        let scores = [
            score("aims", self.aims)?,
            score("content", self.content)?,
            score("lecturers", self.lecturers)?,
            score("organisation", self.organisation)?,
            score("usefulness", self.usefulness)?,
        ];
        Ok(Answers { scores, comment: trimmed_opt(self.comment.as_deref()) })
    }
}

/// What one said of a session. Nobody else reads it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvaluationView {
    /// The enrolment.
    pub enrolment_id: EnrolmentRef,
    /// The session.
    pub session_id: SessionRef,
    /// Aims.
    #[schema(minimum = 1, maximum = 5)]
    pub aims: i32,
    /// Content.
    #[schema(minimum = 1, maximum = 5)]
    pub content: i32,
    /// Lecturers.
    #[schema(minimum = 1, maximum = 5)]
    pub lecturers: i32,
    /// Organisation.
    #[schema(minimum = 1, maximum = 5)]
    pub organisation: i32,
    /// Usefulness.
    #[schema(minimum = 1, maximum = 5)]
    pub usefulness: i32,
    /// What else was said.
    pub comment: Option<String>,
    /// When.
    pub created_at: InstantText,
}

impl From<EvaluationRow> for EvaluationView {
    fn from(row: EvaluationRow) -> Self {
        let [aims, content, lecturers, organisation, usefulness] = row.answers.scores.map(Score::number);
        EvaluationView {
            enrolment_id: Text(row.enrolment),
            session_id: Text(row.session),
            aims,
            content,
            lecturers,
            organisation,
            usefulness,
            comment: row.answers.comment,
            created_at: Text(row.created_at),
        }
    }
}

/// What participants say of a session, added up and without names.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvaluationSummaryView {
    /// The session.
    pub session_id: SessionRef,
    /// Participants who attended, and may evaluate it or have.
    #[schema(minimum = 0)]
    pub asked: i64,
    /// Those who have.
    #[schema(minimum = 0)]
    pub answered: i64,
    /// How many answers are in the figures and comments below: whole lots of five, in the order in which they came, so that nobody can
    /// read a single answer off two summaries.
    #[schema(minimum = 0)]
    pub counted: i64,
    /// Why some answers are not shown yet; null where all are.
    pub withheld: Option<WithheldView>,
    /// The figures, question by question; empty where no answers are counted.
    pub questions: Vec<QuestionSummaryView>,
    /// What else was said, sorted by its text.
    pub comments: Vec<String>,
}

/// Why answers are not shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct WithheldView {
    /// How many.
    #[schema(minimum = 1)]
    pub answers: i64,
    /// Why, in Chinese.
    pub text_zh: String,
    /// Why, in English.
    pub text_en: String,
}

/// What was answered to one question.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionSummaryView {
    /// The question.
    pub question: QuestionWord,
    /// The question in Chinese.
    pub text_zh: String,
    /// The question in English.
    pub text_en: String,
    /// The mean, from 1.00 to 5.00, rounded to the nearest hundredth.
    #[schema(pattern = r"^[1-5]\.\d{2}$", example = "4.60")]
    pub mean: String,
    /// How many gave each score, the worst first.
    pub distribution: Vec<ScoreCountView>,
}

/// How many gave a score.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"score": 5, "count": 12}))]
pub struct ScoreCountView {
    /// The score.
    #[schema(minimum = 1, maximum = 5)]
    pub score: i32,
    /// How many.
    #[schema(minimum = 0)]
    pub count: i64,
}

impl EvaluationSummaryView {
    /// The view of a session's answers.
    pub fn new(session: SessionId, summary: Summary) -> Self {
        let Summary { asked, answered, counted, tallies, comments } = summary;
        let rest = answered - counted;
        let withheld = (rest > 0).then(|| WithheldView {
            answers: rest,
            text_zh: format!("为使学员能如实评价，每满{LOT}份评价才一并公布；尚有{rest}份待公布。"),
            text_en: format!(
                "So that participants can be honest, evaluations are shown {LOT} at a time; {rest} of them are not shown yet."
            ),
        });
        EvaluationSummaryView {
            session_id: Text(session),
            asked,
            answered,
            counted,
            withheld,
            questions: tallies.iter().filter_map(question).collect(),
            comments,
        }
    }
}

fn question(of: &Tally) -> Option<QuestionSummaryView> {
    let counts = Score::ALL.into_iter().zip(of.distribution);
    Some(QuestionSummaryView {
        question: OneOf(of.question),
        text_zh: of.question.zh().to_owned(),
        text_en: of.question.en().to_owned(),
        mean: of.mean()?.to_string(),
        distribution: counts.map(|(score, count)| ScoreCountView { score: score.number(), count }).collect(),
    })
}
