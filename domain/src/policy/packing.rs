//! The most favourable count under caps that cross, exactly.
//!
//! Entries that the same caps concern are alike, so the unknowns are the totals `y` of such classes: maximise `Σ y` under
//! `0 ≤ y ≤ upper` and, for each cap, `Σ y over its classes ≤ amount`, all in whole hundredths. Where the caps are the union of
//! two nested families this is a flow and every corner of the linear relaxation is whole; three crossing families can have
//! fractional corners (three entries, each pair of which may count 1 together: 1½ by halves, 1 in whole numbers). So the
//! relaxation is solved exactly, by the simplex method in whole numbers (Edmonds' integer pivoting: one common denominator,
//! every division exact), and branch and bound closes what gap there is. All coefficients are non-negative, hence
//! rounding down keeps every cap and lower bounds are feasible exactly where they keep every cap by themselves: each node
//! starts from a feasible corner.
//!
//! **Ties** (earlier entries first): in date order, each entry gets the most it can have in any optimal solution that leaves
//! the earlier ones what they got. For an entry of class `c` that is `max y_c − (what c's earlier entries have)`, over
//! optimal `y` not below what is given already. A class whose entry was cut is closed: by exchange, what a later entry of
//! the class could have, the earlier alike one could have had. The solution at hand is a witness, so the question
//! is solved anew only where neither the witness nor a cap without room answers it.

/// A group of classes that caps tie together.
#[derive(Debug, Clone, Default)]
pub(super) struct Packing {
    /// The most of each class.
    pub(super) upper: Vec<i64>,
    /// Caps: classes, in ascending order, and amount.
    pub(super) limits: Vec<(Vec<usize>, i64)>,
}

/// Entries of tableaux rewritten after which the search gives up, about half a second of work. Packs as counties write them
/// need a few thousand.
const WORK_MAX: usize = 50_000_000;
/// Pivots after which Bland's rule takes over, which cannot cycle.
const GREEDY_PIVOTS: usize = 200;

impl Packing {
    /// What counts of each piece `(class, amount)`; pieces are in date order and the pieces of a class add up to its upper
    /// bound. `None` where the search left the range of `i128` or its limit of work.
    pub(super) fn favourable(&self, pieces: &[(usize, i64)]) -> Option<Vec<i64>> {
        let weights = self.first_weights(pieces)?;
        let given = vec![0_i64; self.upper.len()];
        let mut work_left = WORK_MAX;
        let corner = Tableau::new(&self.limits, &given, &self.upper, &weights)?.solve(&mut work_left)?;
        if corner.fractional.is_none() {
            return self.earlier_first(pieces, corner.floors, &mut work_left);
        }
        // The greatest total, added as a cap on everything, cuts off the corners that promise half a hundredth more.
        let witness = self.maximise(&given, &vec![1; self.upper.len()], corner.floors, &mut work_left)?;
        let mut tighter = self.clone();
        tighter.limits.push(((0..self.upper.len()).collect(), witness.iter().sum()));
        tighter.earlier_first(pieces, witness, &mut work_left)
    }

    /// Weights by which the total comes first, and then the classes that begin earlier.
    fn first_weights(&self, pieces: &[(usize, i64)]) -> Option<Vec<i128>> {
        let everything: i64 = self.upper.iter().sum();
        let heavy = i128::try_from(self.upper.len()).ok()? * i128::from(everything) + 1;
        let mut begins = vec![0_usize; self.upper.len()];
        for (place, (class, _)) in pieces.iter().rev().enumerate() {
            *begins.get_mut(*class)? = place;
        }
        let mut order = begins.clone();
        order.sort_unstable();
        let rank = |place: &usize| i128::try_from(order.partition_point(|other| other < place)).ok();
        begins.iter().map(|place| Some(heavy + rank(place)?)).collect()
    }

