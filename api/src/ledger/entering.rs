//! Hours entered by hand: pending until somebody else posts them, or voided with a reason.

use super::{
    content::{Claimed, claim, may_allow_again},
    conversions::approves,
    service::{may_manage, policy_label_of, read_back, recognised_on},
    wire::{Evidence, HourEntryView, NewHours},
};
use crate::{
    access::Actor,
    http::{Work, command::NOTHING},
    policy::PolicyCache,
    problem::{ApiError, Code},
};
use shixun_domain::{
    id::{AccountId, HourEntryId, PersonId, TeacherId},
    ledger::{self as rules_of_ledger, Amounts, Circumstances, Content, EntryKind, SourceKind, Step, claim_again},
};
use shixun_persistence::{
    Conn,
    ledger::{self, Appended, EntryRow, NewEntry},
};

/// Enters hours earned outside the catalogue. They are pending: they count nowhere until somebody else posts them.
///
/// What an unreviewed institution's hours are worth is for the rules to say (浙教师〔2016〕71号, article 3): the entry keeps the
/// day of the school's consent, and the statement shows what the rules make of it.
///
/// # Errors
/// `not_found`, `duplicate_source`, `duplicate_content`, `duplicate_not_yours`, and the ledger's refusals.
pub fn enter(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    teacher: TeacherId,
    new: &NewHours,
) -> Result<HourEntryView, ApiError> {
    let person = teacher.person();
    let now = work.at();
    may_manage(work.conn(), actor, person, (now.china_date(), new.effective_on))?;
    ledger::revision(work.conn(), person)?.ok_or_else(|| ApiError::missing(teacher))?;
    let certified = new.circumstances.certified_elsewhere;
    let served = ledger::served(work.conn(), person)?;
    rules_of_ledger::may_enter(new.effective_on, now.china_date(), &served, certified)?;
    let amounts = Amounts::new(new.nominal, new.attended, new.factor, new.practice)?;
    let content = Content {
        key: &new.content_key,
        title: &new.title,
        course: new.circumstances.activity.is_none(),
        days: (new.effective_on, new.effective_on),
    };
    let claimed = Claimed { content, duplicate_reason: new.evidence.duplicate_reason.as_deref() };
    // Read in the other order than told: the same reference is the weightier reason.
    let content_claim = claim(work, cache, may_allow_again(actor), (person, None), claimed);
    let policy = cache.area(work.conn(), person.area(), now)?;
    policy.has_themes(&new.themes)?;
    let evidence = match &content_claim {
        // Where nothing of the kind is there, nothing was allowed.
        Ok(Some(_)) => Evidence { duplicate_reason: None, ..new.evidence.clone() },
        _ => new.evidence.clone(),
    };
    let entry = NewEntry {
        person,
        kind: EntryKind::Pending,
        refers_to: None,
        route: new.route,
        form: new.form,
        level: new.level,
        themes: new.themes.clone(),
        circumstances: recognised_on(new.circumstances.clone(), now.china_date(), new.effective_on),
        block_key: new.block_key.clone(),
        title: new.title.clone(),
        source_kind: if certified { SourceKind::Opening } else { SourceKind::Record },
        source: None,
        source_key: free_key(work.conn(), person, "record", new.evidence.reference.as_deref().unwrap_or_default())?,
        amounts,
        effective_on: new.effective_on,
        evidence: Some(evidence.text()?),
        policy: policy_label_of(work.conn(), &policy, person, new.effective_on)?,
        recognised_by: Some(actor.account),
        snapshot: None,
        reason: None,
    };
    let id = match ledger::append(work.tx(), &entry)? {
        Appended::New(id) => id,
        Appended::Duplicate => {
            let source = new.evidence.reference.as_deref().unwrap_or_default();
            return Err(ApiError::new(Code::DuplicateSource).with("source", source));
        }
    };
    let content_claim = content_claim?.unwrap_or_else(|| claim_again(id.number(), &new.content_key));
    ledger::hold_content(work.tx(), id, person, &content_claim, &content)?;
    let view = read_back(work.conn(), id)?;
    work.record("enter", id, NOTHING, Some(&view))?;
    Ok(view)
}

/// The key of a source. What was voided, or taken back, is no hours, and its source may be entered again.
///
/// # Errors
/// Where the database does not answer.
pub fn free_key(conn: &mut Conn, person: PersonId, kind: &str, source: &str) -> Result<String, ApiError> {
    let mut key = format!("{kind}:{source}");
    while let Some(gone) = ledger::taken_back(conn, person, &key)? {
        key = format!("again:{}:{source}", gone.number());
    }
    Ok(key)
}

