//! The shortest way to what is missing: the cheapest set of offered sessions that would meet every requirement, or the proof
//! that none does.
//!
//! Cheapest is fewest hours, then the earliest last day. The search is best first over sets of offerings, judged by
//! [`evaluate`] itself, so that it knows nothing of the rules: a set costs its hours, and no set can cost less than the hours it
//! has and the most that a requirement still misses. That holds because an hour attended meets at most an hour of any one
//! requirement; where a factor above one, rounding, a cap that is a share of what counts, or days of training (a short day is a
//! day) say otherwise, only the hours of the set bound it.

use super::{
    cycle_rules::CycleRules,
    evaluate::{Evaluation, Period, evaluate},
    facts::{EntryFacts, PersonFacts},
    headroom::Room,
    requirements::Requirement,
    rule::Rounding,
};
use crate::hours::Hours;
use chrono::NaiveDate;
use std::{cmp::Reverse, collections::BinaryHeap};

/// Offerings looked at at most; a set of them is one number.
pub const OFFERINGS_MAX: usize = 128;

/// A session that somebody could still attend.
#[derive(Debug, Clone)]
pub struct Offering {
    /// The entry it would become when attended in full and passed.
    pub entry: EntryFacts,
    /// The hours it takes.
    pub hours: Hours,
    /// Its last day.
    pub ends_on: NaiveDate,
    /// Which of the others cannot be attended beside it, by their place in the list: they meet at the same time or teach the same.
    pub excludes: Vec<usize>,
    /// What it finds under the yearly maxima that refuse more, shared with other offerings by their place in the list.
    pub rooms: Vec<Room>,
}

/// What the search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is missing.
    Met,
    /// These offerings, by their place in the list, meet whatever can be met.
    Way(Vec<usize>),
    /// Nothing that is offered helps, or no set of offerings that may be attended together meets even one of the requirements.
    None,
}

/// The shortest way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortestWay {
    /// What to do.
    pub outcome: Outcome,
    /// Hours of the offerings chosen.
    pub hours: Hours,
    /// What is missing even to somebody who attends everything offered, clashes and yearly maxima disregarded: nothing offered leads
    /// there.
    pub out_of_reach: Vec<Requirement>,
    /// What something offered leads to, but not beside what the way meets: it clashes, or a yearly maximum refuses it. What is due first was
    /// met first.
    pub not_together: Vec<Requirement>,
    /// What is judged after the way was gone.
    pub after: Evaluation,
    /// True where the answer is proved; false where the search was given up after `steps`, and a way, if there is one, might be
    /// bettered.
    pub proven: bool,
}

/// A set of offerings on the way to being judged. Ordered by what it costs at least, then by its last day; among equals the one
/// that has come furthest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Node {
    bound: Hours,
    ends_on: NaiveDate,
    to_go: Hours,
    hours: Hours,
    judged: bool,
    next: usize,
    set: u128,
}

/// Looks for the shortest way with at most `steps` judgements (each takes as long as [`evaluate`]), and as many again where not everything can
/// be met together.
///
/// `rules` are those of the cycle at its end, `entries` what stands in the ledger. Of more than [`OFFERINGS_MAX`] offerings the
/// first are looked at; hand over the relevant ones first.
pub fn shortest_way(
    rules: &CycleRules,
    person: &PersonFacts,
    entries: &[EntryFacts],
    offerings: &[Offering],
    steps: usize,
) -> ShortestWay {
    let search = Search::new(rules, person, entries, offerings);
    let start = search.judge(0);
    let met = ShortestWay {
        outcome: Outcome::Met,
        hours: Hours::ZERO,
        out_of_reach: Vec::new(),
        not_together: Vec::new(),
        after: start.clone(),
        proven: true,
    };
    if start.unmet().next().is_none() {
        return met;
    }
    let out_of_reach: Vec<Requirement> = search.judge(search.everything()).unmet().copied().collect();
    let none = ShortestWay { outcome: Outcome::None, out_of_reach, ..met };
    let way = |found: ShortestWay, set: u128, after: Evaluation| match set {
        0 => found,
        _ => ShortestWay {
            outcome: Outcome::Way(search.places(set)),
            hours: search.places(set).iter().filter_map(|place| offerings.get(*place)).map(|one| one.hours).sum(),
            after,
            ..found
        },
    };
    match search.run(&none.out_of_reach, steps) {
        Ended::Found(set, after) => way(none, set, after),
        Ended::GivenUp => ShortestWay { proven: false, ..none },
        Ended::Exhausted => {
            let Urgent { met, lost, proven } = search.urgent_first(&start, &none.out_of_reach, steps);
            let found = ShortestWay { not_together: lost, proven, ..none };
            match met {
                Some((set, after)) => way(found, set, after),
                None => found,
            }
        }
    }
}

