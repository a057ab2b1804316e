//! Refusals of rules and of the hour ledger.

use super::Told;
use crate::{
    catalogue::steps::with,
    harness::{Caller, County, TestApp},
    ledger::{
        fixture::{employ, entry, post, teacher, with_teacher},
        parameters::{figure, publish},
        simulation::{SIMULATE, cap, simulated},
    },
    people::NUMBERS,
    policy::{pack, unreachable},
    records::steps as records,
};
use serde_json::{Value, json};
use shixun_api::problem::Code;

fn record(fields: Value) -> Value {
    let body = json!({"title": "省级骨干研修", "effective_on": "2019-07-03", "route": "mandated", "delivery_form": "lecture",
        "level": "province", "nominal": "30", "attended": "24.5", "practice": "4", "reference": "A-1"});
    with(body, fields)
}

pub(super) async fn policy(told: &mut Told, county: &mut County) {
    let person = with_teacher(county);
    let (bureau, centre) = (county.sign_in("bureau"), county.sign_in("centre"));
    let own = bureau.post("/v1/policy-packs", pack(1)).await.expect(201);
    told.by(Code::PolicyEditionTaken, &bureau, async |me| me.post("/v1/policy-packs", pack(1)).await).await;
    let publish = |drafted: &Value| {
        let path = format!("/v1/policy-packs/{}/publish", drafted["pack"]["id"].as_str().unwrap());
        async move |me: &Caller<'_>| me.act(&path).await
    };
    told.by(Code::PolicyFourEyes, &bureau, publish(&own)).await;
    let drafted = centre.post("/v1/policy-packs", pack(2)).await.expect(201);
    publish(&drafted)(&bureau).await.expect(200);
    told.by(Code::PolicyNotADraft, &bureau, publish(&drafted)).await;
    let published = format!("/v1/policy-packs/{}", drafted["pack"]["id"].as_str().unwrap());
    told.by(Code::PolicyPublished, &centre, async |me| me.put(&published, "\"2\"", pack(2)).await).await;
    let broken = centre.post("/v1/policy-packs", unreachable(3)).await.expect(201);
    told.by(Code::PolicyLintFailed, &bureau, publish(&broken)).await;
    told.by(Code::CycleUnknown, &bureau, async |me| me.get("/v1/reports/county-summary?cycle=1999-2003").await).await;
    let ledger = format!("/v1/teachers/{}/hour-entries", person.teacher());
    let early = record(json!({"effective_on": "2003-05-01"}));
    told.by(Code::PolicyMissing, &centre, async |me| me.post(&ledger, early.clone()).await).await;
}

