//! What attendance is worth: absence is subtracted exactly, misconduct gives nothing
//! (浙教办师〔2014〕14号; the Suichang plan of 2016 follows it).

use crate::{
    Hours,
    hours::Days,
    ledger::Factor,
    policy::{AbsenceEffect, DatedHours, Ratio},
    words::word_list,
};
use chrono::{Datelike, NaiveDate};

word_list! {
    /// How someone attended a unit.
    Mark {
        Present = "present", "出勤", "present";
        Late = "late", "迟到", "late";
        Partly = "partly", "部分出勤", "partly present";
        Absent = "absent", "缺勤", "absent";
        Excused = "excused", "请假", "excused";
    }
}

word_list! {
    /// The result of a session for one person.
    Outcome {
        Pass = "pass", "合格", "pass";
        Fail = "fail", "不合格", "fail";
    }
}

/// One unit of a session, and how one person attended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attended {
    /// Hours the unit is worth.
    pub hours: Hours,
    /// Minutes the unit lasts, at least 1.
    pub minutes_total: i32,
    /// Minutes attended; `None` where nobody recorded attendance, which counts as absent.
    pub minutes: Option<i32>,
}

/// What a session is worth to one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarnedHours {
    /// Hours of all units.
    pub nominal: Hours,
    /// Hours of the time attended, as far as absence takes anything off.
    pub attended: Hours,
    /// Practice hours within those attended, in the same proportion.
    pub practice: Hours,
    /// Whether the course was passed: recorded as passed, and not failed for absence or misconduct.
    pub passed: bool,
    /// What an hour attended is worth.
    pub factor: Factor,
    /// Hours credited.
    pub credited: Hours,
}

/// What the policy packs of an area say of results and absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResultTerms {
    /// What the hours attended are worth to somebody who passed.
    pub pass_factor: Factor,
    /// What the hours attended are worth to somebody who failed.
    pub fail_factor: Factor,
    /// What absence takes off.
    pub absence_effect: AbsenceEffect,
    /// The share of the course's hours from which absence makes it failed; `None` where it never does.
    pub absence_fail_ratio: Option<Ratio>,
}

impl ResultTerms {
    /// A pass is worth the hours, a fail nothing, and absence is only subtracted.
    pub const PLAIN: ResultTerms = ResultTerms {
        pass_factor: Factor::ONE,
        fail_factor: Factor::NONE,
        absence_effect: AbsenceEffect::Deduct,
        absence_fail_ratio: None,
    };
}

/// Adds up attendance. Where absence is deducted exactly, each unit gives its hours in proportion to the minutes attended, rounded
/// down to a hundredth; the practice share follows the hours. Whether somebody was too absent goes by the time missed. A fail, recorded or for absence, credits what the terms say; misconduct credits nothing.
pub fn earned(
    units: &[Attended],
    practice: Hours,
    outcome: Outcome,
    misconduct: bool,
    terms: ResultTerms,
) -> EarnedHours {
    let nominal: Hours = units.iter().map(|unit| unit.hours).sum();
    let attended: Hours = units.iter().map(|unit| share(unit, terms.absence_effect)).sum();
    let absent = nominal.less(units.iter().map(|unit| share(unit, AbsenceEffect::Deduct)).sum());
    let too_absent = terms.absence_fail_ratio.is_some_and(|ratio| absent > Hours::ZERO && absent >= ratio.of(nominal));
    let passed = outcome == Outcome::Pass && !misconduct && !too_absent;
    let factor = match passed {
        true => terms.pass_factor,
        false if misconduct => Factor::NONE,
        false => terms.fail_factor,
    };
    let credited = attended.share(factor.hundredths().into(), 100).unwrap_or(Hours::ZERO);
    let practice = practice.share(credited.hundredths(), nominal.hundredths()).unwrap_or(Hours::ZERO);
    EarnedHours { nominal, attended, practice, passed, factor, credited }
}

/// The hours attended in each calendar month, dated on its last day of training; empty where all belong to the month in which
/// the course was completed, so that ordinary entries carry nothing.
pub fn by_month(units: &[(NaiveDate, Attended)], effect: AbsenceEffect, completed_on: NaiveDate) -> Vec<DatedHours> {
    let month = |day: NaiveDate| (day.year(), day.month());
    let mut days: Vec<(NaiveDate, Hours)> = units.iter().map(|(day, unit)| (*day, share(unit, effect))).collect();
    days.sort_unstable();
    let months = days.chunk_by(|one, next| month(one.0) == month(next.0));
    let dated: Vec<DatedHours> = months
        .filter_map(|days| {
            let hours: Hours = days.iter().map(|(_, hours)| *hours).sum();
            days.last().map(|(on, _)| DatedHours { on: *on, hours })
        })
        .filter(|part| part.hours > Hours::ZERO)
        .collect();
    if dated.iter().all(|part| month(part.on) == month(completed_on)) { Vec::new() } else { dated }
}

/// The days on which something was attended.
pub fn days_attended(units: &[(NaiveDate, Attended)]) -> Days {
    let mut days: Vec<NaiveDate> = units
        .iter()
        .filter(|(_, unit)| share(unit, AbsenceEffect::Deduct) > Hours::ZERO)
        .map(|(day, _)| *day)
        .collect();
    days.sort_unstable();
    days.dedup();
    Days::from_hundredths(i64::try_from(days.len()).unwrap_or(0) * 100)
}

fn share(unit: &Attended, effect: AbsenceEffect) -> Hours {
    let minutes = unit.minutes.unwrap_or(0).clamp(0, unit.minutes_total.max(0));
    let minutes = match effect {
        AbsenceEffect::Deduct => minutes,
        AbsenceEffect::WholeUnit if minutes < unit.minutes_total => 0,
        AbsenceEffect::WholeUnit | AbsenceEffect::None => unit.minutes_total,
    };
    unit.hours.share(minutes.into(), unit.minutes_total.into()).unwrap_or(Hours::ZERO)
}

impl Mark {
    /// The minutes a mark stands for where none are given: all, none, or `None` where they must be given.
    pub const fn default_minutes(self, minutes_total: i32) -> Option<i32> {
        match self {
            Mark::Present => Some(minutes_total),
            Mark::Absent | Mark::Excused => Some(0),
            Mark::Late | Mark::Partly => None,
        }
    }

    /// Whether so many minutes can bear the mark.
    pub const fn fits(self, minutes: i32, minutes_total: i32) -> bool {
        match self {
            Mark::Present => minutes == minutes_total,
            Mark::Late | Mark::Partly => minutes > 0 && minutes < minutes_total,
            Mark::Absent | Mark::Excused => minutes == 0,
        }
    }
}
