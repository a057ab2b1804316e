//! Reading: the full statement, a page of sessions, what did not change; and the same with a hundred times the data.

use crate::{
    bench::{Bench, Rig},
    client::{self, CONNECTIONS, Load, Until},
    fault::{Outcome, fault},
    http::{self, Answer},
    report::{Bound, Report},
    seed::{CYCLE, County, OFFICES, office_account, sign, teacher_account},
    stats::Speed,
    store::Store,
};
use std::rc::Rc;

const STATEMENT: &str = "/v1/teachers/{teacher_id}/statement";
const SESSIONS: &str = "/v1/sessions";
const SESSION: &str = "/v1/sessions/{session_id}";
/// A page of 50 sessions.
const PAGE: &str = "/v1/sessions?limit=50";
/// A step through a county that comes to everybody: a prime that divides no county's number of teachers.
const STRIDE: i64 = 7_919;

/// Asks what a function writes, and expects one status.
struct Asking<F> {
    asked: i64,
    write: F,
    expected: u16,
}

impl<F: FnMut(i64, &mut Vec<u8>)> Load for Asking<F> {
    fn next(&mut self, out: &mut Vec<u8>) -> Option<usize> {
        (self.write)(self.asked, out);
        self.asked += 1;
        Some(0)
    }

    fn answered(&mut self, _: usize, answer: &Answer<'_>) -> Outcome<()> {
        if answer.status == self.expected {
            Ok(())
        } else {
            fault(format!("answered {} instead of {}: {}", answer.status, self.expected, answer.excerpt()))
        }
    }
}

fn asking<F: FnMut(i64, &mut Vec<u8>) + 'static>(expected: u16, write: F) -> impl Load + 'static {
    Asking { asked: 0, write, expected }
}

fn pick(list: &[String], number: i64) -> &str {
    let place = usize::try_from(number).unwrap_or(0) % list.len().max(1);
    list.get(place).map_or("", String::as_str)
}

/// Everybody of a county in a scattered order: the paths of their statements.
fn statement_path(teacher: &str) -> String {
    format!("/v1/teachers/{teacher}/statement?cycle={CYCLE}")
}

/// Which of the scenarios on the small county are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// The ceiling.
    pub livez: bool,
    /// Full statements, each read by its teacher.
    pub statement: bool,
    /// Pages of sessions.
    pub sessions_page: bool,
    /// 304.
    pub not_modified: bool,
    /// The same reads with a hundred times the data.
    pub big: bool,
}

impl Wanted {
    /// Whether any is.
    pub fn any(&self) -> bool {
        self.livez || self.statement || self.sessions_page || self.not_modified || self.big
    }
}

/// Runs what is wanted on the small county, and then on the big one.
pub fn run(bench: &Bench, wanted: Wanted, report: &mut Report) -> Outcome<()> {
    let county = County::SMALL;
    let store = bench.fresh("small")?;
    county.seed(&store)?;
    let rig = bench.rig(store)?;
    if wanted.livez {
        report.add(rig.row(bench, "livez", rig.livez)?);
    }
    let mut attempt = |name: &'static str, wanted: bool, run: fn(&Bench, &Rig, &mut Report) -> Outcome<()>| {
        if let Err(why) = if wanted { run(bench, &rig, report) } else { Ok(()) } {
            report.fail(name, bench.database(), why.to_string());
        }
    };
    attempt("statement", wanted.statement, statement);
    attempt("sessions-page", wanted.sessions_page, sessions_page);
    attempt("not-modified", wanted.not_modified, not_modified);
    if !wanted.big {
        return rig.server.stop();
    }
    let small = office_reads(bench, &rig, county)?;
    rig.server.stop()?;
    drop(rig.store);
    big(bench, &small, report)
}

fn tokens_of_offices(store: &Store) -> Outcome<Rc<Vec<String>>> {
    Ok(Rc::new(sign(store, (0..OFFICES).map(office_account))?))
}

/// Every teacher reads the own statement of 40 entries.
fn statement(bench: &Bench, rig: &Rig, report: &mut Report) -> Outcome<()> {
    let (speed, note) = own_statements(bench, rig, County::SMALL, None)?;
    let floor = if bench.cluster.is_some() { 4_000.0 } else { 8_000.0 };
    report.check("statement", bench.database(), "answered/s", Bound::AtLeast, floor, speed.rate);
    let mut row = rig.row(bench, "statement", speed)?;
    row.note = note;
    report.add(row);
    Ok(())
}

