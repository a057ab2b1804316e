//! Records from outside: the use cases.

use super::wire::{RecordInput, RecordView};
use crate::{
    access::Actor,
    http::{Page, Work, command::NOTHING, conditions::same_version},
    ledger::{
        content::{Claimed, claim, may_allow_again},
        conversions::approves,
        service::policy_label_of,
        sight::{manages_area, viewer},
        wire::{Converted, Evidence},
    },
    policy::PolicyCache,
    problem::{ApiError, Code},
};
use chrono::NaiveDate;
use shixun_domain::{
    AreaCode,
    id::{AccountId, OrganisationId, OutsideRecordId, PersonId, TeacherId},
    ledger::{Amounts, Circumstances, Content as Taught, EntryKind, Refusal as LedgerRefusal, SourceKind},
    policy::conversion::Conversion,
    records::{
        Claim, ClaimedActivity, Hand, Hands, RecordState, RecordStep, Refusal, STAGES, after, converted, may_enter,
    },
};
use shixun_persistence::{
    Conn,
    ledger::{self, Appended, NewEntry},
    records::{self as store, Content, NewRecord, RecordFilter, RecordRow, Saved, Step},
};

/// Refuses to enter hours for somebody the actor does not look after: teachers enter their own, a school for those it employs today or
/// employed on the day of the hours, the training centre for all of the county. Only accounts of the area change anything in it.
fn may_enter_for(conn: &mut Conn, actor: &Actor, person: PersonId, days: [NaiveDate; 2]) -> Result<(), ApiError> {
    let missing = || ApiError::missing(person.teacher());
    ledger::revision(conn, person)?.ok_or_else(missing)?;
    if actor.is_self(person) || manages_area(actor, person.area()) {
        return Ok(());
    }
    let reached = actor.area() == person.area()
        && ledger::was_employed_below_on(conn, person, &days, |area, path| actor.reaches(area, path))?;
    if reached { Ok(()) } else { Err(missing()) }
}

/// Whether the actor sees a record: one's own, those of one's school, all of the county.
fn sees(actor: &Actor, row: &RecordRow) -> bool {
    actor.is_self(row.person) || actor.reaches(row.id.area(), &row.organisation_path)
}

/// What was found out about a claim: what would be posted, where the person was employed, and what the packs give for an activity.
struct Judged {
    amounts: Amounts,
    organisation: OrganisationId,
    conversion: Option<Conversion>,
}

fn judge(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    person: PersonId,
    claim: &Claim,
    activity: Option<&ClaimedActivity>,
) -> Result<Judged, ApiError> {
    let now = work.at();
    let today = now.china_date();
    let employments = ledger::employments(work.conn(), person)?;
    let spells: Vec<_> = employments.iter().map(|employment| employment.span).collect();
    let policy = cache.area(work.conn(), person.area(), now)?;
    let prior_consent = policy.on(claim.starts_on).external_prior_consent();
    let amounts = may_enter(claim, &spells, today, prior_consent)?;
    let place = employments.iter().rev().find(|employment| employment.span.contains(claim.ends_on));
    let organisation = place
        .map(|employment| employment.organisation)
        .ok_or(LedgerRefusal::OutsideEmployment { day: claim.ends_on })?;
    let table = policy.conversions(claim.ends_on);
    let conversion = converted(&table, activity, claim)?;
    Ok(Judged { amounts, organisation, conversion })
}

/// Judges a record that is entered or corrected.
fn prepared(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    (entered_by, may_allow): (AccountId, bool),
    (person, own): (PersonId, Option<OutsideRecordId>),
    input: &RecordInput,
) -> Result<NewRecord, ApiError> {
    let judged = judge(work, cache, person, &input.claim, input.content.activity.as_ref())?;
    let now = work.at();
    cache.area(work.conn(), person.area(), now)?.has_themes(&input.content.themes)?;
    // Read in the other order than told: of several who enter the same at once, all but one hear the weightier reason.
    let Content { content_key, title, activity, starts_on, ends_on, .. } = &input.content;
    let content = Taught { key: content_key, title, course: activity.is_none(), days: (*starts_on, *ends_on) };
    let claimed = Claimed { content, duplicate_reason: input.duplicate_reason.as_deref() };
    let content_claim = claim(work, cache, may_allow, (person, own), claimed);
    let Content { source, source_key, .. } = &input.content;
    let taken = store::source_taken(work.conn(), person, source, source_key)?;
    if let Some(record) = taken.filter(|record| Some(*record) != own) {
        return Err(Refusal::SourceTaken { record }.into());
    }
    let content_claim = content_claim?;
    let organisation = judged.organisation;
    Ok(NewRecord { person, organisation, content: input.content.clone(), content_claim, entered_by })
}

