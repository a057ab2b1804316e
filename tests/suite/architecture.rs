//! The walls between the rooms of the workspace (ARCHITECTURE.md). Each test is one wall; its message says what to do
//! instead of going through it.

pub(crate) mod source;

use source::{Source, modules_named, names, read, sources};
use std::collections::{BTreeMap, BTreeSet};

/// The rooms whose code is the product.
const ROOMS: [&str; 4] = ["domain", "persistence", "api", "openapi"];

/// The features, each after everything it may use, with what it may use directly; what those may use is allowed too. `reports` is
/// not among them: it may use every feature, and none may use it.
const FEATURES: &[(&str, &[&str])] = &[
    ("jobs", &[]),
    ("org", &[]),
    ("people", &["org"]),
    ("policy", &["org"]),
    ("ledger", &["policy", "people", "jobs"]),
    ("catalogue", &["org", "people", "policy"]),
    ("certificates", &["ledger"]),
    ("frozen_reports", &["ledger"]),
    ("log", &["ledger", "frozen_reports"]),
    ("records", &["catalogue", "ledger"]),
    ("enrolment", &["catalogue", "ledger", "records"]),
    ("tasks", &["enrolment"]),
    ("school_plans", &["catalogue", "ledger"]),
    ("audits", &["school_plans", "enrolment"]),
    ("tracks", &["ledger", "tasks"]),
    ("planning", &["catalogue", "enrolment"]),
    ("funds", &["catalogue", "audits"]),
    ("resources", &["people", "ledger"]),
    ("exams", &["people"]),
];

/// The feature above all others.
const REPORTS: &str = "reports";

/// What the features stand on, and what stands on them all: no features themselves.
const SHARED: &[&str] = &[
    "access",
    "accounts",
    "area",
    "auth",
    "canonical",
    "chance",
    "check",
    "cli",
    "clock",
    "columns",
    "config",
    "db",
    "decimal",
    "demo",
    "document",
    "error",
    "events",
    "fold",
    "hours",
    "housekeeping",
    "http",
    "id",
    "idempotency",
    "imports",
    "lib",
    "main",
    "money",
    "problem",
    "schema",
    "server",
    "sheet",
    "signing",
    "state",
    "system",
    "time",
    "tokens",
    "users",
    "wire",
    "words",
];

/// What makes a result depend on when, where or how often it is asked for.
const IMPURE: [&str; 11] = [
    "Utc::now",
    "Local::now",
    "SystemTime::now",
    "Instant::now",
    "rand::",
    "OsRng",
    "SysRng",
    "getrandom::",
    "std::env",
    "env::var",
    "env::args",
];

/// The homes of time, chance and environment, and why each is one. A path that ends in / is a folder.
const IMPURE_HOMES: [(&str, &[&str], &str); 4] = [
    ("api/src/clock.rs", &["Utc::now"], "the one source of the present"),
    ("api/src/chance.rs", &["rand::"], "the one source of chance"),
    ("api/src/config.rs", &["std::env", "env::var"], "the one reader of the environment"),
    ("api/src/http/observe.rs", &["Instant::now"], "durations are shown to operators and decide nothing"),
];

/// Exceptions to the wall around time and chance: file, words, reason. Each must still be needed.
const IMPURE_EXCEPTIONS: [(&str, &str, &str); 0] = [];

/// Files that may be long, with the reason. Each must still be longer than the limit.
const LONG_FILES: &[(&str, &str)] =
    &[("persistence/src/schema.rs", "one list of all tables, as the migrations have them")];

/// The longest a file may be, in lines: what one can read in one sitting.
const LINES_LIMIT: usize = 500;

/// Fails with all breaches of a wall and the way round it.
fn wall(breaches: &[String], instead: &str) {
    assert!(breaches.is_empty(), "\n  {}\nInstead: {instead}\n", breaches.join("\n  "));
}

/// The lines of product code in `files` that have one of the words, as `path:line word`.
fn mentions<'a>(files: impl IntoIterator<Item = &'a Source>, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        for word in words {
            found.extend(file.lines_with(word).into_iter().map(|line| format!("{}:{line} {word}", file.path)));
        }
    }
    found
}

