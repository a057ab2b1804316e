//! Files as offices send them. The specimen itself is read in `api`, where XLSX can be.

use super::*;
use crate::org::SchoolCode;
use crate::words::{Post, Stage, Title};
use chrono::NaiveDate;

/// Numbers whose prefix belongs to no county, so to nobody: women and men born in 1977 to 1993.
const WOMAN: &str = "331199199205119087";
const WOMAN_2: &str = "331199197702117489";
const MAN: &str = "331199199010260355";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn schools() -> KnownSchools {
    let school = |number, code: &str, name: &str| {
        let code = SchoolCode::parse(code).ok();
        let stage = code.and_then(SchoolCode::stage);
        KnownSchool { number, code, name: name.into(), other_names: vec![], stage }
    };
    let known = vec![
        school(1, "2133000101", "实验小学"),
        school(2, "3133000102", "第三中学"),
        school(3, "1133000103", "机关幼儿园"),
        school(4, "", "中心小学"),
        school(5, "2133000105", "中心小学"),
    ];
    KnownSchools::new(known, &["浙江省", "丽水市", "遂昌县"])
}

/// One sheet from lines of cells divided by `|`; `#` before a cell makes it a number, `@` a date.
fn sheet(name: &str, text: &str) -> GridSheet {
    let cell = |shown: &str| match (shown.strip_prefix('#'), shown.strip_prefix('@')) {
        (Some(number), _) => Cell::Number(number.into()),
        (_, Some(date)) => Cell::Date(day(date)),
        _ if shown.is_empty() => Cell::Empty,
        _ => Cell::Text(shown.into()),
    };
    let rows = text.lines().map(|line| line.trim_start().split('|').map(cell).collect()).collect();
    GridSheet { name: name.into(), rows, ..GridSheet::default() }
}

fn read_sheets(sheets: Vec<GridSheet>, wanted: Option<&str>) -> Roster {
    read_roster(&Grid { sheets }, &RosterContext { today: day("2016-09-10"), schools: &schools(), sheet: wanted })
}

fn read(text: &str) -> Roster {
    read_sheets(vec![sheet("花名册", text)], None)
}

fn codes(findings: &[RowFault]) -> Vec<(u32, &'static str)> {
    findings.iter().map(|fault| (fault.row.unwrap_or_default(), fault.finding.code())).collect()
}

fn names(roster: &Roster) -> Vec<&str> {
    roster.rows.iter().map(|row| row.name.as_str()).collect()
}

fn skipped(roster: &Roster, reason: SkipReason) -> Vec<u32> {
    roster.skipped.iter().filter(|skipped| skipped.reason == reason).map(|skipped| skipped.row).collect()
}

/// A file of one person whose row says `row` under `header`; no fault is expected.
fn one(header: &str, row: &str) -> RosterRow {
    let roster = read(&format!("{header}\n{row}"));
    assert_eq!(codes(&roster.faults), [], "{header}\n{row}");
    roster.rows.into_iter().next().unwrap()
}

/// The only fault of a file whose one person is written as `row` under the usual headers.
fn fault_of(row: &str) -> Option<&'static str> {
    let roster = read(&format!("姓名|性别|身份证号码|出生年月|学校标识码|所在学校|从教时间\n{row}"));
    assert!(roster.faults.len() <= 1, "{row}: {:?}", codes(&roster.faults));
    assert_eq!(roster.rows.is_empty(), !roster.faults.is_empty(), "{row}");
    roster.faults.first().map(|fault| fault.finding.code())
}

#[test]
fn the_header_is_found_wherever_it_stands() {
    for above in 0..15 {
        let title = "遂昌县教师花名册\n".repeat(above);
        let roster = read(&format!("{title}姓名|身份证号|学校|从教时间\n张三|{WOMAN}|实验小学|2014-08"));
        assert_eq!(roster.sheets[0].header_row, u32::try_from(above).unwrap() + 1);
        assert_eq!(names(&roster), ["张三"]);
        assert_eq!(skipped(&roster, SkipReason::Title).len(), above);
    }
}

