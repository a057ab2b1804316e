//! What is wrong with what a draft says once for everybody, and with the days of its windows.

use super::{Finding, FindingKind};
use crate::{
    hours::{Days, Hours},
    policy::{
        layers::RuleSet,
        pack::Pack,
        rule::{Body, Least, Window},
        wording::Wording,
    },
};
use chrono::{Datelike, NaiveDate};

/// Words of the draft that have no effect, and words that contradict one another, on its first day.
pub(super) fn settings(packs: &[Pack], draft: &Pack) -> Vec<Finding> {
    let mut findings: Vec<Finding> = relaxations(packs, draft);
    if let Ok(set) = RuleSet::on(packs, draft.jurisdiction(), draft.valid().from) {
        findings.extend(worse_passed_than_failed(&set, draft));
        findings.extend(fund_without_share(&set, draft));
        findings.extend(no_class_size(&set, draft));
        findings.extend(missed_without_days(&set, draft));
    }
    findings
}

fn name(pack: &Pack, field: &str) -> String {
    format!("{} v{} {field}", pack.code(), pack.version())
}

/// Words laxer than those of a wider area in force on the draft's first day that may not be relaxed: they have no effect.
fn relaxations(packs: &[Pack], draft: &Pack) -> Vec<Finding> {
    let day = draft.valid().from;
    let place = draft.jurisdiction();
    let wider = |pack: &&Pack| {
        pack.jurisdiction() != place && pack.jurisdiction().contains(place) && pack.valid().contains(day)
    };
    let own = draft.settings().on_a_scale();
    let mut findings = Vec::new();
    for pack in packs.iter().filter(wider) {
        let fixed =
            pack.settings().on_a_scale().into_iter().filter(|there| !pack.settings().may_be_relaxed(there.name));
        for there in fixed {
            let Some(here) = own.iter().find(|here| here.name == there.name && here.laxer_than(&there)) else {
                continue;
            };
            let (field, here, there) = (there.name, &here.text, &there.text);
            findings.push(Finding {
                kind: FindingKind::Relaxation,
                pointer: format!("/{field}"),
                rules: vec![name(draft, field), name(pack, field)],
                text: Wording {
                    zh: "比上级的规定宽松或与之不同，而上级不允许放宽：以上级规定为准，本项不起作用".into(),
                    en: "laxer or other than the wider area's word, which may not be relaxed: the wider one stands, this one has no effect"
                        .into(),
                },
                example: Wording {
                    zh: format!("{}为{there}，此处为{here}", pack.code()),
                    en: format!("{} says {there}, here it is {here}", pack.code()),
                },
            });
        }
    }
    findings
}

/// Whoever fails gets more than whoever passes.
fn worse_passed_than_failed(set: &RuleSet, draft: &Pack) -> Option<Finding> {
    let (pass, fail) = (set.pass_factor(), set.fail_factor());
    let own = [("fail_factor", draft.settings().fail_factor), ("pass_factor", draft.settings().pass_factor)];
    let field = own.into_iter().find_map(|(field, said)| said.map(|_| field))?;
    let ten = Hours::whole(10);
    fail.compared(pass).is_gt().then(|| Finding {
        kind: FindingKind::Contradiction,
        pointer: format!("/{field}"),
        rules: vec![name(draft, field)],
        text: Wording {
            zh: "不合格者所得学时多于合格者".into(),
            en: "whoever fails gets more hours than whoever passes".into(),
        },
        example: Wording {
            zh: format!("参加10学时：合格计{}学时，不合格计{}学时", pass.of(ten), fail.of(ten)),
            en: format!("of 10 hours attended a pass gives {}, a fail {}", pass.of(ten), fail.of(ten)),
        },
    })
}

/// A class would need more seats than it may have, so that no session could be published.
fn no_class_size(set: &RuleSet, draft: &Pack) -> Option<Finding> {
    let (least, most) = (set.class_size_min()?, set.class_size_max()?);
    let own =
        [("class_size_min", draft.settings().class_size_min), ("class_size_max", draft.settings().class_size_max)];
    let field = own.into_iter().find_map(|(field, said)| said.map(|_| field))?;
    (least > most).then(|| Finding {
        kind: FindingKind::Contradiction,
        pointer: format!("/{field}"),
        rules: vec![name(draft, field)],
        text: Wording {
            zh: "班额下限高于上限：任何班期都不能发布".into(),
            en: "a class needs more seats than it may have: no session can be published".into(),
        },
        example: Wording {
            zh: format!("{most}人的班期少于下限{least}人"),
            en: format!("a session of {most} seats has fewer than {least}"),
        },
    })
}

