//! Writing what a roster changes: a few statements over many rows.

use super::{
    plan::{Before, Changed, plan},
    report::{Report, count},
    service::Progress,
};
use crate::{http::Work, problem::ApiError};
use chrono::NaiveDate;
use serde_json::json;
use shixun_domain::{
    AreaCode,
    id::{ImportId, PersonId},
    people::roster::RosterRow,
};
use shixun_persistence::{
    DbError,
    events::ObjectChange,
    org,
    people::{self, FactRow, NewFact, PersonData},
};
use std::collections::{BTreeSet, HashMap};

/// Applies the rows of a roster from `day` on and adds what became of them to the report.
///
/// # Errors
/// Where the database does not answer. Whoever enters one of the persons at the same time makes this transaction run again.
pub(super) fn roster(
    work: &mut Work<'_, '_>,
    area: AreaCode,
    import: ImportId,
    rows: &[RosterRow],
    day: NaiveDate,
    report: &mut Report,
    progress: &dyn Fn(Progress),
) -> Result<(), ApiError> {
    let Some(last_day) = day.pred_opt() else { return Err(ApiError::internal("no day before the import's")) };
    let before = load(work, area, rows)?;
    progress(Progress::Compared);
    let plan = plan(area, rows, &before, day);
    for faults in plan.refused {
        report.refuse(faults);
    }
    report.note(plan.renamed);
    for (kind, numbers) in &plan.cut {
        people::cut_facts(work.tx(), area, *kind, numbers, last_day)?;
    }
    for (kind, numbers) in &plan.remove {
        people::remove_facts(work.tx(), area, *kind, numbers)?;
    }
    for (person, data) in &plan.changed_data {
        if people::change(work.tx(), person, data)? != people::SavedPerson::Done(person.id) {
            return Err(ApiError::from(DbError::Busy("a person changed meanwhile".into())));
        }
    }
    people::touch(work.tx(), area, &plan.touched)?;
    people::add_facts(work.tx(), &plan.add)?;
    let data: Vec<PersonData> = plan.new.iter().map(|new| new.data.clone()).collect();
    let ids = people::add_many(work.tx(), area, &data)?;
    let facts: Vec<NewFact> = ids
        .iter()
        .zip(&plan.new)
        .flat_map(|(id, new)| {
            new.facts.iter().map(|(fact, span)| NewFact { person: *id, fact: fact.clone(), span: *span })
        })
        .collect();
    people::add_facts(work.tx(), &facts)?;
    progress(Progress::Written);
    record(work, area, import, &ids, &plan.new, &plan.changed)?;
    report.created = count(plan.new.len());
    report.updated = count(plan.changed.len());
    report.unchanged = plan.unchanged;
    Ok(())
}

/// What is known of the persons of a roster, kept from changing until the import ends.
fn load(work: &mut Work<'_, '_>, area: AreaCode, rows: &[RosterRow]) -> Result<Before, ApiError> {
    let schools: BTreeSet<i64> = rows.iter().map(|row| row.school).collect();
    let closing = org::hold_open(work.conn(), area, &Vec::from_iter(schools))?;
    let numbers: Vec<&str> = rows.iter().map(|row| row.identity.as_str()).collect();
    let mut found = people::find_by_identities(work.conn(), area, &numbers)?;
    let ids: Vec<i64> = found.iter().map(|person| person.id.number()).collect();
    people::lock(work.tx(), area, &ids)?;
    if work.conn().kind() == shixun_persistence::db::DatabaseKind::Postgres {
        // What was read before the lock may have changed while waiting for it.
        found = people::find_by_identities(work.conn(), area, &numbers)?;
    }
    let mut facts: HashMap<PersonId, Vec<FactRow>> = HashMap::new();
    for fact in people::facts_of(work.conn(), area, &ids, None)? {
        facts.entry(fact.person).or_default().push(fact);
    }
    let persons = found.into_iter().map(|person| (person.data.identity.as_str().to_owned(), person)).collect();
    Ok(Before { persons, facts, closing })
}

fn record(
    work: &mut Work<'_, '_>,
    area: AreaCode,
    import: ImportId,
    ids: &[PersonId],
    new: &[super::plan::NewPerson],
    changed: &[Changed],
) -> Result<(), ApiError> {
    let import = import.to_string();
    let made = ids.iter().zip(new).map(|(id, new)| ObjectChange {
        action: "import_create",
        object_id: id.to_string(),
        before: None,
        after: Some(json!({"import": import, "name": new.data.name}).to_string()),
    });
    let altered = changed.iter().map(|change| ObjectChange {
        action: "import_change",
        object_id: change.person.to_string(),
        before: Some(json!({"name": change.names.0}).to_string()),
        after: Some(json!({"import": import, "name": change.names.1, "given": change.given}).to_string()),
    });
    let all: Vec<ObjectChange> = made.chain(altered).collect();
    work.record_many(area, "person", &all)
}
