//! The completion table of a school in the demo county, as the training centre asks for it.

use crate::{
    bench::{Bench, needs, timed},
    client::{self, Cycle, Until},
    fault::{Outcome, fault},
    http,
    report::{Bound, Report, Row},
    seed::{sign, with_db},
    stats::Speed,
    store::Store,
};
use serde_json::Value;
use shixun_persistence::accounts;
use std::process::Command;

const TABLE: &str = "/v1/reports/school-completion";
/// Requests of one repeat, one after another.
const REQUESTS: usize = 21;

/// Makes the demo county with the program's own command and asks for the table, one request at a time.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome<()> {
    let store = demo(bench)?;
    let Some(centre) = with_db(&store, |db| db.read_blocking(|conn| accounts::find_by_username(conn, "centre")))?
    else {
        return fault("the demo county has no account `centre`");
    };
    let token = sign(&store, std::iter::once(Ok(centre.id)))?.pop().unwrap_or_default();
    let server = bench.serve(&store)?;
    needs(&server, "get", TABLE)?;
    let mut request = Vec::new();
    http::get(&mut request, TABLE, Some(&token), &[]);
    let (rows, bytes) = client::once(server.address, &request, |answer| {
        if answer.status != 200 {
            return fault(format!("answered {}: {}", answer.status, answer.excerpt()));
        }
        let table = answer.json()?;
        Ok((table.get("schools").and_then(Value::as_array).map_or(0, Vec::len), answer.body.len()))
    })?;
    let mut speeds = Vec::new();
    for _ in 0..bench.pace.repeats {
        let load = Counted { left: REQUESTS, cycle: Cycle::over(vec![request.clone()], 200) };
        speeds.push(timed(&server, 1, load, Until::Exhausted)?.2);
    }
    let speed = Speed::median(&speeds);
    report.check("completion-table", bench.database(), "ms (p50)", Bound::Below, 300.0, speed.p50);
    report.add(Row {
        scenario: "completion-table".into(),
        database: bench.database(),
        speed: Some(speed),
        note: format!("{rows} schools, {bytes} bytes, one request at a time"),
        ..Row::default()
    });
    server.stop()
}

/// A database with the demo county.
fn demo(bench: &Bench) -> Outcome<Store> {
    let store = bench.fresh("demo")?;
    let made = Command::new(&bench.program)
        .args(["demo", "--only-make", "--database", &store.address()])
        .env("SHIXUN_DEMO_PASSWORD", "correct horse battery")
        .output()?;
    if made.status.success() {
        Ok(store)
    } else {
        fault(format!("`shixun demo --only-make`: {}", String::from_utf8_lossy(&made.stderr).trim()))
    }
}

/// Another load, a number of times.
struct Counted {
    left: usize,
    cycle: Cycle,
}

impl client::Load for Counted {
    fn next(&mut self, out: &mut Vec<u8>) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        self.cycle.next(out)
    }

    fn answered(&mut self, request: usize, answer: &http::Answer<'_>) -> Outcome<()> {
        self.cycle.answered(request, answer)
    }
}