/// What becomes of hours without an evaluation, where no pack asks for one.
fn missed_without_days(set: &RuleSet, draft: &Pack) -> Option<Finding> {
    let said = draft.settings().evaluation_missed.filter(|_| set.evaluation().is_none())?;
    Some(Finding {
        kind: FindingKind::NothingSelected,
        pointer: "/evaluation_missed".to_owned(),
        rules: vec![name(draft, "evaluation_missed")],
        text: Wording {
            zh: "没有政策包要求学员评价（evaluation_days），本项无所依附".into(),
            en: "no pack asks participants for an evaluation (evaluation_days), which this one is about".into(),
        },
        example: Wording {
            zh: format!("班期结束后学时即入账，不会{}", said.zh()),
            en: "hours are posted when the session is closed, and none ever waits".into(),
        },
    })
}

/// Terms of a fund of which no pack sets the share.
fn fund_without_share(set: &RuleSet, draft: &Pack) -> Option<Finding> {
    let settings = draft.settings();
    let speaks = [
        ("fund_base", settings.fund_base.is_some()),
        ("fund_county_share", settings.fund_county_share.is_some()),
        ("fund_school_running", settings.fund_school_running.is_some()),
    ];
    let (field, _) = speaks.into_iter().find(|(_, said)| *said).filter(|_| set.fund().is_none())?;
    Some(Finding {
        kind: FindingKind::NothingSelected,
        pointer: format!("/{field}"),
        rules: vec![name(draft, field)],
        text: Wording {
            zh: "没有政策包规定培训经费的比例（fund_ratio），本项无所依附".into(),
            en: "no pack sets the fund's share (fund_ratio), which this one is about".into(),
        },
        example: Wording {
            zh: "工资总额100元，经费无从计算".into(),
            en: "of a payroll of 100 yuan no fund follows".into(),
        },
    })
}

/// Days of training that a window does not have, and deadlines before the draft's first day.
pub(super) fn windows(draft: &Pack) -> Vec<Finding> {
    let finding = |pointer: &str, id: &str, kind: FindingKind, text: Wording, example: Wording| Finding {
        kind,
        pointer: pointer.to_owned(),
        rules: vec![name(draft, id)],
        text,
        example,
    };
    let mut findings = Vec::new();
    for rule in draft.rules() {
        let (Body::Minimum { window, .. } | Body::Share { window, .. }) = &rule.body else { continue };
        let from = draft.valid().from;
        if let Window::Until(until) = window
            && *until < from
        {
            let text = Wording {
                zh: "期限早于本政策包的生效日，其间取得的学时不由它核算".into(),
                en: "the deadline lies before the pack's first day: it never judges what was earned by then".into(),
            };
            let example =
                Wording { zh: format!("{until}，而{from}生效"), en: format!("{until}, in force from {from}") };
            findings.push(finding(&rule.pointer, &rule.id, FindingKind::NothingSelected, text, example));
        }
        if let Body::Minimum { amount: Least::Days(owed), .. } = &rule.body
            && let Some(there) = days_of(*window, from)
            && *owed > there
        {
            let text = Wording {
                zh: "要求的天数多于这段时间的天数".into(),
                en: "more days of training are asked for than the time has".into(),
            };
            let example = Wording {
                zh: format!("要求{owed}天，只有{there}天"),
                en: format!("{owed} days are asked for, there are {there}"),
            };
            findings.push(finding(&rule.pointer, &rule.id, FindingKind::Contradiction, text, example));
        }
    }
    findings
}

/// Days of a window within a year, of the first full year of the draft; `None` for windows of other lengths.
fn days_of(window: Window, from: NaiveDate) -> Option<Days> {
    let year = from.year() + 1;
    let (first, after) = match window {
        Window::Year => (NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year + 1, 1, 1)?),
        Window::Months { from, to } => {
            let ends_in = if to < from { year + 1 } else { year };
            let after = NaiveDate::from_ymd_opt(ends_in, to, 1)?.checked_add_months(chrono::Months::new(1))?;
            (NaiveDate::from_ymd_opt(year, from, 1)?, after)
        }
        Window::Cycle | Window::Until(_) | Window::Profile { .. } => return None,
    };
    Some(Days::from_hundredths((after - first).num_days() * 100))
}
