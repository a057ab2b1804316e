//! Attendance, results and closing: where enrolments become hours.

use super::{
    listing::viewer,
    problems::refused,
    service::{again, conducts, runs},
    settlement::Settlement,
    wire::{AttendanceIn, AttendanceView, ResultIn},
};
use crate::ledger::service::{policy_label_of, recognised_on};
use crate::{
    access::Actor,
    http::{
        Work,
        command::NOTHING,
        conditions::{Etag, same_version},
    },
    policy::{AreaPolicy, PolicyCache},
    problem::{ApiError, Code, FieldFault, Words},
};
use chrono::NaiveDate;
use serde::Serialize;
use shixun_domain::{
    Hours,
    access::Role,
    catalogue::SessionState,
    enrolment::{EnrolmentStatus, EvaluationStanding, Outcome, asked_at_closing},
    id::{EnrolmentId, SessionId, UnitId},
    ledger::{Circumstances, EntryKind},
};
use shixun_persistence::{
    Conn,
    enrolment::{
        self as store, AttendanceMark, AttendanceRow, EnrolmentRow, EnrolmentShown, Freed, OfferRow, UnitTime,
    },
    ledger::{self as hours, Appended, NewEntry},
};
use std::collections::{HashMap, HashSet};

/// Attendance of everybody who holds a seat.
#[derive(Debug)]
pub struct Sheet {
    /// The unit.
    pub unit: UnitTime,
    /// Persons in the order of asking, with what was recorded.
    pub rows: Vec<(EnrolmentRow, Option<AttendanceRow>)>,
    /// Rises with everything that is recorded.
    pub version: i64,
}

impl Sheet {
    /// Of all that was recorded, and of whom it shows.
    pub fn etag(&self) -> Etag {
        let shown: i64 = self.rows.iter().map(|(row, _)| row.version).sum();
        Etag::version_and(self.version, &[shown])
    }
}

/// True where the actor teaches a unit of the session.
pub(crate) fn lectures(actor: &Actor, units: &[UnitTime]) -> bool {
    actor.is(Role::Lecturer) && units.iter().any(|unit| unit.lecturer.is_some_and(|person| actor.is_self(person)))
}

/// A unit with its session, for who may record attendance at it: whoever conducts the session, and the lecturer of the unit.
fn unit_of(conn: &mut Conn, actor: &Actor, session: SessionId, unit: UnitId) -> Result<(OfferRow, UnitTime), ApiError> {
    let offer = store::offer(conn, session)?.ok_or_else(|| ApiError::missing(session))?;
    let units = store::units(conn, session)?;
    let conducts = conducts(actor, &offer);
    if !conducts && !lectures(actor, &units) {
        return Err(ApiError::missing(session));
    }
    let unit = units.into_iter().find(|row| row.id == unit).ok_or_else(|| ApiError::missing(unit))?;
    if !conducts && !unit.lecturer.is_some_and(|person| actor.is_self(person)) {
        return Err(ApiError::new(Code::NotYourUnit));
    }
    Ok((offer, unit))
}

/// Reads the attendance sheet of a unit: all of it for who conducts the session, otherwise the rows of those whom the actor looks
/// after, and one's own, because hours follow from it.
///
/// # Errors
/// `not_found` where none of it is the actor's to see.
pub fn sheet(
    conn: &mut Conn,
    actor: &Actor,
    (session, unit_id): (SessionId, UnitId),
    today: NaiveDate,
) -> Result<Sheet, ApiError> {
    let offer = store::offer(conn, session)?.ok_or_else(|| ApiError::missing(session))?;
    let units = store::units(conn, session)?;
    let all = runs(actor, &offer) || lectures(actor, &units);
    let unit = units.into_iter().find(|row| row.id == unit_id);
    let Some(unit) = unit else {
        return Err(if all { ApiError::missing(unit_id) } else { ApiError::missing(session) });
    };
    let mut sheet = read_sheet(conn, session, unit)?;
    if !all {
        let viewer = viewer(conn, actor, today)?;
        sheet.rows.retain(|(row, _)| actor.is_self(row.person) || viewer.looks_after(row));
        if sheet.rows.is_empty() {
            return Err(ApiError::missing(session));
        }
    }
    Ok(sheet)
}

