//! Reading records.

use super::Content;
use crate::{
    Conn, DbResult, catalogue, columns,
    db::{At, MultiBackend},
    ledger::Viewer,
    schema::{hour_entries as h, organisations as o, outside_records as t, persons as p, record_steps as s},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, Hours, Id, UtcMillis,
    id::{AccountId, HourEntryId, OrganisationId, OutsideRecordId, PersonId},
    ledger::SourceKind,
    records::{ClaimedActivity, RecordCategory, RecordState, RecordStep},
    words::Level,
};
use std::collections::HashMap;

/// A record with the names that lists show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// Key.
    pub id: OutsideRecordId,
    /// Whose hours.
    pub person: PersonId,
    /// Name.
    pub person_name: String,
    /// The school of the last day.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// Its path.
    pub organisation_path: String,
    /// What it says.
    pub content: Content,
    /// The claim on its content.
    pub content_claim: Option<String>,
    /// How far it has come.
    pub state: RecordState,
    /// Who entered it: of the record's area.
    pub entered_by: AccountId,
    /// Who examined it: of this area or one above.
    pub examined_by: Option<AccountId>,
    /// Who verified or rejected it: of this area or one above.
    pub decided_by: Option<AccountId>,
    /// Row version.
    pub version: i64,
    /// When it was entered.
    pub created_at: UtcMillis,
    /// The entry that verifying it posted.
    pub entry: Option<HourEntryId>,
}

/// An account of any area.
type By = (Option<i32>, Option<i64>);

fn by((area, number): By) -> DbResult<Option<AccountId>> {
    area.zip(number).map(|(area, number)| columns::id(area, number)).transpose()
}

type Columns = (
    (i32, i64, i64, String, i64, String, String),
    (String, Option<String>, Option<String>, Option<String>, String, String, String, String, Option<String>),
    (String, String, Option<String>, Option<String>, String, Option<String>),
    (NaiveDate, NaiveDate, i64, i64, String, String, String),
    (String, i64, By, By, i64, At),
);

macro_rules! record_columns {
    () => {
        (
            (t::area, t::id, t::person_id, p::name, t::organisation_id, o::name, o::path),
            (
                t::category,
                t::activity,
                t::activity_role,
                t::activity_result,
                t::level,
                t::route,
                t::delivery_form,
                t::themes,
                t::block_key,
            ),
            (t::title, t::content_key, t::content_claim, t::provider, t::circumstances, t::consent_reference),
            (t::starts_on, t::ends_on, t::hours, t::practice, t::evidence, t::source, t::source_key),
            (
                t::state,
                t::entered_by,
                (t::examined_by_area, t::examined_by),
                (t::decided_by_area, t::decided_by),
                t::version,
                t::created_at,
            ),
        )
    };
}

/// The records with their persons and schools.
macro_rules! joined {
    () => {
        t::table
            .inner_join(p::table.on(p::area.eq(t::area).and(p::id.eq(t::person_id))))
            .inner_join(o::table.on(o::area.eq(t::area).and(o::id.eq(t::organisation_id))))
    };
}

fn activity(
    kind: Option<String>,
    role: Option<&str>,
    result: Option<&str>,
    level: Level,
) -> DbResult<Option<ClaimedActivity>> {
    let Some(kind) = kind else { return Ok(None) };
    Ok(Some(ClaimedActivity {
        kind: columns::word("outside_records.activity", &kind)?,
        level,
        role: columns::word_opt("outside_records.activity_role", role)?,
        result: columns::word_opt("outside_records.activity_result", result)?,
    }))
}

fn row(row: Columns) -> DbResult<RecordRow> {
    let (who, what, text, claim, state) = row;
    let id: OutsideRecordId = columns::id(who.0, who.1)?;
    let area = id.area();
    let level = columns::word("outside_records.level", &what.4)?;
    let content = Content {
        category: columns::word("outside_records.category", &what.0)?,
        activity: activity(what.1, what.2.as_deref(), what.3.as_deref(), level)?,
        level,
        route: columns::word("outside_records.route", &what.5)?,
        form: columns::word("outside_records.delivery_form", &what.6)?,
        themes: catalogue::read_themes(&what.7)?,
        block_key: what.8,
        title: text.0,
        content_key: text.1,
        provider: text.3,
        circumstances: columns::word("outside_records.circumstances", &text.4)?,
        consent_reference: text.5,
        starts_on: claim.0,
        ends_on: claim.1,
        hours: Hours::from_hundredths(claim.2),
        practice: Hours::from_hundredths(claim.3),
        evidence: claim.4,
        source: claim.5,
        source_key: claim.6,
    };
    Ok(RecordRow {
        id,
        person: Id::new(area, who.2),
        person_name: who.3,
        organisation: Id::new(area, who.4),
        organisation_name: who.5,
        organisation_path: who.6,
        content,
        content_claim: text.2,
        state: columns::word("outside_records.state", &state.0)?,
        entered_by: Id::new(area, state.1),
        examined_by: by(state.2)?,
        decided_by: by(state.3)?,
        version: state.4,
        created_at: state.5.into(),
        entry: None,
    })
}

