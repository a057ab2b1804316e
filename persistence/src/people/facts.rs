//! Dated facts: employments, titles, subjects taught, posts, leave. One table each, handled alike.

use super::{CHUNK, past};
use crate::{
    Conn, DbResult, WriteTx, columns,
    db::{by_area, each},
    schema,
};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use schema::{
    employments, leave_spells as leaves, posts_held as posts, teaching_assignments as teaching, titles_held as titles,
};
use shixun_domain::{
    AreaCode, Id,
    id::{OrganisationId, PersonFact, PersonFactId, PersonId},
    people::facts::{FactKind, LeaveKind},
    time::DateSpan,
    words::{Post, Stage, Title},
};

/// What a fact says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// Employed there.
    Employment {
        /// Where.
        organisation: OrganisationId,
    },
    /// Holds a title.
    Title {
        /// In the series of 2015.
        title: Title,
        /// As a roster wrote it, where it was written otherwise.
        written: Option<String>,
    },
    /// Teaches.
    Teaching {
        /// At which stage.
        stage: Stage,
        /// What.
        subject: String,
    },
    /// Holds a management post.
    Post {
        /// Where.
        organisation: OrganisationId,
        /// Which.
        post: Post,
        /// The post as the school calls it: 教导主任.
        category: Option<String>,
    },
    /// Is away.
    Leave {
        /// Why.
        kind: LeaveKind,
        /// Remark.
        note: Option<String>,
    },
}

impl Fact {
    /// Its kind.
    pub const fn kind(&self) -> FactKind {
        match self {
            Fact::Employment { .. } => FactKind::Employment,
            Fact::Title { .. } => FactKind::Title,
            Fact::Teaching { .. } => FactKind::Teaching,
            Fact::Post { .. } => FactKind::Post,
            Fact::Leave { .. } => FactKind::Leave,
        }
    }
}

/// A dated fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactRow {
    /// Key.
    pub id: PersonFactId,
    /// Of whom.
    pub person: PersonId,
    /// What.
    pub fact: Fact,
    /// When.
    pub span: DateSpan,
    /// Row version.
    pub version: i64,
}

/// A dated fact to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFact {
    /// Of whom.
    pub person: PersonId,
    /// What.
    pub fact: Fact,
    /// When.
    pub span: DateSpan,
}

/// Runs a body with `t` as the table of a kind of fact.
macro_rules! on_table {
    ($kind:expr, $t:ident => $body:expr) => {
        match $kind {
            FactKind::Employment => {
                use employments as $t;
                $body
            }
            FactKind::Title => {
                use titles as $t;
                $body
            }
            FactKind::Teaching => {
                use teaching as $t;
                $body
            }
            FactKind::Post => {
                use posts as $t;
                $body
            }
            FactKind::Leave => {
                use leaves as $t;
                $body
            }
        }
    };
}

/// Key, person, span, version and two to three columns of the kind's own.
type Head = (i32, i64, i64, NaiveDate, Option<NaiveDate>, i64);

macro_rules! head {
    ($t:ident) => {
        ($t::area, $t::id, $t::person_id, $t::valid_from, $t::valid_to, $t::version)
    };
}

fn fact_row(head: Head, fact: impl FnOnce(AreaCode) -> DbResult<Fact>) -> DbResult<FactRow> {
    let area = columns::area(head.0)?;
    Ok(FactRow {
        id: Id::new(area, head.1),
        person: Id::new(area, head.2),
        fact: fact(area)?,
        span: DateSpan { from: head.3, to: head.4 },
        version: head.5,
    })
}

/// Loads one table: its own columns, the type of them, and how they become a fact.
macro_rules! load {
    ($conn:expr, $area:expr, $chunk:expr, $on:expr, $only:expr, $found:expr, $t:ident, $own:expr, $type:ty, $make:expr) => {{
        let mut query = $t::table
            .filter($t::area.eq($area.get()))
            .filter($t::person_id.eq_any($chunk))
            .order(($t::person_id, $t::valid_from, $t::id))
            .into_boxed();
        if let Some(day) = $on {
            query = query.filter($t::valid_from.le(day)).filter($t::valid_to.is_null().or($t::valid_to.ge(day)));
        }
        if let Some(number) = $only {
            query = query.filter($t::id.eq(number));
        }
        let rows: Vec<(Head, $type)> = query.select((head!($t), $own)).load($conn)?;
        for (head, own) in rows {
            $found.push(fact_row(head, |area| $make(area, own))?);
        }
    }};
}

