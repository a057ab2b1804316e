//! How the facts of persons were known at an instant that has passed.
//!
//! The tables of facts hold what is known today. Whatever changes them keeps, in the same transaction, how they stood until then
//! (`past_facts`): of several changes in one command the first. What was known at an instant is therefore the earliest that was kept after
//! it, and what stands today where nothing was.

use super::{
    CHUNK,
    facts::{Fact, FactRow, facts_of},
};
use crate::{
    Conn, DbError, DbResult, WriteTx, columns,
    db::each,
    schema::{past_facts as t, persons as p},
};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    id::{OrganisationId, PersonId},
    people::facts::{FactKind, LeaveKind},
    time::DateSpan,
    words::{Post, Stage, Title},
};
use std::collections::{HashMap, hash_map::Entry};

/// The facts of a person as they were known at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastFacts {
    /// Entry into the profession.
    pub entered_on: Option<NaiveDate>,
    /// Last day of probation.
    pub probation_ends_on: Option<NaiveDate>,
    /// Last day at work.
    pub retires_on: Option<NaiveDate>,
    /// What was dated: by kind, then by first day and in the order of entering, without remarks.
    pub dated: Vec<FactRow>,
}

impl PastFacts {
    /// The facts of a day, the latest first.
    pub(crate) fn on(&self, day: NaiveDate) -> impl Iterator<Item = &FactRow> {
        self.dated.iter().rev().filter(move |row| row.span.contains(day))
    }

    /// Where the person was employed when, the earliest first.
    pub(crate) fn employments(&self) -> impl Iterator<Item = (OrganisationId, DateSpan)> + '_ {
        self.dated.iter().filter_map(|row| match &row.fact {
            Fact::Employment { organisation } => Some((*organisation, row.span)),
            _ => None,
        })
    }

    /// The posts held, and when.
    pub(crate) fn posts(&self) -> impl Iterator<Item = (Post, DateSpan)> + '_ {
        self.dated.iter().filter_map(|row| match &row.fact {
            Fact::Post { post, .. } => Some((*post, row.span)),
            _ => None,
        })
    }

    /// The leaves.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = DateSpan> + '_ {
        self.dated.iter().filter(|row| row.fact.kind() == FactKind::Leave).map(|row| row.span)
    }
}

/// The facts as they are kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    entered_on: Option<NaiveDate>,
    probation_ends_on: Option<NaiveDate>,
    retires_on: Option<NaiveDate>,
    dated: Vec<KeptFact>,
}

#[derive(Serialize, Deserialize)]
struct KeptFact {
    id: i64,
    from: NaiveDate,
    to: Option<NaiveDate>,
    #[serde(flatten)]
    what: KeptWhat,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum KeptWhat {
    Employment { organisation: i64 },
    Title { title: String },
    Teaching { stage: String, subject: String },
    Post { organisation: i64, post: String },
    Leave { leave: String },
}

impl KeptWhat {
    fn new(fact: &Fact) -> KeptWhat {
        match fact {
            Fact::Employment { organisation } => KeptWhat::Employment { organisation: organisation.number() },
            Fact::Title { title, .. } => KeptWhat::Title { title: title.as_str().to_owned() },
            Fact::Teaching { stage, subject } => {
                KeptWhat::Teaching { stage: stage.as_str().to_owned(), subject: subject.clone() }
            }
            Fact::Post { organisation, post, .. } => {
                KeptWhat::Post { organisation: organisation.number(), post: post.as_str().to_owned() }
            }
            Fact::Leave { kind, .. } => KeptWhat::Leave { leave: kind.as_str().to_owned() },
        }
    }

