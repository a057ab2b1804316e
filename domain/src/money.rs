//! Money.

use crate::decimal::{self, DecimalFault};
use std::{fmt, str::FromStr};

/// An amount of money in yuan and fen (人民币).
///
/// Kept in hundredths; arithmetic is checked; written with two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fen(i64);

impl Fen {
    /// Nothing.
    pub const ZERO: Fen = Fen(0);

    /// From hundredths, as stored.
    pub const fn from_hundredths(hundredths: i64) -> Self {
        Fen(hundredths)
    }

    /// A whole number.
    pub const fn whole(units: i32) -> Self {
        // Widening i32 to i64 and times 100 cannot overflow; `From` is not const.
        #[allow(clippy::as_conversions)]
        Fen(units as i64 * 100)
    }

    /// The hundredths, as stored.
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// The sum, or `None` where it leaves the range of `i64`.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Fen(sum)),
            None => None,
        }
    }

    /// The difference, or `None` where it leaves the range of `i64`.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Fen(difference)),
            None => None,
        }
    }

    /// How much is left of `self` when `other` is taken away, never below nothing.
    pub fn less(self, other: Self) -> Self {
        Fen(self.0.saturating_sub(other.0).max(0))
    }

    /// The sum, held at the largest value. For displays and totals whose parts were range-checked on entry.
    pub fn plus(self, other: Self) -> Self {
        Fen(self.0.saturating_add(other.0))
    }

    /// True below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }
}

impl std::iter::Sum for Fen {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::ZERO, Self::plus)
    }
}

impl FromStr for Fen {
    type Err = DecimalFault;

    fn from_str(text: &str) -> Result<Self, DecimalFault> {
        decimal::parse_hundredths(text).map(Fen)
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal::write_hundredths(self.0, f)
    }
}
