//! A rule of a policy pack after parsing: typed and checked, its citations beside what it says.

use super::citation::Citation;
use crate::{
    hours::{Days, Hours},
    words::{ActivityWord, DeliveryForm, Level, Route, Theme, word_list},
};
use chrono::NaiveDate;
use std::sync::Arc;

word_list! {
    /// Facts about a person by which a pack chooses other rules. Where several hold, the first in this order decides.
    Profile {
        Retiring = "retiring", "周期内退休", "retiring in the cycle";
        NewTeacher = "new_teacher", "见习期新教师", "new teacher in probation";
        NewHead = "new_head", "新任校长", "head appointed in the cycle";
        Head = "head", "校长（园长）", "head";
        DeputyHead = "deputy_head", "副校长（副园长）", "deputy head";
        MiddleManager = "middle_manager", "中层干部", "middle manager";
    }
}

word_list! {
    /// Circumstances of an entry that rules look at beside route, form, level and theme.
    EntryMark {
        Misconduct = "misconduct", "严重违纪", "serious misconduct";
        Unreviewed = "unreviewed", "未经审核的机构", "institution without review";
        NoPriorConsent = "no_prior_consent", "未经学校事先同意", "without the school's prior consent";
        CertifiedElsewhere = "certified_elsewhere", "原任职地认定", "certified by the former county";
    }
}

word_list! {
    /// What missing a requirement means.
    Strength {
        Warn = "warn", "提醒", "warning";
        Fail = "fail", "不合格", "failure";
    }
}

word_list! {
    /// What a yearly maximum does.
    Effect {
        Refuse = "refuse", "不再接受报名", "further enrolment is refused";
        Cap = "cap", "超出部分不计", "hours beyond it do not count";
    }
}

word_list! {
    /// Which hours of an entry a requirement adds up.
    Measure {
        Credited = "credited", "认定学时", "hours earned";
        Counted = "counted", "计入学时", "hours counted";
        Nominal = "nominal", "项目学时", "nominal hours";
        Practice = "practice", "实践学时", "practice hours";
    }
}

word_list! {
    /// How the total of a person who joins inside the cycle is reduced. Declared from strict to lax.
    Prorate {
        None = "none", "不折算", "not at all";
        Month = "month", "按月折算", "by full months";
        Year = "year", "按年折算", "by full years";
    }
}

word_list! {
    /// What approved leave does to the hours owed in the cycle. Declared from strict to lax.
    LeaveTotal {
        Keep = "keep", "不减", "nothing";
        Prorate = "prorate", "按月扣减", "takes off its full months";
    }
}

word_list! {
    /// The day to which the hours of a course belong.
    Attribution {
        Completion = "completion", "结业日", "the day of completion";
        Session = "session", "上课日", "the days on which it was held";
        Recognition = "recognition", "认定日", "the day of recognition";
    }
}

word_list! {
    /// What training is counted in: hours until August 2016, credits since (浙教师〔2016〕71号). A credit stands where an hour stood, so
    /// that a cycle may begin in one and end in the other; what an hour is worth in credits is for factors to say.
    Unit {
        Hour = "hour", "学时", "hours";
        Credit = "credit", "学分", "credits";
    }
}

word_list! {
    /// What is compared with the hours owed. Declared from strict to lax.
    Rounding {
        Down = "whole_down", "舍去小数", "whole hours, rounded down";
        Keep = "keep", "保留两位小数", "two decimals, as they are";
        Nearest = "whole_nearest", "四舍五入取整", "whole hours, rounded to the nearest";
        Up = "whole_up", "进位取整", "whole hours, rounded up";
    }
}

word_list! {
    /// What absence below the failing share takes off. Declared from strict to lax.
    AbsenceEffect {
        WholeUnit = "whole_unit", "缺勤课次不计", "the hours of every unit that was not attended to the end";
        Deduct = "deduct", "据实扣除", "the time missed, exactly";
        None = "none", "不扣除", "nothing";
    }
}

word_list! {
    /// What becomes of hours that another area certified. Declared from strict to lax.
    Recognition {
        Manual = "manual", "人工认定", "somebody recognises them";
        Auto = "auto", "自动计入", "they count as certified";
    }
}

word_list! {
    /// With whom a programme is filed. Declared from strict to lax.
    FilingLevel {
        Reach = "reach", "按培训对象范围", "with the authority of all it is for";
        OwnArea = "own_area", "向所在地申报", "with that of the institution's area";
    }
}

word_list! {
    /// What becomes of corrections of a cycle that is over. Declared from strict to lax.
    ReversalAfterClose {
        Refused = "refused", "不予受理", "refused";
        TwoPeople = "two_people", "两人办理，由县级批准", "two people, one of the county approving";
    }
}

