//! Reading a list of schools: code, name, stage, setting, small class, and the organisation above.

use super::{
    list::{self, Faults, FirstRows, Lines, ListFault, Listed, Row},
    table::{BROKEN_CELL, ListColumn},
};
use crate::fold;
use crate::org::{SchoolCode, SchoolCodeFault};
use crate::people::hiding::{is_personal, masked_but_codes};
use crate::people::roster::Grid;
use crate::words::{Setting, Stage};

/// The longest name.
const NAME_LETTERS_MAX: usize = 100;

/// A column of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// 学校标识码.
    Code,
    /// 学校名称.
    Name,
    /// 学段.
    Stage,
    /// 城乡类型.
    Setting,
    /// 小班化.
    SmallClass,
    /// 上级机构, by code or name.
    Parent,
}

impl ListColumn for Column {
    const ALL: &'static [Column] =
        &[Column::Code, Column::Name, Column::Stage, Column::Setting, Column::SmallClass, Column::Parent];

    fn as_str(self) -> &'static str {
        match self {
            Column::Code => "code",
            Column::Name => "name",
            Column::Stage => "stage",
            Column::Setting => "setting",
            Column::SmallClass => "small_class",
            Column::Parent => "parent",
        }
    }

    fn headers(self) -> &'static [&'static str] {
        match self {
            Column::Code => &["学校标识码", "标识码", "学校代码", "机构代码", "代码", "code", "schoolcode"],
            Column::Name => &["学校名称", "机构名称", "单位名称", "学校", "校名", "名称", "name", "school"],
            Column::Stage => &["学段", "办学类型", "学校类型", "类型", "stage"],
            Column::Setting => &["城乡类型", "城乡", "所在地", "地域", "setting"],
            Column::SmallClass => &["小班化", "是否小班化", "小规模学校", "smallclass", "small_class"],
            Column::Parent => &["上级机构", "上级单位", "主管单位", "上级", "parent"],
        }
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// No sheet has a header with code and name.
    NoHeader,
    /// A header, but nothing below.
    NoRows,
    /// No code, or none that can be one.
    BadCode {
        /// What the cell shows.
        shown: String,
        /// Why.
        reason: SchoolCodeFault,
    },
    /// The code stands in the list before.
    DuplicateCode {
        /// The row where it stands first.
        first_row: u32,
    },
    /// No name, or one that is too long.
    BadName,
    /// Neither a stage nor empty, or empty where the code does not tell it.
    BadStage {
        /// What the cell shows.
        shown: String,
    },
    /// Neither urban, town nor rural.
    BadSetting {
        /// What the cell shows.
        shown: String,
    },
    /// Neither yes nor no.
    BadYesNo {
        /// What the cell shows.
        shown: String,
    },
    /// A cell without a usable value.
    BrokenCell,
}

impl ListFault for Fault {
    const NO_HEADER: Fault = Fault::NoHeader;
    const NO_ROWS: Fault = Fault::NoRows;
    const BROKEN_CELL: Fault = Fault::BrokenCell;

    fn code(&self) -> &'static str {
        match self {
            Fault::NoHeader => "schools_no_header",
            Fault::NoRows => "schools_no_rows",
            Fault::BadCode { .. } => "schools_bad_code",
            Fault::DuplicateCode { .. } => "schools_duplicate_code",
            Fault::BadName => "schools_bad_name",
            Fault::BadStage { .. } => "schools_bad_stage",
            Fault::BadSetting { .. } => "schools_bad_setting",
            Fault::BadYesNo { .. } => "schools_bad_yes_no",
            Fault::BrokenCell => "schools_broken_cell",
        }
    }

    fn words(&self) -> (String, String) {
        let both = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
        match self {
            Fault::NoHeader => both(
                "没有找到表头。请保留一行表头，至少包括：学校标识码、学校名称",
                "no header was found; keep one row of headers with at least school code and school name",
            ),
            Fault::NoRows => both("表头下面没有任何学校", "there is no school below the header"),
            Fault::BadCode { shown, reason } => (
                format!("“{shown}”不是学校标识码：{}", reason.zh()),
                format!("“{shown}” is not a school code: {reason}"),
            ),
            Fault::DuplicateCode { first_row } => (
                format!("学校标识码与第 {first_row} 行重复，请核对"),
                format!("the school code stands in row {first_row} already; check both"),
            ),
            Fault::BadName => both("校名为空或超过100个字", "the name is blank or longer than 100 letters"),
            Fault::BadStage { shown } => (
                format!("“{shown}”不是学段，请填幼儿园、小学、初中、高中、中职或特教"),
                format!("“{shown}” is not a stage; write kindergarten, primary, junior, senior, vocational or special"),
            ),
            Fault::BadSetting { shown } => (
                format!("“{shown}”不是城乡类型，请填城区、镇区或乡村"),
                format!("“{shown}” is not a setting; write urban, town or rural"),
            ),
            Fault::BadYesNo { shown } => {
                (format!("“{shown}”既不是“是”也不是“否”"), format!("“{shown}” is neither yes nor no"))
            }
            Fault::BrokenCell => both(BROKEN_CELL.0, BROKEN_CELL.1),
        }
    }
}

