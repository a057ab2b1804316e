//! The load: connections on one thread. Each asks, waits for the answer, and asks again: at once, or when it is time.

use crate::{
    fault::{Outcome, fault},
    http::{Answer, Connection},
};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

/// Connections of every scenario.
pub const CONNECTIONS: usize = 64;
/// How long a connection waits for an answer before it is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is asked, and what is made of the answers.
pub trait Load {
    /// Writes the next request into `out` and names it; `None` where nothing is left to ask.
    fn next(&mut self, out: &mut Vec<u8>) -> Option<usize>;

    /// An answer arrived. An error ends the run.
    fn answered(&mut self, request: usize, answer: &Answer<'_>) -> Outcome<()>;

    /// The connection broke before the answer came. An error ends the run.
    fn lost(&mut self, request: usize, why: &str) -> Outcome<()> {
        fault(format!("request {request} got no answer: {why}"))
    }
}

/// When a run ends.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// When the load has nothing left to ask.
    Exhausted,
    /// After a time.
    Elapsed(Duration),
    /// After a time in which each connection asks once `every` so often, and not at once. An answer that comes after the next request
    /// was due makes that one late, and its lateness is counted.
    Paced {
        /// The time.
        time: Duration,
        /// From one request of a connection to the next.
        every: Duration,
    },
}

/// What was measured.
#[derive(Debug, Default)]
pub struct Run {
    /// Microseconds of each answered request.
    pub micros: Vec<u32>,
    /// Answers by status.
    pub statuses: BTreeMap<u16, usize>,
    /// From the first request to the last answer.
    pub elapsed: Duration,
}

impl Run {
    /// How many were answered with a status.
    pub fn count(&self, status: u16) -> usize {
        self.statuses.get(&status).copied().unwrap_or(0)
    }

    /// The statuses in words.
    pub fn statuses(&self) -> String {
        self.statuses.iter().map(|(status, count)| format!("{count} × {status}")).collect::<Vec<_>>().join(", ")
    }
}

struct Shared<L> {
    load: L,
    run: Run,
    ended: bool,
    failed: Option<String>,
}

/// Runs a load and gives it back.
pub fn run<L: Load + 'static>(address: SocketAddr, connections: usize, load: L, until: Until) -> Outcome<(L, Run)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let shared = Rc::new(RefCell::new(Shared { load, run: Run::default(), ended: false, failed: None }));
    let elapsed = runtime.block_on(tokio::task::LocalSet::new().run_until(async {
        let mut open = Vec::with_capacity(connections);
        for _ in 0..connections {
            open.push(Connection::open(address).await?);
        }
        let begun = Instant::now();
        let deadline = match until {
            Until::Exhausted => None,
            Until::Elapsed(time) | Until::Paced { time, .. } => Some(begun + time),
        };
        let mut tasks = Vec::with_capacity(connections);
        for (place, connection) in (0_u32..).zip(open) {
            let due = match until {
                // One after the other, so that they do not ask in chorus.
                Until::Paced { every, .. } => Some((begun + every * place / u32::try_from(connections.max(1))?, every)),
                Until::Exhausted | Until::Elapsed(_) => None,
            };
            tasks.push(tokio::task::spawn_local(drive(connection, Rc::clone(&shared), deadline, due)));
        }
        for task in tasks {
            task.await?;
        }
        Outcome::Ok(begun.elapsed())
    }))?;
    drop(runtime);
    let Some(shared) = Rc::into_inner(shared).map(RefCell::into_inner) else {
        return fault("a connection outlived its run");
    };
    match shared.failed {
        Some(text) => fault(text),
        None => Ok((shared.load, Run { elapsed, ..shared.run })),
    }
}

/// Runs a load for a time without keeping what was measured, so that caches and branch predictors are as in a running server.
pub fn warm<L: Load + 'static>(address: SocketAddr, load: L, time: Duration) -> Outcome<L> {
    Ok(run(address, CONNECTIONS, load, Until::Elapsed(time))?.0)
}

async fn drive<L: Load>(
    mut connection: Connection,
    shared: Rc<RefCell<Shared<L>>>,
    deadline: Option<Instant>,
    mut due: Option<(Instant, Duration)>,
) {
    let mut out = Vec::with_capacity(2_048);
    loop {
        let mut late_since = None;
        if let Some((at, every)) = &mut due {
            if Instant::now() < *at {
                tokio::time::sleep_until((*at).into()).await;
            } else {
                late_since = Some(*at);
            }
            *at += *every;
        }
        let request = {
            let mut shared = shared.borrow_mut();
            if shared.ended {
                return;
            }
            match shared.load.next(&mut out) {
                Some(request) => request,
                None => return,
            }
        };
        let asked = late_since.unwrap_or_else(Instant::now);
        let answer = tokio::time::timeout(PATIENCE, connection.ask(&out)).await;
        let now = Instant::now();
        let mut shared = shared.borrow_mut();
        let (taken, lost) = match answer {
            Ok(Ok(answer)) => {
                let micros = u32::try_from(now.duration_since(asked).as_micros()).unwrap_or(u32::MAX);
                shared.run.micros.push(micros);
                *shared.run.statuses.entry(answer.status).or_default() += 1;
                (shared.load.answered(request, &answer), false)
            }
            Ok(Err(broken)) => (shared.load.lost(request, &broken.to_string()), true),
            Err(_) => (shared.load.lost(request, "no answer in 30 s"), true),
        };
        if let Err(failed) = taken {
            shared.failed.get_or_insert(failed.to_string());
        }
        shared.ended |= shared.failed.is_some() || deadline.is_some_and(|deadline| now >= deadline);
        if lost {
            return;
        }
    }
}

/// One request on a connection of its own.
pub fn once<T>(address: SocketAddr, request: &[u8], read: impl FnOnce(&Answer<'_>) -> Outcome<T>) -> Outcome<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connection = Connection::open(address).await?;
        read(&connection.ask(request).await?)
    })
}

/// A load that asks the requests of a list over and over and expects one status.
pub struct Cycle {
    requests: Vec<Vec<u8>>,
    asked: usize,
    expected: u16,
}

impl Cycle {
    /// Over `requests`, which must not be empty.
    pub fn over(requests: Vec<Vec<u8>>, expected: u16) -> Cycle {
        Cycle { requests, asked: 0, expected }
    }
}

impl Load for Cycle {
    fn next(&mut self, out: &mut Vec<u8>) -> Option<usize> {
        let place = self.asked % self.requests.len().max(1);
        self.asked += 1;
        out.clear();
        out.extend_from_slice(self.requests.get(place)?);
        Some(place)
    }

    fn answered(&mut self, _: usize, answer: &Answer<'_>) -> Outcome<()> {
        if answer.status == self.expected {
            Ok(())
        } else {
            fault(format!("answered {} instead of {}: {}", answer.status, self.expected, answer.excerpt()))
        }
    }
}
