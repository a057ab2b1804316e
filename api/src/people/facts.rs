//! Dated facts of a person: entering, ending, moving between schools.

use super::{
    facts_wire::{EmploymentView, FactsView, LeaveView, PostView, TeachingView, TitleHeldView, WithdrawnFactView},
    problems::refused,
    service,
};
use crate::{
    access::Actor,
    http::{Work, command::NOTHING},
    problem::{ApiError, Code, FieldFault, Words},
    wire::{OneOf, Text},
};
use chrono::NaiveDate;
use serde_json::{Value, json};
use shixun_domain::{
    AreaCode, fold,
    id::{OrganisationId, PersonFactId, PersonId},
    people::facts::{self, Employment, FactKind, LeaveKind, Move, Refusal},
    time::DateSpan,
    words::{Post, Stage, Title},
};
use shixun_persistence::{
    Conn, DbError, org,
    people::{self, Fact, FactRow, NewFact, WithdrawnFact},
};

/// A fact to be entered, of whom is said beside it.
#[derive(Debug, Clone)]
pub struct NewFactData {
    /// What.
    pub fact: Fact,
    /// When.
    pub span: DateSpan,
}

/// The facts of a person the actor looks after, those of one day where it is given.
///
/// # Errors
/// `not_found`.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    id: PersonId,
    on: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<FactsView, ApiError> {
    service::get(conn, actor, id, today)?;
    all_of(conn, id, on)
}

/// The facts of a person, whoever asks.
fn all_of(conn: &mut Conn, id: PersonId, on: Option<NaiveDate>) -> Result<FactsView, ApiError> {
    let facts = people::facts_of(conn, id.area(), &[id.number()], on)?;
    let places = service::places_of(conn, id.area(), &facts)?;
    Ok(FactsView {
        person_id: Text(id),
        on,
        employments: facts.iter().filter_map(|fact| EmploymentView::read(fact, &places)).collect(),
        titles: facts.iter().filter_map(TitleHeldView::read).collect(),
        teaching: facts.iter().filter_map(TeachingView::read).collect(),
        posts: facts.iter().filter_map(|fact| PostView::read(fact, &places)).collect(),
        leaves: facts.iter().filter_map(LeaveView::read).collect(),
        withdrawn: match on {
            // What was withdrawn was true on no day.
            Some(_) => Vec::new(),
            None => withdrawn(conn, id)?,
        },
    })
}

fn withdrawn(conn: &mut Conn, id: PersonId) -> Result<Vec<WithdrawnFactView>, ApiError> {
    let view = |fact: WithdrawnFact| {
        let content = serde_json::from_str(&fact.content)
            .map_err(|fault| DbError::damaged(format!("withdrawn_facts.content of {}: {fault}", fact.id)))?;
        Ok(WithdrawnFactView {
            id: Text(fact.id),
            kind: OneOf(fact.kind),
            content,
            valid_from: fact.span.from,
            valid_to: fact.span.to,
            reason: fact.reason,
            withdrawn_at: Text(fact.at),
            withdrawn_by: fact.by.map(Text),
        })
    };
    people::withdrawn_facts_of(conn, id)?.into_iter().map(view).collect()
}

/// One fact as its own view, for answers and the event log.
fn shown(conn: &mut Conn, row: &FactRow) -> Result<Value, ApiError> {
    let places = service::places_of(conn, row.id.area(), std::slice::from_ref(row))?;
    let value = match row.fact.kind() {
        FactKind::Employment => serde_json::to_value(EmploymentView::read(row, &places)),
        FactKind::Title => serde_json::to_value(TitleHeldView::read(row)),
        FactKind::Teaching => serde_json::to_value(TeachingView::read(row)),
        FactKind::Post => serde_json::to_value(PostView::read(row, &places)),
        FactKind::Leave => serde_json::to_value(LeaveView::read(row)),
    };
    value.map_err(|error| ApiError::internal(error.to_string()))
}

