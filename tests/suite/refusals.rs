//! What people read when something is refused: every code of the table, provoked by a real request, in both languages.
//!
//! The snapshots are to be read as a clerk would: what happened, why, and what to do now. `cargo insta review` shows changes.

mod catalogue;
mod certificates;
mod enrolment;
mod hours;
mod outside;
mod people;
mod request;

use crate::harness::{
    Answered, Caller, County, TestApp,
    database::{Kind, postgres_is_here},
};
use serde_json::{Value, json};
use shixun_api::problem::{Code, Language};
use std::collections::BTreeMap;

/// Codes that no test provokes, and why. Each must still need to stand here.
const NOT_PROVOKED: [(Code, &str); 4] = [
    (
        Code::JobInterrupted,
        "no request is answered with it: it is the problem of a job, and tests/suite/jobs.rs reads it there",
    ),
    (Code::Busy, "the database must be held up for as long as a request waits, which is ten seconds and more"),
    (Code::EntryNotReversed, "a replacement is written together with its reversal only"),
    (Code::EntryAlreadyReplaced, "a replacement is written together with its reversal only"),
];

/// Codes that only SQLite is made to answer: a disk that is full cannot be had from a PostgreSQL server of ours.
const ONLY_ON_SQLITE: [Code; 1] = [Code::StorageFull];

/// Codes that only PostgreSQL is made to answer: a file is always there once it is open.
const ONLY_ON_POSTGRES: [Code; 1] = [Code::Unavailable];

/// What was read, by code.
#[derive(Default)]
struct Told(BTreeMap<&'static str, Value>);

impl Told {
    /// Sends a request that is refused, once in each language, and keeps both problems.
    async fn by(&mut self, code: Code, caller: &Caller<'_>, send: impl AsyncFn(&Caller<'_>) -> Answered) {
        let chinese = send(&caller.clone().in_chinese()).await;
        let english = send(caller).await;
        let both =
            json!({"zh-CN": document(code, &chinese, Language::Zh), "en": document(code, &english, Language::En)});
        assert!(self.0.insert(code.as_str(), both).is_none(), "{code:?} is provoked twice");
    }
}

/// The problem of an answer, with what differs between runs taken out.
fn document(code: Code, answer: &Answered, language: Language) -> Value {
    let mut problem = answer.refused(code.status(), code.as_str());
    assert_eq!(problem["status"], code.status(), "the status of the answer is that of its problem");
    assert_eq!(problem["type"], format!("/v1/problems#{}", code.as_str()));
    assert_eq!(problem["title"], code.title(language));
    assert_eq!(answer.header("content-language").as_deref(), Some(language.tag()));
    assert_eq!(answer.header("retry-after").is_some(), problem["parameters"]["seconds"].is_string());
    problem["request_id"] = json!("[request]");
    // How long one has to wait before the next request depends on a real clock.
    let seconds = problem["parameters"]["seconds"].as_str().filter(|_| code == Code::RateLimited).map(str::to_owned);
    tidy(&mut problem, seconds.as_deref());
    reads_well(code, language, &problem);
    problem
}

