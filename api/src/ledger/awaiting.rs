//! Pending hours of a session that wait for the teacher's evaluation: they were recognised when the session was closed, and the
//! evaluation, or the end of its time, is the condition that comes to it.

use super::{entering::follower, service::read_back};
use crate::{http::Work, problem::ApiError};
use shixun_domain::{
    id::{EnrolmentId, HourEntryId, PersonId},
    ledger::{self as rules_of_ledger, Amounts, EntryKind, Step},
};
use shixun_persistence::ledger::{self, Appended, NewEntry};

/// The key of the hours of an enrolment.
pub fn source_key(enrolment: EnrolmentId) -> String {
    format!("enrolment:{enrolment}")
}

/// How the waiting of hours ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The evaluation came.
    Evaluated,
    /// It did not come in time, and this step follows.
    Overdue(Step),
}

impl Ended {
    fn step(self) -> Step {
        match self {
            Ended::Evaluated => Step::Post,
            Ended::Overdue(step) => step,
        }
    }

    fn action(self) -> &'static str {
        match self {
            Ended::Evaluated => "release",
            Ended::Overdue(_) => "lapse",
        }
    }
}

/// Ends the waiting of a person's hours: they are posted as they were recognised, or voided. `None` where nothing waits any more,
/// because somebody voided them with a reason.
///
/// # Errors
/// Where the database does not answer, or the hours that are to wait are not there.
pub fn end(
    work: &mut Work<'_, '_>,
    person: PersonId,
    enrolment: EnrolmentId,
    ended: Ended,
) -> Result<Option<HourEntryId>, ApiError> {
    let row = ledger::find_by_source(work.conn(), person, &source_key(enrolment))?
        .ok_or_else(|| ApiError::internal(format!("no hours of {enrolment} wait")))?;
    let successor = ledger::successors(work.conn(), person.area(), &[row.id.number()], None)?.remove(&row.id.number());
    if successor.is_some() {
        return Ok(None);
    }
    let until = row.circumstances.awaits.map(|awaits| awaits.until);
    let reason =
        until.filter(|_| ended.step() == Step::Void).map(|until| format!("至{until}未评价 / not evaluated by {until}"));
    let kind = rules_of_ledger::follow(row.kind, None, ended.step(), reason.as_deref())?;
    let voided = kind == EntryKind::Voided;
    let recognised_by = row.recognised_by.filter(|_| !voided);
    let entry = NewEntry {
        kind,
        refers_to: Some(row.id),
        source_key: format!("{}:{}", ended.action(), row.id.number()),
        amounts: if voided { Amounts::NOTHING } else { row.amounts },
        reason,
        ..follower(&row, recognised_by)
    };
    let before = read_back(work.conn(), row.id)?;
    let Appended::New(id) = ledger::append(work.tx(), &entry)? else { return Ok(None) };
    let after = read_back(work.conn(), id)?;
    work.record(ended.action(), row.id, Some(&before), Some(&after))?;
    Ok(Some(id))
}