/// Refuses an organisation that does not exist, is of another area, or is out of the actor's reach: all look alike. One that closes within the days of
/// the fact is refused, too.
pub(super) fn may_name(
    conn: &mut Conn,
    actor: &Actor,
    area: AreaCode,
    (fact, span): (&Fact, DateSpan),
    pointer: &str,
) -> Result<(), ApiError> {
    let id: OrganisationId = match fact {
        Fact::Employment { organisation } | Fact::Post { organisation, .. } => *organisation,
        _ => return Ok(()),
    };
    let closing = org::hold_open(conn, id.area(), &[id.number()])?;
    let found = org::find(conn, id)?.filter(|row| id.area() == area && actor.reaches(area, &row.path));
    match found {
        Some(_) => match closing.get(&id.number()).filter(|closed| span.to.is_none_or(|to| to > **closed)) {
            None => Ok(()),
            Some(closed) => Err(FieldFault::new(
                pointer,
                "closed",
                Words::new(
                    format!("该机构的最后一天是{closed}，之后不能在此任职"),
                    format!("the last day of the organisation is {closed}, and nobody is employed there after it"),
                ),
            )
            .with("closed_on", closed)
            .into()),
        },
        None => Err(ApiError::field(
            pointer,
            "unknown_reference",
            Words::new(
                "没有这个机构，或不在您的管理范围内",
                "there is no such organisation, or it is not yours to manage",
            ),
        )),
    }
}

/// The spans that a new fact must not overlap.
fn rivals(facts: &[FactRow], new: &Fact) -> Vec<DateSpan> {
    let rival = |row: &&FactRow| match (&row.fact, new) {
        (Fact::Employment { .. }, Fact::Employment { .. })
        | (Fact::Title { .. }, Fact::Title { .. })
        | (Fact::Leave { .. }, Fact::Leave { .. }) => true,
        (Fact::Teaching { .. }, Fact::Teaching { .. }) => row.fact == *new,
        (
            Fact::Post { organisation, post, category },
            Fact::Post { organisation: other, post: new_post, category: new_category },
        ) => organisation == other && post == new_post && category == new_category,
        _ => false,
    };
    facts.iter().filter(rival).map(|row| row.span).collect()
}

/// Enters a fact of a person the actor looks after.
///
/// # Errors
/// `not_found`, `invalid_field`, `fact_span_invalid`, `fact_overlaps`.
pub fn add(work: &mut Work<'_, '_>, actor: &Actor, id: PersonId, new: &NewFactData) -> Result<Value, ApiError> {
    let today = work.at().china_date();
    people::lock(work.tx(), id.area(), &[id.number()])?;
    service::get(work.conn(), actor, id, today)?;
    may_name(work.conn(), actor, id.area(), (&new.fact, new.span), "/organisation_id")?;
    let all = people::facts_of(work.conn(), id.area(), &[id.number()], None)?;
    facts::place(&rivals(&all, &new.fact), new.span).map_err(refused)?;
    let fact = NewFact { person: id, fact: new.fact.clone(), span: new.span };
    let made = people::add_facts(work.tx(), &[fact])?;
    people::touch(work.tx(), id.area(), &[id.number()])?;
    let kind = new.fact.kind();
    let made = made.first().copied().ok_or_else(|| ApiError::internal("no fact was made"))?;
    let row = people::find_fact(work.conn(), id, kind, made)?.ok_or_else(|| ApiError::missing(made))?;
    let view = shown(work.conn(), &row)?;
    work.record(&format!("add_{kind}"), id, NOTHING, Some(&view))?;
    Ok(view)
}

