//! The codes of single faults: what stands in `errors[].code` of a problem, and at the rows of an import.
//!
//! The texts here say what a code means; where a fault is found its text says it of the value. [`super::FieldFault`] takes no code that is not
//! here while the program is tested, and `tests/suite/problems.rs` reads the sources for those that no test provokes.

use super::Code;

/// Where a code stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At a field of a body.
    Field,
    /// At a row or column of a file.
    Row,
}

impl Place {
    /// The word of the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Place::Field => "field",
            Place::Row => "row",
        }
    }
}

/// What a code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldCode {
    /// The stable code.
    pub code: &'static str,
    /// Where it stands.
    pub place: Place,
    /// What a Chinese reader is told.
    pub zh: &'static str,
    /// What an English reader is told.
    pub en: &'static str,
    /// The parameters that a fault of the code may have.
    pub parameters: &'static [&'static str],
}

impl FieldCode {
    /// What a code means, where there is such a code.
    pub fn of(code: &str) -> Option<&'static FieldCode> {
        FieldCode::ALL.iter().find(|known| known.code == code)
    }

    /// Whether a fault may have this code: one of these, or that of a problem, where the row of a file is refused as a request with its
    /// content would be.
    pub fn may_be(code: &str) -> bool {
        FieldCode::of(code).is_some() || Code::ALL.iter().any(|known| known.as_str() == code)
    }

    /// Every code, those of fields first.
    pub const ALL: &'static [FieldCode] = &[
        field("unknown_field", "没有这个字段", "there is no such field", &["field", "expected"]),
        field("missing_field", "缺少必填字段", "a field that is needed is missing", &["field"]),
        field("duplicate_field", "同一字段出现两次", "the same field stands twice", &["field"]),
        field("guessable", "密码过于简单", "the password is too easy to guess", &[]),
        field("wrong_type", "类型不符", "the value has another type than the field", &["expected"]),
        field("invalid_value", "值不可用", "the value cannot be used here", &["expected", "min", "max"]),
        field("blank", "不能只有空白", "must not be blank", &[]),
        field("sha256", "应为64位小写十六进制的SHA-256", "must be a SHA-256 in 64 lower-case hexadecimal digits", &[]),
        field("length", "长度超出范围", "the length is out of range", &["min", "max", "equal"]),
        field("range", "超出范围", "the value is out of range", &["min", "max", "above", "expected"]),
        field("too_deep", "嵌套过深", "nested too deeply", &["max"]),
        field("too_long", "文本过长", "the text is too long", &["max"]),
        field("too_small", "太小", "too small", &["above"]),
        field("negative", "不能为负", "cannot be negative", &["min"]),
        field("control_character", "含有控制字符", "contains control characters", &[]),
        field("unexpected", "此时不填此项", "is not given here", &[]),
        field("missing", "缺少此项，不能提交", "is missing, and nothing can be submitted without it", &[]),
        field("fixed", "不能更改", "cannot be changed", &[]),
        field(
            "unknown_reference",
            "所指的对象不存在，或不在您的管理范围内",
            "what is referred to does not exist, or is not yours to manage",
            &[],
        ),
        field("closed", "该机构届时已撤并", "the organisation is closed by then", &["closed_on"]),
        field("unknown_person", "本地区没有此人的档案", "there is no such person in the area", &[]),
        field("unknown_rule", "当日没有此编号的要求", "no requirement has the id on that day", &[]),
        field(
            "unknown_kind",
            "当日政策没有规定此类活动的折算",
            "no pack in force converts activities of the kind",
            &[],
        ),
        field(
            "unknown_theme",
            "既不是通用主题，本地区政策包也未规定",
            "is neither a common theme nor one that a pack of the area declares",
            &[],
        ),
        field("no_line", "没有适合该级别、角色和结果的标准", "no line fits level, role and result", &[]),
        field("hours_missing", "按活动时长折算，须填写时长", "it is converted by its duration, which is needed", &[]),
        field("worth_nothing", "该级别、角色和结果不计学时", "level, role and result are worth no hours", &[]),
        field("evidence_missing", "缺少证明材料", "evidence is missing", &[]),
        field("own_area", "是本地区，不存在转移", "is the own area: nothing moves", &[]),
        field("foreign_area", "只能用于本地区", "is for one's own area only", &["area"]),
        field("same_password", "与原密码相同", "is the old password", &[]),
        field("bad_username", "用户名不合格式", "is no user name", &[]),
        field("bad_name", "不像姓名", "is not a name", &[]),
        field("bad_identity_number", "身份证号码不正确", "is not an identity number", &[]),
        field("bad_phone", "不是电话号码，或是掩码后的号码", "is not a telephone number, or a masked one", &[]),
        field("bad_email", "不是电子邮箱，或是掩码后的地址", "is not an e-mail address, or a masked one", &[]),
        field("school_code", "不是学校标识码", "is not a school code", &[]),
        field("before_birth", "早于出生", "lies before birth", &[]),
        field("before_entry", "早于参加工作", "lies before entry into the profession", &[]),
        field("is_a_post", "是行政职务，请另行登记", "is a management post, which is entered on its own", &[]),
        field("no_post", "“无”不是职务", "`none` is no post", &[]),
        field("one_subject", "请填一门学科的全称", "one subject in full", &[]),
        field("days_reversed", "结束日期早于开始日期", "the last day lies before the first", &[]),
        field("span_reversed", "截止日期早于开始日期", "it would end before it begins", &[]),
        field("ends_before_start", "结束早于开始", "it ends before it begins", &[]),
        field("window_reversed", "截止时间须晚于开始时间", "it must close after it opens", &[]),
        field(
            "window_outlasts_session",
            "报名截止时间晚于班期结束日期",
            "applications would be taken after the last day",
            &[],
        ),
        field(
            "withdrawal_before_window",
            "退课截止时间早于报名开始时间",
            "withdrawal would end before applications open",
            &[],
        ),
        field(
            "withdrawal_outlasts_session",
            "退课截止时间晚于班期结束日期",
            "withdrawal would be possible after the last day",
            &[],
        ),
        field(
            "hours_differ",
            "课程合计学时与项目学时不符",
            "the hours of the courses are not those of the programme",
            &["expected"],
        ),
        field("outside_cycle", "不在周期内", "lies outside the cycle", &["min", "max"]),
        field("minutes_do_not_fit", "分钟数与标记不符", "the minutes do not fit the mark", &[]),
        field("not_in_session", "不是本班期的学员", "does not take part in the session", &[]),
        field("not_of_session", "不是本班期的课次", "is no unit of the session", &[]),
        field("contradiction", "政策包自相矛盾", "the pack contradicts itself", &["rules"]),
        field("nothing_selected", "要求无所指", "a rule is about nothing", &["rules"]),
        field("gap", "有的日子没有规则", "days are without rules", &["rules"]),
        field("overlap", "政策包时间重叠", "packs speak at the same time", &["rules"]),
        field("crossing_caps", "上限交叉", "caps cross", &["rules"]),
        field("relaxation", "放宽上级规定", "is laxer than a wider area's rule", &["rules"]),
        field("retroaction", "溯及既往", "rules are for days that are past", &["rules"]),
        field("repeated", "同一对象在前面已出现", "the same object stands before", &[]),
        row("roster_no_header", "没有找到表头", "no header was found", &[]),
        row("roster_no_such_sheet", "没有此名称的工作表", "the file has no such sheet", &["sheet"]),
        row("roster_missing_column", "表头中缺少必需的列", "the header lacks columns that are needed", &["columns"]),
        row("roster_no_persons", "表头下面没有任何人员", "there is no person below the header", &[]),
        row("roster_no_name", "姓名为空", "the name is blank", &[]),
        row("roster_bad_name", "不像姓名", "is not a name", &["value"]),
        row("roster_no_id", "身份证号码为空", "the identity number is blank", &[]),
        row(
            "roster_scientific",
            "身份证号码被存成了数值，末几位已丢失",
            "the identity number was stored as a number and its last digits are lost",
            &[],
        ),
        row("roster_short_id", "身份证号码不足18位", "the identity number has fewer than 18 digits", &["length"]),
        row("roster_long_id", "身份证号码多于18位", "the identity number has more than 18 digits", &["length"]),
        row("roster_bad_id", "身份证号码只能由数字组成", "the identity number has other signs than digits", &[]),
        row(
            "roster_bad_birth_in_id",
            "身份证号码中的出生日期不可能",
            "the identity number has no possible birth date",
            &[],
        ),
        row("roster_bad_check", "身份证号码校验不通过", "the identity number fails its check", &[]),
        row(
            "roster_duplicate",
            "身份证号码与前面的行重复",
            "the identity number stands in a row before",
            &["first_row", "first_sheet"],
        ),
        row(
            "roster_sex_mismatch",
            "性别与身份证号码不符",
            "the sex is not that of the identity number",
            &["written", "by_number"],
        ),
        row("roster_bad_sex", "不是性别", "is not a sex", &["value"]),
        row(
            "roster_birth_mismatch",
            "出生日期与身份证号码不一致",
            "the birth date is not that of the identity number",
            &["written"],
        ),
        row("roster_bad_date", "不是日期", "is not a date", &["value"]),
        row("roster_year_only", "只有年份，缺少月份", "only the year is given", &["year"]),
        row("roster_ambiguous_date", "无法确定是哪一天", "may mean several dates", &["value", "candidates"]),
        row("roster_no_date", "参加工作时间为空", "the entry date is blank", &[]),
        row("roster_future_date", "日期还没有到", "the date is in the future", &["date"]),
        row(
            "roster_too_young",
            "参加工作时间早于本人满14周岁",
            "the entry date lies before the 14th birthday",
            &["date"],
        ),
        row("roster_no_school", "学校为空", "the school is blank", &[]),
        row("roster_unknown_school", "没有这所学校", "there is no such school", &["value", "similar"]),
        row("roster_ambiguous_school", "同名学校不止一所", "several schools have the name", &["value", "candidates"]),
        row(
            "roster_school_mismatch",
            "学校标识码与校名不符",
            "code and name are of different schools",
            &["by_code", "by_name"],
        ),
        row(
            "roster_unknown_title",
            "不是已知的职称，已按原文保留",
            "is not a known title and was kept as written",
            &["value"],
        ),
        row(
            "roster_unknown_stage",
            "不是已知的学段，已采用学校的学段",
            "is not a known stage; the school's was taken",
            &["value"],
        ),
        row(
            "roster_unknown_post",
            "不是已知的行政职务，已按原文保留",
            "is not a known post and was kept as written",
            &["value"],
        ),
        row(
            "roster_other_school_name",
            "校名与标识码对应的写法不同，已按标识码处理",
            "the name differs from that of the code, which was taken",
            &["value", "by_code"],
        ),
        row(
            "roster_school_from_above",
            "学校为空，已按上一行",
            "the school is blank; that of the row above was taken",
            &["school"],
        ),
        row(
            "roster_contact_left_out",
            "不是电话号码或邮箱，已略去",
            "is no phone number or e-mail address and was left out",
            &["value"],
        ),
        row("roster_broken_left_out", "单元格无法读取，已略去", "the cell cannot be read and was left out", &["value"]),
        row("roster_broken_cell", "单元格无法读取", "the cell cannot be read", &["value"]),
        row("roster_too_long", "文字过长", "the text is too long", &["longest"]),
        row(
            "roster_personal_data",
            "此列中是身份证号码、电话或邮箱",
            "an identity number, telephone number or e-mail address stands in this column",
            &[],
        ),
        row(
            "roster_other_name",
            "姓名与系统中不同，已按花名册更改",
            "the name differs from the one that is known and was changed",
            &["before", "after"],
        ),
        row("roster_unreadable", "此行无法读取", "the row cannot be read", &[]),
        row(
            "roster_later_record",
            "此人已有更晚的记录，文件与之矛盾",
            "something later is known of the person, which the file contradicts",
            &["from"],
        ),
        row(
            "roster_school_closes",
            "学校有最后一天，不能再有人到任",
            "the school has a last day, and nobody comes to it any more",
            &["closed_on"],
        ),
        row("file_too_many_cells", "单元格（含空白）过多", "there are too many cells, blank ones included", &[]),
        row("schools_no_header", "没有找到表头", "no header was found", &[]),
        row("schools_no_rows", "表头下面没有任何学校", "there is no school below the header", &[]),
        row("schools_bad_code", "不是学校标识码", "is not a school code", &[]),
        row("schools_duplicate_code", "学校标识码与前面的行重复", "the code stands in a row before", &[]),
        row("schools_bad_name", "校名为空或过长", "the name is blank or too long", &[]),
        row("schools_bad_stage", "不是学段", "is not a stage", &[]),
        row("schools_bad_setting", "不是城乡类型", "is not a setting", &[]),
        row("schools_bad_yes_no", "既不是“是”也不是“否”", "is neither yes nor no", &[]),
        row("schools_broken_cell", "单元格无法读取", "the cell cannot be read", &[]),
        row("schools_unknown_parent", "没有此上级单位", "there is no such parent", &[]),
        row(
            "schools_no_bureau",
            "本地区没有或有多个教育局，学校无处归属",
            "the area has no bureau, or several, and the school stands below none",
            &[],
        ),
        row("schools_not_a_school", "此标识码属于其他类别的机构", "the code is that of no school", &[]),
        row("records_no_header", "没有找到表头", "no header was found", &[]),
        row("records_no_rows", "表头下面没有任何学时", "there are no hours below the header", &[]),
        row("records_bad_identity", "身份证号码不正确", "the identity number cannot be used", &[]),
        row("records_bad_number", "学时编号为空或过长", "the record number is blank or too long", &[]),
        row("records_repeated", "与前面的行是同一人的同一编号", "a row before has the same person and number", &[]),
        row("records_bad_title", "培训项目为空或过长", "the title is blank or too long", &[]),
        row("records_bad_day", "不是日期", "is not a day", &[]),
        row("records_days_reversed", "结束日期早于开始日期", "the last day lies before the first", &[]),
        row("records_bad_hours", "不是学时", "is not a number of hours", &[]),
        row("records_bad_word", "不在可选范围", "is not one of the words", &[]),
        row("records_identity_elsewhere", "此列中是身份证号码", "an identity number stands in this column", &[]),
        row("records_too_long", "文字过长", "the text is too long", &[]),
        row("records_broken_cell", "单元格无法读取", "the cell cannot be read", &[]),
        row("records_unknown_person", "没有此人", "there is no such person", &[]),
        row("records_other_name", "姓名与身份证号码不是同一人", "the name is not that of the identity number", &[]),
    ];
}

const fn field(
    code: &'static str,
    zh: &'static str,
    en: &'static str,
    parameters: &'static [&'static str],
) -> FieldCode {
    FieldCode { code, place: Place::Field, zh, en, parameters }
}

const fn row(code: &'static str, zh: &'static str, en: &'static str, parameters: &'static [&'static str]) -> FieldCode {
    FieldCode { code, place: Place::Row, zh, en, parameters }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_stands_once_with_both_texts() {
        let codes: BTreeSet<&str> = FieldCode::ALL.iter().map(|known| known.code).collect();
        assert_eq!(codes.len(), FieldCode::ALL.len());
        for known in FieldCode::ALL {
            let word = known
                .code
                .bytes()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_');
            assert!(word && !known.zh.is_empty() && !known.en.is_empty(), "{known:?}");
        }
    }
}