fn code_of(room: &str) -> Vec<Source> {
    sources(&format!("{room}/src"))
}

/// The names of the crates that a manifest's `[dependencies]` asks for; development dependencies are left out.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            inside = section == "dependencies" || section.ends_with(".dependencies");
            found.extend(section.strip_prefix("dependencies.").map(str::to_owned));
        } else if inside && !line.starts_with('#') {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default().trim_matches('"');
            found.extend((!name.is_empty()).then(|| name.to_owned()));
        }
    }
    found
}

/// The crates that the given ones bring along, by the lock file, themselves included.
fn closure(lock: &str, direct: BTreeSet<String>) -> BTreeSet<String> {
    let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in lock.split("[[package]]").skip(1) {
        let quoted = |line: &'static str| package.lines().find_map(|text| text.strip_prefix(line));
        let name = quoted("name = ").unwrap_or_default().trim_matches('"');
        let needs = package.split_once("dependencies = [").map_or("", |(_, rest)| rest.split(']').next().unwrap_or(""));
        let needs = needs.split('"').skip(1).step_by(2).filter_map(|text| text.split(' ').next());
        edges.entry(name).or_default().extend(needs);
    }
    let mut found = direct;
    let mut open: Vec<String> = found.iter().cloned().collect();
    while let Some(name) = open.pop() {
        for next in edges.get(name.as_str()).into_iter().flatten() {
            if found.insert((*next).to_owned()) {
                open.push((*next).to_owned());
            }
        }
    }
    found
}

#[test]
fn domain_depends_on_no_room_and_on_nothing_that_does_work_outside() {
    let direct = dependencies(&read("domain/Cargo.toml"));
    assert!(direct.contains("thiserror"), "the manifest was not understood: {direct:?}");
    let all = closure(&read("Cargo.lock"), direct);
    let outside = ["diesel", "tokio", "utoipa", "rand", "actix-web", "actix-rt", "hyper", "reqwest"];
    let breaches: Vec<_> = all
        .iter()
        .filter(|name| outside.contains(&name.as_str()) || name.starts_with("shixun-") || name.starts_with("actix"))
        .map(|name| format!("domain/Cargo.toml brings {name}"))
        .collect();
    wall(
        &breaches,
        "pass what the rule needs as an argument (facts, the present, a seed); do the rest in api or persistence",
    );
}

#[test]
fn only_persistence_names_diesel() {
    let mut breaches = Vec::new();
    for room in ROOMS.into_iter().filter(|room| *room != "persistence") {
        breaches.extend(mentions(&code_of(room), &["diesel"]));
        let manifest = format!("{room}/Cargo.toml");
        let crates = dependencies(&read(&manifest));
        let named =
            crates.iter().filter(|name| name.starts_with("diesel") || *name == "libsqlite3-sys" || *name == "pq-sys");
        breaches.extend(named.map(|name| format!("{manifest} {name}")));
    }
    wall(
        &breaches,
        "write a function in persistence/src/<feature>.rs that takes and gives domain types, and call that",
    );
}

#[test]
fn persistence_knows_nothing_of_http() {
    let mut breaches = mentions(&code_of("persistence"), &["actix_web", "utoipa", "shixun_api"]);
    let crates = dependencies(&read("persistence/Cargo.toml"));
    breaches.extend(crates.iter().filter(|name| name.starts_with("actix") || name.starts_with("utoipa")).cloned());
    wall(&breaches, "give back a named outcome; api/src/<feature>/service.rs turns it into an answer");
}

#[test]
fn only_the_db_module_names_a_kind_of_database_connection() {
    let files: Vec<_> = ROOMS.into_iter().flat_map(code_of).collect();
    let outside = files.iter().filter(|file| !is_at(&file.path, &["persistence/src/db.rs", "persistence/src/db/"]));
    let breaches = mentions(outside, &["PgConnection", "SqliteConnection"]);
    wall(
        &breaches,
        "take `&mut Conn` or `&WriteTx`; put what truly differs between the databases into persistence/src/db/",
    );
}

