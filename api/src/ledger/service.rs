//! The hour ledger: the use cases.

use super::{
    days::span,
    entering::follower,
    explain,
    judging::judge,
    moment::{Moment, answered_at, moment},
    schools::{record, schools_of},
    statement::StatementView,
    wire::{Evidence, HourEntryView, ReversalView},
};
use crate::{
    access::Actor,
    http::{Conditions, Etag, Page, Work},
    policy::{AreaPolicy, PolicyCache},
    problem::{ApiError, Code},
};
use chrono::{Datelike, NaiveDate};
use shixun_domain::{
    AreaCode, Hours, UtcMillis,
    hours::Days,
    id::{HourEntryId, PersonId, TeacherId},
    ledger::{self as rules_of_ledger, Amounts, Circumstances, Figures, SourceKind, Step},
    policy::wording::{self, Wording},
    policy::{Body, CycleRules, Effect, EntryFacts, ReversalAfterClose, Schools},
};
use shixun_persistence::{
    Conn,
    ledger::{self, Appended, EntryFilter, EntryRow, Known, NewEntry, Revision},
};
use std::sync::Arc;

/// Refuses to show the hours of somebody the actor does not look after: teachers see their own, a school those it employs or
/// employed, the county all.
///
/// # Errors
/// `not_found`.
pub fn may_see(conn: &mut Conn, actor: &Actor, person: PersonId) -> Result<(), ApiError> {
    if sees_at_once(actor, person) {
        return Ok(());
    }
    let looks_after_a_school = actor.offices().any(|scope| scope.area == person.area());
    if looks_after_a_school && ledger::was_employed_below(conn, person, |area, path| actor.reaches(area, path))? {
        return Ok(());
    }
    Err(ApiError::missing(person.teacher()))
}

/// Refuses to enter something for somebody the actor does not look after: a school does for those it employs today or employed on the
/// day it is about, the county for all, and who looks after nobody for nobody but themselves.
///
/// # Errors
/// `not_found`.
pub fn may_manage(
    conn: &mut Conn,
    actor: &Actor,
    person: PersonId,
    (today, about): (NaiveDate, NaiveDate),
) -> Result<(), ApiError> {
    may_see(conn, actor, person)?;
    let covers = |area: AreaCode, path: &str| actor.reaches(area, path);
    let may = actor.is_self(person)
        || actor.reaches_area(person.area())
        || ledger::was_employed_below_on(conn, person, &[today, about], covers)?;
    if may { Ok(()) } else { Err(ApiError::missing(person.teacher())) }
}

/// A statement, or the news that the client has it.
#[derive(Debug)]
pub enum StatementAnswer {
    /// The client's entity tag is still right.
    Unchanged(Etag),
    /// The statement.
    Fresh(Etag, Box<StatementView>),
}

/// What a statement is asked for with.
#[derive(Debug, Clone)]
pub struct StatementWish {
    /// Name of the cycle.
    pub cycle: Option<String>,
    /// The day.
    pub as_of: Option<NaiveDate>,
    /// Only what was recorded up to this instant.
    pub known_at: Option<UtcMillis>,
    /// What the client has.
    pub conditions: Conditions,
}

/// The tag of a statement.
fn tag(policy: &AreaPolicy, moment: Moment, wish: &StatementWish, revision: Revision) -> Etag {
    let (packs, published) = policy.revision();
    let counters = [
        revision.entries,
        packs,
        published.unwrap_or_default(),
        i64::from(moment.cycle.from().num_days_from_ce()),
        i64::from(moment.as_of.num_days_from_ce()),
        wish.known_at.map_or(0, UtcMillis::millis),
    ];
    Etag::version_and(revision.person, &counters)
}

/// Whether it takes no look at the database to know that the actor sees the person's hours.
pub fn sees_at_once(actor: &Actor, person: PersonId) -> bool {
    actor.is_self(person) || actor.reaches_area(person.area())
}

