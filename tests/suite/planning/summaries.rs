//! What others read of evaluations: figures of five at least, and never whose they are.

use super::{answers, closed, held, taught_by};
use crate::{
    harness::{
        both,
        training::{TestTeacher, at},
    },
    ledger::fixture::teacher,
};
use serde_json::{Value, json};
use shixun_domain::access::Role;

both! {
    async fn answers_are_shown_five_at_a_time_and_without_names(county: County) {
        let lecturer = teacher(county, 201, "讲师", county.schools[1]);
        county.add_account("lecturer-1", Role::Lecturer, county.institutions[0], Some(lecturer));
        let other = teacher(county, 202, "另一讲师", county.schools[1]);
        county.add_account("lecturer-2", Role::Lecturer, county.institutions[0], Some(other));
        let teachers: Vec<TestTeacher> = (1..=7).map(|number| county.add_teacher(number, county.schools[0])).collect();
        let participants: Vec<_> = teachers.iter().map(|teacher| (*teacher, "present")).collect();
        let course = taught_by(county, &participants, "2026-12-05", Some(lecturer)).await;
        let path = format!("/v1/sessions/{}/evaluations", course.id);
        let said = ["场地偏冷", "案例很实用", "节奏偏快"];
        let mut seen = Vec::new();
        for (place, teacher) in teachers.iter().enumerate().take(6) {
            let mut body = answers(5);
            body["usefulness"] = json!(if place == 5 { 1 } else { 4 });
            if let Some(comment) = said.get(place) {
                body["comment"] = json!(format!(" {comment} "));
            }
            let evaluation = format!("/v1/enrolments/{}/evaluation", course.enrolments[place]);
            county.caller(teacher.account).post(&evaluation, body).await.expect(201);
            seen.push(county.sign_in("institution-1").get(&path).await.expect(200));
        }
        let four = &seen[3];
        assert_eq!((&four["asked"], &four["answered"], &four["counted"]), (&json!(7), &json!(4), &json!(0)));
        assert_eq!((&four["questions"], &four["comments"]), (&json!([]), &json!([])));
        assert_eq!(four["withheld"]["answers"], 4);
        assert_eq!(four["withheld"]["text_zh"], "为使学员能如实评价，每满5份评价才一并公布；尚有4份待公布。");
        let five = &seen[4];
        assert_eq!((&five["counted"], &five["withheld"]), (&json!(5), &Value::Null));
        let usefulness = &five["questions"][4];
        assert_eq!((&usefulness["question"], &usefulness["mean"]), (&json!("usefulness"), &json!("4.00")));
        assert_eq!(usefulness["distribution"][3], json!({"score": 4, "count": 5}));
        assert_eq!(five["questions"][0]["mean"], "5.00");
        assert_eq!(five["comments"], json!(["场地偏冷", "案例很实用", "节奏偏快"]), "sorted by their text");
        let six = &seen[5];
        assert_eq!((&six["answered"], &six["questions"]), (&json!(6), &five["questions"]), "the sixth cannot be read off");
        assert!((1..=7).all(|number| !six.to_string().contains(&format!("教师{number}"))), "{six:#}");
        closed(county, &course).await;
        for name in ["institution-1", "centre", "bureau", "monitor", "auditor", "lecturer-1"] {
            assert_eq!(county.sign_in(name).get(&path).await.expect(200)["questions"], five["questions"], "{name}");
        }
        for name in ["institution-2", "lecturer-2", "elsewhere-auditor", "elsewhere-bureau"] {
            county.sign_in(name).get(&path).await.refused(404, "not_found");
        }
        for name in ["school-1", "teacher-1", "finance", "system"] {
            county.sign_in(name).get(&path).await.refused(403, "forbidden");
        }
    }

    async fn a_single_evaluation_is_for_its_author_alone_and_the_log_says_only_that_it_was_given(county: County) {
        let (me, other) = (county.add_teacher(1, county.schools[0]), county.add_teacher(2, county.schools[0]));
        let course = held(county, &[(me, "present"), (other, "present")], "2026-12-05").await;
        let path = format!("/v1/enrolments/{}/evaluation", course.enrolments[0]);
        let mut body = answers(2);
        body["comment"] = json!("讲得太快");
        let given = county.caller(me.account).post(&path, body).await;
        assert_eq!(given.header("location").as_deref(), Some(path.as_str()));
        assert_eq!(county.caller(me.account).get(&path).await.expect(200), given.expect(201));
        county.caller(other.account).get(&path).await.refused(404, "not_found");
        for name in ["school-1", "institution-1", "centre", "bureau", "monitor", "auditor", "system"] {
            county.sign_in(name).get(&path).await.refused(403, "forbidden");
        }
        let log = county.sign_in("auditor").get("/v1/events?action=evaluate").await.expect(200);
        assert_eq!(log["data"][0]["object_id"], course.enrolments[0]);
        let text = log.to_string();
        assert!(text.contains("given") && !text.contains("讲得太快") && !text.contains("usefulness"), "{text}");
    }

    async fn a_score_that_is_none_is_refused_with_the_field(county: County) {
        let me = county.add_teacher(1, county.schools[0]);
        let course = held(county, &[(me, "present")], "2026-12-05").await;
        county.clock.set(at("2026-12-07T08:00:00"));
        let path = format!("/v1/enrolments/{}/evaluation", course.enrolments[0]);
        let mut body = answers(5);
        body["content"] = json!(6);
        body["comment"] = json!("  ");
        let refused = county.caller(me.account).post(&path, body).await.refused(422, "invalid_field");
        let pointers: Vec<&str> = refused["errors"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, ["/comment", "/content"]);
    }
}
