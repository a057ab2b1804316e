//! Which entries make up a requirement, and with how much: the leaves under its figure.

use super::{
    attribution,
    cycle_rules::CycleRules,
    evaluate::{self, Evaluation},
    facts::{EntryFacts, PersonFacts},
};
use crate::hours::{Days, Hours};

/// What of an entry makes up a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contribution {
    /// The caller's key of the entry ([`EntryFacts::key`]).
    pub key: i64,
    /// How much of it.
    pub portion: Portion,
}

/// How much of an entry makes up a requirement, in what the requirement adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Portion {
    /// Hours.
    Hours(Hours),
    /// Hours of the part, and of the whole of which a share is asked for.
    Share {
        /// Hours of the part.
        part: Hours,
        /// Hours of the whole.
        whole: Hours,
    },
    /// Days of training, as recorded or the hours earned by the length of a day.
    Days(Days),
}

impl Portion {
    fn is_nothing(self) -> bool {
        match self {
            Portion::Hours(hours) => hours == Hours::ZERO,
            Portion::Share { whole, .. } => whole == Hours::ZERO,
            Portion::Days(days) => days == Days::ZERO,
        }
    }

    /// Both together; `self` where they are not of one kind, which those of one requirement always are.
    fn plus(self, other: Portion) -> Portion {
        match (self, other) {
            (Portion::Hours(one), Portion::Hours(two)) => Portion::Hours(one.plus(two)),
            (Portion::Days(one), Portion::Days(two)) => Portion::Days(one.plus(two)),
            (Portion::Share { part, whole }, Portion::Share { part: more, whole: of }) => {
                Portion::Share { part: part.plus(more), whole: whole.plus(of) }
            }
            _ => self,
        }
    }
}

/// Who hears, while requirements are judged, what each is made of.
pub(super) trait Listener {
    /// What of the entry at `place` makes up the requirement that is being judged.
    fn hears(&mut self, place: usize, portion: Portion);
    /// The requirement is judged; it is none of the person's where `binds` is false.
    fn ends(&mut self, binds: bool);
}

/// Nobody: most evaluations need the figures alone.
impl Listener for () {
    fn hears(&mut self, _: usize, _: Portion) {}
    fn ends(&mut self, _: bool) {}
}

/// What was heard, by requirement and place of the entry.
#[derive(Default)]
struct Heard {
    done: Vec<Vec<(usize, Portion)>>,
    current: Vec<(usize, Portion)>,
}

impl Listener for Heard {
    fn hears(&mut self, place: usize, portion: Portion) {
        if !portion.is_nothing() {
            self.current.push((place, portion));
        }
    }

    fn ends(&mut self, binds: bool) {
        let heard = std::mem::take(&mut self.current);
        if binds {
            self.done.push(heard);
        }
    }
}

/// [`evaluate`](super::evaluate), and for each of its requirements, in the same order, what of which entry makes it up. Hours add up to
/// what is counted before it is rounded as the rules say, and without what was carried over; those of a part to what is counted
/// of a share. What adds nothing is left out.
pub fn contributions(
    rules: &CycleRules,
    person: &PersonFacts,
    entries: &[EntryFacts],
) -> (Evaluation, Vec<Vec<Contribution>>) {
    let spread = attribution::spread(rules, entries);
    let mut heard = Heard::default();
    let evaluation = match &spread {
        None => evaluate::judged(rules, person, entries, &mut heard),
        Some(spread) => spread.gathered(entries, evaluate::judged(rules, person, &spread.parts, &mut heard)),
    };
    let named = |of_one: Vec<(usize, Portion)>| {
        let mut named: Vec<Contribution> = Vec::with_capacity(of_one.len());
        for (place, portion) in of_one {
            let place = spread.as_ref().map_or(Some(place), |spread| spread.entry_of(place));
            let Some(key) = place.and_then(|place| entries.get(place)).map(|entry| entry.key) else { continue };
            // The parts of one entry stand behind one another.
            match named.last_mut().filter(|last| last.key == key) {
                Some(last) => last.portion = last.portion.plus(portion),
                None => named.push(Contribution { key, portion }),
            }
        }
        named
    };
    (evaluation, heard.done.into_iter().map(named).collect())
}