#[test]
fn columns_come_in_any_order_and_language() {
    let expected = (1, Some(Title::First), Post::None, "2014-08-01".to_owned());
    for (header, row) in [
        ("从教时间|职称|单位|证件号码|姓　名", format!("2014年8月|一级|实验小学|{WOMAN}|张三")),
        ("Name|ID No.|School|Title|Entry date", format!("张三|{WOMAN}|实验小学|first|Aug-14")),
        (
            "序号|姓名 Name|身份证件号(18位)|学校代码|专业技术职务|入职时间",
            format!("#1|张三|{WOMAN}|#2133000101|中学一级教师|#41852"),
        ),
        (
            "身份证号码|民族|所在学校|姓名|参加工作时间|从教时间|职称",
            format!("{WOMAN}|汉|实验小学|张三|2013.1|@2014-08-01|小学高级"),
        ),
    ] {
        let person = one(header, &row);
        assert_eq!((person.school, person.title, person.post, person.entered_on.to_string()), expected, "{header}");
        assert_eq!((person.name.as_str(), person.identity.as_str()), ("张三", WOMAN));
    }
}

#[test]
fn a_header_of_two_rows_is_read_as_one() {
    let roster = read(&format!(
        "教师花名册\n序号|基本信息|||任教情况||参加工作时间\n|姓名|性别|身份证号码|学校|学科|\n#1|张三|女|{WOMAN}|实验小学|语文|2014-08"
    ));
    assert_eq!(codes(&roster.faults), []);
    assert_eq!((roster.sheets[0].header_row, names(&roster)), (3, vec!["张三"]));
    assert_eq!(roster.rows[0].subjects, ["语文"]);
}

#[test]
fn unknown_columns_are_reported_and_not_read() {
    let roster =
        read(&format!("姓名|身份证号|民族|学校|从教时间|家庭住址\n张三|{WOMAN}|汉|实验小学|2014-08|某街 1 号"));
    let unknown: Vec<(&str, &str)> = roster.sheets[0]
        .columns
        .iter()
        .filter(|column| column.column.is_none())
        .map(|column| (column.letters.as_str(), column.header.as_str()))
        .collect();
    assert_eq!(unknown, [("C", "民族"), ("F", "家庭住址")]);
}

#[test]
fn a_missing_column_is_one_fault_of_the_file() {
    let roster = read(&format!("填表单位\n姓名|性别|身份证号|学科\n张三|女|{WOMAN}|语文\n李四|男|{MAN}|数学"));
    assert_eq!(codes(&roster.faults), [(2, "roster_missing_column")]);
    assert!(roster.faults[0].finding.zh().contains("参加工作时间、所在学校"));
    assert!(roster.rows.is_empty());
    assert_eq!(codes(&read("甲|乙\n1|2").faults), [(0, "roster_no_header")]);
    assert_eq!(codes(&read("姓名|身份证号|学校|从教时间\n|||\n").faults), [(0, "roster_no_persons")]);
    assert_eq!(codes(&read_sheets(vec![], None).faults), [(0, "roster_no_header")]);
}

#[test]
fn rows_that_are_no_persons_are_left_out_with_their_reason() {
    let roster = read(&format!(
        "姓名|序号|身份证号|学校|从教时间|备注\n\
         1|2|3|4|5|6\n\
         示例：王五|#0|{WOMAN}|实验小学|2014-08|\n\
         张三|#1|{WOMAN}|实验小学|2014-08|\n\
         实验小学小计|||1 人||\n\
         |||||\n\
         姓  名|序号|身份证号|学校|从教时间|备注\n\
         李四|#2|{MAN}|第三中学|2012-08|\n\
         |#3||第三中学||\n\
         合　计||#2|共 2 人||\n\
         共2人|||||\n\
         注：1. 身份证号须为文本；2. 不得合并单元格。|||||\n\
         填表人：张三||审核人：李四|||\n\
         校长（签字）|||||年  月  日\n\
         日期：2016年9月1日|||||\n\
         （盖章）|||||"
    ));
    assert_eq!(codes(&roster.faults), []);
    assert_eq!(names(&roster), ["张三", "李四"]);
    for (reason, rows) in [
        (SkipReason::Header, vec![1]),
        (SkipReason::ColumnNumbers, vec![2]),
        (SkipReason::Example, vec![3]),
        (SkipReason::Totals, vec![5, 10, 11]),
        (SkipReason::Blank, vec![6]),
        (SkipReason::RepeatedHeader, vec![7]),
        (SkipReason::NoPerson, vec![9]),
        (SkipReason::Footnote, vec![12]),
        (SkipReason::Signature, vec![13, 14, 15, 16]),
    ] {
        assert_eq!(skipped(&roster, reason), rows, "{reason:?}");
    }
    assert_eq!(roster.skipped.len() + roster.rows.len(), 16, "no row disappears");
}

