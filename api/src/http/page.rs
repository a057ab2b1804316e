//! Lists: `limit`, an opaque `cursor`, `next_cursor` and `Link`.
//!
//! A page begins behind the last row of the one before (its sort values and its id), never at an offset, so that rows that
//! come and go between two pages are neither shown twice nor skipped.

use super::{answer, text::has_control};
use crate::problem::{ApiError, Code, Words};
use actix_web::{HttpRequest, HttpResponse, http::header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::NaiveDate;
use serde::Serialize;
use shixun_domain::{AreaCode, UtcMillis};
pub use shixun_persistence::Order;

/// Rows a page has where the client does not say.
pub const LIMIT_DEFAULT: u16 = 50;
/// Rows a page may have.
pub const LIMIT_MAX: u16 = 200;

/// A value by which rows are ordered, as text in a cursor.
pub trait Key: Sized {
    /// Writes it.
    fn write(&self) -> String;
    /// Reads it back.
    fn read(text: &str) -> Option<Self>;
}

macro_rules! keys {
    ($($type:ty),+) => {$(
        impl Key for $type {
            fn write(&self) -> String {
                self.to_string()
            }

            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )+};
}
keys!(String, i32, i64, NaiveDate, AreaCode);

impl Key for UtcMillis {
    fn write(&self) -> String {
        self.millis().to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(UtcMillis::from_millis)
    }
}

/// Where a row stands in its list: what the list is ordered by, the id last.
pub trait Place: Sized {
    /// Writes it.
    fn write(&self) -> Vec<String>;
    /// Reads it back.
    fn read(values: &[String]) -> Option<Self>;
}

impl<A: Key> Place for A {
    fn write(&self) -> Vec<String> {
        vec![Key::write(self)]
    }

    fn read(values: &[String]) -> Option<Self> {
        match values {
            [a] => Key::read(a),
            _ => None,
        }
    }
}

impl<A: Key, B: Key> Place for (A, B) {
    fn write(&self) -> Vec<String> {
        vec![self.0.write(), self.1.write()]
    }

    fn read(values: &[String]) -> Option<Self> {
        match values {
            [a, b] => Some((A::read(a)?, B::read(b)?)),
            _ => None,
        }
    }
}

impl<A: Key, B: Key, C: Key> Place for (A, B, C) {
    fn write(&self) -> Vec<String> {
        vec![self.0.write(), self.1.write(), self.2.write()]
    }

    fn read(values: &[String]) -> Option<Self> {
        match values {
            [a, b, c] => Some((A::read(a)?, B::read(b)?, C::read(c)?)),
            _ => None,
        }
    }
}

fn write_cursor(list: &str, place: &impl Place) -> String {
    let parts: Vec<String> = std::iter::once(list.to_owned()).chain(place.write()).collect();
    URL_SAFE_NO_PAD.encode(parts.join("\u{1f}"))
}

/// The values of a cursor, where it is one of `list`.
fn read_cursor(list: &str, text: &str) -> Option<Vec<String>> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let mut parts = text.split('\u{1f}');
    let ours = parts.next()? == list && !parts.clone().any(has_control);
    ours.then(|| parts.map(str::to_owned).collect())
}

/// What a client asked of a list: how many rows, in which order, behind which.
#[derive(Debug, Clone)]
pub struct Page {
    /// Rows wanted, 1 to 200.
    pub limit: u16,
    /// Whether the number of all rows is wanted too.
    pub total: bool,
    /// In which order, where the list has a choice.
    pub order: Order,
    /// The name of the list in cursors: a cursor of one order means nothing in the other.
    list: String,
    after: Option<Vec<String>>,
}

impl Page {
    /// Checks the parameters `limit`, `cursor` and `include` of `list`, whose rows go in the `order` that is wanted and not in the
    /// `usual` one.
    ///
    /// # Errors
    /// `invalid_parameter` or `invalid_cursor`.
    pub fn read(
        list: &str,
        (order, usual): (Order, Order),
        limit: Option<u16>,
        cursor: Option<&str>,
        include: Option<&str>,
    ) -> Result<Page, ApiError> {
        let list = if order == usual { list.to_owned() } else { format!("-{list}") };
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
        let read = |text| read_cursor(&list, text).ok_or_else(|| ApiError::new(Code::InvalidCursor));
        let after = cursor.map(read).transpose()?;
        Ok(Page { limit, total, order, list, after })
    }

    /// Where the last row of the page before stands.
    ///
    /// # Errors
    /// `invalid_cursor`.
    pub fn after<P: Place>(&self) -> Result<Option<P>, ApiError> {
        let read = |values: &Vec<String>| P::read(values).ok_or_else(|| ApiError::new(Code::InvalidCursor));
        self.after.as_ref().map(read).transpose()
    }

    /// The number of all rows, where it is wanted.
    ///
    /// # Errors
    /// Where it cannot be counted.
    pub fn counted<E>(&self, count: impl FnOnce() -> Result<i64, E>) -> Result<Option<i64>, E> {
        self.total.then(count).transpose()
    }

    /// One more than wanted, to see whether there is a next page.
    pub fn fetch(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// Cuts the extra row off and gives the cursor of the last one kept, where more follow.
    pub fn cut<T, P: Place>(&self, rows: &mut Vec<T>, place: impl Fn(&T) -> P) -> Option<String> {
        let limit = usize::from(self.limit);
        let more = rows.len() > limit;
        rows.truncate(limit);
        if more { rows.last().map(|row| write_cursor(&self.list, &place(row))) } else { None }
    }
}

/// A page of a list as it is answered.
pub trait Listed: Serialize {
    /// Where the next page begins.
    fn next_cursor(&self) -> Option<&str>;
}

/// 200 with a list and, where more follows, a `Link` to the next page.
///
/// # Errors
/// `internal` where the value cannot be written as JSON.
pub fn list(request: &HttpRequest, page: &impl Listed) -> Result<HttpResponse, ApiError> {
    let body = answer::written(page)?;
    let mut response = HttpResponse::Ok();
    if let Some(cursor) = page.next_cursor() {
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
            #[schema(minimum = 0, nullable = false)]
            pub total: Option<i64>,
        }

        impl $crate::http::page::Listed for $list {
            fn next_cursor(&self) -> Option<&str> {
                self.next_cursor.as_deref()
            }
        }
    };
}
pub(crate) use list_of;

/// Declares the order of a list: a word for the one way, and the word with `-` for the other.
macro_rules! sort_of {
    ($(#[$about:meta])* $sort:ident = $ascending:tt | $descending:tt, usually $usual:ident) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
        pub enum $sort {
            /// The least or earliest first.
            #[serde(rename = $ascending)]
            Ascending,
            /// The greatest or latest first.
            #[serde(rename = $descending)]
            Descending,
        }

        impl $sort {
            /// The order that is wanted, and the one in which the list goes otherwise.
            pub fn orders(wanted: Option<Self>) -> ($crate::http::page::Order, $crate::http::page::Order) {
                use $crate::http::page::Order;
                let wanted = wanted.map(|sort| match sort {
                    $sort::Ascending => Order::Ascending,
                    $sort::Descending => Order::Descending,
                });
                (wanted.unwrap_or(Order::$usual), Order::$usual)
            }
        }
    };
}
pub(crate) use sort_of;

/// Declares the query of a list: its own filters, and what every list takes. `by` names the order of a list that has a choice.
macro_rules! list_query {
    ($(#[$about:meta])* $query:ident by $sort:ident { $($filters:tt)* }) => {
        $crate::http::page::list_query! {
            @ $(#[$about])* $query {
                $($filters)*
                /// The order of the rows.
                #[param(inline)]
                pub sort: Option<$sort>,
            } |query| $sort::orders(query.sort)
        }
    };
    ($(#[$about:meta])* $query:ident { $($filters:tt)* }) => {
        $crate::http::page::list_query! {
            @ $(#[$about])* $query { $($filters)* }
            |_query| ($crate::http::page::Order::Ascending, $crate::http::page::Order::Ascending)
        }
    };
    (@ $(#[$about:meta])* $query:ident { $($filters:tt)* } |$this:ident| $orders:expr) => {
        $(#[$about])*
        #[derive(Debug, Clone, serde::Deserialize, utoipa::IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub struct $query {
            $($filters)*
            /// Rows on a page.
            #[param(minimum = 1, maximum = 200, default = 50)]
            pub limit: Option<u16>,
            /// `next_cursor` of the page before, with the same filters and order.
            #[param(max_length = 500)]
            pub cursor: Option<String>,
            /// `total` adds the number of all rows.
            #[param(pattern = "^total$")]
            pub include: Option<String>,
        }

        impl $query {
            /// The page of `list` that is wanted.
            ///
            /// # Errors
            /// `invalid_parameter` or `invalid_cursor`.
            pub fn page(&self, list: &str) -> Result<$crate::http::Page, $crate::problem::ApiError> {
                let $this = self;
                $crate::http::Page::read(list, $orders, self.limit, self.cursor.as_deref(), self.include.as_deref())
            }
        }
    };
}
pub(crate) use list_query;

#[cfg(test)]
mod tests {
    use super::*;

    fn after<P: Place>(list: &'static str, cursor: &str) -> Result<Option<P>, Code> {
        const USUAL: (Order, Order) = (Order::Ascending, Order::Ascending);
        Page::read(list, USUAL, None, Some(cursor), None)
            .and_then(|page| page.after())
            .map_err(|problem| problem.code())
    }

    #[test]
    fn a_cursor_belongs_to_its_list_and_its_order() {
        let place = (NaiveDate::from_ymd_opt(2016, 9, 1).unwrap(), 17_i64);
        let text = write_cursor("sessions", &place);
        assert_eq!(after("sessions", &text), Ok(Some(place)));
        assert_eq!(after::<(NaiveDate, i64)>("units", &text), Err(Code::InvalidCursor));
        assert_eq!(after::<(NaiveDate, i64)>("sessions", "%%%"), Err(Code::InvalidCursor));
        assert_eq!(after::<(i64, i64)>("sessions", &text), Err(Code::InvalidCursor));
        assert_eq!(after::<(NaiveDate, i64, i64)>("sessions", &text), Err(Code::InvalidCursor));
        assert_eq!(after::<String>("sessions", &text), Err(Code::InvalidCursor));
        let with_nul = write_cursor("sessions", &"a\0b".to_owned());
        assert_eq!(after::<String>("sessions", &with_nul), Err(Code::InvalidCursor));
    }

    #[test]
    fn every_kind_of_key_reads_back() {
        let at = UtcMillis::from_millis(1_779_883_101_388);
        let text = write_cursor("enrolments", &(at, String::from("名"), 3_i32));
        assert_eq!(after("enrolments", &text), Ok(Some((at, String::from("名"), 3_i32))));
        let area = AreaCode::new(331_123).unwrap();
        assert_eq!(after("areas", &write_cursor("areas", &area)), Ok(Some(area)));
    }
}
