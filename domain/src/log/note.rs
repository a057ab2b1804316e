//! Signed notes (c2sp.org/signed-note), checkpoints (c2sp.org/tlog-checkpoint) and the cosignatures of witnesses
//! (c2sp.org/tlog-cosignature), as pure functions over text.

use super::tree::Hash;
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};
use thiserror::Error;

/// The longest note that is read, in bytes.
pub const NOTE_BYTES_MAX: usize = 1 << 20;
/// The most signatures that a note may carry.
const SIGNATURES_MAX: usize = 100;
/// What a signature line begins with: an em dash and a blank.
const DASH: &str = "\u{2014} ";

/// Why a note is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoteFault {
    /// Not the form of a signed note.
    #[error("the text is not a signed note")]
    Form,
    /// Not the three lines of a checkpoint.
    #[error("the note is not a checkpoint")]
    NoCheckpoint,
    /// Nobody with the key signed it.
    #[error("the note carries no signature by this key")]
    NotSigned,
    /// A signature by the key is there and wrong: the text or the signature was changed.
    #[error("the signature does not belong to the text")]
    BadSignature,
    /// Not the form of a verifier key.
    #[error("a verifier key has the form name+hash+key")]
    Key,
}

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    /// The text of a note.
    Ed25519,
    /// A checkpoint that a witness saw, with the time.
    CosignatureV1,
}

impl Algorithm {
    const fn byte(self) -> u8 {
        match self {
            Algorithm::Ed25519 => 1,
            Algorithm::CosignatureV1 => 4,
        }
    }
}

/// A public key with a name: `shixun/331123+1a2b3c4d+AQ…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    algorithm: Algorithm,
    key: VerifyingKey,
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|character: char| character.is_whitespace() || character == '+')
}

impl VerifierKey {
    /// From a name without blanks and `+`, and the 32 bytes of a public key that signs notes.
    ///
    /// # Errors
    /// [`NoteFault::Key`] for another name, and for bytes that are no point of the curve.
    pub fn new(name: String, public: &[u8; 32]) -> Result<VerifierKey, NoteFault> {
        let key = VerifyingKey::from_bytes(public).map_err(|_| NoteFault::Key)?;
        if is_name(&name) { Ok(VerifierKey { name, algorithm: Algorithm::Ed25519, key }) } else { Err(NoteFault::Key) }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The 32 bytes of the public key.
    pub fn public(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    fn material(&self) -> Vec<u8> {
        std::iter::once(self.algorithm.byte()).chain(*self.key.as_bytes()).collect()
    }

    /// The four bytes by which a signature names its key.
    fn id(&self) -> [u8; 4] {
        let hash = Sha256::new().chain_update(&self.name).chain_update(b"\n").chain_update(self.material()).finalize();
        hash.first_chunk().copied().unwrap_or_default()
    }

    /// The key by which a witness of this name and public key cosigns.
    #[must_use]
    pub fn for_cosignatures(self) -> VerifierKey {
        VerifierKey { algorithm: Algorithm::CosignatureV1, ..self }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x}+{}", self.name, u32::from_be_bytes(self.id()), STANDARD.encode(self.material()))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteFault;

    fn from_str(text: &str) -> Result<VerifierKey, NoteFault> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(material)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteFault::Key);
        };
        let material = STANDARD.decode(material).map_err(|_| NoteFault::Key)?;
        let (algorithm, bytes) = match material.split_first() {
            Some((1, bytes)) => (Algorithm::Ed25519, bytes),
            Some((4, bytes)) => (Algorithm::CosignatureV1, bytes),
            _ => return Err(NoteFault::Key),
        };
        let bytes: &[u8; 32] = bytes.try_into().map_err(|_| NoteFault::Key)?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| NoteFault::Key)?;
        let read = VerifierKey { name: name.to_owned(), algorithm, key };
        let agrees = is_name(name) && format!("{:08x}", u32::from_be_bytes(read.id())) == id;
        if agrees { Ok(read) } else { Err(NoteFault::Key) }
    }
}

/// A private key with a name.
#[derive(Clone)]
pub struct SignerKey {
    name: String,
    key: SigningKey,
}

impl SignerKey {
    /// From a name without blanks and `+`, and the 32 secret bytes.
    ///
    /// # Errors
    /// [`NoteFault::Key`] for another name.
    pub fn new(name: String, secret: &[u8; 32]) -> Result<SignerKey, NoteFault> {
        if is_name(&name) { Ok(SignerKey { name, key: SigningKey::from_bytes(secret) }) } else { Err(NoteFault::Key) }
    }

    /// The public half.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey { name: self.name.clone(), algorithm: Algorithm::Ed25519, key: self.key.verifying_key() }
    }

    /// The note of `text`, which ends with a line feed, with the signature.
    pub fn sign(&self, text: &str) -> String {
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        format!("{text}\n{}", signature_line(&self.verifier(), &signature))
    }

    /// The line by which a witness says that it saw the checkpoint `text` at `seconds` since 1970.
    pub fn cosign(&self, text: &str, seconds: u64) -> String {
        let signature = self.key.sign(cosigned(text, seconds).as_bytes()).to_bytes();
        let stamped: Vec<u8> = seconds.to_be_bytes().into_iter().chain(signature).collect();
        signature_line(&self.verifier().for_cosignatures(), &stamped)
    }
}

