//! What a draft of rules would do: everybody is judged under the rules in force and under those with the draft, and nothing is
//! written. A county that is answered at once and one that is a job go through the same steps.

mod fold;
mod job;

use super::{
    roster::Roster,
    rules,
    standing::{Bench, Dossier, fold_all},
    wire::simulation::{
        RuleEffectView, SimulatedPersonView, SimulatedRuleView, SimulatedStandingView, SimulatedVerdictView,
        SimulationIn, SimulationView,
    },
};
use crate::{
    access::Actor,
    config::Config,
    http::fields::fault,
    policy::{
        AreaPolicy, PolicyCache,
        service::{faulty, school},
        wire::PackNameView,
    },
    problem::{ApiError, Code},
    wire::{OneOf, Text},
};
use chrono::NaiveDate;
use fold::{Figures, Fold, Judged, Named};
use shixun_domain::{
    AreaCode, Fen, Hours, UtcMillis,
    policy::{Cycle, CycleRules, Pack, Schools, Verdict, with_draft},
};
use shixun_persistence::{
    Conn,
    ledger::{Employee, employs_more_than},
};
use std::{collections::BTreeMap, sync::Arc};

pub use job::KIND;
pub(super) use job::enqueue;

/// A draft that can be tried: on whom, in which cycle and on which day is settled.
struct Plan {
    area: AreaCode,
    draft: Pack,
    policy: Arc<AreaPolicy>,
    cycle: Cycle,
    as_of: NaiveDate,
    price: Option<Fen>,
    /// Hundredths of hours that a seat is worth; 0 where nobody asks for seats.
    per_seat: i64,
    /// How many of those who stand differently are named.
    named_max: usize,
}

/// The highest price of an hour of training: beyond it is a slip of the pen.
const PRICE_MAX: Fen = Fen::whole(100_000);

/// How many are named where nobody asks for more.
const NAMED_MAX_DEFAULT: i32 = 200;

/// Looks whether what somebody wishes can be tried.
///
/// # Errors
/// `not_found` for an area the actor does not look after; `invalid_field` for a faulty document, a day outside the cycle, an area the
/// draft is not about or a school that the actor does not look after; `cycle_unknown`, `policy_missing`.
fn plan(
    conn: &mut Conn,
    cache: &PolicyCache,
    actor: &Actor,
    wish: &SimulationIn,
    now: UtcMillis,
) -> Result<Plan, ApiError> {
    let area = wish.area.as_ref().map_or(actor.area(), |area| area.0);
    let draft = draft(wish)?;
    let of_school = school(conn, actor, &draft, "/document")?.is_some();
    if !of_school && !actor.reaches_area(area) {
        return Err(ApiError::no_area(area));
    }
    if !draft.area().contains(area) {
        let (zh, en) = (format!("政策包不适用于{area}"), format!("the pack is not about {area}"));
        return Err(fault("/document/area", "foreign_area", zh, en).with("area", area).into());
    }
    if wish.price_per_hour.as_ref().is_some_and(|price| price.0.is_negative()) {
        return Err(fault("/price_per_hour", "negative", "不能为负", "cannot be negative").with("min", 0).into());
    }
    if wish.price_per_hour.as_ref().is_some_and(|price| price.0 > PRICE_MAX) {
        let (zh, en) = (format!("不能高于{PRICE_MAX}元"), format!("is at most {PRICE_MAX} yuan"));
        return Err(fault("/price_per_hour", "range", zh, en).with("max", PRICE_MAX).into());
    }
    if wish.hours_per_seat.as_ref().is_some_and(|hours| hours.0 <= Hours::ZERO) {
        return Err(fault("/hours_per_seat", "too_small", "应大于零", "must be above zero").with("above", 0).into());
    }
    settled(conn, cache, area, draft, wish, now)
}

fn draft(wish: &SimulationIn) -> Result<Pack, ApiError> {
    let document = serde_json::to_string(&wish.document).map_err(|error| ApiError::internal(error.to_string()))?;
    Pack::parse(&document).map_err(|fault| faulty("/document", &fault))
}