pub(super) async fn hours(told: &mut Told, county: &mut County) {
    let person = with_teacher(county);
    let (bureau, centre) = (county.sign_in("bureau"), county.sign_in("centre"));
    let ledger = format!("/v1/teachers/{}/hour-entries", person.teacher());
    let cases = [
        (Code::HoursBeforeEmployment, json!({"effective_on": "1999-01-01"})),
        (Code::HoursInFuture, json!({"effective_on": "2026-11-24"})),
        (Code::HoursNegative, json!({"nominal": "-1"})),
        (Code::HoursOverflow, json!({"nominal": "10001"})),
        (Code::HoursAttendedExceedNominal, json!({"attended": "31"})),
        (Code::HoursPracticeExceedCredited, json!({"practice": "25"})),
    ];
    for (code, fields) in cases {
        told.by(code, &centre, async |me| me.post(&ledger, record(fields.clone())).await).await;
    }
    let pending = centre.post(&ledger, record(json!({}))).await.expect(201);
    told.by(Code::DuplicateSource, &centre, async |me| me.post(&ledger, record(json!({}))).await).await;
    let follow = |id: &Value, verb: &str| {
        let path = format!("/v1/hour-entries/{}/{verb}", id.as_str().unwrap());
        async move |me: &Caller<'_>| me.post(&path, json!({"reason": "误录"})).await
    };
    let post_one = |id: &Value| {
        let path = format!("/v1/hour-entries/{}/post", id.as_str().unwrap());
        async move |me: &Caller<'_>| me.act(&path).await
    };
    told.by(Code::EntryFourEyes, &centre, post_one(&pending["id"])).await;
    let posted = post_one(&pending["id"])(&bureau).await.expect(201);
    told.by(Code::EntryAlreadyPosted, &bureau, post_one(&pending["id"])).await;
    told.by(Code::EntryNotPending, &bureau, post_one(&posted["id"])).await;
    let doomed = centre.post(&ledger, record(json!({"title": "另一研修", "reference": "A-2"}))).await.expect(201);
    follow(&doomed["id"], "void")(&bureau).await.expect(201);
    told.by(Code::EntryAlreadyVoided, &bureau, follow(&doomed["id"], "void")).await;
    let newcomer = json!({"name": "甲", "identity_number": NUMBERS[2], "entered_on": "2014-08-01"});
    let newcomer = centre.post("/v1/persons", newcomer).await.expect(201)["teacher_id"].as_str().unwrap().to_owned();
    let theirs = format!("/v1/teachers/{newcomer}/hour-entries");
    told.by(Code::TeacherNeverEmployed, &centre, async |me| me.post(&theirs, record(json!({}))).await).await;
    let ids = post(county, vec![entry(person, "2026-05-01", "48"), entry(person, "2019-05-01", "8")]);
    let reverse = |id: String, body: Value| {
        async move |me: &Caller<'_>| me.post(&format!("/v1/hour-entries/{id}/reverse"), body.clone()).await
    };
    let id = ids[0].to_string();
    told.by(Code::EntryReasonMissing, &bureau, reverse(id.clone(), json!({"reason": "   "}))).await;
    let same = json!({"reason": "误录", "replacement": {}});
    told.by(Code::CorrectionChangesNothing, &bureau, reverse(id.clone(), same)).await;
    let more = json!({"reason": "误录", "replacement": {"nominal": "60.00", "attended": "60.00"}});
    told.by(Code::RaiseNeedsApproval, &bureau, reverse(id.clone(), more)).await;
    let wrong = json!({"reason": "误录"});
    told.by(Code::ReversalNeedsApproval, &bureau, reverse(ids[1].to_string(), wrong.clone())).await;
    let done = reverse(id.clone(), wrong.clone())(&bureau).await.expect(201);
    told.by(Code::EntryAlreadyReversed, &bureau, reverse(id, wrong.clone())).await;
    publish(county, json!({"code": "SX-CLOSE", "reversal_after_close": figure("refused")})).await;
    told.by(Code::ReversalRefused, &bureau, reverse(ids[1].to_string(), wrong.clone())).await;
    let talk = json!({"title": "校内讲座", "effective_on": "2019-07-03", "kind": "talk", "level": "school", "delivery_form": "lecture",
        "reference": "讲-1"});
    publish(
        county,
        json!({"conversions": [{"kind": "talk", "zh": "讲座", "en": "talk", "approver": figure("province"),
        "lines": [{"hours": figure("2")}]}]}),
    )
    .await;
    let convert = format!("/v1/teachers/{}/conversions", person.teacher());
    let school = county.sign_in("school-1");
    let entered = school.post(&convert, talk).await.expect(201);
    let post = format!("/v1/hour-entries/{}/post", entered["entry"]["id"].as_str().unwrap());
    told.by(Code::ConversionNeedsApprover, &bureau, async |me| me.act(&post).await).await;
    let claimed = json!({"activity": {"kind": "talk"}, "level": "school", "hours": "3", "practice": "0", "starts_on": "2019-07-03",
        "ends_on": "2019-07-03"});
    let claimed = with(records::record("K-1"), claimed);
    told.by(Code::MoreThanConverted, &school, async |me| me.post(&records::of(person), claimed.clone()).await).await;
    let waivers = format!("/v1/teachers/{}/waivers", person.teacher());
    let proposal =
        json!({"rule_id": "block.cycle", "valid_from": "2019-01-01", "valid_to": "2020-12-31", "reason": "长期病假"});
    let own = bureau.post(&waivers, proposal.clone()).await.expect(201);
    let decide = |waiver: &Value| {
        let path = format!("/v1/waivers/{}/decide", waiver["id"].as_str().unwrap());
        async move |me: &Caller<'_>| me.post(&path, json!({"decision": "refuse"})).await
    };
    told.by(Code::WaiverFourEyes, &bureau, decide(&own)).await;
    let theirs = centre.post(&waivers, proposal).await.expect(201);
    decide(&theirs)(&bureau).await.expect(200);
    told.by(Code::WaiverDecided, &bureau, decide(&theirs)).await;
    let revoke = format!("/v1/waivers/{}/revoke", theirs["id"].as_str().unwrap());
    let why = json!({"reason": "误批"});
    told.by(Code::WaiverNotInForce, &bureau, async |me| me.post(&revoke, why.clone()).await).await;
    let reversal = done["reversal"]["id"].as_str().unwrap().to_owned();
    told.by(Code::EntryNotPosted, &bureau, reverse(reversal, wrong)).await;
}

pub(super) async fn log(told: &mut Told, county: &mut County) {
    let person = with_teacher(county);
    let id = post(county, vec![entry(person, "2017-05-01", "8")])[0];
    let (auditor, monitor) = (county.sign_in("auditor"), county.sign_in("monitor"));
    let proof = format!("/v1/log/proofs/inclusion?id={id}");
    told.by(Code::LogBehind, &auditor, async |me| me.get(&proof).await).await;
    crate::log::sequenced(county, shixun_api::log::Look::All);
    let size = auditor.get("/v1/log/checkpoints").await.expect(200)["data"][0]["size"].clone();
    told.by(Code::CheckpointUnknown, &auditor, async |me| me.get("/v1/log/checkpoints/99999").await).await;
    let stranger = shixun_domain::log::SignerKey::new("stranger.example".into(), &[3; 32]).unwrap();
    let body = json!({"line": stranger.cosign("another\n1\ntext\n", 1_795_000_000).trim_end()});
    let path = format!("/v1/log/checkpoints/{size}/cosignatures");
    told.by(Code::CosignatureRefused, &monitor, async |me| me.post(&path, body.clone()).await).await;
}

pub(super) async fn jobs(told: &mut Told, county: &mut County) {
    let large = TestApp::with(county.database.kind(), |config| config.simulation_teachers_at_once = 1).await;
    let large = County::in_app(large);
    teacher(&large, 101, "雷晓燕", large.schools[0]);
    employ(&large, 2_000, 101, large.schools[1], "2019-09-01");
    let ask = async |me: &Caller<'_>| me.post(SIMULATE, simulated(cap("8"))).await;
    told.by(Code::JobNeeded, &large.sign_in("centre"), ask).await;
    let centre = county.sign_in("centre");
    let as_job = format!("{SIMULATE}?as_job=true");
    let ask = async |me: &Caller<'_>| me.post(&as_job, simulated(cap("8"))).await;
    let first = ask(&centre).await.header("location").unwrap();
    for _ in 1..10 {
        ask(&centre).await.expect(202);
    }
    told.by(Code::JobsWaiting, &centre, ask).await;
    let cancel = async |me: &Caller<'_>| me.act(&format!("{first}/cancel")).await;
    cancel(&centre).await.expect(200);
    told.by(Code::JobEnded, &centre, cancel).await;
}
