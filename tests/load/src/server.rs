//! The server under measure: a release build of `shixun serve` in a process of its own.

use crate::{
    client::once,
    fault::{Outcome, fault},
    http,
};
use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// What differs from the defaults: callers may ask as often as they can, and all load comes from one address.
const SETTINGS: [(&str, &str); 8] = [
    ("SHIXUN_ACCOUNT_REQUESTS_PER_SECOND", "1000000"),
    ("SHIXUN_ACCOUNT_REQUESTS_BURST", "1000000"),
    ("SHIXUN_ADDRESS_REQUESTS_PER_SECOND", "1000000"),
    ("SHIXUN_ADDRESS_REQUESTS_BURST", "1000000"),
    ("SHIXUN_SIGN_INS_PER_MINUTE", "1000000"),
    ("SHIXUN_SIGN_INS_BURST", "1000000"),
    ("SHIXUN_ACCESS_TOKEN_MINUTES", "15"),
    ("SHIXUN_CONNECTIONS", "8"),
];
/// In which `/proc` counts processor time: `USER_HZ`, 100 on every Linux that people run.
const TICKS_PER_SECOND: f64 = 100.0;
/// How long a start may take at most.
const PATIENCE: Duration = Duration::from_secs(20);

/// Says where the server is, as it is released, after building it where that is asked for.
pub fn program(build: bool) -> Outcome<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    if build {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built =
            Command::new(cargo).args(["build", "--release", "-q", "-p", "shixun-api"]).current_dir(&root).status()?;
        if !built.success() {
            return fault("the server was not built: see above");
        }
    }
    // Beside this program, where cargo puts both; the path from the sources stands in where this one is a debug build.
    let beside = std::env::current_exe()?.with_file_name("shixun");
    let released = root.join("target/release/shixun");
    [beside, released]
        .into_iter()
        .find(|path| path.is_file() && path.parent().is_some_and(|folder| folder.ends_with("release")))
        .ok_or_else(|| "the release build of the server is not where it was expected".into())
}

/// A running server.
pub struct Server {
    child: Child,
    keeper: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of the process to the first good answer of `/readyz`.
    pub started: Duration,
    log: PathBuf,
}

impl Server {
    /// Starts on a database and waits until it is ready. Its log goes to a file in `folder`.
    pub fn start(program: &Path, database: &str, folder: &Path) -> Outcome<Server> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log = folder.join(format!("server-{}.log", address.port()));
        let begun = Instant::now();
        let child = Command::new(program)
            .args(["serve", "--listen", &address.to_string(), "--database", database])
            .envs(SETTINGS)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()?;
        let keeper = keeper(&child)?;
        let mut server = Server { child, keeper, address, started: Duration::ZERO, log };
        let mut request = Vec::new();
        http::get(&mut request, "/readyz", None, &[]);
        loop {
            if once(address, &request, |answer| Ok(answer.status)).is_ok_and(|status| status == 200) {
                server.started = begun.elapsed();
                return Ok(server);
            }
            let ended = server.child.try_wait()?;
            if ended.is_some() || begun.elapsed() > PATIENCE {
                return fault(format!("the server did not become ready; its log ends with: {}", server.log_tail()));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Resident memory now, in MB (10⁶ bytes).
    pub fn memory(&self) -> Outcome<f64> {
        self.status("VmRSS:")
    }

    /// The most resident memory it ever had, in MB.
    pub fn memory_peak(&self) -> Outcome<f64> {
        self.status("VmHWM:")
    }

    /// Processor time it has used so far, in seconds, of all its threads, in user and system mode.
    pub fn cpu(&self) -> Outcome<f64> {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name in brackets may hold blanks; fields 14 and 15 of the whole are 12 and 13 after it.
        let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks: Vec<u32> = fields.skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
        Ok(ticks.iter().map(|ticks| f64::from(*ticks) / TICKS_PER_SECOND).sum())
    }

    fn status(&self, name: &str) -> Outcome<f64> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        let kib: u32 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(f64::from(kib) * 1.024 / 1_000.0)
    }

    /// Kills it without a warning (SIGKILL).
    pub fn kill(&mut self) -> Outcome<()> {
        self.dismiss();
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to end (SIGTERM) and waits.
    pub fn stop(mut self) -> Outcome<()> {
        let asked = Command::new("sh").arg("-c").arg(format!("kill -TERM {}", self.child.id())).status()?;
        self.dismiss();
        let ended = self.child.wait()?;
        if asked.success() && ended.success() {
            Ok(())
        } else {
            fault(format!("the server did not stop well ({ended}); its log ends with: {}", self.log_tail()))
        }
    }

    /// Sends its keeper away, before somebody else gets its number.
    fn dismiss(&mut self) {
        // Both fail where it has ended already.
        self.keeper.kill().ok();
        self.keeper.wait().ok();
    }

    /// The last lines of its log.
    pub fn log_tail(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().rev().take(5).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join(" | ")
    }
}

/// Whoever ends the server where this tool is killed and cannot: it waits for the end of a pipe that only the tool holds. An
/// interrupt from the terminal is not for it.
fn keeper(server: &Child) -> Outcome<Child> {
    let script = format!("cat >/dev/null; kill -KILL {}", server.id());
    Ok(Command::new("sh").args(["-c", &script]).stdin(Stdio::piped()).process_group(0).spawn()?)
}

impl Drop for Server {
    fn drop(&mut self) {
        self.dismiss();
        // Both fail where it has ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
