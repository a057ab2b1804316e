//! How the packs of an area and of those above it stand together.

use super::{Finding, FindingKind, pointer_to};
use crate::{
    hours::Hours,
    policy::{
        pack::Pack,
        rule::{Amount, Body, Ratio, Rule, TotalAmount},
        wording::Wording,
    },
};

/// Packs of the same area that speak on the same rule at the same time, and a draft that a later version keeps silent.
pub(super) fn overlaps(packs: &[Pack], draft: &Pack) -> Vec<Finding> {
    let mut findings = Vec::new();
    for other in packs.iter().filter(|other| other.area() == draft.area() && other.valid().overlaps(&draft.valid())) {
        let day = other.valid().from.max(draft.valid().from);
        if other.code() == draft.code() && other.version() > draft.version() {
            findings.push(Finding {
                kind: FindingKind::Overlap,
                pointer: "/version".into(),
                rules: Vec::new(),
                text: Wording {
                    zh: format!("{}已有更高的版本v{}生效，本版本不会被采用", other.code(), other.version()),
                    en: format!(
                        "version {} of {} is in force: this one will never speak",
                        other.version(),
                        other.code()
                    ),
                },
                example: Wording { zh: format!("{day}"), en: format!("{day}") },
            });
        } else if other.code() != draft.code() {
            for rule in draft.rules() {
                let same =
                    |theirs: &&Rule| theirs.id == rule.id && theirs.profile == rule.profile && theirs.body != rule.body;
                let Some(theirs) = other.rules().iter().find(same) else { continue };
                let last = (draft.valid().from, draft.code()) > (other.valid().from, other.code());
                let speaks = if last { draft } else { other };
                findings.push(Finding {
                    kind: FindingKind::Overlap,
                    pointer: pointer_to(draft, draft.code(), draft.version(), &rule.id, rule.profile)
                        .unwrap_or_default(),
                    rules: vec![name(draft, rule), name(other, theirs)],
                    text: Wording {
                        zh: format!("同一地区两个政策包同时规定{}，以{}为准", rule.id, speaks.code()),
                        en: format!(
                            "two packs of the area speak on {} at the same time; {} has the last word",
                            rule.id,
                            speaks.code()
                        ),
                    },
                    example: Wording { zh: format!("{day}取得的1学时"), en: format!("1 hour earned on {day}") },
                });
            }
        }
    }
    findings
}

fn name(pack: &Pack, rule: &Rule) -> String {
    format!("{} v{} {}", pack.code(), pack.version(), rule.id)
}

/// Rules that ask for less, or allow more, than the same rule of a wider area in force on the draft's first day.
pub(super) fn relaxations(packs: &[Pack], draft: &Pack) -> Vec<Finding> {
    let day = draft.valid().from;
    let wider: Vec<&Pack> = packs
        .iter()
        .filter(|pack| pack.area() != draft.area() && pack.area().contains(draft.area()) && pack.valid().contains(day))
        .collect();
    let mut findings = Vec::new();
    for pack in wider {
        for theirs in pack.rules() {
            let own = draft.rules().iter().find(|rule| rule.id == theirs.id && rule.profile == theirs.profile);
            if let Some((own, (here, there))) = own.and_then(|own| Some((own, laxer(&own.body, &theirs.body)?))) {
                findings.push(relaxation(
                    pointer_to(draft, draft.code(), draft.version(), &own.id, own.profile).unwrap_or_default(),
                    vec![name(draft, own), name(pack, theirs)],
                    Wording {
                        zh: format!("{}规定{there}，此处为{here}", pack.code()),
                        en: format!("{} says {there}, here it is {here}", pack.code()),
                    },
                ));
            }
        }
        for (place, drops) in draft.drops().iter().enumerate() {
            for (item, id) in drops.rule_ids.iter().enumerate() {
                let Some(theirs) = pack.rules().iter().find(|rule| rule.id == *id && rule.profile.is_none()) else {
                    continue;
                };
                findings.push(relaxation(
                    format!("/profiles/{place}/drops/{item}"),
                    vec![name(pack, theirs)],
                    Wording {
                        zh: format!("对“{}”不适用{}", drops.profile.zh(), pack.code()),
                        en: format!("for a {} the rule of {} does not bind", drops.profile.en(), pack.code()),
                    },
                ));
            }
        }
    }
    findings
}

fn relaxation(pointer: String, rules: Vec<String>, example: Wording) -> Finding {
    Finding {
        kind: FindingKind::Relaxation,
        pointer,
        rules,
        text: Wording {
            zh: "比上级政策包的同一规则宽松，须确认上级允许放宽".into(),
            en: "laxer than the same rule of a wider area: make sure that it may be relaxed".into(),
        },
        example,
    }
}

/// What the narrower and the wider rule say, where the narrower is laxer.
fn laxer(narrow: &Body, wide: &Body) -> Option<(String, String)> {
    let fewer = |here: Hours, there: Hours| (here < there).then(|| (here.to_string(), there.to_string()));
    let more = |here: Hours, there: Hours| (here > there).then(|| (here.to_string(), there.to_string()));
    match (narrow, wide) {
        (Body::Total(TotalAmount::PerCycle(here)), Body::Total(TotalAmount::PerCycle(there)))
        | (Body::Total(TotalAmount::PerYear(here)), Body::Total(TotalAmount::PerYear(there))) => fewer(*here, *there),
        (
            Body::YearFloor { hours, strength, .. },
            Body::YearFloor { hours: wide_hours, strength: wide_strength, .. },
        ) => fewer(*hours, *wide_hours)
            .or_else(|| (strength < wide_strength).then(|| (strength.to_string(), wide_strength.to_string()))),
        (Body::YearMaximum { hours, .. }, Body::YearMaximum { hours: there, .. }) => more(*hours, *there),
        (Body::Cap { amount, .. }, Body::Cap { amount: there, .. }) => match (amount, there) {
            (Amount::Fixed(here), Amount::Fixed(there)) => more(*here, *there),
            (Amount::ShareOfRequired(here), Amount::ShareOfRequired(there)) => greater(*here, *there),
            _ => None,
        },
        (Body::Block { hours, .. }, Body::Block { hours: there, .. }) => fewer(*hours, *there),
        (Body::Minimum { amount, .. }, Body::Minimum { amount: there, .. }) => match (amount, there) {
            (Amount::Fixed(here), Amount::Fixed(there)) => fewer(*here, *there),
            (Amount::ShareOfRequired(here), Amount::ShareOfRequired(there)) => {
                greater(*there, *here).map(|(a, b)| (b, a))
            }
            _ => None,
        },
        (Body::Share { share, .. }, Body::Share { share: there, .. }) => greater(*there, *share).map(|(a, b)| (b, a)),
        (Body::Factor { ratio, .. }, Body::Factor { ratio: there, .. }) => greater(*ratio, *there),
        _ => None,
    }
}

/// Both ratios, where the first is greater.
fn greater(one: Ratio, other: Ratio) -> Option<(String, String)> {
    let shown = |ratio: Ratio| format!("{}/{}", ratio.numerator, ratio.denominator);
    (one.numerator * other.denominator > other.numerator * one.denominator).then(|| (shown(one), shown(other)))
}
