//! How the packs of an area or a school and of those above it stand together.

use super::{Finding, FindingKind, pointer_to};
use crate::policy::{
    layers::rank,
    pack::Pack,
    rule::{Amount, Body, Least, Most, Profile, Ratio, Rule, TotalAmount},
    strictness::at_least_as_strict,
    wording::Wording,
};

/// Packs of the same area that speak on the same rule at the same time, and a draft that a later version keeps silent.
pub(super) fn overlaps(packs: &[Pack], draft: &Pack) -> Vec<Finding> {
    let mut findings = Vec::new();
    let beside = |other: &&Pack| other.jurisdiction() == draft.jurisdiction() && other.valid().overlaps(&draft.valid());
    for other in packs.iter().filter(beside) {
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
            let speaks = if rank(draft) > rank(other) { draft } else { other };
            findings.extend(said_twice(draft, other).into_iter().map(|(pointer, what)| Finding {
                kind: FindingKind::Overlap,
                pointer,
                rules: [draft, other].map(|pack| format!("{} v{} {what}", pack.code(), pack.version())).into(),
                text: Wording {
                    zh: format!("同一地区两个政策包同时规定{what}，以{}为准", speaks.code()),
                    en: format!(
                        "two packs of the area speak on {what} at the same time; {} has the last word",
                        speaks.code()
                    ),
                },
                example: Wording { zh: format!("{day}取得的1学时"), en: format!("1 hour earned on {day}") },
            }));
        }
    }
    findings
}

/// On what two packs of one area speak in different words, with the place in the draft: rules, what profiles are free of, what is
/// said for everybody, conversions.
fn said_twice(draft: &Pack, other: &Pack) -> Vec<(String, String)> {
    let same = |rule: &&Rule| {
        let theirs = |theirs: &&Rule| theirs.id == rule.id && theirs.profile == rule.profile;
        match other.rules().iter().find(theirs) {
            Some(theirs) => theirs.body != rule.body,
            None => rule.profile.is_some_and(|profile| drops(other, &rule.id, profile)),
        }
    };
    let rules = draft.rules().iter().filter(same).map(|rule| (rule.pointer.clone(), rule.id.clone()));
    let freed = draft.drops().iter().enumerate().flat_map(|(place, drops)| {
        let ids =
            drops.rule_ids.iter().enumerate().filter(|(_, id)| {
                other.rules().iter().any(|rule| rule.id == **id && rule.profile == Some(drops.profile))
            });
        ids.map(move |(item, id)| (format!("/profiles/{place}/drops/{item}"), id.clone()))
    });
    let settings = draft.settings().contradicted_by(&other.settings());
    let settings = settings.into_iter().map(|name| (format!("/{name}"), name.to_owned()));
    let cycle = draft.calendar().zip(other.calendar()).filter(|(ours, theirs)| ours != theirs);
    let cycle = cycle.map(|_| ("/cycle".to_owned(), "cycle".to_owned()));
    let converted = draft.conversions().iter().filter(|ours| {
        let theirs = other.conversions().iter().find(|theirs| theirs.kind == ours.kind);
        theirs.is_some_and(|theirs| {
            (&theirs.lines, &theirs.evidence, theirs.approver) != (&ours.lines, &ours.evidence, ours.approver)
        })
    });
    let converted = converted.map(|ours| (ours.pointer.clone(), format!("conversion.{}", ours.kind)));
    rules.chain(freed).chain(settings).chain(cycle).chain(converted).collect()
}

fn drops(pack: &Pack, id: &str, profile: Profile) -> bool {
    pack.drops().iter().any(|drops| drops.profile == profile && drops.rule_ids.iter().any(|one| one == id))
}

