//! Teachers with entries, for tests of the ledger.

use crate::harness::{Caller, County, county::COUNTY, off_runtime};
use chrono::NaiveDate;
use diesel::RunQueryDsl;
use serde_json::Value;
use shixun_domain::{
    AreaCode, Hours, Id, Theme,
    access::Role,
    id::{HourEntryId, OrganisationId, PersonId},
    ledger::{Amounts, Circumstances, EntryKind, Factor, SourceKind},
    words::{DeliveryForm, Level, Route},
};
use shixun_persistence::{
    DbError, Keep, WriteTx,
    ledger::{self, Appended, NewEntry},
};

/// The cycle of the worked examples, on its last day.
pub const CYCLE: &str = "cycle=2016-2020&as_of=2020-12-31";

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn hours(text: &str) -> Hours {
    text.parse().unwrap()
}

/// Runs a write of a test.
pub fn write<T: Send + 'static>(
    county: &County,
    mut f: impl FnMut(&mut WriteTx<'_>) -> Result<T, DbError> + Send + 'static,
) -> T {
    let (at, app) = (county.clock.now(), county.app.clone());
    off_runtime(|| app.db.write_blocking(at, Keep::Commit, move |tx| f(tx)).unwrap())
}

/// Runs SQL that both databases understand, and says what became of it.
pub fn sql(county: &County, statement: &str) -> Result<usize, DbError> {
    let (at, app, statement) = (county.clock.now(), county.app.clone(), statement.to_owned());
    off_runtime(|| {
        app.db.write_blocking(at, Keep::Commit, move |tx| {
            Ok::<usize, DbError>(diesel::sql_query(&statement).execute(tx.conn())?)
        })
    })
}

/// Enters the packs shipped with the program.
pub fn install_packs(county: &County) {
    assert_eq!(write(county, shixun_api::policy::service::install_shipped), 0, "they are there from the start");
}

/// A teacher of `school` since 2000, number `n`.
pub fn teacher(county: &County, n: i64, name: &str, school: OrganisationId) -> PersonId {
    teacher_since(county, n, name, school, "2000-08-15")
}

/// A teacher employed since a day.
pub fn teacher_since(county: &County, n: i64, name: &str, school: OrganisationId, since: &str) -> PersonId {
    let area = school.area();
    let at = "2020-01-01 00:00:00";
    sql(
        county,
        &format!(
            "INSERT INTO persons (area, id, name, search_name, identity_number, sex, birth_date, entered_on, version, created_at, updated_at)
             VALUES ({area}, {n}, '{name}', '{name}', 'id-{n}', 'female', '1975-05-05', '{since}', 1, '{at}', '{at}')"
        ),
    )
    .unwrap();
    employ(county, n * 10, n, school, since);
    sql(
        county,
        &format!(
            "INSERT INTO titles_held (area, id, person_id, title, valid_from, created_at, version)
             VALUES ({area}, {n}, {n}, 'first', '{since}', '{at}', 1)"
        ),
    )
    .unwrap();
    sql(
        county,
        &format!(
            "INSERT INTO teaching_assignments (area, id, person_id, stage, subject, valid_from, created_at, version)
             VALUES ({area}, {n}, {n}, 'primary', '数学', '{since}', '{at}', 1)"
        ),
    )
    .unwrap();
    Id::new(area, n)
}

/// Employs person `n` from a day.
pub fn employ(county: &County, id: i64, n: i64, school: OrganisationId, from: &str) {
    let (area, number) = (school.area(), school.number());
    sql(
        county,
        &format!(
            "INSERT INTO employments (area, id, person_id, organisation_id, valid_from, created_at, version)
             VALUES ({area}, {id}, {n}, {number}, '{from}', '2020-01-01 00:00:00', 1)"
        ),
    )
    .unwrap();
}

/// An entry of self-selected short training, all attended.
pub fn entry(person: PersonId, on: &str, amount: &str) -> NewEntry {
    NewEntry {
        person,
        kind: EntryKind::Posted,
        refers_to: None,
        route: Route::SelfSelected,
        form: DeliveryForm::Lecture,
        level: Level::County,
        themes: vec!["subject".parse::<Theme>().unwrap()],
        circumstances: Circumstances::ORDINARY,
        block_key: None,
        title: format!("培训 {on}"),
        source_kind: SourceKind::Session,
        source: None,
        source_key: format!("{on}/{amount}"),
        amounts: Amounts::new(hours(amount), hours(amount), Factor::ONE, Hours::ZERO).unwrap(),
        effective_on: day(on),
        evidence: None,
        policy: "ZJ-2016 v1".into(),
        recognised_by: None,
        snapshot: None,
        reason: None,
    }
}

