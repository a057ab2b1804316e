//! The hour ledger: what an entry is, what may follow what, and how hours are corrected.
//!
//! The ledger is append-only. A **pending** entry is followed by a **posted** one, by somebody who did not enter it or by the evaluation it waits
//! for, or is **voided**; a posted entry is
//! **reversed**, with a reason, and a reversal may be followed by the posted entry that replaces what was reversed. Each entry
//! has at most one successor, so that a chain reads from the first claim to what stands now. What *counts* is never
//! stored: [`policy`](crate::policy) computes it from the entries that stand.

mod awaiting;
mod circumstances;
mod content;
pub mod dispute;
mod source;
pub mod waiver;

#[cfg(test)]
mod tests;

pub use awaiting::{AwaitedEvaluation, AwaitedStep, may_be_touched};
pub use circumstances::{BadCircumstances, Circumstances};
pub use content::{COURSE, Content, claim_again, content_claim, default_content_key};
pub use source::EntrySource;

use crate::{
    area::AreaCode,
    fold,
    hours::{Days, Hours},
    id::AccountId,
    policy::Cycle,
    time::DateSpan,
    words::word_list,
};
use chrono::NaiveDate;
use std::{fmt, str::FromStr};
use thiserror::Error;

word_list! {
    /// What an entry of the ledger says.
    EntryKind {
        Pending = "pending", "待入账", "expected, not yet earned";
        Posted = "posted", "已入账", "earned";
        Voided = "voided", "已作废", "ends a pending entry without hours";
        Reversed = "reversed", "已冲销", "takes a posted entry back in full";
    }
}

word_list! {
    /// Where an entry comes from.
    SourceKind {
        Session = "session", "班期", "a session of the catalogue that was closed";
        Record = "record", "登记", "training outside the catalogue, entered with evidence";
        Correction = "correction", "更正", "replaces hours that were reversed";
        Opening = "opening", "结转", "certified by another county before the person moved";
    }
}

/// The most hours that one entry may hold.
pub const ENTRY_HOURS_MAX: Hours = Hours::whole(10_000);

/// Why the ledger does not take an entry. Declared in the order in which they are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Only a pending entry can be posted or voided.
    #[error("the entry is {kind}, not pending")]
    NotPending {
        /// What it is.
        kind: EntryKind,
    },
    /// Only a posted entry can be reversed.
    #[error("the entry is {kind}, not posted")]
    NotPosted {
        /// What it is.
        kind: EntryKind,
    },
    /// Only a reversal can be followed by a replacement.
    #[error("the entry is {kind}, not a reversal")]
    NotReversed {
        /// What it is.
        kind: EntryKind,
    },
    /// The pending entry was posted before.
    #[error("the entry was posted already")]
    AlreadyPosted,
    /// The pending entry was voided before.
    #[error("the entry was voided already")]
    AlreadyVoided,
    /// The posted entry was reversed before.
    #[error("the entry was reversed already")]
    AlreadyReversed,
    /// The reversal was followed by a replacement before.
    #[error("the reversed entry was replaced already")]
    AlreadyReplaced,
    /// Voiding and reversing need a reason that an auditor can read.
    #[error("a reason is needed")]
    ReasonMissing,
    /// Hours that are below nothing.
    #[error("hours are never negative")]
    Negative,
    /// More hours than one entry may hold, or than can be counted.
    #[error("more than {ENTRY_HOURS_MAX} hours in one entry")]
    Overflow,
    /// More attended than the course has.
    #[error("{attended} hours attended of a course of {nominal}")]
    AttendedExceedsNominal {
        /// Hours attended.
        attended: Hours,
        /// Hours of the course.
        nominal: Hours,
    },
    /// More practice than was earned.
    #[error("{practice} hours of practice among {credited} credited")]
    PracticeExceedsCredited {
        /// Hours of practice.
        practice: Hours,
        /// Hours credited.
        credited: Hours,
    },
    /// Hours that belong to a day that has not come.
    #[error("the day lies after {today}")]
    InFuture {
        /// The present day.
        today: NaiveDate,
    },
    /// Hours of a time before the person was employed here.
    #[error("the person is employed from {employed_from}")]
    BeforeEmployment {
        /// First day of the first employment.
        employed_from: NaiveDate,
    },
    /// The person was never employed here.
    #[error("the person was never employed")]
    NeverEmployed,
    /// Hours of a day on which the person was not employed here any more, or retired.
    #[error("not employed on {day}")]
    OutsideEmployment {
        /// The day.
        day: NaiveDate,
    },
    /// The replacement is the same as what it replaces.
    #[error("the replacement changes nothing")]
    NothingChanged,
    /// The hours wait for an evaluation: until then nobody posts, voids or corrects them by hand.
    #[error("the hours wait for an evaluation until {until}")]
    AwaitsEvaluation {
        /// The last day on which it is given.
        until: NaiveDate,
    },
    /// Who entered the hours, or whose hours they are, does not post them (`domain.md` 11: who enters hours may not verify them).
    #[error("somebody else has to post the hours")]
    FourEyes,
}

