//! The bytes of the zip file around its files: each is what the writer puts there, so that no byte of a bundle goes unlooked at.
//!
//! What is written here stands in `docs/bundle.md`. The check reads a file by its directory, makes the headers anew from sizes, checksums and
//! names, and compares. A zip reader finds a file by its name, each in a way of its own where two have the same: so no name stands twice.

use super::{
    files::{BUNDLE, STATEMENT_BYTES_MAX, refused},
    verify::Finding,
};
use flate2::{Decompress, FlushDecompress, Status};
use std::{
    collections::BTreeSet,
    io::{Error, ErrorKind, Read, Result, Seek, SeekFrom},
};

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
const BIG_END: [u8; 4] = *b"PK\x06\x06";
const BIG_LOCATOR: [u8; 4] = *b"PK\x06\x07";
const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";
const LOCAL_BYTES: u64 = 30;
const CENTRAL_BYTES: u64 = 46;
const END_BYTES: u64 = 22;
const BIG_END_BYTES: u64 = 56;
const BIG_LOCATOR_BYTES: u64 = 20;
/// From here on the number of a place does not fit into its field (zip64).
const BIG: u64 = (1 << 32) - 1;
/// More files than their number's field holds.
const MANY: u64 = (1 << 16) - 1;
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

/// The directory of a file, as its end tells.
struct Directory {
    files: u64,
    from: u64,
    to: u64,
    /// The version of the format that the end says is needed; `None` where it does not say.
    needed: Option<u16>,
}

/// Something that is not as it is written.
enum Odd {
    /// The bytes around a file.
    Packing(String),
    /// A second file of a name.
    Twice(String),
    /// So many files.
    TooMany(u64),
}

/// Looks for bytes that are not as they are written in a bundle of at most `most` files, and for the file beside which they stand; nothing
/// where there are none.
pub(super) fn check<R: Read + Seek>(from: &mut R, most: usize) -> Option<Finding> {
    match odd(from, most) {
        Ok(None) => None,
        Ok(Some(Odd::Packing(file))) => {
            Some(refused(&file, "is not packed as a bundle is: a byte beside its content was changed"))
        }
        Ok(Some(Odd::Twice(file))) => {
            Some(refused(&file, "stands twice: which of both a reader opens is for the reader to say"))
        }
        Ok(Some(Odd::TooMany(files))) => {
            Some(refused(BUNDLE, format!("has {files} files, more than the {most} a bundle may have")))
        }
        Err(_) => Some(broken_off(from)),
    }
}

/// The first file whose headers or packing are not what they have to be.
fn odd<R: Read + Seek>(from: &mut R, most: usize) -> Result<Option<Odd>> {
    let directory = directory(from)?;
    if usize::try_from(directory.files).map_or(true, |files| files > most) {
        return Ok(Some(Odd::TooMany(directory.files)));
    }
    let (mut at, mut here, mut needed, mut names) = (directory.from, 0, 0, BTreeSet::new());
    for _ in 0..directory.files {
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
        if !names.insert(entry.name.clone()) {
            return Ok(Some(Odd::Twice(entry.name)));
        }
        let listed = entry.central();
        let length = u64::try_from(listed.len()).unwrap_or(u64::MAX);
        let proper = bytes(from, at, length)? == listed && bytes(from, here, entry.local_bytes())? == entry.local();
        if !proper {
            return Ok(Some(Odd::Packing(entry.name)));
        }
        let data = here + entry.local_bytes();
        let mut unpacks = || Ok::<_, Error>(ends_with_its_last_byte(&bytes(from, data, entry.packed)?));
        if entry.packed > STATEMENT_BYTES_MAX || (entry.method == DEFLATED && !unpacks()?) {
            return Ok(Some(Odd::Packing(entry.name)));
        }
        here = data + entry.packed;
        if entry.flags == SENT {
            if bytes(from, here, 16)? != [&DESCRIPTOR[..], &entry.sums].concat() {
                return Ok(Some(Odd::Packing(entry.name)));
            }
            here += 16;
        }
        (at, needed) = (at + length, needed.max(u16::from(entry.needed())));
    }
    if here != directory.from || at != directory.to || directory.needed.is_some_and(|told| told != needed) {
        return Err(ErrorKind::InvalidData.into());
    }
    Ok(None)
}

