//! Certificates of statements that people carry: their codes, their numbers, and what became of one.

use crate::{AreaCode, words::word_list};
use std::{fmt, str::FromStr};
use thiserror::Error;

#[cfg(test)]
mod tests;

word_list! {
    /// What a certificate is worth.
    CertificateState {
        Valid = "valid", "有效", "valid";
        Superseded = "superseded", "已被取代：有新证明，或出具后学时有更正", "superseded: by a later certificate, or because hours it rests on were corrected";
        Revoked = "revoked", "已撤销", "revoked";
    }
}

impl CertificateState {
    /// What is true of a certificate that was revoked, that was followed by another of the same person and cycle, or of which hours
    /// were corrected since it was issued. A revocation says more than the others do.
    pub const fn of(revoked: bool, followed: bool, corrected: bool) -> CertificateState {
        match (revoked, followed || corrected) {
            (true, _) => CertificateState::Revoked,
            (false, true) => CertificateState::Superseded,
            (false, false) => CertificateState::Valid,
        }
    }
}

/// Why a certificate cannot be revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// It was revoked before.
    #[error("the certificate was revoked before")]
    AlreadyRevoked,
    /// A later one stands in its place, and nobody may rely on this one any more.
    #[error("a later certificate stands in its place")]
    Superseded,
}

/// Only what was not revoked and has no later one in its place can be revoked.
///
/// # Errors
/// The [`Refusal`].
pub const fn may_revoke(revoked: bool, followed: bool) -> Result<(), Refusal> {
    match (revoked, followed) {
        (true, _) => Err(Refusal::AlreadyRevoked),
        (false, true) => Err(Refusal::Superseded),
        (false, false) => Ok(()),
    }
}

/// The number printed on a certificate: the area, the cycle and the count through the area: `331123-2016-2020-000017`.
pub fn number(area: AreaCode, cycle: &str, serial: i64) -> String {
    format!("{area}-{cycle}-{serial:06}")
}

/// Crockford's base 32: no letter looks like another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a code that are chance: 95 bits, which nobody guesses.
const RANDOM_LETTERS: usize = 19;
/// Letters of a code, the check letter included.
const LETTERS: usize = RANDOM_LETTERS + 1;
/// Letters of a group.
const GROUP: usize = 5;

/// The verification code of a certificate: its area, so that a province knows where to look, and 20 letters, the last of which
/// checks the others: `331123-7QK3M-9TXW2-C8HVB-N4RDA`. Who has the code has the paper.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VerificationCode {
    area: AreaCode,
    letters: [u8; LETTERS],
}

/// The text is no verification code: a letter is wrong, missing or exchanged with its neighbour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the verification code is mistyped or incomplete")]
pub struct BadCode;

impl VerificationCode {
    /// From chance: the low five bits of each byte are used.
    pub fn new(area: AreaCode, chance: &[u8; RANDOM_LETTERS]) -> VerificationCode {
        let mut letters = [b'0'; LETTERS];
        for (letter, byte) in letters.iter_mut().zip(chance) {
            *letter = letter_of(usize::from(byte & 31));
        }
        if let Some((last, random)) = letters.split_last_mut() {
            *last = check_letter(area, random);
        }
        VerificationCode { area, letters }
    }

    /// The area that issued the certificate.
    pub const fn area(&self) -> AreaCode {
        self.area
    }
}

fn letter_of(value: usize) -> u8 {
    ALPHABET.get(value).copied().unwrap_or(b'0')
}

fn value_of(letter: u8) -> Option<usize> {
    // What people read for 1 and 0.
    let plain = match letter.to_ascii_uppercase() {
        b'I' | b'L' => b'1',
        b'O' => b'0',
        other => other,
    };
    ALPHABET.iter().position(|known| *known == plain)
}

/// The digits of the area and the letters, weighted modulo 31, which is prime: every single wrong letter but one that is 31 off,
/// and every exchange of neighbours, gives another check letter.
fn check_letter(area: AreaCode, random: &[u8]) -> u8 {
    let start = usize::try_from(area.get()).unwrap_or_default() % 31;
    let weighted = random.iter().zip(1_usize..).map(|(letter, place)| value_of(*letter).unwrap_or_default() * place);
    letter_of((start + weighted.sum::<usize>()) % 31)
}

impl fmt::Display for VerificationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.area)?;
        for group in self.letters.chunks(GROUP) {
            write!(f, "-{}", std::str::from_utf8(group).unwrap_or_default())?;
        }
        Ok(())
    }
}

impl fmt::Debug for VerificationCode {
    /// A code opens a certificate to whoever has it, so that logs must not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-…", self.area)
    }
}

impl FromStr for VerificationCode {
    type Err = BadCode;

    /// Reads a code as people type it: small letters, blanks or no dashes between the groups.
    fn from_str(text: &str) -> Result<Self, BadCode> {
        let plain: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'-' | b' ')).collect();
        let (area, rest) = plain.split_at_checked(6).ok_or(BadCode)?;
        let area = std::str::from_utf8(area).ok().and_then(|digits| digits.parse().ok()).ok_or(BadCode)?;
        let mut letters = [b'0'; LETTERS];
        if rest.len() != LETTERS {
            return Err(BadCode);
        }
        for (letter, given) in letters.iter_mut().zip(rest) {
            *letter = letter_of(value_of(*given).ok_or(BadCode)?);
        }
        match letters.split_last() {
            Some((last, random)) if *last == check_letter(area, random) => Ok(VerificationCode { area, letters }),
            _ => Err(BadCode),
        }
    }
}
