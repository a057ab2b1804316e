//! Writes programmes, sessions, enrolments and attendance down, and the hours of sessions that are closed.

use super::{Accounts, Offices, Staffed, at};
use crate::{
    demo::plan::{Enrolment, Owner, Plan, Programme, Session},
    enrolment::settlement::Settlement,
    policy::PolicyCache,
    problem::ApiError,
};
use shixun_domain::{
    AreaCode, UtcMillis,
    catalogue::{ProgrammeState, SessionState, programme::default_content_key},
    id::{AccountId, EnrolmentId, OrganisationId, ProgrammeId, SessionId, UnitId},
    policy::Schools,
};
use shixun_persistence::{
    WriteTx,
    catalogue::{
        filing::{self, NewFilingWindow},
        units::{self, NewUnit},
    },
    columns::search_name,
    demo::{self, PastEnrolment, PastMark, PastProgramme, PastSession},
    enrolment as store,
    ledger::{NewEntry, append_all},
};

pub(super) fn write(
    tx: &mut WriteTx<'_>,
    area: AreaCode,
    plan: &Plan,
    offices: &Offices,
    staffed: &Staffed,
    accounts: &Accounts,
) -> Result<(), ApiError> {
    let today = plan.now.china_date();
    for (name, days) in [("春季项目申报", -310..=-270), ("秋季项目申报", -85..=20)] {
        let shifted = |days: i64| today.checked_add_signed(chrono::TimeDelta::days(days)).unwrap_or(today);
        let (opens_on, closes_on) = (shifted(*days.start()), shifted(*days.end()));
        filing::add(tx, area, &NewFilingWindow { name: name.to_owned(), opens_on, closes_on })?;
    }
    let mut programmes = Vec::with_capacity(plan.programmes.len());
    for programme in &plan.programmes {
        programmes.push(declare(tx, programme, offices, accounts)?);
    }
    let cache = PolicyCache::default();
    for session in &plan.sessions {
        let declared =
            Declared { programme: at(&plan.programmes, session.programme)?, id: *at(&programmes, session.programme)? };
        run(tx, plan, session, &declared, offices, staffed, accounts, &cache)?;
    }
    Ok(())
}

/// Who runs a programme: the organisation, and the account that files, records and closes.
fn runner(owner: Owner, offices: &Offices, accounts: &Accounts) -> Result<(OrganisationId, AccountId), ApiError> {
    let [first, second] = offices.institutions;
    Ok(match owner {
        Owner::Centre => (offices.centre, accounts.named("centre")?),
        Owner::First => (first, accounts.named("institution-01")?),
        Owner::Second => (second, accounts.named("institution-02")?),
    })
}

fn declare(
    tx: &mut WriteTx<'_>,
    programme: &Programme,
    offices: &Offices,
    accounts: &Accounts,
) -> Result<ProgrammeId, ApiError> {
    let (organisation, filer) = runner(programme.owner, offices, accounts)?;
    // Four eyes: the centre decides for the institutions, the bureau for the centre.
    let decider = accounts.named(if programme.owner == Owner::Centre { "bureau" } else { "centre" })?;
    let mut content = programme.content.clone();
    content.content_key = default_content_key(organisation, &search_name(&content.name));
    let noon = |on| UtcMillis::china_midnight(on).plus_millis(12 * 3_600_000);
    let filed = programme.state != ProgrammeState::Draft;
    let past = PastProgramme {
        organisation,
        content: &content,
        state: programme.state,
        note: programme.note,
        created_by: filer,
        filed: filed.then(|| (filer, noon(programme.filed_on))),
        decided: programme.decided_on.map(|on| (decider, noon(on))),
    };
    Ok(demo::add_programme(tx, &past)?)
}

/// A programme and its key.
struct Declared<'a> {
    programme: &'a Programme,
    id: ProgrammeId,
}

