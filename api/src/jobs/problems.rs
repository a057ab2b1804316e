//! What jobs refuse, as problems, and the problems with which they fail.

use crate::{
    document::ProblemCodeWord,
    problem::{ApiError, Code, Language, Problem},
};
use serde::{Deserialize, Serialize};
use shixun_domain::jobs::Refusal;
use utoipa::ToSchema;

/// A refusal to cancel a job.
pub(super) fn refused(refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::Ended { state } => ApiError::new(Code::JobEnded).with_word("state", state),
    }
}

/// Why a job failed: the problem with which the same request would have been answered at once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct JobProblemView {
    /// The stable code, the same in both languages: match on this.
    #[schema(value_type = ProblemCodeWord)]
    pub code: String,
    /// The problem in Chinese.
    pub zh: Problem,
    /// The problem in English.
    pub en: Problem,
}

/// A problem as it is kept with the job.
pub(super) fn kept(problem: &ApiError, request_id: &str) -> String {
    let view = JobProblemView {
        code: problem.code().as_str().to_owned(),
        zh: problem.document(Language::Zh, request_id),
        en: problem.document(Language::En, request_id),
    };
    // Texts and maps of texts always have a JSON form.
    serde_json::to_string(&view).unwrap_or_default()
}