/// Some months of every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Months(u16);

impl Months {
    /// Reads `4,10`: months from 1 to 12, each once and in their order.
    pub fn parse(text: &str) -> Option<Self> {
        let (mut months, mut last) = (0_u16, 0_u32);
        for part in text.split(',') {
            let month = plain_integer(part).and_then(|number| u32::try_from(number).ok())?;
            if !(last + 1..=12).contains(&month) {
                return None;
            }
            months |= 1 << month;
            last = month;
        }
        Some(Months(months))
    }

    /// Whether a month, 1 to 12, is among them.
    pub const fn contains(self, month: u32) -> bool {
        month <= 12 && self.0 & (1 << month) != 0
    }
}

impl Rounding {
    /// What is compared; for hours that are not negative.
    pub fn applied(self, hours: Hours) -> Hours {
        let to_whole = |more: i64| Hours::from_hundredths((hours.hundredths() + more).div_euclid(100) * 100);
        match self {
            Rounding::Keep => hours,
            Rounding::Down => to_whole(0),
            Rounding::Nearest => to_whole(50),
            Rounding::Up => to_whole(99),
        }
    }
}

word_list! {
    /// How sure a figure is.
    Confidence {
        Read = "R", "见于本省或国家文件", "read in a source for Zhejiang or the country";
        ReadElsewhere = "R-x", "见于外地文件", "read, but from elsewhere";
        Common = "K", "业内常识", "common knowledge of the field";
        Inferred = "I", "推定", "inferred";
    }
}

/// The id of the rule on the cycle's total. It is fixed because shares refer to it.
pub const TOTAL_RULE_ID: &str = "total.cycle";

/// A non-negative fraction in lowest form as written; the denominator is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    /// Above the line.
    pub numerator: i64,
    /// Below the line, 1 or more.
    pub denominator: i64,
}

impl Ratio {
    /// All.
    pub const ONE: Ratio = Ratio { numerator: 1, denominator: 1 };
    /// Nothing.
    pub const NOTHING: Ratio = Ratio { numerator: 0, denominator: 1 };

    /// Reads `1/3`, `0.5` or `1`; `None` for anything else, for more than 2 decimals and for parts beyond 10,000.
    pub fn parse(text: &str) -> Option<Self> {
        let (numerator, denominator) = match text.split_once('/') {
            Some((above, below)) => (plain_integer(above)?, plain_integer(below)?),
            None => (text.parse::<Hours>().ok()?.hundredths(), 100),
        };
        let sane = (0..=10_000).contains(&numerator) && (1..=10_000).contains(&denominator);
        sane.then_some(Ratio { numerator, denominator })
    }

    /// The share of `hours`, rounded down to a hundredth so that it never exceeds what the rule allows.
    pub fn of(self, hours: Hours) -> Hours {
        hours.share(self.numerator, self.denominator).unwrap_or(hours)
    }

    /// Which of two ratios is greater.
    pub fn compared(self, other: Ratio) -> std::cmp::Ordering {
        (self.numerator * other.denominator).cmp(&(other.numerator * self.denominator))
    }

    /// What may stand beside `others` so that it is at most this share of both; `None` where it may be anything.
    pub(super) fn beside(self, others: i64) -> Option<i64> {
        let rest = self.denominator - self.numerator;
        let most = i128::from(others) * i128::from(self.numerator) / i128::from(rest.max(1));
        i64::try_from(most).ok().filter(|_| rest > 0)
    }

    /// True above one.
    pub const fn exceeds_one(self) -> bool {
        self.numerator > self.denominator
    }
}

/// Reads digits only: no sign, no blank.
fn plain_integer(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Which entries a rule is about; the meaning of
/// [`SelectorDocument`](super::document::SelectorDocument), word by word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selector {
    /// Any of these; all where empty.
    pub routes: Vec<Route>,
    /// Any of these; all where empty.
    pub forms: Vec<DeliveryForm>,
    /// Any of these; all where empty.
    pub levels: Vec<Level>,
    /// In a concentrated block, or not; both where `None`.
    pub concentrated: Option<bool>,
    /// At least one of these; no condition where empty.
    pub themes: Vec<Theme>,
    /// None of these.
    pub without_themes: Vec<Theme>,
    /// At least one of these; no condition where empty.
    pub marks: Vec<EntryMark>,
    /// None of these.
    pub without_marks: Vec<EntryMark>,
    /// Converted from an activity of one of these kinds; no condition where empty.
    pub activities: Vec<ActivityWord>,
}

