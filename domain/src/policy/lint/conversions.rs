//! What is wrong with conversions: lines that nothing reaches, amounts beyond their own cap, a laxer word than a wider area's.

use super::{Finding, FindingKind};
use crate::{
    area::AreaLevel,
    hours::Hours,
    policy::{
        conversion::{ConversionRule, Worth},
        cycle_rules::CycleRules,
        pack::Pack,
        rule::{Amount, Body, Most, Rule, Selector},
        wording::Wording,
    },
};

/// Everything that is wrong with the conversions of the draft.
pub(super) fn conversions(packs: &[Pack], draft: &Pack) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in draft.conversions() {
        findings.extend(unreachable(draft, rule));
        findings.extend(beyond_cap(draft, rule));
        findings.extend(relaxation(packs, draft, rule));
    }
    findings
}

fn name(pack: &Pack, rule: &ConversionRule) -> String {
    format!("{} v{} conversion.{}", pack.code(), pack.version(), rule.kind)
}

/// Rules of a county or a school about activities of which no pack of the cycle converts any: no hours ever come from them. A
/// wider area leaves the table to its counties.
pub(super) fn unconverted(rules: &CycleRules, draft: &Pack) -> Vec<Finding> {
    let missing = |selector: &Selector| {
        let none = !selector.activities.iter().any(|kind| rules.converts(*kind));
        selector.activities.first().copied().filter(|_| none)
    };
    let county = draft.area().level() == AreaLevel::County;
    let finding = |rule: &Rule| {
        let kind = [rule.body.selector(), rule.body.part()].into_iter().flatten().find_map(missing)?;
        Some(Finding {
            kind: FindingKind::NothingSelected,
            pointer: rule.pointer.clone(),
            rules: vec![format!("{} v{} {}", draft.code(), draft.version(), rule.id)],
            text: Wording {
                zh: "没有政策包规定这类活动的折算（conversions）：任何学时都不会来自这类活动".into(),
                en: "no pack converts such activities (conversions): no hours ever come from them".into(),
            },
            example: Wording { zh: format!("1次{kind}"), en: format!("1 {kind}") },
        })
    };
    draft.rules().iter().filter(|_| county).filter_map(finding).collect()
}

/// Lines behind one that fits whatever they fit.
fn unreachable(draft: &Pack, rule: &ConversionRule) -> Vec<Finding> {
    let behind = rule.lines.iter().enumerate().filter_map(|(place, line)| {
        let earlier = rule.lines.iter().take(place).position(|earlier| earlier.covers(line))?;
        Some((place, earlier))
    });
    let finding = |(place, earlier): (usize, usize)| Finding {
        kind: FindingKind::NothingSelected,
        pointer: format!("{}/lines/{place}", rule.pointer),
        rules: vec![name(draft, rule)],
        text: Wording {
            zh: "前面的一行已包括本行的全部情形，本行永远不会被采用".into(),
            en: "an earlier line fits whatever this one fits: it never decides".into(),
        },
        example: Wording {
            zh: format!("第{}行先于第{}行", earlier + 1, place + 1),
            en: format!("line {} comes before line {}", earlier + 1, place + 1),
        },
    };
    behind.map(finding).collect()
}

/// Amounts for one activity that are more than the kind may count in a year or in the cycle.
fn beyond_cap(draft: &Pack, rule: &ConversionRule) -> Vec<Finding> {
    let ids = ["year", "cycle"].map(|period| format!("conversion.{}.cap.{period}", rule.kind));
    let caps = draft.rules().iter().filter_map(|cap| match &cap.body {
        Body::Cap { amount: Most::Hours(Amount::Fixed(hours)), .. } if ids.contains(&cap.id) => {
            Some((*hours, cap.id.clone()))
        }
        _ => None,
    });
    let Some((most, cap)) = caps.min() else { return Vec::new() };
    let amounts = rule.lines.iter().enumerate().filter_map(|(place, line)| match line.worth {
        Worth::Each(hours) => Some((place, hours)),
        Worth::Factor { most, .. } => most.map(|most| (place, most)),
    });
    let finding = |(place, hours): (usize, Hours)| Finding {
        kind: FindingKind::Contradiction,
        pointer: format!("{}/lines/{place}", rule.pointer),
        rules: vec![name(draft, rule), format!("{} v{} {cap}", draft.code(), draft.version())],
        text: Wording {
            zh: "一次活动的学时超过本类活动的上限，超出部分永远不能计入".into(),
            en: "one activity gives more hours than the cap on its kind lets count".into(),
        },
        example: Wording {
            zh: format!("一次{hours}学时，上限{most}学时"),
            en: format!("one activity gives {hours}, at most {most} count"),
        },
    };
    amounts.filter(|(_, hours)| *hours > most).map(finding).collect()
}

/// A kind that a wider area speaks of and does not let be relaxed: both stand.
fn relaxation(packs: &[Pack], draft: &Pack, rule: &ConversionRule) -> Vec<Finding> {
    let day = draft.valid().from;
    let wider =
        |pack: &&Pack| pack.area() != draft.area() && pack.area().contains(draft.area()) && pack.valid().contains(day);
    let of_kind = |pack: &Pack| {
        let theirs = pack.conversions().iter().find(|theirs| theirs.kind == rule.kind)?;
        let fixed = !theirs.relaxable.allows(None) && theirs.lines != rule.lines;
        fixed.then(|| name(pack, theirs))
    };
    let finding = |theirs: String| {
        Finding {
        kind: FindingKind::Relaxation,
        pointer: rule.pointer.clone(),
        rules: vec![name(draft, rule), theirs],
        text: Wording {
            zh: "上级已规定这类活动的折算且不允许放宽：两者同时适用，以学时少者为准，证明材料合并要求".into(),
            en: "a wider area converts this kind too and may not be relaxed: both stand, the lesser amount decides and the \
                 evidence of both is needed"
                .into(),
        },
        example: Wording { zh: format!("1次{}", rule.zh), en: format!("1 {}", rule.en) },
    }
    };
    packs.iter().filter(wider).filter_map(of_kind).map(finding).collect()
}
