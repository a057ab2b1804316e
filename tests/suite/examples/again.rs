//! The part of the walk that comes after a session was closed: what is read, corrected, and allowed once more.

use super::{Shown, example, id, with};
use crate::demo::Demo;
use serde_json::json;

pub(super) async fn again(demo: &Demo, shown: &mut Shown, programme: &str, (session, seated): (&str, &[String])) {
    let (institution, centre) = (demo.sign_in("institution-01"), demo.sign_in("centre"));
    shown.get(&institution, &format!("{session}/results")).await;
    let units = institution.get(&format!("{session}/units")).await.expect(200);
    let absent = json!({"reason": "考勤更正：签到表显示当日下午缺席", "marks": [{"unit_id": units["data"][1]["id"], "mark": "absent"}]});
    shown.post(&centre, &format!("{}/corrections", seated[1]), absent).await;
    let third = with(
        example("SessionIn"),
        json!({"name": "第三期", "starts_on": "2027-03-13", "ends_on": "2027-03-27",
        "applications_close_at": "2027-03-06T18:00:00+08:00", "withdraw_until": "2027-03-10T00:00:00+08:00"}),
    );
    let third = institution.post(&format!("{programme}/sessions"), third).await.expect(201);
    let teacher = centre.get(&seated[0]).await.expect(200)["teacher_id"].as_str().unwrap().to_owned();
    let path = format!("/v1/teachers/{teacher}/repeat-allowances");
    let reason = with(example("RepeatAllowanceIn"), json!({"session_id": id(&third)}));
    shown.post(&centre, &path, reason).await;
    shown.get(&demo.sign_in("teacher-0001"), &path).await;
}
