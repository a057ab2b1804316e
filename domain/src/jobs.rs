//! Jobs: work that takes longer than a request may, done step by step and looked at meanwhile.

use crate::{access::Permission, words::word_list};
use thiserror::Error;

word_list! {
    /// What a job does.
    JobKind {
        PolicySimulation = "policy_simulation", "政策包试算", "a draft of rules tried on everybody";
    }
}

word_list! {
    /// How far a job has come.
    JobState {
        Queued = "queued", "排队中", "waits for its turn";
        Running = "running", "进行中", "running";
        Done = "done", "已完成", "done: its result is there";
        Failed = "failed", "失败", "failed: its problem says why";
        Cancelled = "cancelled", "已取消", "cancelled";
    }
}

word_list! {
    /// What the progress of a job counts.
    JobUnit {
        Teachers = "teachers", "名教师", "teachers";
    }
}

impl JobKind {
    /// Who may look at a job of this kind and cancel it: whoever asked for it or reaches its area, as long as they have this.
    pub const fn permission(self) -> Permission {
        match self {
            JobKind::PolicySimulation => Permission::DraftPolicy,
        }
    }

    /// What its progress counts.
    pub const fn unit(self) -> JobUnit {
        match self {
            JobKind::PolicySimulation => JobUnit::Teachers,
        }
    }
}

impl JobState {
    /// True where nothing will change any more.
    pub const fn is_over(self) -> bool {
        matches!(self, JobState::Done | JobState::Failed | JobState::Cancelled)
    }
}

/// How long a job is kept after its end, in milliseconds: seven days.
pub const KEPT_MILLIS: i64 = 7 * 24 * 3_600_000;

/// How long a running job may be silent before it is taken for interrupted, in milliseconds. It says that it lives after each
/// step, and no step takes more than seconds.
pub const SILENCE_MILLIS_MAX: i64 = 120_000;

/// Interruptions after which a job is not begun again: one may have been bad luck, the next was the job.
pub const INTERRUPTIONS_MAX: i32 = 2;

/// Why a job cannot be cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// It is over.
    #[error("the job is {} already", state.as_str())]
    Ended {
        /// How it ended.
        state: JobState,
    },
}

/// What is over cannot be cancelled. A job that waits ends at once, a running one before its next step.
///
/// # Errors
/// [`Refusal::Ended`].
pub fn may_cancel(state: JobState) -> Result<(), Refusal> {
    if state.is_over() { Err(Refusal::Ended { state }) } else { Ok(()) }
}

/// What becomes of a job whose process died.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterInterruption {
    /// It begins again.
    Again,
    /// It has failed.
    Fail,
}

/// A job is begun again after an interruption, unless this is the [`INTERRUPTIONS_MAX`]th: then it may well be what ends the
/// process. `before` counts the interruptions until now.
pub const fn after_interruption(before: i32) -> AfterInterruption {
    if before.saturating_add(1) < INTERRUPTIONS_MAX { AfterInterruption::Again } else { AfterInterruption::Fail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_not_cancelled() {
        for state in JobState::ALL.iter().copied() {
            let over = !matches!(state, JobState::Queued | JobState::Running);
            assert_eq!(may_cancel(state), if over { Err(Refusal::Ended { state }) } else { Ok(()) });
        }
    }

    #[test]
    fn a_job_gets_a_second_chance_and_no_third() {
        assert_eq!(
            [0, 1, 2].map(after_interruption),
            [AfterInterruption::Again, AfterInterruption::Fail, AfterInterruption::Fail]
        );
    }
}