/// A factor on attended hours (`credit.formula` of `domain.md` 9), in hundredths: 100 is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Factor(i32);

impl Factor {
    /// Hours count as attended.
    pub const ONE: Factor = Factor(100);
    /// Hours do not count.
    pub const NONE: Factor = Factor(0);

    /// From hundredths, 0 to 1,000; `None` beyond.
    pub const fn from_hundredths(hundredths: i32) -> Option<Self> {
        if hundredths < 0 || hundredths > 1_000 { None } else { Some(Factor(hundredths)) }
    }

    /// The hundredths, as stored.
    pub const fn hundredths(self) -> i32 {
        self.0
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::decimal::write_hundredths(self.0.into(), f)
    }
}

/// The text is not a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a factor is a decimal number from 0 to 10 with at most two places")]
pub struct BadFactor;

impl FromStr for Factor {
    type Err = BadFactor;

    fn from_str(text: &str) -> Result<Self, BadFactor> {
        let hundredths = crate::decimal::parse_hundredths(text).map_err(|_| BadFactor)?;
        i32::try_from(hundredths).ok().and_then(Factor::from_hundredths).ok_or(BadFactor)
    }
}

/// The hours of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amounts {
    /// Hours of the course.
    pub nominal: Hours,
    /// Hours attended; absence is deducted exactly (浙教办师〔2014〕14号).
    pub attended: Hours,
    /// What an hour attended is worth.
    pub factor: Factor,
    /// Hours earned: attended × factor, rounded down to a hundredth.
    pub credited: Hours,
    /// The part of the hours earned that was practice.
    pub practice: Hours,
}

impl Amounts {
    /// The hours of a new entry.
    ///
    /// # Errors
    /// [`Refusal::Negative`], [`Refusal::Overflow`], [`Refusal::AttendedExceedsNominal`],
    /// [`Refusal::PracticeExceedsCredited`].
    pub fn new(nominal: Hours, attended: Hours, factor: Factor, practice: Hours) -> Result<Self, Refusal> {
        if [nominal, attended, practice].iter().any(|hours| hours.is_negative()) {
            return Err(Refusal::Negative);
        }
        if nominal > ENTRY_HOURS_MAX {
            return Err(Refusal::Overflow);
        }
        if attended > nominal {
            return Err(Refusal::AttendedExceedsNominal { attended, nominal });
        }
        let credited = attended.share(factor.hundredths().into(), 100).ok_or(Refusal::Overflow)?;
        if credited > ENTRY_HOURS_MAX {
            return Err(Refusal::Overflow);
        }
        if practice > credited {
            return Err(Refusal::PracticeExceedsCredited { practice, credited });
        }
        Ok(Amounts { nominal, attended, factor, credited, practice })
    }

    /// The hours that take these back: everything below nothing, so that the sum of both is nothing.
    pub fn reversed(&self) -> Amounts {
        let negated = |hours: Hours| Hours::ZERO.checked_sub(hours).unwrap_or(Hours::ZERO);
        Amounts {
            nominal: negated(self.nominal),
            attended: negated(self.attended),
            factor: self.factor,
            credited: negated(self.credited),
            practice: negated(self.practice),
        }
    }

    /// No hours at all, as a voided entry has them.
    pub const NOTHING: Amounts = Amounts {
        nominal: Hours::ZERO,
        attended: Hours::ZERO,
        factor: Factor::ONE,
        credited: Hours::ZERO,
        practice: Hours::ZERO,
    };
}

/// What is to happen to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A pending entry was earned.
    Post,
    /// A pending entry will not be earned.
    Void,
    /// A posted entry was wrong.
    Reverse,
    /// A reversal is followed by what is right.
    Replace,
}

