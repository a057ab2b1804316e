//! Requirements of one time that nobody can meet together: hours owed side by side, of which no hour serves two, against a yearly
//! maximum or a cap; a share of what is owed that a cap does not let count; shares of one whole that are more than all of it.

use super::{Finding, FindingKind, reach::own};
use crate::{
    hours::Hours,
    policy::{
        cycle_rules::{self, CycleRules},
        evaluate::Period,
        facts::{PersonFacts, ProfileSet},
        layers::RuleRef,
        owing::required_total,
        pack::Pack,
        requirements::Requirement,
        rule::{Body, CapPeriod, Effect, Measure, Most, Ratio},
        selector::Compiled,
        wording::Wording,
    },
};
use chrono::{Datelike, NaiveDate};

/// Something that is asked for, of entries of one kind.
#[derive(Clone, Copy)]
struct Demand<'a> {
    rule: &'a RuleRef,
    of: Compiled,
    /// Hundredths of hours, or parts of [`WHOLE`].
    amount: i64,
    measure: Measure,
    /// The calendar year in which all of it is owed.
    year: Option<i32>,
    /// The days in which it has to be earned, where they are neither a year's nor the cycle's.
    span: Option<(NaiveDate, NaiveDate)>,
    /// What asks for the whole of which this is a share.
    whole: Option<&'a RuleRef>,
}

impl Demand<'_> {
    /// True where no hour serves both: of kinds, or of days, that have nothing in common.
    fn apart(&self, other: &Demand) -> bool {
        let days = self.span.zip(other.span);
        self.of.disjoint(&other.of) || days.is_some_and(|(one, other)| one.1 < other.0 || other.1 < one.0)
    }
}

/// What there is room for.
struct Room<'a> {
    rule: &'a RuleRef,
    of: Compiled,
    amount: i64,
    /// A maximum beyond which enrolment is refused, not a cap.
    refuses: bool,
}

/// All of a whole whose shares are compared.
const WHOLE: i64 = 1_000_000_000_000;

/// What the person is asked for (`asked`, judged without any entry) and cannot have; a rule of the draft takes part in each.
pub(super) fn contradictions(
    rules: &CycleRules,
    draft: &Pack,
    person: &PersonFacts,
    asked: &[Requirement],
) -> Vec<Finding> {
    let mut demands: Vec<Demand> = asked.iter().filter_map(|asked| demand(rules, asked)).collect();
    let of_wholes: Vec<Demand> = asked.iter().filter_map(|asked| share_of_owed(rules, asked, &demands)).collect();
    demands.extend(of_wholes);
    let mut findings = Vec::new();
    // What is too much for a year is not told once more of the cycle.
    let mut told: Vec<Vec<&RuleRef>> = Vec::new();
    for year in rules.cycle().years() {
        let here = |demand: &&Demand| demand.year.is_none_or(|other| other == year);
        let blocks = demands.iter().filter(here).filter_map(of_block_year);
        let owed: Vec<Demand> =
            demands.iter().filter(|demand| demand.year == Some(year)).copied().chain(blocks).collect();
        findings.extend(beyond(draft, rules, &owed, &rooms(rules, person, Some(year)), &mut told));
    }
    // Of a rule of each year so many hours are owed in all of them.
    let mut in_cycle: Vec<Demand> = Vec::new();
    for demand in &demands {
        match in_cycle.iter_mut().find(|known| demand.year.is_some() && known.rule == demand.rule) {
            Some(known) => (known.amount, known.span) = (known.amount + demand.amount, None),
            None => in_cycle.push(*demand),
        }
    }
    findings.extend(beyond(draft, rules, &in_cycle, &rooms(rules, person, None), &mut told));
    findings.extend(shares(rules, draft, asked));
    findings
}

