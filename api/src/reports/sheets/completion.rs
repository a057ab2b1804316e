//! The school completion table as files.

use super::{
    HIDDEN, Row, Say, carried_column, carries, column, hours, notes, numbered, tally_cells, tally_columns, text,
};
use crate::{
    http::table::{Book, FileName, Page},
    problem::Language,
    reports::wire::{CompletionTallyView, SchoolCompletionView, SchoolTallyView, TeacherCompletionView, UnmetView},
    sheet::{Beside, Kind, Table, Value},
};
use shixun_domain::Title;

/// The name of a completion file.
pub fn completion_name(view: &SchoolCompletionView) -> FileName {
    FileName::new(&format!("{}学时完成情况", view.organisation_name), "school-completion", view.as_of)
}

/// A completion table as files.
pub fn completion(view: &SchoolCompletionView, language: Language) -> Book {
    let say = Say(language);
    match (&view.teachers, &view.schools) {
        (Some(teachers), _) => of_teachers(view, teachers, &say),
        (None, schools) => of_schools(view, schools.as_deref().unwrap_or_default(), &say),
    }
}

fn of_teachers(view: &SchoolCompletionView, teachers: &[TeacherCompletionView], say: &Say) -> Book {
    let school = column("学校", "School", Kind::Text, 22);
    let mut columns = vec![
        column("姓名", "Name", Kind::Text, 10),
        column("职称", "Title", Kind::Text, 13),
        column("学科", "Subjects", Kind::Text, 13),
        column("应修学时", "Hours owed", Kind::Hours, 10),
        column("计入学时", "Hours counted", Kind::Hours, 10),
        column("缺学时", "Hours missing", Kind::Hours, 9),
        column("结论", "Verdict", Kind::Text, 11),
        column("集中培训学时", "Block hours", Kind::Hours, 9),
        column("集中培训结论", "Block", Kind::Text, 11),
        column("其中校本", "School-based", Kind::Hours, 9),
    ];
    let years: Vec<i32> =
        teachers.first().map(|one| one.years.iter().map(|year| year.year).collect()).unwrap_or_default();
    columns.extend(years.iter().map(|year| column(format!("{year}年"), year.to_string(), Kind::Hours, 8)));
    let carries = carries(&view.all);
    columns.extend(carries.then(carried_column));
    columns.push(column("未达标项目", "Not met", Kind::Note, 34));
    let rows: Vec<Row> = teachers.iter().map(|one| teacher_row(one, carries, say)).collect();
    let several = teachers.iter().any(|one| one.organisation_id.0 != view.organisation_id.0);
    let with_school = || {
        let columns = std::iter::once(school.clone()).chain(columns.iter().cloned()).collect::<Vec<_>>();
        let rows = teachers.iter().zip(&rows).map(|(one, row)| {
            std::iter::once(text(one.organisation_name.as_str())).chain(row.iter().cloned()).collect::<Row>()
        });
        (columns, rows.collect::<Vec<Row>>())
    };
    // On paper the school stands in the heading where it is the same in every row.
    let (own_columns, own_rows) = if several { with_school() } else { (columns.clone(), rows.clone()) };
    let (print_columns, print_rows) = numbered(&own_columns, &own_rows);
    let (csv_columns, csv_rows) = with_school();
    let title = say.pick("学时完成情况", "Completion");
    let mut total = vec![Value::Empty; if several { 2 } else { 1 }];
    total.extend([
        text(say.pick("合计", "Total")),
        Value::Empty,
        Value::Empty,
        hours(view.all.owed),
        hours(view.all.counted),
        hours(view.all.missing),
        passed(&view.all, say),
        Value::Empty,
        Value::Empty,
        Value::Hours(teachers.iter().map(|one| one.school_based.0).sum()),
    ]);
    total.extend((0..years.len()).map(|place| {
        Value::Hours(teachers.iter().filter_map(|one| one.years.get(place)).map(|year| year.counted.0).sum())
    }));
    total.extend(carries.then(|| hours(view.all.carried_over)));
    let heading =
        say.heading(&view.organisation_name, "教师学时完成情况", "completion of teachers", &view.cycle, view.as_of);
    Book {
        rows: Table { title: title.to_owned(), columns: csv_columns, rows: csv_rows, chart: None },
        pages: vec![
            Page {
                table: Table { title: title.to_owned(), columns: print_columns, rows: print_rows, chart: None },
                beside: Beside { heading, total: Some(total) },
            },
            notes(&view.cycle, view.as_of, &view.organisation_name, &view.policy_packs, view.hidden_below, say),
        ],
    }
}

