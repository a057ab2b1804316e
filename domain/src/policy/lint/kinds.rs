//! The kinds of entries that the rules of a cycle tell apart, and what selectors make of them.

use super::{Finding, FindingKind, pointer_to};
use crate::{
    hours::Hours,
    policy::{
        cycle_rules::CycleRules,
        facts::{EntryFacts, Provider},
        pack::Pack,
        rule::{Body, CapPeriod, Rule, Selector},
        selector::{Compiled, Shape},
        wording::Wording,
    },
    words::{DeliveryForm, Level, Route, Theme},
};
use chrono::NaiveDate;

/// One hour of some kind on a day.
fn hour(day: NaiveDate, route: Route, form: DeliveryForm, level: Level, themes: Vec<Theme>, block: bool) -> EntryFacts {
    let one = Hours::whole(1);
    EntryFacts {
        key: 0,
        effective: day,
        sequence: 0,
        route,
        form,
        themes,
        level,
        block: block.then_some(0),
        credited: one,
        nominal: one,
        practice: one,
        corrects: None,
        provider: Provider::Reviewed,
        misconduct: false,
        certified_elsewhere: false,
    }
}

/// One entry of each kind that `selectors` tell apart, within and outside a block, without any mark.
pub(super) fn kinds(rules: &CycleRules, selectors: &[Compiled]) -> Vec<EntryFacts> {
    let day = rules.cycle().from();
    let mut themes: Vec<Vec<Theme>> = vec![Vec::new()];
    themes.extend(rules.themes().iter().map(|theme| vec![*theme]));
    let mut found: Vec<(Vec<bool>, EntryFacts)> = Vec::new();
    for themes in &themes {
        for (route, form) in Route::ALL.iter().flat_map(|route| DeliveryForm::ALL.iter().map(move |form| (route, form)))
        {
            for (level, block) in Level::ALL.iter().flat_map(|level| [false, true].map(|block| (level, block))) {
                let entry = hour(day, *route, *form, *level, themes.clone(), block);
                let shape = Shape::of(&entry, rules.themes());
                // A rule on blocks tells them from short courses without a selector.
                let told_apart = selectors.iter().map(|selector| selector.matches(&shape)).chain([block]);
                let signature: Vec<bool> = told_apart.collect();
                if found.iter().all(|(known, _)| *known != signature) {
                    found.push((signature, entry));
                }
            }
        }
    }
    found.into_iter().map(|(_, entry)| entry).collect()
}

/// Every selector of the cycle's rules.
pub(super) fn selectors(rules: &CycleRules) -> Vec<Compiled> {
    let bodies = rules.sets().flat_map(|set| set.rules()).map(|rule| &rule.reference.rule.body);
    let all = bodies.flat_map(|body| body.selector().into_iter().chain(body.part()));
    all.map(|selector| Compiled::new(selector, rules.themes())).collect()
}

/// An entry in a few words.
pub(super) fn describe(entry: &EntryFacts) -> Wording {
    let (mut zh, mut en) = (
        format!("{}、{}、{}", entry.route.zh(), entry.form.zh(), entry.level.zh()),
        format!("{}, {}, {} level", entry.route.en(), entry.form.en(), entry.level.en()),
    );
    for theme in &entry.themes {
        let (label_zh, label_en) = theme.labels().unwrap_or((theme.as_str(), theme.as_str()));
        zh.push_str(&format!("、主题“{label_zh}”"));
        en.push_str(&format!(", theme {label_en}"));
    }
    if entry.block.is_some() {
        zh.push_str("、集中培训");
        en.push_str(", in a block");
    }
    Wording { zh, en }
}

