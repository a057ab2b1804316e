//! What the log looks like in JSON.

use super::problems;
use crate::{
    http::page::{list_of, list_query},
    problem::ApiError,
    wire::{AreaText, InstantText, OneOf, Text, WireText},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::{
    AreaCode, Id,
    id::{Event, FrozenReport, HourEntry, IdFault, PolicyPack},
    log::{Hash, LeafKind, VerifierKey},
};
use shixun_persistence::log::{CheckpointRow, CosignatureRow};
use std::{borrow::Cow, fmt};
use utoipa::{
    IntoParams, ToSchema,
    openapi::schema::{ObjectBuilder, Schema, Type},
};
use validator::Validate;

/// A hash as JSON shows it.
pub type HashText = Text<Hash>;
/// A word of [`LeafKind`].
pub type LeafKindWord = OneOf<LeafKind>;

impl WireText for Hash {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Sha256")
    }

    fn schema() -> Schema {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A SHA-256 hash in base 64."))
            .pattern(Some("^[A-Za-z0-9+/]{43}=$"))
            .examples(["bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0="])
            .into()
    }

    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| "应为32字节的base64文本|32 bytes in base 64".to_owned())
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A signed checkpoint: what the log of an area was at a moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckpointView {
    /// The area.
    pub area: AreaText,
    /// The name of the log.
    #[schema(example = "shixun/331123")]
    pub origin: String,
    /// Leaves.
    #[schema(minimum = 1)]
    pub size: u64,
    /// The root of the Merkle tree over them (RFC 9162).
    pub root: HashText,
    /// When it was signed.
    pub signed_at: InstantText,
    /// The signed note (c2sp.org/tlog-checkpoint), cosignatures included. Keep it: a later log can be held to it.
    pub note: String,
    /// The public key that signs, as verifiers take it. Compare it with what the county publishes elsewhere.
    pub verifier_key: String,
    /// What witnesses say.
    pub cosignatures: Vec<CosignatureView>,
}

/// A witness saw the checkpoint and found it consistent with those before.
#[derive(Debug, Serialize, ToSchema)]
pub struct CosignatureView {
    /// The name of the witness.
    pub witness: String,
    /// Its public key.
    pub verifier_key: String,
    /// When it saw the checkpoint, by its own clock.
    pub seen_at: InstantText,
}

list_of! {
    /// Checkpoints of an area, the largest first.
    CheckpointList of CheckpointView
}

impl CheckpointView {
    /// The view of a row with its cosignatures.
    pub fn new(row: CheckpointRow, verifier_key: String, origin: String, cosignatures: &[CosignatureRow]) -> Self {
        let own: Vec<&CosignatureRow> = cosignatures.iter().filter(|one| one.size == row.size).collect();
        let witness =
            |key: &str| key.parse::<VerifierKey>().map_or_else(|_| key.to_owned(), |key| key.name().to_owned());
        CheckpointView {
            area: Text(row.area),
            origin,
            size: row.size,
            root: Text(row.root),
            signed_at: Text(row.signed_at),
            note: own.iter().fold(row.note, |note, one| note + &one.line),
            verifier_key,
            cosignatures: own
                .into_iter()
                .map(|one| CosignatureView {
                    witness: witness(&one.witness),
                    verifier_key: one.witness.clone(),
                    seen_at: Text(one.seen_at),
                })
                .collect(),
        }
    }

    /// Where it stands in its list.
    pub fn place(&self) -> i64 {
        i64::try_from(self.size).unwrap_or(i64::MAX)
    }
}

/// A public key of a log.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogKeyView {
    /// The name of the log.
    #[schema(example = "shixun/331123")]
    pub origin: String,
    /// The key, as verifiers take it.
    pub verifier_key: String,
    /// From when on it signed.
    pub valid_from: Option<InstantText>,
    /// Until when; null for the key in use. What it signed until then stays valid.
    pub valid_until: Option<InstantText>,
    /// It is the one that signs.
    pub in_use: bool,
    /// From this day on somebody else may have signed with it: what it signed proves nothing any more, unless somebody kept it from before.
    pub compromised_on: Option<NaiveDate>,
}

list_of! {
    /// The public keys of a log, the one in use first.
    LogKeyList of LogKeyView
}

/// The log whose keys are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LogKeyQuery {
    /// The area.
    pub area: AreaText,
}

