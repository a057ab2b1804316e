//! How long a start on an existing database takes, from the process to the first good `/readyz`.

use crate::{
    bench::Bench,
    fault::Outcome,
    report::{Bound, Report, Row},
    seed::County,
    stats::median,
};

/// Starts of which the median is taken.
const STARTS: usize = 7;

/// Starts and stops the server on the small county.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome<()> {
    let store = bench.fresh("start")?;
    County::SMALL.seed(&store)?;
    let mut seconds = Vec::new();
    for _ in 0..STARTS {
        let server = bench.serve(&store)?;
        seconds.push(server.started.as_secs_f64());
        server.stop()?;
    }
    let longest = seconds.iter().copied().fold(0.0, f64::max);
    let seconds = median(seconds);
    report.check("start", bench.database(), "seconds", Bound::Below, 0.3, seconds);
    report.add(Row {
        scenario: "start".into(),
        database: bench.database(),
        seconds: Some(seconds),
        note: format!("to the first good /readyz; the longest of {STARTS} took {longest:.3} s"),
        ..Row::default()
    });
    Ok(())
}
