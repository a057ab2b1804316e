//! What is wrong with the document of a pack, in both languages, and what would be right there.
//!
//! One variant a fault, from which both texts come. The example is the part of a correct document at the same place
//! ([`example_at`]), unless the fault knows a better one.

use super::{
    document::{Example, example_at, example_of_text},
    rule::TOTAL_RULE_ID,
    wording::Wording,
};
use crate::{
    area::{AreaCode, BadAreaCode},
    decimal::DecimalFault,
    hours::{Days, Hours},
    id::IdFault,
    words::{BadActivityWord, BadTheme, UnknownWord},
};
use std::fmt;

/// What is wrong with a document, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFault {
    /// JSON pointer (RFC 6901) to the value that is wrong; empty for the document itself.
    pub pointer: String,
    /// What is wrong.
    pub fault: Fault,
}

impl PackFault {
    /// The smallest correct value at the place, or around it where nothing may stand at the place beside the rest; `None` where nothing ever may.
    pub fn example(&self) -> Option<Example> {
        match &self.fault {
            Fault::NotASource { known } => known.first().map(|name| example_of_text(name)),
            Fault::SecondRule { id } => Some(example_of_text(&format!("{id}.2"))),
            Fault::SecondConversion { kind } => Some(example_of_text(&format!("{kind}_2"))),
            Fault::OnlyCountiesHaveSchools | Fault::NotForSchools => None,
            Fault::TotalId { is_total: true } => Some(example_of_text(TOTAL_RULE_ID)),
            // The name of a theme is wrong, not what it stands for.
            Fault::Theme(_) if self.pointer.starts_with("/themes/") => example_at("/themes"),
            Fault::ShareOfCountedAlone | Fault::DaysAlone | Fault::OfWindow { .. } | Fault::MostOfAmount => {
                example_at(self.pointer.rsplit_once('/').map_or("", |(around, _)| around))
            }
            _ => example_at(&self.pointer),
        }
    }
}

impl fmt::Display for PackFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.fault.wording().en)
    }
}

impl std::error::Error for PackFault {}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The JSON does not have the shape of a pack: what the parser says, in English.
    Shape(String),
    /// A rule says nothing, or two things.
    NotOneBody,
    /// Not a pack's code.
    Code,
    /// Not a version.
    Version,
    /// Not a text of 1 to 200 characters.
    Text,
    /// Not a date.
    Date,
    /// The last day is before the first.
    EndsBeforeBeginning,
    /// None of a list's words.
    Word(UnknownWord),
    /// Neither `yes`, `no` nor a profile.
    YesNoOrProfile,
    /// Not an area's code.
    Area(BadAreaCode),
    /// Not an identifier.
    Id(IdFault),
    /// Not a theme's word.
    Theme(BadTheme),
    /// Not a word of a conversion table.
    ActivityWord(BadActivityWord),
    /// Not a decimal number.
    Decimal(DecimalFault),
    /// Not a whole number within bounds.
    Whole {
        /// The least.
        least: i32,
        /// The greatest.
        most: i32,
    },
    /// Not hours within bounds.
    HoursBetween {
        /// The least.
        least: Hours,
        /// The greatest.
        most: Hours,
    },
    /// Not days within bounds.
    DaysBetween {
        /// The least.
        least: Days,
        /// The greatest.
        most: Days,
    },
    /// Not a ratio from 0 to `most`.
    Ratio {
        /// The greatest.
        most: i64,
    },
    /// Not a list of months.
    Months,
    /// A cycle begins on another day than the first of a month.
    NotFirstOfMonth,
    /// The figure cites no document of this pack.
    NotASource {
        /// The short names there are.
        known: Vec<String>,
    },
    /// Not a rule's id.
    RuleId,
    /// The id of the total on another rule, or the total under another id.
    TotalId {
        /// Whether the rule is the total.
        is_total: bool,
    },
    /// A window of the profile in a rule for everybody.
    WindowWithoutProfile,
    /// A theme that is neither common nor declared.
    UndeclaredTheme,
    /// Both of two fields, or neither.
    NotOneOf(&'static str, &'static str),
    /// A share of what counts beside another amount, or in another period than the cycle.
    ShareOfCountedAlone,
    /// Days beside another amount, or with another measure than `credited`.
    DaysAlone,
    /// A field that belongs to another window.
    OfWindow {
        /// The window.
        window: &'static str,
    },
    /// A window without a field that it needs.
    WindowNeeds {
        /// The window.
        window: &'static str,
        /// The field.
        fields: &'static str,
    },
    /// Two rules of one id.
    SecondRule {
        /// The id.
        id: String,
    },
    /// Two conversions of one kind.
    SecondConversion {
        /// The kind.
        kind: String,
    },
    /// A rule has the id that a cap of the conversion would have.
    CapIdTaken {
        /// The id.
        id: String,
    },
    /// A conversion that gives nothing.
    NoLines,
    /// A `most` beside an amount.
    MostOfAmount,
    /// Too many rules, conversions and profiles.
    TooMany {
        /// How many there may be.
        most: usize,
    },
    /// A pack of a city or a province for one school.
    OnlyCountiesHaveSchools,
    /// The school lies elsewhere.
    SchoolElsewhere {
        /// The pack's area.
        area: AreaCode,
        /// The school's.
        lies_in: AreaCode,
    },
    /// A school's pack sets what is one in its county.
    NotForSchools,
}

