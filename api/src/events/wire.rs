//! What the event log looks like in JSON.

use crate::{
    http::page::{list_of, list_query, sort_of},
    wire::{AccountRef, EventRef, InstantText, Text},
};
use serde::Serialize;
use shixun_domain::Id;
use shixun_persistence::events::{EventFilter, EventRecord};
use utoipa::ToSchema;

/// Who did what to which object.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventView {
    /// Identifier; rises with time.
    pub id: EventRef,
    /// When.
    pub at: InstantText,
    /// Who; null where the program did it by itself.
    pub actor_id: Option<AccountRef>,
    /// For whom, where somebody acted for another.
    pub on_behalf_of: Option<AccountRef>,
    /// What was done, such as `approve`.
    #[schema(example = "create")]
    pub action: String,
    /// To what kind of object, such as `programme`.
    #[schema(example = "organisation")]
    pub object_kind: String,
    /// To which one.
    pub object_id: String,
    /// The object before, personal data masked.
    #[schema(value_type = Option<Object>)]
    pub before: Option<serde_json::Value>,
    /// The object after, personal data masked.
    #[schema(value_type = Option<Object>)]
    pub after: Option<serde_json::Value>,
    /// The request that did it.
    pub request_id: String,
    /// The address it came from.
    pub address: Option<String>,
}

list_of! {
    /// Records of the event log, newest first.
    EventList of EventView
}

impl From<EventRecord> for EventView {
    fn from(record: EventRecord) -> Self {
        let area = record.id.area();
        let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        EventView {
            id: Text(record.id),
            at: Text(record.at),
            actor_id: record.actor.map(|number| Text(Id::new(area, number))),
            on_behalf_of: record.on_behalf_of.map(|number| Text(Id::new(area, number))),
            action: record.action,
            object_kind: record.object_kind,
            object_id: record.object_id,
            before: json(record.before),
            after: json(record.after),
            request_id: record.request_id,
            address: record.address,
        }
    }
}

sort_of! {
    /// The order of records.
    EventSort = "at" | "-at", usually Descending
}

list_query! {
    /// Which records are wanted.
    EventQuery by EventSort {
        /// Only those of this object, by its id.
        #[param(max_length = 64)]
        pub object_id: Option<String>,
        /// Only those of this request.
        #[param(max_length = 64)]
        pub request_id: Option<String>,
        /// Only this action.
        #[param(max_length = 64)]
        pub action: Option<String>,
    }
}

impl EventQuery {
    /// The filter.
    pub fn filter(&self) -> EventFilter {
        EventFilter {
            object_id: self.object_id.clone(),
            request_id: self.request_id.clone(),
            action: self.action.clone(),
        }
    }
}
