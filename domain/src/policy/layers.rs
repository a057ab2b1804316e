//! Which rules are in force in an area on a day.
//!
//! Packs are laid over one another from the widest area to the narrowest (province, city, county). Within one area the
//! packs in force are laid in the order of their first day, then of their code; of one code only the highest version that
//! is in force speaks. **A rule of a narrower pack replaces the rule of the same id** (for the same profile) as a whole,
//! whether it is stricter or not, and adds itself where there is none; it cannot take a wider pack's rule away.
//! A rule for a profile, or a profile's dropping of a rule, stands before the rule for everybody of the same id, whichever
//! pack either comes from. Where several profiles hold, the first in the order of [`Profile`] decides.

use super::{
    cycle::{Cycle, CycleCalendar},
    facts::ProfileSet,
    pack::Pack,
    rule::{LeaveTotal, Profile, Prorate, Rule},
};
use crate::area::AreaCode;
use chrono::NaiveDate;
use std::{collections::BTreeMap, fmt, sync::Arc};
use thiserror::Error;

/// Why there are no rules.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LayerFault {
    /// No pack is in force.
    #[error("no policy pack is in force for area {area} on {day}")]
    NoPackInForce {
        /// The area.
        area: AreaCode,
        /// The day.
        day: NaiveDate,
    },
    /// No pack in force says what a cycle is.
    #[error("no policy pack in force for area {area} on {day} sets a cycle")]
    NoCycle {
        /// The area.
        area: AreaCode,
        /// The day.
        day: NaiveDate,
    },
    /// More than the evaluator takes: 64 caps or themes, 32 changes of rules in one cycle.
    #[error("the policy packs of the cycle hold more than {most} {what}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there may be.
        most: usize,
    },
}

/// A rule with the pack it comes from, so that an explanation can name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRef {
    /// Code of the pack.
    pub pack: String,
    /// Version of the pack.
    pub version: i32,
    /// The rule.
    pub rule: Rule,
}

impl fmt::Display for RuleRef {
    /// `331123 v1 school_based.cap.year`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} v{} {}", self.pack, self.version, self.rule.id)
    }
}

/// A rule of a [`RuleSet`] and the persons it binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInForce {
    /// The rule.
    pub reference: Arc<RuleRef>,
    /// Profiles whose persons another rule of this id, or none, binds instead.
    pub(super) not_for: ProfileSet,
}

impl RuleInForce {
    /// True where the rule binds a person for whom these profiles hold.
    pub fn binds(&self, profiles: ProfileSet) -> bool {
        self.reference.rule.profile.is_none_or(|profile| profiles.contains(profile)) && !profiles.meets(self.not_for)
    }
}

/// The rules in force in an area on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    packs: Vec<(String, i32)>,
    calendar: Option<CycleCalendar>,
    hour_minutes: i32,
    prorate: Prorate,
    leave_total: LeaveTotal,
    rules: Vec<RuleInForce>,
}

/// Minutes of teaching in one hour of credit where no pack says so.
const HOUR_MINUTES_DEFAULT: i32 = 45;

/// The rules of one id: for everybody, and for each profile (`Some(None)` where the profile drops the rule).
#[derive(Default)]
struct Variants {
    everybody: Option<Arc<RuleRef>>,
    by_profile: BTreeMap<Profile, Option<Arc<RuleRef>>>,
}