/// The same where everybody has 200 entries.
pub fn long_statement(bench: &Bench, report: &mut Report) -> Outcome<()> {
    let county = County { teachers: 1_000, past: 200, this_year: 0, days: 1, sessions_a_day: 1, seats: 1 };
    let store = bench.fresh("long")?;
    county.seed(&store)?;
    let rig = bench.rig(store)?;
    // Connections that never rest wait for each other before anything else.
    let rates = [(None, "p99 ms"), (Some(EVERYBODY_LOOKS), "p99 ms at 500/s"), (Some(IN_A_HURRY), "p99 ms at 1,000/s")];
    for (rate, what) in rates {
        let (speed, note) = own_statements(bench, &rig, county, rate)?;
        report.check("statement-200", bench.database(), what, Bound::Below, 10.0, speed.p99);
        let mut row = rig.row(bench, "statement-200", speed)?;
        row.note = rate.map_or(note.clone(), |rate| format!("{note}; {rate} a second asked for"));
        report.add(row);
    }
    rig.server.stop()
}

/// Statements that are asked for in a second while everybody looks: each of a county's 2,500 teachers every five seconds.
const EVERYBODY_LOOKS: u32 = 500;
/// Twice as many.
const IN_A_HURRY: u32 = 1_000;

/// Every teacher of a county reads the own statement, as fast as it goes or at a rate; gives the speed, and how long a statement is.
fn own_statements(bench: &Bench, rig: &Rig, county: County, rate: Option<u32>) -> Outcome<(Speed, String)> {
    rig.needs("get", STATEMENT)?;
    let tokens = sign(&rig.store, (0..county.teachers).map(teacher_account))?;
    let mut requests = Vec::new();
    for (index, token) in (0..county.teachers).zip(&tokens) {
        let mut request = Vec::new();
        http::get(&mut request, &statement_path(&county.teacher(index)?.to_string()), Some(token), &[]);
        requests.push(request);
    }
    let entries = requests.first().map(|request| {
        client::once(rig.server.address, request, |answer| {
            let statement = answer.json()?;
            let entries = statement.get("entries").and_then(serde_json::Value::as_array).map(Vec::len);
            Ok((entries, answer.body.len()))
        })
    });
    let (entries, bytes) = entries.transpose()?.unwrap_or_default();
    if entries != Some(usize::try_from(county.past)?) {
        return fault(format!("a statement has {entries:?} entries instead of {}", county.past));
    }
    let load = asking(200, move |asked, out| {
        let place = usize::try_from(asked * STRIDE % county.teachers).unwrap_or(0);
        out.clear();
        out.extend_from_slice(requests.get(place).map_or(&[], Vec::as_slice));
    });
    let (_, speed) = match rate {
        None => rig.measure(bench, load)?,
        Some(rate) => rig.measure_at(bench, load, rate)?,
    };
    Ok((speed, format!("{} entries, {bytes} bytes", county.past)))
}

fn sessions_page(bench: &Bench, rig: &Rig, report: &mut Report) -> Outcome<()> {
    let speed = office_page(bench, rig)?;
    if bench.cluster.is_none() {
        report.check("sessions-page", bench.database(), "answered/s", Bound::AtLeast, 10_000.0, speed.rate);
    }
    report.add(rig.row(bench, "sessions-page", speed)?);
    Ok(())
}

/// A page of 50 sessions, read by the offices.
fn office_page(bench: &Bench, rig: &Rig) -> Outcome<Speed> {
    rig.needs("get", SESSIONS)?;
    let tokens = tokens_of_offices(&rig.store)?;
    let mut request = Vec::new();
    http::get(&mut request, PAGE, tokens.first().map(String::as_str), &[]);
    let rows = client::once(rig.server.address, &request, |answer| {
        let page = answer.json()?;
        Ok(page.get("data").and_then(serde_json::Value::as_array).map(Vec::len))
    })?;
    if rows != Some(50) {
        return fault(format!("a page has {rows:?} sessions instead of 50"));
    }
    let load = asking(200, move |asked, out| http::get(out, PAGE, Some(pick(&tokens, asked)), &[]));
    Ok(rig.measure(bench, load)?.1)
}

