//! What is wrong with a draft of rules before anybody is judged by it: requirements nobody can meet, rules about nothing, days
//! without rules, cycles that do not follow one another, packs that speak at the same time, caps that cross, rules laxer than those of a wider
//! area. Each finding has
//! the smallest example that shows it.
//!
//! Whether a requirement can be met is asked of the evaluator itself: it judges a teacher who earned ten thousand hours of every
//! kind that serves the requirement and that the rules tell apart, on the first and the last day of every year of its period. The
//! count is the greatest that the caps allow, so what this teacher lacks, everybody lacks. Requirements that stand in each other's way
//! are added up and compared with what there is room for (`together`).

mod conversions;
mod cycles;
mod kinds;
mod layering;
mod reach;
mod settings;
mod together;

use super::{
    cycle::Cycle,
    cycle_rules::CycleRules,
    facts::PersonFacts,
    jurisdiction::{Jurisdiction, Schools},
    layers::{LayerFault, cycle_on, with_draft},
    pack::Pack,
    rule::Profile,
    wording::Wording,
};
use crate::{area::AreaCode, id::OrganisationId, time::DateSpan, words::word_list};
use chrono::{Days, NaiveDate};

word_list! {
    /// What is wrong.
    FindingKind {
        Contradiction = "contradiction", "互相矛盾", "contradiction";
        NothingSelected = "nothing_selected", "无所指", "a rule about nothing";
        Gap = "gap", "空档", "days without rules";
        Overlap = "overlap", "重叠", "packs that speak at the same time";
        CrossingCaps = "crossing_caps", "上限交叉", "caps that cross";
        Relaxation = "relaxation", "放宽上级规定", "laxer than a wider area's rule";
        Retroaction = "retroaction", "溯及既往", "rules for days that are past";
    }
}

word_list! {
    /// Whether a draft with the finding may be published.
    Gravity {
        Error = "error", "错误", "error";
        Warning = "warning", "提示", "warning";
    }
}

/// Something wrong with a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub kind: FindingKind,
    /// JSON pointer into the draft: the rule, the profile or the validity that it is about; empty where the finding lies in how
    /// packs stand together.
    pub pointer: String,
    /// The rules concerned, as explanations name them: `331123 v1 school_based.cap.year`.
    pub rules: Vec<String>,
    /// What is wrong and why.
    pub text: Wording,
    /// The smallest example that shows it.
    pub example: Wording,
}

impl Finding {
    /// A contradiction, a rule about nothing and days without rules are mistakes; the rest may be meant, also days between two
    /// editions, which it names then: on those the rules of the wider areas stand.
    pub fn gravity(&self) -> Gravity {
        match self.kind {
            FindingKind::Gap if !self.rules.is_empty() => Gravity::Warning,
            FindingKind::Contradiction | FindingKind::NothingSelected | FindingKind::Gap => Gravity::Error,
            FindingKind::Overlap | FindingKind::CrossingCaps | FindingKind::Relaxation | FindingKind::Retroaction => {
                Gravity::Warning
            }
        }
    }
}

/// Looks for everything that is wrong with `draft` in `area`, or in the school that it is for, among the packs that are published there, on the day `today`;
/// of an area's draft also for what it puts out of reach at the schools with packs of their own.
pub fn lint(published: &[Pack], draft: &Pack, area: AreaCode, today: NaiveDate) -> Vec<Finding> {
    let packs = with_draft(published, draft);
    let schools = Schools::from(draft.jurisdiction());
    let mut findings = layering::overlaps(&packs, draft);
    findings.extend(layering::between_editions(&packs, draft));
    findings.extend(layering::relaxations(&packs, draft));
    findings.extend(layering::dropped_in_vain(&packs, draft));
    findings.extend(conversions::conversions(&packs, draft));
    findings.extend(settings::settings(&packs, draft));
    findings.extend(settings::windows(draft));
    findings.extend(cycles::moved(&packs, draft, area));
    findings.extend(retroaction(&packs, draft, area, today));
    for cycle in judged(&packs, draft, area, &mut findings) {
        match CycleRules::of_schools(&packs, area, &schools, cycle, cycle.to()) {
            Ok(rules) => {
                findings.extend(kinds::nothing_selected(&rules, draft));
                findings.extend(conversions::unconverted(&rules, draft));
                findings.extend(kinds::crossing_caps(&rules, draft));
                findings.extend(reach::contradictions(&rules, draft));
            }
            Err(fault) => findings.push(gap(&fault)),
        }
        // What a county asks for or allows may be out of reach only beside what a school asks of its own teachers.
        for school in overlays(&packs, draft, area) {
            if let Ok(rules) = CycleRules::of_schools(&packs, area, &school, cycle, cycle.to()) {
                findings.extend(reach::contradictions(&rules, draft));
            }
        }
    }
    let mut seen: Vec<(FindingKind, String, Vec<String>)> = Vec::new();
    findings.retain(|finding| {
        let key = (finding.kind, finding.pointer.clone(), finding.rules.clone());
        let new = !seen.contains(&key);
        seen.push(key);
        new
    });
    findings.sort_by(|one, other| (one.kind, &one.pointer).cmp(&(other.kind, &other.pointer)));
    findings
}