#[test]
fn a_row_with_a_person_is_never_left_out() {
    for row in [
        "审核|女|331199199205119087||2133000101||2014-08",
        "|女|331199199205119087||||",
        "张三||||||2014-08",
        "张三||||||",
        "合计|女|33119919920511908||2133000101||2014-08",
    ] {
        let roster = read(&format!("姓名|性别|身份证号码|出生年月|学校标识码|所在学校|从教时间\n{row}"));
        assert!(!roster.rows.is_empty() || roster.refused_rows().contains(&("花名册", 2)), "{row}");
    }
}

#[test]
fn every_fault_is_told_apart() {
    for (row, fault) in [
        (format!("张三|女|{WOMAN}|1992-05|2133000101|实验小学|2014-08"), None),
        (format!("张　三||{WOMAN}|||遂昌县实验小学|@2014-08-01"), None),
        (format!("|女|{WOMAN}||2133000101||2014-08"), Some("roster_no_name")),
        (format!("张三1|女|{WOMAN}||2133000101||2014-08"), Some("roster_bad_name")),
        ("张三|女|||2133000101||2014-08".into(), Some("roster_no_id")),
        ("张三|女|3.31199E+17||2133000101||2014-08".into(), Some("roster_scientific")),
        ("张三|女|#331199198603251800||2133000101||2014-08".into(), Some("roster_scientific")),
        ("张三|女|#331199198603251000||2133000101||2014-08".into(), Some("roster_scientific")),
        ("张三|女|331199198603251000||2133000101||2014-08".into(), Some("roster_scientific")),
        ("张三|女|3311991981073042||2133000101||2014-08".into(), Some("roster_short_id")),
        ("张三|女|331199198107304||2133000101||2014-08".into(), Some("roster_short_id")),
        ("张三|女|3311991992051190871||2133000101||2014-08".into(), Some("roster_long_id")),
        ("张三|女|E12345678||2133000101||2014-08".into(), Some("roster_bad_id")),
        ("张三|女|331199199202309087||2133000101||2014-08".into(), Some("roster_bad_birth_in_id")),
        ("张三|女|331199199205119088||2133000101||2014-08".into(), Some("roster_bad_check")),
        (format!("张三|男|{WOMAN}||2133000101||2014-08"), Some("roster_sex_mismatch")),
        (format!("张三|1|{WOMAN}||2133000101||2014-08"), Some("roster_sex_mismatch")),
        (format!("张三|汉族|{WOMAN}||2133000101||2014-08"), Some("roster_bad_sex")),
        (format!("张三|女|{WOMAN}|1992-06|2133000101||2014-08"), Some("roster_birth_mismatch")),
        (format!("张三|女|{WOMAN}|1992|2133000101||2014-08"), None),
        (format!("张三|女|{WOMAN}|92.5.11|2133000101||2014-08"), None),
        (format!("张三|女|{WOMAN}|不详|2133000101||2014-08"), Some("roster_bad_date")),
        (format!("张三|女|{WOMAN}||2133000101||"), Some("roster_no_date")),
        (format!("张三|女|{WOMAN}||2133000101||零三年八月"), Some("roster_bad_date")),
        (format!("张三|女|{WOMAN}||2133000101||2014-02-31"), Some("roster_bad_date")),
        (format!("张三|女|{WOMAN}||2133000101||1990年代"), Some("roster_bad_date")),
        (format!("张三|女|{WOMAN}||2133000101||2014"), Some("roster_year_only")),
        (format!("张三|女|{WOMAN}||2133000101||#2014.1"), Some("roster_ambiguous_date")),
        (format!("张三|女|{WOMAN}||2133000101||14年8月"), None),
        (format!("张三|女|{WOMAN}||2133000101||2016-10"), Some("roster_future_date")),
        (format!("张三|女|{WOMAN}||2133000101||2016-09"), None),
        (format!("张三|女|{WOMAN}||2133000101||2006-04"), Some("roster_too_young")),
        (format!("张三|女|{WOMAN}||2133000101||2006-05"), None),
        (format!("张三|女|{WOMAN}||||2014-08"), Some("roster_no_school")),
        (format!("张三|女|{WOMAN}||2133999999|实验小学|2014-08"), Some("roster_unknown_school")),
        (format!("张三|女|{WOMAN}||21330001|实验小学|2014-08"), Some("roster_unknown_school")),
        (format!("张三|女|{WOMAN}|||第九中学|2014-08"), Some("roster_unknown_school")),
        (format!("张三|女|{WOMAN}|||中心小学|2014-08"), Some("roster_ambiguous_school")),
        (format!("张三|女|{WOMAN}||2133000105|中心小学|2014-08"), None),
        (format!("张三|女|{WOMAN}||2133000101|第三中学|2014-08"), Some("roster_school_mismatch")),
        (format!("张三|女|{WOMAN}||实验小学||2014-08"), None),
        (format!("张三|女|{WOMAN}|||2133000101|2014-08"), None),
    ] {
        assert_eq!(fault_of(&row), fault, "{row}");
    }
}