/// Hours owed, as an amount that entries of some kind have to make up.
fn demand<'a>(rules: &'a CycleRules, asked: &Requirement) -> Option<Demand<'a>> {
    let rule = rules.rule(asked.rule)?;
    let of = rule.rule.body.selector().map(|of| Compiled::new(of, rules.interned()));
    let (of, owed) = (of.unwrap_or(Compiled::new(&Default::default(), rules.interned())), asked.owed);
    let (of, owed, measure) = match &rule.rule.body {
        Body::Total(_) => (of, owed, Measure::Counted),
        Body::YearFloor { .. } => (of, owed, Measure::Counted),
        Body::Block { measure, .. } => (of.in_blocks(), owed, *measure),
        Body::Minimum { measure, .. } if asked.days.is_none() => (of, owed, *measure),
        _ => return None,
    };
    let span = match asked.period {
        Period::Span { from, to } => Some((from, to)),
        _ => None,
    };
    let year = year_of(asked.period);
    (owed > Hours::ZERO).then_some(Demand { rule, of, amount: owed.hundredths(), measure, year, span, whole: None })
}

/// The calendar year in which a period lies.
fn year_of(period: Period) -> Option<i32> {
    match period {
        Period::Year(year) => Some(year),
        Period::Span { from, to } if from.year() == to.year() => Some(from.year()),
        _ => None,
    }
}

/// The hours that a share of what counts comes to, where so many hours of the whole are owed in the same time.
fn share_of_owed<'a>(rules: &'a CycleRules, asked: &Requirement, demands: &[Demand<'a>]) -> Option<Demand<'a>> {
    let rule = rules.rule(asked.rule)?;
    let Body::Share { of, part, practice: false, share, measure: Measure::Counted, .. } = &rule.rule.body else {
        return None;
    };
    let (of, part) = (Compiled::new(of, rules.interned()), Compiled::new(part, rules.interned()));
    let year = match asked.period {
        Period::Span { .. } => return None,
        period => year_of(period),
    };
    let in_whole = |demand: &&Demand| {
        demand.measure == Measure::Counted && demand.year == year && demand.span.is_none() && demand.of.within(&of)
    };
    let whole = demands.iter().filter(in_whole).max_by_key(|demand| demand.amount)?;
    let amount = share.of(Hours::from_hundredths(whole.amount)).hundredths();
    Some(Demand { rule, of: part, amount, whole: Some(whole.rule), ..*whole })
}

/// What is owed in the year of a block: the block, and the floor of such a year.
fn of_block_year<'a>(demand: &Demand<'a>) -> Option<Demand<'a>> {
    let hours = match demand.rule.rule.body {
        Body::Block { hours, .. } => hours,
        Body::YearFloor { block_year_hours, .. } => block_year_hours?,
        _ => return None,
    };
    Some(Demand { amount: hours.hundredths(), ..*demand })
}

/// The maxima and caps that stand throughout a year, or throughout the cycle, the tightest first.
fn rooms<'a>(rules: &'a CycleRules, person: &PersonFacts, year: Option<i32>) -> Vec<Room<'a>> {
    let profiles = ProfileSet::of(person, &rules.cycle());
    let years: Vec<i32> = year.map_or_else(|| rules.cycle().years().collect(), |year| vec![year]);
    let refusing = |rule: &cycle_rules::Requirement| match rule.reference.rule.body {
        Body::YearMaximum { hours, effect: Effect::Refuse, .. } if rule.binds(profiles) => Some(hours.hundredths()),
        _ => None,
    };
    let yearly = |year: &i32| rules.yearly.iter().find(|(of, _)| of == year).map(|(_, rules)| rules.as_slice());
    let mut rooms: Vec<Room> = Vec::new();
    let first = years.first().and_then(&yearly).unwrap_or_default();
    for maximum in first {
        let Some(rule) = rules.rule(maximum.rule).filter(|_| refusing(maximum).is_some()) else { continue };
        let of_year = |year: &i32| yearly(year)?.iter().find(|other| other.rule == maximum.rule).and_then(refusing);
        let Some(amount) = years.iter().map(of_year).sum() else { continue };
        rooms.push(Room { rule, of: maximum.of, amount, refuses: true });
    }
    let required = required_total(rules, person, profiles);
    for cap in rules.caps.iter().filter(|cap| cap.binds(profiles)) {
        let times = match (cap.period, year) {
            (CapPeriod::Year, _) => i64::try_from(years.len()).unwrap_or(1),
            (CapPeriod::Cycle, None) => 1,
            (CapPeriod::Cycle, Some(_)) => continue,
        };
        let throughout = rules.segments_in(year) & !cap.segments == 0;
        let (Most::Hours(most), true) = (cap.amount, throughout) else { continue };
        let (Some(most), Some(rule)) = (most.for_required(required), rules.rule(cap.rule)) else { continue };
        rooms.push(Room { rule, of: cap.of, amount: most.hundredths().saturating_mul(times), refuses: false });
    }
    rooms.sort_by_key(|room| room.amount);
    rooms
}

