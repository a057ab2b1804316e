//! Reports: what they say, that every form of them has the same rows, and who sees how much.

use crate::{
    harness::{Caller, County, both},
    ledger::fixture::{self, CYCLE, block, entry, post, school_based, statement, teacher, teacher_since, write},
};
use calamine::{Data, Reader, Xlsx};
use serde_json::{Value, json};
use shixun_domain::{
    AreaCode, Id,
    access::Role,
    id::{AccountId, OrganisationId},
    words::{OrganisationKind, Setting, Stage},
};
use shixun_persistence::org::{self, NewOrganisation, Saved};
use std::io::Cursor;

const SCHOOL: &str = "/v1/reports/school-completion";
const COUNTY: &str = "/v1/reports/county-summary";

/// Two teachers of the first school (one passes, one has 48 hours), one of the second.
fn three_teachers(county: &mut County) {
    let one = fixture::with_teacher(county);
    let mut entries = vec![block(one, "2018-07-15", "90")];
    for year in 2016..=2020 {
        entries.push(entry(one, &format!("{year}-05-01"), "40"));
        entries.push(school_based(one, &format!("{year}-06-01"), "30"));
    }
    let two = teacher(county, 102, "=钟", county.schools[0]);
    let three = teacher(county, 103, "蓝", county.schools[1]);
    teacher_since(county, 104, "新", county.schools[1], "2022-08-15");
    entries.extend([entry(two, "2016-05-01", "48"), entry(three, "2019-05-01", "12.5")]);
    post(county, entries);
}

/// The lines of a CSV answer, split.
fn csv_rows(answer: &crate::harness::Answered) -> Vec<Vec<String>> {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
    assert_eq!(answer.header("content-type").as_deref(), Some("text/csv; charset=utf-8; header=present"));
    let text = answer.text();
    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains('\n'), "lines end in CRLF");
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The sheets of a workbook by name, cells as text.
fn sheets(answer: &crate::harness::Answered) -> Vec<(String, Vec<Vec<String>>)> {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    assert_eq!(answer.header("content-type").as_deref(), Some(kind));
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(answer.bytes.clone())).unwrap();
    let cell = |cell: &Data| if let Data::Float(number) = cell { format!("{number:.2}") } else { cell.to_string() };
    let sheets = book.worksheets();
    sheets
        .into_iter()
        .map(|(name, range)| (name, range.rows().map(|row| row.iter().map(cell).collect()).collect()))
        .collect()
}

fn field(rows: &Value, name: &str) -> Vec<String> {
    rows.as_array().unwrap().iter().map(|row| row[name].as_str().unwrap_or_default().to_owned()).collect()
}

fn column(rows: &[Vec<String>], name: &str) -> Vec<String> {
    let place =
        rows[0].iter().position(|header| header == name).unwrap_or_else(|| panic!("no {name} in {:?}", rows[0]));
    rows[1..].iter().map(|row| row[place].clone()).collect()
}

/// A school with teachers, the first `met` of whom pass and the others have nothing.
fn school_with(county: &County, number: i64, stage: Stage, setting: Setting, met: i64, failed: i64) -> OrganisationId {
    let bureau = county.bureau;
    let new = NewOrganisation {
        kind: OrganisationKind::School,
        code: Some(format!("213300{number:04}")),
        name: format!("第{number}小学"),
        parent: Some(bureau),
        stage: Some(stage),
        setting: Some(setting),
        small_class: false,
    };
    let Saved::Done(school) = write(county, move |tx| org::add(tx, bureau.area(), &new)) else { panic!("not entered") };
    let mut entries = Vec::new();
    for n in 0..met + failed {
        let person = teacher(county, number * 100 + n, &format!("师{number}-{n}"), school);
        if n < met {
            entries.push(block(person, "2018-07-15", "90"));
            entries.extend((2016..=2020).map(|year| entry(person, &format!("{year}-05-01"), "54")));
        }
    }
    post(county, entries);
    school
}

