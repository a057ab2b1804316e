//! The public keys of the logs with the time of each, as a list that everybody may have, and how one takes the place of another.

use super::wire::{LogKeyList, LogKeyView};
use crate::{
    problem::ApiError,
    wire::{Text, WireText},
};
use chrono::NaiveDate;
use serde_json::json;
use shixun_domain::{AreaCode, UtcMillis, log::VerifierKey};
use shixun_persistence::{
    Conn, DbError, DbResult, WriteTx,
    events::{self, NewEvent},
    log::{self, KeyPurpose, LogKey},
};
use std::{fmt, str::FromStr};

/// A line of the list: a public key, from when and until when it signs, and the day from which on it is not to be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedKey {
    /// The key.
    pub key: VerifierKey,
    /// From when on it signed; `None` where the list does not say.
    pub from: Option<UtcMillis>,
    /// Until when; `None` for one in use.
    pub until: Option<UtcMillis>,
    /// The day from which on somebody else may have signed with it.
    pub compromised_on: Option<NaiveDate>,
}

/// A line that is no key with its times.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a line of keys is name+hash+key, then from=, until= and compromised= as far as they are known")]
pub struct BadLine;

impl From<VerifierKey> for ListedKey {
    fn from(key: VerifierKey) -> Self {
        ListedKey { key, from: None, until: None, compromised_on: None }
    }
}

impl fmt::Display for ListedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.key.fmt(f)?;
        for (word, at) in [("from", self.from), ("until", self.until)] {
            if let Some(at) = at {
                write!(f, " {word}={at}")?;
            }
        }
        self.compromised_on.map_or(Ok(()), |day| write!(f, " compromised={day}"))
    }
}

impl FromStr for ListedKey {
    type Err = BadLine;

    fn from_str(line: &str) -> Result<Self, BadLine> {
        let mut words = line.split_whitespace();
        let key = words.next().and_then(|key| key.parse::<VerifierKey>().ok()).ok_or(BadLine)?;
        let mut listed = ListedKey::from(key);
        for word in words {
            let instant = |text: &str| UtcMillis::read(text).map(Some).map_err(|_| BadLine);
            match word.split_once('=').ok_or(BadLine)? {
                ("from", text) => listed.from = instant(text)?,
                ("until", text) => listed.until = instant(text)?,
                ("compromised", text) => listed.compromised_on = Some(text.parse().map_err(|_| BadLine)?),
                _ => return Err(BadLine),
            }
        }
        Ok(listed)
    }
}

impl ListedKey {
    fn of(key: &LogKey, area: AreaCode) -> DbResult<ListedKey> {
        Ok(ListedKey {
            key: key.verifier(area)?,
            from: Some(key.since),
            until: key.retired_at,
            compromised_on: key.compromised_on,
        })
    }
}

/// The public keys of an area's log, the one in use first.
///
/// # Errors
/// A [`DbError`] where the database does not answer or a key is damaged.
pub fn listed(conn: &mut Conn, area: AreaCode) -> DbResult<Vec<ListedKey>> {
    log::signature_keys(conn)?.iter().map(|key| ListedKey::of(key, area)).collect()
}

/// The list as a text, a key a line.
pub fn text(keys: &[ListedKey]) -> String {
    keys.iter().map(|key| format!("{key}\n")).collect()
}

/// The public keys of an area that has a log.
///
/// # Errors
/// `not_found` for any other.
pub(super) fn published(conn: &mut Conn, area: AreaCode) -> Result<Vec<ListedKey>, ApiError> {
    if log::head(conn, area)?.is_none() {
        return Err(ApiError::no_area(area));
    }
    Ok(listed(conn, area)?)
}

/// The list as JSON.
pub(super) fn view(keys: Vec<ListedKey>) -> LogKeyList {
    let view = |one: ListedKey| LogKeyView {
        origin: one.key.name().to_owned(),
        verifier_key: one.key.to_string(),
        valid_from: one.from.map(Text),
        valid_until: one.until.map(Text),
        in_use: one.until.is_none(),
        compromised_on: one.compromised_on,
    };
    LogKeyList { data: keys.into_iter().map(view).collect(), next_cursor: None, total: None }
}