/// Enters hours from outside, to be examined.
///
/// # Errors
/// `not_found`, `policy_missing` for a day outside of any cycle, and the refusals of records and of the ledger.
pub fn enter(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    teacher: TeacherId,
    input: &RecordInput,
) -> Result<RecordView, ApiError> {
    let person = teacher.person();
    let today = work.at().china_date();
    may_enter_for(work.conn(), actor, person, [today, input.claim.ends_on])?;
    let on_behalf_of = actor.behalf_of(work.conn(), person)?;
    let new = prepared(work, cache, by(actor), (person, None), input)?;
    let id = store::add(work.tx(), &new)?;
    noted(work, id, RecordStep::Enter, &new, input)?;
    let view = read_back(work.conn(), id)?;
    work.record_for(on_behalf_of, "enter", id, NOTHING, Some(&view))?;
    Ok(view)
}

/// Enters a row of a file for a person of the area. What is refused has written nothing.
///
/// # Errors
/// As [`enter`].
pub fn enter_line(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    by: AccountId,
    person: PersonId,
    input: &RecordInput,
) -> Result<OutsideRecordId, ApiError> {
    let new = prepared(work, cache, (by, false), (person, None), input)?;
    let id = store::add(work.tx(), &new)?;
    noted(work, id, RecordStep::Enter, &new, input)?;
    Ok(id)
}

/// Who enters, and whether the same content may be allowed again.
fn by(actor: &Actor) -> (AccountId, bool) {
    (actor.account, may_allow_again(actor))
}

fn noted(
    work: &mut Work<'_, '_>,
    id: OutsideRecordId,
    step: RecordStep,
    new: &NewRecord,
    input: &RecordInput,
) -> Result<(), ApiError> {
    store::note(work.tx(), id, step, new.entered_by, (None, None))?;
    let reason = input.duplicate_reason.as_deref().filter(|_| new.content_claim.is_none());
    if reason.is_some() {
        store::note(work.tx(), id, RecordStep::AllowDuplicate, new.entered_by, (reason, None))?;
    }
    Ok(())
}

fn read_back(conn: &mut Conn, id: OutsideRecordId) -> Result<RecordView, ApiError> {
    let row = store::find(conn, id)?.ok_or_else(|| ApiError::missing(id))?;
    view(conn, row)
}

fn view(conn: &mut Conn, row: RecordRow) -> Result<RecordView, ApiError> {
    let steps = store::steps_of(conn, row.id.area(), &[row.id.number()])?.remove(&row.id.number());
    RecordView::new(row, steps.unwrap_or_default())
}

/// One record: of the school of its last day, and of the one that may enter for the teacher today.
///
/// # Errors
/// `not_found`.
pub fn get(conn: &mut Conn, actor: &Actor, id: OutsideRecordId, today: NaiveDate) -> Result<RecordView, ApiError> {
    let row = store::find(conn, id)?.ok_or_else(|| ApiError::missing(id))?;
    if !sees(actor, &row) {
        may_enter_for(conn, actor, row.person, [today, row.content.ends_on]).map_err(|problem| problem.about(id))?;
    }
    view(conn, row)
}

