//! Measures a release server on a fresh database: `cargo run --release -p shixun-load -- all`.
//!
//! The tool and the server share the machine. The load is 64 keep-alive connections in a closed loop on one thread: each asks
//! again when its answer has come. Every figure is the median of three repeats after a warm-up, the longest wait is that of
//! all repeats, and every answer is checked. Ratios are to `/livez` of the same server in the same run.

#![allow(clippy::print_stdout, reason = "a tool for a terminal")]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::float_cmp)
)]

mod bench;
mod client;
mod cluster;
mod fault;
mod http;
mod report;
mod scenarios;
mod seed;
mod server;
mod stats;
mod store;

use bench::{Bench, Pace};
use clap::{Parser, ValueEnum};
use cluster::Cluster;
use fault::Outcome;
use report::Report;
use scenarios::{county, crash, evaluate, import, log, reads, rush, simulation_job, start};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Measures shixun: rates, waits and memory, each held to its floor.
#[derive(Debug, Parser)]
#[command(name = "shixun-load", version, about)]
struct Cli {
    /// What to measure.
    #[arg(required = true, value_enum)]
    scenarios: Vec<Scenario>,
    /// On which database.
    #[arg(long, value_enum, default_value_t = Databases::Both)]
    database: Databases,
    /// Also write everything as JSON to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// One short repeat: for a look, not for publication.
    #[arg(long)]
    quick: bool,
    /// Measure the server as it was last built instead of building it first.
    #[arg(long)]
    no_build: bool,
    /// Drive this program instead of a release build: its answers count then, its figures do not.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scenario {
    /// Everything below.
    All,
    /// The ceiling: an answer that needs nothing.
    Livez,
    /// 10,000 teachers apply for 50 sessions of 100 seats.
    SeatRush,
    /// Full statements with explanation, 40 entries each.
    Statement,
    /// Statements of 200 entries each.
    #[value(name = "statement-200")]
    Statement200,
    /// Pages of 50 sessions.
    SessionsPage,
    /// 304 for what did not change.
    NotModified,
    /// The same reads with 250,000 teachers and 10 million entries.
    Big,
    /// The evaluator: 10,000 teachers × 200 entries on two threads.
    Evaluate,
    /// The school completion table of the demo county.
    CompletionTable,
    /// A draft of rules tried on the whole demo county.
    Simulation,
    /// The same on 100,000 teachers with 40 entries each, as a job.
    SimulationJob,
    /// A million leaves, a proof, and the bundles of 10,000 statements.
    Log,
    /// A workbook of 10,000 persons.
    Import,
    /// From the start of the process to the first good /readyz.
    Start,
    /// Memory when idle and under the seat rush.
    Memory,
    /// kill -9 in the middle of the seat rush; nothing acknowledged is lost.
    Crash,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Databases {
    Sqlite,
    Postgres,
    Both,
}

impl Cli {
    fn wants(&self, scenario: Scenario) -> bool {
        self.scenarios.iter().any(|wanted| *wanted == scenario || *wanted == Scenario::All)
    }

    fn wants_a_database(&self) -> bool {
        self.scenarios.iter().any(|wanted| *wanted != Scenario::Evaluate)
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            println!("shixun-load: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Outcome<bool> {
    if cfg!(debug_assertions) {
        println!("This is a debug build of the tool: run it with --release, or it measures itself.");
    }
    let mut report = Report::default();
    if cli.wants(Scenario::Evaluate)
        && let Err(why) = evaluate::run(&mut report)
    {
        report.fail("evaluate", "", why.to_string());
    }
    if cli.wants_a_database() {
        let program = match &cli.program {
            Some(file) => file.canonicalize()?,
            None => server::program(!cli.no_build)?,
        };
        if cli.database != Databases::Postgres {
            on_one(cli, program.clone(), false, &mut report)?;
        }
        if cli.database != Databases::Sqlite {
            on_one(cli, program, true, &mut report)?;
        }
    }
    println!("{}", report.tables());
    if let Some(file) = &cli.json {
        report.write(file)?;
    }
    Ok(report.is_sound())
}

fn on_one(cli: &Cli, program: PathBuf, postgres: bool, report: &mut Report) -> Outcome<()> {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/load");
    let folder = kept.join(format!("run-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    forget_killed_runs(&kept)?;
    let cluster = if postgres {
        // Not below the sources, which the user of the database may not be allowed to enter.
        Some(Cluster::start(std::env::temp_dir().join(format!("shixun-load-{}", std::process::id())))?)
    } else {
        None
    };
    let pace = if cli.quick { Pace::QUICK } else { Pace::FULL };
    let bench = Bench { program, folder, kept, cluster, pace };
    every(cli, &bench, report);
    std::fs::remove_dir_all(&bench.folder)?;
    Ok(())
}

/// Removes the folders of runs whose process is gone: a run that was killed could not do so itself.
fn forget_killed_runs(kept: &Path) -> Outcome<()> {
    // Elsewhere than on Linux nothing tells which processes live.
    if !Path::new("/proc/self").exists() {
        return Ok(());
    }
    for entry in std::fs::read_dir(kept)? {
        let entry = entry?;
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix("run-")).and_then(|id| id.parse::<u32>().ok());
        if process.is_some_and(|id| !Path::new("/proc").join(id.to_string()).exists()) {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

fn every(cli: &Cli, bench: &Bench, report: &mut Report) {
    let mut attempt = |name: &str, wanted: bool, run: &dyn Fn(&mut Report) -> Outcome<()>| {
        if wanted && let Err(why) = run(report) {
            report.fail(name, bench.database(), why.to_string());
        }
    };
    let (rush, memory) = (cli.wants(Scenario::SeatRush), cli.wants(Scenario::Memory));
    attempt("seat-rush", rush || memory, &|report| rush::run(bench, rush, memory, report));
    let wanted = reads::Wanted {
        livez: cli.wants(Scenario::Livez),
        statement: cli.wants(Scenario::Statement),
        sessions_page: cli.wants(Scenario::SessionsPage),
        not_modified: cli.wants(Scenario::NotModified),
        big: cli.wants(Scenario::Big),
    };
    attempt("reads", wanted.any(), &|report| reads::run(bench, wanted, report));
    let wanted =
        county::Wanted { table: cli.wants(Scenario::CompletionTable), simulation: cli.wants(Scenario::Simulation) };
    attempt("county", wanted.any(), &|report| county::run(bench, wanted, report));
    attempt("statement-200", cli.wants(Scenario::Statement200), &|report| reads::long_statement(bench, report));
    attempt("simulation-job", cli.wants(Scenario::SimulationJob), &|report| simulation_job::run(bench, report));
    attempt("log", cli.wants(Scenario::Log), &|report| log::run(bench, report));
    attempt("import", cli.wants(Scenario::Import), &|report| import::run(bench, report));
    attempt("start", cli.wants(Scenario::Start), &|report| start::run(bench, report));
    attempt("crash", cli.wants(Scenario::Crash), &|report| crash::run(bench, report));
}
