//! What every operation shares: parsing, answers, retries, paging, conditions, limits, traces.

pub mod answer;
pub mod body;
pub mod command;
pub mod conditions;
pub mod fallback;
mod faults;
pub mod fields;
pub mod file;
pub mod limits;
pub mod meta;
pub mod observe;
pub mod page;
pub mod params;
pub mod proxies;
pub mod reasons;
mod strict;
pub mod table;
pub mod text;

pub use answer::{Answer, Reply};
pub use body::Body;
pub use command::{Command, Work};
pub use conditions::{Conditions, Etag};
pub use meta::Meta;
pub use page::Page;
pub use params::{DryRunQuery, FromPath, FromQuery};
/// Whether a command is kept or only tried: routes name it without naming the store.
pub use shixun_persistence::Keep;
