//! Everybody of an area, judged in portions: who there is is read once, the entries portion by portion, so that memory does not grow
//! with the ledger and nothing is read twice.

use super::standing::{Dossier, days_asked_for, people, with_entries};
use crate::{policy::AreaPolicy, problem::ApiError};
use chrono::NaiveDate;
use shixun_domain::{
    AreaCode,
    id::OrganisationId,
    policy::{CycleRules, PersonFacts},
};
use shixun_persistence::{
    Conn,
    ledger::{self, Employee, Known, Whose},
};

/// Everybody employed in an area's schools, or in one of them, on a day, and how many of them were given out already.
pub(super) struct Roster {
    area: AreaCode,
    /// Those of one school do not stand side by side where entries are kept.
    of_school: bool,
    /// By school and name. What is folded about somebody names the place here.
    employees: Vec<Employee>,
    /// Number of the person, place among the employees, facts: by number, which is how entries are kept.
    waiting: std::vec::IntoIter<(i64, usize, PersonFacts)>,
    portion: usize,
}

impl Roster {
    /// Reads who there is, to be given out `portion` by portion.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn read(
        conn: &mut Conn,
        policy: &AreaPolicy,
        school: Option<OrganisationId>,
        as_of: NaiveDate,
        portion: usize,
    ) -> Result<Roster, ApiError> {
        let mut people = people(conn, policy, "/", as_of, &Known::today())?;
        people.retain(|(employee, _)| school.is_none_or(|school| employee.organisation == school));
        let (employees, facts): (Vec<Employee>, Vec<PersonFacts>) = people.into_iter().unzip();
        let numbered = employees.iter().zip(facts).enumerate();
        let mut waiting: Vec<_> =
            numbered.map(|(place, (employee, facts))| (employee.person.number(), place, facts)).collect();
        waiting.sort_unstable_by_key(|(number, ..)| *number);
        let (area, of_school) = (policy.area(), school.is_some());
        Ok(Roster { area, of_school, employees, waiting: waiting.into_iter(), portion: portion.max(1) })
    }

    /// The next portion with the entries that some of the rules ask for; nothing when everybody was given out.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn next(&mut self, conn: &mut Conn, asking: &[&CycleRules]) -> Result<Vec<Dossier<usize>>, ApiError> {
        let people: Vec<(i64, usize, PersonFacts)> = self.waiting.by_ref().take(self.portion).collect();
        let (Some((first, ..)), Some((last, ..))) = (people.first(), people.last()) else { return Ok(Vec::new()) };
        let Some((from, to)) = days_asked_for(&people, asking) else { return Ok(Vec::new()) };
        let entries = if self.of_school {
            let numbers: Vec<i64> = people.iter().map(|(number, ..)| *number).collect();
            ledger::entries_by_person(conn, self.area, &Whose::Of(&numbers), from, to, None)?
        } else {
            ledger::entries_of_persons_between(conn, self.area, (*first, *last), from, to)?
        };
        Ok(with_entries(people, entries))
    }

    /// How many there are.
    pub fn total(&self) -> usize {
        self.employees.len()
    }

    /// How many were given out.
    pub fn done(&self) -> usize {
        self.employees.len() - self.waiting.len()
    }

    /// Who stands at a place.
    pub fn employee(&self, place: usize) -> Option<&Employee> {
        self.employees.get(place)
    }
}
