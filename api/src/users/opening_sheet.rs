//! New accounts as a sheet to be handed out.

use super::opening_wire::{OpenedAccountView, OpenedAccountsView};
use crate::{
    http::table::{Book, FileName, Page},
    problem::Language,
    sheet::{Beside, Column, Kind, Table, Value},
};
use chrono::NaiveDate;

/// The name of the file.
pub(super) fn name(day: NaiveDate) -> FileName {
    FileName::new("教师账号", "teacher-accounts", day)
}

/// One row an account.
pub(super) fn book(view: &OpenedAccountsView, language: Language) -> Book {
    let title = match language {
        Language::Zh => "教师账号",
        Language::En => "Accounts of teachers",
    };
    let column = |zh: &str, en: &str, width| Column {
        header_zh: zh.to_owned(),
        header_en: en.to_owned(),
        kind: Kind::Text,
        width,
    };
    let columns = vec![
        column("单位", "Organisation", 26),
        column("姓名", "Name", 10),
        column("用户名", "User name", 18),
        column("初始密码", "First password", 20),
    ];
    let rows: Vec<Vec<Value>> = view.data.iter().map(row).collect();
    let table = Table { title: title.to_owned(), columns, rows, chart: None };
    Book { rows: table.clone(), pages: vec![Page { table, beside: Beside::default() }] }
}

fn row(one: &OpenedAccountView) -> Vec<Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    vec![
        text(&one.organisation_name),
        text(&one.name),
        text(&one.username),
        text(one.initial_password.as_deref().unwrap_or_default()),
    ]
}
