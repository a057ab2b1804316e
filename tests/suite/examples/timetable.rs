//! The part of the walk that is about when sessions take place, and what changed about it.

use super::{Shown, example, id, with};
use crate::demo::Demo;
use serde_json::json;

pub(super) async fn timetable(demo: &Demo, shown: &mut Shown, session: &str) {
    let (institution, centre) = (demo.sign_in("institution-01"), demo.sign_in("centre"));
    shown.get(&centre, &format!("/v1/units?session_id={}&limit=2", session.rsplit('/').next().unwrap())).await;
    let planned = institution.get("/v1/sessions?state=published&limit=200").await.expect(200);
    let own = planned["data"].as_array().unwrap().iter().map(|row| format!("/v1/sessions/{}", id(row)));
    for place in own {
        let read = institution.get(&place).await;
        let row = read.expect(200);
        let fields = [
            "name",
            "queue_places",
            "applications_open_at",
            "applications_close_at",
            "withdraw_until",
            "starts_on",
            "ends_on",
        ];
        let more = row["seats"].as_i64().unwrap() + 5;
        let kept = fields.iter().fold(example("SessionIn"), |body, name| with(body, json!({*name: row[*name]})));
        let wider = with(kept, json!({"seats": more, "reason": "报名踊跃，换用大教室"}));
        if institution.put(&place, &read.etag(), wider).await.status == 200 {
            shown.get(&institution, &format!("{place}/changes")).await;
            return;
        }
    }
    panic!("the institution has no published session");
}
