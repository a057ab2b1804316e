//! What stands in for the parameters of a problem in the examples of the document.

use super::{Code, Language};
use shixun_domain::access::Permission;
use std::collections::BTreeMap;

/// The text of a missing permission, and its parameters.
pub fn forbidden(permission: Permission) -> (String, BTreeMap<String, &'static str>) {
    let text = Code::Forbidden.detail(Language::Zh).replace("{permission}", permission.zh());
    (text, BTreeMap::from([("permission".to_owned(), permission.as_str())]))
}

/// The Chinese text of a problem with a value for each of its parameters, and the values.
pub fn example(code: Code) -> (String, BTreeMap<String, &'static str>) {
    let (mut text, mut rest, mut values) = (String::new(), code.detail(Language::Zh), BTreeMap::new());
    while let Some((before, tail)) = rest.split_once('{') {
        let Some((name, after)) = tail.split_once('}') else { break };
        let value = special(code, name).unwrap_or_else(|| sample(name));
        text.push_str(before);
        text.push_str(value);
        values.insert(name.to_owned(), value);
        rest = after;
    }
    text.push_str(rest);
    (text, values)
}

/// Where a parameter means another thing than elsewhere.
fn special(code: Code, parameter: &str) -> Option<&'static str> {
    Some(match (code, parameter) {
        (Code::UnknownParameter, "name") => "sort",
        (Code::UnknownParameter, "expected") => "area、limit、cursor",
        (Code::InvalidParameter, "name") => "limit",
        (Code::InvalidParameter, "reason") => "应为1到200的整数",
        (Code::InvalidHeader, "name") => "Idempotency-Key",
        (Code::InvalidHeader, "reason") => "应为1到100个可见的ASCII字符，不含空格",
        (Code::InvalidId, "reason") => "标识符有误或不完整",
        (Code::NotInAudience, "reason") => "任教学段不在面向范围内",
        (Code::PolicyMissing, "reason") => "2009-09-01在331123没有生效的政策包",
        (Code::CosignatureRefused, "reason") => "签名与该检查点的文本不符",
        (Code::FileUnreadable, "reason") => "不是XLSX或CSV文件",
        (Code::OrganisationTopTaken, "name") => "遂昌县教育局",
        (Code::TransferOtherPerson, "name") => "雷晓燕",
        (Code::DisputeTooLate | Code::EvaluationClosed | Code::EntryAwaitsEvaluation, "until") => "2018-10-08",
        (Code::JobsWaiting, "most") => "10",
        (Code::FiledElsewhere, "area") => "331100",
        (Code::ClassSize, "seats") => "60",
        (Code::UnitHoursExceedMinutes, "hours") => "2.50",
        (Code::UnitHoursExceedMinutes, "most") => "2.00",
        (Code::UnitHoursExceedDay, "sum") => "9.00",
        (Code::UnitHoursExceedDay, "most") => "8.00",
        (Code::MalformedJson, "reason") => "此处应为逗号或右花括号",
        _ => return None,
    })
}

/// A value as a county would meet it.
fn sample(parameter: &str) -> &'static str {
    match parameter {
        "allow" => "GET, POST",
        "approver" => "county",
        "by" => "331123 v1 conversion.open_lesson",
        "area" => "331123",
        "attended" | "practice" => "40.00",
        "code" => "2133000101",
        "at" => "2018-10-08T08:30:00.000+08:00",
        "column" => "14",
        "count" | "missing" | "taken" => "3",
        "credited" | "nominal" | "sum" => "32.00",
        "consent_on" | "on" | "moved_on" => "2018-09-03",
        "dispute" => "dsp_a3bkg0000000000032",
        "entry" => "hou_a3bkg0000000000032",
        "did" => "已审核过此条登记",
        "record" => "rec_a3bkg0000000000032",
        "title" => "教育硕士2018学年课程",
        "cycle" => "2016-2020",
        "bounds" => "20至50人",
        "day" | "starts_on" | "employed_from" | "from" => "2018-09-01",
        "edition" => "2",
        "ends_on" | "to" | "last_day" => "2018-12-31",
        "expected" => "application/json",
        "hours" => "24.00",
        "id" => "ses_a3bkg0000000000032",
        "kind" => "session",
        "kind_zh" => "班期",
        "left" => "12.00",
        "limit" => "262144",
        "line" => "2",
        "hour_minutes" => "45",
        "minutes" => "90",
        "most" => "10000",
        "name" => "课堂教学改进专题培训",
        "needs" => "待审核",
        "next" => "下一个申报窗口自2026-04-01起。",
        "opens" | "starts" | "starts_at" => "2018-10-08T08:30:00.000+08:00",
        "closed_on" => "2018-08-31",
        "persons" => "3",
        "closed" | "until" | "ends" | "valid_until" | "other_starts_at" => "2018-10-08T10:00:00.000+08:00",
        "path" => "/v1/session",
        "permission" => "审核报名",
        "seats" => "50",
        "seconds" => "2",
        "size" => "104233",
        "session" => "ses_a3bkg0000000000064",
        "source" => "ses_a3bkg0000000000032",
        "state" | "state_zh" => "已结束",
        "status" => "已报名",
        "total" => "40.00",
        "transfer" => "trf_a3bkg0000000000032",
        "today" => "2018-10-01",
        "unit" | "other" => "unt_a3bkg0000000000032",
        "username" => "teacher-0001",
        "worth" => "6.00",
        _ => "…",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_of_every_problem_has_a_sample() {
        for code in Code::ALL {
            let (text, values) = example(*code);
            assert!(!text.contains(['{', '}']), "{}: {text}", code.as_str());
            let missing: Vec<_> = values.iter().filter(|(_, value)| **value == "…").collect();
            assert!(missing.is_empty(), "{}: {missing:?}", code.as_str());
        }
    }
}