/// School-based training.
pub fn school_based(person: PersonId, on: &str, amount: &str) -> NewEntry {
    NewEntry { route: Route::SchoolBased, level: Level::School, ..entry(person, on, amount) }
}

/// A concentrated block.
pub fn block(person: PersonId, on: &str, amount: &str) -> NewEntry {
    NewEntry { block_key: Some(format!("block-{on}")), ..entry(person, on, amount) }
}

/// Posts entries.
pub fn post(county: &County, entries: Vec<NewEntry>) -> Vec<HourEntryId> {
    write(county, move |tx| {
        entries
            .iter()
            .map(|entry| match ledger::append(tx, entry)? {
                Appended::New(id) => Ok(id),
                Appended::Duplicate => panic!("{} is a duplicate", entry.source_key),
            })
            .collect()
    })
}

/// Has the centre enter hours and the bureau post them; gives the posted entry.
pub async fn entered(county: &County, person: PersonId, body: Value) -> Value {
    let made = county.sign_in("centre").post(&format!("/v1/teachers/{}/hour-entries", person.teacher()), body).await;
    posted(county, &made.expect(201)).await
}

/// Has the bureau post a pending entry.
pub async fn posted(county: &County, pending: &Value) -> Value {
    county
        .sign_in("bureau")
        .act(&format!("/v1/hour-entries/{}/post", pending["id"].as_str().unwrap()))
        .await
        .expect(201)
}

/// Has one of the centre and the bureau propose to correct an entry of a closed cycle, and the other, who did not recognise it,
/// approve; gives the dispute.
pub async fn corrected(county: &County, entry: impl std::fmt::Display, body: Value) -> Value {
    let entry = format!("/v1/hour-entries/{entry}");
    let recognised_by = county.sign_in("centre").get(&entry).await.expect(200)["recognised_by"].clone();
    let own = recognised_by == county.account("bureau").to_string();
    let (one, other) = if own { ("bureau", "centre") } else { ("centre", "bureau") };
    let claim = serde_json::json!({"claim": body["reason"]});
    let opened = county.sign_in(one).post(&format!("{entry}/disputes"), claim).await;
    opened.expect(201);
    let place = format!("{}/uphold", opened.header("location").unwrap());
    let other = county.sign_in(other);
    let uphold = other.request(actix_web::http::Method::POST, &place).header("If-Match", &opened.etag());
    uphold.json(&body).send().await.expect(200)
}

/// Everybody's statement is asked for by the centre. Whatever a test looks at in it, its figures add up and have their grounds.
pub async fn statement(caller: &Caller<'_>, person: PersonId, query: &str) -> Value {
    let read = caller.get(&format!("/v1/teachers/{}/statement?{query}", person.teacher())).await.expect(200);
    super::grounds::every_figure_has_its_grounds(&read);
    super::grounds::every_requirement_has_its_leaves(caller, &read, query).await;
    read
}

/// A requirement of a statement as `owed counted missing verdict`.
pub fn requirement(statement: &Value, rule: &str, year: Option<i32>) -> String {
    let found = statement["requirements"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["rule"]["id"] == rule && one["period"]["year"] == year.map_or(Value::Null, Value::from));
    let one = found.unwrap_or_else(|| panic!("no requirement {rule} in {statement:#}"));
    let text = |field: &str| one[field].as_str().unwrap().to_owned();
    format!("{} {} {} {}", text("owed"), text("counted"), text("missing"), text("verdict"))
}

/// Every cut as `day amount pack rule`.
pub fn cuts(statement: &Value) -> Vec<String> {
    let entries = statement["entries"].as_array().unwrap().iter();
    entries
        .flat_map(|entry| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let cuts = entry["cuts"].as_array().unwrap().iter();
            cuts.map(move |cut| {
                let (amount, pack, rule) = (text(&cut["amount"]), text(&cut["rule"]["pack"]), text(&cut["rule"]["id"]));
                format!("{} {amount} {pack} v{} {rule}", text(&entry["effective_on"]), cut["rule"]["edition"])
            })
        })
        .collect()
}

/// A county with packs and one teacher of the first school, who can sign in as `teacher-1`.
pub fn with_teacher(county: &mut County) -> PersonId {
    install_packs(county);
    let person = teacher(county, 101, "雷晓燕", county.schools[0]);
    county.add_account("teacher-1", Role::Teacher, county.schools[0], Some(person));
    assert_eq!(person.area(), AreaCode::new(COUNTY).unwrap());
    person
}
