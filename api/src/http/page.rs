//! Lists: `limit`, an opaque `cursor`, `next_cursor` and `Link`.
//!
//! A page begins behind the last row of the one before (its sort values and its id), never at an offset, so that rows that
//! come and go between two pages are neither shown twice nor skipped.

use crate::problem::{ApiError, Code, Words};
use actix_web::{HttpRequest, HttpResponse, http::header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;

/// Rows a page has where the client does not say.
pub const LIMIT_DEFAULT: u16 = 50;
/// Rows a page may have.
pub const LIMIT_MAX: u16 = 200;

/// The last row of a page: the list's name and the row's sort values, the id last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub Vec<String>);

impl Cursor {
    /// Opaque text for a client.
    pub fn write(&self, list: &str) -> String {
        let mut parts = vec![list];
        parts.extend(self.0.iter().map(String::as_str));
        URL_SAFE_NO_PAD.encode(parts.join("\u{1f}"))
    }

    /// Reads the cursor of `list` with `count` values.
    ///
    /// # Errors
    /// `invalid_cursor`.
    pub fn read(text: &str, list: &str, count: usize) -> Result<Cursor, ApiError> {
        let invalid = || ApiError::new(Code::InvalidCursor);
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
        let text = String::from_utf8(bytes).map_err(|_| invalid())?;
        let mut parts = text.split('\u{1f}').map(str::to_owned);
        let values: Vec<String> =
            if parts.next().as_deref() == Some(list) { parts.collect() } else { return Err(invalid()) };
        if values.len() == count { Ok(Cursor(values)) } else { Err(invalid()) }
    }

    /// One value, parsed.
    ///
    /// # Errors
    /// `invalid_cursor`.
    pub fn value<T: std::str::FromStr>(&self, place: usize) -> Result<T, ApiError> {
        self.0.get(place).and_then(|text| text.parse().ok()).ok_or_else(|| ApiError::new(Code::InvalidCursor))
    }
}

/// What a client asked of a list: how many rows, behind which.
#[derive(Debug, Clone)]
pub struct Page {
    /// Rows wanted, 1 to 200.
    pub limit: u16,
    /// The last row of the page before.
    pub after: Option<Cursor>,
    /// Whether the number of all rows is wanted too.
    pub total: bool,
}

impl Page {
    /// Checks the parameters `limit`, `cursor` and `include` of `list`, whose cursor has `count` values.
    ///
    /// # Errors
    /// `invalid_parameter` or `invalid_cursor`.
    pub fn read(
        list: &str,
        count: usize,
        limit: Option<u16>,
        cursor: Option<&str>,
        include: Option<&str>,
    ) -> Result<Page, ApiError> {
        let invalid = |name: &str, zh: &str, en: &str| {
            ApiError::new(Code::InvalidParameter).with("name", name).with_words("reason", Words::new(zh, en))
        };
        let limit = limit.unwrap_or(LIMIT_DEFAULT);
        if limit == 0 || limit > LIMIT_MAX {
            return Err(invalid("limit", "应为1到200的整数", "must be a whole number from 1 to 200"));
        }
        let total = match include {
            None => false,
            Some("total") => true,
            Some(_) => return Err(invalid("include", "只能是total", "takes total only")),
        };
        let after = cursor.map(|text| Cursor::read(text, list, count)).transpose()?;
        Ok(Page { limit, after, total })
    }

    /// One more than wanted, to see whether there is a next page.
    pub fn fetch(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// Cuts the extra row off and gives the cursor of the last one kept, where more follow.
    pub fn cut<T>(&self, rows: &mut Vec<T>, list: &str, key: impl Fn(&T) -> Vec<String>) -> Option<String> {
        let limit = usize::from(self.limit);
        let more = rows.len() > limit;
        rows.truncate(limit);
        if more { rows.last().map(|row| Cursor(key(row)).write(list)) } else { None }
    }
}

/// 200 with a list and, where more follows, a `Link` to the next page.
///
/// # Errors
/// `internal` where the value cannot be written as JSON.
pub fn list<T: Serialize>(
    request: &HttpRequest,
    next_cursor: Option<&str>,
    value: &T,
) -> Result<HttpResponse, ApiError> {
    let body = serde_json::to_string(value).map_err(|error| ApiError::internal(error.to_string()))?;
    let mut response = HttpResponse::Ok();
    if let Some(cursor) = next_cursor {
        let rest: Vec<&str> =
            request.query_string().split('&').filter(|part| !part.is_empty() && !part.starts_with("cursor=")).collect();
        let query = rest.into_iter().chain([format!("cursor={cursor}").as_str()]).collect::<Vec<_>>().join("&");
        response.insert_header((header::LINK, format!("<{}?{query}>; rel=\"next\"", request.path())));
    }
    Ok(response.content_type("application/json").body(body))
}

/// Declares the envelope of a list, so that a client generator sees a named type and not a copy of the item.
macro_rules! list_of {
    ($(#[$about:meta])* $list:ident of $item:ident) => {
        $(#[$about])*
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $list {
            /// The rows of this page.
            pub data: Vec<$item>,
            /// Give it as `cursor` to read on; null on the last page.
            pub next_cursor: Option<String>,
            /// The number of all rows, with `include=total`.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schema(minimum = 0)]
            pub total: Option<i64>,
        }
    };
}
pub(crate) use list_of;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_belongs_to_its_list() {
        let cursor = Cursor(vec!["2016-09-01".into(), "17".into()]);
        let text = cursor.write("sessions");
        assert_eq!(Cursor::read(&text, "sessions", 2), Ok(cursor));
        for (list, count, text) in [("units", 2, text.as_str()), ("sessions", 3, text.as_str()), ("sessions", 2, "%%%")]
        {
            assert_eq!(Cursor::read(text, list, count).unwrap_err().code(), Code::InvalidCursor);
        }
    }
}