#[test]
fn a_broken_formula_is_a_fault_of_its_cell() {
    let mut broken = sheet("花名册", &format!("姓名|身份证号|学校|从教时间\n张三|{WOMAN}||2014-08"));
    broken.rows[1][2] = Cell::Broken(BrokenCell::Formula("#N/A".into()));
    let roster = read_sheets(vec![broken], None);
    assert_eq!(codes(&roster.faults), [(2, "roster_broken_cell")]);
    assert_eq!(roster.faults[0].place.as_ref().unwrap().letters, "C");
}

#[test]
fn a_broken_cell_is_reported_whichever_column_it_stands_in() {
    let header = "姓名|身份证号|学校|性别|出生日期|学段|主教学科|兼教学科|职称|职务|从教时间|电话|邮箱|备注";
    let row = format!("张三|{WOMAN}|实验小学|女|1992-05|小学|语文|数学|一级教师|无|2014-08|13800000000|a@b.cn|新");
    let file = sheet("花名册", &format!("{header}\n{row}"));
    for column in 0..file.rows[0].len() {
        for broken in [BrokenCell::Formula("#REF!".into()), BrokenCell::TooLong] {
            let mut file = file.clone();
            file.rows[1][column] = Cell::Broken(broken);
            let roster = read_sheets(vec![file], None);
            let aside = column > 10;
            let expected = [(2, if aside { "roster_broken_left_out" } else { "roster_broken_cell" })];
            let (told, other) = if aside { (&roster.notes, &roster.faults) } else { (&roster.faults, &roster.notes) };
            assert_eq!((codes(told), codes(other)), (expected.to_vec(), vec![]), "{column}");
            assert_eq!(roster.rows.len(), usize::from(aside), "{column}");
        }
    }
}

#[test]
fn a_text_longer_than_its_field_is_a_fault_of_its_cell() {
    let row = |title: &str, post: &str, subject: &str, phone: &str, remark: &str| {
        let roster = read(&format!(
            "姓名|身份证号|学校|学科|职称|职务|从教时间|电话|备注\n\
             张三|{WOMAN}|实验小学|{subject}|{title}|{post}|2014-08|{phone}|{remark}"
        ));
        roster
            .faults
            .iter()
            .map(|fault| (fault.finding.code(), fault.place.as_ref().unwrap().column))
            .collect::<Vec<_>>()
    };
    let long = |letters: usize| "长".repeat(letters);
    let numbers = |count: usize| vec!["138000000"; count].join("/");
    assert_eq!(row(&long(50), &long(50), &long(50), &numbers(10), &long(500)), []);
    let expected = [Column::Subjects, Column::Title, Column::Post, Column::Phone, Column::Remark];
    assert_eq!(
        row(&long(51), &long(51), &long(51), &numbers(11), &long(501)),
        expected.map(|column| ("roster_too_long", column))
    );
}

#[test]
fn the_first_of_two_equal_numbers_is_kept() {
    let roster = read(&format!(
        "姓名|身份证号|学校|从教时间\n张三|{WOMAN}|实验小学|2014-08\n李四|{MAN}|实验小学|2012-08\n王五|'{WOMAN} |实验小学|1983-08"
    ));
    assert_eq!(names(&roster), ["张三", "李四"]);
    assert_eq!(
        codes(&roster.faults),
        [(4, "roster_duplicate")],
        "its dates say nothing, for the number is not its own"
    );
    assert_eq!(roster.faults[0].finding.params()[0], ("first_row", "2".to_owned()));
}

