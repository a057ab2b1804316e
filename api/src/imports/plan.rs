//! What a roster changes: decided from the rows and what is known, before anything is written.
//!
//! A person is found by the identity number. What a roster does not state stays: a column that is missing and a cell that is
//! blank change nothing. What it states differently holds from the import's day on; what was true before keeps its days.

use super::report::Found;
use chrono::NaiveDate;
use shixun_domain::{
    AreaCode, Id,
    id::PersonId,
    people::{
        facts::{self, FactKind, Move, Refusal, probation_end},
        roster::RosterRow,
    },
    time::DateSpan,
    words::{Post, Title},
};
use shixun_persistence::people::{Fact, FactRow, NewFact, PersonData, PersonRow};
use std::collections::{BTreeMap, HashMap};

/// What is known of the persons of a roster.
pub(super) struct Before {
    /// By identity number.
    pub(super) persons: HashMap<String, PersonRow>,
    /// All facts, past and coming ones too, by person.
    pub(super) facts: HashMap<PersonId, Vec<FactRow>>,
    /// The last day of those schools that have one, by number.
    pub(super) closing: HashMap<i64, NaiveDate>,
}

/// A new person with facts that lack only the person.
pub(super) struct NewPerson {
    pub(super) data: PersonData,
    pub(super) facts: Vec<(Fact, DateSpan)>,
}

/// What changes of a person who is known.
#[derive(Default)]
struct Change {
    data: Option<PersonData>,
    given: Vec<&'static str>,
    cut: Vec<(FactKind, i64)>,
    remove: Vec<(FactKind, i64)>,
    add: Vec<Fact>,
}

/// Whose facts or data change.
pub(super) struct Changed {
    pub(super) person: PersonId,
    /// The name that was known, and the one from now on.
    pub(super) names: (String, String),
    /// The names of what changes.
    pub(super) given: Vec<&'static str>,
}

/// Everything an import of a roster writes.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) new: Vec<NewPerson>,
    pub(super) changed_data: Vec<(PersonRow, PersonData)>,
    /// Persons of whom facts change and nothing else.
    pub(super) touched: Vec<i64>,
    pub(super) changed: Vec<Changed>,
    /// Names that differ from the known ones: a list whose column slipped would rename many.
    pub(super) renamed: Vec<Found>,
    pub(super) cut: BTreeMap<FactKind, Vec<i64>>,
    pub(super) remove: BTreeMap<FactKind, Vec<i64>>,
    pub(super) add: Vec<NewFact>,
    pub(super) unchanged: u32,
    /// Rows that contradict something later.
    pub(super) refused: Vec<Vec<Found>>,
}

/// Plans an import. Nobody comes to a school that has a last day, because a roster does not say until when.
pub(super) fn plan(area: AreaCode, rows: &[RosterRow], before: &Before, day: NaiveDate) -> Plan {
    let mut plan = Plan::default();
    for row in rows {
        let closed_on = before.closing.get(&row.school);
        match (before.persons.get(row.identity.as_str()), closed_on) {
            (None, None) => plan.new.push(new_person(area, row, day)),
            (None, Some(closed_on)) => plan.refused.push(vec![closes(row, *closed_on)]),
            (Some(person), closed_on) => {
                let facts = before.facts.get(&person.id).map(Vec::as_slice).unwrap_or_default();
                match (change(area, row, person, facts, day), closed_on) {
                    (Ok(change), Some(closed_on)) if change.comes() => plan.refused.push(vec![closes(row, *closed_on)]),
                    (Ok(change), _) => plan.take(row, person, change, day),
                    (Err(refusal), _) => plan.refused.push(vec![contradiction(row, refusal)]),
                }
            }
        }
    }
    plan
}

impl Change {
    /// Whether the person comes to the school of the row, or to a post there.
    fn comes(&self) -> bool {
        self.add.iter().any(|fact| matches!(fact.kind(), FactKind::Employment | FactKind::Post))
    }
}

impl Plan {
    fn take(&mut self, row: &RosterRow, person: &PersonRow, change: Change, day: NaiveDate) {
        if change.given.is_empty() {
            self.unchanged += 1;
            return;
        }
        let names = (person.data.name.clone(), row.name.as_str().to_owned());
        self.renamed.extend((names.0 != names.1).then(|| renamed(row, &names)));
        match change.data {
            Some(data) => self.changed_data.push((person.clone(), data)),
            None => self.touched.push(person.id.number()),
        }
        self.changed.push(Changed { person: person.id, names, given: change.given });
        for (kind, number) in change.cut {
            self.cut.entry(kind).or_default().push(number);
        }
        for (kind, number) in change.remove {
            self.remove.entry(kind).or_default().push(number);
        }
        let span = DateSpan { from: day, to: None };
        self.add.extend(change.add.into_iter().map(|fact| NewFact { person: person.id, fact, span }));
    }
}

