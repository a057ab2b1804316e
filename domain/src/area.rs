//! Administrative areas: the six-digit codes of GB/T 2260.

use std::{fmt, ops::RangeInclusive, str::FromStr};
use thiserror::Error;

/// A six-digit code of GB/T 2260: province `330000`, city `331100`, county `331123`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AreaCode(i32);

/// The administrative level of an area, read from its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AreaLevel {
    /// 省: the last four digits are zero.
    Province,
    /// 市 (地级): the last two digits are zero.
    City,
    /// 县 (县级市 and 区 included).
    County,
}

/// The text is not six digits beginning with a province (11 to 82).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an area code has six digits and begins with a province, 11 to 82 (GB/T 2260)")]
pub struct BadAreaCode;

impl AreaCode {
    /// Checks the shape; whether the code was ever assigned is for the list of areas to say.
    ///
    /// # Errors
    /// [`BadAreaCode`] where the number is not six digits beginning with 11 to 82.
    pub const fn new(code: i32) -> Result<Self, BadAreaCode> {
        if code < 110_000 || code > 829_999 { Err(BadAreaCode) } else { Ok(AreaCode(code)) }
    }

    /// The code as a number.
    pub const fn get(self) -> i32 {
        self.0
    }

    /// Which level the code names.
    pub const fn level(self) -> AreaLevel {
        if self.0 % 10_000 == 0 {
            AreaLevel::Province
        } else if self.0 % 100 == 0 {
            AreaLevel::City
        } else {
            AreaLevel::County
        }
    }

    /// The province this area lies in (itself for a province).
    pub const fn province(self) -> Self {
        AreaCode(self.0 - self.0 % 10_000)
    }

    /// The city this area lies in; the province for a province.
    pub const fn city(self) -> Self {
        AreaCode(self.0 - self.0 % 100)
    }

    /// From the widest to the area itself: province, city, county, without repeats.
    pub fn chain(self) -> Vec<AreaCode> {
        let mut chain = vec![self.province(), self.city(), self];
        chain.dedup();
        chain
    }

    /// The codes of this area and of every area that lies in it.
    pub const fn codes(self) -> RangeInclusive<i32> {
        match self.level() {
            AreaLevel::Province => self.0..=self.0 + 9_999,
            AreaLevel::City => self.0..=self.0 + 99,
            AreaLevel::County => self.0..=self.0,
        }
    }

    /// True where `other` is this area or lies in it.
    pub fn contains(self, other: AreaCode) -> bool {
        match self.level() {
            AreaLevel::Province => other.province() == self,
            AreaLevel::City => other.city() == self,
            AreaLevel::County => other == self,
        }
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl FromStr for AreaCode {
    type Err = BadAreaCode;

    fn from_str(text: &str) -> Result<Self, BadAreaCode> {
        if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(BadAreaCode);
        }
        text.parse().map_err(|_| BadAreaCode).and_then(AreaCode::new)
    }
}

impl AreaLevel {
    /// The word used in data and in the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            AreaLevel::Province => "province",
            AreaLevel::City => "city",
            AreaLevel::County => "county",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_county_lies_in_its_city_and_province() {
        let county: AreaCode = "331123".parse().unwrap();
        let names: Vec<_> = county.chain().iter().map(ToString::to_string).collect();
        assert_eq!(names, ["330000", "331100", "331123"]);
        assert!(county.city().contains(county));
        assert!(!county.contains(county.city()));
        assert_eq!(county.province().chain().len(), 1);
        for area in [county, county.city(), county.province()] {
            for other in [331_123, 331_100, 331_199, 331_200, 330_000, 339_999, 340_000].map(AreaCode) {
                assert_eq!(area.codes().contains(&other.0), area.contains(other), "{other} in {area}");
            }
        }
    }

    #[test]
    fn a_code_that_is_not_six_digits_is_refused() {
        for text in ["", "33112", "3311230", "33112a", "000000", "991234", "+31123"] {
            assert_eq!(text.parse::<AreaCode>(), Err(BadAreaCode), "{text:?}");
        }
    }
}
