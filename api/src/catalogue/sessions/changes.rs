//! What the changes of published sessions look like in JSON.

use crate::{
    catalogue::units::wire::UnitStandView,
    http::page::{list_of, list_query},
    wire::{AccountRef, InstantText, SessionChangeRef, Text, UnitChangeRef, UnitRef},
};
use chrono::NaiveDate;
use serde::Serialize;
use shixun_domain::catalogue::SessionTerms;
use shixun_persistence::catalogue::changes::{ChangeRow, Changed};
use utoipa::ToSchema;

/// What a session promised at one time of its history.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionStandView {
    /// Name of this run.
    pub name: String,
    /// Seats.
    #[schema(minimum = 0)]
    pub seats: i32,
    /// Places in the queue.
    #[schema(minimum = 0)]
    pub queue_places: i32,
    /// From when applications were taken.
    pub applications_open_at: InstantText,
    /// Until when, this instant excluded.
    pub applications_close_at: InstantText,
    /// Until when a teacher might withdraw, this instant excluded.
    pub withdraw_until: InstantText,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
}

impl From<&SessionTerms> for SessionStandView {
    fn from(terms: &SessionTerms) -> Self {
        SessionStandView {
            name: terms.name.clone(),
            seats: terms.seats,
            queue_places: terms.queue_places,
            applications_open_at: Text(terms.applications_open_at),
            applications_close_at: Text(terms.applications_close_at),
            withdraw_until: Text(terms.withdraw_until),
            starts_on: terms.starts_on,
            ends_on: terms.ends_on,
        }
    }
}

/// A change of the terms of a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct TermsChangeView {
    /// Identifier of the change.
    pub id: SessionChangeRef,
    /// As they stood before.
    pub before: SessionStandView,
    /// As they stood after.
    pub after: SessionStandView,
}

/// A change of one of the session's units.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionUnitChangeView {
    /// Identifier of the change, as in the list of the unit.
    pub id: UnitChangeRef,
    /// The unit.
    pub unit_id: UnitRef,
    /// As it stood before.
    pub before: UnitStandView,
    /// As it stood after.
    pub after: UnitStandView,
}

/// A change of a session after it was published: of its terms, or of one of its units.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionChangeView {
    /// What became of the terms; null where a unit was changed.
    pub terms: Option<TermsChangeView>,
    /// What became of a unit; null where the terms were changed.
    pub unit: Option<SessionUnitChangeView>,
    /// Why.
    pub reason: String,
    /// Who changed it.
    pub changed_by: Option<AccountRef>,
    /// When.
    pub created_at: InstantText,
}

list_of! {
    /// Changes of a session and its units, the latest first.
    SessionChangeList of SessionChangeView
}

impl From<&ChangeRow> for SessionChangeView {
    fn from(row: &ChangeRow) -> Self {
        let (terms, unit) = match &row.changed {
            Changed::Terms { id, before, after } => {
                (Some(TermsChangeView { id: Text(*id), before: before.into(), after: after.into() }), None)
            }
            Changed::Unit { id, unit, before, after } => {
                let (id, unit_id) = (Text(*id), Text(*unit));
                (None, Some(SessionUnitChangeView { id, unit_id, before: before.into(), after: after.into() }))
            }
        };
        SessionChangeView {
            terms,
            unit,
            reason: row.reason.clone(),
            changed_by: row.changed_by.map(Text),
            created_at: Text(row.created_at),
        }
    }
}

list_query! {
    /// Which changes are wanted.
    SessionChangeQuery {}
}
