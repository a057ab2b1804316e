//! The keys of the log: what checkpoints are signed with, one after another, and the secret that the salts of leaves follow from.
//!
//! One key signs at a time. When another takes its place it loses its private half: what it signed stays verifiable, and nothing new can be
//! signed with it, whatever a server still believes.

use super::origin;
use crate::{
    Conn, DbError, DbResult, WriteTx, columns,
    db::{At, Both},
    schema::{log_checkpoints, log_keys as t},
};
use chrono::NaiveDate;
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, UtcMillis,
    log::{Salts, SignerKey, VerifierKey},
    words::UnknownWord,
};
use std::str::FromStr;

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPurpose {
    /// The 32 bytes of an Ed25519 private key.
    Signature,
    /// 32 bytes from which salts follow.
    Salt,
}

impl KeyPurpose {
    const fn as_str(self) -> &'static str {
        match self {
            KeyPurpose::Signature => "signature",
            KeyPurpose::Salt => "salt",
        }
    }
}

impl FromStr for KeyPurpose {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "signature" => Ok(KeyPurpose::Signature),
            "salt" => Ok(KeyPurpose::Salt),
            _ => Err(UnknownWord { expected: "signature, salt" }),
        }
    }
}

/// A key of the log.
#[derive(Clone)]
pub struct LogKey {
    /// Its key.
    pub kid: String,
    /// What it is for.
    pub purpose: KeyPurpose,
    /// The first part of the names of the logs it signs for.
    pub name: String,
    /// The private half; `None` once it is retired.
    pub secret: Option<[u8; 32]>,
    /// The public half, where it is kept beside the private one or in its place.
    public: Option<[u8; 32]>,
    /// When it was made.
    pub since: UtcMillis,
    /// When another took its place; `None` for the one in use.
    pub retired_at: Option<UtcMillis>,
    /// The day from which on somebody else may have signed with it.
    pub compromised_on: Option<NaiveDate>,
}

impl LogKey {
    fn damaged(&self) -> DbError {
        DbError::damaged(format!("log key {}", self.kid))
    }

    /// What signs for an area's log.
    ///
    /// # Errors
    /// [`DbError::Damaged`] where it is retired or no key.
    pub fn signer(&self, area: AreaCode) -> DbResult<SignerKey> {
        let secret = self.secret.filter(|_| self.retired_at.is_none()).ok_or_else(|| self.damaged())?;
        SignerKey::new(origin(&self.name, area), &secret).map_err(|_| self.damaged())
    }

    /// The public half.
    ///
    /// # Errors
    /// [`DbError::Damaged`] where it is no key.
    pub fn public(&self) -> DbResult<[u8; 32]> {
        let signer = |secret: &[u8; 32]| SignerKey::new(self.name.clone(), secret).ok();
        let made = || self.secret.as_ref().and_then(signer).map(|key| *key.verifier().public());
        self.public.or_else(made).ok_or_else(|| self.damaged())
    }

    /// What verifies for an area's log.
    ///
    /// # Errors
    /// [`DbError::Damaged`] where it is no key.
    pub fn verifier(&self, area: AreaCode) -> DbResult<VerifierKey> {
        VerifierKey::new(origin(&self.name, area), &self.public()?).map_err(|_| self.damaged())
    }
}

type Columns = (String, String, String, String, Option<String>, At, Option<At>, Option<NaiveDate>);

fn key((kid, purpose, name, secret, public, since, retired_at, compromised_on): Columns) -> DbResult<LogKey> {
    let bytes = |text: &str| match text {
        "" => Ok(None),
        text => unhex(text).map(Some).ok_or_else(|| DbError::damaged(format!("log key {kid}"))),
    };
    Ok(LogKey {
        secret: bytes(&secret)?,
        public: bytes(public.as_deref().unwrap_or_default())?,
        purpose: columns::word("log_keys.purpose", &purpose)?,
        kid,
        name,
        since: since.into(),
        retired_at: retired_at.map(UtcMillis::from),
        compromised_on,
    })
}

/// Every key, the newest first.
///
/// # Errors
/// A [`DbError`] where the database does not answer or a row is damaged.
pub fn keys(conn: &mut Conn) -> DbResult<Vec<LogKey>> {
    let rows: Vec<Columns> = t::table
        .order((t::created_at.desc(), t::kid.asc()))
        .select((
            t::kid,
            t::purpose,
            t::name,
            t::secret,
            t::public_key,
            t::created_at,
            t::retired_at,
            t::compromised_on,
        ))
        .load(conn)?;
    rows.into_iter().map(key).collect()
}