#[allow(clippy::too_many_arguments)]
fn run(
    tx: &mut WriteTx<'_>,
    plan: &Plan,
    session: &Session,
    declared: &Declared<'_>,
    offices: &Offices,
    staffed: &Staffed,
    accounts: &Accounts,
    cache: &PolicyCache,
) -> Result<(), ApiError> {
    let count = |counts: fn(&Enrolment) -> bool| {
        i32::try_from(session.enrolments.iter().filter(|enrolment| counts(enrolment)).count()).unwrap_or(i32::MAX)
    };
    let past = PastSession {
        programme: declared.id,
        terms: &session.terms,
        state: session.state,
        note: session.note,
        seats_taken: count(|enrolment| enrolment.status.holds_seat()),
        queue_taken: count(|enrolment| enrolment.status.waits()),
        published_at: session.published_at,
        closed_at: session.closed_at,
    };
    let id = demo::add_session(tx, &past)?;
    let mut units = Vec::with_capacity(session.units.len());
    for unit in &session.units {
        let lecturer = at(&plan.lecturers, unit.lecturer)?;
        let new = NewUnit {
            starts_at: unit.starts_at,
            ends_at: unit.ends_at,
            place: unit.place.to_owned(),
            content: unit.content.clone(),
            lecturer_name: lecturer.name.clone(),
            lecturer: Some(*at(&staffed.lecturers, unit.lecturer)?),
            hours: unit.hours,
        };
        units.push(units::add(tx, id, &new)?);
    }
    let (_, runner) = runner(declared.programme.owner, offices, accounts)?;
    let enrolments = enrol(tx, plan, session, id, offices, staffed, accounts)?;
    attend(tx, session, &units, &enrolments, accounts)?;
    if session.state == SessionState::Closed {
        let area = cache.area(tx.conn(), id.area(), plan.now)?;
        let policy = crate::ledger::service::policy_label(&area, &Schools::NONE, session.terms.ends_on)?;
        let missing = || ApiError::missing(id);
        let offer = store::offer(tx.conn(), id)?.ok_or_else(missing)?;
        let units = store::units(tx.conn(), id)?;
        let mut entries = Vec::with_capacity(enrolments.len());
        for (enrolment, key) in session.enrolments.iter().zip(enrolments) {
            let row = store::find(tx.conn(), key)?.ok_or_else(missing)?;
            let recorded = store::attendance_of(tx.conn(), key)?;
            let mark = |unit: UnitId| recorded.iter().find(|row| row.unit == unit);
            let settlement = Settlement::new(&area, &offer, &row, &units, mark)?;
            let snapshot = super::ledger::snapshot(plan, enrolment.teacher, session.terms.ends_on, offices)?;
            entries.push(NewEntry { snapshot, ..settlement.entry(&offer, &row, policy.clone(), Some(runner))? });
        }
        append_all(tx, &entries)?;
    }
    Ok(())
}

fn enrol(
    tx: &mut WriteTx<'_>,
    plan: &Plan,
    session: &Session,
    id: SessionId,
    offices: &Offices,
    staffed: &Staffed,
    accounts: &Accounts,
) -> Result<Vec<EnrolmentId>, ApiError> {
    let mut rows = Vec::with_capacity(session.enrolments.len());
    for enrolment in &session.enrolments {
        let teacher = at(&plan.teachers, enrolment.teacher)?;
        let on = enrolment.requested_at.china_date();
        let school = teacher.school_on(on).unwrap_or(teacher.last_school());
        let reviewer = accounts.named(&format!("school-{:02}", school + 1))?;
        rows.push(PastEnrolment {
            session: id,
            person: *at(&staffed.teachers, enrolment.teacher)?,
            person_name: &teacher.name,
            organisation: *at(&offices.schools, school)?,
            organisation_name: &at(&plan.schools, school)?.name,
            title: Some(teacher.title_on(on).unwrap_or(shixun_domain::Title::None)),
            status: enrolment.status,
            requested_at: enrolment.requested_at,
            requested_by: Some(accounts.named(&format!("teacher-{:04}", enrolment.teacher + 1))?),
            decided: enrolment.decided_at.map(|at| (reviewer, at)),
            note: enrolment.note,
            outcome: enrolment.outcome,
            misconduct: enrolment.misconduct,
        });
    }
    Ok(demo::add_enrolments(tx, &rows)?)
}

fn attend(
    tx: &mut WriteTx<'_>,
    session: &Session,
    units: &[UnitId],
    enrolments: &[EnrolmentId],
    accounts: &Accounts,
) -> Result<(), ApiError> {
    let mut marks = Vec::new();
    for (enrolment, key) in session.enrolments.iter().zip(enrolments) {
        for ((mark, unit), key_of_unit) in enrolment.marks.iter().zip(&session.units).zip(units) {
            if let Some((mark, minutes)) = mark {
                let by = accounts.named(&format!("lecturer-{:02}", unit.lecturer + 1))?;
                let (mark, minutes) = (*mark, *minutes);
                marks.push(PastMark { unit: *key_of_unit, enrolment: *key, mark, minutes, by, at: unit.ends_at });
            }
        }
    }
    Ok(demo::add_attendance(tx, &marks)?)
}