/// Posts pending hours: somebody who did not enter them and whose they are not, for an activity at the stage that approves it.
/// The day of recognition and the packs are those of the posting.
///
/// # Errors
/// `not_found`, `entry_awaits_evaluation`, `entry_four_eyes`, `conversion_needs_approver`, and the ledger's refusals.
pub fn post(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    id: HourEntryId,
) -> Result<HourEntryView, ApiError> {
    let (before, row) = pending(work.conn(), actor, id)?;
    let kind = next(work.conn(), &row, Step::Post, None)?;
    let person = row.person;
    rules_of_ledger::may_be_touched(row.circumstances.awaits)?;
    rules_of_ledger::may_post(person.area(), row.recognised_by, actor.account, actor.is_self(person))?;
    let now = work.at();
    let policy = cache.area(work.conn(), person.area(), now)?;
    if let Some(activity) = row.circumstances.activity
        && let Some(approver) = policy.conversions(row.effective_on).approver(activity)
    {
        approves(actor, person, approver)?;
    }
    let served = ledger::served(work.conn(), person)?;
    let certified = row.circumstances.certified_elsewhere;
    rules_of_ledger::may_enter(row.effective_on, now.china_date(), &served, certified)?;
    let posted = NewEntry {
        kind,
        refers_to: Some(id),
        source_key: format!("post:{}", id.number()),
        circumstances: recognised_on(row.circumstances.clone(), now.china_date(), row.effective_on),
        policy: policy_label_of(work.conn(), &policy, person, row.effective_on)?,
        ..follower(&row, Some(actor.account))
    };
    appended(work, &row, &posted, Step::Post)?;
    followed(work, &before, "post")
}

/// Voids pending hours with a reason: they will not be earned. Whoever entered them may take them back, because it gives nobody hours.
///
/// # Errors
/// `not_found`, `entry_awaits_evaluation`, and the ledger's refusals.
pub fn void(work: &mut Work<'_, '_>, actor: &Actor, id: HourEntryId, reason: &str) -> Result<HourEntryView, ApiError> {
    let (before, row) = pending(work.conn(), actor, id)?;
    let kind = next(work.conn(), &row, Step::Void, Some(reason))?;
    rules_of_ledger::may_be_touched(row.circumstances.awaits)?;
    let voided = NewEntry {
        kind,
        refers_to: Some(id),
        source_key: format!("void:{}", id.number()),
        amounts: Amounts::NOTHING,
        reason: Some(reason.to_owned()),
        ..follower(&row, Some(actor.account))
    };
    appended(work, &row, &voided, Step::Void)?;
    ledger::release_content(work.tx(), id)?;
    followed(work, &before, "void")
}

fn pending(conn: &mut Conn, actor: &Actor, id: HourEntryId) -> Result<(HourEntryView, EntryRow), ApiError> {
    let view = super::service::get(conn, actor, id)?;
    let row = ledger::find(conn, id)?.ok_or_else(|| ApiError::missing(id))?;
    Ok((view, row))
}

/// The kind of the entry that a step appends.
fn next(conn: &mut Conn, row: &EntryRow, step: Step, reason: Option<&str>) -> Result<EntryKind, ApiError> {
    let successor = ledger::successors(conn, row.id.area(), &[row.id.number()], None)?.remove(&row.id.number());
    Ok(rules_of_ledger::follow(row.kind, successor.map(|(_, kind)| kind), step, reason)?)
}

fn appended(work: &mut Work<'_, '_>, row: &EntryRow, entry: &NewEntry, step: Step) -> Result<(), ApiError> {
    match ledger::append(work.tx(), entry)? {
        Appended::New(_) => Ok(()),
        // Somebody else was faster, and what they did says why.
        Appended::Duplicate => {
            next(work.conn(), row, step, entry.reason.as_deref())?;
            Err(ApiError::new(Code::EntryAlreadyPosted))
        }
    }
}

/// Records a step and gives the entry it appended.
fn followed(work: &mut Work<'_, '_>, before: &HourEntryView, action: &'static str) -> Result<HourEntryView, ApiError> {
    let id = before.id.0;
    let successor = ledger::successors(work.conn(), id.area(), &[id.number()], None)?.remove(&id.number());
    let (successor, _) = successor.ok_or_else(|| ApiError::missing(id))?;
    let view = read_back(work.conn(), successor)?;
    work.record(action, id, Some(before), Some(&view))?;
    Ok(view)
}

/// What a successor takes over from the entry it follows: everything but kind, reference, key, hours and reason, and what it waited
/// for. The snapshot is taken anew from the facts of the same day.
pub(super) fn follower(row: &EntryRow, recognised_by: Option<AccountId>) -> NewEntry {
    NewEntry {
        person: row.person,
        kind: row.kind,
        refers_to: None,
        route: row.route,
        form: row.form,
        level: row.level,
        themes: row.themes.clone(),
        circumstances: Circumstances { awaits: None, ..row.circumstances.clone() },
        block_key: row.block_key.clone(),
        title: row.title.clone(),
        source_kind: row.source_kind,
        source: row.origin,
        source_key: String::new(),
        amounts: row.amounts,
        effective_on: row.effective_on,
        evidence: row.evidence.clone(),
        policy: row.policy.clone(),
        recognised_by,
        snapshot: None,
        reason: None,
    }
}
