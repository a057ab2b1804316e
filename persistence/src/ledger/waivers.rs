//! Waivers and their steps: rows are appended and never changed.

use super::viewer::Viewer;
use crate::{
    Conn, DbResult, WriteTx, columns,
    db::{At, Both, MultiBackend, each},
    people,
    schema::{employments as e, persons as p, waiver_steps as s, waivers as t},
};
use chrono::NaiveDate;
use diesel::{
    dsl::{exists, not},
    prelude::*,
};
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    id::{AccountId, PersonId, Waiver, WaiverId, WaiverStep},
    ledger::waiver::WaiverState,
    policy::WaiverFacts,
    time::DateSpan,
};

/// A waiver to be proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWaiver {
    /// For whom.
    pub person: PersonId,
    /// Id of the rule.
    pub rule_id: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Why.
    pub reason: String,
    /// What proves it.
    pub evidence: Option<String>,
    /// Who proposes it.
    pub proposed_by: AccountId,
}

/// A step after the proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRow {
    /// How the waiver stood afterwards.
    pub state: WaiverState,
    /// Why.
    pub reason: Option<String>,
    /// Who took it.
    pub taken_by: AccountId,
    /// When.
    pub at: UtcMillis,
}

/// A waiver with its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiverRow {
    /// Key.
    pub id: WaiverId,
    /// For whom.
    pub person: PersonId,
    /// The person's name.
    pub person_name: String,
    /// Id of the rule.
    pub rule_id: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Why.
    pub reason: String,
    /// What proves it.
    pub evidence: Option<String>,
    /// Who proposed it.
    pub proposed_by: AccountId,
    /// When.
    pub proposed_at: UtcMillis,
    /// What became of it, the earliest first.
    pub steps: Vec<StepRow>,
}

impl WaiverRow {
    /// How it stands.
    pub fn state(&self) -> WaiverState {
        self.state_at(None)
    }

    /// How it stood at an instant; today where none is given.
    pub fn state_at(&self, at: Option<UtcMillis>) -> WaiverState {
        let mut taken = self.steps.iter().filter(|step| at.is_none_or(|at| step.at <= at));
        taken.next_back().map_or(WaiverState::Proposed, |step| step.state)
    }
}

/// A waiver in force, with what a statement shows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantedWaiver {
    /// Key.
    pub id: WaiverId,
    /// Id of the rule.
    pub rule_id: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Why.
    pub reason: String,
}

impl GrantedWaiver {
    /// In the form in which rules want it.
    pub fn facts(&self) -> WaiverFacts {
        WaiverFacts {
            key: self.id.number(),
            rule_id: self.rule_id.clone(),
            span: DateSpan { from: self.from, to: Some(self.to) },
        }
    }
}

type Columns = (i32, i64, i64, String, NaiveDate, NaiveDate, String, Option<String>, i32, i64, At);
type StepColumns = (String, Option<String>, i32, i64, At);
type Joined = (Columns, String, Option<StepColumns>);

/// Joins waivers with their steps, waivers in the order of proposal.
macro_rules! load {
    ($conn:expr, $filter:expr) => {
        each!($conn, k => t::table
            .inner_join(p::table.on(p::area.eq(t::area).and(p::id.eq(t::person_id))))
            .left_join(s::table.on(s::area.eq(t::area).and(s::waiver_id.eq(t::id))))
            .filter($filter)
            .order((t::id.asc(), s::stage.asc()))
            .select((t::all_columns, p::name, (s::state, s::reason, s::taken_by_area, s::taken_by, s::created_at).nullable()))
            .load::<Joined>(k))
    };
}

fn rows(joined: Vec<Joined>) -> DbResult<Vec<WaiverRow>> {
    let mut found: Vec<WaiverRow> = Vec::new();
    for (waiver, person_name, step) in joined {
        let (area, id, person, rule_id, from, to, reason, evidence, by_area, proposed_by, at) = waiver;
        let area: AreaCode = columns::area(area)?;
        let steps = match step {
            Some((state, reason, by_area, taken_by, at)) => vec![StepRow {
                state: columns::word("waiver_steps.state", &state)?,
                reason,
                taken_by: Id::new(columns::area(by_area)?, taken_by),
                at: at.into(),
            }],
            None => Vec::new(),
        };
        match found.last_mut().filter(|known| known.id == Id::new(area, id)) {
            Some(known) => known.steps.extend(steps),
            None => found.push(WaiverRow {
                id: Id::new(area, id),
                person: Id::new(area, person),
                person_name,
                rule_id,
                from,
                to,
                reason,
                evidence,
                proposed_by: Id::new(columns::area(by_area)?, proposed_by),
                proposed_at: at.into(),
                steps,
            }),
        }
    }
    Ok(found)
}

/// One waiver.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a row is damaged.
pub fn find_waiver(conn: &mut Conn, id: WaiverId) -> DbResult<Option<WaiverRow>> {
    let (area, number) = id.key();
    Ok(rows(load!(conn, t::area.eq(area).and(t::id.eq(number)))?)?.pop())
}

