//! The model: a person's hours as a list of what was posted and what was taken back.

use serde_json::Value;
use shixun_domain::{
    Hours,
    id::{AccountId, OrganisationId, PersonId},
};
use std::collections::BTreeSet;

/// Dice that fall the same for the same seed (splitmix64, Steele et al. 2014).
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below `many`.
    pub fn below(&mut self, many: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(many).unwrap()).unwrap()
    }

    /// From `least` to `most`, both included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        least + i64::try_from(self.next() % u64::try_from(most - least + 1).unwrap()).unwrap()
    }

    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    /// A day from the year `earliest` to October 2026.
    pub fn day(&mut self, earliest: i64) -> String {
        let (year, month) = (self.between(earliest, 2026), self.between(1, 10));
        format!("{year}-{month:02}-{:02}", self.between(1, 28))
    }
}

/// The two cycles that hours of the history belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cycle {
    Before,
    Running,
}

impl Cycle {
    pub const BOTH: [Cycle; 2] = [Cycle::Before, Cycle::Running];

    pub fn query(self) -> &'static str {
        match self {
            Cycle::Before => "cycle=2021-2025",
            Cycle::Running => "cycle=2026-2030",
        }
    }

    pub fn place(self) -> usize {
        usize::from(self == Cycle::Running)
    }

    fn has(self, on: &str) -> bool {
        (on >= "2026") == (self == Cycle::Running)
    }
}

/// An entry as a statement shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: String,
    pub on: String,
    pub credited: i64,
    pub source: String,
    pub source_id: Option<String>,
    pub replaces: Option<String>,
}

impl Entry {
    pub fn new(id: &Value, on: &str, credited: i64, source: &str, source_id: Option<String>) -> Entry {
        Entry {
            id: id.as_str().unwrap().to_owned(),
            on: on.to_owned(),
            credited,
            source: source.to_owned(),
            source_id,
            replaces: None,
        }
    }

    pub fn shown(row: &Value) -> Entry {
        let maybe = |field: &str| row[field].as_str().map(str::to_owned);
        let credited = row["credited"].as_str().unwrap().parse::<Hours>().unwrap().hundredths();
        Entry {
            replaces: maybe("replaces"),
            ..Entry::new(
                &row["id"],
                &maybe("effective_on").unwrap(),
                credited,
                &maybe("source").unwrap(),
                maybe("source_id"),
            )
        }
    }
}

/// A row of the ledger.
#[derive(Debug, Clone)]
enum Row {
    Posted {
        entry: Entry,
        stands: bool,
    },
    Reversal {
        id: String,
        on: String,
        credited: i64,
    },
    /// Pending hours, or what voided them.
    Idle,
}

pub struct Person {
    pub number: u32,
    pub person: PersonId,
    pub account: AccountId,
    pub school: OrganisationId,
    pub newcomer: bool,
    pub moved: bool,
    rows: Vec<Row>,
    /// What stood in each cycle when it was looked at last.
    seen: [BTreeSet<String>; 2],
}

/// What came and went since a statement was looked at last.
#[derive(Debug)]
pub struct Change {
    pub added: Vec<String>,
    pub taken: Vec<String>,
}

#[derive(Default)]
pub struct Model {
    pub people: Vec<Person>,
}

impl Model {
    pub fn meet(&mut self, number: u32, person: PersonId, account: AccountId, school: OrganisationId, newcomer: bool) {
        let (rows, seen) = (Vec::new(), [BTreeSet::new(), BTreeSet::new()]);
        self.people.push(Person { number, person, account, school, newcomer, moved: false, rows, seen });
    }

    pub fn posted(&mut self, person: usize, entry: Entry) {
        self.people[person].rows.push(Row::Posted { entry, stands: true });
    }

    /// Rows that give nobody hours.
    pub fn idle(&mut self, person: usize, rows: usize) {
        self.people[person].rows.extend(std::iter::repeat_n(Row::Idle, rows));
    }