/// Sets of demands, of which no hour serves two, that are more than there is room for. One alone is held to maxima only: what caps
/// leave of it the evaluator knows better.
fn beyond<'a>(
    draft: &Pack,
    rules: &CycleRules,
    demands: &[Demand<'a>],
    rooms: &[Room<'a>],
    told: &mut Vec<Vec<&'a RuleRef>>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for room in rooms {
        let here = demands.iter().filter(|demand| demand.of.within(&room.of));
        let owed = here.filter_map(|demand| {
            let amount = if room.refuses {
                taken(rules, demand, rooms).filter(|_| demand.of.is_enrolled_for())?
            } else {
                (demand.measure == Measure::Counted).then_some(demand.amount)?
            };
            Some(Demand { amount, ..*demand })
        });
        for set in too_much(owed.collect(), room.amount) {
            let mut concerned: Vec<&RuleRef> = set.iter().map(|demand| demand.rule).collect();
            let alone = set.len() < 2 && set.iter().all(|demand| demand.whole.is_none());
            if told.contains(&concerned) || (alone && !room.refuses) {
                continue;
            }
            told.push(concerned.clone());
            concerned.extend(set.iter().filter_map(|demand| demand.whole));
            concerned.push(room.rule);
            findings.extend(own(draft, &concerned).map(|pointer| short_of_room(pointer, &concerned, &set, room)));
        }
    }
    findings
}

/// What a demand takes of a yearly maximum, which counted hours use up: what is earned, as far as the factors and caps that are
/// about all of it let it count.
fn taken(rules: &CycleRules, demand: &Demand, rooms: &[Room]) -> Option<i64> {
    let counts = match demand.measure {
        Measure::Counted => return Some(demand.amount),
        Measure::Credited | Measure::Practice => Hours::from_hundredths(demand.amount),
        Measure::Nominal => return None,
    };
    let factors = rules.factors.iter().filter(|factor| demand.of.within(&factor.of)).map(|factor| factor.ratio);
    let counted = factors.fold(counts, |counts, ratio| ratio.of(counts)).hundredths();
    let caps = rooms.iter().filter(|room| !room.refuses && demand.of.within(&room.of)).map(|room| room.amount);
    Some(caps.fold(counted, i64::min))
}

/// For each demand the few that it is the greatest of and that are together more than `room`. None of them can be spared: each is
/// at least as much as the last, without which there would be room.
fn too_much(mut demands: Vec<Demand>, room: i64) -> Vec<Vec<Demand>> {
    demands.sort_by_key(|demand| std::cmp::Reverse(demand.amount));
    let mut found = Vec::new();
    for place in 0..demands.len() {
        let (mut set, mut sum): (Vec<Demand>, i64) = (Vec::new(), 0);
        for demand in demands.iter().skip(place) {
            if sum <= room && set.iter().all(|other: &Demand| other.apart(demand)) {
                set.push(*demand);
                sum = sum.saturating_add(demand.amount);
            }
        }
        if sum > room {
            found.push(set);
        }
    }
    found
}