#[test]
fn a_use_case_does_not_know_of_http_and_a_route_does_not_know_of_the_store() {
    let files = code_of("api");
    let of_a_feature = |path: &str| {
        let module = path.strip_prefix("api/src/").and_then(|inside| inside.split(['/', '.']).next());
        module.is_some_and(is_feature)
    };
    let (routes, others): (Vec<_>, Vec<_>) = files
        .iter()
        .filter(|file| of_a_feature(&file.path) && !file.is_test())
        .partition(|file| file.path.rsplit('/').next().is_some_and(|name| name.starts_with("routes")));
    // A body of rules is read in a way of its own, and jobs run beside the requests.
    let others =
        others.into_iter().filter(|file| !is_at(&file.path, &["api/src/policy/body.rs", "api/src/jobs/runner.rs"]));
    let others = mentions(others, &["use actix_web"]);
    wall(
        &others,
        "take domain types and give domain types; a file called routes… parses the request and builds the answer",
    );
    let routes = mentions(routes, &["persistence::", "shixun_persistence"]);
    wall(&routes, "call the use case in service.rs; it opens the transaction");
}

#[test]
fn time_chance_and_environment_are_read_in_one_place() {
    let mut breaches = Vec::new();
    let files: Vec<_> = ROOMS.into_iter().flat_map(code_of).filter(|file| !file.is_test()).collect();
    let mut needed = BTreeSet::new();
    for file in &files {
        for word in IMPURE {
            if IMPURE_HOMES.iter().any(|(home, words, _)| words.contains(&word) && is_at(&file.path, &[home])) {
                continue;
            }
            let found = mentions([file], &[word]);
            if IMPURE_EXCEPTIONS.iter().any(|(path, allowed, _)| (*path, *allowed) == (file.path.as_str(), word)) {
                needed.extend(found.first().map(|_| (file.path.clone(), word)));
                continue;
            }
            breaches.extend(found);
        }
    }
    wall(
        &breaches,
        "take the present, the seed or the setting as an argument; api/src/clock.rs and config.rs make them",
    );
    let unused: Vec<_> = IMPURE_EXCEPTIONS
        .iter()
        .filter(|(path, word, _)| !needed.contains(&((*path).to_owned(), *word)))
        .map(|(path, word, _)| format!("{path} {word}"))
        .collect();
    wall(&unused, "take the entry out of IMPURE_EXCEPTIONS: the list may only shrink");
}

#[test]
fn every_module_is_a_feature_or_shared_by_all() {
    let mut unknown = BTreeSet::new();
    for room in ["domain", "persistence", "api"] {
        for file in code_of(room) {
            let inside = file.path.strip_prefix(&format!("{room}/src/")).unwrap_or_default().trim_end_matches(".rs");
            let module = inside.split('/').next().unwrap_or_default();
            if !is_feature(module) && !SHARED.contains(&module) {
                unknown.insert(format!("{room}/src/{module}"));
            }
        }
    }
    wall(&unknown.into_iter().collect::<Vec<_>>(), "name the feature in FEATURES with what it may use, or in SHARED");
}

#[test]
fn a_feature_uses_only_features_below_it() {
    let allowed = allowed_features();
    let mut breaches = Vec::new();
    for room in ["domain", "persistence", "api"] {
        for file in code_of(room).iter().filter(|file| !file.is_test()) {
            let inside = file.path.strip_prefix(&format!("{room}/src/")).unwrap_or_default().trim_end_matches(".rs");
            let segments: Vec<_> = inside.split('/').collect();
            let Some(may_use) = segments.first().and_then(|feature| allowed.get(feature)) else { continue };
            for (module, line) in modules_named(&file.code, segments.len()) {
                if is_feature(&module) && module != segments[0] && !may_use.contains(module.as_str()) {
                    breaches.push(format!("{}:{line} {} uses {module}", file.path, segments[0]));
                }
            }
        }
    }
    wall(
        &breaches,
        "let the upper feature hand the lower one what it needs, or move the shared part down into the feature that owns \
         it (table of features in ARCHITECTURE.md)",
    );
}

