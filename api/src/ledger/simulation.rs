//! What a draft of rules would do: everybody is judged under the rules in force and under those with the draft, and nothing is
//! written.

use super::{
    explain::rule_name,
    standing::{PersonStanding, Tally, evaluate_all, jobs},
    wire::simulation::{
        RuleEffectView, SimulatedPersonView, SimulatedRuleView, SimulatedStandingView, SimulationIn, SimulationView,
    },
};
use crate::{
    access::Actor,
    policy::{AreaPolicy, PolicyCache, service::faulty, wire::PackNameView},
    problem::{ApiError, Words},
    wire::{OneOf, Text},
};
use chrono::NaiveDate;
use shixun_domain::{
    Fen, Hours, UtcMillis,
    policy::{Cycle, CycleRules, Pack, RuleEffect, effects, with_draft},
};
use shixun_persistence::Conn;
use std::{cmp::Reverse, collections::BTreeMap};

/// The most persons that are named.
const NAMED_MAX: usize = 200;

/// One person under both sets of rules.
struct Compared {
    before: PersonStanding,
    after: PersonStanding,
    effects: [Vec<RuleEffect>; 2],
}

impl Compared {
    fn changes(&self) -> bool {
        let figures = |one: &PersonStanding| (one.verdict, one.owed, one.counted, one.missing);
        figures(&self.before) != figures(&self.after)
    }

    /// Hours the person has to earn beyond those missing already.
    fn extra(&self) -> Hours {
        self.after.missing.less(self.before.missing)
    }
}

/// Judges everybody of a county with the draft and without.
///
/// # Errors
/// `not_found` for an area the actor does not look after; `invalid_field` for a faulty document, a day outside the cycle or an
/// area the draft is not about; `cycle_unknown`, `policy_missing`.
pub(super) fn simulate(
    conn: &mut Conn,
    cache: &PolicyCache,
    actor: &Actor,
    wish: &SimulationIn,
    now: UtcMillis,
) -> Result<SimulationView, ApiError> {
    let document = serde_json::to_string(&wish.document).map_err(|error| ApiError::internal(error.to_string()))?;
    let draft = Pack::parse(&document).map_err(|fault| faulty("/document", &fault))?;
    let area = wish.area.as_ref().map_or(actor.area(), |area| area.0);
    if !actor.reaches_area(area) {
        return Err(ApiError::no_area(area));
    }
    if !draft.area().contains(area) {
        return Err(ApiError::field(
            "/document/area",
            "foreign_area",
            Words::new(format!("政策包不适用于{area}"), format!("the pack is not about {area}")),
        ));
    }
    if wish.price_per_hour.as_ref().is_some_and(|price| price.0.is_negative()) {
        return Err(ApiError::field("/price_per_hour", "negative", Words::new("不能为负", "cannot be negative")));
    }
    if wish.hours_per_seat.as_ref().is_some_and(|hours| hours.0 <= Hours::ZERO) {
        return Err(ApiError::field("/hours_per_seat", "too_small", Words::new("应大于零", "must be above zero")));
    }
    let policy = cache.area(conn, area, now)?;
    let today = now.china_date();
    let cycle = match &wish.cycle {
        Some(name) => policy.cycle_named(name)?,
        None => policy.cycle_on(today.max(draft.valid().from))?,
    };
    let as_of = wish.as_of.unwrap_or(today.max(draft.valid().from).clamp(cycle.from(), cycle.to()));
    if !cycle.contains(as_of) {
        return Err(outside(&cycle));
    }
    let before = policy.rules(cycle, as_of)?;
    let drafted = AreaPolicy::new(area, policy.revision(), with_draft(policy.packs(), &draft));
    let after = drafted.rules(cycle, as_of)?;
    let earlier = [policy.before(&before)?, drafted.before(&after)?];
    let asking: Vec<&CycleRules> =
        [&*before, &*after].into_iter().chain(earlier.iter().flatten().map(AsRef::as_ref)).collect();
    let people = jobs(conn, area, "/", as_of, &asking, None)?;
    let compared = evaluate_all(people, |job| {
        let [earlier_before, earlier_after] = &earlier;
        let (one, _) = job.judged(&before, earlier_before.as_deref());
        let (other, _) = job.judged(&after, earlier_after.as_deref());
        Compared {
            before: PersonStanding::new(job.who.clone(), &one),
            after: PersonStanding::new(job.who.clone(), &other),
            effects: [effects(&one), effects(&other)],
        }
    })?;
    Ok(view(&before, &after, compared, wish, as_of))
}

