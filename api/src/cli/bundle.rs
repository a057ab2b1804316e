//! Bundles: writing those of an area, and checking any.

use super::{CliError, export::print, report::operator, serve};
use indicatif::ProgressBar;
use serde_json::json;
use shixun_api::{
    chance::Chance,
    clock::Clock,
    config::Config,
    ledger::moment::moment,
    log::{
        LogSigner, Look,
        bundle::{self, ReportBundle},
        keys::ListedKey,
        sequence,
    },
    policy::PolicyCache,
    problem::ApiError,
};
use shixun_domain::{AreaCode, UtcMillis, id::FrozenReportId};
use shixun_persistence::{Db, Failure};
use std::{
    fs::File,
    io::{BufReader, BufWriter, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// The exit code where a bundle is not as it was made.
const INVALID: u8 = 2;

#[derive(Debug, clap::Args)]
pub(super) struct BundleArgs {
    /// The area whose statements are wanted, such as 331123.
    #[arg(long, required_unless_present = "frozen_report")]
    area: Option<i32>,
    /// Instead of statements: the report with which a cycle was closed, such as frz_….
    #[arg(long, value_name = "ID", conflicts_with_all = ["area", "cycle", "as_of"])]
    frozen_report: Option<FrozenReportId>,
    /// The cycle, such as 2016-2020; the running one where it is not given.
    #[arg(long)]
    cycle: Option<String>,
    /// The day at whose close hours are judged.
    #[arg(long, value_name = "DAY")]
    as_of: Option<chrono::NaiveDate>,
    /// The zip file to write; it must not exist.
    file: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    /// The bundle.
    file: PathBuf,
    /// A public key that is known from elsewhere than the bundle; may be given several times.
    #[arg(long = "key", value_name = "KEY")]
    keys: Vec<String>,
    /// A file of such keys, one a line, as `GET /v1/log/keys` gives them with `Accept: text/plain`: it also says which were compromised.
    #[arg(long = "keys", value_name = "FILE")]
    list: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

/// Puts what is waiting into the log, then writes the bundles of an area, or that of a frozen report.
pub(super) fn write(config: Config, args: &BundleArgs) -> Result<ExitCode, CliError> {
    let config = Config { statement_timeout_ms: 0, ..config };
    let (chance, now) = (Chance::from_system(), Clock::System.now());
    let db = serve::open(&config, &chance)?;
    let signer = LogSigner::open(&db, &chance, &config, now)?;
    sequence(&db, &signer, now, Look::All)?;
    match (args.frozen_report, args.area) {
        (Some(report), _) => closing(&db, &signer, report, now, &args.file),
        (None, Some(area)) => statements(&db, &signer, area, now, args),
        (None, None) => Err(CliError::Refused("say --area or --frozen-report".to_owned())),
    }
}

fn made(file: &Path) -> Result<File, CliError> {
    File::create_new(file).map_err(|fault| CliError::File(format!("cannot make {}: {fault}", file.display())))
}

fn moving(bar: &ProgressBar) -> impl Fn(usize, usize) {
    |done: usize, of: usize| {
        bar.set_length(u64::try_from(of).unwrap_or_default());
        bar.set_position(u64::try_from(done).unwrap_or_default());
    }
}

/// The statements of an area.
fn statements(db: &Db, signer: &LogSigner, area: i32, now: UtcMillis, args: &BundleArgs) -> Result<ExitCode, CliError> {
    let area = AreaCode::new(area).map_err(|fault| CliError::Refused(format!("--area: {fault}")))?;
    let (file, bar) = (made(&args.file)?, ProgressBar::new(0));
    let (cycle, as_of) = (args.cycle.as_deref(), args.as_of);
    let written = db.read_blocking(|conn| -> Result<usize, ApiError> {
        let policy = PolicyCache::default().area(conn, area, now)?;
        let moment = moment(&policy, cycle, as_of, now.china_date())?;
        let about = (moment.cycle.name(), moment.as_of);
        bundle::of_area(conn, signer, area, (&about.0, about.1), BufWriter::new(file), moving(&bar))
    });
    bar.finish_and_clear();
    let written = written.map_err(|problem| failed(&problem, &args.file))?;
    print(&format!("{written} statements in {}\n", args.file.display()))
}

/// A frozen report.
fn closing(
    db: &Db,
    signer: &LogSigner,
    report: FrozenReportId,
    now: UtcMillis,
    path: &Path,
) -> Result<ExitCode, CliError> {
    let (mut file, bar) = (made(path)?, ProgressBar::new(0));
    let written = db.read_blocking(|conn| -> Result<usize, ApiError> {
        let (actor, cache) = (operator(conn, report.area())?, PolicyCache::default());
        let mut bundle = ReportBundle::begin(conn, &cache, signer, &actor, report, now)?;
        while let Some(bytes) = bundle.next(conn)? {
            let written = file.write_all(&bytes);
            written.map_err(|fault| ApiError::internal(format!("the bundle cannot be written: {fault}")))?;
            let (done, of) = bundle.progress();
            moving(&bar)(done, of);
        }
        Ok(bundle.progress().1)
    });
    bar.finish_and_clear();
    let written = written.map_err(|problem| failed(&problem, path))?;
    print(&format!("the report {report} and {written} hour entries in {}\n", path.display()))
}

fn failed(problem: &ApiError, file: &Path) -> CliError {
    // Half a bundle helps nobody.
    std::fs::remove_file(file).ok();
    match problem.db_error() {
        Some(error) => error.clone().into(),
        None => {
            let said = problem.document(shixun_api::problem::Language::En, "");
            CliError::Refused(said.detail)
        }
    }
}

/// Checks a bundle without a database or a network.
pub(super) fn verify(args: &VerifyArgs) -> Result<ExitCode, CliError> {
    let read = |key: &str| key.parse::<ListedKey>().map_err(|fault| CliError::Refused(format!("{key:?}: {fault}")));
    let list = match &args.list {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|fault| CliError::File(format!("cannot read {}: {fault}", path.display())))?,
        None => String::new(),
    };
    let keys = args.keys.iter().map(String::as_str).chain(list.lines()).map(read).collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() && args.list.is_some() {
        return Err(CliError::Refused("the file of keys holds none".into()));
    }
    let file = File::open(&args.file)
        .map_err(|fault| CliError::File(format!("cannot open {}: {fault}", args.file.display())))?;
    let bar = ProgressBar::new(0);
    let report = bundle::verify(BufReader::new(file), &keys, |done, of| {
        bar.set_length(u64::try_from(of).unwrap_or_default());
        bar.set_position(u64::try_from(done).unwrap_or_default());
    });
    bar.finish_and_clear();
    let valid = report.findings.is_empty();
    print(&if args.json { as_json(&report, valid) } else { as_text(&report, valid) })?;
    Ok(if valid { ExitCode::SUCCESS } else { ExitCode::from(INVALID) })
}

fn as_json(report: &bundle::Report, valid: bool) -> String {
    let log = |log: &bundle::LogSeen| json!({"origin": log.origin, "size": log.size, "root": log.root, "key": log.key, "key_given": log.trusted});
    let finding =
        |one: &bundle::Finding| json!({"file": one.file, "leaf": one.leaf, "code": one.code, "detail": one.detail});
    let report = json!({
        "valid": valid, "statements": report.statements, "reports": report.reports, "leaves": report.leaves,
        "logs": report.logs.iter().map(log).collect::<Vec<_>>(),
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
    });
    format!("{report:#}\n")
}

fn as_text(report: &bundle::Report, valid: bool) -> String {
    let mut text = String::new();
    for one in &report.findings {
        let leaf = one.leaf.as_ref().map(|leaf| format!(" {leaf}")).unwrap_or_default();
        text.push_str(&format!("{}{leaf}: {} ({})\n", one.file, one.detail, one.code));
    }
    for log in &report.logs {
        text.push_str(&format!("{} with {} leaves, signed by {}\n", log.origin, log.size, log.key));
    }
    if valid && report.logs.iter().any(|log| !log.trusted) {
        text.push_str(
            "The key came with the bundle: compare it with the one the county publishes, or give that with --key.\n",
        );
    }
    let verdict = if valid { "valid 有效" } else { "NOT VALID 无效" };
    let what = match report.reports {
        0 => format!("{} statements", report.statements),
        _ => "a frozen report, made again".to_owned(),
    };
    text.push_str(&format!("{verdict}: {what}, {} leaves\n", report.leaves));
    text
}
