//! Worked examples 1, 2, 6, 9, 11 and 12 of the rules of the field, as a client sees them.

use super::fixture::*;
use crate::harness::both;
use serde_json::json;
use shixun_api::ledger::service::Wanted;
use shixun_domain::policy::EntryFacts;
use shixun_persistence::{
    Conn,
    enrolment::commitments,
    ledger::{NewEntry, standing_entries},
};

both! {
    async fn example_1_school_based_hours_beyond_24_a_year_do_not_count(county: County) {
        let person = with_teacher(county);
        let mut entries = vec![block(person, "2018-07-15", "90")];
        for year in 2016..=2020 {
            entries.push(school_based(person, &format!("{year}-04-01"), "30"));
            entries.push(entry(person, &format!("{year}-05-01"), "30"));
        }
        post(county, entries);
        let read = statement(&county.sign_in("teacher-1"), person, CYCLE).await;
        assert_eq!((&read["credited"], &read["counted"], &read["owed"]), (&json!("390.00"), &json!("360.00"), &json!("360.00")));
        assert_eq!((&read["verdict"], &read["missing"], &read["exact"]), (&json!("met"), &json!("0.00"), &json!(true)));
        let expected: Vec<String> =
            (2016..=2020).map(|year| format!("{year}-04-01 6.00 331123 v1 school_based.cap.year")).collect();
        assert_eq!(cuts(&read), expected);
        assert_eq!(requirement(&read, "block.cycle", None), "90.00 90.00 0.00 met");
        assert_eq!(requirement(&read, "year.floor", Some(2018)), "48.00 144.00 0.00 met");
        assert_eq!(read["years"][2], json!({"year": 2018, "credited": "150.00", "counted": "144.00", "cut": "6.00",
            "owed": "48.00", "missing": "0.00", "verdict": "met", "maximum": "144.00", "left": "0.00",
            "floor_rule": {"id": "year.floor", "pack": "331123", "edition": 1},
            "maximum_rule": {"id": "year.maximum", "pack": "331123", "edition": 1}}));
        let cut = &read["entries"][0]["cuts"][0];
        assert_eq!(cut["text_zh"], "校本研修每年最多计24学时（331123 v1 school_based.cap.year），本条计24.00学时，削减6.00学时");
        assert_eq!(read["policy_packs"], json!([
            {"code": "ZJ-2010", "edition": 1}, {"code": "331123", "edition": 1}, {"code": "ZJ-2016", "edition": 1}]));
        assert_eq!(read["teacher"]["subject"], "数学");
        assert_eq!(read["teacher"]["organisation_name"], "实验小学");
    }

    async fn example_2_the_cap_on_school_based_hours_is_a_share_of_the_hours_owed(county: County) {
        install_packs(county);
        let person = teacher(county, 102, "钟", county.elsewhere);
        post(county, vec![
            school_based(person, "2016-10-01", "150"),
            block(person, "2017-07-01", "90"),
            entry(person, "2018-03-01", "90"),
        ]);
        let centre = county.sign_in("elsewhere-centre");
        let read = statement(&centre, person, CYCLE).await;
        assert_eq!(read["counted"], "300.00");
        assert_eq!(cuts(&read), ["2016-10-01 30.00 ZJ-2016 v1 school_based.cap.cycle"]);
        assert_eq!(requirement(&read, "total.cycle", None), "360.00 300.00 60.00 failed");
        post(county, vec![school_based(person, "2019-03-01", "60")]);
        assert_eq!(statement(&centre, person, CYCLE).await["counted"], "300.00");
        post(county, vec![entry(person, "2019-03-02", "60")]);
        assert_eq!(statement(&centre, person, CYCLE).await["counted"], "360.00");
    }

    async fn example_6_a_correction_from_30_to_24_leaves_356_hours(county: County) {
        let person = with_teacher(county);
        let mut entries = vec![block(person, "2018-07-15", "90"), entry(person, "2020-11-20", "30")];
        for (on, amount) in [("2016-05-01", "60"), ("2017-05-01", "60"), ("2018-05-01", "48"), ("2019-05-01", "50"), ("2020-05-01", "24")] {
            entries.push(entry(person, on, amount));
        }
        let ids = post(county, entries);
        let centre = county.sign_in("centre");
        assert_eq!(statement(&centre, person, CYCLE).await["counted"], "362.00");
        let correction = json!({"reason": "考勤更正：缺席一次共6学时", "replacement": {"attended": "24.00"}});
        let reverse = format!("/v1/hour-entries/{}/reverse", ids[1]);
        let told = centre.post(&reverse, correction.clone()).await.refused(409, "reversal_needs_approval");
        assert_eq!(told["parameters"]["cycle"], "2016-2020", "the correction is made in 2026");
        assert_eq!(statement(&centre, person, CYCLE).await["counted"], "362.00", "what was refused changed nothing");
        let done = corrected(county, ids[1], correction.clone()).await;
        let entry = async |field: &str| {
            centre.get(&format!("/v1/hour-entries/{}", done[field].as_str().unwrap())).await.expect(200)
        };
        let (reversal, replacement) = (entry("reversal_id").await, entry("replacement_id").await);
        assert_eq!((&reversal["refers_to"], &reversal["credited"]), (&json!(ids[1].to_string()), &json!("-30.00")));
        assert_eq!((&replacement["refers_to"], &replacement["credited"]), (&done["reversal_id"], &json!("24.00")));
        assert_eq!(replacement["effective_on"], "2020-11-20");
        let read = statement(&centre, person, CYCLE).await;
        assert_eq!((&read["counted"], &read["missing"], &read["verdict"]), (&json!("356.00"), &json!("4.00"), &json!("failed")));
        assert_eq!(read["corrections"].as_array().unwrap().len(), 2);
        // The same six hours missing in the block: earned 84, so the block is not met.
        corrected(county, ids[0], json!({"reason": "缺席", "replacement": {"attended": "84"}})).await;
        let read = statement(&centre, person, CYCLE).await;
        assert_eq!(requirement(&read, "block.cycle", None), "90.00 84.00 6.00 failed");
        centre.post(&reverse, correction).await.refused(409, "entry_already_reversed");
    }

    async fn example_9_half_of_a_new_head_s_course_counts(county: County) {
        let person = with_teacher(county);
        let school = county.schools[0].number();
        sql(county, &format!(
            "INSERT INTO posts_held (area, id, person_id, organisation_id, post, valid_from, created_at, version)
             VALUES (331123, 1, 101, {school}, 'head', '2017-09-01', '2020-01-01 00:00:00', 1)")).unwrap();
        let course = |entry: NewEntry| NewEntry { themes: vec!["head_qualification".parse().unwrap()], ..entry };
        post(county, vec![course(block(person, "2018-06-10", "96")), course(entry(person, "2018-06-20", "209"))]);
        let read = statement(&county.sign_in("centre"), person, CYCLE).await;
        assert_eq!((&read["credited"], &read["counted"], &read["missing"]), (&json!("305.00"), &json!("152.50"), &json!("207.50")));
        assert_eq!(requirement(&read, "head.total", None), "300.00 305.00 0.00 met");
        assert_eq!(requirement(&read, "head.concentrated", None), "90.00 96.00 0.00 met");
        assert_eq!(requirement(&read, "block.cycle", None), "90.00 0.00 90.00 failed");
        assert_eq!(read["facts"]["profiles"], json!(["new_head", "head"]));
        assert_eq!(cuts(&read), ["2018-06-10 48.00 ZJ-2016 v1 head.factor", "2018-06-20 104.50 ZJ-2016 v1 head.factor"]);
    }

    async fn example_11_the_yearly_maximum_refuses_or_caps(county: County) {
        let person = with_teacher(county);
        post(county, vec![
            block(person, "2018-07-15", "90"),
            school_based(person, "2018-04-01", "24"),
            entry(person, "2018-05-01", "30"),
        ]);
        let room = |county: &crate::harness::County| {
            let (app, now) = (county.app.clone(), county.clock.now());
            crate::harness::off_runtime(|| app.db.read_blocking(|conn| {
                let earned = {
                    let span = (day("2018-10-01"), day("2018-10-01"));
                    commitments(conn, person, span, span)?.earned
                };
                let sums = (earned, hours("12"));
                let wanted = |conn: &mut Conn| {
                    let year = standing_entries(conn, person, day("2018-05-01"), day("2018-05-01"), None)?;
                    let like = year.standing.into_iter().next().unwrap().entry.facts;
                    let candidate = EntryFacts { effective: day("2018-10-01"), credited: hours("12"), ..like };
                    Ok(Wanted { candidate, booked: Vec::new() })
                };
                shixun_api::ledger::service::lacks_room(conn, &app.policy, person, day("2018-10-01"), sums, wanted, now)
            }).unwrap())
        };
        let full = room(county).unwrap();
        assert_eq!(full.left, hours("0"));
        assert!(full.words.zh.contains("2018年最多计144学时") && full.words.zh.contains("已计144.00学时"), "{}", full.words.zh);
        // The county decides that hours beyond the maximum shall not count instead.
        let pack = json!({
            "code": "SX-CAP", "version": 1, "area": "331123", "valid": {"from": "2016-01-01"}, "zh": "年度上限", "en": "yearly maximum",
            "sources": {"A": {"title": "县教育局通知"}},
            "rules": [{"id": "year.maximum", "zh": "年度学时", "en": "hours of the year", "rule": {"year_maximum": {
                "hours": {"value": "144", "source": "A", "article": "一", "confidence": "R"},
                "effect": {"value": "cap", "source": "A", "article": "一", "confidence": "R"}}}}]
        });
        let drafted = county.sign_in("centre").post("/v1/policy-packs", pack).await.expect(201);
        let place = format!("/v1/policy-packs/{}/publish", drafted["pack"]["id"].as_str().unwrap());
        county.sign_in("bureau").act(&place).await.expect(200);
        post(county, vec![entry(person, "2018-10-01", "12")]);
        let read = statement(&county.sign_in("centre"), person, CYCLE).await;
        assert_eq!((&read["credited"], &read["counted"]), (&json!("156.00"), &json!("144.00")));
        assert_eq!(cuts(&read), ["2018-10-01 12.00 SX-CAP v1 year.maximum"]);
        assert!(room(county).is_none(), "nothing is refused that merely does not count");
    }

    async fn example_12_hours_of_an_unreviewed_institution_need_consent_before_the_start(county: County) {
        let person = with_teacher(county);
        let centre = county.sign_in("centre");
        let place = format!("/v1/teachers/{}/hour-entries", person.teacher());
        let mut body = json!({
            "title": "海外研修", "effective_on": "2019-07-03", "route": "converted", "delivery_form": "lecture", "level": "national",
            "nominal": "20", "reference": "证书一", "unreviewed": {"starts_on": "2019-07-01", "consent_on": "2019-07-05"}
        });
        let late = entered(county, person, body.clone()).await;
        assert_eq!((&late["credited"], &late["unreviewed"]["consent_on"]), (&json!("20.00"), &json!("2019-07-05")));
        assert_eq!(late["policy"], "ZJ-2016 v1, 331123 v1");
        let read = statement(&centre, person, CYCLE).await;
        assert_eq!(read["counted"], "0.00");
        assert_eq!(cuts(&read), ["2019-07-03 20.00 ZJ-2016 v1 external.factor"]);
        let why = read["entries"][0]["cuts"][0]["text_zh"].as_str().unwrap();
        assert!(why.starts_with("未经学校事先同意的外部培训不计入周期学时"), "{why}");
        body["reference"] = json!("证书二");
        body["title"] = json!("海外研修（二）");
        body["unreviewed"]["consent_on"] = json!("2019-06-20");
        entered(county, person, body.clone()).await;
        assert_eq!(statement(&centre, person, CYCLE).await["counted"], "20.00");
        centre.post(&place, body).await.refused(409, "duplicate_source");
    }
}
