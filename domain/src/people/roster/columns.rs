//! The columns of a roster, and the words that offices write above them.

use super::header_words::words;
use crate::fold;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// 序号: a running number, read by nobody.
    Serial,
    /// 姓名.
    Name,
    /// 性别.
    Sex,
    /// 身份证号码.
    Identity,
    /// 出生日期: compared with the identity number.
    Birth,
    /// 学校标识码.
    SchoolCode,
    /// 所在学校.
    SchoolName,
    /// 学段.
    Stage,
    /// 任教学科; several columns may hold subjects.
    Subjects,
    /// 专业技术职务.
    Title,
    /// 行政职务.
    Post,
    /// 从教时间 or 参加工作时间: entry into the profession.
    EntryDate,
    /// 联系电话.
    Phone,
    /// 电子邮箱.
    Email,
    /// 备注.
    Remark,
}

impl Column {
    /// The word used in data and in the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Column::Serial => "serial",
            Column::Name => "name",
            Column::Sex => "sex",
            Column::Identity => "identity_number",
            Column::Birth => "birth_date",
            Column::SchoolCode => "school_code",
            Column::SchoolName => "school",
            Column::Stage => "stage",
            Column::Subjects => "subjects",
            Column::Title => "title",
            Column::Post => "post",
            Column::EntryDate => "entered_on",
            Column::Phone => "phone",
            Column::Email => "email",
            Column::Remark => "remark",
        }
    }

    /// The Chinese header of our own export.
    pub const fn zh(self) -> &'static str {
        match self {
            Column::Serial => "序号",
            Column::Name => "姓名",
            Column::Sex => "性别",
            Column::Identity => "身份证号码",
            Column::Birth => "出生日期",
            Column::SchoolCode => "学校标识码",
            Column::SchoolName => "所在学校",
            Column::Stage => "学段",
            Column::Subjects => "任教学科",
            Column::Title => "专业技术职务",
            Column::Post => "行政职务",
            Column::EntryDate => "参加工作时间",
            Column::Phone => "联系电话",
            Column::Email => "电子邮箱",
            Column::Remark => "备注",
        }
    }

    /// The English header of our own export.
    pub const fn en(self) -> &'static str {
        match self {
            Column::Serial => "No.",
            Column::Name => "Name",
            Column::Sex => "Sex",
            Column::Identity => "Identity number",
            Column::Birth => "Birth date",
            Column::SchoolCode => "School code",
            Column::SchoolName => "School",
            Column::Stage => "Stage",
            Column::Subjects => "Subjects",
            Column::Title => "Title",
            Column::Post => "Post",
            Column::EntryDate => "Entry date",
            Column::Phone => "Phone",
            Column::Email => "E-mail",
            Column::Remark => "Remark",
        }
    }

    const ALL: [Column; 15] = [
        Column::Serial,
        Column::Name,
        Column::Sex,
        Column::Identity,
        Column::Birth,
        Column::SchoolCode,
        Column::SchoolName,
        Column::Stage,
        Column::Subjects,
        Column::Title,
        Column::Post,
        Column::EntryDate,
        Column::Phone,
        Column::Email,
        Column::Remark,
    ];

    /// What a header says its column holds, and how well the words fit (a smaller rank fits better: the entry into the
    /// profession is preferred to the first job where a roster has both). `None` for a header that is not on the list.
    pub(super) fn from_header(header: &str) -> Option<(Column, usize)> {
        let keys = header_keys(header);
        let listed = |key: &String| {
            let rank = |column: &Column| words(*column).iter().position(|word| word == key);
            Column::ALL.iter().find_map(|column| rank(column).map(|rank| (*column, rank)))
        };
        keys.iter().find_map(listed).or_else(|| keys.iter().find_map(|key| containing(key)))
    }
}

/// The longest header that is looked at for the words inside it; what is longer is a sentence.
const HEADER_LETTERS_MAX: usize = 14;
/// Behind every word of the lists: a header that only contains a word fits worse than one that is the word.
const RANK_CONTAINING: usize = 1_000;

