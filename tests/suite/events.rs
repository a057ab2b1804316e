//! The event log: who did what, found again by whoever audits.

use crate::harness::{County, both, off_runtime, training::TestSession};
use serde_json::{Value, json};
use shixun_domain::{AreaCode, access::Role, id::OrganisationId, words::OrganisationKind};
use shixun_persistence::{
    DbError, Keep,
    org::{self, NewOrganisation, Saved},
};
use std::slice::from_ref;

/// An organisation at the top of 丽水市, to which the county belongs, or below.
fn organisation_of_the_city(county: &County, kind: OrganisationKind, parent: Option<OrganisationId>) -> OrganisationId {
    let (db, at) = (county.app.db.clone(), county.clock.now());
    let new = NewOrganisation {
        kind,
        code: None,
        name: format!("丽水市{kind}"),
        parent,
        stage: None,
        setting: None,
        small_class: false,
    };
    let city = AreaCode::new(331_100).unwrap();
    let make = move |tx: &mut shixun_persistence::WriteTx<'_>| org::add(tx, city, &new);
    let saved: Result<Saved, DbError> = off_runtime(|| db.write_blocking(at, Keep::Commit, make));
    match saved.unwrap() {
        Saved::Done(id) => id,
        other => panic!("{other:?}"),
    }
}

/// The city with its accounts `city`, `city-auditor` and `city-institution`.
fn city(county: &mut County) -> OrganisationId {
    let bureau = organisation_of_the_city(county, OrganisationKind::Bureau, None);
    let institution = organisation_of_the_city(county, OrganisationKind::Institution, Some(bureau));
    county.add_account("city", Role::Bureau, bureau, None);
    county.add_account("city-auditor", Role::Auditor, bureau, None);
    county.add_account("city-institution", Role::Institution, institution, None);
    institution
}

async fn listed(county: &County, who: &str, query: &str) -> Vec<Value> {
    let list = county.sign_in(who).get(&format!("/v1/events?limit=200&{query}")).await.expect(200);
    list["data"].as_array().unwrap().clone()
}

both! {
    async fn whoever_acts_in_another_area_is_named_by_the_own_account(county: County) {
        let institution = city(county);
        let teacher = county.add_teacher(1, county.schools[0]);
        let (owner, bureau) = (county.account("city-institution"), county.account("city"));
        let session = county.add_session_of(institution, (owner, bureau), TestSession::default()).id;
        let mine = county.caller(teacher.account);
        let path = format!("/v1/sessions/{session}/enrolments");
        let applied = mine.post(&path, json!({})).await.expect(201);
        let found = listed(county, "city-auditor", &format!("object_id={}", applied["id"].as_str().unwrap())).await;
        let one = found.first().expect("the application is in the log of the city, to which the session belongs");
        assert_eq!(one["actor_id"], teacher.account.to_string());
        assert_eq!(one["actor_name"], "teacher-1");
        assert_eq!(listed(county, "city-auditor", &format!("actor_id={}", teacher.account)).await.len(), found.len());
        let namesake = shixun_domain::id::AccountId::new(AreaCode::new(331_100).unwrap(), teacher.account.number());
        assert_eq!(listed(county, "city-auditor", &format!("actor_id={namesake}")).await, Vec::<Value>::new());
    }

    async fn the_leaf_of_a_record_names_the_account_that_the_list_names(county: County) {
        city(county);
        county.sign_in("city").act(&format!("/v1/users/{}/disable", county.account("finance"))).await.expect(200);
        crate::log::sequenced(county, shixun_api::log::Look::All);
        let record = &listed(county, "auditor", "action=disable").await[0];
        assert_eq!(record["actor_id"], county.account("city").to_string());
        let path = format!("/v1/log/proofs/inclusion?id={}", record["id"].as_str().unwrap());
        let proof = county.sign_in("auditor").get(&path).await.expect(200);
        let leaf: Value = serde_json::from_str(proof["leaf"].as_str().unwrap()).unwrap();
        assert_eq!(leaf["content"]["actor_id"], record["actor_id"]);
    }

    async fn records_are_found_by_time_account_and_kind_of_object(county: County) {
        let (centre, system) = (county.sign_in("centre"), county.sign_in("system"));
        let person = json!({"name": "龚敏超", "identity_number": crate::people::NUMBERS[0], "entered_on": "2014-08-01"});
        centre.post("/v1/persons", person).await.expect(201);
        county.advance_millis(60_000);
        let between = county.clock.now().to_string().replace('+', "%2B");
        county.advance_millis(60_000);
        system.post("/v1/users", json!({"username": "clerk.a"})).await.expect(201);
        let actions = async |query: &str| -> Vec<(String, String)> {
            let text = |row: &Value, field: &str| row[field].as_str().unwrap().to_owned();
            listed(county, "auditor", query).await.iter().map(|row| (text(row, "object_kind"), text(row, "actor_name"))).collect()
        };
        let (entered, made) = (("person".to_owned(), "centre".to_owned()), ("user".to_owned(), "system".to_owned()));
        assert_eq!(actions("").await, [made.clone(), entered.clone()]);
        assert_eq!(actions(&format!("from={between}")).await, from_ref(&made));
        assert_eq!(actions(&format!("to={between}")).await, from_ref(&entered));
        assert_eq!(actions("object_kind=person").await, from_ref(&entered));
        assert_eq!(actions(&format!("actor_id={}", county.account("system"))).await, [made]);
        assert_eq!(actions(&format!("actor_id={}&to={between}", county.account("system"))).await, []);
    }

    async fn a_city_reads_the_log_and_the_imports_of_its_counties_and_a_county_reads_no_other(county: County) {
        city(county);
        county.sign_in("system").post("/v1/users", json!({"username": "clerk.b"})).await.expect(201);
        for list in ["events", "imports"] {
            let of = |area: i32| format!("/v1/{list}?area={area}&include=total");
            let own = county.sign_in("auditor").get(&of(331_123)).await.expect(200);
            assert_eq!(county.sign_in("city-auditor").get(&of(331_123)).await.expect(200), own);
            county.sign_in("auditor").get(&of(331_100)).await.refused(404, "not_found");
            county.sign_in("auditor").get(&of(331_124)).await.refused(404, "not_found");
            county.sign_in("elsewhere-auditor").get(&of(331_123)).await.refused(404, "not_found");
        }
    }
}
