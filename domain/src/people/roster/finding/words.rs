//! The texts of findings.

use super::{Column, Finding};

/// Texts in both languages, with their parameters.
struct Words {
    code: &'static str,
    zh: String,
    en: String,
    params: Vec<(&'static str, String)>,
}

impl Finding {
    /// The stable code: clients match on it, never on the text.
    pub fn code(&self) -> &'static str {
        self.words().code
    }

    /// What happened and what to do, in Chinese.
    pub fn zh(&self) -> String {
        self.words().zh
    }

    /// What happened and what to do, in English.
    pub fn en(&self) -> String {
        self.words().en
    }

    /// The values in the texts, for clients with texts of their own.
    pub fn params(&self) -> Vec<(&'static str, String)> {
        self.words().params
    }

    fn words(&self) -> Words {
        match self {
            Finding::NoHeader | Finding::NoSuchSheet { .. } | Finding::MissingColumns { .. } | Finding::NoPersons => {
                self.file_words()
            }
            Finding::NoName
            | Finding::BadName { .. }
            | Finding::NoIdentity
            | Finding::Scientific
            | Finding::ShortId { .. }
            | Finding::LongId { .. }
            | Finding::BadId
            | Finding::BadBirthInId
            | Finding::BadCheck
            | Finding::Duplicate { .. }
            | Finding::SexMismatch { .. }
            | Finding::BadSex { .. }
            | Finding::BirthMismatch { .. } => self.person_words(),
            Finding::BadDate { .. }
            | Finding::YearOnly { .. }
            | Finding::AmbiguousDate { .. }
            | Finding::NoDate
            | Finding::FutureDate { .. }
            | Finding::TooYoung { .. } => self.date_words(),
            Finding::NoSchool
            | Finding::UnknownSchool { .. }
            | Finding::AmbiguousSchool { .. }
            | Finding::SchoolMismatch { .. } => self.school_words(),
            _ => self.other_words(),
        }
    }

