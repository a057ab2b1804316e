//! What jobs look like in JSON.

use super::problems::JobProblemView;
use crate::{
    http::{
        Etag,
        page::{list_of, list_query},
    },
    problem::ApiError,
    wire::{AccountRef, InstantText, JobKindWord, JobRef, JobStateWord, JobUnitWord, OneOf, Text},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shixun_domain::jobs::KEPT_MILLIS;
use shixun_persistence::jobs::JobRow;
use utoipa::{IntoParams, ToSchema};

/// A job: what it does, how far it is, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobView {
    /// Identifier.
    pub id: JobRef,
    /// What it does.
    pub kind: JobKindWord,
    /// How far it has come.
    pub state: JobStateWord,
    /// How much is done, in `unit`.
    #[schema(minimum = 0)]
    pub done: i64,
    /// How much there is to do, in `unit`; null until the job has looked.
    #[schema(minimum = 0)]
    pub total: Option<i64>,
    /// What `done` and `total` count.
    pub unit: JobUnitWord,
    /// Somebody cancelled it; a running job ends before its next step.
    pub cancel_requested: bool,
    /// Who asked for it.
    pub requested_by: AccountRef,
    /// When it was asked for.
    pub created_at: InstantText,
    /// When it began; anew where a server stopped and another took it.
    pub started_at: Option<InstantText>,
    /// When it ended.
    pub finished_at: Option<InstantText>,
    /// Until when it is kept; null before its end.
    pub kept_until: Option<InstantText>,
    /// What came of it, as the operation that does the same at once answers; null where it is not done, and in lists.
    #[schema(value_type = Option<Object>)]
    pub result: Option<Value>,
    /// Why it failed; null where it did not.
    pub problem: Option<JobProblemView>,
    #[serde(skip)]
    version: i64,
}

impl JobView {
    /// From a row and the JSON of its result.
    ///
    /// # Errors
    /// `internal` where what is kept is no JSON.
    pub(super) fn new(row: JobRow, result: Option<&str>) -> Result<JobView, ApiError> {
        let damaged = |error: serde_json::Error| ApiError::internal(format!("{}: {error}", row.id));
        Ok(JobView {
            id: Text(row.id),
            kind: OneOf(row.kind),
            state: OneOf(row.state),
            done: row.done,
            total: row.total,
            unit: OneOf(row.kind.unit()),
            cancel_requested: row.cancel_requested,
            requested_by: Text(row.requested_by),
            created_at: Text(row.created_at),
            started_at: row.started_at.map(Text),
            finished_at: row.finished_at.map(Text),
            kept_until: row.finished_at.map(|at| Text(at.plus_millis(KEPT_MILLIS))),
            result: result.map(serde_json::from_str).transpose().map_err(damaged)?,
            problem: row.problem.as_deref().map(serde_json::from_str).transpose().map_err(damaged)?,
            version: row.version,
        })
    }

    /// Its entity tag: another with every change, progress included.
    pub fn etag(&self) -> Etag {
        Etag::version(self.version)
    }
}

list_of! {
    /// One's own jobs, the latest first, without their results.
    JobList of JobView
}

list_query! {
    /// Which jobs are wanted.
    JobQuery {
        /// Only those in this state.
        pub state: Option<JobStateWord>,
    }
}

/// The job an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct JobPath {
    /// Identifier of the job.
    pub job_id: JobRef,
}