/// Days between two editions of one code: what the packs of wider areas say stands on them, and nothing of the place's own.
pub(super) fn between_editions(packs: &[Pack], draft: &Pack) -> Vec<Finding> {
    let editions =
        || packs.iter().filter(|pack| pack.jurisdiction() == draft.jurisdiction() && pack.code() == draft.code());
    // Between the last day of `first` and the first of `second`, where no edition speaks on the day after `first`.
    let gap = |first: &Pack, second: &Pack, pointer: &str| {
        let last = first.valid().to?;
        let next = last.succ_opt().filter(|next| *next < second.valid().from)?;
        let days = (second.valid().from - next).num_days();
        let silent = editions().all(|pack| !pack.valid().contains(next));
        silent.then(|| Finding {
            kind: FindingKind::Gap,
            pointer: pointer.to_owned(),
            rules: [first, second].map(|pack| format!("{} v{}", pack.code(), pack.version())).into(),
            text: Wording {
                zh: format!("{last}与{}之间有{days}天没有本政策包的版本生效，其间只适用上级规定", second.valid().from),
                en: format!(
                    "no edition of {} speaks on the {days} days between {last} and {}: only the rules of wider areas stand on them",
                    draft.code(),
                    second.valid().from
                ),
            },
            example: Wording { zh: format!("{next}取得的1学时"), en: format!("1 hour earned on {next}") },
        })
    };
    let before = editions().filter(|pack| pack.valid().from < draft.valid().from).max_by_key(|pack| pack.valid().to);
    let after = editions().filter(|pack| pack.valid().from > draft.valid().from).min_by_key(|pack| pack.valid().from);
    let earlier = before.and_then(|before| gap(before, draft, "/valid/from"));
    earlier.into_iter().chain(after.and_then(|after| gap(draft, after, "/valid/to"))).collect()
}

fn name(pack: &Pack, rule: &Rule) -> String {
    format!("{} v{} {}", pack.code(), pack.version(), rule.id)
}

/// Rules that are not as strict as the same rule of a wider area in force on the draft's first day, which may not be relaxed, and
/// such rules that the draft drops for a profile.
pub(super) fn relaxations(packs: &[Pack], draft: &Pack) -> Vec<Finding> {
    let day = draft.valid().from;
    let place = draft.jurisdiction();
    let wider = |pack: &&Pack| {
        pack.jurisdiction() != place && pack.jurisdiction().contains(place) && pack.valid().contains(day)
    };
    let mut findings = Vec::new();
    for pack in packs.iter().filter(wider) {
        for rule in draft.rules() {
            let theirs = binding(pack, &rule.id, rule.profile);
            let fixed = |theirs: &&Rule| {
                !theirs.relaxable.allows(rule.profile) && !at_least_as_strict(&rule.body, &theirs.body)
            };
            let Some(theirs) = theirs.filter(fixed) else { continue };
            let pointer = pointer_to(draft, draft.code(), draft.version(), &rule.id, rule.profile);
            let multiplies = matches!(rule.body, Body::Factor { .. });
            findings.push(Finding {
                kind: FindingKind::Relaxation,
                pointer: pointer.unwrap_or_default(),
                rules: vec![name(draft, rule), name(pack, theirs)],
                text: Wording {
                    zh: if multiplies {
                        "不如上级同一规则严格，而上级不允许放宽：以上级规则为准，本规则不起作用".into()
                    } else {
                        "不如上级同一规则严格，而上级不允许放宽：两者同时适用，以严者为准".into()
                    },
                    en: if multiplies {
                        "not as strict as the wider area's rule, which may not be relaxed: the wider one stands, this one has no effect".into()
                    } else {
                        "not as strict as the wider area's rule, which may not be relaxed: both stand, and the stricter decides".into()
                    },
                },
                example: example(&rule.body, &theirs.body, pack),
            });
        }
        for (place, drops) in draft.drops().iter().enumerate() {
            for (item, id) in drops.rule_ids.iter().enumerate() {
                let theirs = binding(pack, id, Some(drops.profile));
                let Some(theirs) = theirs.filter(|rule| !rule.relaxable.allows(Some(drops.profile))) else { continue };
                findings.push(Finding {
                    kind: FindingKind::Relaxation,
                    pointer: format!("/profiles/{place}/drops/{item}"),
                    rules: vec![name(pack, theirs)],
                    text: Wording {
                        zh: "上级规则不允许放宽，不能对这类教师取消：仍然适用".into(),
                        en: "the wider area's rule may not be relaxed: it still binds these teachers".into(),
                    },
                    example: Wording { zh: drops.profile.zh().into(), en: drops.profile.en().into() },
                });
            }
        }
    }
    findings
}