/// Headers that say more than the word: `身份证号码18位`, `首次参加工作时间`, `现任教学科`. Other persons' data and facts about the
/// fact (`职称取得时间`, `身份证有效期`) are left alone.
fn containing(key: &str) -> Option<(Column, usize)> {
    const OTHERS: [&str; 12] =
        ["配偶", "家长", "紧急", "原", "父", "母", "子女", "曾", "介绍人", "类型", "有效期", "地址"];
    const ABOUT: [&str; 12] =
        ["时间", "日期", "年月", "年限", "证", "取得", "聘", "编号", "代码", "电话", "性质", "类别"];
    const INSIDE: [(Column, &[&str], bool); 11] = [
        (Column::Identity, &["身份证号", "身份证件号", "证件号码", "身份号码"], false),
        (
            Column::EntryDate,
            &[
                "从教时间",
                "从教年月",
                "从教日期",
                "参加工作时间",
                "参加工作年月",
                "参加工作日期",
                "入职时间",
                "入职日期",
            ],
            false,
        ),
        (Column::Birth, &["出生日期", "出生年月", "出生时间"], false),
        (Column::SchoolCode, &["学校标识码", "学校代码", "单位代码"], false),
        (Column::SchoolName, &["所在学校", "学校名称", "工作单位", "所在单位", "单位名称"], true),
        (Column::Subjects, &["任教学科", "任教科目", "任教课程"], true),
        (Column::Title, &["专业技术职务", "职称"], true),
        (Column::Post, &["行政职务"], true),
        (Column::Stage, &["任教学段", "所在学段"], true),
        (Column::Phone, &["联系电话", "手机号"], false),
        (Column::Email, &["邮箱"], false),
    ];
    if key.chars().count() > HEADER_LETTERS_MAX || OTHERS.iter().any(|word| key.contains(word)) {
        return None;
    }
    let fits = |words: &[&str], bare: bool| {
        words.iter().any(|word| key.contains(word)) && !(bare && ABOUT.iter().any(|word| key.contains(word)))
    };
    INSIDE.iter().find(|(_, words, bare)| fits(words, *bare)).map(|(column, ..)| (*column, RANK_CONTAINING))
}

/// The spellings under which a header is looked up: without blanks, signs, and what stands in brackets, in lower case; of a
/// header in two languages (`姓名 Name`) also each alone.
fn header_keys(header: &str) -> Vec<String> {
    let mut depth = 0_u32;
    let mut plain = String::new();
    for letter in fold::compact(header).chars() {
        match letter {
            '(' | '[' | '【' | '〔' | '{' | '<' | '《' => depth += 1,
            ')' | ']' | '】' | '〕' | '}' | '>' | '》' => depth = depth.saturating_sub(1),
            letter if depth == 0 && letter.is_alphanumeric() => plain.extend(letter.to_lowercase()),
            _ => {}
        }
    }
    let chinese: String = plain.chars().filter(|letter| fold::is_han(*letter)).collect();
    let latin: String = plain.chars().filter(|letter| letter.is_ascii_alphabetic()).collect();
    let mut keys = vec![plain];
    if !chinese.is_empty() {
        keys.push(chinese);
    } else if !latin.is_empty() {
        keys.push(latin);
    }
    keys.retain(|key| !key.is_empty());
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_known_by_many_words() {
        for (header, column) in [
            ("姓\u{3000}名", Column::Name),
            ("*姓名（必填）", Column::Name),
            ("姓名 Name", Column::Name),
            ("Name", Column::Name),
            ("身份证\n号码", Column::Identity),
            ("身份证号(18位)", Column::Identity),
            ("证件号码", Column::Identity),
            ("身份证件号", Column::Identity),
            ("ID No.", Column::Identity),
            ("Identity Number", Column::Identity),
            ("性 别", Column::Sex),
            ("所在\n学校", Column::SchoolName),
            ("单位（全称）", Column::SchoolName),
            ("工作单位", Column::SchoolName),
            ("学校标识码", Column::SchoolCode),
            ("从教时间", Column::EntryDate),
            ("参加工作\n时间", Column::EntryDate),
            ("入职时间（年月）", Column::EntryDate),
            ("职称", Column::Title),
            ("职务", Column::Post),
            ("任教学科（可多个）", Column::Subjects),
            ("E-mail", Column::Email),
            ("ＮＯ．", Column::Serial),
            ("备　注", Column::Remark),
            ("身份证号码18位", Column::Identity),
            ("首次参加工作时间", Column::EntryDate),
            ("现任专业技术职务及等级", Column::Title),
            ("教师联系电话", Column::Phone),
        ] {
            assert_eq!(Column::from_header(header).map(|(column, _)| column), Some(column), "{header:?}");
        }
        for header in [
            "",
            "民族",
            "学历",
            "职称取得时间",
            "身份证有效期",
            "配偶工作单位",
            "单位性质",
            "请按身份证填写身份证号码和参加工作时间",
            "身份证地址",
            "2016年教师花名册",
            "填报单位：教育局",
            "家长姓名",
            "1",
            "语文",
        ] {
            assert_eq!(Column::from_header(header), None, "{header:?}");
        }
    }

    #[test]
    fn no_header_word_names_two_columns() {
        let mut words: Vec<&str> = Column::ALL.iter().flat_map(|column| words(*column)).copied().collect();
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
        for column in Column::ALL {
            for header in [column.zh(), column.en()] {
                assert_eq!(Column::from_header(header).map(|(found, _)| found), Some(column), "{header}");
            }
        }
    }
}
