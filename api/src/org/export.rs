//! The list of schools as a file that comes back unchanged: importing one's own export changes nothing.

use super::service::scope;
use crate::{
    access::Actor,
    http::table::{Book, Page},
    problem::ApiError,
    sheet::{Beside, Column as SheetColumn, Kind, Table, Value},
};
use shixun_domain::{
    AreaCode,
    imports::{school_list::Column, table::ListColumn},
    words::{OrganisationKind, Setting, Stage},
};
use shixun_persistence::{
    Conn,
    org::{self, OrganisationRow},
};

/// The schools of an area, every one that the list of organisations has, in its order and in the columns that an import reads.
///
/// # Errors
/// `not_found` where the area is not the actor's.
pub fn schools(conn: &mut Conn, actor: &Actor, area: Option<AreaCode>) -> Result<Book, ApiError> {
    let area = area.unwrap_or(actor.area());
    scope(actor, area)?;
    let known = org::all(conn, area)?;
    let mut schools: Vec<&OrganisationRow> = known.iter().filter(|row| row.kind == OrganisationKind::School).collect();
    schools.sort_by_key(|row| (row.search_name(), row.id.number()));
    let rows =
        schools.iter().map(|row| Column::ALL.iter().map(|column| cell(&known, row, *column)).collect()).collect();
    let column = |column: &Column| SheetColumn {
        header_zh: column.headers().first().copied().unwrap_or_default().to_owned(),
        header_en: column.as_str().to_owned(),
        kind: Kind::Text,
        width: if matches!(column, Column::Name | Column::Parent) { 32 } else { 14 },
    };
    let table =
        Table {
            title: "学校名单".to_owned(), columns: Column::ALL.iter().map(column).collect(), rows, chart: None
        };
    Ok(Book { rows: table.clone(), pages: vec![Page { table, beside: Beside::default() }] })
}

fn cell(known: &[OrganisationRow], school: &OrganisationRow, column: Column) -> Value {
    let text = match column {
        Column::Code => school.code.clone(),
        Column::Name => Some(school.name.clone()),
        Column::Stage => school.stage.map(|stage| Stage::zh(stage).to_owned()),
        Column::Setting => school.setting.map(|setting| Setting::zh(setting).to_owned()),
        Column::SmallClass => Some(if school.small_class { "是" } else { "否" }.to_owned()),
        Column::Parent => parent(known, school),
    };
    text.map_or(Value::Empty, Value::Text)
}

/// The organisation above, by its code or else by its name; nothing where neither tells it from others: an import leaves it then.
fn parent(known: &[OrganisationRow], school: &OrganisationRow) -> Option<String> {
    let above = known.iter().find(|row| Some(row.id) == school.parent)?;
    let text = above.code.as_ref().unwrap_or(&above.name);
    let meant = known.iter().filter(|row| row.code.as_ref() == Some(text) || row.name == *text).count();
    (meant == 1).then(|| text.clone())
}