    fn file_words(&self) -> Words {
        match self {
            Finding::NoSuchSheet { wanted } => Words {
                code: "roster_no_such_sheet",
                zh: format!("文件中没有名为“{wanted}”的工作表，请核对工作表名称"),
                en: format!("the file has no sheet named “{wanted}”; check the name on the tab"),
                params: vec![("sheet", wanted.clone())],
            },
            Finding::MissingColumns { missing } => {
                let list = |name: fn(Column) -> &'static str, gap: &str| {
                    missing.iter().map(|column| name(*column)).collect::<Vec<_>>().join(gap)
                };
                let (zh, en) = (list(Column::zh, "、"), list(Column::en, ", "));
                Words {
                    code: "roster_missing_column",
                    zh: format!("表头中缺少必需的列：{zh}。请补上该列及其表头后重新导入"),
                    en: format!("the header lacks columns that are needed: {en}; add them with their headers and import again"),
                    params: vec![("columns", list(Column::as_str, ","))],
                }
            }
            Finding::NoPersons => Words {
                code: "roster_no_persons",
                zh: "表头下面没有任何人员，请核对是否选错了文件或工作表".into(),
                en: "there is no person below the header; check whether this is the right file and sheet".into(),
                params: Vec::new(),
            },
            _ => Words {
                code: "roster_no_header",
                zh: "没有找到表头。请保留一行表头，至少包括：姓名、身份证号码、所在学校（或学校标识码）、参加工作时间".into(),
                en: "no header was found; keep one row of headers with at least: name, identity number, school (or school code), entry date".into(),
                params: Vec::new(),
            },
        }
    }

    fn person_words(&self) -> Words {
        match self {
            Finding::NoName => plain("roster_no_name", "姓名为空，请填写", "the name is blank; fill it in"),
            Finding::BadName { shown } => with_shown(
                "roster_bad_name",
                "不像姓名：含有数字或其他符号，或超过 50 个字，请核对是否填错列",
                "is not a name: it has digits or signs, or more than 50 letters; check whether the columns are swapped",
                shown,
            ),
            Finding::NoIdentity => {
                plain("roster_no_id", "身份证号码为空，请填写", "the identity number is blank; fill it in")
            }
            Finding::Scientific => plain(
                "roster_scientific",
                "身份证号码被存成了数值（如 3.31E+17），末几位已丢失。请先把该列设为“文本”格式，再按证件重新输入",
                "the identity number was stored as a number (like 3.31E+17) and its last digits are lost; set the column to text format and type the number again from the card",
            ),
            Finding::ShortId { length } | Finding::LongId { length } => Words {
                code: if matches!(self, Finding::ShortId { .. }) { "roster_short_id" } else { "roster_long_id" },
                zh: format!("身份证号码应为 18 位，现为 {length} 位，请按证件核对"),
                en: format!("an identity number has 18 digits, this one has {length}; compare it with the card"),
                params: vec![("length", length.to_string())],
            },
            Finding::BadId => plain(
                "roster_bad_id",
                "身份证号码只能由数字组成（末位可为 X），请按证件核对",
                "an identity number has digits only (X at most in the last place); compare it with the card",
            ),
            Finding::BadBirthInId => plain(
                "roster_bad_birth_in_id",
                "身份证号码第 7 至 14 位不是可能的出生日期，请按证件核对",
                "digits 7 to 14 of the identity number are not a possible birth date; compare it with the card",
            ),
            Finding::BadCheck => plain(
                "roster_bad_check",
                "身份证号码校验不通过，至少有一位输错，请按证件核对",
                "the identity number fails its check, so at least one digit is wrong; compare it with the card",
            ),
            Finding::Duplicate { first_row, first_sheet } => Words {
                code: "roster_duplicate",
                zh: format!("身份证号码与第 {first_row} 行重复。若是同一人请删去一行，若是两人请核对号码"),
                en: format!(
                    "the identity number stands in row {first_row} already; delete one row if it is the same person, otherwise compare both numbers with the cards"
                ),
                params: vec![("first_row", first_row.to_string()), ("first_sheet", first_sheet.clone())],
            },
            Finding::SexMismatch { written, by_number } => Words {
                code: "roster_sex_mismatch",
                zh: format!("性别填“{written}”，但按身份证号码应为“{by_number}”，请核对性别和号码"),
                en: format!("the sex is given as {written}, but by the identity number it is {by_number}; check both"),
                params: vec![("written", (*written).to_owned()), ("by_number", (*by_number).to_owned())],
            },
            Finding::BadSex { shown } => {
                with_shown("roster_bad_sex", "不是性别，请填“男”或“女”", "is not a sex; write 男 or 女 (M or F)", shown)
            }
            Finding::BirthMismatch { written } => Words {
                code: "roster_birth_mismatch",
                zh: format!("出生日期填 {written}，与身份证号码不一致，请核对"),
                en: format!(
                    "the birth date is given as {written}, which is not that of the identity number; check both"
                ),
                params: vec![("written", written.to_string())],
            },
            _ => self.other_words(),
        }
    }

    fn date_words(&self) -> Words {
        match self {
            Finding::BadDate { shown } => with_shown(
                "roster_bad_date",
                "不是日期，或日历上没有这一天，请写成 2014-08 或 2014-08-01",
                "is not a date, or not one of the calendar; write 2014-08 or 2014-08-01",
                shown,
            ),
            Finding::YearOnly { year } => Words {
                code: "roster_year_only",
                zh: format!("只有年份 {year}，缺少月份，请写成 {year}-08 的形式"),
                en: format!("only the year {year} is given; add the month, like {year}-08"),
                params: vec![("year", year.to_string())],
            },
            Finding::AmbiguousDate { shown, candidates } => {
                let list: Vec<String> = candidates.iter().map(ToString::to_string).collect();
                Words {
                    code: "roster_ambiguous_date",
                    zh: format!("“{shown}”无法确定是哪一天（可能是 {}），请写全四位年份，如 2014-08", list.join("、")),
                    en: format!(
                        "“{shown}” may mean several dates ({}); write the year in full, like 2014-08",
                        list.join(", ")
                    ),
                    params: vec![("value", shown.clone()), ("candidates", list.join(","))],
                }
            }
            Finding::NoDate => plain(
                "roster_no_date",
                "参加工作时间为空，请填写年月，如 2014-08",
                "the entry date is blank; write year and month, like 2014-08",
            ),
            Finding::FutureDate { date } => Words {
                code: "roster_future_date",
                zh: format!("日期 {date} 还没有到，请核对年份"),
                en: format!("the date {date} is in the future; check the year"),
                params: vec![("date", date.to_string())],
            },
            Finding::TooYoung { date } => Words {
                code: "roster_too_young",
                zh: format!("参加工作时间 {date} 早于本人满 14 周岁，请核对该日期和身份证号码"),
                en: format!(
                    "the entry date {date} lies before the person's 14th birthday; check it and the identity number"
                ),
                params: vec![("date", date.to_string())],
            },
            _ => self.other_words(),
        }
    }

    fn school_words(&self) -> Words {
        match self {
            Finding::UnknownSchool { shown, similar } => {
                let (zh_hint, en_hint) = if similar.is_empty() {
                    (String::new(), String::new())
                } else {
                    (format!("可能是：{}。", similar.join("、")), format!("perhaps: {}; ", similar.join(", ")))
                };
                Words {
                    code: "roster_unknown_school",
                    zh: format!("没有学校“{shown}”。{zh_hint}请核对学校标识码和校名，新学校请先建立"),
                    en: format!(
                        "there is no school “{shown}”; {en_hint}check code and name, or create the school first"
                    ),
                    params: vec![("value", shown.clone()), ("similar", similar.join(","))],
                }
            }
            Finding::AmbiguousSchool { shown, candidates } => Words {
                code: "roster_ambiguous_school",
                zh: format!("名为“{shown}”的学校不止一所：{}。请填写学校标识码", candidates.join("、")),
                en: format!("several schools are named “{shown}”: {}; give the school code", candidates.join(", ")),
                params: vec![("value", shown.clone()), ("candidates", candidates.join(","))],
            },
            Finding::SchoolMismatch { by_code, by_name } => Words {
                code: "roster_school_mismatch",
                zh: format!("学校标识码是“{by_code}”的，校名却是“{by_name}”，请核对"),
                en: format!(
                    "the school code is that of “{by_code}”, the name that of “{by_name}”; correct one of them"
                ),
                params: vec![("by_code", by_code.clone()), ("by_name", by_name.clone())],
            },
            _ => plain(
                "roster_no_school",
                "学校为空，请填写学校标识码或校名",
                "the school is blank; give its code or name",
            ),
        }
    }

    fn other_words(&self) -> Words {
        match self {
            Finding::UnknownTitle { shown } => with_shown(
                "roster_unknown_title",
                "不是已知的教师职称，已按原文保留",
                "is not a known teacher's title; it was kept as written",
                shown,
            ),
            Finding::UnknownStage { shown } => with_shown(
                "roster_unknown_stage",
                "不是已知的学段，已采用学校的学段",
                "is not a known stage; the school's stage was taken",
                shown,
            ),
            Finding::UnknownPost { shown } => with_shown(
                "roster_unknown_post",
                "不是已知的行政职务，已按原文保留，不计为管理岗位",
                "is not a known management post; it was kept as written and counts as none",
                shown,
            ),
            Finding::OtherSchoolName { shown, by_code } => Words {
                code: "roster_other_school_name",
                zh: format!("校名“{shown}”与学校标识码对应的“{by_code}”写法不同，已按标识码处理"),
                en: format!("the name “{shown}” differs from “{by_code}”, the school of the code; the code was taken"),
                params: vec![("value", shown.clone()), ("by_code", by_code.clone())],
            },
            Finding::SchoolFromAbove { school } => Words {
                code: "roster_school_from_above",
                zh: format!("学校为空，已按上一行取“{school}”"),
                en: format!("the school is blank; “{school}” was taken from the row above"),
                params: vec![("school", school.clone())],
            },
            Finding::ContactLeftOut { shown } => with_shown(
                "roster_contact_left_out",
                "不是电话号码或邮箱，已略去",
                "is not a phone number or e-mail address; it was left out",
                shown,
            ),
            Finding::BrokenLeftOut { shown } => with_shown(
                "roster_broken_left_out",
                "无法读取：公式出错或文字过长，已略去；如需保留，请直接填写内容",
                "cannot be read: a failed formula or a text of thousands of letters; it was left out, type the value itself to keep it",
                shown,
            ),
            Finding::TooLong { longest } => Words {
                code: "roster_too_long",
                zh: format!("文字超过 {longest} 个字，请缩短"),
                en: format!("the text is longer than {longest} letters; shorten it"),
                params: vec![("longest", longest.to_string())],
            },
            Finding::PersonalData => plain(
                "roster_personal_data",
                "此处是身份证号码、电话或邮箱，请核对是否填错列",
                "this is an identity number, telephone number or e-mail address; check whether columns were swapped",
            ),
            Finding::BrokenCell { shown } => with_shown(
                "roster_broken_cell",
                "无法读取：公式出错或文字过长，请改为直接填写内容",
                "cannot be read: a failed formula or a text of thousands of letters; type the value itself",
                shown,
            ),
            _ => plain("roster_unreadable", "此行无法读取，请核对", "the row cannot be read; check it"),
        }
    }
}

fn plain(code: &'static str, zh: &str, en: &str) -> Words {
    Words { code, zh: zh.to_owned(), en: en.to_owned(), params: Vec::new() }
}

fn with_shown(code: &'static str, zh: &str, en: &str, shown: &str) -> Words {
    Words {
        code,
        zh: format!("“{shown}”{zh}"),
        en: format!("“{shown}” {en}"),
        params: vec![("value", shown.to_owned())],
    }
}
