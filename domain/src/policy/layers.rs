//! Which rules are in force in an area on a day.
//!
//! Packs are laid over one another from the widest area to the narrowest (province, city, county), and last those of a school of
//! the county; a school, whose packs hold rules alone, is a layer like an area in all that follows. Within one area the packs in force are laid in the order of their first day, then of their code; of one code only the highest version that
//! is in force speaks. **A rule of a narrower pack replaces the rule of the same id** (for the same profile) as a whole where
//! it is at least as strict or the wider pack says that its rule may be relaxed, and adds itself where there is none. Where it
//! is laxer, or cannot be compared, the rule of the wider area stands beside it: so the stricter one decides. (Of two factors
//! only the wider area's stands, because factors multiply.) A rule that may not be relaxed cannot be dropped either. Within one
//! area a later pack replaces an earlier one freely. Of what packs say once for everybody the stricter decides
//! as well, unless the wider pack says that it may be relaxed; what is stricter stands with each setting in `settings.rs`.
//!
//! A rule for a profile, or a profile's dropping of a rule, stands before the rule for everybody of the same id, whichever
//! pack either comes from. Where several profiles hold, the first in the order of [`Profile`] decides.

use super::{
    citation::{Citation, settings_in_force},
    cycle::{Cycle, CycleCalendar},
    evaluating::EvaluationTerms,
    facts::ProfileSet,
    fund::FundRule,
    jurisdiction::{Jurisdiction, Layer},
    pack::Pack,
    rule::{Attribution, Body, Profile, Rule},
    settings::Settings,
    strictness::at_least_as_strict,
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
    /// Whom the pack was made for.
    pub jurisdiction: Jurisdiction,
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

/// Whom a rule binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Binding {
    /// The profile whose persons alone it binds.
    only_for: Option<Profile>,
    /// Profiles whose persons another rule of its id, or none, binds instead.
    not_for: ProfileSet,
}

impl Binding {
    /// True where the rule binds a person for whom these profiles hold.
    pub(super) fn binds(self, profiles: ProfileSet) -> bool {
        self.only_for.is_none_or(|profile| profiles.contains(profile)) && !profiles.meets(self.not_for)
    }
}

/// A rule of a [`RuleSet`] and the persons it binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInForce {
    /// The rule.
    pub reference: Arc<RuleRef>,
    pub(super) binding: Binding,
}

impl RuleInForce {
    /// True where the rule binds a person for whom these profiles hold.
    pub fn binds(&self, profiles: ProfileSet) -> bool {
        self.binding.binds(profiles)
    }
}

/// The rules in force in an area on a day; by default those of an area without packs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleSet {
    packs: Vec<(String, i32)>,
    /// Whom each pack was made for, in their order: a code is unique within an area only.
    made_for: Vec<Jurisdiction>,
    calendar: Option<CycleCalendar>,
    pub(super) settings: Settings,
    pub(super) cited: Vec<Arc<Citation>>,
    rules: Vec<RuleInForce>,
}

/// The rules of one id: for everybody, and for each profile (none where the profile is free of them).
#[derive(Default, Clone)]
struct Variants {
    everybody: Vec<Arc<RuleRef>>,
    by_profile: BTreeMap<Profile, Vec<Arc<RuleRef>>>,
}

impl RuleSet {
    /// The rules in force in an area or a school on `day`.
    ///
    /// # Errors
    /// [`LayerFault::NoPackInForce`].
    pub fn on(packs: &[Pack], place: impl Into<Jurisdiction>, day: NaiveDate) -> Result<Self, LayerFault> {
        let place = place.into();
        let layers = layers(packs, place, day);
        if layers.is_empty() {
            return Err(LayerFault::NoPackInForce { area: place.area(), day });
        }
        let mut by_id: BTreeMap<&str, Variants> = BTreeMap::new();
        for of_one in layers.chunk_by(|one, next| one.jurisdiction() == next.jurisdiction()) {
            let wider = by_id.clone();
            let wider_of = |id: &str| wider.get(id).cloned().unwrap_or_default();
            for pack in of_one {
                for drops in pack.drops() {
                    for id in &drops.rule_ids {
                        by_id.entry(id).or_default().drop_for(drops.profile, &wider_of(id));
                    }
                }
                for named in pack.references() {
                    let id = &named.rule.id;
                    by_id.entry(id).or_default().add(Arc::clone(named), &wider_of(id));
                }
            }
        }
        let settings = Settings::decided(&layers);
        Ok(RuleSet {
            packs: layers.iter().map(|pack| (pack.code().to_owned(), pack.version())).collect(),
            made_for: layers.iter().map(|pack| pack.jurisdiction()).collect(),
            calendar: layers.iter().rev().find_map(|pack| pack.calendar()),
            cited: settings_in_force(&layers, &settings),
            settings,
            rules: by_id.into_values().flat_map(Variants::into_rules).collect(),
        })
    }

    /// Codes and versions of the packs in force, the widest first.
    pub fn packs(&self) -> &[(String, i32)] {
        &self.packs
    }

    /// True where the same packs are in force, and so the same rules.
    pub(super) fn same_packs(&self, other: &RuleSet) -> bool {
        self.packs == other.packs && self.made_for == other.made_for
    }

    /// What a cycle is.
    pub const fn calendar(&self) -> Option<CycleCalendar> {
        self.calendar
    }