/// Settles cycle and day.
fn settled(
    conn: &mut Conn,
    cache: &PolicyCache,
    area: AreaCode,
    draft: Pack,
    wish: &SimulationIn,
    now: UtcMillis,
) -> Result<Plan, ApiError> {
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
    let price = wish.price_per_hour.as_ref().map(|price| price.0);
    let per_seat = wish.hours_per_seat.as_ref().map_or(0, |hours| hours.0.hundredths());
    let named_max = usize::try_from(wish.named_max.unwrap_or(NAMED_MAX_DEFAULT)).unwrap_or_default();
    Ok(Plan { area, draft, policy, cycle, as_of, price, per_seat, named_max })
}

fn outside(cycle: &Cycle) -> ApiError {
    let (from, to) = (cycle.from(), cycle.to());
    let (zh, en) = (format!("应为{from}至{to}之间的日期"), format!("must be a day from {from} to {to}"));
    fault("/as_of", "outside_cycle", zh, en).with("min", from).with("max", to).into()
}

/// Judges everybody of a county, or of the school that the draft is for, with the draft and without, at once.
///
/// # Errors
/// As [`plan`], and `job_needed` for a county with more teachers than the settings let be answered at once.
pub(super) fn simulate(
    conn: &mut Conn,
    cache: &PolicyCache,
    actor: &Actor,
    wish: &SimulationIn,
    now: UtcMillis,
    settings: &Config,
) -> Result<SimulationView, ApiError> {
    let most = settings.simulation_teachers_at_once;
    let plan = plan(conn, cache, actor, wish, now)?;
    if employs_more_than(conn, plan.area, plan.draft.jurisdiction().school(), plan.as_of, most.into())? {
        return Err(ApiError::new(Code::JobNeeded).with("most", most));
    }
    let mut simulation = Simulation::begin(conn, plan, settings)?;
    while simulation.judge_some(conn)? {}
    Ok(simulation.view())
}

/// Whether everybody is judged with the draft or without.
struct Side {
    bench: Bench,
    /// The rules of whoever the draft is about.
    shown: Arc<CycleRules>,
}

impl Side {
    fn new(policy: Arc<AreaPolicy>, draft: &Pack, cycle: Cycle, as_of: NaiveDate) -> Result<Side, ApiError> {
        let shown = policy.rules_of(&Schools::from(draft.jurisdiction()), cycle, as_of)?;
        Ok(Side { bench: Bench::new(policy, cycle, as_of)?, shown })
    }

    fn judge(&self, dossier: &Dossier<usize>) -> Result<Judged, ApiError> {
        let terms = self.bench.terms(&dossier.facts)?;
        let (evaluation, _) = dossier.judged(&terms);
        Ok(Judged::new(&terms.rules, &evaluation))
    }

    /// The packs in force at the close of the day, once each.
    fn packs(&self) -> Vec<PackNameView> {
        let set = self.shown.closing_rules().map(|set| set.packs()).unwrap_or_default();
        set.iter().map(|(code, edition)| PackNameView { code: code.clone(), edition: *edition }).collect()
    }
}

/// A simulation on its way: who there is, who is still to be judged, and what is kept of those who were.
struct Simulation {
    sides: [Side; 2],
    roster: Roster,
    fold: Fold,
    as_of: NaiveDate,
    price: Option<Fen>,
    per_seat: i64,
}

impl Simulation {
    /// Compiles both sets of rules and reads who there is.
    ///
    /// # Errors
    /// `policy_missing`; where the database does not answer.
    fn begin(conn: &mut Conn, plan: Plan, settings: &Config) -> Result<Simulation, ApiError> {
        let Plan { area, draft, policy, cycle, as_of, price, per_seat, named_max } = plan;
        let drafted = Arc::new(AreaPolicy::new(area, policy.revision(), with_draft(policy.packs(), &draft)));
        let portion = usize::try_from(settings.simulation_teachers_a_step).unwrap_or(usize::MAX);
        // The packs with the draft know of more schools with rules of their own than those without, never of fewer.
        let roster = Roster::read(conn, &drafted, draft.jurisdiction().school(), as_of, portion)?;
        let sides = [Side::new(policy, &draft, cycle, as_of)?, Side::new(drafted, &draft, cycle, as_of)?];
        Ok(Simulation { sides, roster, fold: Fold::naming(named_max), as_of, price, per_seat })
    }

