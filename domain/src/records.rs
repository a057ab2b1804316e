//! Records from outside (项目外学时登记): training that no session of the catalogue gave, entered with evidence and posted when
//! three people have seen it.
//!
//! Degree study, research, training others and support teaching are converted, and courses of institutions without review count
//! where the school agreed beforehand (浙教师〔2016〕71号, article 3). Hours pass **entered → examined → verified** by different
//! people, as comparable platforms have it (审定、验证), or through fewer hands where the policy packs say so; an entry is never posted twice, and the same content counts once in a
//! cycle.

pub mod reconcile;
pub mod transfer;

#[cfg(test)]
mod tests;

use crate::{
    fold,
    hours::Hours,
    id::{AccountId, OutsideRecordId},
    ledger::{self, Amounts, Factor},
    policy::{
        Provider,
        conversion::{Activity, Conversion, ConversionRefusal, ConversionTable, convert},
    },
    time::DateSpan,
    words::{ActivityWord, Level, word_list},
};
use chrono::NaiveDate;
use thiserror::Error;

word_list! {
    /// What kind of training a record is about.
    RecordCategory {
        Platform = "platform", "省师训平台学时", "hours of the provincial platform";
        Degree = "degree", "学历进修", "degree study";
        Research = "research", "教研科研", "teaching research";
        Training = "training", "承担培训任务", "training others";
        TeachingSupport = "teaching_support", "支教", "support teaching";
        Course = "course", "其他机构课程", "a course of another institution";
    }
}

word_list! {
    /// How far a record has come.
    RecordState {
        Entered = "entered", "已登记待审核", "entered, to be examined";
        Examined = "examined", "已审核待验证", "examined, to be verified";
        Verified = "verified", "已验证入账", "verified, the hours are posted";
        Returned = "returned", "已退回", "returned, to be corrected";
        Rejected = "rejected", "已驳回", "rejected";
        Withdrawn = "withdrawn", "已撤回", "withdrawn";
    }
}

word_list! {
    /// What was done to a record.
    RecordStep {
        Enter = "enter", "登记", "entered";
        Correct = "correct", "更正", "corrected";
        AllowDuplicate = "allow_duplicate", "准予重复", "allowed beside the same content";
        Examine = "examine", "审核", "examined";
        Verify = "verify", "验证", "verified";
        Return = "return", "退回", "returned";
        Reject = "reject", "驳回", "rejected";
        Withdraw = "withdraw", "撤回", "withdrawn";
    }
}

/// What somebody did, in the words of the conversion tables of policy packs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimedActivity {
    /// The kind of activity, such as `open_lesson`.
    pub kind: ActivityWord,
    /// At what level.
    pub level: Level,
    /// The part in it, such as `speaker`; `None` where there is only one.
    pub role: Option<ActivityWord>,
    /// How it ended, such as `first_prize`; `None` where it has no result.
    pub result: Option<ActivityWord>,
}

/// What a record claims, as far as rules look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day: the day to which the hours belong.
    pub ends_on: NaiveDate,
    /// Hours claimed.
    pub hours: Hours,
    /// Of these, practice.
    pub practice: Hours,
    /// Who gave the training.
    pub provider: Provider,
    /// The kinds of the pieces of evidence there are.
    pub evidence: Vec<ActivityWord>,
}

/// Why a record is not taken or does not go on. Declared in the order in which they are looked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The step does not lead on from this state.
    #[error("the record is {state}")]
    WrongState {
        /// What it is.
        state: RecordState,
        /// What the step needs.
        needs: &'static [RecordState],
    },
    /// Nobody takes two of the stages, and nobody decides on their own hours.
    #[error("the same person had it in hand before, or the hours are their own")]
    SamePerson {
        /// What this person did before; `None` where the hours are this person's own.
        did: Option<RecordStep>,
    },
    /// Returning and rejecting need a reason.
    #[error("a reason is needed")]
    ReasonMissing,
    /// Nothing proves it.
    #[error("there is no evidence")]
    EvidenceMissing,
    /// The ledger would not take it.
    #[error(transparent)]
    Ledger(#[from] ledger::Refusal),
    /// Nothing was earned.
    #[error("no hours")]
    NoHours,
    /// The packs give nothing for the activity.
    #[error(transparent)]
    Worthless(ConversionRefusal),
    /// The packs give less for the activity than is claimed (浙教师〔2016〕71号, article 3).
    #[error("{by} gives at most {worth} for it")]
    MoreThanWorth {
        /// The most that it is worth.
        worth: Hours,
        /// The conversion that says so, with its pack.
        by: String,
    },
    /// An institution without review, and the school did not agree.
    #[error("no consent of the school")]
    ConsentMissing,
    /// The school agreed too late.
    #[error("the school agreed on {consent_on}, not before {starts_on}")]
    ConsentLate {
        /// When the school agreed.
        consent_on: NaiveDate,
        /// When the training began.
        starts_on: NaiveDate,
    },
    /// The source was entered before.
    #[error("entered as {record}")]
    SourceTaken {
        /// Where.
        record: OutsideRecordId,
    },
}