fn renamed(row: &RosterRow, (before, after): &(String, String)) -> Found {
    let zh = format!("系统中此身份证号码的姓名是“{before}”，已改为“{after}”；如有多行，请核对姓名列是否错行");
    let en = format!(
        "the person with this identity number was known as “{before}” and is now “{after}”; where many are, check whether the column of names slipped"
    );
    let mut found = Found::about_row(&row.sheet, row.row, "roster_other_name", zh, en);
    found.params.extend([("before".into(), before.clone()), ("after".into(), after.clone())]);
    found
}

fn closes(row: &RosterRow, closed_on: NaiveDate) -> Found {
    let zh = format!("该校的最后一天是{closed_on}，不能再有人到任；请核对学校，或先恢复该校");
    let en = format!(
        "the last day of this school is {closed_on}, and nobody comes to it any more: compare the school, or open it again first"
    );
    let mut found = Found::about_row(&row.sheet, row.row, "roster_school_closes", zh, en);
    found.params.push(("closed_on".into(), closed_on.to_string()));
    found
}

fn contradiction(row: &RosterRow, refusal: Refusal) -> Found {
    let from = match refusal {
        Refusal::LaterFact { from } | Refusal::Overlaps { from, .. } => from.to_string(),
        _ => String::new(),
    };
    let zh =
        format!("此人自{from}起已有后续记录，与花名册不一致；请先核对其任职、职称和学科记录，或更改导入的生效日期");
    let en = format!(
        "a record of this person begins on {from}, after the day of this import, and differs; compare it first or choose another day"
    );
    let mut found = Found::about_row(&row.sheet, row.row, "roster_later_record", zh, en);
    found.params.push(("from".into(), from));
    found
}

fn new_person(area: AreaCode, row: &RosterRow, day: NaiveDate) -> NewPerson {
    let data = PersonData {
        name: row.name.as_str().to_owned(),
        identity: row.identity.clone(),
        phone: row.phone.clone(),
        email: row.email.clone(),
        entered_on: Some(row.entered_on),
        probation_ends_on: Some(probation_end(row.entered_on)),
        retires_on: None,
        duty: duty(row).map(str::to_owned),
        remark: row.remark.clone(),
    };
    // The roster says when somebody entered the profession; since when they hold a title or teach a subject it does not
    // say, so these are known from the day of the import on.
    let since = DateSpan { from: row.entered_on, to: None };
    let known = DateSpan { from: day.max(row.entered_on), to: None };
    let mut facts = vec![(Fact::Employment { organisation: Id::new(area, row.school) }, since)];
    facts.extend(title(row).map(|fact| (fact, known)));
    facts.extend(teaching(row).into_iter().map(|fact| (fact, known)));
    facts.extend(post(area, row).map(|fact| (fact, known)));
    NewPerson { data, facts }
}

/// The title, where the roster states one. One outside the teachers' series is kept as written.
fn title(row: &RosterRow) -> Option<Fact> {
    let title = row.title.unwrap_or(Title::None);
    if title == Title::None && row.title_text.is_none() {
        return None;
    }
    Some(Fact::Title { title, written: row.title_text.clone() })
}

fn teaching(row: &RosterRow) -> Vec<Fact> {
    let Some(stage) = row.stage else { return Vec::new() };
    row.subjects.iter().map(|subject| Fact::Teaching { stage, subject: subject.clone() }).collect()
}

fn post(area: AreaCode, row: &RosterRow) -> Option<Fact> {
    (row.post != Post::None).then(|| Fact::Post {
        organisation: Id::new(area, row.school),
        post: row.post,
        category: row.post_text.clone(),
    })
}

/// Duties that are no management post.
fn duty(row: &RosterRow) -> Option<&str> {
    row.post_text.as_deref().filter(|_| row.post == Post::None)
}

fn change(
    area: AreaCode,
    row: &RosterRow,
    person: &PersonRow,
    all: &[FactRow],
    day: NaiveDate,
) -> Result<Change, Refusal> {
    let mut change = Change::default();
    change_data(row, person, &mut change);
    let moved = change_school(area, row, all, day, &mut change)?;
    if let Some(stated) = title(row) {
        change_one(&stated, all, day, "title", &mut change)?;
    }
    change_teaching(row, all, day, moved, &mut change)?;
    if let Some(stated) = post(area, row) {
        change_one(&stated, all, day, "post", &mut change)?;
    }
    Ok(change)
}

fn change_data(row: &RosterRow, person: &PersonRow, change: &mut Change) {
    let mut data = person.data.clone();
    let mut given = Vec::new();
    if data.name != row.name.as_str() {
        data.name = row.name.as_str().to_owned();
        given.push("name");
    }
    if data.entered_on != Some(row.entered_on) {
        // Probation that was a year from the wrong day is a year from the right one; any other was set by hand.
        if data.entered_on.map(probation_end) == data.probation_ends_on {
            data.probation_ends_on = Some(probation_end(row.entered_on));
        }
        data.entered_on = Some(row.entered_on);
        given.push("entered_on");
    }
    let mut text = |name: &'static str, field: &mut Option<String>, stated: Option<&str>| {
        if stated.is_some() && field.as_deref() != stated {
            *field = stated.map(str::to_owned);
            given.push(name);
        }
    };
    text("phone", &mut data.phone, row.phone.as_deref());
    text("email", &mut data.email, row.email.as_deref());
    text("duty", &mut data.duty, duty(row));
    text("remark", &mut data.remark, row.remark.as_deref());
    if !given.is_empty() {
        change.data = Some(data);
        change.given.extend(given);
    }
}