/// Every waiver of a person, in the order of proposal.
///
/// # Errors
/// As [`find_waiver`].
pub fn waivers_of(conn: &mut Conn, person: PersonId) -> DbResult<Vec<WaiverRow>> {
    let (area, number) = person.key();
    rows(load!(conn, t::area.eq(area).and(t::person_id.eq(number)))?)
}

/// Every waiver of an area.
///
/// # Errors
/// As [`find_waiver`].
pub fn waivers_in(conn: &mut Conn, area: AreaCode) -> DbResult<Vec<WaiverRow>> {
    rows(load!(conn, t::area.eq(area.get()))?)
}

/// What is wanted of the list.
#[derive(Debug, Clone, Copy, Default)]
pub struct WaiverFilter {
    /// Of one person.
    pub person: Option<PersonId>,
    /// That stand like this.
    pub state: Option<WaiverState>,
}

type Filtered<'a> = diesel::helper_types::IntoBoxed<'a, t::table, MultiBackend>;

fn filtered<'a>(area: AreaCode, viewer: &Viewer, filter: &WaiverFilter) -> Filtered<'a> {
    let steps = || s::table.filter(s::area.eq(t::area)).filter(s::waiver_id.eq(t::id));
    let mut query = t::table.into_boxed().filter(t::area.eq(area.get()));
    if let Viewer::Schools(numbers, person) = viewer {
        let employed = e::table
            .filter(e::area.eq(area.get()))
            .filter(e::organisation_id.eq_any(numbers.clone()))
            .select(e::person_id);
        query = query.filter(t::person_id.eq_any(employed).or(t::person_id.eq(Viewer::own(*person, area))));
    }
    if let Some(person) = filter.person {
        query = query.filter(t::person_id.eq(person.number()));
    }
    match filter.state {
        None => query,
        Some(WaiverState::Proposed) => query.filter(not(exists(steps()))),
        Some(WaiverState::Granted) => query
            .filter(exists(steps().filter(s::state.eq(WaiverState::Granted.as_str()))))
            .filter(not(exists(steps().filter(s::state.eq(WaiverState::Revoked.as_str()))))),
        Some(state) => query.filter(exists(steps().filter(s::state.eq(state.as_str())))),
    }
}

/// Waivers in the order of proposal, behind `after`.
///
/// # Errors
/// As [`find_waiver`].
pub fn list_waivers(
    conn: &mut Conn,
    area: AreaCode,
    viewer: &Viewer,
    filter: &WaiverFilter,
    after: Option<i64>,
    limit: i64,
) -> DbResult<Vec<WaiverRow>> {
    let mut query = filtered(area, viewer, filter).order(t::id.asc()).limit(limit);
    if let Some(number) = after {
        query = query.filter(t::id.gt(number));
    }
    let numbers: Vec<i64> = query.select(t::id).load(conn)?;
    rows(load!(conn, t::area.eq(area.get()).and(t::id.eq_any(&numbers)))?)
}

/// How many a list has in all.
///
/// # Errors
/// As [`find_waiver`].
pub fn count_waivers(conn: &mut Conn, area: AreaCode, viewer: &Viewer, filter: &WaiverFilter) -> DbResult<i64> {
    Ok(filtered(area, viewer, filter).count().get_result(conn)?)
}

/// Proposes a waiver.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or the person is not there.
pub fn propose_waiver(tx: &mut WriteTx<'_>, new: &NewWaiver) -> DbResult<WaiverId> {
    let id = tx.new_id::<Waiver>(new.person.area());
    let at = tx.at().naive();
    diesel::insert_into(t::table)
        .values((
            t::area.eq(id.area().get()),
            t::id.eq(id.number()),
            t::person_id.eq(new.person.number()),
            t::rule_id.eq(&new.rule_id),
            t::valid_from.eq(new.from),
            t::valid_to.eq(new.to),
            t::reason.eq(&new.reason),
            t::evidence.eq(new.evidence.as_deref()),
            t::proposed_by_area.eq(new.proposed_by.area().get()),
            t::proposed_by.eq(new.proposed_by.number()),
            t::created_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// Takes a step, unless another one of its stage was taken meanwhile (`false`); the person's row version counts it, because
/// statements change.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn add_waiver_step(
    tx: &mut WriteTx<'_>,
    waiver: &WaiverRow,
    state: WaiverState,
    reason: Option<&str>,
    taken_by: AccountId,
) -> DbResult<bool> {
    let area = waiver.id.area();
    let id = tx.new_id::<WaiverStep>(area);
    let at = tx.at().naive();
    let stage = if state == WaiverState::Revoked { 2 } else { 1 };
    let values = (
        s::area.eq(area.get()),
        s::id.eq(id.number()),
        s::waiver_id.eq(waiver.id.number()),
        s::stage.eq(stage),
        s::state.eq(state.as_str()),
        s::reason.eq(reason),
        s::taken_by_area.eq(taken_by.area().get()),
        s::taken_by.eq(taken_by.number()),
        s::created_at.eq(at),
    );
    let added = Both(diesel::insert_into(s::table).values(values).on_conflict_do_nothing()).execute(tx.conn())?;
    if added == 1 {
        people::touch(tx, area, &[waiver.person.number()])?;
    }
    Ok(added == 1)
}
