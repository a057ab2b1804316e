//! What sessions look like in JSON.

use crate::{
    catalogue::words::{ProgrammeKindWord, SessionStateWord},
    http::{
        Etag,
        fields::{check_year, not_blank, trimmed, trimmed_opt},
        page::{list_of, list_query, sort_of},
    },
    problem::{ApiError, Code},
    wire::{
        AreaText, DeliveryFormWord, HoursText, InstantText, LevelWord, OneOf, OrganisationRef, ProgrammeRef, RouteWord,
        SessionRef, Text, ThemeText, in_one_piece,
    },
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shixun_domain::{UtcMillis, catalogue::SessionTerms};
use shixun_persistence::catalogue::{
    session_list::{SessionFilter, SessionListRow},
    sessions::SessionRow,
};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A session to be planned, or as it shall be.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "第一期", "seats": 50, "queue_places": 10, "applications_open_at": "2026-11-20T08:00:00+08:00",
    "applications_close_at": "2026-11-30T18:00:00+08:00", "withdraw_until": "2026-12-02T00:00:00+08:00",
    "starts_on": "2026-12-05", "ends_on": "2026-12-19"
}))]
pub struct SessionIn {
    /// Name of this run.
    #[validate(length(min = 1, max = 100), custom(function = "not_blank"))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Seats. 0 means none at all, never that there is no limit.
    #[validate(range(min = 0, max = 10000))]
    #[schema(minimum = 0, maximum = 10000)]
    pub seats: i32,
    /// Places in the queue. 0 means no queue.
    #[serde(default)]
    #[validate(range(min = 0, max = 10000))]
    #[schema(minimum = 0, maximum = 10000, default = 0)]
    pub queue_places: i32,
    /// From when applications are taken.
    pub applications_open_at: InstantText,
    /// Until when applications are taken, this instant excluded.
    pub applications_close_at: InstantText,
    /// Until when a teacher may withdraw, this instant excluded, and in no case after the session was started; until applications close where
    /// it is left out.
    pub withdraw_until: Option<InstantText>,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// Why it changes: needed once the session is published, for all but its name.
    #[validate(length(max = 500))]
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

impl SessionIn {
    /// Reads it, and why. Whether the terms contradict each other is the domain's to say.
    ///
    /// # Errors
    /// `invalid_field` for years out of all reason.
    pub fn read(self) -> Result<(SessionTerms, Option<String>), ApiError> {
        let mut faults = Vec::new();
        let withdraw_until = self.withdraw_until.map_or(self.applications_close_at.0, |at| at.0);
        let instants: [(&str, UtcMillis); 3] = [
            ("/applications_open_at", self.applications_open_at.0),
            ("/applications_close_at", self.applications_close_at.0),
            ("/withdraw_until", withdraw_until),
        ];
        for (pointer, at) in instants {
            check_year(pointer, at.china_date(), &mut faults);
        }
        check_year("/starts_on", self.starts_on, &mut faults);
        check_year("/ends_on", self.ends_on, &mut faults);
        if !faults.is_empty() {
            return Err(ApiError::new(Code::InvalidField).with_faults(faults));
        }
        let reason = trimmed_opt(self.reason.as_deref());
        let terms = SessionTerms {
            name: trimmed(&self.name),
            seats: self.seats,
            queue_places: self.queue_places,
            applications_open_at: self.applications_open_at.0,
            applications_close_at: self.applications_close_at.0,
            withdraw_until,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
        };
        Ok((terms, reason))
    }
}

/// A session: one run of a programme.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// Identifier.
    pub id: SessionRef,
    /// The area it belongs to.
    pub area: AreaText,
    /// Its programme.
    pub programme_id: ProgrammeRef,
    /// The programme's name.
    pub programme_name: String,
    /// What the programme is.
    pub kind: ProgrammeKindWord,
    /// The level at which it is organised.
    pub level: LevelWord,
    /// How it is delivered.
    pub delivery_form: DeliveryFormWord,
    /// By which route its hours count.
    pub route: RouteWord,
    /// Hours in all.
    pub hours: HoursText,
    /// The dedicated class head (专职班主任).
    pub class_head: Option<String>,
    /// The institution.
    pub organisation_id: OrganisationRef,
    /// Its name.
    pub organisation_name: String,
    /// Name of this run.
    pub name: String,
    /// Where it stands: planned as `draft`, `published` with its units for applications, `running` once the institution started it, on its
    /// first day or later, `closed` with its hours entered. It is `cancelled` from any of them but `closed`; from that and from `closed`
    /// nothing follows.
    pub state: SessionStateWord,
    /// Why it was cancelled.
    pub state_note: Option<String>,
    /// Seats.
    #[schema(minimum = 0)]
    pub seats: i32,
    /// Seats that are taken.
    #[schema(minimum = 0)]
    pub seats_taken: i32,
    /// Seats that are free.
    #[schema(minimum = 0)]
    pub seats_left: i32,
    /// Places in the queue.
    #[schema(minimum = 0)]
    pub queue_places: i32,
    /// Places in the queue that are taken.
    #[schema(minimum = 0)]
    pub queue_taken: i32,
    /// From when applications are taken.
    pub applications_open_at: InstantText,
    /// Until when applications are taken, this instant excluded.
    pub applications_close_at: InstantText,
    /// Until when a teacher may withdraw, this instant excluded, and in no case after the session was started.
    pub withdraw_until: InstantText,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// How many units it has.
    #[schema(minimum = 0)]
    pub unit_count: i64,
    /// When it was published.
    pub published_at: Option<InstantText>,
    /// When it was closed.
    pub closed_at: Option<InstantText>,
    /// Counts the changes of the terms, the state and the units; the first part of the `ETag`, which also follows the seats and
    /// queue places that are taken.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When it was planned.
    pub created_at: InstantText,
    /// When it was last changed.
    pub updated_at: InstantText,
}