impl Fault {
    /// The values inside the wording, by name, for programs. A list is joined by commas.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let bounds = |least: &dyn fmt::Display, most: &dyn fmt::Display| {
            vec![("min", least.to_string()), ("max", most.to_string())]
        };
        match self {
            Fault::Word(UnknownWord { expected }) => vec![("expected", (*expected).to_owned())],
            Fault::Id(IdFault::Prefix { expected }) => vec![("expected", (*expected).to_owned())],
            Fault::Whole { least, most } => bounds(least, most),
            Fault::HoursBetween { least, most } => bounds(least, most),
            Fault::DaysBetween { least, most } => bounds(least, most),
            Fault::Ratio { most } => bounds(&0, most),
            Fault::TooMany { most } => vec![("max", most.to_string())],
            Fault::NotASource { known } => vec![("expected", known.join(", "))],
            Fault::NotOneOf(one, other) => vec![("expected", format!("{one}, {other}"))],
            Fault::TotalId { .. } => vec![("expected", TOTAL_RULE_ID.to_owned())],
            Fault::OfWindow { window } => vec![("window", (*window).to_owned())],
            Fault::WindowNeeds { window, fields } => {
                vec![("window", (*window).to_owned()), ("field", (*fields).to_owned())]
            }
            Fault::SecondRule { id } | Fault::CapIdTaken { id } => vec![("id", id.clone())],
            Fault::SecondConversion { kind } => vec![("kind", kind.clone())],
            Fault::SchoolElsewhere { area, lies_in } => {
                vec![("area", area.to_string()), ("lies_in", lies_in.to_string())]
            }
            _ => Vec::new(),
        }
    }

    /// What is wrong and what is expected.
    pub fn wording(&self) -> Wording {
        let (zh, en) = match self {
            Fault::Shape(detail) => return Wording { zh: "结构或类型不对".into(), en: detail.clone() },
            Fault::NotOneBody => (
                "一条规则须有且只有一项内容（total、year_floor、year_maximum、cap、block、minimum、share、factor之一）",
                "a rule says exactly one thing: total, year_floor, year_maximum, cap, block, minimum, share or factor",
            ),
            Fault::Code => {
                ("应为1至32个大写字母、数字或连字符", "expected 1 to 32 upper-case letters, digits and hyphens")
            }
            Fault::Version => ("版本号从1起", "expected a version from 1"),
            Fault::Text => ("应为1至200个字符的文字", "expected a text of 1 to 200 characters"),
            Fault::Date => {
                ("应为日期，如2016-09-01，1900年至2999年", "expected a date such as 2016-09-01, from 1900 to 2999")
            }
            Fault::EndsBeforeBeginning => ("有效期的末日早于首日", "the validity ends before it begins"),
            Fault::Word(UnknownWord { expected }) => {
                let zh = format!("应为以下之一：{}", expected.replace(", ", "、"));
                return Wording { zh, en: format!("expected one of {expected}") };
            }
            Fault::YesNoOrProfile => ("应为yes、no或一类人员（如retiring）", "expected yes, no or a profile"),
            Fault::Area(fault) => {
                let zh = "应为六位行政区划代码，以省的代码（11至82）开头（GB/T 2260）".into();
                return Wording { zh, en: fault.to_string() };
            }
            Fault::Id(fault) => {
                let zh = match fault {
                    IdFault::Prefix { expected } => format!("应为以{expected}_开头的标识符"),
                    IdFault::Damaged => "标识符有误或不完整，请原样使用接口给出的标识符".into(),
                };
                return Wording { zh, en: fault.to_string() };
            }
            Fault::Theme(BadTheme) => (
                "主题应为1至32个小写字母、数字或下划线，以字母开头",
                "a theme is 1 to 32 lower-case letters, digits and underscores, and begins with a letter",
            ),
            Fault::ActivityWord(BadActivityWord) => (
                "应为1至32个小写字母、数字或下划线，以字母开头",
                "expected 1 to 32 lower-case letters, digits and underscores, a letter first",
            ),
            Fault::Decimal(fault) => {
                let zh = match fault {
                    DecimalFault::NotANumber => "应为数字，如24或7.5",
                    DecimalFault::TooPrecise => "最多两位小数",
                    DecimalFault::OutOfRange => "数值过大",
                };
                return Wording { zh: zh.into(), en: fault.to_string() };
            }
            Fault::Whole { least, most } => {
                return both(
                    format!("应为{least}到{most}之间的整数"),
                    format!("expected a whole number from {least} to {most}"),
                );
            }
            Fault::HoursBetween { least, most } => {
                return both(format!("应为{least}到{most}学时"), format!("expected hours from {least} to {most}"));
            }
            Fault::DaysBetween { least, most } => {
                return both(format!("应为{least}到{most}天"), format!("expected days from {least} to {most}"));
            }
            Fault::Ratio { most } => {
                return both(
                    format!("应为0到{most}之间的比例，如1/3或0.5"),
                    format!("expected a ratio from 0 to {most} such as 1/3 or 0.5"),
                );
            }
            Fault::Months => (
                "应为月份，以逗号分隔、由小到大，如4,10",
                "expected months from 1 to 12 in their order, separated by commas, such as 4,10",
            ),
            Fault::NotFirstOfMonth => ("应为某月的第一天", "expected the first day of a month"),
            Fault::NotASource { known } => {
                return both(
                    format!("不是本政策包所列的出处（sources）：{}", known.join("、")),
                    format!("not one of this pack's sources: {}", known.join(", ")),
                );
            }
            Fault::RuleId => ("应为规则标识，如school_based.cap.year", "expected an id such as school_based.cap.year"),
            Fault::TotalId { .. } => (
                "周期总量的规则标识为total.cycle，其他规则不得使用",
                "the total, and nothing else, has the id total.cycle",
            ),
            Fault::WindowWithoutProfile => {
                ("不限人员类别的规则不能用profile时段", "a rule without a profile has no such window")
            }
            Fault::UndeclaredTheme => {
                ("既不是通用主题，也未在本政策包的themes中列出", "neither a common theme nor one of this pack's themes")
            }
            Fault::NotOneOf(one, other) => {
                return both(format!("{one}与{other}须有且只有一项"), format!("expected either {one} or {other}"));
            }
            Fault::ShareOfCountedAlone => {
                ("只能单独使用，且只用于周期（cycle）上限", "stands alone, and in a cap of the cycle")
            }
            Fault::DaysAlone => {
                ("天数只能单独使用，且measure应为credited", "days stand alone, and with the measure credited")
            }
            Fault::OfWindow { window } => {
                return both(format!("只用于{window}时段"), format!("belongs to the window {window} alone"));
            }
            Fault::WindowNeeds { window, fields } => {
                return both(format!("{window}时段须有{fields}"), format!("the window {window} needs {fields}"));
            }
            Fault::SecondRule { id } => {
                return both(format!("规则标识{id}重复"), format!("a second rule with the id {id}"));
            }
            Fault::SecondConversion { kind } => {
                return both(format!("活动{kind}的折算重复"), format!("a second conversion of {kind}"));
            }
            Fault::CapIdTaken { id } => {
                return both(format!("已有标识为{id}的规则"), format!("a rule has the id {id} already"));
            }
            Fault::NoLines => ("至少应有一行", "expected at least one line"),
            Fault::MostOfAmount => {
                ("只有按系数（factor）折算才有最多学时", "only a factor has a most; an amount is its own")
            }
            Fault::TooMany { most } => {
                return both(
                    format!("规则、折算和人员类别合计最多{most}项"),
                    format!("at most {most} rules, conversions and profiles"),
                );
            }
            Fault::OnlyCountiesHaveSchools => {
                ("只有县级可为单所学校制定", "only a county has packs for single schools")
            }
            Fault::SchoolElsewhere { area, lies_in } => {
                return both(
                    format!("应为{area}的学校，而此校在{lies_in}"),
                    format!("expected a school of {area}, and this one lies in {lies_in}"),
                );
            }
            Fault::NotForSchools => (
                "全县统一的事项不能由单所学校的政策包规定，请删去本项",
                "a pack for one school cannot set what is one in its county: leave it out",
            ),
        };
        both(zh.into(), en.into())
    }
}

fn both(zh: String, en: String) -> Wording {
    Wording { zh, en }
}

impl From<UnknownWord> for Fault {
    fn from(fault: UnknownWord) -> Self {
        Fault::Word(fault)
    }
}

impl From<BadAreaCode> for Fault {
    fn from(fault: BadAreaCode) -> Self {
        Fault::Area(fault)
    }
}

impl From<IdFault> for Fault {
    fn from(fault: IdFault) -> Self {
        Fault::Id(fault)
    }
}

impl From<BadTheme> for Fault {
    fn from(fault: BadTheme) -> Self {
        Fault::Theme(fault)
    }
}

impl From<BadActivityWord> for Fault {
    fn from(fault: BadActivityWord) -> Self {
        Fault::ActivityWord(fault)
    }
}

impl From<DecimalFault> for Fault {
    fn from(fault: DecimalFault) -> Self {
        Fault::Decimal(fault)
    }
}