/// Decides whether `step` may follow an entry of kind `kind` that already has the successor `successor`, and gives the
/// kind of the entry to be appended.
///
/// # Errors
/// One [`Refusal`] per reason, in the order of the enum.
pub fn follow(
    kind: EntryKind,
    successor: Option<EntryKind>,
    step: Step,
    reason: Option<&str>,
) -> Result<EntryKind, Refusal> {
    match (step, kind) {
        (Step::Post | Step::Void, EntryKind::Pending)
        | (Step::Reverse, EntryKind::Posted)
        | (Step::Replace, EntryKind::Reversed) => {}
        (Step::Post | Step::Void, kind) => return Err(Refusal::NotPending { kind }),
        (Step::Reverse, kind) => return Err(Refusal::NotPosted { kind }),
        (Step::Replace, kind) => return Err(Refusal::NotReversed { kind }),
    }
    match (kind, successor) {
        (_, None) => {}
        (EntryKind::Reversed, Some(_)) => return Err(Refusal::AlreadyReplaced),
        (_, Some(EntryKind::Reversed)) => return Err(Refusal::AlreadyReversed),
        (_, Some(EntryKind::Voided)) => return Err(Refusal::AlreadyVoided),
        (_, Some(EntryKind::Posted | EntryKind::Pending)) => return Err(Refusal::AlreadyPosted),
    }
    let given = reason.is_some_and(|reason| !fold::is_nothing(reason));
    match step {
        Step::Void | Step::Reverse if !given => Err(Refusal::ReasonMissing),
        Step::Void => Ok(EntryKind::Voided),
        Step::Reverse => Ok(EntryKind::Reversed),
        Step::Post | Step::Replace => Ok(EntryKind::Posted),
    }
}

/// A correction: what takes the wrong hours back, and what stands in their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Correction {
    /// The amounts of the reversal.
    pub reversal: Amounts,
    /// The amounts of the replacement, if there is one.
    pub replacement: Option<Amounts>,
    /// What both change together.
    pub net: Hours,
    /// Whether more hours, practice or days stand afterwards. One person may take hours back, and two give them: what is entered by
    /// hand is posted by somebody else (`domain.md` 11), and a correction is no way around that.
    pub raises: bool,
}

/// What a posted entry says, or should say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Its hours.
    pub amounts: Amounts,
    /// Its days of training.
    pub days: Option<Days>,
}

impl Figures {
    fn exceed(&self, other: &Figures) -> bool {
        let hours = |figures: &Figures| {
            let Amounts { nominal, attended, credited, practice, .. } = figures.amounts;
            [nominal, attended, credited, practice]
        };
        self.days > other.days || hours(self).iter().zip(hours(other)).any(|(here, there)| *here > there)
    }
}

/// Plans the correction of a posted entry. `anew` says that what the hours rest on was recorded anew, so that the figures may be the
/// same.
///
/// # Errors
/// [`Refusal::NothingChanged`] where the replacement equals what it replaces.
pub fn correct(posted: &Figures, right: Option<Figures>, anew: bool) -> Result<Correction, Refusal> {
    if right.as_ref() == Some(posted) && !anew {
        return Err(Refusal::NothingChanged);
    }
    let reversal = posted.amounts.reversed();
    let replacement = right.map(|right| right.amounts);
    let net = replacement.map_or(Hours::ZERO, |amounts| amounts.credited).plus(reversal.credited);
    Ok(Correction { reversal, replacement, net, raises: right.is_some_and(|right| right.exceed(posted)) })
}

/// Decides whether hours may be entered for a day of somebody who was employed here in the spells `served`, up to retirement.
///
/// Hours that another county certified belong to a time before the employment here and are taken as certified.
///
/// # Errors
/// [`Refusal::InFuture`], [`Refusal::NeverEmployed`], [`Refusal::BeforeEmployment`], [`Refusal::OutsideEmployment`].
pub fn may_enter(
    effective_on: NaiveDate,
    today: NaiveDate,
    served: &[DateSpan],
    certified_elsewhere: bool,
) -> Result<(), Refusal> {
    if effective_on > today {
        return Err(Refusal::InFuture { today });
    }
    match served.iter().map(|spell| spell.from).min() {
        None => Err(Refusal::NeverEmployed),
        Some(_) if certified_elsewhere => Ok(()),
        Some(employed_from) if effective_on < employed_from => Err(Refusal::BeforeEmployment { employed_from }),
        Some(_) if served.iter().any(|spell| spell.contains(effective_on)) => Ok(()),
        Some(_) => Err(Refusal::OutsideEmployment { day: effective_on }),
    }
}

/// Decides whether somebody may post pending hours of a person in `area`: neither who entered them nor whose they are (`domain.md`
/// 11). Where an entry names nobody, because it was entered from above before accounts of other areas could be named, one of the area's own
/// posts it.
///
/// # Errors
/// [`Refusal::FourEyes`].
pub fn may_post(area: AreaCode, entered_by: Option<AccountId>, by: AccountId, own: bool) -> Result<(), Refusal> {
    let somebody_else = entered_by.map_or(by.area() == area, |entered_by| entered_by != by);
    if somebody_else && !own { Ok(()) } else { Err(Refusal::FourEyes) }
}

/// True where a change made on `today` touches a cycle that is over: it is dated back to the cycle, and whatever was issued
/// from it is superseded, and it needs two people or is refused, as packs say (`reversal_after_close`). A report is
/// frozen only of a cycle that is over, so that the day says it all.
pub fn after_close(cycle: &Cycle, today: NaiveDate) -> bool {
    today > cycle.to()
}