/// The schools of the area with packs of their own, where the draft is for all of it.
fn overlays(packs: &[Pack], draft: &Pack, area: AreaCode) -> Vec<Schools> {
    if draft.jurisdiction().school().is_some() {
        return Vec::new();
    }
    let mut schools: Vec<OrganisationId> = packs.iter().filter_map(|pack| pack.jurisdiction().school()).collect();
    schools.retain(|school| school.area() == area);
    schools.sort_unstable();
    schools.dedup();
    schools.into_iter().map(|school| Schools::from(Jurisdiction::School(school))).collect()
}

/// The cycle in which the draft begins to speak, and the next where it still does.
fn judged(packs: &[Pack], draft: &Pack, area: AreaCode, findings: &mut Vec<Finding>) -> Vec<Cycle> {
    let mut found = Vec::new();
    match cycle_on(packs, area, draft.valid().from) {
        Ok(first) => {
            found.push(first);
            let next = first.to().succ_opt().filter(|day| draft.valid().contains(*day));
            found.extend(next.and_then(|day| cycle_on(packs, area, day).ok()));
        }
        Err(fault) => findings.push(gap(&fault)),
    }
    found
}

/// A draft that speaks of days that are past judges statements anew that were read already, those of closed cycles too.
fn retroaction(packs: &[Pack], draft: &Pack, area: AreaCode, today: NaiveDate) -> Option<Finding> {
    let from = draft.valid().from;
    let cycle = cycle_on(packs, area, from).ok().filter(|_| from < today)?;
    let (zh, en) = if cycle.to() < today {
        (format!("已结束的{}周期", cycle.name()), format!("the cycle {}, which is over,", cycle.name()))
    } else {
        ("本周期".to_owned(), "the running cycle".to_owned())
    };
    Some(Finding {
        kind: FindingKind::Retroaction,
        pointer: "/valid/from".into(),
        rules: Vec::new(),
        text: Wording {
            zh: format!("自{from}起生效，早于今天：{zh}的学时将重新核算，已出具的对账单可能改变；请先试算"),
            en: format!(
                "in force from {from}, before today: hours of {en} are judged anew, and statements may change; simulate it first"
            ),
        },
        example: Wording { zh: format!("{from}取得的1学时"), en: format!("1 hour earned on {from}") },
    })
}

fn gap(fault: &LayerFault) -> Finding {
    let (zh, en, zh_example, en_example) = match fault {
        LayerFault::NoPackInForce { area, day } => (
            "周期内有日期没有生效的政策包，该日的学时无从核算".to_owned(),
            "the cycle has days on which no pack is in force: hours of such a day cannot be judged".to_owned(),
            format!("{area}在{day}取得的1学时"),
            format!("1 hour earned in {area} on {day}"),
        ),
        LayerFault::NoCycle { area, day } => (
            "生效的政策包都没有规定周期".to_owned(),
            "no pack in force sets a cycle".to_owned(),
            format!("{area}，{day}"),
            format!("{area} on {day}"),
        ),
        LayerFault::TooMany { what, most } => (
            format!("一个周期内的规则过多，{what}最多{most}"),
            format!("a cycle takes at most {most} {what}"),
            format!("第{}项", most.saturating_add(1)),
            format!("number {}", most.saturating_add(1)),
        ),
    };
    Finding {
        kind: FindingKind::Gap,
        pointer: "/valid".into(),
        rules: Vec::new(),
        text: Wording { zh, en },
        example: Wording { zh: zh_example, en: en_example },
    }
}

/// Where a rule of the draft stands in its document.
fn pointer_to(draft: &Pack, pack: &str, version: i32, id: &str, profile: Option<Profile>) -> Option<String> {
    let own = draft.code() == pack && draft.version() == version;
    let rule = draft.rules().iter().find(|rule| rule.id == id && rule.profile == profile).filter(|_| own)?;
    Some(rule.pointer.clone())
}

/// A person of each kind that rules tell apart, with the name of the kind.
fn persons(cycle: &Cycle) -> Vec<(Option<Profile>, PersonFacts)> {
    let (from, to) = (cycle.from(), cycle.to());
    let after = |day: NaiveDate, days: u64| day.checked_add_days(Days::new(days)).unwrap_or(day);
    let before = |day: NaiveDate, days: u64| day.checked_sub_days(Days::new(days)).unwrap_or(day);
    let ordinary = PersonFacts::default();
    let head = |from: NaiveDate| PersonFacts { head: Some(DateSpan { from, to: None }), ..PersonFacts::default() };
    let probation = Some(DateSpan { from, to: Some(after(from, 364)) });
    vec![
        (None, ordinary.clone()),
        (Some(Profile::Retiring), PersonFacts { retires_on: Some(before(to, 122)), ..ordinary.clone() }),
        (Some(Profile::NewTeacher), PersonFacts { joined_on: Some(from), probation, ..ordinary }),
        (Some(Profile::NewHead), head(after(from, 31))),
        (Some(Profile::Head), head(before(from, 400))),
    ]
}
