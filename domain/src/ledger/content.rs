//! What the same content in one cycle is recognised by: it counts once, however it is recorded.

use crate::{fold, policy::Cycle};
use chrono::NaiveDate;

/// What kind of training a course is, where a content key is made of it.
pub const COURSE: &str = "course";

/// A content: what it is recognised by, what people call it, whether it is a course, and its first and last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Content<'a> {
    pub key: &'a str,
    pub title: &'a str,
    pub course: bool,
    pub days: (NaiveDate, NaiveDate),
}

impl Content<'_> {
    /// Whether both are the same content: by the key, or because they are courses that have one title and meet on some day. A course that
    /// comes by two ways, from its session and in a file of the platform, has a key of each way.
    pub fn is_same(&self, other: &Content<'_>) -> bool {
        let folded = |title: &str| fold::compact(title).to_lowercase();
        let meet = self.days.0 <= other.days.1 && other.days.0 <= self.days.1;
        self.key == other.key || (self.course && other.course && meet && folded(self.title) == folded(other.title))
    }
}

/// The claim on a content in a cycle.
pub fn content_claim(cycle: &Cycle, content_key: &str) -> String {
    format!("{}:{content_key}", cycle.name())
}

/// The content key where none is given: the kind of activity, or of training where it is none, and the title as titles are searched
/// for.
pub fn default_content_key(kind: &str, search_title: &str) -> String {
    format!("{kind}/{search_title}")
}