/// What can be met where not everything can be met together.
struct Urgent {
    met: Option<(u128, Evaluation)>,
    lost: Vec<Requirement>,
    proven: bool,
}

enum Ended {
    Found(u128, Evaluation),
    Exhausted,
    GivenUp,
}

/// An offering as the search sees it.
struct Member<'a> {
    /// Its place in the caller's list.
    place: usize,
    offering: &'a Offering,
    /// The set of those that it excludes.
    excluded: u128,
    /// Hours that are free under a yearly maximum, and the set of those that use them up.
    rooms: Vec<(Hours, u128)>,
}

struct Search<'a> {
    rules: &'a CycleRules,
    person: &'a PersonFacts,
    entries: &'a [EntryFacts],
    /// By last day.
    offerings: Vec<Member<'a>>,
    /// Whether an hour attended meets at most an hour of a requirement.
    hour_for_hour: bool,
}

impl<'a> Search<'a> {
    fn new(
        rules: &'a CycleRules,
        person: &'a PersonFacts,
        entries: &'a [EntryFacts],
        offerings: &'a [Offering],
    ) -> Search<'a> {
        let mut by_day: Vec<(usize, &Offering)> = offerings.iter().enumerate().take(OFFERINGS_MAX).collect();
        by_day.sort_by_key(|(place, one)| (one.ends_on, one.hours, *place));
        let order: Vec<usize> = by_day.iter().map(|(place, _)| *place).collect();
        let position = |wanted: &usize| order.iter().position(|place| place == wanted);
        let set = |places: &[usize]| places.iter().filter_map(position).fold(0, |set, place| set | bit(place));
        // A pass may be worth more than its hours.
        let plain = by_day.iter().all(|(_, one)| one.entry.credited <= one.hours);
        let member = |(place, offering): (usize, &'a Offering)| Member {
            place,
            offering,
            excluded: set(&offering.excludes),
            rooms: offering.rooms.iter().map(|room| (room.headroom.free(), set(&room.shared_by))).collect(),
        };
        let offerings = by_day.into_iter().map(member).collect();
        let rounding = rules.closing_rules().map_or(Rounding::Keep, |set| set.rounding());
        let hour_for_hour =
            rounding == Rounding::Keep && !rules.raises_hours() && rules.shares_of_counted().next().is_none() && plain;
        Search { rules, person, entries, offerings, hour_for_hour }
    }

    fn everything(&self) -> u128 {
        (0..self.offerings.len()).fold(0, |set, place| set | bit(place))
    }

    /// The places of a set in the caller's list, by last day.
    fn places(&self, set: u128) -> Vec<usize> {
        self.members(set).map(|member| member.place).collect()
    }

    fn members(&self, set: u128) -> impl Iterator<Item = &Member<'a>> {
        self.offerings.iter().enumerate().filter(move |(place, _)| set & bit(*place) != 0).map(|(_, one)| one)
    }

    fn judge(&self, set: u128) -> Evaluation {
        let mut entries = self.entries.to_vec();
        entries.extend(self.members(set).map(|member| member.offering.entry.clone()));
        evaluate(self.rules, self.person, &entries)
    }

    fn run(&self, out_of_reach: &[Requirement], steps: usize) -> Ended {
        let wanted =
            |one: &&Requirement| !out_of_reach.iter().any(|lost| (lost.rule, lost.period) == (one.rule, one.period));
        let start = Node {
            bound: Hours::ZERO,
            ends_on: NaiveDate::MIN,
            to_go: Hours::ZERO,
            hours: Hours::ZERO,
            judged: false,
            next: 0,
            set: 0,
        };
        let mut open = BinaryHeap::from([Reverse(start)]);
        let mut left = steps;
        while let Some(Reverse(node)) = open.pop() {
            if node.judged {
                open.extend(self.followers(&node).map(Reverse));
                continue;
            }
            let Some(fewer) = left.checked_sub(1) else { return Ended::GivenUp };
            left = fewer;
            let evaluation = self.judge(node.set);
            let in_hours = |one: &Requirement| if one.days.is_some() { Hours::ZERO } else { one.missing };
            let most = evaluation.unmet().filter(wanted).map(in_hours).max();
            let Some(most) = most else { return Ended::Found(node.set, evaluation) };
            let to_go = if self.hour_for_hour { most } else { Hours::ZERO };
            let bound = node.bound.max(node.hours.plus(to_go));
            open.push(Reverse(Node { bound, to_go, judged: true, ..node }));
        }
        Ended::Exhausted
    }

    /// Of what cannot all be met together as much as can be, what is due first before the others: one requirement after the other is kept where
    /// some set meets it beside those that were kept before.
    fn urgent_first(&self, start: &Evaluation, out_of_reach: &[Requirement], steps: usize) -> Urgent {
        let is = |one: &Requirement, other: &Requirement| (one.rule, one.period) == (other.rule, other.period);
        let reachable = start.unmet().filter(|one| !out_of_reach.iter().any(|lost| is(one, lost)));
        let mut goals: Vec<Requirement> = reachable.copied().collect();
        goals.sort_by_key(|one| self.due(one.period));
        let steps = steps / goals.len().max(1);
        let mut urgent = Urgent { met: None, lost: goals.clone(), proven: true };
        for goal in goals {
            let lost: Vec<Requirement> = urgent.lost.iter().filter(|one| !is(one, &goal)).copied().collect();
            match self.run(&[out_of_reach, &lost].concat(), steps) {
                Ended::Found(set, after) => (urgent.met, urgent.lost) = (Some((set, after)), lost),
                Ended::Exhausted => {}
                Ended::GivenUp => urgent.proven = false,
            }
        }
        urgent
    }

    /// The last day of a period.
    fn due(&self, period: Period) -> NaiveDate {
        let cycle = self.rules.cycle();
        match period {
            Period::Year(year) => cycle.year_span(year).1,
            Period::Span { to, .. } => to,
            Period::Entry | Period::Cycle => cycle.to(),
        }
    }

    /// The sets with one more offering, of later ones only, so that each set is met once.
    fn followers<'s>(&'s self, node: &'s Node) -> impl Iterator<Item = Node> + 's {
        let later = self.offerings.iter().enumerate().skip(node.next);
        let fits = |(place, member): &(usize, &Member<'_>)| {
            member.excluded & node.set == 0 && self.has_room(node.set | bit(*place))
        };
        later.filter(fits).map(|(place, member)| {
            let one = member.offering;
            let hours = node.hours.plus(one.hours);
            Node {
                bound: node.bound.max(hours),
                ends_on: node.ends_on.max(one.ends_on),
                to_go: node.to_go.less(one.hours).max(Hours::ZERO),
                hours,
                judged: false,
                next: place + 1,
                set: node.set | bit(place),
            }
        })
    }

    /// Whether the yearly maxima take all of a set. What they do not take they take in no larger set.
    fn has_room(&self, set: u128) -> bool {
        self.members(set).flat_map(|member| &member.rooms).all(|(free, shared_by)| {
            let hours: Hours = self.members(set & shared_by).map(|member| member.offering.hours).sum();
            hours <= *free
        })
    }
}

/// The set of one offering; none beyond the most there may be.
fn bit(place: usize) -> u128 {
    u32::try_from(place).ok().and_then(|place| 1_u128.checked_shl(place)).unwrap_or(0)
}