#[test]
fn several_faults_of_a_row_are_all_reported() {
    let roster = read("姓名|身份证号|学校|从教时间\n|123|第九中学|某年");
    let found = ["roster_no_name", "roster_short_id", "roster_bad_date", "roster_unknown_school"];
    assert_eq!(codes(&roster.faults), found.map(|code| (2, code)));
    assert_eq!(roster.refused_rows().len(), 1);
}

#[test]
fn a_merged_or_ditto_school_is_that_of_the_row_above() {
    let mut merged = sheet(
        "花名册",
        &format!(
            "学校|姓名|身份证号|从教时间\n实验小学|张三|{WOMAN}|2014-08\n|李四|{MAN}|2012-08\n第三中学|王五|{WOMAN_2}|1999-08"
        ),
    );
    merged.merged = vec![MergedArea { top: 1, bottom: 2, left: 0, right: 0 }];
    let roster = read_sheets(vec![merged.clone()], None);
    assert_eq!(roster.rows.iter().map(|row| row.school).collect::<Vec<_>>(), [1, 1, 2]);
    merged.merged.clear();
    assert_eq!(
        codes(&read_sheets(vec![merged.clone()], None).faults),
        [(3, "roster_no_school")],
        "one blank is a fault"
    );
    merged.rows[2][0] = Cell::Text("同上".into());
    assert_eq!(read_sheets(vec![merged], None).rows[1].school, 1);
}

#[test]
fn a_school_written_once_for_many_rows_is_carried_down_and_noted() {
    let roster = read(&format!(
        "学校|姓名|身份证号|从教时间\n实验小学|张三|{WOMAN}|2014-08\n|李四|{MAN}|2012-08\n|王五|{WOMAN_2}|1999-08"
    ));
    assert_eq!(roster.rows.iter().map(|row| row.school).collect::<Vec<_>>(), [1, 1, 1]);
    assert_eq!(codes(&roster.notes), [(3, "roster_school_from_above"), (4, "roster_school_from_above")]);
}

