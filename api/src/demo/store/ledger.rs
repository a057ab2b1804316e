//! Writes the hours down that were entered with evidence, and the corrections after them.

use super::{Accounts, Offices, Staffed, at};
use crate::{
    demo::plan::{Entry, Fate, Plan},
    ledger::{service::policy_label, wire::Evidence},
    policy::{AreaPolicy, PolicyCache},
    problem::ApiError,
};
use chrono::{Datelike, NaiveDate};
use shixun_domain::{
    Hours,
    id::{AccountId, HourEntryId},
    ledger::{Amounts, Circumstances, EntryKind, Factor, Refusal, SourceKind},
    policy::Schools,
    words::Route,
};
use shixun_persistence::{
    WriteTx,
    ledger::{NewEntry, PersonSnapshot, SnapshotOrganisation, append_all},
};
use std::collections::HashMap;

/// Entries that are made ready at a time, so that memory stays small.
const LOT: usize = 4_500;

/// The packs in force on a day, asked for once a day.
struct Labels<'a> {
    policy: &'a AreaPolicy,
    known: HashMap<NaiveDate, String>,
}

impl Labels<'_> {
    fn on(&mut self, day: NaiveDate) -> Result<String, ApiError> {
        if let Some(label) = self.known.get(&day) {
            return Ok(label.clone());
        }
        let label = policy_label(self.policy, &Schools::NONE, day)?;
        self.known.insert(day, label.clone());
        Ok(label)
    }
}

pub(super) fn write(
    tx: &mut WriteTx<'_>,
    plan: &Plan,
    offices: &Offices,
    staffed: &Staffed,
    accounts: &Accounts,
    progress: &dyn Fn(u64),
) -> Result<(), ApiError> {
    let policy = PolicyCache::default().area(tx.conn(), offices.bureau.area(), plan.now)?;
    let mut labels = Labels { policy: &policy, known: HashMap::new() };
    let centre = accounts.named("centre")?;
    let mut wrong: Vec<(HourEntryId, NewEntry, Fate)> = Vec::new();
    let mut number = 0;
    for lot in plan.entries.chunks(LOT) {
        let mut rows = Vec::with_capacity(lot.len());
        for entry in lot {
            number += 1;
            rows.push(posted(plan, entry, number, &mut labels, centre, offices, staffed)?);
        }
        let ids = append_all(tx, &rows)?;
        let followed = ids.into_iter().zip(rows).zip(lot).filter(|(_, entry)| entry.fate != Fate::Stands);
        wrong.extend(followed.map(|((id, row), entry)| (id, row, entry.fate)));
        let done = number.saturating_mul(800).checked_div(plan.entries.len()).unwrap_or(800);
        progress(200 + u64::try_from(done).unwrap_or(800));
    }
    correct(tx, &wrong)
}

fn refused(refusal: Refusal) -> ApiError {
    ApiError::internal(format!("an entry of the demo county: {refusal}"))
}

/// School, title and subject of a teacher on a day.
pub(super) fn snapshot(
    plan: &Plan,
    place: usize,
    on: NaiveDate,
    offices: &Offices,
) -> Result<Option<PersonSnapshot>, ApiError> {
    let teacher = at(&plan.teachers, place)?;
    let organisation = match teacher.school_on(on) {
        Some(school) => Some(SnapshotOrganisation {
            id: *at(&offices.schools, school)?,
            name: at(&plan.schools, school)?.name.clone(),
            // Entries keep the key and the name, not the path.
            path: String::new(),
        }),
        None => None,
    };
    Ok(Some(PersonSnapshot {
        name: String::new(),
        organisation,
        title: teacher.title_on(on),
        subject: teacher.subjects.first().map(|subject| (*subject).to_owned()),
        stage: Some(teacher.stage),
    }))
}

fn posted(
    plan: &Plan,
    entry: &Entry,
    number: usize,
    labels: &mut Labels<'_>,
    centre: AccountId,
    offices: &Offices,
    staffed: &Staffed,
) -> Result<NewEntry, ApiError> {
    let file = match entry.route {
        Route::SchoolBased => "校本",
        Route::SelfSelected => "自选",
        Route::Mandated => "指令",
        Route::Converted => "折算",
    };
    let reference = format!("{file}-{}-{number:06}", entry.on.year());
    let evidence = Evidence { reference: Some(reference.clone()), ..Evidence::default() };
    Ok(NewEntry {
        person: *at(&staffed.teachers, entry.teacher)?,
        kind: EntryKind::Posted,
        refers_to: None,
        route: entry.route,
        form: entry.form,
        level: entry.level,
        themes: entry.theme.parse().into_iter().collect(),
        circumstances: Circumstances::ORDINARY,
        block_key: entry.block.then(|| reference.clone()),
        title: entry.title.clone(),
        source_kind: SourceKind::Record,
        source: None,
        source_key: format!("record:{reference}"),
        amounts: Amounts::new(entry.hours, entry.hours, Factor::ONE, entry.practice).map_err(refused)?,
        effective_on: entry.on,
        evidence: Some(evidence.text()?),
        policy: labels.on(entry.on)?,
        recognised_by: Some(centre),
        snapshot: snapshot(plan, entry.teacher, entry.on, offices)?,
        reason: None,
    })
}

/// Reversals, then what was posted in the place of some.
fn correct(tx: &mut WriteTx<'_>, wrong: &[(HourEntryId, NewEntry, Fate)]) -> Result<(), ApiError> {
    let mut reversals = Vec::with_capacity(wrong.len());
    for (id, entry, fate) in wrong {
        let (Fate::TakenBack(reason) | Fate::Mended(reason, _)) = fate else { continue };
        reversals.push(NewEntry {
            kind: EntryKind::Reversed,
            refers_to: Some(*id),
            source_key: format!("reverse:{}", id.number()),
            amounts: entry.amounts.reversed(),
            reason: Some((*reason).to_owned()),
            ..entry.clone()
        });
    }
    let reversal_ids = append_all(tx, &reversals)?;
    let mut replacements = Vec::new();
    for ((id, entry, fate), reversal) in wrong.iter().zip(reversal_ids) {
        if let Fate::Mended(reason, hours) = fate {
            let practice = entry.amounts.practice.min(*hours).max(Hours::ZERO);
            replacements.push(NewEntry {
                refers_to: Some(reversal),
                source_kind: SourceKind::Correction,
                source_key: format!("replace:{}", id.number()),
                amounts: Amounts::new(*hours, *hours, Factor::ONE, practice).map_err(refused)?,
                reason: Some((*reason).to_owned()),
                ..entry.clone()
            });
        }
    }
    append_all(tx, &replacements)?;
    Ok(())
}
