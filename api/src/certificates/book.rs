//! A certificate as a workbook: what it says, its requirements, its entries.

use super::content::{CertificateContentView, CertificateEntryView, CertificateRequirementView};
use crate::{
    http::table::{Book, FileName, Page},
    problem::Language,
    sheet::{Beside, Column, Kind, Table, Value},
    wire::HoursText,
};

/// The name of a certificate's file.
pub(super) fn name(content: &CertificateContentView) -> FileName {
    FileName::new(
        &format!("学时证明-{}", content.holder.name),
        &format!("certificate-{}", content.number),
        content.as_of,
    )
}

fn text(text: impl Into<String>) -> Value {
    let text = text.into();
    if text.is_empty() { Value::Empty } else { Value::Text(text) }
}

fn hours(hours: HoursText) -> Value {
    Value::Hours(hours.0)
}

/// The workbook.
pub(super) fn book(content: &CertificateContentView, language: Language) -> Book {
    let say = |zh: &'static str, en: &'static str| match language {
        Language::Zh => zh,
        Language::En => en,
    };
    let column =
        |zh: &str, en: &str, kind, width| Column { header_zh: zh.to_owned(), header_en: en.to_owned(), kind, width };
    let page = |title: &str, columns: Vec<Column>, rows: Vec<Vec<Value>>| Page {
        table: Table { title: title.to_owned(), columns, rows, chart: None },
        beside: Beside { heading: Some(format!("{} {}", content.holder.name, content.number)), total: None },
    };
    let entry_columns = vec![
        column("日期", "Date", Kind::Date, 12),
        column("培训内容", "Training", Kind::Note, 50),
        column("途径", "Route", Kind::Text, 12),
        column("级别", "Level", Kind::Text, 10),
        column("当时学校", "School then", Kind::Text, 28),
        column("取得学时", "Hours earned", Kind::Hours, 12),
        column("计入学时", "Hours counted", Kind::Hours, 12),
    ];
    let entry = |one: &CertificateEntryView| {
        vec![
            Value::Date(one.effective_on),
            text(&one.title),
            text(say(one.route.0.zh(), one.route.0.en())),
            text(say(one.level.0.zh(), one.level.0.en())),
            text(one.organisation_name.clone().unwrap_or_default()),
            Value::Hours(one.earned_in_cycle()),
            hours(one.counted),
        ]
    };
    let entries: Vec<Vec<Value>> = content.entries.iter().map(entry).collect();
    let requirement = |one: &CertificateRequirementView| {
        vec![
            text(match language {
                Language::Zh => &one.name_zh,
                Language::En => &one.name_en,
            }),
            hours(one.owed),
            hours(one.counted),
            hours(one.missing),
            text(say(one.verdict.0.zh(), one.verdict.0.en())),
            text(&one.rule),
        ]
    };
    let requirement_columns = vec![
        column("要求", "Requirement", Kind::Text, 40),
        column("应修学时", "Hours owed", Kind::Hours, 12),
        column("已计学时", "Hours counted", Kind::Hours, 12),
        column("尚缺学时", "Hours missing", Kind::Hours, 12),
        column("结论", "Verdict", Kind::Text, 12),
        column("规则", "Rule", Kind::Text, 34),
    ];
    let about = vec![column("项目", "Item", Kind::Text, 16), column("内容", "Content", Kind::Note, 70)];
    let facts = facts(content, language).into_iter().map(|(item, value)| vec![text(item), text(value)]).collect();
    let title = say("学时明细", "Entries");
    Book {
        rows: Table { title: title.to_owned(), columns: entry_columns.clone(), rows: entries.clone(), chart: None },
        pages: vec![
            page(say("学时证明", "Certificate"), about, facts),
            page(
                say("达标情况", "Requirements"),
                requirement_columns,
                content.requirements.iter().map(requirement).collect(),
            ),
            page(title, entry_columns, entries),
        ],
    }
}

/// What stands at the head of a certificate, on paper and in the workbook.
pub(super) fn facts(content: &CertificateContentView, language: Language) -> Vec<(&'static str, String)> {
    let say = |zh: &'static str, en: &'static str| match language {
        Language::Zh => zh,
        Language::En => en,
    };
    let holder = &content.holder;
    let none = || say("—", "–").to_owned();
    let owed = content.owed.map_or_else(none, |owed| owed.to_string());
    // As people write it: 2026-11-23 10:00.
    let minute = content.issued_at.to_string().replace('T', " ").chars().take(16).collect();
    let carried = content.carried_over.map(|hours| (say("结转学时", "Hours carried over"), hours.to_string()));
    let head = [
        (say("姓名", "Name"), holder.name.clone()),
        (say("身份证号", "Identity number"), holder.identity_number.clone()),
        (say("所在学校", "School"), holder.organisation_name.clone().unwrap_or_else(none)),
        (say("任教学科", "Subject"), holder.subject.clone().unwrap_or_else(none)),
        (say("职称", "Title"), holder.title.map_or_else(none, |title| say(title.0.zh(), title.0.en()).to_owned())),
        (say("证明编号", "Number"), content.number.clone()),
        (say("培训周期", "Cycle"), format!("{} – {}", content.cycle_from, content.cycle_to)),
        (say("截至日期", "As of"), content.as_of.to_string()),
        (say("应修学时", "Hours owed"), owed),
        (say("计入学时", "Hours counted"), content.counted.to_string()),
    ];
    let rest = [
        (say("尚缺学时", "Hours missing"), content.missing.to_string()),
        (say("结论", "Verdict"), say(content.verdict.0.zh(), content.verdict.0.en()).to_owned()),
        (say("政策依据", "Rules"), content.policy_packs.join(say("、", ", "))),
        (say("出具单位", "Issued by"), content.issuer.name.clone()),
        (say("出具时间", "Issued at"), minute),
        (say("验证码", "Verification code"), content.code.clone()),
        (say("验证地址", "Verify at"), content.verify_at.clone()),
    ];
    head.into_iter().chain(carried).chain(rest).collect()
}