/// Statements and sessions that did not change since their entity tag was read.
fn not_modified(bench: &Bench, rig: &Rig, report: &mut Report) -> Outcome<()> {
    let county = County::SMALL;
    let mut teachers = Vec::new();
    for index in 0..county.teachers {
        teachers.push(statement_path(&county.teacher(index)?.to_string()));
    }
    let mut sessions = Vec::new();
    for index in 0..county.sessions() {
        sessions.push(format!("{SESSIONS}/{}", county.session(0, index)?));
    }
    for (name, operation, paths) in
        [("not-modified (statement)", STATEMENT, teachers), ("not-modified (session)", SESSION, sessions)]
    {
        rig.needs("get", operation)?;
        let tokens = tokens_of_offices(&rig.store)?;
        let load = Tags { paths, tokens: Rc::clone(&tokens), found: Vec::new(), asked: 0 };
        let (read, _) = client::run(rig.server.address, CONNECTIONS, load, Until::Exhausted)?;
        let known = read.found;
        let total = i64::try_from(known.len())?;
        let load = asking(304, move |asked, out| {
            let place = usize::try_from(asked * STRIDE % total.max(1)).unwrap_or(0);
            let (path, tag) = known.get(place).map_or(("", ""), |(path, tag)| (path.as_str(), tag.as_str()));
            http::get(out, path, Some(pick(&tokens, asked)), &[("If-None-Match", tag)]);
        });
        let (_, speed) = rig.measure(bench, load)?;
        let row = rig.row(bench, name, speed)?;
        report.check(name, bench.database(), "of /livez", Bound::AtLeast, 0.6, row.of_livez.unwrap_or_default());
        report.add(row);
    }
    Ok(())
}

/// Reads every path once and keeps its entity tag.
struct Tags {
    paths: Vec<String>,
    tokens: Rc<Vec<String>>,
    found: Vec<(String, String)>,
    asked: usize,
}

impl Load for Tags {
    fn next(&mut self, out: &mut Vec<u8>) -> Option<usize> {
        let place = self.asked;
        let path = self.paths.get(place)?;
        http::get(out, path, Some(pick(&self.tokens, i64::try_from(place).unwrap_or(0))), &[]);
        self.asked += 1;
        Some(place)
    }

    fn answered(&mut self, request: usize, answer: &Answer<'_>) -> Outcome<()> {
        match (answer.status, answer.header("etag"), self.paths.get(request)) {
            (200, Some(tag), Some(path)) => {
                self.found.push((path.clone(), tag.to_owned()));
                Ok(())
            }
            (200, None, Some(path)) => fault(format!("{path} has no ETag")),
            (status, ..) => fault(format!("answered {status}: {}", answer.excerpt())),
        }
    }
}

/// Statements of everybody and pages of sessions, read by the offices: the same readers in a small and in a big county, so
/// that only the data differ.
fn office_reads(bench: &Bench, rig: &Rig, county: County) -> Outcome<[Speed; 2]> {
    rig.needs("get", STATEMENT)?;
    let tokens = tokens_of_offices(&rig.store)?;
    let mut teachers = Vec::new();
    for index in 0..county.teachers {
        teachers.push(county.teacher(index)?.to_string());
    }
    let load = asking(200, move |asked, out| {
        let teacher = pick(&teachers, asked * STRIDE % county.teachers);
        http::get(out, &statement_path(teacher), Some(pick(&tokens, asked)), &[]);
    });
    let (_, statements) = rig.measure(bench, load)?;
    Ok([statements, office_page(bench, rig)?])
}

/// The county with a hundred times the data: made in the first run, and for SQLite kept for the next.
fn big(bench: &Bench, small: &[Speed; 2], report: &mut Report) -> Outcome<()> {
    let county = County::BIG;
    let begun = std::time::Instant::now();
    let store = bench.filled("big", county)?;
    println!(
        "big {}: {} entries ready after {:.0} s",
        bench.database(),
        county.entries(),
        begun.elapsed().as_secs_f64()
    );
    let rig = bench.rig(store)?;
    rig.store.read_once()?;
    let big = office_reads(bench, &rig, county)?;
    for ((name, big), small) in ["big statement", "big sessions-page"].into_iter().zip(&big).zip(small) {
        let ratio = big.rate / small.rate.max(1.0);
        report.check(name, bench.database(), "of the small county's rate", Bound::AtLeast, 0.7, ratio);
        let mut row = rig.row(bench, name, *big)?;
        row.note = format!(
            "{ratio:.2} of {:.0}/s with the small county, started in {:.3} s",
            small.rate,
            rig.server.started.as_secs_f64()
        );
        report.add(row);
    }
    rig.server.stop()
}
