//! The kinds of entries that the rules of a cycle tell apart, and what selectors make of them.

use super::{Finding, FindingKind, pointer_to};
use crate::{
    hours::Hours,
    policy::{
        cycle_rules::CycleRules,
        facts::{EntryFacts, Provider},
        pack::Pack,
        rule::{Body, CapPeriod, EntryMark, Selector},
        selector::{Compiled, Shape},
        wording::Wording,
    },
    words::{ActivityWord, DeliveryForm, Level, Route, Theme},
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
        part_of: None,
        provider: Provider::Reviewed,
        misconduct: false,
        certified_elsewhere: false,
        activity: None,
        recognised: None,
        dated: Vec::new(),
        days: None,
    }
}

/// The circumstances that marks speak of, the ordinary one first.
fn circumstances(day: NaiveDate) -> Vec<(Provider, bool, bool)> {
    let unreviewed = |consent_on: Option<NaiveDate>| Provider::Unreviewed { consent_on, starts_on: day };
    vec![
        (Provider::Reviewed, false, false),
        (Provider::Reviewed, true, false),
        (Provider::Reviewed, false, true),
        (unreviewed(day.pred_opt()), false, false),
        (unreviewed(None), false, false),
    ]
}

/// No theme, each theme that the rules name, and each pair of themes of a whole and of its part; then each kind of converted
/// activity that the rules name, without a theme and with those that are asked for beside it.
fn word_sets(rules: &CycleRules) -> Vec<(Vec<Theme>, Option<ActivityWord>)> {
    let mut sets: Vec<(Vec<Theme>, Option<ActivityWord>)> = vec![(Vec::new(), None)];
    sets.extend(rules.interned().themes.iter().map(|theme| (vec![*theme], None)));
    let bodies = || rules.sets().flat_map(|set| set.rules()).map(|rule| &rule.reference.rule.body);
    for (of, part) in bodies().filter_map(|body| body.selector().zip(body.part())) {
        for theme in &of.themes {
            sets.extend(part.themes.iter().map(|other| (vec![*theme, *other], None)));
        }
    }
    sets.extend(rules.interned().activities.iter().map(|kind| (Vec::new(), Some(*kind))));
    for selector in bodies().flat_map(|body| body.selector().into_iter().chain(body.part())) {
        for kind in &selector.activities {
            sets.extend(selector.themes.iter().map(|theme| (vec![*theme], Some(*kind))));
        }
    }
    sets
}

