//! The keys of the log as requests and passes see them, and the salts of its leaves.

use crate::{chance::Chance, config::Config};
use shixun_domain::{
    AreaCode, UtcMillis,
    log::{Salts, SignerKey, VerifierKey},
};
use shixun_persistence::{
    Conn, Db, DbError, Keep, WriteTx,
    log::{self, KeyPurpose},
};

/// Signs bundles and salts leaves. The private key lies in the database beside the key of access tokens; another than that one, so
/// that either can be replaced by itself. It is read whenever something is signed: an operator replaces it while servers run.
#[derive(Clone)]
pub struct LogSigner {
    salts: Salts,
    witnesses: Vec<VerifierKey>,
}

impl LogSigner {
    /// Makes the keys in the database where there are none.
    ///
    /// # Errors
    /// A [`DbError`] where the database does not answer or a key is damaged.
    pub fn open(db: &Db, chance: &Chance, config: &Config, now: UtcMillis) -> Result<LogSigner, DbError> {
        // A name is one word: the issuer without what may not stand in one.
        let name = config.issuer.replace(|letter: char| letter.is_whitespace() || letter == '+', "-");
        let fresh =
            [KeyPurpose::Signature, KeyPurpose::Salt].map(|purpose| (purpose, chance.request_id(), chance.secret()));
        let salts = db.write_blocking(now, Keep::Commit, move |tx: &mut WriteTx<'_>| -> Result<_, DbError> {
            let stored = log::keys(tx.conn())?;
            for (purpose, kid, secret) in &fresh {
                if !stored.iter().any(|one| one.purpose == *purpose) {
                    log::add_key(tx, kid, *purpose, &name, secret)?;
                }
            }
            log::salts(tx.conn())
        })?;
        let salts = salts.ok_or_else(|| DbError::damaged("no salt of the log"))?;
        let witnesses = config.witnesses().map_err(|bad| DbError::Refused(bad.to_string()))?;
        Ok(LogSigner { salts, witnesses })
    }

    /// The key in use, as it signs for an area's log; its name is the log's.
    ///
    /// # Errors
    /// A [`DbError`] where the database does not answer or there is none.
    pub fn key(&self, conn: &mut Conn, area: AreaCode) -> Result<SignerKey, DbError> {
        let keys = log::signature_keys(conn)?;
        let key = keys.iter().find(|key| key.retired_at.is_none());
        key.ok_or_else(|| DbError::damaged("no key of the log is in use"))?.signer(area)
    }

    /// The public keys of an area's log, the one in use first.
    ///
    /// # Errors
    /// A [`DbError`] where the database does not answer or a key is damaged.
    pub fn verifiers(&self, conn: &mut Conn, area: AreaCode) -> Result<Vec<VerifierKey>, DbError> {
        log::signature_keys(conn)?.iter().map(|key| key.verifier(area)).collect()
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
