//! What the same content in one cycle is recognised by: it counts once, however it is recorded.

use crate::policy::Cycle;

/// What kind of training a course is, where a content key is made of it.
pub const COURSE: &str = "course";

/// The claim on a content in a cycle.
pub fn content_claim(cycle: &Cycle, content_key: &str) -> String {
    format!("{}:{content_key}", cycle.name())
}

/// The content key where none is given: the kind of activity, or of training where it is none, and the title as titles are searched
/// for.
pub fn default_content_key(kind: &str, search_title: &str) -> String {
    format!("{kind}/{search_title}")
}
