//! Refusals around programmes, sessions and units.

use super::Told;
use crate::{
    catalogue::steps::{approved, place, planned, programme, published, put, session, unit, with},
    harness::{Caller, County, training::TestSession},
    ledger::{
        fixture::sql,
        parameters::{figure, publish as pack},
    },
};
use actix_web::http::Method;
use serde_json::json;
use shixun_api::problem::Code;

pub(super) async fn programmes(told: &mut Told, county: &mut County) {
    let (bureau, centre, institution) =
        (county.sign_in("bureau"), county.sign_in("centre"), county.sign_in("institution-1"));
    let act = |path: String| async move |me: &Caller<'_>| me.act(&path).await;
    let stop = json!({"reason": "停办"});
    let at = approved(county, programme(county)).await;
    told.by(Code::ProgrammeWrongState, &bureau, act(format!("{at}/approve"))).await;
    published(county, &at, session()).await;
    told.by(Code::ProgrammeSessionsLive, &institution, async |me| me.post(&format!("{at}/cancel"), stop.clone()).await)
        .await;
    let draft = json!({
        "organisation_id": county.institutions[0].to_string(), "name": "草稿", "kind": "block", "level": "county",
        "delivery_form": "lecture", "route": "mandated", "budget": "0", "hours": "90"
    });
    let draft = place(&institution.post("/v1/programmes", draft).await);
    told.by(Code::ProgrammeIncomplete, &institution, act(format!("{draft}/submit"))).await;
    let own = place(&centre.post("/v1/programmes", programme(county)).await);
    centre.act(&format!("{own}/submit")).await.expect(200);
    told.by(Code::FourEyes, &centre, act(format!("{own}/approve"))).await;
    sql(county, "DELETE FROM filing_windows").unwrap();
    let coming = json!({"name": "2027年上半年申报", "opens_on": "2027-04-01", "closes_on": "2027-04-30"});
    bureau.post("/v1/filing-windows", coming).await.expect(201);
    let late = place(&institution.post("/v1/programmes", programme(county)).await);
    told.by(Code::FilingWindowClosed, &institution, act(format!("{late}/submit"))).await;
    let wide = with(programme(county), json!({"audience": {"areas": ["331100"]}}));
    let wide = place(&institution.post("/v1/programmes", wide).await);
    told.by(Code::FiledElsewhere, &institution, act(format!("{wide}/submit"))).await;
}

pub(super) async fn sessions(told: &mut Told, county: &mut County) {
    let teachers = [1, 2, 3].map(|number| county.add_teacher(number, county.schools[0]));
    let institution = county.sign_in("institution-1");
    let act = |path: String| async move |me: &Caller<'_>| me.act(&path).await;
    let at = place(&institution.post("/v1/programmes", programme(county)).await);
    let early = planned(county, &at, session()).await;
    told.by(Code::ProgrammeNotApproved, &institution, act(format!("{early}/publish"))).await;
    let at = approved(county, with(programme(county), json!({"name": "师德"}))).await;
    let run = place(&institution.post(&format!("{at}/sessions"), session()).await);
    let publish = act(format!("{run}/publish"));
    told.by(Code::UnitsMissing, &institution, &publish).await;
    let units = format!("{run}/units");
    let enter = |day: &'static str, hour: u8| {
        let units = &units;
        async move |me: &Caller<'_>| me.post(units, unit(day, hour)).await
    };
    told.by(Code::UnitOutsideSession, &institution, enter("2026-12-07", 8)).await;
    let generous = with(unit("2026-12-05", 8), json!({"hours": "5"}));
    told.by(Code::UnitHoursExceedMinutes, &institution, async |me| me.post(&units, generous.clone()).await).await;
    enter("2026-12-05", 8)(&institution).await.expect(201);
    told.by(Code::UnitsOverlap, &institution, enter("2026-12-05", 10)).await;
    told.by(Code::UnitHoursDiffer, &institution, &publish).await;
    enter("2026-12-06", 8)(&institution).await.expect(201);
    let third = place(&enter("2026-12-06", 12)(&institution).await);
    told.by(Code::UnitHoursExceedDay, &institution, enter("2026-12-06", 16)).await;
    institution.request(Method::DELETE, &third).header("If-Match", "\"1\"").send().await.expect(204);
    sql(county, "UPDATE programmes SET class_head = NULL WHERE name = '师德'").unwrap();
    told.by(Code::ClassHeadMissing, &institution, &publish).await;
    sql(county, "UPDATE programmes SET class_head = '吴敏'").unwrap();
    publish(&institution).await.expect(200);
    told.by(Code::SessionWrongState, &institution, &publish).await;
    told.by(Code::SessionTooEarly, &institution, act(format!("{run}/start"))).await;
    let made = county.add_session(TestSession { seats: 2, queue_places: 1, ..TestSession::default() });
    let taken = format!("/v1/sessions/{}", made.id);
    for teacher in teachers {
        county.caller(teacher.account).post(&format!("{taken}/enrolments"), json!({})).await.expect(201);
    }
    let terms = |seats: i32, queue: i32| {
        let taken = &taken;
        async move |me: &Caller<'_>| {
            let body = with(session(), json!({"seats": seats, "queue_places": queue, "reason": "扩班"}));
            put(me, taken, body).await
        }
    };
    told.by(Code::SeatsBelowTaken, &institution, terms(1, 1)).await;
    told.by(Code::QueueBelowTaken, &institution, terms(2, 0)).await;
    pack(county, json!({"class_size_min": figure("20"), "class_size_max": figure("50")})).await;
    let small = planned(county, &at, with(session(), json!({"name": "第三期", "seats": 10}))).await;
    told.by(Code::ClassSize, &institution, act(format!("{small}/publish"))).await;
    let past = planned(county, &at, with(session(), json!({"name": "第二期"}))).await;
    county.advance_millis(14 * 24 * 3_600_000);
    told.by(Code::SessionOver, &county.sign_in("institution-1"), act(format!("{past}/publish"))).await;
}
