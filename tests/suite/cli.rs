//! The command line, as whoever runs a server meets it: the program is started, and judged by what it says and how it ends.

use crate::{
    check::behind_the_back,
    harness::{
        County, both,
        database::{Database, Kind, folder, postgres_is_here},
        program::{Running, Serving, asked, shixun, shixun_with},
    },
};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use serde_json::{Value, json};
use shixun_persistence::{Conn, db::DbUrl};
use std::{
    net::TcpListener,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

/// Stands in every address and file below, and must stand in nothing that the program says.
const SECRET: &str = "hush4711";

/// A file name of its own for each use.
fn file(ending: &str) -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    folder().join(format!("cli-{}.{ending}", NUMBER.fetch_add(1, Ordering::Relaxed)))
}

fn written(ending: &str, text: &str) -> String {
    let path = file(ending);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// The databases that are here.
fn kinds() -> Vec<Kind> {
    if postgres_is_here() { vec![Kind::Sqlite, Kind::Postgres] } else { vec![Kind::Sqlite] }
}

#[test]
fn a_database_that_cannot_be_opened_is_said_in_one_line_without_the_secret() {
    for (address, words) in [
        (format!("mysql://clerk:{SECRET}@db/x"), ["mysql:…", "sqlite:PATH or postgres://"]),
        (format!("host=db password={SECRET}"), ["not a database address", "sqlite:PATH or postgres://"]),
        (format!("postgres://clerk:{SECRET}@127.0.0.1:1/x"), ["port 1 failed", "whether the server runs"]),
        (format!("postgres://clerk:a {SECRET}@127.0.0.1:1/x"), ["percent code", "check the address"]),
        (format!("postgres://clerk:a@{SECRET}@127.0.0.1:1/x"), ["percent code", "check the address"]),
        (format!("postgres://clerk:a/{SECRET}@127.0.0.1:1/x"), ["percent code", "check the address"]),
        ("sqlite:/dev/null/x.db".to_owned(), ["/dev/null/x.db", "whether the folder can be written"]),
    ] {
        let line = shixun(&["migrate", "--database", &address]).refused(&words);
        assert!(!line.contains(SECRET), "{line}");
    }
    for command in [&["serve"][..], &["check"], &["migrate", "--check"], &["user", "password", "somebody"]] {
        let args = [command, &["--database", "sqlite:nowhere.db"]].concat();
        shixun(&args).refused(&["nowhere.db does not exist", "`shixun migrate`"]);
    }
}

#[test]
fn a_setting_that_cannot_be_used_is_named_in_one_line_without_the_secret() {
    let settings = |text: &str| shixun(&["migrate", "--config", &written("toml", text)]);
    let url = format!("database_url = \"postgres://clerk:{SECRET}@127.0.0.1:1/x\"\n");
    for (ran, words) in [
        (settings(&format!("{url}lisen = \"127.0.0.1:1\"\n")), ["`lisen`", "`listen`"]),
        (settings(&format!("{url}workers = 4711\n")), ["workers is 4711", "between 0 and 256"]),
        (settings(&format!("database_url = postgres://clerk:{SECRET}@db/x\n")), ["line 1", ".toml"]),
        (settings("demo_password = 4711471147\n"), ["demo_password must be text", "quotation marks"]),
        (shixun_with(&[("SHIXUN_LISEN", SECRET)], &["migrate"]), ["`lisen`", "SHIXUN_LISEN); did you mean `listen`?"]),
        (
            shixun_with(&[("SHIXUN_X", SECRET)], &["migrate"]),
            ["no setting `x`", "SHIXUN_X); `shixun serve --print-defaults`"],
        ),
        (
            shixun_with(&[("SHIXUN_WORKERS", "many")], &["migrate"]),
            ["variable SHIXUN_WORKERS", "must be a whole number"],
        ),
        (shixun_with(&[("SHIXUN_LOG_FORMAT", "xml")], &["migrate"]), ["SHIXUN_LOG_FORMAT", "one of text, json"]),
        (
            shixun_with(&[("SHIXUN_TRUSTED_PROXIES", "10.0.0.0/8, front")], &["migrate"]),
            ["trusted_proxies: front", "10.0.0.0/8"],
        ),
        (settings("listen = \"8080\"\n"), [".toml: listen must be an address with a port", "127.0.0.1:8080"]),
        (shixun(&["serve", "--listen", "nonsense"]), ["listen must be an address with a port", "127.0.0.1:8080"]),
        (
            shixun_with(&[("SHIXUN_DEMO_PASSWORD", "4711471147")], &["migrate"]),
            ["demo_password must be text", "SHIXUN_DEMO_PASSWORD"],
        ),
        (shixun(&["migrate", "--config", "nowhere.toml"]), ["nowhere.toml", "does not exist"]),
    ] {
        let line = ran.refused(&words);
        assert!(!line.contains(SECRET) && !line.contains("4711471147"), "{line}");
        assert!(line.len() < 250 && !line.contains(".rs:"), "{line}");
    }
}

#[test]
fn a_port_that_is_taken_is_named_with_the_way_out() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for kind in kinds() {
        let database = Database::fresh(kind);
        shixun(&["serve", "--listen", &address, "--database", &database.address()]).refused(&[
            &address,
            "taken by another program",
            "--listen",
        ]);
    }
}

