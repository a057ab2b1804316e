//! Entering and changing organisations: the tree of an area, of which each knows its path.

use super::{OrganisationRow, find, find_by_code};
use crate::{
    Conn, DbResult, WriteTx, columns,
    schema::{areas, employments as e, organisations as t, persons as p},
};
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, Id,
    id::{Organisation, OrganisationId},
    words::{OrganisationKind, Setting, Stage},
};

/// An organisation to be entered.
#[derive(Debug, Clone)]
pub struct NewOrganisation {
    /// What it is.
    pub kind: OrganisationKind,
    /// Its code.
    pub code: Option<String>,
    /// Its name.
    pub name: String,
    /// The organisation above.
    pub parent: Option<OrganisationId>,
    /// Stage of a school.
    pub stage: Option<Stage>,
    /// Urban, town or rural.
    pub setting: Option<Setting>,
    /// Teaches in small classes.
    pub small_class: bool,
}

/// What became of a new or changed organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// It stands.
    Done(OrganisationId),
    /// Another organisation has the code.
    CodeTaken,
    /// The parent does not exist, or lies below.
    ParentInvalid,
    /// The bureau of this name stands at the top of the area already.
    TopTaken(String),
    /// Somebody changed it meanwhile.
    Stale,
}

/// The bureau at the top of an area, with its name.
fn top(conn: &mut Conn, area: AreaCode) -> DbResult<Option<(OrganisationId, String)>> {
    let found = t::table
        .filter(t::area.eq(area.get()))
        .filter(t::parent_id.is_null())
        .filter(t::kind.eq(OrganisationKind::Bureau.as_str()))
        .order(t::id)
        .select((t::id, t::name))
        .first::<(i64, String)>(conn)
        .optional()?;
    Ok(found.map(|(number, name)| (Id::new(area, number), name)))
}

/// The path of a child of `parent`.
fn child_path(parent: Option<&OrganisationRow>, number: i64) -> String {
    format!("{}{number}/", parent.map_or("/", |parent| parent.path.as_str()))
}

/// Makes changes of an area's tree wait for each other: a path is read of the parent, and moves with the subtree, so that whoever places
/// an organisation holds the tree first and reads afterwards. SQLite has one writer and needs nothing.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn hold_tree(tx: &mut WriteTx<'_>, area: AreaCode) -> DbResult<()> {
    if let Conn::Postgres(inner) = tx.conn() {
        let held = areas::table.find(area.get()).select(areas::code).for_no_key_update();
        held.first::<i32>(inner).optional()?;
    }
    Ok(())
}

/// Enters an organisation.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn add(tx: &mut WriteTx<'_>, area: AreaCode, new: &NewOrganisation) -> DbResult<Saved> {
    hold_tree(tx, area)?;
    let parent = match new.parent {
        Some(id) => match find(tx.conn(), id)? {
            Some(parent) if parent.id.area() == area => Some(parent),
            _ => return Ok(Saved::ParentInvalid),
        },
        None => {
            if let Some((_, name)) = top(tx.conn(), area)? {
                return Ok(Saved::TopTaken(name));
            }
            None
        }
    };
    if let Some(code) = &new.code
        && find_by_code(tx.conn(), area, code)?.is_some()
    {
        return Ok(Saved::CodeTaken);
    }
    let id = tx.new_id::<Organisation>(area);
    let at = tx.at().naive();
    diesel::insert_into(t::table)
        .values((
            t::area.eq(area.get()),
            t::id.eq(id.number()),
            t::kind.eq(new.kind.as_str()),
            t::code.eq(new.code.as_deref()),
            t::name.eq(&new.name),
            t::search_name.eq(columns::search_name(&new.name)),
            t::parent_id.eq(new.parent.map(|parent| parent.number())),
            t::path.eq(child_path(parent.as_ref(), id.number())),
            t::stage.eq(new.stage.map(Stage::as_str)),
            t::setting.eq(new.setting.map(Setting::as_str)),
            t::small_class.eq(new.small_class),
            t::version.eq(1_i64),
            t::created_at.eq(at),
            t::updated_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(Saved::Done(id))
}

/// Changes an organisation, where its version is still the one the caller saw. Its subtree moves with it.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn change(tx: &mut WriteTx<'_>, before: &OrganisationRow, new: &NewOrganisation) -> DbResult<Saved> {
    let (area, number) = (before.id.area(), before.id.number());
    hold_tree(tx, area)?;
    // Its path may have moved with an organisation above it, which is no new version of its own.
    let Some(before) = find(tx.conn(), before.id)?.filter(|row| row.version == before.version) else {
        return Ok(Saved::Stale);
    };
    let parent = match new.parent {
        Some(id) => match find(tx.conn(), id)? {
            Some(parent) if parent.id.area() == area && !parent.path.starts_with(&before.path) => Some(parent),
            _ => return Ok(Saved::ParentInvalid),
        },
        None => {
            if let Some((_, name)) = top(tx.conn(), area)?.filter(|(top, _)| *top != before.id) {
                return Ok(Saved::TopTaken(name));
            }
            None
        }
    };
    if let Some(code) = &new.code
        && find_by_code(tx.conn(), area, code)?.is_some_and(|other| other.id != before.id)
    {
        return Ok(Saved::CodeTaken);
    }
    let path = child_path(parent.as_ref(), number);
    let at = tx.at().naive();
    let rows = diesel::update(t::table.find((area.get(), number)).filter(t::version.eq(before.version)))
        .set((
            t::code.eq(new.code.as_deref()),
            t::name.eq(&new.name),
            t::search_name.eq(columns::search_name(&new.name)),
            t::parent_id.eq(new.parent.map(|parent| parent.number())),
            t::path.eq(&path),
            t::stage.eq(new.stage.map(Stage::as_str)),
            t::setting.eq(new.setting.map(Setting::as_str)),
            t::small_class.eq(new.small_class),
            t::version.eq(before.version + 1),
            t::updated_at.eq(at),
        ))
        .execute(tx.conn())?;
    if rows == 0 {
        return Ok(Saved::Stale);
    }
    if path != before.path {
        move_subtree(tx, area, &before.path, &path)?;
    }
    if new.name != before.name {
        renamed(tx, before.id)?;
    }
    Ok(Saved::Done(before.id))
}

/// Whatever shows a person shows the name of the school, too: it is another version now.
fn renamed(tx: &mut WriteTx<'_>, id: OrganisationId) -> DbResult<()> {
    let area = id.area().get();
    let employed = e::table.filter(e::area.eq(area)).filter(e::organisation_id.eq(id.number())).select(e::person_id);
    diesel::update(p::table.filter(p::area.eq(area)).filter(p::id.eq_any(employed)))
        .set(p::version.eq(p::version + 1))
        .execute(tx.conn())?;
    Ok(())
}

fn move_subtree(tx: &mut WriteTx<'_>, area: AreaCode, from: &str, to: &str) -> DbResult<()> {
    let below: Vec<(i64, String)> = t::table
        .filter(t::area.eq(area.get()))
        .filter(t::path.like(format!("{from}_%")))
        .select((t::id, t::path))
        .load(tx.conn())?;
    for (number, path) in below {
        let moved = format!("{to}{}", path.strip_prefix(from).unwrap_or_default());
        diesel::update(t::table.find((area.get(), number))).set(t::path.eq(moved)).execute(tx.conn())?;
    }
    Ok(())
}