fn load_kind(
    conn: &mut Conn,
    area: AreaCode,
    kind: FactKind,
    persons: &[i64],
    on: Option<NaiveDate>,
    only: Option<i64>,
    found: &mut Vec<FactRow>,
) -> DbResult<()> {
    match kind {
        FactKind::Employment => {
            load!(
                conn,
                area,
                persons,
                on,
                only,
                found,
                employments,
                (employments::organisation_id,),
                (i64,),
                |area, own: (i64,)| { Ok(Fact::Employment { organisation: Id::new(area, own.0) }) }
            );
        }
        FactKind::Title => {
            let make = |_, own: (String, Option<String>)| {
                Ok(Fact::Title { title: columns::word("titles_held.title", &own.0)?, written: own.1 })
            };
            let own = (titles::title, titles::written);
            load!(conn, area, persons, on, only, found, titles, own, (String, Option<String>), make);
        }
        FactKind::Teaching => {
            let make = |_, own: (String, String)| {
                Ok(Fact::Teaching { stage: columns::word("teaching_assignments.stage", &own.0)?, subject: own.1 })
            };
            let own = (teaching::stage, teaching::subject);
            load!(conn, area, persons, on, only, found, teaching, own, (String, String), make);
        }
        FactKind::Post => {
            let make = |area, own: (i64, String, Option<String>)| {
                Ok(Fact::Post {
                    organisation: Id::new(area, own.0),
                    post: columns::word("posts_held.post", &own.1)?,
                    category: own.2,
                })
            };
            let own = (posts::organisation_id, posts::post, posts::category);
            load!(conn, area, persons, on, only, found, posts, own, (i64, String, Option<String>), make);
        }
        FactKind::Leave => {
            let make = |_, own: (String, Option<String>)| {
                Ok(Fact::Leave { kind: columns::word("leave_spells.kind", &own.0)?, note: own.1 })
            };
            let own = (leaves::kind, leaves::note);
            load!(conn, area, persons, on, only, found, leaves, own, (String, Option<String>), make);
        }
    }
    Ok(())
}

const KINDS: [FactKind; 5] =
    [FactKind::Employment, FactKind::Title, FactKind::Teaching, FactKind::Post, FactKind::Leave];

/// The facts of persons of one area, those of one day where it is given; by kind, within a kind by person and first day.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn facts_of(conn: &mut Conn, area: AreaCode, persons: &[i64], on: Option<NaiveDate>) -> DbResult<Vec<FactRow>> {
    let mut found = Vec::new();
    for kind in KINDS {
        for chunk in persons.chunks(CHUNK) {
            load_kind(conn, area, kind, chunk, on, None, &mut found)?;
        }
    }
    Ok(found)
}

/// One fact of a person.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn find_fact(conn: &mut Conn, person: PersonId, kind: FactKind, id: PersonFactId) -> DbResult<Option<FactRow>> {
    if id.area() != person.area() {
        return Ok(None);
    }
    let mut found = Vec::new();
    load_kind(conn, person.area(), kind, &[person.number()], None, Some(id.number()), &mut found)?;
    Ok(found.pop())
}

/// Enters facts and gives their keys in the same order.
///
/// # Errors
/// [`crate::DbError::Reference`] where an organisation does not exist; otherwise a [`crate::DbError`] where the database
/// does not answer.
pub fn add_facts(tx: &mut WriteTx<'_>, new: &[NewFact]) -> DbResult<Vec<PersonFactId>> {
    for (area, persons) in by_area(new.iter().map(|fact| fact.person)) {
        past::keep(tx, area, &persons)?;
    }
    let ids: Vec<PersonFactId> = new.iter().map(|fact| tx.new_id::<PersonFact>(fact.person.area())).collect();
    let keyed: Vec<(PersonFactId, &NewFact)> = ids.iter().copied().zip(new).collect();
    for kind in KINDS {
        let of_kind: Vec<(PersonFactId, &NewFact)> =
            keyed.iter().copied().filter(|(_, new)| new.fact.kind() == kind).collect();
        for chunk in of_kind.chunks(CHUNK) {
            insert(tx, kind, chunk)?;
        }
    }
    Ok(ids)
}

macro_rules! insert_rows {
    ($tx:expr, $chunk:expr, $t:ident, $own:expr) => {{
        let at: NaiveDateTime = $tx.at().naive();
        let own = $own;
        let values: Vec<_> = $chunk
            .iter()
            .filter_map(|(id, new)| {
                Some((
                    $t::area.eq(id.area().get()),
                    $t::id.eq(id.number()),
                    $t::person_id.eq(new.person.number()),
                    $t::valid_from.eq(new.span.from),
                    $t::valid_to.eq(new.span.to),
                    $t::created_at.eq(at),
                    $t::version.eq(1_i64),
                    own(&new.fact)?,
                ))
            })
            .collect();
        each!($tx.conn(), conn => diesel::insert_into($t::table).values(&values).execute(conn))?;
    }};
}

