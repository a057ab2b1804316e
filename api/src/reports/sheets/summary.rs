//! The county summary as files.

use super::{HIDDEN, Row, Say, carries, column, count, hours, notes, percent, tally_cells, tally_columns, text};
use crate::{
    http::table::{Book, FileName, Page},
    problem::Language,
    reports::wire::{CompletionTallyView, CountySummaryView, CutTallyView, RouteTallyView, VerdictTallyView},
    sheet::{Beside, Chart, ChartKind, Column, Kind, Table, Value},
};

/// The name of a summary file.
pub fn summary_name(view: &CountySummaryView) -> FileName {
    FileName::new(&format!("{}学时完成情况汇总", view.area_name), &format!("county-summary-{}", view.area), view.as_of)
}

/// A county summary as files: CSV holds all sections one below the other.
pub fn summary(view: &CountySummaryView, language: Language) -> Book {
    let say = Say(language);
    let tallies = tallies(view, &say);
    let carries = carries(&view.all);
    let width = tally_columns(carries).len();
    let mut rows: Vec<Row> = tallies.clone();
    let in_tally = |cells: Vec<(usize, Value)>| {
        let mut row = vec![Value::Empty; width];
        for (place, value) in cells {
            if let Some(cell) = row.get_mut(place) {
                *cell = value;
            }
        }
        row
    };
    let mut section = |zh: &str, en: &str, item: String, cells: Vec<(usize, Value)>, cut: [Value; 2]| {
        let mut row = vec![text(say.pick(zh, en)), text(item)];
        row.extend(in_tally(cells));
        row.extend(cut);
        rows.push(row);
    };
    let verdicts = verdict_rows(view, &say);
    for row in &verdicts {
        let [item, teachers, share] = row.as_slice() else { continue };
        section(
            "结论",
            "Verdict",
            plain(item),
            vec![(0, teachers.clone()), (5, share.clone())],
            [Value::Empty, Value::Empty],
        );
    }
    let routes: Vec<Row> = view.by_route.iter().map(|route| route_row(route, &say)).collect();
    for row in &routes {
        let [item, teachers, counted, share] = row.as_slice() else { continue };
        let cells = vec![(0, teachers.clone()), (5, share.clone()), (7, counted.clone())];
        section("途径", "Route", plain(item), cells, [Value::Empty, Value::Empty]);
    }
    let cuts: Vec<Row> = view.cuts.iter().map(|cut| cut_row(cut, &say)).collect();
    for row in &cuts {
        let [item, name, teachers, entries, cut] = row.as_slice() else { continue };
        let item = format!("{} {}", plain(name), plain(item));
        section("削减", "Cut", item, vec![(0, teachers.clone())], [entries.clone(), cut.clone()]);
    }
    let mut columns = tallies_columns(carries);
    if let Some(share) = columns.get_mut(7) {
        *share = column("达标率或占比", "Passed or share", Kind::Percent, 12);
    }
    columns.push(column("涉及条目", "Entries cut", Kind::Integer, 10));
    columns.push(column("削减学时", "Hours cut", Kind::Hours, 12));
    let title = say.pick("县级汇总", "County summary").to_owned();
    Book {
        rows: Table { title, columns, rows, chart: None },
        pages: pages(view, tallies, verdicts, routes, cuts, &say),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        _ => String::new(),
    }
}

