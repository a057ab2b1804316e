//! The hour ledger: rows are appended and never changed; the schema refuses UPDATE and DELETE.

mod bulk;
mod content;
pub mod disputes;
mod facts;
mod known;
mod pending;
mod read;
mod schools;
mod stands;
mod viewer;
mod waivers;

pub use bulk::{
    Employee, PersonEntries, Whose, employees, employs_more_than, entries_by_person, entries_of_persons_between,
    entry_numbers_by_person, facts_by_person,
};
pub(crate) use content::hours_may_stand;
pub use content::{content_taken, hold_content, release_content};
pub use facts::{
    EmploymentSpell, PersonRecord, PersonSnapshot, SnapshotOrganisation, employments, person_record, served, snapshot,
    was_employed_below, was_employed_below_on,
};
pub use known::Known;
pub use pending::{PendingFilter, PendingRow, count_pending, pending};
pub use read::{
    EntryFilter, EntryRow, appended_since, count, find, find_by_source, last_of_chain, list, successors, taken_back,
};
pub use schools::{school_spells, school_spells_by_person};
pub(crate) use stands::earned;
pub use stands::{
    Entry, Revision, StandingEntries, StandingEntry, entry_numbers, revision, standing_entries, standing_of,
};
pub use viewer::Viewer;
pub use waivers::{
    GrantedWaiver, NewWaiver, StepRow, WaiverFilter, WaiverRow, add_waiver_step, count_waivers, find_waiver,
    list_waivers, propose_waiver, waivers_in, waivers_of,
};

use crate::{
    DbResult, WriteTx,
    db::{Both, each},
    schema::hour_entries as t,
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    AreaCode,
    id::{AccountId, HourEntry, HourEntryId, PersonId},
    ledger::{Amounts, Circumstances, EntryKind, SourceKind},
    words::{DeliveryForm, Level, Route, Theme},
};

/// An entry to be appended.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// Whose hours.
    pub person: PersonId,
    /// What it says.
    pub kind: EntryKind,
    /// The entry it follows, of the same person.
    pub refers_to: Option<HourEntryId>,
    /// The route to the hours.
    pub route: Route,
    /// How the training was delivered.
    pub form: DeliveryForm,
    /// The level at which it was organised.
    pub level: Level,
    /// What it was about.
    pub themes: Vec<Theme>,
    /// What the rules must know beside that.
    pub circumstances: Circumstances,
    /// The concentrated block the hours belong to; entries with the same key make one block.
    pub block_key: Option<String>,
    /// What a person reads.
    pub title: String,
    /// Where it comes from.
    pub source_kind: SourceKind,
    /// The object it comes from, which may lie in another area.
    pub source: Option<(AreaCode, i64)>,
    /// Unique among the person's entries, so that nothing is entered twice.
    pub source_key: String,
    /// The hours.
    pub amounts: Amounts,
    /// Civil date, in the area's zone, to which the hours belong.
    pub effective_on: NaiveDate,
    /// What proves it, as JSON or plain text.
    pub evidence: Option<String>,
    /// The policy packs in force on that day, such as `ZJ-2016 v1, 331123 v1`.
    pub policy: String,
    /// Who recognised it, or entered it where it is pending.
    pub recognised_by: Option<AccountId>,
    /// School, title and subject on that day; looked up where it is not given.
    pub snapshot: Option<PersonSnapshot>,
    /// Why, for a reversal or a voiding.
    pub reason: Option<String>,
}

/// What became of an entry to be appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It stands.
    New(HourEntryId),
    /// The person has an entry of this source, or the entry it refers to has a successor.
    Duplicate,
}

/// Appends an entry. School, title and subject are those of the day to which the hours belong.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or a reference leads nowhere.
pub fn append(tx: &mut WriteTx<'_>, entry: &NewEntry) -> DbResult<Appended> {
    let looked_up;
    let snapshot = match &entry.snapshot {
        Some(snapshot) => Some(snapshot),
        None => {
            looked_up = snapshot(tx.conn(), entry.person, entry.effective_on)?;
            looked_up.as_ref()
        }
    };
    let id = tx.new_id::<HourEntry>(entry.person.area());
    let values = row(entry, id, snapshot, tx.at().naive());
    let rows = Both(diesel::insert_into(t::table).values(values).on_conflict_do_nothing()).execute(tx.conn())?;
    Ok(if rows == 0 { Appended::Duplicate } else { Appended::New(id) })
}

