//! Hours of the provincial platform: imported row by row, compared in both directions, exported in the same columns.

use super::steps::*;
use crate::harness::{Answered, Caller, County, both, training::identity};
use actix_web::http::Method;
use serde_json::{Value, json};

const HEADER: &str = "姓名,身份证号码,学时编号,培训项目,开始日期,结束日期,学时,实践学时,学时途径,级别,主题\n";

fn row(teacher: u32, key: &str, title: &str, on: &str, hours: &str) -> String {
    let number = identity(teacher);
    format!("教师{teacher},{},{key},{title},{on},{on},{hours},2,自主选课,省级,学科\n", number.as_str())
}

fn file(rows: &[String]) -> String {
    format!("{HEADER}{}", rows.concat())
}

async fn import(caller: &Caller<'_>, query: &str, text: String) -> Answered {
    let path = format!("/v1/imports?kind=records{query}");
    caller.request(Method::POST, &path).body("text/csv", text.into_bytes()).send().await
}

async fn compare(caller: &Caller<'_>, text: impl Into<actix_web::web::Bytes>) -> Value {
    let path = "/v1/reconciliations?from=2026-01-01&to=2026-12-31&file_name=省平台.csv";
    caller.request(Method::POST, path).body("text/csv", text.into()).send().await.expect(200)
}

async fn total(caller: &Caller<'_>) -> i64 {
    caller.get("/v1/records?include=total").await.expect(200)["total"].as_i64().unwrap()
}

fn keys(view: &Value, list: &str) -> Vec<String> {
    view[list].as_array().unwrap().iter().map(|row| row["source_key"].as_str().unwrap().to_owned()).collect()
}

async fn posted(county: &County, keys: &[&str]) {
    let list = county.sign_in("bureau").get("/v1/records?limit=200").await.expect(200);
    for record in list["data"].as_array().unwrap() {
        if keys.contains(&record["source_key"].as_str().unwrap()) {
            let place = format!("/v1/records/{}", record["id"].as_str().unwrap());
            step(&county.sign_in("centre-2"), &place, "examine").await.expect(200);
            step(&county.sign_in("monitor"), &place, "verify").await.expect(200);
        }
    }
}