    /// From any optimal solution to the one that favours earlier entries.
    fn earlier_first(&self, pieces: &[(usize, i64)], mut witness: Vec<i64>, work_left: &mut usize) -> Option<Vec<i64>> {
        let mut given = vec![0_i64; self.upper.len()];
        let mut closed = vec![false; self.upper.len()];
        let mut counted = Vec::with_capacity(pieces.len());
        for (class, amount) in pieces.iter().copied() {
            if *closed.get(class)? {
                counted.push(0);
                continue;
            }
            let before = *given.get(class)?;
            if before + amount > *witness.get(class)? && *witness.get(class)? - before < self.room(class, &given)? {
                let mut weights = vec![i128::from(*self.upper.get(class)?) + 1; self.upper.len()];
                *weights.get_mut(class)? += 1;
                witness = self.maximise(&given, &weights, witness, work_left)?;
            }
            let share = amount.min(*witness.get(class)? - before);
            *given.get_mut(class)? += share;
            *closed.get_mut(class)? = share < amount;
            counted.push(share);
        }
        Some(counted)
    }

    /// How much more of a class its own caps would let in if nothing more came of any other.
    fn room(&self, class: usize, given: &[i64]) -> Option<i64> {
        let mut room = self.upper.get(class)? - given.get(class)?;
        for (classes, amount) in &self.limits {
            if classes.binary_search(&class).is_ok() {
                room = room.min(amount - sum_of(classes, given));
            }
        }
        Some(room)
    }

    /// Adds to each class, in this order, what its caps still let in.
    fn filled(&self, mut y: Vec<i64>, order: &[usize]) -> Option<Vec<i64>> {
        for class in order {
            let room = self.room(*class, &y)?;
            *y.get_mut(*class)? += room;
        }
        Some(y)
    }

    /// A whole `y` of the greatest weight with `lower ≤ y`, starting from a `known` one. The weights are positive.
    fn maximise(&self, lower: &[i64], weights: &[i128], known: Vec<i64>, work_left: &mut usize) -> Option<Vec<i64>> {
        let weigh = |y: &[i64]| -> i128 { y.iter().zip(weights).map(|(y, w)| i128::from(*y) * w).sum() };
        let mut by_weight: Vec<usize> = (0..weights.len()).collect();
        by_weight.sort_by_key(|class| std::cmp::Reverse(weights.get(*class)));
        let known = self.filled(known, &by_weight)?;
        let mut best = (weigh(&known), known);
        let mut open = vec![(lower.to_vec(), self.upper.clone())];
        while let Some((lower, upper)) = open.pop() {
            let feasible = lower.iter().zip(&upper).all(|(low, high)| low <= high)
                && self.limits.iter().all(|(classes, amount)| sum_of(classes, &lower) <= *amount);
            if !feasible {
                continue;
            }
            let corner = Tableau::new(&self.limits, &lower, &upper, weights)?.solve(work_left)?;
            if corner.weight <= best.0 {
                continue;
            }
            let whole: Vec<i64> = lower.iter().zip(&corner.floors).map(|(low, floor)| low + floor).collect();
            let filled = self.filled(whole.clone(), &by_weight)?;
            let weight = weigh(&filled);
            if weight > best.0 {
                best = (weight, filled);
            }
            if let Some(class) = corner.fractional {
                let floor = *whole.get(class)?;
                let (mut below, mut above) = (upper.clone(), lower.clone());
                *below.get_mut(class)? = floor;
                *above.get_mut(class)? = floor + 1;
                open.push((lower, below));
                open.push((above, upper));
            }
        }
        Some(best.1)
    }
}

fn sum_of(classes: &[usize], y: &[i64]) -> i64 {
    classes.iter().filter_map(|class| y.get(*class)).sum()
}

/// The best corner of the linear relaxation.
struct Corner {
    /// Its weight, rounded down: no whole solution weighs more.
    weight: i128,
    /// Each class above its lower bound, rounded down.
    floors: Vec<i64>,
    /// A class whose amount is not whole.
    fractional: Option<usize>,
}

