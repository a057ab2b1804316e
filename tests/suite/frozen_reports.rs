//! Closing a cycle: four eyes, bytes that can be made again years later, and differences with their causes.

use crate::{
    certificates::certified,
    harness::{Caller, County, both, off_runtime},
    ledger::fixture::{employ, entry, post, sql, teacher},
};
use serde_json::{Value, json};
use shixun_api::frozen_reports::service;
use shixun_domain::{
    access::Role,
    id::{HourEntryId, PersonId},
};

const REPORTS: &str = "/v1/frozen-reports";

/// Two teachers at two schools, with hours.
pub fn people(county: &mut County) -> ([PersonId; 2], Vec<HourEntryId>) {
    let one = certified(county);
    let other = teacher(county, 103, "蓝", county.schools[1]);
    let ids = post(county, vec![entry(other, "2016-05-01", "90"), entry(other, "2021-05-01", "7")]);
    ([one, other], ids)
}

/// Proposes to close the cycle and gives the place of the proposal.
pub async fn propose(caller: &Caller<'_>) -> String {
    let made = caller.post(REPORTS, json!({"cycle": "2016-2020"})).await.expect(201);
    assert_eq!(made["state"], "proposed");
    format!("{REPORTS}/{}", made["id"].as_str().unwrap())
}

/// A report of the cycle, proposed by the centre and confirmed by the bureau a minute later.
pub async fn frozen(county: &County) -> String {
    let place = propose(&county.sign_in("centre")).await;
    county.advance_millis(60_000);
    let confirmed = county.sign_in("bureau").act(&format!("{place}/confirm")).await.expect(200);
    assert_eq!(confirmed["state"], "frozen");
    place
}

fn clean(county: &County) -> bool {
    let (db, now) = (county.app.db.clone(), county.clock.now());
    let checked = off_runtime(|| db.read_blocking(|conn| service::check(conn, now)).unwrap());
    assert_eq!(checked.count == 0, checked.breaches.is_empty());
    checked.count == 0
}