/// One entry of each kind that `selectors` tell apart, within and outside a block; the ordinary one first.
pub(super) fn kinds(rules: &CycleRules, selectors: &[Compiled]) -> Vec<EntryFacts> {
    let day = rules.cycle().from();
    let words = || Route::ALL.iter().flat_map(|route| DeliveryForm::ALL.iter().map(move |form| (*route, *form)));
    let levels = || Level::ALL.iter().flat_map(|level| [false, true].map(|block| (*level, block)));
    let mut found: Vec<(Vec<bool>, EntryFacts)> = Vec::new();
    for (provider, misconduct, certified_elsewhere) in circumstances(day) {
        for (themes, activity) in word_sets(rules) {
            for ((route, form), (level, block)) in words().flat_map(|word| levels().map(move |level| (word, level))) {
                let ordinary = hour(day, route, form, level, themes.clone(), block);
                // Converted hours come by their own route.
                if activity.is_some() && route != Route::Converted {
                    continue;
                }
                let entry = EntryFacts { provider, misconduct, certified_elsewhere, activity, ..ordinary };
                let shape = Shape::of(&entry, rules.interned());
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
    all.map(|selector| Compiled::new(selector, rules.interned())).collect()
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
    let none = |selectors: &[&Selector]| {
        let compiled: Vec<Compiled> =
            selectors.iter().map(|selector| Compiled::new(selector, rules.interned())).collect();
        let meets_all = |entry: &EntryFacts| {
            let shape = Shape::of(entry, rules.interned());
            compiled.iter().all(|selector| selector.matches(&shape))
        };
        !kinds(rules, &compiled).iter().any(meets_all)
    };
    let mut findings = Vec::new();
    for rule in draft.rules() {
        let whole = rule.body.selector().filter(|of| none(&[*of]));
        // Practice hours of the other entries are a part as well.
        let practice = matches!(rule.body, Body::Share { practice: true, .. });
        let part = rule.body.part().filter(|part| none(&[*part]));
        let both = rule.body.selector().zip(rule.body.part()).filter(|(of, part)| !practice && none(&[*of, *part]));
        let (text, hour) = match (whole.or(part), both) {
            (Some(selector), _) => (
                Wording {
                    zh: "条件互相排斥，没有任何学时符合".into(),
                    en: "its conditions exclude one another: no hours can meet them".into(),
                },
                selected(selector),
            ),
            (None, Some((of, part))) => {
                let (of, part) = (selected(of), selected(part));
                (
                    Wording {
                        zh: "部分与整体没有交集，任何学时都不能既属于整体又属于部分".into(),
                        en: "the part lies outside the whole: no hours can belong to both".into(),
                    },
                    Wording { zh: format!("{}；{}", of.zh, part.zh), en: format!("{}; {}", of.en, part.en) },
                )
            }
            (None, None) => continue,
        };
        findings.push(Finding {
            kind: FindingKind::NothingSelected,
            pointer: pointer_to(draft, draft.code(), draft.version(), &rule.id, rule.profile).unwrap_or_default(),
            rules: vec![format!("{} v{} {}", draft.code(), draft.version(), rule.id)],
            text,
            example: Wording { zh: format!("1学时：{}", hour.zh), en: format!("1 hour: {}", hour.en) },
        });
    }
    findings
}

/// What a selector asks for, in words.
fn selected(selector: &Selector) -> Wording {
    let mut parts: Vec<(String, String)> = Vec::new();
    let mut tell = |zh: &[&str], en: &[&str], not: bool| {
        if !zh.is_empty() {
            let (without, no) = if not { ("非", "not ") } else { ("", "") };
            parts.push((format!("{without}{}", zh.join("或")), format!("{no}{}", en.join(" or "))));
        }
    };
    fn words<T: Copy>(all: &[T], zh: fn(T) -> &'static str, en: fn(T) -> &'static str) -> (Vec<&str>, Vec<&str>) {
        (all.iter().map(|word| zh(*word)).collect(), all.iter().map(|word| en(*word)).collect())
    }
    fn themes(all: &[Theme]) -> (Vec<&str>, Vec<&str>) {
        all.iter().map(|theme| theme.labels().unwrap_or((theme.as_str(), theme.as_str()))).unzip()
    }
    for ((zh, en), not) in [
        (words(&selector.routes, Route::zh, Route::en), false),
        (words(&selector.forms, DeliveryForm::zh, DeliveryForm::en), false),
        (words(&selector.levels, Level::zh, Level::en), false),
        (themes(&selector.themes), false),
        (themes(&selector.without_themes), true),
        (words(&selector.marks, EntryMark::zh, EntryMark::en), false),
        (words(&selector.without_marks, EntryMark::zh, EntryMark::en), true),
    ] {
        tell(&zh, &en, not);
    }
    for kind in &selector.activities {
        tell(&[kind.as_str()], &[kind.as_str()], false);
    }
    match selector.concentrated {
        Some(true) => tell(&["集中培训"], &["in a block"], false),
        Some(false) => tell(&["集中培训"], &["in a block"], true),
        None => {}
    }
    if parts.is_empty() {
        return Wording { zh: "任何学时".into(), en: "any hours".into() };
    }
    let (zh, en): (Vec<String>, Vec<String>) = parts.into_iter().unzip();
    Wording { zh: zh.join("、"), en: en.join(", ") }
}

/// Pairs of caps of which neither contains the other and which share entries; at least one is the draft's. They are counted
/// exactly, but nobody can follow them by hand.
pub(super) fn crossing_caps(rules: &CycleRules, draft: &Pack) -> Vec<Finding> {
    let all: Vec<Compiled> = rules.caps.iter().map(|cap| cap.of).collect();
    let kinds = kinds(rules, &all);
    let shapes: Vec<Shape> = kinds.iter().map(|entry| Shape::of(entry, rules.interned())).collect();
    let find = |in_one: bool, in_other: bool, one: &Compiled, other: &Compiled| {
        let fits = |shape: &Shape| one.matches(shape) == in_one && other.matches(shape) == in_other;
        shapes.iter().position(fits).and_then(|place| kinds.get(place))
    };
    let mut findings = Vec::new();
    for (place, one) in rules.caps.iter().enumerate() {
        for other in rules.caps.iter().skip(place + 1).filter(|other| other.group != one.group) {
            let (Some(first), Some(second)) = (rules.rule(one.rule), rules.rule(other.rule)) else { continue };
            // Two cycles compile them in either order, and tell of one pair.
            let mut pair = [first, second];
            pair.sort_by_cached_key(ToString::to_string);
            let own = pair
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
                rules: pair.map(ToString::to_string).to_vec(),
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