fn pages(
    view: &CountySummaryView,
    tallies: Vec<Row>,
    verdicts: Vec<Row>,
    routes: Vec<Row>,
    cuts: Vec<Row>,
    say: &Say,
) -> Vec<Page> {
    let page = |zh: &str, en: &str, columns: Vec<Column>, rows: Vec<Row>, chart: Option<Chart>| Page {
        table: Table { title: say.pick(zh, en).to_owned(), columns, rows, chart },
        beside: Beside {
            heading: say.heading(
                &view.area_name,
                &format!("学时完成情况：{zh}"),
                &format!("completion, {}", en.to_lowercase()),
                &view.cycle,
                view.as_of,
            ),
            total: None,
        },
    };
    let chart = |kind: ChartKind, zh: &str, en: &str, categories: u16, values: Vec<u16>| {
        Some(Chart { kind, title: say.pick(zh, en).to_owned(), categories, values })
    };
    let teachers = || column("教师数", "Teachers", Kind::Integer, 12);
    let share = || column("占比", "Share", Kind::Percent, 12);
    vec![
        page(
            "县级汇总",
            "County summary",
            tallies_columns(carries(&view.all)),
            tallies,
            chart(ChartKind::Columns, "达标率", "Passed", 1, vec![7]),
        ),
        page(
            "结论",
            "Verdicts",
            vec![column("结论", "Verdict", Kind::Text, 24), teachers(), share()],
            verdicts,
            chart(ChartKind::Columns, "各结论教师数", "Teachers by verdict", 0, vec![1]),
        ),
        page(
            "途径",
            "Routes",
            vec![
                column("途径", "Route", Kind::Text, 24),
                teachers(),
                column("计入学时", "Hours counted", Kind::Hours, 16),
                share(),
            ],
            routes,
            chart(ChartKind::Columns, "各途径计入学时占比", "Share of hours by route", 0, vec![3]),
        ),
        page(
            "削减学时",
            "Hours cut",
            vec![
                column("规则", "Rule", Kind::Text, 40),
                column("内容", "About", Kind::Text, 24),
                teachers(),
                column("条目数", "Entries", Kind::Integer, 12),
                column("削减学时", "Hours cut", Kind::Hours, 16),
            ],
            cuts,
            None,
        ),
        notes(&view.cycle, view.as_of, &view.area_name, &view.policy_packs, view.hidden_below, say),
    ]
}

fn tallies_columns(carries: bool) -> Vec<Column> {
    let mut columns = vec![column("类别", "Section", Kind::Text, 10), column("项目", "Item", Kind::Text, 16)];
    columns.extend(tally_columns(carries));
    columns
}

fn tallies(view: &CountySummaryView, say: &Say) -> Vec<Row> {
    let row = |section: &str, item: &str, tally: &CompletionTallyView| {
        let mut row = vec![text(section), text(item)];
        row.extend(tally_cells(tally, carries(&view.all)));
        row
    };
    let unstated = say.pick("未填", "not stated");
    let mut rows = vec![row(say.pick("总体", "All"), &view.area_name, &view.all)];
    rows.extend(view.by_stage.iter().map(|one| {
        let stage = one.stage.map_or(unstated, |stage| say.pick(stage.0.zh(), stage.0.en()));
        row(say.pick("学段", "Stage"), stage, &one.tally)
    }));
    rows.extend(view.by_setting.iter().map(|one| {
        let setting = one.setting.map_or(unstated, |setting| say.pick(setting.0.zh(), setting.0.en()));
        row(say.pick("城乡", "Setting"), setting, &one.tally)
    }));
    rows
}

fn verdict_rows(view: &CountySummaryView, say: &Say) -> Vec<Row> {
    let row = |one: &VerdictTallyView| {
        vec![
            text(say.verdict(one.verdict.0)),
            one.teachers.map_or(text(HIDDEN), count),
            if one.teachers.is_some() { percent(one.percent) } else { text(HIDDEN) },
        ]
    };
    view.by_verdict.iter().map(row).collect()
}

fn route_row(one: &RouteTallyView, say: &Say) -> Row {
    let name = text(say.pick(one.route.0.zh(), one.route.0.en()));
    match one.teachers {
        Some(teachers) => vec![name, count(teachers), hours(one.counted), percent(one.percent)],
        None => vec![name, text(HIDDEN), text(HIDDEN), text(HIDDEN)],
    }
}

fn cut_row(one: &CutTallyView, say: &Say) -> Row {
    let rule = text(format!("{} v{} {}", one.rule.pack, one.rule.edition, one.rule.id));
    let name = text(say.pick(&one.name_zh, &one.name_en));
    match (one.teachers, one.entries) {
        (Some(teachers), Some(entries)) => vec![rule, name, count(teachers), count(entries), hours(one.hours)],
        _ => vec![rule, name, text(HIDDEN), text(HIDDEN), text(HIDDEN)],
    }
}
