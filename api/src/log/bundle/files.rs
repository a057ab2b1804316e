//! The zip file: written so that the same content gives the same bytes, and read so that nothing a stranger sends does harm.

use super::{FORMAT, Finding, MANIFEST, Report, layout};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use shixun_domain::{AreaCode, log::SignerKey};
use std::io::{Read, Seek, Write};
use zip::{CompressionMethod, ZipArchive, ZipWriter, result::ZipResult, write::SimpleFileOptions};

/// The most bytes a file of a statement's bundle may have, and all of them together; for a frozen report without its entries.
pub(super) const STATEMENT_BYTES_MAX: u64 = 64 << 20;

/// The bundle itself, where a finding is about no file in it.
pub(super) const BUNDLE: &str = "bundle.zip";

/// How a file is kept: no time, no rights, nothing of the machine it was made on.
pub(super) fn options(method: CompressionMethod) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644)
}

/// Writes the files one after another.
pub(super) fn write<W: Write + Seek>(into: W, files: &[(String, Vec<u8>)]) -> ZipResult<W> {
    let mut writer = ZipWriter::new(into);
    for (name, bytes) in files {
        writer.start_file(name.as_str(), options(CompressionMethod::Deflated))?;
        writer.write_all(bytes)?;
    }
    writer.finish()
}

/// The hash of a file as the manifest has it.
pub(super) fn digest(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}

/// The signed manifest: format, area and subject, then a line for each file.
pub(super) fn manifest(key: &SignerKey, area: AreaCode, subject: &str, files: &[(String, String)]) -> String {
    let mut text = format!("{FORMAT}\n{area}\n{subject}\n");
    for (name, digest) in files {
        text.push_str(&format!("{digest} {name}\n"));
    }
    key.sign(&text)
}

/// What a manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) area: AreaCode,
    pub(super) subject: String,
    pub(super) files: Vec<(String, String)>,
}

impl Manifest {
    /// Reads the text of the note.
    pub(super) fn read(text: &str) -> Option<Manifest> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        if lines.next()? != FORMAT {
            return None;
        }
        let area = lines.next()?.parse().ok()?;
        let subject = lines.next()?.to_owned();
        let file = |line: &str| line.split_once(' ').map(|(digest, name)| (name.to_owned(), digest.to_owned()));
        Some(Manifest { area, subject, files: lines.map(file).collect::<Option<_>>()? })
    }
}

/// A finding about the file as a whole.
pub(super) fn refused(file: &str, detail: impl Into<String>) -> Finding {
    Finding { file: file.to_owned(), leaf: None, code: "file", detail: detail.into() }
}

/// A file of a bundle, as far as it could be read.
pub(super) struct Member {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// Opens an archive of at most `most` files; says what is not packed as a bundle is, and goes on where that can be.
pub(super) fn open<R: Read + Seek>(mut from: R, most: usize, report: &mut Report) -> Option<ZipArchive<R>> {
    report.findings.extend(layout::check(&mut from, most));
    match ZipArchive::new(from) {
        // What has more is told above.
        Ok(archive) => (archive.len() <= most).then_some(archive),
        Err(fault) => {
            report.findings.push(refused(BUNDLE, format!("is not a zip file: {fault}")));
            None
        }
    }
}

/// Reads one file, at most `most` bytes of it, whatever the archive says of its size. Where its checksum is wrong, what it holds is
/// looked at all the same, so that what was changed in it is named.
pub(super) fn read_one<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    place: usize,
    most: u64,
    report: &mut Report,
) -> Option<Member> {
    let mut finding = |file: &str, detail: String| {
        report.findings.push(refused(file, detail));
        None
    };
    let mut file = match archive.by_index(place) {
        Ok(file) => file,
        Err(fault) => {
            return finding(BUNDLE, format!("has a file, number {}, that cannot be read: {fault}", place + 1));
        }
    };
    let name = match file.name() {
        Ok(name) => name.into_owned(),
        Err(fault) => return finding(BUNDLE, format!("has a file without a name, number {}: {fault}", place + 1)),
    };
    if file.encrypted() || !file.is_file() {
        return finding(&name, "is not a plain file".into());
    }
    let mut bytes = Vec::new();
    if let Err(fault) = (&mut file).take(most + 1).read_to_end(&mut bytes) {
        finding(&name, format!("cannot be read as it was packed: {fault}"));
    }
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > most {
        return finding(&name, format!("unpacks to more than {most} bytes"));
    }
    Some(Member { name, bytes })
}

/// Reads all files of a statement's bundle, the manifest last.
pub(super) fn read_all<R: Read + Seek>(archive: &mut ZipArchive<R>, report: &mut Report) -> Vec<Member> {
    let (mut files, mut left): (Vec<Member>, u64) = (Vec::new(), STATEMENT_BYTES_MAX);
    for place in 0..archive.len() {
        let Some(member) = read_one(archive, place, left, report) else { continue };
        left = left.saturating_sub(u64::try_from(member.bytes.len()).unwrap_or(u64::MAX));
        files.push(member);
    }
    if files.last().is_none_or(|member| member.name != MANIFEST) {
        report.findings.push(refused(MANIFEST, "is not the last file of the bundle"));
    }
    files
}