impl SessionView {
    /// The entity tag.
    pub fn etag(&self) -> Etag {
        etag(self.version, self.seats_taken, self.queue_taken)
    }
}

/// The entity tag of a session: the version, and the counters that applications move.
pub fn etag(version: i64, seats_taken: i32, queue_taken: i32) -> Etag {
    Etag::version_and(version, &[seats_taken.into(), queue_taken.into()])
}

impl From<&SessionRow> for SessionView {
    fn from(row: &SessionRow) -> Self {
        let (programme, terms) = (&row.programme, &row.terms);
        SessionView {
            id: Text(row.id),
            area: Text(row.id.area()),
            programme_id: Text(programme.id),
            programme_name: programme.name.clone(),
            kind: OneOf(programme.kind),
            level: OneOf(programme.level),
            delivery_form: OneOf(programme.delivery_form),
            route: OneOf(programme.route),
            hours: Text(programme.hours),
            class_head: programme.class_head.clone(),
            organisation_id: Text(programme.organisation),
            organisation_name: programme.organisation_name.clone(),
            name: terms.name.clone(),
            state: OneOf(row.state),
            state_note: row.state_note.clone(),
            seats: terms.seats,
            seats_taken: row.seats_taken,
            seats_left: terms.seats - row.seats_taken,
            queue_places: terms.queue_places,
            queue_taken: row.queue_taken,
            applications_open_at: Text(terms.applications_open_at),
            applications_close_at: Text(terms.applications_close_at),
            withdraw_until: Text(terms.withdraw_until),
            starts_on: terms.starts_on,
            ends_on: terms.ends_on,
            unit_count: row.unit_count,
            published_at: row.published_at.map(Text),
            closed_at: row.closed_at.map(Text),
            version: row.version,
            created_at: Text(row.created_at),
            updated_at: Text(row.updated_at),
        }
    }
}

