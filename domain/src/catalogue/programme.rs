//! A programme: what an institution declares, and its way through review.
//!
//! Draft → submitted → returned (and back) or approved → cancelled. Who reviews is never who submitted.

use super::{Audience, Demands, ProgrammeKind, ProgrammeState, window::filing_open};
use crate::{
    AreaCode, DeliveryForm, Fen, Hours, Level, Route, Theme, fold,
    id::{AccountId, OrganisationId},
    time::DateSpan,
};
use chrono::NaiveDate;

/// One course of a curriculum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurriculumItem {
    /// What is taught.
    pub title: String,
    /// Who teaches it.
    pub lecturer: String,
    /// For how many hours.
    pub hours: Hours,
}

/// A lecturer as the declaration presents them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lecturer {
    /// Name.
    pub name: String,
    /// Title or post.
    pub title: Option<String>,
    /// Where they work.
    pub employer: Option<String>,
}

/// What an institution declares: aims, courses and lecturers, content and method, budget (浙教师〔2010〕175号, article 8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgrammeContent {
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: ProgrammeKind,
    /// The level at which it is organised.
    pub level: Level,
    /// How it is delivered.
    pub delivery_form: DeliveryForm,
    /// By which route its hours count.
    pub route: Route,
    /// What it is about, each theme once.
    pub themes: Vec<Theme>,
    /// What trainees shall be able to do.
    pub aims: String,
    /// The courses.
    pub curriculum: Vec<CurriculumItem>,
    /// The lecturers.
    pub lecturers: Vec<Lecturer>,
    /// The dedicated class head (专职班主任, 浙教办师〔2014〕14号).
    pub class_head: Option<String>,
    /// Budget for one session.
    pub budget: Fen,
    /// For whom it is.
    pub audience: Audience,
    /// Hours in all, above zero.
    pub hours: Hours,
    /// Of these, hours of practice.
    pub practice_hours: Hours,
    /// What the same content in one cycle is recognised by: who did one has done all with this key.
    pub content_key: String,
}

/// The key of a programme whose institution gives none: the institution and the name, as the name is searched for.
pub fn default_content_key(organisation: OrganisationId, search_name: &str) -> String {
    format!("{organisation}/{search_name}")
}

/// What a programme lacks before it can be filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// No aims.
    Aims,
    /// No theme.
    Themes,
    /// No courses.
    Curriculum,
    /// The courses do not add up to the programme's hours.
    CurriculumHours {
        /// What they add up to.
        sum: Hours,
        /// What the programme says.
        hours: Hours,
    },
    /// No lecturers.
    Lecturers,
    /// No class head.
    ClassHead,
}

/// Why a step of a programme is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProgrammeRefusal {
    /// The step does not start from this state.
    WrongState {
        /// Where it stands.
        state: ProgrammeState,
        /// Where it would have to stand.
        needs: &'static [ProgrammeState],
    },
    /// Something is missing: all of it.
    Incomplete(Vec<Missing>),
    /// It is for more than the area of its institution, and filed with the authority of all it is for.
    FiledElsewhere {
        /// The area whose authority that is.
        with: AreaCode,
    },
    /// No filing window is open.
    OutsideFilingWindow {
        /// The next one.
        next: Option<DateSpan>,
    },
    /// Who submitted it may not review it.
    SamePerson,
    /// Sessions are published or running; they have to be closed or cancelled first.
    SessionsLive {
        /// How many.
        count: i64,
    },
}

use ProgrammeState::{Approved, Cancelled, Draft, Returned, Submitted};

fn from(state: ProgrammeState, needs: &'static [ProgrammeState]) -> Result<(), ProgrammeRefusal> {
    if needs.contains(&state) { Ok(()) } else { Err(ProgrammeRefusal::WrongState { state, needs }) }
}

impl ProgrammeContent {
    /// Everything that must be added before it can be filed.
    pub fn missing(&self, demands: &Demands) -> Vec<Missing> {
        let mut missing = Vec::new();
        let mut note = |lacks: bool, what: Missing| {
            if lacks {
                missing.push(what);
            }
        };
        note(fold::is_nothing(&self.aims), Missing::Aims);
        note(self.themes.is_empty(), Missing::Themes);
        note(self.curriculum.is_empty(), Missing::Curriculum);
        let sum = self.curriculum.iter().fold(Hours::ZERO, |sum, item| sum.plus(item.hours));
        let differs = !self.curriculum.is_empty() && sum != self.hours;
        note(differs, Missing::CurriculumHours { sum, hours: self.hours });
        note(self.lecturers.is_empty(), Missing::Lecturers);
        let no_head = self.class_head.as_deref().is_none_or(fold::is_nothing);
        note(no_head && demands.class_head, Missing::ClassHead);
        missing
    }
}

/// Whether the content may be changed: what was promised when declaring is kept afterwards (浙教办师〔2014〕14号).
///
/// # Errors
/// `WrongState` where it is neither a draft nor returned.
pub fn edit(state: ProgrammeState) -> Result<(), ProgrammeRefusal> {
    from(state, &[Draft, Returned])
}

/// Files a programme of an institution in the area `here`.
///
/// # Errors
/// In this order: `WrongState`, `FiledElsewhere`, `OutsideFilingWindow`, `Incomplete`.
pub fn submit(
    state: ProgrammeState,
    content: &ProgrammeContent,
    (here, demands): (AreaCode, &Demands),
    windows: &[DateSpan],
    today: NaiveDate,
) -> Result<ProgrammeState, ProgrammeRefusal> {
    from(state, &[Draft, Returned])?;
    let with = demands.filed_with(here, &content.audience);
    if with != here {
        return Err(ProgrammeRefusal::FiledElsewhere { with });
    }
    let open = filing_open(windows, demands.filing_months, today);
    open.map_err(|next| ProgrammeRefusal::OutsideFilingWindow { next })?;
    let missing = content.missing(demands);
    if missing.is_empty() { Ok(Submitted) } else { Err(ProgrammeRefusal::Incomplete(missing)) }
}

/// How a review ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may be run.
    Approve,
    /// It goes back with a note on what to mend.
    Return,
}

/// Decides on a filed programme. A person has one account, so that two accounts are two pairs of eyes.
///
/// # Errors
/// In this order: `WrongState`, `SamePerson`.
pub fn review(
    state: ProgrammeState,
    submitted_by: Option<AccountId>,
    by: AccountId,
    verdict: Verdict,
) -> Result<ProgrammeState, ProgrammeRefusal> {
    from(state, &[Submitted])?;
    if submitted_by == Some(by) {
        return Err(ProgrammeRefusal::SamePerson);
    }
    Ok(match verdict {
        Verdict::Approve => Approved,
        Verdict::Return => Returned,
    })
}

/// Gives a programme up. `sessions_live` counts its published and running sessions.
///
/// # Errors
/// In this order: `WrongState`, `SessionsLive`.
pub fn cancel(state: ProgrammeState, sessions_live: i64) -> Result<ProgrammeState, ProgrammeRefusal> {
    from(state, &[Draft, Submitted, Returned, Approved])?;
    if sessions_live > 0 { Err(ProgrammeRefusal::SessionsLive { count: sessions_live }) } else { Ok(Cancelled) }
}

#[cfg(test)]
mod tests;
