//! Cuts, requirements and headroom in words: what happened, by which rule, and what to do.

use super::{
    conversion::Conversion,
    cycle_rules::{CycleRules, RuleIndex},
    evaluate::{CountedEntry, Cut, Evaluation, Period},
    headroom::Headroom,
    layers::RuleRef,
    requirements::{InDays, Requirement, Verdict},
    rule::{Amount, Body, Most, Ratio},
};
use crate::hours::{Days, Hours};
use chrono::NaiveDate;

/// The same sentence in both languages, without a full stop at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// 简体中文.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Why an entry lost hours. `evaluation` is the one that the cut belongs to. `None` for a rule of another cycle.
pub fn cut(rules: &CycleRules, evaluation: &Evaluation, entry: &CountedEntry, cut: &Cut) -> Option<Wording> {
    let rule = rules.rule(cut.rule)?;
    let Wording { zh, en } = limit(rule, cut.period, evaluation.required);
    let counted = entry.counted;
    let (zh_change, en_change, amount) = if cut.amount.is_negative() {
        ("增加", "are added", Hours::ZERO.less(cut.amount))
    } else {
        ("削减", "are cut", cut.amount)
    };
    Some(Wording {
        zh: format!("{zh}（{rule}），本条计{counted}学时，{zh_change}{amount}学时"),
        en: format!("{en} ({rule}); of this entry {counted} hours count and {amount} {en_change}"),
    })
}

/// How a requirement stands. `None` for a rule of another cycle.
pub fn requirement(rules: &CycleRules, requirement: &Requirement) -> Option<Wording> {
    let rule = rules.rule(requirement.rule)?;
    let Wording { zh: zh_name, en: en_name } = requirement_name(rules, requirement)?;
    let (_, _, last_day) = period(rules, requirement.period);
    let Requirement { owed, counted, missing, .. } = requirement;
    // In days where days are asked for.
    let amount = |hours: &Hours, days: fn(&InDays) -> Days| match &requirement.days {
        Some(in_days) => (format!("{}天", days(in_days)), format!("{} days", days(in_days))),
        None => (format!("{hours}学时"), format!("{hours} hours")),
    };
    let ((zh_owed, en_owed), (zh_counted, _), (zh_missing, _)) =
        (amount(owed, |days| days.owed), amount(counted, |days| days.counted), amount(missing, |days| days.missing));
    let (counted, missing) = match &requirement.days {
        Some(in_days) => (in_days.counted.to_string(), in_days.missing.to_string()),
        None => (counted.to_string(), missing.to_string()),
    };
    let (zh_end, en_end) = match requirement.verdict {
        Verdict::Met => ("，已达标".to_owned(), ": met".to_owned()),
        Verdict::Waived if requirement.waiver.is_some() => {
            ("，经批准个别免除".to_owned(), ": waived for this person".to_owned())
        }
        Verdict::Waived => ("，予以免除".to_owned(), ": waived".to_owned()),
        Verdict::NotYet => (
            format!("，尚缺{zh_missing}，请在{last_day}前修满"),
            format!(": {missing} are missing; earn them by {last_day}"),
        ),
        Verdict::Warn => {
            (format!("，尚缺{zh_missing}，予以提醒"), format!(": {missing} are missing, which is a warning"))
        }
        Verdict::Failed => (format!("，尚缺{zh_missing}，未达标"), format!(": {missing} are missing, failed")),
    };
    if let Body::Share { share, .. } = &rule.rule.body {
        let share = fraction(*share);
        return Some(Wording {
            zh: format!("{zh_name}（{rule}）：占比应不低于{share}即{owed}学时，已有{counted}学时{zh_end}"),
            en: format!("{en_name} ({rule}): a share of {share}, which is {owed} hours, {counted} there{en_end}"),
        });
    }
    Some(Wording {
        zh: format!("{zh_name}（{rule}）：应修{zh_owed}，已计{zh_counted}{zh_end}"),
        en: format!("{en_name} ({rule}): {en_owed} owed, {counted} there{en_end}"),
    })
}

/// What a requirement is about, and its period. `None` for a rule of another cycle.
pub fn requirement_name(rules: &CycleRules, requirement: &Requirement) -> Option<Wording> {
    let rule = rules.rule(requirement.rule)?;
    let (zh_period, en_period, _) = period(rules, requirement.period);
    Some(Wording { zh: format!("{}{zh_period}", rule.rule.zh), en: format!("{}, {en_period}", capital(&rule.rule.en)) })
}