/// The tag of the statement that the client has and that is still right, as far as it can be told from the revision of the person's
/// ledger and from what is in memory. The caller sees the hours ([`sees_at_once`]).
pub fn unchanged(
    cache: &PolicyCache,
    person: PersonId,
    wish: &StatementWish,
    now: UtcMillis,
    revision: Revision,
) -> Option<Etag> {
    let answered_at = answered_at(wish.known_at, now).ok()?;
    let policy = cache.remembered(person.area(), now)?.known_at(wish.known_at);
    let moment = moment(&policy, wish.cycle.as_deref(), wish.as_of, answered_at.china_date()).ok()?;
    Some(tag(&policy, moment, wish, revision)).filter(|etag| wish.conditions.already_has(etag))
}

/// A teacher's statement. Where the client has it, nothing is evaluated.
///
/// # Errors
/// `not_found`, and as [`moment`].
pub fn statement(
    conn: &mut Conn,
    cache: &PolicyCache,
    actor: &Actor,
    teacher: TeacherId,
    wish: &StatementWish,
    now: UtcMillis,
) -> Result<StatementAnswer, ApiError> {
    let person = teacher.person();
    may_see(conn, actor, person)?;
    let answered_at = answered_at(wish.known_at, now)?;
    let policy = cache.area(conn, person.area(), now)?.known_at(wish.known_at);
    let moment = moment(&policy, wish.cycle.as_deref(), wish.as_of, answered_at.china_date())?;
    let Moment { cycle, as_of } = moment;
    let record = record(conn, &policy, person, as_of, wish.known_at)?.ok_or_else(|| ApiError::missing(teacher))?;
    // Read before the entries are, so that a tag never stands for less than its statement shows.
    let etag = tag(&policy, moment, wish, record.revision);
    if wish.conditions.already_has(&etag) {
        return Ok(StatementAnswer::Unchanged(etag));
    }
    let terms = policy.terms(&record.facts.schools, cycle, as_of)?;
    let judged = judge(conn, person, record, &terms, wish.known_at)?;
    Ok(StatementAnswer::Fresh(etag, Box::new(explain::statement(&terms.rules, judged, wish.known_at))))
}

/// Hours that somebody wants to earn.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The entry that they would become.
    pub candidate: EntryFacts,
    /// Those that the person's other sessions would.
    pub booked: Vec<EntryFacts>,
}

/// What is left under a yearly maximum that refuses more.
#[derive(Debug, Clone)]
pub struct Room {
    /// Hours left.
    pub left: Hours,
    /// Of these, promised by what is booked.
    pub booked: Hours,
    /// The same in words.
    pub words: Wording,
}

/// Hours left under the yearly maximum for hours that are wanted, for somebody who earned what the ledger holds; `None` where no rule
/// refuses such hours beyond a maximum.
///
/// # Errors
/// `policy_missing`; where the database does not answer.
pub fn headroom(
    conn: &mut Conn,
    cache: &PolicyCache,
    person: PersonId,
    Wanted { candidate, booked }: &Wanted,
    now: UtcMillis,
) -> Result<Option<Room>, ApiError> {
    let day = candidate.effective;
    let rules = rules_on(conn, cache, person, day, now)?;
    let Some(record) = ledger::person_record(conn, person, day, &Known::today())? else { return Ok(None) };
    let (from, to) = span(&rules, &record.facts);
    let entries = ledger::standing_entries(conn, person, from, to, None)?;
    let facts: Vec<EntryFacts> = entries.standing.into_iter().map(|entry| entry.entry.facts).collect();
    let room = shixun_domain::policy::headroom(&rules, &record.facts, &facts, booked, candidate);
    Ok(room.and_then(|room| {
        let words = wording::headroom(&rules, &room)?;
        Some(Room { left: room.left, booked: room.booked, words })
    }))
}