/// Whether the person comes from another school.
fn change_school(
    area: AreaCode,
    row: &RosterRow,
    all: &[FactRow],
    day: NaiveDate,
    change: &mut Change,
) -> Result<bool, Refusal> {
    let moved = match facts::plan_move(&crate::people::facts::employments(all), row.school, day) {
        Err(Refusal::SamePlace) => return Ok(false),
        other => other?,
    };
    let left = match moved {
        Move::Enter => None,
        Move::End { number, .. } => {
            change.cut.push((FactKind::Employment, number));
            Some(number)
        }
        Move::Replace { number } => {
            change.remove.push((FactKind::Employment, number));
            Some(number)
        }
    };
    let place = |row: &FactRow| match row.fact {
        Fact::Employment { organisation } | Fact::Post { organisation, .. } => Some(organisation),
        _ => None,
    };
    let left = all.iter().find(|row| row.fact.kind() == FactKind::Employment && Some(row.id.number()) == left);
    if let Some(left) = left {
        let posts = all.iter().filter(|row| row.fact.kind() == FactKind::Post && place(row) == place(left));
        posts.filter(|row| lasts(row, day)).for_each(|row| stop(row, day, change));
    }
    change.add.push(Fact::Employment { organisation: Id::new(area, row.school) });
    change.given.push("school");
    Ok(true)
}

/// True on the day or later.
fn lasts(row: &FactRow, day: NaiveDate) -> bool {
    row.span.to.is_none_or(|to| to >= day)
}

/// Ends a fact on the day before; one that began on the day or later never was.
fn stop(row: &FactRow, day: NaiveDate, change: &mut Change) {
    let list = if row.span.from < day { &mut change.cut } else { &mut change.remove };
    let entry = (row.fact.kind(), row.id.number());
    if !list.contains(&entry) {
        list.push(entry);
    }
}

/// States the one fact of a kind that holds from the day on.
fn change_one(
    stated: &Fact,
    all: &[FactRow],
    day: NaiveDate,
    name: &'static str,
    change: &mut Change,
) -> Result<(), Refusal> {
    let lasting: Vec<&FactRow> = all.iter().filter(|row| row.fact.kind() == stated.kind() && lasts(row, day)).collect();
    let stopped: Vec<i64> = change.cut.iter().chain(&change.remove).map(|(_, number)| *number).collect();
    if lasting
        .iter()
        .any(|row| agrees(&row.fact, stated) && row.span.contains(day) && !stopped.contains(&row.id.number()))
    {
        return Ok(());
    }
    if let Some(later) = lasting.iter().find(|row| row.span.from > day) {
        return Err(Refusal::LaterFact { from: later.span.from });
    }
    lasting.iter().for_each(|row| stop(row, day, change));
    change.add.push(stated.clone());
    change.given.push(name);
    Ok(())
}

/// True where the roster states nothing else. A post without the school's own name for it agrees with one that has it.
fn agrees(known: &Fact, stated: &Fact) -> bool {
    match (known, stated) {
        (Fact::Post { organisation, post, .. }, Fact::Post { organisation: at, post: stated, category: None }) => {
            organisation == at && post == stated
        }
        _ => known == stated,
    }
}

/// States the subjects taught at the row's stage from the day on. Subjects at other stages stay, because a roster has room
/// for one stage; with a move to another school they end.
fn change_teaching(
    row: &RosterRow,
    all: &[FactRow],
    day: NaiveDate,
    moved: bool,
    change: &mut Change,
) -> Result<(), Refusal> {
    let stated = teaching(row);
    if stated.is_empty() {
        return Ok(());
    }
    let here = |fact: &FactRow| match &fact.fact {
        Fact::Teaching { stage, .. } => moved || Some(*stage) == row.stage,
        _ => false,
    };
    let lasting: Vec<&FactRow> = all.iter().filter(|fact| here(fact) && lasts(fact, day)).collect();
    let missing: Vec<Fact> = stated
        .iter()
        .filter(|fact| !lasting.iter().any(|row| row.fact == **fact && row.span.contains(day)))
        .cloned()
        .collect();
    let gone: Vec<&&FactRow> = lasting.iter().filter(|row| !stated.contains(&row.fact)).collect();
    if missing.is_empty() && gone.is_empty() {
        return Ok(());
    }
    if let Some(later) = lasting.iter().find(|row| row.span.from > day) {
        return Err(Refusal::LaterFact { from: later.span.from });
    }
    gone.iter().for_each(|row| stop(row, day, change));
    change.add.extend(missing);
    change.given.push("teaching");
    Ok(())
}
