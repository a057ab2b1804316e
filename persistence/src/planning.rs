//! Evaluations of sessions: rows are appended and never changed; the schema refuses UPDATE and DELETE.

use crate::{
    Conn, DbError, DbResult, WriteTx, columns,
    db::At,
    schema::{attendance as a, enrolments as e, evaluations as t},
};
use diesel::prelude::*;
use shixun_domain::{
    Id, UtcMillis,
    enrolment::{EnrolmentStatus, EvaluationState},
    id::{EnrolmentId, Evaluation, EvaluationId, SessionId},
    planning::{Answers, QUESTIONS, Score},
};

/// What a participant said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluationRow {
    /// Key.
    pub id: EvaluationId,
    /// Of which session.
    pub session: SessionId,
    /// By whom.
    pub enrolment: EnrolmentId,
    /// The answers.
    pub answers: Answers,
    /// When.
    pub created_at: UtcMillis,
}

type ScoreColumns = (i32, i32, i32, i32, i32);

fn scores((aims, content, lecturers, organisation, usefulness): ScoreColumns) -> DbResult<[Score; QUESTIONS]> {
    let read =
        |number| Score::new(number).ok_or_else(|| DbError::damaged(format!("a score of evaluations is {number}")));
    Ok([read(aims)?, read(content)?, read(lecturers)?, read(organisation)?, read(usefulness)?])
}

/// Writes down what a participant says, as the next of its session. The session is held, so that the places have no gaps.
///
/// # Errors
/// A [`DbError`] where the database does not answer; [`DbError::Duplicate`] where the participant has said it before.
pub fn add(
    tx: &mut WriteTx<'_>,
    session: SessionId,
    enrolment: EnrolmentId,
    answers: &Answers,
) -> DbResult<EvaluationId> {
    let id = tx.new_id::<Evaluation>(session.area());
    let at = tx.at().naive();
    let before = answered(tx.conn(), session)?;
    let place = i32::try_from(before + 1).map_err(|_| DbError::Other("too many evaluations of a session".into()))?;
    let [aims, content, lecturers, organisation, usefulness] = answers.scores.map(Score::number);
    diesel::insert_into(t::table)
        .values((
            t::area.eq(session.area().get()),
            t::id.eq(id.number()),
            t::session_id.eq(session.number()),
            t::enrolment_id.eq(enrolment.number()),
            t::place.eq(place),
            t::aims.eq(aims),
            t::content.eq(content),
            t::lecturers.eq(lecturers),
            t::organisation.eq(organisation),
            t::usefulness.eq(usefulness),
            t::comment.eq(answers.comment.as_deref()),
            t::created_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// What the holder of an enrolment said; `None` where nothing was said.
///
/// # Errors
/// A [`DbError`] where the database does not answer or the row is damaged.
pub fn find(conn: &mut Conn, enrolment: EnrolmentId) -> DbResult<Option<EvaluationRow>> {
    let found: Option<(i32, i64, i64, ScoreColumns, Option<String>, At)> = t::table
        .filter(t::area.eq(enrolment.area().get()))
        .filter(t::enrolment_id.eq(enrolment.number()))
        .select((
            t::area,
            t::id,
            t::session_id,
            (t::aims, t::content, t::lecturers, t::organisation, t::usefulness),
            t::comment,
            t::created_at,
        ))
        .first(conn)
        .optional()?;
    let Some((area, number, session, given, comment, created_at)) = found else { return Ok(None) };
    let id: EvaluationId = columns::id(area, number)?;
    Ok(Some(EvaluationRow {
        id,
        session: Id::new(id.area(), session),
        enrolment,
        answers: Answers { scores: scores(given)?, comment },
        created_at: created_at.into(),
    }))
}

/// How many evaluated a session.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn answered(conn: &mut Conn, session: SessionId) -> DbResult<i64> {
    Ok(t::table
        .filter(t::area.eq(session.area().get()))
        .filter(t::session_id.eq(session.number()))
        .count()
        .get_result(conn)?)
}

/// How many may evaluate a session, or have: those with a confirmed seat and a minute attended.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn asked(conn: &mut Conn, session: SessionId) -> DbResult<i64> {
    let taking_part: Vec<&str> =
        EnrolmentStatus::ALL.iter().filter(|status| status.takes_part()).map(|status| status.as_str()).collect();
    let attended = diesel::dsl::exists(
        a::table.filter(a::area.eq(e::area)).filter(a::enrolment_id.eq(e::id)).filter(a::minutes.gt(0)),
    );
    Ok(e::table
        .filter(e::area.eq(session.area().get()))
        .filter(e::session_id.eq(session.number()))
        .filter(e::status.eq_any(taking_part))
        .filter(attended.or(e::evaluation.eq(EvaluationState::Given.as_str()).assume_not_null()))
        .count()
        .get_result(conn)?)
}

/// The first `most` answers of a session, in the order in which they came.
///
/// # Errors
/// A [`DbError`] where the database does not answer or a row is damaged.
pub fn first_answers(conn: &mut Conn, session: SessionId, most: i64) -> DbResult<Vec<Answers>> {
    let rows: Vec<(ScoreColumns, Option<String>)> = t::table
        .filter(t::area.eq(session.area().get()))
        .filter(t::session_id.eq(session.number()))
        .order(t::place)
        .limit(most)
        .select(((t::aims, t::content, t::lecturers, t::organisation, t::usefulness), t::comment))
        .load(conn)?;
    rows.into_iter().map(|(given, comment)| Ok(Answers { scores: scores(given)?, comment })).collect()
}
