//! Checkpoints and proofs: the use cases.

use super::{
    LogSigner, problems,
    wire::{CheckpointView, ConsistencyView, InclusionView, Wanted},
};
use crate::{
    access::{Actor, Principal},
    http::{Page, Work},
    ledger,
    problem::{ApiError, Code},
    wire::{OneOf, Text},
};
use chrono::NaiveDate;
use shixun_domain::{
    AreaCode, Id, UtcMillis,
    access::Permission,
    log::{
        LeafKind, NoteFault, SignedNote,
        note::NoteSignature,
        tree::{consistency, inclusion},
    },
};
use shixun_persistence::{
    Conn,
    log::{self, CheckpointRow, CosignatureRow, LeafPlace, Nodes, sources},
};

/// The area whose log is meant: checkpoints are no secret within the area and for those above it.
fn readable(actor: &Actor, area: Option<AreaCode>) -> Result<AreaCode, ApiError> {
    let area = area.unwrap_or(actor.area());
    if area.contains(actor.area()) || actor.reaches_area(area) { Ok(area) } else { Err(ApiError::no_area(area)) }
}

fn views(conn: &mut Conn, signer: &LogSigner, rows: Vec<CheckpointRow>) -> Result<Vec<CheckpointView>, ApiError> {
    let Some(area) = rows.first().map(|row| row.area) else { return Ok(Vec::new()) };
    let sizes: Vec<u64> = rows.iter().map(|row| row.size).collect();
    let cosignatures = log::cosignatures(conn, area, &sizes)?;
    let keys = signer.verifiers(conn, area)?;
    let view = |row: CheckpointRow| {
        // The key that signed it, which is not the newest for checkpoints from before it was replaced.
        let note = row.note.parse::<SignedNote>().ok();
        let signed = keys.iter().find(|key| note.as_ref().is_some_and(|note| note.verify(key).is_ok()));
        let key =
            signed.ok_or_else(|| ApiError::internal(format!("checkpoint {} of {area} is not signed", row.size)))?;
        Ok(CheckpointView::new(row, key.to_string(), key.name().to_owned(), &cosignatures))
    };
    rows.into_iter().map(view).collect()
}

/// Checkpoints of an area, the largest first.
///
/// # Errors
/// `not_found` where the area is not the actor's.
pub fn list(
    conn: &mut Conn,
    signer: &LogSigner,
    actor: &Actor,
    area: Option<AreaCode>,
    page: &Page,
) -> Result<(Vec<CheckpointView>, Option<i64>), ApiError> {
    let area = readable(actor, area)?;
    let rows = log::checkpoints(conn, area, page.after()?, page.fetch())?;
    let total = page.counted(|| log::count_checkpoints(conn, area))?;
    Ok((views(conn, signer, rows)?, total))
}

fn signed(conn: &mut Conn, area: AreaCode, size: u64) -> Result<CheckpointRow, ApiError> {
    log::checkpoint(conn, area, size)?.ok_or_else(|| problems::unknown_checkpoint(area, size))
}

/// One checkpoint.
///
/// # Errors
/// `not_found`, `checkpoint_unknown`.
pub fn get(
    conn: &mut Conn,
    signer: &LogSigner,
    actor: &Actor,
    area: Option<AreaCode>,
    size: u64,
) -> Result<CheckpointView, ApiError> {
    let area = readable(actor, area)?;
    let row = signed(conn, area, size)?;
    views(conn, signer, vec![row])?.pop().ok_or_else(|| problems::unknown_checkpoint(area, size))
}

/// Who asks for a proof: the principal too, because a leaf is shown to those who may see its row.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// Within the permission to read the log.
    pub actor: &'a Actor,
    /// With every role.
    pub principal: &'a Principal,
    /// The present day.
    pub today: NaiveDate,
}

/// Proves that a leaf is below a checkpoint.
///
/// # Errors
/// `not_found`, `log_behind` for a row that is not in the log yet, `checkpoint_unknown`, `invalid_parameter`.
pub fn prove_inclusion(
    conn: &mut Conn,
    signer: &LogSigner,
    asker: Asker<'_>,
    wanted: Wanted,
    size: Option<u64>,
) -> Result<InclusionView, ApiError> {
    let (area, leaf) = match wanted {
        Wanted::Row(area, kind, number) => {
            let area = readable(asker.actor, Some(area))?;
            (area, by_row(conn, signer, area, kind, number)?)
        }
        Wanted::Place(area, position) => {
            let area = readable(asker.actor, area)?;
            let found = log::leaves(conn, area, position, 1)?.pop().filter(|leaf| leaf.position == position);
            (area, found.ok_or_else(too_far)?)
        }
    };
    let checkpoint = match size {
        Some(size) => signed(conn, area, size)?,
        None => log::latest(conn, area)?.ok_or_else(problems::behind)?,
    };
    let mut nodes = Nodes::of(conn, area);
    let proof = inclusion(leaf.position, checkpoint.size, |subtree| nodes.get(subtree))?;
    // Without a size named, a leaf beyond the newest checkpoint will be below the next.
    let beyond = || if size.is_some() { too_far() } else { problems::behind() };
    let proof = proof.ok_or_else(beyond)?;
    Ok(InclusionView {
        area: Text(area),
        kind: OneOf(leaf.kind),
        id: sources::id(area, leaf.kind, leaf.number),
        position: leaf.position,
        size: checkpoint.size,
        leaf_hash: Text(leaf.hash),
        leaf: shown(conn, signer, asker, area, &leaf)?,
        proof: proof.into_iter().map(Text).collect(),
        root: Text(checkpoint.root),
    })
}

