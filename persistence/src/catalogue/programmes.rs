//! Programmes.

use super::{
    Saved, Sight, WIDE_LEVELS,
    documents::{
        read_audience, read_curriculum, read_lecturers, read_themes, write_audience, write_curriculum, write_lecturers,
        write_themes,
    },
};
use crate::{
    Conn, DbResult, Order, WriteTx, columns,
    db::At,
    schema::{organisations, programmes as t, sessions},
};
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, Fen, Hours, Id, Level, Theme, UtcMillis,
    catalogue::{ProgrammeContent, ProgrammeKind, ProgrammeState, SessionState},
    id::{AccountId, OrganisationId, Programme, ProgrammeId},
};

/// A programme with the institution it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgrammeRow {
    /// Key.
    pub id: ProgrammeId,
    /// The institution.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// Its path, for what roles reach.
    pub organisation_path: String,
    /// What is declared.
    pub content: ProgrammeContent,
    /// Where it stands.
    pub state: ProgrammeState,
    /// What the reviewer noted, or why it was cancelled.
    pub state_note: Option<String>,
    /// Who filed it.
    pub submitted_by: Option<AccountId>,
    /// When.
    pub submitted_at: Option<UtcMillis>,
    /// Who decided.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<UtcMillis>,
    /// Who entered it.
    pub created_by: Option<AccountId>,
    /// Row version.
    pub version: i64,
    /// When it was entered.
    pub created_at: UtcMillis,
    /// When it was last changed.
    pub updated_at: UtcMillis,
}

#[derive(Queryable)]
struct Columns {
    area: i32,
    id: i64,
    organisation_id: i64,
    name: String,
    _search_name: String,
    kind: String,
    level: String,
    delivery_form: String,
    route: String,
    themes: String,
    aims: String,
    curriculum: String,
    lecturers: String,
    audience: String,
    hours: i64,
    practice_hours: i64,
    content_key: String,
    class_head: Option<String>,
    budget: i64,
    state: String,
    state_note: Option<String>,
    submitted_by: Option<i64>,
    submitted_at: Option<At>,
    decided_by: Option<i64>,
    decided_at: Option<At>,
    created_by: Option<i64>,
    version: i64,
    created_at: At,
    updated_at: At,
}

fn row((row, organisation_name, organisation_path): (Columns, String, String)) -> DbResult<ProgrammeRow> {
    let area = columns::area(row.area)?;
    let account = |number: Option<i64>| number.map(|number| Id::new(area, number));
    let content = ProgrammeContent {
        name: row.name,
        kind: columns::word("programmes.kind", &row.kind)?,
        level: columns::word("programmes.level", &row.level)?,
        delivery_form: columns::word("programmes.delivery_form", &row.delivery_form)?,
        route: columns::word("programmes.route", &row.route)?,
        themes: read_themes(&row.themes)?,
        aims: row.aims,
        curriculum: read_curriculum(&row.curriculum)?,
        lecturers: read_lecturers(&row.lecturers)?,
        class_head: row.class_head,
        budget: Fen::from_hundredths(row.budget),
        audience: read_audience(&row.audience)?,
        hours: Hours::from_hundredths(row.hours),
        practice_hours: Hours::from_hundredths(row.practice_hours),
        content_key: row.content_key,
    };
    Ok(ProgrammeRow {
        id: Id::new(area, row.id),
        organisation: Id::new(area, row.organisation_id),
        organisation_name,
        organisation_path,
        content,
        state: columns::word("programmes.state", &row.state)?,
        state_note: row.state_note,
        submitted_by: account(row.submitted_by),
        submitted_at: row.submitted_at.map(Into::into),
        decided_by: account(row.decided_by),
        decided_at: row.decided_at.map(Into::into),
        created_by: account(row.created_by),
        version: row.version,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    })
}

#[diesel::dsl::auto_type(no_type_alias)]
fn with_institution() -> _ {
    t::table.inner_join(
        organisations::table.on(organisations::area.eq(t::area).and(organisations::id.eq(t::organisation_id))),
    )
}

/// One programme.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn find(conn: &mut Conn, id: ProgrammeId) -> DbResult<Option<ProgrammeRow>> {
    let found: Option<(Columns, String, String)> = with_institution()
        .filter(t::area.eq(id.area().get()))
        .filter(t::id.eq(id.number()))
        .select((t::all_columns, organisations::name, organisations::path))
        .first(conn)
        .optional()?;
    found.map(row).transpose()
}

