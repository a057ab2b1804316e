//! Reconciliation with the provincial platform: what is only there, what is only here, and where the hours differ.

use crate::hours::Hours;
use std::collections::HashMap;

/// Hours on one side. A person and a number stand on a side once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Whose: the identity number.
    pub person: String,
    /// The number on the platform.
    pub key: String,
    /// Hours.
    pub hours: Hours,
}

/// What two sides differ in: positions in the lists that were compared, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// Positions of what only the platform has.
    pub only_there: Vec<usize>,
    /// Positions of what only we have.
    pub only_here: Vec<usize>,
    /// Positions, there and here, of what both have with other hours.
    pub different: Vec<(usize, usize)>,
    /// How many agree.
    pub same: usize,
}

/// Compares two lists.
pub fn compare(there: &[Side], here: &[Side]) -> Differences {
    let mut ours: HashMap<(&str, &str), usize> =
        here.iter().enumerate().map(|(place, side)| ((side.person.as_str(), side.key.as_str()), place)).collect();
    let mut found = Differences::default();
    for (place, side) in there.iter().enumerate() {
        match ours.remove(&(side.person.as_str(), side.key.as_str())) {
            None => found.only_there.push(place),
            Some(own) if here.get(own).is_some_and(|own| own.hours == side.hours) => found.same += 1,
            Some(own) => found.different.push((place, own)),
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
        Side { person: person.into(), key: key.into(), hours: Hours::whole(hours) }
    }

    #[test]
    fn both_directions_and_other_hours_are_found() {
        let there = [side("a", "1", 5), side("a", "2", 5), side("b", "1", 5), side("c", "9", 1)];
        let here = [side("b", "1", 6), side("a", "1", 5), side("d", "1", 2)];
        let found = compare(&there, &here);
        assert_eq!((found.only_there, found.only_here), (vec![1, 3], vec![2]));
        assert_eq!((found.different, found.same), (vec![(2, 0)], 1));
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
            assert_eq!(found.different.len() + found.same, theirs.intersection(&ours).count());
        }
    }
}
