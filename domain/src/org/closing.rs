//! The end of a school: its last day, after which nobody is employed there.

use crate::words::OrganisationKind;
use chrono::NaiveDate;
use thiserror::Error;

/// Why an organisation does not close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The bureau and the training centre stay as long as the county does.
    #[error("an organisation of this kind stays")]
    Stays,
    /// It has a last day.
    #[error("its last day is {closed_on}")]
    ClosedAlready {
        /// Which.
        closed_on: NaiveDate,
    },
    /// Somebody is employed there, or holds a post, after the day.
    #[error("{persons} are employed there after that day")]
    Employs {
        /// How many.
        persons: usize,
    },
}

/// Whether an organisation closes, where `employed` are employed or hold a post after its last day.
///
/// # Errors
/// [`Refusal::Stays`], [`Refusal::ClosedAlready`], [`Refusal::Employs`].
pub fn close(kind: OrganisationKind, closed_on: Option<NaiveDate>, employed: usize) -> Result<(), Refusal> {
    if !matches!(kind, OrganisationKind::School | OrganisationKind::Institution) {
        return Err(Refusal::Stays);
    }
    match closed_on {
        Some(closed_on) => Err(Refusal::ClosedAlready { closed_on }),
        None if employed > 0 => Err(Refusal::Employs { persons: employed }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_school_closes_once_and_empty() {
        let day: NaiveDate = "2026-08-31".parse().unwrap();
        for (kind, closed_on, employed, expected) in [
            (OrganisationKind::School, None, 0, Ok(())),
            (OrganisationKind::Institution, None, 0, Ok(())),
            (OrganisationKind::Bureau, None, 0, Err(Refusal::Stays)),
            (OrganisationKind::School, Some(day), 3, Err(Refusal::ClosedAlready { closed_on: day })),
            (OrganisationKind::School, None, 3, Err(Refusal::Employs { persons: 3 })),
        ] {
            assert_eq!(close(kind, closed_on, employed), expected, "{kind:?}");
        }
    }
}
