//! A draft of rules tried on a county of 100,000 teachers with 40 entries each: too large to be answered at once, so a job, which is
//! followed to its end; and another, which is cancelled on its way.

use super::{
    county::{SIMULATE, draft},
    log::sequenced,
};
use crate::{
    bench::{Bench, needs},
    client::once,
    fault::{Outcome, fault},
    http,
    report::{Bound, Report, Row},
    seed::{CYCLE, County, office_account, sign},
    server::Server,
};
use serde_json::Value;
use std::time::{Duration, Instant};

const JOB: &str = "/v1/jobs/{job_id}";
/// How often somebody looks at the job.
const LOOK: Duration = Duration::from_millis(100);
/// When nobody looks any more.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs both jobs.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome<()> {
    let county = County::LARGE;
    let begun = Instant::now();
    let store = bench.filled("large", county)?;
    // Otherwise the server would put four million entries into the log meanwhile, as it does once in its life.
    sequenced(&store)?;
    println!("{} entries ready after {:.0} s", county.entries(), begun.elapsed().as_secs_f64());
    let tokens = sign(&store, std::iter::once(office_account(0)))?;
    let client = Client { server: bench.serve(&store)?, token: tokens.into_iter().next().unwrap_or_default() };
    needs(&client.server, "get", JOB)?;
    let idle = client.server.memory()?;
    let refused = client.post(SIMULATE)?;
    if text(&refused, "code") != "job_needed" {
        return fault(format!("a county of {} teachers is answered at once", county.teachers));
    }

    let begun = Instant::now();
    let done = client.until(&client.ask()?, |state| !matches!(state, "queued" | "running"))?;
    let seconds = begun.elapsed().as_secs_f64();
    let judged = done.pointer("/result/before/teachers").and_then(Value::as_i64);
    if text(&done, "state") != "done" || judged != Some(county.teachers) {
        return fault(format!("the job ended as {} with {judged:?} teachers", text(&done, "state")));
    }
    let changed = done.pointer("/result/changed_total").and_then(Value::as_i64).unwrap_or_default();
    let peak = client.server.memory_peak()?;

    let place = client.ask()?;
    client.until(&place, |state| state == "running")?;
    let begun = Instant::now();
    client.post(&format!("{place}/cancel"))?;
    let cancelled = client.until(&place, |state| state != "running")?;
    let waited = begun.elapsed().as_secs_f64();
    if text(&cancelled, "state") != "cancelled" {
        return fault(format!("a cancelled job ended as {}", text(&cancelled, "state")));
    }

    report.check("simulation-job", bench.database(), "seconds", Bound::Below, 20.0, seconds);
    report.add(Row {
        scenario: "simulation-job".into(),
        database: bench.database(),
        seconds: Some(seconds),
        memory: Some((idle, peak)),
        note: format!(
            "{} teachers × 40 entries, {changed} stand differently; another was cancelled after {waited:.1} s",
            county.teachers
        ),
        ..Row::default()
    });
    client.server.stop()
}

struct Client {
    server: Server,
    token: String,
}

impl Client {
    /// Posts the draft, which a cancellation passes over.
    fn post(&self, path: &str) -> Outcome<Value> {
        let body = if path.ends_with("/cancel") { Vec::new() } else { draft(CYCLE, "2025-12-31").to_string().into() };
        let mut request = Vec::new();
        http::post(&mut request, path, &self.token, "application/json", &[], &body);
        once(self.server.address, &request, |answer| answer.json())
    }

    /// Asks for a job and gives its place.
    fn ask(&self) -> Outcome<String> {
        let job = self.post(&format!("{SIMULATE}?as_job=true"))?;
        match job.get("id").and_then(Value::as_str) {
            Some(id) => Ok(JOB.replace("{job_id}", id)),
            None => fault(format!("no job: {job}")),
        }
    }

    /// Looks at a job until its state is one of those wanted.
    fn until(&self, place: &str, wanted: impl Fn(&str) -> bool) -> Outcome<Value> {
        let begun = Instant::now();
        let mut request = Vec::new();
        http::get(&mut request, place, Some(&self.token), &[]);
        while begun.elapsed() < PATIENCE {
            let job = once(self.server.address, &request, |answer| answer.json())?;
            if wanted(text(&job, "state")) {
                return Ok(job);
            }
            std::thread::sleep(LOOK);
        }
        fault(format!("{place} takes more than {PATIENCE:?}"))
    }
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}
