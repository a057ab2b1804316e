//! The rules of one cycle, made ready for evaluating many persons.
//!
//! An entry is judged under the rules in force on its own effective date; the requirements of a year under those in force
//! at the year's end, the cycle's under those at the cycle's end, and in both cases at `as_of` where that is earlier
//! (`domain.md` 11). A cycle is therefore cut into spans at every date on which a pack begins or ends, or on which the person whose
//! cycle it is comes to another school with rules of its own. Spans with the same rules, such as those before and after a time at
//! another school, are one segment.
//!
//! **A cap that changes inside its period** has one version per segment. The entries of each version keep to the amount of
//! their own version, and all together to the greatest of the amounts: a stricter cap that comes later takes nothing away
//! from hours that were earned under the laxer one, and never grants hours beyond either. Where caps of several areas stand
//! beside each other, each area's versions are followed by themselves; in a segment in which an area says nothing of its
//! own, the cap that stands there is its version.

use super::{
    conversion::ConversionTable,
    cycle::Cycle,
    facts::{EntryFacts, ProfileSet},
    jurisdiction::{Layer, Schools},
    layers::{Binding, LayerFault, RuleInForce, RuleRef, RuleSet, attributions},
    pack::Pack,
    rule::{Amount, Attribution, Body, CapPeriod, Effect, Most, Ratio, Selector},
    selector::{Compiled, Interned, THEMES_MAX},
};
use crate::{area::AreaCode, hours::Hours, words::ActivityWord};
use chrono::NaiveDate;
use std::sync::Arc;

/// The most caps (versions counted singly) of one cycle.
const CAPS_MAX: usize = 64;
/// The most segments of one cycle: sets of rules that differ.
const SEGMENTS_MAX: usize = 32;

/// Names a rule of one [`CycleRules`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleIndex(pub(super) usize);

/// The rules of one cycle in one area, compiled. Immutable; shared by all evaluations of the area, those of persons apart who
/// belonged to a school with rules of its own: theirs are shared by those who belonged to the same schools on the same days.
#[derive(Debug, Clone)]
pub struct CycleRules {
    cycle: Cycle,
    as_of: NaiveDate,
    spans: Vec<Span>,
    segments: Vec<Segment>,
    interned: Interned,
    attributions: Vec<(NaiveDate, Attribution)>,
    references: Vec<Arc<RuleRef>>,
    pub(super) caps: Vec<CapRule>,
    pub(super) factors: Vec<FactorRule>,
    pub(super) closing: Vec<Requirement>,
    pub(super) yearly: Vec<(i32, Vec<Requirement>)>,
}

/// Days that follow one another, with the same rules.
#[derive(Debug, Clone)]
struct Span {
    from: NaiveDate,
    to: NaiveDate,
    /// Position of the segment.
    segment: usize,
}

/// The rules of some spans.
#[derive(Debug, Clone)]
struct Segment {
    rules: RuleSet,
    conversions: ConversionTable,
}

/// A cap as it stood in some segments.
#[derive(Debug, Clone)]
pub(super) struct CapRule {
    pub(super) rule: RuleIndex,
    /// Bits of the segments in which it stands.
    pub(super) segments: u32,
    pub(super) of: Compiled,
    pub(super) period: CapPeriod,
    pub(super) amount: Most,
    /// Position, among the caps, of the first one of the same id and period.
    pub(super) group: usize,
    /// The layer that sets it.
    pub(super) layer: Layer,
    binding: Binding,
}

/// A factor as it stood in some segments.
#[derive(Debug, Clone)]
pub(super) struct FactorRule {
    pub(super) rule: RuleIndex,
    pub(super) segments: u32,
    pub(super) of: Compiled,
    pub(super) ratio: Ratio,
    binding: Binding,
}

/// A requirement of a year or of the cycle.
#[derive(Debug, Clone)]
pub(super) struct Requirement {
    pub(super) rule: RuleIndex,
    pub(super) reference: Arc<RuleRef>,
    /// The entries it adds up.
    pub(super) of: Compiled,
    /// The entries among them of which there must be a share.
    pub(super) part: Option<Compiled>,
    binding: Binding,
}

impl CapRule {
    pub(super) fn binds(&self, profiles: ProfileSet) -> bool {
        self.binding.binds(profiles)
    }
}

impl FactorRule {
    pub(super) fn binds(&self, profiles: ProfileSet) -> bool {
        self.binding.binds(profiles)
    }
}