both! {
    async fn a_file_of_the_platform_becomes_records_to_be_examined(county: County) {
        let [one, ..] = prepared(county);
        let centre = county.sign_in("centre");
        let rows = [row(1, "P-1", "单元教学", "2026-06-03", "24"), row(3, "P-1", "单元教学", "2026-06-03", "24")];
        let dry = import(&centre, "&dry_run=true&file_name=省平台.csv", file(&rows)).await.expect(200);
        assert_eq!((&dry["created"], &dry["acceptable"], total(&centre).await), (&json!(2), &json!(true), 0));
        let done = import(&centre, "&file_name=省平台.csv", file(&rows)).await.expect(201);
        for field in ["created", "unchanged", "failed", "faults", "sheets", "skipped"] {
            assert_eq!(done[field], dry[field], "what was told is what was done: {field}");
        }
        let read = centre.get(&format!("/v1/imports/{}", done["id"].as_str().unwrap())).await.expect(200);
        assert_eq!((&read["kind"], &read["created"]), (&json!("records"), &json!(2)));
        let mine = county.caller(one.account).get("/v1/records").await.expect(200)["data"][0].clone();
        assert_eq!((&mine["state"], &mine["source"], &mine["category"]), (&json!("entered"), &json!("zj_platform"), &json!("platform")));
        assert_eq!((&mine["evidence"][0]["sha256"], &mine["evidence"][0]["kept_at"]), (&done["digest"], &done["id"]));
        assert_eq!((&mine["hours"], &mine["practice"], &mine["level"], &mine["themes"]), (&json!("24.00"), &json!("2.00"), &json!("province"), &json!(["subject"])));
        // The importer entered them and examines none of them.
        let place = format!("/v1/records/{}", mine["id"].as_str().unwrap());
        step(&centre, &place, "examine").await.refused(403, "record_same_person");
        let again = import(&centre, "", file(&rows)).await.expect(201);
        assert_eq!((&again["created"], &again["unchanged"], total(&centre).await), (&json!(0), &json!(2), 2));
        county.sign_in("school-1").request(Method::POST, "/v1/imports?kind=records").body("text/csv", file(&rows)).send().await.refused(403, "forbidden");
    }

    async fn a_list_of_other_kinds_of_training_says_the_kind_in_a_column(county: County) {
        let [one, ..] = prepared(county);
        let centre = county.sign_in("centre");
        let lines: Vec<String> = [("D-1", "单元教学", "学历进修"), ("D-2", "下乡支教", "teaching_support"), ("D-3", "其他", "")].iter()
            .map(|(key, title, category)| format!("{},{category}\n", row(1, key, title, "2026-06-03", "24").trim_end()))
            .collect();
        let text = format!("{},登记类别\n{}", HEADER.trim_end(), lines.concat());
        assert_eq!(import(&centre, "", text.clone()).await.expect(201)["created"], 3);
        assert_eq!(import(&centre, "", text.clone()).await.expect(201)["unchanged"], 3);
        let list = county.caller(one.account).get("/v1/records").await.expect(200);
        let mut kinds: Vec<(&str, &str)> = list["data"].as_array().unwrap().iter()
            .map(|row| (row["category"].as_str().unwrap(), row["source"].as_str().unwrap())).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, [("degree", "degree"), ("platform", "zj_platform"), ("teaching_support", "teaching_support")]);
        let told = import(&centre, "&dry_run=true", text.replace("学历进修", "学历")).await.expect(200);
        assert_eq!(told["faults"][0]["code"], "records_bad_word");
    }

    async fn every_row_that_cannot_be_entered_says_why_at_its_place(county: County) {
        prepared(county);
        let centre = county.sign_in("centre");
        let rows = [
            row(1, "P-1", "单元教学", "2026-06-03", "24"),
            row(1, "P-2", "单元 教学", "2026-06-04", "8"),
            row(9, "P-3", "别县教师的课", "2026-06-03", "24"),
            row(3, "P-4", "旧课", "2005-08-31", "24"),
            row(3, "P-5", "大课", "2026-06-03", "10001"),
            row(3, "P-6", "改名的课", "2026-06-03", "5").replace("教师3", "教师三"),
            row(3, "P-7", "坏日期", "昨天", "5"),
            row(3, "P-8", "坏级别", "2026-06-03", "5").replace("省级", "村级"),
            "合计,,,,,,90,,,,\n".to_owned(),
        ];
        let refused = import(&centre, "", file(&rows)).await.refused(422, "import_has_faults");
        assert_eq!((refused["errors"].as_array().unwrap().len(), total(&centre).await), (8, 0));
        let done = import(&centre, "&mode=row_by_row", file(&rows)).await.expect(201);
        let mut found: Vec<(u64, String)> = done["faults"].as_array().unwrap().iter()
            .map(|fault| (fault["row"].as_u64().unwrap(), fault["code"].as_str().unwrap().to_owned())).collect();
        found.sort();
        let expected = [
            (3, "duplicate_content"), (4, "records_unknown_person"), (5, "hours_before_employment"), (6, "hours_overflow"),
            (7, "records_other_name"), (8, "records_bad_day"), (8, "records_bad_day"), (9, "records_bad_word"),
        ];
        assert_eq!(found, expected.map(|(row, code)| (row, code.to_owned())));
        assert_eq!((&done["created"], &done["failed"], &done["skipped"], total(&centre).await), (&json!(1), &json!(7), &json!(1), 1));
        assert!(!done.to_string().contains(identity(3).as_str()), "no identity number is repeated");
        let changed = [row(1, "P-1", "单元教学", "2026-06-03", "30")];
        let again = import(&centre, "&mode=row_by_row&dry_run=true", file(&changed)).await.expect(200);
        assert_eq!((&again["faults"][0]["code"], &again["acceptable"]), (&json!("record_known"), &json!(false)));
        import(&centre, "", "没有表头".to_owned()).await.refused(422, "import_has_faults");
    }

    async fn a_comparison_finds_what_only_one_side_has_and_other_hours(county: County) {
        prepared(county);
        let (centre, bureau) = (county.sign_in("centre"), county.sign_in("bureau"));
        let ours = [
            row(1, "P-1", "甲课", "2026-06-03", "24"), row(1, "P-2", "乙课", "2026-06-04", "8"),
            row(3, "P-3", "丙课", "2026-06-05", "6"), row(5, "P-4", "丁课", "2026-06-06", "10"),
            row(5, "P-9", "去年的课", "2025-06-06", "10"),
        ];
        import(&centre, "", file(&ours)).await.expect(201);
        posted(county, &["P-1", "P-4"]).await;
        let theirs = [
            row(1, "P-1", "甲课", "2026-06-03", "24"), row(1, "P-2", "乙课", "2026-06-04", "9"),
            row(5, "P-4", "丁课", "2026-06-06", "10"), row(9, "P-8", "外县的课", "2026-06-06", "4"),
            row(3, "P-7", "坏日期", "昨天", "5"), row(3, "P-6", "去年的课", "2025-06-06", "5"),
        ];
        let log = async || county.sign_in("auditor").get("/v1/events?limit=200").await.expect(200)["data"].as_array().unwrap().len();
        let (before, recorded) = (total(&centre).await, log().await);
        let view = compare(&bureau, file(&theirs)).await;
        assert_eq!((keys(&view, "only_there"), keys(&view, "only_here"), keys(&view, "different")),
            (vec!["P-8".to_owned()], vec!["P-3".to_owned()], vec!["P-2".to_owned()]));
        assert_eq!((&view["same"], &view["rows_there"], &view["rows_here"]), (&json!(2), &json!(4), &json!(4)));
        assert_eq!((&view["different"][0]["hours_there"], &view["different"][0]["hours_here"]), (&json!("9.00"), &json!("8.00")));
        assert_eq!((&view["only_there"][0]["teacher_id"], &view["only_there"][0]["row"]), (&Value::Null, &json!(5)));
        assert_eq!((&view["only_here"][0]["state"], &view["waiting"]), (&json!("entered"), &json!(0)));
        // What one side has in these days is found on the other, whatever day and name it has there.
        let moved = [row(1, "P-1", "甲课", "2025-12-31", "24"), row(3, "P-3", "丙课", "2026-06-05", "6").replace("教师3", "教师三"), row(5, "P-9", "去年的课", "2026-01-01", "10")];
        let view = compare(&bureau, file(&moved)).await;
        assert_eq!((keys(&view, "only_there"), keys(&view, "only_here"), keys(&view, "different")),
            (vec![], vec!["P-4".to_owned(), "P-2".to_owned()], vec!["P-1".to_owned(), "P-3".to_owned(), "P-9".to_owned()]));
        let of = |place: usize, field: &str| view["different"][place][field].clone();
        assert_eq!((of(0, "differs_in"), of(0, "ends_on"), of(0, "ends_on_there")), (json!(["ends_on"]), json!("2026-06-03"), json!("2025-12-31")));
        assert_eq!((of(1, "differs_in"), of(1, "name"), of(1, "name_there")), (json!(["name"]), json!("教师3"), json!("教师三")));
        assert_eq!((&view["rows_there"], &view["rows_here"]), (&json!(3), &json!(5)));
        let view = compare(&bureau, file(&theirs)).await;
        assert_eq!((&view["faults"][0]["row"], &view["faults"][0]["code"]), (&json!(6), &json!("records_bad_day")));
        assert!(!view.to_string().contains(identity(1).as_str()), "no identity number in the answer");
        assert_eq!((total(&centre).await, log().await), (before, recorded), "a comparison writes nothing");
        // What a dispute or a reversal took away is away here too.
        let one = centre.get("/v1/records?state=verified&limit=200").await.expect(200);
        let entry = one["data"].as_array().unwrap().iter().find(|row| row["source_key"] == "P-1").unwrap()["hour_entry_id"].clone();
        let correction = json!({"reason": "缺席一次", "replacement": {"attended": "20"}});
        bureau.post(&format!("/v1/hour-entries/{}/reverse", entry.as_str().unwrap()), correction).await.expect(201);
        let view = compare(&bureau, file(&theirs)).await;
        assert_eq!(keys(&view, "different"), ["P-1", "P-2"]);
        assert_eq!(view["different"][0]["hours_here"], "20.00");
        bureau.request(Method::POST, "/v1/reconciliations?from=2026-02-01&to=2026-01-01").body("text/csv", file(&theirs)).send().await.refused(400, "invalid_parameter");
        bureau.request(Method::POST, "/v1/reconciliations?from=2026-02-01&to=2026-03-01").body("text/csv", "").send().await.refused(422, "file_unreadable");
        county.sign_in("school-1").request(Method::POST, "/v1/reconciliations?from=2026-01-01&to=2026-12-31").body("text/csv", file(&theirs)).send().await.refused(403, "forbidden");
    }

    async fn our_own_export_compares_as_equal_and_imports_as_nothing_new(county: County) {
        prepared(county);
        let centre = county.sign_in("centre");
        let rows = [row(1, "P-1", "=甲课", "2026-06-03", "24"), row(3, "P-2", "乙课", "2026-06-04", "8.5"), row(5, "P-3", "丙课", "2026-06-05", "6")];
        import(&centre, "", file(&rows)).await.expect(201);
        for format in ["csv", "xlsx"] {
            let masked = centre.get(&format!("/v1/exports/records?format={format}")).await;
            assert_eq!(masked.status, 200);
            if format == "csv" {
                assert!(!masked.text().contains(identity(1).as_str()) && masked.text().contains("(masked)"), "{}", masked.text());
            }
            centre.get(&format!("/v1/exports/records?format={format}&clear=true")).await.refused(400, "invalid_parameter");
            let clear = centre.clone().in_chinese().get(&format!("/v1/exports/records?format={format}&clear=true&reason=与省平台核对")).await;
            assert_eq!(clear.status, 200);
            let view = compare(&county.sign_in("bureau"), clear.bytes.clone()).await;
            assert_eq!((&view["same"], keys(&view, "only_there").len(), keys(&view, "only_here").len(), keys(&view, "different").len()),
                (&json!(3), 0, 0, 0), "{view:#}");
            assert_eq!(view["waiting"], 3, "they count nowhere yet");
            let again = centre.request(Method::POST, "/v1/imports?kind=records").body("text/csv", clear.bytes).send().await.expect(201);
            assert_eq!((&again["created"], &again["unchanged"]), (&json!(0), &json!(3)), "{again:#}");
        }
        // After corrections the list has what stands, and is known all the same.
        posted(county, &["P-1", "P-2"]).await;
        let list = centre.get("/v1/records?state=verified&limit=200").await.expect(200);
        for (row, change) in [("P-1", json!({"reason": "缺席一次", "replacement": {"attended": "7.25", "practice": "0.25"}})), ("P-2", json!({"reason": "未参加"}))] {
            let record = list["data"].as_array().unwrap().iter().find(|one| one["source_key"] == row).unwrap();
            county.sign_in("bureau").post(&format!("/v1/hour-entries/{}/reverse", record["hour_entry_id"].as_str().unwrap()), change).await.expect(201);
        }
        let after = centre.get("/v1/exports/records?format=csv&clear=true&reason=compare").await;
        let text = after.text();
        assert!(text.contains("7.25,0.25"), "{text}");
        assert!(!text.contains("P-2") && text.contains("学科") && !text.contains("subject"), "{text}");
        let again = centre.request(Method::POST, "/v1/imports?kind=records").body("text/csv", after.bytes).send().await.expect(201);
        assert_eq!((&again["created"], &again["unchanged"]), (&json!(0), &json!(2)), "{again:#}");
        let english = centre.get("/v1/exports/records?format=csv&clear=true&reason=compare").await;
        let view = compare(&county.sign_in("bureau"), english.bytes).await;
        assert_eq!((&view["same"], keys(&view, "only_here")), (&json!(2), vec!["P-2".to_owned()]));
        let school = county.sign_in("school-2").get("/v1/exports/records?format=csv").await.text();
        assert!(school.contains("P-3") && !school.contains("P-1"), "a school exports its own: {school}");
        county.sign_in("auditor").get("/v1/exports/records?format=csv&clear=true&reason=audit-of-hours").await.refused(403, "forbidden");
        let log = county.sign_in("auditor").get("/v1/events?action=export_clear").await.expect(200);
        assert_eq!(log["data"].as_array().unwrap().len(), 4);
    }
}