fn outside(cycle: &Cycle) -> ApiError {
    ApiError::field(
        "/as_of",
        "outside_cycle",
        Words::new(
            format!("应为{}至{}之间的日期", cycle.from(), cycle.to()),
            format!("must be a day from {} to {}", cycle.from(), cycle.to()),
        ),
    )
}

fn view(
    before: &CycleRules,
    after: &CycleRules,
    compared: Vec<Compared>,
    wish: &SimulationIn,
    as_of: NaiveDate,
) -> SimulationView {
    let (mut tallies, mut extra, mut seats) = ([Tally::default(), Tally::default()], Hours::ZERO, 0_i64);
    let mut rules: BTreeMap<String, SimulatedRuleView> = BTreeMap::new();
    let per_seat = wish.hours_per_seat.as_ref().map_or(Hours::ZERO, |hours| hours.0).hundredths();
    for person in &compared {
        tallies.iter_mut().zip([&person.before, &person.after]).for_each(|(tally, one)| tally.add(one));
        extra = extra.plus(person.extra());
        if per_seat > 0 {
            seats += (person.extra().hundredths() + per_seat - 1) / per_seat;
        }
        for (side, (set, found)) in [before, after].into_iter().zip(&person.effects).enumerate() {
            for effect in found {
                add(&mut rules, set, *effect, side == 0);
            }
        }
    }
    let mut changed: Vec<Compared> = compared.into_iter().filter(Compared::changes).collect();
    let changed_total = changed.len();
    let worse = |one: &Compared| Reverse((one.after.verdict > one.before.verdict, one.extra()));
    changed.sort_by_key(worse);
    let [tally_before, tally_after] = tallies;
    // Hundredths of hours times fen: beyond what a county can pay the cost stays at the greatest amount there is.
    let cost = |price: Fen| {
        let fen = i128::from(extra.hundredths()) * i128::from(price.hundredths()) / 100;
        Fen::from_hundredths(i64::try_from(fen).unwrap_or(i64::MAX))
    };
    SimulationView {
        cycle: before.cycle().name(),
        as_of,
        packs_before: names(before),
        packs_after: names(after),
        before: tally_before.view(),
        after: tally_after.view(),
        extra_hours: Text(extra),
        extra_seats: (per_seat > 0).then_some(seats),
        extra_cost: wish.price_per_hour.as_ref().map(|price| Text(cost(price.0))),
        rules: rules.into_values().collect(),
        changed_total: i64::try_from(changed_total).unwrap_or(i64::MAX),
        changed: changed.into_iter().take(NAMED_MAX).map(person).collect(),
    }
}

/// The packs in force at the close of the day, once each.
fn names(rules: &CycleRules) -> Vec<PackNameView> {
    let set = rules.closing_rules().map(|set| set.packs()).unwrap_or_default();
    set.iter().map(|(code, edition)| PackNameView { code: code.clone(), edition: *edition }).collect()
}

fn add(rules: &mut BTreeMap<String, SimulatedRuleView>, set: &CycleRules, effect: RuleEffect, is_before: bool) {
    let (Some(name), Some(known)) = (rule_name(set, effect.rule), set.rule(effect.rule)) else { return };
    let entry = rules.entry(known.rule.id.clone()).or_insert_with(|| SimulatedRuleView {
        id: known.rule.id.clone(),
        name_zh: known.rule.zh.clone(),
        name_en: known.rule.en.clone(),
        before: RuleEffectView::nothing(),
        after: RuleEffectView::nothing(),
    });
    let side = if is_before { &mut entry.before } else { &mut entry.after };
    side.teachers += 1;
    side.cut.0 = side.cut.0.plus(effect.cut);
    side.missing.0 = side.missing.0.plus(effect.missing);
    if !side.rules.contains(&name) {
        side.rules.push(name);
    }
}

fn person(compared: Compared) -> SimulatedPersonView {
    let standing = |one: &PersonStanding| SimulatedStandingView {
        verdict: OneOf(one.verdict),
        owed: Text(one.owed),
        counted: Text(one.counted),
        missing: Text(one.missing),
    };
    let (before, after) = (standing(&compared.before), standing(&compared.after));
    let employee = compared.after.employee;
    SimulatedPersonView {
        teacher_id: Text(employee.person.teacher()),
        name: employee.name,
        organisation_id: Text(employee.organisation),
        organisation_name: employee.organisation_name,
        before,
        after,
    }
}
