//! What is true of a person for a time: where employed, which title, what taught, which posts, on which leave.
//!
//! A fact is a span of days, both included. Nothing is overwritten: what changes ends on a day and the next begins, so that
//! records of every day can say what was true then. Rules of the product, where the documents of the field are silent:
//! a person has one employment at a time (work at a second school is a leave of the kind `secondment` from the first) and
//! one title at a time; the same subject, post or leave is not entered twice for a day.

use crate::time::{DateSpan, last_day_after_months};
use crate::words::word_list;
use chrono::{Days, NaiveDate};
use thiserror::Error;

word_list! {
    /// Why a person is away for a time. None of these interrupts the registration of a teacher (approved study, sick and
    /// maternity leave are named by the rules of registration, 教师资格定期注册暂行办法).
    LeaveKind {
        Maternity = "maternity", "产假", "maternity leave";
        Sick = "sick", "病假", "sick leave";
        Study = "study", "脱产进修", "study leave";
        Secondment = "secondment", "借调支教", "secondment to another school";
        Other = "other", "其他", "other";
    }
}

word_list! {
    /// The kinds of dated facts, by the word that their address has.
    FactKind {
        Employment = "employments", "任职单位", "employments";
        Title = "titles", "专业技术职务", "titles";
        Teaching = "teaching", "任教学科", "stages and subjects taught";
        Post = "posts", "行政职务", "management posts";
        Leave = "leaves", "离岗", "times away";
    }
}

/// Why a dated fact is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The last day lies before the first.
    #[error("the last day lies before the first")]
    EndsBeforeItBegins,
    /// Another fact of the kind covers some of the days.
    #[error("another such fact covers {from} to {to:?}")]
    Overlaps {
        /// First day of the other.
        from: NaiveDate,
        /// Last day of the other.
        to: Option<NaiveDate>,
    },
    /// It has ended on or before that day already.
    #[error("it ended on {last_day} already")]
    EndedAlready {
        /// When.
        last_day: NaiveDate,
    },
    /// The person has no employment on the day before the move.
    #[error("there is no employment to leave")]
    NotEmployed,
    /// The person works at that school already.
    #[error("the person is employed there already")]
    SamePlace,
    /// Something later is known, so that the change would contradict it.
    #[error("something later begins on {from}")]
    LaterFact {
        /// When the later fact begins.
        from: NaiveDate,
    },
}

/// Whether a new fact fits among those it must not overlap.
///
/// # Errors
/// [`Refusal::EndsBeforeItBegins`], [`Refusal::Overlaps`].
pub fn place(others: &[DateSpan], new: DateSpan) -> Result<(), Refusal> {
    if new.to.is_some_and(|to| to < new.from) {
        return Err(Refusal::EndsBeforeItBegins);
    }
    match others.iter().find(|other| other.overlaps(&new)) {
        Some(other) => Err(Refusal::Overlaps { from: other.from, to: other.to }),
        None => Ok(()),
    }
}

/// A fact that ends on `last_day`: an open one is closed, one that ends later is cut short.
///
/// # Errors
/// [`Refusal::EndsBeforeItBegins`], [`Refusal::EndedAlready`].
pub fn end(span: DateSpan, last_day: NaiveDate) -> Result<DateSpan, Refusal> {
    if last_day < span.from {
        return Err(Refusal::EndsBeforeItBegins);
    }
    match span.to {
        Some(to) if to <= last_day => Err(Refusal::EndedAlready { last_day: to }),
        _ => Ok(DateSpan { to: Some(last_day), ..span }),
    }
}

/// An employment, as far as a move between schools is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Employment {
    /// The number of the employment.
    pub number: i64,
    /// The number of the organisation.
    pub organisation: i64,
    /// Its days.
    pub span: DateSpan,
}

/// What a move does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// The employment ends on that day, the new one begins on the next.
    End {
        /// Which employment.
        number: i64,
        /// Its last day.
        last_day: NaiveDate,
    },
    /// The employment began on the very day of the move: it never lasted a day and is replaced.
    Replace {
        /// Which employment.
        number: i64,
    },
    /// The person is employed nowhere on that day: nothing ends.
    Enter,
}

