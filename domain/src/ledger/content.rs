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

/// The claim of what is there a second time by leave, with its number: its own, so that each stands in the way of a third.
pub fn claim_again(number: i64, content_key: &str) -> String {
    format!("again:{number}:{content_key}")
}

/// The content key where none is given: the kind of activity, or of training where it is none, and the title as titles are searched
/// for.
pub fn default_content_key(kind: &str, search_title: &str) -> String {
    format!("{kind}/{search_title}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_is_the_same_by_its_key_or_as_a_course_of_one_title_at_one_time() {
        let day = |text: &str| text.parse().unwrap();
        let course = |key, title, from, to| Content { key, title, course: true, days: (day(from), day(to)) };
        let session = course("org/unit", "单元整体教学 A", "2026-10-10", "2026-10-12");
        let check = |other: Content<'_>, same: bool| {
            assert_eq!((session.is_same(&other), other.is_same(&session)), (same, same), "{other:?}");
        };
        check(course("org/unit", "另一名称", "2029-01-01", "2029-01-02"), true);
        check(course("platform/unit", "单元整体教学　ａ", "2026-10-12", "2026-10-20"), true);
        check(course("platform/unit", "单元整体教学 A", "2026-10-13", "2026-10-20"), false);
        check(course("platform/unit", "单元整体教学 B", "2026-10-10", "2026-10-12"), false);
        let lecture = course("lecture/unit", "单元整体教学 A", "2026-10-11", "2026-10-11");
        check(Content { course: false, ..lecture }, false);
    }
}
