//! The same content once more, where the training centre allows it.

use crate::harness::{
    County, both,
    training::{TestSession, TestTeacher},
};
use futures_util::future::join_all;
use serde_json::{Value, json};
use shixun_domain::id::SessionId;

/// A session with the same content as the others, on days of its own.
fn session(county: &mut County, starts_on: &str) -> SessionId {
    let starts_on = starts_on.parse().unwrap();
    county.add_session(TestSession { content_key: "same".into(), starts_on, ..TestSession::default() }).id
}

async fn applies(county: &County, teacher: &TestTeacher, session: SessionId) -> crate::harness::Answered {
    county.caller(teacher.account).post(&format!("/v1/sessions/{session}/enrolments"), json!({})).await
}

fn allowances(teacher: &TestTeacher) -> String {
    format!("/v1/teachers/{}/repeat-allowances", teacher.person.teacher())
}

fn reason(session: SessionId) -> Value {
    json!({"session_id": session.to_string(), "reason": "教材改版，内容更新过半"})
}

both! {
    async fn the_same_content_counts_once_in_a_cycle_unless_the_centre_allows_it_again(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let [first, second, third] = ["2026-12-05", "2026-12-12", "2026-12-19"].map(|day| session(county, day));
        let (path, centre) = (allowances(&teacher), county.sign_in("centre"));
        centre.post(&path, reason(first)).await.refused(409, "not_a_repeat");
        applies(county, &teacher, first).await.expect(201);
        applies(county, &teacher, second).await.refused(409, "already_done_in_cycle");
        for name in ["school-1", "institution-1", "bureau"] {
            county.sign_in(name).post(&path, reason(second)).await.refused(403, "forbidden");
        }
        county.sign_in("elsewhere-centre").post(&path, reason(second)).await.refused(404, "not_found");
        centre.post(&path, json!({"session_id": second.to_string(), "reason": " "})).await.refused(422, "invalid_field");
        let allowed = centre.post(&path, reason(second)).await.expect(201);
        assert_eq!((&allowed["cycle_from"], &allowed["content_key"]), (&json!("2026-01-01"), &json!("same")));
        centre.post(&path, reason(second)).await.refused(409, "not_a_repeat");
        let eligible = county.caller(teacher.account).get(&format!("/v1/sessions/{second}/eligibility")).await.expect(200);
        assert_eq!((&eligible["eligible"], &eligible["reasons"]), (&json!(true), &json!([])));
        applies(county, &teacher, second).await.expect(201);
        applies(county, &teacher, third).await.refused(409, "already_done_in_cycle");
        let other = county.add_teacher(2, county.schools[1]);
        assert_eq!(county.caller(other.account).get(&path).await.status, 404, "nobody else's");
        let own = county.caller(teacher.account).get(&path).await.expect(200);
        assert_eq!(own["data"][0]["reason"], "教材改版，内容更新过半");
        let log = county.sign_in("auditor").get("/v1/events?action=allow_repeat").await.expect(200);
        assert_eq!(log["data"].as_array().unwrap().len(), 1);
    }

    async fn of_two_who_allow_the_same_at_once_one_does(county: County) {
        let teacher = county.add_teacher(1, county.schools[0]);
        let [first, second] = ["2026-12-05", "2026-12-12"].map(|day| session(county, day));
        applies(county, &teacher, first).await.expect(201);
        let (centre, path) = (county.sign_in("centre"), allowances(&teacher));
        let answers = join_all((0..4).map(|_| centre.post(&path, reason(second)))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "{answers:#?}");
    }
}