/// What a list of schools holds.
pub type SchoolList = Listed<SchoolRow, Column, Fault>;

/// A school of the list. What is not stated is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolRow {
    /// The sheet.
    pub sheet: String,
    /// The row, from 1.
    pub row: u32,
    /// The code.
    pub code: SchoolCode,
    /// The name.
    pub name: String,
    /// The stage, from its cell or from the code.
    pub stage: Stage,
    /// Where it stands.
    pub setting: Option<Setting>,
    /// Whether it teaches in small classes.
    pub small_class: Option<bool>,
    /// The organisation above, by code or name as written.
    pub parent: Option<String>,
}

/// Reads a list of schools. Rows with neither code nor name, totals and signatures among them, are skipped.
pub fn read_school_list(grid: &Grid) -> SchoolList {
    list::read(grid, Schools { first_rows: FirstRows::default() })
}

struct Schools {
    first_rows: FirstRows<SchoolCode>,
}

impl Lines for Schools {
    type Line = SchoolRow;
    type Column = Column;
    type Fault = Fault;
    const NEEDED: &'static [Column] = &[Column::Code, Column::Name];

    fn is_line(row: &Row<'_, Column>) -> bool {
        // 合计 and 填表人 stand where a code or a name would.
        !row.cell(Column::Name).is_blank()
            || row.cell(Column::Code).compact().chars().any(|letter| letter.is_ascii_digit())
    }

    fn line(&mut self, row: &Row<'_, Column>, faults: &mut Faults<Column, Fault>) -> Option<SchoolRow> {
        let number = row.number();
        let code = match SchoolCode::parse(&row.text(Column::Code)) {
            Ok(code) => {
                let first_row = self.first_rows.before(code, number);
                faults.extend(first_row.map(|first_row| (Column::Code, Fault::DuplicateCode { first_row })));
                Some(code)
            }
            Err(reason) => {
                faults.push((Column::Code, Fault::BadCode { shown: shown(row, Column::Code), reason }));
                None
            }
        };
        let name = row.text(Column::Name);
        if name.is_empty() || name.chars().count() > NAME_LETTERS_MAX || is_personal(&name) {
            faults.push((Column::Name, Fault::BadName));
        }
        let written = row.text(Column::Stage);
        let stage = match stage_of(&written) {
            Some(stage) => Some(stage),
            None if written.is_empty() => code.and_then(SchoolCode::stage),
            None => None,
        };
        if stage.is_none() && (code.is_some() || !written.is_empty()) {
            faults.push((Column::Stage, Fault::BadStage { shown: shown(row, Column::Stage) }));
        }
        let setting = match row.text(Column::Setting).as_str() {
            "" => None,
            "城区" | "城市" | "县城" | "urban" => Some(Setting::Urban),
            "镇区" | "城镇" | "镇" | "town" => Some(Setting::Town),
            "乡村" | "农村" | "乡" | "村" | "rural" => Some(Setting::Rural),
            _ => {
                faults.push((Column::Setting, Fault::BadSetting { shown: shown(row, Column::Setting) }));
                None
            }
        };
        let small_class = match row.text(Column::SmallClass).to_lowercase().as_str() {
            "" => None,
            "是" | "有" | "1" | "true" | "yes" | "y" | "√" => Some(true),
            "否" | "无" | "0" | "false" | "no" | "n" | "×" => Some(false),
            _ => {
                faults.push((Column::SmallClass, Fault::BadYesNo { shown: shown(row, Column::SmallClass) }));
                None
            }
        };
        let parent = Some(row.text(Column::Parent)).filter(|text| !text.is_empty());
        Some(SchoolRow {
            sheet: row.sheet(),
            row: number,
            code: code?,
            name,
            stage: stage?,
            setting,
            small_class,
            parent,
        })
    }
}

/// What is shown of a cell: columns get swapped, and personal data must not reach a report.
fn shown(row: &Row<'_, Column>, column: Column) -> String {
    masked_but_codes(&row.text(column))
}

