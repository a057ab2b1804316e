//! From committed rows to leaves: batch after batch, outside of every transaction that writes the rows.
//!
//! A pass looks for rows of higher numbers than the last in the log. On PostgreSQL a transaction may commit after another that got
//! higher numbers, so that every minute a pass also looks back, and at the start and once a day one looks at everything: a row can be
//! late, and none is passed over. While many commands come in, passes wait, up to a minute: nobody's seat waits for a proof. Of two servers that append at once one wins (`log_heads`), and the other looks again. A crash between
//! two batches leaves whole batches; one before the checkpoint leaves the checkpoint for the next pass.

use super::LogSigner;
use crate::state::App;
use shixun_domain::{
    AreaCode, UtcMillis,
    log::{Checkpoint, LeafKind},
};
use shixun_persistence::{
    Conn, Db, DbError, DbResult, Keep,
    log::{
        self, Appended, Growth,
        sources::{self, Unlogged},
    },
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// How long the sequencer rests between two passes.
const EVERY: Duration = Duration::from_secs(2);
/// Writes between two passes from which on a pass gives way.
const BUSY: u64 = 200;
/// Passes that may give way one after the other.
const PATIENCE: u32 = 30;
/// Passes after which one looks back.
const BACK_EVERY: u32 = 30;
/// Passes after which one looks at everything: a day.
const ALL_EVERY: u32 = 43_200;
/// How far back: longer than any transaction but an unusual one, which the daily look finds.
const BACK_MILLIS: i64 = 15 * 60_000;

/// Where a pass looks for rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Behind the last row in the log.
    New,
    /// Also among those of the last quarter of an hour.
    Back,
    /// Everywhere, in every area.
    All,
}

/// What a pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sequenced {
    /// Leaves that were added.
    pub leaves: u64,
    /// Checkpoints that were signed.
    pub checkpoints: u64,
}

/// Puts every committed row that a look finds into the log of its area, and signs what grew.
///
/// # Errors
/// A [`DbError`] where the database does not answer; the batches before it stand.
pub fn sequence(db: &Db, signer: &LogSigner, now: UtcMillis, look: Look) -> DbResult<Sequenced> {
    sequence_until(db, signer, now, look, &AtomicBool::new(false))
}

/// [`sequence`] that ends after the batch in hand once `stopped` is set.
fn sequence_until(
    db: &Db,
    signer: &LogSigner,
    now: UtcMillis,
    look: Look,
    stopped: &AtomicBool,
) -> DbResult<Sequenced> {
    let mut done = Sequenced::default();
    for area in db.read_blocking(|conn| log::areas(conn, look == Look::All))? {
        let pass = Pass { db, signer, area, now, stopped };
        for kind in LeafKind::ALL {
            done.leaves += pass.append(*kind, look)?;
        }
        done.checkpoints += u64::from(pass.sign()?);
    }
    Ok(done)
}

struct Pass<'a> {
    db: &'a Db,
    signer: &'a LogSigner,
    area: AreaCode,
    now: UtcMillis,
    stopped: &'a AtomicBool,
}