/// What a move to `organisation` on `day` does to the employments of a person; the new employment has no end.
///
/// # Errors
/// [`Refusal::SamePlace`]; [`Refusal::LaterFact`] where an employment begins after `day`.
pub fn plan_move(employments: &[Employment], organisation: i64, day: NaiveDate) -> Result<Move, Refusal> {
    if let Some(later) = employments.iter().find(|employment| employment.span.from > day) {
        return Err(Refusal::LaterFact { from: later.span.from });
    }
    let Some(current) = employments.iter().find(|employment| employment.span.contains(day)) else {
        return Ok(Move::Enter);
    };
    if current.organisation == organisation {
        return Err(Refusal::SamePlace);
    }
    match day.checked_sub_days(Days::new(1)) {
        Some(last_day) if last_day >= current.span.from => Ok(Move::End { number: current.number, last_day }),
        _ => Ok(Move::Replace { number: current.number }),
    }
}

/// The last day of probation: a year from entry into the profession (见习期一年; hired on 2017-08-15, it ends on 2018-08-14).
pub fn probation_end(entered_on: NaiveDate) -> NaiveDate {
    last_day_after_months(entered_on, 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn span(from: &str, to: Option<&str>) -> DateSpan {
        DateSpan { from: day(from), to: to.map(day) }
    }

    #[test]
    fn facts_of_one_kind_do_not_share_a_day() {
        let others = [span("2016-09-01", Some("2018-07-31")), span("2019-01-01", None)];
        for (new, expected) in [
            (span("2018-08-01", Some("2018-12-31")), Ok(())),
            (span("2010-01-01", Some("2016-08-31")), Ok(())),
            (span("2018-08-01", None), Err(Refusal::Overlaps { from: day("2019-01-01"), to: None })),
            (
                span("2018-07-31", Some("2018-08-31")),
                Err(Refusal::Overlaps { from: day("2016-09-01"), to: Some(day("2018-07-31")) }),
            ),
            (span("2018-08-02", Some("2018-08-01")), Err(Refusal::EndsBeforeItBegins)),
        ] {
            assert_eq!(place(&others, new), expected, "{new:?}");
        }
    }

    #[test]
    fn a_fact_ends_once_and_never_before_it_began() {
        let open = span("2016-09-01", None);
        let closed = span("2016-09-01", Some("2020-07-31"));
        for (fact, last_day, expected) in [
            (open, "2016-08-31", Err(Refusal::EndsBeforeItBegins)),
            (open, "2016-09-01", Ok(span("2016-09-01", Some("2016-09-01")))),
            (closed, "2018-01-01", Ok(span("2016-09-01", Some("2018-01-01")))),
            (closed, "2020-07-31", Err(Refusal::EndedAlready { last_day: day("2020-07-31") })),
            (closed, "2021-07-31", Err(Refusal::EndedAlready { last_day: day("2020-07-31") })),
        ] {
            assert_eq!(end(fact, day(last_day)), expected, "{last_day}");
        }
    }

    #[test]
    fn a_move_ends_the_old_employment_on_the_day_before() {
        let at = |number, organisation, from: &str, to: Option<&str>| Employment {
            number,
            organisation,
            span: span(from, to),
        };
        let first = at(1, 10, "2010-08-01", Some("2014-07-31"));
        let second = at(2, 20, "2014-08-01", None);
        for (employments, to, on, expected) in [
            (vec![first, second], 30, "2016-09-01", Ok(Move::End { number: 2, last_day: day("2016-08-31") })),
            (vec![first, second], 20, "2016-09-01", Err(Refusal::SamePlace)),
            (vec![first, second], 30, "2014-08-01", Ok(Move::Replace { number: 2 })),
            (vec![first, second], 30, "2013-01-01", Err(Refusal::LaterFact { from: day("2014-08-01") })),
            (vec![first], 10, "2016-09-01", Ok(Move::Enter)),
            (vec![], 10, "2016-09-01", Ok(Move::Enter)),
        ] {
            assert_eq!(plan_move(&employments, to, day(on)), expected, "to {to} on {on}");
        }
    }

    #[test]
    fn probation_lasts_a_year() {
        assert_eq!(probation_end(day("2017-08-15")), day("2018-08-14"));
        assert_eq!(probation_end(day("2016-02-29")), day("2017-02-28"));
    }
}
