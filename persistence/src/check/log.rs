//! The log against the rows it is made of: every leaf is hashed again, the tree is built again, and every checkpoint is compared
//! with it. Whoever changed a row behind the program's back is found by name.

use super::Checked;
use crate::{
    Conn, DbError, DbResult,
    db::At,
    log::{self, LeafPlace, first_number, sources},
    schema::{log_checkpoints, log_nodes},
};
use diesel::prelude::*;
use shixun_domain::{
    AreaCode, UtcMillis,
    log::{Checkpoint, Frontier, Hash, LeafKind, Salts, SignedNote, Subtree, VerifierKey, tree::FANOUT_BITS},
};
use std::collections::HashMap;

/// Rows may be committed by this much later than others that got a higher number.
const LATE_MILLIS: i64 = 3_600_000;

/// The keys of a log, each with the instant from which on it signs no more.
type Signers = Vec<(VerifierKey, Option<UtcMillis>)>;

/// The four checks of the log.
struct Checks {
    leaves: Checked,
    tree: Checked,
    checkpoints: Checked,
    complete: Checked,
}

/// Runs all checks of the log.
pub(super) fn check(conn: &mut Conn) -> DbResult<[Checked; 4]> {
    let mut checks = Checks {
        leaves: Checked::new("log_leaves", "every row in the log is as it was when it got there"),
        tree: Checked::new("log_tree", "the tree of the log is the one over its leaves, without gaps"),
        checkpoints: Checked::new(
            "log_checkpoints",
            "every checkpoint is signed by a key that was in use, and is the root of the leaves it is over",
        ),
        complete: Checked::new("log_complete", "no row is left out of the log while later ones are in it"),
    };
    let keys = log::signature_keys(conn)?;
    let salts = log::salts(conn)?.unwrap_or(Salts::new([0; 32]));
    let signers = |area: AreaCode| -> Signers {
        keys.iter().filter_map(|key| Some((key.verifier(area).ok()?, key.retired_at))).collect()
    };
    for area in log::areas(conn, false)? {
        if let Some(size) = log::head(conn, area)? {
            one_area(conn, &mut checks, &salts, area, size, &signers(area))?;
        }
    }
    Ok([checks.leaves, checks.tree, checks.checkpoints, checks.complete])
}

fn one_area(
    conn: &mut Conn,
    checks: &mut Checks,
    salts: &Salts,
    area: AreaCode,
    size: u64,
    signers: &[(VerifierKey, Option<UtcMillis>)],
) -> DbResult<()> {
    let mut frontier = Frontier::of(0, |_| Err(DbError::damaged("an empty tree")))?;
    let (mut nodes, mut from) = (HashMap::new(), 0);
    let mut due = checkpoints(conn, area)?.into_iter().peekable();
    loop {
        let page = log::leaves(conn, area, from, i64::try_from(sources::ROWS_AT_ONCE).unwrap_or(i64::MAX))?;
        let Some(last) = page.last() else { break };
        from = last.position + 1;
        compare(conn, &mut checks.leaves, salts, area, &page)?;
        for leaf in page {
            if leaf.position != frontier.size() {
                let detail = format!("the next leaf is {}", leaf.position);
                checks.tree.add(|| format!("{area} leaf {}", frontier.size()), || detail);
                return Ok(());
            }
            frontier.push(leaf.hash, |subtree, hash| {
                if subtree.level > 0 && subtree.level % FANOUT_BITS == 0 {
                    nodes.insert(subtree, hash);
                }
            });
            while let Some(due) = due.next_if(|due| due.size <= frontier.size()) {
                checkpoint(&mut checks.checkpoints, &due, frontier.root(), signers);
            }
        }
    }
    if frontier.size() != size {
        checks
            .tree
            .add(|| format!("{area}"), || format!("{size} leaves are said to be there, {} are", frontier.size()));
    }
    for Kept { size, .. } in due {
        checks.checkpoints.add(|| format!("{area} checkpoint {size}"), || "the log has fewer leaves".to_owned());
    }
    kept_nodes(conn, &mut checks.tree, area, nodes)?;
    left_out(conn, &mut checks.complete, salts, area)
}

/// A checkpoint as it is kept, whatever it says.
struct Kept {
    area: AreaCode,
    size: u64,
    root: String,
    note: String,
    signed_at: UtcMillis,
}

