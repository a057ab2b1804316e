//! Corrections of attendance: the use case.

use super::wire::AttendanceCorrectionIn;
use crate::{
    access::Actor,
    enrolment::{
        problems::not_settled,
        service::{again, get},
        settlement::Settlement,
        view::EnrolmentRecord,
    },
    http::Work,
    ledger::{
        awaiting::source_key,
        service::{self as hours, Behind, Replacement},
        wire::ReversalView,
    },
    policy::PolicyCache,
    problem::{ApiError, Code},
};
use shixun_domain::{
    enrolment::Outcome,
    id::{EnrolmentId, UnitId},
};
use shixun_persistence::{
    enrolment::{self as store, AttendanceRow},
    ledger,
};
use std::collections::HashMap;

/// Records the right attendance and result of a person whose session is closed, and corrects the hours that follow from them.
///
/// # Errors
/// `not_found`, `enrolment_not_settled`, `correction_changes_nothing`; `invalid_field` with every fault of the marks; and as
/// [`hours::reverse`].
pub fn correct(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    id: EnrolmentId,
    input: &AttendanceCorrectionIn,
) -> Result<ReversalView, ApiError> {
    let now = work.at();
    let today = now.china_date();
    let session = get(work.conn(), actor, id, today)?.row.session;
    store::hold_session(work.tx(), session)?;
    let before = get(work.conn(), actor, id, today)?.row;
    let entry = ledger::last_of_chain(work.conn(), before.person, &source_key(id))?;
    let entry = entry.filter(|_| before.status.is_settled()).ok_or_else(|| not_settled(before.status))?;
    let offer = store::offer(work.conn(), session)?.ok_or_else(|| ApiError::missing(session))?;
    let units = store::units(work.conn(), session)?;
    let recorded = of_one(work, id)?;
    let policy = cache.area(work.conn(), before.person.area(), now)?;
    let earlier = Settlement::new(&policy, &offer, &before, &units, |unit| recorded.get(&unit))?;
    for (unit, mark) in input.marks(id, &units)? {
        store::record_attendance(work.tx(), unit, &mark, actor.account)?;
    }
    let result = input.result.map_or(before.outcome.unwrap_or(Outcome::Fail), |result| result.0);
    let misconduct = input.misconduct.unwrap_or(before.misconduct);
    if !store::set_result(work.tx(), &before, result, misconduct)? {
        return Err(again());
    }
    let row = get(work.conn(), actor, id, today)?.row;
    let recorded = of_one(work, id)?;
    let settlement = Settlement::new(&policy, &offer, &row, &units, |unit| recorded.get(&unit))?;
    if settlement == earlier {
        return Err(ApiError::new(Code::CorrectionChangesNothing));
    }
    if !store::set_status(work.tx(), &row, settlement.status(), None, None)? {
        return Err(again());
    }
    let right = Replacement {
        nominal: Some(settlement.amounts.nominal),
        attended: Some(settlement.amounts.attended),
        factor: Some(settlement.amounts.factor),
        practice: Some(settlement.amounts.practice),
        days: settlement.circumstances.days,
        rests_on: Some((settlement.circumstances, settlement.evidence)),
    };
    let view = hours::reverse(work, cache, actor, (entry, Behind::Attendance), input.reason.trim(), Some(right))?;
    let after = get(work.conn(), actor, id, today)?.row;
    work.record("correct_attendance", id, Some(&EnrolmentRecord::from(&before)), Some(&EnrolmentRecord::from(&after)))?;
    Ok(view)
}

fn of_one(work: &mut Work<'_, '_>, id: EnrolmentId) -> Result<HashMap<UnitId, AttendanceRow>, ApiError> {
    let rows = store::attendance_of(work.conn(), id)?;
    Ok(rows.into_iter().map(|row| (row.unit, row)).collect())
}
