//! Planning: what training should be like. Today the evaluation of sessions by those who took part (评教).

mod evaluation;

pub use evaluation::{
    Answers, LOT, Mean, Participation, QUESTIONS, Question, Refusal, Score, Tally, counted, may_evaluate, tally,
};

#[cfg(test)]
mod tests;