    /// Judges the next portion of people; false when everybody is judged.
    ///
    /// # Errors
    /// Where the database does not answer.
    fn judge_some(&mut self, conn: &mut Conn) -> Result<bool, ApiError> {
        let asking: Vec<&CycleRules> = self.sides.iter().flat_map(|side| side.bench.common.all()).collect();
        let portion = self.roster.next(conn, &asking)?;
        let (sides, per_seat, named_max) = (&self.sides, self.per_seat, self.fold.named_max());
        let folded = fold_all(
            portion,
            || Ok(Fold::naming(named_max)),
            |fold: &mut Result<Fold, ApiError>, dossier| {
                let [before, after] = sides;
                let judged = before.judge(&dossier).and_then(|before| Ok([before, after.judge(&dossier)?]));
                match (fold.as_mut(), judged) {
                    (Ok(fold), Ok(judged)) => fold.add(dossier.who, judged, per_seat),
                    (Ok(_), Err(fault)) => *fold = Err(fault),
                    (Err(_), _) => {}
                }
            },
        )?;
        for part in folded {
            self.fold.join(part?);
        }
        Ok(self.roster.done() < self.roster.total())
    }

    /// What the draft would do.
    fn view(&mut self) -> SimulationView {
        let extra = self.fold.extra;
        // Hundredths of hours times fen, rounded to the next fen. No price is so high that a county's hours are beyond an amount.
        let cost = |price: Fen| {
            let fen = (i128::from(extra.hundredths()) * i128::from(price.hundredths()) + 50) / 100;
            Fen::from_hundredths(i64::try_from(fen).unwrap_or(i64::MAX))
        };
        let named: Vec<Named> = self.fold.worst().to_vec();
        let [before, after] = &self.sides;
        let [tally_before, tally_after] = &self.fold.tallies;
        SimulationView {
            cycle: before.shown.cycle().name(),
            as_of: self.as_of,
            packs_before: before.packs(),
            packs_after: after.packs(),
            before: tally_before.view(),
            after: tally_after.view(),
            extra_hours: Text(extra),
            extra_seats: (self.per_seat > 0).then_some(self.fold.seats),
            extra_cost: self.price.map(|price| Text(cost(price))),
            rules: self.rules(),
            changed_total: i64::try_from(self.fold.changed).unwrap_or(i64::MAX),
            verdicts: self.fold.verdicts.iter().map(|(change, teachers)| verdicts(*change, *teachers)).collect(),
            changed: named.iter().filter_map(|one| Some(person(self.roster.employee(one.place)?, one))).collect(),
        }
    }

    /// What the rules do, those of one id together, by id; the packs of each in the order in which they speak.
    fn rules(&self) -> Vec<SimulatedRuleView> {
        let mut views: BTreeMap<String, SimulatedRuleView> = BTreeMap::new();
        for (place, sums) in self.fold.rules.iter().enumerate() {
            for (known, sum) in sums {
                let name = rules::name(known);
                let view = views.entry(name.id.clone()).or_insert_with(|| SimulatedRuleView {
                    id: known.rule.id.clone(),
                    name_zh: known.rule.zh.clone(),
                    name_en: known.rule.en.clone(),
                    before: RuleEffectView::nothing(),
                    after: RuleEffectView::nothing(),
                });
                let effect = if place == 0 { &mut view.before } else { &mut view.after };
                effect.teachers += sum.teachers;
                effect.cut.0 = effect.cut.0.plus(sum.cut);
                effect.missing.0 = effect.missing.0.plus(sum.missing);
                if !effect.rules.contains(&name) {
                    effect.rules.push(name);
                }
            }
        }
        views.into_values().collect()
    }
}

fn verdicts((before, after): (Verdict, Verdict), teachers: i64) -> SimulatedVerdictView {
    SimulatedVerdictView { before: OneOf(before), after: OneOf(after), teachers }
}

fn person(employee: &Employee, named: &Named) -> SimulatedPersonView {
    let standing = |one: Figures| SimulatedStandingView {
        verdict: OneOf(one.verdict),
        owed: Text(one.owed),
        counted: Text(one.counted),
        missing: Text(one.missing),
        to_earn: Text(one.to_earn),
    };
    SimulatedPersonView {
        teacher_id: Text(employee.person.teacher()),
        name: employee.name.clone(),
        organisation_id: Text(employee.organisation),
        organisation_name: employee.organisation_name.clone(),
        before: standing(named.before),
        after: standing(named.after),
    }
}