/// Records that the actor may see.
///
/// # Errors
/// `not_found` for an area that is not the actor's; `invalid_cursor`.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    area: Option<AreaCode>,
    filter: &RecordFilter,
    page: &Page,
) -> Result<(Vec<RecordView>, Option<i64>), ApiError> {
    let area = area.unwrap_or(actor.area());
    let viewer = viewer(conn, actor, area)?;
    let rows = store::list(conn, area, &viewer, filter, page.after()?, page.fetch())?;
    let numbers: Vec<i64> = rows.iter().map(|row| row.id.number()).collect();
    let mut steps = store::steps_of(conn, area, &numbers)?;
    let total = page.counted(|| store::count(conn, area, &viewer, filter))?;
    let views = rows.into_iter().map(|row| {
        let steps = steps.remove(&row.id.number()).unwrap_or_default();
        RecordView::new(row, steps)
    });
    Ok((views.collect::<Result<_, _>>()?, total))
}

/// Corrects a record that was not examined yet, was returned or was withdrawn. It is examined anew.
///
/// # Errors
/// `not_found`, `precondition_failed`, `record_wrong_state`, and as [`enter`].
pub fn correct(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    id: OutsideRecordId,
    based_on: i64,
    input: &RecordInput,
) -> Result<RecordView, ApiError> {
    let before = mine(work, actor, id, based_on)?;
    after(before.state, RecordStep::Correct, &hands(work.conn(), &before)?, hand(actor, &before), None, STAGES)?;
    let new = prepared(work, cache, by(actor), (before.person, Some(id)), input)?;
    kept(store::change(work.tx(), &before, &new)?)?;
    noted(work, id, RecordStep::Correct, &new, input)?;
    let on_behalf_of = actor.behalf_of(work.conn(), before.person)?;
    recorded(work, before, ("correct", on_behalf_of))
}

/// A record that the actor may enter and withdraw.
fn mine(work: &mut Work<'_, '_>, actor: &Actor, id: OutsideRecordId, based_on: i64) -> Result<RecordRow, ApiError> {
    let row = store::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    let today = work.at().china_date();
    may_enter_for(work.conn(), actor, row.person, [today, row.content.ends_on]).map_err(|problem| problem.about(id))?;
    same_version(based_on, row.version)?;
    Ok(row)
}

fn hands(conn: &mut Conn, row: &RecordRow) -> Result<Hands, ApiError> {
    Ok(Hands { made_by: store::makers(conn, row.id)?, examined_by: row.examined_by })
}

fn hand(actor: &Actor, row: &RecordRow) -> Hand {
    Hand { account: actor.account, is_subject: actor.is_self(row.person) }
}

fn kept(saved: Saved) -> Result<(), ApiError> {
    match saved {
        Saved::Done => Ok(()),
        Saved::Stale => Err(ApiError::new(Code::PreconditionFailed)),
    }
}

fn recorded(
    work: &mut Work<'_, '_>,
    before: RecordRow,
    (action, on_behalf_of): (&str, Option<AccountId>),
) -> Result<RecordView, ApiError> {
    let id = before.id;
    let before = RecordView::new(before, Vec::new())?;
    let view = read_back(work.conn(), id)?;
    work.record_for(on_behalf_of, action, id, Some(&before), Some(&view))?;
    Ok(view)
}

/// Gives a record up; it may be corrected and entered again.
///
/// # Errors
/// `not_found`, `precondition_failed`, `record_wrong_state`.
pub fn withdraw(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: OutsideRecordId,
    based_on: i64,
) -> Result<RecordView, ApiError> {
    let before = mine(work, actor, id, based_on)?;
    let on_behalf_of = actor.behalf_of(work.conn(), before.person)?;
    advance(work, actor, &before, RecordStep::Withdraw, (None, STAGES))?;
    recorded(work, before, (RecordStep::Withdraw.as_str(), on_behalf_of))
}

/// Examines, returns or rejects a record.
///
/// # Errors
/// `not_found`, `precondition_failed`, `record_wrong_state`, `record_same_person`, `reason_missing`.
pub fn review(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: OutsideRecordId,
    based_on: i64,
    to: RecordStep,
    reason: Option<&str>,
) -> Result<RecordView, ApiError> {
    let before = theirs(work, actor, id, based_on)?;
    advance(work, actor, &before, to, (reason, STAGES))?;
    recorded(work, before, (to.as_str(), None))
}

