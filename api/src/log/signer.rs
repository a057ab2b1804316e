//! The keys of the log: what checkpoints are signed with, and what the salts of leaves follow from.

use crate::{chance::Chance, config::Config};
use shixun_domain::{
    AreaCode, UtcMillis,
    log::{Salts, SignerKey, VerifierKey},
};
use shixun_persistence::{
    Db, DbError, Keep, WriteTx,
    log::{self, KeyPurpose, LogKey},
};

/// Signs checkpoints and salts leaves. The private key lies in the database beside the key of access tokens; another than that
/// one, so that either can be replaced by itself.
#[derive(Clone)]
pub struct LogSigner {
    /// Newest first; the first signs.
    keys: Vec<LogKey>,
    salts: Salts,
    witnesses: Vec<VerifierKey>,
}

impl LogSigner {
    /// Reads the keys of the database, and makes them where there are none.
    ///
    /// # Errors
    /// A [`DbError`] where the database does not answer or a key is damaged.
    pub fn open(db: &Db, chance: &Chance, config: &Config, now: UtcMillis) -> Result<LogSigner, DbError> {
        // A name is one word: the issuer without what may not stand in one.
        let name = config.issuer.replace(|letter: char| letter.is_whitespace() || letter == '+', "-");
        let fresh = [KeyPurpose::Signature, KeyPurpose::Salt].map(|purpose| LogKey {
            kid: chance.request_id(),
            purpose,
            name: name.clone(),
            secret: chance.secret(),
        });
        let keys = db.write_blocking(now, Keep::Commit, move |tx: &mut WriteTx<'_>| -> Result<_, DbError> {
            let stored = log::keys(tx.conn())?;
            for key in fresh.iter().filter(|key| !stored.iter().any(|one| one.purpose == key.purpose)) {
                log::add_key(tx, key)?;
            }
            log::keys(tx.conn())
        })?;
        let salt = keys.iter().rev().find(|key| key.purpose == KeyPurpose::Salt);
        let salts = Salts::new(salt.ok_or_else(|| DbError::damaged("no salt of the log"))?.secret);
        let witnesses = config.witnesses().map_err(|bad| DbError::Refused(bad.to_string()))?;
        let keys = keys.into_iter().filter(|key| key.purpose == KeyPurpose::Signature).collect();
        Ok(LogSigner { keys, salts, witnesses })
    }

    /// The key that signs for an area's log; its name is the log's.
    ///
    /// # Errors
    /// A [`DbError`] where there is none.
    pub fn key(&self, area: AreaCode) -> Result<SignerKey, DbError> {
        let key = self.keys.first().ok_or_else(|| DbError::damaged("no key of the log"))?;
        SignerKey::new(log::origin(&key.name, area), &key.secret).map_err(|_| DbError::damaged("the name of a log key"))
    }

    /// The public keys of an area's log, the one in use first.
    pub fn verifiers(&self, area: AreaCode) -> Vec<VerifierKey> {
        let keys = self.keys.iter().filter_map(|key| SignerKey::new(log::origin(&key.name, area), &key.secret).ok());
        keys.map(|key| key.verifier()).collect()
    }

    /// The salts of the leaves.
    pub fn salts(&self) -> &Salts {
        &self.salts
    }

    /// The witnesses whose cosignatures are taken.
    pub fn witnesses(&self) -> &[VerifierKey] {
        &self.witnesses
    }
}
