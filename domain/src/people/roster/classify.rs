//! Telling rows with persons from everything else that offices put into a table.

use super::columns::Column;
use super::grid::{Cell, GridSheet};
use super::header::Header;
use super::read::SkipReason;
use super::schools::{KnownSchools, SchoolMatch};

/// What a row below the header is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RowKind {
    /// A person, complete or not.
    Person,
    /// Something else.
    Skip(SkipReason),
    /// A line across the table that names the school of the rows below it.
    Banner(String),
}

/// Columns that may be filled in before a person is: numbers, and what is the same for the whole school.
const PREFILLED: [Column; 5] = [Column::Serial, Column::SchoolCode, Column::SchoolName, Column::Stage, Column::Remark];

/// Says what a row is. A row with anything like an identity number is a person whatever else it says.
pub(super) fn classify(sheet: &GridSheet, row: usize, header: &Header, schools: &KnownSchools) -> RowKind {
    let cells = sheet.rows.get(row).map(Vec::as_slice).unwrap_or_default();
    let filled: Vec<&Cell> = cells.iter().filter(|cell| !cell.is_blank()).collect();
    let Some(first) = filled.first().map(|cell| cell.compact()) else {
        return RowKind::Skip(SkipReason::Blank);
    };
    let at = |column| header.index_of(column).map_or(&Cell::Empty, |index| sheet.cell(row, index));
    if starts_with_any(
        &first,
        &["例:", "例：", "示例", "样例", "填写示例", "填写样例", "例如", "(例", "example", "e.g."],
    ) || first == "例"
    {
        return RowKind::Skip(SkipReason::Example);
    }
    if repeats_header(sheet, row, header) {
        return RowKind::Skip(SkipReason::RepeatedHeader);
    }
    if looks_like_identity(at(Column::Identity)) {
        return RowKind::Person;
    }
    if is_total(&first, &filled) {
        return RowKind::Skip(SkipReason::Totals);
    }
    if is_signature(&first) {
        return RowKind::Skip(SkipReason::Signature);
    }
    if is_footnote(&first) && filled.len() <= 2 {
        return RowKind::Skip(SkipReason::Footnote);
    }
    let name = at(Column::Name);
    if row == header.last + 1 && is_numbering(name, &filled) {
        return RowKind::Skip(SkipReason::ColumnNumbers);
    }
    if filled.len() == 1 && !matches!(filled.first(), Some(Cell::Number(_))) {
        let text = filled.first().map(|cell| cell.text()).unwrap_or_default();
        if matches!(schools.by_name(&text), SchoolMatch::Known(_)) {
            return RowKind::Banner(text);
        }
        if name.is_blank() || text.chars().count() > 12 {
            return RowKind::Skip(SkipReason::Footnote);
        }
    }
    let only_prefilled = header
        .columns
        .iter()
        .filter(|found| found.column.is_some_and(|column| !PREFILLED.contains(&column)))
        .all(|found| sheet.cell(row, found.index).is_blank());
    if only_prefilled { RowKind::Skip(SkipReason::NoPerson) } else { RowKind::Person }
}

fn starts_with_any(text: &str, words: &[&str]) -> bool {
    let lower = text.to_lowercase();
    words.iter().any(|word| lower.starts_with(word))
}

/// Eight digits, or a number in scientific notation.
fn looks_like_identity(cell: &Cell) -> bool {
    let shown = cell.compact();
    shown.chars().filter(char::is_ascii_digit).count() >= 8 || shown.to_lowercase().contains("e+")
}

/// Printed pages repeat the header: the words for name or number stand among the names or numbers, and others with them.
fn repeats_header(sheet: &GridSheet, row: usize, header: &Header) -> bool {
    let repeats = |index: usize, column: Column| {
        Column::from_header(&sheet.cell(row, index).text()).is_some_and(|(found, _)| found == column)
    };
    let likely = [Column::Name, Column::Identity]
        .into_iter()
        .any(|column| header.index_of(column).is_some_and(|index| repeats(index, column)));
    likely
        && header.columns.iter().filter(|found| found.column.is_some_and(|column| repeats(found.index, column))).count()
            >= 3
}