impl Requirement {
    pub(super) fn binds(&self, profiles: ProfileSet) -> bool {
        self.binding.binds(profiles)
    }
}

impl CycleRules {
    /// Compiles the rules of `cycle` in `area`, as they are to be applied at the close of the day `as_of`.
    ///
    /// # Errors
    /// [`LayerFault`]: a day of the cycle without a pack in force, or more rules than the evaluator takes.
    pub fn new(packs: &[Pack], area: AreaCode, cycle: Cycle, as_of: NaiveDate) -> Result<Self, LayerFault> {
        CycleRules::of_schools(packs, area, &Schools::NONE, cycle, as_of)
    }

    /// The same for somebody who belonged to these schools: on each day with the rules of the school of that day.
    ///
    /// # Errors
    /// As [`CycleRules::new`].
    pub fn of_schools(
        packs: &[Pack],
        area: AreaCode,
        schools: &Schools,
        cycle: Cycle,
        as_of: NaiveDate,
    ) -> Result<Self, LayerFault> {
        let (spans, segments) = segments(packs, area, schools, cycle)?;
        let interned = interned(&segments)?;
        let mut compiled = CycleRules {
            cycle,
            as_of,
            spans,
            segments: Vec::new(),
            interned,
            attributions: attributions(packs, area),
            references: Vec::new(),
            caps: Vec::new(),
            factors: Vec::new(),
            closing: Vec::new(),
            yearly: Vec::new(),
        };
        for (place, segment) in segments.iter().enumerate() {
            for rule in segment.rules.rules() {
                compiled.add_to_segment(rule, 1 << place);
            }
        }
        if compiled.caps.len() > CAPS_MAX {
            return Err(LayerFault::TooMany { what: "caps", most: CAPS_MAX });
        }
        let mut shares: Vec<usize> = compiled.shares_of_counted().map(|(_, cap)| cap.group).collect();
        shares.dedup();
        if shares.len() > 1 {
            return Err(LayerFault::TooMany { what: "caps that are a share of what counts", most: 1 });
        }
        compiled.segments = segments;
        compiled.closing = compiled.requirements_on(as_of.clamp(cycle.from(), cycle.to()));
        for year in cycle.years() {
            let (first, last) = cycle.year_span(year);
            if first <= as_of {
                let requirements = compiled.requirements_on(last.min(as_of));
                compiled.yearly.push((year, requirements));
            }
        }
        Ok(compiled)
    }

    /// The cycle.
    pub const fn cycle(&self) -> Cycle {
        self.cycle
    }

    /// The day at whose close requirements are judged.
    pub const fn as_of(&self) -> NaiveDate {
        self.as_of
    }

    /// What activities are worth on a day of the cycle; outside it as [`CycleRules::rules_on`].
    pub fn conversions_on(&self, day: NaiveDate) -> Option<&ConversionTable> {
        self.segment_on(day).and_then(|place| self.segments.get(place)).map(|segment| &segment.conversions)
    }

    /// The rules in force on a day of the cycle; before it those of its first day, after it those of its last.
    pub fn rules_on(&self, day: NaiveDate) -> Option<&RuleSet> {
        self.segment_on(day).and_then(|place| self.segments.get(place)).map(|segment| &segment.rules)
    }

    /// The sets of rules of the cycle.
    pub(super) fn sets(&self) -> impl Iterator<Item = &RuleSet> {
        self.segments.iter().map(|segment| &segment.rules)
    }

    /// True where the packs of some day of the cycle convert a kind of activity.
    pub(super) fn converts(&self, kind: ActivityWord) -> bool {
        self.segments.iter().any(|segment| !segment.conversions.of_kind(kind).is_empty())
    }

    /// Codes and versions of the packs in force from the cycle's first day to `day`, the earliest first; a pack stands once
    /// for every change of rules it lasts through.
    pub fn packs_until(&self, day: NaiveDate) -> impl Iterator<Item = &(String, i32)> {
        let begun = self.spans.iter().filter(move |span| span.from <= day);
        begun.filter_map(|span| self.segments.get(span.segment)).flat_map(|segment| segment.rules.packs())
    }

    /// True where the hours of every course belong to the day of its completion. Otherwise entries of other cycles may have
    /// hours in this one, so that all entries of a person have to be looked at.
    pub fn by_completion(&self) -> bool {
        self.attributions.iter().all(|(_, attribution)| *attribution == Attribution::Completion)
    }