fn read_sheet(conn: &mut Conn, session: SessionId, unit: UnitTime) -> Result<Sheet, ApiError> {
    let recorded = store::attendance_of_unit(conn, unit.id)?;
    let version = version_of(&recorded);
    let mut recorded: HashMap<EnrolmentId, AttendanceRow> =
        recorded.into_iter().map(|row| (row.enrolment, row)).collect();
    let seated = store::of_session(conn, session)?.into_iter().filter(|row| row.status.holds_seat());
    let rows = seated
        .map(|row| {
            let mark = recorded.remove(&row.id);
            (row, mark)
        })
        .collect();
    Ok(Sheet { unit, rows, version })
}

fn version_of(recorded: &[AttendanceRow]) -> i64 {
    recorded.iter().map(|row| row.version).sum()
}

/// Records attendance at a unit that has begun, or corrects it, until the session is closed, where nobody else did since the sheet
/// was read.
///
/// # Errors
/// `not_found`, `not_your_unit`, `session_not_running`, `unit_not_begun`, `precondition_failed`, `own_training`; `invalid_field` with every fault of
/// the marks.
pub fn record(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    (session, unit): (SessionId, UnitId),
    based_on: i64,
    input: &AttendanceIn,
) -> Result<Sheet, ApiError> {
    store::hold_session(work.tx(), session)?;
    let (offer, unit) = unit_of(work.conn(), actor, session, unit)?;
    must_run(&offer)?;
    if work.at() < unit.starts_at {
        return Err(ApiError::new(Code::UnitNotBegun).with_instant("starts", unit.starts_at));
    }
    let before = store::attendance_of_unit(work.conn(), unit.id)?;
    same_version(based_on, version_of(&before))?;
    let seated = seated(work.conn(), session)?;
    let marks = read_marks(input, &unit, &seated)?;
    for mark in &marks {
        if seated.get(&mark.enrolment).is_some_and(|row| actor.is_self(row.person)) {
            // A sheet that is sent back whole carries one's own row too: as somebody else recorded it, it stays.
            if before.iter().any(|row| mark.is_as_recorded(row)) {
                continue;
            }
            return Err(ApiError::new(Code::OwnTraining));
        }
        store::record_attendance(work.tx(), unit.id, mark, actor.account)?;
    }
    let sheet = read_sheet(work.conn(), session, unit)?;
    #[derive(Serialize)]
    struct Marked {
        attendance: Vec<AttendanceView>,
    }
    let views = |rows: &[(EnrolmentRow, Option<AttendanceRow>)]| Marked {
        attendance: rows.iter().map(|(row, mark)| AttendanceView::new(&sheet.unit, row, mark.as_ref())).collect(),
    };
    let mut earlier: HashMap<EnrolmentId, AttendanceRow> = before.into_iter().map(|row| (row.enrolment, row)).collect();
    let earlier: Vec<_> = sheet.rows.iter().map(|(row, _)| (row.clone(), earlier.remove(&row.id))).collect();
    work.record("record_attendance", sheet.unit.id, Some(&views(&earlier)), Some(&views(&sheet.rows)))?;
    Ok(sheet)
}