/// A variable at rest or in the basis: a class (0 to n−1), or the slack of a cap (from n).
#[derive(Clone, Copy)]
struct Variable {
    number: usize,
    /// The most it can be; slacks are unbounded.
    upper: Option<i128>,
    /// It stands for `upper − value`.
    flipped: bool,
}

/// Rows `denominator · basic + Σ row · resting = right`, and the weight `denominator · z = weight + Σ gain · resting`.
struct Tableau {
    classes: usize,
    denominator: i128,
    rows: Vec<(Variable, Vec<i128>, i128)>,
    resting: Vec<Variable>,
    gain: Vec<i128>,
    weight: i128,
}

impl Tableau {
    /// Unknowns are the amounts above `lower`, which is feasible.
    fn new(limits: &[(Vec<usize>, i64)], lower: &[i64], upper: &[i64], weights: &[i128]) -> Option<Self> {
        let classes = lower.len();
        let spans = lower.iter().zip(upper).map(|(low, high)| i128::from(high - low));
        let resting: Vec<Variable> =
            spans.enumerate().map(|(number, span)| Variable { number, upper: Some(span), flipped: false }).collect();
        let mut rows = Vec::with_capacity(limits.len());
        for (place, (members, amount)) in limits.iter().enumerate() {
            let mut row = vec![0; classes];
            for class in members {
                *row.get_mut(*class)? = 1;
            }
            let slack = Variable { number: classes + place, upper: None, flipped: false };
            rows.push((slack, row, i128::from(amount - sum_of(members, lower))));
        }
        let weight = lower.iter().zip(weights).map(|(low, weight)| i128::from(*low) * weight).sum();
        Some(Tableau { classes, denominator: 1, rows, resting, gain: weights.to_vec(), weight })
    }

    fn solve(mut self, work_left: &mut usize) -> Option<Corner> {
        let mut pivots = 0;
        while let Some(column) = self.entering(pivots < GREEDY_PIVOTS) {
            pivots += 1;
            *work_left = work_left.checked_sub((self.rows.len() + 1) * self.classes)?;
            match self.leaving(column)? {
                None => self.flip_resting(column)?,
                Some((row, at_upper)) => {
                    if at_upper {
                        self.flip_basic(row)?;
                    }
                    self.pivot(row, column)?;
                }
            }
        }
        let mut floors = vec![0_i64; self.classes];
        let mut fractional = None;
        let mut settle = |variable: &Variable, numerator: i128| -> Option<()> {
            if let Some(floor) = floors.get_mut(variable.number) {
                let upper = variable.upper.unwrap_or(0).checked_mul(self.denominator)?;
                let numerator = if variable.flipped { upper - numerator } else { numerator };
                *floor = i64::try_from(numerator.div_euclid(self.denominator)).ok()?;
                if numerator.rem_euclid(self.denominator) != 0 {
                    fractional = Some(variable.number);
                }
            }
            Some(())
        };
        for (variable, _, right) in &self.rows {
            settle(variable, *right)?;
        }
        for variable in &self.resting {
            settle(variable, 0)?;
        }
        Some(Corner { weight: self.weight.div_euclid(self.denominator), floors, fractional })
    }

    /// A resting variable whose increase gains: the one that gains most, or the first (Bland).
    fn entering(&self, most: bool) -> Option<usize> {
        let gains = self
            .gain
            .iter()
            .zip(&self.resting)
            .enumerate()
            .filter(|(_, (gain, variable))| **gain > 0 && variable.upper.is_none_or(|upper| upper > 0));
        if most {
            gains.max_by_key(|(column, (gain, _))| (**gain, std::cmp::Reverse(*column))).map(|(column, _)| column)
        } else {
            gains.min_by_key(|(_, (_, variable))| variable.number).map(|(column, _)| column)
        }
    }

