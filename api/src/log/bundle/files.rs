//! The zip file: written so that the same content gives the same bytes, and read so that nothing a stranger sends does harm.

use super::{FORMAT, Finding, MANIFEST};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use shixun_domain::{AreaCode, log::SignerKey};
use std::io::{Read, Seek, Write};
use zip::{CompressionMethod, ZipArchive, ZipWriter, result::ZipResult, write::SimpleFileOptions};

/// The most bytes a file of a statement's bundle may have, and all of them together; for a frozen report without its entries.
pub(super) const STATEMENT_BYTES_MAX: u64 = 64 << 20;

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

/// Opens an archive of at most `most` files.
pub(super) fn open<R: Read + Seek>(from: R, most: usize) -> Result<ZipArchive<R>, Finding> {
    let archive = ZipArchive::new(from).map_err(|fault| refused("", format!("is not a zip file: {fault}")))?;
    if archive.len() > most {
        return Err(refused("", format!("has {} files, more than the {most} a bundle may have", archive.len())));
    }
    Ok(archive)
}

/// Reads one file, at most `most` bytes of it, whatever the archive says of its size.
pub(super) fn read_one<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    place: usize,
    most: u64,
) -> Result<(String, Vec<u8>), Finding> {
    let mut file = archive.by_index(place).map_err(|fault| refused("", format!("cannot be read: {fault}")))?;
    let name = file.name().map_err(|fault| refused("", format!("has a file without a name: {fault}")))?.into_owned();
    if file.encrypted() || !file.is_file() {
        return Err(refused(&name, "is not a plain file"));
    }
    let mut bytes = Vec::new();
    let read = (&mut file).take(most + 1).read_to_end(&mut bytes);
    read.map_err(|fault| refused(&name, format!("cannot be read: {fault}")))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > most {
        return Err(refused(&name, format!("unpacks to more than {most} bytes")));
    }
    Ok((name, bytes))
}

/// Reads all files of a statement's bundle, the manifest last.
pub(super) fn read_all<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<Vec<(String, Vec<u8>)>, Finding> {
    let (mut files, mut left): (Vec<(String, Vec<u8>)>, u64) = (Vec::new(), STATEMENT_BYTES_MAX);
    for place in 0..archive.len() {
        let (name, bytes) = read_one(archive, place, left)?;
        left = left.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if files.iter().any(|(other, _)| *other == name) {
            return Err(refused(&name, "stands twice"));
        }
        files.push((name, bytes));
    }
    if files.last().is_none_or(|(name, _)| name != MANIFEST) {
        return Err(refused(MANIFEST, "is not the last file of the bundle"));
    }
    Ok(files)
}