/// The marks of a sheet, each of somebody who holds a seat and nobody twice.
fn read_marks(
    input: &AttendanceIn,
    unit: &UnitTime,
    seated: &HashMap<EnrolmentId, EnrolmentRow>,
) -> Result<Vec<AttendanceMark>, ApiError> {
    let mut faults = Vec::new();
    let mut marks = Vec::new();
    let mut named = HashSet::new();
    for (index, mark) in input.marks.iter().enumerate() {
        let pointer = || format!("/marks/{index}/enrolment_id");
        match mark.read(index, unit) {
            Ok(read) if !seated.contains_key(&read.enrolment) => faults.push(not_in_session(pointer())),
            Ok(read) if !named.insert(read.enrolment) => faults.push(repeated(pointer())),
            Ok(read) => marks.push(read),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(marks) } else { Err(ApiError::new(Code::InvalidField).with_faults(faults)) }
}

fn repeated(pointer: String) -> FieldFault {
    let words =
        Words::new("此人在本次提交中已经出现过，请只保留一条", "this person is named above already; keep one of them");
    FieldFault::new(pointer, "repeated", words)
}

fn not_in_session(pointer: String) -> FieldFault {
    let words = Words::new("此人在本班期没有名额", "this person holds no seat in the session");
    FieldFault::new(pointer, "not_in_session", words)
}

fn seated(conn: &mut Conn, session: SessionId) -> Result<HashMap<EnrolmentId, EnrolmentRow>, ApiError> {
    let rows = store::of_session(conn, session)?;
    Ok(rows.into_iter().filter(|row| row.status.holds_seat()).map(|row| (row.id, row)).collect())
}

fn must_run(offer: &OfferRow) -> Result<(), ApiError> {
    match offer.offer.openings.state {
        SessionState::Running => Ok(()),
        state => Err(ApiError::new(Code::SessionNotRunning).with_word("state", state)),
    }
}

/// The session, where the actor conducts it and it runs, held until the command ends.
fn running(work: &mut Work<'_, '_>, actor: &Actor, session: SessionId) -> Result<OfferRow, ApiError> {
    store::hold_session(work.tx(), session)?;
    let offer = store::offer(work.conn(), session)?
        .filter(|offer| conducts(actor, offer))
        .ok_or_else(|| ApiError::missing(session))?;
    must_run(&offer)?;
    Ok(offer)
}

/// Results as the event log keeps them.
#[derive(Serialize)]
struct Recorded {
    results: Vec<RecordedResult>,
}

#[derive(Serialize)]
struct RecordedResult {
    enrolment_id: String,
    result: Option<&'static str>,
    misconduct: bool,
}

impl Recorded {
    fn of<'a>(rows: impl Iterator<Item = &'a EnrolmentRow>) -> Recorded {
        let result = |row: &EnrolmentRow| RecordedResult {
            enrolment_id: row.id.to_string(),
            result: row.outcome.map(Outcome::as_str),
            misconduct: row.misconduct,
        };
        Recorded { results: rows.map(result).collect() }
    }
}

/// The results of everybody who holds or held a seat.
#[derive(Debug)]
pub struct Results {
    /// Persons in the order of asking.
    pub rows: Vec<EnrolmentShown>,
    /// Rises with everything that happens to an enrolment of the session.
    pub version: i64,
}

impl Results {
    /// Of everything that happened to an enrolment of the session, and of the session that each shows.
    pub fn etag(&self) -> Etag {
        Etag::version_and(self.version, &[self.rows.first().map_or(0, |shown| shown.session.version)])
    }
}

/// Reads the results of a session, for whoever conducts it or looks after all of them.
///
/// # Errors
/// `not_found`.
pub fn results(conn: &mut Conn, actor: &Actor, session: SessionId) -> Result<Results, ApiError> {
    let offer = store::offer(conn, session)?.filter(|offer| runs(actor, offer));
    offer.ok_or_else(|| ApiError::missing(session))?;
    read_results(conn, session)
}

fn read_results(conn: &mut Conn, session: SessionId) -> Result<Results, ApiError> {
    let mut rows = store::shown_of_session(conn, session)?;
    let version = rows.iter().map(|shown| shown.row.version).sum();
    rows.retain(|shown| shown.row.status.holds_seat() || shown.row.outcome.is_some());
    Ok(Results { rows, version })
}

