//! Conversion (其他形式转换): what activities outside courses are worth in hours (浙教师〔2016〕71号, article 3).
//!
//! A pack's `conversions` say for each kind of activity what it is worth by level, role and result, what evidence it needs,
//! who approves it, and how many hours of the kind count in a year and in the cycle. Kinds, roles, results and kinds of
//! evidence are open words: whatever the packs of an area name exists there, nothing else does.
//!
//! - [`ConversionTable::on`] lays the packs in force in an area on a day over one another;
//! - [`convert`] says what one activity is worth, or why it is worth nothing: a pure function of both;
//! - the caps are rules of the pack (`conversion.<kind>.cap.year` and `.cap.cycle`) and work in the evaluator like all caps.
//!   They concern entries whose [`EntryFacts::activity`](super::EntryFacts::activity) is the kind, so the full amount is entered
//!   and the statement shows what was cut.
//!
//! A kind in a narrower area's pack replaces the wider area's where that may be relaxed. Otherwise both stand: the lesser
//! amount decides, the evidence of both is needed, and the higher stage approves.

use super::{
    citation::Citation,
    layers::layers,
    pack::Pack,
    rule::{Ratio, Relaxable},
};
use crate::{
    area::AreaCode,
    hours::Hours,
    words::{ActivityWord, Level, word_list},
};
use chrono::NaiveDate;
use std::{collections::BTreeMap, fmt, sync::Arc};
use thiserror::Error;

word_list! {
    /// The stage that approves a conversion. Declared from low to high.
    Approver {
        School = "school", "学校", "the school";
        County = "county", "县级教育行政部门", "the county";
        City = "city", "市级教育行政部门", "the city";
        Province = "province", "省级教育行政部门", "the province";
    }
}

/// What a line gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// So many hours for each activity.
    Each(Hours),
    /// So many times the hours that the activity took.
    Factor {
        /// How many times; 0 to 100.
        ratio: Ratio,
        /// The most hours for one activity.
        most: Option<Hours>,
    },
}

/// One line of a conversion; empty lists ask nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversionLine {
    /// Any of these levels.
    pub levels: Vec<Level>,
    /// Any of these roles.
    pub roles: Vec<ActivityWord>,
    /// Any of these results.
    pub results: Vec<ActivityWord>,
    /// What it gives.
    pub worth: Worth,
}

/// What a pack says of one kind of activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversionRule {
    /// Where it stands in its document (RFC 6901).
    pub pointer: String,
    /// The kind.
    pub kind: ActivityWord,
    /// Its name in Chinese.
    pub zh: String,
    /// Its name in English.
    pub en: String,
    /// Whether a narrower area may give more.
    pub relaxable: Relaxable,
    /// Kinds of evidence that must all be there.
    pub evidence: Vec<ActivityWord>,
    /// Who approves.
    pub approver: Approver,
    /// What it is worth; the first line that fits decides.
    pub lines: Vec<ConversionLine>,
    /// Where each of its figures comes from.
    pub citations: Arc<[Citation]>,
}

/// A kind of activity with the pack that speaks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversionRef {
    /// The area that the pack was made for.
    pub area: AreaCode,
    /// Code of the pack.
    pub pack: String,
    /// Version of the pack.
    pub version: i32,
    /// What it says.
    pub rule: Arc<ConversionRule>,
}

impl fmt::Display for ConversionRef {
    /// `331123 v1 conversion.open_lesson`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} v{} conversion.{}", self.pack, self.version, self.rule.kind)
    }
}

/// The conversions in force in an area on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversionTable {
    by_kind: BTreeMap<ActivityWord, Vec<ConversionRef>>,
}

/// An activity that somebody wants recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// What it was.
    pub kind: ActivityWord,
    /// At what level.
    pub level: Level,
    /// The person's part in it; `None` where there is only one.
    pub role: Option<ActivityWord>,
    /// How it ended; `None` where it has no result.
    pub result: Option<ActivityWord>,
    /// Hours it took; `None` where that is not counted.
    pub hours: Option<Hours>,
    /// The kinds of evidence there are.
    pub evidence: Vec<ActivityWord>,
}

/// What an activity is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// Hours, before any cap; above nothing.
    pub hours: Hours,
    /// The conversion that decides.
    pub by: ConversionRef,
    /// Position of the deciding line in it.
    pub line: usize,
    /// Who has to approve.
    pub approver: Approver,
    /// The kinds of evidence that were asked for.
    pub evidence: Vec<ActivityWord>,
}

/// Why an activity is worth nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConversionRefusal {
    /// No pack in force knows the kind.
    #[error("no pack in force converts {kind}")]
    UnknownKind {
        /// The kind.
        kind: ActivityWord,
    },
    /// No line fits level, role and result.
    #[error("{by} has no line for this level, role and result")]
    NoLine {
        /// The conversion without a fitting line.
        by: ConversionRef,
    },
    /// A factor decides, and the hours that the activity took are not given.
    #[error("{by} multiplies the hours that the activity took, which are not given")]
    HoursMissing {
        /// The conversion that multiplies.
        by: ConversionRef,
    },
    /// The fitting line gives nothing.
    #[error("{by} gives nothing for this level, role and result")]
    NoHours {
        /// The conversion that gives nothing.
        by: ConversionRef,
    },
    /// Evidence is missing.
    #[error("evidence is missing")]
    EvidenceMissing {
        /// The kinds of evidence that are not there.
        missing: Vec<ActivityWord>,
    },
}

