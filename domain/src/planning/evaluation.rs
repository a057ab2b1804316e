//! Evaluation of a session by its participants: who gives one and when, what is asked, and how much of it is shown to others.

use crate::{
    UtcMillis,
    decimal::write_hundredths,
    enrolment::{EnrolmentStatus, EvaluationStanding, EvaluationState},
    words::word_list,
};
use chrono::NaiveDate;
use std::fmt;
use thiserror::Error;

word_list! {
    /// What a participant is asked of a session.
    Question {
        Aims = "aims", "培训目标是否明确、符合需要？", "Were the aims clear, and those that were needed?";
        Content = "content", "培训内容是否有针对性、质量如何？", "Was the content to the point, and good?";
        Lecturers = "lecturers", "授课教师的水平如何？", "How good were the lecturers?";
        Organisation = "organisation", "组织管理与服务如何？", "How well was it organised?";
        Usefulness = "usefulness", "对教学工作的实际帮助如何？", "How much does it help in teaching?";
    }
}

/// How many questions there are.
pub const QUESTIONS: usize = Question::ALL.len();

/// An answer to a question: from 1 (very poor) to 5 (very good).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(u8);

impl Score {
    /// Every score, the worst first.
    pub const ALL: [Score; 5] = [Score(1), Score(2), Score(3), Score(4), Score(5)];

    /// From a number; `None` for any but 1 to 5.
    pub fn new(number: i32) -> Option<Score> {
        u8::try_from(number).ok().filter(|number| (1..=5).contains(number)).map(Score)
    }

    /// The number.
    pub fn number(self) -> i32 {
        self.0.into()
    }
}

/// What a participant says: a score for each question in the order of [`Question::ALL`], and words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// The scores.
    pub scores: [Score; QUESTIONS],
    /// What else there is to say.
    pub comment: Option<String>,
}

/// What is known of somebody who wants to evaluate a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Participation {
    /// Where the person stands in the session.
    pub status: EnrolmentStatus,
    /// The end of the last unit; `None` where there is none.
    pub ends_at: Option<UtcMillis>,
    /// Minutes attended.
    pub minutes: i64,
    /// Where the person stands with the evaluation.
    pub evaluation: EvaluationStanding,
}

/// Why an evaluation is not taken. Declared in the order in which they are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Only a confirmed seat takes part.
    #[error("no confirmed seat, but {0}")]
    NoSeat(EnrolmentStatus),
    /// The last unit is still to end.
    #[error("the session lasts until {0}")]
    NotOver(UtcMillis),
    /// Whoever was absent has nothing to say of it.
    #[error("nothing was attended")]
    NotAttended,
    /// It was given before.
    #[error("evaluated already")]
    AlreadyGiven,
    /// The time is over.
    #[error("evaluations were taken until {until}")]
    TooLate {
        /// The last day.
        until: NaiveDate,
    },
}

/// Decides whether somebody may evaluate a session: with a confirmed seat and at least one minute attended, from the end of the last unit
/// on, until the last day that was set at the closing, once.
///
/// # Errors
/// One [`Refusal`] per reason, in the order of the enum.
pub fn may_evaluate(of: &Participation, now: UtcMillis) -> Result<(), Refusal> {
    if !of.status.takes_part() {
        return Err(Refusal::NoSeat(of.status));
    }
    if let Some(ends_at) = of.ends_at.filter(|ends_at| now < *ends_at) {
        return Err(Refusal::NotOver(ends_at));
    }
    if of.minutes < 1 {
        return Err(Refusal::NotAttended);
    }
    if of.evaluation.state == Some(EvaluationState::Given) {
        return Err(Refusal::AlreadyGiven);
    }
    // A server whose clock is ahead may have ended the time already.
    let ended = of.evaluation.state == Some(EvaluationState::Missed);
    match of.evaluation.until {
        Some(until) if ended || now.china_date() > until => Err(Refusal::TooLate { until }),
        _ => Ok(()),
    }
}

/// Answers are shown in lots of so many.
pub const LOT: usize = 5;

/// How many of the answers so far are shown: whole lots, in the order in which they came. Whoever reads a summary before and after one
/// more answer would otherwise read that answer, and knows mostly whose it is.
pub fn counted(answered: usize) -> usize {
    answered - answered % LOT
}

/// The mean of scores, in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mean(i64);

impl fmt::Display for Mean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hundredths(self.0, f)
    }
}

/// What was answered to one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// The question.
    pub question: Question,
    /// How many gave each score, in the order of [`Score::ALL`].
    pub distribution: [i64; 5],
}

impl Tally {
    /// The mean, rounded to the nearest hundredth; `None` where nobody answered.
    pub fn mean(&self) -> Option<Mean> {
        let count: i64 = self.distribution.iter().sum();
        let sum: i64 = self.distribution.iter().zip(Score::ALL).map(|(count, score)| count * i64::from(score.0)).sum();
        (count > 0).then(|| Mean((sum * 200 + count) / (count * 2)))
    }
}

/// Adds up the answers, question by question.
pub fn tally(answers: &[[Score; QUESTIONS]]) -> Vec<Tally> {
    let of = |(place, question): (usize, &Question)| {
        let gave = |score: Score| answers.iter().filter(|scores| scores.get(place) == Some(&score)).count();
        Tally {
            question: *question,
            distribution: Score::ALL.map(|score| i64::try_from(gave(score)).unwrap_or(i64::MAX)),
        }
    };
    Question::ALL.iter().enumerate().map(of).collect()
}
