//! Persons and teachers: the use cases.
//!
//! A role over the whole area sees and manages every person of it. A role over a part of it, such as a school
//! administrator's, sees and manages those employed there today: who leaves is out of its sight, who comes is in it.

use super::{
    facts::{self, NewFactData},
    reading,
    wire::{PersonChangeIn, PersonIn, PersonQuery, PersonView, TeacherQuery},
};
use crate::{
    access::Actor,
    http::{Page, Work, command::NOTHING, conditions::same_version},
    problem::{ApiError, Code},
};
use chrono::NaiveDate;
use serde_json::json;
use shixun_domain::{
    AreaCode,
    access::Permission,
    id::{OrganisationId, PersonId},
    words::Title,
};
use shixun_persistence::{
    Conn, Order,
    org::{self, OrganisationRow},
    people::{self, Fact, FactRow, PersonFilter, PersonRow, SavedPerson},
};
use std::collections::{BTreeSet, HashMap};

/// A person with what is true on a day, and the organisations that this names.
#[derive(Debug, Clone)]
pub struct Known {
    /// The person.
    pub person: PersonRow,
    /// The facts of the day.
    pub facts: Vec<FactRow>,
    /// Organisations by number.
    pub places: HashMap<i64, OrganisationRow>,
    /// The day.
    pub on: NaiveDate,
}

impl Known {
    /// The organisation of the employment.
    pub fn employed_at(&self) -> Option<&OrganisationRow> {
        self.facts.iter().find_map(|fact| match fact.fact {
            Fact::Employment { organisation } => self.places.get(&organisation.number()),
            _ => None,
        })
    }

    /// The title, and how it was written.
    pub fn title(&self) -> Option<(Title, Option<&str>)> {
        self.facts.iter().find_map(|fact| match &fact.fact {
            Fact::Title { title, written } => Some((*title, written.as_deref())),
            _ => None,
        })
    }
}

/// The organisations that facts name.
///
/// # Errors
/// Where the database does not answer.
pub fn places_of(
    conn: &mut Conn,
    area: AreaCode,
    facts: &[FactRow],
) -> Result<HashMap<i64, OrganisationRow>, ApiError> {
    let numbers: BTreeSet<i64> = facts
        .iter()
        .filter_map(|fact| match &fact.fact {
            Fact::Employment { organisation } | Fact::Post { organisation, .. } => Some(organisation.number()),
            _ => None,
        })
        .collect();
    let numbers: Vec<i64> = numbers.into_iter().collect();
    Ok(org::find_many(conn, area, &numbers)?.into_iter().map(|row| (row.id.number(), row)).collect())
}

/// Persons of one area with what is true of them on a day.
///
/// # Errors
/// Where the database does not answer.
pub fn known(conn: &mut Conn, area: AreaCode, persons: Vec<PersonRow>, on: NaiveDate) -> Result<Vec<Known>, ApiError> {
    let numbers: Vec<i64> = persons.iter().map(|person| person.id.number()).collect();
    let facts = people::facts_of(conn, area, &numbers, Some(on))?;
    let places = places_of(conn, area, &facts)?;
    let mut by_person: HashMap<PersonId, Vec<FactRow>> = HashMap::new();
    for fact in facts {
        by_person.entry(fact.person).or_default().push(fact);
    }
    Ok(persons
        .into_iter()
        .map(|person| {
            let facts = by_person.remove(&person.id).unwrap_or_default();
            let named = facts.iter().filter_map(|fact| match &fact.fact {
                Fact::Employment { organisation } | Fact::Post { organisation, .. } => Some(organisation.number()),
                _ => None,
            });
            let places = named.filter_map(|number| Some((number, places.get(&number)?.clone()))).collect();
            Known { person, facts, places, on }
        })
        .collect())
}

/// True where the actor looks after the person.
fn reaches(actor: &Actor, known: &Known) -> bool {
    let area = known.person.id.area();
    actor.reaches_area(area) || known.employed_at().is_some_and(|place| actor.reaches(area, &place.path))
}