fn checkpoints(conn: &mut Conn, area: AreaCode) -> DbResult<Vec<Kept>> {
    use log_checkpoints as t;
    let rows: Vec<(i64, String, String, At)> = t::table
        .filter(t::area.eq(area.get()))
        .order(t::size.asc())
        .select((t::size, t::root, t::note, t::signed_at))
        .load(conn)?;
    let kept = |(size, root, note, signed_at): (i64, String, String, At)| Kept {
        area,
        size: u64::try_from(size).unwrap_or_default(),
        root,
        note,
        signed_at: signed_at.into(),
    };
    Ok(rows.into_iter().map(kept).collect())
}

/// Hashes the rows of a page of leaves again.
fn compare(conn: &mut Conn, checked: &mut Checked, salts: &Salts, area: AreaCode, page: &[LeafPlace]) -> DbResult<()> {
    for kind in LeafKind::ALL {
        let own: Vec<&LeafPlace> = page.iter().filter(|leaf| leaf.kind == *kind).collect();
        if own.is_empty() {
            continue;
        }
        let numbers: Vec<i64> = own.iter().map(|leaf| leaf.number).collect();
        let rows = sources::rows(conn, salts, area, *kind, sources::Which::Of(&numbers))?;
        let hashes: HashMap<i64, Hash> = rows.iter().map(|row| (row.number, row.hash())).collect();
        for leaf in own {
            let detail = match hashes.get(&leaf.number) {
                Some(hash) if *hash == leaf.hash => continue,
                Some(_) => "was changed since it became leaf",
                None => "is gone; it was leaf",
            };
            checked.add(
                || sources::id(area, *kind, leaf.number),
                || format!("{} {detail} {} of {area}", kind.en(), leaf.position),
            );
        }
    }
    Ok(())
}

fn checkpoint(checked: &mut Checked, row: &Kept, computed: Hash, signers: &[(VerifierKey, Option<UtcMillis>)]) {
    let note = row.note.parse::<SignedNote>().ok();
    let signer = signers.iter().find(|(key, _)| note.as_ref().is_some_and(|note| note.verify(key).is_ok()));
    let retired = signer.and_then(|(_, retired_at)| *retired_at);
    let says = note.filter(|_| signer.is_some()).and_then(|note| Checkpoint::read(note.text()).ok());
    let detail = match says {
        None => "carries no signature of this database's keys",
        Some(_) if retired.is_some_and(|at| at < row.signed_at) => "is signed by a key that was retired before",
        Some(says) if says.size != row.size || says.root.to_string() != row.root => "is not the one that was signed",
        Some(says) if says.root != computed => "is not the root of the leaves that are there",
        Some(_) => return,
    };
    checked.add(|| format!("{} checkpoint {}", row.area, row.size), || detail.to_owned());
}

/// Compares the nodes that are kept with those that the leaves give.
fn kept_nodes(
    conn: &mut Conn,
    checked: &mut Checked,
    area: AreaCode,
    mut computed: HashMap<Subtree, Hash>,
) -> DbResult<()> {
    use log_nodes as t;
    let kept: Vec<(i32, i64, String)> = t::table
        .filter(t::area.eq(area.get()))
        .order((t::level.asc(), t::position.asc()))
        .select((t::level, t::position, t::hash))
        .load(conn)?;
    for (level, position, hash) in kept {
        let subtree = Subtree {
            level: u32::try_from(level).unwrap_or_default().saturating_mul(FANOUT_BITS),
            index: u64::try_from(position).unwrap_or_default(),
        };
        if computed.remove(&subtree).is_none_or(|right| right.to_string() != hash) {
            checked.add(|| format!("{area} node {level}/{position}"), || "is not the one over its leaves".to_owned());
        }
    }
    for subtree in computed.into_keys() {
        let object = format!("{area} node {}/{}", subtree.level / FANOUT_BITS, subtree.index);
        checked.add(|| object, || "is missing".to_owned());
    }
    Ok(())
}

fn left_out(conn: &mut Conn, checked: &mut Checked, salts: &Salts, area: AreaCode) -> DbResult<()> {
    let numbered = LeafKind::ALL.iter().copied().filter(|kind| sources::numbered_when_published(*kind));
    for kind in numbered {
        let Some(last) = log::last_logged(conn, area, kind)? else { continue };
        let settled = first_number(crate::db::made_at(last).plus_millis(-LATE_MILLIS));
        let mut after = i64::MIN;
        while let Some(page) = sources::unlogged(conn, salts, area, kind, after)?.filter(|_| after < settled) {
            for row in page.leaves.iter().filter(|row| row.number < settled) {
                checked.add(|| sources::id(area, kind, row.number), || "is not in the log".to_owned());
            }
            after = page.last;
        }
    }
    Ok(())
}
