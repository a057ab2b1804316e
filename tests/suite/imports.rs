//! Importing rosters and lists of schools, and exporting the roster.

use crate::{
    harness::{Answered, Caller, County, both, training::TestSession},
    ledger::fixture::{entry, post, sql},
    people::{place, teacher, two_persons},
};
use actix_web::http::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const SPECIMEN: &[u8] = include_bytes!("../data/roster-sample.xlsx");
const EXPECTED: &str = include_str!("../data/roster-sample.expected.json");

async fn import(caller: &Caller<'_>, query: &str, kind: &str, bytes: impl Into<actix_web::web::Bytes>) -> Answered {
    caller.request(Method::POST, &format!("/v1/imports?{query}")).body(kind, bytes).send().await
}

/// How many rows stand in the tables that an import writes, by what the API shows.
async fn standing(county: &County) -> (Value, Value) {
    let centre = county.sign_in("centre");
    let persons = centre.get("/v1/persons?limit=1&include=total").await.expect(200)["total"].clone();
    let schools = centre.get("/v1/organisations?kind=school&limit=1&include=total").await.expect(200)["total"].clone();
    (persons, schools)
}

fn header(rows: &[&str]) -> String {
    format!(
        "姓名,身份证号码,学校标识码,学段,任教学科,专业技术职务,行政职务,参加工作时间,联系电话,备注\n{}\n",
        rows.join("\n")
    )
}

const ONE: &str = "龚敏超,331199199205119087,2133000101,小学,数学、科学,一级教师,教导主任,2014-08-01,19943192252,=1+1";
const TWO: &str = "史娟明,331199197702117489,2133000104,小学,语文,小学高级教师,班主任,1999-02-01,,";

