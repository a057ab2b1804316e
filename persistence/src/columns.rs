//! From columns to domain values. A value that does not parse was changed from outside, and is said to be damaged.

use crate::{DbError, DbResult};
use shixun_domain::{AreaCode, Id, fold};
use std::str::FromStr;

/// The key of a row.
pub(crate) fn id<K>(area: i32, number: i64) -> DbResult<Id<K>> {
    Ok(Id::new(self::area(area)?, number))
}

/// An area.
pub(crate) fn area(code: i32) -> DbResult<AreaCode> {
    AreaCode::new(code).map_err(|_| DbError::damaged(format!("area {code}")))
}

/// A word of a closed list.
pub(crate) fn word<W: FromStr>(column: &'static str, text: &str) -> DbResult<W> {
    text.parse().map_err(|_| DbError::damaged(format!("{column} {text:?}")))
}

/// A word that may be absent.
pub(crate) fn word_opt<W: FromStr>(column: &'static str, text: Option<&str>) -> DbResult<Option<W>> {
    text.map(|text| word(column, text)).transpose()
}

/// What a name is searched by: folded to lower case, without blanks; full-width letters and digits as half-width.
pub fn search_name(name: &str) -> String {
    fold::compact(name).to_lowercase()
}

/// A pattern for `LIKE … ESCAPE '\'` that finds `text` anywhere.
pub(crate) fn contains_pattern(text: &str) -> String {
    let escaped = search_name(text).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}