/// An amount, or a share of what the person owes in the cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Hours.
    Fixed(Hours),
    /// A share (0 to 1) of the person's own required total.
    ShareOfRequired(Ratio),
}

impl Amount {
    /// The hours for a person who owes `required`; `None` for a share where no total is owed by any rule.
    pub fn for_required(self, required: Option<Hours>) -> Option<Hours> {
        match self {
            Amount::Fixed(hours) => Some(hours),
            Amount::ShareOfRequired(ratio) => required.map(|total| ratio.of(total)),
        }
    }
}

/// The most that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Most {
    /// Hours, or a share of what is owed.
    Hours(Amount),
    /// A share of all that counts in the cycle, the capped hours included.
    ShareOfCounted(Ratio),
}

/// The least that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Least {
    /// Hours, or a share of what is owed.
    Hours(Amount),
    /// Days of training.
    Days(Days),
}

/// A cap's period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CapPeriod {
    /// Each calendar year by itself.
    Year,
    /// The whole cycle.
    Cycle,
}

/// The time over which a minimum adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The whole cycle.
    Cycle,
    /// Each calendar year by itself.
    Year,
    /// Some months of each year, where they lie in the cycle as a whole.
    Months {
        /// First month, 1 to 12.
        from: u32,
        /// Last month; where it comes before the first, in the year after.
        to: u32,
    },
    /// From the cycle's first day to a deadline within it.
    Until(NaiveDate),
    /// The time in which the profile holds (probation, headship), or its first months.
    Profile {
        /// Months from the first day, where limited.
        months: Option<i32>,
    },
}

/// The cycle's total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TotalAmount {
    /// For a whole cycle.
    PerCycle(Hours),
    /// For each twelve full months.
    PerYear(Hours),
}

/// What a rule says; the fields are those of [`BodyDocument`](super::document::BodyDocument).
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Body {
    Total(TotalAmount),
    YearFloor {
        hours: Hours,
        strength: Strength,
        counts: Selector,
        block_year_hours: Option<Hours>,
        waived_from_leave_months: Option<i32>,
    },
    YearMaximum {
        hours: Hours,
        effect: Effect,
        counts: Selector,
    },
    Cap {
        of: Selector,
        period: CapPeriod,
        amount: Most,
    },
    Block {
        of: Selector,
        hours: Hours,
        measure: Measure,
        count: i32,
        practice_hours: Option<Hours>,
        required_from_months: Option<i32>,
        uninterrupted: bool,
    },
    Minimum {
        of: Selector,
        measure: Measure,
        window: Window,
        amount: Least,
        strength: Strength,
    },
    Share {
        of: Selector,
        part: Selector,
        practice: bool,
        share: Ratio,
        measure: Measure,
        window: Window,
        strength: Strength,
    },
    Factor {
        of: Selector,
        ratio: Ratio,
    },
}

/// Whether a narrower area may ask for less, or allow more, than a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Relaxable {
    /// Never: the rule stands beside whatever a narrower area says.
    #[default]
    No,
    /// For everybody.
    Yes,
    /// Only for persons of a profile.
    For(Profile),
}

impl Relaxable {
    /// True where a rule for `profile` (everybody where `None`) may be laxer.
    pub fn allows(self, profile: Option<Profile>) -> bool {
        match self {
            Relaxable::No => false,
            Relaxable::Yes => true,
            Relaxable::For(only) => profile == Some(only),
        }
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Where it stands in its document (RFC 6901).
    pub pointer: String,
    /// Stable id such as `school_based.cap.year`.
    pub id: String,
    /// What it is about, in Chinese.
    pub zh: String,
    /// What it is about, in English.
    pub en: String,
    /// The profile whose persons alone it binds.
    pub profile: Option<Profile>,
    /// Whether a narrower area may be laxer.
    pub relaxable: Relaxable,
    /// What it says.
    pub body: Body,
    /// Where each of its figures comes from.
    pub citations: Arc<[Citation]>,
}

impl Body {
    /// The entries that the rule is about.
    pub fn selector(&self) -> Option<&Selector> {
        match self {
            Body::Total(_) => None,
            Body::YearFloor { counts, .. } | Body::YearMaximum { counts, .. } => Some(counts),
            Body::Cap { of, .. }
            | Body::Block { of, .. }
            | Body::Minimum { of, .. }
            | Body::Share { of, .. }
            | Body::Factor { of, .. } => Some(of),
        }
    }

    /// The entries, among those the rule is about, of which there must be a share.
    pub fn part(&self) -> Option<&Selector> {
        match self {
            Body::Share { part, .. } => Some(part),
            _ => None,
        }
    }
}
