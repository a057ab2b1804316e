//! What hours that wait look like in JSON.

use crate::{
    http::page::{list_of, list_query},
    ledger::{
        statement::SourceKindWord,
        wire::{AwaitsView, EntrySourceRef, Evidence},
    },
    wire::{
        AccountRef, ActivityText, AreaText, HourEntryRef, HoursText, InstantText, LevelWord, OneOf, OrganisationRef,
        RouteWord, TeacherRef, Text,
    },
};
use chrono::NaiveDate;
use serde::Serialize;
use shixun_persistence::ledger::{PendingFilter, PendingRow};
use utoipa::ToSchema;

/// Hours that wait, and for what.
#[derive(Debug, Serialize, ToSchema)]
pub struct PendingHoursView {
    /// Identifier of the pending entry, by which it is posted or voided.
    pub id: HourEntryRef,
    /// Whose hours.
    pub teacher_id: TeacherRef,
    /// The teacher's name.
    pub teacher_name: String,
    /// School of the day of the hours.
    pub organisation_id: Option<OrganisationRef>,
    /// Its name on that day.
    pub organisation_name: Option<String>,
    /// The day to which the hours belong.
    pub effective_on: NaiveDate,
    /// What it was.
    pub title: String,
    /// Route.
    pub route: RouteWord,
    /// Level.
    pub level: LevelWord,
    /// Where it comes from.
    pub source: SourceKindWord,
    /// The session it was earned in; null for hours that were entered by themselves.
    pub source_id: Option<EntrySourceRef>,
    /// The kind of activity that the hours were converted from; null for a course.
    #[schema(value_type = Option<ActivityText>)]
    pub activity: Option<String>,
    /// Hours that will be earned.
    pub credited: HoursText,
    /// The part that was practice.
    pub practice: HoursText,
    /// What proves it.
    pub evidence: Evidence,
    /// What it waits for.
    pub awaits: AwaitsView,
    /// Who entered it, and so may not post it; only where the account belongs to the area.
    pub entered_by: Option<AccountRef>,
    /// When.
    pub entered_at: InstantText,
}

list_of! {
    /// Hours that wait, in the order in which they were entered.
    PendingHoursList of PendingHoursView
}

impl From<PendingRow> for PendingHoursView {
    fn from(PendingRow { entry: row, person_name }: PendingRow) -> Self {
        PendingHoursView {
            id: Text(row.id),
            teacher_id: Text(row.person.teacher()),
            teacher_name: person_name,
            organisation_id: row.organisation.map(Text),
            organisation_name: row.organisation_name,
            effective_on: row.effective_on,
            title: row.title,
            route: OneOf(row.route),
            level: OneOf(row.level),
            source: OneOf(row.source_kind),
            source_id: row.source.map(Text),
            activity: row.circumstances.activity.map(|kind| kind.to_string()),
            credited: Text(row.amounts.credited),
            practice: Text(row.amounts.practice),
            evidence: row.evidence.as_deref().map(Evidence::read).unwrap_or_default(),
            awaits: AwaitsView::new(row.circumstances.awaits),
            entered_by: row.recognised_by.map(Text),
            entered_at: Text(row.created_at),
        }
    }
}

list_query! {
    /// Which hours are wanted.
    PendingHoursQuery {
        /// The area; the caller's own where it is not given.
        pub area: Option<AreaText>,
        /// Only those of teachers of this school.
        pub organisation_id: Option<OrganisationRef>,
        /// Only from this kind of source: `session` waits for an evaluation, everything else for somebody who posts it.
        pub source: Option<SourceKindWord>,
    }
}

impl PendingHoursQuery {
    /// The filter.
    pub fn filter(&self) -> PendingFilter {
        PendingFilter { organisation: self.organisation_id.map(|id| id.0), source: self.source.map(|word| word.0) }
    }
}