/// Whether hours of `day` fit under the yearly maximum; `None` where they do, the room there is where they do not. Hours earned in the
/// year are never fewer than hours that count, so that their sum with `more`, which are these hours and all that is booked, settles
/// nearly every case; what is wanted exactly is asked for in the others.
///
/// # Errors
/// As [`headroom`].
pub fn lacks_room(
    conn: &mut Conn,
    cache: &PolicyCache,
    person: PersonId,
    day: NaiveDate,
    (earned, more): (Hours, Hours),
    wanted: impl FnOnce(&mut Conn) -> Result<Wanted, ApiError>,
    now: UtcMillis,
) -> Result<Option<Room>, ApiError> {
    let rules = rules_on(conn, cache, person, day, now)?;
    let Some(least) = least_maximum(&rules, day) else { return Ok(None) };
    let settles = !rules.raises_hours() && rules.by_completion();
    if settles && earned.plus(more) <= least {
        return Ok(None);
    }
    let wanted = wanted(conn)?;
    let hours = wanted.candidate.credited;
    Ok(headroom(conn, cache, person, &wanted, now)?.filter(|room| room.left.less(room.booked) < hours))
}

fn least_maximum(rules: &CycleRules, day: NaiveDate) -> Option<Hours> {
    let in_force = rules.rules_on(day)?.rules().iter();
    let maxima = in_force.filter_map(|rule| match &rule.reference.rule.body {
        Body::YearMaximum { hours, effect: Effect::Refuse, .. } => Some(*hours),
        _ => None,
    });
    maxima.min()
}

/// The person's rules of the cycle of a day, at the cycle's end.
fn rules_on(
    conn: &mut Conn,
    cache: &PolicyCache,
    person: PersonId,
    day: NaiveDate,
    now: UtcMillis,
) -> Result<Arc<CycleRules>, ApiError> {
    let policy = cache.area(conn, person.area(), now)?;
    let cycle = policy.cycle_on(day)?;
    policy.rules_of(&schools_of(conn, &policy, person)?, cycle, cycle.to())
}

/// The packs in force for a person on a day, as an entry keeps them: `ZJ-2016 v1, 331123 v1`.
///
/// # Errors
/// `policy_missing`.
pub fn policy_label_of(
    conn: &mut Conn,
    policy: &AreaPolicy,
    person: PersonId,
    day: NaiveDate,
) -> Result<String, ApiError> {
    policy_label(policy, &schools_of(conn, policy, person)?, day)
}

/// The same for somebody who belonged to these schools.
///
/// # Errors
/// `policy_missing`.
pub fn policy_label(policy: &AreaPolicy, schools: &Schools, day: NaiveDate) -> Result<String, ApiError> {
    let cycle = policy.cycle_on(day)?;
    let rules = policy.rules_of(schools, cycle, cycle.to())?;
    let packs = rules.rules_on(day).map(|set| set.packs()).unwrap_or_default();
    Ok(packs.iter().map(|(code, version)| format!("{code} v{version}")).collect::<Vec<_>>().join(", "))
}

/// A teacher's entries, every kind.
///
/// # Errors
/// `not_found`, and as [`answered_at`].
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    teacher: TeacherId,
    filter: &EntryFilter,
    page: &Page,
    now: UtcMillis,
) -> Result<(Vec<HourEntryView>, Option<i64>), ApiError> {
    answered_at(filter.known_at, now)?;
    let person = teacher.person();
    may_see(conn, actor, person)?;
    ledger::revision(conn, person)?.ok_or_else(|| ApiError::missing(teacher))?;
    let rows = ledger::list(conn, person, filter, page.order, page.after()?, page.fetch())?;
    let numbers: Vec<i64> = rows.iter().map(|row| row.id.number()).collect();
    let mut followed = ledger::successors(conn, person.area(), &numbers, filter.known_at)?;
    let total = page.counted(|| ledger::count(conn, person, filter))?;
    let views = rows.into_iter().map(|row| {
        let successor = followed.remove(&row.id.number());
        HourEntryView::new(row, successor)
    });
    Ok((views.collect(), total))
}

/// One entry.
///
/// # Errors
/// `not_found`.
pub fn get(conn: &mut Conn, actor: &Actor, id: HourEntryId) -> Result<HourEntryView, ApiError> {
    let row = ledger::find(conn, id)?.ok_or_else(|| ApiError::missing(id))?;
    may_see(conn, actor, row.person).map_err(|problem| problem.about(id))?;
    view(conn, row)
}

