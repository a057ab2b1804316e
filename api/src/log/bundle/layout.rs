//! The bytes of the zip file around its files: each is what the writer puts there, so that no byte of a bundle goes unlooked at.
//!
//! What is written here stands in `docs/bundle.md`. The check reads a file by its directory, makes the headers anew from sizes, checksums and
//! names, and compares. A bundle of more than 65,535 files or 4 GiB has other headers, of which only what a zip reader needs is looked at.

use super::{
    files::{BUNDLE, STATEMENT_BYTES_MAX, refused},
    verify::Finding,
};
use flate2::{Decompress, FlushDecompress, Status};
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";
const LOCAL_BYTES: u64 = 30;
const CENTRAL_BYTES: u64 = 46;
const END_BYTES: u64 = 22;
/// The first day that a zip file can name, and no time: nothing of the machine and the hour it was made.
const NO_TIME: [u8; 4] = [0, 0, 0x21, 0];
/// The system that rights are those of.
const UNIX: u8 = 3;
/// A plain file that its owner writes and everybody reads.
const RIGHTS: [u8; 4] = [0, 0, 0xa4, 0x81];
/// Sizes and checksum stand behind the file, which was sent while it was written.
const SENT: u16 = 1 << 3;
const DEFLATED: u16 = 8;

/// What the directory says of one file.
struct Entry {
    name: String,
    flags: u16,
    method: u16,
    sums: [u8; 12],
    packed: u64,
    offset: u64,
}

/// Looks for bytes that are not as they are written, and for the file beside which they stand; nothing where there are none.
pub(super) fn check<R: Read + Seek>(from: &mut R) -> Option<Finding> {
    match odd(from) {
        Ok(None) => None,
        Ok(Some(file)) => Some(refused(&file, "is not packed as a bundle is: a byte beside its content was changed")),
        Err(_) => Some(broken_off(from)),
    }
}

/// The first file whose headers or packing are not what they have to be.
fn odd<R: Read + Seek>(from: &mut R) -> Result<Option<String>> {
    let length = from.seek(SeekFrom::End(0))?;
    let end_at = length.checked_sub(END_BYTES).ok_or(ErrorKind::UnexpectedEof)?;
    let end = bytes(from, end_at, END_BYTES)?;
    let (count, size, offset) = (u16_at(&end, 10), u32_at(&end, 12), u32_at(&end, 16));
    if end.starts_with(&END) && (count == u16::MAX || size == u32::MAX || offset == u32::MAX) {
        return Ok(None);
    }
    let (directory, listed) = (u64::from(offset), count.to_le_bytes());
    let whole = [&END[..], &[0; 4], &listed, &listed, &size.to_le_bytes(), &offset.to_le_bytes(), &[0; 2]].concat();
    if end != whole || directory + u64::from(size) != end_at {
        return Err(ErrorKind::InvalidData.into());
    }
    let (mut at, mut here) = (directory, 0);
    for _ in 0..count {
        let head = bytes(from, at, CENTRAL_BYTES)?;
        let name = bytes(from, at + CENTRAL_BYTES, u16_at(&head, 28).into())?;
        let entry = Entry {
            name: String::from_utf8(name).map_err(|_| Error::from(ErrorKind::InvalidData))?,
            flags: u16_at(&head, 8),
            method: u16_at(&head, 10),
            sums: head.get(16..28).and_then(|sums| sums.try_into().ok()).unwrap_or_default(),
            packed: u32_at(&head, 20).into(),
            offset: here,
        };
        let sent = entry.flags == SENT;
        let proper = head == entry.central() && bytes(from, here, entry.local_bytes())? == entry.local();
        if !proper {
            return Ok(Some(entry.name));
        }
        let data = here + entry.local_bytes();
        let mut unpacks = || Ok::<_, Error>(ends_with_its_last_byte(&bytes(from, data, entry.packed)?));
        if entry.packed > STATEMENT_BYTES_MAX || (entry.method == DEFLATED && !unpacks()?) {
            return Ok(Some(entry.name));
        }
        here = data + entry.packed;
        if sent {
            if bytes(from, here, 16)? != [&DESCRIPTOR[..], &entry.sums].concat() {
                return Ok(Some(entry.name));
            }
            here += 16;
        }
        at += CENTRAL_BYTES + u64::try_from(entry.name.len()).unwrap_or(u64::MAX);
    }
    if here != directory || at != end_at {
        return Err(ErrorKind::InvalidData.into());
    }
    Ok(None)
}

