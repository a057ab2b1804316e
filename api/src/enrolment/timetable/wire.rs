//! What a timetable looks like in JSON.

use crate::{
    catalogue::words::SessionStateWord,
    http::page::{list_of, list_query, sort_of},
    wire::{
        AreaText, HoursText, InstantText, OneOf, OrganisationRef, PersonRef, ProgrammeRef, SessionRef, Text, UnitRef,
    },
};
use chrono::NaiveDate;
use serde::Serialize;
use shixun_persistence::enrolment::TimetableRow;
use utoipa::ToSchema;

/// A unit with its session, and how much of its attendance is on record.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimetableUnitView {
    /// Identifier.
    pub id: UnitRef,
    /// The session.
    pub session_id: SessionRef,
    /// Its name.
    pub session_name: String,
    /// Where the session stands.
    pub session_state: SessionStateWord,
    /// The programme.
    pub programme_id: ProgrammeRef,
    /// Its name.
    pub programme_name: String,
    /// The institution.
    pub organisation_id: OrganisationRef,
    /// Its name.
    pub organisation_name: String,
    /// From.
    pub starts_at: InstantText,
    /// To, this instant excluded.
    pub ends_at: InstantText,
    /// Where.
    pub place: String,
    /// What.
    pub content: String,
    /// Who teaches, by name.
    pub lecturer_name: String,
    /// Who teaches, where the person is on record.
    pub lecturer_id: Option<PersonRef>,
    /// Hours of credit.
    pub hours: HoursText,
    /// How many hold a seat in the session, reviewed or not.
    #[schema(minimum = 0)]
    pub enrolled: i32,
    /// How many take part by a confirmed seat: those who are to be marked.
    #[schema(minimum = 0)]
    pub participants: i64,
    /// How many of them are marked at this unit.
    #[schema(minimum = 0)]
    pub marked: i64,
    /// Whether everybody who takes part is marked: what closing the session needs of each unit.
    pub attendance_complete: bool,
}

list_of! {
    /// Units of all sessions in the order of time.
    TimetableList of TimetableUnitView
}

impl From<TimetableRow> for TimetableUnitView {
    fn from(row: TimetableRow) -> Self {
        TimetableUnitView {
            id: Text(row.id),
            session_id: Text(row.session),
            session_name: row.session_name,
            session_state: OneOf(row.session_state),
            programme_id: Text(row.programme),
            programme_name: row.programme_name,
            organisation_id: Text(row.organisation),
            organisation_name: row.organisation_name,
            starts_at: Text(row.starts_at),
            ends_at: Text(row.ends_at),
            place: row.place,
            content: row.content,
            lecturer_name: row.lecturer_name,
            lecturer_id: row.lecturer.map(Text),
            hours: Text(row.hours),
            enrolled: row.seats_taken,
            participants: row.participants,
            marked: row.marked,
            attendance_complete: row.marked >= row.participants,
        }
    }
}

sort_of! {
    /// The order of units; those that begin together in the order in which they were entered.
    TimetableSort = "starts_at" | "-starts_at", usually Ascending
}

list_query! {
    /// Which units are wanted.
    TimetableQuery by TimetableSort {
        /// The area; the caller's own where it is not given. The city and province above show what they offer to the counties.
        pub area: Option<AreaText>,
        /// Only those that begin on this day or later.
        pub from: Option<NaiveDate>,
        /// Only those that begin on this day or earlier.
        pub to: Option<NaiveDate>,
        /// `true`: only those that the caller teaches.
        pub mine: Option<bool>,
        /// Only those that this person teaches.
        pub lecturer_id: Option<PersonRef>,
        /// Only of this session.
        pub session_id: Option<SessionRef>,
        /// Only of sessions in this state.
        pub session_state: Option<SessionStateWord>,
        /// Only of sessions of this institution.
        pub organisation_id: Option<OrganisationRef>,
    }
}
