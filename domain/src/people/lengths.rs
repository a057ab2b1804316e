//! The longest texts of a person, in characters, whichever way they come in. Names have [`super::name::NAME_LENGTH_MAX`].

/// Telephone numbers, with `/` between.
pub const PHONE_MAX: u64 = 100;
/// A remark.
pub const REMARK_MAX: u64 = 500;
/// One subject.
pub const SUBJECT_MAX: u64 = 50;
/// A title as somebody wrote it.
pub const TITLE_MAX: u64 = 50;
/// A management post as somebody calls it.
pub const POST_MAX: u64 = 50;

/// True where a text is longer than that.
pub fn exceeds(text: &str, longest: u64) -> bool {
    u64::try_from(text.chars().count()).is_ok_and(|letters| letters > longest)
}