/// That a leaf is below a checkpoint.
#[derive(Debug, Serialize, ToSchema)]
pub struct InclusionView {
    /// The area of the log.
    pub area: AreaText,
    /// What the leaf says.
    pub kind: LeafKindWord,
    /// Of which row.
    pub id: String,
    /// Its place in the tree, from 0.
    #[schema(minimum = 0)]
    pub position: u64,
    /// Leaves of the checkpoint.
    #[schema(minimum = 1)]
    pub size: u64,
    /// The hash of the leaf.
    pub leaf_hash: HashText,
    /// The leaf itself, canonical JSON that the hash covers; null where the row is not the caller's to see.
    pub leaf: Option<String>,
    /// The hashes beside the way to the root, from the leaf upwards (RFC 9162, 2.1.3).
    pub proof: Vec<HashText>,
    /// The root of the checkpoint.
    pub root: HashText,
}

/// That a checkpoint only added to another.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsistencyView {
    /// The area of the log.
    pub area: AreaText,
    /// Leaves of the older checkpoint.
    #[schema(minimum = 1)]
    pub from: u64,
    /// Leaves of the newer one.
    #[schema(minimum = 1)]
    pub to: u64,
    /// The root of the older one.
    pub from_root: HashText,
    /// The root of the newer one.
    pub to_root: HashText,
    /// The hashes that lead from one to the other (RFC 9162, 2.1.4).
    pub proof: Vec<HashText>,
}

/// What a witness says of a checkpoint.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"line": "— witness.example Ct2gqQAAAABrSdIAJ0Ez5xO2n1vZyz8oY7w4aQm0sQ3w1o2yJb5cQmQn1h8kU0vYb9yqv3l3u3x5xk2f5m1g0Zr7n2w4q6t8yA=="}))]
pub struct CosignatureIn {
    /// The signature line (c2sp.org/tlog-cosignature, cosignature/v1).
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub line: String,
}

/// The checkpoint an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct CheckpointPath {
    /// Leaves of the checkpoint.
    #[param(minimum = 1, example = 1)]
    pub size: u64,
}

/// The log that is meant.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// The area; one's own where it is not given.
    pub area: Option<AreaText>,
}

list_query! {
    /// Which checkpoints are wanted.
    CheckpointQuery {
        /// The area; one's own where it is not given.
        pub area: Option<AreaText>,
    }
}

/// Which leaf is to be proved, below which checkpoint.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InclusionQuery {
    /// The row, by its identifier: an hour entry (`hou_`), a policy pack (`pol_`), a frozen report (`frz_`) or an event (`evt_`).
    #[param(max_length = 64)]
    pub id: Option<String>,
    /// Instead of `id`: the place of the leaf, from 0.
    #[param(minimum = 0)]
    pub position: Option<u64>,
    /// With `position`: the area; one's own where it is not given.
    pub area: Option<AreaText>,
    /// Leaves of the checkpoint; the newest where it is not given.
    #[param(minimum = 1)]
    pub size: Option<u64>,
}

/// The leaf that is meant.
#[derive(Debug, Clone, Copy)]
pub enum Wanted {
    /// By row.
    Row(AreaCode, LeafKind, i64),
    /// By place; in one's own area where none is given.
    Place(Option<AreaCode>, u64),
}

impl InclusionQuery {
    /// The leaf that is meant.
    ///
    /// # Errors
    /// `invalid_parameter`.
    pub fn wanted(&self) -> Result<Wanted, ApiError> {
        match (&self.id, self.position) {
            (Some(id), None) => LeafKind::ALL.iter().find_map(|kind| read_id(*kind, id)).ok_or_else(|| {
                problems::parameter(
                    "id",
                    "应为学时条目（hou_）、政策包（pol_）、定稿（frz_）或事件（evt_）的标识符",
                    "must be the identifier of an hour entry (hou_), a policy pack (pol_), a frozen report (frz_) or an event (evt_)",
                )
            }),
            (None, Some(position)) => Ok(Wanted::Place(self.area.map(|area| area.0), position)),
            _ => Err(problems::parameter("id", "id与position须给出其一", "give either id or position")),
        }
    }
}

fn read_id(kind: LeafKind, text: &str) -> Option<Wanted> {
    fn key<K>(id: Result<Id<K>, IdFault>) -> Option<(AreaCode, i64)> {
        id.ok().map(|id| (id.area(), id.number()))
    }
    let (area, number) = match kind {
        LeafKind::HourEntry => key(text.parse::<Id<HourEntry>>()),
        LeafKind::PolicyPack => key(text.parse::<Id<PolicyPack>>()),
        LeafKind::Event => key(text.parse::<Id<Event>>()),
        LeafKind::FrozenReport => key(text.parse::<Id<FrozenReport>>()),
    }?;
    Some(Wanted::Row(area, kind, number))
}

/// Between which checkpoints consistency is to be proved.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConsistencyQuery {
    /// Leaves of the older checkpoint.
    #[param(minimum = 1)]
    pub from: u64,
    /// Leaves of the newer one.
    #[param(minimum = 1)]
    pub to: u64,
    /// The area; one's own where it is not given.
    pub area: Option<AreaText>,
}
