//! Lists of persons.

use super::{Columns, PersonRow, person_columns, row};
use crate::{
    Conn, DbResult, Order, columns,
    schema::{employments, persons as t, teaching_assignments as teaching, titles_held as titles},
};
use chrono::NaiveDate;
use diesel::{dsl::exists, prelude::*};
use shixun_domain::{
    AreaCode,
    words::{Stage, Title},
};

/// Which persons are wanted.
#[derive(Debug, Clone)]
pub struct PersonFilter {
    /// The day on which employment, title and teaching are looked at.
    pub on: NaiveDate,
    /// Only those employed today at one of these organisations: what the caller may see.
    pub within: Option<(NaiveDate, Vec<i64>)>,
    /// Only those employed at one of these.
    pub organisations: Option<Vec<i64>>,
    /// Only those employed anywhere.
    pub employed: bool,
    /// Only those whose name contains this.
    pub name: Option<String>,
    /// Only holders of this title.
    pub title: Option<Title>,
    /// Only those who teach at this stage.
    pub stage: Option<Stage>,
    /// Only those who teach this subject.
    pub subject: Option<String>,
}

type Filtered<'a> = diesel::helper_types::IntoBoxed<'a, t::table, crate::db::MultiBackend>;

macro_rules! on_day {
    ($table:ident, $day:expr) => {
        $table::table
            .filter($table::area.eq(t::area))
            .filter($table::person_id.eq(t::id))
            .filter($table::valid_from.le($day))
            .filter($table::valid_to.is_null().or($table::valid_to.ge($day)))
    };
}

fn filtered<'a>(area: AreaCode, filter: &PersonFilter) -> Filtered<'a> {
    let on = filter.on;
    let mut query = t::table.into_boxed().filter(t::area.eq(area.get()));
    if let Some((today, places)) = &filter.within {
        query = query
            .filter(exists(on_day!(employments, *today).filter(employments::organisation_id.eq_any(places.clone()))));
    }
    if let Some(places) = &filter.organisations {
        query =
            query.filter(exists(on_day!(employments, on).filter(employments::organisation_id.eq_any(places.clone()))));
    } else if filter.employed {
        query = query.filter(exists(on_day!(employments, on)));
    }
    if let Some(title) = filter.title {
        query = query.filter(exists(on_day!(titles, on).filter(titles::title.eq(title.as_str()))));
    }
    match (filter.stage, filter.subject.clone()) {
        (None, None) => {}
        (Some(stage), None) => {
            query = query.filter(exists(on_day!(teaching, on).filter(teaching::stage.eq(stage.as_str()))));
        }
        (None, Some(subject)) => {
            query = query.filter(exists(on_day!(teaching, on).filter(teaching::subject.eq(subject))));
        }
        (Some(stage), Some(subject)) => {
            query = query.filter(exists(
                on_day!(teaching, on).filter(teaching::stage.eq(stage.as_str())).filter(teaching::subject.eq(subject)),
            ));
        }
    }
    if let Some(name) = &filter.name {
        query = query.filter(t::search_name.like(columns::contains_pattern(name)).escape('\\'));
    }
    query
}

/// Persons of an area in the order of their names or the other way round, behind `after` (search name and number).
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn list(
    conn: &mut Conn,
    area: AreaCode,
    filter: &PersonFilter,
    order: Order,
    after: Option<(String, i64)>,
    limit: i64,
) -> DbResult<Vec<PersonRow>> {
    let mut query = filtered(area, filter).limit(limit);
    query = match order {
        Order::Ascending => query.order((t::search_name.asc(), t::id.asc())),
        Order::Descending => query.order((t::search_name.desc(), t::id.desc())),
    };
    if let Some((name, number)) = after {
        // The bare comparison of names lets the index begin at the right place.
        query = match order {
            Order::Ascending => {
                query.filter(t::search_name.ge(name.clone())).filter(t::search_name.gt(name).or(t::id.gt(number)))
            }
            Order::Descending => {
                query.filter(t::search_name.le(name.clone())).filter(t::search_name.lt(name).or(t::id.lt(number)))
            }
        };
    }
    let rows: Vec<Columns> = query.select(person_columns!()).load(conn)?;
    rows.into_iter().map(row).collect()
}

/// How many a list has in all.
///
/// # Errors
/// A [`crate::DbError`] where the database does not answer.
pub fn count(conn: &mut Conn, area: AreaCode, filter: &PersonFilter) -> DbResult<i64> {
    Ok(filtered(area, filter).count().get_result(conn)?)
}
