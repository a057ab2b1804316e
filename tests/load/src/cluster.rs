//! A PostgreSQL cluster of this run's own, from the installed binaries, with the settings a fresh installation has: what is
//! committed is on the disk (`fsync`, `full_page_writes` and `synchronous_commit` are on). It is gone with the process.

use crate::fault::{Outcome, fault};
use std::{
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// `initdb` refuses to run as root, so everything runs as this user where we are root.
const USER: &str = "postgres";
/// Raised from the defaults: connections for tool and server, and WAL enough that seeding is not one checkpoint after another.
const SETTINGS: &str = "-c listen_addresses= -c max_connections=100 -c max_wal_size=4GB";

/// A running cluster.
pub struct Cluster {
    folder: PathBuf,
    bin: PathBuf,
    /// Waits for the end of its standard input, which is the end of this process, and then stops the server and removes it.
    keeper: Child,
}

impl Cluster {
    /// Starts one in `folder`, which must not exist yet.
    pub fn start(folder: PathBuf) -> Outcome<Cluster> {
        let Some(bin) = binaries() else {
            return fault(
                "no PostgreSQL programs were found: install them (apt-get install postgresql) or choose --database sqlite",
            );
        };
        std::fs::create_dir_all(&folder)?;
        let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"));
        if root {
            done("chown", Command::new("chown").arg(USER).arg(&folder))?;
        }
        let data = folder.join("data");
        let mut initdb = as_user(root, &bin.join("initdb"));
        initdb.args(["--auth=trust", "--encoding=UTF8", "--no-locale", "--username=postgres", "--pgdata"]).arg(&data);
        done("initdb", initdb.stdout(Stdio::null()))?;
        let script = format!(
            "{bin}/pg_ctl -s -w -D {data} -l {folder}/log -o '{SETTINGS} -c unix_socket_directories={folder}' start && \
             echo started && cat >/dev/null; {bin}/pg_ctl -s -m immediate -D {data} stop; rm -rf {folder}",
            bin = bin.display(),
            data = data.display(),
            folder = folder.display()
        );
        let mut keeper = as_user(root, Path::new("sh"))
            .args(["-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // An interrupt from the terminal must not end it before the database.
            .process_group(0)
            .spawn()?;
        let mut started = String::new();
        if let Some(output) = keeper.stdout.as_mut() {
            BufReader::new(output).read_line(&mut started)?;
        }
        if started.trim() != "started" {
            return fault(format!("PostgreSQL did not start; see its log in {}", folder.display()));
        }
        Ok(Cluster { folder, bin, keeper })
    }

    /// The address of a database.
    pub fn url(&self, name: &str) -> String {
        format!("postgres://postgres@/{name}?host={}", self.folder.display())
    }

    /// Runs one statement.
    pub fn execute(&self, database: &str, sql: &str) -> Outcome<()> {
        let mut psql = Command::new(self.bin.join("psql"));
        psql.args(["-q", "-X", "-v", "ON_ERROR_STOP=1", "-c", sql, &self.url(database)]);
        done(sql, psql.stdout(Stdio::null()))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Fails where it has ended already.
        self.keeper.wait().ok();
        // The folder itself belongs to us, not to the user of the database.
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

fn done(what: &str, command: &mut Command) -> Outcome<()> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { fault(format!("{what}: {status}")) }
}

fn as_user(root: bool, program: &Path) -> Command {
    if root {
        let mut command = Command::new("runuser");
        command.args(["-u", USER, "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

/// Where `initdb` is: the newest of Debian's versions, or whatever `PATH` has.
fn binaries() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").ok().into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).collect();
    folders.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.splice(0..0, std::env::split_paths(&path).collect::<Vec<_>>().into_iter().rev());
    folders.into_iter().rev().find(|folder| folder.join("initdb").is_file())
}
