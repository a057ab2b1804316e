//! The seat rush: 10,000 teachers apply at once for 50 sessions of 100 seats. Half of them get a seat; not one too many does.

use crate::{
    bench::{Bench, Rig, timed},
    client::{self, CONNECTIONS, Load, Until},
    fault::{Outcome, fault},
    http::{self, Answer},
    report::{Bound, Report, Row},
    seed::{County, FIRST_SESSION, sign, teacher_account},
    stats::{Speed, float, median},
    store::Store,
};
use serde_json::Value;
use shixun_domain::id::EnrolmentId;
use std::{
    collections::BTreeSet,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

pub(super) const APPLY: &str = "/v1/sessions/{session_id}/enrolments";
const DAY_SEATS: usize = 5_000;

/// One application.
#[derive(Debug, Clone)]
pub(super) struct Application {
    /// The teacher, counted from 0.
    pub(super) teacher: i64,
    path: Rc<str>,
    key: String,
}

/// What became of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Not asked yet, or asked without an answer.
    Open,
    /// A seat, under this enrolment.
    Seated(EnrolmentId),
    /// No seat was left.
    Full,
}

/// Applications, each asked once, with what became of them.
pub(super) struct Applications {
    pub(super) list: Vec<Application>,
    pub(super) fates: Vec<Fate>,
    /// Those that were asked and got no answer.
    pub(super) lost: Vec<usize>,
    tokens: Rc<Vec<String>>,
    /// Which of the list to ask, in order.
    order: Vec<usize>,
    asked: usize,
    /// Whether a broken connection is expected.
    pub(super) may_lose: bool,
    /// Answers so far, for somebody who waits for a number of them.
    pub(super) answers: Arc<AtomicUsize>,
}

impl Applications {
    /// Everybody for a session of one day, shuffled.
    pub(super) fn of_day(county: County, day: i64, tokens: Rc<Vec<String>>) -> Outcome<Applications> {
        let mut paths = Vec::new();
        for session in 0..county.sessions_a_day {
            let path: Rc<str> = format!("/v1/sessions/{}/enrolments", county.session(day, session)?).into();
            paths.push(path);
        }
        let mut list = Vec::new();
        for teacher in 0..county.teachers {
            let Some(path) = paths.get(usize::try_from(teacher % county.sessions_a_day)?) else { continue };
            list.push(Application { teacher, path: Rc::clone(path), key: format!("day-{day}-teacher-{teacher}") });
        }
        shuffle(&mut list, u64::try_from(day)?);
        let fates = vec![Fate::Open; list.len()];
        let order = (0..list.len()).collect();
        let answers = Arc::default();
        Ok(Applications { list, fates, lost: Vec::new(), tokens, order, asked: 0, may_lose: false, answers })
    }

    /// Asks these again, with the keys they were asked with.
    pub(super) fn again(&mut self, order: Vec<usize>) {
        self.order = order;
        self.asked = 0;
    }

    /// How many were given a seat.
    pub(super) fn seated(&self) -> usize {
        self.fates.iter().filter(|fate| matches!(fate, Fate::Seated(_))).count()
    }

    /// Which were not answered yet.
    pub(super) fn open(&self) -> Vec<usize> {
        (0..).zip(&self.fates).filter(|(_, fate)| **fate == Fate::Open).map(|(place, _)| place).collect()
    }
}

/// An order without a pattern, the same for the same seed (xorshift).
fn shuffle<T>(list: &mut [T], seed: u64) {
    let mut state = 0x9e37_79b9_7f4a_7c15 ^ (seed + 1);
    for place in (1..list.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let below = u64::try_from(place + 1).unwrap_or(1);
        list.swap(place, usize::try_from(state % below).unwrap_or(0));
    }
}

impl Load for Applications {
    fn next(&mut self, out: &mut Vec<u8>) -> Option<usize> {
        let place = *self.order.get(self.asked)?;
        let application = self.list.get(place)?;
        let token = self.tokens.get(usize::try_from(application.teacher).ok()?)?;
        let key = [("Idempotency-Key", application.key.as_str())];
        http::post(out, &application.path, token, "application/json", &key, b"{}");
        self.asked += 1;
        Some(place)
    }