#[test]
fn migrations_are_run_compared_and_taken_back() {
    for kind in kinds() {
        let database = Database::blank(kind);
        let address = database.address();
        let migrate = |option: &[&str]| shixun(&[&["migrate", "--database", &address], option].concat());
        assert!(migrate(&[]).well().starts_with("migrated "));
        assert!(migrate(&["--check"]).well().contains("has the schema of this program"));
        assert!(migrate(&[]).well().contains("has the schema of this program"), "a second run changes nothing");
        let taken = migrate(&["--revert"]).well();
        let version = taken.trim().strip_prefix("taken back: ").unwrap();
        let pending = migrate(&["--check"]);
        assert_eq!(pending.code, Some(1));
        assert!(pending.out.contains(version) && pending.out.contains("`shixun migrate`"), "{pending:?}");
        shixun(&["check", "--database", &address]).refused(&["lacks 1 migration", "`shixun migrate`"]);
        assert!(migrate(&[]).well().contains(version));
    }
}

#[test]
fn a_database_newer_than_the_program_is_left_alone() {
    for kind in kinds() {
        let database = Database::fresh(kind);
        let address = database.address();
        let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000001')";
        sql_query(newer).execute(&mut database.url().connect(false).unwrap()).unwrap();
        for command in [&["migrate"][..], &["migrate", "--check"], &["serve", "--migrate"], &["serve"], &["check"]] {
            let args = [command, &["--listen", "127.0.0.1:0"][..if command[0] == "serve" { 2 } else { 0 }]].concat();
            shixun(&[&args[..], &["--database", &address]].concat()).refused(&[
                "newer than this program",
                "99991231000001",
                "use the program that made it",
            ]);
        }
    }
}

#[test]
fn an_account_is_made_once_and_its_password_is_given_anew() {
    for kind in kinds() {
        let database = Database::fresh(kind);
        let address = database.address();
        let user = |args: &[&str]| shixun(&[&["user"], args, &["--database", &address]].concat());
        let password = |out: &str| out.lines().find_map(|line| Some(line.strip_prefix("password ")?.trim().to_owned()));
        let made = user(&["add", "first", "--area", "331123"]).well();
        assert!(made.contains("system_administrator"), "{made}");
        user(&["add", "first", "--area", "331123"]).refused(&["first is taken", "shixun user password first"]);
        let anew = user(&["password", "first"]).well();
        assert!(password(&made).is_some_and(|old| password(&anew).is_some_and(|new| new.len() > 11 && new != old)));
        user(&["password", "second"]).refused(&["no user name second", "shixun user add second"]);
        let role = user(&["add", "third", "--area", "331123", "--role", "king"]);
        assert!(role.code == Some(2) && role.err.contains("--role"), "{role:?}");
    }
}

