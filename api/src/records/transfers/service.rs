//! Transfers: the use cases.

use super::wire::{CertificateLine, HourTransferView, TransferInput, Wanted, certificate};
use crate::{
    access::Actor,
    canonical,
    http::{Page, Work, command::NOTHING, conditions::same_version},
    ledger::{
        certified::certified,
        entering::free_key,
        schools::schools_of,
        service::policy_label,
        sight::{manages_area, viewer},
        wire::Evidence,
    },
    policy::PolicyCache,
    problem::{ApiError, Code, Words},
};
use chrono::{Datelike, NaiveDate};
use shixun_domain::{
    AreaCode, Hours, Id, fold,
    id::{PersonId, TeacherId, TransferId},
    ledger::{Amounts, Circumstances, EntryKind, SourceKind},
    policy::Recognition,
    records::{
        Refusal as RecordRefusal,
        transfer::{
            Certificate, CertifiedLine, Direction, Refusal, TransferState, judge, may_decide, recognition, summed,
        },
    },
};
use shixun_persistence::{
    Conn,
    ledger::{self, Appended, NewEntry, PersonSnapshot},
    org,
    records::{
        Saved,
        transfers::{self as store, NewTransfer, TransferFilter, TransferRow},
    },
};
use std::collections::HashMap;

/// Takes hours that come with a teacher, or certifies those that leave.
///
/// # Errors
/// `not_found`, `transfer_known`, `evidence_missing`, `policy_missing`, and the refusals of transfers and of the ledger.
pub fn create(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    teacher: TeacherId,
    input: &TransferInput,
) -> Result<HourTransferView, ApiError> {
    let person = teacher.person();
    let today = work.at().china_date();
    let known = ledger::snapshot(work.conn(), person, today)?.filter(|_| manages_area(actor, person.area()));
    let snapshot = known.ok_or_else(|| ApiError::missing(teacher))?;
    let evidence = serde_json::to_string(&input.evidence).map_err(|error| ApiError::internal(error.to_string()))?;
    let (new, amounts) = match &input.wanted {
        Wanted::In(given) => {
            let facts = given.facts();
            let amounts = judged(work, person, &snapshot, &facts, given.moved_on)?;
            let now = work.at();
            let rules = cache.area(work.conn(), person.area(), now)?.on(today);
            // Nobody takes the own hours over alone.
            // The counties of the province are known: a code that is none of them says nothing.
            let origin = known_area(work.conn(), facts.area)?;
            let from = facts.area.filter(|area| origin.is_some() || area.province() != person.area().province());
            let auto = recognition(from, person.area(), &rules) == Recognition::Auto && !actor.is_self(person);
            let text = canonical::text(given)?;
            let digest = canonical::digest(&text);
            // What one person types is no certificate: at once counts what the origin issued here, to the letter.
            let taken = match facts.area.filter(|_| auto) {
                Some(area) => store::issued(work.conn(), area, &digest, person)?,
                None => false,
            };
            if !taken && input.evidence.is_empty() {
                return Err(RecordRefusal::EvidenceMissing.into());
            }
            let new = NewTransfer {
                person,
                direction: Direction::In,
                state: if taken { TransferState::Taken } else { TransferState::Waiting },
                other_area: origin,
                other_name: given.county.clone(),
                moved_on: given.moved_on,
                digest,
                certificate: text,
                evidence,
                note: input.note.clone(),
                entered_by: actor.account,
            };
            (new, Some((facts.lines, amounts)))
        }
        Wanted::Out { other_area, .. } if *other_area == Some(person.area()) => {
            let words = Words::new("转往的是本县，学时无需转移", "the teacher stays in the county: nothing moves");
            return Err(ApiError::field("/other_area", "own_area", words));
        }
        Wanted::Out { moved_on, other_area, other_name } => {
            let text = issued(work, cache, person, &snapshot, *moved_on)?;
            let new = NewTransfer {
                person,
                direction: Direction::Out,
                state: TransferState::Issued,
                other_area: known_area(work.conn(), *other_area)?,
                other_name: other_name.clone(),
                moved_on: *moved_on,
                digest: canonical::digest(&text),
                certificate: text,
                evidence,
                note: input.note.clone(),
                entered_by: actor.account,
            };
            (new, None)
        }
    };
    if let Some(transfer) = store::known(work.conn(), person, new.direction, &new.digest)? {
        return Err(ApiError::new(Code::TransferKnown).with("transfer", transfer));
    }
    let id = store::add(work.tx(), &new)?;
    if let Some((lines, amounts)) = amounts.filter(|_| new.state == TransferState::Taken) {
        post(work, cache, actor, id, &new, &lines, &amounts)?;
    }
    recorded(work, None, id, new.state.as_str())
}

