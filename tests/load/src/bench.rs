//! What every scenario stands on: where the server is, which database, how long to measure; and a server on a database.

use crate::{
    client::{self, CONNECTIONS, Cycle, Load, Run, Until, once},
    cluster::Cluster,
    fault::{Outcome, fault},
    http,
    report::Row,
    seed::County,
    server::Server,
    stats::Speed,
    store::Store,
};
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// How long a run takes.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Runs of which the median is taken.
    pub repeats: i64,
    /// Before the first of them.
    pub warm: Duration,
    /// Each of them.
    pub measure: Duration,
}

impl Pace {
    /// For figures to be published.
    pub const FULL: Pace = Pace { repeats: 3, warm: Duration::from_secs(2), measure: Duration::from_secs(4) };
    /// For a look.
    pub const QUICK: Pace = Pace { repeats: 1, warm: Duration::from_millis(500), measure: Duration::from_secs(1) };
}

/// Where and how to measure.
pub struct Bench {
    /// The server's program.
    pub program: PathBuf,
    /// Files of this run, removed at its end.
    pub folder: PathBuf,
    /// Files worth keeping between runs.
    pub kept: PathBuf,
    /// The PostgreSQL cluster; without one, SQLite is measured.
    pub cluster: Option<Cluster>,
    /// How long.
    pub pace: Pace,
}

impl Bench {
    /// The name of the database under measure.
    pub fn database(&self) -> &'static str {
        if self.cluster.is_some() { "postgres" } else { "sqlite" }
    }

    /// Whether a look is enough.
    pub fn is_quick(&self) -> bool {
        self.pace.repeats < Pace::FULL.repeats
    }

    /// A migrated empty database.
    pub fn fresh(&self, name: &str) -> Outcome<Store> {
        Store::fresh(self.cluster.as_ref(), &self.folder, name)
    }

    /// A database with a county that takes minutes to make: on SQLite it is kept for the next run, where it still fits the program.
    pub fn filled(&self, name: &str, county: County) -> Outcome<Store> {
        if self.cluster.is_some() {
            let store = self.fresh(name)?;
            county.seed(&store)?;
            return Ok(store);
        }
        std::fs::create_dir_all(&self.kept)?;
        let file = self.kept.join(format!("{name}.db"));
        if file.is_file() {
            let store = Store::file(file.clone(), true)?;
            if store.is_current()? && county.is_in(&store)? {
                return Ok(store);
            }
        }
        // Under another name until it is whole.
        let half = Store::fresh(None, &self.kept, &format!("{name}-unfinished"))?;
        county.seed(&half)?;
        crate::store::remove(&file);
        std::fs::rename(self.kept.join(format!("{name}-unfinished.db")), &file)?;
        Store::file(file, true)
    }

    /// Starts the server on a database.
    pub fn serve(&self, store: &Store) -> Outcome<Server> {
        Server::start(&self.program, &store.address(), &self.folder)
    }

    /// Starts the server and measures its ceiling: `/livez`, which does nothing. What was seeded behind the server's back becomes
    /// leaves of the log first, as it would have in the years in which a county makes it, and the server is started anew.
    pub fn rig(&self, store: Store) -> Outcome<Rig> {
        let first = self.serve(&store)?;
        logged(&store)?;
        first.stop()?;
        let server = self.serve(&store)?;
        std::thread::sleep(AT_REST);
        let idle = server.memory()?;
        let mut request = Vec::new();
        http::get(&mut request, "/livez", None, &[]);
        let mut rig = Rig { server, store, livez: Speed::default(), idle };
        rig.livez = rig.measure(self, Cycle::over(vec![request], 200))?.1;
        Ok(rig)
    }
}

/// Waits until every row is in the log.
fn logged(store: &Store) -> Outcome<()> {
    let rows = store.number(
        "SELECT (SELECT count(*) FROM hour_entries) + (SELECT count(*) FROM event_log) \
         + (SELECT count(*) FROM policy_packs WHERE state = 'published') AS number",
    )?;
    let begun = Instant::now();
    while store.number("SELECT CAST(coalesce(sum(size), 0) AS BIGINT) AS number FROM log_heads")? < rows {
        if begun.elapsed() > LOG_PATIENCE {
            return fault(format!("{rows} rows were not in the log after {LOG_PATIENCE:?}"));
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    eprintln!("{rows} rows in the log after {:?}", begun.elapsed());
    Ok(())
}

/// After which a server that nobody asks is at rest.
const AT_REST: Duration = Duration::from_secs(12);
/// How long the log of a seeded county may take.
const LOG_PATIENCE: Duration = Duration::from_secs(1_200);

/// A server on a database.
pub struct Rig {
    /// The server; it ends before its database is removed.
    pub server: Server,
    /// The database.
    pub store: Store,
    /// The speed of `/livez`.
    pub livez: Speed,
    /// Memory after the start, in MB.
    pub idle: f64,
}

impl Rig {
    /// Warms up, repeats, and takes the medians.
    pub fn measure<L: Load + 'static>(&self, bench: &Bench, load: L) -> Outcome<(L, Speed)> {
        self.repeat(bench, load, Until::Elapsed(bench.pace.measure))
    }

    /// [`Rig::measure`] at a rate that all connections keep together, in requests a second.
    pub fn measure_at<L: Load + 'static>(&self, bench: &Bench, load: L, rate: u32) -> Outcome<(L, Speed)> {
        let every = Duration::from_secs(1) * u32::try_from(CONNECTIONS)? / rate.max(1);
        self.repeat(bench, load, Until::Paced { time: bench.pace.measure, every })
    }

    fn repeat<L: Load + 'static>(&self, bench: &Bench, load: L, until: Until) -> Outcome<(L, Speed)> {
        let mut load = client::warm(self.server.address, load, bench.pace.warm)?;
        let mut speeds = Vec::new();
        for _ in 0..bench.pace.repeats {
            let (back, _, speed) = timed(&self.server, CONNECTIONS, load, until)?;
            load = back;
            speeds.push(speed);
        }
        Ok((load, Speed::median(&speeds)))
    }

    /// A row with a speed.
    pub fn row(&self, bench: &Bench, scenario: &str, speed: Speed) -> Outcome<Row> {
        Ok(Row {
            scenario: scenario.to_owned(),
            database: bench.database(),
            speed: Some(speed),
            of_livez: Some(speed.rate / self.livez.rate.max(1.0)),
            memory: Some((self.idle, self.server.memory_peak()?)),
            ..Row::default()
        })
    }

    /// Fails where the server does not have an operation.
    pub fn needs(&self, method: &str, path: &str) -> Outcome<()> {
        needs(&self.server, method, path)
    }
}

/// Fails where the server does not have an operation: its own document says which it has.
pub fn needs(server: &Server, method: &str, path: &str) -> Outcome<()> {
    let mut request = Vec::new();
    http::get(&mut request, "/openapi.json", None, &[]);
    let document = once(server.address, &request, |answer| answer.json())?;
    let has = document.get("paths").and_then(|paths| paths.get(path)).and_then(|path| path.get(method));
    match has {
        Some(_) => Ok(()),
        None => fault(format!("the server has no {} {path}", method.to_uppercase())),
    }
}

/// Runs a load and gives it back with what was measured.
pub fn timed<L: Load + 'static>(
    server: &Server,
    connections: usize,
    load: L,
    until: Until,
) -> Outcome<(L, Run, Speed)> {
    let before = server.cpu()?;
    let (load, run) = client::run(server.address, connections, load, until)?;
    let speed = Speed::of(&run, server.cpu()? - before);
    Ok((load, run, speed))
}