/// The directory that the end of a file tells of. The end is that of a big file where the file is one, and nowhere else.
fn directory<R: Read + Seek>(from: &mut R) -> Result<Directory> {
    let length = from.seek(SeekFrom::End(0))?;
    let before = |at: u64, bytes: u64| at.checked_sub(bytes).ok_or(Error::from(ErrorKind::UnexpectedEof));
    let end_at = before(length, END_BYTES)?;
    let end = bytes(from, end_at, END_BYTES)?;
    let ends = |files: u64, size: u64, at: u64| {
        let files = u16::try_from(files).unwrap_or(u16::MAX).to_le_bytes();
        let [size, at] = [size, at].map(|one| u32::try_from(one).unwrap_or(u32::MAX).to_le_bytes());
        [&END[..], &[0; 4], &files, &files, &size, &at, &[0; 2]].concat()
    };
    let (files, size, at) = (u16_at(&end, 10).into(), u32_at(&end, 12).into(), u32_at(&end, 16).into());
    if size != BIG {
        let whole = end == ends(files, size, at) && at + size == end_at;
        return if whole { Ok(Directory { files, from: at, to: end_at, needed: None }) } else { invalid() };
    }
    let locator_at = before(end_at, BIG_LOCATOR_BYTES)?;
    let big_at = before(locator_at, BIG_END_BYTES)?;
    let (big, locator) = (bytes(from, big_at, BIG_END_BYTES)?, bytes(from, locator_at, BIG_LOCATOR_BYTES)?);
    let (needed, files, size, at) = (u16_at(&big, 12), u64_at(&big, 24), u64_at(&big, 40), u64_at(&big, 48));
    let version = needed.to_le_bytes();
    let [files_bytes, size_bytes, at_bytes] = [files, size, at].map(u64::to_le_bytes);
    let told = [
        &BIG_END[..],
        &44_u64.to_le_bytes(),
        &version,
        &version,
        &[0; 8],
        &files_bytes,
        &files_bytes,
        &size_bytes,
        &at_bytes,
    ];
    let located = [&BIG_LOCATOR[..], &[0; 4], &big_at.to_le_bytes(), &1_u32.to_le_bytes()].concat();
    let is_big = files > MANY || size.max(at) > BIG;
    let whole = big == told.concat() && locator == located && end == ends(files, BIG, at);
    let whole = whole && is_big && at.checked_add(size) == Some(big_at);
    if whole { Ok(Directory { files, from: at, to: big_at, needed: Some(needed) }) } else { invalid() }
}

fn invalid<T>() -> Result<T> {
    Err(ErrorKind::InvalidData.into())
}

