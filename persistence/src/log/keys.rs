//! The secrets of the log: what checkpoints are signed with, and what the salts of leaves follow from.

use crate::{Conn, DbError, DbResult, WriteTx, columns, schema::log_keys as t};
use diesel::prelude::*;
use shixun_domain::{log::Salts, words::UnknownWord};
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

/// A secret of the log.
#[derive(Clone)]
pub struct LogKey {
    /// Its key.
    pub kid: String,
    /// What it is for.
    pub purpose: KeyPurpose,
    /// The first part of the names of the logs it signs for.
    pub name: String,
    /// The bytes.
    pub secret: [u8; 32],
}

/// Every secret, the newest first.
///
/// # Errors
/// A [`DbError`] where the database does not answer or a row is damaged.
pub fn keys(conn: &mut Conn) -> DbResult<Vec<LogKey>> {
    let rows: Vec<(String, String, String, String)> = t::table
        .order((t::created_at.desc(), t::kid.asc()))
        .select((t::kid, t::purpose, t::name, t::secret))
        .load(conn)?;
    rows.into_iter()
        .map(|(kid, purpose, name, secret)| {
            let secret = unhex(&secret).ok_or_else(|| DbError::damaged(format!("log key {kid}")))?;
            Ok(LogKey { purpose: columns::word("log_keys.purpose", &purpose)?, kid, name, secret })
        })
        .collect()
}

/// The salts of the leaves; `None` before the first server has started.
///
/// # Errors
/// As [`keys`].
pub fn salts(conn: &mut Conn) -> DbResult<Option<Salts>> {
    // The oldest: leaves that stand were made with it.
    Ok(keys(conn)?.into_iter().rev().find(|key| key.purpose == KeyPurpose::Salt).map(|key| Salts::new(key.secret)))
}

/// Keeps a secret.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn add_key(tx: &mut WriteTx<'_>, key: &LogKey) -> DbResult<()> {
    let at = tx.at().naive();
    let secret: String = key.secret.iter().map(|byte| format!("{byte:02x}")).collect();
    diesel::insert_into(t::table)
        .values((
            t::kid.eq(&key.kid),
            t::purpose.eq(key.purpose.as_str()),
            t::name.eq(&key.name),
            t::secret.eq(secret),
            t::created_at.eq(at),
        ))
        .execute(tx.conn())?;
    Ok(())
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let byte = |place: usize| text.get(2 * place..2 * place + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes: Vec<u8> = (0..text.len() / 2).map(byte).collect::<Option<_>>()?;
    bytes.try_into().ok()
}
