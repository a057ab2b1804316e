//! The published packs of an area, parsed, and the rules of its cycles, compiled: read once, used by every statement. The rules of
//! people at schools with packs of their own are kept beside those of everybody else.
//!
//! Publishing drops what is kept in this process. Other processes on the same database look again after
//! [`FRESH_MILLIS`], with a query that touches no document.

mod terms;

use crate::problem::{ApiError, Code, Words};
use chrono::NaiveDate;
use shixun_domain::{
    AreaCode, UtcMillis,
    id::OrganisationId,
    policy::{
        Cycle, CycleRules, KnownThemes, LayerFault, Pack, RuleSet, Schools, conversion::ConversionTable, cycle_named,
        cycle_on,
    },
    words::Theme,
};
use shixun_persistence::{Conn, policy};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

pub use terms::Terms;

/// How long the packs of an area are used before the database is asked again.
const FRESH_MILLIS: i64 = 10_000;
/// The most compiled cycles an area keeps: one per cycle and day in practice.
const COMPILED_MAX: usize = 256;

/// The most days of which an area keeps the cycle, and what is in force.
const CYCLES_MAX: usize = 4_096;

/// The rules in force by area.
#[derive(Debug, Default)]
pub struct PolicyCache {
    areas: RwLock<HashMap<AreaCode, Kept>>,
}

#[derive(Debug, Clone)]
struct Kept {
    looked_at: UtcMillis,
    policy: Arc<AreaPolicy>,
}

impl Kept {
    fn is_fresh(&self, now: UtcMillis) -> bool {
        (0..FRESH_MILLIS).contains(&(now.millis() - self.looked_at.millis()))
    }
}

/// The published packs for one area, those of the areas above included.
#[derive(Debug)]
pub struct AreaPolicy {
    area: AreaCode,
    revision: (i64, Option<i64>),
    packs: Vec<Pack>,
    themes: KnownThemes,
    /// When each pack was published, in their order; empty for packs of a trial.
    published: Vec<UtcMillis>,
    cycles: RwLock<HashMap<NaiveDate, Cycle>>,
    in_force: RwLock<HashMap<NaiveDate, Arc<RuleSet>>>,
    compiled: RwLock<HashMap<(Cycle, NaiveDate), Arc<CycleRules>>>,
    /// The schools with packs of their own, in order; mostly none.
    schools: Vec<OrganisationId>,
    of_schools: RwLock<HashMap<(Cycle, NaiveDate, Schools), Arc<CycleRules>>>,
}

impl PolicyCache {
    /// The packs for `area` at the instant `now`.
    ///
    /// # Errors
    /// Where the database does not answer or a published document is damaged.
    pub fn area(&self, conn: &mut Conn, area: AreaCode, now: UtcMillis) -> Result<Arc<AreaPolicy>, ApiError> {
        let kept = self.kept(area);
        if let Some(fresh) = kept.as_ref().filter(|kept| kept.is_fresh(now)) {
            return Ok(Arc::clone(&fresh.policy));
        }
        let revision = policy::revision(conn, area)?;
        let policy = match kept {
            Some(kept) if kept.policy.revision == revision => kept.policy,
            _ => Arc::new(AreaPolicy::load(conn, area, revision)?),
        };
        let kept = Kept { looked_at: now, policy: Arc::clone(&policy) };
        self.areas.write().unwrap_or_else(PoisonError::into_inner).insert(area, kept);
        Ok(policy)
    }

    /// The packs for `area`, where the database needs not be asked for them.
    pub fn remembered(&self, area: AreaCode, now: UtcMillis) -> Option<Arc<AreaPolicy>> {
        self.kept(area).filter(|kept| kept.is_fresh(now)).map(|kept| kept.policy)
    }

    fn kept(&self, area: AreaCode) -> Option<Kept> {
        self.areas.read().unwrap_or_else(PoisonError::into_inner).get(&area).cloned()
    }