fn signature_line(key: &VerifierKey, signature: &[u8]) -> String {
    let bytes: Vec<u8> = key.id().into_iter().chain(signature.iter().copied()).collect();
    format!("{DASH}{} {}\n", key.name, STANDARD.encode(bytes))
}

fn cosigned(text: &str, seconds: u64) -> String {
    format!("cosignature/v1\ntime {seconds}\n{text}")
}

/// A signature of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    name: String,
    key_id: [u8; 4],
    bytes: Vec<u8>,
}

impl FromStr for NoteSignature {
    type Err = NoteFault;

    /// Reads a signature line, without its line feed.
    fn from_str(line: &str) -> Result<NoteSignature, NoteFault> {
        let (name, encoded) = line.strip_prefix(DASH).and_then(|rest| rest.split_once(' ')).ok_or(NoteFault::Form)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| NoteFault::Form)?;
        let (key_id, rest) = bytes.split_first_chunk::<4>().ok_or(NoteFault::Form)?;
        if !is_name(name) || rest.is_empty() {
            return Err(NoteFault::Form);
        }
        Ok(NoteSignature { name: name.to_owned(), key_id: *key_id, bytes: rest.to_vec() })
    }
}

impl NoteSignature {
    /// Who signed, by the name of the key.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn by(&self, key: &VerifierKey) -> bool {
        self.name == key.name && self.key_id == key.id()
    }

    /// Verifies it over the text of a note; for a witness it gives the seconds since 1970 at which the checkpoint was seen.
    ///
    /// # Errors
    /// [`NoteFault::NotSigned`] where it is by another key, [`NoteFault::BadSignature`] where it is wrong.
    pub fn verify(&self, text: &str, key: &VerifierKey) -> Result<Option<u64>, NoteFault> {
        if !self.by(key) {
            return Err(NoteFault::NotSigned);
        }
        let (seconds, signature) = match key.algorithm {
            Algorithm::Ed25519 => (None, self.bytes.as_slice()),
            Algorithm::CosignatureV1 => {
                let (stamp, rest) = self.bytes.split_first_chunk::<8>().ok_or(NoteFault::BadSignature)?;
                (Some(u64::from_be_bytes(*stamp)), rest)
            }
        };
        let signature = Signature::from_slice(signature).map_err(|_| NoteFault::BadSignature)?;
        let signed = seconds.map_or_else(|| text.to_owned(), |seconds| cosigned(text, seconds));
        key.key.verify_strict(signed.as_bytes(), &signature).map_err(|_| NoteFault::BadSignature)?;
        Ok(seconds)
    }
}

/// A text with the signatures below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl FromStr for SignedNote {
    type Err = NoteFault;

    fn from_str(note: &str) -> Result<SignedNote, NoteFault> {
        let plain = note.chars().all(|character| character == '\n' || !character.is_control());
        let at = note.rfind("\n\n").ok_or(NoteFault::Form)?;
        let (text, rest) = (note.get(..=at), note.get(at + 2..));
        let (Some(text), Some(lines)) = (text, rest.and_then(|rest| rest.strip_suffix('\n'))) else {
            return Err(NoteFault::Form);
        };
        let signatures: Vec<NoteSignature> = lines.split('\n').map(str::parse).collect::<Result<_, _>>()?;
        if !plain || note.len() > NOTE_BYTES_MAX || signatures.len() > SIGNATURES_MAX {
            return Err(NoteFault::Form);
        }
        Ok(SignedNote { text: text.to_owned(), signatures })
    }
}

impl SignedNote {
    /// The text, which ends with a line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, as yet unverified.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Verifies the signature by `key`; what others signed is passed over.
    ///
    /// # Errors
    /// [`NoteFault::NotSigned`], [`NoteFault::BadSignature`].
    pub fn verify(&self, key: &VerifierKey) -> Result<Option<u64>, NoteFault> {
        let own = self.signatures.iter().find(|signature| signature.by(key)).ok_or(NoteFault::NotSigned)?;
        own.verify(&self.text, key)
    }
}

/// The state of a log: how many leaves it has and the root over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// Leaves.
    pub size: u64,
    /// The root.
    pub root: Hash,
}

impl Checkpoint {
    /// The text of the note: origin, size and root, a line each.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    /// Reads the text of a note; lines behind the third are extensions and passed over.
    ///
    /// # Errors
    /// [`NoteFault::NoCheckpoint`].
    pub fn read(text: &str) -> Result<Checkpoint, NoteFault> {
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(NoteFault::NoCheckpoint);
        };
        let number: u64 = size.parse().map_err(|_| NoteFault::NoCheckpoint)?;
        let root = root.parse().map_err(|_| NoteFault::NoCheckpoint)?;
        // A size is written in one way only: no sign and no zeros before it.
        if origin.is_empty() || number.to_string() != size {
            return Err(NoteFault::NoCheckpoint);
        }
        Ok(Checkpoint { origin: origin.to_owned(), size: number, root })
    }
}
