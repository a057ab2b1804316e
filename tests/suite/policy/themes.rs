//! Themes: what everybody knows and what packs declare; what is neither is a slip of the pen.

use crate::{
    catalogue::steps::{programme, with},
    harness::{both, training::identity},
    ledger::parameters::publish,
    records::steps::{of, prepared, record},
};
use actix_web::http::Method;
use serde_json::{Value, json};

both! {
    async fn what_training_may_be_about_is_common_or_declared_by_a_pack_of_the_area(county: County) {
        let [one, ..] = prepared(county);
        let (centre, institution) = (county.sign_in("centre"), county.sign_in("institution-1"));
        let entries = format!("/v1/teachers/{}/hour-entries", one.person.teacher());
        let by_hand = |theme: &str| json!({
            "title": "乡村音乐教研", "effective_on": "2026-07-03", "route": "mandated", "delivery_form": "lecture", "level": "county",
            "themes": ["subject", theme], "nominal": "6", "reference": "A-1"
        });
        let outside = |theme: &str| with(record("K-1"), json!({"themes": [theme]}));
        let declared = |theme: &str| with(programme(county), json!({"themes": ["subject", theme]}));
        let refusals = [
            centre.post(&entries, by_hand("rural_music")).await,
            centre.post(&of(one.person), outside("rural_music")).await,
            institution.post("/v1/programmes", declared("rural_music")).await,
        ];
        for refused in &refusals {
            let problem = refused.refused(422, "invalid_field");
            assert_eq!((&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]), (&json!("/themes"), &json!("unknown_theme")), "{problem:#}");
            let detail = problem["errors"][0]["detail"].as_str().unwrap();
            assert!(detail.contains("rural_music") && detail.contains("ethics"), "{detail}");
        }
        let themes = json!({"themes": {"rural_music": {"zh": "乡村音乐", "en": "rural music"}}});
        publish(county, themes).await;
        centre.post(&entries, by_hand("rural_music")).await.expect(201);
        centre.post(&of(one.person), outside("rural_music")).await.expect(201);
        let made = institution.post("/v1/programmes", declared("rural_music")).await;
        made.expect(201);
        let place = made.header("location").unwrap();
        let change = institution.request(Method::PUT, &place).header("If-Match", &made.etag()).json(&declared("rural_musik")).send().await;
        assert_eq!(change.refused(422, "invalid_field")["errors"][0]["code"], "unknown_theme");
        let list = county.caller(one.account).get("/v1/areas/331123/themes").await.expect(200);
        let rows = list["data"].as_array().unwrap();
        assert_eq!(rows[0], json!({"theme": "ethics", "name_zh": "师德", "name_en": "professional ethics", "declared_by": null}));
        assert_eq!(rows.last().unwrap(), &json!({"theme": "rural_music", "name_zh": "乡村音乐", "name_en": "rural music", "declared_by": "SX-TEST"}));
        centre.get("/v1/areas/331124/themes").await.refused(404, "not_found");
    }

    async fn a_file_of_hours_names_themes_by_word_or_chinese_name(county: County) {
        prepared(county);
        let centre = county.sign_in("centre");
        let file = |theme: &str| format!("姓名,身份证号码,学时编号,培训项目,结束日期,学时,主题\n教师1,{},P-{theme},课程{theme},2026-06-03,6,{theme}\n", identity(1).as_str());
        let path = "/v1/imports?kind=records&file_name=省平台.csv";
        let import = async |theme: &str| centre.request(Method::POST, path).body("text/csv", file(theme).into_bytes()).send().await;
        let refused = import("乡村音乐").await.refused(422, "import_has_faults");
        assert_eq!(refused["errors"][0]["code"], "records_bad_word", "{refused:#}");
        let themes = json!({"themes": {"rural_music": {"zh": "乡村音乐", "en": "rural music"}}});
        publish(county, themes).await;
        import("乡村音乐").await.expect(201);
        import("rural_music").await.expect(201);
        let list = centre.get("/v1/records").await.expect(200);
        let words: Vec<&Value> = list["data"].as_array().unwrap().iter().map(|row| &row["themes"][0]).collect();
        assert_eq!(words, ["rural_music", "rural_music"]);
    }
}
