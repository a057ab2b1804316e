//! Policy packs: drafts and what was published. A published pack is never edited; the schema refuses it too.

use crate::{
    Conn, DbError, DbResult, WriteTx, columns,
    db::{At, Both},
    schema::{areas, policy_packs as t},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    id::{AccountId, OrganisationId, PolicyPack, PolicyPackId},
    policy::{Jurisdiction, PackState},
    time::DateSpan,
};

/// A policy pack as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackRow {
    /// Key, in the area the pack is for.
    pub id: PolicyPackId,
    /// The school of that area for whose teachers alone the pack is.
    pub organisation: Option<OrganisationId>,
    /// Stable code such as `ZJ-2016`.
    pub code: String,
    /// Version of the document, from 1.
    pub edition: i32,
    /// Draft or published.
    pub state: PackState,
    /// When it is in force.
    pub valid: DateSpan,
    /// The JSON document as it was drafted.
    pub document: String,
    /// SHA-256 of the document, in hexadecimal.
    pub digest: String,
    /// Who drafted it as it stands; nobody for a pack shipped with the program.
    pub created_by: Option<AccountId>,
    /// When it was drafted.
    pub created_at: UtcMillis,
    /// Who published it; nobody for a pack shipped with the program.
    pub published_by: Option<AccountId>,
    /// When it was published.
    pub published_at: Option<UtcMillis>,
    /// Row version.
    pub version: i64,
}

type Columns = (
    i32,
    i64,
    String,
    i32,
    String,
    NaiveDate,
    Option<NaiveDate>,
    String,
    String,
    Option<i64>,
    At,
    Option<i64>,
    Option<At>,
    i64,
    Option<i64>,
);

fn row(row: Columns) -> DbResult<PackRow> {
    let id: PolicyPackId = columns::id(row.0, row.1)?;
    let account = |number: Option<i64>| number.map(|number| Id::new(id.area(), number));
    Ok(PackRow {
        id,
        organisation: row.14.map(|number| Id::new(id.area(), number)),
        code: row.2,
        edition: row.3,
        state: columns::word("policy_packs.state", &row.4)?,
        valid: DateSpan { from: row.5, to: row.6 },
        document: row.7,
        digest: row.8,
        created_by: account(row.9),
        created_at: row.10.into(),
        published_by: account(row.11),
        published_at: row.12.map(UtcMillis::from),
        version: row.13,
    })
}

/// A pack to be entered. What it says of code, version, area and validity is what its document says.
#[derive(Debug, Clone)]
pub struct NewPack<'a> {
    /// Whom it is for.
    pub jurisdiction: Jurisdiction,
    /// Code.
    pub code: &'a str,
    /// Version of the document.
    pub edition: i32,
    /// Validity.
    pub valid: DateSpan,
    /// The JSON document.
    pub document: &'a str,
    /// SHA-256 of the document, in hexadecimal.
    pub digest: &'a str,
    /// Who drafts it; an account of the same area.
    pub created_by: Option<AccountId>,
    /// Published at once, as the packs shipped with the program are.
    pub published: bool,
}

/// What became of a new pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It stands.
    New(PolicyPackId),
    /// The area has a pack of this code and version.
    EditionTaken,
}

/// Enters a pack.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn add(tx: &mut WriteTx<'_>, new: &NewPack<'_>) -> DbResult<Added> {
    let id = tx.new_id::<PolicyPack>(new.jurisdiction.area());
    let at = tx.at().naive();
    let state = if new.published { PackState::Published } else { PackState::Draft };
    let insert = diesel::insert_into(t::table)
        .values((
            t::area.eq(new.jurisdiction.area().get()),
            t::id.eq(id.number()),
            t::code.eq(new.code),
            t::edition.eq(new.edition),
            t::state.eq(state.as_str()),
            t::valid_from.eq(new.valid.from),
            t::valid_to.eq(new.valid.to),
            t::document.eq(new.document),
            t::digest.eq(new.digest),
            t::created_by.eq(new.created_by.map(|account| account.number())),
            t::created_at.eq(at),
            t::published_at.eq(new.published.then_some(at)),
            t::version.eq(1_i64),
            t::organisation_id.eq(new.jurisdiction.school().map(|school| school.number())),
        ))
        .on_conflict_do_nothing();
    Ok(if Both(insert).execute(tx.conn())? == 0 { Added::EditionTaken } else { Added::New(id) })
}

