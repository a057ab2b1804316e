//! The log: a million rows become leaves, one is proved, and the statements of 10,000 teachers are written as bundles and checked.

use crate::{
    bench::Bench,
    fault::{Outcome, fault},
    report::{Bound, Report, Row},
    seed::{AREA, CYCLE, County, now, with_db},
    stats::median,
    store::Store,
};
use chrono::NaiveDate;
use shixun_api::{
    chance::Chance,
    config::Config,
    log::{LogSigner, Look, bundle, sequence},
    problem::ApiError,
};
use shixun_domain::{AreaCode, log::tree::inclusion};
use shixun_persistence::{DbError, Failure, log};
use std::{
    fs::File,
    io::{BufReader, BufWriter},
    time::Instant,
};

/// A million entries.
const MANY: County = County { teachers: 25_000, past: 40, this_year: 0, days: 1, sessions_a_day: 1, seats: 1 };
/// 10,000 statements of 40 entries each.
const STATEMENTS: County = County { teachers: 10_000, ..MANY };
/// Proofs of which the median is taken.
const PROOFS: u64 = 1_000;

/// Measures all of it on the library itself: what a request adds is measured by the reads.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome<()> {
    let area = AreaCode::new(AREA)?;
    let store = bench.fresh("log")?;
    MANY.seed(&store)?;
    let (signer, leaves, seconds) = sequenced(&store)?;
    add(bench, report, "log-sequencing", "seconds", 30.0, seconds, &format!("{leaves} leaves"));

    let millis = with_db(&store, |db| {
        db.read_blocking(|conn| -> Result<Vec<f64>, DbError> {
            let size = log::head(conn, area)?.unwrap_or(1);
            (0..PROOFS)
                .map(|number| {
                    let begun = Instant::now();
                    let mut nodes = log::Nodes::of(conn, area);
                    inclusion(number.wrapping_mul(7_919_777) % size, size, |subtree| nodes.get(subtree))?;
                    Ok(begun.elapsed().as_secs_f64() * 1_000.0)
                })
                .collect()
        })
    })?;
    add(bench, report, "log-inclusion", "milliseconds", 5.0, median(millis), &format!("median of {PROOFS} proofs"));
    drop((store, signer));
    bundles(bench, area, report)
}

/// Puts everything into the log: the signer, the leaves and how long it took.
pub(super) fn sequenced(store: &Store) -> Outcome<(LogSigner, u64, f64)> {
    let at = now()?;
    let config = Config::defaults().or_else(|bad| fault(bad.to_string()))?;
    with_db(store, |db| {
        let signer = LogSigner::open(db, &Chance::from_system(), &config, at)?;
        let begun = Instant::now();
        let done = sequence(db, &signer, at, Look::All)?;
        Ok((signer, done.leaves, begun.elapsed().as_secs_f64()))
    })
}

fn bundles(bench: &Bench, area: AreaCode, report: &mut Report) -> Outcome<()> {
    let store = bench.fresh("log_bundles")?;
    STATEMENTS.seed(&store)?;
    let (signer, ..) = sequenced(&store)?;
    let path = bench.folder.join("statements.zip");
    let Some(as_of) = NaiveDate::from_ymd_opt(2025, 12, 31) else { return fault("no such day") };
    let file = BufWriter::new(File::create(&path)?);
    let begun = Instant::now();
    let written = with_db(&store, move |db| {
        db.read_blocking(|conn| -> Result<usize, ApiError> {
            bundle::of_area(conn, &signer, area, (CYCLE, as_of), file, |_, _| {})
        })
        .map_err(|problem| problem.db_error().cloned().unwrap_or_else(|| DbError::Other(format!("{problem:?}"))))
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    let megabytes = std::fs::metadata(&path)?.len() / 1_000_000;
    add(bench, report, "log-bundles", "seconds", 60.0, seconds, &format!("{written} statements, {megabytes} MB"));
    let begun = Instant::now();
    let checked = bundle::verify(BufReader::new(File::open(&path)?), &[], |_, _| {});
    let seconds = begun.elapsed().as_secs_f64();
    if let Some(finding) = checked.findings.first() {
        return fault(format!("the bundle is not valid: {finding:?}"));
    }
    let told = format!("{} statements, {} leaves", checked.statements, checked.leaves);
    add(bench, report, "log-verify", "seconds", 30.0, seconds, &told);
    Ok(())
}

fn add(bench: &Bench, report: &mut Report, name: &str, what: &'static str, floor: f64, measured: f64, note: &str) {
    report.check(name, bench.database(), what, Bound::Below, floor, measured);
    let (seconds, note) = match what {
        "seconds" => (Some(measured), note.to_owned()),
        _ => (None, format!("{measured:.3} ms, {note}")),
    };
    report.add(Row { scenario: name.into(), database: bench.database(), seconds, note, ..Row::default() });
}