    fn answered(&mut self, request: usize, answer: &Answer<'_>) -> Outcome<()> {
        let fate = match answer.status {
            201 => Fate::Seated(enrolment(answer)?),
            409 if code(answer)?.as_deref() == Some("session_full") => Fate::Full,
            status => return fault(format!("an application was answered {status}: {}", answer.excerpt())),
        };
        let Some(known) = self.fates.get_mut(request) else { return fault("an answer nobody asked for") };
        if *known != Fate::Open && *known != fate {
            return fault(format!("asked again, {known:?} became {fate:?}"));
        }
        *known = fate;
        self.answers.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn lost(&mut self, request: usize, why: &str) -> Outcome<()> {
        if !self.may_lose {
            return fault(format!("an application got no answer: {why}"));
        }
        self.lost.push(request);
        Ok(())
    }
}

/// The identifier, found without reading the whole answer: the load shares the machine with the server.
fn enrolment(answer: &Answer<'_>) -> Outcome<EnrolmentId> {
    let text = std::str::from_utf8(answer.body)?;
    let id = text.split_once("\"id\":\"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default();
    id.parse().or_else(|_| fault(format!("an enrolment without an id: {}", answer.excerpt())))
}

fn code(answer: &Answer<'_>) -> Outcome<Option<String>> {
    Ok(answer.json()?.get("code").and_then(Value::as_str).map(str::to_owned))
}

/// Runs the rush on a day for each repeat; the first day warms up. `memory` alone reports only the memory.
pub fn run(bench: &Bench, seats: bool, memory: bool, report: &mut Report) -> Outcome<()> {
    let county = County::RUSH;
    let store = bench.fresh("rush")?;
    county.seed(&store)?;
    let tokens = Rc::new(sign(&store, (0..county.teachers).map(teacher_account))?);
    let rig = bench.rig(store)?;
    rig.needs("post", APPLY)?;
    let (mut speeds, mut committed) = (Vec::new(), Vec::new());
    for day in 0..=bench.pace.repeats {
        let load = Applications::of_day(county, day, Rc::clone(&tokens))?;
        let (load, run, speed) = timed(&rig.server, CONNECTIONS, load, Until::Exhausted)?;
        if load.seated() != DAY_SEATS || run.count(201) != DAY_SEATS {
            return fault(format!("{DAY_SEATS} seats were there, and the answers were {}", run.statuses()));
        }
        examine(&rig.store, county, day, DAY_SEATS)?;
        if day > 0 {
            speeds.push(speed);
            committed.push(float(run.count(201)) / run.elapsed.as_secs_f64());
        }
    }
    let recorded = rig.store.number("SELECT count(*) AS number FROM event_log WHERE action = 'apply'")?;
    if recorded != i64::try_from(DAY_SEATS)? * (bench.pace.repeats + 1) {
        return fault(format!("{recorded} applications are in the event log"));
    }
    let (speed, committed) = (Speed::median(&speeds), median(committed));
    let idle = rig.idle;
    let most = rig.server.memory_peak()?;
    if seats {
        check(bench, speed, committed, report);
        let mut row = rig.row(bench, "seat-rush", speed)?;
        row.committed = Some(committed);
        row.note = "10,000 applications for 5,000 seats; none sold twice".into();
        report.add(row);
    }
    if memory {
        report.check("memory", bench.database(), "MB idle", Bound::Below, 60.0, idle);
        report.check("memory", bench.database(), "MB under the rush", Bound::Below, 200.0, most);
        let note = "resident; the database server of PostgreSQL not counted".into();
        report.add(Row {
            scenario: "memory".into(),
            database: bench.database(),
            memory: Some((idle, most)),
            note,
            ..Row::default()
        });
    }
    rig.server.stop()
}

fn check(bench: &Bench, speed: Speed, committed: f64, report: &mut Report) {
    let (name, database) = ("seat-rush", bench.database());
    if bench.cluster.is_some() {
        report.check(name, database, "answered/s", Bound::AtLeast, 5_000.0, speed.rate);
    } else {
        report.check(name, database, "answered/s", Bound::AtLeast, 10_000.0, speed.rate);
        report.check(name, database, "committed/s", Bound::AtLeast, 5_000.0, committed);
        report.check(name, database, "p99 ms", Bound::Below, 40.0, speed.p99);
    }
}

/// Looks into the database: seats, enrolments and records of a day agree, and no session holds more than it has.
pub(super) fn examine(store: &Store, county: County, day: i64, seated: usize) -> Outcome<()> {
    let first = FIRST_SESSION + day * county.sessions_a_day;
    let last = first + county.sessions_a_day - 1;
    let count = |sql: &str| store.number(sql);
    let held = format!("FROM enrolments WHERE session_id BETWEEN {first} AND {last}");
    let rows = count(&format!("SELECT count(*) AS number {held} AND status IN ('applied', 'confirmed')"))?;
    let all = count(&format!("SELECT count(*) AS number {held}"))?;
    let persons = count(&format!("SELECT count(DISTINCT person_id) AS number {held}"))?;
    let taken = count(&format!(
        "SELECT CAST(sum(seats_taken) AS BIGINT) AS number FROM sessions WHERE id BETWEEN {first} AND {last}"
    ))?;
    let oversold = count(&format!(
        "SELECT count(*) AS number FROM sessions s WHERE s.id BETWEEN {first} AND {last} AND (s.seats_taken > s.seats OR s.seats_taken <> \
         (SELECT count(*) FROM enrolments e WHERE e.area = s.area AND e.session_id = s.id AND e.status IN ('applied', 'confirmed')))"
    ))?;
    let seated = i64::try_from(seated)?;
    if oversold == 0 && [rows, all, persons, taken].iter().all(|number| *number == seated) {
        Ok(())
    } else {
        fault(format!(
            "day {day}: {seated} seats were acknowledged, {rows} are held (of {all} enrolments of {persons} persons), {taken} are counted as taken, \
             {oversold} sessions hold another number than they count or have"
        ))
    }
}

/// The enrolments of a day, by number.
pub(super) fn enrolments(store: &Store, county: County, day: i64) -> Outcome<BTreeSet<i64>> {
    let first = FIRST_SESSION + day * county.sessions_a_day;
    let last = first + county.sessions_a_day - 1;
    let found =
        store.numbers(&format!("SELECT id AS number FROM enrolments WHERE session_id BETWEEN {first} AND {last}"))?;
    Ok(found.into_iter().collect())
}

/// Runs applications on a server that stands.
pub(super) fn drive(rig: &Rig, load: Applications) -> Outcome<Applications> {
    Ok(client::run(rig.server.address, CONNECTIONS, load, Until::Exhausted)?.0)
}