/// Rows in one statement: 32 values each, below SQLite's 32,766.
const BATCH: usize = 900;

/// Appends many entries at once, for imports and the demo county; the whole lot fails where one is a duplicate. Snapshots
/// are taken as given and never looked up.
///
/// # Errors
/// As [`append`], and [`crate::DbError::Duplicate`].
pub fn append_all(tx: &mut WriteTx<'_>, entries: &[NewEntry]) -> DbResult<Vec<HourEntryId>> {
    let at = tx.at().naive();
    let mut ids = Vec::with_capacity(entries.len());
    for batch in entries.chunks(BATCH) {
        let first = ids.len();
        ids.extend(batch.iter().map(|entry| tx.new_id::<HourEntry>(entry.person.area())));
        let own = ids.iter().skip(first);
        let rows: Vec<_> =
            batch.iter().zip(own).map(|(entry, id)| row(entry, *id, entry.snapshot.as_ref(), at)).collect();
        each!(tx.conn(), k => diesel::insert_into(t::table).values(&rows).execute(k))?;
    }
    Ok(ids)
}

/// How a list of themes is kept: words with commas between.
fn themes_text(themes: &[Theme]) -> String {
    themes.iter().map(Theme::as_str).collect::<Vec<_>>().join(",")
}

// `None` is NULL and not DEFAULT: SQLite has no DEFAULT in VALUES, and diesel would insert a batch row by row in a transaction
// of its own.
#[derive(Insertable)]
#[diesel(table_name = t, treat_none_as_default_value = false)]
struct Values<'a> {
    area: i32,
    id: i64,
    person_id: i64,
    kind: &'static str,
    refers_to: Option<i64>,
    route: &'static str,
    delivery_form: &'static str,
    level: &'static str,
    themes: String,
    circumstances: String,
    block_key: Option<&'a str>,
    title: &'a str,
    source_kind: &'static str,
    source_area: Option<i32>,
    source_id: Option<i64>,
    source_key: &'a str,
    nominal: i64,
    attended: i64,
    factor: i32,
    credited: i64,
    practice: i64,
    effective_on: NaiveDate,
    evidence: Option<&'a str>,
    policy: &'a str,
    recognised_by_area: Option<i32>,
    recognised_by: Option<i64>,
    organisation_id: Option<i64>,
    organisation_name: Option<&'a str>,
    teacher_title: Option<&'static str>,
    subject: Option<&'a str>,
    reason: Option<&'a str>,
    created_at: chrono::NaiveDateTime,
}

fn row<'a>(
    entry: &'a NewEntry,
    id: HourEntryId,
    snapshot: Option<&'a PersonSnapshot>,
    at: chrono::NaiveDateTime,
) -> Values<'a> {
    let area = id.area();
    let organisation = snapshot.and_then(|snapshot| snapshot.organisation.as_ref());
    Values {
        area: area.get(),
        id: id.number(),
        person_id: entry.person.number(),
        kind: entry.kind.as_str(),
        refers_to: entry.refers_to.map(|id| id.number()),
        route: entry.route.as_str(),
        delivery_form: entry.form.as_str(),
        level: entry.level.as_str(),
        themes: themes_text(&entry.themes),
        circumstances: entry.circumstances.to_string(),
        block_key: entry.block_key.as_deref(),
        title: &entry.title,
        source_kind: entry.source_kind.as_str(),
        source_area: entry.source.map(|(area, _)| area.get()),
        source_id: entry.source.map(|(_, number)| number),
        source_key: &entry.source_key,
        nominal: entry.amounts.nominal.hundredths(),
        attended: entry.amounts.attended.hundredths(),
        factor: entry.amounts.factor.hundredths(),
        credited: entry.amounts.credited.hundredths(),
        practice: entry.amounts.practice.hundredths(),
        effective_on: entry.effective_on,
        evidence: entry.evidence.as_deref(),
        policy: &entry.policy,
        recognised_by_area: entry.recognised_by.map(|account| account.area().get()),
        recognised_by: entry.recognised_by.map(|account| account.number()),
        organisation_id: organisation.map(|organisation| organisation.id.number()),
        organisation_name: organisation.map(|organisation| organisation.name.as_str()),
        teacher_title: snapshot.and_then(|snapshot| snapshot.title).map(shixun_domain::Title::as_str),
        subject: snapshot.and_then(|snapshot| snapshot.subject.as_deref()),
        reason: entry.reason.as_deref(),
        created_at: at,
    }
}
