//! Time-ordered 63-bit numbers made in the process: 42 bits of milliseconds since 2000, 10 bits of node, 11 bits of sequence.

use shixun_domain::UtcMillis;
use std::sync::atomic::{AtomicU64, Ordering};

/// 2000-01-01T00:00:00Z, in milliseconds. With 42 bits the numbers last until 2139.
const EPOCH_MILLIS: i64 = 946_684_800_000;
const SEQUENCE_BITS: u32 = 11;
const NODE_BITS: u32 = 10;

pub(super) struct IdMaker {
    node: u64,
    /// Milliseconds and sequence of the last number, in one word so that one atomic step advances both.
    last: AtomicU64,
}

/// The moment a number begins with: never before the moment it was made for.
pub(crate) fn made_at(number: i64) -> UtcMillis {
    UtcMillis::from_millis((number >> (NODE_BITS + SEQUENCE_BITS)).saturating_add(EPOCH_MILLIS))
}

/// The least number that is made at a moment or later.
pub(crate) fn first_of(at: UtcMillis) -> i64 {
    at.millis().saturating_sub(EPOCH_MILLIS).max(0) << (NODE_BITS + SEQUENCE_BITS)
}

impl IdMaker {
    pub(super) fn new(node: u16) -> Self {
        IdMaker { node: u64::from(node) & ((1 << NODE_BITS) - 1), last: AtomicU64::new(0) }
    }

    /// A number greater than every one before it. More than 2,048 within a millisecond borrow from the next.
    pub(super) fn next(&self, at: UtcMillis) -> i64 {
        let millis = u64::try_from(at.millis().saturating_sub(EPOCH_MILLIS)).unwrap_or(0);
        let floor = millis << SEQUENCE_BITS;
        let step = |last: u64| (last + 1).max(floor);
        let last = match self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(step(last))) {
            Ok(before) | Err(before) => step(before),
        };
        let sequence = last & ((1 << SEQUENCE_BITS) - 1);
        let millis = last >> SEQUENCE_BITS;
        let number = (millis << (NODE_BITS + SEQUENCE_BITS)) | (self.node << SEQUENCE_BITS) | sequence;
        i64::try_from(number & (u64::MAX >> 1)).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_even_when_the_clock_falls() {
        let maker = IdMaker::new(7);
        let now = UtcMillis::from_millis(1_800_000_000_000);
        let mut last = 0;
        for step in 0..5_000 {
            let next = maker.next(now.plus_millis(if step % 2 == 0 { 0 } else { -60_000 }));
            assert!(next > last);
            last = next;
        }
    }

    #[test]
    fn a_number_begins_with_its_moment() {
        let maker = IdMaker::new(1023);
        let now = UtcMillis::from_millis(1_800_000_000_123);
        assert_eq!(made_at(maker.next(now)), now);
        assert!(first_of(now) <= maker.next(now) && maker.next(now) < first_of(now.plus_millis(1)));
        assert_eq!(made_at(maker.next(now.plus_millis(-60_000))), now, "or with a later one where the clock fell");
    }

    #[test]
    fn two_nodes_never_make_the_same_number() {
        let now = UtcMillis::from_millis(1_800_000_000_000);
        let (one, two) = (IdMaker::new(1), IdMaker::new(2));
        let made: std::collections::HashSet<i64> = (0..2_000).flat_map(|_| [one.next(now), two.next(now)]).collect();
        assert_eq!(made.len(), 4_000);
    }
}