/// Whether a deflated stream (RFC 1951) ends with its last byte: a zip reader stops at the end of the file and looks no further.
fn ends_with_its_last_byte(stream: &[u8]) -> bool {
    let (mut unpacker, mut out) = (Decompress::new(false), vec![0; 64 << 10]);
    loop {
        let (read, written) = (unpacker.total_in(), unpacker.total_out());
        let rest = usize::try_from(read).ok().and_then(|read| stream.get(read..)).unwrap_or_default();
        match unpacker.decompress(rest, &mut out, FlushDecompress::None) {
            Ok(Status::StreamEnd) => return u64::try_from(stream.len()).is_ok_and(|all| unpacker.total_in() == all),
            Ok(Status::Ok) if (unpacker.total_in(), unpacker.total_out()) != (read, written) => {}
            _ => return false,
        }
    }
}

impl Entry {
    /// The version of the format that a reader needs: 2.0, or 1.0 for what is stored.
    fn needed(&self) -> u8 {
        if self.method == DEFLATED { 20 } else { 10 }
    }

    fn name_length(&self) -> [u8; 2] {
        u16::try_from(self.name.len()).unwrap_or(u16::MAX).to_le_bytes()
    }

    fn local_bytes(&self) -> u64 {
        LOCAL_BYTES + u64::try_from(self.name.len()).unwrap_or(u64::MAX)
    }

    fn local(&self) -> Vec<u8> {
        let sums = if self.flags == SENT { [0; 12] } else { self.sums };
        [&LOCAL[..], &[self.needed(), 0], &self.words(), &sums, &self.name_length(), &[0; 2], self.name.as_bytes()]
            .concat()
    }

    fn central(&self) -> Vec<u8> {
        let offset = u32::try_from(self.offset).unwrap_or(u32::MAX).to_le_bytes();
        let (needed, words, length) = (self.needed(), self.words(), self.name_length());
        [&CENTRAL[..], &[needed, UNIX, needed, 0], &words, &self.sums, &length, &[0; 8], &RIGHTS, &offset].concat()
    }

    /// Flags, method and time.
    fn words(&self) -> Vec<u8> {
        let flags = if self.flags == SENT { SENT } else { 0 };
        let method = if self.method == DEFLATED { DEFLATED } else { 0 };
        [&flags.to_le_bytes()[..], &method.to_le_bytes(), &NO_TIME].concat()
    }
}

/// What is said of a file without its end: the last of the files that are whole.
fn broken_off<R: Read + Seek>(from: &mut R) -> Finding {
    let (mut at, mut last) = (0, None);
    while let Ok((name, next)) = member(from, at) {
        (at, last) = (next, Some(name));
    }
    match last {
        Some(name) => refused(&name, "is the last whole file: behind it the bundle is cut off, or was changed"),
        None => refused(BUNDLE, "is cut off, or is no bundle"),
    }
}

/// Name and end of the file whose header stands here, as far as it is whole.
fn member<R: Read + Seek>(from: &mut R, at: u64) -> Result<(String, u64)> {
    let length = from.seek(SeekFrom::End(0))?;
    let head = bytes(from, at, LOCAL_BYTES)?;
    let name = bytes(from, at + LOCAL_BYTES, u16_at(&head, 26).into())?;
    let name = String::from_utf8(name).map_err(|_| Error::from(ErrorKind::InvalidData))?;
    let data = at + LOCAL_BYTES + u64::from(u16_at(&head, 26)) + u64::from(u16_at(&head, 28));
    let next = if u16_at(&head, 6) & SENT == 0 {
        data + u64::from(u32_at(&head, 18))
    } else {
        // Nobody knows its size before its end.
        let rest = bytes(from, data, length.saturating_sub(data).min(super::verify::MEMBER_BYTES_MAX))?;
        let end = rest.windows(4).position(|four| four == DESCRIPTOR).ok_or(ErrorKind::UnexpectedEof)?;
        data + u64::try_from(end).unwrap_or(u64::MAX) + 16
    };
    if !head.starts_with(&LOCAL) || next > length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok((name, next))
}

fn bytes<R: Read + Seek>(from: &mut R, at: u64, length: u64) -> Result<Vec<u8>> {
    from.seek(SeekFrom::Start(at))?;
    let mut read = Vec::new();
    from.take(length).read_to_end(&mut read)?;
    if u64::try_from(read.len()).ok() == Some(length) { Ok(read) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).and_then(|two| two.try_into().ok()).map_or(0, u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes)
}
