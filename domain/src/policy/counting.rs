//! How much of each entry counts where caps limit it: the most favourable count that the caps allow.
//!
//! The count is the one of the greatest total; among those of the greatest total, the one in which the earliest entry gets
//! the most, then the next, and so on. Entries under the same caps form a class; caps that cannot bind, or that narrower caps imply
//! anyway, are left out; what remains falls into parts that share no class.
//!
//! - Where the caps of a part are **nested** (any two are disjoint or one contains the other), one pass in date order gives each
//!   entry the least room of its caps. Nested caps form a matroid's generalisation (a polymatroid), for which the greedy
//!   pass is optimal in the total and, by its nature, earliest first.
//! - Where caps **cross**, [`Packing`] finds the count exactly.

use super::packing::Packing;

/// An entry after factors, in date order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    /// Calendar year.
    pub(super) year: i32,
    /// Bits of the caps (versions counted singly) that concern it.
    pub(super) caps: u64,
    /// Hundredths to be counted at most; positive.
    pub(super) upper: i64,
}

/// One cap in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limit {
    /// It concerns the entries with any of these bits.
    pub(super) caps: u64,
    /// The calendar year; the whole cycle where `None`.
    pub(super) year: Option<i32>,
    /// Hundredths.
    pub(super) amount: i64,
}

/// A part of an entry that does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CapCut {
    /// Position of the piece.
    pub(super) piece: usize,
    /// Position of the limit that binds.
    pub(super) limit: usize,
    /// Hundredths.
    pub(super) amount: i64,
}

/// The count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Count {
    /// Hundredths counted of each piece.
    pub(super) counted: Vec<i64>,
    /// What was cut, in the order of the pieces.
    pub(super) cuts: Vec<CapCut>,
    /// False where the search for the best count among crossing caps was given up; the count then keeps every cap, but
    /// need not be the greatest.
    pub(super) exact: bool,
}

/// Entries that the same limits concern.
struct Class {
    year: i32,
    caps: u64,
    upper: i64,
    /// Limits that may bind, the narrowest first: positions in the list of binding limits.
    limits: Vec<usize>,
    part: usize,
}

/// A limit that may bind.
struct Binding {
    limit: usize,
    amount: i64,
    upper: i64,
    classes: Members,
    part: usize,
}

/// A set of classes.
#[derive(Clone, PartialEq, Eq)]
struct Members(Vec<u64>);

impl Members {
    fn none(classes: usize) -> Self {
        Members(vec![0; classes.div_ceil(64)])
    }

    fn insert(&mut self, class: usize) {
        if let Some(word) = self.0.get_mut(class / 64) {
            *word |= 1 << (class % 64);
        }
    }

    fn contains(&self, class: usize) -> bool {
        self.0.get(class / 64).is_some_and(|word| word >> (class % 64) & 1 == 1)
    }

    fn meets(&self, other: &Members) -> bool {
        self.0.iter().zip(&other.0).any(|(mine, theirs)| mine & theirs != 0)
    }

    fn lies_in(&self, other: &Members) -> bool {
        self.0.iter().zip(&other.0).all(|(mine, theirs)| mine & !theirs == 0)
    }

    fn add_all(&mut self, other: &Members) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }

    fn crosses(&self, other: &Members) -> bool {
        self.meets(other) && !self.lies_in(other) && !other.lies_in(self)
    }

    fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }
}

/// Counts the pieces, which are in date order, under the limits.
pub(super) fn count(pieces: &[Piece], limits: &[Limit]) -> Count {
    let (mut classes, class_of) = classes(pieces);
    let mut bindings = bindings(&classes, limits);
    let parts = parts(&mut classes, &mut bindings);
    let mut exact = true;
    // What pieces of crossing parts get; `None` where the pass in date order decides.
    let mut settled: Vec<Option<i64>> = vec![None; pieces.len()];
    for part in 0..parts {
        let caps: Vec<&Binding> = bindings.iter().filter(|binding| binding.part == part).collect();
        let crossing = caps
            .iter()
            .enumerate()
            .any(|(place, one)| caps.iter().skip(place + 1).any(|other| one.classes.crosses(&other.classes)));
        if crossing {
            exact &= settle(part, pieces, &classes, &class_of, &caps, &mut settled).is_some();
        }
    }
    attribute(pieces, &classes, &class_of, &bindings, &settled, exact)
}