/// Decides whether a claim can be taken, and gives the amounts that would be posted. `prior_consent` is whether the packs ask for the
/// school's consent to training without review.
///
/// # Errors
/// One [`Refusal`] per reason, in the order of the enum.
pub fn may_enter(
    claim: &Claim,
    employments: &[DateSpan],
    today: NaiveDate,
    prior_consent: bool,
) -> Result<Amounts, Refusal> {
    if claim.evidence.is_empty() {
        return Err(Refusal::EvidenceMissing);
    }
    let amounts = Amounts::new(claim.hours, claim.hours, Factor::ONE, claim.practice)?;
    ledger::may_enter(claim.ends_on, today, employments, false)?;
    if amounts.credited == Hours::ZERO {
        return Err(Refusal::NoHours);
    }
    match claim.provider {
        _ if !prior_consent => Ok(amounts),
        Provider::Reviewed => Ok(amounts),
        Provider::Unreviewed { consent_on: None, .. } => Err(Refusal::ConsentMissing),
        Provider::Unreviewed { consent_on: Some(consent_on), starts_on } if consent_on >= starts_on => {
            Err(Refusal::ConsentLate { consent_on, starts_on })
        }
        Provider::Unreviewed { .. } => Ok(amounts),
    }
}

/// Holds a claim to what the packs in force on its last day give for the activity; `None` where nothing is to be converted. Where no
/// pack has conversions, the three people who see the record judge what it is worth.
///
/// # Errors
/// [`Refusal::Worthless`], [`Refusal::MoreThanWorth`].
pub fn converted(
    table: &ConversionTable,
    activity: Option<&ClaimedActivity>,
    claim: &Claim,
) -> Result<Option<Conversion>, Refusal> {
    let Some(activity) = activity.filter(|_| table.kinds().next().is_some()) else { return Ok(None) };
    let ClaimedActivity { kind, level, role, result } = *activity;
    // However long it took: what is claimed is what it is worth, not the time.
    let whole = Activity { kind, level, role, result, hours: Some(LONGEST), evidence: claim.evidence.clone() };
    let conversion = convert(table, &whole).map_err(Refusal::Worthless)?;
    if claim.hours > conversion.hours {
        return Err(Refusal::MoreThanWorth { worth: conversion.hours, by: conversion.by.to_string() });
    }
    Ok(Some(conversion))
}

/// More hours than any activity takes.
const LONGEST: Hours = Hours::whole(100_000);

/// Whose hands a record went through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hands {
    /// Who entered it and everybody who corrected it since: what is verified is the work of all of them.
    pub made_by: Vec<AccountId>,
    /// Who examined it.
    pub examined_by: Option<AccountId>,
}

/// Somebody about to take a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hand {
    /// The account.
    pub account: AccountId,
    /// Whether the hours are this person's own.
    pub is_subject: bool,
}

/// Entered, examined and verified.
pub const STAGES: i32 = 3;

/// The state after a step, where hours pass through so many `stages` (1 to 3): with two nobody has to examine them, with one whoever
/// entered them may verify them.
///
/// # Errors
/// [`Refusal::WrongState`], [`Refusal::SamePerson`], [`Refusal::ReasonMissing`].
pub fn after(
    state: RecordState,
    step: RecordStep,
    hands: &Hands,
    by: Hand,
    reason: Option<&str>,
    stages: i32,
) -> Result<RecordState, Refusal> {
    use RecordState::{Entered, Examined, Rejected, Returned, Verified, Withdrawn};
    let (needs, next): (&'static [RecordState], RecordState) = match step {
        RecordStep::Examine => (&[Entered], Examined),
        RecordStep::Verify if stages < STAGES => (&[Entered, Examined], Verified),
        RecordStep::Verify => (&[Examined], Verified),
        RecordStep::Return => (&[Entered, Examined], Returned),
        RecordStep::Reject => (&[Entered, Examined], Rejected),
        RecordStep::Withdraw => (&[Entered, Examined, Returned], Withdrawn),
        RecordStep::Enter | RecordStep::Correct | RecordStep::AllowDuplicate => {
            (&[Entered, Returned, Withdrawn], Entered)
        }
    };
    if !needs.contains(&state) {
        return Err(Refusal::WrongState { state, needs });
    }
    if matches!(step, RecordStep::Examine | RecordStep::Verify | RecordStep::Return | RecordStep::Reject) {
        if by.is_subject {
            return Err(Refusal::SamePerson { did: None });
        }
        let alone = stages == 1 && step == RecordStep::Verify && hands.examined_by.is_none();
        if hands.made_by.contains(&by.account) && !alone {
            return Err(Refusal::SamePerson { did: Some(RecordStep::Enter) });
        }
        if state == Examined && hands.examined_by == Some(by.account) && step != RecordStep::Return {
            return Err(Refusal::SamePerson { did: Some(RecordStep::Examine) });
        }
    }
    let given = reason.is_some_and(|reason| !fold::is_nothing(reason));
    if matches!(step, RecordStep::Return | RecordStep::Reject) && !given {
        return Err(Refusal::ReasonMissing);
    }
    Ok(next)
}

impl RecordState {
    /// Whether a record in this state stands in the way of the same content in its cycle.
    pub const fn claims_content(self) -> bool {
        !matches!(self, RecordState::Rejected | RecordState::Withdrawn)
    }
}