    /// What was wrong stands no longer; the right hours, if any, have its day and come from where it came.
    pub fn reversed(&mut self, person: usize, wrong: &Entry, reversal: &Value, right: Option<(String, i64)>) {
        let rows = &mut self.people[person].rows;
        for row in rows.iter_mut() {
            if let Row::Posted { entry, stands } = row
                && entry.id == wrong.id
            {
                assert!(*stands);
                *stands = false;
            }
        }
        let (id, on) = (reversal.as_str().unwrap().to_owned(), wrong.on.clone());
        rows.push(Row::Reversal { id, on, credited: -wrong.credited });
        if let Some((id, credited)) = right {
            let entry = Entry {
                id,
                credited,
                source: "correction".to_owned(),
                replaces: Some(wrong.id.clone()),
                ..wrong.clone()
            };
            rows.push(Row::Posted { entry, stands: true });
        }
    }

    fn all_standing(&self, person: usize) -> impl Iterator<Item = &Entry> {
        self.people[person].rows.iter().filter_map(|row| match row {
            Row::Posted { entry, stands: true } => Some(entry),
            _ => None,
        })
    }

    pub fn standing(&self, person: usize, id: &str) -> Entry {
        self.all_standing(person).find(|entry| entry.id == id).unwrap().clone()
    }

    /// One that stands and is none of `others`.
    pub fn pick(&self, person: usize, dice: &mut Dice, others: &[String]) -> Option<Entry> {
        let standing: Vec<&Entry> = self.all_standing(person).filter(|entry| !others.contains(&entry.id)).collect();
        (!standing.is_empty()).then(|| standing[dice.below(standing.len())].clone())
    }

    /// What stands in a cycle, by day and time of posting.
    pub fn expected(&self, person: usize, cycle: Cycle) -> Vec<Entry> {
        let mut standing: Vec<Entry> =
            self.all_standing(person).filter(|entry| cycle.has(&entry.on)).cloned().collect();
        standing.sort_by(|one, other| one.on.cmp(&other.on));
        standing
    }

    /// What was taken back in a cycle and what took it back, by day and time of posting.
    pub fn corrections(&self, person: usize, cycle: Cycle) -> Vec<(String, i64)> {
        let gone = self.people[person].rows.iter().filter_map(|row| match row {
            Row::Posted { entry, stands: false } => Some((entry.on.clone(), entry.id.clone(), entry.credited)),
            Row::Posted { .. } | Row::Idle => None,
            Row::Reversal { id, on, credited } => Some((on.clone(), id.clone(), *credited)),
        });
        let mut gone: Vec<_> = gone.filter(|(on, ..)| cycle.has(on)).collect();
        gone.sort_by(|one, other| one.0.cmp(&other.0));
        gone.into_iter().map(|(_, id, credited)| (id, credited)).collect()
    }

    pub fn change(&self, person: usize, cycle: Cycle) -> Change {
        let now = self.ids(person, cycle);
        let seen = &self.people[person].seen[cycle.place()];
        let difference = |one: &BTreeSet<String>, other: &BTreeSet<String>| one.difference(other).cloned().collect();
        Change { added: difference(&now, seen), taken: difference(seen, &now) }
    }

    pub fn settle(&mut self, person: usize, cycle: Cycle) {
        self.people[person].seen[cycle.place()] = self.ids(person, cycle);
    }

    fn ids(&self, person: usize, cycle: Cycle) -> BTreeSet<String> {
        self.expected(person, cycle).into_iter().map(|entry| entry.id).collect()
    }

    pub fn rows(&self, person: usize) -> usize {
        self.people[person].rows.len()
    }

    pub fn net(&self, person: usize) -> i64 {
        self.all_standing(person).map(|entry| entry.credited).sum()
    }

    /// True where hours came from everywhere, and some were corrected twice.
    pub fn is_rich(&self) -> bool {
        let entries: Vec<&Entry> = (0..self.people.len()).flat_map(|person| self.all_standing(person)).collect();
        let from = |prefix: &str| {
            entries.iter().any(|entry| entry.source_id.as_ref().is_some_and(|id| id.starts_with(prefix)))
        };
        from("rec_") && from("trf_") && entries.iter().any(|entry| entry.replaces.is_some()) && entries.len() > 30
    }
}