/// Ends a fact of a person the actor looks after.
///
/// # Errors
/// `not_found`, `fact_span_invalid`, `fact_ended_already`.
pub fn end(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: PersonId,
    kind: FactKind,
    fact: PersonFactId,
    last_day: NaiveDate,
) -> Result<FactsView, ApiError> {
    let today = work.at().china_date();
    people::lock(work.tx(), id.area(), &[id.number()])?;
    service::get(work.conn(), actor, id, today)?;
    let row = people::find_fact(work.conn(), id, kind, fact)?.ok_or_else(|| ApiError::missing(fact))?;
    facts::end(row.span, last_day).map_err(refused)?;
    let before = shown(work.conn(), &row)?;
    if !people::end_fact(work.tx(), &row, last_day)? {
        return Err(ApiError::from(DbError::Busy("the fact changed meanwhile".into())));
    }
    people::touch(work.tx(), id.area(), &[id.number()])?;
    let ended = FactRow { span: DateSpan { to: Some(last_day), ..row.span }, ..row };
    let after = shown(work.conn(), &ended)?;
    work.record(&format!("end_{kind}"), id, Some(&before), Some(&after))?;
    all_of(work.conn(), id, Some(last_day))
}

/// Withdraws a fact that was entered by mistake, of a person the actor looks after; one that names an organisation needs a role that reaches it.
///
/// # Errors
/// `not_found`, `fact_withdrawn`.
pub fn withdraw(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: PersonId,
    kind: FactKind,
    fact: PersonFactId,
    reason: &str,
) -> Result<FactsView, ApiError> {
    let today = work.at().china_date();
    people::lock(work.tx(), id.area(), &[id.number()])?;
    service::get(work.conn(), actor, id, today)?;
    let Some(row) = people::find_fact(work.conn(), id, kind, fact)? else {
        let gone = people::withdrawn_facts_of(work.conn(), id)?;
        return Err(match gone.into_iter().find(|gone| gone.id == fact && gone.kind == kind) {
            Some(gone) => ApiError::new(Code::FactWithdrawn).with_instant("at", gone.at),
            None => ApiError::missing(fact),
        });
    };
    if let Fact::Employment { organisation } | Fact::Post { organisation, .. } = row.fact {
        let place = org::find(work.conn(), organisation)?;
        place.filter(|place| actor.reaches(id.area(), &place.path)).ok_or_else(|| ApiError::missing(fact))?;
    }
    let before = shown(work.conn(), &row)?;
    if !people::withdraw_fact(work.tx(), &row, &before.to_string(), reason, Some(actor.account))? {
        return Err(ApiError::from(DbError::Busy("the fact changed meanwhile".into())));
    }
    people::touch(work.tx(), id.area(), &[id.number()])?;
    work.record(&format!("withdraw_{kind}"), id, Some(&before), Some(&json!({"withdrawn": true, "reason": reason})))?;
    all_of(work.conn(), id, None)
}

/// Moves a person to another school of the county: the employment ends on the day before, with it the posts at the old
/// school; everything else hangs on the person and stays.
///
/// # Errors
/// `not_found`, `invalid_field`, `not_employed`, `employed_there_already`, `later_fact_known`.
pub fn transfer(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: PersonId,
    to: OrganisationId,
    on: NaiveDate,
) -> Result<FactsView, ApiError> {
    let (area, today) = (id.area(), work.at().china_date());
    people::lock(work.tx(), area, &[id.number()])?;
    service::get(work.conn(), actor, id, today)?;
    let new = Fact::Employment { organisation: to };
    may_name(work.conn(), actor, area, (&new, DateSpan { from: on, to: None }), "/organisation_id")?;
    let all = people::facts_of(work.conn(), area, &[id.number()], None)?;
    let before = all_of(work.conn(), id, Some(on))?;
    let moved = match facts::plan_move(&employments(&all), to.number(), on).map_err(refused)? {
        Move::Enter => return Err(refused(Refusal::NotEmployed)),
        moved => moved,
    };
    leave(work, area, &all, moved)?;
    people::add_facts(work.tx(), &[NewFact { person: id, fact: new, span: DateSpan { from: on, to: None } }])?;
    people::touch(work.tx(), area, &[id.number()])?;
    let after = all_of(work.conn(), id, Some(on))?;
    work.record("transfer", id, Some(&before), Some(&after))?;
    Ok(after)
}