/// An account of the province.
pub fn above(county: &mut County, role: Role) -> AccountId {
    in_area(county, AreaCode::new(330_000).unwrap(), "province", role)
}

/// An account at the bureau of another area.
pub fn in_area(county: &mut County, area: AreaCode, name: &str, role: Role) -> AccountId {
    let new = NewOrganisation {
        kind: OrganisationKind::Bureau,
        code: None,
        name: "教育局".into(),
        parent: None,
        stage: None,
        setting: None,
        small_class: false,
    };
    let Saved::Done(top) = write(county, move |tx| org::add(tx, area, &new)) else { panic!("not entered") };
    county.add_account(name, role, top, None)
}

/// An auditor of the province.
fn province_auditor(county: &mut County) -> Caller<'_> {
    let account = above(county, Role::Auditor);
    county.caller(account)
}

both! {
    async fn a_school_s_table_has_one_row_a_teacher_with_the_figures_of_the_statement(county: County) {
        three_teachers(county);
        let school = county.sign_in("school-1");
        let table = school.get(&format!("{SCHOOL}?{CYCLE}")).await.expect(200);
        assert_eq!((&table["organisation_name"], &table["schools"]), (&json!("实验小学"), &Value::Null));
        assert_eq!(table["hidden_below"], Value::Null);
        let teachers = &table["teachers"];
        assert_eq!(field(teachers, "name"), ["=钟", "雷晓燕"]);
        let passed = &teachers[1];
        let read = statement(&school, Id::new(county.bureau.area(), 101), CYCLE).await;
        for name in ["owed", "counted", "missing", "verdict"] {
            assert_eq!(passed[name], read[name], "{name}");
        }
        assert_eq!(passed["counted"], "410.00");
        assert_eq!((&passed["title"], &passed["subjects"]), (&json!("first"), &json!(["数学"])));
        assert_eq!(passed["school_based"], "120.00", "30 a year, of which 24 count");
        assert_eq!(passed["block"], json!({"owed": "90.00", "counted": "90.00", "missing": "0.00", "verdict": "met"}));
        assert_eq!(passed["years"][2], json!({"year": 2018, "counted": "154.00"}));
        assert_eq!(passed["unmet"], json!([]));
        let unmet: Vec<String> = teachers[0]["unmet"].as_array().unwrap().iter().map(|one| {
            format!("{} {} {}", one["rule"]["id"].as_str().unwrap(), one["period"]["year"], one["missing"].as_str().unwrap())
        }).collect();
        assert_eq!(unmet[..3], ["block.cycle null 90.00", "total.cycle null 312.00", "year.floor 2017 48.00"]);
        assert_eq!(table["all"]["passed_percent"], "50.00");
        let same = school.get(&format!("{SCHOOL}?{CYCLE}&organisation_id={}&format=json", county.schools[0])).await;
        assert_eq!(same.expect(200), table, "one's own school is the default");
    }

    async fn the_county_s_table_has_one_row_a_school_also_where_nobody_teaches(county: County) {
        three_teachers(county);
        school_with(county, 9, Stage::Primary, Setting::Rural, 0, 0);
        for name in ["bureau", "centre", "monitor", "finance", "auditor"] {
            let table = county.sign_in(name).get(&format!("{SCHOOL}?{CYCLE}")).await.expect(200);
            assert_eq!(table["teachers"], Value::Null);
            assert_eq!(field(&table["schools"], "name"), ["实验小学", "山区中心小学", "第9小学"]);
            assert_eq!(table["schools"][0]["tally"], json!({"hidden": false, "teachers": 2, "met": 1, "warn": 0, "not_yet": 0,
                "failed": 1, "passed_percent": "50.00", "owed": "720.00", "counted": "458.00", "carried_over": "0.00", "missing": "312.00",
                "counted_average": "229.00"}));
            assert_eq!(table["schools"][2]["tally"]["teachers"], 0);
            assert_eq!(table["schools"][2]["tally"]["passed_percent"], Value::Null);
            assert_eq!(table["all"]["teachers"], 3);
        }
    }

    async fn the_summary_adds_up_in_every_direction(county: County) {
        three_teachers(county);
        school_with(county, 9, Stage::Junior, Setting::Rural, 2, 1);
        let summary = county.sign_in("finance").get(&format!("{COUNTY}?{CYCLE}")).await.expect(200);
        assert_eq!((&summary["area_name"], &summary["schools"]), (&json!("遂昌县"), &json!(3)));
        let all = &summary["all"];
        assert_eq!((&all["teachers"], &all["met"], &all["failed"]), (&json!(6), &json!(3), &json!(3)));
        for section in ["by_stage", "by_setting"] {
            let teachers: u64 = summary[section].as_array().unwrap().iter().map(|row| row["tally"]["teachers"].as_u64().unwrap()).sum();
            assert_eq!(teachers, 6, "{section}");
        }
        let by_stage = field(&summary["by_stage"], "stage");
        assert_eq!(by_stage, ["primary", "junior"]);
        let cents = |text: &Value| text.as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        let routes: i64 = summary["by_route"].as_array().unwrap().iter().map(|row| cents(&row["counted"])).sum();
        assert_eq!(routes, cents(&all["counted"]));
        assert_eq!(summary["by_verdict"][0], json!({"verdict": "met", "teachers": 3, "percent": "50.00"}));
        let cut = &summary["cuts"][0];
        assert_eq!(cut["rule"], json!({"id": "school_based.cap.year", "pack": "331123", "edition": 1}));
        assert_eq!((&cut["teachers"], &cut["entries"], &cut["hours"]), (&json!(1), &json!(5), &json!("30.00")));
    }

    async fn an_export_has_every_row_that_the_list_has(county: County) {
        three_teachers(county);
        school_with(county, 9, Stage::Primary, Setting::Rural, 3, 60);
        let bureau = county.sign_in("bureau").in_chinese();
        for organisation in [county.bureau, county.schools[0], county.schools[1]] {
            let path = format!("{SCHOOL}?{CYCLE}&organisation_id={organisation}");
            let table = bureau.get(&path).await.expect(200);
            let (rows, header) = if table["teachers"].is_null() { ("schools", "学校") } else { ("teachers", "姓名") };
            let names = field(&table[rows], "name");
            let guarded: Vec<String> = names.iter().map(|name| name.replace("=钟", "'=钟")).collect();
            let csv = csv_rows(&bureau.get(&format!("{path}&format=csv")).await);
            assert_eq!(column(&csv, header), guarded);
            let sheets = sheets(&bureau.get(&format!("{path}&format=xlsx")).await);
            let mut printed = column(&sheets[0].1, header);
            assert_eq!(printed.pop().as_deref(), Some("合计"));
            assert_eq!(printed, guarded);
        }
        let path = format!("{SCHOOL}?{CYCLE}&organisation_id={}", county.bureau);
        let json = bureau.get(&path).await.expect(200);
        let csv = csv_rows(&bureau.get(&format!("{path}&format=csv")).await);
        let counted: Vec<String> = json["schools"].as_array().unwrap().iter().map(|row| row["tally"]["counted"].as_str().unwrap().to_owned()).collect();
        assert_eq!(column(&csv, "计入学时"), counted);

        let path = format!("{COUNTY}?{CYCLE}");
        let summary = bureau.get(&path).await.expect(200);
        let count = |name: &str| summary[name].as_array().unwrap().len();
        let csv = csv_rows(&bureau.get(&format!("{path}&format=csv")).await);
        let parts = ["by_stage", "by_setting", "by_verdict", "by_route", "cuts"];
        assert_eq!(csv.len() - 1, 1 + parts.iter().map(|part| count(part)).sum::<usize>());
        let sheets = sheets(&bureau.get(&format!("{path}&format=xlsx")).await);
        let rows: Vec<(&str, usize)> = sheets.iter().map(|(name, rows)| (name.as_str(), rows.len() - 1)).collect();
        assert_eq!(rows[..4], [
            ("县级汇总", 1 + count("by_stage") + count("by_setting")), ("结论", count("by_verdict")), ("途径", count("by_route")),
            ("削减学时", count("cuts")),
        ]);
        assert_eq!(rows[4].0, "说明");
    }

    async fn files_have_names_and_headers_in_the_reader_s_language(county: County) {
        three_teachers(county);
        let path = format!("{SCHOOL}?{CYCLE}&format=csv");
        let english = county.sign_in("school-1").get(&path).await;
        let chinese = county.sign_in("school-1").in_chinese().get(&format!("{path}&bom=true")).await;
        assert!(chinese.bytes.starts_with(b"\xEF\xBB\xBF"), "Excel needs the mark");
        assert_eq!(csv_rows(&chinese)[0][..5], ["学校", "姓名", "职称", "学科", "应修学时"]);
        assert_eq!(csv_rows(&english)[0][..5], ["School", "Name", "Title", "Subjects", "Hours owed"]);
        assert_eq!(chinese.header("content-language").as_deref(), Some("zh-CN"));
        assert_eq!(chinese.header("cache-control").as_deref(), Some("no-store"));
        assert_eq!(
            chinese.header("content-disposition").unwrap(),
            "attachment; filename=\"school-completion-2020-12-31.csv\"; filename*=UTF-8''%E5%AE%9E%E9%AA%8C%E5%B0%8F%E5%AD%A6\
             %E5%AD%A6%E6%97%B6%E5%AE%8C%E6%88%90%E6%83%85%E5%86%B5-2020-12-31.csv"
        );
        assert!(english.bytes.starts_with(b"School,"), "the mark is there on request");
        let book = county.sign_in("bureau").get(&format!("{COUNTY}?{CYCLE}&format=xlsx")).await;
        assert!(book.header("content-disposition").unwrap().starts_with("attachment; filename=\"county-summary-331123-2020-12-31.xlsx\";"));
        assert_eq!(sheets(&book)[0].0, "County summary");
    }

    async fn what_cannot_be_answered_is_refused(county: County) {
        three_teachers(county);
        let bureau = county.sign_in("bureau");
        for path in [SCHOOL, COUNTY] {
            for format in ["pdf", "XLSX", ""] {
                let problem = bureau.get(&format!("{path}?format={format}")).await.refused(400, "invalid_parameter");
                assert_eq!(problem["parameters"], json!({"name": "format", "reason": "takes json, csv or xlsx"}));
            }
            bureau.get(&format!("{path}?limit=5")).await.refused(400, "unknown_parameter");
            bureau.get(&format!("{path}?cycle=1999-2003")).await.refused(400, "cycle_unknown");
            bureau.get(&format!("{path}?as_of=2099-01-01")).await.refused(400, "invalid_parameter");
            county.anonymous().get(path).await.refused(401, "unauthenticated");
            for name in ["teacher-1", "institution-1", "system"] {
                county.sign_in(name).get(path).await.refused(403, "forbidden");
            }
        }
        let foreign = format!("{SCHOOL}?organisation_id={}", county.schools[1]);
        county.sign_in("school-1").get(&foreign).await.refused(404, "not_found");
        county.sign_in("school-1").get(&format!("{SCHOOL}?organisation_id={}", county.bureau)).await.refused(404, "not_found");
        county.sign_in("elsewhere-bureau").get(&foreign).await.refused(404, "not_found");
        county.sign_in("elsewhere-bureau").get(&format!("{COUNTY}?area=331123")).await.refused(404, "not_found");
        county.sign_in("school-1").get(COUNTY).await.refused(404, "not_found");
        bureau.get(&format!("{COUNTY}?area=331124")).await.refused(404, "not_found");
    }

    async fn an_outsider_sees_statistics_only_and_no_small_number(county: County) {
        three_teachers(county);
        let large = school_with(county, 20, Stage::Junior, Setting::Urban, 12, 8);
        let small = school_with(county, 21, Stage::Junior, Setting::Urban, 9, 2);
        let other = school_with(county, 22, Stage::Junior, Setting::Urban, 30, 20);
        let (bureau, schools) = (county.bureau, county.schools);
        let province = province_auditor(county);
        province.get(SCHOOL).await.refused(400, "invalid_parameter");
        province.get(COUNTY).await.refused(400, "invalid_parameter");
        // Standings hide nothing, and are for the county.
        province.get("/v1/areas/331123/standing").await.refused(404, "not_found");
        province.get(&format!("/v1/organisations/{}/standing", schools[0])).await.refused(404, "not_found");

        let table = province.get(&format!("{SCHOOL}?{CYCLE}&organisation_id={bureau}")).await.expect(200);
        assert_eq!(table["hidden_below"], 5);
        let hidden = |table: &Value, name: &str| {
            let row = table["schools"].as_array().unwrap().iter().find(|row| row["name"] == name).unwrap().clone();
            assert_eq!(row["tally"]["hidden"], row["tally"]["counted"].is_null());
            row["tally"]["hidden"] == true
        };
        for (name, expected) in [("实验小学", true), ("山区中心小学", true), ("第20小学", true), ("第21小学", true)] {
            assert_eq!(hidden(&table, name), expected, "{name}");
        }
        assert_eq!(table["all"]["teachers"], 84, "the sum of many is shown");

        // Asking for the parts reveals no more, and no names.
        for (id, name) in [(large, "第20小学"), (small, "第21小学"), (other, "第22小学"), (schools[0], "实验小学")] {
            let part = province.get(&format!("{SCHOOL}?{CYCLE}&organisation_id={id}")).await.expect(200);
            assert_eq!(part["teachers"], Value::Null);
            assert_eq!(hidden(&part, name), hidden(&table, name), "{name}");
            assert_eq!(part["all"]["hidden"], hidden(&table, name), "{name}");
        }
        let csv = province.get(&format!("{SCHOOL}?{CYCLE}&organisation_id={bureau}&format=csv")).await;
        let rows = csv_rows(&csv);
        let place = rows.iter().position(|row| row[1] == "第21小学").unwrap();
        assert!(rows[place][4..].iter().all(|cell| cell == "*"), "{:?}", rows[place]);
        assert!(!csv.text().contains('师'), "no names");

        let summary = province.get(&format!("{COUNTY}?{CYCLE}&area=331123")).await.expect(200);
        assert_eq!(summary["hidden_below"], 5);
        for section in ["by_stage", "by_setting"] {
            for row in summary[section].as_array().unwrap() {
                for cell in ["met", "warn", "not_yet", "failed", "teachers"] {
                    let number = row["tally"][cell].as_u64().unwrap_or(0);
                    assert!(!(1..5).contains(&number), "{section}: {row:#}");
                }
            }
        }
        assert_eq!(summary["cuts"][0]["hidden"], true, "one teacher is concerned");
        assert_eq!(summary["cuts"][0]["teachers"], Value::Null);
        let own = county.sign_in("auditor").get(&format!("{COUNTY}?{CYCLE}")).await.expect(200);
        assert_eq!((&own["hidden_below"], &own["cuts"][0]["teachers"]), (&Value::Null, &json!(1)));
    }

    async fn no_report_has_an_identity_number(county: County) {
        let one = county.add_teacher(1, county.schools[0]);
        let number = crate::harness::training::identity(1);
        assert_eq!(one.person.area().get(), 331_123);
        let bureau = county.sign_in("bureau");
        let school = format!("{SCHOOL}?organisation_id={}&format", county.schools[0]);
        for path in [format!("{school}=json"), format!("{school}=csv"), format!("{COUNTY}?format=csv")] {
            let text = bureau.get(&path).await.text();
            assert!(!text.contains(number.as_str()) && !text.contains(&number.masked()), "{path}");
        }
        let book = sheets(&bureau.get(&format!("{school}=xlsx")).await);
        assert!(format!("{book:?}").contains("教师1"));
        assert!(!format!("{book:?}").contains(number.as_str()));
    }
}
