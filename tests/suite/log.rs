//! The log that shows tampering: from a committed row to a checkpoint, a proof and a bundle.

pub(crate) mod bundles;
mod golden;
mod keys;
mod proofs;
mod report_bundles;
mod sequencing;

use crate::harness::{County, TestApp, off_runtime};
use serde_json::Value;
use shixun_api::log::{Look, sequence};
use shixun_domain::log::{Checkpoint, Hash, SignedNote, VerifierKey};
use shixun_persistence::check::{self, Checked};

/// Puts what a look finds into the log; gives leaves and checkpoints that came of it.
pub(crate) fn sequenced(test: &TestApp, look: Look) -> (u64, u64) {
    let (db, signer, now) = (test.app.db.clone(), test.app.log.clone(), test.clock.now());
    let done = off_runtime(move || sequence(&db, &signer, now, look).unwrap());
    (done.leaves, done.checkpoints)
}

/// The checks of the log that are broken.
fn broken(county: &County) -> Vec<Checked> {
    let (db, now) = (county.app.db.clone(), county.clock.now());
    let all = off_runtime(|| db.read_blocking(|conn| check::run(conn, now, |_| {})).unwrap());
    all.into_iter().filter(|one| one.name.starts_with("log_") && one.count > 0).collect()
}

fn hash(value: &Value) -> Hash {
    value.as_str().unwrap().parse().unwrap()
}

fn hashes(value: &Value) -> Vec<Hash> {
    value.as_array().unwrap().iter().map(hash).collect()
}

/// The checkpoint that a view's note signs.
fn checkpoint(view: &Value) -> Checkpoint {
    let key: VerifierKey = view["verifier_key"].as_str().unwrap().parse().unwrap();
    let note: SignedNote = view["note"].as_str().unwrap().parse().unwrap();
    assert_eq!(note.verify(&key), Ok(None));
    Checkpoint::read(note.text()).unwrap()
}