/// What an activity is worth, by which line, on what evidence and by whose approval.
pub fn conversion(conversion: &Conversion) -> Wording {
    let Conversion { hours, by, line, approver, evidence } = conversion;
    let line = line.saturating_add(1);
    let words: Vec<&str> = evidence.iter().map(|kind| kind.as_str()).collect();
    let (zh_evidence, en_evidence) = if words.is_empty() {
        (String::new(), String::new())
    } else {
        (format!("，凭{}", words.join("、")), format!(" on {}", words.join(", ")))
    };
    Wording {
        zh: format!("{}折算{hours}学时（{by}第{line}行）{zh_evidence}，由{}认定", by.rule.zh, approver.zh()),
        en: format!(
            "{} is worth {hours} hours ({by}, line {line}){en_evidence}, recognised by {}",
            capital(&by.rule.en),
            approver.en()
        ),
    }
}

/// What a yearly maximum still takes. `None` for a rule of another cycle.
pub fn headroom(rules: &CycleRules, headroom: &Headroom) -> Option<Wording> {
    let rule = rules.rule(headroom.rule)?;
    let Headroom { year, counted, left, .. } = headroom;
    let maximum = plain(headroom.maximum);
    Some(Wording {
        zh: format!(
            "{year}年最多计{maximum}学时（{rule}），已计{counted}学时，还可计{left}学时；\
             超出的报名不予受理，请改选其他年度的班期"
        ),
        en: format!(
            "At most {maximum} hours count in {year} ({rule}); {counted} are there and {left} are left; \
             enrolment beyond that is refused; choose a session in another year"
        ),
    })
}

/// The name of a rule as explanations give it: `331123 v1 school_based.cap.year`.
pub fn rule_name(rules: &CycleRules, rule: RuleIndex) -> Option<String> {
    rules.rule(rule).map(RuleRef::to_string)
}

/// What a cap or a factor says.
fn limit(rule: &RuleRef, period: Period, required: Option<Hours>) -> Wording {
    let (zh, en) = (&rule.rule.zh, capital(&rule.rule.en));
    let (zh_each, en_each) =
        if matches!(period, Period::Year(_)) { ("每年", "a year") } else { ("每周期", "a cycle") };
    let at_most = |hours: Hours| Wording {
        zh: format!("{zh}{zh_each}最多计{}学时", plain(hours)),
        en: format!("{en}: at most {} hours {en_each} count", plain(hours)),
    };
    match &rule.rule.body {
        Body::Cap { amount: Most::Hours(Amount::Fixed(hours)), .. } | Body::YearMaximum { hours, .. } => {
            at_most(*hours)
        }
        Body::Cap { amount: Most::ShareOfCounted(ratio), .. } => {
            let share = fraction(*ratio);
            Wording {
                zh: format!("{zh}{zh_each}最多占实际计入学时的{share}"),
                en: format!("{en}: at most {share} of the hours that count {en_each} may be of this kind"),
            }
        }
        Body::Cap { amount: Most::Hours(Amount::ShareOfRequired(ratio)), .. } => {
            let hours = plain(ratio.of(required.unwrap_or(Hours::ZERO)));
            let share = fraction(*ratio);
            Wording {
                zh: format!("{zh}{zh_each}最多计本人应修学时的{share}即{hours}学时"),
                en: format!("{en}: at most {share} of the hours owed, {hours} {en_each}, count"),
            }
        }
        Body::Factor { ratio, .. } if ratio.numerator == 0 => {
            Wording { zh: format!("{zh}不计入周期学时"), en: format!("{en}: does not count in the cycle") }
        }
        Body::Factor { ratio, .. } => {
            let share = fraction(*ratio);
            Wording { zh: format!("{zh}按{share}折算"), en: format!("{en}: counts by a factor of {share}") }
        }
        Body::Total(_) | Body::YearFloor { .. } | Body::Block { .. } | Body::Minimum { .. } | Body::Share { .. } => {
            Wording { zh: zh.clone(), en }
        }
    }
}

/// The period in words, and its last day.
fn period(rules: &CycleRules, period: Period) -> (String, String, NaiveDate) {
    let cycle = rules.cycle();
    match period {
        Period::Entry | Period::Cycle => {
            (format!("{}周期", cycle.name()), format!("cycle {}", cycle.name()), cycle.to())
        }
        Period::Year(year) => (format!("{year}年"), format!("year {year}"), cycle.year_span(year).1),
        Period::Span { from, to } => (format!("{from}至{to}"), format!("{from} to {to}"), to),
    }
}

/// Hours of a rule as people say them: `24`, `7.5`.
fn plain(hours: Hours) -> String {
    hours.to_string().trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn fraction(ratio: Ratio) -> String {
    match ratio.denominator {
        1 | 100 => plain(ratio.of(Hours::whole(1))),
        below => format!("{}/{below}", ratio.numerator),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
