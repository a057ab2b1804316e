//! The training fund (教师培训经费): what is to be spent at least, how much of it the county may use itself, and what of it the
//! teachers' own choice decides (浙教师〔2010〕175号, article 10, and the speech of 2011; `domain.md` 1.6).
//!
//! Texts differ in the base, so that a pack names it and every answer shows it.

use super::rule::Ratio;
use crate::{money::Fen, words::word_list};

word_list! {
    /// What the fund is a share of.
    FundBase {
        StaffPayroll = "staff_payroll", "教职工工资总额", "staff payroll";
        BasicWages = "basic_wages", "教师基本工资总额", "teachers' basic wages";
        WagesAfterRise = "wages_after_rise", "调资后中小学（幼儿园）教师工资总额", "wages of teachers after the rise";
    }
}

/// What packs say of the fund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FundRule {
    /// The fund's least share of the base.
    pub ratio: Ratio,
    /// The base.
    pub base: FundBase,
    /// The greatest share of the fund that the county may use for its own special training.
    pub county_share: Ratio,
    /// The least share of a school's running funds (公用经费) on top.
    pub school_running: Ratio,
}

/// What is to be spent in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FundFloor {
    /// What the fund is a share of.
    pub base: FundBase,
    /// The least fund.
    pub fund: Fen,
    /// The most of it that the county may use itself.
    pub county_most: Fen,
    /// What of it the teachers' choice decides at least.
    pub choice: Fen,
}

impl FundRule {
    /// What is to be spent where the base amounts to so much. Floors are rounded up to a fen, the county's part down.
    pub fn floor(&self, amount: Fen) -> FundFloor {
        let fund = rounded_up(self.ratio, amount);
        let county_most = rounded_down(self.county_share, fund);
        FundFloor { base: self.base, fund, county_most, choice: fund.less(county_most) }
    }

    /// What a school has to add where its running funds amount to so much.
    pub fn of_running_funds(&self, amount: Fen) -> Fen {
        rounded_up(self.school_running, amount)
    }
}

fn rounded_down(ratio: Ratio, amount: Fen) -> Fen {
    let scaled = i128::from(amount.hundredths()) * i128::from(ratio.numerator);
    Fen::from_hundredths(i64::try_from(scaled.div_euclid(i128::from(ratio.denominator))).unwrap_or(i64::MAX))
}

fn rounded_up(ratio: Ratio, amount: Fen) -> Fen {
    let down = rounded_down(ratio, amount);
    let rest = i128::from(amount.hundredths()) * i128::from(ratio.numerator) % i128::from(ratio.denominator);
    if rest == 0 { down } else { down.plus(Fen::from_hundredths(1)) }
}