fn known_area(conn: &mut Conn, area: Option<AreaCode>) -> Result<Option<AreaCode>, ApiError> {
    match area {
        Some(area) => Ok(org::find_area(conn, area)?.map(|_| area)),
        None => Ok(None),
    }
}

fn judged(
    work: &mut Work<'_, '_>,
    person: PersonId,
    snapshot: &PersonSnapshot,
    certificate: &Certificate,
    moved_on: NaiveDate,
) -> Result<Vec<Amounts>, ApiError> {
    let spells = ledger::served(work.conn(), person)?;
    let here = (person.area(), snapshot.name.as_str());
    Ok(judge(certificate, here, moved_on, &spells, work.at().china_date())?)
}

/// The certificate for somebody who leaves: the hours of the cycle of the last day here, up to that day.
fn issued(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    person: PersonId,
    snapshot: &PersonSnapshot,
    moved_on: NaiveDate,
) -> Result<String, ApiError> {
    let now = work.at();
    let last_day = moved_on.pred_opt().unwrap_or(moved_on).min(now.china_date());
    let cycle = cache.area(work.conn(), person.area(), now)?.cycle_on(last_day)?;
    let entries = certified(work.conn(), cache, person, cycle, last_day, now)?;
    let lines = entries.into_iter().map(|entry| CertifiedLine {
        on: entry.facts.effective,
        route: entry.facts.route,
        form: entry.facts.form,
        level: entry.facts.level,
        themes: entry.facts.themes,
        block_key: entry.facts.block.map(|number| format!("block-{}", number + 1)),
        practice: entry.facts.practice.min(entry.hours).max(Hours::ZERO),
        days: entry.facts.days,
        hours: entry.hours,
    });
    let lines = summed(lines, last_day.succ_opt().unwrap_or(last_day));
    let county = org::find_area(work.conn(), person.area())?.map(|area| area.name).unwrap_or_default();
    canonical::text(&certificate(person.area(), &county, &snapshot.name, moved_on, &lines))
}

/// Posts one entry a line, as certified elsewhere: yearly limits here do not cut them again.
fn post(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    id: TransferId,
    transfer: &NewTransfer,
    lines: &[CertifiedLine],
    amounts: &[Amounts],
) -> Result<(), ApiError> {
    let now = work.at();
    let policy = cache.area(work.conn(), id.area(), now)?;
    let schools = schools_of(work.conn(), &policy, transfer.person)?;
    let from = &transfer.other_name;
    let proof = Evidence {
        reference: Some(transfer.digest.clone()),
        certified_by: Some(from.clone()),
        note: Some(id.to_string()),
        ..Evidence::default()
    };
    let mut told: HashMap<String, usize> = HashMap::new();
    for (line, amounts) in lines.iter().zip(amounts) {
        let themes = line.themes.iter().map(|theme| theme.as_str()).collect::<Vec<_>>().join("+");
        let block = line.block_key.as_deref().unwrap_or_default();
        // Two certificates about one kind of hours in a year would count them twice. One may have several lines of a kind, with days and
        // without; what it says in all holds for them.
        let mut kind = format!("{}:{}:{}:{}:{themes}:{block}", line.on.year(), line.route, line.form, line.level);
        let of_kind = told.entry(kind.clone()).or_default();
        *of_kind += 1;
        if *of_kind > 1 {
            kind = format!("{kind}:{of_kind}");
        }
        let key = free_key(work.conn(), transfer.person, "opening", &kind)?;
        let entry = NewEntry {
            person: transfer.person,
            kind: EntryKind::Posted,
            refers_to: None,
            route: line.route,
            form: line.form,
            level: line.level,
            themes: line.themes.clone(),
            circumstances: Circumstances { certified_elsewhere: true, days: line.days, ..Circumstances::ORDINARY },
            block_key: line.block_key.as_ref().map(|key| format!("{id}:{key}")),
            title: format!("{from}认定学时"),
            source_kind: SourceKind::Opening,
            source: Some((id.area(), id.number())),
            source_key: key,
            amounts: *amounts,
            effective_on: line.on,
            evidence: Some(proof.text()?),
            policy: policy_label(&policy, &schools, line.on)?,
            recognised_by: Some(actor.account),
            snapshot: None,
            reason: None,
        };
        if ledger::append(work.tx(), &entry)? == Appended::Duplicate {
            return Err(ApiError::new(Code::TransferOverlaps).with("on", line.on));
        }
    }
    Ok(())
}