/// Records results, or corrects them, until the session is closed, where nothing happened to its enrolments since they were read.
///
/// # Errors
/// `not_found`, `session_not_running`, `precondition_failed`, `own_training`; `invalid_field` where somebody holds no seat or is named
/// twice.
pub fn record_results(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    session: SessionId,
    based_on: i64,
    results: &[ResultIn],
) -> Result<Results, ApiError> {
    running(work, actor, session)?;
    same_version(based_on, read_results(work.conn(), session)?.version)?;
    let seated = seated(work.conn(), session)?;
    let mut faults = Vec::new();
    let mut named = HashSet::new();
    for (index, result) in results.iter().enumerate() {
        let pointer = || format!("/results/{index}/enrolment_id");
        if !seated.contains_key(&result.enrolment_id.0) {
            faults.push(not_in_session(pointer()));
        } else if !named.insert(result.enrolment_id.0) {
            faults.push(repeated(pointer()));
        }
    }
    if !faults.is_empty() {
        return Err(ApiError::new(Code::InvalidField).with_faults(faults));
    }
    for result in results {
        if let Some(row) = store::find(work.conn(), result.enrolment_id.0)? {
            let changed = row.outcome != Some(result.result.0) || row.misconduct != result.misconduct;
            if changed && actor.is_self(row.person) {
                return Err(ApiError::new(Code::OwnTraining));
            }
            if changed && !store::set_result(work.tx(), &row, result.result.0, result.misconduct)? {
                return Err(again());
            }
        }
    }
    let after = read_results(work.conn(), session)?;
    let earlier = Recorded::of(after.rows.iter().filter_map(|shown| seated.get(&shown.row.id)));
    let now = Recorded::of(after.rows.iter().map(|shown| &shown.row));
    work.record("record_results", session, Some(&earlier), Some(&now))?;
    Ok(after)
}

/// What closing did.
#[derive(Debug, Default, Serialize)]
pub struct Closing {
    /// Completed.
    pub completed: i32,
    /// Not completed.
    pub not_completed: i32,
    /// Ended for misconduct.
    pub expelled: i32,
    /// Never reviewed, or still waiting.
    pub lapsed: i32,
    /// Hours posted, in hundredths.
    #[serde(serialize_with = "as_text")]
    pub hours_posted: Hours,
    /// Persons whose hours wait for their evaluation.
    pub awaiting_evaluation: i32,
    /// Their hours, in hundredths.
    #[serde(serialize_with = "as_text")]
    pub hours_awaiting: Hours,
}

fn as_text<S: serde::Serializer>(hours: &Hours, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(hours)
}

/// Closes a session: every confirmed person's attendance becomes hours, in this transaction; where the packs ask for an evaluation they
/// wait for it. It closes only where the process holds: all units are over, every mark and every result is recorded.
///
/// # Errors
/// `not_found`, `session_not_running`, `units_not_over`, `own_training`, `attendance_missing`, `results_missing`.
pub fn close(
    work: &mut Work<'_, '_>,
    policy: &PolicyCache,
    actor: &Actor,
    session: SessionId,
) -> Result<Closing, ApiError> {
    let offer = running(work, actor, session)?;
    let units = store::units(work.conn(), session)?;
    if let Some(last) = units.iter().map(|unit| unit.ends_at).max().filter(|ends| work.at() < *ends) {
        return Err(ApiError::new(Code::UnitsNotOver).with_instant("ends", last));
    }
    let everybody = store::of_session(work.conn(), session)?;
    let marks: HashMap<(UnitId, EnrolmentId), AttendanceRow> = store::attendance_of_session(work.conn(), session)?
        .into_iter()
        .map(|row| ((row.unit, row.enrolment), row))
        .collect();
    let confirmed = || everybody.iter().filter(|row| row.status == EnrolmentStatus::Confirmed);
    // Whoever closes a session recognises its hours, and nobody recognises one's own.
    if confirmed().any(|row| actor.is_self(row.person)) {
        return Err(ApiError::new(Code::OwnTraining));
    }
    let unmarked = confirmed()
        .flat_map(|row| units.iter().map(move |unit| (unit.id, row.id)))
        .filter(|key| !marks.contains_key(key))
        .count();
    if unmarked > 0 {
        return Err(ApiError::new(Code::AttendanceMissing).with("missing", unmarked));
    }
    let without_result = confirmed().filter(|row| row.outcome.is_none()).count();
    if without_result > 0 {
        return Err(ApiError::new(Code::ResultsMissing).with("missing", without_result));
    }
    if !store::close_session(work.tx(), session, offer.version)? {
        return Err(again());
    }
    let mut closing = Closing::default();
    for row in &everybody {
        settle(work, policy, &offer, row, &units, &marks, &mut closing)?;
    }
    work.record("close", session, NOTHING, Some(&closing))?;
    Ok(closing)
}