/// What is wanted of the list.
#[derive(Debug, Clone, Default)]
pub struct ProgrammeFilter {
    /// Only in this state.
    pub state: Option<ProgrammeState>,
    /// Only of this kind.
    pub kind: Option<ProgrammeKind>,
    /// Only at this level.
    pub level: Option<Level>,
    /// Only of this institution.
    pub organisation: Option<OrganisationId>,
    /// Only with this theme.
    pub theme: Option<Theme>,
    /// Only those whose name contains this.
    pub name: Option<String>,
}

macro_rules! filtered {
    ($query:ident, $sight:ident, $filter:ident) => {
        if !$sight.everything {
            let approved = t::state.eq(ProgrammeState::Approved.as_str());
            $query = if $sight.drafts_of.is_empty() {
                $query.filter(approved)
            } else {
                $query.filter(approved.or(t::organisation_id.eq_any($sight.drafts_of.clone())))
            };
        }
        if $sight.wide_only {
            $query = $query.filter(t::level.eq_any(WIDE_LEVELS));
        }
        if let Some(state) = $filter.state {
            $query = $query.filter(t::state.eq(state.as_str()));
        }
        if let Some(kind) = $filter.kind {
            $query = $query.filter(t::kind.eq(kind.as_str()));
        }
        if let Some(level) = $filter.level {
            $query = $query.filter(t::level.eq(level.as_str()));
        }
        if let Some(organisation) = $filter.organisation {
            $query = $query.filter(t::organisation_id.eq(organisation.number()));
        }
        if let Some(theme) = &$filter.theme {
            $query = $query.filter(t::themes.like(super::theme_pattern(theme)).escape('\\'));
        }
        if let Some(name) = &$filter.name {
            $query = $query.filter(t::search_name.like(columns::contains_pattern(name)).escape('\\'));
        }
    };
}

/// Programmes of an area in the order in which they were entered or the other way round, behind `after`.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn list(
    conn: &mut Conn,
    area: AreaCode,
    sight: &Sight,
    filter: &ProgrammeFilter,
    order: Order,
    after: Option<i64>,
    limit: i64,
) -> DbResult<Vec<ProgrammeRow>> {
    let mut query = with_institution().filter(t::area.eq(area.get())).limit(limit).into_boxed();
    filtered!(query, sight, filter);
    query = match order {
        Order::Ascending => query.order(t::id.asc()).filter(t::id.gt(after.unwrap_or(i64::MIN))),
        Order::Descending => query.order(t::id.desc()).filter(t::id.lt(after.unwrap_or(i64::MAX))),
    };
    let rows: Vec<(Columns, String, String)> =
        query.select((t::all_columns, organisations::name, organisations::path)).load(conn)?;
    rows.into_iter().map(row).collect()
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count(conn: &mut Conn, area: AreaCode, sight: &Sight, filter: &ProgrammeFilter) -> DbResult<i64> {
    let mut query = t::table.filter(t::area.eq(area.get())).into_boxed();
    filtered!(query, sight, filter);
    Ok(query.count().get_result(conn)?)
}

/// How many sessions of a programme are published or running.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn sessions_live(conn: &mut Conn, id: ProgrammeId) -> DbResult<i64> {
    Ok(sessions::table
        .filter(sessions::area.eq(id.area().get()))
        .filter(sessions::programme_id.eq(id.number()))
        .filter(sessions::state.eq_any([SessionState::Published.as_str(), SessionState::Running.as_str()]))
        .count()
        .get_result(conn)?)
}

/// The columns of what is declared.
macro_rules! declared {
    ($content:ident) => {
        (
            t::name.eq(&$content.name),
            t::search_name.eq(columns::search_name(&$content.name)),
            t::kind.eq($content.kind.as_str()),
            t::level.eq($content.level.as_str()),
            t::delivery_form.eq($content.delivery_form.as_str()),
            t::route.eq($content.route.as_str()),
            t::themes.eq(write_themes(&$content.themes)),
            t::aims.eq(&$content.aims),
            t::curriculum.eq(write_curriculum(&$content.curriculum)),
            t::lecturers.eq(write_lecturers(&$content.lecturers)),
            t::audience.eq(write_audience(&$content.audience)),
            t::hours.eq($content.hours.hundredths()),
            t::practice_hours.eq($content.practice_hours.hundredths()),
            t::content_key.eq(&$content.content_key),
            t::class_head.eq($content.class_head.as_deref()),
            t::budget.eq($content.budget.hundredths()),
        )
    };
}

