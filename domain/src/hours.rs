//! Hours (学时): the unit of credit.

use crate::decimal::{self, DecimalFault};
use std::{fmt, str::FromStr};

/// Hours (学时), the unit of credit: 45 minutes of teaching by default, never a clock duration.
///
/// Kept in hundredths; arithmetic is checked; written with two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hours(i64);

impl Hours {
    /// Nothing.
    pub const ZERO: Hours = Hours(0);

    /// From hundredths, as stored.
    pub const fn from_hundredths(hundredths: i64) -> Self {
        Hours(hundredths)
    }

    /// A whole number.
    pub const fn whole(units: i32) -> Self {
        // Widening i32 to i64 and times 100 cannot overflow; `From` is not const.
        #[allow(clippy::as_conversions)]
        Hours(units as i64 * 100)
    }

    /// The hundredths, as stored.
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// The sum, or `None` where it leaves the range of `i64`.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Hours(sum)),
            None => None,
        }
    }

    /// The difference, or `None` where it leaves the range of `i64`.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Hours(difference)),
            None => None,
        }
    }

    /// How much is left of `self` when `other` is taken away, never below nothing.
    pub fn less(self, other: Self) -> Self {
        Hours(self.0.saturating_sub(other.0).max(0))
    }

    /// The sum, held at the largest value. For displays and totals whose parts were range-checked on entry.
    pub fn plus(self, other: Self) -> Self {
        Hours(self.0.saturating_add(other.0))
    }

    /// True below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }
}

impl std::iter::Sum for Hours {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::ZERO, Self::plus)
    }
}

impl FromStr for Hours {
    type Err = DecimalFault;

    fn from_str(text: &str) -> Result<Self, DecimalFault> {
        decimal::parse_hundredths(text).map(Hours)
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal::write_hundredths(self.0, f)
    }
}

/// Days of training (天), in hundredths, beside the hours: the two have no fixed ratio (`domain.md` 6, ethics).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Days(i64);

impl Days {
    /// None.
    pub const ZERO: Days = Days(0);

    /// From hundredths, as stored.
    pub const fn from_hundredths(hundredths: i64) -> Self {
        Days(hundredths)
    }

    /// The hundredths, as stored.
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// How much is left when `other` is taken away, never below nothing.
    pub fn less(self, other: Self) -> Self {
        Days(self.0.saturating_sub(other.0).max(0))
    }

    /// Both together, at the end of the range where they are more.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Days(self.0.saturating_add(other.0))
    }

    /// The hours of so many days of `each` hours.
    pub fn of(self, each: Hours) -> Hours {
        each.share(self.0, 100).unwrap_or(Hours::ZERO)
    }
}

impl FromStr for Days {
    type Err = DecimalFault;

    fn from_str(text: &str) -> Result<Self, DecimalFault> {
        decimal::parse_hundredths(text).map(Days)
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        decimal::write_hundredths(self.0, f)
    }
}

impl Hours {
    /// `self × part ÷ whole`, rounded down to a hundredth; `None` where `whole` is not positive or the result leaves the
    /// range. Rounding down never gives more than a rule allows.
    pub fn share(self, part: i64, whole: i64) -> Option<Self> {
        if whole <= 0 {
            return None;
        }
        let scaled = i128::from(self.0) * i128::from(part);
        i64::try_from(scaled.div_euclid(i128::from(whole))).ok().map(Hours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_hours_is_rounded_down_to_a_hundredth() {
        assert_eq!(Hours::whole(305).share(1, 2), Some(Hours::from_hundredths(15_250)));
        assert_eq!(Hours::whole(100).share(1, 3), Some(Hours::from_hundredths(33_33)));
        assert_eq!(Hours::whole(360).share(28, 60), Some(Hours::whole(168)));
        assert_eq!(Hours::whole(1).share(1, 0), None);
    }

    #[test]
    fn hours_are_written_with_two_decimals() {
        assert_eq!("12.5".parse::<Hours>().unwrap().to_string(), "12.50");
        assert_eq!(Hours::from_hundredths(-605).to_string(), "-6.05");
    }
}
