//! Writing records and their steps. A change is based on a version.

use super::RecordRow;
use crate::{DbResult, WriteTx, schema::outside_records as t, schema::record_steps as s};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    Hours,
    id::{self, AccountId, OrganisationId, OutsideRecord, OutsideRecordId, PersonId},
    ledger::{Circumstances, claim_again},
    records::{ClaimedActivity, RecordCategory, RecordState, RecordStep},
    words::{DeliveryForm, Level, Route, Theme},
};
use std::borrow::Cow;

/// What a record says, apart from where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// What kind of training.
    pub category: RecordCategory,
    /// What the person did, for a conversion table; its level is that of the record.
    pub activity: Option<ClaimedActivity>,
    /// Level.
    pub level: Level,
    /// Route.
    pub route: Route,
    /// Delivery form.
    pub form: DeliveryForm,
    /// Themes.
    pub themes: Vec<Theme>,
    /// The concentrated block.
    pub block_key: Option<String>,
    /// Title.
    pub title: String,
    /// What the same content is recognised by.
    pub content_key: String,
    /// Who gave the training.
    pub provider: Option<String>,
    /// Whether the institution was reviewed, and when the school agreed.
    pub circumstances: Circumstances,
    /// The document in which the school agreed.
    pub consent_reference: Option<String>,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// Hours claimed.
    pub hours: Hours,
    /// Of these, practice.
    pub practice: Hours,
    /// The pieces of evidence, as JSON.
    pub evidence: String,
    /// Where it comes from.
    pub source: String,
    /// Its number there.
    pub source_key: String,
}

/// A record to be entered, or as it shall be.
#[derive(Debug, Clone)]
pub struct NewRecord {
    /// Whose hours.
    pub person: PersonId,
    /// The school of the last day.
    pub organisation: OrganisationId,
    /// What it says.
    pub content: Content,
    /// The claim on its content in its cycle; `None` where the same content was allowed, which then claims something of its own.
    pub content_claim: Option<String>,
    /// Who enters it: an account of the person's area.
    pub entered_by: AccountId,
}

/// What became of a change that was based on a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It stands.
    Done,
    /// Somebody changed the row meanwhile.
    Stale,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = t, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Values<'a> {
    organisation_id: i64,
    category: &'static str,
    activity: Option<String>,
    activity_role: Option<String>,
    activity_result: Option<String>,
    level: &'static str,
    route: &'static str,
    delivery_form: &'static str,
    themes: String,
    block_key: Option<&'a str>,
    title: &'a str,
    content_key: &'a str,
    content_claim: &'a str,
    provider: Option<&'a str>,
    circumstances: String,
    consent_reference: Option<&'a str>,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    hours: i64,
    practice: i64,
    evidence: &'a str,
    source: &'a str,
    source_key: &'a str,
    state: &'static str,
    entered_by: i64,
    examined_by_area: Option<i32>,
    examined_by: Option<i64>,
    decided_by_area: Option<i32>,
    decided_by: Option<i64>,
}

/// What a record claims, with its number.
fn claim(new: &NewRecord, id: OutsideRecordId) -> Cow<'_, str> {
    match &new.content_claim {
        Some(claim) => Cow::Borrowed(claim),
        None => Cow::Owned(claim_again(id.number(), &new.content.content_key)),
    }
}