/// The entries that records posted, by the number of the record.
fn entries_of(conn: &mut Conn, area: AreaCode, numbers: &[i64]) -> DbResult<HashMap<i64, HourEntryId>> {
    let rows: Vec<(Option<i64>, i64)> = h::table
        .filter(h::area.eq(area.get()))
        .filter(h::source_id.eq_any(numbers))
        .filter(h::source_kind.eq(SourceKind::Record.as_str()))
        .filter(h::refers_to.is_null())
        .select((h::source_id, h::id))
        .load(conn)?;
    Ok(rows.into_iter().map(|(of, number)| (of.unwrap_or_default(), Id::new(area, number))).collect())
}

/// One record.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer or the row is damaged.
pub fn find(conn: &mut Conn, id: OutsideRecordId) -> DbResult<Option<RecordRow>> {
    let found: Option<Columns> = joined!()
        .filter(t::area.eq(id.area().get()))
        .filter(t::id.eq(id.number()))
        .select(record_columns!())
        .first(conn)
        .optional()?;
    let Some(mut record) = found.map(row).transpose()? else { return Ok(None) };
    record.entry = entries_of(conn, id.area(), &[id.number()])?.remove(&id.number());
    Ok(Some(record))
}

/// What is wanted of the list.
#[derive(Debug, Clone, Default)]
pub struct RecordFilter {
    /// Of one person.
    pub person: Option<PersonId>,
    /// Of one school.
    pub organisation: Option<OrganisationId>,
    /// Of one kind.
    pub category: Option<RecordCategory>,
    /// In one state.
    pub state: Option<RecordState>,
    /// From one source.
    pub source: Option<String>,
    /// Completed on this day or later.
    pub from: Option<NaiveDate>,
    /// Completed on this day or earlier.
    pub to: Option<NaiveDate>,
}

type Filtered<'a> = diesel::helper_types::IntoBoxed<'a, t::table, MultiBackend>;