#[test]
fn a_running_request_is_answered_after_sigterm_and_the_program_ends_well() {
    for kind in kinds() {
        let database = Database::fresh(kind);
        let address = database.address();
        let made = shixun(&["user", "add", "first", "--area", "331123", "--database", &address]).well();
        let password = made.lines().find_map(|line| line.strip_prefix("password ")).unwrap().trim();
        let mut server = Serving::on(&address);
        let body = json!({"username": "first", "password": password}).to_string();
        let running = Running::post(server.address, "/v1/auth/login", body);
        server.terminate();
        server.wait_for("finishing 1 connections");
        let answer = running.finish();
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("\"access_token\""), "{answer}");
        assert_eq!(server.ended(), Some(0));
    }
}

#[test]
fn web_pages_of_named_origins_call_the_server_and_long_answers_are_compressed() {
    let database = Database::fresh(Kind::Sqlite);
    shixun(&["migrate", "--database", &database.address()]).well();
    let server = Serving::with(&[("SHIXUN_WEB_ORIGINS", "https://web.example.cn")], &database.address());
    let preflight = |origin: &str| {
        let head = format!(
            "Origin: {origin}\r\nAccess-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: authorization, if-match\r\n"
        );
        asked(server.address, "OPTIONS /v1/me", &head, "").to_lowercase()
    };
    let named = preflight("https://web.example.cn");
    assert!(
        named.starts_with("http/1.1 20") && named.contains("access-control-allow-origin: https://web.example.cn"),
        "{named}"
    );
    assert!(named.contains("access-control-allow-headers: ") && named.contains("if-match"), "{named}");
    assert!(!preflight("https://other.example.cn").contains("access-control-allow-origin"));
    let read = asked(server.address, "GET /v1/problems", "Origin: https://web.example.cn\r\n", "").to_lowercase();
    assert!(read.contains("access-control-allow-origin: https://web.example.cn") && read.contains("etag"), "{read}");
    assert!(read.contains("access-control-expose-headers"));
    let head = asked(server.address, "HEAD /v1/problems", "Accept-Encoding: gzip\r\n", "").to_lowercase();
    assert!(
        head.contains("content-encoding: gzip") && head.trim_end().ends_with(|sign: char| sign.is_ascii_graphic()),
        "{head}"
    );
    assert_eq!(head.split("\r\n\r\n").nth(1), Some(""), "a head has no body");
    let plain = asked(server.address, "HEAD /v1/problems", "", "").to_lowercase();
    assert!(!plain.contains("content-encoding"), "{plain}");
}

const ROSTER: &str = "姓名,身份证号码,学校标识码,学段,任教学科,专业技术职务,行政职务,参加工作时间,联系电话,备注";
const GOOD: &str = "龚敏超,331199199205119087,2133000101,小学,数学、科学,一级教师,教导主任,2014-08-01,19943192252,";
const SHORT: &str = "张三,3311991981073042,2133000101,小学,数学,,,2014-08,,";

async fn persons(county: &County) -> Value {
    county.sign_in("centre").get("/v1/persons?limit=1&include=total").await.expect(200)["total"].clone()
}