fn short_of_room(pointer: String, concerned: &[&RuleRef], set: &[Demand], room: &Room) -> Finding {
    let owed: Hours = set.iter().map(|demand| Hours::from_hundredths(demand.amount)).sum();
    let most = Hours::from_hundredths(room.amount);
    let (together_zh, together_en) = if set.len() > 1 { ("几项要求合计", " together") } else { ("要求", "") };
    let (limit_zh, limit_en) = if room.refuses {
        (
            format!("年度上限只允许{most}学时，超出的报名不予受理"),
            format!("the yearly maximum lets a teacher enrol for {most} only"),
        )
    } else {
        (format!("上限只让{most}学时计入"), format!("the cap lets {most} count only"))
    };
    let missing = owed.less(most);
    let parts: Vec<String> = set.iter().map(|demand| Hours::from_hundredths(demand.amount).to_string()).collect();
    let (sum_zh, sum_en) = match parts.as_slice() {
        [_] => (String::new(), String::new()),
        parts => {
            let sum = parts.join(" + ");
            (format!("{sum} = {owed}学时，互不重叠；"), format!("{sum} = {owed} hours, no hour serves two of them; "))
        }
    };
    let (after_zh, after_en) = if room.refuses {
        (
            format!("修满{most}学时后不能再报名，尚缺{missing}学时"),
            format!("after {most} hours further enrolment is refused, and {missing} are missing"),
        )
    } else {
        (format!("最多计{most}学时，尚缺{missing}学时"), format!("at most {most} count, and {missing} are missing"))
    };
    Finding {
        kind: FindingKind::Contradiction,
        pointer,
        rules: concerned.iter().map(ToString::to_string).collect(),
        text: Wording {
            zh: format!("{together_zh}{owed}学时，而{limit_zh}"),
            en: format!("{owed} hours are asked for{together_en}, but {limit_en}"),
        },
        example: Wording { zh: format!("{sum_zh}{after_zh}"), en: format!("{sum_en}{after_en}") },
    }
}

/// Shares of the same whole in the same time that are more than all of it and of which no hour is part of two. Practice hours of
/// others may be part of any.
fn shares(rules: &CycleRules, draft: &Pack, asked: &[Requirement]) -> Vec<Finding> {
    let mut wholes: Vec<(&Body, Period, Vec<Demand>)> = Vec::new();
    for asked in asked {
        let Some(rule) = rules.rule(asked.rule) else { continue };
        let Body::Share { part, practice: false, share, measure, .. } = &rule.rule.body else { continue };
        let of = Compiled::new(part, rules.interned());
        let demand =
            Demand { rule, of, amount: part_of_whole(*share), measure: *measure, year: None, span: None, whole: None };
        let same = |(other, period, _): &&mut (&Body, Period, Vec<Demand>)| {
            let measured = matches!(other, Body::Share { measure: other, .. } if other == measure);
            other.selector() == rule.rule.body.selector() && measured && *period == asked.period
        };
        match wholes.iter_mut().find(same) {
            Some((.., shares)) => shares.push(demand),
            None => wholes.push((&rule.rule.body, asked.period, vec![demand])),
        }
    }
    let mut findings = Vec::new();
    for set in wholes.into_iter().flat_map(|(.., shares)| too_much(shares, WHOLE)) {
        let concerned: Vec<&RuleRef> = set.iter().map(|demand| demand.rule).collect();
        findings.extend(own(draft, &concerned).map(|pointer| more_than_all(pointer, &concerned)));
    }
    findings
}

/// Rounded down, so that shares which are exactly all of the whole are never too much.
fn part_of_whole(share: Ratio) -> i64 {
    share.numerator.saturating_mul(WHOLE) / share.denominator.max(1)
}

fn more_than_all(pointer: String, concerned: &[&RuleRef]) -> Finding {
    let ten = Hours::whole(10);
    let parts: Vec<String> = concerned
        .iter()
        .filter_map(|rule| match rule.rule.body {
            Body::Share { share, .. } => Some(share.of(ten).to_string()),
            _ => None,
        })
        .collect();
    let sum = parts.join(" + ");
    Finding {
        kind: FindingKind::Contradiction,
        pointer,
        rules: concerned.iter().map(ToString::to_string).collect(),
        text: Wording {
            zh: "同一整体的几个部分互不重叠，各自的最低占比合计超过全部".into(),
            en: "the least shares of parts of one whole, of which no hour belongs to two, are more than all of it"
                .into(),
        },
        example: Wording {
            zh: format!("整体为{ten}学时，各部分应有{sum}学时"),
            en: format!("of {ten} hours the parts must have {sum}"),
        },
    }
}