fn view(conn: &mut Conn, row: EntryRow) -> Result<HourEntryView, ApiError> {
    let mut followed = ledger::successors(conn, row.id.area(), &[row.id.number()], None)?;
    let successor = followed.remove(&row.id.number());
    Ok(HourEntryView::new(row, successor))
}

pub(super) fn read_back(conn: &mut Conn, id: HourEntryId) -> Result<HourEntryView, ApiError> {
    let row = ledger::find(conn, id)?.ok_or_else(|| ApiError::missing(id))?;
    view(conn, row)
}

/// How hours shall stand after a correction; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct Replacement {
    /// Hours of the course.
    pub nominal: Option<Hours>,
    /// Hours attended.
    pub attended: Option<Hours>,
    /// The factor.
    pub factor: Option<rules_of_ledger::Factor>,
    /// The part that was practice.
    pub practice: Option<Hours>,
    /// Days of training.
    pub days: Option<Days>,
    /// What the hours rest on, where that is known anew. Hours that are corrected by hand no longer rest on attendance.
    pub rests_on: Option<(Circumstances, Evidence)>,
}

/// Who or what stands behind a correction. After the close of the cycle it takes two people, where packs allow it at all
/// (`reversal_after_close`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behind {
    /// One person, who takes hours back or lowers them.
    One,
    /// One person and the attendance of a session, which bounds what the hours can be, as it does when the session is closed.
    Attendance,
    /// Two: a dispute proposed it, and somebody else upholds it.
    Two,
}

/// Reverses a posted entry with a reason and, where the right hours are given, posts them in its place, dated as the entry was.
///
/// # Errors
/// `not_found`, `entry_four_eyes`, `entry_awaits_evaluation`, `reversal_refused`, `reversal_needs_approval`, `dispute_open`,
/// `raise_needs_approval`, and the ledger's refusals.
pub fn reverse(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    (id, behind): (HourEntryId, Behind),
    reason: &str,
    replacement: Option<Replacement>,
) -> Result<ReversalView, ApiError> {
    let before = get(work.conn(), actor, id)?;
    let row = ledger::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    // One's own hours are corrected by somebody else, as they are posted by somebody else.
    if actor.is_self(row.person) {
        return Err(rules_of_ledger::Refusal::FourEyes.into());
    }
    rules_of_ledger::may_be_touched(row.circumstances.awaits.filter(|_| before.followed_by.is_none()))?;
    let successor = before.followed_by.as_ref().map(|next| next.kind.0);
    let kind = rules_of_ledger::follow(row.kind, successor, Step::Reverse, Some(reason))?;
    let posted = Figures { amounts: row.amounts, days: row.circumstances.days };
    let right = match &replacement {
        Some(new) => Some(Figures {
            amounts: Amounts::new(
                new.nominal.unwrap_or(row.amounts.nominal),
                new.attended.unwrap_or(row.amounts.attended),
                new.factor.unwrap_or(row.amounts.factor),
                new.practice.unwrap_or(row.amounts.practice),
            )?,
            days: new.days.or(posted.days),
        }),
        None => None,
    };
    let known_anew = replacement.and_then(|new| new.rests_on);
    let correction = rules_of_ledger::correct(&posted, right, known_anew.is_some())?;
    let now = work.at();
    let policy = cache.area(work.conn(), row.person.area(), now)?;
    let cycle = policy.cycle_on(row.effective_on)?;
    let after_close = rules_of_ledger::after_close(&cycle, now.china_date());
    let refused = || policy.on(now.china_date()).reversal_after_close() == ReversalAfterClose::Refused;
    if after_close && refused() {
        return Err(ApiError::new(Code::ReversalRefused).with("cycle", cycle.name()));
    }
    if after_close && behind != Behind::Two {
        return Err(ApiError::new(Code::ReversalNeedsApproval).with("cycle", cycle.name()).with("entry", id));
    }
    // Nobody settles by the back door what somebody else is to decide.
    if behind == Behind::One
        && let Some(dispute) = ledger::disputes::of_entry(work.conn(), id, None)?
    {
        return Err(ApiError::new(Code::DisputeOpen).with("dispute", dispute));
    }
    if correction.raises && behind == Behind::One {
        return Err(ApiError::new(Code::RaiseNeedsApproval).with("entry", id));
    }
    let reversal = NewEntry {
        kind,
        refers_to: Some(id),
        source_key: format!("reverse:{}", id.number()),
        amounts: correction.reversal,
        reason: Some(reason.to_owned()),
        ..follower(&row, Some(actor.account))
    };
    let reversal_id = appended(ledger::append(work.tx(), &reversal)?, Code::EntryAlreadyReversed)?;
    let replacement_id = match correction.replacement {
        Some(amounts) => {
            let days = right.and_then(|right| right.days);
            let (circumstances, evidence) = rests_on(&row, known_anew, days, amounts.attended)?;
            let entry = NewEntry {
                kind: rules_of_ledger::follow(kind, None, Step::Replace, None)?,
                refers_to: Some(reversal_id),
                source_kind: SourceKind::Correction,
                source_key: format!("replace:{}", id.number()),
                amounts,
                circumstances,
                evidence,
                reason: Some(reason.to_owned()),
                ..follower(&row, Some(actor.account))
            };
            Some(appended(ledger::append(work.tx(), &entry)?, Code::EntryAlreadyReplaced)?)
        }
        None => {
            ledger::release_content(work.tx(), id)?;
            None
        }
    };
    let view = ReversalView {
        reversal: read_back(work.conn(), reversal_id)?,
        replacement: replacement_id.map(|id| read_back(work.conn(), id)).transpose()?,
        net: crate::wire::Text(correction.net),
        cycle: cycle.name(),
        after_close,
    };
    work.record("reverse", id, Some(&before), Some(&view))?;
    Ok(view)
}

