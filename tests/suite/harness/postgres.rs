//! A PostgreSQL cluster of this run's own, from the installed binaries: a folder, a socket in it, gone with the process.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// A running cluster.
pub struct Cluster {
    folder: PathBuf,
    bin: PathBuf,
    /// Waits for the end of its standard input, which is the end of this process, and then stops the server.
    _keeper: Child,
}

/// `initdb` refuses to run as root, so everything runs as this user where we are root.
const USER: &str = "postgres";

impl Cluster {
    /// Starts one, or gives `None` where no binaries are installed.
    pub fn start() -> Option<Cluster> {
        let bin = binaries()?;
        let folder = std::env::temp_dir().join(format!("shixun-postgres-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let root = is_root();
        if root {
            assert!(Command::new("chown").arg(USER).arg(&folder).status().unwrap().success());
        }
        let data = folder.join("data");
        let made = as_user(root, &bin.join("initdb"))
            .args(["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--username=postgres", "--pgdata"])
            .arg(&data)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success(), "initdb failed");
        let settings = format!(
            "-c listen_addresses= -c unix_socket_directories={} -c fsync=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB",
            folder.display()
        );
        let script = format!(
            "{bin}/pg_ctl -s -w -D {data} -l {folder}/log -o '{settings}' start && echo started && cat >/dev/null; {bin}/pg_ctl -s -m immediate -D {data} stop; rm -rf {folder}",
            bin = bin.display(),
            data = data.display(),
            folder = folder.display()
        );
        let mut keeper = as_user(root, Path::new("sh"))
            .args(["-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut started = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(keeper.stdout.as_mut().unwrap()), &mut started)
            .unwrap();
        assert_eq!(started.trim(), "started", "PostgreSQL did not start; see its log in {}", folder.display());
        Some(Cluster { folder, bin, _keeper: keeper })
    }

    /// The address of a database.
    pub fn url(&self, name: &str) -> String {
        format!("postgres://postgres@/{name}?host={}", self.folder.display())
    }

    /// Runs one statement.
    pub fn execute(&self, database: &str, sql: &str) {
        let done = Command::new(self.bin.join("psql"))
            .args(["-q", "-X", "-v", "ON_ERROR_STOP=1", "-c", sql, &self.url(database)])
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(done.success(), "{sql}");
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"))
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
