//! Waivers: the use cases.

use super::wire::{WaiverIn, WaiverView};
use crate::{
    access::Actor,
    http::{Page, Work, command::NOTHING},
    ledger::{
        schools::schools_of,
        service::{may_manage, may_see},
        sight::viewer,
    },
    policy::PolicyCache,
    problem::{ApiError, Code, Words},
};
use shixun_domain::{
    AreaCode,
    id::{TeacherId, WaiverId},
    ledger::waiver::{WaiverRefusal, WaiverState, WaiverStep, can_be_waived, step},
};
use shixun_persistence::{
    Conn,
    ledger::{self, NewWaiver, WaiverFilter, WaiverRow},
};

impl From<WaiverRefusal> for ApiError {
    fn from(refusal: WaiverRefusal) -> Self {
        let state = |code: Code, state: WaiverState| {
            ApiError::new(code).with("state", state.as_str()).with("state_zh", state.zh())
        };
        match refusal {
            WaiverRefusal::Decided { state: now } => state(Code::WaiverDecided, now),
            WaiverRefusal::NotInForce { state: now } => state(Code::WaiverNotInForce, now),
            WaiverRefusal::FourEyes => ApiError::new(Code::WaiverFourEyes),
        }
    }
}

/// The waivers of a person.
///
/// # Errors
/// `not_found` for somebody the actor does not look after.
pub fn list(conn: &mut Conn, actor: &Actor, teacher: TeacherId) -> Result<Vec<WaiverRow>, ApiError> {
    may_see(conn, actor, teacher.person())?;
    ledger::revision(conn, teacher.person())?.ok_or_else(|| ApiError::missing(teacher))?;
    Ok(ledger::waivers_of(conn, teacher.person())?)
}

/// Waivers of everybody the actor may see.
///
/// # Errors
/// `not_found` for an area that is not the actor's; `invalid_cursor`.
pub fn of_everybody(
    conn: &mut Conn,
    actor: &Actor,
    area: Option<AreaCode>,
    filter: &WaiverFilter,
    page: &Page,
) -> Result<(Vec<WaiverRow>, Option<i64>), ApiError> {
    let area = area.unwrap_or(actor.area());
    let viewer = viewer(conn, actor, area)?;
    let rows = ledger::list_waivers(conn, area, &viewer, filter, page.after()?, page.fetch())?;
    let total = page.counted(|| ledger::count_waivers(conn, area, &viewer, filter))?;
    Ok((rows, total))
}

/// One waiver.
///
/// # Errors
/// `not_found`.
pub fn get(conn: &mut Conn, actor: &Actor, id: WaiverId) -> Result<WaiverRow, ApiError> {
    let row = ledger::find_waiver(conn, id)?.ok_or_else(|| ApiError::missing(id))?;
    may_see(conn, actor, row.person).map_err(|problem| problem.about(id))?;
    Ok(row)
}

/// Proposes that a requirement be waived for a person.
///
/// # Errors
/// `not_found`, `policy_missing`; `invalid_field` where no rule of that id asks for anything on the last day.
pub fn propose(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    teacher: TeacherId,
    new: &WaiverIn,
) -> Result<WaiverRow, ApiError> {
    let (person, now) = (teacher.person(), work.at());
    may_manage(work.conn(), actor, person, (now.china_date(), now.china_date()))?;
    ledger::revision(work.conn(), person)?.ok_or_else(|| ApiError::missing(teacher))?;
    let policy = cache.area(work.conn(), person.area(), now)?;
    let cycle = policy.cycle_on(new.valid_to)?;
    let rules = policy.rules_of(&schools_of(work.conn(), &policy, person)?, cycle, cycle.to())?;
    if !can_be_waived(&rules, &new.rule_id, new.valid_to) {
        return Err(ApiError::field(
            "/rule_id",
            "unknown_rule",
            Words::new(
                format!("{}没有编号为{}的要求；周期总量、上限与折算系数不能免除", new.valid_to, new.rule_id),
                format!(
                    "on {} no requirement has the id {}; the total, caps and factors cannot be waived",
                    new.valid_to, new.rule_id
                ),
            ),
        ));
    }
    let waiver = NewWaiver {
        person,
        rule_id: new.rule_id.clone(),
        from: new.valid_from,
        to: new.valid_to,
        reason: new.reason.clone(),
        evidence: new.evidence.clone(),
        proposed_by: actor.account,
    };
    let id = ledger::propose_waiver(work.tx(), &waiver)?;
    let row = ledger::find_waiver(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    work.record("propose", id, NOTHING, Some(&WaiverView::from(&row)))?;
    Ok(row)
}

/// Grants, refuses or revokes a waiver. Who proposed it and whom it is for decide nothing.
///
/// # Errors
/// `not_found`, `waiver_four_eyes`, `waiver_decided`, `waiver_not_in_force`.
pub fn follow(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: WaiverId,
    wanted: WaiverStep,
    reason: Option<&str>,
) -> Result<WaiverRow, ApiError> {
    let before = get(work.conn(), actor, id)?;
    let own = before.proposed_by == actor.account || actor.is_self(before.person);
    let state = step(before.state(), wanted, own)?;
    let added = ledger::add_waiver_step(work.tx(), &before, state, reason, actor.account)?;
    let row = get(work.conn(), actor, id)?;
    if !added {
        // Somebody else was faster.
        return Err(step(row.state(), wanted, own)
            .err()
            .unwrap_or(WaiverRefusal::Decided { state: row.state() })
            .into());
    }
    let action = match wanted {
        WaiverStep::Grant => "grant",
        WaiverStep::Refuse => "refuse",
        WaiverStep::Revoke => "revoke",
    };
    work.record(action, id, Some(&WaiverView::from(&before)), Some(&WaiverView::from(&row)))?;
    Ok(row)
}
