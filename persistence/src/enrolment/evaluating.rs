//! Where participants stand with the evaluation of a session.

use super::list::{Columns as RowColumns, EnrolmentRow, enrolment_columns, row};
use crate::{
    Conn, DbResult, WriteTx,
    db::{Day, Word},
    schema::enrolments as t,
};
use chrono::NaiveDate;
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use shixun_domain::{
    enrolment::{EnrolmentStatus, EvaluationStanding, EvaluationState},
    id::EnrolmentId,
    policy::MissedEvaluation,
};

/// How it is kept.
pub(super) type Columns = (Option<Word<EvaluationState>>, Option<Day>, Option<Word<MissedEvaluation>>);

/// From its columns.
pub(super) fn standing((state, until, missed): Columns) -> EvaluationStanding {
    EvaluationStanding {
        state: state.map(|word| word.0),
        until: until.map(|day| day.0),
        missed: missed.map(|word| word.0),
    }
}

/// Ends an enrolment, with what is asked of the participant. False where somebody changed the row meanwhile.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn after_closing(
    tx: &mut WriteTx<'_>,
    row: &EnrolmentRow,
    status: EnrolmentStatus,
    evaluation: EvaluationStanding,
) -> DbResult<bool> {
    let at = tx.at().naive();
    let rows = diesel::update(t::table.find(row.id.key()).filter(t::version.eq(row.version)))
        .set((
            t::status.eq(status.as_str()),
            t::evaluation.eq(evaluation.state.map(EvaluationState::as_str)),
            t::evaluate_by.eq(evaluation.until),
            t::evaluation_missed.eq(evaluation.missed.map(MissedEvaluation::as_str)),
            t::version.eq(row.version + 1),
            t::updated_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(rows == 1)
}

/// Says that the evaluation was given, or missed. False where somebody changed the row meanwhile: of an evaluation and the end of its
/// time, and of the passes of several servers, one is first.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn set_evaluated(tx: &mut WriteTx<'_>, row: &EnrolmentRow, state: EvaluationState) -> DbResult<bool> {
    let at = tx.at().naive();
    let rows = diesel::update(t::table.find(row.id.key()).filter(t::version.eq(row.version)))
        .set((t::evaluation.eq(state.as_str()), t::version.eq(row.version + 1), t::updated_at.eq(at)))
        .execute(tx.conn())?;
    Ok(rows == 1)
}

/// Enrolments whose evaluation was to be given before `today` and was not, in every area, the earliest first, behind `after`.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn overdue_evaluations(
    conn: &mut Conn,
    today: NaiveDate,
    after: Option<(NaiveDate, EnrolmentId)>,
    limit: i64,
) -> DbResult<Vec<EnrolmentRow>> {
    // Word for word as the index has it, which holds nothing else.
    let mut query = t::table.into_boxed().filter(sql::<Bool>("evaluation = 'owed'")).filter(t::evaluate_by.lt(today));
    if let Some((day, id)) = after {
        let (area, number) = id.key();
        let behind = t::area.gt(area).or(t::area.eq(area).and(t::id.gt(number)));
        let behind = t::evaluate_by.gt(day).or(t::evaluate_by.eq(day).and(behind));
        query = query.filter(behind.assume_not_null());
    }
    let rows: Vec<RowColumns> =
        query.order((t::evaluate_by, t::area, t::id)).limit(limit).select(enrolment_columns!()).load(conn)?;
    rows.into_iter().map(row).collect()
}