fn stage_of(text: &str) -> Option<Stage> {
    let text = fold::compact(text).to_lowercase();
    Stage::ALL.iter().copied().find(|stage| stage.as_str() == text || stage.zh() == text).or(match text.as_str() {
        "完全小学" | "中心小学" | "教学点" => Some(Stage::Primary),
        "初级中学" | "九年一贯制" | "九年一贯制学校" => Some(Stage::Junior),
        "高级中学" | "普通高中" | "完全中学" => Some(Stage::Senior),
        "职业高中" | "职高" | "中等职业学校" => Some(Stage::Vocational),
        "特殊教育" | "特殊教育学校" => Some(Stage::Special),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::roster::{BrokenCell, Cell, GridSheet};

    fn sheet(rows: &[&[&str]]) -> Grid {
        let cell = |text: &&str| if text.is_empty() { Cell::Empty } else { Cell::Text((*text).to_owned()) };
        let rows = rows.iter().map(|cells| cells.iter().map(cell).collect()).collect();
        Grid { sheets: vec![GridSheet { rows, ..GridSheet::default() }] }
    }

    #[test]
    fn a_list_is_read_below_its_title_and_the_code_tells_the_stage() {
        let list = read_school_list(&sheet(&[
            &["遂昌县学校名单"],
            &["序号", "学校标识码", "学 校 名 称", "学段", "城乡类型", "小班化", "上级机构"],
            &["1", "2133000101", "实验小学", "", "城区", "否", ""],
            &["2", "'3133000102", "第三中学", "九年一贯制", "镇区", "", "遂昌县教育局"],
            &["合计", "", ""],
        ]));
        assert_eq!(list.faults, []);
        let found: Vec<_> =
            list.rows.iter().map(|row| (row.row, row.name.as_str(), row.stage, row.small_class)).collect();
        assert_eq!(found, [(3, "实验小学", Stage::Primary, Some(false)), (4, "第三中学", Stage::Junior, None)]);
        assert_eq!(list.rows[1].parent.as_deref(), Some("遂昌县教育局"));
        assert_eq!(list.skipped, [(String::new(), 5)]);
        assert_eq!(list.sheets[0].columns[0], ("A".into(), "序号".into(), None));
    }

    #[test]
    fn every_fault_names_its_cell() {
        let list = read_school_list(&sheet(&[
            &["code", "name", "stage", "setting", "small_class"],
            &["2133000101", "实验小学", "大学", "海边", "也许"],
            &["21330001", "", "小学", "", ""],
            &["2133000101", "又一所", "", "", ""],
            &["9333000101", "培训学校", "", "", ""],
        ]));
        let found: Vec<_> = list
            .faults
            .iter()
            .map(|fault| (fault.row.unwrap(), fault.place.as_ref().unwrap().0.as_str(), fault.fault.code()))
            .collect();
        assert_eq!(
            found,
            [
                (2, "C", "schools_bad_stage"),
                (2, "D", "schools_bad_setting"),
                (2, "E", "schools_bad_yes_no"),
                (3, "A", "schools_bad_code"),
                (3, "B", "schools_bad_name"),
                (4, "A", "schools_duplicate_code"),
                (5, "C", "schools_bad_stage"),
            ]
        );
        assert!(list.rows.is_empty());
        for fault in &list.faults {
            let (zh, en) = fault.fault.words();
            assert!(!zh.is_empty() && !en.is_empty());
        }
    }

    #[test]
    fn a_broken_cell_is_a_fault_whichever_column_it_stands_in() {
        let headers: Vec<&str> = Column::ALL.iter().map(|column| column.as_str()).collect();
        for (index, column) in Column::ALL.iter().enumerate() {
            let mut grid = sheet(&[&headers[..], &["2133000101", "实验小学", "小学", "城区", "否", "遂昌县教育局"]]);
            assert_eq!(read_school_list(&grid).faults, []);
            grid.sheets[0].rows[1][index] = Cell::Broken(BrokenCell::Formula("#REF!".into()));
            let list = read_school_list(&grid);
            let found: Vec<_> =
                list.faults.iter().map(|fault| (fault.fault.code(), fault.place.clone().unwrap().2)).collect();
            assert_eq!(found, [("schools_broken_cell", *column)]);
        }
    }

    #[test]
    fn a_file_without_header_or_rows_says_so() {
        let code = |grid: &Grid| read_school_list(grid).faults[0].fault.code();
        assert_eq!(code(&sheet(&[&["没有表头"]])), "schools_no_header");
        assert_eq!(code(&sheet(&[&["学校标识码", "学校名称"]])), "schools_no_rows");
    }
}
