//! The program as a process, from outside: what it is asked, what it says, how it ends.

use super::database::folder;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, ChildStderr, Command, Stdio},
    time::Duration,
};

/// A command that ended.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code.
    pub code: Option<i32>,
    /// What it wrote to the standard output.
    pub out: String,
    /// What it wrote to the standard error.
    pub err: String,
}

impl Ran {
    /// Asserts that it ended well and gives its output.
    #[track_caller]
    pub fn well(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// Asserts that it failed with one line that has all of `words`, and gives the line.
    #[track_caller]
    pub fn refused(self, words: &[&str]) -> String {
        assert_eq!(self.code, Some(1), "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "one line says what to do: {self:?}");
        assert_eq!(self.out, "", "a failure writes nothing to the standard output");
        for word in words {
            assert!(self.err.contains(word), "{word}: {}", self.err);
        }
        self.err
    }
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shixun-tested"));
    // Settings of whoever runs the suite are not those of the test.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SHIXUN_")) {
        command.env_remove(name);
    }
    command.args(args).current_dir(folder()).stdin(Stdio::null());
    command.env("SHIXUN_ARGON2_MEMORY_KIB", "8").env("SHIXUN_ARGON2_PASSES", "1");
    command
}

/// Runs the program to its end.
pub fn shixun(args: &[&str]) -> Ran {
    shixun_with(&[], args)
}

/// Runs the program to its end, with variables in its environment.
pub fn shixun_with(variables: &[(&str, &str)], args: &[&str]) -> Ran {
    let output = command(args).envs(variables.iter().copied()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A server that listens; it is killed with the test.
pub struct Serving {
    child: Child,
    log: BufReader<ChildStderr>,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Serving {
    /// Starts on a database and waits for the line that says where it listens.
    pub fn on(database: &str) -> Serving {
        Serving::with(&[], database)
    }

    /// The same with variables in its environment.
    pub fn with(variables: &[(&str, &str)], database: &str) -> Serving {
        let mut child = command(&["serve", "--listen", "127.0.0.1:0", "--database", database])
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let address = lines.find_map(|line| {
            let (_, after) = line.split_once("OpenAPI      http://")?;
            after.strip_suffix("/openapi.json").unwrap().parse().ok()
        });
        Serving { child, log, address: address.expect("the server says where it listens") }
    }

    /// Reads its log up to the line with these words, and gives what was read.
    #[track_caller]
    pub fn wait_for(&mut self, words: &str) -> String {
        let mut seen = String::new();
        while self.log.read_line(&mut seen).unwrap() > 0 {
            if seen.lines().last().is_some_and(|line| line.contains(words)) {
                return seen;
            }
        }
        panic!("the server ended without {words:?}: {seen}");
    }

    /// Asks it to end (SIGTERM).
    pub fn terminate(&self) {
        let kill = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits for its end and gives the exit code.
    pub fn ended(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Both fail where it has ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Asks a server, such as `GET /livez`, and gives the answer, head and all. Each line of `head` ends in CRLF.
pub fn asked(address: SocketAddr, what: &str, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let length = body.len();
    let head = format!("{what} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n{head}");
    write!(stream, "{head}\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A request whose head the server has read and whose body it waits for.
pub struct Running {
    stream: TcpStream,
    body: String,
}

impl Running {
    /// Sends the head and waits until the server asks for the rest.
    pub fn post(address: SocketAddr, path: &str, body: String) -> Running {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let length = body.len();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\r\n"
        )
        .unwrap();
        let mut go_on = [0; 25];
        stream.read_exact(&mut go_on).unwrap();
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        Running { stream, body }
    }

    /// Sends the body and gives the answer, head and all.
    pub fn finish(mut self) -> String {
        self.stream.write_all(self.body.as_bytes()).unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).unwrap();
        answer
    }
}