fn values<'a>(new: &'a NewRecord, content_claim: &'a str) -> Values<'a> {
    let content = &new.content;
    let activity = content.activity.as_ref();
    Values {
        organisation_id: new.organisation.number(),
        category: content.category.as_str(),
        activity: activity.map(|activity| activity.kind.to_string()),
        activity_role: activity.and_then(|activity| activity.role).map(|word| word.to_string()),
        activity_result: activity.and_then(|activity| activity.result).map(|word| word.to_string()),
        level: content.level.as_str(),
        route: content.route.as_str(),
        delivery_form: content.form.as_str(),
        themes: crate::catalogue::write_themes(&content.themes),
        block_key: content.block_key.as_deref(),
        title: &content.title,
        content_key: &content.content_key,
        content_claim,
        provider: content.provider.as_deref(),
        circumstances: content.circumstances.to_string(),
        consent_reference: content.consent_reference.as_deref(),
        starts_on: content.starts_on,
        ends_on: content.ends_on,
        hours: content.hours.hundredths(),
        practice: content.practice.hundredths(),
        evidence: &content.evidence,
        source: &content.source,
        source_key: &content.source_key,
        state: RecordState::Entered.as_str(),
        entered_by: new.entered_by.number(),
        examined_by_area: None,
        examined_by: None,
        decided_by_area: None,
        decided_by: None,
    }
}

/// Enters a record.
///
/// # Errors
/// [`crate::DbError::Duplicate`] where its source or its content is taken: the transaction runs again and sees it.
pub fn add(tx: &mut WriteTx<'_>, new: &NewRecord) -> DbResult<OutsideRecordId> {
    let id = tx.new_id::<OutsideRecord>(new.person.area());
    let at = tx.at().naive();
    diesel::insert_into(t::table)
        .values((
            t::area.eq(id.area().get()),
            t::id.eq(id.number()),
            t::person_id.eq(new.person.number()),
            t::version.eq(1_i64),
            t::created_at.eq(at),
            values(new, &claim(new, id)),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// Corrects a record: it is entered anew, to be examined again.
///
/// # Errors
/// As [`add`].
pub fn change(tx: &mut WriteTx<'_>, before: &RecordRow, new: &NewRecord) -> DbResult<Saved> {
    let rows = diesel::update(t::table.find(before.id.key()).filter(t::version.eq(before.version)))
        .set((values(new, &claim(new, before.id)), t::version.eq(before.version + 1)))
        .execute(tx.conn())?;
    Ok(saved(rows))
}

/// Where a step leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The state.
    pub state: RecordState,
    /// Who examined it.
    pub examined_by: Option<AccountId>,
    /// Who verified or rejected it.
    pub decided_by: Option<AccountId>,
}

/// Takes a step.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn step(tx: &mut WriteTx<'_>, before: &RecordRow, to: Step) -> DbResult<Saved> {
    let (area, number) = (|by: AccountId| by.area().get(), |by: AccountId| by.number());
    let claim = before.content_claim.as_deref().filter(|_| to.state.claims_content());
    let rows = diesel::update(t::table.find(before.id.key()).filter(t::version.eq(before.version)))
        .set((
            t::state.eq(to.state.as_str()),
            t::examined_by_area.eq(to.examined_by.map(area)),
            t::examined_by.eq(to.examined_by.map(number)),
            t::decided_by_area.eq(to.decided_by.map(area)),
            t::decided_by.eq(to.decided_by.map(number)),
            t::content_claim.eq(claim),
            t::version.eq(before.version + 1),
        ))
        .execute(tx.conn())?;
    Ok(saved(rows))
}

fn saved(rows: usize) -> Saved {
    if rows == 1 { Saved::Done } else { Saved::Stale }
}

/// Writes a step down, for everybody who sees the record, with through how many stages the record had to pass where it was fewer than
/// three. Steps are never changed.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn note(
    tx: &mut WriteTx<'_>,
    record: OutsideRecordId,
    step: RecordStep,
    by: AccountId,
    (note, stages): (Option<&str>, Option<i32>),
) -> DbResult<()> {
    let id = tx.new_id::<id::RecordStep>(record.area());
    let at = tx.at().naive();
    diesel::insert_into(s::table)
        .values((
            s::area.eq(record.area().get()),
            s::id.eq(id.number()),
            s::record_id.eq(record.number()),
            s::step.eq(step.as_str()),
            s::account_area.eq(by.area().get()),
            s::account_id.eq(by.number()),
            s::note.eq(note),
            s::created_at.eq(at),
            s::stages.eq(stages),
        ))
        .execute(tx.conn())?;
    Ok(())
}
