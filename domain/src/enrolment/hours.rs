//! What attendance is worth: absence is subtracted exactly, misconduct gives nothing
//! (浙教办师〔2014〕14号; the Suichang plan of 2016 follows it).

use crate::{Hours, words::word_list};

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
    /// Hours of the time attended.
    pub attended: Hours,
    /// Practice hours within those attended, in the same proportion.
    pub practice: Hours,
    /// Whether hours are credited at all.
    pub credited: Hours,
}

/// Adds up attendance. Each unit gives its hours in proportion to the minutes attended, rounded down to a hundredth; the
/// practice share follows the hours. A fail or misconduct credits nothing.
pub fn earned(units: &[Attended], practice: Hours, outcome: Outcome, misconduct: bool) -> EarnedHours {
    let nominal: Hours = units.iter().map(|unit| unit.hours).sum();
    let attended: Hours = units.iter().map(share).sum();
    let practice = practice.share(attended.hundredths(), nominal.hundredths()).unwrap_or(Hours::ZERO);
    let counts = outcome == Outcome::Pass && !misconduct;
    EarnedHours {
        nominal,
        attended,
        practice: if counts { practice } else { Hours::ZERO },
        credited: if counts { attended } else { Hours::ZERO },
    }
}

fn share(unit: &Attended) -> Hours {
    let minutes = unit.minutes.unwrap_or(0).clamp(0, unit.minutes_total.max(0));
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
