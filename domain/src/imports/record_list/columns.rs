//! The columns of a file of the provincial platform, and what they may be called.

use crate::imports::table::ListColumn;

/// A column of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Column {
    Identity,
    Name,
    Key,
    Title,
    StartsOn,
    EndsOn,
    Hours,
    Practice,
    Route,
    Form,
    Level,
    Themes,
    Block,
    Provider,
    Category,
}

/// Each column with its word, its English header, and its headers in lower case: the Chinese one of an export first.
type Described = (Column, &'static str, &'static str, &'static [&'static str]);

const COLUMNS: [Described; 15] = [
    (
        Column::Identity,
        "identity_number",
        "Identity number",
        &["身份证号码", "身份证号", "身份证", "证件号码", "identitynumber"],
    ),
    (Column::Name, "name", "Name", &["姓名", "教师姓名", "name"]),
    (
        Column::Key,
        "source_key",
        "Record number",
        &["学时编号", "平台编号", "项目编号", "证书编号", "编号", "recordnumber"],
    ),
    (Column::Title, "title", "Title", &["培训项目", "培训项目名称", "项目名称", "课程名称", "培训名称", "title"]),
    (Column::StartsOn, "starts_on", "Starts on", &["开始日期", "开始时间", "培训开始", "startson"]),
    (Column::EndsOn, "ends_on", "Ends on", &["结束日期", "结束时间", "完成日期", "培训结束", "endson"]),
    (Column::Hours, "hours", "Hours", &["学时", "学分", "认定学时", "学时数", "hours"]),
    (Column::Practice, "practice", "Practice", &["实践学时", "其中实践学时", "practice"]),
    (Column::Route, "route", "Route", &["学时途径", "途径", "选课方式", "route"]),
    (Column::Form, "delivery_form", "Delivery form", &["培训形式", "形式", "deliveryform"]),
    (Column::Level, "level", "Level", &["级别", "项目级别", "层次", "level"]),
    (Column::Themes, "themes", "Themes", &["主题", "培训主题", "themes"]),
    (Column::Block, "block_key", "Block", &["集中培训编号", "集中培训", "block"]),
    (Column::Provider, "provider", "Provider", &["培训机构", "承办机构", "机构", "provider"]),
    (Column::Category, "category", "Category", &["登记类别", "学时类别", "类别", "category"]),
];

impl ListColumn for Column {
    const ALL: &'static [Column] = &[
        Column::Identity,
        Column::Name,
        Column::Key,
        Column::Title,
        Column::StartsOn,
        Column::EndsOn,
        Column::Hours,
        Column::Practice,
        Column::Route,
        Column::Form,
        Column::Level,
        Column::Themes,
        Column::Block,
        Column::Provider,
        Column::Category,
    ];

    fn as_str(self) -> &'static str {
        self.described().1
    }

    fn headers(self) -> &'static [&'static str] {
        self.described().3
    }
}

impl Column {
    fn described(self) -> &'static Described {
        const UNKNOWN: Described = (Column::Identity, "", "", &[]);
        COLUMNS.iter().find(|(column, ..)| *column == self).unwrap_or(&UNKNOWN)
    }

    /// The header of an export in Chinese: a file that is exported can be imported.
    pub fn zh(self) -> &'static str {
        self.headers().first().copied().unwrap_or_default()
    }

    /// The header of an export in English.
    pub fn en(self) -> &'static str {
        self.described().2
    }
}