/// Rules of the draft that no entry can concern.
pub(super) fn nothing_selected(rules: &CycleRules, draft: &Pack) -> Vec<Finding> {
    fn excluded<T: PartialEq>(asked: &[T], without: &[T]) -> bool {
        !asked.is_empty() && asked.iter().all(|word| without.contains(word))
    }
    let nothing = |selector: &Selector| {
        excluded(&selector.themes, &selector.without_themes) || excluded(&selector.marks, &selector.without_marks)
    };
    let disjoint = |rule: &Rule| match (&rule.body, rule.body.part()) {
        (Body::Share { of, practice: false, .. }, Some(part)) => {
            let pair = [Compiled::new(of, rules.themes()), Compiled::new(part, rules.themes())];
            let both = |entry: &EntryFacts| {
                let shape = Shape::of(entry, rules.themes());
                pair.iter().all(|selector| selector.matches(&shape))
            };
            !kinds(rules, &pair).iter().any(both)
        }
        _ => false,
    };
    let concerns = |rule: &&Rule| {
        rule.body.selector().is_some_and(nothing) || rule.body.part().is_some_and(nothing) || disjoint(rule)
    };
    let found = draft.rules().iter().filter(concerns);
    found
        .map(|rule| Finding {
            kind: FindingKind::NothingSelected,
            pointer: pointer_to(draft, draft.code(), draft.version(), &rule.id, rule.profile).unwrap_or_default(),
            rules: vec![format!("{} v{} {}", draft.code(), draft.version(), rule.id)],
            text: Wording {
                zh: "条件互相排斥，没有任何学时符合".into(),
                en: "its conditions exclude one another: no hours can meet them".into(),
            },
            example: Wording {
                zh: "同一主题或情形既要求有又要求没有，或部分与整体没有交集".into(),
                en: "the same theme or circumstance is both asked for and excluded, or the part lies outside the whole"
                    .into(),
            },
        })
        .collect()
}

/// Pairs of caps of which neither contains the other and which share entries; at least one is the draft's. They are counted
/// exactly, but nobody can follow them by hand.
pub(super) fn crossing_caps(rules: &CycleRules, draft: &Pack) -> Vec<Finding> {
    let all: Vec<Compiled> = rules.caps.iter().map(|cap| cap.of).collect();
    let kinds = kinds(rules, &all);
    let shapes: Vec<Shape> = kinds.iter().map(|entry| Shape::of(entry, rules.themes())).collect();
    let find = |in_one: bool, in_other: bool, one: &Compiled, other: &Compiled| {
        let fits = |shape: &Shape| one.matches(shape) == in_one && other.matches(shape) == in_other;
        shapes.iter().position(fits).and_then(|place| kinds.get(place))
    };
    let mut findings = Vec::new();
    for (place, one) in rules.caps.iter().enumerate() {
        for other in rules.caps.iter().skip(place + 1).filter(|other| other.group != one.group) {
            let (Some(first), Some(second)) = (rules.rule(one.rule), rules.rule(other.rule)) else { continue };
            let own = [first, second]
                .into_iter()
                .find_map(|rule| pointer_to(draft, &rule.pack, rule.version, &rule.rule.id, rule.rule.profile));
            let Some(pointer) = own.filter(|_| one.segments & other.segments != 0) else { continue };
            let (both, only_one) = (find(true, true, &one.of, &other.of), find(true, false, &one.of, &other.of));
            let only_other = find(false, true, &one.of, &other.of);
            // A year of the wider cap reaches beyond a cycle's cap only where its entries do; the other way round always.
            let crosses = match (one.period, other.period) {
                (CapPeriod::Year, CapPeriod::Cycle) => only_one.is_some(),
                (CapPeriod::Cycle, CapPeriod::Year) => only_other.is_some(),
                _ => only_one.is_some() && only_other.is_some(),
            };
            let (Some(both), true) = (both, crosses) else { continue };
            let told = describe(both);
            findings.push(Finding {
                kind: FindingKind::CrossingCaps,
                pointer,
                rules: vec![first.to_string(), second.to_string()],
                text: Wording {
                    zh: "两条上限交叉：有的学时同时受两者限制，有的只受其中之一限制；系统按对教师最有利的方式核算，但人工难以核对".into(),
                    en: "the caps cross: some hours fall under both, some under one only; they are counted in the teacher's favour, \
                         but hard to follow by hand"
                        .into(),
                },
                example: Wording { zh: format!("同时受限：{}", told.zh), en: format!("under both: {}", told.en) },
            });
        }
    }
    findings
}