impl ConversionTable {
    /// The conversions in force in `area` on `day`; empty where no pack has any.
    pub fn on(packs: &[Pack], area: AreaCode, day: NaiveDate) -> Self {
        let mut by_kind: BTreeMap<ActivityWord, Vec<ConversionRef>> = BTreeMap::new();
        for pack in layers(packs, area.into(), day) {
            for rule in pack.conversions() {
                let standing = by_kind.entry(rule.kind).or_default();
                standing.retain(|wide| wide.area != pack.area() && !wide.rule.relaxable.allows(None));
                let (pack_code, version) = (pack.code().to_owned(), pack.version());
                standing.push(ConversionRef { area: pack.area(), pack: pack_code, version, rule: Arc::clone(rule) });
            }
        }
        ConversionTable { by_kind }
    }

    /// The kinds of activity there are, by word, each with the conversions that stand beside each other.
    pub fn kinds(&self) -> impl Iterator<Item = (ActivityWord, &[ConversionRef])> {
        self.by_kind.iter().map(|(kind, standing)| (*kind, standing.as_slice()))
    }

    /// The conversions of a kind, the widest area's first; none where no pack knows it.
    pub fn of_kind(&self, kind: ActivityWord) -> &[ConversionRef] {
        self.by_kind.get(&kind).map(Vec::as_slice).unwrap_or_default()
    }
}

impl ConversionTable {
    /// The stage that approves a kind of activity: the highest that any pack asks for; `None` where no pack knows the kind.
    pub fn approver(&self, kind: ActivityWord) -> Option<Approver> {
        self.of_kind(kind).iter().map(|by| by.rule.approver).max()
    }
}

/// What an activity is worth under a table, before any cap.
///
/// # Errors
/// [`ConversionRefusal`]: the first of its reasons, in the order in which it lists them.
pub fn convert(table: &ConversionTable, activity: &Activity) -> Result<Conversion, ConversionRefusal> {
    let standing = table.of_kind(activity.kind);
    let mut least: Option<(Hours, &ConversionRef, usize)> = None;
    for by in standing {
        let (hours, line) = worth(by, activity)?;
        if least.is_none_or(|(known, ..)| hours < known) {
            least = Some((hours, by, line));
        }
    }
    let Some((hours, by, line)) = least else {
        return Err(ConversionRefusal::UnknownKind { kind: activity.kind });
    };
    let mut evidence: Vec<ActivityWord> = standing.iter().flat_map(|by| by.rule.evidence.iter().copied()).collect();
    evidence.sort_unstable();
    evidence.dedup();
    let missing: Vec<ActivityWord> =
        evidence.iter().copied().filter(|kind| !activity.evidence.contains(kind)).collect();
    if !missing.is_empty() {
        return Err(ConversionRefusal::EvidenceMissing { missing });
    }
    let approver = standing.iter().map(|by| by.rule.approver).max().unwrap_or(by.rule.approver);
    Ok(Conversion { hours, by: by.clone(), line, approver, evidence })
}

fn worth(by: &ConversionRef, activity: &Activity) -> Result<(Hours, usize), ConversionRefusal> {
    let fitting = by.rule.lines.iter().position(|line| line.fits(activity));
    let Some((place, line)) = fitting.and_then(|place| by.rule.lines.get(place).map(|line| (place, line))) else {
        return Err(ConversionRefusal::NoLine { by: by.clone() });
    };
    let hours = match line.worth {
        Worth::Each(hours) => hours,
        Worth::Factor { ratio, most } => {
            let took = activity.hours.filter(|hours| *hours > Hours::ZERO);
            let took = took.ok_or_else(|| ConversionRefusal::HoursMissing { by: by.clone() })?;
            most.map_or(ratio.of(took), |most| ratio.of(took).min(most))
        }
    };
    if hours <= Hours::ZERO {
        return Err(ConversionRefusal::NoHours { by: by.clone() });
    }
    Ok((hours, place))
}

impl ConversionLine {
    /// True where the line is about the activity.
    pub fn fits(&self, activity: &Activity) -> bool {
        let any = |words: &[ActivityWord], word: Option<ActivityWord>| {
            words.is_empty() || word.is_some_and(|word| words.contains(&word))
        };
        (self.levels.is_empty() || self.levels.contains(&activity.level))
            && any(&self.roles, activity.role)
            && any(&self.results, activity.result)
    }

    /// True where every activity that `later` fits is one that this line fits.
    pub(super) fn covers(&self, later: &ConversionLine) -> bool {
        fn within<T: PartialEq>(wide: &[T], narrow: &[T]) -> bool {
            wide.is_empty() || (!narrow.is_empty() && narrow.iter().all(|word| wide.contains(word)))
        }
        within(&self.levels, &later.levels)
            && within(&self.roles, &later.roles)
            && within(&self.results, &later.results)
    }
}
