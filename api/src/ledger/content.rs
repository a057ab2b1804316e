//! The same content counts once in a cycle, wherever it comes from (pitfall of comparable systems: it counted as often as it was entered).

use crate::{
    access::Actor,
    http::Work,
    policy::PolicyCache,
    problem::{ApiError, Code},
};
use shixun_domain::{
    access::Role,
    id::{OutsideRecordId, PersonId},
    ledger::{Content, content_claim},
};
use shixun_persistence::{ledger, people};

/// A content that is to be recorded; it belongs to the cycle of its last day.
#[derive(Debug, Clone, Copy)]
pub struct Claimed<'a> {
    /// The content.
    pub content: Content<'a>,
    /// Why it counts although it is there already.
    pub duplicate_reason: Option<&'a str>,
}

/// Whether the actor may allow the same content again: the training centre may.
pub fn may_allow_again(actor: &Actor) -> bool {
    actor.is(Role::Centre)
}

/// The claim on a content in its cycle; none where the same content is there already and the training centre allows it. Whoever records
/// for the same person waits, so that two never both see no other.
///
/// # Errors
/// `duplicate_content`, `duplicate_not_yours`, `policy_missing`.
pub fn claim(
    work: &mut Work<'_, '_>,
    cache: &PolicyCache,
    may_allow: bool,
    (person, own): (PersonId, Option<OutsideRecordId>),
    Claimed { content, duplicate_reason }: Claimed<'_>,
) -> Result<Option<String>, ApiError> {
    people::lock(work.tx(), person.area(), &[person.number()])?;
    let now = work.at();
    let cycle = cache.area(work.conn(), person.area(), now)?.cycle_on(content.days.1)?;
    let claim = content_claim(&cycle, content.key);
    let span = (cycle.from(), cycle.to());
    let Some((title, on)) = ledger::content_taken(work.conn(), person, own, &content, span)? else {
        return Ok(Some(claim));
    };
    match duplicate_reason {
        None => Err(ApiError::new(Code::DuplicateContent).with("title", title).with("on", on)),
        Some(_) if !may_allow => Err(ApiError::new(Code::DuplicateNotYours)),
        Some(_) => Ok(None),
    }
}
