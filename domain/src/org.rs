//! Organisations: schools with their national code, and the offices that guide them.

pub mod closing;

use crate::fold;
use crate::words::{OrganisationKind, Stage};
use std::{fmt, str::FromStr};
use thiserror::Error;

impl OrganisationKind {
    /// True for what may stand without an organisation above it: a role there reaches the whole area.
    pub const fn stands_at_the_top(self) -> bool {
        matches!(self, OrganisationKind::Bureau)
    }
}

/// The national identification code of a school (学校标识码): 10 digits, 2 for the type, 2 for the province, 6 serial.
///
/// A code survives a change of name, is replaced when the type changes, and is never given twice. It has no check digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchoolCode(u64);

/// The type of institution in the first two digits of a [`SchoolCode`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SchoolType {
    /// 11 幼儿园.
    Kindergarten,
    /// 21 小学.
    Primary,
    /// 31 初级中学, nine-year schools included.
    JuniorSecondary,
    /// 34 高级中学, complete secondary schools included.
    SeniorSecondary,
    /// 36 中等职业学校.
    SecondaryVocational,
    /// 37 工读学校.
    WorkStudy,
    /// 51 特殊教育学校.
    Special,
    /// 41 普通高等学校.
    Higher,
    /// 42 成人高等学校.
    AdultHigher,
    /// 93 职业培训机构.
    VocationalTraining,
}

/// Why a text is not a school code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SchoolCodeFault {
    /// Not exactly ten digits.
    #[error("a school code has ten digits")]
    NotTenDigits,
    /// The first two digits are none of 11, 21, 31, 34, 36, 37, 41, 42, 51, 93.
    #[error("a school code begins with a type: 11, 21, 31, 34, 36, 37, 41, 42, 51 or 93")]
    UnknownType,
    /// Digits 3 and 4 are not a province (11 to 82).
    #[error("digits 3 and 4 of a school code are a province, 11 to 82")]
    UnknownProvince,
}

impl SchoolCodeFault {
    /// The reason in Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            SchoolCodeFault::NotTenDigits => "应为10位数字",
            SchoolCodeFault::UnknownType => "前两位是类型，应为11、21、31、34、36、37、41、42、51或93",
            SchoolCodeFault::UnknownProvince => "第3、4位是省份，应为11到82",
        }
    }
}

impl SchoolCode {
    /// Reads a code; blanks, full-width digits and a leading apostrophe are accepted.
    ///
    /// # Errors
    /// One [`SchoolCodeFault`] per reason.
    pub fn parse(text: &str) -> Result<Self, SchoolCodeFault> {
        let compact = fold::compact(text);
        let digits = compact.trim_matches(['\'', '"', '=']);
        if digits.len() != 10 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(SchoolCodeFault::NotTenDigits);
        }
        let number: u64 = digits.parse().map_err(|_| SchoolCodeFault::NotTenDigits)?;
        let code = SchoolCode(number);
        if code.type_of().is_none() {
            return Err(SchoolCodeFault::UnknownType);
        }
        if !(11..=82).contains(&code.province()) {
            return Err(SchoolCodeFault::UnknownProvince);
        }
        Ok(code)
    }

    const fn type_of(self) -> Option<SchoolType> {
        Some(match self.0 / 100_000_000 {
            11 => SchoolType::Kindergarten,
            21 => SchoolType::Primary,
            31 => SchoolType::JuniorSecondary,
            34 => SchoolType::SeniorSecondary,
            36 => SchoolType::SecondaryVocational,
            37 => SchoolType::WorkStudy,
            51 => SchoolType::Special,
            41 => SchoolType::Higher,
            42 => SchoolType::AdultHigher,
            93 => SchoolType::VocationalTraining,
            _ => return None,
        })
    }

    /// The type of institution.
    pub fn school_type(self) -> SchoolType {
        // `parse` refuses every other type, and there is no other way to make a code.
        self.type_of().unwrap_or(SchoolType::VocationalTraining)
    }

    /// The stage that the type implies; none for higher education and training institutions.
    pub fn stage(self) -> Option<Stage> {
        self.school_type().stage()
    }

    /// The province, as the first two digits of its GB/T 2260 code: 33 for Zhejiang.
    pub const fn province(self) -> u64 {
        self.0 / 1_000_000 % 100
    }
}

impl SchoolType {
    /// The stage of schooling. A school for several stages has the type of its code and a stage of its own in the data.
    pub const fn stage(self) -> Option<Stage> {
        match self {
            SchoolType::Kindergarten => Some(Stage::Kindergarten),
            SchoolType::Primary => Some(Stage::Primary),
            SchoolType::JuniorSecondary | SchoolType::WorkStudy => Some(Stage::Junior),
            SchoolType::SeniorSecondary => Some(Stage::Senior),
            SchoolType::SecondaryVocational => Some(Stage::Vocational),
            SchoolType::Special => Some(Stage::Special),
            SchoolType::Higher | SchoolType::AdultHigher | SchoolType::VocationalTraining => None,
        }
    }
}

impl fmt::Display for SchoolCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:010}", self.0)
    }
}

impl FromStr for SchoolCode {
    type Err = SchoolCodeFault;

    fn from_str(text: &str) -> Result<Self, SchoolCodeFault> {
        SchoolCode::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_school_code_tells_type_province_and_stage() {
        let code: SchoolCode = "2133000101".parse().unwrap();
        assert_eq!(
            (code.school_type(), code.province(), code.stage()),
            (SchoolType::Primary, 33, Some(Stage::Primary))
        );
        assert_eq!(code.to_string(), "2133000101");
        for (text, stage) in [
            ("1133000103", Some(Stage::Kindergarten)),
            ("3133000102", Some(Stage::Junior)),
            ("3733000102", Some(Stage::Junior)),
            ("3433000102", Some(Stage::Senior)),
            ("3633000102", Some(Stage::Vocational)),
            ("5133000102", Some(Stage::Special)),
            ("4133000102", None),
            ("4233000102", None),
            ("9333000102", None),
            ("'２１３３ 000101", Some(Stage::Primary)),
        ] {
            assert_eq!(SchoolCode::parse(text).unwrap().stage(), stage, "{text}");
        }
    }

    #[test]
    fn what_is_no_school_code_is_refused_with_the_reason() {
        use SchoolCodeFault::*;
        for (text, fault) in [
            ("", NotTenDigits),
            ("213300010", NotTenDigits),
            ("21330001011", NotTenDigits),
            ("2133A00101", NotTenDigits),
            ("2233000101", UnknownType),
            ("2199000101", UnknownProvince),
        ] {
            assert_eq!(SchoolCode::parse(text), Err(fault), "{text:?}");
        }
    }
}