both! {
    async fn two_persons_close_a_cycle_and_the_bytes_are_the_same_years_later(county: County) {
        let ([one, other], ids) = people(county);
        let proposed_at = county.clock.now();
        let place = propose(&county.sign_in("centre")).await;
        county.advance_millis(30_000);
        post(county, vec![entry(one, "2019-09-01", "5")]);
        county.advance_millis(30_000);
        let confirmed = county.sign_in("bureau").act(&format!("{place}/confirm")).await.expect(200);
        let first = county.sign_in("auditor").get(&place).await;
        let report = first.expect(200);
        assert_eq!((&report["known_at"], &report["as_of"]), (&json!(proposed_at.to_string()), &json!("2020-12-31")));
        let counted: Vec<&Value> = report["teachers"].as_array().unwrap().iter().map(|one| &one["figures"]["counted"]).collect();
        assert_eq!(counted, ["78.00", "90.00"], "what came after the proposal, and what belongs to the next cycle, is not in it");
        assert_eq!((&report["all"]["teachers"], &report["all"]["counted"]), (&json!(2), &json!("168.00")));
        assert_eq!(first.etag(), format!("\"{}\"", confirmed["digest"].as_str().unwrap()));
        assert_eq!(first.etag(), format!("\"{}\"", shixun_api::canonical::digest(&first.text())));
        // Years of corrections, of facts, of rules.
        county.clock.set(county.clock.now().plus_millis(3 * 365 * 86_400_000));
        let centre = county.sign_in("centre");
        crate::ledger::fixture::corrected(county, ids[0], json!({"reason": "误录"})).await;
        sql(county, "UPDATE persons SET name = '改名', retires_on = '2019-08-31', version = version + 1 WHERE id = 103").unwrap();
        sql(county, "UPDATE employments SET valid_to = '2018-08-31' WHERE person_id = 101").unwrap();
        let document = crate::catalogue::steps::with(crate::policy::pack(2), json!({"valid": {"from": "2019-01-01"}}));
        let drafted = centre.post("/v1/policy-packs", document).await.expect(201);
        let pack = format!("/v1/policy-packs/{}/publish", drafted["pack"]["id"].as_str().unwrap());
        county.sign_in("bureau").act(&pack).await.expect(200);
        let later = county.sign_in("auditor");
        let again = later.get(&format!("{place}?recompute=true")).await;
        assert!(again.bytes == first.bytes, "{}\n{}", again.text(), first.text());
        assert_eq!(again.etag(), first.etag());
        assert!(later.get(&place).await.bytes == first.bytes);
        assert!(clean(county));
        assert_eq!(report["teachers"][1]["teacher_id"], other.teacher().to_string());
    }

    async fn what_is_learnt_of_a_person_after_the_proposal_is_not_in_the_report(county: County) {
        let ([one, _], _) = people(county);
        let place = propose(&county.sign_in("centre")).await;
        county.advance_millis(60_000);
        let waiver = json!({"rule_id": "block.cycle", "reason": "长期病假", "valid_from": "2016-01-01", "valid_to": "2020-12-31"});
        let made = county.sign_in("centre").post(&format!("/v1/teachers/{}/waivers", one.teacher()), waiver).await.expect(201);
        let decide = format!("/v1/waivers/{}/decide", made["id"].as_str().unwrap());
        county.sign_in("bureau").post(&decide, json!({"decision": "grant"})).await.expect(200);
        county.sign_in("bureau").act(&format!("{place}/confirm")).await.expect(200);
        let report = county.sign_in("auditor").get(&place).await.expect(200);
        let frozen = report["teachers"].as_array().unwrap().iter().find(|row| row["teacher_id"] == one.teacher().to_string()).unwrap();
        assert_eq!(frozen["facts"]["waivers"], json!([]), "{frozen:#}");
        assert!(clean(county));
    }

    async fn a_correction_after_the_closing_is_a_difference_with_its_cause(county: County) {
        let ([one, other], ids) = people(county);
        let place = frozen(county).await;
        let differences = format!("{place}/differences");
        let centre = county.sign_in("centre");
        let read = async |query: &str| centre.get(&format!("{differences}?include=total{query}")).await.expect(200);
        assert_eq!(read("").await, json!({"data": [], "next_cursor": null, "total": 0}));
        county.advance_millis(60_000);
        let wrong = json!({"reason": "考勤更正", "replacement": {"attended": "84"}});
        crate::ledger::fixture::corrected(county, ids[0], wrong).await;
        crate::ledger::fixture::corrected(county, ids[1], json!({"reason": "误录"})).await;
        post(county, vec![entry(one, "2015-11-01", "5")]);
        let found = read("").await;
        assert_eq!(found["total"], 1, "hours of the cycles before and after change nothing of this one: {found:#}");
        let row = &found["data"][0];
        assert_eq!(row["teacher_id"], other.teacher().to_string());
        let counted = |row: &Value| (row["frozen"]["counted"].clone(), row["today"]["counted"].clone());
        assert_eq!(counted(row), (json!("90.00"), json!("84.00")));
        assert_eq!((&row["facts_changed"], &row["rules_changed"]), (&json!(false), &json!(false)));
        let causes: Vec<(&Value, &Value, &Value)> = row["entries"].as_array().unwrap().iter()
            .map(|entry| (&entry["kind"], &entry["credited"], &entry["reason"])).collect();
        let reason = json!("考勤更正");
        assert_eq!(causes, [(&json!("reversed"), &json!("-90.00"), &reason), (&json!("posted"), &json!("84.00"), &reason)]);
        assert_eq!(row["entries"][0]["refers_to"], ids[0].to_string());
        // Somebody retired in the cycle, somebody was employed in it after all.
        sql(county, "UPDATE persons SET retires_on = '2019-08-31', version = version + 1 WHERE id = 101").unwrap();
        let late = teacher(county, 105, "钟", county.schools[0]);
        let found = read("").await;
        let rows = found["data"].as_array().unwrap();
        let who: Vec<&str> = rows.iter().map(|row| row["teacher_id"].as_str().unwrap()).collect();
        assert_eq!(who, [one, other, late].map(|person| person.teacher().to_string()));
        assert_eq!((&rows[0]["facts_changed"], &rows[0]["today"]["owed"]), (&json!(true), &json!("176.00")));
        assert_eq!((&rows[2]["frozen"], &rows[2]["today"]["counted"]), (&Value::Null, &json!("0.00")));
        let page = read("&limit=2").await;
        let rest = read(&format!("&limit=2&cursor={}", page["next_cursor"].as_str().unwrap())).await;
        assert_eq!((page["data"].as_array().unwrap().len(), rest["data"].as_array().unwrap().len()), (2, 1));
        assert_eq!((&rest["total"], &rest["data"][0]), (&json!(3), &rows[2]));
        employ(county, 9, 105, county.schools[1], "2021-02-01");
    }

    async fn who_proposed_does_not_confirm_and_a_proposal_can_be_withdrawn(county: County) {
        people(county);
        let colleague = county.bureau;
        county.add_account("centre-2", Role::Centre, colleague, None);
        let centre = county.sign_in("centre");
        centre.post(REPORTS, json!({"cycle": "2026-2030"})).await.refused(409, "cycle_not_over");
        centre.post(REPORTS, json!({"cycle": "1999-2003"})).await.refused(400, "cycle_unknown");
        let place = propose(&centre).await;
        centre.post(REPORTS, json!({"cycle": "2016-2020"})).await.refused(409, "cycle_closed");
        let shown = county.sign_in("bureau").get(&place).await;
        assert_eq!(shown.expect(200)["teachers"].as_array().unwrap().len(), 2, "who confirms sees it before");
        let confirm = format!("{place}/confirm");
        centre.act(&confirm).await.refused(409, "freeze_four_eyes");
        let soon = county.sign_in("bureau").act(&confirm).await;
        soon.refused(409, "freeze_too_soon");
        assert_eq!(soon.header("retry-after").as_deref(), Some("60"));
        let withdraw = format!("{place}/withdraw");
        let withdrawn = centre.post(&withdraw, json!({"reason": "尚未登记完"})).await.expect(200);
        assert_eq!((&withdrawn["state"], &withdrawn["reason"]), (&json!("withdrawn"), &json!("尚未登记完")));
        centre.get(&place).await.refused(409, "freeze_not_frozen");
        county.advance_millis(60_000);
        county.sign_in("bureau").act(&confirm).await.refused(409, "freeze_settled");
        centre.post(&withdraw, json!({"reason": "再撤"})).await.refused(409, "freeze_settled");
        let second = propose(&centre).await;
        county.advance_millis(60_000);
        county.sign_in("centre-2").act(&format!("{second}/confirm")).await.expect(200);
        let list = centre.get(REPORTS).await.expect(200);
        let states: Vec<&Value> = list["data"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
        assert_eq!(states, ["frozen", "withdrawn"]);
        let first_page = centre.get(&format!("{REPORTS}?limit=1")).await.expect(200);
        let next = first_page["next_cursor"].as_str().unwrap();
        let rest = centre.get(&format!("{REPORTS}?limit=1&cursor={next}")).await.expect(200);
        assert_eq!(rest["data"][0]["state"], "withdrawn");
        let events = county.sign_in("auditor").get(&format!("/v1/events?object_id={}", second.rsplit('/').next().unwrap())).await;
        let actions: Vec<Value> = events.expect(200)["data"].as_array().unwrap().iter().map(|one| one["action"].clone()).collect();
        assert_eq!(actions, ["confirm", "propose"]);
    }

    async fn a_report_is_read_by_those_who_look_after_the_whole_county(county: County) {
        people(county);
        let place = frozen(county).await;
        let differences = format!("{place}/differences");
        for name in ["bureau", "centre", "monitor", "auditor", "finance"] {
            for path in [&place, &differences] {
                county.sign_in(name).get(path).await.expect(200);
            }
            assert_eq!(county.sign_in(name).get(REPORTS).await.expect(200)["data"].as_array().unwrap().len(), 1);
        }
        for name in ["school-1", "elsewhere-bureau", "elsewhere-auditor"] {
            for path in [&place, &differences] {
                county.sign_in(name).get(path).await.refused(404, "not_found");
            }
        }
        county.sign_in("school-1").get(REPORTS).await.refused(404, "not_found");
        assert_eq!(county.sign_in("elsewhere-auditor").get(REPORTS).await.expect(200)["data"], json!([]));
        county.sign_in("elsewhere-bureau").act(&format!("{place}/confirm")).await.refused(404, "not_found");
        county.sign_in("elsewhere-centre").post(&format!("{place}/withdraw"), json!({"reason": "x"})).await.refused(404, "not_found");
    }

    async fn of_several_who_propose_or_confirm_at_once_one_is_first(county: County) {
        people(county);
        let callers: Vec<Caller<'_>> = (0..6).map(|_| county.sign_in("centre")).collect();
        let sent = callers.iter().map(|caller| caller.post(REPORTS, json!({"cycle": "2016-2020"})));
        let answers = futures_util::future::join_all(sent).await;
        let mut made: Vec<String> = Vec::new();
        for answer in &answers {
            match answer.status {
                201 => made.push(format!("{REPORTS}/{}", answer.json()["id"].as_str().unwrap())),
                _ => drop(answer.refused(409, "cycle_closed")),
            }
        }
        assert_eq!(made.len(), 1);
        county.advance_millis(60_000);
        let callers: Vec<Caller<'_>> = (0..6).map(|_| county.sign_in("bureau")).collect();
        let path = format!("{}/confirm", made[0]);
        let answers = futures_util::future::join_all(callers.iter().map(|caller| caller.act(&path))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        for lost in answers.iter().filter(|answer| answer.status != 200) {
            lost.refused(409, "freeze_settled");
        }
    }

    async fn a_report_is_never_changed_and_the_check_finds_what_was(county: County) {
        people(county);
        let place = frozen(county).await;
        for statement in ["UPDATE frozen_reports SET digest = 'x'", "DELETE FROM frozen_reports"] {
            let refused = sql(county, statement).unwrap_err().to_string();
            assert!(refused.contains("append-only"), "{statement}: {refused}");
        }
        assert!(clean(county));
        let trigger = match county.database.kind() {
            crate::harness::database::Kind::Sqlite => "DROP TRIGGER tr_hour_entries_no_update",
            crate::harness::database::Kind::Postgres => "ALTER TABLE hour_entries DISABLE TRIGGER tr_hour_entries_append_only",
        };
        sql(county, trigger).unwrap();
        sql(county, "UPDATE hour_entries SET credited = credited - 100 WHERE person_id = 103").unwrap();
        assert!(!clean(county), "an entry that was changed behind the ledger's back shows in the report");
        let again = county.sign_in("auditor").get(&format!("{place}?recompute=true")).await;
        assert_ne!(again.bytes, county.sign_in("auditor").get(&place).await.bytes);
    }
}