/// Ends an employment as a move asks, and the posts held there.
fn leave(work: &mut Work<'_, '_>, area: AreaCode, all: &[FactRow], moved: Move) -> Result<(), ApiError> {
    let (number, last_day) = match moved {
        Move::Enter => return Ok(()),
        Move::End { number, last_day } => (number, Some(last_day)),
        Move::Replace { number } => (number, None),
    };
    let left = all.iter().find(|row| row.fact.kind() == FactKind::Employment && row.id.number() == number);
    let Some(Fact::Employment { organisation: left }) = left.map(|row| &row.fact) else { return Ok(()) };
    let mut kinds = vec![(FactKind::Employment, vec![number], Vec::new())];
    let posts = all.iter().filter(|row| {
        matches!(&row.fact, Fact::Post { organisation, .. } if organisation == left)
            && row.span.to.is_none_or(|to| last_day.is_none_or(|last| to > last))
    });
    let (begun, coming): (Vec<&FactRow>, Vec<&FactRow>) =
        posts.partition(|row| last_day.is_some_and(|last| row.span.from <= last));
    let numbers = |rows: &[&FactRow]| rows.iter().map(|row| row.id.number()).collect::<Vec<_>>();
    kinds.push((FactKind::Post, numbers(&begun), numbers(&coming)));
    for (kind, ending, never) in kinds {
        match last_day {
            Some(last_day) => people::cut_facts(work.tx(), area, kind, &ending, last_day)?,
            None => people::remove_facts(work.tx(), area, kind, &ending)?,
        }
        people::remove_facts(work.tx(), area, kind, &never)?;
    }
    Ok(())
}

/// The employments among facts, as a move looks at them.
pub fn employments(facts: &[FactRow]) -> Vec<Employment> {
    facts
        .iter()
        .filter_map(|row| match row.fact {
            Fact::Employment { organisation } => {
                Some(Employment { number: row.id.number(), organisation: organisation.number(), span: row.span })
            }
            _ => None,
        })
        .collect()
}

/// One subject in the spelling that rosters are read into.
///
/// # Errors
/// `invalid_field` where it is several, or no word.
pub(super) fn subject(text: &str) -> Result<String, ApiError> {
    let tidied = fold::tidy(text);
    let divided = |letter: char| {
        matches!(letter, '、' | ',' | '，' | '/' | ';' | '；' | '|' | '\\' | '+' | '&' | '。')
            || (letter == ' ' && !tidied.is_ascii())
    };
    if tidied.chars().count() < 2 || tidied.chars().any(divided) {
        let words =
            Words::new("请填写一门学科的全称；多门学科请分别新增", "one subject in full; enter several one by one");
        return Err(ApiError::field("/subject", "one_subject", words));
    }
    Ok(tidied)
}

/// An employment.
pub(super) fn employment(organisation: OrganisationId) -> Fact {
    Fact::Employment { organisation }
}

/// A title.
pub(super) fn title(title: Title) -> Fact {
    Fact::Title { title, written: None }
}

/// A stage and subject.
pub(super) fn teaching(stage: Stage, subject: String) -> Fact {
    Fact::Teaching { stage, subject }
}

/// A post.
pub(super) fn post(organisation: OrganisationId, post: Post, category: Option<&str>) -> Fact {
    let category = category.map(fold::tidy).filter(|text| !text.is_empty());
    Fact::Post { organisation, post, category }
}

/// A time away.
pub(super) fn leave_of(kind: LeaveKind, note: Option<&str>) -> Fact {
    Fact::Leave { kind, note: note.map(fold::tidy).filter(|text| !text.is_empty()) }
}