fn insert(tx: &mut WriteTx<'_>, kind: FactKind, chunk: &[(PersonFactId, &NewFact)]) -> DbResult<()> {
    match kind {
        FactKind::Employment => insert_rows!(tx, chunk, employments, |fact: &Fact| match fact {
            Fact::Employment { organisation } => Some(employments::organisation_id.eq(organisation.number())),
            _ => None,
        }),
        FactKind::Title => insert_rows!(tx, chunk, titles, |fact: &Fact| match fact {
            Fact::Title { title, written } =>
                Some((titles::title.eq(title.as_str()), titles::written.eq(written.clone()))),
            _ => None,
        }),
        FactKind::Teaching => insert_rows!(tx, chunk, teaching, |fact: &Fact| match fact {
            Fact::Teaching { stage, subject } =>
                Some((teaching::stage.eq(stage.as_str()), teaching::subject.eq(subject.clone()))),
            _ => None,
        }),
        FactKind::Post => insert_rows!(tx, chunk, posts, |fact: &Fact| match fact {
            Fact::Post { organisation, post, category } => Some((
                posts::organisation_id.eq(organisation.number()),
                posts::post.eq(post.as_str()),
                posts::category.eq(category.clone()),
            )),
            _ => None,
        }),
        FactKind::Leave => insert_rows!(tx, chunk, leaves, |fact: &Fact| match fact {
            Fact::Leave { kind, note } => Some((leaves::kind.eq(kind.as_str()), leaves::note.eq(note.clone()))),
            _ => None,
        }),
    }
    Ok(())
}

/// Ends a fact on a day, where its version is still the one the caller saw.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn end_fact(tx: &mut WriteTx<'_>, fact: &FactRow, last_day: NaiveDate) -> DbResult<bool> {
    past::keep(tx, fact.person.area(), &[fact.person.number()])?;
    let key = fact.id.key();
    let rows = on_table!(fact.fact.kind(), t => {
        diesel::update(t::table.find(key).filter(t::version.eq(fact.version)))
            .set((t::valid_to.eq(last_day), t::version.eq(fact.version + 1)))
            .execute(tx.conn())?
    });
    Ok(rows == 1)
}

/// Takes out a fact that is kept elsewhere, where its version is still the one the caller saw.
pub(super) fn delete_fact(tx: &mut WriteTx<'_>, fact: &FactRow) -> DbResult<bool> {
    let key = fact.id.key();
    let rows = on_table!(fact.fact.kind(), t => {
        diesel::delete(t::table.find(key).filter(t::version.eq(fact.version))).execute(tx.conn())?
    });
    Ok(rows == 1)
}

/// Ends many facts of a kind on one day.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn cut_facts(
    tx: &mut WriteTx<'_>,
    area: AreaCode,
    kind: FactKind,
    facts: &[i64],
    last_day: NaiveDate,
) -> DbResult<()> {
    for chunk in facts.chunks(CHUNK) {
        keep_owners(tx, area, kind, chunk)?;
        on_table!(kind, t => {
            diesel::update(t::table.filter(t::area.eq(area.get())).filter(t::id.eq_any(chunk)))
                .set((t::valid_to.eq(last_day), t::version.eq(t::version + 1)))
                .execute(tx.conn())?;
        });
    }
    Ok(())
}

/// Keeps how the persons stood whose facts these are.
fn keep_owners(tx: &mut WriteTx<'_>, area: AreaCode, kind: FactKind, facts: &[i64]) -> DbResult<()> {
    let owners: Vec<i64> = on_table!(kind, t => {
        t::table
            .filter(t::area.eq(area.get()))
            .filter(t::id.eq_any(facts))
            .select(t::person_id)
            .distinct()
            .load(tx.conn())?
    });
    past::keep(tx, area, &owners)
}

/// Takes out facts that never lasted a day: they began on the very day on which something else was stated.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn remove_facts(tx: &mut WriteTx<'_>, area: AreaCode, kind: FactKind, facts: &[i64]) -> DbResult<()> {
    for chunk in facts.chunks(CHUNK) {
        keep_owners(tx, area, kind, chunk)?;
        on_table!(kind, t => {
            diesel::delete(t::table.filter(t::area.eq(area.get())).filter(t::id.eq_any(chunk))).execute(tx.conn())?;
        });
    }
    Ok(())
}