/// What became of a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// It speaks from now on.
    Done,
    /// It is published already, was changed meanwhile, or was never there.
    NotThisDraft,
}

/// Publishes a draft as it was in `version`. State and version are looked at by the update itself, so that of two publications one wins, and
/// nothing is published but what was looked at.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn publish(tx: &mut WriteTx<'_>, id: PolicyPackId, version: i64, by: AccountId) -> DbResult<Published> {
    let draft = t::table.find(id.key()).filter(t::state.eq(PackState::Draft.as_str())).filter(t::version.eq(version));
    let at = tx.at().naive();
    let rows = diesel::update(draft)
        .set((
            t::state.eq(PackState::Published.as_str()),
            t::published_by.eq((by.area() == id.area()).then_some(by.number())),
            t::published_at.eq(at),
            t::version.eq(t::version + 1),
        ))
        .execute(tx.conn())?;
    Ok(if rows == 0 { Published::NotThisDraft } else { Published::Done })
}

/// What became of a change of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It stands.
    Done,
    /// The area has another pack of this code and version.
    EditionTaken,
    /// It was changed, published or withdrawn meanwhile.
    Stale,
}

/// Puts another document in the place of that of a draft, which was based on `version`. Whoever does so has drafted it from then on.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn change(tx: &mut WriteTx<'_>, id: PolicyPackId, version: i64, new: &NewPack<'_>) -> DbResult<Changed> {
    let others: i64 = t::table
        .filter(t::area.eq(new.jurisdiction.area().get()))
        .filter(t::code.eq(new.code))
        .filter(t::edition.eq(new.edition))
        .filter(t::id.ne(id.number()))
        .count()
        .get_result(tx.conn())?;
    if others > 0 {
        return Ok(Changed::EditionTaken);
    }
    let draft = t::table.find(id.key()).filter(t::state.eq(PackState::Draft.as_str())).filter(t::version.eq(version));
    let rows = diesel::update(draft)
        .set((
            t::code.eq(new.code),
            t::edition.eq(new.edition),
            t::valid_from.eq(new.valid.from),
            t::valid_to.eq(new.valid.to),
            t::document.eq(new.document),
            t::digest.eq(new.digest),
            t::created_by.eq(new.created_by.map(|account| account.number())),
            t::organisation_id.eq(new.jurisdiction.school().map(|school| school.number())),
            t::version.eq(t::version + 1),
        ))
        .execute(tx.conn())?;
    Ok(if rows == 0 { Changed::Stale } else { Changed::Done })
}

/// Takes away a draft in `version`; false where it was changed, published or withdrawn meanwhile.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn withdraw(tx: &mut WriteTx<'_>, id: PolicyPackId, version: i64) -> DbResult<bool> {
    let draft = t::table.find(id.key()).filter(t::state.eq(PackState::Draft.as_str())).filter(t::version.eq(version));
    Ok(diesel::delete(draft).execute(tx.conn())? == 1)
}

/// One pack.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn find(conn: &mut Conn, id: PolicyPackId) -> DbResult<Option<PackRow>> {
    let found: Option<Columns> = t::table.find(id.key()).first(conn).optional()?;
    found.map(row).transpose()
}

/// Whose drafts a list shows; what is published it shows to everybody.
#[derive(Debug, Clone, Default)]
pub enum DraftsSeen {
    /// Nobody's.
    #[default]
    None,
    /// All of this area.
    OfArea(AreaCode),
    /// Those for the schools of these numbers in the area that the list is about.
    OfSchools(Vec<i64>),
}

/// What is wanted of the list.
#[derive(Debug, Clone, Default)]
pub struct PackFilter {
    /// Only packs of this code.
    pub code: Option<String>,
    /// Only drafts, or only published packs.
    pub state: Option<PackState>,
    /// Only packs in force on this day.
    pub on: Option<NaiveDate>,
    /// Only packs for this school.
    pub organisation: Option<OrganisationId>,
    /// Whose drafts may be seen.
    pub drafts: DraftsSeen,
}

type Filtered<'a> = diesel::helper_types::IntoBoxed<'a, t::table, crate::db::MultiBackend>;

