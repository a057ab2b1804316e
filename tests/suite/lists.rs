//! Lists: however a list is read, it has the same rows, and it says how many they are.

use crate::{
    conditions::READERS,
    demo::{Demo, SMALL},
    examples::walked,
    harness::{
        CONTRACT, Caller,
        database::{Kind, postgres_is_here},
    },
};
use actix_web::http::Method;
use serde_json::Value;
use std::collections::BTreeMap;

/// A list and who may read it.
struct List<'a> {
    path: String,
    reader: &'a Caller<'a>,
}

impl List<'_> {
    async fn page(&self, question: &str) -> Value {
        let joint = if self.path.contains('?') { '&' } else { '?' };
        self.reader.get(&format!("{}{joint}{question}", self.path)).await.expect(200)
    }

    /// All rows, page by page.
    async fn rows(&self, question: &str) -> Vec<Value> {
        let (mut rows, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.page(&format!("{question}{cursor}")).await;
            rows.extend(page["data"].as_array().unwrap().clone());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return rows,
            }
        }
    }
}

/// What a parameter of an operation may be.
fn choices(operation: &str, parameter: &str) -> Option<Vec<String>> {
    let operation = shixun_openapi::document::operation(CONTRACT.document(), operation).unwrap();
    let found =
        operation.parameters(CONTRACT.document()).into_iter().find(|one| one.text("name") == Some(parameter))?;
    let words = found.value["schema"].pointer("/enum").or_else(|| found.value["schema"].pointer("/oneOf/1/enum"));
    Some(words.and_then(Value::as_array).into_iter().flatten().map(|word| word.as_str().unwrap().to_owned()).collect())
}

/// Every list that the demo county was asked for, by operation, in the state in which the walk leaves it.
async fn every_list_counts_its_rows_and_turns_round(kind: Kind) {
    let demo = Demo::on(kind, SMALL).await;
    let shown = walked(&demo).await;
    let readers = READERS.map(|name| demo.sign_in(name));
    let mut lists: BTreeMap<String, List<'_>> = BTreeMap::new();
    for (_, path, _) in shown.asked.iter().filter(|(method, ..)| *method == Method::GET) {
        let operation = CONTRACT.operation_for("GET", path).unwrap().id().unwrap().to_owned();
        if choices(&operation, "cursor").is_none() || lists.contains_key(&operation) {
            continue;
        }
        let (place, query) = path.split_once('?').unwrap_or((path, ""));
        let kept: Vec<&str> = query.split('&').filter(|part| !part.is_empty() && !part.starts_with("limit=")).collect();
        let path = if kept.is_empty() { place.to_owned() } else { format!("{place}?{}", kept.join("&")) };
        for reader in &readers {
            if reader.get(&path).await.status == 200 {
                lists.insert(operation, List { path, reader });
                break;
            }
        }
    }
    assert!(lists.len() > 20, "{:?}", lists.keys());
    let mut turned = Vec::new();
    for (operation, list) in &lists {
        let rows = list.rows("limit=200").await;
        let total = list.page("limit=1&include=total").await["total"].clone();
        assert_eq!(total, rows.len(), "{operation}");
        assert_eq!(list.page("limit=1").await.get("total"), None, "{operation}");
        let words = choices(operation, "sort").unwrap_or_default();
        let [upwards, downwards] = words.as_slice() else { continue };
        let third = (rows.len() / 3 + 1).min(200);
        let up = list.rows(&format!("sort={upwards}&limit={third}")).await;
        let mut down = list.rows(&format!("sort={downwards}&limit={third}")).await;
        down.reverse();
        assert_eq!(up, down, "{operation}");
        assert!(rows == up || rows.iter().rev().eq(&up), "{operation}: the usual order is one of both");
        if let Some(cursor) = list.page(&format!("sort={upwards}&limit=1")).await["next_cursor"].as_str() {
            let joint = if list.path.contains('?') { '&' } else { '?' };
            let other = format!("{}{joint}sort={downwards}&limit=1&cursor={cursor}", list.path);
            list.reader.get(&other).await.refused(400, "invalid_cursor");
        }
        turned.push(operation.as_str());
    }
    let expected = [
        "list_enrolments",
        "list_events",
        "list_hour_entries",
        "list_persons",
        "list_programmes",
        "list_session_enrolments",
        "list_sessions",
        "list_teachers",
        "list_timetable",
    ];
    assert_eq!(turned, expected);
}

#[actix_web::test]
async fn every_list_counts_its_rows_and_turns_round_on_sqlite() {
    every_list_counts_its_rows_and_turns_round(Kind::Sqlite).await;
}

#[actix_web::test]
async fn every_list_counts_its_rows_and_turns_round_on_postgres() {
    if postgres_is_here() {
        every_list_counts_its_rows_and_turns_round(Kind::Postgres).await;
    }
}