/// What a replacement rests on: what is known anew, or what the entry rested on, without attendance that gives other hours.
fn rests_on(
    row: &EntryRow,
    known_anew: Option<(Circumstances, Evidence)>,
    days: Option<Days>,
    attended: Hours,
) -> Result<(Circumstances, Option<String>), ApiError> {
    if let Some((circumstances, evidence)) = known_anew {
        // The hours stay recognised when they were.
        let circumstances = Circumstances { recognised_on: row.circumstances.recognised_on, ..circumstances };
        return Ok((circumstances, Some(evidence.text()?)));
    }
    let circumstances = Circumstances { days, ..row.circumstances.clone() };
    let evidence = row.evidence.as_deref().map(Evidence::read).filter(|evidence| evidence.attendance.is_some());
    let evidence = match evidence.filter(|_| attended != row.amounts.attended) {
        Some(evidence) => Some(Evidence { attendance: None, ..evidence }.text()?),
        None => row.evidence.clone(),
    };
    Ok((circumstances, evidence))
}

fn appended(appended: Appended, taken: Code) -> Result<HourEntryId, ApiError> {
    match appended {
        Appended::New(id) => Ok(id),
        Appended::Duplicate => Err(ApiError::new(taken)),
    }
}

/// The circumstances of an entry, from what a client says.
pub fn circumstances(unreviewed: Option<(NaiveDate, Option<NaiveDate>)>, certified_elsewhere: bool) -> Circumstances {
    let provider = match unreviewed {
        Some((starts_on, consent_on)) => shixun_domain::policy::Provider::Unreviewed { consent_on, starts_on },
        None => shixun_domain::policy::Provider::Reviewed,
    };
    Circumstances { provider, certified_elsewhere, ..Circumstances::ORDINARY }
}

/// Circumstances with the day of recognition, which is kept where the hours belong to another day.
pub fn recognised_on(circumstances: Circumstances, today: NaiveDate, effective_on: NaiveDate) -> Circumstances {
    Circumstances { recognised_on: Some(today).filter(|day| *day != effective_on), ..circumstances }
}
