//! What is asked of the whole demo county at once, one request at a time: the completion table of its schools, and a draft of
//! rules tried on everybody.

use crate::{
    bench::{Bench, needs, timed},
    client::{self, Cycle, Until},
    fault::{Outcome, fault},
    http,
    report::{Bound, Report, Row},
    seed::{sign, with_db},
    server::Server,
    stats::Speed,
    store::Store,
};
use serde_json::{Value, json};
use shixun_persistence::accounts;
use std::process::Command;

const TABLE: &str = "/v1/reports/school-completion";
pub(super) const SIMULATE: &str = "/v1/policy-packs/simulate";
/// Requests of one repeat, one after another.
const REQUESTS: usize = 21;

/// What is to be measured.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The completion table.
    pub table: bool,
    /// The simulation.
    pub simulation: bool,
}

impl Wanted {
    /// True where anything is.
    pub fn any(self) -> bool {
        self.table || self.simulation
    }
}

/// Makes the demo county with the program's own command and asks as the training centre does.
pub fn run(bench: &Bench, wanted: Wanted, report: &mut Report) -> Outcome<()> {
    let store = demo(bench)?;
    let Some(centre) = with_db(&store, |db| db.read_blocking(|conn| accounts::find_by_username(conn, "centre")))?
    else {
        return fault("the demo county has no account `centre`");
    };
    let token = sign(&store, std::iter::once(Ok(centre.id)))?.pop().unwrap_or_default();
    let server = bench.serve(&store)?;
    if wanted.table {
        needs(&server, "get", TABLE)?;
        let mut request = Vec::new();
        http::get(&mut request, TABLE, Some(&token), &[]);
        let told =
            |table: &Value| format!("{} schools", table.get("schools").and_then(Value::as_array).map_or(0, Vec::len));
        measure(bench, &server, "completion-table", &request, 300.0, &told, report)?;
    }
    if wanted.simulation {
        needs(&server, "post", SIMULATE)?;
        let mut request = Vec::new();
        http::post(
            &mut request,
            SIMULATE,
            &token,
            "application/json",
            &[],
            draft("2016-2020", "2020-12-31").to_string().as_bytes(),
        );
        let number = |told: &Value, pointer: &str| told.pointer(pointer).and_then(Value::as_i64).unwrap_or_default();
        let told = |told: &Value| {
            let (all, changed) = (number(told, "/before/teachers"), number(told, "/changed_total"));
            format!("{all} teachers, {changed} stand differently")
        };
        measure(bench, &server, "simulation", &request, 1_000.0, &told, report)?;
    }
    server.stop()
}

/// A lower cap on school-based hours, over a cycle that is over.
pub(super) fn draft(cycle: &str, as_of: &str) -> Value {
    json!({
        "document": {
            "code": "TRIAL", "version": 1, "area": "331123", "valid": {"from": "2016-01-01"}, "zh": "试行", "en": "trial",
            "sources": {"A": {"title": "试行"}},
            "rules": [{"id": "school_based.cap.year", "zh": "校本研修", "en": "school-based training", "rule": {"cap": {
                "of": {"routes": ["school_based"]}, "period": "year",
                "hours": {"value": "12", "source": "A", "article": "第三条", "confidence": "I"}}}}]
        },
        "cycle": cycle, "as_of": as_of, "price_per_hour": "35", "hours_per_seat": "24"
    })
}

fn measure(
    bench: &Bench,
    server: &Server,
    scenario: &str,
    request: &[u8],
    most: f64,
    told: &dyn Fn(&Value) -> String,
    report: &mut Report,
) -> Outcome<()> {
    let (told, bytes) = client::once(server.address, request, |answer| {
        if answer.status != 200 {
            return fault(format!("answered {}: {}", answer.status, answer.excerpt()));
        }
        Ok((told(&answer.json()?), answer.body.len()))
    })?;
    let mut speeds = Vec::new();
    for _ in 0..bench.pace.repeats {
        let load = Counted { left: REQUESTS, cycle: Cycle::over(vec![request.to_vec()], 200) };
        speeds.push(timed(server, 1, load, Until::Exhausted)?.2);
    }
    let speed = Speed::median(&speeds);
    report.check(scenario, bench.database(), "ms (p50)", Bound::Below, most, speed.p50);
    report.add(Row {
        scenario: scenario.into(),
        database: bench.database(),
        speed: Some(speed),
        note: format!("{told}, {bytes} bytes, one request at a time"),
        ..Row::default()
    });
    Ok(())
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