/// A person the actor looks after, as of today.
///
/// # Errors
/// `not_found`.
pub fn get(conn: &mut Conn, actor: &Actor, id: PersonId, today: NaiveDate) -> Result<Known, ApiError> {
    let row = people::find(conn, id)?.ok_or_else(|| ApiError::missing(id))?;
    let found = known(conn, id.area(), vec![row], today)?;
    found.into_iter().find(|known| reaches(actor, known)).ok_or_else(|| ApiError::missing(id))
}

/// A person as a teacher: oneself, or somebody a role that reads persons looks after.
///
/// # Errors
/// `not_found`.
pub fn get_teacher(conn: &mut Conn, actor: &Actor, id: PersonId, today: NaiveDate) -> Result<Known, ApiError> {
    let reading = Actor {
        reach: actor.reach.iter().filter(|(role, _)| Permission::ReadPersons.roles().contains(role)).cloned().collect(),
        ..actor.clone()
    };
    let row = people::find(conn, id)?;
    let found = row.map(|row| known(conn, id.area(), vec![row], today)).transpose()?.unwrap_or_default();
    found
        .into_iter()
        .find(|known| actor.is_self(id) || reaches(&reading, known))
        .ok_or_else(|| ApiError::missing(id.teacher()))
}

/// What a list of persons asks for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The area; the actor's own where there is none.
    pub area: Option<AreaCode>,
    /// Employed there or below.
    pub organisation: Option<OrganisationId>,
    /// The rest. `within` and `organisations` are filled in from the actor and the organisation.
    pub filter: PersonFilter,
}

impl Wanted {
    /// From the query of `/v1/persons`.
    pub fn persons(query: &PersonQuery, today: NaiveDate) -> Wanted {
        Wanted {
            area: query.area.map(|area| area.0),
            organisation: query.organisation_id.map(|id| id.0),
            filter: PersonFilter {
                on: query.employed_on.unwrap_or(today),
                within: None,
                organisations: None,
                employed: query.employed_on.is_some(),
                name: query.name.clone(),
                title: query.title.map(|title| title.0),
                stage: query.stage.map(|stage| stage.0),
                subject: query.subject.clone(),
            },
        }
    }

    /// Everybody employed on a day, at an organisation and below where it is given.
    pub fn employed(organisation: Option<OrganisationId>, on: NaiveDate) -> Wanted {
        Wanted {
            area: None,
            organisation,
            filter: PersonFilter {
                on,
                within: None,
                organisations: None,
                employed: true,
                name: None,
                title: None,
                stage: None,
                subject: None,
            },
        }
    }

    /// From the query of `/v1/teachers`: those employed today.
    pub fn teachers(query: &TeacherQuery, today: NaiveDate) -> Wanted {
        Wanted {
            area: query.area.map(|area| area.0),
            organisation: query.organisation_id.map(|id| id.0),
            filter: PersonFilter {
                on: today,
                within: None,
                organisations: None,
                employed: true,
                name: query.name.clone(),
                title: query.title.map(|title| title.0),
                stage: query.stage.map(|stage| stage.0),
                subject: query.subject.clone(),
            },
        }
    }
}

/// The filter of a list, narrowed to what the actor may see.
fn narrowed(
    conn: &mut Conn,
    actor: &Actor,
    mut wanted: Wanted,
    today: NaiveDate,
) -> Result<(AreaCode, PersonFilter), ApiError> {
    let area = wanted.area.unwrap_or(actor.area());
    if area != actor.area() && !actor.reaches_area(area) {
        return Err(ApiError::no_area(area));
    }
    if !actor.reaches_area(area) {
        let paths: Vec<String> = actor.offices().map(|scope| scope.path.clone()).collect();
        wanted.filter.within = Some((today, org::below(conn, area, &paths)?));
    }
    if let Some(id) = wanted.organisation {
        let row = org::find(conn, id)?.filter(|row| id.area() == area && actor.reaches(area, &row.path));
        let row = row.ok_or_else(|| ApiError::missing(id))?;
        wanted.filter.organisations = Some(org::below(conn, area, &[row.path])?);
    }
    Ok((area, wanted.filter))
}