    /// To which day the hours of a course belong that was completed on `day`.
    pub fn attribution_on(&self, day: NaiveDate) -> Attribution {
        let before = self.attributions.iter().take_while(|(from, _)| *from <= day);
        before.last().map_or(Attribution::Completion, |(_, attribution)| *attribution)
    }

    /// True for hours of a day after the one at whose close everything is judged, where entries of such days are handed over
    /// because their hours may belong to earlier ones.
    pub(super) fn is_ahead(&self, entry: &EntryFacts) -> bool {
        entry.corrects.is_none() && entry.effective > self.as_of && !self.by_completion()
    }

    /// True where an entry has hours that belong to a day of the cycle up to the one at whose close everything is judged.
    pub fn reaches(&self, entry: &EntryFacts) -> bool {
        let here = |day: NaiveDate| self.cycle.contains(day) && day <= self.as_of;
        match self.attribution_on(entry.effective) {
            Attribution::Session if !entry.dated.is_empty() => entry.dated.iter().any(|part| here(part.on)),
            Attribution::Recognition => here(entry.recognised.unwrap_or(entry.effective)),
            Attribution::Session | Attribution::Completion => here(entry.effective),
        }
    }

    /// Place and rule of each version of the cap that is a share of what counts; there is at most one such cap.
    pub(super) fn shares_of_counted(&self) -> impl Iterator<Item = (usize, &CapRule)> {
        self.caps.iter().enumerate().filter(|(_, cap)| matches!(cap.amount, Most::ShareOfCounted(_)))
    }

    /// The most hours of the surplus of the cycle before that count in this one.
    pub fn carry_over(&self) -> Hours {
        self.closing_rules().map_or(Hours::ZERO, RuleSet::carry_over)
    }

    /// True where a factor above one may make more hours count than were earned.
    pub fn raises_hours(&self) -> bool {
        self.factors.iter().any(|factor| factor.ratio.exceeds_one())
    }

    /// The rule that an explanation names.
    pub fn rule(&self, index: RuleIndex) -> Option<&RuleRef> {
        self.shared_rule(index).map(Arc::as_ref)
    }

    /// The same, to be kept.
    pub fn shared_rule(&self, index: RuleIndex) -> Option<&Arc<RuleRef>> {
        self.references.get(index.0)
    }

    /// The index of a rule of this cycle.
    pub(super) fn index_of(&self, reference: &Arc<RuleRef>) -> Option<RuleIndex> {
        self.references.iter().position(|other| Arc::ptr_eq(other, reference) || other == reference).map(RuleIndex)
    }

    /// The rules at the cycle's end, or at `as_of` where that is earlier.
    pub fn closing_rules(&self) -> Option<&RuleSet> {
        self.rules_on(self.as_of.clamp(self.cycle.from(), self.cycle.to()))
    }

    pub(super) const fn interned(&self) -> &Interned {
        &self.interned
    }

    /// Position of the segment that a day lies in.
    pub(super) fn segment_on(&self, day: NaiveDate) -> Option<usize> {
        let after = self.spans.iter().find(|span| day <= span.to);
        after.or(self.spans.last()).map(|span| span.segment)
    }

    /// Bits of the segments that share a day with a year; all of them for the whole cycle.
    pub(super) fn segments_in(&self, year: Option<i32>) -> u32 {
        let (first, last) = match year {
            Some(year) => self.cycle.year_span(year),
            None => (self.cycle.from(), self.cycle.to()),
        };
        let touched = self.spans.iter().filter(|span| span.from <= last && first <= span.to);
        touched.fold(0, |bits, span| bits | 1 << span.segment)
    }

    fn refer(&mut self, reference: &Arc<RuleRef>) -> RuleIndex {
        self.index_of(reference).unwrap_or_else(|| {
            self.references.push(Arc::clone(reference));
            RuleIndex(self.references.len() - 1)
        })
    }

    fn add_to_segment(&mut self, in_force: &RuleInForce, segment: u32) {
        let binding = in_force.binding;
        match &in_force.reference.rule.body {
            Body::Cap { of, period, amount } => self.add_cap(in_force, segment, of, *period, *amount),
            Body::YearMaximum { hours, effect: Effect::Cap, counts } => {
                let amount = Most::Hours(Amount::Fixed(*hours));
                self.add_cap(in_force, segment, counts, CapPeriod::Year, amount);
            }
            Body::Factor { of, ratio } => {
                let (rule, of) = (self.refer(&in_force.reference), Compiled::new(of, &self.interned));
                match self.factors.iter_mut().find(|known| (known.rule, known.binding) == (rule, binding)) {
                    Some(known) => known.segments |= segment,
                    None => self.factors.push(FactorRule { rule, segments: segment, of, ratio: *ratio, binding }),
                }
            }
            _ => {}
        }
    }

