//! Which cycle, at the close of which day, as it was known when: what statements, standings and reports are asked with.

use crate::{
    policy::AreaPolicy,
    problem::{ApiError, Code, Words},
};
use chrono::NaiveDate;
use shixun_domain::{UtcMillis, policy::Cycle};

/// The instant at which a question is answered: `known_at`, or now.
///
/// # Errors
/// `invalid_parameter` for an instant that has not come yet.
pub fn answered_at(known_at: Option<UtcMillis>, now: UtcMillis) -> Result<UtcMillis, ApiError> {
    match known_at {
        Some(at) if at > now => {
            let reason = Words::new(format!("不得晚于现在（{now}）"), format!("must not lie after now, {now}"));
            Err(ApiError::new(Code::InvalidParameter).with("name", "known_at").with_words("reason", reason))
        }
        Some(at) => Ok(at),
        None => Ok(now),
    }
}

/// The cycle and the day a statement or a standing is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The cycle.
    pub cycle: Cycle,
    /// The day at whose close requirements are judged.
    pub as_of: NaiveDate,
}

/// Reads the parameters `cycle` and `as_of`: by default the cycle of the day, and the day today or the cycle's last.
///
/// # Errors
/// `cycle_unknown`, `policy_missing`, `invalid_parameter` for a day before the cycle or after today, and for a cycle to come.
pub fn moment(
    policy: &AreaPolicy,
    cycle: Option<&str>,
    as_of: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<Moment, ApiError> {
    let invalid = |name: &str, zh: String, en: String| {
        Err(ApiError::new(Code::InvalidParameter).with("name", name).with_words("reason", Words::new(zh, en)))
    };
    if as_of.is_some_and(|as_of| as_of > today) {
        return invalid("as_of", format!("不得晚于今天（{today}）"), format!("must not lie after today, {today}"));
    }
    let cycle = match cycle {
        Some(name) => policy.cycle_named(name)?,
        None => policy.cycle_on(as_of.unwrap_or(today))?,
    };
    let (from, as_of) = (cycle.from(), as_of.unwrap_or(today.min(cycle.to())));
    if from > today {
        return invalid("cycle", format!("该周期自{from}起，尚未开始"), format!("the cycle begins on {from} only"));
    }
    if as_of < from {
        return invalid(
            "as_of",
            format!("应为{from}至{today}之间的日期"),
            format!("must be a day from {from} to {today}"),
        );
    }
    Ok(Moment { cycle, as_of })
}