/// A key that was just made of chance.
#[derive(Clone)]
pub struct Fresh {
    /// Its name.
    pub kid: String,
    /// The private half.
    pub secret: [u8; 32],
}

/// What became of the marking of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marked {
    /// It is marked, and was not in use.
    Done,
    /// It is marked; it was in use, and another took its place first.
    Replaced,
    /// There is no such key that signs or signed.
    Unknown,
}

/// Puts a new key in the place of the one in use, whose private half is gone with it, and writes it into the log of every area. Gives the name
/// of the one that was replaced.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn rotate(tx: &mut WriteTx<'_>, fresh: &Fresh) -> DbResult<String> {
    let old = log::hold_key_in_use(tx)?;
    log::retire_key(tx, &old.kid, &old.public()?)?;
    log::add_key(tx, &fresh.kid, KeyPurpose::Signature, &old.name, &fresh.secret)?;
    let made = log::signature_keys(tx.conn())?.into_iter().find(|key| key.kid == fresh.kid);
    let made = made.ok_or_else(|| DbError::damaged("the new key of the log"))?;
    for area in log::areas(tx.conn(), false)? {
        let before = json!({"kid": old.kid, "verifier_key": old.verifier(area)?.to_string()});
        let after = json!({"kid": made.kid, "verifier_key": made.verifier(area)?.to_string()});
        record(tx, area, "rotate", &made.kid, Some(&before.to_string()), &after.to_string())?;
    }
    Ok(old.kid)
}

/// Marks a key as compromised from a day on. The one in use is replaced first, by `fresh`.
///
/// # Errors
/// A [`DbError`] where the database does not answer.
pub fn mark_compromised(tx: &mut WriteTx<'_>, kid: &str, on: NaiveDate, fresh: &Fresh) -> DbResult<Marked> {
    let in_use = log::hold_key_in_use(tx)?.kid == kid;
    if in_use {
        rotate(tx, fresh)?;
    }
    if !log::compromise_key(tx, kid, on)? {
        return Ok(Marked::Unknown);
    }
    for area in log::areas(tx.conn(), false)? {
        record(tx, area, "mark_compromised", kid, None, &json!({"kid": kid, "compromised_on": on}).to_string())?;
    }
    Ok(if in_use { Marked::Replaced } else { Marked::Done })
}

fn record(
    tx: &mut WriteTx<'_>,
    area: AreaCode,
    action: &str,
    kid: &str,
    before: Option<&str>,
    after: &str,
) -> DbResult<()> {
    let event = NewEvent { before, after: Some(after), ..NewEvent::of_operator(area, action, "log_key", kid) };
    events::append(tx, &event).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use shixun_domain::log::SignerKey;

    #[test]
    fn a_line_of_the_list_reads_as_it_was_written_and_a_key_alone_is_one() {
        let key = SignerKey::new("shixun/331123".into(), &[7; 32]).unwrap().verifier();
        let plain = ListedKey::from(key.clone());
        let full = ListedKey {
            from: Some(UtcMillis::from_millis(1_600_000_000_000)),
            until: Some(UtcMillis::from_millis(1_700_000_000_123)),
            compromised_on: NaiveDate::from_ymd_opt(2026, 12, 1),
            ..plain.clone()
        };
        for one in [plain, full] {
            assert_eq!(one.to_string().parse::<ListedKey>(), Ok(one.clone()), "{one}");
        }
        for bad in [
            "",
            "x",
            "from=2026-01-01",
            &format!("{key} compromised=soon"),
            &format!("{key} colour=red"),
            &format!("{key} until"),
        ] {
            assert_eq!(bad.parse::<ListedKey>(), Err(BadLine), "{bad}");
        }
    }
}