#[test]
fn a_school_named_in_a_line_in_the_title_or_on_the_tab_is_that_of_the_rows_below() {
    let banner = read(&format!(
        "姓名|身份证号|从教时间\n实验小学||\n张三|{WOMAN}|2014-08\n小计|1人|\n第三中学||\n李四|{MAN}|2012-08"
    ));
    assert_eq!(codes(&banner.faults), []);
    assert_eq!(banner.rows.iter().map(|row| row.school).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(skipped(&banner, SkipReason::Banner), [2, 5]);
    let title = read(&format!("花名册\n填报单位（盖章）：第三中学\n姓名|身份证号|从教时间\n张三|{WOMAN}|2014-08"));
    assert_eq!(title.rows[0].school, 2);
    let tab = read_sheets(vec![sheet("机关幼儿园", &format!("姓名|身份证号|从教时间\n张三|{WOMAN}|2014-08"))], None);
    assert_eq!((tab.rows[0].school, tab.rows[0].stage), (3, Some(Stage::Kindergarten)));
}

#[test]
fn sheets_with_instructions_examples_or_leavers_are_not_read() {
    let person = |name: &str, number: &str| format!("姓名|身份证号|学校|从教时间\n{name}|{number}|实验小学|2010-08");
    let mut hidden = sheet("名单", &person("藏", WOMAN_2));
    hidden.hidden = true;
    let sheets = vec![
        sheet("填表说明", "1. 身份证号码请设置为文本格式。\n2. 多学科用顿号分隔。"),
        sheet("示例", &person("例", WOMAN_2)),
        sheet("小学", &person("张三", WOMAN_2)),
        sheet("初中", &person("李四", MAN)),
        sheet("退休教师", &person("王五", WOMAN_2)),
        hidden,
    ];
    let roster = read_sheets(sheets.clone(), None);
    assert_eq!(codes(&roster.faults), []);
    assert_eq!(names(&roster), ["张三", "李四"]);
    assert_eq!(roster.ignored_sheets, ["填表说明", "名单", "示例", "退休教师"]);
    assert_eq!(names(&read_sheets(sheets.clone(), Some("退休教师"))), ["王五"]);
    assert_eq!(codes(&read_sheets(sheets, Some("高中")).faults), [(0, "roster_no_such_sheet")]);
    let only = vec![sheet("模板", &person("张三", WOMAN_2))];
    assert_eq!(names(&read_sheets(only, None)), ["张三"], "the only roster there is");
}

#[test]
fn what_is_not_understood_beside_the_needed_columns_is_noted_and_keeps_nobody_out() {
    let roster = read(&format!(
        "姓名|身份证号|学校标识码|学校|学段|学科|职称|职务|从教时间|电话|邮箱\n\
         张三|{WOMAN}|2133000101|县实小|九年一贯|语文|会计师|司机|2014-08|见备注|无"
    ));
    assert_eq!(codes(&roster.faults), []);
    let expected = [
        "roster_other_school_name",
        "roster_unknown_stage",
        "roster_unknown_title",
        "roster_unknown_post",
        "roster_contact_left_out",
    ];
    assert_eq!(codes(&roster.notes), expected.map(|code| (2, code)));
    let person = &roster.rows[0];
    assert_eq!(
        (person.stage, person.title, person.title_text.as_deref()),
        (Some(Stage::Primary), None, Some("会计师"))
    );
    assert_eq!((person.post, person.post_text.as_deref(), person.phone.as_deref()), (Post::None, Some("司机"), None));
}

#[test]
fn subjects_of_several_columns_come_together() {
    let person =
        one("姓名|身份证号|学校|主教学科|兼教学科|从教时间", &format!("张三|{WOMAN}|实验小学|语文、数学|体育|2014-08"));
    assert_eq!(person.subjects, ["语文", "数学", "体育"]);
}

#[test]
fn an_old_number_and_its_new_form_are_one_person() {
    let roster = read(
        "姓名|身份证号|学校|从教时间\n张三|#340524800101001|实验小学|2004-08\n张三|34052419800101001X|实验小学|2004-08",
    );
    assert_eq!(roster.rows[0].identity.as_str(), "34052419800101001X");
    assert_eq!(codes(&roster.faults), [(3, "roster_duplicate")]);
}

#[test]
fn every_finding_speaks_both_languages_and_has_a_code_of_its_own() {
    let shown = || "x".to_owned();
    let date = day("2014-08-01");
    let findings = [
        Finding::NoHeader,
        Finding::NoSuchSheet { wanted: shown() },
        Finding::MissingColumns { missing: vec![Column::Name] },
        Finding::NoPersons,
        Finding::NoName,
        Finding::BadName { shown: shown() },
        Finding::NoIdentity,
        Finding::Scientific,
        Finding::ShortId { length: 16 },
        Finding::LongId { length: 19 },
        Finding::BadId,
        Finding::BadBirthInId,
        Finding::BadCheck,
        Finding::Duplicate { first_row: 3, first_sheet: shown() },
        Finding::SexMismatch { written: "男", by_number: "女" },
        Finding::BadSex { shown: shown() },
        Finding::BirthMismatch { written: date },
        Finding::BadDate { shown: shown() },
        Finding::YearOnly { year: 2014 },
        Finding::AmbiguousDate { shown: shown(), candidates: vec![date] },
        Finding::NoDate,
        Finding::FutureDate { date },
        Finding::TooYoung { date },
        Finding::NoSchool,
        Finding::UnknownSchool { shown: shown(), similar: vec![shown()] },
        Finding::AmbiguousSchool { shown: shown(), candidates: vec![shown()] },
        Finding::SchoolMismatch { by_code: shown(), by_name: shown() },
        Finding::BrokenCell { shown: shown() },
        Finding::BrokenLeftOut { shown: shown() },
        Finding::TooLong { longest: 500 },
        Finding::PersonalData,
        Finding::UnknownTitle { shown: shown() },
        Finding::UnknownStage { shown: shown() },
        Finding::UnknownPost { shown: shown() },
        Finding::OtherSchoolName { shown: shown(), by_code: shown() },
        Finding::SchoolFromAbove { school: shown() },
        Finding::ContactLeftOut { shown: shown() },
    ];
    let mut codes: Vec<&str> = findings.iter().map(Finding::code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), findings.len());
    assert!(codes.iter().all(|code| code.starts_with("roster_") && *code != "roster_unreadable"));
    for finding in &findings {
        assert!(finding.zh().chars().any(crate::fold::is_han) && !finding.en().is_empty(), "{finding:?}");
    }
}