/// A session as the list shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionSummaryView {
    /// Identifier.
    pub id: SessionRef,
    /// Its programme.
    pub programme_id: ProgrammeRef,
    /// The programme's name.
    pub programme_name: String,
    /// Name of this run.
    pub name: String,
    /// Where it stands: `draft`, `published`, `running`, `closed`, or `cancelled` before it was closed.
    pub state: SessionStateWord,
    /// What the programme is.
    pub kind: ProgrammeKindWord,
    /// The level at which it is organised.
    pub level: LevelWord,
    /// How it is delivered.
    pub delivery_form: DeliveryFormWord,
    /// By which route its hours count.
    pub route: RouteWord,
    /// Hours in all.
    pub hours: HoursText,
    /// The institution.
    pub organisation_id: OrganisationRef,
    /// Its name.
    pub organisation_name: String,
    /// Seats.
    #[schema(minimum = 0)]
    pub seats: i32,
    /// Seats that are free.
    #[schema(minimum = 0)]
    pub seats_left: i32,
    /// Places in the queue that are free.
    #[schema(minimum = 0)]
    pub queue_left: i32,
    /// From when applications are taken.
    pub applications_open_at: InstantText,
    /// Until when applications are taken, this instant excluded.
    pub applications_close_at: InstantText,
    /// First day.
    #[serde(serialize_with = "in_one_piece")]
    pub starts_on: NaiveDate,
    /// Last day.
    #[serde(serialize_with = "in_one_piece")]
    pub ends_on: NaiveDate,
}

list_of! {
    /// Sessions in the order of their first days.
    SessionList of SessionSummaryView
}

impl From<SessionListRow> for SessionSummaryView {
    fn from(row: SessionListRow) -> Self {
        SessionSummaryView {
            id: Text(row.id),
            programme_id: Text(row.programme),
            programme_name: row.programme_name,
            name: row.name,
            state: OneOf(row.state),
            kind: OneOf(row.kind),
            level: OneOf(row.level),
            delivery_form: OneOf(row.delivery_form),
            route: OneOf(row.route),
            hours: Text(row.hours),
            organisation_id: Text(row.organisation),
            organisation_name: row.organisation_name,
            seats: row.seats,
            seats_left: row.seats - row.seats_taken,
            queue_left: row.queue_places - row.queue_taken,
            applications_open_at: Text(row.applications_open_at),
            applications_close_at: Text(row.applications_close_at),
            starts_on: row.starts_on,
            ends_on: row.ends_on,
        }
    }
}

/// The session an operation is about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SessionPath {
    /// Identifier of the session.
    pub session_id: SessionRef,
}

sort_of! {
    /// The order of sessions; those of one day in the order in which they were planned.
    SessionSort = "starts_on" | "-starts_on", usually Ascending
}

list_query! {
    /// Which sessions are wanted.
    SessionQuery by SessionSort {
        /// The area; the caller's own where it is not given. The city and province above show what they offer to the counties.
        pub area: Option<AreaText>,
        /// Only in this state.
        pub state: Option<SessionStateWord>,
        /// `true`: only those that take applications now: published, within their window and before their first day.
        pub open_now: Option<bool>,
        /// Only those that begin on this day or later.
        pub starts_from: Option<NaiveDate>,
        /// Only those that begin on this day or earlier.
        pub starts_to: Option<NaiveDate>,
        /// Only of this programme.
        pub programme_id: Option<ProgrammeRef>,
        /// Only of this institution.
        pub organisation_id: Option<OrganisationRef>,
        /// Only of programmes of this kind.
        pub kind: Option<ProgrammeKindWord>,
        /// Only at this level.
        pub level: Option<LevelWord>,
        /// Only delivered so.
        pub delivery_form: Option<DeliveryFormWord>,
        /// Only those whose hours count by this route.
        pub route: Option<RouteWord>,
        /// `true`: only those with a seat, or a place in the queue, for a newcomer.
        pub with_room: Option<bool>,
        /// Only of programmes with this theme.
        pub theme: Option<ThemeText>,
        /// Only those whose programme's name contains this.
        #[param(max_length = 100)]
        pub q: Option<String>,
    }
}

impl SessionQuery {
    /// The filter at the instant `now`.
    pub fn filter(&self, now: UtcMillis) -> SessionFilter {
        SessionFilter {
            state: self.state.map(|state| state.0),
            starts_from: self.starts_from,
            starts_to: self.starts_to,
            open_at: self.open_now.filter(|open| *open).map(|_| now),
            programme: self.programme_id.map(|id| id.0),
            organisation: self.organisation_id.map(|id| id.0),
            kind: self.kind.map(|kind| kind.0),
            level: self.level.map(|level| level.0),
            delivery_form: self.delivery_form.map(|form| form.0),
            route: self.route.map(|route| route.0),
            with_room: self.with_room == Some(true),
            theme: self.theme.map(|theme| theme.0),
            name: trimmed_opt(self.q.as_deref()),
        }
    }
}