/// Enters a programme as a draft. `by` must belong to the institution's area.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn add(
    tx: &mut WriteTx<'_>,
    organisation: OrganisationId,
    content: &ProgrammeContent,
    by: Option<AccountId>,
) -> DbResult<ProgrammeId> {
    let area = organisation.area();
    let id = tx.new_id::<Programme>(area);
    let at = tx.at().naive();
    diesel::insert_into(t::table)
        .values((
            (
                t::area.eq(area.get()),
                t::id.eq(id.number()),
                t::organisation_id.eq(organisation.number()),
                t::state.eq(ProgrammeState::Draft.as_str()),
                t::created_by.eq(by.map(|by| by.number())),
                t::version.eq(1_i64),
                t::created_at.eq(at),
                t::updated_at.eq(at),
            ),
            declared!(content),
        ))
        .execute(tx.conn())?;
    Ok(id)
}

/// Changes what is declared, where the version is still `version`.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn change(tx: &mut WriteTx<'_>, id: ProgrammeId, version: i64, content: &ProgrammeContent) -> DbResult<Saved> {
    let at = tx.at().naive();
    let rows = diesel::update(t::table.find(id.key()).filter(t::version.eq(version)))
        .set((t::version.eq(version + 1), t::updated_at.eq(at), declared!(content)))
        .execute(tx.conn())?;
    Ok(Saved::from_rows(rows))
}

/// Who takes a step, as the row remembers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is filed: the decision before is forgotten.
    Submit(AccountId),
    /// It is decided on.
    Decide(AccountId),
    /// It is given up.
    Cancel,
}

/// Moves a programme to another state, where its version is still that of `before`.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn set_state(
    tx: &mut WriteTx<'_>,
    before: &ProgrammeRow,
    state: ProgrammeState,
    note: Option<&str>,
    step: Step,
) -> DbResult<Saved> {
    let at = tx.at();
    let submitted = match step {
        Step::Submit(by) => (Some(by.number()), Some(at.naive())),
        Step::Decide(_) | Step::Cancel => {
            (before.submitted_by.map(|by| by.number()), before.submitted_at.map(UtcMillis::naive))
        }
    };
    let decided = match step {
        Step::Submit(_) => (None, None),
        Step::Decide(by) => (Some(by.number()), Some(at.naive())),
        Step::Cancel => (before.decided_by.map(|by| by.number()), before.decided_at.map(UtcMillis::naive)),
    };
    let key = before.id.key();
    let rows = diesel::update(t::table.find(key).filter(t::version.eq(before.version)))
        .set((
            t::state.eq(state.as_str()),
            t::state_note.eq(note),
            t::submitted_by.eq(submitted.0),
            t::submitted_at.eq(submitted.1),
            t::decided_by.eq(decided.0),
            t::decided_at.eq(decided.1),
            t::version.eq(before.version + 1),
            t::updated_at.eq(at.naive()),
        ))
        .execute(tx.conn())?;
    Ok(Saved::from_rows(rows))
}

/// The sessions of a programme that are still drafts.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn draft_sessions(conn: &mut Conn, id: ProgrammeId) -> DbResult<Vec<shixun_domain::id::SessionId>> {
    let numbers: Vec<i64> = sessions::table
        .filter(sessions::area.eq(id.area().get()))
        .filter(sessions::programme_id.eq(id.number()))
        .filter(sessions::state.eq(SessionState::Draft.as_str()))
        .select(sessions::id)
        .load(conn)?;
    Ok(numbers.into_iter().map(|number| Id::new(id.area(), number)).collect())
}

/// Holds an approved programme until the end of the transaction, so that it is not given up meanwhile. False where it is not
/// approved.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn hold_approved(tx: &mut WriteTx<'_>, id: ProgrammeId) -> DbResult<bool> {
    let rows = diesel::update(t::table.find(id.key()).filter(t::state.eq(ProgrammeState::Approved.as_str())))
        .set(t::version.eq(t::version))
        .execute(tx.conn())?;
    Ok(rows == 1)
}