    fn read(self, area: AreaCode) -> DbResult<Fact> {
        let word = "past_facts.facts";
        Ok(match self {
            KeptWhat::Employment { organisation } => Fact::Employment { organisation: Id::new(area, organisation) },
            KeptWhat::Title { title } => Fact::Title { title: columns::word::<Title>(word, &title)?, written: None },
            KeptWhat::Teaching { stage, subject } => {
                Fact::Teaching { stage: columns::word::<Stage>(word, &stage)?, subject }
            }
            KeptWhat::Post { organisation, post } => Fact::Post {
                organisation: Id::new(area, organisation),
                post: columns::word::<Post>(word, &post)?,
                category: None,
            },
            KeptWhat::Leave { leave } => Fact::Leave { kind: columns::word::<LeaveKind>(word, &leave)?, note: None },
        })
    }
}

/// Reads what is kept of a person.
///
/// # Errors
/// [`DbError::Damaged`] where it cannot be read.
pub(crate) fn read(person: PersonId, text: &str) -> DbResult<PastFacts> {
    let area = person.area();
    let kept: Kept =
        serde_json::from_str(text).map_err(|fault| DbError::damaged(format!("past_facts.facts: {fault}")))?;
    let dated = kept.dated.into_iter().map(|KeptFact { id, from, to, what }| {
        let (id, span) = (Id::new(area, id), DateSpan { from, to });
        Ok(FactRow { id, person, fact: what.read(area)?, span, version: 0 })
    });
    Ok(PastFacts {
        entered_on: kept.entered_on,
        probation_ends_on: kept.probation_ends_on,
        retires_on: kept.retires_on,
        dated: dated.collect::<DbResult<_>>()?,
    })
}

/// Keeps how the facts of persons stand, before a change of them. Nothing is kept of those whom this very command entered, nor twice in
/// one command.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub(super) fn keep(tx: &mut WriteTx<'_>, area: AreaCode, persons: &[i64]) -> DbResult<()> {
    type Known = (i64, Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>);
    let at = tx.at().naive();
    for chunk in persons.chunks(CHUNK) {
        let known: Vec<Known> = p::table
            .filter(p::area.eq(area.get()))
            .filter(p::id.eq_any(chunk))
            .filter(p::created_at.lt(at))
            .select((p::id, p::entered_on, p::probation_ends_on, p::retires_on))
            .load(tx.conn())?;
        if known.is_empty() {
            continue;
        }
        let numbers: Vec<i64> = known.iter().map(|(number, ..)| *number).collect();
        let mut dated: HashMap<i64, Vec<KeptFact>> = HashMap::new();
        for row in facts_of(tx.conn(), area, &numbers, None)? {
            let fact =
                KeptFact { id: row.id.number(), from: row.span.from, to: row.span.to, what: KeptWhat::new(&row.fact) };
            dated.entry(row.person.number()).or_default().push(fact);
        }
        let mut rows = Vec::with_capacity(known.len());
        for (number, entered_on, probation_ends_on, retires_on) in known {
            let dated = dated.remove(&number).unwrap_or_default();
            let kept = Kept { entered_on, probation_ends_on, retires_on, dated };
            let text = serde_json::to_string(&kept).map_err(|fault| DbError::damaged(fault.to_string()))?;
            rows.push((t::area.eq(area.get()), t::person_id.eq(number), t::known_until.eq(at), t::facts.eq(text)));
        }
        each!(tx.conn(), conn => diesel::insert_into(t::table).values(&rows).on_conflict_do_nothing().execute(conn))?;
    }
    Ok(())
}

/// What was known at an instant of those persons of an area whose facts changed since, by number; of everybody, or of one.
///
/// # Errors
/// A [`DbError`] where the database does not answer or a row is damaged.
pub(crate) fn known_at(
    conn: &mut Conn,
    area: AreaCode,
    person: Option<PersonId>,
    at: UtcMillis,
) -> DbResult<HashMap<i64, PastFacts>> {
    let mut query = t::table
        .filter(t::area.eq(area.get()))
        .filter(t::known_until.gt(at.naive()))
        .order((t::person_id, t::known_until))
        .select((t::person_id, t::known_until, t::facts))
        .into_boxed();
    if let Some(person) = person {
        query = query.filter(t::person_id.eq(person.number()));
    }
    let rows: Vec<(i64, NaiveDateTime, String)> = query.load(conn)?;
    let mut found = HashMap::new();
    for (number, _, text) in rows {
        if let Entry::Vacant(free) = found.entry(number) {
            free.insert(read(Id::new(area, number), &text)?);
        }
    }
    Ok(found)
}
