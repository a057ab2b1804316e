//! As much of HTTP/1.1 as the tool needs: one keep-alive connection, answers with `Content-Length`. It costs little, because
//! it shares the machine with the server it measures.

use crate::fault::{Outcome, fault};
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const ROOM: usize = 64 * 1024;

/// A connection.
pub struct Connection {
    stream: TcpStream,
    /// What was read; the answer is at the front.
    buffer: Vec<u8>,
    filled: usize,
    /// Bytes of the last answer, dropped before the next is read.
    last: usize,
}

/// An answer, as long as its connection is not asked again.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// Status.
    pub status: u16,
    head: &'a [u8],
    /// Body.
    pub body: &'a [u8],
}

impl<'a> Answer<'a> {
    /// A header.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        header(self.head, name)
    }

    /// The beginning of the body, for messages.
    pub fn excerpt(&self) -> String {
        String::from_utf8_lossy(self.body).chars().take(400).collect()
    }

    /// The body as JSON.
    pub fn json(&self) -> Outcome<serde_json::Value> {
        Ok(serde_json::from_slice(self.body)?)
    }
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Outcome<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: vec![0; ROOM], filled: 0, last: 0 })
    }

    /// Sends a whole request and reads its answer.
    pub async fn ask(&mut self, request: &[u8]) -> Outcome<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.copy_within(self.last..self.filled, 0);
        self.filled -= self.last;
        self.last = 0;
        let head_length = loop {
            if let Some(length) = end_of_head(self.read()) {
                break length;
            }
            self.fill().await?;
        };
        let head = self.read().get(..head_length).unwrap_or_default();
        let status = status(head)?;
        let body_length = if status == 304 || status == 204 {
            0
        } else {
            match header(head, "content-length").map(str::parse::<usize>) {
                Some(Ok(length)) => length,
                _ => return fault(format!("an answer {status} without Content-Length")),
            }
        };
        self.last = head_length + body_length;
        while self.filled < self.last {
            self.fill().await?;
        }
        let (head, rest) = self.read().split_at_checked(head_length).unwrap_or_default();
        Ok(Answer { status, head, body: rest.get(..body_length).unwrap_or_default() })
    }

    fn read(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }

    async fn fill(&mut self) -> Outcome<()> {
        let needed = self.last.max(self.filled + ROOM / 2);
        if self.buffer.len() < needed {
            self.buffer.resize(needed, 0);
        }
        let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
        match self.stream.read(room).await? {
            0 => fault("the server closed the connection"),
            more => {
                self.filled += more;
                Ok(())
            }
        }
    }
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|place| place + 4)
}

fn status(head: &[u8]) -> Outcome<u16> {
    let digits = head.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
    match digits.map(str::parse) {
        Some(Ok(status)) => Ok(status),
        _ => fault("not an HTTP/1.1 answer"),
    }
}

fn header<'a>(head: &'a [u8], name: &str) -> Option<&'a str> {
    let lines = head.split(|byte| *byte == b'\n');
    let found = lines.filter_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (key, value) = line.split_at_checked(colon)?;
        key.eq_ignore_ascii_case(name.as_bytes()).then_some(value)
    });
    let value = found.take(1).next()?.get(1..)?;
    std::str::from_utf8(value).ok().map(str::trim)
}

/// Writes a request without a body.
pub fn get(out: &mut Vec<u8>, path: &str, token: Option<&str>, more: &[(&str, &str)]) {
    begin(out, "GET", path, token, more);
    out.extend_from_slice(b"\r\n");
}

/// Writes a request with a body.
pub fn post(out: &mut Vec<u8>, path: &str, token: &str, content_type: &str, more: &[(&str, &str)], body: &[u8]) {
    begin(out, "POST", path, Some(token), more);
    line(out, "Content-Type", content_type);
    line(out, "Content-Length", &body.len().to_string());
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body);
}

fn begin(out: &mut Vec<u8>, method: &str, path: &str, token: Option<&str>, more: &[(&str, &str)]) {
    out.clear();
    for part in [method, " ", path, " HTTP/1.1\r\nHost: shixun\r\n"] {
        out.extend_from_slice(part.as_bytes());
    }
    if let Some(token) = token {
        out.extend_from_slice(b"Authorization: Bearer ");
        out.extend_from_slice(token.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    for (name, value) in more {
        line(out, name, value);
    }
}

fn line(out: &mut Vec<u8>, name: &str, value: &str) {
    for part in [name, ": ", value, "\r\n"] {
        out.extend_from_slice(part.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_found_whatever_its_letters() {
        let head = b"HTTP/1.1 200 OK\r\ncontent-Length: 12\r\nETag: \"7:1\"\r\n\r\n";
        assert_eq!(header(head, "Content-Length"), Some("12"));
        assert_eq!(header(head, "etag"), Some("\"7:1\""));
        assert_eq!(header(head, "location"), None);
        assert_eq!(status(head).ok(), Some(200));
        assert_eq!(end_of_head(head), Some(head.len()));
    }
}
