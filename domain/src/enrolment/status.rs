//! What an enrolment is, and what may follow what.

use crate::{UtcMillis, catalogue::SessionState, words::word_list};
use thiserror::Error;

word_list! {
    /// Where a person stands in a session.
    EnrolmentStatus {
        Applied = "applied", "已报名待审核", "holds a seat, the school's review is still to come";
        Confirmed = "confirmed", "已确认", "holds a seat, reviewed";
        Waiting = "waiting", "候补待审核", "waits, the school's review is still to come";
        WaitingApproved = "waiting_approved", "候补已审核", "waits, reviewed";
        Declined = "declined", "学校未通过", "declined by the school";
        Withdrawn = "withdrawn", "已退出", "withdrawn";
        Completed = "completed", "已完成", "completed";
        NotCompleted = "not_completed", "未完成", "not completed";
        Expelled = "expelled", "因违纪终止", "ended for misconduct";
        SessionCancelled = "session_cancelled", "班期取消", "the session was cancelled";
    }
}

impl EnrolmentStatus {
    /// Takes one of the session's seats.
    pub const fn holds_seat(self) -> bool {
        matches!(
            self,
            EnrolmentStatus::Applied
                | EnrolmentStatus::Confirmed
                | EnrolmentStatus::Completed
                | EnrolmentStatus::NotCompleted
                | EnrolmentStatus::Expelled
        )
    }

    /// Took part, or takes part, in the session by a confirmed seat.
    pub const fn takes_part(self) -> bool {
        matches!(
            self,
            EnrolmentStatus::Confirmed
                | EnrolmentStatus::Completed
                | EnrolmentStatus::NotCompleted
                | EnrolmentStatus::Expelled
        )
    }

    /// Takes one of the places in the queue.
    pub const fn waits(self) -> bool {
        matches!(self, EnrolmentStatus::Waiting | EnrolmentStatus::WaitingApproved)
    }

    /// The school's review is still to come.
    pub const fn awaits_review(self) -> bool {
        matches!(self, EnrolmentStatus::Applied | EnrolmentStatus::Waiting)
    }

    /// Its session is closed, and what was attended was entered as hours.
    pub const fn is_settled(self) -> bool {
        matches!(self, EnrolmentStatus::Completed | EnrolmentStatus::NotCompleted | EnrolmentStatus::Expelled)
    }

    /// Applied for and not ended.
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            EnrolmentStatus::Applied
                | EnrolmentStatus::Confirmed
                | EnrolmentStatus::Waiting
                | EnrolmentStatus::WaitingApproved
        )
    }
}

/// What the school says to an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewVerdict {
    /// The teacher may go.
    Approve,
    /// The teacher may not; the seat or place is given back.
    Decline,
}

/// Why an enrolment does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StatusRefusal {
    /// It was reviewed before, or has ended.
    #[error("not waiting for review")]
    NotAwaitingReview(EnrolmentStatus),
    /// It has ended.
    #[error("not open")]
    NotOpen(EnrolmentStatus),
    /// The last moment for withdrawing is past, or the session was started.
    #[error("too late to withdraw")]
    WithdrawalClosed(UtcMillis),
}

/// The status after the school's review.
///
/// # Errors
/// [`StatusRefusal::NotAwaitingReview`].
pub fn reviewed(status: EnrolmentStatus, verdict: ReviewVerdict) -> Result<EnrolmentStatus, StatusRefusal> {
    match (status, verdict) {
        (EnrolmentStatus::Applied | EnrolmentStatus::Waiting, ReviewVerdict::Decline) => Ok(EnrolmentStatus::Declined),
        (EnrolmentStatus::Applied, ReviewVerdict::Approve) => Ok(EnrolmentStatus::Confirmed),
        (EnrolmentStatus::Waiting, ReviewVerdict::Approve) => Ok(EnrolmentStatus::WaitingApproved),
        _ => Err(StatusRefusal::NotAwaitingReview(status)),
    }
}

/// The status after withdrawing at `now`, before `withdraw_until` and before the session was started: from then on attendance and results are
/// written down, and whoever comes no more is absent. Whoever only waits may leave the queue at any time.
///
/// # Errors
/// [`StatusRefusal::NotOpen`] or [`StatusRefusal::WithdrawalClosed`].
pub fn withdrawn(
    status: EnrolmentStatus,
    (withdraw_until, state): (UtcMillis, SessionState),
    now: UtcMillis,
) -> Result<EnrolmentStatus, StatusRefusal> {
    if !status.is_open() {
        return Err(StatusRefusal::NotOpen(status));
    }
    if status.holds_seat() && (now >= withdraw_until || state != SessionState::Published) {
        return Err(StatusRefusal::WithdrawalClosed(withdraw_until));
    }
    Ok(EnrolmentStatus::Withdrawn)
}

/// The status after moving up from the queue: the seat comes, the review stays what it was.
pub const fn promoted(status: EnrolmentStatus) -> Option<EnrolmentStatus> {
    match status {
        EnrolmentStatus::Waiting => Some(EnrolmentStatus::Applied),
        EnrolmentStatus::WaitingApproved => Some(EnrolmentStatus::Confirmed),
        _ => None,
    }
}

/// Whether someone in this status may apply again, at the end of the line. What the school declined stays declined.
pub const fn apply_again(status: EnrolmentStatus) -> bool {
    matches!(status, EnrolmentStatus::Withdrawn)
}