/// The numbers of the records that are wanted.
fn filtered<'a>(area: AreaCode, viewer: &Viewer, filter: &RecordFilter) -> Filtered<'a> {
    let mut query = t::table.into_boxed().filter(t::area.eq(area.get()));
    if let Viewer::Schools(numbers, person) = viewer {
        let own = Viewer::own(*person, area);
        query = query.filter(t::organisation_id.eq_any(numbers.clone()).or(t::person_id.eq(own)));
    }
    if let Some(person) = filter.person {
        query = query.filter(t::person_id.eq(person.number()));
    }
    if let Some(organisation) = filter.organisation {
        query = query.filter(t::organisation_id.eq(organisation.number()));
    }
    if let Some(category) = filter.category {
        query = query.filter(t::category.eq(category.as_str()));
    }
    if let Some(state) = filter.state {
        query = query.filter(t::state.eq(state.as_str()));
    }
    if let Some(source) = &filter.source {
        query = query.filter(t::source.eq(source.clone()));
    }
    if let Some(from) = filter.from {
        query = query.filter(t::ends_on.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(t::ends_on.le(to));
    }
    query
}

/// Records, the latest first, behind `after`.
///
/// # Errors
/// As [`find`].
pub fn list(
    conn: &mut Conn,
    area: AreaCode,
    viewer: &Viewer,
    filter: &RecordFilter,
    after: Option<i64>,
    limit: i64,
) -> DbResult<Vec<RecordRow>> {
    let mut query = filtered(area, viewer, filter).order(t::id.desc()).limit(limit);
    if let Some(number) = after {
        query = query.filter(t::id.lt(number));
    }
    let numbers: Vec<i64> = query.select(t::id).load(conn)?;
    let mut records = Vec::with_capacity(numbers.len());
    for chunk in numbers.chunks(crate::people::CHUNK) {
        let rows: Vec<Columns> = joined!()
            .filter(t::area.eq(area.get()))
            .filter(t::id.eq_any(chunk))
            .order(t::id.desc())
            .select(record_columns!())
            .load(conn)?;
        let mut entries = entries_of(conn, area, chunk)?;
        for columns in rows {
            let mut record = row(columns)?;
            record.entry = entries.remove(&record.id.number());
            records.push(record);
        }
    }
    Ok(records)
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count(conn: &mut Conn, area: AreaCode, viewer: &Viewer, filter: &RecordFilter) -> DbResult<i64> {
    Ok(filtered(area, viewer, filter).count().get_result(conn)?)
}

/// A step of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRow {
    /// What was done.
    pub step: RecordStep,
    /// By whom.
    pub by: AccountId,
    /// Why.
    pub note: Option<String>,
    /// When.
    pub at: UtcMillis,
}

type StepColumns = (i64, String, (i32, i64), Option<String>, At);

/// The steps of records in the order in which they were taken, by the number of the record.
///
/// # Errors
/// As [`find`].
pub fn steps_of(conn: &mut Conn, area: AreaCode, numbers: &[i64]) -> DbResult<HashMap<i64, Vec<StepRow>>> {
    let mut found: HashMap<i64, Vec<StepRow>> = HashMap::new();
    for chunk in numbers.chunks(crate::people::CHUNK) {
        let rows: Vec<StepColumns> = s::table
            .filter(s::area.eq(area.get()))
            .filter(s::record_id.eq_any(chunk))
            .order(s::id)
            .select((s::record_id, s::step, (s::account_area, s::account_id), s::note, s::created_at))
            .load(conn)?;
        for (record, step, by, note, at) in rows {
            let (step, by) = (columns::word("record_steps.step", &step)?, columns::id(by.0, by.1)?);
            found.entry(record).or_default().push(StepRow { step, by, note, at: at.into() });
        }
    }
    Ok(found)
}

/// Who entered a record and who corrected it since.
///
/// # Errors
/// As [`find`].
pub fn makers(conn: &mut Conn, record: OutsideRecordId) -> DbResult<Vec<AccountId>> {
    let made = [RecordStep::Enter, RecordStep::Correct].map(RecordStep::as_str);
    let made_by: Vec<(i32, i64)> = s::table
        .filter(s::area.eq(record.area().get()))
        .filter(s::record_id.eq(record.number()))
        .filter(s::step.eq_any(made))
        .select((s::account_area, s::account_id))
        .load(conn)?;
    made_by.into_iter().map(|(area, number)| columns::id(area, number)).collect()
}

/// The record of a person that has this number in a source already.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn source_taken(conn: &mut Conn, person: PersonId, source: &str, key: &str) -> DbResult<Option<OutsideRecordId>> {
    let found: Option<i64> = t::table
        .filter(t::area.eq(person.area().get()))
        .filter(t::person_id.eq(person.number()))
        .filter(t::source.eq(source))
        .filter(t::source_key.eq(key))
        .select(t::id)
        .first(conn)
        .optional()?;
    Ok(found.map(|number| Id::new(person.area(), number)))
}

/// Hours that stand after every correction, and the practice among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct StandingHours {
    pub hours: Hours,
    pub practice: Hours,
}

impl StandingHours {
    /// From columns; what is taken back is nothing.
    fn of(credited: i64, practice: i64) -> Self {
        let [hours, practice] = [credited, practice].map(|amount| Hours::from_hundredths(amount.max(0)));
        StandingHours { hours, practice }
    }
}

/// What stands of entries after every correction: nothing where it was taken back.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn standing_hours(conn: &mut Conn, entries: &[HourEntryId]) -> DbResult<HashMap<HourEntryId, StandingHours>> {
    let mut standing = HashMap::new();
    for chunk in entries.chunks(crate::people::CHUNK) {
        let Some(area) = chunk.first().map(|id| id.area()) else { continue };
        let last: Vec<(i64, i64, i64)> = h::table
            .filter(h::area.eq(area.get()))
            .filter(h::id.eq_any(chunk.iter().map(|id| id.number()).collect::<Vec<_>>()))
            .select((h::id, h::credited, h::practice))
            .load(conn)?;
        // From each entry to what follows it, until nothing does.
        let mut open: HashMap<i64, i64> = HashMap::new();
        for (number, credited, practice) in last {
            standing.insert(Id::new(area, number), StandingHours::of(credited, practice));
            open.insert(number, number);
        }
        while !open.is_empty() {
            let next: Vec<(Option<i64>, i64, i64, i64)> = h::table
                .filter(h::area.eq(area.get()))
                .filter(h::refers_to.eq_any(open.keys().copied().collect::<Vec<_>>()))
                .select((h::refers_to, h::id, h::credited, h::practice))
                .load(conn)?;
            let mut followed = HashMap::new();
            for (of, number, credited, practice) in next {
                let Some(first) = of.and_then(|of| open.get(&of)) else { continue };
                standing.insert(Id::new(area, *first), StandingHours::of(credited, practice));
                followed.insert(number, *first);
            }
            open = followed;
        }
    }
    Ok(standing)
}