/// 合计, 小计, 共160人, 实验小学小计.
fn is_total(first: &str, filled: &[&Cell]) -> bool {
    let total_word = |text: &str| {
        starts_with_any(
            text,
            &[
                "合计",
                "总计",
                "小计",
                "共计",
                "累计",
                "总人数",
                "人数合计",
                "总数",
                "本页",
                "全校合计",
                "total",
                "subtotal",
            ],
        ) || ["合计", "小计", "总计", "共计"].iter().any(|word| {
            text.ends_with(word) || text.contains(&format!("{word}:")) || text.contains(&format!("{word}："))
        })
    };
    let counted =
        |text: &str| text.starts_with('共') && (text.ends_with('人') || text.ends_with('名') || text.contains("人"));
    total_word(first)
        || counted(first)
        || filled.iter().take(3).any(|cell| {
            let text = cell.compact();
            total_word(&text) || (counted(&text) && text.chars().any(|letter| letter.is_ascii_digit()))
        })
}

/// 填表人：, 审核人：, 校长签字：, (盖章), a date line.
fn is_signature(first: &str) -> bool {
    const LABELS: [&str; 33] = [
        "填表人",
        "制表人",
        "填报人",
        "经办人",
        "审核人",
        "审核",
        "复核人",
        "复核",
        "负责人",
        "单位负责人",
        "学校负责人",
        "主要负责人",
        "分管领导",
        "主管领导",
        "校长",
        "园长",
        "校长签字",
        "园长签字",
        "签字",
        "签名",
        "盖章",
        "公章",
        "单位盖章",
        "学校盖章",
        "日期",
        "填表日期",
        "填报日期",
        "制表日期",
        "填表时间",
        "填报时间",
        "填报单位",
        "联系人",
        "制表",
    ];
    const ENGLISH: [&str; 6] = ["prepared by", "approved by", "signature", "signed", "date:", "checked by"];
    let label = first.split([':', '：', '(', '_']).next().unwrap_or_default();
    let has_end = label.len() < first.len();
    (LABELS.contains(&label) && (has_end || label.ends_with('人') || label.ends_with('字') || label.ends_with('章')))
        || ["签字", "签名", "盖章", "签章", "(公章)", "年月日"]
            .iter()
            .any(|word| first.ends_with(word) || first.contains(&format!("({word}")))
        || (first.contains("签字") || first.contains("盖章") || first.contains("签章"))
        || ENGLISH.iter().any(|word| first.to_lowercase().starts_with(&word.replace(' ', "")))
}

/// 注：…, ※…, 说明：….
fn is_footnote(first: &str) -> bool {
    starts_with_any(
        first,
        &[
            "注:",
            "注：",
            "注1",
            "备注:",
            "备注：",
            "说明:",
            "说明：",
            "填表说明",
            "填报说明",
            "※",
            "*",
            "★",
            "附:",
            "附：",
            "note",
            "1.",
            "1、",
            "2.",
            "2、",
            "3.",
            "3、",
            "第1页",
        ],
    ) || first == "注"
}

/// A row right below the header that numbers the columns: 1 2 3, 甲 乙 丙, (1) (2).
fn is_numbering(name: &Cell, filled: &[&Cell]) -> bool {
    let numbering = |cell: &Cell| {
        let text = cell.compact();
        let bare = text.trim_matches(['(', ')', '[', ']', '【', '】', '栏', '列']);
        (!bare.is_empty() && bare.len() <= 2 && bare.bytes().all(|byte| byte.is_ascii_digit()))
            || matches!(bare, "甲" | "乙" | "丙" | "丁" | "戊" | "己" | "庚" | "辛" | "壬" | "癸")
            || (bare.len() == 1 && bare.bytes().all(|byte| byte.is_ascii_uppercase()))
    };
    numbering(name) && filled.iter().all(|cell| numbering(cell))
}
