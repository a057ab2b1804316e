//! Circumstances of an entry that rules look at: who gave the training, how it ended, who certified it.

use crate::{policy::Provider, words::ActivityWord};
use chrono::NaiveDate;
use std::{fmt, str::FromStr};
use thiserror::Error;

/// What the rules must know of an entry beside its route, form, level and themes.
///
/// Written as words with commas between: `unreviewed:2019-07-01:2019-06-20,misconduct,activity:open_lesson`. Ordinary training is the empty text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances {
    /// Who gave the training, and since when the school agreed.
    pub provider: Provider,
    /// Serious misconduct ended the training.
    pub misconduct: bool,
    /// Certified by another county.
    pub certified_elsewhere: bool,
    /// The kind of activity that the hours were converted from.
    pub activity: Option<ActivityWord>,
}

impl Circumstances {
    /// A reviewed institution, nothing remarkable.
    pub const ORDINARY: Circumstances =
        Circumstances { provider: Provider::Reviewed, misconduct: false, certified_elsewhere: false, activity: None };
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
    let day = |text: &str| text.parse::<NaiveDate>().map_err(|_| BadCircumstances);
    let consent_on = if consent_on.is_empty() { None } else { Some(day(consent_on)?) };
    Ok(Provider::Unreviewed { consent_on, starts_on: day(starts_on)? })
}
