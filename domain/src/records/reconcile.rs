//! Reconciliation with the provincial platform: what is only there, what is only here, and what both have otherwise.

use crate::{fold, hours::Hours, words::word_list};
use chrono::NaiveDate;
use std::collections::HashMap;

word_list! {
    /// In what both sides differ.
    Difference {
        Hours = "hours", "学时不同", "other hours";
        EndsOn = "ends_on", "结束日期不同", "another last day";
        Name = "name", "姓名不同", "another name";
    }
}

/// Hours on one side. A person and a number stand on a side once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Whose: the identity number.
    pub person: String,
    /// The number on the platform.
    pub key: String,
    /// Hours.
    pub hours: Hours,
    /// The last day, which decides to what year and cycle they belong.
    pub ends_on: NaiveDate,
    /// The person's name; nothing where the side does not say it.
    pub name: String,
}

impl Side {
    /// In what the same hours differ on two sides.
    fn differs(&self, other: &Side) -> Vec<Difference> {
        let names = [&self.name, &other.name].map(|name| fold::compact(name));
        let found = [
            (self.hours != other.hours, Difference::Hours),
            (self.ends_on != other.ends_on, Difference::EndsOn),
            (names.iter().all(|name| !name.is_empty()) && names.first() != names.last(), Difference::Name),
        ];
        found.into_iter().filter(|(differs, _)| *differs).map(|(_, what)| what).collect()
    }
}

/// What both sides have otherwise: the position there and here, and in what they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Different {
    pub there: usize,
    pub here: usize,
    pub differs_in: Vec<Difference>,
}

/// What two sides differ in: positions in the lists that were compared, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// Positions of what only the platform has.
    pub only_there: Vec<usize>,
    /// Positions of what only we have.
    pub only_here: Vec<usize>,
    /// What both have otherwise.
    pub different: Vec<Different>,
    /// Positions here of what agrees.
    pub same: Vec<usize>,
}

/// Compares two lists.
pub fn compare(there: &[Side], here: &[Side]) -> Differences {
    let mut ours: HashMap<(&str, &str), usize> =
        here.iter().enumerate().map(|(place, side)| ((side.person.as_str(), side.key.as_str()), place)).collect();
    let mut found = Differences::default();
    for (place, side) in there.iter().enumerate() {
        let own = ours.remove(&(side.person.as_str(), side.key.as_str()));
        let Some((own, other)) = own.and_then(|own| Some((own, here.get(own)?))) else {
            found.only_there.push(place);
            continue;
        };
        let differs_in = side.differs(other);
        if differs_in.is_empty() {
            found.same.push(own);
        } else {
            found.different.push(Different { there: place, here: own, differs_in });
        }
    }
    found.only_here = ours.into_values().collect();
    found.only_here.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn side(person: &str, key: &str, hours: i32) -> Side {
        let ends_on = "2026-06-03".parse().unwrap();
        Side { person: person.into(), key: key.into(), hours: Hours::whole(hours), ends_on, name: "陈立".into() }
    }

    #[test]
    fn both_directions_and_other_hours_are_found() {
        let there = [side("a", "1", 5), side("a", "2", 5), side("b", "1", 5), side("c", "9", 1)];
        let here = [side("b", "1", 6), side("a", "1", 5), side("d", "1", 2)];
        let found = compare(&there, &here);
        assert_eq!((found.only_there, found.only_here), (vec![1, 3], vec![2]));
        assert_eq!(found.different, [Different { there: 2, here: 0, differs_in: vec![Difference::Hours] }]);
        assert_eq!(found.same, [1]);
    }

    #[test]
    fn another_day_and_another_name_are_differences_and_a_name_that_is_not_given_is_none() {
        let ours = side("a", "1", 5);
        let differs = |there: Side| -> Vec<Difference> {
            let found = compare(&[there], std::slice::from_ref(&ours));
            found.different.into_iter().flat_map(|one| one.differs_in).collect()
        };
        let none: Vec<Difference> = Vec::new();
        let day: NaiveDate = "2027-01-01".parse().unwrap();
        assert_eq!(differs(Side { ends_on: day, ..ours.clone() }), [Difference::EndsOn]);
        assert_eq!(
            differs(Side { name: "陈丽".into(), hours: Hours::whole(6), ..ours.clone() }),
            [Difference::Hours, Difference::Name]
        );
        assert_eq!(differs(Side { name: "陈　立".into(), ..ours.clone() }), none);
        assert_eq!(differs(Side { name: String::new(), ..ours.clone() }), none);
    }

    /// The same by sets: every position stands in exactly one list.
    #[test]
    fn every_row_of_both_sides_is_accounted_for_once() {
        for pattern in 0_u32..1 << 12 {
            let bit = |place: u32| (pattern >> place) & 1 == 1;
            let pick = |from: u32| -> Vec<Side> {
                (0..3)
                    .filter(|n| bit(from + n))
                    .map(|n| side("p", &n.to_string(), 1 + i32::from(bit(from + 3 + n))))
                    .collect()
            };
            let (there, here) = (pick(0), pick(6));
            let found = compare(&there, &here);
            let keys = |sides: &[Side]| -> BTreeSet<String> { sides.iter().map(|side| side.key.clone()).collect() };
            let (theirs, ours) = (keys(&there), keys(&here));
            assert_eq!(found.only_there.len(), theirs.difference(&ours).count());
            assert_eq!(found.only_here.len(), ours.difference(&theirs).count());
            assert_eq!(found.different.len() + found.same.len(), theirs.intersection(&ours).count());
        }
    }
}