both! {
    async fn a_roster_is_tried_refused_with_its_first_fault_and_imported(county: County) {
        let address = county.database.address();
        let import = |path: &str, options: &[&str]| {
            shixun(&[&["import", path, "--area", "331123", "--english", "--database", &address], options].concat())
        };
        let (good, faulty) = (written("csv", &format!("{ROSTER}\n{GOOD}\n")), written("csv", &format!("{ROSTER}\n{GOOD}\n{SHORT}\n")));
        let report = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let tried = report(&import(&good, &["--dry-run"]).well());
        assert_eq!((&tried["created"], &tried["acceptable"], &tried["applied"]), (&json!(1), &json!(true), &json!(false)));
        let found = import(&faulty, &["--dry-run"]);
        assert_eq!(found.code, Some(1), "a file that would be refused is told by the exit code");
        assert_eq!(report(&found.out)["faults"][0]["code"], "roster_short_id");
        import(&faulty, &[]).refused(&["First: ", "/rows/3/identity_number"]);
        assert_eq!(persons(county).await, json!(0), "neither trials nor refusals write");
        let rows = report(&import(&faulty, &["--mode", "row_by_row"]).well());
        assert_eq!((&rows["created"], &rows["failed"]), (&json!(1), &json!(1)));
        assert_eq!(report(&import(&good, &[]).well())["unchanged"], json!(1));
        assert_eq!(persons(county).await, json!(1));
        import("nowhere.csv", &[]).refused(&["cannot read nowhere.csv"]);
        import(&written("csv", ""), &[]).refused(&[]);
        let records = import(&good, &["--kind", "records"]);
        assert!(records.code == Some(2) && records.err.contains("roster, organisations"), "hours need somebody who enters them: {records:?}");
    }

    async fn a_report_is_written_in_the_form_that_the_name_of_the_file_tells(county: County) {
        let address = county.database.address();
        let export = |path: &str, options: &[&str]| {
            let args = ["export", "county-summary", "--area", "331123", "--cycle", "2021-2025", "--database", &address, "--output", path];
            shixun(&[&args[..], options].concat())
        };
        for (ending, begins) in [("json", &b"{"[..]), ("csv", &b"\xef\xbb\xbf"[..]), ("xlsx", &b"PK"[..])] {
            let path = file(ending);
            assert_eq!(export(&path.display().to_string(), &["--bom"]).well(), "");
            assert!(std::fs::read(&path).unwrap().starts_with(begins), "{ending}");
        }
        let path = file("json").display().to_string();
        export(&path, &[]).well();
        assert_eq!(serde_json::from_slice::<Value>(&std::fs::read(&path).unwrap()).unwrap()["cycle"], "2021-2025");
        export("report.doc", &[]).refused(&["report.doc", "--format"]);
        export("/dev/null/report.csv", &[]).refused(&["cannot write /dev/null/report.csv"]);
        let path = file("csv").display().to_string();
        export(&path, &["--as-of", "1990-01-01"]).refused(&[]);
        assert!(!std::path::Path::new(&path).exists(), "a refusal leaves no file");
    }

    async fn roster_and_schools_are_written_as_an_import_reads_them(county: County) {
        let address = county.database.address();
        county.add_teacher(1, county.schools[0]);
        let export = |name: &str, path: &str| shixun(&["export", name, "--area", "331123", "--database", &address, "--output", path]);
        for (name, kind) in [("roster", None), ("organisations", Some("organisations"))] {
            for ending in ["csv", "xlsx"] {
                let path = file(ending).display().to_string();
                assert_eq!(export(name, &path).well(), "");
                let Some(kind) = kind else { continue };
                let again = shixun(&["import", &path, "--area", "331123", "--kind", kind, "--database", &address]);
                let counts = serde_json::from_str::<Value>(&again.well()).unwrap();
                assert_eq!((&counts["created"], &counts["updated"], &counts["unchanged"]), (&json!(0), &json!(0), &json!(county.schools.len())));
            }
            export(name, "table.json").refused(&["table.json", ".csv or .xlsx"]);
        }
        let path = file("csv").display().to_string();
        export("roster", &path).well();
        let rows = std::fs::read_to_string(&path).unwrap();
        assert_eq!(rows.lines().count(), 2);
        assert!(rows.contains("********"), "masked: {rows}");
    }

    async fn a_breach_ends_the_check_with_2_and_a_report(county: County) {
        let address = county.database.address();
        let path = file("json").display().to_string();
        assert!(shixun(&["check", "--database", &address]).well().contains("checks hold"));
        shixun(&["check", "--database", &address, "--json", &path]).well();
        let kept = || serde_json::from_slice::<Value>(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(kept()["clean"], true);
        let school = county.schools[0].number();
        behind_the_back(county, &[format!("UPDATE organisations SET search_name = 'x' WHERE id = {school}")]);
        let broken = shixun(&["check", "--database", &address]);
        assert_eq!(broken.code, Some(2), "{broken:?}");
        let report: Value = serde_json::from_str(&broken.out).unwrap();
        assert_eq!(report["clean"], false);
        let check = report["checks"].as_array().unwrap().iter().find(|check| check["name"] == "search_names").unwrap();
        assert_eq!(check["broken"], 1);
        assert!(check["breaches"][0]["object"].as_str().is_some_and(|object| object.starts_with("org_")), "{check}");
        let to_file = shixun(&["check", "--database", &address, "--json", &path]);
        assert_eq!((to_file.code, to_file.out.as_str(), &kept()["clean"]), (Some(2), "", &json!(false)));
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    value: String,
}

fn ask(conn: &mut Conn, question: &str) -> Vec<String> {
    sql_query(question).load::<Row>(conn).unwrap().into_iter().map(|row| row.value).collect()
}

/// Everything that a SQLite file holds, table by table.
fn contents(path: &str) -> Vec<(String, Vec<String>)> {
    let url: DbUrl = format!("sqlite:{path}").parse().unwrap();
    let mut conn = url.connect(false).unwrap();
    let tables = ask(
        &mut conn,
        "SELECT name AS value FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    );
    let rows = |table: String| {
        let columns = ask(&mut conn, &format!("SELECT name AS value FROM pragma_table_info('{table}')"));
        let columns: Vec<String> = columns.iter().map(|name| format!("quote(\"{name}\")")).collect();
        let all = format!("SELECT {} AS value FROM \"{table}\" ORDER BY 1", columns.join(" || ', ' || "));
        let found = ask(&mut conn, &all);
        (table, found)
    };
    tables.into_iter().map(rows).collect()
}

#[actix_web::test]
async fn a_backup_of_a_sqlite_file_in_use_is_restored_with_the_same_in_it() {
    let county = County::on(Kind::Sqlite).await;
    let (address, backup, target) =
        (county.database.address(), file("db").display().to_string(), file("db").display().to_string());
    let place = format!("sqlite:{target}");
    let restore = |options: &[&str]| shixun(&[&["restore", "--database", &place], options].concat());
    shixun(&["backup", "--database", &address, &backup]).well();
    let kept = contents(&backup);
    assert!(kept.iter().any(|(table, rows)| table == "organisations" && rows.len() > 4));
    assert_eq!(kept, contents(address.strip_prefix("sqlite:").unwrap()));
    shixun(&["backup", "--database", &address, &backup]).refused(&["exists already", "name a new file"]);
    shixun(&["backup", "--database", &address, "/dev/null/x.db"])
        .refused(&["/dev/null/x.db", "folder that can be written"]);

    restore(&[&backup]).well();
    assert_eq!(contents(&target), kept);
    shixun(&["check", "--database", &place]).well();
    restore(&[&backup]).refused(&[&target, "stop the server", "--force"]);
    for (other, why) in [(written("db", ""), "no schema of ours"), (written("db", "no database"), "not a database")] {
        restore(&["--force", &other]).refused(&["is not a backup of shixun", why, "shixun backup"]);
    }
    assert_eq!(contents(&target), kept, "what is no backup replaces nothing");
    shixun(&["user", "add", "later", "--area", "331123", "--database", &place]).well();
    restore(&["--force", &backup]).well();
    assert_eq!(contents(&target), kept, "what came after the backup is gone with the file");
}

#[test]
fn backups_of_postgresql_are_left_to_its_own_programs() {
    let address = format!("postgres://clerk:{SECRET}@127.0.0.1:1/x");
    for (command, program) in [("backup", "pg_dump --format=custom"), ("restore", "pg_restore --clean")] {
        let line = shixun(&[command, "x.dump", "--database", &address]).refused(&[program]);
        assert!(!line.contains(SECRET), "{line}");
    }
}

#[test]
fn the_contract_is_written_as_the_server_publishes_it() {
    let path = file("json").display().to_string();
    let printed = shixun(&["openapi"]).well();
    shixun(&["openapi", "--output", &path]).well();
    assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), shixun_api::document::value());
    assert_eq!(std::fs::read_to_string(&path).unwrap().trim_end(), printed.trim_end());
    shixun(&["openapi", "--output", "/dev/null/x.json"]).refused(&["cannot write /dev/null/x.json"]);
}