impl Pass<'_> {
    /// The number behind which a look begins.
    fn begin(&self, conn: &mut Conn, kind: LeafKind, look: Look) -> DbResult<i64> {
        if !sources::numbered_when_published(kind) || look == Look::All {
            return Ok(i64::MIN);
        }
        let last = log::last_logged(conn, self.area, kind)?.unwrap_or(i64::MIN);
        Ok(match look {
            Look::Back => last.min(log::first_number(self.now.plus_millis(-BACK_MILLIS))),
            Look::New | Look::All => last,
        })
    }

    fn append(&self, kind: LeafKind, look: Look) -> DbResult<u64> {
        let mut after = self.db.read_blocking(|conn| self.begin(conn, kind, look))?;
        let (mut frontier, mut added) = (None, 0);
        while !self.stopped.load(Ordering::Relaxed) {
            let page =
                self.db.read_blocking(|conn| sources::unlogged(conn, self.signer.salts(), self.area, kind, after))?;
            let Some(Unlogged { leaves, last }) = page else { break };
            if leaves.is_empty() {
                after = last;
                continue;
            }
            // The edge is read before the rows are: whoever appends some of them in between moves the head, and then nothing is
            // written here.
            let Some(mut grown) = frontier.take() else {
                frontier = Some(self.edge()?);
                continue;
            };
            let count = u64::try_from(leaves.len()).unwrap_or_default();
            let leaves = leaves.iter().map(|row| (kind, row.number, row.hash())).collect();
            let growth = Growth::new(self.area, &mut grown, leaves);
            let written = self
                .db
                .write_blocking(self.now, Keep::Commit, move |tx| -> Result<_, DbError> { log::append(tx, &growth) })?;
            // Where somebody else was faster, the same rows are looked for again: some may be in the log by now.
            if written == Appended::Done {
                added += count;
                (after, frontier) = (last, Some(grown));
            }
        }
        Ok(added)
    }

    fn edge(&self) -> DbResult<shixun_domain::log::Frontier> {
        let area = self.area;
        if self.db.read_blocking(|conn| log::head(conn, area))?.is_none() {
            self.db
                .write_blocking(self.now, Keep::Commit, move |tx| -> Result<_, DbError> { log::open_head(tx, area) })?;
        }
        self.db.read_blocking(|conn| log::frontier(conn, area))
    }

    /// Signs the tree as it is, where no checkpoint is that large.
    fn sign(&self) -> DbResult<bool> {
        let area = self.area;
        let signed = self.db.read_blocking(|conn| -> DbResult<_> {
            let size = log::head(conn, area)?.unwrap_or_default();
            Ok(size == 0 || log::latest(conn, area)?.is_some_and(|last| last.size >= size))
        })?;
        if signed {
            return Ok(false);
        }
        let edge = self.db.read_blocking(|conn| log::frontier(conn, area))?;
        let (size, root) = (edge.size(), edge.root());
        self.db.write_blocking(self.now, Keep::Commit, move |tx| -> Result<_, DbError> {
            // Held until the checkpoint stands, so that a key that was replaced meanwhile signs nothing.
            let key = log::hold_key_in_use(tx)?.signer(area)?;
            let checkpoint = Checkpoint { origin: key.verifier().name().to_owned(), size, root };
            log::add_checkpoint(tx, area, size, &root, &key.sign(&checkpoint.text()))
        })?;
        Ok(true)
    }
}

/// Whether a pass waits, after so many writes since the last look and so many passes that waited already.
fn gives_way(writes: u64, waited: u32) -> bool {
    writes >= BUSY && waited < PATIENCE
}

/// Stops a pass on another thread when it is dropped.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Sequences for as long as the server runs. A pass over a large county is not waited for when the server stops: the next start goes
/// on behind the last leaf.
pub async fn keep(app: &App) {
    let stop = StopOnDrop(Arc::default());
    let (mut passes, mut waited): (u32, u32) = (0, 0);
    let mut begun = app.db.writes_begun();
    loop {
        let before = std::mem::replace(&mut begun, app.db.writes_begun());
        if gives_way(begun - before, waited) {
            waited += 1;
            tokio::time::sleep(EVERY).await;
            continue;
        }
        waited = 0;
        let look = match passes {
            0 => Look::All,
            number if number % BACK_EVERY == 0 => Look::Back,
            _ => Look::New,
        };
        let (db, signer, now, stopped) = (app.db.clone(), app.log.clone(), app.clock.now(), Arc::clone(&stop.0));
        match tokio::task::spawn_blocking(move || sequence_until(&db, &signer, now, look, &stopped)).await {
            Ok(Ok(done)) if done == Sequenced::default() => {}
            Ok(Ok(done)) => tracing::debug!(?done, "log sequenced"),
            // It will be tried again, from where the log stands.
            Ok(Err(error)) => tracing::warn!(%error, "log not sequenced"),
            Err(error) => tracing::error!(%error, "the sequencer ended early"),
        }
        passes = (passes + 1) % ALL_EVERY;
        // What the pass itself has written is nobody's haste.
        begun = app.db.writes_begun();
        tokio::time::sleep(EVERY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_gives_way_to_many_commands_and_not_for_ever() {
        assert!(!gives_way(BUSY - 1, 0));
        assert!(gives_way(BUSY, 0));
        assert!(gives_way(u64::MAX, PATIENCE - 1));
        assert!(!gives_way(u64::MAX, PATIENCE));
    }
}
