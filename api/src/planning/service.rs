//! Evaluating a session, and what others read of it.

use crate::{
    access::Actor,
    enrolment::{
        conduct::lectures,
        service::{again, held, runs},
        view::EnrolmentRecord,
    },
    http::Work,
    ledger::awaiting::{self, Ended},
    problem::ApiError,
};
use shixun_domain::{
    enrolment::EvaluationState,
    id::{EnrolmentId, SessionId},
    planning::{Answers, Participation, Tally, counted, may_evaluate, tally},
};
use shixun_persistence::{
    Conn, enrolment,
    planning::{self as store, EvaluationRow},
};

/// Evaluates a session that the actor attended. Hours that waited for it are posted in the same transaction.
///
/// # Errors
/// `not_found` where the enrolment is not the actor's; the refusals of the rule.
pub fn evaluate(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: EnrolmentId,
    answers: &Answers,
) -> Result<EvaluationRow, ApiError> {
    let before = held(work, id)?;
    if !actor.is_self(before.person) {
        return Err(ApiError::missing(id));
    }
    let participation = Participation {
        status: before.status,
        ends_at: enrolment::units(work.conn(), before.session)?.iter().map(|unit| unit.ends_at).max(),
        minutes: enrolment::minutes_attended(work.conn(), id)?,
        evaluation: before.evaluation,
    };
    may_evaluate(&participation, work.at())?;
    if !enrolment::set_evaluated(work.tx(), &before, EvaluationState::Given)? {
        return Err(again());
    }
    let evaluation = store::add(work.tx(), before.session, id, answers)?;
    let after = enrolment::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    // The log says that it was given, never what was said.
    work.record("evaluate", id, Some(&EnrolmentRecord::from(&before)), Some(&EnrolmentRecord::from(&after)))?;
    if before.evaluation.awaited().is_some() {
        awaiting::end(work, before.person, id, Ended::Evaluated)?;
    }
    Ok(EvaluationRow {
        id: evaluation,
        session: before.session,
        enrolment: id,
        answers: answers.clone(),
        created_at: work.at(),
    })
}

/// The actor's own evaluation; nobody else reads it.
///
/// # Errors
/// `not_found`.
pub fn own(conn: &mut Conn, actor: &Actor, id: EnrolmentId) -> Result<EvaluationRow, ApiError> {
    enrolment::find(conn, id)?.filter(|row| actor.is_self(row.person)).ok_or_else(|| ApiError::missing(id))?;
    store::find(conn, id)?.ok_or_else(|| ApiError::missing(id))
}

/// What participants say of a session, added up.
#[derive(Debug)]
pub struct Summary {
    /// How many attended, and may evaluate it.
    pub asked: i64,
    /// How many have.
    pub answered: i64,
    /// How many of the answers are in the figures.
    pub counted: i64,
    /// The figures, question by question.
    pub tallies: Vec<Tally>,
    /// Comments without names, in no order that tells when they came.
    pub comments: Vec<String>,
}

/// Adds up what participants say of a session, for whoever runs it, teaches in it or looks after all of its area.
///
/// # Errors
/// `not_found`.
pub fn summary(conn: &mut Conn, actor: &Actor, session: SessionId) -> Result<Summary, ApiError> {
    let offer = enrolment::offer(conn, session)?.ok_or_else(|| ApiError::missing(session))?;
    if !runs(actor, &offer) && !lectures(actor, &enrolment::units(conn, session)?) {
        return Err(ApiError::missing(session));
    }
    let (asked, answered) = (store::asked(conn, session)?, store::answered(conn, session)?);
    let most = i64::try_from(counted(usize::try_from(answered).unwrap_or_default())).unwrap_or_default();
    let answers = store::first_answers(conn, session, most)?;
    let scores: Vec<_> = answers.iter().map(|one| one.scores).collect();
    let mut comments: Vec<String> = answers.into_iter().filter_map(|one| one.comment).collect();
    comments.sort_unstable();
    Ok(Summary { asked, answered, counted: most, tallies: tally(&scores), comments })
}
