//! Cycles that a draft would move: an hour would count in two of them, or the same teachers owe in one what a wider area asks for in another.

use super::{Finding, FindingKind};
use crate::{
    area::AreaCode,
    policy::{cycle::Cycle, layers::cycle_on, pack::Pack, wording::Wording},
};
use chrono::NaiveDate;

/// Cycles that do not follow one another where the draft begins or ends to speak, and cycles that are others than those of a wider area.
pub(super) fn moved(packs: &[Pack], draft: &Pack, area: AreaCode) -> Vec<Finding> {
    let Some(own) = draft.calendar() else { return Vec::new() };
    let valid = draft.valid();
    let seams = [Some(valid.from), valid.to.and_then(|last| last.succ_opt())];
    let mut findings: Vec<Finding> =
        seams.into_iter().flatten().filter_map(|day| seam(packs, draft, area, day)).collect();
    let wider = |pack: &&Pack| {
        let (here, there) = (draft.jurisdiction(), pack.jurisdiction());
        there != here && there.contains(here) && pack.valid().contains(valid.from)
    };
    for pack in packs.iter().filter(wider) {
        let Some(theirs) = pack.calendar().map(|calendar| calendar.cycle_on(valid.from)) else { continue };
        let cycle = own.cycle_on(valid.from);
        if cycle != theirs {
            findings.push(finding(
                vec![format!("{} v{} cycle", draft.code(), draft.version()), format!("{} v{} cycle", pack.code(), pack.version())],
                Wording {
                    zh: "周期与上级规定的周期不同：同一教师在两个周期里各有要求".into(),
                    en: "the cycle is another than the wider area's: the same teachers would owe in one what is asked for in the other".into(),
                },
                Wording {
                    zh: format!("{}：{}规定{}，此处为{}", valid.from, pack.code(), days(&theirs), days(&cycle)),
                    en: format!("on {}: {} says {}, here it is {}", valid.from, pack.code(), days(&theirs), days(&cycle)),
                },
            ));
        }
    }
    findings
}

/// The cycle of the day before and that of the day, where neither is the other nor begins when it ends.
fn seam(packs: &[Pack], draft: &Pack, area: AreaCode, day: NaiveDate) -> Option<Finding> {
    let before = cycle_on(packs, area, day.pred_opt()?).ok()?;
    let after = cycle_on(packs, area, day).ok()?;
    let follows = before.to().succ_opt() == Some(day) && after.from() == day;
    (before != after && !follows).then(|| {
        finding(
            vec![format!("{} v{} cycle", draft.code(), draft.version())],
            Wording {
                zh: "新周期与前后周期重叠或截断：同一学时可能计入两个周期，或一个周期没有结束".into(),
                en:
                    "the cycle overlaps another or cuts it short: an hour may count in both, and one of them never ends"
                        .into(),
            },
            Wording {
                zh: format!("{day}前为{}，自该日起为{}", days(&before), days(&after)),
                en: format!("before {day} the cycle is {}, from then on {}", days(&before), days(&after)),
            },
        )
    })
}

fn days(cycle: &Cycle) -> String {
    format!("{}–{}", cycle.from(), cycle.to())
}

fn finding(rules: Vec<String>, text: Wording, example: Wording) -> Finding {
    Finding { kind: FindingKind::Contradiction, pointer: "/cycle".into(), rules, text, example }
}