/// The keys that signed or sign, the one in use first, then the newest first.
///
/// # Errors
/// As [`keys`].
pub fn signature_keys(conn: &mut Conn) -> DbResult<Vec<LogKey>> {
    let mut signing = keys(conn)?;
    signing.retain(|key| key.purpose == KeyPurpose::Signature);
    signing.sort_by_key(|key| key.retired_at.is_some());
    Ok(signing)
}

/// The key in use, which stays in use until the transaction ends: whoever replaces it waits.
///
/// # Errors
/// As [`keys`], and where there is none.
pub fn hold_key_in_use(tx: &mut WriteTx<'_>) -> DbResult<LogKey> {
    loop {
        let in_use = t::table.filter(t::purpose.eq(KeyPurpose::Signature.as_str())).filter(t::retired_at.is_null());
        let held = diesel::update(in_use).set(t::purpose.eq(KeyPurpose::Signature.as_str())).execute(tx.conn())?;
        let key = signature_keys(tx.conn())?.into_iter().find(|key| key.retired_at.is_none());
        let key = key.ok_or_else(|| DbError::damaged("no key of the log is in use"))?;
        // Without a row: the key that was waited for was replaced, and the one that took its place is not held yet.
        if held == 1 {
            return Ok(key);
        }
    }
}

/// The salts of the leaves; `None` before the first server has started.
///
/// # Errors
/// As [`keys`].
pub fn salts(conn: &mut Conn) -> DbResult<Option<Salts>> {
    // The oldest: leaves that stand were made with it.
    let secret = keys(conn)?.into_iter().rev().find(|key| key.purpose == KeyPurpose::Salt).and_then(|key| key.secret);
    Ok(secret.map(Salts::new))
}

/// Keeps a new key; of two that would be in use, the first stays.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn add_key(tx: &mut WriteTx<'_>, kid: &str, purpose: KeyPurpose, name: &str, secret: &[u8; 32]) -> DbResult<()> {
    let at = tx.at().naive();
    let insert = diesel::insert_into(t::table)
        .values((
            t::kid.eq(kid.to_owned()),
            t::purpose.eq(purpose.as_str()),
            t::name.eq(name.to_owned()),
            t::secret.eq(hex(secret)),
            t::created_at.eq(at),
        ))
        .on_conflict_do_nothing();
    Both(insert).execute(tx.conn())?;
    Ok(())
}

/// Retires the key in use: its private half is gone, and `public` stands in its place. False where somebody else did so before.
///
/// A command carries the time it began: where a checkpoint that it waited for is signed later, the key was in use until then.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn retire_key(tx: &mut WriteTx<'_>, kid: &str, public: &[u8; 32]) -> DbResult<bool> {
    let last: Option<At> =
        log_checkpoints::table.select(diesel::dsl::max(log_checkpoints::signed_at)).first(tx.conn())?;
    let at = last.map_or(tx.at(), |last| tx.at().max(last.into())).naive();
    let rows = diesel::update(t::table.find(kid).filter(t::retired_at.is_null()))
        .set((t::retired_at.eq(at), t::secret.eq(""), t::public_key.eq(hex(public))))
        .execute(tx.conn())?;
    Ok(rows == 1)
}

/// Marks a retired key as compromised; the earliest day that was said stays. False where it is not a retired key that signed.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn compromise_key(tx: &mut WriteTx<'_>, kid: &str, on: NaiveDate) -> DbResult<bool> {
    let signed = t::table.find(kid).filter(t::purpose.eq(KeyPurpose::Signature.as_str()));
    let later = t::compromised_on.is_null().or(t::compromised_on.gt(on));
    let known: i64 = signed.filter(t::retired_at.is_not_null()).count().get_result(tx.conn())?;
    diesel::update(signed.filter(t::retired_at.is_not_null()).filter(later))
        .set(t::compromised_on.eq(on))
        .execute(tx.conn())?;
    Ok(known == 1)
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let byte = |place: usize| text.get(2 * place..2 * place + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes: Vec<u8> = (0..text.len() / 2).map(byte).collect::<Option<_>>()?;
    bytes.try_into().ok()
}