fn found(conn: &mut Conn, id: TransferId, viewer: &ledger::Viewer) -> Result<TransferRow, ApiError> {
    let filter = TransferFilter { id: Some(id), ..TransferFilter::default() };
    store::list(conn, id.area(), viewer, &filter, None, 1)?.pop().ok_or_else(|| ApiError::missing(id))
}

fn recorded(
    work: &mut Work<'_, '_>,
    before: Option<TransferRow>,
    id: TransferId,
    action: &str,
) -> Result<HourTransferView, ApiError> {
    let view = HourTransferView::new(found(work.conn(), id, &ledger::Viewer::Everybody)?)?;
    match before.map(HourTransferView::new).transpose()? {
        Some(before) => work.record(action, id, Some(&before), Some(&view))?,
        None => work.record(action, id, NOTHING, Some(&view))?,
    }
    Ok(view)
}

/// One transfer.
///
/// # Errors
/// `not_found`.
pub fn get(conn: &mut Conn, actor: &Actor, id: TransferId) -> Result<HourTransferView, ApiError> {
    let viewer = viewer(conn, actor, id.area()).map_err(|_| ApiError::missing(id))?;
    HourTransferView::new(found(conn, id, &viewer)?)
}

/// Transfers that the actor may see.
///
/// # Errors
/// `not_found` for an area that is not the actor's; `invalid_cursor`.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    area: Option<AreaCode>,
    filter: &TransferFilter,
    page: &Page,
) -> Result<(Vec<HourTransferView>, Option<i64>), ApiError> {
    let area = area.unwrap_or(actor.area());
    let viewer = viewer(conn, actor, area)?;
    let rows = store::list(conn, area, &viewer, filter, page.after()?, page.fetch())?;
    let total = page.counted(|| store::count(conn, area, &viewer, filter))?;
    Ok((rows.into_iter().map(HourTransferView::new).collect::<Result<_, _>>()?, total))
}

/// A transfer that waits for the actor's decision.
fn waiting(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: TransferId,
    based_on: i64,
    reason: &str,
) -> Result<TransferRow, ApiError> {
    if !manages_area(actor, id.area()) {
        return Err(ApiError::missing(id));
    }
    let before = found(work.conn(), id, &ledger::Viewer::Everybody)?;
    same_version(based_on, before.version)?;
    may_decide(before.content.state, before.content.entered_by, actor.account)?;
    if actor.is_self(before.content.person) {
        return Err(Refusal::SamePerson.into());
    }
    if fold::is_nothing(reason) {
        return Err(RecordRefusal::ReasonMissing.into());
    }
    Ok(before)
}

fn decided(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    before: &TransferRow,
    state: TransferState,
    reason: &str,
) -> Result<(), ApiError> {
    match store::decide(work.tx(), before, state, actor.account, reason)? {
        Saved::Done => Ok(()),
        Saved::Stale => Err(ApiError::new(Code::PreconditionFailed)),
    }
}

/// Recognises hours that wait for it, all that are certified or fewer, and posts them.
///
/// # Errors
/// `not_found`, `precondition_failed`, `transfer_not_waiting`, `transfer_same_person`, `reason_missing`, and as [`create`].
pub fn recognise(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    actor: &Actor,
    id: TransferId,
    based_on: i64,
    decision: (&str, Option<&[CertificateLine]>),
) -> Result<HourTransferView, ApiError> {
    let (reason, lines) = decision;
    let before = waiting(work, actor, id, based_on, reason)?;
    let person: PersonId = Id::new(id.area(), before.content.person.number());
    let given = HourTransferView::new(before.clone())?.certificate;
    let mut facts = given.facts();
    if let Some(lines) = lines {
        facts = facts.reduced(lines.iter().map(CertifiedLine::from).collect())?;
    }
    let today = work.at().china_date();
    let snapshot = ledger::snapshot(work.conn(), person, today)?.ok_or_else(|| ApiError::missing(id))?;
    let amounts = judged(work, person, &snapshot, &facts, before.content.moved_on)?;
    decided(work, actor, &before, TransferState::Taken, reason)?;
    post(work, cache, actor, id, &before.content, &facts.lines, &amounts)?;
    recorded(work, Some(before), id, "recognise")
}

/// Does not recognise hours that wait for it.
///
/// # Errors
/// `not_found`, `precondition_failed`, `transfer_not_waiting`, `transfer_same_person`, `reason_missing`.
pub fn refuse(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: TransferId,
    based_on: i64,
    reason: &str,
) -> Result<HourTransferView, ApiError> {
    let before = waiting(work, actor, id, based_on, reason)?;
    decided(work, actor, &before, TransferState::Refused, reason)?;
    recorded(work, Some(before), id, "refuse")
}