fn too_far() -> ApiError {
    problems::parameter("position", "该检查点之下没有这一条", "no leaf of the checkpoint stands there")
}

fn by_row(
    conn: &mut Conn,
    signer: &LogSigner,
    area: AreaCode,
    kind: LeafKind,
    number: i64,
) -> Result<LeafPlace, ApiError> {
    if let Some(leaf) = log::places(conn, area, kind, &[number])?.pop() {
        return Ok(leaf);
    }
    let there = sources::rows(conn, signer.salts(), area, kind, sources::Which::Of(&[number]))?;
    Err(if there.is_empty() { problems::missing(area, kind, number) } else { problems::behind() })
}

/// The leaf, for those who may see its row.
fn shown(
    conn: &mut Conn,
    signer: &LogSigner,
    asker: Asker<'_>,
    area: AreaCode,
    leaf: &LeafPlace,
) -> Result<Option<String>, ApiError> {
    let within = |permission| asker.principal.within(permission, asker.today).ok();
    let may = match leaf.kind {
        LeafKind::PolicyPack => true,
        LeafKind::Event => within(Permission::ReadEvents).is_some_and(|actor| actor.reaches_area(area)),
        LeafKind::FrozenReport => within(Permission::ReadReports).is_some_and(|actor| actor.reaches_area(area)),
        LeafKind::HourEntry => match within(Permission::ReadHours) {
            Some(actor) => match ledger::service::get(conn, &actor, Id::new(area, leaf.number)) {
                Ok(_) => true,
                Err(problem) if problem.code() == Code::NotFound => false,
                Err(problem) => return Err(problem),
            },
            None => false,
        },
    };
    if !may {
        return Ok(None);
    }
    let rows = sources::rows(conn, signer.salts(), area, leaf.kind, sources::Which::Of(&[leaf.number]))?;
    Ok(rows.into_iter().next().map(|row| row.bytes))
}

/// Proves that a checkpoint only added to an older one.
///
/// # Errors
/// `not_found`, `checkpoint_unknown`, `invalid_parameter`.
pub fn prove_consistency(
    conn: &mut Conn,
    actor: &Actor,
    area: Option<AreaCode>,
    from: u64,
    to: u64,
) -> Result<ConsistencyView, ApiError> {
    let area = readable(actor, area)?;
    let (older, newer) = (signed(conn, area, from)?, signed(conn, area, to)?);
    let mut nodes = Nodes::of(conn, area);
    let proof = consistency(from, to, |subtree| nodes.get(subtree))?;
    let proof = proof.ok_or_else(|| problems::parameter("from", "不得大于to", "must not be more than to"))?;
    Ok(ConsistencyView {
        area: Text(area),
        from,
        to,
        from_root: Text(older.root),
        to_root: Text(newer.root),
        proof: proof.into_iter().map(Text).collect(),
    })
}

/// Takes what a witness says of a checkpoint, where the witness is one of those that are configured.
///
/// # Errors
/// `not_found`, `checkpoint_unknown`, `cosignature_refused`.
pub fn cosign(
    work: &mut Work<'_, '_>,
    signer: &LogSigner,
    actor: &Actor,
    area: Option<AreaCode>,
    size: u64,
    line: &str,
) -> Result<CheckpointView, ApiError> {
    let area = readable(actor, area)?;
    let row = signed(work.conn(), area, size)?;
    let note: SignedNote =
        row.note.parse().map_err(|fault| ApiError::internal(format!("checkpoint {size} of {area}: {fault}")))?;
    let line = line.trim();
    let signature: NoteSignature = line.parse().map_err(problems::cosignature)?;
    let mut refusal = NoteFault::NotSigned;
    let taken = signer.witnesses().iter().find_map(|witness| match signature.verify(note.text(), witness) {
        Ok(seconds) => seconds.map(|seconds| (witness, seconds)),
        Err(NoteFault::NotSigned) => None,
        Err(fault) => {
            refusal = fault;
            None
        }
    });
    let (witness, seconds) = taken.ok_or_else(|| problems::cosignature(refusal))?;
    let millis = i64::try_from(seconds).ok().and_then(|seconds| seconds.checked_mul(1_000));
    let (first, last) = (row.signed_at.plus_millis(-SKEW_MILLIS), work.at().plus_millis(SKEW_MILLIS));
    let seen_at = millis.map(UtcMillis::from_millis).filter(|at| (first..=last).contains(at));
    let new = CosignatureRow {
        size,
        witness: witness.to_string(),
        line: format!("{line}\n"),
        seen_at: seen_at.ok_or_else(|| problems::cosigned_at_odds(row.signed_at))?,
    };
    if log::add_cosignature(work.tx(), area, &new)? == log::Cosigned::New {
        let about = serde_json::json!({"size": size, "witness": witness.name()});
        work.record_of_area("cosign", "checkpoint", area, Some(&about))?;
    } else if !log::cosignatures(work.conn(), area, &[size])?.contains(&new) {
        return Err(problems::cosigned_before());
    }
    get(work.conn(), signer, actor, Some(area), size)
}

/// How far the clock of a witness may be from ours.
const SKEW_MILLIS: i64 = 5 * 60_000;