fn tidy(value: &mut Value, seconds: Option<&str>) {
    match value {
        Value::String(text) => {
            *text = without_ids(text);
            if let Some(seconds) = seconds {
                *text = text.replace(seconds, "[seconds]");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| tidy(item, seconds)),
        Value::Object(fields) => fields.values_mut().for_each(|item| tidy(item, seconds)),
        _ => {}
    }
}

/// `ses_a3bk65000000000013` becomes `[ses]`, and the number inside of an id `[number]`.
fn without_ids(text: &str) -> String {
    let mut tidied = String::new();
    let mut word = String::new();
    for character in text.chars().chain(['\0']) {
        if character.is_ascii_alphanumeric() || character == '_' {
            word.push(character);
            continue;
        }
        match word.split_once('_') {
            Some((kind, rest))
                if kind.len() == 3 && rest.len() > 15 && rest.contains(|digit: char| digit.is_ascii_digit()) =>
            {
                tidied.push_str(&format!("[{kind}]"));
            }
            _ if word.len() > 15 && word.bytes().all(|byte| byte.is_ascii_digit()) => tidied.push_str("[number]"),
            _ => tidied.push_str(&word),
        }
        word.clear();
        tidied.push(character);
    }
    tidied.trim_end_matches('\0').to_owned()
}

/// What every text keeps to: nothing unfilled, the language that was asked for, an end.
fn reads_well(code: Code, language: Language, problem: &Value) {
    let details =
        problem["errors"].as_array().unwrap().iter().map(|error| &error["detail"]).chain([&problem["detail"]]);
    for detail in details {
        let detail = detail.as_str().unwrap();
        assert!(!detail.is_empty() && !detail.contains('{') && !detail.contains('}'), "{code:?} has a hole: {detail}");
        let chinese = detail.chars().any(|character| ('\u{4e00}'..='\u{9fff}').contains(&character));
        let english: Vec<&str> =
            detail.split(|character: char| !character.is_ascii_alphabetic() && character != ' ').collect();
        match language {
            Language::Zh => {
                let sentence = english.iter().find(|part| part.split_whitespace().count() > 2);
                assert!(chinese && sentence.is_none(), "{code:?} answers a Chinese reader in English: {detail}");
            }
            Language::En => {
                assert!(english.iter().any(|part| part.split_whitespace().count() > 1), "{code:?}: {detail}")
            }
        }
    }
}

type Group = (&'static str, Told);

async fn provoke(kind: Kind) -> Vec<Group> {
    let mut groups = Vec::new();
    macro_rules! groups {
        ($($name:literal: $provoke:path;)+) => {$(
            let (mut told, mut county) = (Told::default(), County::on(kind).await);
            $provoke(&mut told, &mut county).await;
            groups.push(($name, told));
        )+};
    }
    groups! {
        "request": request::request;
        "signing_in": request::signing_in;
        "system": request::system;
        "organisations_and_users": people::organisations_and_users;
        "people": people::people;
        "imports": people::imports;
        "policy": hours::policy;
        "hours": hours::hours;
        "log": hours::log;
        "jobs": hours::jobs;
        "certificates": certificates::certificates;
        "closing": certificates::closing;
        "records": outside::records;
        "transfers": outside::transfers;
        "disputes": outside::disputes;
        "programmes": catalogue::programmes;
        "sessions": catalogue::sessions;
        "applying": enrolment::applying;
        "after_applying": enrolment::after_applying;
        "conducting": enrolment::conducting;
        "evaluating": enrolment::evaluating;
    }
    let mut told = Told::default();
    let few = TestApp::with(kind, |config| (config.sign_ins_per_minute, config.sign_ins_burst) = (1, 1)).await;
    request::too_often(&mut told, &few).await;
    groups.push(("too_often", told));
    if kind == Kind::Sqlite {
        let (mut told, county) = (Told::default(), County::on(kind).await);
        request::full_disk(&mut told, &county).await;
        groups.push(("full_disk", told));
    } else {
        let (mut told, county) = (Told::default(), County::on(kind).await);
        request::database_away(&mut told, &county).await;
        groups.push(("database_away", told));
    }
    groups
}

async fn every_refusal_reads_as_agreed(kind: Kind) {
    let groups = provoke(kind).await;
    let mut seen = BTreeMap::new();
    for (group, told) in &groups {
        for code in told.0.keys() {
            assert_eq!(seen.insert(*code, *group), None, "{code} is provoked twice");
        }
    }
    let excused = |code: &Code| {
        NOT_PROVOKED.iter().any(|(excused, _)| excused == code)
            || (kind == Kind::Postgres && ONLY_ON_SQLITE.contains(code))
            || (kind == Kind::Sqlite && ONLY_ON_POSTGRES.contains(code))
    };
    let wrong: Vec<&Code> = Code::ALL.iter().filter(|code| seen.contains_key(code.as_str()) == excused(code)).collect();
    assert!(
        wrong.is_empty(),
        "provoke each of these by a request in tests/suite/refusals/, or say in NOT_PROVOKED why that cannot be; or take what \
         is provoked off that list: {wrong:?}"
    );
    for (group, told) in &groups {
        insta::assert_json_snapshot!(*group, told.0);
    }
}

#[actix_web::test]
async fn every_refusal_reads_as_agreed_on_sqlite() {
    every_refusal_reads_as_agreed(Kind::Sqlite).await;
}

#[actix_web::test]
async fn every_refusal_reads_as_agreed_on_postgres() {
    if postgres_is_here() {
        every_refusal_reads_as_agreed(Kind::Postgres).await;
    }
}

#[test]
fn the_table_of_problems_reads_as_agreed() {
    let text = |code: Code, language| json!({"title": code.title(language), "detail": code.detail(language)});
    let rows: BTreeMap<&str, Value> = Code::ALL
        .iter()
        .map(|code| {
            let (zh, en) = (text(*code, Language::Zh), text(*code, Language::En));
            (code.as_str(), json!({"status": code.status(), "zh-CN": zh, "en": en}))
        })
        .collect();
    insta::assert_json_snapshot!("table", rows);
}

#[test]
fn ids_are_taken_out_of_texts_and_nothing_else() {
    let text = "课次unt_a3bk65kd90200006zg（2026-12-05T08:00:00+08:00起）与row_by_row，prg_a3bk65000000000013，课程1779883101388800051";
    assert_eq!(without_ids(text), "课次[unt]（2026-12-05T08:00:00+08:00起）与row_by_row，[prg]，课程[number]");
}