/// Whether a deflated stream (RFC 1951) ends with its last byte: a zip reader stops at the end of the file and looks no further.
fn ends_with_its_last_byte(stream: &[u8]) -> bool {
    let (mut unpacker, mut out) = (Decompress::new(false), vec![0; 64 << 10]);
    loop {
        let (read, written) = (unpacker.total_in(), unpacker.total_out());
        let rest = usize::try_from(read).ok().and_then(|read| stream.get(read..)).unwrap_or_default();
        match unpacker.decompress(rest, &mut out, FlushDecompress::None) {
            // It is not read that far, and told for that.
            _ if unpacker.total_out() > STATEMENT_BYTES_MAX => return true,
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

    /// What the directory says of it. The place of a file that lies far behind stands in an extra field.
    fn central(&self) -> Vec<u8> {
        let offset = u32::try_from(self.offset).unwrap_or(u32::MAX).to_le_bytes();
        let far = match self.offset >= BIG {
            true => [&[1, 0, 8, 0][..], &self.offset.to_le_bytes()].concat(),
            false => Vec::new(),
        };
        let extra = [u8::try_from(far.len()).unwrap_or(u8::MAX), 0];
        let (needed, words, length) = (self.needed(), self.words(), self.name_length());
        let head = [&CENTRAL[..], &[needed, UNIX, needed, 0], &words, &self.sums, &length, &extra].concat();
        [&head[..], &[0; 6], &RIGHTS, &offset, self.name.as_bytes(), &far].concat()
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

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok()).map_or(0, u64::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::super::files::options;
    use super::*;
    use std::io::{Cursor, Write};
    use zip::{CompressionMethod, ZipWriter};

    fn written<W: Write + Seek>(into: W, names: impl IntoIterator<Item = String>) -> W {
        let mut writer = ZipWriter::new(into);
        for name in names {
            writer.start_file(name.as_str(), options(CompressionMethod::Deflated)).unwrap();
            writer.write_all(name.as_bytes()).unwrap();
        }
        writer.finish().unwrap()
    }

    fn found(bytes: &[u8]) -> Option<(String, String)> {
        check(&mut Cursor::new(bytes), 100_000).map(|finding| (finding.file, finding.detail))
    }

    #[test]
    fn a_name_that_stands_twice_is_found_wherever_both_stand() {
        let names = ["a.json", "b.json", "c.json", "d.json"];
        for (one, other) in [(0, 1), (0, 3), (1, 3), (2, 3)] {
            let mut bytes = written(Cursor::new(Vec::new()), names.map(String::from)).into_inner();
            assert_eq!(found(&bytes), None);
            for at in 0..bytes.len() - 6 {
                if bytes[at..].starts_with(names[other].as_bytes()) {
                    bytes[at..at + 6].copy_from_slice(names[one].as_bytes());
                }
            }
            let (file, detail) = found(&bytes).unwrap();
            assert!(file == names[one] && detail.starts_with("stands twice"), "{file} {detail}");
        }
    }

    #[test]
    fn a_bundle_of_many_files_is_as_closely_looked_at_as_a_small_one() {
        let bytes = written(Cursor::new(Vec::new()), (0..70_000).map(|number| number.to_string())).into_inner();
        assert_eq!(found(&bytes), None);
        let directory = directory(&mut Cursor::new(&bytes)).unwrap();
        assert_eq!((directory.files, directory.needed), (70_000, Some(20)));
        let (head, tail) = (usize::try_from(directory.to).unwrap(), bytes.len());
        let places = (0..30).chain((0..46).map(|at| head - 51 + at)).chain(head..tail);
        for place in places {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert!(found(&changed).is_some(), "{place} of {tail}, {} before the end", tail - place);
        }
        assert!(check(&mut Cursor::new(&bytes), 69_999).unwrap().detail.starts_with("has 70000 files"));
    }

    #[test]
    fn the_end_of_a_big_file_is_none_of_a_small_one() {
        let bytes = written(Cursor::new(Vec::new()), ["a".into(), "b".into()]).into_inner();
        let at = bytes.len() - 22;
        let (files, size, from) = (2_u64, u64::from(u32_at(&bytes, at + 12)), u64::from(u32_at(&bytes, at + 16)));
        let version = [20, 0, 20, 0];
        let numbers = [files, files, size, from].map(u64::to_le_bytes).concat();
        let big = [&BIG_END[..], &44_u64.to_le_bytes(), &version, &[0; 8], &numbers].concat();
        let locator =
            [&BIG_LOCATOR[..], &[0; 4], &u64::try_from(at).unwrap().to_le_bytes(), &1_u32.to_le_bytes()].concat();
        let mut end = bytes[at..].to_vec();
        end[12..16].fill(0xff);
        let forged = [&bytes[..at], &big, &locator, &end].concat();
        assert!(zip::ZipArchive::new(Cursor::new(&forged)).is_ok(), "a reader takes it");
        assert_eq!(found(&forged).unwrap().0, "b", "behind the last whole file something was changed");
    }

    /// As if four milliards of bytes had been written before.
    struct Far(Cursor<Vec<u8>>);

    const BEFORE: u64 = 5 << 30;

    impl Write for Far {
        fn write(&mut self, bytes: &[u8]) -> Result<usize> {
            self.0.write(bytes)
        }

        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    impl Seek for Far {
        fn seek(&mut self, to: SeekFrom) -> Result<u64> {
            let to = match to {
                SeekFrom::Start(at) => SeekFrom::Start(at - BEFORE),
                other => other,
            };
            Ok(self.0.seek(to)? + BEFORE)
        }
    }

    impl Read for Far {
        fn read(&mut self, into: &mut [u8]) -> Result<usize> {
            self.0.read(into)
        }
    }

    #[test]
    fn the_place_of_a_file_that_lies_far_behind_is_what_the_writer_puts_there() {
        let mut far = written(Far(Cursor::new(Vec::new())), ["a".into(), "b".into()]);
        let directory = directory(&mut far).unwrap();
        let mut at = directory.from;
        for (name, offset) in [("a", BEFORE), ("b", BEFORE + 34)] {
            let head = bytes(&mut far, at, CENTRAL_BYTES).unwrap();
            let sums = head[16..28].try_into().unwrap();
            let entry = Entry { name: name.into(), flags: 0, method: DEFLATED, sums, packed: 3, offset };
            let listed = entry.central();
            assert_eq!(bytes(&mut far, at, listed.len().try_into().unwrap()).unwrap(), listed);
            at += u64::try_from(listed.len()).unwrap();
        }
        assert_eq!(at, directory.to);
    }
}