/// A record that the actor may examine and decide on: whoever looks after the whole area, in it or above it, because packs leave some
/// activities to a city or the province.
fn theirs(work: &mut Work<'_, '_>, actor: &Actor, id: OutsideRecordId, based_on: i64) -> Result<RecordRow, ApiError> {
    let row =
        store::find(work.conn(), id)?.filter(|_| actor.reaches_area(id.area())).ok_or_else(|| ApiError::missing(id))?;
    same_version(based_on, row.version)?;
    Ok(row)
}

/// Takes a step, where the record is still the one that was read.
fn advance(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    before: &RecordRow,
    to: RecordStep,
    (reason, stages): (Option<&str>, i32),
) -> Result<(), ApiError> {
    let state = after(before.state, to, &hands(work.conn(), before)?, hand(actor, before), reason, stages)?;
    let examined_by = match to {
        RecordStep::Examine => Some(actor.account),
        RecordStep::Return | RecordStep::Withdraw => None,
        _ => before.examined_by,
    };
    let decided_by = matches!(state, RecordState::Verified | RecordState::Rejected).then_some(actor.account);
    kept(store::step(work.tx(), before, Step { state, examined_by, decided_by })?)?;
    let fewer = (to == RecordStep::Verify && stages < STAGES).then_some(stages);
    Ok(store::note(work.tx(), before.id, to, actor.account, (reason, fewer))?)
}

/// Verifies a record that has passed through as many hands as the packs of today ask, and posts its hours in the same transaction. Everything is judged once more: the facts of the person may
/// have changed since it was entered.
///
/// # Errors
/// As [`review`], and what [`enter`] refuses.
pub fn verify(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    id: OutsideRecordId,
    based_on: i64,
) -> Result<RecordView, ApiError> {
    let before = theirs(work, actor, id, based_on)?;
    let now = work.at();
    let stages = cache.area(work.conn(), id.area(), now)?.on(now.china_date()).hours_stages();
    advance(work, actor, &before, RecordStep::Verify, (None, stages))?;
    let evidence = RecordView::new(before.clone(), Vec::new())?.evidence;
    let content = &before.content;
    let claim = Claim {
        starts_on: content.starts_on,
        ends_on: content.ends_on,
        hours: content.hours,
        practice: content.practice,
        provider: content.circumstances.provider,
        evidence: evidence.iter().map(|file| file.kind.0).collect(),
    };
    let judged = judge(work, cache, before.person, &claim, content.activity.as_ref())?;
    let approver = judged.conversion.as_ref().map(|conversion| conversion.approver);
    approver.map_or(Ok(()), |approver| approves(actor, before.person, approver))?;
    let policy = cache.area(work.conn(), id.area(), now)?;
    let files: Vec<String> =
        evidence.iter().map(|file| format!("{} sha-256 {}", file.file_name, file.sha256)).collect();
    let proof = Evidence {
        reference: Some(content.source_key.clone()),
        provider: content.provider.clone(),
        note: Some(format!("{id}: {}", files.join("; "))),
        conversion: judged.conversion.as_ref().map(Converted::new),
        ..Evidence::default()
    };
    let entry = NewEntry {
        person: before.person,
        kind: EntryKind::Posted,
        refers_to: None,
        route: content.route,
        form: content.form,
        level: content.level,
        themes: content.themes.clone(),
        // Where nothing is converted, the kind is no rule's business.
        circumstances: Circumstances {
            activity: content.activity.filter(|_| judged.conversion.is_some()).map(|activity| activity.kind),
            ..content.circumstances.clone()
        },
        block_key: content.block_key.clone(),
        title: content.title.clone(),
        source_kind: SourceKind::Record,
        source: Some((id.area(), id.number())),
        source_key: format!("outside:{}", id.number()),
        amounts: judged.amounts,
        effective_on: content.ends_on,
        evidence: Some(proof.text()?),
        policy: policy_label_of(work.conn(), &policy, before.person, content.ends_on)?,
        recognised_by: Some(actor.account),
        snapshot: None,
        reason: None,
    };
    match ledger::append(work.tx(), &entry)? {
        Appended::New(_) => recorded(work, before, (RecordStep::Verify.as_str(), None)),
        Appended::Duplicate => Err(ApiError::new(Code::DuplicateSource).with("source", &before.content.source_key)),
    }
}