both! {
    async fn the_specimen_of_an_office_imports_with_exactly_the_expected_faults(county: County) {
        let bureau = county.sign_in("bureau");
        let list = "学校标识码,学校名称,学段,城乡类型\n3133000102,第三中学,初中,城区\n1133000103,机关幼儿园,幼儿园,城区\n";
        let schools = import(&bureau, "kind=organisations", "text/csv", list).await.expect(201);
        assert_eq!((&schools["created"], &schools["failed"]), (&json!(2), &json!(0)));
        let expected: Value = serde_json::from_str(EXPECTED).unwrap();
        let mut wanted = BTreeMap::new();
        for row in expected["rows"].as_array().unwrap() {
            if let Some(fault) = row["fault"].as_str() {
                wanted.insert(row["row"].as_u64().unwrap(), format!("roster_{fault}"));
            }
        }
        let refused = import(&bureau, "kind=roster&mode=all_or_nothing", XLSX, SPECIMEN).await.refused(422, "import_has_faults");
        assert_eq!(refused["errors"].as_array().unwrap().len(), wanted.len());
        assert_eq!(refused["errors"][0]["pointer"], "/sheets/花名册/rows/24/school_code");
        assert_eq!(standing(county).await.0, json!(0), "nothing was written");
        let dry = import(&bureau, "kind=roster&mode=row_by_row&dry_run=true&file_name=roster.xlsx", XLSX, SPECIMEN).await.expect(200);
        assert_eq!(standing(county).await.0, json!(0), "a dry run writes nothing");
        let done = import(&bureau, "kind=roster&mode=row_by_row&file_name=roster.xlsx", XLSX, SPECIMEN).await.expect(201);
        let found: BTreeMap<u64, String> = done["faults"].as_array().unwrap().iter()
            .map(|fault| (fault["row"].as_u64().unwrap(), fault["code"].as_str().unwrap().to_owned())).collect();
        assert_eq!(found, wanted);
        assert_eq!(done["faults_total"], json!(wanted.len()));
        let accepted = &expected["accepted"];
        assert_eq!((&done["created"], &done["failed"]), (accepted, &json!(wanted.len())));
        assert_eq!(standing(county).await.0, *accepted, "what is reported is what was written");
        for field in ["created", "updated", "unchanged", "failed", "skipped", "faults", "notes", "sheets", "skipped_rows", "acceptable"] {
            assert_eq!(dry[field], done[field], "the dry run told {field}");
        }
        assert_eq!((&dry["applied"], &dry["id"], &done["applied"]), (&json!(false), &Value::Null, &json!(true)));
        assert_eq!((&done["sheets"][0]["header_row"], &done["ignored_sheets"]), (&json!(3), &json!(["填表说明"])));
        let again = import(&bureau, "kind=roster&mode=row_by_row", XLSX, SPECIMEN).await.expect(201);
        assert_eq!((&again["created"], &again["updated"], &again["unchanged"]), (&json!(0), &json!(0), accepted));
    }

    async fn a_fault_names_cell_and_remedy_in_the_language_of_the_reader(county: County) {
        let bureau = county.sign_in("bureau");
        let csv = header(&["张三,3311991981073042,2133000101,小学,数学,,,2014-08,,"]);
        let query = "kind=roster&dry_run=true";
        let english = import(&bureau, query, "text/csv", csv.clone()).await.expect(200);
        let fault = &english["faults"][0];
        assert_eq!((&fault["code"], &fault["cell"], &fault["column"]), (&json!("roster_short_id"), &json!("B2"), &json!("identity_number")));
        assert!(fault["detail"].as_str().unwrap().contains("18 digits"));
        let chinese = import(&bureau.clone().in_chinese(), query, "text/csv", csv).await.expect(200);
        assert!(chinese["faults"][0]["detail"].as_str().unwrap().contains("18 位"));
        assert_eq!(english["acceptable"], false);
    }

    async fn importing_the_own_export_changes_nothing_and_keeps_everything(county: County) {
        let bureau = county.sign_in("bureau");
        import(&bureau, "kind=roster&effective_on=2026-09-01", "text/csv", header(&[ONE, TWO])).await.expect(201);
        let list = bureau.get("/v1/persons").await.expect(200);
        let first = &list["data"][1];
        let school = county.sign_in("school-1");
        let extra = json!({"stage": "junior", "subject": "科学", "valid_from": "2026-09-01"});
        school.post(&format!("{}/teaching", place(first)), extra).await.expect(201);
        school.post(&format!("{}/leaves", place(first)), json!({"kind": "sick", "valid_from": "2026-10-01"})).await.expect(201);
        let before: Vec<Value> = [
            bureau.get("/v1/persons").await.expect(200),
            bureau.get("/v1/teachers").await.expect(200),
            bureau.get(&format!("{}/facts", place(first))).await.expect(200),
        ].into();
        for (format, kind) in [("csv", "text/csv"), ("xlsx", XLSX)] {
            for caller in [bureau.clone(), bureau.clone().in_chinese()] {
                let path = format!("/v1/exports/roster?format={format}&clear=true&reason=re-import");
                let export = caller.get(&path).await;
                assert_eq!(export.status, 200);
                let again = import(&bureau, "kind=roster", kind, export.bytes).await.expect(201);
                let counts = ["created", "updated", "unchanged", "failed"].map(|field| again[field].clone());
                assert_eq!(counts, [json!(0), json!(0), json!(2), json!(0)], "{format}: {again:#}");
            }
        }
        let after: Vec<Value> = [
            bureau.get("/v1/persons").await.expect(200),
            bureau.get("/v1/teachers").await.expect(200),
            bureau.get(&format!("{}/facts", place(first))).await.expect(200),
        ].into();
        assert_eq!(after, before);
    }

    async fn importing_the_own_export_keeps_who_is_enrolled_and_what_was_earned(county: County) {
        let teachers = [1, 2].map(|number| county.add_teacher(number, county.schools[0]));
        sql(county, "UPDATE persons SET name = '雷晓燕', search_name = '雷晓燕'").unwrap();
        let session = county.add_session(TestSession { seats: 1, queue_places: 1, ..TestSession::default() }).id;
        let enrolments = format!("/v1/sessions/{session}/enrolments");
        for teacher in teachers {
            county.caller(teacher.account).post(&enrolments, json!({})).await.expect(201);
        }
        post(county, vec![entry(teachers[0].person, "2026-05-01", "48")]);
        let bureau = county.sign_in("bureau");
        let ledger = format!("/v1/teachers/{}/hour-entries", teachers[0].person.teacher());
        let look = async || {
            let taken = bureau.get(&format!("/v1/sessions/{session}")).await.expect(200);
            let seats = [taken["seats_taken"].clone(), taken["queue_taken"].clone()];
            (bureau.get(&enrolments).await.expect(200), bureau.get(&ledger).await.expect(200), seats)
        };
        let before = look().await;
        let export = bureau.get("/v1/exports/roster?format=csv&clear=true&reason=re-import").await;
        let again = import(&bureau, "kind=roster", "text/csv", export.bytes).await.expect(201);
        assert_eq!((&again["unchanged"], &again["updated"], &again["created"]), (&json!(2), &json!(0), &json!(0)), "{again:#}");
        assert_eq!(look().await, before);
        county.caller(teachers[0].account).get(&enrolments.replace("enrolments", "eligibility")).await.expect(200);
    }

    async fn a_changed_school_is_a_move_on_the_day_and_what_is_blank_stays(county: County) {
        let bureau = county.sign_in("bureau");
        import(&bureau, "kind=roster&effective_on=2026-02-01", "text/csv", header(&[ONE, TWO])).await.expect(201);
        let moved = "龚敏超,331199199205119087,2133000104,小学,语文,高级教师,,2014-08-01,,";
        let done = import(&bureau, "kind=roster&effective_on=2026-08-01", "text/csv", header(&[moved, TWO])).await.expect(201);
        assert_eq!((&done["updated"], &done["unchanged"]), (&json!(1), &json!(1)));
        let list = bureau.get("/v1/persons").await.expect(200);
        let (one, two) = (&list["data"][1], &list["data"][0]);
        assert_eq!((&one["organisation"]["name"], &one["title"]), (&json!("山区中心小学"), &json!("senior")));
        assert_eq!((&one["phone"], &one["remark"]), (&json!("*********52"), &json!("=1+1")), "a blank cell changes nothing");
        let other = moved.replace("龚敏超", "龚敏");
        let told = import(&bureau, "kind=roster&effective_on=2026-08-01&dry_run=true", "text/csv", header(&[&other])).await.expect(200);
        assert_eq!((&told["notes"][0]["code"], &told["notes"][0]["parameters"]["after"]), (&json!("roster_other_name"), &json!("龚敏")), "{told:#}");
        let now = bureau.get(&teacher(one)).await.expect(200);
        assert_eq!((&now["posts"], &now["at_school_since"], &now["teaching"][0]["subject"]), (&json!([]), &json!("2026-08-01"), &json!("语文")));
        let then = bureau.get(&format!("{}/facts?on=2026-07-31", place(one))).await.expect(200);
        assert_eq!((&then["titles"][0]["title"], &then["posts"][0]["category"]), (&json!("first"), &json!("教导主任")));
        assert_eq!(then["teaching"].as_array().unwrap().len(), 2);
        let other = bureau.get(&teacher(two)).await.expect(200);
        assert_eq!((&other["title_written"], &two["duty"]), (&json!("小学高级教师"), &json!("班主任")));
        let back = import(&bureau, "kind=roster&effective_on=2026-03-01", "text/csv", header(&[ONE])).await.refused(422, "import_has_faults");
        assert_eq!(back["errors"][0]["code"], "roster_later_record");
    }

    async fn personal_data_in_other_columns_is_a_fault_and_is_not_repeated(county: County) {
        let bureau = county.sign_in("bureau");
        let number = "331199199205119087";
        for row in [
            ONE.replace("数学、科学", number),
            ONE.replace("一级教师", "138 0013 8000"),
            ONE.replace("教导主任", "zhang.san@school.cn"),
            ONE.replace("=1+1", &format!("身份证{number}")),
            ONE.replace("2133000101", number),
        ] {
            let told = import(&bureau, "kind=roster", "text/csv", header(&[&row])).await.refused(422, "import_has_faults").to_string();
            for hidden in [number, "13800138000", "zhang.san"] {
                assert!(!told.contains(hidden), "{told}");
            }
        }
        let schools = |cells: &str| format!("学校标识码,学校名称,学段,城乡类型,小班化,上级机构\n{cells}\n");
        for cells in [
            format!("{number},甲,小学,城区,否,"), format!("2133000107,{number},小学,城区,否,"), format!("2133000107,甲,{number},城区,否,"),
            format!("2133000107,甲,小学,{number},否,"), format!("2133000107,甲,小学,城区,{number},"), format!("2133000107,甲,小学,城区,否,{number}"),
        ] {
            let told = import(&bureau, "kind=organisations", "text/csv", schools(&cells)).await.refused(422, "import_has_faults").to_string();
            assert!(!told.contains(number), "{told}");
        }
        let log = county.sign_in("auditor").get("/v1/events").await.expect(200).to_string();
        assert!(!log.contains(number));
    }

    async fn nobody_comes_by_a_roster_to_a_school_that_has_a_last_day(county: County) {
        let bureau = county.sign_in("bureau");
        import(&bureau, "kind=roster&effective_on=2026-02-01", "text/csv", header(&[ONE])).await.expect(201);
        let school = format!("/v1/organisations/{}", county.schools[1]);
        let etag = bureau.get(&school).await.etag();
        let closing = json!({"closed_on": "2026-12-31", "reason": "并入实验小学"});
        let close = bureau.request(Method::POST, &format!("{school}/close")).header("If-Match", &etag);
        close.json(&closing).send().await.expect(200);
        let moved = ONE.replace("2133000101", "2133000104");
        let done = import(&bureau, "kind=roster&effective_on=2026-11-01&mode=row_by_row", "text/csv", header(&[&moved, TWO])).await;
        let told = done.refused(422, "import_has_faults");
        let faults: Vec<_> = told["errors"].as_array().unwrap().iter().map(|fault| (&fault["code"], &fault["parameters"]["closed_on"])).collect();
        assert_eq!(faults, [(&json!("roster_school_closes"), &json!("2026-12-31")); 2], "{told:#}");
        let unchanged = import(&bureau, "kind=roster&effective_on=2026-11-01", "text/csv", header(&[ONE])).await.expect(201);
        assert_eq!(unchanged["unchanged"], 1);
    }

    async fn a_correction_on_the_same_day_leaves_no_spell_without_a_day(county: County) {
        let bureau = county.sign_in("bureau");
        import(&bureau, "kind=roster&effective_on=2026-09-01", "text/csv", header(&[ONE])).await.expect(201);
        let corrected = ONE.replace("一级教师", "二级教师").replace("数学、科学", "数学");
        let done = import(&bureau, "kind=roster&effective_on=2026-09-01", "text/csv", header(&[&corrected])).await.expect(201);
        assert_eq!(done["updated"], 1);
        let list = bureau.get("/v1/persons").await.expect(200);
        let facts = bureau.get(&format!("{}/facts", place(&list["data"][0]))).await.expect(200);
        assert_eq!((facts["titles"].as_array().unwrap().len(), &facts["titles"][0]["title"]), (1, &json!("second")));
        assert_eq!(facts["teaching"].as_array().unwrap().len(), 1);
    }

    async fn an_import_is_kept_listed_and_logged_and_a_retry_has_one_effect(county: County) {
        let bureau = county.sign_in("bureau");
        let path = "/v1/imports?kind=roster&file_name=%E8%8A%B1%E5%90%8D%E5%86%8C.csv";
        let send = || bureau.request(Method::POST, path).header("Idempotency-Key", "import-1").body("text/csv", header(&[ONE, TWO])).send();
        let first = send().await;
        let again = send().await;
        assert_eq!(again.expect(201), first.expect(201));
        assert_eq!(again.header("idempotency-hit").as_deref(), Some("true"));
        let kept = bureau.get(&first.header("location").unwrap()).await.expect(200);
        assert_eq!(kept, first.expect(201));
        let list = bureau.get("/v1/imports").await.expect(200);
        assert_eq!((list["data"].as_array().unwrap().len(), &list["data"][0]["file_name"]), (1, &json!("花名册.csv")));
        let auditor = county.sign_in("auditor");
        let log = auditor.get("/v1/events?action=import_create").await.expect(200);
        assert_eq!(log["data"].as_array().unwrap().len(), 2);
        assert_eq!(log["data"][0]["after"]["import"], kept["id"]);
        assert_eq!(auditor.get("/v1/imports").await.expect(200), bureau.get("/v1/imports").await.expect(200));
        county.sign_in("finance").get("/v1/imports").await.refused(403, "forbidden");
        county.sign_in("elsewhere-bureau").get(&first.header("location").unwrap()).await.refused(404, "not_found");
        assert_eq!(county.sign_in("elsewhere-bureau").get("/v1/imports").await.expect(200)["data"], json!([]));
        import(&county.sign_in("school-1"), "kind=roster", "text/csv", header(&[ONE])).await.refused(403, "forbidden");
    }

    async fn a_file_that_cannot_be_read_says_why(county: County) {
        let bureau = county.sign_in("bureau");
        for (bytes, fault) in [(&b""[..], "file_empty"), (b"PK\x03\x04broken", "file_damaged"), (b"<html></html>", "file_markup")] {
            let problem = import(&bureau, "kind=roster", XLSX, bytes).await.refused(422, "file_unreadable");
            assert_eq!(problem["parameters"]["fault"], fault);
        }
        for mode in ["all_or_nothing", "row_by_row"] {
            let query = format!("kind=roster&mode={mode}");
            let problem = import(&bureau, &query, "text/csv", "a,b\n1,2\n").await.refused(422, "import_has_faults");
            assert_eq!(problem["errors"][0]["code"], "roster_no_header");
        }
        import(&bureau, "kind=roster", "application/json", "{}").await.refused(415, "unsupported_media_type");
        import(&bureau, "kind=pupils", "text/csv", "x").await.refused(400, "invalid_parameter");
        import(&bureau, "kind=roster&dryrun=true", "text/csv", "x").await.refused(400, "unknown_parameter");
        assert_eq!(standing(county).await.0, json!(0));
    }

    async fn a_list_of_schools_enters_and_changes_schools_by_their_code(county: County) {
        let bureau = county.sign_in("bureau");
        let list = "学校标识码,学校名称,学段,城乡类型,小班化,上级机构\n2133000101,实验小学,小学,城区,,\n2133000104,山区中心小学,,乡村,是,\n2133000199,山区教学点,,乡村,是,2133000104\n";
        let done = import(&bureau, "kind=organisations", "text/csv", list).await.expect(201);
        assert_eq!(["created", "updated", "unchanged", "failed"].map(|field| done[field].clone()), [json!(1), json!(2), json!(0), json!(0)]);
        let schools = bureau.get("/v1/organisations?kind=school").await.expect(200);
        let named = |name: &str| schools["data"].as_array().unwrap().iter().find(|row| row["name"] == name).unwrap().clone();
        assert_eq!(named("山区教学点")["parent_id"], county.schools[1].to_string());
        assert_eq!((&named("山区中心小学")["setting"], &named("山区中心小学")["small_class"]), (&json!("rural"), &json!(true)));
        let again = import(&bureau, "kind=organisations", "text/csv", list).await.expect(201);
        assert_eq!((&again["unchanged"], &again["updated"]), (&json!(3), &json!(0)));
        let wrong = "学校标识码,学校名称,上级机构\n2133000198,新校,没有的局\n";
        let problem = import(&bureau, "kind=organisations", "text/csv", wrong).await.refused(422, "import_has_faults");
        assert_eq!(problem["errors"][0]["code"], "schools_unknown_parent");
    }

    async fn a_school_of_a_list_that_names_nothing_above_it_needs_the_one_bureau(county: County) {
        let bureau = county.sign_in("bureau");
        let list = "学校标识码,学校名称,学段\n3133000102,第三中学,初中\n";
        let alone = county.schools[1].number();
        let sql = format!("UPDATE organisations SET parent_id = NULL, path = '/{alone}/' WHERE id = {alone}");
        let other = county.institutions[1].number();
        let second = format!("UPDATE organisations SET kind = 'bureau', parent_id = NULL, path = '/{other}/' WHERE id = {other}");
        crate::check::behind_the_back(county, &[sql, second]);
        let problem = import(&bureau, "kind=organisations", "text/csv", list).await.refused(422, "import_has_faults");
        assert_eq!(problem["errors"][0]["code"], "schools_no_bureau");
        let named = "学校标识码,学校名称,学段,上级机构\n3133000102,第三中学,初中,遂昌县教育局\n2133000104,山区中心小学,小学,遂昌县教育局\n";
        let done = import(&bureau, "kind=organisations", "text/csv", named).await.expect(201);
        assert_eq!((&done["created"], &done["updated"]), (&json!(1), &json!(1)));
        let broken: Vec<&str> = crate::check::broken_now(county).into_iter().collect();
        assert_eq!(broken, ["one_bureau_at_the_top"], "whatever stood alone has its place again, and the second bureau is told of");
    }

    async fn importing_the_own_list_of_schools_changes_nothing(county: County) {
        let bureau = county.sign_in("bureau");
        let list = "学校标识码,学校名称,学段,城乡类型,小班化,上级机构\n2133000101,=实验小学,小学,城区,,\n2133000104,山区中心小学,,乡村,是,\n2133000199,山区教学点,,乡村,是,2133000104\n";
        import(&bureau, "kind=organisations", "text/csv", list).await.expect(201);
        let before = bureau.get("/v1/organisations?include=total").await.expect(200);
        let schools = bureau.get("/v1/organisations?kind=school").await.expect(200);
        let names: Vec<&str> = schools["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
        for (format, kind) in [("csv", "text/csv"), ("csv&bom=true", "text/csv"), ("xlsx", XLSX)] {
            for caller in [county.sign_in("auditor"), county.sign_in("school-1").in_chinese()] {
                let export = caller.get(&format!("/v1/exports/organisations?format={format}")).await;
                assert_eq!(export.status, 200, "{}", export.text());
                if format == "csv" {
                    let rows: Vec<String> = export.text().lines().skip(1).map(|row| row.split(',').nth(1).unwrap().trim_start_matches('\'').to_owned()).collect();
                    assert_eq!(rows, names, "every row of the list, in its order");
                }
                let again = import(&bureau, "kind=organisations", kind, export.bytes).await.expect(201);
                let counts = ["created", "updated", "unchanged", "failed"].map(|field| again[field].clone());
                assert_eq!(counts, [json!(0), json!(0), json!(names.len()), json!(0)], "{format}: {again:#}");
            }
        }
        assert_eq!(bureau.get("/v1/organisations?include=total").await.expect(200), before);
        bureau.get("/v1/exports/organisations?format=csv&area=330106").await.refused(404, "not_found");
        bureau.get("/v1/exports/organisations?format=pdf").await.refused(400, "invalid_parameter");
    }

    async fn an_export_has_every_row_and_runs_no_formula(county: County) {
        let [one, _] = two_persons(county).await;
        let bureau = county.sign_in("bureau");
        let etag = bureau.get(&place(&one)).await.etag();
        bureau.patch(&place(&one), &etag, json!({"remark": "=HYPERLINK(1)"})).await.expect(200);
        let rows: Vec<String> = (0..250).map(|number| {
            let body = format!("331199{:04}0101{:03}", 1960 + number % 40, number);
            format!("教师{},{body}{},2133000101,小学,数学,,,2015-09-01,,", hanzi(number), check_character(&body))
        }).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let made = import(&bureau, "kind=roster", "text/csv", header(&rows)).await.expect(201);
        assert_eq!(made["created"], 250);
        let csv = bureau.get("/v1/exports/roster?format=csv").await;
        assert_eq!(csv.text().lines().count(), 253);
        assert!(csv.text().contains("'=HYPERLINK(1)"));
        assert!(csv.header("content-disposition").unwrap().contains("roster-masked-2026-11-23.csv"));
        let own = county.sign_in("school-2").get("/v1/exports/roster?format=csv").await.text();
        assert_eq!(own.lines().count(), 2, "a school exports its own persons");
        let masked = import(&bureau, "kind=roster&dry_run=true", "text/csv", csv.bytes.clone()).await.expect(200);
        assert_eq!((&masked["acceptable"], &masked["failed"]), (&json!(false), &json!(252)), "a masked file cannot be imported");
    }
}

/// A name for a number.
fn hanzi(number: usize) -> String {
    let digits: Vec<char> = "零一二三四五六七八九".chars().collect();
    [number / 100, number / 10 % 10, number % 10].iter().map(|digit| digits[*digit]).collect()
}

/// The check character of an identity number (GB 11643).
fn check_character(body: &str) -> char {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(weights).map(|(digit, weight)| digit.to_digit(10).unwrap() * weight).sum();
    "10X98765432".chars().nth(usize::try_from(sum % 11).unwrap()).unwrap()
}