    fn add_cap(&mut self, in_force: &RuleInForce, segments: u32, of: &Selector, period: CapPeriod, amount: Most) {
        let RuleInForce { reference, binding } = in_force;
        let rule = self.refer(reference);
        if let Some(known) = self.caps.iter_mut().find(|known| (known.rule, known.binding) == (rule, *binding)) {
            known.segments |= segments;
            return;
        }
        let same = |cap: &CapRule| {
            let id = self.references.get(cap.rule.0).map(|other| &other.rule.id);
            cap.period == period && id == Some(&reference.rule.id)
        };
        let group = self.caps.iter().position(same).unwrap_or(self.caps.len());
        let (of, layer) = (Compiled::new(of, &self.interned), reference.jurisdiction.layer());
        self.caps.push(CapRule { rule, segments, of, period, amount, group, layer, binding: *binding });
    }

    fn requirements_on(&mut self, day: NaiveDate) -> Vec<Requirement> {
        let rules = self.rules_on(day).map(|set| set.rules().to_vec()).unwrap_or_default();
        let mut requirements = Vec::new();
        for RuleInForce { reference, binding } in rules {
            if !matches!(reference.rule.body, Body::Cap { .. } | Body::Factor { .. }) {
                let everything = Selector::default();
                let of = Compiled::new(reference.rule.body.selector().unwrap_or(&everything), &self.interned);
                let part = reference.rule.body.part().map(|part| Compiled::new(part, &self.interned));
                requirements.push(Requirement { rule: self.refer(&reference), reference, of, part, binding });
            }
        }
        requirements
    }
}

/// The open words that the rules name.
fn interned(segments: &[Segment]) -> Result<Interned, LayerFault> {
    let mut interned = Interned::default();
    let bodies = segments.iter().flat_map(|segment| segment.rules.rules()).map(|rule| &rule.reference.rule.body);
    for selector in bodies.flat_map(|body| body.selector().into_iter().chain(body.part())) {
        interned.themes.extend(selector.themes.iter().chain(&selector.without_themes));
        interned.activities.extend(&selector.activities);
    }
    interned.themes.sort_unstable();
    interned.themes.dedup();
    interned.activities.sort_unstable();
    interned.activities.dedup();
    for (what, count) in
        [("themes", interned.themes.len()), ("kinds of converted activities", interned.activities.len())]
    {
        if count > THEMES_MAX {
            return Err(LayerFault::TooMany { what, most: THEMES_MAX });
        }
    }
    Ok(interned)
}

/// Cuts a cycle at every date on which a pack for the area or one of its schools begins or ends, or the school changes.
fn segments(
    packs: &[Pack],
    area: AreaCode,
    schools: &Schools,
    cycle: Cycle,
) -> Result<(Vec<Span>, Vec<Segment>), LayerFault> {
    let mut starts = vec![cycle.from()];
    starts.extend(schools.changes());
    for pack in packs.iter().filter(|pack| pack.jurisdiction().area().contains(area)) {
        let span = pack.valid();
        starts.push(span.from);
        starts.extend(span.to.and_then(|to| to.succ_opt()));
    }
    starts.retain(|day| cycle.contains(*day));
    starts.sort_unstable();
    starts.dedup();
    let (mut spans, mut segments): (Vec<Span>, Vec<Segment>) = (Vec::new(), Vec::new());
    for from in starts {
        let rules = RuleSet::on(packs, schools.jurisdiction_on(area, from), from)?;
        let known = segments.iter().position(|known| known.rules.same_packs(&rules));
        let segment = known.unwrap_or(segments.len());
        if known.is_none() {
            segments.push(Segment { rules, conversions: ConversionTable::on(packs, area, from) });
        }
        match spans.last_mut() {
            Some(last) if last.segment == segment => continue,
            Some(last) => last.to = from.pred_opt().unwrap_or(from),
            None => {}
        }
        spans.push(Span { from, to: cycle.to(), segment });
    }
    if segments.len() > SEGMENTS_MAX {
        return Err(LayerFault::TooMany { what: "changes of rules", most: SEGMENTS_MAX });
    }
    Ok((spans, segments))
}