/// The rule of a pack that binds a profile, or everybody.
fn binding<'a>(pack: &'a Pack, id: &str, profile: Option<Profile>) -> Option<&'a Rule> {
    let of = |wanted: Option<Profile>| pack.rules().iter().find(|rule| rule.id == id && rule.profile == wanted);
    match profile {
        Some(profile) if drops(pack, id, profile) => None,
        Some(profile) => of(Some(profile)).or_else(|| of(None)),
        None => of(None),
    }
}

/// Both figures, where the wider rule asks for more in every respect.
fn example(narrow: &Body, wide: &Body, pack: &Pack) -> Wording {
    match (figure(narrow), figure(wide)) {
        (Some(here), Some(there)) if at_least_as_strict(wide, narrow) => Wording {
            zh: format!("{}为{there}，此处为{here}", pack.code()),
            en: format!("{} says {there}, here it is {here}", pack.code()),
        },
        _ => Wording {
            zh: format!("与{}的规定条件不同，无法比较", pack.code()),
            en: format!("it cannot be compared with that of {}, whose terms are others", pack.code()),
        },
    }
}

/// The figure of a rule.
fn figure(body: &Body) -> Option<String> {
    let ratio = |ratio: &Ratio| format!("{}/{}", ratio.numerator, ratio.denominator);
    match body {
        Body::Total(TotalAmount::PerCycle(hours) | TotalAmount::PerYear(hours))
        | Body::YearFloor { hours, .. }
        | Body::YearMaximum { hours, .. }
        | Body::Block { hours, .. }
        | Body::Cap { amount: Most::Hours(Amount::Fixed(hours)), .. }
        | Body::Minimum { amount: Least::Hours(Amount::Fixed(hours)), .. } => Some(hours.to_string()),
        Body::Minimum { amount: Least::Days(days), .. } => Some(days.to_string()),
        Body::Cap { amount: Most::Hours(Amount::ShareOfRequired(share)) | Most::ShareOfCounted(share), .. }
        | Body::Minimum { amount: Least::Hours(Amount::ShareOfRequired(share)), .. }
        | Body::Share { share, .. }
        | Body::Factor { ratio: share, .. } => Some(ratio(share)),
    }
}

/// Rules that are dropped for a profile and that no pack has.
pub(super) fn dropped_in_vain(packs: &[Pack], draft: &Pack) -> Vec<Finding> {
    let here = draft.jurisdiction();
    let beside = packs.iter().filter(|pack| pack.jurisdiction().contains(here)).chain([draft]);
    let known = |id: &str| beside.clone().any(|pack| pack.rules().iter().any(|rule| rule.id == *id));
    let drops = draft.drops().iter().enumerate();
    let ids =
        drops.flat_map(|(place, drops)| drops.rule_ids.iter().enumerate().map(move |(item, id)| (place, item, id)));
    ids.filter(|(.., id)| !known(id))
        .map(|(place, item, id)| Finding {
            kind: FindingKind::NothingSelected,
            pointer: format!("/profiles/{place}/drops/{item}"),
            rules: vec![format!("{} v{} {id}", draft.code(), draft.version())],
            text: Wording {
                zh: "没有任何政策包有此编号的规则，无从取消".into(),
                en: "no pack has a rule of this id: nothing is dropped".into(),
            },
            example: Wording { zh: id.clone(), en: id.clone() },
        })
        .collect()
}