/// For each feature, all that it may use. A feature that stands before what it uses is a mistake in the table.
fn allowed_features() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut allowed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for &(feature, uses) in FEATURES {
        let mut all = BTreeSet::new();
        for used in uses {
            all.insert(*used);
            all.extend(allowed.get(used).unwrap_or_else(|| panic!("{feature} stands before {used} in FEATURES")));
        }
        allowed.insert(feature, all);
    }
    let all: BTreeSet<&str> = allowed.keys().copied().collect();
    allowed.insert(REPORTS, all);
    allowed
}

fn is_feature(module: &str) -> bool {
    module == REPORTS || FEATURES.iter().any(|(feature, _)| *feature == module)
}

#[test]
fn both_databases_have_the_same_migrations_each_with_its_way_back() {
    let stamps = |database: &str| names(&format!("migrations/{database}"));
    let (sqlite, postgres) = (stamps("sqlite"), stamps("postgres"));
    let mut breaches = Vec::new();
    for (database, own, other) in [("sqlite", &sqlite, &postgres), ("postgres", &postgres, &sqlite)] {
        for stamp in own {
            if !other.contains(stamp) {
                breaches.push(format!("migrations/{database}/{stamp} has no twin"));
            }
            let inside = names(&format!("migrations/{database}/{stamp}"));
            if inside != ["down.sql", "up.sql"] {
                breaches.push(format!("migrations/{database}/{stamp} holds {inside:?}"));
            }
        }
    }
    wall(
        &breaches,
        "write each step as up.sql and down.sql under the same stamp in both folders (migrations/README.md)",
    );
}

#[test]
fn in_domain_only_policy_documents_are_serialisable() {
    let files = code_of("domain");
    let homes = ["domain/src/policy/document.rs", "domain/src/policy/document/"];
    let outside = files.iter().filter(|file| !is_at(&file.path, &homes) && !file.is_test());
    let breaches = mentions(outside, &["serde", "serde_json", "Serialize", "Deserialize"]);
    wall(&breaches, "give the type a wire twin in api/src/<feature>/wire.rs or a row twin in persistence");
}

#[test]
fn an_operation_names_its_problems_in_one_set() {
    let another_follows = |after: &&str| {
        let next: String = after.trim_start().chars().take_while(|letter| letter.is_alphanumeric()).collect();
        next.ends_with("Problems")
    };
    let files = code_of("api");
    let twice = files.iter().filter(|file| file.text.split("Problems,").skip(1).any(|after| another_follows(&after)));
    let breaches: Vec<_> = twice.map(|file| file.path.clone()).collect();
    wall(
        &breaches,
        "join the sets with `problem_set!(Both = One & Another)`: of two with one status the document keeps the second",
    );
}

#[test]
fn no_file_is_too_long_to_read() {
    let files: Vec<_> = ROOMS.into_iter().chain(["tests"]).flat_map(sources).collect();
    assert!(files.len() > ROOMS.len(), "the workspace was not found");
    let long = |file: &&Source| file.text.lines().count() > LINES_LIMIT;
    let listed = |file: &&Source| LONG_FILES.iter().any(|(path, _)| *path == file.path);
    let breaches: Vec<_> = files
        .iter()
        .filter(|file| long(file) != listed(file))
        .map(|file| format!("{} has {} lines", file.path, file.text.lines().count()))
        .collect();
    wall(&breaches, "split the file by question into a folder of the same name (or take a short one off LONG_FILES)");
}

/// Whether a path is one of the places; a place that ends in / is a folder.
fn is_at(path: &str, places: &[&str]) -> bool {
    places.iter().any(|place| path == *place || (place.ends_with('/') && path.starts_with(place)))
}

#[test]
fn manifests_and_lock_files_are_understood() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\n# no\na.workspace = true\nb = { version = \"1\" }\n\
                    [dev-dependencies]\nrand = \"1\"\n[dependencies.c]\nversion = \"1\"\n";
    assert_eq!(dependencies(manifest), ["a", "b", "c"].map(str::to_owned).into());
    let lock = "[[package]]\nname = \"a\"\ndependencies = [\n \"d 1.0\",\n]\n[[package]]\nname = \"d\"\n\
                dependencies = [\n \"e\",\n]\n[[package]]\nname = \"z\"\n";
    assert_eq!(closure(lock, ["a".to_owned()].into()), ["a", "d", "e"].map(str::to_owned).into());
}
