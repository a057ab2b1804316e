//! What the policy packs in force ask of programmes, sessions and units.

use super::{Audience, UnitSlot, UnitsFault};
use crate::{
    AreaCode, Hours,
    policy::{FilingLevel, Months, RuleSet},
};

/// What the packs of an area say on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demands {
    /// Whether a class head is needed (专职班主任, 浙教办师〔2014〕14号).
    pub class_head: bool,
    /// The fewest seats of a published session.
    pub class_size_min: Option<i32>,
    /// The most seats of a published session.
    pub class_size_max: Option<i32>,
    /// Minutes in one hour of credit.
    pub hour_minutes: i32,
    /// The most that the units of a session are worth on one day.
    pub hours_per_day: Hours,
    /// The months in which programmes are filed where the area opened no window.
    pub filing_months: Option<Months>,
    /// With whom programmes are filed.
    pub filing_level: FilingLevel,
}

impl Demands {
    /// What these rules ask.
    pub fn of(rules: &RuleSet) -> Self {
        Demands {
            class_head: rules.class_head_required(),
            class_size_min: rules.class_size_min(),
            class_size_max: rules.class_size_max(),
            hour_minutes: rules.hour_minutes(),
            hours_per_day: rules.hours_per_day(),
            filing_months: rules.filing_windows(),
            filing_level: rules.filing_level(),
        }
    }

    /// Whether a class may have so many seats.
    pub fn takes_class_of(&self, seats: i32) -> bool {
        self.class_size_min.is_none_or(|least| seats >= least) && self.class_size_max.is_none_or(|most| seats <= most)
    }

    /// Whether a unit is worth no more than its time, and the units of its day no more than a day. What does not divide is rounded up
    /// to a hundredth, so that no honest unit is refused.
    ///
    /// # Errors
    /// `HoursExceedMinutes`, `HoursExceedDay`.
    pub fn worth(&self, unit: &UnitSlot, others: &[UnitSlot]) -> Result<(), UnitsFault> {
        let (minutes, per_hour) = (unit.minutes(), i64::from(self.hour_minutes.max(1)));
        let most = Hours::from_hundredths((minutes.saturating_mul(100).saturating_add(per_hour - 1)) / per_hour);
        if unit.hours > most {
            return Err(UnitsFault::HoursExceedMinutes { unit: *unit, minutes, hour_minutes: self.hour_minutes, most });
        }
        let day = unit.starts_at.china_date();
        let same_day = others.iter().filter(|other| other.id != unit.id && other.starts_at.china_date() == day);
        let sum = same_day.fold(unit.hours, |sum, other| sum.plus(other.hours));
        if sum > self.hours_per_day {
            return Err(UnitsFault::HoursExceedDay { day, sum, most: self.hours_per_day });
        }
        Ok(())
    }

    /// The area whose authority a programme of `here` is filed with: the narrowest around all it is for, at most the province.
    pub fn filed_with(&self, here: AreaCode, audience: &Audience) -> AreaCode {
        if self.filing_level == FilingLevel::OwnArea {
            return here;
        }
        let organisations = audience.organisations.iter().map(|organisation| organisation.area());
        let reach: Vec<AreaCode> = audience.areas.iter().copied().chain(organisations).collect();
        let around = |area: &AreaCode| reach.iter().all(|one| area.contains(*one));
        here.chain().into_iter().rev().find(around).unwrap_or(here.province())
    }
}
