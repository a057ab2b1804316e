//! What the event log looks like in JSON.

use super::service::Told;
use crate::{
    http::page::{list_of, list_query, sort_of},
    wire::{AccountRef, AreaText, EventRef, InstantText, Text},
};
use serde::Serialize;
use shixun_persistence::events::EventFilter;
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
    /// The user name of that account as it is today; null where there is no such account any more.
    pub actor_name: Option<String>,
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

impl From<Told> for EventView {
    fn from(Told { record, actor_name }: Told) -> Self {
        let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        EventView {
            id: Text(record.id),
            at: Text(record.at),
            actor_id: record.actor.map(Text),
            actor_name,
            on_behalf_of: record.on_behalf_of.map(Text),
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
        /// The area; the caller's own where it is not given. A role over a city or province reads the areas inside.
        pub area: Option<AreaText>,
        /// Only what was done at this instant or later.
        pub from: Option<InstantText>,
        /// Only what was done before this instant.
        pub to: Option<InstantText>,
        /// Only what this account did, whichever area it belongs to.
        pub actor_id: Option<AccountRef>,
        /// Only what was done to objects of this kind, such as `programme`.
        #[param(max_length = 64)]
        pub object_kind: Option<String>,
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
            actor: self.actor_id.map(|id| id.0),
            object_kind: self.object_kind.clone(),
            from: self.from.map(|at| at.0),
            before: self.to.map(|at| at.0),
        }
    }
}
