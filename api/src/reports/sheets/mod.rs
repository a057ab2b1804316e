//! Reports as tables: the rows of the views, with headers and words for people.

mod completion;
mod summary;

pub use completion::{completion, completion_name};
pub use summary::{summary, summary_name};

use super::wire::CompletionTallyView;
use crate::{
    http::table::Page,
    policy::wire::PackNameView,
    problem::Language,
    sheet::{Beside, Column, Kind, Table, Value},
    wire::{HoursText, Text},
};
use chrono::NaiveDate;
use shixun_domain::{Hours, policy::Verdict, reports::Percent};

/// What stands in place of a hidden figure.
pub(super) const HIDDEN: &str = "*";

pub(super) type Row = Vec<Value>;

pub(super) fn column(zh: impl Into<String>, en: impl Into<String>, kind: Kind, width: u16) -> Column {
    Column { header_zh: zh.into(), header_en: en.into(), kind, width }
}

pub(super) fn text(text: impl Into<String>) -> Value {
    let text = text.into();
    if text.is_empty() { Value::Empty } else { Value::Text(text) }
}

pub(super) fn hours(hours: Option<HoursText>) -> Value {
    hours.map_or(Value::Empty, |hours| Value::Hours(hours.0))
}

pub(super) fn percent(share: Option<Text<Percent>>) -> Value {
    share.map_or(Value::Empty, |share| Value::Percent(share.0.hundredths()))
}

pub(super) fn count(number: impl Into<i64>) -> Value {
    Value::Integer(number.into())
}

/// Numbers the rows of a sheet, which a clerk counts by.
pub(super) fn numbered(columns: &[Column], rows: &[Row]) -> (Vec<Column>, Vec<Row>) {
    let columns = std::iter::once(column("序号", "No.", Kind::Integer, 6)).chain(columns.iter().cloned()).collect();
    let rows =
        (1_i64..).zip(rows).map(|(number, row)| std::iter::once(count(number)).chain(row.iter().cloned()).collect());
    (columns, rows.collect())
}

/// A text in the language of a file.
pub(super) struct Say(pub(super) Language);

impl Say {
    pub(super) const fn pick<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        match self.0 {
            Language::Zh => zh,
            Language::En => en,
        }
    }

    pub(super) fn verdict(&self, verdict: Verdict) -> &'static str {
        match self.0 {
            Language::Zh => verdict.zh(),
            Language::En => verdict.en(),
        }
    }

    /// Printed at the head of each page: whose, what, of which cycle and day.
    pub(super) fn heading(&self, whose: &str, zh: &str, en: &str, cycle: &str, as_of: NaiveDate) -> Option<String> {
        Some(match self.0 {
            Language::Zh => format!("{whose}{zh}（{cycle}周期，截至{as_of}）"),
            Language::En => format!("{whose}: {en} (cycle {cycle}, as of {as_of})"),
        })
    }
}

/// Whether anything was carried over: the column that says how much is there only then.
pub(super) fn carries(all: &CompletionTallyView) -> bool {
    all.carried_over.is_some_and(|hours| hours.0 != Hours::ZERO)
}

/// The columns of a tally.
pub(super) fn tally_columns(carries: bool) -> Vec<Column> {
    let mut columns = vec![
        column("教师数", "Teachers", Kind::Integer, 8),
        column("已达标", "Met", Kind::Integer, 8),
        column("有提醒", "Warning", Kind::Integer, 8),
        column("尚未达标", "Not yet", Kind::Integer, 9),
        column("未达标", "Failed", Kind::Integer, 8),
        column("达标率", "Passed", Kind::Percent, 10),
        column("应修学时", "Hours owed", Kind::Hours, 13),
        column("计入学时", "Hours counted", Kind::Hours, 13),
        column("缺学时", "Hours missing", Kind::Hours, 12),
        column("人均计入学时", "Average counted", Kind::Hours, 12),
    ];
    columns.extend(carries.then(carried_column));
    columns
}

pub(super) fn carried_column() -> Column {
    column("结转学时", "Carried over", Kind::Hours, 11)
}

pub(super) fn tally_cells(tally: &CompletionTallyView, carries: bool) -> Row {
    if tally.hidden {
        return tally_columns(carries).iter().map(|_| text(HIDDEN)).collect();
    }
    let number = |number: Option<u32>| number.map_or(Value::Empty, count);
    let mut cells = vec![
        number(tally.teachers),
        number(tally.met),
        number(tally.warn),
        number(tally.not_yet),
        number(tally.failed),
        percent(tally.passed_percent),
        hours(tally.owed),
        hours(tally.counted),
        hours(tally.missing),
        hours(tally.counted_average),
    ];
    cells.extend(carries.then(|| hours(tally.carried_over)));
    cells
}

/// What the figures mean, for whoever gets the file without the API.
pub(super) fn notes(
    cycle: &str,
    as_of: NaiveDate,
    whose: &str,
    packs: &[PackNameView],
    hidden_below: Option<u32>,
    say: &Say,
) -> Page {
    let packs = packs
        .iter()
        .map(|pack| format!("{} v{}", pack.code, pack.edition))
        .collect::<Vec<_>>()
        .join(say.pick("、", ", "));
    let as_of = as_of.to_string();
    let mut lines = vec![
        (say.pick("范围", "Of"), whose),
        (say.pick("周期", "Cycle"), cycle),
        (say.pick("截至日期", "As of"), as_of.as_str()),
        (say.pick("政策包", "Policy packs"), packs.as_str()),
        (
            say.pick("统计对象", "Who"),
            say.pick(
                "截至日期当天在学校任职的教师；同时任职两处的计入较晚任职的一处。",
                "Teachers employed in a school on that day; somebody employed twice is counted at the later place.",
            ),
        ),
        (
            say.pick("计入学时", "Hours counted"),
            say.pick(
                "按政策包的上限和系数折算后计入周期的学时；逐条理由见学时证明。",
                "Hours that count in the cycle after the caps and factors of the policy packs; the statement gives the reasons.",
            ),
        ),
        (
            say.pick("结论", "Verdict"),
            say.pick(
                "各项要求中最差的结论：已达标（含免除）、提醒（仅缺提醒性要求）、尚未达标（尚有时间）、未达标。",
                "The worst of all requirements: met (waived included), warning, not yet (there is time), failed.",
            ),
        ),
        (
            say.pick("达标率", "Passed"),
            say.pick("（已达标＋有提醒）÷教师数。", "(met + warning) ÷ teachers."),
        ),
        (
            say.pick("缺学时", "Hours missing"),
            say.pick("逐人计算后相加，他人超出的学时不能抵补。", "Added up by person; nobody's surplus makes up for another."),
        ),
    ];
    if hidden_below.is_some() {
        lines.push((
            HIDDEN,
            say.pick(
                "人数少于5人或可据此推算的数据对县外人员隐去。",
                "Hidden from readers outside the county: fewer than 5 persons, or figures from which they could be worked out.",
            ),
        ));
    }
    let columns = vec![column("项目", "Item", Kind::Text, 16), column("说明", "Meaning", Kind::Note, 100)];
    let rows = lines.into_iter().map(|(item, meaning)| vec![text(item), text(meaning)]).collect();
    let title = say.pick("说明", "Notes").to_owned();
    Page { table: Table { title, columns, rows, chart: None }, beside: Beside::default() }
}
