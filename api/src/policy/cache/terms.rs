//! What one person is judged by: the rules of the area, and those of the schools the person belonged to.

use super::{AreaPolicy, COMPILED_MAX, missing};
use crate::problem::ApiError;
use chrono::NaiveDate;
use shixun_domain::{
    Hours,
    id::OrganisationId,
    policy::{Cycle, CycleRules, SchoolSpell, Schools, cycle_on},
};
use std::sync::{Arc, PoisonError};

/// What somebody is judged by at the close of a day.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The rules of the cycle.
    pub rules: Arc<CycleRules>,
    /// Those at the end of the cycle before, where some of its surplus may count.
    pub before: Option<Arc<CycleRules>>,
}

impl Terms {
    /// Both.
    pub fn all(&self) -> impl Iterator<Item = &CycleRules> {
        [Some(&*self.rules), self.before.as_deref()].into_iter().flatten()
    }
}

impl AreaPolicy {
    /// The schools with packs of their own, in order. Where there are none, nobody's schools need to be known.
    pub fn schools(&self) -> &[OrganisationId] {
        &self.schools
    }

    /// The schools with packs of their own among somebody's employments, the earliest first.
    pub fn schools_among(&self, employments: &[SchoolSpell]) -> Schools {
        Schools::new(employments, |school| self.schools.binary_search(&school).is_ok())
    }

    /// What somebody is judged by who belonged to these schools, at the close of the day `as_of`.
    ///
    /// # Errors
    /// `policy_missing` where a day of the cycle, or of the one before, has no pack in force.
    pub fn terms(&self, schools: &Schools, cycle: Cycle, as_of: NaiveDate) -> Result<Terms, ApiError> {
        let rules = self.rules_of(schools, cycle, as_of)?;
        let last_day = cycle.from().pred_opt().filter(|_| rules.carry_over() > Hours::ZERO);
        let before = last_day.and_then(|day| cycle_on(&self.packs, self.area, day).ok());
        let before = before.map(|cycle| self.rules_of(schools, cycle, cycle.to())).transpose()?;
        Ok(Terms { rules, before })
    }

    /// The rules of a cycle at the close of the day `as_of` for somebody who belonged to these schools.
    ///
    /// # Errors
    /// As [`AreaPolicy::rules`].
    pub fn rules_of(&self, schools: &Schools, cycle: Cycle, as_of: NaiveDate) -> Result<Arc<CycleRules>, ApiError> {
        if schools.is_empty() {
            return self.rules(cycle, as_of);
        }
        let schools = schools.within(cycle.span());
        if schools.is_empty() {
            return self.rules(cycle, as_of);
        }
        let key = (cycle, as_of, schools);
        if let Some(rules) = self.of_schools.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(rules));
        }
        let compiled = CycleRules::of_schools(&self.packs, self.area, &key.2, cycle, as_of);
        let compiled = Arc::new(compiled.map_err(|fault| missing(&fault))?);
        let mut kept = self.of_schools.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= COMPILED_MAX {
            kept.clear();
        }
        kept.insert(key, Arc::clone(&compiled));
        Ok(compiled)
    }
}