/// Persons the actor looks after, with what is true of them on the day of the filter.
///
/// # Errors
/// `not_found` for an area or organisation out of reach.
pub fn list(
    conn: &mut Conn,
    actor: &Actor,
    wanted: Wanted,
    page: &Page,
    today: NaiveDate,
) -> Result<(Vec<Known>, Option<i64>), ApiError> {
    let (area, filter) = narrowed(conn, actor, wanted, today)?;
    let rows = people::list(conn, area, &filter, page.order, page.after()?, page.fetch())?;
    let total = page.counted(|| people::count(conn, area, &filter))?;
    Ok((known(conn, area, rows, today)?, total))
}

/// Every person a list has, for exports.
///
/// # Errors
/// As [`list`].
pub fn list_all(conn: &mut Conn, actor: &Actor, wanted: Wanted, today: NaiveDate) -> Result<Vec<Known>, ApiError> {
    let on = wanted.filter.on;
    let (area, filter) = narrowed(conn, actor, wanted, today)?;
    let rows = people::list(conn, area, &filter, Order::Ascending, None, i64::MAX)?;
    known(conn, area, rows, on)
}

/// Enters a person, with the first employment where it is given.
///
/// # Errors
/// `invalid_field`, `identity_number_taken`.
pub fn create(work: &mut Work<'_, '_>, actor: &Actor, body: &PersonIn) -> Result<Known, ApiError> {
    let (area, today) = (actor.area(), work.at().china_date());
    let data = reading::new_person(body)?;
    let employment = body.employment.as_ref().map(|first| NewFactData {
        fact: Fact::Employment { organisation: first.organisation_id.0 },
        span: shixun_domain::time::DateSpan { from: first.valid_from, to: None },
    });
    match &employment {
        Some(new) => facts::may_name(work.conn(), actor, area, (&new.fact, new.span), "/employment/organisation_id")?,
        None if actor.reaches_area(area) => {}
        None => {
            return Err(ApiError::field(
                "/employment",
                "missing_field",
                crate::problem::Words::new(
                    "请填写任职单位：您只能登记本校人员",
                    "say where the person works: you enter persons of your own school only",
                ),
            ));
        }
    }
    let SavedPerson::Done(id) = people::add(work.tx(), area, &data)? else {
        return Err(ApiError::new(Code::IdentityNumberTaken));
    };
    if let Some(new) = employment {
        people::add_facts(work.tx(), &[people::NewFact { person: id, fact: new.fact, span: new.span }])?;
    }
    let row = people::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    let known = known(work.conn(), area, vec![row], today)?.pop().ok_or_else(|| ApiError::missing(id))?;
    work.record("create", id, NOTHING, Some(&PersonView::from(&known)))?;
    Ok(known)
}

/// Changes a person the actor looks after.
///
/// # Errors
/// `not_found`, `precondition_failed`, `invalid_field`, `identity_number_taken`.
pub fn change(
    work: &mut Work<'_, '_>,
    actor: &Actor,
    id: PersonId,
    based_on: i64,
    body: &PersonChangeIn,
) -> Result<Known, ApiError> {
    let today = work.at().china_date();
    people::lock(work.tx(), id.area(), &[id.number()])?;
    let before = get(work.conn(), actor, id, today)?;
    same_version(based_on, before.person.version)?;
    let (data, given) = reading::changed_person(&before.person.data, body)?;
    if data == before.person.data {
        return Ok(before);
    }
    match people::change(work.tx(), &before.person, &data)? {
        SavedPerson::Done(_) => {}
        SavedPerson::IdentityTaken => return Err(ApiError::new(Code::IdentityNumberTaken)),
        SavedPerson::Stale => return Err(ApiError::new(Code::PreconditionFailed)),
    }
    let row = people::find(work.conn(), id)?.ok_or_else(|| ApiError::missing(id))?;
    let known = known(work.conn(), id.area(), vec![row], today)?.pop().ok_or_else(|| ApiError::missing(id))?;
    // Two masked values may look alike although the field changed, so the record also names what was given.
    let after = json!({"given": given, "person": PersonView::from(&known)});
    work.record("change", id, Some(&PersonView::from(&before)), Some(&after))?;
    Ok(known)
}
