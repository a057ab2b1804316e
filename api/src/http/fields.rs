//! What the fields of several bodies are held to, beside what their types say.

use crate::problem::{FieldFault, Words};
use chrono::{Datelike, NaiveDate};
use shixun_domain::fold::{is_blank, is_nothing};
use shixun_persistence::columns::search_name;
use validator::ValidationError;

/// Years that a day or instant may lie in.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;

/// The longest `content_key`, wherever one is given: what a programme is recognised by is named again by hours that are entered. The
/// schemas say it once more as a number, which is all that their attribute takes.
pub const CONTENT_KEY_LENGTH_MAX: u64 = 300;

/// Refuses a text of blanks, those without width among them: `custom(function = "not_blank")`.
///
/// # Errors
/// The fault `blank`.
pub fn not_blank(text: &str) -> Result<(), ValidationError> {
    if is_nothing(text) {
        return Err(ValidationError::new("blank").with_message("不能只有空白|must not be blank".into()));
    }
    Ok(())
}

/// The `content_key` that was given, in the one spelling in which keys are compared: two that differ in case, width or blanks are one. What
/// `default` gives where there is none.
pub fn content_key(given: Option<&str>, default: impl FnOnce() -> String) -> String {
    given.map(search_name).filter(|key| !key.is_empty()).unwrap_or_else(default)
}

/// A fault of one field.
pub fn fault(pointer: impl Into<String>, code: &str, zh: impl Into<String>, en: impl Into<String>) -> FieldFault {
    FieldFault::new(pointer, code, Words::new(zh, en))
}

/// A day or instant out of all reason.
pub fn check_year(pointer: &str, day: NaiveDate, faults: &mut Vec<FieldFault>) {
    if !YEARS.contains(&day.year()) {
        let fault = fault(pointer, "range", "年份应在2000到2100之间", "the year must lie between 2000 and 2100");
        faults.push(fault.with("min", YEARS.start()).with("max", YEARS.end()));
    }
}

/// A text without blanks around it.
pub fn trimmed(text: &str) -> String {
    text.trim_matches(is_blank).to_owned()
}

/// A text without blanks around it, or nothing where nothing is left.
pub fn trimmed_opt(text: Option<&str>) -> Option<String> {
    text.map(trimmed).filter(|text| !text.is_empty())
}