impl RuleSet {
    /// The rules in force in `area` on `day`.
    ///
    /// # Errors
    /// [`LayerFault::NoPackInForce`].
    pub fn on(packs: &[Pack], area: AreaCode, day: NaiveDate) -> Result<Self, LayerFault> {
        let layers = layers(packs, area, day);
        if layers.is_empty() {
            return Err(LayerFault::NoPackInForce { area, day });
        }
        let mut by_id: BTreeMap<&str, Variants> = BTreeMap::new();
        for pack in &layers {
            for drops in pack.drops() {
                for id in &drops.rule_ids {
                    by_id.entry(id).or_default().by_profile.insert(drops.profile, None);
                }
            }
            for rule in pack.rules() {
                let named = RuleRef { pack: pack.code().to_owned(), version: pack.version(), rule: rule.clone() };
                let variants = by_id.entry(&rule.id).or_default();
                match rule.profile {
                    None => variants.everybody = Some(Arc::new(named)),
                    Some(profile) => {
                        variants.by_profile.insert(profile, Some(Arc::new(named)));
                    }
                }
            }
        }
        let last = |read: fn(&Pack) -> Option<i32>| layers.iter().rev().find_map(|pack| read(pack));
        Ok(RuleSet {
            packs: layers.iter().map(|pack| (pack.code().to_owned(), pack.version())).collect(),
            calendar: layers.iter().rev().find_map(|pack| pack.calendar()),
            hour_minutes: last(Pack::hour_minutes).unwrap_or(HOUR_MINUTES_DEFAULT),
            prorate: layers.iter().rev().find_map(|pack| pack.prorate()).unwrap_or(Prorate::None),
            leave_total: layers.iter().rev().find_map(|pack| pack.leave_total()).unwrap_or(LeaveTotal::Keep),
            rules: by_id.into_values().flat_map(Variants::into_rules).collect(),
        })
    }

    /// Codes and versions of the packs in force, the widest first.
    pub fn packs(&self) -> &[(String, i32)] {
        &self.packs
    }

    /// What a cycle is.
    pub const fn calendar(&self) -> Option<CycleCalendar> {
        self.calendar
    }

    /// Minutes of teaching in one hour of credit; 45 where no pack says so.
    pub const fn hour_minutes(&self) -> i32 {
        self.hour_minutes
    }

    /// How a newcomer's total is reduced; not at all where no pack says so.
    pub const fn prorate(&self) -> Prorate {
        self.prorate
    }

    /// What leave does to the total; nothing where no pack says so.
    pub const fn leave_total(&self) -> LeaveTotal {
        self.leave_total
    }

    /// The rules, by id.
    pub fn rules(&self) -> &[RuleInForce] {
        &self.rules
    }
}

impl Variants {
    fn into_rules(self) -> Vec<RuleInForce> {
        let mut decided = ProfileSet::default();
        let mut rules = Vec::new();
        for (profile, variant) in self.by_profile {
            rules.extend(variant.map(|reference| RuleInForce { reference, not_for: decided }));
            decided.insert_if(profile, true);
        }
        rules.extend(self.everybody.map(|reference| RuleInForce { reference, not_for: decided }));
        rules
    }
}

/// The packs in force, from the one that speaks first to the one that has the last word.
fn layers(packs: &[Pack], area: AreaCode, day: NaiveDate) -> Vec<&Pack> {
    let in_force = |pack: &&Pack| pack.area().contains(area) && pack.valid().contains(day);
    let mut layers: Vec<&Pack> = packs.iter().filter(in_force).collect();
    layers.sort_by_key(|pack| (pack.code(), pack.version()));
    layers.reverse();
    layers.dedup_by_key(|pack| pack.code());
    layers.sort_by_key(|pack| (pack.area().level(), pack.valid().from, pack.code()));
    layers
}

/// The cycle that contains a day.
///
/// # Errors
/// [`LayerFault::NoPackInForce`] and [`LayerFault::NoCycle`].
pub fn cycle_on(packs: &[Pack], area: AreaCode, day: NaiveDate) -> Result<Cycle, LayerFault> {
    let calendar = RuleSet::on(packs, area, day)?.calendar.ok_or(LayerFault::NoCycle { area, day })?;
    Ok(calendar.cycle_on(day))
}

/// The cycle of this name (`2016-2020`) in the area; `None` where no pack for the area knows it.
pub fn cycle_named(packs: &[Pack], area: AreaCode, name: &str) -> Option<Cycle> {
    let here = packs.iter().filter(|pack| pack.area().contains(area));
    here.filter_map(Pack::calendar).find_map(|calendar| calendar.cycle_named(name))
}