fn filtered<'a>(area: AreaCode, filter: &PackFilter) -> Filtered<'a> {
    let mut query = t::table.into_boxed().filter(t::area.eq_any(codes(area)));
    let published = t::state.eq(PackState::Published.as_str());
    query = match &filter.drafts {
        DraftsSeen::OfArea(own) => query.filter(published.or(t::area.eq(own.get()))),
        DraftsSeen::OfSchools(own) => {
            let theirs = t::area.eq(area.get()).and(t::organisation_id.eq_any(own.clone()));
            query.filter(published.nullable().or(theirs))
        }
        DraftsSeen::None => query.filter(published),
    };
    if let Some(school) = filter.organisation {
        query = query.filter(t::area.eq(school.area().get())).filter(t::organisation_id.eq(school.number()));
    }
    if let Some(code) = &filter.code {
        query = query.filter(t::code.eq(code.clone()));
    }
    if let Some(state) = filter.state {
        query = query.filter(t::state.eq(state.as_str()));
    }
    if let Some(day) = filter.on {
        query = query.filter(t::valid_from.le(day)).filter(t::valid_to.is_null().or(t::valid_to.ge(day)));
    }
    query
}

/// How many a list has in all.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn count(conn: &mut Conn, area: AreaCode, filter: &PackFilter) -> DbResult<i64> {
    Ok(filtered(area, filter).count().get_result(conn)?)
}

/// Packs that apply to `area` or to an area above it, by area, code and version, behind `after`.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn list(
    conn: &mut Conn,
    area: AreaCode,
    filter: &PackFilter,
    after: Option<(i32, String, i32)>,
    limit: i64,
) -> DbResult<Vec<PackRow>> {
    let mut query = filtered(area, filter).order((t::area.asc(), t::code.asc(), t::edition.asc())).limit(limit);
    if let Some((area, code, edition)) = after {
        let same_code = t::code.eq(code.clone()).and(t::edition.gt(edition));
        query = query.filter(t::area.gt(area).or(t::area.eq(area).and(t::code.gt(code).or(same_code))));
    }
    let rows: Vec<Columns> = query.load(conn)?;
    rows.into_iter().map(row).collect()
}

/// Every published pack for `area` or an area above it, whenever it is in force.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn published_for(conn: &mut Conn, area: AreaCode) -> DbResult<Vec<PackRow>> {
    let rows: Vec<Columns> = t::table
        .filter(t::area.eq_any(codes(area)))
        .filter(t::state.eq(PackState::Published.as_str()))
        .order((t::area.asc(), t::code.asc(), t::edition.asc()))
        .load(conn)?;
    rows.into_iter().map(row).collect()
}

/// What tells whether the published packs for an area are still the same: published packs only ever get more.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn revision(conn: &mut Conn, area: AreaCode) -> DbResult<(i64, Option<i64>)> {
    let (count, newest): (i64, Option<At>) = t::table
        .filter(t::area.eq_any(codes(area)))
        .filter(t::state.eq(PackState::Published.as_str()))
        .select((diesel::dsl::count_star(), diesel::dsl::max(t::published_at)))
        .first(conn)
        .map_err(DbError::from)?;
    Ok((count, newest.map(|at| UtcMillis::from(at).millis())))
}

/// Lets who publishes a pack wait for who publishes another one in the province, until the transaction ends: what either was judged
/// beside still stands when it is published. SQLite has one writer.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn lock_publication(tx: &mut WriteTx<'_>, area: AreaCode) -> DbResult<()> {
    if let Conn::Postgres(conn) = tx.conn() {
        let _: Vec<i32> = areas::table
            .filter(areas::code.eq_any(codes(area).into_iter().min()))
            .select(areas::code)
            .for_no_key_update()
            .load(conn)?;
    }
    Ok(())
}

/// The areas below `area` that have published packs of their own.
///
/// # Errors
/// A [`DbError`] where the database does not answer or a row is damaged.
pub fn areas_with_packs_below(conn: &mut Conn, area: AreaCode) -> DbResult<Vec<AreaCode>> {
    let codes: Vec<i32> = t::table
        .filter(t::state.eq(PackState::Published.as_str()))
        .filter(t::area.gt(area.get()))
        .select(t::area)
        .distinct()
        .order(t::area.asc())
        .load(conn)?;
    let areas = codes.into_iter().map(columns::area).collect::<DbResult<Vec<AreaCode>>>()?;
    Ok(areas.into_iter().filter(|below| below.chain().contains(&area)).collect())
}

fn codes(area: AreaCode) -> Vec<i32> {
    area.chain().into_iter().map(AreaCode::get).collect()
}