/// `达标30人`.
fn passed(all: &CompletionTallyView, say: &Say) -> Value {
    match all.met {
        Some(met) => text(match say.0 {
            Language::Zh => format!("达标{met}人"),
            Language::En => format!("{met} met"),
        }),
        None => text(HIDDEN),
    }
}

fn teacher_row(one: &TeacherCompletionView, carries: bool, say: &Say) -> Row {
    let title = one.title.map_or("", |title| match say.0 {
        _ if title.0 == Title::None => "",
        Language::Zh => title.0.zh(),
        Language::En => title.0.en(),
    });
    let mut row = vec![
        text(one.name.as_str()),
        text(title),
        text(one.subjects.join(say.pick("、", ", "))),
        hours(one.owed),
        Value::Hours(one.counted.0),
        Value::Hours(one.missing.0),
        text(say.verdict(one.verdict.0)),
        hours(one.block.map(|block| block.counted)),
        text(one.block.map_or("", |block| say.verdict(block.verdict.0))),
        Value::Hours(one.school_based.0),
    ];
    row.extend(one.years.iter().map(|year| Value::Hours(year.counted.0)));
    row.extend(carries.then_some(Value::Hours(one.carried_over.0)));
    let unmet: Vec<String> = one.unmet.iter().map(|one| unmet(one, say)).collect();
    row.push(text(unmet.join(say.pick("；", "; "))));
    row
}

/// `2018年 年度学时 缺4.00`; the statement has the whole sentence.
fn unmet(one: &UnmetView, say: &Say) -> String {
    let (name, missing) = (say.pick(&one.name_zh, &one.name_en), one.missing);
    match (one.period.year, say.0) {
        (Some(year), Language::Zh) => format!("{year}年{name}缺{missing}"),
        (None, Language::Zh) => format!("{name}缺{missing}"),
        (Some(year), Language::En) => format!("{name} {year}: {missing} missing"),
        (None, Language::En) => format!("{name}: {missing} missing"),
    }
}

fn of_schools(view: &SchoolCompletionView, schools: &[SchoolTallyView], say: &Say) -> Book {
    let mut columns = vec![
        column("学校标识码", "School code", Kind::Text, 13),
        column("学校", "School", Kind::Text, 26),
        column("学段", "Stage", Kind::Text, 9),
        column("城乡", "Setting", Kind::Text, 8),
    ];
    let carries = carries(&view.all);
    columns.extend(tally_columns(carries));
    let rows: Vec<Row> = schools
        .iter()
        .map(|school| {
            let mut row = vec![
                text(school.code.as_deref().unwrap_or_default()),
                text(school.name.as_str()),
                text(school.stage.map_or("", |stage| say.pick(stage.0.zh(), stage.0.en()))),
                text(school.setting.map_or("", |setting| say.pick(setting.0.zh(), setting.0.en()))),
            ];
            row.extend(tally_cells(&school.tally, carries));
            row
        })
        .collect();
    let (print_columns, print_rows) = numbered(&columns, &rows);
    let mut total = vec![Value::Empty, Value::Empty, text(say.pick("合计", "Total")), Value::Empty, Value::Empty];
    total.extend(tally_cells(&view.all, carries));
    let title = say.pick("各校学时完成情况", "Completion by school");
    let heading =
        say.heading(&view.organisation_name, "各校学时完成情况", "completion by school", &view.cycle, view.as_of);
    Book {
        rows: Table { title: title.to_owned(), columns, rows, chart: None },
        pages: vec![
            Page {
                table: Table { title: title.to_owned(), columns: print_columns, rows: print_rows, chart: None },
                beside: Beside { heading, total: Some(total) },
            },
            notes(&view.cycle, view.as_of, &view.organisation_name, &view.policy_packs, view.hidden_below, say),
        ],
    }
}