fn classes(pieces: &[Piece]) -> (Vec<Class>, Vec<usize>) {
    let mut classes: Vec<Class> = Vec::new();
    let mut class_of = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let alike = |class: &Class| class.caps == piece.caps && class.year == piece.year;
        let place = classes.iter().rposition(alike).unwrap_or_else(|| {
            classes.push(Class { year: piece.year, caps: piece.caps, upper: 0, limits: Vec::new(), part: usize::MAX });
            classes.len() - 1
        });
        if let Some(class) = classes.get_mut(place) {
            class.upper += piece.upper;
        }
        class_of.push(place);
    }
    (classes, class_of)
}

/// The limits that may bind, the narrowest first.
fn bindings(classes: &[Class], limits: &[Limit]) -> Vec<Binding> {
    let mut bindings: Vec<Binding> = Vec::new();
    for (limit, Limit { caps, year, amount }) in limits.iter().enumerate() {
        let concerned = |class: &Class| class.caps & caps != 0 && year.is_none_or(|year| class.year == year);
        let upper: i64 = classes.iter().filter(|class| concerned(class)).map(|class| class.upper).sum();
        if upper > *amount {
            let mut members = Members::none(classes.len());
            (0..).zip(classes).filter(|(_, class)| concerned(class)).for_each(|(place, _)| members.insert(place));
            bindings.push(Binding { limit, amount: *amount, upper, classes: members, part: usize::MAX });
        }
    }
    let yearly = |binding: &Binding| limits.get(binding.limit).is_some_and(|limit| limit.year.is_some());
    bindings.sort_by_key(|binding| (binding.classes.len(), !yearly(binding), binding.amount, binding.limit));
    let implied: Vec<bool> = (0..bindings.len()).map(|place| is_implied(&bindings, place, classes)).collect();
    let mut keep = implied.into_iter().map(|implied| !implied);
    bindings.retain(|_| keep.next().unwrap_or(true));
    bindings
}

/// True where limits on parts of its classes keep the limit at this place by themselves: the sum of disjoint ones, and of
/// the classes that none of them concerns, is not more than its amount. The limits relied on have fewer classes, or the same
/// classes and an earlier place, so that no two limits are left out because of each other.
fn is_implied(bindings: &[Binding], place: usize, classes: &[Class]) -> bool {
    let Some(wide) = bindings.get(place) else { return false };
    let mut narrower: Vec<&Binding> =
        bindings.iter().take(place).filter(|narrow| narrow.classes.lies_in(&wide.classes)).collect();
    narrower.sort_by_key(|narrow| std::cmp::Reverse(narrow.upper - narrow.amount));
    let mut used = Members::none(classes.len());
    let mut most = wide.upper;
    for narrow in narrower {
        if !narrow.classes.meets(&used) {
            used.add_all(&narrow.classes);
            most -= narrow.upper - narrow.amount;
        }
    }
    most <= wide.amount
}

/// Divides classes and limits into parts without a common class; gives the number of parts.
fn parts(classes: &mut [Class], bindings: &mut [Binding]) -> usize {
    let mut parts: Vec<Members> = Vec::new();
    for binding in bindings.iter() {
        let mut merged = binding.classes.clone();
        parts.retain(|part| {
            let apart = !part.meets(&merged);
            if !apart {
                merged.add_all(part);
            }
            apart
        });
        parts.push(merged);
    }
    for (place, part) in parts.iter().enumerate() {
        bindings.iter_mut().filter(|binding| binding.classes.lies_in(part)).for_each(|binding| binding.part = place);
    }
    for (place, class) in classes.iter_mut().enumerate() {
        class.part = parts.iter().position(|part| part.contains(place)).unwrap_or(usize::MAX);
        let concerns = |(_, binding): &(usize, &Binding)| binding.classes.contains(place);
        class.limits = bindings.iter().enumerate().filter(concerns).map(|(limit, _)| limit).collect();
    }
    parts.len()
}