    /// What is asked of participants; `None` where no pack says within how many days they evaluate a session.
    pub fn evaluation(&self) -> Option<EvaluationTerms> {
        let days = u32::try_from(self.evaluation_days()?).ok()?;
        Some(EvaluationTerms { days, missed: self.evaluation_missed() })
    }

    /// What is to be spent on training; `None` where no pack sets a share.
    pub fn fund(&self) -> Option<FundRule> {
        self.fund_ratio().map(|ratio| FundRule {
            ratio,
            base: self.fund_base(),
            county_share: self.fund_county_share(),
            school_running: self.fund_school_running(),
        })
    }

    /// The rules, by id.
    pub fn rules(&self) -> &[RuleInForce] {
        &self.rules
    }
}

impl Variants {
    /// The rules that bind a profile, or everybody.
    fn binding(&self, profile: Option<Profile>) -> &[Arc<RuleRef>] {
        profile.and_then(|profile| self.by_profile.get(&profile)).unwrap_or(&self.everybody)
    }

    /// Those that may not be relaxed for a profile, or for everybody.
    fn fixed(&self, profile: Option<Profile>) -> impl Iterator<Item = &Arc<RuleRef>> {
        self.binding(profile).iter().filter(move |wide| !wide.rule.relaxable.allows(profile))
    }

    /// Lays a rule over those of the wider areas.
    fn add(&mut self, own: Arc<RuleRef>, wider: &Variants) {
        let (profile, body) = (own.rule.profile, &own.rule.body);
        let laxer_than = |wide: &&Arc<RuleRef>| !at_least_as_strict(body, &wide.rule.body);
        let mut rules: Vec<_> = wider.fixed(profile).filter(laxer_than).cloned().collect();
        let multiplies = matches!(body, Body::Factor { .. }) && !rules.is_empty();
        if !multiplies {
            rules.push(own);
        }
        self.set(profile, rules);
    }

    fn drop_for(&mut self, profile: Profile, wider: &Variants) {
        self.set(Some(profile), wider.fixed(Some(profile)).cloned().collect());
    }

    fn set(&mut self, profile: Option<Profile>, rules: Vec<Arc<RuleRef>>) {
        match profile {
            None => self.everybody = rules,
            Some(profile) => {
                self.by_profile.insert(profile, rules);
            }
        }
    }

    fn into_rules(self) -> Vec<RuleInForce> {
        let mut not_for = ProfileSet::default();
        let mut rules = Vec::new();
        for (profile, of_profile) in self.by_profile {
            let binding = Binding { only_for: Some(profile), not_for };
            rules.extend(of_profile.into_iter().map(|reference| RuleInForce { reference, binding }));
            not_for.insert_if(profile, true);
        }
        let binding = Binding { only_for: None, not_for };
        rules.extend(self.everybody.into_iter().map(|reference| RuleInForce { reference, binding }));
        rules
    }
}

/// The days from which hours belong to another day than before, for courses completed on them: the first holds for all days
/// before the second.
pub(super) fn attributions(packs: &[Pack], area: AreaCode) -> Vec<(NaiveDate, Attribution)> {
    let mut starts = vec![NaiveDate::MIN];
    let area = Jurisdiction::Area(area);
    for span in packs.iter().filter(|pack| pack.jurisdiction().contains(area)).map(Pack::valid) {
        starts.push(span.from);
        starts.extend(span.to.and_then(|to| to.succ_opt()));
    }
    starts.sort_unstable();
    let on = |day: NaiveDate| Settings::attribution_of(&layers(packs, area, day));
    let mut found: Vec<(NaiveDate, Attribution)> =
        starts.into_iter().map(|day| (day, on(day).unwrap_or(Attribution::Completion))).collect();
    found.dedup_by_key(|(_, attribution)| *attribution);
    found
}

/// The packs in force, from the one that speaks first to the one that has the last word.
pub(super) fn layers(packs: &[Pack], place: Jurisdiction, day: NaiveDate) -> Vec<&Pack> {
    let in_force = |pack: &&Pack| pack.jurisdiction().contains(place) && pack.valid().contains(day);
    let mut layers: Vec<&Pack> = packs.iter().filter(in_force).collect();
    layers.sort_by_key(|pack| (pack.jurisdiction(), pack.code(), pack.version()));
    layers.reverse();
    layers.dedup_by_key(|pack| (pack.jurisdiction(), pack.code()));
    layers.sort_by_key(|pack| rank(pack));
    layers
}

/// Orders packs from the one that speaks first to the one that has the last word.
pub(super) fn rank(pack: &Pack) -> (Layer, NaiveDate, &str) {
    (pack.jurisdiction().layer(), pack.valid().from, pack.code())
}

/// The packs as they will be once a draft is published; a stored one of the same area, code and version gives way to it.
pub fn with_draft(published: &[Pack], draft: &Pack) -> Vec<Pack> {
    let edition = |pack: &Pack| (pack.area(), pack.code().to_owned(), pack.version());
    let others = published.iter().filter(|pack| edition(pack) != edition(draft));
    others.chain([draft]).cloned().collect()
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
    let here = packs.iter().filter(|pack| pack.jurisdiction().contains(area.into()));
    here.filter_map(Pack::calendar).find_map(|calendar| calendar.cycle_named(name))
}
