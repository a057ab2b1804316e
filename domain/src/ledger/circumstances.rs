//! Circumstances of an entry that rules look at: who gave the training, how it ended, who certified it.

use super::AwaitedEvaluation;
use crate::{
    Hours,
    hours::Days,
    policy::{DatedHours, Provider},
    words::ActivityWord,
};
use chrono::NaiveDate;
use std::{fmt, str::FromStr};
use thiserror::Error;

/// What the rules must know of an entry beside its route, form, level and themes.
///
/// Written as words with commas between: `unreviewed:2019-07-01:2019-06-20,misconduct,activity:open_lesson`,
/// `recognised:2021-01-15,days:9.00,dated:2020-12-31=24.00+2021-01-10=16.00`, `days:2.00,evaluation:2021-01-31:void`. Ordinary training is the empty text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circumstances {
    /// Who gave the training, and since when the school agreed.
    pub provider: Provider,
    /// Serious misconduct ended the training.
    pub misconduct: bool,
    /// Certified by another county.
    pub certified_elsewhere: bool,
    /// The kind of activity that the hours were converted from.
    pub activity: Option<ActivityWord>,
    /// The day of recognition, where it is another than the one to which the hours belong.
    pub recognised_on: Option<NaiveDate>,
    /// Days of training, where they were recorded.
    pub days: Option<Days>,
    /// The hours attended in each month, where a course reached over several.
    pub dated: Vec<DatedHours>,
    /// The evaluation that pending hours wait for.
    pub awaits: Option<AwaitedEvaluation>,
}

impl Circumstances {
    /// A reviewed institution, nothing remarkable.
    pub const ORDINARY: Circumstances = Circumstances {
        provider: Provider::Reviewed,
        misconduct: false,
        certified_elsewhere: false,
        activity: None,
        recognised_on: None,
        days: None,
        dated: Vec::new(),
        awaits: None,
    };
}

/// The text does not describe circumstances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not circumstances of an entry")]
pub struct BadCircumstances;

impl fmt::Display for Circumstances {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        if let Provider::Unreviewed { consent_on, starts_on } = self.provider {
            write!(f, "unreviewed:{starts_on}:")?;
            if let Some(day) = consent_on {
                write!(f, "{day}")?;
            }
            comma = ",";
        }
        if self.misconduct {
            write!(f, "{comma}misconduct")?;
            comma = ",";
        }
        if self.certified_elsewhere {
            write!(f, "{comma}certified_elsewhere")?;
            comma = ",";
        }
        if let Some(kind) = self.activity {
            write!(f, "{comma}activity:{kind}")?;
            comma = ",";
        }
        if let Some(day) = self.recognised_on {
            write!(f, "{comma}recognised:{day}")?;
            comma = ",";
        }
        if let Some(days) = self.days {
            write!(f, "{comma}days:{days}")?;
            comma = ",";
        }
        for (place, part) in self.dated.iter().enumerate() {
            let before = if place == 0 { format!("{comma}dated:") } else { "+".to_owned() };
            write!(f, "{before}{}={}", part.on, part.hours)?;
            comma = ",";
        }
        if let Some(AwaitedEvaluation { until, missed }) = self.awaits {
            write!(f, "{comma}evaluation:{until}:{missed}")?;
        }
        Ok(())
    }
}

impl FromStr for Circumstances {
    type Err = BadCircumstances;

    fn from_str(text: &str) -> Result<Self, BadCircumstances> {
        let mut read = Circumstances::ORDINARY;
        if text.is_empty() {
            return Ok(read);
        }
        for word in text.split(',') {
            match word {
                "misconduct" => read.misconduct = true,
                "certified_elsewhere" => read.certified_elsewhere = true,
                _ => match word.split_once(':') {
                    Some(("activity", kind)) => read.activity = Some(kind.parse().map_err(|_| BadCircumstances)?),
                    Some(("recognised", on)) => read.recognised_on = Some(day(on)?),
                    Some(("days", days)) => read.days = Some(days.parse().map_err(|_| BadCircumstances)?),
                    Some(("dated", parts)) => read.dated = parts.split('+').map(dated).collect::<Result<_, _>>()?,
                    Some(("evaluation", rest)) => {
                        let awaited = AwaitedEvaluation::parse(rest, |text| day(text).ok());
                        read.awaits = Some(awaited.ok_or(BadCircumstances)?);
                    }
                    Some(("unreviewed", rest)) => read.provider = unreviewed(rest)?,
                    _ => return Err(BadCircumstances),
                },
            }
        }
        Ok(read)
    }
}

fn unreviewed(text: &str) -> Result<Provider, BadCircumstances> {
    let (starts_on, consent_on) = text.split_once(':').ok_or(BadCircumstances)?;
    let consent_on = if consent_on.is_empty() { None } else { Some(day(consent_on)?) };
    Ok(Provider::Unreviewed { consent_on, starts_on: day(starts_on)? })
}

fn dated(text: &str) -> Result<DatedHours, BadCircumstances> {
    let (on, hours) = text.split_once('=').ok_or(BadCircumstances)?;
    Ok(DatedHours { on: day(on)?, hours: hours.parse::<Hours>().map_err(|_| BadCircumstances)? })
}

/// Reads `2021-01-15`. Thousands of entries are read at once, and a general parser takes longer than all the rest.
fn day(text: &str) -> Result<NaiveDate, BadCircumstances> {
    let number = |from: usize, to: usize| -> Option<u32> {
        let digits = text.get(from..to).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?;
        digits.parse().ok()
    };
    let parts = number(0, 4).zip(number(5, 7)).zip(number(8, 10)).filter(|_| text.len() == 10);
    let hyphens = text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
    let ((year, month), day) = parts.filter(|_| hyphens).ok_or(BadCircumstances)?;
    let year = i32::try_from(year).map_err(|_| BadCircumstances)?;
    NaiveDate::from_ymd_opt(year, month, day).ok_or(BadCircumstances)
}