/// Settles the pieces of a part whose caps cross.
fn settle(
    part: usize,
    pieces: &[Piece],
    classes: &[Class],
    class_of: &[usize],
    caps: &[&Binding],
    settled: &mut [Option<i64>],
) -> Option<()> {
    let members: Vec<usize> =
        (0..).zip(classes).filter(|(_, class)| class.part == part).map(|(place, _)| place).collect();
    let mut packing = Packing::default();
    packing.upper.extend(members.iter().filter_map(|place| classes.get(*place)).map(|class| class.upper));
    for cap in caps {
        let concerned = (0..).zip(&members).filter(|(_, place)| cap.classes.contains(**place)).map(|(local, _)| local);
        packing.limits.push((concerned.collect(), cap.amount));
    }
    let mut places: Vec<usize> = Vec::new();
    let mut local_pieces = Vec::new();
    for ((place, piece), class) in (0..).zip(pieces).zip(class_of) {
        if let Ok(local) = members.binary_search(class) {
            places.push(place);
            local_pieces.push((local, piece.upper));
        }
    }
    let counted = packing.favourable(&local_pieces)?;
    for (place, counted) in places.into_iter().zip(counted) {
        *settled.get_mut(place)? = Some(counted);
    }
    Some(())
}

/// Passes over the pieces in date order, gives those that are not settled the least room of their limits, and names for every
/// hundredth that does not count the limit that leaves it out.
///
/// The narrowest limit speaks first. What the room left by earlier pieces does not explain (a later piece was worth more
/// to the total) is named by a limit that is full in the end; in a greatest total there always is one.
fn attribute(
    pieces: &[Piece],
    classes: &[Class],
    class_of: &[usize],
    bindings: &[Binding],
    settled: &[Option<i64>],
    exact: bool,
) -> Count {
    let mut room: Vec<i64> = bindings.iter().map(|binding| binding.amount).collect();
    let mut count = Count { counted: Vec::with_capacity(pieces.len()), cuts: Vec::new(), exact };
    let mut unexplained: Vec<(usize, i64)> = Vec::new();
    for (place, ((piece, class), settled)) in pieces.iter().zip(class_of).zip(settled).enumerate() {
        let limits = classes.get(*class).map(|class| class.limits.as_slice()).unwrap_or_default();
        let mut left = piece.upper;
        for binding in limits {
            let least = room.get(*binding).copied().unwrap_or(0).max(settled.unwrap_or(0));
            if least < left {
                let limit = bindings.get(*binding).map_or(0, |binding| binding.limit);
                count.cuts.push(CapCut { piece: place, limit, amount: left - least });
                left = least;
            }
        }
        let counted = settled.unwrap_or(left);
        if counted < left {
            unexplained.push((place, left - counted));
        }
        for binding in limits {
            if let Some(room) = room.get_mut(*binding) {
                *room -= counted;
            }
        }
        count.counted.push(counted);
    }
    for (place, amount) in unexplained {
        let limits = class_of.get(place).and_then(|class| classes.get(*class)).map(|class| class.limits.as_slice());
        let full = |binding: &&usize| room.get(**binding).is_some_and(|room| *room <= 0);
        let limits = limits.unwrap_or_default();
        if let Some(binding) = limits.iter().find(full).or(limits.first()).and_then(|place| bindings.get(*place)) {
            let same = |cut: &&mut CapCut| cut.piece == place && cut.limit == binding.limit;
            match count.cuts.iter_mut().find(same) {
                Some(cut) => cut.amount += amount,
                None => count.cuts.push(CapCut { piece: place, limit: binding.limit, amount }),
            }
        }
    }
    count.cuts.sort_by_key(|cut| cut.piece);
    count
}