    /// Forgets everything: a pack was published.
    pub fn forget_all(&self) {
        self.areas.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl AreaPolicy {
    fn load(conn: &mut Conn, area: AreaCode, revision: (i64, Option<i64>)) -> Result<AreaPolicy, ApiError> {
        let rows = policy::published_for(conn, area)?;
        let packs = rows.iter().map(|row| Pack::parse(&row.document)).collect::<Result<_, _>>();
        let packs = packs.map_err(|fault| ApiError::internal(format!("a published policy pack: {fault}")))?;
        let published = rows.iter().map(|row| row.published_at.unwrap_or(row.created_at)).collect();
        Ok(AreaPolicy { published, ..AreaPolicy::new(area, revision, packs) })
    }

    /// Packs that were read before, for a trial publication.
    pub fn new(area: AreaCode, revision: (i64, Option<i64>), packs: Vec<Pack>) -> AreaPolicy {
        let mut schools: Vec<OrganisationId> = packs.iter().filter_map(|pack| pack.jurisdiction().school()).collect();
        schools.sort_unstable();
        schools.dedup();
        let (published, cycles, in_force) = (Vec::new(), RwLock::default(), RwLock::default());
        let (compiled, of_schools) = (RwLock::default(), RwLock::default());
        let themes = KnownThemes::of(&packs);
        AreaPolicy { area, revision, packs, themes, published, cycles, in_force, compiled, schools, of_schools }
    }

    /// The packs that were published at `known_at`: mostly all, and then these, with what is compiled already.
    pub fn known_at(self: Arc<Self>, known_at: Option<UtcMillis>) -> Arc<AreaPolicy> {
        let Some(known_at) = known_at else { return self };
        let known = |at: &UtcMillis| *at <= known_at;
        if self.published.iter().all(known) {
            return self;
        }
        let both = self.packs.iter().zip(&self.published).filter(|(_, at)| known(at));
        let (packs, published): (Vec<Pack>, Vec<UtcMillis>) = both.map(|(pack, at)| (pack.clone(), *at)).unzip();
        Arc::new(AreaPolicy { published, ..AreaPolicy::new(self.area, self.revision, packs) })
    }

    /// The area.
    pub fn area(&self) -> AreaCode {
        self.area
    }

    /// What tells whether the packs are still the same: how many there are and when the last was published.
    pub fn revision(&self) -> (i64, Option<i64>) {
        self.revision
    }

    /// The packs.
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// What training of the area may be about.
    pub fn themes(&self) -> &KnownThemes {
        &self.themes
    }

    /// Refuses a theme that is none of the area's: hours of it would meet no requirement.
    ///
    /// # Errors
    /// `invalid_field` at `/themes`.
    pub fn has_themes(&self, themes: &[Theme]) -> Result<(), ApiError> {
        let Some(unknown) = self.themes.unknown(themes) else { return Ok(()) };
        let ((zh, en), area) = (self.themes.listed(), self.area);
        Err(ApiError::field(
            "/themes",
            "unknown_theme",
            Words::new(
                format!("没有主题{unknown}；本地区的主题有：{zh}（见GET /v1/areas/{area}/themes）"),
                format!("there is no theme {unknown}; the area's are {en} (GET /v1/areas/{area}/themes)"),
            ),
        ))
    }

    /// The cycle that contains a day.
    ///
    /// # Errors
    /// `policy_missing`.
    pub fn cycle_on(&self, day: NaiveDate) -> Result<Cycle, ApiError> {
        if let Some(cycle) = self.cycles.read().unwrap_or_else(PoisonError::into_inner).get(&day) {
            return Ok(*cycle);
        }
        let cycle = cycle_on(&self.packs, self.area, day).map_err(|fault| missing(&fault))?;
        let mut kept = self.cycles.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= CYCLES_MAX {
            kept.clear();
        }
        kept.insert(day, cycle);
        Ok(cycle)
    }

    /// What is in force on a day; where no pack is, what the program falls back on.
    pub fn on(&self, day: NaiveDate) -> Arc<RuleSet> {
        if let Some(set) = self.in_force.read().unwrap_or_else(PoisonError::into_inner).get(&day) {
            return Arc::clone(set);
        }
        let set = Arc::new(RuleSet::on(&self.packs, self.area, day).unwrap_or_default());
        let mut kept = self.in_force.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= CYCLES_MAX {
            kept.clear();
        }
        kept.insert(day, Arc::clone(&set));
        set
    }

    /// The cycle of this name, such as `2016-2020`.
    ///
    /// # Errors
    /// `cycle_unknown`.
    pub fn cycle_named(&self, name: &str) -> Result<Cycle, ApiError> {
        cycle_named(&self.packs, self.area, name)
            .ok_or_else(|| ApiError::new(Code::CycleUnknown).with("cycle", name).with("area", self.area))
    }

    /// What activities outside courses are worth on a day.
    pub fn conversions(&self, day: NaiveDate) -> ConversionTable {
        ConversionTable::on(&self.packs, self.area, day)
    }

    /// The rules of a cycle at the close of the day `as_of`, for whoever belongs to no school with rules of its own.
    ///
    /// # Errors
    /// `policy_missing` where a day of the cycle has no pack in force.
    pub fn rules(&self, cycle: Cycle, as_of: NaiveDate) -> Result<Arc<CycleRules>, ApiError> {
        let key = (cycle, as_of);
        if let Some(rules) = self.compiled.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(rules));
        }
        let compiled = CycleRules::new(&self.packs, self.area, cycle, as_of).map_err(|fault| missing(&fault))?;
        let compiled = Arc::new(compiled);
        let mut kept = self.compiled.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= COMPILED_MAX {
            kept.clear();
        }
        kept.insert(key, Arc::clone(&compiled));
        Ok(compiled)
    }
}

/// No usable rules.
pub(crate) fn missing(fault: &LayerFault) -> ApiError {
    let words = match fault {
        LayerFault::NoPackInForce { area, day } => {
            Words::new(format!("{day}在{area}没有生效的政策包"), format!("no pack is in force in {area} on {day}"))
        }
        LayerFault::NoCycle { area, day } => Words::new(
            format!("{day}在{area}生效的政策包未规定周期"),
            format!("no pack in force in {area} on {day} sets a cycle"),
        ),
        LayerFault::TooMany { what, most } => Words::new(
            format!("一个周期内的规则过多（{what}超过{most}）"),
            format!("a cycle holds more than {most} {what}"),
        ),
    };
    ApiError::new(Code::PolicyMissing).with_words("reason", words)
}