    /// What stops the entering variable first: `None` for its own upper bound, or a row whose basic variable comes to 0, or
    /// to its upper bound (`true`). Fails where nothing stops it, which bounded classes exclude.
    fn leaving(&self, column: usize) -> Option<Option<(usize, bool)>> {
        // The least step so far as a fraction, and who asks for it.
        let mut least: Option<(i128, i128)> = self.resting.get(column)?.upper.map(|upper| (upper, 1));
        let mut stopper: Option<(usize, bool, usize)> = None;
        for (place, (variable, row, right)) in self.rows.iter().enumerate() {
            let entry = *row.get(column)?;
            let (above, below, at_upper) = match (entry, variable.upper) {
                (1.., _) => (*right, entry, false),
                (..=-1, Some(upper)) => (upper.checked_mul(self.denominator)?.checked_sub(*right)?, -entry, true),
                _ => continue,
            };
            let order = match least {
                None => std::cmp::Ordering::Less,
                Some((a, b)) => above.checked_mul(b)?.cmp(&a.checked_mul(below)?),
            };
            let earlier = stopper.is_some_and(|(_, _, number)| variable.number < number);
            if order.is_lt() || (order.is_eq() && earlier) {
                least = Some((above, below));
                stopper = Some((place, at_upper, variable.number));
            }
        }
        least.map(|_| stopper.map(|(row, at_upper, _)| (row, at_upper)))
    }

    /// Takes a resting variable from 0 to its upper bound, and measures it from there.
    fn flip_resting(&mut self, column: usize) -> Option<()> {
        let variable = self.resting.get_mut(column)?;
        let upper = variable.upper?;
        variable.flipped = !variable.flipped;
        for (_, row, right) in &mut self.rows {
            let entry = row.get_mut(column)?;
            *right = right.checked_sub(entry.checked_mul(upper)?)?;
            *entry = -*entry;
        }
        let gain = self.gain.get_mut(column)?;
        self.weight = self.weight.checked_add(gain.checked_mul(upper)?)?;
        *gain = -*gain;
        Some(())
    }

    /// Measures a basic variable from its upper bound.
    fn flip_basic(&mut self, row: usize) -> Option<()> {
        let (variable, entries, right) = self.rows.get_mut(row)?;
        variable.flipped = !variable.flipped;
        *right = variable.upper?.checked_mul(self.denominator)?.checked_sub(*right)?;
        for entry in entries {
            *entry = -*entry;
        }
        Some(())
    }

    /// Brings a resting variable into the basis in exchange for a basic one; the pivot is positive.
    fn pivot(&mut self, pivot_row: usize, column: usize) -> Option<()> {
        let (leaving, mut pivots, pivot_right) = {
            let (variable, row, right) = self.rows.get_mut(pivot_row)?;
            (*variable, std::mem::take(row), *right)
        };
        let pivot = *pivots.get(column)?;
        let old = self.denominator;
        let exact = |value: i128| if old == 1 { value } else { value / old };
        let eliminate = |row: &mut [i128], right: &mut i128, sign: i128| -> Option<()> {
            let factor = *row.get(column)?;
            if factor == 0 && pivot == old {
                return Some(());
            }
            for (entry, above) in row.iter_mut().zip(&pivots) {
                *entry = exact(entry.checked_mul(pivot)?.checked_sub(factor.checked_mul(*above)?)?);
            }
            *row.get_mut(column)? = -factor;
            let change = factor.checked_mul(pivot_right)?.checked_mul(sign)?;
            *right = exact(right.checked_mul(pivot)?.checked_sub(change)?);
            Some(())
        };
        for (place, (_, row, right)) in self.rows.iter_mut().enumerate() {
            if place != pivot_row {
                eliminate(row, right, 1)?;
            }
        }
        eliminate(&mut self.gain, &mut self.weight, -1)?;
        *pivots.get_mut(column)? = old;
        let entering = std::mem::replace(self.resting.get_mut(column)?, leaving);
        *self.rows.get_mut(pivot_row)? = (entering, pivots, pivot_right);
        self.denominator = pivot;
        Some(())
    }
}

#[cfg(test)]
mod tests;
