//! Enrolment: who may apply, who gets a seat, who waits, who moves up, and what attendance is worth.
//!
//! A seat and a review are two questions. An application takes a seat or a place in the queue at once; the school's review
//! (浙教办函〔2019〕357号: the school reviews each teacher's choice) confirms it or gives it back. Whoever moves up from the
//! queue moves up in the order of asking, and is still to be reviewed if the review has not come yet.

mod eligibility;
mod evaluating;
mod hours;
mod openings;
mod status;

pub use eligibility::{
    Applicant, Booking, Offer, Reason, Recorded, RecordedBy, booked_beside, place, reasons, repeats,
};
pub use evaluating::{EvaluationStanding, EvaluationState, asked_at_closing};
pub use hours::{Attended, EarnedHours, Mark, Outcome, ResultTerms, by_month, days_attended, earned};
pub use openings::{Closed, Openings, Placement};
pub use status::{EnrolmentStatus, ReviewVerdict, StatusRefusal, apply_again, promoted, reviewed, withdrawn};

#[cfg(test)]
mod tests;