fn settle(
    work: &mut Work<'_, '_>,
    policy: &PolicyCache,
    offer: &OfferRow,
    row: &EnrolmentRow,
    units: &[UnitTime],
    marks: &HashMap<(UnitId, EnrolmentId), AttendanceRow>,
    closing: &mut Closing,
) -> Result<(), ApiError> {
    if row.status != EnrolmentStatus::Confirmed {
        return if row.status.is_open() { lapse(work, row, closing) } else { Ok(()) };
    }
    let now = work.at();
    let area = policy.area(work.conn(), row.person.area(), now)?;
    let settlement = Settlement::new(&area, offer, row, units, |unit| marks.get(&(unit, row.id)))?;
    let status = settlement.status();
    *match status {
        EnrolmentStatus::Expelled => &mut closing.expelled,
        EnrolmentStatus::Completed => &mut closing.completed,
        _ => &mut closing.not_completed,
    } += 1;
    let credited = settlement.earned.credited;
    let asked = settlement.evaluation;
    let evaluation = asked_at_closing(row.evaluation, asked, settlement.came(), credited, now.china_date());
    let ended = match evaluation == row.evaluation {
        true => store::set_status(work.tx(), row, status, None, None)?,
        false => store::after_closing(work.tx(), row, status, evaluation)?,
    };
    if !ended {
        return Err(again());
    }
    match evaluation.awaited() {
        Some(_) => {
            closing.awaiting_evaluation += 1;
            closing.hours_awaiting = closing.hours_awaiting.plus(credited);
        }
        None => closing.hours_posted = closing.hours_posted.plus(credited),
    }
    enter(work, &area, offer, row, &settlement, evaluation)
}

/// Declines what was never reviewed or still waits, and frees its seat or place.
fn lapse(work: &mut Work<'_, '_>, row: &EnrolmentRow, closing: &mut Closing) -> Result<(), ApiError> {
    let note = Some("班期已结束，未经学校审核 / the session ended without a review");
    let decided_by = work.actor();
    if !store::set_status(work.tx(), row, EnrolmentStatus::Declined, decided_by, note)? {
        return Err(again());
    }
    closing.lapsed += 1;
    let freed = if row.status.waits() { Freed::Place } else { Freed::Seat };
    Ok(store::release(work.tx(), row.session, freed)?)
}

/// Enters the hours, with what they rest on: posted, or pending where they wait for an evaluation. A fail or misconduct is entered too,
/// with nothing or little credited, so that the statement shows why.
fn enter(
    work: &mut Work<'_, '_>,
    area: &AreaPolicy,
    offer: &OfferRow,
    row: &EnrolmentRow,
    settlement: &Settlement,
    evaluation: EvaluationStanding,
) -> Result<(), ApiError> {
    let effective_on = offer.offer.ends_on;
    let today = work.at().china_date();
    let policy = policy_label_of(work.conn(), area, row.person, effective_on)?;
    let posted = settlement.entry(offer, row, policy, work.actor())?;
    let awaits = evaluation.awaited();
    let circumstances = Circumstances { awaits, ..posted.circumstances };
    let entry = NewEntry {
        kind: if awaits.is_some() { EntryKind::Pending } else { posted.kind },
        circumstances: recognised_on(circumstances, today, effective_on),
        ..posted
    };
    match hours::append(work.tx(), &entry)? {
        Appended::New(_) => Ok(()),
        Appended::Duplicate => Err(refused(&shixun_domain::enrolment::Reason::AlreadyEnrolled(row.status))),
    }
}
